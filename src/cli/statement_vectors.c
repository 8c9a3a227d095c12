/* SPDX-License-Identifier: Apache-2.0
 *
 * weir statement vectors: judges a file of test vectors, each statement with what its receiver holds, in a state.db of its
 * own that is thrown away.
 *
 * The file names keys, key lists, statements and cases, but not who is linked with whom. Where neither the file nor a case
 * has a member "linked" (a list of party ids), all its parties are linked but for "th", the stranger of the published file.
 */
#include "cli/statement_vectors.h"
#include "base/base64.h"
#include "base/log.h"
#include "state/state.h"
#include "trust/judge.h"
#include <stdlib.h>
#include <unistd.h>

#define STRANGER "th"
#define FAMILIES "parties key_list* voice statements verdicts log checkpoint courier stix mail_tag kinds"

struct judging {
	struct vectors v;
	struct db *db;
	json_t *index; /* statements and verdicts by name */
};

/* ---- links --------------------------------------------------------------------------------------- */

static void put_key(struct judging *v, struct str party, const uint8_t key[32], int64_t since, int64_t until,
        bool revoked)
{
	uint8_t id[KEY_ID];
	struct query q = db_query(v->db,
	        "insert or replace into party_key(party, duty, key, public, since, until, revoked) "
	        "values (?, 'sign', ?, ?, ?, ?, ?)");

	key_id(key, id);
	query_text(&q, party);
	query_blob(&q, str_make((char *)id, sizeof(id)));
	query_blob(&q, str_make((const char *)key, 32));
	query_i64(&q, since);
	query_i64(&q, until);
	revoked ? query_i64(&q, since) : query_null(&q);
	query_run(&q);
}

static void put_party(struct judging *v, struct str name, struct str role, struct str me_role, int64_t until)
{
	bool commands = str_eq(me_role, STR("gate")) && str_eq(role, STR("cert"));
	struct query q = db_query(v->db,
	        "insert into party(name, title, role, link, commands, list_until) values (?1, ?1, ?2, "
	        "'linked', ?3, ?4)");

	query_text(&q, name);
	query_text(&q, role);
	query_u64(&q, commands);
	query_i64(&q, until);
	query_run(&q);
}

/* Its signature is judged elsewhere. */
static void put_list(struct judging *v, const struct keylist *list)
{
	for (unsigned i = 0; i < list->keys; i++)
		if (list->key[i].use == KEY_SIGN)
			put_key(v, list->party, list->key[i].key, list->key[i].from, list->key[i].until,
			        keylist_revoked(list, list->key[i].id, NULL));
}

static bool linked(const struct judging *v, const json_t *item, const char *name)
{
	const json_t *list = json_object_get(item, "linked");

	if (list == NULL)
		list = json_object_get(v->v.doc, "linked");
	if (list == NULL)
		return strcmp(name, STRANGER) != 0;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (json_is_string(json_array_get(list, i)) &&
		        strcmp(json_string_value(json_array_get(list, i)), name) == 0)
			return true;
	return false;
}

/* The list that the case says its receiver holds: "key_list" is number 1, "key_list_2" the next. False: the file has none such. */
static bool list_taken(struct judging *v, const json_t *item, struct keylist *ret)
{
	const json_t *n = json_object_get(item, "key_list_of_la");
	char name[40] = "key_list";
	struct err e;

	if (n != NULL && json_integer_value(n) != 1)
		snprintf(name, sizeof(name), "key_list_%lld", (long long)json_integer_value(n));
	const json_t *list = json_object_get(v->v.doc, name);
	*ret = (struct keylist){.until = STAMP_MAX};
	if (list == NULL)
		return n == NULL;
	return keylist_read(vectors_text(list, "note"), ret, NULL, &e) >= 0;
}

/* The keys of parties whose lists the file does not have are good as long as the first key of its first list. */
static void put_other(struct judging *v, const char *name, const json_t *party, struct str me_role)
{
	struct keylist *first = arena_array(&v->v.a, 1, sizeof(*first));
	const struct keylist_key *key = first->key;
	bool good;
	struct str public = vectors_bytes(&v->v, json_object_get(party, "sign"), "public", &good);

	if (!list_taken(v, NULL, first) || first->keys == 0)
		*first = (struct keylist){.until = STAMP_MAX, .key = {{.until = STAMP_MAX}}};
	put_party(v, str_from(name), vectors_text(party, "role"), me_role, first->until);
	if (public.len == 32)
		put_key(v, str_from(name), (const uint8_t *)public.p, key->from, key->until, false);
}

static const char *put_links(struct judging *v, const json_t *item)
{
	json_t *parties = json_object_get(v->v.doc, "parties"), *party;
	const char *me = json_string_value(json_object_get(item, "receiver")), *name;
	const json_t *self = json_object_get(parties, me != NULL ? me : "");
	struct str me_role = vectors_text(self, "role");
	struct keylist *list = arena_array(&v->v.a, 1, sizeof(*list));

	if (self == NULL)
		return "its receiver is no party of the file";
	if (!list_taken(v, item, list))
		return "the file has no key list of that number, or it is none";
	json_object_foreach(parties, name, party)
	{
		if (!linked(v, item, name))
			continue;
		if (!str_eq(str_from(name), list->party)) {
			put_other(v, name, party, me_role);
			continue;
		}
		put_party(v, str_from(name), vectors_text(party, "role"), me_role, list->until);
		put_list(v, list);
	}
	return NULL;
}

/* ---- statements ---------------------------------------------------------------------------------- */

/* Those of both lists by name; the first of a name counts. */
static json_t *index_of(const struct judging *v)
{
	static const char *const families[] = {"verdicts", "statements"};
	json_t *index = json_object();

	for (unsigned k = 0; k < 2; k++)
		vectors_index(index, json_object_get(v->v.doc, families[k]));
	return index;
}

static const char *hold(struct judging *v, const json_t *list)
{
	if (list != NULL && !json_is_array(list))
		return "what is held must be a list of names";
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		const json_t *item = name != NULL ? json_object_get(v->index, name) : NULL;
		bool good;
		struct statement s;
		struct head h;
		if (statement_frame(vectors_bytes(&v->v, item, "bytes", &good), &s) != VERDICT_OK ||
		        head_read(s.head, &h) != VERDICT_OK)
			return "a statement that it says is held is not in the file, or is none";
		if (!store_have(v->db, s.id))
			store_put(v->db, &s, &h, VERDICT_OK, "", STR(""), 0, NULL);
	}
	return NULL;
}

static const char *verdict_word(
        struct judging *v, struct judge *j, const json_t *item, struct str bytes, struct str *ret)
{
	db_begin(v->db);
	const char *why = put_links(v, item);
	if (why == NULL)
		why = hold(v, json_object_get(item, "held"));
	if (why == NULL)
		*ret = str_from(verdict_table[judge(j, bytes)].word);
	if (db_failed(v->db) != 0)
		why = "the database failed";
	db_rollback(v->db);
	return why;
}

static void judge_one(struct judging *v, const json_t *item)
{
	const json_t *now = json_object_get(item, "now");
	struct buf *out = &v->v.c->out;
	auto_buf struct buf text = {0};
	struct str want = vectors_text(item, "verdict"), got = {"", 0};
	struct judge j = {.db = v->db, .a = &v->v.a, .me = vectors_text(item, "receiver")};
	bool good;
	struct str bytes = vectors_bytes(&v->v, item, "bytes", &good);
	const char *why = good ? NULL : "its bytes are no hexadecimal digits";

	j.now = json_integer_value(now != NULL ? now : json_object_get(v->v.doc, "now"));
	if (why == NULL)
		why = verdict_word(v, &j, item, bytes, &got);
	if (why == NULL && want.len == 0)
		why = "the file says no verdict";
	if (why == NULL && !str_eq(got, want))
		buf_printf(&text, "wanted %.*s, got %.*s", STR_ARG(want), STR_ARG(got));
	else if (why == NULL)
		buf_add(&text, got);
	if (j.why[0] != 0)
		buf_printf(&text, " (%s)", j.why);
	if (why == NULL)
		why = statement_parts(&v->v, item, bytes);
	good = why == NULL && str_eq(got, want);
	v->v.good += good;
	v->v.bad += !good;
	buf_printf(out, "%-5s ", good ? "ok" : "WRONG");
	vectors_print(out, str_from(vectors_name(item)));
	buf_add(out, STR(": "));
	vectors_print(out, buf_str(&text));
	buf_printf(out, "%s%s\n", why != NULL && text.len > 0 ? "; " : "", why != NULL ? why : "");
	arena_reset(&v->v.a);
}

static void judge_all(struct judging *v)
{
	static const char *const lists[] = {"statements", "verdicts"};

	v->index = index_of(v);
	for (unsigned k = 0; k < 2; k++) {
		const json_t *list = vectors_list(&v->v, lists[k]);
		for (size_t i = 0; i < json_array_size(list); i++)
			judge_one(v, json_array_get(list, i));
	}
	json_decref(v->index);
}

static bool with_database(struct judging *v)
{
	char folder[] = "/tmp/weir-vectors.XXXXXX", path[sizeof(folder) + 16];
	struct err e = {0};

	if (mkdtemp(folder) == NULL) {
		log_error("no folder could be made in /tmp");
		return false;
	}
	bool good = state_open(folder, DB_WRITE, &v->db, &e) == 0;
	if (good)
		judge_all(v);
	else
		log_error("%s", e.text);
	db_close(v->db);
	static const char *const files[] = {"state.db", "state.db-wal", "state.db-shm"};
	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		unlink(path);
	}
	rmdir(folder);
	return good;
}

static int vectors_run(struct cli *c)
{
	struct judging v = {0};

	if (!vectors_open(&v.v, c))
		return CLI_FAIL;
	vectors_unknown(&v.v, "about now linked " FAMILIES);
	bool good = with_database(&v);
	vectors_keys(&v.v);
	vectors_logs(&v.v);
	int rc = vectors_close(&v.v, FAMILIES);
	return good ? rc : CLI_FAIL;
}

const struct command command_statement_vectors = {
        .name = "statement vectors",
        .params = "FILE",
        .about = "judge a file of test vectors for statements",
        .text = "Each statement of FILE is judged as its receiver would, with what it says that the receiver "
                "holds; keys, key lists, voice numbers, the log with its proofs, checkpoints, the courier "
                "file and the table of kinds are made again. A line for each with its name and the word; "
                "where that is another than the file wants, both. A case that lacks what it is made from is "
                "wrong; a family that is not known is named on standard error. Exit code 1 if one differs or "
                "nothing was judged.",
        .min = 1,
        .max = 1,
        .offline = true,
        .run = vectors_run,
};
