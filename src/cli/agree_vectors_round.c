/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors of rounds: statements as their bytes, and what a round comes to out of some of them. Each verdict is computed twice,
 * with the statements in the file's order and backwards, and the two must be alike.
 */
#include "agree/code.h"
#include "agree/outcome.h"
#include "cli/agree_vectors.h"
#include "form/container.h"
#include "trust/body.h"

static const char *name_of(const json_t *item)
{
	const char *name = json_string_value(json_object_get(item, "name"));

	return name != NULL ? name : "(without a name)";
}

/* ---- manifests ----------------------------------------------------------------------------------- */

static json_t *manifest_json(const struct manifest *m)
{
	char code[TEXT_CODE_LEN];

	text_code(m->sha256, code);
	return json_pack("{s:o,s:s}", "round_sha256", vectors_hex(m->sha256, DIGEST_LEN), "text_code", code);
}

static void judge_manifests(struct agree_vectors *v)
{
	json_t *list = json_object_get(v->doc, "manifests"), *item;
	const char *name;

	json_object_foreach(list, name, item)
	{
		struct str bytes = vectors_text(item, "bytes");
		struct agree_fault fault;
		struct manifest m;
		auto_buf struct buf again = {0};
		bool good = manifest_read(bytes, &m, &fault);
		json_t *got = good ? manifest_json(&m) : json_pack("{s:i}", "line", (int)fault.line);
		if (good)
			manifest_write(&again, &m);
		const char *why =
		        good && !str_eq(buf_str(&again), bytes) ? "written again it is another" : NULL;
		vectors_compare(v, "manifests", name, "round_sha256", item, got, good ? why : fault.why);
	}
}

/* ---- statements ---------------------------------------------------------------------------------- */

/* One statement of the file, in the arena of the case. False: *ret_why. */
static bool read_one(struct agree_vectors *v, struct str bytes, struct said *ret, struct statement *ret_s,
        const char **ret_why)
{
	struct head h;
	struct item body = {0};
	const char *why;

	*ret_why = "its bytes are no statement";
	if (statement_frame(bytes, ret_s) != VERDICT_OK || ret_s->bytes.len != bytes.len ||
	        head_read(ret_s->head, &h) != VERDICT_OK)
		return false;
	if (ret_s->content.len > STATEMENT_SALT) {
		struct buf items = {0};
		if (body_read(str_skip(ret_s->content, STATEMENT_SALT), &items, &why))
			body = item_root(arena_str(&v->a, buf_str(&items)));
		buf_done(&items);
	}
	*ret = said_make(ret_s->id, &h, body);
	*ret_why = NULL;
	return true;
}

/* The statements of the file by name: made once, a file of many rounds has thousands. */
static json_t *index_of(const json_t *list)
{
	json_t *index = json_object();

	for (size_t i = json_array_size(list); i-- > 0;) {
		json_t *item = json_array_get(list, i);
		const char *name = json_string_value(json_object_get(item, "name"));
		if (name != NULL)
			json_object_set(index, name, item);
	}
	return index;
}

static void judge_statements(struct agree_vectors *v, const char *section, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		struct said said;
		struct statement s;
		const char *why;
		bool decoded;
		struct str bytes = vectors_base64(v, item, "bytes_base64", &decoded);
		bool good = decoded && read_one(v, bytes, &said, &s, &why);
		json_t *got = json_object();
		if (good)
			json_object_set_new(got, "id", vectors_hex(said.id, DIGEST_LEN));
		vectors_compare(v, section, name_of(item), "id", item, got,
		        good              ? NULL
		                : decoded ? why
		                          : "bytes_base64 is none");
	}
}

/* ---- what else a verdict rests on ---------------------------------------------------------------- */

static struct str string_at(const json_t *list, size_t i)
{
	const json_t *v = json_array_get(list, i);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v)) : str_make("", 0);
}

static const struct round_list *lists_of(struct agree_vectors *v, const json_t *item, size_t *ret_n)
{
	const json_t *list = json_object_get(item, "key_lists");
	struct round_list *ret = arena_array(&v->a, json_array_size(list) + 1, sizeof(*ret));

	*ret_n = json_array_size(list);
	for (size_t i = 0; i < *ret_n; i++) {
		const json_t *row = json_array_get(list, i);
		ret[i].party = string_at(row, 0);
		ret[i].number = (uint64_t)json_integer_value(json_array_get(row, 1));
		/* Of any length: what counts is whether two differ. */
		digest_of(string_at(row, 2), ret[i].digest);
	}
	return ret;
}

static const struct round_proof *proofs_of(struct agree_vectors *v, const json_t *item, size_t *ret_n)
{
	const json_t *list = json_object_get(item, "proofs");
	struct round_proof *ret = arena_array(&v->a, json_array_size(list) + 1, sizeof(*ret));

	*ret_n = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *row = json_array_get(list, i);
		ret[*ret_n].index = (uint64_t)json_integer_value(json_array_get(row, 1));
		*ret_n += str_hex(string_at(row, 0), ret[*ret_n].id, DIGEST_LEN);
	}
	return ret;
}

static const struct round_witness *witnesses_of(struct agree_vectors *v, const json_t *item, size_t *ret_n)
{
	const json_t *list = json_object_get(item, "witnessed");
	struct round_witness *ret = arena_array(&v->a, json_array_size(list) + 1, sizeof(*ret));

	*ret_n = json_array_size(list);
	for (size_t i = 0; i < *ret_n; i++) {
		const json_t *row = json_array_get(list, i);
		ret[i] = (struct round_witness){.party = string_at(row, 0),
		        .size = (uint64_t)json_integer_value(json_array_get(row, 1)),
		        .witness = string_at(row, 2),
		        .time = json_integer_value(json_array_get(row, 3))};
	}
	return ret;
}

/* ---- verdicts ------------------------------------------------------------------------------------ */

struct case_input {
	struct manifest m;
	struct round_input in;
	struct said *said;
	int64_t now;
};

/* The opening among the statements: of this manifest, wherever it stands. */
static const struct said *find_open(const struct case_input *ci)
{
	for (size_t i = 0; i < ci->in.n; i++) {
		uint8_t digest[DIGEST_LEN];
		const struct said *s = &ci->said[i];
		if (s->kind == KIND_AGREE_OPEN &&
		        str_hex(item_text(&s->body, "round_sha256"), digest, DIGEST_LEN) &&
		        memcmp(digest, ci->m.sha256, DIGEST_LEN) == 0)
			return s;
	}
	return NULL;
}

static const char *name_at(const json_t *names, size_t i)
{
	const char *name = json_string_value(json_array_get(names, i));

	return name != NULL ? name : "";
}

/* names NULL: all of the list, which is an index by name otherwise. */
static const char *read_said(
        struct agree_vectors *v, const json_t *list, const json_t *names, struct case_input *ci)
{
	size_t n = json_array_size(names != NULL ? names : list);

	ci->said = arena_array(&v->a, n + 1, sizeof(*ci->said));
	for (size_t i = 0; i < n; i++) {
		const json_t *item =
		        names != NULL ? json_object_get(list, name_at(names, i)) : json_array_get(list, i);
		const char *why = "a statement that it names is not in the file";
		struct statement s;
		bool decoded = false;
		struct str bytes = vectors_base64(v, item, "bytes_base64", &decoded);
		if (item == NULL || !decoded || !read_one(v, bytes, &ci->said[i], &s, &why))
			return why;
	}
	ci->in.n = n;
	ci->in.said = ci->said;
	ci->in.m = &ci->m;
	ci->in.open = find_open(ci);
	return ci->in.open != NULL ? NULL : "none of its statements opens the round of its manifest";
}

static bool same_backwards(struct agree_vectors *v, const struct case_input *ci, const struct outcome *o)
{
	struct said *back = arena_array(&v->a, ci->in.n + 1, sizeof(*back));
	struct round_input in = ci->in;
	struct outcome again;

	for (size_t i = 0; i < in.n; i++)
		back[i] = ci->said[in.n - 1 - i];
	in.said = back;
	outcome_make(&v->a, &in, ci->now, &again);
	return str_eq(again.block, o->block) && again.shown == o->shown;
}

static void judge_verdicts(struct agree_vectors *v, const json_t *index)
{
	const json_t *list = json_object_get(v->doc, "verdicts"),
	             *manifests = json_object_get(v->doc, "manifests");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		const char *round = json_string_value(json_object_get(item, "manifest"));
		struct case_input ci = {0};
		struct agree_fault fault;
		struct outcome o;
		json_t *got = json_object();
		struct str bytes =
		        vectors_text(json_object_get(manifests, round != NULL ? round : ""), "bytes");
		const char *why = manifest_read(bytes, &ci.m, &fault) ? NULL : fault.why;
		if (why == NULL && !stamp_read(vectors_text(item, "now"), &ci.now))
			why = "now is no time";
		if (why == NULL)
			why = read_said(v, index, json_object_get(item, "statements"), &ci);
		if (why == NULL) {
			ci.in.list = lists_of(v, item, &ci.in.lists);
			ci.in.proof = proofs_of(v, item, &ci.in.proofs);
			ci.in.witness = witnesses_of(v, item, &ci.in.witnesses);
			outcome_make(&v->a, &ci.in, ci.now, &o);
			json_object_set_new(got, "state", vectors_string(outcome_state_name(o.shown)));
			json_object_set_new(got, "block", vectors_string(o.block));
			why = same_backwards(v, &ci, &o) ? NULL : "backwards it is another";
		}
		vectors_compare(v, "verdicts", name_of(item), "state", item, got, why);
	}
}

/* ---- codes --------------------------------------------------------------------------------------- */

static json_t *voice_json(const uint8_t id[DIGEST_LEN])
{
	char code[VOICE_CODE_LEN];

	voice_code(id, code);
	return json_string(code);
}

static void judge_codes(struct agree_vectors *v, const json_t *index)
{
	const json_t *list = json_object_get(v->doc, "voice_codes");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		const char *name = json_string_value(json_object_get(item, "statement")), *why = NULL;
		const json_t *of = json_object_get(index, name != NULL ? name : "");
		struct said said;
		struct statement s;
		bool decoded = false;
		json_t *got = json_object();
		struct str bytes = vectors_base64(v, of, "bytes_base64", &decoded);
		if (decoded && of != NULL && read_one(v, bytes, &said, &s, &why))
			json_object_set_new(got, "code", voice_json(said.id));
		vectors_compare(v, "voice_codes", name != NULL ? name : "(none)", "code", item, got, why);
	}
}

/* ---- a whole round ------------------------------------------------------------------------------- */

struct parcel {
	struct agree_vectors *v;
	const json_t *statements;
	size_t n;    /* statements so far */
	bool broken; /* something in it is not what the file has */
	unsigned lists, blobs;
};

static int unpack(void *arg, enum container_type type, struct str payload, struct err *e)
{
	struct parcel *p = arg;
	struct container_blob blob;
	struct keylist list;
	struct note note;
	struct keylist_root root;
	uint8_t digest[DIGEST_LEN];
	bool decoded;

	if (type == CONTAINER_STATEMENT) {
		const json_t *item = json_array_get(p->statements, p->n++);
		p->broken |= !str_eq(payload, vectors_base64(p->v, item, "bytes_base64", &decoded));
	} else if (type == CONTAINER_KEYS && keylist_read(payload, &list, &note, e) == 0) {
		keylist_root(&root, list.party, list.root);
		p->broken |= note_verify(&note, &root.key, NULL, e) != 1;
		p->lists++;
	} else if (type == CONTAINER_BLOB && container_blob_read(payload, &blob)) {
		digest_of(blob.bytes, digest);
		p->broken |= memcmp(digest, blob.sha256, DIGEST_LEN) != 0;
		p->blobs++;
	} else {
		p->broken = true;
	}
	return 0;
}

/* The bundle has the statements of the round in their order, signed key lists, and whole files. */
static const char *bundle_wrong(struct agree_vectors *v, const json_t *round, json_t *got)
{
	const json_t *bundle = json_object_get(round, "bundle");
	struct parcel p = {.v = v, .statements = json_object_get(round, "statements")};
	struct container_reader r = {0};
	struct err e = {0};
	uint8_t digest[DIGEST_LEN];
	bool decoded;

	if (bundle == NULL)
		return NULL;
	struct str bytes = vectors_base64(v, bundle, "bytes_base64", &decoded);
	digest_of(bytes, digest);
	json_object_set_new(got, "bundle",
	        json_pack("{s:O,s:o,s:I}", "bytes_base64", json_object_get(bundle, "bytes_base64"), "sha256",
	                vectors_hex(digest, DIGEST_LEN), "size", (json_int_t)bytes.len));
	bool good = container_feed(&r, bytes, unpack, &p, &e) == 0 && container_finish(&r, &e) == 0;
	container_reader_done(&r);
	if (!good || !decoded)
		return "its bundle is no whole container";
	return p.broken || p.n != json_array_size(p.statements) || p.lists == 0 || p.blobs == 0
	        ? "its bundle is not what the file has: statements, key lists or files differ"
	        : NULL;
}

static const struct said *find_support(const struct case_input *ci)
{
	for (size_t i = 0; i < ci->in.n; i++)
		if (ci->said[i].kind == KIND_AGREE_POSITION &&
		        str_eq(item_text(&ci->said[i].body, "position"), STR("support")))
			return &ci->said[i];
	return NULL;
}

static void judge_round(struct agree_vectors *v)
{
	const json_t *round = json_object_get(v->doc, "round");
	struct case_input ci = {0};
	struct agree_fault fault;
	struct outcome o;

	if (round == NULL)
		return;
	judge_statements(v, "round", json_object_get(round, "statements"));
	json_t *got = json_object();
	const char *why = manifest_read(vectors_text(round, "manifest"), &ci.m, &fault) ? NULL : fault.why;
	if (why == NULL && !stamp_read(vectors_text(round, "now"), &ci.now))
		why = "now is no time";
	if (why == NULL)
		why = read_said(v, json_object_get(round, "statements"), NULL, &ci);
	if (why == NULL) {
		auto_buf struct buf certificate = {0};
		const struct said *support = find_support(&ci);
		outcome_make(&v->a, &ci.in, ci.now, &o);
		outcome_certificate(&o, &certificate);
		json_decref(got);
		got = manifest_json(&ci.m);
		json_object_set_new(got, "state", vectors_string(outcome_state_name(o.shown)));
		json_object_set_new(got, "certificate", vectors_string(buf_str(&certificate)));
		if (support != NULL)
			json_object_set_new(got, "voice_code_of_support", voice_json(support->id));
		why = str_eq(certificate_block(buf_str(&certificate)), o.block)
		        ? bundle_wrong(v, round, got)
		        : "the block is not in its certificate";
	}
	vectors_compare(v, "round", "of all statements", "state", round, got, why);
}

void vectors_rounds(struct agree_vectors *v)
{
	json_t *index = index_of(json_object_get(v->doc, "statements"));

	judge_manifests(v);
	judge_statements(v, "statements", json_object_get(v->doc, "statements"));
	judge_verdicts(v, index);
	judge_codes(v, index);
	judge_round(v);
	json_decref(index);
}
