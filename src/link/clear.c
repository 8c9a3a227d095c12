/* SPDX-License-Identifier: Apache-2.0
 *
 * What of ours may go to whom: each statement is cleared for each of its recipients, with a row that says by which rule, before
 * there is anything in his queue. What the exit refuses is never queued, and "why" says so.
 */
#include "exit/clear.h"
#include "exit/basis.h"
#include "link/link_in.h"
#include "link/partner.h"
#include "trust/group.h"

#define PERSONS 256

_Static_assert((int)TLP_RED == (int)STATEMENT_RED && (int)PAP_RED == 4,
        "labels of statements have the numbers of ours");

struct facts {
	struct exit_object object;
	struct exit_group group;
	struct group_card card;
	struct exit_person named[PERSONS];
	struct str members[STATEMENT_TO_MAX];
};

/* A card of our own counts for itself: to send it is to confirm it. */
static void add_group(
        const struct link_self *self, struct str id, const struct item *own, struct arena *a, struct facts *f)
{
	struct item list;

	f->object.group = id;
	if (own != NULL && str_eq(item_text(own, "id"), id))
		f->card.body = *own;
	else if (!group_confirmed(self->db, self->me, id, a, &f->card))
		return;
	list = item_get(&f->card.body, STR("members"));
	f->group = (struct exit_group){.id = id, .confirmed = true, .members = f->members};
	for (struct item_each e = item_each(&list); f->group.nmembers < STATEMENT_TO_MAX && item_next(&e);)
		f->members[f->group.nmembers++] = e.item.text;
	f->object.card = &f->group;
}

static void add_persons(const struct item *body, struct facts *f)
{
	struct item list = item_get(body, STR("for"));

	f->object.named = f->named;
	for (struct item_each e = item_each(&list); f->object.nnamed < PERSONS && item_next(&e);)
		f->named[f->object.nnamed++] =
		        (struct exit_person){item_text(&e.item, "party"), item_text(&e.item, "person")};
}

static void fill(const struct link_self *self, const struct head *h, const struct item *body, struct arena *a,
        struct facts *f)
{
	f->object = (struct exit_object){.label = (enum tlp)h->tlp,
	        .pap = (enum pap)h->pap,
	        .originator = h->sender,
	        .self = self->me};
	if (item_text(body, "group").len > 0)
		add_group(self, item_text(body, "group"), str_eq(h->kind, STR("group")) ? body : NULL, a, f);
	add_persons(body, f);
}

void link_object(const struct link_self *self, const struct head *h, const struct item *body, struct arena *a,
        struct exit_object *ret)
{
	struct facts *f = arena_new(a, struct facts);

	fill(self, h, body, a, f);
	*ret = f->object;
}

/* What a request rests on is asked for each recipient: it may bind one and not the other. */
static void add_basis(const struct link_self *self, const struct item *body, struct str party,
        struct facts *f, struct exit_basis *ret)
{
	exit_basis_find(self->db, item_text(body, "legal_basis"), self->me, party, self->now / 1000000, ret);
	f->object.cites = ret->cites;
	f->object.holds = ret->holds;
}

static struct exit_recipient recipient_of(const struct link_self *self, struct str party)
{
	struct link l = store_link(self->db, party);
	enum exit_link state = l.state == LINKED_YES ? EXIT_LINKED
	        : l.state == LINKED_PAUSED           ? EXIT_PAUSED
	                                             : EXIT_UNLINKED;

	/* what is for a party whose link is paused waits for it: it is cleared, and not called */
	return (struct exit_recipient){.kind = EXIT_PEER,
	        .way = EXIT_NODE,
	        .link = state == EXIT_PAUSED ? EXIT_LINKED : state,
	        .grant = TLP_RED,
	        .name = party,
	        .party = party};
}

uint64_t link_clear(const struct link_self *self, const struct stored *s, struct str party, struct arena *a)
{
	struct facts *f = arena_new(a, struct facts);
	struct exit_recipient r = recipient_of(self, party);
	struct item body = stored_body(s, a);
	char hex[2 * DIGEST_LEN + 1], text[EXIT_STATEMENT];
	struct cleared c;

	if (f == NULL)
		return 0;
	fill(self, &s->h, &body, a, f);
	add_basis(self, &body, party, f, &(struct exit_basis){0});
	str_hex_print(hex, s->id, DIGEST_LEN);
	bool may = exit_clear_statement(self->db, str_from(hex), &f->object, &r, s->head, text, &c, NULL);
	return may ? c.id : 0;
}

/* Each mail that it would make: what is refused leaves a row, which stays where the deed says so (c->refused). */
static int may_mail(const struct link_self *self, const struct exit_object *given, const struct partner *v,
        unsigned n, struct arena *a, struct err *e)
{
	for (unsigned i = 0; i < n; i++) {
		struct exit_object o = *given;
		struct exit_recipient r = partner_recipient(&v[i]);
		struct exit_verdict verdict = exit_judge(&o, &r, EXIT_TELL);
		if (verdict.allowed)
			continue;
		exit_refuse(self->db, &o, &r, EXIT_TELL, &verdict);
		return err_set(e, ERR_DENIED, "%.*s by mail: %s; who may change it: %.*s",
		        STR_ARG(partner_name(&v[i], a)), verdict.rule, STR_ARG(exit_who_text(verdict.who)));
	}
	return 0;
}

bool link_unreached(const struct link_self *self, const struct head *h, struct str party, struct arena *a)
{
	struct link l = store_link(self->db, party);
	bool mailed = l.role == LINK_MAIL && partner_takes(kind_find(h->kind));

	return !mailed && (!link_speaks(&l) || l.role == LINK_MAIL) &&
	        partner_hosted(self->db, h->case_, party, a);
}

int link_may(const struct link_self *self, const struct head *h, const struct item *body, struct str about,
        struct arena *a, struct err *e)
{
	struct facts *f = arena_new(a, struct facts);

	fill(self, h, body, a, f);
	f->object.name = about.len != 0 ? about : STR("statement");
	for (unsigned i = 0; i < h->to_count; i++) {
		struct exit_recipient r = recipient_of(self, h->to[i]);
		struct exit_basis basis;
		struct partner mails[PARTNER_MOST];
		if (link_unreached(self, h, h->to[i], a))
			continue;
		unsigned n = partner_find(self->db, h->to[i], (enum tlp)h->tlp, body, a, mails);
		add_basis(self, body, h->to[i], f, &basis);
		if (n > 0 && may_mail(self, &f->object, mails, n, a, e) != 0)
			return e->code;
		if (n > 0)
			continue;
		struct exit_verdict v = exit_judge(&f->object, &r, EXIT_TELL);
		if (!v.allowed && !str_eq(h->to[i], self->me))
			return err_set(e, ERR_DENIED, "%.*s: %s%s%s; who may change it: %.*s",
			        STR_ARG(h->to[i]), v.rule, basis.why[0] != 0 ? ": " : "", basis.why,
			        STR_ARG(exit_who_text(v.who)));
	}
	return 0;
}

int link_may_show(
        const struct link_self *self, const struct stored *s, struct str to, struct arena *a, struct err *e)
{
	struct facts *f = arena_new(a, struct facts);
	struct exit_recipient r = str_eq(to, STR("public"))
	        ? (struct exit_recipient){.kind = EXIT_PUBLIC, .way = EXIT_OPEN, .name = to}
	        : recipient_of(self, to);
	struct item body = stored_body(s, a);

	/* it was said to him, or by him: the signed head permits it */
	if (head_member(&s->h, to))
		return 0;
	fill(self, &s->h, &body, a, f);
	struct exit_verdict v = exit_judge(&f->object, &r, EXIT_TELL);
	if (v.allowed)
		return 0;
	return err_set(e, ERR_DENIED, "its content may not go to %.*s: %s; who may change it: %.*s",
	        STR_ARG(to), v.rule, STR_ARG(exit_who_text(v.who)));
}
