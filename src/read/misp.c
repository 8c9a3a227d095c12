/* SPDX-License-Identifier: Apache-2.0
 *
 * misp: events of MISP as its API, its exports and its feeds give them. A record is one attribute, also of an
 * object. The order of names is free in JSON and tags may come behind what they label, so an event is looked
 * at as a whole before its attributes are taken one by one. The report is held whole.
 *
 * The strictest of the labels of event and attribute holds. What the sender marked as deleted was withdrawn
 * and makes no event, nor do attributes that name nobody. manifest.json of a feed lists events and names
 * nobody: each entry is a record without event.
 */
#include "read/flat.h"
#include "read/input.h"
#include "read/table.h"

#define TEXT_MAX ((size_t)65536)
#define DATA_KEPT ((size_t)2048)
#define NEST_MAX 8

static const struct {
	struct str type;
	enum field first, second;
} types[] = {
#define MISP(type, first, second) {STR_INIT(type), FIELD_##first, FIELD_##second},
#include "read/misp_types.tbl"
#undef MISP
};

struct misp {
	struct str text;
	uint64_t base;
	size_t counted; /* bytes whose line feeds are in line */
	uint32_t line;
	char *scratch; /* TEXT_MAX */
};

/* What an event says of all its attributes; slices of the report. */
struct misp_event {
	struct str uuid, info, date, orgc, tags;
};
struct misp_object {
	struct str name, uuid;
};

static enum sniff misp_sniff(const struct sniff_view *v)
{
	static const struct str marks[] = {STR_INIT("\"Event\""), STR_INIT("\"Attribute\""),
	        STR_INIT("\"Orgc\""), STR_INIT("\"to_ids\""), STR_INIT("\"threat_level_id\""),
	        STR_INIT("\"distribution\"")};
	struct str s = str_trim(v->head);
	unsigned hits = 0;

	if (s.len == 0 || (s.p[0] != '{' && s.p[0] != '['))
		return SNIFF_NO;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		hits += str_find_str(s, 0, marks[i]) != SIZE_MAX;
	return hits >= 2 ? SNIFF_SURE : SNIFF_NO;
}

static int misp_start(struct reading *r)
{
	struct misp *m = arena_new(r->arena, struct misp);

	r->state = m;
	m->scratch = arena_get(r->arena, TEXT_MAX);
	m->base = input_offset(r->in);
	m->line = 1;
	return input_all(r->in, LIMIT_DOCUMENT, &m->text, &r->err);
}

/* ---- pieces -------------------------------------------------------------------------------------- */

static struct str scalar(struct misp *m, struct str raw)
{
	return json_scalar(m->scratch, TEXT_MAX, raw);
}

static bool is_true(struct str raw)
{
	return str_eq(raw, STR("true")) || str_eq(raw, STR("1")) || str_eq(raw, STR("\"1\"")) ||
	        str_eq(raw, STR("\"true\""));
}

/* Walks the elements of the text of an array. */
struct elements {
	struct json j;
	bool open;
};

static struct elements elements_of(struct str array)
{
	struct elements e = {.open = array.len > 0 && array.p[0] == '['};
	struct json_token t;

	json_init(&e.j, array);
	e.open = e.open && json_next(&e.j, &t) > 0;
	return e;
}

static bool next_element(struct elements *e, struct str *ret)
{
	return e->open && json_skip(&e->j, ret) == 1;
}

static uint32_t line_of(struct misp *m, size_t at)
{
	size_t hit;

	while (m->counted < at && (hit = str_find(m->text, m->counted, '\n')) < at) {
		m->line++;
		m->counted = hit + 1;
	}
	return m->line;
}

static void begin_record(struct reading *r, struct misp *m, struct str object)
{
	size_t at = (size_t)(object.p - m->text.p);

	record_begin(r->w, m->base + at, object.len, line_of(m, at));
}

/* ---- tags ---------------------------------------------------------------------------------------- */

/* rsit:CLASS="TYPE" */
static void put_rsit(struct reading *r, struct str tag)
{
	struct str_cut cut = str_cut(tag, '"');
	struct str type = str_cut(cut.tail, '"').head;

	if (cut.ok && type_find(type) != TYPE_NONE)
		event_put(r->w, FIELD_CLASSIFICATION_TYPE, type);
	else if (!cut.ok)
		event_put(r->w, FIELD_CLASSIFICATION_TAXONOMY, str_cut(str_skip(tag, 5), '=').head);
}

static void put_tag(struct reading *r, struct str tag)
{
	if (str_istarts(tag, STR("tlp:")) && tlp_find(tag) != TLP_NONE)
		event_label(r->w, tlp_find(tag));
	else if (str_istarts(tag, STR("pap:")))
		event_put(r->w, FIELD_PAP, tag);
	else if (str_istarts(tag, STR("rsit:")))
		put_rsit(r, tag);
	else
		event_extra_name(r->w, STR("misp.tag"), tag);
}

static void put_tags(struct reading *r, struct misp *m, struct str tags)
{
	struct elements e = elements_of(tags);
	struct str tag, name, raw;
	char key[32];

	while (next_element(&e, &tag)) {
		struct json j;
		json_init(&j, tag);
		while (tag.p[0] == '{' && json_pair(&j, key, sizeof(key), &name, &raw) == 1)
			if (str_eq(name, STR("name")))
				put_tag(r, scalar(m, raw));
	}
}

/* ---- attributes ---------------------------------------------------------------------------------- */

struct misp_attribute {
	struct str type, value, uuid, comment, category, to_ids, timestamp, first_seen, last_seen, tags, data,
	        relation;
	bool deleted;
};

static void look_at_attribute(struct str object, struct misp_attribute *a)
{
	const struct {
		struct str name, *at;
	} members[] = {{STR("type"), &a->type}, {STR("value"), &a->value}, {STR("uuid"), &a->uuid},
	        {STR("comment"), &a->comment}, {STR("category"), &a->category}, {STR("to_ids"), &a->to_ids},
	        {STR("timestamp"), &a->timestamp}, {STR("first_seen"), &a->first_seen},
	        {STR("last_seen"), &a->last_seen}, {STR("Tag"), &a->tags}, {STR("data"), &a->data},
	        {STR("object_relation"), &a->relation}};
	char key[32];
	struct str name, raw;
	struct json j;

	*a = (struct misp_attribute){0};
	json_init(&j, object);
	while (json_pair(&j, key, sizeof(key), &name, &raw) == 1) {
		if (str_eq(name, STR("deleted")))
			a->deleted = is_true(raw);
		for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
			if (str_eq(members[i].name, name))
				*members[i].at = raw;
	}
}

static void put_times(
        struct reading *r, struct misp *m, const struct misp_event *ev, const struct misp_attribute *a)
{
	struct str first = scalar(m, a->first_seen);

	/* the stamp is when the attribute was written, the date when the event was: each stands in where the
	 * better one is missing */
	if (first.len == 0)
		first = scalar(m, a->timestamp);
	if (first.len == 0 || str_eq(first, STR("0")))
		first = scalar(m, ev->date);
	event_put(r->w, FIELD_TIME_SOURCE, first);
	event_put(r->w, FIELD_TIME_LAST, scalar(m, a->last_seen));
}

static void put_context(struct reading *r, struct misp *m, const struct misp_event *ev,
        const struct misp_object *o, const struct misp_attribute *a)
{
	event_put(r->w, FIELD_EVENT_DESCRIPTION_TEXT, scalar(m, ev->info));
	event_put(r->w, FIELD_MISP_EVENT_UUID, scalar(m, ev->uuid));
	event_put(r->w, FIELD_MISP_ATTRIBUTE_UUID, scalar(m, a->uuid));
	event_put(r->w, FIELD_COMMENT, scalar(m, a->comment));
	event_extra_name(r->w, STR("misp.orgc"), scalar(m, ev->orgc));
	event_extra_name(r->w, STR("misp.type"), scalar(m, a->type));
	event_extra_name(r->w, STR("misp.category"), scalar(m, a->category));
	event_extra_name(r->w, STR("misp.to_ids"), scalar(m, a->to_ids));
	event_extra_name(r->w, STR("misp.object"), scalar(m, o->name));
	event_extra_name(r->w, STR("misp.object_uuid"), scalar(m, o->uuid));
	event_extra_name(r->w, STR("misp.object_relation"), scalar(m, a->relation));
	if (a->data.len > 0 && a->data.len <= DATA_KEPT)
		event_extra_name(r->w, STR("misp.data"), scalar(m, a->data));
	put_tags(r, m, ev->tags);
	put_tags(r, m, a->tags);
}

static int find_type(struct str type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_eq(types[i].type, type))
			return (int)i;
	return -1;
}

static void put_value(struct reading *r, int type, struct str value)
{
	struct str_cut cut = str_cut(value, '|');

	if (types[type].second == FIELD_NONE || !cut.ok) {
		event_put(r->w, types[type].first, value);
		return;
	}
	event_put(r->w, types[type].first, cut.head);
	event_put(r->w, types[type].second, cut.tail);
}

static void take_attribute(struct reading *r, struct misp *m, const struct misp_event *ev,
        const struct misp_object *o, struct str object, bool withdrawn)
{
	struct misp_attribute a;

	begin_record(r, m, object);
	if (object.p[0] != '{') {
		record_aside(r->w, ASIDE_SYNTAX, FIELD_NONE, "an attribute is no JSON object");
	} else {
		look_at_attribute(object, &a);
		int type = find_type(scalar(m, a.type));
		if (type >= 0 && !a.deleted && !withdrawn) {
			event_begin(r->w);
			put_value(r, type, scalar(m, a.value));
			put_times(r, m, ev, &a);
			put_context(r, m, ev, o, &a);
			columns_constants(r);
			event_end(r->w);
		}
	}
	record_end(r->w);
}

static void take_attributes(struct reading *r, struct misp *m, const struct misp_event *ev,
        const struct misp_object *o, struct str array, bool withdrawn)
{
	struct elements e = elements_of(array);
	struct str object;

	while (next_element(&e, &object))
		take_attribute(r, m, ev, o, object, withdrawn);
}

static void take_object(struct reading *r, struct misp *m, const struct misp_event *ev, struct str object)
{
	struct misp_object o = {0};
	struct str attributes = {0}, name, raw;
	bool withdrawn = false;
	char key[32];
	struct json j;

	if (object.p[0] != '{')
		return;
	json_init(&j, object);
	while (json_pair(&j, key, sizeof(key), &name, &raw) == 1) {
		if (str_eq(name, STR("name")))
			o.name = raw;
		else if (str_eq(name, STR("uuid")))
			o.uuid = raw;
		else if (str_eq(name, STR("deleted")))
			withdrawn = is_true(raw);
		else if (str_eq(name, STR("Attribute")))
			attributes = raw;
	}
	take_attributes(r, m, ev, &o, attributes, withdrawn);
}

/* ---- events -------------------------------------------------------------------------------------- */

static struct str org_name(struct str object)
{
	char key[32];
	struct str name, raw, found = {0};
	struct json j;

	json_init(&j, object);
	while (object.len > 0 && object.p[0] == '{' && json_pair(&j, key, sizeof(key), &name, &raw) == 1)
		if (str_eq(name, STR("name")))
			found = raw;
	return found;
}

static void take_value(
        struct reading *r, struct misp *m, const struct misp_event *outer, struct str value, unsigned depth);

/* An object that is an event, or holds one, or stands around several. What it says of itself holds for what
 * is in it. */
static void take_event(
        struct reading *r, struct misp *m, const struct misp_event *outer, struct str object, unsigned depth)
{
	struct misp_event ev = *outer;
	struct misp_object none = {0};
	struct str attributes = {0}, objects = {0}, inner[2] = {{0}}, type = {0}, value = {0}, name, raw;
	bool deleted = false;
	char key[64];
	struct json j;

	json_init(&j, object);
	while (json_pair(&j, key, sizeof(key), &name, &raw) == 1) {
		if (str_eq(name, STR("uuid")))
			ev.uuid = raw;
		else if (str_eq(name, STR("info")))
			ev.info = raw;
		else if (str_eq(name, STR("date")))
			ev.date = raw;
		else if (str_eq(name, STR("Orgc")))
			ev.orgc = org_name(raw);
		else if (str_eq(name, STR("Tag")))
			ev.tags = raw;
		else if (str_eq(name, STR("Attribute")))
			attributes = raw;
		else if (str_eq(name, STR("Object")))
			objects = raw;
		else if (str_eq(name, STR("Event")))
			inner[0] = raw;
		else if (str_eq(name, STR("response")))
			inner[1] = raw;
		else if (str_eq(name, STR("type")))
			type = raw;
		else if (str_eq(name, STR("value")))
			value = raw;
		else if (str_eq(name, STR("deleted")))
			deleted = is_true(raw);
	}
	if (type.len > 0 && value.len > 0) {
		/* one attribute by itself; its event may stand inside it */
		take_attribute(r, m, outer, &none, object, false);
		return;
	}
	if (attributes.len > 0 && attributes.p[0] == '{')
		take_attribute(r, m, &ev, &none, attributes, deleted);
	take_attributes(r, m, &ev, &none, attributes, deleted);
	struct elements e = elements_of(objects);
	while (next_element(&e, &raw))
		take_object(r, m, &ev, raw);
	if (objects.len > 0 && objects.p[0] == '{')
		take_object(r, m, &ev, objects);
	for (unsigned i = 0; i < 2; i++)
		if (inner[i].len > 0)
			take_value(r, m, &ev, inner[i], depth + 1);
}

static void take_value(
        struct reading *r, struct misp *m, const struct misp_event *outer, struct str value, unsigned depth)
{
	struct elements e = elements_of(value);
	struct str element;

	if (depth > NEST_MAX)
		return;
	if (value.p[0] == '{')
		take_event(r, m, outer, value, depth);
	while (next_element(&e, &element))
		take_value(r, m, outer, element, depth + 1);
}

/* Entries of a manifest: an object of objects, each with info and Orgc, by UUID. */
static bool take_manifest(struct reading *r, struct misp *m)
{
	char key[64];
	struct str name, raw;
	struct json j;
	uint64_t before = writer_counts(r->w).records;

	json_init(&j, m->text);
	if (!str_starts(str_trim(m->text), STR("{")))
		return false;
	while (json_pair(&j, key, sizeof(key), &name, &raw) == 1) {
		if (name.len != 36 || raw.p[0] != '{')
			return writer_counts(r->w).records > before;
		begin_record(r, m, raw);
		record_end(r->w);
	}
	return writer_counts(r->w).records > before;
}

static int misp_next(struct reading *r)
{
	struct misp *m = r->state;
	struct misp_event none = {0};
	struct json j;
	struct str whole;

	json_init(&j, m->text);
	if (json_skip(&j, &whole) < 0)
		return json_err(&j, &r->err);
	if (!json_done(&j))
		return err_set(
		        &r->err, ERR_SYNTAX, "not JSON at byte %zu: something follows the document", j.at);
	if (!take_manifest(r, m))
		take_value(r, m, &none, whole, 0);
	return 0;
}

const struct reader reader_misp = {
        .name = "misp",
        .about = "MISP events: one, a collection, or each event of a feed folder",
        .sniff = misp_sniff,
        .start = misp_start,
        .next = misp_next,
        .fields = "One record for each attribute, also those of objects. ip, domain, hostname, url, email, "
                  "digests, composites with a bar, "
                  "bic and iban have their fields (source.*; targets are destination.*); types that name "
                  "nobody, and deleted ones, make "
                  "no event by rule. The strictest TLP tag of event and attribute holds; rsit and PAP tags "
                  "are read; other tags, "
                  "category, to_ids, object and organisation stay under extra.misp.",
};
