/* SPDX-License-Identifier: Apache-2.0 */
#include "base/os.h"
#include "event/addr.h"
#include "event/civil.h"
#include "link/case.h"

static struct str or_empty(struct str s)
{
	return s.p != NULL ? s : STR("");
}

static struct str or_none(const char *s)
{
	return str_from(s != NULL ? s : "");
}

uint64_t case_entry_put(struct db *db, uint64_t id, const struct case_entry *n)
{
	struct query q = db_query(db,
	        "insert into case_entry(case_, at, made, kind, direction, channel, person, party, label, "
	        "text, link, state, subject, heard) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, coalesce(?13, "
	        "(select "
	        "label "
	        "from case_ where id = ?1)), ?9, ?10, ?11, ?12, nullif(?14, 0))");

	query_u64(&q, id);
	query_i64(&q, n->at != 0 ? n->at : os_now());
	query_i64(&q, os_now());
	query_text(&q, or_none(n->kind));
	query_text(&q, or_none(n->direction));
	query_text(&q, or_none(n->channel));
	query_text(&q, or_empty(n->person));
	query_text(&q, or_empty(n->party));
	query_text(&q, or_empty(n->text));
	query_text(&q, or_empty(n->link));
	query_text(&q, or_none(n->state));
	query_text(&q, or_empty(n->subject));
	query_text(&q, n->label.len != 0 ? n->label : (struct str){0});
	query_u64(&q, n->heard);
	query_run(&q);
	uint64_t entry = db_last_id(db);
	case_index_entry_add(db, entry);
	return entry;
}

uint64_t case_find(struct db *db, struct str name)
{
	uint64_t id = 0;
	bool plain = name.len > 1 && (name.p[0] & ~0x20) == 'K' && str_u64(str_skip(name, 1), &id);
	struct query q = plain ? db_query(db, "select id from case_ where id = ?")
	                       : db_query(db, "select id from case_ where number = ? collate nocase");

	if (plain)
		query_u64(&q, id);
	else
		query_text(&q, or_empty(name));
	id = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_run(&q);
	return id;
}

/* What stands between brackets: "weir la-845b3c06a1" is a party and the first ten digits of the statement that opened the
 * case; a number of ours is one as well. */
static uint64_t of_tag(struct db *db, struct str tag)
{
	uint8_t head[5];
	uint64_t id = 0;
	struct str_cut dash = str_rcut(tag, '-');

	if (!str_starts(tag, STR("weir ")))
		return tag.len > 0 && tag.len < 40 ? case_find(db, tag) : 0;
	if (dash.tail.len != 10 || !str_hex(dash.tail, head, sizeof(head)))
		return case_find(db, str_trim(str_skip(tag, 5)));
	/* a range of the index: ids that begin with these bytes */
	struct query q = db_query(db,
	        "select id from case_ where statement is not null and statement >= ?1 and "
	        "substr(statement, 1, 5) = ?1 order by statement limit 1");
	query_blob(&q, str_make((const char *)head, sizeof(head)));
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_run(&q);
	return id;
}

uint64_t case_of_subject(struct db *db, struct str subject)
{
	for (size_t open = 0; (open = str_find(subject, open, '[')) != SIZE_MAX; open++) {
		size_t close = str_find(subject, open, ']');
		uint64_t id =
		        close != SIZE_MAX ? of_tag(db, str_sub(subject, open + 1, close - open - 1)) : 0;
		if (id != 0)
			return id;
	}
	return 0;
}

static int year_of(int64_t at)
{
	int64_t day = at / MICRO / DAY_SECONDS;
	int year = 1970 + (int)(day / 366);

	while (civil_days(year + 1, 1, 1) <= day)
		year++;
	return year;
}

struct str case_number(struct db *db, struct str party, int64_t at, char ret[32])
{
	char head[24];
	uint64_t last = 0;

	snprintf(head, sizeof(head), "%c%c-%d-", party.len == 2 ? party.p[0] & ~0x20 : 'X',
	        party.len == 2 ? party.p[1] & ~0x20 : 'X', year_of(at));
	struct query q = db_query(db,
	        "select number from case_ where number >= ?1 and number < ?1 || ':' order by number desc "
	        "limit 1");
	query_text(&q, str_from(head));
	if (query_next(&q) == 1)
		(void)str_u64(str_skip(query_get_text(&q, 0), strlen(head)), &last);
	query_run(&q);
	snprintf(ret, 32, "%s%05llu", head, (unsigned long long)(last + 1));
	return str_from(ret);
}

void case_defang(struct buf *out, struct str value)
{
	if (str_starts(value, STR("http"))) {
		buf_add(out, STR("hxxp"));
		value = str_skip(value, 4);
	}
	/* of a URL the host alone has dots that lead somewhere; all of them are marked, which harms nothing */
	for (size_t i = 0; i < value.len; i++) {
		if (value.p[i] == '.')
			buf_add(out, STR("[.]"));
		else if (value.p[i] == '@')
			buf_add(out, STR("[at]"));
		else
			buf_char(out, value.p[i]);
	}
}

const char *case_type_of(struct str value)
{
	struct addr a;

	if (addr_parse(value, &a))
		return str_has(value, ':') ? "ipv6-addr" : "ipv4-addr";
	if (str_find(value, 0, '/') != SIZE_MAX)
		return "url";
	return str_has(value, '@') ? "email-addr" : "domain-name";
}
