/* SPDX-License-Identifier: Apache-2.0
 *
 * An owner is changed in two steps: the form, then the difference that it makes and the findings that would move, with a
 * button. The register that comes of it is taken as a whole or not at all, and not if another was taken meanwhile.
 */
#include "see/register.h"
#include "web/owner_change.h"
#include "web/page_owner.h"

static const struct {
	const char *name;
	enum word label;
	unsigned size;
} columns[] = {{"email", W_OWNER_ADDRESS, 26}, {"language", W_LANGUAGE, 4}, {"phone", W_OWNER_PHONE, 14},
        {"classes", W_OWNER_CLASSES, 14}, {"formats", W_OWNER_FORMATS, 5}, {"timezone", W_OWNER_ZONE, 14},
        {"pgp", W_OWNER_KEY, 18}};
#define NCOLUMNS (sizeof(columns) / sizeof(columns[0]))
static const struct {
	const char *name, *kind;
	enum word label;
} claims[] = {{"prefixes", "prefix", W_OWNER_PREFIXES}, {"asns", "asn", W_OWNER_ASNS},
        {"domains", "domain", W_OWNER_DOMAINS}};

static void field(const struct page_ask *p, struct html *h, const char *name, enum word label,
        struct str value, unsigned size)
{
	html_open(h, "p");
	page_field(p, h,
	        &(struct page_field){
	                .name = name, .label = label, .value = value, .limit = 1000, .size = size});
	html_close(h);
}

/* Its own; what belongs to assets is not changed here. */
static void draw_claims(const struct page_ask *p, struct html *h, const struct owner_row *o)
{
	for (unsigned i = 0; i < 3; i++) {
		struct query q = db_query(p->ask->state,
		        "select value from claim where owner = ? and asset = '' and kind = ? order by value");
		auto_buf struct buf all = {0};
		unsigned n = 0;
		query_u64(&q, o->id);
		query_text(&q, str_from(claims[i].kind));
		while (query_next(&q) == 1) {
			buf_add(&all, query_get_text(&q, 0));
			buf_char(&all, '\n');
			n++;
		}
		query_done(&q, NULL);
		html_open(h, "p");
		page_area(p, h,
		        &(struct page_field){
		                .name = claims[i].name, .label = claims[i].label, .value = buf_str(&all)},
		        n < 3            ? 3
		                : n > 12 ? 12
		                         : n + 1);
		html_close(h);
	}
}

static void draw_contact(const struct page_ask *p, struct html *h, unsigned number, const struct query *q)
{
	html_open(h, "tr");
	for (unsigned i = 0; i < NCOLUMNS; i++) {
		struct str name = arena_printf(p->ask->arena, "%s%u", columns[i].name, number);
		html_open(h, "td");
		html_empty(h, "input");
		html_attr(h, "name", name);
		html_attr(h, "aria-label",
		        arena_printf(
		                p->ask->arena, "%.*s %u", STR_ARG(page_word(p, columns[i].label)), number));
		html_attr_u64(h, "size", columns[i].size);
		html_attr(h, "value", q != NULL ? query_get_text(q, (int)i) : STR(""));
		html_close(h);
	}
	html_close(h);
}

static void draw_contacts(const struct page_ask *p, struct html *h, const struct owner_row *o)
{
	struct query count =
	        db_query(p->ask->state, "select count(*) from contact where owner = ? and gone is null");
	uint64_t n = 0;

	query_u64(&count, o->id);
	if (query_next(&count) == 1)
		n = query_get_u64(&count, 0);
	query_done(&count, NULL);
	if (n > OWNER_CONTACTS) {
		page_hidden(h, "keep", STR("1"));
		page_line(p, h, "p", "note", W_OWNER_MANY);
		return;
	}
	page_table_open(p, h, W_OWNERS_CONTACTS);
	for (unsigned i = 0; i < NCOLUMNS; i++) {
		html_open(h, "th");
		html_attr(h, "scope", STR("col"));
		page_say(p, h, columns[i].label);
		html_close(h);
	}
	page_table_rows(h);
	struct query q = db_query(p->ask->state,
	        "select email, language, phone, classes, formats, timezone, pgp from contact where owner = ? "
	        "and gone is null order by "
	        "position, id");
	query_u64(&q, o->id);
	unsigned number = 0;
	while (query_next(&q) == 1)
		draw_contact(p, h, ++number, &q);
	query_done(&q, NULL);
	for (unsigned empty = 0; empty < 2 && number < OWNER_CONTACTS; empty++)
		draw_contact(p, h, ++number, NULL);
	page_table_end(h);
}

static void put_version(const struct page_ask *p, struct html *h)
{
	uint64_t version = 0;

	(void)register_version(p->ask->state, &version, NULL);
	page_hidden(h, "version", page_number(p, version));
}

static int draw(const struct page_ask *p, struct html *h, struct err *e)
{
	struct owner_row o = {0};
	int rc = owner_find(p, p->ask->id, &o, e);

	if (rc != 0)
		return rc;
	html_open(h, "h1");
	page_sayf(p, h, W_OWNER_EDIT_HEAD, o.name);
	html_close(h);
	page_line(p, h, "p", NULL, W_OWNER_EDIT_WHAT);
	page_form(p, h, "/owners/change", "act long");
	page_hidden(h, "id", o.ref);
	page_hidden(h, "back", arena_printf(p->ask->arena, "/owners/%.*s", STR_ARG(o.ref)));
	put_version(p, h);
	field(p, h, "name", W_COL_NAME, o.name, 40);
	field(p, h, "sector", W_OWNERS_SECTOR, o.sector, 20);
	field(p, h, "country", W_OWNER_CC, o.cc, 4);
	draw_contacts(p, h, &o);
	draw_claims(p, h, &o);
	html_open(h, "p");
	page_button(p, h, W_OWNER_DIFFERENCE_GO);
	html_close(h);
	html_close(h);
	return 0;
}

const struct page page_owner_edit = {
        .path = "/edit-owner", .title = W_OWNER_EDIT, .id = true, .right = RIGHT_REGISTER, .draw = draw};

/* ---- the difference ------------------------------------------------------------------------------ */

static void again(const struct page_ask *p, struct html *h, const char *name)
{
	auto_buf struct buf b = {0};
	struct str value = ask_param(p->ask, name);

	/* values of several lines are separated by blanks as well */
	for (size_t i = 0; i < value.len; i++)
		buf_char(&b, (unsigned char)value.p[i] < ' ' ? ' ' : value.p[i]);
	if (value.len != 0)
		page_hidden(h, name, buf_str(&b));
}

static int draw_difference(const struct page_ask *p, struct html *h, struct err *e)
{
	static const char *const names[] = {"id", "name", "sector", "country", "prefixes", "asns", "domains",
	        "keep", "add", "version", "back"};

	/* what the command says of its option is no word of a page; without it there is nothing to apply */
	size_t cut = str_find_str(p->answer, 0, STR("nothing was changed; --yes"));
	struct str text = cut != SIZE_MAX ? str_sub(p->answer, 0, cut) : p->answer;

	(void)e;
	page_line(p, h, "h1", NULL, W_OWNER_DIFFERENCE);
	page_line(p, h, "p", NULL, W_OWNER_DIFFERENCE_WHAT);
	html_open(h, "pre");
	html_attr(h, "class", STR("raw"));
	page_english(p, h, str_trim(text));
	html_close(h);
	if (cut == SIZE_MAX)
		return 0;
	page_form(p, h, "/owners/change", "act");
	page_hidden(h, "yes", STR("1"));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		again(p, h, names[i]);
	for (unsigned k = 1; k <= OWNER_CONTACTS; k++)
		for (unsigned i = 0; i < NCOLUMNS; i++) {
			char name[32];
			snprintf(name, sizeof(name), "%s%u", columns[i].name, k);
			again(p, h, name);
		}
	page_button(p, h, W_OWNER_APPLY);
	html_close(h);
	html_open(h, "p");
	page_link(h, "/owners", page_word(p, W_OWNER_NOT));
	html_close(h);
	return 0;
}

const struct page page_owner_difference = {.path = "/owners/change",
        .title = W_OWNER_DIFFERENCE,
        .right = RIGHT_REGISTER,
        .draw = draw_difference};
