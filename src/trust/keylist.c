/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/keylist.h"
#include "base/base64.h"

#define DAY 86400
#define NUMBER_MAX (((uint64_t)1 << 53) - 1) /* it stands in JSON too (RFC 7493) */
#define URL_MAX 255

static const char *const use_name[KEY_USES] = {"sign", "log", "seal", "tls"};

const char *key_use_name(enum key_use use)
{
	return use_name[use];
}

void key_id(const uint8_t key[32], uint8_t ret[KEY_ID])
{
	uint8_t hash[DIGEST_LEN];

	digest_of(str_make((const char *)key, 32), hash);
	memcpy(ret, hash, KEY_ID);
}

/* ---- lines --------------------------------------------------------------------------------------- */

/* A list that is being read: which line, and how far the fixed order has come. */
struct reading {
	struct keylist *list;
	struct err *e;
	unsigned line, step;
};

static int bad(const struct reading *r, const char *word, const char *why)
{
	return err_set(r->e, ERR_SYNTAX, "line %u, '%s': %s", r->line, word, why);
}

static int line_party(struct reading *r, struct str v)
{
	if (!party_id_good(v))
		return bad(r, "party", "neither two lower-case letters nor a DNS name with a dot");
	r->list->party = v;
	return 0;
}

static int line_name(struct reading *r, struct str v)
{
	if (str_trim(v).len == 0)
		return bad(r, "name", "nothing stands behind it");
	r->list->name = v;
	return 0;
}

static int line_number(struct reading *r, struct str v)
{
	uint64_t n;

	if (!str_u64(v, &n) || n == 0 || n > NUMBER_MAX || v.p[0] == '0')
		return bad(r, "number", "not a decimal number from 1 to 2^53 - 1");
	r->list->number = n;
	return 0;
}

/* Keys are younger than 1970. */
static bool when(struct str text, int64_t *ret)
{
	return stamp_read(text, ret) && *ret >= 0;
}

static int line_time(struct reading *r, const char *word, struct str v, int64_t *ret)
{
	return when(v, ret) ? 0 : bad(r, word, "not a time of the form YYYY-MM-DDThh:mm:ssZ");
}

static int line_made(struct reading *r, struct str v)
{
	return line_time(r, "made", v, &r->list->made);
}

static int line_until(struct reading *r, struct str v)
{
	int rc = line_time(r, "until", v, &r->list->until);

	if (rc < 0)
		return rc;
	if (r->list->until <= r->list->made)
		return bad(r, "until", "not later than 'made'");
	if (r->list->until - r->list->made > (int64_t)KEYLIST_DAYS_TAKEN * DAY)
		return bad(r, "until", "far more than 400 days after 'made'");
	return 0;
}

static int line_root(struct reading *r, struct str v)
{
	return base64_read(v, r->list->root, 32) ? 0 : bad(r, "root", "not the base64 of 32 bytes");
}

static int line_url(struct reading *r, struct str v)
{
	if (str_eq(v, STR("none")))
		return 0;
	bool good = str_starts(v, STR("https://")) && str_ends(v, STR("/")) && v.len <= URL_MAX &&
	        v.len > sizeof("https:///") - 1;
	for (size_t i = 0; i < v.len; i++)
		good = good && v.p[i] > 0x20 && v.p[i] < 0x7f;
	if (!good)
		return bad(r, "url", "neither 'none' nor an address https://HOST[:PORT]/ that ends in '/'");
	r->list->url = v;
	return 0;
}

/* Up to n words with one blank between; how many there are, n + 1 if there are more. */
static unsigned words(struct str s, struct str *ret, unsigned n)
{
	struct str_cut cut = {.tail = s, .ok = true};
	unsigned i = 0;

	for (; cut.ok && i < n; i++) {
		cut = str_cut(cut.tail, ' ');
		if (cut.head.len == 0)
			return 0;
		ret[i] = cut.head;
	}
	return cut.ok ? n + 1 : i;
}

static int same_key_twice(const struct reading *r, const struct keylist_key *k)
{
	if (memcmp(k->key, r->list->root, 32) == 0)
		return bad(r, use_name[k->use], "the root key again: one key, one use");
	for (unsigned i = 0; i < r->list->keys; i++)
		if (r->list->key[i].use != k->use && memcmp(r->list->key[i].key, k->key, 32) == 0)
			return bad(
			        r, use_name[k->use], "a key that has another use already: one key, one use");
	return 0;
}

static int line_key(struct reading *r, enum key_use use, struct str v)
{
	struct keylist_key k = {.use = use};
	struct str w[3];

	if (words(v, w, 3) != 3)
		return bad(r, use_name[use], "not three words behind it: key, from, until");
	if (!base64_read(w[0], k.key, 32))
		return bad(r, use_name[use], "its key is not the base64 of 32 bytes");
	if (!when(w[1], &k.from) || !when(w[2], &k.until))
		return bad(r, use_name[use], "a date is not of the form YYYY-MM-DDThh:mm:ssZ");
	if (k.until <= k.from)
		return bad(r, use_name[use], "its second date is not later than its first");
	int rc = same_key_twice(r, &k);
	if (rc < 0)
		return rc;
	key_id(k.key, k.id);
	r->list->key[r->list->keys++] = k;
	return 0;
}

static int line_revoked(struct reading *r, struct str v)
{
	struct keylist_revoked k = {0};
	struct str w[3];

	if (words(v, w, 3) != 3)
		return bad(r, "revoked", "not three words behind it: key id, time, why in one word");
	for (size_t i = 0; i < w[0].len; i++)
		if (w[0].p[i] >= 'A' && w[0].p[i] <= 'F')
			return bad(r, "revoked", "its key id is not 16 lower-case hexadecimal digits");
	if (!str_hex(w[0], k.id, KEY_ID))
		return bad(r, "revoked", "its key id is not 16 lower-case hexadecimal digits");
	if (!when(w[1], &k.time))
		return bad(r, "revoked", "its time is not of the form YYYY-MM-DDThh:mm:ssZ");
	k.word = w[2];
	r->list->revoked[r->list->revocations++] = k;
	return 0;
}

/* ---- the whole ----------------------------------------------------------------------------------- */

static const struct {
	const char *word;
	int (*take)(struct reading *r, struct str value);
} order[] = {{"party", line_party}, {"name", line_name}, {"number", line_number}, {"made", line_made},
        {"until", line_until}, {"root", line_root}, {"url", line_url}};
#define FIXED (sizeof(order) / sizeof(order[0]))
#define STEP_KEYS FIXED
#define STEP_REVOKED (FIXED + 1)

static int line_take(struct reading *r, struct str line)
{
	struct str_cut cut = str_cut(line, ' ');

	if (line.len == 0)
		return err_set(r->e, ERR_SYNTAX, "line %u is empty", r->line);
	for (unsigned i = 0; i < FIXED; i++) {
		if (!str_eq(cut.head, str_from(order[i].word)))
			continue;
		if (i < r->step)
			return bad(r, order[i].word, "stands there twice, or too late");
		if (i > r->step)
			return err_set(r->e, ERR_SYNTAX, "line %u, '%s': '%s' has to stand before it",
			        r->line, order[i].word, order[r->step].word);
		r->step++;
		return order[i].take(r, cut.tail);
	}
	for (unsigned use = 0; use < KEY_USES; use++) {
		if (!str_eq(cut.head, str_from(use_name[use])))
			continue;
		if (r->step != STEP_KEYS)
			return bad(r, use_name[use],
			        r->step < STEP_KEYS ? "keys stand behind 'url'"
			                            : "keys stand before 'revoked'");
		return line_key(r, (enum key_use)use, cut.tail);
	}
	if (str_eq(cut.head, STR("revoked"))) {
		if (r->step < STEP_KEYS)
			return bad(r, "revoked", "stands behind the keys");
		r->step = STEP_REVOKED;
		return line_revoked(r, cut.tail);
	}
	r->list->unknown++;
	return 0;
}

static int complete(const struct reading *r)
{
	bool have[KEY_USES] = {0};

	if (r->step < FIXED)
		return err_set(r->e, ERR_SYNTAX, "the line '%s' is missing", order[r->step].word);
	for (unsigned i = 0; i < r->list->keys; i++)
		have[r->list->key[i].use] = true;
	for (unsigned use = 0; use < KEY_USES; use++)
		if (!have[use])
			return err_set(r->e, ERR_SYNTAX,
			        "no line '%s': there is at least one key of each use", use_name[use]);
	return 0;
}

int keylist_parse(struct str text, struct keylist *ret, struct err *e)
{
	struct keylist list = {.text = text};
	struct reading r = {.list = &list, .e = e, .line = 1};
	int rc;

	if (text.len > KEYLIST_MAX)
		return err_set(
		        e, ERR_LIMIT, "it has %zu bytes, at most %d are allowed", text.len, KEYLIST_MAX);
	struct str_cut cut = str_cut(text, '\n');
	if (!cut.ok || !str_eq(cut.head, STR("weir-keys-1")))
		return err_set(e, ERR_SYNTAX,
		        "line 1 is not 'weir-keys-1': it is no key list, or one of a later version");
	while (cut.tail.len > 0) {
		if (++r.line > KEYLIST_LINES)
			return err_set(e, ERR_LIMIT, "it has more than %d lines", KEYLIST_LINES);
		cut = str_cut(cut.tail, '\n');
		if (!cut.ok)
			return err_set(e, ERR_SYNTAX, "line %u has no end: was it cut?", r.line);
		if ((rc = line_take(&r, cut.head)) < 0)
			return rc;
	}
	if ((rc = complete(&r)) < 0)
		return rc;
	digest_of(text, list.digest);
	*ret = list;
	return 0;
}

int keylist_read(struct str bytes, struct keylist *ret, struct note *ret_note, struct err *e)
{
	struct note note;
	int rc;

	if (bytes.len > KEYLIST_MAX)
		return err_set(
		        e, ERR_LIMIT, "it has %zu bytes, at most %d are allowed", bytes.len, KEYLIST_MAX);
	if ((rc = note_read(bytes, &note, e)) < 0 || (rc = keylist_parse(note.text, ret, e)) < 0)
		return rc;
	if (ret_note != NULL)
		*ret_note = note;
	return 0;
}

static void put_time(struct buf *out, int64_t t, char after)
{
	char text[STAMP_TEXT];

	stamp_print(text, t);
	buf_printf(out, "%s%c", text, after);
}

void keylist_write(const struct keylist *list, struct buf *out)
{
	char id[2 * KEY_ID + 1];

	buf_printf(out, "weir-keys-1\nparty %.*s\nname %.*s\nnumber %llu\nmade ", STR_ARG(list->party),
	        STR_ARG(list->name), (unsigned long long)list->number);
	put_time(out, list->made, '\n');
	buf_add(out, STR("until "));
	put_time(out, list->until, '\n');
	buf_add(out, STR("root "));
	base64_print(out, list->root, 32);
	buf_printf(out, "\nurl %.*s\n", STR_ARG(list->url.len > 0 ? list->url : STR("none")));
	for (unsigned i = 0; i < list->keys; i++) {
		const struct keylist_key *k = &list->key[i];
		buf_printf(out, "%s ", use_name[k->use]);
		base64_print(out, k->key, 32);
		buf_char(out, ' ');
		put_time(out, k->from, ' ');
		put_time(out, k->until, '\n');
	}
	for (unsigned i = 0; i < list->revocations; i++) {
		str_hex_print(id, list->revoked[i].id, KEY_ID);
		buf_printf(out, "revoked %s ", id);
		put_time(out, list->revoked[i].time, ' ');
		buf_add(out, list->revoked[i].word);
		buf_char(out, '\n');
	}
}

void keylist_root(struct keylist_root *ret, struct str party, const uint8_t root[32])
{
	int n = snprintf(ret->name, sizeof(ret->name), "%.*s/weir/root",
	        (int)(party.len > PARTY_ID ? PARTY_ID : party.len), party.p);

	note_key_make(&ret->key, str_make(ret->name, (size_t)n), NOTE_ED25519, root);
}

/* ---- taking a list ------------------------------------------------------------------------------- */

static bool signed_by(const struct note *note, struct str party, const uint8_t root[32], struct err *e)
{
	struct keylist_root k;

	keylist_root(&k, party, root);
	int rc = note_verify(note, &k.key, NULL, e);
	if (rc == 0)
		err_set(e, ERR_DENIED,
		        "it is not signed by '%s' with the root key that it should be signed with", k.name);
	return rc == 1;
}

/* A revocation is for ever. */
static bool forgets(const struct keylist *held, const struct keylist *list, struct err *e)
{
	char id[2 * KEY_ID + 1];

	for (unsigned i = 0; i < held->revocations; i++)
		if (!keylist_revoked(list, held->revoked[i].id, NULL)) {
			str_hex_print(id, held->revoked[i].id, KEY_ID);
			err_set(e, ERR_DENIED,
			        "it forgets that key %s is revoked, which stays in all later lists", id);
			return true;
		}
	return false;
}

static enum keylist_verdict against_held(
        const struct keylist_link *link, const struct keylist *list, struct err *e)
{
	const struct keylist *held = link->held;

	if (held != NULL && list->number < held->number) {
		err_set(e, ERR_DENIED, "it is number %llu, and number %llu is held",
		        (unsigned long long)list->number, (unsigned long long)held->number);
		return KEYLIST_OLD;
	}
	if (held != NULL && list->number == held->number &&
	        memcmp(list->digest, held->digest, DIGEST_LEN) == 0)
		return KEYLIST_HAVE;
	if (held != NULL && list->number == held->number) {
		err_set(e, ERR_DENIED,
		        "two lists of '%.*s' have the number %llu and differ: whoever has the root key has "
		        "signed both; call them, by a number from elsewhere",
		        STR_ARG(list->party), (unsigned long long)list->number);
		return KEYLIST_ALARM;
	}
	if (link->alarmed) {
		err_set(e, ERR_DENIED,
		        "two different lists of '%.*s' came under one number: no other is taken until people "
		        "have spoken",
		        STR_ARG(list->party));
		return KEYLIST_ALARM;
	}
	return held != NULL && forgets(held, list, e) ? KEYLIST_REFUSE : KEYLIST_TAKE;
}

enum keylist_verdict keylist_judge(const struct keylist_link *link, struct str bytes, struct keylist *ret,
        bool *ret_new_root, struct err *e)
{
	struct keylist list;
	struct note note;

	if (keylist_read(bytes, &list, &note, e) < 0)
		return KEYLIST_REFUSE;
	if (!str_eq(list.party, link->party)) {
		err_set(e, ERR_DENIED, "it is the list of '%.*s', not of '%.*s'", STR_ARG(list.party),
		        STR_ARG(link->party));
		return KEYLIST_REFUSE;
	}
	bool other = link->root != NULL && memcmp(link->root, list.root, 32) != 0;
	if ((other && !signed_by(&note, list.party, link->root, e)) ||
	        !signed_by(&note, list.party, list.root, e)) {
		if (other)
			err_add(e,
			        "its root is not the one of this link, and a new one counts only if both "
			        "have signed");
		return KEYLIST_REFUSE;
	}
	enum keylist_verdict v = against_held(link, &list, e);
	if (v != KEYLIST_REFUSE)
		*ret = list;
	if (ret_new_root != NULL)
		*ret_new_root = v == KEYLIST_TAKE && other;
	return v;
}

/* ---- finding a key ------------------------------------------------------------------------------- */

bool keylist_revoked(const struct keylist *list, const uint8_t id[KEY_ID], int64_t *ret_time)
{
	bool found = false;
	int64_t first = 0;

	for (unsigned i = 0; i < list->revocations; i++) {
		const struct keylist_revoked *r = &list->revoked[i];
		if (memcmp(r->id, id, KEY_ID) != 0)
			continue;
		if (!found || r->time < first)
			first = r->time;
		found = true;
	}
	if (found && ret_time != NULL)
		*ret_time = first;
	return found;
}

/* When a key ends: with its line or with the list, whichever comes first. */
static int64_t key_end(const struct keylist *list, const struct keylist_key *k, int64_t extension)
{
	const int64_t most = (int64_t)KEYLIST_EXTENSION_DAYS * DAY;

	if (k->until < list->until)
		return k->until;
	return list->until + (extension < 0 ? 0 : extension > most ? most : extension);
}

enum key_state keylist_find(const struct keylist *list, enum key_use use, const uint8_t id[KEY_ID],
        int64_t created, int64_t extension, const struct keylist_key **ret_key)
{
	enum key_state state = KEY_UNKNOWN;

	for (unsigned i = 0; i < list->keys && state != KEY_GOOD; i++) {
		const struct keylist_key *k = &list->key[i];
		if (k->use != use || memcmp(k->id, id, KEY_ID) != 0)
			continue;
		if (ret_key != NULL)
			*ret_key = k;
		state = keylist_revoked(list, id, NULL) ? KEY_REVOKED
		        : created < k->from - KEYLIST_SKEW ||
		                created > key_end(list, k, extension) + KEYLIST_SKEW
		        ? KEY_DATES
		        : KEY_GOOD;
	}
	return state;
}

const struct keylist_key *keylist_newest(const struct keylist *list, enum key_use use, int64_t now)
{
	const struct keylist_key *best = NULL;

	for (unsigned i = 0; i < list->keys; i++) {
		const struct keylist_key *k = &list->key[i];
		if (k->use == use && k->from <= now && now <= key_end(list, k, 0) &&
		        !keylist_revoked(list, k->id, NULL) && (best == NULL || k->from > best->from))
			best = k;
	}
	return best;
}
