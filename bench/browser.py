# SPDX-License-Identifier: Apache-2.0
"""The Morning in a browser: browser.py WEIR [FINDINGS]

Debian's Chromium without a window, on loopback, at a node with 100,000 findings: from the start of the navigation to the end of its
load event by the browser's own clock, style, script and drawing included; a warm profile, 20 times. One run; times of a shared
machine."""
import os
import random
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "browser"))
import browser
from noderun import ROWS, Node, country, line, report, taken

FINDINGS = ROWS if ROWS != 300000 else 100000
COMPLETE = """const n = performance.getEntriesByType("navigation")[0];
return [n.loadEventEnd - n.startTime, n.responseEnd - n.requestStart, n.loadEventEnd > 0 && document.querySelectorAll("main tr").length];"""

browser.needed()
country("sample: true\n")
node = Node("--pages", "8470")
taken(node, report("2026-01-05-scan_rdp-a-geo.csv", random.Random(1).sample(range(FINDINGS), FINDINGS), 1), FINDINGS)
link = node.run("people", "link").stdout.decode().strip()
window = browser.Browser()
try:
    window.load(link)
    window.driver.find_element("css selector", "main form button").click()
    browser.waited("somebody is in", lambda: not window.driver.current_url.endswith("/enter") and "/enter/" not in window.driver.current_url)
    times, server = [], []
    for _ in range(20):
        window.load(link.rsplit("/enter/", 1)[0] + "/")
        until = time.monotonic() + 10
        while not window.js(COMPLETE)[2] and time.monotonic() < until:
            time.sleep(0.01)
        complete, answered, rows = window.js(COMPLETE)
        if rows < 10:
            raise SystemExit(f"the Morning has {rows} rows")
        times.append(complete)
        server.append(answered)
finally:
    window.stop()
    node.stop()
line(f"ms, Morning complete in the browser, {FINDINGS:,} findings, p50 / worst", f"{statistics.median(times):.0f} / {max(times):.0f}", "<= 150")
line("of these until its last byte, p50 / worst", f"{statistics.median(server):.0f} / {max(server):.0f}", "")
