/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line: what the parser makes of argv, and the sentences it refuses with. The rows are made up
 * here; that every row of the real table is well formed is checked too.
 */
#include "cli/cli.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int nothing(struct cli *c)
{
	(void)c;
	return CLI_OK;
}

static const struct cli_option read_options[] = {
        {"format", 'f', "FORMAT", "take the report as one of this format"},
        {"json", 'j', NULL, "print JSON"},
        {"quiet", 'q', NULL, "print less"},
        {"record", 0, "N", "only this record"},
        {NULL, 0, NULL, NULL},
};
static const struct command read_row = {.name = "read",
        .params = "FILE...",
        .about = "print events",
        .options = read_options,
        .min = 1,
        .max = CLI_MANY,
        .run = nothing};
static const struct command build_row = {
        .name = "know build", .params = "OUT", .about = "build", .min = 1, .max = 1, .run = nothing};
static const struct command show_row = {.name = "know show", .about = "show", .run = nothing};
static const struct command *const table[] = {&read_row, &build_row, &show_row, NULL};

#define ARGV(...)                                                                                            \
	(int)(sizeof((const char *[]){"weir", ##__VA_ARGS__}) / sizeof(char *)), (const char *[])            \
	{                                                                                                    \
		"weir", ##__VA_ARGS__                                                                        \
	}

static void refused(int argc, const char *const *argv, const char *sentence)
{
	struct cli c = {.table = table};
	struct err e = {0};

	assert_int_equal(cli_parse(&c, argc, argv, &e), ERR_USAGE);
	assert_string_equal(e.text, sentence);
	cli_done(&c);
}

static void options_in_every_spelling(void **state)
{
	struct cli c = {.table = table};
	struct err e = {0};
	(void)state;

	assert_int_equal(cli_parse(&c,
	                         ARGV("read", "--format=csv", "a", "-jq", "-fxx", "--format", "list", "-f",
	                                 "zeek", "-", "--record=", "--", "-b", "--json"),
	                         &e),
	        0);
	assert_ptr_equal(c.command, &read_row);
	assert_int_equal(c.operands.n, 4);
	assert_string_equal(c.operands.v[0], "a");
	assert_string_equal(c.operands.v[1], "-");
	assert_string_equal(c.operands.v[2], "-b");
	assert_string_equal(c.operands.v[3], "--json");
	assert_string_equal(cli_value(&c, "format"), "zeek");
	assert_string_equal(cli_value_at(&c, "format", 0), "csv");
	assert_string_equal(cli_value_at(&c, "format", 1), "xx");
	assert_string_equal(cli_value_at(&c, "format", 2), "list");
	assert_null(cli_value_at(&c, "format", 4));
	assert_string_equal(cli_value(&c, "record"), "");
	assert_true(cli_has(&c, "json"));
	assert_true(cli_has(&c, "quiet"));
	assert_false(c.help);
	cli_done(&c);
}

static void an_argument_may_start_with_a_dash(void **state)
{
	struct cli c = {.table = table};
	(void)state;

	assert_int_equal(cli_parse(&c, ARGV("read", "-f", "--json", "x"), NULL), 0);
	assert_string_equal(cli_value(&c, "format"), "--json");
	assert_false(cli_has(&c, "json"));
	cli_done(&c);
}

static void two_words_name_a_command(void **state)
{
	struct cli c = {.table = table};
	(void)state;

	assert_int_equal(cli_parse(&c, ARGV("know", "build", "x"), NULL), 0);
	assert_ptr_equal(c.command, &build_row);
	assert_int_equal(c.operands.n, 1);
	cli_done(&c);
}

static void help_needs_no_operands(void **state)
{
	struct cli c = {.table = table};
	(void)state;

	assert_int_equal(cli_parse(&c, ARGV("know", "build", "-h"), NULL), 0);
	assert_true(c.help);
	cli_done(&c);
}

static void wrong_lines_get_a_sentence(void **state)
{
	(void)state;
	refused(ARGV(), "which command? 'weir help' lists them");
	refused(ARGV("raed", "x"), "no command 'raed'; did you mean 'read'?");
	refused(ARGV("reading\x1b[2J"), "no command 'reading\\x1b[2J'; 'weir help' lists them");
	refused(ARGV("know"),
	        "'weir know' is the first word of several commands; 'weir help know' lists them");
	refused(ARGV("know", "eat"), "no command 'know eat'; 'weir help know' lists them");
	refused(ARGV("know build"), "'weir know build' needs OUT");
	refused(ARGV("know", "build", "a", "b"), "'weir know build' takes OUT and no more");
	refused(ARGV("know", "show", "a"), "'weir know show' takes no operands, only options");
	refused(ARGV("read", "--fromat", "x"),
	        "'weir read' has no option '--fromat'; did you mean '--format'?");
	refused(ARGV("read", "--form=x"), "'weir read' has no option '--form'; did you mean '--format'?");
	refused(ARGV("read", "--nothing-like-it"),
	        "'weir read' has no option '--nothing-like-it'; 'weir help read' lists them");
	refused(ARGV("read", "-jz"), "'weir read' has no option '-z'; 'weir help read' lists them");
	refused(ARGV("read", "x", "-f"), "'--format' needs its argument FORMAT");
	refused(ARGV("read", "x", "--format"), "'--format' needs its argument FORMAT");
	refused(ARGV("read", "--json=yes", "x"), "'--json' takes no argument");
	refused(ARGV("read", "-j"), "'weir read' needs FILE...");
}

static void numbers_have_bounds(void **state)
{
	struct cli c = {.table = table};
	struct err e = {0};
	uint64_t v = 7;
	(void)state;

	assert_int_equal(cli_parse(&c, ARGV("read", "x"), NULL), 0);
	assert_int_equal(cli_u64(&c, "record", 1, 9, &v, &e), 0);
	assert_int_equal(v, 7);
	cli_done(&c);
	c = (struct cli){.table = table};
	assert_int_equal(cli_parse(&c, ARGV("read", "--record", "9", "x", "--record", "10"), NULL), 0);
	assert_int_equal(cli_u64(&c, "record", 1, 9, &v, &e), ERR_USAGE);
	assert_string_equal(e.text, "'--record 10': a number from 1 to 9 is needed");
	assert_int_equal(v, 7);
	assert_int_equal(cli_u64(&c, "record", 1, 10, &v, &e), 0);
	assert_int_equal(v, 10);
	cli_done(&c);
}

static void help_wraps_at_blanks(void **state)
{
	auto_buf struct buf b = {0};
	(void)state;

	help_wrap(&b, 4, 2, 12, STR("  one two  three fourteen-letters five "));
	buf_char(&b, 0);
	assert_string_equal(b.p, "one two\n  three\n  fourteen-letters\n  five\n");
}

static void check_options(const struct command *command)
{
	const struct cli_option *o = command->options;

	for (; o != NULL && o->name != NULL; o++) {
		assert_non_null(o->about);
		assert_string_not_equal(o->name, "help");
		assert_int_not_equal(o->letter, 'h');
		assert_int_not_equal(o->about[strlen(o->about) - 1], '.');
		for (const struct cli_option *p = o + 1; p->name != NULL; p++) {
			assert_string_not_equal(o->name, p->name);
			assert_true(o->letter == 0 || o->letter != p->letter);
		}
	}
}

static void rows_of_the_table_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; command_table[i] != NULL; i++) {
		const struct command *c = command_table[i];
		assert_non_null(c->run);
		assert_ptr_equal(command_find(command_table, str_from(c->name)), c);
		assert_true(c->about[0] >= 'a' && c->about[0] <= 'z');
		assert_int_not_equal(c->about[strlen(c->about) - 1], '.');
		assert_true(c->min <= c->max && (c->max == 0) == (c->params == NULL));
		check_options(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(options_in_every_spelling),
	        cmocka_unit_test(an_argument_may_start_with_a_dash),
	        cmocka_unit_test(two_words_name_a_command),
	        cmocka_unit_test(help_needs_no_operands),
	        cmocka_unit_test(wrong_lines_get_a_sentence),
	        cmocka_unit_test(numbers_have_bounds),
	        cmocka_unit_test(help_wraps_at_blanks),
	        cmocka_unit_test(rows_of_the_table_are_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
