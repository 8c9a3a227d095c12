/* SPDX-License-Identifier: Apache-2.0 */
#include "see/import.h"
#include "base/digest.h"
#include "base/os.h"
#include "know/build.h"
#include "know/input.h"
#include "see/change.h"
#include "see/moving.h"
#include "see/nobodys.h"
#include "see/register.h"
#include "state/state.h"
#include <sys/stat.h>

#define REGISTER_BYTES ((size_t)512 << 20)

/* ---- one import ---------------------------------------------------------------------------------- */

/* What was said to that token when it was done: true, else it is a new one. */
static bool was_done(struct node *n, const uint8_t token[16], struct buf *said)
{
	struct query q = db_query(n->state, "select said from register where token = ?");

	query_blob(&q, str_make((const char *)token, 16));
	bool done = query_next(&q) == 1;
	if (done)
		buf_add(said, query_get_text(&q, 0));
	query_done(&q, NULL);
	return done;
}

static int read_register(const char *path, struct know_build *b, uint8_t sha256[DIGEST_LEN], struct err *e)
{
	auto_buf struct buf bytes = {0};

	if (os_read_file(path, REGISTER_BYTES, &bytes, e) != 0)
		return e->code;
	digest_of(buf_str(&bytes), sha256);
	if (owners_csv(&b->owners, STR("register"), buf_str(&bytes), e) != 0)
		return ERR_VALUE;
	if (b->notes.total > 0)
		return err_set(e, ERR_VALUE, "%.*s", STR_ARG(b->notes.list.v[0]));
	return 0;
}

/* A file without a single owner is a mistake more often than a wish. */
static int refuse_nothing(struct node *n, const struct know_build *b, struct err *e)
{
	struct query q = db_query(n->state, "select count(*) from owner where gone is null");
	uint64_t there = query_next(&q) == 1 ? query_get_u64(&q, 0) : 0;

	query_done(&q, NULL);
	if (b->owners.owner.n > 0 || there == 0)
		return 0;
	return err_set(e, ERR_VALUE,
	        "there is no owner in it, and it would take away all %llu of the register",
	        (unsigned long long)there);
}

/* Two who change the register at once do not undo each other. */
static int refuse_other(struct node *n, const struct import *i, struct err *e)
{
	uint64_t version = 0;
	int rc = register_version(n->state, &version, e);

	if (rc != 0 || !i->seen || i->version == version)
		return rc;
	return err_set(e, ERR_VALUE,
	        "somebody has changed the register meanwhile: this was made of register %llu, and it is "
	        "register "
	        "%llu now; load the page again and change it there",
	        (unsigned long long)i->version, (unsigned long long)version);
}

static void put_version(struct node *n, const struct import *i, uint64_t version,
        const uint8_t sha256[DIGEST_LEN], const struct moving_counts *c, struct str said)
{
	struct query q = db_query(n->state,
	        "insert into register(version, at, person, source, sha256, token, moved, said) values (?, ?, "
	        "?, "
	        "?, ?, ?, ?, ?)");
	char object[32], detail[512], hex[2 * DIGEST_LEN + 1];

	query_u64(&q, version);
	query_i64(&q, os_now());
	query_text(&q, i->person);
	query_text(&q, i->source);
	query_blob(&q, str_make((const char *)sha256, DIGEST_LEN));
	query_blob(&q, str_make((const char *)i->token, 16));
	query_u64(&q, c->moved);
	query_text(&q, said);
	query_run(&q);
	for (unsigned k = 0; k < DIGEST_LEN; k++)
		snprintf(hex + (size_t)2 * k, 3, "%02x", sha256[k]);
	snprintf(object, sizeof(object), "register %llu", (unsigned long long)version);
	snprintf(detail, sizeof(detail), "from %.100s, SHA-256 %s; %llu findings moved, %llu merged",
	        arena_str(&n->arena, i->source).p, hex, (unsigned long long)c->moved,
	        (unsigned long long)c->merged);
	change_audit(n, i->person, "owner-import", object, detail);
}

/* The generation of a register that may still be undone. Its file, once written, counts with its row. */
static int make_generation(
        struct node *n, struct know_build *b, struct buf *bytes, struct know **ret, struct err *e)
{
	int rc = country_networks(&n->country, b, e);

	if (rc != 0)
		return rc;
	know_build_finish(b, n->generation + 1, bytes);
	return know_open_bytes(bytes->p, bytes->len, ret, e);
}

/* In the transaction that is open. */
static int change_register(struct node *n, const struct import *i, struct know_build *b,
        const uint8_t sha256[DIGEST_LEN], struct buf *said, struct err *e)
{
	auto_buf struct buf bytes = {0};
	struct moving_counts counts = {0};
	struct know *now = NULL;
	uint64_t version = 0;

	register_put(n->state, os_now());
	if (register_version(n->state, &version, e) != 0)
		return e->code;
	int rc = make_generation(n, b, &bytes, &now, e);
	if (rc != 0)
		return rc;
	moving_run(n, now, i->person, &counts, said);
	nobodys_adopted(n, now);
	know_close(now);
	if (!i->apply) {
		buf_add(said, STR("nothing was changed; --yes applies it\n"));
		return db_failed(n->state);
	}
	buf_printf(said, "this is register %llu from here on\n", (unsigned long long)version + 1);
	put_version(n, i, version + 1, sha256, &counts, buf_str(said));
	return db_failed(n->state) != 0 ? db_failed(n->state)
	                                : node_generation_put(n, version + 1, buf_str(&bytes), e);
}

int import_file(struct node *n, const char *path, const struct import *i, struct buf *said, bool *ret_applied,
        struct err *e)
{
	uint8_t sha256[DIGEST_LEN];
	struct know_build b;
	int rc;

	*ret_applied = false;
	if (was_done(n, i->token, said))
		return 0;
	know_build_init(&b);
	rc = read_register(path, &b, sha256, e);
	if (rc == 0)
		rc = refuse_nothing(n, &b, e);
	if (rc == 0)
		rc = refuse_other(n, i, e);
	if (rc != 0) {
		know_build_done(&b);
		return rc;
	}
	db_begin(n->state);
	register_stage(n->state, &b.owners);
	bool differs = register_differences(n->state, said) > 0;
	if (!differs)
		buf_add(said,
		        STR("the register has all of that already, and nothing else; nothing was changed\n"));
	else
		rc = change_register(n, i, &b, sha256, said, e);
	know_build_done(&b);
	if (rc == 0 && differs && i->apply) {
		rc = db_commit(n->state, e);
		*ret_applied = rc == 0;
	} else {
		int failed = db_failed(n->state);
		if (failed != 0 && rc == failed)
			rc = db_commit(n->state, e); /* says what it was, and undoes */
		else
			db_rollback(n->state);
	}
	if (rc != 0)
		buf_clear(said);
	return rc;
}

/* ---- at the start -------------------------------------------------------------------------------- */

static struct str stamp_of(const char *path, uint64_t version, char *ret, size_t size)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return (struct str){0};
	return str_make(ret,
	        (size_t)snprintf(ret, size, "%llu %jd %jd.%09ld %ju", (unsigned long long)version,
	                (intmax_t)st.st_size, (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
	                (uintmax_t)st.st_ino));
}

static void say_differs(const char *path, uint64_t version, struct buf *said)
{
	buf_printf(said,
	        "'%s' is not what the node's register of owners has (register %llu), and the node goes by "
	        "its "
	        "register; to "
	        "see what differs: weir owner import %s\n",
	        path, (unsigned long long)version, path);
}

/* What was found last time is kept with the file's stamp: a large file is read once, not at each start. */
static int compare(struct node *n, const char *path, uint64_t version, bool *ret, struct err *e)
{
	char stamp[160];
	auto_buf struct buf kept = {0};
	struct know_input_report report;
	struct know_build b;
	struct str now = stamp_of(path, version, stamp, sizeof(stamp));

	*ret = false;
	if (state_meta_find(n->state, "owners file", &kept) && kept.len == now.len + 2 &&
	        str_starts(buf_str(&kept), now)) {
		*ret = kept.p[kept.len - 1] == 'd';
		return 0;
	}
	know_build_init(&b);
	int rc = know_build_file(&b, path, &report, e);
	if (rc == 0) {
		db_begin(n->state);
		register_stage(n->state, &b.owners);
		*ret = register_differences(n->state, NULL) > 0;
		rc = db_failed(n->state);
		db_rollback(n->state);
	}
	know_build_done(&b);
	if (rc != 0)
		return rc;
	buf_clear(&kept);
	buf_printf(&kept, "%.*s %c", STR_ARG(now), *ret ? 'd' : 's');
	db_begin(n->state);
	state_meta_put(n->state, "owners file", buf_str(&kept));
	return db_commit(n->state, e);
}

/* Nobody was ever in it: a package starts its node before anybody has written down an owner. */
static bool is_empty(struct node *n)
{
	struct query q = db_query(n->state, "select 1 from owner limit 1");
	bool there = query_next(&q) == 1;

	query_done(&q, NULL);
	return !there;
}

int import_compare(struct node *n, struct country *c, struct buf *said, struct err *e)
{
	const char *path = country_owners(&n->paths, c);
	uint64_t version = 0;
	bool differs = false;
	struct err why;

	if (register_version(n->state, &version, e) != 0)
		return e->code;
	if (path == NULL || version == 0 || is_empty(n))
		return 0;
	if (compare(n, path, version, &differs, &why) != 0)
		buf_printf(said, "%s; the node goes by its register of owners\n", why.text);
	else if (differs)
		say_differs(path, version, said);
	return 0;
}

/* Bad values are notes, as they are for every other input: the node starts with the rest. */
static int first_import(struct node *n, uint64_t version, struct err *e)
{
	const char *path = country_owners(&n->paths, &n->country);
	struct know_input_report report;
	struct know_build b;
	uint8_t sha256[DIGEST_LEN], token[16];
	auto_buf struct buf bytes = {0};

	if (path == NULL)
		return err_set(e, ERR_MISSING,
		        "there is no owners.csv and no owners.yaml in '%.*s'; 'weir init DIR' makes one",
		        STR_ARG(n->country.folder));
	know_build_init(&b);
	int rc = know_build_file(&b, path, &report, e);
	for (size_t k = 0; k < b.notes.list.n; k++)
		buf_printf(&n->country.notes, "%.*s\n", STR_ARG(b.notes.list.v[k]));
	if (rc == 0)
		rc = os_read_file(path, REGISTER_BYTES, &bytes, e);
	/* as empty as before: nothing has happened */
	if (rc == 0 && (version == 0 || b.owners.owner.n > 0)) {
		struct import i = {
		        .token = token, .source = str_from(path), .person = STR("weir"), .apply = true};
		digest_of(buf_str(&bytes), sha256);
		os_random(token, sizeof(token));
		db_begin(n->state);
		register_stage(n->state, &b.owners);
		register_put(n->state, os_now());
		put_version(
		        n, &i, version + 1, sha256, &(struct moving_counts){0}, STR("taken at a start\n"));
		rc = db_commit(n->state, e);
	}
	know_build_done(&b);
	return rc;
}

int import_start(struct node *n, struct err *e)
{
	uint64_t version = 0;

	if (register_version(n->state, &version, e) != 0)
		return e->code;
	if (version == 0 || is_empty(n))
		return first_import(n, version, e);
	return import_compare(n, &n->country, &n->country.notes, e);
}
