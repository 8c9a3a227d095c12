/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/witness.h"

int witness_request_read(struct str body, struct witness_request *ret, struct err *e)
{
	struct str_cut line = str_cut(body, '\n');
	struct str rest = line.tail;
	int rc;

	if (!line.ok || !str_starts(line.head, STR("old ")) ||
	        !checkpoint_size(str_skip(line.head, 4), &ret->old))
		return err_set(e, ERR_SYNTAX, "line 1 is not 'old' and a number of entries");
	if (!checkpoint_proof_read(&rest, &ret->proof))
		return err_set(e, ERR_SYNTAX, "line 1 is not followed by at most %d hashes and an empty line",
		        TREE_PROOF);
	if ((rc = checkpoint_read(rest, &ret->checkpoint, &ret->note, e)) < 0)
		return rc;
	return 0;
}

static bool signed_by_log(const struct witness_request *r, const struct witness_log *log, struct err *e)
{
	for (unsigned i = 0; i < log->n; i++) {
		int rc = str_eq(log->keys[i].name, r->checkpoint.origin) && log->keys[i].type == NOTE_ED25519
		        ? note_verify(&r->note, &log->keys[i], NULL, e)
		        : 0;
		if (rc != 0)
			return rc == 1;
	}
	err_set(e, ERR_DENIED, "no signature is of a key of the log '%.*s'", STR_ARG(r->checkpoint.origin));
	return false;
}

static int conflict(const struct witness_log *log, struct buf *answer, struct err *e, const char *why)
{
	err_set(e, ERR_DENIED, "%s; %llu entries were signed last", why, (unsigned long long)log->size);
	buf_u64(answer, log->size);
	buf_char(answer, '\n');
	return 409;
}

int witness_judge(
        const struct witness_request *r, const struct witness_log *log, struct buf *answer, struct err *e)
{
	const struct checkpoint *c = &r->checkpoint;
	uint8_t empty[TREE_HASH];

	if (log == NULL) {
		err_set(e, ERR_MISSING, "no log '%.*s' is known here", STR_ARG(c->origin));
		return 404;
	}
	if (!signed_by_log(r, log, e))
		return 403;
	if (r->old > c->size) {
		err_set(e, ERR_VALUE, "the old size is above that of the checkpoint");
		return 400;
	}
	if (r->old != log->size)
		return conflict(log, answer, e, "the old size is another than was signed last");
	tree_empty(empty);
	if (r->old == c->size && r->proof.n == 0 && log->size > 0 &&
	        memcmp(log->root, c->root, TREE_HASH) != 0)
		return conflict(log, answer, e, "the log shows two trees of one size");
	if ((c->size == 0 && memcmp(c->root, empty, TREE_HASH) != 0) ||
	        !tree_extends(log->size, log->size > 0 ? log->root : empty, c->size, c->root, &r->proof)) {
		err_set(e, ERR_DENIED, "the proof does not show that the log only grew");
		return 422;
	}
	return 200;
}

void witness_ask(struct buf *out, uint64_t old, const struct tree_proof *proof, struct str checkpoint)
{
	buf_printf(out, "old %llu\n", (unsigned long long)old);
	checkpoint_proof_write(out, proof);
	buf_add(out, checkpoint);
}

int witness_lines_take(struct str text, struct str lines, const struct note_key *keys, unsigned n,
        struct buf *out, struct err *e)
{
	auto_buf struct buf all = {0};
	struct note note;
	int taken = 0, rc;

	buf_add(&all, text);
	buf_char(&all, '\n');
	buf_add(&all, lines);
	if ((rc = note_read(buf_str(&all), &note, e)) < 0)
		return rc;
	if (note.text.len != text.len)
		return err_set(e, ERR_SYNTAX, "an empty line stands between the lines of signatures");
	for (unsigned i = 0; i < note.n; i++) {
		struct note one = note;
		one.n = 1;
		one.sig[0] = note.sig[i];
		for (unsigned k = 0; k < n; k++)
			if (keys[k].type == NOTE_COSIGNATURE &&
			        note_verify(&one, &keys[k], NULL, NULL) == 1) {
				buf_add(out, one.sig[0].line);
				taken++;
				break;
			}
	}
	return taken;
}
