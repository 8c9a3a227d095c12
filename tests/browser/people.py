# SPDX-License-Identifier: Apache-2.0
"""Accounts in a browser: the link of the first one, password and second factor, recovery codes on paper, a wrong login and a right one,
one's account, people, the question for the password that comes between, a reset that everybody is shown.

  people.py SOURCE-TREE BUILD-FOLDER"""
import base64
import hashlib
import hmac
import os
import re
import struct
import subprocess
import sys
import time

SOURCE, BUILD = sys.argv[1], sys.argv[2]
sys.argv = [sys.argv[0], os.path.join(BUILD, "weir")]
sys.path.insert(0, os.path.join(SOURCE, "tests", "system"))
import browser
from browser import check, waited
from node import Node
from program import free_port

browser.needed()
PASSWORD = "four plain words here"


def weir(*words):
    """What it says."""
    return node.run(*words).stdout.decode()


def code(secret, step):
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7fffffff) % 1000000)


def now():
    return int(time.time()) // 30


def everywhere(b, name):
    for shown, size, dark in (("light", "desk", False), ("dark", "desk", True), ("phone", "phone", False)):
        b.look(size=size, dark=dark)
        b.passes(f"{name}, {shown}")
    b.look()


def fill(b, **fields):
    for name, value in fields.items():
        field = b.find(f'[name="{name.replace("_", "-")}"]')
        field.clear()
        field.send_keys(value)


def press(b, selector="main form.enter > button"):
    b.find(selector).click()


def title(b):
    return b.find("h1").text


def enrol(b, address):
    b.load(address)
    everywhere(b, "enrol")
    secret = b.find(".secret").text.replace(" ", "")
    size = b.js("const box = document.querySelector('.qr').getBoundingClientRect(); return [box.width, box.height]")
    check("the QR code can be held before a telephone", size[0] > 150 and abs(size[0] - size[1]) < 1, size)
    fill(b, password=PASSWORD, repeat=PASSWORD, code="000000")
    press(b)
    waited("a wrong code is said", lambda: "not the code" in b.find(".wrong").text)
    b.log()  # the browser notes the status 400
    check("the secret is the same", b.find(".secret").text.replace(" ", "") == secret)
    fill(b, password=PASSWORD, repeat=PASSWORD, code=code(secret, now()))
    press(b)
    waited("recovery codes are shown", lambda: title(b) == "Recovery codes")
    everywhere(b, "codes")
    codes = [e.text for e in b.driver.find_elements("css selector", ".codes code")]
    paper = b.paper("codes")
    check("on one sheet of paper stand all of them", len(codes) == 10 and len(paper) == 1 and all(c in paper[0] for c in codes), paper)
    b.find("main p a").click()
    waited("he is in", lambda: title(b) == "Morning")
    return secret, codes


def login(b, codes):
    b.find('header form[action="/leave"] button').click()
    waited("he has left", lambda: title(b) == "You have left")
    b.find("main a").click()
    waited("the login", lambda: title(b) == "Log in")
    everywhere(b, "login")
    fill(b, name="dara", password="something else", code="123456")
    press(b)
    waited("a wrong one is said", lambda: "did not let you in" in b.find(".wrong").text)
    b.log()
    everywhere(b, "login, wrong")
    check("the name is kept, the password is not", b.find("[name=name]").get_attribute("value") == "dara" and not b.find("[name=password]").get_attribute("value"))
    fill(b, password=PASSWORD, code=codes.pop())
    press(b)
    waited("the right one lets in", lambda: title(b) == "Morning")


def account(b):
    b.find(".who a").click()
    waited("his account", lambda: title(b) == "Your account")
    everywhere(b, "account")
    check("this visit is among his", "this one" in b.find("main").text)
    fields = b.driver.find_elements("css selector", "#token-name")
    check("there is a form for tokens", len(fields) == 1)
    fields[0].send_keys("tickets")
    press(b, 'form[action="/account/token"] button')
    waited("a token is shown", lambda: re.fullmatch(r"weir_[A-Za-z0-9_-]{43}", b.find(".once").text.strip()) is not None)
    everywhere(b, "token")


def people(b, codes):
    b.load(b.base + "/people")
    check("People", title(b) == "People", title(b))
    everywhere(b, "people")
    subprocess.run(["/usr/bin/python3", "-c",
                    "import sqlite3, sys; d = sqlite3.connect(sys.argv[1], timeout=30); d.execute('update session set sure = 0'); d.commit()",
                    os.path.join(node.state, "state.db")], check=True)
    fill(b, id="boun", name="Boun Example")
    press(b, 'form[action="/people/add"] > button')
    waited("password and code are asked for", lambda: title(b) == "Once more, please")
    b.log()
    everywhere(b, "again")
    fill(b, again_password=PASSWORD, again_code=codes.pop())
    press(b)
    waited("then the link is shown", lambda: "/enter/" in b.find(".once").text)
    everywhere(b, "link")
    b.find("main p a").click()
    waited("the account is there", lambda: "Boun Example" in b.find("main").text)
    b.load(b.base + "/people/boun")
    everywhere(b, "person")
    press(b, 'form[action="/people/reset"] button')
    waited("a reset shows a link too", lambda: "/enter/" in b.find(".once").text)
    b.load(b.base + "/")
    check("everybody is shown it", "boun was reset by dara" in b.find("main").text)
    b.shot("morning with a reset")


node = Node("n", "--pages", str(free_port()), "--dry-run").start()
b = browser.Browser()
try:
    first = weir("people", "add", "dara", "--roles", "admin,coordinator", "--name", "Dara Example").strip()
    b.base = first.split("/enter/")[0]
    _, papers = enrol(b, first)
    login(b, papers)
    account(b)
    people(b, papers)
    # the same without the script
    b.scripts(False)
    b.find('header form[action="/leave"] button').click()
    # the click is answered before the next page is asked for: else he is still in
    waited("he has left again", lambda: title(b) == "You have left")
    b.load(b.base + "/enter?")
    fill(b, name="dara", password=PASSWORD, code=papers.pop())
    press(b)
    waited("without the script he comes in as well", lambda: title(b) == "Morning")
finally:
    b.stop()
    node.stop()
browser.end()
