/* SPDX-License-Identifier: Apache-2.0
 *
 * Cases, as the core looks after them: it wires what link/ does with rows and what see/ wakes people by.
 */
#include "base/os.h"
#include "link/case_change.h"
#include "link/payment.h"
#include "proc/core_in.h"
#include "see/alert.h"
#include "see/change.h"

#define LOOK ((int64_t)5 * 1000000)
#define STEPS 100

/* The next contact of theirs, each a call of its own. */
static void telephone(void *arg, uint64_t id, struct str number, unsigned n, struct str whom)
{
	struct core *c = arg;
	char object[40], sentence[400];

	snprintf(object, sizeof(object), "K%llu.%u", (unsigned long long)id, n + 1);
	snprintf(sentence, sizeof(sentence),
	        "payment recall %.*s: nobody there has taken it on; telephone %.*s", STR_ARG(number),
	        STR_ARG(str_sub(whom, 0, 250)));
	alert_open(c->node, STR("case"), str_from(object), SEVERITY_CRITICAL, str_from(sentence));
}

/* c1 and c2 wake; what may wait for hours is on the morning page. */
static void wake(void *arg, uint64_t id, struct str number, struct str severity)
{
	struct core *c = arg;
	char object[32], sentence[200];

	if (!str_eq(severity, STR("c1")) && !str_eq(severity, STR("c2")))
		return;
	snprintf(object, sizeof(object), "K%llu", (unsigned long long)id);
	snprintf(sentence, sizeof(sentence), "request %.*s of severity %.*s: nobody has taken it on in time",
	        STR_ARG(number), STR_ARG(severity));
	alert_open(c->node, STR("case"), str_from(object), SEVERITY_CRITICAL, str_from(sentence));
}

/* Those that somebody has taken on meanwhile, or that have ended. */
static void end_alerts(struct core *c)
{
	struct query q = db_query(c->node->state,
	        "update alert set ended = ?1, next = null where topic = 'case' and ended is null and not "
	        "exists (select 1 from "
	        "case_ k where k.id = cast(substr(alert.object, 2) as integer) and k.acked is null and "
	        "k.ended is null)");

	query_i64(&q, os_now());
	query_run(&q);
}

int core_cases(struct core *c, struct err *e)
{
	const struct change_here here = change_here(c->node);
	int rc = 1;

	if (c->case_at > os_now() && c->case_at <= os_now() + LOOK)
		return 0;
	c->case_at = os_now() + LOOK;
	for (unsigned i = 0; rc == 1 && i < STEPS; i++)
		rc = case_work(c->node->state, &here, e);
	if (rc < 0 || (rc = core_mail_keep(c, e)) < 0)
		return rc;
	db_begin(c->node->state);
	end_alerts(c);
	/* while the clock is doubtful nothing follows from silence */
	if (!clock_doubtful(c->node))
		(void)case_unheard(c->node->state, os_now(), wake, c, e);
	if (!clock_doubtful(c->node))
		(void)payment_calls(c->node->state, os_now(), telephone, c, e);
	return db_commit(c->node->state, e);
}
