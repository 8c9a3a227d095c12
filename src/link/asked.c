/* SPDX-License-Identifier: Apache-2.0
 *
 * Contacts of constituents grow old as well: "is this still right?" is due 90 days after they came or were found right
 * (see/right.h). Here is what a person says of it, who has asked or heard by himself.
 */
#include "link/contact.h"
#include "link/peer_in.h"

int contact_asked(struct deed *d, uint64_t contact, bool right, struct err *e)
{
	struct query q = db_query(d->self->db,
	        "update contact_asked set confirmed = case when ?2 then ?3 else confirmed end, asked = case "
	        "when ?2 then null "
	        "else ?3 end, times = case when ?2 then 0 else times + 1 end, waits = case when ?2 then null "
	        "else waits end, notice = case when ?2 then null else notice end where contact = ?1");

	query_u64(&q, contact);
	query_u64(&q, right);
	query_i64(&q, d->self->now);
	query_run(&q);
	if (db_changes(d->self->db) == 0)
		return err_set(
		        e, ERR_MISSING, "the register has no contact %llu", (unsigned long long)contact);
	buf_add(d->said,
	        right ? STR("the contact is right as of now\n")
	              : STR("the contact was asked; it is due again in 30 days\n"));
	return 0;
}
