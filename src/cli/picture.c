/* SPDX-License-Identifier: Apache-2.0
 *
 * Events fall into groups of one owner, class, severity, rule and consequence. A hostile report could make
 * very many groups and networks, so both tables are bounded; what no longer fits is counted in one remainder
 * that is shown.
 */
#include "cli/picture.h"
#include "cli/picture_data.h"

struct picture *picture_new(const struct country *country)
{
	struct picture *p = mem_zero(1, sizeof(*p));

	p->country = country;
	return p;
}

void picture_free(struct picture *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->asides.n; i++)
		free((char *)p->asides.v[i].p);
	for (size_t i = 0; i < p->failures.n; i++)
		free((char *)p->failures.v[i].p);
	vec_done(&p->asides);
	vec_done(&p->failures);
	free(p);
}

/* ---- tables ------------------------------------------------------------------------------------- */

/* The slot of a key in an open table of power-of-two size; NULL if the table is full. The key is the head of
 * the entry, n counts. */
static void *slot_find(void *table, size_t entry, size_t size, const void *key, size_t key_len, size_t *used)
{
	size_t i = str_hash(str_make(key, key_len)) & (size - 1);

	for (;; i = (i + 1) & (size - 1)) {
		char *at = (char *)table + i * entry;
		uint64_t n;
		memcpy(&n, at + entry - sizeof(n), sizeof(n));
		if (n == 0) {
			if (*used >= size / 4 * 3)
				return NULL;
			++*used;
			memcpy(at, key, key_len);
			return at;
		}
		if (memcmp(at, key, key_len) == 0)
			return at;
	}
}

static void add_group(struct picture *p, const struct batch_row *row, const struct verdict *v)
{
	struct picture_group key = {.owner = v->owner,
	        .rule = v->rule,
	        .contacts = v->contacts,
	        .due = v->due,
	        .type = row->type,
	        .severity = v->severity,
	        .rank = v->rank,
	        .decision = v->decision,
	        .reason = v->reason,
	        .tlp = v->tlp};
	struct picture_group *g = slot_find(
	        p->groups, sizeof(*g), PICTURE_GROUPS, &key, offsetof(struct picture_group, n), &p->ngroups);

	if (g == NULL)
		p->more_groups++;
	else
		g->n++;
}

static void add_nobody(struct picture *p, const struct batch_row *row, const struct verdict *v)
{
	struct picture_network key = {0};
	const struct know_leaf *leaf = know_leaf_at(p->country->know, v->network);

	p->nobody++;
	if (addr_none(&row->src)) {
		key.kind = PICTURE_NO_ADDRESS;
	} else if (leaf == NULL || !know_network(leaf, &row->src, &key.network)) {
		key.kind = PICTURE_UNKNOWN;
	} else {
		memcpy(key.cc, leaf->cc, 2);
		key.asn = leaf->origins ? leaf->asn[0] : 0;
	}
	struct picture_network *e = slot_find(p->networks, sizeof(*e), PICTURE_NETWORKS, &key,
	        offsetof(struct picture_network, n), &p->nnetworks);
	if (e == NULL)
		p->more_networks++;
	else
		e->n++;
}

static void keep_line(struct picture_lines *lines, struct str label, uint32_t line, struct str sentence)
{
	auto_buf struct buf b = {0};

	if (lines->n >= PICTURE_LINES)
		return;
	buf_add(&b, label);
	if (line != 0)
		buf_printf(&b, ":%u", line);
	buf_printf(&b, ": ");
	buf_add(&b, sentence);
	char *copy = mem_get(b.len);
	memcpy(copy, b.p, b.len);
	*vec_add(lines) = str_make(copy, b.len);
}

void picture_add(
        struct picture *p, const struct intake_part *part, const struct batch *b, const struct verdict *v)
{
	for (uint32_t i = 0; i < b->head->rows; i++) {
		p->events++;
		p->by_decision[v[i].decision < DECISION_END ? v[i].decision : 0]++;
		if (v[i].owner == 0)
			add_nobody(p, &b->rows[i], &v[i]);
		add_group(p, &b->rows[i], &v[i]);
	}
	for (uint32_t i = 0; i < b->head->asides; i++) {
		const struct batch_aside *a = &b->asides[i];
		p->reasons[a->reason & ~ASIDE_PARTIAL]++;
		keep_line(&p->asides, part->label, a->line, batch_aside_text(b, a));
	}
}

void picture_failed(struct picture *p, const struct intake_part *part, const char *sentence)
{
	keep_line(&p->failures, part->label, 0, str_from(sentence));
}

void picture_counts(struct picture *p, const struct intake_counts *n)
{
	p->reports++;
	p->records += n->records;
	p->with_events += n->with_events;
	p->asides_n += n->asides;
	p->none += n->none;
	p->parts += n->parts;
	p->failed += n->failed;
}

/* ---- order -------------------------------------------------------------------------------------- */

static int worse_first(const void *a, const void *b)
{
	const struct picture_group *x = *(const struct picture_group *const *)a,
	                           *y = *(const struct picture_group *const *)b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return memcmp(x, y, offsetof(struct picture_group, n));
}

static int owner_order(const void *a, const void *b)
{
	const struct picture_owner *x = a, *y = b;

	/* nobody's events come last, whatever they are: there is nobody to tell */
	if ((x->owner == 0) != (y->owner == 0))
		return x->owner == 0 ? 1 : -1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->worst != y->worst)
		return x->worst > y->worst ? -1 : 1;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return x->owner < y->owner ? -1 : x->owner > y->owner;
}

static int by_owner(const void *a, const void *b)
{
	const struct picture_group *x = *(const struct picture_group *const *)a,
	                           *y = *(const struct picture_group *const *)b;

	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;
	return worse_first(a, b);
}

size_t picture_owners(
        const struct picture *p, struct picture_owner **ret, const struct picture_group ***ret_groups)
{
	const struct picture_group **g = mem_zero(p->ngroups, sizeof(*g));
	struct picture_owner *o = mem_zero(p->ngroups, sizeof(*o));
	size_t n = 0, owners = 0;

	for (size_t i = 0; i < PICTURE_GROUPS; i++)
		if (p->groups[i].n != 0)
			g[n++] = &p->groups[i];
	qsort(g, n, sizeof(*g), by_owner);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || g[i]->owner != g[i - 1]->owner)
			o[owners++] = (struct picture_owner){.owner = g[i]->owner,
			        .first = i,
			        .rank = g[i]->rank,
			        .worst = g[i]->severity};
		o[owners - 1].groups++;
		o[owners - 1].n += g[i]->n;
	}
	qsort(o, owners, sizeof(*o), owner_order);
	*ret = o;
	*ret_groups = g;
	return owners;
}

static int network_order(const void *a, const void *b)
{
	const struct picture_network *x = *(const struct picture_network *const *)a,
	                             *y = *(const struct picture_network *const *)b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return memcmp(x, y, offsetof(struct picture_network, n));
}

size_t picture_networks(const struct picture *p, const struct picture_network ***ret)
{
	const struct picture_network **e = mem_zero(p->nnetworks, sizeof(*e));
	size_t n = 0;

	for (size_t i = 0; i < PICTURE_NETWORKS; i++)
		if (p->networks[i].n != 0)
			e[n++] = &p->networks[i];
	qsort(e, n, sizeof(*e), network_order);
	*ret = e;
	return n;
}
