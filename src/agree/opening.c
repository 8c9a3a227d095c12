/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/opening.h"
#include "trust/kind.h"

/* ---- the statement ------------------------------------------------------------------------------- */

/* The recipients are all other parties of the round; of who is alone, itself. */
static bool to_all(const struct head *h, const struct manifest *m)
{
	struct str party[MANIFEST_PARTIES];
	unsigned n = manifest_parties(m, party), k = 0;

	for (unsigned i = 0; i < n; i++) {
		if (n > 1 && str_eq(party[i], h->sender))
			continue;
		if (k == h->to_count || !str_eq(h->to[k], party[i]))
			return false;
		k++;
	}
	return k == h->to_count;
}

static bool attaches(const struct item *body, const uint8_t digest[DIGEST_LEN])
{
	struct item files = item_get(body, STR("attachments"));
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, digest, DIGEST_LEN);
	if (files.type != BODY_LIST)
		return false;
	for (struct item_each e = item_each(&files); item_next(&e);)
		if (str_eq(item_text(&e.item, "sha256"), str_make(hex, 2 * DIGEST_LEN)))
			return true;
	return false;
}

/* Parties without a node, which the chair hosts, are observers. */
static bool hosts_observers(const struct item *body, const struct manifest *m)
{
	struct item list = item_get(body, STR("hosted"));

	for (struct item_each e = item_each(&list); list.type == BODY_LIST && item_next(&e);)
		if (!manifest_party(m, e.item.text) || manifest_member(m, e.item.text) < m->members)
			return false;
	return true;
}

const char *opening_wrong(const struct head *h, const struct item *body, const struct manifest *m)
{
	struct item round = item_get(body, STR("round"));
	char hex[2 * DIGEST_LEN + 1];
	int64_t closes;

	str_hex_print(hex, m->sha256, DIGEST_LEN);
	if (!str_eq(item_text(body, "round_sha256"), str_make(hex, 2 * DIGEST_LEN)))
		return "round_sha256 is not the digest of the manifest";
	if (!str_eq(h->sender, m->chair))
		return "chair of the manifest is not who sent it";
	if (!to_all(h, m))
		return "recipients are not all other parties of the round";
	if (!str_eq(item_text(body, "instrument"), m->instrument))
		return "instrument is not that of the manifest";
	if (round.type != BODY_INT || round.n != (int64_t)m->round)
		return "round is not that of the manifest";
	if (!stamp_read(item_text(body, "closes"), &closes) || closes != m->closes)
		return "closes is not that of the manifest";
	if (!hosts_observers(body, m))
		return "hosted names a party that is no observer of the manifest";
	if (!attaches(body, m->sha256))
		return "attachments do not have the manifest";
	for (unsigned i = 0; i < m->texts; i++)
		if (!attaches(body, m->text[i].sha256))
			return "attachments do not have every text of the manifest";
	return NULL;
}

/* ---- its files ----------------------------------------------------------------------------------- */

static void read_text(struct arena *a, const struct manifest_text *t, const struct opening_file *files,
        unsigned n, struct opening_text *ret)
{
	*ret = (struct opening_text){.fault.why = "its file is not here"};
	for (unsigned i = 0; i < n && !ret->there; i++) {
		if (memcmp(files[i].sha256, t->sha256, DIGEST_LEN) != 0)
			continue;
		ret->there = true;
		agree_text_parse(a, files[i].bytes, !t->authentic, &ret->text, &ret->fault);
	}
}

static void check_parallel(const struct opening_text *authentic, struct opening_text *t)
{
	enum translation_state state[AGREE_CLAUSES];
	unsigned bad = 0;

	if (t->fault.why == NULL && !translation_states(&authentic->text, &t->text, state, &bad))
		t->fault = (struct agree_fault){t->text.clause[bad].line,
		        "a clause has another place, kind or level than in the authentic text, or is not in "
		        "it"};
}

bool opening_texts(struct arena *a, const struct manifest *m, const struct opening_file *files, unsigned n,
        struct opening_text *ret)
{
	const struct opening_text *authentic = NULL;
	bool good = true;

	for (unsigned i = 0; i < m->texts; i++) {
		read_text(a, &m->text[i], files, n, &ret[i]);
		if (m->text[i].authentic)
			authentic = &ret[i];
	}
	for (unsigned i = 0; i < m->texts; i++) {
		if (authentic != NULL && authentic->fault.why == NULL && &ret[i] != authentic)
			check_parallel(authentic, &ret[i]);
		good &= ret[i].fault.why == NULL;
	}
	return good && authentic != NULL;
}
