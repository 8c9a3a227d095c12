/* SPDX-License-Identifier: Apache-2.0
 *
 * stix: STIX 2.0 and 2.1, a bundle, an envelope of TAXII, an array of objects or objects one after the other. A record
 * is one object; most (identities, malware, relationships, ...) make no event by rule. Events come from
 *
 *   indicator      the things that its pattern names, unless it was revoked or calls them benign
 *   observed-data  the objects that were observed and name somebody
 *   sighting       of an indicator: what that names, with count and times of the sighting
 *
 * Objects refer to each other in any order, so the report is held whole and its objects are found by id.
 * Names are words for people: no address or name in one is ever taken for a thing. Patterns of other languages
 * (Snort, YARA, ...) say how to find something and not what it is.
 */
#include "read/stix.h"
#include "read/columns.h"
#include "read/input.h"
#include "read/stix_pattern.h"
#include "read/table.h"

static enum sniff stix_sniff(const struct sniff_view *v)
{
	static const struct str marks[] = {STR_INIT("\"bundle--"), STR_INIT("\"bundle\""),
	        STR_INIT("\"spec_version\""), STR_INIT("\"indicator--"), STR_INIT("\"observed-data--"),
	        STR_INIT("\"identity--"), STR_INIT("\"marking-definition--"), STR_INIT("\"sighting--")};
	struct str s = str_trim(v->head);
	unsigned hits = 0;

	if (s.len == 0 || (s.p[0] != '{' && s.p[0] != '['))
		return SNIFF_NO;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		hits += str_find_str(s, 0, marks[i]) != SIZE_MAX;
	return hits >= 2 ? SNIFF_SURE : SNIFF_NO;
}

/* ---- the document --------------------------------------------------------------------------------- */

void stix_members(struct str object, const struct stix_member *v, size_t n)
{
	char key[64];
	struct str name, raw;
	struct json j;

	if (object.len == 0 || object.p[0] != '{')
		return;
	json_init(&j, object);
	while (json_pair(&j, key, sizeof(key), &name, &raw) == 1)
		for (size_t i = 0; i < n; i++)
			if (str_eq(v[i].name, name))
				*v[i].at = raw;
}

struct stix_elements stix_elements(struct str array)
{
	struct stix_elements e = {.open = array.len > 0 && array.p[0] == '['};
	struct json_token t;

	json_init(&e.j, array);
	e.open = e.open && json_next(&e.j, &t) > 0;
	return e;
}

bool stix_next(struct stix_elements *e, struct str *ret)
{
	return e->open && json_skip(&e->j, ret) == 1;
}

struct str stix_scalar(struct stix *s, struct str raw)
{
	return raw.len > 0 ? json_scalar(s->scratch, STIX_TEXT, raw) : raw;
}

static uint32_t slot_of(const struct stix *s, struct str id)
{
	/* ids are random, but a sender may choose them: FNV alone would let him aim, the length of a probe is
	 * bounded below */
	return (uint32_t)(str_hash(id) >> 7) & s->mask;
}

#define PROBES 64

static struct str id_of(const struct stix *s, uint32_t i)
{
	return str_make(s->text.p + s->v[i].id_at, s->v[i].id_len);
}

struct str stix_find(const struct stix *s, struct str id)
{
	for (uint32_t at = slot_of(s, id), k = 0; k < PROBES && s->slots[at] != 0;
	        at = (at + 1) & s->mask, k++)
		if (str_eq(id_of(s, s->slots[at] - 1), id))
			return stix_slice(s, s->slots[at] - 1);
	return (struct str){0};
}

/* The first of two objects with one id is found. */
static void make_index(struct reading *r, struct stix *s)
{
	for (s->mask = 1024; s->mask < 2 * s->n; s->mask *= 2)
		;
	s->slots = arena_array(r->arena, s->mask, sizeof(*s->slots));
	s->mask--;
	for (uint32_t i = 0; i < s->n; i++) {
		struct str id = id_of(s, i);
		uint32_t at = slot_of(s, id), k = 0;
		for (; id.len > 0 && k < PROBES && s->slots[at] != 0; k++)
			at = (at + 1) & s->mask;
		if (id.len > 0 && k < PROBES)
			s->slots[at] = i + 1;
	}
}

static int add_object(struct reading *r, struct stix *s, struct str object)
{
	if (s->n == STIX_OBJECTS)
		return err_set(&r->err, ERR_LIMIT, "the report has more than %u objects", STIX_OBJECTS);
	if ((s->n & (s->n - 1)) == 0 && s->n >= 1024) {
		struct stix_object *more = arena_array(r->arena, 2 * (size_t)s->n, sizeof(*more));
		memcpy(more, s->v, s->n * sizeof(*more));
		s->v = more;
	}
	struct str id = {0};
	stix_members(object, &(struct stix_member){STR("id"), &id}, 1);
	bool good = id.len > 2 && id.p[0] == '"';
	s->v[s->n++] = (struct stix_object){(uint32_t)(object.p - s->text.p), (uint32_t)object.len,
	        good ? (uint32_t)(id.p + 1 - s->text.p) : 0, good ? (uint32_t)id.len - 2 : 0};
	return 0;
}

static int add_elements(struct reading *r, struct stix *s, struct str array)
{
	struct stix_elements e = stix_elements(array);
	struct str object;
	int rc = 0;

	while (rc == 0 && stix_next(&e, &object))
		rc = add_object(r, s, object);
	return rc;
}

/* A bundle, an envelope, an array, or an object by itself. */
static int add_value(struct reading *r, struct stix *s, struct str value)
{
	struct str objects = {0};

	if (value.p[0] == '[')
		return add_elements(r, s, value);
	stix_members(value, &(struct stix_member){STR("objects"), &objects}, 1);
	if (objects.len > 0 && objects.p[0] == '[')
		return add_elements(r, s, objects);
	return add_object(r, s, value);
}

static int stix_start(struct reading *r)
{
	struct stix *s = arena_new(r->arena, struct stix);
	struct json j;
	struct str value;

	r->state = s;
	s->v = arena_array(r->arena, 1024, sizeof(*s->v));
	s->scratch = arena_get(r->arena, STIX_TEXT);
	s->scratch2 = arena_get(r->arena, STIX_TEXT);
	s->base = input_offset(r->in);
	s->line = input_line_number(r->in);
	if (input_all(r->in, LIMIT_DOCUMENT, &s->text, &r->err) != 0)
		return r->err.code;
	json_init(&j, s->text);
	do {
		if (json_skip(&j, &value) <= 0)
			return json_err(&j, &r->err);
		if (add_value(r, s, value) != 0)
			return r->err.code;
		json_again(&j);
	} while (!json_done(&j));
	make_index(r, s);
	return 0;
}

static uint32_t line_of(struct stix *s, size_t at)
{
	size_t hit;

	while (s->counted < at && (hit = str_find(s->text, s->counted, '\n')) < at) {
		s->line++;
		s->counted = hit + 1;
	}
	return s->line;
}

/* ---- what objects have in common ------------------------------------------------------------------- */

/* Members as they stand in the report. */
struct common {
	struct str id, name, description, labels, types, kill_chain, confidence, created_by, markings,
	        granular, pattern, pattern_type, valid_from, valid_until, revoked, first, last, count, dict,
	        refs, of, seen_refs;
};

static void look_at(struct str object, struct common *c)
{
	const struct stix_member v[] = {{STR("id"), &c->id}, {STR("name"), &c->name},
	        {STR("description"), &c->description}, {STR("labels"), &c->labels},
	        {STR("indicator_types"), &c->types}, {STR("kill_chain_phases"), &c->kill_chain},
	        {STR("confidence"), &c->confidence}, {STR("created_by_ref"), &c->created_by},
	        {STR("object_marking_refs"), &c->markings}, {STR("granular_markings"), &c->granular},
	        {STR("pattern"), &c->pattern}, {STR("pattern_type"), &c->pattern_type},
	        {STR("valid_from"), &c->valid_from}, {STR("valid_until"), &c->valid_until},
	        {STR("revoked"), &c->revoked}, {STR("first_observed"), &c->first},
	        {STR("last_observed"), &c->last}, {STR("number_observed"), &c->count},
	        {STR("first_seen"), &c->first}, {STR("last_seen"), &c->last}, {STR("count"), &c->count},
	        {STR("objects"), &c->dict}, {STR("object_refs"), &c->refs}, {STR("sighting_of_ref"), &c->of},
	        {STR("observed_data_refs"), &c->seen_refs}};

	*c = (struct common){0};
	stix_members(object, v, sizeof(v) / sizeof(v[0]));
}

/* Labels are free words; those that MISP writes are its tags. */
static void put_label(struct reading *r, struct str label)
{
	if (str_istarts(label, STR("tlp:")) && tlp_find(label) != TLP_NONE)
		event_label(r->w, tlp_find(label));
	else if (str_istarts(label, STR("pap:")))
		event_put(r->w, FIELD_PAP, label);
	else if (str_istarts(label, STR("rsit:")) && str_has(label, '"'))
		event_put(r->w, FIELD_CLASSIFICATION_TYPE, str_cut(str_cut(label, '"').tail, '"').head);
	else if (type_find(label) != TYPE_NONE)
		event_put(r->w, FIELD_CLASSIFICATION_TYPE, label);
	else
		event_extra_name(r->w, STR("stix.label"), label);
}

static void put_phases(struct reading *r, struct stix *s, struct str phases)
{
	struct stix_elements e = stix_elements(phases);
	struct str raw, name = {0};

	while (stix_next(&e, &raw)) {
		stix_members(raw, &(struct stix_member){STR("phase_name"), &name}, 1);
		struct str text = stix_scalar(s, name);
		if (str_ieq(text, STR("command-and-control")) || str_ieq(text, STR("command and control")))
			event_put(r->w, FIELD_CLASSIFICATION_TYPE, STR("c2-server"));
		event_extra_name(r->w, STR("stix.phase"), text);
	}
}

static void put_words(struct reading *r, struct stix *s, const struct common *c)
{
	struct stix_elements e = stix_elements(c->labels);
	struct str raw;

	while (stix_next(&e, &raw))
		put_label(r, stix_scalar(s, raw));
	e = stix_elements(c->types);
	while (stix_next(&e, &raw))
		event_extra_name(r->w, STR("stix.indicator_type"), stix_scalar(s, raw));
	put_phases(r, s, c->kill_chain);
}

static void put_common(struct reading *r, struct stix *s, const struct common *c)
{
	char id[128];
	struct str name = {0},
	           by = c->created_by.len > 0 ? json_scalar(id, sizeof(id), c->created_by) : c->created_by;

	event_extra_name(r->w, STR("stix.id"), stix_scalar(s, c->id));
	event_put(r->w, FIELD_EVENT_DESCRIPTION_TEXT, stix_scalar(s, c->name));
	event_put(r->w, FIELD_COMMENT, stix_scalar(s, c->description));
	event_extra_name(r->w, STR("stix.confidence"), stix_scalar(s, c->confidence));
	event_extra_name(r->w, STR("stix.valid_until"), stix_scalar(s, c->valid_until));
	if (by.len > 0)
		stix_members(stix_find(s, by), &(struct stix_member){STR("name"), &name}, 1);
	event_extra_name(r->w, STR("stix.created_by"), name.len > 0 ? stix_scalar(s, name) : by);
	put_words(r, s, c);
	stix_mark(r, s, c->markings, c->granular);
}

static void put_times(struct reading *r, struct stix *s, const struct common *c)
{
	event_put(r->w, FIELD_TIME_SOURCE, stix_scalar(s, c->first.len > 0 ? c->first : c->valid_from));
	event_put(r->w, FIELD_TIME_LAST, stix_scalar(s, c->last));
	event_put(r->w, FIELD_COUNT, stix_scalar(s, c->count));
}

/* ---- indicators ----------------------------------------------------------------------------------- */

static bool is_true(struct str raw)
{
	return str_eq(raw, STR("true"));
}

/* What is called benign, and nothing else, is no problem. */
static bool is_benign(struct stix *s, const struct common *c)
{
	struct stix_elements e = stix_elements(c->types.len > 0 ? c->types : c->labels);
	struct str raw;
	unsigned n = 0, benign = 0;

	for (; stix_next(&e, &raw); n++)
		benign += str_ieq(stix_scalar(s, raw), STR("benign"));
	return n > 0 && benign == n;
}

static bool names_things(struct stix *s, const struct common *c)
{
	struct str language = stix_scalar(s, c->pattern_type);

	return !is_true(c->revoked) && c->pattern.len > 0 &&
	        (c->pattern_type.len == 0 || str_ieq(language, STR("stix"))) && !is_benign(s, c);
}

static void put_test(struct reading *r, struct str path, const struct stix_test *t, bool both, char *scratch)
{
	char extra[160];
	bool names;
	enum field to = stix_field(path, both, &names);
	struct str text = t->text ? stix_text(scratch, t->value) : t->value;

	if (str_eq(path, STR("network-traffic:protocols")))
		to = stix_protocol(text);
	if (to != FIELD_NONE) {
		event_put(r->w, to, text);
		return;
	}
	int n = snprintf(extra, sizeof(extra), "stix.%.*s", STR_ARG(path));
	event_extra_name(r->w, str_make(extra, n < 0 ? 0 : strnlen(extra, sizeof(extra))), text);
}

/* One thing of the pattern into an event; seen: the sighting that tells of it, or the indicator itself. */
static void put_thing(struct reading *r, struct stix *s, const struct stix_thing *t, const struct common *c,
        const struct common *seen)
{
	char buf[STIX_TESTS][128];
	struct str path[STIX_TESTS];
	bool src = false, dst = false, any = false, names;

	for (uint32_t i = 0; i < t->n; i++) {
		path[i] = stix_path(buf[i], sizeof(buf[i]), t->tests[i].path);
		src |= str_eq(path[i], STR("network-traffic:src_ref.value"));
		dst |= str_eq(path[i], STR("network-traffic:dst_ref.value"));
		stix_field(path[i], false, &names);
		any |= names && t->tests[i].value.len <= STIX_TEXT;
	}
	if (!any)
		return;
	event_begin(r->w);
	for (uint32_t i = 0; i < t->n; i++)
		if (t->tests[i].value.len <= STIX_TEXT)
			put_test(r, path[i], &t->tests[i], src && dst, s->scratch);
	put_times(r, s, seen);
	if (seen != c) {
		event_extra_name(r->w, STR("stix.sighting"), stix_scalar(s, seen->id));
		stix_mark(r, s, seen->markings, seen->granular);
	}
	put_common(r, s, c);
	columns_constants(r);
	event_end(r->w);
}

static void take_indicator(
        struct reading *r, struct stix *s, const struct common *c, const struct common *seen)
{
	struct stix_things things;
	struct err e;

	if (!names_things(s, c))
		return;
	struct str pattern = json_scalar(s->scratch2, STIX_TEXT, c->pattern);
	if (pattern.len == 0) {
		record_aside(r->w, ASIDE_LIMIT, FIELD_NONE, "a pattern of %zu bytes; it may have %zu",
		        c->pattern.len, STIX_TEXT);
		return;
	}
	int rc = stix_pattern_parse(pattern, &things, &e);
	if (rc != 0)
		record_aside(r->w, rc == ERR_LIMIT ? ASIDE_LIMIT : ASIDE_SYNTAX, FIELD_NONE, "%s", e.text);
	for (size_t i = 0; i < things.n && !record_is_aside(r->w); i++)
		put_thing(r, s, &things.v[i], c, seen);
	stix_things_done(&things);
}

/* ---- observations, sightings ------------------------------------------------------------------------ */

struct observation {
	struct stix *s;
	const struct common *c;
};

static void begin_observed(struct reading *r, void *arg)
{
	(void)arg;
	event_begin(r->w);
}

static void end_observed(struct reading *r, void *arg)
{
	struct observation *o = arg;

	put_times(r, o->s, o->c);
	put_common(r, o->s, o->c);
	columns_constants(r);
	event_end(r->w);
}

static void take_observed(struct reading *r, struct stix *s, const struct common *c)
{
	struct observation o = {s, c};

	if (!is_true(c->revoked))
		stix_observed(r, s, c->dict, c->refs, &(struct stix_sink){begin_observed, end_observed, &o});
}

/* Sighted data are records of their own; a count of zero says that it was not seen. */
static void take_sighting(struct reading *r, struct stix *s, const struct common *c)
{
	char id[128];
	struct str of = c->of.len > 0 ? json_scalar(id, sizeof(id), c->of) : c->of;
	struct common indicator;

	if (is_true(c->revoked) || !str_starts(of, STR("indicator--")) || str_eq(c->count, STR("0")))
		return;
	struct str object = stix_find(s, of);
	if (object.len == 0) {
		record_aside(r->w, ASIDE_NOBODY, FIELD_NONE,
		        "a sighting of '%.*s', which is not in the report", STR_ARG(of));
		return;
	}
	look_at(object, &indicator);
	take_indicator(r, s, &indicator, c);
}

static int stix_next_object(struct reading *r)
{
	struct stix *s = r->state;
	struct common c;
	char buf[64];
	struct str type = {0};

	if (s->next == s->n)
		return 0;
	struct str object = stix_slice(s, s->next++);
	record_begin(r->w, s->base + (uint64_t)(object.p - s->text.p), object.len,
	        line_of(s, (size_t)(object.p - s->text.p)));
	stix_members(object, &(struct stix_member){STR("type"), &type}, 1);
	type = type.len > 0 ? json_scalar(buf, sizeof(buf), type) : type;
	bool indicator = str_eq(type, STR("indicator")), observed = str_eq(type, STR("observed-data"));
	bool event = indicator || observed || str_eq(type, STR("sighting"));
	look_at(event ? object : STR("{}"), &c);
	if (type.len == 0)
		record_aside(r->w, ASIDE_SYNTAX, FIELD_NONE, "an object without a type");
	else if (event && object.len > LIMIT_RECORD)
		record_aside(r->w, ASIDE_LIMIT, FIELD_NONE, "an object of %zu bytes; a record may have %d",
		        object.len, LIMIT_RECORD);
	else if (indicator)
		take_indicator(r, s, &c, &c);
	else if (observed)
		take_observed(r, s, &c);
	else if (event)
		take_sighting(r, s, &c);
	record_end(r->w);
	return 1;
}

const struct reader reader_stix = {
        .name = "stix",
        .about = "STIX 2.0 and 2.1: indicators, observed data and sightings of a bundle or a TAXII envelope",
        .sniff = stix_sniff,
        .start = stix_start,
        .next = stix_next_object,
        .fields =
                "One record for each object. Of an indicator each thing that its pattern names by '=', IN or "
                "ISSUBSET is an event (ipv4-addr, ipv6-addr, domain-name, url, email-addr, network-traffic, "
                "user-account, file hashes); what it was joined with by AND goes along, patterns of other "
                "shapes and "
                "languages, revoked and benign ones make no event by rule. Of observed data each object that "
                "names "
                "somebody is one; a sighting of an indicator is one with its count. valid_from, "
                "first_observed or "
                "first_seen is time.source; the strictest TLP marking holds; name and description are "
                "event_description.text and comment; id, labels, confidence and the rest stay under "
                "extra.stix.",
};
