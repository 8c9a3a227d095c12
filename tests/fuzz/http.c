/* SPDX-License-Identifier: Apache-2.0
 *
 * What a browser, or who plays one, sends as text: a form, a cookie, a target, the name of a file. What is found has its
 * bounds and is clean.
 */
#include "base/utf8.h"
#include "web/http_form.h"
#include <assert.h>

static void form(struct str s)
{
	auto_arena struct arena a = {0};
	struct http_form f = {.n = 0};

	arena_init(&a, 0);
	if (http_form(s, &a, &f) != HTTP_GOOD)
		return;
	assert(f.n <= HTTP_FORM_FIELDS && s.len <= HTTP_FORM);
	for (size_t i = 0; i < f.n; i++) {
		assert(utf8_valid(f.fields[i].name) && utf8_valid(f.fields[i].value));
		assert(f.fields[i].name.len + f.fields[i].value.len <= s.len);
		assert(!str_has(f.fields[i].name, 0) && !str_has(f.fields[i].value, 0));
	}
}

static void cookie(struct str s)
{
	struct str value = {0};

	if (http_cookie_find(s, STR("weir"), &value) != HTTP_GOOD || value.p == NULL || value.len == 0)
		return;
	assert(value.p >= s.p && value.p + value.len <= s.p + s.len);
	for (size_t i = 0; i < value.len; i++)
		assert(value.p[i] > 0x20 && value.p[i] < 0x7f && value.p[i] != ';' && value.p[i] != ',');
}

static void target(struct str s)
{
	char *uri = mem_zero(s.len + 1, 1);
	struct http_target t;

	memcpy(uri, s.p, s.len);
	http_target(&t, uri);
	assert(t.len == strlen(uri));
	if (t.fault == HTTP_GOOD) {
		struct str path = str_cut(str_from(uri), '?').head;
		assert(uri[0] == '/' && t.len <= HTTP_TARGET);
		assert(str_find_str(path, 0, STR("//")) == SIZE_MAX &&
		        str_find_str(path, 0, STR("/../")) == SIZE_MAX);
		assert(str_find_str(path, 0, STR("%00")) == SIZE_MAX &&
		        str_find_str(path, 0, STR("%2F")) == SIZE_MAX);
	}
	free(uri);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* exactly as long, so that a byte too far is seen */
	char *hold = mem_get(size + (size == 0));
	struct str s = str_make(hold, size), name;

	if (size > 0)
		memcpy(hold, data, size);
	form(s);
	cookie(s);
	target(s);
	if (http_file_name(s, &name)) {
		assert(name.p + name.len == s.p + s.len && name.len > 0 && name.len <= HTTP_FILE_NAME);
		assert(!str_has(name, '/') && !str_has(name, '\\') && utf8_valid(name));
	}
	free(hold);
	return 0;
}
