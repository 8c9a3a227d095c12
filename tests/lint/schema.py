# SPDX-License-Identifier: Apache-2.0
"""What "weir read --json" prints is what the schema says: every event of the golden pairs, against the copy of the
schema in the tree, by the few words of JSON Schema that it uses."""
import json
import re

import tree

TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "object": dict}
schema = json.loads(tree.read("docs/reference/event.schema.json"))
unknown = {w for p in schema["properties"].values() for w in p} - {
    "type", "enum", "pattern", "minimum", "maximum", "description"
}
if unknown:
    tree.bad("docs/reference/event.schema.json", f"uses {sorted(unknown)}, which this lint does not know")


def rule_of(name):
    if name in schema["properties"]:
        return schema["properties"][name]
    for pattern, rule in schema["patternProperties"].items():
        if re.search(pattern, name):
            return rule
    return None


def wrong(rule, value):
    """What is wrong with a value, or None."""
    if not isinstance(value, TYPES[rule["type"]]) or (isinstance(value, bool) and rule["type"] != "boolean"):
        return f"is not of type {rule['type']}"
    if "enum" in rule and value not in rule["enum"]:
        return "is not one of the words"
    if "pattern" in rule and not re.search(rule["pattern"], value):
        return f"does not match {rule['pattern']}"
    if value < rule.get("minimum", value) or value > rule.get("maximum", value):
        return "is out of range"
    return None


seen = 0
for name in tree.files(".out"):
    if not name.startswith("tests/golden/read/"):
        continue
    for number, line in tree.lines(name):
        if not line.startswith("{"):
            continue
        seen += 1
        for key, value in json.loads(line).items():
            rule = rule_of(key)
            sentence = "is not in the schema" if rule is None else wrong(rule, value)
            if sentence:
                tree.bad(f"{name}:{number}", f"'{key}': {value!r} {sentence}")
tree.end(seen)
