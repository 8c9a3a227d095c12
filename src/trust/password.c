/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/password.h"
#include "base/utf8.h"
#include <sodium.h>
#include <sys/sysinfo.h>

#define PASSES 3
#define MEMORY ((size_t)64 << 20)
#define MEMORY_SMALL ((size_t)19 << 20)
#define SMALL_MACHINE ((uint64_t)1536 << 20)

_Static_assert(PASSWORD_HASH >= crypto_pwhash_STRBYTES, "a hash has room");

/* Names that are repeated, or with digits behind them, are what is tried first. */
static bool is_name(struct str password, struct str name)
{
	size_t i = 0;

	while (name.len > 0 && i + name.len <= password.len && str_ieq(str_sub(password, i, name.len), name))
		i += name.len;
	while (i > 0 && i < password.len &&
	        !(char_lower(password.p[i]) >= 'a' && char_lower(password.p[i]) <= 'z') &&
	        (unsigned char)password.p[i] < 0x80)
		i++;
	return i > 0 && i == password.len;
}

static size_t characters(struct str s)
{
	size_t n = 0, step;

	for (size_t i = 0; i < s.len && (step = utf8_step(s, i)) > 0; i += step)
		n++;
	return n;
}

int password_good(struct str password, struct str name, struct err *e)
{
	if (!utf8_valid(password) || str_has(password, 0))
		return err_set(e, ERR_VALUE, "a password is text");
	if (password.len > PASSWORD_MAX)
		return err_set(e, ERR_VALUE, "a password has %d bytes at most", PASSWORD_MAX);
	if (characters(password) < PASSWORD_MIN)
		return err_set(
		        e, ERR_VALUE, "a password has %d characters at least; four words do", PASSWORD_MIN);
	if (is_name(password, name))
		return err_set(e, ERR_VALUE, "the name of the account is no password");
	return 0;
}

static size_t memory(void)
{
	struct sysinfo info;

	if (sysinfo(&info) == 0 && (uint64_t)info.totalram * info.mem_unit < SMALL_MACHINE)
		return MEMORY_SMALL;
	return MEMORY;
}

int password_hash(struct str password, char ret[PASSWORD_HASH], struct err *e)
{
	char hash[crypto_pwhash_STRBYTES];

	if (sodium_init() < 0 ||
	        crypto_pwhash_str_alg(
	                hash, password.p, password.len, PASSES, memory(), crypto_pwhash_ALG_ARGON2ID13) != 0)
		return err_set(e, ERR_LIMIT, "there is no memory to hash a password; try again in a moment");
	memcpy(ret, hash, sizeof(hash));
	return 0;
}

/* The work of a check, for an account that is not there. */
static void waste(struct str password)
{
	uint8_t out[32], salt[crypto_pwhash_SALTBYTES] = {0};

	(void)!crypto_pwhash(out, sizeof(out), password.p, password.len, salt, PASSES, memory(),
	        crypto_pwhash_ALG_ARGON2ID13);
}

bool password_is(const char *hash, struct str password)
{
	if (sodium_init() < 0 || password.p == NULL)
		return false;
	if (hash[0] == 0) {
		waste(password);
		return false;
	}
	return crypto_pwhash_str_verify(hash, password.p, password.len) == 0;
}
