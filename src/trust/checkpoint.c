/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/checkpoint.h"
#include "base/base64.h"

bool checkpoint_size(struct str text, uint64_t *ret)
{
	return str_u64(text, ret) && *ret <= TREE_SIZE_MAX && (text.len == 1 || text.p[0] != '0');
}

int checkpoint_parse(struct str text, struct checkpoint *ret, struct err *e)
{
	struct checkpoint c = {0};
	struct str_cut cut = str_cut(text, '\n');

	if (!cut.ok || !note_name_good(cut.head))
		return err_set(e, ERR_SYNTAX, "line 1 of the checkpoint is not the name of a log");
	c.origin = cut.head;
	cut = str_cut(cut.tail, '\n');
	if (!cut.ok || !checkpoint_size(cut.head, &c.size))
		return err_set(e, ERR_SYNTAX, "line 2 of the checkpoint is not a number of entries");
	cut = str_cut(cut.tail, '\n');
	if (!cut.ok || !base64_read(cut.head, c.root, sizeof(c.root)))
		return err_set(e, ERR_SYNTAX, "line 3 of the checkpoint is not the base64 of a root hash");
	c.more = cut.tail;
	while (cut.tail.len > 0) {
		cut = str_cut(cut.tail, '\n');
		if (!cut.ok || cut.head.len == 0)
			return err_set(e, ERR_SYNTAX, "a line of the checkpoint is empty or has no end");
	}
	*ret = c;
	return 0;
}

int checkpoint_read(struct str bytes, struct checkpoint *ret, struct note *ret_note, struct err *e)
{
	struct note note;
	int rc;

	if ((rc = note_read(bytes, &note, e)) < 0 || (rc = checkpoint_parse(note.text, ret, e)) < 0)
		return rc;
	if (ret_note != NULL)
		*ret_note = note;
	return 0;
}

void checkpoint_write(struct buf *out, struct str origin, uint64_t size, const uint8_t root[TREE_HASH])
{
	buf_printf(out, "%.*s\n%llu\n", STR_ARG(origin), (unsigned long long)size);
	base64_print(out, root, TREE_HASH);
	buf_char(out, '\n');
}

bool checkpoint_proof_read(struct str *s, struct tree_proof *ret)
{
	struct str_cut cut = {.tail = *s};

	ret->n = 0;
	for (;;) {
		cut = str_cut(cut.tail, '\n');
		if (!cut.ok)
			return false;
		if (cut.head.len == 0)
			break;
		if (ret->n == TREE_PROOF || !base64_read(cut.head, ret->hash[ret->n], TREE_HASH))
			return false;
		ret->n++;
	}
	*s = cut.tail;
	return true;
}

void checkpoint_proof_write(struct buf *out, const struct tree_proof *proof)
{
	for (unsigned i = 0; i < proof->n; i++) {
		base64_print(out, proof->hash[i], TREE_HASH);
		buf_char(out, '\n');
	}
	buf_char(out, '\n');
}
