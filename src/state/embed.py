#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the numbered schemas as rows of a C table, and what they come to as one text, which makes a new state twenty times as fast:
embed.py STEPS WHOLE NNN.sql... in ascending order."""
import os
import sqlite3
import sys


def literal(out, text):
    for line in text.splitlines():
        line = line.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
        out.write(f'"{line}\\n"\n')


state = sqlite3.connect(":memory:", isolation_level=None)
with open(sys.argv[1], "w", encoding="utf-8") as out:
    for number, path in enumerate(sys.argv[3:], 1):
        if os.path.basename(path) != f"{number:03}.sql":
            sys.exit(f"{path}: {number:03}.sql was expected")
        with open(path, encoding="utf-8") as f:
            step = f.read()
        literal(out, step)
        out.write(",\n")
        state.executescript(step)
# What an index of words keeps in tables of its own is made with it.
found = [name for name, in state.execute("select name from sqlite_master where sql like 'create virtual table%'")]
own = {f"{name}_{table}" for name in found for table in ("data", "idx", "content", "docsize", "config")}
for name, in state.execute("select name from sqlite_master where type = 'table'").fetchall():
    if name not in own and state.execute(f'select count(*) from "{name}"').fetchone() != (0,):
        sys.exit(f"table {name}: the schemas put rows into it, and a state that is made at once would lack them")
with open(sys.argv[2], "w", encoding="utf-8") as out:
    for name, sql in state.execute("select name, sql from sqlite_master where sql is not null and name not like 'sqlite\\_%' escape '\\' order by rowid"):
        if name not in own:
            literal(out, sql + ";")
