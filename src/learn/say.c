/* SPDX-License-Identifier: Apache-2.0
 *
 * What leaves: a draft as a statement, the word that takes it back, and the word that takes an offer of others on. Each is decided by a
 * coordinator, and each recipient must be one that the exit lets have it.
 */
#include "base/os.h"
#include "learn/learn_in.h"
#include "trust/group.h"

struct parcel {
	struct say say;
	struct str to[STATEMENT_TO_MAX];
	struct buf body;
};

static int say_it(struct change *c, struct parcel *p, uint8_t ret_id[DIGEST_LEN], struct err *e)
{
	uint8_t id[DIGEST_LEN];

	if (c->here->ways == NULL)
		return err_set(
		        e, ERR_MISSING, "this node has no party to speak for: set the country in weir.yaml");
	buf_char(&p->body, '}');
	p->say.to = p->to;
	p->say.body = buf_str(&p->body);
	p->say.pap = STATEMENT_AMBER;
	return c->here->ways->say(c->here, c->db, &p->say, ret_id != NULL ? ret_id : id, e);
}

static void begin(struct change *c, struct parcel *p)
{
	struct by by = {.person = c->person, .role = "coordinator", .at = os_now()};

	by_put(&p->body, &by, 1);
}

static void add_words(struct buf *body, const char *lang, struct str text)
{
	if (text.len == 0)
		return;
	buf_printf(body, ",\"text\":{\"%s\":", lang);
	buf_json(body, text);
	buf_char(body, '}');
}

/* ---- to whom ------------------------------------------------------------------------------------- */

static void add_party(struct change *c, struct parcel *p, struct str party)
{
	for (unsigned i = 0; i < p->say.to_count; i++)
		if (str_eq(p->to[i], party))
			return;
	if (!str_eq(party, c->here->party) && p->say.to_count < STATEMENT_TO_MAX)
		p->to[p->say.to_count++] = party;
}

static int add_members(struct change *c, struct parcel *p, struct str group, struct arena *a, struct err *e)
{
	struct group_card card;

	if (!group_confirmed(c->db, c->here->party, group, a, &card))
		return err_set(e, ERR_MISSING, "no card of the group '%.*s' is confirmed here",
		        STR_ARG(str_sub(group, 0, 64)));
	struct item members = item_get(&card.body, STR("members"));
	for (struct item_each m = item_each(&members); item_next(&m);)
		if (m.item.type == BODY_TEXT)
			add_party(c, p, m.item.text);
	return 0;
}

/* All members of the group; or these parties, with GREEN within that group. */
static int add_to(struct change *c, struct parcel *p, const struct draft *d, struct arena *a, struct err *e)
{
	for (struct str_cut cut = {.tail = d->recipients, .ok = true}; cut.ok;) {
		cut = str_cut(cut.tail, ' ');
		if (cut.head.len > 0)
			add_party(c, p, cut.head);
	}
	if (d->recipients.len == 0 && d->community.len > 0 && add_members(c, p, d->community, a, e) != 0)
		return e->code;
	if (p->say.to_count == 0)
		return err_set(e, ERR_USAGE,
		        "who is told? a group, or parties with blanks between them: group or to");
	p->say.tlp = statement_tlp_find(d->label);
	if (p->say.tlp == 0)
		p->say.tlp = d->community.len > 0 ? STATEMENT_GREEN : STATEMENT_AMBER;
	if (p->say.tlp == STATEMENT_GREEN && d->community.len == 0)
		return err_set(e, ERR_USAGE, "TLP:GREEN names its community: group");
	return 0;
}

/* ---- a draft ------------------------------------------------------------------------------------- */

static unsigned add_texts(struct db *db, struct buf *body, uint64_t draft)
{
	struct query q =
	        db_query(db, "select lang, text from learn_draft_text where draft = ? order by lang");
	unsigned n = 0;

	query_u64(&q, draft);
	while (query_next(&q) == 1) {
		buf_add(body, n++ > 0 ? STR(",") : STR(",\"text\":{"));
		buf_json(body, query_get_text(&q, 0));
		buf_char(body, ':');
		buf_json(body, query_get_text(&q, 1));
	}
	query_done(&q, NULL);
	if (n > 0)
		buf_char(body, '}');
	return n;
}

static unsigned add_files(struct db *db, struct buf *body, uint64_t draft)
{
	struct query q = db_query(db,
	        "select lower(hex(b.sha256)), b.size, f.name, f.media from learn_draft_file f join blob b on "
	        "b.id = f.blob where f.draft = ? order by b.id limit 32");
	unsigned n = 0;

	query_u64(&q, draft);
	while (query_next(&q) == 1) {
		buf_printf(body, "%s{\"sha256\":\"%.*s\",\"size\":%llu", n++ > 0 ? "," : ",\"attachments\":[",
		        STR_ARG(query_get_text(&q, 0)), (unsigned long long)query_get_u64(&q, 1));
		text_put(body, "name", query_get_text(&q, 2));
		text_put(body, "media", query_get_text(&q, 3));
		buf_char(body, '}');
	}
	query_done(&q, NULL);
	if (n > 0)
		buf_char(body, ']');
	return n;
}

static void add_sim3(struct buf *body, struct str ids)
{
	unsigned n = 0;

	for (struct str_cut cut = {.tail = ids, .ok = ids.len > 0}; cut.ok;) {
		cut = str_cut(cut.tail, ' ');
		buf_add(body, n++ > 0 ? STR(",") : STR(",\"sim3\":["));
		buf_json(body, cut.head);
	}
	if (n > 0)
		buf_char(body, ']');
}

/* What every reader asks first, before it is too late to say it. */
static int complete(const struct draft *d, unsigned texts, unsigned files, struct err *e)
{
	bool practice = d->kind == LEARN_PRACTICE;

	if (d->area.len == 0)
		return err_set(e, ERR_USAGE, "which area is it of? area");
	if (!practice && d->contact.len == 0)
		return err_set(e, ERR_USAGE, "which office answers questions about it? contact");
	if (practice && d->learnt_from.len == 0)
		return err_set(e, ERR_USAGE, "from whom, or from what, was it learnt? learnt-from");
	if (practice && texts + files == 0)
		return err_set(e, ERR_USAGE, "a practice has a text or a file");
	if (!practice && texts == 0)
		return err_set(e, ERR_USAGE, "in words, for people there: text");
	if (d->until != 0 && d->until <= os_now() / 1000000)
		return err_set(e, ERR_USAGE, "'until' has passed already");
	return 0;
}

static int fill(struct change *c, const struct draft *d, struct parcel *p, struct err *e)
{
	begin(c, p);
	text_put(&p->body, "title", d->title);
	text_put(&p->body, "area", d->area);
	if (d->kind == LEARN_PRACTICE) {
		text_put(&p->body, "learnt_from", d->learnt_from);
		text_put(&p->body, "lang", d->lang);
	} else {
		text_put(&p->body, "contact", d->contact);
		add_sim3(&p->body, d->sim3);
		if (d->until != 0)
			time_put(&p->body, "until", d->until);
	}
	unsigned texts = add_texts(c->db, &p->body, d->id), files = add_files(c->db, &p->body, d->id);
	if (d->community.len > 0)
		text_put(&p->body, "group", d->community);
	return complete(d, texts, files, e);
}

static uint64_t row_of(struct db *db, const uint8_t said[DIGEST_LEN])
{
	struct query q = db_query(db, "select id from learn where said = ?");
	uint64_t id = 0;

	query_blob(&q, str_make((const char *)said, DIGEST_LEN));
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return id;
}

int change_learn_send(struct change *c, struct err *e)
{
	static const enum kind kinds[] = {KIND_NEED, KIND_OFFER, KIND_PRACTICE};
	auto_arena struct arena a = {0};
	struct parcel p = {0};
	struct draft d;
	uint8_t id[DIGEST_LEN];

	arena_init(&a, 0);
	int rc = draft_find(c, &a, &d, e);
	if (rc == 0)
		rc = add_to(c, &p, &d, &a, e);
	if (rc == 0)
		rc = fill(c, &d, &p, e);
	if (rc == 0) {
		p.say.kind = kinds[d.kind];
		p.say.reply = d.reply.len == DIGEST_LEN ? (const uint8_t *)d.reply.p : NULL;
		rc = say_it(c, &p, id, e);
	}
	buf_done(&p.body);
	if (rc != 0)
		return rc;
	draft_drop(c->db, d.id);
	uint64_t row = row_of(c->db, id);
	change_about(c, 'G', row, d.title);
	buf_printf(c->said, "G%llu: %s, told to %u\n", (unsigned long long)row, learn_kinds[d.kind],
	        p.say.to_count);
	return 0;
}

/* ---- what was said ------------------------------------------------------------------------------- */

/* Who was told and can still be told: of a group that has lost a member, that member not. */
static void still(
        struct change *c, struct parcel *p, const struct stored *s, const struct item *body, struct arena *a)
{
	struct str group = item_text(body, "group");
	struct group_card card;
	bool grouped = s->h.tlp == STATEMENT_GREEN && group_confirmed(c->db, c->here->party, group, a, &card);

	for (unsigned i = 0; i < s->h.to_count; i++) {
		struct link l = store_link(c->db, s->h.to[i]);
		if (link_speaks(&l) && l.role != LINK_MAIL &&
		        (s->h.tlp != STATEMENT_GREEN || (grouped && group_member(&card, s->h.to[i]))))
			add_party(c, p, s->h.to[i]);
	}
}

static int withdraw(struct change *c, struct parcel *p, const struct learnt *l, struct arena *a,
        unsigned *ret_left, struct err *e)
{
	struct stored s;

	if (!store_find(c->db, l->said, a, &s))
		return err_set(e, ERR_MISSING, "what was said is not here any more");
	struct item body = stored_body(&s, a);
	still(c, p, &s, &body, a);
	*ret_left = s.h.to_count - p->say.to_count;
	p->say.kind = KIND_WITHDRAW;
	p->say.reply = l->said;
	p->say.tlp = s.h.tlp;
	p->say.exercise = s.h.exercise;
	/* nobody is left who could hear it: it is ours to remember all the same */
	if (p->say.to_count == 0)
		p->to[p->say.to_count++] = c->here->party;
	begin(c, p);
	text_put(&p->body, "reason", learn_param(c, "reason"));
	label_put(&p->body, &body);
	return say_it(c, p, NULL, e);
}

int change_learn_withdraw(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct str reason = learn_param(c, "reason"), kind = learn_param(c, "kind");
	struct parcel p = {0};
	struct learnt l;
	unsigned left = 0;

	arena_init(&a, 0);
	if (learnt_find(c, "id", &a, &l, e) != 0)
		return e->code;
	if (!l.ours || (kind.len > 0 && !str_eq(kind, l.kind)))
		return err_set(e, ERR_DENIED, "G%llu is no %s of ours", (unsigned long long)l.id,
		        kind.len > 0 ? arena_str(&a, kind).p : "statement");
	if (l.withdrawn)
		return err_set(e, ERR_VALUE, "G%llu is taken back already", (unsigned long long)l.id);
	if (reason.len == 0 || reason.len > LEARN_LINE)
		return err_set(e, ERR_USAGE, "why, in a line? reason: met, or other words");
	int rc = withdraw(c, &p, &l, &a, &left, e);
	buf_done(&p.body);
	if (rc != 0)
		return rc;
	change_about(c, 'G', l.id, reason);
	buf_printf(c->said, "G%llu is taken back\n", (unsigned long long)l.id);
	if (left > 0)
		buf_printf(c->said,
		        "%u that had it are no longer linked, or in the group, and hear nothing\n", left);
	return 0;
}

static int take_on(struct change *c, struct parcel *p, const struct learnt *l, struct arena *a, struct err *e)
{
	auto_buf struct buf text = {0};
	struct stored s;

	if (change_lines(c, "text", LEARN_TEXT, &text, e) != 0)
		return e->code;
	if (!store_find(c->db, l->said, a, &s))
		return err_set(e, ERR_MISSING, "what was said is not here any more");
	struct item body = stored_body(&s, a);
	add_party(c, p, l->party);
	p->say.kind = KIND_ACK;
	p->say.reply = l->said;
	p->say.tlp = s.h.tlp;
	p->say.exercise = s.h.exercise;
	begin(c, p);
	add_words(&p->body, "en", str_trim(buf_str(&text)));
	label_put(&p->body, &body);
	return say_it(c, p, NULL, e);
}

int change_learn_ack(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct parcel p = {0};
	struct learnt l;

	arena_init(&a, 0);
	if (learnt_find(c, "id", &a, &l, e) != 0)
		return e->code;
	if (l.ours || !str_eq(l.kind, STR("offer")))
		return err_set(e, ERR_USAGE, "what is taken on is an offer of another party; G%llu is none",
		        (unsigned long long)l.id);
	int rc = take_on(c, &p, &l, &a, e);
	buf_done(&p.body);
	if (rc != 0)
		return rc;
	change_about(c, 'G', l.id, l.title);
	buf_printf(c->said, "%.*s is told that you have it\n", STR_ARG(l.party));
	return 0;
}
