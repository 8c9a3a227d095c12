/* SPDX-License-Identifier: Apache-2.0
 *
 * What a peer answers to hello: what it can read, whether its list of keys is newer than the one here, and what time it is there. A
 * peer is asked each hour; after a step of our own clock at once, and each minute while its clock is not ours.
 */
#include "base/os.h"
#include "link/wire.h"
#include "proc/core_link_in.h"

#define SECOND ((int64_t)1000000)

/* All that were heard lately: one that has said it just now, too. In the transaction that is open. */
static void weigh(struct core *c, struct clock_said *ret)
{
	int64_t differs[CLOCK_PEERS], at = 0;
	unsigned n = 0;

	for (size_t i = 0; i < c->link->peers.n && n < CLOCK_PEERS; i++) {
		const struct peer *p = &c->link->peers.v[i];
		if (!p->here || p->differs_at == 0 || os_ticks() - p->differs_at >= CLOCK_HEARD)
			continue;
		differs[n++] = p->differs;
		at = p->differs_at > at ? p->differs_at : at;
	}
	clock_heard(c->node, differs, n, at, ret);
}

static void commit(struct core *c, const struct clock_said *said)
{
	struct err e = {0};

	if (db_commit(c->node->state, &e) == 0 && said->log)
		log_say(&c->log, LOG_WARN, "%s", said->text);
}

void core_hello(struct core *c, struct peer *p, struct str body)
{
	struct clock_said said = {0};
	int64_t differs, wait = HELLO_US;
	bool newer = false;

	core_link_begin(c);
	bool understood = wire_hello(&c->link->self, str_from(p->name), body, &newer, &differs);
	if (understood) {
		p->differs = differs;
		p->differs_at = os_ticks();
		weigh(c, &said);
	}
	commit(c, &said);
	if (!understood || differs > CLOCK_APART || differs < -CLOCK_APART)
		wait = 60 * SECOND;
	p->hello_at = os_ticks() + wait;
	p->keys_due |= newer || os_ticks() >= p->keys_at;
	p->heads_at = 0;
}

void core_hello_look(struct core *c)
{
	struct clock_said said;

	if (c->link == NULL || c->node->clock.apart == 0)
		return;
	core_link_begin(c);
	weigh(c, &said);
	commit(c, &said);
}

void core_hello_again(struct core *c)
{
	if (c->link == NULL)
		return;
	for (size_t i = 0; i < c->link->peers.n; i++)
		c->link->peers.v[i].hello_at = c->link->peers.v[i].differs_at = 0;
}
