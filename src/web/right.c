/* SPDX-License-Identifier: Apache-2.0 */
#include "web/right.h"
#include "link/case.h"
#include "web/route.h"

int right_check(const struct session *who, enum right right, bool narrow, struct err *e)
{
	enum role role = role_with(right);

	if ((who->rights & right) != (uint32_t)right)
		return err_set(e, ERR_DENIED, "this is for accounts with another role, such as %s",
		        role != ROLE_END ? role_table[role].name : "none that there is");
	if (who->narrow && !narrow)
		return err_set(e, ERR_DENIED,
		        "this is about all of the country, and your account is for some of its owners");
	return 0;
}

int right_scope(const struct session *who, struct str word, struct err *e)
{
	if (session_scope_has(who, word))
		return 0;
	return err_set(e, ERR_DENIED, "the scope of this token is '%.*s'; this needs '%.*s' or all in it",
	        STR_ARG(who->scope), STR_ARG(word));
}

bool right_scope_word(struct str word)
{
	static const char *const others[] = {"all", "reports", "changes", "uploads", "events"};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (str_eq(word, str_from(others[i])))
			return true;
	for (unsigned i = 0; i < route_count; i++)
		if (str_eq(word, str_cut(str_skip(str_from(route_table[i]->path), 1), '/').head))
			return true;
	return false;
}

int right_route(const struct session *who, const struct route *route, struct err *e)
{
	int rc = right_check(who, route->right, route->narrow, e);

	return rc != 0 ? rc : right_scope(who, str_cut(str_skip(str_from(route->path), 1), '/').head, e);
}

static bool in_sight(struct db *db, char letter, uint64_t id)
{
	struct query q = letter == 'F' ? db_query(db, "select 1 from finding where id = ?")
	        : letter == 'N'        ? db_query(db, "select 1 from notice where id = ?")
	        : letter == 'S'        ? db_query(db, "select 1 from saved where id = ?")
	        : letter == 'K'        ? db_query(db, "select 1 from case_ where id = ?")
	                               : db_query(db, "select 1 from message where id = ?");

	query_u64(&q, id);
	bool found = query_next(&q) == 1;
	query_done(&q, NULL);
	return found;
}

/* One id, or several with blanks or commas between them. */
int right_change(
        const struct session *who, const struct change_row *row, struct str id, struct db *db, struct err *e)
{
	/* what is about one's own account has no right of its own: a page of that account asks for it, no token */
	bool own = row->right == RIGHT_NONE, people = (row->right & RIGHT_PEOPLE) != 0;

	if (((own || people) && !who->account) || ((own || row->again) && who->scope.p != NULL))
		return err_set(e, ERR_DENIED, "this is for accounts, on their pages");
	/* for which instrument, the core asks */
	if (row->lent && who->lent.len > 0)
		return 0;
	int rc = right_check(who, row->right, row->object != 0 || row->own || own, e);
	if (rc != 0 || row->object == 0)
		return rc;
	if (id.len == 0)
		return who->narrow ? err_set(e, ERR_DENIED, "this needs the id of what it is about") : 0;
	while (id.len > 0) {
		size_t n = 0;
		uint64_t number;
		while (n < id.len && id.p[n] != ' ' && id.p[n] != ',')
			n++;
		struct str one = str_make(id.p, n);
		id = str_skip(id, n < id.len ? n + 1 : n);
		if (one.len == 0)
			continue;
		/* a case has a number as well, and whose is not in sight is not found by it */
		if (row->object == 'K' && (number = case_find(db, one)) == 0)
			return err_set(e, ERR_MISSING, "there is no such case that you can see");
		if (row->object != 'K' && ask_id(one, row->object, &number, e) != 0)
			return ERR_USAGE;
		if (!in_sight(db, row->object, number))
			return err_set(e, ERR_MISSING, "there is no %c%llu that you can see", row->object,
			        (unsigned long long)number);
	}
	return 0;
}
