/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies: what JSON is taken, what stands in the items of it, and that no changed byte of items passes as what it is not.
 */
#include "base/arena.h"
#include "trust/body.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static bool reads(struct str json, struct buf *items)
{
	const char *why = NULL;
	size_t before = items->len;
	bool good = body_read(json, items, &why);

	assert_true(good ? items->len > before : items->len == before && why != NULL && why[0] != 0);
	if (good && before == 0)
		assert_true(items_check(buf_str(items)));
	return good;
}

static void json(void **state)
{
	static const char *const good[] = {"{}", " {\t\"a\" :\r\n1 } ", "{\"a\":-0}",
	        "{\"a\":9007199254740991,\"b\":-9007199254740991}", "{\"\":null}",
	        "{\"a\":\"\\ud83d\\ude00\\uffff\\u0001\x7f\"}", "{\"a\":1,\"A\":2}",
	        "{\"a\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}", "{\"a\":{\"a\":true}}"};
	static const char *const bad[] = {"", " ", "[]", "1", "null", "\"a\"", "{", "}", "{}}", "{}{}", "{},",
	        "{\"a\":1.0}", "{\"a\":1e2}", "{\"a\":-0.0}", "{\"a\":9007199254740992}",
	        "{\"a\":-9007199254740992}", "{\"a\":123456789012345678901234567890}", "{\"a\":01}",
	        "{\"a\":+1}", "{\"a\":1e999}", "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":1}",
	        "{\"a\":[{\"b\":1,\"b\":2}]}", "{\"a\":\"\\u0000\"}", "{\"\\u0000\":1}",
	        "{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\\ud800\"}", "{\"a\":\"\x80\"}",
	        "{\"a\":\"\xc0\x80\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"\xf4\x90\x80\x80\"}",
	        "{\"\xff\":1}", "\xef\xbb\xbf{}", "{\"a\":\"\n\"}", "{a:1}", "{\"a\":1,}", "{\"a\":NaN}",
	        "{'a':1}", "{\"a\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}", "{\"a\":\"\\x\"}"};
	auto_buf struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++, b.len = 0)
		if (!reads(str_from(good[i]), &b))
			fail_msg("%s is refused", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++, b.len = 0)
		if (reads(str_from(bad[i]), &b))
			fail_msg("%s is taken", bad[i]);
	assert_false(reads(str_make("{}\0", 3), &b));
	assert_false(reads(str_make("{\"a\0\":1}", 8), &b));
	assert_false(reads(str_make("{\"a\":1\0}", 8), &b));
	assert_false(reads(STR("{\"a\":\"\\ud83d x\"}"), &b));
	assert_true(reads(STR("{\"a\":\"\\uD83D\\uDE00\"}"), &b));
	b.len = 0;
	/* twice among many, where they are sorted */
	for (unsigned twice = 0; twice < 2; twice++) {
		auto_buf struct buf many = {0};
		buf_char(&many, '{');
		for (unsigned i = 0; i < 40; i++)
			buf_printf(&many, "\"k%u\":%u,", i, i);
		buf_add(&many, twice ? STR("\"\\u006b7\":0}") : STR("\"k40\":0}"));
		b.len = 0;
		assert_int_equal(reads(buf_str(&many), &b), !twice);
	}
	b.len = 0;
	/* what stands before it in the buffer stays */
	buf_add(&b, STR("before"));
	assert_false(reads(STR("{\"a\":[1,2,3.5]}"), &b));
	assert_true(reads(STR("{\"a\":1}"), &b));
	assert_true(str_starts(buf_str(&b), STR("before")) && items_check(str_skip(buf_str(&b), 6)));
}

static void values(void **state)
{
	auto_buf struct buf b = {0};

	(void)state;
	assert_true(reads(STR("{\"n\":-5,\"t\":\"\\u00e9\",\"f\":false,\"y\":true,\"z\":null,\"l\":[1,\"x\",["
	                      "]],\"o\":{\"k\":\"v\"},\"e\":\"\"}"),
	        &b));
	struct item root = item_root(buf_str(&b)), n = item_get(&root, STR("n")),
	            z = item_get(&root, STR("z")), no = item_get(&root, STR("no"));
	struct item l = item_get(&root, STR("l")), o = item_get(&root, STR("o")),
	            e = item_get(&root, STR("e"));
	assert_true(root.type == BODY_OBJECT && item_count(&root) == 8);
	assert_true(n.type == BODY_INT && n.n == -5 && item_get(&root, STR("y")).n == 1 &&
	        item_get(&root, STR("f")).n == 0);
	assert_true(str_eq(item_text(&root, "t"), STR("\xc3\xa9")) && str_eq(item_text(&o, "k"), STR("v")));
	assert_true(item_there(&z) && z.type == BODY_NULL && !item_there(&no) && item_there(&e) &&
	        e.text.len == 0);
	assert_true(
	        l.type == BODY_LIST && item_count(&l) == 3 && item_count(&n) == 0 && item_count(&no) == 0);
	assert_true(item_text(&root, "n").len == 0 && item_get(&l, STR("k")).text.p == NULL &&
	        item_get(&no, STR("k")).text.p == NULL);
}

/* Everything that can be asked is asked; all of it must lie within the bytes. */
static void walk(struct str all, const struct item *i, unsigned depth)
{
	assert_true(
	        depth <= BODY_DEPTH + 1 && i->text.p >= all.p && i->text.p + i->text.len <= all.p + all.len);
	assert_true(i->type < BODY_TYPES && i->n <= BODY_INT_MAX && i->n >= -BODY_INT_MAX);
	for (struct item_each e = item_each(i); item_next(&e);) {
		if (i->type == BODY_OBJECT)
			assert_true(e.name.p >= all.p && e.name.p + e.name.len <= all.p + all.len);
		walk(all, &e.item, depth + 1);
	}
}

/* Each byte of good items set to each value, and each shorter piece, in memory of exactly that size. */
static void changed_items(void **state)
{
	auto_buf struct buf b = {0};
	unsigned passed = 0;

	(void)state;
	assert_true(reads(STR("{\"n\":-5,\"t\":\"\\u00e9x\",\"y\":true,\"z\":null,\"l\":[1,\"x\",[],{}],"
	                      "\"o\":{\"k\":{\"v\":[null]}}}"),
	        &b));
	char *copy = mem_get(b.len);
	for (size_t at = 0; at < b.len; at++)
		for (unsigned v = 0; v < 256; v++) {
			memcpy(copy, b.p, b.len);
			copy[at] = (char)v;
			struct str s = str_make(copy, b.len);
			struct item root = item_root(s);
			if (!items_check(s))
				continue;
			walk(s, &root, 1);
			passed++;
		}
	free(copy);
	assert_true(passed >= b.len); /* at least as it was, once for each byte */
	for (size_t n = 0; n < b.len; n++) {
		char *piece = mem_get(n > 0 ? n : 1);
		memcpy(piece, b.p, n);
		assert_false(items_check(str_make(piece, n)));
		free(piece);
	}
	buf_char(&b, 0);
	assert_false(items_check(buf_str(&b)));
	/* no object; a length beyond 4 GiB less a header; a truth that is neither; a number out of range; bytes that are no text */
	assert_false(items_check(str_make("\4\0\0\0\0", 5)));
	assert_false(items_check(str_make("\5\xff\xff\xff\xff", 5)));
	assert_true(items_check(str_make("\5\0\0\0\0", 5)));
	assert_false(items_check(str_make("\5\x0b\0\0\0\1\0\0\0a\1\1\0\0\0\2", 16)));
	assert_true(items_check(str_make("\5\x0b\0\0\0\1\0\0\0a\1\1\0\0\0\1", 16)));
	assert_false(items_check(str_make("\5\x12\0\0\0\1\0\0\0a\2\x08\0\0\0\0\0\0\0\0\0\x20\0", 23)));
	assert_false(items_check(str_make("\5\x0b\0\0\0\1\0\0\0a\3\1\0\0\0\x80", 16)));
	assert_false(items_check(str_make("\5\x0b\0\0\0\1\0\0\0a\3\1\0\0\0\0", 16)));
}

/* Seventeen levels are refused without going into them, a million too. */
static void deep_items(void **state)
{
	auto_buf struct buf b = {0};

	(void)state;
	for (unsigned levels = 1; levels <= 2000; levels = levels < 18 ? levels + 1 : levels * 2) {
		/* objects in lists from the inside: each level wraps what is there */
		buf_clear(&b);
		for (unsigned i = 0; i < levels; i++) {
			uint32_t inside = (levels - 1 - i) * 5;
			if (i == 0 && levels > 1)
				inside += 5; /* its name */
			buf_char(&b, i == 0 ? BODY_OBJECT : BODY_LIST);
			for (unsigned k = 0; k < 4; k++)
				buf_char(&b, (char)(inside >> 8 * k));
			if (i == 0 && levels > 1)
				buf_add(&b, str_make("\1\0\0\0a", 5));
		}
		assert_int_equal(items_check(buf_str(&b)), levels <= BODY_DEPTH);
	}
}

/* A body as long as one may be, of as many members as fit. */
static void large(void **state)
{
	auto_buf struct buf json_ = {0}, b = {0};
	unsigned n = 0;

	(void)state;
	buf_char(&json_, '{');
	for (; json_.len < 262144 - 20; n++)
		buf_printf(&json_, "%s\"%x\":%u", n > 0 ? "," : "", n, n % 10);
	buf_char(&json_, '}');
	assert_true(reads(buf_str(&json_), &b));
	struct item root = item_root(buf_str(&b));
	assert_int_equal(item_count(&root), n);
	assert_true(b.len < 4 * json_.len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(json),
	        cmocka_unit_test(values),
	        cmocka_unit_test(changed_items),
	        cmocka_unit_test(deep_items),
	        cmocka_unit_test(large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
