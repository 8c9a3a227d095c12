/* SPDX-License-Identifier: Apache-2.0
 *
 * zeek: Zeek's logs, as columns between tabs under lines that begin with "#", or as JSON lines
 * (zeek_json.c). Header lines may stand anywhere, and hold until the next of their kind: logs are joined.
 * A header says what separates, what stands for an unset and for an empty value, and how the columns are
 * called and typed; nothing of that is fixed here.
 *
 * A plan is made for each header once, and kept, since joined logs come back to the same headers. Escapes
 * (\xNN and a doubled backslash) are undone; sets and vectors are kept as they stand, with the log's own
 * separator. The originator of a connection is the source, the responder the destination.
 *
 * A row with fewer values than columns is cut and set aside, whatever its last value looks like. A log that
 * names nobody (statistics, certificates) has no events: its rows are counted as none.
 *
 * It cannot read a log whose separator is longer than a byte, nor one that changes it on the way.
 */
#include "read/zeek.h"
#include "base/utf8.h"
#include "read/columns.h"
#include "read/input.h"
#include "read/rows.h"
#include "read/table.h"

#define PLANS 512
#define PLAN_COLUMNS 65536 /* of all plans together */
#define NOWHERE UINT32_MAX

struct plan {
	struct str path, fields, types; /* of the header it is for */
	struct str log;                 /* with room behind it, as columns have */
	struct str application;
	uint32_t width;
	struct columns columns;
	uint32_t time_at, proto_at, port_at[2], host_at[2]; /* columns that need a closer look; host: sets */
	uint32_t indicator_at, type_at;                     /* of a file of indicators */
	uint32_t name_at;                                   /* what the client calls the responder */
	uint32_t last_at;                                   /* the last column if it goes to a field */
	bool nobody;
};

struct zeek {
	struct zeek_json *json; /* NULL: columns */
	struct rows *rows;
	char separator;
	char unset[32], empty[32], set_separator[8];
	size_t unset_len, empty_len, set_separator_len;
	char path[128];
	size_t path_len;
	char *fields, *types; /* LIMIT_RECORD bytes each */
	size_t fields_len, types_len;
	struct plan *plan; /* NULL: to be found */
	struct plan plans[PLANS];
	uint32_t nplans, ncolumns;
	char *scratch; /* for a row without its escapes */
};

/* ---- header -------------------------------------------------------------------------------------- */

/* "\x09" is a tab; else the text itself. Returns its length. */
static size_t unescape(struct str s, char *dst)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		int hi = -1, lo = -1;
		if (s.p[i] == '\\' && i + 3 < s.len && s.p[i + 1] == 'x') {
			hi = char_hex(s.p[i + 2]);
			lo = char_hex(s.p[i + 3]);
		}
		if (hi >= 0 && lo >= 0) {
			dst[n++] = (char)(hi << 4 | lo);
			i += 3;
		} else {
			dst[n++] = s.p[i];
			i += s.p[i] == '\\' && i + 1 < s.len && s.p[i + 1] == '\\';
		}
	}
	return n;
}

static size_t keep(char *dst, size_t size, struct str s)
{
	size_t n = s.len < size ? s.len : 0;

	if (n > 0)
		memcpy(dst, s.p, n);
	return n;
}

static void default_marks(struct zeek *z)
{
	z->unset_len = keep(z->unset, sizeof(z->unset), STR("-"));
	z->empty_len = keep(z->empty, sizeof(z->empty), STR("(empty)"));
	z->set_separator_len = keep(z->set_separator, sizeof(z->set_separator), STR(","));
}

static int take_separator(struct reading *r, struct zeek *z, struct str value, uint32_t line)
{
	char text[32];
	size_t n = value.len < sizeof(text) ? unescape(value, text) : 0;

	if (n != 1 || text[0] != z->separator)
		return err_set(&r->err, ERR_VALUE,
		        "the header on line %u has another separator than the log began with, or one that is "
		        "no "
		        "single byte",
		        line);
	/* a new header begins: what it does not say is as usual */
	default_marks(z);
	return 1;
}

static int take_header(struct reading *r, struct zeek *z, struct str line, uint32_t number)
{
	size_t n = 1;

	while (n < line.len && line.p[n] != z->separator && line.p[n] != ' ')
		n++;
	struct str key = str_sub(line, 1, n - 1), value = str_skip(line, n + 1);
	if (str_eq(key, STR("separator")))
		return take_separator(r, z, value, number);
	if (str_eq(key, STR("set_separator")))
		z->set_separator_len = keep(z->set_separator, sizeof(z->set_separator), value);
	else if (str_eq(key, STR("empty_field")))
		z->empty_len = keep(z->empty, sizeof(z->empty), value);
	else if (str_eq(key, STR("unset_field")))
		z->unset_len = keep(z->unset, sizeof(z->unset), value);
	else if (str_eq(key, STR("path")))
		z->path_len = keep(z->path, sizeof(z->path), value);
	else if (str_eq(key, STR("types")))
		z->types_len = keep(z->types, LIMIT_RECORD, value);
	else if (str_eq(key, STR("fields"))) {
		z->fields_len = keep(z->fields, LIMIT_RECORD, value);
		z->types_len = 0;
	} else
		return 1;
	z->plan = NULL;
	return 1;
}

/* ---- plans --------------------------------------------------------------------------------------- */

static struct str next_part(struct str *s, char separator)
{
	struct str_cut cut = str_cut(*s, separator);

	*s = cut.tail;
	return cut.head;
}

/* A copy fit to be a value of a plain record: clean, and some bytes beyond its end can be read. */
static struct str clean_copy(struct reading *r, struct str s)
{
	char *p = arena_get(r->arena, 3 * s.len + 64);

	return str_make(p, s.len > 0 ? utf8_clean(p, s) : 0);
}

static void plan_column(struct reading *r, struct plan *p, uint32_t at, struct str name, struct str type)
{
	struct event_column col = {.at = at, .to = zeek_field(p->log, name, type)};
	bool set = str_has(type, '[');
	int side = col.to == FIELD_DESTINATION_IP || col.to == FIELD_DESTINATION_PORT;

	if (str_eq(name, STR("ts")) && (type.len == 0 || str_eq(type, STR("time"))) &&
	        p->time_at == NOWHERE) {
		p->time_at = at;
		return;
	}
	if (col.to != FIELD_NONE && field_table[col.to].type == FT_IP && set && p->host_at[side] == NOWHERE) {
		p->host_at[side] = at;
		return;
	}
	/* what the client calls the responder must not stand before what the connection says it is */
	if (col.to == FIELD_DESTINATION_FQDN && p->name_at == NOWHERE) {
		p->name_at = p->last_at = at;
		return;
	}
	/* the first of two columns for one field has it, but of two for an address one may be unset */
	if (col.to != FIELD_NONE && columns_taken(&p->columns, col.to) && field_table[col.to].type != FT_IP)
		col.to = FIELD_NONE;
	if (col.to == FIELD_PROTOCOL_TRANSPORT)
		p->proto_at = at;
	if (col.to == FIELD_SOURCE_PORT || col.to == FIELD_DESTINATION_PORT)
		p->port_at[side] = at;
	if (col.to != FIELD_NONE)
		p->last_at = at;
	else
		col.key = event_key(r->arena, name);
	columns_add(&p->columns, &col);
}

/* A log that is not known, and has no column that is: its first address is the one that is meant. */
static void plan_first_address(struct plan *p, char separator)
{
	struct str types = p->types;

	for (uint32_t i = 0; types.len > 0; i++)
		if (str_eq(next_part(&types, separator), STR("addr")))
			for (uint32_t k = 0; k < p->columns.plan.n; k++)
				if (p->columns.plan.v[k].at == i && p->columns.plan.v[k].to == FIELD_NONE) {
					p->columns.plan.v[k].to = FIELD_SOURCE_IP;
					p->columns.plan.v[k].key = (struct event_key){0};
					return;
				}
}

static bool has_somebody(const struct plan *p)
{
	static const enum field fields[] = {
	        FIELD_SOURCE_IP, FIELD_DESTINATION_IP, FIELD_SOURCE_EMAIL, FIELD_DESTINATION_ACCOUNT};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (columns_taken(&p->columns, fields[i]))
			return true;
	return p->name_at != NOWHERE || p->host_at[0] != NOWHERE || p->host_at[1] != NOWHERE ||
	        p->indicator_at != NOWHERE;
}

/* Behind the columns of the row stand the log's name and the protocol it is about. */
static void plan_own(struct reading *r, struct plan *p)
{
	struct event_column log = {.at = p->width, .key = event_key(r->arena, STR("_path"))};
	struct event_column application = {.at = p->width + 1, .to = FIELD_PROTOCOL_APPLICATION};

	columns_add(&p->columns, &log);
	if (p->application.len > 0 && !columns_taken(&p->columns, FIELD_PROTOCOL_APPLICATION))
		columns_add(&p->columns, &application);
}

static void fill_plan(struct reading *r, struct zeek *z, struct plan *p)
{
	struct str fields = p->fields, types = p->types;

	p->log = clean_copy(r, zeek_log(p->path));
	p->application = clean_copy(r, zeek_application(p->log));
	p->time_at = p->proto_at = p->indicator_at = p->type_at = p->name_at = p->last_at = NOWHERE;
	p->port_at[0] = p->port_at[1] = p->host_at[0] = p->host_at[1] = NOWHERE;
	p->columns = columns_new(r, p->width + 2);
	for (uint32_t i = 0; i < p->width; i++) {
		struct str name = next_part(&fields, z->separator), type = next_part(&types, z->separator);
		if (str_eq(name, STR("indicator")) && p->types.len == 0)
			p->indicator_at = i;
		else if (str_eq(name, STR("indicator_type")) && p->types.len == 0)
			p->type_at = i;
		else
			plan_column(r, p, i, name, type);
	}
	if (!has_somebody(p))
		plan_first_address(p, z->separator);
	p->nobody = !has_somebody(p);
	if (p->path.len > 0)
		plan_own(r, p);
	columns_sort(&p->columns);
}

static struct plan *make_plan(
        struct reading *r, struct zeek *z, struct str path, struct str fields, struct str types)
{
	struct plan *p = &z->plans[z->nplans];
	uint32_t width = 1;

	for (size_t i = 0; i < fields.len; i++)
		width += fields.p[i] == z->separator;
	z->ncolumns += width;
	if (width > LIMIT_COLUMNS || z->nplans == PLANS || z->ncolumns > PLAN_COLUMNS) {
		err_set(&r->err, ERR_LIMIT,
		        width > LIMIT_COLUMNS
		                ? "a header has %u columns; it may have %d"
		                : "a header of %u columns comes on top of more than can be kept (%d)",
		        width, width > LIMIT_COLUMNS ? LIMIT_COLUMNS : PLAN_COLUMNS);
		return NULL;
	}
	*p = (struct plan){.path = arena_str(r->arena, path),
	        .fields = arena_str(r->arena, fields),
	        .types = arena_str(r->arena, types),
	        .width = width};
	fill_plan(r, z, p);
	z->nplans++;
	return p;
}

static struct plan *find_plan(struct reading *r, struct zeek *z, uint32_t line)
{
	struct str path = str_make(z->path, z->path_len), fields = str_make(z->fields, z->fields_len),
	           types = str_make(z->types, z->types_len);

	if (fields.len == 0) {
		err_set(&r->err, ERR_VALUE, "no #fields line before line %u says what the columns are", line);
		return NULL;
	}
	for (uint32_t i = 0; i < z->nplans; i++)
		if (str_eq(z->plans[i].path, path) && str_eq(z->plans[i].fields, fields) &&
		        str_eq(z->plans[i].types, types))
			return &z->plans[i];
	return make_plan(r, z, path, fields, types);
}

/* ---- rows ---------------------------------------------------------------------------------------- */

/* Seconds since 1970 with a fraction, as Zeek writes them: 1767599086.552342. */
static bool take_epoch(struct str s, int64_t *ret)
{
	struct str_cut cut = str_cut(s, '.');
	uint64_t seconds, fraction = 0;
	size_t digits = 0;

	if (!cut.ok || cut.head.len > 10 || cut.tail.len == 0 || !str_u64(cut.head, &seconds) ||
	        seconds > 9000000000)
		return false;
	for (; digits < cut.tail.len; digits++) {
		if (!char_digit(cut.tail.p[digits]))
			return false;
		if (digits < 6)
			fraction = fraction * 10 + (uint64_t)(cut.tail.p[digits] - '0');
	}
	for (; digits < 6; digits++)
		fraction *= 10;
	*ret = (int64_t)(seconds * 1000000 + fraction);
	return true;
}

static void put_time(struct reading *r, struct str s)
{
	int64_t t;

	if (take_epoch(s, &t))
		event_put_time(r->w, FIELD_TIME_SOURCE, t);
	else
		event_put(r->w, FIELD_TIME_SOURCE, s);
}

/* Values that stand for none become empty. */
static void drop_marks(const struct zeek *z, struct str *values, uint32_t n)
{
	struct str unset = str_make(z->unset, z->unset_len), empty = str_make(z->empty, z->empty_len);

	for (uint32_t i = 0; i < n; i++)
		if ((values[i].len == unset.len && memcmp(values[i].p, unset.p, unset.len) == 0) ||
		        (values[i].len == empty.len && memcmp(values[i].p, empty.p, empty.len) == 0))
			values[i].len = 0;
}

/* Undoes the escapes of a row. True if there were any. */
static bool drop_escapes(struct zeek *z, const struct row *row, struct str *values, uint32_t n)
{
	char *at = z->scratch;

	if (row->raw.len == 0 || memchr(row->raw.p, '\\', row->raw.len) == NULL)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		if (values[i].len == 0 || memchr(values[i].p, '\\', values[i].len) == NULL)
			continue;
		values[i] = str_make(at, unescape(values[i], at));
		at += values[i].len;
	}
	return true;
}

static bool is_short(struct reading *r, const struct plan *p, const struct row *row, uint32_t n)
{
	bool cut = row->flags & DELIM_CUT;

	if (n < p->width) {
		record_aside(r->w, cut ? ASIDE_CUT : ASIDE_COLUMNS, FIELD_NONE, "%u values for %u columns%s",
		        n, p->width, cut ? ": the log ends in the middle of the row" : ": the row is cut");
		return true;
	}
	/* the last value may be a piece of one, and a piece of an address is somebody else's */
	if (cut && p->last_at == p->width - 1) {
		record_aside(r->w, ASIDE_CUT, FIELD_NONE,
		        "the log ends without a line end, so the last value may be cut");
		return true;
	}
	return false;
}

/* Of ICMP, Zeek gives type and code where ports stand. */
static void move_icmp(struct reading *r, const struct plan *p, struct str *values)
{
	static const char *const names[] = {"icmp_type", "icmp_code"};

	if (p->proto_at == NOWHERE || !str_starts(values[p->proto_at], STR("icmp")))
		return;
	for (int side = 0; side < 2; side++)
		if (p->port_at[side] != NOWHERE) {
			event_extra_name(r->w, str_from(names[side]), values[p->port_at[side]]);
			values[p->port_at[side]].len = 0;
		}
}

static void put_hosts(struct reading *r, const struct zeek *z, enum field to, struct str set)
{
	while (set.len > 0) {
		size_t at = z->set_separator_len == 0
		        ? SIZE_MAX
		        : str_find_str(set, 0, str_make(z->set_separator, z->set_separator_len));
		event_put(r->w, to, str_sub(set, 0, at));
		set = at == SIZE_MAX ? (struct str){0} : str_skip(set, at + z->set_separator_len);
	}
}

static void put_row(struct reading *r, struct zeek *z, struct plan *p, struct str *values)
{
	values[p->width] = p->log;
	values[p->width + 1] = p->application;
	event_begin(r->w);
	move_icmp(r, p, values);
	if (p->time_at != NOWHERE && values[p->time_at].len > 0)
		put_time(r, values[p->time_at]);
	event_fill(r->w, &p->columns.plan, values, p->width + 2);
	if (p->name_at != NOWHERE)
		event_put(r->w, FIELD_DESTINATION_FQDN, values[p->name_at]);
	for (int side = 0; side < 2; side++)
		if (p->host_at[side] != NOWHERE)
			put_hosts(r, z, side ? FIELD_DESTINATION_IP : FIELD_SOURCE_IP,
			        values[p->host_at[side]]);
	if (p->indicator_at != NOWHERE)
		zeek_put_indicator(r, values[p->indicator_at],
		        p->type_at != NOWHERE ? values[p->type_at] : (struct str){0});
	columns_constants(r);
	event_end(r->w);
}

static int take_row(struct reading *r, struct zeek *z, struct row *row)
{
	uint32_t n = row->n;
	struct plan *p = z->plan;

	if (p == NULL && (p = z->plan = find_plan(r, z, row->line)) == NULL)
		return r->err.code;
	record_begin(r->w, row->offset, row->length, row->line);
	if (!rows_refuse(r, row, p->width, &n) && !is_short(r, p, row, n) && !p->nobody) {
		drop_marks(z, row->values, n);
		bool escaped = drop_escapes(z, row, row->values, n);
		record_plain(r->w, (row->flags & DELIM_PLAIN) && !escaped);
		put_row(r, z, p, row->values);
	}
	record_end(r->w);
	return 1;
}

/* ---- reading ------------------------------------------------------------------------------------- */

/* The header says what stands for nothing; beside that a dash is a dash. */
static void zeek_settings(const struct read_options *o, struct event_settings *s)
{
	(void)o;
	s->keep_placeholders = true;
	s->zone = NULL;
}

/* The separator stands in the first lines; a file of indicators has none and uses tabs. */
static char find_separator(struct str head)
{
	char text[32];

	for (struct str_cut cut = {.tail = head, .ok = true};
	        cut.ok && cut.tail.len > 0 && cut.tail.p[0] == '#';) {
		cut = str_cut(cut.tail, '\n');
		struct str value = str_trim(str_skip(cut.head, 11));
		if (str_starts(cut.head, STR("#separator ")) && value.len < sizeof(text))
			return unescape(value, text) == 1 ? text[0] : 0;
	}
	return '\t';
}

static int zeek_start(struct reading *r)
{
	struct zeek *z = arena_new(r->arena, struct zeek);
	struct str head = input_peek(r->in, 16384);
	struct rows_options o = {.quote = -1, .comment = STR("#")};

	r->state = z;
	if (str_trim(head).len > 0 && (str_trim(head).p[0] == '{' || str_trim(head).p[0] == '['))
		return zeek_json_start(r, &z->json);
	z->separator = find_separator(head);
	if (z->separator == 0)
		return err_set(&r->err, ERR_VALUE, "the log's separator is no single byte");
	z->fields = arena_get(r->arena, LIMIT_RECORD);
	z->types = arena_get(r->arena, LIMIT_RECORD);
	z->scratch = arena_get(r->arena, LIMIT_RECORD + 64);
	default_marks(z);
	o.delimiter = str_make(&z->separator, 1);
	return rows_open(r, &o, &z->rows);
}

static int zeek_next(struct reading *r)
{
	struct zeek *z = r->state;
	struct row row;

	if (z->json != NULL)
		return zeek_json_next(r, z->json);
	int rc = rows_next(r, z->rows, &row);
	if (rc <= 0)
		return rc;
	return row.is_comment ? take_header(r, z, row.comment, row.line) : take_row(r, z, &row);
}

static enum sniff zeek_sniff(const struct sniff_view *v)
{
	struct str head = str_trim(v->head);

	if (head.len > 0 && (head.p[0] == '{' || head.p[0] == '['))
		return zeek_json_sniff(head);
	for (struct str_cut cut = {.tail = head, .ok = true};
	        cut.ok && cut.tail.len > 0 && cut.tail.p[0] == '#';) {
		cut = str_cut(cut.tail, '\n');
		if (str_starts(cut.head, STR("#separator ")) || str_starts(cut.head, STR("#fields\t")))
			return SNIFF_SURE;
	}
	return SNIFF_NO;
}

const struct reader reader_zeek = {
        .name = "zeek",
        .about = "Zeek's logs as columns under their headers or as JSON lines, and files of its intelligence "
                 "framework",
        .sniff = zeek_sniff,
        .settings = zeek_settings,
        .start = zeek_start,
        .next = zeek_next,
        .fields = "The originator is the source, the responder the destination, ts is time.source. proto and "
                  "the log itself "
                  "give protocol.*, notice and weird classification.identifier, the host of http and ssl "
                  "destination.fqdn; all other columns are kept under their names, sets as they stand in the "
                  "log. Logs "
                  "that name nobody (stats, capture_loss, packet_filter, x509, ...) have no events.",
        .options_about = "--map FILE (constants only); times are UTC",
};
