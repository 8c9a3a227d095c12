/* SPDX-License-Identifier: Apache-2.0
 *
 * The owners file, CSV or YAML as the first byte says, and what the check says of it.
 */
#include "know/build.h"
#include "know/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct know_build b;
	struct know_check_with with = {0};
	auto_buf struct buf bytes = {0};
	struct err e;

	if (size == 0)
		return 0;
	know_build_init(&b);
	struct str text = str_make((const char *)data + 1, size - 1);
	struct know_notes errors = {.arena = &b.arena}, remarks = {.arena = &b.arena};
	if (data[0] == 'y')
		(void)owners_yaml(&b.owners, STR("o.yaml"), text, &e);
	else
		(void)owners_csv(&b.owners, STR("o.csv"), text, &e);
	know_check(&b.owners, &with, &errors, &remarks);
	/* What is built must open. That takes long, so not each time. */
	struct know *k;
	if (size % 32 == 0) {
		know_build_finish(&b, 1, &bytes);
		if (know_open_bytes(bytes.p, bytes.len, &k, &e) != 0)
			abort();
		know_close(k);
	}
	vec_done(&errors.list);
	vec_done(&remarks.list);
	know_build_done(&b);
	return 0;
}
