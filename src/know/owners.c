/* SPDX-License-Identifier: Apache-2.0
 *
 * What an owners file says, value by value, whichever form it came in. Each value is checked at its type
 * here, once; a bad one becomes a note and is left out, so that a typing error in one cell does not lose a
 * contact.
 */
#include "know/owners.h"
#include "base/utf8.h"
#include "event/value.h"

void know_note(struct know_notes *n, const struct owners_place *at, const char *fmt, ...)
{
	struct err e;
	va_list ap;

	if (n->total++ >= KNOW_NOTES_MAX)
		return;
	va_start(ap, fmt);
	err_setv(&e, ERR_VALUE, fmt, ap);
	va_end(ap);
	if (at == NULL)
		*vec_add(&n->list) = arena_str(n->arena, str_from(e.text));
	else if (at->column == 0)
		*vec_add(&n->list) =
		        arena_printf(n->arena, "%.*s:%u: %s", STR_ARG(at->file), at->line, e.text);
	else
		*vec_add(&n->list) = arena_printf(
		        n->arena, "%.*s:%u:%u: %s", STR_ARG(at->file), at->line, at->column, e.text);
}

/* The value in a form for a sentence. */
struct quoted {
	char text[80];
};
static struct quoted quote(struct str s)
{
	struct quoted q;

	err_quote(q.text, sizeof(q.text), s);
	return q;
}

void owners_init(struct owners *o, struct arena *arena, struct know_notes *notes)
{
	*o = (struct owners){.arena = arena, .notes = notes};
}

void owners_done(struct owners *o)
{
	vec_done(&o->owner);
	vec_done(&o->asset);
	vec_done(&o->prefix);
	vec_done(&o->name);
	vec_done(&o->as);
	vec_done(&o->contact);
	free(o->ids);
	o->ids = NULL;
	o->nids = 0;
}

/* Text for people: a line break in a cell becomes a blank, and so does every other control character. */
static struct str text_take(struct owners *o, struct str s)
{
	struct str copy = arena_str(o->arena, s);
	char *p = (char *)copy.p;

	for (size_t i = 0; i < copy.len; i++)
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			p[i] = ' ';
	return copy;
}

/* An id stands in sentences, file names and addresses of pages. */
static bool id_ok(struct str id)
{
	if (id.len > 0 && id.p[0] == '#') /* a comment of the CSV */
		return false;
	for (size_t i = 0; i < id.len; i++)
		if ((unsigned char)id.p[i] <= 0x20 || id.p[i] == 0x7f)
			return false;
	return id.len != 0 && id.len <= 64 && utf8_valid(id);
}

/* ---- owners by id, assets by owner and name ----------------------------------------------------- */

static size_t id_slot(const struct owners *o, struct str id)
{
	size_t at = str_hash(id) & (o->nids - 1);

	while (o->ids[at] != 0 && !str_eq(o->owner.v[o->ids[at] - 1].id, id))
		at = (at + 1) & (o->nids - 1);
	return at;
}

static void ids_grow(struct owners *o)
{
	free(o->ids);
	o->nids = o->nids ? o->nids * 2 : 64;
	o->ids = mem_zero(o->nids, sizeof(*o->ids));
	for (uint32_t i = 0; i < o->owner.n; i++)
		o->ids[id_slot(o, o->owner.v[i].id)] = i + 1;
}

uint32_t owners_owner(struct owners *o, struct str id, const struct owners_place *at)
{
	if (!id_ok(id)) {
		know_note(o->notes, at, "bad id '%s': up to 64 bytes of text without blanks", quote(id).text);
		return 0;
	}
	if (o->nids < 2 * (o->owner.n + 1))
		ids_grow(o);
	size_t slot = id_slot(o, id);
	if (o->ids[slot] != 0)
		return o->ids[slot];
	struct owners_owner *new = vec_add(&o->owner);
	new->id = arena_str(o->arena, id);
	new->at = *at;
	return o->ids[slot] = (uint32_t)o->owner.n;
}

void owners_set(struct owners *o, uint32_t owner, struct str *field, const char *what, struct str value,
        const struct owners_place *at)
{
	if (value.len == 0)
		return;
	if (!utf8_valid(value) || value.len > 1024) {
		know_note(o->notes, at, "bad %s '%s': up to 1024 bytes of UTF-8", what, quote(value).text);
		return;
	}
	struct str text = text_take(o, value);
	if (field->len == 0)
		*field = text;
	else if (!str_eq(*field, text))
		know_note(o->notes, at, "owner '%s' has a second %s '%s'; '%s' stays: is the id used twice?",
		        quote(o->owner.v[owner - 1].id).text, what, quote(value).text, quote(*field).text);
}

void owners_country(struct owners *o, uint32_t owner, struct str value, const struct owners_place *at)
{
	char cc[2];

	if (value.len == 0)
		return;
	if (value.len != 2 || !char_alnum(value.p[0]) || char_digit(value.p[0]) || !char_alnum(value.p[1]) ||
	        char_digit(value.p[1])) {
		know_note(o->notes, at, "bad country '%s': two letters are wanted", quote(value).text);
		return;
	}
	cc[0] = (char)(char_lower(value.p[0]) - 32);
	cc[1] = (char)(char_lower(value.p[1]) - 32);
	memcpy(o->owner.v[owner - 1].cc, cc, 2);
}

uint32_t owners_asset(struct owners *o, uint32_t owner, struct str name, const struct owners_place *at)
{
	if (!utf8_valid(name) || name.len > 256 || name.len == 0) {
		know_note(o->notes, at, "bad asset '%s': up to 256 bytes of UTF-8", quote(name).text);
		return 0;
	}
	name = text_take(o, name);
	/* Rows of an owner stand together, so look from the end and not further than his last assets. */
	for (size_t i = o->asset.n; i-- > 0 && o->asset.n - i <= 64;)
		if (o->asset.v[i].owner == owner && str_eq(o->asset.v[i].name, name))
			return (uint32_t)i + 1;
	struct owners_asset *new = vec_add(&o->asset);
	new->name = name;
	new->owner = owner;
	new->at = *at;
	return (uint32_t)o->asset.n;
}

void owners_criticality(struct owners *o, uint32_t asset, struct str value, const struct owners_place *at)
{
	if (value.len == 0)
		return;
	if (value.len == 1 && value.p[0] >= '1' && value.p[0] <= '5')
		o->asset.v[asset - 1].criticality = (uint8_t)(value.p[0] - '0');
	else
		know_note(o->notes, at, "bad criticality '%s': 1 to 5", quote(value).text);
}

/* ---- values ------------------------------------------------------------------------------------- */

bool owners_value_next(struct str *rest, struct str *ret)
{
	size_t i = 0;

	while (i < rest->len && (char_space(rest->p[i]) || strchr(",;|", rest->p[i]) != NULL))
		i++;
	size_t start = i;
	while (i < rest->len && !char_space(rest->p[i]) && (rest->p[i] == 0 || !strchr(",;|", rest->p[i])))
		i++;
	*ret = str_sub(*rest, start, i - start);
	*rest = str_skip(*rest, i);
	return ret->len != 0;
}

static void prefix_add(struct owners *o, uint32_t owner, uint32_t asset, const struct prefix *p,
        const struct owners_place *at)
{
	struct owners_prefix *new = vec_add(&o->prefix);

	*new = (struct owners_prefix){*p, owner, asset, *at};
}

/* "A-B" as the prefixes that cover it. */
static bool range_add(
        struct owners *o, uint32_t owner, uint32_t asset, struct str value, const struct owners_place *at)
{
	struct str_cut cut = str_cut(value, '-');
	struct addr first, last;
	struct prefix p;
	bool done = false;

	if (!cut.ok || !addr_parse(cut.head, &first) || !addr_parse(cut.tail, &last) ||
	        addr_is4(&first) != addr_is4(&last) || addr_cmp(&first, &last) > 0)
		return false;
	while (prefix_cover_next(&first, &last, &done, &p) == 1)
		prefix_add(o, owner, asset, &p, at);
	return true;
}

void owners_add_prefix(
        struct owners *o, uint32_t owner, uint32_t asset, struct str value, const struct owners_place *at)
{
	struct prefix p;
	bool host = false;
	char text[PREFIX_TEXT];

	if (range_add(o, owner, asset, value, at))
		return;
	if (!prefix_parse(value, &p, &host)) {
		know_note(o->notes, at, "bad prefix '%s'", quote(value).text);
		return;
	}
	if (p.len == 0 || (addr_is4(&p.addr) && p.len == 96)) {
		know_note(o->notes, at, "prefix '%s' is everything; left out", quote(value).text);
		return;
	}
	if (host) {
		size_t len = prefix_print(text, &p);
		know_note(o->notes, at, "prefix '%s' has bits behind its length; taken as %.*s",
		        quote(value).text, (int)len, text);
	}
	prefix_add(o, owner, asset, &p, at);
}

void owners_add_as(struct owners *o, uint32_t owner, struct str value, const struct owners_place *at)
{
	uint32_t asn;

	if (!value_asn(value, &asn)) {
		know_note(o->notes, at, "bad AS number '%s'", quote(value).text);
		return;
	}
	*vec_add(&o->as) = (struct owners_as){asn, owner, *at};
}

void owners_add_name(
        struct owners *o, uint32_t owner, uint32_t asset, struct str value, const struct owners_place *at)
{
	char name[NAME_MAX_BYTES + 1];
	size_t len;
	struct str plain = value;

	if (str_starts(plain, STR("*.")))
		plain = str_skip(plain, 2);
	else if (str_starts(plain, STR(".")))
		plain = str_skip(plain, 1);
	if (!value_fqdn(plain, name, &len)) {
		know_note(o->notes, at, "bad domain '%s'", quote(value).text);
		return;
	}
	struct str kept = arena_str(o->arena, str_make(name, len));
	*vec_add(&o->name) = (struct owners_name){kept, owner, asset, *at};
}

/* The shape of RFC 5646: subtags of up to 8 letters and digits, the first of letters. */
static bool language_ok(struct str s)
{
	struct str_cut cut = str_cut(s, '-');

	for (size_t i = 0; i < cut.head.len; i++)
		if (!char_alnum(cut.head.p[i]) || char_digit(cut.head.p[i]))
			return false;
	if (cut.head.len < 2 || cut.head.len > 8 || s.len > 35)
		return false;
	while (cut.ok) {
		cut = str_cut(cut.tail, '-');
		for (size_t i = 0; i < cut.head.len; i++)
			if (!char_alnum(cut.head.p[i]))
				return false;
		if (cut.head.len < 1 || cut.head.len > 8)
			return false;
	}
	return true;
}

static struct str classes_take(struct owners *o, struct str classes)
{
	char *p = arena_get(o->arena, classes.len + 1);
	size_t len = 0;
	struct str word;

	while (owners_value_next(&classes, &word)) {
		if (len != 0)
			p[len++] = ' ';
		for (size_t i = 0; i < word.len; i++)
			p[len++] = char_lower(word.p[i]);
	}
	return str_make(p, len);
}

void owners_add_contact(struct owners *o, uint32_t owner, struct str email, struct str language,
        struct str classes, const struct owners_place *at)
{
	char text[256];
	size_t len;

	if (str_istarts(email, STR("mailto:")))
		email = str_skip(email, 7);
	if (email.len > 254 || !value_email(email, text, &len)) {
		know_note(o->notes, at, "contact '%s' is no mail address", quote(email).text);
		return;
	}
	if (language.len != 0 && !language_ok(language)) {
		know_note(o->notes, at,
		        "bad language '%s' of contact '%s': a tag such as lo or en-GB is wanted",
		        quote(language).text, quote(email).text);
		language = (struct str){0};
	}
	if (!utf8_valid(classes) || classes.len > 1024) {
		know_note(o->notes, at, "bad classes of contact '%s'", quote(email).text);
		classes = (struct str){0};
	}
	struct owners_contact *new = vec_add(&o->contact);
	new->email = arena_str(o->arena, str_make(text, len));
	new->language = arena_str(o->arena, language);
	new->timezone = new->pgp = new->formats = new->phone = (struct str){0};
	new->classes = classes_take(o, classes);
	new->owner = owner;
	new->at = *at;
}

/* The shape of a name of zoneinfo; whether there is such a zone is looked up by the check. */
static bool zone_ok(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!char_alnum(s.p[i]) && (i == 0 || memchr("/_-+", s.p[i], 4) == NULL))
			return false;
	return s.len <= 64;
}

void owners_zone(struct owners *o, size_t first, struct str zone, const struct owners_place *at)
{
	if (zone.len == 0 || first == o->contact.n)
		return;
	if (!zone_ok(zone)) {
		know_note(o->notes, at,
		        "bad time zone '%s' of contact '%s': a name such as Asia/Vientiane is wanted",
		        quote(zone).text, o->contact.v[first].email.p);
		return;
	}
	struct str kept = arena_str(o->arena, zone);
	for (size_t i = first; i < o->contact.n; i++)
		o->contact.v[i].timezone = kept;
}

/* As keys are shown: blocks of four, in either case, with 0x in front or not. */
static struct str fingerprint_take(struct owners *o, struct str value)
{
	char *p = arena_get(o->arena, value.len + 1);
	size_t len = 0;

	if (str_istarts(value, STR("0x")))
		value = str_skip(value, 2);
	for (size_t i = 0; i < value.len; i++) {
		char c = value.p[i];
		if (c == ' ' || c == ':')
			continue;
		if (char_hex(c) < 0)
			return (struct str){0};
		p[len++] = c >= 'a' && c <= 'f' ? (char)(c - 'a' + 'A') : c;
	}
	return len == 40 || len == 64 ? str_make(p, len) : (struct str){0};
}

void owners_contact_key(struct owners *o, size_t from, struct str value, const struct owners_place *at)
{
	struct str key;

	value = str_trim(value);
	if (value.len == 0)
		return;
	key = fingerprint_take(o, value);
	if (str_eq(value, STR(OWNERS_NO_KEY))) {
		key = STR(OWNERS_NO_KEY); /* said when it came in */
	} else if (key.len == 0) {
		know_note(o->notes, at,
		        "'%s' is no fingerprint of an OpenPGP key, which has 40 hexadecimal digits; letters "
		        "to "
		        "these contacts are held",
		        quote(value).text);
		key = STR(OWNERS_NO_KEY);
	}
	for (size_t i = from; i < o->contact.n; i++)
		o->contact.v[i].pgp = key;
}

void owners_contact_formats(struct owners *o, size_t from, struct str value, const struct owners_place *at)
{
	struct str word;
	bool xarf = false;

	while (owners_value_next(&value, &word)) {
		bool is = str_ieq(word, STR("xarf"));
		if (!is && !str_ieq(word, STR("csv")))
			know_note(o->notes, at,
			        "no format '%s' for letters: xarf is there, and csv goes with each letter",
			        quote(word).text);
		xarf |= is;
	}
	for (size_t i = from; xarf && i < o->contact.n; i++)
		o->contact.v[i].formats = STR("xarf");
}

/* What people write on cards: digits, and how they are set apart; an extension behind it. */
static bool phone_ok(struct str s)
{
	unsigned digits = 0;

	for (size_t i = 0; i < s.len; i++) {
		digits += char_digit(s.p[i]);
		if (!char_digit(s.p[i]) && memchr("+ -()./extEXT,;#*", s.p[i], 17) == NULL)
			return false;
	}
	return digits >= 3 && s.len <= OWNERS_PHONE;
}

void owners_contact_phone(struct owners *o, size_t from, struct str value, const struct owners_place *at)
{
	value = str_trim(value);
	if (value.len == 0)
		return;
	if (!phone_ok(value)) {
		know_note(o->notes, at,
		        "'%s' is no telephone number: digits and signs of up to %d bytes, such as "
		        "+856 21 555 0100, are wanted",
		        quote(value).text, OWNERS_PHONE);
		return;
	}
	struct str kept = arena_str(o->arena, value);
	for (size_t i = from; i < o->contact.n; i++)
		o->contact.v[i].phone = kept;
}
