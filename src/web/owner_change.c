/* SPDX-License-Identifier: Apache-2.0 */
#include "web/owner_change.h"
#include "know/build.h"
#include "see/register.h"

struct form {
	struct str (*param)(const void *arg, const char *name);
	const void *arg;
	struct owners *o;
	uint32_t owner;
	struct owners_place at;
};

/* p NULL: the form has no such field. */
static struct str field(const struct form *f, const char *name)
{
	struct str s = f->param(f->arg, name);

	return s.p != NULL ? str_trim(s) : s;
}

static struct str numbered(const struct form *f, const char *name, unsigned i)
{
	char full[32];

	snprintf(full, sizeof(full), "%s%u", name, i);
	struct str s = field(f, full);
	return s.p != NULL ? s : STR("");
}

static uint32_t find_owner(const struct owners *o, struct str id)
{
	for (size_t i = 0; i < o->owner.n; i++)
		if (str_eq(o->owner.v[i].id, id))
			return (uint32_t)i + 1;
	return 0;
}

/* ---- what goes ----------------------------------------------------------------------------------- */

#define DROP(list, cond)                                                                                     \
	do {                                                                                                 \
		size_t kept = 0;                                                                             \
		for (size_t i = 0; i < (list).n; i++)                                                        \
			if (!(cond))                                                                         \
				(list).v[kept++] = (list).v[i];                                              \
		(list).n = kept;                                                                             \
	} while (0)

static void drop(const struct form *f)
{
	struct owners *o = f->o;

	DROP(o->prefix, o->prefix.v[i].owner == f->owner && o->prefix.v[i].asset == 0);
	DROP(o->name, o->name.v[i].owner == f->owner && o->name.v[i].asset == 0);
	DROP(o->as, o->as.v[i].owner == f->owner);
	if (field(f, "keep").len == 0)
		DROP(o->contact, o->contact.v[i].owner == f->owner);
}

/* ---- what comes ---------------------------------------------------------------------------------- */

static void add_values(const struct form *f)
{
	struct str rest = field(f, "prefixes"), one;

	while (owners_value_next(&rest, &one))
		owners_add_prefix(f->o, f->owner, 0, one, &f->at);
	rest = field(f, "asns");
	while (owners_value_next(&rest, &one))
		owners_add_as(f->o, f->owner, one, &f->at);
	rest = field(f, "domains");
	while (owners_value_next(&rest, &one))
		owners_add_name(f->o, f->owner, 0, one, &f->at);
}

static void add_contacts(const struct form *f)
{
	for (unsigned i = 1; i <= OWNER_CONTACTS; i++) {
		struct str email = numbered(f, "email", i);
		size_t first = f->o->contact.n;
		if (email.len == 0)
			continue;
		owners_add_contact(
		        f->o, f->owner, email, numbered(f, "language", i), numbered(f, "classes", i), &f->at);
		owners_zone(f->o, first, numbered(f, "timezone", i), &f->at);
		owners_contact_key(f->o, first, numbered(f, "pgp", i), &f->at);
		owners_contact_formats(f->o, first, numbered(f, "formats", i), &f->at);
		owners_contact_phone(f->o, first, numbered(f, "phone", i), &f->at);
	}
}

static void set_words(const struct form *f)
{
	struct owners_owner *w = &f->o->owner.v[f->owner - 1];
	struct str name = field(f, "name");

	w->name = arena_str(f->o->arena, name.len != 0 ? name : w->id);
	w->sector = arena_str(f->o->arena, field(f, "sector"));
	w->cc[0] = w->cc[1] = 0;
	owners_country(f->o, f->owner, field(f, "country"), &f->at);
}

static int change(struct form *f, struct err *e)
{
	struct str id = field(f, "id");
	bool add = field(f, "add").len != 0;
	char shown[100];

	f->owner = find_owner(f->o, id);
	bool made = f->owner == 0;
	if (made && !add)
		return err_set(e, ERR_MISSING, "there is no owner '%s' in the register",
		        err_quote(shown, sizeof(shown), id).p);
	if (made)
		f->owner = owners_owner(f->o, id, &f->at);
	if (f->owner == 0)
		return err_set(e, ERR_VALUE,
		        "'%s' is no id of an owner: small letters, digits and '-', such as bank-of-x",
		        err_quote(shown, sizeof(shown), id).p);
	if (!add)
		drop(f);
	if (!add || made)
		set_words(f);
	add_values(f);
	if (field(f, "keep").len == 0)
		add_contacts(f);
	return 0;
}

int owner_change(struct db *state, struct str (*param)(const void *arg, const char *name), const void *arg,
        struct buf *ret_csv, struct err *e)
{
	struct know_build b;

	know_build_init(&b);
	struct form f = {.param = param, .arg = arg, .o = &b.owners, .at = {STR("the form"), 0, 0}};
	int rc = register_load(state, &b.owners, e);
	size_t notes = b.notes.list.n;
	if (rc == 0)
		rc = change(&f, e);
	if (rc == 0 && b.notes.list.n > notes)
		rc = err_set(e, ERR_VALUE, "%.*s", STR_ARG(b.notes.list.v[notes]));
	if (rc == 0)
		owners_print_csv(&b.owners, ret_csv);
	know_build_done(&b);
	return rc;
}
