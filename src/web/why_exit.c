/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a thing went, and where it did not: the rows of the exit, each with the rule that decided, and of what was refused who may
 * change that.
 */
#include "web/why_in.h"

#define ROWS 50

static struct str word(const struct story *s, enum word w)
{
	return s->sink->words != NULL ? s->sink->words->text[w] : word_english(w);
}

static struct str say(const struct story *s, enum word w, const struct str *values, unsigned n)
{
	auto_buf struct buf text = {0};

	word_fill(&text, word(s, w), values, n);
	return arena_str(s->a->arena, buf_str(&text));
}

/* Columns: allowed, at, object, recipient, label, rule, name, who, permission. */
static void tell(const struct story *s, const struct query *q)
{
	char text[64], to[400], object[400];
	bool allowed = query_get_u64(q, 0) != 0;
	struct str label = query_get_text(q, 4), name = query_get_text(q, 6),
	           permission = query_get_text(q, 8);
	struct str rule = name.len != 0
	        ? arena_printf(s->a->arena, "%.*s (%.*s)", STR_ARG(query_get_text(q, 5)), STR_ARG(name))
	        : arena_str(s->a->arena, query_get_text(q, 5));
	const struct str values[] = {err_quote(object, sizeof(object), query_get_text(q, 2)),
	        err_quote(to, sizeof(to), query_get_text(q, 3)),
	        label.len != 0 ? arena_printf(s->a->arena, "TLP:%.*s", STR_ARG(label)) : STR("-"), rule,
	        list_when(text, query_get_i64(q, 1)), query_get_text(q, 7)};
	struct str line = say(s, allowed ? W_WHY_WENT_TO : W_WHY_REFUSED_TO, values, 6);

	if (permission.len != 0)
		line = arena_printf(s->a->arena, "%.*s%.*s", STR_ARG(line),
		        STR_ARG(say(s, W_WHY_PERMITTED, &permission, 1)));
	s->sink->put(s->sink->arg, WHY_FACT, word(s, allowed ? W_WHY_EXIT : W_WHY_EXIT_REFUSED), line);
}

static unsigned tell_all(const struct story *s, struct query *q)
{
	unsigned n = 0;

	while (query_next(q) == 1) {
		tell(s, q);
		n++;
	}
	query_done(q, NULL);
	return n;
}

#define ROWS_WHERE(object)                                                                                   \
	"select 1 as allowed, at, object, recipient, label, rule, name, '' as who, permission from "         \
	"clearance where "                                                                                   \
	"object in (" object                                                                                 \
	") union all select 0, at, object, recipient, label, rule, name, who, '' from refusal "              \
	"where object in (" object ") order by at limit ?2"

void why_exit_letter(const struct story *s, uint64_t notice)
{
	struct query q = db_query(s->a->state,
	        ROWS_WHERE("select 'notice ' || ticket from notice where id = ?1 union all select 'answer "
	                   "page of notice ' "
	                   "|| ticket from notice where id = ?1"));

	query_u64(&q, notice);
	query_u64(&q, ROWS);
	(void)tell_all(s, &q);
}

void why_exit_finding(const struct story *s, uint64_t finding)
{
	struct query q = db_query(s->a->state,
	        ROWS_WHERE("select 'notice ' || n.ticket from notice_item i join notice n on n.id = i.notice "
	                   "where "
	                   "i.finding = ?1"));

	query_u64(&q, finding);
	query_u64(&q, ROWS);
	(void)tell_all(s, &q);
}

int why_exit_object(const struct story *s, struct str object, struct err *e)
{
	char shown[200];
	struct query q = db_query(s->a->state,
	        ROWS_WHERE("?1, 'statement ' || ?1, 'alert ' || ?1, 'case ' || ?1, 'notice ' || ?1, 'answer "
	                   "page of notice ' "
	                   "|| ?1"));

	query_text(&q, object);
	query_u64(&q, ROWS);
	if (tell_all(s, &q) > 0)
		return 0;
	return err_set(e, ERR_USAGE,
	        "an id is R12 (receipt), F12 (finding), N12 (letter), E12.5.0 (event) or gate-times/2 "
	        "(round), and "
	        "nothing of '%.*s' has been at the exit",
	        STR_ARG(err_quote(shown, sizeof(shown), object)));
}
