/* SPDX-License-Identifier: Apache-2.0 */
#include "see/sign.h"
#include "base/os.h"
#include "form/mime.h"

static void job_free(struct sign_job *j)
{
	buf_done(&j->mail);
	buf_done(&j->sealed);
	os_close_fd(&j->out);
	free(j);
}

int sign_start(struct node *n, struct err *e)
{
	db_begin(n->state);
	struct query q = db_query(n->state, "update notice set signing = null where signing is not null");
	query_run(&q);
	return db_commit(n->state, e);
}

void sign_stop(struct node *n)
{
	for (size_t i = 0; i < n->signing.n; i++)
		job_free(n->signing.v[i]);
	vec_done(&n->signing);
}

void sign_add(struct node *n, struct sign_job *j)
{
	*vec_add(&n->signing) = j;
}

struct sign_job *sign_find(struct node *n, uint64_t notice, int64_t number)
{
	for (size_t i = 0; i < n->signing.n; i++)
		if (n->signing.v[i]->notice == notice && n->signing.v[i]->number == number)
			return n->signing.v[i];
	return NULL;
}

void sign_done(struct sign_job *j, struct str armour, struct str digest)
{
	if (j->record)
		buf_add(&j->sealed, armour);
	else if (j->key[0] != 0)
		mime_encrypted(buf_str(&j->mail), j->entity, armour, &j->sealed);
	else
		mime_signed(buf_str(&j->mail), j->entity, armour, digest, &j->sealed);
	j->done = true;
}

void sign_held(struct sign_job *j, struct str sentence)
{
	snprintf(j->sentence, sizeof(j->sentence), "%.*s", STR_ARG(str_sub(sentence, 0, 500)));
	j->done = j->held = true;
}

/* True if it is still what the letter waits for: nothing was added, taken out, or taken back meanwhile. */
static bool is_wanted(struct node *n, const struct sign_job *j)
{
	struct query q =
	        db_query(n->state, "select 1 from notice where id = ? and state = 'due' and signing = ?");

	query_u64(&q, j->notice);
	query_i64(&q, j->number);
	bool wanted = query_next(&q) == 1;
	query_run(&q);
	return wanted;
}

/* Held before it was sealed: a release makes it due, and it is tried again. */
static void put_held(struct node *n, const struct sign_job *j)
{
	struct query q = db_query(n->state,
	        "update notice set state = 'held', signing = null, pgp = 'trouble', answer = ? where id = ?");

	query_text(&q, str_from(j->sentence));
	query_u64(&q, j->notice);
	query_run(&q);
}

static void put_job(struct node *n, const struct sign_job *j)
{
	bool signs = n->country.pgp.key.len != 0;

	if (!is_wanted(n, j))
		return;
	if (j->held)
		put_held(n, j);
	else
		seal_put(n,
		        &(struct seal){.id = j->notice,
		                .ticket = str_from(j->ticket),
		                .email = str_from(j->email),
		                .bytes = buf_str(&j->sealed),
		                .label = j->label,
		                .pgp = j->key[0] == 0 ? "signed"
		                        : signs       ? "both"
		                                      : "encrypted"});
}

static void drop_done(struct node *n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n->signing.n; i++)
		if (n->signing.v[i]->done)
			job_free(n->signing.v[i]);
		else
			n->signing.v[kept++] = n->signing.v[i];
	n->signing.n = kept;
}

int sign_seal(struct node *n, unsigned *ret, struct err *e)
{
	unsigned done = 0;
	int rc = 0;

	*ret = 0;
	for (size_t i = 0; rc == 0 && i < n->signing.n; i++) {
		const struct sign_job *j = n->signing.v[i];
		done += j->done;
		if (j->done && !j->held && is_wanted(n, j))
			rc = seal_write(n, str_from(j->ticket), buf_str(&j->sealed), e);
	}
	if (rc == 0 && done > 0)
		rc = seal_sync(n, e);
	if (rc != 0 || done == 0)
		return rc;
	db_begin(n->state);
	for (size_t i = 0; i < n->signing.n; i++)
		if (n->signing.v[i]->done)
			put_job(n, n->signing.v[i]);
	rc = db_commit(n->state, e);
	if (rc == 0) {
		drop_done(n);
		*ret = done;
	}
	return rc;
}
