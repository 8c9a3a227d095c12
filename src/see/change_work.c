/* SPDX-License-Identifier: Apache-2.0
 *
 * What a team keeps beside its findings: lists that it looks at again and again, and what a shift tells the next one.
 */
#include "base/os.h"
#include "see/change_in.h"
#include "state/scope.h"

#define NAME_MOST 80
#define QUERY_MOST 1000
#define TEXT_MOST 4000
#define SAVED_MOST 50 /* of one person */

static uint64_t number(struct change *c, const char *sql, struct str person, uint64_t id)
{
	struct query q = db_query(c->node->state, sql);
	uint64_t n = 0;

	query_text(&q, person);
	query_u64(&q, id);
	if (query_next(&q) == 1)
		n = query_get_u64(&q, 0);
	query_run(&q);
	return n;
}

/* Lines "NAME=VALUE", as they stood in the address; names are words in lower case. */
static int read_query(struct str text, struct buf *ret, struct err *e)
{
	while (text.len > 0) {
		size_t n = 0;
		while (n < text.len && text.p[n] != '\v' && text.p[n] != '\n')
			n++;
		struct str line = str_trim(str_make(text.p, n));
		text = str_skip(text, n < text.len ? n + 1 : n);
		struct str_cut pair = str_cut(line, '=');
		bool good = pair.ok && pair.head.len > 0 && pair.head.len < 20;
		for (size_t i = 0; i < pair.head.len; i++)
			good = good && pair.head.p[i] >= 'a' && pair.head.p[i] <= 'z';
		if (line.len == 0)
			continue;
		if (!good)
			return err_set(e, ERR_USAGE, "a saved list is lines NAME=VALUE");
		buf_add(ret, ret->len > 0 ? STR("\n") : STR(""));
		buf_add(ret, line);
	}
	return ret->len > QUERY_MOST ? err_set(e, ERR_VALUE, "this list has too many conditions") : 0;
}

int change_saved_put(struct change *c, struct err *e)
{
	struct str name = str_trim(change_param(c, "name"));
	/* what a narrowed account asks for would say nothing to the team, and its name may say what it does not know */
	bool shared =
	        str_eq(change_param(c, "shared"), STR("team")) && !scope_is_narrow(c->node->state, c->person);
	auto_buf struct buf query = {0};
	char shown[NAME_MOST * 4 + 8];

	if (name.len == 0 || name.len > NAME_MOST)
		return err_set(e, ERR_USAGE, "a name of 1 to %u bytes is needed", (unsigned)NAME_MOST);
	if (read_query(change_param(c, "query"), &query, e) != 0)
		return e->code;
	if (number(c, "select count(*) from saved where person = ?1 and id <> ?2", c->person, 0) >=
	        SAVED_MOST)
		return err_set(
		        e, ERR_VALUE, "%u lists are kept for a person: drop one first", (unsigned)SAVED_MOST);
	struct query q = db_query(c->node->state,
	        "insert into saved(person, name, query, shared, made) values (?1, ?2, ?3, ?4, ?5) on "
	        "conflict(person, "
	        "name) do update set query = ?3, shared = ?4, made = ?5");
	query_text(&q, c->person);
	query_text(&q, name);
	query_text(&q, query.len > 0 ? buf_str(&query) : STR(""));
	query_u64(&q, shared);
	query_i64(&q, os_now());
	query_run(&q);
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(str_sub(name, 0, 60)));
	snprintf(c->detail, sizeof(c->detail), "%s", shared ? "for the team" : "for oneself");
	buf_printf(c->said, "%s is kept %s\n", err_quote(shown, sizeof(shown), name).p,
	        shared ? "for the team" : "for you");
	return 0;
}

/* One's own, or one of the team. */
static int find_saved(struct change *c, uint64_t *ret, struct err *e)
{
	uint64_t id;

	if (change_id(c, 'S', &id, e) != 0)
		return ERR_USAGE;
	*ret = number(c,
	        "select id from saved where (person = ?1 or (shared and not exists (select 1 from scope "
	        "where "
	        "person = ?1))) and id = ?2",
	        c->person, id);
	return *ret != 0 ? 0
	                 : err_set(e, ERR_MISSING, "there is no list S%llu of yours", (unsigned long long)id);
}

int change_saved_drop(struct change *c, struct err *e)
{
	uint64_t id;
	int rc = find_saved(c, &id, e);

	if (rc != 0)
		return rc;
	struct query q = db_query(c->node->state, "delete from saved where id = ?");
	query_u64(&q, id);
	query_run(&q);
	change_about(c, 'S', id, STR("dropped"));
	buf_printf(c->said, "the list is dropped\n");
	return 0;
}

int change_saved_looked(struct change *c, struct err *e)
{
	struct str until = change_param(c, "until");
	uint64_t id, finding;
	int rc = find_saved(c, &id, e);

	if (rc == 0 && (until.len < 2 || until.p[0] != 'F' || !str_u64(str_skip(until, 1), &finding)))
		rc = err_set(e, ERR_USAGE, "until which finding? --until F12");
	if (rc != 0)
		return rc;
	struct query q = db_query(c->node->state,
	        "insert into saved_looked(saved, person, finding, at) values (?1, ?2, ?3, ?4) on "
	        "conflict(saved, person) "
	        "do update set finding = max(finding, ?3), at = ?4");
	query_u64(&q, id);
	query_text(&q, c->person);
	query_u64(&q, finding);
	query_i64(&q, os_now());
	query_run(&q);
	change_about(c, 'S', id, until);
	buf_printf(c->said, "what comes from now on is new\n");
	return 0;
}

int change_handover(struct change *c, struct err *e)
{
	struct str text = str_trim(change_param(c, "text"));
	auto_buf struct buf lines = {0};

	if (text.len == 0)
		return err_set(e, ERR_USAGE, "the note is empty");
	if (text.len > TEXT_MOST)
		return err_set(
		        e, ERR_VALUE, "a note to the next shift has at most %u bytes", (unsigned)TEXT_MOST);
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] != '\r')
			buf_char(&lines, text.p[i] == '\v' ? '\n' : text.p[i]);
	struct query q = db_query(c->node->state, "insert into handover(at, person, text) values (?, ?, ?)");
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_text(&q, buf_str(&lines));
	query_run(&q);
	snprintf(c->object, sizeof(c->object), "handover");
	snprintf(c->detail, sizeof(c->detail), "%.*s", STR_ARG(str_sub(buf_str(&lines), 0, 200)));
	buf_printf(c->said, "the next shift reads it on the morning page\n");
	return 0;
}
