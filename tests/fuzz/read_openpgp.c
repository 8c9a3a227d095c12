/* SPDX-License-Identifier: Apache-2.0 */
#include "read.h"
#include "read/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_read(&reader_openpgp, data, size, NULL);
	return 0;
}
