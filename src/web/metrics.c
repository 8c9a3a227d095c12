/* SPDX-License-Identifier: Apache-2.0
 *
 * The figures as Prometheus reads them (text format 0.0.4), or as a list.
 */
#include "web/figure.h"

static void put_escaped(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\\' || s.p[i] == '"')
			buf_char(out, '\\');
		if (s.p[i] == '\n')
			buf_add(out, STR("\\n"));
		else
			buf_char(out, s.p[i]);
	}
}

/* a="x",b="y" */
static void put_labels(struct buf *out, const struct figure *f, const struct figure_sample *s)
{
	for (unsigned i = 0; i < FIGURE_LABELS && f->labels[i] != NULL; i++) {
		buf_printf(out, "%s%s=\"", i > 0 ? "," : "", f->labels[i]);
		put_escaped(out, s->labels[i]);
		buf_char(out, '"');
	}
}

static void put_family(struct buf *out, const struct figure *f, const struct figure_samples *s)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", f->name, f->about, f->name,
	        f->type == FIGURE_COUNTER ? "counter" : "gauge");
	for (size_t i = 0; i < s->list.n; i++) {
		buf_add(out, str_from(f->name));
		if (f->labels[0] != NULL) {
			buf_char(out, '{');
			put_labels(out, f, &s->list.v[i]);
			buf_char(out, '}');
		}
		buf_printf(out, " %lld\n", (long long)s->list.v[i].value);
	}
}

static const struct list_column columns[] = {
        {"metric", "metric", LIST_STRING, "its name"},
        {"labels", "labels", LIST_STRING, "as Prometheus writes them"},
        {"value", "value", LIST_NUMBER, "now"},
};

static void put_list(const struct ask *a, struct reply *r, const struct figure_samples *all)
{
	auto_buf struct buf labels = {0};
	struct list l;

	list_begin(&l, &r->body, a->form, columns, sizeof(columns) / sizeof(columns[0]), "metrics");
	for (unsigned i = 0; i < figure_count; i++)
		for (size_t k = 0; k < all[i].list.n; k++) {
			char number[24];
			buf_clear(&labels);
			put_labels(&labels, &figure_table[i], &all[i].list.v[k]);
			list_text(&l, str_from(figure_table[i].name));
			list_text(&l, labels.len != 0 ? buf_str(&labels) : STR(""));
			list_text(&l,
			        str_make(number,
			                (size_t)snprintf(number, sizeof(number), "%lld",
			                        (long long)all[i].list.v[k].value)));
		}
	list_end(&l);
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct figure_samples *all;

	if (figures_find(a, &all, e) != 0)
		return e->code;
	if (a->form != LIST_TEXT) {
		put_list(a, r, all);
	} else {
		r->type = "text/plain; version=0.0.4; charset=utf-8";
		for (unsigned i = 0; i < figure_count; i++)
			put_family(&r->body, &figure_table[i], &all[i]);
	}
	figures_done(all);
	return 0;
}

const struct route route_metrics = {"/metrics", "the node in numbers, for Prometheus", false, load};
