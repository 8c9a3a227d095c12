/* SPDX-License-Identifier: Apache-2.0
 *
 * Which verbs hear statements beside link/, and what of theirs is due by time alone. The verbs know nothing of each other; this is
 * where they are put together.
 */
#include "agree/hear.h"
#include "agree/meeting.h"
#include "agree/work.h"
#include "base/os.h"
#include "learn/hear.h"
#include "link/link.h"
#include "link/look.h"
#include "link/partner.h"
#include "proc/core_in.h"
#include "proc/core_link_in.h"
#include "see/change.h"

static void hear(const struct heard *h)
{
	agree_hear(h);
	learn_hear(h);
	meeting_hear(h);
}

static void seen(const struct heard *h)
{
	agree_seen(h);
}

static void renamed(struct db *db, const uint8_t was[DIGEST_LEN], const uint8_t is[DIGEST_LEN])
{
	agree_renamed(db, was, is);
	meeting_renamed(db, was, is);
}

static bool whole(const struct heard *h, const char **ret_why)
{
	return agree_whole(h, ret_why);
}

static bool lacks(
        struct db *db, struct str party, const uint8_t after[DIGEST_LEN], uint8_t ret_id[DIGEST_LEN])
{
	return agree_lacks(db, party, after, ret_id);
}

bool core_heard_due(struct core *c)
{
	return agree_due(c->node->state, os_now()) || partner_told_due(c->node->state);
}

void core_heard_work(struct core *c)
{
	const struct change_here here = change_here(c->node); /* with the ways to say something */

	agree_work(&here, c->node->state, os_now(), c->link->self.doubts || recover_silent(c->node->state));
	partner_tell(&c->link->self);
}

const struct heard_ways core_heard = {
        .hear = hear, .seen = seen, .renamed = renamed, .whole = whole, .lacks = lacks};
