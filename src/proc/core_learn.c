/* SPDX-License-Identifier: Apache-2.0
 *
 * The list by which the team assesses itself, read when the core starts.
 */
#include "learn/sim3.h"
#include "proc/core_in.h"

/* One that is wrong leaves the rows as they were: a team's words about itself are no reason not to start. */
int core_sim3(struct core *c, struct err *e)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	const char *path = country_file(&c->node->paths, &c->node->country, &a, "sim3.yaml");
	if (sim3_check(path, e) == 0)
		return sim3_load(c->node->state, path, e);
	log_say(&c->log, LOG_WARN, "%s", e->text);
	return 0;
}

int core_sim3_check(struct core *c, struct country *now, struct err *e)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	return sim3_check(country_file(&c->node->paths, now, &a, "sim3.yaml"), e);
}
