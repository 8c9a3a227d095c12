# SPDX-License-Identifier: Apache-2.0
"""Two linked nodes with a wire between them that the test holds: it is cut, somebody else answers on it, it is listened to, one
side pauses and ends the link, processes die at random while both write, and a third party sends the largest bodies it can.
link.py PROGRAM [NOTES [SEED]]"""
import http.client
import os
import random
import ssl
import struct
import subprocess
import sys
import threading
import time

from node import kill_pid
from program import FOLDER, WEIR, check, end, wait
from wire import Node, play

NOTES = int(sys.argv[2]) if len(sys.argv) > 2 else 100
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else int.from_bytes(os.urandom(4), "big")
dice = random.Random(SEED)
WRITERS = 4
SECRET = "the payment switch of bank-la"
CHILDREN = ("weir-core", "weir-keeper", "weir-dial", "weir-door", "weir-bodies")

region = play.Play(WEIR, FOLDER, True, [])
region.nodes = {cc: Node(cc, region) for cc in ("la", "vn", "kh")}
try:
    region.start()
except play.Stop as e:
    sys.exit(f"the nodes do not start: {e}")
la, vn, kh = region.nodes.values()

# ---- cut, and caught up ----------------------------------------------------------------------------------------------------

vn.stop()
vn.stopped()
la.run("case", "new", f"an attack on {SECRET}", "--peer", "vn", "--ask", "information-request", "--severity", "c3", "--text", f"who has asked for {SECRET}?")
la.run("case", "send", "K1")
for i in range(3):
    la.run("case", "note", "K1", f"cut {i}: {SECRET}", "--tell")
wait("a link that is cut is seen", lambda: la.peer("vn")["failed"] != "" if "failed" in la.peer("vn") else "vn is not reached" in open(la.log, encoding="utf-8").read())
check("the request waits", la.case("K1")["state"] == "queued", la.case("K1"))
vn.start()
vn.wait()
wait("what waited comes when the link is there again", lambda: la.case("K1")["state"] == "delivered")
wait("with all that was said meanwhile", lambda: len(vn.cases(peer="la")) == 1 and all(vn.has("K1", f"cut {i}: {SECRET}") for i in range(3)))

# ---- somebody else answers on the wire ---------------------------------------------------------------------------------------

vn.wire.lead(la.door())
la.run("case", "note", "K1", f"not for others: {SECRET}", "--tell")
wait("another key is refused, and it is said why", lambda: "another key than its key list says" in la.run("peer", "show", "vn"))
check("nothing of it was lost to him", not vn.has("K1", "not for others"))
vn.wire.lead(vn.door())
vn.run("case", "note", "K1", "we are here", "--tell")
wait("it goes when the right one is there", lambda: vn.has("K1", f"not for others: {SECRET}"))

# ---- paused ------------------------------------------------------------------------------------------------------------------

vn.run("peer", "pause", "la", "--why", "a test")
la.run("case", "note", "K1", "while it is paused", "--tell")
wait("a paused link is answered so", lambda: "403 paused" in la.run("peer", "show", "vn"))
check("and nothing comes", not vn.has("K1", "while it is paused"))
vn.run("peer", "resume", "la")
wait("it goes on", lambda: vn.has("K1", "while it is paused"))

# ---- processes die while both write ------------------------------------------------------------------------------------------

said, refused = {la: [], vn: []}, []
done = threading.Event()


def write_notes(node, first):
    """A note whose command has failed may have been taken all the same: it is said once more in other words."""
    for i in range(first, NOTES, WRITERS):
        for again in range(100):
            text = f"{node.cc} note {i}.{again}"
            p = subprocess.run([WEIR, "case", "note", "K1", text, "--tell", "--state", node.state], capture_output=True, stdin=subprocess.DEVNULL, timeout=100)
            if p.returncode == 0:
                said[node].append(text)
                break
            refused.append(p.stderr)
            time.sleep(0.1)


def kill():
    n = 0
    while not done.is_set():
        node = dice.choice((la, vn))
        pid = node.children().get(dice.choice(CHILDREN))
        n += bool(pid) and kill_pid(pid)
        time.sleep(dice.random() * 1.2)
    killed.append(n)


killed = []
writers = [threading.Thread(target=write_notes, args=(n, first)) for n in (la, vn) for first in range(WRITERS)]
killer = threading.Thread(target=kill)
began = time.monotonic()
for t in writers + [killer]:
    t.start()
for t in writers:
    t.join()
done.set()
killer.join()
print(f"seed {SEED}: {killed[0]} processes killed within {time.monotonic() - began:.1f} s, {2 * NOTES} notes, {len(refused)} commands failed {set(refused)}")
for node in (la, vn):
    node.wait()

MINE = "select lower(hex(id)) from statement where kind like 'case.%' and signature is not null and sender = '{}'"


def ids(node, sender):
    return sorted(r[0] for r in node.rows(MINE.format(sender)))


for a, b in ((la, vn), (vn, la)):
    check(f"{a.cc} has said all of its notes", len(said[a]) == NOTES, len(said[a]))
    # a core that has just been killed signs only when its peers have told it how far its streams go there
    wait(f"{b.cc} has what {a.cc} has said", lambda: NOTES < len(ids(a, a.cc)) and ids(a, a.cc) == ids(b, a.cc))
    check("and nothing twice", len(set(ids(b, a.cc))) == len(ids(b, a.cc)))
    texts = [t for t, in b.rows("select text from case_entry where direction = 'in'")]
    often = [t for t in said[a] if texts.count(t) != 1]
    check("each note stands in the case once", not often, often[:3])
    doubled = b.rows(f"select link, count(*) from case_entry where link in ({MINE.format(a.cc)}) group by link having count(*) > 1")
    check("no statement made two entries", not doubled, doubled)
    wait(f"nothing of {a.cc} waits", lambda: a.rows("select count(*) from delivery d join statement s on s.n = d.statement where d.waits = 1 and d.party in ('la', 'vn') and s.kind like 'case.%'")[0][0] == 0)
    check("no number was used twice", not a.rows("select 1 from stream where forked = 1"))
    missing = b.rows("select stream, max(seq) - count(*) from statement where signature is not null group by stream having max(seq) <> count(*)")
    check("no stream has a hole", not missing, missing)

# ---- what was heard on the wire ------------------------------------------------------------------------------------------------

heard = bytes(la.wire.heard + vn.wire.heard)
check("much has passed", len(heard) > 20000 and b"\x16\x03" in heard, len(heard))
check("nothing of the case can be read", not any(w in heard for w in (SECRET.encode(), b"payment switch", b"note 1", b"case.open", b"case.note", b"takedown", b"weir-statement-1")))
check("nor what was asked for", not any(w in heard for w in (b"/weir/v1", b"POST ", b"HTTP/1.1")))
stored = b"".join(open(os.path.join(la.state, f), "rb").read() for f in ("state.db", "state.db-wal") if os.path.exists(os.path.join(la.state, f)))
check("though it was there", SECRET.encode() in stored or b"weir-statement-1" in stored)

# ---- a peer that sends the largest bodies --------------------------------------------------------------------------------------

context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
context.load_cert_chain(os.path.join(kh.state, "door", "certificate.pem"), os.path.join(kh.state, "door", "key.pem"))
LARGE = (struct.pack(">H", 8192) + b"weir-statement-1" + bytes(8176) + bytes(64) + struct.pack(">I", 262176) + bytes(262176)) * 15
answers, flooding = [], threading.Event()


def flood():
    c = http.client.HTTPSConnection(*vn.door(), timeout=60, context=context)
    while not flooding.is_set():
        try:
            c.request("POST", "/weir/v1/statements", LARGE, {"Content-Type": "application/octet-stream"})
            answer = c.getresponse()
            answer.read()
            answers.append((answer.status, answer.getheader("Retry-After")))
        except (OSError, http.client.HTTPException) as e:
            answers.append((0, str(e)))
            c.close()


floods = [threading.Thread(target=flood) for _ in range(2)]
for t in floods:
    t.start()
took = []
for i in range(10):
    began = time.monotonic()
    la.run("case", "note", "K1", f"beside the flood {i}", "--tell")
    wait(f"an honest note goes on {i}", lambda: vn.rows(f"select 1 from case_entry where text = 'beside the flood {i}'"))
    took.append(time.monotonic() - began)
wait("too much is answered 429", lambda: any(s == 429 and after for s, after in answers))
flooding.set()
for t in floods:
    t.join()
print(f"{len(answers)} posts of {len(LARGE)} bytes, {sum(s == 200 for s, _ in answers)} taken; a note beside them took {sorted(took)[5]:.2f} s, at most {max(took):.2f} s")
check("each was answered", all(s in (200, 429) for s, _ in answers), [a for a in answers if a[0] not in (200, 429)][:3])
check("no more than the day's bytes was taken", sum(s == 200 for s, _ in answers) * len(LARGE) <= (64 << 20) + 2 * len(LARGE))

# ---- ended -------------------------------------------------------------------------------------------------------------------

vn.run("peer", "end", "la", "--why", "a test")
la.run("case", "note", "K1", "after the end", "--tell")
wait("an ended link is answered so", lambda: "403 ended" in la.run("peer", "show", "vn"))
check("nothing of it comes", not vn.rows("select 1 from case_entry where text = 'after the end'"))

region.stop()
faults = [line for n in (la, vn, kh) for line in open(n.log, encoding="utf-8", errors="replace") if "Sanitizer" in line or "runtime error" in line or "Assertion" in line]
check("no fault of the program's own", not faults, faults[:3])
end()
