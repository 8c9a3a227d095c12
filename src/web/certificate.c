/* SPDX-License-Identifier: Apache-2.0 */
#include "web/certificate.h"
#include "agree/code.h"
#include "web/page_round.h"

#define SHORT_ID 16

/* What is drawn, with what is drawn with. */
struct drawing {
	const struct page_ask *p;
	struct html *h;
	const struct certificate *c;
	const struct manifest *m;
	const struct outcome *o;
};

static bool is_adopted(const struct outcome *o)
{
	return o->state == OUTCOME_ADOPTED || o->state == OUTCOME_ADOPTED_EXCEPT;
}

/* ---- pieces -------------------------------------------------------------------------------------- */

/* "2027-03-08 02:00 UTC · 09:00 +07:00": in UTC, and as the clocks of the round's zone have it. Seconds only where there are some. */
static void draw_time(const struct drawing *d, int64_t t)
{
	char utc[STAMP_TEXT], there[STAMP_TEXT];
	int32_t zone = d->m->zone, minutes = (zone < 0 ? -zone : zone) / 60;
	size_t len = t % 60 == 0 ? 5 : 8;

	if (t < 0 || t > STAMP_MAX - 86400) {
		html_text(d->h, STR("-"));
		return;
	}
	stamp_print(utc, t);
	stamp_print(there, t + zone);
	html_open(d->h, "time");
	html_attr(d->h, "datetime", str_from(utc));
	html_printf(d->h, "%.10s %.*s UTC", utc, (int)len, utc + 11);
	if (zone != 0) {
		html_text(d->h, STR(" \xc2\xb7 "));
		if (strncmp(utc, there, 10) != 0)
			html_printf(d->h, "%.10s ", there);
		html_printf(d->h, "%.*s %c%02d:%02d", (int)len, there + 11, zone < 0 ? '-' : '+',
		        minutes / 60, minutes % 60);
	}
	html_close(d->h);
}

static void fact(const struct drawing *d, enum word name, struct str value)
{
	if (value.len == 0)
		return;
	page_line(d->p, d->h, "dt", NULL, name);
	html_line(d->h, "dd", NULL, value);
}

static void fact_time(const struct drawing *d, enum word name, int64_t t)
{
	page_line(d->p, d->h, "dt", NULL, name);
	html_open(d->h, "dd");
	draw_time(d, t);
	html_close(d->h);
}

static void facts(const struct drawing *d)
{
	html_open(d->h, "dl");
	html_attr(d->h, "class", STR("facts"));
}

static struct str hex_of(const struct drawing *d, const uint8_t id[DIGEST_LEN], size_t digits)
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, id, DIGEST_LEN);
	return arena_str(d->p->ask->arena, str_make(hex, digits));
}

static void cell_code(const struct drawing *d, const char *class, struct str text)
{
	html_open(d->h, "td");
	html_line(d->h, "code", class, text);
	html_close(d->h);
}

/* The beginning of an id; all of it stands in the block. */
static void cell_id(const struct drawing *d, const struct said *s)
{
	if (s != NULL)
		cell_code(d, "word", hex_of(d, s->id, SHORT_ID));
	else
		page_cell(d->h, STR("-"));
}

static void row_head(const struct drawing *d, struct str text)
{
	html_open(d->h, "tr");
	html_open(d->h, "th");
	html_attr(d->h, "scope", STR("row"));
	html_text(d->h, text);
	html_close(d->h);
}

static struct str name_of(const struct drawing *d, struct str party)
{
	for (unsigned i = 0; i < d->c->names; i++)
		if (str_eq(d->c->name[i].party, party))
			return d->c->name[i].name;
	return STR("");
}

static struct str list_of(const struct drawing *d, const struct str *party, unsigned n)
{
	auto_buf struct buf b = {0};

	for (unsigned i = 0; i < n; i++) {
		buf_add(&b, i > 0 ? STR(", ") : STR(""));
		buf_add(&b, party[i]);
	}
	return arena_str(d->p->ask->arena, buf_str(&b));
}

/* ---- the head, on each page ---------------------------------------------------------------------- */

static void draw_head(const struct drawing *d)
{
	char code[TEXT_CODE_LEN], number[12];
	struct arena *a = d->p->ask->arena;

	text_code(d->m->sha256, code);
	snprintf(number, sizeof(number), "%u", d->m->round);
	html_open(d->h, "header");
	html_open(d->h, "p");
	page_line(d->p, d->h, "strong", NULL, W_CERTIFICATE);
	html_text(d->h, STR(" "));
	page_sayf(d->p, d->h, W_CERTIFICATE_ROUND, d->m->instrument, arena_str(a, str_from(number)));
	html_text(d->h, STR(" \xc2\xb7 "));
	html_open(d->h, "strong");
	page_sayf(d->p, d->h, W_CERTIFICATE_CODE, arena_str(a, str_from(code)));
	html_close(d->h);
	html_printf(d->h, " \xc2\xb7 TLP:%.*s", STR_ARG(statement_tlp_name(d->c->tlp)));
	html_close(d->h);
	html_close(d->h);
}

/* ---- the result ---------------------------------------------------------------------------------- */

static void draw_counts(const struct drawing *d)
{
	if (d->o->needed > 0 && d->m->rule != RULE_SILENCE) {
		page_line(d->p, d->h, "dt", NULL, W_CERTIFICATE_HAVE);
		html_open(d->h, "dd");
		page_sayf(d->p, d->h, W_CERTIFICATE_COUNTED, page_number(d->p, d->o->have),
		        page_number(d->p, d->o->needed));
		html_close(d->h);
	}
	page_line(d->p, d->h, "dt", NULL, W_CERTIFICATE_CONFIRMED);
	html_open(d->h, "dd");
	page_sayf(d->p, d->h, W_CERTIFICATE_CONFIRMED_BY, page_number(d->p, d->o->confirmed),
	        page_number(d->p, d->m->members), page_number(d->p, d->m->confirm));
	if (d->o->against) {
		html_text(d->h, STR(" "));
		page_line(d->p, d->h, "strong", NULL, W_CERTIFICATE_AGAINST);
	}
	html_close(d->h);
}

static void draw_result(const struct drawing *d)
{
	page_section(d->p, d->h, "result", W_CERTIFICATE_RESULT);
	facts(d);
	page_line(d->p, d->h, "dt", NULL, W_CERTIFICATE_STATE);
	html_open(d->h, "dd");
	html_line(d->h, "strong", NULL, page_key(d->p, "round", outcome_state_name(d->o->shown)));
	html_close(d->h);
	if (d->o->block.len > 0)
		fact(d, W_CERTIFICATE_CAUSE, round_because(d->p, d->o->because));
	fact_time(d, W_CERTIFICATE_AS_OF, d->c->now);
	if (d->o->block.len > 0 && d->m->rule != RULE_RECORDED)
		draw_counts(d);
	const struct sifted *minutes = round_newest(&d->o->round, KIND_AGREE_MINUTES, d->m->chair, true);
	if (minutes != NULL && (d->m->rule == RULE_MEETING || d->m->rule == RULE_RECORDED))
		round_minutes_facts(d->p, d->h, &d->o->round, minutes->s);
	fact(d, W_CERTIFICATE_DIGEST, hex_of(d, d->m->sha256, 2 * (size_t)DIGEST_LEN));
	fact(d, W_CERTIFICATE_CHAIR, d->m->chair);
	fact(d, W_CERTIFICATE_DEPUTY, d->m->deputy);
	fact(d, W_CERTIFICATE_SECRETARIAT, d->m->secretariat);
	fact(d, W_CERTIFICATE_OBSERVERS, list_of(d, d->m->observer, d->m->observers));
	html_close(d->h);
	html_close(d->h);
}

static void draw_texts(const struct drawing *d)
{
	static const enum word head[] = {
	        W_LANGUAGE, W_CERTIFICATE_AUTHENTIC, W_CERTIFICATE_CLAUSES, W_CERTIFICATE_SHA256, WORD_END};

	page_table(d->p, d->h, W_CERTIFICATE_TEXTS, head);
	for (unsigned i = 0; i < d->m->texts; i++) {
		const struct manifest_text *t = &d->m->text[i];
		bool there = d->c->text != NULL && d->c->text[i].there && d->c->text[i].fault.why == NULL;
		row_head(d, t->lang);
		page_cell(d->h,
		        page_word(d->p, t->authentic ? W_CERTIFICATE_AUTHENTIC : W_CERTIFICATE_TRANSLATION));
		page_cell(d->h, there ? page_number(d->p, d->c->text[i].text.n) : STR("-"));
		cell_code(d, NULL, hex_of(d, t->sha256, 2 * (size_t)DIGEST_LEN));
		html_close(d->h);
	}
	page_table_end(d->h);
}

/* ---- members ------------------------------------------------------------------------------------- */

static struct str bound_of(const struct drawing *d, const struct standing_member *m)
{
	struct str ids = list_of(d, m->scope, m->scopes);

	if (!is_adopted(d->o))
		return STR("-");
	switch (m->bound) {
	case BOUND_NOT:
		return page_word(d->p, W_BOUND_NOT);
	case BOUND_EXCEPT:
		return page_filled(d->p, W_BOUND_EXCEPT, &ids, 1);
	case BOUND_RESERVED:
		return m->scopes > 0 ? page_filled(d->p, W_BOUND_RESERVED_FOR, &ids, 1)
		                     : page_word(d->p, W_BOUND_RESERVED);
	default:
		return page_word(d->p, W_BOUND_WHOLE);
	}
}

static const struct said *confirmation(const struct drawing *d, struct str party)
{
	const struct said *s = outcome_said(d->o, party);

	return s != NULL && str_eq(item_text(&s->body, "block"), d->o->block) ? s : NULL;
}

static void draw_members(const struct drawing *d)
{
	static const enum word head[] = {W_CERTIFICATE_MEMBER, W_CERTIFICATE_SERVED, W_CERTIFICATE_POSITION,
	        W_CERTIFICATE_STATEMENT, W_CERTIFICATE_BOUND, W_CERTIFICATE_OUTCOME, WORD_END};

	if (d->o->block.len == 0)
		return;
	page_table(d->p, d->h, W_CERTIFICATE_MEMBERS, head);
	for (unsigned i = 0; i < d->m->members; i++) {
		const struct standing_member *m = &d->o->member[i];
		struct str name = name_of(d, m->party);
		row_head(d,
		        name.len > 0 ? arena_printf(d->p->ask->arena, "%.*s, %.*s", STR_ARG(m->party),
		                               STR_ARG(name))
		                     : m->party);
		page_cell(d->h, page_key(d->p, "serving", service_name(m->service)));
		page_cell(d->h, page_key(d->p, "position", position_name(m->position)));
		cell_id(d, m->said);
		page_cell(d->h, bound_of(d, m));
		cell_id(d, confirmation(d, m->party));
		html_close(d->h);
	}
	page_table_end(d->h);
}

/* ---- time and rule ------------------------------------------------------------------------------- */

static void draw_timeline(const struct drawing *d)
{
	const struct round *r = &d->o->round;

	page_section(d->p, d->h, "timeline", W_CERTIFICATE_TIMELINE);
	facts(d);
	fact_time(d, W_CERTIFICATE_OPENS, d->m->opens);
	page_line(d->p, d->h, "dt", NULL, W_CERTIFICATE_CLOSES);
	html_open(d->h, "dd");
	draw_time(d, r->closes);
	if (r->extended > 0) {
		html_text(d->h, STR("; "));
		page_sayf(d->p, d->h, W_CERTIFICATE_EXTENDED, page_number(d->p, r->extended));
	}
	html_close(d->h);
	if (r->grace > r->closes)
		fact_time(d, W_CERTIFICATE_GRACE, r->grace);
	if (is_adopted(d->o)) {
		int64_t review = manifest_review(d->m, d->o->adopted);
		fact_time(d, W_CERTIFICATE_ADOPTED, d->o->adopted);
		fact_time(d, W_CERTIFICATE_IN_FORCE, d->o->in_force);
		fact_time(d, W_CERTIFICATE_UNTIL, manifest_statements_end(d->m, d->o->adopted));
		if (review != 0)
			fact_time(d, W_CERTIFICATE_REVIEW, review);
	}
	html_close(d->h);
	html_close(d->h);
}

/* As it stands in the manifest: from the line "rule" on. */
static void draw_rule(const struct drawing *d)
{
	size_t at = str_find_str(d->m->bytes, 0, STR("\nrule "));

	page_section(d->p, d->h, "rule", W_CERTIFICATE_RULE);
	page_line(d->p, d->h, "p", "note", W_CERTIFICATE_RULE_WHOLE);
	html_line(d->h, "pre", "raw columns", at != SIZE_MAX ? str_skip(d->m->bytes, at + 1) : STR(""));
	html_close(d->h);
}

/* ---- proofs -------------------------------------------------------------------------------------- */

static const struct round_proof *place_of(const struct drawing *d, const struct said *s)
{
	const struct round_input *in = d->o->round.in;

	for (size_t i = 0; i < in->proofs; i++)
		if (memcmp(in->proof[i].id, s->id, DIGEST_LEN) == 0)
			return &in->proof[i];
	return NULL;
}

/* Who has seen the log of that party with that place in it, each once. */
static struct str witnesses_of(const struct drawing *d, struct str party, uint64_t index)
{
	const struct round_input *in = d->o->round.in;
	struct str seen[MANIFEST_PARTIES];
	unsigned n = 0;

	for (size_t i = 0; i < in->witnesses && n < MANIFEST_PARTIES; i++) {
		const struct round_witness *w = &in->witness[i];
		bool again = !str_eq(w->party, party) || w->size <= index || str_eq(w->witness, party);
		for (unsigned k = 0; k < n && !again; k++)
			again = str_eq(seen[k], w->witness);
		if (!again)
			seen[n++] = w->witness;
	}
	return list_of(d, seen, n);
}

static void draw_proof(const struct drawing *d, const struct standing_member *m)
{
	const struct round_proof *place = m->by != NULL ? place_of(d, m->by) : NULL;
	struct str seen = place != NULL ? witnesses_of(d, m->by->sender, place->index) : STR("");

	row_head(d, m->party);
	page_cell(d->h, page_key(d->p, "serving", service_name(m->service)));
	html_open(d->h, "td");
	if (m->by != NULL)
		draw_time(d, m->served != ROUND_NEVER ? m->served : m->by->created);
	else
		html_text(d->h, STR("-"));
	html_close(d->h);
	page_cell(d->h, m->by != NULL ? str_from(kind_table[m->by->kind].name) : STR("-"));
	cell_id(d, m->by);
	page_cell(d->h, place != NULL ? page_number(d->p, place->index) : STR("-"));
	page_cell(d->h, seen.len > 0 ? seen : STR("-"));
	html_close(d->h);
}

static void draw_proofs(const struct drawing *d)
{
	static const enum word head[] = {W_CERTIFICATE_MEMBER, W_CERTIFICATE_SERVED, W_CERTIFICATE_TIME,
	        W_CERTIFICATE_WHAT, W_CERTIFICATE_STATEMENT, W_CERTIFICATE_PLACE, W_CERTIFICATE_SEEN,
	        WORD_END};

	if (d->o->block.len == 0)
		return;
	page_table(d->p, d->h, W_CERTIFICATE_PROOFS, head);
	for (unsigned i = 0; i < d->m->members; i++)
		draw_proof(d, &d->o->member[i]);
	page_table_end(d->h);
}

/* ---- statements ---------------------------------------------------------------------------------- */

/* Positions that do not simply agree, and what came after adoption while it was taken. */
static bool is_shown(const struct drawing *d, const struct sifted *s)
{
	enum kind k = s->s->kind;
	bool later = k == KIND_AGREE_STATEMENT || k == KIND_AGREE_ACCEDE || k == KIND_AGREE_LEAVE;

	for (unsigned i = 0; i < d->m->members; i++) {
		const struct standing_member *m = &d->o->member[i];
		if (m->said == s->s)
			return m->position >= POSITION_COMMENT && m->position <= POSITION_DISASSOCIATION;
	}
	return later && s->mine && is_adopted(d->o) && s->s->created >= d->o->adopted &&
	        (k != KIND_AGREE_STATEMENT || s->s->created <= manifest_statements_end(d->m, d->o->adopted));
}

/* Words in each language that they were written in. */
static void draw_words(const struct drawing *d, const struct said *s)
{
	struct item text = item_get(&s->body, STR("text"));
	struct str reason = item_text(&s->body, "reason");

	html_open(d->h, "td");
	if (text.type == BODY_OBJECT)
		for (struct item_each e = item_each(&text); item_next(&e);) {
			if (e.item.type != BODY_TEXT)
				continue;
			html_open(d->h, "p");
			html_attr(d->h, "lang", e.name);
			html_text(d->h, e.item.text);
			html_close(d->h);
		}
	else
		html_text(d->h, reason.len > 0 ? reason : STR("-"));
	html_close(d->h);
}

static void draw_statement(const struct drawing *d, const struct said *s)
{
	struct str position = item_text(&s->body, "position"), scope = item_text(&s->body, "scope");

	row_head(d, s->sender);
	html_open(d->h, "td");
	html_text(d->h,
	        position.len > 0 ? page_key(d->p, "position", position) : str_from(kind_table[s->kind].name));
	if (scope.len > 0) {
		html_text(d->h, STR(" "));
		html_line(d->h, "code", NULL, scope);
	}
	html_close(d->h);
	html_open(d->h, "td");
	draw_time(d, s->created);
	html_close(d->h);
	cell_id(d, s);
	draw_words(d, s);
	html_close(d->h);
}

static void draw_statements(const struct drawing *d)
{
	static const enum word head[] = {W_CERTIFICATE_PARTY, W_CERTIFICATE_WHAT, W_CERTIFICATE_TIME,
	        W_CERTIFICATE_STATEMENT, W_CERTIFICATE_WORDS, WORD_END};
	const struct round *r = &d->o->round;
	uint64_t n = 0;

	for (size_t i = 0; i < r->n && d->o->block.len > 0; i++) {
		if (!is_shown(d, &r->s[i]))
			continue;
		if (n++ == 0)
			page_table(d->p, d->h, W_CERTIFICATE_STATEMENTS, head);
		draw_statement(d, r->s[i].s);
	}
	if (n > 0)
		page_table_end(d->h);
}

/* ---- how to verify ------------------------------------------------------------------------------- */

static void draw_block(const struct drawing *d)
{
	uint8_t block[DIGEST_LEN];

	if (d->o->block.len == 0)
		return;
	digest_of(d->o->block, block);
	page_section(d->p, d->h, "block", W_CERTIFICATE_BLOCK);
	page_line(d->p, d->h, "p", "note", W_CERTIFICATE_BLOCK_SAME);
	html_line(d->h, "pre", "raw", d->o->block);
	facts(d);
	fact(d, W_CERTIFICATE_BLOCK_SHA, hex_of(d, block, 2 * (size_t)DIGEST_LEN));
	html_close(d->h);
	html_close(d->h);
}

static void draw_command(const struct drawing *d)
{
	auto_buf struct buf b = {0};

	buf_printf(&b, "weir agree verify %.*s-%u.weir", STR_ARG(d->m->instrument), d->m->round);
	for (unsigned i = 0; i < d->o->round.parties && i < 2; i++)
		buf_printf(&b, " --voice '%.*s=\xe2\x80\xa6'", STR_ARG(d->o->round.party[i]));
	if (d->o->round.parties > 2)
		buf_add(&b, STR(" \xe2\x80\xa6"));
	html_line(d->h, "pre", "raw", buf_str(&b));
}

static void draw_verify(const struct drawing *d)
{
	page_section(d->p, d->h, "verify", W_CERTIFICATE_VERIFY);
	html_open(d->h, "ol");
	page_line(d->p, d->h, "li", NULL, W_CERTIFICATE_VERIFY_FILE);
	page_line(d->p, d->h, "li", NULL, W_CERTIFICATE_VERIFY_KEYS);
	html_open(d->h, "li");
	page_say(d->p, d->h, W_CERTIFICATE_VERIFY_RUN);
	draw_command(d);
	html_close(d->h);
	page_line(d->p, d->h, "li", NULL, W_CERTIFICATE_VERIFY_SAME);
	html_close(d->h);
	html_close(d->h);
}

/* ---- the whole ----------------------------------------------------------------------------------- */

static void begin_sheet(const struct drawing *d)
{
	html_open(d->h, "div");
	html_attr(d->h, "class", STR("sheet"));
}

void certificate_draw(const struct page_ask *p, struct html *h, const struct certificate *c)
{
	struct drawing d = {p, h, c, c->o->round.in->m, c->o};

	html_open(h, "article");
	html_attr(h, "class", STR("certificate"));
	draw_head(&d);
	begin_sheet(&d);
	html_line(h, "h1", NULL, d.m->title);
	draw_result(&d);
	draw_texts(&d);
	draw_members(&d);
	draw_timeline(&d);
	draw_rule(&d);
	html_close(h);
	begin_sheet(&d);
	draw_proofs(&d);
	draw_statements(&d);
	draw_block(&d);
	draw_verify(&d);
	html_close(h);
	html_close(h);
}
