/* SPDX-License-Identifier: Apache-2.0
 *
 * What must hold for any rules and any records: the first rule that matches decides (against a naive reading
 * of the same rules), the same arguments give the same verdict, labels only rise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "decide.h"
#include <cmocka.h>

/* ---- what always holds ---------------------------------------------------------------------------- */

static uint64_t mix(uint64_t *s)
{
	uint64_t z = (*s += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

#define PICK(s, list) (list[mix(s) % (sizeof(list) / sizeof(list[0]))])

static const char *const some_ips[] = {"192.0.2.20", "192.0.2.99", "198.51.100.4", "203.0.113.4",
        "203.0.113.200", "100.64.0.7", "2001:db8:1::5", "2001:db8:2::5"};
static const char *const some_types[] = {
        "phishing", "c2-server", "infected-system", "spam", "weak-crypto", "test"};
static const char *const some_names[] = {"bank.example", "www.bank.example", "x.isp.example", "gov.example"};
static const char *const some_labels[] = {"CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"};
static const char *const some_words[] = {"info", "low", "medium", "high", "critical"};

/* A record as pieces, so that their order can be changed. */
static unsigned random_record(uint64_t *s, char pieces[8][64])
{
	unsigned n = 0;

	snprintf(pieces[n++], 64, "source.ip=%s", PICK(s, some_ips));
	if (mix(s) % 4)
		snprintf(pieces[n++], 64, "classification.type=%s", PICK(s, some_types));
	if (mix(s) % 2)
		snprintf(pieces[n++], 64, "source.fqdn=%s", PICK(s, some_names));
	if (mix(s) % 2)
		snprintf(pieces[n++], 64, "source.port=%u", (unsigned)(1 + mix(s) % 100));
	if (mix(s) % 3 == 0)
		snprintf(pieces[n++], 64, "tlp=%s", PICK(s, some_labels));
	if (mix(s) % 3 == 0)
		snprintf(pieces[n++], 64, "severity=%s", PICK(s, some_words));
	if (mix(s) % 2)
		snprintf(pieces[n++], 64, "malware.name=m%u", (unsigned)(mix(s) % 3));
	if (mix(s) % 2)
		snprintf(pieces[n++], 64, "extra.tag=t%u", (unsigned)(mix(s) % 3));
	return n;
}

static void add_record(struct buf *b, char pieces[8][64], unsigned n, unsigned from)
{
	for (unsigned i = 0; i < n; i++)
		buf_printf(b, "%s%s", i ? "|" : "", pieces[(from + i * (n % 2 ? 2 : 1)) % n]);
	buf_char(b, '\n');
}

/* ---- rules against a naive reading ------------------------------------------------------------------ */

/* A condition the test made up, and how it reads it: by the text of the record and the register. */
struct naive {
	const char *name;
	char value[2][32];
	unsigned nvalues;
};
struct naive_rule {
	struct naive conds[3], not_conds[2];
	unsigned nconds, nnot;
};

static void naive_make(uint64_t *s, struct naive *c)
{
	static const char *const prefixes[] = {"192.0.2.0/25", "192.0.2.0/24", "0.0.0.0/1", "2001:db8::/32"};
	static const char *const numbers[] = {">= 50", "< 20", "30-60", "7", "> 99"};
	static const char *const names[] = {"source.ip", "classification.type", "source.fqdn", "source.port",
	        "owner", "owner.sector", "malware.name", "extra.tag", "criticality", "source.geolocation.cc"};
	static const char *const owners[] = {"bank", "isp", "cert", "silent"};
	static const char *const sectors[] = {"finance", "telecom", "government"};

	c->name = PICK(s, names);
	c->nvalues = 1 + mix(s) % 2;
	for (unsigned i = 0; i < c->nvalues; i++) {
		char *v = c->value[i];
		switch (c->name[strlen(c->name) - 1]) {
		case 'p': /* source.ip */
			snprintf(v, 32, "%s", PICK(s, prefixes));
			break;
		case 'e': /* classification.type, malware.name */
			if (c->name[0] == 'c')
				snprintf(v, 32, "%s", PICK(s, some_types));
			else
				snprintf(v, 32, "M%u", (unsigned)(mix(s) % 3));
			break;
		case 'n':
			snprintf(v, 32, "%s", mix(s) % 2 ? PICK(s, some_names) : "example");
			break;
		case 't':
			snprintf(v, 32, "%s", PICK(s, numbers));
			break;
		case 'r':
			snprintf(v, 32, "%s", c->name[5] == 0 ? PICK(s, owners) : PICK(s, sectors));
			break;
		case 'g':
			snprintf(v, 32, "t%u", (unsigned)(mix(s) % 3));
			break;
		case 'y':
			snprintf(v, 32, "%s", mix(s) % 2 ? ">= 4" : "< 3");
			break;
		default:
			snprintf(v, 32, "%s", mix(s) % 2 ? "LA" : "VN");
		}
	}
}

static bool naive_number(const char *wanted, long have)
{
	char *end;

	if (strncmp(wanted, ">= ", 3) == 0)
		return have >= strtol(wanted + 3, NULL, 10);
	if (strncmp(wanted, "> ", 2) == 0)
		return have > strtol(wanted + 2, NULL, 10);
	if (strncmp(wanted, "< ", 2) == 0)
		return have < strtol(wanted + 2, NULL, 10);
	long low = strtol(wanted, &end, 10);
	return *end == '-' ? have >= low && have <= strtol(end + 1, NULL, 10) : have == low;
}

static bool naive_value(const struct world *w, unsigned i, const char *name, const char *wanted)
{
	const struct batch_row *row = &w->w.b.rows[i];
	const struct know_owner *o = know_owner(w->know, w->v[i].owner);
	const struct know_leaf *leaf = know_addr(w->know, &row->src);
	char buf[64], parent[64];
	struct prefix p;
	struct str have = batch_text(&w->w.b, row, field_find(str_from(name)), buf), want = str_from(wanted);

	if (strcmp(name, "source.ip") == 0)
		return prefix_parse(want, &p, NULL) && prefix_has(&p, &row->src);
	if (strcmp(name, "source.fqdn") == 0) {
		snprintf(parent, sizeof(parent), ".%s", wanted);
		return str_eq(have, want) || str_ends(have, str_from(parent));
	}
	if (strcmp(name, "source.port") == 0)
		return row->src_port != 0 && naive_number(wanted, row->src_port);
	if (strcmp(name, "criticality") == 0)
		return w->v[i].criticality != 0 && naive_number(wanted, w->v[i].criticality);
	if (strcmp(name, "owner") == 0)
		return o != NULL && str_ieq(o->id, want);
	if (strcmp(name, "owner.sector") == 0)
		return o != NULL && str_ieq(o->sector, want);
	if (strcmp(name, "source.geolocation.cc") == 0)
		return str_eq(str_make(leaf->cc, 2), want);
	if (strcmp(name, "extra.tag") != 0)
		return have.len > 0 && str_ieq(have, want);
	struct batch_iter it = batch_vars(&w->w.b, row);
	struct batch_value v;
	while (batch_var_next(&it, &v)) {
		if (str_eq(v.name, STR("tag")))
			return str_eq(v.value, want);
	}
	return false;
}

static bool naive_cond(const struct world *w, unsigned i, const struct naive *c)
{
	bool any = false;

	for (unsigned k = 0; k < c->nvalues; k++)
		any = any || naive_value(w, i, c->name, c->value[k]);
	return any;
}

static bool naive_match(const struct world *w, unsigned i, const struct naive_rule *r)
{
	bool all = true, not_all = r->nnot > 0;

	for (unsigned k = 0; k < r->nconds; k++)
		all = all && naive_cond(w, i, &r->conds[k]);
	for (unsigned k = 0; k < r->nnot; k++)
		not_all = not_all && naive_cond(w, i, &r->not_conds[k]);
	return all && !not_all;
}

static bool taken(const struct naive *list, unsigned n, const char *name)
{
	for (unsigned i = 0; i < n; i++) {
		if (list[i].name == name)
			return true;
	}
	return false;
}

static void naive_print(struct buf *b, const struct naive *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		buf_printf(b, "%s%s: [", i ? ", " : "", list[i].name);
		for (unsigned k = 0; k < list[i].nvalues; k++)
			buf_printf(b, "%s\"%s\"", k ? ", " : "", list[i].value[k]);
		buf_char(b, ']');
	}
}

static void naive_rule_make(uint64_t *s, struct naive_rule *r, struct buf *b, unsigned number)
{
	unsigned nconds = 1 + mix(s) % 3, nnot = mix(s) % 3;

	r->nconds = r->nnot = 0;
	while (r->nconds < nconds) {
		naive_make(s, &r->conds[r->nconds]);
		r->nconds += !taken(r->conds, r->nconds, r->conds[r->nconds].name);
	}
	while (r->nnot < nnot) {
		naive_make(s, &r->not_conds[r->nnot]);
		r->nnot += !taken(r->not_conds, r->nnot, r->not_conds[r->nnot].name);
	}
	buf_printf(b, "- rule: r%u\n  if: { ", number);
	naive_print(b, r->conds, r->nconds);
	if (nnot > 0) {
		buf_add(b, STR(", not: { "));
		naive_print(b, r->not_conds, r->nnot);
		buf_add(b, STR(" }"));
	}
	buf_printf(b, " }\n  then: { notify: owner%s }\n",
	        number % 3 == 0           ? ", label: AMBER"
	                : number % 3 == 1 ? ", severity: high"
	                                  : "");
}

static void first_match(void **state)
{
	uint64_t s = 11;
	struct naive_rule *rules = mem_zero(100, sizeof(*rules));
	unsigned matched = 0, unmatched = 0, far = 0;

	(void)state;
	for (int round = 0; round < 60; round++) {
		unsigned nrules = round % 4 == 0 ? 100 : 12; /* more than one word of a set, and one */
		auto_buf struct buf text = {0}, lines = {0};
		for (unsigned i = 0; i < nrules; i++)
			naive_rule_make(&s, &rules[i], &text, i);
		for (unsigned i = 0; i < 60; i++) {
			char pieces[8][64];
			unsigned n = random_record(&s, pieces);
			add_record(&lines, pieces, n, 0);
		}
		buf_char(&text, 0);
		buf_char(&lines, 0);
		struct world *w = world_new(text.p, lines.p);
		for (unsigned i = 0; i < 60; i++) {
			unsigned want = 0;
			while (want < nrules && !naive_match(w, i, &rules[want]))
				want++;
			assert_int_equal(w->v[i].rule, want < nrules ? want + 1 : 0);
			matched += want < nrules;
			far += want >= 64 && want < nrules;
			unmatched += want == nrules;
		}
		world_free(w);
	}
	free(rules);
	assert_true(far > 0);
	assert_true(matched > 500 && unmatched > 200); /* both sides were tried */
}

/* The same record with its fields in another order, alone or among others, twice: one verdict. */
static void pure(void **state)
{
	uint64_t s = 5;
	auto_buf struct buf a = {0}, b = {0}, text = {0};
	struct naive_rule rule;

	(void)state;
	for (unsigned i = 0; i < 20; i++)
		naive_rule_make(&s, &rule, &text, i);
	for (unsigned i = 0; i < 700; i++) {
		char pieces[8][64];
		unsigned n = random_record(&s, pieces);
		add_record(&a, pieces, n, 0);
		add_record(&b, pieces, n, 1 + mix(&s) % n);
	}
	buf_char(&a, 0);
	buf_char(&b, 0);
	buf_char(&text, 0);
	struct world *x = world_new(text.p, a.p), *y = world_new(text.p, b.p);
	assert_memory_equal(x->v, y->v, 700 * sizeof(x->v[0]));
	again(x);
	assert_memory_equal(x->v, y->v, 700 * sizeof(x->v[0]));
	for (unsigned i = 0; i < 700; i++) {
		struct verdict alone;
		memset(&alone, 0xff, sizeof(alone));
		decide_row(&x->args, &x->w.b, &x->w.b.rows[i], &alone);
		assert_memory_equal(&alone, &x->v[i], sizeof(alone));
	}
	world_free(x);
	world_free(y);
}

/* Whatever is raised (record, feed's label, floor), no label in the verdict gets lower, and no letter goes
 * out that did not before. */
static void labels_only_rise(void **state)
{
	uint64_t s = 23;
	auto_buf struct buf a = {0}, text = {0};
	struct naive_rule rule;
	struct verdict before[300];

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		naive_rule_make(&s, &rule, &text, i);
	for (unsigned i = 0; i < 300; i++) {
		char pieces[8][64];
		unsigned n = random_record(&s, pieces);
		add_record(&a, pieces, n, 0);
	}
	buf_char(&a, 0);
	buf_char(&text, 0);
	struct world *w = world_new(text.p, a.p);
	for (unsigned label = TLP_CLEAR; label < TLP_END; label++) {
		for (unsigned lower = TLP_NONE; lower < TLP_END; lower++) {
			for (unsigned higher = lower; higher < TLP_END; higher++) {
				w->feed.label = (enum tlp)label;
				w->feed.floor = (enum tlp)lower;
				again(w);
				memcpy(before, w->v, sizeof(before));
				w->feed.floor = (enum tlp)higher;
				again(w);
				for (unsigned i = 0; i < 300; i++) {
					bool letter = w->v[i].decision == DECISION_NOTIFY;
					assert_true(w->v[i].tlp >= before[i].tlp);
					assert_true(
					        w->v[i].tlp >= higher && w->v[i].tlp >= w->w.b.rows[i].tlp);
					assert_true(!letter || before[i].decision == DECISION_NOTIFY);
					assert_true(!letter || w->v[i].tlp <= TLP_AMBER);
				}
			}
		}
	}
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(first_match),
	        cmocka_unit_test(pure),
	        cmocka_unit_test(labels_only_rise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
