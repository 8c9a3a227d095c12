/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of age: both ways in all sizes around a chunk, in pieces of all sizes, against the stock program both ways, and
 * damaged in every place. Containers inside them: what stands before the damage is kept.
 */
#include "base/os.h"
#include "form/age.h"
#include "form/container.h"
#include <fcntl.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define KEYS 3

struct keys {
	uint8_t secret[KEYS][AGE_KEY], public[KEYS][AGE_KEY];
};

static struct keys keys_make(void)
{
	struct keys k;

	for (unsigned i = 0; i < KEYS; i++) {
		memset(k.secret[i], (int)i + 1, AGE_KEY);
		crypto_scalarmult_base(k.public[i], k.secret[i]);
	}
	return k;
}

static void text_make(struct buf *out, size_t n)
{
	buf_clear(out);
	for (size_t i = 0; i < n; i++)
		buf_char(out, (char)(i * 31 + i / 251));
}

static void seal(const struct keys *k, unsigned n, struct str plain, size_t piece, struct buf *out)
{
	struct err e;
	struct age_seal *s = age_seal_new(k->public, n, NULL, out, &e);

	assert_non_null(s);
	for (; plain.len > 0; plain = str_skip(plain, piece))
		age_seal_add(s, str_sub(plain, 0, piece), out);
	age_seal_end(s, out);
}

static int collect(void *arg, struct str plain, struct err *e)
{
	(void)e;
	buf_add(arg, plain);
	return 0;
}

static int open_all(const uint8_t (*secret)[AGE_KEY], unsigned n, struct str file, size_t piece,
        struct buf *out, struct err *e)
{
	struct age_open *o = age_open_new(secret, n);
	int rc = 0;

	for (; file.len > 0 && rc == 0; file = str_skip(file, piece))
		rc = age_open_add(o, str_sub(file, 0, piece), collect, out, e);
	if (rc == 0)
		rc = age_open_end(o, collect, out, e);
	age_open_free(o);
	return rc;
}

static void round_trip(void **state)
{
	static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131072, 131073, 300000};
	static const size_t pieces[] = {1000000, 65536, 65552, 4097};
	struct keys k = keys_make();
	auto_buf struct buf plain = {0}, file = {0}, back = {0};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (unsigned p = 0; p < 4; p++) {
			text_make(&plain, sizes[i]);
			buf_clear(&file);
			seal(&k, 2, buf_str(&plain), pieces[p], &file);
			for (unsigned who = 0; who < KEYS; who++) {
				buf_clear(&back);
				int rc =
				        open_all(&k.secret[who], 1, buf_str(&file), pieces[3 - p], &back, &e);
				assert_int_equal(rc, who < 2 ? 0 : ERR_DENIED);
				if (who < 2)
					assert_true(str_eq(buf_str(&back), buf_str(&plain)));
				else
					assert_int_equal(back.len, 0);
			}
		}
	/* byte by byte, and with a key ring */
	text_make(&plain, 100);
	buf_clear(&file);
	seal(&k, 1, buf_str(&plain), 1, &file);
	buf_clear(&back);
	assert_int_equal(open_all(k.secret, KEYS, buf_str(&file), 1, &back, &e), 0);
	assert_true(str_eq(buf_str(&back), buf_str(&plain)));
	assert_int_equal(open_all(NULL, 0, buf_str(&file), 1, &back, &e), ERR_DENIED);
}

static void bad_keys(void **state)
{
	static const uint8_t zero[1][AGE_KEY];
	struct keys k = keys_make();
	auto_buf struct buf out = {0};
	struct err e;

	(void)state;
	assert_null(age_seal_new(zero, 1, NULL, &out, &e));
	assert_null(age_seal_new(k.public, 0, NULL, &out, &e));
	assert_int_equal(out.len, 0);
}

/* Each bit of the header, nonce and a short body; each length. */
static void damaged(void **state)
{
	struct keys k = keys_make();
	auto_buf struct buf plain = {0}, file = {0}, back = {0};
	struct err e;

	(void)state;
	text_make(&plain, 50);
	seal(&k, 2, buf_str(&plain), 50, &file);
	for (size_t i = 0; i < file.len * 8; i++) {
		file.p[i / 8] ^= (char)(1 << i % 8);
		buf_clear(&back);
		assert_true(open_all(&k.secret[1], 1, buf_str(&file), 1000, &back, &e) < 0);
		assert_int_equal(back.len, 0);
		file.p[i / 8] ^= (char)(1 << i % 8);
	}
	for (size_t n = 0; n < file.len; n++) {
		buf_clear(&back);
		assert_true(open_all(&k.secret[1], 1, str_make(file.p, n), 7, &back, &e) < 0);
		assert_int_equal(back.len, 0);
	}
	buf_char(&file, 0);
	assert_true(open_all(&k.secret[1], 1, buf_str(&file), 1000, &back, &e) < 0);
}

/* A long file that was cut at a chunk, or whose third chunk was damaged, gives the first two and says so. */
static void damaged_late(void **state)
{
	struct keys k = keys_make();
	auto_buf struct buf plain = {0}, file = {0}, back = {0};
	struct err e;

	(void)state;
	text_make(&plain, 4 * AGE_CHUNK);
	seal(&k, 1, buf_str(&plain), 10000, &file);
	size_t start = file.len - 4 * (AGE_CHUNK + 16);
	assert_int_equal(open_all(k.secret, 1, str_sub(buf_str(&file), 0, start + 2 * (AGE_CHUNK + 16)), 5000,
	                         &back, &e),
	        ERR_DENIED);
	assert_int_equal(back.len, AGE_CHUNK);
	assert_non_null(strstr(e.text, "chunk 2"));
	buf_clear(&back);
	file.p[start + 2 * (AGE_CHUNK + 16) + 99] ^= 1;
	assert_int_equal(open_all(k.secret, 1, buf_str(&file), 5000, &back, &e), ERR_DENIED);
	assert_int_equal(back.len, 2 * AGE_CHUNK);
	assert_non_null(strstr(e.text, "chunk 3"));
}

static void headers(void **state)
{
#define V "age-encryption.org/v1\n"
#define STANZA                                                                                               \
	"-> X25519 "                                                                                         \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
#define MAC "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
#define FULL "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
	static const struct {
		const char *text;
		int64_t rc;
	} rows[] = {
	        {V STANZA MAC, sizeof(V STANZA MAC) - 1},
	        {V STANZA MAC "rest", sizeof(V STANZA MAC) - 1},
	        {V "-> other arg arg\n" FULL "\n" STANZA MAC,
	                sizeof(V "-> other arg arg\n" FULL "\n" STANZA MAC) - 1},
	        {V "-> other\n\n" MAC, sizeof(V "-> other\n\n" MAC) - 1},
	        {"", 0},
	        {"age-enc", 0},
	        {V, 0},
	        {V STANZA, 0},
	        {V "-> other\n" FULL, 0},
	        {"age-encryption.org/v2\n", ERR_SYNTAX},
	        {"-----BEGIN AGE ENCRYPTED FILE-----\n", ERR_SYNTAX},
	        {"PK", ERR_SYNTAX},
	        {V MAC, ERR_SYNTAX},
	        {V STANZA "--- AAAA\n", ERR_SYNTAX},
	        {V STANZA "---\n", ERR_SYNTAX},
	        {V STANZA "\n", ERR_SYNTAX},
	        {V "-> \n\n" MAC, ERR_SYNTAX},
	        {V "-> a  b\n\n" MAC, ERR_SYNTAX},
	        {V "-> a \n\n" MAC, ERR_SYNTAX},
	        {V "-> a\r\n\n" MAC, ERR_SYNTAX},
	        {V "-> X25519 AAAA\nAAAA\n" MAC, ERR_SYNTAX},
	        {V "-> X25519\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n" MAC, ERR_SYNTAX},
	        {V "-> a\nA\n" MAC, ERR_SYNTAX},
	        {V "-> a\nAB\n" MAC, ERR_SYNTAX},
	        {V "-> a\nAA==\n" MAC, ERR_SYNTAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err e;
		int64_t rc = age_header(str_from(rows[i].text), &e);
		if (rc != rows[i].rc)
			fail_msg("%zu: %lld and not %lld", i, (long long)rc, (long long)rows[i].rc);
	}
}

/* The example keys of the specification. */
static void key_texts(void **state)
{
	static const char identity[] =
	        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
	static const char recipient[] = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
	uint8_t secret[AGE_KEY], public[AGE_KEY], other[AGE_KEY];
	char text[AGE_TEXT];

	(void)state;
	memset(secret, 0x42, sizeof(secret));
	age_identity_print(secret, text);
	assert_string_equal(text, identity);
	assert_true(age_identity_read(str_from(identity), other));
	assert_memory_equal(secret, other, AGE_KEY);
	crypto_scalarmult_base(public, secret);
	age_recipient_print(public, text);
	assert_string_equal(text, recipient);
	assert_true(age_recipient_read(str_from(recipient), other));
	assert_memory_equal(public, other, AGE_KEY);
	for (size_t i = 0; i < sizeof(recipient) - 1; i++) {
		text[i] = text[i] == 'q' ? 'p' : 'q';
		assert_false(age_recipient_read(str_from(text), other));
		text[i] = recipient[i];
	}
	assert_false(age_recipient_read(STR(""), other));
	assert_false(age_identity_read(str_from(recipient), other));
}

/* ---- the stock program --------------------------------------------------------------------------- */

static void stock_run(const char *const *argv)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static bool stock_there(void)
{
	pid_t pid = fork();
	int status = 1;

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);
		dup2(null, 1);
		execlp("age", "age", "--version", (char *)NULL);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static void stock(void **state)
{
	static const size_t sizes[] = {0, 1, 65536, 65537, 200000};
	char folder[] = "/tmp/weir-age-XXXXXX", in[64], out[64], id[64], text[AGE_TEXT];
	struct keys k = keys_make();
	auto_buf struct buf plain = {0}, file = {0}, back = {0};
	struct err e;

	(void)state;
	if (!stock_there()) {
		print_message("no program 'age' here: package age\n");
		skip();
	}
	assert_non_null(mkdtemp(folder));
	snprintf(in, sizeof(in), "%s/in", folder);
	snprintf(out, sizeof(out), "%s/out", folder);
	snprintf(id, sizeof(id), "%s/id", folder);
	age_identity_print(k.secret[1], text);
	assert_int_equal(os_write_file(id, str_from(text), &e), 0);
	age_recipient_print(k.public[1], text);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		text_make(&plain, sizes[i]);
		buf_clear(&file);
		seal(&k, 2, buf_str(&plain), 70000, &file);
		assert_int_equal(os_write_file(in, buf_str(&file), &e), 0);
		stock_run((const char *[]){"age", "-d", "-i", id, "-o", out, in, NULL});
		buf_done(&back);
		/* the stock program makes no file of nothing */
		assert_true(os_read_file(out, 1 << 20, &back, &e) >= 0 || sizes[i] == 0);
		assert_true(str_eq(buf_str(&back), buf_str(&plain)));
		/* the other way */
		assert_int_equal(os_write_file(in, buf_str(&plain), &e), 0);
		stock_run((const char *[]){"age", "-r", text, "-o", out, in, NULL});
		buf_done(&file);
		assert_true(os_read_file(out, 1 << 20, &file, &e) >= 0);
		buf_clear(&back);
		assert_int_equal(open_all(&k.secret[1], 1, buf_str(&file), 3333, &back, &e), 0);
		assert_true(str_eq(buf_str(&back), buf_str(&plain)));
	}
	unlink(in);
	unlink(out);
	unlink(id);
	rmdir(folder);
}

/* ---- containers ---------------------------------------------------------------------------------- */

struct seen {
	struct buf text;
	unsigned n;
	int answer;
};

static int see(void *arg, enum container_type type, struct str payload, struct err *e)
{
	struct seen *s = arg;

	(void)e;
	s->n++;
	buf_printf(&s->text, "%d:%zu ", type, payload.len);
	return s->answer;
}

static int read_container(
        struct str bytes, size_t piece, struct container_reader *r, struct seen *s, struct err *e)
{
	int rc = 0;

	buf_clear(&s->text);
	s->n = 0;
	*r = (struct container_reader){0};
	for (; bytes.len > 0 && rc == 0; bytes = str_skip(bytes, piece))
		rc = container_feed(r, str_sub(bytes, 0, piece), see, s, e);
	container_reader_done(r);
	return rc < 0 ? rc : container_finish(r, e);
}

static void containers(void **state)
{
	auto_buf struct buf c = {0};
	struct container_reader r;
	struct seen s = {0};
	struct err e;
	uint8_t sha[32] = {7};

	(void)state;
	container_begin(&c);
	container_add(&c, CONTAINER_STATEMENT, STR("statement"));
	container_add(&c, (enum container_type)99, STR("from a later version"));
	container_add_blob(&c, sha, 10, 4, STR("blob"));
	container_add(&c, CONTAINER_KEYS, STR(""));
	container_add(&c, CONTAINER_PROOF, STR("proof"));
	size_t before_large = c.len;
	buf_add(&c, STR("\x03\x00\x01\x00\x01"));
	for (unsigned i = 0; i < 65537; i++)
		buf_char(&c, 'x');
	container_add(&c, CONTAINER_STATEMENT, STR("last"));
	size_t before_end = c.len;
	container_end(&c);
	for (size_t piece = 1; piece < 200000; piece = piece * 7 + 1) {
		assert_int_equal(read_container(buf_str(&c), piece, &r, &s, &e), 0);
		assert_true(str_eq(buf_str(&s.text), STR("1:9 2:52 3:0 4:5 1:4 ")));
		assert_true(r.entries == 5 && r.unknown == 1 && r.too_large == 1 && r.ended);
	}
	/* cut anywhere: what was whole is kept, and that it was cut is said */
	for (size_t n = 0; n < before_large; n++) {
		assert_true(read_container(str_make(c.p, n), 9, &r, &s, &e) < 0);
		assert_true(s.n <= 4);
	}
	assert_int_equal(read_container(str_make(c.p, before_end), 9, &r, &s, &e), ERR_FORMAT);
	assert_int_equal(s.n, 5);
	assert_non_null(strstr(e.text, "5 entries before that are whole"));
	buf_char(&c, 0);
	assert_int_equal(read_container(buf_str(&c), 1000, &r, &s, &e), ERR_FORMAT);
	assert_int_equal(s.n, 5);
	assert_int_equal(read_container(STR("weir-container-2\0\0\0\0\0"), 1000, &r, &s, &e), ERR_FORMAT);
	s.answer = ERR_LIMIT;
	assert_int_equal(read_container(buf_str(&c), 1000, &r, &s, &e), ERR_LIMIT);
	assert_int_equal(s.n, 1);
	buf_done(&s.text);
}

static void blobs(void **state)
{
	auto_buf struct buf c = {0};
	struct container_blob b;
	uint8_t sha[32] = {7};

	(void)state;
	container_add_blob(&c, sha, 10, 4, STR("parted"));
	struct str payload = str_skip(buf_str(&c), 5);
	assert_true(container_blob_read(payload, &b));
	assert_true(b.total == 10 && b.offset == 4 && str_eq(b.bytes, STR("parted")) && b.sha256[0] == 7);
	c.p[5 + 39] = 9;
	assert_false(container_blob_read(payload, &b));
	c.p[5 + 39] = 3;
	assert_false(container_blob_read(payload, &b));
	assert_false(container_blob_read(str_sub(payload, 0, 47), &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(round_trip),
	        cmocka_unit_test(bad_keys),
	        cmocka_unit_test(damaged),
	        cmocka_unit_test(damaged_late),
	        cmocka_unit_test(headers),
	        cmocka_unit_test(key_texts),
	        cmocka_unit_test(stock),
	        cmocka_unit_test(containers),
	        cmocka_unit_test(blobs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
