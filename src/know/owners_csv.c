/* SPDX-License-Identifier: Apache-2.0
 *
 * The owners file as a spreadsheet: which column is what, then one row after the other. Column names are
 * taken in the spellings that people use; any case.
 */
#include "base/utf8.h"
#include "know/csv.h"
#include "know/owners.h"

enum column {
	COLUMN_NONE,
	COLUMN_ID,
	COLUMN_NAME,
	COLUMN_SECTOR,
	COLUMN_COUNTRY,
	COLUMN_PREFIXES,
	COLUMN_ASNS,
	COLUMN_DOMAINS,
	COLUMN_CONTACTS,
	COLUMN_LANGUAGE,
	COLUMN_TIMEZONE,
	COLUMN_CLASSES,
	COLUMN_PGP,
	COLUMN_FORMATS,
	COLUMN_PHONE,
	COLUMN_ASSET,
	COLUMN_KIND,
	COLUMN_CRITICALITY,
	COLUMNS,
};

/* The first spelling of a column is the one that sentences use. */
static const struct {
	const char *name;
	enum column column;
} spelling_table[] = {
        {"id", COLUMN_ID},
        {"owner", COLUMN_ID},
        {"name", COLUMN_NAME},
        {"organisation", COLUMN_NAME},
        {"organization", COLUMN_NAME},
        {"sector", COLUMN_SECTOR},
        {"country", COLUMN_COUNTRY},
        {"prefixes", COLUMN_PREFIXES},
        {"prefix", COLUMN_PREFIXES},
        {"networks", COLUMN_PREFIXES},
        {"network", COLUMN_PREFIXES},
        {"cidr", COLUMN_PREFIXES},
        {"asns", COLUMN_ASNS},
        {"asn", COLUMN_ASNS},
        {"as", COLUMN_ASNS},
        {"domains", COLUMN_DOMAINS},
        {"domain", COLUMN_DOMAINS},
        {"fqdns", COLUMN_DOMAINS},
        {"contacts", COLUMN_CONTACTS},
        {"contact", COLUMN_CONTACTS},
        {"email", COLUMN_CONTACTS},
        {"e-mail", COLUMN_CONTACTS},
        {"mail", COLUMN_CONTACTS},
        {"language", COLUMN_LANGUAGE},
        {"lang", COLUMN_LANGUAGE},
        {"timezone", COLUMN_TIMEZONE},
        {"zone", COLUMN_TIMEZONE},
        {"classes", COLUMN_CLASSES},
        {"class", COLUMN_CLASSES},
        {"types", COLUMN_CLASSES},
        {"pgp", COLUMN_PGP},
        {"openpgp", COLUMN_PGP},
        {"fingerprint", COLUMN_PGP},
        {"formats", COLUMN_FORMATS},
        {"format", COLUMN_FORMATS},
        {"phone", COLUMN_PHONE},
        {"telephone", COLUMN_PHONE},
        {"asset", COLUMN_ASSET},
        {"kind", COLUMN_KIND},
        {"criticality", COLUMN_CRITICALITY},
};
#define SPELLINGS (sizeof(spelling_table) / sizeof(spelling_table[0]))

static enum column column_find(struct str name)
{
	for (size_t i = 0; i < SPELLINGS; i++)
		if (str_ieq(name, str_from(spelling_table[i].name)))
			return spelling_table[i].column;
	return COLUMN_NONE;
}

static const char *column_nearest(struct str name)
{
	const char *best = NULL;
	unsigned least = 3;

	for (size_t i = 0; i < SPELLINGS; i++) {
		struct str known = str_from(spelling_table[i].name);
		unsigned d = str_distance(name, known);
		if (d < least && d * 2 < known.len) {
			least = d;
			best = spelling_table[i].name;
		}
	}
	return best;
}

/* Which cell of a row holds a column, + 1; 0: none. */
struct layout {
	unsigned cell[COLUMNS];
};

static void column_unknown(struct owners *o, struct str cell, const struct owners_place *at)
{
	char text[64];
	const char *near = column_nearest(cell);

	if (cell.len == 0)
		return;
	err_quote(text, sizeof(text), cell);
	if (near != NULL)
		know_note(o->notes, at, "no column '%s'; did you mean '%s'?", text, near);
	else
		know_note(o->notes, at, "column '%s' is not used", text);
}

static int header_read(struct owners *o, const struct csv *c, struct layout *ret,
        const struct owners_place *at, struct err *e)
{
	*ret = (struct layout){0};
	for (unsigned i = 0; i < c->cells; i++) {
		enum column column = column_find(c->cell[i]);
		struct owners_place here = *at;
		here.column = c->cell_at[i].column;
		if (column == COLUMN_NONE)
			column_unknown(o, c->cell[i], &here);
		else if (ret->cell[column] != 0)
			know_note(o->notes, &here, "column '%.*s' is there twice; the first counts",
			        STR_ARG(c->cell[i]));
		else
			ret->cell[column] = i + 1;
	}
	if (ret->cell[COLUMN_ID] == 0)
		return err_set(e, ERR_SYNTAX, "%.*s:%u: the header of the owners file has no column 'id'",
		        STR_ARG(at->file), at->line);
	return 0;
}

/* Where a column's cell stands in this row; the row alone if it has none. */
static const struct owners_place *place(const struct csv *c, const struct layout *l, enum column column,
        const struct owners_place *row, struct owners_place *buf)
{
	unsigned i = l->cell[column];

	*buf = *row;
	if (i != 0 && i <= c->cells) {
		buf->line = c->cell_at[i - 1].line;
		buf->column = c->cell_at[i - 1].column;
	}
	return buf;
}

static struct str cell(const struct csv *c, const struct layout *l, enum column column)
{
	unsigned i = l->cell[column];

	return i == 0 || i > c->cells ? (struct str){0} : c->cell[i - 1];
}

static void contacts_read(struct owners *o, const struct csv *c, const struct layout *l, uint32_t owner,
        const struct owners_place *at)
{
	struct str rest = cell(c, l, COLUMN_CONTACTS), value;
	size_t first = o->contact.n;
	struct owners_place p;

	while (owners_value_next(&rest, &value))
		owners_add_contact(o, owner, value, cell(c, l, COLUMN_LANGUAGE), cell(c, l, COLUMN_CLASSES),
		        place(c, l, COLUMN_CONTACTS, at, &p));
	owners_zone(o, first, cell(c, l, COLUMN_TIMEZONE), at);
	owners_contact_key(o, first, cell(c, l, COLUMN_PGP), place(c, l, COLUMN_PGP, at, &p));
	owners_contact_formats(o, first, cell(c, l, COLUMN_FORMATS), place(c, l, COLUMN_FORMATS, at, &p));
	owners_contact_phone(o, first, cell(c, l, COLUMN_PHONE), place(c, l, COLUMN_PHONE, at, &p));
}

static uint32_t asset_read(struct owners *o, const struct csv *c, const struct layout *l, uint32_t owner,
        const struct owners_place *at)
{
	struct str name = cell(c, l, COLUMN_ASSET), kind = cell(c, l, COLUMN_KIND);
	struct str criticality = cell(c, l, COLUMN_CRITICALITY);

	if (name.len == 0) {
		if (kind.len != 0 || criticality.len != 0)
			know_note(o->notes, at,
			        "kind and criticality are an asset's: name it in column 'asset', or leave "
			        "them empty");
		return 0;
	}
	struct owners_place p;
	uint32_t asset = owners_asset(o, owner, name, place(c, l, COLUMN_ASSET, at, &p));
	if (asset != 0) {
		owners_set(o, owner, &o->asset.v[asset - 1].kind, "kind of the same asset", kind,
		        place(c, l, COLUMN_KIND, at, &p));
		owners_criticality(o, asset, criticality, place(c, l, COLUMN_CRITICALITY, at, &p));
	}
	return asset;
}

static void row_read(
        struct owners *o, const struct csv *c, const struct layout *l, const struct owners_place *at)
{
	struct owners_place p;
	uint32_t owner = owners_owner(o, cell(c, l, COLUMN_ID), place(c, l, COLUMN_ID, at, &p));
	struct str rest, value;

	if (owner == 0)
		return;
	struct owners_owner *who = &o->owner.v[owner - 1];
	owners_set(o, owner, &who->name, "name", cell(c, l, COLUMN_NAME), place(c, l, COLUMN_NAME, at, &p));
	owners_set(o, owner, &who->sector, "sector", cell(c, l, COLUMN_SECTOR),
	        place(c, l, COLUMN_SECTOR, at, &p));
	owners_country(o, owner, cell(c, l, COLUMN_COUNTRY), place(c, l, COLUMN_COUNTRY, at, &p));
	uint32_t asset = asset_read(o, c, l, owner, at);
	if (asset == 0 && cell(c, l, COLUMN_ASSET).len != 0)
		return; /* whose prefixes these are cannot be said */
	rest = cell(c, l, COLUMN_PREFIXES);
	while (owners_value_next(&rest, &value))
		owners_add_prefix(o, owner, asset, value, place(c, l, COLUMN_PREFIXES, at, &p));
	rest = cell(c, l, COLUMN_ASNS);
	while (owners_value_next(&rest, &value))
		if (!str_ieq(value, STR("AS"))) /* "AS 64500" */
			owners_add_as(o, owner, value, place(c, l, COLUMN_ASNS, at, &p));
	rest = cell(c, l, COLUMN_DOMAINS);
	while (owners_value_next(&rest, &value))
		owners_add_name(o, owner, asset, value, place(c, l, COLUMN_DOMAINS, at, &p));
	contacts_read(o, c, l, owner, at);
}

bool owners_csv_sniff(struct str text)
{
	bool known[COLUMNS] = {false};
	unsigned count = 0;
	struct arena scratch;
	struct csv *c = mem_get(sizeof(*c));

	arena_init(&scratch, 65536);
	csv_init(c, &scratch, str_sub(text, 0, 4096));
	if (csv_next(c) == 1)
		for (unsigned i = 0; i < c->cells; i++) {
			enum column column = column_find(c->cell[i]);
			count += column != COLUMN_NONE && !known[column];
			known[column] = true;
		}
	free(c);
	arena_done(&scratch);
	return known[COLUMN_ID] && count >= 2;
}

int owners_csv(struct owners *o, struct str name, struct str text, struct err *e)
{
	struct owners_place at = {arena_str(o->arena, name), 1, 0};
	struct layout layout = {0};
	struct csv *c = arena_new(o->arena, struct csv);
	bool header = true;

	if (!utf8_valid(text))
		return err_set(e, ERR_SYNTAX,
		        "%.*s: the owners file is not UTF-8; save it as \"CSV UTF-8\" in the spreadsheet",
		        STR_ARG(name));
	csv_init(c, o->arena, text);
	while (csv_next(c) == 1) {
		at.line = c->row_line;
		if (c->cells > 0 && str_starts(c->cell[0], STR("#")))
			continue;
		if (c->open_quote)
			return err_set(e, ERR_SYNTAX, "%.*s:%u: a quote is opened here and never closed",
			        STR_ARG(name), at.line);
		if (c->too_many)
			know_note(o->notes, &at, "more than %d columns; the rest is left out", CSV_COLUMNS);
		if (header) {
			int rc = header_read(o, c, &layout, &at, e);
			if (rc != 0)
				return rc;
			header = false;
			continue;
		}
		o->rows++;
		row_read(o, c, &layout, &at);
	}
	return header ? err_set(e, ERR_SYNTAX, "%.*s: the owners file is empty", STR_ARG(name)) : 0;
}
