# SPDX-License-Identifier: Apache-2.0
"""The description of the API (OpenAPI 3.1) is one that tools can read: what is required stands there, what is named is somewhere,
schemas are JSON Schema by the few words that it uses, names of operations' parameters are theirs alone."""
import json
import re

import tree

NAME = "docs/reference/openapi.json"
TOP = {"openapi": str, "info": dict, "servers": list, "security": list, "paths": dict, "components": dict}
SCHEMA = {"type", "required", "properties", "items", "description", "format", "enum", "const", "minimum", "maximum", "default", "examples", "$ref"}
TYPES = {"string", "integer", "boolean", "array", "object", "null"}
doc = json.loads(tree.read(NAME))
seen = 0


def bad(where, sentence):
    tree.bad(NAME, f"{where}: {sentence}")


def schema(where, s):
    for word in s.keys() - SCHEMA:
        bad(where, f"'{word}' is no word of a schema that this lint knows")
    types = s.get("type", [])
    for t in [types] if isinstance(types, str) else types:
        if t not in TYPES:
            bad(where, f"there is no type '{t}'")
    if "$ref" in s:
        at = doc
        for part in s["$ref"].removeprefix("#/").split("/"):
            at = at.get(part) if isinstance(at, dict) else None
        if at is None:
            bad(where, f"{s['$ref']} is nowhere")
    if (types == "array") != ("items" in s):
        bad(where, "an array has items, and nothing else has")
    for name, inner in s.get("properties", {}).items():
        schema(f"{where}.{name}", inner)
    for name in s.get("required", []):
        if name not in s.get("properties", {}):
            bad(where, f"'{name}' is required and not there")
    if "items" in s:
        schema(f"{where}[]", s["items"])


def content(where, c):
    for media, body in c.items():
        if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", media):
            bad(where, f"'{media}' is no media type")
        schema(f"{where} {media}", body.get("schema", {}))


def operation(path, method, o):
    global seen
    seen += 1
    where = f"{method} {path}"
    names = [(p["in"], p["name"]) for p in o.get("parameters", [])]
    if len(set(names)) != len(names):
        bad(where, f"a parameter stands there twice: {names}")
    for p in o.get("parameters", []):
        schema(f"{where} {p['name']}", p["schema"])
        if p["in"] not in ("query", "header", "path") or (p["in"] == "path" and p.get("required") is not True):
            bad(where, f"'{p['name']}' is in no place where it can be")
    if {n for i, n in names if i == "path"} != set(re.findall(r"\{([^}]+)\}", path)):
        bad(where, "the parameters of its path are others")
    if method == "get" and "requestBody" in o:
        bad(where, "a GET has no body")
    if "requestBody" in o:
        content(where, o["requestBody"]["content"])
    if not o.get("summary") or not any(s.startswith("2") for s in o["responses"]):
        bad(where, "a summary and an answer that is good are needed")
    for status, answer in o["responses"].items():
        if not re.fullmatch(r"[2-5]\d\d", status) or not answer.get("description"):
            bad(f"{where} {status}", "a status of HTTP and a description are needed")
        content(f"{where} {status}", answer.get("content", {}))
    if not {"401", "403"} <= o["responses"].keys():
        bad(where, "says nothing of who may not")


for key, kind in TOP.items():
    if not isinstance(doc.get(key), kind):
        bad(key, "is missing or of another type")
if not re.fullmatch(r"3\.1\.\d+", doc["openapi"]) or not {"title", "version"} <= doc["info"].keys():
    bad("openapi", "is no document of 3.1")
schemes = doc["components"]["securitySchemes"]
for need in doc["security"]:
    for name in need.keys() - schemes.keys():
        bad("security", f"there is no scheme '{name}'")
for path, methods in doc["paths"].items():
    if not path.startswith("/"):
        bad(path, "a path begins with a slash")
    for method, o in methods.items():
        operation(path, method, o)
for name, s in doc["components"]["schemas"].items():
    schema(name, s)
tree.end(seen)
