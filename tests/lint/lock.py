# SPDX-License-Identifier: Apache-2.0
"""Numbers of fields are written into batches: fields.lock names each number that was ever given, and
fields.tbl agrees with it. A field that is gone stays in the lock with the type 'retired'."""
import re

import tree

table = {}
for m in re.finditer(r'^FIELD\((\d+), (\w+), "([^"]+)", (\w+),', tree.read("src/event/fields.tbl"), re.M):
    table[int(m.group(1))] = (m.group(3), m.group(4).lower())
last = 0
lock = {}
for number, line in tree.lines("src/event/fields.lock"):
    if line == "":
        continue
    place = f"src/event/fields.lock:{number}"
    words = line.split(" ")
    if len(words) != 3 or not words[0].isdigit():
        tree.bad(place, "is not 'NUMBER NAME TYPE'")
        continue
    if int(words[0]) <= last:
        tree.bad(place, f"number {words[0]} is not above the one before")
    last = int(words[0])
    lock[last] = (words[1], words[2])
for number in sorted(set(table) | set(lock)):
    if number not in lock:
        tree.bad("src/event/fields.lock", f"lacks '{number} {table[number][0]} {table[number][1]}'")
    elif number not in table:
        if lock[number][1] != "retired":
            tree.bad("src/event/fields.tbl", f"field {number}, '{lock[number][0]}', is gone but not retired")
    elif table[number] != lock[number]:
        tree.bad("src/event/fields.tbl", f"field {number} is {table[number]}, the lock says {lock[number]}")
tree.end(len(table))
