/* SPDX-License-Identifier: Apache-2.0
 *
 * Generations: look-ups against a naive oracle, single against batched, damaged files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "event/batch.h"
#include "know/build.h"
#include "know/file.h"
#include "know/input.h"
#include <cmocka.h>

static uint64_t mix(uint64_t *s)
{
	uint64_t z = (*s += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static struct addr addr_of(const char *text)
{
	struct addr a;

	assert_true(addr_parse(str_from(text), &a));
	return a;
}

/* A generation from texts, name after name, ended by NULL. */
static struct know *know_of(struct buf *bytes, const char *const *names_and_texts)
{
	struct know_build b;
	struct know_input_report report;
	struct know *k = NULL;
	struct err e;

	know_build_init(&b);
	for (; *names_and_texts != NULL; names_and_texts += 2)
		if (know_build_text(
		            &b, str_from(names_and_texts[0]), str_from(names_and_texts[1]), &report, &e) != 0)
			fail_msg("%s", e.text);
	buf_clear(bytes);
	know_build_finish(&b, 7, bytes);
	for (size_t i = 0; i < b.notes.list.n; i++)
		print_message("%.*s\n", STR_ARG(b.notes.list.v[i]));
	know_build_done(&b);
	if (know_open_bytes(bytes->p, bytes->len, &k, &e) != 0)
		fail_msg("%s", e.text);
	return k;
}

static const char sample_owners[] =
        "id,name,sector,country,prefixes,asns,domains,contacts,language,classes,asset,kind,criticality\n"
        "bank,Bank of X,finance,,192.0.2.0/24 2001:db8:1::/48,64500,bank.example,soc@bank.example,lo,,,,\n"
        "bank,,,,192.0.2.16/28,,pay.bank.example,,,,switch,payment-switch,5\n"
        "isp,Provider,telecom,,198.51.100.0/24;192.0.2.128/25,64501 "
        "64502,isp.example,abuse@isp.example,en,,,,\n"
        "cert,CERT of the country,government,LA,,,gov.example,cert@cert.example,lo,,,,\n";

static const char sample_routes[] = "192.0.2.0/24\t64500\n"
                                    "203.0.113.0/24\t{64999,64502}\n"
                                    "203.0.113.128/25 64777\n"
                                    "0.0.0.0/0\t1\n";

static struct know *sample(struct buf *bytes)
{
	return know_of(bytes,
	        (const char *const[]){"o.csv", sample_owners, "r.txt", sample_routes, "la.cidr",
	                "192.0.0.0/22\n203.0.113.0/24\n", NULL});
}

static void leaf_is(const struct know *k, const char *address, unsigned how, const char *owner, unsigned len)
{
	struct addr a = addr_of(address);
	const struct know_leaf *l = know_addr(k, &a);
	const struct know_owner *o = know_owner(k, l->owner);

	if (l->how != how || l->network_len != len || (o == NULL) != (owner == NULL) ||
	        (o != NULL && !str_eq(o->id, str_from(owner))))
		fail_msg("%s: how %s owner %.*s len %u", address, know_how_name(l->how),
		        o == NULL ? 4 : (int)o->id.len, o == NULL ? "none" : o->id.p, l->network_len);
}

static void test_order_of_contacts(void **state)
{
	auto_buf struct buf bytes = {0};
	struct know *k = sample(&bytes);
	struct know_answer w;
	struct str at;
	uint32_t asset;

	(void)state;
	leaf_is(k, "192.0.2.1", KNOW_PREFIX, "bank", 96 + 24);
	leaf_is(k, "192.0.2.17", KNOW_ASSET, "bank", 96 + 24);
	leaf_is(k, "192.0.2.200", KNOW_PREFIX, "isp", 96 + 24);
	leaf_is(k, "198.51.100.1", KNOW_PREFIX, "isp", 96 + 24);
	leaf_is(k, "203.0.113.5", KNOW_AS, "isp", 96 + 24);
	leaf_is(k, "203.0.113.200", KNOW_COUNTRY, "cert", 96 + 25);
	leaf_is(k, "192.0.1.1", KNOW_COUNTRY, "cert", 96 + 22);
	leaf_is(k, "10.0.0.1", KNOW_NOBODY, NULL, 0);
	leaf_is(k, "2001:db8:1::5", KNOW_PREFIX, "bank", 48);
	leaf_is(k, "2001:db8:2::5", KNOW_NOBODY, NULL, 0);
	leaf_is(k, "::1", KNOW_NOBODY, NULL, 0);

	assert_int_equal(know_name(k, STR("www.pay.bank.example"), &asset, &at), 1);
	assert_int_equal(asset, 1);
	assert_true(str_eq(at, STR("pay.bank.example")));
	assert_int_equal(know_name(k, STR("bank.example"), &asset, &at), 1);
	assert_int_equal(asset, 0);
	assert_int_equal(know_name(k, STR("mybank.example"), NULL, NULL), 0);
	assert_int_equal(know_name(k, STR("example"), NULL, NULL), 0);
	assert_int_equal(know_name(k, (struct str){0}, NULL, NULL), 0);
	assert_int_equal(know_as_owner(k, 64501), 2);
	assert_int_equal(know_as_owner(k, 64503), 0);
	assert_int_equal(know_country_owner(k, "LA"), 3);
	assert_int_equal(know_country_owner(k, "TH"), 0);
	assert_int_equal(know_generation(k), 7);
	assert_int_equal(know_asset(k, 1)->criticality, 5);
	assert_null(know_asset(k, 2));
	assert_true(str_eq(know_owner(k, 1)->contacts[0].email, STR("soc@bank.example")));

	struct addr a = addr_of("203.0.113.200"); /* the country's: a name is closer */
	know_whose(k, know_addr(k, &a), STR("x.isp.example"), 0, &w);
	assert_int_equal(w.how, KNOW_NAME);
	assert_int_equal(w.owner, 2);
	a = addr_of("192.0.2.200"); /* somebody's prefix: only an asset's name is closer */
	know_whose(k, know_addr(k, &a), STR("www.bank.example"), 0, &w);
	assert_int_equal(w.how, KNOW_PREFIX);
	assert_int_equal(w.owner, 2);
	know_whose(k, know_addr(k, &a), STR("www.pay.bank.example"), 0, &w);
	assert_int_equal(w.how, KNOW_ASSET);
	assert_int_equal(w.owner, 1);
	assert_int_equal(w.criticality, 5);
	know_whose(k, NULL, (struct str){0}, 64502, &w);
	assert_int_equal(w.how, KNOW_AS);
	know_whose(k, NULL, STR("elsewhere.test"), 3, &w);
	assert_int_equal(w.how, KNOW_NOBODY);
	know_close(k);
}

static void test_origins(void **state)
{
	auto_buf struct buf bytes = {0};
	struct know *k = know_of(&bytes,
	        (const char *const[]){"r", "192.0.2.0/24\t{9,3,5}\n192.0.2.0\t24\t3_1\n", "n",
	                "AS3 Three\n5 Five, LA\n", NULL});
	struct addr a = addr_of("192.0.2.1");
	const struct know_leaf *l = know_addr(k, &a);

	(void)state;
	assert_int_equal(l->origins, 4);
	const uint32_t want[4] = {1, 3, 5, 9};
	assert_memory_equal(l->asn, want, sizeof(want));
	assert_true(str_eq(know_as_name(k, 5), STR("Five, LA")));
	assert_int_equal(know_as_name(k, 9).len, 0);
	know_close(k);
}

/* An IPv6 prefix around the place where IPv4 is mapped says nothing of IPv4, and the other way round. */
static void test_families(void **state)
{
	auto_buf struct buf bytes = {0};
	struct know *k = know_of(&bytes,
	        (const char *const[]){
	                "o.csv", "id,prefixes\nx,::/3\ny,10.0.0.0/8 0.0.0.0/1 ::ffff:11.0.0.0/104\n", NULL});

	(void)state;
	leaf_is(k, "200.0.0.1", KNOW_NOBODY, NULL, 0);
	leaf_is(k, "10.0.0.1", KNOW_PREFIX, "y", 96 + 8);
	leaf_is(k, "11.0.0.1", KNOW_PREFIX, "y", 96 + 8);
	leaf_is(k, "::fffe:ffff:ffff", KNOW_PREFIX, "x", 3);
	leaf_is(k, "::1:0:0:0", KNOW_PREFIX, "x", 3);
	leaf_is(k, "2000::", KNOW_NOBODY, NULL, 0);
	know_close(k);
}

/* ---- against an oracle -------------------------------------------------------------------------- */

#define ORACLE 400

struct oracle {
	struct prefix p[ORACLE];
	unsigned layer[ORACLE];
	uint32_t value[ORACLE];
	unsigned n;
};

/* Prefixes that nest often: few bits differ. */
static struct prefix random_prefix(uint64_t *s, bool v4)
{
	struct prefix p = {0};
	unsigned len = 1 + (unsigned)(mix(s) % (v4 ? 32 : 128));

	for (unsigned i = 0; i < 16; i++)
		p.addr.b[i] = mix(s) % 3 ? 0 : (uint8_t)(mix(s) & 0x81);
	if (v4) {
		memset(p.addr.b, 0, 10);
		p.addr.b[10] = p.addr.b[11] = 0xff;
		len += 96;
	}
	p.len = (uint8_t)len;
	for (unsigned i = 0; i < 16; i++)
		p.addr.b[i] &= len >= 8 * i + 8 ? 0xff
		        : len <= 8 * i          ? 0
		                                : (uint8_t)(0xff00u >> (len - 8 * i));
	return p;
}

static struct addr random_near(uint64_t *s, const struct oracle *o)
{
	struct addr a = o->p[mix(s) % o->n].addr;

	for (unsigned i = 0; i < mix(s) % 3; i++)
		a.b[mix(s) % 16] ^= (uint8_t)(1u << (mix(s) % 8));
	return a;
}

/* The entry of a layer that decides for a; -1: none. The first of equal ones, as owners are. */
static int oracle_find(const struct oracle *o, unsigned layer, const struct addr *a)
{
	int best = -1;

	for (unsigned i = 0; i < o->n; i++)
		if (o->layer[i] == layer && prefix_has(&o->p[i], a) &&
		        addr_is4(&o->p[i].addr) == addr_is4(a) && (best < 0 || o->p[i].len > o->p[best].len))
			best = (int)i;
	return best;
}

static void oracle_check(const struct oracle *o, const struct know_leaf *l, const struct addr *a)
{
	int owner = oracle_find(o, LAYER_OWNER, a), route = oracle_find(o, LAYER_ROUTE, a);

	assert_int_equal(l->owner, owner < 0 ? 0 : o->value[owner]);
	assert_int_equal(l->origins, route < 0 ? 0 : 1);
	if (route >= 0)
		assert_int_equal(l->asn[0], 1000 + (unsigned)o->p[route].len * 7 % 50);
	assert_int_equal(l->network_len, route >= 0 ? o->p[route].len : owner >= 0 ? o->p[owner].len : 0);
}

static struct know *oracle_build(struct oracle *o, uint64_t *s, int family, struct buf *bytes)
{
	static const struct owners_place nowhere = {STR_INIT("t"), 1, 0};
	struct know_build b;
	struct know *k = NULL;
	struct err e;
	char id[8];

	know_build_init(&b);
	for (unsigned i = 0; i < 9; i++)
		owners_owner(&b.owners, str_make(id, (size_t)snprintf(id, sizeof(id), "o%u", i)), &nowhere);
	for (o->n = 0; o->n < ORACLE; o->n++) {
		unsigned i = o->n;
		o->p[i] = random_prefix(s, family == 4 || (family == 0 && mix(s) % 2));
		o->layer[i] = mix(s) % 2 ? LAYER_OWNER : LAYER_ROUTE;
		o->value[i] = 1 + (uint32_t)(mix(s) % 9);
		if (o->layer[i] == LAYER_ROUTE)
			know_build_route(&b, &o->p[i], 1000 + (unsigned)o->p[i].len * 7 % 50);
		else
			*vec_add(&b.owners.prefix) = (struct owners_prefix){o->p[i], o->value[i], 0, nowhere};
	}
	know_build_finish(&b, 1, bytes);
	know_build_done(&b);
	if (know_open_bytes(bytes->p, bytes->len, &k, &e) != 0)
		fail_msg("%s", e.text);
	return k;
}

static void test_oracle(void **state)
{
	struct oracle *o = mem_get(sizeof(*o));
	uint64_t s = 1;

	(void)state;
	for (int round = 0; round < 12; round++) {
		auto_buf struct buf bytes = {0};
		struct know *k = oracle_build(o, &s, round % 3 * 4 == 8 ? 6 : round % 3 * 4, &bytes);
		struct addr a[257];
		const struct addr *pa[257];
		const struct know_leaf *l[257];
		for (unsigned i = 0; i < 257; i++) {
			a[i] = random_near(&s, o);
			pa[i] = &a[i];
		}
		know_addrs(k, pa, 257, l);
		for (unsigned i = 0; i < 257; i++) {
			oracle_check(o, l[i], &a[i]);
			assert_ptr_equal(know_addr(k, &a[i]), l[i]);
		}
		k->popcnt = false; /* the path of older processors */
		for (unsigned i = 0; i < 257; i++)
			assert_ptr_equal(know_addr(k, &a[i]), l[i]);
		const struct know_leaf *plain[257];
		know_addrs(k, pa, 257, plain);
		assert_memory_equal(plain, l, sizeof(l));
		know_close(k);
	}
	free(o);
}

static void test_span(void **state)
{
	struct oracle *o = mem_get(sizeof(*o));
	uint64_t s = 5;

	(void)state;
	for (int family = 4; family <= 6; family += 2) {
		auto_buf struct buf bytes = {0};
		struct know *k = oracle_build(o, &s, family, &bytes);
		for (unsigned i = 0; i < 200; i++) {
			struct addr a = random_near(&s, o), first, last, end;
			struct prefix p = {a, 128};
			prefix_range(&o->p[mix(&s) % o->n], &first, &last);
			if (addr_is4(&a) != (family == 4))
				continue;
			if (addr_cmp(&a, &last) > 0)
				prefix_range(&p, &first, &last);
			const struct know_leaf *l = know_span(k, &a, &last, &end);
			assert_ptr_equal(l, know_addr(k, &a));
			assert_ptr_equal(l, know_addr(k, &end));
			assert_true(addr_cmp(&end, &a) >= 0 && addr_cmp(&end, &last) <= 0);
		}
		know_close(k);
	}
	free(o);
}

/* ---- damaged files ------------------------------------------------------------------------------ */

static void use(const struct know *k)
{
	static const char *const some[] = {
	        "192.0.2.17", "203.0.113.5", "2001:db8:1::5", "10.0.0.1", "::", "ffff::"};
	struct know_answer w;

	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		struct addr a = addr_of(some[i]), last;
		const struct addr *pa = &a;
		const struct know_leaf *l;
		know_addrs(k, &pa, 1, &l);
		assert_ptr_equal(l, know_addr(k, &a));
		know_whose(k, l, STR("www.pay.bank.example"), 64500, &w);
		know_span(k, &a, &a, &last);
		know_owner(k, w.owner);
		know_asset(k, w.asset);
	}
	for (uint32_t i = 1; i <= know_owner_count(k); i++)
		for (uint32_t c = 0; c < know_owner(k, i)->ncontacts; c++)
			assert_true(str_hash(know_owner(k, i)->contacts[c].email) != 0);
	know_as_name(k, 64500);
	know_country_owner(k, "LA");
}

/* Every byte of the file outside the long runs of equal bytes in the roots. */
static bool worth_flipping(const struct buf *b, size_t i)
{
	return i < 400 || i % 9973 == 0 || (i > 8 && i % 3 == 0 && memcmp(b->p + i, b->p + i - 8, 8) != 0);
}

static void test_flipped(void **state)
{
	auto_buf struct buf bytes = {0};
	struct know *k = sample(&bytes), *other;
	struct err e;

	(void)state;
	know_close(k);
	for (size_t i = 0; i + 8 < bytes.len; i++) {
		if (!worth_flipping(&bytes, i))
			continue;
		bytes.p[i] ^= 0x41;
		assert_true(know_open_bytes(bytes.p, bytes.len, &other, &e) < 0);
		bytes.p[i] ^= 0x41;
	}
	for (size_t len = 0; len < bytes.len; len += 1 + bytes.len / 97) {
		char *cut = mem_get(len);
		memcpy(cut, bytes.p, len);
		assert_true(know_open_bytes(cut, len, &other, &e) < 0);
		free(cut);
	}
}

/* Makes the sums right again, so that only the bounds stand between a wrong number and a look-up. */
static void sums_mend(struct buf *b)
{
	struct know_head head;
	struct know_section s[KNOW_SECTIONS];

	memcpy(&head, b->p, sizeof(head));
	memcpy(s, b->p + sizeof(head), sizeof(s));
	for (unsigned i = 0; i < KNOW_SECTIONS; i++)
		if (s[i].offset <= b->len && s[i].len <= b->len - s[i].offset)
			s[i].crc = crc32c(0, b->p + s[i].offset, s[i].len);
	head.crc = 0;
	head.crc = crc32c(crc32c(0, &head, sizeof(head)), s, sizeof(s));
	memcpy(b->p, &head, sizeof(head));
	memcpy(b->p + sizeof(head), s, sizeof(s));
}

static void test_bounds(void **state)
{
	auto_buf struct buf bytes = {0};
	struct know *k = sample(&bytes);
	unsigned opened = 0, refused = 0;
	struct err e;

	(void)state;
	know_close(k);
	for (size_t i = 0; i + 8 < bytes.len; i++) {
		if (!worth_flipping(&bytes, i))
			continue;
		auto_buf struct buf copy = {0};
		buf_add(&copy, buf_str(&bytes));
		copy.p[i] ^= (char)(i % 3 == 0 ? 0x80 : i % 3 == 1 ? 0x01 : 0xff);
		sums_mend(&copy);
		if (know_open_bytes(copy.p, copy.len, &k, &e) != 0) {
			refused++;
			continue;
		}
		use(k);
		know_close(k);
		opened++;
	}
	assert_true(opened > 100 && refused > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_order_of_contacts),
	        cmocka_unit_test(test_origins),
	        cmocka_unit_test(test_families),
	        cmocka_unit_test(test_oracle),
	        cmocka_unit_test(test_span),
	        cmocka_unit_test(test_flipped),
	        cmocka_unit_test(test_bounds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
