# SPDX-License-Identifier: Apache-2.0
"""No variable at file scope that can change: all state is in structs that are passed, so that several nodes
live in one process. Taken from the sections of the objects; constants with pointers in them stand in
.data.rel.ro, which the loader closes."""
import re

import objects
import tree

IGNORE = re.compile(r"^(__asan|__odr_asan|__ubsan|__sancov|__tsan|\.L|\.gcov|_ZZ|asan\.)|^\.(data|bss|tm_clone)")
sources = {path: source for source, path in objects.objects()}
source = ""
for line in objects.output("objdump", "-t", *sources) if sources else []:
    if ":     file format" in line:
        source = sources[line.split(":     file format")[0]]
        continue
    m = re.match(r"^[0-9a-f]+ (.{7}) (\S+)\s+([0-9a-f]+) (?:\.hidden )?(.*)$", line)
    if not m or int(m.group(3), 16) == 0 or IGNORE.search(m.group(4)):
        continue
    section = m.group(2)
    if section.startswith((".data.rel.ro", ".rodata")):
        continue
    if section.startswith((".data", ".bss", ".tdata", ".tbss")) or section == "*COM*":
        tree.bad(source, f"'{m.group(4)}' can change and outlives its function ({section})")
tree.end(len(sources))
