/* SPDX-License-Identifier: Apache-2.0
 *
 * What single kinds demand beyond the types of their members: of the body, of the head, and of the statements that they
 * refer to. One function a kind; who may say it apart from what is said.
 */
#include "trust/kind.h"

#include <sodium.h>
#include <stdio.h>

#define DAY 86400
#define MAX_STOP (30 * DAY)
#define MAX_ORDER 900 /* seconds that an order may lie */

static bool wrong(struct check *c, const char *sentence)
{
	snprintf(c->why, sizeof(c->why), "%s", sentence);
	return false;
}

static bool one_of(struct str word, const char *words)
{
	struct str all = str_from(words);

	while (all.len > 0) {
		struct str_cut cut = str_cut(all, ' ');
		if (str_eq(cut.head, word))
			return true;
		all = cut.tail;
	}
	return false;
}

static struct item member(const struct check *c, const char *name)
{
	return item_get(&c->body, str_from(name));
}

static struct str text(const struct check *c, const char *name)
{
	return item_text(&c->body, name);
}

/* A time that has been checked; INT64_MAX where it is not there. */
static int64_t when(const struct item *object, const char *name)
{
	int64_t t;

	return member_time(item_text(object, name), &t) ? t : INT64_MAX;
}

static bool has_time(const struct item *object, const char *name)
{
	int64_t t;

	return member_time(item_text(object, name), &t);
}

/* Every party of the list is the sender or a recipient. */
static bool all_told(const struct check *c, const char *list)
{
	struct item parties = member(c, list);

	for (struct item_each e = item_each(&parties); item_next(&e);)
		if (!head_member(c->h, e.item.text))
			return false;
	return true;
}

static bool reply_find(const struct check *c, struct stored *ret)
{
	return !digest_zero(c->h->reply) && store_find(c->db, c->h->reply, c->a, ret);
}

static bool is_kind(const struct stored *s, enum kind kind)
{
	return str_eq(s->h.kind, str_from(kind_table[kind].name));
}

/* ---- what ---------------------------------------------------------------------------------------- */

static bool group_fields(struct check *c)
{
	struct item members = member(c, "members");

	if (!group_ok(text(c, "id")))
		return wrong(c, "id must be a group's id such as clmv");
	if (statement_tlp_find(text(c, "label")) == 0)
		return wrong(c, "label must be a TLP label");
	if (!party_ok(text(c, "secretariat")))
		return wrong(c, "secretariat must be a party id");
	if (item_count(&members) < 2)
		return wrong(c, "members must be two or more");
	return all_told(c, "members") || wrong(c, "members must all be recipients");
}

static bool outage_fields(struct check *c)
{
	struct item end = member(c, "expected_end");

	if (!one_of(text(c, "state"), "suspected confirmed restoring restored false-alarm"))
		return wrong(c, "state must be suspected, confirmed, restoring, restored or false-alarm");
	return !item_there(&end) || when(&c->body, "expected_end") > when(&c->body, "start") ||
	        wrong(c, "expected_end must be after start");
}

/* [OHTP]-[1-9][0-9]? */
static bool sim3_ok(struct str s)
{
	return (s.len == 3 || s.len == 4) && one_of(str_sub(s, 0, 1), "O H T P") && s.p[1] == '-' &&
	        s.p[2] >= '1' && s.p[2] <= '9' && (s.len == 3 || char_digit(s.p[3]));
}

static bool help_fields(struct check *c)
{
	struct item sim3 = member(c, "sim3");

	for (struct item_each e = item_each(&sim3); item_next(&e);)
		if (e.item.type != BODY_TEXT || !sim3_ok(e.item.text))
			return wrong(c, "sim3 must be ids such as T-4");
	return true;
}

static bool practice_fields(struct check *c)
{
	struct item words = member(c, "text"), files = member(c, "attachments");

	return item_count(&words) > 0 || item_count(&files) > 0 ||
	        wrong(c, "text or an attachment is missing");
}

static bool attached(const struct check *c, struct str sha256)
{
	struct item files = member(c, "attachments");

	for (struct item_each e = item_each(&files); item_next(&e);)
		if (str_eq(item_text(&e.item, "sha256"), sha256))
			return true;
	return false;
}

static bool agenda_item_ok(struct check *c, const struct item *i)
{
	struct item papers = item_get(i, STR("papers")), title = item_get(i, STR("title"));

	if (title.type != BODY_TEXT || !has_time(i, "start") || !has_time(i, "end"))
		return wrong(c, "agenda items need title, start and end");
	if (when(i, "start") < when(&c->body, "start") || when(i, "start") >= when(i, "end") ||
	        when(i, "end") > when(&c->body, "end"))
		return wrong(c, "agenda items must lie within the meeting");
	if (item_there(&papers) && papers.type != BODY_LIST)
		return wrong(c, "papers must be a list");
	for (struct item_each e = item_each(&papers); item_next(&e);)
		if (e.item.type != BODY_TEXT || !attached(c, e.item.text))
			return wrong(c, "papers must be attachments of the card");
	return true;
}

static bool meeting_fields(struct check *c)
{
	struct item chairs = member(c, "chairs"), agenda = member(c, "agenda");

	if (!one_of(text(c, "state"), "planned open closed cancelled"))
		return wrong(c, "state must be planned, open, closed or cancelled");
	if (when(&c->body, "start") >= when(&c->body, "end"))
		return wrong(c, "end must be after start");
	if (text(c, "place").len == 0 && text(c, "link").len == 0)
		return wrong(c, "place or link is missing");
	if (!all_told(c, "participants") || !all_told(c, "observers"))
		return wrong(c, "participants and observers must be recipients");
	if (item_count(&chairs) == 0)
		return wrong(c, "chairs must name somebody");
	for (struct item_each e = item_each(&chairs); item_next(&e);)
		if (e.item.type != BODY_TEXT)
			return wrong(c, "chairs must be parties or offices");
	for (struct item_each e = item_each(&agenda); item_next(&e);)
		if (!agenda_item_ok(c, &e.item))
			return false;
	return true;
}

static bool minutes_fields(struct check *c)
{
	struct item followups = member(c, "followups"), attendance = member(c, "attendance");

	for (struct item_each e = item_each(&followups); item_next(&e);) {
		struct item what = item_get(&e.item, STR("what"));
		if (what.type != BODY_TEXT || !party_ok(item_text(&e.item, "owner")) ||
		        !has_time(&e.item, "due"))
			return wrong(c, "followups need what, owner and due");
	}
	for (struct item_each e = item_each(&attendance); item_next(&e);)
		if (!party_ok(item_text(&e.item, "party")))
			return wrong(c, "attendance needs the party");
	return true;
}

/* Of the minutes that it names. */
static bool assent_fields(struct check *c)
{
	struct stored minutes;
	struct item body;

	if (!reply_find(c, &minutes))
		return true;
	if (!is_kind(&minutes, KIND_MEETING_MINUTES))
		return wrong(c, "reply must be the minutes of a meeting");
	body = stored_body(&minutes, c->a);
	return body.type != BODY_OBJECT || str_eq(item_text(&body, "minutes"), text(c, "minutes")) ||
	        wrong(c, "minutes is the digest of others than reply");
}

static bool position_fields(struct check *c)
{
	return one_of(text(c, "position"),
	               "acknowledged no-objection support comment amendment objection reservation "
	               "disassociation abstain") ||
	        wrong(c, "position must be a word that the protocol knows");
}

static bool service_fields(struct check *c)
{
	bool none = str_eq(text(c, "level"), STR("none"));

	if (!one_of(text(c, "level"), "voice mail paper in-person none"))
		return wrong(c, "level must be voice, mail, paper, in-person or none");
	if (none != str_eq(text(c, "party"), c->h->sender))
		return wrong(c,
		        none ? "party: only it says none about itself"
		             : "party: others say how it was served");
	return true;
}

static bool order_fields(struct check *c)
{
	struct item openc2 = member(c, "openc2"), target = item_get(&openc2, STR("target"));

	if (c->h->expires == 0 || c->h->expires - c->now > MAX_ORDER)
		return wrong(c, "expires must be at most 15 minutes ahead");
	if (when(&c->body, "stop") - c->now > MAX_STOP)
		return wrong(c, "stop must be at most 30 days ahead");
	return (target.type == BODY_OBJECT && item_count(&target) == 1) ||
	        wrong(c, "openc2 must have one target");
}

static bool report_fields(struct check *c)
{
	struct stored order;

	return !reply_find(c, &order) || is_kind(&order, KIND_BLOCK_ORDER) ||
	        is_kind(&order, KIND_BLOCK_LIFT) || wrong(c, "reply must be an order or a lift");
}

static bool withdraw_fields(struct check *c)
{
	static const enum kind own_ways[] = {
	        KIND_RECEIPT, KIND_AGREE_POSITION, KIND_AGREE_OPEN, KIND_BLOCK_ORDER};
	struct stored said;

	if (!reply_find(c, &said))
		return true;
	for (unsigned i = 0; i < sizeof(own_ways) / sizeof(own_ways[0]); i++)
		if (is_kind(&said, own_ways[i]))
			return wrong(c, "reply is of a kind with its own way to be taken back");
	return true;
}

static bool progress_fields(struct check *c)
{
	struct stored commitment;

	return !reply_find(c, &commitment) || is_kind(&commitment, KIND_AGREE_COMMITMENT) ||
	        wrong(c, "reply must be a commitment");
}

/* One of the two statements of a fork, out of base64. */
static bool evidence_read(struct check *c, const char *name, struct statement *ret, struct head *ret_head)
{
	struct str base64 = text(c, name);
	size_t len = 0, max = base64.len / 4 * 3 + 3;
	uint8_t key[32], *bytes = arena_get(c->a, max);

	if (bytes == NULL ||
	        sodium_base642bin(bytes, max, base64.p, base64.len, NULL, &len, NULL,
	                sodium_base64_VARIANT_ORIGINAL) != 0 ||
	        statement_frame(str_make((const char *)bytes, len), ret) != VERDICT_OK ||
	        head_read(ret->head, ret_head) != VERDICT_OK)
		return false;
	struct link l = store_link(c->db, ret_head->sender);
	return store_sign_key(c->db, ret_head->sender, &l, ret_head->key, ret_head->created, key) &&
	        statement_verify(key, ret->head, ret->signature);
}

static bool fork_fields(struct check *c)
{
	struct statement a, b;
	struct head ha, hb;

	if (!evidence_read(c, "a", &a, &ha) || !evidence_read(c, "b", &b, &hb))
		return wrong(c, "a and b must be statements with good signatures of a linked party");
	if (!str_eq(ha.sender, hb.sender) || !head_same_to(&ha, &hb))
		return wrong(c, "a and b must be of one stream");
	bool same = ha.seq == hb.seq && memcmp(a.id, b.id, DIGEST_LEN) != 0;
	bool broken = hb.seq == ha.seq + 1 && memcmp(hb.prev, a.id, DIGEST_LEN) != 0;
	return same || broken || wrong(c, "a and b must have one number or break the chain");
}

/* ---- who ----------------------------------------------------------------------------------------- */

/* The card of that group that a person here has confirmed, or that is ours, with the highest serial. */
static bool confirmed_card(const struct check *c, struct str group, struct item *ret)
{
	struct query q = db_query(c->db,
	        "select g.id from statement g where g.kind = 'group' and g.effect = 1 and (g.sender = ?1 or "
	        "exists "
	        "(select 1 from statement a where a.reply = g.id and a.kind = 'ack' and a.sender = ?1)) "
	        "order by g.n");
	VEC(struct stored) cards = {0};
	int64_t best = -1;

	query_text(&q, c->me);
	while (query_next(&q) == 1) {
		struct stored s = {0};
		memcpy(s.id, query_get_blob(&q, 0).p, DIGEST_LEN);
		*vec_add(&cards) = s;
	}
	query_done(&q, NULL);
	for (size_t i = 0; i < cards.n; i++) {
		struct stored s;
		if (!store_find(c->db, cards.v[i].id, c->a, &s))
			continue;
		struct item body = stored_body(&s, c->a);
		if (str_eq(item_text(&body, "id"), group) && item_get(&body, STR("serial")).n > best) {
			best = item_get(&body, STR("serial")).n;
			*ret = body;
		}
	}
	vec_done(&cards);
	return best >= 0;
}

static bool group_sender(struct check *c)
{
	struct item card = c->body;

	confirmed_card(c, text(c, "id"), &card);
	struct item office = item_get(&card, STR("secretariat"));
	return !item_there(&office) || str_eq(office.text, c->h->sender) ||
	        wrong(c, "the card of a group comes from its secretariat");
}

/* The cards of a meeting: the first of its case, and the one with the highest serial. */
static bool meeting_cards(struct check *c, struct stored *ret_first, struct item *ret_newest)
{
	struct query q = db_query(c->db,
	        "select n from statement where kind = 'meeting' and (id = ?1 or case_id = ?1) order by n");
	uint64_t n[64];
	unsigned count = 0;
	int64_t best = -1;

	query_blob(&q, str_make((const char *)c->h->case_, DIGEST_LEN));
	while (count < 64 && query_next(&q) == 1)
		n[count++] = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (unsigned i = 0; i < count; i++) {
		struct stored s;
		if (!store_find_n(c->db, n[i], c->a, &s))
			continue;
		struct item body = stored_body(&s, c->a);
		if (i == 0)
			*ret_first = s;
		if (i == 0 || item_get(&body, STR("serial")).n > best) {
			best = item_get(&body, STR("serial")).n;
			*ret_newest = body;
		}
	}
	return count > 0;
}

static bool meeting_sender(struct check *c)
{
	struct stored first = {0};
	struct item newest;

	return digest_zero(c->h->case_) || !meeting_cards(c, &first, &newest) ||
	        str_eq(first.h.sender, c->h->sender) || wrong(c, "a meeting is changed by who called it");
}

static bool assent_sender(struct check *c)
{
	struct stored first = {0};
	struct item newest, parties;

	if (digest_zero(c->h->case_) || !meeting_cards(c, &first, &newest))
		return true;
	parties = item_get(&newest, STR("participants"));
	for (struct item_each e = item_each(&parties); item_next(&e);)
		if (str_eq(e.item.text, c->h->sender))
			return true;
	return wrong(c, "minutes are assented to by participants");
}

/* reply is of that party; true where it is not here. */
static bool reply_of(struct check *c, struct str party, const char *sentence)
{
	struct stored s;

	return !reply_find(c, &s) || str_eq(s.h.sender, party) || wrong(c, sentence);
}

static bool read_sender(struct check *c)
{
	return reply_of(c, c->me, "reply is nothing that we said");
}

static bool own_sender(struct check *c)
{
	return reply_of(c, c->h->sender, "reply is nothing that the sender said");
}

/* The requester writes "withdrawn" and "closed", each other one the rest. */
static bool status_sender(struct check *c)
{
	struct stored opened;
	bool requesters = one_of(text(c, "state"), "withdrawn closed");

	if (!store_find(c->db, c->h->case_, c->a, &opened))
		return true;
	return requesters == str_eq(opened.h.sender, c->h->sender) ||
	        wrong(c,
	                requesters ? "only who opened the case closes or withdraws it"
	                           : "who opened the case does not say how it is answered");
}

static bool drill_sender(struct check *c)
{
	return str_eq(exercise_party(c->h->exercise), c->h->sender) ||
	        wrong(c, "a drill is run by the party that its id names");
}

static bool drill_end_sender(struct check *c)
{
	return str_eq(text(c, "why"), STR("real-world")) || drill_sender(c);
}

static bool rejoin_sender(struct check *c)
{
	struct str first = str_cut(text(c, "stream"), ' ').head;

	/* "la kh mm": the sender of the stream stands first. */
	return !party_ok(first) || str_eq(first, c->h->sender) ||
	        wrong(c, "a fork is ended by whose stream it is");
}

static bool order_sender(struct check *c)
{
	struct link l = store_link(c->db, c->h->sender);

	return l.commands || wrong(c, "the sender does not command this gate");
}

static const struct {
	bool (*fields)(struct check *c);
	bool (*sender)(struct check *c);
} checks[KIND_END] = {
        [KIND_READ] = {NULL, read_sender},
        [KIND_WITHDRAW] = {withdraw_fields, own_sender},
        [KIND_FORK] = {fork_fields, NULL},
        [KIND_REJOIN] = {NULL, rejoin_sender},
        [KIND_GROUP] = {group_fields, group_sender},
        [KIND_CASE_STATUS] = {NULL, status_sender},
        [KIND_OUTAGE] = {outage_fields, NULL},
        [KIND_NEED] = {help_fields, NULL},
        [KIND_OFFER] = {help_fields, NULL},
        [KIND_PRACTICE] = {practice_fields, NULL},
        [KIND_MEETING] = {meeting_fields, meeting_sender},
        [KIND_MEETING_MINUTES] = {minutes_fields, meeting_sender},
        [KIND_MEETING_ASSENT] = {assent_fields, assent_sender},
        [KIND_BLOCK_ORDER] = {order_fields, order_sender},
        [KIND_BLOCK_REPORT] = {report_fields, NULL},
        [KIND_AGREE_POSITION] = {position_fields, NULL},
        [KIND_AGREE_SERVICE] = {service_fields, NULL},
        [KIND_AGREE_RETRACT] = {NULL, own_sender},
        [KIND_AGREE_PROGRESS] = {progress_fields, own_sender},
        [KIND_EXERCISE_OPEN] = {NULL, drill_sender},
        [KIND_EXERCISE_INJECT] = {NULL, drill_sender},
        [KIND_EXERCISE_END] = {NULL, drill_end_sender},
};

bool kind_fields_ok(struct check *c, enum kind kind)
{
	return kind_types_ok(c, kind) && (checks[kind].fields == NULL || checks[kind].fields(c));
}

bool kind_sender_ok(struct check *c, enum kind kind)
{
	return checks[kind].sender == NULL || checks[kind].sender(c);
}
