/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether the text of a round may have been frozen: what its chair's node refused, each other node asks too, since a chair may have another
 * program. An answer that the chair revises afterwards counts as it stands now. The verdict knows nothing of it: people look at it.
 */
#include "agree/look.h"

/* An answer or an amendment that was erased, as old words are, explains nothing any more. */
static bool erased(const struct agree_notes *n)
{
	for (size_t i = 0; i < n->saids; i++)
		if (n->said[i].body.type == BODY_NULL && n->said[i].kind != KIND_WITHDRAW)
			return true;
	return false;
}

void agree_frozen_look(struct arena *a, struct db *db, const char *folder, const struct round_loaded *r,
        struct agree_frozen *ret)
{
	uint64_t id = digest_zero(r->manifest.previous) ? 0 : round_before(db, &r->manifest);
	struct round_loaded *before = arena_new(a, struct round_loaded);
	struct agree_text old, new;
	struct agree_notes notes;
	struct freeze f;

	*ret = (struct agree_frozen){0};
	if (id == 0 || round_load_opening(a, db, folder, id, before, NULL) != 0 || before->why != NULL ||
	        round_text(a, folder, &before->manifest, (struct str){0}, &old, NULL) != 0 ||
	        round_text(a, folder, &r->manifest, (struct str){0}, &new, NULL) != 0)
		return;
	agree_notes_load(a, db, before, NULL, &notes);
	if (erased(&notes))
		return;
	freeze_check(a, &old, &new, notes.proposal, notes.proposals, notes.list, notes.lists, &f);
	*ret = (struct agree_frozen){
	        .known = true, .clause = f.unexplained, .clauses = f.changes, .open = f.opens};
}

struct str agree_frozen_words(struct arena *a, const struct agree_frozen *f)
{
	auto_buf struct buf out = {0};

	for (unsigned i = 0; i < f->clauses; i++)
		buf_printf(&out, "%s%.*s", i > 0 ? " " : "", STR_ARG(f->clause[i]));
	return arena_str(a, buf_str(&out));
}
