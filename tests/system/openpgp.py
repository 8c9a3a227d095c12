# SPDX-License-Identifier: Apache-2.0
"""OpenPGP with real homes of GnuPG: letters that verify and decrypt to what a plain one says, keys that are not good,
processes that die in between, and reports that come encrypted."""
import csv
import email
import email.policy
import io
import os
import random
import re
import shutil
import subprocess
import tempfile
import time

import mails_make
from node import EXAMPLES, Node, kill_pid
from program import PATIENCE, WEIR, Run, check, end, path, wait, write
from sink import Sink

sink = Sink()
# a home's path must be short: its agent has a socket in it
HOMES = tempfile.mkdtemp(prefix="pgp-", dir="/tmp")
PASS = "correct horse"
BIG = 16


def gpg(home, *words, data=None, good=True):
    p = subprocess.run(["gpg", "--homedir", os.path.join(HOMES, home), "--batch", "--no-tty", "--pinentry-mode", "loopback", "--trust-model", "always",
                        *words], input=data, capture_output=True, timeout=120, check=False)
    if good and p.returncode != 0:
        raise SystemExit(f"gpg {words}: {p.stderr.decode()}")
    return p


def key(home, who, *more, passphrase="", expires="1y"):
    """A key to sign and one below it to encrypt; its fingerprint."""
    os.makedirs(os.path.join(HOMES, home), mode=0o700, exist_ok=True)
    gpg(home, *more, "--passphrase", passphrase, "--quick-generate-key", who, "ed25519", "sign", expires)
    out = gpg(home, "--with-colons", "--list-keys", who).stdout.decode()
    fpr = next(line.split(":")[9] for line in out.splitlines() if line.startswith("fpr"))
    gpg(home, *more, "--passphrase", passphrase, "--quick-add-key", fpr, "cv25519", "encr", expires)
    return fpr


def give(home, fpr, to):
    gpg(to, "--import", data=gpg(home, "--export", fpr).stdout)


def give_secret(home, fpr, to):
    gpg(to, "--import", data=gpg(home, "--export-secret-keys", fpr).stdout)


TEAM = key("team", "cert@cert.example", passphrase=PASS)
BANK = key("bank", "abuse@owner1.example")
OLD = key("old", "abuse@owner2.example", "--faked-system-time", "20200101T000000", expires="2020-06-01")
GONE = key("gone", "abuse@owner3.example")
MISSING = "0123456789ABCDEF0123456789ABCDEF01234567"
SOON = key("soon", "abuse@owner5.example", expires="10d")
for name, fpr in (("bank", BANK), ("old", OLD), ("gone", GONE), ("soon", SOON)):
    give(name, fpr, "team")
for name in ("bank", "soon"):
    give("team", TEAM, name)
gpg("gone", "--yes", "--import", os.path.join(HOMES, "gone", "openpgp-revocs.d", GONE + ".rev"), good=False)
with open(os.path.join(HOMES, "gone", "openpgp-revocs.d", GONE + ".rev"), encoding="utf-8") as f:
    REVOKED = f.read().replace(":-----BEGIN", "-----BEGIN").encode()
gpg("team", "--import", data=REVOKED)
write("pass", PASS.encode() + b"\n")


def country(name, owners, *, home="team", signs=True, mode="live", secret=True):
    folder = path(name)
    os.makedirs(os.path.join(folder, "rules"))
    with open(os.path.join(folder, "weir.yaml"), "w", encoding="utf-8") as f:
        f.write(f"country: XA\nname: Example CERT\nmail:\n  from: \"Example CERT <cert@cert.example>\"\n  delay: 0s\n"
                f"  a-minute: 100000\n  mode: {mode}\n  host: 127.0.0.1\n  port: {sink.port}\n  tls: none\n")
        if home:
            f.write(f"pgp:\n  home: {os.path.join(HOMES, home)}\n")
            if secret:
                f.write(f"  passphrase-file: {path('pass')}\n")
            if signs:
                f.write(f"  key: {TEAM}\n")
    with open(os.path.join(folder, "owners.csv"), "w", encoding="utf-8") as f:
        f.write("id,name,sector,prefixes,contacts,language,pgp\n")
        for i, fpr in owners.items():
            f.write(f"owner{i},Owner {i},telecom,10.0.{i}.0/24,abuse@owner{i}.example,en,{fpr}\n")
    with open(os.path.join(folder, "rules", "10-all.yaml"), "w", encoding="utf-8") as f:
        f.write("- rule: all\n  if: {}\n  then: { notify: owner, within: 1d }\n")
    return folder


def table(rows):
    return ("source.ip,source.port,time.source,classification.type,tlp\n"
            + "".join(f"{ip},80,2026-01-05T00:00:00Z,infected-system,GREEN\n" for ip in rows)).encode()


def taken(node, name, data):
    write(name, data)
    p = node.run("take", "--wait", path(name))
    check(f"{name} is taken", p.returncode == 0, p.stdout + p.stderr)


def entity_of(bytes_):
    """Words and table of a letter, in the clear."""
    mail = email.message_from_bytes(bytes_, policy=email.policy.default)
    text = mail.get_body().get_content()
    part = next(mail.iter_attachments())
    return text, list(csv.DictReader(io.StringIO(part.get_content().lstrip("\ufeff")))), part.get_filename()


def signed_parts(raw):
    """The very bytes that were signed, and the signature."""
    head = email.message_from_bytes(raw)
    mark = b"--" + head.get_boundary().encode()
    pieces = raw.split(b"\r\n" + mark)
    return pieces[1][2:], email.message_from_bytes(pieces[2][2:]).get_payload().encode()


def verifies(raw, home="bank"):
    body, signature = signed_parts(raw)
    write("body", body)
    write("body.asc", signature)
    p = gpg(home, "--status-fd", "1", "--verify", path("body.asc"), path("body"), good=False)
    return p.returncode == 0 and f"VALIDSIG {TEAM}".encode() in p.stdout, body


def decrypted(raw, home, signer=True):
    mail = email.message_from_bytes(raw)
    check("encrypted as RFC 3156 says", mail.get_content_type() == "multipart/encrypted" and mail.get_param("protocol") == "application/pgp-encrypted"
          and [p.get_content_type() for p in mail.get_payload()] == ["application/pgp-encrypted", "application/octet-stream"])
    p = gpg(home, "--status-fd", "2", "--decrypt", data=mail.get_payload()[1].get_payload(decode=True), good=False)
    check("it decrypts", p.returncode == 0 and (not signer or f"VALIDSIG {TEAM}".encode() in p.stderr), p.stderr[-500:])
    return p.stdout


def raw_of(node, to):
    n = next(n for n in node.ask("notices", "--limit", "1000") if n["to"] == to)
    return node.run("why", "--raw", n["notice"]).stdout, n


def letters():
    """The same findings three times over: in the clear, signed, encrypted."""
    rows = [f"10.0.{i}.{k}" for i in (0, 1) for k in range(1, 31)]
    plain = Node("plain", "--conf", country("plain.conf", {0: "", 1: ""}, home=None)).start()
    taken(plain, "rows.csv", table(rows))
    wait("plain letters go", lambda: plain.count("notices", "--state", "sent") == 2)
    want = {to: entity_of(raw_of(plain, to)[0]) for to in ("abuse@owner0.example", "abuse@owner1.example")}
    plain.stop()
    sink.letters.clear()
    node = Node("both", "--conf", country("both.conf", {0: "", 1: BANK})).start()
    taken(node, "rows.csv", table(rows))
    wait("both letters go", lambda: node.count("notices", "--state", "sent") == 2 and len(sink.letters) == 2)
    raw, n = raw_of(node, "abuse@owner0.example")
    good, body = verifies(raw)
    mail = email.message_from_bytes(raw)
    check("signed as RFC 3156 says", good and mail.get_param("micalg", "").startswith("pgp-sha") and n["pgp"] == "signed", raw[:800])
    write("body", body.replace(b"10.0.0.1:", b"10.0.0.2:"))
    check("another word does not verify", gpg("bank", "--verify", path("body.asc"), path("body"), good=False).returncode != 0)
    # Tickets, dates and the clock of an answer's due time differ between two nodes; every other word is compared.
    words = lambda text: [w for w in text.split() if "-" not in w and not re.match(r"\d\d:\d\d", w)]
    same = lambda got, to, n: (got[1] == want[to][1] and got[2] == n["ticket"] + ".csv" and words(got[0]) == words(want[to][0]))
    check("the signed one says the same", same(entity_of(body), "abuse@owner0.example", n))
    raw, n = raw_of(node, "abuse@owner1.example")
    check("nothing of it stands in the clear", b"10.0.1." not in raw and b"nfected" not in raw and n["pgp"] == "both", raw[:600])
    check("the encrypted one says the same", same(entity_of(decrypted(raw, "bank")), "abuse@owner1.example", n))
    check("the team can read what it wrote", same(entity_of(gpg("team", "--passphrase", PASS, "--decrypt", data=email.message_from_bytes(raw).get_payload()[1]
                                                              .get_payload(decode=True)).stdout), "abuse@owner1.example", n))
    check("the mail server got these bytes", {m["Message-ID"] for _, m in sink.letters} == {"<" + x["message_id"] + ">" for x in node.ask("notices")})
    check("why says so", b"encrypted and signed, to " + BANK.encode() in node.run("why", n["notice"]).stdout, node.run("why", n["notice"]).stdout)
    check("it agrees", node.run("check", "--deep").returncode == 0)
    node.stop()


def not_good():
    """Expired, revoked, missing, no fingerprint: held with a sentence, shown, never sent in the clear; a mended one goes."""
    sink.letters.clear()
    keys = {0: "", 1: BANK, 2: OLD, 3: GONE, 4: MISSING, 5: SOON, 6: "my key"}
    conf = country("bad.conf", keys)
    p = subprocess.run([WEIR, "check", "--conf", conf, "--sample", EXAMPLES], capture_output=True, timeout=60, check=False)
    out = p.stdout.decode()
    for word in (f"owners.csv:4:36: abuse@owner2.example: the OpenPGP key {OLD} expired on 2020-06-01", f"the OpenPGP key {GONE} is revoked",
                 f"has no key {MISSING}", "'my key' is no fingerprint"):
        check(f"the check says '{word}'", word in out and p.returncode == 1, out)
    check("the check names what expires soon", any("remark:" in line and SOON in line and "expires on" in line for line in out.splitlines()), out)
    check("and nothing else of keys", out.count("OpenPGP key") == 4, out)
    node = Node("bad", "--conf", conf).start()
    taken(node, "bad.csv", table([f"10.0.{i}.1" for i in keys]))
    wait("four are held", lambda: node.count("notices", "--state", "held") == 4 and node.count("notices", "--state", "sent") == 3)
    held = {n["to"]: (n["answer"], n["pgp"]) for n in node.ask("notices", "--state", "held")}
    for to, word in ((2, "expired on 2020-06-01"), (3, "is revoked"), (4, "has no key"), (6, "no fingerprint")):
        answer = held.get(f"abuse@owner{to}.example", ("", ""))
        check(f"owner {to} is held with a sentence", word in answer[0] and answer[1] == "trouble", held)
    status = node.run("status")
    check("the status says so", status.returncode == 1 and b"letters held for a key" in status.stdout, status.stdout)
    check("three went, to those who can read them", {to for to, _ in sink.letters} == {f"abuse@owner{i}.example" for i in (0, 1, 5)})
    check("no file of a held letter", len(os.listdir(os.path.join(node.state, "letters"))) == 3)
    # its owner gets a new key into the home; the letter is let go
    with open(os.path.join(conf, "owners.csv"), encoding="utf-8") as f:
        text = f.read()
    with open(os.path.join(conf, "owners.csv"), "w", encoding="utf-8") as f:
        f.write(text.replace(OLD, BANK).replace("my key", BANK))
    p = node.run("owner", "import", "--yes", os.path.join(conf, "owners.csv"))
    check("the register has the new key", p.returncode == 0 and b"pgp" in p.stdout, p.stdout + p.stderr)
    one = next(n for n in node.ask("notices", "--state", "held") if n["to"] == "abuse@owner2.example")
    p = node.run("notice", "release", one["notice"])
    check("it may go", p.returncode == 0, p.stdout + p.stderr)
    wait("and goes", lambda: node.count("notices", "--state", "sent") == 4)
    raw, _ = raw_of(node, "abuse@owner2.example")
    check("encrypted to the new key", b"10.0.2.1" in decrypted(raw, "bank"))
    node.stop()
    # nobody can sign without the passphrase; nobody can encrypt without a home
    sink.letters.clear()
    for name, more, word in (("nopass", {"secret": False}, "passphrase"), ("nohome", {"home": None}, "names no OpenPGP home")):
        node = Node(name, "--conf", country(name + ".conf", {1: BANK}, **more)).start()
        taken(node, "one.csv", table(["10.0.1.1"]))
        wait(f"{name}: held", lambda: node.count("notices", "--state", "held") == 1)
        check(f"{name}: why", word in node.ask("notices")[0]["answer"], node.ask("notices"))
        check(f"{name}: the passphrase stands nowhere", PASS not in node.said())
        node.stop()
    check("nothing went", not sink.letters)


def pids(node, name):
    """gpg is started so that it is nobody's child: it is known by its home."""
    return gpgs("gpg", "team") if name == "gpg" else [pid for pid, what in node.processes() if what == name]


def kills():
    """The core, the pgp process, its jobs and gpg die while letters are being signed: each goes once, none in the clear."""
    sink.letters.clear()
    keys = {i: BANK if i % 2 else "" for i in range(BIG)}
    node = Node("kills", "--conf", country("kills.conf", keys)).start()
    rows = [f"10.0.{i}.{k}" for i in range(BIG) for k in range(1, 4)]
    dice, killed = random.Random(7), 0
    taken(node, "kills.csv", table(rows))
    until = time.monotonic() + PATIENCE
    while node.count("notices", "--state", "sent") < BIG and time.monotonic() < until:
        who = dice.choice(("weir-core", "weir-pgp", "weir-pgp-job", "gpg"))
        for pid in pids(node, who)[:1]:
            if killed >= 8:
                break
            killed += kill_pid(pid)
        time.sleep(dice.random() * 0.15)
    print("killed", killed, [(n["state"], n["pgp"], n["tries"], n["answer"]) for n in node.ask("notices", "--limit", "1000") if n["state"] != "sent"])
    check("somebody was killed", killed > 3, killed)
    held = [n["answer"] for n in node.ask("notices", "--state", "held", "--limit", "1000")]
    check("none is held", not held, held)
    notices = node.ask("notices", "--state", "sent", "--limit", "1000")
    check("all are sent", len(notices) == BIG, len(notices))
    ids = sink.ids()
    check("each Message-ID once", len(ids) == len(set(ids)) == BIG and set(ids) == {"<" + n["message_id"] + ">" for n in notices}, len(ids))
    for to, mail in sink.letters:
        wanted = "multipart/encrypted" if int(to[len("abuse@owner"):-len(".example")]) % 2 else "multipart/signed"
        check("protected as its contact has it", mail.get_content_type() == wanted, (to, mail.get_content_type()))
    got = []
    for n in notices:
        raw = node.run("why", "--raw", n["notice"]).stdout
        body = verifies(raw)[1] if n["pgp"] == "signed" else decrypted(raw, "bank")
        got += [row["ip"] for row in entity_of(body)[1]]
    check("each row in one letter", sorted(got) == sorted(rows), (len(got), len(rows)))
    check("it agrees after all", node.run("check", "--deep").returncode == 0)
    check("it stops", node.stop() == 0)
    wait("no agent is left", lambda: gpgs("gpg-agent", "team") == [])


def gpgs(program, home):
    """Pids of gpg or of the agent of that home."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                words = f.read().split(b"\0")
        except OSError:
            continue
        if os.path.basename(words[0]) == program.encode() and os.path.join(HOMES, home).encode() in words:
            found.append(int(pid))
    return found


def encrypted(data, *words, to=TEAM):
    return gpg("team", *words, "--recipient", to, "--encrypt", data=data).stdout


LINE = b'{"feed.name": "f", "classification.type": "c2-server", "source.ip": "10.0.0.30", "time.source": "2026-01-05T00:00:00+00:00"}\n'


def mime(data):
    return (b"From: sensor@example.org\r\nTo: cert@cert.example\r\nSubject: report\r\nDate: Mon, 5 Jan 2026 08:00:00 +0700\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=bb\r\n\r\n--bb\r\n"
            b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n--bb\r\nContent-Type: application/octet-stream; name=\"encrypted.asc\"\r\n\r\n"
            + data.replace(b"\n", b"\r\n") + b"\r\n--bb--\r\n")


def reports():
    """What comes in encrypted is read as what is in it, whatever form it has; without a key it is set aside and says so."""
    node = Node("in", "--conf", country("in.conf", {0: ""}, mode="shadow")).start()
    body = mails_make.mail((table(["10.0.0.40"]), "text/csv", "inner.csv"))
    entity = body[body.index(b"Content-Type:"):]
    made = {
        "file.csv.gpg": (encrypted(table(["10.0.0.10"])), "10.0.0.10"),
        "armour.csv.asc": (encrypted(table(["10.0.0.11"]), "--armor"), "10.0.0.11"),
        "attached.eml": (mails_make.mail((encrypted(table(["10.0.0.20"])), "application/octet-stream", "r.csv.gpg")), "10.0.0.20"),
        "pgpmime.eml": (mime(encrypted(entity, "--armor")), "10.0.0.40"),
        "inline.eml": (mails_make.mail(text="Good morning,\n\n" + encrypted(LINE, "--armor").decode() + "\nregards\n"), "10.0.0.30"),
    }
    for name, (data, ip) in made.items():
        taken(node, name, data)
        events = [e["source.ip"] for e in node.ask("events", "--ip", ip)]
        check(f"{name}: its event", events == [ip], (events, node.ask("receipts")[:4]))
    # a compressed one must not become a flood
    flood = encrypted(b"source.ip\n" + b"0" * (300 << 20), "--compress-level", "9")
    write("flood.csv.gpg", flood)
    p = node.run("take", "--wait", path("flood.csv.gpg"))
    check("a flood is set aside", b"unpacks to more than" in p.stdout + p.stderr, p.stdout + p.stderr)
    write("foreign.csv.gpg", gpg("bank", "--recipient", BANK, "--encrypt", data=table(["10.0.0.50"])).stdout)
    p = node.run("take", "--wait", path("foreign.csv.gpg"))
    check("no key: set aside with a sentence", b"no secret key for it" in p.stdout + p.stderr, p.stdout + p.stderr)
    damaged = bytearray(made["file.csv.gpg"][0])
    damaged[-20] ^= 0xff
    write("damaged.csv.gpg", bytes(damaged))
    p = node.run("take", "--wait", path("damaged.csv.gpg"))
    check("a damaged one is set aside", b"gpg cannot open it" in p.stdout + p.stderr, p.stdout + p.stderr)
    check("the status says how many", node.count("receipts", "--state", "aside") == 3, node.ask("receipts", "--state", "aside"))
    check("nothing is left in the spool", not os.listdir(os.path.join(node.state, "spool")), os.listdir(os.path.join(node.state, "spool")))
    deep = node.run("check", "--deep")
    check("it agrees", deep.returncode == 0, deep.stdout[-500:])
    # each part is a receipt of its own, with the bytes that were meant
    inner = next(r for r in node.ask("receipts") if r["path"].startswith("file.csv.gpg/"))
    check("the part's bytes", node.run("why", "--raw", inner["receipt"]).stdout == table(["10.0.0.10"]), inner)
    # the key comes later
    give_secret("bank", BANK, "team")
    foreign = next(r for r in node.ask("receipts", "--state", "aside") if r["path"] == "foreign.csv.gpg")
    p = node.run("reread", foreign["receipt"])
    check("it is asked to be read again", p.returncode == 0, p.stdout + p.stderr)
    wait("with the key it is read", lambda: [e["source.ip"] for e in node.ask("events", "--ip", "10.0.0.50")] == ["10.0.0.50"])
    p = node.run("reread", inner["parent"])
    check("what was opened before stays as it is", p.returncode == 0 and len(node.ask("events", "--ip", "10.0.0.10")) == 1, p.stdout + p.stderr)
    node.stop()
    run = Run("file.csv.gpg")
    check("'weir read' opens nothing and says so", run.status == 1 and any("is encrypted" in line for line in run.said), run)


def reports_and_kills():
    """The pgp process dies while it opens a report: it is opened all the same, once."""
    node = Node("inkill", "--conf", country("inkill.conf", {0: ""}, mode="shadow")).start()
    rows = [f"10.0.0.{k}" for k in range(1, 200)]
    big = table(rows * 4000)
    write("big.csv.gpg", encrypted(big, "--compress-level", "0"))
    taker = subprocess.Popen([WEIR, "take", "--wait", "--state", node.state, path("big.csv.gpg")], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    hit = []
    for who in ("gpg", "weir-pgp-job", "weir-pgp"):
        until = time.monotonic() + 10
        while who not in hit and time.monotonic() < until and taker.poll() is None:
            for pid in pids(node, who)[:1] if who != "weir-pgp" or pids(node, "weir-pgp-job") else []:
                hit += [who] if kill_pid(pid) else []
            time.sleep(0.005)
    out, err = taker.communicate(timeout=120)
    print("killed", hit)
    check("something was hit", len(hit) >= 1, hit)
    check("read once", taker.returncode == 0 and node.count("events") == len(rows) * 4000, (out, err, node.count("events")))
    check("two receipts", node.count("receipts") == 2)
    node.stop()


try:
    letters()
    not_good()
    kills()
    reports()
    reports_and_kills()
finally:
    for name in os.listdir(HOMES):
        for pid in gpgs("gpg-agent", name):
            kill_pid(pid)
    shutil.rmtree(HOMES, ignore_errors=True)
sink.stop()
end()
