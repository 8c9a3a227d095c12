/* SPDX-License-Identifier: Apache-2.0 */
#include "base/os.h"
#include "see/grown.h"
#include <dirent.h>
#include <sys/stat.h>

/* A file on its way in may be so old; its sender is gone after that. */
#define PART_SECONDS 86400

static int choose_feed(const struct node *n, struct receipt *r, const struct node_feed **ret, struct err *e)
{
	const struct node_feed *f = r->feed.len != 0 ? node_feed(n, r->feed) : node_feed_for(n, r->name);

	if (f == NULL && r->feed.len != 0)
		return err_set(e, ERR_VALUE, "there is no feed '%.*s'; the files in %.*s/feeds are the feeds",
		        STR_ARG(r->feed), STR_ARG(n->country.folder));
	r->feed = f != NULL ? f->id : STR("");
	*ret = f;
	return 0;
}

/* The receipt these bytes have already: 1, 0 if there is none. */
static int find_same(struct node *n, const struct receipt *r, const struct node_feed *f, struct arena *a,
        struct receipt *ret, struct err *e)
{
	int64_t cadence =
	        f != NULL && f->file.cadence != 0 ? (int64_t)f->file.cadence * 1000000 : SEE_CADENCE;

	if (r->parent != 0 || (f != NULL && f->file.kind != FEED_LOG))
		return 0;
	return receipt_get_same(n->state, r->sha256, r->feed, r->received - cadence, a, ret, e);
}

static int insert(struct node *n, struct receipt *r, void (*with)(void *arg, uint64_t receipt), void *arg,
        struct err *e)
{
	db_begin(n->state);
	if (r->id == 0)
		receipt_insert(n->state, r);
	if (with != NULL)
		with(arg, r->id);
	return db_commit(n->state, e);
}

int see_accept_with(struct node *n, const struct receipt *d, void (*with)(void *arg, uint64_t receipt),
        void *arg, struct arena *a, struct receipt *ret, struct err *e)
{
	struct receipt r = *d;
	const struct node_feed *feed = NULL;
	int rc = receipt_get_token(n->state, d->token, a, ret, e);

	if (rc != 0)
		return rc < 0 ? rc : SEE_AGAIN;
	rc = choose_feed(n, &r, &feed, e);
	if (rc != 0)
		return rc;
	r.received = os_now();
	r.day = day_of(r.received);
	r.bulk = r.size > SEE_BULK;
	r.state = RECEIPT_ACCEPTED;
	r.path = r.path.len != 0 ? r.path : r.name;
	rc = find_same(n, &r, feed, a, ret, e);
	if (rc == 0 && feed != NULL && feed->file.grows && r.parent == 0)
		rc = grown_find(n, &r, a, ret, e);
	if (rc < 0)
		return rc;
	bool same = rc == 1;
	if (same)
		r.id = ret->id;
	if (!same || with != NULL)
		rc = insert(n, &r, with, arg, e);
	if (rc < 0)
		return rc;
	rc = receipt_get(n->state, r.id, a, ret, e);
	return rc < 0 ? rc : same ? SEE_SAME : SEE_NEW;
}

int see_accept(struct node *n, const struct receipt *d, struct arena *a, struct receipt *ret, struct err *e)
{
	return see_accept_with(n, d, NULL, NULL, a, ret, e);
}

/* ---- sweeping ------------------------------------------------------------------------------------ */

static bool is_old(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_mtim.tv_sec < os_now() / 1000000 - PART_SECONDS;
}

/* A file with a token that no receipt has may be just about to be accepted: its deliverer asks again. */
static bool unwanted(struct node *n, const char *name, const char *path)
{
	uint8_t token[16];
	auto_arena struct arena a = {0};
	struct receipt r;

	arena_init(&a, 0);
	if (!str_hex(str_from(name), token, sizeof(token)))
		return is_old(path);
	int rc = receipt_get_token(n->state, token, &a, &r, NULL);
	return rc == 1 ? r.state == RECEIPT_DONE || r.state == RECEIPT_ASIDE : rc == 0 && is_old(path);
}

int see_sweep(struct node *n, unsigned *ret, struct err *e)
{
	char folder[NODE_PATH], path[NODE_PATH + 256];
	struct dirent *d;
	int rc = 0;

	*ret = 0;
	snprintf(folder, sizeof(folder), "%.*s/spool", STR_ARG(n->folder));
	DIR *dir = opendir(folder);
	if (dir == NULL)
		return err_sys(e, "cannot list '%s'", folder);
	while (rc == 0 && (d = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", folder, d->d_name);
		if (d->d_name[0] == '.' || !unwanted(n, d->d_name, path))
			continue;
		rc = os_delete(path, e);
		*ret += rc == 0;
	}
	closedir(dir);
	return rc;
}
