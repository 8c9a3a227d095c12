/* SPDX-License-Identifier: Apache-2.0 */
#include "see/facts.h"
#include "base/os.h"
#include "see/files.h"

/* Of what was passed over when the country was loaded, as pages show it. */
#define NOTES ((size_t)16384)

#define SECRET_BYTES 65536

struct facts {
	struct node *node;
	bool dry_run;
};

/* ---- what is left to do: how much of it ---------------------------------------------------------- */

static uint64_t no_country(const struct facts *f)
{
	return f->node->country.sample || f->node->country.cc.len == 0;
}

static uint64_t no_owner(const struct facts *f)
{
	return know_owner_count(f->node->country.know) == 0;
}

static uint64_t without_contact(const struct facts *f)
{
	const struct know *k = f->node->country.know;
	uint64_t n = 0;

	for (uint32_t i = 1; i <= know_owner_count(k); i++)
		n += know_owner(k, i)->ncontacts == 0;
	return n;
}

/* Of those in the register. One that was taken out of it stays a row of the state. */
static uint64_t broken(const struct facts *f)
{
	struct node *n = f->node;
	uint32_t owners = know_owner_count(n->country.know), contacts = 0;
	uint64_t broken = 0;

	for (uint32_t i = 1; i <= owners; i++)
		contacts += know_owner(n->country.know, i)->ncontacts;
	for (uint32_t i = 0; i < contacts; i++) {
		struct query q = db_query(n->state, "select broken is not null from contact where id = ?");
		query_u64(&q, n->contacts[i]);
		if (query_next(&q) == 1)
			broken += query_get_u64(&q, 0);
		query_done(&q, NULL);
	}
	return broken;
}

static uint64_t no_from(const struct facts *f)
{
	return f->node->country.mail.from.len == 0;
}

static uint64_t no_host(const struct facts *f)
{
	return f->node->country.mail.host.len == 0;
}

static uint64_t in_shadow(const struct facts *f)
{
	return f->node->country.mail.mode == MAIL_SHADOW;
}

static uint64_t on_hold(const struct facts *f)
{
	return f->node->country.mail.mode == MAIL_HOLD;
}

static uint64_t dry(const struct facts *f)
{
	return f->dry_run;
}

static uint64_t no_feed(const struct facts *f)
{
	for (size_t i = 0; i < f->node->nfeeds; i++)
		if (f->node->feeds[i].file.enabled)
			return 0;
	return 1;
}

/* True if something stands in its first line. */
static bool has_secret(const char *path)
{
	auto_buf struct buf b = {0};

	return os_read_file(path, SECRET_BYTES, &b, NULL) == 0 &&
	        str_trim(str_cut(buf_str(&b), '\n').head).len != 0;
}

static bool lacks_secret(const struct feed_file *f)
{
	if (f->credential && f->password_file.len == 0 && f->header_file.len == 0)
		return true;
	return (f->password_file.len != 0 && !has_secret(f->password_file.p)) ||
	        (f->header_file.len != 0 && !has_secret(f->header_file.p));
}

static uint64_t no_credential(const struct facts *f)
{
	uint64_t n = 0;

	for (size_t i = 0; i < f->node->nfeeds; i++)
		n += f->node->feeds[i].file.enabled && lacks_secret(&f->node->feeds[i].file);
	return n;
}

/* Languages in which somebody is written to. */
static uint64_t not_reviewed(const struct facts *f)
{
	struct query q = db_query(f->node->state, "select distinct language from contact");
	uint64_t n = 0;

	while (query_next(&q) == 1)
		n += node_lang(f->node, query_get_text(&q, 0))->review;
	query_done(&q, NULL);
	return n;
}

static const struct {
	const char *key;
	uint64_t (*left)(const struct facts *f);
} todos[] = {
        {"todo.country", no_country},
        {"todo.owners", no_owner},
        {"todo.contacts", without_contact},
        {"todo.broken", broken},
        {"todo.feeds", no_feed},
        {"todo.credentials", no_credential},
        {"todo.mail-from", no_from},
        {"todo.mail-host", no_host},
        {"todo.shadow", in_shadow},
        {"todo.hold", on_hold},
        {"todo.dry-run", dry},
        {"todo.languages", not_reviewed},
};

int facts_put(struct node *n, bool dry_run, struct err *e)
{
	struct facts f = {n, dry_run};

	db_begin(n->state);
	/* of a program that knew other items */
	struct query q = db_query(n->state, "delete from meta where key like 'todo.%'");
	query_run(&q);
	for (size_t i = 0; i < sizeof(todos) / sizeof(todos[0]); i++)
		state_meta_number(n->state, todos[i].key, (int64_t)todos[i].left(&f));
	/* who came in to the sample does not stay in with a country that is not it */
	if (!n->country.sample) {
		struct query sessions = db_query(n->state, "delete from session where account is null");
		query_run(&sessions);
		struct query links = db_query(n->state, "delete from link where account is null");
		query_run(&links);
	}
	state_meta_number(n->state, "now.sample", n->country.sample);
	state_meta_number(n->state, "now.started", os_now());
	state_meta_number(n->state, "now.generation", n->generation);
	state_meta_number(n->state, "now.ruleset", n->ruleset);
	struct str notes = buf_str(&n->country.notes);
	state_meta_put(n->state, "now.notes", notes.len < NOTES ? notes : str_make(notes.p, NOTES));
	state_meta_number(n->state, "now.owners", know_owner_count(n->country.know));
	state_meta_number(n->state, "now.rules", rules_count(n->country.rules));
	files_started(n);
	return db_commit(n->state, e);
}
