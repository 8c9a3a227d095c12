# SPDX-License-Identifier: Apache-2.0
"""Two nodes and a cable that is cut: a request with its evidence goes by courier files, one of which is lost, one cut off and one
comes twice; the receipts come back the same way, by people at the pages; the stock age opens what was packed. Then the cable is mended, and large evidence
goes over it in parts, both by who fetches it and by who hands it in, with a break in the middle. courier.py PROGRAM"""
import hashlib
import http.client
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import threading

import browsing
from node import Node, away_from_midnight
from program import WEIR, check, end, free_port, path, wait


class Cable:
    """Between a port and a node's door; may be cut, at once or after so many bytes."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port, self.to, self.on, self.left, self.pairs = self.server.getsockname()[1], None, False, None, []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            a, _ = self.server.accept()
            if not self.on:
                a.close()
                continue
            try:
                b = socket.create_connection(("127.0.0.1", self.to), 5)
            except OSError:
                a.close()
                continue
            self.pairs.append((a, b))
            for x, y in ((a, b), (b, a)):
                threading.Thread(target=self.carry, args=(x, y), daemon=True).start()

    def carry(self, x, y):
        try:
            while (data := x.recv(65536)):
                if self.left is not None:
                    self.left -= len(data)
                    if self.left <= 0:
                        self.cut()
                        return
                y.sendall(data)
        except OSError:
            pass
        for s in (x, y):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        self.on, self.left = False, None
        for pair in self.pairs:
            for s in pair:
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        self.pairs = []


def offline(*words):
    p = subprocess.run([WEIR, *words], capture_output=True, timeout=60)
    check(" ".join(words[:2]), p.returncode == 0, p.stderr)
    return p.stdout.decode()


def said(what, run, status, *words):
    text = (run.stdout + run.stderr).decode()
    check(what, run.returncode == status and all(w in text for w in words), (run.returncode, text))
    return text


class Second:
    """The other person, at the pages."""

    def __init__(self, node):
        run = node.run("people", "link")
        check("a link to the pages", run.returncode == 0, run.stderr)
        base, token = run.stdout.decode().strip().rsplit("/enter/", 1)
        self.host, self.cookie = base.split("//")[1], ""
        self.ask("POST", "/enter", "link=" + token)

    def ask(self, method, url, body=None, **headers):
        c = http.client.HTTPConnection(self.host, timeout=60)
        kind = "application/json" if url.startswith("/api") else "application/x-www-form-urlencoded"
        c.request(method, url, body, {"Host": self.host, "Cookie": self.cookie, "Content-Type": kind, **headers})
        answer = c.getresponse()
        text = answer.read().decode()
        if answer.getheader("Set-Cookie"):
            self.cookie = answer.getheader("Set-Cookie").split(";")[0]
        c.close()
        return answer.status, text

    def change(self, name, **params):
        token = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.ask("GET", "/")[1]).group(1)
        status, text = self.ask("POST", "/api/v1/changes/" + name, json.dumps(params), **{"Weir-CSRF": token})
        check(name, status == 200, (status, text))


def make(cc, cable):
    folder = path(cc + ".conf")
    os.makedirs(os.path.join(folder, "rules"))
    cable.to = free_port()
    with open(os.path.join(folder, "weir.yaml"), "w", encoding="utf-8") as f:
        f.write(f"sample: yes\ncountry: {cc.upper()}\nname: CERT of an example\nmail:\n  from: \"CERT <cert@cert.example>\"\n"
                f"pages:\n  listen: \"127.0.0.1:{free_port()}\"\ndoor:\n  listen: \"127.0.0.1:{cable.to}\"\n  url: https://127.0.0.1:{cable.port}\n")
    with open(os.path.join(folder, "owners.csv"), "w", encoding="utf-8") as f:
        f.write("id,name,sector,prefixes,contacts,language\n")
    with open(os.path.join(folder, "rules", "10-all.yaml"), "w", encoding="utf-8") as f:
        f.write("- rule: all\n  if: {}\n  then: { notify: owner, within: 1d }\n")
    node = Node(cc, "--conf", folder).start()
    node.cc = cc
    return node


def keys(node, url):
    wait(f"{node.cc} has told its keys", lambda: len(node.ask("key", "show")) == 4)
    with open(path(node.cc + ".keys"), "wb") as f:
        f.write(node.run("key", "show", "--lines").stdout)
    node.list = path(node.cc + ".weirkeys")
    offline("key", "root", node.cc, path(node.cc + ".root"), "--page", path(node.cc + ".page"))
    offline("key", "list", path(node.cc + ".root"), "--keys", path(node.cc + ".keys"), "--url", url, "-o", node.list, "--name", "CERT of an example")
    said("our own list counts", node.run("key", "import", node.list), 0, "counts")


def meet(node, other):
    number = re.search(r"\d{5}( \d{5}){5}", offline("key", "voice", other.list)).group(0).split()
    said("a list comes", node.run("peer", "import", other.list), 0)
    said("the number is typed", node.run("peer", "type", other.cc, *number, "--called", "+000", "--found", "card"), 0)
    Second(node).change("peer-confirm", id=other.cc, role="cert")


def request(node, to, *files):
    text = said("a case is opened", node.run("case", "new", "a request", "--peer", to, "--ask", "takedown-request", "--severity", "c2"), 0)
    case = re.search(r"K\d+", text).group(0)
    for name in files:
        said("a file is kept", node.run("case", "attach", case, name), 0)
    said("it goes", node.run("case", "send", case, "--attach", "all"), 0)
    return case


def evidence(name, size):
    with open(path(name), "wb") as f:
        f.write(os.urandom(size))
    return path(name)


def same_file(node, name):
    digest = hashlib.sha256(open(name, "rb").read()).hexdigest()
    there = os.path.join(node.state, "blob", digest)
    return os.path.exists(there) and hashlib.sha256(open(there, "rb").read()).hexdigest() == digest


def pack(node, to, folder, empty=False):
    os.makedirs(path(folder), exist_ok=True)
    text = said(f"{node.cc} packs", node.run("courier", "pack", "--to", to, path(folder)), 0)
    if empty:
        check("nothing waits", "nothing waits" in text, text)
        return []
    return sorted(os.path.join(path(folder), n) for n in os.listdir(path(folder)) if n.endswith(".age"))


def pack_at_page(node, to):
    """A person packs and downloads: name and bytes of each file, as the page says they are."""
    one = pages[node.cc]
    browsing.good_page("what waits for whom", one.get("/couriers"))
    status, text, headers = one.post("/couriers/pack", {"id": to, "csrf": one.csrf()})
    where = headers.get("Location", "")
    check("it leads to the courier", status == 303 and re.fullmatch(r"/couriers/X\d+", where), (status, where, text[-500:]))
    wait("it is packed", lambda: 'data-courier="wanted"' not in one.get(where)[1])
    page = browsing.good_page("a courier that was packed", one.get(where))
    found = re.findall(r'<a href="(/api/v1/courier-file/[^"]+)">([^<]+)</a>.*?<code>([0-9a-f ]+)</code>', page, re.S)
    check("its files can be downloaded", 'data-courier="ready"' in page and found, page[-3000:])
    files = []
    for url, name, digest in found:
        status, _, headers = one.get(url)
        check("the bytes are those that are read aloud", status == 200 and "attachment" in headers.get("Content-Disposition", "")
              and hashlib.sha256(one.raw).hexdigest() == digest.replace(" ", ""), (status, headers))
        files.append((name, one.raw))
    return files


def open_at_page(node, name, data):
    """A person hands in what was brought; the page that says what came of it."""
    one = pages[node.cc]
    status, text, headers = one.upload(name, data, one.csrf(), "/couriers/open")
    where = headers.get("Location", "")
    check("it leads to what came of it", status == 303 and re.fullmatch(r"/couriers/X\d+", where), (status, where, text[-500:]))
    wait("it is read", lambda: 'data-courier="wanted"' not in one.get(where)[1])
    page = browsing.good_page("a courier that was brought", one.get(where))
    digest = hashlib.sha256(data).hexdigest()
    check("it says what was brought", name in page and " ".join(digest[i:i + 4] for i in range(0, 64, 4)) in page, page[-3000:])
    return page


def fact(page, name):
    found = re.search(rf"<dt>{name}</dt>\s*<dd>([^<]*)</dd>", page)
    return found.group(1) if found else None


def node_has(node, sql):
    with sqlite3.connect(f"file:{os.path.join(node.state, 'state.db')}?mode=ro", uri=True) as db:
        return db.execute(sql).fetchone()[0]


def waits(node):
    """Statements that need a receipt and have none."""
    return node_has(node, "select count(*) from delivery d join statement s on s.n = d.statement where d.waits = 1 and s.kind not in "
                          "('receipt', 'read')")


away_from_midnight()  # files have numbers of their day
cables = Cable(), Cable()
la, kh = make("la", cables[0]), make("kh", cables[1])
# kh cannot be reached even when the cable is whole: what it lacks it fetches, what la lacks it hands in
keys(la, f"https://127.0.0.1:{cables[0].port}/")
keys(kh, "none")
pages = {n.cc: browsing.let_in(n) for n in (la, kh)}
meet(la, kh)
wait("the check waits", lambda: waits(la) == 1)
(name, early), = pack_at_page(la, "kh")
check("a file is named by whom it is for, the day and a number", re.fullmatch(r"kh-\d{8}-01\.weir\.age", name), name)
page = open_at_page(kh, name, early)
check("from whom is not linked nothing is taken, and it says why", fact(page, "statements in it") == "1" and fact(page, "refused") == "1"
      and "unknown-sender" in page and "there is no link with the sender" in page, page[-3000:])
meet(kh, la)

# ---- the cable is cut

small = evidence("small", 100_000)
ours = request(la, "kh", small)
wait("two wait: the check and the request", lambda: waits(la) == 2)
files = pack(la, "kh", "stick1")
check("one file, of the next number", len(files) == 1 and re.fullmatch(r"kh-\d{8}-02\.weir\.age", os.path.basename(files[0])), files)
check("a small one", os.path.getsize(files[0]) < 64 << 20)
check("packing marks nothing as sent", waits(la) == 2)
again = pack(la, "kh", "stick2")
check("the next has the next number", again[0].endswith("-03.weir.age"), again)
said("not for its own maker", la.run("courier", "open", files[0]), 1, "not sealed for a key")
whole = open(files[0], "rb").read()
for name, data in (("cut", whole[:70_000]), ("other", b"no courier"), ("changed", whole[:80_000] + bytes([whole[80_000] ^ 1]) + whole[80_001:])):
    with open(path(name), "wb") as f:
        f.write(data)
said("what is none is named", kh.run("courier", "open", path("other")), 1)
check("at the page too", 'data-courier="failed"' in open_at_page(kh, "other", b"no courier"))
check("what cannot be opened is not kept", not [n for n in os.listdir(os.path.join(kh.state, "courier")) if n.startswith("in-")])
said("what stands before a cut is taken", kh.run("courier", "open", path("cut")), 0, "ready")
said("so it is before a damage", kh.run("courier", "open", path("changed")), 0, "ready")
said("the whole one brings the rest", kh.run("courier", "open", files[0]), 0, "ready")
rows = kh.ask("courier", "list")
check("each statement was taken once", sum(r["new"] for r in rows) == 2 and rows[0]["had"] == 2, rows)
check("it says where it was cut", any(r["cut"] for r in rows), rows)
check("the evidence is here", same_file(kh, small))
case = next((c for c in kh.ask("case", "list") if c["peer"] == "la"), None)
check("the request is a case", case is not None and case["title"] == "a request", kh.ask("case", "list"))
check("with its file", "small" in kh.run("case", "show", case["case"]).stdout.decode())
said("twice does no harm", kh.run("courier", "open", files[0], again[0]), 0, "ready")
check("still one case", len([c for c in kh.ask("case", "list") if c["peer"] == "la"]) == 1)
wait("receipts are signed", lambda: node_has(kh, "select count(*) from statement where kind = 'receipt' and signature is not null") >= 1)
page = pages["kh"].get("/couriers")[1]
check("the page says what waits for la", re.search(r'href="/peers/la">la</a></th>\s*<td class="number">\d+</td>\s*<td class="number">[1-9]', page), page[-3000:])
for name, data in pack_at_page(kh, "la"):
    page = open_at_page(la, name, data)
check("they come back", 'data-courier="ready"' in page and int(fact(page, "were not here before")) >= 1 and fact(page, "refused") == "0", page[-3000:])
check("twice does no harm, and it says so", fact(open_at_page(la, name, data), "were not here before") == "0")
wait("la has them, complete ones too", lambda: la.ask("case", "list")[0]["state"] == "delivered")
check("its queue has emptied by receipts alone", waits(la) == 0)
pack(la, "kh", "stick3")


def bech32(secret):
    """The text of a secret key of age (BIP 173)."""
    letters, hrp = "qpzry9x8gf2tvdw0s3jn54khce6mua7l", "age-secret-key-"
    bits = "".join(f"{b:08b}" for b in secret)
    data = [int(bits[i:i + 5].ljust(5, "0"), 2) for i in range(0, len(bits), 5)]
    values, c = [ord(x) >> 5 for x in hrp] + [0] + [ord(x) & 31 for x in hrp] + data + [0] * 6, 1
    for v in values:
        top, c = c >> 25, (c & 0x1ffffff) << 5 ^ v
        for i, g in enumerate((0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3)):
            c ^= g if top >> i & 1 else 0
    return (hrp + "1" + "".join(letters[x] for x in data + [(c ^ 1) >> 5 * (5 - i) & 31 for i in range(6)])).upper()


# ---- the stock tool

if shutil.which("age"):
    name = next(n for n in os.listdir(os.path.join(kh.state, "keys")) if n.startswith("seal-"))
    with open(path("identity"), "w", encoding="ascii") as f:
        f.write(bech32(bytes.fromhex(open(os.path.join(kh.state, "keys", name)).read().strip())) + "\n")
    p = subprocess.run(["age", "-d", "-i", path("identity"), files[0]], capture_output=True, timeout=60)
    check("the stock age opens it", p.returncode == 0 and p.stdout.startswith(b"weir-container-1"), p.stderr)
    check("with the evidence in it", open(small, "rb").read() in p.stdout)
else:
    print("age is not installed: not tried with it")

# ---- the cable is mended

large, answer = evidence("large", 24 << 20), evidence("answer", 9 << 20)
# a node that starts again calls at once
kh.stop()
request(la, "kh", large)
request(kh.start(), "la", answer)
wait("both are signed", lambda: waits(la) >= 1 and waits(kh) >= 1)
cables[0].left, cables[0].on = 11 << 20, True
kh.stop()
kh.start()
wait("the cable breaks in the middle", lambda: not cables[0].on)
wait("a part of it is held", lambda: [n for c in (kh, la) for n in os.listdir(os.path.join(c.state, "blob")) if n.endswith(".part")])
cables[0].on = True
wait("the large one is there", lambda: same_file(kh, large))
wait("and the other, which was handed in", lambda: same_file(la, answer))
wait("both have complete receipts", lambda: all(c["state"] == "delivered" for n in (la, kh) for c in n.ask("case", "list") if c["direction"] == "ours"))
for node in (la, kh):
    check("nothing is left over", not [n for n in os.listdir(os.path.join(node.state, "blob")) if n.endswith(".part")])
    node.stop()
end()
