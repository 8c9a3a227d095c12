/* SPDX-License-Identifier: Apache-2.0
 *
 * The sentences of why.
 */
#include "state/scope.h"
#include "web/why_in.h"

#define LINE_SHOWN 4096

/* ---- words --------------------------------------------------------------------------------------- */

static struct str word(const struct story *s, enum word w)
{
	return s->sink->words != NULL ? s->sink->words->text[w] : word_english(w);
}

static struct str fill(const struct story *s, enum word w, const struct str *values, unsigned n)
{
	auto_buf struct buf text = {0};

	word_fill(&text, word(s, w), values, n);
	return arena_str(s->a->arena, buf_str(&text));
}
#define SAY(s, w, ...)                                                                                       \
	fill((s), (w), (const struct str[]){__VA_ARGS__},                                                    \
	        sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))

static void put(const struct story *s, enum why_part part, enum word name, struct str text)
{
	s->sink->put(s->sink->arg, part, word(s, name), text);
}

static void fact(const struct story *s, enum word name, struct str text)
{
	put(s, WHY_FACT, name, text);
}
#define TELL(s, name, w, ...) fact((s), (name), SAY((s), (w), __VA_ARGS__))

static struct str join(const struct story *s, struct str a, struct str b)
{
	return b.len == 0 ? a : arena_printf(s->a->arena, "%.*s%.*s", STR_ARG(a), STR_ARG(b));
}

/* As it is stored, or in the words of a page. */
static struct str key(const struct story *s, const char *kind, struct str k)
{
	enum word w = WORD_END;

	if (s->sink->words != NULL)
		w = word_find(arena_printf(s->a->arena, "%s-%.*s", kind, STR_ARG(k)));
	return w != WORD_END ? word(s, w) : k;
}

static struct str num(const struct story *s, uint64_t n)
{
	return arena_printf(s->a->arena, "%llu", (unsigned long long)n);
}

static struct str id(const struct story *s, char letter, uint64_t n)
{
	return arena_printf(s->a->arena, "%c%llu", letter, (unsigned long long)n);
}

static struct str when(const struct story *s, int64_t t)
{
	char text[64];

	return arena_str(s->a->arena, list_when(text, t));
}

static struct str quoted(const struct story *s, struct str text)
{
	char shown[1024];

	return arena_str(s->a->arena, err_quote(shown, sizeof(shown), text));
}

static struct str stored(const struct story *s, struct str text)
{
	return arena_str(s->a->arena, text);
}

/* ---- the record ---------------------------------------------------------------------------------- */

static struct str date_of(const struct story *s, int64_t t)
{
	return str_sub(when(s, t), 0, 10);
}

static struct str raw_gone(const struct story *s)
{
	return SAY(s, s->kept.raw_masked ? W_WHY_MASKED_WITH_DAY : W_WHY_RETENTION,
	        date_of(s, s->kept.raw_gone));
}

static struct str events_gone(const struct story *s)
{
	return SAY(s, W_WHY_RETENTION, date_of(s, s->kept.events_gone));
}

static void tell_receipt(const struct story *s)
{
	struct str name =
	        str_eq(s->r.path, STR(SCOPE_RED_NAME)) ? word(s, W_REPORT_RED) : quoted(s, s->r.path);
	struct str text = SAY(s, W_WHY_RECEIPT_IS, id(s, 'R', s->r.id),
	        key(s, "state", receipt_state_name(s->r.state)), name, when(s, s->r.received));

	if (s->r.feed.len != 0)
		text = join(s, text, SAY(s, W_WHY_RECEIPT_FEED, s->r.feed));
	if (s->r.person.len != 0)
		text = join(s, text, SAY(s, W_WHY_RECEIPT_FROM, s->r.person));
	fact(s, W_WHY_RECEIPT, text);
	fact(s, W_WHY_READ_AS, s->r.reader.len != 0 ? s->r.reader : word(s, W_WHY_READ_NOT_YET));
}

static void put_line(const struct story *s, enum word name, uint32_t at, int rc, const struct buf *raw,
        const struct err *e)
{
	char *shown = mem_get(LINE_SHOWN);
	struct str text = s->kept.raw_gone != 0 ? raw_gone(s)
	        : rc != 0                       ? str_from(e->text)
	                                        : err_quote(shown, LINE_SHOWN, buf_str(raw));

	put(s, WHY_LINE, name, arena_printf(s->a->arena, "%u: %.*s", at, STR_ARG(text)));
	free(shown);
}

static void tell_line(struct story *s)
{
	auto_buf struct buf raw = {0}, before = {0};
	struct err e;

	if (s->row != NULL || s->aside != NULL) {
		int rc = why_raw(s, &raw, &e);
		put_line(s, W_WHY_LINE, s->row != NULL ? s->row->line : s->aside->line, rc, &raw, &e);
	}
	if (!s->has_moved)
		return;
	int rc = day_raw_get(s->day, s->r.id, s->moved.raw_off, s->moved.raw_len, &before, &e);
	put_line(s, W_WHY_LINE_WAS, s->moved.line, rc, &before, &e);
	TELL(s, W_WHY_REREAD, s->row != NULL || s->aside != NULL ? W_WHY_REREAD_SAME : W_WHY_REREAD_NONE,
	        num(s, s->r.edition));
}

static struct know *generation(const struct story *s)
{
	struct know *k = NULL;
	const char *path =
	        arena_printf(s->a->arena, "%s/gen/%u.weir", s->a->folder, s->view.chunk.generation).p;

	return know_open(path, &k, NULL) == 0 ? k : NULL;
}

/* The network by which it was found, as text. */
static struct str network_of(const struct story *s, const struct know *k)
{
	const struct know_leaf *leaf = know_leaf_at(k, s->verdict->network);
	struct str named = batch_find(&s->view.batch, s->row, FIELD_SOURCE_NETWORK);
	struct prefix network;
	char text[64];

	if (leaf != NULL && !addr_none(&s->row->src) && know_network(leaf, &s->row->src, &network)) {
		prefix_print(text, &network);
		return stored(s, str_from(text));
	}
	return named.len != 0 ? named : word(s, W_WHY_NO_NETWORK);
}

static void tell_owner(const struct story *s, const struct know *k, const struct know_owner *o)
{
	const struct know_asset *asset = know_asset(k, s->verdict->asset);
	struct str text = SAY(s, W_WHY_WHOSE_IS, stored(s, o->id), stored(s, o->name),
	        key(s, "how", str_from(know_how_name(s->verdict->how))), network_of(s, k));

	if (asset != NULL)
		text = join(s, text, SAY(s, W_WHY_ASSET, stored(s, asset->name)));
	fact(s, W_WHY_WHOSE, join(s, text, SAY(s, W_WHY_GENERATION, num(s, s->view.chunk.generation))));
	for (uint32_t i = 0; i < o->ncontacts && i < 32; i++)
		if (s->verdict->contacts >> i & 1)
			fact(s, W_WHY_CONTACT,
			        arena_printf(s->a->arena, "%.*s (%.*s)", STR_ARG(o->contacts[i].email),
			                STR_ARG(o->contacts[i].language)));
}

static void tell_whose(const struct story *s)
{
	struct know *k = generation(s);
	const struct know_owner *o = k != NULL ? know_owner(k, s->verdict->owner) : NULL;
	struct str number = num(s, s->view.chunk.generation);

	if (k == NULL)
		TELL(s, W_WHY_WHOSE, W_WHY_GENERATION_GONE, number);
	else if (o == NULL)
		TELL(s, W_WHY_WHOSE, W_WHY_NOBODYS, network_of(s, k), number);
	else
		tell_owner(s, k, o);
	know_close(k);
}

static void tell_rule(const struct story *s)
{
	struct query q =
	        db_query(s->a->state, "select name, file, line from rule where ruleset = ? and number = ?");
	const char *reason = decide_reason_text(s->verdict->reason);
	char name[32];

	query_u64(&q, s->view.chunk.ruleset);
	query_u64(&q, s->verdict->rule);
	if (query_next(&q) == 1)
		fact(s, W_WHY_RULE,
		        arena_printf(s->a->arena, "%.*s:%llu %.*s", STR_ARG(query_get_text(&q, 1)),
		                (unsigned long long)query_get_u64(&q, 2), STR_ARG(query_get_text(&q, 0))));
	else
		fact(s, W_WHY_RULE, word(s, W_WHY_NO_RULE));
	query_done(&q, NULL);
	struct str text =
	        SAY(s, W_WHY_DECISION_IS, key(s, "decision", str_from(decision_name(s->verdict->decision))),
	                key(s, "severity", severity_name((enum severity)s->verdict->severity)),
	                tlp_name((enum tlp)s->verdict->tlp));
	if (reason != NULL) {
		/* in English it is the text itself */
		snprintf(name, sizeof(name), "%u", s->verdict->reason);
		struct str said = key(s, "reason", str_from(name));
		text = arena_printf(s->a->arena, "%.*s: %.*s", STR_ARG(text),
		        STR_ARG(str_eq(said, str_from(name)) ? str_from(reason) : said));
	}
	fact(s, W_WHY_DECISION, text);
}

/* ---- the finding --------------------------------------------------------------------------------- */

static void tell_finding(const struct story *s, uint64_t finding)
{
	struct query q = db_query(s->a->state,
	        "select stage, first, last, events, receipts, due, case when misread is null then why else "
	        "'misread' end, merged, (select group_concat('F' || id, ' ') from (select id from finding m "
	        "where m.merged = finding.id order by id limit 20)), (select m.owner = finding.owner from "
	        "finding m "
	        "where m.id = finding.merged), (select count(*) from finding m where m.merged = finding.id "
	        "and m.owner "
	        "= finding.owner) from finding where id = ?");

	query_u64(&q, finding);
	if (finding == 0) {
		fact(s, W_WHY_FINDING, word(s, W_WHY_FINDING_NONE));
	} else if (query_next(&q) == 1) {
		struct str state = key(s, "state", query_get_text(&q, 0)), why = query_get_text(&q, 6);
		if (why.len != 0)
			state = SAY(s, W_WHY_STATE_AS, state, key(s, "why", why));
		TELL(s, W_WHY_FINDING, W_WHY_FINDING_IS, id(s, 'F', finding), state,
		        when(s, query_get_i64(&q, 1)), when(s, query_get_i64(&q, 2)),
		        num(s, query_get_u64(&q, 3)), num(s, query_get_u64(&q, 4)));
		if (!query_is_null(&q, 5))
			TELL(s, W_WHY_DUE, W_WHY_DUE_BY, when(s, query_get_i64(&q, 5)));
		if (!query_is_null(&q, 7))
			TELL(s, W_WHY_MERGED,
			        query_get_u64(&q, 9) != 0 ? W_WHY_MERGED_INTO_BY_HAND : W_WHY_MERGED_INTO,
			        id(s, 'F', query_get_u64(&q, 7)));
		if (query_get_text(&q, 8).len != 0)
			TELL(s, W_WHY_MERGED,
			        query_get_u64(&q, 10) != 0 ? W_WHY_MERGED_FROM_BY_HAND : W_WHY_MERGED_FROM,
			        query_get_text(&q, 8));
	}
	query_done(&q, NULL);
}

static void tell_quiet(const struct story *s, uint64_t quiet)
{
	struct query q = db_query(s->a->state, "select until, why, person from quiet where id = ?");

	query_u64(&q, quiet);
	if (quiet == 0)
		fact(s, W_WHY_QUIET, word(s, W_WHY_BASELINE));
	else if (query_next(&q) == 1)
		TELL(s, W_WHY_QUIET, W_WHY_QUIET_UNTIL, id(s, 'Q', quiet), when(s, query_get_i64(&q, 0)),
		        quoted(s, query_get_text(&q, 1)), quoted(s, query_get_text(&q, 2)));
	query_done(&q, NULL);
}

/* How often somebody was told, and when the next time is. */
static void tell_next(const struct story *s, uint64_t finding)
{
	struct query q = db_query(s->a->state,
	        "select letters, told, next, quiet, escalated, back, state from finding where id = ?");

	query_u64(&q, finding);
	if (finding != 0 && query_next(&q) == 1) {
		if (!query_is_null(&q, 1))
			TELL(s, W_WHY_TOLD, W_WHY_TOLD_TIMES, num(s, query_get_u64(&q, 0)),
			        when(s, query_get_i64(&q, 1)));
		if (!query_is_null(&q, 5))
			TELL(s, W_WHY_BACK, W_WHY_BACK_AT, when(s, query_get_i64(&q, 5)));
		if (!query_is_null(&q, 3))
			tell_quiet(s, query_get_u64(&q, 3));
		else if (!query_is_null(&q, 2))
			TELL(s, W_WHY_NEXT, W_WHY_NEXT_AT, when(s, query_get_i64(&q, 2)));
		if (!query_is_null(&q, 4))
			TELL(s, W_WHY_ESCALATED, W_WHY_ESCALATED_AT, when(s, query_get_i64(&q, 4)));
	}
	query_done(&q, NULL);
}

/* Of a letter that asks for a call where nobody answers. */
static void tell_call(const struct story *s, uint64_t notice)
{
	struct query q = db_query(s->a->state,
	        "select call_at, call_due, called, called_by, call_note, c.phone from notice n join contact "
	        "c on "
	        "c.id = n.contact where n.id = ?");
	struct str letter = id(s, 'N', notice);

	query_u64(&q, notice);
	if (query_next(&q) == 1) {
		struct str phone = query_get_text(&q, 5);
		bool waits = !query_is_null(&q, 0), due = !query_is_null(&q, 1);
		if (due) {
			struct str text = SAY(s, W_WHY_UNREAD_SINCE, letter, when(s, query_get_i64(&q, 1)));
			if (waits)
				text = join(s, text,
				        SAY(s, phone.len != 0 ? W_WHY_TELEPHONE : W_WHY_TELEPHONE_CONTACT,
				                phone));
			fact(s, W_WHY_UNREAD, text);
		} else if (waits) {
			TELL(s, W_WHY_UNREAD, W_WHY_UNREAD_FROM, letter, when(s, query_get_i64(&q, 0)));
		}
		if (!query_is_null(&q, 2))
			TELL(s, W_WHY_CALLED, W_WHY_CALLED_AT, letter, when(s, query_get_i64(&q, 2)),
			        quoted(s, query_get_text(&q, 3)), quoted(s, query_get_text(&q, 4)));
	}
	query_done(&q, NULL);
}

/* Which letters tell of it, and what became of them. */
static void tell_letters(const struct story *s, uint64_t finding)
{
	struct query q = db_query(s->a->state,
	        "select n.id, n.ticket, n.state, c.email, coalesce(n.sent, n.send_at), n.answer from "
	        "notice_item i"
	        " join notice n on n.id = i.notice join contact c on c.id = n.contact where i.finding = ? "
	        "order by n.id");
	bool any = false;

	query_u64(&q, finding);
	while (query_next(&q) == 1) {
		struct str state = query_get_text(&q, 2), answer = query_get_text(&q, 5);
		struct str text = SAY(s, str_eq(state, STR("sent")) ? W_WHY_LETTER_SENT : W_WHY_LETTER_IS,
		        id(s, 'N', query_get_u64(&q, 0)), query_get_text(&q, 1), query_get_text(&q, 3),
		        key(s, "state", state), when(s, query_get_i64(&q, 4)));
		if (answer.len != 0)
			text = arena_printf(
			        s->a->arena, "%.*s: %.*s", STR_ARG(text), STR_ARG(quoted(s, answer)));
		fact(s, W_WHY_LETTER, text);
		tell_call(s, query_get_u64(&q, 0));
		any = true;
	}
	query_done(&q, NULL);
	if (!any && finding != 0)
		fact(s, W_WHY_LETTER, word(s, W_WHY_LETTER_NONE));
}

static void field(const struct story *s, struct str name, struct str value)
{
	if (value.len > 0)
		s->sink->put(s->sink->arg, WHY_FIELD, name, quoted(s, value));
}

static void tell_fields(const struct story *s)
{
	const struct batch *b = &s->view.batch;
	struct batch_iter it = batch_vars(b, s->row);
	struct batch_value v;
	char buf[64], name[BATCH_KEY_MAX + 8];

	put(s, WHY_FIELDS, W_WHY_FIELDS, STR(""));
	for (unsigned i = 1; i < FIELD_END; i++)
		field(s, field_table[i].name, batch_text(b, s->row, (enum field)i, buf));
	while (batch_var_next(&it, &v))
		if (v.id >= FIELD_EXTRA)
			field(s,
			        str_make(name,
			                (size_t)snprintf(name, sizeof(name), "extra.%.*s", STR_ARG(v.name))),
			        v.value);
}

/* ---- what was asked for -------------------------------------------------------------------------- */

static void tell_id(const struct story *s, const struct ask_event *e)
{
	fact(s, W_WHY_EVENT,
	        arena_printf(s->a->arena, "E%llu.%u.%u", (unsigned long long)e->receipt, e->ordinal, e->sub));
}

static void tell_all_of(const struct story *s, uint64_t finding)
{
	tell_finding(s, finding);
	tell_next(s, finding);
	tell_letters(s, finding);
}

void why_event(struct story *s, const struct ask_event *e, uint64_t finding)
{
	/* a finding that the report does not show any more: no event is left to tell of */
	bool lost = finding != 0 && (s->row == NULL || s->verdict->finding != finding);

	tell_id(s, e);
	tell_receipt(s);
	tell_line(s);
	if (s->row == NULL && s->aside != NULL)
		fact(s, W_WHY_SET_ASIDE, quoted(s, batch_aside_text(&s->view.batch, s->aside)));
	if (lost)
		tell_all_of(s, finding);
	if (lost || s->row == NULL)
		return;
	tell_whose(s);
	tell_rule(s);
	tell_all_of(s, s->verdict->finding);
	tell_fields(s);
}

void why_gone(struct story *s, const struct ask_event *e, uint64_t finding)
{
	tell_id(s, e);
	tell_receipt(s);
	fact(s, W_WHY_LINE, events_gone(s));
	if (finding != 0)
		tell_all_of(s, finding);
}

void why_receipt(struct story *s)
{
	char text[RECEIPT_TEXT];
	struct str grown = receipt_grown_text(&s->r, text);

	tell_receipt(s);
	if (s->kept.events_gone != 0)
		fact(s, W_WHY_EVENTS, events_gone(s));
	if (s->kept.masked != 0)
		TELL(s, W_WHY_EVENTS, W_WHY_MASKED, date_of(s, s->kept.masked));
	if (s->kept.raw_gone != 0)
		fact(s, W_WHY_REPORT, raw_gone(s));
	TELL(s, W_WHY_RECORDS, W_WHY_RECORDS_ARE, num(s, s->r.records), num(s, s->r.with_events),
	        num(s, s->r.asides), num(s, s->r.none));
	if (grown.len != 0 && s->r.known_to == 0)
		TELL(s, W_WHY_GROWS, W_WHY_GROWS_NOT, id(s, 'R', s->r.grown));
	else if (grown.len != 0)
		TELL(s, W_WHY_GROWS, W_WHY_GROWS_BY, id(s, 'R', s->r.grown),
		        num(s, s->r.size - s->r.known_to), num(s, s->r.known));
}

/* ---- a letter ------------------------------------------------------------------------------------ */

static void tell_openpgp(const struct story *s, struct str done, struct str to)
{
	if (str_eq(done, STR("signed")))
		fact(s, W_WHY_OPENPGP, word(s, W_WHY_SIGNED));
	else if (str_eq(done, STR("trouble")))
		fact(s, W_WHY_OPENPGP, word(s, W_WHY_PGP_TROUBLE));
	else if (done.len != 0)
		TELL(s, W_WHY_OPENPGP, str_eq(done, STR("both")) ? W_WHY_ENCRYPTED_SIGNED : W_WHY_ENCRYPTED,
		        to);
}

/* Columns of the statement below. */
enum {
	TICKET,
	STATE,
	EMAIL,
	LANGUAGE,
	CLASS,
	FINDINGS,
	LABEL,
	MESSAGE_ID,
	TRIES,
	ANSWER,
	OPENED,
	SEND_AT,
	SENT,
	OWNER,
	PGP,
	KEY
};

static void tell_letter(const struct story *s, uint64_t notice, const struct query *q)
{
	struct str class = query_get_text(q, CLASS), label = query_get_text(q, LABEL),
	           answer = query_get_text(q, ANSWER);

	TELL(s, W_WHY_LETTER, W_WHY_LETTER_STATE, id(s, 'N', notice), query_get_text(q, TICKET),
	        key(s, "state", query_get_text(q, STATE)));
	TELL(s, W_WHY_TO, W_WHY_TO_IS, query_get_text(q, EMAIL), query_get_text(q, LANGUAGE),
	        query_get_text(q, OWNER));
	TELL(s, W_WHY_ABOUT, class.len != 0 ? W_WHY_ABOUT_CLASS : W_WHY_ABOUT_NO_CLASS,
	        num(s, query_get_u64(q, FINDINGS)), class,
	        label.len != 0 ? label : word(s, W_WHY_LABEL_NOT_YET));
	struct str text =
	        SAY(s, W_WHY_OPENED, when(s, query_get_i64(q, OPENED)), when(s, query_get_i64(q, SEND_AT)));
	if (!query_is_null(q, SENT))
		text = join(s, text, SAY(s, W_WHY_SENT_AT, when(s, query_get_i64(q, SENT))));
	fact(s, W_WHY_WHEN, text);
	fact(s, W_WHY_ID, arena_printf(s->a->arena, "<%.*s>", STR_ARG(query_get_text(q, MESSAGE_ID))));
	tell_openpgp(s, query_get_text(q, PGP), query_get_text(q, KEY));
	if (answer.len != 0)
		TELL(s, W_WHY_ANSWER, W_WHY_ANSWER_IS, quoted(s, answer), num(s, query_get_u64(q, TRIES)));
}

static void tell_items(const struct story *s, uint64_t notice)
{
	struct query q = db_query(s->a->state,
	        "select i.finding, i.receipt, i.event, f.place, f.port, f.state from notice_item i join "
	        "finding f on"
	        " f.id = i.finding where i.notice = ? order by i.finding limit 50");

	query_u64(&q, notice);
	while (query_next(&q) == 1) {
		uint64_t event = query_get_u64(&q, 2), port = query_get_u64(&q, 4);
		struct str place = quoted(s, query_get_text(&q, 3));
		if (port != 0)
			place = arena_printf(s->a->arena, "%.*s %.*s", STR_ARG(place),
			        STR_ARG(SAY(s, W_PORT, num(s, port))));
		struct str text = arena_printf(s->a->arena, "F%llu %.*s %.*s  E%llu.%u.%u",
		        (unsigned long long)query_get_u64(&q, 0),
		        STR_ARG(key(s, "state", query_get_text(&q, 5))), STR_ARG(place),
		        (unsigned long long)query_get_u64(&q, 1), (unsigned)(event >> 8),
		        (unsigned)(event & 255));
		s->sink->put(s->sink->arg, WHY_ITEM, STR(""), text);
	}
	query_done(&q, NULL);
}

int why_letter(struct story *s, uint64_t notice, struct err *e)
{
	struct query q = db_query(s->a->state,
	        "select n.ticket, n.state, c.email, c.language, n.class, n.findings, n.label, n.message_id, "
	        "n.tries,"
	        " n.answer, n.opened, n.send_at, n.sent, o.ref, n.pgp, c.pgp from notice n join "
	        "contact c on c.id "
	        "= n.contact"
	        " join owner o on o.id = c.owner where n.id = ?");

	query_u64(&q, notice);
	bool there = query_next(&q) == 1;
	if (there)
		tell_letter(s, notice, &q);
	int rc = query_done(&q, e);
	if (rc == 0 && !there)
		rc = err_set(e, ERR_MISSING, "there is no letter N%llu", (unsigned long long)notice);
	if (there && rc == 0) {
		tell_call(s, notice);
		why_exit_letter(s, notice);
		tell_items(s, notice);
	}
	return rc;
}
