/* SPDX-License-Identifier: Apache-2.0
 *
 * What a form of a round is about to have signed, read back: the members of the statement as the change makes them, and a button that
 * signs these. A time that was typed as so long from now stands as the time that it is, and goes on as that.
 */
#include "agree/code.h"
#include "agree/preview.h"
#include "event/value.h"
#include "web/page_round.h"

static const struct {
	const char *name;
	enum word word;
} members[] = {
        {"closes", W_AGREE_CLOSES},
        {"reason", W_REASON},
        {"what", W_COL_WHAT},
        {"due", W_AGREE_DUE},
        {"owner", W_AGREE_OWNER},
        {"clause", W_AGREE_CLAUSE},
        {"indicator", W_AGREE_INDICATOR},
};

/* Which round it is about; the sentence above says so with the code of the text. */
static bool is_round(struct str name)
{
	return str_eq(name, STR("instrument")) || str_eq(name, STR("round")) ||
	        str_eq(name, STR("round_sha256"));
}

static bool is_time(struct str name)
{
	return str_eq(name, STR("closes")) || str_eq(name, STR("due"));
}

static void draw_name(const struct page_ask *p, struct html *h, struct str name)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (str_eq(name, str_from(members[i].name))) {
			page_line(p, h, "dt", NULL, members[i].word);
			return;
		}
	html_line(h, "dt", NULL, name);
}

/* "case-ack-hours <= 4 h" and what it is today: the values of an object, in its order. */
static void draw_value(struct html *h, const struct item *i)
{
	bool first = true;

	switch (i->type) {
	case BODY_TEXT:
		html_text(h, i->text);
		break;
	case BODY_INT:
	case BODY_BOOL:
		html_printf(h, "%lld", (long long)i->n);
		break;
	case BODY_OBJECT:
		for (struct item_each e = item_each(i); item_next(&e); first = false) {
			html_text(h, first ? STR("") : STR(" "));
			if (str_eq(e.name, STR("base")))
				html_text(h, STR("base "));
			draw_value(h, &e.item);
		}
		break;
	default:
		break;
	}
}

static void draw_member(const struct page_ask *p, struct html *h, const struct round_view *v, struct str name,
        const struct item *i)
{
	int64_t at;
	bool time = is_time(name) && value_time(i->text, NULL, &at);

	draw_name(p, h, name);
	html_open(h, "dd");
	if (time) {
		round_time(p, h, at / 1000000, &v->r.manifest);
	} else {
		html_attr(h, "class", STR("lines"));
		draw_value(h, i);
	}
	html_close(h);
}

/* The fields once more, each as it was typed, times as they were read. */
static void carry(
        const struct page_ask *p, struct html *h, const char *const *fields, const struct item *root)
{
	for (; *fields != NULL; fields++) {
		struct str name = str_from(*fields), value = ask_param(p->ask, *fields);
		if (is_time(name))
			value = item_text(root, *fields);
		if (value.len > 0)
			page_hidden(h, *fields, value);
	}
}

static int read_members(const struct page_ask *p, const struct round_view *v, const struct round_back *b,
        struct item *ret, struct err *e)
{
	struct change_here here;
	auto_buf struct buf said = {0}, json = {0}, items = {0};
	const char *why;
	struct change c = round_change(p, &here, v->me, b->fields);

	c.params = arena_printf(p->ask->arena, "round=%.*s\n%.*s", STR_ARG(v->ref), STR_ARG(c.params));
	int rc = agree_preview(&c, b->change, &said, e);
	if (rc != 0)
		return rc;
	/* behind "by": ,"round_sha256":... */
	buf_printf(&json, "{%.*s}", STR_ARG(str_skip(buf_str(&said), 1)));
	if (!body_read(buf_str(&json), &items, &why))
		return err_set(e, ERR_FORMAT, "it cannot be read back: %s", why);
	*ret = item_root(arena_str(p->ask->arena, buf_str(&items)));
	return 0;
}

static void draw_signed(const struct page_ask *p, struct html *h, const struct round_view *v,
        const struct round_back *b, const struct item *root)
{
	char code[TEXT_CODE_LEN];

	text_code(v->r.manifest.sha256, code);
	html_open(h, "p");
	page_sayf(p, h, W_AGREE_WE_SAY, v->me, page_key(p, "rkind", str_from(b->kind)), v->name,
	        str_from(code));
	html_close(h);
	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	for (struct item_each each = item_each(root); item_next(&each);)
		if (!is_round(each.name))
			draw_member(p, h, v, each.name, &each.item);
	html_close(h);
	round_form(p, h, b->action, v, b->back);
	carry(p, h, b->fields, root);
	page_button(p, h, W_AGREE_SIGN_GO);
	html_close(h);
}

bool round_is_back(const struct page_ask *p, const struct round_back *b)
{
	return str_eq(ask_param(p->ask, "preview"), str_from(b->kind));
}

void round_draw_back(
        const struct page_ask *p, struct html *h, const struct round_view *v, const struct round_back *b)
{
	struct err e = {0};
	struct item root;

	if (!round_is_back(p, b))
		return;
	if (read_members(p, v, b, &root, &e) == 0) {
		draw_signed(p, h, v, b, &root);
		return;
	}
	html_open(h, "p");
	html_attr(h, "class", STR("error"));
	page_english(p, h, str_from(e.text));
	html_close(h);
}

struct str round_typed(const struct page_ask *p, const struct round_back *b, const char *name)
{
	return round_is_back(p, b) ? ask_param(p->ask, name) : (struct str){0};
}
