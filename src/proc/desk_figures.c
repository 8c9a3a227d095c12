/* SPDX-License-Identifier: Apache-2.0
 *
 * The country's figures for everyone, where weir.yaml, door: says so: those of the last full month, as the page of the country
 * counts them. The desk counts, since that walks through the findings and the core does not wait; the core clears them and lays
 * them onto the shelf. A group of fewer than FEW is not told: with so few it might be seen whose they are.
 */
#include "base/log.h"
#include "base/os.h"
#include "proc/desk_in.h"
#include "web/country.h"

#define AGAIN_US (6 * (int64_t)3600 * 1000000)
#define FEW 5
#define GROUPS 20

static void number(struct buf *out, const char *name, int64_t n, const char *end)
{
	if (n < 0)
		buf_printf(out, "\"%s\": null%s", name, end);
	else
		buf_printf(out, "\"%s\": %lld%s", name, (long long)n, end);
}

static int64_t shown(uint64_t n)
{
	return n > 0 && n < FEW ? -1 : (int64_t)n;
}

static void put_group(struct buf *out, struct country_group *g)
{
	number(out, "new", shown(g->fresh), ", ");
	number(out, "told", shown(g->told), ", ");
	number(out, "fixed_7_days_percent",
	        g->of[COUNTRY_7] < FEW
	                ? -1
	                : country_share(g, COUNTRY_7, g->word[COUNTRY_7] + g->evidence[COUNTRY_7]),
	        ", ");
	number(out, "fixed_30_days_percent",
	        g->of[COUNTRY_30] < FEW
	                ? -1
	                : country_share(g, COUNTRY_30, g->word[COUNTRY_30] + g->evidence[COUNTRY_30]),
	        ", ");
	number(out, "median_hours_to_fix", g->hours.n < FEW ? -1 : country_median(g), "");
}

/* Keys are words of the taxonomy. */
static void put_classes(struct buf *out, struct country_figures *f)
{
	buf_add(out, STR("\"classes\": ["));
	for (size_t i = 0; i < f->classes.n && i < GROUPS; i++) {
		buf_printf(
		        out, "%s\n  {\"class\": \"%.*s\", ", i > 0 ? "," : "", STR_ARG(f->classes.v[i].key));
		put_group(out, &f->classes.v[i]);
		buf_char(out, '}');
	}
	buf_add(out, STR("\n ]"));
}

static void date(struct buf *out, const char *name, int64_t t)
{
	uint32_t d = day_of(t);

	buf_printf(out, "\"%s\": \"%04u-%02u-%02u\", ", name, d / 10000, d / 100 % 100, d % 100);
}

static void put(struct buf *out, struct country_figures *f)
{
	buf_add(out, STR("{\"version\": 1, "));
	date(out, "from", f->from);
	date(out, "to", f->to - 1);
	number(out, "fewer_than_is_null", FEW, ", ");
	number(out, "letters", shown(f->letters), ",\n ");
	put_group(out, &f->all);
	buf_add(out, STR(",\n "));
	put_classes(out, f);
	buf_add(out, STR("}\n"));
}

static struct str nothing(const void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return (struct str){0};
}

static int count(struct desk *d, struct buf *out, struct err *e)
{
	auto_arena struct arena a = {0};
	struct country_figures f = {0}, before = {0};

	arena_init(&a, 0);
	struct ask ask = {.param = nothing, .folder = d->o->state, .arena = &a};
	int rc = desk_state(d, e);
	ask.state = ask.whole = d->state;
	ask.sheet = pages_sheet(d);
	if (rc == 0)
		rc = country_period(&ask, os_now(), &f, &before, e);
	if (rc == 0)
		rc = country_count(&ask, os_now(), &f, &before, e);
	if (rc == 0)
		put(out, &f);
	country_figures_done(&f);
	country_figures_done(&before);
	return rc;
}

void desk_figures(struct desk *d)
{
	auto_buf struct buf json = {0};
	struct channel_message m = {.verb = CHANNEL_FIGURES};
	struct err e = {0};

	if (!d->figures || d->figures_at > os_ticks())
		return;
	d->figures_at = os_ticks() + AGAIN_US;
	int rc = count(d, &json, &e);
	if (rc == 0 && json.len >= sizeof(m.text))
		rc = err_set(&e, ERR_LIMIT, "they are longer than a message");
	channel_put(m.text, sizeof(m.text), buf_str(&json));
	if (rc == 0)
		rc = channel_send(d->core, &m, false, &e);
	if (rc != 0)
		log_say(&d->log, LOG_WARN, "the figures of the door are those of before: %s", e.text);
}
