/* SPDX-License-Identifier: Apache-2.0
 *
 * Values: each goes through the normal form of its field's type, once, and there is no way around it. What is
 * not of that type is put where it belongs if it says so itself (an address among names, a name among
 * addresses, a digest of another length), else it stays under extra.
 */
#include "event/canon.h"
#include "event/writer.h"
#include <assert.h>

#define DISARMED_MAX 4096 /* bytes of a text that is looked at for that */

static enum put put_var(struct writer *w, enum field id, struct str value);
static enum put put_by_type(struct writer *w, enum field id, struct str s);

void event_begin(struct writer *w)
{
	w->subs++;
	w->in_event = true;
	w->row = (struct batch_row){.time_source = TIME_NONE, .accuracy = 255};
	w->nrefs = w->at = 0;
	w->sorted = true;
	w->unsettled = w->spilled = false;
	w->last_id = 0;
	memset(w->seen, 0, sizeof(w->seen));
	w->stamp++;
	w->taxonomy = (struct str){0};
	w->bad_field = FIELD_NONE;
	w->host_len[0] = w->host_len[1] = 0;
}

bool event_has(const struct writer *w, enum field id)
{
	return w->seen[id / 64] >> (id % 64) & 1;
}

static void mark(struct writer *w, enum field id)
{
	w->seen[id / 64] |= (uint64_t)1 << (id % 64);
}

static enum put keep_bad(struct writer *w, enum field id, struct str value)
{
	if (w->bad_field == FIELD_NONE || id == FIELD_TIME_SOURCE) {
		w->bad_field = id;
		w->bad_len = (uint32_t)(value.len < sizeof(w->bad_text) ? value.len : sizeof(w->bad_text));
		memcpy(w->bad_text, value.p, w->bad_len);
	}
	event_extra_name(w, field_table[id].name, value);
	return PUT_EXTRA;
}

static bool may_be_disarmed(enum field id)
{
	enum field_type t = field_table[id].type;

	return t == FT_URL || t == FT_FQDN || t == FT_IP || t == FT_NETWORK || t == FT_EMAIL ||
	        t == FT_IP_TEXT;
}

/* Not of its type as it stands. If it was disarmed, what it was is tried, once; else it is kept under the
 * field's own name, and remembered if it may decide about the record. */
static enum put put_bad(struct writer *w, enum field id, struct str value)
{
	char text[DISARMED_MAX];

	if (w->disarmed.len != 0)
		return keep_bad(w, id, w->disarmed);
	if (may_be_disarmed(id)) {
		struct str armed = value_refang(value, text, sizeof(text));
		if (armed.p != value.p) {
			w->disarmed = value;
			enum put rc = put_by_type(w, id, armed);
			w->disarmed = (struct str){0};
			return rc;
		}
	}
	return keep_bad(w, id, value);
}

static enum put put_second(struct writer *w, enum field id, struct str value)
{
	event_extra_name(w, field_table[id].name, value);
	return PUT_EXTRA;
}

/* ---- what lives in the row ---------------------------------------------------------------------- */

static struct addr *row_addr(struct writer *w, enum field id)
{
	return id == FIELD_SOURCE_IP ? &w->row.src : &w->row.dst;
}

void event_put_addr(struct writer *w, enum field id, const struct addr *a)
{
	char text[ADDR_TEXT];

	if (!w->in_event || addr_none(a))
		return;
	if (event_has(w, id)) {
		if (addr_cmp(row_addr(w, id), a) != 0)
			put_second(w, id, str_make(text, addr_print(text, a)));
		return;
	}
	*row_addr(w, id) = *a;
	mark(w, id);
}

void event_put_time(struct writer *w, enum field id, int64_t t)
{
	char text[TIME_TEXT];

	if (!w->in_event || t == TIME_NONE)
		return;
	if (id != FIELD_TIME_SOURCE) {
		put_var(w, id, str_make(text, value_time_print(text, t)));
	} else if (!event_has(w, id)) {
		w->row.time_source = t;
		mark(w, id);
	} else if (w->row.time_source != t) {
		put_second(w, id, str_make(text, value_time_print(text, t)));
	}
}

static enum field ip_of(enum field id)
{
	switch (id) {
	case FIELD_SOURCE_FQDN:
	case FIELD_SOURCE_NETWORK:
	case FIELD_SOURCE_URL:
	case FIELD_SOURCE_IP:
		return FIELD_SOURCE_IP;
	case FIELD_DESTINATION_FQDN:
	case FIELD_DESTINATION_NETWORK:
	case FIELD_DESTINATION_URL:
	case FIELD_DESTINATION_IP:
		return FIELD_DESTINATION_IP;
	default:
		return FIELD_NONE;
	}
}

static enum field sibling(enum field ip, enum field source, enum field destination)
{
	return ip == FIELD_SOURCE_IP ? source : destination;
}

/* A host in text: an address, or a name. True if it found its place. */
static bool put_host(struct writer *w, enum field ip, struct str host)
{
	struct addr a;
	char name[NAME_MAX_BYTES + 1];
	size_t len;

	if (ip == FIELD_NONE)
		return false;
	if (host.len > 2 && host.p[0] == '[' && host.p[host.len - 1] == ']')
		host = str_sub(host, 1, host.len - 2);
	if (addr_parse(host, &a) && !addr_none(&a)) {
		event_put_addr(w, ip, &a);
		return true;
	}
	if (value_fqdn(host, name, &len)) {
		put_var(w, sibling(ip, FIELD_SOURCE_FQDN, FIELD_DESTINATION_FQDN), str_make(name, len));
		return true;
	}
	return false;
}

/* "ADDRESS:PORT", "[ADDRESS]:PORT", "NAME:PORT". */
static bool put_host_port(struct writer *w, enum field ip, struct str s)
{
	struct str_cut cut = str_rcut(s, ':');
	uint16_t port;

	if (!cut.ok || !value_port(cut.tail, &port) || (str_has(cut.head, ':') && cut.head.p[0] != '['))
		return false;
	if (!put_host(w, ip, cut.head))
		return false;
	event_put_u64(w, sibling(ip, FIELD_SOURCE_PORT, FIELD_DESTINATION_PORT), port);
	return true;
}

static enum put put_network_value(struct writer *w, enum field ip, const struct prefix *p)
{
	char text[PREFIX_TEXT];

	if (p->len == 128) {
		event_put_addr(w, ip, &p->addr);
		return PUT_OK;
	}
	enum field id = sibling(ip, FIELD_SOURCE_NETWORK, FIELD_DESTINATION_NETWORK);
	return put_var(w, id, str_make(text, prefix_print(text, p)));
}

static bool whole_internet(const struct prefix *p)
{
	return p->len == 0 || (p->len == 96 && addr_is4(&p->addr)) || addr_none(&p->addr);
}

static enum put put_ip(struct writer *w, enum field id, struct str s)
{
	struct addr a;
	struct prefix p;

	if (addr_parse(s, &a)) {
		if (addr_none(&a) || (addr_is4(&a) && addr_v4(&a) == 0))
			return put_bad(w, id, s);
		event_put_addr(w, id, &a);
		return PUT_OK;
	}
	if (str_has(s, '/') && prefix_parse(s, &p, NULL) && !whole_internet(&p))
		return put_network_value(w, id, &p);
	if (put_host_port(w, id, s) || put_host(w, id, s))
		return PUT_OK;
	return put_bad(w, id, s);
}

static enum put put_network(struct writer *w, enum field id, struct str s)
{
	struct prefix p;

	if (!prefix_parse(s, &p, NULL) || whole_internet(&p))
		return put_bad(w, id, s);
	return put_network_value(w, ip_of(id), &p);
}

static enum put put_port(struct writer *w, enum field id, struct str s)
{
	uint16_t port;
	uint16_t *at = id == FIELD_SOURCE_PORT ? &w->row.src_port : &w->row.dst_port;

	if (str_eq(s, STR("0")))
		return PUT_ABSENT;
	if (!value_port(s, &port))
		return put_bad(w, id, s);
	if (*at != 0)
		return *at == port ? PUT_OK : put_second(w, id, s);
	*at = port;
	mark(w, id);
	return PUT_OK;
}

static enum put put_asn(struct writer *w, enum field id, struct str s)
{
	uint32_t asn;
	uint32_t *at = id == FIELD_SOURCE_ASN ? &w->row.src_asn : &w->row.dst_asn;

	if (str_eq(s, STR("0")) || str_ieq(s, STR("AS0")))
		return PUT_ABSENT;
	if (!value_asn(s, &asn))
		return put_bad(w, id, s);
	if (*at != 0)
		return *at == asn ? PUT_OK : put_second(w, id, s);
	*at = asn;
	mark(w, id);
	return PUT_OK;
}

static enum put put_count(struct writer *w, struct str s)
{
	uint32_t n;

	if (!str_u32(s, &n))
		return put_bad(w, FIELD_COUNT, s);
	if (n == 0)
		return PUT_ABSENT;
	if (w->row.count != 0)
		return w->row.count == n ? PUT_OK : put_second(w, FIELD_COUNT, s);
	w->row.count = n;
	mark(w, FIELD_COUNT);
	return PUT_OK;
}

/* A number from a vocabulary in a byte of the row; the first one stays. */
static enum put put_word(struct writer *w, enum field id, struct str s, uint8_t *at, unsigned number)
{
	if (number == 0)
		return put_bad(w, id, s);
	if (*at != 0)
		return *at == number ? PUT_OK : put_second(w, id, s);
	*at = (uint8_t)number;
	mark(w, id);
	return PUT_OK;
}

static enum put put_type(struct writer *w, struct str s)
{
	enum event_type type = type_find(s);

	if (type == TYPE_NONE)
		return put_bad(w, FIELD_CLASSIFICATION_TYPE, s);
	if (w->row.type != 0)
		return w->row.type == type ? PUT_OK : put_second(w, FIELD_CLASSIFICATION_TYPE, s);
	w->row.type = (uint16_t)type;
	mark(w, FIELD_CLASSIFICATION_TYPE);
	return PUT_OK;
}

void event_label(struct writer *w, enum tlp tlp)
{
	if (tlp > w->row.tlp)
		w->row.tlp = (uint8_t)tlp;
	if (tlp != TLP_NONE)
		mark(w, FIELD_TLP);
}

static enum put put_tlp(struct writer *w, struct str s)
{
	enum tlp tlp = tlp_find(s);

	if (tlp == TLP_NONE)
		return put_bad(w, FIELD_TLP, s);
	event_label(w, tlp);
	return PUT_OK;
}

static enum put put_pap(struct writer *w, struct str s)
{
	enum pap pap = pap_find(s);

	if (pap == PAP_NONE)
		return put_bad(w, FIELD_PAP, s);
	if (pap > w->row.pap)
		w->row.pap = (uint8_t)pap;
	mark(w, FIELD_PAP);
	return PUT_OK;
}

static enum put put_accuracy(struct writer *w, struct str s)
{
	struct str_cut cut = str_cut(s, '.');
	uint32_t n;

	if (!str_u32(cut.head, &n) || n > 100)
		return put_bad(w, FIELD_FEED_ACCURACY, s);
	if (w->row.accuracy != 255)
		return w->row.accuracy == n ? PUT_OK : put_second(w, FIELD_FEED_ACCURACY, s);
	w->row.accuracy = (uint8_t)n;
	mark(w, FIELD_FEED_ACCURACY);
	return PUT_OK;
}

static enum put put_time(struct writer *w, enum field id, struct str s)
{
	int64_t t;
	bool ok = id == FIELD_TIME_SOURCE && w->settings.time_format.len != 0
	        ? value_time_format(s, w->settings.time_format, w->settings.zone, &t)
	        : value_time(s, w->settings.zone, &t);

	if (!ok)
		return put_bad(w, id, s);
	event_put_time(w, id, t);
	return PUT_OK;
}

enum put event_put_format(struct writer *w, enum field id, struct str value, struct str format)
{
	int64_t t;

	value = str_trim(value);
	if (value.len == 0 || !w->in_event || value_placeholder(value))
		return PUT_ABSENT;
	if (!value_time_format(value, format, w->settings.zone, &t))
		return put_bad(w, id, value);
	event_put_time(w, id, t);
	return PUT_OK;
}

/* ---- text in canonical form ---------------------------------------------------------------------- */

/* A canonical value of a field in the var section; a second, different one goes to extra. */
static enum put put_var(struct writer *w, enum field id, struct str value)
{
	if (event_has(w, id))
		return str_eq(writer_value(w, (uint16_t)id), value) ? PUT_OK : put_second(w, id, value);
	if (!writer_text(w, (uint16_t)id, value))
		return PUT_EXTRA;
	mark(w, id);
	return PUT_OK;
}

static enum put put_case(struct writer *w, enum field id, struct str s)
{
	if (event_has(w, id)) {
		struct str old = writer_value(w, (uint16_t)id);
		return str_ieq(old, s) ? PUT_OK : put_second(w, id, s);
	}
	uint32_t at = w->at;
	if (!writer_text(w, (uint16_t)id, s))
		return PUT_EXTRA;
	bool lower = field_table[id].type == FT_LOWER;
	char *p = w->slot + sizeof(struct batch_head) + w->var_used + at;
	for (uint32_t i = 0; i < w->at - at; i++)
		if (lower)
			p[i] = char_lower(p[i]);
		else if (p[i] >= 'a' && p[i] <= 'z')
			p[i] = (char)(p[i] & ~0x20);
	mark(w, id);
	return PUT_OK;
}

static enum put put_fqdn(struct writer *w, enum field id, struct str s)
{
	char name[NAME_MAX_BYTES + 1];
	size_t len;
	struct addr a;

	if (value_fqdn(s, name, &len))
		return put_var(w, id, str_make(name, len));
	if (ip_of(id) != FIELD_NONE && addr_parse(s, &a) && !addr_none(&a)) {
		event_put_addr(w, ip_of(id), &a);
		return PUT_OK;
	}
	if (ip_of(id) != FIELD_NONE && put_host_port(w, ip_of(id), s))
		return PUT_OK;
	return put_bad(w, id, s);
}

static bool is_disarmed(struct str s)
{
	char text[DISARMED_MAX];

	return value_refang(s, text, sizeof(text)).p != s.p;
}

static enum put put_url(struct writer *w, enum field id, struct str s)
{
	char *text = w->scratch;
	size_t len;
	struct str host;

	/* "hxxp" has the form of a scheme, so a URL with it is one */
	if (s.len > sizeof(w->scratch) / 4 ||
	        (w->disarmed.len == 0 && !str_istarts(s, STR("http")) && is_disarmed(s)))
		return put_bad(w, id, s);
	if (value_url(s, text, &len, &host)) {
		bool first = !event_has(w, id);
		uint32_t at = w->at;
		enum put rc = put_var(w, id, str_make(text, len));
		if (first && rc == PUT_OK && ip_of(id) != FIELD_NONE) {
			int side = id == FIELD_DESTINATION_URL;
			w->host_off[side] = at + (uint32_t)(host.p - text);
			w->host_len[side] = (uint32_t)host.len;
		}
		return rc;
	}
	/* without a scheme it is no URL, but its host says whose it is */
	struct str head = str_cut(s, '/').head;
	if (ip_of(id) != FIELD_NONE && (put_host(w, ip_of(id), head) || put_host_port(w, ip_of(id), head))) {
		if (head.len != s.len)
			put_second(w, id, s);
		return PUT_OK;
	}
	return put_bad(w, id, s);
}

static enum put put_digest(struct writer *w, enum field id, struct str s)
{
	static const struct {
		struct str head;
		size_t len;
		enum field id;
	} kinds[] = {{STR_INIT("md5:"), 32, FIELD_MALWARE_HASH_MD5},
	        {STR_INIT("sha1:"), 40, FIELD_MALWARE_HASH_SHA1},
	        {STR_INIT("sha256:"), 64, FIELD_MALWARE_HASH_SHA256}};
	char hex[64];

	for (size_t k = 0; k < 3; k++)
		if (str_istarts(s, kinds[k].head))
			s = str_skip(s, kinds[k].head.len);
	for (size_t i = 0; i < s.len && i < sizeof(hex); i++) {
		if (char_hex(s.p[i]) < 0)
			return put_bad(w, id, s);
		hex[i] = char_lower(s.p[i]);
	}
	/* the length says which digest it is, whatever the column is called */
	for (size_t k = 0; k < 3; k++)
		if (s.len == kinds[k].len)
			return put_var(w, kinds[k].id, str_make(hex, s.len));
	return put_bad(w, id, s);
}

/* Values of the var section whose canonical form is short. */
static enum put put_short(struct writer *w, enum field id, struct str s)
{
	char text[4096];
	struct str out = {0};
	struct addr a;
	int64_t t;
	size_t n = 0;

	switch (field_table[id].type) {
	case FT_EMAIL:
		n = value_email(s, text, &n) ? n : 0;
		break;
	case FT_BIC:
		n = value_bic(s, text, &n) ? n : 0;
		break;
	case FT_IP_TEXT:
		n = addr_parse(s, &a) && !addr_none(&a) ? addr_print(text, &a) : 0;
		break;
	case FT_TIME:
		n = value_time(s, w->settings.zone, &t) ? value_time_print(text, t) : 0;
		break;
	case FT_INT:
		n = canon_int(s, text);
		break;
	case FT_FLOAT:
		n = canon_float(s, text, sizeof(text));
		break;
	case FT_CC:
		if (s.len == 2 && char_alnum(s.p[0]) && char_alnum(s.p[1]))
			for (; n < 2; n++)
				text[n] = s.p[n] >= 'a' ? (char)(s.p[n] & ~0x20) : s.p[n];
		break;
	case FT_UUID:
		n = canon_uuid(s, text) ? 36 : 0;
		break;
	case FT_CVES:
		n = canon_cves(s, text, sizeof(text));
		break;
	case FT_BOOL:
		out = canon_bool(s);
		break;
	default:
		out = canon_registry(s);
		break;
	}
	if (out.len == 0)
		out = str_make(text, n);
	return out.len == 0 ? put_bad(w, id, s) : put_var(w, id, out);
}

static enum put put_taxonomy(struct writer *w, struct str s)
{
	struct str name = taxonomy_find(s);

	if (name.len == 0)
		return put_bad(w, FIELD_CLASSIFICATION_TAXONOMY, s);
	w->taxonomy = name;
	return PUT_OK;
}

static enum put put_by_type(struct writer *w, enum field id, struct str s)
{
	switch (field_table[id].type) {
	case FT_STRING:
	case FT_BASE64:
	case FT_JSON:
		return put_var(w, id, s);
	case FT_LOWER:
	case FT_UPPER:
		return put_case(w, id, s);
	case FT_TAXONOMY:
		return put_taxonomy(w, s);
	case FT_TYPE:
		return put_type(w, s);
	case FT_IP:
		return put_ip(w, id, s);
	case FT_NETWORK:
		return put_network(w, id, s);
	case FT_FQDN:
		return put_fqdn(w, id, s);
	case FT_URL:
		return put_url(w, id, s);
	case FT_TIME:
		return put_time(w, id, s);
	case FT_PORT:
		return put_port(w, id, s);
	case FT_ASN:
		return put_asn(w, id, s);
	case FT_COUNT:
		return put_count(w, s);
	case FT_ACCURACY:
		return put_accuracy(w, s);
	case FT_MD5:
	case FT_SHA1:
	case FT_SHA256:
		return put_digest(w, id, s);
	case FT_TRANSPORT:
		return put_word(w, id, s, &w->row.proto, transport_find(s));
	case FT_TLP:
		return put_tlp(w, s);
	case FT_PAP:
		return put_pap(w, s);
	case FT_SEVERITY:
		return put_word(w, id, s, &w->row.severity, severity_find(s));
	default:
		return put_short(w, id, s);
	}
}

enum put event_put_exact(struct writer *w, enum field id, struct str value)
{
	assert(id > FIELD_NONE && id < FIELD_END);
	if (value.len == 0 || !w->in_event)
		return PUT_ABSENT;
	if (field_table[id].limit != 0 && value.len > field_table[id].limit)
		return put_bad(w, id, value);
	return put_by_type(w, id, value);
}

enum put event_put(struct writer *w, enum field id, struct str value)
{
	value = str_trim(value);
	if (value.len == 0)
		return PUT_ABSENT;
	if (!w->settings.keep_placeholders && value_placeholder(value) &&
	        !(id == FIELD_CLASSIFICATION_TYPE && type_find(value) != TYPE_NONE))
		return PUT_ABSENT;
	return event_put_exact(w, id, value);
}

enum put event_put_u64(struct writer *w, enum field id, uint64_t value)
{
	char text[24];

	return event_put_exact(w, id,
	        str_make(text, (size_t)snprintf(text, sizeof(text), "%llu", (unsigned long long)value)));
}

/* ---- judging an event that is complete ------------------------------------------------------------ */

/* Fields of which one must be there, as bits of seen. */
#define BIT(symbol, word) (FIELD_##symbol / 64 == (word) ? (uint64_t)1 << FIELD_##symbol % 64 : 0)
#define SOMEBODY(word)                                                                                       \
	(BIT(SOURCE_IP, word) | BIT(SOURCE_NETWORK, word) | BIT(SOURCE_FQDN, word) | BIT(SOURCE_URL, word) | \
	        BIT(SOURCE_ACCOUNT, word) | BIT(SOURCE_EMAIL, word) | BIT(SOURCE_REVERSE_DNS, word) |        \
	        BIT(SOURCE_LOCAL_IP, word) | BIT(SOURCE_BIC, word) | BIT(SOURCE_IBAN, word) |                \
	        BIT(DESTINATION_IP, word) | BIT(DESTINATION_NETWORK, word) | BIT(DESTINATION_FQDN, word) |   \
	        BIT(DESTINATION_URL, word) | BIT(DESTINATION_ACCOUNT, word) | BIT(DESTINATION_EMAIL, word) | \
	        BIT(MALWARE_HASH_MD5, word) | BIT(MALWARE_HASH_SHA1, word) | BIT(MALWARE_HASH_SHA256, word))

static bool names_somebody(const struct writer *w)
{
	_Static_assert(sizeof(w->seen) == 16, "a word of seen is not looked at");
	return ((w->seen[0] & SOMEBODY(0)) | (w->seen[1] & SOMEBODY(1))) != 0;
}

static void fill_host(struct writer *w, int side)
{
	char host[NAME_MAX_BYTES + 64];
	enum field ip = side ? FIELD_DESTINATION_IP : FIELD_SOURCE_IP;
	enum field name = side ? FIELD_DESTINATION_FQDN : FIELD_SOURCE_FQDN;
	struct addr a;
	size_t len = w->host_len[side];

	if (len > sizeof(host))
		return;
	memcpy(host, w->slot + sizeof(struct batch_head) + w->var_used + w->host_off[side], len);
	if (addr_parse(str_make(host, len), &a)) {
		if (!event_has(w, ip))
			event_put_addr(w, ip, &a);
	} else if (!event_has(w, name)) {
		put_fqdn(w, name, str_make(host, len));
	}
}

enum aside_reason event_judge(struct writer *w)
{
	if (w->bad_field == FIELD_TIME_SOURCE && !event_has(w, FIELD_TIME_SOURCE))
		return ASIDE_TIME;
	for (int side = 0; side < 2; side++)
		if (w->host_len[side] != 0)
			fill_host(w, side);
	if (!names_somebody(w))
		return ASIDE_NOBODY;
	if (w->row.type == 0)
		w->row.type = (uint16_t)w->settings.type;
	if (w->row.proto == 0)
		w->row.proto = w->transport;
	if (w->row.severity == 0)
		w->row.severity = w->severity;
	if (w->row.type == 0 && w->taxonomy.len != 0)
		put_var(w, FIELD_CLASSIFICATION_TAXONOMY, w->taxonomy);
	if (w->row.tlp == 0)
		w->row.tlp = (uint8_t)w->settings.tlp;
	if (w->row.tlp != 0 && w->row.tlp < w->settings.floor)
		w->row.tlp = (uint8_t)w->settings.floor;
	return ASIDE_NONE;
}
