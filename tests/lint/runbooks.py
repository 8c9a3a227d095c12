# SPDX-License-Identifier: Apache-2.0
"""Each command that a page for administrators shows in a block is there, with its options and states."""
import os
import re
import subprocess

import tree

PAGES = ("docs/runbooks/", "docs/package.md", "docs/privacy.md", "docs/sizing.md", "docs/node.md")


def help_of(words):
    """Of the longest command that the words begin with; None if there is none."""
    for n in (2, 1):
        p = subprocess.run([os.path.join(tree.BUILD, "weir"), "help", *words[:n]], capture_output=True, text=True, check=False)
        if len(words) >= n and p.returncode == 0 and p.stdout.startswith(f"usage: weir {' '.join(words[:n])} ["):
            return n, p.stdout
    return None


def look(place, line):
    words = re.sub(r"'[^']*'", "TEXT", line).split()[1:]
    got = help_of([w for w in words if not w.startswith("-")][:2]) if words else None
    if got is None:
        tree.bad(place, f"there is no command 'weir {' '.join(words[:2])}'")
        return
    for word in words:
        if word.startswith("--") and not re.search(rf"{re.escape(word)}\b", got[1]):
            tree.bad(place, f"'weir {words[0]}' has no option '{word}'")
    for i, word in enumerate(words[:-1]):
        state = words[i + 1]
        if word == "--state" and re.fullmatch("[a-z-]+", state) and not re.search(rf"\b{state}\b", got[1]):
            tree.bad(place, f"'weir {words[0]}' has no state '{state}'")


seen = 0
for name in tree.files(".md"):
    if not name.startswith(PAGES):
        continue
    block = False
    for number, line in tree.lines(name):
        if line.lstrip().startswith("```"):
            block = not block
        for part in re.split(r"[;|]|xargs -r", line.split(" #")[0]) if block else ():
            if re.match(r"\s*weir [^:]", part) and not part.strip().startswith("weir: "):
                seen += 1
                look(f"{name}:{number}", part)
tree.end(seen)
