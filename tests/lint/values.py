# SPDX-License-Identifier: Apache-2.0
"""A text of src/web/words.tbl gets as many values as it has {1}, {2} ..., wherever the pages say it: one value less, and a reader sees
"{2}"; one more, and it is lost. Where one of several words is said, one of them may need fewer."""
import re

import tree

# What says a word, and where its values begin: behind it, as an array with their number, or nowhere.
CALL = re.compile(r"\b(page_sayf|page_fill|page_filled|page_say|page_line|page_section|page_table|page_button|SAY|TELL)\(")
WORD = re.compile(r'WORD\((\w+),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)')


def arguments(text, at):
    """Of the call whose bracket opens before that place, cut at the commas of its own level."""
    found, deep, start, quoted = [], 0, at, None
    while at < len(text):
        c = text[at]
        if quoted:
            at += c == "\\"
            quoted = None if c == quoted else quoted
        elif c in "\"'":
            quoted = c
        elif c in "([{":
            deep += 1
        elif c in ")]}" and deep == 0:
            return [*found, text[start:at].strip()]
        elif c in ")]}":
            deep -= 1
        elif c == "," and deep == 0:
            found.append(text[start:at].strip())
            start = at + 1
        at += 1
    return found


def given(call, args):
    """How many values; None where that is not written there."""
    if call in ("page_sayf", "TELL"):
        return len(args) - 3
    if call == "SAY":
        return len(args) - 2
    if call in ("page_fill", "page_filled"):
        return int(args[-1]) if args[-1].isdigit() else None
    return 0


wanted = {name: len(set(re.findall(r"\{\d\}", text))) for name, text in WORD.findall(tree.read("src/web/words.tbl"))}
seen = 0
for name in [n for n in tree.files(".c") if n.startswith("src/web/")]:
    text = tree.read(name)
    for m in CALL.finditer(text):
        args = arguments(text, m.end())
        values = given(m.group(1), args)
        words = next((re.findall(r"\bW_(\w+)", a) for a in args[2 if m.group(1) == "TELL" else 1:] if "W_" in a), [])
        for word in words if values is not None else []:
            seen += 1
            less = word in wanted and values < wanted[word]
            more = word in wanted and values > wanted[word] and len(words) == 1
            if less or more:
                tree.bad(f"{name}:{text.count(chr(10), 0, m.start()) + 1}", f"'{word}' has {wanted[word]} values and gets {values}")
tree.end(seen)
