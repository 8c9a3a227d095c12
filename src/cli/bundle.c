/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bundle.h"
#include "base/log.h"
#include "base/os.h"
#include "cli/bundle_in.h"
#include "trust/voice.h"
#include <stdlib.h>

#define PIECE 262144
#define ENTRIES_MAX 100000
#define LISTS_MAX 2048
#define BLOBS_MAX 4096

void bundle_init(struct bundle *b)
{
	*b = (struct bundle){.quorum = BUNDLE_QUORUM};
	arena_init(&b->a, 0);
}

void bundle_done(struct bundle *b)
{
	for (size_t i = 0; i < b->blobs.n; i++) {
		digest_done(b->blobs.v[i].digest, NULL);
		buf_done(&b->blobs.v[i].bytes);
	}
	vec_done(&b->roots);
	vec_done(&b->lists);
	vec_done(&b->statements);
	vec_done(&b->proofs);
	vec_done(&b->checkpoints);
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

int bundle_roots(struct bundle *b, const struct cli *c, struct err *e)
{
	const char *text;
	int rc = 0;

	for (size_t n = 0; rc == 0 && (text = cli_value_at(c, "root", n)) != NULL; n++)
		rc = bundle_root(b, str_from(text), false, e);
	for (size_t n = 0; rc == 0 && (text = cli_value_at(c, "voice", n)) != NULL; n++)
		rc = bundle_root(b, str_from(text), true, e);
	if (rc == 0 && b->roots.n == 0)
		rc = err_set(e, ERR_USAGE,
		        "say whom you know: --root PARTY=VKEY or --voice PARTY=DIGITS, for the sender and "
		        "for "
		        "the witnesses");
	return rc < 0 ? ERR_USAGE : 0;
}

/* ---- reading ------------------------------------------------------------------------------------- */

struct reading {
	struct bundle *b;
	struct container_reader r;
	struct digest *digest;
};

static struct bundle_blob *blob_of(struct bundle *b, const struct container_blob *part, struct err *e)
{
	for (size_t i = 0; i < b->blobs.n; i++)
		if (memcmp(b->blobs.v[i].sha256, part->sha256, 32) == 0)
			return &b->blobs.v[i];
	if (b->blobs.n == BLOBS_MAX) {
		err_set(e, ERR_LIMIT, "it has more than %d blobs", BLOBS_MAX);
		return NULL;
	}
	struct bundle_blob *blob = vec_add(&b->blobs);
	memcpy(blob->sha256, part->sha256, 32);
	blob->entry = b->entries;
	blob->total = part->total;
	blob->digest = digest_new();
	return blob;
}

/* False: it is no part, or it does not go on where the part before ended. */
static bool take_blob(struct bundle *b, struct str payload, struct err *why, struct err *e)
{
	struct container_blob part;
	uint8_t got[32];

	if (!container_blob_read(payload, &part))
		return false;
	struct bundle_blob *blob = blob_of(b, &part, e);
	if (blob == NULL)
		return true;
	if (part.total != blob->total || part.offset != blob->here || blob->good) {
		err_set(why, ERR_FORMAT, "it does not go on where the part before it ended");
		return false;
	}
	digest_add(blob->digest, part.bytes);
	if (blob->total <= BUNDLE_KEPT)
		buf_add(&blob->bytes, part.bytes);
	blob->here += part.bytes.len;
	digest_peek(blob->digest, got);
	blob->good = blob->here == blob->total && memcmp(got, blob->sha256, 32) == 0;
	return true;
}

static bool take_statement(struct bundle *b, struct str copy)
{
	struct bundle_statement s = {.entry = b->entries};

	if (statement_frame(copy, &s.s) != VERDICT_OK || s.s.bytes.len != copy.len ||
	        head_read(s.s.head, &s.head) != VERDICT_OK)
		return false;
	*vec_add(&b->statements) = s;
	return true;
}

static bool take_list(struct bundle *b, struct str copy, struct err *why, struct err *e)
{
	if (b->lists.n == LISTS_MAX) {
		err_set(e, ERR_LIMIT, "it has more than %d key lists", LISTS_MAX);
		return true;
	}
	struct bundle_list *l = vec_add(&b->lists);
	l->note = copy;
	l->entry = b->entries;
	if (keylist_read(copy, &l->list, NULL, why) == 0)
		return true;
	b->lists.n--;
	return false;
}

static bool take_proof(struct bundle *b, struct str copy, struct err *why)
{
	struct bundle_proof ret = {.entry = b->entries, .bytes = copy};
	struct proof p;

	if (proof_read(copy, &p, why) < 0)
		return false;
	if (p.extra_len != DIGEST_LEN) {
		err_set(why, ERR_FORMAT, "its line 'extra' is not the id of a statement");
		return false;
	}
	uint8_t entry[1 + DIGEST_LEN] = {1};
	memcpy(entry + 1, p.extra, DIGEST_LEN);
	memcpy(ret.id, p.extra, DIGEST_LEN);
	ret.index = p.index;
	ret.path = proof_path_good(&p, str_make((const char *)entry, sizeof(entry)), why);
	digest_of(p.note.bytes, ret.digest);
	*vec_add(&b->proofs) = ret;
	return true;
}

/* Entries that are not known come to nobody, so they are seen when the next one comes. */
static void number(struct bundle *b, const struct container_reader *r, bool end)
{
	uint64_t odd = r->unknown + r->too_large;

	if (odd > 0 && b->first_unknown == 0)
		b->first_unknown = r->entries + end;
	b->unknown = odd;
	b->entries = r->entries + odd;
}

static int take(void *arg, enum container_type type, struct str payload, struct err *e)
{
	static const char *const names[CONTAINER_TYPES] = {
	        "", "statement", "part of a blob", "key list", "proof"};
	struct reading *g = arg;
	struct bundle *b = g->b;
	struct err why = {.text = "it is none"};
	bool good = false;

	number(b, &g->r, false);
	e->code = 0;
	if (b->entries > ENTRIES_MAX)
		return err_set(e, ERR_LIMIT, "it has more than %d entries", ENTRIES_MAX);
	if (type == CONTAINER_BLOB)
		good = take_blob(b, payload, &why, e);
	else if (type == CONTAINER_STATEMENT)
		good = take_statement(b, arena_str(&b->a, payload));
	else if (type == CONTAINER_KEYS)
		good = take_list(b, arena_str(&b->a, payload), &why, e);
	else if (type == CONTAINER_PROOF)
		good = take_proof(b, arena_str(&b->a, payload), &why);
	if (!good && b->broken++ == 0) {
		b->broken_entry = b->entries;
		b->first_broken = arena_printf(&b->a, "a %s: %s", names[type], why.text);
	}
	return e->code;
}

static int feed(struct reading *g, struct str bytes, struct err *e)
{
	int rc = container_feed(&g->r, bytes, take, g, e);

	digest_add(g->digest, bytes);
	g->b->size += bytes.len;
	if (rc == 0 && g->b->size > BUNDLE_MAX)
		rc = err_set(e, ERR_LIMIT, "it has more than %zu bytes", BUNDLE_MAX);
	return rc;
}

static int finish(struct reading *g, int rc, struct err *e)
{
	if (rc == 0)
		rc = container_finish(&g->r, e);
	number(g->b, &g->r, true);
	digest_done(g->digest, g->b->sha256);
	container_reader_done(&g->r);
	return rc;
}

int bundle_read_bytes(struct bundle *b, struct str bytes, struct err *e)
{
	struct reading g = {.b = b, .digest = digest_new()};

	return finish(&g, feed(&g, bytes, e), e);
}

int bundle_read(struct bundle *b, const char *path, struct err *e)
{
	struct reading g = {.b = b};
	auto_fd int fd = os_open(path, e);
	ssize_t n = 0;
	int rc = 0;

	if (fd < 0)
		return fd;
	char *piece = mem_get(PIECE);
	g.digest = digest_new();
	while (rc == 0 && (n = os_read_full(fd, piece, PIECE)) > 0)
		rc = feed(&g, str_make(piece, (size_t)n), e);
	if (rc == 0 && n < 0)
		rc = err_sys(e, "cannot be read");
	free(piece);
	rc = finish(&g, rc, e);
	return rc < 0 ? err_add(e, "%s", path) : rc;
}

/* ---- lists --------------------------------------------------------------------------------------- */

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

static void judge_list(struct bundle *b, struct bundle_list *l)
{
	struct keylist again;
	struct err e;

	l->why = STR("no root key of that party was given");
	for (size_t i = 0; i < b->roots.n && !l->good; i++) {
		struct bundle_root *root = &b->roots.v[i];
		if (!str_eq(root->party, l->list.party))
			continue;
		l->known = true;
		if (!root_fits(root, &l->list, b, &l->why))
			continue;
		struct keylist_link link = {.party = l->list.party, .root = root->key};
		l->good = keylist_judge(&link, l->note, &again, NULL, &e) == KEYLIST_TAKE;
		if (!l->good)
			l->why = arena_str(&b->a, str_from(e.text));
	}
}

static bool is_root(const struct keylist_root *root, const struct note_signature *line)
{
	return str_eq(root->key.name, line->name) &&
	        memcmp(root->key.hash, line->hash, sizeof(line->hash)) == 0;
}

/* A line below a list whose key is neither the root of the list nor one that was given. */
static void find_stray(struct bundle *b, struct bundle_list *l)
{
	struct keylist_root root;
	struct note note;
	struct err e;

	if (note_read(l->note, &note, &e) < 0)
		return;
	for (unsigned k = 0; k < note.n && l->stray.len == 0; k++) {
		keylist_root(&root, l->list.party, l->list.root);
		bool known = is_root(&root, &note.sig[k]);
		for (size_t i = 0; i < b->roots.n && !known; i++) {
			if (!b->roots.v[i].has_key || !str_eq(b->roots.v[i].party, l->list.party))
				continue;
			keylist_root(&root, l->list.party, b->roots.v[i].key);
			known = is_root(&root, &note.sig[k]) && note_verify(&note, &root.key, NULL, &e) == 1;
		}
		if (!known)
			l->stray = note.sig[k].name;
	}
}

void bundle_unused(const struct bundle *b)
{
	for (size_t i = 0; i < b->roots.n; i++) {
		bool there = false;
		for (size_t k = 0; k < b->lists.n && !there; k++)
			there = str_eq(b->lists.v[k].list.party, b->roots.v[i].party);
		if (!there)
			log_error("the file has no key list of '%.*s', whose %s was given: look whether the "
			          "party is right",
			        STR_ARG(b->roots.v[i].party),
			        b->roots.v[i].voice.len > 0 ? "voice number" : "root key");
	}
}

void bundle_lists(struct bundle *b)
{
	for (size_t i = 0; i < b->lists.n; i++)
		judge_list(b, &b->lists.v[i]);
	for (size_t i = 0; i < b->lists.n; i++)
		find_stray(b, &b->lists.v[i]);
	bundle_index(b);
}
