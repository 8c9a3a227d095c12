/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/code.h"
#include "base/vec.h"

#define GROUP_BYTES 5
#define GROUP_LIMIT 10000

static void groups(struct str prefix, const uint8_t digest[DIGEST_LEN], unsigned n, char *ret)
{
	auto_buf struct buf b = {0}, out = {0};
	uint8_t h[DIGEST_LEN];

	buf_add(&b, prefix);
	buf_add(&b, str_make((const char *)digest, DIGEST_LEN));
	digest_of(buf_str(&b), h);
	for (unsigned i = 0; i < n; i++) {
		uint64_t v = 0;
		for (unsigned k = 0; k < GROUP_BYTES; k++)
			v = v << 8 | h[GROUP_BYTES * i + k];
		buf_printf(&out, "%s%04u", i > 0 ? " " : "", (unsigned)(v % GROUP_LIMIT));
	}
	buf_char(&out, 0);
	memcpy(ret, out.p, out.len);
}

void voice_code(const uint8_t id[DIGEST_LEN], char ret[VOICE_CODE_LEN])
{
	groups(STR("weir-agree-voice-1\n"), id, 4, ret);
}

void text_code(const uint8_t round[DIGEST_LEN], char ret[TEXT_CODE_LEN])
{
	groups(STR("weir-agree-text-1\n"), round, 2, ret);
}

bool agree_code_eq(struct str typed, const char *code)
{
	for (size_t i = 0; i < typed.len; i++) {
		if (str_has(STR(" .-"), typed.p[i]))
			continue;
		while (*code == ' ')
			code++;
		if (*code == 0 || typed.p[i] != *code++)
			return false;
	}
	return *code == 0;
}
