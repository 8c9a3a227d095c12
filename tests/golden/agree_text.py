#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Texts on a machine without a node: agree_text.py WEIR

A paste is entered twice, changed, compared in all forms, and translated in two steps, by the commands that people use."""
import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile

WEIR = sys.argv[1]
PASTE = """Blocks across a border\r
\r
\u2022 each party names an office\r
\u2022 it answers at any hour\r
\r
\u0e9d\u0ec8\u0eb2\u0e8d\u0eab\u0e99\u0eb6\u0ec8\u0e87 <b>acts</b> \u200e\r
at once.\r
"""
LAO = "# \u0e81\u0eb2\u0e99\u0e9b\u0eb4\u0e94\n\n- \u0e95\u0eb1\u0ec9\u0e87\u0eab\u0ec9\u0ead\u0e87\u0e81\u0eb2\u0e99\n- \u0e95\u0ead\u0e9a\n\n\u0e97\u0eb1\u0e99\u0e97\u0eb5\n"
failed = 0


def check(good, what):
    global failed
    if not good:
        failed += 1
        print("FAILED", what)


def weir(*args, want=0):
    done = subprocess.run([WEIR, "agree", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(done.returncode == want, f"{args}: {done.returncode}, not {want}: {done.stderr.decode()}")
    return done.stdout.decode(), done.stderr.decode()


def write(name, text):
    with open(name, "wb") as f:
        f.write(text.encode())


def read(name):
    with open(name, "rb") as f:
        return f.read().decode()


class Page(html.parser.HTMLParser):
    """Every element that is opened is closed, in order; what is struck and underlined, without the hidden words."""
    def __init__(self, text):
        super().__init__()
        self.open, self.found = [], {"ins": [], "del": []}
        self.feed(text)
        check(self.open == [], f"open elements {self.open}")

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        check(self.open.pop()[0] == tag, f"</{tag}> closes another")

    def handle_data(self, data):
        for tag, _ in self.open[-1:]:
            if tag in self.found:
                self.found[tag].append(data)


def entered():
    write("paste.txt", PASTE)
    _, said = weir("mark", "paste.txt", "-o", "one.md")
    for sentence in ("paste.txt:1: the first line was taken as the title", "paste.txt:6: HTML was dropped: <b>", "U+200E marks a direction"):
        check(sentence in said, f"'{sentence}' was not said: {said}")
    one = read("one.md")
    ids = re.findall(r" \{#(\w{4})\}$", one, re.M)
    check(len(set(ids)) == 4 and one.count("\n\n") == 2, f"four clauses: {one!r}")
    weir("mark", "paste.txt", "-o", "one.md")
    check(read("one.md") == one, "the same draft gave other bytes")
    out, said = weir("mark", "one.md")
    check(out == one and "U+200E" in said, "a text was changed")
    write("used", "\n".join(ids) + "\n")
    weir("mark", "paste.txt", "--used", "used", "-o", "other.md")
    check(not set(re.findall(r"\{#(\w{4})", read("other.md"))) & set(ids), "an id was given twice")
    write("used", "k7qn\n")
    check("used:1:" in weir("mark", "paste.txt", "--used", "used", want=1)[1], "a wrong id is named")
    return one, ids


def mistyped(one, ids):
    swapped = ids[1][1] + ids[1][0] + ids[1][2:]
    write("typed.txt", one.replace(ids[1], swapped))
    _, said = weir("mark", "typed.txt", "--base", "one.md", "-o", "typed.md", want=1 if swapped != ids[1] else 0)
    check(swapped == ids[1] or (f"'{ids[1]}'" in said and not os.path.exists("typed.md")), f"mistyped: {said}")
    _, said = weir("check", "typed.txt", want=1 if swapped != ids[1] else 0)
    check(swapped == ids[1] or "typed.txt:3:" in said, f"check of a mistyped id: {said}")


def compared(one, ids):
    two = one.replace("an office", "two persons").replace("it answers", "they answer")
    write("two.txt", two.replace(f" {{#{ids[3]}}}", "") + "\nA clause more.\n")
    weir("mark", "two.txt", "--base", "one.md", "-o", "two.md")
    check(re.findall(r"\{#(\w{4})\}$", read("two.md"), re.M)[:4] == ids, "ids were lost")
    out, _ = weir("diff", "one.md", "two.md", want=1)
    check("names [-an office-]{+two persons+}" in out and out.startswith("2 changed, 1 new, 0 gone, 0 moved, 2 unchanged\n"), out)
    doc = json.loads(weir("diff", "--json", "one.md", "two.md", want=1)[0])
    row = next(r for r in doc["clauses"] if r["id"] == ids[1])
    for side in ("old", "new"):
        text = "".join(v for run in row["runs"] for k, v in run.items() if k in ("same", side))
        check(text == f"- each party names {'an office' if side == 'old' else 'two persons'} {{#{ids[1]}}}", text)
    page = Page(weir("diff", "--html", "one.md", "two.md", want=1)[0])
    check("two persons" in page.found["ins"] and "an office" in page.found["del"], str(page.found))
    check(weir("diff", "one.md", "one.md") == ("", ""), "equal texts")
    check("'none.md'" in weir("diff", "one.md", "none.md", want=2)[1], "a file that is not there")
    weir("diff", "--json", "--html", "one.md", "two.md", want=2)
    write("a", "plain words\n")
    write("b", "plain new words\n")
    check(weir("diff", "a", "b", want=1)[0] == "plain {+new +}words\n", "files that are no texts")


def translated():
    write("lo.txt", LAO)
    weir("mark", "--translation-of", "one.md", "lo.txt", "-o", "lo.md")
    out, _ = weir("check", "--translation-of", "one.md", "lo.md")
    check("4 ok, 0 stale, 0 missing" in out, out)
    out, _ = weir("check", "--translation-of", "two.md", "lo.md")
    check("2 ok, 2 stale, 1 missing" in out, out)
    weir("translate", "two.md", "lo.md", "-o", "sheet.md")
    sheet = read("sheet.md")
    check(sheet.count(":stale-") == 3 and sheet.count("%% The words are now: ") == 2 and sheet.count(":missing}") == 1, sheet)
    check("two persons" in sheet, sheet)
    weir("check", "sheet.md", want=1)
    _, said = weir("mark", "--translation-of", "two.md", "sheet.md", "-o", "half.md")
    check(read("half.md") == read("lo.md") and "not translated yet" in said, "half a sheet gives the old translation")
    write("sheet.md", re.sub(r"(\{#\w{4}):(?:stale-[0-9a-f]{16}|missing)\}", r"\1}", sheet))
    weir("mark", "--translation-of", "two.md", "sheet.md", "-o", "whole.md")
    out, _ = weir("check", "--translation-of", "two.md", "whole.md")
    check("5 ok, 0 stale, 0 missing" in out, out)
    weir("mark", "--translation-of", "two.md", "--base", "one.md", "lo.txt", want=2)


with tempfile.TemporaryDirectory() as folder:
    WEIR = os.path.abspath(WEIR)
    os.chdir(folder)
    first, marks = entered()
    mistyped(first, marks)
    compared(first, marks)
    translated()
    os.chdir("/")
sys.exit(failed > 0)
