/* SPDX-License-Identifier: Apache-2.0
 *
 * The register of owners: as a list, one owner, and all of it to be taken elsewhere.
 */
#include "know/build.h"
#include "see/register.h"
#include "web/route.h"

static const struct list_column columns[] = {
        {"owner", "owner", LIST_STRING, "its id"},
        {"name", "name", LIST_STRING, "as it stands in letters"},
        {"sector", "sector", LIST_STRING, "free word"},
        {"country", NULL, LIST_STRING, "that it stands for as a whole"},
        {"prefixes", "prefixes", LIST_NUMBER, "its own and those of its assets"},
        {"asns", "AS", LIST_NUMBER, "AS numbers"},
        {"domains", "domains", LIST_NUMBER, "names"},
        {"assets", "assets", LIST_NUMBER, "assets"},
        {"contacts", "contacts", LIST_NUMBER, "addresses to write to"},
        {"broken", "broken", LIST_NUMBER, "of them those whose letters came back"},
        {"findings", "findings", LIST_NUMBER, "that are not closed"},
};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))

#define BROKEN                                                                                               \
	"(select count(*) from contact c where c.owner = o.id and c.gone is null and c.broken is not null)"
#define WHERE                                                                                                \
	" from owner o where o.gone is null and (?1 is null or o.sector = ?1) and (?2 = 0 or " BROKEN        \
	" > 0)"                                                                                              \
	" and (?3 is null or o.ref > ?3)"
#define CLAIMS(kind) "(select count(*) from claim c where c.owner = o.id and c.kind = '" kind "')"

static int put_list(const struct ask *a, struct reply *r, uint64_t limit, struct err *e)
{
#define SELECT                                                                                               \
	"select o.ref, o.name, o.sector, o.cc, " CLAIMS("prefix") ", " CLAIMS("asn") ", " CLAIMS(            \
	        "domain") ", (select count(*) from asset s where s.owner = o.id), (select count(*) from "    \
	                  "contact c where "                                                                 \
	                  "c.owner = o.id and c.gone is null), " BROKEN                                      \
	                  ", (select count(*) from finding f where f.owner = "                               \
	                  "o.id and f.state in ('open', 'told', 'told-again', 'quiet'))" WHERE
	bool only = a->only.p != NULL;
	struct query q = only
	        ? db_query(a->state,
	                  SELECT " and o.id in (select value from json_each(?5)) order by o.ref limit ?4")
	        : db_query(a->state, SELECT " order by o.ref limit ?4");
#undef SELECT
	struct str last = {0};
	struct list l;
	uint64_t n = 0;

	query_text(&q, ask_param(a, "sector"));
	query_u64(&q, ask_has(a, "broken"));
	query_text(&q, ask_param(a, "after"));
	query_u64(&q, limit + 1);
	if (only)
		query_text(&q, a->only);
	list_begin(&l, &r->body, a->form, columns, NCOLUMNS, "owners");
	while (query_next(&q) == 1) {
		if (++n > limit) {
			list_next(&l, last);
			break;
		}
		last = arena_str(a->arena, query_get_text(&q, 0));
		for (int i = 0; i < 4; i++)
			list_text(&l, query_get_text(&q, i));
		for (int i = 4; i < 11; i++)
			list_u64(&l, query_get_u64(&q, i));
	}
	int rc = query_done(&q, e);
	list_end(&l);
	return rc;
}

static int load_list(const struct ask *a, struct reply *r, struct err *e)
{
	uint64_t limit;

	if (ask_limit(a, &limit, e) != 0)
		return ERR_USAGE;
	if (!ask_has(a, "count"))
		return put_list(a, r, limit, e);
	struct query q = db_query(a->state, "select count(*)" WHERE);
	query_text(&q, ask_param(a, "sector"));
	query_u64(&q, ask_has(a, "broken"));
	query_text(&q, ask_param(a, "after"));
	if (query_next(&q) == 1)
		buf_printf(&r->body, "%llu\n", (unsigned long long)query_get_u64(&q, 0));
	return query_done(&q, e);
}

/* ---- one ----------------------------------------------------------------------------------------- */

static void put_line(struct buf *out, const char *head, struct str text)
{
	char shown[1024];

	if (text.len > 0)
		buf_printf(out, "%-10s%s\n", head, err_quote(shown, sizeof(shown), text).p);
}

static void put_contacts(const struct ask *a, struct buf *out, uint64_t owner)
{
	struct query q = db_query(a->state,
	        "select email, language, classes, coalesce(broken, 0), gone is not null, timezone, formats, "
	        "phone from contact where owner = ?"
	        " order by gone is not null, position, id");
	char shown[512], when[32];

	query_u64(&q, owner);
	while (query_next(&q) == 1) {
		struct str classes = query_get_text(&q, 2), language = query_get_text(&q, 1);
		buf_printf(
		        out, "%-10s%s", "contact", err_quote(shown, sizeof(shown), query_get_text(&q, 0)).p);
		if (language.len > 0)
			buf_printf(out, " (%.*s)", STR_ARG(language));
		if (query_get_text(&q, 5).len > 0)
			buf_printf(out, ", clock of %.*s", STR_ARG(query_get_text(&q, 5)));
		if (classes.len > 0)
			buf_printf(out, ", only %s", err_quote(shown, sizeof(shown), classes).p);
		if (query_get_text(&q, 6).len > 0)
			buf_printf(out, ", letters with %.*s", STR_ARG(query_get_text(&q, 6)));
		if (query_get_text(&q, 7).len > 0)
			buf_printf(out, ", telephone %s",
			        err_quote(shown, sizeof(shown), query_get_text(&q, 7)).p);
		if (query_get_u64(&q, 3) != 0)
			buf_printf(
			        out, ", broken since %.*s", STR_ARG(list_when(when, query_get_i64(&q, 3))));
		if (query_get_u64(&q, 4) != 0)
			buf_add(out, STR(", no longer in the register"));
		buf_char(out, '\n');
	}
	query_done(&q, NULL);
}

#define CLAIM_LINES 50

static void put_claims(const struct ask *a, struct buf *out, uint64_t owner, const char *kind)
{
	struct query q = db_query(a->state,
	        "select value, asset from claim where owner = ? and kind = ? order by asset, value");
	uint64_t n = 0;
	char shown[300];

	query_u64(&q, owner);
	query_text(&q, str_from(kind));
	while (query_next(&q) == 1) {
		struct str asset = query_get_text(&q, 1);
		if (n++ >= CLAIM_LINES)
			continue;
		buf_printf(out, "%-10s%.*s", kind, STR_ARG(query_get_text(&q, 0)));
		if (asset.len > 0)
			buf_printf(out, " (%s)", err_quote(shown, sizeof(shown), asset).p);
		buf_char(out, '\n');
	}
	query_done(&q, NULL);
	if (n > CLAIM_LINES)
		buf_printf(out, "%-10sand %llu more\n", kind, (unsigned long long)n - CLAIM_LINES);
}

static void put_rest(const struct ask *a, struct buf *out, uint64_t owner)
{
	struct query q = db_query(
	        a->state, "select name, kind, criticality from asset where owner = ? order by position");
	char name[300], kind[300];

	query_u64(&q, owner);
	while (query_next(&q) == 1) {
		err_quote(name, sizeof(name), query_get_text(&q, 0));
		err_quote(kind, sizeof(kind), query_get_text(&q, 1));
		buf_printf(out, "%-10s%s%s%s, criticality %llu of 5\n", "asset", name,
		        kind[0] != 0 ? ", " : "", kind, (unsigned long long)query_get_u64(&q, 2));
	}
	query_done(&q, NULL);
	struct query states = db_query(a->state,
	        "select state, count(*) from finding where owner = ? group by state order by state");
	query_u64(&states, owner);
	while (query_next(&states) == 1)
		buf_printf(out, "%-10s%llu %.*s\n", "findings", (unsigned long long)query_get_u64(&states, 1),
		        STR_ARG(query_get_text(&states, 0)));
	query_done(&states, NULL);
}

static int load_one(const struct ask *a, struct reply *r, struct err *e)
{
	struct query q = db_query(a->state,
	        "select id, ref, name, sector, cc, coalesce(gone, 0) from owner where ref = ? order by id "
	        "limit 1");
	uint64_t id = 0;
	char when[32], shown[100];

	r->type = "text/plain; charset=utf-8";
	query_text(&q, a->id);
	if (query_next(&q) == 1) {
		static const char *const heads[] = {"owner", "name", "sector", "country"};
		id = query_get_u64(&q, 0);
		for (int i = 0; i < 4; i++)
			put_line(&r->body, heads[i], query_get_text(&q, i + 1));
		if (query_get_u64(&q, 5) != 0)
			buf_printf(&r->body, "%-10ssince %.*s\n", "gone",
			        STR_ARG(list_when(when, query_get_i64(&q, 5))));
	}
	int rc = query_done(&q, e);
	if (rc != 0)
		return rc;
	if (id == 0)
		return err_set(e, ERR_MISSING, "there is no owner '%s'; weir owner list has them",
		        err_quote(shown, sizeof(shown), a->id).p);
	put_contacts(a, &r->body, id);
	put_claims(a, &r->body, id, "prefix");
	put_claims(a, &r->body, id, "asn");
	put_claims(a, &r->body, id, "domain");
	put_rest(a, &r->body, id);
	return 0;
}

/* ---- all ----------------------------------------------------------------------------------------- */

static int load_register(const struct ask *a, struct reply *r, struct err *e)
{
	struct know_build b;

	know_build_init(&b);
	int rc = register_load(a->state, &b.owners, e);
	if (rc == 0 && a->form == LIST_JSON) {
		owners_print_json(&b.owners, &r->body);
	} else if (rc == 0) {
		r->type = "text/csv; charset=utf-8";
		owners_print_csv(&b.owners, &r->body);
	}
	know_build_done(&b);
	return rc;
}

static const struct list_table table = {"owners", columns, NCOLUMNS, 0, NULL};
static const struct route_param params[] = {
        {"sector", PARAM_TEXT, "of the owner"},
        {"broken", PARAM_FLAG, "those with a contact whose letters came back"},
        ROUTE_AFTER("the id of an owner"),
        ROUTE_LIMIT,
        ROUTE_COUNT,
        {NULL, 0, NULL},
};

const struct route route_owners = {.path = "/owners",
        .about = "the owners of the register",
        .load = load_list,
        .right = RIGHT_READ,
        .narrow = true,
        .params = params,
        .list = &table,
        .kind = CHANGES_OWNER};
const struct route route_owner = {.path = "/owners",
        .about = "an owner",
        .id = true,
        .load = load_one,
        .right = RIGHT_READ,
        .narrow = true};
const struct route route_register = {.path = "/register",
        .about = "the register as an owners file",
        .load = load_register,
        .right = RIGHT_READ};
