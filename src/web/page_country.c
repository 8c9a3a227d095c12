/* SPDX-License-Identifier: Apache-2.0
 *
 * The country over a period, for those who answer for it: what was found, whom we told, what was fixed and how soon, beside the
 * period before. Each figure is told in a sentence; what an account does not see is not in it.
 */
#include "web/chart.h"
#include "web/country.h"
#include "web/page.h"

#define GROUPS 20 /* of a table; the others are added up */

static struct str date_of(const struct page_ask *p, int64_t t)
{
	uint32_t d = day_of(t);

	return arena_printf(p->ask->arena, "%04u-%02u-%02u", d / 10000, d / 100 % 100, d % 100);
}

static struct str last_day(const struct page_ask *p, int64_t to)
{
	return date_of(p, to - 1);
}

static void draw_form(const struct page_ask *p, struct html *h, const struct country_figures *f)
{
	page_filter(h, "/country", "act");
	page_field(p, h,
	        &(struct page_field){.name = "from",
	                .type = "date",
	                .label = W_COUNTRY_FROM,
	                .value = date_of(p, f->from)});
	page_field(p, h,
	        &(struct page_field){
	                .name = "to", .type = "date", .label = W_COUNTRY_TO, .value = last_day(p, f->to)});
	page_button(p, h, W_COUNTRY_SHOW);
	html_open(h, "a");
	struct link l;
	link_begin(&l, "/country.csv");
	link_param(&l, "from", date_of(p, f->from));
	link_param(&l, "to", last_day(p, f->to));
	html_link(h, "href", &l);
	page_say(p, h, W_COUNTRY_CSV);
	html_close(h);
	html_close(h);
}

/* ---- figures ------------------------------------------------------------------------------------- */

static struct str percent(const struct page_ask *p, int64_t n)
{
	return n < 0 ? STR("-") : arena_printf(p->ask->arena, "%lld %%", (long long)n);
}

static struct str hours(const struct page_ask *p, int64_t n)
{
	return n < 0 ? STR("-") : arena_printf(p->ask->arena, "%lld", (long long)n);
}

static void figure(const struct page_ask *p, struct html *h, enum word what, struct str now,
        struct str before, enum word is)
{
	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	page_say(p, h, what);
	page_line(p, h, "p", "note", is);
	html_close(h);
	html_line(h, "td", "number", now);
	html_line(h, "td", "number", before);
	html_close(h);
}

static void share(const struct page_ask *p, struct html *h, struct country_group *now,
        struct country_group *before, enum country_days d, const enum word words[3])
{
	uint64_t all_now = now->word[d] + now->evidence[d],
	         all_before = before->word[d] + before->evidence[d];

	figure(p, h, words[0], percent(p, country_share(now, d, all_now)),
	        percent(p, country_share(before, d, all_before)), W_COUNTRY_FIXED_IS);
	figure(p, h, words[1], percent(p, country_share(now, d, now->word[d])),
	        percent(p, country_share(before, d, before->word[d])), W_COUNTRY_WORD_IS);
	figure(p, h, words[2], percent(p, country_share(now, d, now->evidence[d])),
	        percent(p, country_share(before, d, before->evidence[d])), W_COUNTRY_EVIDENCE_IS);
}

static void draw_figures(
        const struct page_ask *p, struct html *h, struct country_figures *f, struct country_figures *before)
{
	static const enum word head[] = {W_COUNTRY_FIGURE, W_COUNTRY_NOW, W_COUNTRY_BEFORE, WORD_END};
	static const enum word seven[] = {W_COUNTRY_FIXED_7, W_COUNTRY_WORD_7, W_COUNTRY_EVIDENCE_7};
	static const enum word thirty[] = {W_COUNTRY_FIXED_30, W_COUNTRY_WORD_30, W_COUNTRY_EVIDENCE_30};

	page_table(p, h, W_COUNTRY_TABLE, head);
	figure(p, h, W_COUNTRY_NEW, page_number(p, f->all.fresh), page_number(p, before->all.fresh),
	        W_COUNTRY_NEW_IS);
	figure(p, h, W_COUNTRY_LETTERS, page_number(p, f->letters), page_number(p, before->letters),
	        W_COUNTRY_LETTERS_IS);
	figure(p, h, W_COUNTRY_TOLD, page_number(p, f->all.told), page_number(p, before->all.told),
	        W_COUNTRY_TOLD_IS);
	share(p, h, &f->all, &before->all, COUNTRY_7, seven);
	share(p, h, &f->all, &before->all, COUNTRY_30, thirty);
	figure(p, h, W_COUNTRY_HOURS, hours(p, country_median(&f->all)),
	        hours(p, country_median(&before->all)), W_COUNTRY_HOURS_IS);
	page_table_end(h);
	html_open(h, "p");
	html_attr(h, "class", STR("note"));
	page_sayf(p, h, W_COUNTRY_PASSED, page_number(p, f->all.told), page_number(p, f->all.of[COUNTRY_7]),
	        page_number(p, f->all.of[COUNTRY_30]));
	html_close(h);
}

/* ---- tables -------------------------------------------------------------------------------------- */

static const struct country_group *group_before(const struct country_group *v, size_t n, struct str key)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(v[i].key, key))
			return &v[i];
	return NULL;
}

static void draw_group(
        const struct page_ask *p, struct html *h, struct country_group *g, const struct country_group *before)
{
	html_open(h, "tr");
	html_open(h, "th");
	html_attr(h, "scope", STR("row"));
	html_text(h, g->key.len != 0 ? g->key : page_word(p, W_COUNTRY_NO_SECTOR));
	html_close(h);
	page_cell_u64(h, g->fresh);
	page_cell_u64(h, before != NULL ? before->fresh : 0);
	page_cell_u64(h, g->told);
	for (unsigned d = 0; d < COUNTRY_DAYS; d++)
		html_line(h, "td", "number", percent(p, country_share(g, d, g->word[d] + g->evidence[d])));
	html_line(h, "td", "number", hours(p, country_median(g)));
	html_close(h);
}

static void draw_groups(const struct page_ask *p, struct html *h, struct country_group *v, size_t n,
        const struct country_group *before, size_t nbefore, const char *id, enum word title, enum word first)
{
	const enum word head[] = {first, W_COUNTRY_NEW, W_COUNTRY_NEW_BEFORE, W_COUNTRY_TOLD,
	        W_COUNTRY_FIXED_7, W_COUNTRY_FIXED_30, W_COUNTRY_HOURS, WORD_END};

	page_section(p, h, id, title);
	if (n > 0)
		page_table(p, h, title, head);
	for (size_t i = 0; i < n && i < GROUPS; i++)
		draw_group(p, h, &v[i], group_before(before, nbefore, v[i].key));
	if (n > 0)
		page_table_end(h);
	else
		page_line(p, h, "p", NULL, W_NONE);
	if (n > GROUPS)
		page_line(p, h, "p", "note", W_COUNTRY_MORE);
	html_close(h);
}

/* All sectors together. */
static void draw_chart(const struct page_ask *p, struct html *h, const struct country_figures *f)
{
	struct str labels[COUNTRY_PARTS];
	uint64_t values[COUNTRY_PARTS] = {0}, all = 0;
	unsigned top = 0;

	for (unsigned i = 0; i < f->nparts; i++) {
		labels[i] = date_of(p, i == 0 ? f->from : f->ends[i - 1]);
		for (size_t k = 0; k < f->sectors.n; k++)
			values[i] += f->sectors.v[k].part[i];
		all += values[i];
		top = values[i] > values[top] ? i : top;
	}
	const struct str said[] = {page_number(p, all), date_of(p, f->from), last_day(p, f->to), labels[top]};
	if (all == 0)
		return;
	chart_bars(p, h,
	        &(struct chart){.sentence = page_filled(p, W_COUNTRY_CHART, said, 4),
	                .label = W_COUNTRY_FROM,
	                .value = W_COL_NEW,
	                .labels = labels,
	                .values = values,
	                .n = f->nparts});
}

/* Sectors by weeks or months: a number that stands alone says nothing, a row of them does. */
static void draw_time(const struct page_ask *p, struct html *h, const struct country_figures *f)
{
	page_section(p, h, "h-time", W_COUNTRY_TIME);
	draw_chart(p, h, f);
	page_line(p, h, "p", "note", f->months ? W_COUNTRY_MONTHS : W_COUNTRY_WEEKS);
	page_table_open(p, h, W_COUNTRY_TIME);
	page_line(p, h, "th", NULL, W_SEARCH_SECTOR);
	for (unsigned i = 0; i < f->nparts; i++)
		html_line(h, "th", "number", date_of(p, i == 0 ? f->from : f->ends[i - 1]));
	page_table_rows(h);
	for (size_t k = 0; k < f->sectors.n && k < GROUPS; k++) {
		const struct country_group *g = &f->sectors.v[k];
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		html_text(h, g->key.len != 0 ? g->key : page_word(p, W_COUNTRY_NO_SECTOR));
		html_close(h);
		for (unsigned i = 0; i < f->nparts; i++)
			page_cell_u64(h, g->part[i]);
		html_close(h);
	}
	page_table_end(h);
	html_close(h);
}

static int count_both(
        const struct page_ask *p, struct country_figures *f, struct country_figures *before, struct err *e)
{
	int rc = country_period(p->ask, p->now, f, before, e);

	return rc == 0 ? country_count(p->ask, p->now, f, before, e) : rc;
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct country_figures f = {0}, before = {0};
	int rc = count_both(p, &f, &before, e);

	page_line(p, h, "h1", NULL, W_COUNTRY);
	if (rc == 0) {
		html_open(h, "p");
		page_sayf(p, h, W_COUNTRY_PERIOD, date_of(p, f.from), last_day(p, f.to),
		        date_of(p, before.from), last_day(p, before.to));
		html_close(h);
		if (p->who->narrow)
			page_line(p, h, "p", "note", W_COUNTRY_NARROW);
		draw_form(p, h, &f);
		draw_figures(p, h, &f, &before);
		draw_time(p, h, &f);
		draw_groups(p, h, f.sectors.v, f.sectors.n, before.sectors.v, before.sectors.n, "h-sectors",
		        W_COUNTRY_SECTORS, W_SEARCH_SECTOR);
		draw_groups(p, h, f.classes.v, f.classes.n, before.classes.v, before.classes.n, "h-classes",
		        W_COUNTRY_CLASSES, W_COL_CLASS);
	}
	country_figures_done(&f);
	country_figures_done(&before);
	return rc;
}

/* ---- the file ------------------------------------------------------------------------------------ */

static void put_row(struct buf *out, const char *kind, struct country_group *g, unsigned nparts, bool before)
{
	buf_printf(out, "%s,", kind);
	buf_csv(out, g->key);
	buf_printf(out, ",%llu,%llu", (unsigned long long)g->fresh, (unsigned long long)g->told);
	for (unsigned d = 0; d < COUNTRY_DAYS; d++)
		buf_printf(out, ",%llu,%llu,%llu", (unsigned long long)g->of[d],
		        (unsigned long long)g->word[d], (unsigned long long)g->evidence[d]);
	int64_t median = country_median(g);
	if (median >= 0)
		buf_printf(out, ",%lld", (long long)median);
	else
		buf_char(out, ',');
	for (unsigned i = 0; i < nparts; i++)
		if (before)
			buf_char(out, ',');
		else
			buf_printf(out, ",%llu", (unsigned long long)g->part[i]);
	buf_add(out, STR("\r\n"));
}

/* The period before has no columns of its own over time: the same number of empty ones. */
static void put_period(struct buf *out, struct country_figures *f, unsigned nparts, bool before)
{
	put_row(out, before ? "all before" : "all", &f->all, nparts, before);
	for (size_t i = 0; i < f->sectors.n; i++)
		put_row(out, before ? "sector before" : "sector", &f->sectors.v[i], nparts, before);
	for (size_t i = 0; i < f->classes.n; i++)
		put_row(out, before ? "class before" : "class", &f->classes.v[i], nparts, before);
}

/* Counts, from which everybody makes the shares he wants; no owner, no person, no address. */
static int csv(const struct page_ask *p, struct buf *out, struct err *e)
{
	struct country_figures f = {0}, before = {0};
	int rc = count_both(p, &f, &before, e);

	if (rc == 0) {
		buf_add(out,
		        STR("of,key,new,told,told_7_days_ago,fixed_7_by_word,fixed_7_by_evidence,told_30_"
		            "days_ago,"
		            "fixed_30_by_word,fixed_30_by_evidence,median_hours"));
		for (unsigned i = 0; i < f.nparts; i++)
			buf_printf(
			        out, ",new_from_%.*s", STR_ARG(date_of(p, i == 0 ? f.from : f.ends[i - 1])));
		buf_add(out, STR("\r\n"));
		put_period(out, &f, f.nparts, false);
		put_period(out, &before, f.nparts, true);
	}
	country_figures_done(&f);
	country_figures_done(&before);
	return rc;
}

const struct page page_country = {.path = "/country",
        .title = W_COUNTRY,
        .group = PAGE_COUNTRY,
        .right = RIGHT_READ,
        .narrow = true,
        .draw = draw,
        .csv = csv};
