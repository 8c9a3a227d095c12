/* SPDX-License-Identifier: Apache-2.0 */
#include "decide/decide.h"
#include <assert.h>

/* libfyaml 0.7 keeps a kilobyte when it refuses some quoted texts; that is not ours to mend. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfyaml";
}

/* Any text is a set of rules or at least one whole sentence with its place. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rules_file file = {STR("1-f.yaml"), str_make((const char *)data, size)};
	struct rules *r = NULL;
	auto_buf struct buf faults = {0};
	struct rule_view view;
	int rc = rules_compile(&file, 1, &r, &faults);

	assert((rc == 0) == (faults.len == 0) && (rc == 0) == (r != NULL));
	for (struct str_cut c = str_cut(buf_str(&faults), '\n'); c.head.len > 0; c = str_cut(c.tail, '\n'))
		assert(c.ok && str_starts(c.head, STR("1-f.yaml:")));
	for (uint32_t i = 1; i <= rules_count(r); i++)
		assert(rules_view(r, i, &view) && view.name.len > 0 && view.line > 0);
	rules_free(r);
	return 0;
}
