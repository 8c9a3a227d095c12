# SPDX-License-Identifier: Apache-2.0
"""Statements of SQL as they stand in the C files: literals beside each other, with the macros between them taken apart."""
import re

import tree

STRING = r'"(?:[^"\\]|\\.)*"'
MACRO = re.compile(r"#define (\w+)(\([^)]*\))?((?:[^\n\\]|\\\n|\\.)*)\n")


def macros(text):
    """Those that hold text: name -> (parameters, body)."""
    return {m.group(1): (m.group(2), m.group(3).replace("\\\n", " ")) for m in MACRO.finditer(text) if '"' in m.group(3)}


def arguments(text, at):
    """What stands between the bracket there and the one that closes it, by commas; and where that is."""
    parts, deep, now = [], 0, ""
    while True:
        m = re.match(STRING + r"|.", text[at:], re.S)
        piece = m.group(0)
        deep += piece == "("
        deep -= piece == ")"
        if deep == 0:
            return [p.strip() for p in parts + [now]], at + 1
        if piece == "," and deep == 1:
            parts.append(now)
            now = ""
        elif not (piece == "(" and deep == 1):
            now += piece
        at += len(piece)


def expand(text, known, deep=0):
    """What the preprocessor makes of it, as one text; None: it is not text alone."""
    out, at = "", 0
    while at < len(text):
        m = re.match(rf"\s+|{STRING}|\w+", text[at:])
        if m is None:
            return None
        word = m.group(0)
        at += len(word)
        if word.startswith('"'):
            out += re.sub(r"\\(.)", r"\1", word[1:-1])
        elif not word.isspace():
            if word not in known or deep > 8:
                return None
            names, body = known[word]
            if names and not text[at:].lstrip().startswith("("):
                return None
            if names:
                values, at = arguments(text, text.index("(", at))
                given = dict(zip((n.strip() for n in names[1:-1].split(",")), values))
                body = re.sub(STRING + r"|\b\w+\b", lambda w: w.group(0) if w.group(0)[0] == '"' else given.get(w.group(0), w.group(0)), body)
            inner = expand(body, known, deep + 1)
            if inner is None:
                return None
            out += inner
    return out


def found(name, shared):
    """Line and statement of each literal of a file that begins as one; shared: macros of the headers."""
    whole = tree.read(name)
    known = {**shared, **macros(whole)}
    text = re.sub(r"/\*.*?\*/|#define (?:[^\n\\]|\\\n|\\.)*", lambda m: "\n" * m.group(0).count("\n"), whole, flags=re.S)
    call = r"(?:\((?:[^()\"]|" + STRING + r"|\((?:[^()\"]|" + STRING + r")*\))*\))?"
    piece = rf"(?:{STRING}|\b[A-Z][A-Z_0-9]*\b{call})"
    for m in re.finditer(rf"{piece}(?:\s*{piece})*", text):
        sql = expand(m.group(0), known)
        if sql and re.match(r"\s*(select|with)\b", sql):
            yield text.count("\n", 0, m.start()) + 1, sql
