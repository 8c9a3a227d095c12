/* SPDX-License-Identifier: Apache-2.0
 *
 * What this team says of itself. Nothing of it leaves: a need that is drafted from a gap has the parameter's number and name, and
 * neither level, target, note nor evidence.
 */
#include "base/os.h"
#include "learn/learn_in.h"
#include "learn/sim3.h"

#define LONG 2000

static void put_level(struct query *q, int level)
{
	if (level >= 0)
		query_u64(q, (uint64_t)level);
	else
		query_null(q);
}

/* As it is given; empty: not assessed (-1). */
static int read_level(const struct change *c, const char *name, int *level, struct err *e)
{
	struct str s = learn_param(c, name);
	uint64_t n;

	if (change_param(c, name).p == NULL)
		return 0;
	*level = -1;
	if (s.len == 0)
		return 0;
	if (!str_u64(s, &n) || n >= SIM3_LEVELS)
		return err_set(e, ERR_USAGE,
		        "a level is 0 (not there), 1 (known, not written), 2 (written), 3 (approved by the "
		        "head "
		        "of the team) or 4 (checked from above)");
	*level = (int)n;
	return 0;
}

static int read_words(
        const struct change *c, const char *name, struct arena *a, struct str *ret, struct err *e)
{
	auto_buf struct buf text = {0};

	if (change_param(c, name).p == NULL)
		return 0;
	if (change_lines(c, name, LONG, &text, e) != 0)
		return e->code;
	*ret = arena_str(a, str_trim(buf_str(&text)));
	return 0;
}

struct assessed {
	int level, target;
	struct str note, evidence;
};

static void load(struct db *db, const char *id, struct arena *a, struct assessed *ret)
{
	struct query q = db_query(db, "select level, target, note, evidence from sim3_level where id = ?");

	*ret = (struct assessed){.level = -1, .target = -1, .note = STR(""), .evidence = STR("")};
	query_text(&q, str_from(id));
	if (query_next(&q) == 1) {
		ret->level = query_is_null(&q, 0) ? -1 : (int)query_get_u64(&q, 0);
		ret->target = query_is_null(&q, 1) ? -1 : (int)query_get_u64(&q, 1);
		ret->note = arena_str(a, query_get_text(&q, 2));
		ret->evidence = arena_str(a, query_get_text(&q, 3));
	}
	query_done(&q, NULL);
}

/* What is not given stays as it is. */
int change_sim3_set(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct assessed s;
	char id[SIM3_ID];

	arena_init(&a, 0);
	if (!sim3_find(c->db, learn_param(c, "id"), id, e))
		return e->code;
	load(c->db, id, &a, &s);
	if (read_level(c, "level", &s.level, e) != 0 || read_level(c, "target", &s.target, e) != 0 ||
	        read_words(c, "note", &a, &s.note, e) != 0 ||
	        read_words(c, "evidence", &a, &s.evidence, e) != 0)
		return e->code;
	struct query q = db_query(c->db,
	        "insert or replace into sim3_level(id, level, target, note, evidence, at, person) values (?, "
	        "?, ?, ?, ?, ?, ?)");
	query_text(&q, str_from(id));
	put_level(&q, s.level);
	put_level(&q, s.target);
	query_text(&q, s.note);
	query_text(&q, s.evidence);
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_run(&q);
	snprintf(c->object, sizeof(c->object), "%s", id);
	snprintf(c->detail, sizeof(c->detail), "level %d, target %d (-1: none)", s.level, s.target);
	buf_printf(c->said, "%s is assessed\n", id);
	return 0;
}

int change_sim3_need(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct draft d = {.kind = LEARN_NEED, .lang = STR_INIT("en")};
	struct assessed s;
	char id[SIM3_ID];

	arena_init(&a, 0);
	if (!sim3_find(c->db, learn_param(c, "id"), id, e))
		return e->code;
	load(c->db, id, &a, &s);
	if (s.target < 0 || s.level >= s.target)
		return err_set(e, ERR_USAGE, "%s has no gap: its target is not above its level", id);
	struct query q = db_query(c->db,
	        "select p.id || ': ' || n.name, k.area from sim3_parameter p join sim3_name n on n.id = p.id "
	        "and n.lang = 'en' join sim3_category k on k.id = substr(p.id, 1, 1) where p.id = ?");
	query_text(&q, str_from(id));
	if (query_next(&q) == 1) {
		d.title = arena_str(&a, query_get_text(&q, 0));
		d.area = arena_str(&a, query_get_text(&q, 1));
	}
	query_done(&q, NULL);
	d.sim3 = str_from(id);
	struct query there = db_query(
	        c->db, "select id from learn_draft where kind = 'need' and sim3 = ?1 and title = ?2 limit 1");
	query_text(&there, d.sim3);
	query_text(&there, d.title);
	uint64_t drafted = query_next(&there) == 1 ? query_get_u64(&there, 0) : 0;
	query_done(&there, NULL);
	if (drafted != 0)
		return err_set(
		        e, ERR_VALUE, "D%llu is drafted for %s already", (unsigned long long)drafted, id);
	d.id = draft_put(c, &d);
	change_about(c, 'D', d.id, d.title);
	buf_printf(c->said, "D%llu is drafted; weir need send D%llu sends it\n", (unsigned long long)d.id,
	        (unsigned long long)d.id);
	return 0;
}
