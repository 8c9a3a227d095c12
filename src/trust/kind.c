/* SPDX-License-Identifier: Apache-2.0
 *
 * Members and their types. What a kind demands beyond types is in kind_check.c.
 */
#include "trust/kind.h"

#include "base/utf8.h"
#include <stdio.h>

_Static_assert(
        KIND_CERT == 1 << LINK_CERT && KIND_ORGANISER == 1 << LINK_ORGANISER && KIND_GATE == 1 << LINK_GATE,
        "bits of kinds are roles of links");

#define PEOPLE_MAX 8 /* persons that are told apart; no kind needs as many */

#define C KIND_CERT
#define O KIND_ORGANISER
#define G KIND_GATE
const struct kind_row kind_table[KIND_END] = {
#define KIND(symbol, name, senders, people, urgent, needs, required, optional, about)                        \
	[KIND_##symbol] = {name, senders, people, urgent, needs, required, optional, about},
#include "trust/kinds.tbl"
#undef KIND
};
#undef C
#undef O
#undef G
const char member_common[] = "by text attachments for ref their_ref see group";

enum kind kind_find(struct str name)
{
	unsigned i = 0;

	while (i < KIND_END && !str_eq(name, str_from(kind_table[i].name)))
		i++;
	return i;
}

static const struct {
	enum member_type type;
	const char *names;
} member_table[] = {
#define MEMBER(type, names) {MEMBER_##type, names},
#include "trust/members.tbl"
#undef MEMBER
};

enum member_type member_type(struct str name)
{
	for (unsigned i = 0; i < sizeof(member_table) / sizeof(member_table[0]); i++)
		if (str_has_word(str_from(member_table[i].names), name))
			return member_table[i].type;
	return MEMBER_TEXT;
}

/* ---- types --------------------------------------------------------------------------------------- */

static bool is_digest(const struct item *i)
{
	uint8_t d[DIGEST_LEN];

	if (i->type != BODY_TEXT || i->text.len != 2 * DIGEST_LEN || !str_hex(i->text, d, DIGEST_LEN))
		return false;
	for (size_t k = 0; k < i->text.len; k++)
		if (i->text.p[k] >= 'A' && i->text.p[k] <= 'F')
			return false;
	return true;
}

static bool is_time(const struct item *i)
{
	int64_t t;

	return i->type == BODY_TEXT && stamp_read(i->text, &t);
}

static bool is_parties(const struct item *i)
{
	struct str last = {0};

	if (i->type != BODY_LIST)
		return false;
	for (struct item_each e = item_each(i); item_next(&e);) {
		if (e.item.type != BODY_TEXT || !party_id_good(e.item.text) ||
		        (last.p != NULL && str_cmp(last, e.item.text) >= 0))
			return false;
		last = e.item.text;
	}
	return true;
}

static bool is_words(const struct item *i)
{
	if (i->type != BODY_OBJECT || i->text.len == 0)
		return false;
	for (struct item_each e = item_each(i); item_next(&e);)
		if (e.item.type != BODY_TEXT)
			return false;
	return true;
}

static bool is_text_member(const struct item *object, const char *name)
{
	return item_get(object, str_from(name)).type == BODY_TEXT;
}

static bool is_file(const struct item *i)
{
	struct item sha = item_get(i, STR("sha256")), size = item_get(i, STR("size"));

	return is_digest(&sha) && size.type == BODY_INT && size.n >= 0 && is_text_member(i, "name") &&
	        is_text_member(i, "media");
}

static bool is_person(const struct item *i)
{
	struct item party = item_get(i, STR("party"));

	return party.type == BODY_TEXT && party_id_good(party.text) && is_text_member(i, "person");
}

static bool is_list_of(const struct item *i, unsigned max, bool (*one)(const struct item *))
{
	unsigned n = 0;

	if (i->type != BODY_LIST)
		return false;
	for (struct item_each e = item_each(i); item_next(&e); n++)
		if (!one(&e.item))
			return false;
	return n <= max;
}

/* NULL: it is of that type; else what it should be. */
static const char *type_wrong(enum member_type type, const struct item *i)
{
	switch (type) {
	case MEMBER_TEXT:
		return i->type == BODY_TEXT ? NULL : "must be a text";
	case MEMBER_COUNT:
		return i->type == BODY_INT && i->n >= 0 ? NULL : "must be a number, 0 or more";
	case MEMBER_YES_NO:
		return i->type == BODY_BOOL ? NULL : "must be true or false";
	case MEMBER_TIME:
		return is_time(i) ? NULL : "must be a time such as 2026-11-24T03:00:00Z";
	case MEMBER_DIGEST:
		return is_digest(i) ? NULL : "must be 64 hexadecimal digits in lower case";
	case MEMBER_PARTIES:
		return is_parties(i) ? NULL : "must be party ids in ascending order, each once";
	case MEMBER_WORDS:
		return is_words(i) ? NULL : "must be an object of language tags and words, not empty";
	case MEMBER_OBJECT:
		return i->type == BODY_OBJECT ? NULL : "must be an object";
	case MEMBER_LIST:
		return i->type == BODY_LIST ? NULL : "must be a list";
	case MEMBER_FILES:
		return is_list_of(i, 32, is_file) ? NULL
		                                  : "must be at most 32 of sha256, size, name and media";
	case MEMBER_PERSONS:
		return is_list_of(i, UINT32_MAX, is_person) ? NULL : "must be a list of party and person";
	case MEMBER_DIGESTS:
		return is_list_of(i, UINT32_MAX, is_digest) ? NULL : "must be a list of ids";
	case MEMBER_MAYBE:
		return i->type == BODY_TEXT || i->type == BODY_NULL ? NULL : "must be a text or null";
	case MEMBER_GROUP_ID:
		return i->type == BODY_TEXT && group_ok(i->text) ? NULL : "must be a group's id such as clmv";
	}
	return "is not known";
}

static bool says(struct check *c, struct str member, const char *what)
{
	snprintf(c->why, sizeof(c->why), "%.*s %s", STR_ARG(member), what);
	return false;
}

static bool members_ok(struct check *c, struct str names, bool required)
{
	while (names.len > 0) {
		struct str_cut cut = str_cut(names, ' ');
		struct item i = item_get(&c->body, cut.head);
		if (required && !item_there(&i))
			return says(c, cut.head, "is missing");
		const char *wrong = item_there(&i) ? type_wrong(member_type(cut.head), &i) : NULL;
		if (wrong != NULL)
			return says(c, cut.head, wrong);
		names = cut.tail;
	}
	return true;
}

/* True if it names at least one person. */
static bool names_persons(const struct check *c)
{
	struct item list = item_get(&c->body, STR("for"));

	return item_count(&list) > 0;
}

bool kind_types_ok(struct check *c, enum kind kind)
{
	const struct kind_row *k = &kind_table[kind];
	struct item group = item_get(&c->body, STR("group"));

	if (!members_ok(c, str_from(k->required), true) || !members_ok(c, str_from(k->optional), false) ||
	        !members_ok(c, str_from(member_common), false))
		return false;
	if ((k->needs & NEEDS_CASE) != 0 && digest_zero(c->h->case_))
		return says(c, STR("case"), "is missing");
	if ((k->needs & NEEDS_REPLY) != 0 && digest_zero(c->h->reply))
		return says(c, STR("reply"), "is missing");
	if (c->h->tlp == STATEMENT_RED && !names_persons(c))
		return says(c, STR("for"), "must name the persons of what is TLP:RED");
	if (c->h->tlp == STATEMENT_GREEN && !item_there(&group))
		return says(c, STR("group"), "must name the community of what is TLP:GREEN");
	return true;
}

unsigned kind_people(const struct item *body)
{
	struct item by = item_get(body, STR("by"));
	struct str ids[PEOPLE_MAX];
	unsigned n = 0;

	for (struct item_each e = item_each(&by); n < PEOPLE_MAX && item_next(&e);) {
		struct str id = item_text(&e.item, "id");
		bool counts =
		        id.len > 0 && item_text(&e.item, "role").len > 0 && item_text(&e.item, "at").len > 0;
		for (unsigned i = 0; i < n; i++)
			counts &= !str_eq(ids[i], id);
		if (counts)
			ids[n++] = id;
	}
	return n;
}
