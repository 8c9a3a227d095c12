/* SPDX-License-Identifier: Apache-2.0
 *
 * Holds: days that stay as they are, for a court, an investigation, a lesson. A hold may be about days of which there is
 * no file, yet or any more.
 */
#include "base/os.h"
#include "base/plural.h"
#include "see/change_in.h"
#include "state/kept.h"

static int take_date(struct str text, const char *what, uint32_t *ret, struct err *e)
{
	char shown[64];

	if (kept_date(text, ret))
		return 0;
	return err_set(e, ERR_USAGE, "%s'%s' is no day such as 2026-01-05", what,
	        err_quote(shown, sizeof(shown), text).p);
}

/* What retention did before cannot be undone, and whoever holds must hear of it. */
static void say_gone(struct change *c, uint32_t first, uint32_t last)
{
	struct query q = db_query(c->node->state,
	        "select date from day where date between ? and ? and (events_gone is not null or raw_gone is "
	        "not null)"
	        " order by date");
	char date[11];
	unsigned n = 0;

	query_u64(&q, first);
	query_u64(&q, last);
	while (query_next(&q) == 1) {
		if (n++ < 10)
			buf_printf(c->said, "  something of %s is gone already\n",
			        kept_date_print(date, (uint32_t)query_get_u64(&q, 0)).p);
	}
	query_run(&q);
	if (n > 10)
		plural_printf(c->said, "  and of %u more days\n", n - 10);
}

int change_hold(struct change *c, struct err *e)
{
	struct str from = change_param(c, "id"), until = change_param(c, "until"),
	           why = change_param(c, "why");
	uint32_t first, last;
	char a[11], b[11];

	if (take_date(from, "", &first, e) != 0 ||
	        take_date(until.p != NULL ? until : from, "--until: ", &last, e) != 0)
		return ERR_USAGE;
	if (last < first)
		return err_set(e, ERR_USAGE, "--until: %s lies before %s", kept_date_print(b, last).p,
		        kept_date_print(a, first).p);
	struct query q = db_query(
	        c->node->state, "insert into hold(first, last, why, person, at) values (?, ?, ?, ?, ?)");
	query_u64(&q, first);
	query_u64(&q, last);
	query_text(&q, why.p != NULL ? why : STR(""));
	query_text(&q, c->person);
	query_i64(&q, os_now());
	query_run(&q);
	uint64_t id = db_last_id(c->node->state);
	kept_date_print(a, first);
	kept_date_print(b, last);
	snprintf(c->object, sizeof(c->object), "H%llu", (unsigned long long)id);
	snprintf(
	        c->detail, sizeof(c->detail), "%s to %s%s%.*s", a, b, why.len != 0 ? ": " : "", STR_ARG(why));
	if (first == last)
		buf_printf(c->said, "H%llu: %s stays as it is\n", (unsigned long long)id, a);
	else
		buf_printf(c->said, "H%llu: %s to %s stay as they are\n", (unsigned long long)id, a, b);
	say_gone(c, first, last);
	return 0;
}

int change_hold_release(struct change *c, struct err *e)
{
	struct str s = change_param(c, "id"), note = change_param(c, "note");
	char shown[64];
	uint64_t id;

	if (s.len < 2 || (s.p[0] & ~0x20) != 'H' || !str_u64(str_skip(s, 1), &id) || id > INT64_MAX)
		return err_set(e, ERR_USAGE, "'%s' is no id of a hold such as H1; weir hold list names them",
		        err_quote(shown, sizeof(shown), s).p);
	struct query q = db_query(c->node->state,
	        "update hold set released = ?, released_by = ? where id = ? and released is null");
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_u64(&q, id);
	query_run(&q);
	if (db_failed(c->node->state) == 0 && db_changes(c->node->state) == 0)
		return err_set(e, ERR_MISSING,
		        "there is no hold H%llu that is not released; weir hold list names them",
		        (unsigned long long)id);
	snprintf(c->object, sizeof(c->object), "H%llu", (unsigned long long)id);
	snprintf(c->detail, sizeof(c->detail), "%.*s", STR_ARG(note));
	buf_printf(
	        c->said, "H%llu is released; its days are kept as all others are\n", (unsigned long long)id);
	return 0;
}
