/* SPDX-License-Identifier: Apache-2.0
 *
 * The certificate for people, out of a bundle: what has to stand on it stands there, in each language, and nothing that a party wrote
 * is markup. With a folder as its argument it leaves the pages there, to be looked at and printed.
 */
#include "agree/code.h"
#include "base/os.h"
#include "cli/agree_bundle.h"
#include "instrument.h"
#include "web/certificate.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* A round as somebody has it who was handed the file. */
struct read_back {
	struct instrument t;
	struct bundle b;
	struct agree_check *check;
};

static void read_back(struct read_back *r, const struct instrument_plan *plan)
{
	auto_buf struct buf file = {0};
	struct err e;

	instrument_make(&r->t, plan);
	instrument_bundle(&r->t, &file);
	bundle_init(&r->b);
	r->check = calloc(1, sizeof(*r->check));
	for (unsigned i = 0; i < plan->members; i++)
		assert_int_equal(bundle_root(&r->b, r->t.root[i], false, &e), 0);
	int rc = bundle_read_bytes(&r->b, buf_str(&file), &e);
	bundle_lists(&r->b);
	agree_check(r->check, &r->b, rc, &e, r->t.end);
	assert_null(agree_first(r->check));
}

static void done(struct read_back *r)
{
	agree_check_done(r->check);
	bundle_done(&r->b);
	instrument_done(&r->t);
	free(r->check);
}

/* A page with its style, as a browser takes it from a folder. */
static void draw(struct read_back *r, const struct words *words, struct buf *out)
{
	struct arena a;
	struct ask ask = {.arena = &a};
	struct page_ask p = {.ask = &ask, .words = words};
	struct certificate_name name[] = {
	        {r->t.party[0], STR_INIT("First Team")}, {r->t.party[1], STR_INIT("Second & Team")}};
	struct certificate c = {.o = &r->check->o,
	        .text = r->check->text,
	        .name = name,
	        .names = 2,
	        .tlp = STATEMENT_AMBER,
	        .now = r->check->at};
	struct html h;

	arena_init(&a, 0);
	html_begin(&h, out, words->code);
	html_open(&h, "head");
	html_empty(&h, "meta");
	html_attr(&h, "charset", STR("utf-8"));
	html_line(&h, "title", NULL, STR("certificate"));
	struct link l;
	html_empty(&h, "link");
	html_attr(&h, "rel", STR("stylesheet"));
	link_begin(&l, "/style.css");
	html_link(&h, "href", &l);
	html_close(&h);
	html_open(&h, "body");
	html_open(&h, "main");
	certificate_draw(&p, &h, &c);
	html_end(&h);
	arena_done(&a);
}

static struct words english(void)
{
	struct words w = {.code = STR_INIT("en")};

	for (unsigned i = 0; i < WORD_END; i++)
		w.text[i] = word_english((enum word)i);
	return w;
}

static void has(const struct buf *out, const char *text)
{
	if (str_find_str(buf_str(out), 0, str_from(text)) == SIZE_MAX)
		fail_msg("'%s' is not in:\n%.*s", text, STR_ARG(buf_str(out)));
}

static void adopted(void **state)
{
	static const char *const says[] = {"<h1>Times of answers</h1>", "<strong>adopted</strong>",
	        "gate-times, round 1", "TLP:AMBER", "2027-03-08 02:00 UTC \xc2\xb7 09:00 +07:00",
	        "<td>authentic</td>", "<td>translation</td>", "p00.example, First Team",
	        "p01.example, Second &amp; Team", "opened the round", "bound except for k7qm",
	        "by 4 of 4 members; 2 are needed", "unserved hold\n", "min-notice 72h\n", "<td>receipt</td>",
	        "<td>p00.example, p03.example</td>", "<p lang=\"en\">Not &lt;us&gt;.</p>",
	        "We read a day as 24 hours.", "\nmember p01.example spoken support ",
	        "weir agree verify gate-times-1.weir --voice &#39;p00.example="};
	struct read_back r = {0};
	struct instrument_plan plan = {.members = 4, .comments = 1, .proofs = true, .later = true};
	auto_buf struct buf out = {0};
	struct words w = english();
	char code[TEXT_CODE_LEN + 12];

	(void)state;
	read_back(&r, &plan);
	draw(&r, &w, &out);
	for (size_t i = 0; i < sizeof(says) / sizeof(says[0]); i++)
		has(&out, says[i]);
	snprintf(code, sizeof(code), "text code ");
	text_code(r.t.m.sha256, code + 10);
	has(&out, code);
	/* the comment that a member made on the way is no statement on the result */
	assert_true(str_find_str(buf_str(&out), 0, STR("Comment 0 of ours.")) == SIZE_MAX);
	done(&r);
}

static void others(void **state)
{
	static const struct {
		struct instrument_plan plan;
		const char *says, *too;
	} cases[] = {
	        {{.members = 3, .object = true}, "<strong>broken</strong>", "Too short."},
	        {{.members = 3, .unserved = true}, "<strong>held</strong>", "unserved p02.example"},
	        {{.members = 3, .no_outcome = true}, "<strong>adopted provisionally</strong>",
	                "by 0 of 3 members; 2 are needed"},
	};
	struct words w = english();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct read_back r = {0};
		auto_buf struct buf out = {0};
		read_back(&r, &cases[i].plan);
		draw(&r, &w, &out);
		has(&out, cases[i].says);
		has(&out, cases[i].too);
		done(&r);
	}
}

/* A title, and words of a member, that would like to be markup. */
static void hostile(void **state)
{
	struct read_back r = {0};
	struct instrument_plan plan = {.members = 2, .title = "A \"b\" & 'c' > d"};
	auto_buf struct buf out = {0};
	struct words w = english();

	(void)state;
	read_back(&r, &plan);
	draw(&r, &w, &out);
	has(&out, "<h1>A &quot;b&quot; &amp; &#39;c&#39; &gt; d</h1>");
	assert_true(str_find_str(buf_str(&out), 0, STR("<us>")) == SIZE_MAX);
	done(&r);
}

static void in_each_language(void **state)
{
	const char *folder = *state;
	struct country_paths paths = {.sample = SOURCE_ROOT "/examples"};
	struct languages l;
	auto_buf struct buf notes = {0};
	struct read_back r = {0};
	struct instrument_plan plan = {.members = 4, .comments = 1, .proofs = true, .later = true};

	read_back(&r, &plan);
	languages_load(&paths, &l, &notes);
	assert_int_equal(l.n, 5);
	for (unsigned i = 0; i < l.n; i++) {
		auto_buf struct buf out = {0};
		draw(&r, &l.v[i], &out);
		assert_true(l.v[i].text[W_CERTIFICATE].len > 0);
		has(&out, l.v[i].text[W_CERTIFICATE_VERIFY].p);
		if (i > 0)
			assert_true(str_find_str(buf_str(&out), 0, word_english(W_CERTIFICATE_VERIFY)) ==
			        SIZE_MAX);
		char path[400];
		struct err e;
		if (folder == NULL)
			continue;
		snprintf(path, sizeof(path), "%s/certificate-%.*s.html", folder, STR_ARG(l.v[i].code));
		assert_int_equal(os_write_file(path, buf_str(&out), &e), 0);
	}
	languages_done(&l);
	done(&r);
}

/* More members than two pages hold: the head has to stand on each. */
static void many(void **state)
{
	struct read_back r = {0};
	struct instrument_plan plan = {.members = 40, .proofs = true};
	auto_buf struct buf out = {0};
	struct words w = english();
	char path[400];
	struct err e;

	read_back(&r, &plan);
	draw(&r, &w, &out);
	has(&out, "by 40 of 40 members; 2 are needed");
	if (*state != NULL) {
		snprintf(path, sizeof(path), "%s/certificate-many.html", (const char *)*state);
		assert_int_equal(os_write_file(path, buf_str(&out), &e), 0);
	}
	done(&r);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(adopted),
	        cmocka_unit_test(others),
	        cmocka_unit_test(hostile),
	        cmocka_unit_test_prestate(in_each_language, argc > 1 ? argv[1] : NULL),
	        cmocka_unit_test_prestate(many, argc > 1 ? argv[1] : NULL),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
