# SPDX-License-Identifier: Apache-2.0
"""A program that uses the API of a node, and reports of any length that make findings in the sample country."""
import http.client
import json
import urllib.parse

from browsing import let_in

HEAD = '"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo","region","city","naics","hostname_source","sector","rdp_protocol"\n'


def report(first, n, hour=0):
    """n rows of other addresses of one owner, from a number on."""
    rows = (f'"2026-01-05 {hour:02}:{i // 60 % 60:02}:{i % 60:02}","high","2001:db8:200::{i >> 16:x}:{i & 0xffff:x}","tcp","3389","","rdp","64500","XA","","","","",'
            '"","rdp"\n' for i in range(first, first + n))
    return (HEAD + "".join(rows)).encode()


class Program:
    """One that has a token."""

    def __init__(self, node):
        person = let_in(node)
        self.host, self.cookie = person.host, person.cookie
        name = f"program-{len(node.ask('people'))}"
        node.run("people", "add", name, "--roles", "coordinator")
        self.token = node.run("token", "add", name, "--name", "test", "--scope", "all").stdout.decode().strip()
        self.person = person

    def send(self, method, url, body=None, token=True, **headers):
        c = http.client.HTTPConnection(self.host, timeout=240)
        given = {k.replace("_", "-"): v for k, v in headers.items()}
        if token:
            given["Authorization"] = "Bearer " + (self.token if token is True else token)
        c.request(method, url, body, given)
        return c, c.getresponse()

    def ask(self, method, url, body=None, token=True, **headers):
        """Status, what it says (JSON if it is), headers."""
        c, answer = self.send(method, url, body, token, **headers)
        text = answer.read().decode()
        c.close()
        kind = answer.getheader("Content-Type", "")
        return answer.status, json.loads(text) if "json" in kind and "ndjson" not in kind else text, dict(answer.getheaders())

    def get(self, path, **params):
        return self.ask("GET", "/api/v1" + path + ("?" + urllib.parse.urlencode(params) if params else ""))

    def post(self, path, body, **headers):
        return self.ask("POST", "/api/v1" + path, json.dumps(body), Content_Type="application/json", **headers)

    def deliver(self, name, data, **headers):
        return self.ask("POST", "/api/v1/reports?" + urllib.parse.urlencode({"name": name}), data, Content_Type="application/octet-stream", **headers)
