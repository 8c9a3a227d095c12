# SPDX-License-Identifier: Apache-2.0
"""Figures of a running node: node.py WEIR [ROWS]

Rows are a wide report of 20 columns (260 bytes), from a seed. Rates are rows of a report divided by the time from when it
is on the node's disk until its last row and finding are: the delivery itself is not counted. What is counted is compared
with what was sent before any figure is printed. One run; times of a shared machine."""
import random

from noderun import ROWS, Node, alerts, country, line, report, sizes, state_size, taken

country()
dice = random.Random(1)
node = Node()
few = 100000
first = taken(node, report("2026-01-05-scan_rdp-a-geo.csv", range(few), 1), few)
used = node.cpu()
known = taken(node, report("2026-01-05-scan_rdp-b-geo.csv", (dice.randrange(few) for _ in range(ROWS)), 2), ROWS)
known_cpu = (node.cpu() - used) / ROWS * 1e6
pss = node.pss()
used = node.cpu()
new = taken(node, report("2026-01-05-scan_rdp-c-geo.csv", range(few, few + ROWS), 3), ROWS)
new_cpu = (node.cpu() - used) / ROWS * 1e6
each = taken(node, report("2026-01-05-scan_rdp-d-geo.csv", range(few, few + ROWS), 4), ROWS)
more = taken(node, report("2026-01-05-scan_rdp-e-geo.csv", range(few + ROWS, few + 2 * ROWS), 5), ROWS)
more_pss = node.pss()
n, times = alerts(node, report("2026-01-05-scan_rdp-f-geo.csv", (dice.randrange(few) for _ in range(ROWS)), 6))
node.stop()
per_event, per_record, in_all = sizes()
per_finding = state_size() / (few + 2 * ROWS)
again = Node()
line("rows/s, a report of 100,000 known findings", f"{known:,.0f}", ">= 300,000")
line("rows/s, every row another known finding", f"{each:,.0f}", ">= 200,000")
line("rows/s, every row new", f"{new:,.0f}", ">= 100,000")
line(f"rows/s, every row new, {(few + ROWS) / 1e6:.1f} M there", f"{more:,.0f}", ">= 60,000")
line(f"ms from accepted to decided, {len(times)} alerts, p50", f"{times[len(times) // 2]:.1f}" if times else "-", "<= 20")
line("the same, p99", f"{times[int(len(times) * .99)]:.1f}" if times else "-", "<= 250")
line("bytes on disk per event / per raw record", f"{per_event:.1f} / {per_record:.1f}", "<= 80 / <= 40")
line("bytes of the day's file per event and its record", f"{in_all:.1f}", "")
line("bytes of state.db per finding", f"{per_finding:.0f}", "")
line("s of CPU per million rows, known findings / every row new", f"{known_cpu:.1f} / {new_cpu:.1f}", "")
line("MiB (PSS) of all processes, 100,000 findings", f"{pss:.1f}", "<= 64")
line(f"the same, {(few + 2 * ROWS) / 1e6:.1f} M findings", f"{more_pss:.1f}", "")
line(f"s to start, {(few + 2 * ROWS) / 1e6:.1f} M findings", f"{again.start:.2f}", "<= 1")
