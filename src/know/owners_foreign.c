/* SPDX-License-Identifier: Apache-2.0
 *
 * Registers of other systems. Their exports are tables with a row for each combination of organisation, contact and
 * network, under the names that the database or the search page gives the columns; only which column is what differs.
 *
 * IntelMQ: what psql's COPY ... CSV HEADER gives of the tables of certbund-contact (organisation, contact,
 * organisation_to_network, _asn, _fqdn, sector, national_cert) joined by organisation_id, with the columns named as in
 * the tables or as its experts name them; arrays of PostgreSQL ("{64500,64501}") are lists. A table of the generic
 * look-up (asn or network, contact) has no organisation: then the domain of the contact stands for it.
 *
 * RTIR: the list of users that RT's search saves as a spreadsheet (tabs), with the user's fields under RT's names and
 * custom fields as "CF.{IP}", "CustomField.{IP}" or by their name. The organisation is the owner, else the constituency.
 * Users without an address or an organisation (staff, machines) are passed over.
 */
#include "base/utf8.h"
#include "know/csv.h"
#include "know/owners.h"

const char *const owners_from_names[OWNERS_FROMS] = {[OWNERS_INTELMQ] = "intelmq", [OWNERS_RTIR] = "rtir"};

enum role {
	ROLE_NONE,
	ROLE_KEY, /* what rows of one organisation share, where two have one name */
	ROLE_NAME,
	ROLE_NAME_ELSE, /* where there is no name */
	ROLE_SECTOR,
	ROLE_COUNTRY,
	ROLE_PREFIX,
	ROLE_AS,
	ROLE_DOMAIN,
	ROLE_EMAIL,
	ROLE_LANGUAGE,
	ROLE_QUIET, /* something in it: this contact is not written to */
	ROLES
};

static const struct {
	enum owners_from from;
	const char *name;
	enum role role;
} spellings[] = {
        {OWNERS_INTELMQ, "organisation_id", ROLE_KEY},
        {OWNERS_INTELMQ, "organisation_automatic_id", ROLE_KEY},
        {OWNERS_INTELMQ, "org_id", ROLE_KEY},
        {OWNERS_INTELMQ, "organisation", ROLE_NAME},
        {OWNERS_INTELMQ, "organisation_name", ROLE_NAME},
        {OWNERS_INTELMQ, "organisation.name", ROLE_NAME},
        {OWNERS_INTELMQ, "org_name", ROLE_NAME},
        {OWNERS_INTELMQ, "name", ROLE_NAME},
        {OWNERS_INTELMQ, "comment", ROLE_NONE},
        {OWNERS_INTELMQ, "sector", ROLE_SECTOR},
        {OWNERS_INTELMQ, "sector_name", ROLE_SECTOR},
        {OWNERS_INTELMQ, "sector.name", ROLE_SECTOR},
        {OWNERS_INTELMQ, "country_code", ROLE_COUNTRY},
        {OWNERS_INTELMQ, "network", ROLE_PREFIX},
        {OWNERS_INTELMQ, "network.address", ROLE_PREFIX},
        {OWNERS_INTELMQ, "networks", ROLE_PREFIX},
        {OWNERS_INTELMQ, "address", ROLE_PREFIX},
        {OWNERS_INTELMQ, "cidr", ROLE_PREFIX},
        {OWNERS_INTELMQ, "source.network", ROLE_PREFIX},
        {OWNERS_INTELMQ, "asn", ROLE_AS},
        {OWNERS_INTELMQ, "asns", ROLE_AS},
        {OWNERS_INTELMQ, "source.asn", ROLE_AS},
        {OWNERS_INTELMQ, "fqdn", ROLE_DOMAIN},
        {OWNERS_INTELMQ, "fqdns", ROLE_DOMAIN},
        {OWNERS_INTELMQ, "source.fqdn", ROLE_DOMAIN},
        {OWNERS_INTELMQ, "email", ROLE_EMAIL},
        {OWNERS_INTELMQ, "contact", ROLE_EMAIL},
        {OWNERS_INTELMQ, "contact.email", ROLE_EMAIL},
        {OWNERS_INTELMQ, "contacts", ROLE_EMAIL},
        {OWNERS_INTELMQ, "source.abuse_contact", ROLE_EMAIL},
        {OWNERS_INTELMQ, "language", ROLE_LANGUAGE},
        {OWNERS_RTIR, "Organization", ROLE_NAME},
        {OWNERS_RTIR, "Constituency", ROLE_NAME_ELSE},
        {OWNERS_RTIR, "RTIR Constituency", ROLE_NAME_ELSE},
        {OWNERS_RTIR, "_RTIR_Constituency", ROLE_NAME_ELSE},
        {OWNERS_RTIR, "EmailAddress", ROLE_EMAIL},
        {OWNERS_RTIR, "Email", ROLE_EMAIL},
        {OWNERS_RTIR, "Email Address", ROLE_EMAIL},
        {OWNERS_RTIR, "Lang", ROLE_LANGUAGE},
        {OWNERS_RTIR, "Language", ROLE_LANGUAGE},
        {OWNERS_RTIR, "Country", ROLE_NONE}, /* where he lives, not what he answers for */
        {OWNERS_RTIR, "IP", ROLE_PREFIX},
        {OWNERS_RTIR, "IPs", ROLE_PREFIX},
        {OWNERS_RTIR, "_RTIR_IP", ROLE_PREFIX},
        {OWNERS_RTIR, "IP Range", ROLE_PREFIX},
        {OWNERS_RTIR, "Network", ROLE_PREFIX},
        {OWNERS_RTIR, "Networks", ROLE_PREFIX},
        {OWNERS_RTIR, "NetMask", ROLE_PREFIX},
        {OWNERS_RTIR, "ASN", ROLE_AS},
        {OWNERS_RTIR, "AS", ROLE_AS},
        {OWNERS_RTIR, "Domain", ROLE_DOMAIN},
        {OWNERS_RTIR, "Domains", ROLE_DOMAIN},
        {OWNERS_RTIR, "Sector", ROLE_SECTOR},
        {OWNERS_RTIR, "Disabled", ROLE_QUIET},
};
#define SPELLINGS (sizeof(spellings) / sizeof(spellings[0]))

/* "CF.{IP}", "CustomField.{IP}" and "IP" are one. */
static struct str bare(struct str s)
{
	static const char *const heads[] = {"CustomField.{", "CF.{", "UserCF.{"};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (str_istarts(s, str_from(heads[i])) && str_ends(s, STR("}")))
			return str_sub(s, strlen(heads[i]), s.len - strlen(heads[i]) - 1);
	return s;
}

struct table {
	struct owners *o;
	struct csv *csv;
	enum owners_from from;
	enum role role[CSV_COLUMNS]; /* of each cell of a row */
	unsigned columns;
	struct owners_place at;
	struct {
		struct str key;
	} * keys;
	size_t nkeys, cap;
};

static bool is_spelling(const struct table *t, struct str name, enum role *ret)
{
	for (size_t i = 0; i < SPELLINGS; i++)
		if (spellings[i].from == t->from && str_ieq(name, str_from(spellings[i].name))) {
			*ret = spellings[i].role;
			return true;
		}
	return false;
}

static int header_read(struct table *t, struct buf *unused, struct err *e)
{
	bool have[ROLES] = {false};
	char shown[64];

	t->columns = t->csv->cells;
	for (unsigned i = 0; i < t->columns; i++) {
		struct str name = bare(t->csv->cell[i]);
		if (is_spelling(t, name, &t->role[i]))
			have[t->role[i]] = true;
		else if (name.len > 0)
			buf_printf(unused, "%s%s", unused->len > 0 ? ", " : "",
			        err_quote(shown, sizeof(shown), name).p);
	}
	if (have[ROLE_EMAIL])
		return 0;
	return err_set(e, ERR_SYNTAX, "%.*s:%u:1: the header of an export of %s has no column %s",
	        STR_ARG(t->at.file), t->at.line, owners_from_names[t->from],
	        t->from == OWNERS_RTIR ? "'EmailAddress'" : "'email' or 'contact'");
}

/* Sets the place too. p NULL: there is no such cell, or nothing in it. */
static struct str cell(struct table *t, enum role role)
{
	for (unsigned i = 0; i < t->columns && i < t->csv->cells; i++)
		if (t->role[i] == role && t->csv->cell[i].len > 0 && !str_eq(t->csv->cell[i], STR("\\N"))) {
			t->at.line = t->csv->cell_at[i].line;
			t->at.column = t->csv->cell_at[i].column;
			return t->csv->cell[i];
		}
	return (struct str){0};
}

/* "{a,b}" as PostgreSQL prints arrays. */
static struct str list_of(struct str s)
{
	return s.len >= 2 && s.p[0] == '{' && s.p[s.len - 1] == '}' ? str_sub(s, 1, s.len - 2) : s;
}

/* ---- ids ----------------------------------------------------------------------------------------- */

/* Small letters, digits and single hyphens; other scripts stay as they are. */
static struct str slug_of(struct arena *a, struct str name)
{
	char *p = arena_get(a, name.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < name.len && n < 48; i++) {
		char c = char_lower(name.p[i]);
		if (char_alnum(c) || (unsigned char)c >= 0x80)
			p[n++] = c;
		else if (n > 0 && p[n - 1] != '-')
			p[n++] = '-';
	}
	while (n > 0 && p[n - 1] == '-')
		n--;
	/* not within a character */
	while (n > 0 && !utf8_valid(str_make(p, n)))
		n--;
	return str_make(p, n);
}

/* The owner of that name and key: of two organisations with one name the second gets its key behind it. */
static uint32_t owner_of(struct table *t, struct str name, struct str key)
{
	struct str id = slug_of(t->o->arena, name);

	if (id.len == 0)
		id = key;
	uint32_t owner = owners_owner(t->o, id, &t->at);
	if (owner == 0)
		return 0;
	if (key.len == 0)
		return owner;
	if (owner <= t->nkeys && t->keys[owner - 1].key.len > 0 && !str_eq(t->keys[owner - 1].key, key)) {
		id = arena_printf(t->o->arena, "%.*s-%.*s", STR_ARG(id), STR_ARG(slug_of(t->o->arena, key)));
		owner = owners_owner(t->o, id, &t->at);
		if (owner == 0)
			return 0;
	}
	while (t->nkeys < owner) {
		if (t->nkeys == t->cap)
			t->keys = vec_grow(t->keys, &t->cap, sizeof(*t->keys));
		memset(&t->keys[t->nkeys++], 0, sizeof(*t->keys));
	}
	t->keys[owner - 1].key = arena_str(t->o->arena, key);
	return owner;
}

/* ---- rows ---------------------------------------------------------------------------------------- */

static void add_values(struct table *t, uint32_t owner, enum role role)
{
	/* several columns may have one role */
	for (unsigned i = 0; i < t->columns && i < t->csv->cells; i++) {
		struct str rest = list_of(t->csv->cell[i]), value;
		if (t->role[i] != role || str_eq(rest, STR("\\N")))
			continue;
		t->at.line = t->csv->cell_at[i].line;
		t->at.column = t->csv->cell_at[i].column;
		while (owners_value_next(&rest, &value)) {
			if (role == ROLE_PREFIX)
				owners_add_prefix(t->o, owner, 0, value, &t->at);
			else if (role == ROLE_AS)
				owners_add_as(t->o, owner, value, &t->at);
			else
				owners_add_name(t->o, owner, 0, value, &t->at);
		}
	}
}

static bool is_quiet(struct table *t)
{
	struct str s = cell(t, ROLE_QUIET);

	return s.len > 0 && !str_eq(s, STR("0")) && !str_ieq(s, STR("no")) && !str_ieq(s, STR("false"));
}

/* Rows repeat what they share: the same address with the same language is one contact. */
static void add_contact(struct table *t, uint32_t owner, struct str email, struct str language)
{
	for (size_t i = t->o->contact.n, seen = 0; i-- > 0 && seen < 256; seen++)
		if (t->o->contact.v[i].owner == owner && str_ieq(t->o->contact.v[i].email, email))
			return;
	owners_add_contact(t->o, owner, email, language, (struct str){0}, &t->at);
}

static void row_read(struct table *t)
{
	struct str name = cell(t, ROLE_NAME), email, rest, value;

	if (name.len == 0)
		name = cell(t, ROLE_NAME_ELSE);
	rest = list_of(cell(t, ROLE_EMAIL));
	struct owners_place email_at = t->at;
	struct str first = rest;
	(void)owners_value_next(&first, &email);
	if (is_quiet(t) || (email.len == 0 && t->from == OWNERS_RTIR) ||
	        (name.len == 0 && t->from == OWNERS_RTIR))
		return;
	if (name.len == 0)
		name = str_rcut(email, '@').tail;
	if (name.len == 0) {
		t->at = email_at;
		know_note(t->o->notes, &t->at, "a row with neither an organisation nor a contact");
		return;
	}
	uint32_t owner = owner_of(t, name, cell(t, ROLE_KEY));
	if (owner == 0)
		return;
	owners_set(t->o, owner, &t->o->owner.v[owner - 1].name, "name", name, &t->at);
	owners_set(t->o, owner, &t->o->owner.v[owner - 1].sector, "sector", cell(t, ROLE_SECTOR), &t->at);
	owners_country(t->o, owner, cell(t, ROLE_COUNTRY), &t->at);
	struct str language = cell(t, ROLE_LANGUAGE);
	t->at = email_at;
	while (owners_value_next(&rest, &value))
		add_contact(t, owner, value, language);
	add_values(t, owner, ROLE_PREFIX);
	add_values(t, owner, ROLE_AS);
	add_values(t, owner, ROLE_DOMAIN);
}

int owners_foreign(struct owners *o, enum owners_from from, struct str name, struct str text,
        struct buf *ret_unused, struct err *e)
{
	struct table *t = mem_zero(1, sizeof(*t));
	int rc = 0;
	bool header = true;

	*t = (struct table){.o = o, .from = from, .at = {arena_str(o->arena, name), 1, 0}};
	t->csv = arena_new(o->arena, struct csv);
	if (!utf8_valid(text))
		rc = err_set(e, ERR_SYNTAX, "%.*s:1:1: the export is not UTF-8", STR_ARG(name));
	csv_init(t->csv, o->arena, text);
	while (rc == 0 && csv_next(t->csv) == 1) {
		t->at.line = t->csv->row_line;
		t->at.column = 1;
		if (t->csv->open_quote)
			rc = err_set(e, ERR_SYNTAX, "%.*s:%u:1: a quote is opened here and never closed",
			        STR_ARG(name), t->at.line);
		else if (header)
			rc = header_read(t, ret_unused, e);
		else
			row_read(t);
		o->rows += !header;
		header = false;
	}
	if (rc == 0 && header)
		rc = err_set(e, ERR_SYNTAX, "%.*s:1:1: the export is empty", STR_ARG(name));
	free(t->keys);
	free(t);
	return rc;
}
