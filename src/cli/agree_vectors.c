/* SPDX-License-Identifier: Apache-2.0
 *
 * weir agree vectors: judges a file of test vectors for texts, manifests, amendments and rounds.
 *
 * A text with a member "of" is a translation. Cases of amendments name their base by its name among the texts.
 */
#include "cli/agree_vectors.h"
#include "agree/amend.h"
#include "agree/disposition.h"
#include "agree/manifest.h"
#include <stdlib.h>

#define FAMILIES                                                                                             \
	"ids texts bad_texts bad_manifests amendments unexplained manifests statements verdicts "            \
	"voice_codes round"
#define LETTERS 29    /* of ids */
#define LISTS_DEPTH 8 /* lists, list, operation, member, and what no operation looks into */

/* ---- ids and texts ------------------------------------------------------------------------------- */

/* Only where it is another than ours: it is no id. */
static void alphabet_wrong(struct vectors *v, const json_t *ids)
{
	char id[CLAUSE_ID], letters[LETTERS];
	const json_t *alphabet = json_object_get(ids, "alphabet");

	for (unsigned i = 0; i < LETTERS; i++) {
		clause_id_make(i * LETTERS * LETTERS, id);
		letters[i] = id[0];
	}
	json_t *got = json_pack("{s:o}", "alphabet", vectors_string(str_make(letters, LETTERS)));
	if (alphabet == NULL || json_equal(alphabet, json_object_get(got, "alphabet")))
		json_decref(got);
	else
		vectors_compare(v, "ids", "alphabet", "alphabet", ids, got, NULL);
}

static void judge_ids(struct vectors *v)
{
	const json_t *ids = vectors_object(v, "ids"), *good = json_object_get(ids, "good");
	json_t *bad = json_object_get(ids, "bad"), *value;
	const char *id;

	alphabet_wrong(v, ids);
	if (ids != NULL && (!json_is_array(good) || !json_is_object(bad)))
		vectors_compare(v, "ids", "as a whole", "", ids, json_object(),
		        "it must have 'good', a list, and 'bad', an object");

	for (size_t i = 0; i < json_array_size(good); i++) {
		json_t *want = json_pack("{s:b}", "good", 1);
		id = json_string_value(json_array_get(good, i));
		vectors_compare(v, "ids", id != NULL ? id : "(no text)", "good", want,
		        json_pack("{s:b}", "good", clause_id_ok(str_from(id))), NULL);
		json_decref(want);
	}
	json_object_foreach(bad, id, value)
	{
		json_t *want = json_pack("{s:b}", "good", 0);
		vectors_compare(v, "ids", id, "good", want,
		        json_pack("{s:b}", "good", clause_id_ok(str_from(id))), NULL);
		json_decref(want);
	}
}

static json_t *clause_json(const struct clause *c, struct str number, bool translation)
{
	return json_pack("{s:o,s:i,s:o,s:o,s:o,s:o,s:o}", "kind", vectors_string(clause_kind_name(c->kind)),
	        "level", (int)c->level, "id", vectors_string(c->id), "base",
	        translation ? vectors_string(c->base) : json_null(), "source", vectors_string(c->source),
	        "sha256", vectors_hex(c->sha256, DIGEST_LEN), "number", vectors_string(number));
}

static json_t *clauses_json(struct vectors *v, const struct agree_text *t)
{
	struct str *number = agree_numbers(&v->a, t);
	json_t *list = json_array();

	for (unsigned i = 0; i < t->n; i++)
		json_array_append_new(list, clause_json(&t->clause[i], number[i], t->translation));
	return list;
}

static json_t *states_json(struct vectors *v, const struct agree_text *t, struct str authentic)
{
	enum translation_state state[AGREE_CLAUSES];
	struct agree_text of;
	struct agree_fault fault;
	unsigned bad;

	if (!agree_text_parse(&v->a, authentic, false, &of, &fault) ||
	        !translation_states(&of, t, state, &bad))
		return json_null();
	json_t *list = json_array();
	for (unsigned i = 0; i < of.n; i++)
		json_array_append_new(list,
		        json_pack("[o,o]", vectors_string(of.clause[i].id),
		                vectors_string(translation_state_name(state[i]))));
	return list;
}

/* The text printed again from its clauses is the text. */
static bool prints_back(const struct agree_text *t)
{
	auto_buf struct buf out = {0};

	for (unsigned i = 0; i < t->n; i++)
		agree_text_add(&out, i > 0 ? t->clause[i - 1].source : (struct str){0}, t->clause[i].source);
	agree_text_end(&out);
	return str_eq(buf_str(&out), t->bytes);
}

static void judge_texts(struct vectors *v)
{
	json_t *texts = vectors_object(v, "texts"), *item;
	const char *name;

	json_object_foreach(texts, name, item)
	{
		const char *of = json_string_value(json_object_get(item, "of")), *why = NULL;
		struct agree_text t;
		struct agree_fault fault;
		json_t *got = json_object();
		if (!agree_text_parse(&v->a, vectors_text(item, "text"), of != NULL, &t, &fault)) {
			why = fault.why;
		} else {
			json_object_set_new(got, "text_sha256", vectors_hex(t.sha256, DIGEST_LEN));
			json_object_set_new(got, "clauses", clauses_json(v, &t));
			if (of != NULL)
				json_object_set_new(got, "state",
				        states_json(v, &t, vectors_text(json_object_get(texts, of), "text")));
			if (!prints_back(&t))
				why = "printed again it is another text";
		}
		vectors_compare(v, "texts", name, "text_sha256", item, got, why);
	}
}

/* What is missing is not the empty text: an empty file is refused in a line that the case may want by chance. */
static bool has_text(const json_t *item, const char *name)
{
	return json_is_string(json_object_get(item, name));
}

static json_t *line_json(bool good, const struct agree_fault *fault)
{
	return json_pack("{s:o}", "line", good ? json_null() : json_integer((json_int_t)fault->line));
}

/* A text or a manifest that is refused: its bytes as text or as base64. */
static void judge_bad(struct vectors *v, const char *section, const char *member, bool manifest)
{
	const json_t *list = vectors_list(v, section);

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		struct str bytes = vectors_text(item, member);
		struct agree_fault fault;
		struct agree_text t;
		struct manifest m;
		bool decoded = has_text(item, member);
		if (json_object_get(item, "base64") != NULL)
			bytes = vectors_base64(v, item, "base64", &decoded);
		bool good = manifest
		        ? manifest_read(bytes, &m, &fault)
		        : agree_text_parse(&v->a, bytes, json_object_get(item, "of") != NULL, &t, &fault);
		vectors_compare(v, section, vectors_name(item), "line", item, line_json(good, &fault),
		        decoded ? NULL : "it has no bytes, or its base64 is none");
	}
}

/* ---- amendments ---------------------------------------------------------------------------------- */

static json_t *places_json(const struct op_place *op, unsigned n)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(list, json_pack("[i,i]", (int)op[i].amendment, (int)op[i].op));
	return list;
}

static json_t *applied_json(const struct amend_result *r)
{
	json_t *got = json_pack("{s:o}", "result", vectors_string(amend_outcome_name(r->outcome))),
	       *list = json_array();

	for (unsigned i = 0; i < r->problems; i++)
		json_array_append_new(list,
		        json_pack("{s:i,s:i,s:o}", "amendment", (int)r->problem[i].amendment, "op",
		                (int)r->problem[i].op, "word",
		                vectors_string(op_problem_name(r->problem[i].problem))));
	for (unsigned i = 0; i < r->conflicts; i++)
		json_array_append_new(list,
		        json_pack("{s:o,s:o}", "clause", vectors_string(r->conflict[i].clause), "ops",
		                places_json(r->conflict[i].op, r->conflict[i].n)));
	if (r->outcome == AMEND_OK) {
		json_object_set_new(got, "text", vectors_string(r->text.bytes));
		json_object_set_new(got, "text_sha256", vectors_hex(r->text.sha256, DIGEST_LEN));
	}
	if (r->outcome == AMEND_BREAKS)
		json_object_set_new(got, "line", json_integer((json_int_t)r->fault.line));
	json_object_set_new(got, r->outcome == AMEND_CONFLICT ? "conflicts" : "problems", list);
	return got;
}

/* What no body can hold, fractions for one, with something in its place that is as bad in an operation; deep: levels that are kept. */
static json_t *bearable(const json_t *value, unsigned deep)
{
	json_int_t n = json_integer_value(value);
	size_t len = json_string_length(value);
	json_t *ret, *child;
	const char *name;

	if (json_is_real(value) || n > BODY_INT_MAX || n < -BODY_INT_MAX)
		return json_integer(0);
	if (json_is_string(value) && strlen(json_string_value(value)) < len)
		return json_string("\x01");
	if (!json_is_array(value) && !json_is_object(value))
		return json_deep_copy(value);
	ret = json_is_array(value) ? json_array() : json_object();
	for (size_t i = 0; i < json_array_size(value) && deep > 0; i++)
		json_array_append_new(ret, bearable(json_array_get(value, i), deep - 1));
	if (json_is_object(value) && deep > 0)
		json_object_foreach((json_t *)(uintptr_t)value, name, child)
		        json_object_set_new(ret, name, bearable(child, deep - 1));
	return ret;
}

/* As they come in statements: through a body. NULL in *ret: it is none. */
static struct amendment *lists_read(struct vectors *v, const json_t *lists, unsigned *ret_n)
{
	json_t *body = json_pack("{s:o}", "lists", bearable(lists, LISTS_DEPTH));
	char *text = json_dumps(body, JSON_COMPACT);
	struct buf items = {0};
	const char *why;

	json_decref(body);
	*ret_n = 0;
	bool good = text != NULL && body_read(str_from(text), &items, &why);
	struct str kept = arena_str(&v->a, buf_str(&items));
	free(text);
	buf_done(&items);
	if (!good)
		return NULL;
	struct item root = item_root(kept), all = item_get(&root, STR("lists"));
	unsigned n = all.type == BODY_LIST ? item_count(&all) : 0;
	struct amendment *ret = arena_array(&v->a, n + 1, sizeof(*ret));
	for (struct item_each e = item_each(&all); n > 0 && *ret_n < n && item_next(&e);)
		ret[(*ret_n)++] = amendment_read(&v->a, &e.item);
	return ret;
}

static void judge_amendments(struct vectors *v)
{
	const json_t *list = vectors_list(v, "amendments"), *texts = json_object_get(v->doc, "texts");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		const char *base_name = json_string_value(json_object_get(item, "base")), *why = NULL;
		const json_t *base_item = json_object_get(texts, base_name != NULL ? base_name : "");
		const json_t *lists = json_object_get(item, "lists");
		json_t *got = json_object();
		struct agree_text base;
		struct agree_fault fault = {.why = "its base is no text of the file"};
		unsigned n = 0;
		struct amendment *amendments = json_is_array(lists) ? lists_read(v, lists, &n) : NULL;
		if (base_item == NULL ||
		        !agree_text_parse(&v->a, vectors_text(base_item, "text"),
		                json_object_get(base_item, "of") != NULL, &base, &fault)) {
			why = fault.why;
		} else if (amendments == NULL) {
			why = "it has no lists of operations, or they are no part of a body";
		} else {
			struct amend_result r;
			amend_apply(&v->a, &base, amendments, n, &r);
			json_decref(got);
			got = applied_json(&r);
		}
		vectors_compare(v, "amendments", vectors_name(item), "result", item, got, why);
	}
}

static bool texts_only(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!json_is_string(json_array_get(list, i)))
			return false;
	return list == NULL || json_is_array(list);
}

static void judge_unexplained(struct vectors *v)
{
	const json_t *list = vectors_list(v, "unexplained");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i), *cited = json_object_get(item, "cited");
		size_t n = json_array_size(cited);
		struct str *ids = arena_array(&v->a, n + 1, sizeof(*ids));
		struct str *out = arena_array(&v->a, 2 * AGREE_CLAUSES, sizeof(*out));
		struct agree_text old, new;
		struct agree_fault fault;
		json_t *got = json_object();
		for (size_t k = 0; k < n; k++)
			ids[k] = str_from(json_string_value(json_array_get(cited, k)));
		fault.why = "its cited are no list of ids";
		bool good = texts_only(cited) &&
		        agree_text_parse(&v->a, vectors_text(item, "old"), false, &old, &fault) &&
		        agree_text_parse(&v->a, vectors_text(item, "new"), false, &new, &fault);
		if (good) {
			json_t *changes = json_array();
			unsigned count = agree_unexplained(&old, &new, ids, (unsigned)n, out);
			for (unsigned k = 0; k < count; k++)
				json_array_append_new(changes, vectors_string(out[k]));
			json_object_set_new(got, "ids", changes);
		}
		vectors_compare(
		        v, "unexplained", vectors_name(item), "ids", item, got, good ? NULL : fault.why);
	}
}

/* ---- the command --------------------------------------------------------------------------------- */

static int vectors_run(struct cli *c)
{
	struct vectors v;

	if (!vectors_open(&v, c))
		return CLI_FAIL;
	vectors_unknown(&v, "about opens closes " FAMILIES);
	judge_ids(&v);
	judge_texts(&v);
	judge_bad(&v, "bad_texts", "text", false);
	judge_bad(&v, "bad_manifests", "bytes", true);
	judge_amendments(&v);
	judge_unexplained(&v);
	vectors_rounds(&v);
	return vectors_close(&v, FAMILIES);
}

const struct command command_agree_vectors = {
        .name = "agree vectors",
        .params = "FILE",
        .about = "judge a file of test vectors for texts and rounds",
        .text = "Each case of FILE is computed here: texts with their clauses and numbers, texts and "
                "manifests that are refused with their line, amendments, changes that nothing explains, and "
                "the state and outcome block of rounds out of their statements. A line for each case with "
                "its name and the word; where something differs, what the file wants and what came out. A "
                "case that lacks what it is made from is wrong; a family that is not known is named on "
                "standard error. Exit code 1 if one differs or nothing was judged.",
        .min = 1,
        .max = 1,
        .offline = true,
        .run = vectors_run,
};
