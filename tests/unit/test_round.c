/* SPDX-License-Identifier: Apache-2.0
 *
 * The result of a round: it does not depend on the order in which statements came, nor on how often; nobody is bound who was not
 * served; an objection that was seen breaks the silence whatever else is said; and it is quick for many members.
 */
#include "agree/outcome.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define MOST 12000

struct play {
	struct arena a;
	struct manifest m;
	struct said said[MOST];
	struct str to[MANIFEST_PARTIES], party[MANIFEST_PARTIES];
	uint64_t seq[MANIFEST_PARTIES];
	unsigned n, parties;
	uint64_t random;
};

static unsigned draw(struct play *p, unsigned below)
{
	p->random ^= p->random << 13;
	p->random ^= p->random >> 7;
	p->random ^= p->random << 17;
	return (unsigned)(p->random >> 33) % below;
}

/* A round under silence of so many members, the first of them the chair. */
static struct play *begin(unsigned members, uint64_t seed)
{
	struct play *p = calloc(1, sizeof(*p));
	auto_buf struct buf b = {0};
	struct agree_fault fault;

	arena_init(&p->a, 0);
	p->random = seed;
	buf_add(&b, STR("weir-round-1\ninstrument gate-times\ntitle Times\nround 1\nprevious -\n"));
	for (unsigned i = 0; i < members; i++)
		buf_printf(&b, "member p%02u.example 1 %064u\n", i, i);
	buf_add(&b, STR("chair p00.example\ndeputy p01.example\nsecretariat p00.example\n"));
	buf_printf(&b, "text en %064u authentic\n", 7);
	buf_add(&b,
	        STR("opens 2027-03-01T02:00:00Z\ncloses 2027-03-08T02:00:00Z\nzone +07:00\nrule "
	            "silence\nlevel node\n"
	            "min-notice 72h\nworking-days 3\nbreaks amendment objection\nextend 1 7d\ngrace "
	            "24h\nunserved hold\nconfirm 2\n"
	            "reservation forbidden\ndisassociation allowed\npersons 1 1\nstatements 30d\nin-force "
	            "adopted+30d\nreview none\n"));
	assert_true(manifest_read(arena_str(&p->a, buf_str(&b)), &p->m, &fault));
	p->parties = manifest_parties(&p->m, p->party);
	for (unsigned i = 0; i < p->parties; i++) {
		buf_clear(&b);
		for (unsigned k = 0; k < p->parties; k++)
			if (k != i)
				buf_printf(&b, "%c%.*s", (int)p->party[k].len, STR_ARG(p->party[k]));
		p->to[i] = arena_str(&p->a, buf_str(&b));
	}
	return p;
}

static void end(struct play *p)
{
	arena_done(&p->a);
	free(p);
}

static struct said *say(struct play *p, unsigned who, enum kind kind, int64_t created, const char *more)
{
	auto_buf struct buf json = {0}, items = {0};
	struct said *s = &p->said[p->n++];
	char digest[2 * DIGEST_LEN + 1];
	const char *why;

	assert_true(p->n < MOST);
	str_hex_print(digest, p->m.sha256, DIGEST_LEN);
	buf_printf(&json,
	        "{\"by\":[{\"id\":\"a\",\"role\":\"duty\",\"at\":\"x\"},{\"id\":\"b\",\"role\":\"duty\","
	        "\"at\":\"x\"}],"
	        "\"round_sha256\":\"%s\"%s%s}",
	        digest, more[0] != 0 ? "," : "", more);
	assert_true(body_read(buf_str(&json), &items, &why));
	*s = (struct said){.sender = p->party[who],
	        .to = p->to[who],
	        .seq = ++p->seq[who],
	        .created = created,
	        .kind = kind,
	        .body = item_root(arena_str(&p->a, buf_str(&items)))};
	digest_of(str_make((const char *)&p->n, sizeof(p->n)), s->id);
	if (kind != KIND_AGREE_OPEN)
		memcpy(s->case_, p->said[0].id, DIGEST_LEN);
	return s;
}

static struct said *receipt(struct play *p, unsigned who, const struct said *of, int64_t at)
{
	char hex[2 * DIGEST_LEN + 1], time[21], more[256];

	str_hex_print(hex, of->id, DIGEST_LEN);
	stamp_print(time, at);
	snprintf(more, sizeof(more),
	        "\"receipts\":[{\"of\":\"%s\",\"verdict\":\"ok\",\"complete\":true,\"at\":\"%s\"}]", hex,
	        time);
	return say(p, who, KIND_RECEIPT, at + 1, more);
}

static void serve(struct play *p, unsigned from)
{
	for (unsigned i = from; i < p->parties; i++)
		receipt(p, i, &p->said[0], p->m.opens + 5);
}

static struct outcome come_to(struct play *p, int64_t now)
{
	struct round_input in = {.m = &p->m, .open = &p->said[0], .said = p->said, .n = p->n};
	struct round_input *kept = arena_new(&p->a, struct round_input);
	struct outcome o;

	*kept = in;
	outcome_make(&p->a, kept, now, &o);
	return o;
}

/* ---- order --------------------------------------------------------------------------------------- */

static void anything(struct play *p)
{
	static const char *const word[] = {"acknowledged", "no-objection", "support", "comment", "objection",
	        "reservation", "disassociation", "abstain", "nonsense"};
	static const enum kind kind[] = {KIND_AGREE_POSITION, KIND_AGREE_POSITION, KIND_AGREE_POSITION,
	        KIND_AGREE_AMENDMENT, KIND_AGREE_COMMENT, KIND_AGREE_RETRACT, KIND_ACK, KIND_AGREE_EXTEND,
	        KIND_AGREE_SERVICE, KIND_REJOIN, KIND_AGREE_OUTCOME, KIND_AGREE_MINUTES};
	unsigned who = draw(p, p->parties), of = draw(p, p->n);
	int64_t day = 86400, t = p->m.opens + (int64_t)draw(p, 11) * day + (int64_t)draw(p, 3) - 1;
	char hex[2 * DIGEST_LEN + 1], more[512], time[21];

	if (draw(p, 2) == 0) {
		receipt(p, who, &p->said[of], p->said[of].created + (int64_t)draw(p, 2) * day);
		return;
	}
	str_hex_print(hex, p->said[of].id, DIGEST_LEN);
	stamp_print(time, t + (int64_t)draw(p, 5) * day);
	snprintf(more, sizeof(more),
	        "\"position\":\"%s\",\"scope\":\"k7qm\",\"closes\":\"%s\",\"at\":\"%s\",\"party\":\"%.*s\","
	        "\"level\":\"%s\",\"dropped\":[\"%s\"],"
	        "\"block\":\"state broken\\n\",\"minutes\":\"%s\"",
	        word[draw(p, 9)], time, time, STR_ARG(p->party[draw(p, p->parties)]),
	        draw(p, 3) == 0 ? "none" : "voice", hex, hex);
	struct said *s =
	        say(p, draw(p, 4) == 0 ? 0 : who, kind[draw(p, sizeof(kind) / sizeof(kind[0]))], t, more);
	if (s->kind == KIND_AGREE_RETRACT || s->kind == KIND_ACK)
		memcpy(s->reply, p->said[of].id, DIGEST_LEN);
	if (draw(p, 12) == 0)
		s->seq = 1 + draw(p, 5); /* a fork */
}

static void shuffle(struct play *p, struct said *ret)
{
	memcpy(ret, p->said, p->n * sizeof(*ret));
	for (unsigned i = p->n - 1; i > 0; i--) {
		unsigned k = draw(p, i + 1);
		struct said s = ret[i];
		ret[i] = ret[k];
		ret[k] = s;
	}
	/* Some come twice. */
	for (unsigned i = 0; i < 5; i++)
		ret[p->n + i] = ret[draw(p, p->n)];
}

static void any_order(void **state)
{
	static struct said other[MOST];
	unsigned seen[OUTCOME_END] = {0};

	(void)state;
	for (unsigned seed = 1; seed <= 120; seed++) {
		struct play *p = begin(2 + seed % 4, seed * 7919);
		say(p, 0, KIND_AGREE_OPEN, p->m.opens, "\"instrument\":\"gate-times\",\"round\":1");
		serve(p, 1);
		for (unsigned n = draw(p, 30); n > 0; n--)
			anything(p);
		int64_t now = p->m.closes + (int64_t)draw(p, 20) * 86400 - 2 * 86400;
		struct outcome o = come_to(p, now);
		seen[o.shown]++;
		for (unsigned k = 0; k < 4; k++) {
			struct outcome again;
			shuffle(p, other);
			/* The opening is given apart, so it may be missing from the set. */
			struct round_input in = {
			        .m = &p->m, .open = &p->said[0], .said = other, .n = p->n + 5};
			outcome_make(&p->a, &in, now, &again);
			assert_true(str_eq(again.block, o.block));
			assert_int_equal(again.shown, o.shown);
			assert_true(str_eq(again.because, o.because));
			/* One by one, from any number on: at each step it is as it would have been. */
			unsigned from = draw(p, p->n);
			in.n = from;
			outcome_make(&p->a, &in, now, &again);
			for (unsigned i = from; i < p->n + 5; i++) {
				struct outcome whole;
				outcome_add(&again, &other[i], now);
				if (i + 1 < p->n + 5 && draw(p, 8) > 0)
					continue;
				in.n = i + 1;
				outcome_make(&p->a, &in, now, &whole);
				assert_true(str_eq(again.block, whole.block));
				assert_int_equal(again.shown, whole.shown);
			}
			assert_true(str_eq(again.block, o.block));
			assert_int_equal(again.shown, o.shown);
		}
		end(p);
	}
	assert_true(seen[OUTCOME_OPEN] > 0 && seen[OUTCOME_HELD] > 0 && seen[OUTCOME_BROKEN] > 0 &&
	        seen[OUTCOME_PROVISIONAL] > 0);
}

/* ---- laws ---------------------------------------------------------------------------------------- */

static void unserved(void **state)
{
	(void)state;
	for (unsigned missing = 1; missing < 4; missing++) {
		struct play *p = begin(4, 5);
		say(p, 0, KIND_AGREE_OPEN, p->m.opens, "");
		for (unsigned i = 1; i < 4; i++)
			if (i != missing)
				receipt(p, i, &p->said[0], p->m.opens + 5);
		for (int64_t day = 0; day < 1000; day += 50) {
			struct outcome o = come_to(p, p->m.closes + day * 86400);
			assert_int_equal(o.state, OUTCOME_HELD);
			assert_int_equal(o.shown, OUTCOME_HELD);
			assert_int_equal(o.member[missing].service, SERVICE_UNSERVED);
		}
		/* A call of the chair, by two persons, seen by another. */
		char more[128], time[21];
		stamp_print(time, p->m.closes - 5 * 86400 - 3600 * 12);
		snprintf(more, sizeof(more), "\"party\":\"p%02u.example\",\"level\":\"voice\",\"at\":\"%s\"",
		        missing, time);
		struct said *s = say(p, 0, KIND_AGREE_SERVICE, p->m.closes - 3600, more);
		receipt(p, missing == 1 ? 2 : 1, s, s->created + 5);
		assert_int_equal(come_to(p, p->m.closes).shown, OUTCOME_PROVISIONAL);
		end(p);
	}
}

static void broken_everywhere(void **state)
{
	(void)state;
	struct play *p = begin(4, 9);
	say(p, 0, KIND_AGREE_OPEN, p->m.opens, "");
	serve(p, 1);
	struct said *s = say(p, 2, KIND_AGREE_POSITION, p->m.closes, "\"position\":\"objection\"");
	assert_int_equal(come_to(p, p->m.closes).shown, OUTCOME_PROVISIONAL); /* seen by nobody */
	struct said *r = receipt(p, 3, s, p->m.closes + 86400);
	struct outcome o = come_to(p, p->m.closes + 86400);
	assert_int_equal(o.shown, OUTCOME_BROKEN);
	assert_true(str_eq(o.because, STR("p02.example")));
	/* One second too late, and by itself. */
	p->n--;
	p->seq[3]--;
	receipt(p, 3, s, p->m.closes + 86401);
	assert_int_equal(come_to(p, p->m.closes + 86400).shown, OUTCOME_PROVISIONAL);
	p->n--;
	p->seq[3]--;
	receipt(p, 2, s, p->m.closes);
	assert_int_equal(come_to(p, p->m.closes).shown, OUTCOME_PROVISIONAL);
	(void)r;
	end(p);
}

static void confirm(struct play *p, unsigned who, struct str block)
{
	auto_buf struct buf more = {0};

	buf_add(&more, STR("\"state\":\"adopted\",\"block\":"));
	buf_json(&more, block);
	buf_char(&more, 0);
	say(p, who, KIND_AGREE_OUTCOME, p->m.closes + 86400 + 60, more.p);
}

static void certificates(void **state)
{
	(void)state;
	struct play *p = begin(3, 11);
	auto_buf struct buf out = {0};
	say(p, 0, KIND_AGREE_OPEN, p->m.opens, "");
	serve(p, 1);
	struct str block = come_to(p, 0).block;
	confirm(p, 0, block);
	struct outcome o = come_to(p, p->m.closes + 2 * 86400);
	assert_int_equal(o.shown, OUTCOME_PROVISIONAL);
	confirm(p, 2, block);
	o = come_to(p, p->m.closes + 2 * 86400);
	assert_int_equal(o.shown, OUTCOME_ADOPTED);
	assert_int_equal(o.confirmed, 2);
	outcome_certificate(&o, &out);
	assert_true(str_eq(certificate_block(buf_str(&out)), block));
	assert_true(str_find_str(buf_str(&out), 0, STR("\nconfirmed p02.example ")) != SIZE_MAX);
	/* What others sign is theirs: words that are no state are a dispute, for ever. */
	p->n -= 2;
	confirm(p, 0, STR("state adopted\xe2\x80\xae\n"));
	confirm(p, 2, STR("state adopted\xe2\x80\xae\n"));
	assert_int_equal(come_to(p, p->m.closes + 2 * 86400).shown, OUTCOME_DISPUTED);
	assert_int_equal(come_to(p, p->m.closes + 99 * (int64_t)86400).shown, OUTCOME_DISPUTED);
	end(p);
}

/* Fifty members and ten thousand statements: the goal is 200 ms; a test machine that is busy has five times that. */
static void many(void **state)
{
	(void)state;
	struct play *p = begin(50, 13);
	say(p, 0, KIND_AGREE_OPEN, p->m.opens, "\"instrument\":\"gate-times\",\"round\":1");
	serve(p, 1);
	while (p->n < 10000)
		anything(p);
	struct timespec a, b;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	struct outcome o = come_to(p, p->m.closes);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	double ms = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
	print_message("50 members, 10,000 statements: %.1f ms\n", ms);
	assert_true(o.block.len > 0);
	assert_true(ms < 1000);
	struct said *more = say(p, 3, KIND_AGREE_POSITION, p->m.closes, "\"position\":\"objection\"");
	p->n--;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	outcome_add(&o, more, p->m.closes);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	ms = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
	print_message("one more: %.1f ms\n", ms);
	assert_true(ms < 100);
	end(p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(any_order),
	        cmocka_unit_test(unserved),
	        cmocka_unit_test(broken_everywhere),
	        cmocka_unit_test(certificates),
	        cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
