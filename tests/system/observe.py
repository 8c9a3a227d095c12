# SPDX-License-Identifier: Apache-2.0
"""What a node tells of itself: metrics that agree with its lists, a log as lines or JSON, a report for who helps; and
none of them holds what it must not: owners, addresses, people, secrets, contents."""
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time
import zipfile

from node import EXAMPLES, Node
from program import WEIR, check, end, path, wait, write
from sink import Sink

# stands in everything that must not be told
SIGN = "qwx"
ADDRESSES = ("198.51.100.", "203.0.113.")
sink = Sink()


def put(folder, name, text):
    os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
    with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
        f.write(text)


def options(folder, *lines, mail=()):
    put(folder, "weir.yaml", "country: XA\nname: Qwx Team\n" + "".join(line + "\n" for line in lines) +
        f"mail:\n  from: \"Qwx Person <qwx-person@qwx.example>\"\n  delay: 0s\n  host: 127.0.0.1\n  port: {sink.port}\n" +
        "".join(f"  {line}\n" for line in mail))


def country(name):
    folder = path(name)
    options(folder, mail=("tls: none",))
    put(folder, "owners.csv", "id,name,sector,prefixes,contacts,language\n"
        "qwx-bank,Qwx Bank,finance,198.51.100.0/24,qwx-abuse@qwx.example,lo\n"
        "qwx-isp,Qwx Provider,telecom,203.0.113.0/24,qwx-noc@qwx.example,en\n"
        "qwx-shop,qwx shop,retail,203.0.113.0/28,,en\n")
    put(folder, "rules/10-qwx-bank.yaml", "- rule: qwx-all\n  if: {}\n  then: { severity: high, notify: owner, within: 1d }\n")
    put(folder, "feeds/qwx-sensor.yaml", "name: Qwx sensor\nenabled: yes\nkind: log\ncadence: 1h\nformat: csv\n"
        "url: http://127.0.0.1:9/qwx-path?key=qwx-key\nuser: qwx-user\npassword-file: none/password\n"
        f"header-file: {folder}/qwx-header\n")
    put(folder, "qwx-header", "Auth-Key: qwx-secret-77\n")
    put(folder, "feeds/qwx-push.yaml", "name: Qwx pushed\nenabled: yes\nkind: log\ncadence: 1d\nformat: csv\n")
    return folder


def table(*rows):
    return ("source.ip,source.port,time.source,classification.type,tlp,malware.name,extra.note\n" + "".join(
        f"{ip},80,{when},infected-system,{tlp},qwx-malware,qwx-note\n" for ip, when, tlp in rows)).encode()


def metrics(node):
    """{(name, labels): value}; each line must be of the form that Prometheus reads."""
    p = node.run("metrics")
    check("metrics are printed", p.returncode == 0, p.stderr)
    found, kind, bad = {}, None, []
    for line in p.stdout.decode().splitlines():
        head = re.fullmatch(r"# (HELP|TYPE) ([a-z_]+) (.+)", line)
        one = re.fullmatch(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\]|\\.)*",?)+)\})? (-?[0-9]+)', line)
        if head:
            kind = head[2]
            if head[1] == "TYPE" and head[3] != ("counter" if kind.endswith("_total") else "gauge"):
                bad.append(line)
        elif not one or one[1] != kind or (one[1], one[2] or "") in found:
            bad.append(line)
        else:
            found[one[1], one[2] or ""] = int(one[3])
    check("in the form of Prometheus", not bad, bad[:5])
    return found


def clean(what, text, *, but=()):
    """Nothing of it says what it must not."""
    for word in but:
        text = text.replace(word, "")
    bad = [line for line in text.splitlines() if SIGN in line.lower() or any(a in line for a in ADDRESSES)]
    check(f"{what} tells nothing that it must not", text and not bad, bad[:5])


def status(node):
    return {s["name"]: s for s in node.ask("status")}


def deliver(node):
    day = "2026-01-05T00:00:00Z"
    good = table(("198.51.100.7", day, "RED"), ("198.51.100.8", day, "GREEN"), ("203.0.113.9", day, ""),
                 ("203.0.113.10", "qwx-when", "RED"), ("203.0.113.200", day, "AMBER"))
    write("a.csv", good)
    node.run("take", "--wait", "--feed", "qwx-push", path("a.csv"))
    write("part.csv", table(("203.0.113.77", day, "RED")))
    with zipfile.ZipFile(path("whole.zip"), "w") as z:
        z.write(path("part.csv"), "qwx-198.51.100.66.csv")
    with open(path("whole.zip"), "rb") as f:
        write("cut.zip", f.read()[:70])
    p = node.run("take", "--wait", path("cut.zip"))
    forged = write("a\nweir: forged \x1b[31m.csv", table(("203.0.113.50", day, "GREEN")))
    node.run("take", "--wait", path(forged))
    check("what the reader said is kept", b"qwx-198.51.100.66.csv" in p.stdout + p.stderr, p.stdout + p.stderr)


def numbers(node):
    m = metrics(node)
    for state in ("accepted", "reading", "done", "aside"):
        check(f"receipts {state}", m["weir_receipts", f'state="{state}"'] == node.count("receipts", "--state", state))
    for state in ("due", "held", "ready", "sent", "refused", "withdrawn"):
        check(f"notices {state}", m["weir_notices", f'state="{state}"'] == node.count("notices", "--state", state))
    findings = sum(v for (name, _), v in m.items() if name == "weir_findings")
    check("findings", findings == node.count("findings") > 0, findings)
    high = sum(v for (name, l), v in m.items() if name == "weir_findings" and 'severity="high"' in l and 'closed' not in l)
    check("findings by severity", high == node.count("findings", "--severity", "high") > 0, high)
    check("events", m["weir_events", ""] == node.count("events") == m["weir_records", 'outcome="events"'])
    check("records aside", m["weir_records", 'outcome="aside"'] == node.count("aside", "list") == 1)
    # it grows when what stands in the WAL is moved there
    wait("the state's file", lambda: metrics(node)["weir_file_bytes", 'what="state.db"'] == os.stat(os.path.join(node.state, "state.db")).st_size)
    check("its WAL", m["weir_file_bytes", 'what="state.db-wal"'] > 0)
    processes = {l for (name, l) in m if name == "weir_process_pss_bytes"}
    # what is in a jail shows its memory to root alone
    jailed = ("bodies",) if os.geteuid() == 0 else ()
    check("memory of each process", processes == {f'process="{p}"' for p in ("supervisor", "core", "desk", "pgp", "post", "fetch", "readers", "keeper", "dial", *jailed)}, processes)
    check("no less than is theirs alone", all(m["weir_process_resident_bytes", l] >= m["weir_process_pss_bytes", l] > 100000 for l in processes))
    came = m.get(("weir_feed_last_success_timestamp_seconds", 'feed="qwx-push"'), 0)
    check("when a feed came", 0 <= time.time() - came < 600, came)
    check("one that never came has no such time", ("weir_feed_last_success_timestamp_seconds", 'feed="qwx-sensor"') not in m)
    wait("a feed that fails", lambda: metrics(node)["weir_feed_failures", 'feed="qwx-sensor"'] > 0)
    m, lines = metrics(node), status(node)
    for line, value in (("receipts done", m["weir_receipts", 'state="done"']), ("findings high", high),
                        ("letters refused", m["weir_notices_refused_recent", ""]), ("generation", m["weir_generation", ""])):
        check(f"status: {line}", lines[line]["value"] == value, (lines[line], value))
    looks = {l for (name, l), v in m.items() if name == "weir_look" and v}
    check("what needs a person is the same", looks == {f'line="{n}"' for n, s in lines.items() if s["look"] == "somebody must look"}, looks)
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(os.path.join(node.state, "control.sock"))
        door.sendall(b"GET /metrics HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n")
        asked = b"".join(iter(lambda: door.recv(65536), b""))
    check("the route alone", b"\r\n\r\n# HELP weir_receipts " in asked, asked[:300])


def waiting(node):
    """The core stands still: what waits is seen, and how long. The desk tells it, whatever the core does."""
    core = next(pid for pid, name in node.processes() if name == "weir-core")
    os.kill(core, signal.SIGSTOP)
    take = subprocess.Popen([WEIR, "take", "--state", node.state, write("w.csv", table(("203.0.113.99", "2026-01-06T00:00:00Z", "GREEN"))) and path("w.csv")],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    check("metrics while the core stands", metrics(node)["weir_receipts", 'state="done"'] > 0)
    os.kill(core, signal.SIGCONT)
    check("it goes on", take.wait(60) == 0)
    node.run("take", "--wait", "-", data=table(("203.0.113.98", "2026-01-06T00:00:00Z", "GREEN")))


def todo(node, folder):
    def left():
        return {n for n, s in status(node).items() if s["look"] == "to do"}
    found = left()
    check("left to do", {"owners without a contact", "feeds without a credential", "languages not reviewed"} <= found and
          not found & {"no owners", "mail in hold mode", "no feed is enabled", "mail without a server", "no country of its own"}, found)
    options(folder, mail=("tls: none", "mode: hold"))
    check("what is not read again is not in force", "mail in hold mode" not in left())
    check("reload", node.run("reload").returncode == 0)
    wait("then it is", lambda: "mail in hold mode" in left())
    p = node.run("status")
    check("each with what to do", b"mail in hold mode" in p.stdout and b"'mail: mode' in weir.yaml" in p.stdout, p.stdout)
    options(folder, mail=("tls: none",))
    check("back", node.run("reload").returncode == 0)
    wait("and it is gone", lambda: "mail in hold mode" not in left())


def words(node, conf):
    """What the node says of itself, of a node that was full of signs."""
    clean("metrics", node.run("metrics").stdout.decode(), but=("qwx-sensor", "qwx-push"))
    clean("status", node.run("status").stdout.decode())
    p = node.run("report", "--conf", conf)
    text = p.stdout.decode()
    check("a report", p.returncode == 0 and not p.stderr, p.stderr)
    clean("report", text)
    for word in ("weir 0.", "tables of state.db: version", "Linux ", "the node runs", "supervisor",
                 "receipts done", "weir_findings{", 'weir_feed_failures{feed="feed-', "finding ", "country: XA", "tls: none",
                 "from: ***", "rules/: 1 file", "with a credential", "CONF/owners.csv:", "errors", "journalctl"):
        check(f"with '{word}'", word in text, text[:200])
    return text


def lines_and_json(node, as_json):
    """The log of all that was done."""
    # of the words of the test itself: files, feeds' names and the node's folder are no secret
    clean("log", node.said(), but=("qwx-sensor", "qwx-push"))
    entries = node.said().splitlines()
    check("no terminal obeys it", "\x1b" not in node.said() and any("forged" in line for line in entries))
    check("a name makes no line of its own", not any(line.startswith("weir: forged") for line in entries))
    if not as_json:
        check("lines", all(line.startswith("weir: ") for line in entries), [l for l in entries if not l.startswith("weir: ")][:3])
        return
    parsed = [json.loads(line) for line in entries]
    check("each has all", all({"time", "level", "process", "pid", "message"} <= set(p) for p in parsed))
    check("RFC 3339", all(re.fullmatch(r"2\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", p["time"]) for p in parsed))
    check("from several", {"supervisor", "core"} <= {p["process"] for p in parsed} <= {"supervisor", "core", "desk", "post", "fetch"})
    about = [p for p in parsed if p.get("receipt")]
    check("about receipts", {p["receipt"] for p in about} >= {"R1", "R2"} and all(p["message"].startswith(p["receipt"] + " ") for p in about), about)
    aside = [p for p in about if "is set aside" in p["message"]]
    check("one that was set aside", len(aside) == 1 and aside[0]["level"] == "warning" and "weir why R2" in aside[0]["message"], aside)
    letters = [p for p in parsed if p.get("notice")]
    check("about letters", any("550" in p["message"] and "weir why N" in p["message"] for p in letters), letters)


def play(name, *form, by_file=False):
    """form: options of the program."""
    conf = country(name + ".conf")
    if by_file:
        options(conf, "log: json", mail=("tls: none",))
    sink.refuse = {"qwx-abuse@qwx.example": "550 5.1.1 <qwx-abuse@qwx.example>: 198.51.100.8 is qwx spam"}
    node = Node(name, "--conf", conf, *form).start()
    deliver(node)
    wait("a letter is refused", lambda: node.count("notices", "--state", "refused") == 1)
    wait("and others are sent", lambda: node.count("notices", "--state", "sent") >= 1)
    check("with the server's words", any("qwx spam" in n["answer"] for n in node.ask("notices")))
    check("somebody must look", node.run("status").returncode == 1)
    if form:
        wait("no letter is on its way", lambda: node.count("notices", "--state", "due") + node.count("notices", "--state", "ready") == 0)
        numbers(node)
        waiting(node)
        todo(node, conf)
        words(node, conf)
    check("it stops", node.stop() == 0)
    lines_and_json(node, bool(form) or by_file)
    if form:
        again = subprocess.run([WEIR, "report", "--state", node.state, "--conf", conf, path("out.txt")], capture_output=True, check=False, timeout=60)
        with open(path("out.txt"), encoding="utf-8") as f:
            text = f.read()
        check("a report without a node", again.returncode == 0 and "the node does not run" in text and "receipts done" in text, again)
        clean("that report", text)


def odd():
    p = subprocess.run([WEIR, "serve", "--state", path("odd"), "--log", "xml"], capture_output=True, check=False, timeout=60)
    check("an unknown form of the log", p.returncode == 2 and b"lines or json" in p.stderr, p)
    put(path("odd.conf"), "weir.yaml", "log: xml\n")
    p = subprocess.run([WEIR, "check", "--conf", path("odd.conf")], capture_output=True, check=False, timeout=60)
    check("in the options", p.returncode == 1 and b"weir.yaml:1:6: a log is lines or json" in p.stdout, p)
    put(path("odd.conf"), "weir.yaml", "name: Qwx\nqwx-secret: qwx\nlog: [qwx\n")
    p = subprocess.run([WEIR, "report", "--state", path("nowhere"), "--conf", path("odd.conf")], capture_output=True, check=False, timeout=60)
    check("a report about nothing", p.returncode == 0 and b"no node runs, and its state cannot be read" in p.stdout, p)
    clean("it", p.stdout.decode())
    p = subprocess.run([WEIR, "report", "--state", path("nowhere"), "--sample", EXAMPLES, "/nowhere/x"], capture_output=True, check=False, timeout=60)
    check("nowhere to write it", p.returncode == 1 and b"/nowhere/x" in p.stderr, p)


def nobody():
    """The configuration as it comes names no country: nothing is started again and again because of that; and a country can be set later."""
    conf = path("nobody.conf")
    shutil.copytree(os.path.join(EXAMPLES, "..", "conf"), conf)
    node = Node("nobody", "--conf", conf).start()
    wait("all processes are counted", lambda: b"keeper" in node.run("report", "--conf", conf).stdout.split(b"== status")[0])
    node.run("take", "--wait", os.path.join(EXAMPLES, "reports", "sinkhole.json"))
    asker = pwd.getpwuid(os.getuid()).pw_name
    check("who gave it is known by his name", f"from {asker}\n".encode() in node.run("why", "R1").stdout, node.run("why", "R1").stdout)
    check("it has no keys", node.ask("key", "show") == [])
    check("and nothing was started again", "again" not in node.said(), node.said())
    put(conf, "weir.yaml", "country: XA\n")
    check("a country is set", node.run("reload").returncode == 0)
    wait("and it has keys", lambda: len(node.ask("key", "show")) == 4)
    check("it stops too", node.stop() == 0)


play("json", "--log", "json")
play("file", by_file=True)
play("lines")
odd()
nobody()
sink.stop()
end()
