/* SPDX-License-Identifier: Apache-2.0
 *
 * What the node's processes cost. The kernel shows it to no process that Landlock has closed off, as the desk is; so the
 * supervisor counts (proc/census.h), and whoever answers reads it here.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define PROCESSES 256

struct process {
	int pid, parent;
	char name[32];    /* without "weir-" */
	int64_t pss, rss; /* bytes; -1: it shows them to nobody */
};

struct processes {
	size_t n;
	struct process list[PROCESSES];
};
