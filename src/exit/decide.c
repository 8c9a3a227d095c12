/* SPDX-License-Identifier: Apache-2.0
 *
 * First the facts, as bits; then the table, row by row, each a comparison of masks.
 */
#include "exit/decide.h"

enum {
	OWN = 1,           /* this node's party has made it */
	PERMITTED = 2,     /* its originator's signed permission names the recipient */
	LINKED = 4,        /* the link is active */
	GRANTED = 8,       /* the link is for that label */
	NAMES = 16,        /* persons are named */
	NAMED = 32,        /* the recipient is one of them, or has one of them */
	GROUP = 64,        /* a group is named */
	CARD = 128,        /* its card is here, and has members */
	COMMUNITY = 256,   /* the recipient belongs to it */
	SEALED = 512,      /* nobody but the recipient reads it on its way */
	PERSONAL = 1024,   /* nobody but the person does */
	PRIVATE = 2048,    /* it does not leave the machine, or goes by a pinned connection */
	TAKES_PART = 4096, /* a writer who is no stranger to the case */
	CITES = 8192,      /* it rests on an agreed text */
	HOLDS = 16384,     /* which holds for both */
};

const struct exit_fact exit_facts[] = {
        {"own", "this node's party is its originator"},
        {"permitted", "a signed statement of its originator names the recipient"},
        {"linked", "the recipient's link is active"},
        {"granted", "the recipient's link is for labels as strict as this one"},
        {"names", "persons are named"},
        {"named", "the recipient is one of the persons named, or the party of one"},
        {"group", "a group is named"},
        {"card", "the card of that group is here and has members"},
        {"community", "the recipient is a member, a partner organisation or a constituent of one"},
        {"sealed", "nobody but the recipient's organisation reads it on its way"},
        {"personal", "nobody but the person reads it on its way"},
        {"private", "it is read at the desk, or goes over a pinned connection"},
        {"takes-part", "the recipient has written in the case, or is listed as whom to write to abroad"},
        {"cites", "it rests on an agreed text that is known here, such as gate-times/3"},
        {"holds", "that text is adopted, in force, and binds both parties"},
};
const unsigned exit_fact_count = sizeof(exit_facts) / sizeof(exit_facts[0]);

#define T(x) (1u << TLP_##x)
#define P(x) (1u << PAP_##x)
#define K(x) (1u << EXIT_##x)
#define U(x) (1u << EXIT_##x)
#define RED T(RED)
#define ANY_TLP ((1u << TLP_END) - 1)
#define ANY_PAP ((1u << PAP_END) - 1)
#define ANYONE ((1u << EXIT_KINDS) - 1)
#define OTHERS (K(PEER) | K(MEMBER) | K(MAIL))
#define ANY_USE ((1u << EXIT_PURPOSES) - 1)
#define USE (U(LOOKUP) | U(CONTACT) | U(BLOCK))
#define ALLOW true
#define REFUSE false

const struct exit_rule exit_rules[] = {
#define RULE(name, labels, paps, kinds, purposes, need, lack, allowed, sentence, who)                        \
	{#name, labels, paps, kinds, purposes, need, lack, allowed, sentence, EXIT_##who},
#include "exit/rules.tbl"
};
const unsigned exit_rule_count = sizeof(exit_rules) / sizeof(exit_rules[0]);

/* ---- facts --------------------------------------------------------------------------------------- */

static bool is_in(const struct str *list, unsigned n, struct str what)
{
	for (unsigned i = 0; i < n && what.len > 0; i++)
		if (str_eq(list[i], what))
			return true;
	return false;
}

/* A card that nobody here has confirmed, or that does not have sender or receiver among its members, makes GREEN an AMBER. */
static enum tlp treated_as(const struct exit_object *o)
{
	const struct exit_group *g = o->card;

	if (o->label != TLP_GREEN || o->group.len == 0 || g == NULL || g->nmembers == 0 ||
	        !str_eq(g->id, o->group))
		return o->label;
	bool ours = g->confirmed && is_in(g->members, g->nmembers, o->self) &&
	        (o->originator.len == 0 || is_in(g->members, g->nmembers, o->originator));
	return ours ? TLP_GREEN : TLP_AMBER;
}

static bool is_named(const struct exit_object *o, const struct exit_recipient *r)
{
	for (unsigned i = 0; i < o->nnamed; i++) {
		const struct exit_person *p = &o->named[i];
		bool party = r->party.len > 0 && str_eq(p->party, r->party);
		/* a node shows it to the persons that are named, so its party is enough */
		if (party && p->person.len > 0 &&
		        (r->kind == EXIT_PEER ? r->person.len == 0 || str_eq(p->person, r->person)
		                              : str_eq(p->person, r->person)))
			return true;
	}
	return false;
}

static bool is_permitted(const struct exit_object *o, const struct exit_recipient *r)
{
	const struct exit_permission *p = o->permission;

	if (p == NULL || p->statement.len == 0 || o->originator.len == 0 || !str_eq(p->by, o->originator) ||
	        r->party.len == 0 || !str_eq(p->party, r->party))
		return false;
	/* RED is permitted to a person */
	return o->label != TLP_RED || (p->person.len > 0 && str_eq(p->person, r->person));
}

static unsigned facts(const struct exit_object *o, const struct exit_recipient *r, enum tlp label)
{
	const struct exit_group *g = o->card;
	unsigned f = 0;

	f |= o->self.len > 0 && str_eq(o->originator, o->self) ? OWN : 0;
	f |= is_permitted(o, r) ? PERMITTED : 0;
	f |= r->link == EXIT_LINKED ? LINKED : 0;
	f |= r->grant != TLP_NONE && label <= r->grant ? GRANTED : 0;
	f |= o->nnamed > 0 ? NAMES : 0;
	f |= is_named(o, r) ? NAMED : 0;
	f |= r->way != EXIT_OPEN ? SEALED : 0;
	f |= r->way == EXIT_PERSONAL || r->way == EXIT_NODE ? PERSONAL : 0;
	f |= r->way == EXIT_NODE ? PRIVATE : 0;
	f |= r->takes_part ? TAKES_PART : 0;
	f |= o->cites ? CITES : 0;
	f |= o->holds ? HOLDS : 0;
	if (o->group.len == 0)
		return f;
	f |= GROUP;
	if (g == NULL || !str_eq(g->id, o->group) || g->nmembers == 0)
		return f;
	f |= CARD;
	f |= is_in(g->members, g->nmembers, r->party) || is_in(g->partners, g->npartners, r->party) ||
	                (r->kind == EXIT_MEMBER && is_in(g->members, g->nmembers, r->of))
	        ? COMMUNITY
	        : 0;
	return f;
}

/* ---- the decision -------------------------------------------------------------------------------- */

struct exit_verdict exit_judge(
        const struct exit_object *o, const struct exit_recipient *r, enum exit_purpose purpose)
{
	enum tlp label = treated_as(o);
	unsigned f = facts(o, r, label), pap = 1u << (o->pap == PAP_NONE ? PAP_AMBER : o->pap);
	unsigned tlp = 1u << label, kind = 1u << r->kind, use = 1u << purpose;
	const struct exit_rule *rule = exit_rules;

	/* the last row matches everything that is in the ranges of its arguments */
	const struct exit_rule *last = &exit_rules[exit_rule_count - 1];
	while (rule != last &&
	        !((rule->labels & tlp) != 0 && (rule->kinds & kind) != 0 && (rule->purposes & use) != 0 &&
	                (rule->paps & pap) != 0 && (f & rule->need) == rule->need && (f & rule->lack) == 0))
		rule++;
	return (struct exit_verdict){.allowed = rule->allowed,
	        .name = rule->name,
	        .rule = rule->sentence,
	        .who = rule->who,
	        .treated = label,
	        .permitted = rule->allowed && (rule->need & PERMITTED) != 0};
}

bool exit_reads(const struct exit_object *o, struct str person)
{
	struct exit_recipient r = {
	        .kind = EXIT_STAFF, .way = EXIT_NODE, .name = person, .party = o->self, .person = person};

	return exit_judge(o, &r, EXIT_TELL).allowed;
}

bool exit_decide(enum tlp label, enum exit_kind kind, const char **ret_rule)
{
	struct exit_object o = {.label = label};
	struct exit_recipient r = {.kind = kind, .way = EXIT_OPEN};
	struct exit_verdict v = exit_judge(&o, &r, EXIT_TELL);

	*ret_rule = v.rule;
	return v.allowed;
}

struct str exit_who_text(enum exit_who who)
{
	static const struct str words[EXIT_WHOS] = {
	        [EXIT_NOBODY] = STR_INIT("nobody"),
	        [EXIT_PARTIES] = STR_INIT("the parties of that text, by what they agree"),
	        [EXIT_ORIGINATOR] = STR_INIT("its originator, by a signed statement"),
	        [EXIT_ADMINISTRATOR] = STR_INIT("the administrator, who keeps links, their limits and keys"),
	        [EXIT_GROUP_OWNER] =
	                STR_INIT("the group's secretariat by a new card, and a person here who confirms it"),
	        [EXIT_COORDINATOR] = STR_INIT("a coordinator, who gives it a label"),
	};

	return words[who];
}

struct str exit_kind_name(enum exit_kind kind)
{
	static const struct str words[EXIT_KINDS] = {STR_INIT("owner"), STR_INIT("staff"), STR_INIT("peer"),
	        STR_INIT("member"), STR_INIT("mail"), STR_INIT("public"), STR_INIT("gate"),
	        STR_INIT("service"), STR_INIT("writer")};

	return words[kind];
}

struct str exit_purpose_name(enum exit_purpose purpose)
{
	static const struct str words[EXIT_PURPOSES] = {
	        STR_INIT("tell"), STR_INIT("look-up"), STR_INIT("contact"), STR_INIT("block")};

	return words[purpose];
}

/* ---- bundles ------------------------------------------------------------------------------------- */

static bool leads_nowhere(const struct exit_part *parts, unsigned n, const struct exit_part *p)
{
	for (unsigned i = 0; i < p->nrefs; i++)
		if (p->refs[i] >= n || !parts[p->refs[i]].verdict.allowed)
			return true;
	return false;
}

unsigned exit_bundle(
        struct exit_part *parts, unsigned n, const struct exit_recipient *r, enum exit_purpose purpose)
{
	unsigned go = 0;
	bool changed = true;

	for (unsigned i = 0; i < n; i++)
		parts[i].verdict = exit_judge(&parts[i].object, r, purpose);
	while (changed) {
		changed = false;
		for (unsigned i = 0; i < n; i++) {
			if (!parts[i].verdict.allowed || !leads_nowhere(parts, n, &parts[i]))
				continue;
			parts[i].verdict.allowed = parts[i].verdict.permitted = false;
			parts[i].verdict.name = "reference";
			parts[i].verdict.rule = "it refers to what may not go, or is not there";
			parts[i].verdict.who = EXIT_ORIGINATOR;
			changed = true;
		}
	}
	for (unsigned i = 0; i < n; i++)
		go += parts[i].verdict.allowed;
	return go;
}
