/* SPDX-License-Identifier: Apache-2.0
 *
 * The machine's receipts: what is due is gathered into statements, up to 256 in one, all of one label and group, which the
 * receipt takes over. To the sender; for what belongs to a consultation to all its other parties, so that each of them can
 * count who was served and see ids that differ. What others say decides what is in a receipt, and must not stop those of others.
 */
#include "link/link_in.h"

#define IN_ONE 256
#define AT_ONCE 1024
#define KEY_MAX 4400 /* 64 parties, a group and a label */

struct due {
	uint64_t id, n;
	bool complete;
	int64_t at;
	struct str key; /* "kh mm\nGREEN clmv": whom it goes to, and how it is labelled */
	uint8_t statement[DIGEST_LEN];
	struct str verdict;
	unsigned tlp, pap;
	struct str group;
	bool done;
};

static bool to_all(struct str kind)
{
	return str_starts(kind, STR("agree.")) || str_eq(kind, STR("rejoin"));
}

static void add_party(const struct link_self *self, struct buf *out, struct str party)
{
	struct link l = store_link(self->db, party);

	if (str_eq(party, self->me) || !link_speaks(&l) || l.role == LINK_MAIL)
		return;
	if (out->len > 0)
		buf_char(out, ' ');
	buf_add(out, party);
}

/* The label that a receipt may carry: an id tells nothing, so that RED need not name persons and GREEN only where the group
 * can be read. */
static void label(struct due *d, const struct stored *s, struct arena *a)
{
	struct item body = stored_body(s, a);
	struct str group = item_text(&body, "group");

	d->tlp = s->h.tlp == STATEMENT_RED ? STATEMENT_STRICT : s->h.tlp;
	d->pap = s->h.pap;
	if (d->tlp == STATEMENT_GREEN && group_ok(group))
		d->group = group;
	else if (d->tlp == STATEMENT_GREEN)
		d->tlp = STATEMENT_AMBER;
}

static bool fill(const struct link_self *self, struct due *d, struct arena *a)
{
	auto_buf struct buf to = {0};
	struct stored s;

	if (!store_find_n(self->db, d->n, a, &s))
		return false;
	memcpy(d->statement, s.id, DIGEST_LEN);
	d->verdict = s.verdict;
	label(d, &s, a);
	/* the sender first; sorting is done when it is said, so the same set in the same order is what counts */
	if (to_all(s.h.kind))
		for (unsigned i = 0; i < s.h.to_count; i++)
			add_party(self, &to, s.h.to[i]);
	add_party(self, &to, s.h.sender);
	if (to.len == 0)
		return false;
	buf_printf(&to, "\n%u %u %.*s", d->tlp, d->pap, STR_ARG(d->group));
	d->key = arena_str(a, buf_str(&to));
	return true;
}

static void due_done(const struct link_self *self, const struct due *d, uint64_t receipt)
{
	struct query q = db_query(self->db, "delete from receipt_due where id = ?");

	query_u64(&q, d->id);
	query_run(&q);
	if (receipt == 0)
		return;
	struct query s = db_query(self->db, "update statement set receipt = ? where n = ?");
	query_u64(&s, receipt);
	query_u64(&s, d->n);
	query_run(&s);
}

static void add_entry(struct buf *body, const struct due *d, bool first)
{
	char hex[2 * DIGEST_LEN + 1], at[21];

	str_hex_print(hex, d->statement, DIGEST_LEN);
	stamp_print(at, d->at);
	buf_printf(body, "%s{\"of\":\"%s\",\"verdict\":\"%.*s\",\"complete\":%s,\"at\":\"%s\"}",
	        first ? "" : ",", hex, STR_ARG(d->verdict), d->complete ? "true" : "false", at);
}

/* One statement of the first that is not done and all that go with it. */
static int say_one(
        const struct link_self *self, struct due *due, unsigned count, unsigned first, struct err *e)
{
	struct str to[STATEMENT_TO_MAX], parties = str_cut(due[first].key, '\n').head;
	struct say say = {.kind = KIND_RECEIPT, .to = to, .tlp = due[first].tlp, .pap = due[first].pap};
	unsigned taken[IN_ONE], n = 0;
	auto_buf struct buf body = {0};
	uint8_t id[DIGEST_LEN];

	while (parties.len > 0 && say.to_count < STATEMENT_TO_MAX) {
		struct str_cut cut = str_cut(parties, ' ');
		to[say.to_count++] = cut.head;
		parties = cut.tail;
	}
	buf_add(&body, STR("{\"receipts\":["));
	for (unsigned i = first; i < count && n < IN_ONE; i++)
		if (!due[i].done && str_eq(due[i].key, due[first].key)) {
			add_entry(&body, &due[i], n == 0);
			due[i].done = true;
			taken[n++] = i;
		}
	buf_char(&body, ']');
	if (due[first].group.len > 0)
		buf_printf(&body, ",\"group\":\"%.*s\"", STR_ARG(due[first].group));
	buf_char(&body, '}');
	say.body = buf_str(&body);
	int rc = link_say(self, &say, id, e);
	uint64_t receipt = rc == 0 ? store_number(self->db, id) : 0;
	for (unsigned i = 0; rc == 0 && i < n; i++)
		due_done(self, &due[taken[i]], receipt);
	return rc;
}

/* A group whose card is not here, or that does not have all of them: GREEN of it may not go there, and counts as AMBER. */
static void name_no_group(struct due *due, unsigned count, unsigned first, struct arena *a)
{
	struct str key = due[first].key,
	           amber = arena_printf(a, "%.*s\n%u %u ", STR_ARG(str_cut(key, '\n').head), STATEMENT_AMBER,
	                   due[first].pap);

	for (unsigned i = first; i < count; i++) {
		if (!str_eq(due[i].key, key))
			continue;
		due[i].key = amber;
		due[i].tlp = STATEMENT_AMBER;
		due[i].group = STR("");
		due[i].done = false;
	}
}

/* What cannot be said, with all that goes with it, is due again the next time. */
static int say_each(
        const struct link_self *self, struct due *due, unsigned count, struct arena *a, struct err *e)
{
	int failed = 0;

	for (unsigned i = 0; i < count; i++) {
		if (due[i].done)
			continue;
		int rc = say_one(self, due, count, i, e);
		if (rc != 0 && due[i].group.len > 0) {
			name_no_group(due, count, i, a);
			rc = say_one(self, due, count, i, e);
		}
		failed = rc != 0 ? rc : failed;
	}
	return failed;
}

static unsigned load(const struct link_self *self, struct due *due, unsigned room)
{
	struct query q = db_query(self->db,
	        "select id, statement, complete, at from receipt_due order by urgent desc, id limit ?");
	unsigned n = 0;

	query_u64(&q, room);
	while (query_next(&q) == 1) {
		due[n] = (struct due){.id = query_get_u64(&q, 0),
		        .n = query_get_u64(&q, 1),
		        .complete = query_get_u64(&q, 2) != 0,
		        .at = query_get_i64(&q, 3)};
		if (due[n].at == 0)
			due[n].at = self->now / 1000000;
		n++;
	}
	query_done(&q, NULL);
	return n;
}

static unsigned count_due(const struct link_self *self)
{
	struct query q = db_query(self->db, "select count(*) from (select 1 from receipt_due limit ?)");
	unsigned n;

	query_u64(&q, AT_ONCE);
	n = query_next(&q) == 1 ? (unsigned)query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	return n;
}

int link_receipts(const struct link_self *self, struct err *e)
{
	auto_arena struct arena a = {0};

	unsigned n = self->doubts ? 0 : count_due(self);
	if (n == 0)
		return 0;
	arena_init(&a, 0);
	struct due *due = arena_array(&a, n, sizeof(*due));
	n = load(self, due, n);
	for (unsigned i = 0; i < n; i++)
		if (!fill(self, &due[i], &a)) {
			due_done(self, &due[i], 0);
			due[i].done = true;
		}
	return say_each(self, due, n, &a, e);
}
