/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/totp.h"
#include "base/digest.h"
#include "base/os.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void base32_print(struct buf *out, const uint8_t *bytes, size_t n)
{
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t i = 0; i < n; i++) {
		bits = bits << 8 | bytes[i];
		for (have += 8; have >= 5; have -= 5)
			buf_char(out, alphabet[bits >> (have - 5) & 31]);
	}
}

static int digit(char c)
{
	char upper = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;

	for (int i = 0; i < 32; i++)
		if (alphabet[i] == upper)
			return i;
	return -1;
}

bool base32_read(struct str text, uint8_t *ret, size_t n)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t at = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == ' ' || text.p[i] == '-')
			continue;
		int d = digit(text.p[i]);
		if (d < 0)
			return false;
		bits = bits << 5 | (uint32_t)d;
		have += 5;
		if (have < 8)
			continue;
		have -= 8;
		if (at == n)
			return false;
		ret[at++] = (uint8_t)(bits >> have);
	}
	return at == n && have == 0;
}

/* RFC 4226 5.3. */
void totp_code(const uint8_t secret[TOTP_SECRET], uint64_t step, char ret[7])
{
	uint8_t counter[8], mac[DIGEST_SHA1];

	for (unsigned i = 0; i < 8; i++)
		counter[i] = (uint8_t)(step >> (56 - 8 * i));
	digest_hmac_sha1(
	        str_make((const char *)secret, TOTP_SECRET), str_make((const char *)counter, 8), mac);
	const uint8_t *at = mac + (mac[DIGEST_SHA1 - 1] & 15);
	uint32_t value =
	        ((uint32_t)(at[0] & 127) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]) %
	        1000000;
	for (int i = 5; i >= 0; i--, value /= 10)
		ret[i] = (char)('0' + value % 10);
	ret[6] = 0;
}

static bool six_digits(struct str text, char ret[7])
{
	unsigned n = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] == ' ')
			continue;
		if (!char_digit(text.p[i]) || n == 6)
			return false;
		ret[n++] = text.p[i];
	}
	ret[n] = 0;
	return n == 6;
}

uint64_t totp_step(const uint8_t secret[TOTP_SECRET], struct str text, int64_t now, uint64_t last)
{
	char wanted[7], code[7];
	uint64_t middle = (uint64_t)(now / TOTP_US), found = 0;

	if (!six_digits(text, wanted))
		return 0;
	for (uint64_t step = middle - TOTP_WINDOW; step <= middle + TOTP_WINDOW; step++) {
		unsigned char differs = 0;
		totp_code(secret, step, code);
		for (unsigned i = 0; i < 6; i++)
			differs |= (unsigned char)(code[i] ^ wanted[i]);
		if (differs == 0 && step > last && found == 0)
			found = step;
	}
	return found;
}

static void quote(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (char_alnum(s.p[i]) || s.p[i] == '-' || s.p[i] == '.')
			buf_char(out, s.p[i]);
		else
			buf_printf(out, "%%%02X", (unsigned char)s.p[i]);
}

void totp_address(struct buf *out, const uint8_t secret[TOTP_SECRET], struct str issuer, struct str name)
{
	buf_add(out, STR("otpauth://totp/"));
	quote(out, issuer);
	buf_add(out, STR(":"));
	quote(out, name);
	buf_add(out, STR("?secret="));
	base32_print(out, secret, TOTP_SECRET);
	buf_add(out, STR("&issuer="));
	quote(out, issuer);
}

/* ---- recovery codes ------------------------------------------------------------------------------ */

void recovery_new(char ret[RECOVERY_TEXT])
{
	uint8_t bytes[RECOVERY_BYTES];
	auto_buf struct buf text = {0};

	os_random(bytes, sizeof(bytes));
	base32_print(&text, bytes, sizeof(bytes));
	snprintf(ret, RECOVERY_TEXT, "%.4s-%.4s-%.4s-%.4s", text.p, text.p + 4, text.p + 8, text.p + 12);
}

bool recovery_digest(struct str text, uint8_t ret[32])
{
	uint8_t bytes[RECOVERY_BYTES];

	if (!base32_read(text, bytes, sizeof(bytes)))
		return false;
	digest_of(str_make((const char *)bytes, sizeof(bytes)), ret);
	return true;
}
