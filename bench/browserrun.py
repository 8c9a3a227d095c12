# SPDX-License-Identifier: Apache-2.0
"""What bench/browser.py and round_browser.py share: a page of a node in Debian's Chromium without a window, on loopback, from the start
of the navigation to the end of its load event by the browser's own clock, style, script and drawing included; a warm profile, 20 times.
One run; times of a shared machine."""
import os
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "browser"))
import browser
from noderun import line

COMPLETE = """const n = performance.getEntriesByType("navigation")[0];
return [n.loadEventEnd - n.startTime, n.responseEnd - n.requestStart, n.loadEventEnd > 0 && document.querySelectorAll(arguments[0]).length];"""


def figure(node, page, selector, least, what, goal):
    """Of a page that has at least so many of these elements, as somebody who is in sees it; the node is stopped afterwards."""
    link = node.run("people", "link").stdout.decode().strip()
    window = browser.Browser()
    try:
        window.load(link)
        window.driver.find_element("css selector", "main form button").click()
        browser.waited("somebody is in", lambda: not window.driver.current_url.endswith("/enter") and "/enter/" not in window.driver.current_url)
        times, server = [], []
        for _ in range(20):
            window.load(link.rsplit("/enter/", 1)[0] + page)
            until = time.monotonic() + 10
            while not window.js(COMPLETE, selector)[2] and time.monotonic() < until:
                time.sleep(0.01)
            complete, answered, found = window.js(COMPLETE, selector)
            if found < least:
                raise SystemExit(f"{page} has {found} of {selector}")
            times.append(complete)
            server.append(answered)
    finally:
        window.stop()
        node.stop()
    line(f"ms, {what}, complete, p50 / worst", f"{statistics.median(times):.0f} / {max(times):.0f}", goal)
    line("of these until its last byte, p50 / worst", f"{statistics.median(server):.0f} / {max(server):.0f}", "")
