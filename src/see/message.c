/* SPDX-License-Identifier: Apache-2.0 */
#include "see/message.h"
#include "base/os.h"
#include "see/answer.h"
#include "see/notice.h"
#include "see/right.h"

/* ---- what the reader found ----------------------------------------------------------------------- */

static void take_field(struct message *m, struct arena *a, struct str name, struct str value)
{
	const struct {
		struct str name;
		struct str *to;
	} fields[] = {
	        {STR("from"), &m->sender},
	        {STR("name"), &m->name},
	        {STR("to"), &m->recipient},
	        {STR("subject"), &m->subject},
	        {STR("message_id"), &m->message_id},
	        {STR("words"), &m->words},
	        {STR("attached"), &m->attached},
	        {STR("dsn_action"), &m->dsn_action},
	        {STR("dsn_status"), &m->dsn_status},
	        {STR("dsn_recipient"), &m->dsn_recipient},
	        {STR("dsn_original"), &m->dsn_original},
	        {STR("signature"), &m->signature},
	};
	const struct {
		struct str name;
		uint64_t *to;
	} numbers[] = {
	        {STR("signed_at"), &m->signed_at},
	        {STR("signed_len"), &m->signed_len},
	        {STR("sealed_at"), &m->sealed_at},
	        {STR("sealed_len"), &m->sealed_len},
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (str_eq(name, fields[i].name))
			*fields[i].to = arena_str(a, value);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (str_eq(name, numbers[i].name))
			(void)str_u64(value, numbers[i].to);
	if (str_eq(name, STR("in_reply_to")) || str_eq(name, STR("references")))
		m->references = arena_printf(a, "%.*s %.*s", STR_ARG(m->references), STR_ARG(value));
	if (str_eq(name, STR("auto_submitted")))
		m->machine |= !str_starts(value, STR("no"));
	if (str_eq(name, STR("precedence")))
		m->machine |= str_ieq(value, STR("auto_reply")) || str_ieq(value, STR("bulk")) ||
		        str_ieq(value, STR("list"));
}

void message_take(const struct batch *b, struct arena *a, struct message *ret)
{
	struct batch_value v;

	if (b->head->rows == 0)
		return;
	ret->sent = b->rows[0].time_source != INT64_MIN ? b->rows[0].time_source : 0;
	struct batch_iter it = batch_vars(b, &b->rows[0]);
	while (batch_var_next(&it, &v))
		if (v.id >= FIELD_EXTRA)
			take_field(ret, a, v.name, v.value);
}

/* ---- which letter -------------------------------------------------------------------------------- */

static uint64_t notice_by(struct node *n, const char *sql, struct str key)
{
	struct query q = db_query(n->state, sql);
	uint64_t id = 0;

	query_text(&q, key);
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_run(&q);
	return id;
}

/* The ids between angle brackets; the last one is what is answered. */
static uint64_t by_message_id(struct node *n, const char *sql, struct str ids)
{
	uint64_t found = 0;

	for (unsigned i = 0; i < 64; i++) {
		size_t open = str_find(ids, 0, '<'),
		       close = open != SIZE_MAX ? str_find(ids, open, '>') : SIZE_MAX;
		if (close == SIZE_MAX)
			break;
		uint64_t id = notice_by(n, sql, str_sub(ids, open + 1, close - open - 1));
		found = id != 0 ? id : found;
		ids = str_skip(ids, close + 1);
	}
	return found;
}

/* "[XA-12-K7QD]", wherever the mailer has put it. */
static uint64_t by_ticket(struct node *n, struct str subject)
{
	for (size_t open = 0; (open = str_find(subject, open, '[')) != SIZE_MAX; open++) {
		size_t close = str_find(subject, open, ']');
		struct str ticket =
		        close != SIZE_MAX ? str_sub(subject, open + 1, close - open - 1) : STR("");
		uint64_t id = ticket.len > 0 && ticket.len < 64
		        ? notice_by(n, "select id from notice where ticket = ?", ticket)
		        : 0;
		if (id != 0)
			return id;
	}
	return 0;
}

static struct str bare_id(struct str s)
{
	s = str_trim(s);
	if (str_starts(s, STR("<")))
		s = str_skip(s, 1);
	return str_ends(s, STR(">")) ? str_sub(s, 0, s.len - 1) : s;
}

/* ---- what it says -------------------------------------------------------------------------------- */

static struct str language_of(struct node *n, uint64_t notice, struct arena *a)
{
	struct query q = db_query(n->state,
	        "select c.language from notice m join contact c on c.id = m.contact where m.id = ?");
	struct str code = STR("en");

	query_u64(&q, notice);
	if (query_next(&q) == 1)
		code = arena_str(a, query_get_text(&q, 0));
	query_run(&q);
	return code;
}

static const char *const outcomes[LANG_ANSWERS] = {
        [LANG_FIXED] = "fixed", [LANG_NOT_OURS] = "not-ours", [LANG_FALSE_POSITIVE] = "false-positive"};

/* A report was read from it: it is one of its parts, however deep. */
static bool has_report(struct node *n, uint64_t receipt)
{
	struct query q = db_query(
	        n->state, "select 1 from receipt where root = ?1 and root <> id and events > 0 limit 1");

	query_u64(&q, receipt);
	bool has = query_next(&q) == 1;
	query_run(&q);
	return has;
}

struct row {
	const char *kind, *proposal, *state;
	uint64_t notice;
	struct str original; /* of a bounce */
	bool failed;
};

static void insert(struct node *n, const struct receipt *r, const struct message *m, const struct row *row)
{
	struct query q = db_query(n->state,
	        "insert or ignore into message(receipt, received, kind, notice, sender, name, recipient, "
	        "subject, sent,"
	        " message_id, words, attached, sentence, proposal, state, refs, machine, original, failed, "
	        "proven, sealed) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	const struct str texts[] = {m->message_id, m->words, m->attached, m->sentence};
	const struct str heads[] = {m->sender, m->name, m->recipient, m->subject};

	query_u64(&q, r->id);
	query_i64(&q, r->received);
	query_text(&q, str_from(row->kind));
	if (row->notice != 0)
		query_u64(&q, row->notice);
	else
		query_null(&q);
	for (unsigned i = 0; i < 4; i++)
		query_text(&q, heads[i].p != NULL ? heads[i] : STR(""));
	if (m->sent != 0)
		query_i64(&q, m->sent);
	else
		query_null(&q);
	for (unsigned i = 0; i < 4; i++)
		query_text(&q, texts[i].p != NULL ? texts[i] : STR(""));
	query_text(&q, str_from(row->proposal));
	query_text(&q, str_from(row->state));
	query_text(&q, m->references.p != NULL ? m->references : STR(""));
	query_u64(&q, m->machine);
	query_text(&q, row->original.p != NULL ? row->original : STR(""));
	query_u64(&q, row->failed);
	query_text(&q, str_from(m->proven));
	query_u64(&q, m->opened);
	query_run(&q);
}

/* A mail server could not deliver. Its word counts if it names the letter as only its receiver can. */
static void put_bounce(struct node *n, const struct receipt *r, struct message *m, struct arena *a)
{
	struct str id = bare_id(m->dsn_original);
	uint64_t notice = id.len > 0 ? notice_by(n, "select id from notice where message_id = ?", id) : 0;
	bool failed = str_ieq(m->dsn_action, STR("failed")) && !str_starts(m->dsn_status, STR("4"));
	bool sure = notice != 0 && failed;

	if (notice == 0)
		notice = by_ticket(n, m->subject);
	m->sentence = arena_printf(a, "%.*s %.*s %.*s", STR_ARG(m->dsn_action), STR_ARG(m->dsn_status),
	        STR_ARG(m->dsn_recipient));
	if (sure) {
		struct query q = db_query(n->state,
		        "update notice set state = 'refused', answer = ? where id = ? and state = 'sent'");
		query_text(&q, m->sentence);
		query_u64(&q, notice);
		query_run(&q);
		if (db_changes(n->state) > 0) {
			notice_untold(n, notice);
			notice_bounce(n, notice);
		}
	}
	/* what cannot be laid at a letter's door is for a person; a delay is not */
	insert(n, r, m, &(struct row){"bounce", "", sure || !failed ? "done" : "new", notice, id, failed});
}

void message_put(struct node *n, const struct receipt *r, const struct message *given)
{
	struct message m = *given;
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	if (m.dsn_action.len != 0) {
		put_bounce(n, r, &m, &a);
		return;
	}
	uint64_t notice = by_message_id(n, "select id from notice where message_id = ?", m.references);
	if (notice == 0)
		notice = by_ticket(n, m.subject);
	/* with an answer to a mail of a case there may be a report: the words belong to the case all the same */
	if (notice == 0 && has_report(n, r->id) &&
	        by_message_id(n, "select id from case_entry where message_id = ? and message_id <> ''",
	                m.references) == 0)
		return;
	const char *proposal = "";
	if (notice != 0 && !m.machine) {
		enum lang_answer says = lang_answer(node_lang(n, language_of(n, notice, &a)), m.words);
		proposal = says < LANG_ANSWERS ? outcomes[says] : "";
	}
	/* on its page it was said by a choice, not by words */
	char chosen[16];
	if (notice != 0 && answer_proposal(n, r->id, chosen))
		proposal = chosen;
	else if (notice != 0 && !m.machine)
		right_heard(n, notice, m.sender);
	/* an absence note to a letter needs nobody; a machine that writes of itself may have something to say */
	bool nobody = notice != 0 && m.machine;
	insert(n, r, &m,
	        &(struct row){nobody          ? "auto"
	                        : notice != 0 ? "answer"
	                                      : "incoming",
	                proposal, nobody ? "done" : "new", notice});
}
