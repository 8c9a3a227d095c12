/* SPDX-License-Identifier: Apache-2.0
 *
 * weir report: what somebody who helps must know about a node, and nothing about whom it serves. One text file, so that
 * who sends it can read it first. It goes by what may stand in it, never by what may not: options by their names, feeds
 * by the names that Weir gave them, sentences without what they quote (mask.h).
 *
 * A running node is asked; of one that does not run state.db is read.
 */
#include "base/log.h"
#include "base/os.h"
#include "base/plural.h"
#include "base/sanitized.h"
#include "cli/country.h"
#include "cli/mask.h"
#include "cli/node.h"
#include "event/value.h"
#include "read/feed.h"
#include "see/node.h"
#include "web/route.h"
#include <dirent.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

struct report {
	struct cli *cli;
	struct buf *out;
	struct arena arena;
	struct country_paths paths;
	const char *conf, *state; /* folders */
	struct mask mask;
	struct client *client; /* NULL: no node runs */
	struct db *db;         /* then; NULL: it cannot be read */
	VEC(struct str) feeds; /* names of feeds that are not Weir's, in the order in which they were met */
};

static void section(struct report *r, const char *name)
{
	buf_printf(r->out, "\n== %s\n\n", name);
}

static void masked(struct report *r, struct str line)
{
	mask_sentence(r->out, &r->mask, line);
	buf_char(r->out, '\n');
}

/* ---- program and machine ------------------------------------------------------------------------- */

static void put_program(struct report *r)
{
	section(r, "program");
	buf_printf(r->out, "weir %s, tables of state.db: version %u\n", WEIR_VERSION, state_version());
	buf_printf(r->out, "built by %s %s\n",
#ifdef __clang__
	        "clang",
#else
	        "gcc",
#endif
	        __VERSION__);
	buf_printf(r->out, "optimised: %s, sanitizers: %s, its data: %s\n",
#ifdef __OPTIMIZE__
	        "yes",
#else
	        "no",
#endif
#if SANITIZED
	        "yes",
#else
	        "no",
#endif
	        str_eq(str_from(WEIR_DATA), STR("/usr/local/share/weir")) ||
	                        str_eq(str_from(WEIR_DATA), STR("/usr/share/weir"))
	                ? WEIR_DATA
	                : "elsewhere");
}

/* The line of a small file that begins with key. */
static void put_line_of(struct report *r, const char *path, const char *key)
{
	auto_buf struct buf b = {0};

	if (os_read_file(path, 1 << 20, &b, NULL) != 0)
		return;
	for (struct str text = buf_str(&b); text.len != 0;) {
		struct str_cut line = str_cut(text, '\n');
		if (str_starts(line.head, str_from(key)))
			buf_printf(r->out, "%.*s\n", STR_ARG(line.head));
		text = line.tail;
	}
}

static void put_machine(struct report *r)
{
	struct utsname u;

	section(r, "machine");
	/* not its name */
	if (uname(&u) == 0)
		buf_printf(r->out, "%s %s %s\n", u.sysname, u.release, u.machine);
	put_line_of(r, "/etc/os-release", "PRETTY_NAME=");
	buf_printf(r->out, "processors: %ld\n", sysconf(_SC_NPROCESSORS_ONLN));
	put_line_of(r, "/proc/meminfo", "MemTotal:");
	put_line_of(r, "/proc/meminfo", "MemAvailable:");
}

/* ---- what the node says -------------------------------------------------------------------------- */

static struct str no_param(const void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return (struct str){0};
}

static int ask_here(struct report *r, const char *path, struct buf *ret)
{
	struct reply reply = {0};
	struct ask ask = {.path = str_from(path),
	        .param = no_param,
	        .state = r->db,
	        .folder = r->state,
	        .arena = &r->arena};

	route_get(&ask, &reply);
	buf_add(ret, buf_str(&reply.body));
	buf_done(&reply.body);
	return reply.status;
}

/* True if *ret is the answer; else why not was said in the report. */
static bool ask_node(struct report *r, const char *path, struct buf *ret)
{
	struct err e = {0};
	int status = r->client != NULL ? client_get(r->client, path, ret, &e)
	        : r->db != NULL        ? ask_here(r, path, ret)
	                               : 0;

	if (status == 200)
		return true;
	if (status == 0)
		buf_add(r->out, STR("no node runs, and its state cannot be read\n"));
	else
		masked(r, status < 0 ? str_from(e.text) : str_trim(buf_str(ret)));
	return false;
}

static void put_answer(struct report *r, const char *name, const char *path)
{
	auto_buf struct buf b = {0};

	section(r, name);
	if (ask_node(r, path, &b))
		buf_add(r->out, buf_str(&b));
}

/* A feed of Weir's own has a public name; others are "feed-1", "feed-2", ... */
static const char *feed_name(struct report *r, struct str name)
{
	const char *shipped = country_sample(
	        &r->paths, &r->arena, arena_printf(&r->arena, "../conf/feeds/%.*s.yaml", STR_ARG(name)).p);
	struct stat st;
	size_t i = 0;

	if (mask_is_word(name) && !str_has(name, '/') && stat(shipped, &st) == 0)
		return arena_str(&r->arena, name).p;
	while (i < r->feeds.n && !str_eq(r->feeds.v[i], name))
		i++;
	if (i == r->feeds.n)
		*vec_add(&r->feeds) = arena_str(&r->arena, name);
	return arena_printf(&r->arena, "feed-%zu", i + 1).p;
}

/* The names of feeds are the only words in it that are not Weir's. */
static void put_metrics(struct report *r)
{
	static const struct str key = STR_INIT("{feed=\"");
	auto_buf struct buf b = {0};

	section(r, "metrics");
	if (!ask_node(r, "/metrics", &b))
		return;
	for (struct str text = buf_str(&b); text.len != 0;) {
		struct str_cut line = str_cut(text, '\n');
		size_t at = str_find_str(line.head, 0, key);
		struct str_cut end = str_rcut(line.head, '"');
		if (at != SIZE_MAX) {
			size_t from = at + key.len;
			buf_add(r->out, str_sub(line.head, 0, from));
			buf_add(r->out,
			        str_from(feed_name(r, str_sub(line.head, from, end.head.len - from))));
			buf_char(r->out, '"');
			buf_add(r->out, end.tail);
		} else {
			buf_add(r->out, line.head);
		}
		buf_char(r->out, '\n');
		text = line.tail;
	}
}

/* ---- configuration ------------------------------------------------------------------------------- */

/* Options whose values may be seen; of all others it is seen that they are set. */
static bool is_shown(struct str map, struct str key)
{
	static const char *const names[] = {"country", "sample", "timezone", "log", "mail.port", "mail.tls",
	        "mail.mode", "mail.delay", "mail.a-minute"};
	char name[96];

	snprintf(name, sizeof(name), "%.*s%s%.*s", STR_ARG(map), map.len != 0 ? "." : "", STR_ARG(key));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eq(str_from(name), str_from(names[i])))
			return true;
	return false;
}

static void put_option(struct report *r, struct str map, const struct conf *c)
{
	bool mail = map.len == 0 && c->kind == CONF_MAP && str_eq(c->key, STR("mail"));
	unsigned n = 0;

	buf_printf(r->out, "%s%.*s:", map.len != 0 ? "  " : "",
	        STR_ARG(mask_is_word(c->key) ? c->key : STR("***")));
	for (const struct conf *k = c->first; k != NULL; k = k->next)
		n++;
	if (c->kind == CONF_SCALAR)
		buf_printf(r->out, " %.*s\n",
		        STR_ARG(is_shown(map, c->key) && mask_is_word(c->text) ? c->text : STR("***")));
	else if (mail)
		buf_char(r->out, '\n');
	else
		plural_printf(r->out, " %u entries\n", n);
	for (const struct conf *k = mail ? c->first : NULL; k != NULL; k = k->next)
		put_option(r, c->key, k);
}

static void put_options(struct report *r)
{
	struct conf *c;
	struct err e;

	section(r, "weir.yaml, without what is not for others");
	if (conf_read(&r->arena, arena_printf(&r->arena, "%s/weir.yaml", r->conf).p, &c, &e) != 0)
		masked(r, str_from(e.text));
	else
		for (const struct conf *k = c->first; k != NULL; k = k->next)
			put_option(r, STR(""), k);
}

static int is_yaml(const struct dirent *d)
{
	return d->d_name[0] != '.' && str_ends(str_from(d->d_name), STR(".yaml"));
}

static void put_feed(struct report *r, const char *path, struct str file)
{
	static const char *const kinds[] = {
	        [FEED_LOG] = "log", [FEED_SNAPSHOT] = "snapshot", [FEED_DELTA] = "delta"};
	const char *name = feed_name(r, str_sub(file, 0, file.len - 5));
	struct feed_file f;

	if (feed_read(&r->arena, path, &f, NULL) != 0) {
		buf_printf(r->out, "%s: cannot be read\n", name);
		return;
	}
	buf_printf(r->out, "%s: %s, %s, every %llu s, %s%s%s%s\n", name, f.enabled ? "enabled" : "off",
	        kinds[f.kind], (unsigned long long)f.cadence,
	        f.reader != NULL ? f.reader->name : "any format", node_fetched(&f) ? ", fetched" : "",
	        f.password_file.len != 0 || f.header_file.len != 0 ? ", with a credential" : "",
	        f.mapped ? ", with a mapping" : "");
}

/* Of a folder of the country: how many files; feeds one by one. */
static void put_folder(struct report *r, const char *name, bool feeds)
{
	const char *folder = arena_printf(&r->arena, "%s/%s", r->conf, name).p;
	struct dirent **names = NULL;
	int n = scandir(folder, &names, is_yaml, alphasort);

	plural_printf(r->out, "%s/: %d files\n", name, n > 0 ? n : 0);
	for (int i = 0; i < n; i++) {
		if (feeds)
			put_feed(r, arena_printf(&r->arena, "%s/%s", folder, names[i]->d_name).p,
			        str_from(names[i]->d_name));
		free(names[i]);
	}
	free(names);
}

/* What 'weir check' says of that folder. */
static void put_check(struct report *r)
{
	const char *argv[6] = {"weir", "check", "--conf", r->conf};
	int argc = 4;
	struct cli sub = {.table = r->cli->table, .out_fd = -1};
	struct err e;

	section(r, "weir check");
	if (r->paths.sample != NULL) {
		argv[argc++] = "--sample";
		argv[argc++] = r->paths.sample;
	}
	if (cli_parse(&sub, argc, argv, &e) == 0)
		(void)sub.command->run(&sub);
	for (struct str text = buf_str(&sub.out); text.len != 0;) {
		struct str_cut line = str_cut(text, '\n');
		masked(r, line.head);
		text = line.tail;
	}
	cli_done(&sub);
}

/* ---- all of it ----------------------------------------------------------------------------------- */

static void put_head(struct report *r)
{
	char now[64];

	buf_printf(r->out,
	        "A report about a node of Weir, made %.*s.\n"
	        "It holds no report, letter, owner, contact, address, person or secret; what may be one is "
	        "***. Read it "
	        "before you send it.\n",
	        (int)value_time_print(now, os_now()), now);
}

static void put_log(struct report *r)
{
	section(r, "log");
	buf_add(r->out,
	        STR("The node logs to standard error; under systemd the last lines are:\n\n"
	            "    journalctl -u weir -n 500 --no-pager\n\n"
	            "They are not in here. They name files of reports, and where the configuration is wrong "
	            "what stands in "
	            "it: read them before you send them.\n"));
}

static void open_node(struct report *r)
{
	struct err e;
	struct stat st;
	const char *path = arena_printf(&r->arena, "%s/state.db", r->state).p;

	if (client_open(r->state, &r->client, &e) == 0)
		return;
	r->client = NULL;
	if (stat(path, &st) == 0 && state_open(r->state, DB_READ, &r->db, &e) != 0)
		r->db = NULL;
}

static void make(struct report *r)
{
	put_head(r);
	put_program(r);
	put_machine(r);
	open_node(r);
	buf_printf(r->out, "the node %s\n", r->client != NULL ? "runs" : "does not run");
	put_answer(r, "processes", "/processes");
	put_answer(r, "status", "/status");
	put_metrics(r);
	put_answer(r, "rows of state.db", "/tables");
	put_options(r);
	section(r, "folders of the configuration");
	put_folder(r, "rules", false);
	put_folder(r, "feeds", true);
	put_check(r);
	put_log(r);
	client_close(r->client);
	db_close(r->db);
}

static int report_run(struct cli *c)
{
	const char *to = c->operands.n > 0 ? c->operands.v[0] : NULL;
	auto_buf struct buf text = {0};
	struct report r = {.cli = c, .out = &text, .paths = country_node_paths(c), .state = node_state(c)};
	struct err e;

	arena_init(&r.arena, 0);
	r.conf = r.paths.conf != NULL ? r.paths.conf : country_sample(&r.paths, &r.arena, "country");
	r.mask = (struct mask){str_from(r.conf), str_from(r.state)};
	make(&r);
	vec_done(&r.feeds);
	arena_done(&r.arena);
	if (to == NULL) {
		buf_add(&c->out, buf_str(&text));
		return CLI_OK;
	}
	if (os_write_file(to, buf_str(&text), &e) != 0) {
		log_error("%s", e.text);
		return CLI_FAIL;
	}
	plural_printf(&c->out, "%s: %zu bytes; read it before you send it\n", to, text.len);
	return CLI_OK;
}

const struct command command_report = {
        .name = "report",
        .params = "[OUT]",
        .about = "write down what somebody who helps must know, and nothing about whom the node serves",
        .text = "Version, machine, processes, status, metrics, rows of the tables, the configuration, what "
                "'weir check' "
                "says. Options that are not known to be harmless, and all that a sentence quotes, are "
                "masked; no report, "
                "letter, owner, contact, address, person or secret stands in it. It is text: read it before "
                "you send "
                "it. Without OUT it goes to standard output.\n\n"
                "A running node is asked; of one that does not run state.db is read.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        FOLDER_OPTIONS,
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir report /tmp/node.txt", "for a mail to who helps"},
                        {NULL, NULL},
                },
        .max = 1,
        .offline = true,
        .run = report_run,
};
