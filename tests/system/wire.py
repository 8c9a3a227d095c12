# SPDX-License-Identifier: Apache-2.0
"""Nodes of the sample region (examples/region/play.py), each behind a wire that a test holds: it keeps what passes, and may be led
elsewhere or cut."""
import os
import re
import socket
import sqlite3
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "region"))
import play  # noqa: E402
from program import free_port  # noqa: E402


class Wire:
    """Goes to a node's door; keeps what passes."""

    def __init__(self, target):
        self.target, self.heard, self.open = target, bytearray(), []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            one, _ = self.listener.accept()
            try:
                other = socket.create_connection(self.target, timeout=10)
            except OSError:
                one.close()
                continue
            self.open += [one, other]
            for a, b in ((one, other), (other, one)):
                threading.Thread(target=self.carry, args=(a, b), daemon=True).start()

    def carry(self, a, b):
        try:
            while data := a.recv(65536):
                self.heard += data
                b.sendall(data)
        except OSError:
            pass
        for s in (a, b):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        """Nobody answers any more."""
        self.lead(("127.0.0.1", free_port()))

    def lead(self, target):
        """From now on to somebody else."""
        self.target = target
        for s in self.open:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.open = []


class Node(play.Node):
    """One whose key list names the wire as its address."""
    wire, real = None, None

    def door(self):
        return self.real[0], int(self.real[1])

    def configure(self, number):
        super().configure(number)
        self.real = self.url().split("/")[2].rsplit(":", 1)
        self.wire = Wire(self.door())
        with open(os.path.join(self.conf, "weir.yaml"), encoding="utf-8") as f:
            text = f.read()
        with open(os.path.join(self.conf, "weir.yaml"), "w", encoding="utf-8") as f:
            f.write(re.sub(r"^  url: .*", f"  url: https://127.0.0.1:{self.wire.port}", text, flags=re.M))

    def peer(self, name):
        return next(p for p in self.ask("peer", "list", "--all") if p["party"] == name)

    def children(self):
        """Pids by name."""
        found = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
                    text = f.read()
            except OSError:
                continue
            rest = text[text.rindex(")") + 2:].split()
            if int(rest[1]) == self.process.pid and rest[0] != "Z":
                found[text[text.index("(") + 1:text.rindex(")")]] = int(pid)
        return found

    def rows(self, sql):
        db = sqlite3.connect(f"file:{self.state}/state.db?mode=ro", uri=True, timeout=30)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def texts(self, which):
        return [e["text"] for e in self.entries(which)]

    def has(self, which, text):
        return any(text in t for t in self.texts(which))
