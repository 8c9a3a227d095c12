# SPDX-License-Identifier: Apache-2.0
"""Reports of Shadowserver by its API, from a server of the test that checks what is signed and answers as the real one does:
each report once, by its id; types; days since the last success; what is refused."""
import os
import sqlite3
import time

from node import Node, away_from_midnight, kill_pid
from program import check, end, path, wait
from shadow import HEAD, KEY, SECRET, Server

def file(name, text):
    with open(os.path.join(conf, name), "w", encoding="utf-8") as f:
        f.write(text)
    return os.path.join(conf, name)


def feed(name, more, keys=f"[api]\nkey = {KEY}\nsecret = {SECRET}\nuri = https://example.org/\n", enabled="yes"):
    key = file(f"{name}.api", keys)
    file(f"feeds/{name}.yaml", f"name: {name}\nsource: shadowserver-api\nurl: {server.url('/api2')}\nkey-file: {key}\nenabled: {enabled}\n"
                               f"format: shadowserver\npoll: 1s\ncadence: 1d\nlimit: 100000\n{more}\n")


away_from_midnight()  # lists are of days
server = Server()
conf = path("conf")
for name in ("feeds", "rules"):
    os.makedirs(os.path.join(conf, name))
file("weir.yaml", "country: XA\n")
file("owners.csv", "id,name,prefixes,contacts\nbank,Bank,192.0.2.0/24,soc@bank.example\n")
file("rules/10-all.yaml", "- rule: all\n  if: {}\n  then: { notify: nobody }\n")
FILES = f"download: {server.url('/files/')}"
feed("files", FILES)
feed("api", "download: api\ntypes: [\"SCAN_*\"]\nreports: [xa-all, \"xa-\\\"odd\\\"\"]")
feed("denied", FILES, keys=f"key = {KEY}\nsecret = wr0ng\n")
feed("off", FILES, enabled="no")
server.add("a-1", "scan_exchange", 1, 2)
server.add("a_2", "event4_honeypot_brute_force", 3, body=b'"timestamp","protocol","src_ip","src_port","dst_ip","dst_port"\n'
           b'"2026-01-05 01:02:03","tcp","192.0.2.3",1024,"198.51.100.1",22\n')
server.add("a3", "scan_exchange", 4, back=20)
server.add("long", "scan_http", body=HEAD.encode() + b"x" * 200000)
server.add("lost", "scan_ssl", body=404)
server.reports["../../x"] = ("odd.csv", "scan_http", server.reports["a-1"][2], b"")
node = Node("n", "--conf", conf).start()


def feeds():
    return {f["feed"]: f for f in node.ask("feed", "list")}


def names(name):
    return sorted(r["path"] for r in node.ask("receipts", "--feed", name, "--limit", "10000"))


day = server.reports["a-1"][2]
wait("three receipts", lambda: node.count("receipts", "--state", "done") == 3)
check("named as the list does", names("files") == [f"{day}-event4_honeypot_brute_force-xa-geo.csv", f"{day}-scan_exchange-xa-geo.csv"], names("files"))
check("read by their names", {f["place"] for f in node.ask("findings")} >= {"192.0.2.1", "192.0.2.2", "192.0.2.3"}, node.ask("findings"))
check("of the types that are wanted", names("api") == [f"{day}-scan_exchange-xa-geo.csv"], names("api"))
check("lists are asked for by their names", any(q.get("reports") == ["xa-all", 'xa-"odd"'] for q in server.asked), server.asked[:3])
wait("what cannot be had is said", lambda: all(w in feeds()["files"]["sentence"] for w in ("404", "longer than 100000", "no id")))
now = feeds()
check("and the feed is good", now["files"]["good"] and not now["files"]["failures"], now["files"])
check("a wrong secret is one sentence", now["denied"]["failures"] and "401" in now["denied"]["sentence"] and "reports/list" in now["denied"]["sentence"],
      now["denied"])
lists = len(server.asked)
wait("it is looked again", lambda: len(server.asked) > lists + 3)
check("each report is fetched once by each feed", server.given.count("a-1") == 2 and server.given.count("a_2") == 1, server.given)
check("no more receipts", node.count("receipts") == 3)
server.add("b1", "scan_exchange", 1, 2)
wait("the same bytes under another id", lambda: server.given.count("b1") == 2)
time.sleep(2.5)
check("are no other receipt, and are fetched once", node.count("receipts") == 3 and server.given.count("b1") == 2, server.given)
p = node.run("feed", "try", "off")
check("a try", p.returncode == 0 and b"key and secret are good" in p.stdout and b"5 of 6 reports fit; nothing was taken" in p.stdout, p.stdout + p.stderr)
p = node.run("feed", "try", "denied")
check("a try that is refused", p.returncode == 1 and b"401" in p.stderr, p.stderr)
check("no secret in the log", not any(s in node.said() for s in (KEY, SECRET, "wr0ng")))

# the days since the last success
check("it stops", node.stop() == 0, node.said()[-300:])
db = sqlite3.connect(os.path.join(node.state, "state.db"))
db.execute("update feed set good = good - 19 * 86400 * 1000000, next = 0")
db.commit()
db.close()
node.start()
wait("after 19 days without success the list reaches back", lambda: server.given.count("a3") == 2)

# killed while it fetches
server.slow = 0.05
for i in range(40):
    server.add(f"k{i}", "scan_http", 50 + i)
for n in range(10):
    time.sleep(0.3)
    for pid, found in node.processes():
        if found == ("weir-fetch", "weir-core")[n % 2]:
            kill_pid(pid)
server.slow = 0
wait("all are there", lambda: len([n for n in names("files") if "scan_http" in n]) == 40)
wait("all are read", lambda: node.count("receipts", "--state", "done") == node.count("receipts"))
sums = [r["sha256"] for r in node.ask("receipts", "--feed", "files", "--limit", "10000")]
check("each once", len(sums) == len(set(sums)) == 43, len(sums))
check("nothing is left in the spool", not os.listdir(os.path.join(node.state, "spool")))
check("it stops", node.stop() == 0, node.said()[-300:])

# reports that do not come are late, though the server answers
db = sqlite3.connect(os.path.join(node.state, "state.db"))
db.execute("update receipt set received = received - 2 * 86400 * 1000000")
db.execute("update meta set value = value - 3 * 86400 * 1000000 where key = 'born'")
db.execute("update feed set since = since - 3 * 86400 * 1000000")
db.commit()
db.close()
node.start()
wait("a feed without reports is late", lambda: {n for n, f in feeds().items() if f["late"] == "yes"} == {"files", "api", "denied"})
status = {s["name"]: s["value"] for s in node.ask("status")}
check("and stands in the status", status["feeds late"] == 3, status)
check("it stops", node.stop() == 0, node.said()[-300:])
server.shutdown()
end()
