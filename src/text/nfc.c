/* SPDX-License-Identifier: Apache-2.0 */
#include "text/nfc.h"
#include "base/utf8.h"
#include <assert.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#define MAX (1u << 24)

/* What composes grows in UTF-16 at most three times (UAX #15, section 9). */
#define GROWS 3

static const UNormalizer2 *rules(void)
{
	UErrorCode code = U_ZERO_ERROR;
	const UNormalizer2 *ret = unorm2_getNFCInstance(&code);

	assert(U_SUCCESS(code)); /* compiled into libicuuc */
	return ret;
}

/* UTF-16; the caller frees. */
static UChar *wide(struct str s, int32_t *ret_len)
{
	UErrorCode code = U_ZERO_ERROR;
	UChar *ret = mem_get((s.len + 1) * sizeof(*ret));

	assert(s.len <= MAX);
	u_strFromUTF8(ret, (int32_t)s.len + 1, ret_len, s.p, (int32_t)s.len, &code);
	assert(U_SUCCESS(code));
	return ret;
}

bool nfc_is(struct str s)
{
	UErrorCode code = U_ZERO_ERROR;
	int32_t len;

	if (s.len == 0 || utf8_plain(s))
		return true;
	UChar *text = wide(s, &len);
	bool yes = unorm2_isNormalized(rules(), text, len, &code);
	free(text);
	return yes && U_SUCCESS(code);
}

void nfc_add(struct buf *out, struct str s)
{
	UErrorCode code = U_ZERO_ERROR;
	int32_t len, bytes = 0;

	if (s.len == 0)
		return;
	UChar *text = wide(s, &len);
	UChar *composed = mem_get(((size_t)len * GROWS + 1) * sizeof(*composed));
	len = unorm2_normalize(rules(), text, len, composed, len * GROWS + 1, &code);
	char *room = buf_room(out, (size_t)len * 3);
	u_strToUTF8(room, len * 3, &bytes, composed, len, &code);
	assert(U_SUCCESS(code) || code == U_STRING_NOT_TERMINATED_WARNING);
	out->len += (size_t)bytes;
	free(composed);
	free(text);
}
