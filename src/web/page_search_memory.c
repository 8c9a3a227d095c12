/* SPDX-License-Identifier: Apache-2.0
 *
 * Findings of a search, out of what the desk keeps of them in memory (sheet.h): without it each search for what few have reads all rows.
 */
#include "web/findings_in.h"
#include "web/page_search.h"

/* As the statement of page_search.c: the name, what ends with it behind a dot, and a URL of it. */
static bool is_of_name(struct str place, struct str name)
{
	size_t slash = str_find_str(place, 0, STR("://"));

	if (str_iends(place, name) && (place.len == name.len || place.p[place.len - name.len - 1] == '.'))
		return true;
	return slash != SIZE_MAX && str_ieq(str_cut(str_skip(place, slash + 3), '/').head, name);
}

static bool fits(const struct search *s, const struct sheet *c, const struct sheet_row *r)
{
	struct addr a;
	struct str place = sheet_place(c, r);

	if (s->kind == SEARCH_PREFIX)
		return addr_parse(place, &a) && prefix_has(&s->prefix, &a);
	return s->kind == SEARCH_NAME ? is_of_name(place, s->text) : true;
}

/* The owner whose id it is, as a bit. */
static int read_owner(const struct page_ask *p, struct str ref, struct sheet_text *t, struct err *e)
{
	struct query q = db_query(p->ask->state, "select id from owner where ref = ?");
	uint64_t id = 0;

	query_text(&q, ref);
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	uint64_t *bits = arena_array(p->ask->arena, id / 64 + 1, sizeof(*bits));
	memset(bits, 0, (id / 64 + 1) * sizeof(*bits));
	if (id != 0)
		bits[id / 64] = (uint64_t)1 << id % 64;
	t->owners = bits;
	t->nowners = id != 0 ? id + 1 : 0;
	return query_done(&q, e);
}

static void put_ids(const struct page_ask *p, const struct search *s, const struct sheet_want *w,
        unsigned most, struct buf *out)
{
	const struct sheet *c = p->ask->sheet;
	size_t n;
	const struct sheet_row *rows = sheet_rows(c, &n);

	for (unsigned found = 0; n > 0 && found < most; n--)
		if (sheet_fits(w, &rows[n - 1]) && fits(s, c, &rows[n - 1]))
			buf_printf(
			        out, "%s%llu", found++ > 0 ? "," : "[", (unsigned long long)rows[n - 1].id);
	buf_add(out, out->len == 0 ? STR("[]") : STR("]"));
}

int search_memory(
        const struct page_ask *p, const struct search *s, unsigned most, struct str *ret, struct err *e)
{
	auto_buf struct buf ids = {0};
	struct sheet_want w;
	struct sheet_text t = {.sheet = p->ask->sheet};

	/* one place has an index */
	if (p->ask->sheet == NULL || s->kind == SEARCH_VALUE ||
	        (s->kind == SEARCH_PREFIX && s->prefix.len == 128))
		return 0;
	int rc = findings_want_all(p->ask, &w, e);
	if (rc != 1)
		return rc;
	if (s->kind == SEARCH_WORDS) {
		if (!sheet_words_find(p->ask->sheet, s->text, true, p->ask->arena, &t.words))
			return 0;
		if (read_owner(p, s->text, &t, e) != 0)
			return e->code;
		w.text = &t;
	}
	put_ids(p, s, &w, most, &ids);
	*ret = arena_str(p->ask->arena, buf_str(&ids));
	return 1;
}
