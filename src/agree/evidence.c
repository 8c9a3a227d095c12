/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/evidence.h"
#include "agree/change_in.h"
#include "agree/figure.h"
#include "base/os.h"
#include "base/utf8.h"

#define SECOND 1000000

/* ---- reading ------------------------------------------------------------------------------------- */

/* A digest is that of a file which came with it: of any other file that may lie here nobody is told by this way. */
static bool find_file(const struct item *body, struct str hex, struct str *ret_name)
{
	struct item files = item_get(body, STR("attachments"));

	for (struct item_each e = item_each(&files); files.type == BODY_LIST && item_next(&e);)
		if (str_eq(item_text(&e.item, "sha256"), hex)) {
			*ret_name = item_text(&e.item, "name");
			return true;
		}
	return false;
}

unsigned evidence_of(struct item body, int64_t said, struct agree_evidence *ret, unsigned n, unsigned room)
{
	struct item list = item_get(&body, STR("evidence")), measured = item_get(&body, STR("measured"));
	struct str link = item_text(&body, "link");

	for (struct item_each e = item_each(&list); list.type == BODY_LIST && n < room && item_next(&e);) {
		struct agree_evidence v = {.said = said, .file = true};
		if (e.item.type != BODY_TEXT || e.item.text.len != 2 * DIGEST_LEN ||
		        !str_hex(e.item.text, v.sha256, DIGEST_LEN) ||
		        !find_file(&body, e.item.text, &v.name))
			continue;
		ret[n++] = v;
	}
	if (link.len > 0 && n < room)
		ret[n++] = (struct agree_evidence){.said = said, .link = link};
	if (measured.type == BODY_OBJECT && n < room && item_text(&measured, "figure").len > 0) {
		struct agree_evidence v = {.said = said,
		        .figure = item_text(&measured, "figure"),
		        .value = item_text(&measured, "value"),
		        .unit = item_text(&measured, "unit")};
		if (stamp_read(item_text(&measured, "at"), &v.at))
			ret[n++] = v;
	}
	return n;
}

#define FILES 32 /* a statement has no more attachments */

int evidence_find(const struct said *said, size_t n, struct str of, struct agree_evidence *ret, struct err *e)
{
	struct agree_evidence v[FILES];
	char hex[2 * DIGEST_LEN + 1];
	bool there = false;

	for (size_t i = 0; i < n && of.len >= 8; i++) {
		unsigned has = said[i].kind == KIND_AGREE_PROGRESS
		        ? evidence_of(said[i].body, said[i].created, v, 0, FILES)
		        : 0;
		for (unsigned k = 0; k < has; k++) {
			str_hex_print(hex, v[k].sha256, DIGEST_LEN);
			if (!v[k].file || !str_starts(str_make(hex, 2 * DIGEST_LEN), of))
				continue;
			if (there && memcmp(ret->sha256, v[k].sha256, DIGEST_LEN) != 0)
				return err_set(e, ERR_VALUE, "of: several files begin so: give more digits");
			*ret = v[k];
			there = true;
		}
	}
	return there ? 0
	             : err_set(e, ERR_MISSING,
	                       "of: the SHA-256 of a file that is evidence of a commitment, 8 digits at "
	                       "least");
}

/* ---- saying -------------------------------------------------------------------------------------- */

#define NAME_MOST 255 /* bytes, as of a file on a disk */

/* The last segment of what its person calls it; it is shown and never a path. */
static struct str file_name(const struct change *c)
{
	struct str name = agree_param(c, "evidence-file");

	for (size_t i = name.len; i > 0; i--)
		if (name.p[i - 1] == '/' || name.p[i - 1] == '\\')
			return name.len - i > 0 ? utf8_cut(str_skip(name, i), NAME_MOST) : STR("evidence");
	return name.len > 0 ? utf8_cut(name, NAME_MOST) : STR("evidence");
}

static int put_file(struct change *c, struct buf *members, struct err *e)
{
	auto_buf struct buf bytes = {0};
	uint8_t sha256[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];

	if (c->file.len == 0 || c->size == 0)
		return 0;
	if (c->here->ways == NULL)
		return err_set(
		        e, ERR_MISSING, "this node has no party to speak for: set the country in weir.yaml");
	int rc = os_read_file(c->file.p, EVIDENCE_MAX, &bytes, e);
	if (rc == 0)
		rc = c->here->ways->keep(c->here, c->db, buf_str(&bytes), sha256, e);
	if (rc != 0)
		return rc;
	str_hex_print(hex, sha256, DIGEST_LEN);
	buf_printf(members,
	        ",\"evidence\":[\"%s\"],\"attachments\":[{\"sha256\":\"%s\",\"size\":%zu,\"name\":", hex, hex,
	        bytes.len);
	buf_json(members, file_name(c));
	buf_add(members, STR(",\"media\":\"application/octet-stream\"}]"));
	return 0;
}

static int put_link(struct change *c, struct buf *members, struct err *e)
{
	struct str link = agree_param(c, "evidence-link");

	if (link.len == 0)
		return 0;
	if ((!str_starts(link, STR("https://")) && !str_starts(link, STR("http://"))) || link.len > 1000 ||
	        str_has(link, ' ') || !agree_chars_ok(link))
		return err_set(e, ERR_VALUE,
		        "evidence-link: an address that begins with https:// or http://, 1000 bytes at most");
	text_put(members, "link", link);
	return 0;
}

static int put_figure(struct change *c, const struct item *commitment, struct buf *members, struct err *e)
{
	struct item indicator = item_get(commitment, STR("indicator"));
	const struct agree_figure *f =
	        indicator.type == BODY_OBJECT ? agree_figure_find(item_text(&indicator, "figure")) : NULL;
	int64_t now = os_now();
	struct agree_measured m;

	if (change_param(c, "evidence-figure").p == NULL)
		return 0;
	if (f == NULL)
		return err_set(
		        e, ERR_VALUE, "evidence-figure: the commitment has no indicator that we measure");
	int rc = agree_measure(c->db, f, now, &m, e);
	if (rc != 0)
		return rc;
	if (m.of == 0)
		return err_set(
		        e, ERR_VALUE, "evidence-figure: there is nothing yet to measure %s on", f->name);
	buf_printf(members,
	        ",\"measured\":{\"figure\":\"%s\",\"value\":\"%lld.%lld\",\"unit\":\"%s\",\"of\":%llu",
	        f->name, (long long)(m.tenths / 10), (long long)(m.tenths % 10), f->unit,
	        (unsigned long long)m.of);
	time_put(members, "at", now / SECOND);
	buf_char(members, '}');
	return 0;
}

int evidence_put(struct change *c, const struct item *commitment, struct buf *members, struct err *e)
{
	int rc = put_file(c, members, e);

	if (rc == 0)
		rc = put_link(c, members, e);
	return rc == 0 ? put_figure(c, commitment, members, e) : rc;
}
