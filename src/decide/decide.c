/* SPDX-License-Identifier: Apache-2.0
 *
 * From a row to its verdict, in the order in which things depend on each other:
 *
 *   whose     by the source: its address, else all of its prefix, together with its name and AS (know_whose).
 *             Never by the destination: who is attacked is told by a rule and a person, not by a guess.
 *   label     the record's, else the feed's; never below the feed's floor. Neither: AMBER+STRICT, and waiting.
 *   severity  the sender's word, else the default of the type; a step more for what is known to be exploited
 *   rule      the first that matches; it may set the severity and raise the label
 *   decision  what the rule wants, held back by the label (up to AMBER may go to an owner), by an unknown
 *             owner, by an owner without a contact for the class
 *   key       which finding this is
 *
 * The look-ups of a batch are made some dozen rows at a time, so that their memory accesses overlap; so are
 * the first touches of what an answer leads to (owner, his contacts, their texts), which would otherwise cost
 * more than the decision itself.
 */
#include "decide/rules.h"
#include <assert.h>

#define BLOCK 64
#define SPANS_MAX 256 /* a prefix in more parts than this is nobody's */

/* ---- whose ---------------------------------------------------------------------------------------- */

static void addr_next(struct addr *a)
{
	for (int i = 15; i >= 0 && ++a->b[i] == 0; i--)
		;
}

/* Keeps of a what b says too. */
static void leaf_common(struct know_leaf *a, const struct know_leaf *b)
{
	if (a->owner != b->owner) {
		a->owner = a->asset = 0;
		a->how = KNOW_NOBODY;
		a->criticality = 0;
	}
	if (a->how < b->how)
		a->how = b->how; /* the widest way of finding */
	if (a->owner == 0)
		a->how = KNOW_NOBODY;
	if (a->asset != b->asset) {
		a->asset = 0;
		a->criticality = 0;
	}
	if (a->origins != b->origins || memcmp(a->asn, b->asn, sizeof(a->asn)) != 0)
		a->origins = 0;
	if (memcmp(a->cc, b->cc, 2) != 0)
		a->cc[0] = a->cc[1] = 0;
	if (a->network_len > b->network_len)
		a->network_len = b->network_len;
}

/* A prefix belongs to an owner if all of it does. */
static const struct know_leaf *network_leaf(struct look *l, const struct know *k)
{
	struct str s = look_slot(l, FIELD_SOURCE_NETWORK);
	struct prefix p;
	struct addr at, last, end;

	if (s.len == 0 || !prefix_parse(s, &p, NULL))
		return NULL;
	prefix_range(&p, &at, &last);
	const struct know_leaf *first = know_span(k, &at, &last, &end);
	if (addr_cmp(&end, &last) >= 0)
		return first;
	l->merged = *first;
	for (unsigned n = 0; addr_cmp(&end, &last) < 0; n++) {
		if (n == SPANS_MAX)
			return NULL;
		at = end;
		addr_next(&at);
		leaf_common(&l->merged, know_span(k, &at, &last, &end));
	}
	return &l->merged;
}

static void look_whose(struct look *l)
{
	const struct know *k = l->f->args->know;

	l->whose = (struct know_answer){0};
	l->owner = NULL;
	l->asset = NULL;
	if (k == NULL)
		return;
	if (addr_none(&l->row->src))
		l->leaf = network_leaf(l, k);
	know_whose(k, l->leaf, look_slot(l, FIELD_SOURCE_FQDN), l->row->src_asn, &l->whose);
	l->owner = know_owner(k, l->whose.owner);
	l->asset = know_asset(k, l->whose.asset);
}

/* ---- label, severity ------------------------------------------------------------------------------ */

static void look_label(struct look *l)
{
	enum tlp tlp = (enum tlp)l->row->tlp;

	if (tlp == TLP_NONE)
		tlp = l->f->feed.label;
	l->unlabelled = tlp == TLP_NONE;
	if (l->unlabelled)
		tlp = TLP_AMBER_STRICT;
	l->tlp = tlp < l->f->feed.floor ? l->f->feed.floor : tlp;
}

enum severity decide_type_severity(enum event_type type)
{
	return (unsigned)type < TYPE_END ? class_table[type].severity : SEVERITY_NONE;
}

unsigned decide_rank(enum severity severity)
{
	static const uint8_t ranks[SEVERITY_END] = {
#define SEVERITY(number, symbol, name, rank) [SEVERITY_##symbol] = rank,
#include "event/taxonomy.tbl"
	};

	return (unsigned)severity < SEVERITY_END ? ranks[severity] : 0;
}

/* ---- a batch, a row ------------------------------------------------------------------------------- */

void look_batch(struct facts *f, const struct decide_args *args, const struct batch *b)
{
	static const struct decide_feed unknown = {.accuracy = -1};
	const struct rules *r = args->rules;

	assert(r != NULL);
	f->args = args;
	f->rules = r;
	f->b = b;
	f->feed = args->feed != NULL ? *args->feed : unknown;
	f->last_id = FIELD_END - 1;
	for (uint32_t k = 0; r->nextras > 0 && k < b->head->keys; k++) {
		f->key_slot[k] = 0;
		for (unsigned i = 0; i < r->nextras; i++) {
			if (!str_eq(b->keys[k], r->extras[i]))
				continue;
			f->key_slot[k] = r->extra_slot[i];
			f->last_id = FIELD_EXTRA + k;
		}
	}
}

void look_row(
        struct look *l, const struct facts *f, const struct batch_row *row, const struct know_leaf *leaf)
{
	l->f = f;
	l->row = row;
	l->leaf = leaf;
	l->dst_leaf = NULL;
	l->dst_asked = false;
	look_values(l);
	look_whose(l);
	look_label(l);
	l->severity = (enum severity)row->severity;
	if (l->severity == SEVERITY_NONE)
		l->severity = class_table[row->type].severity;
	if (l->severity < SEVERITY_CRITICAL && look_exploited(l))
		l->severity++;
}

/* ---- contacts ------------------------------------------------------------------------------------- */

/* Of a record that has a class and no type. classes: names separated by blanks; empty: all. */
static bool wants(struct str classes, struct str taxonomy)
{
	bool any = false;

	for (struct str_cut cut = {.tail = classes, .ok = true}; cut.ok;) {
		cut = str_cut(cut.tail, ' ');
		any |= cut.head.len > 0;
		if (cut.head.len > 0 && str_ieq(cut.head, taxonomy))
			return true;
	}
	return !any;
}

static uint32_t contacts(const struct look *l)
{
	uint32_t mask = 0;

	for (uint32_t i = 0; l->owner != NULL && i < l->owner->ncontacts && i < KNOW_CONTACTS_MAX; i++) {
		const struct know_contact *c = &l->owner->contacts[i];
		bool wanted = l->row->type != TYPE_NONE
		        ? c->types >> l->row->type & 1
		        : wants(c->classes, look_slot(l, FIELD_CLASSIFICATION_TAXONOMY));
		mask |= wanted ? (uint32_t)1 << i : 0;
	}
	return mask;
}

/* ---- the decision --------------------------------------------------------------------------------- */

static enum decision hold(struct verdict *v, enum decision decision, enum decide_reason reason)
{
	v->reason = (uint8_t)reason;
	return decision;
}

static enum decision decide(const struct look *l, const struct rule *rule, struct verdict *v)
{
	if (rule->notify == NOTIFY_NOBODY)
		return DECISION_IGNORE;
	if (v->tlp == TLP_RED)
		return hold(v, DECISION_PERSON, REASON_RED);
	if (l->unlabelled)
		return hold(v, DECISION_PERSON, REASON_UNLABELLED);
	if (v->tlp > TLP_AMBER)
		return hold(v, DECISION_PERSON, REASON_STRICT);
	if (rule->person)
		return hold(v, DECISION_PERSON, REASON_RULE);
	if (l->owner == NULL)
		return hold(v, DECISION_NOBODY, REASON_OWNER);
	if (v->contacts == 0)
		return hold(v, DECISION_NOBODY, REASON_CONTACT);
	return rule->digest_day != 0 ? DECISION_DIGEST : DECISION_NOTIFY;
}

static void verdict_rule(const struct look *l, const struct rule *rule, struct verdict *v)
{
	if (rule->label > v->tlp)
		v->tlp = rule->label;
	if (rule->severity != SEVERITY_NONE) {
		v->severity = rule->severity;
		v->rank = rule->rank;
	}
	if (rule->notify != NOTIFY_NOBODY)
		v->contacts = contacts(l);
	v->decision = (uint8_t)decide(l, rule, v);
	if (v->decision != DECISION_IGNORE)
		v->due = rule->within;
}

static void verdict_make(struct look *l, struct verdict *v)
{
	const struct know *k = l->f->args->know;
	const struct rule *rule = NULL;

	memset(v, 0, sizeof(*v));
	v->owner = l->whose.owner;
	v->asset = l->whose.asset;
	v->criticality = l->whose.criticality;
	v->how = l->whose.how;
	v->network = l->leaf != NULL && l->leaf != &l->merged ? know_leaf_index(k, l->leaf) : 0;
	v->generation = k != NULL ? know_generation(k) : 0;
	v->tlp = (uint8_t)l->tlp;
	v->severity = (uint8_t)l->severity;
	v->rank = (uint8_t)decide_rank(l->severity);
	v->rule = match_first(l);
	if (v->rule != 0) {
		rule = &l->f->rules->rules[v->rule - 1];
		verdict_rule(l, rule, v);
	}
	if (l->owner != NULL)
		decide_key(l, rule, v->key);
}

/* Brings into the cache what the rows of a block will look at, one step of each chain at a time. */
static void warm(const struct know *k, const struct know_leaf *const *leaf, uint32_t n)
{
	const struct know_owner *owner[BLOCK];

	for (uint32_t i = 0; i < n; i++)
		__builtin_prefetch(leaf[i]);
	for (uint32_t i = 0; i < n; i++) {
		owner[i] = know_owner(k, leaf[i]->owner);
		__builtin_prefetch(owner[i]); /* of NULL: nothing happens */
	}
	for (uint32_t i = 0; i < n; i++) {
		if (owner[i] == NULL)
			continue;
		__builtin_prefetch(owner[i]->contacts);
		__builtin_prefetch((const char *)owner[i]->contacts + 64);
		__builtin_prefetch(owner[i]->id.p);
		__builtin_prefetch(owner[i]->sector.p);
	}
}

void decide_batch(const struct decide_args *args, const struct batch *b, struct verdict *ret)
{
	const struct addr *at[BLOCK];
	const struct know_leaf *leaf[BLOCK];
	struct facts f;
	struct look l;

	look_batch(&f, args, b);
	for (uint32_t from = 0; from < b->head->rows; from += BLOCK) {
		uint32_t n = b->head->rows - from < BLOCK ? b->head->rows - from : BLOCK;
		const struct batch_row *rows = b->rows + from;
		for (uint32_t i = 0; i < n; i++)
			at[i] = &rows[i].src;
		if (args->know != NULL) {
			know_addrs(args->know, at, n, leaf);
			warm(args->know, leaf, n);
		}
		for (uint32_t i = 0; i < n; i++) {
			bool none = args->know == NULL || addr_none(at[i]);
			look_row(&l, &f, &rows[i], none ? NULL : leaf[i]);
			verdict_make(&l, &ret[from + i]);
		}
	}
}

static const struct know_leaf *row_leaf(const struct decide_args *args, const struct batch_row *row)
{
	return args->know != NULL && !addr_none(&row->src) ? know_addr(args->know, &row->src) : NULL;
}

void decide_row(const struct decide_args *args, const struct batch *b, const struct batch_row *row,
        struct verdict *ret)
{
	struct facts f;
	struct look l;

	look_batch(&f, args, b);
	look_row(&l, &f, row, row_leaf(args, row));
	verdict_make(&l, ret);
}

/* ---- for people ----------------------------------------------------------------------------------- */

const char *decision_name(unsigned decision)
{
	static const char *const names[DECISION_END] = {[DECISION_NONE] = "no rule",
	        [DECISION_NOTIFY] = "notify",
	        [DECISION_DIGEST] = "digest",
	        [DECISION_IGNORE] = "ignore",
	        [DECISION_PERSON] = "person",
	        [DECISION_NOBODY] = "nobody"};

	return decision < DECISION_END ? names[decision] : "?";
}

const char *decide_reason_text(unsigned reason)
{
	static const char *const texts[REASON_END] = {[REASON_RULE] = "the rule says that a person decides",
	        [REASON_UNLABELLED] =
	                "neither the record nor its feed has a label; a person must say how far it may go",
	        [REASON_STRICT] = "AMBER+STRICT may not go to an owner; a person must decide",
	        [REASON_RED] = "RED is for named persons only; no letter is written",
	        [REASON_OWNER] = "no owner is known",
	        [REASON_CONTACT] = "the owner has no contact for this class"};

	return reason < REASON_END ? texts[reason] : NULL;
}
