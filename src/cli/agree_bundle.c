/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/agree_bundle.h"
#include "trust/kind.h"
#include <stdlib.h>

#define FAULTS_MAX 200

#define AGAIN "get the file once more, and compare its SHA-256 with who gave it to you"
#define ANOTHER "ask for a bundle that was made by another party of the round"
#define COMPLETE "ask for a bundle that is complete"

static void fault(
        struct agree_check *c, enum agree_step step, uint64_t entry, struct str what, const char *todo)
{
	if (c->faults.n < FAULTS_MAX)
		*vec_add(&c->faults) = (struct agree_fault_at){step, entry, what, str_from(todo)};
}

const struct agree_fault_at *agree_first(const struct agree_check *c)
{
	const struct agree_fault_at *first = NULL;

	for (size_t i = 0; i < c->faults.n; i++) {
		const struct agree_fault_at *f = &c->faults.v[i];
		if (first == NULL || f->step < first->step ||
		        (f->step == first->step && f->entry < first->entry))
			first = f;
	}
	return first;
}

void agree_check_done(struct agree_check *c)
{
	vec_done(&c->faults);
	vec_done(&c->notes);
}

/* "statement fbddde4cfd26d97d of kh, agree.position" */
static struct str name_of(struct agree_check *c, const struct bundle_statement *s)
{
	char hex[2 * DIGEST_LEN + 1], kind[64];

	str_hex_print(hex, s->s.id, DIGEST_LEN);
	return arena_printf(c->a, "statement %.16s of %.*s, %s", hex, STR_ARG(s->head.sender),
	        err_quote(kind, sizeof(kind), s->head.kind).p);
}

/* ---- the file ------------------------------------------------------------------------------------ */

static void check_file(struct agree_check *c, int rc, const struct err *e)
{
	struct bundle *b = c->b;

	if (rc < 0)
		fault(c, AGREE_FILE, b->entries + 1, arena_str(c->a, str_from(e->text)), AGAIN);
	if (b->broken > 0)
		fault(c, AGREE_FILE, b->broken_entry, b->first_broken, AGAIN);
	if (b->unknown > 0)
		fault(c, AGREE_FILE, b->first_unknown,
		        STR("it is of a type that this version does not know, or larger than one of its type "
		            "can be"),
		        "get the file once more; if it was made by a newer version, verify it with that");
}

/* ---- key lists ----------------------------------------------------------------------------------- */

static void check_list(struct agree_check *c, const struct bundle_list *l)
{
	struct str name = arena_printf(
	        c->a, "key list %llu of %.*s: ", (unsigned long long)l->list.number, STR_ARG(l->list.party));

	if (!l->known)
		fault(c, AGREE_KEYS, l->entry,
		        arena_printf(c->a, "%.*sno root key of that party was given", STR_ARG(name)),
		        "give its root key with --root or its voice number with --voice, from paper or by a "
		        "call");
	else if (!l->good)
		fault(c, AGREE_KEYS, l->entry, arena_printf(c->a, "%.*s%.*s", STR_ARG(name), STR_ARG(l->why)),
		        "compare what you typed with your paper; if that is right, the list is not of whom "
		        "you know");
	else if (l->stray.len > 0)
		fault(c, AGREE_KEYS, l->entry,
		        arena_printf(c->a, "%.*sa line of '%.*s' is of no root key that was given",
		                STR_ARG(name), STR_ARG(l->stray)),
		        "if the party has had another root, give that too; else " AGAIN);
}

/* ---- statements ---------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	const struct agree_from *x = a, *y = b;

	return memcmp(x->said->id, y->said->id, DIGEST_LEN);
}

const struct agree_from *agree_from(const struct agree_check *c, const uint8_t id[DIGEST_LEN])
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = memcmp(c->from[mid].said->id, id, DIGEST_LEN);
		if (order == 0)
			return &c->from[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* Kinds on which a result can rest. */
static bool is_of_round(enum kind k)
{
	return k == KIND_RECEIPT || k == KIND_ACK || k == KIND_REJOIN ||
	        (k >= KIND_AGREE_OPEN && k <= KIND_AGREE_PROGRESS);
}

static bool find_said(const struct check *check, const uint8_t id[DIGEST_LEN], struct stored *ret)
{
	const struct agree_from *f = agree_from(check->arg, id);

	if (f == NULL)
		return false;
	*ret = (struct stored){.head = f->s->s.head,
	        .signature = f->s->s.signature,
	        .content = f->s->s.content,
	        .h = f->s->head};
	memcpy(ret->id, id, DIGEST_LEN);
	return true;
}

/* What a node that got it would have held. Empty: nothing. */
static struct str held(struct agree_check *c, const struct agree_from *f)
{
	const struct head *h = &f->s->head;
	struct check check = {.a = c->a,
	        .now = c->at,
	        .id = f->said->id,
	        .h = h,
	        .body = f->said->body,
	        .find = find_said,
	        .arg = c};
	struct stored opened;

	if (f->s->s.content.len == 0)
		return STR("");
	if (f->said->body.type != BODY_OBJECT)
		return STR("its body is no JSON object as the protocol has it");
	if (find_said(&check, h->case_, &opened) && !str_eq(opened.h.exercise, h->exercise))
		return STR("it is of another exercise than its round");
	if (find_said(&check, h->case_, &opened) && !head_member(&opened.h, h->sender))
		return STR("its sender is no party of the round");
	if (!kind_sender_ok(&check, f->said->kind) || !kind_fields_ok(&check, f->said->kind))
		return arena_str(c->a, str_from(check.why));
	if (kind_people(&f->said->body) < kind_table[f->said->kind].people)
		return STR("it names fewer persons than its kind needs");
	return STR("");
}

/* A key that was revoked counts for what a quorum of witnesses saw before. */
static bool stands(struct agree_check *c, const struct bundle_statement *s, struct err *e)
{
	const struct bundle_proof *p = bundle_proof(c->b, s->s.id);
	const struct bundle_checkpoint *seen;
	char at[STAMP_TEXT];
	uint64_t time;
	int64_t since;

	if (!bundle_revoked(c->b, s->head.sender, s->head.key, &since))
		return true;
	if (p != NULL && bundle_proven(c->b, p, s, &seen, e) &&
	        proof_quorum(&seen->witnesses, seen->origin, c->b->quorum, &time, e) &&
	        (int64_t)time <= since)
		return true;
	stamp_print(at, since);
	err_set(e, ERR_DENIED,
	        "its key is revoked since %s, and no proof of it is seen by %u witnesses before that", at,
	        c->b->quorum);
	return false;
}

static bool check_said(struct agree_check *c, const struct bundle_statement *s)
{
	struct bundle_verdict v = {0};
	struct err e = {0};

	if (bundle_said(c->b, s, &v, &e) && stands(c, s, &e))
		return true;
	fault(c, AGREE_SAID, s->entry, arena_printf(c->a, "%.*s: %s", STR_ARG(name_of(c, s)), e.text),
	        v.said && v.content != BUNDLE_DIFFERS
	                ? "ask for a bundle with older proofs out of that party's log"
	                : AGAIN "; if that is the same, " ANOTHER);
	return false;
}

static void take_statements(struct agree_check *c)
{
	size_t most = c->b->statements.n;

	c->said = arena_array(c->a, most + 1, sizeof(*c->said));
	c->from = arena_array(c->a, most + 1, sizeof(*c->from));
	for (size_t i = 0; i < most; i++) {
		const struct bundle_statement *s = &c->b->statements.v[i];
		struct said *said = &c->said[c->n];
		if (!check_said(c, s) || said_read(c->a, s->s.bytes, said, NULL, NULL) != NULL)
			continue;
		c->from[c->n++] = (struct agree_from){said, s};
	}
	qsort(c->from, c->n, sizeof(*c->from), by_id);
}

/* What a node would have taken goes into the result. */
static void check_kinds(struct agree_check *c)
{
	struct said *taken = arena_array(c->a, c->n + 1, sizeof(*taken));
	size_t n = 0;

	c->in.said = taken;
	for (size_t i = 0; i < c->n; i++) {
		const struct agree_from *f = &c->from[i];
		struct str why =
		        is_of_round(f->said->kind) ? held(c, f) : STR("a round does not rest on its kind");
		if (why.len == 0)
			taken[c->in.n++] = *f->said;
		else
			fault(c, AGREE_SAID, f->s->entry,
			        arena_printf(c->a, "%.*s: %.*s", STR_ARG(name_of(c, f->s)), STR_ARG(why)),
			        "no node would have counted it: " ANOTHER);
	}
	for (size_t i = 0; i < c->b->statements.n; i++)
		n += c->b->statements.v[i].s.content.len == 0;
	if (n > 0)
		*vec_add(&c->notes) = arena_printf(
		        c->a, "%zu statements were erased: that they were said is proven, not what", n);
}

/* ---- blobs and proofs ---------------------------------------------------------------------------- */

static void check_blobs(struct agree_check *c)
{
	for (size_t i = 0; i < c->b->blobs.n; i++) {
		const struct bundle_blob *f = &c->b->blobs.v[i];
		char hex[2 * DIGEST_LEN + 1];
		str_hex_print(hex, f->sha256, DIGEST_LEN);
		if (!f->good)
			fault(c, AGREE_FILE, f->entry,
			        arena_printf(c->a, "file %s: %s", hex,
			                f->here < f->total ? "it is not whole"
			                                   : "its bytes are not those of that digest"),
			        AGAIN);
	}
}

static void take_witnesses(const struct bundle_checkpoint *seen, struct round_witness *ret, size_t *n)
{
	for (unsigned i = 0; i < seen->witnesses.n; i++) {
		const struct proof_seen *w = &seen->witnesses.seen[i];
		ret[(*n)++] = (struct round_witness){.party = str_sub(seen->origin, 0, seen->origin.len - 5),
		        .witness = str_sub(w->witness, 0, w->witness.len - 5),
		        .size = seen->size,
		        .time = w->time > INT64_MAX ? INT64_MAX : (int64_t)w->time};
	}
}

static bool check_proof(struct agree_check *c, const struct bundle_proof *p,
        const struct bundle_checkpoint **ret_seen, struct round_proof *ret)
{
	const struct agree_from *f = agree_from(c, p->id);
	struct err e = {.text = "its line 'extra' names no statement that is proven here"};
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, p->id, DIGEST_LEN);
	memcpy(ret->id, p->id, DIGEST_LEN);
	ret->index = p->index;
	if (f != NULL && bundle_proven(c->b, p, f->s, ret_seen, &e)) {
		if ((*ret_seen)->stray.len == 0)
			return true;
		err_set(&e, ERR_DENIED, "a line of '%.*s' is of no key that is in the key lists here",
		        STR_ARG((*ret_seen)->stray));
	}
	fault(c, AGREE_PROOFS, p->entry, arena_printf(c->a, "proof of statement %.16s: %s", hex, e.text),
	        AGAIN "; if that is the same, ask for a bundle with other proofs");
	return false;
}

/* P and W of the round. */
static void check_proofs(struct agree_check *c)
{
	struct round_proof *proof = arena_array(c->a, c->b->proofs.n + 1, sizeof(*proof));
	struct round_witness *witness =
	        arena_array(c->a, c->b->checkpoints.n * NOTE_SIGNATURES + 1, sizeof(*witness));
	bool *taken = arena_array(c->a, c->b->checkpoints.n + 1, sizeof(*taken));

	c->in.proof = proof;
	c->in.witness = witness;
	for (size_t i = 0; i < c->b->proofs.n; i++) {
		const struct bundle_proof *p = &c->b->proofs.v[i];
		const struct bundle_checkpoint *seen;
		if (!check_proof(c, p, &seen, &proof[c->in.proofs]))
			continue;
		c->in.proofs++;
		if (!taken[p->checkpoint])
			take_witnesses(seen, witness, &c->in.witnesses);
		taken[p->checkpoint] = true;
	}
}

/* ---- opening ------------------------------------------------------------------------------------- */

static const struct bundle_blob *file_of(const struct agree_check *c, const uint8_t sha256[DIGEST_LEN])
{
	for (size_t i = 0; i < c->b->blobs.n; i++)
		if (memcmp(c->b->blobs.v[i].sha256, sha256, DIGEST_LEN) == 0)
			return c->b->blobs.v[i].good ? &c->b->blobs.v[i] : NULL;
	return NULL;
}

static bool check_manifest(struct agree_check *c, const struct agree_from *open)
{
	uint8_t digest[DIGEST_LEN];
	struct agree_fault wrong;
	const struct bundle_blob *f = NULL;
	uint64_t entry = open->s->entry;

	if (str_hex(item_text(&open->said->body, "round_sha256"), digest, DIGEST_LEN))
		f = file_of(c, digest);
	if (f == NULL) {
		fault(c, AGREE_OPENING, entry,
		        STR("the manifest whose digest the opening names is not in the file"), COMPLETE);
		return false;
	}
	if (!manifest_read(buf_str(&f->bytes), &c->m, &wrong)) {
		fault(c, AGREE_OPENING, f->entry,
		        arena_printf(c->a, "manifest, line %u: %s", wrong.line, wrong.why), ANOTHER);
		return false;
	}
	const char *why = opening_wrong(&open->s->head, &open->said->body, &c->m);
	if (why != NULL)
		fault(c, AGREE_OPENING, entry, arena_printf(c->a, "opening: %s", why), ANOTHER);
	return why == NULL;
}

static void check_texts(struct agree_check *c, const struct agree_from *open)
{
	struct opening_file *file = arena_array(c->a, c->b->blobs.n + 1, sizeof(*file));
	unsigned n = 0;

	for (size_t i = 0; i < c->b->blobs.n; i++) {
		const struct bundle_blob *f = &c->b->blobs.v[i];
		if (!f->good || f->total > BUNDLE_KEPT)
			continue;
		memcpy(file[n].sha256, f->sha256, DIGEST_LEN);
		file[n++].bytes = buf_str(&f->bytes);
	}
	if (opening_texts(c->a, &c->m, file, n, c->text))
		return;
	for (unsigned i = 0; i < c->m.texts; i++) {
		const struct opening_text *t = &c->text[i];
		const struct bundle_blob *f = file_of(c, c->m.text[i].sha256);
		if (t->fault.why == NULL)
			continue;
		struct str name = arena_printf(c->a, "text %.*s", STR_ARG(c->m.text[i].lang));
		fault(c, AGREE_OPENING, f != NULL ? f->entry : open->s->entry,
		        t->fault.line > 0 ? arena_printf(c->a, "%.*s, line %u: %s", STR_ARG(name),
		                                    t->fault.line, t->fault.why)
		                          : arena_printf(c->a, "%.*s: %s", STR_ARG(name), t->fault.why),
		        t->there ? ANOTHER : COMPLETE);
	}
}

static bool check_opening(struct agree_check *c)
{
	const struct bundle_statement *first = c->b->statements.n > 0 ? &c->b->statements.v[0] : NULL;

	if (first == NULL || kind_find(first->head.kind) != KIND_AGREE_OPEN) {
		fault(c, AGREE_OPENING, first != NULL ? first->entry : 0,
		        first != NULL ? STR("the first statement is not the opening of a round")
		                      : STR("no statement is in the file"),
		        "this is no bundle of a round: 'weir log verify' says what it proves");
		return false;
	}
	const struct agree_from *open = agree_from(c, first->s.id);
	if (open == NULL || !check_manifest(c, open))
		return false;
	check_texts(c, open);
	c->in.open = open->said;
	return true;
}

/* ---- the result ---------------------------------------------------------------------------------- */

static void take_lists(struct agree_check *c)
{
	struct round_list *list = arena_array(c->a, c->b->lists.n + 1, sizeof(*list));

	for (size_t i = 0; i < c->b->lists.n; i++) {
		const struct keylist *l = &c->b->lists.v[i].list;
		if (!c->b->lists.v[i].good)
			continue;
		list[c->in.lists] = (struct round_list){.party = l->party, .number = l->number};
		memcpy(list[c->in.lists++].digest, l->digest, DIGEST_LEN);
		unsigned k = manifest_member(&c->m, l->party);
		if (k < c->m.members && c->m.member[k].number == l->number &&
		        memcmp(c->m.member[k].list, l->digest, DIGEST_LEN) != 0)
			*vec_add(&c->notes) = arena_printf(c->a,
			        "the manifest names another key list %u of %.*s than the one here",
			        c->m.member[k].number, STR_ARG(l->party));
	}
	c->in.list = list;
}

/* The first lines in which two blocks differ. */
static struct str difference(struct agree_check *c, struct str theirs, struct str ours)
{
	char shown[2][128];

	for (struct str_cut x = {.tail = theirs}, y = {.tail = ours}; x.tail.len > 0 || y.tail.len > 0;) {
		x = str_cut(x.tail, '\n');
		y = str_cut(y.tail, '\n');
		if (!str_eq(x.head, y.head) || x.ok != y.ok)
			return arena_printf(c->a, "it says '%s' where '%s' follows from what is here",
			        err_quote(shown[0], sizeof(shown[0]), x.head).p,
			        err_quote(shown[1], sizeof(shown[1]), y.head).p);
	}
	return STR("they differ");
}

static void check_outcomes(struct agree_check *c)
{
	for (unsigned i = 0; i < c->m.members && c->o.block.len > 0; i++) {
		struct str party = c->m.member[i].party;
		const struct said *s = outcome_said(&c->o, party);
		if (s == NULL || str_eq(item_text(&s->body, "block"), c->o.block))
			continue;
		fault(c, AGREE_RESULT, agree_from(c, s->id)->s->entry,
		        arena_printf(c->a, "outcome of %.*s: %.*s", STR_ARG(party),
		                STR_ARG(difference(c, item_text(&s->body, "block"), c->o.block))),
		        "get the bundle of that party too: one of the two lacks a statement that the other "
		        "has");
	}
}

/* A line behind the block: its party has signed that block with that statement. Others may say what they like. */
static const char *confirmed_wrong(const struct agree_check *c, struct str line)
{
	struct str_cut party = str_cut(str_skip(line, 10), ' ');
	uint8_t id[DIGEST_LEN];

	if (!str_starts(line, STR("confirmed ")))
		return NULL;
	const struct agree_from *f = str_hex(party.tail, id, DIGEST_LEN) ? agree_from(c, id) : NULL;
	if (f == NULL)
		return "it names an outcome that is not here";
	if (f->said->kind != KIND_AGREE_OUTCOME || !str_eq(f->said->sender, party.head) ||
	        !str_eq(item_text(&f->said->body, "block"), c->o.block))
		return "it names a statement that does not confirm this block";
	return NULL;
}

static void check_certificate(struct agree_check *c, const struct bundle_blob *f)
{
	struct str block = certificate_block(buf_str(&f->bytes));
	struct str_cut line = {.tail = str_skip(buf_str(&f->bytes), block.len)};

	if (!str_eq(block, c->o.block))
		fault(c, AGREE_RESULT, f->entry,
		        arena_printf(c->a, "certificate: %.*s", STR_ARG(difference(c, block, c->o.block))),
		        "the certificate is not of what is here: ask the party that made the file");
	for (unsigned n = 1; line.tail.len > 0; n++) {
		line = str_cut(line.tail, '\n');
		const char *why = confirmed_wrong(c, line.head);
		if (why != NULL)
			fault(c, AGREE_RESULT, f->entry,
			        arena_printf(c->a, "certificate, line %u below its block: %s", n, why),
			        COMPLETE);
	}
	c->certificate = buf_str(&f->bytes);
}

/* Certificates of other rounds may be attached; the one of this round says its digest. */
static bool is_certificate(const struct agree_check *c, const struct bundle_blob *f)
{
	char line[sizeof("\nround-sha256 \n") + 2 * DIGEST_LEN], hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, c->m.sha256, DIGEST_LEN);
	snprintf(line, sizeof(line), "\nround-sha256 %s\n", hex);
	return f->good && str_starts(buf_str(&f->bytes), STR("weir-outcome-1\n")) &&
	        str_find_str(buf_str(&f->bytes), 0, str_from(line)) != SIZE_MAX;
}

static void check_result(struct agree_check *c)
{
	unsigned later = 0;

	c->in.m = &c->m;
	take_lists(c);
	outcome_make(c->a, &c->in, c->at, &c->o);
	check_outcomes(c);
	for (size_t i = 0; i < c->b->blobs.n; i++)
		if (is_certificate(c, &c->b->blobs.v[i]))
			check_certificate(c, &c->b->blobs.v[i]);
	for (size_t i = 0; i < c->n; i++)
		later += c->said[i].created > c->at;
	if (later > 0)
		*vec_add(&c->notes) = arena_printf(c->a,
		        "%u statements were made after the time that is asked about: say --at, or set this "
		        "machine's clock",
		        later);
}

const char *agree_not_counted(const struct agree_check *c, const struct sifted *s)
{
	enum kind k = s->s->kind;
	bool moves = (k >= KIND_AGREE_EXTEND && k <= KIND_AGREE_MINUTES) || k == KIND_REJOIN;

	if (s->dropped)
		return "dropped by two persons of its sender";
	if (s->twin)
		return "another statement has its number";
	if (memcmp(s->s->id, c->in.open->id, DIGEST_LEN) == 0)
		return NULL;
	if (k >= KIND_AGREE_OPEN && !s->about)
		return k == KIND_AGREE_OPEN ? "it opens another round"
		                            : "it is of another round, or not to all its parties";
	if (!moves || s->timely || k == KIND_REJOIN)
		return NULL;
	return s->s->created > c->o.round.closes ? "made after closing"
	        : s->seen == ROUND_NEVER         ? "no other party has said that it came"
	        : s->seen > c->o.round.grace     ? "it came after grace"
	                                         : "its sender's own log, seen after closing, ends before it";
}

void agree_check(struct agree_check *ret, struct bundle *b, int rc, const struct err *e, int64_t at)
{
	ret->b = b;
	ret->a = &b->a;
	ret->at = at;
	check_file(ret, rc, e);
	for (size_t i = 0; i < b->lists.n; i++)
		check_list(ret, &b->lists.v[i]);
	take_statements(ret);
	check_kinds(ret);
	check_blobs(ret);
	check_proofs(ret);
	ret->round = check_opening(ret);
	if (ret->round)
		check_result(ret);
}
