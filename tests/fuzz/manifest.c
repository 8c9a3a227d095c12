/* SPDX-License-Identifier: Apache-2.0
 *
 * Manifests: one that is taken is written back to its bytes; one that is refused has a line and words.
 */
#include "agree/manifest.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = str_make((const char *)data, size), party[MANIFEST_PARTIES];
	auto_buf struct buf out = {0};
	struct manifest m;
	struct agree_fault fault;

	if (!manifest_read(bytes, &m, &fault)) {
		assert(fault.why != NULL && (fault.line > 0 || size > MANIFEST_MAX));
		return 0;
	}
	manifest_write(&out, &m);
	assert(str_eq(buf_str(&out), bytes));
	assert(manifest_parties(&m, party) == m.members + m.observers);
	assert(manifest_party(&m, m.chair) && manifest_authentic(&m) != NULL);
	assert(manifest_working_days(&m, m.opens, m.closes, m.working_days));
	(void)manifest_review(&m, m.closes);
	return 0;
}
