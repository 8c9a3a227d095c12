/* SPDX-License-Identifier: Apache-2.0
 *
 * Courier files: what was packed and what was brought, as lists, and the bytes of one that was packed.
 */
#include "web/couriers.h"
#include "base/os.h"
#include "link/courier.h"

static const struct list_column columns[] = {
        {"courier", "courier", LIST_STRING, "its id"},
        {"direction", "direction", LIST_STRING, "out: packed here; in: brought"},
        {"party", "party", LIST_STRING, "whom it is for, or who has packed it"},
        {"state", "state", LIST_STRING, "wanted, ready or failed"},
        {"at", "at", LIST_TIME, "when it was asked for"},
        {"person", "person", LIST_STRING, "by whom"},
        {"name", "name", LIST_STRING, "of a file that was brought"},
        {"statements", "statements", LIST_NUMBER, "that are in it"},
        {"parts", "parts", LIST_NUMBER, "of attachments; of one that was brought, those that were taken"},
        {"new", "new", LIST_NUMBER, "statements that were not here"},
        {"had", "had", LIST_NUMBER, "those that were"},
        {"refused", "refused", LIST_NUMBER,
                "those that were refused; weir peer show has how many are set aside"},
        {"unknown", NULL, LIST_NUMBER, "entries of types that this version does not know"},
        {"cut", "ends", LIST_STRING, "where it is cut off or damaged; what stands before was taken"},
        {"why", "why", LIST_STRING, "why it failed"},
        {"judged", "judged", LIST_STRING,
                "of one that was brought: what was refused or has no effect, by verdict: bad-key 2, expired "
                "1"},
        {"size", NULL, LIST_NUMBER, "of a file that was brought, in bytes"},
        {"sha256", NULL, LIST_STRING, "of a file that was brought"},
};

#define SELECT                                                                                               \
	"select id, direction, party, state, at, person, name, statements, parts, new, had, refused, "       \
	"unknown, cut, why, (select coalesce(group_concat(verdict || ' ' || n, ', '), '') from "             \
	"courier_verdict v where v.courier = courier.id), size, lower(hex(sha256)) from courier "

struct query couriers_rows(struct db *db, const struct ask_page *p)
{
	struct query q = db_query(db,
	        SELECT
	        "where (?3 = 0 or id < ?3) and (?1 = 0 or at >= ?1) and (?2 = 0 or at < ?2) order by id desc "
	        "limit ?4");

	ask_page_bind(&q, p);
	query_u64(&q, p->limit + 1);
	return q;
}

struct query couriers_row(struct db *db, uint64_t id)
{
	struct query q = db_query(db, SELECT "where id = ?");

	query_u64(&q, id);
	return q;
}

struct query couriers_files(struct db *db, uint64_t id)
{
	struct query q = db_query(db,
	        "select id, name, size, lower(hex(sha256)), courier, at from courier_file where courier = ? "
	        "order by id");

	query_u64(&q, id);
	return q;
}

static void put(struct list *l, const struct query *q)
{
	list_id(l, 'X', query_get_u64(q, 0));
	for (int i = 1; i < (int)(sizeof(columns) / sizeof(columns[0])); i++)
		if (columns[i].kind == LIST_STRING)
			list_text(l, query_get_text(q, i));
		else if (columns[i].kind == LIST_NUMBER)
			list_u64(l, query_get_u64(q, i));
		else
			list_time(l, query_get_i64(q, i));
}

static const struct list_table table = {"couriers", columns, sizeof(columns) / sizeof(columns[0]), 'X', put};

static int load_list(const struct ask *a, struct reply *r, struct err *e)
{
	struct ask_page p;

	if (ask_page(a, 'X', &p, e) != 0)
		return ERR_USAGE;
	struct query q = couriers_rows(a->state, &p);
	return list_rows(&r->body, a->form, &table, &q, p.limit, e);
}

static const struct route_param params[] = {
        ROUTE_LIMIT, ROUTE_AFTER("X12"), ROUTE_SINCE("asked for"), ROUTE_UNTIL("asked for"), {NULL, 0, NULL}};

const struct route route_couriers = {.path = "/couriers",
        .about = "courier files that were asked for or brought",
        .load = load_list,
        .right = RIGHT_LINK,
        .params = params,
        .list = &table};

static int load_one(const struct ask *a, struct reply *r, struct err *e)
{
	static const char *const states[] = {"wanted", "ready", "failed"};
	struct query state = db_query(a->state, "select state from courier where id = ?");
	uint64_t id;

	if (ask_id(a->id, 'X', &id, e) != 0) {
		query_done(&state, NULL);
		return ERR_USAGE;
	}
	query_u64(&state, id);
	bool there = query_next(&state) == 1;
	for (unsigned i = 0; there && i < 3; i++)
		if (str_eq(query_get_text(&state, 0), str_from(states[i])))
			r->state = states[i];
	query_done(&state, NULL);
	if (!there)
		return err_set(e, ERR_MISSING, "there is no courier X%llu", (unsigned long long)id);
	struct query q = couriers_row(a->state, id);
	return list_rows(&r->body, a->form, &table, &q, 0, e);
}

const struct route route_courier = {
        .path = "/couriers", .about = "one of them", .id = true, .load = load_one, .right = RIGHT_LINK};

/* ---- files --------------------------------------------------------------------------------------- */

static const struct list_column file_columns[] = {
        {"name", "name", LIST_STRING, "of the file"},
        {"size", "size", LIST_NUMBER, "in bytes"},
        {"sha256", "SHA-256", LIST_STRING, "of its bytes"},
        {"courier", "courier", LIST_STRING, "that it belongs to"},
        {"made", "made", LIST_TIME, "when"},
};

static void put_file(struct list *l, const struct query *q)
{
	list_text(l, query_get_text(q, 1));
	list_u64(l, query_get_u64(q, 2));
	list_text(l, query_get_text(q, 3));
	list_id(l, 'X', query_get_u64(q, 4));
	list_time(l, query_get_i64(q, 5));
}

static const struct list_table files = {
        "files", file_columns, sizeof(file_columns) / sizeof(file_columns[0]), 0, put_file};

static int load_files(const struct ask *a, struct reply *r, struct err *e)
{
	uint64_t id;

	if (ask_id(a->id, 'X', &id, e) != 0)
		return ERR_USAGE;
	struct query q = couriers_files(a->state, id);
	return list_rows(&r->body, a->form, &files, &q, 0, e);
}

const struct route route_courier_files = {.path = "/couriers",
        .about = "the files of one that was packed; they go a week later",
        .id = true,
        .tail = "/files",
        .load = load_files,
        .right = RIGHT_LINK};

/* Found by its row: a name alone opens nothing. */
static int load_file(const struct ask *a, struct reply *r, struct err *e)
{
	struct query q = db_query(a->state, "select name from courier_file where name = ?");
	struct str name = {0};

	query_text(&q, a->id);
	if (query_next(&q) == 1)
		name = arena_str(a->arena, query_get_text(&q, 0));
	query_done(&q, NULL);
	if (name.len == 0)
		return err_set(e, ERR_MISSING,
		        "there is no such courier file: it is gone a week after it was packed");
	r->type = "application/octet-stream";
	return os_read_file(arena_printf(a->arena, "%s/courier/%.*s", a->folder, STR_ARG(name)).p,
	        COURIER_FILE, &r->body, e);
}

const struct route route_courier_file = {.path = "/courier-file",
        .about = "the bytes of a courier file, by its name",
        .id = true,
        .load = load_file,
        .right = RIGHT_LINK,
        .media = "application/octet-stream",
        .named = true};
