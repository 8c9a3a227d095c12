# SPDX-License-Identifier: Apache-2.0
"""Words that tell of one machine or of work not done, which have no place in a tree for everybody."""
import re

import tree

WORDS = [
    (r"(?<![\w.])/work/", "a path of one machine"),
    (r"/home/\w|/Users/\w", "a path of one machine"),
    (r"deb\.debian\.org|registry\.npmjs\.org|pypi\.org|proxy\.golang\.org", "a host of a package registry"),
    (r"\b(TODO|FIXME|XXX|HACK)\b", "work not done; finish it or leave it out"),
    (r"[ \t]+$", "blanks at the end of the line"),
]
OURS = (".c", ".h", ".tbl", ".py", ".sh", ".ts", ".css", ".html", ".svg", ".md", ".build", ".yaml", ".1", "run", "test", "packages", ".txt", ".lock")
seen = 0
for name in tree.files(*OURS):
    if name == "tests/lint/words.py" or name.startswith(("tests/fuzz/corpus/", "tests/golden/", "examples/reports/")):
        continue
    seen += 1
    for number, line in tree.lines(name):
        for pattern, sentence in WORDS:
            m = re.search(pattern, line)
            if m:
                tree.bad(f"{name}:{number}", f"'{m.group(0).strip()}': {sentence}")
tree.end(seen)
