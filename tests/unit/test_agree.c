/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts, manifests and amendments: laws that hold of any, tried on many made at random.
 */
#include "agree/amend.h"
#include "agree/code.h"
#include "agree/disposition.h"
#include "agree/evidence.h"
#include "agree/manifest.h"
#include "agree/opening.h"
#include "trust/kind.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct random {
	uint64_t state;
};

static unsigned draw(struct random *r, unsigned below)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return (unsigned)(r->state >> 33) % below;
}

/* ---- ids ----------------------------------------------------------------------------------------- */

static void ids(void **state)
{
	static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	char id[CLAUSE_ID], other[CLAUSE_ID];

	(void)state;
	for (unsigned n = 0; n < CLAUSE_IDS; n += 41) {
		clause_id_make(n, id);
		assert_true(clause_id_ok(str_make(id, CLAUSE_ID)));
		for (unsigned i = 0; i < CLAUSE_ID; i++) {
			for (const char *c = letters; *c != 0; c++) {
				memcpy(other, id, CLAUSE_ID);
				other[i] = *c;
				assert_true(clause_id_ok(str_make(other, CLAUSE_ID)) == (*c == id[i]));
			}
			for (unsigned k = 0; k < i; k++) {
				memcpy(other, id, CLAUSE_ID);
				other[i] = id[k];
				other[k] = id[i];
				assert_true(clause_id_ok(str_make(other, CLAUSE_ID)) == (id[i] == id[k]));
			}
		}
	}
}

/* ---- texts --------------------------------------------------------------------------------------- */

/* Clauses that may stand in any order behind a title. */
struct draft {
	struct {
		unsigned id, words;
		char kind; /* p paragraph, t with a table, h heading, i item */
	} clause[64];
	unsigned n;
};

static void put_source(struct buf *out, const struct draft *d, unsigned i)
{
	char id[CLAUSE_ID];

	clause_id_make(d->clause[i].id, id);
	buf_printf(out, "%swords \xe0\xba\x84 %u {#%.4s}",
	        d->clause[i].kind == 'h'           ? "## "
	                : d->clause[i].kind == 'i' ? "- "
	                                           : "",
	        d->clause[i].words, id);
	if (d->clause[i].kind == 't')
		buf_printf(out, "\n\n| a %u |\n|---|", d->clause[i].words);
}

static struct agree_text print(struct arena *a, const struct draft *d)
{
	auto_buf struct buf out = {0}, source = {0}, before = {0};
	struct agree_text t = {0};
	struct agree_fault fault;

	buf_add(&before, STR("# Title {#a3bd}"));
	agree_text_add(&out, (struct str){0}, buf_str(&before));
	for (unsigned i = 0; i < d->n; i++) {
		buf_clear(&source);
		put_source(&source, d, i);
		agree_text_add(&out, buf_str(&before), buf_str(&source));
		buf_clear(&before);
		buf_add(&before, buf_str(&source));
	}
	agree_text_end(&out);
	assert_true(agree_text_parse(a, arena_str(a, buf_str(&out)), false, &t, &fault));
	assert_int_equal(t.n, d->n + 1);
	return t;
}

static unsigned new_id(struct random *r)
{
	static unsigned n; /* each id once, none of them the title's */

	(void)r;
	n = (n + 97) % (CLAUSE_IDS - 7000);
	return n + 7000;
}

static void add(struct draft *d, struct random *r)
{
	d->clause[d->n].id = new_id(r);
	d->clause[d->n].words = draw(r, 1000);
	d->clause[d->n++].kind = "pthi"[draw(r, 4)];
}

static struct draft draft(struct random *r)
{
	struct draft d = {0};

	for (unsigned n = draw(r, 25); n > 0; n--)
		add(&d, r);
	return d;
}

/* Some clauses gone, some new, some elsewhere, some in other words. */
static void edit(struct draft *d, struct random *r)
{
	for (unsigned n = draw(r, 12); n > 0; n--) {
		unsigned what = draw(r, 4), i = d->n > 0 ? draw(r, d->n) : 0,
		         k = d->n > 0 ? draw(r, d->n) : 0;
		if (what == 0 && d->n < 60) {
			add(d, r);
		} else if (what == 1 && d->n > 0) {
			memmove(&d->clause[i], &d->clause[i + 1], (d->n - i - 1) * sizeof(d->clause[0]));
			d->n--;
		} else if (what == 2 && d->n > 0) {
			typeof(d->clause[0]) c = d->clause[i];
			memmove(&d->clause[i], &d->clause[i + 1], (d->n - i - 1) * sizeof(c));
			memmove(&d->clause[k + 1], &d->clause[k], (d->n - k - 1) * sizeof(c));
			d->clause[k] = c;
		} else if (d->n > 0) {
			d->clause[i].words++;
		}
	}
}

static void print_back(const struct agree_text *t)
{
	auto_buf struct buf out = {0};

	for (unsigned i = 0; i < t->n; i++)
		agree_text_add(&out, i > 0 ? t->clause[i - 1].source : (struct str){0}, t->clause[i].source);
	agree_text_end(&out);
	assert_true(str_eq(buf_str(&out), t->bytes));
}

/* From one text to the other, through the bytes of a statement. */
static void go(struct arena *a, const struct agree_text *from, const struct agree_text *to)
{
	auto_buf struct buf json = {0}, items = {0};
	struct amendment there, again;
	struct amend_result r;
	const char *why;

	assert_true(amend_between(a, from, to, &there));
	assert_true((there.n == 0) == str_eq(from->bytes, to->bytes));
	buf_add(&json, STR("{\"ops\":"));
	amendment_write(&json, &there);
	buf_char(&json, '}');
	assert_true(body_read(buf_str(&json), &items, &why));
	struct item root = item_root(buf_str(&items)), ops = item_get(&root, STR("ops"));
	again = amendment_read(a, &ops);
	assert_int_equal(again.n, there.n);
	amend_apply(a, from, &again, 1, &r);
	assert_int_equal(r.outcome, AMEND_OK);
	assert_true(str_eq(r.text.bytes, to->bytes));
	/* Nobody has to explain what is cited, and what is not cited is named. */
	struct str ids[2 * AGREE_CLAUSES], cited[2 * AGREE_CLAUSES];
	unsigned n = 0;
	assert_true((agree_unexplained(from, to, NULL, 0, ids) == 0) == str_eq(from->bytes, to->bytes));
	for (unsigned i = 0; i < there.n; i++)
		if (there.op[i].kind != OP_INSERT)
			cited[n++] = there.op[i].id;
	for (unsigned i = 0; i < to->n; i++)
		if (agree_text_find(from, to->clause[i].id) == NULL)
			cited[n++] = to->clause[i].id;
	assert_int_equal(agree_unexplained(from, to, cited, n, ids), 0);
}

static void there_and_back(void **state)
{
	struct random r = {20270301};

	(void)state;
	for (unsigned i = 0; i < 150; i++) {
		auto_arena struct arena a;
		arena_init(&a, 0);
		struct draft d = draft(&r);
		struct agree_text from = print(&a, &d);
		edit(&d, &r);
		struct agree_text to = print(&a, &d);
		print_back(&to);
		go(&a, &from, &to);
		go(&a, &to, &from);
	}
}

/* A title that is another clause has nothing that it could hang on. */
static void other_title(void **state)
{
	auto_arena struct arena a;
	struct agree_text one, two;
	struct agree_fault fault;
	struct amendment ops;

	(void)state;
	arena_init(&a, 0);
	assert_true(agree_text_parse(&a, STR("# A {#a3bd}\n"), false, &one, &fault));
	assert_true(agree_text_parse(&a, STR("# A {#k7qm}\n"), false, &two, &fault));
	assert_false(amend_between(&a, &one, &two, &ops));
}

/* Whatever is applied, the clauses afterwards are those before without the deleted and with the inserted ones. */
static void ids_survive(void **state)
{
	struct random r = {8};
	unsigned applied = 0;

	(void)state;
	for (unsigned i = 0; i < 400; i++) {
		auto_arena struct arena a;
		struct op op[2][3] = {0};
		struct amendment list[2] = {{.op = op[0]}, {.op = op[1]}};
		char text[6][96];
		struct amend_result result;
		unsigned gone = 0, new = 0;
		arena_init(&a, 0);
		struct draft d = draft(&r);
		struct agree_text t = print(&a, &d);
		for (unsigned k = 0; k < 6; k++) {
			const struct clause *c = &t.clause[draw(&r, t.n)], *after = &t.clause[draw(&r, t.n)];
			struct op *o = &op[k / 3][k % 3];
			char id[CLAUSE_ID], hex[2 * DIGEST_LEN + 1];
			if (draw(&r, 2) == 0)
				continue;
			o = &list[k / 3].op[list[k / 3].n++];
			o->kind = (enum op_kind)(1 + draw(&r, 4));
			clause_id_make(new_id(&r), id);
			snprintf(text[k], sizeof(text[k]), "new %u {#%.4s}", draw(&r, 99),
			        o->kind == OP_INSERT ? id : c->id.p);
			str_hex_print(hex, c->sha256, DIGEST_LEN);
			o->text = str_from(text[k]);
			o->after = after->id;
			o->id = c->id;
			o->base = arena_str(&a, str_make(hex, 2 * DIGEST_LEN));
			gone += o->kind == OP_DELETE;
			new += o->kind == OP_INSERT;
		}
		amend_apply(&a, &t, list, 2, &result);
		if (result.outcome != AMEND_OK)
			continue;
		applied++;
		/* An insert that two ask for is refused, a delete that two ask for counts once. */
		assert_true(result.text.n <= t.n + new &&result.text.n + gone >= t.n + new);
		for (unsigned k = 0; k < result.text.n; k++)
			assert_true(clause_id_ok(result.text.clause[k].id));
		for (unsigned k = 0; k < t.n; k++) {
			bool deleted = false;
			for (unsigned o = 0; o < 6; o++)
				deleted |= op[o / 3][o % 3].kind == OP_DELETE &&
				        str_eq(op[o / 3][o % 3].id, t.clause[k].id);
			assert_true((agree_text_find(&result.text, t.clause[k].id) == NULL) == deleted);
		}
	}
	assert_true(applied > 100);
}

/* ---- manifests ----------------------------------------------------------------------------------- */

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
static const char manifest_text[] =
        "weir-round-1\ninstrument gate-times\ntitle Times of gates\nround 3\nprevious " HEX
        "\nmember kh 1 " HEX "\nmember la 12 " HEX "\nmember vn 2 " HEX
        "\nobserver mm\nobserver th\nchair la\ndeputy -\nsecretariat th\ntext en " HEX
        " authentic\ntext lo " HEX
        "\nopens 2027-03-01T02:00:00Z\ncloses 2027-03-15T02:00:00Z\nzone -03:45\noff 2027-03-08\n"
        "rule assent\nneeds 2\nlevel human\nmin-notice 3d\nworking-days 7\nbreaks none\nextend 2 48h\ngrace "
        "1d\n"
        "unserved except\nconfirm 2\nreservation allowed\ndisassociation forbidden\npersons 2 3\nstatements "
        "30d\n"
        "in-force 2027-06-01T00:00:00Z\nreview 18mo\n";

static void manifests(void **state)
{
	auto_buf struct buf out = {0}, cut = {0};
	struct manifest m, other;
	struct agree_fault fault;
	struct str whole = str_from(manifest_text), party[MANIFEST_PARTIES];

	(void)state;
	assert_true(manifest_read(whole, &m, &fault));
	manifest_write(&out, &m);
	assert_true(str_eq(buf_str(&out), whole));
	assert_int_equal(manifest_parties(&m, party), 5);
	for (unsigned i = 1; i < 5; i++)
		assert_true(str_cmp(party[i - 1], party[i]) < 0);
	/* No line can be left out, but for those that may come not at all. */
	unsigned number = 0;
	for (struct str_cut line = {.tail = whole}; line.tail.len > 0;) {
		struct str rest = line.tail;
		line = str_cut(rest, '\n');
		number++;
		buf_clear(&cut);
		buf_add(&cut, str_sub(whole, 0, (size_t)(rest.p - whole.p)));
		buf_add(&cut, line.tail);
		bool may = str_starts(line.head, STR("observer")) || str_starts(line.head, STR("off")) ||
		        str_starts(line.head, STR("text lo"));
		/* One member less is another fault: confirm and needs still fit, so it is none here. */
		may |= str_starts(line.head, STR("member kh")) || str_starts(line.head, STR("member vn"));
		/* Who is no member any more may not be chair. */
		assert_int_equal(manifest_read(buf_str(&cut), &other, &fault),
		        may && !str_starts(line.head, STR("observer th")));
		if (str_starts(line.head, STR("rule")) || str_starts(line.head, STR("zone")))
			assert_int_equal(fault.line, number);
	}
}

/* The sign of a zone without hours is part of what was signed. */
static void zones(void **state)
{
	static const char *const zone[] = {"+00:00", "-00:00", "-14:45", "+14:45"};
	struct str whole = str_from(manifest_text);
	size_t at = str_find_str(whole, 0, STR("-03:45"));

	(void)state;
	for (unsigned i = 0; i < sizeof(zone) / sizeof(zone[0]); i++) {
		auto_buf struct buf in = {0}, out = {0};
		struct manifest m;
		struct agree_fault fault;
		buf_add(&in, str_sub(whole, 0, at));
		buf_add(&in, str_from(zone[i]));
		buf_add(&in, str_skip(whole, at + 6));
		assert_true(manifest_read(buf_str(&in), &m, &fault));
		manifest_write(&out, &m);
		assert_true(str_eq(buf_str(&out), buf_str(&in)));
	}
}

static void working_days(void **state)
{
	struct manifest m = {
	        .zone = 7 * 3600, .offs = 1, .off = {20520}}; /* Sunday 2026-03-08, which is off anyway */
	int64_t monday = 20514 * 86400 - m.zone;              /* 2026-03-02, a Monday, 00:00 there */

	(void)state;
	assert_true(manifest_working_days(&m, monday, monday, 0));
	assert_false(manifest_working_days(&m, monday, monday + 86399, 1));
	assert_true(manifest_working_days(&m, monday, monday + 86400, 1));
	assert_false(manifest_working_days(&m, monday + 1, monday + 86400, 1));
	assert_true(manifest_working_days(&m, monday, monday + 7 * 86400, 5));
	assert_false(manifest_working_days(&m, monday, monday + 7 * 86400, 6));
	/* Ages ago, and never. */
	assert_true(manifest_working_days(&m, -30000000000, monday, 30));
	m.off[0] = 20516;
	assert_false(manifest_working_days(&m, monday, monday + 7 * 86400, 5));
}

static void reviews(void **state)
{
	static const struct {
		const char *adopted, *due;
		uint32_t months;
	} row[] = {{"2027-01-31T02:00:00Z", "2027-02-28T02:00:00Z", 1},
	        {"2027-03-08T02:00:00Z", "2028-03-08T02:00:00Z", 12},
	        {"2027-12-31T23:59:59Z", "2028-02-29T23:59:59Z", 2},
	        {"2028-02-29T00:00:00Z", "2033-02-28T00:00:00Z", 60}};

	(void)state;
	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct manifest m = {.review = row[i].months};
		int64_t adopted = 0;
		char text[21];
		assert_true(stamp_read(str_from(row[i].adopted), &adopted));
		stamp_print(text, manifest_review(&m, adopted));
		assert_string_equal(text, row[i].due);
	}
}

/* ---- dispositions -------------------------------------------------------------------------------- */

static struct item parsed(struct arena *a, const char *json)
{
	auto_buf struct buf items = {0};
	const char *why;

	assert_true(body_read(str_from(json), &items, &why));
	return item_root(arena_str(a, buf_str(&items)));
}

#define ONE "1111111111111111111111111111111111111111111111111111111111111111"
#define TWO "2222222222222222222222222222222222222222222222222222222222222222"

static bool frozen(struct arena *a, const char *items, struct freeze *f)
{
	struct agree_text old, new;
	struct agree_fault fault;
	struct proposal p[2] = {0};
	struct item body = parsed(a, items);
	struct disposition_list list = {item_get(&body, STR("items"))};

	memset(p[0].id, 0x11, DIGEST_LEN);
	memset(p[1].id, 0x22, DIGEST_LEN);
	assert_true(agree_text_parse(a, STR("# T {#a3bd}\n\nOld. {#k7qm}\n"), false, &old, &fault));
	assert_true(agree_text_parse(a, STR("# T {#a3bd}\n\nNew. {#k7qm}\n"), false, &new, &fault));
	return freeze_check(a, &old, &new, p, 2, &list, 1, f);
}

static void freezing(void **state)
{
	auto_arena struct arena a;
	struct freeze f;

	(void)state;
	arena_init(&a, 0);
	assert_true(frozen(&a,
	        "{\"items\":[{\"of\":\"" ONE "\",\"word\":\"taken\",\"clauses\":[\"k7qm\"]},{\"of\":\"" TWO
	        "\",\"word\":\"not-taken\",\"text\":{\"en\":\"too long\"}}]}",
	        &f));
	/* One without an answer, and a change that nobody explained. */
	assert_false(frozen(
	        &a, "{\"items\":[{\"of\":\"" ONE "\",\"word\":\"carried\",\"clauses\":[\"k7qm\"]}]}", &f));
	assert_int_equal(f.opens, 1);
	assert_int_equal(f.changes, 1);
	assert_true(str_eq(f.unexplained[0], STR("k7qm")));
	/* A refusal without a reason is none; nor is it withdrawn because the secretariat says so. */
	assert_false(frozen(&a,
	        "{\"items\":[{\"of\":\"" ONE "\",\"word\":\"not-taken\"},{\"of\":\"" TWO
	        "\",\"word\":\"withdrawn\"},{\"word\":\"secretariat-proposal\",\"text\":{\"en\":\"x\"},"
	        "\"clauses\":[\"k7qm\"]}]}",
	        &f));
	assert_int_equal(f.bads, 2);
	assert_int_equal(f.opens, 2);
	assert_int_equal(f.changes, 0);
	/* The newest word stands. */
	assert_false(frozen(&a,
	        "{\"items\":[{\"of\":\"" ONE "\",\"word\":\"taken\",\"clauses\":[\"k7qm\"]},{\"of\":\"" ONE
	        "\",\"word\":\"carried\"},{\"of\":\"" TWO "\",\"word\":\"joined\",\"with\":[\"" ONE "\"]}]}",
	        &f));
	assert_int_equal(f.opens, 0);
	assert_int_equal(f.changes, 1);
}

static void codes(void **state)
{
	uint8_t id[DIGEST_LEN] = {1, 2, 3};
	char code[VOICE_CODE_LEN];

	(void)state;
	voice_code(id, code);
	assert_int_equal(strlen(code), VOICE_CODE_LEN - 1);
	assert_true(agree_code_eq(str_from(code), code));
	struct str digits = str_make(code, 4);
	assert_false(agree_code_eq(digits, code));
	char typed[VOICE_CODE_LEN + 4];
	snprintf(typed, sizeof(typed), "%.4s-%.4s.%.4s%.4s", code, code + 5, code + 10, code + 15);
	assert_true(agree_code_eq(str_from(typed), code));
	typed[0] = typed[0] == '9' ? '8' : '9';
	assert_false(agree_code_eq(str_from(typed), code));
}

/* ---- evidence ------------------------------------------------------------------------------------ */

#define SHA(digit) digit digit digit digit digit digit digit digit
#define EIGHT(digit) SHA(digit) SHA(digit) SHA(digit) SHA(digit) SHA(digit) SHA(digit) SHA(digit) SHA(digit)

/* Of a peer: what it names and has not sent is no file of its, though one of that digest may lie here. */
static void evidence(void **state)
{
	static const char body[] = "{\"status\":\"done\",\"evidence\":[\"" EIGHT("a") "\",\"" EIGHT(
	        "b") "\",7,\"b\"],\"attachments\":[{\"sha256\":\"" EIGHT("b") "\",\"size\":1,\"name\":"
	                                                                      "\"drill.txt\",\"media\":"
	                                                                      "\"text/plain\"}]}";
	struct agree_evidence all[4];
	auto_buf struct buf items = {0};
	const char *why = NULL;

	(void)state;
	assert_true(body_read(str_from(body), &items, &why));
	assert_int_equal(evidence_of(item_root(buf_str(&items)), 1, all, 0, 4), 1);
	assert_int_equal(all[0].sha256[0], 0xbb);
	assert_true(str_eq(all[0].name, STR("drill.txt")));
	assert_int_equal(evidence_of(item_root(buf_str(&items)), 1, all, 4, 4), 4);
}

/* Somebody takes pains that his file is found by the digits of another one. */
static void evidence_alike(void **state)
{
	static const char *const sha[2] = {
	        EIGHT("b"), SHA("b") "b" SHA("c") SHA("c") SHA("c") SHA("c") SHA("c") SHA("c") "ccccccc"};
	struct said said[2] = {{.kind = KIND_AGREE_PROGRESS}, {.kind = KIND_AGREE_PROGRESS}};
	struct buf items[2] = {{0}};
	struct agree_evidence found;
	const char *why = NULL;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		auto_buf struct buf body = {0};
		buf_printf(&body,
		        "{\"evidence\":[\"%s\"],\"attachments\":[{\"sha256\":\"%s\",\"size\":1,\"name\":\"%"
		        "u\","
		        "\"media\":\"x\"}]}",
		        sha[i], sha[i], i);
		assert_true(body_read(buf_str(&body), &items[i], &why));
		said[i].body = item_root(buf_str(&items[i]));
	}
	assert_int_equal(evidence_find(said, 2, STR("bbbbbbbb"), &found, NULL), ERR_VALUE);
	assert_int_equal(evidence_find(said, 2, STR("bbbbbbbbbc"), &found, NULL), 0);
	assert_true(str_eq(found.name, STR("1")));
	assert_int_equal(evidence_find(said, 2, str_from(sha[0]), &found, NULL), 0);
	assert_true(str_eq(found.name, STR("0")));
	assert_int_equal(evidence_find(said, 2, STR("bbbbbbb"), &found, NULL), ERR_MISSING);
	assert_int_equal(evidence_find(said, 2, STR("cccccccc"), &found, NULL), ERR_MISSING);
	for (unsigned i = 0; i < 2; i++)
		buf_done(&items[i]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(ids),
	        cmocka_unit_test(there_and_back),
	        cmocka_unit_test(other_title),
	        cmocka_unit_test(ids_survive),
	        cmocka_unit_test(manifests),
	        cmocka_unit_test(zones),
	        cmocka_unit_test(working_days),
	        cmocka_unit_test(reviews),
	        cmocka_unit_test(freezing),
	        cmocka_unit_test(evidence),
	        cmocka_unit_test(evidence_alike),
	        cmocka_unit_test(codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
