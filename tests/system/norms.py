# SPDX-License-Identifier: Apache-2.0
"""Norms on one node: what people say of themselves by command, page and API; what the records show and what of it a person has confirmed;
a list of actions with a mistake in it; two papers, of which the one for everybody has nothing that is AMBER, searched through every
byte; and the survey that comes back."""
import csv
import io
import json
import os
import sqlite3

from browsing import good_page, let_in
from node import Node
from program import check, end, free_port, path, write

SECRET, PUBLIC, NAMED = "the-amber-word", "the-clear-word", "the-named-word"


def said(what, run, status, *words):
    text = (run.stdout + run.stderr).decode()
    check(what, run.returncode == status and all(w in text for w in words), (run.returncode, text))
    return text


node = Node("n", "--pages", str(free_port()), "--dry-run").start()


def answers():
    norms = node.ask("norm", "list")
    check("eleven norms, and what is asked beside them", len([n for n in norms if n["part"] == "norms"]) == 11
          and [n["part"] for n in norms] == sorted((n["part"] for n in norms), key=("law", "norms", "confidence", "capacity").index), len(norms))
    check("nobody has said anything", {n["status"] for n in norms} == {"not-assessed"} and not any(n["label"] for n in norms))
    said("one of them", node.run("norm", "set", "gge2015.h", "--status", "partly-implemented", "--measures", SECRET, "--label", "AMBER", "--plan", SECRET), 0)
    said("another", node.run("norm", "set", "gge2015.j", "--status", "implemented", "--measures", PUBLIC, "--plan", PUBLIC, "--label", "CLEAR"), 0)
    said("one for named persons without a name", node.run("norm", "set", "gge2015.b", "--measures", NAMED, "--label", "RED"), 2, "readers")
    said("no account of that name", node.run("norm", "set", "gge2015.b", "--label", "RED", "--readers", "dara"), 2, "there is no account 'dara'")
    node.run("people", "add", "dara", "--roles", "coordinator", "--name", "Dara Example")
    said("with a name", node.run("norm", "set", "gge2015.b", "--measures", NAMED, "--label", "RED", "--readers", "dara"), 0)
    said("no such norm", node.run("norm", "set", "gge2015.x", "--status", "aware"), 1, "there is no norm 'gge2015.x'")
    said("it is read back", node.run("norm", "show", "gge2015.h"), 0, SECRET, "partly-implemented", "https://docs.un.org/en/A/70/174")
    one = json.loads(node.run("norm", "show", "gge2015.h", "--json").stdout)["norms"][0]
    check("and as JSON", one["measures"] == SECRET and one["label"] == "AMBER", one)
    with sqlite3.connect(os.path.join(node.state, "state.db")) as db:
        details = [d for d, in db.execute("select detail from audit where verb like 'norm%'")]
    check("the audit says what was changed, and none of the words", len(details) == 3 and any("measures" in d for d in details)
          and not any(SECRET in d for d in details), details)


def evidence():
    node.run("contact", "add", "--kind", "cvd", "--office", "Desk for reports", "--email", "cvd@cert.example")
    rows = {r["figure"]: r for r in node.ask("norm", "evidence", "gge2015.j")}
    check("what the records show, with the query", rows["cvd-contact"]["value"] == "1" and rows["cvd-contact"]["query"].startswith("select count(*)"), rows)
    db = sqlite3.connect(os.path.join(node.state, "state.db"))
    asked = db.execute(rows["cvd-contact"]["query"].replace("main.", ""), (0, 1)).fetchone()[0]
    check("which anyone can ask", str(asked) == rows["cvd-contact"]["value"], asked)
    said("nothing is invented", node.run("norm", "confirm", "gge2015.k", "never-block"), 2, "keeps no records")
    said("nor confirmed of nothing", node.run("norm", "confirm", "gge2015.h", "requests-answered"), 2, "nothing yet")
    said("what was seen is no more", node.run("norm", "confirm", "gge2015.j", "cvd-contact", "--seen", "2"), 2, "has become 1")
    said("a note has room for 500 letters", node.run("norm", "confirm", "gge2015.j", "cvd-contact", "--note", "\u1780" * 501), 2, "longer than 1500 bytes")
    node.run("norm", "confirm", "gge2015.j", "cvd-contact", "--note", "\u1780" * 500)
    check("and all of them stay", {r["note"] for r in node.ask("norm", "evidence", "gge2015.j") if r["figure"] == "cvd-contact"} == {"\u1780" * 500})
    said("a person confirms it", node.run("norm", "confirm", "gge2015.j", "cvd-contact", "--seen", "1", "--note", "called"), 0, "is confirmed")
    node.run("contact", "add", "--kind", "cvd", "--ref", "second", "--office", "Second desk", "--email", "two@cert.example")
    row, = [r for r in node.ask("norm", "evidence", "gge2015.j") if r["figure"] == "cvd-contact"]
    check("it stays as it was, beside what is now", (row["value"], row["confirmed"], row["note"]) == ("2", "1", "called") and row["person"], row)


def lists():
    write("bad.csv", b"list,norm,action\nchecklist,gge2015.h,Name a desk\nchecklist,gge2015.zz,Try\n")
    said("a list with a mistake", node.run("norm", "import", path("bad.csv")), 2, "bad.csv:3: norm: there is no norm 'gge2015.zz'")
    check("nothing of it is there", node.ask("norm", "actions") == [])
    write("good.csv", ("list,norm,action\n" + "".join(f"checklist,gge2015.{c},\"Do {c}, {'at length ' * 60}\"\n" for c in "abcdefghijk")).encode())
    said("one without", node.run("norm", "import", path("good.csv")), 0, "new")
    check("all are there, in more than one piece", len(node.ask("norm", "actions")) == 11, len(node.ask("norm", "actions")))
    said("the same again", node.run("norm", "import", path("good.csv")), 0, "0 of them new")
    number = str(node.ask("norm", "actions", "gge2015.h")[0]["action"])
    said("how one stands", node.run("norm", "act", "gge2015.h", number, "--status", "planned"), 0)
    check("is said", node.ask("norm", "actions", "gge2015.h")[0]["status"] == "planned")
    said("of another norm", node.run("norm", "act", "gge2015.a", number, "--status", "planned"), 1, "has no action")


def papers():
    for what, words in (("survey", ("norm", "print", "--label", "CLEAR")), ("plan", ("norm", "print", "--plan", "--label", "CLEAR")),
                        ("export", ("norm", "export", "--label", "CLEAR")), ("survey as CSV", ("norm", "export", "--survey", "--label", "CLEAR"))):
        text = said(f"{what} for everybody", node.run(*words), 0, PUBLIC)
        check(f"{what}: nothing of AMBER, nothing for named persons", SECRET not in text and NAMED not in text and "planned" not in text
              and "partly" not in text, text)
    rows = list(csv.DictReader(io.StringIO(node.run("norm", "export", "--label", "CLEAR").stdout.decode())))
    check("the columns of an action plan", list(rows[0]) == ["norm", "action_plan", "activities", "existing_initiatives", "challenges", "capacities_required",
                                                              "time_frame", "lead_country", "interested_partners", "label"]
          and len(rows) == 11 and {r["label"] for r in rows} == {"TLP:CLEAR"}, rows[0])
    said("for clients there is more", node.run("norm", "print", "--label", "AMBER"), 0, PUBLIC, SECRET, "TLP:AMBER ", "cvd-contact: 1")
    check("and not what is for named persons", NAMED not in node.run("norm", "print", "--label", "AMBER+STRICT").stdout.decode())
    said("for oneself all", node.run("norm", "print"), 0, PUBLIC, SECRET, NAMED, "TLP:RED")
    said("RED is for nobody", node.run("norm", "export", "--label", "RED"), 2, "named persons")
    said("GREEN is for a group", node.run("norm", "export", "--label", "GREEN"), 2, "group")
    said("a group that is not known", node.run("norm", "export", "--label", "GREEN", "--group", "x"), 1, "no card")


def pages():
    one = let_in(node)
    text = good_page("norms", one.get("/norms"))
    check("they are listed, and nothing more of named persons", "gge2015.k" in text and "for named persons" in text)
    check("one for named persons", NAMED not in good_page("that one", one.get("/norms/gge2015.b")))
    text = good_page("one with no records", one.get("/norms/gge2015.k"))
    check("says so", "orders no blocks yet" in text)
    text = good_page("the paper for everybody", one.get("/norm-survey?label=CLEAR&group="))
    paper = text.split('class="paper"')[1].split("</article>")[0]
    check("has nothing of AMBER", PUBLIC in paper and SECRET not in text and NAMED not in text and 'data-tlp="CLEAR"' in paper
          and "AMBER" not in paper, paper[:300])
    check("says how many are left out", "Left out, by the label: 1" in text, text[:2000])
    text = one.get("/norm-plan.csv?label=CLEAR")[1]
    check("the same as CSV", PUBLIC in text and SECRET not in text)
    good_page("a label that there is not", one.get("/norm-survey?label=PINK"), 400)
    csrf = one.csrf("/norms")
    answer = one.post("/norms/set", {"csrf": csrf, "back": "/norms/gge2015.e", "id": "gge2015.e", "status": "aware", "measures": "one\r\ntwo", "challenges": "x" * 3900,
                                     "needs": "", "review": "2026-01-31", "label": "AMBER"})
    check("a form, longer than a message", answer[0] == 303 and answer[2]["Location"] == "/norms/gge2015.e", answer[:2])
    check("is an answer of several lines", json.loads(node.run("norm", "show", "gge2015.e", "--json").stdout)["norms"][0]["measures"] == "one\ntwo")
    check("whose review is due", "answers to norms that are to be looked at again" in one.get("/")[1] and len(node.ask("norm", "list", "--due")) == 1)
    answer = one.post("/norms/import", {"csrf": csrf, "list": "ours", "rows": "gge2015.a one\r\n\r\ngge2015.q two"})
    check("a row of a page that is wrong", answer[0] == 400 and "row 2: norm: there is no norm" in answer[1], answer[1][-400:])


def survey():
    said("too soon", node.run("norm", "done", "--months", "3"), 2, "12 to 24")
    said("it is finished", node.run("norm", "done", "--months", "12"), 0, "12 months")
    one = let_in(node)
    check("the morning is silent", "survey of norms" not in one.get("/")[1])
    said("what has changed since", node.run("norm", "set", "gge2015.h", "--status", "implemented"), 0)
    check("is shown", "was partly implemented at the last survey" in one.get("/norms")[1])
    node.stop()
    db = sqlite3.connect(os.path.join(node.state, "state.db"))
    db.execute("update norm_survey set due = due - 320 * 86400000000")
    db.commit()
    db.close()
    node.start()
    check("when it is due, the morning says so", "survey of norms that is due" in let_in(node).get("/")[1])
    row, = [r for r in node.ask("norm", "evidence", "gge2015.j") if r["figure"] == "cvd-contact"]
    check("what was confirmed is there after a start", row["confirmed"] == "1", row)


for step in (answers, evidence, lists, papers, pages, survey):
    step()
node.stop()
end()
