/* SPDX-License-Identifier: Apache-2.0 */
#include "see/compose.h"
#include "base/os.h"
#include "event/value.h"
#include "form/mime.h"
#include "see/letter.h"

#define LINES_SHOWN 20
#define PLACES_SHOWN 40
#define XARF_LIST "[\r\n"

/* ---- what is in them ----------------------------------------------------------------------------- */

void compose_take(struct compose_letter *l, const struct query *q, struct arena *a)
{
	l->id = query_get_u64(q, 0);
	l->ticket = arena_str(a, query_get_text(q, 1));
	l->message_id = arena_str(a, query_get_text(q, 2));
	l->act_by = query_get_i64(q, 3);
	l->class = arena_str(a, query_get_text(q, 4));
	l->email = arena_str(a, query_get_text(q, 5));
	l->language = arena_str(a, query_get_text(q, 6));
	l->owner = arena_str(a, query_get_text(q, 7));
	l->kind = (enum notice_kind)notice_kind_find(query_get_text(q, 8));
	l->note = arena_str(a, query_get_text(q, 9));
	l->label = tlp_find(query_get_text(q, 10));
	l->corrects = arena_str(a, query_get_text(q, 11));
	l->references = arena_str(a, query_get_text(q, 12));
	l->corrects_sent = query_get_i64(q, 13);
	l->key = arena_str(a, query_get_text(q, 14));
	/* what was wrong is not reported once more to a machine */
	l->wants_xarf = query_get_u64(q, 15) != 0 && l->kind != NOTICE_CORRECTION;
}

/* ---- campaigns ----------------------------------------------------------------------------------- */

/* Of the languages that there are: the contact's, that of its first part, English, any. */
#define NEAREST                                                                                              \
	"select subject, text from campaign_text where campaign = ?1 order by case when language = ?2 then " \
	"0 when "                                                                                            \
	"language = ?3 then 1 when language = 'en' then 2 else 3 end, language limit 1"

int compose_campaign(
        struct composing *s, struct compose_letter *l, uint64_t campaign, uint64_t owner, struct err *e)
{
	struct query q = db_query(s->state, NEAREST);

	query_u64(&q, campaign);
	query_text(&q, l->language);
	query_text(&q, str_cut(l->language, '-').head);
	if (query_next(&q) == 1) {
		l->own_subject = arena_str(&s->arena, query_get_text(&q, 0));
		l->own_text = arena_str(&s->arena, query_get_text(&q, 1));
	}
	if (query_done(&q, e) != 0)
		return e->code;
	q = db_query(s->state,
	        "select place from campaign_place where campaign = ? and owner = ? and why = '' order by "
	        "place");
	query_u64(&q, campaign);
	query_u64(&q, owner);
	while (query_next(&q) == 1) {
		l->rows++;
		buf_printf(&l->list, "  %.*s\n", STR_ARG(query_get_text(&q, 0)));
	}
	return query_done(&q, e);
}

static int load_campaign(struct composing *s, struct compose_letter *l, struct err *e)
{
	uint64_t campaign = 0, owner = 0;
	struct query q = db_query(s->state,
	        "select t.campaign, c.owner from campaign_to t join contact c on c.id = t.contact where "
	        "t.notice = ?");

	query_u64(&q, l->id);
	if (query_next(&q) == 1) {
		campaign = query_get_u64(&q, 0);
		owner = query_get_u64(&q, 1);
	}
	int rc = query_done(&q, e);
	return rc == 0 ? compose_campaign(s, l, campaign, owner, e) : rc;
}

/* Where the text does not say where the list and the label belong, they stand at its end. */
static void fill_campaign(const struct compose_letter *l, const struct lang *lang,
        const struct lang_values *v, struct buf *subject, struct buf *text)
{
	buf_printf(subject, "[%.*s] ", STR_ARG(l->ticket));
	if (l->key.len != 0)
		buf_add(subject, STR("..."));
	else
		lang_fill(subject, lang, l->own_subject, v);
	lang_fill(text, lang, l->own_text, v);
	if (v->list.len != 0 && str_find_str(l->own_text, 0, STR("{list}")) == SIZE_MAX)
		buf_printf(text, "\n\n%.*s", STR_ARG(v->list));
	if (str_find_str(l->own_text, 0, STR("{label.means}")) == SIZE_MAX)
		buf_printf(text, "\n\n%.*s\n", STR_ARG(v->means));
}

/* ---- is this still right? ------------------------------------------------------------------------- */

/* What the owner has, by the register. */
static int load_right(struct composing *s, struct compose_letter *l, struct err *e)
{
	struct query q = db_query(s->state,
	        "select distinct case kind when 'asn' then 'AS' || ltrim(value, 'AS') else value end from "
	        "claim where owner = (select c.owner from notice n join contact c on c.id = n.contact where "
	        "n.id = ?) order by kind <> 'prefix', kind, value");

	query_u64(&q, l->id);
	for (; query_next(&q) == 1; l->rows++)
		if (l->rows < PLACES_SHOWN)
			buf_printf(&l->list, "  %.*s\n", STR_ARG(query_get_text(&q, 0)));
	if (l->rows > PLACES_SHOWN)
		buf_printf(&l->list, "  ... (%u)\n", l->rows);
	if (l->rows == 0)
		buf_printf(&l->list, "  %.*s\n", STR_ARG(l->owner));
	return query_done(&q, e);
}

int compose_items(struct composing *s, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < s->nletters; i++)
		if (s->letters[i].kind == NOTICE_RIGHT)
			rc = load_right(s, &s->letters[i], e);

	for (uint32_t i = 0; rc == 0 && i < s->nletters; i++)
		if (s->letters[i].kind == NOTICE_CAMPAIGN)
			rc = load_campaign(s, &s->letters[i], e);

	for (uint32_t i = 0; rc == 0 && i < s->nletters; i++) {
		struct query q = db_query(s->state,
		        "select finding, receipt, event from notice_item where notice = ? and finding in "
		        "(select id from finding)");
		query_u64(&q, s->letters[i].id);
		while (query_next(&q) == 1)
			*vec_add(&s->items) = (struct compose_item){
			        i, query_get_u64(&q, 0), query_get_u64(&q, 1), query_get_u64(&q, 2)};
		rc = query_done(&q, e);
	}
	return rc;
}

static int by_event(const void *a, const void *b)
{
	const struct compose_item *x = a, *y = b;

	if (x->receipt != y->receipt)
		return x->receipt < y->receipt ? -1 : 1;
	return x->event != y->event ? (x->event < y->event ? -1 : 1)
	                            : (x->letter > y->letter) - (x->letter < y->letter);
}

/* ---- rows ---------------------------------------------------------------------------------------- */

/* The row of an event in the chunk at hand; NULL if it is not there. */
static const struct batch_row *row_of(const struct composing *s, const struct compose_item *it)
{
	const struct batch *b = &s->view.batch;
	uint32_t lo = 0,
	         hi = s->view.bytes != NULL && s->view.chunk.receipt == it->receipt ? b->head->rows : 0;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		uint64_t event = (uint64_t)b->rows[mid].ordinal << 8 | b->rows[mid].sub;
		if (event == it->event)
			return &b->rows[mid];
		if (event < it->event)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static const struct batch_row *fetch(struct composing *s, const struct compose_item *it)
{
	const struct batch_row *row = row_of(s, it);
	struct err e;
	struct day *d;

	if (row != NULL)
		return row;
	day_view_done(&s->view);
	if (s->receipt.id != it->receipt &&
	        receipt_get(s->state, it->receipt, &s->arena, &s->receipt, &e) != 1)
		return NULL;
	if (s->day(s->arg, s->receipt.day, &d, &e) != 0 ||
	        day_get_record(d, it->receipt, s->receipt.edition, s->receipt.chunks,
	                (uint32_t)(it->event >> 8), &s->view, &e) != 0)
		return NULL;
	return row_of(s, it);
}

/* What reports say of this letter as a whole. */
static struct xarf_report report_of(const struct composing *s, const struct compose_letter *l)
{
	const struct country *c = s->country;

	return (struct xarf_report){.org = c->name.len != 0 ? c->name : c->mail.from,
	        .contact = mime_address(c->mail.from),
	        .letter = l->message_id};
}

/* Each on a line of its own, as a list; xarf_of takes the list away where there is one report only. */
static void put_xarf(struct composing *s, struct compose_letter *l, const struct compose_item *it,
        const struct batch_row *row, const struct letter_rest *rest)
{
	struct xarf_report r = report_of(s, l);
	size_t before = l->xarf.len;
	bool there;

	if (!l->wants_xarf)
		return;
	buf_add(&l->xarf, before > 0 ? STR(",\r\n") : STR(XARF_LIST));
	if (row == NULL) {
		there = letter_xarf_rest(&l->xarf, &r, rest);
	} else {
		const struct verdict *v = &s->view.verdicts[row - s->view.batch.rows];
		there = letter_xarf(&l->xarf, &r, &s->view.batch, row,
		        severity_name((enum severity)v->severity), (enum tlp)v->tlp, it->finding,
		        s->view.chunk.received);
	}
	l->reports += there;
	if (!there)
		l->xarf.len = before;
}

static void put_rest(struct composing *s, struct compose_letter *l, const struct compose_item *it)
{
	struct query q = db_query(s->state,
	        "select place, class, ident, malware, severity, port, last, label from finding where id = ?");

	query_u64(&q, it->finding);
	if (query_next(&q) == 1) {
		struct letter_rest f = {query_get_text(&q, 0), query_get_text(&q, 1), query_get_text(&q, 2),
		        query_get_text(&q, 3), query_get_text(&q, 4), (uint16_t)query_get_u64(&q, 5),
		        query_get_i64(&q, 6), it->finding, tlp_find(query_get_text(&q, 7))};
		letter_csv_rest(&l->csv, &f);
		if (l->shown < LINES_SHOWN)
			letter_line_rest(&l->list, &f);
		put_xarf(s, l, it, NULL, &f);
		l->label = f.tlp > l->label ? f.tlp : l->label;
	}
	query_done(&q, NULL);
}

static void put_row(struct composing *s, const struct compose_item *it)
{
	struct compose_letter *l = &s->letters[it->letter];

	if (l->rows++ == 0)
		letter_csv_header(&l->csv);
	if (s->limit != 0 && l->rows > s->limit)
		return;
	const struct batch_row *row = fetch(s, it);
	if (row == NULL) {
		put_rest(s, l, it);
	} else {
		const struct verdict *v = &s->view.verdicts[row - s->view.batch.rows];
		letter_csv(&l->csv, &s->view.batch, row, severity_name((enum severity)v->severity),
		        it->finding, s->view.chunk.received);
		if (l->shown < LINES_SHOWN)
			letter_line(&l->list, &s->view.batch, row, s->view.chunk.received);
		put_xarf(s, l, it, row, NULL);
		l->label = v->tlp > l->label ? v->tlp : l->label;
	}
	l->shown++;
}

/* ---- the letter ---------------------------------------------------------------------------------- */

/* A report alone as tools expect one, several as a list of such reports. */
static struct str xarf_of(struct compose_letter *l)
{
	if (l->reports == 0)
		return (struct str){0};
	buf_add(&l->xarf, l->reports > 1 ? STR("\r\n]\r\n") : STR("\r\n"));
	return str_skip(buf_str(&l->xarf), l->reports > 1 ? 0 : strlen(XARF_LIST));
}

/* The text with a time of the letter in UTC, to the minute. */
static struct str by_when(struct composing *s, int64_t t)
{
	char by[64];

	value_time_print(by, t);
	by[10] = ' ';
	memcpy(by + 16, " UTC", 5);
	return arena_str(&s->arena, str_from(by));
}

/* What stands in the letter besides its values. */
static void fill(const struct compose_letter *l, const struct lang *lang, const struct lang_values *v,
        struct buf *subject, struct buf *text)
{
	const struct lang *words = l->kind == NOTICE_CORRECTION ? lang_correction(lang) : lang;
	struct str before = lang_before(lang, l->kind == NOTICE_AGAIN, l->kind == NOTICE_BACK);

	buf_printf(subject, "[%.*s] ", STR_ARG(l->ticket));
	/* what the letter is about stands inside where it is encrypted */
	if (l->key.len != 0)
		buf_add(subject, STR("..."));
	else
		lang_fill(subject, words,
		        l->kind == NOTICE_CORRECTION ? words->correction_subject : words->subject, v);
	if (before.len != 0) {
		lang_fill(text, words, str_trim(before), v);
		buf_add(text, STR("\n\n"));
	}
	struct str body = l->kind == NOTICE_CORRECTION ? words->correction : words->text;
	lang_fill(text, words, body, v);
	/* a text that does not say where the answer page is to be named has it at its end */
	if (v->answer_page.len != 0 && str_find_str(body, 0, STR("{answer.page}")) == SIZE_MAX)
		buf_printf(text, "\n\n%.*s\n", STR_ARG(str_trim(v->answer_page)));
}

/* The question, and before it that it was asked already. */
static void fill_right(const struct compose_letter *l, const struct lang *lang, const struct lang_values *v,
        struct buf *subject, struct buf *text)
{
	buf_printf(subject, "[%.*s] ", STR_ARG(l->ticket));
	if (l->key.len != 0)
		buf_add(subject, STR("..."));
	else
		lang_fill(subject, lang, lang_door(lang, DOOR_RIGHT_SUBJECT), v);
	if (l->corrects.len != 0) {
		lang_fill(text, lang, lang_door(lang, DOOR_RIGHT_AGAIN), v);
		buf_add(text, STR("\n\n"));
	}
	lang_fill(text, lang, lang_door(lang, DOOR_RIGHT_TEXT), v);
	buf_char(text, '\n');
}

/* What a letter says of its answer page, with an empty line behind it. */
static void put_answer_page(struct composing *s, const struct compose_letter *l, const struct lang *lang,
        struct lang_values *v, struct buf *out)
{
	if (l->link.len == 0 || l->kind == NOTICE_CORRECTION || l->kind == NOTICE_CAMPAIGN)
		return;
	v->link = l->link;
	v->until = by_when(s, l->link_until);
	lang_fill(out, lang, lang_door(lang, l->kind == NOTICE_RIGHT ? DOOR_RIGHT_LINK : DOOR_LETTER), v);
	buf_add(out, STR("\n\n"));
	v->answer_page = buf_str(out);
}

struct str compose_file(struct composing *s, const struct compose_letter *l)
{
	return arena_printf(&s->arena, "%.*s.csv", STR_ARG(l->ticket));
}

void compose_text(struct composing *s, struct compose_letter *l, const struct lang *lang)
{
	const struct country *c = s->country;
	char sent[64];
	auto_buf struct buf means = {0}, page = {0};
	struct lang_values v = {.team = c->name.len != 0 ? c->name : c->mail.from,
	        .owner = l->owner,
	        .ticket = l->ticket,
	        .count = arena_printf(&s->arena, "%u", l->rows),
	        .by = by_when(s, l->act_by != 0 ? l->act_by : os_now() + 7 * (int64_t)86400 * 1000000),
	        .list = buf_str(&l->list),
	        .attachment = compose_file(s, l),
	        .label = arena_printf(&s->arena, "TLP:%.*s", STR_ARG(tlp_name(l->label))),
	        .corrects = l->corrects,
	        .note = l->note,
	        .type = type_find(l->class)};

	value_time_print(sent, l->corrects_sent);
	v.sent = str_make(sent, 10);
	lang_fill(&means, lang, lang_means(lang, l->label), &v);
	v.means = buf_str(&means);
	put_answer_page(s, l, lang, &v, &page);
	buf_clear(&l->subject);
	buf_clear(&l->text);
	if (l->kind == NOTICE_CAMPAIGN)
		fill_campaign(l, lang, &v, &l->subject, &l->text);
	else if (l->kind == NOTICE_RIGHT)
		fill_right(l, lang, &v, &l->subject, &l->text);
	else
		fill(l, lang, &v, &l->subject, &l->text);
}

void compose_write(struct composing *s, struct compose_letter *l)
{
	const struct country_mail *mail = &s->country->mail;
	struct err e;

	compose_text(s, l, s->lang(s->arg, l->language));
	struct mime_letter m = {.from = mail->from,
	        .to = l->email,
	        .reply_to = mail->reply_to,
	        .subject = buf_str(&l->subject),
	        .text = buf_str(&l->text),
	        .message_id = l->message_id,
	        .date = os_now(),
	        .references = l->references,
	        .csv = l->csv.len > 0 ? buf_str(&l->csv) : (struct str){0},
	        .csv_name = compose_file(s, l),
	        .xarf = xarf_of(l),
	        .xarf_name = arena_printf(&s->arena, "%.*s.xarf.json", STR_ARG(l->ticket))};
	if (mime_write_entity(&m, &l->mail, &l->entity, &e) != 0) {
		l->failed = true;
		snprintf(l->sentence, sizeof(l->sentence), "%.500s", e.text);
	}
}

void compose_rows(struct composing *s)
{
	if (s->items.n > 0)
		qsort(s->items.v, s->items.n, sizeof(s->items.v[0]), by_event);
	for (size_t i = 0; i < s->items.n; i++)
		put_row(s, &s->items.v[i]);
	for (uint32_t i = 0; i < s->nletters; i++)
		if (s->letters[i].csv.len > 0 && s->letters[i].rows > LINES_SHOWN)
			buf_printf(&s->letters[i].list, "  ... (%u: %.*s)\n", s->letters[i].rows,
			        STR_ARG(compose_file(s, &s->letters[i])));
}

void compose_done(struct composing *s)
{
	for (uint32_t i = 0; i < s->nletters; i++) {
		buf_done(&s->letters[i].csv);
		buf_done(&s->letters[i].list);
		buf_done(&s->letters[i].xarf);
		buf_done(&s->letters[i].subject);
		buf_done(&s->letters[i].text);
		buf_done(&s->letters[i].mail);
	}
	day_view_done(&s->view);
	vec_done(&s->items);
	arena_done(&s->arena);
}
