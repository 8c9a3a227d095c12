# SPDX-License-Identifier: Apache-2.0
"""A node with consultations (tests/golden/rounds.c), and persons who may bind its party."""
import hashlib
import os
import shutil
import sqlite3
import subprocess
import time

from browsing import Browser
from node import EXAMPLES, Node
from program import check, free_port, path


def start(rounds):
    """rounds: the program that makes the state."""
    conf = path("conf")
    shutil.copytree(os.path.join(EXAMPLES, "country"), conf)
    with open(os.path.join(conf, "weir.yaml"), encoding="utf-8") as f:
        text = f.read().replace("country: XA", "country: LA")
    with open(os.path.join(conf, "weir.yaml"), "w", encoding="utf-8") as f:
        f.write(text)
    p = subprocess.run([rounds, path("n")], capture_output=True, timeout=120)
    check("the rounds are made", p.returncode == 0, p.stdout.decode() + p.stderr.decode())
    return Node("n", "--pages", str(free_port()), "--dry-run", "--conf", conf).start()


def query(node, sql, *values):
    c = sqlite3.connect(os.path.join(node.state, "state.db"), timeout=60)
    rows = c.execute(sql, values).fetchall()
    c.commit()
    c.close()
    return rows


def person(node, name, role):
    """Somebody with these roles, who is in."""
    base = node.run("people", "link").stdout.decode().strip().rsplit("/enter/", 1)[0]
    token, now = os.urandom(32), int(time.time() * 1e6)
    columns = {"id": hashlib.sha256(token).digest(), "person": name, "role": role, "opened": now, "until": now + 3600 * 10**6}
    if "used" in {r[1] for r in query(node, "pragma table_info(session)")}:
        columns["used"] = now
    query(node, f"insert into session({', '.join(columns)}) values ({', '.join('?' * len(columns))})", *columns.values())
    one = Browser(base)
    one.cookie = "weir=" + token.hex()
    return one


def account(node, name, roles):
    """Somebody with an account of these roles, who has logged in a moment ago."""
    now = int(time.time() * 1e6)
    query(node, "insert into account(name, title, state, made, made_by, password) values (?, ?, 'active', ?, 'root', 'x')", name, name, now)
    ((number,),) = query(node, "select id from account where name = ?", name)
    for role in roles.split():
        query(node, "insert into account_role(account, role, at, by) values (?, ?, ?, 'root')", number, role, now)
    one = person(node, name, "")
    query(node, "update session set account = ?, sure = ?, used = ? where person = ?", number, now, now, name)
    return one
