/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks of an owners file, each one pass: prefixes in order with a stack of those around, names by their
 * parents, AS numbers in order, owners one by one. A customer's prefix inside his provider's is usual and
 * only remarked; the same prefix, name or AS under two owners is an error, since the second would never hear
 * of it.
 */
#include "know/check.h"
#include "event/field.h"
#include "event/value.h"

struct check {
	const struct owners *o;
	const struct know_check_with *with;
	struct know_notes *errors, *remarks;
	char country[2];
};

static const char *id_of(const struct check *c, uint32_t owner)
{
	return c->o->owner.v[owner - 1].id.p; /* arena_str puts a NUL behind it */
}

/* ---- prefixes ----------------------------------------------------------------------------------- */

static int prefix_order(const void *pa, const void *pb)
{
	const struct owners_prefix *a = *(const struct owners_prefix *const *)pa;
	const struct owners_prefix *b = *(const struct owners_prefix *const *)pb;
	int cmp = addr_cmp(&a->prefix.addr, &b->prefix.addr);

	if (cmp != 0)
		return cmp;
	if (a->prefix.len != b->prefix.len)
		return a->prefix.len < b->prefix.len ? -1 : 1;
	if ((a->asset != 0) != (b->asset != 0))
		return a->asset != 0 ? 1 : -1;
	return a < b ? -1 : a > b; /* order of the file */
}

static bool around(const struct owners_prefix *outer, const struct owners_prefix *inner)
{
	return outer->prefix.len <= inner->prefix.len && prefix_has(&outer->prefix, &inner->prefix.addr) &&
	        addr_is4(&outer->prefix.addr) == addr_is4(&inner->prefix.addr);
}

struct text {
	char text[PREFIX_TEXT + 1];
};
static struct text prefix_text(const struct prefix *p)
{
	struct text t;

	t.text[prefix_print(t.text, p)] = 0;
	return t;
}

/* near is the closest owner's prefix around p. */
static void prefix_pair(
        const struct check *c, const struct owners_prefix *near, const struct owners_prefix *p)
{
	if (near->owner == p->owner)
		return;
	if (near->prefix.len == p->prefix.len)
		know_note(c->errors, &p->at, "prefix %s of '%s' is also that of '%s' (line %u), who keeps it",
		        prefix_text(&p->prefix).text, id_of(c, p->owner), id_of(c, near->owner),
		        near->at.line);
	else
		know_note(c->remarks, &p->at,
		        "prefix %s of '%s' lies in %s of '%s' (line %u); the longer one counts",
		        prefix_text(&p->prefix).text, id_of(c, p->owner), prefix_text(&near->prefix).text,
		        id_of(c, near->owner), near->at.line);
}

static void prefix_country(const struct check *c, const struct owners_prefix *p)
{
	struct addr at, last, end;

	if (c->with->know == NULL || c->country[0] == 0)
		return;
	prefix_range(&p->prefix, &at, &last);
	for (unsigned parts = 0; parts < 4096; parts++) {
		const struct know_leaf *l = know_span(c->with->know, &at, &last, &end);
		if (l->cc[0] != 0 && memcmp(l->cc, c->country, 2) != 0) {
			know_note(c->remarks, &p->at,
			        "prefix %s of '%s' is not in %.2s: it is delegated to %.2s",
			        prefix_text(&p->prefix).text, id_of(c, p->owner), c->country, l->cc);
			return;
		}
		if (addr_cmp(&end, &last) >= 0)
			return;
		at = end;
		for (unsigned i = 16; i-- > 0 && ++at.b[i] == 0;)
			; /* the next address */
	}
}

/* stack: the owners' prefixes around p, the closest last. */
static void asset_prefix(const struct check *c, const struct owners_prefix *const *stack, size_t n,
        const struct owners_prefix *p)
{
	while (n-- > 0)
		if (stack[n]->owner == p->owner)
			return;
	know_note(c->remarks, &p->at, "prefix %s of asset '%s' is outside the prefixes of its owner '%s'",
	        prefix_text(&p->prefix).text, c->o->asset.v[p->asset - 1].name.p, id_of(c, p->owner));
}

static void prefixes_check(const struct check *c)
{
	size_t n = c->o->prefix.n;
	const struct owners_prefix **sorted = mem_get(n * sizeof(*sorted));
	VEC(const struct owners_prefix *) stack = {0};
	bool *has = mem_zero(c->o->owner.n, sizeof(*has));

	for (size_t i = 0; i < n; i++) {
		sorted[i] = &c->o->prefix.v[i];
		has[sorted[i]->owner - 1] |= sorted[i]->asset == 0;
	}
	if (n != 0)
		qsort(sorted, n, sizeof(*sorted), prefix_order);
	for (size_t i = 0; i < n; i++) {
		const struct owners_prefix *p = sorted[i];
		while (stack.n > 0 && !around(stack.v[stack.n - 1], p))
			stack.n--;
		if (p->asset == 0) {
			if (stack.n > 0)
				prefix_pair(c, stack.v[stack.n - 1], p);
			*vec_add(&stack) = p;
			prefix_country(c, p);
		} else if (has[p->owner - 1]) { /* else his are only known by AS */
			asset_prefix(c, stack.v, stack.n, p);
		}
	}
	vec_done(&stack);
	free(sorted);
	free(has);
}

/* ---- names -------------------------------------------------------------------------------------- */

struct name_map {
	const struct owners_name **slot;
	size_t n;
};

static const struct owners_name **name_slot(const struct name_map *m, struct str name)
{
	size_t at = str_hash(name) & (m->n - 1);

	while (m->slot[at] != NULL && !str_eq(m->slot[at]->name, name))
		at = (at + 1) & (m->n - 1);
	return &m->slot[at];
}

static void name_parents(const struct check *c, const struct name_map *m, const struct owners_name *name)
{
	struct str_cut cut = str_cut(name->name, '.');

	while (cut.ok) {
		const struct owners_name *parent = *name_slot(m, cut.tail);
		if (parent != NULL) {
			if (parent->owner != name->owner)
				know_note(c->remarks, &name->at,
				        "name '%s' of '%s' is under '%s' of '%s' (line %u); the longer one "
				        "counts",
				        name->name.p, id_of(c, name->owner), parent->name.p,
				        id_of(c, parent->owner), parent->at.line);
			return;
		}
		cut = str_cut(cut.tail, '.');
	}
}

static void names_check(const struct check *c)
{
	struct name_map m = {.n = 16};

	while (m.n < 2 * (c->o->name.n + 1))
		m.n *= 2;
	m.slot = mem_zero(m.n, sizeof(*m.slot));
	for (size_t i = 0; i < c->o->name.n; i++) {
		const struct owners_name *name = &c->o->name.v[i], **slot = name_slot(&m, name->name);
		if (*slot == NULL)
			*slot = name;
		else if ((*slot)->owner != name->owner)
			know_note(c->errors, &name->at,
			        "name '%s' of '%s' is also that of '%s' (line %u), who keeps it",
			        name->name.p, id_of(c, name->owner), id_of(c, (*slot)->owner),
			        (*slot)->at.line);
	}
	for (size_t i = 0; i < c->o->name.n; i++) {
		const struct owners_name *name = &c->o->name.v[i];
		if (*name_slot(&m, name->name) == name)
			name_parents(c, &m, name);
		if (c->with->suffixes != NULL &&
		        str_eq(suffix_find(c->with->suffixes, name->name), name->name))
			know_note(c->remarks, &name->at,
			        "name '%s' of '%s' is a public suffix: all names below it that nobody else "
			        "has are his",
			        name->name.p, id_of(c, name->owner));
	}
	free(m.slot);
}

/* ---- AS, owners, contacts ----------------------------------------------------------------------- */

static int as_order(const void *pa, const void *pb)
{
	const struct owners_as *a = *(const struct owners_as *const *)pa,
	                       *b = *(const struct owners_as *const *)pb;

	return a->asn != b->asn ? (a->asn < b->asn ? -1 : 1) : (a < b ? -1 : a > b);
}

static void as_check(const struct check *c)
{
	size_t n = c->o->as.n;
	const struct owners_as **sorted = mem_get(n * sizeof(*sorted));

	for (size_t i = 0; i < n; i++)
		sorted[i] = &c->o->as.v[i];
	if (n != 0)
		qsort(sorted, n, sizeof(*sorted), as_order);
	for (size_t i = 1; i < n; i++)
		if (sorted[i]->asn == sorted[i - 1]->asn && sorted[i]->owner != sorted[i - 1]->owner)
			know_note(c->errors, &sorted[i]->at,
			        "AS%u of '%s' is also that of '%s' (line %u), who keeps it", sorted[i]->asn,
			        id_of(c, sorted[i]->owner), id_of(c, sorted[i - 1]->owner),
			        sorted[i - 1]->at.line);
	free(sorted);
}

/* The same few names stand in all rows. */
static void zones_check(const struct check *c)
{
	struct str good = {0};
	struct arena a;
	struct zone *zone;
	struct err e;

	arena_init(&a, 0);
	for (size_t i = 0; i < c->o->contact.n; i++) {
		const struct owners_contact *contact = &c->o->contact.v[i];
		if (contact->timezone.len == 0 || str_eq(contact->timezone, good))
			continue;
		if (zone_open(&a, contact->timezone, &zone, &e) == 0)
			good = contact->timezone;
		else
			know_note(c->errors, &contact->at,
			        "contact '%s' of '%s': there is no time zone '%.*s'; the node's is taken",
			        contact->email.p, id_of(c, contact->owner), STR_ARG(contact->timezone));
		arena_reset(&a);
	}
	arena_done(&a);
}

static void contacts_check(const struct check *c)
{
	uint32_t *has = mem_zero(c->o->owner.n, sizeof(*has));

	for (size_t i = 0; i < c->o->contact.n; i++) {
		const struct owners_contact *contact = &c->o->contact.v[i];
		struct str rest = contact->classes, word;
		if (has[contact->owner - 1]++ == KNOW_CONTACTS_MAX)
			know_note(c->remarks, &contact->at,
			        "'%s' has more than %d contacts; '%s' and what follows is never written to",
			        id_of(c, contact->owner), KNOW_CONTACTS_MAX, contact->email.p);
		while (owners_value_next(&rest, &word))
			if (type_find(word) == TYPE_NONE && taxonomy_find(word).len == 0)
				know_note(c->errors, &contact->at,
				        "contact '%s' of '%s': no class or type '%.*s'", contact->email.p,
				        id_of(c, contact->owner), STR_ARG(word));
	}
	for (size_t i = 0; i < c->o->owner.n; i++)
		if (has[i] == 0)
			know_note(c->errors, &c->o->owner.v[i].at, "owner '%s' has no contact",
			        c->o->owner.v[i].id.p);
	free(has);
}

static void countries_check(struct check *c)
{
	const struct owners_owner *first = NULL;
	bool several = false;

	for (size_t i = 0; i < c->o->owner.n; i++) {
		const struct owners_owner *who = &c->o->owner.v[i];
		if (who->cc[0] == 0)
			continue;
		for (size_t k = 0; first != NULL && k < i; k++)
			if (memcmp(c->o->owner.v[k].cc, who->cc, 2) == 0) {
				know_note(c->errors, &who->at,
				        "owners '%s' and '%s' both stand for the country %.2s, so neither "
				        "does; leave "
				        "country empty but for the one who answers for all of it",
				        c->o->owner.v[k].id.p, who->id.p, who->cc);
				break;
			}
		several |= first != NULL && memcmp(first->cc, who->cc, 2) != 0;
		if (first == NULL)
			first = who;
	}
	if (c->country[0] == 0 && first != NULL && !several)
		memcpy(c->country, first->cc, 2);
}

static void assets_check(const struct check *c)
{
	for (size_t i = 0; i < c->o->asset.n; i++)
		if (c->o->asset.v[i].criticality == 0)
			know_note(c->remarks, &c->o->asset.v[i].at, "asset '%s' of '%s' has no criticality",
			        c->o->asset.v[i].name.p, id_of(c, c->o->asset.v[i].owner));
}

void know_check(const struct owners *o, const struct know_check_with *with, struct know_notes *errors,
        struct know_notes *remarks)
{
	struct check c = {o, with, errors, remarks, {with->country[0], with->country[1]}};

	countries_check(&c);
	prefixes_check(&c);
	names_check(&c);
	as_check(&c);
	contacts_check(&c);
	zones_check(&c);
	assets_check(&c);
}
