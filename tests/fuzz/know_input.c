/* SPDX-License-Identifier: Apache-2.0
 *
 * Inputs of a generation other than the owners file: the format is found out by content. The first line is
 * the name.
 */
#include "know/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str_cut cut = str_cut(str_make((const char *)data, size), '\n');
	struct know_build b;
	struct know_input_report r;
	struct err e;

	know_build_init(&b);
	if (know_build_text(&b, cut.head, cut.tail, &r, &e) == 0 &&
	        str_cmp(str_from(r.kind), STR("owners")) != 0 && r.rows != r.used + r.none + r.aside)
		abort();
	know_build_done(&b);
	return 0;
}
