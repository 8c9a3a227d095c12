/* SPDX-License-Identifier: Apache-2.0
 *
 * One need, offer or practice as text, and the files that came with it or go with a draft.
 */
#include "base/os.h"
#include "web/blob_out.h"
#include "web/learn.h"

static void head(struct buf *out, const char *name, struct str value)
{
	char shown[2300];

	if (value.len != 0)
		buf_printf(out, "%-11s %s\n", name, err_quote(shown, sizeof(shown), value).p);
}

static void head_time(struct buf *out, const char *name, int64_t seconds)
{
	char when[64];

	if (seconds != 0)
		buf_printf(out, "%-11s %.*s UTC\n", name, STR_ARG(list_when(when, seconds * 1000000)));
}

/* Line by line, each harmless on a terminal. */
static void put_texts(const struct ask *a, uint64_t id, struct buf *out)
{
	struct query q =
	        db_query(a->state, "select lang, text from learn_text where learn = ? order by lang");
	char shown[4200];

	query_u64(&q, id);
	while (query_next(&q) == 1) {
		buf_printf(out, "%s\n", err_quote(shown, sizeof(shown), query_get_text(&q, 0)).p);
		for (struct str_cut cut = {.tail = query_get_text(&q, 1), .ok = true}; cut.ok;) {
			cut = str_cut(cut.tail, '\n');
			buf_printf(out, "    %s\n", err_quote(shown, sizeof(shown), cut.head).p);
		}
	}
	query_run(&q);
}

static void put_rows(const struct ask *a, uint64_t id, struct buf *out, const char *what, const char *sql)
{
	struct query q = db_query_text(a->state, str_from(sql));

	query_u64(&q, id);
	while (query_next(&q) == 1)
		head(out, what, query_get_text(&q, 0));
	query_run(&q);
}

static bool put_facts(const struct ask *a, uint64_t id, struct buf *out)
{
	static const char *const texts[] = {"title", "party", "state", "area", "sim3", "office",
	        "learnt from", "language", "label", "group", "exercise", "reason", "answers"};
	static const char *const times[] = {"said", "until", "withdrawn", "acked", "ack by"};
	struct query q = db_query(a->state,
	        "select l.kind, l.title, l.party, " LEARN_STATE("l", "?2") ", l.area, " LEARN_SIM3(
	                "l") ", l.contact, l.learnt_from, l.lang, 'TLP:' || "
	                     "l.label, l.community, l.exercise, l.reason, coalesce((select 'G' || n.id from "
	                     "learn n where n.said = l.reply), case when l.reply is not null then 'a need "
	                     "that is not here' else '' end), l.created, coalesce(l.until, 0), "
	                     "coalesce(l.withdrawn, 0), coalesce(l.acked, 0), case when l.kind = 'offer' and "
	                     "l.ours = 0 then l.heard / 1000000 + 432000 else 0 end from learn l where "
	                     "l.id = ?1");

	query_u64(&q, id);
	query_i64(&q, os_now() / 1000000);
	bool there = query_next(&q) == 1;
	if (there)
		buf_printf(out, "%-11.*s G%llu\n", STR_ARG(query_get_text(&q, 0)), (unsigned long long)id);
	for (int i = 0; there && i < 13; i++)
		head(out, texts[i], query_get_text(&q, i + 1));
	for (int i = 0; there && i < 5; i++)
		head_time(out, times[i], query_get_i64(&q, i + 14));
	query_run(&q);
	return there;
}

static int load_one(const struct ask *a, struct reply *r, struct err *e)
{
	uint64_t id;

	r->type = "text/plain; charset=utf-8";
	if (ask_id(a->id, 'G', &id, e) != 0)
		return ERR_USAGE;
	if (!put_facts(a, id, &r->body))
		return err_set(e, ERR_MISSING, "there is no G%llu among needs, offers and practices",
		        (unsigned long long)id);
	put_rows(a, id, &r->body, "answered",
	        "select 'G' || o.id || ' ' || o.party || ': ' || o.title from learn l join learn o on "
	        "o.reply = "
	        "l.said where l.id = ? order by o.id");
	put_rows(a, id, &r->body, "told",
	        "select d.party || case when d.acked is not null then ', acknowledged by ' || coalesce(d.by, "
	        "'') when d.receipt is not null then ', received' else ', on its way' end from learn l join "
	        "delivery d on d.statement = l.statement where l.id = ? order by d.party");
	put_rows(a, id, &r->body, "file",
	        "select coalesce('B' || b.id, 'on its way') || ' ' || f.name || ', ' || f.size || ' bytes, ' "
	        "|| "
	        "lower(hex(f.sha256)) from learn l join attachment f on f.statement = l.statement left join "
	        "blob b on b.sha256 = f.sha256 and f.here = 1 where l.id = ? order by f.id");
	put_texts(a, id, &r->body);
	return 0;
}

const struct route route_learn = {.path = "/capability",
        .about = "one need, offer or practice, by its id",
        .id = true,
        .load = load_one,
        .right = RIGHT_READ};

/* Found through what is in sight: an id alone opens nothing. */
static int load_file(const struct ask *a, struct reply *r, struct err *e)
{
	struct blob_out b = {0};
	bool there;
	uint64_t id;

	if (ask_id(a->id, 'B', &id, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(a->state,
	        "select b.sha256, f.name, l.created * 1000000 from blob b join attachment f on f.sha256 = "
	        "b.sha256 join learn l on l.statement = f.statement where b.id = ?1 and f.here = 1 union all "
	        "select "
	        "b.sha256, "
	        "f.name, d.at from blob b join learn_draft_file f on f.blob = b.id join learn_draft d on "
	        "d.id = "
	        "f.draft where b.id = ?1 limit 1");
	query_u64(&q, id);
	there = query_next(&q) == 1 && query_get_blob(&q, 0).len == DIGEST_LEN;
	if (there) {
		b = (struct blob_out){.what = arena_printf(a->arena, "B%llu", (unsigned long long)id),
		        .name = arena_str(a->arena, query_get_text(&q, 1)),
		        .at = query_get_i64(&q, 2)};
		memcpy(b.sha256, query_get_blob(&q, 0).p, DIGEST_LEN);
	}
	query_run(&q);
	return there ? blob_out(a, &b, r, e)
	             : err_set(e, ERR_MISSING, "there is no file B%llu of a need, an offer or a practice",
	                       (unsigned long long)id);
}

const struct route route_learn_file = {.path = "/capability-file",
        .about = "a file of a need, an offer or a practice, as a ZIP archive with the password infected",
        .id = true,
        .load = load_file,
        .right = RIGHT_READ,
        .media = "application/zip",
        .suffix = ".zip"};
