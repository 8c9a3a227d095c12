# SPDX-License-Identifier: Apache-2.0
"""A chair that leaves a member out: la talks with kh alone, and kh's receipts tell vn of a round that la has not told it of. vn asks kh for
the opening and its texts, and has the same round."""
from certs import linked, said
from program import check, end, path, until, wait, write

certs = linked(("kh", "la", "vn"))
kh, la, vn = (certs[p] for p in ("kh", "la", "vn"))
for c in certs.values():
    c.start()

write("text.md", b"# Times {#a3bd}\n\nA request is answered within 8 hours. {#k7qm}\n")
said("la says nothing to vn", la.run("peer", "pause", "vn", "--why", "a test"), 0)
said("a text", la.run("agree", "text", "gate-times", path("text.md"), "--lang", "en", "--authentic"), 0, "2 clauses")
said("a round", la.run("agree", "propose", "gate-times", "--title", "Times", "--members", "kh,la,vn", "--rule", "none", "--closes", "2h"), 0)
said("is opened", la.second("agree", "sign", la.ask("agree", "waiting")[-1]["id"]), 0)
wait("kh has it", lambda: [r["rule"] for r in kh.ask("agree", "list")] == ["none"])
check("vn has it from kh", until(lambda: [r["rule"] for r in vn.ask("agree", "list")] == ["none"], 150))
check("one manifest", len({c.run("agree", "get", "gate-times", "--file", "manifest").stdout for c in certs.values()}) == 1)
check("la still says nothing", "403 paused" in vn.run("peer", "show", "la").stdout.decode())
for c in certs.values():
    c.stop()
end()
