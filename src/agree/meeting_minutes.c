/* SPDX-License-Identifier: Apache-2.0
 *
 * Minutes: a text that is made of the card, of who was there, of what a person writes and of what is to be done, so that all of it
 * is in the bytes that others agree with; or a file as it is.
 */
#include "agree/meeting_change.h"
#include "base/plural.h"

#include "base/os.h"
#include "trust/stamp.h"

#define TEXT (64u << 10)

/* ---- the text ------------------------------------------------------------------------------------ */

/* "2027-03-10 09:00" */
static void put_when(struct buf *out, int64_t seconds)
{
	char stamp[STAMP_TEXT];

	stamp_print(stamp, seconds);
	buf_printf(out, "%.10s %.5s", stamp, stamp + 11);
}

static void put_head(const struct meeting_card *c, struct buf *out)
{
	buf_printf(out, "# Minutes: %.*s\n\n", STR_ARG(c->title));
	put_when(out, c->start);
	buf_add(out, STR(" to "));
	put_when(out, c->until);
	buf_add(out, STR(" UTC"));
	if (c->place.len > 0)
		buf_printf(out, ", %.*s", STR_ARG(c->place));
	buf_add(out, STR("\n\nChair: "));
	for (unsigned i = 0; i < c->chairs; i++)
		buf_printf(out, "%s%.*s", i > 0 ? "; " : "", STR_ARG(c->chair[i]));
	if (c->facilitator.len > 0)
		buf_printf(out, "\nFacilitator: %.*s", STR_ARG(c->facilitator));
	buf_char(out, '\n');
}

static void put_present(struct db *db, uint64_t meeting, struct buf *out)
{
	struct query q = db_query(db,
	        "select party, office from meeting_present where meeting = ? and draft = 1 order by party, "
	        "id");

	buf_add(out, STR("\n## Present\n\n"));
	query_u64(&q, meeting);
	while (query_next(&q) == 1) {
		struct str office = query_get_text(&q, 1);
		buf_printf(out, "- %.*s%s%.*s\n", STR_ARG(query_get_text(&q, 0)), office.len > 0 ? ": " : "",
		        STR_ARG(office));
	}
	query_done(&q, NULL);
}

static void put_agenda(const struct meeting_card *c, struct buf *out)
{
	if (c->items == 0)
		return;
	buf_add(out, STR("\n## Agenda (UTC)\n\n"));
	for (unsigned i = 0; i < c->items; i++) {
		struct str symbol, rest;
		bool any = false;
		buf_printf(out, "%u. ", i + 1);
		put_when(out, c->item[i].start);
		buf_printf(out, " %.*s", STR_ARG(c->item[i].title));
		for (unsigned k = 0; k < c->files; k++)
			if ((c->item[i].papers & 1u << k) != 0 &&
			        meeting_symbol(c->file[k].name, &symbol, &rest)) {
				buf_printf(out, "%s%.*s", any ? " " : " [", STR_ARG(symbol));
				any = true;
			}
		buf_add(out, any ? STR("]\n") : STR("\n"));
	}
}

static void put_papers(const struct meeting_card *c, struct buf *out)
{
	if (c->files == 0)
		return;
	buf_add(out, STR("\n## Papers\n\n"));
	for (unsigned i = 0; i < c->files; i++) {
		char hex[2 * DIGEST_LEN + 1];
		str_hex_print(hex, c->file[i].sha256, DIGEST_LEN);
		buf_printf(out, "- %.*s, SHA-256 %s\n", STR_ARG(c->file[i].name), hex);
	}
}

static void put_followups(struct db *db, uint64_t meeting, struct buf *out)
{
	struct query q = db_query(db,
	        "select owner, due, what from meeting_followup where meeting = ? and draft = 1 order by due, "
	        "id");
	unsigned n = 0;

	query_u64(&q, meeting);
	while (query_next(&q) == 1) {
		char stamp[STAMP_TEXT];
		stamp_print(stamp, query_get_i64(&q, 1));
		if (n++ == 0)
			buf_add(out, STR("\n## To be done\n\n"));
		buf_printf(out, "%u. %.*s, by %.10s: %.*s\n", n, STR_ARG(query_get_text(&q, 0)), stamp,
		        STR_ARG(query_get_text(&q, 2)));
	}
	query_done(&q, NULL);
}

void meeting_minutes_write(struct db *db, const struct meeting *m, struct str words, struct buf *out)
{
	put_head(m->card, out);
	put_present(db, m->id, out);
	put_agenda(m->card, out);
	buf_add(out, STR("\n## What was said and agreed\n\n"));
	buf_add(out, words);
	buf_char(out, '\n');
	put_followups(db, m->id, out);
	put_papers(m->card, out);
}

/* ---- sent ---------------------------------------------------------------------------------------- */

static unsigned add_attendance(struct db *db, uint64_t meeting, struct buf *body)
{
	struct query q = db_query(db,
	        "select party, office from meeting_present where meeting = ? and draft = 1 order by party, "
	        "id limit 500");
	unsigned n = 0;

	query_u64(&q, meeting);
	buf_add(body, STR(",\"attendance\":["));
	for (; query_next(&q) == 1; n++) {
		buf_add(body, n > 0 ? STR(",{\"party\":") : STR("{\"party\":"));
		buf_json(body, query_get_text(&q, 0));
		if (query_get_text(&q, 1).len > 0)
			text_put(body, "office", query_get_text(&q, 1));
		buf_char(body, '}');
	}
	query_done(&q, NULL);
	buf_char(body, ']');
	return n;
}

static void add_followups(struct db *db, uint64_t meeting, struct buf *body)
{
	struct query q = db_query(db,
	        "select what, owner, due from meeting_followup where meeting = ? and draft = 1 order by due, "
	        "id limit 500");
	unsigned n = 0;

	query_u64(&q, meeting);
	buf_add(body, STR(",\"followups\":["));
	for (; query_next(&q) == 1; n++) {
		buf_add(body, n > 0 ? STR(",{\"what\":") : STR("{\"what\":"));
		buf_json(body, query_get_text(&q, 0));
		text_put(body, "owner", query_get_text(&q, 1));
		time_put(body, "due", query_get_i64(&q, 2));
		buf_char(body, '}');
	}
	query_done(&q, NULL);
	buf_char(body, ']');
}

/* Rows of the draft that are not in what stands, and of what stands that are not in the draft. */
#define DIFFER(rows, columns)                                                                                \
	"exists (select " columns " from " rows " where meeting = ?1 and draft = 1 except select " columns   \
	" from " rows " where meeting = ?1 and draft = 0) or exists (select " columns " from " rows          \
	" where meeting = ?1 and draft = 0 except select " columns " from " rows                             \
	" where meeting = ?1 and draft = 1)"

/* Who has agreed has agreed with these bytes: what else the minutes say does not change under them. */
static int check_same(
        struct change *c, const struct meeting *m, const uint8_t sha256[DIGEST_LEN], struct err *e)
{
	struct query q = db_query(c->db,
	        "select " DIFFER("meeting_present", "party, office") " or " DIFFER("meeting_followup",
	                "what, owner, due") " from meeting where id = ?1 and minutes_sha256 = "
	                                    "?2");

	query_u64(&q, m->id);
	query_blob(&q, meeting_id_str(sha256));
	bool stand = query_next(&q) == 1, differ = stand && query_get_u64(&q, 0) != 0;
	query_done(&q, NULL);
	if (!stand)
		return 0;
	return differ
	        ? err_set(e, ERR_VALUE,
	                  "these are the bytes of the minutes that stand, but who was there or what is "
	                  "to be done differs: others have agreed with them as they are")
	        : err_set(e, ERR_VALUE, "G%llu has these very minutes already", (unsigned long long)m->id);
}

static int check_clock(struct change *c, const struct meeting *m, struct err *e)
{
	struct query q = db_query(c->db, "select 1 from meeting_minutes where meeting = ?1 and said > ?2");

	query_u64(&q, m->id);
	query_i64(&q, os_now() / 1000000);
	bool behind = query_next(&q) == 1;
	query_done(&q, NULL);
	return !behind
	        ? 0
	        : err_set(e, ERR_VALUE,
	                  "the clock of this machine is behind the minutes that stand: newer ones would "
	                  "count as older");
}

static int send(struct change *c, const struct meeting *m, const struct meeting_file *f, struct err *e)
{
	struct str to[STATEMENT_TO_MAX + 1];
	struct say say = {.kind = KIND_MEETING_MINUTES, .case_ = m->case_};
	auto_buf struct buf body = {0};
	uint8_t id[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];

	if (check_same(c, m, f->sha256, e) != 0 || check_clock(c, m, e) != 0)
		return e->code;
	meeting_others(c, m, false, &say, to);
	str_hex_print(hex, f->sha256, DIGEST_LEN);
	meeting_by(c, &body);
	text_put(&body, "minutes", str_from(hex));
	if (add_attendance(c->db, m->id, &body) == 0)
		return err_set(e, ERR_USAGE, "who was there? weir meeting attend G%llu PARTY",
		        (unsigned long long)m->id);
	add_followups(c->db, m->id, &body);
	buf_printf(&body, ",\"attachments\":[{\"sha256\":\"%s\",\"size\":%llu", hex,
	        (unsigned long long)f->size);
	text_put(&body, "name", f->name);
	text_put(&body, "media", f->media);
	buf_add(&body, STR("}]"));
	if (meeting_say(c, m, &say, &body, id, e) != 0)
		return e->code;
	plural_printf(c->said,
	        "G%llu: minutes %.16s go to %u parties, who agree within ten days or say what is wrong\n",
	        (unsigned long long)m->id, hex, say.to_count);
	return 0;
}

static int begin(struct change *c, struct arena *a, struct meeting *m, struct err *e)
{
	if (meeting_of_ours(c, a, m, e) != 0)
		return e->code;
	return !str_eq(m->card->state, STR("planned"))
	        ? 0
	        : err_set(e, ERR_VALUE, "G%llu has not been opened", (unsigned long long)m->id);
}

int change_meeting_minutes(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf words = {0}, text = {0};
	struct meeting_file f = {.name = STR_INIT("minutes.md"), .media = STR_INIT("text/markdown")};
	struct meeting m;

	arena_init(&a, 0);
	if (begin(c, &a, &m, e) != 0 || change_lines(c, "text", TEXT, &words, e) != 0)
		return e->code;
	if (str_trim(buf_str(&words)).len == 0)
		return err_set(e, ERR_USAGE, "what was said and agreed? text, or a file");
	meeting_minutes_write(c->db, &m, str_trim(buf_str(&words)), &text);
	if (c->here->ways == NULL)
		return err_set(
		        e, ERR_MISSING, "this node has no party to speak for: set the country in weir.yaml");
	f.size = text.len;
	int rc = c->here->ways->keep(c->here, c->db, buf_str(&text), f.sha256, e);
	return rc != 0 ? rc : send(c, &m, &f, e);
}

int change_meeting_minutes_file(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct meeting_file f;
	struct meeting m;

	arena_init(&a, 0);
	if (begin(c, &a, &m, e) != 0)
		return e->code;
	if (!meeting_file_of(c, &a, &f))
		return err_set(e, ERR_USAGE, "no bytes came with it");
	return meeting_keep(c, &f, e) != 0 ? e->code : send(c, &m, &f, e);
}
