# SPDX-License-Identifier: Apache-2.0
"""Each 'weir ...' that a page, an error or a document tells a person to type is a command, with the options that it has: in the
strings of the program, in the words of the pages of each language, and between backquotes in documents."""
import functools
import os
import re
import subprocess

import tree

STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*')


@functools.lru_cache(None)
def help_of(*words):
    p = subprocess.run([os.path.join(tree.BUILD, "weir"), "help", *words], capture_output=True, text=True, check=False)
    return p.stdout if p.returncode == 0 else None


def look(place, said):
    """said: what stands behind 'weir '."""
    words = said.split()
    names = [w for w in words[:2] if re.fullmatch("[a-z][a-z0-9-]*", w)]
    if not words or words[0].startswith("%") or words[0] != (names or [""])[0]:
        return 0
    text = help_of(*names[:2]) if words[1:2] == names[1:2] else None
    text = text or help_of(names[0])
    if text is None or (not text.startswith("usage:") and len(names) > 1):
        tree.bad(place, f"there is no command 'weir {' '.join(names)}'")
        return 1
    for option in re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", said):
        if not re.search(rf"{option}(?![\w-])", text):
            tree.bad(place, f"'weir {' '.join(names)}' has no option '{option}'")
    return 1


def of_code(name):
    text = tree.read(name)
    for m in STRING.finditer(text):
        joined = re.sub(r'"\s*"', "", m.group(0))[1:-1]
        for said in re.findall(r"'weir ([^']*)'", joined):
            yield text.count("\n", 0, m.start()) + 1, said


def of_words(name):
    for number, line in tree.lines(name):
        for said in re.findall(r"(?:'|`)weir ([^'`]*)['`]", line):
            yield number, said


def of_document(name):
    text = tree.read(name)
    for m in re.finditer(r"(?<!`)`weir ([^`]*)`", text):
        yield text.count("\n", 0, m.start()) + 1, m.group(1)


def documents(name):
    """'weir docs NAME' anywhere in a string of the program."""
    text = tree.read(name)
    for m in STRING.finditer(text):
        for said in re.findall(r"weir docs ([a-z][a-z.-]*)", re.sub(r'"\s*"', "", m.group(0))):
            if said not in DOCUMENTS and said != "from":  # "printed by weir docs from the tables"
                tree.bad(f"{name}:{text.count(chr(10), 0, m.start()) + 1}", f"there is no document 'weir docs {said}'")


DOCUMENTS = {line.split("\t")[0] for line in subprocess.run([os.path.join(tree.BUILD, "weir"), "docs"], capture_output=True, text=True,
                                                            check=True).stdout.splitlines()}
seen = 0
for name in tree.files(".c", ".h"):
    if name.startswith("src/"):
        documents(name)
for ends, read in (((".c", ".h", ".tbl"), of_code), ((".yaml",), of_words), ((".md",), of_document)):
    for name in tree.files(*ends):
        if name.startswith(("tests/", "bench/")):
            continue
        for number, said in read(name):
            seen += look(f"{name}:{number}", said)
tree.end(seen)
