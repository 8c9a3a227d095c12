/* SPDX-License-Identifier: Apache-2.0
 *
 * Signed notes: one that another program made, our own both ways, and every way in which a note or key is none. A flipped
 * bit never verifies.
 */
#include "base/base64.h"
#include "trust/note.h"
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>

#include <cmocka.h>

/* The example of Go's package note. */
static const char neumann_key[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char neumann_note[] =
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFY"
        "C2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

struct pair {
	uint8_t seed[32];
	struct note_key key;
};

static struct pair pair(uint8_t n, const char *name, enum note_type type)
{
	struct pair p;
	uint8_t public[32], secret[64];

	memset(p.seed, n, sizeof(p.seed));
	crypto_sign_seed_keypair(public, secret, p.seed);
	note_key_make(&p.key, str_from(name), type, public);
	return p;
}

static void stock(void **state)
{
	struct note_key key;
	struct note note;
	struct err e;
	auto_buf struct buf again = {0};

	(void)state;
	assert_int_equal(note_key_read(str_from(neumann_key), &key, &e), 0);
	note_key_print(&again, &key);
	assert_true(str_eq(buf_str(&again), str_from(neumann_key)));
	assert_int_equal(note_read(str_from(neumann_note), &note, &e), 0);
	assert_int_equal(note.n, 1);
	assert_int_equal(note_verify(&note, &key, NULL, &e), 1);
}

static void both_ways(void **state)
{
	struct pair a = pair(1, "log.example/weir", NOTE_ED25519),
	            w = pair(2, "w.example/weir", NOTE_COSIGNATURE);
	struct pair other = pair(3, "log.example/weir", NOTE_ED25519);
	struct str text = STR("log.example/weir\n\n0\nx\n");
	auto_buf struct buf b = {0};
	struct note note;
	struct err e;
	uint64_t time = 7;

	(void)state;
	buf_add(&b, text);
	buf_char(&b, '\n');
	note_sign(&b, text, &a.key, 0, a.seed);
	note_sign(&b, text, &w.key, 1790000001, w.seed);
	note_sign(&b, text, &w.key, 1790000000, w.seed);
	assert_int_equal(note_read(buf_str(&b), &note, &e), 0);
	assert_int_equal(note.n, 3);
	/* the text has an empty line of its own */
	assert_true(str_eq(note.text, text));
	assert_int_equal(note_verify(&note, &a.key, &time, &e), 1);
	assert_int_equal(time, 0);
	assert_int_equal(note_verify(&note, &w.key, &time, &e), 1);
	assert_int_equal(time, 1790000000);
	/* the same name with another key is unknown, not wrong */
	assert_int_equal(note_verify(&note, &other.key, &time, &e), 0);
	/* with the hash of a known one it is wrong */
	memcpy(other.key.hash, a.key.hash, 4);
	assert_int_equal(note_verify(&note, &other.key, NULL, &e), ERR_DENIED);
	/* one key in two duties: the cosignature's line is none of the log's */
	struct note_key as_log;
	note_key_make(&as_log, w.key.name, NOTE_ED25519, w.key.key);
	assert_int_equal(note_verify(&note, &as_log, NULL, &e), 0);
}

static void flipped(void **state)
{
	struct pair a = pair(1, "log.example/weir", NOTE_ED25519);
	struct str text = STR("log.example/weir\n5\nAAAA\n");
	auto_buf struct buf b = {0};
	struct note note;
	struct err e;
	unsigned read = 0;

	(void)state;
	buf_add(&b, text);
	buf_char(&b, '\n');
	note_sign(&b, text, &a.key, 0, a.seed);
	for (size_t i = 0; i < b.len * 8; i++) {
		b.p[i / 8] ^= (char)(1 << i % 8);
		if (note_read(buf_str(&b), &note, &e) == 0) {
			read++;
			assert_true(note_verify(&note, &a.key, NULL, &e) <= 0);
		}
		b.p[i / 8] ^= (char)(1 << i % 8);
	}
	assert_true(read > 100);
	assert_int_equal(note_read(buf_str(&b), &note, &e), 0);
	assert_int_equal(note_verify(&note, &a.key, NULL, &e), 1);
	for (size_t n = 0; n < b.len; n++)
		assert_true(note_read(str_make(b.p, n), &note, &e) < 0);
}

static void bad_notes(void **state)
{
	static const struct {
		const char *bytes, *says;
	} bad[] = {
	        {"", "no empty line"},
	        {"text\n", "no empty line"},
	        {"text\n\n", "does not end in"},
	        {"text\n\n\xe2\x80\x94 a AAAAAAAA", "does not end in"},
	        {"text\n\n- a AAAAAAAA\n", "line 1 below"},
	        {"text\n\n\xe2\x80\x94 a AAAAAAAA\nx\n", "line 2 below"},
	        {"text\n\n\xe2\x80\x94 a AAAA\n", "line 1 below"},
	        {"text\n\n\xe2\x80\x94 a AAAAAAA\n", "line 1 below"},
	        {"text\n\n\xe2\x80\x94 a AAAAAA==\n", "line 1 below"},
	        {"text\n\n\xe2\x80\x94 a  AAAAAAAA\n", "line 1 below"},
	        {"text\n\n\xe2\x80\x94  AAAAAAAA\n", "line 1 below"},
	        {"text\n\n\xe2\x80\x94 a+b AAAAAAAA\n", "line 1 below"},
	        {"text\n\n\xe2\x80\x94 a\xc2\xa0"
	         "b AAAAAAAA\n",
	                "line 1 below"},
	        {"te\xff\n\n\xe2\x80\x94 a AAAAAAAA\n", "not UTF-8"},
	        {"te\r\n\n\xe2\x80\x94 a AAAAAAAA\n", "line 1: control character 0x0d"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct note note;
		struct err e;
		assert_true(note_read(str_from(bad[i].bytes), &note, &e) < 0);
		if (strstr(e.text, bad[i].says) == NULL)
			fail_msg("%zu: '%s' and not '%s'", i, e.text, bad[i].says);
	}
}

static void limits(void **state)
{
	auto_buf struct buf b = {0};
	struct note note;
	struct err e;

	(void)state;
	buf_add(&b, STR("text\n\n"));
	for (unsigned i = 0; i < NOTE_SIGNATURES; i++)
		buf_add(&b, STR("\xe2\x80\x94 someone.example AAAAAAAA\n"));
	assert_int_equal(note_read(buf_str(&b), &note, &e), 0);
	assert_int_equal(note.n, NOTE_SIGNATURES);
	buf_add(&b, STR("\xe2\x80\x94 someone.example AAAAAAAA\n"));
	assert_int_equal(note_read(buf_str(&b), &note, &e), ERR_LIMIT);
	buf_clear(&b);
	for (unsigned i = 0; i <= NOTE_MAX; i++)
		buf_char(&b, 'x');
	assert_int_equal(note_read(buf_str(&b), &note, &e), ERR_LIMIT);
}

static void bad_keys(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
	        {"", "three parts"},
	        {"PeterNeumann+c74f20a3", "three parts"},
	        {"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "its name"},
	        {"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "its name"},
	        {"PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "second part"},
	        {"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "copied whole"},
	        {"PeterNeumanm+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "copied whole"},
	        {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", "third part"},
	        {"PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "its type is 0x02"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct note_key key;
		struct err e;
		assert_true(note_key_read(str_from(bad[i].text), &key, &e) < 0);
		if (strstr(e.text, bad[i].says) == NULL)
			fail_msg("%zu: '%s' and not '%s'", i, e.text, bad[i].says);
	}
}

static void base64(void **state)
{
	uint8_t bytes[4];
	auto_buf struct buf b = {0};

	(void)state;
	assert_true(base64_read(STR("Zm9vYg=="), bytes, 4));
	assert_memory_equal(bytes, "foob", 4);
	assert_true(base64_raw_read(STR("Zm9vYg"), bytes, 4));
	assert_false(base64_raw_read(STR("Zm9vYg=="), bytes, 4));
	assert_false(base64_read(STR("Zm9vYg"), bytes, 4));
	assert_false(base64_read(STR("Zm9vYh=="), bytes, 4));
	assert_false(base64_read(STR("Zm9vYg==\n"), bytes, 4));
	assert_false(base64_read(STR("Zm9v Yg=="), bytes, 4));
	assert_false(base64_read(STR("Zm9v"), bytes, 4));
	assert_false(base64_read(STR("Zm9vYmFy"), bytes, 4));
	/* each byte in each place: one text, one meaning */
	for (unsigned c = 0; c < 256; c++)
		for (unsigned at = 0; at < 8; at++) {
			char text[] = "++//++//";
			uint8_t a[6], z[6];
			assert_true(base64_read(STR("++//++//"), a, 6));
			text[at] = (char)c;
			if (c != (uint8_t) "++//++//"[at] && base64_read(str_make(text, 8), z, 6))
				assert_memory_not_equal(a, z, 6);
		}
	assert_true(base64_add(STR("Zm9v"), &b) && base64_add(STR("YmE="), &b) && base64_add(STR(""), &b));
	assert_false(base64_add(STR("YmE"), &b));
	assert_true(str_eq(buf_str(&b), STR("fooba")));
	base64_print(&b, (const uint8_t *)"a", 1);
	base64_raw_print(&b, (const uint8_t *)"a", 1);
	assert_true(str_eq(buf_str(&b), STR("foobaYQ==YQ")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(stock),
	        cmocka_unit_test(both_ways),
	        cmocka_unit_test(flipped),
	        cmocka_unit_test(bad_notes),
	        cmocka_unit_test(limits),
	        cmocka_unit_test(bad_keys),
	        cmocka_unit_test(base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
