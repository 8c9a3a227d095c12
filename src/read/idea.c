/* SPDX-License-Identifier: Apache-2.0
 *
 * idea: IDEA0 messages of Warden, one object a line, one document or an array. A message names its sources in
 * lists in which addresses, prefixes, ranges and names stand side by side: each becomes an event with the
 * rest shared. Of several targets the first is the destination; all of them are kept under extra.
 */
#include "read/flat.h"
#include "read/lines_json.h"
#include "read/table.h"

static const struct {
	struct str category;
	enum event_type type;
} categories[] = {
        {STR_INIT("Abusive.Spam"), TYPE_SPAM},
        {STR_INIT("Abusive.Harassment"), TYPE_HARMFUL_SPEECH},
        {STR_INIT("Abusive.Child"), TYPE_VIOLENCE},
        {STR_INIT("Abusive.Sexual"), TYPE_VIOLENCE},
        {STR_INIT("Abusive.Violence"), TYPE_VIOLENCE},
        {STR_INIT("Malware"), TYPE_INFECTED_SYSTEM},
        {STR_INIT("Recon.Scanning"), TYPE_SCANNER},
        {STR_INIT("Recon.Sniffing"), TYPE_SNIFFING},
        {STR_INIT("Recon.SocialEngineering"), TYPE_SOCIAL_ENGINEERING},
        {STR_INIT("Recon.Searching"), TYPE_SCANNER},
        {STR_INIT("Attempt.Exploit"), TYPE_IDS_ALERT},
        {STR_INIT("Attempt.Login"), TYPE_BRUTE_FORCE},
        {STR_INIT("Attempt.NewSignature"), TYPE_EXPLOIT},
        {STR_INIT("Intrusion.AdminCompromise"), TYPE_PRIVILEGED_ACCOUNT_COMPROMISE},
        {STR_INIT("Intrusion.UserCompromise"), TYPE_UNPRIVILEGED_ACCOUNT_COMPROMISE},
        {STR_INIT("Intrusion.AppCompromise"), TYPE_APPLICATION_COMPROMISE},
        {STR_INIT("Intrusion.Botnet"), TYPE_INFECTED_SYSTEM},
        {STR_INIT("Availability.DoS"), TYPE_DOS},
        {STR_INIT("Availability.DDoS"), TYPE_DDOS},
        {STR_INIT("Availability.Sabotage"), TYPE_SABOTAGE},
        {STR_INIT("Availability.Outage"), TYPE_OUTAGE},
        {STR_INIT("Information.UnauthorizedAccess"), TYPE_UNAUTHORISED_INFORMATION_ACCESS},
        {STR_INIT("Information.UnauthorizedModification"), TYPE_UNAUTHORISED_INFORMATION_MODIFICATION},
        {STR_INIT("Fraud.UnauthorizedUsage"), TYPE_UNAUTHORISED_USE_OF_RESOURCES},
        {STR_INIT("Fraud.Copyright"), TYPE_COPYRIGHT},
        {STR_INIT("Fraud.Masquerade"), TYPE_MASQUERADE},
        {STR_INIT("Fraud.Phishing"), TYPE_PHISHING},
        {STR_INIT("Fraud.Scam"), TYPE_MASQUERADE},
        {STR_INIT("Vulnerable.Open"), TYPE_VULNERABLE_SYSTEM},
        {STR_INIT("Vulnerable.Config"), TYPE_VULNERABLE_SYSTEM},
        {STR_INIT("Vulnerable"), TYPE_VULNERABLE_SYSTEM},
        {STR_INIT("Test"), TYPE_TEST},
};

/* Times, the one that counts most first. */
static const struct str times[] = {STR_INIT("EventTime"), STR_INIT("DetectTime"), STR_INIT("CreateTime")};

struct idea_head {
	struct str time[3], source, target, category; /* as they stand */
};

static enum sniff idea_sniff(const struct sniff_view *v)
{
	size_t at = str_find_str(v->head, 0, STR("\"IDEA0\""));

	return at != SIZE_MAX && str_find_str(v->head, 0, STR("\"Format\"")) != SIZE_MAX ? SNIFF_SURE
	                                                                                 : SNIFF_NO;
}

static void idea_plan(struct reading *r, void *arg, struct flat_name *name)
{
	static const struct str own[] = {
	        STR_INIT("Format"), STR_INIT("Source"), STR_INIT("EventTime"), STR_INIT("DetectTime")};

	(void)arg;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (str_eq(own[i], name->path))
			return;
	if (str_eq(name->path, STR("ConnCount")))
		name->to = FIELD_COUNT;
	else if (str_eq(name->path, STR("Description")))
		name->to = FIELD_EVENT_DESCRIPTION_TEXT;
	else if (str_eq(name->path, STR("Note")))
		name->to = FIELD_COMMENT;
	else if (str_eq(name->path, STR("CeaseTime")))
		name->to = FIELD_TIME_LAST;
	else
		name->key = event_key(r->arena, name->path);
}

static void look(struct str object, struct idea_head *h)
{
	char key[32];
	struct str name, raw;
	struct json j;

	*h = (struct idea_head){0};
	json_init(&j, object);
	while (json_pair(&j, key, sizeof(key), &name, &raw) == 1) {
		for (size_t i = 0; i < 3; i++)
			if (str_eq(name, times[i]))
				h->time[i] = raw;
		if (str_eq(name, STR("Source")))
			h->source = raw;
		else if (str_eq(name, STR("Target")))
			h->target = raw;
		else if (str_eq(name, STR("Category")))
			h->category = raw;
	}
}

/* Next element of the text of an array; 0 at its end or if it is none. */
static int next_element(struct json *j, bool *begun, struct str *ret)
{
	struct json_token t;

	if (!*begun) {
		*begun = true;
		if (j->len == 0 || j->p[0] != '[' || json_next(j, &t) <= 0)
			return 0;
	}
	return json_skip(j, ret) == 1;
}

static struct str member(struct str object, struct str key)
{
	char buf[32];
	struct str name, raw, found = {0};
	struct json j;

	json_init(&j, object);
	while (json_pair(&j, buf, sizeof(buf), &name, &raw) == 1)
		if (str_eq(name, key))
			found = raw;
	return found;
}

static struct str first_of(struct str array)
{
	struct json j;
	bool begun = false;
	struct str e;

	json_init(&j, array);
	return next_element(&j, &begun, &e) == 1 ? e : (struct str){0};
}

/* The protocols of one end: the transport, and what runs on it. */
static void put_protocols(struct reading *r, struct str end)
{
	char text[64];
	struct json j;
	struct str e;
	bool begun = false;

	json_init(&j, member(end, STR("Proto")));
	while (next_element(&j, &begun, &e) == 1) {
		struct str s = json_scalar(text, sizeof(text), e);
		if (transport_find(s) != 0 && !event_has(r->w, FIELD_PROTOCOL_TRANSPORT))
			event_put(r->w, FIELD_PROTOCOL_TRANSPORT, s);
		else if (transport_find(s) == 0 && !event_has(r->w, FIELD_PROTOCOL_APPLICATION))
			event_put(r->w, FIELD_PROTOCOL_APPLICATION, s);
	}
}

static void put_first(struct reading *r, struct str end, const char *key, enum field to)
{
	char text[4096];

	event_put(r->w, to, json_scalar(text, sizeof(text), first_of(member(end, str_from(key)))));
}

static void put_target(struct reading *r, struct str targets)
{
	struct str t = first_of(targets);

	if (t.len == 0)
		return;
	put_first(r, t, "IP4", FIELD_DESTINATION_IP);
	if (!event_has(r->w, FIELD_DESTINATION_IP))
		put_first(r, t, "IP6", FIELD_DESTINATION_IP);
	put_first(r, t, "Port", FIELD_DESTINATION_PORT);
	put_first(r, t, "Hostname", FIELD_DESTINATION_FQDN);
	put_first(r, t, "URL", FIELD_DESTINATION_URL);
	put_first(r, t, "Email", FIELD_DESTINATION_EMAIL);
	put_protocols(r, t);
}

/* The first category that is known; what stands behind its words refines it ("Malware.Ransomware"). */
static void put_category(struct reading *r, struct str array)
{
	char text[128];
	struct json j;
	struct str e;
	bool begun = false;

	json_init(&j, array);
	while (next_element(&j, &begun, &e) == 1) {
		struct str s = json_scalar(text, sizeof(text), e);
		for (size_t i = 0; i < sizeof(categories) / sizeof(categories[0]); i++) {
			struct str c = categories[i].category;
			if (!str_starts(s, c) || (s.len > c.len && s.p[c.len] != '.') ||
			        event_has(r->w, FIELD_CLASSIFICATION_TYPE))
				continue;
			event_put(r->w, FIELD_CLASSIFICATION_TYPE, type_table[categories[i].type].name);
		}
	}
}

struct idea_event {
	struct flat *flat;
	struct str object, source; /* source: of which the thing is one; empty: none */
	const struct idea_head *head;
};

/* Opens an event and puts all that is shared. False if the record was set aside. */
static bool begin(struct reading *r, const struct idea_event *v)
{
	char text[128];
	struct err e;

	event_begin(r->w);
	if (flat_put(r, v->flat, v->object, &e) != 0) {
		record_aside(r->w, ASIDE_SYNTAX, FIELD_NONE, "%s", e.text);
		return false;
	}
	for (size_t i = 0; i < 3; i++)
		if (v->head->time[i].len != 0) {
			event_put(r->w, FIELD_TIME_SOURCE, json_scalar(text, sizeof(text), v->head->time[i]));
			break;
		}
	put_category(r, v->head->category);
	put_protocols(r, v->source);
	put_target(r, v->head->target);
	put_first(r, v->source, "Port", FIELD_SOURCE_PORT);
	return true;
}

static void end(struct reading *r)
{
	columns_constants(r);
	event_end(r->w);
}

/* "FIRST-LAST" as the prefixes that cover it, one event each. False if it is no range. */
static bool put_range(struct reading *r, const struct idea_event *v, struct str s)
{
	struct str_cut cut = str_cut(s, '-');
	struct addr first, last;
	struct prefix p;
	char text[PREFIX_TEXT];
	bool done = false;

	if (!cut.ok || !addr_parse(str_trim(cut.head), &first) || !addr_parse(str_trim(cut.tail), &last) ||
	        addr_cmp(&first, &last) > 0)
		return false;
	while (prefix_cover_next(&first, &last, &done, &p) == 1 && begin(r, v)) {
		event_put(r->w, FIELD_SOURCE_IP, str_make(text, prefix_print(text, &p)));
		end(r);
	}
	return true;
}

static unsigned put_things(struct reading *r, const struct idea_event *v, const char *key, enum field to)
{
	char text[4096];
	struct json j;
	struct str e;
	bool begun = false;
	unsigned n = 0;

	json_init(&j, member(v->source, str_from(key)));
	for (; n <= LIMIT_SUBS && !record_is_aside(r->w) && next_element(&j, &begun, &e) == 1; n++) {
		struct str s = json_scalar(text, sizeof(text), e);
		if (to == FIELD_SOURCE_IP && put_range(r, v, s))
			continue;
		if (!begin(r, v))
			break;
		event_put(r->w, to, s);
		end(r);
	}
	return n;
}

static void put_object(struct reading *r, void *arg, struct str object)
{
	struct idea_head h;
	struct json j;
	struct str source;
	bool begun = false;
	unsigned n = 0;

	look(object, &h);
	struct idea_event v = {.flat = arg, .object = object, .head = &h};
	json_init(&j, h.source);
	while (n <= LIMIT_SUBS && !record_is_aside(r->w) && next_element(&j, &begun, &source) == 1) {
		v.source = source;
		unsigned here =
		        put_things(r, &v, "IP4", FIELD_SOURCE_IP) + put_things(r, &v, "IP6", FIELD_SOURCE_IP);
		if (here == 0)
			here = put_things(r, &v, "Hostname", FIELD_SOURCE_FQDN) +
			        put_things(r, &v, "URL", FIELD_SOURCE_URL) +
			        put_things(r, &v, "Email", FIELD_SOURCE_EMAIL);
		n += here;
	}
	v.source = (struct str){0};
	/* nobody is named as source: the target alone, or set aside by the common rule */
	if (n == 0 && !record_is_aside(r->w) && begin(r, &v))
		end(r);
}

static int idea_start(struct reading *r)
{
	return lines_json_start_with(r, put_object, flat_new(r, idea_plan, NULL));
}

const struct reader reader_idea = {
        .name = "idea",
        .about = "IDEA0 messages of Warden, one object a line, a document or an array",
        .sniff = idea_sniff,
        .start = idea_start,
        .next = lines_json_next,
        .fields = "One event for each address, prefix or range of each Source (else each Hostname, URL, "
                  "Email); Category gives "
                  "classification.type; EventTime counts, else DetectTime, else CreateTime; the first Target "
                  "is the destination, all of them "
                  "stay under extra.target; Proto gives transport and application; ConnCount is count; all "
                  "else stays under extra.",
};
