/* SPDX-License-Identifier: Apache-2.0
 *
 * Checkpoints, and paths of tiles: what is read prints as it was.
 */
#include "trust/checkpoint.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size), entry;
	auto_buf struct buf again = {0};
	struct checkpoint c;
	struct tile_name name;
	struct note note;
	char path[TILE_PATH];
	struct err e;
	int rc;

	if (checkpoint_parse(s, &c, &e) == 0) {
		checkpoint_write(&again, c.origin, c.size, c.root);
		buf_add(&again, c.more);
		assert(str_eq(buf_str(&again), s));
	}
	(void)checkpoint_read(s, &c, &note, &e);
	if (tile_path_read(s, &name)) {
		tile_path(&name, path);
		assert(str_eq(str_from(path), s));
	}
	while ((rc = tile_entry_next(&s, &entry, &e)) > 0)
		assert(entry.len <= 65535);
	return 0;
}
