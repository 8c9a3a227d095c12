/* SPDX-License-Identifier: Apache-2.0
 *
 * The certificate of a round for people, to be printed (web/certificate.h).
 */
#include "web/certificate.h"
#include "web/page_round.h"

/* The files that the manifest names, as far as they are here. */
static const struct opening_text *load_texts(const struct page_ask *p, const struct round_view *v)
{
	const struct manifest *m = &v->r.manifest;
	struct opening_file *file = arena_array(p->ask->arena, MANIFEST_TEXTS, sizeof(*file));
	struct opening_text *ret = arena_array(p->ask->arena, MANIFEST_TEXTS, sizeof(*ret));
	unsigned n = 0;

	for (unsigned i = 0; i < m->texts; i++) {
		struct agree_text t;
		if (round_text(p->ask->arena, p->ask->folder, m, m->text[i].lang, &t, NULL) != 0)
			continue;
		memcpy(file[n].sha256, m->text[i].sha256, DIGEST_LEN);
		file[n++].bytes = t.bytes;
	}
	(void)opening_texts(p->ask->arena, m, file, n, ret);
	return ret;
}

static unsigned load_names(const struct page_ask *p, const struct manifest *m, struct certificate_name *ret)
{
	struct str party[MANIFEST_PARTIES];
	unsigned all = manifest_parties(m, party), n = 0;

	for (unsigned i = 0; i < all; i++) {
		struct query q = db_query(p->ask->state, "select title from party where name = ?");
		query_text(&q, party[i]);
		if (query_next(&q) == 1 && query_get_text(&q, 0).len > 0 &&
		        !str_eq(query_get_text(&q, 0), party[i]))
			ret[n++] = (struct certificate_name){
			        party[i], arena_str(p->ask->arena, query_get_text(&q, 0))};
		query_done(&q, NULL);
	}
	return n;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct certificate_name name[MANIFEST_PARTIES];
	struct round_view v;
	int rc = round_view_whole(p, &v, e);

	if (rc != 0)
		return rc;
	if (v.o.block.len == 0)
		return err_set(e, ERR_VALUE, "a round of consultation has no certificate");
	struct certificate c = {.o = &v.o,
	        .text = load_texts(p, &v),
	        .name = name,
	        .names = load_names(p, &v.r.manifest, name),
	        .tlp = v.r.open.h.tlp,
	        .now = v.now};
	certificate_draw(p, h, &c);
	return 0;
}

const struct page page_print = {
        .path = "/agree-print", .title = W_CERTIFICATE, .id = true, .right = RIGHT_READ, .draw = draw};
