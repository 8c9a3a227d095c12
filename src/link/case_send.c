/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes to another CERT's node. There are no links yet: a request stays a draft, and what is said of a case with a peer
 * stays in its rows, which a person tells by mail or telephone.
 */
#include "link/case_in.h"

int case_send(struct change *c, uint64_t id, struct str peer, struct err *e)
{
	(void)c;
	(void)id;
	return err_set(e, ERR_MISSING,
	        "there is no link with %.*s: write to it by mail (weir case answer), or telephone and note "
	        "it",
	        STR_ARG(peer));
}

int case_tell(struct change *c, uint64_t id, const struct case_word *w, struct str peer, struct err *e)
{
	(void)id;
	(void)w;
	(void)e;
	buf_printf(c->said, "there is no link with %.*s, so nobody there hears of it by itself\n",
	        STR_ARG(peer));
	return 0;
}
