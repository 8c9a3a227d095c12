/* SPDX-License-Identifier: Apache-2.0
 *
 * The protocol's test vectors (statements_vectors.json), which stand beside the tree and not in it. Without them a test of
 * them is skipped, and says so.
 */
#pragma once

#include "base/os.h"
#include "text/json.h"

#define VECTORS_SKIP 77 /* meson's code for a test that was skipped */

static inline bool vectors_read(struct buf *ret)
{
	const char *folder = getenv("WEIR_SHARED");
	char path[4096];
	struct err e;

	snprintf(path, sizeof(path), "%s/reference/statements_vectors.json",
	        folder != NULL ? folder : SOURCE_ROOT "/../shared");
	if (os_read_file(path, (size_t)16 << 20, ret, &e) >= 0)
		return true;
	printf("SKIPPED: %s\n", e.text);
	return false;
}

/* The text of a value of a JSON object as it stands; the path has dots between keys. */
static inline struct str vector_raw(struct str object, const char *path)
{
	struct str_cut cut = str_cut(str_from(path), '.');
	struct json j;
	struct str key, raw;
	char room[512];

	json_init(&j, object);
	while (json_pair(&j, room, sizeof(room), &key, &raw) > 0)
		if (str_eq(key, cut.head))
			return cut.ok ? vector_raw(raw, cut.tail.p) : raw;
	fprintf(stderr, "no '%s' in the vectors\n", path);
	abort();
}

/* A text, without its escapes. */
static inline struct str vector_text(struct arena *a, struct str object, const char *path)
{
	struct str raw = vector_raw(object, path);

	return json_scalar(arena_get(a, raw.len + 1), raw.len + 1, raw);
}

/* Hexadecimal digits as bytes. */
static inline struct str vector_bytes(struct arena *a, struct str object, const char *path)
{
	struct str hex = vector_text(a, object, path);
	uint8_t *bytes = arena_get(a, hex.len / 2 + 1);

	if (!str_hex(hex, bytes, hex.len / 2))
		abort();
	return str_make((const char *)bytes, hex.len / 2);
}

/* A list of texts in hexadecimal digits of 32 bytes, or of n bytes each. */
static inline unsigned vector_list(
        struct arena *a, struct str object, const char *path, uint8_t *ret, size_t n)
{
	struct json j;
	struct str raw;
	unsigned count = 0;
	struct json_token t;

	json_init(&j, vector_raw(object, path));
	if (json_next(&j, &t) <= 0 || t.kind != JSON_ARRAY)
		abort();
	while (json_skip(&j, &raw) > 0) {
		struct str hex = json_scalar(arena_get(a, raw.len), raw.len, raw);
		if (!str_hex(hex, ret + n * count++, n))
			abort();
	}
	return count;
}
