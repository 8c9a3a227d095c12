/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/hosted.h"

#include "agree/change_in.h"
#include "base/os.h"

/* ---- what was entered ---------------------------------------------------------------------------- */

static bool is_observer(const struct manifest *m, struct str party)
{
	return manifest_party(m, party) && manifest_member(m, party) >= m->members;
}

struct agree_via agree_via_of(const struct round_loaded *r, const struct said *s)
{
	struct item via = item_get(&s->body, STR("via"));
	struct agree_via ret = {.from = STR(""), .auth = STR("")};
	struct str raw = item_text(&via, "raw"), from = item_text(&via, "from");

	if (s->kind != KIND_AGREE_COMMENT || via.type != BODY_OBJECT ||
	        !str_eq(s->sender, r->manifest.chair) || !is_observer(&r->manifest, from) ||
	        !kind_hosted(&r->open_body, from) || raw.len != 2 * DIGEST_LEN ||
	        !str_hex(raw, ret.raw, DIGEST_LEN))
		return ret;
	ret.from = from;
	ret.auth = item_text(&via, "auth");
	ret.proven = str_starts(ret.auth, STR("openpgp "));
	return ret;
}

struct str agree_via_words(struct arena *a, const struct agree_via *via, struct str sender)
{
	if (via->from.len == 0)
		return sender;
	return arena_printf(a, "%.*s, by mail%s, entered by %.*s", STR_ARG(via->from),
	        via->proven ? " (OpenPGP)" : "", STR_ARG(sender));
}

/* ---- what came ----------------------------------------------------------------------------------- */

#define MAILS 200

unsigned agree_mails(struct db *db, struct arena *a, const uint8_t open[DIGEST_LEN], struct agree_mail **ret)
{
	struct query q = db_query(db,
	        "select m.id, p.name, m.proven, m.words, m.received, m.state = 'new', m.whole, b.sha256, "
	        "coalesce(b.size, 0), p.pgp <> '' and lower('openpgp ' || p.pgp) = lower(m.proven) from "
	        "case_ k join message m on m.case_ = k.id join party p on p.role = 'mail' and "
	        "lower(p.email) = lower(m.sender) left join blob b on b.id = m.blob where k.statement = ?1 "
	        "and m.kind in ('incoming', 'answer') order by m.id limit 200");
	unsigned n = 0;

	*ret = arena_array(a, MAILS, sizeof(**ret));
	query_blob(&q, str_make((const char *)open, DIGEST_LEN));
	while (n < MAILS && query_next(&q) == 1) {
		struct agree_mail *m = &(*ret)[n++];
		struct str digest = query_get_blob(&q, 7);
		*m = (struct agree_mail){.id = query_get_u64(&q, 0),
		        .party = arena_str(a, query_get_text(&q, 1)),
		        .proven = arena_str(a, query_get_text(&q, 2)),
		        .words = arena_str(a, query_get_text(&q, 3)),
		        .received = query_get_i64(&q, 4),
		        .fresh = query_get_u64(&q, 5) != 0,
		        .soon = query_get_u64(&q, 6) == 1,
		        .kept = digest.len == DIGEST_LEN,
		        .size = query_get_u64(&q, 8),
		        .signed_by_it = query_get_u64(&q, 9) != 0};
		if (m->kept)
			memcpy(m->sha256, digest.p, DIGEST_LEN);
	}
	query_done(&q, NULL);
	return n;
}

/* "M12", from an observer of the round whom we host. */
static int find(struct change *c, struct arena *a, const struct round_loaded *r, struct agree_mail *ret,
        struct err *e)
{
	struct str word = agree_param(c, "mail");
	struct agree_mail *v;
	uint64_t id = 0;

	if (word.len < 2 || (word.p[0] != 'M' && word.p[0] != 'm') || !str_u64(str_skip(word, 1), &id))
		return err_set(e, ERR_USAGE, "mail: the number of a mail, such as M12 (weir mail list)");
	if (!str_eq(r->manifest.chair, c->here->party))
		return err_set(e, ERR_DENIED,
		        "%.*s has opened the round: what its observers without a node write is entered there",
		        STR_ARG(r->manifest.chair));
	unsigned n = agree_mails(c->db, a, r->open.id, &v);
	for (unsigned i = 0; i < n; i++)
		if (v[i].id == id && is_observer(&r->manifest, v[i].party) &&
		        kind_hosted(&r->open_body, v[i].party)) {
			*ret = v[i];
			return 0;
		}
	return err_set(e, ERR_MISSING,
	        "M%llu is no mail of this round from an observer without a node: it answers the mail of the "
	        "opening, from the address that is known for the party",
	        (unsigned long long)id);
}

/* What may be entered: the bytes are here, and no signature contradicts them. */
static int usable(const struct agree_mail *m, struct err *e)
{
	unsigned long long id = m->id;

	if (str_eq(m->proven, STR("openpgp-bad")))
		return err_set(e, ERR_DENIED,
		        "M%llu has a signature that is not good, so %.*s may not have written these words: "
		        "it is not entered; ask there, by another way than mail",
		        id, STR_ARG(m->party));
	if (m->soon)
		return err_set(
		        e, ERR_VALUE, "M%llu is being kept just now: try it again in some seconds", id);
	return m->kept ? 0
	               : err_set(e, ERR_MISSING,
	                         "the bytes of M%llu are not here any more: nobody could check it", id);
}

static void done_with(struct change *c, uint64_t mail)
{
	struct query q = db_query(c->db,
	        "update message set state = 'done', outcome = 'read', person = ?2, done = ?3 where id = ?1 "
	        "and state = 'new'");

	query_u64(&q, mail);
	query_text(&q, c->person);
	query_i64(&q, os_now());
	query_run(&q);
}

int agree_put_mail(
        struct change *c, struct arena *a, const struct round_loaded *r, struct buf *members, struct err *e)
{
	struct agree_mail m;
	char hex[2 * DIGEST_LEN + 1];
	int rc = agree_param(c, "mail").len == 0 ? 0 : find(c, a, r, &m, e);

	if (rc != 0 || agree_param(c, "mail").len == 0)
		return rc;
	rc = usable(&m, e);
	if (rc != 0)
		return rc;
	str_hex_print(hex, m.sha256, DIGEST_LEN);
	buf_add(members, STR(",\"via\":{\"channel\":\"mail\""));
	text_put(members, "from", m.party);
	text_put(members, "raw", str_from(hex));
	text_put(members, "auth", m.signed_by_it ? m.proven : STR("nothing"));
	buf_printf(members,
	        "},\"attachments\":[{\"sha256\":\"%s\",\"size\":%llu,\"name\":\"M%llu.eml\",\"media\":"
	        "\"message/rfc822\"}]",
	        hex, (unsigned long long)m.size, (unsigned long long)m.id);
	done_with(c, m.id);
	buf_printf(c->said, "it is said for %.*s, %s; the mail as it came goes to all parties of the round\n",
	        STR_ARG(m.party),
	        m.signed_by_it ? "whose OpenPGP signature is good" : "whose mail nothing proves");
	return 0;
}

int agree_no_mail(struct change *c, struct arena *a, const struct round_loaded *r, struct err *e)
{
	struct agree_mail m;

	if (agree_param(c, "mail").len == 0)
		return 0;
	int rc = find(c, a, r, &m, e);
	return rc != 0 ? rc
	               : err_set(e, ERR_DENIED,
	                         "no party signs for another: %.*s is an observer, who comments and takes no "
	                         "position; enter M%llu as a comment (weir agree comment --mail), and tell "
	                         "it so (weir case reply)",
	                         STR_ARG(m.party), (unsigned long long)m.id);
}
