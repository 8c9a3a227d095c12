/* SPDX-License-Identifier: Apache-2.0
 *
 * weir agree bundle: a whole round in one file, for somebody who was not there. Made from the state's files alone.
 */
#include "agree/bundle.h"
#include "agree/load.h"
#include "agree/summary.h"
#include "base/log.h"
#include "base/os.h"
#include "base/plural.h"
#include "cli/node.h"
#include "link/log.h"
#include "link/look.h"
#include "state/state.h"

#define QUORUM 2

struct packing {
	struct link_self self;
	struct arena a;
	struct round_loaded round;
	struct outcome outcome;
	VEC(struct str) lists, statements, proofs;
	VEC(struct opening_file) files;
	const char *to;
	unsigned unproven;
};

/* Every list that is here of everyone: a verifier takes those whose root he knows, and needs the ones of then. */
static void add_lists(struct packing *p)
{
	struct query q = db_query(p->self.db, "select note from key_list order by party, number");

	while (query_next(&q) == 1)
		*(struct str *)vec_add(&p->lists) = arena_str(&p->a, query_get_text(&q, 0));
	query_done(&q, NULL);
}

static void add_proof(struct packing *p, const struct stored *s)
{
	auto_buf struct buf proof = {0};
	unsigned signers = 0;

	if (log_proof(&p->self, s->h.sender, s->id, QUORUM, &proof, &signers, NULL) < 0 || signers == 0)
		p->unproven++;
	else
		*(struct str *)vec_add(&p->proofs) = arena_str(&p->a, buf_str(&proof));
}

static int add_statement(struct packing *p, const struct stored *s, struct err *e)
{
	auto_buf struct buf bytes = {0};
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, s->id, DIGEST_LEN);
	if (link_may_show(&p->self, s, str_from(p->to), &p->a, e) != 0)
		return err_add(e, "%.16s", hex);
	statement_write(&bytes, s->head, (const uint8_t *)s->signature.p, s->content);
	*(struct str *)vec_add(&p->statements) = arena_str(&p->a, buf_str(&bytes));
	add_proof(p, s);
	return 0;
}

/* The opening first. */
static int add_statements(struct packing *p, struct err *e)
{
	int rc = add_statement(p, &p->round.open, e);

	for (size_t i = 0; rc == 0 && i < p->round.in.n; i++)
		if (memcmp(p->round.stored[i].id, p->round.open.id, DIGEST_LEN) != 0 &&
		        p->round.stored[i].signature.len > 0)
			rc = add_statement(p, &p->round.stored[i], e);
	return rc;
}

static void add_file(struct packing *p, struct str bytes)
{
	struct opening_file f = {.bytes = arena_str(&p->a, bytes)};

	digest_of(f.bytes, f.sha256);
	*(struct opening_file *)vec_add(&p->files) = f;
}

static int add_files(struct packing *p, struct err *e)
{
	auto_buf struct buf certificate = {0};
	int rc = 0;

	add_file(p, p->round.manifest.bytes);
	for (unsigned i = 0; rc == 0 && i < p->round.manifest.texts; i++) {
		auto_buf struct buf bytes = {0};
		rc = blob_read(
		        p->self.folder, p->round.manifest.text[i].sha256, AGREE_TEXT_MAX + 1, &bytes, e);
		if (rc == 0)
			add_file(p, buf_str(&bytes));
		else
			err_add(e, "text %.*s", STR_ARG(p->round.manifest.text[i].lang));
	}
	struct summary summary[SUMMARIES];
	unsigned n = summaries_of(&p->a, p->self.folder, &p->round.open_body, summary);
	for (unsigned i = 0; i < n; i++)
		add_file(p, summary[i].bytes);
	outcome_certificate(&p->outcome, &certificate);
	if (rc == 0 && certificate.len > 0)
		add_file(p, buf_str(&certificate));
	return rc;
}

static int gather(struct packing *p, const char *words, struct err *e)
{
	p->self.me = party_own(p->self.db, &p->a);
	uint64_t id = round_meant(p->self.db, str_from(words), e);
	int rc = id == 0 ? e->code : round_load(&p->a, p->self.db, p->self.folder, id, &p->round, e);

	if (rc == 0 && p->round.why != NULL)
		rc = err_set(e, ERR_VALUE, "the round cannot be shown: %s", p->round.why);
	if (rc != 0)
		return rc;
	outcome_make(&p->a, &p->round.in, p->self.now / 1000000, &p->outcome);
	add_lists(p);
	rc = add_statements(p, e);
	return rc == 0 ? add_files(p, e) : rc;
}

static int write(struct packing *p, const char *path, struct err *e)
{
	auto_buf struct buf out = {0};
	struct agree_bundle b = {.list = p->lists.v,
	        .lists = p->lists.n,
	        .statement = p->statements.v,
	        .statements = p->statements.n,
	        .proof = p->proofs.v,
	        .proofs = p->proofs.n,
	        .file = p->files.v,
	        .files = p->files.n};
	int rc = agree_bundle_write(&b, &out, e);

	return rc == 0 ? os_write_file(path, buf_str(&out), e) : rc;
}

static void done(struct packing *p)
{
	db_close(p->self.db);
	vec_done(&p->lists);
	vec_done(&p->statements);
	vec_done(&p->proofs);
	vec_done(&p->files);
	arena_done(&p->a);
}

static int run(struct cli *c)
{
	struct packing p = {.to = cli_value(c, "to")};
	const char *path = cli_value(c, "output");
	struct err e = {0};

	if (path == NULL || p.to == NULL) {
		log_error("%s",
		        path == NULL ? "say where the bundle goes: -o FILE"
		                     : "say whom it is for: --to PARTY, or public");
		return CLI_USAGE;
	}
	arena_init(&p.a, 0);
	p.self.folder = node_state(c);
	p.self.now = os_now();
	int rc = state_open(p.self.folder, DB_READ, &p.self.db, &e);
	if (rc == 0)
		rc = gather(&p, c->operands.v[0], &e);
	if (rc == 0)
		rc = write(&p, path, &e);
	if (rc < 0)
		log_error("%s", e.text);
	else
		plural_printf(&c->out,
		        "%zu statements, %zu of them with a place in their log that others have seen, %zu "
		        "files\n",
		        p.statements.n, p.proofs.n, p.files.n);
	done(&p);
	return rc == ERR_USAGE ? CLI_USAGE : rc < 0 ? CLI_FAIL : CLI_OK;
}

const struct command command_agree_bundle = {
        .name = "agree bundle",
        .params = "ROUND",
        .about = "write a round with all that proves it to a file",
        .text = "Key lists, statements, proofs of their places in logs, manifest, texts, certificate. 'weir "
                "agree verify' judges it on a machine "
                "that knows nothing but keys. Contents go along where the exit's rules let each of them go "
                "there, and always to parties of "
                "the round; else nothing is written and the rule is named. It is read from the state's "
                "files; the node may run or not.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"output", 'o', "FILE", "the file to write"},
                {"to", 0, "PARTY", "whom it is for, or public"}, {0}},
        .examples = (const struct cli_example[]){{"weir agree bundle gate-times/3 --to kh -o gate-times.weir",
                                                         "for another party"},
                {NULL, NULL}},
        .min = 1,
        .max = 1,
        .offline = true,
        .run = run,
};
