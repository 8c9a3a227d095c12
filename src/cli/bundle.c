/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bundle.h"
#include "base/os.h"
#include "trust/voice.h"

#define KEYS_MAX 256 /* of witnesses, all lists together */
#define PIECE 262144
#define ENTRIES_MAX 20000

void bundle_init(struct bundle *b)
{
	*b = (struct bundle){.quorum = BUNDLE_QUORUM};
	arena_init(&b->a, 0);
}

void bundle_done(struct bundle *b)
{
	for (size_t i = 0; i < b->blobs.n; i++)
		digest_done(b->blobs.v[i].digest, NULL);
	vec_done(&b->roots);
	vec_done(&b->lists);
	vec_done(&b->statements);
	vec_done(&b->proofs);
	vec_done(&b->blobs);
	arena_done(&b->a);
}

int bundle_root(struct bundle *b, struct str text, bool voice, struct err *e)
{
	struct str_cut cut = str_cut(text, '=');
	struct bundle_root root = {.party = cut.head};
	struct keylist_root named;
	struct note_key key;
	char digits[VOICE_TEXT] = "";

	if (!cut.ok || !party_id_good(cut.head))
		return err_set(e, ERR_USAGE, "'%.*s' does not begin with a party id and '='", STR_ARG(text));
	if (voice) {
		if (voice_check(cut.tail, digits) < 0)
			return err_set(e, ERR_USAGE,
			        "the voice number of '%.*s' has six groups of five digits",
			        STR_ARG(cut.head));
		root.voice = cut.tail;
	} else {
		if (note_key_read(cut.tail, &key, e) < 0)
			return err_add(e, "the root key of '%.*s'", STR_ARG(cut.head)), ERR_USAGE;
		keylist_root(&named, cut.head, key.key);
		if (!str_eq(named.key.name, key.name) || key.type != NOTE_ED25519)
			return err_set(e, ERR_USAGE,
			        "the key given for '%.*s' is the one of '%.*s'; its root key is named '%s'",
			        STR_ARG(cut.head), STR_ARG(key.name), named.name);
		memcpy(root.key, key.key, 32);
		root.has_key = true;
	}
	*vec_add(&b->roots) = root;
	return 0;
}

/* ---- reading ------------------------------------------------------------------------------------- */

static void take_blob(struct bundle *b, const struct container_blob *part)
{
	struct bundle_blob *blob = NULL;
	uint8_t got[32];

	for (size_t i = 0; i < b->blobs.n && blob == NULL; i++)
		if (memcmp(b->blobs.v[i].sha256, part->sha256, 32) == 0)
			blob = &b->blobs.v[i];
	if (blob == NULL) {
		blob = vec_add(&b->blobs);
		memcpy(blob->sha256, part->sha256, 32);
		blob->total = part->total;
		blob->digest = digest_new();
	}
	/* parts of a bundle come in order; what came already is passed over */
	if (part->total != blob->total || part->offset != blob->here)
		return;
	digest_add(blob->digest, part->bytes);
	blob->here += part->bytes.len;
	digest_peek(blob->digest, got);
	blob->good = blob->here == blob->total && memcmp(got, blob->sha256, 32) == 0;
}

static bool take_statement(struct bundle *b, struct str copy)
{
	struct bundle_statement s = {0};

	if (statement_frame(copy, &s.s) != VERDICT_OK || s.s.bytes.len != copy.len ||
	        head_read(s.s.head, &s.head) != VERDICT_OK)
		return false;
	*vec_add(&b->statements) = s;
	return true;
}

static int take(void *arg, enum container_type type, struct str payload, struct err *e)
{
	struct bundle *b = arg;
	struct err why = {.text = "it is none"};
	struct container_blob part;
	bool good = true;

	if (b->lists.n + b->proofs.n + b->statements.n + b->blobs.n >= ENTRIES_MAX)
		return err_set(e, ERR_LIMIT, "it has more than %d entries", ENTRIES_MAX);
	if (type == CONTAINER_BLOB) {
		good = container_blob_read(payload, &part);
		if (good)
			take_blob(b, &part);
	} else {
		struct str copy = arena_str(&b->a, payload);
		if (type == CONTAINER_STATEMENT)
			good = take_statement(b, copy);
		else if (type == CONTAINER_KEYS &&
		        (good = keylist_read(copy, &vec_add(&b->lists)->list, NULL, &why) == 0))
			b->lists.v[b->lists.n - 1].why = copy;
		else if (type == CONTAINER_PROOF)
			good = proof_read(copy, vec_add(&b->proofs), &why) == 0;
		if (!good && type == CONTAINER_KEYS)
			b->lists.n--;
		if (!good && type == CONTAINER_PROOF)
			b->proofs.n--;
	}
	static const char *const names[CONTAINER_TYPES] = {
	        "", "statement", "part of a blob", "key list", "proof"};
	if (!good && b->broken++ == 0)
		b->first_broken = arena_printf(&b->a, "a %s: %s", names[type], why.text);
	return 0;
}

int bundle_read(struct bundle *b, const char *path, struct err *e)
{
	struct container_reader r = {0};
	auto_fd int fd = os_open(path, e);
	char *piece = mem_get(PIECE);
	ssize_t n = 0;
	int rc = fd < 0 ? fd : 0;

	while (rc == 0 && (n = os_read_full(fd, piece, PIECE)) > 0) {
		rc = container_feed(&r, str_make(piece, (size_t)n), take, b, e);
		if (rc == 0 && r.offset > BUNDLE_MAX)
			rc = err_set(e, ERR_LIMIT, "it has more than %zu bytes", BUNDLE_MAX);
	}
	if (rc == 0 && n < 0)
		rc = err_sys(e, "cannot be read");
	if (rc == 0)
		rc = container_finish(&r, e);
	b->unknown = r.unknown;
	container_reader_done(&r);
	free(piece);
	return rc < 0 && fd >= 0 ? err_add(e, "%s", path) : rc;
}

/* ---- lists --------------------------------------------------------------------------------------- */

static struct bundle_root *root_of(struct bundle *b, struct str party)
{
	for (size_t i = 0; i < b->roots.n; i++)
		if (str_eq(b->roots.v[i].party, party))
			return &b->roots.v[i];
	return NULL;
}

/* The root that a voice number stands for. */
static bool root_fits(
        struct bundle_root *root, const struct keylist *list, struct bundle *b, struct str *ret_why)
{
	char number[VOICE_TEXT];

	if (!root->has_key) {
		voice_number(list->party, list->root, number);
		int group = voice_check(root->voice, number);
		if (group != 0) {
			*ret_why = arena_printf(&b->a,
			        "its root key has the voice number %s: group %d is another than was typed",
			        number, group);
			return false;
		}
		memcpy(root->key, list->root, 32);
		root->has_key = true;
	}
	return true;
}

void bundle_lists(struct bundle *b)
{
	for (size_t i = 0; i < b->lists.n; i++) {
		struct bundle_list *l = &b->lists.v[i];
		struct bundle_root *root = root_of(b, l->list.party);
		struct keylist again;
		struct str note = l->why;
		struct err e;
		l->why = STR("no root key of that party was given");
		if (root == NULL || !root_fits(root, &l->list, b, &l->why))
			continue;
		struct keylist_link link = {.party = l->list.party, .root = root->key};
		l->good = keylist_judge(&link, note, &again, NULL, &e) == KEYLIST_TAKE;
		if (!l->good)
			l->why = arena_str(&b->a, str_from(e.text));
	}
}

/* Since when a key is revoked, in any list of the party; false: it is not. */
static bool revoked(const struct bundle *b, struct str party, const uint8_t id[KEY_ID], int64_t *ret)
{
	bool found = false;

	for (size_t i = 0; i < b->lists.n; i++) {
		int64_t t;
		if (!b->lists.v[i].good || !str_eq(b->lists.v[i].list.party, party) ||
		        !keylist_revoked(&b->lists.v[i].list, id, &t))
			continue;
		if (!found || t < *ret)
			*ret = t;
		found = true;
	}
	return found;
}

/* ---- judging ------------------------------------------------------------------------------------- */

/* The key that signed, by dates of any list; its revocation is judged when it is known how old the statement is. */
static const struct keylist_key *sign_key(
        const struct bundle *b, const struct head *h, uint64_t *ret_list, struct err *e)
{
	const struct keylist_key *k = NULL, *best = NULL;
	bool lists = false, dates = false;

	for (size_t i = 0; i < b->lists.n; i++) {
		const struct keylist *l = &b->lists.v[i].list;
		if (!b->lists.v[i].good || !str_eq(l->party, h->sender))
			continue;
		lists = true;
		enum key_state state = keylist_find(l, KEY_SIGN, h->key, h->created, 0, &k);
		dates |= state == KEY_DATES;
		if (state == KEY_GOOD || (state == KEY_REVOKED && best == NULL)) {
			best = k;
			*ret_list = l->number;
		}
	}
	if (!lists)
		err_set(e, ERR_DENIED, "no key list of '%.*s' that its root key signed is in the bundle",
		        STR_ARG(h->sender));
	else if (best == NULL)
		err_set(e, ERR_DENIED,
		        dates ? "the key that signed it was not in force at the time that it says"
		              : "the key that signed it is in no key list of '%.*s'",
		        STR_ARG(h->sender));
	return best;
}

struct log_keys {
	struct note_key *key;
	struct proof_dates *dates;
	unsigned n;
};

static struct log_keys log_keys_new(struct arena *a)
{
	return (struct log_keys){arena_array(a, KEYS_MAX, sizeof(struct note_key)),
	        arena_array(a, KEYS_MAX, sizeof(struct proof_dates)), 0};
}

/* Log keys of a party, as log or as witness. */
static void log_keys_add(
        struct log_keys *keys, struct bundle *b, const struct keylist *l, enum note_type type)
{
	for (unsigned i = 0; i < l->keys && keys->n < KEYS_MAX; i++) {
		const struct keylist_key *k = &l->key[i];
		int64_t since;
		/* a witness whose key is revoked is none: a thief can write any time */
		if (k->use != KEY_LOG || (type == NOTE_COSIGNATURE && revoked(b, l->party, k->id, &since)))
			continue;
		note_key_make(&keys->key[keys->n], arena_printf(&b->a, "%.*s/weir", STR_ARG(l->party)), type,
		        k->key);
		keys->dates[keys->n++] =
		        (struct proof_dates){(uint64_t)(k->from > KEYLIST_SKEW ? k->from - KEYLIST_SKEW : 0),
		                (uint64_t)k->until + KEYLIST_SKEW};
	}
}

static const struct proof *proof_of(const struct bundle *b, const struct bundle_statement *s)
{
	for (size_t i = 0; i < b->proofs.n; i++)
		if (b->proofs.v[i].extra_len == DIGEST_LEN &&
		        memcmp(b->proofs.v[i].extra, s->s.id, DIGEST_LEN) == 0)
			return &b->proofs.v[i];
	return NULL;
}

static bool logged(
        struct bundle *b, const struct bundle_statement *s, struct bundle_verdict *v, struct err *e)
{
	struct log_keys log = log_keys_new(&b->a), witness = log_keys_new(&b->a);
	struct str origin = arena_printf(&b->a, "%.*s/weir", STR_ARG(s->head.sender));
	uint8_t entry[1 + DIGEST_LEN] = {1};

	v->proof = proof_of(b, s);
	v->no_proof = v->proof == NULL;
	if (v->no_proof) {
		err_set(e, ERR_MISSING,
		        "no proof in the bundle is of this statement: nothing says when it was made");
		return false;
	}
	if (!str_eq(v->proof->checkpoint.origin, origin)) {
		err_set(e, ERR_DENIED, "its proof is from the log '%.*s', not from its sender's",
		        STR_ARG(v->proof->checkpoint.origin));
		return false;
	}
	for (size_t i = 0; i < b->lists.n; i++) {
		const struct keylist *l = &b->lists.v[i].list;
		if (!b->lists.v[i].good)
			continue;
		bool own = str_eq(l->party, s->head.sender);
		log_keys_add(own ? &log : &witness, b, l, own ? NOTE_ED25519 : NOTE_COSIGNATURE);
	}
	struct proof_trust trust = {log.key, log.n, witness.key, witness.n, witness.dates, b->quorum};
	memcpy(entry + 1, s->s.id, DIGEST_LEN);
	return proof_good(
	        v->proof, str_make((const char *)entry, sizeof(entry)), &trust, &v->time, &v->signers, e);
}

/* A key that was revoked counts for what the witnesses saw before. */
static bool revocation(
        struct bundle *b, const struct bundle_statement *s, struct bundle_verdict *v, struct err *e)
{
	char at[STAMP_TEXT];
	int64_t since;

	if (!revoked(b, s->head.sender, s->head.key, &since))
		return true;
	if (v->logged && b->quorum > 0 && (int64_t)v->time <= since) {
		v->revoked = since;
		return true;
	}
	stamp_print(at, since);
	err_set(e, ERR_DENIED,
	        "the key that signed it is revoked since %s, and no quorum of witnesses saw the statement "
	        "before that",
	        at);
	return false;
}

bool bundle_judge(
        struct bundle *b, const struct bundle_statement *s, struct bundle_verdict *ret, struct err *e)
{
	struct bundle_verdict v = {0};
	uint8_t commit[DIGEST_LEN];
	bool good = false;

	const struct keylist_key *k = sign_key(b, &s->head, &v.list, e);
	if (k == NULL) {
	} else if (!statement_verify(k->key, s->s.head, s->s.signature)) {
		err_set(e, ERR_DENIED,
		        "its signature is not of the key that it names, or its head was changed");
	} else {
		v.said = true;
		if (s->s.content.len > 0) {
			statement_commit(s->s.content, commit);
			v.content = memcmp(commit, s->head.commit, DIGEST_LEN) == 0 &&
			                s->s.content.len == STATEMENT_SALT + s->head.body_len
			        ? BUNDLE_MATCHES
			        : BUNDLE_DIFFERS;
		}
		if (v.content == BUNDLE_DIFFERS)
			err_set(e, ERR_DENIED, "its content is not the one that its head commits to");
		else
			v.logged = logged(b, s, &v, e) || (v.no_proof && b->quorum == 0);
		good = v.logged && revocation(b, s, &v, e);
	}
	*ret = v;
	return good;
}
