/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/feed.h"
#include "base/os.h"
#include "cli/country.h"
#include "proc/job.h"
#include "read/map.h"
#include <dirent.h>
#include <unistd.h>

/* --map: a mapping in YAML, or, if it begins like JSON, the schema of the publisher. */
static int take_map(struct arena *a, const char *path, struct feed *feed, struct err *e)
{
	auto_buf struct buf b = {0};
	struct read_mapping *m = arena_new(a, struct read_mapping);
	struct conf *conf;

	if (os_read_file(path, (size_t)8 << 20, &b, e) != 0)
		return ERR_VALUE;
	if (str_starts(str_trim(buf_str(&b)), STR("{"))) {
		feed->job.options.publisher_map = arena_str(a, buf_str(&b));
		return 0;
	}
	if (conf_parse(a, str_from(path), buf_str(&b), &conf, e) != 0 || map_parse(a, conf, m, e) != 0)
		return ERR_VALUE;
	feed->job.options.map = &m->map;
	feed->job.settings.time_format = m->time_format;
	if (m->time_zone.len != 0)
		feed->job.options.timezone = m->time_zone;
	return 0;
}

static void take_file(struct feed *feed, const struct feed_file *f)
{
	struct feed old = *feed;

	feed->text = (struct event_text_options){.feed_name = f->name,
	        .feed_provider = f->provider,
	        .feed_code = f->code,
	        .feed_url = f->url,
	        .feed_documentation = f->documentation,
	        .accuracy = f->accuracy};
	job_for_feed(&feed->job, f);
	if (old.job.options.timezone.len != 0)
		feed->job.options.timezone = old.job.options.timezone;
}

static const char *feeds_folder(const struct cli *c, struct arena *a)
{
	struct country_paths paths = country_paths(c);

	return paths.conf != NULL ? arena_printf(a, "%s/feeds", paths.conf).p
	                          : country_sample(&paths, a, "country/feeds");
}

/* --feed NAME: the file of that name in the country's folder, or in the defaults. Without a file it is only a
 * name. */
static int take_feed(const struct cli *c, struct arena *a, const char *name, struct feed *feed, struct err *e)
{
	struct country_paths paths = country_paths(c);
	const char *path = arena_printf(a, "%s/%s.yaml", feeds_folder(c, a), name).p;
	struct feed_file *f = arena_new(a, struct feed_file);

	feed->text.feed_name = str_from(name);
	if (str_has(str_from(name), '/'))
		return 0;
	if (access(path, R_OK) != 0)
		path = country_sample(&paths, a, arena_printf(a, "../conf/feeds/%s.yaml", name).p);
	if (access(path, R_OK) != 0)
		return 0;
	if (feed_read(a, path, f, e) != 0)
		return ERR_VALUE;
	take_file(feed, f);
	return 0;
}

static int is_feed(const struct dirent *d)
{
	return str_ends(str_from(d->d_name), STR(".yaml"));
}

/* Feeds of the country that know their files by name, in the order of their own names. */
static int load_known(const struct cli *c, struct arena *a, struct feeds *f, struct err *e)
{
	struct dirent **names = NULL;
	const char *folder = feeds_folder(c, a);
	int n = scandir(folder, &names, is_feed, alphasort), rc = 0;
	struct feed_file *known = arena_array(a, n > 0 ? (size_t)n : 1, sizeof(*known));

	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = feed_read(a, arena_printf(a, "%s/%s", folder, names[i]->d_name).p,
			        &known[f->nknown], e);
		f->nknown += rc == 0 && known[f->nknown].nfiles > 0;
		free(names[i]);
	}
	free(names);
	f->known = known;
	return rc;
}

int feeds_load(const struct cli *c, struct arena *a, struct feeds *ret, struct err *e)
{
	const char *format = cli_value(c, "format"), *name = cli_value(c, "feed"),
	           *zone = cli_value(c, "timezone"), *delimiter = cli_value(c, "delimiter"),
	           *map = cli_value(c, "map");
	struct feeds f = {.given.text.accuracy = -1, .fixed = format != NULL || name != NULL || map != NULL};
	struct feed *feed = &f.given;
	struct zone *tried;

	if (name != NULL && take_feed(c, a, name, feed, e) != 0)
		return ERR_VALUE;
	if (format != NULL && (feed->job.reader = reader_find(str_from(format))) == NULL)
		return err_set(e, ERR_VALUE, "there is no format '%s'; 'weir formats' lists them", format);
	if (map != NULL && take_map(a, map, feed, e) != 0)
		return ERR_VALUE;
	if (zone != NULL)
		feed->job.options.timezone = str_from(zone);
	if (feed->job.options.timezone.len != 0 && zone_open(a, feed->job.options.timezone, &tried, e) != 0)
		return ERR_VALUE;
	if (delimiter != NULL)
		feed->job.options.delimiter = str_from(delimiter);
	if (!f.fixed && load_known(c, a, &f, e) != 0)
		return ERR_VALUE;
	*ret = f;
	return 0;
}

struct feed feeds_for(const struct feeds *f, const char *path)
{
	struct feed feed = f->given;
	struct str_cut cut = str_rcut(str_from(path), '/');
	struct str base = cut.ok ? cut.tail : str_from(path);

	/* "fd:N:NAME" */
	if (str_starts(base, STR("fd:")))
		base = str_cut(str_skip(base, 3), ':').tail;
	for (size_t i = 0; !f->fixed && i < f->nknown; i++)
		if (feed_has_file(&f->known[i], base)) {
			take_file(&feed, &f->known[i]);
			break;
		}
	return feed;
}

struct decide_feed feed_facts(const struct feed *feed)
{
	return (struct decide_feed){.name = feed->text.feed_name,
	        .provider = feed->text.feed_provider,
	        .code = feed->text.feed_code,
	        .url = feed->text.feed_url,
	        .documentation = feed->text.feed_documentation,
	        .accuracy = feed->text.accuracy,
	        .label = feed->job.settings.tlp,
	        .floor = feed->job.settings.floor};
}
