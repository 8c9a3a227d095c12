#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records of real files, counted by other means, against what the readers count: counts.py WEIR all|small [FOLDER]

FOLDER holds the stored public files, one subfolder a source. For each file the number of records (those with
events, those set aside and those that make none by rule together) must be what the functions below count with
nothing but Python, and every row of "weir read" must be an event or a sentence. 'small' leaves out files of more than
a MiB. Ends with 77 if FOLDER is not there."""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

SMALL = 1 << 20  # bytes
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))


def text_of(path):
    if path.endswith(".zst"):
        return subprocess.run(["zstd", "-dqc", path], check=True, stdout=subprocess.PIPE).stdout
    with open(path, "rb") as f:
        return f.read()


def lines(text):
    return [line for line in text.split(b"\n") if line.strip()]


def zeek(text):
    """Lines that are no comment."""
    return sum(not line.startswith(b"#") for line in lines(text))


def json_records(text):
    """Objects: one a line, or the elements of an array."""
    if text.lstrip().startswith(b"["):
        return len(json.loads(text))
    return len(lines(text))


def warninglist(text):
    return len(json.loads(text)["list"])


def addresses(text):
    """Lists of one thing a line."""
    return sum(not line.lstrip().startswith((b"#", b";", b"//")) for line in lines(text))


def many(value):
    return value if isinstance(value, list) else [value] if value else []


def misp(text):
    """Attributes: of events, of their objects, wherever the events stand."""
    def of(thing):
        if isinstance(thing, list):
            return sum(map(of, thing))
        if "type" in thing and "value" in thing and "Attribute" not in thing:
            return 1
        inner = sum(of(thing[key]) for key in ("response", "Event") if key in thing)
        return inner + len(many(thing.get("Attribute"))) + sum(
            len(many(o.get("Attribute"))) for o in many(thing.get("Object")))
    return of(json.loads(text))


def stix(text):
    """Objects of a bundle."""
    return len(json.loads(text)["objects"])


# Folder or pattern, format that the file is read with, how it is counted; files that are none of the kind.
FAMILIES = [
    ("zeek/baseline/**/*.log*", "zeek", zeek),
    ("zeek/wrccdc2018/**/*.log*", "zeek", zeek),
    ("zeek/rita*/**/*.log*", "zeek", zeek),
    ("zeek/zat/**/*.log*", "zeek", zeek),
    ("zeek/wrccdc2018_json/*", "zeek", json_records),
    ("suricata/*.json*", "eve", json_records),
    ("warninglists/*.json*", "list", warninglist),
    ("blocklists/firehol/*", "list", addresses),
    ("blocklists/bitwire/*", "list", addresses),
    ("blocklists/malicious-ip/*", "list", addresses),
    ("misp/**/*.json*", "misp", misp),
    ("stix/**/*.json*", "stix", stix),
]
NOT_OF_THE_KIND = re.compile(r"/warninglists/schema\.json$|/misp/feed/manifest\.json$|_broken|feed_defaults|conn-summary|max-tracked-transactions")


def weir(program, path, form):
    done = subprocess.run([program, "preview", "--json", "--sample", f"{TOP}/examples", "--format", form, path],
                          stdout=subprocess.PIPE, check=False)
    counts = json.loads(done.stdout)
    assert counts["records"] == counts["with_events"] + counts["asides"] + counts["none"], path
    return counts["records"]


def main():
    program = os.path.abspath(sys.argv[1])
    most = SMALL if sys.argv[2] == "small" else sys.maxsize
    folder = sys.argv[3] if len(sys.argv) > 3 else os.path.join(TOP, "..", "shared", "data", "public")
    if not os.path.isdir(folder):
        print(f"skipped: {folder} is not there")
        return 77
    files = failed = records = large = 0
    with tempfile.TemporaryDirectory() as place:
        for pattern, form, count in FAMILIES:
            paths = [p for p in sorted(glob.glob(os.path.join(folder, pattern), recursive=True))
                     if os.path.isfile(p) and not NOT_OF_THE_KIND.search(p)]
            if not paths:
                print(f"no file {pattern}")
                failed += 1
            for path in paths:
                text = text_of(path)
                if len(text) > most:
                    large += 1
                    continue
                plain = os.path.join(place, re.sub(r"\.zst$", "", os.path.basename(path)))
                with open(plain, "wb") as f:
                    f.write(text)
                want, have = count(text), weir(program, plain, form)
                os.unlink(plain)
                files += 1
                records += have
                if want != have:
                    failed += 1
                    print(f"{os.path.relpath(path, folder)}: {have} records, {want} by another count")
    print(f"{files} files, {records} records, {failed} differ; {large} left out")
    return failed > 0 or files == 0


if __name__ == "__main__":
    sys.exit(main())
