/* SPDX-License-Identifier: Apache-2.0 */
#include "web/targets.h"
#include "base/utf8.h"
#include "event/value.h"
#include "know/csv.h"

#define TOLD 5 /* lines that a sentence names */

/* In the order in which one is taken where a row has several. */
static const char *const heads[] = {"ip", "address", "addr", "source.ip", "ip address", "prefix", "network",
        "cidr", "source.network", "domain", "fqdn", "source.fqdn", "hostname", "host", "name", "place"};
#define NHEADS (sizeof(heads) / sizeof(heads[0]))

struct targets {
	struct csv csv;
	unsigned columns[NHEADS], n; /* n 0: the first one */
	uint64_t values, wrong;
	unsigned notes; /* lines before the table */
	struct buf told;
};

static bool find_head(struct targets *t)
{
	for (size_t i = 0; i < NHEADS; i++)
		for (unsigned k = 0; k < t->csv.cells; k++)
			if (str_ieq(str_trim(t->csv.cell[k]), str_from(heads[i])) && t->n < NHEADS)
				t->columns[t->n++] = k;
	return t->n > 0;
}

/* The first of the columns that has something. */
static struct str value_of(const struct targets *t)
{
	struct str value = {0};

	if (t->n == 0)
		return str_trim(t->csv.cell[0]);
	for (unsigned i = 0; i < t->n && value.len == 0; i++)
		if (t->columns[i] < t->csv.cells)
			value = str_trim(t->csv.cell[t->columns[i]]);
	return value;
}

static bool is_target(struct str value)
{
	struct prefix prefix;
	struct addr addr;
	char name[NAME_MAX_BYTES + 1];
	bool host = false;
	size_t len;

	return addr_parse(value, &addr) || (prefix_parse(value, &prefix, &host) && prefix.len > 0) ||
	        value_fqdn(value, name, &len);
}

static void add(struct targets *t, struct str value, struct buf *ret)
{
	char shown[64];

	t->values++;
	if (is_target(value)) {
		buf_add(ret, value);
		buf_char(ret, ' ');
	} else if (t->wrong++ < TOLD) {
		buf_printf(&t->told, "%sline %u: '%s' is no address, prefix or name",
		        t->wrong > 1 ? "; " : "", t->notes + t->csv.row_line,
		        err_quote(shown, sizeof(shown), str_sub(value, 0, 60)).p);
	}
}

static int read_rows(struct targets *t, struct buf *ret, struct err *e)
{
	bool first = true;

	while (csv_next(&t->csv) == 1) {
		struct str value = value_of(t);
		bool head = first && find_head(t);
		first = false;
		if (head || value.len == 0 || value.p[0] == '#')
			continue;
		if (t->values == TARGETS_MOST)
			return err_set(e, ERR_LIMIT,
			        "line %u: a list has at most %d addresses, prefixes and names; divide it",
			        t->notes + t->csv.row_line, TARGETS_MOST);
		add(t, value, ret);
	}
	if (t->wrong == 0)
		return t->values > 0 ? 0 : err_set(e, ERR_VALUE, "the file has no address, prefix or name");
	if (t->wrong > TOLD)
		return err_set(e, ERR_VALUE, "%.*s; and %llu more; nothing of the list was taken",
		        STR_ARG(buf_str(&t->told)), (unsigned long long)(t->wrong - TOLD));
	return err_set(e, ERR_VALUE, "%.*s; nothing of the list was taken", STR_ARG(buf_str(&t->told)));
}

/* Lines of notes at its beginning: the delimiter is looked for in the first row. */
static struct str skip_notes(struct str file, unsigned *ret_lines)
{
	file = str_starts(file, STR("\xef\xbb\xbf")) ? str_skip(file, 3) : file;
	for (*ret_lines = 0; str_starts(file, STR("#")); ++*ret_lines)
		file = str_cut(file, '\n').tail;
	return file;
}

int targets_read(struct str file, struct buf *ret, struct err *e)
{
	if (!utf8_valid(file) || str_has(file, 0))
		return err_set(e, ERR_VALUE,
		        "the file is no text in UTF-8; save it as lines of text or as CSV (UTF-8)");
	auto_arena struct arena a = {0};
	struct targets *t = mem_zero(1, sizeof(*t));

	arena_init(&a, 0);
	csv_init(&t->csv, &a, skip_notes(file, &t->notes));
	int rc = read_rows(t, ret, e);
	buf_done(&t->told);
	free(t);
	return rc;
}
