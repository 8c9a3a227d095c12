/* SPDX-License-Identifier: Apache-2.0
 *
 * What a letter says: one that is sealed as its bytes lie in its file, one that is not as it would be written now, in each
 * language that there is. The file is read because its digest is that of the row: then its bytes are the program's own.
 */
#include "base/digest.h"
#include "base/os.h"
#include "form/mime.h"
#include "know/csv.h"
#include "see/compose.h"
#include "web/page_letter.h"

#define ROWS 200
/* Of one that is not sealed: as many as its text names. Each may lie in a chunk of its own, which is opened for it. */
#define ROWS_OPEN 20
#define LETTER_BYTES ((size_t)32 << 20)

/* ---- pieces -------------------------------------------------------------------------------------- */

static void draw_table(const struct page_ask *p, struct html *h, struct str csv)
{
	struct csv *c = mem_zero(1, sizeof(*c));
	unsigned rows = 0;

	csv_init(c, p->ask->arena, csv);
	if (csv_next(c) == 1) {
		page_table_open(p, h, W_LETTER_ATTACHED);
		for (unsigned i = 0; i < c->cells; i++) {
			html_open(h, "th");
			html_attr(h, "scope", STR("col"));
			html_text(h, c->cell[i]);
			html_close(h);
		}
		page_table_rows(h);
		while (rows++ < ROWS && csv_next(c) == 1) {
			html_open(h, "tr");
			for (unsigned i = 0; i < c->cells; i++)
				page_cell(h, c->cell[i]);
			html_close(h);
		}
		page_table_end(h);
		if (csv_next(c) == 1)
			page_line(p, h, "p", NULL, W_LETTER_MORE_ROWS);
	}
	free(c);
}

/* Lines of a mail end in CR LF. */
static void draw_lines(struct html *h, struct str text)
{
	auto_buf struct buf b = {0};

	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] != '\r' || i + 1 == text.len || text.p[i + 1] != '\n')
			buf_char(&b, text.p[i]);
	html_line(h, "pre", "raw", buf_str(&b));
}

/* The address block stands in print alone. */
static void draw_paper(struct html *h, const struct letter_row *l, struct str subject, struct str text)
{
	html_open(h, "div");
	html_attr(h, "class", STR("letter"));
	html_open(h, "p");
	html_attr(h, "class", STR("address"));
	html_text(h, l->owner);
	html_empty(h, "br");
	html_text(h, l->email);
	if (l->phone.len != 0) {
		html_empty(h, "br");
		html_text(h, l->phone);
	}
	html_close(h);
	html_open(h, "p");
	html_line(h, "strong", NULL, subject);
	html_close(h);
	draw_lines(h, text);
	html_close(h);
}

/* ---- sealed -------------------------------------------------------------------------------------- */

static int read_sealed(const struct page_ask *p, const struct letter_row *l, struct buf *ret, struct err *e)
{
	uint8_t sum[DIGEST_LEN];
	struct str path =
	        arena_printf(p->ask->arena, "%s/letters/%.*s.eml", p->ask->folder, STR_ARG(l->ticket));

	if (os_read_file(path.p, LETTER_BYTES, ret, e) != 0)
		return ERR_MISSING;
	digest_of(buf_str(ret), sum);
	if (l->sha256.len == sizeof(sum) && memcmp(sum, l->sha256.p, sizeof(sum)) == 0)
		return 0;
	return err_set(e, ERR_VALUE,
	        "the file of %.*s is not what was sealed: its digest differs; restore it from a backup",
	        STR_ARG(l->ticket));
}

static void draw_source(const struct page_ask *p, struct html *h, struct str bytes)
{
	html_open(h, "details");
	page_line(p, h, "summary", NULL, W_LETTER_SOURCE);
	draw_lines(h, bytes);
	html_close(h);
}

static void draw_sealed(const struct page_ask *p, struct html *h, const struct letter_row *l)
{
	auto_buf struct buf bytes = {0};
	struct mime_own own;
	struct err e = {0};

	if (read_sealed(p, l, &bytes, &e) != 0) {
		html_open(h, "p");
		html_attr(h, "class", STR("wrong"));
		page_english(p, h, str_from(e.text));
		html_close(h);
		return;
	}
	mime_read_own(buf_str(&bytes), p->ask->arena, &own);
	page_line(p, h, "p", NULL, W_LETTER_SEALED);
	if (own.text.p == NULL)
		page_line(p, h, "p", "note", W_LETTER_ENCRYPTED);
	draw_paper(h, l, own.subject, own.text);
	if (own.csv.len != 0)
		draw_table(p, h, own.csv);
	draw_source(p, h, buf_str(&bytes));
}

/* ---- not sealed yet ------------------------------------------------------------------------------ */

struct days {
	const char *folder;
	uint32_t date;
	struct day *day;
};

static const struct lang *lang_of(void *arg, struct str code)
{
	(void)arg;
	(void)code;
	return NULL;
}

static int day_file(void *arg, uint32_t date, struct day **ret, struct err *e)
{
	struct days *d = arg;

	if (d->day == NULL || d->date != date) {
		day_close(d->day);
		d->day = NULL;
		int rc = day_open(d->folder, date, DB_READ, &d->day, e);
		if (rc != 0)
			return rc;
		d->date = date;
	}
	*ret = d->day;
	return 0;
}

/* As the pages call it, where they speak it. */
static struct str name_of(const struct page_ask *p, const struct tongue *t)
{
	const struct words *w = languages_find(p->languages, t->code);

	return str_eq(w->code, t->code) ? w->name : t->code;
}

static void draw_language(const struct page_ask *p, struct html *h, const struct letter_row *l,
        struct composing *c, const struct tongue *t, bool open)
{
	compose_text(c, &c->letters[0], &t->lang);
	if (!open) {
		html_open(h, "details");
		html_open(h, "summary");
		page_sayf(p, h, W_LETTER_WOULD_IN, name_of(p, t));
		html_close(h);
	}
	html_open(h, "div");
	html_attr(h, "lang", t->code);
	if (open) {
		draw_paper(h, l, buf_str(&c->letters[0].subject), buf_str(&c->letters[0].text));
	} else {
		html_open(h, "p");
		html_line(h, "strong", NULL, buf_str(&c->letters[0].subject));
		html_close(h);
		draw_lines(h, buf_str(&c->letters[0].text));
	}
	html_close(h);
	if (!open)
		html_close(h);
}

/* The label that it will have is the strictest of its findings, also of those whose rows are not shown. */
static enum tlp label_of(const struct page_ask *p, uint64_t id)
{
	enum tlp worst = TLP_NONE;
	struct query q = db_query(p->ask->state,
	        "select distinct f.label from notice_item i join finding f on f.id = i.finding where "
	        "i.notice = ?");

	query_u64(&q, id);
	while (query_next(&q) == 1) {
		enum tlp one = tlp_find(query_get_text(&q, 0));
		worst = one > worst ? one : worst;
	}
	query_done(&q, NULL);
	return worst;
}

static int compose_one(const struct page_ask *p, struct composing *c, uint64_t id, struct err *e)
{
	struct query q = db_query(p->ask->state, "select " COMPOSE_COLUMNS " from notice n where n.id = ?");

	c->letters = arena_array(p->ask->arena, 1, sizeof(*c->letters));
	query_u64(&q, id);
	if (query_next(&q) == 1) {
		compose_take(&c->letters[0], &q, p->ask->arena);
		c->nletters = 1;
	}
	int rc = query_done(&q, e);
	if (rc == 0)
		rc = compose_items(c, e);
	if (rc == 0 && c->nletters == 1) {
		enum tlp label = label_of(p, id);
		compose_rows(c);
		/* the link itself is made when the letter is sealed */
		if (c->country->door.at.listen.len != 0 && c->country->door.answers != 0) {
			c->letters[0].link = arena_printf(
			        p->ask->arena, "https://.../answer/%.*s/...", STR_ARG(c->letters[0].ticket));
			c->letters[0].link_until = os_now() + (int64_t)c->country->door.answers * 1000000;
		}
		c->letters[0].label = label > c->letters[0].label ? label : c->letters[0].label;
	}
	return rc;
}

static void draw_open(const struct page_ask *p, struct html *h, const struct letter_row *l)
{
	struct days days = {.folder = p->ask->folder};
	struct composing c = {.state = p->ask->state,
	        .country = p->country,
	        .lang = lang_of,
	        .day = day_file,
	        .arg = &days,
	        .limit = ROWS_OPEN};
	const struct tongue *own = tongues_find(p->tongues, l->language);
	struct err e = {0};

	arena_init(&c.arena, 0);
	if (own == NULL || p->country == NULL || compose_one(p, &c, l->id, &e) != 0 || c.nletters == 0) {
		page_line(p, h, "p", "wrong", W_LETTER_NOT_SHOWN);
		compose_done(&c);
		day_close(days.day);
		return;
	}
	if (l->pgp.len == 0 && c.letters[0].key.len != 0)
		page_line(p, h, "p", "note", W_LETTER_WILL_ENCRYPT);
	html_open(h, "p");
	page_sayf(p, h, W_LETTER_WOULD, name_of(p, own));
	html_close(h);
	draw_language(p, h, l, &c, own, true);
	if (c.letters[0].csv.len != 0)
		draw_table(p, h, buf_str(&c.letters[0].csv));
	if (c.letters[0].rows > ROWS_OPEN)
		page_line(p, h, "p", NULL, W_LETTER_MORE_ROWS);
	for (unsigned i = 0; i < p->tongues->n; i++)
		if (&p->tongues->v[i] != own)
			draw_language(p, h, l, &c, &p->tongues->v[i], false);
	compose_done(&c);
	day_close(days.day);
}

void letter_show(const struct page_ask *p, struct html *h, const struct letter_row *l)
{
	page_section(p, h, "h-says", W_LETTER_SAYS);
	if (l->sealed)
		draw_sealed(p, h, l);
	else
		draw_open(p, h, l);
	html_close(h);
}
