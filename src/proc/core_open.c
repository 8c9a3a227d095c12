/* SPDX-License-Identifier: Apache-2.0
 *
 * The node is opened when the core starts: and a disk that is full.
 */
#include "base/log.h"
#include "base/os.h"
#include "proc/core.h"
#include "proc/core_in.h"
#include "see/room.h"

/* What is kept for a full disk is given up for it. */
static int open_node(struct core *c, const struct serve_options *o, struct buf *notes, struct err *e)
{
	int rc = node_open(c->node, o->state, &o->paths, notes, e);

	if (rc != ERR_LIMIT || !room_release_in(str_from(o->state)))
		return rc;
	buf_clear(notes);
	return node_open(c->node, o->state, &o->paths, notes, e);
}

int core_open(struct core *c, const struct serve_options *o, struct err *e)
{
	auto_buf struct buf notes = {0};
	int rc = open_node(c, o, &notes, e);

	log_each(&c->log, LOG_WARN, buf_str(&notes));
	return rc;
}
