/* SPDX-License-Identifier: Apache-2.0
 *
 * The neighbours of a finding in a list: two lists of one row, each of which begins where the finding stands. Nothing of the list
 * is kept between two pages, so a row that comes in meanwhile is a neighbour too.
 */
#include "web/findings.h"

struct beside {
	const struct ask *ask;
	const char *side; /* "after", "before"; NULL: the finding alone, whatever the filter says */
	struct str at;
};

static struct str param_of(const void *arg, const char *name)
{
	const struct beside *b = arg;
	bool order = strcmp(name, "sort") == 0 || strcmp(name, "dir") == 0;

	if (strcmp(name, "limit") == 0)
		return STR("1");
	if (strcmp(name, "after") == 0 || strcmp(name, "before") == 0)
		return b->side != NULL && strcmp(name, b->side) == 0 ? b->at : (struct str){0};
	return b->side != NULL || order ? ask_param(b->ask, name) : (struct str){0};
}

static int find(
        const struct beside *b, struct str only, struct str person, struct findings_found *ret, struct err *e)
{
	struct ask ask = *b->ask;

	ask.param = param_of;
	ask.arg = b;
	ask.only = only;
	return findings_find(&ask, person, false, ret, e);
}

int findings_beside(const struct ask *a, struct str person, uint64_t id, uint64_t *ret_before,
        uint64_t *ret_behind, struct err *e)
{
	uint64_t *const rets[] = {ret_before, ret_behind};
	static const char *const sides[] = {"before", "after"};
	struct findings_found f;
	struct beside b = {.ask = a};
	int rc = find(&b, arena_printf(a->arena, "[%llu]", (unsigned long long)id), person, &f, e);

	*ret_before = *ret_behind = 0;
	b.at = f.at;
	for (unsigned i = 0; i < 2 && rc == 0 && b.at.p != NULL; i++) {
		b.side = sides[i];
		rc = find(&b, (struct str){0}, person, &f, e);
		if (rc == 0 && f.n > 0)
			*rets[i] = f.ids[0];
	}
	return rc;
}
