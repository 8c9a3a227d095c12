#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two linked nodes on loopback, each of which has large reports to read meanwhile: how long a word of one takes until the other has it
and his receipt is here.

  bench/link_bulk.py WEIR [COUNT]

As bench/link.py, and rows of 260 bytes as bench/node.py has them: first reports of which half is new, then the same once more, each
with a row of its own."""
import os
import sys
import time

COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 200
ROWS, FRESH, REPORTS = 200000, 4, 24
sys.argv = sys.argv[:2]
from linkrun import counted, linked, path, request, said, share, word, write  # noqa: E402
from noderun import OWNERS, SHADOWSERVER, report  # noqa: E402


def reports():
    fresh = []
    for n in range(FRESH):
        with open(report(f"2026-01-05-scan_rdp-{n}-geo.csv", range(n * ROWS // 2, n * ROWS // 2 + ROWS), n), "rb") as f:
            fresh.append(f.read())
    last = fresh[0].rstrip().rpartition(b"\n")[2]
    for n in range(REPORTS):
        write("report", fresh[n % FRESH] + last.replace(b'"n', b'"%d n' % n) + b"\n")
        yield f"2026-01-05-scan_rdp-{n}-geo.csv", path("report")


def reading(cert):
    return bool(cert.db("select 1 from receipt where done is null"))


certs = linked(("la", "vn"))
for c in certs.values():
    os.makedirs(path(c.party + ".conf/feeds"))
    write(c.party + ".conf/owners.csv", OWNERS.encode())
    write(c.party + ".conf/feeds/shadowserver.yaml", SHADOWSERVER.encode())
    c.start()
la, vn = certs.values()
request(la, vn)
for name, file in reports():
    os.rename(file, path(name))
    for c in certs.values():
        os.link(path(name), os.path.join(c.state, name))
for c in certs.values():
    for name in [n for n in os.listdir(c.state) if n.endswith(".csv")]:
        os.rename(os.path.join(c.state, name), os.path.join(c.state, "in", name))
while not all(map(reading, certs.values())):
    time.sleep(0.01)
times = []
while len(times) < COUNT and all(map(reading, certs.values())):
    times.append(word(vn, len(times)))
rows = {p: sum(r for r, in c.db("select events from receipt")) for p, c in certs.items()}
counted()
if len(times) < COUNT // 2:
    sys.exit(f"both were reading during {len(times)} words only")
for name, values in (("", [w[0] for w in times]), ("with the command, ", [w[1] for w in times])):
    print(f"beside a bulk load on both, {name}p50 {share(values, .5) * 1000:.0f} ms, p99 {share(values, .99) * 1000:.0f} ms")
print(f"{len(times)} words; rows read meanwhile: {rows}")
print(f"figure link.receipt_bulk_p50_ms {share([w[0] for w in times], .5) * 1000:.0f}")
print(f"figure link.receipt_bulk_p99_ms {share([w[0] for w in times], .99) * 1000:.0f}")
