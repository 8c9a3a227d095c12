/* SPDX-License-Identifier: Apache-2.0
 *
 * weir serve: the supervisor. It holds the listening socket and the pairs between the core and the others, starts them,
 * starts again within a second what dies, and ends them when it is asked to. It opens no report and no
 * database, and looks at the configuration in a process aside only.
 */
#pragma once

#include "base/log.h"
#include "see/country.h"

struct serve_options {
	const char *state; /* folder, made if it is not there */
	struct country_paths paths;
	enum log_form log;
	bool dry_run;       /* letters are files, no connection is opened */
	const char *notify; /* systemd's socket for signs of life, NULL: none */
	int listener;       /* a socket that systemd opened, -1: none */
	unsigned pages;     /* port of the pages on 127.0.0.1, or the next free one of PAGES_PORTS; 0: none */
};

/* Ports that are tried. */
#define PAGES_PORTS 100

/* STATE/control.sock */
#define SERVE_SOCKET "control.sock"

/* The address of a node's control socket, also where the path of its folder is longer than such an address may
 * be: it goes through *ret_folder, which the caller closes after connecting. */
struct sockaddr_un;
int serve_address(const char *state, struct sockaddr_un *ret, int *ret_folder, struct err *e);

/* Runs it in a process of its own and waits: what it learns of the configuration does not stay in the memory from which
 * the process that starts readers is forked. What it returns, 0 to 255; -1: it did not come to its end. */
int serve_aside(int (*run)(void *arg), void *arg);

/* Runs until SIGTERM or SIGINT. Returns an exit code. */
int serve_run(const struct serve_options *o);
