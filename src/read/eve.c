/* SPDX-License-Identifier: Apache-2.0
 *
 * eve: what Suricata writes, one JSON object a line or an array. Only names on the top level say who: src_ip
 * of a packet is not flow.src_ip, and look-alikes inside strings are values. A record without any address
 * (counters of the sensor) makes no event by rule.
 */
#include "read/flat.h"
#include "read/lines_json.h"
#include "read/table.h"

static const struct {
	struct str path;
	enum field to;
} names[] = {
        {STR_INIT("timestamp"), FIELD_TIME_SOURCE},
        {STR_INIT("src_ip"), FIELD_SOURCE_IP},
        {STR_INIT("src_port"), FIELD_SOURCE_PORT},
        {STR_INIT("dest_ip"), FIELD_DESTINATION_IP},
        {STR_INIT("dest_port"), FIELD_DESTINATION_PORT},
        {STR_INIT("proto"), FIELD_PROTOCOL_TRANSPORT},
        {STR_INIT("app_proto"), FIELD_PROTOCOL_APPLICATION},
        {STR_INIT("alert.signature"), FIELD_EVENT_DESCRIPTION_TEXT},
        {STR_INIT("alert.signature_id"), FIELD_CLASSIFICATION_IDENTIFIER},
};

static enum sniff eve_sniff(const struct sniff_view *v)
{
	struct str s = str_trim(v->head);

	if (s.len == 0 || (s.p[0] != '{' && s.p[0] != '['))
		return SNIFF_NO;
	if (str_find_str(s, 0, STR("\"event_type\"")) == SIZE_MAX ||
	        str_find_str(s, 0, STR("\"timestamp\"")) == SIZE_MAX)
		return SNIFF_NO;
	return str_find_str(s, 0, STR("\"src_ip\"")) != SIZE_MAX ||
	                str_find_str(s, 0, STR("\"stats\"")) != SIZE_MAX
	        ? SNIFF_SURE
	        : SNIFF_MAYBE;
}

static void eve_plan(struct reading *r, void *arg, struct flat_name *name)
{
	(void)arg;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq(names[i].path, name->path))
			name->to = names[i].to;
	if (name->to == FIELD_NONE)
		name->key = event_key(r->arena, name->path);
}

/* What decides about the record before its values are put anywhere. */
struct eve_head {
	bool address, alert;
	char priority; /* '1' to '4' as Suricata counts, 0: none */
};

static char alert_priority(struct str object)
{
	char key[32], text[16], found = 0;
	struct str name, raw;
	struct json j;

	json_init(&j, object);
	while (json_pair(&j, key, sizeof(key), &name, &raw) == 1)
		if (str_eq(name, STR("severity"))) {
			struct str s = json_scalar(text, sizeof(text), raw);
			found = s.len == 1 ? s.p[0] : 0;
		}
	return found;
}

static struct eve_head look(struct str object)
{
	struct eve_head h = {0};
	char key[32], text[32];
	struct str name, raw;
	struct json j;

	json_init(&j, object);
	while (json_pair(&j, key, sizeof(key), &name, &raw) == 1) {
		if (str_eq(name, STR("src_ip")) || str_eq(name, STR("dest_ip")))
			h.address |= !str_eq(raw, STR("null"));
		else if (str_eq(name, STR("event_type")))
			h.alert = str_eq(json_scalar(text, sizeof(text), raw), STR("alert"));
		else if (str_eq(name, STR("alert")) && raw.len > 0 && raw.p[0] == '{')
			h.priority = alert_priority(raw);
	}
	/* not JSON to the end: flat_put says what is wrong with it */
	h.address |= j.error != NULL;
	return h;
}

static void put_object(struct reading *r, void *arg, struct str object)
{
	static const enum severity by_priority[] = {
	        SEVERITY_HIGH, SEVERITY_MEDIUM, SEVERITY_LOW, SEVERITY_INFO};
	struct eve_head h = look(object);
	struct err e;

	if (!h.address)
		return;
	event_begin(r->w);
	if (flat_put(r, arg, object, &e) != 0) {
		record_aside(r->w, ASIDE_SYNTAX, FIELD_NONE, "%s", e.text);
		return;
	}
	if (h.alert)
		event_put(r->w, FIELD_CLASSIFICATION_TYPE, STR("ids-alert"));
	if (h.priority >= '1' && h.priority <= '4')
		event_put(r->w, FIELD_SEVERITY, severity_name(by_priority[h.priority - '1']));
	columns_constants(r);
	event_end(r->w);
}

static int eve_start(struct reading *r)
{
	return lines_json_start_with(r, put_object, flat_new(r, eve_plan, NULL));
}

const struct reader reader_eve = {
        .name = "eve",
        .about = "Suricata's EVE: alerts and other records, one JSON object a line or an array of them",
        .sniff = eve_sniff,
        .start = eve_start,
        .next = lines_json_next,
        .fields = "timestamp, src_ip, src_port, dest_ip, dest_port, proto, app_proto; alert.signature goes "
                  "to event_description.text, "
                  "alert.signature_id to classification.identifier, an alert is an ids-alert, its priority 1 "
                  "to 4 is high, medium, low, "
                  "info. All else stays under extra with dotted names. Records without an address make no "
                  "event by rule.",
        .options_about = "--timezone TZ",
};
