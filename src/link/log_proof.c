/* SPDX-License-Identifier: Apache-2.0
 *
 * Proofs that a statement stands in its sender's log, for others: of ours from our own tiles, of a peer's from its mirror.
 */
#include "link/log_in.h"
#include "trust/proof.h"
#include "trust/tree.h"

/* The checkpoint of ours for a proof of that entry; 0: none is over it. */
static uint64_t best(const struct link_self *self, uint64_t index, unsigned quorum)
{
	struct query q = db_query(self->db,
	        "select c.size, count(w.id) as n from log_checkpoint c left join log_cosignature w on w.size "
	        "= "
	        "c.size and w.party <> ?1 where c.size > ?2 and c.line is not null group by c.size order by "
	        "min(n, ?3) "
	        "desc, case when n >= ?3 then c.size end, c.size desc limit 1");
	uint64_t size = 0;

	query_text(&q, self->me);
	query_u64(&q, index);
	query_u64(&q, quorum);
	if (query_next(&q) == 1)
		size = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return size;
}

static bool entry_of(
        const struct link_self *self, struct str sender, const uint8_t id[DIGEST_LEN], uint64_t *ret)
{
	struct query q = str_eq(sender, self->me)
	        ? db_query(self->db, "select n from log_entry where digest = ?1 and type = 1 and ?2 = ?2")
	        : db_query(
	                  self->db, "select n from log_mirror where digest = ?1 and party = ?2 and type = 1");

	query_blob(&q, str_make((const char *)id, DIGEST_LEN));
	query_text(&q, sender);
	bool there = query_next(&q) == 1;
	if (there)
		*ret = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return there;
}

/* The checkpoint over an entry, with the lines of witnesses. */
static bool note_over(const struct link_self *self, struct str sender, uint64_t index, unsigned quorum,
        struct buf *out, uint64_t *ret_size)
{
	auto_arena struct arena a = {0};
	struct log_peer p;

	if (str_eq(sender, self->me)) {
		*ret_size = best(self, index, quorum);
		return *ret_size > 0 && log_note(self, *ret_size, out, ret_size);
	}
	arena_init(&a, 0);
	if (!log_peer(self, sender, &a, &p) || p.mirrored <= index)
		return false;
	*ret_size = p.mirrored;
	buf_add(out, p.mirror_note);
	return true;
}

/* Parties other than the sender whose lines are on it. */
static unsigned signers(const struct link_self *self, struct str sender, struct str bytes)
{
	struct query q = db_query(self->db,
	        "select distinct party from party_key where duty = 'log' and party <> ? order by party");
	struct note *note = mem_zero(1, sizeof(*note));
	auto_arena struct arena a = {0};
	VEC(struct str) parties = {0};
	unsigned n = 0;

	arena_init(&a, 0);
	query_text(&q, sender);
	while (query_next(&q) == 1)
		*vec_add(&parties) = arena_str(&a, query_get_text(&q, 0));
	query_done(&q, NULL);
	bool good = note_read(bytes, note, NULL) == 0;
	for (size_t i = 0; good && i < parties.n; i++) {
		struct log_keys keys;
		log_keys(self, parties.v[i], NOTE_COSIGNATURE, true, &keys);
		n += log_signed_by(note, &keys);
	}
	vec_done(&parties);
	free(note);
	return n;
}

int log_proof(const struct link_self *self, struct str sender, const uint8_t id[DIGEST_LEN], unsigned quorum,
        struct buf *out, unsigned *ret_signed, struct err *e)
{
	auto_buf struct buf note = {0};
	struct tree_proof path;
	struct log_tree tree;
	uint64_t index, size;

	if (!entry_of(self, sender, id, &index))
		return err_set(
		        e, ERR_MISSING, "it is not in what is here of the log of '%.*s'", STR_ARG(sender));
	if (!note_over(self, sender, index, quorum, &note, &size))
		return err_set(e, ERR_MISSING,
		        "no checkpoint of '%.*s' is over it yet; one is made within ten seconds",
		        STR_ARG(sender));
	*ret_signed = signers(self, sender, buf_str(&note));
	log_tree(&tree, self, sender);
	struct tree_reader *r = tree_reader_new(&tree.store, size);
	int rc = tree_inclusion(r, index, &path, e);
	tree_reader_free(r);
	if (rc == 0)
		proof_write(out, str_make((const char *)id, DIGEST_LEN), index, &path, buf_str(&note));
	return rc;
}
