/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes to another CERT's node: a request, our words about a case with it, and notes. A peer without a link is told of by
 * mail or telephone.
 */
#include "base/os.h"
#include "base/plural.h"
#include "link/case_in.h"
#include "link/payment.h"
#include "link/peer_in.h"

#define TARGETS 100
#define FILES 32 /* of a statement */

/* ---- a request ----------------------------------------------------------------------------------- */

struct request {
	struct str number, ask, severity, title, text, rsit, pap, label, exercise;
	int64_t reply_by;
};

static bool load(struct db *db, uint64_t id, struct arena *a, struct request *r)
{
	struct query q = db_query(db,
	        "select number, ask, severity, title, text, rsit, pap, label, exercise, coalesce(reply_by, "
	        "0) from case_ "
	        "where id = ?");
	struct str *const to[] = {&r->number, &r->ask, &r->severity, &r->title, &r->text, &r->rsit, &r->pap,
	        &r->label, &r->exercise};

	query_u64(&q, id);
	bool there = query_next(&q) == 1;
	for (int i = 0; there && i < 9; i++)
		*to[i] = arena_str(a, query_get_text(&q, i));
	if (there)
		r->reply_by = query_get_i64(&q, 9);
	query_done(&q, NULL);
	return there;
}

static void add_member(struct buf *body, const char *name, struct str value)
{
	if (value.len == 0)
		return;
	buf_printf(body, ",\"%s\":", name);
	buf_json(body, value);
}

/* Words for people; lang empty: in English. words: the same in that language beside it, or empty. */
static void add_words_in(struct buf *body, struct str text, struct str lang, struct str words)
{
	if (text.len == 0)
		return;
	buf_add(body, STR(",\"text\":{"));
	buf_json(body, words.len == 0 && lang.len > 0 ? lang : STR("en"));
	buf_char(body, ':');
	buf_json(body, text);
	if (words.len > 0) {
		buf_char(body, ',');
		buf_json(body, lang);
		buf_char(body, ':');
		buf_json(body, words);
	}
	buf_char(body, '}');
}

static void add_words(struct buf *body, struct str text)
{
	add_words_in(body, text, STR(""), STR(""));
}

/* A language tag: "lo", "pt-BR". */
static int lang_param(const struct change *c, struct str *ret, struct err *e)
{
	struct str lang = *ret = case_param(c, "lang");
	char shown[64];
	bool good = lang.len == 0 || (lang.len > 1 && lang.len < 36);

	for (size_t i = 0; good && i < lang.len; i++)
		good = char_alnum(lang.p[i]) || (lang.p[i] == '-' && i > 0);
	return good ? 0
	            : err_set(e, ERR_USAGE, "'%s' is no language: lo, km, my, vi or en is wanted",
	                      err_quote(shown, sizeof(shown), lang).p);
}

/* What it is about: places of its findings, and what a rule or a person has named. What has no room is said to be left out. */
static void add_targets(struct change *c, uint64_t id, struct buf *body)
{
	struct query q = db_query(c->db,
	        "select value from case_target where case_ = ?1 union select f.place from case_finding c "
	        "join finding f on "
	        "f.id = c.finding where c.case_ = ?1 and f.place <> ''");
	unsigned n = 0;

	query_u64(&q, id);
	for (; query_next(&q) == 1; n++) {
		struct str value = query_get_text(&q, 0);
		if (n >= TARGETS)
			continue;
		buf_printf(body, "%s{\"type\":\"%s\",\"value\":", n > 0 ? "," : ",\"targets\":[",
		        case_type_of(value));
		buf_json(body, value);
		buf_char(body, '}');
	}
	query_done(&q, NULL);
	if (n > 0)
		buf_char(body, ']');
	if (n > TARGETS)
		plural_printf(c->said,
		        "it names the first %d of its %u places: the others go in a file (attach) or in "
		        "another "
		        "request\n",
		        TARGETS, n);
}

/* A file that is a mail as it came is no freer than that mail. */
static void raise_to_mail(struct change *c, uint64_t id, uint64_t blob, enum tlp *label)
{
	struct query q = db_query(c->db, "select id from message where blob = ? and case_ = ?");

	query_u64(&q, blob);
	query_u64(&q, id);
	while (query_next(&q) == 1) {
		uint64_t mail = query_get_u64(&q, 0);
		enum tlp t = case_mail_label(c->db, id, mail);
		if (t <= *label)
			continue;
		*label = t;
		buf_printf(c->said, "it goes as TLP:%.*s, as the mail M%llu that goes with it is\n",
		        STR_ARG(tlp_name(t)), (unsigned long long)mail);
	}
	query_done(&q, NULL);
}

/* One of "B7 B9", or of all. */
static bool named(struct str list, uint64_t blob)
{
	char hint[32];
	int len = snprintf(hint, sizeof(hint), "B%llu", (unsigned long long)blob);

	if (str_eq(list, STR("all")))
		return true;
	for (struct str_cut word = {.tail = list, .ok = true}; word.ok;) {
		word = str_cut(word.tail, ' ');
		if (str_ieq(word.head, str_make(hint, (size_t)len)))
			return true;
	}
	return false;
}

/* How many are named, each once. */
static unsigned count_named(struct str list)
{
	unsigned n = 0;

	for (struct str_cut word = {.tail = list, .ok = list.len > 0}; word.ok;) {
		word = str_cut(word.tail, ' ');
		struct str rest = word.tail;
		bool again = false;
		for (struct str_cut later = {.tail = rest, .ok = word.ok}; later.ok && !again;) {
			later = str_cut(later.tail, ' ');
			again = str_ieq(later.head, word.head);
		}
		n += word.head.len > 0 && !again;
	}
	return n;
}

static void add_file(struct buf *body, const struct query *q, bool first)
{
	buf_printf(body, "%s{\"sha256\":\"%.*s\",\"size\":%llu,\"name\":", first ? ",\"attachments\":[" : ",",
	        STR_ARG(query_get_text(q, 1)), (unsigned long long)query_get_u64(q, 2));
	buf_json(body, query_get_text(q, 3));
	buf_add(body, STR(",\"media\":"));
	buf_json(body, query_get_text(q, 4).len > 0 ? query_get_text(q, 4) : STR("application/octet-stream"));
	buf_char(body, '}');
}

/* Files of the case that are to go with it: "B7 B9", or "all". *label rises to theirs. */
static int add_files(struct change *c, uint64_t id, struct buf *body, enum tlp *label, struct err *e)
{
	struct str list = case_param(c, "attach");
	struct query q = db_query(c->db,
	        "select b.id, lower(hex(b.sha256)), b.size, l.name, l.media from case_blob l join blob b on "
	        "b.id = l.blob where l.case_ = ? order by b.id");
	unsigned n = 0;

	query_u64(&q, id);
	while (list.len > 0 && n <= FILES && query_next(&q) == 1) {
		if (!named(list, query_get_u64(&q, 0)))
			continue;
		raise_to_mail(c, id, query_get_u64(&q, 0), label);
		add_file(body, &q, n++ == 0);
	}
	query_done(&q, NULL);
	if (n > 0)
		buf_char(body, ']');
	if (n > FILES)
		return err_set(e, ERR_VALUE, "a statement has at most %d attachments", FILES);
	return str_eq(list, STR("all")) || n >= count_named(list)
	        ? 0
	        : err_set(e, ERR_MISSING,
	                  "not all of these are files of the case; weir case show lists them (B12)");
}

static void add_by(struct change *c, struct buf *body)
{
	struct by by = {.person = c->person, .role = "coordinator", .at = os_now()};

	by_put(body, &by, 1);
}

/* Over its link, or by mail where it has no node. */
static bool reached(const struct link_self *self, struct str peer, bool *ret_mail)
{
	struct link l = store_link(self->db, peer);

	*ret_mail = l.role == LINK_MAIL;
	return link_speaks(&l);
}

/* The persons of theirs that TLP:RED names: "Duty desk, A. Person". */
static void add_persons(struct buf *body, struct str peer, struct str persons)
{
	unsigned n = 0;

	for (struct str_cut cut = {.tail = persons, .ok = persons.len > 0}; cut.ok;) {
		cut = str_cut(cut.tail, ',');
		struct str one = str_trim(cut.head);
		if (one.len == 0)
			continue;
		buf_add(body, n++ > 0 ? STR(",{\"party\":") : STR(",\"for\":[{\"party\":"));
		buf_json(body, peer);
		add_member(body, "person", one);
		buf_char(body, '}');
	}
	if (n > 0)
		buf_char(body, ']');
}

static void opened_by(struct db *db, uint64_t id, const uint8_t statement[DIGEST_LEN])
{
	struct query q = db_query(db, "update case_ set statement = ?2 where id = ?1");

	query_u64(&q, id);
	query_blob(&q, str_make((const char *)statement, DIGEST_LEN));
	query_run(&q);
}

int case_send(struct change *c, uint64_t id, struct str peer, struct err *e)
{
	struct link_self self = change_self(c);
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	struct request r = {0};
	auto_buf struct buf words = {0};
	struct str lang;
	uint8_t statement[DIGEST_LEN];
	bool mail;

	if (!reached(&self, peer, &mail))
		return err_set(e, ERR_MISSING,
		        "there is no link with %.*s: write to it by mail (weir case answer), or telephone "
		        "and note it",
		        STR_ARG(peer));
	if (mail && case_param(c, "attach").len > 0)
		return err_set(e, ERR_VALUE,
		        "%.*s takes part by mail, and cannot fetch files: say what is in them, or hand them "
		        "over "
		        "by another way",
		        STR_ARG(peer));
	if (lang_param(c, &lang, e) != 0 || change_lines(c, "words", CASE_TEXT, &words, e) != 0)
		return e->code;
	if (words.len > 0 && lang.len == 0)
		return err_set(e, ERR_USAGE, "in which language are these words? lang is missing");
	arena_init(&a, 0);
	if (!load(c->db, id, &a, &r))
		return err_set(e, ERR_MISSING, "the case is not there");
	if (str_eq(r.ask, PAYMENT_ASK) && !payment_find(c->db, id, &a, &(struct payment){0}))
		return err_set(e, ERR_VALUE, "which payment? 'weir case payment' puts it to the draft");
	add_by(c, &body);
	add_member(&body, "ref", r.number);
	add_member(&body, "ask", r.ask);
	add_member(&body, "severity", r.severity);
	add_member(&body, "title", r.title);
	add_member(&body, "rsit", r.rsit);
	add_member(&body, "legal_basis", case_param(c, "basis"));
	if (r.reply_by != 0)
		time_put(&body, "reply_by", r.reply_by / 1000000);
	add_targets(c, id, &body);
	enum tlp label = tlp_find(r.label);
	if (add_files(c, id, &body, &label, e) != 0)
		return e->code;
	payment_add(c->db, id, &body);
	add_member(&body, "group", case_param(c, "group"));
	add_persons(&body, peer, case_param(c, "for"));
	add_words_in(&body, r.text.len > 0 ? r.text : r.title, words.len > 0 ? lang : STR(""),
	        str_trim(buf_str(&words)));
	buf_char(&body, '}');
	struct say say = {.kind = KIND_CASE_OPEN,
	        .about = arena_printf(&a, "case %.*s", STR_ARG(r.number)),
	        .to = &peer,
	        .to_count = 1,
	        .tlp = statement_tlp_find(tlp_name(label)),
	        .pap = statement_pap_find(r.pap),
	        .exercise = r.exercise,
	        .body = buf_str(&body)};
	int rc = link_say(&self, &say, statement, e);
	if (rc == 0)
		opened_by(c->db, id, statement);
	return rc;
}

/* ---- words about a case -------------------------------------------------------------------------- */

/* The others of the case, as its opening has them. False: it was never said. */
static bool others(const struct link_self *self, uint64_t id, struct arena *a, struct say *say,
        struct str to[STATEMENT_TO_MAX], struct stored *opened)
{
	struct query q = db_query(self->db, "select statement from case_ where id = ?");
	uint8_t statement[DIGEST_LEN];
	bool there;

	query_u64(&q, id);
	there = query_next(&q) == 1 && query_get_blob(&q, 0).len == DIGEST_LEN;
	if (there)
		memcpy(statement, query_get_blob(&q, 0).p, DIGEST_LEN);
	query_done(&q, NULL);
	if (!there || !store_find(self->db, statement, a, opened))
		return false;
	bool round = kind_find(opened->h.kind) == KIND_AGREE_OPEN;
	say->to = to;
	for (unsigned i = 0; i <= opened->h.to_count; i++) {
		struct str party = i < opened->h.to_count ? opened->h.to[i] : opened->h.sender;
		/* the case of a round is about its mails: members speak in the round */
		bool mailed = !round || store_link(self->db, party).role == LINK_MAIL;
		if (!str_eq(party, self->me) && mailed && say->to_count < STATEMENT_TO_MAX)
			to[say->to_count++] = party;
	}
	say->tlp = opened->h.tlp;
	say->pap = opened->h.pap;
	say->exercise = opened->h.exercise;
	return say->to_count > 0;
}

/* What the opening named for its label goes with each word: the group of GREEN, the persons of RED. */
static void add_label(const struct stored *opened, struct arena *a, struct buf *body)
{
	struct item was = stored_body(opened, a);

	label_put(body, &was);
}

/* What leaves has at least the label that the case has by now, as a mail of it would: it rises with what is put to it here. Whom RED is for
 * stands in the opening, so that one which has become RED since is for nobody there; a state without words tells nothing of it. GREEN is
 * that of a group, which an opening of label CLEAR does not name. */
static int raise_to_case(struct change *c, uint64_t id, bool words, struct say *say, struct err *e)
{
	struct query q = db_query(c->db, "select label from case_ where id = ?");
	unsigned now = 0;

	query_u64(&q, id);
	if (query_next(&q) == 1)
		now = statement_tlp_find(query_get_text(&q, 0));
	query_done(&q, NULL);
	if (now <= say->tlp)
		return 0;
	if (now == STATEMENT_RED && words)
		return err_set(e, ERR_DENIED,
		        "the case has become TLP:RED, and its opening named no persons there to whom words "
		        "could "
		        "go: write to one by mail, or open another case with what may be told");
	say->tlp = now == STATEMENT_RED ? STATEMENT_STRICT : now == STATEMENT_GREEN ? STATEMENT_AMBER : now;
	return 0;
}

static int not_linked(struct change *c, struct str peer)
{
	buf_printf(c->said, "there is no link with %.*s, so nobody there hears of it by itself\n",
	        STR_ARG(peer));
	return 0;
}

int case_tell(struct change *c, uint64_t id, const struct case_word *w, struct str peer, struct err *e)
{
	struct link_self self = change_self(c);
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0}, text = {0};
	struct str to[STATEMENT_TO_MAX];
	struct say say = {.kind = KIND_CASE_STATUS};
	struct stored opened;
	uint8_t statement[DIGEST_LEN];

	arena_init(&a, 0);
	bool mail;
	if (!reached(&self, peer, &mail) || !others(&self, id, &a, &say, to, &opened))
		return not_linked(c, peer);
	if (change_lines(c, "text", CASE_TEXT, &text, e) != 0)
		return e->code;
	/* why one declines is a word of a list */
	bool words =
	        str_trim(buf_str(&text)).len > 0 || (w->reason.len > 0 && !str_eq(w->state, STR("declined")));
	if (raise_to_case(c, id, words, &say, e) != 0)
		return e->code;
	bool ack = str_eq(w->state, STR("acknowledged"));
	say.kind = ack ? KIND_ACK : KIND_CASE_STATUS;
	say.case_ = ack ? NULL : opened.id;
	say.reply = ack ? opened.id : NULL;
	add_by(c, &body);
	if (!ack)
		add_member(&body, "state", w->state);
	add_member(&body, "reason", w->reason);
	add_member(&body, "redirect_to", w->redirect_to);
	if (w->eta != 0)
		time_put(&body, "eta", w->eta / 1000000);
	add_words(&body, str_trim(buf_str(&text)));
	add_label(&opened, &a, &body);
	buf_char(&body, '}');
	say.body = buf_str(&body);
	return link_say(&self, &say, statement, e);
}

int case_say_note(struct change *c, uint64_t id, struct str text, struct err *e)
{
	struct link_self self = change_self(c);
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	struct str to[STATEMENT_TO_MAX];
	struct say say = {.kind = KIND_CASE_NOTE};
	struct stored opened;
	struct str lang;
	uint8_t statement[DIGEST_LEN];

	arena_init(&a, 0);
	if (lang_param(c, &lang, e) != 0)
		return e->code;
	if (!others(&self, id, &a, &say, to, &opened))
		return err_set(e, ERR_VALUE,
		        "the case has no peer with a link who could be told: answer by mail, or note it "
		        "here");
	if (raise_to_case(c, id, true, &say, e) != 0)
		return e->code;
	say.case_ = opened.id;
	add_by(c, &body);
	add_words_in(&body, text, lang, STR(""));
	add_label(&opened, &a, &body);
	buf_char(&body, '}');
	say.body = buf_str(&body);
	return link_say(&self, &say, statement, e);
}

/* Who sent it, its bytes and what was proven, as ,"via":{...}. *ret_label: that it has here. */
static int add_via(
        struct change *c, uint64_t id, struct str mail, struct buf *body, enum tlp *ret_label, struct err *e)
{
	uint64_t number = 0;
	struct query q = db_query(c->db,
	        "select m.sender, m.proven, coalesce((select lower(hex(b.sha256)) from blob b where b.id = "
	        "m.blob), ''), m.whole from message m where m.id = ? and m.case_ = ?");

	if (change_number(mail, 'M', &number, e) != 0) {
		query_done(&q, NULL);
		return e->code;
	}
	query_u64(&q, number);
	query_u64(&q, id);
	bool there = query_next(&q) == 1, soon = there && query_get_u64(&q, 3) == 1;
	if (there) {
		buf_add(body, STR(",\"via\":{\"channel\":\"mail\""));
		add_member(body, "from", query_get_text(&q, 0));
		add_member(body, "raw", query_get_text(&q, 2));
		add_member(
		        body, "auth", query_get_text(&q, 1).len > 0 ? query_get_text(&q, 1) : STR("nothing"));
		buf_char(body, '}');
	}
	query_done(&q, NULL);
	if (!there)
		return err_set(e, ERR_MISSING, "M%llu is no mail of this case", (unsigned long long)number);
	enum tlp label = case_mail_label(c->db, id, number);
	*ret_label = label != TLP_NONE ? label : TLP_AMBER_STRICT;
	return soon ? err_set(e, ERR_VALUE, "M%llu is being kept just now: try it again in some seconds",
	                      (unsigned long long)number)
	            : 0;
}

/* Those of the case that have a node; where none has, we ourselves. */
static void only_nodes(const struct link_self *self, struct say *say, struct str to[STATEMENT_TO_MAX])
{
	unsigned n = 0;

	for (unsigned i = 0; i < say->to_count; i++)
		if (store_link(self->db, to[i]).role != LINK_MAIL)
			to[n++] = to[i];
	if (n == 0)
		to[n++] = self->me;
	say->to_count = n;
}

int case_say_mail(struct change *c, uint64_t id, struct str mail, struct str text, struct err *e)
{
	struct link_self self = change_self(c);
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	struct str to[STATEMENT_TO_MAX], lang;
	struct say say = {.kind = KIND_CASE_NOTE};
	struct stored opened;
	uint8_t statement[DIGEST_LEN];
	enum tlp about = TLP_AMBER_STRICT;

	arena_init(&a, 0);
	if (lang_param(c, &lang, e) != 0)
		return e->code;
	if (!others(&self, id, &a, &say, to, &opened))
		return err_set(
		        e, ERR_VALUE, "the case was never told to another party: a plain note is enough");
	only_nodes(&self, &say, to);
	if (raise_to_case(c, id, true, &say, e) != 0)
		return e->code;
	say.case_ = opened.id;
	add_by(c, &body);
	if (add_via(c, id, mail, &body, &about, e) != 0)
		return e->code;
	/* our words about his mail go no further than it does: to us alone, until it says more or a person has */
	if (say.tlp < statement_tlp_find(tlp_name(about)) && !(say.to_count == 1 && str_eq(to[0], self.me)))
		say.tlp = statement_tlp_find(tlp_name(about));
	add_words_in(&body, text, lang, STR(""));
	add_label(&opened, &a, &body);
	buf_char(&body, '}');
	say.body = buf_str(&body);
	return link_say(&self, &say, statement, e);
}

/* A person has opened it: the peer is told so once, without a name. */
int change_case_read(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	auto_arena struct arena a = {0};
	struct str to[STATEMENT_TO_MAX];
	struct say say = {.kind = KIND_READ};
	struct stored opened;
	uint8_t statement[DIGEST_LEN];
	uint64_t id;

	arena_init(&a, 0);
	c->unseen = true;
	if (case_of(c, &id, e) != 0)
		return e->code;
	if (!others(&self, id, &a, &say, to, &opened) || str_eq(opened.h.sender, self.me))
		return 0;
	struct query q =
	        db_query(c->db, "select 1 from statement where reply = ? and +kind = 'read' and sender = ?");
	query_blob(&q, str_make((const char *)opened.id, DIGEST_LEN));
	query_text(&q, self.me);
	bool said = query_next(&q) == 1;
	query_done(&q, NULL);
	if (said)
		return 0;
	auto_buf struct buf body = {0};
	add_label(&opened, &a, &body);
	say.to = &opened.h.sender;
	say.to_count = 1;
	say.reply = opened.id;
	/* the members begin with a comma */
	if (body.len > 0)
		body.p[0] = '{';
	else
		buf_char(&body, '{');
	buf_char(&body, '}');
	say.body = buf_str(&body);
	return link_say(&self, &say, statement, e);
}
