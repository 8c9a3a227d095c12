# SPDX-License-Identifier: Apache-2.0
"""Requests as attackers send them, against a server of src/web/http* alone (http_server.c). Each gets its status and its
sentence, or its end; all the while an ordinary request is answered within a second, and the server's memory stays flat."""
import os
import re
import resource
import select
import socket
import subprocess
import sys
import threading
import time

sys.argv[1] = os.path.abspath(sys.argv[1])
from program import check, end  # noqa: E402

# two thousand sockets
resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
SANITIZED = len(sys.argv) > 2
server = subprocess.Popen([sys.argv[1]], stdout=subprocess.PIPE)
PORT = int(server.stdout.readline())
HOST = f"127.0.0.1:{PORT}"
OWN = f"Host: {HOST}\r\n".encode()
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
MULTI = b"Content-Type: multipart/form-data; boundary=BBBB\r\n"


def connect(seconds=8):
    s = socket.create_connection(("127.0.0.1", PORT), timeout=seconds)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def hear(s):
    """All answers until the server ends the connection or is silent."""
    data = b""
    try:
        while True:
            piece = s.recv(65536)
            if not piece:
                return data, True
            data += piece
    except socket.timeout:
        return data, False
    except OSError:
        return data, True


def ask(request, seconds=8, step=0):
    """Sends, byte by byte where step is 1, and returns status, text, number of answers and whether it was closed."""
    s = connect(seconds)
    try:
        if step:
            for i in range(0, len(request), step):
                s.sendall(request[i:i + step])
                time.sleep(0.0002)
        else:
            s.sendall(request)
    except OSError:
        pass  # refused before all was said
    data, closed = hear(s)
    s.close()
    m = re.match(rb"HTTP/1\.1 (\d+)", data)
    return int(m.group(1)) if m else 0, data.split(b"\r\n\r\n")[-1].decode("utf-8", "replace"), len(re.findall(rb"HTTP/1\.1 \d", data)), closed


def refused(what, request, status, words, **how):
    got = ask(request, **how)
    check(f"{what}: refused with a sentence, and no second answer", got[0] == status and words in got[1] and got[3] and got[2] == 1, got)


def taken(what, request, words, **how):
    got = ask(request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1), **how)
    check(f"{what}: taken", got[0] == 200 and words in got[1], got)


def get(target=b"/", more=b"", host=OWN, version=b"HTTP/1.1", method=b"GET"):
    return method + b" " + target + b" " + version + b"\r\n" + host + more + b"\r\n"


def post(body, more=FORM, path=b"/form", length=None):
    return b"POST " + path + b" HTTP/1.1\r\n" + OWN + more + b"Content-Length: %d\r\n\r\n" % (len(body) if length is None else length) + body


def memory():
    with open(f"/proc/{server.pid}/status", encoding="ascii") as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1)) / 1024


def poll_of(s):
    p = select.poll()
    p.register(s, select.POLLIN)
    return p.poll(0)


class Meanwhile(threading.Thread):
    """An ordinary reader: a request each 50 ms, a new connection each. It asks a server that nobody attacks too: how long that takes is
    how busy the machine is."""

    def __init__(self):
        super().__init__(daemon=True)
        self.quiet = subprocess.Popen([sys.argv[1]], stdout=subprocess.PIPE)
        self.port, self.calm = int(self.quiet.stdout.readline()), 0
        self.longest, self.n, self.bad, self.peak, self.over = 0, 0, [], 0, threading.Event()

    def run(self):
        while not self.over.wait(0.05):
            started = time.monotonic()
            try:
                got = ask(get(b"/ordinary", b"Connection: close\r\n"))
            except OSError as e:
                got = (0, str(e))
            self.longest = max(self.longest, time.monotonic() - started)
            started = time.monotonic()
            with socket.create_connection(("127.0.0.1", self.port), timeout=60) as s:
                s.sendall(get(b"/ordinary", b"Connection: close\r\n", f"Host: 127.0.0.1:{self.port}\r\n".encode()))
                hear(s)
            self.calm = max(self.calm, time.monotonic() - started)
            self.peak = max(self.peak, memory())
            self.n += 1
            if got[0] != 200:
                self.bad.append(got)


taken("an ordinary request", get(b"/a/b?c=d", b"Cookie: weir=AbC\r\n"), "ok /a/b AbC")
taken("the other name", get(host=f"Host: LocalHost:{PORT}\r\n".encode()), "ok /")
before = memory()
reader = Meanwhile()
reader.start()

# ---- smuggling: what two programs could read differently -------------------------------------------------------------
INNER = get(b"/smuggled")
LAID = "a line of the header is folded"
for what, head, status, words in [
        ("length and coding", b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400, "exclude each other"),
        ("coding and length", b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 400, "exclude each other"),
        ("two lengths", b"Content-Length: 0\r\nContent-Length: 44\r\n", 400, "is there twice"),
        ("the same length twice", b"Content-Length: 0\r\nContent-Length: 0\r\n", 400, "is there twice"),
        ("two codings", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", 400, "is there twice"),
        ("another coding", b"Transfer-Encoding: gzip, chunked\r\n", 501, "chunked is the one"),
        ("a coding that looks like it", b"Transfer-Encoding: xchunked\r\n", 501, "chunked is the one"),
        ("a control character before the coding", b"Transfer-Encoding: \x0bchunked\r\n", 400, "control character"),
        ("a blank before the colon", b"Transfer-Encoding : chunked\r\n", 400, "is no token"),
        ("a tab before the colon", b"Content-Length\t: 5\r\n", 400, "is no token"),
        ("a folded coding", b"Transfer-Encoding:\r\n chunked\r\n", 400, LAID),
        ("a folded length", b"Content-Length: 1\r\n 1\r\n", 400, LAID),
        ("a line folded by a tab", b"X: a\r\n\tContent-Length: 5\r\n", 400, "is no token"),
        ("a fold and line feeds that make up for it", b"X: a\r\n b\r\nY:c\nZ:d\nW:e\n", 400, LAID),
        ("a line feed alone", b"X: a\nContent-Length: 5\r\n", 400, LAID),
        ("a line feed at the end alone", b"X: a\n", 400, LAID),
        ("a carriage return alone", b"X: a\rContent-Length: 5\r\n", 400, "control character"),
        ("NUL in a value", b"X: a\0b\r\n", 400, LAID),
        ("a name that is none", b"X(Y): a\r\n", 400, "is no token"),
        ("an escape in a value", b"X: \x1b[2J\r\n", 400, "control character")]:
    refused(what, b"POST /form HTTP/1.1\r\n" + OWN + FORM + head + b"\r\n" + b"0\r\n\r\n" + INNER, status, words)
refused("the first line ends in a line feed", b"GET / HTTP/1.1\n" + OWN + b"\r\n" + INNER, 400, LAID)
refused("all lines end in a line feed", get().replace(b"\r", b""), 400, LAID)
refused("a first line that is folded", b"GET / HTTP/1.1\r\n X: a\r\n" + OWN + b"\r\n", 400, "is no token")
refused("coding in HTTP/1.0", post(b"", b"Transfer-Encoding: chunked\r\n").replace(b"1.1", b"1.0").replace(b"Content-Length: 0\r\n", b""), 400, "HTTP/1.0")
refused("a body of a GET", get(more=b"Content-Length: %d\r\n" % len(INNER)) + INNER, 400, "has no body")
refused("a chunked body of a GET", get(more=b"Transfer-Encoding: chunked\r\n") + b"0\r\n\r\n" + INNER, 400, "has no body")
for length in (b"+5", b"-1", b"5, 5", b"0x5", b"", b"99999999999999999999"):
    got = ask(b"POST /form HTTP/1.1\r\n" + OWN + FORM + b"Content-Length: " + length + b"\r\n\r\n" + INNER)
    check(f"the length {length}: the library refuses", got[0] in (400, 413) and got[3] and "ok" not in got[1], got)
got = ask(b"POST /form HTTP/1.1\r\n" + OWN + FORM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + INNER)
check("a chunk without a size: the library refuses", got[0] == 400 and got[3] and got[2] == 1, got)

# ---- the first line, Host ---------------------------------------------------------------------------------------------
for target, words in [(b"/a%00b", "control character"), (b"/a%0d%0aX:y", "control character"), (b"/a\x01b", "control character"),
                      (b"/../etc/passwd", '".."'), (b"/a/%2e%2e/b", '".."'), (b"/a/.%2E", '".."'), (b"/a%2f..%2fb", "escaped slash"),
                      (b"/a%5c..%5cb", "escaped slash"), (b"//x.example/", "empty segment"), (b"/a?b=%00", "control character"),
                      (b"/a%zz", "broken escape"), (b"/a%C0%AE", "no UTF-8"), (b"/\xff", "must be escaped"), (b"/a#b", "must be escaped"),
                      (b"/<script>", "must be escaped"), (b"http://x.example/", "begins with one slash"),
                      (b"*", "begins with one slash"), (b"x.example:80", "begins with one slash")]:
    refused(f"the target {target}", get(target) + INNER, 400, words)
refused("NUL in the target", get(b"/a\0b") + INNER, 400, LAID)
refused("a long target", get(b"/" + b"a" * 9000), 414, "longer than 8192 bytes")
for method in (b"PUT", b"DELETE", b"TRACE", b"OPTIONS", b"CONNECT", b"get", b"G(T"):
    refused(f"the method {method}", get(method=method), 405, "GET, HEAD and POST")
check("405 says what is allowed", b"Allow: GET, HEAD, POST" in (lambda s: (s.sendall(get(method=b"PUT")), hear(s)[0])[1])(connect()))
for what, request in [("an answer", get(more=b"Connection: close\r\n")), ("a refusal", get(b"/%00"))]:
    s = connect()
    s.sendall(request)
    data = hear(s)[0]
    for words in (b"frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'\r\n", b"\r\nX-Content-Type-Options: nosniff\r\n",
                  b"\r\nReferrer-Policy: same-origin\r\n", b"\r\nCross-Origin-Opener-Policy: same-origin\r\n", b"\r\nCache-Control: no-store\r\n"):
        check(f"{what} carries {words}", words in data, data)
refused("HTTP/1.2", get(version=b"HTTP/1.2"), 505, "are spoken here")
for version in (b"HTTP/2.0", b"HTTP/1.10", b"http/1.1", b"HTTP/1", b""):
    got = ask(get(version=version))
    check(f"the version {version}: refused", got[0] in (0, 400, 505) and got[3] and "ok" not in got[1], got)
for host, status, words in [(b"Host: rebound.example\r\n", 421, "not a name of this node"), (b"Host: 127.0.0.1\r\n", 421, "not a name"),
                            (b"Host: 127.0.0.1:1\r\n", 421, "not a name"), (OWN + OWN, 400, "is there twice"),
                            (OWN + b"Host: rebound.example\r\n", 400, "is there twice"), (b"Host: \r\n", 400, "whom it is for")]:
    refused(f"{host}", get(host=host), status, words)
refused("no Host in HTTP/1.0", get(host=b"", version=b"HTTP/1.0"), 400, "whom it is for")

# ---- bombs ------------------------------------------------------------------------------------------------------------
refused("65 fields", get(more=b"X: y\r\n" * 64), 431, "more than 64")
for what, more in [("3,000 fields", b"X: y\r\n" * 3000), ("a field of 1 MB", b"X: " + b"y" * 1000000 + b"\r\n"),
                   ("a name of 70 kB", b"X" * 70000 + b": y\r\n")]:
    got = ask(get(more=more))
    check(f"{what}: refused or cut off", got[0] in (0, 431) and got[3] and "ok" not in got[1], got)
got = ask(get(b"/" + b"a" * 70000))
check("a target of 70 kB: refused or cut off", got[0] in (0, 414) and got[3], got)
taken("50 fields of 1,000 bytes, byte by byte of 97", get(b"/large", b"".join(b"X-%d: %s\r\n" % (i, b"y" * 1000) for i in range(50))), "ok /large", step=97)

# ---- another origin, cookies ------------------------------------------------------------------------------------------
taken("a form of the own page", post(b"a=1&b=x+y", FORM + f"Origin: http://{HOST}\r\nSec-Fetch-Site: same-origin\r\n".encode()), "a=1\nb=x y\nok /form")
for more in (b"Origin: http://x.example\r\n", b"Origin: null\r\n", f"Origin: https://{HOST}\r\n".encode(), f"Origin: http://{HOST}.example\r\n".encode(),
             b"Sec-Fetch-Site: cross-site\r\n", b"Sec-Fetch-Site: same-site\r\n", f"Origin: http://{HOST}\r\nSec-Fetch-Site: cross-site\r\n".encode()):
    refused(f"a form with {more}", post(b"a=1", FORM + more), 403, "another origin")
refused("two origins", post(b"a=1", FORM + f"Origin: http://{HOST}\r\nOrigin: http://x.example\r\n".encode()), 400, "is there twice")
refused("a form in text/plain", post(b"a=1", b"Content-Type: text/plain\r\n"), 415, "media type")
for cookie, words in [(b"Cookie: weir=a; weir=b\r\n", "is there twice"), (b"Cookie: weir=a b\r\n", "is damaged"), (b"Cookie: weir=a\r\nCookie: weir=b\r\n", "is there twice")]:
    refused(f"{cookie}", get(more=cookie), 400, words)
taken("cookies of others", get(more=b"Cookie: x={\"a\", 1}; weird=1; weir=ours\r\n"), "ok / ours")
for body in (b"a=%", b"a=%00", b"a=%E9"):
    refused(f"the form {body}", post(body), 400, "broken escape")
refused("a form of 65 fields", post(b"a=1&" * 65), 400, "more than 64 fields")
refused("a form of 65 kB", post(b"a=" + b"1" * 65536), 413, "larger than this path takes")

# ---- pipelined requests -----------------------------------------------------------------------------------------------
data = ask(b"".join(get(b"/%d" % i) for i in range(50)) + get(b"/last", b"Connection: close\r\n"))
check("51 pipelined requests: all answered", data[2] == 51 and data[0] == 200 and "/last" in data[1], data)
data = ask(get(b"/1") + get(b"/2") + get(b"/%00") + get(b"/4") * 20)
check("the third of many is bad: nothing behind it is read", data[2] == 3 and data[3] and "control" in data[1], data)

# ---- uploads ----------------------------------------------------------------------------------------------------------
FILE = b'Content-Disposition: form-data; name="file"; filename="%s"\r\nContent-Type: text/csv\r\n\r\n%s'
FIELD = b'Content-Disposition: form-data; name="%s"\r\n\r\n%s'


def parts(*all_parts, last=b"--BBBB--\r\n"):
    return b"".join(b"--BBBB\r\n" + p + b"\r\n" for p in all_parts) + last


def upload(body, length=None):
    return post(body, MULTI, b"/upload", length)


BODY = parts(FIELD % (b"csrf", b"abc"), FILE % (b"C:\\in\\../a.csv", b"1,2\r\n--BBBx\r\n3"))
for step in (0, 1, 7):
    taken(f"an upload in pieces of {step or 'all'}", upload(BODY), "csrf=abc\na.csv 14\n", step=step)
taken("an empty file", upload(parts(FILE % ("ລາຍງານ.csv".encode(), b""))), "ລາຍງານ.csv 0\n")
for what, body, words in [
        ("two files", parts(FILE % (b"a", b"1"), FILE % (b"b", b"2")), "one file"),
        ("a field behind the file", parts(FILE % (b"a", b"1"), FIELD % (b"b", b"2")), "behind it"),
        ("no file", parts(FIELD % (b"a", b"1")), "no file was chosen"),
        ("no file chosen", parts(FILE % (b"", b"")), "no file was chosen"),
        ("9 kB before the file", parts(FIELD % (b"a", b"1" * 9000), FILE % (b"a", b"1")), "too long or broken"),
        ("a name in Latin-1", parts(FILE % (b"\xe9", b"1")), "no UTF-8"),
        ("a name that is a folder", parts(FILE % (b"a/..", b"1")), "name is empty"),
        ("a coding of a part", parts((FILE % (b"a", b"1")).replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n")), "Content-Transfer"),
        ("no last boundary", parts(FILE % (b"a", b"1" * 99), last=b""), "ends before"),
        ("a head of a part without an end", parts(FILE % (b"a" * 70000, b"1")), "ends before")]:
    got = ask(upload(body), 2)
    check(f"an upload with {what}: refused", got[0] == 400 and words in got[1], got)
refused("1 GB by its length", upload(b"--BBBB\r\n", 1 << 30), 413, "larger than this path takes")
s = connect(60)
s.sendall(b"POST /upload HTTP/1.1\r\n" + OWN + MULTI + b"Transfer-Encoding: chunked\r\n\r\n")
sent, chunk = 0, b"100000\r\n" + (b"--BBBB\r\n" + FILE % (b"a", b"")).ljust(1 << 20, b"x") + b"\r\n"
try:
    while sent < 1 << 30:
        s.sendall(chunk)
        sent += 1 << 20
        chunk = b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"
except OSError:
    pass
check("1 GB in chunks: cut off a little above 64 MiB", 64 << 20 <= sent <= 80 << 20, sent)
s.close()
body = b"a=" + b"1" * 70000
refused("a form of 70 kB in one chunk", b"POST /form HTTP/1.1\r\n" + OWN + FORM + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n",
        413, "larger than this path takes")
# ---- slow and half open -----------------------------------------------------------------------------------------------
FLOOD = min(10000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 100)
resource.setrlimit(resource.RLIMIT_NOFILE, (FLOOD + 100, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
flood = []
for i in range(FLOOD):
    c = socket.socket()
    c.setblocking(False)
    c.connect_ex(("127.0.0.1", PORT))
    flood.append(c)
    if i % 3 == 0:
        try:
            c.send(b"GET / HTTP/1.1\r\nX: ")
        except OSError:
            pass
    # faster than a busy machine accepts, the kernel drops what does not fit its queue, ours and others'; what is answered came last
    if i % 10 == 0:
        ask(get(b"/clocks", b"Connection: close\r\n"))
time.sleep(1)
got = ask(get(b"/clocks", b"Connection: close\r\n"))
check(f"{FLOOD} half-open connections: as many are held as may wait", got[0] == 200 and int(got[1].split()[0]) < 200, got)
check(f"{FLOOD} half-open connections: memory", memory() - before < (300 if SANITIZED else 16), memory() - before)

began = time.monotonic()
slow = {"head": connect(), "body": connect(), "upload": connect()}
slow["body"].sendall(post(b"", length=1000))
slow["upload"].sendall(upload(b"", 1 << 20))
slow["short"] = connect()
slow["short"].sendall(post(b"a=1", length=10))
slow["short"].shutdown(socket.SHUT_WR)
slow["kept"] = connect()
slow["kept"].sendall(get())
LIMITS = {"head": (8, 13), "upload": (8, 13), "body": (28, 33), "short": (0, 33)}
if SANITIZED:
    LIMITS = {"head": (8, 16), "upload": (8, 16), "body": (28, 36), "short": (0, 36)}
started, ended = time.monotonic(), {}
while time.monotonic() - started < 36 and len(ended) < len(LIMITS):
    for name in LIMITS:
        if name in ended:
            continue
        try:
            if name != "short":
                slow[name].sendall(b"G" if name == "head" else b"a")
        except OSError:
            ended[name] = time.monotonic()
            continue
        if poll_of(slow[name]):
            try:
                alive = slow[name].recv(4096)
            except OSError:
                alive = b""
            check(f"a {name} that is not whole: no answer as if it were", b" 200 " not in alive, alive)
            if not alive:
                ended[name] = time.monotonic()
    time.sleep(0.5)
for name, (least, most) in LIMITS.items():
    at = ended.get(name, started + 999)
    check(f"a {name} that does not end: ended in time", at - began >= least and at - started <= most, (at - began, at - started))
slow["kept"].sendall(get(b"/again", b"Connection: close\r\n"))
check("a connection that is kept between requests is not ended with them", b"ok /again" in hear(slow["kept"])[0])
for c in flood:
    c.close()

reader.over.set()
reader.join()
check("an ordinary request is answered all the while", reader.n > 100 and not reader.bad, (reader.n, reader.bad[:3]))
reader.quiet.kill()
reader.quiet.wait()
check("within a second, as fast as the machine is", reader.longest < (3 if SANITIZED else 1) + 3 * reader.calm, (reader.longest, reader.calm))
check("memory stays flat", reader.peak - before < (300 if SANITIZED else 16) and memory() - before < (300 if SANITIZED else 8), (before, reader.peak, memory()))
check("the server lives", server.poll() is None, server.poll())
print(f"{reader.n} ordinary requests, the longest {reader.longest * 1000:.0f} ms; memory {before:.1f} MiB before, {reader.peak:.1f} at most, {memory():.1f} after; ended after { {name: round(at - began) for name, at in ended.items()} }")
server.kill()
server.wait()
end()
