/* SPDX-License-Identifier: Apache-2.0
 *
 * Rounds of consultations and a party without a node. It is named among the observers, so every statement of the round names it as a
 * recipient. Its host, the chair that opened the round, carries the opening and its later date there as mails; what others say
 * goes nowhere for it, and they need no link with it: the opening says that it is hosted.
 */
#include "link/partner.h"

#include "link/case.h"
#include "link/case_change.h"
#include "trust/stamp.h"
#include "trust/store.h"

#define TEXT_ROOM ((size_t)1 << 20)

bool partner_hosted(struct db *db, const uint8_t case_[DIGEST_LEN], struct str party, struct arena *a)
{
	struct stored opened;

	if (case_ == NULL || digest_zero(case_) || !store_find(db, case_, a, &opened) ||
	        kind_find(opened.h.kind) != KIND_AGREE_OPEN)
		return false;
	struct item body = stored_body(&opened, a);
	return kind_hosted(&body, party);
}

struct str partner_round_title(const struct item *body, struct arena *a)
{
	struct str title = item_text(body, "title");

	return arena_printf(a, "%.*s/%lld%s%.*s", STR_ARG(item_text(body, "instrument")),
	        (long long)item_get(body, STR("round")).n, title.len > 0 ? ": " : "", STR_ARG(title));
}

/* A member more of the case that is there, where several are hosted. */
static void add_member(const struct link_self *self, uint64_t id, struct str party)
{
	struct query q = db_query(self->db, "insert or ignore into case_member(case_, party) values (?, ?)");

	query_u64(&q, id);
	query_text(&q, party);
	query_run(&q);
}

uint64_t partner_round_case(const struct link_self *self, const struct stored *s, const struct item *body,
        uint64_t id, struct str party, struct arena *a)
{
	int64_t closes = 0;

	(void)stamp_read(item_text(body, "closes"), &closes);
	if (id == 0)
		id = case_open(self->db, self->here,
		        &(struct case_new){.kind = "request",
		                .ask = STR("consultation-request"),
		                .title = partner_round_title(body, a),
		                .severity = STR("c5"),
		                .pap = pap_name((enum pap)s->h.pap),
		                .peer = party,
		                .exercise = s->h.exercise,
		                .label = (enum tlp)s->h.tlp,
		                .reply_by = closes * 1000000,
		                .person = STR(""),
		                .statement = str_make((const char *)s->id, DIGEST_LEN)});
	else
		add_member(self, id, party);
	(void)case_stage_set(self->db, id, party, CASE_STAGE_QUEUED, self->now);
	return id;
}

bool partner_round_load(
        const struct link_self *self, const struct item *body, struct arena *a, struct partner_mail *m)
{
	struct item files = item_get(body, STR("attachments"));
	struct mime_file *v = arena_array(a, item_count(&files) + 1, sizeof(*v));
	uint8_t sha256[DIGEST_LEN];

	m->ask = STR("consultation-request");
	m->round = true;
	m->files = v;
	for (struct item_each e = item_each(&files); files.type == BODY_LIST && item_next(&e);) {
		struct str hex = item_text(&e.item, "sha256");
		auto_buf struct buf bytes = {0};
		if (hex.len != 2 * DIGEST_LEN || !str_hex(hex, sha256, DIGEST_LEN) ||
		        blob_read(self->folder, sha256, TEXT_ROOM, &bytes, NULL) != 0)
			return false;
		v[m->nfiles++] = (struct mime_file){
		        arena_str(a, item_text(&e.item, "name")), arena_str(a, buf_str(&bytes))};
	}
	return true;
}
