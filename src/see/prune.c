/* SPDX-License-Identifier: Apache-2.0 */
#include "see/prune.h"
#include "base/os.h"
#include "state/changes.h"

/* Of one transaction. */
#define ROWS 512
#define DAY_US (24 * (int64_t)3600 * 1000000)

#define OLD_ALERTS                                                                                           \
	"(select id from alert where coalesce(ended, acked) < ?1 and next is null and id < (select max(id) " \
	"from "                                                                                              \
	"alert) order by id limit ?2)"

static const struct {
	const char *any, *sql[2];
	int64_t days;
} rules[] = {
        {.any = "select 1 from feed_item i join feed f on f.name = i.feed where i.at < ?1 and i.at < "
                "coalesce(f.good, 0) "
                "limit ?2",
                .sql = {"delete from feed_item where (feed, item) in (select i.feed, i.item from feed_item i "
                        "join feed f "
                        "on f.name = i.feed where i.at < ?1 and i.at < coalesce(f.good, 0) limit ?2)"},
                .days = PRUNE_ITEM_DAYS},
        {.any = "select 1 from alert where id in " OLD_ALERTS,
                .sql = {"delete from alert_message where alert in " OLD_ALERTS,
                        "delete from alert where id in " OLD_ALERTS},
                .days = PRUNE_ALERT_DAYS},
        {.any = "select 1 from rule_hit where day < cast(strftime('%Y%m%d', ?1 / 1000000, 'unixepoch') as "
                "integer) "
                "limit ?2",
                .sql = {"delete from rule_hit where (day, ruleset, rule) in (select day, ruleset, rule from "
                        "rule_hit where day < cast(strftime('%Y%m%d', ?1 / 1000000, 'unixepoch') as integer) "
                        "limit ?2)"},
                .days = PRUNE_HIT_DAYS},
        {.any = "select 1 from receipt where id = (select min(receipt) from nobodys) and received < ?1 limit "
                "?2",
                .sql = {"delete from nobodys where (receipt, network, asn, class) in (select b.receipt, "
                        "b.network, b.asn, b.class from nobodys b join receipt r on r.id = b.receipt where "
                        "r.received < ?1 order by b.receipt limit ?2)"},
                .days = PRUNE_NOBODYS_DAYS},
};

static int is_any(struct node *n, const char *sql, int64_t before, bool *ret, struct err *e)
{
	struct query q = db_query(n->state, sql);

	query_i64(&q, before);
	query_u64(&q, ROWS);
	*ret = query_next(&q) == 1;
	return query_done(&q, e);
}

/* 1: perhaps there is more of the log of changes. */
static int prune_changes(struct node *n, struct err *e)
{
	db_begin(n->state);
	bool more = changes_prune(n->state, os_now());
	int rc = db_commit(n->state, e);
	return rc != 0 ? rc : more;
}

int prune_step(struct node *n, struct err *e)
{
	bool any = false;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		int64_t before = os_now() - rules[i].days * DAY_US;
		int rc = is_any(n, rules[i].any, before, &any, e);
		if (rc != 0)
			return rc;
		if (!any)
			continue;
		db_begin(n->state);
		for (unsigned k = 0; k < 2 && rules[i].sql[k] != NULL; k++) {
			struct query q = db_query(n->state, rules[i].sql[k]);
			query_i64(&q, before);
			query_u64(&q, ROWS);
			query_run(&q);
		}
		rc = db_commit(n->state, e);
		return rc != 0 ? rc : 1;
	}
	return prune_changes(n, e);
}
