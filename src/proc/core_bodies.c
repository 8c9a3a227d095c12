/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/core_link_in.h"

#include "base/os.h"
#include "proc/memory.h"
#include <poll.h>
#include <unistd.h>

#define BODY_MS 5000
#define ITEMS_MAX (17u << 20)

/* The answer to that question; 1, 0: the process has ended, or takes too long. */
static int await_body(struct core *c, uint32_t id, struct channel_message *ret)
{
	int64_t until = os_ticks() + BODY_MS * (int64_t)1000;
	struct err e;

	while (os_ticks() < until) {
		struct pollfd p = {.fd = c->link->bodies, .events = POLLIN};
		poll(&p, 1, (int)((until - os_ticks()) / 1000) + 1);
		while (channel_receive(c->link->bodies, ret, false, &e) > 0) {
			if (ret->verb == CHANNEL_HELLO)
				return 0;
			if (ret->verb == CHANNEL_BODY_READ && ret->id == id)
				return 1;
		}
	}
	return 0;
}

static int ask_body(struct core *c, struct str json, int out, struct channel_message *ret)
{
	struct channel_message m = {.verb = CHANNEL_BODY, .id = ++c->link->ids, .size = json.len};
	struct err e = {0};
	int fd[2] = {-1, out}, rc;

	if (json.len <= sizeof(m.text) - 1 && out < 0) {
		memcpy(m.text, json.p, json.len);
		rc = channel_send(c->link->bodies, &m, true, &e);
	} else {
		fd[0] = memory_of(json, &e);
		rc = fd[0] < 0 ? ERR_SYS : channel_send_two(c->link->bodies, &m, fd, true, &e);
		os_close_fd(&fd[0]);
	}
	return rc == 0 ? await_body(c, m.id, ret) : 0;
}

/* What link_self asks for. A process that dies of a body is asked once more; the second time it is the body's fault. */
int core_bodies_read(void *arg, struct str json, struct buf *items, const char **ret_why)
{
	static const char no_good[] = "the body is no JSON of the form that statements have";
	struct core *c = arg;
	struct channel_message a;
	struct err e;

	/* what it said before is no answer: one that was started again since has died of something else */
	while (channel_receive(c->link->bodies, &a, false, &e) > 0) {
	}
	for (unsigned tries = 0; tries < 2; tries++) {
		auto_fd int out = json.len > 1024 ? memory_of(STR(""), &e) : -1;
		if (ask_body(c, json, out, &a) != 1 || a.code < 0)
			continue;
		*ret_why = no_good;
		if (a.code == 0)
			return 0;
		if (a.size < sizeof(a.text)) {
			buf_add(items, str_make(a.text, a.size));
			return 1;
		}
		return memory_read(out, ITEMS_MAX, items, &e) == 0 ? 1 : 0;
	}
	log_say(&c->log, LOG_ERR,
	        "the reader of bodies ended twice on one body of %zu bytes; it is kept and has no effect",
	        json.len);
	return -1;
}
