# SPDX-License-Identifier: Apache-2.0
"""What the system tests in Python share: a run of "weir read" with its exit status, events, sentences, seconds of work
and peak memory, and checks that count themselves."""
import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

WEIR = os.path.abspath(sys.argv[1])
FOLDER = tempfile.mkdtemp(prefix="weir-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)  # of a test that breaks off too: some leave a GiB
failed, passed = [], 0
kept = []  # places of ports
PATIENCE = 240  # seconds for what has to come; a machine may be busy, and who waits for what comes waits no longer


class Run:
    """One run. report: a path, or bytes that go through standard input."""

    def __init__(self, report, *options):
        piped = isinstance(report, bytes)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            p = subprocess.Popen([WEIR, "read", "--conf", FOLDER, *options, "-" if piped else report], stdout=out, stderr=err,
                                 stdin=subprocess.PIPE if piped else subprocess.DEVNULL, cwd=FOLDER)
            if piped:
                try:
                    p.stdin.write(report)
                    p.stdin.close()
                except BrokenPipeError:
                    pass
            # of the program and of the readers that it has waited for, whichever took most
            _, status, usage = os.wait4(p.pid, 0)
            p.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            err.seek(0)
            self.events = [json.loads(line) for line in out]
            self.said = err.read().decode("utf-8").splitlines()
        self.status, self.mib = p.returncode, usage.ru_maxrss / 1024
        # of work: how busy the machine is does not count
        self.seconds = usage.ru_utime + usage.ru_stime

    def ips(self):
        return [e.get("source.ip") for e in self.events]

    def __str__(self):
        return f"status {self.status}, {len(self.events)} events, {self.seconds:.1f} s, {self.mib:.0f} MiB, said {self.said[:5]}"


def free_port():
    """One that nobody else gets while this test runs, also while a node is stopped that listens at it: tests run beside each other, and
    would take each other's ports. Who listens needs SO_REUSEADDR, as a node has it."""
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.append(s)
    return s.getsockname()[1]


def path(name):
    return os.path.join(FOLDER, name)


def write(name, data):
    with open(path(name), "wb") as f:
        f.write(data)
    return name


def check(what, good, run=""):
    global passed
    passed += bool(good)
    if not good:
        failed.append(what)
        print(f"FAILED  {what}: {run}")


def until(good, seconds=PATIENCE):
    """Waits until it is so, with longer and longer pauses: to ask is work too. What it said last."""
    began = time.monotonic()
    while not (last := good()) and (passed_by := time.monotonic() - began) < seconds:
        time.sleep(min(0.05 + passed_by / 10, 0.5))
    return last


def wait(what, good):
    """A check of what has to become so."""
    check(what, until(good))


def said(what, run, status, *words):
    """Ended with that status, and each of the words stands in a sentence; without words nothing was said."""
    good = run.status == status and all(any(w in line for line in run.said) for w in words)
    check(what, good and (words or not run.said), run)


def end():
    print(f"{passed} passed, {len(failed)} failed")
    sys.exit(1 if failed or not passed else 0)
