# SPDX-License-Identifier: Apache-2.0
"""What the program prints from its tables is what the tree holds."""
import os
import subprocess

import tree


def weir(*args):
    return subprocess.run([os.path.join(tree.BUILD, "weir"), *args], check=True, capture_output=True).stdout


paths = set()
for row in weir("docs").decode().splitlines():
    name, path, _ = row.split("\t")
    paths.add(path)
    try:
        with open(os.path.join(tree.SOURCE, path), "rb") as f:
            kept = f.read()
    except FileNotFoundError:
        kept = None
    if kept != weir("docs", name):
        tree.bad(path, "is stale; 'weir docs --into .' prints it again")
for path in tree.files():
    if path.startswith(("docs/man/", "docs/reference/", "packaging/completion/")) and path not in paths:
        tree.bad(path, "is not printed by 'weir docs'")
tree.end(len(paths))
