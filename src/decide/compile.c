/* SPDX-License-Identifier: Apache-2.0
 *
 * Rule files to compiled rules. Everything that is wrong in any file is said, not only what comes first, and
 * a set with one fault is no set: a rule left out would let the next one decide. A rule behind one that
 * matches everything is a fault; other rules that can never be reached are not found out.
 */
#include "base/conf.h"
#include "decide/rules.h"

_Static_assert(TYPE_END < SIEVE_VALUES, "a set of types is 64 bits");

/* ---- all files ------------------------------------------------------------------------------------ */

static void fault_at(struct compile *c, const struct rule *r, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));
static void fault_at(struct compile *c, const struct rule *r, const char *fmt, ...)
{
	struct conf at = {.file = r->file, .line = r->line, .column = r->column};
	struct err e, words;
	va_list ap;

	va_start(ap, fmt);
	err_setv(&words, ERR_VALUE, fmt, ap);
	va_end(ap);
	conf_err(&at, &e, "%s", words.text);
	compile_fault(c, &e);
}

static void check_twice(struct compile *c, const struct rule_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		for (size_t k = 0; list->v[i].name.len > 0 && k < i; k++) {
			if (!str_eq(list->v[i].name, list->v[k].name))
				continue;
			fault_at(c, &list->v[i], "rule '%.*s' is there already, at %.*s:%u",
			        STR_ARG(list->v[i].name), STR_ARG(list->v[k].file), list->v[k].line);
			break;
		}
	}
}

static void check_reached(struct compile *c, const struct rule_list *list)
{
	for (size_t i = 0; i + 1 < list->n; i++) {
		const struct rule *r = &list->v[i], *next = &list->v[i + 1];
		if (!r->everything)
			continue;
		fault_at(c, next,
		        "rule '%.*s' is never reached: '%.*s' (%.*s:%u) before it matches everything",
		        STR_ARG(next->name), STR_ARG(r->name), STR_ARG(r->file), r->line);
		return;
	}
}

static void slot_give(struct rules *r, unsigned what)
{
	if (what < FIELD_END && field_table[what].place == PLACE_VAR && r->slot[what] == 0)
		r->slot[what] = (uint8_t)r->nslots++;
}

_Static_assert(RULES_SLOTS <= 255, "a slot's number is a byte");

static void give_slots(struct rules *r)
{
	r->nslots = 1;
	for (unsigned i = 0; i < nkey_fields; i++)
		slot_give(r, key_fields[i]);
	for (uint32_t i = 0; i < r->n; i++) {
		const struct rule *rule = &r->rules[i];
		for (uint32_t k = 0; k < rule->nconds; k++)
			slot_give(r, rule->conds[k].what);
		for (uint32_t g = 0; g < rule->nnots; g++)
			for (uint32_t k = 0; k < rule->nots[g].n; k++)
				slot_give(r, rule->nots[g].conds[k].what);
	}
	for (unsigned i = 0; i < r->nextras; i++)
		r->extra_slot[i] = (uint8_t)r->nslots++;
}

/* Whether nothing but the row's var part can give the value. */
static bool plain_slot(unsigned what)
{
	return what != FIELD_SOURCE_GEO_CC && what != FIELD_DESTINATION_GEO_CC &&
	        what != FIELD_SOURCE_NETWORK && what != FIELD_DESTINATION_NETWORK &&
	        what != FIELD_FEED_NAME && what != FIELD_FEED_PROVIDER && what != FIELD_FEED_CODE &&
	        what != FIELD_FEED_URL && what != FIELD_FEED_DOCUMENTATION &&
	        what != FIELD_CLASSIFICATION_TAXONOMY && what != FIELD_OWNER && what != FIELD_ASSET &&
	        what != FIELD_CRITICALITY;
}

static uint8_t cond_slot(const struct rules *r, unsigned what)
{
	if (what >= WHAT_EXTRA)
		return r->extra_slot[what - WHAT_EXTRA];
	return what < FIELD_END && plain_slot(what) ? r->slot[what] : 0;
}

static void cond_slots(const struct rules *r, struct cond *conds, uint32_t n, uint64_t *needs)
{
	for (uint32_t i = 0; i < n; i++) {
		conds[i].slot = cond_slot(r, conds[i].what);
		if (needs != NULL && conds[i].slot != 0 && conds[i].slot < 64)
			*needs |= (uint64_t)1 << conds[i].slot;
	}
}

/* Tells each condition where its value stands, and each rule what it cannot do without. */
static void use_slots(struct rules *r)
{
	for (uint32_t i = 0; i < r->n; i++) {
		struct rule *rule = &r->rules[i];
		cond_slots(r, rule->conds, rule->nconds, &rule->needs);
		for (uint32_t g = 0; g < rule->nnots; g++)
			cond_slots(r, rule->nots[g].conds, rule->nots[g].n, NULL);
	}
}

static void give_sieves(struct rules *r)
{
	r->words = (r->n + 63) / 64;
	for (unsigned k = 0; k < SIEVES; k++) {
		uint64_t *sets = arena_array(&r->arena, (size_t)SIEVE_VALUES * r->words + 1, sizeof(*sets));
		for (uint32_t i = 0; i < r->n; i++) {
			for (unsigned value = 0; value < SIEVE_VALUES; value++) {
				uint64_t can = r->rules[i].can[k] >> value & 1;
				sets[value * r->words + i / 64] |= can << i % 64;
			}
		}
		r->sieve[k] = sets;
	}
}

/* The number in front of a file's name. */
static uint64_t file_number(struct str name)
{
	size_t n = 0;
	uint64_t v = 0;

	while (n < name.len && char_digit(name.p[n]))
		n++;
	return str_u64(str_sub(name, 0, n), &v) ? v : UINT64_MAX;
}

static int file_cmp(const void *a, const void *b)
{
	const struct rules_file *x = a, *y = b;
	uint64_t nx = file_number(x->name), ny = file_number(y->name);

	return nx != ny ? (nx < ny ? -1 : 1) : str_cmp(x->name, y->name);
}

static void compile_file(struct compile *c, const struct rules_file *file, struct rule_list *list)
{
	auto_arena struct arena scratch = {0};
	struct conf *root;
	struct err e = {0};
	struct str name = arena_str(&c->rules->arena, file->name);

	if (conf_parse(&scratch, name, file->text, &root, &e) < 0) {
		compile_fault(c, &e);
		return;
	}
	if (root->kind == CONF_SCALAR && root->text.len == 0)
		return; /* nothing but comments */
	if (root->kind != CONF_LIST) {
		conf_err(root, &e, "a file of rules is a list: each rule starts with '- rule: NAME'");
		compile_fault(c, &e);
		return;
	}
	for (const struct conf *at = root->first; at != NULL; at = at->next)
		rule_make(c, at, name, list);
}

static void rules_finish(struct rules *r, struct rule_list *list)
{
	r->n = (uint32_t)list->n;
	r->rules = arena_array(&r->arena, list->n ? list->n : 1, sizeof(*r->rules));
	if (list->n > 0)
		memcpy(r->rules, list->v, list->n * sizeof(*r->rules));
	give_slots(r);
	use_slots(r);
	give_sieves(r);
	hints_give(r);
}

int rules_compile(const struct rules_file *files, size_t n, struct rules **ret, struct buf *faults)
{
	struct rules *r = mem_zero(1, sizeof(*r));
	struct compile c = {.rules = r, .faults = faults};
	struct rules_file *sorted = mem_get((n + 1) * sizeof(*sorted));
	struct rule_list list = {0};

	if (n > 0)
		memcpy(sorted, files, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), file_cmp);
	for (size_t i = 0; i < n; i++)
		compile_file(&c, &sorted[i], &list);
	check_twice(&c, &list);
	check_reached(&c, &list);
	rules_finish(r, &list);
	vec_done(&list);
	free(sorted);
	if (c.nfaults > 0) {
		rules_free(r);
		return ERR_VALUE;
	}
	*ret = r;
	return 0;
}

void rules_free(struct rules *r)
{
	if (r == NULL)
		return;
	arena_done(&r->arena);
	free(r);
}

uint32_t rules_count(const struct rules *r)
{
	return r == NULL ? 0 : r->n;
}

bool rules_view(const struct rules *r, uint32_t index, struct rule_view *ret)
{
	if (r == NULL || index == 0 || index > r->n)
		return false;
	const struct rule *rule = &r->rules[index - 1];
	*ret = (struct rule_view){.name = rule->name,
	        .file = rule->file,
	        .line = rule->line,
	        .digest_day = rule->digest_day,
	        .digest_minute = rule->digest_minute,
	        .repeat = rule->nrepeat ? rule->repeat : NULL,
	        .nrepeat = rule->nrepeat,
	        .after = rule->after,
	        .escalate = rule->escalate,
	        .call = rule->call,
	        .request = rule->request,
	        .ack_by = rule->ack_by};
	return true;
}

bool rules_request(const struct rules *r)
{
	return r != NULL && r->requests;
}
