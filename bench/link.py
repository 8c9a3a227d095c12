#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two linked nodes on loopback: how long a word of one takes until the other has it and his receipt is here; and what door and
keeper weigh then.

  bench/link.py WEIR [COUNT]

The times are those of the node that sends: from the command of a person to the row that the receipt makes."""
import sys
import time

count = int(sys.argv[2]) if len(sys.argv) > 2 else 100
sys.argv = sys.argv[:2]
from linkrun import counted, linked, pss, request, share, word  # noqa: E402

certs = linked(("la", "vn"))
la, vn = (c.start() for c in certs.values())
time.sleep(3)
request(la, vn)
idle = [word(vn, i) for i in range(count)]
weights = {name: pss(pid) for pid, name in la.processes()}
counted()
for name, values in (("", [w[0] for w in idle]), ("with the command, ", [w[1] for w in idle])):
    print(f"idle, {name}p50 {share(values, .5) * 1000:.0f} ms, p99 {share(values, .99) * 1000:.0f} ms")
print(f"figure link.receipt_idle_ms {share([w[0] for w in idle], .99) * 1000:.0f}")
print(f"figure link.door_keeper_mib {weights['weir-door'] + weights['weir-keeper']:.1f}")
