/* SPDX-License-Identifier: Apache-2.0
 *
 * weir statement vectors: judges a file of test vectors, each statement with what its receiver holds, in a state.db of its
 * own that is thrown away.
 *
 * The file names keys, key lists, statements and cases, but not who is linked with whom. Where neither the file nor a case
 * has a member "linked" (a list of party ids), all its parties are linked but for "th", the stranger of the published file.
 */
#include "base/base64.h"
#include "base/log.h"
#include "base/os.h"
#include "cli/cli.h"
#include "cli/vectors_file.h"
#include "state/state.h"
#include "trust/judge.h"
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#define STRANGER "th"

struct vectors {
	struct cli *c;
	json_t *doc;
	struct db *db;
	struct arena a;
	int64_t since, until; /* of keys, from the key list of the file */
	unsigned good, bad;
};

static struct str text_of(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);

	return json_is_string(v) ? str_make(json_string_value(v), json_string_length(v)) : str_make("", 0);
}

static struct str bytes_of(struct vectors *v, const json_t *object, const char *name)
{
	struct str hex = text_of(object, name);
	uint8_t *bytes = arena_get(&v->a, hex.len / 2 + 1);

	return str_hex(hex, bytes, hex.len / 2) && hex.len % 2 == 0 ? str_make((char *)bytes, hex.len / 2)
	                                                            : str_make("", 0);
}

/* ---- links --------------------------------------------------------------------------------------- */

static void put_key(struct vectors *v, struct str party, const uint8_t key[32], int64_t since, int64_t until,
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

static void put_party(struct vectors *v, struct str name, struct str role, struct str me_role)
{
	bool commands = str_eq(me_role, STR("gate")) && str_eq(role, STR("cert"));
	struct query q = db_query(v->db,
	        "insert into party(name, title, role, link, commands, list_until) values (?1, ?1, ?2, "
	        "'linked', ?3, ?4)");

	query_text(&q, name);
	query_text(&q, role);
	query_u64(&q, commands);
	query_i64(&q, v->until);
	query_run(&q);
}

/* The keys of a list: lines "sign KEY FROM UNTIL" and "revoked ID ...". Signatures of lists are judged elsewhere. */
static void put_list(struct vectors *v, struct str party, struct str note)
{
	struct str rest = note;

	while (rest.len > 0) {
		struct str_cut line = str_cut(rest, '\n'), word = str_cut(line.head, ' '),
		               key = str_cut(word.tail, ' ');
		struct str_cut dates = str_cut(key.tail, ' ');
		uint8_t bytes[33];
		rest = line.tail;
		if (str_eq(word.head, STR("revoked")) && str_hex(key.head, bytes, KEY_ID)) {
			struct query q = db_query(
			        v->db, "update party_key set revoked = 1 where party = ? and key = ?");
			query_text(&q, party);
			query_blob(&q, str_make((char *)bytes, KEY_ID));
			query_run(&q);
		}
		if (!str_eq(word.head, STR("sign")) || !stamp_read(dates.head, &v->since) ||
		        !stamp_read(dates.tail, &v->until))
			continue;
		if (base64_read(key.head, bytes, 32))
			put_key(v, party, bytes, v->since, v->until, false);
	}
}

static bool linked(const struct vectors *v, const json_t *item, const char *name)
{
	const json_t *list = json_object_get(item, "linked");

	if (list == NULL)
		list = json_object_get(v->doc, "linked");
	if (list == NULL)
		return strcmp(name, STRANGER) != 0;
	for (size_t i = 0; i < json_array_size(list); i++)
		if (json_is_string(json_array_get(list, i)) &&
		        strcmp(json_string_value(json_array_get(list, i)), name) == 0)
			return true;
	return false;
}

static void put_links(struct vectors *v, const json_t *item)
{
	json_t *parties = json_object_get(v->doc, "parties"), *party;
	struct str me_role = text_of(
	        json_object_get(parties, json_string_value(json_object_get(item, "receiver"))), "role");
	int64_t list = json_integer_value(json_object_get(item, "key_list_of_la"));
	const json_t *first = json_object_get(v->doc, "key_list"),
	             *second = json_object_get(v->doc, "key_list_2");
	const json_t *taken = list == 2 ? second : first;
	const char *name;

	put_list(v, text_of(taken, "party"), text_of(taken, "note"));
	json_object_foreach(parties, name, party)
	{
		struct str key = bytes_of(v, json_object_get(party, "sign"), "public");
		if (!linked(v, item, name))
			continue;
		put_party(v, str_from(name), text_of(party, "role"), me_role);
		if (key.len == 32 && !str_eq(str_from(name), text_of(taken, "party")))
			put_key(v, str_from(name), (const uint8_t *)key.p, v->since, v->until, false);
	}
}

/* ---- statements ---------------------------------------------------------------------------------- */

static const json_t *named(const struct vectors *v, const char *name)
{
	const json_t *lists[] = {json_object_get(v->doc, "statements"), json_object_get(v->doc, "verdicts")};

	for (unsigned k = 0; k < 2; k++)
		for (size_t i = 0; i < json_array_size(lists[k]); i++)
			if (str_eq(text_of(json_array_get(lists[k], i), "name"), str_from(name)))
				return json_array_get(lists[k], i);
	return NULL;
}

static void hold(struct vectors *v, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		const json_t *item = name != NULL ? named(v, name) : NULL;
		struct statement s;
		struct head h;
		if (item == NULL || statement_frame(bytes_of(v, item, "bytes"), &s) != VERDICT_OK ||
		        head_read(s.head, &h) != VERDICT_OK)
			log_warn("nothing is held under the name '%s'", name != NULL ? name : "");
		else if (!store_have(v->db, s.id))
			store_put(v->db, &s, &h, VERDICT_OK, "", STR(""), 0, NULL);
	}
}

/* The head that its fields make, where the file gives both. */
static bool same_head(struct vectors *v, const json_t *item)
{
	struct str head = bytes_of(v, item, "head"), id = bytes_of(v, item, "id");
	auto_buf struct buf again = {0};
	uint8_t digest[DIGEST_LEN];
	struct head h;

	if (head.len == 0)
		return true;
	digest_of(head, digest);
	if (head_read(head, &h) != VERDICT_OK ||
	        (id.len > 0 && !str_eq(id, str_make((char *)digest, DIGEST_LEN))))
		return false;
	head_write(&again, &h);
	return str_eq(head, buf_str(&again));
}

static void judge_one(struct vectors *v, const json_t *item)
{
	const json_t *now = json_object_get(item, "now");
	struct str want = text_of(item, "verdict"), name = text_of(item, "name");
	struct judge j = {.db = v->db, .a = &v->a, .me = text_of(item, "receiver")};

	j.now = json_integer_value(now != NULL ? now : json_object_get(v->doc, "now"));
	db_begin(v->db);
	put_links(v, item);
	hold(v, json_object_get(item, "held"));
	struct str got = str_from(verdict_table[judge(&j, bytes_of(v, item, "bytes"))].word);
	if (db_failed(v->db) != 0)
		got = STR("nothing: the database failed");
	db_rollback(v->db);
	bool head = same_head(v, item), good = str_eq(got, want) && head;
	v->good += good;
	v->bad += !good;
	buf_printf(&v->c->out, "%-5s %.*s: ", good ? "ok" : "WRONG", STR_ARG(name));
	if (str_eq(got, want))
		buf_printf(&v->c->out, "%.*s", STR_ARG(got));
	else
		buf_printf(&v->c->out, "wanted %.*s, got %.*s", STR_ARG(want), STR_ARG(got));
	if (j.why[0] != 0)
		buf_printf(&v->c->out, " (%s)", j.why);
	buf_add(&v->c->out, head ? STR("\n") : STR("; the head or its id is not that of its fields\n"));
	arena_reset(&v->a);
}

static int judge_all(struct vectors *v)
{
	static const char *const lists[] = {"statements", "verdicts"};

	for (unsigned k = 0; k < 2; k++) {
		const json_t *list = json_object_get(v->doc, lists[k]);
		for (size_t i = 0; i < json_array_size(list); i++)
			judge_one(v, json_array_get(list, i));
	}
	if (v->good + v->bad == 0) {
		log_error("no member 'statements' or 'verdicts' has anything to judge");
		return CLI_FAIL;
	}
	buf_printf(&v->c->out, "%u as wanted, %u not\n", v->good, v->bad);
	return v->bad == 0 ? CLI_OK : CLI_FAIL;
}

static int with_database(struct vectors *v)
{
	char folder[] = "/tmp/weir-vectors.XXXXXX", path[sizeof(folder) + 16];
	struct err e = {0};
	int rc = CLI_FAIL;

	if (mkdtemp(folder) == NULL) {
		log_error("no folder could be made in /tmp");
		return CLI_FAIL;
	}
	if (state_open(folder, DB_WRITE, &v->db, &e) != 0)
		log_error("%s", e.text);
	else
		rc = judge_all(v);
	db_close(v->db);
	static const char *const files[] = {"state.db", "state.db-wal", "state.db-shm"};
	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		unlink(path);
	}
	rmdir(folder);
	return rc;
}

static int vectors_run(struct cli *c)
{
	struct vectors v = {.c = c, .doc = vectors_file(c->operands.v[0], 0)};

	if (v.doc == NULL)
		return CLI_FAIL;
	arena_init(&v.a, 0);
	int rc = with_database(&v);
	arena_done(&v.a);
	json_decref(v.doc);
	return rc;
}

const struct command command_statement_vectors = {
        .name = "statement vectors",
        .params = "FILE",
        .about = "judge a file of test vectors for statements",
        .text = "Each statement of FILE is judged as its receiver would, with what it says that the receiver "
                "holds. A line for "
                "each with its name and the word; where that is another than the file wants, both. Exit code "
                "1 if one differs.",
        .min = 1,
        .max = 1,
        .offline = true,
        .run = vectors_run,
};
