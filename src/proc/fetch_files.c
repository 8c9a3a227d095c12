/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of those who fetch: what libraries need, the configuration, the secrets that feeds name (also those that are
 * not enabled, for "weir feed try"), and the spool. Nothing else of the state.
 */
#include "proc/fetch.h"
#include "proc/fetch_in.h"
#include "proc/reach.h"
#include <dirent.h>

/* Calls each for what a feed names. */
static void each_named(const struct feed_file *feed, void (*each)(void *arg, struct str path), void *arg)
{
	const struct str named[] = {feed->password_file, feed->header_file, feed->mailbox.ca_file,
	        feed->mailbox.token_file, feed->api.key_file, feed->api.secret_file};

	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		each(arg, named[i]);
}

/* For what all feeds of the folder name; a file that cannot be read names nothing. */
static void each_feed(const struct country *c, void (*each)(void *arg, struct str path), void *arg)
{
	auto_arena struct arena a = {0};
	struct dirent *d;

	arena_init(&a, 0);
	DIR *dir = opendir(arena_printf(&a, "%.*s/feeds", STR_ARG(c->folder)).p);
	while (dir != NULL && (d = readdir(dir)) != NULL) {
		struct feed_file feed;
		struct err e;
		if (str_ends(str_from(d->d_name), STR(".yaml")) &&
		        feed_read(&a, arena_printf(&a, "%.*s/feeds/%s", STR_ARG(c->folder), d->d_name).p,
		                &feed, &e) == 0)
			each_named(&feed, each, arg);
		arena_reset(&a);
	}
	if (dir != NULL)
		closedir(dir);
}

struct adding {
	struct reach *files;
	const char *state;
};

static void add(void *arg, struct str path)
{
	struct adding *a = arg;

	reach_add_named(a->files, path, a->state);
}

struct reach *fetch_files(const struct serve_options *o, const struct country *c)
{
	char spool[NODE_PATH];
	struct adding a = {reach_new(), o->state};

	snprintf(spool, sizeof(spool), "%s/spool", o->state);
	reach_add_system(a.files);
	reach_add_country(a.files, &o->paths);
	reach_add(a.files, spool, REACH_READ | REACH_WRITE | REACH_REMOVE);
	each_feed(c, add, &a);
	return a.files;
}

struct asked {
	const struct reach *files;
	bool good;
};

static void ask(void *arg, struct str path)
{
	struct asked *a = arg;

	a->good = a->good && reach_cover(a->files, path);
}

bool fetch_may_open(struct fetching *f, const struct country *c)
{
	struct asked a = {f->files, true};

	each_feed(c, ask, &a);
	return a.good;
}

bool fetch_feed_may_open(const struct fetching *f, const struct feed_file *feed)
{
	struct asked a = {f->files, true};

	each_named(feed, ask, &a);
	return a.good;
}
