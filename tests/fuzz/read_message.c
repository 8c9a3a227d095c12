/* SPDX-License-Identifier: Apache-2.0 */
#include "read.h"
#include <gmime/gmime.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_mime_init();
	fuzz_read(&reader_message, data, size, NULL);
	return 0;
}
