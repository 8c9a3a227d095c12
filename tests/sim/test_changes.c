/* SPDX-License-Identifier: Apache-2.0
 *
 * The log of changes against the truth: all that a client can list is read row by row before and after whatever happens to a
 * node for some weeks (reports, letters, what people change, registers, feeds), and what differs must stand in the log.
 *
 *   test_changes [STEPS [SEED]]
 */
#include "see/alert.h"
#include "see/fetch.h"
#include "see/import.h"
#include "see/prune.h"
#include "stage.h"
#include "state/changes.h"
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <cmocka.h>

static struct stage g;
static unsigned steps = 400;
static uint64_t seed = 1;

static unsigned dice(unsigned n)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (unsigned)((z >> 33) % n);
}

/* ---- numbers as bytes ---------------------------------------------------------------------------- */

static void packed(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		VEC(struct changes_id) ids = {0};
		auto_buf struct buf out = {0};
		struct changes_id one;
		uint64_t id = 0, last = 0;
		size_t at = 0;
		for (unsigned n = dice(200); n > 0; n--) {
			id += 1 + (dice(4) == 0 ? (uint64_t)dice(1u << 30) << dice(28) : dice(300));
			*vec_add(&ids) = (struct changes_id){id, dice(2) != 0};
		}
		changes_pack(&out, ids.v, ids.n);
		for (size_t i = 0; i < ids.n; i++) {
			assert_int_equal(changes_unpack(buf_str(&out), &at, &last, &one), 1);
			assert_true(one.id == ids.v[i].id && one.made == ids.v[i].made);
		}
		assert_int_equal(changes_unpack(buf_str(&out), &at, &last, &one), 0);
		vec_done(&ids);
	}
	/* a number that goes on behind the end */
	struct changes_id one;
	uint64_t last = 0;
	size_t at = 0;
	assert_int_equal(changes_unpack(STR("\x80"), &at, &last, &one), ERR_FORMAT);
}

static void cursors(void **state)
{
	static const char *const wrong[] = {"", "5", "5-0-0", "5-0000000g-0", "x-00000000-0", "5-00000000-",
	        "5-00000000-4294967296", "99999999999999999999-00000000-0"};
	struct changes_cursor c = {.seq = 1234567890123, .pos = 77, .mark = 0xdeadbeef}, got;
	char text[CHANGES_CURSOR];
	struct err e;

	(void)state;
	assert_int_equal(changes_cursor_read(changes_cursor_print(text, &c), &got, &e), 0);
	assert_true(got.seq == c.seq && got.pos == c.pos && got.mark == c.mark);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(changes_cursor_read(str_from(wrong[i]), &got, &e), ERR_USAGE);
}

/* ---- all there is -------------------------------------------------------------------------------- */

struct seen {
	unsigned kind;
	uint64_t id, hash;
};
struct all {
	VEC(struct seen) rows;
};

/* The columns of a table as one text. */
static void columns_of(struct db *db, const char *table, struct buf *out)
{
	struct query q = db_query(db, "select name from pragma_table_info(?)");

	query_text(&q, str_from(table));
	while (query_next(&q) == 1)
		buf_printf(out, "%squote(\"%.*s\")", out->len > 0 ? " || ' ' || " : "",
		        STR_ARG(query_get_text(&q, 0)));
	assert_int_equal(query_done(&q, &g.e), 0);
}

/* What an owner is beside his row. */
#define OWNER                                                                                                \
	" || coalesce((select group_concat(c.email || c.language || c.classes || c.phone || "                \
	"coalesce(c.gone, '') || coalesce(c.broken, ''), ';') from contact c where c.owner = t.id), '')"     \
	" || coalesce((select group_concat(name || kind || criticality, ';') from asset where owner = "      \
	"t.id), '')"                                                                                         \
	" || coalesce((select group_concat(asset || kind || value, ';') from claim where owner = t.id), '')"

static void look(struct all *a)
{
	struct db *db = g.s.node.state;

	a->rows.n = 0;
	for (unsigned k = 1; k < CHANGES_KINDS; k++) {
		auto_buf struct buf columns = {0}, sql = {0};
		bool feed = k == CHANGES_FEED, reread = k == CHANGES_REREAD;
		columns_of(db, feed ? "feed" : changes_table[k].table, &columns);
		buf_printf(&sql, "select %s, %.*s%s from %s t",
		        feed             ? "(select id from feed_number n where n.name = t.name)"
		                : reread ? "receipt"
		                         : "id",
		        STR_ARG(buf_str(&columns)), k == CHANGES_OWNER ? OWNER : "",
		        feed ? "feed" : changes_table[k].table);
		struct query q = db_query_text(db, buf_str(&sql));
		while (query_next(&q) == 1)
			*vec_add(&a->rows) =
			        (struct seen){k, query_get_u64(&q, 0), str_hash(query_get_text(&q, 1))};
		assert_int_equal(query_done(&q, &g.e), 0);
	}
}

static int in_order(const void *x, const void *y)
{
	const struct seen *a = x, *b = y;

	return a->kind != b->kind ? (int)a->kind - (int)b->kind : a->id < b->id ? -1 : a->id > b->id;
}

static const struct seen *find(const struct all *a, const struct seen *s)
{
	return a->rows.n == 0 ? NULL : bsearch(s, a->rows.v, a->rows.n, sizeof(*s), in_order);
}

static const struct changes_id *logged(const struct changes_read *r, uint64_t id)
{
	for (size_t i = 0; i < r->ids.n; i++)
		if (r->ids.v[i].id == id)
			return &r->ids.v[i];
	return NULL;
}

/* All that a log says behind a cursor, in portions of that size. */
static void read_all(
        unsigned kind, const struct changes_cursor *from, size_t portion, struct changes_read *ret)
{
	struct changes_read some = {.next = *from};

	ret->ids.n = 0;
	do {
		struct changes_cursor at = some.next;
		assert_int_equal(changes_read(g.s.node.state, kind, &at, portion, &some, &g.e), 0);
		assert_true(some.ids.n <= portion);
		for (size_t i = 0; i < some.ids.n; i++) {
			struct changes_id *there =
			        (struct changes_id *)(uintptr_t)logged(ret, some.ids.v[i].id);
			if (there != NULL)
				there->made |= some.ids.v[i].made;
			else
				*vec_add(&ret->ids) = some.ids.v[i];
		}
	} while (some.more);
	ret->next = some.next;
	changes_read_done(&some);
}

static unsigned differing, rows_logged, kinds_seen[CHANGES_KINDS];

static void compare(struct all *before, struct all *after, const struct changes_cursor *from)
{
	struct changes_read r[CHANGES_KINDS] = {0};

	if (before->rows.n > 0)
		qsort(before->rows.v, before->rows.n, sizeof(struct seen), in_order);
	if (after->rows.n > 0)
		qsort(after->rows.v, after->rows.n, sizeof(struct seen), in_order);
	for (unsigned k = 1; k < CHANGES_KINDS; k++) {
		struct changes_read small = {0};
		read_all(k, from, 100000, &r[k]);
		read_all(k, from, 1 + dice(5), &small);
		/* however it is cut into portions, it is the same */
		assert_int_equal(small.ids.n, r[k].ids.n);
		assert_true(small.next.seq == r[k].next.seq && small.next.pos == 0);
		rows_logged += (unsigned)r[k].ids.n;
		changes_read_done(&small);
	}
	for (size_t i = 0; i < after->rows.n; i++) {
		const struct seen *s = &after->rows.v[i], *was = find(before, s);
		if (was != NULL && was->hash == s->hash)
			continue;
		const struct changes_id *l = logged(&r[s->kind], s->id);
		if (l == NULL)
			print_error(
			        "%s %u has changed unlogged\n", changes_table[s->kind].name, (unsigned)s->id);
		assert_non_null(l);
		/* feeds have their numbers for good */
		if (s->kind != CHANGES_FEED && s->kind != CHANGES_REREAD)
			assert_int_equal(l->made, was == NULL);
		differing++;
		kinds_seen[s->kind]++;
	}
	for (size_t i = 0; i < before->rows.n; i++)
		if (find(after, &before->rows.v[i]) == NULL) {
			assert_non_null(logged(&r[before->rows.v[i].kind], before->rows.v[i].id));
			differing++;
		}
	for (unsigned k = 1; k < CHANGES_KINDS; k++)
		changes_read_done(&r[k]);
}

/* ---- what happens -------------------------------------------------------------------------------- */

static void some_seen(void)
{
	static const char *const nets[] = {"192.0.2", "192.0.2", "198.51.100", "203.0.113"};
	auto_buf struct buf lines = {0};

	for (unsigned n = 1 + dice(12); n > 0; n--)
		buf_printf(&lines, "%s.%u 80 %lld\n", nets[dice(4)], 1 + dice(30) * 8,
		        (long long)(os_fake.now / SECOND - STAGE_BASE) / 60);
	assert_int_equal(story_take(&g.s, ++g.number, buf_str(&lines), &g.e), 0);
}

static void some_change(void)
{
	static const struct {
		const char *name, *params;
	} asks[] = {
	        {"finding-close", "id=F%u\nwhy=fixed\n"},
	        {"finding-close", "id=F%u\nwhy=false-positive\n"},
	        {"finding-reopen", "id=F%u\n"},
	        {"quiet", "ip=192.0.2.%u\nuntil=2027-01-01\nwhy=known\n"},
	        {"quiet-end", "id=Q%u\n"},
	        {"hold", "id=2026-01-05\nwhy=court %u\n"},
	        {"hold-release", "id=H%u\n"},
	        {"notice-hold", "id=N%u\n"},
	        {"notice-release", "id=N%u\n"},
	        {"notice-withdraw", "id=N%u\n"},
	        {"notice-correct", "id=N%u\ntext=sorry\n"},
	        {"contact-mend", "id=one@a.example\nnote=%u\n"},
	        {"alert-test", "note=%u\n"},
	        {"ack", "id=A%u\n"},
	        {"reread", "id=R%u\n"},
	        {"feed-fetch", "id=list\nnote=%u\n"},
	        {"baseline", "note=%u\n"},
	};
	char params[128];
	unsigned k = dice(sizeof(asks) / sizeof(asks[0]));

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(params, sizeof(params), asks[k].params, 1 + dice(dice(3) == 0 ? 60 : 12));
#pragma GCC diagnostic pop
	(void)stage_ask(&g, asks[k].name, params); /* many are refused, which changes nothing */
}

static void some_register(void)
{
	auto_buf struct buf text = {0}, said = {0};
	uint8_t token[RECEIPT_TOKEN] = {0xee};
	struct import i = {.token = token, .source = STR("o.csv"), .person = STR("somebody"), .apply = true};
	char path[NODE_PATH];
	bool applied = false;

	for (unsigned k = 1; k < sizeof(token); k++)
		token[k] = (uint8_t)dice(256);
	buf_add(&text, STR("id,name,sector,prefixes,contacts,language\n"));
	buf_printf(&text, "a,Owner A%u,telecom,192.0.2.0/25,one@a.example,en\n", dice(3));
	if (dice(3) != 0)
		buf_printf(&text,
		        "b,Owner B,telecom,192.0.2.128/25 198.51.100.0/%u,one@b.example two@b.example,en\n",
		        24 + dice(2));
	if (dice(2) != 0)
		buf_printf(&text, "c,Owner C,bank,203.0.113.0/%u,c@c.example,%s\n", 24 + dice(3),
		        dice(2) ? "en" : "vi");
	assert_int_equal(story_spool(&g.s, token, buf_str(&text), &g.e), 0);
	node_spool(&g.s.node, token, path);
	int rc = import_file(&g.s.node, path, &i, &said, &applied, &g.e);
	if (rc != 0)
		print_error("%s\n", g.e.text);
	assert_int_equal(rc, 0);
	if (applied) {
		story_end(&g.s);
		assert_int_equal(story_open(&g.s, &g.e), 0);
	}
}

static void prune(void)
{
	int rc;

	while ((rc = prune_step(&g.s.node, &g.e)) == 1) {
	}
	assert_int_equal(rc, 0);
}

/* A feed that fails, or has nothing new. */
static void some_fetch(void)
{
	struct fetch_result r = {.feed = STR("list"), .code = dice(2) ? 304 : 0, .sentence = STR("no route")};

	assert_int_equal(fetch_done(&g.s.node, &r, &g.e), 0);
}

static void step(void)
{
	int64_t next;

	static const char *const no[] = {NULL, NULL, NULL, "one@a.example", "two@b.example"};

	switch (dice(14)) {
	case 0:
	case 1:
	case 2:
	case 3:
		some_seen();
		break;
	case 4:
	case 5:
		os_fake.now += HOUR * (1 + dice(30));
		g.s.no = no[dice(5)];
		stage_work(&g);
		break;
	case 6:
		some_register();
		break;
	case 7:
		some_fetch();
		break;
	case 8:
		assert_int_equal(alert_look(&g.s.node, &next, &g.e), 0);
		break;
	case 9:
		prune();
		break;
	default:
		some_change();
	}
}

static int set_up(void **state)
{
	(void)state;
	char path[128];

	stage_set(&g, "changes");
	snprintf(path, sizeof(path), "%s/feeds", g.conf);
	assert_int_equal(mkdir(path, 0700), 0);
	stage_write(&g, "feeds/list.yaml",
	        "name: List\nkind: log\ncadence: 60m\nenabled: yes\nurl: https://feeds.example/list\n");
	stage_write(&g, "weir.yaml",
	        "country: XA\nname: Example CERT\nmail:\n  from: cert@cert.example\n  delay: 0s\n");
	stage_write(&g, "owners.csv",
	        "id,name,sector,prefixes,contacts,language\n"
	        "a,Owner A,telecom,192.0.2.0/25,one@a.example,en\n"
	        "b,Owner B,telecom,192.0.2.128/25,one@b.example two@b.example,en\n");
	stage_write(&g, "rules/10-all.yaml",
	        "- rule: all\n  if: {}\n  then: { notify: owner }\n  repeat: { per: [source.ip], after: 1d, "
	        "escalate: 2 }\n");
	stage_make(&g);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	stage_end(&g);
	return 0;
}

static void nothing_missing(void **state)
{
	struct all before = {0}, after = {0};

	(void)state;
	assert_int_equal(story_open(&g.s, &g.e), 0);
	for (unsigned i = 0; i < steps; i++) {
		struct changes_cursor from;
		assert_int_equal(changes_head(g.s.node.state, &from, &g.e), 0);
		look(&before);
		step();
		look(&after);
		compare(&before, &after, &from);
	}
	print_message("%u differences, %u numbers logged\n", differing, rows_logged);
	assert_true(differing > steps);
	/* the log does not simply say that everything has changed */
	assert_true(rows_logged < differing * 3);
	for (unsigned k = 1; k < CHANGES_KINDS; k++)
		/* mails and cases do not occur in this story */
		if (kinds_seen[k] == 0 && k != CHANGES_MESSAGE && k != CHANGES_CASE)
			fail_msg("no %s has changed in all the time", changes_table[k].name);
	vec_done(&before.rows);
	vec_done(&after.rows);
}

/* What was undone stands nowhere. */
static void undone(void **state)
{
	struct changes_cursor from, to;
	struct db *db = g.s.node.state;

	(void)state;
	assert_int_equal(changes_head(db, &from, &g.e), 0);
	db_begin(db);
	struct query q = db_query(db, "update finding set severity = severity");
	query_run(&q);
	db_rollback(db);
	db_begin(db);
	assert_int_equal(db_commit(db, &g.e), 0);
	assert_int_equal(changes_head(db, &to, &g.e), 0);
	assert_true(from.seq == to.seq);
}

static int64_t rows(void)
{
	return stage_number(&g, "select count(*) from changes");
}

/* Old rows go, the last one stays, and a cursor from before that is refused. */
static void pruned(void **state)
{
	struct changes_read r = {0};
	struct changes_cursor head, first, empty = {0};
	struct db *db = g.s.node.state;

	(void)state;
	assert_int_equal(changes_head(db, &head, &g.e), 0);
	os_fake.now += (CHANGES_DAYS - 1) * DAY;
	some_seen();
	int64_t all = rows();
	assert_true(all > 1);
	assert_int_equal(changes_read(db, CHANGES_FINDING, &head, 100, &r, &g.e), 0);
	assert_true(r.ids.n > 0);
	os_fake.now += 2 * DAY;
	prune();
	assert_true(rows() < all && rows() > 0);
	assert_int_equal(changes_read(db, CHANGES_FINDING, &head, 100, &r, &g.e), ERR_MISSING);
	assert_int_equal(changes_read(db, CHANGES_FINDING, &empty, 100, &r, &g.e), ERR_MISSING);
	/* the last row never goes */
	assert_int_equal(changes_head(db, &head, &g.e), 0);
	os_fake.now += 3 * CHANGES_DAYS * DAY;
	prune();
	assert_int_equal(rows(), 1);
	assert_int_equal(changes_read(db, CHANGES_FINDING, &head, 100, &r, &g.e), 0);
	assert_int_equal(r.ids.n, 0);
	/* nor are there more of them than there is room for */
	for (unsigned i = 0; i < 3; i++)
		some_seen();
	assert_true(rows() > 2);
	assert_int_equal(changes_head(db, &head, &g.e), 0);
	db_begin(db);
	struct query grown = db_query(db, "update changes set total = total + ? where seq = ?");
	query_u64(&grown, 2 * CHANGES_BYTES);
	query_u64(&grown, head.seq);
	query_run(&grown);
	assert_int_equal(db_commit(db, &g.e), 0);
	prune();
	assert_int_equal(rows(), 1);
	/* of another database, which had other rows under that number */
	first = head;
	first.mark ^= 1;
	assert_int_equal(changes_read(db, CHANGES_FINDING, &first, 100, &r, &g.e), ERR_MISSING);
	first = (struct changes_cursor){.seq = head.seq + 1, .mark = head.mark};
	assert_int_equal(changes_read(db, CHANGES_FINDING, &first, 100, &r, &g.e), ERR_MISSING);
	changes_read_done(&r);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(packed),
	        cmocka_unit_test(cursors),
	        cmocka_unit_test(nothing_missing),
	        cmocka_unit_test(undone),
	        cmocka_unit_test(pruned),
	};
	uint64_t v;

	if (argc > 1 && str_u64(str_from(argv[1]), &v))
		steps = (unsigned)v;
	if (argc > 2 && str_u64(str_from(argv[2]), &v))
		seed = v;
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
