/* SPDX-License-Identifier: Apache-2.0
 *
 * A round in a file, on a machine that knows nothing but keys: a good one comes to what its members have signed; whatever byte of it is
 * changed, it is refused and the entry is named; and each way in which a round does not hold has its own sentence.
 */
#include "base/os.h"
#include "cli/agree_bundle.h"
#include "instrument.h"
#include <fcntl.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* Every how many bytes one is changed: all of them where the test is called with "all". */
#define STEP 29

/* What checking said: copies, since the bundle is gone. */
struct said_of {
	bool good, round;
	uint64_t entry;
	enum outcome_state shown;
	unsigned confirmed;
	char what[512], todo[256], notes[512], not_counted[256];
};

static struct said_of check_as(const struct instrument *t, struct str bytes, int64_t at, unsigned roots)
{
	struct agree_check *c = calloc(1, sizeof(*c));
	struct said_of ret = {0};
	struct bundle b;
	struct err e = {0};

	bundle_init(&b);
	for (unsigned i = 0; i < roots; i++)
		assert_int_equal(bundle_root(&b, t->root[i], false, &e), 0);
	int rc = bundle_read_bytes(&b, bytes, &e);
	bundle_lists(&b);
	agree_check(c, &b, rc, &e, at);
	const struct agree_fault_at *f = agree_first(c);
	ret.good = f == NULL;
	ret.round = c->round;
	if (c->round) {
		ret.shown = c->o.shown;
		ret.confirmed = c->o.confirmed;
		for (size_t i = 0; i < c->o.round.n; i++)
			if (agree_not_counted(c, &c->o.round.s[i]) != NULL)
				snprintf(ret.not_counted, sizeof(ret.not_counted), "%s",
				        agree_not_counted(c, &c->o.round.s[i]));
	}
	if (f != NULL) {
		ret.entry = f->entry;
		snprintf(ret.what, sizeof(ret.what), "%.*s", STR_ARG(f->what));
		snprintf(ret.todo, sizeof(ret.todo), "%.*s", STR_ARG(f->todo));
	}
	if (c->notes.n > 0)
		snprintf(ret.notes, sizeof(ret.notes), "%.*s", STR_ARG(c->notes.v[0]));
	agree_check_done(c);
	bundle_done(&b);
	free(c);
	return ret;
}

static struct said_of check(const struct instrument *t)
{
	auto_buf struct buf file = {0};

	instrument_bundle(t, &file);
	return check_as(t, buf_str(&file), t->end, t->plan.members);
}

static void expect(const struct said_of *s, const char *words)
{
	if (s->good || strstr(s->what, words) == NULL || s->todo[0] == 0)
		fail_msg("'%s' and not '%s'", s->good ? "it is good" : s->what, words);
}

/* ---- good ones ----------------------------------------------------------------------------------- */

static void good(void **state)
{
	static const struct {
		struct instrument_plan plan;
		enum outcome_state shown;
		unsigned confirmed;
	} cases[] = {
	        {{.members = 2}, OUTCOME_ADOPTED, 2},
	        {{.members = 4, .comments = 2, .proofs = true, .later = true}, OUTCOME_ADOPTED, 4},
	        {{.members = 4, .object = true}, OUTCOME_BROKEN, 4},
	        {{.members = 4, .unserved = true}, OUTCOME_HELD, 4},
	        {{.members = 3, .no_outcome = true}, OUTCOME_PROVISIONAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct instrument t = {0};
		instrument_make(&t, &cases[i].plan);
		struct said_of s = check(&t);
		if (!s.good)
			fail_msg("case %zu, entry %llu: %s", i, (unsigned long long)s.entry, s.what);
		assert_true(s.round);
		assert_int_equal(s.shown, cases[i].shown);
		assert_int_equal(s.confirmed, cases[i].confirmed);
		assert_int_equal(s.notes[0], 0);
		instrument_done(&t);
	}
}

/* ---- one changed byte ---------------------------------------------------------------------------- */

/* The number of the entry in which a byte stands, from 1; behind the last one the end. */
static uint64_t entry_at(struct str file, size_t at)
{
	size_t begin = CONTAINER_HEAD;
	uint64_t n = 1;

	while (begin + 5 <= file.len) {
		const uint8_t *p = (const uint8_t *)file.p + begin;
		size_t len = (size_t)p[1] << 24 | (size_t)p[2] << 16 | (size_t)p[3] << 8 | p[4];
		if (at < begin + 5 + len)
			return n;
		begin += 5 + len;
		n++;
	}
	return n;
}

static void flipped(void **state)
{
	struct instrument t = {0};
	struct instrument_plan plan = {.members = 2, .proofs = true};
	auto_buf struct buf file = {0};

	size_t step = *state != NULL ? 1 : STEP;
	instrument_make(&t, &plan);
	instrument_bundle(&t, &file);
	assert_true(check_as(&t, buf_str(&file), t.end, 2).good);
	for (size_t i = 0; i < file.len; i += step) {
		char was = file.p[i];
		file.p[i] ^= (char)(1u << (i / step % 8));
		struct said_of s = check_as(&t, buf_str(&file), t.end, 2);
		uint64_t at = entry_at(buf_str(&file), i);
		file.p[i] = was;
		uint64_t real = entry_at(buf_str(&file), i);
		if (s.good || s.what[0] == 0 || s.todo[0] == 0)
			fail_msg("byte %zu of %zu, in entry %llu, was changed and nobody said so", i,
			        file.len, (unsigned long long)real);
		/* A length that is another reaches into what follows, or the entry is seen to be none before that. */
		if (i >= CONTAINER_HEAD && at == real && s.entry != real)
			fail_msg("byte %zu was changed in entry %llu, and entry %llu was named: %s", i,
			        (unsigned long long)real, (unsigned long long)s.entry, s.what);
	}
	print_message("%zu bytes\n", file.len);
	instrument_done(&t);
}

/* Cut anywhere, and with something behind its end. */
static void cut(void **state)
{
	struct instrument t = {0};
	struct instrument_plan plan = {.members = 2};
	auto_buf struct buf file = {0};

	(void)state;
	instrument_make(&t, &plan);
	instrument_bundle(&t, &file);
	for (size_t i = 0; i < file.len; i += 97) {
		struct said_of s = check_as(&t, str_sub(buf_str(&file), 0, i), t.end, 2);
		expect(&s, i < CONTAINER_HEAD ? "" : "it was cut");
	}
	buf_char(&file, 0);
	struct said_of s = check_as(&t, buf_str(&file), t.end, 2);
	expect(&s, "stand behind its end");
	instrument_done(&t);
}

/* ---- each way ------------------------------------------------------------------------------------ */

/* A round of four with something done to it before it is packed. */
static struct said_of with(void (*change)(struct instrument *), const struct instrument_plan *plan)
{
	struct instrument t = {0};
	struct instrument_plan four = {.members = 4, .proofs = true, .later = true};

	instrument_make(&t, plan != NULL ? plan : &four);
	change(&t);
	struct said_of s = check(&t);
	instrument_done(&t);
	return s;
}

static void drop_file(struct instrument *t, size_t i)
{
	t->files.v[i] = t->files.v[t->files.n - 1];
	t->files.n--;
}
static void no_text(struct instrument *t)
{
	drop_file(t, 1);
}
static void no_manifest(struct instrument *t)
{
	drop_file(t, 2);
}
static void no_position(struct instrument *t)
{
	for (size_t i = 0; i < t->said.n; i++)
		if (t->said.v[i].kind == KIND_AGREE_POSITION) {
			t->proofs.n = 0;
			memmove(&t->statements.v[i], &t->statements.v[i + 1],
			        (t->statements.n - i - 1) * sizeof(struct str));
			t->statements.n--;
			return;
		}
}
static void stray_statement(struct instrument *t)
{
	instrument_say(t, 1, KIND_CASE_NOTE, t->m.opens + 60, NULL, STR("\"text\":{\"en\":\"x\"}"));
}
static void few_persons(struct instrument *t)
{
	char hex[65];

	str_hex_print(hex, t->m.sha256, DIGEST_LEN);
	/* of a kind without persons, so that it has none */
	size_t i = instrument_say(t, 1, KIND_RECEIPT, t->m.opens + 60, NULL, STR("\"receipts\":[]"));
	(void)i;
	instrument_say(t, 0, KIND_AGREE_SERVICE, t->m.opens + 60, NULL,
	        arena_printf(&t->a,
	                "\"round_sha256\":\"%s\",\"party\":\"p02.example\",\"level\":\"fax\",\"at\":\"2027-"
	                "03-02T00:00:00Z\"",
	                hex));
}
static void other_certificate(struct instrument *t)
{
	struct opening_file *f = &t->files.v[t->files.n - 1];

	assert_true(str_starts(f->bytes, STR("weir-outcome-1\n")));
	f->bytes.p = arena_str(&t->a, f->bytes).p;
	char *at = (char *)f->bytes.p + str_find_str(f->bytes, 0, STR("state adopted"));
	memcpy(at, "state adoptee", 13);
	digest_of(f->bytes, f->sha256);
}
static void no_outcome_of_certificate(struct instrument *t)
{
	for (size_t i = t->said.n; i-- > 0;)
		if (t->said.v[i].kind == KIND_AGREE_OUTCOME) {
			t->proofs.n = 0;
			memmove(&t->statements.v[i], &t->statements.v[i + 1],
			        (t->statements.n - i - 1) * sizeof(struct str));
			t->statements.n--;
			return;
		}
}
static void nothing(struct instrument *t)
{
	(void)t;
}

static void ways(void **state)
{
	static const struct {
		void (*change)(struct instrument *);
		struct instrument_plan plan;
		const char *says;
	} cases[] = {
	        {no_text, {0}, "text lo: its file is not here"},
	        {no_manifest, {0}, "the manifest whose digest the opening names is not in the file"},
	        {no_position, {0}, "outcome of p00.example: it says 'member p01.example spoken support"},
	        {stray_statement, {0}, "a round does not rest on its kind"},
	        {few_persons, {0}, "level must be voice, mail, paper, in-person or none"},
	        {other_certificate, {0},
	                "certificate: it says 'state adoptee' where 'state adopted' follows"},
	        {no_outcome_of_certificate, {0}, "below its block: it names an outcome that is not here"},
	        {nothing, {.members = 3, .differ = true}, "outcome of p02.example: it says 'state broken'"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct said_of s = with(cases[i].change, cases[i].plan.members > 0 ? &cases[i].plan : NULL);
		expect(&s, cases[i].says);
		assert_true(s.entry > 0);
	}
}

/* Whose root is not known is not believed; a machine whose clock is behind is told so. */
static void roots(void **state)
{
	struct instrument t = {0};
	struct instrument_plan plan = {.members = 3};
	auto_buf struct buf file = {0};
	struct said_of s;

	(void)state;
	instrument_make(&t, &plan);
	instrument_bundle(&t, &file);
	s = check_as(&t, buf_str(&file), t.end, 2);
	expect(&s, "key list 1 of p02.example: no root key of that party was given");
	assert_int_equal(s.entry, 3);
	s = check_as(&t, buf_str(&file), t.m.opens + 86400, 3);
	assert_true(s.good);
	assert_int_equal(s.shown, OUTCOME_OPEN);
	assert_non_null(strstr(s.notes, "say --at"));
	/* keys of others under these names */
	struct str own = t.root[2];
	struct keylist_root other;
	auto_buf struct buf vkey = {0};
	keylist_root(&other, t.party[2], (const uint8_t *)"another key of thirty-two bytes.");
	note_key_print(&vkey, &other.key);
	t.root[2] = arena_printf(&t.a, "%.*s=%.*s", STR_ARG(t.party[2]), STR_ARG(buf_str(&vkey)));
	s = check_as(&t, buf_str(&file), t.end, 3);
	assert_false(s.good);
	assert_int_equal(s.entry, 3);
	t.root[2] = own;
	instrument_done(&t);
}

/* What came too late is there, proven, and does not count. */
static void late(void **state)
{
	struct instrument t = {0};
	struct instrument_plan plan = {.members = 3};
	char hex[65];

	(void)state;
	instrument_make(&t, &plan);
	str_hex_print(hex, t.m.sha256, DIGEST_LEN);
	instrument_say(&t, 0, KIND_AGREE_POSITION, t.m.closes, NULL,
	        arena_printf(&t.a, "\"round_sha256\":\"%s\",\"position\":\"objection\"", hex));
	struct said_of s = check(&t);
	assert_true(s.good);
	assert_int_equal(s.shown, OUTCOME_ADOPTED);
	assert_string_equal(s.not_counted, "no other party has said that it came");
	instrument_done(&t);
}

/* ---- the writer ---------------------------------------------------------------------------------- */

static void writes(void **state)
{
	struct instrument t = {0};
	struct instrument_plan plan = {.members = 3, .proofs = true};
	auto_buf struct buf out = {0};
	struct err e = {0};

	(void)state;
	instrument_make(&t, &plan);
	struct agree_bundle b = {t.lists.v, t.lists.n, t.statements.v, t.statements.n, t.proofs.v, t.proofs.n,
	        t.files.v, t.files.n};
	/* A witness whose list does not go along is nobody to the reader: its lines are left out. */
	b.lists = 2;
	b.proofs = 1;
	assert_int_equal(agree_bundle_write(&b, &out, &e), 0);
	assert_true(str_find_str(buf_str(&out), 0, STR("\xe2\x80\x94 p01.example/weir ")) != SIZE_MAX);
	assert_true(str_find_str(buf_str(&out), 0, STR("\xe2\x80\x94 p02.example/weir ")) == SIZE_MAX);
	buf_clear(&out);
	b.lists = t.lists.n;
	b.statement = t.statements.v + 1;
	b.statements--;
	assert_int_equal(agree_bundle_write(&b, &out, &e), ERR_VALUE);
	assert_string_equal(e.text, "the first statement is not the opening of a round");
	b.statement = t.statements.v;
	b.statements = 1;
	b.proofs = t.proofs.n;
	assert_int_equal(agree_bundle_write(&b, &out, &e), ERR_VALUE);
	assert_string_equal(e.text, "proof 2 is of no statement of the bundle");
	b.proofs = 0;
	t.files.v[0].sha256[3] ^= 1;
	assert_int_equal(agree_bundle_write(&b, &out, &e), ERR_VALUE);
	assert_string_equal(e.text, "file 1 is not the one of its digest");
	b.statements = 0;
	assert_int_equal(agree_bundle_write(&b, &out, &e), ERR_VALUE);
	assert_int_equal(out.len, 0);
	instrument_done(&t);
}

/* ---- the command --------------------------------------------------------------------------------- */

static int run(
        const char *path, const char *out_path, struct instrument *t, const char *more, struct buf *out)
{
	const char *argv[16] = {"weir", "agree", "verify", path, "--at", "2027-03-11T02:00:00Z"};
	int argc = 6, old = dup(1), old2 = dup(2), fd = open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct err e;

	for (unsigned i = 0; i < t->plan.members; i++)
		argv[argc++] = arena_printf(&t->a, "--root=%.*s", STR_ARG(t->root[i])).p;
	if (more != NULL)
		argv[argc++] = more;
	dup2(fd, 1);
	dup2(fd, 2);
	int code = cli_main(command_table, argc, argv);
	dup2(old, 1);
	dup2(old2, 2);
	close(old);
	close(old2);
	close(fd);
	buf_done(out);
	assert_int_equal(os_read_file(out_path, 1 << 20, out, &e), 0);
	buf_char(out, 0);
	return code;
}

static void command(void **state)
{
	static const char *const says[] = {"VERIFIED: adopted\n", "state        adopted\n",
	        "support          yes        bound\n", "disassociation   yes        bound except k7qm\n",
	        "confirmed by 3, 2 are needed\n", "after adoption\n  2027-03-10T02:00:00Z  p01.example",
	        "We read a day as 24 hours.", "\nweir-outcome-1\n"};
	char folder[] = "/tmp/weir-agree-XXXXXX", path[64], out_path[64];
	struct instrument t = {0};
	struct instrument_plan plan = {.members = 3, .later = true};
	auto_buf struct buf file = {0}, out = {0};
	struct err e;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/bundle", folder);
	snprintf(out_path, sizeof(out_path), "%s/out", folder);
	instrument_make(&t, &plan);
	instrument_bundle(&t, &file);
	assert_int_equal(os_write_file(path, buf_str(&file), &e), 0);
	assert_int_equal(run(path, out_path, &t, NULL, &out), CLI_OK);
	for (size_t i = 0; i < sizeof(says) / sizeof(says[0]); i++)
		if (strstr(out.p, says[i]) == NULL)
			fail_msg("'%s' is not in:\n%s", says[i], out.p);
	assert_int_equal(run(path, out_path, &t, "--json", &out), CLI_OK);
	assert_non_null(strstr(out.p, "\"verified\": true"));
	assert_non_null(strstr(out.p, "\"state\": \"adopted\""));
	file.p[file.len - 40] ^= 1;
	assert_int_equal(os_write_file(path, buf_str(&file), &e), 0);
	assert_int_equal(run(path, out_path, &t, NULL, &out), CLI_FAIL);
	assert_non_null(strstr(out.p, "NOT VERIFIED: entry "));
	assert_non_null(strstr(out.p, "do not rest on it"));
	assert_int_equal(run(path, out_path, &t, "--json", &out), CLI_FAIL);
	assert_non_null(strstr(out.p, "\"verified\": false"));
	assert_int_equal(run(path, out_path, &t, "--at=yesterday", &out), CLI_USAGE);
	t.plan.members = 0;
	assert_int_equal(run(path, out_path, &t, NULL, &out), CLI_USAGE);
	unlink(path);
	assert_int_equal(run(path, out_path, &t, "--root=p00.example=x", &out), CLI_USAGE);
	unlink(out_path);
	rmdir(folder);
	instrument_done(&t);
}

int main(int argc, char **argv)
{
	struct CMUnitTest all[] = {cmocka_unit_test_prestate(flipped, argv)};
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(good),
	        cmocka_unit_test(flipped),
	        cmocka_unit_test(cut),
	        cmocka_unit_test(ways),
	        cmocka_unit_test(roots),
	        cmocka_unit_test(late),
	        cmocka_unit_test(writes),
	        cmocka_unit_test(command),
	};

	return argc > 1 && strcmp(argv[1], "all") == 0 ? cmocka_run_group_tests(all, NULL, NULL)
	                                               : cmocka_run_group_tests(tests, NULL, NULL);
}
