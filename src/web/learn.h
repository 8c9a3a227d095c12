/* SPDX-License-Identifier: Apache-2.0
 *
 * Needs, offers and practices as they are asked for: one way to say how they stand, for lists and pages.
 */
#pragma once

#include "learn/learn.h"
#include "web/route.h"

/* open, ended (its time has passed), met or withdrawn; now in seconds. */
#define LEARN_STATE(l, now)                                                                                  \
	"(case when " l ".withdrawn is not null then case " l                                                \
	".reason when 'met' then 'met' else 'withdrawn' end when " l ".until <= " now                        \
	" then 'ended' else 'open' end)"
/* Its words in the language ?N, else in English, else in whatever there is. */
#define LEARN_WORDS(l, lang)                                                                                 \
	"coalesce((select t.text from learn_text t where t.learn = " l ".id order by t.lang = " lang         \
	" desc, t.lang = 'en' desc, t.lang limit 1), '')"
#define LEARN_SIM3(l)                                                                                        \
	"coalesce((select group_concat(sim3, ' ') from (select s.sim3 from learn_sim3 s where s.learn = " l  \
	".id order by s.sim3)), '')"

/* What a filter names: rows of learn l; ?1 kind, ?2 now in seconds, ?3 area, ?4 parameter, ?5 language, ?6 party, ?7 text, ?8 state. */
#define LEARN_WHERE                                                                                          \
	" where l.kind = ?1 and (?3 is null or l.area = ?3) and (?4 is null or exists (select 1 from "       \
	"learn_sim3 s where s.learn = l.id and s.sim3 = upper(?4))) and (?5 is null or l.lang = ?5 or "      \
	"exists (select 1 from learn_text t where t.learn = l.id and t.lang = ?5)) and (?6 is null or "      \
	"l.party = ?6) and (?7 is null or instr(lower(l.title || char(10) || l.learnt_from || char(10) || "  \
	"l.contact || char(10) || l.party), lower(?7)) > 0 or exists (select 1 from learn_text t where "     \
	"t.learn = l.id and instr(lower(t.text), lower(?7)) > 0)) and (?8 is null or " LEARN_STATE(          \
	        "l", "?2") " = ?8)"
struct learn_filter {
	enum learn_kind kind;
	struct str area, sim3, lang, party, q, state; /* p NULL: any */
};
/* Of the parameters of the same names. */
struct learn_filter learn_filter(const struct ask *a, enum learn_kind kind);
/* ?1 to ?8. now: microseconds. */
void learn_bind(struct query *q, const struct learn_filter *f, int64_t now);
