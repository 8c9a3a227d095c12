/* SPDX-License-Identifier: Apache-2.0
 *
 * Configuration text: what the tree holds, the sentences, and what somebody might write to hurt.
 */
#include "base/conf.h"
#include "base/os.h"
#include "base/vec.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Of this process: a busy machine must not fail a test. */
static int64_t cpu_us(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static struct conf *parse(struct arena *a, struct str text)
{
	struct err e = {0};
	struct conf *c = NULL;

	if (conf_parse(a, STR("t.yaml"), text, &c, &e) < 0)
		fail_msg("%s", e.text);
	assert_non_null(c);
	return c;
}

static void refused(struct str text, const char *sentence)
{
	auto_arena struct arena a = {0};
	struct err e = {0};
	struct conf *c = NULL;

	assert_true(conf_parse(&a, STR("t.yaml"), text, &c, &e) < 0);
	assert_string_equal(e.text, sentence);
	assert_null(c);
}

static void is(const struct conf *c, const char *text, unsigned line, unsigned column)
{
	assert_non_null(c);
	assert_int_equal(c->kind, CONF_SCALAR);
	assert_true(str_eq(c->text, str_from(text)));
	assert_int_equal(c->text.p[c->text.len], 0);
	assert_int_equal(c->line, line);
	assert_int_equal(c->column, column);
}

static void tree(void **state)
{
	auto_arena struct arena a = {0};
	struct conf *c = parse(&a,
	        STR("a: 1\n"
	            "b:\n"
	            "  - x\n"
	            "  - \"y\"\n"
	            "  - { k: v, l: [1, no] }\n"
	            "c: null\n"
	            "d:\n"
	            "e: '~'\n"
	            "f: |\n"
	            "  hi\n"
	            "  there\n"
	            "\xc3\xa9: \xc3\xa9 z\n"));

	(void)state;
	assert_int_equal(c->kind, CONF_MAP);
	is(conf_find(c, "a"), "1", 1, 4);
	struct conf *b = conf_find(c, "b");
	assert_int_equal(b->kind, CONF_LIST);
	assert_int_equal(b->line, 3);
	assert_int_equal(b->key_line, 2);
	assert_int_equal(b->key_column, 1);
	is(b->first, "x", 3, 5);
	is(b->first->next, "y", 4, 5);
	assert_true(b->first->next->quoted);
	struct conf *m = b->first->next->next;
	assert_int_equal(m->kind, CONF_MAP);
	is(conf_find(m, "k"), "v", 5, 10);
	is(conf_find(m, "l")->first, "1", 5, 17);
	is(conf_find(m, "l")->first->next, "no", 5, 20);
	assert_null(m->next);
	is(conf_find(c, "c"), "", 6, 4);
	assert_false(conf_find(c, "c")->quoted);
	is(conf_find(c, "d"), "", 7, 1);
	is(conf_find(c, "e"), "~", 8, 4);
	assert_true(conf_find(c, "e")->quoted);
	assert_true(str_eq(conf_find(c, "f")->text, STR("hi\nthere\n")));
	is(conf_find(c, "\xc3\xa9"), "\xc3\xa9 z", 12, 4);
	assert_null(conf_find(c, "g"));
	assert_null(conf_find(NULL, "a"));
	assert_true(str_eq(conf_find(c, "a")->file, STR("t.yaml")));
}

static void nothing_there(void **state)
{
	auto_arena struct arena a = {0};
	struct err e = {0};
	static const char *const keys[] = {"a", NULL};

	(void)state;
	is(parse(&a, STR("")), "", 1, 1);
	is(parse(&a, STR(" \n\t\n")), "", 1, 1);
	is(parse(&a, STR("# only words\n")), "", 1, 1);
	is(parse(&a, STR("\xef\xbb\xbf")), "", 1, 1);
	assert_int_equal(conf_only(parse(&a, STR("# only words\n")), keys, &e), 0);
	is(conf_find(parse(&a,
	                     STR("\xef\xbb\xbf"
	                         "a: b")),
	           "a"),
	        "b", 1, 4);
}

static void sentences(void **state)
{
	(void)state;
	refused(STR("a: [1, 2\nb: 3\n"),
	        "t.yaml:1:4: this '[' is not closed, or something inside it is wrong (line 3, column 1: flow "
	        "sequence without a closing bracket)");
	refused(STR("a: {x: 1\n"),
	        "t.yaml:1:4: this '{' is not closed, or something inside it is wrong (line 2, column 1: "
	        "missing comma in flow mapping)");
	refused(STR("a: b: c\n"), "t.yaml:1:5: invalid nested block mapping on the same line");
	refused(STR("a: 'x\n"), "t.yaml:1:5: single-quoted scalar without closing quote");
	refused(STR("a: 1\nb: 2\n\"a\": 3\nb: 4\n"),
	        "t.yaml:3:1: key 'a' stands here a second time, first in line 1");
	refused(STR("x: {a: 1,\n  b: 2, a: 3}\n"),
	        "t.yaml:2:9: key 'a' stands here a second time, first in line 1");
	refused(STR("- &a x\n- *a\n"), "t.yaml:1:4: anchors ('&name') are not allowed; write the value out");
	refused(STR("- *a\n"), "t.yaml:1:4: aliases ('*name') are not allowed; write the value out");
	refused(STR("- !!str x\n"), "t.yaml:1:3: tags ('!name') are not allowed; write the value out");
	refused(STR("- !x {a: b}\n"), "t.yaml:1:3: tags ('!name') are not allowed; write the value out");
	refused(STR("a: 1\n---\nb: 2\n"), "t.yaml:2:1: a second document; a file holds one");
	refused(STR("{[a]: b}\n"), "t.yaml:1:2: a key must be text");
	refused(STR("{{a: b}: b}\n"), "t.yaml:1:2: a key must be text");
	refused(STR("'': b\n"), "t.yaml:1:1: an empty key");
	refused(STR("a: \"x\\0y\"\n"), "t.yaml:1:4: a value cannot hold a NUL character");
}

static void hostile_bytes(void **state)
{
	(void)state;
	refused(STR("a: \xff\n"), "t.yaml:1:4: byte 0xff is not UTF-8");
	refused(STR("a: b\n\xc3\xa9\xc3: \n"), "t.yaml:2:2: byte 0xc3 is not UTF-8");
	refused(STR("a: \xed\xa0\x80\n"), "t.yaml:1:4: byte 0xed is not UTF-8");
	refused(STR("a: b\0c\n"), "t.yaml:1:5: control character 0x00; the file is not plain text");
	refused(STR("a\0:\0 \0b\0"), "t.yaml:1:2: control character 0x00; the file is not plain text");
	refused(STR("a: \x1b[2J\n"), "t.yaml:1:4: control character 0x1b; the file is not plain text");
	refused(STR("\xef\xbb\xbf\xef\xbb\xbf"
	            "a: b\n"),
	        "t.yaml:1:1: a byte order mark in the middle of the text");
}

/* The library writes to a wild pointer when it has taken these apart. */
static void marked_keys(void **state)
{
	(void)state;
	refused(STR("? a:\t- b\n"),
	        "t.yaml:1:1: a line that begins with '? ': a key is written 'KEY: VALUE'");
	refused(STR("k: v\n - -\t? &x a:\t|\n"),
	        "t.yaml:2:1: a line that begins with '? ': a key is written 'KEY: VALUE'");
	refused(STR("k: v\r?"), "t.yaml:1:6: a line that begins with '? ': a key is written 'KEY: VALUE'");
}

static void repeat(struct buf *b, const char *what, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_add(b, str_from(what));
}

static void deep(void **state)
{
	static const struct {
		const char *text;
		int code;
	} units[] = {{"[", ERR_LIMIT}, {"- ", ERR_LIMIT}, {"{a: ", ERR_LIMIT}, {"{", ERR_SYNTAX},
	        {"[{", ERR_SYNTAX}};

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		auto_arena struct arena a = {0};
		auto_buf struct buf b = {0};
		struct err e = {0};
		struct conf *c = NULL;
		repeat(&b, units[i].text, 100000);
		int64_t t = cpu_us();
		assert_int_equal(conf_parse(&a, STR("t.yaml"), buf_str(&b), &c, &e), units[i].code);
		assert_true(cpu_us() - t < 2000000);
	}
	auto_arena struct arena a = {0};
	auto_buf struct buf b = {0};
	repeat(&b, "[", 64);
	repeat(&b, "]", 64);
	parse(&a, buf_str(&b));
	buf_clear(&b);
	repeat(&b, "[", 65);
	repeat(&b, "]", 65);
	refused(buf_str(&b), "t.yaml:1:65: more than 64 levels deep");
}

/* Nine levels of nine aliases each: 9^9 words for whoever resolves it. */
static void alias_bomb(void **state)
{
	auto_buf struct buf b = {0};

	(void)state;
	buf_add(&b, STR("a: &a [lol, lol]\n"));
	for (char c = 'b'; c <= 'i'; c++)
		buf_printf(&b, "%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c - 1, c - 1, c - 1,
		        c - 1, c - 1, c - 1, c - 1, c - 1, c - 1);
	int64_t t = cpu_us();
	refused(buf_str(&b), "t.yaml:1:5: anchors ('&name') are not allowed; write the value out");
	assert_true(cpu_us() - t < 2000000);
}

static void many_keys(void **state)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf b = {0};

	(void)state;
	for (unsigned i = 0; i < 20000; i++)
		buf_printf(&b, "key%u: %u\n", i, i);
	int64_t t = cpu_us();
	struct conf *c = parse(&a, buf_str(&b));
	assert_true(cpu_us() - t < 2000000);
	is(conf_find(c, "key19999"), "19999", 20000, 11);
	buf_add(&b, STR("key7: again\nkey3: again\n"));
	refused(buf_str(&b), "t.yaml:20001:1: key 'key7' stands here a second time, first in line 8");
}

static void large(void **state)
{
	auto_buf struct buf b = {0};

	(void)state;
	repeat(&b, "a", (1 << 20) + 1);
	refused(buf_str(&b), "t.yaml:1:1: larger than 1048576 bytes");
}

/* An arena that is full is a sentence, whatever the file. */
static void no_memory(void **state)
{
	auto_buf struct buf b = {0};

	(void)state;
	repeat(&b, "- [a, {b: c}]\n", 10000);
	for (size_t limit = 1; limit < 2000000; limit *= 3) {
		struct arena a;
		struct err e = {0};
		struct conf *c = NULL;
		arena_init(&a, limit);
		assert_int_equal(conf_parse(&a, STR("t.yaml"), buf_str(&b), &c, &e), ERR_LIMIT);
		arena_done(&a);
	}
}

static void typed(void **state)
{
	auto_arena struct arena a = {0};
	struct err e = {0};
	struct conf *c = parse(&a,
	        STR("yes: yes\nno: no\non: on\nn: 08\nbig: 18446744073709551616\nd: 15m\n"
	            "bad: 15 m\nlist: [a]\ntext: 'a b'\n"));
	bool flag = false;
	uint64_t n = 1;
	struct str s = STR("unset");

	(void)state;
	assert_int_equal(conf_bool(c, "yes", &flag, &e), 0);
	assert_true(flag);
	assert_int_equal(conf_bool(c, "no", &flag, &e), 0);
	assert_false(flag);
	assert_int_equal(conf_bool(c, "on", &flag, &e), ERR_VALUE);
	assert_string_equal(e.text, "t.yaml:3:5: bad on 'on': write 'true' or 'false'");
	assert_int_equal(conf_u64(c, "n", 0, 10, &n, &e), 0);
	assert_int_equal(n, 8);
	assert_int_equal(conf_u64(c, "n", 0, 7, &n, &e), ERR_VALUE);
	assert_string_equal(e.text, "t.yaml:4:4: bad n '08': a whole number from 0 to 7");
	assert_int_equal(conf_u64(c, "big", 0, UINT64_MAX, &n, &e), ERR_VALUE);
	assert_int_equal(n, 8);
	assert_int_equal(conf_seconds(c, "d", &n, &e), 0);
	assert_int_equal(n, 900);
	assert_int_equal(conf_seconds(c, "bad", &n, &e), ERR_VALUE);
	assert_int_equal(conf_str(c, "list", &s, &e), ERR_VALUE);
	assert_string_equal(e.text, "t.yaml:8:7: 'list' is a single value, found a list");
	assert_int_equal(conf_str(c, "missing", &s, &e), 0);
	assert_true(str_eq(s, STR("unset")));
	assert_int_equal(conf_str(c, "text", &s, &e), 0);
	assert_true(str_eq(s, STR("a b")));
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t seconds;
	} good[] = {{"0", 0}, {"90", 90}, {"90s", 90}, {"15m", 900}, {"2h", 7200}, {"3d", 259200},
	        {"1w", 604800}};
	static const char *const bad[] = {
	        "", "m", "-1s", "1.5h", "1 h", "1H", "1hh", "18446744073709551615w"};
	uint64_t v;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(conf_duration(str_from(good[i].text), &v));
		assert_int_equal(v, good[i].seconds);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(conf_duration(str_from(bad[i]), &v));
}

static void only(void **state)
{
	auto_arena struct arena a = {0};
	struct err e = {0};
	static const char *const keys[] = {"notify", "within", NULL};

	(void)state;
	assert_int_equal(conf_only(parse(&a, STR("within: 1\nnotify: 2\n")), keys, &e), 0);
	assert_int_equal(conf_only(parse(&a, STR("within: 1\nnotfiy: 2\n")), keys, &e), ERR_VALUE);
	assert_string_equal(e.text, "t.yaml:2:1: no key 'notfiy'; did you mean 'notify'?");
	assert_int_equal(conf_only(parse(&a, STR("colour: 1\n")), keys, &e), ERR_VALUE);
	assert_string_equal(e.text, "t.yaml:1:1: no key 'colour' here");
	assert_int_equal(conf_only(parse(&a, STR("- a\n")), keys, &e), ERR_VALUE);
	assert_string_equal(e.text, "t.yaml:1:1: expected 'key: value' entries, found a list");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(tree),
	        cmocka_unit_test(nothing_there),
	        cmocka_unit_test(sentences),
	        cmocka_unit_test(hostile_bytes),
	        cmocka_unit_test(marked_keys),
	        cmocka_unit_test(deep),
	        cmocka_unit_test(alias_bomb),
	        cmocka_unit_test(many_keys),
	        cmocka_unit_test(large),
	        cmocka_unit_test(no_memory),
	        cmocka_unit_test(typed),
	        cmocka_unit_test(durations),
	        cmocka_unit_test(only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
