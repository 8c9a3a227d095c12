/* SPDX-License-Identifier: Apache-2.0
 *
 * The folder in/: a file that is renamed into it is a delivery; in/FEED/ is for that feed. Names that begin with a dot
 * or end in .tmp or .part are files on their way. The file gets a second name in the spool, is accepted, and loses the
 * first: whatever is cut off is done again under the same token. One that cannot be taken is complained of, and stays; the others go on.
 */
#include "base/digest.h"
#include "base/os.h"
#include "see/see.h"
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* Files of one round, so that others have their turn. */
#define ROUND 64
/* Files that are named when they cannot be taken. */
#define NAMED 20

struct drop {
	struct node *n;
	struct arena *a;
	struct buf *complaints;
	unsigned taken, seen, refused;
};

static bool is_ready(const char *name)
{
	struct str s = str_from(name);

	return s.len > 0 && s.p[0] != '.' && !str_ends(s, STR(".tmp")) && !str_ends(s, STR(".part"));
}

/* The same for the same file. */
static void token_of(const char *path, const struct stat *st, uint8_t ret[RECEIPT_TOKEN])
{
	struct digest *d = digest_new();
	uint8_t sum[DIGEST_LEN];
	char text[128];

	snprintf(text, sizeof(text), " %ju %jd %jd.%09ld", (uintmax_t)st->st_ino, (intmax_t)st->st_size,
	        (intmax_t)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
	digest_add(d, str_from(path));
	digest_add(d, str_from(text));
	digest_done(d, sum);
	memcpy(ret, sum, RECEIPT_TOKEN);
}

/* ERR_VALUE if it cannot be read; ERR_SYS if the disk may have lost some of it: to sync it once more would say nothing. */
static int digest_file(const char *path, struct receipt *r, struct err *e)
{
	auto_fd int fd = os_open(path, e);
	if (fd < 0)
		return ERR_VALUE;
	char *buf = mem_get(1 << 20);
	struct digest *d = digest_new();
	ssize_t n;
	while ((n = os_read_full(fd, buf, 1 << 20)) > 0) {
		digest_add(d, str_make(buf, (size_t)n));
		r->size += (uint64_t)n;
	}
	digest_done(d, r->sha256);
	free(buf);
	if (n < 0) {
		err_sys(e, "cannot read '%s'", path);
		return ERR_VALUE;
	}
	/* whoever wrote it may not have synced it */
	return os_sync(fd, path, e) != 0 ? ERR_SYS : 0;
}

/* Before any of it is read: it is looked at each second. */
static int check_feed(const struct drop *d, struct str feed, struct err *e)
{
	if (feed.len == 0 || node_feed(d->n, feed) != NULL)
		return 0;
	return err_set(e, ERR_VALUE, "there is no feed '%.*s'; the files in %.*s/feeds are the feeds",
	        STR_ARG(feed), STR_ARG(d->n->country.folder));
}

static int accept_file(struct drop *d, const char *path, const char *name, struct str feed, struct err *e)
{
	struct receipt got, r = {.name = str_from(name), .feed = feed, .via = STR("spool")};
	char spool[NODE_PATH];
	struct stat st;

	if (lstat(path, &st) != 0)
		return 0;
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_VALUE,
		        "this is no file but a link or a device: rename the file itself to here");
	if (check_feed(d, feed, e) != 0)
		return ERR_VALUE;
	token_of(path, &st, r.token);
	int rc = digest_file(path, &r, e);
	if (rc != 0)
		return rc;
	node_spool(d->n, r.token, spool);
	if (link(path, spool) != 0 && errno != EEXIST) {
		err_sys(e, "cannot take '%s'", path);
		return ERR_VALUE;
	}
	rc = see_accept(d->n, &r, d->a, &got, e);
	if (rc == SEE_SAME || rc < 0 || got.state == RECEIPT_DONE || got.state == RECEIPT_ASIDE)
		(void)os_delete(spool, NULL);
	if (rc < 0)
		return rc;
	d->taken += rc != SEE_SAME;
	return os_delete(path, e) != 0 ? ERR_VALUE : 0;
}

static void complain(struct drop *d, const char *path, const struct err *e)
{
	char shown[512];

	if (d->refused++ >= NAMED)
		return;
	/* what the system refuses is said with the path */
	if (strstr(e->text, path) == NULL)
		buf_printf(d->complaints, "%s: ", err_quote(shown, sizeof(shown), str_from(path)).p);
	buf_printf(d->complaints, "%s\n", e->text);
}

static int take_folder(struct drop *d, const char *folder, struct str feed, struct err *e)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int rc = 0;

	if (dir == NULL) {
		err_sys(e, "cannot list '%s'", folder);
		complain(d, folder, e);
		return 0;
	}
	while (rc == 0 && d->seen < ROUND && (entry = readdir(dir)) != NULL) {
		const char *path = arena_printf(d->a, "%s/%s", folder, entry->d_name).p;
		struct stat st;
		if (!is_ready(entry->d_name) || lstat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			if (feed.len == 0)
				rc = take_folder(d, path, str_from(entry->d_name), e);
			continue;
		}
		d->seen++;
		rc = accept_file(d, path, entry->d_name, feed, e);
		/* of a folder that is no feed, or a file that the node's user may not read */
		if (rc == ERR_VALUE) {
			complain(d, path, e);
			d->seen--;
			rc = 0;
		}
	}
	closedir(dir);
	return rc;
}

/* People look at the status sooner than at the log. */
static void note_refused(struct node *n, unsigned refused)
{
	db_begin(n->state);
	state_meta_number(n->state, "drop.refused", refused);
	if (db_commit(n->state, NULL) == 0)
		n->drop_refused = refused;
}

int see_drop(struct node *n, struct buf *complaints, unsigned *ret, struct err *e)
{
	auto_arena struct arena a = {0};
	struct drop d = {.n = n, .a = &a, .complaints = complaints};

	arena_init(&a, 0);
	int rc = take_folder(&d, arena_printf(&a, "%.*s/in", STR_ARG(n->folder)).p, (struct str){0}, e);
	if (d.refused > NAMED)
		buf_printf(complaints, "%u more files cannot be taken\n", d.refused - NAMED);
	*ret = d.taken;
	if (d.refused != n->drop_refused)
		note_refused(n, d.refused);
	return rc;
}
