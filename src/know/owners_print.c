/* SPDX-License-Identifier: Apache-2.0
 *
 * The owners file as this program writes it: what is read back is the same register. A row per owner, more of them for
 * contacts of another language or other classes, for assets, and where a cell would be longer than spreadsheets hold.
 */
#include "know/owners.h"

/* Spreadsheets cut a cell at 32,767 characters. */
#define CELL_VALUES 400

static void cells(struct buf *out, const struct str *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (i > 0)
			buf_char(out, ',');
		buf_csv(out, v[i]);
	}
	buf_add(out, STR("\r\n"));
}

enum {
	C_ID,
	C_NAME,
	C_SECTOR,
	C_COUNTRY,
	C_PREFIXES,
	C_ASNS,
	C_DOMAINS,
	C_CONTACTS,
	C_LANGUAGE,
	C_TIMEZONE,
	C_CLASSES,
	C_PGP,
	C_FORMATS,
	C_PHONE,
	C_ASSET,
	C_KIND,
	C_CRITICALITY,
	C_COLUMNS
};

struct printing {
	const struct owners *o;
	struct buf *out;
	/* where the things of each owner begin, and their numbers in his order */
	size_t *first[5];
	uint32_t *order[5];
};
enum { BY_PREFIX, BY_AS, BY_NAME, BY_CONTACT, BY_ASSET, BY_END };

static uint32_t owner_of(const struct owners *o, int what, size_t i)
{
	return what == BY_PREFIX     ? o->prefix.v[i].owner
	        : what == BY_AS      ? o->as.v[i].owner
	        : what == BY_NAME    ? o->name.v[i].owner
	        : what == BY_CONTACT ? o->contact.v[i].owner
	                             : o->asset.v[i].owner;
}

static size_t count_of(const struct owners *o, int what)
{
	return what == BY_PREFIX     ? o->prefix.n
	        : what == BY_AS      ? o->as.n
	        : what == BY_NAME    ? o->name.n
	        : what == BY_CONTACT ? o->contact.n
	                             : o->asset.n;
}

/* By owner, in the order in which they came: counted, then put. */
static void order_make(struct printing *p, int what)
{
	size_t n = count_of(p->o, what), owners = p->o->owner.n;
	size_t *first = mem_zero(owners + 2, sizeof(*first));

	p->order[what] = mem_zero(n + 1, sizeof(*p->order[what]));
	for (size_t i = 0; i < n; i++)
		first[owner_of(p->o, what, i) + 1]++;
	for (size_t i = 1; i < owners + 2; i++)
		first[i] += first[i - 1];
	for (size_t i = 0; i < n; i++)
		p->order[what][first[owner_of(p->o, what, i)]++] = (uint32_t)i;
	/* each has moved to the end of its owner, which is where the next begins */
	p->first[what] = first;
}

static size_t begin_of(const struct printing *p, int what, uint32_t owner)
{
	return p->first[what][owner - 1];
}

static void value_text(const struct printing *p, int what, size_t i, struct buf *b)
{
	char text[PREFIX_TEXT];

	if (what == BY_PREFIX)
		buf_add(b, str_make(text, prefix_print(text, &p->o->prefix.v[i].prefix)));
	else if (what == BY_AS)
		buf_u64(b, p->o->as.v[i].asn);
	else
		buf_add(b, p->o->name.v[i].name);
}

static uint32_t asset_of(const struct printing *p, int what, size_t i)
{
	return what == BY_PREFIX ? p->o->prefix.v[i].asset : what == BY_NAME ? p->o->name.v[i].asset : 0;
}

/* The next values of an owner and asset from *at on into b. */
static void values(
        const struct printing *p, int what, uint32_t owner, uint32_t asset, size_t *at, struct buf *b)
{
	size_t end = begin_of(p, what, owner + 1);

	for (unsigned n = 0; *at < end && n < CELL_VALUES; (*at)++) {
		size_t i = p->order[what][*at];
		if (asset_of(p, what, i) != asset)
			continue;
		if (n++ > 0)
			buf_char(b, ' ');
		value_text(p, what, i, b);
	}
}

/* Rows of what belongs to an owner or to an asset of his; head: what the first of them says besides. */
static void claims(const struct printing *p, uint32_t owner, uint32_t asset, struct str head[C_COLUMNS])
{
	static const int kinds[] = {BY_PREFIX, BY_AS, BY_NAME};
	size_t at[3];

	for (int k = 0; k < 3; k++)
		at[k] = begin_of(p, kinds[k], owner);
	for (bool first = true;; first = false) {
		struct buf b[3] = {{0}, {0}, {0}};
		for (int k = 0; k < 3; k++) {
			if (kinds[k] == BY_AS && asset != 0)
				continue;
			values(p, kinds[k], owner, asset, &at[k], &b[k]);
			head[C_PREFIXES + k] = buf_str(&b[k]);
		}
		bool any = b[0].len + b[1].len + b[2].len > 0;
		if (any || first)
			cells(p->out, head, C_COLUMNS);
		for (int k = 0; k < 3; k++)
			buf_done(&b[k]);
		if (!any)
			return;
		struct str id = head[C_ID], name = head[C_ASSET];
		memset(head, 0, C_COLUMNS * sizeof(*head));
		head[C_ID] = id;
		head[C_ASSET] = name;
	}
}

static void contacts(const struct printing *p, uint32_t owner)
{
	for (size_t k = begin_of(p, BY_CONTACT, owner); k < begin_of(p, BY_CONTACT, owner + 1); k++) {
		const struct owners_contact *c = &p->o->contact.v[p->order[BY_CONTACT][k]];
		struct str row[C_COLUMNS] = {{0}};
		row[C_ID] = p->o->owner.v[owner - 1].id;
		row[C_CONTACTS] = c->email;
		row[C_LANGUAGE] = c->language;
		row[C_TIMEZONE] = c->timezone;
		row[C_CLASSES] = c->classes;
		row[C_PGP] = c->pgp;
		row[C_FORMATS] = c->formats;
		row[C_PHONE] = c->phone;
		cells(p->out, row, C_COLUMNS);
	}
}

static void owner_print(const struct printing *p, uint32_t owner)
{
	const struct owners_owner *who = &p->o->owner.v[owner - 1];
	struct str row[C_COLUMNS] = {{0}};

	row[C_ID] = who->id;
	row[C_NAME] = who->name;
	row[C_SECTOR] = who->sector;
	row[C_COUNTRY] = str_make(who->cc, who->cc[0] != 0 ? 2 : 0);
	claims(p, owner, 0, row);
	contacts(p, owner);
}

static void assets_print(const struct printing *p)
{
	char text[8];

	for (uint32_t i = 0; i < p->o->asset.n; i++) {
		const struct owners_asset *a = &p->o->asset.v[i];
		struct str row[C_COLUMNS] = {{0}};
		row[C_ID] = p->o->owner.v[a->owner - 1].id;
		row[C_ASSET] = a->name;
		row[C_KIND] = a->kind;
		if (a->criticality != 0)
			row[C_CRITICALITY] =
			        str_make(text, (size_t)snprintf(text, sizeof(text), "%u", a->criticality));
		claims(p, a->owner, i + 1, row);
	}
}

static void printing_done(struct printing *p)
{
	for (int k = BY_PREFIX; k < BY_END; k++) {
		free(p->first[k]);
		free(p->order[k]);
	}
}

void owners_print_csv(const struct owners *o, struct buf *out)
{
	struct printing p = {.o = o, .out = out};

	buf_add(out,
	        STR("id,name,sector,country,prefixes,asns,domains,contacts,language,timezone,classes,pgp,"
	            "formats,phone,asset,kind,criticality\r\n"));
	for (int k = BY_PREFIX; k <= BY_CONTACT; k++)
		order_make(&p, k);
	for (uint32_t i = 1; i <= o->owner.n; i++)
		owner_print(&p, i);
	assets_print(&p);
	printing_done(&p);
}

/* ---- JSON ---------------------------------------------------------------------------------------- */

static void json_text(struct buf *out, const char *key, struct str value)
{
	buf_printf(out, "\"%s\": ", key);
	buf_json(out, value);
	buf_add(out, STR(", "));
}

static void json_values(const struct printing *p, int what, const char *key, uint32_t owner, uint32_t asset)
{
	bool any = false;

	buf_printf(p->out, "\"%s\": [", key);
	for (size_t k = begin_of(p, what, owner); k < begin_of(p, what, owner + 1); k++) {
		size_t i = p->order[what][k];
		if (asset_of(p, what, i) != asset)
			continue;
		buf_add(p->out, any ? STR(", ") : STR(""));
		any = true;
		if (what == BY_AS) {
			value_text(p, what, i, p->out);
			continue;
		}
		buf_char(p->out, '"');
		value_text(p, what, i, p->out);
		buf_char(p->out, '"');
	}
	buf_char(p->out, ']');
}

static void json_contacts(const struct printing *p, uint32_t owner)
{
	size_t first = begin_of(p, BY_CONTACT, owner);

	buf_add(p->out, STR("\"contacts\": ["));
	for (size_t k = first; k < begin_of(p, BY_CONTACT, owner + 1); k++) {
		const struct owners_contact *c = &p->o->contact.v[p->order[BY_CONTACT][k]];
		buf_add(p->out, k > first ? STR(", {") : STR("{"));
		json_text(p->out, "email", c->email);
		json_text(p->out, "language", c->language);
		json_text(p->out, "timezone", c->timezone);
		json_text(p->out, "classes", c->classes);
		json_text(p->out, "pgp", c->pgp);
		json_text(p->out, "formats", c->formats);
		buf_add(p->out, STR("\"phone\": "));
		buf_json(p->out, c->phone);
		buf_char(p->out, '}');
	}
	buf_add(p->out, STR("], "));
}

static void json_assets(const struct printing *p, uint32_t owner, const uint32_t *assets, size_t n)
{
	buf_add(p->out, STR("\"assets\": ["));
	for (size_t k = 0; k < n; k++) {
		const struct owners_asset *a = &p->o->asset.v[assets[k]];
		buf_add(p->out, k > 0 ? STR(", {") : STR("{"));
		json_text(p->out, "name", a->name);
		json_text(p->out, "kind", a->kind);
		buf_printf(p->out, "\"criticality\": %u, ", a->criticality);
		json_values(p, BY_PREFIX, "prefixes", owner, assets[k] + 1);
		buf_add(p->out, STR(", "));
		json_values(p, BY_NAME, "domains", owner, assets[k] + 1);
		buf_char(p->out, '}');
	}
	buf_char(p->out, ']');
}

static void json_owner(const struct printing *p, uint32_t owner, const uint32_t *assets, size_t n)
{
	const struct owners_owner *who = &p->o->owner.v[owner - 1];

	buf_add(p->out, owner > 1 ? STR(",\n{") : STR("\n{"));
	json_text(p->out, "id", who->id);
	json_text(p->out, "name", who->name);
	json_text(p->out, "sector", who->sector);
	json_text(p->out, "country", str_make(who->cc, who->cc[0] != 0 ? 2 : 0));
	json_values(p, BY_PREFIX, "prefixes", owner, 0);
	buf_add(p->out, STR(", "));
	json_values(p, BY_AS, "asns", owner, 0);
	buf_add(p->out, STR(", "));
	json_values(p, BY_NAME, "domains", owner, 0);
	buf_add(p->out, STR(", "));
	json_contacts(p, owner);
	json_assets(p, owner, assets, n);
	buf_char(p->out, '}');
}

void owners_print_json(const struct owners *o, struct buf *out)
{
	struct printing p = {.o = o, .out = out};

	for (int k = BY_PREFIX; k <= BY_ASSET; k++)
		order_make(&p, k);
	buf_add(out, STR("{\"version\": 1, \"owners\": ["));
	for (uint32_t i = 1; i <= o->owner.n; i++)
		json_owner(&p, i, p.order[BY_ASSET] + begin_of(&p, BY_ASSET, i),
		        begin_of(&p, BY_ASSET, i + 1) - begin_of(&p, BY_ASSET, i));
	buf_add(out, STR("\n]}\n"));
	printing_done(&p);
}
