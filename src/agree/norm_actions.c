/* SPDX-License-Identifier: Apache-2.0
 *
 * Further actions for norms: lists that people load, and how each action stands. A list is put together by its name: what is in it
 * already stays with what was said of it, so that the same rows a second time change nothing.
 */
#include "agree/norm.h"
#include "agree/norm_file.h"
#include "agree/norm_in.h"
#include "base/os.h"
#include "base/plural.h"

#define ROWS_BYTES 65536
#define ACTION 3000 /* bytes of one */
#define LIST_ROWS 2000

static struct str word(const struct change *c, const char *name)
{
	struct str s = str_trim(change_param(c, name));

	return s.p != NULL ? s : STR("");
}

static int list_of(struct change *c, struct str *ret, struct err *e)
{
	*ret = word(c, "list");
	if (!norm_key_good(*ret))
		return err_set(e, ERR_USAGE, "a list has a name of small letters, digits, '-', '_' (list)");
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(*ret));
	return 0;
}

/* Where a row stands, for a sentence: "checklist.csv:3: ", or "row 3: ". */
static void place_of(const struct change *c, struct str *lines, unsigned row, struct buf *ret)
{
	struct str name = word(c, "name");
	struct str_cut cut = str_cut(*lines, ' ');
	char shown[256];

	*lines = cut.tail;
	if (name.len > 0 && cut.head.len > 0)
		buf_printf(ret, "%s:%.*s: ", err_quote(shown, sizeof(shown), name).p,
		        STR_ARG(str_sub(cut.head, 0, 10)));
	else
		buf_printf(ret, "row %u: ", row);
}

static int put_action(const struct change *c, struct str list, struct str key, struct str action,
        struct str place, unsigned *ret_new, struct err *e)
{
	char shown[80];

	if (!norm_there(c->db, key))
		return err_set(e, ERR_VALUE, "%.*snorm: there is no norm '%s'; weir norm list names them",
		        STR_ARG(place), err_quote(shown, sizeof(shown), key).p);
	if (action.len == 0 || action.len > ACTION)
		return err_set(e, ERR_VALUE, "%.*saction: a text of at most %d bytes is wanted",
		        STR_ARG(place), ACTION);
	struct query q = db_query(c->db,
	        "insert into norm_action(list, norm, action, at, person) values (?, ?, ?, ?, ?) on "
	        "conflict(list, norm, "
	        "action) do nothing");
	query_text(&q, list);
	query_text(&q, key);
	query_text(&q, action);
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_run(&q);
	*ret_new += db_changes(c->db) > 0;
	return 0;
}

static int check_size(const struct change *c, struct str list, struct err *e)
{
	struct query q = db_query(c->db, "select count(*) from norm_action where list = ?");
	uint64_t n = 0;

	query_text(&q, list);
	if (query_next(&q) == 1)
		n = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return n <= LIST_ROWS ? 0 : err_set(e, ERR_VALUE, "a list has %d actions at most", LIST_ROWS);
}

/* A row: the norm, a tab or blanks, the action. */
static int take_row(
        struct change *c, struct str list, struct str row, struct str place, unsigned *ret_new, struct err *e)
{
	size_t n = 0;

	while (n < row.len && row.p[n] != '\t' && row.p[n] != ' ')
		n++;
	return put_action(c, list, str_sub(row, 0, n), str_trim(str_skip(row, n)), place, ret_new, e);
}

int norm_change_import(struct change *c, struct err *e)
{
	auto_buf struct buf rows = {0};
	struct str list, lines = word(c, "lines");
	unsigned new = 0, n = 0;

	if (list_of(c, &list, e) != 0 || change_lines(c, "rows", ROWS_BYTES, &rows, e) != 0)
		return e->code;
	for (struct str rest = buf_str(&rows); rest.len > 0;) {
		auto_buf struct buf place = {0};
		struct str_cut cut = str_cut(rest, '\n');
		struct str row = str_trim(cut.head);
		rest = cut.tail;
		if (row.len == 0)
			continue;
		place_of(c, &lines, ++n, &place);
		if (take_row(c, list, row, buf_str(&place), &new, e) != 0)
			return e->code;
	}
	if (n == 0)
		return err_set(e, ERR_USAGE,
		        "no action was given: rows of a norm and a text, such as 'gge2015.h ...' (rows)");
	if (check_size(c, list, e) != 0)
		return e->code;
	snprintf(c->detail, sizeof(c->detail), "%u of %u actions are new", new, n);
	plural_printf(c->said, "%.*s: %u actions, %u of them new\n", STR_ARG(list), n, new);
	return 0;
}

int norm_change_drop(struct change *c, struct err *e)
{
	struct str list;

	if (list_of(c, &list, e) != 0)
		return e->code;
	struct query q = db_query(c->db, "delete from norm_action where list = ?");
	query_text(&q, list);
	query_run(&q);
	if (db_changes(c->db) == 0)
		return err_set(e, ERR_MISSING, "there is no list '%.*s'", STR_ARG(list));
	plural_printf(c->said, "gone, with what was said of them: %llu actions of %.*s\n",
	        (unsigned long long)db_changes(c->db), STR_ARG(list));
	return 0;
}

int norm_change_act(struct change *c, struct err *e)
{
	struct str key, status = word(c, "status"), note = change_param(c, "note"),
	                number = word(c, "action");
	uint64_t id;

	if (norm_change_about(c, &key, e) != 0 || norm_change_note(c, e) != 0)
		return e->code;
	if (!str_u64(number, &id) || id > INT64_MAX)
		return err_set(
		        e, ERR_USAGE, "which action? its number, as weir norm actions lists it (action)");
	if (status.len > 0 && !norm_state_known(status))
		return err_set(e, ERR_USAGE,
		        "a status is not-assessed, aware, planned, partly-implemented, implemented or "
		        "regularly-reviewed");
	norm_change_row(c, key);
	struct query q = db_query(c->db,
	        "update norm_action set status = coalesce(nullif(?3, ''), status), note = coalesce(?4, "
	        "note), at = ?5, "
	        "person = ?6 where id = ?1 and norm = ?2");
	query_u64(&q, id);
	query_text(&q, key);
	query_text(&q, status);
	query_text(&q, note.p != NULL ? str_trim(note) : note);
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_run(&q);
	if (db_changes(c->db) == 0)
		return err_set(
		        e, ERR_MISSING, "%.*s has no action %llu", STR_ARG(key), (unsigned long long)id);
	snprintf(c->detail, sizeof(c->detail), "action %llu", (unsigned long long)id);
	buf_printf(c->said, "action %llu of %.*s is written down\n", (unsigned long long)id, STR_ARG(key));
	return 0;
}
