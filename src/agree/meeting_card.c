/* SPDX-License-Identifier: Apache-2.0
 *
 * The card of a meeting: out of a body, and into one.
 */
#include "agree/meeting.h"

#include "base/utf8.h"
#include "trust/stamp.h"

#define SYMBOL 12 /* bytes: "WP.123" */

/* ---- parties ------------------------------------------------------------------------------------- */

bool meeting_has(const struct meeting_parties *p, struct str party)
{
	for (unsigned i = 0; i < p->n; i++)
		if (str_eq(p->v[i], party))
			return true;
	return false;
}

bool meeting_add(struct meeting_parties *p, struct str party)
{
	unsigned at = 0;

	while (at < p->n && str_cmp(p->v[at], party) < 0)
		at++;
	if (at < p->n && str_eq(p->v[at], party))
		return true;
	if (p->n > STATEMENT_TO_MAX)
		return false;
	for (unsigned i = p->n++; i > at; i--)
		p->v[i] = p->v[i - 1];
	p->v[at] = party;
	return true;
}

static void read_parties(const struct item *body, const char *member, struct meeting_parties *ret)
{
	struct item list = item_get(body, str_from(member));

	for (struct item_each e = item_each(&list); item_next(&e);)
		if (e.item.type == BODY_TEXT)
			(void)meeting_add(ret, e.item.text);
}

/* ---- papers -------------------------------------------------------------------------------------- */

/* "WP.", "OUT.", and a number. */
bool meeting_symbol(struct str name, struct str *ret_symbol, struct str *ret_rest)
{
	struct str_cut cut = str_cut(name, ' '), parts = str_cut(cut.head, '.');
	uint32_t number;

	if (cut.head.len > SYMBOL || !(str_eq(parts.head, STR("WP")) || str_eq(parts.head, STR("OUT"))) ||
	        !str_u32(parts.tail, &number) || number == 0)
		return false;
	*ret_symbol = cut.head;
	*ret_rest = str_trim(cut.tail);
	return true;
}

static bool read_file(const struct item *i, struct meeting_file *ret)
{
	struct str hex = item_text(i, "sha256");
	struct item size = item_get(i, STR("size"));

	if (hex.len != 2 * DIGEST_LEN || !str_hex(hex, ret->sha256, DIGEST_LEN) || size.n < 0)
		return false;
	ret->size = (uint64_t)size.n;
	ret->name = utf8_cut(item_text(i, "name"), MEETING_LINE);
	ret->media = utf8_cut(item_text(i, "media"), MEETING_LINE);
	return true;
}

static void read_files(const struct item *body, struct meeting_card *ret)
{
	struct item list = item_get(body, STR("attachments"));

	for (struct item_each e = item_each(&list); ret->files < MEETING_FILES && item_next(&e);)
		ret->files += read_file(&e.item, &ret->file[ret->files]);
}

static uint32_t papers_of(const struct item *item, const struct meeting_card *c)
{
	struct item list = item_get(item, STR("papers"));
	uint8_t sha256[DIGEST_LEN];
	uint32_t bits = 0;

	for (struct item_each e = item_each(&list); item_next(&e);) {
		if (e.item.text.len != 2 * DIGEST_LEN || !str_hex(e.item.text, sha256, DIGEST_LEN))
			continue;
		for (unsigned i = 0; i < c->files; i++)
			if (memcmp(c->file[i].sha256, sha256, DIGEST_LEN) == 0)
				bits |= 1u << i;
	}
	return bits;
}

/* ---- the card ------------------------------------------------------------------------------------ */

static int64_t time_of(const struct item *object, const char *member)
{
	int64_t t;

	return stamp_read(item_text(object, member), &t) ? t : 0;
}

static struct str line_of(const struct item *body, const char *member)
{
	struct str s = utf8_cut(item_text(body, member), MEETING_LINE);

	return s.len > 0 ? s : STR("");
}

static void read_items(const struct item *body, struct meeting_card *ret)
{
	struct item list = item_get(body, STR("agenda"));

	for (struct item_each e = item_each(&list); ret->items < MEETING_ITEMS && item_next(&e);)
		ret->item[ret->items++] = (struct meeting_item){.title = line_of(&e.item, "title"),
		        .start = time_of(&e.item, "start"),
		        .until = time_of(&e.item, "end"),
		        .papers = papers_of(&e.item, ret)};
}

static void read_lists(const struct item *body, struct meeting_card *ret)
{
	struct item chairs = item_get(body, STR("chairs")), text = item_get(body, STR("text")),
	            see = item_get(body, STR("see"));

	for (struct item_each e = item_each(&chairs); ret->chairs < MEETING_CHAIRS && item_next(&e);)
		if (e.item.type == BODY_TEXT)
			ret->chair[ret->chairs++] = utf8_cut(e.item.text, MEETING_LINE);
	for (struct item_each e = item_each(&text); ret->texts < MEETING_TEXTS && item_next(&e);)
		if (e.item.type == BODY_TEXT && e.name.len <= 35)
			ret->text[ret->texts++] =
			        (struct meeting_text){e.name, utf8_cut(e.item.text, MEETING_WORDS)};
	for (struct item_each e = item_each(&see); ret->sees < MEETING_SEES && item_next(&e);)
		ret->sees += e.item.text.len == 2 * DIGEST_LEN &&
		        str_hex(e.item.text, ret->see[ret->sees], DIGEST_LEN);
}

void meeting_card_read(const struct item *body, unsigned tlp, struct meeting_card *ret)
{
	*ret = (struct meeting_card){.serial = item_get(body, STR("serial")).n,
	        .start = time_of(body, "start"),
	        .until = time_of(body, "end"),
	        .state = item_text(body, "state"),
	        .title = line_of(body, "title"),
	        .place = line_of(body, "place"),
	        .link = line_of(body, "link"),
	        .facilitator = line_of(body, "facilitator"),
	        .group = item_text(body, "group"),
	        .tlp = tlp};
	read_parties(body, "participants", &ret->participants);
	read_parties(body, "observers", &ret->observers);
	read_lists(body, ret);
	read_files(body, ret);
	read_items(body, ret);
}

/* ---- written ------------------------------------------------------------------------------------- */

static void put_line(struct buf *out, const char *member, struct str text)
{
	if (text.len > 0)
		text_put(out, member, text);
}

static void put_parties(struct buf *out, const char *member, const struct str *v, unsigned n)
{
	buf_printf(out, ",\"%s\":[", member);
	for (unsigned i = 0; i < n; i++) {
		buf_add(out, i > 0 ? STR(",") : STR(""));
		buf_json(out, v[i]);
	}
	buf_char(out, ']');
}

static void put_digest(struct buf *out, const uint8_t sha256[DIGEST_LEN], bool more)
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, sha256, DIGEST_LEN);
	buf_printf(out, "%s\"%s\"", more ? "," : "", hex);
}

static void put_items(struct buf *out, const struct meeting_card *c)
{
	buf_add(out, STR(",\"agenda\":["));
	for (unsigned i = 0; i < c->items; i++) {
		const struct meeting_item *it = &c->item[i];
		bool more = false;
		buf_add(out, i > 0 ? STR(",{\"title\":") : STR("{\"title\":"));
		buf_json(out, it->title);
		time_put(out, "start", it->start);
		time_put(out, "end", it->until);
		if (it->papers != 0)
			buf_add(out, STR(",\"papers\":["));
		for (unsigned k = 0; k < c->files; k++)
			if ((it->papers & 1u << k) != 0) {
				put_digest(out, c->file[k].sha256, more);
				more = true;
			}
		buf_add(out, it->papers != 0 ? STR("]}") : STR("}"));
	}
	buf_char(out, ']');
}

static void put_files(struct buf *out, const struct meeting_card *c)
{
	if (c->files == 0)
		return;
	buf_add(out, STR(",\"attachments\":["));
	for (unsigned i = 0; i < c->files; i++) {
		buf_add(out, i > 0 ? STR(",{\"sha256\":") : STR("{\"sha256\":"));
		put_digest(out, c->file[i].sha256, false);
		buf_printf(out, ",\"size\":%llu", (unsigned long long)c->file[i].size);
		text_put(out, "name", c->file[i].name);
		text_put(out, "media", c->file[i].media);
		buf_char(out, '}');
	}
	buf_char(out, ']');
}

static void put_texts(struct buf *out, const struct meeting_card *c)
{
	if (c->texts == 0)
		return;
	buf_add(out, STR(",\"text\":{"));
	for (unsigned i = 0; i < c->texts; i++) {
		buf_add(out, i > 0 ? STR(",") : STR(""));
		buf_json(out, c->text[i].lang);
		buf_char(out, ':');
		buf_json(out, c->text[i].words);
	}
	buf_char(out, '}');
}

void meeting_card_write(struct buf *out, const struct meeting_card *c)
{
	buf_printf(out, ",\"serial\":%lld", (long long)c->serial);
	put_line(out, "state", c->state);
	put_line(out, "title", c->title);
	time_put(out, "start", c->start);
	time_put(out, "end", c->until);
	put_line(out, "place", c->place);
	put_line(out, "link", c->link);
	put_line(out, "facilitator", c->facilitator);
	put_line(out, "group", c->group);
	put_parties(out, "chairs", c->chair, c->chairs);
	put_parties(out, "participants", c->participants.v, c->participants.n);
	if (c->observers.n > 0)
		put_parties(out, "observers", c->observers.v, c->observers.n);
	put_items(out, c);
	put_files(out, c);
	put_texts(out, c);
	if (c->sees > 0) {
		buf_add(out, STR(",\"see\":["));
		for (unsigned i = 0; i < c->sees; i++)
			put_digest(out, c->see[i], i > 0);
		buf_char(out, ']');
	}
	buf_char(out, '}');
}

/* ---- words of any body --------------------------------------------------------------------------- */

struct str meeting_words(const struct item *body, const char *member)
{
	struct item text = item_get(body, str_from(member));
	struct item_each first = item_each(&text);
	struct str en = item_text(&text, "en");

	if (en.len == 0 && text.type == BODY_OBJECT && item_next(&first) && first.item.type == BODY_TEXT)
		en = first.item.text;
	return en.len > 0 ? utf8_cut(en, MEETING_WORDS) : STR("");
}

struct str meeting_person(const struct item *body)
{
	struct item by = item_get(body, STR("by"));
	struct item_each first = item_each(&by);
	struct str id = item_next(&first) ? utf8_cut(item_text(&first.item, "id"), MEETING_LINE) : STR("");

	return id.len > 0 ? id : STR("");
}
