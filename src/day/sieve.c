/* SPDX-License-Identifier: Apache-2.0 */
#include "day/sieve.h"
#include "base/vec.h"

#define KEY_BITS 10
#define WORDS 8
#define BLOCK (WORDS * 4)
#define HEAD 8
/* Room for keys at first, and at most: so many that a report made for it does not grow the core. */
#define SLOTS ((size_t)1 << 14)
#define SLOTS_MAX ((size_t)1 << 18)

struct sieve {
	uint64_t *slots; /* which keys were there; 0: free */
	size_t nslots;
	VEC(uint64_t) keys; /* each once */
	bool full;
	struct buf bytes;
};

/* ---- keys ---------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h)
{
	h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
	h ^= h >> 33;
	return h != 0 ? h : 1;
}

static uint64_t word(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return __builtin_bswap64(v);
}

/* The first len bits of an address, which has 128. */
static uint64_t addr_key(uint64_t hi, uint64_t lo, unsigned len)
{
	if (len <= 64) {
		hi &= UINT64_MAX << (64 - len);
		lo = 0;
	} else {
		lo &= UINT64_MAX << (128 - len);
	}
	return mix(mix(hi + len) + lo);
}

static const uint8_t levels4[] = {128, 96 + 24, 96 + 16}, levels6[] = {128, 64, 48, 32};

#define NAME_START 0x9e3779b97f4a7c15u

/* Names are summed from their end, so that the sums of the parents lie on the way. */
static uint64_t name_step(uint64_t h, char c)
{
	return (h ^ (uint8_t)char_lower(c)) * 0x100000001b3u;
}

/* ---- making -------------------------------------------------------------------------------------- */

struct sieve *sieve_new(void)
{
	struct sieve *s = mem_zero(1, sizeof(*s));

	s->nslots = SLOTS;
	s->slots = mem_zero(s->nslots, sizeof(*s->slots));
	return s;
}

void sieve_free(struct sieve *s)
{
	if (s == NULL)
		return;
	free(s->slots);
	vec_done(&s->keys);
	buf_done(&s->bytes);
	free(s);
}

/* The slot that has the key or is free for it. */
static size_t slot_of(const struct sieve *s, uint64_t key)
{
	size_t at = key & (s->nslots - 1);

	while (s->slots[at] != 0 && s->slots[at] != key)
		at = (at + 1) & (s->nslots - 1);
	return at;
}

static void grow(struct sieve *s)
{
	if (s->nslots == SLOTS_MAX) {
		s->full = true;
		return;
	}
	free(s->slots);
	s->nslots *= 2;
	s->slots = mem_zero(s->nslots, sizeof(*s->slots));
	for (size_t i = 0; i < s->keys.n; i++)
		s->slots[slot_of(s, s->keys.v[i])] = s->keys.v[i];
}

static void add_key(struct sieve *s, uint64_t key)
{
	size_t at = slot_of(s, key);

	if (s->slots[at] != 0 || s->full)
		return;
	s->slots[at] = key;
	*vec_add(&s->keys) = key;
	if (s->keys.n * 2 >= s->nslots)
		grow(s);
}

static void add_addr(struct sieve *s, const struct addr *a)
{
	uint64_t hi = word(a->b), lo = word(a->b + 8);
	bool four = addr_is4(a);
	const uint8_t *levels = four ? levels4 : levels6;
	unsigned n = four ? sizeof(levels4) : sizeof(levels6);

	if (addr_none(a))
		return;
	for (unsigned i = 0; i < n; i++)
		add_key(s, addr_key(hi, lo, levels[i]));
}

static void add_name(struct sieve *s, struct str name)
{
	uint64_t h = NAME_START;

	for (size_t i = name.len; i > 0; i--) {
		if (name.p[i - 1] == '.')
			add_key(s, mix(h));
		h = name_step(h, name.p[i - 1]);
	}
	if (name.len > 0)
		add_key(s, mix(h));
}

static void add_names(struct sieve *s, const struct batch *b, const struct batch_row *row)
{
	struct batch_iter it = batch_vars(b, row);
	struct batch_value v;

	while (batch_var_next(&it, &v))
		if (v.id == FIELD_SOURCE_FQDN || v.id == FIELD_DESTINATION_FQDN)
			add_name(s, v.value);
		else if (v.id > FIELD_SOURCE_FQDN && v.id > FIELD_DESTINATION_FQDN)
			break;
}

/* The block of a key among n, and its bit in each word of the block. The factors are odd numbers by chance. */
static size_t block_of(uint64_t key, size_t n)
{
	return (size_t)((key >> 32) * n >> 32);
}

static void bits_of(uint64_t key, uint32_t ret[WORDS])
{
	static const uint32_t factors[WORDS] = {0x47b6137bu, 0x44974d91u, 0x8824ad5bu, 0xa2b7289du,
	        0x705495c7u, 0x2df1424bu, 0x9efc4947u, 0x5c6bfb31u};

	for (unsigned i = 0; i < WORDS; i++)
		ret[i] = 1u << ((uint32_t)key * factors[i] >> 27);
}

static void fill(struct sieve *s)
{
	size_t n = (s->keys.n * KEY_BITS + BLOCK * 8 - 1) / (BLOCK * 8);
	uint32_t words[WORDS], bits[WORDS], count = (uint32_t)s->keys.n;

	buf_clear(&s->bytes);
	char *p = buf_room(&s->bytes, HEAD + n * BLOCK);
	memset(p, 0, HEAD + n * BLOCK);
	s->bytes.len = HEAD + n * BLOCK;
	for (size_t i = 0; i < s->keys.n; i++) {
		char *at = p + HEAD + block_of(s->keys.v[i], n) * BLOCK;
		bits_of(s->keys.v[i], bits);
		memcpy(words, at, BLOCK);
		for (unsigned k = 0; k < WORDS; k++)
			words[k] |= bits[k];
		memcpy(at, words, BLOCK);
	}
	memcpy(p + 4, &count, 4);
	uint32_t crc = crc32c(0, p + 4, s->bytes.len - 4);
	memcpy(p, &crc, 4);
}

void sieve_make(struct sieve *s, const struct batch *b)
{
	s->keys.n = 0;
	s->full = false;
	memset(s->slots, 0, s->nslots * sizeof(*s->slots));
	for (uint32_t i = 0; i < b->head->rows && !s->full; i++) {
		add_addr(s, &b->rows[i].src);
		add_addr(s, &b->rows[i].dst);
		add_names(s, b, &b->rows[i]);
	}
	if (!s->full)
		fill(s);
}

struct str sieve_bytes(const struct sieve *s)
{
	return s->full ? (struct str){0} : buf_str(&s->bytes);
}

/* ---- asking -------------------------------------------------------------------------------------- */

bool sieve_is_wide(const struct prefix *p)
{
	static const struct addr none;
	struct addr four;

	addr_from4(0, &four);
	return prefix_has(p, &none) || prefix_has(p, &four);
}

/* The longest level that holds the prefix; 0: none. */
static unsigned level_of(const struct prefix *p)
{
	bool four = p->len >= 96 && addr_is4(&p->addr);
	const uint8_t *levels = four ? levels4 : levels6;
	unsigned n = four ? sizeof(levels4) : sizeof(levels6);

	for (unsigned i = 0; i < n; i++)
		if (p->len >= levels[i])
			return levels[i];
	return 0;
}

struct sieve_ask sieve_ask(const struct prefix *prefix, struct str name)
{
	struct sieve_ask a = {.n = 0};
	unsigned level = prefix != NULL && !sieve_is_wide(prefix) ? level_of(prefix) : 0;
	uint64_t h = NAME_START;

	if (level != 0)
		a.keys[a.n++] = addr_key(word(prefix->addr.b), word(prefix->addr.b + 8), level);
	for (size_t i = name.len; i > 0; i--)
		h = name_step(h, name.p[i - 1]);
	if (name.len > 0)
		a.keys[a.n++] = mix(h);
	return a;
}

static bool has_key(const char *blocks, size_t n, uint64_t key)
{
	uint32_t words[WORDS], bits[WORDS], missing = 0;

	if (n == 0)
		return false;
	bits_of(key, bits);
	memcpy(words, blocks + block_of(key, n) * BLOCK, BLOCK);
	for (unsigned k = 0; k < WORDS; k++)
		missing |= bits[k] & ~words[k];
	return missing == 0;
}

int sieve_may(struct str bytes, const struct sieve_ask *a, struct err *e)
{
	uint32_t crc;
	bool may = true;

	if (bytes.len < HEAD || (bytes.len - HEAD) % BLOCK != 0)
		return err_set(e, ERR_FORMAT, "a stored sieve is damaged");
	memcpy(&crc, bytes.p, 4);
	if (crc != crc32c(0, bytes.p + 4, bytes.len - 4))
		return err_set(e, ERR_FORMAT, "a stored sieve is damaged");
	for (unsigned i = 0; i < a->n; i++)
		may = may && has_key(bytes.p + HEAD, (bytes.len - HEAD) / BLOCK, a->keys[i]);
	return may;
}
