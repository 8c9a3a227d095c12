/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands here alone: who goes, with which paper; who was seen in the room and what is to be done, until a person sends it as
 * minutes; and what is done.
 */
#include "agree/meeting_change.h"

#include "base/conf.h"
#include "base/os.h"
#include "base/utf8.h"
#include "event/value.h"

#define SECOND 1000000

static const char *const roles[] = {"head", "delegate", "adviser", "interpreter"};

static int line_of(const struct change *c, const char *name, struct str *ret, struct err *e)
{
	*ret = meeting_param(c, name);
	return ret->len <= MEETING_LINE
	        ? 0
	        : err_set(e, ERR_VALUE, "'%s' is longer than %d bytes", name, MEETING_LINE);
}

static int party_of(const struct change *c, const char *name, struct str *ret, struct err *e)
{
	char shown[80];

	*ret = meeting_param(c, name);
	if (ret->len == 0)
		*ret = c->here->party;
	return party_id_good(*ret) ? 0
	                           : err_set(e, ERR_USAGE, "%s: '%s' is no party such as vn or cert.example",
	                                     name, err_quote(shown, sizeof(shown), *ret).p);
}

/* ---- delegations --------------------------------------------------------------------------------- */

int change_meeting_delegate(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct str party, person, note, role = meeting_param(c, "role");
	struct meeting m;
	unsigned i = 0;

	arena_init(&a, 0);
	if (meeting_of(c, &a, &m, e) != 0 || party_of(c, "party", &party, e) != 0 ||
	        line_of(c, "person", &person, e) != 0 || line_of(c, "note", &note, e) != 0)
		return e->code;
	if (role.len == 0)
		role = STR("delegate");
	while (i < 4 && !str_eq(role, str_from(roles[i])))
		i++;
	if (i == 4)
		return err_set(e, ERR_USAGE, "role is head, delegate, adviser or interpreter");
	if (person.len == 0 && str_eq(party, c->here->party))
		return err_set(e, ERR_USAGE, "who goes for us? person");
	struct query q = db_query(c->db,
	        "insert into meeting_delegate(meeting, party, person, role, note, at, by) values (?, ?, ?, "
	        "?, "
	        "?, ?, ?)");
	const struct str texts[] = {party, person, role, note};
	query_u64(&q, m.id);
	for (unsigned k = 0; k < 4; k++)
		query_text(&q, texts[k]);
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_run(&q);
	buf_printf(c->said, "%llu: %.*s of %.*s, %.*s\n", (unsigned long long)db_last_id(c->db),
	        STR_ARG(person.len > 0 ? person : STR("whom it sends")), STR_ARG(party), STR_ARG(role));
	return 0;
}

/* The row of that number, of the meeting that is meant. */
static int delegate_of(struct change *c, const struct meeting *m, uint64_t *ret, struct err *e)
{
	struct str number = meeting_param(c, "delegate");
	struct query q = db_query(c->db, "select 1 from meeting_delegate where id = ?1 and meeting = ?2");
	char shown[40];

	*ret = 0;
	if (!str_u64(number, ret) || *ret > INT64_MAX)
		*ret = 0;
	query_u64(&q, *ret);
	query_u64(&q, m->id);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there
	        ? 0
	        : err_set(e, ERR_MISSING, "G%llu has no delegate '%s'; weir meeting show has their numbers",
	                  (unsigned long long)m->id, err_quote(shown, sizeof(shown), number).p);
}

int change_meeting_delegate_drop(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct meeting m;
	uint64_t id;

	arena_init(&a, 0);
	if (meeting_of(c, &a, &m, e) != 0 || delegate_of(c, &m, &id, e) != 0)
		return e->code;
	struct query q = db_query(c->db, "delete from meeting_delegate where id = ?");
	query_u64(&q, id);
	query_run(&q);
	buf_printf(c->said, "G%llu: %llu does not go\n", (unsigned long long)m.id, (unsigned long long)id);
	return 0;
}

int change_meeting_credential(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct meeting_file f;
	struct meeting m;
	uint64_t id;

	arena_init(&a, 0);
	if (meeting_of(c, &a, &m, e) != 0 || delegate_of(c, &m, &id, e) != 0)
		return e->code;
	if (!meeting_file_of(c, &a, &f))
		return err_set(e, ERR_USAGE, "no bytes came with it");
	if (meeting_keep(c, &f, e) != 0)
		return e->code;
	struct query q = db_query(c->db, "update meeting_delegate set sha256 = ?2, name = ?3 where id = ?1");
	query_u64(&q, id);
	query_blob(&q, meeting_id_str(f.sha256));
	query_text(&q, f.name);
	query_run(&q);
	buf_printf(c->said, "G%llu: '%.*s' says so for %llu; it stays here\n", (unsigned long long)m.id,
	        STR_ARG(f.name), (unsigned long long)id);
	return 0;
}

/* ---- in the room --------------------------------------------------------------------------------- */

static bool of_meeting(const struct meeting *m, struct str party)
{
	bool chair = false;

	for (unsigned i = 0; i < m->card->chairs; i++)
		chair |= str_eq(m->card->chair[i], party);
	return chair || str_eq(m->sender, party) || meeting_has(&m->card->participants, party) ||
	        meeting_has(&m->card->observers, party);
}

int change_meeting_attend(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct str party, office;
	struct meeting m;
	bool off = change_param(c, "off").p != NULL;

	arena_init(&a, 0);
	if (meeting_of_ours(c, &a, &m, e) != 0 || party_of(c, "party", &party, e) != 0 ||
	        line_of(c, "office", &office, e) != 0)
		return e->code;
	if (!off && !of_meeting(&m, party))
		return err_set(e, ERR_VALUE, "'%.*s' neither takes part nor listens nor has the chair",
		        STR_ARG(party));
	struct query q = off
	        ? db_query(c->db,
	                  "delete from meeting_present where meeting = ?1 and draft = 1 and party = ?2 "
	                  "and (?3 = '' or office = ?3)")
	        : db_query(c->db,
	                  "insert or ignore into meeting_present(meeting, draft, party, office, at, person) "
	                  "values (?1, 1, ?2, ?3, ?4, ?5)");
	query_u64(&q, m.id);
	query_text(&q, party);
	query_text(&q, office);
	if (!off) {
		query_i64(&q, os_now());
		query_text(&q, c->person);
	}
	query_run(&q);
	if (off && db_changes(c->db) == 0)
		return err_set(e, ERR_MISSING, "'%.*s' was not noted as present", STR_ARG(party));
	buf_printf(c->said, "G%llu: %.*s%s%.*s %s\n", (unsigned long long)m.id, STR_ARG(party),
	        office.len > 0 ? ", " : "", STR_ARG(office), off ? "is not there" : "is there");
	return 0;
}

/* ---- what is to be done -------------------------------------------------------------------------- */

static int due_of(const struct change *c, int64_t *ret, struct err *e)
{
	struct str s = meeting_param(c, "due");
	uint64_t seconds;
	char shown[64];
	int64_t us;

	if (conf_duration(s, &seconds) && seconds < (uint64_t)3660 * 86400)
		*ret = os_now() / SECOND + (int64_t)seconds;
	else if (value_time(s, NULL, &us))
		*ret = us / SECOND;
	else
		return err_set(e, ERR_USAGE, "due: '%s' is no time: 2027-04-01, or 30d from now",
		        err_quote(shown, sizeof(shown), s).p);
	return 0;
}

static int what_of(const struct change *c, struct buf *ret, struct err *e)
{
	if (change_lines(c, "what", 1000, ret, e) != 0)
		return e->code;
	return str_trim(buf_str(ret)).len > 0 ? 0 : err_set(e, ERR_USAGE, "what is to be done? what");
}

/* Dropped by the same words. */
static int drop_followup(
        struct change *c, const struct meeting *m, struct str owner, struct str what, struct err *e)
{
	struct query q = db_query(c->db,
	        "delete from meeting_followup where meeting = ? and draft = 1 and owner = ? and what = ?");

	query_u64(&q, m->id);
	query_text(&q, owner);
	query_text(&q, what);
	query_run(&q);
	if (db_changes(c->db) == 0)
		return err_set(e, ERR_MISSING, "the draft has nothing like this for '%.*s'", STR_ARG(owner));
	buf_printf(c->said, "G%llu: it goes\n", (unsigned long long)m->id);
	return 0;
}

int change_meeting_followup(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf text = {0};
	struct meeting m;
	struct str owner;
	int64_t due = 0;

	arena_init(&a, 0);
	if (meeting_of_ours(c, &a, &m, e) != 0 || party_of(c, "owner", &owner, e) != 0 ||
	        what_of(c, &text, e) != 0)
		return e->code;
	struct str what = str_trim(buf_str(&text));
	if (change_param(c, "off").p != NULL)
		return drop_followup(c, &m, owner, what, e);
	if (due_of(c, &due, e) != 0)
		return e->code;
	struct query q = db_query(c->db,
	        "insert into meeting_followup(meeting, draft, what, owner, due) values (?, 1, ?, ?, ?) on "
	        "conflict(meeting, draft, owner, what) do update set due = excluded.due");
	query_u64(&q, m.id);
	query_text(&q, what);
	query_text(&q, owner);
	query_i64(&q, due);
	query_run(&q);
	buf_printf(c->said, "G%llu: for %.*s; it goes out with the minutes\n", (unsigned long long)m.id,
	        STR_ARG(owner));
	return 0;
}

struct followup {
	uint64_t meeting;
	struct str owner, what;
};

/* Of minutes that stand, by its number; what is RED is not there for others. */
static bool followup_of(struct change *c, uint64_t id, struct arena *a, struct followup *ret)
{
	struct query q = db_query(c->db,
	        "select f.meeting, f.owner, f.what from meeting_followup f join meeting m on m.id = "
	        "f.meeting "
	        "where f.id = ?1 and f.draft = 0 and (m.label <> 'RED' or exists (select 1 from "
	        "meeting_person p where p.meeting = m.id and p.person = ?2))");

	query_u64(&q, id);
	query_text(&q, c->person);
	bool there = query_next(&q) == 1;
	if (there)
		*ret = (struct followup){query_get_u64(&q, 0), arena_str(a, query_get_text(&q, 1)),
		        arena_str(a, query_get_text(&q, 2))};
	query_done(&q, NULL);
	return there;
}

int change_meeting_done(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct followup f;
	struct str note;
	uint64_t id;

	arena_init(&a, 0);
	if (change_number(meeting_param(c, "id"), 'U', &id, e) != 0 || line_of(c, "note", &note, e) != 0)
		return e->code;
	if (!followup_of(c, id, &a, &f))
		return err_set(e, ERR_MISSING, "there is nothing to be done U%llu", (unsigned long long)id);
	bool off = change_param(c, "off").p != NULL;
	struct query q = off
	        ? db_query(c->db, "delete from meeting_done where meeting = ?1 and owner = ?2 and what = ?3")
	        : db_query(c->db,
	                  "insert or replace into meeting_done(meeting, owner, what, at, person, note) "
	                  "values "
	                  "(?1, ?2, ?3, ?4, ?5, ?6)");
	query_u64(&q, f.meeting);
	query_text(&q, f.owner);
	query_text(&q, f.what);
	if (!off) {
		query_i64(&q, os_now());
		query_text(&q, c->person);
		query_text(&q, note);
	}
	query_run(&q);
	change_about(c, 'U', id, note);
	buf_printf(c->said, "U%llu is %s\n", (unsigned long long)id, off ? "open again" : "done");
	return 0;
}
