# SPDX-License-Identifier: Apache-2.0
"""Statements that the core and the pages run, as SQLite would run them: none goes through all rows of a table that grows with the years,
but those of the files and pieces that stand here with a reason. And whatever looks for the statements of a case, or for the answers to a
statement, finds them by that: SQLite, which counts no rows here, takes the index by kind else, and goes through all of a kind."""
import re
import sqlite3

import statements as literal
import tree

BIG = ("case_", "case_entry", "finding", "notice_item", "notice", "receipt", "message", "audit", "feed_item")
# (file, piece of the statement; "" stands for all of the file's)
ALLOWED = (
    # a person asked for it, and may wait
    ("see/backup.c", ""), ("see/change_campaign.c", ""), ("see/change_correct.c", ""), ("see/change_quiet.c", ""), ("see/deep.c", ""), ("see/moving.c", ""), ("see/reread_swap.c", ""),
    # once, when a node starts
    ("see/node.c", "from finding"), ("see/sign.c", "signing = null where signing is not null"),
    ("see/sent.c", "set state = 'held', next_try = null where state = 'ready'"),
    # its newest row alone
    ("see/change.c", "from audit order by seq desc limit 1"),
)

db = sqlite3.connect(":memory:")
for name in (n for n in tree.files(".sql") if n.startswith("src/state/schema/")):
    db.executescript(tree.read(name))


def statements(text):
    for m in re.finditer(r"db_query\(\s*[^,;\"]+,\s*((?:\"(?:[^\"\\]|\\.)*\"\s*)+)\)", text):
        yield text.count("\n", 0, m.start()) + 1, "".join(re.findall(r"\"((?:[^\"\\]|\\.)*)\"", m.group(1)))


def scans(sql):
    names = {table: table for table in BIG}
    for table in BIG:
        for alias in re.findall(rf"\b{table}\s+(?:as\s+)?(\w+)\b", sql):
            names.setdefault(alias, table)
    numbers = [int(n) for n in re.findall(r"\?(\d+)", sql)]
    wanted = max(numbers) if numbers else sql.count("?")
    for *_, detail in db.execute("explain query plan " + sql, [1] * wanted):
        m = re.match(r"(SCAN|SEARCH) (\w+)(.*)", detail)
        if m and m.group(2) in names and ((m.group(1) == "SCAN" and "USING" not in m.group(3)) or "(rowid<?)" in m.group(3)):
            yield detail


seen = 0
for name in tree.files(".c"):
    if not name.startswith(("src/see/", "src/link/", "src/proc/", "src/state/")):
        continue
    for line, sql in statements(tree.read(name)):
        try:
            plan = list(scans(sql))
        except sqlite3.Error as e:
            # statements of the days' files have tables of their own
            if "no such table" not in str(e):
                tree.bad(f"{name}:{line}", f"{e}: {sql}")
            continue
        seen += 1
        if plan and not any(name.endswith(file) and piece in sql for file, piece in ALLOWED):
            tree.bad(f"{name}:{line}", f"{'; '.join(plan)}: {sql}")

# Pages, lists and figures: what grows with the years there, and what may go through all of it. A list that goes on behind an id walks
# by the primary key and stops when it has enough; what is left out of a page's statement by a filter is what bench/years.py measures.
GROWS = BIG + ("case_finding", "case_touches", "case_target", "case_task", "case_member", "case_step", "statement", "note", "learn", "meeting", "meeting_party",
               "outage", "alert", "refusal", "clearance", "attachment", "log_entry", "answer", "answer_row", "delivery", "case_entry_find", "case_find")
WALKS = re.compile(r"\border by (?:\w+\.)?(?:id|seq|n)(?: desc)? limit\b", re.I)
# (file, piece of the statement), by why
PAGES = (
    # where findings are not in memory (web/sheet.h), and then told to be slow
    ("country.c", "from finding f where f.first >= ?"), ("figures.c", "select severity, state from finding"), ("figures.c", "stage = 'seen-again'"),
    ("figures.c", "case why when 'gone'"), ("page_search.c", "f.malware = lower(?1)"),
    # from the newest on, and stops by itself
    ("page_feeds.c", "select receipt, last_receipt, why"),
    # sums and counts over an index that has all they ask for
    ("figures.c", "select state from receipt"), ("figures.c", "sum(with_events)"), ("figures.c", "sum(events)"), ("figures.c", "select state from notice"),
    ("page_letters.c", "select state, count(*) from notice"), ("page_cases.c", "c.ended is not null"), ("page_findings_parts.c", "select distinct assigned"),
    # how many fit a filter that somebody has typed, of rows of which there are some thousand a year
    ("messages.c", "select count(*) from message m"), ("notices.c", "select count(*) from notice n"), ("receipts.c", "select count(*) from receipt"),
    # the newest first until there are enough, by a filter
    ("messages.c", "select m.id, m.kind"), ("notices.c", "select n.id, n.ticket"), ("alerts.c", "from alert"), ("page_roster.c", "from alert"),
    # in the order of when it is due, of those that are open mostly
    ("cases.c", "from case_task t"),
    # some hundred a year at most: meetings, outages, needs and offers, files of drafts; refusals of the exit
    ("figures.c", "from outage"), ("figures.c", "from meeting m"), ("figures.c", "from refusal"), ("learn_one.c", "from blob b join attachment f"),
    ("page_meetings.c", "from meeting m"), ("page_morning_links.c", "from meeting m"), ("page_needs.c", "from learn l"),
)

db.create_function("has", -1, lambda *a: 0)
db.create_function("inside", 2, lambda *a: 0)
shared = {}
for name in tree.files(".h"):
    shared.update(literal.macros(tree.read(name)))
used = set()
for name in tree.files(".c"):
    for line, sql in literal.found(name, shared) if name.startswith("src/web/") else ():
        numbers = [int(n) for n in re.findall(r"\?(\d+)", sql)]
        try:
            plan = [d for *_, d in db.execute("explain query plan " + sql, [1] * (max(numbers) if numbers else sql.count("?")))]
        except sqlite3.Error:
            # a piece of one, or one of tables that a connection makes for itself
            continue
        seen += 1
        names = {table: table for table in GROWS}
        for table in GROWS:
            for alias in re.findall(rf"\b{table}\s+(?:as\s+)?(\w+)\b", sql):
                names.setdefault(alias, table)
        scanned = [d for d in plan for m in [re.match(r"SCAN (\w+)(?! USING INDEX \w+$)", d)] if m and m.group(1) in names]
        allowed = [p for p in PAGES if name == "src/web/" + p[0] and p[1] in sql]
        used.update(allowed)
        if scanned and not allowed and not WALKS.search(sql):
            tree.bad(f"{name}:{line}", f"{'; '.join(scanned)}: {sql}")
for file, piece in set(PAGES) - used:
    tree.bad("tests/lint/plans.py", f"{file}, '{piece}' is no statement any more")

# What cases are found by has to follow their texts (link/case_index.c): no trigger may do it.
TEXTS = re.compile(r"insert (?:or \w+ )?into case_(?:entry)?\s*\(|update case_ set [^?]*\b(?:title|text|number|their_ref) =|update case_entry set [^?]*\b(?:text|party|subject) =|"
                   r"delete from case_(?:entry)?\b(?!_)")
for name in tree.files(".c"):
    if name.startswith("src/") and TEXTS.search(re.sub(r"\"\s*\"", "", tree.read(name))) and "case_index_" not in tree.read(name):
        tree.bad(name, "changes a text by which cases are found, and not their index: case_index_add, case_index_drop")

# (file, piece of the statement): what goes through the statements of a kind, of which there are few, or stops soon
OF_A_KIND = (
    ("link/group.c", "kind = 'group'"), ("link/look.c", "kind = 'group'"), ("link/rejoin.c", "kind = 'rejoin'"),
    # of ours that came back, after the loss of a disk: the newest ones
    ("link/take.c", "kind = 'receipt'"),
)

# Literals beside each other, with the constants of the same file between them.
STRING = r'"(?:[^"\\]|\\.)*"'
OF = re.compile(r"\b(?:(\w+)\.)?(?:reply|case_id) = ")


def literals(text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    names = {m.group(1): m.group(2) for m in re.finditer(rf"#define (\w+)((?:\s|\\\n|{STRING})+)$", text, re.M)}
    for m in re.finditer(rf"{STRING}(?:\s*(?:{STRING}|[A-Z_]+\b(?!\()))*", text):
        parts = re.sub(r"\b[A-Z_]+\b(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", lambda w: names.get(w.group(0), w.group(0)), m.group(0))
        yield "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', parts))


looked = 0
for name in tree.files(".c"):
    for sql in literals(tree.read(name)) if name.startswith("src/") else ():
        if not re.search(r"\b(from|join) statement\b", sql) or not re.match(r"(select|with|update|delete|insert)\b", sql):
            continue
        numbers = [int(n) for n in re.findall(r"\?(\d+)", sql)]
        try:
            plan = [d for *_, d in db.execute("explain query plan " + sql, [1] * (max(numbers) if numbers else sql.count("?")))]
        except sqlite3.Error:
            continue
        looked += 1
        if any("statement_kind" in d for d in plan) and name.startswith(("src/link/", "src/proc/")) and not any(
                name.endswith(file) and piece in sql for file, piece in OF_A_KIND):
            tree.bad(name, f"{plan}: goes through all statements of a kind: {sql}")
        alone = {alias or "statement" for alias in OF.findall(sql)}
        for d in plan:
            m = re.match(r"SEARCH (\w+) USING (?:COVERING )?INDEX statement_kind\b", d)
            if m and m.group(1) in alone and not re.search(rf"\b{m.group(1)}\.kind = 'rejoin'", sql):
                tree.bad(name, f"{d}; write +kind: {sql}")
tree.end(seen + looked)
