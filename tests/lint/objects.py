# SPDX-License-Identifier: Apache-2.0
"""The objects of the program, for the lints that look at symbols: the linker sees what no text search does."""
import os
import subprocess

import tree


def objects():
    """(source name such as "src/base/os.c", path of the object)."""
    out = []
    for folder, _, names in os.walk(tree.BUILD):
        if os.path.basename(folder) not in ("libweir.a.p", "weir.p"):
            continue
        for name in names:
            if name.startswith("src_") and name.endswith(".c.o"):
                parts = name[: -len(".o")].split("_", 2)
                path = "/".join(parts) if len(parts) == 3 else "src/" + name[4:-2]
                out.append((path, os.path.join(folder, name)))
    return sorted(out)


def output(*command):
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    except FileNotFoundError:
        tree.skip(f"{command[0]} is not installed")
