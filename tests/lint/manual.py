# SPDX-License-Identifier: Apache-2.0
"""The manual pages format without a complaint."""
import os
import shutil
import subprocess

import tree

if not shutil.which("groff") or not os.path.isdir("/usr/share/groff"):
    tree.skip("groff is not installed")
names = [n for n in tree.files() if n.startswith("docs/man/")]
for name in names:
    run = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8", name], cwd=tree.SOURCE, capture_output=True, text=True)
    for line in run.stderr.splitlines():
        tree.bad(name, line)
tree.end(len(names))
