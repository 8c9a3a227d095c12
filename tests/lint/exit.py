# SPDX-License-Identifier: Apache-2.0
"""The exit cannot be gone around. Over the undefined symbols of the objects: each call by which bytes leave the process stands with
the objects that may make it, and the door's objects call nothing that opens another store than the shelf. Over the sources: a
struct cleared is filled in src/exit/ alone, and so are the tables of what was cleared and what waits to go."""
import re

import objects
import tree

# What carries bytes out, and who may call it. A new one who calls is a new way out: think before adding a row.
WAYS = {
    "socket": "proc/(client|serve)",
    "connect": "proc/client",  # the command line, to its own node
    "bind listen": "proc/serve",
    "accept accept4": "",
    "socketpair": "proc/(reader_start|readers|serve)",
    "send": "proc/(reader_start|readers)",
    "sendto": "proc/serve",  # a sign of life to systemd
    "sendmsg": "proc/(channel|message|reader_start)",
    "sendmmsg sendfile splice vmsplice tee": "",
    "curl_multi_perform": "proc/dial",
    "curl_easy_perform": "proc/(client|fetch_http|imap|post)",
    "curl_easy_send": "proc/imap",
    "curl_multi_socket_action curl_ws_send": "",
    "gnutls_init gnutls_record_send gnutls_record_sendto": "",
    "MHD_start_daemon": "proc/(desk|door|pages_start)",
    "MHD_queue_response": "proc/(api|desk|door|live|pages|stream)",
    "MHD_upgrade_action MHD_create_response_for_upgrade": "",
}
# What opens or changes a store, which the door never does.
STORES = ("state_open scope_open day_open node_open know_open change_run see_accept see_accept_with shelf_put shelf_take shelf_work shelf_sweep outbox_put "
          "exit_clear exit_clear_for exit_clear_statement exit_lower")
DOOR = r"^src/proc/door\w*\.c"

allowed = {name: who for names, who in WAYS.items() for name in names.split()}
stores = set(STORES.split())
sources = {path: source for source, path in objects.objects()}
for line in objects.output("nm", "-A", "-u", *sources) if sources else []:
    source = sources[line.split(":")[0]]
    name = re.sub(r"^__(.*)_chk$", r"\1", line.split()[-1].split("@")[0])
    if name in allowed and not (allowed[name] and re.search(rf"^src/{allowed[name]}\.c", source)):
        tree.bad(source, f"calls '{name}', by which bytes leave: " + (f"only {allowed[name]} may" if allowed[name] else "nobody may"))
    if name in stores and re.search(DOOR, source):
        tree.bad(source, f"calls '{name}': the door opens nothing but the shelf, and changes nothing")

# "struct cleared c = {0}" is empty; anything else makes one.
MADE = re.compile(r"struct cleared\s+\w+(\s*,\s*\w+)*\s*=\s*\{(?!\s*0?\s*\})|\(struct cleared\)\s*\{(?!\s*0?\s*\})")
WRITES = re.compile(r"\b(?:insert(?:\s+or\s+\w+)?\s+into|update|delete\s+from)\s+(clearance|refusal|label_lowered|shelf_work|outbox)\b", re.I)
for name in tree.code():
    if not name.startswith("src/") or name.startswith("src/exit/"):
        continue
    text = re.sub(r'"\s*\n\s*"', "", tree.read(name))
    if MADE.search(text):
        tree.bad(name, "fills a struct cleared, which src/exit/ alone may")
    for found in WRITES.finditer(text):
        tree.bad(name, f"writes into '{found.group(1)}', which src/exit/ alone may")
tree.end(len(sources))
