# SPDX-License-Identifier: Apache-2.0
"""The layout is clang-format's, by .clang-format; nobody argues about blanks."""
import os
import shutil
import subprocess

import tree

tool = shutil.which("clang-format-14") or shutil.which("clang-format")
if not tool:
    tree.skip("clang-format is not installed")
names = tree.code()
out = subprocess.run(
    [tool, "--dry-run", "-Werror", "--ferror-limit=1"] + names, cwd=tree.SOURCE, capture_output=True, text=True
)
wrong = {line.split(":")[0] for line in out.stderr.splitlines() if "clang-format-violations" in line}
for name in sorted(wrong):
    tree.bad(name, f"is not formatted; {os.path.basename(tool)} -i does it")
if out.returncode != 0 and not wrong:
    tree.bad("clang-format", out.stderr.strip())
tree.end(len(names))
