/* SPDX-License-Identifier: Apache-2.0
 *
 * Courier files, a step at a time: what is asked for is a row, so that what was begun when the node ended is begun anew.
 */
#include "base/os.h"
#include "proc/core_link_in.h"
#include "proc/memory.h"
#include "trust/keeper.h"

#define SECOND ((int64_t)1000000)
#define LOOK_US (1 * SECOND)
#define AGAIN_US (60 * SECOND) /* after the disk had no room */
#define SWEEP_US (3600 * SECOND)

void core_courier_drop(struct core *c)
{
	struct core_link *l = c->link;

	courier_pack_free(l->pack);
	courier_open_free(l->open);
	l->pack = NULL;
	l->open = NULL;
	l->job.id = 0;
	l->share_id = 0;
	l->courier_busy = false;
}

void core_courier_soon(struct core *c)
{
	if (c->link != NULL && c->link->job.id == 0)
		c->link->courier_at = 0;
}

/* ---- the keeper ---------------------------------------------------------------------------------- */

static void ask(struct core *c)
{
	struct core_link *l = c->link;
	struct channel_message m = {.verb = CHANNEL_KEEP_SHARE, .id = ++l->ids};
	uint8_t asked[KEY_ID + 32];
	struct err e = {0};

	courier_open_asks(l->open, asked);
	auto_fd int fd = memory_of(str_make((const char *)asked, sizeof(asked)), &e);
	l->courier_busy = false;
	l->share_id = fd >= 0 && channel_send_fd(l->keeper, &m, fd, false, &e) == 0 ? m.id : 0;
	l->courier_at = os_ticks() + 5 * SECOND; /* asked again if nothing comes */
}

void core_courier_told(struct core *c, const struct channel_message *m)
{
	struct core_link *l = c->link;

	l->share_id = 0;
	if (l->open == NULL)
		return;
	courier_open_told(l->open, m->code == KEEPER_SIGNED ? m->sha256 : NULL);
	l->courier_busy = true;
	l->courier_at = 0;
}

/* ---- steps --------------------------------------------------------------------------------------- */

/* The job cannot be done, or not now. */
static int fail(struct core *c, int rc, const struct err *why, struct err *e)
{
	struct core_link *l = c->link;
	uint64_t id = l->job.id;

	core_courier_drop(c);
	log_say(&c->log, LOG_ERR, "courier X%llu: %s", (unsigned long long)id, why->text);
	if (node_dead(c->node)) {
		*e = *why;
		return rc;
	}
	if (rc == ERR_SYS || rc == ERR_LIMIT) {
		l->courier_at = os_ticks() + AGAIN_US;
		return 0;
	}
	core_link_begin(c);
	courier_failed(&l->self, id, why->text);
	return db_commit(c->node->state, e);
}

static int step(struct core *c, struct err *e)
{
	struct core_link *l = c->link;
	struct err why = {0};

	core_link_begin(c);
	int rc = l->pack != NULL ? courier_pack_step(&l->self, l->pack, &why)
	                         : courier_open_step(&l->self, l->open, &why);
	if (rc < 0) {
		db_rollback(c->node->state);
		return fail(c, rc, &why, e);
	}
	int done = db_commit(c->node->state, &why);
	if (done != 0)
		return fail(c, done, &why, e);
	l->courier_busy = rc == 1;
	if (rc == COURIER_ASKS)
		ask(c);
	else if (rc == 0)
		core_courier_drop(c);
	return 0;
}

/* The next that is wanted; true if there is one. */
static bool begin(struct core *c)
{
	struct core_link *l = c->link;

	l->self.now = os_now();
	l->courier_at = os_ticks() + LOOK_US;
	if (!courier_next(&l->self, &l->job))
		return false;
	if (l->job.out)
		l->pack = courier_pack_new(&l->job, COURIER_FILE);
	else
		l->open = courier_open_new(&l->job);
	l->courier_busy = true;
	return true;
}

int core_courier(struct core *c, struct err *e)
{
	struct core_link *l = c->link;

	if (l->job.id == 0) {
		if (os_ticks() < l->courier_at)
			return 0;
		if (l->sweep_at <= os_ticks()) {
			l->sweep_at = os_ticks() + SWEEP_US;
			core_link_begin(c);
			courier_sweep(&l->self);
			if (db_commit(c->node->state, e) != 0)
				return e->code;
		}
		if (!begin(c))
			return 0;
	}
	if (l->courier_busy)
		return step(c, e);
	/* it waits for the keeper, who may have started again */
	if (l->share_id == 0 || os_ticks() >= l->courier_at)
		ask(c);
	return 0;
}
