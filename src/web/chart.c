/* SPDX-License-Identifier: Apache-2.0 */
#include "web/chart.h"

#define HEIGHT 80u
#define STEP 12u /* from point to point */
#define BAR 9u

static uint64_t most_of(const struct chart *c)
{
	uint64_t most = 1;

	for (size_t i = 0; i < c->n; i++)
		most = c->values[i] > most ? c->values[i] : most;
	return most;
}

/* What is there is seen, however small it is. */
static unsigned height_of(uint64_t value, uint64_t most)
{
	unsigned h = (unsigned)((double)value / (double)most * HEIGHT);

	return value > 0 && h == 0 ? 1 : h;
}

static void begin(struct html *h, const struct chart *c)
{
	char box[64];

	html_open(h, "figure");
	html_attr(h, "class", STR("chart"));
	html_line(h, "figcaption", NULL, c->sentence);
	html_open(h, "svg");
	snprintf(box, sizeof(box), "0 0 %zu %u", c->n * STEP, HEIGHT + 1);
	/* an HTML parser knows it as viewBox */
	html_attr(h, "viewbox", str_from(box));
	html_attr_u64(h, "width", c->n * STEP);
	html_attr_u64(h, "height", HEIGHT + 1);
	html_attr(h, "role", STR("img"));
	html_attr(h, "aria-label", c->sentence);
}

static void numbers(const struct page_ask *p, struct html *h, const struct chart *c)
{
	html_close(h);
	html_open(h, "details");
	page_line(p, h, "summary", NULL, W_CHART_NUMBERS);
	page_table(p, h, W_CHART_NUMBERS, (const enum word[]){c->label, c->value, WORD_END});
	for (size_t i = 0; i < c->n; i++) {
		html_open(h, "tr");
		html_open(h, "th");
		html_attr(h, "scope", STR("row"));
		html_text(h, c->labels[i]);
		html_close(h);
		page_cell_u64(h, c->values[i]);
		html_close(h);
	}
	page_table_end(h);
	html_close(h);
	html_close(h);
}

void chart_bars(const struct page_ask *p, struct html *h, const struct chart *c)
{
	uint64_t most = most_of(c);

	begin(h, c);
	for (size_t i = 0; i < c->n; i++) {
		unsigned height = height_of(c->values[i], most);
		html_open(h, "rect");
		html_attr(h, "class", STR("bar"));
		html_attr_u64(h, "x", i * STEP + (STEP - BAR) / 2);
		html_attr_u64(h, "y", HEIGHT - height);
		html_attr_u64(h, "width", BAR);
		html_attr_u64(h, "height", height);
		html_close(h);
	}
	html_open(h, "rect");
	html_attr(h, "class", STR("base"));
	html_attr_u64(h, "x", 0);
	html_attr_u64(h, "y", HEIGHT);
	html_attr_u64(h, "width", c->n * STEP);
	html_attr_u64(h, "height", 1);
	html_close(h);
	numbers(p, h, c);
}

void chart_line(const struct page_ask *p, struct html *h, const struct chart *c)
{
	auto_buf struct buf points = {0};
	uint64_t most = most_of(c);

	begin(h, c);
	for (size_t i = 0; i < c->n; i++)
		buf_printf(&points, "%s%zu,%u", i > 0 ? " " : "", i * STEP + STEP / 2,
		        HEIGHT - height_of(c->values[i], most));
	html_open(h, "polyline");
	html_attr(h, "class", STR("curve"));
	html_attr(h, "points", points.len > 0 ? buf_str(&points) : STR(""));
	html_close(h);
	numbers(p, h, c);
}
