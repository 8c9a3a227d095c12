# SPDX-License-Identifier: Apache-2.0
"""The clock of the four sample countries, which the play can put forward: the machine's own and some seconds, laid under the programs
by clock.c. A silence is a day at least, and nobody who watches waits a day."""
import json
import mmap
import os
import struct
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Clock:
    def __init__(self, home):
        self.file, self.kept, self.shim = (os.path.join(home, name) for name in ("clock", "clock.last", "clock.so"))

    def start(self, back):
        """So many seconds back, so that a play which is put forward ends about now; but never before the end of the last one, since
        nodes rightly do not believe a clock that was set back."""
        built = subprocess.run([*os.environ.get("CC", "cc").split(), "-O1", "-shared", "-fPIC", "-o", self.shim, os.path.join(HERE, "clock.c")],
                               capture_output=True, check=False)
        if built.returncode != 0:
            raise OSError(f"the sample's clock cannot be built: {built.stderr.decode('utf-8', 'replace').strip()}")
        ahead = -back
        try:
            with open(self.kept, encoding="utf-8") as f:
                last = json.load(f)
            # who was killed has not said until when it ran
            ahead = max(ahead, last["until"] - int(time.time()) + 5 if last["until"] else last["ahead"])
        except FileNotFoundError:
            pass
        with open(self.file, "wb") as f:
            f.write(struct.pack("=q", ahead))
        with open(self.file, "r+b") as f:
            self.mapped = mmap.mmap(f.fileno(), 8)
        self.keep()
        seen = subprocess.run(["date", "+%s"], capture_output=True, check=False, env=self.environment()).stdout
        if not seen.strip().isdigit() or abs(int(seen) - self.now()) > 30:
            raise OSError(f"programs do not see the sample's clock: is {self.shim} on a file system whose files may be executed?")
        return self

    def ahead(self):
        return struct.unpack("=q", self.mapped[:8])[0]

    def now(self):
        return time.time() + self.ahead()

    def keep(self, ended=False):
        with open(self.kept + ".new", "w", encoding="utf-8") as f:
            json.dump({"ahead": self.ahead(), "until": int(self.now()) if ended else 0}, f)
        os.replace(self.kept + ".new", self.kept)

    def put(self, when):
        """Forward to that time; where it has passed already, nothing."""
        self.mapped[:8] = struct.pack("=q", max(self.ahead(), self.ahead() + int(when - self.now()) + 1))
        self.keep()

    def environment(self):
        before = os.environ.get("LD_PRELOAD")
        more = os.environ.get("ASAN_OPTIONS")
        return {**os.environ, "REGION_CLOCK": self.file, "LD_PRELOAD": self.shim + (":" + before if before else ""),
                # of a sanitized build, which wants to be the first
                "ASAN_OPTIONS": (more + ":" if more else "") + "verify_asan_link_order=0"}
