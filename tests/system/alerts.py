# SPDX-License-Identifier: Apache-2.0
"""Waking somebody: by mail and by webhook, the next one when nobody has it, nobody any more once somebody has; a feed that
is late; and whether the mail server can be reached."""
import http.server
import json
import os
import threading
import time

from node import Node
from program import check, end, path, wait, write
from sink import Sink

sink = Sink()
calls, answer = [], [200]


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        calls.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(answer[0])
        self.end_headers()

    def log_message(self, *args):
        pass


hook = http.server.HTTPServer(("127.0.0.1", 0), Hook)
threading.Thread(target=hook.serve_forever, daemon=True).start()


def country(name, mail=True, roster=True, mode="live"):
    folder = path(name)
    for sub in ("rules", "feeds"):
        os.makedirs(os.path.join(folder, sub))
    write(f"{name}/hook", f"http://127.0.0.1:{hook.server_port}/secret-of-the-hook\n".encode())
    write(f"{name}/weir.yaml", (
        "country: XA\nname: Example CERT\nmail:\n  from: cert@cert.example\n  delay: 0s\n"
        + (f"  host: 127.0.0.1\n  port: {sink.port}\n  tls: none\n  mode: {mode}\n" if mail else "")
        + ("alerts:\n  ack-within: 1m\n  roster:\n    - { person: off, mail: off@cert.example, when: \"mon-sun 00:00-00:01\" }\n"
           "    - { person: duty, mail: duty@cert.example }\n"
           f"    - {{ person: head, webhook-file: {folder}/hook }}\n" if roster else "")).encode())
    write(f"{name}/owners.csv", b"id,name,sector,prefixes,contacts,language\na,Owner A,telecom,10.0.0.0/24,abuse@a.example,en\n")
    write(f"{name}/rules/10-all.yaml", b"- rule: all\n  if: {}\n  then: { notify: nobody }\n")
    write(f"{name}/feeds/slow.yaml", b"name: Slow\nkind: log\nenabled: yes\ncadence: 1s\nfiles: [\"slow-*.csv\"]\nformat: csv\n")
    return folder


def alerts(node, *more):
    return node.ask("alert", "list", *more)


def minute_later(node):
    """The next one's time has come: what the clock would bring, without waiting for it."""
    import sqlite3
    with sqlite3.connect(os.path.join(node.state, "state.db"), timeout=10) as db:
        db.execute("update alert set next = 1 where next is not null")
        db.commit()


def waking():
    node = Node("node", "--conf", country("conf")).start()
    node.run("finding", "new", "--class", "scanner", "--ip", "10.0.0.9", "--severity", "low")
    time.sleep(0.5)
    check("nobody is woken for little", not [a for a in alerts(node) if a["topic"] == "findings"])
    for ip in ("10.0.0.1", "10.0.0.2"):
        node.run("finding", "new", "--class", "c2-server", "--ip", ip, "--severity", "critical")
    wait("one mail to the one on duty", lambda: any(to == "duty@cert.example" and "critical" in m["Subject"] for to, m in sink.letters))
    mail = next(m for to, m in sink.letters if "critical" in m["Subject"])
    check("with id, owner and class, and no address", "F2" in mail["Subject"] and "c2-server at a" in mail["Subject"]
          and "10.0.0" not in mail.get_body().get_content() and mail["Subject"].startswith("[A"), mail["Subject"])
    found = lambda: next(x for x in alerts(node) if x["topic"] == "findings")
    wait("that it was sent is known", lambda: "duty by mail: sent" in found()["told"])
    a = found()
    check("nobody who is not on duty", "off" not in a["told"], a)
    check("somebody must look", node.run("status").returncode == 1 and b"alerts" in node.run("status").stdout)
    minute_later(node)
    wait("then the next one, by webhook", lambda: any(c["alert"] == a["alert"] for c in calls))
    c = next(c for c in calls if c["alert"] == a["alert"])
    check("in words", c["severity"] == "critical" and f"weir ack {a['alert']}" in c["text"] and "Example CERT" in c["text"], c)
    p = node.run("ack", a["alert"], "--note", "looking")
    check("somebody has it", p.returncode == 0 and b"is yours" in p.stdout, p.stdout + p.stderr)
    check("once", node.run("ack", a["alert"]).returncode != 0)
    before = len(sink.letters) + len(calls)
    minute_later(node)
    node.run("finding", "new", "--class", "scanner", "--ip", "10.0.0.10", "--severity", "low")
    time.sleep(1)
    check("nobody else is told", not [c for c in calls[-1:] if c["alert"] == a["alert"]][1:] and
          next(x for x in alerts(node, "--all") if x["alert"] == a["alert"])["state"] == "acked", before)
    node.run("finding", "new", "--class", "c2-server", "--ip", "10.0.0.3", "--severity", "critical")
    wait("another one is another alert", lambda: any(x["topic"] == "findings" and x["alert"] != a["alert"] for x in alerts(node)))

    wait("a late feed", lambda: any(x["topic"] == "feed" and x["object"] == "slow" if "object" in x else "slow" in x["sentence"] for x in alerts(node)))
    check("the URL of the webhook is nowhere", "secret-of-the-hook" not in node.said() and
          b"secret-of-the-hook" not in node.run("alert", "list", "--all").stdout + node.run("report").stdout)
    answer[0] = 404
    before = len(calls)
    node.run("alert", "test")
    wait("a test goes the same way", lambda: any("a test" in m["Subject"] for _, m in sink.letters))
    minute_later(node)
    node.run("alert", "test")
    wait("who cannot be reached is shown", lambda: any("HTTP 404" in (x["told"] or "") for x in alerts(node)))
    answer[0] = 200
    check("all agrees", node.run("check", "--deep").returncode == 0)
    node.stop()


def trying():
    node = Node("try", "--conf", country("try.conf", mode="shadow")).start()
    p = node.run("mail", "try")
    check("the server answers, in the shadow too", p.returncode == 0 and b"answers, without TLS" in p.stdout, p.stdout + p.stderr)
    p = node.run("mail", "try", "--to", "me@cert.example")
    check("a test letter to oneself", p.returncode == 0 and any(to == "me@cert.example" for to, _ in sink.letters), p.stdout + p.stderr)
    for _ in range(4):
        # the core starts again meanwhile, and is asked twice
        node.run("reload")
        p = node.run("mail", "try")
        check("tried at once after a reload", p.returncode == 0, p.stdout + p.stderr)
    node.stop()
    node = Node("none", "--conf", country("none.conf", mail=False, roster=False)).start()
    p = node.run("mail", "try")
    check("no server", p.returncode == 2 and b"'mail: host' is missing" in p.stderr, p.stderr)
    p = node.run("alert", "test")
    check("no roster", p.returncode == 2 and b"roster" in p.stderr, p.stderr)
    node.stop()
    conf = country("away.conf")
    write("away.conf/weir.yaml", b"country: XA\nmail:\n  from: cert@cert.example\n  host: 127.0.0.1\n  port: 9\n  tls: none\n")
    node = Node("away", "--conf", conf).start()
    p = node.run("mail", "try")
    check("a server that is away", p.returncode == 1 and b"127.0.0.1 port 9: " in p.stderr, p.stderr)
    node.stop()


waking()
trying()
sink.stop()
hook.shutdown()
end()
