/* SPDX-License-Identifier: Apache-2.0
 *
 * What rules ask of owners and assets against the owners and assets there are: a sector with a slip of the
 * pen in it is no fault of the rule's form, and yet the rule never matches. Values are looked for one by one
 * in the whole generation, which is for a check and not for deciding.
 */
#include "base/conf.h"
#include "decide/rules.h"

/* What is asked, in words; NULL: nothing that the owners file says. */
static const char *asked(unsigned what)
{
	switch (what) {
	case FIELD_OWNER:
		return "no owner is";
	case WHAT_OWNER_NAME:
		return "no owner has the name";
	case WHAT_OWNER_SECTOR:
		return "no owner has the sector";
	case FIELD_ASSET:
		return "no asset is";
	case WHAT_ASSET_KIND:
		return "no asset is of the kind";
	default:
		return NULL;
	}
}

static struct str owner_text(const struct know_owner *o, unsigned what)
{
	return what == FIELD_OWNER ? o->id : what == WHAT_OWNER_NAME ? o->name : o->sector;
}

static bool somebody_has(const struct know *k, unsigned what, struct str value)
{
	bool asset = what == FIELD_ASSET || what == WHAT_ASSET_KIND;
	uint32_t n = asset ? know_asset_count(k) : know_owner_count(k);

	for (uint32_t i = 1; i <= n; i++) {
		const struct know_asset *a = asset ? know_asset(k, i) : NULL;
		struct str text = a == NULL   ? owner_text(know_owner(k, i), what)
		        : what == FIELD_ASSET ? a->name
		                              : a->kind;
		if (str_ieq(text, value))
			return true;
	}
	return false;
}

static void look_at(const struct rule *r, const struct cond *c, const struct know *k, struct buf *remarks)
{
	const char *words = asked(c->what);
	struct conf at = {.file = r->file, .line = c->line, .column = c->column};
	struct err e;

	if (words == NULL || c->kind != COND_TEXT)
		return;
	for (uint32_t i = 0; i < c->n; i++) {
		if (somebody_has(k, c->what, c->texts[i]))
			continue;
		conf_err(&at, &e, "rule '%.*s': %s '%.*s'", STR_ARG(r->name), words, STR_ARG(c->texts[i]));
		buf_printf(remarks, "%s\n", e.text);
	}
}

void rules_unmet(const struct rules *rules, const struct know *k, struct buf *remarks)
{
	if (know_owner_count(k) == 0)
		return;
	for (uint32_t i = 0; i < rules->n; i++) {
		const struct rule *r = &rules->rules[i];
		for (uint32_t c = 0; c < r->nconds; c++)
			look_at(r, &r->conds[c], k, remarks);
		for (uint32_t g = 0; g < r->nnots; g++)
			for (uint32_t c = 0; c < r->nots[g].n; c++)
				look_at(r, &r->nots[g].conds[c], k, remarks);
	}
}
