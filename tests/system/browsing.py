# SPDX-License-Identifier: Apache-2.0
"""A browser without a screen, for tests of the staff's pages: keeps its cookie, sends forms, and knows what no page may have."""
import html.parser
import http.client
import re
import urllib.parse

from program import check


class Browser:
    """One that keeps its cookie."""

    def __init__(self, base):
        self.host = base.split("//")[1]
        self.cookie = None

    def ask(self, method, url, body=None, **headers):
        c = http.client.HTTPConnection(self.host, timeout=120)
        given = {"Host": self.host, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if self.cookie:
            given["Cookie"] = self.cookie
        c.request(method, url, body, given)
        answer = c.getresponse()
        self.raw = answer.read()
        text = self.raw.decode("utf-8", "replace")
        cookie = answer.getheader("Set-Cookie")
        if cookie:
            self.cookie = cookie.split(";")[0] if not cookie.startswith("weir=;") else None
        c.close()
        return answer.status, text, dict(answer.getheaders())

    def get(self, url):
        return self.ask("GET", url)

    def post(self, url, fields, **headers):
        return self.ask("POST", url, urllib.parse.urlencode(fields), **{"Content_Type": "application/x-www-form-urlencoded", **headers})

    def csrf(self, url="/"):
        return re.search(r'name="csrf" value="([0-9a-f]{64})"', self.get(url)[1]).group(1)

    def upload(self, name, data, csrf, url="/reports"):
        body = (f'--limit-of-parts\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n--limit-of-parts\r\nContent-Disposition: form-data; '
                f'name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n').encode() + data + b"\r\n--limit-of-parts--\r\n"
        return self.ask("POST", url, body, Content_Type="multipart/form-data; boundary=limit-of-parts")


class Outline(html.parser.HTMLParser):
    """Elements of a page, and what is wrong with them."""

    def __init__(self, text):
        super().__init__()
        self.scripts, self.wrong, self.seen = 0, [], 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen += 1
        self.scripts += tag == "script"
        if tag in ("img", "iframe", "object", "embed", "style", "base") or any(k.startswith("on") or k == "style" for k, _ in attrs):
            self.wrong.append((tag, attrs))
        if any(k in ("href", "src", "action", "formaction") and not re.match(r"[/#][^/\\]?", v or "") for k, v in attrs):
            self.wrong.append((tag, attrs))


def good_page(what, answer, status=200):
    code, text, headers = answer
    o = Outline(text)
    check(what, code == status and o.seen > 5 and not o.wrong and o.scripts == 1, (code, o.wrong, o.scripts))
    check(f"{what}: its headers", "default-src 'none'" in headers.get("Content-Security-Policy", "") and headers.get("Cache-Control") == "no-store"
          and headers.get("X-Content-Type-Options") == "nosniff", headers)
    return text


def let_in(node):
    """The sample's person, by a link of its own."""
    address = node.run("people", "link").stdout.decode().strip()
    one = Browser(address.rsplit("/enter/", 1)[0])
    one.post("/enter", {"link": address.rsplit("/", 1)[1]})
    return one
