# SPDX-License-Identifier: Apache-2.0
"""Functions and files that a reader can hold in mind. The layout is clang-format's, so a function stands between
two braces in the first column."""
import tree

FUNCTION, TEST, FILE = 80, 120, 700
# Files that are longer for now; none may be added.
LONGER = {"src/event/event.c": 760}
seen = 0
for name in tree.code():
    start = None
    all_lines = tree.lines(name)
    if len(all_lines) - 1 > LONGER.get(name, FILE):
        tree.bad(name, f"has {len(all_lines) - 1} lines, more than {FILE}")
    for number, line in all_lines:
        if line == "{":
            start = number
        elif line == "}" and start:
            seen += 1
            if number - start + 1 > (FUNCTION if name.startswith("src/") else TEST):
                tree.bad(f"{name}:{start}", f"a function of {number - start + 1} lines, more than {FUNCTION}")
            start = None
tree.end(seen)
