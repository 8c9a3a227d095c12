/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/agree_file.h"
#include "base/os.h"

int agree_file_read(struct arena *a, const char *path, size_t limit, struct str *ret, struct err *e)
{
	auto_buf struct buf b = {0};
	int rc = os_read_file(path, limit, &b, e);

	if (rc == 0)
		*ret = arena_str(a, buf_str(&b));
	return rc;
}

bool agree_file_parse(struct arena *a, struct str bytes, struct agree_text *ret, struct agree_fault *fault)
{
	struct agree_fault other;

	if (agree_text_parse(a, bytes, false, ret, fault))
		return true;
	if (agree_text_parse(a, bytes, true, ret, &other))
		return true;
	*fault = other.line > fault->line ? other : *fault;
	return false;
}

int agree_file_text(
        struct arena *a, const char *path, bool translation, struct agree_text *ret, struct err *e)
{
	struct agree_fault fault;
	struct str bytes;
	int rc = agree_file_read(a, path, AGREE_TEXT_MAX, &bytes, e);

	if (rc != 0)
		return rc;
	if (agree_text_parse(a, bytes, translation, ret, &fault))
		return 0;
	return err_set(e, ERR_SYNTAX, "%s:%u: %s; 'weir agree check%s' says more", path, fault.line,
	        fault.why, translation ? " --translation-of AUTHENTIC" : "");
}
