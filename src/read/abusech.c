/* SPDX-License-Identifier: Apache-2.0
 *
 * abusech: the exports of abuse.ch: Feodo Tracker and SSLBL (machines that command malware, certificates of
 * such), URLhaus (URLs that malware is fetched from, and what was fetched), ThreatFox (indicators of all
 * kinds), MalwareBazaar (samples).
 *
 * Columns are found by their names. The header is the first row, or stands in a comment, quoted or not; a
 * later one takes over. What a column means is the same in all exports, so there is one table of names and no
 * list of exports. The listed machine is the source. A link to the database's own page is
 * event_description.url.
 *
 * An export gives a type to what it lists: by the column that says so, else by the columns that it has. SSLBL
 * lists certificates by SHA-1: the digest is kept like that of a file, with extra.digest_of = certificate.
 */
#include "read/abusech.h"
#include "read/columns.h"
#include "read/indicator.h"
#include "read/input.h"
#include "read/rows.h"
#include "read/table.h"

static const struct named {
	struct str name;
	enum abusech_action action;
	enum field to;
} named[] = {
        {STR_INIT("first_seen_utc"), ACTION_FIELD, FIELD_TIME_SOURCE},
        {STR_INIT("first_seen"), ACTION_FIELD, FIELD_TIME_SOURCE},
        {STR_INIT("firstseen"), ACTION_FIELD, FIELD_TIME_SOURCE},
        {STR_INIT("dateadded"), ACTION_FIELD, FIELD_TIME_SOURCE},
        {STR_INIT("date_added"), ACTION_FIELD, FIELD_TIME_SOURCE},
        {STR_INIT("dateadded_utc"), ACTION_FIELD, FIELD_TIME_SOURCE},
        {STR_INIT("firstseen_utc"), ACTION_FIELD, FIELD_TIME_SOURCE},
        {STR_INIT("listingdate"), ACTION_FIELD, FIELD_TIME_SOURCE},
        {STR_INIT("last_seen_utc"), ACTION_FIELD, FIELD_TIME_LAST},
        {STR_INIT("last_seen"), ACTION_FIELD, FIELD_TIME_LAST},
        {STR_INIT("lastseen"), ACTION_FIELD, FIELD_TIME_LAST},
        {STR_INIT("dst_ip"), ACTION_FIELD, FIELD_SOURCE_IP},
        {STR_INIT("dstip"), ACTION_FIELD, FIELD_SOURCE_IP},
        {STR_INIT("ip_address"), ACTION_FIELD, FIELD_SOURCE_IP},
        {STR_INIT("ipaddress"), ACTION_FIELD, FIELD_SOURCE_IP},
        {STR_INIT("dst_port"), ACTION_FIELD, FIELD_SOURCE_PORT},
        {STR_INIT("dstport"), ACTION_FIELD, FIELD_SOURCE_PORT},
        {STR_INIT("port"), ACTION_FIELD, FIELD_SOURCE_PORT},
        {STR_INIT("hostname"), ACTION_FIELD, FIELD_SOURCE_REVERSE_DNS},
        {STR_INIT("as_number"), ACTION_FIELD, FIELD_SOURCE_ASN},
        {STR_INIT("asnumber"), ACTION_FIELD, FIELD_SOURCE_ASN},
        {STR_INIT("as_name"), ACTION_FIELD, FIELD_SOURCE_AS_NAME},
        {STR_INIT("country"), ACTION_FIELD, FIELD_SOURCE_GEO_CC},
        {STR_INIT("url"), ACTION_FIELD, FIELD_SOURCE_URL},
        {STR_INIT("host"), ACTION_FIELD, FIELD_SOURCE_FQDN},
        {STR_INIT("c2_status"), ACTION_FIELD, FIELD_STATUS},
        {STR_INIT("url_status"), ACTION_FIELD, FIELD_STATUS},
        {STR_INIT("status"), ACTION_FIELD, FIELD_STATUS},
        {STR_INIT("urlhaus_link"), ACTION_FIELD, FIELD_EVENT_DESCRIPTION_URL},
        {STR_INIT("urlhaus_reference"), ACTION_FIELD, FIELD_EVENT_DESCRIPTION_URL},
        {STR_INIT("reference"), ACTION_FIELD, FIELD_EVENT_DESCRIPTION_URL},
        {STR_INIT("md5"), ACTION_FIELD, FIELD_MALWARE_HASH_MD5},
        {STR_INIT("md5_hash"), ACTION_FIELD, FIELD_MALWARE_HASH_MD5},
        {STR_INIT("sha1_hash"), ACTION_FIELD, FIELD_MALWARE_HASH_SHA1},
        {STR_INIT("sha256"), ACTION_FIELD, FIELD_MALWARE_HASH_SHA256},
        {STR_INIT("sha256_hash"), ACTION_FIELD, FIELD_MALWARE_HASH_SHA256},
        {STR_INIT("file_name"), ACTION_FIELD, FIELD_FILE_NAME},
        {STR_INIT("malware"), ACTION_FAMILY, FIELD_NONE},
        {STR_INIT("malware_printable"), ACTION_FAMILY, FIELD_NONE},
        {STR_INIT("signature"), ACTION_FAMILY, FIELD_NONE},
        {STR_INIT("ioc_value"), ACTION_IOC, FIELD_NONE},
        {STR_INIT("ioc"), ACTION_IOC, FIELD_NONE},
        {STR_INIT("ioc_type"), ACTION_IOC_TYPE, FIELD_NONE},
        {STR_INIT("threat"), ACTION_THREAT, FIELD_NONE},
        {STR_INIT("threat_type"), ACTION_THREAT, FIELD_NONE},
        {STR_INIT("listingreason"), ACTION_REASON, FIELD_NONE},
        {STR_INIT("sha1"), ACTION_CERTIFICATE, FIELD_NONE},
        {STR_INIT("ioc_id"), ACTION_EXTRA, FIELD_NONE},
        {STR_INIT("id"), ACTION_EXTRA, FIELD_NONE},
        {STR_INIT("last_online"), ACTION_EXTRA, FIELD_NONE},
        {STR_INIT("tags"), ACTION_EXTRA, FIELD_NONE},
        {STR_INIT("reporter"), ACTION_EXTRA, FIELD_NONE},
        {STR_INIT("filetype"), ACTION_EXTRA, FIELD_NONE},
        {STR_INIT("fk_malware"), ACTION_EXTRA, FIELD_NONE},
};

/* Names that no other format has; one of them, or two of those below, is a sure mark. */
static const char *const own_names[] = {
        "urlhaus_link", "ioc_value", "listingdate", "c2_status", "fk_malware"};
static const char *const pair_names[] = {"firstseen", "first_seen_utc", "dstip", "dst_ip", "dstport",
        "dst_port", "sha256_hash", "dateadded", "url_status", "file_type_guess", "filetype", "dateadded_utc"};

struct abusech {
	struct rows *rows; /* NULL: a JSON document, state of abusech_json.c */
	struct abusech_json *json;
	struct abusech_plan plan;
};

/* ---- names of columns ---------------------------------------------------------------------------- */

/* "Dateadded (UTC)" is dateadded_utc. */
static struct str plain_name(struct str s, char *buf)
{
	size_t n = 0;

	s = str_trim(s);
	for (size_t i = 0; i < s.len && n < ABUSECH_NAME; i++)
		if (char_alnum(s.p[i]))
			buf[n++] = char_lower(s.p[i]);
		else if (n > 0 && buf[n - 1] != '_')
			buf[n++] = '_';
	while (n > 0 && buf[n - 1] == '_')
		n--;
	return str_make(buf, n);
}

static const struct named *find_named(struct str name)
{
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (str_eq(named[i].name, name))
			return &named[i];
	return NULL;
}

static bool is_one_of(struct str name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(name, str_from(names[i])))
			return true;
	return false;
}
#define ONE_OF(name, names) is_one_of(name, names, sizeof(names) / sizeof((names)[0]))

static bool has_name(const struct str *names, uint32_t n, const char *name)
{
	char buf[ABUSECH_NAME];

	for (uint32_t i = 0; i < n; i++)
		if (str_eq(plain_name(names[i], buf), str_from(name)))
			return true;
	return false;
}

/* A header has three columns or more, two of which are known, and no value that could be data. */
static bool is_header(const struct str *names, uint32_t n)
{
	char buf[ABUSECH_NAME];
	uint32_t known = 0;

	for (uint32_t i = 0; i < n; i++)
		known += find_named(plain_name(names[i], buf)) != NULL;
	return n >= 2 && known >= 2 && known * 3 >= n;
}

static bool is_sure(const struct str *names, uint32_t n)
{
	char buf[ABUSECH_NAME];
	uint32_t pairs = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct str name = plain_name(names[i], buf);
		if (ONE_OF(name, own_names))
			return true;
		pairs += ONE_OF(name, pair_names);
	}
	return pairs >= 2;
}

/* The names in a comment, or in a line that has not been taken apart. */
static uint32_t split_names(struct str s, struct str *names, uint32_t room)
{
	uint32_t n = 0;

	while (s.len > 0 && (s.p[0] == '#' || char_space(s.p[0])))
		s = str_skip(s, 1);
	for (struct str_cut cut = {.tail = s, .ok = true}; cut.ok && n < room; n++) {
		cut = str_cut(cut.tail, ',');
		struct str name = str_trim(cut.head);
		if (name.len > 1 && name.p[0] == '"' && name.p[name.len - 1] == '"')
			name = str_sub(name, 1, name.len - 2);
		names[n] = name;
	}
	return n;
}

static enum event_type type_of_export(const struct str *names, uint32_t n)
{
	if (has_name(names, n, "dst_port") || has_name(names, n, "dstport") ||
	        has_name(names, n, "c2_status") ||
	        (has_name(names, n, "ip_address") && has_name(names, n, "last_online")))
		return TYPE_C2_SERVER;
	if (has_name(names, n, "url"))
		return TYPE_MALWARE_DISTRIBUTION;
	if (has_name(names, n, "sha256_hash"))
		return TYPE_MALWARE;
	return TYPE_NONE;
}

void abusech_plan(struct abusech_plan *plan, struct str *names, uint32_t n)
{
	bool printable = has_name(names, n, "malware_printable");

	plan->width = n;
	plan->type = type_of_export(names, n);
	for (uint32_t i = 0; i < n; i++) {
		struct abusech_column *c = &plan->columns[i];
		struct str name = plain_name(names[i], c->name);
		const struct named *k = find_named(name);
		*c = (struct abusech_column){
		        .action = k ? k->action : ACTION_EXTRA, .to = k ? k->to : FIELD_NONE};
		c->key.name = plain_name(names[i], c->name);
		/* beside the name for people, this is a number of the database */
		if (printable && str_eq(name, STR("malware")))
			c->action = ACTION_EXTRA;
	}
}

static void take_header(struct reading *r, struct abusech *a, const struct str *names, uint32_t n)
{
	struct str copy[64];

	n = n < 64 ? n : 64;
	memcpy(copy, names, n * sizeof(copy[0]));
	if (a->plan.columns == NULL)
		a->plan.columns = arena_array(r->arena, 64, sizeof(a->plan.columns[0]));
	abusech_plan(&a->plan, copy, n);
}

/* ---- values -------------------------------------------------------------------------------------- */

static void put_extra(struct reading *r, struct event_key *key, struct str value)
{
	value = str_trim(value);
	if (!value_placeholder(value))
		event_extra(r->w, key, value);
}

/* By the kind that the database says; an unknown kind goes by its looks. */
static void put_ioc(struct reading *r, struct str value, struct str type)
{
	static const struct {
		struct str type;
		enum field to;
	} kinds[] = {{STR_INIT("domain"), FIELD_SOURCE_FQDN}, {STR_INIT("url"), FIELD_SOURCE_URL},
	        {STR_INIT("md5_hash"), FIELD_MALWARE_HASH_MD5},
	        {STR_INIT("sha1_hash"), FIELD_MALWARE_HASH_SHA1},
	        {STR_INIT("sha256_hash"), FIELD_MALWARE_HASH_SHA256},
	        {STR_INIT("envelope_from"), FIELD_SOURCE_EMAIL}, {STR_INIT("body_from"), FIELD_SOURCE_EMAIL}};
	struct indicator i;

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		if (str_ieq(type, kinds[k].type)) {
			event_put(r->w, kinds[k].to, value);
			return;
		}
	indicator_parse(value, &i);
	if (i.kind == INDICATOR_NONE)
		record_aside(r->w, ASIDE_VALUE, FIELD_NONE, "ioc_value '%.*s' (ioc_type '%.*s') %s",
		        STR_ARG(str_sub(value, 0, 200)), STR_ARG(str_sub(type, 0, 40)), i.why);
	indicator_put(r->w, &i);
	if (!str_ieq(type, STR("ip:port")))
		event_extra_name(r->w, STR("ioc_type"), type);
}

static void put_threat(struct reading *r, struct event_key *key, struct str value)
{
	static const struct {
		struct str word;
		enum event_type type;
	} words[] = {{STR_INIT("botnet_cc"), TYPE_C2_SERVER},
	        {STR_INIT("malware_download"), TYPE_MALWARE_DISTRIBUTION},
	        {STR_INIT("payload_delivery"), TYPE_MALWARE_DISTRIBUTION},
	        {STR_INIT("payload"), TYPE_MALWARE}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_ieq(str_trim(value), words[i].word)) {
			event_put(r->w, FIELD_CLASSIFICATION_TYPE, type_table[words[i].type].name);
			return;
		}
	put_extra(r, key, value);
}

/* "Dridex C&C" lists a commanding machine of Dridex; "Malware C&C" one of something. */
static void put_reason(struct reading *r, struct event_key *key, struct str value)
{
	struct str s = str_trim(value), name = s;

	if (str_iends(s, STR(" C&C"))) {
		name = str_trim(str_sub(s, 0, s.len - 4));
		event_put(r->w, FIELD_CLASSIFICATION_TYPE, type_table[TYPE_C2_SERVER].name);
		if (!str_ieq(name, STR("malware")))
			event_put(r->w, FIELD_MALWARE_NAME, name);
	} else if (str_ieq(s, STR("malware distribution"))) {
		event_put(r->w, FIELD_CLASSIFICATION_TYPE, type_table[TYPE_MALWARE_DISTRIBUTION].name);
	}
	put_extra(r, key, s);
}

static void put_family(struct reading *r, struct str value)
{
	if (!str_ieq(str_trim(value), STR("unknown malware")))
		event_put(r->w, FIELD_MALWARE_NAME, value);
}

static void put_value(struct reading *r, struct abusech_column *c, struct str value)
{
	switch (c->action) {
	case ACTION_FIELD:
		event_put(r->w, c->to, value);
		break;
	case ACTION_FAMILY:
		put_family(r, value);
		break;
	case ACTION_THREAT:
		put_threat(r, &c->key, value);
		break;
	case ACTION_REASON:
		put_reason(r, &c->key, value);
		break;
	case ACTION_CERTIFICATE:
		if (event_put(r->w, FIELD_MALWARE_HASH_SHA1, value) == PUT_OK)
			event_extra_name(r->w, STR("digest_of"), STR("certificate"));
		break;
	case ACTION_EXTRA:
		put_extra(r, &c->key, value);
		break;
	case ACTION_IOC:
	case ACTION_IOC_TYPE:
		break; /* together, by the caller */
	}
}

void abusech_put(struct reading *r, struct abusech_plan *plan, const struct str *values, uint32_t n)
{
	struct str ioc = {0}, type = {0};
	bool told = false; /* what for, be it in a word that has no type */

	event_begin(r->w);
	for (uint32_t i = 0; i < n && i < plan->width; i++) {
		struct abusech_column *c = &plan->columns[i];
		if (c->action == ACTION_IOC)
			ioc = str_trim(values[i]);
		else if (c->action == ACTION_IOC_TYPE)
			type = str_trim(values[i]);
		else
			put_value(r, c, values[i]);
		told |= c->action == ACTION_THREAT && !value_placeholder(str_trim(values[i]));
	}
	if (ioc.len > 0)
		put_ioc(r, ioc, type);
	columns_constants(r);
	if (plan->type != TYPE_NONE && !told && !event_has(r->w, FIELD_CLASSIFICATION_TYPE))
		event_put(r->w, FIELD_CLASSIFICATION_TYPE, type_table[plan->type].name);
	event_end(r->w);
}

/* ---- reading ------------------------------------------------------------------------------------- */

/* The databases give all times in UTC, whatever zone the feed has been given. */
static void abusech_settings(const struct read_options *o, struct event_settings *s)
{
	(void)o;
	s->zone = NULL;
}

static int abusech_start(struct reading *r)
{
	struct abusech *a = arena_new(r->arena, struct abusech);
	struct rows_options o = {
	        .delimiter = r->options->delimiter, .quote = '"', .skip_blank = true, .comment = STR("#")};

	r->state = a;
	struct str head = str_trim(input_peek(r->in, 4096));
	if (head.len > 0 && (head.p[0] == '{' || head.p[0] == '['))
		return abusech_json_open(r, &a->json);
	return rows_open(r, &o, &a->rows);
}

static int abusech_next(struct reading *r)
{
	struct abusech *a = r->state;
	struct str names[64];
	struct row row;

	if (a->json != NULL)
		return abusech_json_next(r, a->json);
	int rc = rows_next(r, a->rows, &row);

	if (rc <= 0)
		return rc;
	if (row.is_comment) {
		uint32_t n = split_names(row.comment, names, 64);
		if (is_header(names, n))
			take_header(r, a, names, n);
		return 1;
	}
	uint32_t n = row.n;
	if (is_header(row.values, n)) {
		take_header(r, a, row.values, n);
		return 1;
	}
	if (a->plan.columns == NULL)
		return err_set(&r->err, ERR_VALUE,
		        "no header, in a row or a comment, says before line %u what the columns are",
		        row.line);
	record_begin(r->w, row.offset, row.length, row.line);
	record_plain(r->w, row.flags & DELIM_PLAIN);
	if (!rows_refuse(r, &row, a->plan.width, &n))
		abusech_put(r, &a->plan, row.values, n);
	record_end(r->w);
	return 1;
}

static enum sniff abusech_sniff(const struct sniff_view *v)
{
	struct str names[64], head = str_trim(v->head);

	if (head.len > 0 && (head.p[0] == '{' || head.p[0] == '['))
		return abusech_json_sniff(head);
	for (struct str_cut cut = {.tail = v->head, .ok = true}; cut.ok;) {
		cut = str_cut(cut.tail, '\n');
		struct str line = str_trim(cut.head);
		uint32_t n = split_names(line, names, 64);
		if (is_header(names, n))
			return is_sure(names, n) ? SNIFF_SURE : SNIFF_NO;
		if (line.len > 0 && line.p[0] != '#')
			return SNIFF_NO;
	}
	return SNIFF_NO;
}

const struct reader reader_abusech = {
        .name = "abusech",
        .about = "exports of abuse.ch: Feodo Tracker, SSLBL, URLhaus, ThreatFox, MalwareBazaar",
        .sniff = abusech_sniff,
        .settings = abusech_settings,
        .start = abusech_start,
        .next = abusech_next,
        .fields = "The listed machine, name, URL or digest is the source, whatever its column is called; "
                  "ioc_type decides "
                  "about ioc_value. botnet_cc and Feodo are c2-server, malware_download and payload_delivery "
                  "malware-distribution, samples malware. Links to the database's page are "
                  "event_description.url, families "
                  "malware.name, the rest extra. Times are UTC.",
        .options_about = "--map FILE (constants only)",
};
