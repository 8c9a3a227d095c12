/* SPDX-License-Identifier: Apache-2.0 */
#include "link/case_hear.h"

#include "base/utf8.h"
#include "link/case_in.h"
#include "link/payment.h"

#define TEXT_MAX CASE_TEXT
#define TARGETS 200

static struct str id_str(const uint8_t id[DIGEST_LEN])
{
	return str_make((const char *)id, DIGEST_LEN);
}

/* Words for people: English, else the first language there is. */
static struct str words_of(const struct item *body)
{
	struct item text = item_get(body, STR("text"));
	struct item_each first = item_each(&text);
	struct str en = item_text(&text, "en");

	if (en.len > 0 || text.type != BODY_OBJECT || !item_next(&first))
		return utf8_cut(en, TEXT_MAX);
	return first.item.type == BODY_TEXT ? utf8_cut(first.item.text, TEXT_MAX) : STR("");
}

uint64_t case_of_statement(struct db *db, const uint8_t id[DIGEST_LEN])
{
	struct query q = db_query(db, "select id from case_ where statement = ?");
	uint64_t found = 0;

	query_blob(&q, id_str(id));
	if (query_next(&q) == 1)
		found = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return found;
}

/* ---- the line of time ---------------------------------------------------------------------------- */

static bool is_told(struct db *db, uint64_t id, uint64_t n)
{
	struct query q = db_query(db, "select 1 from case_entry where heard = ? and case_ = ?");

	query_u64(&q, n);
	query_u64(&q, id);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there;
}

/* Once, however often it is heard. head: what is said, in a word; may be empty. */
static void put_entry(
        const struct link_self *self, uint64_t id, const struct stored *s, struct str head, struct str text)
{
	auto_buf struct buf said = {0};
	char hex[2 * DIGEST_LEN + 1];

	if (is_told(self->db, id, s->n))
		return;
	str_hex_print(hex, s->id, DIGEST_LEN);
	buf_add(&said, head);
	if (head.len > 0 && text.len > 0)
		buf_add(&said, STR(": "));
	buf_add(&said, text);
	case_entry_put(self->db, id,
	        &(struct case_entry){.kind = "statement",
	                .direction = "in",
	                .channel = "node",
	                .party = s->h.sender,
	                .text = buf_str(&said),
	                .link = str_from(hex),
	                .heard = s->n,
	                .label = tlp_name((enum tlp)s->h.tlp),
	                .at = s->h.created * 1000000});
}

/* ---- opened -------------------------------------------------------------------------------------- */

static void add_targets(const struct link_self *self, uint64_t id, const struct item *body)
{
	struct item list = item_get(body, STR("targets"));
	unsigned n = 0;

	for (struct item_each e = item_each(&list); n < TARGETS && item_next(&e); n++) {
		struct str value = item_text(&e.item, "value");
		if (value.len > 0 && value.len <= CASE_LINE)
			case_target_add(self->db, self->here, id, value, STR(""));
	}
}

/* Who is no member could not be told before: it is held now, as if it had come behind the opening. False: it was not. */
static bool hold_stranger(const struct link_self *self, const struct stored *opened, uint64_t n)
{
	auto_arena struct arena a = {0};
	struct stored s;

	arena_init(&a, 0);
	if (!store_find_n(self->db, n, &a, &s) || head_member(&opened->h, s.h.sender) ||
	        memcmp(s.h.case_, opened->id, DIGEST_LEN) != 0)
		return false;
	struct query q = db_query(self->db,
	        "update statement set effect = 0, verdict = ?2, why = 'the sender is no member of the case' "
	        "where n = ?1");
	query_u64(&q, n);
	query_text(&q, str_from(verdict_table[VERDICT_NOT_ALLOWED].word));
	query_run(&q);
	return true;
}

/* Statements of the case that came before its opening have their effect now. */
static void hear_again(const struct link_self *self, const struct stored *opened)
{
	VEC(uint64_t) early = {0};
	struct query q = db_query(self->db,
	        "select n from statement where (case_id = ?1 or reply = ?1) and effect = 1 order by n");

	query_blob(&q, id_str(opened->id));
	while (query_next(&q) == 1)
		*(uint64_t *)vec_add(&early) = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (size_t i = 0; i < early.n; i++)
		if (!hold_stranger(self, opened, early.v[i]))
			link_effect(self, early.v[i]);
	vec_done(&early);
}

static void hear_open(const struct link_self *self, const struct stored *s, const struct item *body)
{
	int64_t reply_by = 0;
	struct str rsit = item_text(body, "rsit"), severity = item_text(body, "severity");
	bool known =
	        severity.len == 2 && severity.p[0] == 'c' && severity.p[1] >= '1' && severity.p[1] <= '6';

	if (case_of_statement(self->db, s->id) != 0)
		return;
	(void)stamp_read(item_text(body, "reply_by"), &reply_by);
	struct case_new n = {.kind = "request",
	        .ask = utf8_cut(item_text(body, "ask"), 64),
	        .title = utf8_cut(item_text(body, "title"), CASE_LINE),
	        .text = words_of(body),
	        .severity = known ? severity : STR("c4"),
	        .pap = pap_name((enum pap)s->h.pap),
	        .rsit = utf8_cut(rsit, 64),
	        .peer = s->h.sender,
	        .their_ref = utf8_cut(item_text(body, "ref"), 64),
	        .exercise = s->h.exercise,
	        .label = (enum tlp)s->h.tlp,
	        .theirs = true,
	        .opened = self->now,
	        .reply_by = reply_by * 1000000,
	        .statement = id_str(s->id)};
	uint64_t id = case_open(self->db, self->here, &n);
	add_targets(self, id, body);
	payment_hear(self->db, id, body);
	put_entry(self, id, s, n.ask, n.text);
	hear_again(self, s);
}

/* What is RED is for named persons of ours; in a case that was not it makes it so, since the case is what hides it. */
static void add_named(
        const struct link_self *self, uint64_t id, const struct stored *s, const struct item *body)
{
	struct item list = item_get(body, STR("for"));

	if (s->h.tlp != STATEMENT_RED || id == 0)
		return;
	case_label_raise(self->db, id, TLP_RED, STR(""));
	for (struct item_each e = item_each(&list); item_next(&e);)
		if (str_eq(item_text(&e.item, "party"), self->me))
			case_person_add(self->db, id, utf8_cut(item_text(&e.item, "person"), 63));
}

/* ---- words --------------------------------------------------------------------------------------- */

static void put_word(const struct link_self *self, uint64_t id, const struct stored *s, struct str state,
        const struct item *body)
{
	struct case_word w = {.party = s->h.sender,
	        .seq = s->h.seq,
	        .state = state,
	        .reason = utf8_cut(item_text(body, "reason"), 64),
	        .redirect_to = utf8_cut(item_text(body, "redirect_to"), 200),
	        .at = s->h.created * 1000000};
	auto_buf struct buf head = {0};
	int64_t eta = 0;

	if (stamp_read(item_text(body, "eta"), &eta))
		w.eta = eta * 1000000;
	(void)case_state_set(self->db, id, &w, NULL);
	buf_add(&head, utf8_cut(state, 64));
	if (w.reason.len > 0)
		buf_printf(&head, " (%.*s)", STR_ARG(w.reason));
	if (w.redirect_to.len > 0)
		buf_printf(&head, " to %.*s", STR_ARG(w.redirect_to));
	put_entry(self, id, s, buf_str(&head), words_of(body));
}

static bool opened_by(const struct link_self *self, const uint8_t id[DIGEST_LEN], struct str party)
{
	auto_arena struct arena a = {0};
	struct stored s;

	arena_init(&a, 0);
	return store_find_head(self->db, id, &a, &s) && str_eq(s.h.sender, party);
}

void case_hear(const struct link_self *self, const struct stored *s, const struct item *body, bool ours)
{
	enum kind kind = kind_find(s->h.kind);

	if (ours || self->here == NULL)
		return;
	if (kind == KIND_CASE_OPEN) {
		hear_open(self, s, body);
		add_named(self, case_of_statement(self->db, s->id), s, body);
		return;
	}
	uint64_t id = case_of_statement(self->db, kind == KIND_WITHDRAW ? s->h.reply : s->h.case_);
	if (id == 0 || (kind == KIND_WITHDRAW && !opened_by(self, s->h.reply, s->h.sender)))
		return;
	add_named(self, id, s, body);
	if (kind == KIND_CASE_STATUS)
		put_word(self, id, s, item_text(body, "state"), body);
	else if (kind == KIND_WITHDRAW)
		put_word(self, id, s, STR("withdrawn"), body);
	else
		put_entry(self, id, s, STR(""), words_of(body));
}

/* How far it has come there, and when, stands in the line of time once. */
static void put_stage(const struct link_self *self, uint64_t id, const uint8_t statement[DIGEST_LEN],
        struct str party, struct str word, int64_t at)
{
	char hex[2 * DIGEST_LEN + 1];
	uint64_t n = store_number(self->db, statement);
	struct query q = db_query(self->db,
	        "select 1 from case_entry where heard = ? and case_ = ? and party = ? and text = ?");

	query_u64(&q, n);
	query_u64(&q, id);
	query_text(&q, party);
	query_text(&q, word);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	if (there)
		return;
	str_hex_print(hex, statement, DIGEST_LEN);
	case_entry_put(self->db, id,
	        &(struct case_entry){.kind = "statement",
	                .direction = "in",
	                .channel = "node",
	                .party = party,
	                .text = word,
	                .link = str_from(hex),
	                .heard = n,
	                .at = at});
}

/* What that party has said about a case and what still counts, once more. */
static void hear_party(const struct link_self *self, const uint8_t opened[DIGEST_LEN], struct str party)
{
	VEC(uint64_t) said = {0};
	struct query q = db_query(self->db,
	        "select n from statement where (case_id = ?1 or reply = ?1) and sender = ?2 and effect = 1 "
	        "and "
	        "kind in ('case.status', 'withdraw', 'ack') order by n");

	query_blob(&q, id_str(opened));
	query_text(&q, party);
	while (query_next(&q) == 1)
		*(uint64_t *)vec_add(&said) = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (size_t i = 0; i < said.n; i++)
		link_effect(self, said.v[i]);
	vec_done(&said);
}

void case_unhear(const struct link_self *self, const struct stored *s)
{
	const uint8_t *opened = s->h.case_;
	uint64_t id;

	if (digest_zero(opened))
		opened = digest_zero(s->h.reply) ? s->id : s->h.reply;
	id = case_of_statement(self->db, opened);
	if (id == 0)
		return;
	case_entry_put(self->db, id,
	        &(struct case_entry){.kind = "statement",
	                .direction = "in",
	                .channel = "node",
	                .party = s->h.sender,
	                .text = STR("its sender has taken back what it said here, at the end of a fork"),
	                .label = tlp_name((enum tlp)s->h.tlp),
	                .at = self->now});
	struct query q = db_query(self->db, "delete from case_word where case_ = ? and party = ?");
	query_u64(&q, id);
	query_text(&q, s->h.sender);
	query_run(&q);
	hear_party(self, opened, s->h.sender);
	case_state_make(self->db, id);
}

void case_heard_of(const struct link_self *self, const uint8_t statement[DIGEST_LEN], struct str party,
        uint64_t seq, const char *how, int64_t at)
{
	uint64_t id = case_of_statement(self->db, statement);
	struct str word = str_from(how);

	if (id == 0 || self->here == NULL)
		return;
	if (str_eq(word, STR("acknowledged")))
		(void)case_state_set(self->db, id,
		        &(struct case_word){.party = party, .seq = seq, .state = word, .at = at}, NULL);
	else
		(void)case_stage_set(self->db, id, party,
		        str_eq(word, STR("read")) ? CASE_STAGE_READ : CASE_STAGE_DELIVERED, at);
	if (!str_eq(party, self->me))
		put_stage(self, id, statement, party, word, at);
	/* its clocks count from when it arrived there */
	if (str_eq(word, STR("delivered")))
		case_clock(self->db, self->here, id);
}
