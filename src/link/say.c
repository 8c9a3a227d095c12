/* SPDX-License-Identifier: Apache-2.0
 *
 * Saying: steps 1 and 3 of sending. Between them stands the keeper, who signs a head once.
 */
#include "link/link_in.h"

#include "base/os.h"
#include "link/blob.h"
#include "link/partner.h"
#include "link/peer.h"

/* ---- the head ------------------------------------------------------------------------------------ */

/* The newest key of ours whose time has come. */
static bool own_key(const struct link_self *self, uint8_t ret[KEY_ID])
{
	struct query q = db_query(self->db,
	        "select key from party_key where party = ? and duty = 'sign' and revoked is null and "
	        "since <= ?2 and until >= ?2 order by since desc, id desc limit 1");
	bool there;

	query_text(&q, self->me);
	query_i64(&q, self->now / 1000000);
	there = query_next(&q) == 1 && query_get_blob(&q, 0).len == KEY_ID;
	if (there)
		memcpy(ret, query_get_blob(&q, 0).p, KEY_ID);
	query_done(&q, NULL);
	return there;
}

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static int check_recipient(
        const struct link_self *self, const struct say *say, struct str party, struct arena *a, struct err *e)
{
	struct link l = store_link(self->db, party);

	if (say->to_count == 1 && str_eq(party, self->me))
		return 0;
	if (!str_eq(party, self->me) && partner_hosted(self->db, say->case_, party, a))
		return 0;
	if (!link_speaks(&l) || str_eq(party, self->me))
		return err_set(e, ERR_MISSING, "there is no link with '%.*s': link first (weir peer)",
		        STR_ARG(party));
	/* a mail carries words of a case there, and nothing else: it would wait for ever */
	if (l.role == LINK_MAIL && !partner_takes(say->kind))
		return err_set(e, ERR_VALUE,
		        "'%.*s' takes part by mail and has no node: a %s means nothing there; write "
		        "to it "
		        "(weir case answer)",
		        STR_ARG(party), kind_table[say->kind].name);
	return 0;
}

static int add_recipients(
        const struct link_self *self, const struct say *say, struct head *h, struct arena *a, struct err *e)
{
	if (say->to_count == 0 || say->to_count > STATEMENT_TO_MAX)
		return err_set(e, ERR_VALUE, "a statement has 1 to %u recipients", STATEMENT_TO_MAX);
	for (unsigned i = 0; i < say->to_count; i++) {
		if (check_recipient(self, say, say->to[i], a, e) != 0)
			return e->code;
		h->to[i] = say->to[i];
	}
	h->to_count = say->to_count;
	qsort(h->to, h->to_count, sizeof(h->to[0]), by_bytes);
	for (unsigned i = 1; i < h->to_count; i++)
		if (str_eq(h->to[i - 1], h->to[i]))
			return err_set(e, ERR_VALUE, "'%.*s' is named twice among the recipients",
			        STR_ARG(h->to[i]));
	return 0;
}

/* What is named is here, whole and as it is named. */
static int check_files(const struct link_self *self, const struct item *body, struct err *e)
{
	struct item files = item_get(body, STR("attachments"));
	uint8_t sha256[DIGEST_LEN];
	uint64_t size;

	for (struct item_each f = item_each(&files); item_next(&f);) {
		struct str hex = item_text(&f.item, "sha256");
		if (hex.len != 2 * DIGEST_LEN || !str_hex(hex, sha256, DIGEST_LEN))
			return err_set(e, ERR_VALUE, "an attachment is named by 64 hexadecimal digits");
		if (!blob_here(self, sha256, &size))
			return err_set(e, ERR_MISSING,
			        "the attachment %.*s is not here: hand its bytes in first (weir blob add)",
			        STR_ARG(hex));
		if (item_get(&f.item, STR("size")).n != (int64_t)size)
			return err_set(e, ERR_VALUE, "the attachment %.*s has %llu bytes", STR_ARG(hex),
			        (unsigned long long)size);
	}
	return 0;
}

/* The place behind the last of the stream. */
static void add_place(const struct link_self *self, struct head *h)
{
	uint64_t stream = store_stream(self->db, h);
	struct query q = db_query(self->db,
	        "select seq, id from statement where stream = ? order by seq desc, carrier <> '', n desc "
	        "limit 1");

	h->seq = 1;
	query_u64(&q, stream);
	if (query_next(&q) == 1) {
		h->seq = query_get_u64(&q, 0) + 1;
		memcpy(h->prev, query_get_blob(&q, 1).p, DIGEST_LEN);
	}
	query_done(&q, NULL);
}

/* What the receivers will check, before it is too late to say it otherwise. */
static int check_own(const struct link_self *self, const struct head *h, enum kind kind, struct str items,
        struct arena *a, struct err *e)
{
	struct check c = {.db = self->db,
	        .a = a,
	        .me = self->me,
	        .now = self->now / 1000000,
	        .h = h,
	        .body = item_root(items)};
	struct stored opened;

	if (!digest_zero(h->case_) && store_find(self->db, h->case_, a, &opened) &&
	        !head_member(&opened.h, self->me))
		return err_set(e, ERR_DENIED, "we are no member of that case");
	if (!kind_sender_ok(&c, kind) || !kind_fields_ok(&c, kind))
		return err_set(e, ERR_VALUE, "%s: %s", kind_table[kind].name, c.why);
	if (kind_people(&c.body) < kind_table[kind].people)
		return err_set(e, ERR_VALUE, "%s needs %u different persons who decided it",
		        kind_table[kind].name, kind_table[kind].people);
	return 0;
}

static void fill_head(const struct link_self *self, const struct say *say, struct str content, struct head *h)
{
	h->created = self->now / 1000000;
	h->expires = say->expires;
	if (say->case_ != NULL)
		memcpy(h->case_, say->case_, DIGEST_LEN);
	if (say->reply != NULL)
		memcpy(h->reply, say->reply, DIGEST_LEN);
	statement_commit(content, h->commit);
	h->body_len = (uint32_t)(content.len - STATEMENT_SALT);
	h->tlp = (uint8_t)say->tlp;
	h->pap = (uint8_t)say->pap;
	h->kind = str_from(kind_table[say->kind].name);
	h->media = STR("application/json");
	h->exercise = say->exercise;
	h->sender = self->me;
}

static int say_in(const struct link_self *self, const struct say *say, struct arena *a,
        uint8_t ret_id[DIGEST_LEN], struct err *e)
{
	auto_buf struct buf content = {0}, items = {0}, head = {0};
	struct head h = {0};
	struct statement s = {0};
	const char *why;
	int rc;

	if (say->body.len > STATEMENT_BODY_MAX)
		return err_set(e, ERR_LIMIT,
		        "a statement's body has at most %u bytes: send the rest as an attachment",
		        STATEMENT_BODY_MAX);
	if (!own_key(self, h.key))
		return err_set(e, ERR_MISSING,
		        "this node has no key to sign with: make a key list (weir key list) and import it");
	if (!body_read(say->body, &items, &why))
		return err_set(e, ERR_VALUE, "the body is not as it must be: %s", why);
	os_random(buf_room(&content, STATEMENT_SALT), STATEMENT_SALT);
	content.len = STATEMENT_SALT;
	buf_add(&content, say->body);
	fill_head(self, say, buf_str(&content), &h);
	rc = add_recipients(self, say, &h, a, e);
	if (rc != 0)
		return rc;
	/* head_read gives the recipients' bytes, which the stream is found by */
	h.seq = 1;
	head_write(&head, &h);
	head_read(arena_str(a, buf_str(&head)), &h);
	add_place(self, &h);
	buf_clear(&head);
	head_write(&head, &h);
	s.head = buf_str(&head);
	s.content = buf_str(&content);
	digest_of(s.head, s.id);
	struct item body = item_root(buf_str(&items));
	rc = check_own(self, &h, say->kind, buf_str(&items), a, e);
	if (rc == 0)
		rc = check_files(self, &body, e);
	if (rc == 0)
		rc = link_may(self, &h, &body, say->about, a, e);
	if (rc != 0)
		return rc;
	uint64_t n = store_put(self->db, &s, &h, VERDICT_OK, "", str_make("", 0), self->now, NULL);
	link_attachments(self, n, &body);
	link_effect(self, n);
	memcpy(ret_id, s.id, DIGEST_LEN);
	return db_failed(self->db);
}

int link_say(const struct link_self *self, const struct say *say, uint8_t ret_id[DIGEST_LEN], struct err *e)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	return say_in(self, say, &a, ret_id, e);
}

/* ---- signing ------------------------------------------------------------------------------------- */

bool link_unsigned_find(const struct link_self *self, struct arena *a, struct link_unsigned *ret)
{
	struct query q = db_query(
	        self->db, "select n, head from statement where signature is null order by n limit 1");
	bool there = !self->doubts && !recover_silent(self->db) && query_next(&q) == 1;

	if (there) {
		ret->n = query_get_u64(&q, 0);
		ret->head = arena_str(a, query_get_blob(&q, 1));
	}
	query_done(&q, NULL);
	return there;
}

static void log_add(const struct link_self *self, const uint8_t id[DIGEST_LEN])
{
	struct query q = db_query(self->db,
	        "insert into log_entry(n, type, digest) select coalesce(max(n), -1) + 1, 1, ? from "
	        "log_entry");

	query_blob(&q, str_make((const char *)id, DIGEST_LEN));
	query_run(&q);
}

/* Of severity c1 or c2: of itself, or of the case that it belongs to. */
static bool severe(
        const struct link_self *self, const struct stored *s, const struct item *body, struct arena *a)
{
	struct stored opened;
	struct str severity = item_text(body, "severity");

	if (severity.len == 0 && !digest_zero(s->h.case_) && store_find(self->db, s->h.case_, a, &opened)) {
		struct item first = stored_body(&opened, a);
		severity = item_text(&first, "severity");
	}
	return str_eq(severity, STR("c1")) || str_eq(severity, STR("c2"));
}

bool link_urgent(
        const struct link_self *self, const struct stored *s, const struct item *body, struct arena *a)
{
	enum kind kind = kind_find(s->h.kind);
	unsigned urgent = kind == KIND_END ? Q_NORMAL : kind_table[kind].urgent;

	return urgent == Q_URGENT || (urgent == Q_SEVERE && severe(self, s, body, a));
}

/* A refused one has its row too: it waits for nothing, and the exit's row says why. */
static void put_delivery(
        const struct link_self *self, uint64_t n, struct str party, bool urgent, uint64_t cleared)
{
	struct query q = db_query(self->db,
	        "insert or ignore into delivery(statement, party, urgent, cleared, waits) values (?1, ?2, "
	        "?3, "
	        "nullif(?4, 0), ?4 <> 0)");

	query_u64(&q, n);
	query_text(&q, party);
	query_u64(&q, urgent);
	query_u64(&q, cleared);
	query_run(&q);
}

void link_deliver(
        const struct link_self *self, const struct stored *s, const struct item *body, struct arena *a)
{
	bool urgent = link_urgent(self, s, body, a);

	for (unsigned i = 0; i < s->h.to_count; i++)
		if (!str_eq(s->h.to[i], self->me) && !partner_deliver(self, s, body, s->h.to[i], a) &&
		        !link_unreached(self, &s->h, s->h.to[i], a))
			put_delivery(self, s->n, s->h.to[i], urgent, link_clear(self, s, s->h.to[i], a));
}

void link_signed(const struct link_self *self, uint64_t n, const uint8_t signature[STATEMENT_SIGNATURE])
{
	auto_arena struct arena a = {0};
	struct query q =
	        db_query(self->db, "update statement set signature = ? where n = ? and signature is null");
	struct stored s;

	query_blob(&q, str_make((const char *)signature, STATEMENT_SIGNATURE));
	query_u64(&q, n);
	query_run(&q);
	if (db_changes(self->db) == 0)
		return;
	arena_init(&a, 0);
	if (!store_find_n(self->db, n, &a, &s))
		return;
	log_add(self, s.id);
	struct item body = stored_body(&s, &a);
	link_deliver(self, &s, &body, &a);
	link_seen(self, &s, &body, &a);
}
