/* SPDX-License-Identifier: Apache-2.0
 *
 * Signed notes and keys: what is read has its parts inside the bytes, and is the same when it is put together again; a key
 * that is read prints as it was.
 */
#include "trust/note.h"
#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str s = str_make((const char *)data, size);
	auto_buf struct buf again = {0};
	struct note_key key;
	struct note note;
	struct err e;
	uint64_t time;

	if (note_key_read(s, &key, &e) == 0) {
		note_key_print(&again, &key);
		assert(str_eq(buf_str(&again), s));
		buf_clear(&again);
	}
	if (note_read(s, &note, &e) < 0)
		return 0;
	assert(note.n > 0 && note.text.len > 0 && note.text.p[note.text.len - 1] == '\n');
	buf_add(&again, note.text);
	buf_char(&again, '\n');
	for (unsigned i = 0; i < note.n; i++) {
		buf_add(&again, note.sig[i].line);
		note_key_make(&key, note.sig[i].name, i % 2 ? NOTE_ED25519 : NOTE_COSIGNATURE,
		        (const uint8_t[32]){1});
		memcpy(key.hash, note.sig[i].hash, 4);
		assert(note_verify(&note, &key, &time, &e) <= 0);
	}
	assert(str_eq(buf_str(&again), s));
	return 0;
}
