/* SPDX-License-Identifier: Apache-2.0
 *
 * What pages of consultations are put together from.
 */
#include "agree/code.h"
#include "agree/preview.h"
#include "web/clocks.h"
#include "web/page_round.h"

#define SECOND ((int64_t)1000000)
#define ID_DIGITS 12

/* ---- opening ------------------------------------------------------------------------------------- */

static struct str round_param(const struct page_ask *p)
{
	struct str id = p->ask->id.len > 0 ? p->ask->id : ask_param(p->ask, "round");

	return id.p != NULL ? id : STR("");
}

static void fill(const struct page_ask *p, struct round_view *v)
{
	const struct manifest *m = &v->r.manifest;

	v->there = round_text(p->ask->arena, p->ask->folder, m, (struct str){0}, &v->text, NULL) == 0;
	v->name = arena_printf(p->ask->arena, "%.*s/%u", STR_ARG(m->instrument), m->round);
	v->member = manifest_member(m, v->me) < m->members;
	v->officer = str_eq(v->me, m->chair) || str_eq(v->me, m->secretariat);
	v->office = str_eq(v->me, m->chair) || (m->deputy.len > 0 && str_eq(v->me, m->deputy));
}

/* As the row has it, which the core keeps up to date. */
static void fill_state(const struct page_ask *p, struct round_view *v)
{
	struct query q = db_query(
	        p->ask->state, "select shown, closes, " ROUND_REF " from agree_round r where id = ?");

	v->state = STR("open");
	v->ref = v->name;
	v->closes = v->r.manifest.closes;
	query_u64(&q, v->r.id);
	if (query_next(&q) == 1) {
		v->state = arena_str(p->ask->arena, query_get_text(&q, 0));
		v->closes = query_get_i64(&q, 1);
		v->ref = arena_str(p->ask->arena, query_get_text(&q, 2));
	}
	query_done(&q, NULL);
}

static int open_view(const struct page_ask *p, uint64_t id, bool whole, struct round_view *ret, struct err *e)
{
	int rc = id == 0 ? e->code : 0;

	*ret = (struct round_view){.now = p->now / SECOND, .me = agree_party(p->ask->state, p->ask->arena)};
	if (rc == 0 && whole)
		rc = round_load(p->ask->arena, p->ask->state, p->ask->folder, id, &ret->r, e);
	else if (rc == 0)
		rc = round_load_opening(p->ask->arena, p->ask->state, p->ask->folder, id, &ret->r, e);
	if (rc == 0 && ret->r.why != NULL)
		rc = err_set(e, ERR_VALUE, "the round cannot be worked on: %s", ret->r.why);
	if (rc != 0)
		return rc;
	fill(p, ret);
	fill_state(p, ret);
	if (!whole)
		return 0;
	outcome_make(p->ask->arena, &ret->r.in, ret->now, &ret->o);
	ret->state = outcome_state_name(ret->o.shown);
	ret->closes = ret->o.round.closes;
	return 0;
}

int round_view_of(const struct page_ask *p, uint64_t id, struct round_view *ret, struct err *e)
{
	return open_view(p, id, false, ret, e);
}

int round_view_open(const struct page_ask *p, struct round_view *ret, struct err *e)
{
	return open_view(p, round_meant(p->ask->state, round_param(p), e), false, ret, e);
}

int round_view_whole(const struct page_ask *p, struct round_view *ret, struct err *e)
{
	return open_view(p, round_meant(p->ask->state, round_param(p), e), true, ret, e);
}

/* ---- addresses ----------------------------------------------------------------------------------- */

static const struct {
	const char *path;
	enum word word;
} pages[ROUND_PAGES] = {
        [ROUND_TEXT] = {"/agree", W_AGREE_TEXT},
        [ROUND_TABLE] = {"/agree-table", W_AGREE_TABLE},
        [ROUND_SERVICE] = {"/agree-service", W_AGREE_SERVICE},
        [ROUND_POSITION] = {"/agree-position", W_AGREE_POSITION},
        [ROUND_OBJECTION] = {"/agree-objections", W_AGREE_OBJECTIONS},
        [ROUND_CERTIFICATE] = {"/agree-certificate", W_AGREE_RESULT},
        [ROUND_CHANGES] = {"/agree-changes", W_AGREE_CHANGES},
};

static void add_ref(struct link *l, struct str ref)
{
	struct str_cut cut = str_cut(ref, '/');

	link_part(l, cut.head);
	if (cut.ok)
		link_part(l, cut.tail);
}

void round_address(struct link *l, enum round_page which, const struct round_view *v)
{
	round_path(l, pages[which].path, v);
}

void round_path(struct link *l, const char *path, const struct round_view *v)
{
	link_begin(l, path);
	add_ref(l, v->ref);
}

void round_link(struct html *h, struct str ref, struct str text)
{
	struct link l;

	html_open(h, "a");
	link_begin(&l, "/agree");
	add_ref(&l, ref);
	html_link(h, "href", &l);
	html_text(h, text);
	html_close(h);
}

void round_clause_link(struct html *h, const struct round_view *v, struct str number, struct str id)
{
	struct link l;

	html_open(h, "a");
	round_address(&l, ROUND_TEXT, v);
	link_param(&l, "clause", id);
	html_link(h, "href", &l);
	html_text(h, number);
	html_text(h, number.len > 0 ? STR(" ") : STR(""));
	html_line(h, "code", NULL, id);
	html_close(h);
}

struct str round_id(const struct page_ask *p, const uint8_t id[DIGEST_LEN])
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, id, DIGEST_LEN);
	return arena_str(p->ask->arena, str_make(hex, ID_DIGITS));
}

/* ---- times --------------------------------------------------------------------------------------- */

void round_time(const struct page_ask *p, struct html *h, int64_t seconds, const struct manifest *m)
{
	struct str party[MANIFEST_PARTIES + 1] = {agree_party(p->ask->state, p->ask->arena)};
	unsigned parties = m != NULL ? manifest_parties(m, party + 1) : 0;
	auto_buf struct buf there = {0};
	char utc[32];

	if (seconds == 0) {
		html_text(h, STR("-"));
		return;
	}
	struct str when = str_sub(list_when(utc, seconds * SECOND), 0, 16);
	html_open(h, "time");
	html_attr(h, "datetime", arena_printf(p->ask->arena, "%.10sT%.5s:00Z", when.p, when.p + 11));
	html_text(h, when);
	html_text(h, STR(" UTC"));
	html_close(h);
	clocks_put_there(clocks_open(p->ask->state, p->ask->arena, party, parties + 1), &there, seconds, 0);
	html_text(h, buf_str(&there));
}

/* ---- facts --------------------------------------------------------------------------------------- */

void round_fact_open(const struct page_ask *p, struct html *h, enum word w)
{
	page_line(p, h, "dt", NULL, w);
	html_open(h, "dd");
}

void round_fact(const struct page_ask *p, struct html *h, enum word w, struct str text)
{
	if (text.len == 0)
		return;
	round_fact_open(p, h, w);
	html_text(h, text);
	html_close(h);
}

void round_fact_time(
        const struct page_ask *p, struct html *h, enum word w, int64_t seconds, const struct manifest *m)
{
	if (seconds == 0)
		return;
	round_fact_open(p, h, w);
	round_time(p, h, seconds, m);
	html_close(h);
}

/* ---- the head ------------------------------------------------------------------------------------ */

static bool decided(const struct round_view *v)
{
	return v->o.block.len > 0;
}

/* "assents 1 of 3". */
static struct str counted(const struct page_ask *p, enum word w, struct str tail)
{
	struct str_cut have = str_cut(tail, ' ');
	const struct str values[] = {have.head, str_rcut(have.tail, ' ').tail};

	return page_filled(p, w, values, 2);
}

struct str round_because(const struct page_ask *p, struct str because)
{
	static const struct {
		const char *key;
		enum word word; /* WORD_END: members, by how they were served */
	} words[] = {{"unserved", WORD_END}, {"contested", WORD_END}, {"assents", W_RBECAUSE_ASSENTS},
	        {"minutes", W_RBECAUSE_MINUTES}, {"record", W_RBECAUSE_RECORD}, {"bound", W_RBECAUSE_BOUND}};
	struct str_cut cut = str_cut(because, ' ');

	if (str_eq(because, STR("-")))
		return STR("");
	if (str_eq(cut.head, STR("manifests")))
		return page_filled(p, W_RBECAUSE_MANIFESTS, &cut.tail, 1);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!str_eq(cut.head, str_from(words[i].key)))
			continue;
		if (words[i].word != WORD_END)
			return counted(p, words[i].word, cut.tail);
		return arena_printf(p->ask->arena, "%.*s: %.*s", STR_ARG(page_key(p, "serving", cut.head)),
		        STR_ARG(cut.tail));
	}
	/* names alone: who stops it, or has withdrawn it */
	return because.len > 0 ? page_filled(p, W_RBECAUSE_BY, &because, 1) : because;
}

static void draw_facts(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	const struct manifest *m = &v->r.manifest;
	char code[TEXT_CODE_LEN];

	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	round_fact_open(p, h, W_COL_STATE);
	page_tag(p, h, "round", v->state);
	if (decided(v) && round_because(p, v->o.because).len > 0) {
		html_text(h, STR(" "));
		html_text(h, round_because(p, v->o.because));
	}
	html_close(h);
	round_fact_open(p, h, W_NEW_LABEL);
	page_tag(p, h, "tlp", statement_tlp_name(v->r.open.h.tlp));
	html_close(h);
	round_fact_time(p, h, v->closes > v->now ? W_AGREE_CLOSES : W_AGREE_CLOSED, v->closes, m);
	round_fact_open(p, h, W_AGREE_RULE);
	html_text(h, page_key(p, "rrule", manifest_rule_name(m->rule)));
	html_close(h);
	round_fact(p, h, W_AGREE_CHAIR, m->chair);
	text_code(m->sha256, code);
	round_fact_open(p, h, W_AGREE_CODE);
	html_line(h, "strong", NULL, str_from(code));
	html_close(h);
	html_close(h);
}

static void draw_links(
        const struct page_ask *p, struct html *h, const struct round_view *v, enum round_page which)
{
	html_open(h, "nav");
	html_attr(h, "aria-label", page_word(p, W_AGREE_PAGES));
	html_open(h, "ul");
	html_attr(h, "class", STR("links tabs"));
	for (unsigned i = 0; i < ROUND_PAGES; i++) {
		struct link l;
		if ((i == ROUND_CHANGES && v->r.manifest.round == 1) ||
		        (i == ROUND_POSITION && v->r.manifest.rule == RULE_NONE))
			continue;
		html_open(h, "li");
		html_open(h, "a");
		round_address(&l, (enum round_page)i, v);
		html_link(h, "href", &l);
		if (i == which)
			html_attr(h, "aria-current", STR("page"));
		page_say(p, h, pages[i].word);
		html_close(h);
		html_close(h);
	}
	html_close(h);
	html_close(h);
}

/* What a chair's node refuses to freeze, and another one may have signed nevertheless. */
static void draw_frozen(const struct page_ask *p, struct html *h, const struct round_view *v)
{
	struct agree_frozen f;

	agree_frozen_look(p->ask->arena, p->ask->state, p->ask->folder, &v->r, &f);
	if (f.clauses > 0) {
		struct str *number = v->there ? agree_numbers(p->ask->arena, &v->text) : NULL;
		html_open(h, "p");
		html_attr(h, "class", STR("error"));
		page_say(p, h, W_AGREE_UNEXPLAINED_HERE);
		for (unsigned i = 0; i < f.clauses; i++) {
			unsigned at = number != NULL ? agree_text_place(&v->text, f.clause[i]) : UINT32_MAX;
			html_text(h, i > 0 ? STR(", ") : STR(" "));
			round_clause_link(
			        h, v, number != NULL && at < v->text.n ? number[at] : STR(""), f.clause[i]);
		}
		html_close(h);
	}
	if (f.open > 0) {
		html_open(h, "p");
		html_attr(h, "class", STR("error"));
		page_sayf(p, h, W_AGREE_UNANSWERED_BEFORE, page_number(p, f.open));
		html_close(h);
	}
}

/* A sheet that is laid on a table says of which text it is. */
static void mark_sheets(const struct page_ask *p, const struct round_view *v)
{
	char code[TEXT_CODE_LEN];

	text_code(v->r.manifest.sha256, code);
	if (p->sheet != NULL)
		*p->sheet = arena_printf(p->ask->arena, "%.*s: %.*s %s", STR_ARG(v->name),
		        STR_ARG(page_word(p, W_AGREE_CODE)), code);
}

void round_head(const struct page_ask *p, struct html *h, const struct round_view *v, enum round_page which)
{
	mark_sheets(p, v);
	html_open(h, "h1");
	html_text(h, v->r.manifest.title);
	html_text(h, STR(": "));
	page_say(p, h, pages[which].word);
	html_close(h);
	html_open(h, "p");
	html_line(h, "code", NULL, v->name);
	html_close(h);
	if (v->r.bad.len > 0) {
		html_open(h, "p");
		html_attr(h, "class", STR("error"));
		page_english(p, h, v->r.bad);
		html_close(h);
	}
	draw_frozen(p, h, v);
	draw_links(p, h, v, which);
	draw_facts(p, h, v);
}

void round_owed(const struct page_ask *p, struct html *h, const struct agree_look *l)
{
	if (l->owed == OWED_NOTHING)
		return;
	html_text(h, page_key(p, "rowed", agree_owed_name(l->owed)));
	if (l->owed == OWED_ANSWERS)
		html_printf(h, " (%u)", l->open);
}

void round_draft_of(const struct page_ask *p, struct html *h, const struct agree_draft_look *d)
{
	bool open = str_eq(d->shown, STR("open"));

	page_sayf(p, h, open ? W_AGREE_DRAFT_OPEN : W_AGREE_DRAFT_OF, page_number(p, d->number));
	html_text(h, STR(" "));
	if (open)
		round_time(p, h, d->closes, NULL);
	else
		page_tag(p, h, "round", d->shown);
}

/* ---- words --------------------------------------------------------------------------------------- */

void round_words(const struct page_ask *p, struct html *h, const char *element, const char *class,
        const struct item *words)
{
	struct str lang = STR(""), text = agree_words_of(words, p->words->code, &lang);

	if (text.len == 0)
		return;
	html_open(h, element);
	html_attr(h, "class", str_from(class));
	html_attr(h, "lang", lang);
	html_text(h, text);
	html_close(h);
}

/* ---- clauses ------------------------------------------------------------------------------------- */

struct inlines {
	struct html *h;
	struct str text;
	size_t at, from; /* from: not written yet */
	bool bold, italic;
};

static void flush(struct inlines *w)
{
	if (w->at > w->from)
		html_text(w->h, str_sub(w->text, w->from, w->at - w->from));
	w->from = w->at;
}

/* A mark that begins or ends an element; without its other half it is what it looks like. */
static bool toggle(struct inlines *w, struct str mark, const char *element, bool *on)
{
	if (!*on && str_find_str(w->text, w->at + mark.len, mark) == SIZE_MAX)
		return false;
	flush(w);
	if (*on)
		html_close(w->h);
	else
		html_open(w->h, element);
	*on = !*on;
	w->at = w->from = w->at + mark.len;
	return true;
}

/* Elements end in the order in which they began: italics inside bold, and not the other way. */
static void put_inline(struct html *h, struct str text)
{
	struct inlines w = {.h = h, .text = text};

	while (w.at < text.len) {
		if (text.p[w.at] != '*' && text.p[w.at] != '\\') {
			w.at++;
			continue;
		}
		struct str rest = str_skip(text, w.at);
		if (rest.p[0] == '\\' && rest.len > 1 && !char_alnum(rest.p[1]) && (rest.p[1] & 0x80) == 0) {
			flush(&w);
			w.from = w.at + 1;
			w.at += 2;
			continue;
		}
		if (!w.italic && str_starts(rest, STR("**")) && toggle(&w, STR("**"), "strong", &w.bold))
			continue;
		if (rest.p[0] == '*' && (w.italic || !str_starts(rest, STR("**"))) &&
		        toggle(&w, STR("*"), "em", &w.italic))
			continue;
		w.at++;
	}
	flush(&w);
	if (w.italic)
		html_close(h);
	if (w.bold)
		html_close(h);
}

static bool is_rule(struct str row)
{
	for (size_t i = 0; i < row.len; i++)
		if (!str_has(STR("|-: "), row.p[i]))
			return false;
	return true;
}

static void put_row(struct html *h, struct str row, const char *cell)
{
	html_open(h, "tr");
	row = str_sub(row, 1, row.len - 2);
	for (struct str_cut cut = {.tail = row, .ok = true}; cut.ok;) {
		cut = str_cut(cut.tail, '|');
		html_open(h, cell);
		put_inline(h, str_trim(cut.head));
		html_close(h);
	}
	html_close(h);
}

static void put_table(struct html *h, struct str table)
{
	struct str_cut first = str_cut(table, '\n');
	bool head = first.ok && is_rule(str_cut(first.tail, '\n').head);

	html_open(h, "table");
	for (struct str_cut cut = {.tail = table, .ok = true}; cut.ok;) {
		cut = str_cut(cut.tail, '\n');
		if (cut.head.len >= 3 && !is_rule(cut.head))
			put_row(h, cut.head, head && cut.head.p == table.p ? "th" : "td");
	}
	html_close(h);
}

void round_clause(struct html *h, const struct clause *k)
{
	if (k->kind == CLAUSE_HEADING)
		html_open(h, "strong");
	put_inline(h, k->words);
	if (k->kind == CLAUSE_HEADING)
		html_close(h);
	if (k->table.len > 0)
		put_table(h, k->table);
}

void round_whole_text(const struct page_ask *p, struct html *h, const struct agree_text *t, struct str lang)
{
	struct str *number = agree_numbers(p->ask->arena, t);

	html_open(h, "div");
	html_attr(h, "lang", lang);
	for (unsigned i = 0; i < t->n; i++) {
		html_open(h, "div");
		html_attr(h, "class", STR("clause"));
		html_text(h, number[i]);
		html_text(h, STR(" "));
		html_line(h, "code", NULL, t->clause[i].id);
		html_text(h, STR(" "));
		round_clause(h, &t->clause[i]);
		html_close(h);
	}
	html_close(h);
}

void round_effect(const struct page_ask *p, struct html *h, const struct manifest *m, enum position at)
{
	enum position read = agree_position_read(m, at);
	bool stops = (m->breaks >> read & 1) != 0;

	html_open(h, "p");
	html_attr(h, "class", str_from(stops ? "error" : "effect"));
	if (read != at) {
		page_say(p, h, W_AGREE_FORBIDDEN);
		html_text(h, STR(" "));
	}
	if (stops)
		page_say(p, h, W_AGREE_STOPS);
	else
		html_text(h, page_key(p, "reffect", position_name(at)));
	html_close(h);
}

/* ---- forms --------------------------------------------------------------------------------------- */

static void form(const struct page_ask *p, struct html *h, const char *action, const char *class,
        const struct round_view *v, enum round_page back)
{
	struct link l;

	page_form(p, h, action, class);
	page_hidden(h, "round", v->ref);
	round_address(&l, back, v);
	page_hidden(h, "back", buf_str(&l.text));
	link_done(&l);
}

void round_form(const struct page_ask *p, struct html *h, const char *action, const struct round_view *v,
        enum round_page back)
{
	form(p, h, action, "act", v, back);
}

void round_fields(const struct page_ask *p, struct html *h, const char *action, const struct round_view *v,
        enum round_page back)
{
	form(p, h, action, "fields", v, back);
}

void round_pair(struct html *h)
{
	html_open(h, "p");
	html_attr(h, "class", STR("pair"));
}

void round_field(const struct page_ask *p, struct html *h, const char *prefix, const char *name,
        enum word label, struct str value, unsigned size, bool required)
{
	round_pair(h);
	page_field(p, h,
	        &(struct page_field){.prefix = prefix,
	                .name = name,
	                .label = label,
	                .value = value,
	                .limit = 2000,
	                .size = size,
	                .required = required});
	html_close(h);
}

void round_area(const struct page_ask *p, struct html *h, const char *prefix, const char *name,
        enum word label, struct str value, unsigned rows, bool required)
{
	round_pair(h);
	page_area(p, h,
	        &(struct page_field){.prefix = prefix,
	                .name = name,
	                .label = label,
	                .value = value,
	                .limit = 8000,
	                .required = required},
	        rows);
	html_close(h);
}

void round_choice(const struct page_ask *p, struct html *h, const char *prefix, const char *name,
        enum word label, const char *kind, const char *const *keys, struct str chosen)
{
	round_pair(h);
	page_select(p, h, prefix, name, label);
	for (; *keys != NULL; keys++) {
		struct str key = str_from(*keys);
		page_option(h, key, key.len > 0 ? page_key(p, kind, key) : STR("-"), str_eq(key, chosen));
	}
	html_close(h);
	html_close(h);
}

void round_languages(const struct page_ask *p, struct html *h, const char *prefix, const struct manifest *m,
        struct str chosen)
{
	round_pair(h);
	page_select(p, h, prefix, "lang", W_LANGUAGE);
	for (unsigned i = 0; i < m->texts; i++)
		page_option(h, m->text[i].lang, m->text[i].lang,
		        chosen.len > 0 ? str_eq(chosen, m->text[i].lang) : m->text[i].authentic);
	html_close(h);
	html_close(h);
}

void round_carry(const struct page_ask *p, struct html *h, const char *const *names)
{
	for (; *names != NULL; names++)
		if (ask_param(p->ask, *names).len > 0)
			page_hidden(h, *names, ask_param(p->ask, *names));
}

struct change round_change(
        const struct page_ask *p, struct change_here *here, struct str me, const char *const *names)
{
	auto_buf struct buf params = {0};

	*here = (struct change_here){.party = me, .folder = str_from(p->ask->folder)};
	for (; *names != NULL; names++) {
		struct str value = ask_param(p->ask, *names);
		buf_printf(&params, "%s=", *names);
		for (size_t i = 0; i < value.len; i++)
			buf_char(&params, value.p[i] == '\n' ? '\v' : value.p[i]);
		buf_char(&params, '\n');
	}
	return (struct change){.db = p->ask->state,
	        .here = here,
	        .params = arena_str(p->ask->arena, buf_str(&params)),
	        .person = p->who->person};
}
