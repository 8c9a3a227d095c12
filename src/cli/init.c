/* SPDX-License-Identifier: Apache-2.0
 *
 * weir init: the folder of a country of one's own, copied from the commented defaults. What is there already
 * stays as it is: the program never changes what an administrator wrote.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/cli.h"
#include "cli/country.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define INIT_DEPTH 4

static int make_folder(const char *path, struct err *e)
{
	if (mkdir(path, 0755) == 0 || errno == EEXIST)
		return 0;
	return err_sys(e, "cannot make the folder '%s'", path);
}

static int copy_file(struct cli *c, const char *from, const char *to, struct err *e)
{
	auto_buf struct buf b = {0};
	auto_fd int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0 && errno == EEXIST) {
		buf_printf(&c->out, "kept    %s\n", to);
		return 0;
	}
	if (fd < 0)
		return err_sys(e, "cannot create '%s'", to);
	if (os_read_file(from, (size_t)1 << 20, &b, e) != 0)
		return e->code;
	buf_printf(&c->out, "made    %s\n", to);
	return os_write_all(fd, buf_str(&b), e);
}

static int not_hidden(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int copy_folder(
        struct cli *c, struct arena *a, const char *from, const char *to, int depth, struct err *e)
{
	struct dirent **names = NULL;
	int n = scandir(from, &names, not_hidden, alphasort),
	    rc = n < 0 ? err_sys(e, "cannot list '%s'", from) : 0;

	if (rc == 0)
		rc = make_folder(to, e);
	for (int i = 0; i < n; i++) {
		const char *source = arena_printf(a, "%s/%s", from, names[i]->d_name).p;
		const char *target = arena_printf(a, "%s/%s", to, names[i]->d_name).p;
		struct stat st;
		if (rc == 0 && stat(source, &st) == 0 && S_ISDIR(st.st_mode) && depth < INIT_DEPTH)
			rc = copy_folder(c, a, source, target, depth + 1, e);
		else if (rc == 0)
			rc = copy_file(c, source, target, e);
		free(names[i]);
	}
	free(names);
	return rc;
}

static int init_run(struct cli *c)
{
	const char *dir = c->operands.v[0];
	struct country_paths paths = country_paths(c);
	auto_arena struct arena a = {0};
	struct err e;

	arena_init(&a, 0);
	const char *defaults = country_sample(&paths, &a, "../conf");
	if (access(defaults, F_OK) != 0) {
		log_error("there is no folder '%s' to begin with; name the folder 'examples' of Weir's tree "
		          "with "
		          "--sample DIR",
		        defaults);
		return CLI_FAIL;
	}
	if (copy_folder(c, &a, defaults, dir, 0, &e) != 0 ||
	        make_folder(arena_printf(&a, "%s/know", dir).p, &e) != 0) {
		log_error("%s", e.text);
		return CLI_FAIL;
	}
	buf_printf(&c->out,
	        "\nNow fill in %s/owners.csv (%s/README.md says what to put where), then:\n\n"
	        "    weir check --conf %s\n    weir preview --conf %s FILE...\n",
	        dir, dir, dir, dir);
	return CLI_OK;
}

static const struct cli_option init_options[] = {
        {"sample", 0, "DIR", "folder 'examples' beside the defaults, if it is not the installed one"},
        {0},
};

static const struct cli_example init_examples[] = {
        {"weir init /etc/weir", "the place where the node looks"},
        {NULL, NULL},
};

const struct command command_init = {
        .name = "init",
        .params = "DIR",
        .about = "make the folder of a country of your own",
        .text = "Makes DIR with commented options, an empty owners file, example rules and the known feeds "
                "(all switched off). Files "
                "that are there already are kept as they are.",
        .options = init_options,
        .examples = init_examples,
        .min = 1,
        .max = 1,
        .offline = true,
        .run = init_run,
};
