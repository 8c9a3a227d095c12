/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/bodies.h"

#include "base/log.h"
#include "base/os.h"
#include "proc/channel.h"
#include "proc/memory.h"
#include "proc/sandbox.h"
#include "trust/body.h"
#include <unistd.h>

#define JSON_MAX (4u << 20)          /* an answer of a peer; a body is shorter */
#define MEMORY ((uint64_t)512 << 20) /* a list of empty lists takes a hundred times its bytes in the parser */

/* Short ones come and go in the message, long ones in the two descriptors. */
static void read_one(int core, const struct channel_message *m, const int fd[2])
{
	struct channel_message a = {.verb = CHANNEL_BODY_READ, .id = m->id};
	auto_buf struct buf json = {0}, items = {0};
	const char *why = "";
	struct err e = {0};

	bool inside = m->size <= sizeof(m->text) && fd[0] < 0;
	if (inside)
		buf_add(&json, str_make(m->text, m->size));
	else if (memory_read(fd[0], JSON_MAX, &json, &e) != 0)
		why = "it could not be read";
	a.code = e.code == 0 && body_read(buf_str(&json), &items, &why) ? 1 : 0;
	a.size = items.len;
	if (a.code == 0)
		channel_put(a.name, sizeof(a.name), str_from(why));
	else if (items.len < sizeof(a.text))
		memcpy(a.text, items.p, items.len);
	else if (fd[1] < 0 || os_write_all(fd[1], buf_str(&items), &e) != 0)
		a.code = -1;
	(void)channel_send(core, &a, true, NULL);
}

int bodies_main(const struct serve_options *o, int core)
{
	struct log log = {o->log, "bodies"};
	struct channel_message m;
	struct err e = {0};
	int rc, fd[2], keep[2] = {STDERR_FILENO, core};

	(void)channel_send(core, &(struct channel_message){.verb = CHANNEL_HELLO}, true, NULL);
	if (sandbox_enter(keep, 2, MEMORY, &e) != 0) {
		log_say(&log, LOG_ERR, "%s", e.text);
		return 1;
	}
	while ((rc = channel_receive_two(core, &m, fd, true, &e)) != 0) {
		if (rc > 0 && m.verb == CHANNEL_BODY)
			read_one(core, &m, fd);
		os_close_fd(&fd[0]);
		os_close_fd(&fd[1]);
	}
	return 0;
}
