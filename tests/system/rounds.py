#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Consultations on the pages, as two persons of one party and somebody without the right use them: rounds.py WEIR ROUNDS. ROUNDS
(golden/rounds.c) makes a node that is in the middle of several."""
import hashlib
import html
import json
import re
import sys
import time

import binding
from browsing import good_page
from program import check, end, path, wait, write

BEGAN = time.monotonic()

node = binding.start(sys.argv[2])
dara = binding.person(node, "dara", "may-bind coordinator")
chan = binding.person(node, "chan", "may-bind coordinator")
viewer = binding.person(node, "vieng", "viewer")
narrow = binding.person(node, "noy", "coordinator")
binding.query(node, "insert into scope values ('noy', 'owner', 'example-bank')")


def words(text):
    """What a person reads of main."""
    text = re.search(r"<main.*</main>", text, re.S).group(0)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)).replace("&#39;", "'").replace("&amp;", "&")


def press(one, url, back="/agree", **fields):
    """Sends a form of that page: the status, and what the page says after it."""
    fields = {k.rstrip("_").replace("_", "-"): v for k, v in fields.items()}
    status, text, _ = one.post(url, {"csrf": one.csrf(back), "back": back, **fields})
    if status == 303:
        return 303, words(one.get(back)[1])
    return status, words(text) if "<main" in text else text


def send(one, url, fields, file=None, name="visits.md"):
    """The same for a form with a file."""
    boundary = "limit-of-parts"
    parts = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items())
    if file is not None:
        parts += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\n{file}\r\n'
    return one.ask("POST", url, (parts + f"--{boundary}--\r\n").encode(), Content_Type=f"multipart/form-data; boundary={boundary}")


def hidden(text, action):
    """The fields of the form that goes there."""
    form = re.search(rf'<form[^>]*action="{action}".*?</form>', text, re.S)
    return {n: html.unescape(v) for n, v in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form.group(0), re.S)} if form else None


def typed(fields):
    """As a browser sends them: each line ends in CR LF, those of hidden fields too."""
    return {k: re.sub("\r?\n", "\r\n", v) for k, v in fields.items()}


def read_back(name, one, action, back, kind, word, **fields):
    """The page behind the first press of a form of a round, which signs nothing."""
    before = said(kind)
    round_ = back.split("/", 2)[2]
    answer = one.post(f"{action}-preview", typed({"csrf": one.csrf(back), "round": round_, "preview": kind, **fields}))
    text = good_page(f"{name} that is read back", answer)
    seen = words(text)
    if hidden(text, action) is not None:
        check(f"{name}: who says what to which round", f'la says "{word}" to {round_}, the text with the code ' in html.unescape(seen), seen[-900:])
    check(f"{name}: nothing is signed yet", said(kind) == before)
    bare(name, text)
    return text


def signed(kind):
    """The newest statement of ours of that kind."""
    return json.loads(binding.query(node, f"select content from statement where kind = 'agree.{kind}' and sender = 'la' order by n desc limit 1")[0][0][32:])  # behind its salt


def bare(name, text):
    check(f"{name}: no end of a line became a word", "\\x0d" not in text and "\r" not in text, re.findall(r".{0,40}(?:\\x0d|\r).{0,10}", text)[:3])


def said(kind, sender="la"):
    return binding.query(node, "select count(*) from statement where kind = ? and sender = ?", "agree." + kind, sender)[0][0]


def who_may():
    for url in ("/agree", "/agree/gate-times/1", "/agree-table/gate-times/1", "/agree-service/check-words/1", "/agree-commitments"):
        good_page(f"{url}: a viewer sees it", viewer.get(url))
        check(f"{url}: it has no form of its own for him", 'action="/agree/' not in viewer.get(url)[1])
        check(f"{url}: who sees some owners only does not", narrow.get(url)[0] == 403, narrow.get(url)[0])
    check("nor what is to be done in the morning", "consultations that wait" not in narrow.get("/")[1])
    morning = words(dara.get("/")[1])
    check("Morning says what waits", all(w in morning for w in (
        "5 rounds in which we owe something", "1 rounds held, broken or disputed", "2 consultations that wait for a second signature")), morning[:600])
    status, text = press(viewer, "/agree/comment", round="check-words/1", text="x")
    check("a viewer says nothing beside what was entered for the observer", status == 403 and said("comment") == 2, (status, text))


def comments():
    back = "/agree/check-words/1?clause=6y5a"
    page = good_page("a clause by its id", dara.get(back))
    check("its words and what can be done with them", "Put a clause behind it" in page and 'value="6y5a"' in page)
    status, text = press(dara, "/agree/comment", back, round="check-words/1", text="Who counts?", clauses="6y5a", lang="en")
    check("a comment stands beside its clause", status == 303 and "la comment Who counts?" in text, text[:300])
    status, text = press(dara, "/agree/comment", back, round="check-words/1", text="x", clauses="6y5b")
    check("an id with a wrong character", status != 303 and "a character of this id is wrong" in text, text)
    status, text = press(dara, "/agree/comment", back, round="check-words/1", text="x", clauses="2.1")
    check("the number of a clause is no id", status != 303 and "an id has four characters and stands beside the clause's number" in text, text)


def amendments():
    back = "/agree/check-words/1"
    fields = {"csrf": dara.csrf(), "round": "check-words/1", "preview": "1", "op": "replace", "clause": "6y5a", "kind": "editorial",
              "words": "A request is answered by a person within three hours.\u200b", "lang": "en", "reason": "faster\nfor all", "supported-by": "vn, kh"}
    fields = typed(fields)
    before = said("amendment")
    status, text, _ = dara.post("/agree/amend-preview", fields)
    check("an editorial one asks whether the meaning changes", status == 200 and "changes no meaning" in words(text) and hidden(text, "/agree/amend") is None)
    status, text, _ = dara.post("/agree/amend-preview", {**fields, "meaning": "yes"})
    seen = words(text)
    check("the preview has old and new words", "removed: four end of what was removed" in seen and "inserted: three" in seen, seen[:500])
    check("nothing was said yet", said("amendment") == before)
    bare("a preview of an amendment", text)
    carried = hidden(text, "/agree/amend")
    check("the clause keeps its mark, and what parts letters", carried["words"] == fields["words"] + " {#6y5a}", carried)
    status, text, _ = dara.post("/agree/amend", typed(carried))
    (members,), = binding.query(node, "select members from agree_pending where kind = 'agree.amendment' order by id desc limit 1")
    check("a reason of two lines has two lines", "faster\\nfor all" in members, members)
    check("it waits for a second person, as the rule has it", status == 303 and "second person" in words(dara.get(back)[1]))
    status, text, _ = dara.post("/agree/amend-preview", {**fields, "clause": "zzzz", "meaning": "yes"})
    check("who supports it is in it", '"supported_by":["vn","kh"]' in members, members)
    check("one that takes no part supports nothing",
          "'xx' is no party of this round" in words(dara.post("/agree/amend-preview", {**fields, "meaning": "yes", "supported-by": "kh xx"})[1]))
    check("a clause that is not there", "the text has none of that id" in words(text) and hidden(text, "/agree/amend") is None)
    check("a viewer may not even look at a preview", viewer.post("/agree/amend-preview", {**fields, "csrf": viewer.csrf()})[0] == 403)


def second_person():
    waits = {kind: number for number, kind in binding.query(node, "select id, kind from agree_pending order by id desc")}
    amendment = f"/agree-sign/{waits['agree.amendment']}"
    check("who wrote it does not sign it", 'action="/agree/sign"' not in good_page("what waits, for its author", dara.get(amendment)))
    status, text = press(dara, "/agree/sign", "/agree", id=waits["agree.amendment"])
    check("and is refused", status == 403 and "a second person reads it and signs" in text, text)
    page = good_page("what waits, for another", chan.get(amendment))
    check("all of it", "within three hours" in page and 'action="/agree/sign"' in page)
    before = said("amendment")
    status, text = press(chan, "/agree/sign", "/agree", id=waits["agree.amendment"])
    check("two persons have signed", status == 303 and said("amendment") == before + 1, text[:300])
    (by,), = binding.query(node, "select count(*) from statement where kind = 'agree.amendment' and sender = 'la'")
    check("once", by == 1, by)
    check("who supports it is shown", "supported by kh, vn, as its author says" in words(dara.get("/agree/check-words/1?clause=6y5a")[1]))
    check("and in the list", "kh, vn" in [s["supported_by"] for s in node.ask("agree", "said", "check-words/1")])
    page = good_page("an opening that waits", dara.get(f"/agree-sign/{waits['agree.open']}"))
    check("its manifest, whole, and its text", "weir-round-1\ninstrument exchange" in page and "Exchange of officers" in page and "<details>" in page)
    status, text = press(dara, "/agree/sign", "/agree", id=waits["agree.open"])
    check("the round is open", status == 303 and "exchange/1" in text, text[:300])


def positions():
    back = "/agree-position/check-words/1"
    fields = {"csrf": chan.csrf(), "round": "check-words/1", "preview": "1", "position": "objection", "text": "too fast", "lang": "en", "clauses": "6y5a"}
    status, text, _ = chan.post("/agree/position-preview", fields)
    seen = words(text)
    check("what an objection does is said before it is signed", "This stops adoption." in seen and "is marked as incomplete" in seen
          and "Persons who must sign: 2." in seen and "2862 6770" in seen, seen[:700])
    status, text, _ = chan.post("/agree/position-preview", {**fields, "clauses": "6y5a 2.1"})
    check("one about a clause that is not there is not offered for signing", "the text has no such clause" in words(text) and hidden(text, "/agree/position") is None)
    status, text, _ = chan.post("/agree/position-preview", {**fields, "position": "reservation"})
    check("one that the rule forbids is read as an objection", "The rule forbids it" in words(text) and "This stops adoption." in words(text))
    status, text, _ = chan.post("/agree/position-preview", {**fields, "position": "no-objection", "text": ""})
    check("one that stops nothing", "It does not stop adoption, and we will be bound." in words(text))
    words_of = "for us\nand for them"
    status, text, _ = chan.post("/agree/position-preview", typed({**fields, "position": "no-objection", "text": words_of, "cure": words_of}))
    bare("a position that is read back", text)
    carried = hidden(text, "/agree/position")
    check("what was read is what is signed", carried["position"] == "no-objection" and carried["clauses"] == "6y5a" and carried["round"] == "check-words/1", carried)
    chan.post("/agree/position", typed(carried))
    (number, members), = binding.query(node, "select id, members from agree_pending where kind = 'agree.position' order by id desc limit 1")
    check("its words have the lines that were typed", members.count("for us\\nand for them") == 2, members)
    seen = words(good_page("a position that waits", dara.get(f"/agree-sign/{number}")))
    check("the second person reads what the first has: title, round, code, clause, words", all(w in seen for w in (
        "Words of checks", "check-words/1", "2862 6770", "A request is answered by a person within four hours.",
        "for us and for them", "It does not stop adoption", "The full text")), seen)
    before = said("position")
    status, text = press(dara, "/agree/sign", back, id=number)
    check("it is signed by two", said("position") == before + 1 and "no objection" in text, text[:300])
    (mine,), = binding.query(node, "select lower(hex(id)) from statement where kind = 'agree.position' and sender = 'la' order by n desc limit 1")
    check("and said with its first digits", text.lstrip().startswith(f"Position {mine[:12]} is signed by two persons and goes to all parties of the round "), text[:300])
    wait("its voice code is there", lambda: re.search(r"voice code \d{4} \d{4} \d{4} \d{4}", words(dara.get(back)[1])))
    check("and that nobody has it yet", "No other party has it yet" in words(dara.get(back)[1]))
    status, _, _ = chan.post("/agree/retract", {"csrf": chan.csrf(back), "back": back, "round": "check-words/1", "id": mine[:12], "reason": "we look again"})
    text = words(chan.ask("GET", back, Accept_Language="lo")[1])
    check("its author takes it back, and reads so in his language", status == 303 and said("retract") == 1 and
          text.lstrip().startswith("\u0e81\u0eb2\u0e99\u0e96\u0ead\u0e99\u0e84\u0eb7\u0e99 "), text[:300])
    check("then it is not among what was said", "What we have said" not in words(chan.get(back)[1]))
    (theirs,), = binding.query(node, "select lower(hex(id)) from statement where kind = 'agree.position' and sender = 'mm' order by n desc limit 1")
    status, text = press(chan, "/agree/retract", "/agree-objections/reporting/1", round="reporting/1", id=theirs[:12], reason="for them")
    check("nobody else does", status == 403 and "only mm takes back what it said" in text, text)
    tried = binding.query(node, "select person, object, detail from audit where verb = 'agree-retract' and detail <> ''")
    check("and the audit says who tried it, and where", tried == [("chan", "reporting/1", f"refused: only mm takes back what it said ({theirs[:12]})")], tried)
    check("nothing was said", said("retract") == 1)
    page = words(chan.get("/agree-objections/reporting/1")[1])
    check("the objection: why, the cure, who takes it back, what is next", all(w in page for w in (
        "A year is too long.", "Every six months.", "Only mm can take this back.", "later a new round is needed", "kh amendment")), page)
    check("an amendment that stops adoption stands there too", "kh: amendment" in page and page.count("This stops adoption.") == 2 and "by kh mm" in page, page)
    talks(theirs)
    page = words(chan.get("/agree-objections/hours/1")[1])
    check("a disassociation is no objection that lacks something", "our holidays have no duty desk" in page and "incomplete" not in page, page)


def talks(about):
    """With who objects people telephone: a note of that, which is nobody else's."""
    back, said_before = "/agree-objections/reporting/1", binding.query(node, "select count(*) from statement")
    status, text = press(chan, "/agree/talk", back, round="reporting/1", id=about[:12], text="They would take <six> months.", at="2026-01-20 08:30")
    check("a talk is noted", status == 303 and "Talks noted" in text and "They would take &lt;six&gt; months." in text and "2026-01-20 08:30 UTC" in text
          and "chan" in text, text)
    check("it stays here", binding.query(node, "select count(*) from statement") == said_before)
    for fields, why in (({"text": ""}, "text: what was said"), ({"text": "x", "at": "2098-01-01 00:00"}, "not over yet"), ({"text": "x", "at": "noon"}, "a time is"),
                        ({"text": "x", "id": "00000000"}, "00000000"), ({"text": "x" * 8001}, "at most 8000 bytes")):
        status, text = press(chan, "/agree/talk", back, round="reporting/1", **{"id": about[:12], **fields})
        check(f"no talk: {why}", status in (400, 404) and why in text, (status, text[:300]))
    status, text = press(viewer, "/agree/talk", back, round="reporting/1", id=about[:12], text="x")
    check("who has no part in consultations notes none", status == 403 and "/agree/talk" not in viewer.get(back)[1], status)
    shown = node.run("agree", "talks", "reporting/1", "--json").stdout.decode()
    check("as a list", json.loads(shown)["talks"][0]["words"] == "They would take <six> months." and json.loads(shown)["talks"][0]["party"] == "mm", shown)
    status, text = press(chan, "/agree/talk-drop", back, id="J9")
    check("another one is not there", status == 404 and "no note J9" in text, text)
    status, text = press(dara, "/agree/talk-drop", back, id="J1")
    check("it can be erased", status == 303 and "&lt;six" not in text and binding.query(node, "select count(*) from agree_talk") == [(0,)], text)


def broken_and_open():
    """As it stands it would be broken; who objects may take that back, so whatever counts is taken."""
    page = good_page("a round that would be broken", dara.get("/agree/reporting/1?clause=9pp7"))
    check("takes comments and amendments", 'action="/agree/comment"' in page and "op=replace" in page, words(page)[:500])
    page = dara.get("/agree-amendment/reporting/1?clause=9pp7&op=replace")[1]
    check("and its amendment page has a form", 'action="/agree/amend-preview"' in page and "has closed" not in words(page), words(page)[:500])
    check("a position is owed", "a position: without it nothing is adopted" in words(dara.get("/agree/reporting/1")[1]))
    status, text = press(dara, "/agree/comment", "/agree/reporting/1", round="reporting/1", text="Would nine months do?", lang="en")
    check("a comment", status == 303 and "Would nine months do?" in text, text[:300])


def answers():
    back = "/agree-table/gate-times/1"
    page = good_page("comments and answers", dara.get(back))
    check("what nothing explains is red", page.count("unexplained changes") == 2 and "every two years" in page, page.count("unexplained changes"))
    check("side by side", page.count('class="beside"') == 2)
    check("of one party", "kh" in words(dara.get(back + "?party=mm")[1]) and "six hours." not in words(dara.get(back + "?party=mm")[1]))
    (of,), = binding.query(node, "select lower(hex(id)) from statement where kind = 'agree.comment' and sender = 'kh'")
    status, text = press(dara, "/agree/answer", back, round="gate-times/1", of=of[:12], word="not-taken", lang="en")
    check("a refusal without a reason is none", status != 303 and "text" in text, text)
    status, text = press(dara, "/agree/answer", back, round="gate-times/1", of=of[:12], word="not-taken", text="by the clock", lang="en")
    check("an answer", status == 303 and "4 without an answer" in text and "by the clock" in text, text[:400])
    (kh,), (vn,) = (binding.query(node, "select lower(hex(id)) from statement where kind = 'agree.amendment' and sender = ? order by n", who)[0] for who in ("kh", "vn"))
    status, text = press(dara, "/agree/answer", back, round="gate-times/1", of=vn, word="joined", with_=kh, clauses="6y5a", lang="en")
    check("what is joined says with whose", status == 303 and f"joined with others with kh {kh[:12]}" in text, (status, text[:1500]))
    status, text = press(dara, "/agree/answer", back, round="gate-times/1", word="secretariat-proposal", clauses="9pp7", text="yearly is too often", lang="en")
    check("a change that the secretariat proposes is explained", status == 303 and "0 unexplained changes" in text, text[:400])
    status, text, headers = dara.get("/agree-table.csv?round=gate-times/1")
    check("the same as a table", status == 200 and text.startswith("party,clause,kind,comment,proposed text,answer\r\n") and "not-taken: by the clock" in text
          and headers["Content-Type"].startswith("text/csv"), text[:300])
    # mm has said "taken" of an amendment of vn, which is not for it to say
    answers = {(s["party"], s["kind"], s["answer"]) for s in json.loads(node.run("agree", "said", "gate-times/1", "--json").stdout)["said"]}
    check("in the list too only chair and secretariat answer", ("vn", "amendment", "") in answers and ("mm", "amendment", "not-taken") in answers
          and not any(a == "taken" for _, _, a in answers), answers)


def service():
    page = words(good_page("who is served", dara.get("/agree-service/check-words/1")))
    check("by name", "3 of 4 members are served" in page and "its bytes are not here" in page, page[:600])
    (ack,), = binding.query(node, "select lower(hex(s.id)) from statement s join agree_round r on r.instrument = 'check-words' and s.reply = r.open where s.kind = 'ack' and s.sender = 'vn'")
    check("each time names the statement that says so", ack[:12] in page and len(re.findall(r"\b[0-9a-f]{12}\b", page)) >= 4, (ack, page))
    counts = {(s["party"], s["kind"]): s["counts"] for s in json.loads(node.run("agree", "said", "check-words/1", "--json").stdout)["said"]}
    check("what serves its sender is not said to be of another round", counts["vn", "ack"] in (None, "") and counts["kh", "position"] == "yes", counts)
    why = node.run("why", "check-words/1").stdout.decode()
    check("nor not to count", "served since" in why and "not counted ack" not in why, why)
    check("what nobody else has yet is not late while the round goes on", counts["la", "position"] == "not seen yet" and ": late" not in why, (counts, why))
    back = "/agree-service/hours/2"
    check("nobody but who opened it", "1 of 4 members are served" in words(dara.get(back)[1]))
    status, text = press(dara, "/agree/served", back, round="hours/2", party="mm", level="voice")
    (number,), = binding.query(node, "select max(id) from agree_pending")
    status, text = press(chan, "/agree/sign", back, id=number)
    wait("two names attest it, which counts once a third party has seen it", lambda: re.search(r"1 of 4 members are served.*voice \(dara, chan\) [0-9a-f]{12}", words(dara.get(back)[1])))
    text = read_back("more time", dara, "/agree/extend", back, "extend", "Extension", closes="100d", reason="a holiday\nof two days")
    check("what the rule forbids is said before anybody signs", "closes: later than now stands, and by at most 7d" in words(text) and hidden(text, "/agree/extend") is None
          and "of two days</textarea>" in text, words(text)[-900:])
    text = read_back("more time", dara, "/agree/extend", back, "extend", "Extension", closes="3d", reason="a holiday\nof two days")
    carried = hidden(text, "/agree/extend")
    check("it is read back, with the time that it comes to", "a holiday of two days" in words(text) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", carried["closes"]), (carried, words(text)[-900:]))
    status, text, _ = dara.post("/agree/extend", typed(carried))
    text = words(dara.get(back)[1]) if status == 303 else text
    check("what was read is what is signed", signed("extend")["closes"] == carried["closes"] and signed("extend")["reason"] == "a holiday\nof two days", signed("extend"))
    check("more time waits for somebody who has seen it", status == 303 and "Extended 0 of 1 time" in text, text[:500])


def texts():
    page = good_page("a draft", dara.get("/agree-draft/gate-times"))
    check("stale ones are counted", "2 stale, 1 missing" in words(page))
    sheet = dara.get("/agree-draft/gate-times?lang=lo&sheet=1")[1]
    check("a translator is given what is to be done", "six hours" in sheet and ":stale-" in sheet and "%%" in sheet, words(sheet)[:500])
    draft = "# Visits\r\n\r\nWho visits whom,\r\nand when.\r\n\r\n* by day\r\n* by night\r\n"
    one = {"csrf": dara.csrf(), "preview": "1", "instrument": "visits", "lang": "en", "authentic": "yes"}
    status, text, _ = send(dara, "/agree/text-preview", {**one, "text": draft})
    seen = words(text)
    check("what is pasted is shown first", status == 200 and "4 clauses" in seen and "1 " in seen and "lines that were broken by hand" in seen, seen[:500])
    check("nothing is kept yet", binding.query(node, "select count(*) from agree_draft where instrument = 'visits'") == [(0,)])
    bare("a draft in its field", text)
    kept = hidden(text, "/agree/text")
    bare("a draft from a file", send(dara, "/agree/text-preview", {**one, "text": ""}, draft)[1])
    status, text, _ = send(dara, "/agree/text", typed(kept))
    check("then it is kept", status == 303 and "4 clauses, the authentic text" in words(dara.get("/agree")[1]))
    (stored,), = binding.query(node, "select text from agree_draft where instrument = 'visits'")
    check("byte by byte as it was shown", stored.decode() == kept["text"], (stored, kept))
    status, text, _ = send(dara, "/agree/text-preview", {**one, "text": ""}, stored.decode())
    again = hidden(text, "/agree/text")
    check("the same file once more changes nothing", again["text"] == kept["text"])
    send(dara, "/agree/text", again)
    check("and that is said", "nothing has changed" in words(dara.get("/agree")[1]))
    status, text, _ = send(dara, "/agree/text-preview", {**one, "text": "| a | b |"})
    check("what is none is said with its line", "mend" in words(text) and hidden(text, "/agree/text") is None, words(text)[:400])
    status, text = press(dara, "/agree/drop-text", "/agree", instrument="visits", lang="en")
    check("a text is dropped", status == 303 and "visits" not in text)


def summaries():
    """In plain words beside the text, marked as what it is not."""
    page = good_page("a draft has a place for it", dara.get("/agree-draft/hours"))
    check("marked", "not the text" in words(page) and 'action="/agree/summary"' in page)
    status, text = press(dara, "/agree/summary", "/agree-draft/hours", instrument="nothing", lang="en", text="x")
    check("of an instrument without a text it is none", status != 303 and "no text is kept" in text, text)
    status, text = press(dara, "/agree/summary", "/agree-draft/hours", instrument="hours", lang="en", text="a <b>mark</b>")
    check("HTML is none", status != 303 and "HTML and images" in text, text)
    for lang, said_so in (("en", "We answer in a day,\nand keep a list."), ("lo", "\u0e95\u0ead\u0e9a\u0ec3\u0e99\u0edc\u0eb6\u0ec8\u0e87\u0ea1\u0eb7\u0ec9."), ("my", "x")):
        status, text = press(dara, "/agree/summary", "/agree-draft/hours", instrument="hours", lang=lang, text=said_so)
        check(f"it is kept: {lang}", status == 303, text[:300])
    status, text = press(dara, "/agree/summary", "/agree-draft/hours", instrument="hours", lang="my", text="")
    kept = [(t["lang"], t["authentic"]) for t in json.loads(node.run("agree", "texts", "--json").stdout)["texts"] if t["instrument"] == "hours"]
    check("an empty one is dropped", status == 303 and kept == [("en", "yes"), ("en", "summary"), ("lo", "summary")], kept)


def plans():
    fields = {"csrf": dara.csrf(), "preview": "1", "instrument": "hours", "title": "Hours", "members": "kh la mm vn", "opens": "2026-12-20 00:00",
              "closes": "2099-01-30 09:00", "rule": "silence"}
    status, text, _ = dara.post("/agree/plan-preview", fields)
    check("a plan that is none says why", "manifest line" in words(text) and hidden(text, "/agree/propose") is None, words(text)[:300])
    fields.update(opens="", closes="20d")
    status, text, _ = dara.post("/agree/plan-preview", fields)
    seen = words(text)
    check("the manifest is read whole", status == 200 and "weir-round-1 instrument hours" in seen and "min-notice 72h" in seen and "level human" in seen, seen[:800])
    carried = hidden(text, "/agree/propose")
    manifest = re.search(r'<pre class="raw">(weir-round-1.*?)</pre>', text, re.S).group(1)
    status, text, _ = dara.post("/agree/propose", carried)
    (kept,), = binding.query(node, "select manifest from agree_pending where instrument = 'hours'")
    check("and is what waits for a second person", status == 303 and kept == manifest, (kept, manifest))
    status, text = press(dara, "/agree/drop", "/agree", id=binding.query(node, "select max(id) from agree_pending")[0][0])
    check("what waits can be dropped", status == 303 and "hours" not in [i for i, in binding.query(node, "select instrument from agree_pending")])
    for title in ("Hours", "Hours of desks"):
        dara.post("/agree/propose", {**carried, "title": title, "label": "CLEAR"})
    (kept,), = binding.query(node, "select manifest from agree_pending where instrument = 'hours'")
    check("the last one waits", "title Hours of desks" in kept, kept)
    number = binding.query(node, "select id from agree_pending where instrument = 'hours'")[0][0]
    seen = words(good_page("what waits has the summaries", chan.get(f"/agree-sign/{number}")))
    check("which are read before they are signed", "not the text" in seen and "We answer in a day, and keep a list." in seen, seen[-900:])
    check("and the label that it will have", 'data-tlp="CLEAR"' in chan.get(f"/agree-sign/{number}")[1], seen[:300])
    press(dara, "/agree/summary", "/agree-draft/hours", instrument="hours", lang="vi", text="mai")
    status, text = press(chan, "/agree/sign", "/agree", id=number)
    wait("the next round is open", lambda: "hours/2" in words(dara.get("/agree")[1]))
    for lang, word in (("en", "not the text"), ("lo", "\u0e9a\u0ecd\u0ec8\u0ec1\u0ea1\u0ec8\u0e99\u0e95\u0ebb\u0ea7\u0e9a\u0ebb\u0e94"), ("km", "\u1798\u17b7\u1793\u1798\u17c2\u1793\u1787\u17b6\u17a2\u178f\u17d2\u1790\u1794\u1791"),
                       ("my", "\u1005\u102c\u101e\u102c\u1038 \u1019\u101f\u102f\u1010\u103a\u1015\u102b"), ("vi", "kh\u00f4ng ph\u1ea3i v\u0103n b\u1ea3n")):
        page = words(dara.ask("GET", "/agree/hours/2", Accept_Language=lang)[1])
        check(f"the summary is marked: {lang}", word in page and "We answer in a day" in page, page[:500])
    page = dara.ask("GET", "/agree/hours/2", Accept_Language="lo")[1]
    check("a reader's own language stands first", '<p class="lines" lang="lo">' in page and "<summary>en</summary>" in page)
    check("a command takes it out", node.run("agree", "get", "hours", "--file", "summary").stdout == b"We answer in a day,\nand keep a list."
          and node.run("agree", "get", "hours", "--file", "summary", "--lang", "km").returncode != 0)
    check("what was written after the opening goes with the next one", binding.query(node, "select lang from agree_summary") == [("vi",)])
    press(dara, "/agree/summary", "/agree-draft/hours", instrument="hours", lang="vi", text="")
    check("which begins without the others", binding.query(node, "select count(*) from agree_summary") == [(0,)])
    press(dara, "/agree/served", "/agree", round="hours/2", level="none")
    waits = json.loads(node.run("agree", "waiting", "--json").stdout)["waiting"][-1]
    check("what is said in a round has its label", (waits["kind"], waits["label"]) == ("agree.service", "CLEAR"), waits)
    (grace,), = binding.query(node, "select strftime('%Y-%m-%dT%H:%M:%S+00:00', grace, 'unixepoch') from agree_round where instrument = 'hours' and number = 2")
    check("that nobody reached us counts while grace runs", waits["until"] == grace, (waits, grace))
    press(dara, "/agree/drop", "/agree", id=waits["id"])
    status, text, _ = dara.post("/agree/propose", {**carried, "instrument": "reporting"})
    check("nor is the next one opened while one is open", "reporting" not in [i for i, in binding.query(node, "select instrument from agree_pending")])
    status, text, _ = dara.post("/agree/plan-preview", {**fields, "instrument": "gate-times"})
    check("what has no answer keeps a text from being frozen", "no answer yet to" in words(text), words(text)[:300])


def unexplained():
    for s in json.loads(node.run("agree", "said", "gate-times/1", "--json").stdout)["said"]:
        if s["kind"] in ("comment", "amendment") and s["answer"] == "":
            word = "withdrawn" if s["party"] == "vn" and s["kind"] == "comment" else "not-taken"
            press(dara, "/agree/answer", "/agree", round="gate-times/1", of=s["id"][:12], word=word, text="it is enough", lang="en")
    room = max(40, (time.monotonic() - BEGAN) / 2)  # seconds until it closes: on a slow machine so much the more
    opens, closes = (time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + s)) for s in (room - 3600, room))
    press(dara, "/agree/propose", "/agree", instrument="gate-times", members="kh la mm vn", rule="none", opens=opens, closes=closes)
    (number,), = binding.query(node, "select id from agree_pending where instrument = 'gate-times'")
    page = words(chan.get(f"/agree-sign/{number}")[1])
    check("the second person sees what is stale and what is missing", "lo stale: made from older words: 6y5a 9pp7" in page and "km missing in this language: 8bw8" in page, page[:1500])
    press(chan, "/agree/sign", "/agree", id=number)
    wait("the next text is frozen", lambda: "gate-times/2" in words(dara.get("/agree")[1]))
    for text in ("By whose clock?", "And at night?"):
        p = node.run("agree", "comment", "gate-times/2", "--text", text)
        check("a comment on it", p.returncode == 0, p.stderr)
    page = good_page("its page", dara.get("/agree/gate-times/2"))
    check("all of it is explained", "No answer of the round before explains" not in words(page) and "unexplained changes" not in words(dara.get("/agree")[1]), words(page)[:400])
    for (of,) in binding.query(node, "select lower(hex(id)) from statement where kind = 'agree.amendment' and sender in ('kh', 'vn') and case_id = (select open from agree_round where instrument = 'gate-times' and number = 1)"):
        press(dara, "/agree/answer", "/agree", round="gate-times/1", of=of[:12], word="not-taken", text="after all", lang="en")
    page = dara.get("/agree/gate-times/2")[1]
    check("an answer that is revised leaves it without a reason, in red, with the clause", re.search('<p class="error">No answer of the round before explains[^<]*<a href="[^"]*clause=6y5a">', page), words(page)[:600])
    check("in the list too", "unexplained changes: 6y5a" in words(dara.get("/agree")[1]))
    shown = node.run("agree", "show", "gate-times/2").stdout.decode()
    check("and for the command", re.search(r"(?m)^unexplained 6y5a: ", shown), shown)
    listed = json.loads(node.run("agree", "list", "--json").stdout)["rounds"]
    check("and scripts", [r["unexplained"] for r in listed if r["round"].startswith("gate-times")] == ["6y5a", ""], listed)


def after():
    back = "/agree-certificate/hours/1"
    page = words(good_page("the result", dara.get(back)))
    check("the block, who confirms it, who is bound", all(w in page for w in (
        "weir-outcome-1 instrument hours", "confirmed kh", "bound except for 8bw8", "equal to ours", "We read 'holiday'")), page[:900])
    status, text = press(dara, "/agree/statement", back, round="hours/1", text="We note it.", lang="en")
    wait("a statement is added", lambda: re.search("la Statement.*We note it.", words(dara.get(back)[1])))
    fields = {"what": "A list of holidays", "due": "2099-01-01 00:00", "owner": "Office", "clause": "k7qm", "indicator": "case-ack-hours <= 4 h"}
    text = read_back("a commitment", dara, "/agree/commit", back, "commitment", "Commitment", **{**fields, "due": "2001-01-01"})
    check("a date that has passed is refused before anybody signs", "a date that has not passed yet" in words(text) and hidden(text, "/agree/commit") is None and
          'value="Office"' in text, words(text)[-900:])
    text = read_back("a commitment", dara, "/agree/commit", back, "commitment", "Commitment", **{**fields, "indicator": ""})
    check("all of it stands there", all(w in words(text) for w in ("A list of holidays", "Office", "k7qm", "2099-01-01 00:00")), words(text)[-900:])
    status, text, _ = dara.post("/agree/commit", typed(hidden(text, "/agree/commit")))
    check("a commitment", status == 303 and said("commitment") == 2 and signed("commitment")["what"] == "A list of holidays", (status, text[:300]))
    text = read_back("to leave", dara, "/agree/leave", back, "leave", "Departure", reason="the law <has> changed")
    check("why is read back", hidden(text, "/agree/leave")["reason"] == "the law <has> changed" and "the law &lt;has&gt; changed" in text, words(text)[-900:])
    check("a viewer is asked for nothing", viewer.post("/agree/leave-preview", {"csrf": viewer.csrf(), "round": "hours/1", "preview": "leave", "reason": "x"})[0] == 403)
    page = words(good_page("commitments", dara.get("/agree-commitments")))
    check("late is computed", "1 late" in page, page[:500])
    (mine,), = binding.query(node, "select lower(hex(id)) from statement where kind = 'agree.commitment' and sender = 'la' order by n limit 1")
    (theirs,), = binding.query(node, "select lower(hex(id)) from statement where kind = 'agree.commitment' and sender = 'kh' order by n limit 1")
    status, text = press(dara, "/agree/progress", "/agree-commitments", round="hours/1", id=theirs[:12], status="done", text="x")
    check("nobody speaks of the commitment of another", status == 403 and "only kh says how far its commitment is" in text and said("progress") == 0, text)
    progress = {"csrf": dara.csrf(), "round": "hours/1", "id": mine[:12], "status": "done", "text": "since March"}
    status, text, _ = send(dara, "/agree/progress", {**progress, "evidence-link": "javascript:alert(1)"})
    check("a link is one of the web", status == 400 and "https://" in text, words(text)[:300])
    status, text, _ = send(dara, "/agree/progress", {**progress, "evidence-link": "https://la.example/drill"}, "who took part\n", "\u202egpj.drill\u200f.txt")
    check("with evidence", status == 303, words(text)[:300] if "<main" in text else text)
    wait("until somebody says that it is done", lambda: re.search("0 late.*since March", words(dara.get("/agree-commitments")[1])))
    page = good_page("with what stands behind it", dara.get("/agree-commitments"))
    digest = hashlib.sha256(b"who took part\n").hexdigest()
    check("a file by its digest, and a link", f"Evidence \\xe2\\x80\\xaegpj.drill\\xe2\\x80\\x8f.txt {digest[:12]} https://la.example/drill" in words(page), words(page)[:1500])
    check("marks that reorder its name are shown, and nowhere done", "\u202e" not in page and "\u200f" not in page)
    head = viewer.ask("GET", f"/api/v1/round-evidence?round=hours/1&of={digest[:12]}")[2]
    check("and its name is no name of what is kept", "gpj" not in str(head) and "attachment" in str(head), str(head))
    check("the file is taken out", f"/api/v1/round-evidence?round=hours%2F1&amp;of={digest}" in page
          and viewer.get(f"/api/v1/round-evidence?round=hours/1&of={digest[:12]}")[1] == "who took part\n", re.findall(r"/api/v1/round-evidence[^\"]*", page))
    counts = {s["kind"]: s["counts"] for s in json.loads(node.run("agree", "said", "hours/1", "--json").stdout)["said"]}
    check("how far a commitment is, is of this round", counts["progress"] in (None, ""), counts)
    check("by a command too", node.run("agree", "get", "hours/1", "--file", "evidence", "--of", digest[:8]).stdout == b"who took part\n"
          and node.run("agree", "get", "hours/1", "--file", "evidence", "--of", "0" * 8).returncode != 0)
    p = node.run("agree", "progress", "hours/1", mine[:12], "--status", "done", "--evidence-figure")
    check("what cannot be measured is no figure", p.returncode != 0 and (b"nothing yet to measure" in p.stderr or b"no indicator" in p.stderr), p.stderr)
    status, text = press(dara, "/agree/statement", "/agree-certificate/check-words/1", round="check-words/1", text="x")
    check("nothing is added to what is not adopted", status == 403 and "this is for what was adopted" in text, text)


def incomplete():
    back = "/agree-position/reporting/1"
    fields = {"csrf": dara.csrf(back), "round": "reporting/1", "position": "objection", "text": "too long", "lang": "en"}
    dara.post("/agree/position", fields)
    wait("an objection without its cure is asked for it where its party looks", lambda: "It counts, and is marked as incomplete" in words(dara.get(back)[1]))
    dara.post("/agree/position", {**fields, "cure": "half a year"})
    wait("until it has one", lambda: "is marked as incomplete" not in words(dara.get(back)[1]))


def minutes():
    back = "/agree-certificate/session/1"
    words_of = "Minutes: the text was read and nobody spoke <against> it.\n"
    check("minutes are read before they are signed", words_of.strip() in html.unescape(viewer.get(back)[1]) and 'action="/agree/minutes"' not in viewer.get(back)[1])
    status, text, headers = viewer.get("/api/v1/round-minutes?round=session/1&party=vn")
    check("and are a file, which no browser opens", status == 200 and text == words_of and headers["Content-Type"] == "application/octet-stream", (status, text, dict(headers)))
    check("or of a command", node.run("agree", "get", "session/1", "--file", "minutes").stdout.decode() == words_of)
    refused = node.run("agree", "get", "session/1", "--file", "minutes", "--party", "kh")
    (old,), = binding.query(node, "select id from agree_round where instrument = 'gate-times' and number = 1")
    binding.query(node, "insert into agree_pending(kind, round, instrument, members, manifest, label, role, at, person) select 'agree.minutes', id, instrument, "
                        "',\"round_sha256\":\"' || lower(hex(digest)) || '\",\"minutes\":\"' || lower(hex(digest)) || '\"', '', 'AMBER', 'may-bind', 0, 'chan' from agree_round where id = ?", old)
    (number,), = binding.query(node, "select max(id) from agree_pending")
    status, text = press(dara, "/agree/sign", "/agree", id=number)
    check("behind closing no second person signs what would not count", status == 403 and "has closed" in text and said("minutes") == 0, (status, text[:300]))
    press(dara, "/agree/drop", "/agree", id=number)
    write("late.txt", words_of.encode())
    late = node.run("agree", "minutes", "gate-times/1", path("late.txt"))
    check("nor does one person", late.returncode != 0 and b"has closed" in late.stderr, late.stderr)
    check("whoever sent none is named", refused.returncode != 0 and b"kh has sent no minutes" in refused.stderr, refused.stderr)


def two_of_one_name():
    """What leads on from a round that is in dispute finds that one."""
    (columns,), = binding.query(node, "select group_concat(name) from pragma_table_info('agree_round') where name not in ('id', 'open', 'statement')")
    binding.query(node, f"insert into agree_round(open, statement, {columns}) select zeroblob(32), (select max(n) from statement), {columns} from agree_round "
                        "where instrument = 'session'")
    (opening,), = binding.query(node, "select lower(hex(open)) from agree_round where instrument = 'session' and open <> zeroblob(32)")
    page = dara.get(f"/agree-certificate/{opening}")[1]
    for url in re.findall(r'href="(/agree-print/[^"]*|/api/v1/round-minutes[^"]*)"', page):
        status, text, _ = dara.get(url.replace("&amp;", "&"))
        check(f"{url.split('/')[1]}: it leads on", status == 200, (url, text[:200]))
    page = dara.get(f"/agree/{opening}")[1]
    check("to an amendment too", f'href="/agree-amendment/{opening}?' in dara.get(f"/agree/{opening}?clause={re.search('clause=([0-9a-z]{4})', page).group(1)}")[1])
    binding.query(node, "delete from agree_round where open = zeroblob(32)")


def because():
    page = words(dara.get("/agree-objections/contacts/1")[1])
    check("nobody objects in a consultation", "Nothing is decided." in page and "still object" not in page, page[-300:])
    for cause, seen in (("assents 1 of 3", "assents: 1 of 3"), ("minutes 1 of 2", "signatures under the minutes: 1 of 2"), ("record 0 of 1", "record of the act: 0 of 1"),
                        ("bound 1 of 2", "members that would be bound: 1 of 2"), ("kh mm", "by kh mm"), ("manifests ab12 cd34", "other manifests of this round: ab12 cd34")):
        binding.query(node, "update agree_round set because = ? where instrument = 'hours' and number = 1", cause)
        check(f"'{cause}' in words", seen in words(dara.get("/agree")[1]))
    binding.query(node, "update agree_round set because = '-' where instrument = 'hours' and number = 1")


def figures():
    status = node.run("status").stdout.decode()
    metrics = node.run("metrics").stdout.decode()
    check("the status counts rounds and our late commitments", all(re.search(rf"{w} +{n}\b", status) for w, n in (
        ("rounds that wait for us", r"[1-9]\d*"), ("rounds broken", 1), ("rounds held", 0), ("our commitments late", 1))), status)
    check("the metrics too", "weir_commitments_late 1" in metrics and 'weir_rounds_wrong{state="broken"} 1' in metrics and re.search(r"weir_rounds_owed [1-9]", metrics), metrics[-1500:])
    check("and Morning names what is late", "our commitments that are late" in words(dara.get("/")[1]))


def clocks():
    page = words(dara.get("/agree-position/reporting/1")[1])
    check("a clock says the seat of government, as it does for meetings", "16:00 Vientiane, Phnom Penh, Hanoi · 15:30 Yangon" in page, page[:500])
    binding.query(node, "insert into contact_card(party, serial, confirmed, created, zone, taken) values ('mm', 900, 0, 0, 'Asia/Tokyo', 0)")
    page = words(dara.get("/agree-position/reporting/1")[1])
    check("and is that of the party's card", "18:00 Tokyo" in page and "Yangon" not in page, page[:500])


def withdraw():
    """Last, since it ends the round."""
    back = "/agree-service/check-words/1"
    check("how a time is written is said beside its field", "Times are in UTC, such as 2027-03-10 09:00" in words(dara.get(back)[1]))
    check("only the chair is asked whether to end it", "withdraw-preview" not in dara.get("/agree-service/reporting/1")[1] and "withdraw-preview" not in viewer.get(back)[1])
    status, text, _ = dara.post("/agree/withdraw-preview", typed({"csrf": dara.csrf(back), "round": "check-words/1", "withdraw": "1", "reason": "the text was\nthe wrong one"}))
    check("it is read back", status == 200 and "la withdraws check-words/1, the text with the code 2862 6770." in words(text) and "the wrong one" in words(text), words(text)[-900:])
    kept = hidden(text, "/agree/retract")
    check("nothing is ended yet", "withdrawn" not in words(dara.get(back)[1]))
    status, text, _ = dara.post("/agree/retract", typed(kept))
    check("then it is said", status == 303 and said("retract") == 2, (status, text[-300:]))
    of = binding.query(node, "select s.reply = r.open from statement s, agree_round r where s.kind = 'agree.retract' and r.instrument = 'check-words' order by s.n desc limit 1")
    check("of the opening: it ends the round once another party has seen it", of == [(1,)], of)
    wait("until then the page says that it is signed", lambda: "counts as soon as another party has it" in words(dara.get(back)[1]))
    check("and does not ask again", "withdraw-preview" not in dara.get(back)[1])


def next_round(number):
    p = node.run("agree", "propose", "gate-times", "--members", "kh,la,mm,vn", "--rule", "none", "--closes", "20d", "--title", "Times")
    check("the next round is written", p.returncode == 0, p.stderr)
    press(chan, "/agree/sign", "/agree", id=binding.query(node, "select max(id) from agree_pending")[0][0])
    wait("and open", lambda: f"gate-times/{number}" in words(dara.get("/agree")[1]))


def carry_all(number):
    for s in json.loads(node.run("agree", "said", f"gate-times/{number}", "--json").stdout)["said"]:
        if s["kind"] in ("comment", "amendment") and s["answer"] == "":
            node.run("agree", "answer", f"gate-times/{number}", "--of", s["id"], "--word", "carried")


def carried():
    """What is offered again in the next round, by a button."""
    check("what others said is theirs to say again", "carried from the round before" not in words(dara.get("/agree")[1]))
    carry_all(2)
    wait("the second round has closed", lambda: re.search(rb"(?m)^state +consolidating", node.run("agree", "show", "gate-times/2").stdout))
    time.sleep(1.5)  # what is signed in the second of closing is in time
    next_round(3)
    check("the list mentions what was carried", "2 of ours carried from the round before" in words(dara.get("/agree")[1]), words(dara.get("/agree")[1])[:900])
    page = good_page("the round offers it again", dara.get("/agree/gate-times/3"))
    again = hidden(page, "/agree/repeat")
    check("by a button for each", page.count('action="/agree/repeat"') == 2 and words(page).count("Say it again") == 2 and "By whose clock?" in page and again is not None)
    check("a viewer has none", 'action="/agree/repeat' not in viewer.get("/agree/gate-times/3")[1] and press(viewer, "/agree/repeat", "/agree", round=again["round"], id=again["id"])[0] == 403)
    status, text, _ = dara.post("/agree/repeat", again)
    wait("it is said again", lambda: binding.query(node, "select count(*) from statement s join agree_round r on r.open = s.case_id where r.instrument = 'gate-times' "
                                                        "and r.number = 3 and s.sender = 'la' and s.kind = 'agree.comment'") == [(1,)])
    page = dara.get("/agree/gate-times/3")[1]
    check("and offered no more", page.count('action="/agree/repeat"') == 1 and f'value="{again["id"]}"' not in page and "1 of ours" in words(dara.get("/agree")[1]))


def delegation():
    """Who may bind the party lets somebody else do it, for one text and a time."""
    own, lent = binding.account(node, "suda", "may-bind"), binding.account(node, "khem", "analyst")
    other = binding.account(node, "bounmy", "may-bind")
    position = {"round": "check-words/1", "position": "support", "lang": "en"}
    back = "/agree-position/check-words/1"
    status, text = press(lent, "/agree/position", "/agree", **position)
    check("who has no right says nothing", status == 403 and "another role" in text, text)
    give = {"id": "khem", "instruments": "check-words", "until": "10d", "why": "suda is away"}
    for change, why in (({"until": "500d"}, "a year away"), ({"until": "2020-01-01"}, "a year away"), ({"instruments": "check-word"}, "no text and no round"),
                        ({"instruments": ""}, "instruments: which"), ({"why": ""}, "say why"), ({"id": "suda"}, "to himself"),
                        ({"id": "bounmy"}, "already, by a role"), ({"id": "khim"}, "no account")):
        status, text = press(own, "/agree/delegate", "/agree", **{**give, **change})
        check(f"not delegated: {change}", status != 303 and why in text, (status, text[:300]))
    page = good_page("the page of rounds offers it", own.get("/agree"))
    check("by name", '<option value="khem">' in page and '<option value="bounmy">' not in page)
    status, text = press(own, "/agree/delegate", "/agree", **give)
    check("it is delegated", status == 303 and "khem may bind the party in check-words until" in text and "suda is away" in text, text[:400])
    status, text = press(lent, "/agree/delegate", "/agree", **{**give, "id": "noy"})
    check("not onward", status == 403 and "another role" in text, text)
    check("nor is it ended by whom it was given to", press(lent, "/agree/delegate-end", "/agree", id="1")[0] == 403)
    status, text = press(lent, "/agree/position", "/agree", **{**position, "round": "reporting/1"})
    check("for no other text", status == 403 and "no delegation of that instrument holds" in text, text)
    check("whose page has no form for it", 'action="/agree/position-preview"' not in lent.get("/agree-position/reporting/1")[1])
    check("that of this one has", 'action="/agree/position-preview"' in good_page("the position, for a delegate", lent.get(back)))
    before = said("position")
    status, text = press(lent, "/agree/position", back, **position)
    (number,), = binding.query(node, "select max(id) from agree_pending where kind = 'agree.position'")
    check("it is written", status == 303 and "second person" in text, text[:300])
    check("a delegate is no second person of his own", press(lent, "/agree/sign", back, id=number)[0] == 403 and said("position") == before)
    status, text = press(own, "/agree/sign", back, id=number)
    wait("giver and delegate are two", lambda: said("position") == before + 1)
    (log,), = binding.query(node, "select detail from audit where verb = 'agree-position' and person = 'khem'")
    check("the audit names the delegation", log == "by delegation 1 of suda", log)
    json_ = json.loads(node.run("agree", "delegations", "--json").stdout)["delegations"]
    check("the command lists it", [(d["person"], d["giver"], d["instruments"], d["state"]) for d in json_] == [("khem", "suda", "check-words", "holds")], json_)
    press(lent, "/agree/position", back, **position)
    (number,), = binding.query(node, "select max(id) from agree_pending where person = 'khem'")
    p = node.run("people", "roles", "suda", "viewer")
    check("its giver loses the role", p.returncode == 0, p.stderr)
    before = said("position")
    status, text = press(other, "/agree/sign", "/agree", id=number)
    check("what was written before is not signed then", status == 403 and "'khem' has written it, and may no longer bind" in text and said("position") == before, (status, text[:300]))
    check("and can be dropped", node.run("agree", "drop", str(number)).returncode == 0)
    status, text = press(lent, "/agree/position", "/agree", **position)
    check("and it ends", status == 403 and "another role" in text, text)
    node.run("people", "roles", "suda", "may-bind")
    check("for good", press(lent, "/agree/position", "/agree", **position)[0] == 403)
    p = node.run("agree", "delegate", "khem", "--instruments", "check-words,hours", "--until", "2d", "--why", "a test")
    check("at the machine it is given too", p.returncode == 0, p.stderr)
    check("and ended", 'value="2"' in other.get("/agree")[1] and node.run("agree", "delegate-end", "2").returncode == 0
          and node.run("agree", "delegate-end", "2").returncode != 0 and press(lent, "/agree/position", "/agree", **position)[0] == 403)
    node.run("agree", "delegate", "khem", "--instruments", "check-words", "--until", "2d", "--why", "a test")
    binding.query(node, "update agree_delegation set until = ? where id = 3", int(time.time() * 1e6) - 1)
    check("its date ends it", press(lent, "/agree/position", "/agree", **position)[0] == 403)
    node.run("agree", "delegate", "khem", "--instruments", "gate-times", "--until", "2d", "--why", "a test")
    again = hidden(lent.get("/agree/gate-times/3")[1], "/agree/repeat")
    status, text = press(lent, "/agree/repeat", "/agree/gate-times/3", round=again["round"], id=again["id"])
    (log,), = binding.query(node, "select detail from audit where verb = 'agree-repeat' and person = 'khem'")
    check("an amendment that is repeated names it once", status == 303 and log.startswith("by delegation 4 of ") and log.count("delegation") == 1, (status, log, text[:300]))
    node.run("agree", "delegate-end", "4")
    check("and that is listed", [d["state"] for d in json.loads(node.run("agree", "delegations", "--json").stdout)["delegations"]] == ["ended", "over", "ended", "ended"])


for part in (who_may, figures, minutes, two_of_one_name, comments, amendments, second_person, positions, broken_and_open, answers, texts, summaries, plans, unexplained, service, after, carried, delegation, because, incomplete, clocks, withdraw):
    part()
node.stop()
end()
