# SPDX-License-Identifier: Apache-2.0
"""Files that are appended to where they come from: taken, dropped into the spool and fetched, whole and cut, rotated, with
processes killed meanwhile. Each line makes its event once, and is found again byte by byte."""
import os
import random
import subprocess
import threading
import time

from feeds_server import Server
from node import Node, kill_pid
from program import PATIENCE, WEIR, check, end, path, wait, write

HEAD = "source.ip,source.port,classification.type,tlp,extra.note\n"
dice = random.Random(7)
server = Server()
conf = path("conf")
os.makedirs(os.path.join(conf, "feeds"))
os.makedirs(os.path.join(conf, "rules"))
FEED = "enabled: yes\nformat: csv\nkind: log\ngrows: yes\ncadence: 1h\n"
for name, text in (
        ("weir.yaml", "country: XA\n"), ("owners.csv", "id,name,prefixes,contacts\nbank,Bank,192.0.2.0/24,soc@bank.example\n"),
        ("rules/10-all.yaml", "- rule: all\n  if: {}\n  then: { notify: nobody }\n"),
        ("feeds/sensor.yaml", "name: sensor\nfiles: [\"sensor*.csv\"]\n" + FEED),
        ("feeds/web.yaml", f"name: web\nurl: {server.url('/log.csv')}\n" + FEED),
        ("feeds/changes.yaml", "name: changes\nkind: delta\nformat: csv\n")):
    with open(os.path.join(conf, name), "w", encoding="utf-8") as f:
        f.write(text)


def lines(first, n):
    return "".join(f"192.0.2.{i % 256},{1 + i % 65535},c2-server,GREEN,n{i}\n" for i in range(first, first + n)).encode()


def take(name, data, status=0):
    p = node.run("take", "--wait", write(name, data) and path(name))
    check(f"{name} is taken", p.returncode == status, p.stderr)
    return p.stdout.decode()


def receipts():
    return node.ask("receipts", "--limit", "1000")


def last():
    return receipts()[0]


def counted(r):
    return r["records"], r["with_events"], r["asides"], r["none"], r["known"]


def adds_up():
    check("the counters add up, known ones among none",
          all(r["records"] == r["with_events"] + r["asides"] + r["none"] and r["known"] <= r["none"] for r in receipts()), receipts())


def very_line(receipt, data, wanted):
    """Each event of the receipt is one of the wanted lines, at its place in the bytes of the receipt."""
    rows = [x for x in node.ask("events", "--limit", "100000") if x["event"].startswith("E" + receipt[1:] + ".")]
    some = rows if len(rows) < 40 else dice.sample(rows, 20)
    raws = [node.run("why", "--raw", x["event"]).stdout for x in some]
    check(f"{receipt}: {len(wanted)} events", len(rows) == len(wanted), len(rows))
    check(f"{receipt}: each is its very line", all(r.rstrip(b"\n") in wanted for r in raws) and len(set(raws)) == len(raws), raws[:3])
    whole = node.run("why", "--raw", receipt).stdout
    check(f"{receipt}: its bytes are there", whole == data, (len(whole), len(data)))


node = Node("n", "--conf", conf).start()
bad = node.run("take", "--wait", "--feed", "sensor", path("conf/weir.yaml"))
p = subprocess.run([WEIR, "feed", "list", "--state", node.state], capture_output=True)
check("the feed is there", b"sensor" in p.stdout, p.stdout)

# ---- by take
one = HEAD.encode() + lines(0, 100)
take("sensor.csv", one)
r1 = last()
check("the first is read whole", counted(r1) == (100, 100, 0, 0, 0), r1)
two = one + lines(100, 20)
said = take("sensor.csv", two)
r2 = last()
check("what grew is read", counted(r2) == (120, 20, 0, 100, 100) and r2["receipt"] != r1["receipt"], r2)
check("that is said", f"{r1['receipt']} grown by {len(two) - len(one)} bytes; 100 of its records were known" in said, said)
check("by why too", b"100 of its records were known" in node.run("why", r2["receipt"]).stdout, node.run("why", r2["receipt"]).stdout)
very_line(r2["receipt"], two, lines(100, 20).splitlines())
said = node.run("take", path("sensor.csv")).stdout.decode()
check("the same is the same receipt, said aloud", "already" in said and last()["receipt"] == r2["receipt"], said)

# ---- a line that is half there: 192.0.2.1 of 192.0.2.130
three = two + lines(130, 1)[:9]
take("sensor.csv", three)
r3 = last()
check("half a line makes no event", counted(r3) == (121, 0, 1, 120, 120), r3)
check("and says so", b"sensor.csv" in node.run("aside", "list").stdout, node.run("aside", "list").stdout)
four = two + lines(130, 2)
take("sensor.csv", four)
r4 = last()
check("it is read once it is whole", counted(r4) == (122, 2, 0, 120, 120), r4)
very_line(r4["receipt"], four, lines(130, 2).splitlines())
five = four + lines(140, 1).rstrip(b"\n")
take("sensor.csv", five)
check("nor a line without its end", counted(last())[1:3] == (0, 1), last())
check("which is said", b"ends within this line" in node.run("aside", "list").stdout, node.run("aside", "list").stdout)
take("sensor.csv", five + b"\n" + lines(141, 1))
check("until there is one", counted(last()) == (124, 2, 0, 122, 122), last())

# ---- under another name, rotated, cut
take("sensor-1.csv", five + b"\n" + lines(141, 2))
check("a name is no matter", counted(last()) == (125, 1, 0, 124, 124), last())
said = take("sensor.csv", HEAD.encode() + lines(500, 10))
check("a rotated file is new", counted(last()) == (10, 10, 0, 0, 0) and "read as a new file" in said, said)
take("sensor.csv", HEAD.encode() + lines(500, 12))
check("and grows on", counted(last()) == (12, 2, 0, 10, 10), last())
said = take("sensor.csv", HEAD.encode() + lines(500, 5))
check("a cut file is new, and said to be", counted(last()) == (5, 5, 0, 0, 0) and "read as a new file" in said, said)
changed = bytearray(four + lines(900, 3))
changed[70] ^= 1
take("sensor.csv", bytes(changed))
check("one byte that is another: nothing is known", last()["known"] == 0 and last()["records"] == 125, last())
before = sum(r["events"] for r in receipts())
p = node.run("reread", r4["receipt"])
check("read again, the same is known", p.returncode == 0, p.stderr)
again = next(r for r in receipts() if r["receipt"] == r4["receipt"])
check("with the same counts", counted(again) == counted(r4) and sum(r["events"] for r in receipts()) == before, again)
adds_up()

# ---- what was set aside as a whole was not read
write("broken.csv", b"\x00\x01\x02" * 10)
node.run("take", "--wait", "--feed", "sensor", path("broken.csv"))
check("it is set aside, or makes nothing", last()["events"] == 0, last())

# ---- fetched
server.pages = {"/log.csv": (200, HEAD.encode() + lines(2000, 30), '"a"')}
node.run("feed", "fetch", "web")
wait("fetched", lambda: last()["feed"] == "web" and last()["state"] == "done")
server.pages = {"/log.csv": (200, HEAD.encode() + lines(2000, 35), '"b"')}
node.run("feed", "fetch", "web")
wait("fetched again", lambda: last()["feed"] == "web" and last()["records"] == 35 and last()["state"] == "done")
check("what grew there", counted(last()) == (35, 5, 0, 30, 30), last())
number = len(receipts())
server.pages = {"/log.csv": (200, HEAD.encode() + lines(2000, 35), '"c"')}
node.run("feed", "fetch", "web")
wait("the server says another version", lambda: any(a[1] == '"b"' for a in server.asked))
time.sleep(0.5)
check("of the same bytes: the same receipt", len(receipts()) == number, last())

# ---- a delta: each delivery is one, and nothing is gone for what it lacks
for _ in range(2):
    write("changes.csv", HEAD.encode() + lines(3000, 3))
    node.run("take", "--wait", "--feed", "changes", path("changes.csv"))
check("the same delta twice is two", [r["feed"] for r in receipts()[:2]] == ["changes", "changes"], receipts()[:2])
write("changes.csv", HEAD.encode() + lines(4000, 1))
node.run("take", "--wait", "--feed", "changes", path("changes.csv"))
check("and closes nothing", node.count("findings", "--state", "closed") == 0)

# ---- growing while processes are killed, through the spool
grown, size, killed = [HEAD.encode() + lines(10000, 20000)], 20000, 0
stop = threading.Event()


def drop(data):
    folder = os.path.join(node.state, "in", "sensor")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "big.csv.part"), "wb") as f:
        f.write(data)
    os.rename(os.path.join(folder, "big.csv.part"), os.path.join(folder, "big.csv"))
    return os.path.join(folder, "big.csv")


def murder():
    global killed
    while not stop.is_set() and killed < 15:
        time.sleep(0.1 + dice.random() * 0.5)
        alive = [p for p in node.processes() if p[1] in ("weir-core", "weir-readers", "weir-reader")]
        if alive:
            killed += kill_pid(dice.choice(alive)[0])


number = len(receipts())
killer = threading.Thread(target=murder)
killer.start()
for step in range(5):
    if step > 0:
        more = dice.randrange(3000, 12000)
        grown.append(grown[-1] + lines(10000 + size, more))
        size += more
    at = drop(grown[-1])
    until = time.monotonic() + PATIENCE
    while os.path.exists(at) and time.monotonic() < until:
        time.sleep(0.02)
    check(f"file {step} is taken from the spool", not os.path.exists(at))
time.sleep(0.5)
stop.set()
killer.join()
wait("all are read", lambda: len(receipts()) == number + 5 and all(r["state"] == "done" for r in receipts()[:5]))
print(f"{killed} processes were killed")
mine = receipts()[:5]
check("each is one receipt", [r["size"] for r in reversed(mine)] == [len(g) for g in grown], [r["size"] for r in mine])
check("each line made its event once", sum(r["events"] for r in mine) == size, [counted(r) for r in mine])
check("known is what came before", [r["known"] for r in mine[:-1]] == [r["records"] for r in mine[1:]], [counted(r) for r in mine])
adds_up()
places = node.run("events", "--csv", "--limit", "100000").stdout.decode().split("\r\n")[1:-1]
ids = {m["receipt"][1:] for m in mine}
check("their events are there", sum(p.split(",")[0][1:].split(".")[0] in ids for p in places) == size or len(places) == 100000, len(places))
p = node.run("check", "--deep")
check("all agrees", p.returncode == 0, p.stdout + p.stderr)
check("it stops", node.stop() == 0, node.said()[-300:])

# ---- what a feed cannot be
for text, words in (("name: x\nkind: snapshot\ngrows: yes\n", b"only a log grows"), ("name: x\ngrows: perhaps\n", b"grows")):
    with open(os.path.join(conf, "feeds", "x.yaml"), "w", encoding="utf-8") as f:
        f.write(text)
    p = subprocess.run([WEIR, "check", "--conf", conf], capture_output=True)
    check("the feed's file is refused", p.returncode != 0 and b"x.yaml:" in p.stderr + p.stdout and words in p.stderr + p.stdout, (p.stdout, p.stderr))
server.shutdown()
end()
