/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys of age as text: Bech32 (BIP 173) of 32 bytes.
 */
#include "form/age.h"

#define IDENTITY "age-secret-key-"
#define RECIPIENT "age"
#define DIGITS 52 /* of 32 bytes, five bits each */
#define CHECK 6

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t add(uint32_t sum, uint8_t v)
{
	static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ v;
	for (unsigned i = 0; i < 5; i++)
		sum ^= top >> i & 1 ? generator[i] : 0;
	return sum;
}

static uint32_t checksum(struct str prefix, const uint8_t *digit, unsigned n)
{
	uint32_t sum = 1;

	for (size_t i = 0; i < prefix.len; i++)
		sum = add(sum, (uint8_t)prefix.p[i] >> 5);
	sum = add(sum, 0);
	for (size_t i = 0; i < prefix.len; i++)
		sum = add(sum, prefix.p[i] & 31);
	for (unsigned i = 0; i < n; i++)
		sum = add(sum, digit[i]);
	return sum;
}

static void print(struct str prefix, const uint8_t key[AGE_KEY], bool upper, char ret[AGE_TEXT])
{
	uint8_t digit[DIGITS + CHECK] = {0};

	for (unsigned bit = 0; bit < 8 * AGE_KEY; bit++)
		digit[bit / 5] |= (uint8_t)((key[bit / 8] >> (7 - bit % 8) & 1) << (4 - bit % 5));
	uint32_t sum = checksum(prefix, digit, DIGITS + CHECK) ^ 1;
	for (unsigned i = 0; i < CHECK; i++)
		digit[DIGITS + i] = sum >> 5 * (5 - i) & 31;
	size_t at = 0;
	for (; at < prefix.len; at++)
		ret[at] = prefix.p[at];
	ret[at++] = '1';
	for (unsigned i = 0; i < DIGITS + CHECK; i++)
		ret[at++] = alphabet[digit[i]];
	ret[at] = 0;
	for (size_t i = 0; upper && i < at; i++)
		if (ret[i] >= 'a' && ret[i] <= 'z')
			ret[i] = (char)(ret[i] - 'a' + 'A');
}

static bool read(struct str text, struct str prefix, bool upper, uint8_t ret[AGE_KEY])
{
	uint8_t digit[DIGITS + CHECK], key[AGE_KEY] = {0};

	if (text.len != prefix.len + 1 + DIGITS + CHECK || text.p[prefix.len] != '1' ||
	        !str_ieq(str_sub(text, 0, prefix.len), prefix))
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (upper ? text.p[i] >= 'a' && text.p[i] <= 'z' : text.p[i] >= 'A' && text.p[i] <= 'Z')
			return false;
	for (unsigned i = 0; i < DIGITS + CHECK; i++) {
		char c = char_lower(text.p[prefix.len + 1 + i]);
		const char *at = c != 0 ? strchr(alphabet, c) : NULL;
		if (at == NULL)
			return false;
		digit[i] = (uint8_t)(at - alphabet);
	}
	/* four bits of the last digit stand for nothing */
	if (checksum(prefix, digit, DIGITS + CHECK) != 1 || (digit[DIGITS - 1] & 15) != 0)
		return false;
	for (unsigned bit = 0; bit < 8 * AGE_KEY; bit++)
		key[bit / 8] |= (uint8_t)((digit[bit / 5] >> (4 - bit % 5) & 1) << (7 - bit % 8));
	memcpy(ret, key, AGE_KEY);
	return true;
}

void age_recipient_print(const uint8_t public[AGE_KEY], char ret[AGE_TEXT])
{
	print(STR(RECIPIENT), public, false, ret);
}

void age_identity_print(const uint8_t secret[AGE_KEY], char ret[AGE_TEXT])
{
	print(STR(IDENTITY), secret, true, ret);
}

bool age_recipient_read(struct str text, uint8_t ret[AGE_KEY])
{
	return read(text, STR(RECIPIENT), false, ret);
}

bool age_identity_read(struct str text, uint8_t ret[AGE_KEY])
{
	return read(text, STR(IDENTITY), true, ret);
}
