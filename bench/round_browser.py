# SPDX-License-Identifier: Apache-2.0
"""The page of texts of a round as large as one may be, in a browser: round_browser.py WEIR, which stands in a folder with bench/

The state that bench/round_page.c makes: 500 clauses, all five languages side by side, 50 members with ten notes and amendments each."""
import os
import subprocess

from noderun import STATE, WEIR, Node, country
from browserrun import browser, figure

browser.needed()
country("sample: true\n")
subprocess.run([os.path.join(os.path.dirname(WEIR), "bench", "bench_round_page"), STATE], check=True, stdout=subprocess.DEVNULL)
figure(Node("--pages", "8470"), "/agree/large/1?lang=all", "tr[data-clause]", 500, "a text of 500 clauses in five languages", "<= 1000")
