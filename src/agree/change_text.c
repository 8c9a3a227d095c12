/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts of the next round, and its manifest.
 */
#include "agree/change_in.h"
#include "agree/delegation.h"
#include "agree/off_days.h"
#include "agree/plan.h"
#include "agree/summary.h"
#include "base/os.h"
#include "base/plural.h"

#define TEXT_ROOM (AGREE_TEXT_MAX + 1)

/* ---- texts --------------------------------------------------------------------------------------- */

static int read_bytes(struct change *c, struct buf *ret, struct err *e)
{
	if (c->file.len > 0 && c->size > 0)
		return os_read_file(c->file.p, TEXT_ROOM, ret, e);
	return change_lines(c, "text", TEXT_ROOM, ret, e);
}

static bool same_draft(
        struct change *c, struct str instrument, struct str lang, struct str text, bool authentic)
{
	struct query q = db_query(c->db,
	        "select 1 from agree_draft where instrument = ? and lang = ? and text = ? and authentic = ?");

	query_text(&q, instrument);
	query_text(&q, lang);
	query_blob(&q, text);
	query_u64(&q, authentic);
	bool same = query_next(&q) == 1;
	query_done(&q, NULL);
	return same;
}

void agree_draft_put(
        struct change *c, struct str instrument, struct str lang, struct str text, bool authentic)
{
	struct query q = db_query(c->db,
	        "insert into agree_draft(instrument, lang, authentic, text, at, person) values (?, ?, ?, ?, "
	        "?, ?) on "
	        "conflict(instrument, lang) do update set authentic = excluded.authentic, text = "
	        "excluded.text, at = "
	        "excluded.at, person = excluded.person");

	query_text(&q, instrument);
	query_text(&q, lang);
	query_u64(&q, authentic);
	query_blob(&q, text);
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_run(&q);
	if (!authentic)
		return;
	struct query w = db_query(c->db,
	        "update agree_draft set authentic = 0 where instrument = ? and lang <> ? and authentic = 1");
	query_text(&w, instrument);
	query_text(&w, lang);
	query_run(&w);
}

static bool name_good(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!str_has(STR("abcdefghijklmnopqrstuvwxyz0123456789.-"), s.p[i]) ||
		        (i == 0 && str_has(STR(".-"), s.p[0])))
			return false;
	return s.len > 0 && s.len <= 63;
}

int change_agree_text(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf bytes = {0};
	struct str instrument = agree_param(c, "instrument"), lang = agree_param(c, "lang");
	bool authentic =
	        change_param(c, "authentic").p != NULL && !str_eq(agree_param(c, "authentic"), STR("no"));
	struct agree_text text;
	struct agree_fault fault;
	int rc = read_bytes(c, &bytes, e);

	arena_init(&a, 0);
	if (rc != 0)
		return rc;
	if (!name_good(instrument))
		return err_set(e, ERR_USAGE, "instrument: 1 to 63 of a-z, 0-9, '.', '-', such as gate-times");
	if (lang.len < 2 || lang.len > 35)
		return err_set(e, ERR_USAGE, "lang: the language of the text, such as en or lo");
	if (!agree_text_parse(&a, buf_str(&bytes), !authentic, &text, &fault))
		return err_set(e, ERR_VALUE, "line %u: %s; weir agree mark makes a text of a draft",
		        fault.line, fault.why);
	if (same_draft(c, instrument, lang, buf_str(&bytes), authentic)) {
		buf_printf(c->said, "the text is here already, with these bytes: nothing has changed\n");
		return 0;
	}
	agree_draft_put(c, instrument, lang, buf_str(&bytes), authentic);
	bool instead = authentic && db_changes(c->db) > 0;
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(instrument));
	snprintf(c->detail, sizeof(c->detail), "%.*s", STR_ARG(lang));
	plural_printf(c->said, authentic ? "%u clauses, the authentic text\n" : "%u clauses, a translation\n",
	        text.n);
	if (instead)
		buf_add(c->said,
		        STR("the text that was authentic before is taken for a translation from now on; weir "
		            "agree "
		            "texts shows both\n"));
	return 0;
}

int change_agree_drop_text(struct change *c, struct err *e)
{
	struct str instrument = agree_param(c, "instrument"), lang = agree_param(c, "lang");
	struct query q = db_query(c->db, "delete from agree_draft where instrument = ? and lang = ?");

	query_text(&q, instrument);
	query_text(&q, lang);
	query_run(&q);
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(instrument));
	snprintf(c->detail, sizeof(c->detail), "%.*s", STR_ARG(lang));
	if (db_changes(c->db) == 0)
		return err_set(e, ERR_MISSING,
		        "there is no such text here; weir agree texts has those that there are");
	buf_add(c->said, STR("the text is not kept any more\n"));
	return 0;
}

/* ---- opening ------------------------------------------------------------------------------------- */

static void put_file(
        struct buf *out, bool first, const uint8_t sha256[DIGEST_LEN], size_t size, struct str name)
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, sha256, DIGEST_LEN);
	buf_printf(out, "%s{\"sha256\":\"%s\",\"size\":%zu,\"name\":", first ? "" : ",", hex, size);
	buf_json(out, name);
	buf_add(out, STR(",\"media\":\"text/plain\"}"));
}

/* Observers without a node, whom we host: ,"hosted":["th"]. What their mail is called goes with it. */
static void put_hosted(struct buf *out, struct db *db, const struct manifest *m)
{
	unsigned n = 0;

	for (unsigned i = 0; i < m->observers; i++)
		if (store_link(db, m->observer[i]).role == LINK_MAIL)
			buf_printf(
			        out, "%s\"%.*s\"", n++ > 0 ? "," : ",\"hosted\":[", STR_ARG(m->observer[i]));
	if (n == 0)
		return;
	buf_char(out, ']');
	text_put(out, "title", m->title);
}

static void opening_members(struct buf *out, struct db *db, const struct plan *p, struct str summaries)
{
	const struct manifest *m = &p->m;

	text_put(out, "instrument", m->instrument);
	buf_printf(out, ",\"round\":%u", m->round);
	round_put(out, m);
	time_put(out, "closes", m->closes);
	put_hosted(out, db, m);
	buf_add(out, STR(",\"attachments\":["));
	put_file(out, true, m->sha256, m->bytes.len, STR("manifest.txt"));
	for (unsigned i = 0; i < m->texts; i++) {
		char name[64];
		snprintf(name, sizeof(name), "text.%.*s.md", STR_ARG(m->text[i].lang));
		put_file(out, false, m->text[i].sha256, p->text[i].bytes.len, str_from(name));
	}
	buf_add(out, summaries);
	buf_char(out, ']');
}

/* The bytes that the opening will name. */
static int keep_files(struct change *c, const struct plan *p, struct err *e)
{
	uint8_t sha256[DIGEST_LEN];
	int rc = c->here->ways != NULL
	        ? 0
	        : err_set(e, ERR_MISSING,
	                  "this node has no party to speak for: set the country in weir.yaml");

	if (rc == 0)
		rc = c->here->ways->keep(c->here, c->db, p->m.bytes, sha256, e);
	for (unsigned i = 0; rc == 0 && i < p->m.texts; i++)
		rc = c->here->ways->keep(c->here, c->db, p->text[i].bytes, sha256, e);
	return rc;
}

/* Who reads it knows what is counted as working days, and what nobody here knows. */
static void say_off_days(struct change *c, const struct manifest *m)
{
	struct str party[MANIFEST_MEMBERS];
	auto_buf struct buf days = {0}, unknown = {0};

	for (unsigned i = 0; i < m->members; i++)
		party[i] = m->member[i].party;
	off_days_put(c->db, c->here->calendars, party, m->members, m->opens / 86400, m->closes / 86400,
	        m->off, m->offs, &days);
	off_days_unknown(
	        c->here->calendars, party, m->members, m->opens / 86400, m->closes / 86400, &unknown);
	if (days.len > 0)
		buf_printf(c->said, "holidays that the manifest counts as working days (--off): %.*s\n",
		        STR_ARG(buf_str(&days)));
	if (unknown.len > 0)
		buf_printf(c->said, "holidays that are not known here: %.*s\n", STR_ARG(buf_str(&unknown)));
}

/* The last that waits for the second person takes the place of any other of its instrument: signing both would give a round two
 * manifests. It was put in before, so its number is new, and nobody signs it who has the other one before him. */
static void replace_waiting(struct change *c, struct str instrument)
{
	struct query q = db_query(c->db,
	        "delete from agree_pending where kind = 'agree.open' and instrument = ?1 and id <> (select "
	        "max(id) from agree_pending where kind = 'agree.open' and instrument = ?1) returning id, "
	        "person");

	query_text(&q, instrument);
	while (query_next(&q) == 1)
		buf_printf(c->said, "it takes the place of number %llu, which '%.*s' had written for it\n",
		        (unsigned long long)query_get_u64(&q, 0), STR_ARG(query_get_text(&q, 1)));
	query_done(&q, NULL);
}

/* Stale and missing clauses of translations are frozen as they stand. */
static void say_stale(struct change *c, struct arena *a, const struct plan *p)
{
	const struct agree_text *authentic = NULL;

	for (unsigned i = 0; i < p->m.texts; i++)
		if (p->m.text[i].authentic)
			authentic = &p->text[i];
	for (unsigned i = 0; authentic != NULL && i < p->m.texts; i++) {
		struct plan_stale s = {STR(""), STR("")};
		if (!p->m.text[i].authentic)
			s = plan_stale(a, authentic, &p->text[i]);
		if (s.stale.len > 0)
			buf_printf(c->said, "text %.*s is made from older words at %.*s\n",
			        STR_ARG(p->m.text[i].lang), STR_ARG(s.stale));
		if (s.missing.len > 0)
			buf_printf(c->said, "text %.*s lacks %.*s\n", STR_ARG(p->m.text[i].lang),
			        STR_ARG(s.missing));
	}
}

/* The exit asks when the opening is said, which is the second person's deed: the first one hears of it here. */
static void say_unmailed(struct change *c, const struct manifest *m)
{
	for (unsigned i = 0; i < m->observers; i++) {
		struct query q =
		        db_query(c->db, "select 1 from party where name = ? and role = 'mail' and pgp = ''");
		query_text(&q, m->observer[i]);
		if (query_next(&q) == 1)
			buf_printf(c->said,
			        "%.*s takes part by mail and has no OpenPGP key here, so the exit will "
			        "refuse a "
			        "round of AMBER: weir party edit %.*s --pgp FINGERPRINT, or --label CLEAR\n",
			        STR_ARG(m->observer[i]), STR_ARG(m->observer[i]));
		query_done(&q, NULL);
	}
}

int change_agree_propose(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf members = {0}, summaries = {0};
	struct str label = agree_param(c, "label");
	struct plan p = {0};

	arena_init(&a, 0);
	int rc = label.len == 0 || str_eq(label, STR("AMBER")) || str_eq(label, STR("CLEAR"))
	        ? plan_make(&a, c, os_now(), &p, e)
	        : err_set(e, ERR_USAGE, "label: a round is AMBER (its parties) or CLEAR (anybody)");
	if (rc == 0)
		rc = keep_files(c, &p, e);
	if (rc == 0)
		rc = summary_drafts_put(c, p.m.instrument, &summaries, e);
	if (rc == 0) {
		opening_members(&members, c->db, &p, buf_str(&summaries));
		struct voice v = {.kind = KIND_AGREE_OPEN,
		        .members = buf_str(&members),
		        .persons = 2,
		        .role = "may-bind"};
		snprintf(c->object, sizeof(c->object), "%.*s/%u", STR_ARG(p.m.instrument), p.m.round);
		rc = round_decide(c, NULL, &v, p.m.instrument, buf_str(&p.manifest),
		        label.len > 0 ? label : STR("AMBER"), e);
	}
	if (rc == 0) {
		replace_waiting(c, p.m.instrument);
		say_off_days(c, &p.m);
		say_stale(c, &a, &p);
		if (!str_eq(label, STR("CLEAR")))
			say_unmailed(c, &p.m);
	}
	buf_done(&p.manifest);
	return rc;
}
