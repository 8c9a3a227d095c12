/* SPDX-License-Identifier: Apache-2.0 */
#include "form/xarf.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "event/value.h"

#define VERSION "4.2.0"
#define FAMILY_MAX 200
#define ORG_MAX 200

/* What a type of XARF cannot be without. */
enum needs {
	NEEDS_NOTHING = 0,
	NEEDS_FLOW = 1, /* protocol; and the port of the source, where that is an address */
	NEEDS_URL = 2,
	NEEDS_SERVICE = 4, /* by the identifier of the class: "open-rdp" */
};

static const struct {
	enum event_type type;
	const char *category, *name;
	unsigned needs;
} types[] = {
        {TYPE_INFECTED_SYSTEM, "infrastructure", "botnet", NEEDS_NOTHING},
        {TYPE_BRUTE_FORCE, "connection", "login_attack", NEEDS_FLOW},
        {TYPE_SCANNER, "connection", "port_scan", NEEDS_FLOW},
        {TYPE_DDOS, "connection", "ddos", NEEDS_FLOW},
        {TYPE_PHISHING, "content", "phishing", NEEDS_URL},
        {TYPE_MALWARE_DISTRIBUTION, "content", "malware", NEEDS_URL},
        {TYPE_POTENTIALLY_UNWANTED_ACCESSIBLE, "vulnerability", "open_service", NEEDS_SERVICE},
        {TYPE_BLACKLIST, "reputation", "blocklist", NEEDS_NOTHING},
};
#define TYPES (sizeof(types) / sizeof(types[0]))

/* ---- values -------------------------------------------------------------------------------------- */

/* At most so many bytes, and no character in halves. */
static struct str cut(struct str s, size_t max)
{
	size_t len = s.len < max ? s.len : max;

	while (len < s.len && len > 0 && ((unsigned char)s.p[len] & 0xc0) == 0x80)
		len--;
	return str_sub(s, 0, len);
}

static void put_text(struct buf *out, const char *key, struct str value)
{
	if (value.len == 0)
		return;
	buf_printf(out, ", \"%s\": ", key);
	buf_json(out, value);
}

static void put_number(struct buf *out, const char *key, uint32_t value)
{
	if (value != 0)
		buf_printf(out, ", \"%s\": %u", key, value);
}

static void put_time(struct buf *out, const char *key, int64_t t)
{
	char text[64];

	put_text(out, key, str_make(text, value_time_print(text, t)));
}

/* The same each time that the letter is written: of what makes it one, with the bits that say version 4. */
static void put_id(struct buf *out, const struct xarf_report *r)
{
	auto_buf struct buf b = {0};
	uint8_t d[DIGEST_LEN];

	buf_printf(&b, "%.*s\nF%llu", STR_ARG(r->letter), (unsigned long long)r->finding);
	digest_of(buf_str(&b), d);
	d[6] = (uint8_t)((d[6] & 0x0f) | 0x40);
	d[8] = (uint8_t)((d[8] & 0x3f) | 0x80);
	for (unsigned i = 0; i < 16; i++)
		buf_printf(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", d[i]);
}

static void put_party(struct buf *out, const char *key, const struct xarf_report *r)
{
	buf_printf(out, ", \"%s\": {\"org\": ", key);
	buf_json(out, cut(r->org, ORG_MAX));
	buf_add(out, STR(", \"contact\": "));
	buf_json(out, r->contact);
	buf_add(out, STR(", \"domain\": "));
	buf_json(out, str_rcut(r->contact, '@').tail);
	buf_char(out, '}');
}

/* ---- what kind ----------------------------------------------------------------------------------- */

/* Of the protocols that connection reports may name. */
static bool is_flow(const struct xarf_report *r)
{
	static const char *const names[] = {"tcp", "udp", "icmp", "sctp"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq(r->transport, str_from(names[i])))
			return r->ip.len == 0 || r->port != 0;
	return false;
}

static size_t kind_of(const struct xarf_report *r)
{
	unsigned have = (is_flow(r) ? NEEDS_FLOW : 0) | (r->url.len != 0 ? NEEDS_URL : 0) |
	        (r->ident.len != 0 ? NEEDS_SERVICE : 0);
	size_t i = 0;

	while (i < TYPES && (types[i].type != r->type || (types[i].needs & ~have) != 0))
		i++;
	return i;
}

static void put_kind(struct buf *out, const struct xarf_report *r)
{
	size_t kind = kind_of(r);
	struct str class = type_table[r->type != TYPE_NONE ? r->type : TYPE_UNDETERMINED].name;

	put_text(out, "category", str_from(kind < TYPES ? types[kind].category : "reputation"));
	put_text(out, "type", str_from(kind < TYPES ? types[kind].name : "threat_intelligence"));
	if (kind == TYPES || r->type == TYPE_BLACKLIST)
		put_text(out, "threat_type", class);
	else if (types[kind].needs == NEEDS_FLOW)
		put_time(out, "first_seen", r->time);
	else if (types[kind].needs == NEEDS_SERVICE)
		put_text(out, "service", cut(r->ident, FAMILY_MAX));
	else if (r->type == TYPE_INFECTED_SYSTEM)
		put_text(out, "compromise_evidence", STR("a source of the sender has seen it"));
}

/* ---- a report ------------------------------------------------------------------------------------ */

static void put_tags(struct buf *out, const struct xarf_report *r)
{
	struct str label = tlp_name(r->tlp);

	if (label.len == 0)
		return;
	buf_add(out, STR(", \"tags\": [\"tlp:"));
	for (size_t i = 0; i < label.len; i++)
		buf_char(out, char_lower(label.p[i]));
	buf_add(out, STR("\"]"));
}

bool xarf_write(const struct xarf_report *r, struct buf *out)
{
	const struct str places[] = {r->ip, r->url, r->fqdn, r->account};
	size_t first = 0;

	while (first < 4 && places[first].len == 0)
		first++;
	if (first == 4)
		return false;
	buf_add(out, STR("{\"xarf_version\": \"" VERSION "\", \"report_id\": \""));
	put_id(out, r);
	buf_char(out, '"');
	put_time(out, "timestamp", r->time);
	put_party(out, "reporter", r);
	put_party(out, "sender", r);
	put_text(out, "source_identifier", places[first]);
	put_number(out, "source_port", r->port);
	put_kind(out, r);
	put_text(out, "severity", r->severity);
	put_text(out, "protocol", r->transport);
	put_text(out, "url", r->url);
	put_text(out, "domain", r->fqdn);
	put_text(out, "account", r->account);
	put_text(out, "identifier", r->ident);
	put_text(out, "malware_family", cut(r->malware, FAMILY_MAX));
	put_number(out, "asn", r->asn);
	put_text(out, "country_code", r->cc);
	put_text(out, "destination_ip", r->dst_ip);
	put_number(out, "destination_port", r->dst_port);
	put_text(out, "destination_domain", r->dst_fqdn);
	buf_printf(out, ", \"finding\": \"F%llu\"", (unsigned long long)r->finding);
	put_tags(out, r);
	buf_char(out, '}');
	return true;
}
