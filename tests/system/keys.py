#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The ceremony of a party's keys on a machine without a network: root, first list, rotation with overlap, revocation, new root;
what is refused, and that no file with a secret can be read by others. keys.py WEIR"""
import base64
import hashlib
import os
import re
import stat
import subprocess
import sys
import tempfile

WEIR = os.path.abspath(sys.argv[1])
folder = tempfile.TemporaryDirectory()
os.chdir(folder.name)
os.umask(0o022)


def weir(*args, code=0, says=""):
    done = subprocess.run([WEIR, *args], capture_output=True, text=True)
    assert done.returncode == code, (args, done.returncode, done.stdout, done.stderr)
    assert says in done.stdout + done.stderr, (args, says, done.stdout, done.stderr)
    return done.stdout


def keys(*uses):
    """Lines as the node prints them, with a head and ids."""
    lines, ids = ["duty key public since list"], {}
    for use in uses:
        key = os.urandom(32)
        ids[use] = hashlib.sha256(key).hexdigest()[:16]
        lines.append(f"{use:6} {ids[use]}  {base64.b64encode(key).decode()}  2026-11-29T00:00:00Z  no")
    return "\n".join(lines) + "\n", ids


def write(name, text):
    with open(name, "w") as f:
        f.write(text)


def rows(name):
    """What key voice shows: id to the rest of its line."""
    return {m.group(1): m.group(0) for m in re.finditer(r"^(?:sign|log|seal|tls) +([0-9a-f]{16}),.*$", weir("key", "voice", name), re.M)}


# the root
said = weir("key", "root", "aa.example", "root.key", "--page", "page.txt", "--paper", "paper.txt")
number = re.search(r"(?:\d{5} ){5}\d{5}", said).group(0)
for name, mode in (("root.key", 0o600), ("paper.txt", 0o600), ("page.txt", 0o644)):
    assert stat.S_IMODE(os.stat(name).st_mode) == mode, name
seed = re.search(r"^seed ([0-9a-f]{64})$", open("root.key").read(), re.M).group(1)
assert seed in open("paper.txt").read() and seed not in open("page.txt").read() and seed not in said
assert number in open("page.txt").read()
weir("key", "root", "aa.example", "root.key", code=1, says="is there already")
weir("key", "root", "Aa", "x", code=2, says="no party id")
weir("key", "voice", "root.key", says=number)

# the first list
text, ids = keys("sign", "log", "seal", "tls")
write("node.keys", text)
weir("key", "list", "root.key", "--keys", "node.keys", code=2, says="--name")
weir("key", "list", "root.key", "--keys", "node.keys", "--name", "T", "--until", "2099-01-01", code=2, says="next 400")
weir("key", "list", "root.key", "--keys", "node.keys", "--name", "T", "--url", "http://x/", code=1, says="line 8, 'url'")
weir("key", "list", "root.key", "--keys", "node.keys", "--name", "Team of an example", "--url", "https://weir.aa.example/", "-o", "1.weirkeys",
     says=number)
assert set(rows("1.weirkeys")) == set(ids.values())
write("bad.keys", text.replace(ids["log"], "0" * 16))
weir("key", "list", "root.key", "--keys", "bad.keys", "--name", "T", code=1, says="bad.keys:3")
write("few.keys", "\n".join(text.splitlines()[:4]))
weir("key", "list", "root.key", "--keys", "few.keys", "--name", "T", code=1, says="no line 'tls'")

# a new key beside the old one, which was stolen
text, new = keys("sign")
write("new.keys", text)
weir("key", "list", "root.key", "--last", "1.weirkeys", "--keys", "new.keys", "--revoke", ids["sign"] + "=stolen", "--since", "2026-01-01",
     "-o", "2.weirkeys", says="number 2")
shown = rows("2.weirkeys")
assert set(shown) == set(ids.values()) | {new["sign"]} and ": revoked" in shown[ids["sign"]]
assert "revoked      %s, since 2026-01-01T00:00:00Z: stolen" % ids["sign"] in weir("key", "voice", "2.weirkeys")
weir("key", "list", "root.key", "--last", "2.weirkeys", "--revoke", "0" * 16, code=2, says="no key with that id")
# it stays, in all later lists
weir("key", "list", "root.key", "--last", "2.weirkeys", "-o", "3.weirkeys", says="number 3")
assert "stolen" in open("3.weirkeys").read()

# a new root is signed by both, and an old list with another root begins nothing
weir("key", "root", "aa.example", "root2.key", "--page", "page2.txt")
weir("key", "list", "root2.key", "--last", "3.weirkeys", code=1, says="3.weirkeys")
weir("key", "list", "root2.key", "--old-root", "root.key", "--last", "3.weirkeys", "-o", "4.weirkeys", says="number 4")
assert open("4.weirkeys").read().count("\u2014 aa.example/weir/root ") == 2

# damage
write("broken.weirkeys", open("1.weirkeys").read().replace("Team of", "Teem of"))
weir("key", "voice", "broken.weirkeys", code=1, says="the text was changed")
os.chmod("root.key", 0o640)
weir("key", "voice", "root.key", code=1, says="others than its owner")
os.chmod("root.key", 0o600)
write("typed.key", open("root.key").read().replace(seed, seed[:-1] + ("0" if seed[-1] != "0" else "1")))
os.chmod("typed.key", 0o600)
weir("key", "voice", "typed.key", code=1, says="a digit typed wrong")
print("keys: the ceremony, its rotations and refusals hold")
