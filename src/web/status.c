/* SPDX-License-Identifier: Apache-2.0
 *
 * The node on one screen.
 */
#include "base/os.h"
#include "web/feeds.h"

struct count {
	const char *name, *about, *sql;
};
static const struct count counts[] = {
        {"receipts accepted", "receipts that wait to be read",
                "select count(*) from receipt where state = 'accepted'"},
        {"receipts reading", "receipts that are being read",
                "select count(*) from receipt where state = 'reading'"},
        {"receipts done", "receipts that were read to their end",
                "select count(*) from receipt where state = 'done'"},
        {"receipts aside", "reports that could not be read",
                "select count(*) from receipt where state = 'aside'"},
        {"records aside", "records that were set aside", "select coalesce(sum(asides), 0) from receipt"},
        {"events", "events of all receipts", "select coalesce(sum(events), 0) from receipt"},
        {"findings open", "findings that are not closed",
                "select count(*) from finding where state <> 'closed'"},
        {"findings critical", "of them critical",
                "select count(*) from finding where state <> 'closed' and severity = 'critical'"},
        {"findings high", "of them high",
                "select count(*) from finding where state <> 'closed' and severity = 'high'"},
        {"letters due", "letters that are not sealed yet", "select count(*) from notice where state = 'due'"},
        {"letters held", "letters that wait for a person",
                "select count(*) from notice where state = 'held'"},
        {"letters ready", "letters that wait for the mail server",
                "select count(*) from notice where state = 'ready'"},
        {"letters sent", "letters that the mail server took",
                "select count(*) from notice where state = 'sent'"},
        {"letters refused", "letters that the mail server refused for good",
                "select count(*) from notice where state = 'refused'"},
        {"refused at the exit", "what no rule lets out", "select count(*) from refusal"},
        {"findings late", "of them nobody was told in time",
                "select count(*) from finding where state = 'open' and due is not null and due < ?1"},
};

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	static const struct list_column columns[] = {
	        {"name", "", LIST_STRING, "what is counted"},
	        {"value", "", LIST_NUMBER, "how many"},
	};
	struct list l;
	int rc = 0;

	list_begin(&l, &r->body, a->form, columns, 2, "status");
	for (size_t i = 0; rc == 0 && i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct query q = db_query(a->state, counts[i].sql);
		if (str_find_str(str_from(counts[i].sql), 0, STR("?1")) != SIZE_MAX)
			query_i64(&q, os_now());
		list_text(&l, str_from(counts[i].name));
		list_u64(&l, query_next(&q) == 1 ? query_get_u64(&q, 0) : 0);
		rc = query_done(&q, e);
	}
	list_text(&l, STR("feeds late"));
	list_u64(&l, feeds_late(a->state, e));
	list_text(&l, STR("disk used, per cent"));
	list_u64(&l, os_disk_used(a->folder, NULL));
	list_end(&l);
	return rc;
}

const struct route route_status = {"/status", "the node on one screen", false, load};
