# SPDX-License-Identifier: Apache-2.0
"""Statements in which several things are changed at once, beside others that are held: for statement_random.py. What a single change
shows is the verdict of its own check; here the order of the checks decides."""
import copy


def people(v, rng):
    good = [v.person("a"), v.person("b", "may-bind")]
    odd = [{"id": " ", "role": " ", "at": " "}, {"id": "c", "role": "duty"}, {"id": "", "role": "duty", "at": "x"}, 5, None, "x", [], {}]
    return [copy.deepcopy(rng.choice(good + good + odd)) for _ in range(rng.randrange(5))]


def change_body(c, b, rng, kind, body, wrong):
    v = c.v
    members = sorted(set(v.KINDS[kind][2] + v.KINDS[kind][3] + v.COMMON))
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        name, what = rng.choice(members), rng.random()
        if what < 0.2:
            body.pop(name, None)
        elif what < 0.6:
            body[name] = copy.deepcopy(rng.choice(wrong))
        else:
            body[name] = b.value(name, kind)
    if rng.random() < 0.25:
        body["by"] = people(v, rng)


def change_head(c, b, rng, head, sender, to, held):
    v, names = c.v, list(b.base)
    for field in ("case", "reply"):
        if rng.random() < 0.2:
            head[field] = rng.choice([v.ZERO, v.sha(b"x")] + [b.base[k]["id"] for k in names])
    if rng.random() < 0.3:
        head["tlp"] = rng.choice(list(v.TLP))
    if rng.random() < 0.15:
        head["exercise"] = rng.choice(["", "la/river-2027", "kh/river-2027"])
    if rng.random() < 0.15:
        head["created"] = v.NOW + rng.choice([-86400, -5, 0, 300, 301, v.FROM_S - 300 - v.NOW, v.FROM_S - 301 - v.NOW, v.UNTIL_S + 300 - v.NOW, v.UNTIL_S + 301 - v.NOW])
        head["expires"] = rng.choice([0, head["created"] + 1, head["created"] + 900])
    if sender == "la" and rng.random() < 0.2:
        head["key"] = c.new
    same = [h for h in held if h["fields"]["sender"] == sender and h["fields"]["to"] == to]
    if rng.random() < 0.5:
        head.update(seq=77, prev=v.sha(b"76"))
    elif same and rng.random() < 0.7:
        before = rng.choice(same)
        head.update(seq=before["fields"]["seq"] + 1, prev=before["id"] if rng.random() < 0.8 else v.sha(b"z"))
    if rng.random() < 0.03:
        head["media"] = rng.choice(["text/plain", "application/jsonx"])


def mixed(c, b, rng, n, wrong):
    v = c.v
    for i in range(n):
        kind = rng.choice(sorted(v.KINDS))
        sender, me, to, body, head, held = b.good(kind, rng.random() < 0.5)
        body, head, held = copy.deepcopy(body), dict(head), list(held)
        change_body(c, b, rng, kind, body, wrong)
        if rng.random() < 0.15:
            sender = rng.choice(list(v.PARTY))
            to = [x for x in to if x != sender] or ["kh"]
        if rng.random() < 0.1:
            me = rng.choice(list(v.PARTY))
        if rng.random() < 0.1:
            to = [x for x in sorted(rng.sample(list(v.PARTY), rng.randrange(1, 5))) if x != sender] or [sender]
        if rng.random() < 0.5:
            held += [b.base[k] for k in rng.sample(list(b.base), rng.randrange(5)) if b.base[k] not in held]
        if rng.random() < 0.1:
            held = held[:-1]
        change_head(c, b, rng, head, sender, to, held)
        s = v.make(f"mixed {i}", sender, to, kind, body, **head)
        c.put(f"mixed {kind}", me, s["bytes"], held, v.NOW + rng.choice([0, 0, 0, 1, 400, 86400 * 30]), rng.choice([1, 1, 1, 2]))
