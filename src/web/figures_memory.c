/* SPDX-License-Identifier: Apache-2.0
 *
 * Figures of findings, out of what the desk keeps of them in memory: the same numbers as their statements in figures.c.
 */
#include "base/os.h"
#include "web/figure.h"

#define EACH(a, w, r)                                                                                        \
	size_t n_;                                                                                           \
	const struct sheet_row *rows_ = sheet_rows((a)->sheet, &n_);                                         \
	for (const struct sheet_row *r = rows_; r < rows_ + n_; r++)                                         \
		if (sheet_fits((w), r))

void figures_findings(const struct ask *a, const struct sheet_want *w, struct figure_samples *out)
{
	static const char *const severities[] = {"critical", "high", "medium", "low", "info"};
	static const char *const states[] = {"open", "told", "told-again", "quiet", "closed"};
	int64_t n[5][SHEET_STATES] = {0};

	EACH(a, w, r)
	n[r->severity % 5][r->state % SHEET_STATES]++;
	for (unsigned i = 0; i < 5; i++)
		for (unsigned k = 0; k < SHEET_STATES; k++)
			if (n[i][k] != 0)
				figure_add(out, str_from(severities[i]), str_from(states[k]), n[i][k]);
}

void figures_waiting(const struct ask *a, const struct sheet_want *w, struct figure_samples *out)
{
	int64_t person = 0, nobody = 0;

	EACH(a, w, r)
	if (r->state == SHEET_OPEN) {
		person += r->person;
		nobody += r->nobody;
	}
	figure_add(out, STR("person"), STR(""), person);
	figure_add(out, STR("nobody"), STR(""), nobody);
}

void figures_seen_again(const struct ask *a, const struct sheet_want *w, struct figure_samples *out)
{
	int64_t n = 0;

	EACH(a, w, r)
	n += r->state == SHEET_OPEN && r->back;
	figure_add(out, STR(""), STR(""), n);
}

void figures_escalated(const struct ask *a, const struct sheet_want *w, struct figure_samples *out)
{
	int64_t n = 0;

	EACH(a, w, r)
	n += r->state != SHEET_CLOSED && r->escalated;
	figure_add(out, STR(""), STR(""), n);
}

void figures_closed(const struct ask *a, const struct sheet_want *w, struct figure_samples *out)
{
	int64_t evidence = 0, word = 0;

	EACH(a, w, r)
	{
		evidence += r->evidence;
		word += r->word;
	}
	figure_add(out, STR("evidence"), STR(""), evidence);
	figure_add(out, STR("word"), STR(""), word);
}

void figures_late(const struct ask *a, const struct sheet_want *w, struct figure_samples *out)
{
	int64_t n = 0, now = os_now();

	EACH(a, w, r)
	n += r->state == SHEET_OPEN && r->due < now;
	figure_add(out, STR(""), STR(""), n);
}
