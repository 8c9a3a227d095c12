/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/voice.h"
#include "base/digest.h"

void voice_number(struct str party, const uint8_t root[32], char ret[VOICE_TEXT])
{
	uint8_t hash[DIGEST_LEN];
	struct digest *d = digest_new();

	digest_add(d, STR("weir-voice-1\n"));
	digest_add(d, party);
	digest_add(d, STR("\n"));
	digest_add(d, str_make((const char *)root, 32));
	digest_done(d, hash);
	for (unsigned i = 0; i < VOICE_GROUPS; i++) {
		uint64_t v = 0;
		for (unsigned k = 0; k < 5; k++)
			v = v << 8 | hash[5 * i + k];
		snprintf(ret + 6 * i, 6, "%05u", (unsigned)(v % 100000));
		ret[6 * i + 5] = i + 1 < VOICE_GROUPS ? ' ' : 0;
	}
}

int voice_check(struct str typed, const char number[VOICE_TEXT])
{
	char digits[5 * VOICE_GROUPS];
	size_t n = 0;

	for (size_t i = 0; i < typed.len; i++) {
		if (char_space(typed.p[i]) || typed.p[i] == '-')
			continue;
		if (!char_digit(typed.p[i]) || n == sizeof(digits))
			return -1;
		digits[n++] = typed.p[i];
	}
	if (n != sizeof(digits))
		return -1;
	for (int group = 0; group < VOICE_GROUPS; group++)
		if (memcmp(digits + 5 * group, number + 6 * group, 5) != 0)
			return group + 1;
	return 0;
}
