/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands share that ask a running node.
 */
#pragma once

#include "cli/cli.h"
#include "proc/client.h"

#define NODE_OPTIONS                                                                                         \
	{                                                                                                    \
		"state", 0, "DIR", "the node's folder (default: ./var if it is there, else /var/lib/weir)"   \
	}
/* Of changes that say nothing else in words. */
#define NODE_NOTE                                                                                            \
	{                                                                                                    \
		"note", 0, "TEXT", "a word about it, kept with person and time"                              \
	}
#define LIST_OPTIONS                                                                                         \
	NODE_OPTIONS, {"json", 0, NULL, "JSON for scripts (weir docs openapi describes it)"},                \
	        {"csv", 0, NULL, "CSV"}, {"count", 0, NULL, "the number alone"},                             \
	        {"limit", 0, "N", "at most so many (default: 100)"},                                         \
	{                                                                                                    \
		"after", 0, "ID", "go on behind this one"                                                    \
	}

const char *node_state(const struct cli *c);
/* Opens the node and sets form and parameters from the options (all but state, json, csv). NULL: it was said why. */
struct client *node_client(const struct cli *c);
/* The same without the options as parameters. */
struct client *node_client_plain(const struct cli *c);
/* Hands bytes in under that name, waits until they are read, prints the counts. *ret_receipt: "R12". */
int take_bytes_of(struct cli *c, int fd, const char *name, const char *shown, char ret_receipt[64]);
/* Asks for a change, with the options as parameters and id as its object; prints the answer. */
int node_change(struct cli *c, const char *name, const char *id);
/* The change that the command is named after ("peer pause": "peer-pause"), about its operand if it has one. */
int node_change_one(struct cli *c);
/* The change that has the command's name ("finding close" is finding-close), for each operand. Run of a command. */
int node_change_each(struct cli *c);
/* The same with one parameter instead of the options. */
int node_change_with(struct cli *c, const char *name, const char *id, const char *param, const char *value);
/* The same beside the options. */
int node_change_more(struct cli *c, const char *name, const char *id, const char *param, const char *value);
/* The same of a client that has its parameters; NULL: it was said why there is none. Closes it. */
int node_change_by(struct cli *c, struct client *client, const char *name, const char *id);
/* Hands a file in with a change about id, with the options as its parameters; prints the answer. */
int node_post(struct cli *c, const char *change, const char *path, const char *id);
/* Asks for path, prints the answer. Returns the exit code. */
int node_ask(struct cli *c, const char *path);
/* The same with one parameter beside the options. */
int node_ask_more(struct cli *c, const char *path, const char *param, const char *value);
/* The same; *ret: whether the node's word about it is state. */
int node_ask_state(struct cli *c, const char *path, const char *state, bool *ret);
