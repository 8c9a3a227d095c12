/* SPDX-License-Identifier: Apache-2.0 */
#include "link/contact.h"
#include "base/plural.h"
#include "event/value.h"
#include "link/peer_in.h"

#define ENTRIES 64  /* of a card */
#define CHANNELS 16 /* of an entry */
#define TEXT 500

static const char *const kinds[] = {
        "diplomatic", "technical", "duty-24x7", "cvd", "leo-liaison", "press", "other"};

static struct str known_kind(struct str kind)
{
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_eq(kind, str_from(kinds[i])))
			return kind;
	return (struct str){0};
}

static struct str text_of(struct str s)
{
	return s.len == 0 ? STR("") : str_sub(s, 0, TEXT);
}

/* ---- rows ---------------------------------------------------------------------------------------- */

struct entry {
	struct str party, ref, kind, office, person, languages, hours, by;
	const char *source;
	int64_t since, confirmed; /* seconds; since 0: not said */
};

static uint64_t put_entry(const struct link_self *self, const struct entry *k)
{
	struct query q = db_query(self->db,
	        "insert into party_contact(party, ref, kind, office, person, languages, hours, since, "
	        "confirmed, "
	        "confirmed_by, source) values (?, ?, ?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?)");
	const struct str texts[] = {k->party, k->ref, k->kind, k->office, k->person, k->languages, k->hours};

	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		query_text(&q, text_of(texts[i]));
	query_i64(&q, k->since);
	query_i64(&q, k->confirmed);
	query_text(&q, text_of(k->by));
	query_text(&q, str_from(k->source));
	query_run(&q);
	return db_last_id(self->db);
}

static void put_channel(const struct link_self *self, uint64_t contact, struct str type, struct str address,
        struct str pgp, struct str hours)
{
	struct query q = db_query(self->db,
	        "insert into contact_channel(contact, type, address, pgp, hours) values (?, ?, ?, ?, ?)");

	if (address.len == 0 || type.len == 0) {
		query_done(&q, NULL);
		return;
	}
	query_u64(&q, contact);
	query_text(&q, text_of(type));
	query_text(&q, text_of(address));
	query_text(&q, text_of(pgp));
	query_text(&q, text_of(hours));
	query_run(&q);
}

static void drop_entry(const struct link_self *self, uint64_t id)
{
	struct query c = db_query(self->db, "delete from contact_channel where contact = ?");
	struct query q = db_query(self->db, "delete from party_contact where id = ?");

	query_u64(&c, id);
	query_run(&c);
	query_u64(&q, id);
	query_run(&q);
}

/* ---- by hand ------------------------------------------------------------------------------------- */

static int check_contact(const struct contact *k, struct err *e)
{
	char mail[254], shown[80];
	size_t len;

	if (known_kind(k->kind).len == 0)
		return err_set(e, ERR_USAGE,
		        "'%s' is no kind of contact: diplomatic, technical, duty-24x7, cvd, leo-liaison, "
		        "press or other",
		        err_quote(shown, sizeof(shown), k->kind).p);
	if (k->office.len == 0 || k->office.len > TEXT)
		return err_set(e, ERR_USAGE, "a contact is an office (office), such as 'Duty desk'");
	if (k->email.len > 0 && !value_email(k->email, mail, &len))
		return err_set(
		        e, ERR_USAGE, "'%s' is no mail address", err_quote(shown, sizeof(shown), k->email).p);
	if (k->email.len + k->phone.len + k->fax.len + k->chat.len == 0)
		return err_set(e, ERR_USAGE, "a contact needs a way to reach it: email, phone, fax or chat");
	return 0;
}

/* The card of a node is that node's own. */
static bool from_node(const struct link_self *self, struct str party)
{
	struct query q =
	        db_query(self->db, "select 1 from contact_card where party = ? and statement is not null");

	query_text(&q, party);
	bool is = query_next(&q) == 1 && !str_eq(party, self->me);
	query_done(&q, NULL);
	return is;
}

static uint64_t find_entry(const struct link_self *self, struct str party, struct str ref)
{
	struct query q = db_query(self->db, "select id from party_contact where party = ? and ref = ?");
	uint64_t id = 0;

	query_text(&q, party);
	query_text(&q, ref);
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return id;
}

static uint64_t put_contact(struct deed *d, const struct contact *k, struct str party, const char *source)
{
	const struct link_self *self = d->self;
	struct str ref = k->ref.len > 0 ? k->ref : k->kind;
	uint64_t id = find_entry(self, party, ref);
	struct entry entry = {.party = party,
	        .ref = ref,
	        .kind = k->kind,
	        .office = k->office,
	        .person = k->person,
	        .languages = k->languages,
	        .hours = k->hours,
	        .by = d->person,
	        .source = source,
	        .since = self->now / 1000000,
	        .confirmed = self->now / 1000000};

	if (id != 0)
		drop_entry(self, id);
	id = put_entry(self, &entry);
	put_channel(self, id, STR("email"), k->email, k->pgp, STR(""));
	put_channel(self, id, STR("phone"), k->phone, STR(""), STR(""));
	put_channel(self, id, STR("fax"), k->fax, STR(""), STR(""));
	put_channel(self, id, STR("chat"), k->chat, STR(""), STR(""));
	return id;
}

int contact_put(struct deed *d, const struct contact *k, struct err *e)
{
	const struct link_self *self = d->self;
	struct str party = k->party.len > 0 ? k->party : self->me;
	bool own = str_eq(party, self->me);

	if (own)
		party_make(self, party);
	if (check_contact(k, e) != 0 || party_there(self, party, e) != 0)
		return e->code;
	if (from_node(self, party))
		return err_set(e, ERR_DENIED, "the card of '%.*s' comes from its own node", STR_ARG(party));
	uint64_t id = put_contact(d, k, party, own ? "own" : "hand");
	buf_printf(d->said, "L%llu: %.*s of %.*s%s\n", (unsigned long long)id, STR_ARG(k->office),
	        STR_ARG(party), own ? "; your card goes to others when you send it (weir contact send)" : "");
	return 0;
}

int contact_drop(struct deed *d, uint64_t id, struct err *e)
{
	struct query q = db_query(d->self->db, "select source from party_contact where id = ?");
	bool there, card = false;

	query_u64(&q, id);
	there = query_next(&q) == 1;
	if (there)
		card = str_eq(query_get_text(&q, 0), STR("card"));
	query_done(&q, NULL);
	if (!there)
		return err_set(e, ERR_MISSING, "there is no contact L%llu", (unsigned long long)id);
	if (card)
		return err_set(
		        e, ERR_DENIED, "L%llu stands in the card of its own node", (unsigned long long)id);
	drop_entry(d->self, id);
	buf_printf(d->said, "L%llu is gone\n", (unsigned long long)id);
	return 0;
}

int contact_confirm(struct deed *d, struct str party, struct err *e)
{
	const struct link_self *self = d->self;

	if (party_there(self, party, e) != 0)
		return e->code;
	if (str_eq(party, self->me))
		return contact_send(d, (struct str){0}, (struct str){0}, (struct str){0}, e);
	struct query q = db_query(self->db,
	        "update party_contact set confirmed = ?2, confirmed_by = ?3, reminded = null where party = "
	        "?1 and source "
	        "<> 'card'");
	query_text(&q, party);
	query_i64(&q, self->now / 1000000);
	query_text(&q, d->person);
	query_run(&q);
	if (db_changes(self->db) == 0)
		return err_set(e, ERR_VALUE, "there is no contact of '%.*s' that people here look after",
		        STR_ARG(party));
	plural_printf(d->said, "right as of now: %llu contacts of %.*s\n",
	        (unsigned long long)db_changes(self->db), STR_ARG(party));
	return 0;
}

/* ---- our own card -------------------------------------------------------------------------------- */

static void put_words(struct buf *out, const char *member, struct str words)
{
	bool first = true;

	if (words.len == 0)
		return;
	buf_printf(out, ",\"%s\":[", member);
	while (words.len > 0) {
		struct str_cut cut = str_cut(words, ' ');
		words = cut.tail;
		if (cut.head.len == 0)
			continue;
		buf_add(out, first ? STR("") : STR(","));
		buf_json(out, cut.head);
		first = false;
	}
	buf_char(out, ']');
}

static void put_text(struct buf *out, const char *member, struct str text)
{
	if (text.len == 0)
		return;
	buf_printf(out, ",\"%s\":", member);
	buf_json(out, text);
}

static void put_channels(const struct link_self *self, uint64_t contact, struct buf *out)
{
	struct query q = db_query(self->db,
	        "select type, address, pgp, hours from contact_channel where contact = ? order by id");
	bool first = true;

	query_u64(&q, contact);
	buf_add(out, STR(",\"channels\":["));
	for (; query_next(&q) == 1; first = false) {
		buf_add(out, first ? STR("{\"type\":") : STR(",{\"type\":"));
		buf_json(out, query_get_text(&q, 0));
		put_text(out, "address", query_get_text(&q, 1));
		put_text(out, "openpgp_fpr", query_get_text(&q, 2));
		put_text(out, "hours", query_get_text(&q, 3));
		buf_char(out, '}');
	}
	query_done(&q, NULL);
	buf_char(out, ']');
}

static unsigned put_entries(struct deed *d, struct buf *out)
{
	const struct link_self *self = d->self;
	struct query q = db_query(self->db,
	        "select id, ref, kind, office, person, languages, hours, coalesce(since, 0) from "
	        "party_contact where party "
	        "= ? and source = 'own' order by id limit 64");
	unsigned n = 0;

	query_text(&q, self->me);
	buf_add(out, STR(",\"contacts\":["));
	for (; query_next(&q) == 1; n++) {
		buf_add(out, n > 0 ? STR(",{\"id\":") : STR("{\"id\":"));
		buf_json(out, query_get_text(&q, 1));
		put_text(out, "party", self->me);
		put_text(out, "kind", query_get_text(&q, 2));
		put_text(out, "office", query_get_text(&q, 3));
		put_text(out, "person", query_get_text(&q, 4));
		put_words(out, "languages", query_get_text(&q, 5));
		put_text(out, "hours", query_get_text(&q, 6));
		if (query_get_i64(&q, 7) != 0)
			time_put(out, "valid_from", query_get_i64(&q, 7));
		time_put(out, "last_confirmed", self->now / 1000000);
		put_text(out, "confirmed_by", d->person);
		put_channels(self, query_get_u64(&q, 0), out);
		buf_char(out, '}');
	}
	query_done(&q, NULL);
	buf_char(out, ']');
	return n;
}

struct card {
	int64_t serial;
	struct str zone, holidays, url;
};

static struct card last_card(const struct link_self *self, struct str party, struct arena *a)
{
	struct query q = db_query(self->db,
	        "select serial, zone, holidays, url from contact_card where party = ? order by serial desc "
	        "limit 1");
	struct card card = {.zone = STR(""), .holidays = STR(""), .url = STR("")};

	query_text(&q, party);
	if (query_next(&q) == 1)
		card = (struct card){query_get_i64(&q, 0), arena_str(a, query_get_text(&q, 1)),
		        arena_str(a, query_get_text(&q, 2)), arena_str(a, query_get_text(&q, 3))};
	query_done(&q, NULL);
	return card;
}

/* All links that are spoken with, and no party without a node; what is for one that is paused waits. */
static unsigned linked(const struct link_self *self, struct arena *a, struct str to[STATEMENT_TO_MAX])
{
	struct query q = db_query(self->db,
	        "select name from party where link in ('linked', 'paused') and role in ('cert', 'organiser', "
	        "'gate') and "
	        "name <> ? order "
	        "by name");
	unsigned n = 0;

	query_text(&q, self->me);
	while (n < STATEMENT_TO_MAX && query_next(&q) == 1)
		to[n++] = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	return n;
}

static bool dates_ok(struct str dates)
{
	while (dates.len > 0) {
		struct str_cut cut = str_cut(dates, ' ');
		int64_t t;
		char whole[24];
		dates = cut.tail;
		if (cut.head.len == 0)
			continue;
		if (cut.head.len != 10)
			return false;
		snprintf(whole, sizeof(whole), "%.*sT00:00:00Z", STR_ARG(cut.head));
		if (!stamp_read(str_from(whole), &t))
			return false;
	}
	return true;
}

/* One word: letters, digits and what IANA names have. */
static bool zone_ok(struct str zone)
{
	for (size_t i = 0; i < zone.len; i++)
		if (!char_alnum(zone.p[i]) && memchr("/_+-", zone.p[i], 4) == NULL)
			return false;
	return zone.len <= 64;
}

static void keep_card(const struct link_self *self, struct str party, const struct card *c,
        uint64_t statement, int64_t confirmed, int64_t created)
{
	struct query q = db_query(self->db,
	        "insert into contact_card(party, serial, statement, confirmed, created, zone, holidays, url, "
	        "taken) values "
	        "(?, ?, nullif(?, 0), ?, ?, ?, ?, ?, ?) on conflict(party, serial) do nothing");

	query_text(&q, party);
	query_i64(&q, c->serial);
	query_u64(&q, statement);
	query_i64(&q, confirmed);
	query_i64(&q, created);
	query_text(&q, text_of(c->zone));
	query_text(&q, c->holidays.len > 0 ? c->holidays : STR(""));
	query_text(&q, text_of(c->url));
	query_i64(&q, self->now);
	query_run(&q);
}

static void confirm_own(struct deed *d)
{
	struct query q = db_query(d->self->db,
	        "update party_contact set confirmed = ?2, confirmed_by = ?3, reminded = null where party = "
	        "?1 and source = "
	        "'own'");

	query_text(&q, d->self->me);
	query_i64(&q, d->self->now / 1000000);
	query_text(&q, d->person);
	query_run(&q);
}

int contact_send(struct deed *d, struct str zone, struct str holidays, struct str url, struct err *e)
{
	const struct link_self *self = d->self;
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	struct by by = {d->person, "coordinator", self->now};
	struct str to[STATEMENT_TO_MAX];
	uint8_t id[DIGEST_LEN];

	arena_init(&a, 0);
	if ((zone.p != NULL && !zone_ok(zone)) || (holidays.p != NULL && !dates_ok(holidays)))
		return err_set(e, ERR_USAGE,
		        "a zone is a name such as Asia/Vientiane, and holidays are dates such as 2027-04-14 "
		        "with blanks "
		        "between");
	struct zone *there;
	if (zone.len > 0 && zone_open(&a, zone, &there, NULL) != 0)
		return err_set(e, ERR_USAGE, "there is no time zone '%.*s'; one is such as Asia/Vientiane",
		        STR_ARG(zone));
	struct card card = last_card(self, self->me, &a);
	card.serial++;
	card.zone = zone.p != NULL ? zone : card.zone;
	card.holidays = holidays.p != NULL ? holidays : card.holidays;
	card.url = url.p != NULL ? url : card.url;
	by_put(&body, &by, 1);
	buf_printf(&body, ",\"serial\":%lld", (long long)card.serial);
	if (put_entries(d, &body) == 0)
		return err_set(e, ERR_VALUE, "your card is empty: weir contact add makes its first entry");
	time_put(&body, "confirmed", self->now / 1000000);
	put_text(&body, "zone", card.zone);
	put_words(&body, "holidays", card.holidays);
	put_text(&body, "node_url", card.url);
	buf_char(&body, '}');
	unsigned n = linked(self, &a, to);
	struct say say = {.kind = KIND_CONTACT,
	        .to = n > 0 ? to : &self->me,
	        .to_count = n > 0 ? n : 1,
	        .tlp = STATEMENT_AMBER,
	        .pap = STATEMENT_AMBER,
	        .body = buf_str(&body)};
	if (n == 0)
		keep_card(self, self->me, &card, 0, self->now / 1000000, self->now / 1000000);
	else if (link_say(self, &say, id, e) != 0)
		return e->code;
	confirm_own(d);
	plural_printf(d->said, "card %lld is confirmed; it goes to %u parties\n", (long long)card.serial, n);
	return 0;
}

/* ---- a card comes -------------------------------------------------------------------------------- */

/* Words of a list with blanks between; of a text itself. */
static struct str words_of(const struct item *object, const char *name, struct arena *a)
{
	struct item list = item_get(object, str_from(name));
	auto_buf struct buf words = {0};

	if (list.type == BODY_TEXT)
		return list.text;
	if (list.type != BODY_LIST)
		return STR("");
	for (struct item_each e = item_each(&list); item_next(&e);) {
		if (e.item.type != BODY_TEXT || e.item.text.len == 0 || str_has(e.item.text, ' ') ||
		        words.len > 8000)
			continue;
		buf_add(&words, words.len > 0 ? STR(" ") : STR(""));
		buf_add(&words, e.item.text);
	}
	return arena_str(a, buf_str(&words));
}

static int64_t time_of(const struct item *object, const char *name)
{
	int64_t t;

	return stamp_read(item_text(object, name), &t) ? t : 0;
}

static void take_channels(const struct link_self *self, uint64_t contact, const struct item *entry)
{
	struct item channels = item_get(entry, STR("channels"));
	unsigned n = 0;

	if (channels.type != BODY_LIST)
		return;
	for (struct item_each e = item_each(&channels); item_next(&e) && n < CHANNELS; n++)
		if (e.item.type == BODY_OBJECT)
			put_channel(self, contact, item_text(&e.item, "type"), item_text(&e.item, "address"),
			        item_text(&e.item, "openpgp_fpr"), item_text(&e.item, "hours"));
}

static void take_entry(const struct link_self *self, struct str party, const struct item *i,
        int64_t confirmed, struct arena *a)
{
	struct str kind = known_kind(item_text(i, "kind"));
	int64_t own = time_of(i, "last_confirmed");
	struct entry entry = {.party = party,
	        .ref = item_text(i, "id"),
	        .kind = kind.len > 0 ? kind : STR("other"),
	        .office = item_text(i, "office"),
	        .person = item_text(i, "person"),
	        .languages = words_of(i, "languages", a),
	        .hours = item_text(i, "hours"),
	        .by = item_text(i, "confirmed_by"),
	        .source = "card",
	        .since = time_of(i, "valid_from"),
	        .confirmed = own != 0 && own < confirmed ? own : confirmed};

	take_channels(self, put_entry(self, &entry), i);
}

static void take_entries(const struct link_self *self, struct str party, const struct item *body,
        int64_t confirmed, struct arena *a)
{
	struct item contacts = item_get(body, STR("contacts"));
	struct query c = db_query(self->db,
	        "delete from contact_channel where contact in (select id from party_contact where party = "
	        "?)");
	struct query q = db_query(self->db, "delete from party_contact where party = ?");
	unsigned n = 0;

	query_text(&c, party);
	query_run(&c);
	query_text(&q, party);
	query_run(&q);
	for (struct item_each e = item_each(&contacts); item_next(&e) && n < ENTRIES; n++)
		if (e.item.type == BODY_OBJECT)
			take_entry(self, party, &e.item, confirmed, a);
}

/* A card that is newer than the key list says where the node is. */
static void take_url(const struct link_self *self, struct str party, struct str url)
{
	struct query q = db_query(self->db, "update party set url = ? where name = ?");

	query_text(&q, url);
	query_text(&q, party);
	query_run(&q);
}

void contact_came(const struct link_self *self, const struct stored *s, const struct item *body)
{
	auto_arena struct arena a = {0};
	bool ours = str_eq(s->h.sender, self->me);
	struct str url = item_text(body, "node_url");

	arena_init(&a, 0);
	struct card held = last_card(self, s->h.sender, &a);
	struct card card = {.serial = item_get(body, STR("serial")).n,
	        .zone = item_text(body, "zone"),
	        .holidays = words_of(body, "holidays", &a),
	        .url = str_istarts(url, STR("https://")) ? url : STR("")};
	int64_t confirmed = time_of(body, "confirmed");
	keep_card(self, s->h.sender, &card, s->n, confirmed, s->h.created);
	if (ours || card.serial <= held.serial)
		return;
	take_entries(self, s->h.sender, body, confirmed, &a);
	if (card.url.len > 0)
		take_url(self, s->h.sender, card.url);
}

/* ---- lists of members ---------------------------------------------------------------------------- */

/* "party TAB title TAB country TAB email TAB phone TAB website TAB key" */
static int import_row(struct deed *d, struct str row, unsigned line, struct err *e)
{
	struct str cell[7];

	for (unsigned i = 0; i < 7; i++) {
		struct str_cut cut = str_cut(row, '\t');
		cell[i] = str_trim(cut.head);
		row = cut.tail;
	}
	struct party p = {.name = cell[0],
	        .title = cell[1],
	        .kind = STR_INIT("cert"),
	        .country = cell[2],
	        .email = cell[3],
	        .website = cell[5],
	        .pgp = cell[6]};
	struct contact k = {.party = cell[0],
	        .kind = STR_INIT("technical"),
	        .office = cell[1],
	        .email = cell[3],
	        .phone = cell[4],
	        .pgp = cell[6]};
	auto_buf struct buf unsaid = {0};
	struct deed quiet = *d;
	quiet.said = &unsaid;
	bool there = party_there(d->self, p.name, NULL) == 0;
	if ((!from_node(d->self, p.name) && party_put(&quiet, &p, there, e) != 0) ||
	        check_contact(&k, e) != 0)
		return err_add(e, "row %u", line);
	if (!from_node(d->self, p.name))
		put_contact(&quiet, &k, k.party, "import");
	return 0;
}

int contact_import(struct deed *d, struct str rows, struct err *e)
{
	unsigned n = 0;

	while (rows.len > 0) {
		struct str_cut cut = str_cut(rows, '\n');
		rows = cut.tail;
		if (cut.head.len > 0 && import_row(d, cut.head, ++n, e) != 0)
			return e->code;
	}
	plural_printf(d->said, "%u parties with their contacts\n", n);
	return 0;
}
