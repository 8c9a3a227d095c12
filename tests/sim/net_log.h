/* SPDX-License-Identifier: Apache-2.0
 *
 * The logs of the nodes of net.h: the calls by which each is the others' witness and keeps a copy of their logs. Each call may
 * be lost, there or on the way back, and a node may die within it.
 */
#pragma once

#include "link/log.h"
#include "link/wire.h"
#include "net.h"

struct net_log {
	struct net *t;
	bool faults;
	unsigned calls, lost, asked_again;
	struct wire_quota quotas[NET_NODES][NET_NODES];
};

/* The status; 0: it was lost, there or on the way back. */
int net_log_call(struct net_log *l, unsigned from, unsigned to, const char *method, const char *path,
        struct str body, struct buf *out);
/* Node i makes a checkpoint if one is due, and has it signed. */
void net_log_checkpoint(struct net_log *l, unsigned i);
/* Node a asks b to be its witness. The status; 0: lost; -1: nothing to ask. */
int net_log_ask(struct net_log *l, unsigned a, unsigned b);
/* Node a looks at a log that b has: its own, or one that it mirrors. False: it did not get it. */
bool net_log_look(struct net_log *l, unsigned a, unsigned b, unsigned whose);
/* All of that by everybody, as often, a minute apart. */
void net_log_all(struct net_log *l, unsigned rounds);
