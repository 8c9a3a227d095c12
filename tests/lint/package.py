# SPDX-License-Identifier: Apache-2.0
"""The Debian package needs what packaging/packages says that a build needs, and is of the program's version."""
import re

import tree

# what every build of a package has, and what is needed when the program runs
OF_EACH = {"gcc", "libc6-dev"}
AT_RUN = {"publicsuffix", "tzdata"}

control = tree.read("packaging/debian/control")


def words(key):
    block = re.search(rf"^{key}:\n((?: .*\n)+)", control, re.M).group(1)
    return {w.split()[0] for w in block.replace("\n", "").split(",") if w.strip()}


steps = dict(line.split()[1::-1] for _, line in tree.lines("packaging/packages") if re.match(r"\w", line))
wanted = {p for p, step in steps.items() if step == "run"}
for name in sorted(wanted - OF_EACH - AT_RUN - words("Build-Depends")):
    tree.bad("packaging/debian/control", f"Build-Depends lacks '{name}', which packaging/packages has for ./run")
for name in sorted(words("Build-Depends") - wanted - {"debhelper-compat"}):
    tree.bad("packaging/packages", f"lacks '{name}', which packaging/debian/control builds with")
for name in sorted(AT_RUN - words("Depends")):
    tree.bad("packaging/debian/control", f"Depends lacks '{name}'")
program = re.search(r"^  version : '(.*)',$", tree.read("meson.build"), re.M).group(1)
package = re.match(r"weir \(([^)]*)\)", tree.read("packaging/debian/changelog")).group(1)
if re.split(r"[+~]", package)[0] != program:
    tree.bad("packaging/debian/changelog:1", f"is of version {package}, meson.build of {program}")
tree.end(len(wanted))
