# SPDX-License-Identifier: Apache-2.0
"""The page of texts of a round as large as one may be in a browser: round_browser.py WEIR, which stands in a folder with bench/

The state that bench/round_page.c makes: 500 clauses, all five languages side by side, 50 members with ten notes and amendments each.
As bench/browser.py: Debian's Chromium without a window, from the start of the navigation to the end of its load event, 20 times."""
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "browser"))
import browser
from noderun import STATE, WEIR, Node, country, line

CLAUSES = 500
COMPLETE = """const n = performance.getEntriesByType("navigation")[0];
return [n.loadEventEnd - n.startTime, n.responseEnd - n.requestStart, n.loadEventEnd > 0 && document.querySelectorAll("tr[data-clause]").length];"""

browser.needed()
country("sample: true\n")

subprocess.run([os.path.join(os.path.dirname(WEIR), "bench", "bench_round_page"), STATE], check=True, stdout=subprocess.DEVNULL)
node = Node("--pages", "8470")
link = node.run("people", "link").stdout.decode().strip()
window = browser.Browser()
try:
    window.load(link)
    window.driver.find_element("css selector", "main form button").click()
    browser.waited("somebody is in", lambda: not window.driver.current_url.endswith("/enter") and "/enter/" not in window.driver.current_url)
    times, server = [], []
    for _ in range(20):
        window.load(link.rsplit("/enter/", 1)[0] + "/agree/large/1?lang=all")
        until = time.monotonic() + 10
        while not window.js(COMPLETE)[2] and time.monotonic() < until:
            time.sleep(0.01)
        complete, answered, clauses = window.js(COMPLETE)
        if clauses < CLAUSES:
            raise SystemExit(f"the page has {clauses} clauses")
        times.append(complete)
        server.append(answered)
finally:
    window.stop()
    node.stop()
line("ms, a text of 500 clauses in five languages complete, p50 / worst", f"{statistics.median(times):.0f} / {max(times):.0f}", "<= 1000")
line("of these until its last byte, p50 / worst", f"{statistics.median(server):.0f} / {max(server):.0f}", "")
