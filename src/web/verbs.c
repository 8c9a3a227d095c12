/* SPDX-License-Identifier: Apache-2.0 */
#include "web/verbs.h"
#include "agree/change.h"
#include "agree/meeting.h"
#include "agree/norm.h"
#include "learn/learn.h"
#include "link/case_change.h"
#include "link/peer_change.h"
#include "see/change.h"

const struct change_row *verb_at(unsigned i)
{
	if (i < change_count)
		return &change_table[i];
	i -= change_count;
	if (i < peer_change_count)
		return &peer_changes[i];
	i -= peer_change_count;
	if (i < case_change_count)
		return &case_changes[i];
	i -= case_change_count;
	if (i < agree_change_count)
		return &agree_changes[i];
	i -= agree_change_count;
	if (i < learn_change_count)
		return &learn_changes[i];
	i -= learn_change_count;
	if (i < norm_change_count)
		return &norm_changes[i];
	i -= norm_change_count;
	return i < meeting_change_count ? &meeting_changes[i] : NULL;
}

const struct change_row *verb_find(struct str name)
{
	const struct change_row *row;

	for (unsigned i = 0; (row = verb_at(i)) != NULL; i++)
		if (str_eq(name, str_from(row->name)))
			return row;
	return NULL;
}
