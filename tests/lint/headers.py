# SPDX-License-Identifier: Apache-2.0
"""Each header compiles alone, so that a file that includes one needs to know no other."""
import concurrent.futures
import json
import os
import shlex
import subprocess

import tree

with open(os.path.join(tree.BUILD, "compile_commands.json")) as f:
    commands = json.load(f)
command = next(c for c in commands if c["file"].endswith("src/main.c"))
words = shlex.split(command["command"])
compiler = words[:2] if os.path.basename(words[0]) == "ccache" else words[:1]
flags = [w for w in words if w.startswith(("-I", "-D", "-std", "-W")) and w != "-Werror"]


def compiled(name):
    text = f'#include "{os.path.join(tree.SOURCE, name)}"\n'
    run = subprocess.run(
        [*compiler, *flags, "-I", os.path.join(tree.SOURCE, "src"), "-Werror", "-fsyntax-only", "-x", "c", "-"],
        input=text, capture_output=True, text=True, cwd=command["directory"],
    )
    return name, run


names = [n for n in tree.files(".h") if n.startswith("src/")]
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    for name, run in pool.map(compiled, names):
        if run.returncode != 0:
            first = next((line for line in run.stderr.splitlines() if "error" in line), run.stderr[:200])
            tree.bad(name, f"does not compile alone: {first}")
tree.end(len(names))
