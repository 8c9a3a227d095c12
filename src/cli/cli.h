/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line. One file = one command, ending in its struct command; cli/table.c lists them. The row
 * says everything that help, the manual, the completion and the parser need, so that none of them can
 * disagree with the program.
 *
 * A new command: write cli/NAME.c, add it to cli/table.c and cli/meson.build, then print the documents
 * again with "weir docs --into .". "know build" is the name of a command too; its file is know_build.c.
 *
 * Results go to standard output, sentences about what went wrong to standard error (log.h).
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

/* What a command returns and the program exits with. */
enum cli_exit {
	CLI_OK = 0,
	CLI_FAIL = 1,  /* what was asked for could not be done; a sentence stands on standard error */
	CLI_USAGE = 2, /* the command line is wrong */
};

/* An option: --name, --name=VALUE, --name VALUE, -x, -xVALUE, -x VALUE. */
struct cli_option {
	const char *name;  /* without dashes; NULL ends a table */
	char letter;       /* 0: none */
	const char *arg;   /* name of its argument in capitals; NULL: a switch. FILE is one that the command
	                      reads (by os_open, so that "weir handover" can open it), DIR a folder */
	const char *about; /* lower case, no full stop */
};
struct cli_example {
	const char *line;  /* what to type; NULL ends a table */
	const char *about; /* what it does, lower case, no full stop */
};

#define CLI_MANY 0xffffffffu

struct cli;
struct command {
	const char *name;   /* one word, or two such as "know build" */
	const char *params; /* operands as help shows them, "FILE..."; NULL: none */
	const char *about;  /* one line, lower case, no full stop */
	const char *text;   /* sentences for help and manual; paragraphs are separated by an empty line */
	const struct cli_option *options;
	const struct cli_example *examples;
	unsigned min, max; /* how many operands; CLI_MANY: no limit */
	bool offline;      /* works without a running node */
	int (*run)(struct cli *c);
};

struct cli_given {
	const struct cli_option *option;
	const char *value; /* NULL: a switch */
};

/* A parsed command line. Strings are those of argv. */
struct cli {
	const struct command *const *table; /* ends with NULL */
	const struct command *command;
	VEC(struct cli_given) given; /* in the order of the command line */
	VEC(const char *) operands;
	bool help; /* --help or -h was among them */
	struct buf out;
	int out_fd;
	bool out_failed;
};

/* cli/table.c; ends with NULL. */
extern const struct command *const command_table[];

/* The whole program: parses, runs, flushes; returns the exit code. */
int cli_main(const struct command *const *table, int argc, const char *const *argv);

/* True if the option stands on the command line. name must be a row of the command's options. */
bool cli_has(const struct cli *c, const char *name);
/* The value given last; NULL if the option is not there. */
const char *cli_value(const struct cli *c, const char *name);
/* The n-th value of an option that may be repeated, from 0; NULL behind the last. */
const char *cli_value_at(const struct cli *c, const char *name, size_t n);
/* A decimal number between min and max; an option that is not there leaves *ret as it is. */
int cli_u64(const struct cli *c, const char *name, uint64_t min, uint64_t max, uint64_t *ret, struct err *e);

/* Hands c->out to standard output and empties it. Commands with long output call it now and then; the end of
 * a command does too. False if the output is gone: the command should stop, the exit code is settled. */
bool cli_flush(struct cli *c);

/* Sets c up from argv[1]...; c must be zeroed with table and out_fd set. 0 or ERR_USAGE with a sentence; then
 * c->command may be set (the sentence is about it) or NULL. cli_done gives the memory back. */
int cli_parse(struct cli *c, int argc, const char *const *argv, struct err *e);
void cli_done(struct cli *c);

/* The command of that name; NULL if there is none. */
const struct command *command_find(const struct command *const *table, struct str name);
/* True if some command's first of two words is name. */
bool command_group(const struct command *const *table, struct str name);

/* What "weir help COMMAND" prints: usage, text, options, examples. */
void help_command(struct buf *out, const struct command *command);
/* The list of commands; group "": all, else those whose first word it is. */
void help_list(struct buf *out, const struct command *const *table, struct str group);
/* Appends text broken at blanks so that no line passes width; lines after the first start with indent
 * blanks, and column says where the first one stands. Ends with a line feed. */
void help_wrap(struct buf *out, size_t column, size_t indent, size_t width, struct str text);
