# SPDX-License-Identifier: Apache-2.0
"""Two real nodes that link over TLS as people make them link: both green, a card of contacts and the card of a group at the other side.
Then one is restored from a backup that is older than what it has said: it signs nothing, has its own statements back from the other, and
goes on behind them once two persons have said so; the other never sees two things under one number."""
import os
import re
import shutil
import subprocess

import browsing
from node import EXAMPLES, Node
from program import WEIR, check, end, free_port, path, wait, write


def offline(*words):
    p = subprocess.run([WEIR, *words], capture_output=True, timeout=60)
    check(" ".join(words[:2]), p.returncode == 0, p.stderr)
    return p.stdout.decode()


def make(name, pages):
    conf, door = path(name + ".conf"), free_port()
    shutil.copytree(os.path.join(EXAMPLES, "country"), conf)
    with open(os.path.join(conf, "weir.yaml"), "a", encoding="utf-8") as f:
        f.write(f"\nparty: {name}\ndoor:\n  listen: 127.0.0.1:{door}\n")
    node = Node(name, "--pages", pages, "--dry-run", "--conf", conf).start()
    node.page = browsing.let_in(node)
    wait(f"{name} tells its keys", lambda: len(node.ask("key", "show")) == 4)
    write(name + ".keys", node.run("key", "show", "--lines").stdout)
    offline("key", "root", name, path(name + ".root"), "--page", path(name + ".page"))
    offline("key", "list", path(name + ".root"), "--keys", path(name + ".keys"), "--name", "CERT " + name, "--url", f"https://127.0.0.1:{door}/",
            "-o", path(name + ".weirkeys"))
    did(node, "key", "import", path(name + ".weirkeys"))
    return node


def did(node, *words):
    p = node.run(*words)
    check(" ".join(words[:3]), p.returncode == 0, p.stderr)
    return p.stdout.decode()


def press(node, url, fields, back):
    """Another person than the one of the command line."""
    answer = node.page.post(url, {"csrf": node.page.csrf(back), **fields})
    check(f"{url} on a page", answer[0] == 303, answer[1][:300])


def link(node, other):
    did(node, "peer", "import", path(other + ".weirkeys"))
    number = re.search(r"\d{5}( \d{5}){5}", offline("key", "voice", path(other + ".weirkeys"))).group(0).split()
    did(node, "peer", "type", other, *number, "--called", "+000", "--found", "card")
    press(node, "/peers/confirm", {"id": other, "role": "cert"}, "/peers")


def asked(node):
    return [c["check"] for c in node.ask("check", "list", "--waiting") if c["who"] == "they"]


la, kh = make("la", str(free_port())), make("kh", str(free_port()))
link(la, "kh")
link(kh, "la")
for node, other in ((la, "kh"), (kh, "la")):
    wait("a check comes", lambda: asked(node))
    did(node, "check", "answer", asked(node)[0])
for node, other in ((la, "kh"), (kh, "la")):
    wait("people on both sides have answered: green", lambda: b"green           yes" in node.run("peer", "show", other).stdout)
did(la, "contact", "add", "--kind", "duty-24x7", "--office", "Duty desk", "--phone", "+000")
did(la, "contact", "send")
did(la, "group", "propose", "pair", "--name", "A pair", "--purpose", "an example", "--members", "la,kh")
press(la, "/groups/send", {"id": "pair"}, "/groups")
wait("the card of the group waits for a person there", lambda: [g["state"] for g in kh.ask("group", "list")] == ["waiting"])
did(kh, "group", "confirm", "pair")
check("it counts there", [(g["state"], g["members"]) for g in kh.ask("group", "list")] == [("counts", "kh la")])
wait("the card of contacts is there", lambda: [c["office"] for c in kh.ask("contact", "list")] == ["Duty desk"])
wait("delivered and taken on by a person are seen here", lambda: re.search(r"group</td>.*?</tr>", la.page.get("/peers/kh")[1], re.S).group(0).count("<time") == 3)

# ---- an old backup -------------------------------------------------------------------------------------------------------

did(la, "backup", path("la.backup"))
for _ in range(3):
    did(la, "check", "ask", "kh")
wait("what is said after the backup arrives", lambda: len(asked(kh)) == 3)
la.stop()
os.rename(la.state, la.state + ".lost")
p = subprocess.run([WEIR, "restore", path("la.backup"), "--state", la.state], capture_output=True, timeout=60)
check("the backup is restored", p.returncode == 0, p.stderr)
for kept in ("keys", "door"):  # of the machine, not of the backup
    shutil.copytree(os.path.join(la.state + ".lost", kept), os.path.join(la.state, kept))
la.start()
check("it is silent", [r["why"] for r in la.ask("recover")] == ["this database was opened from a backup"])
la.page = browsing.let_in(la)
check("its pages say so", "This node is silent" in la.page.get("/peers")[1])
wait("its own statements come back", lambda: len([c for c in la.ask("check", "list") if c["who"] == "we"]) == 4 and la.ask("recover")[0]["told"] == 1)
did(la, "check", "ask", "kh")
check("nothing is signed meanwhile", len(asked(kh)) == 3)
did(la, "recover", "--end", "--why", "all of ours is here, and no other machine has these keys")
check("one person alone does not end it", len(la.ask("recover")) == 1)
press(la, "/recover", {"why": ""}, "/peers")
check("two do", la.ask("recover") == [])
wait("it goes on behind what it had said", lambda: len(asked(kh)) == 4)
check("nobody has seen two things under one number", kh.ask("held") == [] and [p["forks"] for p in kh.ask("peer", "list")] == [0])
la.stop()
kh.stop()
end()
