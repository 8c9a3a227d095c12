/* SPDX-License-Identifier: Apache-2.0
 *
 * Which files the processes of a node may open: each list is closed in a child, which then tries.
 */
#include "base/vec.h"
#include "proc/desk.h"
#include "proc/fetch.h"
#include "proc/post.h"
#include "proc/reach.h"
#include "proc/readers.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char root[] = "/tmp/weir-files-XXXXXX";

static const char *at(const char *name)
{
	static char path[256];

	/* what begins with '/' is outside */
	snprintf(path, sizeof(path), "%s%s%s", name[0] == '/' ? "" : root, name[0] == '/' ? "" : "/", name);
	return path;
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(at(name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int make(void **state)
{
	static const char *const folders[] = {"state", "state/spool", "state/letters", "state/day", "conf",
	        "conf/feeds", "conf/rules", "secrets", "feed-secrets", "other"};
	char yaml[512];

	(void)state;
	if (mkdtemp(root) == NULL)
		return -1;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		mkdir(at(folders[i]), 0700);
	put("state/state.db", "x");
	put("state/letters/a.eml", "x");
	put("secrets/password", "x");
	put("feed-secrets/key", "x");
	put("other/secret", "x");
	put("inside", "x");
	snprintf(yaml, sizeof(yaml),
	        "country: XA\nmail:\n  from: cert@cert.example\n  host: mail.example\n  user: cert\n  "
	        "password-file: "
	        "%s/secrets/password\n",
	        root);
	put("conf/weir.yaml", yaml);
	snprintf(yaml, sizeof(yaml),
	        "name: x\nurl: https://feeds.example/x\nuser: cert\npassword-file: %s/feed-secrets/key\n",
	        root);
	put("conf/feeds/x.yaml", yaml);
	/* beside the state: the file alone, since its folder has the state in it */
	snprintf(yaml, sizeof(yaml), "name: y\nurl: https://feeds.example/y\nheader-file: %s/inside\n", root);
	put("conf/feeds/y.yaml", yaml);
	return 0;
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *at_level)
{
	(void)st;
	(void)kind;
	(void)at_level;
	return remove(path);
}

static int clean(void **state)
{
	(void)state;
	return nftw(root, drop, 8, FTW_DEPTH | FTW_PHYS);
}

struct trial {
	const char *path;
	int how; /* of open, or REMOVE */
	bool may;
};
#define REMOVE -1
#define MAKE (O_WRONLY | O_CREAT)

static int attempt(const struct trial *t)
{
	if (t->how == REMOVE)
		return unlink(at(t->path)) == 0 ? 0 : errno;
	int fd = open(at(t->path), t->how | O_CLOEXEC, 0600);
	return fd >= 0 ? close(fd) : errno;
}

/* Exit status of the child: 0, or 1 + the trial that went otherwise. */
static int child(struct reach *f, const struct trial *t, size_t n)
{
	struct err e;

	if (reach_close(f, &e) != 1)
		return 255;
	for (size_t i = 0; i < n; i++) {
		int rc = attempt(&t[i]);
		if (rc != (t[i].may ? 0 : EACCES)) {
			fprintf(stderr, "%s (%d): %s\n", at(t[i].path), t[i].how, strerror(rc));
			return (int)i + 1;
		}
	}
	return 0;
}

static void tried(struct reach *f, const struct trial *t, size_t n)
{
	int status = 0;

	if (!reach_can_close()) {
		reach_free(f);
		skip();
	}
	pid_t pid = fork();
	if (pid == 0)
		_exit(child(f, t, n));
	reach_free(f);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}
#define TRIED(files, ...)                                                                                    \
	do {                                                                                                 \
		static const struct trial trials_[] = {__VA_ARGS__};                                         \
		tried(files, trials_, sizeof(trials_) / sizeof(trials_[0]));                                 \
	} while (0)

static struct serve_options options(char *conf, char *folder)
{
	snprintf(conf, 256, "%s", at("conf"));
	snprintf(folder, 256, "%s", at("state"));
	return (struct serve_options){.state = folder, .paths = {.conf = conf}};
}

static void desk(void **state)
{
	char conf[256], folder[256];
	struct serve_options o = options(conf, folder);

	(void)state;
	TRIED(desk_files(&o), {"state/state.db", O_RDONLY, true}, {"state/state.db-shm", MAKE, true},
	        {"state/letters/a.eml", O_RDONLY, true}, {"state/letters/a.eml", REMOVE, false},
	        {"state/state.db", REMOVE, false}, {"state/spool/new", MAKE, true},
	        {"state/spool/new", REMOVE, true}, {"conf/weir.yaml", O_RDONLY, false},
	        {"secrets/password", O_RDONLY, false}, {"other/secret", O_RDONLY, false},
	        {"other/new", MAKE, false}, {"/etc/passwd", O_RDONLY, false},
	        {"/proc/self/stat", O_RDONLY, false});
}

static void post(void **state)
{
	char conf[256], folder[256];
	struct serve_options o = options(conf, folder);
	struct country c;
	struct err e;

	(void)state;
	if (country_open(&o.paths, &c, &e) != 0)
		fail_msg("%s", e.text);
	TRIED(post_files(&o, &c), {"conf/weir.yaml", O_RDONLY, true}, {"conf/weir.yaml", O_WRONLY, false},
	        {"secrets/password", O_RDONLY, true}, {"secrets/password", O_WRONLY, false},
	        {"secrets/password", REMOVE, false}, {"feed-secrets/key", O_RDONLY, false},
	        {"state/state.db", O_RDONLY, false}, {"state/letters/a.eml", O_RDONLY, false},
	        {"state/spool/new", MAKE, false}, {"other/secret", O_RDONLY, false},
	        {"/etc/passwd", O_RDONLY, true});
	country_done(&c);
}

static void fetch(void **state)
{
	char conf[256], folder[256];
	struct serve_options o = options(conf, folder);
	struct country c;
	struct err e;

	(void)state;
	if (country_open(&o.paths, &c, &e) != 0)
		fail_msg("%s", e.text);
	TRIED(fetch_files(&o, &c), {"conf/feeds/x.yaml", O_RDONLY, true},
	        {"feed-secrets/key", O_RDONLY, true}, {"inside", O_RDONLY, true}, {"inside", O_WRONLY, false},
	        {"state/spool/new", MAKE, true}, {"state/spool/new", REMOVE, true},
	        {"state/state.db", O_RDONLY, false}, {"state/letters/a.eml", O_RDONLY, false},
	        {"state/letters/new", MAKE, false}, {"secrets/password", O_RDONLY, false},
	        {"other/secret", O_RDONLY, false});
	country_done(&c);
}

static void readers(void **state)
{
	(void)state;
	TRIED(readers_files(), {"/dev/null", O_RDWR, true}, {"/proc/self/stat", O_RDONLY, true},
	        {"state/state.db", O_RDONLY, false}, {"state/spool/new", MAKE, false},
	        {"conf/weir.yaml", O_RDONLY, false}, {"secrets/password", O_RDONLY, false},
	        {"other/secret", O_RDONLY, false});
}

/* What the configuration names later: it is said before anybody meets a refusal. */
static void cover(void **state)
{
	struct reach *f = reach_new();
	int status = 0;

	(void)state;
	reach_add_named(f, str_from(at("secrets/password")), "/nowhere");
	reach_add_named(f, STR(""), "/nowhere");
	assert_true(reach_cover(f, str_from(at("other/secret")))); /* it was never closed */
	assert_true(reach_cover(NULL, str_from(at("other/secret"))));
	pid_t pid = fork();
	if (pid == 0) {
		struct err e;
		bool good = reach_close(f, &e) != 1 ||
		        (reach_cover(f, str_from(at("secrets/password"))) && reach_cover(f, STR("")) &&
		                reach_cover(f, str_from(at("secrets/not-there"))) &&
		                !reach_cover(f, str_from(at("other/secret"))) &&
		                !reach_cover(f, str_from(at("conf/weir.yaml"))));
		_exit(!good);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	reach_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(desk), cmocka_unit_test(post),
	        cmocka_unit_test(fetch), cmocka_unit_test(readers), cmocka_unit_test(cover)};

	return cmocka_run_group_tests(tests, make, clean);
}
