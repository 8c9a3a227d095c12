/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes that come with a change: they lie in the spool, and the change moves them to where they stay.
 */
#include "proc/desk_in.h"
#include "web/verbs.h"

int desk_file_begin(struct request *r, const char *change, struct str params)
{
	const struct change_row *row = verb_find(str_from(change));

	if (row == NULL || !row->file)
		return desk_settle(r, 404, "no bytes come with such a change");
	if (params.len >= sizeof(r->take.text))
		return desk_settle(r, 400, "the parameters are too long");
	r->with = true;
	channel_put(r->take.text, sizeof(r->take.text), params);
	return desk_report_begin(r, str_from(change), STR(""));
}
