# SPDX-License-Identifier: Apache-2.0
"""Figures of letters: letters.py WEIR [OWNERS ROWS]

300 owners with 300 findings each: from when the report is done until the last letter is sealed, its bytes and its row on
the disk; once in the clear, once signed with an Ed25519 key. The node opens no connection. Letters, their rows and their
signatures are counted before a figure is printed; of the signatures each tenth is verified by gpg. One run; times of a
shared machine."""
import atexit
import email
import email.policy
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

WEIR = os.path.abspath(sys.argv[1])
OWNERS = int(sys.argv[2]) if len(sys.argv) > 2 else 300
ROWS = int(sys.argv[3]) if len(sys.argv) > 3 else 300
EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "examples")
TOP = tempfile.mkdtemp(prefix="wb-", dir="/tmp")
HOME = os.path.join(TOP, "gnupg")


def gpg(*words):
    return subprocess.run(["gpg", "--homedir", HOME, "--batch", "--pinentry-mode", "loopback", "--passphrase", "", *words], capture_output=True, check=True).stdout


def tidy():
    subprocess.run(["gpgconf", "--homedir", HOME, "--kill", "all"], check=False)
    shutil.rmtree(TOP, ignore_errors=True)


atexit.register(tidy)
os.makedirs(HOME, mode=0o700)
gpg("--quick-generate-key", "cert@cert.example", "ed25519", "sign", "1y")
KEY = next(line.split(":")[9] for line in gpg("--with-colons", "--list-keys").decode().splitlines() if line.startswith("fpr"))


def country(name, more):
    folder = os.path.join(TOP, name)
    os.makedirs(os.path.join(folder, "rules"))
    for file, text in (
            ("weir.yaml", "country: XA\nmail:\n  from: cert@cert.example\n  delay: 0s\n" + more),
            ("owners.csv", "id,name,prefixes,contacts\n" + "".join(
                f"o{i},Owner {i},10.{i // 128}.{i % 128 * 2}.0/23,a@o{i}.example\n" for i in range(OWNERS))),
            ("rules/10-all.yaml", "- rule: all\n  if: {}\n  then: { notify: owner }\n")):
        with open(os.path.join(folder, file), "w", encoding="utf-8") as f:
            f.write(text)
    return folder


def query(state, sql):
    db = sqlite3.connect(f"file:{state}/state.db?mode=ro", uri=True)
    rows = db.execute(sql).fetchall()
    db.close()
    return rows


def verified(path):
    with open(path, "rb") as f:
        raw = f.read()
    mark = b"\r\n--" + email.message_from_bytes(raw).get_boundary().encode()
    pieces = raw.split(mark)
    for name, data in (("body", pieces[1][2:]), ("body.asc", email.message_from_bytes(pieces[2][2:]).get_payload().encode())):
        with open(os.path.join(TOP, name), "wb") as f:
            f.write(data)
    return subprocess.run(["gpg", "--homedir", HOME, "--batch", "--verify", os.path.join(TOP, "body.asc"), os.path.join(TOP, "body")],
                          capture_output=True, check=False).returncode == 0


def table_rows(path):
    with open(path, "rb") as f:
        mail = email.message_from_bytes(f.read(), policy=email.policy.default)
    part = next(p for p in mail.walk() if p.get_content_type() == "text/csv")
    return part.get_content().count("\n") - 1


def one(name, more, signed):
    """Seconds from the end of the report to the last letter."""
    state, report = os.path.join(TOP, name + ".state"), os.path.join(TOP, name + ".csv")
    with open(report, "w", encoding="utf-8") as f:
        f.write("source.ip,time.source,classification.type,tlp\n")
        for i in range(OWNERS):
            for k in range(ROWS):
                f.write(f"10.{i // 128}.{i % 128 * 2 + k // 256}.{k % 256},2026-01-05T00:00:00Z,infected-system,GREEN\n")
    node = subprocess.Popen([WEIR, "serve", "--state", state, "--conf", country(name, more), "--sample", EXAMPLES, "--dry-run"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    atexit.register(lambda: node.poll() is None and (node.terminate(), node.wait()))
    while subprocess.run([WEIR, "receipts", "--count", "--state", state], capture_output=True, check=False).returncode != 0:
        time.sleep(0.02)
    subprocess.run([WEIR, "take", "--wait", report, "--state", state], capture_output=True, check=True)
    until = time.monotonic() + 120
    while query(state, "select count(*) from notice where state = 'ready'")[0][0] < OWNERS and time.monotonic() < until:
        time.sleep(0.1)
    rows = query(state, "select ticket, findings, pgp from notice where state = 'ready'")
    paths = [os.path.join(state, "letters", ticket + ".eml") for ticket, _, _ in rows]
    if len(rows) != OWNERS or any(n != ROWS or pgp != ("signed" if signed else "") for _, n, pgp in rows) or any(table_rows(p) != ROWS for p in paths[::10]) \
            or (signed and not all(verified(p) for p in paths[::10])):
        raise SystemExit(f"{name}: {len(rows)} letters, not {OWNERS} of {ROWS} rows each, or one that does not verify")
    (done,), = query(state, "select done from receipt")
    (last,), = query(state, "select max(sealed) from notice")
    node.terminate()
    node.wait()
    return (last - done) / 1e6


plain, signed = one("plain", "", False), one("signed", f"pgp:\n  home: {HOME}\n  key: {KEY}\n", True)
print(f"s from the report's end to the last of {OWNERS} letters of {ROWS} rows, in the clear {plain:10.2f} <= 1")
print(f"the same, signed                                                                {signed:10.2f} <= 5")
