/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/disposition.h"

#define OF DISPOSITION_OF
#define WITH DISPOSITION_WITH
#define TEXT DISPOSITION_TEXT
#define WITHDRAW DISPOSITION_WITHDRAW

const struct disposition_row disposition_table[DISPOSITION_END] = {
#define DISPOSITION(symbol, word, cites, needs, about) {STR_INIT(word), cites, needs, about},
#include "agree/disposition.tbl"
#undef DISPOSITION
};

/* ---- what differs -------------------------------------------------------------------------------- */

static bool is_cited(const struct str *cited, unsigned n, struct str id)
{
	for (unsigned i = 0; i < n; i++)
		if (str_eq(cited[i], id))
			return true;
	return false;
}

static bool same_words(const struct clause *a, const struct clause *b)
{
	return b != NULL && memcmp(a->sha256, b->sha256, DIGEST_LEN) == 0;
}

/* The next clause at or after i that is not cited. */
static unsigned next_uncited(const struct agree_text *t, unsigned i, const struct str *cited, unsigned n)
{
	while (i < t->n && is_cited(cited, n, t->clause[i].id))
		i++;
	return i;
}

unsigned agree_unexplained(const struct agree_text *old, const struct agree_text *new,
        const struct str *cited, unsigned cited_n, struct str *ret)
{
	unsigned n = 0;

	for (unsigned i = next_uncited(new, 0, cited, cited_n); i < new->n;
	        i = next_uncited(new, i + 1, cited, cited_n))
		if (!same_words(&new->clause[i], agree_text_find(old, new->clause[i].id)))
			ret[n++] = new->clause[i].id;
	for (unsigned i = next_uncited(old, 0, cited, cited_n); i < old->n;
	        i = next_uncited(old, i + 1, cited, cited_n))
		if (agree_text_find(new, old->clause[i].id) == NULL)
			ret[n++] = old->clause[i].id;
	if (n > 0)
		return n;
	/* The same clauses: the first place where the orders differ. */
	unsigned i = next_uncited(new, 0, cited, cited_n), k = next_uncited(old, 0, cited, cited_n);
	while (i < new->n && str_eq(new->clause[i].id, old->clause[k].id)) {
		i = next_uncited(new, i + 1, cited, cited_n);
		k = next_uncited(old, k + 1, cited, cited_n);
	}
	if (i < new->n)
		ret[n++] = new->clause[i].id;
	return n;
}

/* ---- items --------------------------------------------------------------------------------------- */

static enum disposition_word word_find(struct str word)
{
	for (unsigned w = 0; w < DISPOSITION_END; w++)
		if (str_eq(disposition_table[w].word, word))
			return (enum disposition_word)w;
	return DISPOSITION_END;
}

static bool some(const struct item *item, const char *name, enum item_type type)
{
	struct item i = item_get(item, str_from(name));

	return i.type == type && i.text.len > 0;
}

static unsigned proposal_find(const struct proposal *p, unsigned n, struct str hex)
{
	uint8_t id[DIGEST_LEN];
	unsigned i = 0;

	if (!str_hex(hex, id, DIGEST_LEN))
		return n;
	while (i < n && memcmp(p[i].id, id, DIGEST_LEN) != 0)
		i++;
	return i;
}

static bool clauses_ok(const struct item *item)
{
	struct item clauses = item_get(item, STR("clauses"));

	if (!item_there(&clauses))
		return true;
	if (clauses.type != BODY_LIST)
		return false;
	for (struct item_each e = item_each(&clauses); item_next(&e);)
		if (e.item.type != BODY_TEXT || !clause_id_ok(e.item.text))
			return false;
	return true;
}

/* NULL, or why the item does not count. *ret: of which proposal it is; n: of none. */
static const char *item_wrong(const struct item *item, const struct proposal *p, unsigned n,
        enum disposition_word *ret_word, unsigned *ret)
{
	struct item of = item_get(item, STR("of"));

	*ret_word = word_find(item_text(item, "word"));
	*ret = n;
	if (*ret_word == DISPOSITION_END)
		return "its word is none that is known";
	unsigned needs = disposition_table[*ret_word].needs;
	if ((needs & OF) == 0 && item_there(&of))
		return "a proposal of the secretariat is about no other one";
	if ((needs & OF) != 0) {
		*ret = proposal_find(p, n, of.type == BODY_TEXT ? of.text : STR(""));
		if (*ret == n)
			return "it is about no comment or amendment of the round";
	}
	if ((needs & WITH) != 0 && !some(item, "with", BODY_LIST))
		return "what is joined needs the ids that it is joined with";
	if ((needs & TEXT) != 0 && !some(item, "text", BODY_OBJECT))
		return "this word needs a reason";
	if ((needs & WITHDRAW) != 0 && !p[*ret].withdrawn)
		return "its author has not taken it back";
	return clauses_ok(item) ? NULL : "clauses must be ids of clauses";
}

struct freezing {
	struct freeze *f;
	struct item *standing; /* of each proposal; type BODY_NULL: none */
	enum disposition_word *word;
	VEC(struct str) cited;
};

static void cite(struct freezing *z, const struct item *item)
{
	struct item clauses = item_get(item, STR("clauses"));

	if (clauses.type != BODY_LIST)
		return;
	for (struct item_each e = item_each(&clauses); item_next(&e);)
		*vec_add(&z->cited) = e.item.text;
}

static void take_list(
        struct freezing *z, unsigned list, const struct item *items, const struct proposal *p, unsigned n)
{
	unsigned at = 0;

	if (items->type != BODY_LIST)
		return;
	for (struct item_each e = item_each(items); item_next(&e); at++) {
		enum disposition_word word;
		unsigned of;
		const char *why = item_wrong(&e.item, p, n, &word, &of);
		if (why != NULL) {
			z->f->bad[z->f->bads].list = list;
			z->f->bad[z->f->bads].item = at;
			z->f->bad[z->f->bads++].why = why;
		} else if (of < n) {
			z->standing[of] = e.item;
			z->word[of] = word;
		} else {
			cite(z, &e.item);
		}
	}
}

bool freeze_check(struct arena *a, const struct agree_text *old, const struct agree_text *new,
        const struct proposal *proposals, unsigned n, const struct disposition_list *lists, unsigned list_n,
        struct freeze *ret)
{
	struct freezing z = {.f = ret};
	unsigned items = 0;

	*ret = (struct freeze){0};
	for (unsigned i = 0; i < list_n; i++)
		items += lists[i].items.type == BODY_LIST ? item_count(&lists[i].items) : 0;
	ret->bad = arena_array(a, items + 1, sizeof(*ret->bad));
	ret->open = arena_array(a, n + 1, sizeof(const struct proposal *));
	ret->unexplained = arena_array(a, (size_t)2 * AGREE_CLAUSES, sizeof(*ret->unexplained));
	z.standing = arena_array(a, n + 1, sizeof(*z.standing));
	z.word = arena_array(a, n + 1, sizeof(*z.word));
	for (unsigned i = 0; i < list_n; i++)
		take_list(&z, i, &lists[i].items, proposals, n);
	for (unsigned i = 0; i < n; i++) {
		if (z.standing[i].type == BODY_NULL)
			ret->open[ret->opens++] = &proposals[i];
		else if (disposition_table[z.word[i]].cites)
			cite(&z, &z.standing[i]);
	}
	ret->changes = agree_unexplained(old, new, z.cited.v, (unsigned)z.cited.n, ret->unexplained);
	vec_done(&z.cited);
	return freeze_ok(ret);
}
