/* SPDX-License-Identifier: Apache-2.0
 *
 * The first byte chooses the name that the report comes under.
 */
#include "read.h"
#include "read/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"2026-01-05-scan_exchange-x-geo.csv", "event6_sinkhole_http.csv",
	        "report.csv", "2026-01-05-scan_new-x.csv"};
	struct read_options options = {0};

	if (size == 0)
		return 0;
	options.name = str_from(names[data[0] % 4]);
	fuzz_read(&reader_shadowserver, data + 1, size - 1, &options);
	return 0;
}
