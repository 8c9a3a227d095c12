/* SPDX-License-Identifier: Apache-2.0
 *
 * Old tickets of another system, out of a CSV export: each becomes a case of the kind "old", which is found and read, and of
 * which nothing follows: no due times, no words, nobody is told. What a column is not used for stands in the text, so that
 * all of it is found. The same file again adds what is new in it.
 *
 * And the list of whom to write to abroad, which is replaced as a whole by its source.
 */
#include "base/os.h"
#include "base/plural.h"
#include "base/utf8.h"
#include "event/addr.h"
#include "event/civil.h"
#include "know/csv.h"
#include "link/case_in.h"

#define FILE_MAX ((size_t)256 << 20)

/* ---- columns ------------------------------------------------------------------------------------- */

enum part { PART_ID, PART_TITLE, PART_STATUS, PART_OPENED, PART_ENDED, PART_WHO, PART_ASSIGNED, PARTS };
static const char *const part_names[PARTS] = {"id", "title", "status", "opened", "ended", "who", "assigned"};
/* As RTIR's export calls them. */
static const char *const rtir[PARTS] = {
        "id", "Subject", "Status", "Created", "Resolved", "Requestors", "Owner"};

struct tickets {
	struct change *c;
	struct str source, prefix;
	struct str wanted[PARTS];
	int column[PARTS]; /* -1: there is none */
	struct str heads[CSV_COLUMNS];
	unsigned nheads;
	uint64_t fresh, known, aside;
};

/* "id=Ticket,title=Subject". */
static int read_map(struct tickets *t, struct str map, struct err *e)
{
	char shown[64];

	while (map.len > 0) {
		struct str_cut one = str_cut(map, ','), pair = str_cut(one.head, '=');
		struct str name = str_trim(pair.head);
		unsigned i = 0;
		map = one.tail;
		while (i < PARTS && !str_eq(name, str_from(part_names[i])))
			i++;
		if (i == PARTS || str_trim(pair.tail).len == 0)
			return err_set(e, ERR_USAGE,
			        "bad map at '%s': PART=COLUMN with id, title, status, opened, ended, who or "
			        "assigned is wanted",
			        err_quote(shown, sizeof(shown), one.head).p);
		t->wanted[i] = str_trim(pair.tail);
	}
	return 0;
}

static int find_columns(struct tickets *t, struct csv *csv, struct arena *a, struct err *e)
{
	if (csv_next(csv) == 0)
		return err_set(e, ERR_FORMAT, "the file is empty");
	t->nheads = csv->cells;
	for (unsigned i = 0; i < csv->cells; i++)
		t->heads[i] = arena_str(a, str_trim(csv->cell[i]));
	for (unsigned p = 0; p < PARTS; p++) {
		t->column[p] = -1;
		for (unsigned i = 0; i < t->nheads; i++)
			if (t->wanted[p].len != 0 && str_ieq(t->heads[i], t->wanted[p]))
				t->column[p] = (int)i;
	}
	if (t->column[PART_ID] >= 0 && t->column[PART_TITLE] >= 0)
		return 0;
	return err_set(e, ERR_FORMAT,
	        "line 1 has no column '%.*s'; 'map' says which columns are meant: "
	        "id=Ticket,title=Subject",
	        STR_ARG(t->wanted[t->column[PART_ID] < 0 ? PART_ID : PART_TITLE]));
}

static struct str cell(const struct tickets *t, const struct csv *csv, enum part p)
{
	return t->column[p] >= 0 && (unsigned)t->column[p] < csv->cells ? str_trim(csv->cell[t->column[p]])
	                                                                : STR("");
}

/* ---- a ticket ------------------------------------------------------------------------------------ */

/* Times as people's systems write them; what cannot be read is no time, and stands in the text. */
static int64_t time_of(struct str s)
{
	int64_t at;

	return s.len > 0 && value_time(s, NULL, &at) ? at : 0;
}

static void put_text(const struct tickets *t, const struct csv *csv, struct buf *out)
{
	for (unsigned i = 0; i < csv->cells && i < t->nheads; i++) {
		struct str value = str_trim(csv->cell[i]);
		if (value.len == 0 || (int)i == t->column[PART_ID] || (int)i == t->column[PART_TITLE])
			continue;
		if (out->len + t->heads[i].len + value.len > CASE_TEXT)
			break;
		buf_printf(out, "%.*s: %.*s\n", STR_ARG(t->heads[i]), STR_ARG(value));
	}
}

static void put_ticket(struct tickets *t, const struct csv *csv, struct arena *a)
{
	auto_buf struct buf text = {0};
	struct str id = cell(t, csv, PART_ID), title = cell(t, csv, PART_TITLE);
	int64_t opened = time_of(cell(t, csv, PART_OPENED)), ended = time_of(cell(t, csv, PART_ENDED));

	if (id.len == 0 || id.len > 64) {
		t->aside++;
		return;
	}
	put_text(t, csv, &text);
	struct query q = db_query(t->c->db,
	        "insert or ignore into case_(number, kind, title, text, severity, label, state, opened, "
	        "opened_by, ended, "
	        "assigned, source) values (?1, 'old', ?2, ?3, 'c6', 'AMBER+STRICT', 'closed', ?4, ?5, ?6, "
	        "'', ?7)");
	query_text(&q, arena_printf(a, "%.*s-%.*s", STR_ARG(t->prefix), STR_ARG(id)));
	query_text(&q, title.len != 0 ? utf8_cut(title, CASE_LINE) : id);
	query_text(&q, text.len > 0 ? buf_str(&text) : STR(""));
	query_i64(&q, opened);
	query_text(&q, cell(t, csv, PART_WHO));
	query_i64(&q, ended != 0 ? ended : opened);
	query_text(&q, t->source);
	query_run(&q);
	if (db_changes(t->c->db) == 0) {
		t->known++;
		return;
	}
	t->fresh++;
	case_index_add(t->c->db, db_last_id(t->c->db));
}

/* All that follows would be of that one cell. */
static int check_row(const struct csv *csv, struct err *e)
{
	return !csv->open_quote ? 0 : err_set(e, ERR_FORMAT, "line %u: a quote is not closed", csv->row_line);
}

static bool is_word(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!char_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
			return false;
	return s.len > 0 && s.len <= 24;
}

int change_case_import(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf bytes = {0};
	struct tickets t = {.c = c, .source = case_param(c, "from"), .prefix = case_param(c, "prefix")};
	struct csv csv;

	arena_init(&a, 0);
	bool is_rtir = str_eq(t.source, STR("rtir"));
	if (t.source.len == 0 || !is_word(t.source))
		return err_set(e, ERR_USAGE, "from which system? 'from' is rtir, or a word for another one");
	t.prefix = t.prefix.len != 0 ? t.prefix : t.source;
	if (!is_word(t.prefix))
		return err_set(e, ERR_USAGE, "a prefix is letters, digits and '-', at most 24");
	for (unsigned i = 0; i < PARTS; i++)
		t.wanted[i] = str_from(is_rtir ? rtir[i] : part_names[i]);
	int rc = read_map(&t, case_param(c, "map"), e);
	if (rc == 0)
		rc = os_read_file(c->file.p, FILE_MAX, &bytes, e);
	if (rc != 0)
		return rc;
	csv_init(&csv, &a, buf_str(&bytes));
	rc = find_columns(&t, &csv, &a, e);
	while (rc == 0 && csv_next(&csv) != 0) {
		put_ticket(&t, &csv, &a);
		rc = check_row(&csv, e);
	}
	if (rc != 0)
		return rc;
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(t.source));
	snprintf(c->detail, sizeof(c->detail), "%llu new, %llu known", (unsigned long long)t.fresh,
	        (unsigned long long)t.known);
	plural_printf(c->said, "%llu tickets of %.*s, %llu were here already, %llu rows without an id\n",
	        (unsigned long long)t.fresh, STR_ARG(t.source), (unsigned long long)t.known,
	        (unsigned long long)t.aside);
	return 0;
}

/* ---- whom to write to abroad --------------------------------------------------------------------- */

static const char *const abroad_heads[] = {
        "cc", "kind", "prefix", "domain", "name", "email", "phone", "language", NULL};
enum abroad_part { AT_CC, AT_KIND, AT_PREFIX, AT_DOMAIN, AT_NAME, AT_EMAIL, AT_PHONE, AT_LANGUAGE, ATS };

static int abroad_row(
        struct change *c, const struct csv *csv, const int *column, struct str source, struct err *e)
{
	struct str v[ATS];
	struct prefix prefix;
	bool host;
	char text[PREFIX_TEXT], cc[3] = {0};

	for (unsigned i = 0; i < ATS; i++)
		v[i] = column[i] >= 0 && (unsigned)column[i] < csv->cells ? str_trim(csv->cell[column[i]])
		                                                          : STR("");
	if (!str_eq(v[AT_KIND], STR("national")) && !str_eq(v[AT_KIND], STR("abuse")))
		return err_set(e, ERR_FORMAT, "line %u: kind is national or abuse", csv->row_line);
	if (v[AT_NAME].len == 0 || !str_has(v[AT_EMAIL], '@'))
		return err_set(e, ERR_FORMAT, "line %u: a contact needs a name and an email", csv->row_line);
	if (v[AT_CC].len != 0 && v[AT_CC].len != 2)
		return err_set(e, ERR_FORMAT, "line %u: cc is two letters", csv->row_line);
	if (v[AT_PREFIX].len != 0 && !prefix_parse(v[AT_PREFIX], &prefix, &host))
		return err_set(e, ERR_FORMAT, "line %u: bad prefix", csv->row_line);
	for (size_t i = 0; i < v[AT_CC].len; i++)
		cc[i] = (char)(char_lower(v[AT_CC].p[i]) & ~0x20);
	struct query q = db_query(c->db,
	        "insert into abroad(cc, kind, prefix, domain, name, email, phone, language, source, at) "
	        "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	query_text(&q, str_from(cc));
	query_text(&q, v[AT_KIND]);
	query_text(&q, v[AT_PREFIX].len != 0 ? str_make(text, prefix_print(text, &prefix)) : STR(""));
	for (unsigned i = AT_DOMAIN; i < ATS; i++)
		query_text(&q, v[i]);
	query_text(&q, source);
	query_i64(&q, os_now());
	query_run(&q);
	return 0;
}

int change_abroad_import(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf bytes = {0};
	struct str source = case_param(c, "source");
	int column[ATS];
	struct csv csv;
	uint64_t n = 0;

	arena_init(&a, 0);
	if (!is_word(source))
		return err_set(e, ERR_USAGE,
		        "whose list is it? 'source' is a word: what came from there before is replaced");
	int rc = os_read_file(c->file.p, FILE_MAX, &bytes, e);
	if (rc != 0)
		return rc;
	csv_init(&csv, &a, buf_str(&bytes));
	if (csv_next(&csv) == 0)
		return err_set(e, ERR_FORMAT, "the file is empty");
	for (unsigned p = 0; p < ATS; p++) {
		column[p] = -1;
		for (unsigned i = 0; i < csv.cells; i++)
			if (str_ieq(str_trim(csv.cell[i]), str_from(abroad_heads[p])))
				column[p] = (int)i;
	}
	if (column[AT_KIND] < 0 || column[AT_NAME] < 0 || column[AT_EMAIL] < 0)
		return err_set(e, ERR_FORMAT,
		        "line 1 names the columns: kind, name and email, and of cc, prefix, domain, "
		        "phone and language what "
		        "there is");
	struct query q = db_query(c->db, "delete from abroad where source = ?");
	query_text(&q, source);
	query_run(&q);
	for (; rc == 0 && csv_next(&csv) != 0; n++) {
		rc = check_row(&csv, e);
		rc = rc == 0 ? abroad_row(c, &csv, column, source, e) : rc;
	}
	if (rc != 0)
		return rc;
	snprintf(c->object, sizeof(c->object), "abroad");
	snprintf(c->detail, sizeof(c->detail), "%.*s", STR_ARG(source));
	plural_printf(c->said, "%llu contacts of %.*s\n", (unsigned long long)n, STR_ARG(source));
	return 0;
}
