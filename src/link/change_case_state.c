/* SPDX-License-Identifier: Apache-2.0
 *
 * How a case stands: the words of ours, what it is about, what it goes on as, and that it leaves.
 */
#include "base/os.h"
#include "link/case_in.h"
#include "trust/store.h"

/* What is asked of a case before something is done with it; texts in the arena. */
struct about {
	uint64_t id;
	struct str state, direction, requester, peer, kind, label, title;
	bool ended;
};

static int find_about(struct change *c, struct arena *a, struct about *ret, struct err *e)
{
	if (case_of(c, &ret->id, e) != 0)
		return e->code;
	struct query q = db_query(c->db,
	        "select state, direction, requester, peer, kind, label, title, ended is not null from case_ "
	        "where id = ?");
	struct str *const to[] = {&ret->state, &ret->direction, &ret->requester, &ret->peer, &ret->kind,
	        &ret->label, &ret->title};
	query_u64(&q, ret->id);
	if (query_next(&q) == 1) {
		for (int i = 0; i < 7; i++)
			*to[i] = arena_str(a, query_get_text(&q, i));
		ret->ended = query_get_u64(&q, 7) != 0;
	}
	query_run(&q);
	return 0;
}

/* ---- words of ours ------------------------------------------------------------------------------- */

/* What this CERT may say of the case, in words. */
static int check_writer(const struct about *k, enum case_state s, struct err *e)
{
	enum case_writer writer = case_state_table[s].writer;

	if (str_eq(k->kind, STR("old")))
		return err_set(e, ERR_DENIED,
		        "it is an old ticket of another system, which is read and nothing else");
	if (writer == CASE_BY_NODE)
		return err_set(
		        e, ERR_USAGE, "'%s' follows by itself; nobody sets it", case_state_table[s].name);
	if (str_eq(k->direction, STR("ours")) && writer != CASE_BY_REQUESTER)
		return err_set(e, ERR_DENIED, "%.*s says that; who asked says withdrawn or closed",
		        STR_ARG(k->peer));
	if (str_eq(k->direction, STR("theirs")) && writer != CASE_BY_RESPONDER)
		return err_set(e, ERR_DENIED, "%.*s has asked, and alone says withdrawn or closed",
		        STR_ARG(k->peer));
	return 0;
}

static int check_why(enum case_state s, struct str reason, struct str to, struct err *e)
{
	char shown[64];

	if (s == CASE_DECLINED && reason.len == 0)
		return err_set(e, ERR_USAGE,
		        "declined for what reason? reason is not-constituency, no-legal-basis, "
		        "insufficient-evidence, handling-conflict, resources, sovereignty, duplicate or "
		        "other");
	if (s == CASE_DECLINED && !case_word_in(case_reasons, reason))
		return err_set(e, ERR_USAGE,
		        "bad reason '%s': not-constituency, no-legal-basis, insufficient-evidence, "
		        "handling-conflict, resources, sovereignty, duplicate or other is wanted",
		        err_quote(shown, sizeof(shown), reason).p);
	if (s == CASE_REDIRECTED && to.len == 0)
		return err_set(e, ERR_USAGE, "redirected to whom? redirect-to is a party or a name");
	return 0;
}

static void note_state(struct change *c, uint64_t id, const struct case_word *w, struct str text)
{
	auto_buf struct buf said = {0};

	buf_add(&said, w->state);
	if (w->reason.len != 0)
		buf_printf(&said, " (%.*s)", STR_ARG(w->reason));
	if (w->redirect_to.len != 0)
		buf_printf(&said, " to %.*s", STR_ARG(w->redirect_to));
	if (text.len != 0)
		buf_printf(&said, ": %.*s", STR_ARG(text));
	case_entry_put(c->db, id,
	        &(struct case_entry){.kind = "decision", .person = c->person, .text = buf_str(&said)});
}

int change_case_state(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf text = {0};
	struct about k = {0};
	struct str name = case_param(c, "state"),
	           own = c->here->party.len != 0 ? c->here->party : STR("local");
	enum case_state s = case_state_find(name);
	char shown[64];

	arena_init(&a, 0);
	struct case_word w = {.party = own,
	        .state = name,
	        .reason = case_param(c, "reason"),
	        .redirect_to = case_param(c, "redirect-to"),
	        .at = os_now()};
	if (find_about(c, &a, &k, e) != 0 || change_lines(c, "text", CASE_TEXT, &text, e) != 0 ||
	        change_time(c, "eta", &w.eta, e) != 0)
		return e->code;
	if (s == CASE_STATES)
		return err_set(e, ERR_USAGE,
		        "there is no state '%s': acknowledged, accepted, needs-information, in-progress, "
		        "declined, redirected, resolved, partly-resolved or not-possible; of who asked "
		        "withdrawn or "
		        "closed",
		        err_quote(shown, sizeof(shown), name).p);
	if (check_writer(&k, s, e) != 0 || check_why(s, w.reason, w.redirect_to, e) != 0)
		return e->code;
	if (str_eq(k.state, STR("draft")) && s == CASE_WITHDRAWN)
		w.reason = w.reason.len != 0 ? w.reason : STR("draft");
	w.seq = case_seq_next(c->db, k.id, own);
	int rc = case_state_set(c->db, k.id, &w, e);
	if (rc < 0)
		return rc;
	note_state(c, k.id, &w, str_trim(buf_str(&text)));
	case_about(c, k.id, name);
	buf_printf(c->said, "%.*s\n", STR_ARG(name));
	return k.peer.len != 0 && !str_eq(k.state, STR("draft")) ? case_tell(c, k.id, &w, k.peer, e) : 0;
}

/* ---- it leaves ----------------------------------------------------------------------------------- */

int change_case_send(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct about k = {0};

	arena_init(&a, 0);
	if (find_about(c, &a, &k, e) != 0)
		return e->code;
	if (!str_eq(k.direction, STR("ours")))
		return err_set(e, ERR_VALUE, "it asks nobody: a request has a peer");
	if (!str_eq(k.state, STR("draft")))
		return err_set(e, ERR_VALUE, "it has been sent already: it is %.*s", STR_ARG(k.state));
	int rc = case_send(c, k.id, k.peer, e);
	/* the exit's row of it stays, and so does the draft */
	if (rc == ERR_DENIED && store_link(c->db, k.peer).role == LINK_MAIL) {
		case_about(c, k.id, str_from(e->text));
		c->refused = c->detail[0] != 0
		        ? c->detail
		        : "the exit refuses it; 'weir why' with the number of the case says by which rule";
		return 0;
	}
	if (rc != 0)
		return rc;
	(void)case_stage_set(c->db, k.id, k.peer, CASE_STAGE_QUEUED, os_now());
	case_entry_put(c->db, k.id,
	        &(struct case_entry){
	                .kind = "decision", .person = c->person, .party = k.peer, .text = STR("sent")});
	case_about(c, k.id, k.peer);
	buf_printf(c->said, "goes to %.*s\n", STR_ARG(k.peer));
	return 0;
}

/* ---- it goes on as another ----------------------------------------------------------------------- */

static void move(struct change *c, const char *sql, uint64_t from, uint64_t into)
{
	struct query q = db_query(c->db, sql);

	query_u64(&q, from);
	query_u64(&q, into);
	query_run(&q);
}

/* All that hangs on it; its own line of time stays where it is, and both name each other. */
int change_case_merge(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct about k = {0};
	char number[48];

	arena_init(&a, 0);
	if (find_about(c, &a, &k, e) != 0)
		return e->code;
	uint64_t into = case_find(c->db, case_param(c, "into"));
	if (into == 0 || into == k.id)
		return err_set(e, ERR_USAGE, "into which case? Another one, such as K12");
	if (k.peer.len != 0 && !str_eq(k.state, STR("draft")))
		return err_set(e, ERR_DENIED,
		        "%.*s knows it by its own number: it is declined as duplicate, or withdrawn, and not "
		        "merged",
		        STR_ARG(k.peer));
	struct query q = db_query(c->db,
	        "select 1 from case_ where (id = ?1 or id = ?2) and (merged is not null or kind = 'old')");
	query_u64(&q, k.id);
	query_u64(&q, into);
	bool gone = query_next(&q) == 1;
	query_run(&q);
	if (gone)
		return err_set(e, ERR_VALUE,
		        "one of them goes on as another already, or is an old ticket, which is read and "
		        "nothing else");
	move(c,
	        "insert or ignore into case_finding select ?2, finding, at, person from case_finding where "
	        "case_ = ?1",
	        k.id, into);
	move(c,
	        "insert or ignore into case_touches select ?2, cc, how, at from case_touches where case_ = "
	        "?1",
	        k.id, into);
	move(c,
	        "insert or ignore into case_target select ?2, type, value, event from case_target where "
	        "case_ = ?1",
	        k.id, into);
	move(c,
	        "insert or ignore into case_blob select ?2, blob, name, media, hostile, at, person from "
	        "case_blob where "
	        "case_ = ?1",
	        k.id, into);
	move(c, "update case_task set case_ = ?2 where case_ = ?1 and done is null", k.id, into);
	move(c, "update message set case_ = ?2 where case_ = ?1", k.id, into);
	move(c, "update case_ set merged = ?2 where id = ?1", k.id, into);
	struct str own = c->here->party.len != 0 ? c->here->party : STR("local");
	struct case_word w = {
	        .party = own, .seq = case_seq_next(c->db, k.id, own), .state = STR("closed"), .at = os_now()};
	int rc = case_state_set(c->db, k.id, &w, e);
	if (rc < 0)
		return rc;
	case_label_raise(c->db, into, tlp_find(k.label), c->person);
	case_entry_put(c->db, k.id,
	        &(struct case_entry){.kind = "decision",
	                .person = c->person,
	                .text = STR("goes on as"),
	                .link = arena_printf(&a, "K%llu", (unsigned long long)into)});
	case_entry_put(c->db, into,
	        &(struct case_entry){.kind = "decision",
	                .person = c->person,
	                .text = STR("merged with it"),
	                .link = arena_printf(&a, "K%llu", (unsigned long long)k.id)});
	case_about(c, k.id, case_number_of(c->db, into, number));
	buf_printf(c->said, "goes on as %s\n", number);
	return 0;
}

/* ---- what it is about ---------------------------------------------------------------------------- */

static bool there(struct db *db, char letter, uint64_t id)
{
	struct query q = letter == 'N' ? db_query(db, "select 1 from notice where id = ?")
	        : letter == 'M'        ? db_query(db, "select 1 from message where id = ?")
	        : letter == 'R'        ? db_query(db, "select 1 from receipt where id = ?")
	                               : db_query(db, "select 1 from case_ where id = ?");

	query_u64(&q, id);
	bool found = query_next(&q) == 1;
	query_run(&q);
	return found;
}

static int link_one(struct change *c, uint64_t id, struct str one, struct err *e)
{
	char letter = one.len > 0 ? (char)(one.p[0] & ~0x20) : 0;
	uint64_t other;

	if (letter == 0 || !str_has(STR("FNMRK"), letter))
		return err_set(e, ERR_USAGE,
		        "a case is linked with F (finding), N (letter), M (mail), R (report) or K "
		        "(case), and its number");
	if (change_number(one, letter, &other, e) != 0)
		return ERR_USAGE;
	if (letter == 'F') {
		if (case_finding_add(c->db, c->here, id, other, c->person))
			return 0;
		struct query q =
		        db_query(c->db, "select 1 from case_finding where case_ = ? and finding = ?");
		query_u64(&q, id);
		query_u64(&q, other);
		bool was = query_next(&q) == 1;
		query_run(&q);
		return was ? 0
		           : err_set(e, ERR_MISSING, "there is no finding F%llu", (unsigned long long)other);
	}
	if (!there(c->db, letter, other) || (letter == 'K' && other == id))
		return err_set(e, ERR_MISSING, "there is no %c%llu to link it with", letter,
		        (unsigned long long)other);
	if (letter == 'M') {
		case_mail_join(c->db, id, other, c->person);
		return 0;
	}
	case_entry_put(c->db, id,
	        &(struct case_entry){.kind = letter == 'N' ? "notice" : "note",
	                .direction = letter == 'N' ? "out" : "",
	                .person = c->person,
	                .link = one});
	return 0;
}

int change_case_link(struct change *c, struct err *e)
{
	struct str rest = case_param(c, "to");
	uint64_t id;

	if (case_of(c, &id, e) != 0)
		return e->code;
	if (rest.len == 0)
		return err_set(e, ERR_USAGE, "with what? F12, N3, M5, R1 or K9");
	for (size_t n; rest.len > 0; rest = str_skip(rest, n < rest.len ? n + 1 : n)) {
		for (n = 0; n < rest.len && rest.p[n] != ' ' && rest.p[n] != ',';)
			n++;
		if (n > 0 && link_one(c, id, str_make(rest.p, n), e) != 0)
			return e->code;
	}
	case_about(c, id, case_param(c, "to"));
	buf_printf(c->said, "is about %.*s\n", STR_ARG(case_param(c, "to")));
	return 0;
}

int change_case_unlink(struct change *c, struct err *e)
{
	struct str from = case_param(c, "from");
	uint64_t id, finding;

	if (case_of(c, &id, e) != 0 || change_number(from, 'F', &finding, e) != 0)
		return e->code;
	struct query q = db_query(c->db, "delete from case_finding where case_ = ? and finding = ?");
	query_u64(&q, id);
	query_u64(&q, finding);
	query_run(&q);
	if (db_changes(c->db) == 0)
		return err_set(e, ERR_MISSING, "it is not about F%llu", (unsigned long long)finding);
	case_about(c, id, from);
	buf_printf(c->said, "is not about %.*s\n", STR_ARG(from));
	return 0;
}

/* ---- the states that it touches ------------------------------------------------------------------- */

struct touched {
	char party[3], cc[3];
};

/* Other states, which have no draft or request of this case yet. */
static unsigned find_touched(struct change *c, uint64_t id, struct touched *ret, unsigned most)
{
	struct query q = db_query(c->db,
	        "select lower(t.cc), t.cc from case_touches t join case_ k on k.id = t.case_ where t.case_ = "
	        "?1 and "
	        "lower(t.cc) <> ?2 and lower(t.cc) <> k.peer and not exists (select 1 from case_entry n join "
	        "case_ d "
	        "on n.link = 'K' || d.id where n.case_ = ?1 and d.ask = 'notification' and d.peer = "
	        "lower(t.cc)) order "
	        "by t.cc");
	unsigned n = 0;

	query_u64(&q, id);
	query_text(&q, c->here->party);
	while (query_next(&q) == 1 && n < most) {
		snprintf(ret[n].party, 3, "%.*s", STR_ARG(query_get_text(&q, 0)));
		snprintf(ret[n++].cc, 3, "%.*s", STR_ARG(query_get_text(&q, 1)));
	}
	query_done(&q, NULL);
	return n;
}

/* A state is told of places within it; those of others are not its business. */
static void copy_targets(struct change *c, uint64_t id, uint64_t draft, const char *cc, struct arena *a)
{
	struct str v[100];
	unsigned n = 0;
	struct query q = db_query(c->db,
	        "select value from case_target where case_ = ?1 union select f.place from case_finding l "
	        "join finding "
	        "f on f.id = l.finding where l.case_ = ?1 and f.place <> '' limit 100");

	query_u64(&q, id);
	while (query_next(&q) == 1)
		v[n++] = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	for (unsigned i = 0; i < n; i++) {
		char in[3];
		if (c->here->country_of(c->here, v[i], in) && str_eq(str_from(in), str_from(cc)))
			case_target_add(c->db, c->here, draft, v[i], STR(""));
	}
}

static void draft_for(struct change *c, uint64_t id, const struct touched *t, struct arena *a)
{
	struct query q = db_query(
	        c->db, "select title, text, severity, label, pap, rsit, exercise from case_ where id = ?");
	struct case_new n = {.kind = "request",
	        .ask = STR("notification"),
	        .peer = str_from(t->party),
	        .person = c->person,
	        .draft = true};

	query_u64(&q, id);
	if (query_next(&q) == 1) {
		n.title = arena_str(a, query_get_text(&q, 0));
		n.text = arena_str(a, query_get_text(&q, 1));
		n.severity = arena_str(a, query_get_text(&q, 2));
		n.label = tlp_find(query_get_text(&q, 3));
		n.pap = arena_str(a, query_get_text(&q, 4));
		n.rsit = arena_str(a, query_get_text(&q, 5));
		n.exercise = arena_str(a, query_get_text(&q, 6));
	}
	query_done(&q, NULL);
	uint64_t draft = case_open(c->db, c->here, &n);
	copy_targets(c, id, draft, t->cc, a);
	case_entry_put(c->db, id,
	        &(struct case_entry){.kind = "decision",
	                .person = c->person,
	                .party = n.peer,
	                .text = arena_printf(a, "a notification to %s is drafted", t->party),
	                .link = arena_printf(a, "K%llu", (unsigned long long)draft)});
	case_entry_put(c->db, draft,
	        &(struct case_entry){.kind = "decision",
	                .person = c->person,
	                .text = STR("drafted since the case touches the state"),
	                .link = arena_printf(a, "K%llu", (unsigned long long)id)});
	buf_printf(c->said, "K%llu to %s\n", (unsigned long long)draft, t->party);
}

int change_case_tell_touched(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct about k = {0};
	struct touched v[64];

	arena_init(&a, 0);
	if (find_about(c, &a, &k, e) != 0)
		return e->code;
	if (str_eq(k.kind, STR("old")))
		return err_set(e, ERR_DENIED,
		        "it is an old ticket of another system, which is read and nothing else");
	/* what is named persons' is told by persons */
	if (str_eq(k.label, STR("RED")))
		return err_set(e, ERR_DENIED,
		        "it is TLP:RED: whoever is told is named by a person, in a request of its own");
	unsigned n = find_touched(c, k.id, v, 64);
	if (n == 0)
		return err_set(e, ERR_VALUE, "it touches no other state that has not a draft already");
	for (unsigned i = 0; i < n; i++)
		draft_for(c, k.id, &v[i], &a);
	case_about(c, k.id, STR(""));
	buf_printf(c->said, "%u drafted; a person sends each\n", n);
	return 0;
}

/* ---- an owner's report in stages ----------------------------------------------------------------- */

static const char *const stages[] = {"first", "second", "final"};

void case_stages_begin(struct db *db, uint64_t id)
{
	struct query q = db_query(db, "select opened from case_ where id = ?");
	int64_t opened = 0;

	query_u64(&q, id);
	if (query_next(&q) == 1)
		opened = query_get_i64(&q, 0);
	query_run(&q);
	for (unsigned i = 0; i < 3; i++) {
		struct query put =
		        db_query(db, "insert or ignore into case_stage(case_, stage, due) values (?, ?, ?)");
		query_u64(&put, id);
		query_text(&put, str_from(stages[i]));
		query_i64(&put, case_stage_due(str_from(stages[i]), opened));
		query_run(&put);
	}
}

int change_case_told(struct change *c, struct err *e)
{
	auto_buf struct buf text = {0};
	struct str stage = case_param(c, "stage");
	uint64_t id;

	if (case_of(c, &id, e) != 0 || change_lines(c, "text", CASE_TEXT, &text, e) != 0)
		return e->code;
	if (!str_eq(stage, STR("first")) && !str_eq(stage, STR("second")) && !str_eq(stage, STR("final")))
		return err_set(
		        e, ERR_USAGE, "the stages are first (24 h), second (72 h) and final (30 days)");
	if (str_trim(buf_str(&text)).len == 0)
		return err_set(e, ERR_USAGE, "what was told? text");
	case_stages_begin(c->db, id);
	uint64_t entry = case_entry_put(c->db, id,
	        &(struct case_entry){.kind = "stage",
	                .direction = "in",
	                .person = c->person,
	                .subject = stage,
	                .text = str_trim(buf_str(&text))});
	struct query q = db_query(c->db,
	        "update case_stage set told = coalesce(told, ?3), entry = ?4 where case_ = ?1 and stage = "
	        "?2");
	query_u64(&q, id);
	query_text(&q, stage);
	query_i64(&q, os_now());
	query_u64(&q, entry);
	query_run(&q);
	case_about(c, id, stage);
	buf_printf(c->said, "the %.*s report is here\n", STR_ARG(stage));
	return 0;
}
