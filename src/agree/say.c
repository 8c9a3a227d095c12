/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/say.h"

#include "agree/delegation.h"
#include "base/os.h"
#include "state/state.h"

void round_put(struct buf *out, const struct manifest *m)
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, m->sha256, DIGEST_LEN);
	buf_printf(out, ",\"round_sha256\":\"%s\"", hex);
}

static int speaks(const struct change_here *here, struct err *e)
{
	return here->ways != NULL
	        ? 0
	        : err_set(e, ERR_MISSING,
	                  "this node has no party to speak for: set the country in weir.yaml");
}

int round_say(const struct change_here *here, struct db *db, const struct round_loaded *r,
        const struct voice *v, const struct by *by, unsigned n, uint8_t ret_id[DIGEST_LEN], struct err *e)
{
	struct str to[STATEMENT_TO_MAX + 1];
	auto_buf struct buf body = {0};
	struct say say = {.kind = v->kind,
	        .to = to,
	        .case_ = digest_zero(r->open.id) ? NULL : r->open.id, /* the opening itself begins the case */
	        .reply = v->reply,
	        .tlp = r->open.h.tlp,
	        .pap = r->open.h.pap,
	        .exercise = r->open.h.exercise};

	if (speaks(here, e) != 0)
		return e->code;
	for (unsigned i = 0; i <= r->open.h.to_count; i++) {
		struct str party = i < r->open.h.to_count ? r->open.h.to[i] : r->open.h.sender;
		if (!str_eq(party, here->party) && say.to_count < STATEMENT_TO_MAX)
			to[say.to_count++] = party;
	}
	if (say.to_count == 0)
		to[say.to_count++] = here->party;
	by_put(&body, by, n);
	buf_add(&body, v->members);
	buf_char(&body, '}');
	say.body = buf_str(&body);
	return here->ways->say(here, db, &say, ret_id, e);
}

/* ---- two persons --------------------------------------------------------------------------------- */

static int keep(struct change *c, const struct round_loaded *r, const struct voice *v, struct str instrument,
        struct str manifest, struct str label, struct err *e)
{
	struct query q = db_query(c->db,
	        "insert into agree_pending(kind, round, instrument, members, reply, manifest, label, role, "
	        "at, person, id) values (?1, nullif(?2, 0), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1 + max((select "
	        "coalesce(max(id), 0) from agree_pending), (select coalesce(max(value), 0) from meta where "
	        "key = "
	        "'agree.pending'))) returning id");
	uint64_t id = 0;

	query_text(&q, str_from(kind_table[v->kind].name));
	query_u64(&q, r != NULL ? r->id : 0);
	query_text(&q, instrument);
	query_text(&q, v->members);
	if (v->reply != NULL)
		query_blob(&q, str_make((const char *)v->reply, DIGEST_LEN));
	else
		query_null(&q);
	query_text(&q, manifest);
	/* what is said in a round has the label of its opening */
	query_text(&q, r != NULL ? statement_tlp_name(r->open.h.tlp) : label);
	query_text(&q, str_from(v->role));
	query_i64(&q, os_now());
	query_text(&q, c->person);
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_done(&q, NULL);
	if (id == 0)
		return err_set(e, ERR_SYS, "the database did not take it");
	/* no number comes twice: who has one on his screen signs that, or nothing */
	state_meta_number(c->db, "agree.pending", (int64_t)id);
	buf_printf(c->said,
	        "it waits for a second person, who reads it (weir agree waiting --json) and signs: weir "
	        "agree sign %llu\n",
	        (unsigned long long)id);
	return 0;
}

int round_decide(struct change *c, const struct round_loaded *r, const struct voice *v, struct str instrument,
        struct str manifest, struct str label, struct err *e)
{
	struct by by = {.person = c->person, .role = v->role, .at = os_now()};
	uint8_t id[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];

	if (c->back == NULL && speaks(c->here, e) != 0)
		return e->code;
	bool binds = v->persons > 1 || str_eq(str_from(v->role), STR("may-bind"));
	if (binds && delegation_check(c, instrument, e) != 0)
		return e->code;
	if (c->back != NULL) {
		buf_add(c->back, v->members);
		return 0;
	}
	if (v->persons > 1)
		return keep(c, r, v, instrument, manifest, label, e);
	int rc = round_say(c->here, c->db, r, v, &by, 1, id, e);
	if (rc != 0)
		return rc;
	str_hex_print(hex, id, DIGEST_LEN);
	buf_printf(c->said, "%s %s is signed and goes to all parties of the round\n",
	        kind_table[v->kind].name, hex);
	return 0;
}
