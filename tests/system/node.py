# SPDX-License-Identifier: Apache-2.0
"""A node of the tests: started in a folder of its own with the sample country, asked through the program, its
processes found by their parent."""
import atexit
import ctypes
import json
import os
import signal
import subprocess
import time

from program import PATIENCE, WEIR, check, path, until

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples")


def away_from_midnight(seconds=PATIENCE):
    """For a test that needs all it does to be of one day of UTC: waits until the next one where this one ends soon."""
    left = 86400 - time.time() % 86400
    if left < seconds:
        print(f"waits {left:.0f} s for midnight")
        time.sleep(left + 1)


def dies_with_us():
    """A node does not outlive its test, whatever ends that."""
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def kill_pid(pid):
    """Whether it was there: what was looked up may have ended by itself since."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def all_ended(pids):
    """Waits for the end of what was killed: that takes a moment, and longer on a busy machine."""
    def lives(pid):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
                return f.read().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False
    return until(lambda: not any(map(lives, pids)))


def work(node):
    """Seconds that its processes have worked; those that have ended do not count."""
    ticks = 0
    for pid, _ in node.processes():
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
                ticks += sum(map(int, f.read().rpartition(")")[2].split()[11:13]))
        except OSError:
            pass
    return ticks / os.sysconf("SC_CLK_TCK")


class Node:
    def __init__(self, name, *options):
        self.state = path(name)
        self.options = options
        self.log = path(name + ".log")
        self.process = None
        self.environment = None  # ours, unless a test gives it another
        atexit.register(self.put_away)

    def put_away(self):
        """What a test that breaks off has left running."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    def start(self):
        """Waits until it answers."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([WEIR, "serve", "--state", self.state, "--sample", EXAMPLES, *self.options],
                                            stdout=log, stderr=log, stdin=subprocess.DEVNULL, preexec_fn=dies_with_us, env=self.environment)
        there = os.path.join(self.state, "control.sock")
        until(lambda: self.process.poll() is not None or os.path.exists(there) and self.run("receipts", "--count").returncode == 0)
        if self.process.poll() is None and os.path.exists(there):
            return self
        raise SystemExit(f"the node does not start: {self.said()}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(60)
        # a process that a sanitizer ends is started again, so that only its words tell
        faults = [line for line in self.said().splitlines() if "Sanitizer" in line or "runtime error" in line or "Assertion" in line]
        check("no fault of the program's own", not faults, faults[:3])
        return status

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def run(self, *words, data=None):
        return subprocess.run([WEIR, *words, "--state", self.state], input=data, capture_output=True, timeout=300, env=self.environment)

    def ask(self, *words):
        """A list as JSON."""
        p = self.run(*words, "--json")
        if p.returncode != 0 and words[0] != "status":
            raise SystemExit(f"{words}: {p.returncode} {p.stderr.decode()}")
        answer = json.loads(p.stdout)
        return next(v for k, v in answer.items() if isinstance(v, list))

    def count(self, *words):
        return int(self.run(*words, "--count").stdout)

    def processes(self):
        """Pids of the supervisor and of everything below it, by name."""
        parents, found = {}, []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
                    text = f.read()
            except OSError:
                continue
            rest = text[text.rindex(")") + 2:].split()
            if rest[0] != "Z":
                parents.setdefault(int(rest[1]), []).append((int(pid), text[text.index("(") + 1:text.rindex(")")]))
        below = [(self.process.pid, "weir")] if self.process.poll() is None else []
        while below:
            pid, name = below.pop()
            found.append((pid, name))
            below += parents.get(pid, [])
        return found
