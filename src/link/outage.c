/* SPDX-License-Identifier: Apache-2.0 */
#include "link/outage.h"
#include "base/os.h"
#include "event/addr.h"
#include "event/value.h"
#include "link/case_in.h"
#include "link/peer_in.h"
#include "trust/group.h"
#include "trust/stamp.h"

#define MICRO_S ((int64_t)1000000)

/* ---- what may not be said ------------------------------------------------------------------------ */

static struct str bare(struct str w)
{
	while (w.len > 0 && str_has(STR(".,;:!?()[]'\"<>"), w.p[w.len - 1]))
		w = str_sub(w, 0, w.len - 1);
	while (w.len > 0 && str_has(STR("([<'\""), w.p[0]))
		w = str_skip(w, 1);
	return w;
}

/* "17.9667", "102.6000N": degrees with so many places say where a thing stands. */
static bool is_position(struct str w)
{
	struct str_cut cut = str_cut(w, '.');
	size_t n = 0;

	if (!cut.ok || cut.head.len == 0 || cut.head.len > 4)
		return false;
	for (size_t i = 0; i < cut.head.len; i++)
		if (!char_digit(cut.head.p[i]) && !(i == 0 && str_has(STR("+-"), cut.head.p[0])))
			return false;
	while (n < cut.tail.len && char_digit(cut.tail.p[n]))
		n++;
	return n >= 4;
}

static bool is_as(struct str w)
{
	uint32_t as;

	return str_istarts(w, STR("as")) && w.len > 2 && char_digit(w.p[2]) && value_asn(w, &as);
}

static const char *looks_like(struct str w)
{
	struct addr addr;
	struct prefix prefix;

	if (addr_parse(w, &addr))
		return "an address";
	if (str_find(w, 0, '/') != SIZE_MAX && prefix_parse(w, &prefix, NULL))
		return "a prefix";
	if (is_as(w))
		return "an AS number";
	if (str_find(w, 0, '@') != SIZE_MAX)
		return "a mailbox";
	if (str_find_str(w, 0, STR("://")) != SIZE_MAX)
		return "a link";
	return is_position(w) ? "a position" : NULL;
}

int outage_words(struct str text, struct err *e)
{
	char shown[64], room[256];

	while (text.len > 0) {
		size_t n = 0;
		while (n < text.len && (unsigned char)text.p[n] > ' ')
			n++;
		struct str w = bare(str_make(text.p, n));
		const char *what = looks_like(value_refang(w, room, sizeof(room)));
		if (what != NULL)
			return err_set(e, ERR_USAGE,
			        "'%s' looks like %s: what is told of an outage has no addresses, routes, "
			        "owners or "
			        "places",
			        err_quote(shown, sizeof(shown), w).p, what);
		/* "AS 64500" is two words */
		if (str_ieq(w, STR("as")) && n + 1 < text.len && char_digit(text.p[n + 1]))
			return err_set(e, ERR_USAGE,
			        "'AS' and a number look like an AS number: what is told of an outage has no "
			        "addresses, "
			        "routes, "
			        "owners or places");
		text = str_skip(text, n < text.len ? n + 1 : n);
	}
	return 0;
}

/* ---- rows ---------------------------------------------------------------------------------------- */

static struct str words_of(const struct item *body)
{
	struct item text = item_get(body, STR("text"));
	struct item_each first = item_each(&text);
	struct str en = item_text(&text, "en");

	if (en.len > 0 || text.type != BODY_OBJECT || !item_next(&first))
		return str_sub(en, 0, CASE_TEXT);
	return first.item.type == BODY_TEXT ? str_sub(first.item.text, 0, CASE_TEXT) : STR("");
}

void outage_hear(const struct link_self *self, const struct stored *s, const struct item *body)
{
	static const uint8_t none[DIGEST_LEN];
	bool first = memcmp(s->h.case_, none, DIGEST_LEN) == 0;
	int64_t start = 0, end = 0;
	struct item left = item_get(body, STR("exits_left"));
	struct query q = db_query(self->db,
	        "insert into outage(party, ours, statement, service, state, start, expected_end, exits_left, "
	        "text, "
	        "label, "
	        "seq, said, heard) "
	        "values (?1, ?13, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) on conflict(party, "
	        "statement) do "
	        "update "
	        "set service = excluded.service, state = excluded.state, start = excluded.start, "
	        "expected_end = "
	        "excluded.expected_end, exits_left = excluded.exits_left, text = excluded.text, label = "
	        "excluded.label, seq = excluded.seq, said = excluded.said, heard = excluded.heard where "
	        "excluded.seq > seq");

	(void)stamp_read(item_text(body, "start"), &start);
	bool ends = stamp_read(item_text(body, "expected_end"), &end);
	query_text(&q, s->h.sender);
	query_blob(&q, str_make((const char *)(first ? s->id : s->h.case_), DIGEST_LEN));
	query_text(&q, str_sub(item_text(body, "service"), 0, 64));
	query_text(&q, str_sub(item_text(body, "state"), 0, 32));
	query_i64(&q, start * MICRO_S);
	if (ends)
		query_i64(&q, end * MICRO_S);
	else
		query_null(&q);
	if (item_there(&left))
		query_u64(&q, left.n);
	else
		query_null(&q);
	query_text(&q, words_of(body));
	query_text(&q, tlp_name((enum tlp)s->h.tlp));
	query_u64(&q, s->h.seq);
	query_i64(&q, s->h.created * MICRO_S);
	query_i64(&q, self->now);
	query_u64(&q, str_eq(s->h.sender, self->me));
	query_run(&q);
}

/* ---- saying -------------------------------------------------------------------------------------- */

struct wish {
	struct str service, state, start, text, group;
	int64_t begin, end;
	uint64_t left;
	bool has_left;
	struct str to[STATEMENT_TO_MAX];
	unsigned to_count;
};

static int read_text(struct change *c, struct wish *w, struct buf *text, struct err *e)
{
	if (change_lines(c, "text", CASE_TEXT, text, e) != 0)
		return e->code;
	w->text = str_trim(buf_str(text));
	if (w->text.len == 0)
		return err_set(e, ERR_USAGE, "in words, for people there: text");
	return outage_words(w->text, e);
}

static int read_wish(struct change *c, struct wish *w, struct buf *text, struct err *e)
{
	struct str left = case_param(c, "exits-left");

	w->service = case_param(c, "service");
	w->state = case_param(c, "stands");
	if (w->state.len == 0)
		w->state = STR("suspected");
	if (change_time(c, "start", &w->begin, e) != 0 || change_time(c, "expected-end", &w->end, e) != 0 ||
	        read_text(c, w, text, e) != 0 || outage_words(w->service, e) != 0)
		return e->code;
	if (w->begin == 0)
		w->begin = os_now();
	w->has_left = left.len > 0;
	if (w->has_left && (!str_u64(left, &w->left) || w->left > 10000))
		return err_set(e, ERR_USAGE, "exits-left is a number");
	return 0;
}

/* Members of a confirmed group, with GREEN; or parties with blanks between them. */
static int read_to(struct change *c, struct wish *w, struct arena *a, struct err *e)
{
	struct str to = case_param(c, "to");
	struct group_card card;

	w->group = case_param(c, "group");
	if ((w->group.len == 0) == (to.len == 0))
		return err_set(e, ERR_USAGE,
		        "who is told? a group, or parties with blanks between them: group or to");
	if (w->group.len > 0) {
		if (!group_confirmed(c->db, c->here->party, w->group, a, &card))
			return err_set(e, ERR_MISSING, "no card of the group '%.*s' is confirmed here",
			        STR_ARG(str_sub(w->group, 0, 64)));
		struct item members = item_get(&card.body, STR("members"));
		for (struct item_each m = item_each(&members); item_next(&m);)
			if (!str_eq(m.item.text, c->here->party) && w->to_count < STATEMENT_TO_MAX)
				w->to[w->to_count++] = m.item.text;
	}
	for (struct str_cut cut = {.tail = to, .ok = to.len > 0}; cut.ok && w->to_count < STATEMENT_TO_MAX;) {
		cut = str_cut(cut.tail, ' ');
		if (cut.head.len > 0)
			w->to[w->to_count++] = cut.head;
	}
	return w->to_count > 0 ? 0 : err_set(e, ERR_USAGE, "there is nobody else in the group");
}

static void add_text(struct buf *b, const char *name, struct str value)
{
	if (value.len == 0)
		return;
	buf_printf(b, ",\"%s\":", name);
	buf_json(b, value);
}

static int say(struct change *c, const struct wish *w, const uint8_t *opened, unsigned tlp, struct err *e)
{
	struct link_self self = change_self(c);
	auto_buf struct buf body = {0};
	struct by by = {.person = c->person, .role = "coordinator", .at = os_now()};
	uint8_t id[DIGEST_LEN];

	by_put(&body, &by, 1);
	add_text(&body, "service", w->service);
	add_text(&body, "state", w->state);
	time_put(&body, "start", w->begin / MICRO_S);
	if (w->end != 0)
		time_put(&body, "expected_end", w->end / MICRO_S);
	if (w->has_left)
		buf_printf(&body, ",\"exits_left\":%llu", (unsigned long long)w->left);
	buf_add(&body, STR(",\"text\":{\"en\":"));
	buf_json(&body, w->text);
	buf_char(&body, '}');
	add_text(&body, "group", w->group);
	buf_char(&body, '}');
	struct say say = {.kind = KIND_OUTAGE,
	        .to = w->to,
	        .to_count = w->to_count,
	        .case_ = opened,
	        .tlp = tlp,
	        .pap = STATEMENT_AMBER,
	        .body = buf_str(&body)};
	return link_say(&self, &say, id, e);
}

/* What we say; of others any word is taken and shown. */
static const char *const services[] = {"internet-international", "internet-domestic", "mobile", "fixed",
        "dns", "power", "payments", "other", NULL};

int change_outage_new(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf text = {0};
	struct wish w = {0};

	arena_init(&a, 0);
	if (!case_word_in(services, case_param(c, "service")))
		return err_set(e, ERR_USAGE,
		        "which service? internet-international, internet-domestic, mobile, fixed, dns, "
		        "power, payments "
		        "or other");
	if (read_wish(c, &w, &text, e) != 0 || read_to(c, &w, &a, e) != 0)
		return e->code;
	/* of chosen peers each is named, of a group the group is */
	if (say(c, &w, NULL, w.group.len > 0 ? STATEMENT_GREEN : STATEMENT_AMBER, e) != 0)
		return e->code;
	buf_printf(c->said, "O%llu: %.*s %.*s, told to %u\n", (unsigned long long)db_last_id(c->db),
	        STR_ARG(w.service), STR_ARG(w.state), w.to_count);
	return 0;
}

/* What was told at first: its recipients and its group stay, else some would hear of the half of it. */
static int of_outage(struct change *c, struct arena *a, struct wish *w, struct stored *opened, struct err *e)
{
	uint64_t id;
	uint8_t statement[DIGEST_LEN];

	if (change_id(c, 'O', &id, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(c->db,
	        "select statement, service, start, coalesce(expected_end, 0), exits_left from outage where "
	        "id = ? and "
	        "party = ?");
	query_u64(&q, id);
	query_text(&q, c->here->party);
	bool there = query_next(&q) == 1 && query_get_blob(&q, 0).len == DIGEST_LEN;
	if (there) {
		memcpy(statement, query_get_blob(&q, 0).p, DIGEST_LEN);
		w->service = arena_str(a, query_get_text(&q, 1));
		w->begin = query_get_i64(&q, 2);
		w->end = w->end != 0 ? w->end : query_get_i64(&q, 3);
		if (!w->has_left && !query_is_null(&q, 4)) {
			w->has_left = true;
			w->left = query_get_u64(&q, 4);
		}
	}
	query_done(&q, NULL);
	if (!there || !store_find(c->db, statement, a, opened))
		return err_set(e, ERR_MISSING, "there is no outage of ours O%llu", (unsigned long long)id);
	struct item body = stored_body(opened, a);
	w->group = item_text(&body, "group");
	for (unsigned i = 0; i < opened->h.to_count; i++)
		w->to[w->to_count++] = opened->h.to[i];
	return 0;
}

int change_outage_set(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf text = {0};
	struct wish w = {0};
	struct stored opened;

	arena_init(&a, 0);
	if (read_wish(c, &w, &text, e) != 0 || of_outage(c, &a, &w, &opened, e) != 0 ||
	        say(c, &w, opened.id, opened.h.tlp, e) != 0)
		return e->code;
	buf_printf(c->said, "%.*s, told to %u\n", STR_ARG(w.state), w.to_count);
	return 0;
}
