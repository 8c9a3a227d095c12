# SPDX-License-Identifier: Apache-2.0
"""What stands at the edges of the format of texts and operations, all of it or a part drawn: for agree_random.py."""

CHARACTERS = [*range(0x100), *range(0x2000, 0x2070), 0xfefe, 0xfeff, 0xff00, 0xfffd, 0xfffe, 0xffff, 0x300, 0xe9, 0xec8, 0xed1, 0x1041, 0x103a, 0x17d2, 0x17e1,
              0x61c, 0x34f, 0x180e, 0x3000, 0x1f600, 0xe0041, 0x10ffff, 0xd7ff, 0xe000]
PLACES = ["%s", "a%sb", "%sb", "a%s", "a <%sb", "a !%sb", "%s. x", "%s) x", "- %s", "# %s", "1%s x"]
STARTS = ["", "#", "# ", "## ", "### ", "#### ", "##### ", "-", "- ", "- - ", "1.", "1. ", "01. ", "1) ", "10. ", "0. ", "    - ", "        - ", "            - ",
          "                - ", "  - ", "   - ", "     - ", "    1. ", "\t- ", "* ", "*", "**b** ", "+ ", "> ", "|", "`", "~", "=", "1.a", "1.1 ", "# # ", "- # ", "\\- ",
          "--- ", "___", "*\u00a0", "\u00a0", "1.\u00a0", "<http://x> ", "<3 ", "<\u00e9", "![", "! [", "{#", "{#k7qm}", "#}", "a {#"]
MARKS = [" {#%s}", " {#%s} ", "{#%s}", "  {#%s}", " {#%s:0123456789abcdef}", " {#%s:0123456789ABCDEF}", " {#%s:0123456789abcde}", " {#%s:0123456789abcdef0}", " {#%s:}",
         " { #%s}", " {#%s}}", " {#%s}.", " {%s}", " {#%s }", "\u00a0{#%s}", " {#%s}\r"]
BYTES = [b"\xc0\x80", b"\xc1\xbf", b"\xc2", b"\xe0\x9f\xbf", b"\xe0\xa0", b"\xed\xa0\x80", b"\xf0\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xff", b"\x80", b"\xe2\x80\n\xa8"]
ODD = [None, 5, 1.5, -1, 2**53, 2**60, True, [], {}, {"a": [{"b": [1]}]}, "", "\x00", "k7qm\x00", "\ufeff", "k7qm", "K7QM", [[[[[[[[[[[[1]]]]]]]]]]]], KeyError]


def texts(f, av, rng, share):
    put = lambda name, data, of=None: rng.random() < share and f.text(av, name, data, of)
    for c in CHARACTERS:
        for place in PLACES:
            put("character %x in %s" % (c, place), ("# T {#a3bd}\n\n" + place % chr(c) + " {#c4ds}\n").encode())
        put("character %x in a row" % c, ("# T {#a3bd}\n\nC {#c4ds}\n\n|%c|\n|a %c|\n" % (c, c)).encode())
    f.text(av, "edges", b"# T {#a3bd}\n\nx {#d5e3}\n")
    for start in STARTS:
        for words in ("words", "", "x ", " x", "{#k7qm}"):
            for mark in MARKS if words in ("words", "") else MARKS[:1]:
                line = start + words + mark % "d5e3" + "\n"
                put("line %r" % line, ("# T {#a3bd}\n\n" + line).encode())
                put("translated line %r" % line, ("# T {#a3bd:0123456789abcdef}\n\n" + line).encode(), "edges")
    for bad in BYTES:
        for n in range(6):
            lines = b"# T {#a3bd}\n\nA {#c4ds}\n\n- b {#d5e3}\n- c {#e6fa}\n".split(b"\n")
            lines[n] = lines[n][:2] + bad + lines[n][2:]
            put("bytes %s in line %d" % (bad.hex(), n + 1), b"\n".join(lines))


def operations(f, av, rng, share):
    """One member of an operation in a type or with bytes that it cannot have."""
    data = av.TEXT_A.encode()
    f.text(av, "of operations", data)
    digest = {c["id"]: c["sha256"] for c in av.parse(data)}
    for op in ("replace", "delete", "move", "insert", "swap", "", None, "Replace"):
        for name in ("op", "id", "base", "text", "after", "more"):
            for odd in ODD:
                o = {"op": op, "id": "k7qm", "base": digest["k7qm"], "after": "c4ds", "text": "x {#%s}" % ("w3w" + av.check_letter("w3w") if op == "insert" else "k7qm")}
                o[name] = odd
                if odd is KeyError:
                    del o[name]
                if rng.random() >= share or isinstance(o.get("op"), (list, dict)):
                    continue
                got = av.apply(data, [[o]])
                if "conflicts" in got:
                    got["conflicts"] = [{**c, "ops": [list(x) for x in c["ops"]]} for c in got["conflicts"]]
                f.doc["amendments"].append({"name": "%r with %s %r" % (op, name, odd), "base": "of operations", "lists": [[o]], **got})
