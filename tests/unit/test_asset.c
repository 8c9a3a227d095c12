/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of the pages are in the program whole, under an address that says which bytes they are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/digest.h"
#include "web/asset.h"
#include <cmocka.h>

/* The gzip form, unpacked; the caller frees. */
static unsigned char *unpacked(const struct asset *a, size_t *ret_len)
{
	unsigned char *out = malloc(a->len + 1);
	z_stream z = {.next_in = a->gzip,
	        .avail_in = (unsigned)a->gzip_len,
	        .next_out = out,
	        .avail_out = (unsigned)a->len + 1};

	assert_non_null(out);
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.avail_in, 0);
	*ret_len = z.total_out;
	inflateEnd(&z);
	return out;
}

static void whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < asset_count; i++) {
		const struct asset *a = &asset_table[i];
		uint8_t digest[DIGEST_LEN];
		char hex[17];
		digest_of(str_make((const char *)a->bytes, a->len), digest);
		for (size_t k = 0; k < 8; k++)
			snprintf(hex + 2 * k, 3, "%02x", digest[k]);
		assert_string_equal(hex, a->digest);
		if (a->gzip == NULL)
			continue;
		assert_true(a->gzip_len < a->len);
		size_t len;
		unsigned char *bytes = unpacked(a, &len);
		assert_int_equal(len, a->len);
		assert_memory_equal(bytes, a->bytes, len);
		free(bytes);
	}
}

static void found(void **state)
{
	static const char *const names[] = {"main.js", "style.css", "icon.svg", "lao-regular.woff2",
	        "lao-bold.woff2", "khmer-regular.woff2", "khmer-bold.woff2", "myanmar-regular.woff2",
	        "myanmar-bold.woff2"};

	(void)state;
	assert_int_equal(asset_count, sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < asset_count; i++) {
		bool font = i > 2;
		const struct asset *a =
		        asset_find(font ? STR("") : str_from(asset_table[i].digest), str_from(names[i]));
		assert_non_null(a);
		assert_string_equal(a->name, names[i]);
		struct str path = str_from(asset_path(names[i]));
		assert_true(str_starts(path, font ? STR("/f/") : STR("/a/")));
		assert_true(str_ends(path, str_from(names[i])));
		assert_true(font || str_find_str(path, 3, str_from(a->digest)) == 3);
	}
}

static void not_found(void **state)
{
	struct str digest = str_from(asset_find(STR(""), STR("lao-bold.woff2"))->digest);

	(void)state;
	assert_null(asset_find(STR(""), STR("style.css")));
	assert_null(asset_find(STR("0000000000000000"), STR("style.css")));
	assert_null(asset_find(digest, STR("lao-bold.woff2")));
	assert_null(asset_find(STR(""), STR("")));
	assert_null(asset_find(STR(""), STR("../icon.svg")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(whole), cmocka_unit_test(found), cmocka_unit_test(not_found)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
