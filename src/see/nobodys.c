/* SPDX-License-Identifier: Apache-2.0 */
#include "see/nobodys.h"
#include "event/value.h"

#define GROUPS 512 /* at once; a chunk with more of them takes several rounds */
#define SLOTS (2 * GROUPS)

struct group {
	struct prefix network; /* len 0: not known */
	uint32_t asn;
	uint16_t type;
	uint8_t severity;
	bool used;
	uint64_t events;
	int64_t last;
};

struct counting {
	struct node *n;
	const struct receipt *r;
	struct group slots[SLOTS];
	unsigned used;
};

static struct str network_text(char *ret, const struct prefix *p)
{
	return str_make(ret, p->len != 0 ? prefix_print(ret, p) : 0);
}

static void put(struct counting *c)
{
	char text[PREFIX_TEXT];

	for (unsigned i = 0; i < SLOTS; i++) {
		const struct group *g = &c->slots[i];
		if (!g->used)
			continue;
		struct query q = db_query(c->n->state,
		        "insert into nobodys(receipt, network, asn, class, severity, events, last) values "
		        "(?, ?, ?, ?, ?, ?, ?)"
		        " on conflict(receipt, network, asn, class) do update set severity = max(severity, "
		        "excluded.severity), events = events "
		        "+ excluded.events, last = max(last, excluded.last)");
		query_u64(&q, c->r->id);
		query_text(&q, network_text(text, &g->network));
		query_u64(&q, g->asn);
		query_text(&q, type_table[g->type].name.p != NULL ? type_table[g->type].name : STR(""));
		query_u64(&q, g->severity);
		query_u64(&q, g->events);
		query_i64(&q, g->last);
		query_run(&q);
	}
	memset(c->slots, 0, sizeof(c->slots));
	c->used = 0;
}

static uint32_t slot_of(const struct prefix *p, uint32_t asn, uint16_t type)
{
	uint32_t h = asn * 0x9e3779b1u ^ type * 0x85ebca6bu ^ p->len;
	const uint8_t *bytes = (const uint8_t *)&p->addr;

	for (size_t i = 0; i < sizeof(p->addr); i++)
		h = (h ^ bytes[i]) * 0x01000193u;
	return h % SLOTS;
}

static struct group *find(struct counting *c, const struct prefix *p, uint32_t asn, uint16_t type)
{
	if (c->used == GROUPS)
		put(c);
	for (uint32_t i = slot_of(p, asn, type);; i = (i + 1) % SLOTS) {
		struct group *g = &c->slots[i];
		if (!g->used) {
			*g = (struct group){.network = *p, .asn = asn, .type = type, .used = true};
			c->used++;
			return g;
		}
		if (g->asn == asn && g->type == type && g->network.len == p->len &&
		        memcmp(&g->network.addr, &p->addr, sizeof(p->addr)) == 0)
			return g;
	}
}

static void add(struct counting *c, const struct batch_row *row, const struct verdict *v)
{
	const struct know_leaf *leaf = know_leaf_at(c->n->country.know, v->network);
	struct prefix network = {0};
	uint32_t asn = row->src_asn;

	if (leaf != NULL && v->network != 0 && !know_network(leaf, &row->src, &network))
		network = (struct prefix){0};
	if (leaf != NULL && leaf->origins > 0)
		asn = leaf->asn[0];
	struct group *g = find(c, &network, asn, row->type);
	int64_t when = row->time_source == TIME_NONE || row->time_source > c->r->received ? c->r->received
	                                                                                  : row->time_source;
	g->events++;
	g->severity = v->severity > g->severity ? v->severity : g->severity;
	g->last = when > g->last ? when : g->last;
}

void nobodys_count(struct node *n, const struct receipt *r, const struct batch *b, const struct verdict *v)
{
	struct counting *c = NULL;

	for (uint32_t i = 0; i < b->head->rows; i++) {
		/* what is RED is for named persons: not even its number is for others */
		if (v[i].owner != 0 || v[i].tlp == TLP_RED)
			continue;
		if (c == NULL) {
			c = mem_zero(1, sizeof(*c));
			c->n = n;
			c->r = r;
		}
		add(c, &b->rows[i], &v[i]);
	}
	if (c != NULL)
		put(c);
	free(c);
}

void nobodys_forget(struct node *n, uint64_t receipt)
{
	struct query q = db_query(n->state, "delete from nobodys where receipt = ?");

	query_u64(&q, receipt);
	query_run(&q);
}

/* ---- adopted ------------------------------------------------------------------------------------- */

static bool owned(const struct know *k, const struct addr *a)
{
	struct know_answer answer = {0};

	know_whose(k, know_addr(k, a), (struct str){0}, 0, &answer);
	return answer.owner != 0;
}

/* Its first address and its last: of one that has only a part of it, the rest is nobody's still. */
static bool has_owner(const struct know *k, struct str network, uint32_t asn)
{
	struct prefix p;
	struct addr last;
	bool host = false;

	if (network.len == 0)
		return asn != 0 && know_as_owner(k, asn) != 0;
	if (!prefix_parse(network, &p, &host))
		return false;
	last = p.addr;
	for (unsigned bit = p.len; bit < 128; bit++)
		((uint8_t *)&last)[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
	return owned(k, &p.addr) && owned(k, &last);
}

void nobodys_adopted(struct node *n, const struct know *now)
{
	struct pair {
		struct str network;
		uint32_t asn;
	};
	VEC(struct pair) gone = {0};
	auto_arena struct arena a = {0};
	struct query q = db_query(n->state, "select distinct network, asn from nobodys");

	arena_init(&a, 0);
	while (query_next(&q) == 1) {
		struct str network = query_get_text(&q, 0);
		uint32_t asn = (uint32_t)query_get_u64(&q, 1);
		if (has_owner(now, network, asn))
			*vec_add(&gone) = (struct pair){arena_str(&a, network), asn};
	}
	query_run(&q);
	for (size_t i = 0; i < gone.n; i++) {
		struct query del = db_query(n->state, "delete from nobodys where network = ? and asn = ?");
		query_text(&del, gone.v[i].network);
		query_u64(&del, gone.v[i].asn);
		query_run(&del);
	}
	vec_done(&gone);
}
