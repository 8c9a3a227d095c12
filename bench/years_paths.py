# SPDX-License-Identifier: Apache-2.0
"""What bench/years.py asks for: pages, answers of the API, lists of which the last page counts, counts by a text, and exports."""
from years_state import CLASSES, COMMON, ENDS, OPEN, RARE, SEVERITIES

API = "/api/v1"
SORTS = ("finding", "severity", "class", "owner", "place", "first", "last", "events", "state")
FINDING_STATES = ("open", "told", "told-again", "quiet", "closed", "late", "seen-again", "escalated")
CASE_STATES = ("open", "overdue", "ended", "held") + OPEN + ENDS
CASES = ([f"state={s}" for s in CASE_STATES] + [f"q={w}" for w in (COMMON, RARE, "qzx", "XA-2024", "pro", "98765")] + ["state=&q=" + COMMON, "kind=incident", "kind=request&state=ended",
         "severity=c1&state=ended", "peer=kh&state=ended", "peer=kh", "touches=VN&state=ended", "touches=LA&state=ended", "assigned=dara&state=ended", "assigned=nobody&state=ended", "state=ended&q=" + RARE,
         "assigned=dara&peer=kh&touches=MM&state=ended"])
FINDINGS = [f"sort={s}&dir={d}{f}" for s in SORTS for d in ("asc", "desc") for f in ("", "&state=closed", "&severity=high&class=phishing&state=closed")] + [
    "q=m17", "q=m17&state=closed", "q=nobody-has-this&state=closed", "q=CVE-2026-17&state=closed", "ip=9.0.0.0/8", "ip=9.0.0.0/8&state=closed", "ip=9.1.2.3", "owner=o7", "owner=o7&state=closed", "sector=", "name=host.example", "assigned=dara&state=closed",
    "since=2026-01-01", "newer=F690000"] + [f"state={s}" for s in FINDING_STATES]
LETTERS = [f"state={s}" for s in ("due", "held", "ready", "sent", "refused", "withdrawn")] + ["class=phishing", "state=sent&class=spam", "owner=o7", "after=N1500"]



def is_common(case):
    return any(case.endswith("q=" + w) for w in (COMMON, "pro", "XA-2024"))


PAGES = (["/", "/findings", "/cases", "/letters", "/incoming", "/incoming?state=done", "/incoming?state=all", "/owners", "/owners?text=Owner", "/owners/o7", "/reports", "/reports?state=aside", "/reports?since=2025-01-01",
          "/asides", "/feeds", "/rules", "/country", "/roster", "/activity", "/activity?person=dara", "/activity?after=500", "/languages", "/campaign", "/nobodys", "/outages", "/needs",
          "/needs?q=" + COMMON, "/needs?party=kh", "/needs?area=tools", "/practices", "/practices?q=" + COMMON, "/practices?after=G1500", "/peers", "/peers/kh", "/couriers", "/contacts", "/groups", "/norms",
          "/meetings", "/meetings?all", "/meetings?state=closed", "/meeting-form", "/agree", "/agree-commitments", "/sim3", "/account",
          "/search?q=" + COMMON, "/search?q=9.1.2.3", "/search?q=9.0.0.0/8", "/search?q=host.example", "/search?q=K5000", "/search?q=XA-2024", "/search?q=" + "a" * 64,
          "/findings/F5000", "/findings/F699000", "/cases/K5000", "/cases/K100500", "/letters/N1500", "/incoming/M500", "/meetings/G1500", "/capability/G1500", "/reports/R1", "/reports/R4000"]
         + ["/findings?" + f for f in FINDINGS] + ["/cases?" + c for c in CASES] + ["/letters?" + x for x in LETTERS])
EXPORTS = ["/findings.csv?state=closed&class=phishing", "/letters.csv", "/owners.csv"]
LISTS = (["receipts", "receipts?state=aside", "receipts?feed=none", "receipts?since=2024-01-01&until=2024-01-02", "receipts/R1/events", "receipts/R1/asides", "findings/F1/events", "quiets", "quiets?all", "alerts",
          "alerts?all", "mails", "mails?kind=answer", "mails?state=done", "mails?state=new", "mails?owner=o7", "mail/M500", "peers", "peers?all", "peers/kh", "parties", "keys", "couriers", "case/K5000",
          "case-entries", "case-entries?case=K5000", "case-entries?state=sent", "case-entries?state=refused", "case-entries?count", "case-entries?state=sent&count", "case-entries?since=2024-01-01&until=2024-02-01",
          "case-tasks", "case-tasks?all", "case-tasks?who=dara", "case-tasks?who=nobody&all", "case-calendar", "outages", "outages?open", "meetings", "meetings?open", "meetings?owed", "meeting/G1500",
          "meeting-parties", "meeting-parties?meeting=G1500", "meeting-agenda", "meeting-agenda?meeting=G1500", "meeting-papers", "meeting-papers?meeting=G1500", "meeting-calendar", "followups", "followups?ours",
          "followups?late", "followups?open&owner=kh", "needs", "needs?q=" + COMMON, "needs?q=qzx", "needs?sim3=T-4", "needs?count", "offers", "offers?party=kh", "practices", "practices?state=ended", "matches",
          "capability-drafts", "sim3", "groups", "contacts", "contacts?stale", "checks", "checkyears", "rounds", "round-waiting", "commitments", "round-texts", "delegations", "held", "held?refused", "recover",
          "norms", "norm-evidence", "norm-actions", "holds", "feeds", "owners", "owners?broken", "owners?count", "owners/o7", "register", "why/N1500", "status",
          "cases?count", "cases?state=ended&count", "cases?finding=F5000", "findings?count", "findings?state=closed&count", "notices?count", "receipts?count", "mails?count"]
         + ["findings?" + f for f in FINDINGS] + ["cases?" + c for c in CASES] + ["cases?count&" + c for c in CASES if not is_common(c)] + ["notices?" + x for x in LETTERS])
# These go through all cases: how many there are is not known before each has been looked at.
TEXT_COUNTS = [f"{API}/cases?count&{c}" for c in CASES if is_common(c)]
LAST = ["receipts", "findings?state=closed", "notices", "mails?state=done", "cases?state=ended", "case-entries?state=sent", "needs", "owners"]
PATHS = PAGES + [f"{API}/{x}" for x in LISTS]
