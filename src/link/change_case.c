/* SPDX-License-Identifier: Apache-2.0
 *
 * What people do with cases: open one, say what it is, note, tasks, who has it. States and parties are in
 * change_case_state.c, bytes and mails in change_case_mail.c.
 */
#include "base/conf.h"
#include "base/os.h"
#include "base/plural.h"
#include "event/civil.h"
#include "link/case_in.h"

#define PERSON_MOST 60
#define FINDINGS_MOST 200

/* ---- parameters ---------------------------------------------------------------------------------- */

struct str case_param(const struct change *c, const char *name)
{
	struct str s = str_trim(change_param(c, name));

	return s.p != NULL ? s : STR("");
}

bool case_has(const struct change *c, const char *name)
{
	return change_param(c, name).p != NULL;
}

int case_of(struct change *c, uint64_t *ret, struct err *e)
{
	struct str id = case_param(c, "id");
	char shown[64];

	*ret = case_find(c->db, id);
	if (*ret != 0)
		return 0;
	return err_set(e, id.len != 0 ? ERR_MISSING : ERR_USAGE,
	        "there is no case '%s'; an id is such as K12 or LA-2026-00012",
	        err_quote(shown, sizeof(shown), id).p);
}

struct str case_number_of(struct db *db, uint64_t id, char ret[48])
{
	struct query q = db_query(db, "select number from case_ where id = ?");

	query_u64(&q, id);
	ret[0] = 0;
	if (query_next(&q) == 1)
		snprintf(ret, 48, "%.*s", STR_ARG(query_get_text(&q, 0)));
	query_run(&q);
	return str_from(ret);
}

void case_about(struct change *c, uint64_t id, struct str detail)
{
	char number[48];
	struct query q = db_query(c->db, "select 1 from case_ where id = ? and label = 'RED'");

	/* who reads the activity of all is no named person */
	query_u64(&q, id);
	bool red = query_next(&q) == 1;
	query_run(&q);
	change_about(c, 'K', id, red ? STR("") : detail);
	buf_printf(
	        c->said, "K%llu %.*s: ", (unsigned long long)id, STR_ARG(case_number_of(c->db, id, number)));
}

/* ---- a new one, and what it is ------------------------------------------------------------------- */

/* One to 63 letters, digits, '-' and dots; two letters are a country. */
static bool is_party(struct str s)
{
	if (s.len < 2 || s.len > 63 || (s.len > 2 && !str_has(s, '.')))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!(char_alnum(s.p[i]) && s.p[i] == char_lower(s.p[i])) && s.p[i] != '-' && s.p[i] != '.')
			return false;
	return true;
}

static int wrong(struct err *e, const char *what, struct str value, const char *wanted)
{
	char shown[64];

	return err_set(
	        e, ERR_USAGE, "bad %s '%s': %s", what, err_quote(shown, sizeof(shown), value).p, wanted);
}

static int check_words(const struct case_new *n, struct str label, struct err *e)
{
	if (n->title.len == 0 || n->title.len > CASE_LINE)
		return err_set(e, ERR_USAGE, "a case needs a title, of at most %d bytes", CASE_LINE);
	if (n->severity.len != 2 || n->severity.p[0] != 'c' || n->severity.p[1] < '1' ||
	        n->severity.p[1] > '6')
		return wrong(e, "severity", n->severity, "c1 (national emergency) to c6 is wanted");
	if (n->label == TLP_NONE)
		return wrong(e, "label", label, "CLEAR, GREEN, AMBER, AMBER+STRICT or RED is wanted");
	if (pap_find(n->pap) == PAP_NONE)
		return wrong(e, "pap", n->pap, "CLEAR, GREEN, AMBER or RED is wanted");
	if (n->rsit.len != 0 && type_find(n->rsit) == TYPE_NONE)
		return wrong(e, "rsit", n->rsit, "'weir docs taxonomy' lists the classes");
	if (n->ask.len != 0 && !ask_word_is(n->ask))
		return wrong(e, "ask", n->ask,
		        "notification, information-request, assistance-request, mitigation-request, "
		        "takedown-request, preservation-request, payment-recall-alert, "
		        "vulnerability-coordination or consultation-request is wanted");
	if (n->peer.len != 0 && !is_party(n->peer))
		return wrong(e, "peer", n->peer,
		        "a party is a country such as vn, or a name such as cert.example");
	if (n->peer.len != 0 && n->ask.len == 0)
		return err_set(e, ERR_USAGE, "a case with another CERT needs what is asked: ask");
	return 0;
}

static int owner_of(const struct change *c, uint64_t *ret, struct err *e)
{
	struct str ref = case_param(c, "owner");
	struct query q = db_query(c->db, "select id from owner where ref = ?");

	*ret = 0;
	query_text(&q, ref);
	if (query_next(&q) == 1)
		*ret = query_get_u64(&q, 0);
	query_run(&q);
	return ref.len == 0 || *ret != 0 ? 0
	                                 : wrong(e, "owner", ref, "'weir owner list' has the register's ids");
}

/* Names with blanks or commas between them. */
static void add_persons(struct change *c, uint64_t id, struct str names)
{
	while (names.len > 0) {
		size_t n = 0;
		while (n < names.len && names.p[n] != ' ' && names.p[n] != ',')
			n++;
		if (n > 0 && n <= PERSON_MOST)
			case_person_add(c->db, id, str_make(names.p, n));
		names = str_skip(names, n < names.len ? n + 1 : n);
	}
}

static bool is_finding(struct db *db, uint64_t id)
{
	struct query q = db_query(db, "select 1 from finding where id = ?");

	query_u64(&q, id);
	bool is = query_next(&q) == 1;
	query_run(&q);
	return is;
}

/* Findings of the parameter, in which ids stand with blanks or commas between them. */
static int add_findings(struct change *c, uint64_t id, struct str rest, unsigned *ret, struct err *e)
{
	*ret = 0;
	while (rest.len > 0) {
		size_t n = 0;
		uint64_t finding;
		while (n < rest.len && rest.p[n] != ' ' && rest.p[n] != ',')
			n++;
		struct str one = str_make(rest.p, n);
		rest = str_skip(rest, n < rest.len ? n + 1 : n);
		if (one.len == 0)
			continue;
		if (change_number(one, 'F', &finding, e) != 0)
			return ERR_USAGE;
		if (!is_finding(c->db, finding))
			return err_set(
			        e, ERR_MISSING, "there is no finding F%llu", (unsigned long long)finding);
		if (*ret == FINDINGS_MOST)
			return err_set(
			        e, ERR_VALUE, "at most %d findings are put to a case at once", FINDINGS_MOST);
		*ret += case_finding_add(c->db, c->here, id, finding, c->person);
	}
	return 0;
}

static struct str or_else(struct str s, struct str other)
{
	return s.len != 0 ? s : other;
}

/* The first finding's class is the title of a case that has none. */
static struct str title_of(struct change *c, struct str ids, struct arena *a)
{
	struct str title = case_param(c, "title"), first = str_trim(ids);
	uint64_t id;
	size_t n = 0;

	while (n < first.len && first.p[n] != ' ' && first.p[n] != ',')
		n++;
	if (title.len != 0 || change_number(str_make(first.p, n), 'F', &id, NULL) != 0)
		return title;
	struct query q = db_query(
	        c->db, "select f.class, o.name from finding f join owner o on o.id = f.owner where f.id = ?");
	query_u64(&q, id);
	if (query_next(&q) == 1) {
		struct str class = query_get_text(&q, 0), owner = query_get_text(&q, 1);
		title = arena_printf(a, "%.*s, %.*s", STR_ARG(class), STR_ARG(owner));
	}
	query_run(&q);
	return title;
}

int change_case_new(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf text = {0};
	struct str label = or_else(case_param(c, "label"), STR("AMBER")), findings = case_param(c, "id");
	unsigned n = 0;

	arena_init(&a, 0);
	findings = findings.len != 0 ? findings : case_param(c, "findings");
	struct case_new new = {.ask = case_param(c, "ask"),
	        .title = title_of(c, findings, &a),
	        .severity = or_else(case_param(c, "severity"), STR("c4")),
	        .pap = or_else(case_param(c, "pap"), STR("AMBER")),
	        .rsit = case_param(c, "rsit"),
	        .peer = case_param(c, "peer"),
	        .their_ref = case_param(c, "their-ref"),
	        .exercise = case_param(c, "exercise"),
	        .person = c->person,
	        .label = tlp_find(label),
	        .theirs = case_has(c, "theirs")};
	new.kind = new.peer.len != 0 || new.ask.len != 0 ? "request" : "incident";
	int rc = change_lines(c, "text", CASE_TEXT, &text, e);
	if (rc == 0)
		rc = check_words(&new, label, e);
	if (rc == 0)
		rc = owner_of(c, &new.owner, e);
	if (rc == 0)
		rc = change_time(c, "reply-by", &new.reply_by, e);
	if (rc != 0)
		return rc;
	new.text = str_trim(buf_str(&text));
	uint64_t id = case_open(c->db, c->here, &new);
	add_persons(c, id, case_param(c, "for"));
	rc = add_findings(c, id, findings, &n, e);
	if (rc != 0)
		return rc;
	case_entry_put(c->db, id,
	        &(struct case_entry){.kind = "decision", .person = c->person, .text = STR("opened")});
	if (case_has(c, "stages"))
		case_stages_begin(c->db, id);
	case_about(c, id, new.title);
	plural_printf(c->said, "opened, severity %.*s, TLP:%.*s, %u findings\n", STR_ARG(new.severity),
	        STR_ARG(tlp_name(new.label)), n);
	return 0;
}

/* One column of the row, if the parameter is there. */
static void set_text(struct change *c, uint64_t id, const char *sql, const char *name, struct buf *what)
{
	struct str value = case_param(c, name);

	if (change_param(c, name).p == NULL)
		return;
	struct query q = db_query(c->db, sql);
	query_u64(&q, id);
	query_text(&q, value);
	query_run(&q);
	buf_printf(what, "%s%s: %.*s", what->len > 0 ? "; " : "", name, STR_ARG(value));
}

static int set_severity(struct change *c, uint64_t id, struct buf *what, struct err *e)
{
	struct case_new n = {.title = STR("x"),
	        .label = TLP_CLEAR,
	        .pap = STR("CLEAR"),
	        .severity = case_param(c, "severity")};

	if (n.severity.len == 0)
		return 0;
	if (check_words(&n, STR(""), e) != 0)
		return ERR_USAGE;
	set_text(c, id, "update case_ set severity = ?2 where id = ?1", "severity", what);
	case_clock(c->db, c->here, id);
	return 0;
}

static int set_label(struct change *c, uint64_t id, struct buf *what, struct err *e)
{
	struct str name = case_param(c, "label"), pap = case_param(c, "pap");
	enum tlp label = tlp_find(name);
	bool lower = false;

	if (pap.len != 0 && pap_find(pap) == PAP_NONE)
		return wrong(e, "pap", pap, "CLEAR, GREEN, AMBER or RED is wanted");
	if (name.len == 0)
		return 0;
	if (label == TLP_NONE)
		return wrong(e, "label", name, "CLEAR, GREEN, AMBER, AMBER+STRICT or RED is wanted");
	struct query q = db_query(c->db, "select label from case_ where id = ?");
	query_u64(&q, id);
	if (query_next(&q) == 1)
		lower = tlp_find(query_get_text(&q, 0)) > label;
	query_run(&q);
	if (lower)
		return err_set(
		        e, ERR_DENIED, "a label only rises; who gave it may lower it, and nobody else");
	case_label_raise(c->db, id, label, c->person);
	buf_printf(what, "%slabel: %.*s", what->len > 0 ? "; " : "", STR_ARG(name));
	return 0;
}

int change_case_set(struct change *c, struct err *e)
{
	auto_buf struct buf what = {0};
	uint64_t id, owner;

	if (case_of(c, &id, e) != 0 || set_severity(c, id, &what, e) != 0 ||
	        set_label(c, id, &what, e) != 0 || owner_of(c, &owner, e) != 0)
		return e->code;
	struct str title = case_param(c, "title"), rsit = case_param(c, "rsit");
	if (title.len > CASE_LINE)
		return err_set(e, ERR_USAGE, "a title has at most %d bytes", CASE_LINE);
	if (rsit.len != 0 && type_find(rsit) == TYPE_NONE)
		return wrong(e, "rsit", rsit, "'weir docs taxonomy' lists the classes");
	case_index_drop(c->db, id);
	if (title.len != 0)
		set_text(c, id, "update case_ set title = ?2 where id = ?1", "title", &what);
	set_text(c, id, "update case_ set rsit = ?2 where id = ?1", "rsit", &what);
	set_text(c, id, "update case_ set their_ref = ?2 where id = ?1", "their-ref", &what);
	case_index_add(c->db, id);
	if (case_param(c, "pap").len != 0)
		set_text(c, id, "update case_ set pap = ?2 where id = ?1", "pap", &what);
	if (owner != 0)
		set_text(c, id,
		        "update case_ set owner = (select id from owner where ref = ?2) where id = ?1",
		        "owner", &what);
	if (what.len == 0)
		return err_set(e, ERR_USAGE,
		        "nothing is said: title, severity, label, pap, rsit, owner or their-ref");
	case_entry_put(c->db, id,
	        &(struct case_entry){.kind = "decision", .person = c->person, .text = buf_str(&what)});
	case_about(c, id, buf_str(&what));
	buf_printf(c->said, "%.*s\n", STR_ARG(buf_str(&what)));
	return 0;
}

/* ---- what was said ------------------------------------------------------------------------------- */

static const char *const channels[] = {"node", "mail", "phone", "chat", "fax", "person", NULL};

int change_case_note(struct change *c, struct err *e)
{
	auto_buf struct buf text = {0};
	struct str channel = case_param(c, "channel"), way = case_param(c, "direction");
	uint64_t id;
	int64_t at;

	if (case_of(c, &id, e) != 0 || change_lines(c, "text", CASE_TEXT, &text, e) != 0 ||
	        change_time(c, "at", &at, e) != 0)
		return e->code;
	if (str_trim(buf_str(&text)).len == 0)
		return err_set(e, ERR_USAGE, "a note needs its text");
	if (channel.len != 0 && !case_word_in(channels, channel))
		return wrong(e, "channel", channel, "mail, phone, chat, fax, person or node is wanted");
	if (way.len != 0 && !str_eq(way, STR("in")) && !str_eq(way, STR("out")))
		return wrong(e, "direction", way, "in or out is wanted");
	if (at > os_now())
		return err_set(e, ERR_USAGE, "that is still to come; a note is about what was");
	bool phone = str_eq(channel, STR("phone")), tell = case_has(c, "tell");
	struct str mail = case_param(c, "mail");
	if (mail.len > 0 && tell)
		return err_set(e, ERR_USAGE,
		        "a note about a mail is for the record, and what is told is for who wrote it: say "
		        "them one "
		        "after the other");
	if (mail.len > 0 && case_say_mail(c, id, mail, str_trim(buf_str(&text)), e) != 0)
		return e->code;
	if (mail.len > 0)
		way = STR("in"), channel = STR("mail");
	if (tell && case_say_note(c, id, str_trim(buf_str(&text)), e) != 0)
		return e->code;
	if (tell)
		way = STR("out"), channel = STR("node");
	unsigned by = 0;
	while (channels[by] != NULL && !str_eq(channel, str_from(channels[by])))
		by++;
	case_entry_put(c->db, id,
	        &(struct case_entry){.kind = phone ? "telephone" : "note",
	                .channel = channels[by],
	                .direction = str_eq(way, STR("in")) ? "in"
	                        : str_eq(way, STR("out"))   ? "out"
	                                                    : "",
	                .person = c->person,
	                .party = case_param(c, "party"),
	                .link = mail,
	                .text = str_trim(buf_str(&text)),
	                .at = at});
	case_about(c, id, STR(""));
	buf_printf(c->said, tell ? "told\n" : "noted\n");
	return 0;
}

/* ---- tasks --------------------------------------------------------------------------------------- */

static struct str person_of(const struct change *c, const char *name)
{
	struct str s = case_param(c, name);

	return str_eq(s, STR("me")) ? c->person : str_eq(s, STR("nobody")) ? STR("") : s;
}

int change_case_task(struct change *c, struct err *e)
{
	struct str what = case_param(c, "what"), who = person_of(c, "who");
	uint64_t id;
	int64_t due;

	if (case_of(c, &id, e) != 0 || change_time(c, "due", &due, e) != 0)
		return e->code;
	if (what.len == 0 || what.len > CASE_LINE || who.len > PERSON_MOST)
		return err_set(
		        e, ERR_USAGE, "a task needs what is to be done, of at most %d bytes", CASE_LINE);
	struct query q = db_query(c->db,
	        "insert into case_task(case_, what, who, due, made, made_by) values (?, ?, ?, ?, ?, ?)");
	query_u64(&q, id);
	query_text(&q, what);
	query_text(&q, who);
	if (due != 0)
		query_i64(&q, due);
	else
		query_null(&q);
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_run(&q);
	uint64_t task = db_last_id(c->db);
	case_about(c, id, what);
	buf_printf(c->said, "task %llu\n", (unsigned long long)task);
	return 0;
}

int change_case_task_done(struct change *c, struct err *e)
{
	struct str number = case_param(c, "task");
	uint64_t id, task;

	if (case_of(c, &id, e) != 0)
		return e->code;
	if (!str_u64(number, &task))
		return wrong(e, "task", number, "the number of a task of the case is wanted");
	struct query q = db_query(c->db,
	        "update case_task set done = ?, done_by = ? where id = ? and case_ = ? and done is null");
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_u64(&q, task);
	query_u64(&q, id);
	query_run(&q);
	if (db_changes(c->db) == 0)
		return err_set(e, ERR_MISSING, "the case has no open task %llu", (unsigned long long)task);
	case_about(c, id, number);
	buf_printf(c->said, "task %llu is done\n", (unsigned long long)task);
	return 0;
}

/* ---- who has it ---------------------------------------------------------------------------------- */

static int assign(struct change *c, uint64_t id, struct str who, struct str text, struct err *e)
{
	if (who.len > PERSON_MOST)
		return wrong(e, "to", who, "the name of an account, me or nobody is wanted");
	struct query q = db_query(c->db, "update case_ set assigned = ?2 where id = ?1");
	query_u64(&q, id);
	query_text(&q, who);
	query_run(&q);
	/* who is to work on it sees it */
	if (who.len != 0)
		case_person_add(c->db, id, who);
	auto_buf struct buf said = {0};
	if (who.len != 0)
		buf_printf(&said, "goes to %.*s", STR_ARG(who));
	else
		buf_add(&said, STR("nobody has it"));
	if (text.len != 0)
		buf_printf(&said, ": %.*s", STR_ARG(text));
	case_entry_put(c->db, id,
	        &(struct case_entry){.kind = "decision", .person = c->person, .text = buf_str(&said)});
	case_about(c, id, who);
	buf_printf(c->said, "%.*s\n", STR_ARG(buf_str(&said)));
	return 0;
}

int change_case_assign(struct change *c, struct err *e)
{
	uint64_t id;

	if (case_of(c, &id, e) != 0)
		return e->code;
	if (case_param(c, "to").len == 0)
		return err_set(e, ERR_USAGE, "to whom? A person, me or nobody");
	return assign(c, id, person_of(c, "to"), STR(""), e);
}

int change_case_hand_over(struct change *c, struct err *e)
{
	auto_buf struct buf text = {0};
	struct str to = person_of(c, "to");
	uint64_t id;

	if (case_of(c, &id, e) != 0 || change_lines(c, "text", CASE_TEXT, &text, e) != 0)
		return e->code;
	if (to.len == 0 || str_trim(buf_str(&text)).len == 0)
		return err_set(
		        e, ERR_USAGE, "a hand-over needs to whom, and what that person must know (text)");
	return assign(c, id, to, str_trim(buf_str(&text)), e);
}

int change_case_hold(struct change *c, struct err *e)
{
	struct str why = case_param(c, "why");
	uint64_t id;
	int64_t until;

	if (case_of(c, &id, e) != 0 || change_time(c, "until", &until, e) != 0)
		return e->code;
	bool off = case_has(c, "off");
	if (!off && (until <= os_now() || why.len == 0))
		return err_set(e, ERR_USAGE, "a hold needs until when, which is still to come, and why");
	struct query q =
	        db_query(c->db, "update case_ set held_until = nullif(?2, 0), held_why = ?3 where id = ?1");
	query_u64(&q, id);
	query_i64(&q, off ? 0 : until);
	query_text(&q, off ? STR("") : why);
	query_run(&q);
	auto_buf struct buf said = {0};
	buf_printf(&said, off ? "goes on%.*s" : "waits: %.*s", STR_ARG(off ? STR("") : why));
	case_entry_put(c->db, id,
	        &(struct case_entry){.kind = "decision", .person = c->person, .text = buf_str(&said)});
	case_about(c, id, why);
	buf_printf(c->said, "%.*s\n", STR_ARG(buf_str(&said)));
	return 0;
}

int change_case_person(struct change *c, struct err *e)
{
	struct str names = case_param(c, "for");
	uint64_t id;

	if (case_of(c, &id, e) != 0)
		return e->code;
	if (names.len == 0)
		return err_set(e, ERR_USAGE, "for whom? Names of accounts");
	add_persons(c, id, names);
	case_about(c, id, names);
	buf_printf(c->said, "%.*s may see it at any label\n", STR_ARG(names));
	return 0;
}

int change_case_touch(struct change *c, struct err *e)
{
	struct str cc = case_param(c, "cc");
	char code[3] = {0};
	uint64_t id;

	if (case_of(c, &id, e) != 0)
		return e->code;
	if (cc.len != 2 || !char_alnum(cc.p[0]) || !char_alnum(cc.p[1]) || char_digit(cc.p[0]) ||
	        char_digit(cc.p[1]))
		return wrong(e, "country", cc, "two letters such as VN are wanted");
	for (int i = 0; i < 2; i++)
		code[i] = (char)(char_lower(cc.p[i]) & ~0x20);
	if (case_has(c, "off")) {
		struct query q = db_query(c->db, "delete from case_touches where case_ = ? and cc = ?");
		query_u64(&q, id);
		query_text(&q, str_from(code));
		query_run(&q);
	} else {
		case_touch(c->db, id, code, "hand");
	}
	case_about(c, id, str_from(code));
	buf_printf(c->said, case_has(c, "off") ? "%s is not touched\n" : "touches %s\n", code);
	return 0;
}
