/* SPDX-License-Identifier: Apache-2.0
 *
 * What lets somebody in: codes against the vectors of RFC 6238 and 4648, passwords, how long who has failed waits.
 */
#include "state/state.h"
#include "trust/login.h"
#include "trust/password.h"
#include "trust/totp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND ((int64_t)1000000)

static const uint8_t secret[TOTP_SECRET] = "12345678901234567890";

/* RFC 6238 appendix B, SHA-1, the last six of its eight digits. */
static void codes(void **state)
{
	static const struct {
		int64_t seconds;
		const char *code;
	} vectors[] = {{59, "287082"}, {1111111109, "081804"}, {1111111111, "050471"}, {1234567890, "005924"},
	        {2000000000, "279037"}, {20000000000, "353130"}};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		char code[7];
		uint64_t step = (uint64_t)vectors[i].seconds / 30;
		totp_code(secret, step, code);
		assert_string_equal(code, vectors[i].code);
		assert_int_equal(totp_step(secret, str_from(code), vectors[i].seconds * SECOND, 0), step);
	}
}

static void window(void **state)
{
	int64_t now = 1234567890 * SECOND;
	uint64_t step = (uint64_t)(now / TOTP_US);
	char code[7];

	(void)state;
	for (int off = -3; off <= 3; off++) {
		totp_code(secret, step + (uint64_t)off, code);
		uint64_t wanted = off >= -1 && off <= 1 ? step + (uint64_t)off : 0;
		assert_int_equal(totp_step(secret, str_from(code), now, 0), wanted);
		/* used, or one after it was */
		assert_int_equal(totp_step(secret, str_from(code), now, step + (uint64_t)off), 0);
		assert_int_equal(totp_step(secret, str_from(code), now, step + 5), 0);
	}
	totp_code(secret, step, code);
	char spaced[9];
	snprintf(spaced, sizeof(spaced), "%.3s %.3s", code, code + 3);
	assert_int_equal(totp_step(secret, str_from(spaced), now, 0), step);
	assert_int_equal(totp_step(secret, STR(""), now, 0), 0);
	assert_int_equal(totp_step(secret, STR("00592"), now, 0), 0);
	assert_int_equal(totp_step(secret, STR("0059244"), now, 0), 0);
	assert_int_equal(totp_step(secret, STR("00592a"), now, 0), 0);
}

/* RFC 4648 10, lengths that are multiples of 5. */
static void base32(void **state)
{
	auto_buf struct buf out = {0};
	uint8_t back[10];

	(void)state;
	base32_print(&out, (const uint8_t *)"fooba", 5);
	assert_true(str_eq(buf_str(&out), STR("MZXW6YTB")));
	assert_true(base32_read(STR("mzxw 6ytb"), back, 5));
	assert_memory_equal(back, "fooba", 5);
	assert_true(base32_read(STR("MZXW-6YTB"), back, 5));
	assert_false(base32_read(STR("MZXW6YT"), back, 5));
	assert_false(base32_read(STR("MZXW6YTBM"), back, 5));
	assert_false(base32_read(STR("MZXW6YTBMZXW6YTB"), back, 5));
	assert_false(base32_read(STR("MZXW6YT1"), back, 5));
	assert_false(base32_read(STR(""), back, 5));
}

static void address(void **state)
{
	auto_buf struct buf out = {0};

	(void)state;
	totp_address(&out, secret, STR("Weir"), STR("a b&c"));
	assert_true(str_eq(buf_str(&out),
	        STR("otpauth://totp/Weir:a%20b%26c?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Weir")));
}

static void recovery(void **state)
{
	char code[RECOVERY_TEXT], other[RECOVERY_TEXT], low[RECOVERY_TEXT];
	uint8_t a[32], b[32];

	(void)state;
	recovery_new(code);
	recovery_new(other);
	assert_string_not_equal(code, other);
	assert_int_equal(strlen(code), RECOVERY_TEXT - 1);
	assert_true(recovery_digest(str_from(code), a));
	for (size_t i = 0; i < sizeof(code); i++)
		low[i] = char_lower(code[i]);
	assert_true(recovery_digest(str_from(low), b));
	assert_memory_equal(a, b, 32);
	assert_true(recovery_digest(str_from(other), b));
	assert_memory_not_equal(a, b, 32);
	assert_false(recovery_digest(STR("123456"), b));
	assert_false(recovery_digest(STR(""), b));
}

static bool good(const char *password)
{
	struct err e;

	return password_good(str_from(password), STR("dara"), &e) == 0;
}

static void passwords(void **state)
{
	char hash[PASSWORD_HASH];

	(void)state;
	assert_true(good("four plain words"));
	assert_true(good(
	        "\xe0\xba\x81\xe0\xba\x82\xe0\xba\x84\xe0\xba\x81\xe0\xba\x82\xe0\xba\x84\xe0\xba\x81\xe0"
	        "\xba\x82\xe0\xba\x84\xe0\xba\x81\xe0\xba\x82\xe0\xba\x84"));
	assert_false(good("elevenchars"));
	/* 12 bytes, 4 characters */
	assert_false(good("\xe0\xba\x81\xe0\xba\x82\xe0\xba\x84\xe0\xba\x81"));
	assert_false(good("daradaradara"));
	assert_false(good("Dara12345678"));
	assert_true(good("dara likes four words"));
	assert_false(good("not \xff utf-8 at all"));
	assert_int_equal(password_hash(STR("four plain words"), hash, NULL), 0);
	assert_true(strncmp(hash, "$argon2id$v=19$m=", 17) == 0);
	assert_true(password_is(hash, STR("four plain words")));
	assert_false(password_is(hash, STR("four plain word")));
	assert_false(password_is("", STR("four plain words")));
	assert_false(password_is("", STR("")));
}

static void networks(void **state)
{
	char a[64], b[64];

	(void)state;
	login_network(STR("192.0.2.77"), a);
	assert_string_equal(a, "192.0.2.0/24");
	login_network(STR("2001:db8:1:2345::9"), a);
	login_network(STR("2001:db8:1:23ff:ffff::"), b);
	assert_string_equal(a, b);
	assert_string_equal(a, "2001:db8:1:2300::/56");
	login_network(STR("::ffff:192.0.2.77"), a);
	assert_string_equal(a, "192.0.2.0/24");
	login_network(STR("nonsense"), a);
	assert_string_equal(a, "unknown");
}

static void delays(void **state)
{
	(void)state;
	assert_int_equal(login_delay(LOGIN_PERSON, 0), 0);
	assert_int_equal(login_delay(LOGIN_PERSON, 2), 0);
	assert_int_equal(login_delay(LOGIN_PERSON, 3), 5);
	assert_int_equal(login_delay(LOGIN_PERSON, 4), 10);
	assert_int_equal(login_delay(LOGIN_PERSON, 1000000), 900);
	assert_int_equal(login_delay(LOGIN_NETWORK, 29), 0);
	assert_int_equal(login_delay(LOGIN_NETWORK, 1000), 60);
	assert_int_equal(login_delay(LOGIN_DEVICE, 5), 5);
}

static void waits(void **state)
{
	struct db *db;
	struct err e;
	char folder[] = "/tmp/weir-trust-XXXXXX", file[64];
	uint8_t device[32] = "device";
	int64_t now = 1000 * 24 * 3600 * SECOND;
	struct login_try t = {.name = STR("dara"), .network = "192.0.2.0/24"};
	struct login_try there = {.name = STR("dara"), .network = "198.51.100.0/24"};
	struct login_try other = {.name = STR("boun"), .network = "192.0.2.0/24"};
	struct login_try known = {.name = STR("dara"), .network = "192.0.2.0/24", .device = device};

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(state_open(folder, DB_WRITE, &db, &e), 0);
	for (int i = 0; i < 3; i++)
		login_failed(db, &t, false, now);
	assert_int_equal(login_wait(db, &t, now), 5);
	assert_int_equal(login_wait(db, &t, now + 4 * SECOND), 1);
	assert_int_equal(login_wait(db, &t, now + 5 * SECOND), 0);
	assert_int_equal(login_wait(db, &there, now), 0);
	assert_int_equal(login_wait(db, &other, now), 0);
	assert_int_equal(login_wait(db, &known, now), 0);
	/* a clock that was set back keeps nobody out, nor does a day later */
	assert_int_equal(login_wait(db, &t, now - SECOND), 0);
	assert_int_equal(login_wait(db, &t, now + 24 * 3600 * SECOND), 0);
	for (int i = 0; i < 7; i++)
		login_failed(db, &known, true, now);
	assert_int_equal(login_wait(db, &known, now), 20);
	/* the stranger's are as they were */
	assert_int_equal(login_wait(db, &t, now), 5);
	login_good(db, &t);
	assert_int_equal(login_wait(db, &t, now), 0);
	for (int i = 0; i < 40; i++)
		login_failed(
		        db, &(struct login_try){.name = STR("x"), .network = "192.0.2.0/24"}, false, now);
	assert_int_equal(login_wait(db, &other, now), 60);
	assert_int_equal(login_wait(db, &there, now), 0);
	/* wrong codes, from wherever they come */
	for (int i = 0; i < 10; i++) {
		struct login_try wide = {.name = STR("dara")};
		snprintf(wide.network, sizeof(wide.network), "203.0.%d.0/24", i);
		login_failed(db, &wide, true, now);
	}
	assert_int_equal(login_wait_code(db, &there, now), 5);
	assert_int_equal(login_wait(db, &there, now), 0);
	assert_int_equal(login_wait_code(db, &known, now), 0);
	db_close(db);
	snprintf(file, sizeof(file), "%s/state.db", folder);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(codes),
	        cmocka_unit_test(window),
	        cmocka_unit_test(base32),
	        cmocka_unit_test(address),
	        cmocka_unit_test(recovery),
	        cmocka_unit_test(passwords),
	        cmocka_unit_test(networks),
	        cmocka_unit_test(delays),
	        cmocka_unit_test(waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
