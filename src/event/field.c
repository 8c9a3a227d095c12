/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of fields and vocabulary in memory. A field's name is looked up for each key of each JSON
 * record, so field_find does not walk the names: a 16-bit fingerprint of each (length and five of its
 * characters, computed by the compiler from the literals) is compared with the wanted one, all of them in a
 * dozen vector steps, and one name is compared in full. Two names may share a fingerprint; then the short
 * way fails and the names are walked after all.
 */
#include "event/field.h"
#include <stdio.h>

/* ---- fields ------------------------------------------------------------------------------------ */

#define PLACE(id, type)                                                                                      \
	((id) == FIELD_TIME_SOURCE || (type) == FT_IP || (type) == FT_PORT || (type) == FT_ASN ||            \
	                        (type) == FT_TYPE || (type) == FT_TRANSPORT || (type) == FT_TLP ||           \
	                        (type) == FT_PAP || (type) == FT_SEVERITY || (type) == FT_ACCURACY ||        \
	                        (type) == FT_COUNT                                                           \
	                ? PLACE_ROW                                                                          \
	                : PLACE_VAR)

const struct field_row field_table[FIELD_END] = {
#define FIELD(number, symbol, text, kind, max, sentence)                                                     \
	[FIELD_##symbol] = {.name = STR_INIT(text),                                                          \
	        .type = FT_##kind,                                                                           \
	        .place = PLACE(FIELD_##symbol, FT_##kind),                                                   \
	        .limit = max,                                                                                \
	        .about = sentence},
#include "event/fields.tbl"
#undef FIELD
};

#define FINGERPRINT(p, len)                                                                                  \
	(uint16_t)((unsigned)(len)*0x1f35u + (unsigned char)(p)[0] * 7u +                                    \
	        (unsigned char)(p)[(len) / 2] * 0x101u + (unsigned char)(p)[(len)-1] * 0x1b3u +              \
	        (unsigned char)(p)[(len)-2] * 0x35u + (unsigned char)(p)[(len)-3] * 0xb11u)
#define SHORTEST_NAME 3
#define FINGERPRINTS ((FIELD_END + 7) / 8 * 8)
typedef uint16_t u16x8 __attribute__((vector_size(16)));

static const uint16_t fingerprints[FINGERPRINTS] __attribute__((aligned(16))) = {
#define FIELD(number, symbol, text, kind, max, sentence)                                                     \
	[FIELD_##symbol] = FINGERPRINT(text, sizeof(text) - 1),
#include "event/fields.tbl"
#undef FIELD
};
static const uint16_t field_ids[FINGERPRINTS] __attribute__((aligned(16))) = {
#define FIELD(number, symbol, text, kind, max, sentence) [FIELD_##symbol] = FIELD_##symbol,
#include "event/fields.tbl"
#undef FIELD
};
#define FIELD(number, symbol, text, kind, max, sentence)                                                     \
	_Static_assert(sizeof(text) - 1 >= SHORTEST_NAME, "a fingerprint takes the last three characters");
#include "event/fields.tbl"
#undef FIELD

/* The ids of all names with that fingerprint, or-ed together: the id, if there is one. */
static unsigned candidates(uint16_t print)
{
	u16x8 want = {print, print, print, print, print, print, print, print}, hit = {0};
	uint16_t lane[8], all = 0;

	for (unsigned i = 0; i < FINGERPRINTS; i += 8) {
		u16x8 have, id;

		memcpy(&have, fingerprints + i, sizeof(have));
		memcpy(&id, field_ids + i, sizeof(id));
		hit |= (u16x8)(have == want) & id;
	}
	memcpy(lane, &hit, sizeof(lane));
	for (unsigned i = 0; i < 8; i++)
		all |= lane[i];
	return all;
}

enum field field_find(struct str name)
{
	if (name.len < SHORTEST_NAME || name.len > 64)
		return FIELD_NONE;
	unsigned id = candidates(FINGERPRINT(name.p, name.len));
	if (id == 0)
		return FIELD_NONE;
	if (id < FIELD_END && str_eq(field_table[id].name, name))
		return (enum field)id;
	for (id = 1; id < FIELD_END; id++)
		if (str_eq(field_table[id].name, name))
			return (enum field)id;
	return FIELD_NONE;
}

enum field field_nearest(struct str name)
{
	unsigned best = 2 + (unsigned)(name.len < 64 ? name.len : 64) / 8;
	enum field found = FIELD_NONE;

	for (unsigned id = 1; id < FIELD_END; id++) {
		unsigned d = str_distance(name, field_table[id].name);

		if (d < best) {
			best = d;
			found = (enum field)id;
		}
	}
	return found;
}

enum event_type type_nearest(struct str name)
{
	unsigned least = 4;
	enum event_type found = TYPE_NONE;

	for (unsigned i = 1; i < TYPE_END; i++) {
		unsigned d = str_distance(name, type_table[i].name);
		if (d < least) {
			least = d;
			found = (enum event_type)i;
		}
	}
	return found;
}

const char *field_type_name(enum field_type type)
{
	static const char *const names[] = {
	        [FT_STRING] = "text",
	        [FT_LOWER] = "text in lower case",
	        [FT_UPPER] = "text in upper case",
	        [FT_TAXONOMY] = "RSIT class",
	        [FT_TYPE] = "RSIT type",
	        [FT_IP] = "address",
	        [FT_IP_TEXT] = "address",
	        [FT_NETWORK] = "prefix",
	        [FT_FQDN] = "name",
	        [FT_URL] = "URL",
	        [FT_EMAIL] = "mail address",
	        [FT_BIC] = "BIC",
	        [FT_TIME] = "time",
	        [FT_PORT] = "port",
	        [FT_ASN] = "AS number",
	        [FT_INT] = "whole number",
	        [FT_COUNT] = "count",
	        [FT_FLOAT] = "number",
	        [FT_BOOL] = "true or false",
	        [FT_CC] = "country code",
	        [FT_REGISTRY] = "registry",
	        [FT_ACCURACY] = "percentage",
	        [FT_MD5] = "MD5",
	        [FT_SHA1] = "SHA-1",
	        [FT_SHA256] = "SHA-256",
	        [FT_UUID] = "UUID",
	        [FT_CVES] = "CVE numbers",
	        [FT_TRANSPORT] = "transport protocol",
	        [FT_TLP] = "TLP label",
	        [FT_PAP] = "PAP label",
	        [FT_SEVERITY] = "severity",
	        [FT_BASE64] = "base64",
	        [FT_JSON] = "JSON",
	};

	return (unsigned)type < sizeof(names) / sizeof(*names) ? names[type] : "unknown";
}

/* ---- vocabulary -------------------------------------------------------------------------------- */

const struct type_row type_table[TYPE_END] = {
#define TYPE(number, symbol, text, class, in_rsit, sentence)                                                 \
	[TYPE_##symbol] = {                                                                                  \
	        .name = STR_INIT(text), .taxonomy = STR_INIT(class), .rsit = in_rsit, .about = sentence},
#include "event/taxonomy.tbl"
};

struct word {
	struct str name;
	unsigned number;
};

static const struct word type_words[] = {
#define TYPE(number, symbol, text, class, in_rsit, sentence) {STR_INIT(text), TYPE_##symbol},
#define ALSO(text, symbol) {STR_INIT(text), TYPE_##symbol},
#include "event/taxonomy.tbl"
};
static const struct word tlp_words[] = {
#define TLP(number, symbol, text, old) {STR_INIT(text), TLP_##symbol},
#include "event/taxonomy.tbl"
        {STR_INIT("WHITE"), TLP_CLEAR},
        {STR_INIT("AMBERSTRICT"), TLP_AMBER_STRICT},
};
static const struct word pap_words[] = {
#define PAP(number, symbol, text) {STR_INIT(text), PAP_##symbol},
#include "event/taxonomy.tbl"
        {STR_INIT("WHITE"), PAP_CLEAR},
};
static const struct word severity_words[] = {
#define SEVERITY(number, symbol, text, rank) {STR_INIT(text), SEVERITY_##symbol},
#include "event/taxonomy.tbl"
        {STR_INIT("informational"), SEVERITY_INFO},
        {STR_INIT("moderate"), SEVERITY_MEDIUM},
};
/* Behind IANA's keywords: what programs write instead. netstat and its like number the family too. */
static const struct word transport_words[] = {
#define TRANSPORT(number, text) {STR_INIT(text), number},
#include "event/taxonomy.tbl"
        {STR_INIT("icmp6"), 58},
        {STR_INIT("icmpv6"), 58},
        {STR_INIT("icmp-ipv6"), 58},
        {STR_INIT("icmp4"), 1},
        {STR_INIT("icmpv4"), 1},
        {STR_INIT("tcp4"), 6},
        {STR_INIT("tcp6"), 6},
        {STR_INIT("udp4"), 17},
        {STR_INIT("udp6"), 17},
        {STR_INIT("udp-lite"), 136},
        {STR_INIT("ospfigp"), 89},
        {STR_INIT("ipencap"), 4},
        {STR_INIT("ip-in-ip"), 4},
};

/* One character for what is the same in a word of the vocabulary. */
static inline char fold(char c)
{
	return c == ' ' || c == '_' || c == '+' ? '-' : char_lower(c);
}

static bool same_word(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (fold(a.p[i]) != fold(b.p[i]))
			return false;
	return true;
}

static unsigned word_find(const struct word *words, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (same_word(words[i].name, name))
			return words[i].number;
	return 0;
}
#define WORD_FIND(words, name) word_find(words, sizeof(words) / sizeof(*(words)), name)

enum event_type type_find(struct str name)
{
	return (enum event_type)WORD_FIND(type_words, str_trim(name));
}

struct str taxonomy_find(struct str name)
{
	name = str_trim(name);
	for (unsigned i = 1; i < TYPE_END; i++)
		if (same_word(type_table[i].taxonomy, name))
			return type_table[i].taxonomy;
	return (struct str){"", 0};
}

/* "TLP:RED" and "tlp red" without their first word. */
static struct str label_word(struct str name, struct str scheme)
{
	name = str_trim(name);
	if (str_istarts(name, scheme) && name.len > scheme.len && !char_alnum(name.p[scheme.len]))
		name = str_trim(str_skip(name, scheme.len + 1));
	return name;
}

enum tlp tlp_find(struct str name)
{
	return (enum tlp)WORD_FIND(tlp_words, label_word(name, STR("TLP")));
}

struct str tlp_name(enum tlp tlp)
{
	static const struct str names[TLP_END] = {
#define TLP(number, symbol, text, old) [TLP_##symbol] = STR_INIT(text),
#include "event/taxonomy.tbl"
	};
	return (unsigned)tlp < TLP_END ? names[tlp] : (struct str){NULL, 0};
}

struct str tlp_old_name(enum tlp tlp)
{
	static const struct str names[TLP_END] = {
#define TLP(number, symbol, text, old) [TLP_##symbol] = STR_INIT(old),
#include "event/taxonomy.tbl"
	};
	return (unsigned)tlp < TLP_END ? names[tlp] : (struct str){NULL, 0};
}

enum pap pap_find(struct str name)
{
	return (enum pap)WORD_FIND(pap_words, label_word(name, STR("PAP")));
}

struct str pap_name(enum pap pap)
{
	static const struct str names[PAP_END] = {
#define PAP(number, symbol, text) [PAP_##symbol] = STR_INIT(text),
#include "event/taxonomy.tbl"
	};
	return (unsigned)pap < PAP_END ? names[pap] : (struct str){NULL, 0};
}

enum severity severity_find(struct str name)
{
	return (enum severity)WORD_FIND(severity_words, str_trim(name));
}

struct str severity_name(enum severity severity)
{
	static const struct str names[SEVERITY_END] = {
#define SEVERITY(number, symbol, text, rank) [SEVERITY_##symbol] = STR_INIT(text),
#include "event/taxonomy.tbl"
	};
	return (unsigned)severity < SEVERITY_END ? names[severity] : (struct str){NULL, 0};
}

uint8_t transport_find(struct str name)
{
	uint64_t number;

	name = str_trim(name);
	if (name.len > 0 && char_digit(name.p[0]))
		return name.len <= 3 && str_u64(name, &number) && number <= 255 ? (uint8_t)number : 0;
	return (uint8_t)WORD_FIND(transport_words, name);
}

struct str transport_name(uint8_t number, char *buf)
{
	static const struct str names[256] = {
#define TRANSPORT(number, text) [number] = STR_INIT(text),
#include "event/taxonomy.tbl"
	};

	if (number == 0)
		return (struct str){NULL, 0};
	if (names[number].p != NULL)
		return names[number];
	return str_make(buf, (size_t)snprintf(buf, 4, "%u", number));
}
