/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/load.h"

#include "trust/say.h"

#define TEXT_ROOM (AGREE_TEXT_MAX + 1)

static struct str digest_str(const uint8_t id[DIGEST_LEN])
{
	return str_make((const char *)id, DIGEST_LEN);
}

/* ---- statements ---------------------------------------------------------------------------------- */

/* ?1: the id of the opening, ?2: the row of the round. What counts does not depend on when it came here: one of the future counts when
 * its time has come, one that may expire nowhere. What is not signed yet nobody has seen. */
#define GOOD                                                                                                 \
	"s.signature is not null and s.expires = 0 and (s.verdict in ('ok', 'gap', 'fork') or (s.verdict = " \
	"'future' and s.effect = 1))"
static const char statements_sql[] =
        "with own(n, id) as (select n, id from statement where id = ?1 union select s.n, s.id from statement "
        "s where "
        "s.case_id = ?1 and " GOOD
        " union select s.n, s.id from agree_round o join agree_round r on r.id = ?2 and "
        "o.instrument = r.instrument and o.number = r.number join statement s on s.n = o.statement "
        "where " GOOD "), "
        /* each entry of a receipt is a row: what they stand in is taken once */
        "told(n) as (select distinct r.statement from own join agree_receipt r on r.of = own.id union select "
        "r.statement "
        "from statement w join agree_receipt r on r.of = w.id where w.kind = 'rejoin') "
        "select n from own union select s.n from told join statement s on s.n = told.n where " GOOD
        " union select s.n from statement s where s.reply = ?1 and +s.kind = 'ack' and " GOOD
        " union select s.n from statement s where s.kind = 'rejoin' and " GOOD
        " union select t.n from own join statement s on s.n = own.n join statement t on t.stream = s.stream "
        "and t.seq = "
        "s.seq and t.n <> s.n where t.signature is not null order by 1";

/* Half of the statements are another round: what cannot be read is no outcome. */
static int load_statements(struct arena *a, struct db *db, struct round_loaded *r, struct err *e)
{
	struct query q = db_query(db, statements_sql);
	VEC(uint64_t) n = {0};
	size_t k = 0;

	query_blob(&q, digest_str(r->open.id));
	query_u64(&q, r->id);
	while (query_next(&q) == 1)
		*(uint64_t *)vec_add(&n) = query_get_u64(&q, 0);
	int rc = query_done(&q, e);
	struct stored *stored = arena_array(a, n.n + 1, sizeof(*stored));
	struct said *said = arena_array(a, n.n + 1, sizeof(*said));
	while (rc == 0 && k < n.n && store_find_n(db, n.v[k], a, &stored[k])) {
		said[k] = said_make(stored[k].id, &stored[k].h, stored_body(&stored[k], a));
		if (memcmp(stored[k].id, r->open.id, DIGEST_LEN) == 0)
			r->in.open = &said[k];
		k++;
	}
	if (rc == 0 && (k < n.n || r->in.open == NULL))
		rc = err_set(e, ERR_SYS, "a statement of the round could not be read");
	vec_done(&n);
	r->stored = stored;
	r->in.said = said;
	r->in.n = k;
	return rc;
}

const struct stored *round_stored(const struct round_loaded *r, const struct said *s)
{
	return s >= r->in.said && s < r->in.said + r->in.n ? &r->stored[s - r->in.said] : NULL;
}

/* ---- keys and logs ------------------------------------------------------------------------------- */

/* Of two lists under one number the first is kept, and the link has an alarm until people have spoken: that there was another
 * one is all that matters here. */
static struct round_list other_list(const struct round_list *l)
{
	struct round_list other = *l;

	other.digest[0] ^= 1;
	return other;
}

static int load_lists(struct arena *a, struct db *db, struct round_loaded *r, struct err *e)
{
	VEC(struct round_list) all = {0};
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < r->manifest.members; i++) {
		struct query q = db_query(db,
		        "select k.number, k.digest, p.alarm <> '' from key_list k left join party p on "
		        "p.name = "
		        "k.party where k.party = ? order by k.number");
		struct round_list l = {.party = r->manifest.member[i].party};
		bool alarm = false;
		query_text(&q, l.party);
		while (query_next(&q) == 1) {
			l.number = query_get_u64(&q, 0);
			alarm = query_get_u64(&q, 2) != 0;
			if (query_get_blob(&q, 1).len != DIGEST_LEN)
				continue;
			memcpy(l.digest, query_get_blob(&q, 1).p, DIGEST_LEN);
			*(struct round_list *)vec_add(&all) = l;
		}
		if (alarm)
			*(struct round_list *)vec_add(&all) = other_list(&l);
		rc = query_done(&q, e);
	}
	r->in.list = arena_copy(a, all.v, all.n, sizeof(*all.v));
	r->in.lists = all.n;
	vec_done(&all);
	return rc;
}

/* Where statements of others stand in the copies of their logs that are here, and what we witnessed after closing. */
static int load_proofs(struct arena *a, struct db *db, struct round_loaded *r, struct err *e)
{
	VEC(struct round_proof) all = {0};
	struct query q = db_query(db,
	        "select s.id, m.n from statement s join log_mirror m on m.digest = s.id and m.party = "
	        "s.sender join log_peer "
	        "p on p.party = s.sender and m.n < p.mirrored where s.case_id = ?");

	query_blob(&q, digest_str(r->open.id));
	while (query_next(&q) == 1) {
		struct round_proof p = {.index = query_get_u64(&q, 1)};
		memcpy(p.id, query_get_blob(&q, 0).p, DIGEST_LEN);
		*(struct round_proof *)vec_add(&all) = p;
	}
	int rc = query_done(&q, e);
	r->in.proof = arena_copy(a, all.v, all.n, sizeof(*all.v));
	r->in.proofs = all.n;
	vec_done(&all);
	return rc;
}

static int load_witnesses(
        struct arena *a, struct db *db, struct str me, struct round_loaded *r, struct err *e)
{
	struct round_witness *w = arena_array(a, MANIFEST_PARTIES, sizeof(*w));
	struct query q = db_query(db, "select party, size, time from agree_witness where round = ?");

	query_u64(&q, r->id);
	r->in.witness = w;
	while (query_next(&q) == 1 && r->in.witnesses < MANIFEST_PARTIES) {
		if (!manifest_party(&r->manifest, query_get_text(&q, 0)))
			continue;
		w[r->in.witnesses++] = (struct round_witness){.party = arena_str(a, query_get_text(&q, 0)),
		        .witness = me,
		        .size = query_get_u64(&q, 1),
		        .time = query_get_i64(&q, 2)};
	}
	return query_done(&q, e);
}

static struct str own_party(struct arena *a, struct db *db)
{
	struct query q = db_query(db, "select name from party where own = 1 limit 1");
	struct str s = STR("");

	if (query_next(&q) == 1)
		s = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	return s;
}

/* ---- manifest and texts -------------------------------------------------------------------------- */

static void load_manifest(struct arena *a, const char *folder, struct round_loaded *r)
{
	auto_buf struct buf bytes = {0};
	struct agree_fault fault;
	uint8_t digest[DIGEST_LEN];
	struct str hex = item_text(&r->open_body, "round_sha256");

	if (hex.len != 2 * DIGEST_LEN || !str_hex(hex, digest, DIGEST_LEN)) {
		r->why = "the opening names no manifest";
		return;
	}
	if (blob_read(folder, digest, MANIFEST_MAX + 1, &bytes, NULL) != 0)
		r->why = "its manifest has not come yet";
	else if (!manifest_read(arena_str(a, buf_str(&bytes)), &r->manifest, &fault))
		r->why = "its manifest is none";
	memcpy(r->manifest.sha256, digest, DIGEST_LEN);
	if (r->why == NULL)
		r->why = opening_wrong(&r->open.h, &r->open_body, &r->manifest);
}

int round_text(struct arena *a, const char *folder, const struct manifest *m, struct str lang,
        struct agree_text *ret, struct err *e)
{
	const struct manifest_text *t = lang.p == NULL ? manifest_authentic(m) : NULL;
	auto_buf struct buf bytes = {0};
	struct agree_fault fault;

	for (unsigned i = 0; lang.p != NULL && i < m->texts; i++)
		if (str_eq(m->text[i].lang, lang))
			t = &m->text[i];
	if (t == NULL)
		return err_set(e, ERR_MISSING, "the round has no text in that language");
	int rc = blob_read(folder, t->sha256, TEXT_ROOM, &bytes, e);
	if (rc != 0)
		return rc;
	if (agree_text_parse(a, arena_str(a, buf_str(&bytes)), !t->authentic, ret, &fault))
		return 0;
	return err_set(e, ERR_VALUE, "text %.*s: line %u: %s", STR_ARG(t->lang), fault.line, fault.why);
}

/* ---- the round ----------------------------------------------------------------------------------- */

/* A digest alone does not open what others have brought: the chair's node hands in its files too (link/blob.h). */
static bool by_others(struct db *db, uint64_t n)
{
	struct query q = db_query(db,
	        "select 1 from attachment a join blob b on b.sha256 = a.sha256 where a.statement = ? and "
	        "a.here = 0");

	query_u64(&q, n);
	bool yes = query_next(&q) == 1;
	query_done(&q, NULL);
	return yes;
}

int round_load_opening(struct arena *a, struct db *db, const char *folder, uint64_t id,
        struct round_loaded *ret, struct err *e)
{
	struct query q = db_query(db, "select statement, bad from agree_round where id = ?");
	uint64_t n = 0;

	*ret = (struct round_loaded){.id = id};
	query_u64(&q, id);
	if (query_next(&q) == 1) {
		n = query_get_u64(&q, 0);
		ret->bad = arena_str(a, query_get_text(&q, 1));
	}
	query_done(&q, NULL);
	if (n == 0 || !store_find_n(db, n, a, &ret->open))
		return err_set(e, ERR_MISSING, "there is no such round");
	ret->open_body = stored_body(&ret->open, a);
	load_manifest(a, folder, ret);
	if (by_others(db, n))
		ret->why = "its chair has not handed in all of its files yet";
	if (ret->why == NULL)
		ret->in.m = &ret->manifest;
	return 0;
}

int round_load(struct arena *a, struct db *db, const char *folder, uint64_t id, struct round_loaded *ret,
        struct err *e)
{
	int rc = round_load_opening(a, db, folder, id, ret, e);

	if (rc == 0)
		rc = load_statements(a, db, ret, e);
	if (rc != 0 || ret->why != NULL)
		return rc;
	rc = load_lists(a, db, ret, e);
	if (rc == 0)
		rc = load_proofs(a, db, ret, e);
	return rc == 0 ? load_witnesses(a, db, own_party(a, db), ret, e) : rc;
}

static bool of_round(const struct round_loaded *r, uint64_t n)
{
	for (size_t i = 0; i < r->in.n; i++)
		if (r->stored[i].n == n)
			return true;
	return false;
}

int round_bytes(struct db *db, const char *folder, const struct round_loaded *r,
        const uint8_t sha256[DIGEST_LEN], size_t most, struct buf *ret, struct err *e)
{
	struct query q = db_query(db, "select statement from attachment where sha256 = ? and here = 1");
	bool there = false;

	query_blob(&q, str_make((const char *)sha256, DIGEST_LEN));
	while (!there && query_next(&q) == 1)
		there = of_round(r, query_get_u64(&q, 0));
	query_done(&q, NULL);
	return there ? blob_read(folder, sha256, most, ret, e)
	             : err_set(e, ERR_MISSING, "its bytes are not here yet");
}

uint64_t round_before(struct db *db, const struct manifest *m)
{
	struct query q = db_query(db,
	        "select id from agree_round where instrument = ? and digest = ? order by id desc limit 1");
	uint64_t id = 0;

	query_text(&q, m->instrument);
	query_blob(&q, str_make((const char *)m->previous, DIGEST_LEN));
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return id;
}

/* ---- what people mean ---------------------------------------------------------------------------- */

static uint64_t none(struct str words, struct err *e)
{
	char shown[80];

	err_set(e, ERR_MISSING,
	        "there is no round '%s'; a round is such as gate-times, gate-times/2, or the beginning of "
	        "its id",
	        err_quote(shown, sizeof(shown), words).p);
	return 0;
}

/* Two manifests of one number are a dispute, and each of them is a round. */
static uint64_t numbered(
        struct db *db, struct str instrument, uint64_t number, struct str words, struct err *e)
{
	auto_buf struct buf ids = {0};
	char shown[80];
	uint64_t id = 0;
	unsigned n = 0;
	struct query q = db_query(db,
	        "select id, lower(hex(substr(open, 1, 6))) from agree_round where instrument = ? and number "
	        "= ? "
	        "order by id limit 9");

	query_text(&q, instrument);
	query_u64(&q, number);
	for (; query_next(&q) == 1; n++) {
		id = query_get_u64(&q, 0);
		buf_printf(&ids, "%s%.*s", n > 0 ? ", " : "", STR_ARG(query_get_text(&q, 1)));
	}
	query_done(&q, NULL);
	if (n < 2)
		return n == 1 ? id : none(words, e);
	err_set(e, ERR_VALUE, "'%s' is the name of %u rounds, which are in dispute: name one by its id, %.*s",
	        err_quote(shown, sizeof(shown), words).p, n, STR_ARG(buf_str(&ids)));
	return 0;
}

static uint64_t by_digits(struct db *db, struct str words, struct err *e)
{
	char shown[80];
	struct query q = db_query(db,
	        "select id from agree_round where lower(hex(open)) between ?1 and ?1 || 'g' or "
	        "lower(hex(digest)) between ?1 and ?1 || 'g' limit 2");

	query_text(&q, words);
	uint64_t id = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	bool more = id != 0 && query_next(&q) == 1;
	query_done(&q, NULL);
	if (id == 0 || !more)
		return id != 0 ? id : none(words, e);
	err_set(e, ERR_VALUE, "'%s' begins the id of several rounds: give more digits",
	        err_quote(shown, sizeof(shown), words).p);
	return 0;
}

static bool hex_only(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!str_has(STR("0123456789abcdef"), s.p[i]))
			return false;
	return s.len >= 8 && s.len <= 2 * DIGEST_LEN;
}

uint64_t round_meant(struct db *db, struct str words, struct err *e)
{
	struct str_cut cut = str_cut(words, '/');
	uint64_t number = 0;

	if (cut.ok && str_u64(cut.tail, &number))
		return numbered(db, cut.head, number, words, e);
	struct query q =
	        db_query(db, "select coalesce(max(number), 0) from agree_round where instrument = ?");
	query_text(&q, words);
	number = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;
	query_done(&q, NULL);
	if (number != 0)
		return numbered(db, words, number, words, e);
	return hex_only(words) ? by_digits(db, words, e) : none(words, e);
}
