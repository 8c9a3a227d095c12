/* SPDX-License-Identifier: Apache-2.0
 *
 * What a party says in a round: comments, amendments, positions.
 */
#include "agree/amend.h"
#include "agree/change_in.h"
#include "agree/hosted.h"
#include "agree/preview.h"
#include "base/os.h"

#define SECOND 1000000

/* ---- before closing ------------------------------------------------------------------------------ */

static int member_only(const struct change *c, const struct round_loaded *r, struct err *e)
{
	if (manifest_member(&r->manifest, c->here->party) < r->manifest.members)
		return 0;
	return err_set(e, ERR_DENIED, "an observer reads and comments, and has no position");
}

static int begin(struct change *c, struct arena *a, struct round_loaded *r, struct outcome *o,
        struct buf *members, struct err *e)
{
	arena_init(a, 0);
	int rc = agree_stands(c, a, r, o, e);

	if (rc == 0)
		rc = agree_still_open(r, o, e);
	if (rc == 0)
		round_put(members, &r->manifest);
	return rc;
}

static int say(struct change *c, const struct round_loaded *r, enum kind kind, struct str members,
        const uint8_t *reply, unsigned persons, const char *role, struct err *e)
{
	struct voice v = {.kind = kind, .members = members, .reply = reply, .persons = persons, .role = role};

	return round_decide(c, r, &v, r->manifest.instrument, STR(""), STR("AMBER"), e);
}

/* ,"scope":"k7qm w3xy" where clauses are named; each must be one of the text. */
static int put_scope(
        struct change *c, struct arena *a, const struct round_loaded *r, struct buf *members, struct err *e)
{
	struct str list = agree_param(c, "clauses");
	auto_buf struct buf scope = {0};
	struct agree_text text;

	if (list.len == 0)
		return 0;
	if (round_text(a, c->here->folder.p, &r->manifest, (struct str){0}, &text, e) != 0)
		return e->code;
	while (list.len > 0) {
		struct str_cut cut = str_cut(list, ' ');
		struct str id = str_trim(cut.head);
		list = cut.tail;
		if (id.len == 0)
			continue;
		if (!clause_id_ok(id) || agree_text_find(&text, id) == NULL)
			return agree_clause_wrong(id, e);
		if (scope.len > 0)
			buf_char(&scope, ' ');
		buf_add(&scope, id);
	}
	text_put(members, "scope", buf_str(&scope));
	return 0;
}

/* ---- comments and service ------------------------------------------------------------------------ */

int change_agree_ack(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0};
	struct round_loaded r;
	struct outcome o;
	int rc = begin(c, &a, &r, &o, &members, e);

	if (rc != 0)
		return rc;
	buf_clear(&members);
	if (!r.open.complete)
		return err_set(
		        e, ERR_DENIED, "not all texts of the round are here yet: nobody can have read them");
	if (str_eq(r.open.h.sender, c->here->party))
		return err_set(e, ERR_USAGE, "the round is our own");
	return say(c, &r, KIND_ACK, buf_str(&members), r.open.id, 1, "coordinator", e);
}

int change_agree_comment(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0};
	struct round_loaded r;
	struct outcome o;
	int rc = begin(c, &a, &r, &o, &members, e);

	if (rc == 0)
		rc = agree_words(c, "text", &members, e);
	if (rc == 0)
		rc = put_scope(c, &a, &r, &members, e);
	if (rc == 0)
		rc = agree_put_mail(c, &a, &r, &members, e);
	return rc == 0 ? say(c, &r, KIND_AGREE_COMMENT, buf_str(&members), NULL, 1, "coordinator", e) : rc;
}

/* ---- amendments ---------------------------------------------------------------------------------- */

/* The digest that an operation names, in hexadecimal in the arena. */
static struct str base_of(struct arena *a, const struct clause *k)
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, k->sha256, DIGEST_LEN);
	return arena_str(a, str_make(hex, 2 * DIGEST_LEN));
}

static int one_op(struct change *c, struct arena *a, const struct agree_text *text, struct amendment *ret,
        struct err *e)
{
	static const struct {
		const char *word;
		enum op_kind kind;
	} words[] = {
	        {"replace", OP_REPLACE}, {"delete", OP_DELETE}, {"move", OP_MOVE}, {"insert", OP_INSERT}};
	struct op *op = arena_new(a, struct op);
	auto_buf struct buf source = {0};
	const struct clause *k = agree_text_find(text, agree_param(c, "clause"));

	*op = (struct op){.after = agree_param(c, "after")};
	for (unsigned i = 0; i < 4; i++)
		if (str_eq(agree_param(c, "op"), str_from(words[i].word)))
			op->kind = words[i].kind;
	if (op->kind == OP_BAD)
		return err_set(e, ERR_USAGE,
		        "op: replace, delete, move or insert; or bring a file with the whole text as it "
		        "should be");
	if (op->kind != OP_INSERT && k == NULL)
		return err_set(e, ERR_MISSING, "clause: the text has none of that id");
	if (k != NULL && op->kind != OP_INSERT) {
		op->id = k->id;
		op->base = base_of(a, k);
	}
	if (op->kind != OP_MOVE && op->kind != OP_INSERT)
		op->after = STR("");
	int rc = change_lines(c, "words", 65536, &source, e);
	if (rc == 0 && (op->kind == OP_REPLACE || op->kind == OP_INSERT))
		op->text = arena_str(a, str_trim(buf_str(&source)));
	*ret = (struct amendment){op, 1};
	return rc;
}

/* A clause that is put in and has no mark gets one; so does one that is replaced. */
static void mark(struct arena *a, const struct agree_text *text, struct op *op)
{
	char id[CLAUSE_ID + 1] = {0};
	uint32_t dice;

	if ((op->kind != OP_INSERT && op->kind != OP_REPLACE) || op->text.len == 0 ||
	        op->text.p[op->text.len - 1] == '}')
		return;
	if (op->kind == OP_REPLACE)
		memcpy(id, op->id.p, CLAUSE_ID);
	else
		do {
			os_random(&dice, sizeof(dice));
			clause_id_make(dice % CLAUSE_IDS, id);
		} while (agree_text_find(text, str_make(id, CLAUSE_ID)) != NULL);
	auto_buf struct buf out = {0};
	buf_printf(&out, "%.*s {#%.4s}", STR_ARG(op->text), id);
	op->text = arena_str(a, buf_str(&out));
}

static int ops_of(struct change *c, struct arena *a, const struct agree_text *text, bool translation,
        struct amendment *ret, struct err *e)
{
	auto_buf struct buf bytes = {0};
	struct agree_text to;
	struct agree_fault fault;

	if (c->file.len == 0 || c->size == 0) {
		int rc = one_op(c, a, text, ret, e);
		if (rc == 0 && !translation)
			mark(a, text, ret->op);
		return rc;
	}
	int rc = os_read_file(c->file.p, AGREE_TEXT_MAX + 1, &bytes, e);
	if (rc != 0)
		return rc;
	if (!agree_text_parse(a, arena_str(a, buf_str(&bytes)), translation, &to, &fault))
		return err_set(e, ERR_VALUE, "line %u: %s; weir agree mark makes a text of a draft",
		        fault.line, fault.why);
	if (!amend_between(a, text, &to, ret))
		return err_set(e, ERR_VALUE, "the text has another title clause: an amendment keeps it");
	return ret->n > 0 ? 0
	                  : err_set(e, ERR_VALUE, "the file is the text as it is: there is nothing to amend");
}

static int applies(struct arena *a, const struct agree_text *text, const struct amendment *am, struct err *e)
{
	struct amend_result res;

	amend_apply(a, text, am, 1, &res);
	switch (res.outcome) {
	case AMEND_REFUSED:
		return err_set(e, ERR_VALUE, "operation %u: %s", res.problem[0].op + 1,
		        op_problem_about(res.problem[0].problem));
	case AMEND_CONFLICT:
		return err_set(e, ERR_VALUE, "two operations want different things of clause %.*s",
		        STR_ARG(res.conflict[0].clause));
	case AMEND_BREAKS:
		return err_set(e, ERR_VALUE, "the text would not be one: line %u: %s", res.fault.line,
		        res.fault.why);
	default:
		return 0;
	}
}

/* One level deep: what stands for another amendment has none in its own place. */
static int put_in_place(const struct round_loaded *r, struct str of, struct buf *members, struct err *e)
{
	const struct said *s = agree_said(r, of, e);
	char hex[2 * DIGEST_LEN + 1];

	if (s == NULL)
		return err_add(e, "in-place-of");
	if (s->kind != KIND_AGREE_AMENDMENT)
		return err_set(e, ERR_VALUE, "in-place-of: an amendment of this round");
	if (item_text(&s->body, "in_place_of").len > 0)
		return err_set(e, ERR_VALUE,
		        "in-place-of: %.*s has said that one in place of another: name that one, '%.12s'",
		        STR_ARG(s->sender), item_text(&s->body, "in_place_of").p);
	str_hex_print(hex, s->id, DIGEST_LEN);
	text_put(members, "in_place_of", str_make(hex, 2 * DIGEST_LEN));
	return 0;
}

/* Other parties of the round that have told the author so: it vouches for them, and they are bound to nothing. */
static int put_supporters(
        struct change *c, const struct manifest *m, struct str words, struct buf *members, struct err *e)
{
	auto_buf struct buf list = {0};
	struct str word;

	while ((word = str_next_word(&words)).len > 0) {
		auto_buf struct buf one = {0};
		buf_json(&one, word);
		if (!manifest_party(m, word))
			return err_set(e, ERR_VALUE, "supported-by: '%.*s' is no party of this round",
			        (int)(word.len < 32 ? word.len : 32), word.p);
		if (str_eq(word, c->here->party))
			return err_set(e, ERR_VALUE, "supported-by: we propose it; name others");
		if (str_find_str(buf_str(&list), 0, buf_str(&one)) != SIZE_MAX)
			continue;
		buf_printf(&list, "%s%.*s", list.len > 0 ? "," : "", STR_ARG(buf_str(&one)));
	}
	if (list.len > 0)
		buf_printf(members, ",\"supported_by\":[%.*s]", STR_ARG(buf_str(&list)));
	return 0;
}

static int put_details(struct change *c, const struct round_loaded *r, struct buf *members, struct err *e)
{
	struct str kind = agree_param(c, "kind"), of = agree_param(c, "in-place-of");
	auto_buf struct buf reason = {0};
	int rc = change_lines(c, "reason", 8192, &reason, e);

	if (rc != 0)
		return rc;
	if (kind.len > 0 && !str_eq(kind, STR("editorial")) && !str_eq(kind, STR("substantive")) &&
	        !str_eq(kind, STR("translation")))
		return err_set(e, ERR_USAGE, "kind: editorial, substantive or translation");
	if (kind.len > 0)
		text_put(members, "kind", kind);
	if (reason.len > 0)
		text_put(members, "reason", buf_str(&reason));
	rc = of.len > 0 ? put_in_place(r, of, members, e) : 0;
	return rc == 0 ? put_supporters(c, &r->manifest, agree_param(c, "supported-by"), members, e) : rc;
}

int agree_amendment(struct change *c, struct arena *a, const struct round_loaded *r,
        const struct agree_text *text, struct amendment *ret, struct buf *details, struct err *e)
{
	int rc = ops_of(c, a, text, text->translation, ret, e);

	if (rc == 0)
		rc = applies(a, text, ret, e);
	return rc == 0 ? put_details(c, r, details, e) : rc;
}

int change_agree_amend(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0}, details = {0};
	struct str lang = agree_param(c, "lang");
	struct round_loaded r;
	struct outcome o;
	struct agree_text text;
	struct amendment am;
	int rc = begin(c, &a, &r, &o, &members, e);

	if (rc == 0)
		rc = member_only(c, &r, e);
	if (rc == 0)
		rc = round_text(
		        &a, c->here->folder.p, &r.manifest, lang.len > 0 ? lang : (struct str){0}, &text, e);
	if (rc == 0)
		rc = agree_amendment(c, &a, &r, &text, &am, &details, e);
	if (rc != 0)
		return rc;
	text_put(&members, "lang", lang.len > 0 ? lang : manifest_authentic(&r.manifest)->lang);
	buf_add(&members, STR(",\"ops\":"));
	amendment_write(&members, &am);
	buf_add(&members, buf_str(&details));
	return say(c, &r, KIND_AGREE_AMENDMENT, buf_str(&members), NULL,
	        r.manifest.persons > 1 ? r.manifest.persons : 1, "may-bind", e);
}

/* ---- positions ----------------------------------------------------------------------------------- */

enum position agree_position_read(const struct manifest *m, enum position p)
{
	bool forbidden = (p == POSITION_RESERVATION && !m->reservation) ||
	        (p == POSITION_DISASSOCIATION && !m->disassociation);

	return forbidden ? POSITION_OBJECTION : p;
}

/* What it does, in a sentence that is read back. */
static void effect(struct change *c, const struct manifest *m, enum position p)
{
	enum position read = agree_position_read(m, p);

	if (read != p)
		buf_printf(c->said, "the rule forbids a %.*s: it is read as an objection\n",
		        STR_ARG(position_name(p)));
	if ((m->breaks >> read & 1) != 0)
		buf_printf(c->said, "this stops adoption\n");
}

unsigned agree_position_persons(const struct manifest *m, enum position p)
{
	bool as_objection = agree_position_read(m, p) == POSITION_OBJECTION;
	unsigned n = as_objection ? m->persons_objection : m->persons;

	return n > 0 ? n : 1;
}

static int put_words(struct change *c, enum position p, struct buf *members, struct err *e)
{
	bool needs = p == POSITION_RESERVATION || p == POSITION_DISASSOCIATION || p == POSITION_COMMENT;
	int rc = 0;

	if (agree_param(c, "text").len > 0 || needs)
		rc = agree_words(c, "text", members, e);
	if (rc == 0 && agree_param(c, "cure").len > 0)
		rc = agree_words(c, "cure", members, e);
	if (rc == 0 && p == POSITION_OBJECTION &&
	        (agree_param(c, "text").len == 0 || agree_param(c, "cure").len == 0))
		buf_add(c->said,
		        STR("it counts, and is marked as incomplete: an objection says why, and what would "
		            "remove it\n"));
	return rc;
}

int change_agree_position(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0};
	struct round_loaded r;
	struct outcome o;
	enum position p = position_find(agree_param(c, "position"));
	int rc = p != POSITION_END && p != POSITION_NONE && p != POSITION_AMENDMENT
	        ? begin(c, &a, &r, &o, &members, e)
	        : err_set(e, ERR_USAGE,
	                  "position: acknowledged, no-objection, support, comment, objection, reservation, "
	                  "disassociation or abstain");

	if (rc == 0)
		rc = agree_no_mail(c, &a, &r, e);
	if (rc == 0)
		rc = member_only(c, &r, e);
	if (rc != 0)
		return rc;
	text_put(&members, "position", position_name(p));
	rc = put_words(c, p, &members, e);
	if (rc == 0)
		rc = put_scope(c, &a, &r, &members, e);
	if (rc != 0)
		return rc;
	effect(c, &r.manifest, p);
	return say(c, &r, KIND_AGREE_POSITION, buf_str(&members), NULL,
	        agree_position_persons(&r.manifest, p), "may-bind", e);
}

int change_agree_retract(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0}, reason = {0};
	struct round_loaded r;
	struct outcome o;
	const struct said *s;
	int rc = begin(c, &a, &r, &o, &members, e);

	if (rc != 0)
		return rc;
	s = agree_said(&r, agree_param(c, "id"), e);
	if (s == NULL)
		return e->code;
	if (!str_eq(s->sender, c->here->party))
		return agree_not_ours(c, s, "takes back what it said");
	rc = change_lines(c, "reason", 8192, &reason, e);
	if (rc == 0 && str_trim(buf_str(&reason)).len == 0)
		rc = err_set(e, ERR_USAGE, "reason: say why");
	if (rc != 0)
		return rc;
	buf_clear(&members);
	text_put(&members, "reason", buf_str(&reason));
	return say(c, &r, KIND_AGREE_RETRACT, buf_str(&members), s->id, 1, "may-bind", e);
}
