/* SPDX-License-Identifier: Apache-2.0
 *
 * LEARN: what parties need, what they offer each other, and what they have learnt. A need or an offer goes to linked parties or to a
 * group, names an area and, where it has one, the parameter of a self-assessment; an offer may answer a need. Rows of the table
 * learn are made of statements alone, whatever the order in which these came; what is being written lies apart, as drafts, and the
 * self-assessment (sim3.h) is never said to anybody.
 *
 * It matches nothing by itself and judges nobody: it puts side by side what people then talk about.
 */
#pragma once

#include "trust/change.h"

enum learn_kind { LEARN_NEED, LEARN_OFFER, LEARN_PRACTICE, LEARN_KINDS };
extern const char *const learn_kinds[LEARN_KINDS];
/* LEARN_KINDS: none has that name. */
enum learn_kind learn_kind_find(struct str name);
/* What ours are filed under; others may use words of their own, which are shown as they are. NULL behind the last. */
extern const char *const learn_areas[];
bool learn_area_ok(struct str word);

extern const struct change_row learn_changes[];
extern const unsigned learn_change_count;

/* ---- for those who ask --------------------------------------------------------------------------- */

/* A person of each recipient takes an offer on within so many days of its arrival. */
#define LEARN_ACK_S (5 * 86400)
/* now: an expression, in seconds. */
#define LEARN_OPEN(l, now) "(" l ".withdrawn is null and (" l ".until is null or " l ".until > " now "))"
/* An offer of another party that nobody here has taken on in time. */
#define LEARN_LATE(l, now)                                                                                   \
	"(" l ".kind = 'offer' and " l ".ours = 0 and " l                                                    \
	".acked is null and " LEARN_OPEN(l, now) " and " l ".heard / 1000000 + 432000 < " now ")"

/* The offers of other parties that fit the need ?1 and have not ended at ?2 (seconds), best first: id, why (0 it answers the need, 1
 * they name the same parameter, 2 they are of one area), the parameters that both name. */
#define LEARN_FITS                                                                                           \
	"select f.id, f.why, coalesce((select group_concat(a.sim3, ' ') from learn_sim3 a cross join "       \
	"learn_sim3 b where a.learn = ?1 and b.learn = f.id and b.sim3 = a.sim3), '') from ("                \
	"select o.id as id, min(m.why) as why from ("                                                        \
	"select r.id as id, 0 as why from learn n join learn r on r.reply = n.said where n.id = ?1 "         \
	"union all select * from (select b.learn, 1 from learn_sim3 a join learn_sim3 b on b.sim3 = a.sim3 " \
	"where a.learn = ?1 order by b.learn desc limit 500) "                                               \
	"union all select * from (select r.id, 2 from learn n join learn r on r.kind = 'offer' and r.area "  \
	"= n.area where n.id = ?1 and n.area <> 'other' order by r.id desc limit 500)"                       \
	") m join learn o on o.id = m.id join learn n on n.id = ?1 where o.kind = 'offer' and o.party <> "   \
	"n.party and " LEARN_OPEN("o", "?2") " group by o.id order by 2, 1 desc limit 20) f"
