/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"
#include <sodium.h>

static void print(struct buf *out, const uint8_t *bytes, size_t n, int variant)
{
	size_t room = sodium_base64_encoded_len(n, variant);

	if (n == 0)
		return;
	sodium_bin2base64(buf_room(out, room), room, bytes, n, variant);
	out->len += room - 1;
}

void base64_print(struct buf *out, const uint8_t *bytes, size_t n)
{
	print(out, bytes, n, sodium_base64_VARIANT_ORIGINAL);
}

void base64_raw_print(struct buf *out, const uint8_t *bytes, size_t n)
{
	print(out, bytes, n, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

/* libsodium 1.0.18 takes some bytes above 0x7f for '+' or '/'. */
static bool ascii(struct str text)
{
	uint8_t all = 0;

	for (size_t i = 0; i < text.len; i++)
		all |= (uint8_t)text.p[i];
	return all < 0x80;
}

static bool read(struct str text, uint8_t *ret, size_t n, int variant)
{
	size_t got;

	if (text.len == 0)
		return n == 0;
	return ascii(text) && sodium_base642bin(ret, n, text.p, text.len, NULL, &got, NULL, variant) == 0 &&
	        got == n;
}

bool base64_read(struct str text, uint8_t *ret, size_t n)
{
	return read(text, ret, n, sodium_base64_VARIANT_ORIGINAL);
}

bool base64_raw_read(struct str text, uint8_t *ret, size_t n)
{
	return read(text, ret, n, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

bool base64_add(struct str text, struct buf *ret)
{
	size_t got, room = text.len / 4 * 3;

	if (text.len == 0)
		return true;
	if (text.len % 4 != 0 || !ascii(text) ||
	        sodium_base642bin((uint8_t *)buf_room(ret, room), room, text.p, text.len, NULL, &got, NULL,
	                sodium_base64_VARIANT_ORIGINAL) != 0)
		return false;
	ret->len += got;
	return true;
}
