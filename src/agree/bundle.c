/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/bundle.h"
#include "trust/proof.h"
#include <stdlib.h>

#define PART (CONTAINER_BLOB_PART - CONTAINER_BLOB_HEAD)

/* ---- reading ------------------------------------------------------------------------------------- */

const char *said_read(
        struct arena *a, struct str bytes, struct said *ret, struct statement *ret_s, struct head *ret_h)
{
	struct statement s;
	struct head h;
	struct item body = {0};
	const char *why;

	if (statement_frame(bytes, &s) != VERDICT_OK || s.bytes.len != bytes.len ||
	        head_read(s.head, &h) != VERDICT_OK)
		return "its bytes are no statement";
	if (s.content.len > STATEMENT_SALT) {
		auto_buf struct buf items = {0};
		if (body_read(str_skip(s.content, STATEMENT_SALT), &items, &why))
			body = item_root(arena_str(a, buf_str(&items)));
	}
	*ret = said_make(s.id, &h, body);
	if (ret_s != NULL)
		*ret_s = s;
	if (ret_h != NULL)
		*ret_h = h;
	return NULL;
}

const struct said *said_open(const struct said *said, size_t n, const struct manifest *m)
{
	uint8_t digest[DIGEST_LEN];

	for (size_t i = 0; i < n; i++)
		if (said[i].kind == KIND_AGREE_OPEN &&
		        str_hex(item_text(&said[i].body, "round_sha256"), digest, DIGEST_LEN) &&
		        memcmp(digest, m->sha256, DIGEST_LEN) == 0)
			return &said[i];
	return NULL;
}

/* ---- writing: the parts -------------------------------------------------------------------------- */

/* Keys that a reader of the bundle will have. */
struct writing {
	const struct agree_bundle *b;
	struct arena a;
	struct keylist *list;
	uint8_t (*id)[DIGEST_LEN]; /* of the statements, ascending */
	struct buf out;
};

static int add_lists(struct writing *w, struct err *e)
{
	w->list = arena_array(&w->a, w->b->lists + 1, sizeof(*w->list));
	for (size_t i = 0; i < w->b->lists; i++) {
		if (keylist_read(w->b->list[i], &w->list[i], NULL, e) < 0)
			return err_add(e, "key list %zu", i + 1), ERR_VALUE;
		container_add(&w->out, CONTAINER_KEYS, w->b->list[i]);
	}
	return 0;
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, DIGEST_LEN);
}

static int add_statements(struct writing *w, struct err *e)
{
	struct statement s;
	struct head h;

	w->id = arena_array(&w->a, w->b->statements + 1, sizeof(*w->id));
	for (size_t i = 0; i < w->b->statements; i++) {
		struct str bytes = w->b->statement[i];
		if (statement_frame(bytes, &s) != VERDICT_OK || s.bytes.len != bytes.len ||
		        head_read(s.head, &h) != VERDICT_OK)
			return err_set(e, ERR_VALUE, "statement %zu: its bytes are no statement", i + 1);
		if (i == 0 && kind_find(h.kind) != KIND_AGREE_OPEN)
			return err_set(e, ERR_VALUE, "the first statement is not the opening of a round");
		memcpy(w->id[i], s.id, DIGEST_LEN);
		container_add(&w->out, CONTAINER_STATEMENT, bytes);
	}
	if (w->b->statements == 0)
		return err_set(e, ERR_VALUE, "there is no statement");
	qsort(w->id, w->b->statements, DIGEST_LEN, by_bytes);
	return 0;
}

/* True if one of the lists has the key of that line: of the log itself, or of a witness. */
static bool has_key(struct writing *w, const struct note_signature *s)
{
	for (size_t i = 0; i < w->b->lists; i++) {
		const struct keylist *l = &w->list[i];
		struct note_key key;
		if (s->name.len != l->party.len + 5 || !str_starts(s->name, l->party) ||
		        !str_ends(s->name, STR("/weir")))
			continue;
		for (unsigned k = 0; k < l->keys; k++)
			for (unsigned type = NOTE_ED25519; type <= NOTE_COSIGNATURE;
			        type += NOTE_COSIGNATURE - NOTE_ED25519) {
				note_key_make(&key, s->name, (enum note_type)type, l->key[k].key);
				if (l->key[k].use == KEY_LOG &&
				        memcmp(key.hash, s->hash, sizeof(key.hash)) == 0)
					return true;
			}
	}
	return false;
}

static int add_proofs(struct writing *w, struct err *e)
{
	for (size_t i = 0; i < w->b->proofs; i++) {
		struct proof p;
		auto_buf struct buf note = {0}, proof = {0};
		if (proof_read(w->b->proof[i], &p, e) < 0)
			return err_add(e, "proof %zu", i + 1), ERR_VALUE;
		if (p.extra_len != DIGEST_LEN ||
		        bsearch(p.extra, w->id, w->b->statements, DIGEST_LEN, by_bytes) == NULL)
			return err_set(e, ERR_VALUE, "proof %zu is of no statement of the bundle", i + 1);
		buf_add(&note, p.note.text);
		buf_char(&note, '\n');
		for (unsigned k = 0; k < p.note.n; k++)
			if (has_key(w, &p.note.sig[k]))
				buf_add(&note, p.note.sig[k].line);
		if (note.len == p.note.text.len + 1)
			return err_set(e, ERR_VALUE, "proof %zu is signed by no key of the lists", i + 1);
		proof_write(&proof, str_make((const char *)p.extra, p.extra_len), p.index, &p.path,
		        buf_str(&note));
		container_add(&w->out, CONTAINER_PROOF, buf_str(&proof));
	}
	return 0;
}

static int add_files(struct writing *w, struct err *e)
{
	for (size_t i = 0; i < w->b->files; i++) {
		const struct opening_file *f = &w->b->file[i];
		uint8_t digest[DIGEST_LEN];
		size_t at = 0;
		digest_of(f->bytes, digest);
		if (memcmp(digest, f->sha256, DIGEST_LEN) != 0)
			return err_set(e, ERR_VALUE, "file %zu is not the one of its digest", i + 1);
		do {
			container_add_blob(&w->out, f->sha256, f->bytes.len, at, str_sub(f->bytes, at, PART));
			at += PART;
		} while (at < f->bytes.len);
	}
	return 0;
}

int agree_bundle_write(const struct agree_bundle *b, struct buf *out, struct err *e)
{
	struct writing w = {.b = b};
	int rc;

	arena_init(&w.a, 0);
	container_begin(&w.out);
	rc = add_lists(&w, e);
	if (rc == 0)
		rc = add_statements(&w, e);
	if (rc == 0)
		rc = add_proofs(&w, e);
	if (rc == 0)
		rc = add_files(&w, e);
	container_end(&w.out);
	if (rc == 0)
		buf_add(out, buf_str(&w.out));
	buf_done(&w.out);
	arena_done(&w.a);
	return rc;
}
