/* SPDX-License-Identifier: Apache-2.0
 *
 * The owners file, CSV or YAML, or an export of another system as the first byte says, what the check says of it, and
 * that what is printed of it can be read again.
 */
#include "know/build.h"
#include "know/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct know_build b;
	struct know_check_with with = {0};
	auto_buf struct buf bytes = {0}, unused = {0}, printed = {0};
	struct err e;

	if (size == 0)
		return 0;
	know_build_init(&b);
	struct str text = str_make((const char *)data + 1, size - 1);
	struct know_notes errors = {.arena = &b.arena}, remarks = {.arena = &b.arena};
	if (data[0] == 'y')
		(void)owners_yaml(&b.owners, STR("o.yaml"), text, &e);
	else if (data[0] == 'i' || data[0] == 'r')
		(void)owners_foreign(&b.owners, data[0] == 'i' ? OWNERS_INTELMQ : OWNERS_RTIR, STR("x.csv"),
		        text, &unused, &e);
	else
		(void)owners_csv(&b.owners, STR("o.csv"), text, &e);
	know_check(&b.owners, &with, &errors, &remarks);
	struct know_build again;
	know_build_init(&again);
	owners_print_csv(&b.owners, &printed);
	if (owners_csv(&again.owners, STR("again.csv"), buf_str(&printed), &e) != 0 ||
	        again.owners.owner.n != b.owners.owner.n)
		abort();
	know_build_done(&again);
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
