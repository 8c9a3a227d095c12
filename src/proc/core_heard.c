/* SPDX-License-Identifier: Apache-2.0
 *
 * Which verbs hear statements beside link/, and what of theirs is due by time alone. The verbs know nothing of each other; this is
 * where they are put together.
 */
#include "agree/hear.h"
#include "agree/meeting.h"
#include "link/link.h"
#include "proc/core_in.h"
#include "proc/core_link_in.h"

static void hear(const struct heard *h)
{
	agree_hear(h);
	meeting_hear(h);
}

static bool whole(const struct heard *h, const char **ret_why)
{
	return agree_whole(h, ret_why);
}

const struct heard_ways core_heard = {.hear = hear, .whole = whole};
