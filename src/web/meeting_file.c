/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes of a meeting: a paper, minutes, a credential; and its sessions for any calendar program.
 *
 * Papers come from others. They are given byte for byte, to be kept, under a name that no program opens by itself; one that is text
 * is shown as text and nothing else.
 */
#include "base/os.h"
#include "base/utf8.h"
#include "event/field.h"
#include "form/ics.h"
#include "trust/say.h"
#include "web/meetings.h"

#define OUT_MAX ((size_t)128 << 20)
#define DIGITS 8 /* of a digest, at least */

struct found {
	struct str hex;
	unsigned n;
};

/* The first and the last digest that begins with these digits. */
static void bounds(struct str digits, uint8_t first[DIGEST_LEN], uint8_t last[DIGEST_LEN])
{
	for (size_t i = 0; i < 2 * (size_t)DIGEST_LEN; i++) {
		unsigned shift = i % 2 == 0 ? 4 : 0;
		unsigned low = i < digits.len ? (unsigned)char_hex(digits.p[i]) : 0;
		unsigned high = i < digits.len ? low : 15;
		first[i / 2] = (uint8_t)((shift != 0 ? 0 : first[i / 2]) | low << shift);
		last[i / 2] = (uint8_t)((shift != 0 ? 0 : last[i / 2]) | high << shift);
	}
}

#define OF(table, more)                                                                                      \
	"exists (select 1 from " table " x join meeting m on m.id = x.meeting" more                          \
	" where x.statement = f.statement and ?3 in (0, m.id))"

/* Found through a meeting that is in sight: a digest alone opens nothing. meeting 0: any. */
static struct found find(const struct ask *a, uint64_t meeting, struct str digits)
{
	struct query q = db_query(a->state,
	        "select distinct lower(hex(f.sha256)) from attachment f where f.sha256 between ?1 and ?2 and "
	        "f.here = 1 and (" OF("meeting_card", " and m.card = x.statement") " or " OF(
	                "meeting_minutes", "") " or " OF("meeting_note",
	                "") ") union select lower(hex(d.sha256)) from "
	                    "meeting_delegate d join meeting m on m.id = d.meeting where d.sha256 between ?1 "
	                    "and ?2 "
	                    "and ?3 in (0, m.id) limit 2");
	uint8_t first[DIGEST_LEN], last[DIGEST_LEN];
	struct found f = {0};

	bounds(digits, first, last);
	query_blob(&q, str_make((const char *)first, DIGEST_LEN));
	query_blob(&q, str_make((const char *)last, DIGEST_LEN));
	query_u64(&q, meeting);
	for (; query_next(&q) == 1; f.n++)
		f.hex = arena_str(a->arena, query_get_text(&q, 0));
	query_done(&q, NULL);
	return f;
}

static int check_digits(struct str s, struct err *e)
{
	bool good = s.len >= DIGITS && s.len <= 2 * DIGEST_LEN;
	char shown[80];

	for (size_t i = 0; i < s.len; i++)
		good &= char_hex(s.p[i]) >= 0;
	return good ? 0
	            : err_set(e, ERR_USAGE, "'%s' is no digest: 8 hexadecimal digits of it or more",
	                      err_quote(shown, sizeof(shown), s).p);
}

bool meeting_bytes(const struct ask *a, uint64_t statement, struct str hex, size_t most, struct buf *ret)
{
	uint8_t sha256[DIGEST_LEN];

	return hex.len == 2 * DIGEST_LEN && str_hex(hex, sha256, DIGEST_LEN) &&
	        blob_read_of(a->state, a->folder, statement, sha256, most, ret, NULL) == 0;
}

/* Its bytes, which are those that were kept. */
static int read_found(
        const struct ask *a, uint64_t meeting, struct str digits, size_t most, struct buf *ret, struct err *e)
{
	uint8_t sha256[DIGEST_LEN], now[DIGEST_LEN];

	if (check_digits(digits, e) != 0)
		return ERR_USAGE;
	struct found f = find(a, meeting, digits);
	if (f.n != 1 || !str_hex(f.hex, sha256, DIGEST_LEN))
		return err_set(e, ERR_MISSING,
		        f.n > 1 ? "several files begin like this: give more digits"
		                : "there is no such file of a meeting");
	if (blob_read(a->folder, sha256, most, ret, e) != 0)
		return e->code;
	digest_of(buf_str(ret), now);
	return memcmp(now, sha256, DIGEST_LEN) == 0
	        ? 0
	        : err_set(e, ERR_FORMAT, "the bytes are not those that were kept: their digest is another");
}

static int load_file(const struct ask *a, struct reply *r, struct err *e)
{
	r->type = "application/octet-stream";
	return read_found(a, 0, a->id, OUT_MAX, &r->body, e);
}

const struct route route_meeting_file = {.path = "/meeting-file",
        .about = "a paper of a meeting by its digest, byte for byte",
        .id = true,
        .load = load_file,
        .right = RIGHT_READ,
        .media = "application/octet-stream"};

bool meeting_is_text(struct str bytes)
{
	return utf8_valid(bytes) && (bytes.len == 0 || memchr(bytes.p, 0, bytes.len) == NULL);
}

int meeting_text(const struct ask *a, uint64_t meeting, struct str digits, struct buf *ret, struct err *e)
{
	int rc = read_found(a, meeting, digits, MEETING_TEXT_MOST, ret, e);

	if (rc == 0 && !meeting_is_text(buf_str(ret))) {
		buf_clear(ret);
		rc = err_set(e, ERR_VALUE, "it is no text: take out the file (weir meeting file)");
	}
	return rc;
}

static int load_text(const struct ask *a, struct reply *r, struct err *e)
{
	r->type = "text/plain; charset=utf-8";
	return meeting_text(a, 0, a->id, &r->body, e);
}

const struct route route_meeting_text = {.path = "/meeting-text",
        .about = "a paper of a meeting by its digest, if it is text",
        .id = true,
        .load = load_text,
        .right = RIGHT_READ};

/* ---- calendar ------------------------------------------------------------------------------------ */

/* The label says whether titles may stand in a calendar, which lies in programs of others. */
static void put_event(const struct query *q, struct buf *out, struct arena *a)
{
	enum tlp tlp = tlp_find(query_get_text(q, 4));
	bool says = tlp != TLP_NONE && tlp <= TLP_AMBER;
	struct str what = query_get_text(q, 1);
	int64_t start = query_get_i64(q, 2), until = query_get_i64(q, 3);

	ics_event(out,
	        &(struct ics_event){.uid = arena_printf(a, "%.*s@weir", STR_ARG(query_get_text(q, 0))),
	                .summary = says ? arena_str(a, what) : STR("meeting"),
	                .description = arena_printf(a, "TLP:%.*s", STR_ARG(query_get_text(q, 4))),
	                .at = start * 1000000,
	                .made = os_now(),
	                .minutes = until > start ? (uint64_t)(until - start) / 60 : 15,
	                .alarm_minutes = 15});
}

/* Sessions of those that have not ended, or the whole of one without an agenda; and what we are to do. */
static int load_calendar(const struct ask *a, struct reply *r, struct err *e)
{
	auto_arena struct arena arena = {0};
	struct query q = db_query(a->state,
	        "select 'G' || m.id || '.' || i.place, m.title || ': ' || i.title, i.start, i.until, m.label "
	        "from meeting m join meeting_item i on i.meeting = m.id where m.state in ('planned', 'open') "
	        "union all select 'G' || m.id, m.title, m.start, m.until, m.label from meeting m where "
	        "m.state "
	        "in ('planned', 'open') and not exists (select 1 from meeting_item i where i.meeting = m.id) "
	        "union all select 'U' || f.id, 'due: ' || f.what, f.due, f.due, m.label from meeting m join "
	        "meeting_followup f on f.meeting = m.id where f.draft = 0 and f.owner = " MEETING_US
	        " and " MEETING_UNDONE " order by 3 limit 1000");

	arena_init(&arena, 0);
	r->type = "text/calendar; charset=utf-8";
	ics_begin(&r->body, STR("Weir: meetings"));
	while (query_next(&q) == 1)
		put_event(&q, &r->body, &arena);
	ics_end(&r->body);
	return query_done(&q, e);
}

const struct route route_meeting_calendar = {.path = "/meeting-calendar",
        .about = "sessions of meetings, and what we are to do by their minutes, as a calendar (RFC 5545)",
        .load = load_calendar,
        .right = RIGHT_READ,
        .media = "text/calendar; charset=utf-8",
        .suffix = ".ics"};
