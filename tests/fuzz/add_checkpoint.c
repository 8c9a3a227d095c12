/* SPDX-License-Identifier: Apache-2.0
 *
 * What a witness is asked, and the lines that it answers with: a status always, and 200 never without a key.
 */
#include "trust/witness.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct witness_log nobody;
	struct str s = str_make((const char *)data, size);
	auto_buf struct buf again = {0}, lines = {0};
	static struct witness_request r;
	struct err e;

	assert(witness_lines_take(STR("aa/weir\n1\n"), s, NULL, 0, &lines, &e) <= 0 && lines.len == 0);
	if (witness_request_read(s, &r, &e) < 0)
		return 0;
	witness_ask(&again, r.old, &r.proof, r.note.bytes);
	assert(str_eq(buf_str(&again), s));
	buf_clear(&again);
	assert(witness_judge(&r, NULL, &again, &e) == 404);
	assert(witness_judge(&r, &nobody, &again, &e) == 403 && again.len == 0);
	return 0;
}
