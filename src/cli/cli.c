/* SPDX-License-Identifier: Apache-2.0
 *
 * The frame around a command: find it, run it, hand over what it printed, turn the outcome into an exit
 * code. "weir --help", "weir --version" and "weir CMD --help" are other spellings of the commands help and
 * version.
 */
#include "cli/cli.h"
#include "base/log.h"
#include "base/os.h"
#include <assert.h>
#include <errno.h>

/* An option that no row has is a mistake of ours, not of the user. */
static const struct cli_option *option_row(const struct cli *c, const char *name)
{
	const struct cli_option *o = c->command->options;

	while (o != NULL && o->name != NULL && !str_eq(str_from(o->name), str_from(name)))
		o++;
	assert(o != NULL && o->name != NULL);
	return o;
}

const char *cli_value_at(const struct cli *c, const char *name, size_t n)
{
	const struct cli_option *o = option_row(c, name);

	for (size_t i = 0; i < c->given.n; i++)
		if (c->given.v[i].option == o && n-- == 0)
			return c->given.v[i].value;
	return NULL;
}

const char *cli_value(const struct cli *c, const char *name)
{
	const struct cli_option *o = option_row(c, name);

	for (size_t i = c->given.n; i > 0; i--)
		if (c->given.v[i - 1].option == o)
			return c->given.v[i - 1].value;
	return NULL;
}

bool cli_has(const struct cli *c, const char *name)
{
	const struct cli_option *o = option_row(c, name);

	for (size_t i = 0; i < c->given.n; i++)
		if (c->given.v[i].option == o)
			return true;
	return false;
}

int cli_u64(const struct cli *c, const char *name, uint64_t min, uint64_t max, uint64_t *ret, struct err *e)
{
	const char *text = cli_value(c, name);
	char shown[40];
	uint64_t v;

	if (text == NULL)
		return 0;
	if (str_u64(str_from(text), &v) && v >= min && v <= max) {
		*ret = v;
		return 0;
	}
	err_quote(shown, sizeof(shown), str_from(text));
	return err_set(e, ERR_USAGE, "'--%s %s': a number from %ju to %ju is needed", name, shown,
	        (uintmax_t)min, (uintmax_t)max);
}

bool cli_flush(struct cli *c)
{
	struct err e = {0};

	if (!c->out_failed && os_write_all(c->out_fd, buf_str(&c->out), &e) != 0) {
		c->out_failed = true;
		/* a reader that has seen enough ("| head") is no failure worth a sentence */
		if (errno != EPIPE)
			log_error("standard output: %s", e.text);
	}
	buf_clear(&c->out);
	return !c->out_failed;
}

/* The command that an option in place of a command stands for; NULL: none. */
static const char *other_spelling(const char *word)
{
	if (str_eq(str_from(word), STR("--help")) || str_eq(str_from(word), STR("-h")))
		return "help";
	if (str_eq(str_from(word), STR("--version")) || str_eq(str_from(word), STR("-V")))
		return "version";
	return NULL;
}

static int run(struct cli *c, int argc, const char *const *argv)
{
	struct err e = {0};

	/* "weir know --help" */
	if (argc == 3 && command_group(c->table, str_from(argv[1])) && other_spelling(argv[2]) != NULL) {
		help_list(&c->out, c->table, str_from(argv[1]));
		return CLI_OK;
	}
	int rc = cli_parse(c, argc, argv, &e);
	if (c->help) {
		help_command(&c->out, c->command);
		return CLI_OK;
	}
	if (rc != 0) {
		log_error("%s", e.text);
		return CLI_USAGE;
	}
	return c->command->run(c);
}

int cli_main(const struct command *const *table, int argc, const char *const *argv)
{
	struct cli c = {.table = table, .out_fd = 1};
	const char *copy[2] = {"weir", NULL};

	if (argc > 1 && other_spelling(argv[1]) != NULL) {
		copy[1] = other_spelling(argv[1]);
		argv = copy;
		argc = 2;
	}
	int rc = run(&c, argc, argv);
	if (!cli_flush(&c) && rc == CLI_OK)
		rc = CLI_FAIL;
	cli_done(&c);
	return rc;
}
