# SPDX-License-Identifier: Apache-2.0
"""What both acts of the play wait for, and how long."""
import time

PATIENCE = 240   # seconds for a step: a machine may be busy, and who waits for what comes waits no longer
LOOK = 60        # in which a person who watches can press himself before the play goes on
PAUSE = 6        # between two steps that somebody watches


class Stop(Exception):
    """The play cannot go on; the sentence says why."""


def until(what, good, seconds=PATIENCE):
    """What good() says, as soon as it is true."""
    began = time.monotonic()
    while not (last := good()):
        passed = time.monotonic() - began
        if passed > seconds:
            raise Stop(f"{what}: not within {seconds} s")
        time.sleep(min(0.05 + passed / 20, 0.5))
    return last
