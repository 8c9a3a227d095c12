/* SPDX-License-Identifier: Apache-2.0
 *
 * Which files a process that lasts may open (Landlock, where the kernel has it). A list is made, then closed for good:
 * what it does not have is refused with EACCES from then on, whatever the modes of files say. Where the configuration
 * later names a file that the list does not have, its process ends and is started again.
 */
#pragma once

#include "base/err.h"
#include "see/country.h"

enum {
	REACH_READ =
	        1, /* a file, or all that lies below a folder; programs of it may be run where that is not refused */
	REACH_WRITE = 2, /* and write and make them; nothing is removed or renamed */
	REACH_REMOVE = 4 /* also that */
};

struct reach;
/* Empty: nothing can be opened. */
struct reach *reach_new(void);
void reach_free(struct reach *f);
/* A path that is not there is left out. */
void reach_add(struct reach *f, const char *path, unsigned rights);
/* What libraries look up: themselves, names and addresses, zones, certificates, sources of randomness. */
void reach_add_system(struct reach *f);
/* The configuration: the country's folder, the sample, the defaults. */
void reach_add_country(struct reach *f, const struct country_paths *p);
/* A file that the configuration names, such as a password's; empty: none. With its folder, so that it may be written anew
 * under its name, but for a folder around the state. */
void reach_add_named(struct reach *f, struct str path, const char *state);
/* True if the list lets this named file be read, or lets everything be, because it was never closed. */
bool reach_cover(const struct reach *f, struct str path);
/* From here on, for this process and what it starts. 1: it holds, 0: this kernel has no Landlock. */
int reach_close(struct reach *f, struct err *e);
/* True if this kernel has Landlock. */
bool reach_can_close(void);
