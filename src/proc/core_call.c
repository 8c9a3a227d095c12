/* SPDX-License-Identifier: Apache-2.0
 *
 * A call of a peer, as the dialler is asked for it, and the headers of what comes back.
 */
#include "base/os.h"
#include "proc/core_link_in.h"
#include "proc/memory.h"
#include <stdio.h>

bool core_dial(struct core *c, const struct peer *p, const char *method, const char *path,
        const char *headers, struct str body, unsigned longer, uint32_t *ret_id)
{
	struct channel_message m = {.verb = CHANNEL_DIAL, .id = ++c->link->ids, .code = (int32_t)longer};
	struct err e = {0};
	int fd = body.p != NULL ? memory_of(body, &e) : -1;

	snprintf(m.feed, sizeof(m.feed), "%s", method);
	snprintf(m.name, sizeof(m.name), "%sweir/v1/%s", p->url, path);
	snprintf(m.text, sizeof(m.text), "%s\n%s", p->pins, headers != NULL ? headers : "");
	int rc = e.code != 0 ? e.code : channel_send_fd(c->link->dial, &m, fd, false, &e);
	os_close_fd(&fd);
	*ret_id = m.id;
	return rc == 0;
}

bool core_link_call(struct core *c, struct peer *p, enum call what, const char *method, const char *path,
        const char *headers, struct str body)
{
	if (!core_dial(c, p, method, path, headers, body, 0, &p->id))
		return false;
	p->call = what;
	return true;
}

bool core_call(
        struct core *c, struct peer *p, enum call what, const char *method, const char *path, struct str body)
{
	return core_link_call(c, p, what, method, path, NULL, body);
}

uint64_t core_link_header(const struct channel_message *m, const char *name, uint64_t otherwise)
{
	for (struct str_cut line = str_cut(str_from(m->text), '\n'); line.head.len > 0;
	        line = str_cut(line.tail, '\n')) {
		struct str_cut pair = str_cut(line.head, ':');
		uint64_t v;
		if (str_ieq(pair.head, str_from(name)) && str_u64(str_trim(pair.tail), &v))
			return v;
	}
	return otherwise;
}
