/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents that the program prints from its tables. They are kept in the tree so that people can read them
 * there; a test prints them again and fails when one is stale ("weir docs --into ." mends it).
 */
#pragma once

#include "cli/cli.h"

struct doc {
	const char *name; /* for "weir docs NAME" */
	const char *path; /* in the tree */
	const char *about;
	void (*print)(struct buf *out, const struct command *const *commands);
};

/* cli/docs.c; ends with a row without name. The manual page of each command stands behind it
 * (doc_manual_command). */
extern const struct doc doc_table[];

/* Markdown of the tables of the event and of reading. */
void doc_fields(struct buf *out, const struct command *const *commands);
void doc_words(struct buf *out, const struct command *const *commands);
/* The rules of the exit (exit/rules.tbl). */
void doc_exit(struct buf *out, const struct command *const *commands);
void doc_roles(struct buf *out, const struct command *const *commands);
void doc_taxonomy(struct buf *out, const struct command *const *commands);
void doc_readers(struct buf *out, const struct command *const *commands);
void doc_rules(struct buf *out, const struct command *const *commands);
void doc_limits(struct buf *out, const struct command *const *commands);
void doc_metrics(struct buf *out, const struct command *const *commands);
void doc_commands(struct buf *out, const struct command *const *commands);
/* The order of contacts, columns of "weir whose" (whose.c). */
void doc_whose(struct buf *out, const struct command *const *commands);
/* JSON Schema of one line of "weir read --json". */
void doc_schema(struct buf *out, const struct command *const *commands);
/* roff: weir(1), and weir-read(1) for a command. */
void doc_manual(struct buf *out, const struct command *const *commands);
void doc_manual_command(struct buf *out, const struct command *command);
/* Completion for bash. */
void doc_bash(struct buf *out, const struct command *const *commands);
