/* SPDX-License-Identifier: Apache-2.0
 *
 * What single kinds demand beyond the types of their members: of the body, of the head, and of the statements that they
 * refer to. One function a kind; who may say it apart from what is said.
 */
#include "trust/group.h"
#include "trust/kind.h"

#include "base/base64.h"

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

	return stamp_read(item_text(object, name), &t) ? t : INT64_MAX;
}

static bool has_time(const struct item *object, const char *name)
{
	int64_t t;

	return stamp_read(item_text(object, name), &t);
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

/* The head of that statement; content, where it is asked for. */
static bool find(const struct check *c, const uint8_t id[DIGEST_LEN], bool content, struct stored *ret)
{
	if (digest_zero(id))
		return false;
	if (c->find != NULL)
		return c->find(c, id, ret);
	return content ? store_find(c->db, id, c->a, ret) : store_find_head(c->db, id, c->a, ret);
}

/* The head of what it answers. */
static bool reply_find(const struct check *c, struct stored *ret)
{
	return find(c, c->h->reply, false, ret);
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
	if (!party_id_good(text(c, "secretariat")))
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

static bool attached(const struct item *files, struct str sha256)
{
	for (struct item_each e = item_each(files); item_next(&e);)
		if (str_eq(item_text(&e.item, "sha256"), sha256))
			return true;
	return false;
}

/* What each item of an agenda is held against. Looked up once: a stranger's body may have as many items as it has members. */
struct meeting {
	int64_t start, end;
	struct item files;
};

static bool agenda_item_ok(struct check *c, const struct meeting *m, const struct item *i)
{
	struct item papers = item_get(i, STR("papers")), title = item_get(i, STR("title"));

	if (title.type != BODY_TEXT || !has_time(i, "start") || !has_time(i, "end"))
		return wrong(c, "agenda items need title, start and end");
	if (when(i, "start") < m->start || when(i, "start") >= when(i, "end") || when(i, "end") > m->end)
		return wrong(c, "agenda items must lie within the meeting");
	if (item_there(&papers) && papers.type != BODY_LIST)
		return wrong(c, "papers must be a list");
	for (struct item_each e = item_each(&papers); item_next(&e);)
		if (e.item.type != BODY_TEXT || !attached(&m->files, e.item.text))
			return wrong(c, "papers must be attachments of the card");
	return true;
}

static bool meeting_fields(struct check *c)
{
	struct item chairs = member(c, "chairs"), agenda = member(c, "agenda");
	struct meeting m = {when(&c->body, "start"), when(&c->body, "end"), member(c, "attachments")};

	if (!one_of(text(c, "state"), "planned open closed cancelled"))
		return wrong(c, "state must be planned, open, closed or cancelled");
	if (m.start >= m.end)
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
		if (!agenda_item_ok(c, &m, &e.item))
			return false;
	return true;
}

static bool minutes_fields(struct check *c)
{
	struct item followups = member(c, "followups"), attendance = member(c, "attendance");

	for (struct item_each e = item_each(&followups); item_next(&e);) {
		struct item what = item_get(&e.item, STR("what"));
		if (what.type != BODY_TEXT || !party_id_good(item_text(&e.item, "owner")) ||
		        !has_time(&e.item, "due"))
			return wrong(c, "followups need what, owner and due");
	}
	for (struct item_each e = item_each(&attendance); item_next(&e);)
		if (!party_id_good(item_text(&e.item, "party")))
			return wrong(c, "attendance needs the party");
	return true;
}

/* Of the minutes that it names. */
static bool assent_fields(struct check *c)
{
	struct stored minutes;
	struct item body;

	if (digest_zero(c->h->reply) || !store_find(c->db, c->h->reply, c->a, &minutes))
		return true;
	if (!is_kind(&minutes, KIND_MEETING_MINUTES))
		return wrong(c, "reply must be the minutes of a meeting");
	body = stored_body(&minutes, c->a);
	return body.type != BODY_OBJECT || str_eq(item_text(&body, "minutes"), text(c, "minutes")) ||
	        wrong(c, "minutes is the digest of others than reply");
}

bool kind_hosted(const struct item *round, struct str party)
{
	struct item list = item_get(round, STR("hosted"));

	for (struct item_each e = item_each(&list); list.type == BODY_LIST && item_next(&e);)
		if (e.item.type == BODY_TEXT && str_eq(e.item.text, party))
			return true;
	return false;
}

/* The head of the round that the case is about; false where that is not here. */
static bool round_find(struct check *c, struct stored *ret)
{
	return find(c, c->h->case_, false, ret) && is_kind(ret, KIND_AGREE_OPEN);
}

static bool position_fields(struct check *c)
{
	struct stored opened;

	if (round_find(c, &opened) && find(c, c->h->case_, true, &opened)) {
		struct item round = stored_body(&opened, c->a);
		if (round.type == BODY_OBJECT &&
		        !str_eq(item_text(&round, "round_sha256"), text(c, "round_sha256")))
			return wrong(c, "round_sha256 is that of another round than case");
	}
	return one_of(text(c, "position"),
	               "acknowledged no-objection support comment amendment objection reservation "
	               "disassociation abstain") ||
	        wrong(c, "position must be a word that the protocol knows");
}

/* A party without a node takes part by mail, through the chair: only what it wrote may be entered for it, and its mail goes with it, so
 * that nobody has to believe the chair. The table of kinds is that of the protocol, which has via in case.note alone: its type is looked at
 * here. */
static bool comment_fields(struct check *c)
{
	struct item via = member(c, "via"), files = member(c, "attachments");
	struct str from = item_text(&via, "from");
	struct stored opened;

	if (!item_there(&via))
		return true;
	if (via.type != BODY_OBJECT || !str_eq(item_text(&via, "channel"), STR("mail")) ||
	        !party_id_good(from) || item_text(&via, "auth").len == 0)
		return wrong(c, "via needs channel mail, from (a party) and auth");
	if (!attached(&files, item_text(&via, "raw")))
		return wrong(c, "via needs its mail (raw) among the attachments");
	if (!round_find(c, &opened) || !find(c, c->h->case_, true, &opened))
		return true;
	if (!str_eq(opened.h.sender, c->h->sender))
		return wrong(c, "via: the chair enters what came by mail");
	struct item round = stored_body(&opened, c->a);
	return round.type != BODY_OBJECT || kind_hosted(&round, from) ||
	        wrong(c, "via names a party that does not take part by mail");
}

/* Whom a statement of the chair is about. */
static bool party_fields(struct check *c)
{
	struct stored opened;

	return !round_find(c, &opened) || head_member(&opened.h, text(c, "party")) ||
	        wrong(c, "party is no member of the round");
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
	return party_fields(c);
}

static bool order_fields(struct check *c)
{
	struct item openc2 = member(c, "openc2"), target = item_get(&openc2, STR("target"));
	/* Of the later of the two clocks, so that one that is a little ahead makes no order bad. */
	int64_t from = c->h->created > c->now ? c->h->created : c->now;

	if (c->h->expires == 0 || c->h->expires - from > MAX_ORDER)
		return wrong(c, "expires must be at most 15 minutes ahead");
	if (when(&c->body, "stop") - from > MAX_STOP)
		return wrong(c, "stop must be at most 30 days ahead");
	return (target.type == BODY_OBJECT && item_count(&target) == 1) ||
	        wrong(c, "openc2 must have one target");
}

/* A step of a drill is said while it runs: where the case is the drill, and that is here. */
static bool inject_fields(struct check *c)
{
	struct stored opened;

	if (!find(c, c->h->case_, true, &opened) || !is_kind(&opened, KIND_EXERCISE_OPEN))
		return true;
	struct item drill = stored_body(&opened, c->a);
	return !has_time(&drill, "start") ||
	        (c->h->created >= when(&drill, "start") && c->h->created <= when(&drill, "end")) ||
	        wrong(c, "created must lie between start and end of the drill");
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
	auto_buf struct buf bytes = {0};
	uint8_t key[32];

	if (!base64_add(text(c, name), &bytes) ||
	        statement_frame(arena_str(c->a, buf_str(&bytes)), ret) != VERDICT_OK ||
	        head_read(ret->head, ret_head) != VERDICT_OK)
		return false;
	return store_any_sign_key(c->db, ret_head->sender, ret_head->key, key) &&
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

static bool group_sender(struct check *c)
{
	struct group_card card = {.body = c->body};

	group_confirmed(c->db, c->me, text(c, "id"), c->a, &card);
	struct item office = item_get(&card.body, STR("secretariat"));
	return !item_there(&office) || (office.type == BODY_TEXT && str_eq(office.text, c->h->sender)) ||
	        wrong(c, "the card of a group comes from its secretariat");
}

/* The card that opened the case of a meeting; where none is here that did, the first of those that name the case. Who sent the
 * opening card is decided by its head alone, so that nobody takes a meeting over while its card is held for a person. */
static bool first_card(struct check *c, struct stored *ret)
{
	uint8_t id[DIGEST_LEN];

	if (store_find_head(c->db, c->h->case_, c->a, ret) && is_kind(ret, KIND_MEETING))
		return true;
	struct query q = db_query(c->db,
	        "select id from statement where case_id = ?1 and kind = 'meeting' and effect = 1 order by n "
	        "limit 1");
	query_blob(&q, str_make((const char *)c->h->case_, DIGEST_LEN));
	bool there = query_next(&q) == 1;
	if (there)
		memcpy(id, query_get_blob(&q, 0).p, DIGEST_LEN);
	query_done(&q, NULL);
	return there && store_find_head(c->db, id, c->a, ret);
}

/* Its newest card: the highest serial of the first one and of its sender's last 8. Serials rise with numbers, so that it is the
 * last; a few more are looked at for a sender whose do not, but each may be long. */
static void newest_card(struct check *c, const struct stored *first, struct item *ret)
{
	struct query q = db_query(c->db,
	        "select n from statement where case_id = ?1 and sender = ?2 and kind = 'meeting' and "
	        "effect = 1 order by seq desc limit 8");
	uint64_t n[9];
	unsigned count = 0;
	int64_t best = -1;

	query_blob(&q, str_make((const char *)c->h->case_, DIGEST_LEN));
	query_text(&q, first->h.sender);
	while (query_next(&q) == 1)
		n[count++] = query_get_u64(&q, 0);
	query_done(&q, NULL);
	n[count++] = first->n;
	while (count-- > 0) {
		struct stored s;
		if (!store_find_n(c->db, n[count], c->a, &s))
			continue;
		struct item body = stored_body(&s, c->a), serial = item_get(&body, STR("serial"));
		if (serial.n > best) {
			best = serial.n;
			*ret = body;
		}
	}
}

static bool meeting_sender(struct check *c)
{
	struct stored first;

	return digest_zero(c->h->case_) || !first_card(c, &first) || str_eq(first.h.sender, c->h->sender) ||
	        wrong(c, "a meeting is changed by who called it");
}

static bool assent_sender(struct check *c)
{
	struct stored first;
	struct item newest = {0}, parties;

	if (digest_zero(c->h->case_) || !first_card(c, &first))
		return true;
	newest_card(c, &first, &newest);
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

/* Of ours: whoever said it is told. What we say ourselves is looked at before it goes to others. */
static bool read_sender(struct check *c)
{
	struct stored s;

	if (str_eq(c->h->sender, c->me) && !head_names(c->h, c->me))
		return !reply_find(c, &s) || (!str_eq(s.h.sender, c->me) && head_member(c->h, s.h.sender)) ||
		        wrong(c, "reply is nothing that a recipient said");
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

	if (text(c, "state").len == 0 || digest_zero(c->h->case_) ||
	        !store_find_head(c->db, c->h->case_, c->a, &opened))
		return true;
	return requesters == str_eq(opened.h.sender, c->h->sender) ||
	        wrong(c,
	                requesters ? "only who opened the case closes or withdraws it"
	                           : "who opened the case does not say how it is answered");
}

/* A round is moved by its chair, who opened it. */
static bool chair_sender(struct check *c)
{
	struct stored opened;

	return !round_find(c, &opened) || str_eq(opened.h.sender, c->h->sender) ||
	        wrong(c, "a round is extended by its chair, who opened it");
}

static bool drill_sender(struct check *c)
{
	return str_eq(exercise_party(c->h->exercise), c->h->sender) ||
	        wrong(c, "a drill is run by the party that its id names");
}

static bool drill_end_sender(struct check *c)
{
	return !one_of(text(c, "why"), "finished stopped") || drill_sender(c);
}

static bool rejoin_sender(struct check *c)
{
	struct item stream = member(c, "stream");
	struct str whose = item_text(&stream, "sender");

	return whose.len == 0 || str_eq(whose, c->h->sender) ||
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
        [KIND_AGREE_COMMENT] = {comment_fields, NULL},
        [KIND_AGREE_EXTEND] = {NULL, chair_sender},
        [KIND_AGREE_SERVICE] = {service_fields, NULL},
        [KIND_AGREE_VOICE] = {party_fields, NULL},
        [KIND_AGREE_RETRACT] = {NULL, own_sender},
        [KIND_AGREE_PROGRESS] = {progress_fields, own_sender},
        [KIND_EXERCISE_OPEN] = {NULL, drill_sender},
        [KIND_EXERCISE_INJECT] = {inject_fields, drill_sender},
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
