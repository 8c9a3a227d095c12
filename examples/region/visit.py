# SPDX-License-Identifier: Apache-2.0
"""Who has come in to the pages of a node: by a link of the sample, or with an account."""
import base64
import hashlib
import hmac
import html
import http.client
import json
import os
import re
import secrets
import struct
import urllib.parse

from common import PATIENCE, Stop


class Visit:
    """By a link of 'weir people link'."""

    def __init__(self, address):
        token = self.at(address)
        status, text = self.form("/enter", link=token)
        if status != 303:
            raise Stop(f"{self.host} does not let in: {status} {text[:200]}")

    def at(self, address):
        """Whose address that is, and the token in it."""
        base, token = address.rsplit("/enter/", 1)
        self.host, self.cookies = base.split("//")[1], {}
        return token

    def ask(self, method, url, body=None, kind="application/x-www-form-urlencoded", **headers):
        c = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        c.request(method, url, body, {"Host": self.host, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Content-Type": kind, **headers})
        answer = c.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                self.cookies.update([value.split(";")[0].split("=", 1)])
        c.close()
        return answer.status, text

    def form(self, url, **fields):
        return self.ask("POST", url, urllib.parse.urlencode(fields))

    def token(self):
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.ask("GET", "/")[1])
        if not found:
            raise Stop(f"{self.host}: the visit has ended")
        return found.group(1)

    def change(self, name, **params):
        """The form of that change, as a program sends it."""
        status, text = self.ask("POST", f"/api/v1/changes/{name}", json.dumps(params), "application/json", **{"Weir-CSRF": self.token()})
        if status != 200:
            raise Stop(f"{self.host}: {name}: {status} {text.strip()}")
        return text


class Signatory(Visit):
    """With an account of a role that the sample's link has not: may-bind. What its person has in his head and on his telephone lies
    beside the node, as root.key does."""
    NAME = "signatory"

    def __init__(self, node):  # pylint: disable=super-init-not-called
        self.node, self.file, self.used = node, node.path("signatory.json"), 0
        if os.path.exists(self.file):
            self.at(node.link())
            with open(self.file, encoding="utf-8") as f:
                self.has = json.load(f)
        else:
            self.enrol()
        status, text = self.form("/enter", name=self.NAME, password=self.has["password"], code=self.code())
        if status != 303:
            raise Stop(f"{self.host} does not let in {self.NAME}: {status} {text[:200]}")

    def enrol(self):
        token = self.at(self.node.run("people", "add", self.NAME, "--roles", "may-bind,coordinator").strip())
        text = self.ask("GET", "/enter/" + token)[1]
        secret = html.unescape(re.search(r'name="secret" value="([^"]*)"', text).group(1))
        self.has = {"password": secrets.token_hex(16), "secret": secret}
        status, text = self.form("/enrol", link=token, secret=secret, password=self.has["password"], repeat=self.has["password"], code=self.code())
        if status != 200:
            raise Stop(f"{self.host}: the account of {self.NAME} is not made: {status} {text[:200]}")
        with open(os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as f:
            json.dump(self.has, f)

    def code(self):
        """Six digits (RFC 6238), none twice: that of now or the one after it."""
        self.used = max(int(self.node.play.now()) // 30, self.used + 1)
        mac = hmac.new(base64.b32decode(self.has["secret"]), struct.pack(">Q", self.used), hashlib.sha1).digest()
        at = mac[-1] & 15
        return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"
