# SPDX-License-Identifier: Apache-2.0
"""Every format, spoiled in the ways in which reports arrive spoiled or are made to harm: the program ends with
0 or 1, never without a sentence in the latter case, quickly, and no reader dies. What must not change anything
(a mark, UTF-16, line ends of other systems) changes nothing."""
import glob
import json
import os
import re

from program import Run, check, end, write

PAIRS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "read")
LINES = {"csv", "shadowserver", "list", "zeek", "abusech"}
JSON = {"ndjson", "intelmq", "eve", "n6", "idea", "xarf", "misp", "stix"}
DOCUMENTS = {"misp", "stix"}
FORMATS = sorted(LINES | JSON | {"mail", "archive"})
LONG = 5 << 20  # bytes: more than the window of a reader and ten times a record; a document may have 32 MiB
DEAD = re.compile(r"signal|system call|ran out of|without a word")


def sample(form):
    """The first report of the format that needs no options and has events."""
    for path in sorted(glob.glob(os.path.join(PAIRS, form + "-*.in*"))):
        base = path[:path.index(".in", len(PAIRS))]
        words = ""
        if os.path.exists(base + ".args"):
            with open(base + ".args", encoding="utf-8") as f:
                words = f.read()
        if "--" not in words and os.path.getsize(base + ".out") > 0:
            with open(path, "rb") as f:
                return f.read()
    raise SystemExit(f"no report of {form} in {PAIRS}")


def sane(what, form, data, seconds=20):
    run = Run(write("report", data), "--format", form)
    check(f"{form}, {what}: status", run.status in (0, 1), run)
    check(f"{form}, {what}: a sentence", run.status == 0 or run.said, run)
    check(f"{form}, {what}: alive", not any(DEAD.search(line) for line in run.said), run)
    check(f"{form}, {what}: quick", run.seconds < seconds, run)
    return run


def same(what, form, data, want):
    run = sane(what, form, data)
    check(f"{form}, {what}: the same events", run.events == want.events and run.status == want.status, run)


def codings(form, data):
    text = data.decode("utf-8")
    want = sane("as it is", form, data)
    check(f"{form}: events", want.events, want)
    same("UTF-8 with its mark", form, b"\xef\xbb\xbf" + data, want)
    for order, mark in (("le", b"\xff\xfe"), ("be", b"\xfe\xff")):
        coded = text.encode("utf-16-" + order)
        same(f"UTF-16 {order} with its mark", form, mark + coded, want)
        if data[:4].isascii():
            same(f"UTF-16 {order} without", form, coded, want)
        sane(f"UTF-16 {order}, half a character", form, mark + coded[:-1])
    if form in LINES:
        same("CRLF", form, data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), want)
        if b"\r" not in data:
            same("CR alone", form, data.replace(b"\n", b"\r"), want)


def little(form, data):
    for what, bad in (("nothing", b""), ("a mark", b"\xef\xbb\xbf"), ("another mark", b"\xff\xfe"), ("a line end", b"\n"), ("a NUL", b"\0"),
                      ("NULs", bytes(1000)), ("the first line", data.splitlines(True)[0]), ("no line end", data.rstrip(b"\n"))):
        sane(what, form, bad)
    whole = sane("as it is", form, data)
    for n in (1, 4, 7):
        cut = sane(f"{n}/8", form, data[:len(data) * n // 8])
        # the last event may have lost values; what stands before has not
        check(f"{form}, {n}/8: events", cut.events[:-1] == whole.events[:max(len(cut.events) - 1, 0)], cut)
    for what, old, new in (("NUL in values", b"1", b"\0"), ("no UTF-8", b"a", b"\xff"), ("controls", b"e", b"\x1b"),
                           ("quotes", b",", b'"'), ("line ends", b"2", b"\n"), ("marks", b"0", b"\xe2\x80\xae")):
        run = sane(what, form, data.replace(old, new))
        check(f"{form}, {what}: harmless on a terminal", not any(re.search("[\0-\x1f\x7f\x9b\u202e]", line) for line in run.said), run)


def records(form, data):
    """A record, or a document, of a format that is JSON."""
    for line in [data] if form in DOCUMENTS else data.splitlines() + [data]:
        try:
            found = json.loads(line)
        except ValueError:
            continue
        found = found[0] if isinstance(found, list) and found else found
        if isinstance(found, dict):
            return found
    raise SystemExit(f"no record of {form}")


def deep_and_wide(form, data):
    record = json.dumps(records(form, data))
    head = record[:-1].encode()

    for what, more in (("nesting of lists", b"[" * 10000 + b"]" * 10000), ("nesting of objects", b'{"a":' * 10000 + b"1" + b"}" * 10000)):
        run = sane(what, form, head + b',"x":' + more + b"}\n")
        check(f"{form}, {what}: said", any("nested deeper than 64" in line for line in run.said), run)
    sane("lists alone", form, b"[" * 100000)
    sane("objects alone", form, b'{"a":' * 100000)
    sane("many names", form, head + b"".join(b',"n%d":%d' % (n, n) for n in range(20000)) + b"}\n")
    sane("one name often", form, head + b',"x":1' * 40000 + b"}\n")
    sane("every name twice", form, head + b"," + record[1:].encode() + b"\n")
    long = 16 << 20 if form in DOCUMENTS else LONG
    sane("a long string", form, head + b',"x":"' + b"a" * long + b'"}\n')
    sane("a long string with escapes", form, head + b',"x":"\\n' + b"a" * (long - (1 << 20)) + b'"}\n')
    sane("escapes", form, head + b',"x":"' + b"\\ud83d\\udc18" * 40000 + b'"}\n')
    sane("half escapes", form, head + b',"x":"' + b"\\ud83d" * 40000 + b'"}\n')


def wide(form, data):
    sane("many columns", form, data + b"1," * 1000000 + b"\n")
    sane("a wide header", form, b",".join(b"c%d" % n for n in range(100000)) + b"\n" + data)
    good = sane("as it is", form, data)
    last = data.splitlines(True)[-1]
    for what, field in (("a long field", b"a" * LONG), ("a long field in quotes", b'"' + (b"a" * 1023 + b"\n") * (LONG >> 10) + b'"')):
        run = sane(what, form, data + field + b"\n" + last)
        check(f"{form}, {what}: the rest", len(run.events) >= len(good.events), run)
    sane("quotes alone", form, data + b'"' * (4 << 20))
    sane("a quote in each row", form, data + b'x,"y\n' * 20000)


for form in FORMATS:
    report = sample(form)
    if form != "archive":
        codings(form, report)
    little(form, report)
    if form in JSON:
        deep_and_wide(form, report)
    if form in LINES:
        wide(form, report)
    sane("5 MB without a line end", form, report + b"x" * LONG)
    sane("line ends alone", form, b"\n" * (1 << 20))
end()
