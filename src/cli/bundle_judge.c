/* SPDX-License-Identifier: Apache-2.0
 *
 * What is proven of the statements of a bundle.
 */
#include "cli/bundle_in.h"
#include <stdlib.h>

/* Log keys of all lists, as logs and as witnesses. */
struct bundle_keys {
	struct note_key *log, *witness;
	struct proof_dates *dates;
	unsigned n;
};

/* ---- order --------------------------------------------------------------------------------------- */

static int by_checkpoint(const void *a, const void *b)
{
	const struct bundle_proof *x = a, *y = b;

	return memcmp(x->digest, y->digest, DIGEST_LEN);
}

static int by_statement(const void *a, const void *b)
{
	const struct bundle_proof *x = a, *y = b;
	int order = memcmp(x->id, y->id, DIGEST_LEN);

	return order != 0 ? order : x->entry < y->entry ? -1 : x->entry > y->entry;
}

static void find_checkpoints(struct bundle *b)
{
	if (b->proofs.n == 0)
		return;
	qsort(b->proofs.v, b->proofs.n, sizeof(*b->proofs.v), by_checkpoint);
	for (size_t i = 0; i < b->proofs.n; i++) {
		if (i == 0 || by_checkpoint(&b->proofs.v[i - 1], &b->proofs.v[i]) != 0)
			(void)vec_add(&b->checkpoints);
		b->proofs.v[i].checkpoint = b->checkpoints.n - 1;
	}
	qsort(b->proofs.v, b->proofs.n, sizeof(*b->proofs.v), by_statement);
}

static void find_keys(struct bundle *b)
{
	struct bundle_keys *keys = arena_new(&b->a, struct bundle_keys);
	unsigned most = 0;
	int64_t since;

	for (size_t i = 0; i < b->lists.n; i++)
		most += b->lists.v[i].good ? b->lists.v[i].list.keys : 0;
	keys->log = arena_array(&b->a, most + 1, sizeof(*keys->log));
	keys->witness = arena_array(&b->a, most + 1, sizeof(*keys->witness));
	keys->dates = arena_array(&b->a, most + 1, sizeof(*keys->dates));
	for (size_t i = 0; i < b->lists.n; i++) {
		const struct keylist *l = &b->lists.v[i].list;
		struct str name = arena_printf(&b->a, "%.*s/weir", STR_ARG(l->party));
		for (unsigned k = 0; b->lists.v[i].good && k < l->keys; k++) {
			if (l->key[k].use != KEY_LOG)
				continue;
			/* a witness whose key is revoked is none: a thief can write any time */
			bool none = bundle_revoked(b, l->party, l->key[k].id, &since);
			int64_t from = l->key[k].from > KEYLIST_SKEW ? l->key[k].from - KEYLIST_SKEW : 0;
			note_key_make(&keys->log[keys->n], name, NOTE_ED25519, l->key[k].key);
			note_key_make(&keys->witness[keys->n], name, NOTE_COSIGNATURE, l->key[k].key);
			keys->dates[keys->n++] = none ? (struct proof_dates){UINT64_MAX, 0}
			                              : (struct proof_dates){(uint64_t)from,
			                                        (uint64_t)l->key[k].until + KEYLIST_SKEW};
		}
	}
	b->keys = keys;
}

void bundle_index(struct bundle *b)
{
	find_checkpoints(b);
	find_keys(b);
}

/* ---- who said it --------------------------------------------------------------------------------- */

bool bundle_revoked(const struct bundle *b, struct str party, const uint8_t id[KEY_ID], int64_t *ret)
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

bool bundle_said(
        const struct bundle *b, const struct bundle_statement *s, struct bundle_verdict *v, struct err *e)
{
	uint8_t commit[DIGEST_LEN];
	const struct keylist_key *k = sign_key(b, &s->head, &v->list, e);

	if (k == NULL)
		return false;
	if (!statement_verify(k->key, s->s.head, s->s.signature)) {
		err_set(e, ERR_DENIED,
		        "its signature is not of the key that it names, or its head was changed");
		return false;
	}
	v->said = true;
	if (s->s.content.len == 0)
		return true;
	statement_commit(s->s.content, commit);
	v->content = memcmp(commit, s->head.commit, DIGEST_LEN) == 0 &&
	                s->s.content.len == STATEMENT_SALT + s->head.body_len
	        ? BUNDLE_MATCHES
	        : BUNDLE_DIFFERS;
	if (v->content == BUNDLE_DIFFERS)
		err_set(e, ERR_DENIED, "its content is not the one that its head commits to");
	return v->content == BUNDLE_MATCHES;
}

/* ---- logs ---------------------------------------------------------------------------------------- */

const struct bundle_proof *bundle_proof(const struct bundle *b, const uint8_t id[DIGEST_LEN])
{
	size_t low = 0, high = b->proofs.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (memcmp(b->proofs.v[mid].id, id, DIGEST_LEN) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < b->proofs.n && memcmp(b->proofs.v[low].id, id, DIGEST_LEN) == 0 ? &b->proofs.v[low]
	                                                                             : NULL;
}

static bool has_key(const struct note_key *key, const struct note_signature *line)
{
	return str_eq(key->name, line->name) && memcmp(key->hash, line->hash, sizeof(line->hash)) == 0;
}

/* A line that no key here is of; nobody can say whether it was changed. */
static struct str find_stray(const struct bundle_keys *keys, const struct proof *p)
{
	for (unsigned i = 0; i < p->note.n; i++) {
		const struct note_signature *line = &p->note.sig[i];
		bool known = false;
		for (unsigned k = 0; k < keys->n && !known; k++) {
			bool own = str_eq(keys->log[k].name, p->checkpoint.origin);
			known = has_key(own ? &keys->log[k] : &keys->witness[k], line);
		}
		if (!known)
			return line->name;
	}
	return STR("");
}

static const struct bundle_checkpoint *checkpoint_of(struct bundle *b, const struct bundle_proof *of)
{
	struct bundle_checkpoint *c = &b->checkpoints.v[of->checkpoint];
	const struct bundle_keys *k = b->keys;
	struct proof_trust trust = {k->log, k->n, k->witness, k->n, k->dates, 0};
	struct proof p;
	struct err e;

	if (c->judged)
		return c;
	c->judged = true;
	if (proof_read(of->bytes, &p, &e) == 0) {
		c->origin = p.checkpoint.origin;
		c->size = p.checkpoint.size;
		c->stray = find_stray(k, &p);
		c->good = proof_seen_by(&p, &trust, &c->witnesses, &e);
	}
	if (!c->good)
		c->why = arena_str(&b->a, str_from(e.text));
	return c;
}

bool bundle_proven(struct bundle *b, const struct bundle_proof *p, const struct bundle_statement *s,
        const struct bundle_checkpoint **ret, struct err *e)
{
	const struct bundle_checkpoint *c = checkpoint_of(b, p);
	struct str origin = s->head.sender;

	*ret = c;
	if (c->origin.len != origin.len + 5 || !str_starts(c->origin, origin) ||
	        !str_ends(c->origin, STR("/weir")))
		err_set(e, ERR_DENIED, "its proof is from the log '%.*s', not from its sender's",
		        STR_ARG(c->origin));
	else if (!p->path)
		err_set(e, ERR_DENIED, "the path from entry %llu does not lead to the root of the checkpoint",
		        (unsigned long long)p->index);
	else if (!c->good)
		err_set(e, ERR_DENIED, "%.*s", STR_ARG(c->why));
	else
		return true;
	return false;
}

static bool logged(
        struct bundle *b, const struct bundle_statement *s, struct bundle_verdict *v, struct err *e)
{
	const struct bundle_proof *p = bundle_proof(b, s->s.id);
	const struct bundle_checkpoint *c;

	v->no_proof = p == NULL;
	if (v->no_proof) {
		err_set(e, ERR_MISSING,
		        "no proof in the bundle is of this statement: nothing says when it was made");
		return false;
	}
	if (!bundle_proven(b, p, s, &c, e) || !proof_quorum(&c->witnesses, c->origin, b->quorum, &v->time, e))
		return false;
	v->index = p->index;
	v->entries = c->size;
	v->signers = c->witnesses.n;
	return true;
}

/* A key that was revoked counts for what the witnesses saw before. */
static bool revocation(
        struct bundle *b, const struct bundle_statement *s, struct bundle_verdict *v, struct err *e)
{
	char at[STAMP_TEXT];
	int64_t since;

	if (!bundle_revoked(b, s->head.sender, s->head.key, &since))
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
	bool good = bundle_said(b, s, &v, e);

	if (good) {
		v.logged = logged(b, s, &v, e);
		good = (v.logged || (v.no_proof && b->quorum == 0)) && revocation(b, s, &v, e);
	}
	*ret = v;
	return good;
}
