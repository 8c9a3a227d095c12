/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the pages are, for who asks on this machine.
 */
#include "proc/desk_in.h"

static void say_certificate(struct buf *out, const struct pages_plan *p)
{
	char when[32];

	buf_printf(out, "SHA-256 %s\n", p->fingerprint);
	buf_printf(out, "good until %.*s UTC, %s\n", STR_ARG(list_when(when, p->until)),
	        p->own ? "made by the node, which makes another a month before" : "from the configuration");
}

enum MHD_Result desk_where_pages_are(struct request *r)
{
	struct reply reply = {.status = 200, .type = "text/plain; charset=utf-8"};

	if (r->desk->pages == NULL)
		return desk_refuse(r, 404,
		        "this node serves no pages; 'weir serve --pages 8470' does on this machine, and "
		        "'pages: listen' of weir.yaml on "
		        "a network of staff");
	const struct pages_plan *p = r->desk->plan;
	if (!p->on)
		buf_printf(&reply.body, "http://127.0.0.1:%u\n", r->desk->port);
	else
		buf_printf(&reply.body,
		        strchr(p->address, ':') != NULL && p->nnames == 0 ? "%s://[%s]:%u\n" : "%s://%s:%u\n",
		        p->tls ? "https" : "http", p->nnames > 0 ? p->names[0] : p->address, p->port);
	if (desk_param(r, "certificate").p != NULL && p->tls)
		say_certificate(&reply.body, p);
	return desk_answer(r, &reply, NULL);
}
