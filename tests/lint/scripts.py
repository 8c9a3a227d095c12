# SPDX-License-Identifier: Apache-2.0
"""Scripts for the shell are plain and pass shellcheck."""
import re
import shutil
import subprocess

import tree

if not shutil.which("shellcheck"):
    tree.skip("shellcheck is not installed")
names = [n for n in tree.files() if not n.startswith("tests/fuzz/corpus/") and not n.endswith((".py", ".md"))]
names = [n for n in names if re.match(r"#!\s*/bin/(ba)?sh\b|.*\n# shellcheck shell=|.*\n.*\n# shellcheck shell=", tree.read(n))]
run = subprocess.run(["shellcheck", "-x", "-f", "gcc", *names], cwd=tree.SOURCE, capture_output=True, text=True)
for line in run.stdout.splitlines():
    tree.bad("shellcheck", line)
for name in names:
    if tree.read(name).startswith("#!/bin/bash"):
        tree.bad(name, "is for bash; scripts here are plain sh")
tree.end(len(names))
