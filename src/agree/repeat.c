/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/repeat.h"
#include "agree/change_in.h"
#include "agree/delegation.h"
#include "agree/preview.h"
#include "base/os.h"

#define SECOND 1000000

/* ---- the round before ---------------------------------------------------------------------------- */

static bool load_before(struct db *db, const char *folder, struct arena *a, const struct round_loaded *r,
        struct round_loaded *ret)
{
	struct query q =
	        db_query(db, "select id from agree_round where instrument = ? and number = ? order by id");
	uint64_t id = 0;

	query_text(&q, r->manifest.instrument);
	query_u64(&q, r->manifest.round - 1);
	/* there may be two that dispute each other: the one that the manifest names */
	while (query_next(&q) == 1) {
		struct round_loaded one;
		if (id == 0 && round_load_opening(a, db, folder, query_get_u64(&q, 0), &one, NULL) == 0 &&
		        one.why == NULL && memcmp(one.manifest.sha256, r->manifest.previous, DIGEST_LEN) == 0)
			id = query_get_u64(&q, 0);
	}
	query_done(&q, NULL);
	return id != 0 && round_load_opening(a, db, folder, id, ret, NULL) == 0 && ret->why == NULL;
}

static bool sees(const struct agree_notes *all, struct str me, const uint8_t id[DIGEST_LEN])
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, id, DIGEST_LEN);
	for (size_t i = 0; i < all->saids; i++) {
		struct item list = item_get(&all->said[i].body, STR("see"));
		if (!str_eq(all->said[i].sender, me) || list.type != BODY_LIST)
			continue;
		for (struct item_each e = item_each(&list); item_next(&e);)
			if (e.item.type == BODY_TEXT && str_eq(e.item.text, str_make(hex, 2 * DIGEST_LEN)))
				return true;
	}
	return false;
}

/* Repeated by one person, and a second one has yet to sign. */
static bool is_pending(struct db *db, const uint8_t id[DIGEST_LEN])
{
	struct query q = db_query(db, "select 1 from agree_pending where instr(members, ?) > 0");
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, id, DIGEST_LEN);
	query_text(&q, str_make(hex, 2 * DIGEST_LEN));
	bool is = query_next(&q) == 1;
	query_done(&q, NULL);
	return is;
}

/* The language of an amendment; of a comment, which is about clauses by their ids, the authentic one. */
static struct str lang_of(const struct said *s)
{
	return s->kind == KIND_AGREE_AMENDMENT ? item_text(&s->body, "lang") : (struct str){0};
}

/* The first clause of the note that is not in the new text as it was in the old one. */
static struct str find_changed(struct arena *a, const char *folder, const struct round_loaded *old,
        const struct round_loaded *new, const struct agree_note *n)
{
	struct agree_text *text = arena_array(a, 2, sizeof(*text));
	struct str lang = lang_of(n->said);

	if (round_text(a, folder, &old->manifest, lang, &text[0], NULL) != 0 ||
	        round_text(a, folder, &new->manifest, lang, &text[1], NULL) != 0)
		return lang.len > 0 ? lang : STR("text");
	for (unsigned i = 0; i < n->clauses; i++) {
		const struct clause *was = agree_text_find(&text[0], n->clause[i]),
		                    *is = agree_text_find(&text[1], n->clause[i]);
		if (was != NULL && (is == NULL || memcmp(was->sha256, is->sha256, DIGEST_LEN) != 0))
			return n->clause[i];
	}
	return STR("");
}

unsigned agree_carried(struct db *db, const char *folder, struct arena *a, const struct round_loaded *r,
        const struct agree_notes *said, struct agree_carried **ret)
{
	struct round_loaded *old = arena_new(a, struct round_loaded);
	struct agree_notes *notes = arena_new(a, struct agree_notes);
	struct str me = agree_party(db, a);
	unsigned n = 0;

	if (r->manifest.round < 2 || !load_before(db, folder, a, r, old))
		return 0;
	agree_notes_load(a, db, old, NULL, notes);
	*ret = arena_array(a, notes->n + 1, sizeof(**ret));
	for (unsigned i = 0; i < notes->n; i++) {
		const struct agree_note *one = &notes->note[i];
		if (!str_eq(one->said->sender, me) || one->word != DISPOSITION_CARRIED || one->withdrawn ||
		        one->via.from.len > 0 || sees(said, me, one->said->id) ||
		        is_pending(db, one->said->id))
			continue;
		(*ret)[n++] = (struct agree_carried){one, find_changed(a, folder, old, r, one)};
	}
	return n;
}

/* ---- saying it again ----------------------------------------------------------------------------- */

static void put_object(struct buf *out, const char *name, const struct item *words)
{
	bool first = true;

	buf_printf(out, ",\"%s\":{", name);
	for (struct item_each e = item_each(words); item_next(&e); first = false) {
		buf_add(out, first ? STR("") : STR(","));
		buf_json(out, e.name);
		buf_char(out, ':');
		buf_json(out, e.item.text);
	}
	buf_char(out, '}');
}

static void put_plain(struct buf *out, const char *name, const struct item *body)
{
	struct str value = item_text(body, name);

	if (value.len > 0)
		text_put(out, name, value);
}

static void put_body(struct buf *out, const struct round_loaded *r, const struct agree_note *n)
{
	struct item text = item_get(&n->said->body, STR("text"));
	char hex[2 * DIGEST_LEN + 1];

	round_put(out, &r->manifest);
	if (text.type == BODY_OBJECT)
		put_object(out, "text", &text);
	put_plain(out, "scope", &n->said->body);
	if (n->said->kind == KIND_AGREE_AMENDMENT) {
		put_plain(out, "lang", &n->said->body);
		buf_add(out, STR(",\"ops\":"));
		amendment_write(out, &n->amendment);
		put_plain(out, "kind", &n->said->body);
		put_plain(out, "reason", &n->said->body);
	}
	str_hex_print(hex, n->said->id, DIGEST_LEN);
	buf_printf(out, ",\"see\":[\"%s\"]", hex);
}

static const struct agree_carried *find(
        struct change *c, const struct agree_carried *all, unsigned n, struct err *e)
{
	struct str id = agree_param(c, "id");
	char hex[2 * DIGEST_LEN + 1];

	for (unsigned i = 0; i < n && id.len >= 8; i++) {
		str_hex_print(hex, all[i].note->said->id, DIGEST_LEN);
		if (str_starts(str_make(hex, 2 * DIGEST_LEN), id))
			return &all[i];
	}
	err_set(e, ERR_MISSING,
	        "id: 8 digits or more of a comment or an amendment of our own that was carried in the round "
	        "before and not repeated yet");
	return NULL;
}

static int check_text(struct change *c, struct arena *a, const struct round_loaded *r,
        const struct agree_carried *k, struct err *e)
{
	struct agree_text *text = arena_new(a, struct agree_text);
	struct amend_result res;

	if (k->clause.len > 0)
		return err_set(e, ERR_VALUE,
		        "'%.*s' has changed since, or is gone: what was said about it is written anew",
		        STR_ARG(k->clause));
	if (k->note->said->kind != KIND_AGREE_AMENDMENT)
		return 0;
	int rc = round_text(a, c->here->folder.p, &r->manifest, lang_of(k->note->said), text, e);
	if (rc != 0)
		return rc;
	amend_apply(a, text, &k->note->amendment, 1, &res);
	return res.outcome == AMEND_OK
	        ? 0
	        : err_set(e, ERR_VALUE, "it does not fit the new text: the amendment is written anew");
}

static int say_again(
        struct change *c, const struct round_loaded *r, const struct agree_note *n, struct err *e)
{
	auto_buf struct buf members = {0};
	bool amends = n->said->kind == KIND_AGREE_AMENDMENT;
	struct voice v = {.kind = n->said->kind,
	        .persons = amends && r->manifest.persons > 1 ? r->manifest.persons : 1,
	        .role = amends ? "may-bind" : "coordinator"};

	put_body(&members, r, n);
	v.members = buf_str(&members);
	return round_decide(c, r, &v, r->manifest.instrument, STR(""), STR("AMBER"), e);
}

static int repeat(struct change *c, bool comments_only, struct err *e)
{
	auto_arena struct arena a = {0};
	struct round_loaded r;
	struct outcome o;
	struct agree_notes notes;
	struct agree_carried *all = NULL;

	arena_init(&a, 0);
	int rc = agree_stands(c, &a, &r, &o, e);
	if (rc == 0 && (o.round.withdrawn || os_now() / SECOND > o.round.closes))
		rc = err_set(e, ERR_DENIED, "%.*s/%u is not open any more", STR_ARG(r.manifest.instrument),
		        r.manifest.round);
	if (rc != 0)
		return rc;
	agree_notes_load(&a, c->db, &r, NULL, &notes);
	unsigned n = agree_carried(c->db, c->here->folder.p, &a, &r, &notes, &all);
	const struct agree_carried *k = find(c, all, n, e);
	if (k == NULL)
		return e->code;
	bool amends = k->note->said->kind == KIND_AGREE_AMENDMENT;
	if (amends && comments_only)
		return err_set(e, ERR_DENIED, "an amendment is for whoever may bind the party");
	/* of an amendment it is asked where all is signed that binds the party */
	if (!amends && !comments_only && delegation_check(c, r.manifest.instrument, e) != 0)
		return e->code;
	if (amends && manifest_member(&r.manifest, c->here->party) == r.manifest.members)
		return err_set(e, ERR_DENIED, "an observer reads and comments, and has no position");
	rc = check_text(c, &a, &r, k, e);
	return rc == 0 ? say_again(c, &r, k->note, e) : rc;
}

int change_agree_repeat(struct change *c, struct err *e)
{
	return repeat(c, false, e);
}

int change_agree_repeat_comment(struct change *c, struct err *e)
{
	return repeat(c, true, e);
}
