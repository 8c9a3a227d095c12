#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the numbered schemas as a C table: embed.py OUT NNN.sql... in ascending order."""
import os
import sys

with open(sys.argv[1], "w", encoding="utf-8") as out:
    for number, path in enumerate(sys.argv[2:], 1):
        if os.path.basename(path) != f"{number:03}.sql":
            sys.exit(f"{path}: {number:03}.sql was expected")
        with open(path, encoding="utf-8") as f:
            for line in f:
                text = line.rstrip("\n").replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
                out.write(f'"{text}\\n"\n')
        out.write(",\n")
