# SPDX-License-Identifier: Apache-2.0
"""Which room may use which, over the #include lines. A room is a folder of src/; what is not in the table
below is not a room yet."""
import os
import re

import tree

MAY_USE = {
    "base": "",
    "text": "base",
    "event": "base",
    "know": "base text event",
    "form": "base text event",
    "read": "base text event form",
    "decide": "base event know",
    "state": "base text event",
    "trust": "base text event state",
    "exit": "base text event form state trust",
    "day": "base text event know decide state",
    "agree": "base text event state trust exit form",
    "learn": "base text event form state trust exit",
    "see": "base text event form read know decide scan state day trust exit agree",
    "link": "base text event form read know decide scan state day trust exit agree",
    "web": "base text event form read know decide scan state day trust exit agree learn see link",
    "cli": "*",
    "proc": "*",
}
# Headers of libraries and of the system that only these rooms may see.
ONLY = {
    "sys/socket.h": "proc",
    "netinet/in.h": "proc",
    "netdb.h": "proc",
    "curl/curl.h": "proc",
    "microhttpd.h": "web proc",
    "gnutls/crypto.h": "base",
    "sqlite3.h": "state",
    "zstd.h": "day read",
    "archive.h": "read form proc",
    "gmime/gmime.h": "read form proc",
    "libfyaml.h": "base",
    "libpsl.h": "base event",
    "seccomp.h": "proc",
    "unicode/ubrk.h": "text",
    "unicode/uchar.h": "text",
    "unicode/unorm2.h": "text",
    "unicode/ustring.h": "text",
    "unicode/utf8.h": "text",
}
seen = 0
for name in tree.code():
    if not name.startswith("src/") or name.count("/") < 2:
        continue
    room = name.split("/")[1]
    if room not in MAY_USE:
        tree.bad(name, f"'{room}' is no room of the table in tests/lint/layers.py")
        continue
    for number, line in tree.lines(name):
        quoted = re.match(r'\s*#\s*include\s+"([^"]*)"', line)
        system = re.match(r"\s*#\s*include\s+<([^>]*)>", line)
        place = f"{name}:{number}"
        if quoted:
            seen += 1
            path = quoted.group(1)
            other = path.split("/")[0]
            if not any(os.path.exists(os.path.join(root, "src", path)) for root in (tree.SOURCE, tree.BUILD)):
                tree.bad(place, f"'{path}' is not a path below src/")
            elif other != room and MAY_USE[room] != "*" and other not in MAY_USE[room].split():
                tree.bad(place, f"'{room}' may not use '{other}', only: {MAY_USE[room] or 'nothing'}")
        if system and system.group(1) in ONLY and room not in ONLY[system.group(1)].split():
            tree.bad(place, f"<{system.group(1)}> belongs to {ONLY[system.group(1)]} only")
tree.end(seen)
