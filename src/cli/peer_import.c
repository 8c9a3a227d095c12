/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/peer_import.h"
#include "base/arena.h"
#include "event/value.h"
#include "text/delim.h"

enum column { TITLE, COUNTRY, EMAIL, PHONE, WEBSITE, PGP, COLUMNS };

/* Names of columns, in small letters and without anything but letters; the first that a header has counts. */
static const struct {
	enum column column;
	const char *name;
} names[] = {
        {TITLE, "officialteamname"},
        {TITLE, "officialname"},
        {TITLE, "teamname"},
        {TITLE, "team"},
        {TITLE, "name"},
        {COUNTRY, "countrycode"},
        {COUNTRY, "country"},
        {EMAIL, "email"},
        {EMAIL, "emailaddress"},
        {EMAIL, "mail"},
        {EMAIL, "teamemail"},
        {PHONE, "emergencyphone"},
        {PHONE, "phone"},
        {PHONE, "telephone"},
        {PHONE, "phonenumber"},
        {WEBSITE, "website"},
        {WEBSITE, "url"},
        {WEBSITE, "host"},
        {PGP, "pgpfingerprint"},
        {PGP, "keyfingerprint"},
        {PGP, "fingerprint"},
};

struct table {
	unsigned at[COLUMNS]; /* field of a column, from 1; 0: none */
	unsigned rank[COLUMNS];
};

static void letters(struct str s, char *ret, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len && n + 1 < size; i++)
		if (char_alnum(s.p[i]) && !char_digit(s.p[i]))
			ret[n++] = char_lower(s.p[i]);
	ret[n] = 0;
}

static void read_head(const struct delim_record *r, struct table *t)
{
	char name[64];

	*t = (struct table){0};
	for (unsigned f = 0; f < r->n; f++) {
		letters(delim_field(r, f).text, name, sizeof(name));
		for (unsigned k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
			enum column c = names[k].column;
			if (!str_eq(str_from(name), str_from(names[k].name)) ||
			        (t->at[c] != 0 && t->rank[c] <= k))
				continue;
			t->at[c] = f + 1;
			t->rank[c] = k;
		}
	}
}

/* A cell without blanks around it, and without what would end a row. */
static struct str cell(struct arena *a, const struct delim_record *r, const struct table *t, enum column c)
{
	if (t->at[c] == 0 || t->at[c] > r->n)
		return STR("");
	struct delim_field f = delim_field(r, t->at[c] - 1);
	char *text = arena_get(a, f.text.len + 1);
	struct str s = f.copy ? delim_unquote(text, r, &f) : f.text;
	size_t n = 0;

	/* the first address or number of several */
	for (size_t i = 0; i < s.len && !(c != TITLE && (s.p[i] == ',' || s.p[i] == ';')); i++)
		text[n++] = (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i];
	return str_trim(str_make(text, n));
}

static int put_row(struct arena *a, const struct delim_record *r, const struct table *t, bool skip,
        struct buf *rows, struct err *e)
{
	char mail[254], cc[3] = "", pgp[65];
	size_t len = 0, n = 0;
	struct str email = cell(a, r, t, EMAIL), country = cell(a, r, t, COUNTRY), key = cell(a, r, t, PGP);

	if (email.len == 0 && skip)
		return 0;
	if (!value_email(email, mail, &len))
		return err_set(e, ERR_VALUE, "line %ju: '%.*s' is no mail address%s", (uintmax_t)r->line + 1,
		        STR_ARG(email), email.len == 0 ? "; --skip leaves such rows out" : "");
	if (country.len == 2)
		snprintf(cc, sizeof(cc), "%c%c", country.p[0] & ~0x20, country.p[1] & ~0x20);
	for (size_t i = 0; i < key.len && n < 64; i++)
		if (char_hex(key.p[i]) >= 0)
			pgp[n++] = key.p[i];
	n = n == 40 || n == 64 ? n : 0;
	struct str domain = str_rcut(str_make(mail, len), '@').tail, title = cell(a, r, t, TITLE);
	buf_printf(rows, "%.*s\t%.*s\t%s\t%.*s\t%.*s\t%.*s\t%.*s\n", STR_ARG(domain),
	        STR_ARG(title.len > 0 ? title : domain), cc, (int)len, mail, STR_ARG(cell(a, r, t, PHONE)),
	        STR_ARG(cell(a, r, t, WEBSITE)), (int)n, pgp);
	return 0;
}

int peer_import_rows(struct str csv, bool skip, struct buf *rows, struct err *e)
{
	struct delim_options o = {.delimiter = ',', .quote = '"', .limit = 1 << 20};
	auto_arena struct arena a = {0};
	struct delim_record r;
	struct table t;
	bool head = true;
	int rc;

	arena_init(&a, 0);
	if (str_starts(csv, STR("\xef\xbb\xbf")))
		csv = str_skip(csv, 3);
	size_t line = str_find(csv, 0, '\n');
	struct str first = str_sub(csv, 0, line);
	if (str_has(first, ';') && !str_has(first, ','))
		o.delimiter = ';';
	struct delim *d = arena_new(&a, struct delim);
	delim_init(d, &o);
	while ((rc = delim_next(d, csv.p, csv.len, true, &r)) == DELIM_RECORD) {
		csv = str_skip(csv, r.length);
		if (r.total == 0)
			continue;
		if (head) {
			read_head(&r, &t);
			head = false;
			if (t.at[EMAIL] == 0)
				return err_set(
				        e, ERR_FORMAT, "the header has no column for mail addresses (email)");
			continue;
		}
		if (put_row(&a, &r, &t, skip, rows, e) != 0)
			return e->code;
	}
	return rc == DELIM_END ? 0 : err_set(e, ERR_LIMIT, "a row is longer than 1 MiB");
}
