/* SPDX-License-Identifier: Apache-2.0
 *
 * weir log bundle: statements with all that proves them, for somebody who was not there. Made from the state's files alone, so
 * that a node that does not run any more can still give its word.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/node.h"
#include "form/container.h"
#include "link/log.h"
#include "link/look.h"
#include "state/state.h"
#include "trust/store.h"

#define QUORUM 2
#define PART (CONTAINER_BLOB_PART - CONTAINER_BLOB_HEAD)

struct making {
	struct cli *c;
	struct link_self self;
	struct arena a;
	struct buf out;
	VEC(struct stored) statements;
	const char *to; /* whom the contents are for; NULL: there are none */
	unsigned unwitnessed;
};

/* ---- which --------------------------------------------------------------------------------------- */

/* An id, or the beginning of one that only one statement has. */
static int find(struct making *m, const char *word, struct stored *ret, struct err *e)
{
	struct query q = db_query(m->self.db,
	        "select id from statement where signature is not null and lower(hex(id)) like ?1 || '%' "
	        "limit 2");
	struct str text = str_from(word);
	uint8_t id[DIGEST_LEN];
	unsigned n = 0;

	for (size_t i = 0; i < text.len; i++)
		if (char_hex(text.p[i]) < 0)
			text.len = 0;
	if (text.len < 8 || text.len > 2 * DIGEST_LEN) {
		query_done(&q, NULL);
		return err_set(
		        e, ERR_USAGE, "'%s' is no id of a statement: 8 to 64 hexadecimal digits", word);
	}
	query_text(&q, text);
	while (query_next(&q) == 1 && query_get_blob(&q, 0).len == DIGEST_LEN) {
		memcpy(id, query_get_blob(&q, 0).p, DIGEST_LEN);
		n++;
	}
	if (query_done(&q, e) != 0)
		return e->code;
	if (n != 1)
		return err_set(e, ERR_MISSING,
		        n == 0 ? "no statement %s is here, or it is not signed yet"
		               : "%s is the beginning of several ids",
		        word);
	return store_find(m->self.db, id, &m->a, ret)
	        ? 0
	        : err_set(e, ERR_MISSING, "%s: it cannot be read", word);
}

/* ---- parts --------------------------------------------------------------------------------------- */

/* Every list that is here of everyone: a verifier takes those whose root he knows, and needs the ones of then. */
static void add_lists(struct making *m)
{
	struct query q = db_query(m->self.db, "select note from key_list order by party, number");

	while (query_next(&q) == 1)
		container_add(&m->out, CONTAINER_KEYS, query_get_text(&q, 0));
	query_done(&q, NULL);
}

static int add_proof(struct making *m, const struct stored *s, struct err *e)
{
	auto_buf struct buf proof = {0};
	char hex[2 * DIGEST_LEN + 1];
	unsigned signers = 0;
	int rc = log_proof(&m->self, s->h.sender, s->id, QUORUM, &proof, &signers, e);

	str_hex_print(hex, s->id, DIGEST_LEN);
	if (rc < 0)
		return err_add(e, "%.16s", hex);
	container_add(&m->out, CONTAINER_PROOF, buf_str(&proof));
	buf_printf(&m->c->out, "%s  %.*s  TLP:%.*s  %s  seen by %u witnesses%s\n", hex, STR_ARG(s->h.sender),
	        STR_ARG(statement_tlp_name(s->h.tlp)),
	        s->content.len == 0     ? "erased"
	                : m->to == NULL ? "without content"
	                                : "with content",
	        signers, signers < QUORUM ? ", too few: make it again later" : "");
	m->unwitnessed += signers < QUORUM;
	return 0;
}

static void add_statement(struct making *m, const struct stored *s)
{
	auto_buf struct buf bytes = {0};

	statement_write(
	        &bytes, s->head, (const uint8_t *)s->signature.p, m->to == NULL ? STR("") : s->content);
	container_add(&m->out, CONTAINER_STATEMENT, buf_str(&bytes));
}

static int add_blob(struct making *m, const uint8_t sha256[32], struct err *e)
{
	char hex[65], path[4200];
	auto_buf struct buf bytes = {0};

	str_hex_print(hex, sha256, 32);
	snprintf(path, sizeof(path), "%s/blob/%s", m->self.folder, hex);
	if (os_read_file(path, (size_t)1 << 30, &bytes, e) < 0) {
		buf_printf(&m->c->out, "attachment %s is not here\n", hex);
		return 0;
	}
	size_t at = 0;
	do {
		container_add_blob(&m->out, sha256, bytes.len, at, str_sub(buf_str(&bytes), at, PART));
		at += PART;
	} while (at < bytes.len);
	return 0;
}

static int add_blobs(struct making *m, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < m->statements.n; i++) {
		struct query q = db_query(m->self.db,
		        "select distinct sha256 from attachment where statement = ? and here = 1 order by "
		        "id");
		query_u64(&q, m->statements.v[i].n);
		while (rc == 0 && query_next(&q) == 1)
			if (query_get_blob(&q, 0).len == 32)
				rc = add_blob(m, (const uint8_t *)query_get_blob(&q, 0).p, e);
		query_done(&q, NULL);
	}
	return rc;
}

/* ---- the whole ----------------------------------------------------------------------------------- */

/* One whose content may not go where the bundle goes stops all of it: nothing is left out without a word. */
static int add_one(struct making *m, const char *word, struct err *e)
{
	struct stored s;
	int rc = find(m, word, &s, e);

	if (rc == 0 && m->to != NULL && link_may_show(&m->self, &s, str_from(m->to), &m->a, e) != 0)
		rc = err_add(e, "%s", word);
	if (rc == 0)
		*(struct stored *)vec_add(&m->statements) = s;
	return rc;
}

static int make(struct making *m, struct err *e)
{
	int rc = 0;

	m->self.me = party_own(m->self.db, &m->a);
	if (m->self.me.len == 0)
		return err_set(
		        e, ERR_MISSING, "this state belongs to no party: weir.yaml says which country it is");
	for (size_t i = 0; rc == 0 && i < m->c->operands.n; i++)
		rc = add_one(m, m->c->operands.v[i], e);
	container_begin(&m->out);
	add_lists(m);
	for (size_t i = 0; rc == 0 && i < m->statements.n; i++) {
		add_statement(m, &m->statements.v[i]);
		rc = add_proof(m, &m->statements.v[i], e);
	}
	if (rc == 0 && m->to != NULL)
		rc = add_blobs(m, e);
	container_end(&m->out);
	return rc;
}

static int log_bundle_run(struct cli *c)
{
	struct making m = {.c = c, .to = cli_value(c, "to")};
	const char *to = cli_value(c, "output");
	struct err e = {0};

	if (to == NULL) {
		log_error("say where the bundle goes: -o FILE");
		return CLI_USAGE;
	}
	arena_init(&m.a, 0);
	m.self.folder = node_state(c);
	m.self.now = os_now();
	int rc = state_open(m.self.folder, DB_READ, &m.self.db, &e);
	if (rc == 0)
		rc = make(&m, &e);
	if (rc == 0)
		rc = os_write_file(to, buf_str(&m.out), &e);
	if (rc < 0)
		log_error("%s", e.text);
	else if (m.unwitnessed > 0)
		log_error("%u statements have fewer than %u witnesses yet: of them it is proven who said it, "
		          "and not "
		          "when",
		        m.unwitnessed, QUORUM);
	db_close(m.self.db);
	vec_done(&m.statements);
	buf_done(&m.out);
	arena_done(&m.a);
	return rc == ERR_USAGE ? CLI_USAGE : rc < 0 || m.unwitnessed > 0 ? CLI_FAIL : CLI_OK;
}

const struct command command_log_bundle = {
        .name = "log bundle",
        .params = "STATEMENT...",
        .about = "write statements with all that proves them to a file",
        .text = "For somebody who was not there, such as a court: key lists, the statements, a proof of each "
                "from "
                "its sender's "
                "log with cosignatures of witnesses, and attachments that are here. STATEMENT is an id, or "
                "its "
                "first digits. 'weir log verify' proves it on a machine that knows nothing but keys.\n\n"
                "It is read from the state's files; the node may run or not. Without --to it has no "
                "contents: it is "
                "proven that something was said, to whom and when, and whoever is handed a content can check "
                "it. With --to "
                "the contents go along where the exit's rules let each of them go there, and always to who "
                "said it or was "
                "told; else nothing is written and the rule is named. A content that was erased is left "
                "out.\n\n"
                "Exit code 1 if a statement is not in its sender's log, or has too few witnesses yet.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"output", 'o', "FILE", "the file to write"},
                {"to", 0, "PARTY", "with contents and attachments, for that party, or public"}, {0}},
        .examples =
                (const struct cli_example[]){{"weir log bundle 845b3c06a1 -o case.weir", "that it was said"},
                        {"weir log bundle 845b3c06a1 --to kh -o case.weir",
                                "with what was said, for a party that may have it"},
                        {NULL, NULL}},
        .min = 1,
        .max = CLI_MANY,
        .offline = true,
        .run = log_bundle_run,
};
