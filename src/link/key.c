/* SPDX-License-Identifier: Apache-2.0
 *
 * Key lists as rows: which one counts, what it says of keys, and what becomes of statements that waited for it.
 */
#include "link/peer_in.h"
#include "trust/voice.h"

#define AGAIN_MOST 4096

static struct str digest_str(const uint8_t d[DIGEST_LEN])
{
	return str_make((const char *)d, DIGEST_LEN);
}

/* ---- what is held -------------------------------------------------------------------------------- */

bool key_root(const struct link_self *self, struct str party, uint8_t ret[32])
{
	struct query q = db_query(self->db, "select root from party where name = ?");
	bool there;

	query_text(&q, party);
	there = query_next(&q) == 1 && query_get_blob(&q, 0).len == 32;
	if (there)
		memcpy(ret, query_get_blob(&q, 0).p, 32);
	query_done(&q, NULL);
	return there;
}

bool key_voice(const struct link_self *self, struct str party, char ret[VOICE_TEXT])
{
	uint8_t root[32];

	if (!key_root(self, party, root))
		return false;
	voice_number(party, root, ret);
	return true;
}

/* The list that counts; its text lives in the arena. False: there is none. */
static bool held_list(const struct link_self *self, struct str party, struct arena *a, struct keylist *ret)
{
	struct query q =
	        db_query(self->db, "select note from key_list where party = ? order by number desc limit 1");
	struct str note = {0};

	query_text(&q, party);
	if (query_next(&q) == 1)
		note = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	return note.len > 0 && keylist_read(note, ret, NULL, NULL) == 0;
}

static bool alarmed(const struct link_self *self, struct str party)
{
	struct query q = db_query(self->db, "select 1 from party where name = ? and alarm <> ''");

	query_text(&q, party);
	bool is = query_next(&q) == 1;
	query_done(&q, NULL);
	return is;
}

/* ---- stored -------------------------------------------------------------------------------------- */

static void put_key(const struct link_self *self, struct str party, const struct keylist_key *k)
{
	struct query q = db_query(self->db,
	        "insert into party_key(party, duty, key, public, since, until) values (?1, ?2, ?3, ?4, ?5, "
	        "?6) "
	        "on conflict(party, duty, key) do update set since = ?5, until = ?6");

	query_text(&q, party);
	query_text(&q, str_from(key_use_name(k->use)));
	query_blob(&q, str_make((const char *)k->id, KEY_ID));
	query_blob(&q, str_make((const char *)k->key, 32));
	query_i64(&q, k->from);
	query_i64(&q, k->until);
	query_run(&q);
}

/* Keys that the list does not name count no more; revoked ones stay, since what they signed is marked by them. A row that stays keeps its
 * id, by which the first who named a key is known (wire_party). */
static void put_keys(const struct link_self *self, const struct keylist *list)
{
	struct query old =
	        db_query(self->db, "update party_key set since = ?2 where party = ?1 and revoked is null");
	struct query gone = db_query(
	        self->db, "delete from party_key where party = ?1 and revoked is null and since = ?2");

	query_text(&old, list->party);
	query_i64(&old, INT64_MIN);
	query_run(&old);
	for (unsigned i = 0; i < list->keys; i++)
		put_key(self, list->party, &list->key[i]);
	query_text(&gone, list->party);
	query_i64(&gone, INT64_MIN);
	query_run(&gone);
	for (unsigned i = 0; i < list->revocations; i++) {
		const struct keylist_revoked *r = &list->revoked[i];
		struct query q = db_query(
		        self->db, "update party_key set revoked = ?, word = ? where party = ? and key = ?");
		query_i64(&q, r->time);
		query_text(&q, r->word);
		query_text(&q, list->party);
		query_blob(&q, str_make((const char *)r->id, KEY_ID));
		query_run(&q);
	}
}

/* The first address is the list's; one of a card that is newer than the list wins. */
static void put_party(const struct link_self *self, const struct keylist *list, bool new_root)
{
	struct query q = db_query(self->db,
	        "update party set list_number = ?2, list_until = ?3, extended = 0, root = ?4, title = ?5, "
	        "voice_at = case when ?6 then ?7 when root = ?4 then voice_at end, url = case when exists "
	        "(select 1 "
	        "from contact_card c where c.party = ?1 and c.url <> '' and c.created > ?8) then url else ?9 "
	        "end "
	        "where name = ?1");

	query_text(&q, list->party);
	query_u64(&q, list->number);
	query_i64(&q, list->until);
	query_blob(&q, str_make((const char *)list->root, 32));
	query_text(&q, list->name);
	query_u64(&q, new_root);
	query_i64(&q, self->now / 1000000);
	query_i64(&q, list->made);
	query_text(&q, list->url.len > 0 ? list->url : STR(""));
	query_run(&q);
}

void key_list_put(const struct link_self *self, const struct keylist *list, struct str note, bool new_root)
{
	struct query q = db_query(
	        self->db, "insert into key_list(party, number, note, digest, taken) values (?, ?, ?, ?, ?)");

	query_text(&q, list->party);
	query_u64(&q, list->number);
	query_text(&q, note);
	query_blob(&q, digest_str(list->digest));
	query_i64(&q, self->now);
	query_run(&q);
	put_keys(self, list);
	put_party(self, list, new_root);
}

void key_list_end(const struct link_self *self, struct str party)
{
	struct query past = db_query(self->db,
	        "insert into key_list_past(party, root, number, note, taken, ended) select l.party, p.root, "
	        "l.number, l.note, l.taken, ?2 from key_list l join party p on p.name = l.party where "
	        "l.party = ?1 "
	        "and p.root is not null");
	struct query lists = db_query(self->db, "delete from key_list where party = ?");
	struct query keys = db_query(self->db, "delete from party_key where party = ?");
	struct query root = db_query(self->db,
	        "update party set root = null, list_number = 0, list_until = 0, extended = 0, alarm = '', "
	        "tries = "
	        "0, typed = null, typed_by = null, called = null, found = null, confirmed = null, "
	        "confirmed_by = "
	        "null, voice_at = null where name = ?");

	query_text(&past, party);
	query_i64(&past, self->now);
	query_run(&past);
	query_text(&lists, party);
	query_run(&lists);
	query_text(&keys, party);
	query_run(&keys);
	query_text(&root, party);
	query_run(&root);
}

/* ---- taken --------------------------------------------------------------------------------------- */

static void note_alarm(const struct link_self *self, struct str party, const char *sentence)
{
	struct query q = db_query(self->db, "update party set alarm = ? where name = ? and alarm = ''");

	query_text(&q, str_from(sentence));
	query_text(&q, party);
	query_run(&q);
}

enum keylist_verdict key_list_judge(const struct link_self *self, struct str party, const uint8_t *root,
        struct str note, struct keylist *ret, bool *ret_new_root, struct err *e)
{
	auto_arena struct arena a = {0};
	struct keylist held;

	arena_init(&a, 0);
	struct keylist_link link = {.party = party, .root = root, .alarmed = alarmed(self, party)};
	if (root != NULL && held_list(self, party, &a, &held))
		link.held = &held;
	return keylist_judge(&link, note, ret, ret_new_root, e);
}

enum keylist_verdict key_list_take(
        const struct link_self *self, struct str party, struct str note, struct err *e)
{
	struct keylist list;
	struct err mine = {0};
	bool new_root = false;
	uint8_t root[32];

	if (!key_root(self, party, root)) {
		err_set(e, ERR_MISSING, "there is no link with '%.*s'", STR_ARG(party));
		return KEYLIST_REFUSE;
	}
	enum keylist_verdict v = key_list_judge(self, party, root, note, &list, &new_root, &mine);
	if (v == KEYLIST_ALARM)
		note_alarm(self, party, mine.text);
	if (v == KEYLIST_TAKE) {
		key_list_put(self, &list, note, new_root);
		(void)key_again(self, party);
	}
	if (e != NULL && v != KEYLIST_TAKE && v != KEYLIST_HAVE)
		*e = mine;
	return v;
}

/* ---- set aside ----------------------------------------------------------------------------------- */

static bool refused_next(const struct link_self *self, struct str sender, uint64_t after, struct arena *a,
        uint64_t *ret_id, struct str *ret_carrier, struct str *ret_bytes)
{
	struct query q = db_query(self->db,
	        "select id, carrier, bytes from refused where sender = ? and id > ? and verdict in "
	        "('bad-key', "
	        "'unknown-sender', 'body-mismatch') order by id limit 1");
	bool there;

	query_text(&q, sender);
	query_u64(&q, after);
	there = query_next(&q) == 1;
	if (there) {
		*ret_id = query_get_u64(&q, 0);
		*ret_carrier = arena_str(a, query_get_text(&q, 1));
		*ret_bytes = arena_str(a, query_get_blob(&q, 2));
	}
	query_done(&q, NULL);
	return there;
}

/* One that is refused once more has its row anew, which the walk meets again: it ends where it began. */
unsigned key_again(const struct link_self *self, struct str sender)
{
	struct query top = db_query(self->db, "select coalesce(max(id), 0) from refused");
	uint64_t id = 0, last = query_next(&top) == 1 ? query_get_u64(&top, 0) : 0;
	unsigned taken = 0;

	query_done(&top, NULL);
	for (unsigned i = 0; i < AGAIN_MOST; i++) {
		auto_arena struct arena a = {0};
		struct str carrier, bytes;
		struct link_taken t;
		arena_init(&a, 0);
		if (!refused_next(self, sender, id, &a, &id, &carrier, &bytes) || id > last)
			break;
		struct query gone = db_query(self->db, "delete from refused where id = ?");
		query_u64(&gone, id);
		query_run(&gone);
		link_take(self, carrier, false, bytes, &a, &t);
		taken += t.verdict == VERDICT_HAVE || verdict_table[t.verdict].kept != KEPT_REFUSED;
	}
	return taken;
}

/* ---- our own ------------------------------------------------------------------------------------- */

void key_told(const struct link_self *self, enum key_use use, const uint8_t public_key[32])
{
	struct query q = db_query(self->db,
	        "insert into own_key(duty, public, told) values (?1, ?2, ?3) on conflict(duty, public) do "
	        "nothing");

	query_text(&q, str_from(key_use_name(use)));
	query_blob(&q, str_make((const char *)public_key, 32));
	query_i64(&q, self->now);
	query_run(&q);
}

static bool is_held(const struct key_held *held, unsigned n, struct str duty, struct str public_key)
{
	bool told = false;

	for (unsigned i = 0; i < n; i++) {
		if (!str_eq(duty, str_from(key_use_name(held[i].use))))
			continue;
		told = true;
		if (public_key.len == 32 && memcmp(held[i].public_key, public_key.p, 32) == 0)
			return true;
	}
	return !told;
}

void key_told_all(const struct link_self *self, const struct key_held *held, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		key_told(self, held[i].use, held[i].public_key);
	struct query q = db_query(self->db, "select id, duty, public from own_key");
	VEC(uint64_t) gone = {0};

	while (query_next(&q) == 1)
		if (!is_held(held, n, query_get_text(&q, 1), query_get_blob(&q, 2)))
			*vec_add(&gone) = query_get_u64(&q, 0);
	query_done(&q, NULL);
	for (size_t i = 0; i < gone.n; i++) {
		struct query drop = db_query(self->db, "delete from own_key where id = ?");
		query_u64(&drop, gone.v[i]);
		query_run(&drop);
	}
	vec_done(&gone);
}

static bool list_has(const struct keylist *list, struct str duty, struct str public_key)
{
	for (unsigned i = 0; i < list->keys; i++)
		if (str_eq(str_from(key_use_name(list->key[i].use)), duty) && public_key.len == 32 &&
		        memcmp(list->key[i].key, public_key.p, 32) == 0)
			return true;
	return false;
}

/* Of each duty at least one key that this machine holds: else nothing that it signs would count. */
static int check_held(const struct link_self *self, const struct keylist *list, struct err *e)
{
	bool told[KEY_USES] = {0}, named[KEY_USES] = {0}, any = false;
	struct query q = db_query(self->db, "select duty, public from own_key");

	while (query_next(&q) == 1)
		for (unsigned use = 0; use < KEY_USES; use++) {
			struct str duty = query_get_text(&q, 0);
			if (!str_eq(duty, str_from(key_use_name((enum key_use)use))))
				continue;
			any = told[use] = true;
			named[use] |= list_has(list, duty, query_get_blob(&q, 1));
		}
	query_done(&q, NULL);
	if (!any)
		return err_set(e, ERR_MISSING,
		        "the keeper has not said yet which keys this machine holds: is the node running with "
		        "it?");
	for (unsigned use = 0; use < KEY_USES; use++)
		if (told[use] && !named[use])
			return err_set(e, ERR_VALUE,
			        "the list has no %s key that this machine holds: 'weir key show' prints the "
			        "lines "
			        "that the root must sign",
			        key_use_name((enum key_use)use));
	return 0;
}

/* The log says which list was ours when: an entry of type 2. */
static void log_list(const struct link_self *self, const struct keylist *list)
{
	struct query q = db_query(self->db,
	        "insert into log_entry(n, type, digest) select coalesce(max(n), -1) + 1, 2, ? from "
	        "log_entry");

	query_blob(&q, digest_str(list->digest));
	query_run(&q);
}

int key_own_import(struct deed *d, struct str note, struct err *e)
{
	const struct link_self *self = d->self;
	struct keylist list;
	bool new_root = false;
	uint8_t root[32];

	if (self->me.len == 0)
		return err_set(
		        e, ERR_MISSING, "weir.yaml does not say which party this is: 'country' is missing");
	party_make(self, self->me);
	bool rooted = key_root(self, self->me, root);
	enum keylist_verdict v =
	        key_list_judge(self, self->me, rooted ? root : NULL, note, &list, &new_root, e);
	if (v == KEYLIST_HAVE)
		return err_set(e, ERR_VALUE, "list %llu is the one that counts already",
		        (unsigned long long)list.number);
	if (v != KEYLIST_TAKE)
		return ERR_VALUE;
	if (check_held(self, &list, e) != 0)
		return e->code;
	key_list_put(self, &list, note, new_root);
	log_list(self, &list);
	char until[24];
	stamp_print(until, list.until);
	buf_printf(d->said, "list %llu of %.*s counts from now on, until %s\n",
	        (unsigned long long)list.number, STR_ARG(list.party), until);
	return 0;
}
