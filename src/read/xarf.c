/* SPDX-License-Identifier: Apache-2.0
 *
 * xarf: abuse reports of the XARF family. Version 4 (its first drafts said "class" for "category") and
 * version 3 are JSON, one object or several; X-ARF 0.2 and ARF are lines and come in mails (xarf_text.c).
 *
 * The source is the side that attacks, hosts or is open; who reports is kept under extra and never becomes a
 * party of the incident. Evidence is described, not decoded: its type, its words, its hash and its size; the
 * payload itself is kept if it is short, and is in the report in any case.
 */
#include "read/xarf.h"
#include "event/addr.h"
#include "event/value.h"
#include "read/flat.h"
#include "read/input.h"
#include "read/lines_json.h"
#include "read/table.h"
#include "read/xarf_type.h"

#define PAYLOAD_KEPT ((size_t)2048)
#define EVIDENCE_KEPT 32
#define VALUE_MAX ((size_t)65536)

struct xarf {
	bool text;
	bool done;
	struct flat *flat;
	char *scratch; /* VALUE_MAX */
};

/* ---- values -------------------------------------------------------------------------------------- */

static struct str member(struct str object, struct str name)
{
	struct str key, raw;
	struct json j;
	char buf[64];

	json_init(&j, object);
	while (json_pair(&j, buf, sizeof(buf), &key, &raw))
		if (str_eq(key, name))
			return raw;
	return (struct str){0};
}

void xarf_source(struct reading *r, struct str value)
{
	if (str_find_str(value, 0, STR("://")) != SIZE_MAX)
		event_put(r->w, FIELD_SOURCE_URL, value);
	else if (str_has(value, '@'))
		event_put(r->w, FIELD_SOURCE_EMAIL, value);
	else if (str_has(value, '/'))
		event_put(r->w, FIELD_SOURCE_NETWORK, value);
	else
		event_put(r->w, FIELD_SOURCE_IP, value);
}

/* "tcp" is how it was carried, "smtp" what was spoken. */
static void put_protocol(struct reading *r, struct str value)
{
	event_put(r->w, transport_find(value) != 0 ? FIELD_PROTOCOL_TRANSPORT : FIELD_PROTOCOL_APPLICATION,
	        value);
}

/* "sha256:..." or only the digits. */
static void put_hash(struct reading *r, struct str value)
{
	struct str_cut cut = str_cut(value, ':');
	struct str digest = cut.ok ? cut.tail : value;

	if (digest.len == 32)
		event_put(r->w, FIELD_MALWARE_HASH_MD5, digest);
	else if (digest.len == 40)
		event_put(r->w, FIELD_MALWARE_HASH_SHA1, digest);
	else if (digest.len == 64)
		event_put(r->w, FIELD_MALWARE_HASH_SHA256, digest);
	else
		event_extra_name(r->w, STR("file_hash"), value);
}

/* ---- evidence ------------------------------------------------------------------------------------ */

static bool is_payload(struct str key)
{
	return str_ieq(key, STR("payload"));
}

static void put_sample(struct reading *r, struct xarf *x, struct str object, unsigned number)
{
	struct str key, raw;
	struct json j;
	char buf[64], name[96];

	json_init(&j, object);
	while (json_pair(&j, buf, sizeof(buf), &key, &raw)) {
		snprintf(name, sizeof(name), "evidence_%u_%.*s", number, STR_ARG(key));
		if (is_payload(key) && raw.len > PAYLOAD_KEPT) {
			struct str size = arena_printf(r->arena, "%zu", raw.len - 2);
			snprintf(name, sizeof(name), "evidence_%u_length", number);
			event_extra_name(r->w, str_from(name), size);
		} else if (raw.len > 0 && (raw.p[0] == '{' || raw.p[0] == '[')) {
			event_extra_name(r->w, str_from(name), str_sub(raw, 0, PAYLOAD_KEPT));
		} else {
			event_extra_name(r->w, str_from(name), json_scalar(x->scratch, VALUE_MAX, raw));
		}
	}
}

static void put_evidence(struct reading *r, struct xarf *x, struct str array)
{
	struct json j;
	struct json_token t;
	struct str object;
	unsigned n = 0;

	json_init(&j, array);
	if (json_next(&j, &t) <= 0 || t.kind != JSON_ARRAY)
		return;
	while (json_skip(&j, &object) > 0)
		if (++n <= EVIDENCE_KEPT && object.p[0] == '{')
			put_sample(r, x, object, n);
	if (n > EVIDENCE_KEPT) {
		char text[16];
		int len = snprintf(text, sizeof(text), "%u", n);
		event_extra_name(r->w, STR("evidence_count"), str_make(text, (size_t)len));
	}
}

/* A tag that is a label: "tlp:amber". */
static void take_labels(struct reading *r, struct xarf *x, struct str array)
{
	struct json j;
	struct json_token t;
	struct str raw;

	json_init(&j, array);
	if (json_next(&j, &t) <= 0 || t.kind != JSON_ARRAY)
		return;
	while (json_skip(&j, &raw) > 0) {
		struct str tag = json_scalar(x->scratch, VALUE_MAX, raw);
		if (str_istarts(tag, STR("tlp:")))
			event_label(r->w, tlp_find(tag));
	}
}

/* ---- names --------------------------------------------------------------------------------------- */

static const struct {
	struct str name;
	enum field to;
} names[] = {
        /* version 4 */
        {STR_INIT("timestamp"), FIELD_TIME_SOURCE},
        {STR_INIT("last_seen"), FIELD_TIME_LAST},
        {STR_INIT("source_port"), FIELD_SOURCE_PORT},
        {STR_INIT("destination_ip"), FIELD_DESTINATION_IP},
        {STR_INIT("destination_port"), FIELD_DESTINATION_PORT},
        {STR_INIT("destination_domain"), FIELD_DESTINATION_FQDN},
        {STR_INIT("service"), FIELD_PROTOCOL_APPLICATION},
        {STR_INIT("url"), FIELD_SOURCE_URL},
        {STR_INIT("domain"), FIELD_SOURCE_FQDN},
        {STR_INIT("account"), FIELD_SOURCE_ACCOUNT},
        {STR_INIT("asn"), FIELD_SOURCE_ASN},
        {STR_INIT("country_code"), FIELD_SOURCE_GEO_CC},
        {STR_INIT("malware_family"), FIELD_MALWARE_NAME},
        {STR_INIT("malware_name"), FIELD_MALWARE_NAME},
        {STR_INIT("c2_server"), FIELD_DESTINATION_FQDN},
        {STR_INIT("target_brand"), FIELD_EVENT_DESCRIPTION_TARGET},
        {STR_INIT("description"), FIELD_EVENT_DESCRIPTION_TEXT},
        {STR_INIT("attempt_count"), FIELD_COUNT},
        {STR_INIT("smtp_from"), FIELD_SOURCE_EMAIL},
        {STR_INIT("smtp_to"), FIELD_DESTINATION_EMAIL},
        {STR_INIT("cve_id"), FIELD_PRODUCT_VULNERABILITIES},
        {STR_INIT("product"), FIELD_PRODUCT_NAME},
        {STR_INIT("product_name"), FIELD_PRODUCT_NAME},
        {STR_INIT("service_version"), FIELD_PRODUCT_VERSION},
        {STR_INIT("product_version"), FIELD_PRODUCT_VERSION},
        {STR_INIT("vendor"), FIELD_PRODUCT_VENDOR},
        {STR_INIT("file_name"), FIELD_FILE_NAME},
        {STR_INIT("filename"), FIELD_FILE_NAME},
        {STR_INIT("severity"), FIELD_SEVERITY},
        {STR_INIT("tlp"), FIELD_TLP},
        /* version 3, without "Report." */
        {STR_INIT("Date"), FIELD_TIME_SOURCE},
        {STR_INIT("LastSeen"), FIELD_TIME_LAST},
        {STR_INIT("SourcePort"), FIELD_SOURCE_PORT},
        {STR_INIT("SourceUrl"), FIELD_SOURCE_URL},
        {STR_INIT("SourceURL"), FIELD_SOURCE_URL},
        {STR_INIT("SourceDomain"), FIELD_SOURCE_FQDN},
        {STR_INIT("DomainName"), FIELD_SOURCE_FQDN},
        {STR_INIT("DestinationIp"), FIELD_DESTINATION_IP},
        {STR_INIT("DestinationIP"), FIELD_DESTINATION_IP},
        {STR_INIT("DestinationPort"), FIELD_DESTINATION_PORT},
        {STR_INIT("DestinationUrl"), FIELD_DESTINATION_URL},
        {STR_INIT("TransportProtocol"), FIELD_PROTOCOL_TRANSPORT},
        {STR_INIT("ServiceName"), FIELD_PROTOCOL_APPLICATION},
        {STR_INIT("ServiceVersion"), FIELD_PRODUCT_VERSION},
        {STR_INIT("MalwareName"), FIELD_MALWARE_NAME},
        {STR_INIT("BotnetName"), FIELD_MALWARE_NAME},
        {STR_INIT("SmtpMailFromAddress"), FIELD_SOURCE_EMAIL},
        {STR_INIT("SmtpRcptToAddress"), FIELD_DESTINATION_EMAIL},
        {STR_INIT("Account.AccountIdentifier"), FIELD_SOURCE_ACCOUNT},
        {STR_INIT("FileName"), FIELD_FILE_NAME},
        {STR_INIT("Tlp"), FIELD_TLP},
        {STR_INIT("TLP"), FIELD_TLP},
};

/* Names whose values are looked at one by one (special). */
static const struct str special_names[] = {STR_INIT("source_identifier"), STR_INIT("SourceIp"),
        STR_INIT("SourceIP"), STR_INIT("protocol"), STR_INIT("file_hash"), STR_INIT("evidence"),
        STR_INIT("Samples")};

static void xarf_plan(struct reading *r, void *arg, struct flat_name *name)
{
	struct str path = name->path;
	(void)arg;

	if (str_starts(path, STR("Report.")))
		path = str_skip(path, 7);
	for (size_t i = 0; i < sizeof(special_names) / sizeof(special_names[0]); i++)
		if (str_eq(path, special_names[i]))
			return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq(path, names[i].name)) {
			name->to = names[i].to;
			return;
		}
	name->key = event_key(r->arena, path);
}

static void special(struct reading *r, struct xarf *x, struct str object)
{
	struct str key, raw;
	struct json j;
	char buf[64];

	json_init(&j, object);
	while (json_pair(&j, buf, sizeof(buf), &key, &raw)) {
		if (str_eq(key, STR("source_identifier")) || str_ieq(key, STR("SourceIp")))
			xarf_source(r, json_scalar(x->scratch, VALUE_MAX, raw));
		else if (str_eq(key, STR("protocol")))
			put_protocol(r, json_scalar(x->scratch, VALUE_MAX, raw));
		else if (str_eq(key, STR("file_hash")))
			put_hash(r, json_scalar(x->scratch, VALUE_MAX, raw));
		else if (str_eq(key, STR("evidence")) || str_eq(key, STR("Samples")))
			put_evidence(r, x, raw);
		else if (str_eq(key, STR("tags")))
			take_labels(r, x, raw);
	}
}

/* ---- records ------------------------------------------------------------------------------------- */

/* threat: what threat intelligence says that it is about; only a word that is a class of ours says something. */
static void put_type(
        struct reading *r, struct xarf *x, struct str category, struct str type, struct str threat)
{
	struct str c = arena_str(r->arena, str_sub(json_scalar(x->scratch, VALUE_MAX, category), 0, 64));

	enum event_type is = xarf_type(c, json_scalar(x->scratch, VALUE_MAX, type));
	enum event_type named =
	        threat.len > 0 ? type_find(json_scalar(x->scratch, VALUE_MAX, threat)) : TYPE_NONE;
	event_put(r->w, FIELD_CLASSIFICATION_TYPE,
	        type_table[is == TYPE_OTHER && named != TYPE_NONE ? named : is].name);
}

static void put_object(struct reading *r, void *arg, struct str object)
{
	struct xarf *x = arg;
	struct str report = member(object, STR("Report")), category;
	struct err e;

	if (report.len == 0 && member(object, STR("xarf_version")).len == 0 &&
	        member(object, STR("type")).len == 0) {
		record_aside(r->w, ASIDE_KIND, FIELD_NONE,
		        "neither 'xarf_version' nor 'Report' is there; the object is no abuse report");
		return;
	}
	event_begin(r->w);
	if (report.len > 0) {
		put_type(r, x, member(report, STR("ReportClass")), member(report, STR("ReportType")),
		        (struct str){0});
		special(r, x, report);
	} else {
		category = member(object, STR("category"));
		put_type(r, x, category.len > 0 ? category : member(object, STR("class")),
		        member(object, STR("type")), member(object, STR("threat_type")));
		special(r, x, object);
	}
	if (flat_put(r, x->flat, object, &e) != 0) {
		record_aside(r->w, ASIDE_SYNTAX, FIELD_NONE, "%s", e.text);
		return;
	}
	event_end(r->w);
}

/* ---- the reader ---------------------------------------------------------------------------------- */

static bool has_line(struct str s, struct str name)
{
	for (struct str_cut cut = {.tail = s, .ok = true}; cut.ok;) {
		cut = str_cut(cut.tail, '\n');
		if (str_istarts(cut.head, name))
			return true;
	}
	return false;
}

static bool is_text(struct str s)
{
	if (has_line(s, STR("Feedback-Type:")))
		return has_line(s, STR("User-Agent:")) || has_line(s, STR("Version:")) ||
		        has_line(s, STR("Source-IP:"));
	return has_line(s, STR("Report-Type:")) &&
	        (has_line(s, STR("Reported-From:")) || has_line(s, STR("Source:")));
}

static enum sniff xarf_sniff(const struct sniff_view *v)
{
	struct str s = str_trim(v->head);

	if (s.len == 0)
		return SNIFF_NO;
	if (s.p[0] != '{' && s.p[0] != '[')
		return is_text(str_sub(s, 0, 8192)) ? SNIFF_SURE : SNIFF_NO;
	if (str_find_str(s, 0, STR("\"xarf_version\"")) != SIZE_MAX)
		return SNIFF_SURE;
	return str_find_str(s, 0, STR("\"ReportType\"")) != SIZE_MAX &&
	                (str_find_str(s, 0, STR("\"ReporterInfo\"")) != SIZE_MAX ||
	                        str_find_str(s, 0, STR("\"SourceIp\"")) != SIZE_MAX)
	        ? SNIFF_SURE
	        : SNIFF_NO;
}

static int xarf_start(struct reading *r)
{
	struct str s = str_trim(str_sub(input_peek(r->in, 65536), 0, 65536));
	struct xarf *x = arena_new(r->arena, struct xarf);

	if (s.len == 0 || (s.p[0] != '{' && s.p[0] != '[')) {
		if (!is_text(s))
			return err_set(&r->err, ERR_VALUE,
			        "this is no abuse report: neither JSON nor lines with a Report-Type");
		return xarf_text(r);
	}
	x->scratch = arena_get(r->arena, VALUE_MAX + 64);
	x->flat = flat_new(r, xarf_plan, NULL);
	return lines_json_start_document(r, put_object, x);
}

static int xarf_next(struct reading *r)
{
	return r->state != NULL ? lines_json_next(r) : 0;
}

const struct reader reader_xarf = {
        .name = "xarf",
        .about = "abuse reports: XARF 4 and 3 (JSON), X-ARF 0.2 and ARF (lines, out of mails)",
        .sniff = xarf_sniff,
        .start = xarf_start,
        .next = xarf_next,
        .fields = "What the report calls its source goes to source.*, what was attacked to destination.*; "
                  "reporter, "
                  "sender, tags and what has no field stay under extra. Evidence is described under "
                  "extra.evidence_N_*: type, description, hash; payloads of more than 2 KiB by their length.",
        .options_about = "--timezone TZ",
};
