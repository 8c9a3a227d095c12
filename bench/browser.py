# SPDX-License-Identifier: Apache-2.0
"""The Morning in a browser: browser.py WEIR [FINDINGS]; 100,000 of them if nothing is said"""
import random

from noderun import ROWS, Node, country, report, taken
from browserrun import browser, figure

FINDINGS = ROWS if ROWS != 300000 else 100000

browser.needed()
country("sample: true\n")
node = Node("--pages", "8470")
taken(node, report("2026-01-05-scan_rdp-a-geo.csv", random.Random(1).sample(range(FINDINGS), FINDINGS), 1), FINDINGS)
figure(node, "/", "main tr", 10, f"Morning, {FINDINGS:,} findings", "<= 150")
