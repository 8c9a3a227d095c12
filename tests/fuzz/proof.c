/* SPDX-License-Identifier: Apache-2.0
 *
 * Proofs from a log: what is read prints as it was, and proves nothing to who knows no key.
 */
#include "trust/proof.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct proof_trust nobody;
	struct str s = str_make((const char *)data, size);
	auto_buf struct buf again = {0};
	static struct proof p;
	struct err e;
	uint64_t time;
	unsigned n;

	if (proof_read(s, &p, &e) < 0)
		return 0;
	assert(p.path.n <= TREE_PROOF && p.extra_len <= PROOF_EXTRA);
	proof_write(&again, str_make((const char *)p.extra, p.extra_len), p.index, &p.path, p.note.bytes);
	/* an empty line "extra " is the one thing that is not written again */
	assert(str_eq(buf_str(&again), s) || p.extra_len == 0);
	assert(!proof_good(&p, s, &nobody, &time, &n, &e));
	return 0;
}
