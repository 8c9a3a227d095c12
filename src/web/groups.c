/* SPDX-License-Identifier: Apache-2.0
 *
 * Groups as a list: the card that counts, one that came and waits, one that was written here.
 */
#include "link/look.h"
#include "web/cells.h"

static const struct list_column columns[] = {
        {"group", "group", LIST_STRING, "its id"},
        {"state", "card", LIST_STRING,
                "counts; waiting: came, and nobody here has confirmed it; proposed: written here, not sent"},
        {"serial", "serial", LIST_NUMBER, "of the card"},
        {"name", "name", LIST_STRING, "for people"},
        {"label", "label", LIST_STRING, "its usual TLP label"},
        {"secretariat", "secretariat", LIST_STRING, "who sends its card"},
        {"members", "members", LIST_STRING, "party ids"},
        {"purpose", NULL, LIST_STRING, "what it is for"},
        {"from", NULL, LIST_STRING, "who sent the card; of a proposed one the person"},
};

static void put_card(struct list *l, struct str id, const char *state, const struct card_look *c)
{
	if (c->serial == 0)
		return;
	list_text(l, id);
	list_text(l, str_from(state));
	list_u64(l, (uint64_t)c->serial);
	list_text(l, c->name);
	list_text(l, c->label);
	list_text(l, c->secretariat);
	list_text(l, c->members);
	list_text(l, c->purpose);
	list_text(l, c->sender.len > 0 ? c->sender : STR(""));
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct group_look *groups;
	unsigned n = groups_look(a->state, a->arena, &groups);
	struct list l;

	(void)e;
	list_begin(&l, &r->body, a->form, columns, sizeof(columns) / sizeof(columns[0]), "groups");
	for (unsigned i = 0; i < n; i++) {
		put_card(&l, groups[i].id, "counts", &groups[i].held);
		put_card(&l, groups[i].id, "waiting", &groups[i].waiting);
		put_card(&l, groups[i].id, "proposed", &groups[i].proposed);
	}
	list_end(&l);
	return 0;
}

static const struct list_table table = {"groups", columns, sizeof(columns) / sizeof(columns[0]), 0, NULL};

const struct route route_groups = {.path = "/groups",
        .about = "groups by their cards",
        .load = load,
        .right = RIGHT_READ,
        .list = &table};
