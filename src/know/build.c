/* SPDX-License-Identifier: Apache-2.0
 *
 * Collecting what the inputs say and putting the sections of a generation together: leaves and tree from the
 * flattened layers, owners with their contacts side by side, names in a hash table, AS numbers and countries
 * in order. Holds all of it in memory: some hundred bytes per prefix.
 */
#include "know/build.h"
#include "base/utf8.h"
#include "know/file.h"

#define AS_NAME_MAX 512

void know_build_init(struct know_build *b)
{
	*b = (struct know_build){0};
	arena_init(&b->arena, 0);
	b->notes.arena = &b->arena;
	owners_init(&b->owners, &b->arena, &b->notes);
}

void know_build_done(struct know_build *b)
{
	for (unsigned l = 0; l < LAYERS; l++)
		vec_done(&b->layer[l]);
	vec_done(&b->as_names);
	vec_done(&b->notes.list);
	owners_done(&b->owners);
	arena_done(&b->arena);
}

static u128 addr_number(const struct addr *a)
{
	uint64_t hi, lo;

	memcpy(&hi, a->b, 8);
	memcpy(&lo, a->b + 8, 8);
	return (u128)__builtin_bswap64(hi) << 64 | __builtin_bswap64(lo);
}

static bool item_add(struct know_build *b, enum know_layer layer, const struct prefix *p, uint32_t value)
{
	struct know_items *l = &b->layer[layer];

	if (p->len == 0 || (p->len == 96 && addr_is4(&p->addr)))
		return false;
	struct know_item *item = vec_add(l);
	item->first = addr_number(&p->addr);
	item->len = p->len;
	item->value = value;
	item->order = (uint32_t)l->n;
	return true;
}

bool know_build_route(struct know_build *b, const struct prefix *p, uint32_t asn)
{
	return item_add(b, LAYER_ROUTE, p, asn);
}

bool know_build_country(struct know_build *b, const struct prefix *p, const char cc[2])
{
	return item_add(b, LAYER_COUNTRY, p, (uint32_t)(uint8_t)cc[0] << 8 | (uint8_t)cc[1]);
}

bool know_build_as_name(struct know_build *b, uint32_t asn, struct str name)
{
	if (asn == 0 || name.len > AS_NAME_MAX || !utf8_valid(name))
		return false;
	*vec_add(&b->as_names) = (struct know_as_name){asn, arena_str(&b->arena, name)};
	return true;
}

/* ---- sections ----------------------------------------------------------------------------------- */

/* Sections that are being made. */
struct sections {
	struct buf text;
	VEC(struct know_owner_rec) owners;
	VEC(struct know_contact_rec) contacts;
	VEC(struct know_asset_rec) assets;
	VEC(struct know_name_rec) names;
	VEC(struct know_as_rec) as;
	VEC(struct know_country_rec) countries;
	uint32_t *slots;
	size_t nslots;
};

static struct know_text text_add(struct sections *s, struct str text)
{
	struct know_text t = {(uint32_t)s->text.len, (uint32_t)text.len};

	buf_add(&s->text, text);
	return t;
}

/* Contacts in the order of owners, those of one owner in the order of the file. */
static void contacts_make(struct sections *s, const struct owners *o)
{
	uint32_t *at = mem_zero(o->owner.n + 1, sizeof(*at));

	for (size_t i = 0; i < o->contact.n; i++)
		s->owners.v[o->contact.v[i].owner - 1].ncontacts++;
	for (size_t i = 0, sum = 0; i < o->owner.n; i++) {
		s->owners.v[i].contact = at[i] = (uint32_t)sum;
		sum += s->owners.v[i].ncontacts;
	}
	for (size_t i = 0; i < o->contact.n; i++)
		vec_add(&s->contacts);
	for (size_t i = 0; i < o->contact.n; i++) {
		const struct owners_contact *c = &o->contact.v[i];
		s->contacts.v[at[c->owner - 1]++] = (struct know_contact_rec){
		        text_add(s, c->email), text_add(s, c->language), text_add(s, c->classes)};
	}
	free(at);
}

static void owners_make(struct sections *s, const struct owners *o)
{
	for (size_t i = 0; i < o->owner.n; i++) {
		const struct owners_owner *from = &o->owner.v[i];
		struct know_owner_rec *to = vec_add(&s->owners);
		to->id = text_add(s, from->id);
		to->name = text_add(s, from->name.len != 0 ? from->name : from->id);
		to->sector = text_add(s, from->sector);
		memcpy(to->cc, from->cc, 2);
	}
	contacts_make(s, o);
	for (size_t i = 0; i < o->asset.n; i++) {
		const struct owners_asset *from = &o->asset.v[i];
		struct know_asset_rec *to = vec_add(&s->assets);
		to->name = text_add(s, from->name);
		to->kind = text_add(s, from->kind);
		to->owner = from->owner;
		to->criticality = from->criticality;
	}
}

static uint32_t name_hash(struct str name)
{
	uint32_t h = KNOW_HASH_START;

	for (size_t i = name.len; i-- > 0;)
		h = know_hash_step(h, name.p[i]);
	return h;
}

/* Of two entries for a name an asset's stays, else the first. */
static void name_add(struct sections *s, const struct owners_name *name)
{
	uint32_t hash = name_hash(name->name);
	size_t at = hash & (s->nslots - 1);

	for (; s->slots[at] != 0; at = (at + 1) & (s->nslots - 1)) {
		struct know_name_rec *r = &s->names.v[s->slots[at] - 1];
		if (r->hash != hash || !str_eq(str_make(s->text.p + r->name.off, r->name.len), name->name))
			continue;
		if (r->asset == 0 && name->asset != 0) {
			r->asset = name->asset;
			r->owner = name->owner;
		}
		return;
	}
	*vec_add(&s->names) = (struct know_name_rec){text_add(s, name->name), hash, name->owner, name->asset};
	s->slots[at] = (uint32_t)s->names.n;
}

static void names_make(struct sections *s, const struct owners *o)
{
	s->nslots = 16;
	while (s->nslots < 2 * (o->name.n + 1))
		s->nslots *= 2;
	s->slots = mem_zero(s->nslots, sizeof(*s->slots));
	for (size_t i = 0; i < o->name.n; i++)
		name_add(s, &o->name.v[i]);
}

/* ---- AS and countries --------------------------------------------------------------------------- */

/* One row per mention, sorted; the first with an owner and the last with a name win. */
struct as_mention {
	uint32_t asn, owner, order;
	struct str name;
};

static int mention_cmp(const void *pa, const void *pb)
{
	const struct as_mention *a = pa, *b = pb;

	return a->asn != b->asn ? (a->asn < b->asn ? -1 : 1) : (a->order > b->order) - (a->order < b->order);
}

static void as_make(struct sections *s, const struct know_build *b)
{
	size_t n = 0, total = b->owners.as.n + b->as_names.n;
	struct as_mention *m = mem_zero(total, sizeof(*m));

	for (size_t i = 0; i < b->owners.as.n; i++, n++)
		m[n] = (struct as_mention){b->owners.as.v[i].asn, b->owners.as.v[i].owner, (uint32_t)n, {0}};
	for (size_t i = 0; i < b->as_names.n; i++, n++)
		m[n] = (struct as_mention){b->as_names.v[i].asn, 0, (uint32_t)n, b->as_names.v[i].name};
	qsort(m, n, sizeof(*m), mention_cmp);
	for (size_t i = 0; i < n;) {
		struct know_as_rec *r = vec_add(&s->as);
		struct str name = {0};
		r->asn = m[i].asn;
		for (; i < n && m[i].asn == r->asn; i++) {
			if (r->owner == 0)
				r->owner = m[i].owner;
			if (m[i].name.len != 0)
				name = m[i].name;
		}
		r->name = text_add(s, name);
	}
	free(m);
}

static int country_cmp(const void *pa, const void *pb)
{
	return memcmp(pa, pb, 2);
}

/* A country that two owners claim has none: a letter to the wrong one is worse than none. */
static void countries_make(struct sections *s, const struct owners *o)
{
	size_t n = 0;

	for (size_t i = 0; i < o->owner.n; i++)
		if (o->owner.v[i].cc[0] != 0) {
			struct know_country_rec *r = vec_add(&s->countries);
			memcpy(r->cc, o->owner.v[i].cc, 2);
			r->owner = (uint32_t)i + 1;
		}
	if (s->countries.n != 0)
		qsort(s->countries.v, s->countries.n, sizeof(s->countries.v[0]), country_cmp);
	for (size_t i = 0, end; i < s->countries.n; i = end) {
		for (end = i + 1;
		        end < s->countries.n && country_cmp(&s->countries.v[i], &s->countries.v[end]) == 0;)
			end++;
		if (end - i == 1)
			s->countries.v[n++] = s->countries.v[i];
	}
	s->countries.n = n;
}

static uint32_t as_owner(void *arg, uint32_t asn)
{
	const struct sections *s = arg;
	size_t lo = 0, hi = s->as.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (s->as.v[mid].asn < asn)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->as.n && s->as.v[lo].asn == asn ? s->as.v[lo].owner : 0;
}

static uint32_t country_owner(void *arg, uint16_t cc)
{
	const struct sections *s = arg;
	const char text[2] = {(char)(cc >> 8), (char)cc};

	for (size_t i = 0; i < s->countries.n; i++)
		if (memcmp(s->countries.v[i].cc, text, 2) == 0)
			return s->countries.v[i].owner;
	return 0;
}

/* ---- all together ------------------------------------------------------------------------------- */

static void register_layers(struct know_build *b)
{
	for (size_t i = 0; i < b->owners.prefix.n; i++) {
		const struct owners_prefix *p = &b->owners.prefix.v[i];
		if (p->asset != 0)
			item_add(b, LAYER_ASSET, &p->prefix, p->asset);
		else
			item_add(b, LAYER_OWNER, &p->prefix, p->owner);
	}
}

static void sections_done(struct sections *s)
{
	buf_done(&s->text);
	vec_done(&s->owners);
	vec_done(&s->contacts);
	vec_done(&s->assets);
	vec_done(&s->names);
	vec_done(&s->as);
	vec_done(&s->countries);
	free(s->slots);
}

#define PART(vec)                                                                                            \
	(struct know_part)                                                                                   \
	{                                                                                                    \
		(vec).v, (vec).n * sizeof((vec).v[0])                                                        \
	}

void know_build_finish(struct know_build *b, uint32_t generation, struct buf *ret)
{
	struct sections s = {0};
	struct know_leaves leaves = {0};
	struct know_ranges ranges = {0};
	struct know_tree tree = {0};

	owners_make(&s, &b->owners);
	names_make(&s, &b->owners);
	as_make(&s, b);
	countries_make(&s, &b->owners);
	register_layers(b);
	struct know_flat_context context = {&b->owners, as_owner, country_owner, &s};
	b->origins_cut = know_flatten(b->layer, &context, &leaves, &ranges);
	free(leaves.slot);
	know_tree_make(&ranges, &tree);
	vec_done(&ranges);

	const struct know_part parts[KNOW_SECTIONS] = {
	        [KNOW_TEXT] = {s.text.p, s.text.len},
	        [KNOW_LEAVES] = PART(leaves),
	        [KNOW_ROOTS] = {tree.roots, (KNOW_ROOT6 + KNOW_ROOT4) * sizeof(uint32_t)},
	        [KNOW_NODES] = PART(tree.nodes),
	        [KNOW_HASHED] = {tree.buckets, tree.nbuckets * sizeof(struct know_bucket)},
	        [KNOW_OWNERS] = PART(s.owners),
	        [KNOW_CONTACTS] = PART(s.contacts),
	        [KNOW_ASSETS] = PART(s.assets),
	        [KNOW_NAMES] = PART(s.names),
	        [KNOW_SLOTS] = {s.slots, s.nslots * sizeof(uint32_t)},
	        [KNOW_AS_TABLE] = PART(s.as),
	        [KNOW_COUNTRIES] = PART(s.countries),
	};
	know_file_make(parts, generation, ret);
	know_tree_done(&tree);
	vec_done(&leaves);
	sections_done(&s);
}
