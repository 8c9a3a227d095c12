/* SPDX-License-Identifier: Apache-2.0 */
#include "see/wish.h"
#include "base/os.h"

/* A place is asked about anew when it is seen that long after its last case has ended. */
#define ANEW ((int64_t)7 * 86400 * 1000000)

/* The country of the source, as the record says, else as the networks do; two capitals. */
static bool country_of(const struct node *n, const struct batch *b, const struct batch_row *row, char ret[3])
{
	struct str cc = batch_find(b, row, FIELD_SOURCE_GEO_CC);
	const struct know_leaf *leaf;

	if (cc.len != 2 && n->country.know != NULL && !addr_none(&row->src) &&
	        (leaf = know_addr(n->country.know, &row->src)) != NULL && leaf->cc[0] != 0)
		cc = str_make(leaf->cc, 2);
	if (cc.len != 2)
		return false;
	for (int i = 0; i < 2; i++)
		ret[i] = (char)(char_lower(cc.p[i]) & ~0x20);
	ret[2] = 0;
	return !str_ieq(str_from(ret), n->country.cc);
}

struct wish {
	struct rule_view rule;
	struct str cc, place, victim;
};

static void put(struct node *n, const struct receipt *r, const struct batch_row *row, const struct verdict *v,
        const struct wish *w)
{
	char severity[8], event[64];
	struct query q = db_query(n->state,
	        "insert into case_wish(rule, ask, cc, severity, label, class, value, victim, finding, event, "
	        "ack_by, at) values "
	        "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif(?9, 0), ?10, ?11, ?12) on conflict(rule, cc, value) "
	        "do update set at = "
	        "excluded.at, event = excluded.event, finding = excluded.finding, case_ = null where case_ "
	        "is not null and exists "
	        "(select 1 from case_ c where c.id = case_wish.case_ and c.ended < ?12 - ?13)");

	snprintf(severity, sizeof(severity), "c%u", v->rank >= 1 && v->rank <= 6 ? v->rank : 4);
	snprintf(event, sizeof(event), "E%llu.%u.%u", (unsigned long long)r->id, row->ordinal,
	        (unsigned)row->sub);
	query_text(&q, w->rule.name);
	query_text(&q, w->rule.request);
	query_text(&q, w->cc);
	query_text(&q, str_from(severity));
	query_text(&q, tlp_name((enum tlp)v->tlp));
	query_text(&q, type_table[row->type].name.p != NULL ? type_table[row->type].name : STR(""));
	query_text(&q, w->place);
	query_text(&q, w->victim.p != NULL ? w->victim : STR(""));
	query_u64(&q, v->finding);
	query_text(&q, str_from(event));
	query_u64(&q, w->rule.ack_by);
	query_i64(&q, os_now());
	query_i64(&q, ANEW);
	query_run(&q);
}

void wish_add(struct node *n, const struct receipt *r, const struct batch *b, const struct verdict *v)
{
	const struct rules *rules = n->country.rules;
	char cc[3], buf[64];

	/* what was there before the first day is not asked about */
	if (!rules_request(rules) || r->quiet)
		return;
	for (uint32_t i = 0; i < b->head->rows; i++) {
		const struct batch_row *row = &b->rows[i];
		struct wish w = {0};
		if (v[i].rule == 0 || !rules_view(rules, v[i].rule, &w.rule) || w.rule.request.len == 0 ||
		        !country_of(n, b, row, cc))
			continue;
		(void)decide_place(b, row, buf, &w.place);
		if (w.place.len == 0)
			continue;
		w.cc = str_from(cc);
		w.victim = batch_find(b, row, FIELD_DESTINATION_FQDN);
		put(n, r, row, &v[i], &w);
	}
}
