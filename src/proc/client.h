/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line's side of the control socket.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

struct client; /* one connection to one node */

/* state: the node's folder. ERR_MISSING with a sentence that says how to start one, if none is running. */
int client_open(const char *state, struct client **ret, struct err *e);
void client_close(struct client *c);
/* The state of the receipt that was asked for, as the last answer said it ("done"); empty: none. */
const char *client_state(const struct client *c);
/* A value as a part of a path. */
void client_quote(struct buf *b, struct str value);
/* Appends NAME=VALUE to the parameters of the next request. */
void client_param(struct client *c, const char *name, struct str value);
/* What comes is text, JSON or CSV. */
enum client_form { CLIENT_TEXT, CLIENT_JSON, CLIENT_CSV };
void client_form(struct client *c, enum client_form form);
/* Asks; ret: the body. Returns the status of HTTP, or a negative code. A node that is just starting again is
 * waited for. */
int client_get(struct client *c, const char *path, struct buf *ret, struct err *e);
/* The same, but the body goes to fd as it comes, unless the status is not 200. */
int client_get_to(struct client *c, const char *path, int fd, struct buf *ret, struct err *e);
/* Delivers what can be read from fd, from its present place on. A file is delivered again under the same token if
 * the connection breaks. ret_path: of what was made ("/receipts/R12"), 64 bytes. */
int client_post(struct client *c, const char *path, int fd, struct buf *ret, char *ret_path, struct err *e);
/* A change: POST without a body. */
int client_change(struct client *c, const char *path, struct buf *ret, struct err *e);
