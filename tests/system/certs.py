# SPDX-License-Identifier: Apache-2.0
"""Several real nodes on loopback that are linked with each other, without the telephone calls (those are in peers.py)."""
import json
import os
import sqlite3
import subprocess

from node import Node
from program import FOLDER, WEIR, check, free_port, path, until, wait, write

SECOND = 65534  # a person who is not us; it needs the way to the control socket
os.chmod(FOLDER, 0o750)


def said(what, run, status, *words):
    text = (run.stdout + run.stderr).decode()
    check(what, run.returncode == status and all(w in text for w in words), (run.returncode, text))
    return text


def mark(a, b, c):
    """The id of a clause, of three digits below 29, with its check character."""
    letters = "3456789abcdefghjkmnpqrstvwxyz"
    return "".join(letters[i] for i in (a, b, c, (a + 2 * b + 4 * c) % 29))


def offline(*words):
    p = subprocess.run([WEIR, *words], capture_output=True, timeout=60)
    return p.returncode, (p.stdout + p.stderr).decode()


def _second_person():
    os.setgroups([0])
    os.setgid(0)
    os.setuid(SECOND)


class Cert(Node):
    def __init__(self, party, open_port=True):
        self.party, self.port = party, free_port()
        folder = path(party + ".conf")
        os.makedirs(folder)
        write(party + ".conf/weir.yaml", (f"country: {party.upper()}\nname: CERT {party}\nmail:\n  from: \"CERT <cert@{party}.example>\"\n" +
                                          (f"door:\n  listen: \"127.0.0.1:{self.port}\"\n  figures: no\n" if open_port else "")).encode())
        write(party + ".conf/owners.csv", b"id,name,sector,prefixes,contacts,language\nbank,Bank Example,finance,192.0.2.0/24,it@bank.example,en\n")
        super().__init__(party, "--conf", folder, "--dry-run")
        self.url = f"https://127.0.0.1:{self.port}/" if open_port else "none"

    def make_list(self):
        wait(f"{self.party}: keys are told", lambda: len(self.ask("key", "show")) == 4)
        write(self.party + ".keys", self.run("key", "show", "--lines").stdout)
        offline("key", "root", self.party, path(self.party + ".root"), "--page", path(self.party + ".page"))
        status, text = offline("key", "list", path(self.party + ".root"), "--keys", path(self.party + ".keys"), "--url", self.url, "-o",
                               path(self.party + ".weirkeys"), "--name", "CERT of an example")
        check(f"{self.party}: the list is signed", status == 0, text)
        said(f"{self.party}: and counts", self.run("key", "import", path(self.party + ".weirkeys")), 0, "counts")

    def link(self, parties):
        """Afterwards it is stopped."""
        for other in parties:
            if other != self.party:
                said(f"{self.party}: the list of {other}", self.run("peer", "import", path(other + ".weirkeys")), 0)
        self.stop()
        with sqlite3.connect(os.path.join(self.state, "state.db")) as db:
            db.execute("update party set link = 'linked', role = 'cert', confirmed = 1 where own = 0")

    def show_log(self):
        """While the node starts its database may be being opened."""
        p = until(lambda: (p := self.run("log", "show", "--json")).returncode == 0 and p)
        return json.loads(p.stdout)

    def second(self, *words):
        """The command as another person of the same team."""
        return subprocess.run([WEIR, *words, "--state", self.state], capture_output=True, timeout=300, env=self.environment,
                              preexec_fn=_second_person if os.getuid() == 0 else None)

    def db(self, sql, *values):
        with sqlite3.connect(f"file:{self.state}/state.db?mode=ro", uri=True) as db:
            return db.execute(sql, values).fetchall()


def linked(parties, dials_out=()):
    """All of them, started and stopped once; those of dials_out have no open port."""
    certs = {p: Cert(p, p not in dials_out).start() for p in parties}
    for c in certs.values():
        c.make_list()
    for c in certs.values():
        c.link(parties)
    return certs
