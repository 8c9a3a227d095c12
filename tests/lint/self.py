# SPDX-License-Identifier: Apache-2.0
"""The lints find what they are for: each gets a small tree with one thing wrong in it and has to name it."""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SPDX = "/* SPDX-License-Identifier: Apache-2.0 */\n"
OBJECT = "libweir.a.p"
LONG = SPDX + "int f(void)\n{\n" + "\tf();\n" * 80 + "}\n"
FUZZ = "fuzz_targets = [\n  'a',\n]\n"
SCHEMA = '{"properties": {"a": {"type": "integer", "minimum": 1, "maximum": 2}}, "patternProperties": {}}'
API = ('{"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "servers": [], "security": [], "components": {"securitySchemes": {}, "schemas": {}}, '
       '"paths": {"/a": {"get": {"summary": "a", "responses": {"401": {"description": "a"}, "403": {"description": "a"}, "200": {"description": "a", '
       '"content": {"application/json": {"schema": {"$ref": "#/components/schemas/a"}}}}}}}}}')
# lint, {path: text}, what it has to say
CASES = [
    ("layers", {"src/base/a.c": '#include "event/b.h"\n', "src/event/b.h": ""}, "'base' may not use 'event'"),
    ("layers", {"src/text/a.c": '#include "text/none.h"\n'}, "not a path below src/"),
    ("layers", {"src/odd/a.c": ""}, "no room"),
    ("layers", {"src/decide/a.c": "#include <sys/socket.h>\n"}, "belongs to proc only"),
    ("heads", {"src/base/a.c": "int a;\n"}, "a.c:1"),
    ("heads", {"run": "#!/bin/sh\necho\n"}, "run:1"),
    ("lock", {"src/event/fields.tbl": 'FIELD(1, A, "a", IP, 0,\n', "src/event/fields.lock": ""}, "lacks '1 a ip'"),
    ("lock", {"src/event/fields.tbl": "", "src/event/fields.lock": "1 a ip\n"}, "gone but not retired"),
    ("lock", {"src/event/fields.tbl": 'FIELD(1, A, "a", URL, 0,\n', "src/event/fields.lock": "1 a ip\n"}, "the lock says"),
    ("sizes", {"src/base/a.c": LONG}, "a function of 82 lines"),
    ("sizes", {"src/base/a.c": SPDX + "\n" * 701}, "has 702 lines"),
    ("values", {"src/web/words.tbl": 'WORD(A, "{1} of {2}")\n', "src/web/a.c": "page_sayf(p, h, W_A, f(x, y));\n"}, "'A' has 2 values and gets 1"),
    ("values", {"src/web/words.tbl": 'WORD(A, "{1}")\n', "src/web/a.c": "page_line(p, h, \"p\", NULL, W_A);\n"}, "'A' has 1 values and gets 0"),
    ("words", {"src/base/a.c": SPDX + "/* TO" "DO */\n"}, "work not done"),
    ("words", {"README.md": "see /wo" "rk/main\n"}, "path of one machine"),
    ("fuzz", {"tests/fuzz/meson.build": FUZZ, "tests/fuzz/a.c": "", "tests/unit/meson.build": ""}, "holds no input"),
    ("fuzz", {"tests/fuzz/meson.build": FUZZ, "tests/fuzz/b.c": "", "tests/unit/meson.build": "",
              "tests/fuzz/corpus/a/x": "1"}, "does not list 'b'"),
    ("scripts", {"run": "#!/bin/sh\necho $1\n"}, "SC2086"),
    ("schema", {"docs/reference/event.schema.json": SCHEMA, "tests/golden/read/a.out": '{"a": 0}\n'}, "out of range"),
    ("schema", {"docs/reference/event.schema.json": SCHEMA, "tests/golden/read/a.out": '{"b": 0}\n'}, "not in the schema"),
    ("format", {"src/base/a.c": "int  a ;\n", ".clang-format": "BasedOnStyle: LLVM\n"}, "is not formatted"),
    ("openapi", {"docs/reference/openapi.json": API}, "is nowhere"),
    ("openapi", {"docs/reference/openapi.json": API.replace("/a\": {\"get", "/{id}\": {\"get")}, "are others"),
    ("package", {"packaging/packages": "run libx-dev x\n", "meson.build": "  version : '1',\n",
                 "packaging/debian/control": "Build-Depends:\n debhelper-compat (= 13),\nDepends:\n publicsuffix,\n tzdata,\n",
                 "packaging/debian/changelog": "weir (1) x\n"}, "Build-Depends lacks 'libx-dev'"),
    ("package", {"packaging/packages": "run gcc x\n", "meson.build": "  version : '2',\n",
                 "packaging/debian/control": "Build-Depends:\n debhelper-compat (= 13),\nDepends:\n publicsuffix,\n tzdata,\n",
                 "packaging/debian/changelog": "weir (1) x\n"}, "is of version 1, meson.build of 2"),
    ("ui", {"ui/tsconfig.json": '{"compilerOptions": {"strict": true, "noEmit": true, "types": []}}', "ui/a.ts": "const a: number = 'b';\n"},
     "not assignable"),
    ("ui", {"ui/tsconfig.json": '{"compilerOptions": {"noEmit": true, "types": []}}', "ui/a.ts": "document.body.innerHTML = '';\n"},
     "'innerHTML' takes a string"),
    ("manual", {"docs/man/a.1": ".TH A 1\n.nonsense x\n"}, "nonsense"),
    ("state", {"src/base/a.c": "int a; int b = 1; static int *const c = &a; int *f(void) { return c; }\n"}, "'b' can change"),
    ("state", {"src/base/a.c": "int f(void) { static int n; return ++n; }\n"}, "can change"),
    ("state", {"src/base/a.c": "int f(void) { static _Thread_local int n; return ++n; }\n"}, "can change"),
    ("calls", {"src/read/a.c": "int socket(int, int, int); int f(void) { return socket(1, 2, 3); }\n"}, "calls 'socket'"),
    ("calls", {"src/read/a.c": "char *setlocale(int, const char *); char *f(void) { return setlocale(0, \"A\"); }\n"}, "is for nobody"),
    ("exit", {"src/proc/a.c": "int connect(int, const void *, unsigned); int f(void) { return connect(1, 0, 0); }\n"}, "by which bytes leave"),
    ("exit", {"src/see/a.c": "void *MHD_queue_response(void *); void *f(void) { return MHD_queue_response(0); }\n"}, "by which bytes leave"),
    ("exit", {"src/proc/post.c": "long gnutls_record_send(void *, const void *, unsigned long); long f(void) { return gnutls_record_send(0, 0, 0); }\n"}, "nobody may"),
    ("exit", {"src/proc/door_a.c": "int state_open(void); int f(void) { return state_open(); }\n"}, "nothing but the shelf"),
    ("exit", {"src/see/a.c": "struct cleared { int id; }; int f(void) { struct cleared c = {7}; return c.id; }\n"}, "fills a struct cleared"),
    ("exit", {"src/see/a.c": "const char *f(void) { return \"insert into \"\n\"clearance(id) values (1)\"; }\n"}, "writes into 'clearance'"),
]


def compile_into(folder, sources):
    os.makedirs(os.path.join(folder, OBJECT))
    for name in sources:
        out = os.path.join(folder, OBJECT, name.replace("/", "_") + ".o")
        subprocess.run(["cc", "-c", "-fPIC", "-o", out, os.path.join(folder, name)], check=True)


def tried(lint, files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as f:
                f.write(text)
        if lint in ("state", "calls", "exit"):
            compile_into(folder, files)
        return subprocess.run([sys.executable, "-B", os.path.join(HERE, lint + ".py"), folder, folder],
                              capture_output=True, text=True)


wrong = 0
for lint, files, words in CASES:
    run = tried(lint, files)
    if run.returncode == 77:
        continue
    if run.returncode != 1 or words not in run.stdout:
        wrong += 1
        print(f"{lint}: does not say '{words}' about {list(files)}, exit {run.returncode}:\n{run.stdout}{run.stderr}")
print(f"{len(CASES)} tried, {wrong} wrong")
sys.exit(1 if wrong else 0)
