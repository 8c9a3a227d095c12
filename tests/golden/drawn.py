# SPDX-License-Identifier: Apache-2.0
"""Pages as they are drawn, an element a line, with tokens, digests of files and times of this run left out; and the files that they are
compared with."""
import difflib
import os
import pwd
import re

from program import check

# Reports of the sample are older, and what never ends is far younger; all between is a time of this run, or follows from one.
RECENT, NEVER = "2026-02-01", "2090"


def when(m):
    return "TIME" if RECENT <= m.group(0)[:10] < NEVER else m.group(0)


# Who runs this, where a page says who did something.
WHO = r"((?:>|by |from |</time> ))" + re.escape(pwd.getpwuid(os.getuid()).pw_name) + r"(?=<| /|\. )"


def plain(text, whole):
    if not whole:
        text = re.search(r"<main.*</main>", text, re.S).group(0)
    text = re.sub(r'(name="csrf" value=")[0-9a-f]{64}', r"\1CSRF", text)
    text = re.sub(r"/a/[0-9a-f]{16}/", "/a/DIGEST/", text)
    text = re.sub(r'data-cursor="[^"]*"', 'data-cursor="CURSOR"', text)
    text = re.sub(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(:\d\d)?Z?)?", when, text)
    text = re.sub("TIME UTC \u00b7 \\d\\d:\\d\\d(:\\d\\d)?", "TIME UTC \u00b7 TIME", text)
    text = re.sub(r"(XA-\d+-[0-9A-Z]{4}\.)[0-9a-f]{16}", r"\1DICE", text)
    text = re.sub(r"XA-(\d+)-[0-9A-Z]{4}\b", r"XA-\1-CODE", text)
    text = re.sub(r"XA-\d{4}-(\d{5})\b", r"XA-YEAR-\1", text)
    text = re.sub(r"<td>20\d\d</td>", "<td>YEAR</td>", text)  # what was done in the year that it is
    text = re.sub(WHO, r"\1PERSON", text)
    text = re.sub(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000", "DATE", text)
    text = re.sub(r"\b\d+ %", "N %", text)
    text = re.sub(r"\b\d{5,} h\b", "N h", text)
    return text.replace("><", ">\n<").rstrip("\n") + "\n"


def compare(folder, name, text, update):
    path = os.path.join(folder, name + ".html")
    if update:
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return
    wanted = ""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            wanted = f.read()
    lines = list(difflib.unified_diff(wanted.splitlines(), text.splitlines(), name + ".html", "the page now", lineterm="", n=1))
    check(f"{name} is drawn as it was", not lines, "\n".join(lines[:40]))
