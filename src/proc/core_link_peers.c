/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom there is to call: parties that are linked, where they are reached and by which keys of TLS.
 */
#include "base/base64.h"
#include "base/os.h"
#include "proc/core_link_in.h"
#include <stdio.h>

#define SECOND ((int64_t)1000000)
#define PEERS_US (30 * SECOND) /* between two readings of the table */

static struct peer *peer_find(struct core_link *l, struct str name)
{
	for (size_t i = 0; i < l->peers.n; i++)
		if (str_eq(str_from(l->peers.v[i].name), name))
			return &l->peers.v[i];
	return NULL;
}

static struct peer *peer_put(struct core_link *l, struct str name)
{
	struct peer *p = peer_find(l, name);

	if (p == NULL) {
		p = vec_add(&l->peers);
		snprintf(p->name, sizeof(p->name), "%.*s", STR_ARG(name));
		p->news = true;
	}
	p->here = true;
	return p;
}

/* "sha256//...;sha256//...": every key of TLS that its list holds now. */
static void read_pins(struct core *c, struct peer *p)
{
	struct query q = db_query(c->node->state,
	        "select public from party_key where party = ?1 and duty = 'tls' and revoked is null and "
	        "since <= "
	        "?2 + 300 and until >= ?2 - 300 order by since desc limit 8");
	auto_buf struct buf pins = {0};

	query_text(&q, str_from(p->name));
	query_i64(&q, os_now() / SECOND);
	while (query_next(&q) == 1) {
		struct str pin = query_get_blob(&q, 0);
		if (pin.len != 32)
			continue;
		buf_add(&pins, pins.len > 0 ? STR(";sha256//") : STR("sha256//"));
		base64_print(&pins, (const uint8_t *)pin.p, 32);
	}
	query_done(&q, NULL);
	snprintf(p->pins, sizeof(p->pins), "%.*s", STR_ARG(buf_str(&pins)));
}

#define START_US (60 * (int64_t)1000000)

bool core_link_starting(struct core *c)
{
	struct core_link *l = c->link;

	if (l->started)
		return false;
	if (l->peers_at == 0)
		return true;
	for (size_t i = 0; i < l->peers.n && os_ticks() < l->start_at + START_US; i++) {
		const struct peer *p = &l->peers.v[i];
		if (p->here && p->url[0] != 0 && p->pins[0] != 0 && !p->told && p->fails == 0)
			return true;
	}
	l->started = true;
	return false;
}

void core_link_peers(struct core *c)
{
	struct core_link *l = c->link;
	struct query q = db_query(c->node->state,
	        "select name, url from party where link = 'linked' and role <> 'mail' and name <> ? order by "
	        "name");

	struct query own = db_query(c->node->state,
	        "select 1 from key_list where party = ?1 and exists (select 1 from party where name = ?1 "
	        "and url = '')");

	query_text(&own, l->self.me);
	l->dials_only = query_next(&own) == 1;
	query_done(&own, NULL);
	l->peers_at = os_ticks() + PEERS_US;
	for (size_t i = 0; i < l->peers.n; i++)
		l->peers.v[i].here = false;
	query_text(&q, l->self.me);
	while (query_next(&q) == 1) {
		struct peer *p = peer_put(l, query_get_text(&q, 0));
		snprintf(p->url, sizeof(p->url), "%.*s", STR_ARG(query_get_text(&q, 1)));
	}
	query_done(&q, NULL);
	for (size_t i = 0; i < l->peers.n; i++)
		if (l->peers.v[i].here)
			read_pins(c, &l->peers.v[i]);
}
