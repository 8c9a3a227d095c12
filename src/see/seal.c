/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealing letters: their rows are fetched together, in the order in which the days keep them, so that each chunk is
 * opened once for all letters that show something of it. The files are written and synced, then one transaction
 * says that they count; a file without its row is written over.
 */
#include "base/os.h"
#include "exit/clear.h"
#include "know/owners.h"
#include "see/answer.h"
#include "see/compose.h"
#include "see/notice.h"
#include "see/sign.h"

/* Letters of one transaction. */
#define LETTERS SIGN_JOBS

struct sealing {
	struct node *n;
	struct composing c;
};

/* ---- what is due --------------------------------------------------------------------------------- */

#define DUE                                                                                                  \
	" from notice n where n.state = 'due' and n.signing is null and n.send_at <= ?1 and not exists"      \
	" (select 1 from receipt r where r.id = n.last_receipt and r.state in ('accepted', 'reading'))"

static int load_letters(struct sealing *s, struct err *e)
{
	struct query q = db_query(s->n->state, "select " COMPOSE_COLUMNS DUE " order by n.id limit ?2");

	query_i64(&q, os_now());
	/* those that wait for their signature count */
	query_u64(&q, LETTERS - s->n->signing.n);
	s->c.letters = arena_array(&s->c.arena, LETTERS, sizeof(*s->c.letters));
	while (query_next(&q) == 1)
		compose_take(&s->c.letters[s->c.nletters++], &q, &s->c.arena);
	return query_done(&q, e);
}

static const struct lang *lang_of(void *node, struct str code)
{
	return node_lang(node, code);
}

/* One that is gone is not made again, empty. */
static int day_file(void *node, uint32_t date, struct day **ret, struct err *e)
{
	return node_day_kept(node, date, ret, e);
}

void notice_path(const struct node *n, struct str ticket, char *ret)
{
	snprintf(ret, NODE_PATH, "%.*s/letters/%.*s.eml", STR_ARG(n->folder), STR_ARG(ticket));
}

/* Synced by the caller, all together. */
int seal_write(struct node *n, struct str ticket, struct str bytes, struct err *e)
{
	char path[NODE_PATH];

	notice_path(n, ticket, path);
	if (os_delete(path, e) != 0)
		return ERR_SYS;
	auto_fd int fd = os_create(path, e);
	if (fd < 0)
		return ERR_SYS;
	return os_write_all(fd, bytes, e);
}

int seal_sync(struct node *n, struct err *e)
{
	char folder[NODE_PATH];

	snprintf(folder, sizeof(folder), "%.*s/letters", STR_ARG(n->folder));
	return os_sync_all(folder, e);
}

void seal_put(struct node *n, const struct seal *s)
{
	auto_arena struct arena a = {0};
	struct cleared c = {0};

	arena_init(&a, 0);
	struct str object = arena_printf(&a, "notice %.*s", STR_ARG(s->ticket));
	bool failed = s->sentence.len != 0;
	bool may = !failed && exit_clear(n->state, object, s->email, EXIT_OWNER, s->label, s->bytes, &c);
	const char *why = "";
	struct query q = db_query(n->state,
	        "update notice set state = ?, sealed = ?, label = ?, sha256 = ?, clearance = ?, answer = ?, "
	        "pgp = ?, signing = null where id = ?");

	if (!may && !failed)
		(void)exit_decide(s->label, EXIT_OWNER, &why);
	query_text(&q, !may || n->country.mail.mode == MAIL_HOLD ? STR("held") : STR("ready"));
	query_i64(&q, os_now());
	query_text(&q, tlp_name(s->label));
	query_blob(&q, may ? str_make((const char *)c.sha256, sizeof(c.sha256)) : (struct str){0});
	if (may)
		query_u64(&q, c.id);
	else
		query_null(&q);
	query_text(&q, failed ? s->sentence : str_from(why));
	query_text(&q, str_from(s->pgp));
	query_u64(&q, s->id);
	query_run(&q);
}

/* ---- by OpenPGP ---------------------------------------------------------------------------------- */

static const char *no_way(const struct country *c, const struct compose_letter *l)
{
	if (l->key.len != 0 && c->pgp.home.len == 0)
		return "its contact has an OpenPGP key, and weir.yaml names no OpenPGP home (pgp: home); it "
		       "is not "
		       "sent in the clear";
	if (str_eq(l->key, STR(OWNERS_NO_KEY)))
		return "what the owners file has as the OpenPGP key of its contact is no fingerprint; it is "
		       "not sent "
		       "in the clear";
	return NULL;
}

/* What must be protected becomes a job, unless it cannot go anyway. */
static void protect(struct sealing *s, struct compose_letter *l)
{
	const struct country *c = &s->n->country;
	const char *rule, *trouble = no_way(c, l);

	if (l->failed || (l->key.len == 0 && c->pgp.key.len == 0) ||
	        !exit_decide(l->label, EXIT_OWNER, &rule))
		return;
	if (trouble != NULL) {
		l->trouble = true;
		snprintf(l->sentence, sizeof(l->sentence), "%s", trouble);
		return;
	}
	struct sign_job *j = l->job = mem_zero(1, sizeof(*j));
	j->out = -1;
	j->notice = l->id;
	j->number = os_now();
	j->label = l->label;
	j->entity = l->entity;
	snprintf(j->ticket, sizeof(j->ticket), "%.*s", STR_ARG(l->ticket));
	snprintf(j->email, sizeof(j->email), "%.*s", STR_ARG(l->email));
	snprintf(j->key, sizeof(j->key), "%.*s", STR_ARG(l->key));
}

static void put_waiting(struct node *n, const struct compose_letter *l)
{
	struct query q = db_query(
	        n->state, "update notice set state = ?, signing = ?, pgp = ?, answer = ? where id = ?");

	query_text(&q, l->trouble ? STR("held") : STR("due"));
	if (l->job != NULL)
		query_i64(&q, l->job->number);
	else
		query_null(&q);
	query_text(&q, l->trouble ? STR("trouble") : STR(""));
	query_text(&q, str_from(l->sentence));
	query_u64(&q, l->id);
	query_run(&q);
}

static void put_letter(struct sealing *s, const struct compose_letter *l)
{
	if (l->job != NULL || l->trouble)
		put_waiting(s->n, l);
	else
		seal_put(s->n,
		        &(struct seal){.id = l->id,
		                .ticket = l->ticket,
		                .email = l->email,
		                .bytes = buf_str(&l->mail),
		                .label = l->label,
		                .sentence = str_from(l->failed ? l->sentence : ""),
		                .pgp = ""});
}

/* What is committed as a job becomes one. */
static void start_jobs(struct sealing *s)
{
	for (uint32_t i = 0; i < s->c.nletters; i++) {
		struct compose_letter *l = &s->c.letters[i];
		if (l->job == NULL)
			continue;
		l->job->mail = l->mail;
		l->mail = (struct buf){0};
		sign_add(s->n, l->job);
		l->job = NULL;
	}
}

/* Letters about findings have a page on which they are answered. */
static int open_pages(struct sealing *s, struct err *e)
{
	uint64_t ids[LETTERS];
	char address[ANSWER_ADDRESS];
	size_t n = 0;

	for (uint32_t i = 0; i < s->c.nletters && s->n->answers.len != 0; i++)
		if (s->c.letters[i].kind != NOTICE_CORRECTION && s->c.letters[i].kind != NOTICE_CAMPAIGN)
			ids[n++] = s->c.letters[i].id;
	if (n == 0 || answer_open(s->n, ids, n, e) != 0)
		return n == 0 ? 0 : e->code;
	for (uint32_t i = 0; i < s->c.nletters; i++) {
		struct compose_letter *l = &s->c.letters[i];
		l->link = arena_str(
		        &s->c.arena, answer_address(s->n, l->id, l->ticket, address, &l->link_until));
	}
	return 0;
}

static int write_all(struct sealing *s, struct err *e)
{
	bool written = false;
	int rc = open_pages(s, e);

	if (rc != 0)
		return rc;

	for (uint32_t i = 0; i < s->c.nletters; i++) {
		compose_write(&s->c, &s->c.letters[i]);
		protect(s, &s->c.letters[i]);
	}
	for (uint32_t i = 0; rc == 0 && i < s->c.nletters; i++) {
		const struct compose_letter *l = &s->c.letters[i];
		if (l->failed || l->trouble || l->job != NULL)
			continue;
		rc = seal_write(s->n, l->ticket, buf_str(&l->mail), e);
		written = true;
	}
	if (rc == 0 && written)
		rc = seal_sync(s->n, e);
	if (rc != 0)
		return rc;
	db_begin(s->n->state);
	for (uint32_t i = 0; i < s->c.nletters; i++)
		put_letter(s, &s->c.letters[i]);
	rc = db_commit(s->n->state, e);
	if (rc == 0)
		start_jobs(s);
	return rc;
}

static void done(struct sealing *s)
{
	for (uint32_t i = 0; i < s->c.nletters; i++)
		free(s->c.letters[i].job);
	compose_done(&s->c);
}

static int when_next(struct node *n, int64_t *ret, struct err *e)
{
	struct query q =
	        db_query(n->state, "select min(send_at) from notice where state = 'due' and signing is null");

	*ret = INT64_MAX;
	if (query_next(&q) == 1 && !query_is_null(&q, 0))
		*ret = query_get_i64(&q, 0);
	return query_done(&q, e);
}

/* Letters that are due to a contact whose letters came back go to the owner's next one; where there is none, a person
 * is needed. */
static int reroute(struct node *n, struct err *e)
{
	uint64_t ids[64];
	size_t count = 0;

	if (n->broken.n == 0)
		return 0;
	db_begin(n->state);
	struct query q = db_query(n->state,
	        "select n.id from notice n join contact c on c.id = n.contact where n.state = 'due' and "
	        "n.signing is null and n.send_at <= ?"
	        " and c.broken is not null limit 64");
	query_i64(&q, os_now());
	while (query_next(&q) == 1)
		ids[count++] = query_get_u64(&q, 0);
	query_run(&q);
	for (size_t i = 0; i < count; i++) {
		bool moved = notice_next_contact(n, ids[i]);
		struct query up = db_query(n->state,
		        "update notice set state = case when kind = 'right' then 'withdrawn' else ? end, "
		        "answer = ? where id = ?");
		query_text(&up, moved ? STR("withdrawn") : STR("held"));
		query_text(&up,
		        moved ? STR("its contact's letters come back; the owner's next contact is written to")
		              : STR("its contact's letters come back, and the owner has no other contact"));
		query_u64(&up, ids[i]);
		query_run(&up);
	}
	return db_commit(n->state, e);
}

int notice_seal(struct node *n, unsigned *ret, int64_t *ret_next, struct err *e)
{
	struct sealing s = {.n = n,
	        .c = {.state = n->state, .country = &n->country, .lang = lang_of, .day = day_file, .arg = n}};
	int rc = when_next(n, ret_next, e);

	*ret = 0;
	/* without a sender no letter can be written: they wait, and the status says so */
	if (rc != 0 || *ret_next > os_now() || n->country.mail.from.len == 0 || n->signing.n >= LETTERS)
		return rc;
	if ((rc = reroute(n, e)) != 0)
		return rc;
	arena_init(&s.c.arena, 0);
	rc = load_letters(&s, e);
	if (rc == 0)
		rc = compose_items(&s.c, e);
	if (rc == 0 && s.c.nletters > 0) {
		compose_rows(&s.c);
		rc = write_all(&s, e);
		*ret = rc == 0 ? s.c.nletters : 0;
	}
	done(&s);
	return rc == 0 ? when_next(n, ret_next, e) : rc;
}
