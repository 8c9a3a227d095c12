/* SPDX-License-Identifier: Apache-2.0
 *
 * What is said of a text once it was adopted: statements, who joins and leaves, commitments and how far they are.
 */
#include "agree/change_in.h"
#include "agree/delegation.h"
#include "agree/evidence.h"
#include "agree/figure.h"
#include "agree/look.h"
#include "base/conf.h"
#include "base/os.h"

#define SECOND 1000000

static bool is_adopted(const struct outcome *o)
{
	return o->shown == OUTCOME_ADOPTED || o->shown == OUTCOME_ADOPTED_EXCEPT ||
	        o->shown == OUTCOME_PROVISIONAL;
}

static int begin(struct change *c, struct arena *a, struct round_loaded *r, struct outcome *o,
        struct buf *members, struct err *e)
{
	arena_init(a, 0);
	int rc = agree_stands(c, a, r, o, e);

	if (rc != 0)
		return rc;
	round_put(members, &r->manifest);
	if (is_adopted(o))
		return 0;
	return err_set(e, ERR_DENIED, "%.*s/%u is %.*s: this is for what was adopted",
	        STR_ARG(r->manifest.instrument), r->manifest.round, STR_ARG(outcome_state_name(o->shown)));
}

static int say(struct change *c, const struct round_loaded *r, enum kind kind, struct str members,
        const uint8_t *reply, const char *role, struct err *e)
{
	struct voice v = {.kind = kind, .members = members, .reply = reply, .persons = 1, .role = role};

	return round_decide(c, r, &v, r->manifest.instrument, STR(""), STR("AMBER"), e);
}

/* What is said of it and promised by it is said by those whose it is. */
static int ours_only(const struct change *c, const struct round_loaded *r, struct err *e)
{
	if (agree_joined(c->db, r, c->here->party))
		return 0;
	return err_set(e, ERR_DENIED,
	        "what %.*s/%u came to is not ours, since we have left it or never joined it: join first "
	        "(weir "
	        "agree accede)",
	        STR_ARG(r->manifest.instrument), r->manifest.round);
}

int change_agree_statement(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0};
	struct round_loaded r;
	struct outcome o;
	int rc = begin(c, &a, &r, &o, &members, e);
	char at[24];

	if (rc == 0)
		rc = ours_only(c, &r, e);
	if (rc == 0 && os_now() / SECOND > manifest_statements_end(&r.manifest, o.adopted)) {
		stamp_print(at, manifest_statements_end(&r.manifest, o.adopted));
		rc = err_set(e, ERR_DENIED, "statements on it were taken until %s", at);
	}
	if (rc == 0)
		rc = agree_words(c, "text", &members, e);
	return rc == 0 ? say(c, &r, KIND_AGREE_STATEMENT, buf_str(&members), NULL, "may-bind", e) : rc;
}

int change_agree_accede(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0};
	struct round_loaded r;
	struct outcome o;
	int rc = begin(c, &a, &r, &o, &members, e);

	if (rc == 0 && agree_joined(c->db, &r, c->here->party))
		rc = err_set(e, ERR_DENIED, "what that round came to is ours already: nothing is signed");
	return rc == 0 ? say(c, &r, KIND_AGREE_ACCEDE, buf_str(&members), NULL, "may-bind", e) : rc;
}

static int put_reason(struct change *c, const char *name, struct buf *members, struct err *e)
{
	auto_buf struct buf text = {0};
	int rc = change_lines(c, name, 8192, &text, e);

	if (rc == 0 && str_trim(buf_str(&text)).len == 0)
		rc = err_set(e, ERR_USAGE, "%s: say it in words", name);
	if (rc == 0)
		text_put(members, name, str_trim(buf_str(&text)));
	return rc;
}

int change_agree_leave(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0};
	struct round_loaded r;
	struct outcome o;
	int rc = begin(c, &a, &r, &o, &members, e);

	if (rc == 0 && !agree_joined(c->db, &r, c->here->party))
		rc = err_set(e, ERR_DENIED, "we have left it, or never joined it: nothing is signed");
	if (rc == 0)
		rc = put_reason(c, "reason", &members, e);
	return rc == 0 ? say(c, &r, KIND_AGREE_LEAVE, buf_str(&members), NULL, "may-bind", e) : rc;
}

/* ---- commitments --------------------------------------------------------------------------------- */

static int no_figure(struct str name, struct err *e)
{
	auto_buf struct buf all = {0};
	char shown[100];

	for (unsigned i = 0; i < agree_figure_count; i++)
		buf_printf(
		        &all, "%s%s (%s)", i > 0 ? ", " : "", agree_figures[i].name, agree_figures[i].unit);
	return err_set(e, ERR_USAGE, "indicator: '%s' is none that a node measures; these are: %.*s",
	        err_quote(shown, sizeof(shown), name).p, STR_ARG(buf_str(&all)));
}

/* What it is today, so that the commitment can be seen to move it. */
static int put_base(struct change *c, const struct agree_figure *f, struct buf *members, struct err *e)
{
	struct agree_measured now;
	int rc = agree_measure(c->db, f, os_now(), &now, e);

	if (rc == 0 && now.of > 0)
		buf_printf(members, ",\"base\":\"%lld.%lld\"", (long long)(now.tenths / 10),
		        (long long)(now.tenths % 10));
	return rc;
}

/* "FIGURE <= NUMBER UNIT": a figure that nodes measure (agree/figure.h), and what it is to be. */
static int put_indicator(struct change *c, struct buf *members, struct err *e)
{
	struct str s = agree_param(c, "indicator");
	struct str_cut name = str_cut(s, ' '), sign = str_cut(str_trim(name.tail), ' '),
	               target = str_cut(str_trim(sign.tail), ' ');
	const struct agree_figure *f = agree_figure_find(name.head);
	struct str unit = str_trim(target.tail);
	uint64_t number;

	if (s.len == 0)
		return 0;
	if ((!str_eq(sign.head, STR("<=")) && !str_eq(sign.head, STR(">="))) ||
	        !str_u64(target.head, &number))
		return err_set(e, ERR_USAGE,
		        "indicator: a figure, <= or >=, a number and a unit, such as 'case-ack-hours <= 4 "
		        "h'");
	if (f == NULL)
		return no_figure(name.head, e);
	if (unit.len > 0 && !str_eq(unit, str_from(f->unit)))
		return err_set(e, ERR_USAGE, "indicator: %s is measured in %s", f->name, f->unit);
	buf_add(members, STR(",\"indicator\":{\"figure\":"));
	buf_json(members, name.head);
	buf_add(members, STR(",\"is\":"));
	buf_json(members, sign.head);
	buf_printf(members, ",\"target\":%llu,\"unit\":\"%s\"", (unsigned long long)number, f->unit);
	int rc = put_base(c, f, members, e);
	buf_char(members, '}');
	return rc;
}

int change_agree_commit(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0};
	struct str clause = agree_param(c, "clause"), owner = agree_param(c, "owner");
	struct round_loaded r;
	struct outcome o;
	int64_t due = 0;
	int rc = begin(c, &a, &r, &o, &members, e);

	if (rc == 0)
		rc = ours_only(c, &r, e);
	if (rc == 0)
		rc = put_reason(c, "what", &members, e);
	if (rc == 0)
		rc = agree_time(c, "due", os_now() / SECOND, &due, e);
	if (rc == 0 && due <= os_now() / SECOND)
		rc = err_set(e, ERR_VALUE, "due: a date that has not passed yet");
	if (rc == 0 && owner.len == 0)
		rc = err_set(e, ERR_USAGE, "owner: the office that does it");
	if (rc == 0 && clause.len > 0 && !clause_id_ok(clause))
		rc = agree_clause_wrong(clause, e);
	if (rc != 0)
		return rc;
	time_put(&members, "due", due);
	text_put(&members, "owner", owner);
	if (clause.len > 0)
		text_put(&members, "clause", clause);
	rc = put_indicator(c, &members, e);
	return rc == 0 ? say(c, &r, KIND_AGREE_COMMITMENT, buf_str(&members), NULL, "may-bind", e) : rc;
}

int change_agree_progress(struct change *c, struct err *e)
{
	static const char *const words[] = {"planned", "under-way", "done", "dropped"};
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0};
	struct str status = agree_param(c, "status");
	struct round_loaded r;
	struct outcome o;
	bool known = false;
	int rc = begin(c, &a, &r, &o, &members, e);

	for (unsigned i = 0; i < 4; i++)
		known |= str_eq(status, str_from(words[i]));
	if (rc == 0 && !known)
		rc = err_set(e, ERR_USAGE, "status: planned, under-way, done or dropped; late is computed");
	if (rc != 0)
		return rc;
	const struct said *s = agree_said(&r, agree_param(c, "id"), e);
	if (s == NULL)
		return e->code;
	if (s->kind != KIND_AGREE_COMMITMENT)
		return err_set(e, ERR_USAGE, "id: a commitment of our own");
	if (!str_eq(s->sender, c->here->party))
		return agree_not_ours(c, s, "says how far its commitment is");
	buf_clear(&members);
	text_put(&members, "status", status);
	if (agree_param(c, "text").len > 0)
		rc = agree_words(c, "text", &members, e);
	else if (str_eq(status, STR("dropped")))
		rc = err_set(e, ERR_USAGE, "text: what is dropped says why");
	if (rc == 0)
		rc = evidence_put(c, &s->body, &members, e);
	return rc == 0 ? say(c, &r, KIND_AGREE_PROGRESS, buf_str(&members), s->id, "coordinator", e) : rc;
}

/* ---- what it means for our work ------------------------------------------------------------------ */

static void put_time_row(
        struct change *c, const struct manifest *m, struct str clause, struct str severity, uint64_t ack)
{
	struct query q = db_query(c->db,
	        "insert into policy_time(instrument, number, clause, severity, ack, at, person) values (?, "
	        "?, ?, ?, ?, ?, ?) on "
	        "conflict(instrument, number, clause, severity) do update set ack = excluded.ack, at = "
	        "excluded.at, person = "
	        "excluded.person");

	query_text(&q, m->instrument);
	query_u64(&q, m->round);
	query_text(&q, clause);
	query_text(&q, severity);
	query_u64(&q, ack);
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_run(&q);
}

static int drop_time_row(
        struct change *c, const struct manifest *m, struct str clause, struct str severity, struct err *e)
{
	struct query q = db_query(c->db,
	        "delete from policy_time where instrument = ? and number = ? and clause = ? and severity = "
	        "?");

	query_text(&q, m->instrument);
	query_u64(&q, m->round);
	query_text(&q, clause);
	query_text(&q, severity);
	query_run(&q);
	return db_changes(c->db) > 0
	        ? 0
	        : err_set(e, ERR_MISSING, "no time of that clause and severity is kept here");
}

/* A clause that we are not bound by sets us no time. */
static int binds_us(const struct change *c, const struct round_loaded *r, const struct outcome *o,
        struct str clause, struct err *e)
{
	unsigned at = manifest_member(&r->manifest, c->here->party);
	const struct standing_member *m = at < r->manifest.members ? &o->member[at] : NULL;
	bool bound = m == NULL || m->bound != BOUND_NOT;

	for (unsigned i = 0; m != NULL && m->bound == BOUND_EXCEPT && i < m->scopes; i++)
		bound &= !str_eq(m->scope[i], clause);
	return bound ? ours_only(c, r, e)
	             : err_set(e, ERR_DENIED,
	                       "clause '%.*s' does not bind us: by our disassociation, or since we were not "
	                       "served",
	                       STR_ARG(clause));
}

int change_agree_apply(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0};
	struct str clause = agree_param(c, "clause"), severity = agree_param(c, "severity");
	struct round_loaded r;
	struct outcome o;
	struct agree_text text;
	uint64_t ack = 0;
	int rc = begin(c, &a, &r, &o, &members, e);

	if (rc == 0)
		rc = delegation_check(c, r.manifest.instrument, e);
	if (rc == 0)
		rc = round_text(&a, c->here->folder.p, &r.manifest, (struct str){0}, &text, e);
	if (rc == 0 && agree_text_find(&text, clause) == NULL)
		rc = err_set(e, ERR_MISSING, "clause: the text has none of that id");
	if (rc == 0 &&
	        (severity.len != 2 || severity.p[0] != 'c' || severity.p[1] < '1' || severity.p[1] > '6'))
		rc = err_set(e, ERR_USAGE, "severity: c1 to c6");
	if (rc == 0 && change_param(c, "off").p != NULL)
		return drop_time_row(c, &r.manifest, clause, severity, e);
	if (rc == 0)
		rc = binds_us(c, &r, &o, clause, e);
	if (rc == 0 && (!conf_duration(agree_param(c, "ack"), &ack) || ack < 60 || ack > 30 * 86400))
		rc = err_set(e, ERR_USAGE, "ack: within how long a request is acknowledged, such as 4h");
	if (rc != 0)
		return rc;
	put_time_row(c, &r.manifest, clause, severity, ack);
	buf_printf(c->said,
	        "requests of severity %.*s between its parties are due so from the day on which it is in "
	        "force\n",
	        STR_ARG(severity));
	return 0;
}
