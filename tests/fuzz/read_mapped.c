/* SPDX-License-Identifier: Apache-2.0
 *
 * A mapping, then, behind a NUL, the report that is read with it: as rows, as JSON, as pairs and as a list.
 */
#include "read.h"
#include "read/map.h"
#include "read/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct reader *const readers[] = {
	        &reader_csv, &reader_ndjson, &reader_pairs, &reader_list};
	struct str_cut cut = str_cut(str_make((const char *)data, size), 0);
	auto_arena struct arena a = {0};
	struct read_mapping m;
	struct conf *c;
	struct err e;

	if (!cut.ok || conf_parse(&a, STR("map"), cut.head, &c, &e) != 0 || map_parse(&a, c, &m, &e) != 0)
		return 0;
	struct read_options options = {.map = &m.map};
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		fuzz_read(readers[i], (const uint8_t *)cut.tail.p, cut.tail.len, &options);
	return 0;
}
