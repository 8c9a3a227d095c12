# SPDX-License-Identifier: Apache-2.0
"""A browser without a screen on one connection that is kept: what bench/pages.py and bench/years.py ask with."""
import http.client
import urllib.parse


class Browser:
    def __init__(self, address):
        self.base, token = address.rsplit("/enter/", 1)
        self.host, self.cookie = self.base.split("//")[1], ""
        self.c = http.client.HTTPConnection(self.host, timeout=60)
        answer = self.ask("POST", "/enter", urllib.parse.urlencode({"link": token}))
        self.cookie = answer.getheader("Set-Cookie").split(";")[0]

    def ask(self, method, path, body=None, **headers):
        given = {"Host": self.host, "Cookie": self.cookie, **headers}
        if body is not None:
            given["Content-Type"] = "application/x-www-form-urlencoded"
        self.c.request(method, path, body, given)
        answer = self.c.getresponse()
        answer.text = answer.read()
        return answer

    def again(self):
        """Another connection of the same visit."""
        other = object.__new__(Browser)
        other.base, other.host, other.cookie = self.base, self.host, self.cookie
        other.c = http.client.HTTPConnection(self.host, timeout=60)
        return other
