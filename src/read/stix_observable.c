/* SPDX-License-Identifier: Apache-2.0
 *
 * Observed objects. An object that another one of the same observation refers to belongs to that one (the two
 * ends of traffic, the addresses of a name, the sender of a mail) and makes no event of its own.
 */
#include "read/stix.h"

static const struct {
	struct str path;
	enum field alone, other;
	bool names;
} paths[] = {
#define STIX(path, alone, other, names) {STR_INIT(path), FIELD_##alone, FIELD_##other, names},
#include "read/stix_paths.tbl"
#undef STIX
};

enum field stix_field(struct str path, bool both, bool *ret_names)
{
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (!str_eq(paths[i].path, path))
			continue;
		*ret_names = paths[i].names;
		return both ? paths[i].other : paths[i].alone;
	}
	*ret_names = false;
	return FIELD_NONE;
}

enum field stix_protocol(struct str name)
{
	if (str_ieq(name, STR("ipv4")) || str_ieq(name, STR("ipv6")) || str_ieq(name, STR("ip")))
		return FIELD_NONE;
	return transport_find(name) != 0 ? FIELD_PROTOCOL_TRANSPORT : FIELD_PROTOCOL_APPLICATION;
}

/* ---- one observation ------------------------------------------------------------------------------- */

struct observed {
	struct reading *r;
	struct stix *s;
	struct str dict;             /* of STIX 2.0; empty: ids of the bundle */
	struct str inner[STIX_REFS]; /* ids that another object refers to, as they stand */
	uint32_t ninner;
};

static struct str find_in_dict(struct str dict, struct str id)
{
	char key[64];
	struct str name, raw;
	struct json j;

	json_init(&j, dict);
	while (json_pair(&j, key, sizeof(key), &name, &raw) == 1)
		if (str_eq(name, id))
			return raw;
	return (struct str){0};
}

/* The object that a reference (as it stands) means. */
static struct str resolve(const struct observed *o, struct str ref)
{
	char buf[128];
	struct str id = json_scalar(buf, sizeof(buf), ref);

	if (id.len == 0)
		return id;
	return o->dict.len > 0 ? find_in_dict(o->dict, id) : stix_find(o->s, id);
}

static void note_inner(struct observed *o, struct str ref)
{
	if (o->ninner < STIX_REFS)
		o->inner[o->ninner++] = ref;
}

/* All that an object refers to: members whose names end in _ref or _refs. */
static void note_refs(struct observed *o, struct str object)
{
	char key[64];
	struct str name, raw, ref;
	struct json j;

	json_init(&j, object);
	while (json_pair(&j, key, sizeof(key), &name, &raw) == 1) {
		if (str_ends(name, STR("_ref")))
			note_inner(o, raw);
		if (!str_ends(name, STR("_refs")))
			continue;
		struct stix_elements e = stix_elements(raw);
		while (stix_next(&e, &ref))
			note_inner(o, ref);
	}
}

static bool is_inner(const struct observed *o, struct str id)
{
	for (uint32_t i = 0; i < o->ninner; i++) {
		struct str ref = o->inner[i];
		if (ref.len == id.len + 2 && str_eq(str_sub(ref, 1, id.len), id))
			return true;
	}
	return false;
}

/* ---- one object ----------------------------------------------------------------------------------- */

#define PATH_MAX_LEN 128

struct path {
	char text[PATH_MAX_LEN];
	size_t len;
};

static bool path_add(struct path *p, struct str s)
{
	if (s.len > sizeof(p->text) - p->len)
		return false;
	for (size_t i = 0; i < s.len; i++)
		p->text[p->len + i] = char_lower(s.p[i]);
	p->len += s.len;
	return true;
}

static struct str type_of(struct str object, char *buf, size_t size)
{
	struct str raw = {0};

	stix_members(object, &(struct stix_member){STR("type"), &raw}, 1);
	return json_scalar(buf, size, raw);
}

static bool has_member(struct str object, const char *name)
{
	struct str raw = {0};

	stix_members(object, &(struct stix_member){str_from(name), &raw}, 1);
	return raw.len > 0;
}

/* True if the object names somebody by itself. */
static bool names_somebody(struct str object)
{
	char buf[64];
	struct str type = type_of(object, buf, sizeof(buf)), hashes = {0}, name, raw;
	struct json j;
	char key[32];

	if (str_eq(type, STR("network-traffic")))
		return has_member(object, "src_ref") || has_member(object, "dst_ref");
	if (str_eq(type, STR("email-message")))
		return has_member(object, "from_ref") || has_member(object, "sender_ref");
	if (str_eq(type, STR("user-account")))
		return has_member(object, "account_login") || has_member(object, "user_id");
	if (!str_eq(type, STR("file"))) {
		struct path p = {0};
		bool names = false;
		return path_add(&p, type) && path_add(&p, STR(":value")) &&
		        stix_field(str_make(p.text, p.len), false, &names) != FIELD_NONE && names;
	}
	stix_members(object, &(struct stix_member){STR("hashes"), &hashes}, 1);
	json_init(&j, hashes);
	while (hashes.len > 0 && json_pair(&j, key, sizeof(key), &name, &raw) == 1) {
		struct path p = {0};
		bool names = false;
		if (path_add(&p, STR("file:hashes.")) && path_add(&p, name) &&
		        stix_field(str_make(p.text, p.len), false, &names) != FIELD_NONE)
			return true;
	}
	return false;
}

static void put_at(struct observed *o, const struct path *p, struct str raw, bool both)
{
	bool names;
	enum field to = stix_field(str_make(p->text, p->len), both, &names);
	struct str text = stix_scalar(o->s, raw);
	struct path extra = {0};

	if (to != FIELD_NONE)
		event_put(o->r->w, to, text);
	else if (path_add(&extra, STR("stix.")) && path_add(&extra, str_make(p->text, p->len)))
		event_extra_name(o->r->w, str_make(extra.text, extra.len), text);
}

static void put_ref(struct observed *o, struct path p, struct str ref, bool both)
{
	struct str value = {0};

	stix_members(resolve(o, ref), &(struct stix_member){STR("value"), &value}, 1);
	if (value.len > 0 && path_add(&p, STR(".value")))
		put_at(o, &p, value, both);
}

static void put_protocols(struct observed *o, struct str array)
{
	struct stix_elements e = stix_elements(array);
	struct str raw;

	while (stix_next(&e, &raw)) {
		struct str text = stix_scalar(o->s, raw);
		enum field to = stix_protocol(text);
		if (to != FIELD_NONE)
			event_put(o->r->w, to, text);
	}
}

/* Members that say nothing of what was seen. */
static bool is_envelope(struct str name)
{
	static const struct str names[] = {STR_INIT("type"), STR_INIT("id"), STR_INIT("spec_version"),
	        STR_INIT("object_marking_refs"), STR_INIT("granular_markings"), STR_INIT("defanged"),
	        STR_INIT("extensions")};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq(names[i], name))
			return true;
	return false;
}

static void put_member(
        struct observed *o, const struct path *type, struct str name, struct str raw, bool both)
{
	struct path p = *type;
	struct str ref;
	char key[64];
	struct json j;

	if (is_envelope(name) || !path_add(&p, name))
		return;
	if (str_ends(name, STR("_refs"))) {
		struct stix_elements e = stix_elements(raw);
		for (unsigned n = 0; n < STIX_REFS && stix_next(&e, &ref); n++)
			put_ref(o, p, ref, both);
	} else if (str_ends(name, STR("_ref"))) {
		put_ref(o, p, raw, both);
	} else if (str_eq(name, STR("protocols"))) {
		put_protocols(o, raw);
	} else if (str_eq(name, STR("hashes"))) {
		json_init(&j, raw);
		while (json_pair(&j, key, sizeof(key), &name, &ref) == 1) {
			struct path hash = p;
			if (path_add(&hash, STR(".")) && path_add(&hash, name))
				put_at(o, &hash, ref, both);
		}
	} else if (raw.p[0] != '{' && raw.p[0] != '[') {
		put_at(o, &p, raw, both);
	}
}

static void put_object(struct observed *o, struct str object)
{
	char buf[64], key[64];
	struct str name, raw;
	struct path type = {0};
	bool both = has_member(object, "src_ref") && has_member(object, "dst_ref");
	struct str markings = {0}, granular = {0};
	struct json j;

	if (!path_add(&type, type_of(object, buf, sizeof(buf))) || !path_add(&type, STR(":")))
		return;
	json_init(&j, object);
	while (json_pair(&j, key, sizeof(key), &name, &raw) == 1) {
		if (str_eq(name, STR("object_marking_refs")))
			markings = raw;
		else if (str_eq(name, STR("granular_markings")))
			granular = raw;
		else
			put_member(o, &type, name, raw, both);
	}
	stix_mark(o->r, o->s, markings, granular);
}

/* ---- all of it ------------------------------------------------------------------------------------- */

static void take(struct observed *o, struct str id, struct str object, const struct stix_sink *sink)
{
	if (object.len == 0 || object.p[0] != '{' || is_inner(o, id) || !names_somebody(object))
		return;
	sink->begin(o->r, sink->arg);
	put_object(o, object);
	sink->end(o->r, sink->arg);
}

static void from_dict(struct observed *o, const struct stix_sink *sink)
{
	char key[64];
	struct str name, raw;
	struct json j;

	json_init(&j, o->dict);
	while (json_pair(&j, key, sizeof(key), &name, &raw) == 1)
		note_refs(o, raw);
	json_init(&j, o->dict);
	while (json_pair(&j, key, sizeof(key), &name, &raw) == 1)
		take(o, name, raw, sink);
}

void stix_observed(
        struct reading *r, struct stix *s, struct str dict, struct str refs, const struct stix_sink *sink)
{
	struct observed o = {.r = r, .s = s, .dict = dict};
	struct stix_elements e = stix_elements(refs);
	struct str raw;
	char id[128];

	if (dict.len > 0) {
		from_dict(&o, sink);
		return;
	}
	while (stix_next(&e, &raw))
		note_refs(&o, resolve(&o, raw));
	e = stix_elements(refs);
	while (stix_next(&e, &raw))
		take(&o, json_scalar(id, sizeof(id), raw), resolve(&o, raw), sink);
}
