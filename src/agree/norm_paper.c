/* SPDX-License-Identifier: Apache-2.0
 *
 * What may stand in a paper that is handed on. The rules of the exit say so, answer by answer: as for anyone where the paper is
 * CLEAR, as for each other member of its group where it is GREEN, as for a client of ours where it is AMBER, and as for the
 * staff where it is AMBER+STRICT. An answer that is for named persons goes into none of them.
 */
#include "agree/norm.h"
#include "trust/group.h"
#include "trust/store.h"

static struct str own_party(struct db *db, struct arena *a)
{
	struct query q = db_query(db, "select name from party where own = 1");
	struct str me = STR("");

	if (query_next(&q) == 1)
		me = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	return me;
}

static bool card_of(struct db *db, struct str me, struct str group, struct arena *a, struct exit_group *ret)
{
	struct group_card card;
	struct str *names;
	unsigned n = 0;

	if (me.len == 0 || group.len == 0 || !group_confirmed(db, me, group, a, &card))
		return false;
	struct item members = item_get(&card.body, STR("members"));
	for (struct item_each m = item_each(&members); item_next(&m);)
		n++;
	names = arena_array(a, n + 1, sizeof(struct str));
	n = 0;
	for (struct item_each m = item_each(&members); names != NULL && item_next(&m);)
		names[n++] = m.item.text;
	*ret = (struct exit_group){.id = group, .confirmed = true, .members = names, .nmembers = n};
	return names != NULL;
}

int norm_paper_open(struct db *db, struct str label, struct str group, struct arena *a,
        struct norm_paper *ret, struct err *e)
{
	char shown[80];

	*ret = (struct norm_paper){.group = group.p != NULL ? group : STR(""), .me = own_party(db, a)};
	if (label.p == NULL || label.len == 0)
		return ret->group.len == 0 ? 0 : err_set(e, ERR_USAGE, "a group is for label GREEN");
	ret->label = tlp_find(label);
	if (ret->label == TLP_RED)
		return err_set(e, ERR_USAGE,
		        "what is TLP:RED is for named persons and goes into no paper for others; without a "
		        "label you "
		        "get what you may see yourself");
	if (ret->label == TLP_NONE)
		return err_set(e, ERR_USAGE, "'%s' is no label: CLEAR, GREEN, AMBER or AMBER+STRICT",
		        err_quote(shown, sizeof(shown), label).p);
	if ((ret->label == TLP_GREEN) != (ret->group.len > 0))
		return err_set(e, ERR_USAGE, "GREEN is for a group, and no other label is: name it in group");
	if (ret->label == TLP_GREEN && !card_of(db, ret->me, ret->group, a, &ret->card))
		return err_set(e, ERR_MISSING, "no card of the group '%s' is confirmed here",
		        err_quote(shown, sizeof(shown), ret->group).p);
	return 0;
}

static struct exit_object object_of(const struct norm_paper *p, const struct norm *n, struct arena *a)
{
	struct exit_object o = {.name = n->key,
	        .label = n->readers.len > 0 ? TLP_RED : tlp_find(n->label),
	        .group = n->group,
	        .originator = p->me,
	        .self = p->me};

	if (n->group.len > 0 && str_eq(n->group, p->group))
		o.card = &p->card;
	if (n->readers.len > 0) {
		struct exit_person *who = arena_new(a, struct exit_person);
		if (who != NULL)
			*who = (struct exit_person){p->me, n->readers};
		o.named = who;
		o.nnamed = who != NULL;
	}
	return o;
}

static bool to_group(const struct norm_paper *p, const struct exit_object *o, const char **ret_rule)
{
	struct exit_recipient r = {
	        .kind = EXIT_MEMBER, .way = EXIT_SEALED, .link = EXIT_LINKED, .grant = TLP_RED};
	bool any = false;

	*ret_rule = "there is nobody else in the group";
	for (unsigned i = 0; i < p->card.nmembers; i++) {
		if (str_eq(p->card.members[i], p->me))
			continue;
		r.name = r.party = p->card.members[i];
		struct exit_verdict v = exit_judge(o, &r, EXIT_TELL);
		*ret_rule = v.rule;
		any = true;
		if (!v.allowed)
			return false;
	}
	return any;
}

bool norm_leaves(const struct norm_paper *p, const struct norm *n, struct arena *a, const char **ret_rule)
{
	struct exit_object o = object_of(p, n, a);
	struct exit_recipient r = {.kind = EXIT_PUBLIC, .way = EXIT_OPEN, .name = STR("public")};
	const char *unused;

	if (ret_rule == NULL)
		ret_rule = &unused;
	*ret_rule = "it is for who asks";
	if (p->label == TLP_NONE)
		return true;
	if (p->label == TLP_GREEN)
		return to_group(p, &o, ret_rule);
	if (p->label >= TLP_AMBER)
		r = (struct exit_recipient){.kind = p->label == TLP_AMBER ? EXIT_OWNER : EXIT_STAFF,
		        .way = EXIT_SEALED,
		        .name = STR("paper"),
		        .party = p->me};
	struct exit_verdict v = exit_judge(&o, &r, EXIT_TELL);
	*ret_rule = v.rule;
	return v.allowed;
}

/* As if there were none. */
static void empty(struct norm *n)
{
	n->filled = n->hidden = false;
	n->status = str_from(norm_states[0]);
	for (unsigned i = 0; i < NORM_FIELDS; i++)
		n->field[i] = STR("");
	n->review = n->changed = 0;
	n->label = n->group = n->readers = n->person = STR("");
}

unsigned norm_paper_cut(const struct norm_paper *p, struct norm *norms, unsigned n, struct arena *a)
{
	unsigned left = 0;

	for (unsigned i = 0; i < n; i++) {
		bool stays = norms[i].filled && norm_leaves(p, &norms[i], a, NULL);
		left += norms[i].filled && !stays;
		if (!stays)
			empty(&norms[i]);
	}
	return left;
}

enum tlp norm_paper_label(const struct norm_paper *p, const struct norm *norms, unsigned n)
{
	enum tlp label = p->label;

	if (label != TLP_NONE)
		return label;
	/* of nothing at all it is a form, which is still what this node is asked */
	label = TLP_CLEAR;
	for (unsigned i = 0; i < n; i++) {
		enum tlp one = norms[i].readers.len > 0 ? TLP_RED : tlp_find(norms[i].label);
		if (norms[i].filled && one > label)
			label = one;
	}
	return label;
}

/* What is for who asks himself may have answers of several groups; nobody else may have it all then. */
static void print_group(struct norm_print *p)
{
	p->group = p->paper.group;
	for (unsigned i = 0; i < p->n && p->paper.label == TLP_NONE && p->label == TLP_GREEN; i++) {
		const struct norm *n = &p->norms[i];
		if (!n->filled || tlp_find(n->label) != TLP_GREEN)
			continue;
		if (p->group.len == 0)
			p->group = n->group;
		else if (!str_eq(p->group, n->group))
			p->label = TLP_AMBER;
	}
	if (p->label != TLP_GREEN)
		p->group = STR("");
}

int norm_print_read(struct db *db, struct str label, struct str group, struct str lang, struct arena *a,
        struct norm_print *ret, struct err *e)
{
	*ret = (struct norm_print){0};
	int rc = norm_paper_open(db, label, group, a, &ret->paper, e);
	if (rc == 0)
		rc = norms_read(db, (struct str){0}, lang, a, &ret->norms, &ret->n, e);
	if (rc == 0)
		rc = norm_confirmed_read(db, (struct str){0}, a, &ret->confirmed, &ret->nconfirmed, e);
	if (rc == 0)
		rc = norm_actions_read(db, (struct str){0}, a, &ret->actions, &ret->nactions, e);
	if (rc != 0)
		return rc;
	ret->left = norm_paper_cut(&ret->paper, ret->norms, ret->n, a);
	ret->label = norm_paper_label(&ret->paper, ret->norms, ret->n);
	print_group(ret);
	return 0;
}

bool norm_print_shows(const struct norm_print *p, const struct norm *n)
{
	return n->filled || (p->paper.label == TLP_NONE && !n->hidden);
}
