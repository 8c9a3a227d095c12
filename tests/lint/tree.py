# SPDX-License-Identifier: Apache-2.0
"""What the lints share: the files of the source tree and a way to report. The tree may come without git."""
import os
import sys

TOP = ["src", "ui", "tests", "bench", "docs", "conf", "examples", "packaging", ".ci"]
SOURCE, BUILD = sys.argv[1], sys.argv[2]
found = []


def files(*ends):
    """Paths below the source tree that end so (any if none is given), sorted."""
    names = [n for n in os.listdir(SOURCE) if os.path.isfile(os.path.join(SOURCE, n))]
    for top in TOP:
        for folder, folders, inside in os.walk(os.path.join(SOURCE, top)):
            folders[:] = [f for f in folders if f != "__pycache__"]
            names += [os.path.relpath(os.path.join(folder, n), SOURCE) for n in inside]
    return sorted(n for n in names if not ends or n.endswith(ends))


def code():
    """C of our own; a corpus is input."""
    return [n for n in files(".c", ".h") if not n.startswith("tests/fuzz/corpus/")]


def read(name):
    with open(os.path.join(SOURCE, name), "rb") as f:
        return f.read().decode("utf-8", "replace")


def lines(name):
    """(number, line) of a file."""
    return list(enumerate(read(name).split("\n"), 1))


def bad(place, sentence):
    found.append(f"{place}: {sentence}")


def skip(sentence):
    print(sentence)
    sys.exit(77)


def end(seen):
    """seen: how many things were looked at; a lint that saw nothing has shown nothing."""
    if seen == 0:
        found.append("this lint found nothing to look at")
    for line in found:
        print(line)
    print(f"{seen} looked at, {len(found)} wrong")
    sys.exit(1 if found else 0)
