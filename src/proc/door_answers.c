/* SPDX-License-Identifier: Apache-2.0
 *
 * For constituents: the page of a letter by its link, and the answer that is given there; and for everyone the country's figures.
 * The door knows no secret: what stands in a link is looked for on the shelf by its digest, so that it leads to one page or to
 * none, and the core checks it once more when something is answered.
 */
#include "base/os.h"
#include "exit/shelf.h"
#include "proc/door_in.h"
#include "see/answer.h"
#include "web/asset.h"

#define AT "/answer/"

extern const struct door_handler door_answers, door_figures, door_style, door_robots;

static bool is_read(const struct door_request *r)
{
	return str_eq(r->method, STR("GET")) || str_eq(r->method, STR("HEAD"));
}

static int no_method(struct door_request *r)
{
	return door_text(r, 405, "this is not a method of that address");
}

/* ---- the shelf ----------------------------------------------------------------------------------- */

/* 0 and the thing, or 1 and r->reply. */
static int find(struct door_request *r, const char *kind, struct str mark, const struct shelf_reader *who,
        struct shelf_item *ret)
{
	struct db *shelf = door_shelf(r);
	struct err e;

	if (shelf == NULL)
		return 1;
	int rc = shelf_find(shelf, kind, mark, who, os_now(), &r->arena, ret, &e);
	if (rc < 0)
		return door_unread(r, &e);
	return rc == 1 ? 0 : door_say(r, 404, DOOR_GONE);
}

static int give(struct door_request *r, const struct shelf_item *item)
{
	r->reply.status = 200;
	r->reply.type = arena_printf(&r->arena, "%.*s", STR_ARG(item->media)).p;
	buf_add(&r->reply.body, item->bytes);
	return 1;
}

/* ---- answers ------------------------------------------------------------------------------------- */

static int find_page(struct door_request *r, struct shelf_item *ret)
{
	struct shelf_reader who = {.kind = EXIT_OWNER, .grant = TLP_AMBER};
	struct str text = str_skip(r->path, strlen(AT));
	uint8_t mark[32];

	if (text.len >= ANSWER_TEXT)
		return door_say(r, 404, DOOR_GONE);
	answer_mark(text, mark);
	return find(r, ANSWER_SHELF, str_make((const char *)mark, sizeof(mark)), &who, ret);
}

static int answers_begin(struct door_request *r)
{
	bool post = str_eq(r->method, STR("POST"));

	if (!is_read(r) && !post)
		return no_method(r);
	if (post && http_check_origin(r->connection, &r->door->rules) != HTTP_GOOD)
		return door_text(r, 403, http_refusal(HTTP_ORIGIN)->sentence);
	if (post &&
	        !http_is_media(
	                http_value(r->connection, "Content-Type"), STR("application/x-www-form-urlencoded")))
		return door_text(r, 415, http_refusal(HTTP_MEDIA)->sentence);
	return 0;
}

/* Lines as the core reads them; what is longer than a message is refused. */
static bool put_lines(struct door_request *r, const struct http_form *form, struct channel_message *m)
{
	auto_buf struct buf b = {0};

	(void)r;
	for (size_t i = 0; i < form->n; i++) {
		const struct http_field *f = &form->fields[i];
		if (f->value.len == 0 || str_has(f->name, '\n') || str_has(f->name, '='))
			continue;
		buf_printf(&b, "%.*s=", STR_ARG(f->name));
		for (size_t k = 0; k < f->value.len; k++)
			buf_char(&b, f->value.p[k] == '\n' ? '\v' : f->value.p[k]);
		buf_char(&b, '\n');
	}
	channel_put(m->text, sizeof(m->text), buf_str(&b));
	return b.len < sizeof(m->text);
}

static int answers_end(struct door_request *r)
{
	struct channel_message m = {.verb = CHANNEL_ANSWERED};
	struct http_form *form = arena_new(&r->arena, struct http_form);
	struct shelf_item page;

	if (find_page(r, &page) != 0)
		return 1;
	if (is_read(r))
		return give(r, &page);
	enum http_fault fault = http_form(buf_str(&r->body), &r->arena, form);
	if (fault != HTTP_GOOD)
		return door_text(r, http_refusal(fault)->status, http_refusal(fault)->sentence);
	if (!put_lines(r, form, &m))
		return door_text(r, 413, "an answer is at most some thousand characters long");
	os_random(m.token, sizeof(m.token));
	channel_put(m.name, sizeof(m.name), str_skip(r->path, strlen(AT)));
	return door_ask(r, &m);
}

static int answers_heard(struct door_request *r, const struct channel_message *m, int fd)
{
	(void)fd;
	switch (m->code) {
	case 0:
		/* back to the page, which says so: to load it again answers nothing */
		r->reply.status = 303;
		r->reply.location = arena_printf(&r->arena, "%.*s", STR_ARG(r->path)).p;
		return 1;
	case ERR_MISSING:
		return door_say(r, 404, DOOR_GONE);
	case ERR_USAGE:
		return door_say(r, 400, DOOR_EMPTY);
	case ERR_DENIED:
		r->reply.retry = 3600;
		return door_say(r, 429, DOOR_OFTEN);
	default:
		r->reply.retry = 60;
		return door_say(r, 503, DOOR_FAILED);
	}
}

const struct door_handler door_answers = {.path = AT,
        .whole = true,
        .limited = true,
        .begin = answers_begin,
        .end = answers_end,
        .heard = answers_heard};

/* ---- the country's figures ----------------------------------------------------------------------- */

static int read_begin(struct door_request *r)
{
	return is_read(r) ? 0 : no_method(r);
}

static int figures_end(struct door_request *r)
{
	struct shelf_reader anyone = {.kind = EXIT_PUBLIC, .grant = TLP_CLEAR};
	struct shelf_item item;

	if (find(r, "public", STR("country.json"), &anyone, &item) != 0)
		return 1;
	r->reply.cache = "public, max-age=3600";
	return give(r, &item);
}

const struct door_handler door_figures = {
        .path = "/country.json", .limited = true, .begin = read_begin, .end = figures_end};

/* ---- what is part of the program ----------------------------------------------------------------- */

static int style_end(struct door_request *r)
{
	for (size_t i = 0; i < asset_count; i++) {
		const struct asset *a = &asset_table[i];
		if (strcmp(a->name, "style.css") != 0)
			continue;
		r->reply.status = 200;
		r->reply.type = a->type;
		r->reply.cache = "public, max-age=86400";
		buf_add(&r->reply.body, str_make((const char *)a->bytes, a->len));
		return 1;
	}
	return door_say(r, 404, DOOR_GONE);
}

const struct door_handler door_style = {
        .path = "/style.css", .limited = true, .begin = read_begin, .end = style_end};

static int robots_end(struct door_request *r)
{
	return door_text(r, 200, "User-agent: *\nDisallow: /");
}

const struct door_handler door_robots = {
        .path = "/robots.txt", .limited = true, .begin = read_begin, .end = robots_end};
