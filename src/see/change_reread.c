/* SPDX-License-Identifier: Apache-2.0
 *
 * What is to be read again: a report with its parts, or all that has something set aside. Here it is only written down,
 * as a batch; the core reads when nothing new waits.
 */
#include "base/os.h"
#include "see/change_in.h"
#include "see/reread.h"

struct wanted {
	struct change *c;
	uint64_t batch, n, passed; /* passed over: they cannot be read again */
	char why[300];             /* the first of them */
};

static struct wanted begin(struct change *c)
{
	struct wanted w = {.c = c};
	struct query q = db_query(c->node->state, "select coalesce(max(batch), 0) + 1 from reread");

	w.batch = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_run(&q);
	return w;
}

/* The word of its last reading again: true if that has not come to its end. */
static bool is_asked(struct wanted *w, uint64_t id)
{
	struct query q = db_query(
	        w->c->node->state, "select 1 from reread where receipt = ? and done is null and batch <> ?");

	query_u64(&q, id);
	query_u64(&q, w->batch);
	bool asked = query_next(&q) == 1;
	query_run(&q);
	return asked;
}

static void put(struct wanted *w, uint64_t id)
{
	struct query q = db_query(w->c->node->state,
	        "insert or replace into reread(receipt, batch, asked, person, tell) values (?, ?, ?, ?, ?)");

	query_u64(&q, id);
	query_u64(&q, w->batch);
	query_i64(&q, os_now());
	query_text(&q, w->c->person);
	query_u64(&q, change_param(w->c, "tell").p != NULL);
	query_run(&q);
	w->n++;
}

/* One receipt. 0, or why not. */
static int want(struct wanted *w, uint64_t id, struct err *e)
{
	auto_arena struct arena a = {0};
	struct receipt r;

	arena_init(&a, 0);
	int rc = receipt_get(w->c->node->state, id, &a, &r, e);
	if (rc == 0)
		return err_set(e, ERR_MISSING, "there is no receipt R%llu", (unsigned long long)id);
	if (rc == 1)
		rc = reread_may(w->c->node, &r, e);
	if (rc == 0 && is_asked(w, id))
		rc = err_set(e, ERR_VALUE, "R%llu is being read again already", (unsigned long long)id);
	if (rc == 0)
		put(w, id);
	return rc;
}

/* Receipts that sql names; those that cannot be read again are passed over. A code of the disk ends it. */
static int want_all(struct wanted *w, const char *sql, uint64_t id, struct str feed, struct err *e)
{
	struct query q = db_query(w->c->node->state, sql);
	VEC(uint64_t) ids = {0};
	int rc = 0;

	query_u64(&q, id);
	query_text(&q, feed);
	while (query_next(&q) == 1)
		*vec_add(&ids) = query_get_u64(&q, 0);
	query_run(&q);
	for (size_t i = 0; rc == 0 && i < ids.n; i++) {
		rc = want(w, ids.v[i], e);
		if (rc != ERR_MISSING && rc != ERR_VALUE)
			continue;
		rc = 0;
		if (w->passed++ == 0)
			snprintf(w->why, sizeof(w->why), "%.290s", e->text);
	}
	vec_done(&ids);
	return rc;
}

#define PARTS                                                                                                \
	"with recursive t(id) as (select id from receipt where parent = ?1 union all select r.id from "      \
	"receipt r"                                                                                          \
	" join t on r.parent = t.id) select id from t where ?2 is null order by id"
#define ASIDE                                                                                                \
	"select id from receipt where ?1 = 0 and (state = 'aside' or (state = 'done' and asides > 0)) and "  \
	"(?2 is "                                                                                            \
	"null or feed = ?2) order by id"

static int want_tree(struct wanted *w, uint64_t id, struct err *e)
{
	int rc = want(w, id, e);

	return rc == 0 ? want_all(w, PARTS, id, (struct str){0}, e) : rc;
}

static void say(const struct wanted *w)
{
	buf_printf(w->c->said, "B%llu: %llu receipt%s read again", (unsigned long long)w->batch,
	        (unsigned long long)w->n, w->n == 1 ? " is" : "s are");
	if (w->passed != 0)
		buf_printf(w->c->said, "; %llu cannot be: %s", (unsigned long long)w->passed, w->why);
	buf_char(w->c->said, '\n');
}

/* "R12", or the receipt of a record "E12.5.0". */
static int receipt_of(const struct change *c, struct str id, uint64_t *ret, struct err *e)
{
	char shown[64];
	struct str digits = id.len > 1 && (id.p[0] & ~0x20) == 'E' ? str_cut(str_skip(id, 1), '.').head
	        : id.len > 1 && (id.p[0] & ~0x20) == 'R'           ? str_skip(id, 1)
	                                                           : STR("");

	(void)c;
	if (str_u64(digits, ret) && *ret > 0 && *ret < DAY_RECEIPTS)
		return 0;
	return err_set(e, ERR_USAGE, "'%s' is no id such as R12 (receipt) or E12.5.0 (record)",
	        err_quote(shown, sizeof(shown), id).p);
}

int change_reread(struct change *c, struct err *e)
{
	struct wanted w = begin(c);
	uint64_t id;

	if (change_id(c, 'R', &id, e) != 0)
		return ERR_USAGE;
	int rc = want_tree(&w, id, e);
	if (rc != 0)
		return rc;
	change_about(c, 'R', id, change_param(c, "tell").p != NULL ? STR("told") : STR("nobody told"));
	say(&w);
	return 0;
}

int change_retry(struct change *c, struct err *e)
{
	struct wanted w = begin(c);
	struct str one = change_param(c, "id"), receipt = change_param(c, "receipt"),
	           feed = change_param(c, "feed");
	uint64_t id = 0;

	if ((one.len != 0) + (receipt.len != 0) + (feed.len != 0) > 1)
		return err_set(e, ERR_USAGE, "an ID, --receipt or --feed: one of them");
	if (one.len == 0)
		one = receipt;
	int rc = one.len != 0 ? receipt_of(c, one, &id, e) : 0;
	if (rc == 0 && one.len != 0)
		rc = want_tree(&w, id, e);
	if (rc != 0)
		return rc;
	if (one.len == 0)
		rc = want_all(&w, ASIDE, 0, feed.len != 0 ? feed : (struct str){0}, e);
	if (rc != 0)
		return rc;
	if (w.n == 0)
		return err_set(e, ERR_MISSING, "nothing is set aside that can be read again%s%s",
		        w.passed != 0 ? ": " : "", w.why);
	snprintf(c->object, sizeof(c->object), "B%llu", (unsigned long long)w.batch);
	snprintf(c->detail, sizeof(c->detail), "%.*s%.*s", STR_ARG(one), STR_ARG(feed));
	say(&w);
	return 0;
}
