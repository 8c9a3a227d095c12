# SPDX-License-Identifier: Apache-2.0
"""Archives and compressed reports, good, damaged and hostile, through the program as it is built."""
import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import warnings
import zlib

from program import Run, check, end, said, write

warnings.simplefilter("ignore", UserWarning)
HEAD = b"source.ip,source.port,time.source,classification.type\n"


def report(*numbers):
    return HEAD + b"".join(b"192.0.2.%d,80,2026-01-01T00:00:00Z,c2-server\n" % n for n in numbers)


def zipped(*files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in files:
            z.writestr(name, data)
    return out.getvalue()


def tarred(*files, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as t:
        for name, data in files:
            info = tarfile.TarInfo(name)
            if isinstance(data, bytes):
                info.size = len(data)
                t.addfile(info, io.BytesIO(data))
            else:
                info.type, info.linkname = data[0], "target"
                t.addfile(info)
    return out.getvalue()


class Unseekable(io.BytesIO):
    """zipfile writes sizes behind the data when it cannot go back."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise OSError

    def tell(self):
        raise OSError


def described(*files, method=zipfile.ZIP_DEFLATED):
    out = Unseekable()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in files:
            z.writestr(name, data)
    return out.getvalue()


def local_file(name, data, size, method=8, flags=0):
    """A local header of a zip and its data; no directory behind it."""
    return struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, flags, method, 0, 0, 0, len(data), size, len(name), 0) + name + data


def streams():
    data = report(1, 2, 3)
    forms = {"gz": gzip.compress(data), "xz": lzma.compress(data), "bz2": bz2.compress(data),
             "zst": b"\x28\xb5\x2f\xfd\x00\x58" + raw_zstd(data)}
    for form, packed in forms.items():
        name = write(f"report.csv.{form}", packed)
        for run in (Run(name), Run(packed), Run(name, "--format", "csv")):
            said(form, run, 0)
            check(f"{form}: three events", run.ips() == ["192.0.2.1", "192.0.2.2", "192.0.2.3"], run)
    twice = write("twice.csv.gz", gzip.compress(data) + gzip.compress(b"192.0.2.9,1,2026-01-01T00:00:00Z,scanner\n"))
    check("members one after the other", len(Run(twice).events) == 4, Run(twice))
    said("zeros behind", Run(write("padded.csv.gz", forms["gz"] + bytes(1024))), 0)
    said("rubbish behind", Run(write("more.csv.gz", forms["gz"] + b"rubbish")), 0, "behind the end of the gzip stream")
    said("nothing inside", Run(write("nothing.csv.gz", gzip.compress(b""))), 1, "nothing.csv: the report is empty")
    bad = Run(write("bad.csv.gz", gzip.compress(data + b"what,is,this\n")))
    check("line of a part", any(l.startswith("bad.csv.gz/bad.csv:5: ") for l in bad.said), bad)


def raw_zstd(data):
    """A frame head without sums and one raw block (RFC 8878)."""
    return struct.pack("<I", 1 | len(data) << 3)[:3] + data


def damage():
    data = b"".join(report(n % 200) for n in range(2000))
    packed = gzip.compress(data)
    said("gzip: wrong sum", Run(write("sum.gz", packed[:-8] + b"\0\0\0\0" + packed[-4:])), 1, "damaged (incorrect data check)")
    said("gzip: wrong length", Run(write("len.gz", packed[:-4] + b"\0\0\0\0")), 1, "damaged (incorrect length check)")
    said("gzip: turned bits", Run(write("bits.gz", packed[:99] + bytes(64) + packed[163:])), 1, "gzip stream is damaged")
    for form, pack in (("gz", packed), ("xz", lzma.compress(data)), ("bz2", bz2.compress(data))):
        for cut in (12, len(pack) // 2, len(pack) - 3):
            said(f"{form} cut at {cut}", Run(write(f"cut.{form}", pack[:cut])), 1, "cut")
    z = bytearray(zipped(("a.csv", report(1)), ("b.csv", data), ("c.csv", report(3))))
    run = Run(write("half.zip", bytes(z[:len(z) // 2])))
    said("zip cut", run, 1, "half.zip: ", "cut")
    check("zip cut: the part before", "192.0.2.1" in run.ips(), run)
    at = z.index(b"b.csv") + 200
    z[at:at + 40] = bytes(40)
    said("zip: turned bits", Run(write("bits.zip", bytes(z))), 1, "bits.zip: 'b.csv' is damaged")
    said("only the marks", Run(write("marks.zip", b"PK\3\4")), 1, "damaged or cut")
    said("a named archive that is none", Run(write("none.zip", report(1)), "--format", "archive"), 1, "no archive")
    for name, mark in (("a.7z", b"7z\xbc\xaf\x27\x1c"), ("a.rar", b"Rar!\x1a\x07\x00")):
        said(name, Run(write(name, mark + bytes(100))), 1, "7z, rar")


def zips():
    three = [("one.csv", report(1)), ("sub/two.csv", report(2)), ("three.csv", report(3))]
    for what, data in (("stored", zipped(*three, method=zipfile.ZIP_STORED)), ("deflated", zipped(*three)),
                       ("sizes behind", described(*three)),
                       ("stored, sizes behind", described(*three, method=zipfile.ZIP_STORED)),
                       ("bzip2", zipped(*three, method=zipfile.ZIP_BZIP2)), ("lzma", zipped(*three, method=zipfile.ZIP_LZMA)),
                       ("tar", tarred(*three)), ("tar.gz", tarred(*three, mode="w:gz")), ("tar.xz", tarred(*three, mode="w:xz"))):
        for run in (Run(write("good.bin", data)), Run(data)):
            said(what, run, 0)
            check(f"{what}: order", run.ips() == ["192.0.2.1", "192.0.2.2", "192.0.2.3"], run)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z, z.open("big.csv", "w", force_zip64=True) as f:
        f.write(report(7))
    check("zip64", Run(write("z64.zip", out.getvalue())).ips() == ["192.0.2.7"])
    odd = Run(write("odd.zip", zipped(("/etc/passwd.csv", report(1)), ("../../up.csv", report(2)), ("C:\\x\\y.csv", report(3)),
                                      ("one.csv", report(4)), ("one.csv", report(5)), ("dir/", b""), ("__MACOSX/._one.csv", b"\0\5"),
                                      ("ລາຍງານ.csv", report(6)), ("esc\x1b[31m.csv", report(7)))))
    said("odd names", odd, 0)
    check("odd names: all read", odd.ips() == [f"192.0.2.{n}" for n in range(1, 8)], odd)
    run = Run(write("names.zip", zipped(("../../etc/\x1b[31mx.bin", b"\0\1\2\3"), ("ok.csv", report(1)))))
    said("part that nobody knows", run, 1, "names.zip/../../etc/\\x1b[31mx.bin: no reader knows")
    check("part that nobody knows: the other", run.ips() == ["192.0.2.1"], run)
    said("name in Lao", Run(write("lao.zip", zipped(("ລາຍງານ/ລາວ.bin", b"\0\1\2\3")))), 1, "lao.zip/ລາຍງານ/ລາວ.bin: no reader")
    said("an office file", Run(write("a.xlsx", zipped(("[Content_Types].xml", b"<x/>"), ("xl/a.xml", b"<x/>")))), 1, "no archive of reports")
    said("no file", Run(write("empty.zip", zipped())), 1, "holds no file")
    said("only folders", Run(write("dirs.zip", zipped(("a/", b""), ("a/b/", b"")))), 1, "holds no file")
    links = Run(write("links.tar", tarred(("s", [tarfile.SYMTYPE]), ("h", [tarfile.LNKTYPE]), ("d", [tarfile.CHRTYPE]), ("p", [tarfile.FIFOTYPE]),
                                          ("dir", [tarfile.DIRTYPE]), ("a.csv", report(1)))))
    said("links and devices", links, 0, "'s' is a link", "'h' is a link", "'d' is no file", "'p' is no file")
    check("links and devices: the file", links.ips() == ["192.0.2.1"] and len(links.said) == 4, links)
    secret = bytearray(zipped(("secret.csv", report(1)), ("open.csv", report(2))))
    secret[6] |= 1
    run = Run(write("secret.zip", bytes(secret)))
    said("encrypted", run, 1, "'secret.csv' is encrypted; ask", "1 of 2 parts")
    check("encrypted: the other", run.ips() == ["192.0.2.2"], run)
    said("unknown method", Run(write("method.zip", local_file(b"a.csv", b"x" * 50, 99, method=77) + zipped(("b.csv", report(1))))), 1,
         "'a.csv' cannot be unpacked")


def limits():
    many = Run(write("many.zip", zipped(*[(f"{n}.csv", report(n)) for n in range(1, 80)])))
    said("parts", many, 1, "more than 64 parts; only the first 64 were read")
    check("parts: the first", len(many.events) == 64, many)
    nest = report(1)
    for depth in range(1, 7):
        nest = zipped((f"level{depth}.zip" if depth > 1 else "a.csv", nest))
        run = Run(write("nest.zip", nest))
        if depth <= 4:
            said(f"{depth} archives inside each other", run, 0)
            check(f"{depth} archives: the event", run.ips() == ["192.0.2.1"], run)
        else:
            said(f"{depth} archives inside each other", run, 1, "deeper than a reader goes")
    quine = b""
    for _ in range(40):
        quine = gzip.compress(quine, mtime=0)
    said("gzip in gzip", Run(write("quine.gz", quine)), 1, "deeper than a reader goes")
    fan = zipped(*[(f"{n}.csv", report(n)) for n in range(60)])
    for _ in range(3):
        fan = zipped(*[(f"{n}.zip", fan) for n in range(60)], method=zipfile.ZIP_STORED if len(fan) < 1 << 20 else zipfile.ZIP_DEFLATED)
        if len(fan) > 8 << 20:
            break
    run = Run(write("fan.zip", fan))
    check("archives of archives", run.status == 1 and len(run.events) <= 256 and run.seconds < 60, run)


def bombs():
    """Some ten gigabytes each; made by repeating what a mebibyte of zeros or letters shrinks to."""
    shrink = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = shrink.compress(bytes(1 << 20)) + shrink.flush(zlib.Z_FULL_FLUSH)
    again = shrink.compress(bytes(1 << 20)) + shrink.flush(zlib.Z_FULL_FLUSH)
    deflated = first + again * 10239
    xz, bz = lzma.compress(b"a" * (64 << 20)), bz2.compress(b"a" * (32 << 20))
    made = {
        "zeros.csv.gz": b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + deflated,
        "zeros.zip": local_file(b"zeros.csv", deflated, 0xffffffff),
        "zeros-behind.zip": local_file(b"zeros.csv", deflated, 0, flags=8),
        "zeros.csv.xz": xz * 160,
        "zeros.csv.bz2": bz * 320,
        "million.zip": b"".join(local_file(b"%06d.csv" % n, b"", 0, 0) for n in range(1000000)),
        "sparse.tar": sparse_tar(),
    }
    for name, data in made.items():
        run = Run(write(name, data))
        words = "more than 64 parts" if name == "million.zip" else "times its size"
        said(f"bomb {name}", run, 1, words)
        check(f"bomb {name}: quick", run.seconds < 30, run)
    zstd = b"\x28\xb5\x2f\xfd\xc4" + struct.pack("<Q", 1 << 62)[:8] + b"\x00\x00\x00"
    run = Run(write("window.zst", b"\x28\xb5\x2f\xfd\x00\xf8" + b"\x03\x00\x08\x00" * 100000 + zstd))
    check("a large window", run.status == 1 and run.seconds < 30, run)


def sparse_tar():
    """A GNU sparse file of eight exabytes with one byte in it."""
    head = bytearray(512)
    head[0:5], head[100:107], head[108:115], head[116:123] = b"a.csv", b"0000644", b"0000000", b"0000000"
    head[124:135], head[136:147] = b"%011o" % 1, b"%011o" % 0
    head[156:157], head[257:265] = b"S", b"ustar  \0"
    head[386:398], head[398:410] = b"00000000000\0", b"00000000001\0"
    head[483:495] = b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + b"x" + bytes(511) + bytes(1024)


for part in (streams, damage, zips, limits, bombs):
    part()
end()
