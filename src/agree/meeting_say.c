/* SPDX-License-Identifier: Apache-2.0
 *
 * What the changes of meetings share: which one is meant, and how something is said in it.
 */
#include "agree/meeting_in.h"

#include "base/os.h"

/* ---- parameters ---------------------------------------------------------------------------------- */

struct str meeting_param(const struct change *c, const char *name)
{
	struct str s = str_trim(change_param(c, name));

	return s.p != NULL ? s : STR("");
}

int meeting_text_put(const struct change *c, struct buf *body, struct err *e)
{
	auto_buf struct buf text = {0};
	struct str lang = meeting_param(c, "lang");
	int rc = change_lines(c, "text", MEETING_WORDS, &text, e);

	if (rc != 0 || str_trim(buf_str(&text)).len == 0)
		return rc;
	buf_add(body, STR(",\"text\":{"));
	buf_json(body, lang.len > 0 ? lang : STR("en"));
	buf_char(body, ':');
	buf_json(body, str_trim(buf_str(&text)));
	buf_char(body, '}');
	return 0;
}

/* ---- which one ----------------------------------------------------------------------------------- */

/* What is RED is there for the persons that it names, and for nobody else. */
static bool find(struct change *c, uint64_t id, struct meeting *ret, uint64_t *ret_card, char sender[64])
{
	struct query q = db_query(c->db,
	        "select case_, sender, ours, card, coalesce(minutes, 0) from meeting m where id = ?1 and "
	        "card "
	        "is not null and (label <> 'RED' or exists (select 1 from meeting_person p where p.meeting = "
	        "m.id and p.person = ?2))");

	query_u64(&q, id);
	query_text(&q, c->person);
	bool there = query_next(&q) == 1 && query_get_blob(&q, 0).len == DIGEST_LEN;
	if (there) {
		ret->id = id;
		memcpy(ret->case_, query_get_blob(&q, 0).p, DIGEST_LEN);
		snprintf(sender, 64, "%.*s", STR_ARG(query_get_text(&q, 1)));
		ret->ours = query_get_u64(&q, 2) != 0;
		*ret_card = query_get_u64(&q, 3);
		ret->minutes = query_get_u64(&q, 4);
	}
	query_done(&q, NULL);
	return there;
}

int meeting_of(struct change *c, struct arena *a, struct meeting *ret, struct err *e)
{
	char sender[64];
	uint64_t id, card;

	if (change_id(c, 'G', &id, e) != 0)
		return e->code;
	*ret = (struct meeting){0};
	if (!find(c, id, ret, &card, sender) || !store_find_n(c->db, card, a, &ret->at))
		return err_set(e, ERR_MISSING, "there is no meeting G%llu", (unsigned long long)id);
	struct item body = stored_body(&ret->at, a);
	if (body.type != BODY_OBJECT)
		return err_set(e, ERR_MISSING, "the card of G%llu was erased", (unsigned long long)id);
	ret->sender = arena_str(a, str_from(sender));
	ret->card = arena_new(a, struct meeting_card);
	meeting_card_read(&body, ret->at.h.tlp, ret->card);
	change_about(c, 'G', id, STR(""));
	return 0;
}

static int check_ours(const struct meeting *m, struct err *e)
{
	return m->ours ? 0
	               : err_set(e, ERR_DENIED, "G%llu was called by '%.*s', who alone changes it",
	                         (unsigned long long)m->id, STR_ARG(m->sender));
}

int meeting_of_ours(struct change *c, struct arena *a, struct meeting *ret, struct err *e)
{
	if (meeting_of(c, a, ret, e) != 0 || check_ours(ret, e) != 0)
		return e->code;
	return !str_eq(ret->card->state, STR("cancelled"))
	        ? 0
	        : err_set(e, ERR_VALUE,
	                  "G%llu is cancelled: call another one (weir meeting plan --like G%llu)",
	                  (unsigned long long)ret->id, (unsigned long long)ret->id);
}

bool meeting_withdrawn(struct db *db, const uint8_t id[DIGEST_LEN], struct str sender)
{
	struct query q = db_query(db,
	        "select 1 from statement where reply = ? and +kind = 'withdraw' and effect = 1 and sender = "
	        "?");

	query_blob(&q, meeting_id_str(id));
	query_text(&q, sender);
	bool is = query_next(&q) == 1;
	query_done(&q, NULL);
	return is;
}

/* ---- said ---------------------------------------------------------------------------------------- */

/* Whoever may bind the party and is no coordinator says so; who has no account sits at the node itself. */
static const char *role_of(struct change *c)
{
	struct query q = db_query(c->db,
	        "select 1 from account a join account_role r on r.account = a.id and r.role = 'may-bind' "
	        "where a.name = ?1 and not exists (select 1 from account_role o where o.account = a.id and "
	        "o.role = 'coordinator')");

	query_text(&q, c->person);
	bool binds = query_next(&q) == 1;
	query_done(&q, NULL);
	return role_table[binds ? ROLE_MAY_BIND : ROLE_COORDINATOR].word;
}

void meeting_by(struct change *c, struct buf *body)
{
	struct by by = {.person = c->person, .role = role_of(c), .at = os_now()};

	by_put(body, &by, 1);
}

static bool linked(const struct change *c, struct str party)
{
	struct link l = store_link(c->db, party);

	return link_speaks(&l) && l.role != LINK_MAIL;
}

void meeting_others(const struct change *c, const struct meeting *m, bool only_linked, struct say *say,
        struct str to[STATEMENT_TO_MAX + 1])
{
	struct meeting_parties all = {0};

	(void)meeting_add(&all, m->sender);
	for (unsigned i = 0; i < m->card->participants.n; i++)
		(void)meeting_add(&all, m->card->participants.v[i]);
	for (unsigned i = 0; i < m->card->observers.n; i++)
		(void)meeting_add(&all, m->card->observers.v[i]);
	say->to = to;
	for (unsigned i = 0; i < all.n; i++)
		if (!str_eq(all.v[i], c->here->party) &&
		        (!only_linked || str_eq(all.v[i], m->sender) || linked(c, all.v[i])))
			to[say->to_count++] = all.v[i];
}

int meeting_say(struct change *c, const struct meeting *m, struct say *say, struct buf *body,
        uint8_t ret_id[DIGEST_LEN], struct err *e)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	if (c->here->ways == NULL)
		return err_set(
		        e, ERR_MISSING, "this node has no party to speak for: set the country in weir.yaml");
	struct item card = stored_body(&m->at, &a);
	label_put(body, &card);
	buf_char(body, '}');
	say->tlp = m->at.h.tlp;
	say->pap = m->at.h.pap;
	say->exercise = m->at.h.exercise;
	say->body = buf_str(body);
	return c->here->ways->say(c->here, c->db, say, ret_id, e);
}
