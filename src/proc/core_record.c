/* SPDX-License-Identifier: Apache-2.0
 *
 * A case as a printed record. Its text is written here and not by who asks for it: the desk can have a record made, and cannot have
 * words of its own signed. It is the case as that person may see it: the store is opened once more, with his views. Where there is no
 * key, or gpg cannot sign, the record says so and is there all the same.
 */
#include "proc/core_record.h"
#include "base/os.h"
#include "link/case_record.h"
#include "link/look.h"
#include "state/scope.h"
#include "web/case_record.h"

#define STEPS 8
#define FORGET ((int64_t)60 * 1000000)
#define MOST ((size_t)32 << 20) /* as much as goes to gpg; more is printed unsigned */

static int write_record(struct core *c, const struct case_record *r, struct str why, struct buf *out,
        uint8_t digest[DIGEST_LEN], bool *ret_there, struct err *e)
{
	const struct country *country = &c->node->country;
	auto_arena struct arena a = {0};
	struct db *db = NULL;

	arena_init(&a, 0);
	int rc = scope_open(c->node->folder.p, scope_is_narrow(c->node->state, r->person), &db, e);
	if (rc == 0)
		rc = scope_set(db, r->person, e);
	if (rc == 0)
		*ret_there = case_record_write(db, r->case_id,
		        &(struct case_paper){.person = r->person,
		                .team = country->name,
		                .party = party_own(c->node->state, &a),
		                .key = why.len == 0 ? country->pgp.key : STR(""),
		                .why = why,
		                .at = os_now()},
		        out, digest);
	db_close(db);
	return rc;
}

static int keep_unsigned(struct core *c, const struct case_record *r, struct str why, struct err *e)
{
	auto_buf struct buf text = {0};
	uint8_t digest[DIGEST_LEN];
	bool there = false;
	int rc = write_record(c, r, why, &text, digest, &there, e);

	/* it cannot be opened now: a person presses again */
	if (rc != 0)
		why = STR("it could not be written");
	return case_record_ready(c->node->state, r->id,
	        &(struct case_record_made){.text = there ? buf_str(&text) : (struct str){0},
	                .why = why,
	                .sha256 = there ? digest : NULL},
	        e);
}

/* Why none is signed here; p NULL: it can be. */
static struct str no_way(const struct core *c)
{
	const struct country_pgp *pgp = &c->node->country.pgp;

	if (pgp->home.len == 0 || pgp->key.len == 0)
		return STR("weir.yaml names no OpenPGP key of this team (pgp: home and key)");
	return c->pgp < 0 ? STR("no process runs here that could sign") : (struct str){0};
}

static int begin(struct core *c, const struct case_record *r, struct err *e)
{
	struct str why = no_way(c);
	uint8_t digest[DIGEST_LEN];
	struct buf text = {0};
	bool there = false;

	if (why.p != NULL)
		return keep_unsigned(c, r, why, e);
	int rc = write_record(c, r, STR(""), &text, digest, &there, e);
	if (rc != 0 || !there || text.len > MOST) {
		buf_done(&text);
		return keep_unsigned(c, r,
		        there ? STR("it is longer than what is signed here") : STR("it is not in sight"), e);
	}
	struct sign_job *j = c->record = mem_zero(1, sizeof(*j));
	j->out = -1;
	j->record = true;
	j->notice = r->id;
	j->number = -os_now();
	j->mail = text;
	return 0;
}

void core_record_drop(struct core *c)
{
	struct sign_job *j = c->record;

	if (j == NULL)
		return;
	buf_done(&j->mail);
	buf_done(&j->sealed);
	os_close_fd(&j->out);
	free(j);
	c->record = NULL;
}

/* The digest is that of its last line. */
static int keep_signed(struct core *c, const struct case_record *r, struct err *e)
{
	struct str text = buf_str(&c->record->mail), hex = str_trim(str_rcut(str_trim(text), ' ').tail);
	uint8_t digest[DIGEST_LEN];
	bool good = str_hex(hex, digest, DIGEST_LEN);

	return case_record_ready(c->node->state, r->id,
	        &(struct case_record_made){.text = buf_str(&c->record->sealed),
	                .key = c->node->country.pgp.key,
	                .sha256 = good ? digest : NULL},
	        e);
}

int core_records(struct core *c, struct err *e)
{
	int rc = 0;

	if (c->record_at <= os_now() || c->record_at > os_now() + FORGET) {
		c->record_at = os_now() + FORGET;
		rc = case_record_forget(c->node->state, os_now(), e);
	}
	for (unsigned i = 0; rc == 0 && i < STEPS; i++) {
		auto_arena struct arena a = {0};
		struct case_record r;
		arena_init(&a, 0);
		if (c->record != NULL && !c->record->done)
			break;
		if (!case_record_next(c->node->state, &a, &r)) {
			core_record_drop(c);
			break;
		}
		if (c->record == NULL || c->record->notice != r.id) {
			core_record_drop(c);
			rc = begin(c, &r, e);
			continue;
		}
		rc = c->record->held ? keep_unsigned(c, &r, str_from(c->record->sentence), e)
		                     : keep_signed(c, &r, e);
		core_record_drop(c);
	}
	return rc;
}
