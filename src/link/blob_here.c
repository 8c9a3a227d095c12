/* SPDX-License-Identifier: Apache-2.0
 *
 * What is here, whose it is, and the statements that have it.
 */
#include "link/blob_in.h"
#include "link/case.h"

bool blob_here(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], uint64_t *ret_size)
{
	struct query q = db_query(self->db, "select size from blob where sha256 = ?");

	query_blob(&q, blob_str(sha256));
	bool here = query_next(&q) == 1;
	if (here && ret_size != NULL)
		*ret_size = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return here;
}

uint64_t blob_held(
        const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN], uint64_t *ret_size)
{
	struct query q = db_query(self->db,
	        "select a.size, coalesce((select r.until from blob_bytes r where r.sha256 = a.sha256 and "
	        "r.size = a.size and r.party = '' and r.first = 0), 0) from attachment a where a.sha256 = ? "
	        "and a.here = 0 order by 2 desc limit 1");
	uint64_t held = 0;

	*ret_size = 0;
	query_blob(&q, blob_str(sha256));
	if (query_next(&q) == 1) {
		*ret_size = query_get_u64(&q, 0);
		held = query_get_u64(&q, 1);
	}
	query_done(&q, NULL);
	return blob_here(self, sha256, NULL) ? blob_shown(self, party, sha256) : held;
}

bool blob_named(const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN])
{
	struct query q = db_query(self->db,
	        "select 1 from attachment a join statement s on s.n = a.statement join stream t on t.id = "
	        "s.stream where a.sha256 = ?1 and s.content is not null and s.sender <> ?3 and (s.sender = "
	        "?2 or "
	        "instr(' ' || t.recipients || ' ', ' ' || ?2 || ' ') > 0) limit 1");

	query_blob(&q, blob_str(sha256));
	query_text(&q, party);
	query_text(&q, self->me);
	bool named = query_next(&q) == 1;
	query_done(&q, NULL);
	return named;
}

bool blob_given(const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN])
{
	struct query q = db_query(self->db,
	        "select 1 from attachment a join statement s on s.n = a.statement join stream t on t.id = "
	        "s.stream where a.sha256 = ?1 and s.content is not null and case when s.sender = ?3 then "
	        "exists (select 1 from delivery d where d.statement = s.n and d.party = ?2 and d.cleared is "
	        "not null) else (s.sender = ?2 or instr(' ' || t.recipients || ' ', ' ' || ?2 || ' ') > 0) "
	        "and " BLOB_BY_PARTIES " end limit 1");

	query_blob(&q, blob_str(sha256));
	query_text(&q, party);
	query_text(&q, self->me);
	bool given = query_next(&q) == 1;
	query_done(&q, NULL);
	return given;
}

bool blob_lacked(const struct link_self *self, struct str party, const uint8_t sha256[DIGEST_LEN])
{
	struct query q = db_query(self->db,
	        "select 1 from attachment a join statement s on s.n = a.statement join stream t on t.id = "
	        "s.stream where a.sha256 = ?1 and a.here = 0 and s.content is not null and s.sender <> ?3 "
	        "and (?2 in ('', s.sender) or instr(' ' || t.recipients || ' ', ' ' || ?2 || ' ') > 0) limit "
	        "1");

	query_blob(&q, blob_str(sha256));
	query_text(&q, party);
	query_text(&q, self->me);
	bool lacked = query_next(&q) == 1;
	query_done(&q, NULL);
	return lacked;
}

void blob_to_case(const struct link_self *self, uint64_t n)
{
	struct query q = db_query(self->db,
	        "select k.id, b.id, a.name, a.media, s.sender, lower(hex(b.sha256)), b.size from statement s "
	        "join "
	        "case_ k on k.statement = coalesce(s.case_id, s.id) join attachment a on a.statement = s.n "
	        "join blob "
	        "b on b.sha256 = a.sha256 where s.n = ?1 and a.here = 1 and s.effect = 1 and s.sender <> ?2 "
	        "and not exists "
	        "(select 1 "
	        "from case_blob l where l.case_ = k.id and l.blob = b.id) limit 32");
	auto_arena struct arena a = {0};
	struct case_entry entry[32];
	uint64_t case_id = 0, blob[32];
	struct str name[32], media[32];
	unsigned count = 0;

	arena_init(&a, 0);
	query_u64(&q, n);
	query_text(&q, self->me);
	while (count < 32 && query_next(&q) == 1) {
		case_id = query_get_u64(&q, 0);
		blob[count] = query_get_u64(&q, 1);
		name[count] = arena_str(&a, str_sub(query_get_text(&q, 2), 0, 255));
		media[count] = arena_str(&a, str_sub(query_get_text(&q, 3), 0, 64));
		entry[count] = (struct case_entry){.kind = "attachment",
		        .direction = "in",
		        .channel = "node",
		        .party = arena_str(&a, query_get_text(&q, 4)),
		        .subject = name[count],
		        .text = arena_printf(&a, "%llu bytes, SHA-256 %.*s",
		                (unsigned long long)query_get_u64(&q, 6), STR_ARG(query_get_text(&q, 5))),
		        .link = arena_printf(&a, "B%llu", (unsigned long long)blob[count])};
		count++;
	}
	query_done(&q, NULL);
	for (unsigned i = 0; i < count; i++) {
		struct query put = db_query(self->db,
		        "insert or ignore into case_blob(case_, blob, name, media, hostile, at, person) "
		        "values (?, ?, "
		        "?, ?, 1, ?, '')");
		query_u64(&put, case_id);
		query_u64(&put, blob[i]);
		query_text(&put, name[i]);
		query_text(&put, media[i]);
		query_i64(&put, self->now);
		query_run(&put);
		case_entry_put(self->db, case_id, &entry[i]);
	}
}

/* Those of its sender, who may have it; ours have what is here. */
static void complete_of(
        const struct link_self *self, struct str sender, const uint8_t sha256[DIGEST_LEN], uint64_t size)
{
	struct query q = db_query(self->db,
	        "update attachment set here = 1 where sha256 = ?1 and size = ?2 and here = 0 and (select "
	        "sender from statement where n = statement) = ?3");

	query_blob(&q, blob_str(sha256));
	query_u64(&q, size);
	query_text(&q, sender);
	query_run(&q);
}

static void complete_all(
        const struct link_self *self, const uint8_t sha256[DIGEST_LEN], uint64_t size, struct arena *a)
{
	struct query q = db_query(self->db,
	        "select distinct s.sender from attachment a join statement s on s.n = a.statement where "
	        "a.sha256 = ? and a.here = 0");
	VEC(struct str) senders = {0};

	query_blob(&q, blob_str(sha256));
	while (query_next(&q) == 1)
		*vec_add(&senders) = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	for (size_t i = 0; i < senders.n; i++) {
		struct str sender = senders.v[i];
		if (str_eq(sender, self->me) || blob_given(self, sender, sha256))
			complete_of(self, sender, sha256, size);
	}
	vec_done(&senders);
}

static void second_receipt(const struct link_self *self, uint64_t n)
{
	if (!link_whole(self, n))
		return;
	struct query w =
	        db_query(self->db, "update statement set complete = 1 where n = ?1 returning kind, sender");
	query_u64(&w, n);
	bool receipted = query_next(&w) == 1 && !link_unreceipted(query_get_text(&w, 0)) &&
	        !str_eq(query_get_text(&w, 1), self->me);
	query_done(&w, NULL);
	blob_to_case(self, n);
	if (receipted)
		link_receipt_due(self, n, true, false);
}

void blob_complete(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], uint64_t size)
{
	auto_arena struct arena a = {0};
	uint64_t due[64];
	unsigned n;

	arena_init(&a, 0);
	complete_all(self, sha256, size, &a);
	do {
		struct query s = db_query(self->db,
		        "select s.n from attachment a join statement s on s.n = a.statement where a.sha256 = "
		        "?1 and a.here = 1 and s.complete = 0 and not exists (select 1 from attachment m "
		        "where m.statement = s.n and m.here = 0) and s.why not like 'attachments: %' order "
		        "by "
		        "s.n limit 64");
		query_blob(&s, blob_str(sha256));
		for (n = 0; n < 64 && query_next(&s) == 1; n++)
			due[n] = query_get_u64(&s, 0);
		query_done(&s, NULL);
		for (unsigned i = 0; i < n; i++)
			second_receipt(self, due[i]);
	} while (n == 64);
}

void blob_put(const struct link_self *self, const uint8_t sha256[DIGEST_LEN], uint64_t size)
{
	struct query q = db_query(self->db, "insert or ignore into blob(sha256, size, at) values (?, ?, ?)");

	query_blob(&q, blob_str(sha256));
	query_u64(&q, size);
	query_i64(&q, self->now);
	query_run(&q);
	blob_complete(self, sha256, size);
}
