# SPDX-License-Identifier: Apache-2.0
"""Three real nodes that are linked and each other's witnesses, one of which can only dial out: what one of them said is proven from a
bundle by a program that knows root keys and nothing else; a node whose log was lost is given it back and says so."""
import glob
import os
import re
import shutil
import sqlite3

from certs import linked, offline, said
from program import check, end, path, wait, write

PARTIES = ("la", "kh", "vn")
certs = linked(PARTIES, dials_out=("vn",))
la, kh, vn = (certs[p] for p in PARTIES)
la.start()
kh.start()
said("something is said", la.run("check", "ask", "kh"), 0)


def said_by(cert, kind):
    with sqlite3.connect(f"file:{cert.state}/state.db?mode=ro", uri=True) as db:
        return [r[0].lower() for r in db.execute("select hex(id) from statement where sender = ? and kind = ? and signature is not null order by n desc", (cert.party, kind))]


wait("it is signed", lambda: said_by(la, "check"))
ids = said_by(la, "check")
bundle = path("case.weir")


def witnessed(n):
    p = la.run("log", "bundle", ids[0], "--to", "kh", "-o", bundle)
    return f"seen by {n} witnesses".encode() in p.stdout and p.returncode == (n < 2)


wait("one witness is asked and has seen it", lambda: witnessed(1))
vn.start()
wait("the other one, whom nobody can call, has looked at the log and posted its line", lambda: witnessed(2))
wait("and keeps its entries", lambda: any(g["party"] == "la" and g["mirrored"] > 2 for g in vn.show_log()["logs"]))
for c in certs.values():
    check(f"{c.party}: no alarm", c.show_log()["alarms"] == [] and not c.show_log()["unseen"], c.show_log())
check("the files may be published", os.path.exists(os.path.join(la.state, "log", "checkpoint")) and
      glob.glob(os.path.join(la.state, "log", "tile", "entries", "000.p", "*")))

# a bundle, at a machine that knows nothing
said("a bundle", la.run("log", "bundle", ids[0][:12], "--to", "kh", "-o", bundle), 0, ids[0], "2 witnesses")
roots = [o for p in PARTIES for o in ("--root", p + "=" + re.search(r"\S+\+[0-9a-f]{8}\+\S+", open(path(p + ".page"), encoding="utf-8").read()).group(0))]
status, text = offline("log", "verify", bundle, *roots)
check("it is proven with root keys alone", status == 0 and "PROVEN: said by la to kh, no later than" in text and "seen by 2 witnesses" in text, text)
status, text = offline("log", "verify", bundle, *roots, "--voice", "ls=" + " ".join(["96831"] * 6))
check("a party that was mistyped is said", "no key list of 'ls', whose voice number was given" in text, text)
text = offline("log", "verify", bundle, *[o for root in roots[1::2] if not root.startswith("la=") for o in ("--root", root)])[1]
check("of what is not proven nothing is said to be erased", "NOT PROVEN" in text and "here, and not looked at" in text, text)
said("the receiver can prove it too", vn.run("log", "bundle", ids[0], "-o", bundle), 1, "no statement")
wait("from its mirror", lambda: kh.run("log", "bundle", ids[0], "-o", bundle).returncode in (0, 1) and
     offline("log", "verify", bundle, *roots)[0] == 0)
said("without its content", la.run("log", "bundle", ids[0], "-o", bundle), 0, "without content")
said("what may not go there stays", la.run("log", "bundle", ids[0], "--to", "public", "-o", bundle), 1, "may not go to public")
status, text = offline("log", "verify", bundle, *roots)
check("as after an erasure", status == 0 and "erased or left out of this file; what was said cannot be shown" in text, text)
damaged = bytearray(open(bundle, "rb").read())
damaged[-200] ^= 1
write("damaged.weir", bytes(damaged))
status, text = offline("log", "verify", path("damaged.weir"), *roots)
check("one with another byte is not", status == 1, text)
write("no.weir", bytes(damaged[5:]))
status, text = offline("log", "verify", path("no.weir"), *roots)
check("of what is no bundle only that is said", status == 1 and "no container" in text and "no key list of" not in text, text)
said("what is no id", la.run("log", "bundle", "xyz", "-o", bundle), 2, "no id")
said("an alarm that is not there", la.run("log", "settle", "7", "--why", "seen"), 1, "no alarm 7")

wait("who can be called keeps them too", lambda: any(g["party"] == "la" and g["mirrored"] == la.show_log()["entries"] for g in kh.show_log()["logs"]))

# files that are gone are made again; a log that lost its end gets it back and says so
before = la.show_log()
la.stop()
shutil.rmtree(os.path.join(la.state, "log"))
la.start()
wait("tiles are made again", lambda: glob.glob(os.path.join(la.state, "log", "tile", "0", "000.p", "*")))
la.stop()
with sqlite3.connect(os.path.join(la.state, "state.db")) as db:
    db.executescript("delete from log_cosignature; delete from log_witness; delete from log_entry where n > 0; delete from log_checkpoint;")
shutil.rmtree(os.path.join(la.state, "log"))
la.start()
wait("the others give it back", lambda: la.show_log()["entries"] >= before["entries"])
check("and people are told", b"silent" in la.run("recover").stdout and b"not silent" not in la.run("recover").stdout, la.run("recover"))
for c in certs.values():
    c.stop()
end()
