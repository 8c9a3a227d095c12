# SPDX-License-Identifier: Apache-2.0
"""Each file of code says its licence in its first line, or in the second behind #!."""
import tree

seen = 0
for name in tree.files(".c", ".h", ".tbl", ".py", ".sh", ".ts", ".css", "run", "test"):
    if name.startswith("tests/fuzz/corpus/"):
        continue
    seen += 1
    head = [line for _, line in tree.lines(name)[:2]]
    line = head[1] if head[0].startswith("#!") and len(head) > 1 else head[0]
    if "SPDX-License-Identifier: Apache-2.0" not in line:
        tree.bad(f"{name}:1", "does not start with 'SPDX-License-Identifier: Apache-2.0'")
tree.end(seen)
