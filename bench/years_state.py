# SPDX-License-Identifier: Apache-2.0
"""The state of a node with many years in it: rows put into the state.db of a node that stands still, from a seed.

What is drawn of them is what a node would have; what nobody reads (signatures, bytes of statements) is not there. Times end now, so that
pages that look at the last days have some."""
import datetime
import hashlib
import random
import sqlite3
import time

DAY = 86400 * 1000000
CLASSES = ("phishing", "infected-system", "c2-server", "vulnerable-system", "ddos-amplifier", "brute-force", "scanner", "defacement", "malware-distribution", "spam")
SEVERITIES = ("info", "low", "medium", "high", "critical")
ENDS = ("closed", "resolved", "partly-resolved", "declined", "withdrawn", "not-possible")
OPEN = ("draft", "queued", "delivered", "acknowledged", "in-progress", "needs-information")
ASKS = ("takedown-request", "information-request", "victim-notification")
PEERS = ("kh", "mm", "vn", "th", "my")
# a word of the language that many texts have, and one that few have
WORDS = ("server", "address", "report", "provider", "customer", "answered", "mail", "call", "night", "list", "router", "host", "signed", "login", "bank",
         "ministry", "evidence", "log", "morning", "confirmed", "waiting", "update", "patched", "blocked", "asked", "telephone", "office", "firewall")
COMMON, RARE = "provider", "zebrafish"


class Years:
    def __init__(self, path, cases=100000, entries=10, findings=700000, statements=50000, letters=20000, meetings=2000):
        self.db = sqlite3.connect(path, timeout=60)
        self.db.execute("pragma synchronous = off")
        self.db.execute("pragma cache_size = -400000")
        self.r, self.now = random.Random(7), int(time.time() * 1e6)
        self.cases, self.entries, self.count, self.letters, self.meetings = cases, entries, findings, letters, meetings
        self.statements = statements
        self.us = self.one("select name from party where own = 1")
        self.owners = [n for n, in self.db.execute("select id from owner order by id")]
        self.contacts = [n for n, in self.db.execute("select id from contact order by id")]

    def one(self, sql):
        row = self.db.execute(sql).fetchone()
        return row[0] if row else None

    def put(self, table, columns, rows):
        marks = ", ".join("?" * len(columns.split(",")))
        self.db.executemany(f"insert into {table}({columns}) values ({marks})", rows)

    def when(self, i, n, years=4):
        """Evenly over the years, the last one now."""
        return self.now - (n - 1 - i) * (years * 365 * DAY // n) - DAY // 24

    def words(self, n):
        return " ".join(self.r.choices(WORDS, k=n))

    def receipts(self, n=5000):
        columns = [c[1] for c in self.db.execute("pragma table_info(receipt)")]
        first = self.one("select max(id) from receipt")
        for i in range(n):
            at, number = self.when(i, n), first + 1 + i
            given = {"id": number, "token": hashlib.sha256(b"r%d" % i).digest()[:16], "root": number, "received": at, "done": at + 1000000,
                     "day": int(datetime.datetime.fromtimestamp(at / 1e6, datetime.timezone.utc).strftime("%Y%m%d"))}
            self.db.execute(f"insert into receipt({', '.join(columns)}) select {', '.join(f':{c}' if c in given else c for c in columns)} from receipt where id = {first}", given)

    def findings(self):
        first = self.one("select max(id) from finding") + 1
        ruleset, top = self.one("select max(id) from ruleset"), self.one("select max(id) from receipt")
        open_from = self.count - self.count // 7

        def rows():
            for i in range(self.count):
                r, at = self.r, self.when(i, self.count)
                came = 2 + i * (top - 1) // self.count
                closed = i < open_from or r.random() < .1
                owner = r.choice(self.owners)
                state = "closed" if closed else r.choice(("open", "told", "told", "told-again", "quiet"))
                yield (first + i, hashlib.sha256(b"f%d" % i).digest()[:16], owner, CLASSES[r.randrange(10)], f"CVE-2026-{r.randrange(9000)}" if i % 9 == 0 else "",
                       f"m{r.randrange(500)}", f"{2 + i % 199}.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}", 443, at, min(self.now, at + r.randrange(30) * DAY), 1 + r.randrange(50),
                       1, came, came, 0, SEVERITIES[min(4, int(r.expovariate(.6)))], r.randrange(6), "GREEN", "tell", ruleset, 1, 1, at + DAY,
                       at + DAY // 2 if state.startswith("told") or closed else None, state, at + 9 * DAY if closed else None,
                       r.choice(("gone", "gone", "gone", "fixed", "false-positive")) if closed else None, "dara" if i % 200 == 0 else "", came, 0)

        self.put("finding", "id, key, owner, class, ident, malware, place, port, first, last, events, receipts, last_root, receipt, event, severity, criticality, label, "
                 "decision, ruleset, rule, contacts, due, told, state, closed, why, assigned, last_receipt, last_event", rows())
        self.first = first

    def notices(self):
        n, per = self.letters, 5
        states = ("sent",) * 90 + ("refused", "withdrawn", "held")

        def rows():
            for i in range(n):
                at = self.when(i, n)
                state = self.r.choice(states) if i < n - 200 else "sent"
                yield (i + 1000, f"XA-{i}-YEAR", f"<{i}@years.example>", self.r.choice(self.contacts), CLASSES[i % 10], "GREEN", state, at, at, at + DAY, 1, per,
                       at, at + 1000000 if state == "sent" else None, "250 queued", self.r.choice(("new", "again", "back")))

        self.put("notice", "id, ticket, message_id, contact, class, label, state, opened, send_at, act_by, last_receipt, findings, sealed, sent, answer, kind", rows())
        step = self.count // n
        self.put("notice_item", "notice, finding, receipt, event", ((i + 1000, self.first + i * step + k, 1, 0) for i in range(n) for k in range(per)))
        top = self.one("select min(id) from receipt where root = id")
        m = min(4000, n)
        self.put("message", "id, receipt, received, kind, notice, sender, name, recipient, subject, message_id, words, state, outcome, person",
                 ((i + 1, top + 1 + i, self.when(i, m), "answer" if i % 3 else "incoming", i + 1000 if i % 3 else None, f"a{i}@o{i % 199}.example", "Somebody",
                   "cert@cert.example", f"Re: {self.words(4)}", f"<m{i}@o.example>", self.words(40), "done" if i < m - 60 else "new", "read", "dara") for i in range(m)))
        self.put("refusal", "id, at, object, recipient, label, rule", ((100 + i, self.when(i, n), f"N{1000 + i}", "a@o1.example", "AMBER", "label") for i in range(n // 4)))
        self.put("clearance", "id, at, object, recipient, label, rule, sha256, until", ((10000 + i, self.when(i, n), f"N{1000 + i}", "a@o1.example", "GREEN", "owner", b"x" * 32, self.now)
                                                                                         for i in range(n)))

    def parties(self):
        self.put("party", "name, title, country, role, link", ((p, f"CERT of {p}", p.upper(), "cert", "linked") for p in PEERS if not self.one(f"select 1 from party where name = '{p}'")))
        self.put("stream", "id, sender, recipients, top", ((900 + i, p, self.us, 1000000) for i, p in enumerate(PEERS + (self.us,))))

    def say(self, n, sender, kind, case=None, reply=None, at=None):
        digest = hashlib.sha256(b"s%d" % n).digest()
        stream = 900 + (PEERS + (self.us,)).index(sender)
        at = at or self.now
        self.db.execute("insert into statement(n, id, stream, seq, prev, sender, kind, case_id, reply, tlp, pap, created, expires, head, verdict, effect, received, signature) values "
                        "(?, ?, ?, ?, x'', ?, ?, ?, ?, 3, 3, ?, 0, x'', 'ok', 1, ?, x'00')", (n, digest, stream, n, sender, kind, case, reply, at // 1000000, at))
        return digest

    def case_rows(self):
        n = self.cases
        for i in range(n):
            r, at = self.r, self.when(i, n)
            still = i >= n - n // 100 or i % 997 == 0
            request, draft = i % 3 == 0, i % 40 == 0
            state = ("draft" if draft and request else r.choice(OPEN[2:])) if still else r.choice(ENDS)
            peer = r.choice(PEERS) if request else ""
            ours = request and i % 2 == 0
            end = None if still else at + r.randrange(1, 90) * DAY
            yield (1000 + i, f"XA-{2022 + i * 4 // n}-{i:06}", "request" if request else "incident", r.choice(ASKS) if request else "", f"{self.words(5)} {i}", self.words(30),
                   f"c{1 + r.randrange(6)}", "AMBER", state, ("ours" if ours else "theirs") if request else "", self.us if ours else peer, peer,
                   hashlib.sha256(b"s%d" % (20000 + i)).digest() if request and 20000 + i < 20000 + self.statements // 2 else None,
                   f"{peer}-{i}" if request and not ours else "", at, "dara", at + 60000000 if request and not draft else None, at + DAY, at + 3 * DAY,
                   at + DAY // 2 if not still else None, at + DAY if not still else None, end, r.choice(self.owners) if i % 4 == 0 else None,
                   r.choice(("dara", "som", "lin")) if i % 2 else "")

    def put_cases(self):
        n, e = self.cases, self.entries
        self.put("case_", "id, number, kind, ask, title, text, severity, label, state, direction, requester, peer, statement, their_ref, opened, opened_by, arrived, ack_due, status_due, "
                 "acked, answered, ended, owner, assigned", self.case_rows())
        kinds = ("note", "telephone", "mail", "answer", "statement", "decision", "stage", "mail", "note", "note")

        def rows():
            for i in range(n):
                at = self.when(i, n)
                for k in range(e):
                    rare = f" {RARE}" if (i * e + k) % 50021 == 7 else ""
                    kind = kinds[k % 10]
                    yield (1000 + i, at + k * DAY // 4, at + k * DAY // 4, kind, "out" if k % 2 else "in", "mail" if kind == "mail" else "person", "dara", "kh" if k % 2 else "", "AMBER",
                           self.words(14) + rare, "sent" if kind == "mail" and k % 2 else "", self.words(3) if kind == "mail" else "")

        self.put("case_entry", "case_, at, made, kind, direction, channel, person, party, label, text, state, subject", rows())
        self.put("case_finding", "case_, finding, at, person", ((1000 + i, self.first + (i * 7 + k) % self.count, self.when(i, n), "dara") for i in range(n) for k in range(2)))
        self.put("case_touches", "case_, cc, how, at", ((1000 + i, cc, "peer", self.when(i, n)) for i in range(n) for cc in ("KH", "VN", "MM")[:1 + i % 3]))
        self.put("case_target", "case_, type, value", ((1000 + i, "ipv4-addr", f"198.51.{i >> 8 & 255}.{i & 255}") for i in range(n)))
        self.put("case_task", "case_, what, who, due, made, made_by, done, done_by", ((1000 + i, self.words(5), "dara", self.when(i, n) + DAY, self.when(i, n), "dara",
                                                                                         None if i > n - n // 100 else self.when(i, n) + DAY, "") for i in range(n)))
        self.put("case_member", "case_, party, stage", ((1000 + i, "kh", 3) for i in range(0, n, 3)))
        self.put("case_step", "case_, party, step, at", ((1000 + i, "kh", s, self.when(i, n) + k * 1000000) for i in range(0, n, 3) for k, s in enumerate(("queued", "delivered", "read"))))

    def put_statements(self):
        """Those of cases, half of all; the rest are of meetings, needs and what was said of them."""
        for i in range(self.statements // 2):
            self.say(20000 + i, self.r.choice(PEERS), "case.request" if i % 3 == 0 else "case.note", at=self.when(i, self.statements // 2))

    def learn(self):
        n = self.meetings
        for i in range(n):
            at = self.when(i, n)
            kind = ("need", "offer", "practice")[i % 3]
            party = self.r.choice(PEERS + (self.us,))
            said = self.say(200000 + i, party, f"learn.{kind}", at=at)
            self.db.execute("insert into learn(id, statement, said, kind, party, ours, title, area, contact, until, created, heard, label, acked) values "
                            "(?, ?, ?, ?, ?, ?, ?, ?, 'duty', ?, ?, ?, 'AMBER', ?)", (1000 + i, 200000 + i, said, kind, party, party == self.us, self.words(5), ("training", "tools", "people")[i % 3],
                                                                                 at // 1000000 + 86400 * 365, at // 1000000, at, at // 1000000 if i < n - 50 else None))
            self.db.execute("insert into learn_text values (?, 'en', ?)", (1000 + i, self.words(60)))
            self.db.execute("insert into learn_sim3 values (?, ?)", (1000 + i, f"{'OHTP'[i % 4]}-{1 + i % 8}"))

    def put_meetings(self):
        n = self.meetings
        for i in range(n):
            at, sender = self.when(i, n) // 1000000, self.r.choice(PEERS + (self.us,))
            state = ("planned" if i % 2 else "open") if i > n - 30 else "cancelled" if i % 20 == 0 else "closed"
            card, m = 300000 + i * 4, 1000 + i
            case = self.say(card, sender, "meeting", at=at * 1000000)
            self.db.execute("insert into meeting(id, case_, sender, ours, card, serial, state, title, start, until, place, facilitator, label, said) values (?, ?, ?, ?, ?, 3, ?, ?, ?, ?, "
                            "'Vientiane', 'Somebody', 'AMBER', ?)", (m, case, sender, sender == self.us, card, state, self.words(4), at, at + 7200, at - 86400))
            self.db.execute("insert into meeting_card values (?, ?, ?, 3, ?, ?)", (card, m, sender, state, at - 86400))
            self.db.execute("insert into meeting_party values (?, 'chair', 0, ?)", (m, sender))
            for k, p in enumerate(PEERS + (self.us,)):
                self.db.execute("insert into meeting_party values (?, 'participant', ?, ?)", (m, k, p))
            for k in range(6):
                self.db.execute("insert into meeting_item values (?, ?, ?, ?, ?, 0)", (m, k, self.words(5), at + k * 1200, at + k * 1200 + 1200))
            self.db.execute("insert into meeting_paper values (?, 0, 'WP.1', 'draft.md', 'text/markdown', 120, ?)", (m, b"p" * 32))
            self.db.execute("insert into meeting_text values (?, 'en', ?)", (m, self.words(20)))
            for k, p in enumerate(PEERS[:2] + ((self.us,) if i < n - 10 else ())):
                self.say(card + 1 + k, p, "ack", reply=case, at=at * 1000000)
                self.db.execute("insert into meeting_answer values (?, ?, ?, 3, ?, 'a coordinator', '')", (card + 1 + k, m, p, at))
            if state == "closed":
                for p in (self.us, "kh"):
                    self.db.execute("insert into meeting_followup(meeting, draft, what, owner, due) values (?, 0, ?, ?, ?)", (m, self.words(5), p, at + 86400 * 30))
                    if i < n - 100:
                        self.db.execute("insert or ignore into meeting_done select meeting, owner, what, ?, 'dara', '' from meeting_followup where meeting = ?", (at * 1000000, m))

    def rest(self):
        n = 20000
        seq = self.one("select max(seq) from audit") or 0
        self.put("audit", "seq, at, person, verb, object, detail, prev", ((seq + 1 + i, self.when(i, n * 10), self.r.choice(("dara", "som")), "case.note", f"K{1000 + i % self.cases}", self.words(3), b"x" * 32)
                                                                         for i in range(n * 10)))
        self.put("outage", "party, ours, statement, service, state, start, text, label, seq, said, heard", ((self.r.choice(PEERS), 0, hashlib.sha256(b"o%d" % i).digest(), "dns",
                 "restored" if i < 990 else "down", self.when(i, 1000), self.words(9), "AMBER", i, self.when(i, 1000), self.when(i, 1000)) for i in range(1000)))
        self.put("alert", "topic, object, severity, sentence, opened, acked, person, ended", (("feed", f"f{i}", "high", self.words(9), self.when(i, 2000), self.when(i, 2000), "dara",
                 self.when(i, 2000)) for i in range(2000)))
        self.put("quiet", "place, until, why, person, made", ((f"192.0.2.{i % 250}", self.when(i, 1000), self.words(5), "dara", self.when(i, 1000)) for i in range(1000)))
        self.put("note", "finding, at, person, text", ((self.first + i * 9, self.when(i, n), "dara", self.words(9)) for i in range(n)))

    def fill(self):
        for part in (self.receipts, self.findings, self.notices, self.parties, self.put_statements, self.put_cases, self.learn, self.put_meetings, self.rest):
            part()
            self.db.commit()
        if self.one("select 1 from sqlite_master where name = 'case_find'"):
            for table in ("case_find", "case_entry_find"):
                self.db.execute(f"insert into {table}({table}) values ('rebuild')")
            self.db.commit()
        self.db.close()
