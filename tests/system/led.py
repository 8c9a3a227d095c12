# SPDX-License-Identifier: Apache-2.0
"""Linked nodes whose clocks the test leads (examples/region/clock.c), so that hours of notice and days of grace are those that people
would have; each has a clock of its own, which may be wrong. Stores are copied and put back."""
import os
import shutil
import struct
import sys
import time

from certs import linked
from program import FOLDER, path, wait

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "region"))
from clock import Clock  # noqa: E402

HOUR, DAY = 3600, 86400


class Lead(Clock):
    """What its programs take for the time. It goes back too, with stores that were put back; the nodes are stopped then."""

    def lead(self, seconds):
        self.mapped[:8] = struct.pack("=q", self.ahead() + int(seconds))


class Led:
    def __init__(self, parties):
        """All of them, linked and stopped. Commands that need no node have the right time too."""
        self.own = {}
        for party in parties:
            os.makedirs(path(party + ".clock"))
            self.own[party] = Lead(path(party + ".clock")).start(0)
        theirs = {party: clock.environment() for party, clock in self.own.items()}
        self.clock = Lead(FOLDER).start(0)
        os.environ.update(self.clock.environment())
        self.certs = linked(parties)
        for party, cert in self.certs.items():
            cert.environment = theirs[party]

    def up(self, *some):
        for c in some or self.certs.values():
            if c.process is None or c.process.poll() is not None:
                c.start()

    def down(self, *some):
        for c in some or self.certs.values():
            if c.process is not None and c.process.poll() is None:
                c.stop()

    def lead(self, seconds):
        for clock in (self.clock, *self.own.values()):
            clock.lead(seconds)

    def skew(self, cert, seconds):
        """The clock of that node differs from the right time by so much."""
        self.own[cert.party].lead(self.clock.ahead() + seconds - self.own[cert.party].ahead())

    def later(self, seconds, *some):
        """The time is another one; those, or all, are there."""
        self.down()
        self.lead(seconds)
        self.up(*some)

    def until_time(self, t, *some):
        self.later(t - self.clock.now(), *some)

    def keep(self, name, *some):
        self.down(*some)
        for c in some or self.certs.values():
            shutil.copytree(c.state, path(f"{name}.{c.party}"), ignore=shutil.ignore_patterns("*.sock"))

    def put_back(self, name, *some):
        self.down(*some)
        for c in some or self.certs.values():
            shutil.rmtree(c.state)
            shutil.copytree(path(f"{name}.{c.party}"), c.state)

    def everywhere(self, what, want, *some):
        for c in some or self.certs.values():
            wait(f"{c.party}: {what}", lambda c=c: want(c))


def row(cert, ref):
    """The round as the list of that node has it."""
    return next((r for r in cert.ask("agree", "list") if r["round"] == ref), {})


def seconds_of(text):
    return time.mktime(time.strptime(text[:19].replace("T", " "), "%Y-%m-%d %H:%M:%S")) - time.timezone


def sayings(cert, ref, kind):
    return [s for s in cert.ask("agree", "said", ref) if s["kind"] == kind]


def block(cert, ref):
    return cert.run("agree", "get", ref, "--file", "block").stdout.decode()
