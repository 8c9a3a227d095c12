#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A node with forty peers, all real ones on loopback, of which nobody says anything: what it uses of a core, to ask each of them and
to be asked by each every minute.

  bench/peers.py WEIR [PEERS [MINUTES]]"""
import os
import sys
import time

PEERS = int(sys.argv[2]) if len(sys.argv) > 2 else 40
MINUTES = int(sys.argv[3]) if len(sys.argv) > 3 else 5
sys.argv = sys.argv[:2]
from linkrun import Cert, counted, cpu, until  # noqa: E402

NAMES = ["xyqw"[i // 26] + chr(97 + i % 26) for i in range(PEERS)]  # codes that no country has, mostly


def met(hub):
    """When each peer was reached last and has reached the node last, the earlier of both, in microseconds."""
    return dict(hub.db("select name, min(coalesce(reached, 0), coalesce(reaches, 0)) from party where own = 0"))


def quiet(hub):
    """Each has cosigned what was said when the links began, and mirrored it."""
    (said, cosigned), = hub.db("select (select max(received) from statement), (select max(made) from log_checkpoint)")
    return time.time() - max(said, cosigned, os.stat(os.path.join(hub.state, "log", "checkpoint")).st_mtime * 1e6) / 1e6 > 90


hub = Cert("la").start()
hub.make_list()
certs = []
for name in NAMES:
    cert = Cert(name).start()
    cert.make_list()
    cert.stop()
    certs.append(cert)
hub.link(NAMES)
for cert in certs:
    cert.start()
    cert.link(["la"])
    cert.start()
hub.start()
until(lambda: min(met(hub).values()) > 0 and quiet(hub), 900)
before, began = met(hub), time.monotonic()
used = cpu(hub)
time.sleep(60 * MINUTES)
used, after, took = cpu(hub) - used, met(hub), time.monotonic() - began
late = [n for n in NAMES if after[n] - before[n] < (MINUTES - 2) * 60e6]
for cert in [hub, *certs]:
    cert.stop()
counted()
if late or len(after) != PEERS:
    sys.exit(f"not asked each minute: {late}")
print(f"{PEERS} peers, {took:.0f} s: {used:.2f} s of CPU of all its processes")
print(f"figure link.peers_percent {used / took * 100:.2f}")
