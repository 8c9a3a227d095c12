/* SPDX-License-Identifier: Apache-2.0
 *
 * n6: events of CERT Polska's n6, as its API and its stream give them: an array, or one object a line. One
 * event may name several addresses, and each may have another owner: one event for each, with the rest in all
 * of them.
 */
#include "read/flat.h"
#include "read/lines_json.h"
#include "read/table.h"

static const struct {
	struct str name;
	enum field to;
} names[] = {
        {STR_INIT("time"), FIELD_TIME_SOURCE},
        {STR_INIT("until"), FIELD_TIME_LAST},
        {STR_INIT("count"), FIELD_COUNT},
        {STR_INIT("fqdn"), FIELD_SOURCE_FQDN},
        {STR_INIT("url"), FIELD_SOURCE_URL},
        {STR_INIT("sport"), FIELD_SOURCE_PORT},
        {STR_INIT("dip"), FIELD_DESTINATION_IP},
        {STR_INIT("dport"), FIELD_DESTINATION_PORT},
        {STR_INIT("proto"), FIELD_PROTOCOL_TRANSPORT},
        {STR_INIT("md5"), FIELD_MALWARE_HASH_MD5},
        {STR_INIT("sha1"), FIELD_MALWARE_HASH_SHA1},
        {STR_INIT("sha256"), FIELD_MALWARE_HASH_SHA256},
        {STR_INIT("target"), FIELD_EVENT_DESCRIPTION_TARGET},
        {STR_INIT("email"), FIELD_SOURCE_EMAIL},
        {STR_INIT("username"), FIELD_SOURCE_ACCOUNT},
};

/* Categories of n6; malware is true where name is the name of malware. */
static const struct {
	struct str category;
	enum event_type type;
	bool malware;
} categories[] = {
        {STR_INIT("amplifier"), TYPE_DDOS_AMPLIFIER, false},
        {STR_INIT("backdoor"), TYPE_SYSTEM_COMPROMISE, true},
        {STR_INIT("bots"), TYPE_INFECTED_SYSTEM, true},
        {STR_INIT("cnc"), TYPE_C2_SERVER, true},
        {STR_INIT("deface"), TYPE_UNAUTHORISED_INFORMATION_MODIFICATION, false},
        {STR_INIT("dns-query"), TYPE_OTHER, true},
        {STR_INIT("dos-attacker"), TYPE_DDOS, false},
        {STR_INIT("dos-victim"), TYPE_DDOS, false},
        {STR_INIT("exposed"), TYPE_POTENTIALLY_UNWANTED_ACCESSIBLE, false},
        {STR_INIT("flow"), TYPE_OTHER, false},
        {STR_INIT("flow-anomaly"), TYPE_OTHER, false},
        {STR_INIT("fraud"), TYPE_MASQUERADE, false},
        {STR_INIT("leak"), TYPE_DATA_LEAK, false},
        {STR_INIT("malurl"), TYPE_MALWARE_DISTRIBUTION, true},
        {STR_INIT("malware-action"), TYPE_MALWARE_CONFIGURATION, true},
        {STR_INIT("other"), TYPE_OTHER, false},
        {STR_INIT("phish"), TYPE_PHISHING, false},
        {STR_INIT("proxy"), TYPE_PROXY, false},
        {STR_INIT("sandbox-url"), TYPE_MALWARE, true},
        {STR_INIT("scam"), TYPE_MASQUERADE, false},
        {STR_INIT("scanning"), TYPE_SCANNER, false},
        {STR_INIT("server-exploit"), TYPE_SYSTEM_COMPROMISE, false},
        {STR_INIT("spam"), TYPE_SPAM, false},
        {STR_INIT("spam-url"), TYPE_SPAM, false},
        {STR_INIT("tor"), TYPE_TOR, false},
        {STR_INIT("vulnerable"), TYPE_VULNERABLE_SYSTEM, false},
        {STR_INIT("webinject"), TYPE_MALWARE, true},
};

static const struct {
	struct str word;
	enum tlp tlp;
} restrictions[] = {
        {STR_INIT("public"), TLP_CLEAR},
        {STR_INIT("need-to-know"), TLP_AMBER},
        {STR_INIT("internal"), TLP_AMBER_STRICT},
};

static enum sniff n6_sniff(const struct sniff_view *v)
{
	static const struct str marks[] = {STR_INIT("\"restriction\""), STR_INIT("\"confidence\""),
	        STR_INIT("\"category\""), STR_INIT("\"source\""), STR_INIT("\"time\"")};
	struct str s = str_trim(v->head);
	unsigned hits = 0;

	if (s.len == 0 || (s.p[0] != '{' && s.p[0] != '['))
		return SNIFF_NO;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		hits += str_find_str(s, 0, marks[i]) != SIZE_MAX;
	return hits >= 4 ? SNIFF_SURE : SNIFF_NO;
}

/* Handled by hand: address, name, category, restriction. */
static void n6_plan(struct reading *r, void *arg, struct flat_name *name)
{
	static const struct str own[] = {STR_INIT("address"), STR_INIT("name")};

	(void)arg;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (str_eq(own[i], name->path))
			return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq(names[i].name, name->path))
			name->to = names[i].to;
	if (name->to == FIELD_NONE)
		name->key = event_key(r->arena, name->path);
}

struct n6_head {
	struct str address, name; /* as they stand */
	char category[32], restriction[32];
	struct str category_word, restriction_word;
};

static void look(struct str object, struct n6_head *h)
{
	char key[32];
	struct str name, raw;
	struct json j;

	*h = (struct n6_head){0};
	json_init(&j, object);
	while (json_pair(&j, key, sizeof(key), &name, &raw) == 1) {
		if (str_eq(name, STR("address")))
			h->address = raw;
		else if (str_eq(name, STR("name")))
			h->name = raw;
		else if (str_eq(name, STR("category")))
			h->category_word = json_scalar(h->category, sizeof(h->category), raw);
		else if (str_eq(name, STR("restriction")))
			h->restriction_word = json_scalar(h->restriction, sizeof(h->restriction), raw);
	}
}

static void put_class(struct reading *r, const struct n6_head *h)
{
	char text[4096];
	struct str name = json_scalar(text, sizeof(text), h->name);
	bool malware = false;

	for (size_t i = 0; i < sizeof(categories) / sizeof(categories[0]); i++)
		if (str_eq(categories[i].category, h->category_word)) {
			event_put(r->w, FIELD_CLASSIFICATION_TYPE, type_table[categories[i].type].name);
			malware = categories[i].malware;
		}
	if (malware)
		event_put(r->w, FIELD_MALWARE_NAME, name);
	else
		event_put(r->w, FIELD_CLASSIFICATION_IDENTIFIER, name);
	for (size_t i = 0; i < sizeof(restrictions) / sizeof(restrictions[0]); i++)
		if (str_eq(restrictions[i].word, h->restriction_word))
			event_label(r->w, restrictions[i].tlp);
}

static void put_address(struct reading *r, struct str object)
{
	char key[32], text[4096];
	struct str name, raw;
	struct json j;

	json_init(&j, object);
	while (json_pair(&j, key, sizeof(key), &name, &raw) == 1) {
		struct str s = json_scalar(text, sizeof(text), raw);
		if (str_eq(name, STR("ip")) || str_eq(name, STR("ipv6")))
			event_put(r->w, FIELD_SOURCE_IP, s);
		else if (str_eq(name, STR("asn")))
			event_put(r->w, FIELD_SOURCE_ASN, s);
		else if (str_eq(name, STR("cc")))
			event_put(r->w, FIELD_SOURCE_GEO_CC, s);
		else if (str_eq(name, STR("rdns")))
			event_put(r->w, FIELD_SOURCE_REVERSE_DNS, s);
		else
			event_extra_name(r->w, name, s);
	}
}

/* False if the record was set aside. */
static bool put_event(
        struct reading *r, struct flat *f, struct str object, const struct n6_head *h, struct str address)
{
	struct err e;

	event_begin(r->w);
	if (flat_put(r, f, object, &e) != 0) {
		record_aside(r->w, ASIDE_SYNTAX, FIELD_NONE, "%s", e.text);
		return false;
	}
	put_class(r, h);
	if (address.len > 0)
		put_address(r, address);
	columns_constants(r);
	event_end(r->w);
	return true;
}

static void put_object(struct reading *r, void *arg, struct str object)
{
	struct n6_head h;
	struct json j;
	struct json_token t;
	struct str address;
	unsigned n = 0;

	look(object, &h);
	json_init(&j, h.address);
	if (h.address.len > 0 && h.address.p[0] == '[' && json_next(&j, &t) > 0)
		for (; n <= LIMIT_SUBS && json_skip(&j, &address) == 1; n++)
			if (address.p[0] == '{' && !put_event(r, arg, object, &h, address))
				return;
	if (n == 0)
		put_event(r, arg, object, &h, (struct str){0});
}

static int n6_start(struct reading *r)
{
	return lines_json_start_with(r, put_object, flat_new(r, n6_plan, NULL));
}

const struct reader reader_n6 = {
        .name = "n6",
        .about = "events of n6, an array or one JSON object a line",
        .sniff = n6_sniff,
        .start = n6_start,
        .next = lines_json_next,
        .fields = "One event for each entry of address; category gives classification.type, name is "
                  "malware.name where the category speaks of "
                  "malware, else classification.identifier; restriction gives the label (public CLEAR, "
                  "need-to-know AMBER, internal "
                  "AMBER+STRICT). fqdn, url, sport, dip, dport, proto, md5, sha1, sha256, target, count, "
                  "until have their fields; all else "
                  "stays under extra.",
};
