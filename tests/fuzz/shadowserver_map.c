/* SPDX-License-Identifier: Apache-2.0
 *
 * The input is the publisher's schema, the report stays the same.
 */
#include "read.h"
#include "read/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char report[] =
	        "\"timestamp\",\"ip\",\"port\",\"tag\",\"http_url\",\"http_host\",\"ip\",\"naics\"\n"
	        "\"2026-01-05 00:00:01\",\"192.0.2.1\",\"80\",\"a;webshell;cve-2021-26855\","
	        "\"GET /x HTTP/1.1\",\"www.example.net\",\"192.0.2.2\",\"0\"\n";
	struct read_options options = {.name = STR("2026-01-05-scan6_new-x.csv"),
	        .publisher_map = str_make((const char *)data, size)};

	fuzz_read(&reader_shadowserver, (const uint8_t *)report, sizeof(report) - 1, &options);
	return 0;
}
