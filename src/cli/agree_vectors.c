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
#include "base/base64.h"
#include "base/log.h"
#include "base/os.h"
#include "cli/vectors_file.h"
#include <stdlib.h>

#define SHOW 160 /* bytes of a value in a line */

/* ---- values -------------------------------------------------------------------------------------- */

struct str vectors_text(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v)) : str_make("", 0);
}

struct str vectors_base64(struct agree_vectors *v, const json_t *object, const char *name, bool *ret_good)
{
	auto_buf struct buf b = {0};

	*ret_good = base64_add(vectors_text(object, name), &b);
	return arena_str(&v->a, buf_str(&b));
}

json_t *vectors_string(struct str s)
{
	return json_stringn(s.len > 0 ? s.p : "", s.len);
}

json_t *vectors_hex(const uint8_t *bytes, size_t n)
{
	auto_buf struct buf b = {0};

	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%02x", bytes[i]);
	return vectors_string(buf_str(&b));
}

/* ---- comparing ----------------------------------------------------------------------------------- */

/* Of two long texts the first line that differs. */
static struct str first_line(const json_t *value, const json_t *other, struct buf *room)
{
	struct str_cut a = {.tail = str_make(json_string_value(value), json_string_length(value))},
	               b = {.tail = str_make(json_string_value(other), json_string_length(other))};

	do {
		a = str_cut(a.tail, '\n');
		b = str_cut(b.tail, '\n');
	} while (str_eq(a.head, b.head) && (a.tail.len > 0 || b.tail.len > 0));
	buf_json(room, a.head);
	return buf_str(room);
}

static void show(struct buf *out, const json_t *value, const json_t *other)
{
	auto_buf struct buf room = {0};
	struct str text;

	if (json_is_string(value) && json_is_string(other)) {
		text = first_line(value, other, &room);
	} else {
		char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
		buf_add(&room, str_from(dump != NULL ? dump : "nothing"));
		free(dump);
		text = buf_str(&room);
	}
	buf_add(out, str_sub(text, 0, SHOW));
	if (text.len > SHOW)
		buf_add(out, STR("..."));
}

/* Appends what differs; returns how many members were compared. */
static unsigned differences(const json_t *want, json_t *got, struct buf *out)
{
	unsigned n = 0;
	const char *name;
	json_t *value;

	json_object_foreach(got, name, value)
	{
		const json_t *wanted = json_object_get(want, name);
		if (wanted == NULL)
			continue;
		n++;
		if (json_equal(wanted, value))
			continue;
		buf_printf(out, "%s%s wanted ", out->len > 0 ? "; " : "", name);
		show(out, wanted, value);
		buf_add(out, STR(", got "));
		show(out, value, wanted);
	}
	return n;
}

void vectors_compare(struct agree_vectors *v, const char *section, const char *name, const char *head,
        const json_t *want, json_t *got, const char *why)
{
	auto_buf struct buf text = {0};
	unsigned n = differences(want, got, &text);

	if (n == 0 && why == NULL)
		why = "the file says nothing to compare with";
	if (why != NULL)
		buf_printf(&text, "%s%s", text.len > 0 ? "; " : "", why);
	bool good = text.len == 0;
	buf_printf(&v->c->out, "%-5s %s %s: ", good ? "ok" : "WRONG", section, name);
	if (good)
		show(&v->c->out, json_object_get(got, head), NULL);
	else
		buf_add(&v->c->out, buf_str(&text));
	buf_char(&v->c->out, '\n');
	v->good += good;
	v->bad += !good;
	json_decref(got);
	arena_reset(&v->a);
}

static const char *name_of(const json_t *item)
{
	const char *name = json_string_value(json_object_get(item, "name"));

	return name != NULL ? name : "(without a name)";
}

/* ---- ids and texts ------------------------------------------------------------------------------- */

static void judge_ids(struct agree_vectors *v)
{
	const json_t *ids = json_object_get(v->doc, "ids"), *good = json_object_get(ids, "good");
	json_t *bad = json_object_get(ids, "bad"), *value;
	const char *id;

	for (size_t i = 0; i < json_array_size(good); i++) {
		json_t *want = json_pack("{s:b}", "good", 1);
		id = json_string_value(json_array_get(good, i));
		vectors_compare(v, "ids", id != NULL ? id : "", "good", want,
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

static json_t *clauses_json(struct agree_vectors *v, const struct agree_text *t)
{
	struct str *number = agree_numbers(&v->a, t);
	json_t *list = json_array();

	for (unsigned i = 0; i < t->n; i++)
		json_array_append_new(list, clause_json(&t->clause[i], number[i], t->translation));
	return list;
}

static json_t *states_json(struct agree_vectors *v, const struct agree_text *t, struct str authentic)
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

static void judge_texts(struct agree_vectors *v)
{
	json_t *texts = json_object_get(v->doc, "texts"), *item;
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

static json_t *line_json(bool good, const struct agree_fault *fault)
{
	return json_pack("{s:o}", "line", good ? json_null() : json_integer((json_int_t)fault->line));
}

/* A text or a manifest that is refused: its bytes as text or as base64. */
static void judge_bad(struct agree_vectors *v, const char *section, const char *member, bool manifest)
{
	const json_t *list = json_object_get(v->doc, section);

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		struct str bytes = vectors_text(item, member);
		struct agree_fault fault;
		struct agree_text t;
		struct manifest m;
		bool decoded = true;
		if (json_object_get(item, "base64") != NULL)
			bytes = vectors_base64(v, item, "base64", &decoded);
		bool good = manifest
		        ? manifest_read(bytes, &m, &fault)
		        : agree_text_parse(&v->a, bytes, json_object_get(item, "of") != NULL, &t, &fault);
		vectors_compare(v, section, name_of(item), "line", item, line_json(good, &fault),
		        decoded ? NULL : "its base64 is none");
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

/* As they come in statements: through a body. NULL in *ret: it is none. */
static struct amendment *lists_read(struct agree_vectors *v, json_t *lists, unsigned *ret_n)
{
	json_t *body = json_pack("{s:O}", "lists", lists);
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

static void judge_amendments(struct agree_vectors *v)
{
	const json_t *list = json_object_get(v->doc, "amendments"), *texts = json_object_get(v->doc, "texts");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		const char *base_name = json_string_value(json_object_get(item, "base")), *why = NULL;
		const json_t *base_item = json_object_get(texts, base_name != NULL ? base_name : "");
		json_t *lists = json_object_get(item, "lists"), *got = json_object();
		struct agree_text base;
		struct agree_fault fault = {.why = "its base is no text of the file"};
		unsigned n = 0;
		struct amendment *amendments = lists != NULL ? lists_read(v, lists, &n) : NULL;
		if (base_item == NULL ||
		        !agree_text_parse(&v->a, vectors_text(base_item, "text"),
		                json_object_get(base_item, "of") != NULL, &base, &fault)) {
			why = fault.why;
		} else if (amendments == NULL) {
			why = "its lists are no part of a body";
		} else {
			struct amend_result r;
			amend_apply(&v->a, &base, amendments, n, &r);
			json_decref(got);
			got = applied_json(&r);
		}
		vectors_compare(v, "amendments", name_of(item), "result", item, got, why);
	}
}

static void judge_unexplained(struct agree_vectors *v)
{
	const json_t *list = json_object_get(v->doc, "unexplained");

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
		bool good = agree_text_parse(&v->a, vectors_text(item, "old"), false, &old, &fault) &&
		        agree_text_parse(&v->a, vectors_text(item, "new"), false, &new, &fault);
		if (good) {
			json_t *changes = json_array();
			unsigned count = agree_unexplained(&old, &new, ids, (unsigned)n, out);
			for (unsigned k = 0; k < count; k++)
				json_array_append_new(changes, vectors_string(out[k]));
			json_object_set_new(got, "ids", changes);
		}
		vectors_compare(v, "unexplained", name_of(item), "ids", item, got, good ? NULL : fault.why);
	}
}

/* ---- the command --------------------------------------------------------------------------------- */

static int judge_all(struct agree_vectors *v)
{
	judge_ids(v);
	judge_texts(v);
	judge_bad(v, "bad_texts", "text", false);
	judge_bad(v, "bad_manifests", "bytes", true);
	judge_amendments(v);
	judge_unexplained(v);
	vectors_rounds(v);
	if (v->good + v->bad == 0) {
		log_error("no member of the file has anything to judge: ids, texts, bad_texts, "
		          "bad_manifests, amendments, "
		          "unexplained, manifests, statements, verdicts, voice_codes, round");
		return CLI_FAIL;
	}
	buf_printf(&v->c->out, "%u as wanted, %u not\n", v->good, v->bad);
	return v->bad == 0 ? CLI_OK : CLI_FAIL;
}

static int vectors_run(struct cli *c)
{
	struct agree_vectors v = {.c = c, .doc = vectors_file(c->operands.v[0], JSON_ALLOW_NUL)};

	if (v.doc == NULL)
		return CLI_FAIL;
	arena_init(&v.a, 0);
	int rc = judge_all(&v);
	arena_done(&v.a);
	json_decref(v.doc);
	return rc;
}

const struct command command_agree_vectors = {
        .name = "agree vectors",
        .params = "FILE",
        .about = "judge a file of test vectors for texts and rounds",
        .text = "Each case of FILE is computed here: texts with their clauses and numbers, texts and "
                "manifests that are "
                "refused with their line, amendments, changes that nothing explains, and the state and "
                "outcome block of rounds "
                "out of their statements. A line for each case with its name and the word; where something "
                "differs, what "
                "the file wants and what came out. Exit code 1 if one differs.",
        .min = 1,
        .max = 1,
        .offline = true,
        .run = vectors_run,
};
