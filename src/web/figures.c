/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of figures (figure.h), in the order in which the status shows them. What went wrong more than a week ago
 * and was left alone is history.
 */
#include "learn/learn.h"
#include "link/case.h"
#include "link/log.h"
#include "see/fetch.h"
#include "see/room.h"
#include "state/finding.h"
#include "web/figure.h"
#include "web/meetings.h"

#define WORDS(...)                                                                                           \
	(const char *const[])                                                                                \
	{                                                                                                    \
		__VA_ARGS__, NULL                                                                            \
	}
#define LINES(...)                                                                                           \
	(const struct figure_line[])                                                                         \
	{                                                                                                    \
		__VA_ARGS__,                                                                                 \
		{                                                                                            \
			0                                                                                    \
		}                                                                                            \
	}
#define MIB ((int64_t)1 << 20)

const struct figure figure_table[] = {
        {
                .name = "weir_receipts",
                .about = "receipts by state: a delivery, or a part of an archive or a mail",
                .from = "receipt",
                .labels = {"state"},
                .words = {WORDS("accepted", "reading", "done", "aside")},
                .sql = "select state from receipt",
                .rows = true,
                .line = LINES({"receipts accepted", "state=accepted"}, {"receipts reading", "state=reading"},
                        {"receipts done", "state=done"}),
        },
        {
                .name = "weir_receipts_aside_recent",
                .about = "reports of the last seven days that could not be read",
                .from = "receipt",
                .sql = "select count(*) from receipt where state = 'aside' and received > ?2",
                .line = LINES({"receipts aside", .look = FIGURE_LOOK, .hint = "weir receipts --state aside"}),
        },
        {
                .name = "weir_receipts_oldest_wait_seconds",
                .about = "how long the oldest receipt that is not done has waited; 0: none waits",
                .from = "receipt",
                .unit = "seconds",
                .sql = "select coalesce((?1 - min(received)) / 1000000, 0) from receipt where state in "
                       "('accepted', "
                       "'reading')",
                .line = LINES({"oldest waiting receipt, minutes", .look = FIGURE_LOOK, .limit = 3600,
                        .per = 60, .hint = "it has waited for more than an hour: see the log"}),
        },
        {
                .name = "weir_receipts_total",
                .about = "receipts accepted since the node was made",
                .from = "receipt",
                .type = FIGURE_COUNTER,
                .sql = "select coalesce(max(id), 0) from receipt",
        },
        {
                .name = "weir_records",
                .about = "records of all receipts, by what became of them",
                .from = "receipt",
                .labels = {"outcome"},
                .words = {WORDS("events", "aside", "none")},
                .sql = "select 'events', coalesce(sum(with_events), 0) from receipt union all "
                       "select 'aside', coalesce(sum(asides), 0) from receipt union all "
                       "select 'none', coalesce(sum(none), 0) from receipt",
                .line = LINES({"records aside", "outcome=aside"}),
        },
        {
                .name = "weir_events",
                .about = "events of all receipts",
                .from = "receipt",
                .sql = "select coalesce(sum(events), 0) from receipt",
                .line = LINES({"events"}),
        },
        {
                .name = "weir_findings",
                .about = "findings by severity and state",
                .from = "finding",
                .memory = figures_findings,
                .labels = {"severity", "state"},
                .words = {WORDS("info", "low", "medium", "high", "critical"),
                        WORDS("open", "told", "told-again", "quiet", "closed")},
                .sql = "select severity, state from finding",
                .rows = true,
                .line = LINES({"findings open", "state!=closed"},
                        {"findings critical", "severity=critical state!=closed"},
                        {"findings high", "severity=high state!=closed"}, {"findings quiet", "state=quiet"}),
        },
        {
                .name = "weir_findings_total",
                .about = "findings found since the node was made",
                .from = "finding",
                .type = FIGURE_COUNTER,
                .sql = "select coalesce(max(id), 0) from finding",
        },
        {
                .name = "weir_findings_waiting",
                .about = "findings nobody was told of, by why: a named person decides, or nobody is known",
                .from = "finding",
                .memory = figures_waiting,
                .labels = {"decision"},
                .words = {WORDS("person", "nobody")},
                .look = "select 'person', count(*) from finding where state = 'open' and decision = 'person'",
                .sql = "select decision, count(*) from finding where state = 'open' and decision in "
                       "('person', 'nobody')"
                       " group by 1",
                .line = LINES({"findings for a person", "decision=person", FIGURE_LOOK,
                                      .hint = "weir findings --state open"},
                        {"findings for nobody", "decision=nobody"}),
        },
        {
                .name = "weir_findings_seen_again",
                .about = "findings that were said to be fixed and seen again, and of which nobody was told "
                         "yet",
                .from = "finding",
                .memory = figures_seen_again,
                .sql = "select count(*) from finding where stage = 'seen-again'",
                .line = LINES({"findings seen again"}),
        },
        {
                .name = "weir_findings_escalated",
                .about = "findings whose letters had no effect",
                .from = "finding",
                .memory = figures_escalated,
                .sql = "select count(*) from finding where escalated is not null and state <> 'closed'",
                .line = LINES({"findings escalated", .look = FIGURE_LOOK,
                        .hint = "weir findings --state escalated"}),
        },
        {
                .name = "weir_findings_closed",
                .about = "closed findings: by evidence (a list that had them lacks them) or by somebody's "
                         "word",
                .from = "finding",
                .memory = figures_closed,
                .labels = {"by"},
                .words = {WORDS("evidence", "word")},
                .sql = "select case why when 'gone' then 'evidence' else 'word' end, count(*) from finding "
                       "where"
                       " state = 'closed' and misread is null group by 1",
                .line = LINES({"closed by evidence", "by=evidence"}, {"closed by word", "by=word"}),
        },
        {
                .name = "weir_days_held",
                .about = "holds that retention leaves alone",
                .from = "hold",
                .sql = "select count(*) from hold where released is null",
                .line = LINES({"days held"}),
        },
        {
                .name = "weir_alerts_open",
                .about = "alerts that nobody has acknowledged and whose cause is not gone",
                .from = "alert",
                .sql = "select count(*) from alert where acked is null and ended is null",
                .line = LINES({"alerts", .look = FIGURE_LOOK, .hint = "weir alert list; weir ack ID"}),
        },
        {
                .name = "weir_cases_open",
                .about = "cases that have not come to their end",
                .from = "case_",
                .sql = "select count(*) from case_ where ended is null",
                .line = LINES({"cases open"}),
        },
        {
                .name = "weir_cases_overdue",
                .about = "cases in which something that was due has not come",
                .from = "case_",
                .sql = "select count(*) from case_ c where " CASE_OVERDUE("c", "?1"),
                .line = LINES(
                        {"cases overdue", .look = FIGURE_LOOK, .hint = "weir case list --state overdue"}),
        },
        {
                .name = "weir_cases_drafted",
                .about = "requests to other CERTs that are drafted and wait for a person",
                .from = "case_",
                .sql = "select count(*) from case_ where state = 'draft'",
                .line = LINES({"cases drafted", .look = FIGURE_LOOK, .hint = "weir case list --state draft"}),
        },
        {
                .name = "weir_outages",
                .about = "outages that neighbours tell of and that have not ended",
                .from = "outage",
                .sql = "select count(*) from outage where state not in ('restored', 'false-alarm') and ours "
                       "= 0",
                .line = LINES(
                        {"outages of neighbours", .look = FIGURE_LOOK, .hint = "weir outage list --open"}),
        },
        {
                .name = "weir_offers_late",
                .about = "offers of other parties that nobody has taken on within 5 days",
                .from = "learn",
                .sql = "select count(*) from learn l where " LEARN_LATE("l", "?1 / 1000000"),
                .line = LINES({"offers late", .look = FIGURE_LOOK, .hint = "weir offer list --state open"}),
        },
        {
                .name = "weir_case_tasks_overdue",
                .about = "tasks of cases that are overdue",
                .from = "case_task",
                .sql = "select count(*) from case_task where done is null and due < ?1",
                .line = LINES({"tasks overdue", .look = FIGURE_LOOK, .hint = "weir case tasks"}),
        },
        {
                .name = "weir_followups_overdue",
                .about = "what this party said in meetings that it would do, and that is late",
                .from = "meeting_followup",
                .sql = "select count(*) from meeting_followup f join meeting m on m.id = f.meeting where "
                       "f.draft = 0 and f.due * 1000000 < ?1 and m.state <> 'cancelled' and f.owner "
                       "= " MEETING_US " and " MEETING_UNDONE,
                .line = LINES({"follow-ups overdue", .look = FIGURE_LOOK,
                        .hint = "weir meeting followups --ours --late"}),
        },
        {
                .name = "weir_meetings_owed",
                .about = "meetings that wait for our answer, or whose minutes wait for our word",
                .from = "meeting",
                .sql = "select count(*) from meeting m where m.card is not null and (" MEETING_ASKED
                       " or " MEETING_UNSIGNED ")",
                .line = LINES({"meetings that wait for us"}),
        },
        {
                .name = "weir_rounds_owed",
                .about = "consultations in which this party owes something: a word that it was read, a "
                         "position, answers",
                .from = "agree_round",
                .find = rounds_owed_count,
                .line = LINES({"rounds that wait for us"}),
        },
        {
                .name = "weir_rounds_wrong",
                .about = "newest rounds of consultations that are held, broken or disputed",
                .from = "agree_round",
                .labels = {"state"},
                .words = {WORDS("held", "broken", "disputed")},
                .sql = "select r.shown, count(*) from agree_round r where r.shown in ('held', 'broken', "
                       "'disputed') and not exists (select 1 from agree_round n where n.instrument = "
                       "r.instrument and n.number > r.number) group by r.shown",
                .line = LINES({"rounds held", "state=held"}, {"rounds broken", "state=broken"},
                        {"rounds disputed", "state=disputed"}),
        },
        {
                .name = "weir_commitments_late",
                .about = "commitments of this party in consultations that are late",
                .from = "statement",
                .find = rounds_late_count,
                .line = LINES(
                        {"our commitments late", .look = FIGURE_LOOK, .hint = "weir agree commitments"}),
        },
        {
                .name = "weir_log_alarms",
                .about = "alarms of logs that no person has ended: a statement that its sender did not log, "
                         "a log that forgets or that shows two histories",
                .from = "log_alarm",
                .sql = "select count(*) from log_alarm where ended is null",
                .line = LINES({"alarms of logs", .look = FIGURE_LOOK, .hint = "weir log show"}),
        },
        {
                .name = "weir_log_unseen",
                .about =
                        "1: parties are linked, and none of them has signed our log as its witness for a day",
                .from = "log_witness",
                .sql = "select 1 where " LOG_UNSEEN("?1"),
                .line = LINES({"log not witnessed", .look = FIGURE_LOOK, .hint = "weir log show"}),
        },
        {
                .name = "weir_mails_new",
                .about = "mails of people that nobody has dealt with, by kind",
                .from = "message",
                .labels = {"kind"},
                .words = {WORDS("answer", "incoming", "bounce")},
                .sql = "select kind, count(*) from message where state = 'new' group by 1",
                .line = LINES({"answers", "kind=answer", FIGURE_LOOK, .hint = "weir mail list --state new"},
                        {"incoming mails", "kind!=answer", FIGURE_LOOK,
                                .hint = "weir mail list --state new"}),
        },
        {
                .name = "weir_notices",
                .about = "letters by state",
                .from = "notice",
                .labels = {"state"},
                .words = {WORDS("due", "held", "ready", "sent", "refused", "withdrawn")},
                .sql = "select state from notice",
                .look = "select state from notice where state = 'held'",
                .rows = true,
                .line = LINES({"letters due", "state=due"},
                        {"letters held", "state=held", FIGURE_LOOK, .hint = "weir notices --state held"},
                        {"letters ready", "state=ready"}, {"letters sent", "state=sent"}),
        },
        {
                .name = "weir_notices_refused_recent",
                .about = "letters of the last seven days that the mail server refused for good",
                .from = "notice",
                .sql = "select count(*) from notice where state = 'refused' and opened > ?2",
                .line = LINES(
                        {"letters refused", .look = FIGURE_LOOK, .hint = "weir notices --state refused"}),
        },
        {
                .name = "weir_notices_tried_again",
                .about = "letters that the mail server did not take yet",
                .from = "notice",
                .sql = "select count(*) from notice where state = 'ready' and tries > 0",
        },
        {
                .name = "weir_notices_openpgp_held",
                .about = "letters that are held since an OpenPGP key is missing, expired or revoked",
                .from = "notice",
                .sql = "select count(*) from notice where state = 'held' and pgp = 'trouble'",
                .line = LINES({"letters held for a key", .look = FIGURE_LOOK,
                        .hint = "weir notices --state held; mend the key, then weir notice release"}),
        },
        {
                .name = "weir_notices_openpgp_wait",
                .about = "letters that have waited for their signature or encryption for more than ten "
                         "minutes",
                .from = "notice",
                .sql = "select count(*) from notice where state = 'due' and signing < ?1 - 600000000",
                .line = LINES({"letters waiting for gpg", .look = FIGURE_LOOK,
                        .hint = "the log says why the pgp process does not answer"}),
        },
        {
                .name = "weir_calls_due",
                .about = "letters that have no answer in the time of their rule: their contacts are to be "
                         "telephoned",
                .from = "notice",
                .sql = "select count(*) from notice where call_at is not null and call_due is not null",
                .line = LINES({"contacts to telephone", .look = FIGURE_LOOK,
                        .hint = "weir notices --state call; then weir notice called ID"}),
        },
        {
                .name = "weir_refusals_recent",
                .about = "what no rule of the exit let out in the last seven days",
                .from = "refusal",
                .sql = "select count(*) from refusal where at > ?2",
                .line = LINES(
                        {"refused at the exit", .look = FIGURE_LOOK, .hint = "weir notices --state held"}),
        },
        {
                .name = "weir_findings_late",
                .about = "findings of which nobody was told in time",
                .from = "finding",
                .memory = figures_late,
                .sql = "select count(*) from finding where state = 'open' and due is not null and due < ?1",
                .look = FINDING_LATE,
                .line = LINES({"findings late", .look = FIGURE_LOOK, .hint = "weir findings --state open"}),
        },
        {
                .name = "weir_contacts_broken_recent",
                .about = "contacts that the mail server refused for good in the last seven days",
                .from = "contact",
                .sql = "select count(*) from contact where broken > ?2",
                .line = LINES({"contacts broken", .look = FIGURE_LOOK,
                        .hint = "weir notices --state refused; mend the owners file"}),
        },
        {
                .name = "weir_feed_late",
                .about = "1: nothing came of an enabled feed by the time that it was expected, else for one "
                         "and a half times its cadence",
                .from = "feed",
                .labels = {"feed"},
                .sql = "select name, " FEEDS_LATE " from feed f where enabled order by name",
                .line = LINES({"feeds late", .look = FIGURE_LOOK, .hint = "weir feed list", .names = true}),
        },
        {
                .name = "weir_feed_last_success_timestamp_seconds",
                .about = "when an enabled feed last came, or its server said that nothing is new",
                .from = "feed, receipt",
                .unit = "seconds",
                .labels = {"feed"},
                .sql = "select name, " FEEDS_GOOD " / 1000000 from feed f where enabled order by name",
        },
        {
                .name = "weir_feed_failures",
                .about = "tries of an enabled feed that failed since it last came",
                .from = "feed",
                .labels = {"feed"},
                .sql = "select name, failures from feed where enabled and fetched order by name",
        },
        {
                .name = "weir_files_refused",
                .about = "files in the folder in/ that cannot be taken now; the log names them",
                .from = "meta",
                .sql = "select value from meta where key = 'drop.refused'",
                .line = LINES({"files that cannot be taken", .look = FIGURE_LOOK,
                        .hint = "journalctl -u weir names them: chown weir"}),
        },
        {
                .name = "weir_clock_doubtful",
                .about = "1: the clock was set in a way that is not believed, or most neighbours agree on "
                         "another "
                         "time, until it is right again or a person confirms it",
                .from = "meta",
                .sql = "select max(value != 0) from meta where key in ('clock.doubtful', 'clock.apart')",
                .line = LINES({"clock doubtful", .look = FIGURE_LOOK,
                        .hint = "compare it with another clock; set it, or weir clock confirm"}),
        },
        {
                .name = "weir_clock_off_seconds",
                .about = "how far a doubtful clock is ahead of the time that has passed, or of the clocks of "
                         "neighbours; below 0: behind",
                .from = "meta",
                .unit = "seconds",
                .sql = "select value from meta where key = 'clock.off'",
        },
        {
                .name = "weir_disk_used_percent",
                .about = "how full the disk of the state is",
                .from = "statvfs(3)",
                .unit = "percent",
                .find = places_disk_used,
                .line = LINES({"disk used, per cent", .look = FIGURE_LOOK, .limit = ROOM_PULLS - 1,
                        .hint = "make room; docs/node.md says what stops when"}),
        },
        {
                .name = "weir_disk_free_bytes",
                .about = "what the node can still write",
                .from = "statvfs(3)",
                .unit = "bytes",
                .find = places_disk_free,
                .line = LINES({"disk free, MiB", .per = MIB}),
        },
        {
                .name = "weir_disk_size_bytes",
                .about = "size of the disk of the state",
                .from = "statvfs(3)",
                .unit = "bytes",
                .find = places_disk_size,
        },
        {
                .name = "weir_file_bytes",
                .about = "size of what lies in the node's folder; *-wal: what is not yet moved into its file",
                .from = "stat(2)",
                .unit = "bytes",
                .labels = {"what"},
                .find = places_files,
        },
        {
                .name = "weir_process_pss_bytes",
                .about = "memory of the node's processes, shared pages in proportion",
                .from = "smaps_rollup",
                .unit = "bytes",
                .labels = {"process"},
                .find = processes_pss,
        },
        {
                .name = "weir_process_resident_bytes",
                .about = "memory of the node's processes, shared pages in full",
                .from = "smaps_rollup",
                .unit = "bytes",
                .labels = {"process"},
                .find = processes_rss,
        },
        {
                .name = "weir_build_info",
                .about = "always 1; the labels say which program answers, and the version of state.db",
                .from = "the program",
                .labels = {"version", "schema"},
                .find = places_program,
                .line = LINES(
                        {"program", .show = "version"}, {"tables of state.db, version", .show = "schema"}),
        },
        {
                .name = "weir_core_start_timestamp_seconds",
                .about = "when the core started; it does so anew after each reload",
                .from = "meta",
                .unit = "seconds",
                .sql = "select value / 1000000 from meta where key = 'now.started'",
        },
        {
                .name = "weir_core_uptime_seconds",
                .about = "how long the core has run",
                .from = "meta",
                .unit = "seconds",
                .find = processes_uptime,
                .line = LINES({"core runs for, minutes", .per = 60}),
        },
        {
                .name = "weir_core_gone",
                .about = "1: the core did not run when the processes were counted: nothing is read, decided "
                         "or "
                         "changed until it does",
                .from = "the program",
                .find = processes_core_gone,
                .line = LINES({"core does not run", .look = FIGURE_LOOK,
                        .hint = "journalctl -u weir says why; weir check --conf DIR"}),
        },
        {
                .name = "weir_generation",
                .about = "number of the generation of owners and networks in use",
                .from = "meta",
                .sql = "select value from meta where key = 'now.generation'",
                .line = LINES({"generation"}),
        },
        {
                .name = "weir_ruleset",
                .about = "number of the set of rules in use",
                .from = "meta",
                .sql = "select value from meta where key = 'now.ruleset'",
                .line = LINES({"ruleset"}),
        },
        {
                .name = "weir_owners",
                .about = "owners in the generation in use",
                .from = "meta",
                .sql = "select value from meta where key = 'now.owners'",
        },
        {
                .name = "weir_rules",
                .about = "rules in use",
                .from = "meta",
                .sql = "select value from meta where key = 'now.rules'",
        },
        {
                .name = "weir_todo",
                .about = "what is left to do before the node can stand alone, when the core started",
                .from = "meta",
                .labels = {"item"},
                .sql = "select substr(key, 6), value from meta where key like 'todo.%' order by key",
                .line = LINES({"no country of its own", "item=country", FIGURE_TODO,
                                      .hint = "'weir init DIR', then 'country: ' in its weir.yaml"},
                        {"no owners", "item=owners", FIGURE_TODO, .hint = "name them in owners.csv"},
                        {"owners without a contact", "item=contacts", FIGURE_TODO,
                                .hint = "weir check names them"},
                        {"contacts that are still broken", "item=broken", FIGURE_TODO,
                                .hint = "no letter reaches them: mend the owners file, then weir reload"},
                        {"no feed is enabled", "item=feeds", FIGURE_TODO,
                                .hint = "'enabled: yes' in files of feeds/"},
                        {"feeds without a credential", "item=credentials", FIGURE_TODO,
                                .hint = "password-file or header-file is not named, empty, or cannot be "
                                        "read"},
                        {"mail without a sender", "item=mail-from", FIGURE_TODO,
                                .hint = "letters are not written: 'mail: from' in weir.yaml"},
                        {"mail without a server", "item=mail-host", FIGURE_TODO,
                                .hint = "letters stay files: 'mail: host' in weir.yaml"},
                        {"mail in shadow mode", "item=shadow", FIGURE_TODO,
                                .hint = "nothing is sent: 'mail: mode' in weir.yaml"},
                        {"mail in hold mode", "item=hold", FIGURE_TODO,
                                .hint = "each letter waits for a release: 'mail: mode' in weir.yaml"},
                        {"dry run", "item=dry-run", FIGURE_TODO,
                                .hint = "no connection is opened: --dry-run"},
                        {"languages not reviewed", "item=languages", FIGURE_TODO,
                                .hint = "a machine made them: read lang/, then take out 'review: needed'"}),
        },
        {
                .name = "weir_look",
                .about = "1: a line of 'weir status' that needs a person",
                .from = "the rows above",
                .labels = {"line"},
                .lines = true,
        },
};
const unsigned figure_count = sizeof(figure_table) / sizeof(figure_table[0]);
