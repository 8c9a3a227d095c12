# SPDX-License-Identifier: Apache-2.0
"""The Debian package in a bare system: deb.py TREE

Builds the package of the tree, and one of a tree with a higher version, one schema more and other words in its
configuration. Meanwhile a bare Debian is laid out in a folder. There: install, start as the unit says, take a report;
upgrade under a running node, with an edited, a deleted and an untouched conffile; back to the older package in the words of
docs/package.md; remove; purge. systemd does not run there; its unit is checked by systemd-analyze.

Ends with 77 and a sentence where it cannot be tried: not root, not Debian 12, its mirror away. All that it starts and
mounts ends with it."""
import atexit
import os
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

TREE = os.path.abspath(sys.argv[1])
SUITE = "bookworm"
HIGHER = "+1"
passed, failed, running = 0, [], []


def skip(sentence):
    print(sentence)
    sys.exit(77)


def check(what, good, more=""):
    global passed
    passed += bool(good)
    if not good:
        failed.append(what)
        print(f"FAILED  {what}: {more}")


def run(*command, seconds=300):
    """In a session of its own, so that all of it ends when its time is over or this test is ended."""
    p = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    running.append(p)
    try:
        out, err = p.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        ended(p)
        out, err = p.communicate()
        err += f"\n'{command[0]}' was ended after {seconds} s\n"
    running.remove(p)
    return subprocess.CompletedProcess(command, p.returncode, out, err)


def ended(p):
    try:
        os.killpg(p.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def end_all():
    for p in list(running):
        ended(p)


def mirror():
    """The Debian mirror of this machine's apt."""
    lines = run("apt-get", "indextargets", "--format", "$(SITE) $(CODENAME) $(COMPONENT) $(ORIGIN)", "Created-By: Packages").stdout
    for line in lines.splitlines():
        site, *rest = line.split()
        if rest == [SUITE, "main", "Debian"]:
            return site
    skip("this machine's apt knows no mirror of Debian 12")


def possible():
    if os.geteuid() != 0:
        skip("only root can lay out a bare system")
    for program in ("debootstrap", "dpkg-buildpackage", "dh", "unshare", "setpriv", "apt-get"):
        if not shutil.which(program):
            skip(f"'{program}' is not installed")
    if run("unshare", "--mount", "true").returncode != 0:
        skip("this machine lets nobody mount")
    site = mirror()
    with tempfile.TemporaryDirectory() as d:
        p = run("/usr/lib/apt/apt-helper", "-o", "Acquire::http::Timeout=10", "-o", "Acquire::https::Timeout=10", "-o", "Acquire::Retries=0",
                "download-file", f"{site}/dists/{SUITE}/InRelease", os.path.join(d, "InRelease"))
    if p.returncode != 0:
        skip(f"the Debian mirror {site} cannot be reached")
    return site


SITE = possible()
TOP = tempfile.mkdtemp(prefix="weir-deb-")
ROOT = os.path.join(TOP, "root")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def below(path):
    return os.path.join(ROOT, path.lstrip("/"))


def read(path):
    with open(below(path), encoding="utf-8") as f:
        return f.read()


def edit(path, old, new):
    text = read(path)
    assert old in text, (path, old)
    with open(below(path), "w", encoding="utf-8") as f:
        f.write(text.replace(old, new))


# ---- two packages, one bare system ---------------------------------------------------------------------

NEXT = f"{len(os.listdir(os.path.join(TREE, 'src/state/schema'))) + 1:03}"
LAST = f"{int(NEXT) - 1:03}"
CHANGED = ("conf/weir.yaml", "conf/rules/90-everything-else.yaml", "conf/rules/20-open-services.yaml")


def newer_tree():
    tree = os.path.join(TOP, "tree")
    shutil.copytree(TREE, tree, symlinks=True, ignore=lambda folder, names: {"build", "var", ".git"} & set(names) if folder == TREE else ())
    with open(os.path.join(tree, f"src/state/schema/{NEXT}.sql"), "w", encoding="utf-8") as f:
        f.write("create table later(id integer primary key);\n")
    meson = os.path.join(tree, "src/state/meson.build")
    with open(meson, encoding="utf-8") as f:
        text = f.read()
    listed = text.replace(f"'schema/{LAST}.sql'", f"'schema/{LAST}.sql', 'schema/{NEXT}.sql'")
    assert listed != text
    with open(meson, "w", encoding="utf-8") as f:
        f.write(listed)
    for name in CHANGED:
        with open(os.path.join(tree, name), "a", encoding="utf-8") as f:
            f.write("# words of a newer package\n")
    log = os.path.join(tree, "packaging/debian/changelog")
    with open(log, encoding="utf-8") as f:
        text = f.read()
    head, rest = text.split(")", 1)
    with open(log, "w", encoding="utf-8") as f:
        f.write(f"{head}{HIGHER}){rest}\n{text}")
    return tree


def built(tree, to):
    # both in one folder: of the second only what differs is compiled
    p = run(os.path.join(tree, "packaging/deb"), to, os.path.join(TOP, "build"), seconds=1800)
    files = [f for f in p.stdout.split() if "/weir_" in f]
    check(f"{os.path.basename(to)}: a package is built", p.returncode == 0 and len(files) == 1, p.stdout + p.stderr)
    if failed:
        sys.exit(1)
    return files[0]


def bare():
    p = run("debootstrap", "--variant=minbase", SUITE, ROOT, SITE, seconds=1800)
    if p.returncode != 0:
        return f"no bare system can be laid out here: {(p.stdout + p.stderr).strip().splitlines()[-1]}"
    with open(below("/etc/apt/sources.list"), "w", encoding="utf-8") as f:
        f.write(f"deb {SITE} {SUITE} main\n")
    with open(below("/etc/apt/apt.conf.d/90outside"), "w", encoding="utf-8") as f:
        f.write("".join(line + "\n" for line in run("apt-config", "dump").stdout.splitlines() if re.match(r"Acquire::https?::Proxy", line)))
    with open(below("/usr/sbin/policy-rc.d"), "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\nexit 101\n")
    os.chmod(below("/usr/sbin/policy-rc.d"), 0o755)
    if os.path.exists("/etc/resolv.conf"):
        shutil.copy("/etc/resolv.conf", below("/etc/resolv.conf"))
    return None


# ---- inside it -----------------------------------------------------------------------------------------

INSIDE = ('mount -t proc proc "$0/proc" && exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 '
          'DEBIAN_FRONTEND=noninteractive chroot "$0" "$@"')


def inside(*command):
    return ["unshare", "--mount", "sh", "-c", INSIDE, ROOT, *command]


def within(*command, seconds=300):
    return run(*inside(*command), seconds=seconds)


def apt(*words):
    return within("apt-get", "-y", "-q", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0", "-o", "Dpkg::Options::=--force-confdef",
                  "-o", "Dpkg::Options::=--force-confold", *words, seconds=600)


def weir(*words):
    return within("setpriv", "--reuid", "weir", "--regid", "weir", "--init-groups", "weir", *words)


class Node:
    """Started as the unit says: its command, its user, its mask."""

    def __init__(self):
        self.process = None
        atexit.register(self.stop)

    def start(self, good=True):
        unit = dict(re.findall(r"^(\w+)=(.*)$", read("/lib/systemd/system/weir.service"), re.M))
        with open(os.path.join(TOP, "node"), "ab") as log:
            self.process = subprocess.Popen(
                inside("sh", "-c", 'umask $0; exec "$@"', unit["UMask"], "setpriv", "--reuid", unit["User"], "--regid", unit["Group"],
                       "--init-groups", "--pdeathsig", "KILL", *shlex.split(unit["ExecStart"])),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for _ in range(200):
            if self.process.poll() is not None:
                break
            if good and weir("receipts", "--count").returncode == 0:
                return
            time.sleep(0.1)
        if good:
            check("the node starts", False, self.said())
            sys.exit(1)

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def said(self):
        with open(os.path.join(TOP, "node"), encoding="utf-8", errors="replace") as f:
            return f.read()[-2000:]


def counts():
    return [weir(what, "--count").stdout.strip() for what in ("receipts", "events", "findings", "notices")]


def version():
    db = sqlite3.connect(f"file:{below('/var/lib/weir/state.db')}?mode=ro", uri=True)
    n, = db.execute("pragma user_version").fetchone()
    db.close()
    return n


def owned(path):
    p = within("stat", "-c", "%U:%G %a", path)
    return p.stdout.strip()


def installs(node, package):
    p = apt("install", package)
    check("it installs", p.returncode == 0 and "install ok installed" in within("dpkg", "-s", "weir").stdout, p.stdout + p.stderr)
    if failed:
        sys.exit(1)
    check("the user", within("getent", "passwd", "weir").stdout.split(":")[5:] == ["/var/lib/weir", "/usr/sbin/nologin\n"])
    check("the state is the user's alone", owned("/var/lib/weir") == "weir:weir 750", owned("/var/lib/weir"))
    check("the configuration is for root and the node", owned("/etc/weir") == "root:weir 750", owned("/etc/weir"))
    # Debian packs what is longer than 4 KiB
    check("manual and completion", all(os.path.exists(below("/usr/share/" + f)) or os.path.exists(below(f"/usr/share/{f}.gz")) for f in (
        "man/man1/weir.1", "man/man1/weir-take.1", "bash-completion/completions/weir", "doc/weir/package.md")))
    conf = {os.path.relpath(os.path.join(d, f), os.path.join(TREE, "conf")) for d, _, names in os.walk(os.path.join(TREE, "conf")) for f in names}
    kept = within("dpkg-query", "-W", "-f", "${Conffiles}", "weir").stdout.split()[::2]
    check("each file of conf is a conffile", {"/etc/weir/" + f for f in conf} == set(kept), set(kept) ^ {"/etc/weir/" + f for f in conf})
    check("the configuration as it comes is good", weir("check", "--conf", "/etc/weir").returncode == 0)
    unit_is_good()
    node.start()
    check("and a node runs on it", weir("status").returncode == 0, weir("status").stdout)
    check("of which nothing has to start again", "again" not in node.said(), node.said())
    check("which stops", node.stop() == 0, node.said())


def unit_is_good():
    if not shutil.which("systemd-analyze"):
        print("not looked at: the unit; 'systemd-analyze' is not installed")
        return
    folder = os.path.join(TOP, "units")
    os.mkdir(folder)
    for name in ("weir.service", "weir.socket"):
        # the program and its manual lie elsewhere on this machine
        text = read("/lib/systemd/system/" + name).replace("=/usr/bin/weir", "=" + below("/usr/bin/weir"))
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(re.sub(r"^Documentation=.*\n", "", text, flags=re.M))
    p = run("systemd-analyze", "verify", *(os.path.join(folder, n) for n in ("weir.service", "weir.socket")))
    check("systemd finds no fault with the units", p.returncode == 0 and "weir" not in p.stderr, p.stderr)


def works(node):
    """As an administrator sets it up: edited, deleted and own files."""
    edit("/etc/weir/weir.yaml", "#country: LA", "country: XA\nmail:\n  from: cert@cert.example\n  mode: hold")
    shutil.copy(os.path.join(TREE, "examples/country/owners.csv"), below("/etc/weir/owners.csv"))
    os.unlink(below("/etc/weir/rules/20-open-services.yaml"))
    with open(below("/etc/weir/mail.password"), "w", encoding="utf-8") as f:
        f.write("word\n")
    node.start()
    p = weir("take", "--wait", "/usr/share/weir/examples/reports/2026-01-05-scan_rdp-example-geo.csv")
    check("a report is taken", p.returncode == 0 and "12 records: 10 with events, 2 set aside" in p.stdout, p.stdout + p.stderr)
    got = counts()
    check("with findings and letters", got[:2] == ["1", "10"] and int(got[2]) > 0 and int(got[3]) > 0, got)
    return got


def upgrades(node, package, before):
    edited = read("/etc/weir/weir.yaml")
    p = apt("install", package)
    check("it upgrades while the node runs", p.returncode == 0 and within("dpkg-query", "-W", "-f", "${Version}", "weir").stdout.endswith(HIGHER),
          p.stdout + p.stderr)
    check("which goes on", counts() == before, counts())
    check("what was edited stays", read("/etc/weir/weir.yaml") == edited)
    check("beside the new words", "newer package" in read("/etc/weir/weir.yaml.dpkg-dist"))
    check("what was not touched is new", "newer package" in read("/etc/weir/rules/90-everything-else.yaml"))
    check("what was deleted stays away", not os.path.exists(below("/etc/weir/rules/20-open-services.yaml")))
    check("what was laid beside it stays", read("/etc/weir/mail.password") == "word\n")
    check("its mode too", owned("/etc/weir") == "root:weir 750")
    # what the package does where systemd runs
    check("the old node stops", node.stop() == 0, node.said())
    check("tables are of the old version until the new node starts", version() == int(LAST), version())
    node.start()
    check("tables are of the new version", version() == int(NEXT), version())
    check("a copy of the old is kept", owned(f"/var/lib/weir/state.db.{LAST}").startswith("weir:weir"))
    check("nothing is lost or doubled", counts() == before, counts())
    p = weir("take", "--wait", "/usr/share/weir/examples/reports/sinkhole.json")
    check("the new node takes reports", p.returncode == 0, p.stdout + p.stderr)
    p = weir("check", "--deep")
    check("all that it keeps agrees", p.returncode == 0, p.stdout + p.stderr)


def goes_back(node, package, before):
    """By the commands of docs/package.md; those for systemd are done by hand."""
    with open(os.path.join(TREE, "docs/package.md"), encoding="utf-8") as f:
        block = re.search(r"^## Back to .*?^```sh\n(.*?)^```", f.read(), re.M | re.S).group(1)
    check("the page says how to go back", block.count("\n") > 5 and block.startswith("systemctl stop weir\n"), block)
    node.stop()
    p = apt("install", "--allow-downgrades", package)
    check("the older package installs over the newer", p.returncode == 0, p.stdout + p.stderr)
    node.start(good=False)
    check("the older node refuses the newer file with a sentence",
          node.process.wait(60) == 1 and "was written by a newer Weir" in node.said() and version() == int(NEXT), node.said())
    words = "".join(line + "\n" for line in block.splitlines() if not line.startswith(("systemctl", "apt-get")))
    p = within("sh", "-eux", "-c", words.replace("state.db.001", f"state.db.{LAST}"))
    check("the words of the page can be followed", p.returncode == 0, p.stderr)
    node.start()
    check("the older node has what it had before", version() == int(LAST) and counts() == before, counts())
    p = weir("take", "--wait", "/usr/share/weir/examples/reports/sinkhole.json")
    check("takes the report of the newer again", p.returncode == 0 and "R2 done" in p.stdout, p.stdout + p.stderr)
    p = weir("check", "--deep")
    check("and agrees with itself", p.returncode == 0, p.stdout + p.stderr)
    check("it stops", node.stop() == 0, node.said())


def goes_away(node, package):
    before = sorted(os.listdir(below("/var/lib/weir")))
    p = apt("remove", "weir")
    check("it is removed", p.returncode == 0 and not os.path.exists(below("/usr/bin/weir")), p.stdout + p.stderr)
    check("the configuration stays", "country: XA" in read("/etc/weir/weir.yaml"))
    check("and the state", sorted(os.listdir(below("/var/lib/weir"))) == before)
    check("it installs again", apt("install", package).returncode == 0)
    node.start()
    check("and goes on where it was", counts()[0] == "2" and "country: XA" in read("/etc/weir/weir.yaml"), counts())
    node.stop()
    p = apt("purge", "weir")
    check("it is purged", p.returncode == 0 and not os.path.exists(below("/etc/weir")), p.stdout + p.stderr)
    check("the state stays, said aloud", os.path.exists(below("/var/lib/weir/state.db")) and "/var/lib/weir stays" in p.stdout, p.stdout)


def cleared():
    shutil.rmtree(TOP, ignore_errors=True)


atexit.register(cleared)
atexit.register(end_all)
said = []
thread = threading.Thread(target=lambda: said.append(bare()), daemon=True)
thread.start()
old = built(TREE, os.path.join(TOP, "old"))
new = built(newer_tree(), os.path.join(TOP, "new"))
thread.join()
if said != [None]:
    skip(said[0] if said else "no bare system can be laid out here")
shutil.copy(old, below("/old.deb"))
shutil.copy(new, below("/new.deb"))
if apt("update", "--error-on=any").returncode != 0:
    skip(f"the Debian mirror {SITE} has become unreachable")
a_node = Node()
installs(a_node, "/old.deb")
had = works(a_node)
upgrades(a_node, "/new.deb", had)
goes_back(a_node, "/old.deb", had)
goes_away(a_node, "/old.deb")
print(f"{passed} passed, {len(failed)} failed")
sys.exit(1 if failed or not passed else 0)
