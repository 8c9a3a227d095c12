# SPDX-License-Identifier: Apache-2.0
"""Every fuzz target is built and has a corpus; every unit test is built; every reader has a target."""
import os
import re

import tree

listed = set(re.findall(r"^  '([a-z0-9_]+)',$", tree.read("tests/fuzz/meson.build"), re.M))
here = {n[11:-2] for n in tree.files(".c") if re.match(r"tests/fuzz/[^/]+\.c$", n)} - {"replay"}
corpus = {}
for name in tree.files():
    if name.startswith("tests/fuzz/corpus/"):
        corpus.setdefault(name.split("/")[3], []).append(name)
for name in sorted(listed | here | set(corpus)):
    if name not in here:
        tree.bad(f"tests/fuzz/{name}.c", "is not there")
    if name not in listed:
        tree.bad("tests/fuzz/meson.build", f"does not list '{name}'")
    if name not in corpus:
        tree.bad(f"tests/fuzz/corpus/{name}", "holds no input")
for name, inside in corpus.items():
    size = sum(os.path.getsize(os.path.join(tree.SOURCE, n)) for n in inside)
    if size > 2 << 20:
        tree.bad(f"tests/fuzz/corpus/{name}", f"holds {size} bytes; a corpus in the tree stays below 2 MiB")
unit = tree.read("tests/unit/meson.build")
for name in tree.files(".c"):
    if name.startswith("tests/unit/test_") and os.path.basename(name) not in unit:
        tree.bad("tests/unit/meson.build", f"does not build '{os.path.basename(name)}'")
tree.end(len(here))
