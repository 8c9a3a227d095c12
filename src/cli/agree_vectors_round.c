/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors of rounds: statements as their bytes, and what a round comes to out of some of them. Each verdict is computed twice,
 * with the statements in the file's order and backwards, and the two must be alike.
 */
#include "agree/code.h"
#include "cli/agree_bundle.h"
#include "cli/agree_vectors.h"
#include <stdlib.h>

/* ---- manifests ----------------------------------------------------------------------------------- */

static json_t *manifest_json(const struct manifest *m)
{
	char code[TEXT_CODE_LEN];

	text_code(m->sha256, code);
	return json_pack("{s:o,s:s}", "round_sha256", vectors_hex(m->sha256, DIGEST_LEN), "text_code", code);
}

static void judge_manifests(struct vectors *v)
{
	json_t *list = vectors_object(v, "manifests"), *item;
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

static void judge_statements(struct vectors *v, const char *section, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		struct said said;
		bool decoded;
		struct str bytes = vectors_base64(v, item, "bytes_base64", &decoded);
		const char *why =
		        decoded ? said_read(&v->a, bytes, &said, NULL, NULL) : "bytes_base64 is none";
		json_t *got = json_object();
		if (why == NULL)
			json_object_set_new(got, "id", vectors_hex(said.id, DIGEST_LEN));
		vectors_compare(v, section, vectors_name(item), "id", item, got, why);
	}
}

/* ---- what else a verdict rests on ---------------------------------------------------------------- */

static struct str string_at(const json_t *list, size_t i)
{
	const json_t *v = json_array_get(list, i);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v)) : str_make("", 0);
}

/* A number that is not negative; one of 64 bits came as text. */
static uint64_t number_at(const json_t *list, size_t i)
{
	const json_t *v = json_array_get(list, i);
	uint64_t n = 0;

	return json_is_integer(v) ? (uint64_t)json_integer_value(v) : str_u64(string_at(list, i), &n) ? n : 0;
}

/* Whether there is a list of rows, or nothing, each row of these types: t text, n number. */
static bool rows_ok(const json_t *item, const char *name, const char *types)
{
	const json_t *list = json_object_get(item, name);
	size_t n = strlen(types);
	uint64_t large;

	if (list != NULL && !json_is_array(list))
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *row = json_array_get(list, i);
		if (json_array_size(row) != n)
			return false;
		for (size_t k = 0; k < n; k++) {
			const json_t *v = json_array_get(row, k);
			bool text = json_is_string(v);
			if (types[k] == 't'    ? !text
			                : text ? !str_u64(string_at(row, k), &large)
			                       : json_integer_value(v) < 0 || !json_is_integer(v))
				return false;
		}
	}
	return true;
}

static void add_lists(struct vectors *v, const json_t *item, struct round_input *in)
{
	const json_t *list = json_object_get(item, "key_lists");
	size_t n = json_array_size(list);
	struct round_list *ret = arena_array(&v->a, n + 1, sizeof(*ret));

	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(list, i);
		ret[i].party = string_at(row, 0);
		ret[i].number = number_at(row, 1);
		/* Of any length: what counts is whether two differ. */
		digest_of(string_at(row, 2), ret[i].digest);
	}
	in->list = ret;
	in->lists = n;
}

static void add_proofs(struct vectors *v, const json_t *item, struct round_input *in)
{
	const json_t *list = json_object_get(item, "proofs");
	size_t n = json_array_size(list);
	struct round_proof *ret = arena_array(&v->a, n + 1, sizeof(*ret));

	in->proof = ret;
	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(list, i);
		ret[in->proofs].index = number_at(row, 1);
		in->proofs += str_hex(string_at(row, 0), ret[in->proofs].id, DIGEST_LEN);
	}
}

static void add_witnesses(struct vectors *v, const json_t *item, struct round_input *in)
{
	const json_t *list = json_object_get(item, "witnessed");
	size_t n = json_array_size(list);
	struct round_witness *ret = arena_array(&v->a, n + 1, sizeof(*ret));

	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(list, i);
		ret[i] = (struct round_witness){.party = string_at(row, 0),
		        .size = number_at(row, 1),
		        .witness = string_at(row, 2),
		        .time = (int64_t)number_at(row, 3)};
	}
	in->witness = ret;
	in->witnesses = n;
}

static const char *add_rest(struct vectors *v, const json_t *item, struct round_input *in)
{
	if (!rows_ok(item, "key_lists", "tnt"))
		return "key_lists must be rows of party, number and digest";
	if (!rows_ok(item, "proofs", "tn"))
		return "proofs must be rows of statement and index";
	if (!rows_ok(item, "witnessed", "tntn"))
		return "witnessed must be rows of party, size, witness and seconds";
	add_lists(v, item, in);
	add_proofs(v, item, in);
	add_witnesses(v, item, in);
	return NULL;
}

/* ---- verdicts ------------------------------------------------------------------------------------ */

struct case_input {
	struct manifest m;
	struct round_input in;
	struct said *said;
	int64_t now;
};

static const char *name_at(const json_t *names, size_t i)
{
	const char *name = json_string_value(json_array_get(names, i));

	return name != NULL ? name : "";
}

/* names NULL: all of the list, which is an index by name otherwise. */
static const char *read_said(
        struct vectors *v, const json_t *list, const json_t *names, struct case_input *ci)
{
	size_t n = json_array_size(names != NULL ? names : list);

	ci->said = arena_array(&v->a, n + 1, sizeof(*ci->said));
	for (size_t i = 0; i < n; i++) {
		const json_t *item =
		        names != NULL ? json_object_get(list, name_at(names, i)) : json_array_get(list, i);
		const char *why = "a statement that it names is not in the file";
		bool decoded = false;
		struct str bytes = vectors_base64(v, item, "bytes_base64", &decoded);
		if (item != NULL && decoded)
			why = said_read(&v->a, bytes, &ci->said[i], NULL, NULL);
		if (why != NULL)
			return why;
	}
	ci->in.n = n;
	ci->in.said = ci->said;
	ci->in.m = &ci->m;
	ci->in.open = said_open(ci->said, n, &ci->m);
	return ci->in.open != NULL ? NULL : "none of its statements opens the round of its manifest";
}

static bool same_backwards(struct vectors *v, const struct case_input *ci, const struct outcome *o)
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

static void judge_verdicts(struct vectors *v, const json_t *index)
{
	const json_t *list = vectors_list(v, "verdicts"), *manifests = json_object_get(v->doc, "manifests");

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
		if (why == NULL)
			why = add_rest(v, item, &ci.in);
		if (why == NULL) {
			outcome_make(&v->a, &ci.in, ci.now, &o);
			json_object_set_new(got, "state", vectors_string(outcome_state_name(o.shown)));
			json_object_set_new(got, "block", vectors_string(o.block));
			why = same_backwards(v, &ci, &o) ? NULL : "backwards it is another";
		}
		vectors_compare(v, "verdicts", vectors_name(item), "state", item, got, why);
	}
}

/* ---- codes --------------------------------------------------------------------------------------- */

static json_t *voice_json(const uint8_t id[DIGEST_LEN])
{
	char code[VOICE_CODE_LEN];

	voice_code(id, code);
	return json_string(code);
}

static void judge_codes(struct vectors *v, const json_t *index)
{
	const json_t *list = vectors_list(v, "voice_codes");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		const char *name = json_string_value(json_object_get(item, "statement")),
		           *why = "the statement that it names is not in the file";
		const json_t *of = json_object_get(index, name != NULL ? name : "");
		struct said said;
		bool decoded = false;
		json_t *got = json_object();
		struct str bytes = vectors_base64(v, of, "bytes_base64", &decoded);
		if (decoded && of != NULL)
			why = said_read(&v->a, bytes, &said, NULL, NULL);
		if (decoded && of != NULL && why == NULL)
			json_object_set_new(got, "code", voice_json(said.id));
		vectors_compare(v, "voice_codes", name != NULL ? name : "(none)", "code", item, got, why);
	}
}

/* ---- a whole round ------------------------------------------------------------------------------- */

/* Whom a reader would know: here the parties of the lists themselves. */
static void know_all(struct bundle *b)
{
	for (size_t i = 0; i < b->lists.n; i++) {
		struct bundle_root *root = vec_add(&b->roots);
		root->party = b->lists.v[i].list.party;
		root->has_key = true;
		memcpy(root->key, b->lists.v[i].list.root, sizeof(root->key));
	}
}

static bool same_statements(struct vectors *v, const struct bundle *b, const json_t *list)
{
	bool decoded, same = b->statements.n == json_array_size(list);

	for (size_t i = 0; i < b->statements.n && same; i++)
		same = str_eq(b->statements.v[i].s.bytes,
		        vectors_base64(v, json_array_get(list, i), "bytes_base64", &decoded));
	return same;
}

static const char *prove(
        struct vectors *v, struct bundle *b, int rc, const struct err *e, const json_t *round, int64_t now)
{
	struct agree_check *check = mem_zero(1, sizeof(*check));
	const char *why = NULL;

	know_all(b);
	bundle_lists(b);
	agree_check(check, b, rc, e, now);
	const struct agree_fault_at *f = agree_first(check);
	if (f != NULL)
		why = arena_printf(
		        &v->a, "its bundle, entry %llu: %.*s", (unsigned long long)f->entry, STR_ARG(f->what))
		              .p;
	else if (!same_statements(v, b, json_object_get(round, "statements")))
		why = "its bundle has other statements than the file";
	else if (!str_eq(outcome_state_name(check->o.shown), vectors_text(round, "state")))
		why = "its bundle comes to another state";
	agree_check_done(check);
	free(check);
	return why;
}

/* The bundle proves what the file has: the statements of the round in their order, and what they come to. */
static const char *bundle_wrong(struct vectors *v, const json_t *round, int64_t now, json_t *got)
{
	const json_t *bundle = json_object_get(round, "bundle");
	struct bundle b;
	struct err e = {0};
	bool decoded;

	if (bundle == NULL)
		return NULL;
	struct str bytes = vectors_base64(v, bundle, "bytes_base64", &decoded);
	bundle_init(&b);
	int rc = bundle_read_bytes(&b, bytes, &e);
	json_object_set_new(got, "bundle",
	        json_pack("{s:O,s:o,s:I}", "bytes_base64", json_object_get(bundle, "bytes_base64"), "sha256",
	                vectors_hex(b.sha256, DIGEST_LEN), "size", (json_int_t)bytes.len));
	const char *why = prove(v, &b, rc, &e, round, now);
	bundle_done(&b);
	return why;
}

static const struct said *find_support(const struct case_input *ci)
{
	for (size_t i = 0; i < ci->in.n; i++)
		if (ci->said[i].kind == KIND_AGREE_POSITION &&
		        str_eq(item_text(&ci->said[i].body, "position"), STR("support")))
			return &ci->said[i];
	return NULL;
}

static void judge_round(struct vectors *v)
{
	const json_t *round = vectors_object(v, "round");
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
		        ? bundle_wrong(v, round, ci.now, got)
		        : "the block is not in its certificate";
	}
	vectors_compare(v, "round", "of all statements", "state", round, got, why);
}

void vectors_rounds(struct vectors *v)
{
	const json_t *statements = vectors_list(v, "statements");
	json_t *index = json_object();

	/* made once: a file of many rounds has thousands */
	vectors_index(index, statements);
	judge_manifests(v);
	judge_statements(v, "statements", statements);
	judge_verdicts(v, index);
	judge_codes(v, index);
	judge_round(v);
	json_decref(index);
}
