/* SPDX-License-Identifier: Apache-2.0
 *
 * The node on one screen.
 */
#include "base/os.h"
#include "see/room.h"
#include "web/feeds.h"

/* person: as long as there is one of them, somebody must look. ?1 is now, ?2 a week ago: what went wrong before then and was
 * left alone is history. */
struct count {
	const char *name, *about, *sql;
	bool person;
};
static const struct count counts[] = {
        {"receipts accepted", "receipts that wait to be read",
                "select count(*) from receipt where state = 'accepted'"},
        {"receipts reading", "receipts that are being read",
                "select count(*) from receipt where state = 'reading'"},
        {"receipts done", "receipts that were read to their end",
                "select count(*) from receipt where state = 'done'"},
        {"receipts aside", "reports of the last seven days that could not be read",
                "select count(*) from receipt where state = 'aside' and received > ?2", true},
        {"records aside", "records that were set aside", "select coalesce(sum(asides), 0) from receipt"},
        {"events", "events of all receipts", "select coalesce(sum(events), 0) from receipt"},
        {"findings open", "findings that are not closed",
                "select count(*) from finding where state <> 'closed'"},
        {"findings critical", "of them critical",
                "select count(*) from finding where state <> 'closed' and severity = 'critical'"},
        {"findings high", "of them high",
                "select count(*) from finding where state <> 'closed' and severity = 'high'"},
        {"letters due", "letters that are not sealed yet", "select count(*) from notice where state = 'due'"},
        {"letters held", "letters that wait for a person", "select count(*) from notice where state = 'held'",
                true},
        {"letters ready", "letters that wait for the mail server",
                "select count(*) from notice where state = 'ready'"},
        {"letters sent", "letters that the mail server took",
                "select count(*) from notice where state = 'sent'"},
        {"letters refused", "letters of the last seven days that the mail server refused for good",
                "select count(*) from notice where state = 'refused' and opened > ?2", true},
        {"refused at the exit", "what no rule let out in the last seven days",
                "select count(*) from refusal where at > ?2", true},
        {"findings for a person", "of them waiting for a named person",
                "select count(*) from finding where state = 'open' and decision = 'person'", true},
        {"findings for nobody", "of them nobody is known for",
                "select count(*) from finding where state = 'open' and decision = 'nobody'"},
        {"findings quiet", "of them that nobody is told of for a while",
                "select count(*) from finding where state = 'quiet'"},
        {"findings seen again", "of them that were said to be fixed",
                "select count(*) from finding where stage = 'seen-again'"},
        {"findings escalated", "of them whose letters had no effect",
                "select count(*) from finding where escalated is not null and state <> 'closed'", true},
        {"closed by evidence", "findings that were gone from a list that had them",
                "select count(*) from finding where state = 'closed' and why = 'gone'"},
        {"closed by word", "findings that somebody closed",
                "select count(*) from finding where state = 'closed' and why <> 'gone'"},
        {"answers", "answers to letters that a person has to confirm",
                "select count(*) from message where state = 'new' and kind = 'answer'", true},
        {"incoming mails", "mails of people that nobody has looked at",
                "select count(*) from message where state = 'new' and kind in ('incoming', 'bounce')", true},
        {"contacts broken", "whose letters came back",
                "select count(*) from contact where broken is not null", true},
        {"findings late", "of them nobody was told in time",
                "select count(*) from finding where state = 'open' and due is not null and due < ?1", true},
};

#define WEEK (7 * (int64_t)86400 * 1000000)

static int count(const struct ask *a, const char *sql, uint64_t *ret, struct err *e)
{
	struct query q = db_query(a->state, sql);
	struct str text = str_from(sql);

	if (str_find_str(text, 0, STR("?1")) != SIZE_MAX)
		query_i64(&q, os_now());
	else if (str_find_str(text, 0, STR("?2")) != SIZE_MAX)
		query_null(&q);
	if (str_find_str(text, 0, STR("?2")) != SIZE_MAX)
		query_i64(&q, os_now() - WEEK);
	if (query_next(&q) == 1)
		*ret = query_get_u64(&q, 0);
	return query_done(&q, e);
}

/* One line; true if somebody must look. */
static bool put(struct list *l, const char *name, uint64_t value, bool person)
{
	bool look = person && value > 0;

	list_text(l, str_from(name));
	list_u64(l, value);
	list_text(l, look ? STR("somebody must look") : STR(""));
	return look;
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	static const struct list_column columns[] = {
	        {"name", "", LIST_STRING, "what is counted"},
	        {"value", "", LIST_NUMBER, "how many"},
	        {"look", "", LIST_STRING, "whether a person is needed"},
	};
	struct list l;
	bool look = false;
	int rc = 0;

	list_begin(&l, &r->body, a->form, columns, 3, "status");
	for (size_t i = 0; rc == 0 && i < sizeof(counts) / sizeof(counts[0]); i++) {
		uint64_t n = 0;
		rc = count(a, counts[i].sql, &n, e);
		look |= put(&l, counts[i].name, n, counts[i].person);
	}
	look |= put(&l, "feeds late", feeds_late(a->state, e), true);
	unsigned used = os_disk_used(a->folder, NULL);
	look |= put(&l, "disk used, per cent", used, used >= ROOM_PULLS);
	list_end(&l);
	r->state = look ? "look" : "fine";
	return rc;
}

const struct route route_status = {"/status", "the node on one screen", false, load};
