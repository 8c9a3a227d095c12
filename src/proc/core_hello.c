/* SPDX-License-Identifier: Apache-2.0
 *
 * What a peer answers to hello: what it can read, whether its list of keys is newer than the one here, and what time it is there. A
 * peer is asked each hour; after a step of our own clock at once, and each minute while its clock is not ours.
 */
#include "base/os.h"
#include "link/wire.h"
#include "proc/core_link_in.h"

#define SECOND ((int64_t)1000000)

/* What all of them say that were heard in the last two hours, that one included. */
static int64_t others(const struct core *c)
{
	int64_t differs[CLOCK_PEERS];
	unsigned n = 0;

	for (size_t i = 0; i < c->link->peers.n && n < CLOCK_PEERS; i++) {
		const struct peer *p = &c->link->peers.v[i];
		if (p->here && p->differs_at != 0 && os_ticks() - p->differs_at < 2 * HELLO_US)
			differs[n++] = p->differs;
	}
	return clock_others(differs, n);
}

void core_hello(struct core *c, struct peer *p, struct str body)
{
	struct clock_said said = {0};
	struct err e = {0};
	int64_t differs, wait = HELLO_US;
	bool newer = false;

	core_link_begin(c);
	bool understood = wire_hello(&c->link->self, str_from(p->name), body, &newer, &differs);
	if (understood) {
		p->differs = differs;
		p->differs_at = os_ticks();
		clock_heard(c->node, others(c), &said);
	}
	if (db_commit(c->node->state, &e) == 0 && said.log)
		log_say(&c->log, LOG_WARN, "%s", said.text);
	if (!understood || differs > CLOCK_APART || differs < -CLOCK_APART)
		wait = 60 * SECOND;
	p->hello_at = os_ticks() + wait;
	p->keys_due |= newer || os_ticks() >= p->keys_at;
	p->heads_at = 0;
}

void core_hello_again(struct core *c)
{
	if (c->link == NULL)
		return;
	for (size_t i = 0; i < c->link->peers.n; i++)
		c->link->peers.v[i].hello_at = c->link->peers.v[i].differs_at = 0;
}
