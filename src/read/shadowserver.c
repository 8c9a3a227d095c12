/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports of the Shadowserver Foundation: quoted CSV in UTC. Two families of columns cover nearly all of the
 * types: scans (timestamp, ip, port, ...) name one system, events (timestamp, src_ip, ..., dst_ip, ...) two
 * sides. Since a name of a column means the same in both, one table says where columns go, with rows for the
 * types that differ; the header of the report decides which there are and in which order. A column without
 * a row is kept under its own name, so a type or a column that is new costs nothing but its class, which
 * then follows from the name of the type.
 *
 * The plan is made once per report; what holds for all its records (class, transport, severity) stands in
 * the writer. Values that follow from other columns or from the type stand behind the row as columns that the
 * report does not have, so that rows go one way; fixes of the plan write them there.
 *
 * It cannot tell types apart whose columns are the same if the file's name does not say which it is.
 */
#include "read/shadowserver.h"
#include "base/vec.h"
#include "read/columns.h"
#include "read/input.h"
#include "read/rows.h"

/* Columns that stand behind those of the report. */
enum more {
	MORE_IDENTIFIER,
	MORE_TYPE,
	MORE_APPLICATION,
	MORE_CVES,
	MORE_PATH,
	MORE_REQUEST,
	MORE_CONSTANT,
	MORE_END = MORE_CONSTANT + 8
};
_Static_assert(MORE_END <= (int)ROW_SPARE, "more");

struct shadow;
/* What is done to the values of each row before they go where the plan says. */
struct fix {
	void (*run)(struct shadow *s, const struct fix *f, struct str *values);
	uint32_t at, with; /* columns; NOWHERE: there is none */
	enum field to;     /* of at */
};
#define FIXES 8
#define NOWHERE UINT32_MAX

struct shadow {
	struct rows *rows;
	struct shadow_facts facts;
	struct shadow_map map; /* of the publisher; without rules if there is none for this report */
	bool exchange;
	struct columns columns;
	struct str *names;
	uint32_t width;
	struct fix fixes[FIXES];
	uint32_t nfixes;
	struct str more[MORE_END]; /* what is there before the fixes */
	char *scratch, *at;        /* for values that no column has; as long as two records */
};

/* ---- which report it is ------------------------------------------------------------------------- */

#define HEAD_NAMES 128

/* Names of the first line; those behind the first HEAD_NAMES do not decide. */
static uint32_t head_names(struct str head, struct str *ret)
{
	struct str rest = str_cut(head, '\n').head;
	char mark = rows_guess_delimiter(head);
	uint32_t n = 0;

	while (rest.len > 0 && n < HEAD_NAMES) {
		struct str_cut cut = mark != 0 ? str_cut(rest, mark) : (struct str_cut){.head = rest};
		struct str name = str_trim(cut.head);
		if (name.len >= 2 && name.p[0] == '"' && name.p[name.len - 1] == '"')
			name = str_sub(name, 1, name.len - 2);
		ret[n++] = name;
		rest = cut.tail;
	}
	return n;
}

static bool has(const struct str *names, uint32_t n, const char *name)
{
	return shadow_position(names, n, str_from(name)) != UINT32_MAX;
}

/* "2026-01-05-", as the publisher begins its names. */
static bool is_dated(struct str name)
{
	static const char form[] = "dddd-dd-dd-";

	for (size_t i = 0; i + 1 < sizeof(form); i++)
		if (i >= name.len || (form[i] == 'd' ? !char_digit(name.p[i]) : name.p[i] != form[i]))
			return false;
	return true;
}

static enum sniff shadowserver_sniff(const struct sniff_view *v)
{
	struct str names[HEAD_NAMES];
	char buf[SHADOW_TYPE_MAX];
	bool known;
	uint32_t n = head_names(v->head, names);
	struct str type = shadow_type(v->name, buf, &known);

	if (v->head.len == 0)
		return known && v->whole ? SNIFF_SURE : SNIFF_NO;
	if (!has(names, n, "timestamp") || has(names, n, "classification.type"))
		return SNIFF_NO;
	if (type.len > 0 && (known || is_dated(v->name) || has(names, n, "ip") || has(names, n, "src_ip")))
		return SNIFF_SURE;
	bool scan = has(names, n, "ip") && has(names, n, "asn") && has(names, n, "geo"),
	     event = has(names, n, "src_ip") && has(names, n, "src_asn") && has(names, n, "src_geo");
	if (event || (scan && (has(names, n, "naics") || has(names, n, "sector") || has(names, n, "tag"))))
		return SNIFF_SURE;
	return scan ? SNIFF_MAYBE : SNIFF_NO;
}

/* ---- values that are not those of a column ------------------------------------------------------ */

static struct str value(const struct str *values, uint32_t at)
{
	return at == NOWHERE ? SHADOW_TEXT("") : values[at];
}

/* The next of the tags, which stand behind one another with semicolons. */
static bool next_tag(struct str *rest, struct str *ret)
{
	while (rest->len > 0) {
		struct str_cut cut = str_cut(*rest, ';');
		*rest = cut.tail;
		*ret = str_trim(cut.head);
		if (ret->len > 0)
			return true;
	}
	return false;
}

/* The first of the tags that names no CVE: a name that the record's owner can look for. */
static struct str first_tag(struct str rest)
{
	struct str tag;

	while (next_tag(&rest, &tag))
		if (!str_istarts(tag, STR("cve-")))
			return tag;
	return (struct str){0};
}

static void fix_identifier(struct shadow *s, const struct fix *f, struct str *values)
{
	struct str v = value(values, f->at);

	if (v.len == 0)
		v = first_tag(value(values, f->with));
	if (v.len != 0)
		values[s->width + MORE_IDENTIFIER] = v;
}

static void fix_empty(struct shadow *s, const struct fix *f, struct str *values)
{
	(void)s;
	if (values[f->at].len == 0)
		values[f->at] = value(values, f->with);
}

/* The publisher writes 0 where it knows no industry. */
static void fix_zero(struct shadow *s, const struct fix *f, struct str *values)
{
	(void)s;
	if (values[f->at].len == 1 && values[f->at].p[0] == '0')
		values[f->at].len = 0;
}

/* CVE numbers among the tags, unless the publisher names one in a column of its own. */
static void fix_cves(struct shadow *s, const struct fix *f, struct str *values)
{
	struct str rest = values[f->at], tag;
	char *start = s->at;

	if (rest.len < 9 || value(values, f->with).len != 0)
		return;
	while (next_tag(&rest, &tag)) {
		if ((tag.p[0] | 0x20) != 'c' || !str_istarts(tag, STR("cve-")))
			continue;
		if (s->at > start)
			*s->at++ = ',';
		memcpy(s->at, tag.p, tag.len);
		s->at += tag.len;
	}
	values[s->width + MORE_CVES] = str_make(start, (size_t)(s->at - start));
}

/* A server that holds a web shell is in wrong hands already, which is worse than being vulnerable. */
static void fix_exchange(struct shadow *s, const struct fix *f, struct str *values)
{
	struct str rest = values[f->at], tag;

	while (next_tag(&rest, &tag))
		if (str_ieq(tag, STR("webshell"))) {
			values[s->width + MORE_IDENTIFIER] = SHADOW_TEXT("exchange-server-webshell");
			values[s->width + MORE_TYPE] = SHADOW_TEXT("system-compromise");
			return;
		}
}

/* "GET /path HTTP/1.1" is "/path". */
static struct str request_target(struct str v)
{
	struct str_cut method = str_cut(v, ' ');

	if (!method.ok || method.head.len == 0 || method.head.len > 16)
		return v;
	for (size_t i = 0; i < method.head.len; i++)
		if (method.head.p[i] < 'A' || method.head.p[i] > 'Z')
			return v;
	struct str_cut version = str_rcut(method.tail, ' ');
	return version.ok && str_starts(version.tail, STR("HTTP/")) ? version.head : method.tail;
}

static struct str joined_url(struct shadow *s, struct str host, struct str path)
{
	struct str parts[] = {STR("http://"), host, path};
	char *start = s->at;

	for (size_t i = 0; i < 3; i++) {
		memcpy(s->at, parts[i].p, parts[i].len);
		s->at += parts[i].len;
	}
	return str_make(start, (size_t)(s->at - start));
}

/* A URL, or what a client asked a host for. The line of the request is kept beside it, since its method is
 * news; a path of which nobody says the host is no URL. */
static void fix_url(struct shadow *s, const struct fix *f, struct str *values)
{
	struct str v = str_trim(values[f->at]), target = str_trim(request_target(v));
	struct str host = str_trim(value(values, f->with));

	if (target.len == 0)
		return;
	values[f->at] = target;
	if (target.len != v.len)
		values[s->width + MORE_REQUEST] = v;
	if (target.p[0] != '/')
		return;
	if (host.len > 0) {
		values[f->at] = joined_url(s, host, target);
	} else {
		values[s->width + MORE_PATH] = target;
		values[f->at] = SHADOW_TEXT("");
	}
}

/* ---- the plan ----------------------------------------------------------------------------------- */

static uint32_t position(const struct shadow *s, const char *name)
{
	return shadow_position(s->names, s->width, str_from(name));
}

static bool add_fix(struct shadow *s, struct fix f)
{
	if (s->nfixes == FIXES)
		return false;
	s->fixes[s->nfixes++] = f;
	return true;
}

static void add_more(struct shadow *s, enum more what, enum field to, struct str text)
{
	if (columns_taken(&s->columns, to))
		return;
	columns_add(&s->columns, &(struct event_column){.at = s->width + (uint32_t)what, .to = to});
	s->more[what] = text;
}

static bool is_url(enum field to)
{
	return to == FIELD_SOURCE_URL || to == FIELD_DESTINATION_URL;
}

static void plan_url(struct reading *r, struct shadow *s, const struct event_column *col, struct str name)
{
	uint32_t host = position(s, "http_host");
	struct fix f = {fix_url, col->at, host != NOWHERE ? host : position(s, "host"), col->to};

	for (uint32_t i = 0; i < s->nfixes; i++)
		if (s->fixes[i].run == fix_url)
			return;
	if (!add_fix(s, f))
		return;
	add_more(s, MORE_PATH, col->to == FIELD_SOURCE_URL ? FIELD_SOURCE_URLPATH : FIELD_DESTINATION_URLPATH,
	        SHADOW_TEXT(""));
	columns_add(&s->columns,
	        &(struct event_column){.at = s->width + MORE_REQUEST, .key = event_key(r->arena, name)});
}

/* What some columns need before they go where they belong. */
static void plan_fix(struct reading *r, struct shadow *s, const struct event_column *col, struct str name)
{
	if (is_url(col->to))
		plan_url(r, s, col, name);
	else if (col->to == FIELD_NONE && (str_iends(name, STR("naics")) || str_iends(name, STR("sector"))))
		add_fix(s, (struct fix){.run = fix_zero, .at = col->at});
	else if (col->to == FIELD_MALWARE_NAME && str_ieq(name, STR("infection")))
		add_fix(s, (struct fix){.run = fix_empty, .at = col->at, .with = position(s, "family")});
	else if (col->to == FIELD_EVENT_DESCRIPTION_TEXT && str_ieq(name, STR("category")))
		add_fix(s, (struct fix){.run = fix_empty, .at = col->at, .with = position(s, "detail")});
}

static void add_target(struct reading *r, struct shadow *s, uint32_t at, struct shadow_target t)
{
	struct str name = s->names[at];
	struct event_column col = {.at = at, .to = t.to};

	/* the first of two columns for one field has it, the other stays under its own name */
	if (col.to != FIELD_NONE && columns_taken(&s->columns, col.to))
		col.to = FIELD_NONE, t.extra = name;
	if (name.len == 0 || (col.to == FIELD_NONE && r->options->map != NULL && r->options->map->only))
		return;
	if (col.to == FIELD_NONE)
		col.key = event_key(r->arena, t.extra);
	columns_add(&s->columns, &col);
	plan_fix(r, s, &col, name);
}

/* Where the publisher's schema puts a column, which may be several places; false if it does not name it. */
static bool plan_by_schema(struct reading *r, struct shadow *s, uint32_t at)
{
	bool named = false;

	/* of columns with one name the first is meant; this also bounds how many there are */
	if (shadow_position(s->names, s->width, s->names[at]) != at)
		return false;
	for (uint32_t i = 0; i < s->map.nrules; i++) {
		const struct shadow_rule *rule = &s->map.rules[i];
		if (!str_ieq(rule->column, s->names[at]))
			continue;
		named = true;
		s->exchange |= rule->how == SHADOW_EXCHANGE;
		if (rule->how == SHADOW_PLAIN || rule->how == SHADOW_URL)
			add_target(r, s, at, (struct shadow_target){rule->to, rule->extra});
	}
	return named;
}

/* True if somebody knows the column. */
static bool plan_column(struct reading *r, struct shadow *s, uint32_t at)
{
	const struct map_row *row = columns_map_row(r->options->map, s->names[at], at);

	if (row != NULL) {
		columns_add_mapped(r, &s->columns, at, row);
		return true;
	}
	if (plan_by_schema(r, s, at))
		return true;
	struct shadow_target t = shadow_column(s->facts.type, s->names[at]);
	add_target(r, s, at, t);
	return t.to != FIELD_NONE;
}

/* A second place of a column. Returns the column that has the identifier. */
static uint32_t plan_second_places(struct shadow *s)
{
	uint32_t ret = NOWHERE;

	/* the publisher's schema names them itself */
	for (uint32_t i = 0; s->map.nrules == 0 && i < s->width; i++) {
		enum field also = shadow_also(s->facts.type, s->names[i]);
		if (also == FIELD_CLASSIFICATION_IDENTIFIER)
			ret = i;
		else if (also != FIELD_NONE && !columns_taken(&s->columns, also))
			columns_add(&s->columns, &(struct event_column){.at = i, .to = also});
	}
	return ret;
}

/* The identifier of infected systems and of reports of no known type comes from the record. */
static void plan_identifier(struct shadow *s, uint32_t also)
{
	struct fix f = {fix_identifier, also, NOWHERE, FIELD_CLASSIFICATION_IDENTIFIER};

	if (s->facts.classification == TYPE_INFECTED_SYSTEM || s->facts.type.len == 0)
		f.at = position(s, "infection");
	if (s->facts.type.len == 0)
		f.with = position(s, "tag");
	add_more(s, MORE_IDENTIFIER, f.to, s->facts.identifier);
	if (f.at != NOWHERE || f.with != NOWHERE)
		add_fix(s, f);
}

static void plan_constants(struct reading *r, struct shadow *s)
{
	uint32_t at = MORE_CONSTANT;

	for (uint32_t i = 0; i < s->map.nconstants && at < MORE_END; i++) {
		const struct shadow_rule *c = &s->map.constants[i];
		struct event_column col = {.at = s->width + at, .to = c->to};
		if (c->to == FIELD_CLASSIFICATION_TYPE || c->to == FIELD_CLASSIFICATION_IDENTIFIER ||
		        c->to == FIELD_PROTOCOL_APPLICATION || c->to == FIELD_PROTOCOL_TRANSPORT ||
		        (c->to != FIELD_NONE && columns_taken(&s->columns, c->to)))
			continue;
		if (c->to == FIELD_NONE)
			col.key = event_key(r->arena, c->extra);
		columns_add(&s->columns, &col);
		s->more[at++] = c->value;
	}
}

static void plan_more(struct reading *r, struct shadow *s)
{
	uint32_t tag = position(s, "tag");

	plan_identifier(s, plan_second_places(s));
	if (s->facts.application.len > 0)
		add_more(s, MORE_APPLICATION, FIELD_PROTOCOL_APPLICATION, s->facts.application);
	plan_constants(r, s);
	if (tag == NOWHERE)
		return;
	if (s->exchange) {
		add_more(s, MORE_TYPE, FIELD_CLASSIFICATION_TYPE, SHADOW_TEXT(""));
		add_fix(s, (struct fix){.run = fix_exchange, .at = tag});
	}
	columns_add(&s->columns,
	        &(struct event_column){.at = s->width + MORE_CVES, .to = FIELD_PRODUCT_VULNERABILITIES});
	add_fix(s, (struct fix){.run = fix_cves, .at = tag, .with = position(s, "vulnerability_id")});
}

/* What the publisher's schema says about all records of the report, instead of the tables. */
static void facts_by_schema(const struct shadow *s, struct shadow_facts *f)
{
	enum event_type type = TYPE_NONE;

	f->identifier = f->application = SHADOW_TEXT("");
	f->transport = 0;
	for (uint32_t i = 0; i < s->map.nconstants; i++) {
		const struct shadow_rule *c = &s->map.constants[i];
		if (c->to == FIELD_CLASSIFICATION_TYPE)
			type = type_find(c->value);
		else if (c->to == FIELD_CLASSIFICATION_IDENTIFIER)
			f->identifier = c->value;
		else if (c->to == FIELD_PROTOCOL_APPLICATION)
			f->application = c->value;
		else if (c->to == FIELD_PROTOCOL_TRANSPORT)
			f->transport = transport_find(c->value);
	}
	if (type != TYPE_NONE)
		f->classification = type;
}

static int find_facts(struct reading *r, struct shadow *s)
{
	const struct read_options *o = r->options;
	char buf[SHADOW_TYPE_MAX];
	bool known;
	struct str type = shadow_type(o->name, buf, &known);
	int rc = 0;

	if (o->publisher_map.len > 0)
		rc = shadow_map_find(r->arena, o->publisher_map, o->name, &s->map, &r->err);
	if (rc < 0)
		return rc;
	if (rc > 0)
		type = shadow_plain_type(s->map.type, buf);
	if (type.len == 0)
		type = shadow_type_by_columns(s->names, s->width);
	s->facts = shadow_facts(r->arena, type);
	if (type.len == 0 && position(s, "src_ip") == NOWHERE)
		s->facts.classification = TYPE_POTENTIALLY_UNWANTED_ACCESSIBLE;
	s->exchange = rc == 0 && str_eq(type, STR("scan_exchange"));
	if (rc > 0)
		facts_by_schema(s, &s->facts);
	return 0;
}

static int plan(struct reading *r, struct shadow *s, const struct row *row)
{
	uint32_t known = 0;

	if (row->n > LIMIT_COLUMNS || (row->flags & (DELIM_WIDE | DELIM_LONG)))
		return err_set(&r->err, ERR_LIMIT, "the header has more than %d columns or %d bytes",
		        LIMIT_COLUMNS, LIMIT_RECORD);
	s->width = row->n;
	s->names = arena_array(r->arena, row->n, sizeof(*s->names));
	for (uint32_t i = 0; i < row->n; i++)
		s->names[i] = arena_str(r->arena, str_trim(row->values[i]));
	for (int i = 0; i < MORE_END; i++)
		s->more[i] = SHADOW_TEXT("");
	if (find_facts(r, s) < 0)
		return -1;
	s->columns = columns_new(r, 2 * row->n + s->map.nrules + MORE_END);
	s->columns.width = row->n;
	for (uint32_t i = 0; i < row->n; i++)
		known += plan_column(r, s, i);
	if (known == 0)
		return err_set(&r->err, ERR_VALUE,
		        "the first line is no header of a Shadowserver report: none of its %u columns is "
		        "known",
		        row->n);
	if (s->exchange && s->facts.identifier.len == 0) {
		s->facts.identifier = SHADOW_TEXT("vulnerable-exchange-server");
		s->facts.classification = TYPE_VULNERABLE_SYSTEM;
	}
	plan_more(r, s);
	columns_sort(&s->columns);
	writer_defaults(r->w, s->facts.classification, s->facts.transport, s->facts.severity);
	s->scratch = arena_get(r->arena, 2 * (size_t)LIMIT_RECORD + 256);
	return 1;
}

/* ---- reading ------------------------------------------------------------------------------------ */

/* The publisher's times are UTC, whatever the zone of other feeds here. */
static void shadowserver_settings(const struct read_options *o, struct event_settings *settings)
{
	(void)o;
	settings->zone = NULL;
}

static int shadowserver_start(struct reading *r)
{
	struct shadow *s = arena_new(r->arena, struct shadow);
	struct rows_options o = {.delimiter = r->options->delimiter, .quote = '"'};
	char mark = rows_guess_delimiter(input_peek(r->in, 65536));

	if (o.delimiter.len == 0 && mark != 0)
		o.delimiter = arena_str(r->arena, str_make(&mark, 1));
	r->state = s;
	return rows_open(r, &o, &s->rows);
}

/* Reports that were joined have their headers among the rows. */
static bool is_header(const struct shadow *s, const struct row *row)
{
	return row->n == s->width && str_eq(row->values[0], s->names[0]) &&
	        str_eq(row->values[row->n - 1], s->names[row->n - 1]);
}

static void put_row(struct reading *r, struct shadow *s, struct str *values, uint32_t n)
{
	for (; n < s->width; n++)
		values[n] = SHADOW_TEXT("");
	memcpy(values + n, s->more, sizeof(s->more));
	s->at = s->scratch;
	for (uint32_t i = 0; i < s->nfixes; i++)
		s->fixes[i].run(s, &s->fixes[i], values);
	columns_row(r, &s->columns, values, s->width + MORE_END);
}

static int shadowserver_next(struct reading *r)
{
	struct shadow *s = r->state;
	struct row row;
	int rc = rows_next(r, s->rows, &row);

	if (rc <= 0)
		return rc;
	if (s->names == NULL)
		return plan(r, s, &row);
	uint32_t n = row.n;
	record_begin(r->w, row.offset, row.length, row.line);
	record_plain(r->w, row.flags & DELIM_PLAIN);
	if (!is_header(s, &row) && !rows_refuse(r, &row, s->width, &n))
		put_row(r, s, row.values, n);
	record_end(r->w);
	return 1;
}

const struct reader reader_shadowserver = {
        .name = "shadowserver",
        .about = "reports of the Shadowserver Foundation, all types",
        .sniff = shadowserver_sniff,
        .settings = shadowserver_settings,
        .start = shadowserver_start,
        .next = shadowserver_next,
        .fields =
                "The type comes from the file's name (2026-01-05-scan_rdp-laos-geo.csv) or, failing that, "
                "from a "
                "column that only one type has; it gives classification.type and .identifier, "
                "protocol.application and the severity of records without one. timestamp is time.source; ip, "
                "port, asn, geo, region, city, hostname and src_* are source.*, dst_* are destination.*; "
                "device_vendor, device_model and device_version are product.*; CVE numbers among the tags "
                "are "
                "product.vulnerabilities; infection, or else family, is malware.name. All other columns "
                "keep their names under extra. A type that is not known yet is classified by the words of "
                "its name: scan_NAME is an accessible service 'open-NAME', *_vulnerable a vulnerable one, "
                "*sinkhole* an infected system, *honeypot* a scanner.",
        .options_about = "--map intelmq.json takes the publisher's own schema; --map FILE.yaml names single "
                         "columns; times are UTC whatever --timezone says",
};
