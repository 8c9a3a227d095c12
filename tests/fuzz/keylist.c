/* SPDX-License-Identifier: Apache-2.0
 *
 * Key lists: a text that is read is, without its unknown lines, the one that is written; a bad one has a sentence; nobody's
 * note is taken for a link with another root.
 */
#include "trust/keylist.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t root[32] = {1};
	struct str s = str_make((const char *)data, size);
	auto_buf struct buf again = {0};
	struct keylist list, back;
	struct err e = {0};

	if (keylist_parse(s, &list, &e) < 0) {
		assert(e.text[0] != 0);
	} else {
		keylist_write(&list, &again);
		assert(list.unknown > 0 || str_eq(buf_str(&again), s));
		assert(keylist_parse(buf_str(&again), &back, &e) == 0);
		assert(back.keys == list.keys && back.revocations == list.revocations &&
		        back.number == list.number);
	}
	struct keylist_link link = {.party = STR_INIT("aa"), .root = root};
	assert(keylist_judge(&link, s, &back, NULL, &e) == KEYLIST_REFUSE);
	return 0;
}
