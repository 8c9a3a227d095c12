# SPDX-License-Identifier: Apache-2.0
"""Sentences of the program that pages tell in their own language (REFUSED_, SAID_ of words.tbl) are still those of the program, word
for word, with values where it has values; and each change has a verb (VERB_) for the page of what everyone did."""
import re

import tree

TABLE = "src/web/words.tbl"
TEXT = r'"((?:[^"\\]|\\.)*)"'
said = set()
for name in tree.code():
    if name.startswith("src/") and name != TABLE:
        # strings that stand side by side are one, also over the end of a line of a macro
        for run in re.findall(rf"(?:{TEXT}[\s\\]*)+", tree.read(name)) and re.finditer(rf"(?:{TEXT}[\s\\]*)+", tree.read(name)):
            said.add("".join(re.findall(TEXT, run.group(0))).removesuffix("\\n").strip())
everything = "\n".join(said)
words = dict(re.findall(rf"^WORD\((\w+), {TEXT}\)", tree.read(TABLE), re.M))
seen = 0
for symbol, text in words.items():
    if not symbol.startswith(("REFUSED_", "SAID_")):
        continue
    seen += 1
    pattern = "[^\n]*?%[^\n]*?".join(re.escape(part) for part in re.split(r"\{\d\}", text))
    if not re.search(rf"^{pattern}$", everything, re.M):
        tree.bad(f"{TABLE}: {symbol}", "the program says no such sentence (any more)")
for name in re.findall(r'^\s+\{\s*"([a-z-]+)",', tree.read("src/see/change.c"), re.M):
    seen += 1
    if name not in ("session-used", "token-used") and "VERB_" + name.upper().replace("-", "_") not in words:
        tree.bad("src/see/change.c", f"'{name}' has no verb in {TABLE}")
tree.end(seen)
