# SPDX-License-Identifier: Apache-2.0
"""The words of the pages in each language: each id of docs/reference/pages.yaml once and no other, the same variables, in the
script of the language, and no markup; and the other files of a language beside it."""
import json
import os
import re

import tree

# Letters that the language is written with; Vietnamese has Latin ones that English has not.
SCRIPTS = {"lo": "\u0e80-\u0eff", "km": "\u1780-\u17ff", "my": "\u1000-\u109f", "vi": "\u00c0-\u1ef9"}
# What has no word of its own: names, and texts of nothing but values.
SAME = re.compile(r"^[\W\d]*$|^(\{\d\}|OpenPGP|AS|CSV|JSON|API|TLP|URL|TOTP|PGP|IP|e-mail|Weir|UTC|ID|CVE|TLS|XARF|[\W\d])*$")
ROW = re.compile(r'^  ([a-z0-9-]+): ("(?:[^"\\]|\\.)*")$')


def words_of(name):
    found, place = {}, False
    for number, text in tree.lines(name):
        if text.rstrip() == "words:":
            place = True
        elif place and text.strip() and not text.lstrip().startswith("#"):
            m = ROW.match(text.rstrip())
            if not m:
                tree.bad(f"{name}:{number}", "a row is '  id: \"text\"'")
            elif m.group(1) in found:
                tree.bad(f"{name}:{number}", f"'{m.group(1)}' is there twice")
            else:
                found[m.group(1)] = (number, json.loads(m.group(2)))
    return found


def variables(text):
    return sorted(set(re.findall(r"\{\d\}", text)))


english = words_of("docs/reference/pages.yaml")
languages = sorted({n.split("/")[2] for n in tree.files(".yaml") if n.startswith("conf/lang/")} - {"en"})
seen = len(english)
for code in languages:
    name = f"conf/lang/{code}/pages.yaml"
    if not os.path.exists(os.path.join(tree.SOURCE, name)):
        tree.bad(name, "the language has letters and no pages")
        continue
    words = words_of(name)
    for which in sorted(set(english) - set(words)):
        tree.bad(name, f"'{which}' is missing: \"{english[which][1]}\"")
    for which, (number, text) in words.items():
        place = f"{name}:{number}"
        seen += 1
        if which not in english:
            tree.bad(place, f"there is no word '{which}'")
            continue
        wanted = english[which][1]
        if variables(text) != variables(wanted):
            tree.bad(place, f"'{which}' has {variables(text)} and not {variables(wanted)}")
        if re.search(r"[<>]|&\w+;", text):
            tree.bad(place, f"'{which}' has markup")
        if text != text.strip() and not wanted.startswith((",", ":")):
            tree.bad(place, f"'{which}' has blanks at an end")
        if code in SCRIPTS and not SAME.match(wanted) and code != "vi" and not re.search(f"[{SCRIPTS[code]}]", text):
            tree.bad(place, f"'{which}' is not in the script of the language: {text}")
        if code == "vi" and len(wanted) > 24 and text == wanted:
            tree.bad(place, f"'{which}' is the English text")
tree.end(seen)
