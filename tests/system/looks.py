# SPDX-License-Identifier: Apache-2.0
"""The first look at a report that is still on its way in: what it says while the bytes come, to whom, and that a report that
never becomes whole leaves nothing."""
import base64
import gzip
import io
import json
import os
import random
import signal
import socket
import sys
import time
import zipfile

import browsing
from node import Node
from program import PATIENCE, check, end, free_port, until

SANITIZED = "sanitized" in sys.argv
NAME = "2026-01-05-scan_rdp-example-geo.csv"
HEAD = '"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo","region","city","naics","hostname_source","sector","rdp_protocol"\n'
MIB = 1 << 20
NOTHING = {"version": 1, "name": None, "received": None, "look": None}
node = Node("n", "--pages", str(free_port()), "--dry-run").start()
one, other = browsing.let_in(node), browsing.let_in(node)


def rows(n):
    """Of them every hundredth belongs to nobody; line 17 has too few columns."""
    lines = [f'"2026-01-05 00:{i % 60:02}:00","high","{"198.18.0" if i % 100 == 0 else "192.0.2"}.{i % 125}","tcp","{i % 60000 + 1}","h{i}.bank.example","rdp",'
             f'"64501","XA","CAPITAL","CAPITAL","522110","ptr","Finance","rdp"\n' for i in range(n)]
    lines[15] = "a line,of another file\n"
    return (HEAD + "".join(lines)).encode()


class Sending:
    """An upload by the form, as far as it was sent."""

    def __init__(self, name, size, key=None):
        self.key = key or os.urandom(16).hex()
        csrf = one.csrf()
        self.end = b"\r\n--limit--\r\n"
        begin = (f'--limit\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n--limit\r\nContent-Disposition: form-data; '
                 f'name="file"; filename="{name}"\r\n\r\n').encode()
        host, port = one.host.split(":")
        self.sock = socket.create_connection((host, int(port)), 60)
        self.sock.sendall(f"POST /reports HTTP/1.1\r\nHost: {one.host}\r\nCookie: {one.cookie}\r\nIdempotency-Key: {self.key}\r\n"
                          f"Content-Type: multipart/form-data; boundary=limit\r\nContent-Length: {len(begin) + size + len(self.end)}\r\n\r\n".encode() + begin)

    def send(self, data):
        self.sock.sendall(data)
        return self

    def ask(self, who=one):
        status, text, _ = who.get("/api/v1/uploads/" + self.key)
        return status, json.loads(text)

    def look(self, good=lambda said: said["look"]):
        """Asks until there is one."""
        for_long, there = time.monotonic() + PATIENCE, False
        while time.monotonic() < for_long:
            status, said = self.ask()
            if there and said["name"] is None:
                break  # it was cut off
            there = said["name"] is not None
            if status != 200 or said["received"] is not None and good(said):
                return said
            time.sleep(0.05)
        return {"look": {}, "received": 0}

    def cut(self):
        self.sock.close()

    def answer(self):
        self.sock.sendall(self.end)
        text = b""
        while b"\r\n\r\n" not in text and (more := self.sock.recv(4096)):
            text += more
        self.sock.close()
        return text.decode()


def arrived(s, size):
    """True once so much is here; what may be the end of the part waits for what comes next."""
    return size - 4096 <= s.look(lambda said: said["received"] >= size - 4096).get("received", 0) <= size


def spool():
    return os.listdir(os.path.join(node.state, "spool"))


def first_part(data):
    """A report in two halves: seen, judged, cut."""
    s = Sending(NAME, len(data)).send(data[:2 * MIB])
    began = time.monotonic()
    look = s.look()["look"]
    took = time.monotonic() - began
    part = data[:MIB][:data[:MIB].rindex(b"\n") + 1]
    check("its first part, up to a line end", look["bytes"] == len(part), (look, len(part)))
    check("in its format, surely", (look["format"], look["sure"], look["type"], look["identifier"]) == ("shadowserver", True, "vulnerable-system", "open-rdp"), look)
    check("all its lines", look["records"] == part.count(b"\n") - 1 and look["with_events"] == look["events"] == look["records"] - 1, look)
    check("the one that cannot be read, by its line", look["asides"] == 1 and [a["line"] for a in look["first"]] == [17] and len(look["first"][0]["text"]) > 10, look)
    check("and nobody's", 0 < look["events"] - look["owned"] < look["events"] / 50, look)
    check("soon", took < 5 or SANITIZED, took)
    check("what has come is what was sent", arrived(s, 2 * MIB))
    check("nothing is accepted", node.count("receipts") == 0 and [f.endswith(".part") for f in spool()] == [True], spool())
    check("nobody else sees it", s.ask(other)[1] == NOTHING, s.ask(other))
    check("and nobody without a session", s.ask(browsing.Browser("http://" + one.host))[0] == 401)
    check("nor by another key", json.loads(one.get("/api/v1/uploads/" + "0" * 32)[1]) == NOTHING and one.get("/api/v1/uploads/x")[0] == 404)
    s.cut()
    until(lambda: not spool())
    check("cut off: nothing is left in the spool", not spool(), spool())
    check("nothing is accepted of it", node.count("receipts") == 0)
    check("and there is nothing to look at", s.ask()[1] == NOTHING)
    return look


def whole(data, look):
    s = Sending(NAME, len(data)).send(data[:2 * MIB])
    check("the same look again", s.look()["look"] == look)
    check("all of it is here, and not accepted yet", arrived(s.send(data[2 * MIB:]), len(data)) and node.count("receipts") == 0)
    text = s.answer()
    check("whole: it is accepted", " 303 " in text.splitlines()[0] and "/reports/R1" in text, text)
    until(lambda: node.count("receipts", "--state", "done") == 1)
    got = node.ask("receipts")[0]
    check("as all of it is", got["records"] == data.count(b"\n") - 1 and got["asides"] == 1 and got["size"] == len(data), got)
    check("and the spool is empty", not spool(), spool())


looking = []


def said_of(what, name, data, good, sent=None):
    """The look at the beginning of a report that goes on: all of them wait together."""
    def begin():
        return Sending(name, len(data) + MIB * 4).send(data if sent is None else data[:sent])
    looking.append((what, begin, begin(), good))


def kinds(data):
    packed, mail = io.BytesIO(), random.Random(7).randbytes(MIB)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(NAME, data)
    said_of("bytes of no format", "photo.raw", mail, lambda l: l["format"] == "" and l["records"] == 0 and l["sentence"] == "")
    said_of("an archive is read into", NAME + ".gz", gzip.compress(data, 1), lambda l: (l["format"], l["inside"], l["asides"]) == ("archive", "shadowserver", 1)
            and l["records"] > 100 and l["sentence"] == "", 200000)
    said_of("another too", "a.zip", packed.getvalue(), lambda l: l["format"] == "archive" and l["asides"] <= 1 and l["sentence"] == "", 200000)
    letter = b"From: a@list.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/csv; name=\"" + NAME.encode() + \
        b"\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data)
    said_of("a mail says no more than it knows", "a.eml", letter, lambda l: l["format"] == "mail" and l["asides"] <= 1 and l["sentence"] == "", 300000)
    bundle = json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": [
        {"type": "indicator", "spec_version": "2.1", "id": f"indicator--00000000-0000-4000-8000-{i:012}", "pattern": f"[ipv4-addr:value = '192.0.2.{i % 250}']",
         "pattern_type": "stix", "valid_from": "2026-01-05T00:00:00Z"} for i in range(4000)]}).encode()
    said_of("a document waits for its end, and no alarm is given", "b.json", bundle, lambda l: l["format"] == "stix" and l["records"] == 0 and l["sentence"] == "", 300000)
    said_of("a table of anybody is taken, but not surely", "a.csv", b"source.ip,when\n" + b"192.0.2.1,2026-01-05\n" * 20000, lambda l: l["format"] == "csv" and not l["sure"] and l["records"] > 0)
    said_of("the wrong file of the right name says why", NAME, b"name;street;town\n" + b"a;b;c\n" * 20000, lambda l: "header" in l["sentence"] and l["records"] == 0)
    said_of("half a character of UTF-16 is no alarm", NAME, "\ufeff".encode("utf-16-le") + data[:2 * MIB].decode().encode("utf-16-le"),
            lambda l: l["format"] == "shadowserver" and l["asides"] == 1 and l["records"] > 1000)
    for what, begin, sending, good in looking:
        look = sending.look()["look"]
        if not look:  # cut off meanwhile, as it sent nothing for ten seconds
            sending = begin()
            look = sending.look()["look"]
        check(what, look and good(look), look)
        sending.cut()


def slow(data):
    """Little comes: that is looked at after a second, and more of it later. On a machine that is so busy that ten seconds pass
    between two pieces the upload is cut off, rightly, and is tried once more."""
    for last in (False, False, True):
        s = Sending(NAME, len(data)).send(data[:20000])
        silent = s.ask()[1]["look"] is None
        look = s.look()["look"] or {}
        s.send(data[20000:MIB + 100000])
        more = s.look(lambda said: said["look"] and said["look"]["bytes"] > 900000)["look"] or {}
        s.cut()
        if look and more or last:
            break
        print("once more: the machine is busy")
    check("at once nothing is said", silent)
    check("little is looked at", 19000 < look.get("bytes", 0) <= 20000 and look["asides"] == 1 and look["records"] > 10, look)
    check("and more of it when more has come", more.get("bytes", 0) > 900000 and more["records"] > 5000, more)


def restarts(data):
    s = Sending(NAME, len(data)).send(data[:10000])
    core = next(pid for pid, name in node.processes() if name == "weir-core")
    os.kill(core, signal.SIGKILL)
    look = s.look()["look"]
    check("a core that died is asked again", look.get("records", 0) > 10, look)
    s.cut()


def anew(data):
    """Whoever sends the same delivery again has given up on the first try, which may still hang."""
    before = node.count("receipts")
    data = data + b'"2026-01-05 01:00:00","high","192.0.2.9","tcp","1","","rdp","64501","XA","CAPITAL","CAPITAL","522110","ptr","Finance","rdp"\n'
    hangs = Sending(NAME, len(data)).send(data[:3 * MIB])
    hangs.look()
    again = Sending(NAME, len(data), hangs.key).send(data[:2 * MIB])
    again.look()
    hangs.send(data[3 * MIB:])
    text = hangs.answer()
    check("the first is refused, whole or not", " 409 " in text.splitlines()[0], text[:300])
    check("the second goes on", " 303 " in again.send(data[2 * MIB:]).answer())
    until(lambda: node.count("receipts", "--state", "done") == before + 1)
    got = node.ask("receipts", "--state", "done")
    check("and is one receipt with all its bytes", len(got) == before + 1 and any(g["size"] == len(data) and g["records"] == data.count(b"\n") - 1 for g in got), got)


def memory_of_desk():
    pid = next(pid for pid, name in node.processes() if name == "weir-desk")
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
        return sum(int(line.split()[1]) for line in f if line.startswith(("Private_Dirty", "Private_Clean"))) / 1024


def memory(data):
    s = Sending(NAME, 96 * MIB).send(data[:2 * MIB])
    s.look()
    before = memory_of_desk()
    for _ in range(60):
        s.send(data[:MIB])
    arrived(s, 62 * MIB)
    after = memory_of_desk()
    check("the desk keeps nothing of it in its memory", after - before < 2 or SANITIZED, (before, after))
    s.cut()


everything = rows(25000)
whole(everything, first_part(everything))
kinds(everything[:300000])
slow(everything)
restarts(everything)
anew(everything)
memory(everything)
until(lambda: not spool())
check("in the end the spool is empty", not spool(), spool())
node.stop()
end()
