# SPDX-License-Identifier: Apache-2.0
"""Pages and answers of a node with many years in it: years.py WEIR [all]

100,000 cases with ten entries each, 700,000 findings, 50,000 statements, 20,000 letters, 2,000 meetings and needs (years_state.py). Each
page, each answer of the API and the last page of long lists is asked for, with the filters that people use and the worst there are
(years_paths.py), three times; what counts is the desk's time of processor of the best, since other people's load changes it least. An
export counts by its first piece only, since the desk draws it while the socket takes it. What is above the goal is named; with 'all'
each is. Peak is all the memory that the desk has had."""
import json
import os
import re
import sys

ALL = sys.argv[-1] == "all" and sys.argv.pop() == "all"

from noderun import STATE, TOP, Node, country, line  # noqa: E402
from pagesrun import Browser  # noqa: E402
from years_paths import API, EXPORTS, LAST, PATHS, TEXT_COUNTS  # noqa: E402
from years_state import Years  # noqa: E402

MOST = 100


def made():
    """A node that has had a report, so that there are owners, rules and a receipt; then the years."""
    country("sample: true\n")
    node = Node()
    path = os.path.join(TOP, "one.csv")
    with open(path, "w", encoding="ascii") as f:
        f.write("source.ip,classification.type,tlp\n2.1.0.1,c2-server,GREEN\n")
    node.run("take", "--wait", path)
    node.stop()
    Years(os.path.join(STATE, "state.db")).fill()
    return Node("--pages", "8470")


class Desk:
    def __init__(self, node):
        self.one = Browser(node.run("people", "link").stdout.decode().strip())
        for pid in node.pids():
            with open(f"/proc/{pid}/comm", encoding="ascii") as f:
                if f.read().strip() == "weir-desk":
                    self.pid = pid

    def used(self):
        with open(f"/proc/{self.pid}/schedstat", encoding="ascii") as s:
            return int(s.read().split()[0]) / 1e6

    def peak(self):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as s:
            return int(re.search(r"VmHWM:\s*(\d+)", s.read()).group(1)) // 1024

    def best(self, path):
        took = []
        for _ in range(3):
            before = self.used()
            answer = self.one.ask("GET", path)
            took.append(self.used() - before)
        return min(took), answer

    def last(self, path):
        """The last page of a list of the API, as one comes to it: by next of the answer before."""
        mark = "&" if "?" in path else "?"
        after, last = "", path
        while True:
            following = json.loads(self.one.ask("GET", f"{path}{mark}limit=10000{after}").text).get("next")
            if not following:
                return last
            after = f"&after={following}"
            last = f"{path}{mark}limit=100{after}"


def measured(desk, paths):
    times = []
    for path in paths:
        took, answer = desk.best(path)
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {answer.text[:200]}")
        times.append((took, path))
        if ALL or took > MOST:
            line(f"  {path}", f"{took:.1f}", "")
    return sorted(times)


if __name__ == "__main__":
    node = made()
    desk = Desk(node)
    times = measured(desk, PATHS + [desk.last(f"{API}/{x}") for x in LAST])
    line(f"ms of processor, {len(times)} pages and answers, p95", f"{times[int(len(times) * .95)][0]:.1f}", "<= 100")
    line("how many of them above 100", str(sum(t > MOST for t, _ in times)), "0")
    line("how many cases a text fits that most have, the slowest", f"{measured(desk, TEXT_COUNTS)[-1][0]:.1f}", "")
    line("a whole export, the slowest", f"{measured(desk, EXPORTS)[-1][0]:.1f}", "")
    line("MiB, peak of the desk", str(desk.peak()), "<= 160")
    node.stop()
