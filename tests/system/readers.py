# SPDX-License-Identifier: Apache-2.0
"""What a reader can know: marks that are planted in the register of owners and in an earlier report,
and the node's own secret, are looked for in the memory of readers and of the process that starts them. Then
that process is killed, and the core is watched for sockets. Needs root, to look into other processes."""
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time

from node import EXAMPLES, Node
from program import PATIENCE, WEIR, check, end, path, write

if os.geteuid() != 0:
    print("only root may look into the memory of a reader")
    raise SystemExit(77)

OWNER, EARLIER, MAIL = "Qwx Mark Bank", "qwx-mark-of-a-report", "qwx-mark@post.example"


def country():
    folder = path("country")
    shutil.copytree(os.path.join(EXAMPLES, "country"), folder)
    with open(os.path.join(folder, "owners.csv"), "a", encoding="utf-8") as f:
        f.write(f'qwx-bank,{OWNER},finance,,"233.252.0.0/24",,qwx.example,{MAIL},en,,,,\n')
    return folder


def table(n, note="nothing"):
    lines = ["time.source,source.ip,source.port,tlp,classification.type,extra.note"]
    lines += [f"2026-01-05T{i // 3600 % 24:02}:{i // 60 % 60:02}:{i % 60:02}Z,233.252.0.{i % 250},{i % 60000 + 1},GREEN,c2-server,{note}"
              for i in range(n)]
    return ("\n".join(lines) + "\n").encode()


def memory(pid):
    """All that can be read of a process's memory."""
    pieces = []
    with open(f"/proc/{pid}/maps", encoding="utf-8", errors="replace") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as mem:
        for line in maps:
            m = re.match(r"([0-9a-f]+)-([0-9a-f]+) r\S+ \S+ \S+ \d+ *(.*)", line)
            if m and not m[3].startswith("[v"):
                at, until = int(m[1], 16), int(m[2], 16)
                try:
                    mem.seek(at)
                    pieces.append(mem.read(until - at))
                except OSError:
                    pass
    return b"\0".join(pieces)


def pids(node, name):
    return [pid for pid, what in node.processes() if what == name]


def wait(what, ask, seconds=PATIENCE):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = ask()
        if found:
            return found
        time.sleep(0.005)
    check(what, False, "not in time")
    node.process.kill()
    end()


def stopped_reader(node, name, done):
    """A reader in the middle of a report, standing still: it has some of it in its memory."""
    take = subprocess.Popen([WEIR, "take", "--wait", "--state", node.state, path(name)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    done.append(take)
    pid = wait("a reader runs", lambda: pids(node, "weir-reader"))[0]
    for _ in range(1000):
        os.kill(pid, signal.SIGSTOP)
        if b"of-this-report" in memory(pid):
            break
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.02)
    return pid


def look(node, what, secret, done, name):
    """Nothing that is planted is in a reader; its own report is, so that the search is known to find."""
    marks = {"an owner": OWNER.encode(), "a contact": MAIL.encode(), "an earlier report": EARLIER.encode(), "the secret": secret}
    reader = stopped_reader(node, name, done)
    mine, server = memory(reader), memory(pids(node, "weir-readers")[0])
    supervisor, core = memory(node.process.pid), memory(pids(node, "weir-core")[0])
    check(f"{what}: the search finds the report in its reader", b"of-this-report" in mine, len(mine))
    for m, bytes_ in marks.items():
        check(f"{what}: {m} is not in a reader", bytes_ not in mine)
        check(f"{what}: {m} is not in the process that starts readers", bytes_ not in server)
        check(f"{what}: {m} is not in the supervisor", bytes_ not in supervisor)
        if m in ("an owner", "the secret"):
            check(f"{what}: the search finds {m} in the core", bytes_ in core, len(core))
    check(f"{what}: the report is not in the process that starts readers", b"of-this-report" not in server)
    held = {os.readlink(f"/proc/{reader}/fd/{fd}").split(":")[0] for fd in os.listdir(f"/proc/{reader}/fd")}
    check(f"{what}: it holds its report, its channel and nothing else", len(held) <= 3 and
          all(h in ("socket", "/dev/null") or "/spool/" in h for h in held), held)
    os.kill(reader, signal.SIGCONT)
    check(f"{what}: the report is read", done[-1].wait(120) == 0)


def server_dies(node):
    """Killed while it reads: the report is read all the same, the core stays as it is."""
    core, server = pids(node, "weir-core"), pids(node, "weir-readers")
    done = []
    reader = stopped_reader(node, "killed.csv", done)
    os.kill(server[0], signal.SIGKILL)
    wait("its readers die with it", lambda: reader not in pids(node, "weir-reader"))
    check("the report is read by the next", done[0].wait(120) == 0)
    check("there is another", pids(node, "weir-readers") not in (server, []))
    check("the core is the same", pids(node, "weir-core") == core)
    r = next(r for r in node.ask("receipts") if r["path"] == "killed.csv")
    check("all of it, once", (r["state"], r["records"], r["events"]) == ("done", 200000, 200000), r)


def core_dies(node):
    """Readers do not outlive the core that asked for them."""
    done = []
    reader = stopped_reader(node, "core.csv", done)
    server = pids(node, "weir-readers")
    os.kill(pids(node, "weir-core")[0], signal.SIGKILL)
    wait("its reader is ended", lambda: reader not in pids(node, "weir-reader"))
    check("the process that starts readers is the same", pids(node, "weir-readers") == server)
    wait("the report is read", lambda: any(r["path"] == "core.csv" and r["state"] == "done" for r in node.ask("receipts")))
    done[0].wait(120)


def watched(node):
    """The core's system calls while it takes the sample in."""
    if shutil.which("strace") is None:
        print("skipped: no strace, so the core's system calls are not looked at")
        return
    core = pids(node, "weir-core")[0]
    trace = path("trace")
    strace = subprocess.Popen(["strace", "-f", "-o", trace, "-e", "trace=socket,connect,bind,listen,accept,accept4,fork,vfork,clone,clone3,"
                               "execve,socketpair", "-p", str(core)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = strace.stderr.readline()
    if b"attached" not in said:
        print("skipped: strace may not look at the core:", said.decode().strip())
        return
    folder = os.path.join(EXAMPLES, "reports")
    for name in sorted(os.listdir(folder)):
        p = node.run("take", "--wait", os.path.join(folder, name))
        check(f"watched: {name} is read", b" done: " in p.stdout, p.stdout + p.stderr)
    strace.send_signal(signal.SIGINT)
    strace.wait(30)
    with open(trace, encoding="utf-8", errors="replace") as f:
        lines = [line for line in f if "CLONE_THREAD" not in line and "ENOSYS" not in line]  # threads are no processes
    calls = set(re.findall(r"^\d+ +(\w+)\(", "".join(lines), re.M))
    check("the core makes pairs and opens, connects and listens at no socket, and starts nothing", calls == {"socketpair"}, calls)
    check("it is the same core", pids(node, "weir-core") == [core])


def asked_meanwhile(node):
    """A mail is read once more for what a person wrote in it; who asks for something meanwhile is answered by the core as it is."""
    core = pids(node, "weir-core")
    lines = "".join(f"line {n} of what somebody wrote\r\n" for n in range(100000))
    head = "From: a@example.org\r\nTo: cert@example.net\r\nSubject: {}\r\nMessage-ID: <{}@example.org>\r\nDate: Mon, 5 Jan 2026 08:00:00 +0700\r\n\r\n"
    asked = sent = 0
    while asked == 0 and sent < 80:  # until one is still being read when it is asked
        for n in range(sent, sent + 4):
            node.run("take", "-", data=(head.format(n, n) + lines).encode())
        sent += 4
        while node.count("receipts") > node.count("receipts", "--state", "done") and asked < 1000:
            asked += 2
    check("asked while mails were read", asked > 0, asked)
    check("they are messages", node.count("mail", "list") == sent)
    check("the core is the same, asked while a mail was read", pids(node, "weir-core") == core)


for made in ("first", "killed", "core", "restarted"):
    write(f"{made}.csv", table(200000, f"of-this-report {made}"))
node = Node("known", "--conf", country()).start()
check("an earlier report", b" done: " in node.run("take", "--wait", "-", data=table(100, EARLIER)).stdout)
check("it made findings of the owner's", node.count("findings") > 0)
with sqlite3.connect(f"file:{node.state}/state.db?mode=ro", uri=True) as db:
    key = db.execute("select value from meta where key = 'secret'").fetchone()[0]
key = key.encode() if isinstance(key, str) else key
check("the node has a secret", len(key) >= 16, len(key))
waiting = []
look(node, "from the start", key, waiting, "first.csv")
server_dies(node)
core_dies(node)
# the supervisor has looked at the configuration since, and then starts another
node.process.send_signal(signal.SIGHUP)
wait("it is read again", lambda: "the configuration is read again" in node.said())
time.sleep(1)
before = pids(node, "weir-readers")
os.kill(before[0], signal.SIGKILL)
wait("there is another", lambda: pids(node, "weir-readers") not in (before, []))
wait("and a core", lambda: pids(node, "weir-core") and node.run("receipts", "--count").returncode == 0)
look(node, "after a restart", key, waiting, "restarted.csv")
asked_meanwhile(node)
watched(node)
check("it stops", node.stop() == 0, node.said()[-500:])
end()
