/* SPDX-License-Identifier: Apache-2.0
 *
 * What is asked before a text is frozen and a round opens: of who writes it, and once more of who signs it.
 */
#include "agree/look.h"
#include "agree/plan.h"
#include "trust/stamp.h"

/* ---- freezing ------------------------------------------------------------------------------------ */

static int say_freeze(const struct freeze *f, struct err *e)
{
	auto_buf struct buf out = {0};
	char hex[2 * DIGEST_LEN + 1];

	for (unsigned i = 0; i < f->opens && i < 8; i++) {
		str_hex_print(hex, f->open[i]->id, DIGEST_LEN);
		buf_printf(&out, "%s%.12s", i > 0 ? ", " : "no answer yet to ", hex);
	}
	if (f->opens > 0 && f->changes > 0)
		buf_add(&out, STR("; "));
	for (unsigned i = 0; i < f->changes && i < 16; i++)
		buf_printf(&out, "%s%.*s", i > 0 ? ", " : "no answer explains the change of ",
		        STR_ARG(f->unexplained[i]));
	return err_set(
	        e, ERR_VALUE, "the text cannot be frozen: %.*s (weir agree answer)", (int)out.len, out.p);
}

static int say_wording(const struct agree_note *n, struct err *e)
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, n->said->id, DIGEST_LEN);
	return err_set(e, ERR_VALUE,
	        "the text cannot be frozen: %.12s of %.*s is taken and has no wording in the authentic "
	        "language "
	        "(weir agree answer with another word)",
	        hex, STR_ARG(n->said->sender));
}

int plan_freeze(struct arena *a, struct db *db, const char *folder, uint64_t before,
        const struct agree_text *text, struct err *e)
{
	struct round_loaded r;
	struct agree_text old;
	struct freeze f;
	int rc = round_load_opening(a, db, folder, before, &r, e);

	if (rc == 0 && r.why != NULL)
		rc = err_set(e, ERR_VALUE, "the round before: %s", r.why);
	if (rc == 0)
		rc = round_text(a, folder, &r.manifest, (struct str){0}, &old, e);
	if (rc != 0)
		return rc;
	struct agree_notes notes;
	agree_notes_load(a, db, &r, NULL, &notes);
	if (!freeze_check(a, &old, text, notes.proposal, notes.proposals, notes.list, notes.lists, &f))
		return say_freeze(&f, e);
	for (unsigned i = 0; i < notes.n; i++)
		if (notes.note[i].word == DISPOSITION_TAKEN && agree_lacks_wording(&notes, &notes.note[i]))
			return say_wording(&notes.note[i], e);
	return 0;
}

/* ---- the round before ---------------------------------------------------------------------------- */

int plan_follows(
        struct arena *a, struct db *db, const char *folder, uint64_t before, int64_t now, struct err *e)
{
	struct round_loaded r;
	struct outcome o;
	char at[24];
	int rc = round_load(a, db, folder, before, &r, e);

	if (rc != 0 || r.why != NULL)
		return rc;
	outcome_make(a, &r.in, now, &o);
	if (o.round.withdrawn || o.round.others > 0 || now > o.round.closes)
		return 0;
	stamp_print(at, o.round.closes);
	return err_set(e, ERR_DENIED,
	        "%.*s/%u is open until %s, and what is said in it until then needs an answer: the next round "
	        "opens after that, or once the chair has withdrawn it (weir agree retract)",
	        STR_ARG(r.manifest.instrument), r.manifest.round, at);
}

int plan_frozen(struct arena *a, struct db *db, const char *folder, const struct manifest *m, int64_t now,
        struct err *e)
{
	struct agree_text text;
	uint64_t before = digest_zero(m->previous) ? 0 : round_before(db, m);

	if (digest_zero(m->previous))
		return 0;
	if (before == 0)
		return err_set(e, ERR_MISSING, "the round before %.*s/%u is not here", STR_ARG(m->instrument),
		        m->round);
	int rc = round_text(a, folder, m, (struct str){0}, &text, e);
	if (rc == 0)
		rc = plan_freeze(a, db, folder, before, &text, e);
	return rc == 0 ? plan_follows(a, db, folder, before, now, e) : rc;
}

/* ---- what is said of it -------------------------------------------------------------------------- */

struct plan_stale plan_stale(
        struct arena *a, const struct agree_text *authentic, const struct agree_text *translation)
{
	enum translation_state state[AGREE_CLAUSES];
	auto_buf struct buf stale = {0}, missing = {0};
	unsigned bad;

	if (!translation_states(authentic, translation, state, &bad))
		return (struct plan_stale){STR(""), STR("")};
	for (unsigned i = 0; i < authentic->n; i++) {
		struct buf *out = state[i] == TRANSLATION_STALE ? &stale : &missing;
		if (state[i] != TRANSLATION_OK)
			buf_printf(out, "%s%.*s", out->len > 0 ? " " : "", STR_ARG(authentic->clause[i].id));
	}
	return (struct plan_stale){arena_str(a, buf_str(&stale)), arena_str(a, buf_str(&missing))};
}

int plan_fault(struct str manifest, const struct agree_fault *fault, struct err *e)
{
	struct str_cut cut = {.tail = manifest};
	char shown[200];
	unsigned at = 0;

	for (; at < fault->line && cut.tail.len > 0; at++)
		cut = str_cut(cut.tail, '\n');
	/* lines that are missing at the end have the number after the last */
	if (at < fault->line)
		return err_set(e, ERR_VALUE, "manifest line %u: %s", fault->line, fault->why);
	return err_set(e, ERR_VALUE, "manifest line %u '%s': %s", fault->line,
	        err_quote(shown, sizeof(shown), cut.head).p, fault->why);
}
