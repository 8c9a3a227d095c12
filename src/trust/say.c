/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/say.h"

#include "base/os.h"
#include "trust/stamp.h"
#include <stdio.h>
#include <unistd.h>

void time_put(struct buf *body, const char *member, int64_t seconds)
{
	char when[24];

	stamp_print(when, seconds);
	buf_printf(body, ",\"%s\":\"%s\"", member, when);
}

void text_put(struct buf *body, const char *member, struct str text)
{
	buf_printf(body, ",\"%s\":", member);
	buf_json(body, text);
}

void by_put(struct buf *body, const struct by *by, unsigned n)
{
	char when[24];

	buf_add(body, STR("{\"by\":["));
	for (unsigned i = 0; i < n; i++) {
		stamp_print(when, by[i].at / 1000000);
		buf_add(body, i > 0 ? STR(",{\"id\":") : STR("{\"id\":"));
		buf_json(body, by[i].person);
		buf_printf(body, ",\"role\":\"%s\",\"at\":\"%s\"}", by[i].role, when);
	}
	buf_char(body, ']');
}

void label_put(struct buf *body, const struct item *was)
{
	struct item group = item_get(was, STR("group")), persons = item_get(was, STR("for"));
	unsigned n = 0;

	if (group.type == BODY_TEXT)
		text_put(body, "group", group.text);
	for (struct item_each e = item_each(&persons); item_next(&e);) {
		buf_add(body, n++ > 0 ? STR(",{\"party\":") : STR(",\"for\":[{\"party\":"));
		buf_json(body, item_text(&e.item, "party"));
		text_put(body, "person", item_text(&e.item, "person"));
		buf_char(body, '}');
	}
	if (n > 0)
		buf_char(body, ']');
}

void blob_file(const char *folder, const uint8_t sha256[DIGEST_LEN], char ret[BLOB_PATH])
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, sha256, DIGEST_LEN);
	snprintf(ret, BLOB_PATH, "%.4096s/blob/%s", folder, hex);
}

int blob_read(
        const char *folder, const uint8_t sha256[DIGEST_LEN], size_t most, struct buf *ret, struct err *e)
{
	char path[BLOB_PATH];

	blob_file(folder, sha256, path);
	if (access(path, F_OK) != 0)
		return err_set(e, ERR_MISSING, "the attachment is not here");
	return os_read_file(path, most, ret, e);
}

int blob_read_of(struct db *db, const char *folder, uint64_t statement, const uint8_t sha256[DIGEST_LEN],
        size_t most, struct buf *ret, struct err *e)
{
	struct query q =
	        db_query(db, "select 1 from attachment where statement = ? and sha256 = ? and here = 1");

	query_u64(&q, statement);
	query_blob(&q, str_make((const char *)sha256, DIGEST_LEN));
	bool here = query_next(&q) == 1;
	query_done(&q, NULL);
	return here ? blob_read(folder, sha256, most, ret, e)
	            : err_set(e, ERR_MISSING, "the attachment is not here");
}
