# SPDX-License-Identifier: Apache-2.0
"""The script of the pages: its types hold (the build takes them away unchecked), nothing in it turns a string into markup
or code, and together with the style it is small enough to be waited for."""
import gzip
import os
import re
import shutil
import subprocess

import tree

BUDGET = 10_000  # bytes of script and style, in gzip
MARKUP = r"\b(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|DOMParser|setHTMLUnsafe|eval)\b|document\.write|new Function"

names = [n for n in tree.files(".ts") if n.startswith("ui/")]
for name in names:
    for number, line in tree.lines(name):
        if m := re.search(MARKUP, line):
            tree.bad(f"{name}:{number}", f"'{m.group(0)}' takes a string for markup or code; build nodes (ui/dom.ts)")

made = [os.path.join(tree.BUILD, "ui", n) for n in ("main.js", "style.css")]
if all(map(os.path.exists, made)):
    size = 0
    for path in made:
        with open(path, "rb") as f:
            size += len(gzip.compress(f.read(), 9))
    if size > BUDGET:
        tree.bad("ui/", f"script and style are {size} bytes in gzip, more than {BUDGET}")

if not shutil.which("tsc"):
    if not tree.found:
        tree.skip("tsc is not installed: the Debian package node-typescript")
else:
    run = subprocess.run(["tsc", "--pretty", "false", "-p", os.path.join(tree.SOURCE, "ui")], capture_output=True, text=True, cwd=tree.SOURCE)
    for line in run.stdout.splitlines():
        tree.bad("tsc", line)
    if run.returncode != 0 and not run.stdout:
        tree.bad("tsc", f"ends with {run.returncode}: {run.stderr.strip()}")
tree.end(len(names))
