# SPDX-License-Identifier: Apache-2.0
"""Style and script of the pages, on a page that has every part of them (sample.html), in a real browser and under the
policy that the node's pages have: light, dark, on a phone, on paper, in five languages, with the script and without.

  style.py SOURCE-TREE BUILD-FOLDER"""
import html
import http.server
import os
import re
import sys
import threading

import browser
from browser import check, waited

SOURCE, BUILD = sys.argv[1], sys.argv[2]
HERE = os.path.dirname(os.path.abspath(__file__))
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
          "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'")
TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml", "woff2": "font/woff2"}
FONTS = {"lo": "Noto Sans Lao", "km": "Noto Sans Khmer", "my": "Noto Sans Myanmar"}
HOSTILE = "<b id=hostile>3 records</b>"


def block(text, key):
    """A block or a word of a language file."""
    word = re.search(rf'^ *{key}: "(.*)"$', text, re.M)
    return word.group(1) if word and key != "text" else re.search(r"^text: \|\n((?:  .*\n|\n)+)", text, re.M).group(1)


def page(lang):
    with open(os.path.join(HERE, "sample.html"), encoding="utf-8") as f:
        text = f.read()
    folder = os.path.join(SOURCE, "conf", "lang", lang)
    with open(os.path.join(folder, "letter.yaml"), encoding="utf-8") as f:
        letter = html.escape(block(f.read(), "text"))
    with open(os.path.join(folder, "classes.yaml"), encoding="utf-8") as f:
        title = html.escape(block(f.read(), "title"))
    paragraphs = "".join(f"<p>{p}</p>" for p in letter.split("\n\n"))
    return text.replace('"LANG"', f'"{lang}"').replace("TITLE", title).replace("<p>TEXT</p>", paragraphs)


class Pages(http.server.BaseHTTPRequestHandler):
    uploads = []  # what came in: (Accept, bytes)

    def answer(self, status, kind, body, **more):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), "Content-Security-Policy": POLICY,
                            "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
                            "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", **more}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        asset = re.fullmatch(r"/(?:a/0|f)/([a-z-]+\.(css|js|svg|woff2))", self.path)
        if asset:
            path = os.path.join(SOURCE if asset.group(2) == "svg" else BUILD, "ui", asset.group(1))
            with open(path, "rb") as f:
                self.answer(200, TYPES[asset.group(2)], f.read())
        elif re.fullmatch(r"/[a-z]{2}", self.path):
            self.answer(200, "text/html; charset=utf-8", page(self.path[1:]).encode())
        elif self.path == "/taken":
            self.answer(200, "text/html; charset=utf-8", page("en").replace("<h1>Morning", "<h1>Taken").encode())
        else:
            self.answer(404, "text/plain; charset=utf-8", b"there is no such page")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Pages.uploads.append((self.headers["Accept"], body))
        if self.headers["Accept"] != "text/plain":
            self.answer(303, "text/plain", b"", Location="/taken")
        elif b"refuse me" in body:
            self.answer(413, "text/plain; charset=utf-8", b"the file is too large\n")
        else:
            self.answer(202, "text/plain; charset=utf-8", f"R7 done\n{HOSTILE}\n".encode())

    def log_message(self, *_):
        pass


def results():
    return b.js("return [...document.querySelectorAll('.results li')].map((li) => li.textContent)")


def fetched():
    return b.js("return performance.getEntriesByType('resource').map((e) => new URL(e.name).pathname)")


def looks():
    """English in each of the ways that people look at it."""
    for name, how in {"light": {}, "dark": {"dark": True}, "phone": {"size": "phone"}, "phone dark": {"size": "phone", "dark": True}}.items():
        b.look(**how)
        b.load(site + "en")
        b.passes(name)
        ground = b.js("return getComputedStyle(document.documentElement).backgroundColor")
        check(f"{name}: the ground is as the desktop wants", (sum(map(int, re.findall(r"\d+", ground))) < 200) == bool(how.get("dark")), ground)
        check(f"{name}: no font is fetched for Latin letters", not [p for p in fetched() if p.startswith("/f/")], fetched())
    box = b.js("const t = document.querySelector('.table'); return [t.scrollWidth, t.clientWidth]")
    check("phone: the wide table scrolls in its box", box[0] > box[1], box)


def paper():
    b.look(dark=True, media="print")
    b.load(site + "en")
    shown = "return [...document.querySelectorAll(arguments[0])].filter((e) => e.getBoundingClientRect().height).map((e) => e.tagName)"
    check("paper: nothing to press", not (seen := b.js(shown, "nav, form, button, .skip")), seen)
    check("paper: the label and the time stand there", b.js(shown, "footer p") == ["P"])
    check("paper: dark letters from a dark desktop", b.js("return getComputedStyle(document.body).color") == "rgb(26, 31, 36)")
    check("paper: a row stays whole", b.js("return getComputedStyle(document.querySelector('tbody tr')).breakInside") == "avoid")
    check("paper: text can be read", not (faint := b.js(browser.CONTRAST)[1]), faint)
    b.shot("paper")
    b.look()
    b.js("const t = document.querySelector('tbody'), rows = [...t.children];"
         "for (let i = 0; i < 12; i++) for (const row of rows) t.append(row.cloneNode(true));")
    pages = b.paper("paper")
    check("paper: label and time on every page", len(pages) > 2 and all("TLP:AMBER · drawn 2026-01-05" in p for p in pages), pages)
    check("paper: the head of the table on each of its pages", all("seen last, UTC" in p for p in pages[:2]), pages)


def languages():
    for lang in ("lo", "km", "my", "vi"):
        for size in ("desk", "phone"):
            b.look(size=size)
            b.load(site + lang)
            b.passes(f"{lang} {size}")
        for what in ("p", "h2"):
            fonts = b.fonts(f"#letter {what}")
            check(f"{lang}: {what} stands in the font of the page", lang == "vi" or fonts.get(FONTS[lang]) is True, fonts)
        kinds = {p for p in fetched() if p.startswith("/f/")}
        check(f"{lang}: only its own fonts are fetched", len(kinds) == (0 if lang == "vi" else 2), kinds)
        high = b.js("return [...arguments].map((e) => parseFloat(getComputedStyle(e).lineHeight) / parseFloat(getComputedStyle(e).fontSize))",
                    b.find("#letter p"), b.find("#letter p[lang=en]"))
        check(f"{lang}: lines have room for their marks", [round(h, 2) for h in high] == [1.45 if lang == "vi" else 1.8, 1.45], high)


def keys():
    b.look()
    b.load(site + "en")
    focus = "const e = document.activeElement; return e.id || e.className || e.tagName"
    body = b.find("body")
    body.send_keys("\ue004")
    check("keys: the first stop is the skip link", b.js(focus) == "skip", b.js(focus))
    edge = b.js("const s = getComputedStyle(document.activeElement); return [s.outlineWidth, s.outlineStyle, s.clipPath]")
    check("keys: where the focus is can be seen", edge == ["3px", "solid", "none"], edge)
    body.send_keys("/")
    check("keys: / goes to the search", b.js(focus) == "q", b.js(focus))
    b.find("#q").send_keys("/?")
    check("keys: a field keeps what is typed", b.find("#q").get_property("value") == "/?" and not b.js("return document.querySelector('dialog').open"))
    b.js("document.activeElement.blur()")
    body.send_keys("?")
    check("keys: ? shows the list", b.js("return document.querySelector('dialog').open"))
    b.passes("keys")
    body.send_keys("\ue00c")
    check("keys: Esc closes it", not b.js("return document.querySelector('dialog').open"))
    title = b.js("return document.querySelector('footer time').title")
    check("times: the reader's own is the title", "2026" in title, title)


def uploads(folder):
    b.look()
    b.load(site + "en")
    paths = []
    for name, text in {"one.csv": "a,b", "two.csv": "refuse me"}.items():
        paths.append(os.path.join(folder, name))
        with open(paths[-1], "w", encoding="utf-8") as f:
            f.write(text)
    b.js("window.values = []; new MutationObserver(() => values.push(document.querySelector('progress').value))"
         ".observe(document.querySelector('progress'), {attributes: true})")
    b.find("#file").send_keys("\n".join(paths))
    b.find(".drop button").click()
    waited("upload: every line of both answers is there", lambda: len(results()) == 5)
    check("upload: in turn, and text stays text", results() == ["one.csv: sending 1 kB", "R7 done", HOSTILE, "two.csv: sending 1 kB", "the file is too large"], results())
    check("upload: what was refused is marked", b.find(".results .error").text == "the file is too large")
    check("upload: the bar was there and is gone", b.js("return values.some((v) => v > 0) && document.querySelector('progress').hidden"), b.js("return values"))
    sent = [body for _, body in Pages.uploads]
    check("upload: one request a file, the token before it", len(sent) == 2 and all(0 < s.find(b'name="csrf"') < s.find(b'name="file"') for s in sent), sent)
    # the browser itself says that a status of 4xx came
    check("upload: nothing else is logged", all("413" in line for line in b.log()))
    b.shot("upload")
    b.js("""const d = new DataTransfer(); d.items.add(new File(["x"], "dropped.csv"));
    const f = document.querySelector(".drop"), fire = (kind) => f.dispatchEvent(new DragEvent(kind, {dataTransfer: d, bubbles: true, cancelable: true}));
    window.over = [!fire("dragover"), "over" in f.dataset]; fire("drop"); window.over.push("over" in f.dataset);""")
    waited("drop: the dropped file is sent", lambda: results()[-3:] == ["dropped.csv: sending 1 kB", "R7 done", HOSTILE])
    check("drop: the box shows that it takes the file", b.js("return window.over") == [True, True, False], b.js("return window.over"))


def without_script(folder):
    b.scripts(False)
    b.load(site + "en")
    b.find("#file").send_keys(os.path.join(folder, "one.csv"))
    b.find(".drop button").click()
    waited("without the script: the form goes to the node and the page says so", lambda: b.find("h1").text == "Taken")
    kind, body = Pages.uploads[-1]
    check("without the script: the file is in it", kind != "text/plain" and b'filename="one.csv"' in body, kind)
    check("without the script: nothing is logged", not (log := b.log()), log)
    b.scripts(True)


browser.needed()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
threading.Thread(target=server.serve_forever, daemon=True).start()
site = f"http://127.0.0.1:{server.server_address[1]}/"
b = browser.Browser()
try:
    looks()
    paper()
    languages()
    keys()
    uploads(b.folder)
    without_script(b.folder)
finally:
    b.stop()
    server.shutdown()
browser.end()
