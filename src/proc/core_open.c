/* SPDX-License-Identifier: Apache-2.0
 *
 * The node is opened when the core starts: what is said of it before, and a disk that is full.
 */
#include "base/log.h"
#include "base/os.h"
#include "proc/core.h"
#include "proc/core_in.h"
#include "see/room.h"

/* A node whose tables are of an older version answers nobody until they are changed: that is said before. True if so. */
static bool say_change(const struct core *c, const char *folder, int ready)
{
	uint64_t size, version = state_look(folder, &size);

	if (version == 0 || version >= state_version())
		return false;
	log_say(&c->log, LOG_INFO,
	        "state.db has tables of version %u; a copy of its %llu MiB is laid beside it, then they are "
	        "changed to "
	        "version %u, and the node answers when that is done",
	        (unsigned)version, (unsigned long long)(size >> 20), state_version());
	(void)os_write_all(ready, str_make(&(char){CORE_CHANGES}, 1), NULL);
	return true;
}

/* What is kept for a full disk is given up for it. */
static int open_node(struct core *c, const struct serve_options *o, struct buf *notes, struct err *e)
{
	int rc = node_open(c->node, o->state, &o->paths, notes, e);

	if (rc != ERR_LIMIT || !room_release_in(str_from(o->state)))
		return rc;
	buf_clear(notes);
	return node_open(c->node, o->state, &o->paths, notes, e);
}

int core_open(struct core *c, const struct serve_options *o, int ready, struct err *e)
{
	auto_buf struct buf notes = {0};
	bool changes = say_change(c, o->state, ready);
	int rc = open_node(c, o, &notes, e);

	log_each(&c->log, LOG_WARN, buf_str(&notes));
	if (rc == 0 && changes)
		log_say(&c->log, LOG_INFO, "state.db has tables of version %u", state_version());
	return rc;
}
