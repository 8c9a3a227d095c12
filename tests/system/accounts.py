# SPDX-License-Identifier: Apache-2.0
"""People with accounts, for tests: a browser that keeps all its cookies, plain or over TLS, and what its person has in his head, on
his telephone and on paper."""
import base64
import hashlib
import hmac
import html
import http.client
import re
import socket
import struct
import time
import urllib.parse

PASSWORD = "four plain words here"


def code_of(secret, step):
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) % 1000000)


def step_now():
    return int(time.time()) // 30


class Browser:
    """Keeps its cookies; comes from an address of this machine, each of which is a network of its own (/24)."""

    def __init__(self, base, source="127.0.0.1", tls=None):
        self.host, self.source, self.tls, self.cookies = base.split("//")[1].split("/")[0], source, tls, {}

    def connect(self):
        if self.tls is None:
            return http.client.HTTPConnection(self.host, timeout=240, source_address=(self.source, 0))
        c = http.client.HTTPSConnection("127.0.0.1", int(self.host.rsplit(":", 1)[1]), timeout=240)
        c.sock = self.tls.wrap_socket(socket.create_connection((c.host, c.port)), server_hostname=self.host.rsplit(":", 1)[0])
        return c

    def ask(self, method, url, body=None, **headers):
        c = self.connect()
        given = {"Host": self.host, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if self.cookies:
            given["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        c.request(method, url, body, given)
        answer = c.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                key, value = value.split(";")[0].split("=", 1)
                if value:
                    self.cookies[key] = value
                else:
                    self.cookies.pop(key, None)
        headers = dict(answer.getheaders())
        headers["all cookies"] = [v for k, v in answer.getheaders() if k == "Set-Cookie"]
        c.close()
        return answer.status, text, headers

    def get(self, url):
        return self.ask("GET", url)

    def post(self, url, fields, **headers):
        return self.ask("POST", url, urllib.parse.urlencode(fields, doseq=True),
                        **{"Content_Type": "application/x-www-form-urlencoded", **headers})

    def form(self, url, fields, page="/account"):
        """One of who is in."""
        return self.post(url, {"csrf": csrf_of(self.get(page)[1]), **fields})

    def login(self, name, password, code, **more):
        return self.post("/enter", {"name": name, "password": password, "code": code, **more})

    def forget(self):
        self.cookies = {}
        return self


def csrf_of(text):
    m = re.search(r'name="csrf" value="([0-9a-f]{64})"', text)
    return m.group(1) if m else ""


def value_of(text, name):
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', text).group(1))


class Person:
    """Password, secret and recovery codes of an account, as its person has them."""

    def __init__(self, name):
        self.name, self.password, self.step, self.codes, self.secret = name, PASSWORD, 0, [], ""

    def code(self):
        """The next one that was not used: of this step or the one after it, else a recovery code."""
        step = max(step_now(), self.step + 1)
        if step <= step_now() + 1:
            self.step = step
            return code_of(self.secret, step)
        return self.codes.pop()

    def enrol(self, b, address):
        page = b.get("/enter/" + address.rsplit("/", 1)[1])
        self.secret = value_of(page[1], "secret")
        answer = b.post("/enrol", {"link": address.rsplit("/", 1)[1], "secret": self.secret, "password": self.password, "repeat": self.password,
                                   "code": self.code()})
        self.codes = re.findall(r"<code>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</code>", answer[1])
        return page, answer
