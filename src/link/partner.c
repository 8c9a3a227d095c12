/* SPDX-License-Identifier: Apache-2.0 */
#include "link/partner.h"

#include "base/os.h"
#include "event/civil.h"
#include "form/container.h"
#include "link/blob.h"
#include "link/case.h"
#include "link/case_hear.h"
#include "link/case_in.h"
#include "trust/stamp.h"
#include "trust/store.h"

#define TARGETS 200 /* of a list that people read; the table has all */

/* ---- who gets it --------------------------------------------------------------------------------- */

static bool load_party(struct db *db, struct str party, struct arena *a, struct partner *p)
{
	struct link l = store_link(db, party);

	if (l.role != LINK_MAIL)
		return false;
	struct query q = db_query(db, "select title, language, email, pgp from party where name = ?");
	query_text(&q, party);
	bool there = query_next(&q) == 1;
	if (there)
		*p = (struct partner){.party = arena_str(a, party),
		        .title = arena_str(a, query_get_text(&q, 0)),
		        .language = arena_str(a, query_get_text(&q, 1)),
		        .email = arena_str(a, query_get_text(&q, 2)),
		        .key = arena_str(a, query_get_text(&q, 3)),
		        .link = l.state == LINKED_YES      ? EXIT_LINKED
		                : l.state == LINKED_PAUSED ? EXIT_PAUSED
		                                           : EXIT_ENDED};
	query_done(&q, NULL);
	return there;
}

/* The office or person by the name that the statement has, as the directory has it: address and key of that one alone. Without a key
 * of his own there is none: that of the party opens it for others too. */
static void load_person(struct db *db, struct str person, struct arena *a, struct partner *p)
{
	struct query q = db_query(db,
	        "select h.address, h.pgp from contact_channel h join party_contact c on c.id = h.contact "
	        "where "
	        "c.party = ?1 and (c.person = ?2 or c.office = ?2 or c.ref = ?2) and h.type = 'email' and "
	        "h.pgp "
	        "<> '' order by c.person = ?2 desc, h.id limit 1");

	p->person = arena_str(a, person);
	query_text(&q, p->party);
	query_text(&q, person);
	bool there = query_next(&q) == 1;
	if (there)
		p->email = arena_str(a, query_get_text(&q, 0));
	p->key = there ? arena_str(a, query_get_text(&q, 1)) : (struct str){0};
	query_done(&q, NULL);
}

unsigned partner_find(struct db *db, struct str party, enum tlp label, const struct item *body,
        struct arena *a, struct partner ret[PARTNER_MOST])
{
	struct partner p = {0};
	struct item list = item_get(body, STR("for"));
	unsigned n = 0;

	if (!load_party(db, party, a, &p))
		return 0;
	for (struct item_each e = item_each(&list); label == TLP_RED && n < PARTNER_MOST && item_next(&e);) {
		if (!str_eq(item_text(&e.item, "party"), party))
			continue;
		ret[n] = p;
		load_person(db, item_text(&e.item, "person"), a, &ret[n++]);
	}
	/* nobody of his is named: the exit says so */
	if (n == 0)
		ret[n++] = p;
	return n;
}

struct exit_recipient partner_recipient(const struct partner *p)
{
	return (struct exit_recipient){.kind = EXIT_MAIL,
	        .way = p->key.len == 0      ? EXIT_OPEN
	                : p->person.len > 0 ? EXIT_PERSONAL
	                                    : EXIT_SEALED,
	        .link = p->link,
	        .grant = TLP_RED,
	        .name = p->email,
	        .party = p->party,
	        .person = p->person};
}

bool partner_takes(enum kind kind)
{
	/* a group's card names him, so that what is GREEN for it may go to him; nobody mails it */
	return kind == KIND_GROUP || kind == KIND_CASE_OPEN || kind == KIND_CASE_STATUS ||
	        kind == KIND_CASE_NOTE || kind == KIND_AGREE_OPEN || kind == KIND_AGREE_EXTEND;
}

/* ---- his language ------------------------------------------------------------------------------- */

/* Whether the tag is of that language: "lo-LA" is of "lo". */
static bool is_of(struct str tag, struct str language)
{
	return language.len > 0 && tag.len >= language.len &&
	        str_ieq(str_sub(tag, 0, language.len), language) &&
	        (tag.len == language.len || tag.p[language.len] == '-');
}

struct str partner_text(const struct item *text, struct str language, struct str *ret_lang)
{
	struct str found = {0}, lang = {0};
	unsigned best = 0;

	for (struct item_each e = item_each(text); text->type == BODY_OBJECT && item_next(&e);) {
		unsigned fits = e.item.type != BODY_TEXT             ? 0
		        : str_ieq(e.name, language)                  ? 5
		        : is_of(e.name, language)                    ? 4
		        : is_of(e.name, str_cut(language, '-').head) ? 3
		        : is_of(e.name, STR("en"))                   ? 2
		                                                     : 1;
		if (fits > best)
			best = fits, found = e.item.text, lang = e.name;
	}
	*ret_lang = lang;
	return found.p != NULL ? found : STR("");
}

static struct str text_for(const struct item *body, struct str language, struct str *ret_lang)
{
	struct item text = item_get(body, STR("text"));

	return partner_text(&text, language, ret_lang);
}

/* ---- it is to be sent ---------------------------------------------------------------------------- */

/* What he can thread it by: what was written to him before in this case, and his newest mail. */
static struct str thread_of(
        struct db *db, uint64_t id, struct str to, const struct partner *p, struct arena *a)
{
	auto_buf struct buf out = {0};
	struct query q = db_query(db,
	        "select message_id from (select id, message_id from case_entry where case_ = ?1 and party = "
	        "?2 "
	        "and statement is not null and message_id <> '' order by id desc limit 9) order by id");

	query_u64(&q, id);
	query_text(&q, to);
	while (query_next(&q) == 1)
		case_ident_add(&out, query_get_text(&q, 0));
	query_done(&q, NULL);
	struct query his = db_query(db,
	        "select message_id from message where case_ = ? and lower(sender) = lower(?) and message_id "
	        "<> "
	        "'' order by id desc limit 1");
	query_u64(&his, id);
	query_text(&his, p->email);
	if (query_next(&his) == 1)
		case_ident_add(&out, query_get_text(&his, 0));
	query_done(&his, NULL);
	return arena_str(a, buf_str(&out));
}

/* "la-845b3c06a1": ours, whoever said it. */
static struct str tag_of(const struct link_self *self, const struct stored *s, struct arena *a)
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, digest_zero(s->h.case_) ? s->id : s->h.case_, DIGEST_LEN);
	return arena_printf(a, "%.*s-%.10s", STR_ARG(self->me), hex);
}

struct str partner_name(const struct partner *p, struct arena *a)
{
	return p->person.len > 0 ? arena_printf(a, "%.*s/%.*s", STR_ARG(p->party), STR_ARG(p->person))
	                         : p->party;
}

static bool is_there(struct db *db, uint64_t statement, struct str to)
{
	struct query q = db_query(db, "select 1 from case_entry where statement = ? and party = ?");

	query_u64(&q, statement);
	query_text(&q, to);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there;
}

void partner_put(const struct link_self *self, const struct stored *s, const struct item *body, uint64_t id,
        const struct partner *p, struct arena *a)
{
	char hex[2 * DIGEST_LEN + 1];
	struct str to = partner_name(p, a), lang;

	if (is_there(self->db, s->n, to))
		return;
	str_hex_print(hex, s->id, DIGEST_LEN);
	struct str thread = thread_of(self->db, id, to, p, a);
	struct partner_mail told = {.to = *p};
	partner_told_load(self, s, body, a, &told);
	struct str words = partner_told_words(&told, a);
	uint64_t entry = case_entry_put(self->db, id,
	        &(struct case_entry){.kind = "answer",
	                .direction = "out",
	                .channel = "mail",
	                .party = to,
	                .link = str_from(hex),
	                .subject = arena_printf(a, "[weir %.*s]", STR_ARG(tag_of(self, s, a))),
	                .text = words.len > 0 ? words : text_for(body, p->language, &lang),
	                .label = tlp_name((enum tlp)s->h.tlp),
	                .state = "to send",
	                .at = self->now});
	struct query q = db_query(self->db,
	        "update case_entry set statement = ?2, message_id = ?3, answers = ?4 where id = ?1");
	query_u64(&q, entry);
	query_u64(&q, s->n);
	query_text(&q, arena_printf(a, "%s.%llu@weir", hex, (unsigned long long)entry));
	query_text(&q, thread);
	query_run(&q);
}

bool partner_deliver(const struct link_self *self, const struct stored *s, const struct item *body,
        struct str party, struct arena *a)
{
	struct partner v[PARTNER_MOST];
	unsigned n = partner_find(self->db, party, (enum tlp)s->h.tlp, body, a, v);
	uint64_t id = case_of_statement(self->db, digest_zero(s->h.case_) ? s->id : s->h.case_);
	enum kind kind = kind_find(s->h.kind);

	if (n == 0 || !partner_takes(kind))
		return n > 0;
	if (kind == KIND_AGREE_OPEN)
		id = partner_round_case(self, s, body, id, party, a);
	for (unsigned i = 0; id != 0 && i < n; i++)
		partner_put(self, s, body, id, &v[i], a);
	return n > 0;
}

/* ---- what it says -------------------------------------------------------------------------------- */

void partner_row(struct buf *out, const char *item, struct str type, struct str value)
{
	if (value.len == 0)
		return;
	buf_csv_inert(out, str_from(item));
	buf_char(out, ',');
	buf_csv_inert(out, type);
	buf_char(out, ',');
	buf_csv_inert(out, value);
	buf_add(out, STR("\r\n"));
}

static struct str table_of(
        const struct stored *s, const struct partner_mail *m, const struct item *body, struct arena *a)
{
	auto_buf struct buf out = {0};
	char hex[2 * DIGEST_LEN + 1], stamp[STAMP_TEXT];
	struct item list = item_get(body, STR("targets"));

	str_hex_print(hex, s->id, DIGEST_LEN);
	stamp_print(stamp, s->h.created);
	buf_add(&out, STR("\xef\xbb\xbfitem,type,value\r\n"));
	partner_row(&out, "case", STR(""), m->tag);
	partner_row(&out, "statement", s->h.kind, str_from(hex));
	partner_row(&out, "said", STR("UTC"), str_from(stamp));
	partner_row(&out, "label", STR("TLP"), statement_tlp_name(s->h.tlp));
	partner_row(&out, "use", STR("PAP"), statement_pap_name(s->h.pap));
	partner_row(&out, "exercise", STR(""), s->h.exercise);
	static const char *const members[] = {"ask", "severity", "title", "rsit", "state", "reason",
	        "reply_by", "ref", "their_ref", "instrument", "closes"};
	for (unsigned i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		partner_row(&out, members[i], STR(""), item_text(body, members[i]));
	partner_told_rows(m, &out);
	for (struct item_each e = item_each(&list); list.type == BODY_LIST && item_next(&e);)
		partner_row(&out, "target", item_text(&e.item, "type"), item_text(&e.item, "value"));
	return arena_str(a, buf_str(&out));
}

static struct str list_of(const struct item *body, struct arena *a)
{
	auto_buf struct buf out = {0};
	struct item list = item_get(body, STR("targets"));
	unsigned n = 0;

	for (struct item_each e = item_each(&list); list.type == BODY_LIST && n < TARGETS && item_next(&e);
	        n++) {
		buf_printf(&out, "  ");
		case_defang(&out, item_text(&e.item, "value"));
		buf_char(&out, '\n');
	}
	return arena_str(a, buf_str(&out));
}

/* The container of section 10.2: our key list, so that it can be judged by itself, and the statement. */
static struct str file_of(const struct link_self *self, const struct stored *s, struct arena *a)
{
	auto_buf struct buf out = {0}, bytes = {0};
	struct query q =
	        db_query(self->db, "select note from key_list where party = ? order by number desc limit 1");

	container_begin(&out);
	query_text(&q, s->h.sender);
	if (query_next(&q) == 1)
		container_add(&out, CONTAINER_KEYS, query_get_text(&q, 0));
	query_done(&q, NULL);
	statement_write(&bytes, s->head, (const uint8_t *)s->signature.p, s->content);
	container_add(&out, CONTAINER_STATEMENT, buf_str(&bytes));
	container_end(&out);
	return arena_str(a, buf_str(&out));
}

/* By when he is asked to answer: as it was said, else as its severity has it from now, by the working days of his country. */
static void add_time(const struct stored *s, const struct item *body, const struct calendars *calendars,
        struct partner_mail *m)
{
	int64_t by = 0;

	if (stamp_read(item_text(body, "reply_by"), &by)) {
		m->by = by * MICRO;
		m->by_hand = true;
	} else if (str_starts(s->h.kind, STR("agree.")) && stamp_read(item_text(body, "closes"), &by)) {
		m->by = by * MICRO;
		m->by_hand = true;
	} else if (str_eq(s->h.kind, STR("case.open")) && calendars != NULL) {
		struct case_due due =
		        case_due(m->severity, s->h.created * MICRO, calendar_find(calendars, m->to.party));
		m->by = due.ack;
	}
}

static struct str copy(struct arena *a, struct str s)
{
	return arena_str(a, s.p != NULL ? s : STR(""));
}

static struct str title_of(
        const struct link_self *self, const struct stored *s, const struct item *body, struct arena *a)
{
	struct stored opened = *s;
	struct item first = *body;

	if (!digest_zero(s->h.case_)) {
		if (!store_find(self->db, s->h.case_, a, &opened))
			return STR("");
		first = stored_body(&opened, a);
	}
	return kind_find(opened.h.kind) == KIND_AGREE_OPEN ? partner_round_title(&first, a)
	                                                   : copy(a, item_text(&first, "title"));
}

static bool find_partner(const struct link_self *self, const struct stored *s, const struct item *body,
        struct str column, struct arena *a, struct partner *ret)
{
	struct partner v[PARTNER_MOST];
	unsigned n = partner_find(self->db, str_cut(column, '/').head, (enum tlp)s->h.tlp, body, a, v);

	for (unsigned i = 0; i < n; i++)
		if (str_eq(partner_name(&v[i], a), column)) {
			*ret = v[i];
			return true;
		}
	return false;
}

/* What another party has said in the round goes on to him as far as its signed head names him. */
static void permit(const struct link_self *self, const struct stored *s, struct str party, struct arena *a,
        struct exit_object *o)
{
	char hex[2 * DIGEST_LEN + 1];

	if (str_eq(s->h.sender, self->me) || !head_member(&s->h, party))
		return;
	str_hex_print(hex, s->id, DIGEST_LEN);
	struct exit_permission *p = arena_new(a, struct exit_permission);
	*p = (struct exit_permission){
	        .statement = arena_str(a, str_from(hex)), .by = copy(a, s->h.sender), .party = party};
	o->permission = p;
}

bool partner_load(const struct link_self *self, const struct calendars *calendars, uint64_t statement,
        struct str party, struct arena *a, struct partner_mail *ret, struct exit_object *ret_object)
{
	struct stored s;
	char hex[2 * DIGEST_LEN + 1];

	*ret = (struct partner_mail){0};
	if (!store_find_n(self->db, statement, a, &s) || s.content.len == 0 ||
	        s.signature.len != STATEMENT_SIGNATURE)
		return false;
	struct item body = stored_body(&s, a);
	if (!find_partner(self, &s, &body, party, a, &ret->to))
		return false;
	ret->tag = tag_of(self, &s, a);
	ret->title = title_of(self, &s, &body, a);
	ret->kind = copy(a, s.h.kind);
	ret->exercise = copy(a, s.h.exercise);
	ret->ask = copy(a, item_text(&body, "ask"));
	ret->severity = copy(a, item_text(&body, "severity"));
	ret->state = copy(a, item_text(&body, "state"));
	ret->reason = copy(a, item_text(&body, "reason"));
	struct str text = text_for(&body, ret->to.language, &ret->lang);
	ret->text = copy(a, text);
	ret->lang = copy(a, ret->lang);
	if (kind_find(s.h.kind) == KIND_AGREE_OPEN && !partner_round_load(self, &body, a, ret))
		return false;
	/* why the round has another date, or has ended, is all that there is to say */
	if (kind_find(s.h.kind) == KIND_AGREE_EXTEND || kind_find(s.h.kind) == KIND_AGREE_RETRACT)
		ret->text = ret->reason;
	partner_told_load(self, &s, &body, a, ret);
	add_time(&s, &body, calendars, ret);
	ret->list = list_of(&body, a);
	ret->csv = table_of(&s, ret, &body, a);
	ret->file = file_of(self, &s, a);
	link_object(self, &s.h, &body, a, ret_object);
	permit(self, &s, ret->to.party, a, ret_object);
	str_hex_print(hex, s.id, DIGEST_LEN);
	ret_object->name = arena_printf(a, "statement %s", hex);
	return true;
}

/* ---- what he answers ------------------------------------------------------------------------------ */

bool partner_unkept(struct db *db, uint64_t after, uint64_t *ret_message, uint64_t *ret_receipt)
{
	struct query q = db_query(db,
	        "select id, receipt from message where whole = 1 and case_ is not null and id > ? order by "
	        "id limit 1");

	query_u64(&q, after);
	bool there = query_next(&q) == 1;
	if (there) {
		*ret_message = query_get_u64(&q, 0);
		*ret_receipt = query_get_u64(&q, 1);
	}
	query_done(&q, NULL);
	return there;
}

int partner_kept(const struct link_self *self, uint64_t message, const struct partner_bytes *p, struct err *e)
{
	struct str digest = p != NULL ? str_make((const char *)p->sha256, DIGEST_LEN) : STR("");

	if (p != NULL) {
		if (blob_keep(self, p->path, p->sha256, p->size, e) != 0)
			return e->code;
		struct query q = db_query(self->db,
		        "insert or ignore into case_blob(case_, blob, name, media, hostile, at, person) "
		        "select m.case_, b.id, 'M' || m.id || '.eml', 'message/rfc822', 1, ?3, '' from "
		        "message m "
		        "join blob b on b.sha256 = ?2 where m.id = ?1");
		query_u64(&q, message);
		query_blob(&q, digest);
		query_i64(&q, self->now);
		query_run(&q);
	}
	struct query up = db_query(self->db,
	        "update message set whole = 2, blob = (select id from blob where sha256 = ?2) where id = ?1");
	query_u64(&up, message);
	query_blob(&up, digest);
	query_run(&up);
	return 0;
}
