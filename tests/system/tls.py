# SPDX-License-Identifier: Apache-2.0
"""The pages over TLS: a certificate that the node makes, one from the configuration, what is refused, and cookies that a plain
connection never carries."""
import os
import re
import shutil
import signal
import socket
import ssl
import stat
import time
import warnings

from accounts import Browser, Person, csrf_of
from browsing import good_page
from node import EXAMPLES, Node
from program import PATIENCE, check, end, free_port, path

CONF = path("conf")


warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.1, which is what is tried
PORT = free_port()
NAME = f"node.cert.example:{PORT}"


def configure(**pages):
    shutil.rmtree(CONF, ignore_errors=True)
    shutil.copytree(os.path.join(EXAMPLES, "country"), CONF)
    with open(os.path.join(CONF, "weir.yaml"), encoding="utf-8") as f:
        kept = [line for line in f if not line.startswith("sample")]
    with open(os.path.join(CONF, "weir.yaml"), "w", encoding="utf-8") as f:
        f.write("".join(kept) + "\npages:\n" + "".join(f"  {k}: {v}\n" for k, v in pages.items()))


def context(cafile):
    c = ssl.create_default_context(cafile=cafile)
    return c


def fingerprint(node):
    return re.search(r"SHA-256 ([0-9A-F:]{95})", node.run("people", "tls").stdout.decode()).group(1)


def served():
    """The fingerprint that a stranger is shown."""
    c = ssl.create_default_context()
    c.check_hostname, c.verify_mode = False, ssl.CERT_NONE
    for _ in range(100):
        try:
            with c.wrap_socket(socket.create_connection(("127.0.0.1", PORT), timeout=30)) as s:
                return s.getpeercert(True)
        except OSError:
            time.sleep(0.05)
    return None


def own():
    configure(listen=f'"127.0.0.1:{PORT}"', tls="true", names="[node.cert.example]")
    node = Node("own", "--conf", CONF, "--dry-run").start()
    folder = os.path.join(node.state, "pages")
    mode = stat.S_IMODE(os.stat(os.path.join(folder, "key.pem")).st_mode)
    check("the key is its owner's alone", mode == 0o600 and stat.S_IMODE(os.stat(folder).st_mode) == 0o700, oct(mode))
    check("the fingerprint is said", fingerprint(node) in node.said())
    tls = context(os.path.join(folder, "certificate.pem"))
    base = "https://" + NAME
    stranger = Browser(base, tls=tls)
    check("nobody has an account", "people add" in good_page("a stranger", stranger.get("/"), 403))
    p = node.run("people", "link")
    check("a country of one's own has no link of the sample", p.returncode != 0 and b"people add" in p.stderr, p.stderr)
    p = node.run("people", "add", "dara", "--roles", "admin")
    address = p.stdout.decode().strip()
    check("the link is https", address.startswith(base + "/enter/"), address)
    dara, b = Person("dara"), Browser(base, tls=tls)
    _, answer = dara.enrol(b, address)
    cookies = answer[2]["all cookies"]
    check("cookies of TLS", len(cookies) == 2 and all(c.startswith(("__Host-weir=", "__Host-weir-device=")) and "; Secure" in c and "HttpOnly" in c and "Domain" not in c
                                                      for c in cookies), cookies)
    good_page("he is in", b.get("/people"))
    plain = Browser(base, tls=tls)
    plain.cookies["weir"] = b.cookies["__Host-weir"]
    good_page("a cookie of a plain page is none here", plain.get("/people"), 403)
    check("another name is refused", b.ask("GET", "/", Host="other.example:%d" % PORT)[0] == 421)
    check("nor a form from the plain address", b.post("/leave", {"csrf": csrf_of(b.get("/account")[1])}, Origin=f"http://{NAME}")[0] == 403)
    check("a form from this one is taken", b.form("/account/close", {"id": "others"})[0] == 303)
    old = ssl.create_default_context()
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.minimum_version, old.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, ssl.TLSVersion.TLSv1_1
    try:
        old.wrap_socket(socket.create_connection(("127.0.0.1", PORT), timeout=30)).close()
        check("TLS 1.1 is refused", False)
    except (ssl.SSLError, ConnectionError):
        check("TLS 1.1 is refused", True)
    with socket.create_connection(("127.0.0.1", PORT), timeout=30) as s:
        s.sendall(b"GET /enter HTTP/1.1\r\nHost: " + NAME.encode() + b"\r\n\r\n")
        try:
            check("a plain request gets no page", b"<html" not in s.recv(4096))
        except ConnectionError:
            check("a plain request gets no page", True)
    before = fingerprint(node)
    check("the node stops", node.stop() == 0)
    node.start()
    check("the certificate stays", fingerprint(node) == before)
    good_page("and the visit too", b.get("/account"))
    node.stop()
    configure(listen=f'"127.0.0.1:{PORT}"', tls="true", names="[node.cert.example, other.cert.example]")
    node.start()
    check("another name is another certificate", fingerprint(node) != before)
    return node, folder


def by_file(node, folder):
    certificate, key = path("c.pem"), path("k.pem")
    shutil.copy(os.path.join(folder, "certificate.pem"), certificate)
    shutil.copy(os.path.join(folder, "key.pem"), key)
    first = fingerprint(node)
    node.stop()
    configure(listen=f'"127.0.0.1:{PORT}"', names="[node.cert.example]", certificate=certificate, key=key)
    shutil.rmtree(folder)
    node.start()
    check("the certificate of the file is served", fingerprint(node) == first and not os.path.exists(folder))
    answer = Browser("https://" + NAME, tls=context(certificate)).get("/enter")
    check("browsers never come back without TLS", "max-age" in answer[2].get("Strict-Transport-Security", ""), answer[2])
    # another one is laid down, and the node is told
    other = Node("other", "--conf", path("conf-other"), "--dry-run")
    shutil.copytree(CONF, path("conf-other"))
    with open(path("conf-other/weir.yaml"), encoding="utf-8") as f:
        text = f.read().split("\npages:")[0]
    with open(path("conf-other/weir.yaml"), "w", encoding="utf-8") as f:
        f.write(text + f'\npages:\n  listen: "127.0.0.1:{free_port()}"\n  tls: true\n')
    other.start()
    second = fingerprint(other)
    made = os.path.join(other.state, "pages")
    was = served()
    shutil.copy(os.path.join(made, "certificate.pem"), certificate)
    node.process.send_signal(signal.SIGHUP)
    until = time.monotonic() + PATIENCE
    while "do not belong together" not in node.said() and time.monotonic() < until:
        time.sleep(0.05)
    check("a certificate without its key is refused, and the old one stays", "do not belong together" in node.said() and served() == was)
    shutil.copy(os.path.join(made, "key.pem"), key)
    node.process.send_signal(signal.SIGHUP)
    until = time.monotonic() + PATIENCE
    while served() == was and time.monotonic() < until:
        time.sleep(0.05)
    check("with its key it is served", fingerprint(node) == second and served() != was)
    other.stop()
    node.stop()


def refused():
    def starts(**pages):
        configure(**pages)
        node = Node("refused", "--conf", CONF, "--dry-run")
        try:
            node.start()
        except SystemExit as e:
            return str(e)
        node.stop()
        return ""

    text = starts(listen="8470")
    check("an address without one", "listen" in text, text)
    text = starts(listen=f'"192.0.2.77:{PORT}"')
    check("an address of another machine", "192.0.2.77" in text, text)
    text = starts(listen=f'"127.0.0.1:{PORT}"', certificate=path("nothing.pem"), key=path("nothing.pem"))
    check("a file that is not there", "nothing.pem" in text, text)
    # beyond this machine there is nothing without TLS, whatever is written
    configure(listen=f'"0.0.0.0:{PORT}"', tls="false", names="[node.cert.example]")
    node = Node("wide", "--conf", CONF, "--dry-run").start()
    check("beyond loopback it is TLS", b"https://" in node.run("people", "tls").stdout and served() is not None)
    node.stop()


by_file(*own())
refused()
end()
