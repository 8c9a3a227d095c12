/* SPDX-License-Identifier: Apache-2.0
 *
 * What a party without a node is told of a round after its opening. Which statement it is, is known by agree/, which leaves a row of
 * agree_told; here a mail is made of it once, and it is found what stands in it. What it says of a comment, it says to whom that comment is
 * from and to nobody else.
 */
#include "link/partner.h"

#include "event/civil.h"
#include "link/case_hear.h"
#include "trust/stamp.h"
#include "trust/store.h"

#define ONCE 64           /* mails of one transaction */
#define CERTIFICATE 65536 /* bytes, of some hundred members */

/* ---- its mail ------------------------------------------------------------------------------------ */

bool partner_told_due(struct db *db)
{
	struct query q = db_query(db, "select 1 from agree_told where mailed = 0 limit 1");
	bool due = query_next(&q) == 1;

	query_done(&q, NULL);
	return due;
}

static void tell(const struct link_self *self, uint64_t statement, struct str party, struct arena *a)
{
	struct partner v[PARTNER_MOST];
	struct stored s;

	if (!store_find_n(self->db, statement, a, &s) || s.content.len == 0)
		return;
	struct item body = stored_body(&s, a);
	uint64_t id = case_of_statement(self->db, s.h.case_);
	unsigned n = partner_find(self->db, party, (enum tlp)s.h.tlp, &body, a, v);
	for (unsigned i = 0; id != 0 && i < n; i++)
		partner_put(self, &s, &body, id, &v[i], a);
}

void partner_tell(const struct link_self *self)
{
	struct {
		uint64_t id, statement;
		struct str party;
	} due[ONCE];
	auto_arena struct arena a = {0};
	unsigned n = 0;
	struct query q = db_query(self->db,
	        "select id, statement, party from agree_told where mailed = 0 order by id limit 64");

	arena_init(&a, 0);
	while (n < ONCE && query_next(&q) == 1) {
		due[n].id = query_get_u64(&q, 0);
		due[n].statement = query_get_u64(&q, 1);
		due[n++].party = arena_str(&a, query_get_text(&q, 2));
	}
	query_done(&q, NULL);
	for (unsigned i = 0; i < n; i++) {
		tell(self, due[i].statement, due[i].party, &a);
		struct query up = db_query(self->db, "update agree_told set mailed = 1 where id = ?");
		query_u64(&up, due[i].id);
		query_run(&up);
	}
}

/* ---- what stands in it ---------------------------------------------------------------------------- */

/* Whether the comment is one that was entered for the party by the host; its words. */
static bool is_from(const struct link_self *self, const struct stored *list, struct str hex, struct str party,
        struct arena *a, struct item *ret_body)
{
	uint8_t id[DIGEST_LEN];
	struct stored s;

	if (hex.len != 2 * DIGEST_LEN || !str_hex(hex, id, DIGEST_LEN) || !store_find(self->db, id, a, &s) ||
	        kind_find(s.h.kind) != KIND_AGREE_COMMENT || !str_eq(s.h.sender, self->me) ||
	        memcmp(s.h.case_, list->h.case_, DIGEST_LEN) != 0)
		return false;
	*ret_body = stored_body(&s, a);
	struct item via = item_get(ret_body, STR("via"));
	return via.type == BODY_OBJECT && str_eq(item_text(&via, "from"), party);
}

static struct str words_of(
        const struct item *body, const struct partner_mail *m, struct arena *a, struct str *ret_lang)
{
	struct item text = item_get(body, STR("text"));

	return arena_str(a, str_trim(partner_text(&text, m->to.language, ret_lang)));
}

static void load_answers(const struct link_self *self, const struct stored *s, const struct item *body,
        struct arena *a, struct partner_mail *m)
{
	struct item items = item_get(body, STR("items")), comment;
	struct str lang;

	if (items.type != BODY_LIST)
		return;
	m->answer = arena_array(a, item_count(&items) + 1, sizeof(*m->answer));
	for (struct item_each e = item_each(&items); item_next(&e);) {
		if (!is_from(self, s, item_text(&e.item, "of"), m->to.party, a, &comment))
			continue;
		m->answer[m->answers++] = (struct partner_answer){.comment = words_of(&comment, m, a, &lang),
		        .word = arena_str(a, item_text(&e.item, "word")),
		        .text = words_of(&e.item, m, a, &lang)};
	}
}

/* What stands behind that word in a line of the block of its own; empty: there is none. */
static struct str line_of(struct str block, struct str word)
{
	for (struct str_cut line = {.tail = block}; line.tail.len > 0;) {
		line = str_cut(line.tail, '\n');
		if (str_starts(line.head, word))
			return str_skip(line.head, word.len);
	}
	return STR("");
}

static int64_t time_of(struct str block, struct str word)
{
	int64_t t = 0;

	return stamp_read(line_of(block, word), &t) ? t * MICRO : 0;
}

/* What its row says of it: the word for the result, and the certificate. */
static void load_row(
        const struct link_self *self, const struct stored *s, struct arena *a, struct partner_mail *m)
{
	struct query q = db_query(
	        self->db, "select shown, certificate from agree_told where statement = ? and party = ?");

	query_u64(&q, s->n);
	query_text(&q, m->to.party);
	if (query_next(&q) == 1) {
		struct mime_file *f = arena_array(a, 1, sizeof(*f));
		m->result.state = arena_str(a, query_get_text(&q, 0));
		struct str bytes = query_get_blob(&q, 1);
		f[0] = (struct mime_file){STR("certificate.txt"),
		        arena_str(a, str_sub(bytes, 0, bytes.len < CERTIFICATE ? bytes.len : CERTIFICATE))};
		m->files = f;
		m->nfiles = bytes.len > 0;
	}
	query_done(&q, NULL);
}

static bool is_adopted(struct str state)
{
	return str_eq(state, STR("adopted")) || str_eq(state, STR("adopted-except"));
}

/* Times and digest are those of the signed block, which goes along. */
static void load_result(const struct link_self *self, const struct stored *s, const struct item *body,
        struct arena *a, struct partner_mail *m)
{
	struct str block = item_text(body, "block");
	uint8_t digest[DIGEST_LEN];
	char hex[2 * DIGEST_LEN + 1];

	load_row(self, s, a, m);
	m->state = STR("");
	if (m->result.state.len == 0)
		return;
	digest_of(block, digest);
	str_hex_print(hex, digest, DIGEST_LEN);
	m->result.sha256 = arena_str(a, str_from(hex));
	if (!is_adopted(m->result.state))
		return;
	m->result.adopted = time_of(block, STR("adopted "));
	m->result.in_force = time_of(block, STR("in-force "));
}

void partner_told_load(const struct link_self *self, const struct stored *s, const struct item *body,
        struct arena *a, struct partner_mail *m)
{
	enum kind kind = kind_find(s->h.kind);

	if (kind == KIND_AGREE_DISPOSITION)
		load_answers(self, s, body, a, m);
	if (kind == KIND_AGREE_OUTCOME)
		load_result(self, s, body, a, m);
	m->withdrawn = kind == KIND_AGREE_RETRACT;
	if (m->withdrawn)
		m->reason = arena_str(a, item_text(body, "reason"));
}

/* ---- in a table and in a line ---------------------------------------------------------------------- */

void partner_told_rows(const struct partner_mail *m, struct buf *out)
{
	char stamp[STAMP_TEXT];

	for (unsigned i = 0; i < m->answers; i++) {
		partner_row(out, "comment", STR(""), m->answer[i].comment);
		partner_row(out, "answer", m->answer[i].word,
		        m->answer[i].text.len > 0 ? m->answer[i].text : m->answer[i].word);
	}
	partner_row(out, "result", STR(""), m->result.state);
	if (m->result.adopted != 0) {
		stamp_print(stamp, m->result.adopted / MICRO);
		partner_row(out, "adopted", STR("UTC"), str_from(stamp));
		stamp_print(stamp, m->result.in_force / MICRO);
		partner_row(out, "in-force", STR("UTC"), str_from(stamp));
	}
	partner_row(out, "outcome", STR("SHA-256"), m->result.sha256);
}

struct str partner_told_words(const struct partner_mail *m, struct arena *a)
{
	auto_buf struct buf out = {0};

	for (unsigned i = 0; i < m->answers; i++) {
		const struct partner_answer *v = &m->answer[i];
		buf_printf(&out, "%s%.*s%s%.*s", i > 0 ? "; " : "", STR_ARG(v->word),
		        v->text.len > 0 ? ": " : "", STR_ARG(v->text));
	}
	if (m->result.state.len > 0)
		buf_printf(&out, "%.*s %.*s", STR_ARG(m->result.state), STR_ARG(m->result.sha256));
	if (m->withdrawn)
		buf_add(&out, m->reason);
	return arena_str(a, buf_str(&out));
}
