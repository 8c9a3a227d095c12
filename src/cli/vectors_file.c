/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/vectors_file.h"

#include "base/log.h"
#include "base/os.h"

#define FILE_MAX (64u << 20)

json_t *vectors_file(const char *path, size_t flags)
{
	auto_buf struct buf text = {0};
	struct err e = {0};
	json_error_t je;

	if (os_read_file(path, FILE_MAX, &text, &e) != 0) {
		log_error("%s", e.text);
		return NULL;
	}
	json_t *doc = json_loadb(text.p, text.len, flags, &je);
	if (json_is_object(doc))
		return doc;
	log_error("%s:%d: %s", path, doc == NULL ? je.line : 1, doc == NULL ? je.text : "no object");
	json_decref(doc);
	return NULL;
}
