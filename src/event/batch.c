/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening a batch: everything that a later reader of it relies on is checked here, once, on a copy that
 * nobody else can change. What is not checked: that a canonical text is the one its source had (that is the
 * reader's word), and that a value makes sense.
 */
#include "event/batch.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "event/value.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

const struct aside_row aside_table[ASIDE_END] = {
#define ASIDE(number, symbol, name, about) [number] = {STR_INIT(name), about},
#include "event/asides.tbl"
#undef ASIDE
};

void batch_lock_print(struct buf *out)
{
	static const char *const types[] = {
#define FIELD(id, symbol, name, type, limit, about) [id] = #type,
#include "event/fields.tbl"
#undef FIELD
	};

	for (unsigned id = 1; id < FIELD_END; id++) {
		buf_printf(out, "%u %.*s ", id, STR_ARG(field_table[id].name));
		for (const char *t = types[id]; *t != 0; t++)
			buf_char(out, char_lower(*t));
		buf_char(out, '\n');
	}
}

uint32_t batch_lock_crc(void)
{
	auto_buf struct buf b = {0};

	batch_lock_print(&b);
	return crc32c(0, b.p, b.len);
}

/* ---- layout ------------------------------------------------------------------------------------ */

static int bad(struct err *e, const char *what)
{
	return err_set(e, ERR_FORMAT, "damaged batch: %s", what);
}

/* All terms are below 2^33, so the sum cannot wrap. */
static uint64_t len_of(const struct batch_head *h)
{
	return sizeof(*h) + (uint64_t)h->var_len + (uint64_t)h->rows * sizeof(struct batch_row) +
	        (uint64_t)h->asides * sizeof(struct batch_aside) + h->keys_len;
}

size_t batch_len(const struct batch *b)
{
	return (size_t)len_of(b->head);
}

static int open_head(const void *bytes, size_t len, struct batch *b, struct err *e)
{
	const struct batch_head *h = bytes;
	static const uint8_t zero[sizeof(h->zero)];

	if (len < sizeof(*h) || h->magic != BATCH_MAGIC)
		return bad(e, "no head");
	if (h->version != BATCH_VERSION || h->head_len != sizeof(*h))
		return bad(e, "another version");
	if (h->head_crc != crc32c(0, h, sizeof(*h) - 4))
		return bad(e, "wrong sum of the head");
	if (h->lock_crc != BATCH_LOCK)
		return bad(e, "another table of fields");
	if (h->rows > BATCH_ROWS || h->asides > BATCH_ROWS || h->keys > BATCH_KEYS || h->var_len % 8 != 0 ||
	        memcmp(h->zero, zero, sizeof(zero)) != 0)
		return bad(e, "counts out of range");
	if (len_of(h) != len)
		return bad(e, "sections do not fill it");
	if (h->body_crc != 0 && h->body_crc != crc32c(0, (const char *)bytes + sizeof(*h), len - sizeof(*h)))
		return bad(e, "wrong sum of the body");
	b->head = h;
	b->var = (const uint8_t *)bytes + sizeof(*h);
	b->rows = (const struct batch_row *)(b->var + h->var_len);
	b->asides = (const struct batch_aside *)(b->rows + h->rows);
	return 0;
}

static bool key_ok(struct str key)
{
	if (key.len == 0 || key.len > BATCH_KEY_MAX)
		return false;
	for (size_t i = 0; i < key.len; i++) {
		char c = key.p[i];
		bool dot = c == '.' && i > 0 && i + 1 < key.len && key.p[i - 1] != '.';
		if (!dot && c != '_' && !(c >= 'a' && c <= 'z') && !char_digit(c))
			return false;
	}
	return true;
}

static int open_keys(struct batch *b, struct err *e)
{
	const char *p = (const char *)(b->asides + b->head->asides), *end = p + b->head->keys_len;

	for (uint32_t i = 0; i < b->head->keys; i++) {
		uint16_t len;
		if (end - p < 2)
			return bad(e, "names are cut");
		memcpy(&len, p, 2);
		p += 2;
		if (end - p < len)
			return bad(e, "names are cut");
		b->keys[i] = str_make(p, len);
		if (!key_ok(b->keys[i]))
			return bad(e, "a name of the sender's own is not of its form");
		p += len;
	}
	return p == end ? 0 : bad(e, "bytes behind the names");
}

/* ---- values ------------------------------------------------------------------------------------ */

/* What a byte of a name may be: 1 letter, digit or mark, 2 a dot. */
static const uint8_t name_bytes[256] = {
        ['a' ... 'z'] = 1, ['0' ... '9'] = 1, ['-'] = 1, ['_'] = 1, ['.'] = 2};

static bool name_ok(struct str s)
{
	unsigned last = 2, bad = s.len == 0 || s.len > NAME_MAX_BYTES;

	/* no exit on the way: names are short, and where one ends is hard to foretell */
	for (size_t i = 0; i < s.len; i++) {
		unsigned kind = name_bytes[(unsigned char)s.p[i]];
		bad |= (kind == 0) | (kind & last & 2);
		last = kind;
	}
	return !bad && last == 1;
}

static bool hex_ok(struct str s, size_t len)
{
	if (s.len != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!char_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
			return false;
	return true;
}

/* Syntax of what decisions use; other values are only text. */
static bool value_ok(enum field id, struct str s)
{
	struct prefix prefix;
	bool host;

	switch (field_table[id].type) {
	case FT_FQDN:
		return name_ok(s);
	case FT_NETWORK:
		return prefix_parse(s, &prefix, &host) && !host && prefix.len > 0;
	case FT_CC:
		return s.len == 2 && (s.p[0] <= 'Z' && s.p[1] <= 'Z') && char_alnum(s.p[0]) &&
		        char_alnum(s.p[1]);
	case FT_URL:
		return str_find_str(s, 0, STR("://")) != SIZE_MAX && !str_has(s, ' ');
	case FT_MD5:
		return hex_ok(s, 32);
	case FT_SHA1:
		return hex_ok(s, 40);
	case FT_SHA256:
		return hex_ok(s, 64);
	case FT_TAXONOMY:
		return taxonomy_find(s).len != 0;
	default:
		return s.len > 0;
	}
}

/* What may stand in the var section: 0 nothing, 1 text that is not empty, 2 text whose bytes need a look. */
#define ROW_TYPE(t)                                                                                          \
	((t) == FT_TYPE || (t) == FT_IP || (t) == FT_PORT || (t) == FT_ASN || (t) == FT_COUNT ||             \
	        (t) == FT_TRANSPORT || (t) == FT_TLP || (t) == FT_PAP || (t) == FT_SEVERITY ||               \
	        (t) == FT_ACCURACY)
#define LOOK_TYPE(t)                                                                                         \
	((t) == FT_FQDN || (t) == FT_NETWORK || (t) == FT_CC || (t) == FT_URL || (t) == FT_MD5 ||            \
	        (t) == FT_SHA1 || (t) == FT_SHA256 || (t) == FT_TAXONOMY)
static const uint8_t var_kind[FIELD_END] = {
#define FIELD(id, symbol, name, type, limit, about)                                                          \
	[id] = ROW_TYPE(FT_##type) || id == FIELD_TIME_SOURCE ? 0 : LOOK_TYPE(FT_##type) ? 2 : 1,
#include "event/fields.tbl"
#undef FIELD
};

/* Headers from, from + 1, ... n of which each follows another: true if one is out of order or has a byte that
 * must be zero. Adds up their lengths. No exit on the way, so that the usual case runs straight through. */
static bool follow_headers(const struct batch_var *v, uint32_t from, uint32_t n, uint64_t *sum)
{
	unsigned bad = 0;
	uint32_t i = from;

#if defined(__SSE2__)
	/* Two at a time, as four numbers: id with the zero above it, length, id, length. */
	__m128i order = _mm_set1_epi32(-1), bits = _mm_setzero_si128(), total = bits;
	for (; i + 2 <= n; i += 2) {
		__m128i now = _mm_loadu_si128((const void *)(v + i)),
		        before = _mm_loadu_si128((const void *)(v + i - 1));
		order = _mm_and_si128(order, _mm_cmpgt_epi32(now, before));
		bits = _mm_or_si128(bits, now);
		total = _mm_add_epi64(total, _mm_srli_epi64(now, 32));
	}
	uint64_t words[2], totals[2];
	_mm_storeu_si128((void *)words, bits);
	_mm_storeu_si128((void *)totals, total);
	*sum += totals[0] + totals[1];
	bad |= (_mm_movemask_epi8(order) & 0x0f0f) != 0x0f0f;
	bad |= ((words[0] | words[1]) & 0xffff0000u) != 0;
#endif
	for (; i < n; i++) {
		bad |= (unsigned)(v[i].id <= v[i - 1].id) | v[i].zero;
		*sum += v[i].len;
	}
	return bad != 0;
}

/* Order, range and kind of the headers, and the sum of their lengths. */
static uint64_t walk_headers(
        const struct batch_var *v, uint32_t n, uint32_t keys, bool *ret_bad, bool *ret_look)
{
	uint64_t sum = 0;
	uint32_t last = 0, i = 0;
	unsigned bad = 0, look = 0;

	for (; i < n && v[i].id < FIELD_EXTRA; i++) {
		unsigned kind = v[i].id < FIELD_END ? var_kind[v[i].id] : 0;
		bad |= (unsigned)(v[i].id <= last) | v[i].zero | (unsigned)(kind == 0) |
		        (unsigned)(v[i].len == 0);
		look |= kind;
		last = v[i].id;
		sum += v[i].len;
	}
	if (i < n) {
		bad |= v[i].zero;
		sum += v[i].len;
		bad |= follow_headers(v, i + 1, n, &sum);
		last = v[n - 1].id;
	}
	/* they ascend, so the last one bounds them all */
	*ret_bad = bad || (last >= FIELD_EXTRA && last - FIELD_EXTRA >= keys);
	*ret_look = look & 2;
	return sum;
}

static int check_vars(const struct batch *b, const struct batch_row *r, struct err *e)
{
	uint32_t head_len = (uint32_t)r->nvar * (uint32_t)sizeof(struct batch_var);
	bool wrong, look;

	if (r->var_off % 8 != 0 || r->var_len % 8 != 0 || head_len > r->var_len ||
	        r->var_len > b->head->var_len || r->var_off > b->head->var_len - r->var_len)
		return bad(e, "values out of their section");
	const char *values = (const char *)b->var + r->var_off;
	uint32_t room = r->var_len - head_len;
	const struct batch_var *v = (const void *)(values + room);
	uint64_t sum = walk_headers(v, r->nvar, b->head->keys, &wrong, &look);

	if (wrong || sum > room || room - sum >= 8)
		return bad(e, "values out of order or range");
	/* up to 7 bytes of padding, zero, so that equal events are equal bytes */
	for (uint64_t i = sum; i < room; i++)
		if (values[i] != 0)
			return bad(e, "bytes between values");
	bool plain = utf8_plain(str_make(values, sum));
	for (uint32_t i = 0; i < r->nvar && (look || !plain); i++) {
		if (plain && v[i].id >= FIELD_EXTRA)
			break;
		struct str s = str_make(values, v[i].len);
		values += v[i].len;
		if (!plain && !utf8_valid(s))
			return bad(e, "text that is not UTF-8");
		if (v[i].id < FIELD_EXTRA && var_kind[v[i].id] == 2 && !value_ok((enum field)v[i].id, s))
			return bad(e, "a value that is not of its field's type");
	}
	return 0;
}

static int check_row(const struct batch *b, const struct batch_row *r, uint64_t raw_size, struct err *e)
{
	if (r->type >= TYPE_END || r->tlp >= TLP_END || r->pap >= PAP_END || r->severity >= SEVERITY_END ||
	        (r->accuracy > 100 && r->accuracy != 255) || r->zero[0] != 0 || r->zero[1] != 0)
		return bad(e, "a value of a row is out of its vocabulary");
	if (r->time_source != TIME_NONE && (r->time_source < 0 || r->time_source > 9214646399999999))
		return bad(e, "a time out of range");
	if (r->raw_off > raw_size || r->raw_len > raw_size - r->raw_off)
		return bad(e, "a record outside the report");
	return check_vars(b, r, e);
}

static int check_order(const struct batch *b, struct err *e)
{
	for (uint32_t i = 1; i < b->head->rows; i++) {
		const struct batch_row *last = &b->rows[i - 1], *r = &b->rows[i];
		if (r->ordinal < last->ordinal || (r->ordinal == last->ordinal && r->sub <= last->sub))
			return bad(e, "records out of order");
	}
	return 0;
}

static int check_asides(const struct batch *b, uint64_t raw_size, struct err *e)
{
	uint64_t whole = 0;

	for (uint32_t i = 0; i < b->head->asides; i++) {
		const struct batch_aside *a = &b->asides[i];
		uint16_t reason = a->reason & (uint16_t)~ASIDE_PARTIAL;
		if (reason == 0 || reason >= ASIDE_END || a->field >= FIELD_END)
			return bad(e, "a reason out of its vocabulary");
		if (a->text_len > b->head->var_len || a->text_off > b->head->var_len - a->text_len)
			return bad(e, "a sentence out of its section");
		if (!utf8_valid(batch_aside_text(b, a)))
			return bad(e, "a sentence that is not UTF-8");
		if (a->raw_off > raw_size || a->raw_len > raw_size - a->raw_off)
			return bad(e, "a record outside the report");
		if (i > 0 && a->ordinal <= b->asides[i - 1].ordinal)
			return bad(e, "sentences out of order");
		whole += !(a->reason & ASIDE_PARTIAL);
	}
	uint64_t with = 0;
	for (uint32_t i = 0; i < b->head->rows; i++)
		with += i == 0 || b->rows[i].ordinal != b->rows[i - 1].ordinal;
	if (with + whole + b->head->none != b->head->records || b->head->known > b->head->none)
		return bad(e, "counts of records do not add up");
	return 0;
}

int batch_open(const void *bytes, size_t len, uint64_t raw_size, struct batch *ret, struct err *e)
{
	int rc = open_head(bytes, len, ret, e);

	if (rc == 0)
		rc = open_keys(ret, e);
	for (uint32_t i = 0; rc == 0 && i < ret->head->rows; i++)
		rc = check_row(ret, &ret->rows[i], raw_size, e);
	if (rc == 0)
		rc = check_order(ret, e);
	return rc == 0 ? check_asides(ret, raw_size, e) : rc;
}

/* ---- reading ----------------------------------------------------------------------------------- */

struct batch_iter batch_vars(const struct batch *b, const struct batch_row *row)
{
	const char *values = (const char *)b->var + row->var_off;
	const struct batch_var *v = (const void *)(values + row->var_len - row->nvar * sizeof(*v));

	return (struct batch_iter){b, v, v + row->nvar, values};
}

bool batch_var_next(struct batch_iter *it, struct batch_value *ret)
{
	if (it->at == it->end)
		return false;
	ret->id = it->at->id;
	ret->name = ret->id >= FIELD_EXTRA ? it->b->keys[ret->id - FIELD_EXTRA] : (struct str){0};
	ret->value = str_make(it->value, it->at->len);
	it->value += it->at->len;
	it->at++;
	return true;
}

struct str batch_find(const struct batch *b, const struct batch_row *row, enum field id)
{
	struct batch_iter it = batch_vars(b, row);
	size_t off = 0;

	for (const struct batch_var *v = it.at; v != it.end && v->id <= id; v++) {
		if (v->id == id)
			return str_make(it.value + off, v->len);
		off += v->len;
	}
	return (struct str){0};
}

static struct str text_u32(uint32_t v, char *buf)
{
	return v == 0 ? (struct str){0} : str_make(buf, (size_t)snprintf(buf, 16, "%u", v));
}

static struct str text_addr(const struct addr *a, char *buf)
{
	return addr_none(a) ? (struct str){0} : str_make(buf, addr_print(buf, a));
}

struct str batch_text(const struct batch *b, const struct batch_row *row, enum field id, char *buf)
{
	switch (id) {
	case FIELD_TIME_SOURCE:
		return row->time_source == TIME_NONE ? (struct str){0}
		                                     : str_make(buf, value_time_print(buf, row->time_source));
	case FIELD_SOURCE_IP:
		return text_addr(&row->src, buf);
	case FIELD_DESTINATION_IP:
		return text_addr(&row->dst, buf);
	case FIELD_SOURCE_PORT:
		return text_u32(row->src_port, buf);
	case FIELD_DESTINATION_PORT:
		return text_u32(row->dst_port, buf);
	case FIELD_SOURCE_ASN:
		return text_u32(row->src_asn, buf);
	case FIELD_DESTINATION_ASN:
		return text_u32(row->dst_asn, buf);
	case FIELD_COUNT:
		return text_u32(row->count, buf);
	case FIELD_CLASSIFICATION_TYPE:
		return row->type ? type_table[row->type].name : (struct str){0};
	case FIELD_CLASSIFICATION_TAXONOMY:
		return row->type ? type_table[row->type].taxonomy : batch_find(b, row, id);
	case FIELD_PROTOCOL_TRANSPORT:
		return row->proto ? transport_name(row->proto, buf) : (struct str){0};
	case FIELD_TLP:
		return row->tlp ? tlp_name((enum tlp)row->tlp) : (struct str){0};
	case FIELD_PAP:
		return row->pap ? pap_name((enum pap)row->pap) : (struct str){0};
	case FIELD_SEVERITY:
		return row->severity ? severity_name((enum severity)row->severity) : (struct str){0};
	case FIELD_FEED_ACCURACY:
		return row->accuracy == 255 ? (struct str){0}
		                            : str_make(buf, (size_t)snprintf(buf, 8, "%u", row->accuracy));
	default:
		return batch_find(b, row, id);
	}
}

struct str batch_aside_text(const struct batch *b, const struct batch_aside *a)
{
	return str_make((const char *)b->var + a->text_off, a->text_len);
}
