/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/proof.h"
#include "base/base64.h"

#define MAGIC "c2sp.org/tlog-proof@v1"

static int extra_read(struct str text, struct proof *p, struct err *e)
{
	auto_buf struct buf bytes = {0};

	if (!base64_add(text, &bytes))
		return err_set(e, ERR_SYNTAX, "line 2, 'extra': not base64");
	if (bytes.len > PROOF_EXTRA)
		return err_set(e, ERR_LIMIT, "line 2, 'extra': more than %d bytes", PROOF_EXTRA);
	if (bytes.len > 0)
		memcpy(p->extra, bytes.p, bytes.len);
	p->extra_len = (unsigned)bytes.len;
	return 0;
}

int proof_read(struct str bytes, struct proof *ret, struct err *e)
{
	struct proof p = {0};
	int rc;

	if (bytes.len > PROOF_MAX)
		return err_set(e, ERR_LIMIT, "it has more than %d bytes", PROOF_MAX);
	struct str_cut line = str_cut(bytes, '\n');
	if (!line.ok || !str_eq(line.head, STR(MAGIC)))
		return err_set(e, ERR_SYNTAX, "line 1 is not '" MAGIC "'");
	line = str_cut(line.tail, '\n');
	if (line.ok && str_starts(line.head, STR("extra "))) {
		if ((rc = extra_read(str_skip(line.head, 6), &p, e)) < 0)
			return rc;
		line = str_cut(line.tail, '\n');
	}
	if (!line.ok || !str_starts(line.head, STR("index ")) ||
	        !checkpoint_size(str_skip(line.head, 6), &p.index))
		return err_set(e, ERR_SYNTAX, "no line 'index' with a number stands behind the first lines");
	struct str rest = line.tail;
	if (!checkpoint_proof_read(&rest, &p.path))
		return err_set(e, ERR_SYNTAX,
		        "'index' is not followed by at most %d hashes and an empty line", TREE_PROOF);
	if ((rc = checkpoint_read(rest, &p.checkpoint, &p.note, e)) < 0)
		return rc;
	*ret = p;
	return 0;
}

void proof_write(struct buf *out, struct str extra, uint64_t index, const struct tree_proof *path,
        struct str checkpoint)
{
	buf_add(out, STR(MAGIC "\n"));
	if (extra.len > 0) {
		buf_add(out, STR("extra "));
		base64_print(out, (const uint8_t *)extra.p, extra.len);
		buf_char(out, '\n');
	}
	buf_printf(out, "index %llu\n", (unsigned long long)index);
	checkpoint_proof_write(out, path);
	buf_add(out, checkpoint);
}

/* ---- verifying ----------------------------------------------------------------------------------- */

static bool log_signed(const struct proof *p, const struct proof_trust *trust, struct err *e)
{
	for (unsigned i = 0; i < trust->logs; i++) {
		if (!str_eq(trust->log[i].name, p->checkpoint.origin) || trust->log[i].type != NOTE_ED25519)
			continue;
		int rc = note_verify(&p->note, &trust->log[i], NULL, e);
		if (rc != 0)
			return rc == 1;
	}
	err_set(e, ERR_DENIED, "the checkpoint of '%.*s' is not signed by a known key of that log",
	        STR_ARG(p->checkpoint.origin));
	return false;
}

static int later(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* One cosignature more; two keys of one witness are one. */
static void count_witness(struct proof_witnesses *w, struct str name, uint64_t time)
{
	for (unsigned i = 0; i < w->n; i++)
		if (str_eq(w->seen[i].witness, name)) {
			if (time < w->seen[i].time)
				w->seen[i].time = time;
			return;
		}
	if (w->n < NOTE_SIGNATURES)
		w->seen[w->n++] = (struct proof_seen){name, time};
}

bool proof_seen_by(
        const struct proof *p, const struct proof_trust *trust, struct proof_witnesses *ret, struct err *e)
{
	ret->n = 0;
	if (!log_signed(p, trust, e))
		return false;
	for (unsigned i = 0; i < trust->witnesses; i++) {
		const struct note_key *key = &trust->witness[i];
		uint64_t time;
		/* the log is no witness of itself */
		if (key->type != NOTE_COSIGNATURE || str_eq(key->name, p->checkpoint.origin))
			continue;
		int rc = note_verify(&p->note, key, &time, e);
		if (rc < 0)
			return false;
		if (rc == 1 &&
		        (trust->dates == NULL ||
		                (time >= trust->dates[i].from && time <= trust->dates[i].until)))
			count_witness(ret, key->name, time);
	}
	return true;
}

bool proof_quorum(const struct proof_witnesses *w, struct str origin, unsigned quorum, uint64_t *ret_time,
        struct err *e)
{
	uint64_t time[NOTE_SIGNATURES];

	if (w->n < quorum) {
		err_set(e, ERR_DENIED,
		        "%u of the %u witnesses that are needed have signed the checkpoint of '%.*s'", w->n,
		        quorum, STR_ARG(origin));
		return false;
	}
	for (unsigned i = 0; i < w->n; i++)
		time[i] = w->seen[i].time;
	qsort(time, w->n, sizeof(time[0]), later);
	*ret_time = quorum > 0 ? time[quorum - 1] : 0;
	return true;
}

bool proof_path_good(const struct proof *p, struct str entry, struct err *e)
{
	uint8_t leaf[TREE_HASH];

	tree_leaf(entry, leaf);
	if (tree_includes(leaf, p->index, p->checkpoint.size, &p->path, p->checkpoint.root))
		return true;
	err_set(e, ERR_DENIED, "the path from entry %llu does not lead to the root of the checkpoint",
	        (unsigned long long)p->index);
	return false;
}

bool proof_good(const struct proof *p, struct str entry, const struct proof_trust *trust, uint64_t *ret_time,
        unsigned *ret_signed, struct err *e)
{
	struct proof_witnesses w;

	if (!proof_path_good(p, entry, e) || !proof_seen_by(p, trust, &w, e) ||
	        !proof_quorum(&w, p->checkpoint.origin, trust->quorum, ret_time, e))
		return false;
	*ret_signed = w.n;
	return true;
}
