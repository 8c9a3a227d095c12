/* SPDX-License-Identifier: Apache-2.0 */
#include "state/receipt.h"

static const struct str states[RECEIPT_STATES] = {[RECEIPT_ACCEPTED] = STR_INIT("accepted"),
        [RECEIPT_READING] = STR_INIT("reading"),
        [RECEIPT_DONE] = STR_INIT("done"),
        [RECEIPT_ASIDE] = STR_INIT("aside")};

struct str receipt_state_name(unsigned state)
{
	return state < RECEIPT_STATES ? states[state] : (struct str){0};
}

struct str receipt_grown_text(const struct receipt *r, char buf[RECEIPT_TEXT])
{
	int n = 0;

	if (!r->grows || r->grown == 0)
		return STR("");
	if (r->known_to == 0)
		n = snprintf(buf, RECEIPT_TEXT, "not R%llu grown longer: read as a new file",
		        (unsigned long long)r->grown);
	else
		n = snprintf(buf, RECEIPT_TEXT,
		        "R%llu grown by %llu bytes; %llu of its records were known from there",
		        (unsigned long long)r->grown, (unsigned long long)(r->size - r->known_to),
		        (unsigned long long)r->known);
	return str_make(buf, (size_t)n);
}

static enum receipt_state find_state(struct str word)
{
	unsigned i = 0;

	while (i < RECEIPT_STATES - 1 && !str_eq(states[i], word))
		i++;
	return i;
}

#define COLUMNS                                                                                              \
	"select id, parent, root, part, day, token, sha256, received, done, size, feed, name, path, "        \
	"person, via,"                                                                                       \
	" reader, sentence, lane = 'bulk', sure, state, edition, raw, chunks, settled, attempts, records,"   \
	" with_events, asides, none, events, new_findings, quiet, whole is not null, grown, known_to, "      \
	"whole,"                                                                                             \
	" known, red from receipt "

static void copy_bytes(uint8_t *to, size_t len, struct str from)
{
	memset(to, 0, len);
	if (from.len == len)
		memcpy(to, from.p, len);
}

static void take_texts(const struct query *q, struct arena *a, struct receipt *r)
{
	struct str *const texts[] = {
	        &r->feed, &r->name, &r->path, &r->person, &r->via, &r->reader, &r->sentence};

	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = arena_str(a, query_get_text(q, 10 + (int)i));
}

static void take_row(const struct query *q, struct arena *a, struct receipt *r)
{
	r->id = query_get_u64(q, 0);
	r->parent = query_get_u64(q, 1);
	r->root = query_get_u64(q, 2);
	r->part = (uint32_t)query_get_u64(q, 3);
	r->day = (uint32_t)query_get_u64(q, 4);
	copy_bytes(r->token, sizeof(r->token), query_get_blob(q, 5));
	copy_bytes(r->sha256, sizeof(r->sha256), query_get_blob(q, 6));
	r->received = query_get_i64(q, 7);
	r->done = query_get_i64(q, 8);
	r->size = query_get_u64(q, 9);
	take_texts(q, a, r);
	r->bulk = query_get_u64(q, 17) != 0;
	r->sure = query_get_u64(q, 18) != 0;
	r->state = find_state(query_get_text(q, 19));
	r->edition = (uint32_t)query_get_u64(q, 20);
	r->raw = (uint32_t)query_get_u64(q, 21);
	r->chunks = (uint32_t)query_get_u64(q, 22);
	r->settled = (uint32_t)query_get_u64(q, 23);
	r->attempts = (uint32_t)query_get_u64(q, 24);
	r->records = query_get_u64(q, 25);
	r->with_events = query_get_u64(q, 26);
	r->asides = query_get_u64(q, 27);
	r->none = query_get_u64(q, 28);
	r->events = query_get_u64(q, 29);
	r->new_findings = query_get_u64(q, 30);
	r->quiet = query_get_u64(q, 31) != 0;
	r->grows = query_get_u64(q, 32) != 0;
	r->grown = query_get_u64(q, 33);
	r->known_to = query_get_u64(q, 34);
	r->whole = query_get_u64(q, 35);
	r->known = query_get_u64(q, 36);
	r->red = query_get_u64(q, 37) != 0;
}

static int get(struct query *q, struct arena *a, struct receipt *ret, struct err *e)
{
	int rc = query_next(q);

	if (rc == 1) {
		*ret = (struct receipt){0};
		take_row(q, a, ret);
	}
	int done = query_done(q, e);
	return done != 0 ? done : rc;
}

int receipt_get(struct db *db, uint64_t id, struct arena *a, struct receipt *ret, struct err *e)
{
	struct query q = db_query(db, COLUMNS "where id = ?");

	query_u64(&q, id);
	return get(&q, a, ret, e);
}

int receipt_get_token(struct db *db, const uint8_t token[RECEIPT_TOKEN], struct arena *a, struct receipt *ret,
        struct err *e)
{
	struct query q = db_query(db, COLUMNS "where token = ?");

	query_blob(&q, str_make((const char *)token, RECEIPT_TOKEN));
	return get(&q, a, ret, e);
}

int receipt_get_part(
        struct db *db, uint64_t parent, uint32_t part, struct arena *a, struct receipt *ret, struct err *e)
{
	struct query q = db_query(db, COLUMNS "where parent = ? and part = ?");

	query_u64(&q, parent);
	query_u64(&q, part);
	return get(&q, a, ret, e);
}

int receipt_get_same(struct db *db, const uint8_t sha256[32], struct str feed, int64_t since, struct arena *a,
        struct receipt *ret, struct err *e)
{
	struct query q = db_query(db,
	        COLUMNS "where sha256 = ? and feed = ? and received >= ? and parent is null order by id desc "
	                "limit 1");

	query_blob(&q, str_make((const char *)sha256, 32));
	query_text(&q, feed);
	query_i64(&q, since);
	return get(&q, a, ret, e);
}

int receipt_get_open(struct db *db, bool bulk, struct arena *a, struct receipt *ret, struct err *e)
{
	struct query q = db_query(db,
	        COLUMNS
	        "where lane = ? and state in ('accepted', 'reading') and parent is null order by id limit 1");

	query_text(&q, bulk ? STR("bulk") : STR("interactive"));
	return get(&q, a, ret, e);
}

static void null_or(struct query *q, uint64_t v)
{
	if (v == 0)
		query_null(q);
	else
		query_u64(q, v);
}

static struct str text(struct str s)
{
	return s.p != NULL ? s : STR("");
}

static void insert_row(struct db *db, const struct receipt *r)
{
	struct query q = db_query(db,
	        "insert into receipt(token, parent, part, root, day, received, feed, name, path, person, "
	        "via, sha256,"
	        " size, lane, sure, sentence, state, quiet, grown, known_to, whole) values (?, ?, ?, ?, ?, "
	        "?, ?, "
	        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	struct str lane = r->bulk ? STR("bulk") : STR("interactive");

	query_blob(&q, str_make((const char *)r->token, sizeof(r->token)));
	null_or(&q, r->parent);
	null_or(&q, r->part);
	query_u64(&q, r->root);
	query_u64(&q, r->day);
	query_i64(&q, r->received);
	query_text(&q, text(r->feed));
	query_text(&q, text(r->name));
	query_text(&q, text(r->path));
	query_text(&q, text(r->person));
	query_text(&q, text(r->via));
	query_blob(&q, str_make((const char *)r->sha256, sizeof(r->sha256)));
	query_u64(&q, r->size);
	query_text(&q, lane);
	query_u64(&q, r->sure);
	query_text(&q, text(r->sentence));
	query_text(&q, states[r->state]);
	query_u64(&q, r->quiet);
	null_or(&q, r->grown);
	query_u64(&q, r->known_to);
	if (r->grows)
		query_u64(&q, r->whole);
	else
		query_null(&q);
	query_run(&q);
}

void receipt_insert(struct db *db, struct receipt *r)
{
	insert_row(db, r);
	r->id = db_last_id(db);
	if (r->root != 0)
		return;
	struct query q = db_query(db, "update receipt set root = id where id = ?");
	query_u64(&q, r->id);
	query_run(&q);
	r->root = r->id;
}

void receipt_update(struct db *db, const struct receipt *r)
{
	struct query q = db_query(db,
	        "update receipt set state = ?, done = ?, reader = ?, feed = ?, edition = ?, raw = ?, chunks "
	        "= ?, "
	        "settled = ?,"
	        " attempts = ?, records = ?, with_events = ?, asides = ?, none = ?, events = ?, new_findings "
	        "= ?, known = ?, known_to = ?,"
	        " sentence = ? where id = ?");
	const uint64_t numbers[] = {r->edition, r->raw, r->chunks, r->settled, r->attempts, r->records,
	        r->with_events, r->asides, r->none, r->events, r->new_findings, r->known, r->known_to};

	query_text(&q, states[r->state]);
	null_or(&q, (uint64_t)r->done);
	query_text(&q, text(r->reader));
	query_text(&q, text(r->feed));
	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		query_u64(&q, numbers[i]);
	query_text(&q, text(r->sentence));
	query_u64(&q, r->id);
	query_run(&q);
}
