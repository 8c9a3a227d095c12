# SPDX-License-Identifier: Apache-2.0
"""Mails with reports in them, as mailers write them and as nobody should, through the program as it is built."""
import base64
import email.policy
import gzip
import io
import json
import random
import zipfile

from mails_make import mail
from program import Run, check, end, said, write

HEAD = "source.ip,source.port,time.source,classification.type\n"
TOP = b"From: sensor@example.org\r\nTo: cert@example.net\r\nSubject: report\r\nDate: Mon, 5 Jan 2026 08:00:00 +0700\r\nMIME-Version: 1.0\r\n"


def report(*numbers):
    return (HEAD + "".join(f"192.0.2.{n},80,2026-01-01T00:00:00Z,c2-server\n" for n in numbers)).encode()


def zipped(name, data):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(name, data)
    return out.getvalue()


def parts(*raw, kind="mixed", more=b""):
    """A multipart by hand; each part is header, empty line, body."""
    b = b"b%d" % random.Random(len(raw[0])).randrange(10**9)
    return (b"Content-Type: multipart/" + kind.encode() + b"; boundary=\"" + b + b"\"\r\n" + more + b"\r\npreamble\r\n"
            + b"".join(b"--" + b + b"\r\n" + p + b"\r\n" for p in raw) + b"--" + b + b"--\r\nepilogue\r\n")


def one(what, data, *ips, words=(), status=0):
    """Reads it from a file and from a pipe."""
    for run in (Run(write("mail.eml", data)), Run(data)):
        said(what, run, status, *words)
        check(f"{what}: events", run.ips() == list(ips), run)
    return run


def plain():
    csv = ("text/csv", "report.csv")
    one("an attachment", mail((report(1, 2), *csv)), "192.0.2.1", "192.0.2.2")
    one("lines of a Unix", mail((report(1), *csv), policy=email.policy.default), "192.0.2.1")
    one("two", mail((report(1), *csv), (report(2), "application/octet-stream", "two.csv")), "192.0.2.1", "192.0.2.2")
    one("a zip", mail((zipped("in.csv", report(3)), "application/zip", "report.zip")), "192.0.2.3")
    one("a gzip", mail((gzip.compress(report(4)), "application/gzip", "report.csv.gz")), "192.0.2.4")
    one("a logo and a page", mail((b"\x89PNG", "image/png", "logo.png"), (report(5), *csv)), "192.0.2.5")
    one("the mail in a zip", zipped("m.eml", mail((report(6), *csv))), "192.0.2.6")
    one("a mailbox", b"From sensor@example.org Mon Jan  5 08:00:00 2026\n" + mail((report(1), *csv), policy=email.policy.default)
        + b"\nFrom sensor@example.org Mon Jan  5 09:00:00 2026\n" + mail((report(2), *csv), policy=email.policy.default), "192.0.2.1", "192.0.2.2")
    forwarded = email.message.EmailMessage()
    forwarded["From"], forwarded["Subject"], forwarded["Date"] = "a@example.org", "Fwd", "Mon, 5 Jan 2026 08:00:00 +0700"
    forwarded.set_content("see below")
    forwarded.add_attachment(email.message_from_bytes(mail((report(7), *csv)), policy=email.policy.default))
    one("a mail in the mail", forwarded.as_bytes(), "192.0.2.7")
    whole = TOP + b"Content-Type: text/csv; name=all.csv\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(report(8))
    one("the mail is the report", whole, "192.0.2.8")
    named = Run(write("mail.eml", mail((b"a;b\n192.0.2.1;x\n", *csv), (b"\x89PNG", "image/png", "x.png"))), "--format", "list")
    check("a reader by name gets what is for it", named.status == 0 and "192.0.2.1" in named.ips(), named)


def names():
    lao = "ລາຍງານ.csv"
    for what, header in {
            "RFC 2231": b"attachment; filename*=utf-8''" + "".join(f"%{b:02X}" for b in lao.encode()).encode(),
            "RFC 2047": b'attachment; filename="=?utf-8?B?' + base64.b64encode(lao.encode()) + b'?="',
            "padded words": b'attachment; filename="=?utf-8?B?4Lo=?=\r\n =?utf-8?B?pS5jc3Y=?="',
            "pieces": b"attachment; filename*0*=utf-8''%E0%BA%A5; filename*1*=%E0%BA%B2; filename*2=.csv",
            "folded": b"attachment;\r\n\tfilename=\"report.csv\"",
            "latin1": b"attachment; filename*=iso-8859-1''r%E9port.csv",
    }.items():
        one(f"name by {what}", TOP + parts(b"Content-Type: application/octet-stream\r\nContent-Disposition: " + header + b"\r\n\r\n" + report(1)), "192.0.2.1")
    bad = TOP + parts(b"Content-Disposition: attachment; filename*=utf-8''" + "".join(f"%{b:02X}" for b in lao.encode()).encode()
                      + b"\r\nContent-Type: text/csv\r\n\r\n" + report(1) + b"x,y,z\n")
    run = Run(write("mail.eml", bad))
    cut = Run(write("mail.eml", bad.replace(bad[bad.index(b"filename*="):bad.index(b"\r\nContent-Type: text/csv")], b'filename="=?utf-8?B?4Lo=?= =?utf-8?B?pS5jc3Y=?="')))
    check("whole, if words cut it in two", any(l.startswith("mail.eml/ລ.csv:3: ") for l in cut.said), cut)
    check("the name stands in sentences", any(l.startswith(f"mail.eml/{lao}:3: ") for l in run.said), run)


def encodings():
    text = HEAD + "192.0.2.1,80,2026-01-01T00:00:00Z,c2-server\n"
    wide = text.replace("type\n", "type,comment\n").replace("server\n", "server,Zürich – “naïve”\n")
    want = "Zürich – “naïve”"
    for charset in ("utf-8", "windows-1252", "utf-16", "utf-16le"):
        m = TOP + parts(b"Content-Type: text/csv; name=r.csv; charset=" + charset.encode() + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                        + base64.encodebytes(wide.encode(charset)))
        run = one(f"charset {charset}", m, "192.0.2.1")
        check(f"charset {charset}: text", run.events and run.events[0].get("comment") == want, run)
    run = one("charset iso-8859-1", TOP + parts(b"Content-Type: text/csv; charset=ISO-8859-1\r\nContent-Disposition: attachment; filename=r.csv\r\n\r\n"
              + wide.replace("–", "-").replace("“", "").replace("”", "").encode("latin1")), "192.0.2.1")
    check("charset iso-8859-1: text", run.events and run.events[0].get("comment") == "Zürich - naïve", run)
    one("a charset that nobody knows", TOP + parts(b"Content-Type: text/csv; charset=x-moon; name=r.csv\r\n\r\n" + text.encode()), "192.0.2.1")
    qp = text.replace("=", "=3D").replace(",c2", "=2Cc2=\r\n")
    one("quoted-printable", TOP + parts(b"Content-Type: text/csv; name=r.csv\r\nContent-Transfer-Encoding: Quoted-Printable\r\n\r\n" + qp.encode()),
        "192.0.2.1")
    for code in (b"7bit", b"8BIT", b"binary", b"x-unknown"):
        one(f"encoding {code}", TOP + parts(b"Content-Type: text/csv; name=r.csv\r\nContent-Transfer-Encoding: " + code + b"\r\n\r\n" + text.encode()), "192.0.2.1")
    long_line = base64.b64encode(gzip.compress(report(*range(1, 250)), 0))
    run = Run(write("long.eml", TOP + parts(b"Content-Type: application/gzip; name=r.csv.gz\r\nContent-Transfer-Encoding: base64\r\n\r\n" + long_line)))
    check("base64 in one line", len(run.events) == 249 and run.status == 0, run)


def boundaries():
    csv = b"Content-Type: text/csv; name=r.csv\r\n\r\n"
    inner = parts(csv + report(1), csv + report(2))
    one("parts in parts", TOP + parts(b"Content-Type: text/plain\r\n\r\nhello", inner, csv + report(3)), "192.0.2.1", "192.0.2.2", "192.0.2.3")
    one("dashes in a body", TOP + parts(csv + report(1) + b"--b\n--\n----\n"), "192.0.2.1", words=(":3: ", ":4: ", ":5: "))
    like = TOP + b"Content-Type: multipart/mixed; boundary=aa\r\n\r\n--aa\r\n" + csv + report(1) + b"--aab\n--aa \t\r\n" + csv + report(2) + b"\r\n--aa--"
    run = Run(write("like.eml", like))
    check("a boundary that begins another", run.ips() == ["192.0.2.1", "192.0.2.2"] and len(run.said) == 1, run)
    cut = mail((report(*range(1, 200)), "text/csv", "r.csv"))
    run = Run(write("cut.eml", cut[:len(cut) // 2]))
    said("cut", run, 0, "cut.eml:1: the mail ends before its last boundary")
    check("cut: what stands before", len(run.events) > 50, run)
    one("nothing behind the header", TOP, words=(":1: no attachment that a reader is sure of",))
    one("a part without a body", TOP + b"Content-Type: multipart/mixed; boundary=q\r\n\r\n--q\r\nContent-Type: text/csv\r\n--q\r\n" + csv + report(1) + b"\r\n--q--\r\n",
        "192.0.2.1")
    for size in (65529, 65530, 524281, 524282, 524283, 524284, 524285, 524286, 524287, 524288, 524289):
        body = report(1) + b"#" * (size - len(report(1)) - 300) + b"\n"
        m = TOP + b"Content-Type: multipart/mixed; boundary=wall\r\n\r\n--wall\r\n" + csv
        m += body + b"#" * (size - len(m) - len(body)) + b"\r\n--wall\r\n" + csv + report(2) + b"\r\n--wall--\r\n"
        run = Run(write("wall.eml", m))
        check(f"boundary at {size}", run.ips()[-1:] == ["192.0.2.2"], run)


def random_part(rng, depth, made):
    """A tree of parts as Python's library writes it; the addresses of its reports go to made, in order."""
    kind = rng.choice(("csv", "csv", "gzip", "text", "image", "mixed", "mail") if depth else ("mixed",))
    m = email.message.EmailMessage()
    if kind in ("mixed", "mail"):
        inner = [random_part(rng, depth - 1 if depth else 3, made) for _ in range(1 if kind == "mail" else rng.randrange(1, 5))]
        if kind == "mail":
            inner[0]["From"], inner[0]["Subject"] = "a@example.org", "x"
            m.set_content(inner[0])
        else:
            m.make_mixed()
            for part in inner:
                m.attach(part)
        return m
    made_here = len(made) + 1 if kind in ("csv", "gzip") else 0
    data = report(made_here)
    if kind == "csv":
        m.set_content(data, "text", "csv", filename="r.csv", cte=rng.choice(("base64", "quoted-printable", "8bit")))
    elif kind == "gzip":
        m.set_content(gzip.compress(data), "application", "octet-stream", filename="r.csv.gz", cte="base64")
    elif kind == "text":
        m.set_content("--\nwords\n--x--\n" * rng.randrange(1, 500))
    else:
        m.set_content(bytes(rng.randrange(3000)), "image", "png", filename="x.png", cte="base64")
    if made_here:
        made.append(f"192.0.2.{made_here}")
    return m


def trees():
    rng = random.Random(11)
    for n in range(40):
        made = []
        m = random_part(rng, 0, made)
        m["From"], m["To"], m["Subject"] = "a@example.org", "b@example.org", f"tree {n}"
        data = m.as_bytes(policy=rng.choice((email.policy.SMTP, email.policy.default)))
        run = Run(write("tree.eml", data))
        check(f"tree {n}", run.status == (1 if len(made) > 64 else 0) and run.ips() == made[:64], run)


def aside():
    one("no attachment", mail(text="192.0.2.1 is bad\n"), words=(":1: no attachment that a reader is sure of; the mail has 1 part: text/plain",))
    one("pictures only", mail((b"\x89PNG", "image/png", "a.png")), words=("the mail has 2 parts: text/plain, image/png",))
    one("data that nobody knows", mail((b"x,y\n1,2\n", "text/csv", "odd.csv"), (report(1), "text/csv", "r.csv")), "192.0.2.1",
        words=("'odd.csv' is of no form that a reader is sure of",))
    pgp = parts(b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1", b"Content-Type: application/octet-stream; name=encrypted.asc\r\n\r\n"
                b"-----BEGIN PGP MESSAGE-----\r\n\r\nxx\r\n-----END PGP MESSAGE-----", kind="encrypted", more=b"")
    run = one("OpenPGP", TOP + pgp, words=("is encrypted; ask its sender",))
    check("OpenPGP: one sentence", len(run.said) == 1, run)
    one("OpenPGP as RFC 3156 has it", TOP + pgp.replace(b"multipart/encrypted;", b"multipart/encrypted; protocol=\"application/pgp-encrypted\";"),
        words=("encrypted.eml.pgp/encrypted.eml: is encrypted, and not opened here",), status=1)
    one("OpenPGP in the text", TOP + b"\r\nwords\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nxx\r\n-----END PGP MESSAGE-----\r\n", words=("text.txt: is encrypted, and",),
        status=1)
    one("quoted OpenPGP is none", mail((report(1), "text/csv", "r.csv"), text="> -----BEGIN PGP MESSAGE-----\n"), "192.0.2.1")
    one("an encrypted file", mail((b"\x85\1", "application/octet-stream", "r.csv.gpg")), words=("r.csv.gpg/r.csv: is encrypted",), status=1)
    one("S/MIME", TOP + b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n\r\nxx", words=("S/MIME",))
    one("a spreadsheet", mail((zipped("[Content_Types].xml", b"<x/>"), "application/vnd.ms-excel", "r.xlsx"), (report(1), "application/vnd.ms-excel", "r.csv")),
        "192.0.2.1", words=("'r.xlsx' is a spreadsheet, which is not read; ask",))
    one("a letter", mail((zipped("[Content_Types].xml", b"<x/>"), "application/octet-stream", "r.docx"), (report(1), "text/csv", "r.csv")), "192.0.2.1")
    one("winmail.dat", mail((b"\x78\x9f", "application/ms-tnef", "winmail.dat")), words=("Outlook's own form",))
    bounce = parts(b"Content-Type: text/plain\r\n\r\nno such user", b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: x",
                   b"Content-Type: message/rfc822\r\n\r\n" + mail((report(1), "text/csv", "r.csv")), kind="report; report-type=delivery-status")
    one("a bounce", TOP + bounce, words=("no attachment that a reader is sure of",))
    one("a damaged zip in it", mail((zipped("a.csv", report(1))[:60], "application/zip", "bad.zip")), status=1, words=("bad.zip: ",))


def abuse():
    doc = {"xarf_version": "4.2.0", "report_id": "1", "timestamp": "2026-01-05T08:00:00Z", "source_identifier": "192.0.2.8",
           "category": "content", "type": "phishing", "evidence": [{"content_type": "image/png", "payload": "A" * (5 << 20)}]}
    for kind, name in (("application/json", "xarf.json"), ("application/xarf+json", None), ("application/octet-stream", "report")):
        run = one(f"XARF as {kind}", mail((json.dumps(doc).encode(), kind, name)), "192.0.2.8")
        check(f"XARF as {kind}: evidence", run.events and run.events[0].get("extra.evidence_1_length") == str(5 << 20), run)
    many = [dict(doc, source_identifier=f"192.0.2.{n % 250}", evidence=[{"content_type": "text/plain", "payload": "QQ=="}] * n) for n in range(400)]
    run = Run(write("many.json", json.dumps(many).encode()))
    check("XARF with much evidence", run.status == 0 and len(run.events) == 400, run)


def hostile():
    deep = TOP + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(30000))
    run = Run(write("deep.eml", deep))
    said("30,000 multiparts inside each other", run, 1, "more than 64 deep")
    check("30,000 multiparts: quick", run.seconds < 10, run)
    mails = TOP + b"Content-Type: message/rfc822\r\n\r\n" * 30000
    said("30,000 mails inside each other", Run(write("mails.eml", mails)), 0, "no attachment")
    many = TOP + parts(*[b"Content-Type: text/plain\r\n\r\nx"] * 30000)
    said("30,000 parts", Run(write("many.eml", many)), 0, "30000 parts: text/plain")
    files = TOP + parts(*[b"Content-Type: text/csv; name=r.csv\r\n\r\n" + report(1)] * 70)
    run = Run(write("files.eml", files))
    said("70 reports", run, 1, "more than 64 parts")
    check("70 reports: the first", len(run.events) == 64, run)
    said("a header without end", Run(write("head.eml", TOP + b"X: " + b"x" * 70 + b"\r\n" + b" y" * 300 * 1024)), 1, "a header of more than 256 KiB")
    said("many fields", Run(write("fields.eml", TOP + b"X-A: b\r\n" * 100000)), 1, "a header of more than 256 KiB")
    rng = random.Random(7)
    good = mail((report(1), "text/csv", "r.csv"), (zipped("a.csv", report(2)), "application/zip", "a.zip"))
    for n in range(60):
        bad = bytearray(good)
        for _ in range(rng.randrange(1, 12)):
            bad[rng.randrange(len(TOP), len(bad))] = rng.choice(b"\0\n\r-=:;\"\xff a")
        run = Run(bytes(bad), "--format", "mail")
        check(f"turned bytes {n}", run.status in (0, 1) and not any("tried a system call" in l or "signal" in l for l in run.said), run)
    said("no mail", Run(write("none.eml", b"hello\n"), "--format", "mail"), 1, "this is no mail")


for part in (plain, names, encodings, boundaries, trees, aside, abuse, hostile):
    part()
end()
