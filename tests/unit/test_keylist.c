/* SPDX-License-Identifier: Apache-2.0
 *
 * Key lists: what is one and what is none, each with its sentence; when a list is taken; which key counts when. Voice
 * numbers and times.
 */
#include "base/base64.h"
#include "trust/keylist.h"
#include "trust/voice.h"
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>

#include <cmocka.h>

#define NOW ((int64_t)1790000000) /* 2026-09-21T14:13:20Z */
#define DAY 86400

static void key_of(uint8_t n, uint8_t seed[32], uint8_t public[32])
{
	uint8_t secret[64];

	memset(seed, n, 32);
	crypto_sign_seed_keypair(public, secret, seed);
}

/* A list with one key of each use, its keys and root counted from n on. */
static struct keylist sample(uint8_t n, uint64_t number)
{
	struct keylist l = {.party = STR_INIT("aa.example"),
	        .name = STR_INIT("Team of an example"),
	        .url = STR_INIT("https://weir.aa.example:8443/"),
	        .number = number,
	        .made = NOW,
	        .until = NOW + 300 * DAY};
	uint8_t seed[32];

	key_of(n, seed, l.root);
	for (unsigned use = 0; use < KEY_USES; use++) {
		struct keylist_key *k = &l.key[l.keys++];
		*k = (struct keylist_key){
		        .use = (enum key_use)use, .from = NOW - DAY, .until = NOW + 300 * DAY};
		key_of((uint8_t)(n + 1 + use), seed, k->key);
		key_id(k->key, k->id);
	}
	return l;
}

static void sign(struct buf *note, const struct keylist *l, const uint8_t *roots, unsigned n)
{
	auto_buf struct buf text = {0};
	struct keylist_root root;

	keylist_write(l, &text);
	buf_clear(note);
	buf_add(note, buf_str(&text));
	buf_char(note, '\n');
	for (unsigned i = 0; i < n; i++) {
		uint8_t seed[32], public[32];
		key_of(roots[i], seed, public);
		keylist_root(&root, l->party, public);
		note_sign(note, buf_str(&text), &root.key, 0, seed);
	}
}

static void round_trip(void **state)
{
	struct keylist l = sample(1, 3), back;
	auto_buf struct buf note = {0}, text = {0}, again = {0};
	struct err e;

	(void)state;
	l.revoked[l.revocations++] =
	        (struct keylist_revoked){{1, 2, 3, 4, 5, 6, 7, 8}, NOW, STR_INIT("stolen")};
	keylist_write(&l, &text);
	assert_int_equal(keylist_parse(buf_str(&text), &back, &e), 0);
	keylist_write(&back, &again);
	assert_true(str_eq(buf_str(&text), buf_str(&again)));
	assert_true(str_eq(back.party, l.party) && str_eq(back.url, l.url) && str_eq(back.name, l.name));
	assert_int_equal(back.number, 3);
	assert_int_equal(back.keys, 4);
	assert_int_equal(back.revocations, 1);
	assert_memory_equal(back.key[2].id, l.key[2].id, KEY_ID);
	sign(&note, &l, (const uint8_t[]){1}, 1);
	assert_int_equal(keylist_read(buf_str(&note), &back, NULL, &e), 0);
	l.url = (struct str){0};
	buf_clear(&text);
	keylist_write(&l, &text);
	assert_true(str_find_str(buf_str(&text), 0, STR("\nurl none\n")) != SIZE_MAX);
	assert_int_equal(keylist_parse(buf_str(&text), &back, &e), 0);
	assert_int_equal(back.url.len, 0);
}

static const struct {
	const char *from, *to, *says; /* what is replaced in the text of the sample, once */
} damages[] = {
        {"weir-keys-1", "weir-keys-2", "line 1 is not 'weir-keys-1'"},
        {"party aa.example", "party Aa.example", "line 2, 'party'"},
        {"party aa.example", "party aa", "ok"},
        {"party aa.example", "party aaa", "line 2, 'party'"},
        {"party aa.example", "party -a.example", "line 2, 'party'"},
        {"party aa.example", "party aa.example.", "line 2, 'party'"},
        {"party aa.example\n", "", "line 2, 'name': 'party' has to stand before it"},
        {"name Team of an example", "name", "line 3, 'name'"},
        {"number 3", "number 0", "line 4, 'number'"},
        {"number 3", "number 03", "line 4, 'number'"},
        {"number 3", "number 9007199254740991", "ok"},
        {"number 3", "number 9007199254740992", "line 4, 'number'"},
        {"number 3", "number 3\nnumber 4", "line 5, 'number': stands there twice"},
        {"made 2026-09-21T14:13:20Z", "made 2026-09-31T14:13:20Z", "line 5, 'made'"},
        {"made 2026-09-21T14:13:20Z", "made 2026-09-21T14:13:20+00:00", "line 5, 'made'"},
        {"until 2027-07-18", "until 2027-11-25", "ok"},
        {"until 2027-07-18", "until 2027-11-26", "line 6, 'until': far more than 400 days"},
        {"until 2027-07-18", "until 2026-07-18", "line 6, 'until': not later"},
        {"root ", "root A", "line 7, 'root'"},
        {"url https", "url http", "line 8, 'url'"},
        {":8443/", ":8443", "line 8, 'url'"},
        {"url https://weir.aa", "url https://weir aa", "line 8, 'url'"},
        {"sign ", "sing ", "no line 'sign'"},
        {"sign ", "sign x ", "line 9, 'sign': not three words"},
        {"sign ", "sign  ", "line 9, 'sign': not three words"},
        {"tls ", "later-word with anything behind it\ntls ", "ok"},
        {"tls ", "\ntls ", "line 12 is empty"},
        {"tls ", "revoked 0102030405060708 2026-09-21T14:13:20Z lost\ntls ",
                "line 13, 'tls': keys stand before"},
        {"url ", "sign x y z\nurl ", "line 8, 'sign': keys stand behind"},
        {"revoked 0102030405060708", "revoked 010203040506070", "line 13, 'revoked'"},
        {"revoked 0102030405060708", "revoked 010203040506070A", "line 13, 'revoked'"},
        {"revoked 0102030405060708 2026-09-21T14:13:20Z stolen", "revoked 0102030405060708 stolen",
                "line 13, 'revoked'"},
        {" stolen\n", " stolen", "line 13 has no end"},
};

static void damaged(void **state)
{
	struct keylist l = sample(1, 3), back;
	auto_buf struct buf text = {0}, other = {0};

	(void)state;
	l.revoked[l.revocations++] =
	        (struct keylist_revoked){{1, 2, 3, 4, 5, 6, 7, 8}, NOW, STR_INIT("stolen")};
	keylist_write(&l, &text);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		struct str from = str_from(damages[i].from), s = buf_str(&text);
		struct err e = {.code = 0, .text = "ok"};
		size_t at = str_find_str(s, 0, from);
		assert_true(at != SIZE_MAX);
		buf_clear(&other);
		buf_add(&other, str_sub(s, 0, at));
		buf_add(&other, str_from(damages[i].to));
		buf_add(&other, str_skip(s, at + from.len));
		keylist_parse(buf_str(&other), &back, &e);
		if (strstr(e.text, damages[i].says) == NULL)
			fail_msg("%zu: '%s' and not '%s'", i, e.text, damages[i].says);
	}
}

static void sizes(void **state)
{
	struct keylist l = sample(1, 3), back;
	auto_buf struct buf text = {0};
	struct err e;

	(void)state;
	keylist_write(&l, &text);
	for (unsigned line = 12; line < KEYLIST_LINES; line++)
		buf_add(&text, STR("x\n"));
	assert_int_equal(keylist_parse(buf_str(&text), &back, &e), 0);
	assert_int_equal(back.unknown, KEYLIST_LINES - 12);
	buf_add(&text, STR("x\n"));
	assert_int_equal(keylist_parse(buf_str(&text), &back, &e), ERR_LIMIT);
	buf_clear(&text);
	keylist_write(&l, &text);
	while (text.len < KEYLIST_MAX)
		buf_char(&text, 'x');
	buf_char(&text, '\n');
	assert_int_equal(keylist_parse(buf_str(&text), &back, &e), ERR_LIMIT);
	/* one key, one use */
	memcpy(l.key[1].key, l.key[0].key, 32);
	buf_clear(&text);
	keylist_write(&l, &text);
	assert_int_equal(keylist_parse(buf_str(&text), &back, &e), ERR_SYNTAX);
	assert_non_null(strstr(e.text, "one key, one use"));
	l = sample(1, 3);
	memcpy(l.key[1].key, l.root, 32);
	buf_clear(&text);
	keylist_write(&l, &text);
	assert_int_equal(keylist_parse(buf_str(&text), &back, &e), ERR_SYNTAX);
}

static void taking(void **state)
{
	struct keylist held = sample(1, 3), l, got;
	auto_buf struct buf note = {0}, text = {0};
	struct keylist_link link = {.party = held.party};
	struct err e;
	bool new_root;

	(void)state;
	/* the first list of a link, then the same again */
	sign(&note, &held, (const uint8_t[]){1}, 1);
	assert_int_equal(keylist_judge(&link, buf_str(&note), &got, &new_root, &e), KEYLIST_TAKE);
	assert_false(new_root);
	keylist_write(&held, &text);
	assert_int_equal(keylist_parse(buf_str(&text), &held, &e), 0);
	link.root = held.root;
	link.held = &held;
	assert_int_equal(keylist_judge(&link, buf_str(&note), &got, &new_root, &e), KEYLIST_HAVE);
	/* higher; lower; the same number with other text */
	l = sample(1, 4);
	sign(&note, &l, (const uint8_t[]){1}, 1);
	assert_int_equal(keylist_judge(&link, buf_str(&note), &got, &new_root, &e), KEYLIST_TAKE);
	assert_int_equal(got.number, 4);
	link.alarmed = true;
	assert_int_equal(keylist_judge(&link, buf_str(&note), &got, &new_root, &e), KEYLIST_ALARM);
	link.alarmed = false;
	l.number = 2;
	sign(&note, &l, (const uint8_t[]){1}, 1);
	assert_int_equal(keylist_judge(&link, buf_str(&note), &got, &new_root, &e), KEYLIST_OLD);
	l.number = 3;
	l.until--;
	sign(&note, &l, (const uint8_t[]){1}, 1);
	assert_int_equal(keylist_judge(&link, buf_str(&note), &got, &new_root, &e), KEYLIST_ALARM);
	/* only who holds the root can raise the alarm */
	sign(&note, &l, (const uint8_t[]){50}, 1);
	assert_int_equal(keylist_judge(&link, buf_str(&note), &got, &new_root, &e), KEYLIST_REFUSE);
	/* another party with our root; another root, signed by one of the two, by both */
	l = sample(1, 4);
	l.party = STR("bb.example");
	sign(&note, &l, (const uint8_t[]){1}, 1);
	assert_int_equal(keylist_judge(&link, buf_str(&note), &got, &new_root, &e), KEYLIST_REFUSE);
	l = sample(20, 4);
	sign(&note, &l, (const uint8_t[]){20}, 1);
	assert_int_equal(keylist_judge(&link, buf_str(&note), &got, &new_root, &e), KEYLIST_REFUSE);
	assert_non_null(strstr(e.text, "only if both have signed"));
	sign(&note, &l, (const uint8_t[]){1}, 1);
	assert_int_equal(keylist_judge(&link, buf_str(&note), &got, &new_root, &e), KEYLIST_REFUSE);
	sign(&note, &l, (const uint8_t[]){20, 1}, 2);
	assert_int_equal(keylist_judge(&link, buf_str(&note), &got, &new_root, &e), KEYLIST_TAKE);
	assert_true(new_root);
	/* a revocation is for ever */
	held.revoked[held.revocations++] =
	        (struct keylist_revoked){{1, 2, 3, 4, 5, 6, 7, 8}, NOW, STR_INIT("lost")};
	l = sample(1, 4);
	sign(&note, &l, (const uint8_t[]){1}, 1);
	assert_int_equal(keylist_judge(&link, buf_str(&note), &got, &new_root, &e), KEYLIST_REFUSE);
	assert_non_null(strstr(e.text, "0102030405060708"));
	l.revoked[l.revocations++] = held.revoked[0];
	sign(&note, &l, (const uint8_t[]){1}, 1);
	assert_int_equal(keylist_judge(&link, buf_str(&note), &got, &new_root, &e), KEYLIST_TAKE);
}

static void finding(void **state)
{
	struct keylist l = sample(1, 3);
	struct keylist_key *k = &l.key[KEY_SIGN], *next;
	const struct keylist_key *got;
	int64_t time;

	(void)state;
	assert_int_equal(keylist_find(&l, KEY_SIGN, k->id, NOW, 0, &got), KEY_GOOD);
	assert_ptr_equal(got, k);
	assert_int_equal(keylist_find(&l, KEY_LOG, k->id, NOW, 0, &got), KEY_UNKNOWN);
	assert_int_equal(keylist_find(&l, KEY_SIGN, k->id, k->from - 300, 0, NULL), KEY_GOOD);
	assert_int_equal(keylist_find(&l, KEY_SIGN, k->id, k->from - 301, 0, NULL), KEY_DATES);
	assert_int_equal(keylist_find(&l, KEY_SIGN, k->id, k->until + 300, 0, NULL), KEY_GOOD);
	assert_int_equal(keylist_find(&l, KEY_SIGN, k->id, k->until + 301, 0, NULL), KEY_DATES);
	/* the list's end, prolonged after a call by 30 days at most */
	assert_int_equal(keylist_find(&l, KEY_SIGN, k->id, l.until + 10 * DAY, 11 * DAY, NULL), KEY_GOOD);
	assert_int_equal(keylist_find(&l, KEY_SIGN, k->id, l.until + 32 * DAY, 99 * DAY, NULL), KEY_DATES);
	k->until = l.until + 100 * DAY;
	assert_int_equal(keylist_find(&l, KEY_SIGN, k->id, l.until + DAY, 0, NULL), KEY_DATES);
	k->until = NOW + DAY;
	assert_int_equal(keylist_find(&l, KEY_SIGN, k->id, NOW + 2 * DAY, 11 * DAY, NULL), KEY_DATES);
	/* overlap: the newest that has begun */
	next = &l.key[l.keys++];
	*next = *k;
	next->key[0] ^= 1;
	key_id(next->key, next->id);
	next->from = NOW;
	next->until = NOW + 100 * DAY;
	assert_ptr_equal(keylist_newest(&l, KEY_SIGN, NOW - 1), k);
	assert_ptr_equal(keylist_newest(&l, KEY_SIGN, NOW), next);
	assert_int_equal(keylist_find(&l, KEY_SIGN, k->id, NOW, 0, NULL), KEY_GOOD);
	l.revocations = 1;
	l.revoked[0] = (struct keylist_revoked){.time = NOW - 7, .word = STR_INIT("stolen")};
	memcpy(l.revoked[0].id, next->id, KEY_ID);
	assert_ptr_equal(keylist_newest(&l, KEY_SIGN, NOW), k);
	assert_int_equal(keylist_find(&l, KEY_SIGN, next->id, NOW, 0, &got), KEY_REVOKED);
	assert_true(keylist_revoked(&l, got->id, &time) && time == NOW - 7);
	assert_null(keylist_newest(&l, KEY_SIGN, NOW + 2 * DAY));
}

static void voices(void **state)
{
	static const uint8_t root[32] = {0};
	char number[VOICE_TEXT], typed[VOICE_TEXT];

	(void)state;
	/* printf 'weir-voice-1\naa\n' and 32 zero bytes | sha256sum, then each five bytes modulo 100000 */
	voice_number(STR("aa"), root, number);
	assert_string_equal(number, "68529 56881 45996 89233 16914 32363");
	assert_int_equal(voice_check(str_from(number), number), 0);
	for (unsigned i = 0; i < VOICE_TEXT; i++) {
		memcpy(typed, number, sizeof(typed));
		if (!char_digit(typed[i]))
			continue;
		typed[i] = typed[i] == '9' ? '0' : (char)(typed[i] + 1);
		assert_int_equal(voice_check(str_from(typed), number), i / 6 + 1);
	}
	assert_int_equal(voice_check(STR(""), number), -1);
	assert_int_equal(voice_check(str_sub(str_from(number), 0, 34), number), -1);
	assert_int_equal(voice_check(STR("96831x56562 03252 72328 70839 30116"), number), -1);
}

static void stamps(void **state)
{
	char text[STAMP_TEXT];
	int64_t t;

	(void)state;
	assert_true(stamp_read(STR("2026-09-21T14:13:20Z"), &t) && t == NOW);
	stamp_print(text, NOW);
	assert_string_equal(text, "2026-09-21T14:13:20Z");
	assert_true(stamp_read(STR("9999-12-31T23:59:59Z"), &t) && t == STAMP_MAX);
	assert_true(stamp_read(STR("1970-01-01T00:00:00Z"), &t) && t == 0);
	assert_true(stamp_read(STR("2028-02-29T00:00:00Z"), &t));
	assert_false(stamp_read(STR("2026-02-29T00:00:00Z"), &t));
	assert_false(stamp_read(STR("2026-09-21T14:13:60Z"), &t));
	assert_false(stamp_read(STR("2026-09-21T24:00:00Z"), &t));
	assert_true(stamp_read(STR("1969-12-31T23:59:59Z"), &t) && t == -1);
	assert_false(stamp_read(STR("0999-12-31T23:59:59Z"), &t));
	assert_false(stamp_read(STR("2026-09-21 14:13:20Z"), &t));
	assert_false(stamp_read(STR("2026-09-21T14:13:20z"), &t));
	assert_false(stamp_read(STR("2026-09-21T14:13Z"), &t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(round_trip),
	        cmocka_unit_test(damaged),
	        cmocka_unit_test(sizes),
	        cmocka_unit_test(taking),
	        cmocka_unit_test(finding),
	        cmocka_unit_test(voices),
	        cmocka_unit_test(stamps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
