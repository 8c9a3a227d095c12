# SPDX-License-Identifier: Apache-2.0
"""Peak memory of the program and of its readers on reports that are larger than it: each at most 64 MiB. For
release builds; a sanitizer needs more by its nature. The reports are made on the way and never on disk."""
import base64
import itertools
import json
import os
import subprocess
import time
import zlib

from program import FOLDER, WEIR, check, end

LIMIT_MIB = 64
COLUMNS = ("timestamp,ip,port,protocol,asn,geo,region,city,hostname,type,infection,url,agent,cc,cc_port,cc_asn,cc_geo,cc_dns,count,proxy,"
           "application,p0f_genre,p0f_detail,machine_name,id,naics,sic,cc_naics,cc_sic,sector,cc_sector,ssl_cipher,family,tag,public_source,severity")


def row(n):
    return (f"2026-01-05 00:{n // 60 % 60:02d}:{n % 60:02d},192.0.2.{n % 250},{1024 + n},tcp,64500,LA,VIENTIANE,VIENTIANE,host{n}.example.com,"
            f"sinkhole,example,/login.php?x={n},Mozilla/5.0 (X11; Linux x86_64),198.51.100.7,443,64501,DE,c2.example.net,{n},,http,Linux,3.11 and newer,"
            f"PC-{n},{n:032x},517311,0,518210,0,Communications,Information,TLS_AES_128,mirai,botnet,sensor,high\n").encode()


def run(what, pieces, *options, said="", status=0, rows=None):
    """Feeds the pieces to the program; counts the lines that come out and measures."""
    started = time.monotonic()
    with open(os.path.join(FOLDER, "err"), "wb") as err:
        counter = subprocess.Popen(["wc", "-l"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        weir = subprocess.Popen([WEIR, "read", "--conf", FOLDER, *options, "-"], stdin=subprocess.PIPE, stdout=counter.stdin, stderr=err)
        counter.stdin.close()
        try:
            for piece in pieces:
                weir.stdin.write(piece)
            weir.stdin.close()
        except BrokenPipeError:
            pass
        _, code, usage = os.wait4(weir.pid, 0)
        weir.returncode = os.waitstatus_to_exitcode(code)
        lines = int(counter.stdout.read())
        counter.wait()
    with open(os.path.join(FOLDER, "err"), encoding="utf-8") as err:
        words = err.read(2000)
    mib = usage.ru_maxrss / 1024
    print(f"{what}: {mib:.0f} MiB, {lines} events, {time.monotonic() - started:.0f} s, {words.splitlines()[:1]}", flush=True)
    check(f"{what}: memory", mib <= LIMIT_MIB, f"{mib:.0f} MiB")
    check(f"{what}: status", weir.returncode == status, f"{weir.returncode}: {words}")
    check(f"{what}: events", rows is None or lines == rows, f"{lines}, expected {rows}")
    check(f"{what}: sentence", said in words, words)


def encoded(data, times):
    """A mail whose attachment is the data, that many times, in base64. Its length is a multiple of 57."""
    head = ("From: a@example.org\nTo: b@example.org\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n"
            "Content-Type: text/csv; name=r.csv\nContent-Transfer-Encoding: base64\n\n")
    assert len(data) % 57 == 0
    names = (COLUMNS + "\n").encode()
    first = names + b"\n" * (-len(names) % 57)  # empty lines fill up
    return itertools.chain([head.encode(), base64.encodebytes(first)], itertools.repeat(base64.encodebytes(data), times), [b"--bb--\n"])


def bomb(kind):
    shrink = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = shrink.compress(b"a" * (1 << 20)) + shrink.flush(zlib.Z_FULL_FLUSH)
    again = shrink.compress(b"a" * (1 << 20)) + shrink.flush(zlib.Z_FULL_FLUSH)
    head = {"gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\xff",
            "zip": b"PK\3\4\x14\0\x08\0\x08\0\0\0\0\0" + bytes(12) + b"\5\0\0\0a.csv"}[kind]
    return itertools.chain([head, first], itertools.repeat(again, 10240))


def main():
    block = b"".join(row(n) for n in range(4000))
    block += b"\n" * (-len(block) % 57)
    times = (512 << 20) // len(block) + 1
    run("512 MB of rows", itertools.chain([COLUMNS.encode() + b"\n"], itertools.repeat(block, times)), "--format", "csv", rows=4000 * times)
    names = b"source.ip,source.port,time.source\n"
    good = b"192.0.2.1,80,2026-01-01T00:00:00Z\n"
    run("a line of 256 MB", itertools.chain([names, good], itertools.repeat(b"a" * (1 << 20), 256), [b"\n", good]), "--format", "csv", rows=2,
        said=":3: ")
    run("a quoted field of 256 MB", itertools.chain([names, good, b'"'], itertools.repeat(b"a" * (1 << 20), 256), [b'",1,2\n', good]),
        "--format", "csv", rows=2, said=":3: ")
    run("a quote that stays open for 4 MB", itertools.chain([names, good, b'"'], itertools.repeat(b"a\n" * (1 << 19), 4)), "--format", "csv",
        rows=1, said=":3: a quote that opens in this row is not closed")
    run("256 MB without a line end as a list", itertools.repeat(b"192.0.2.1 " * 100000, 256), "--format", "list")
    run("a mail with 128 MB", encoded(block, (128 << 20) // len(block)), "--format", "csv", rows=4000 * ((128 << 20) // len(block)))
    run("a mail with one line of 128 MB", itertools.chain([b"From: a@b\nTo: c@d\nSubject: x\n\n"], itertools.repeat(b"a" * (1 << 20), 128)),
        said="no attachment")
    for kind in ("gzip", "zip"):
        run(f"10 GB in a {kind}", bomb(kind), status=1, said="")
    doc = json.dumps({"xarf_version": "4", "timestamp": "2026-01-01T00:00:00Z", "source_identifier": "192.0.2.1", "category": "connection",
                      "type": "ddos"}).encode()
    many = (31 << 20) // (len(doc) + 2)
    run("a document of 31 MiB", itertools.chain([b"[", doc], itertools.repeat(b",\n" + doc, many - 1), [b"]"]), "--format", "xarf", rows=many)
    run("a document of 64 MiB", itertools.chain([b"[", doc], itertools.repeat(b",\n" + doc, 2 * many), [b"]"]), "--format", "xarf", status=1,
        said="may have at most")
    run("nesting of 100 million", itertools.repeat(b"[" * (1 << 20), 100), "--format", "ndjson", said="", status=1)


main()
end()
