/* SPDX-License-Identifier: Apache-2.0
 *
 * The core's side of sending: one letter at a time goes to the post. What is on its way when either of the two dies
 * is settled by a question that the post answers after all before it (SYNC): an answer that came by then counts, a
 * letter without one goes again, with the same Message-ID. So a letter is repeated only if the post itself died
 * between the server's 250 and its own word about it.
 */
#include "base/log.h"
#include "base/os.h"
#include "proc/channel.h"
#include "proc/core_in.h"
#include "see/notice.h"

static void ask_sync(struct core *c)
{
	struct err e;

	c->post_synced = false;
	if (channel_send(c->post, &(struct channel_message){.verb = CHANNEL_SYNC, .id = ++c->post_sync},
	            false, &e) != 0)
		log_say(&c->log, LOG_ERR, "the post: %s", e.text);
}

void core_post_start(struct core *c)
{
	if (c->post >= 0)
		ask_sync(c);
}

/* What the server said is written down before anything else is sent, also if the disk was full for a while: else the
 * letter would go twice. */
static int settle(struct core *c, struct err *e)
{
	const struct channel_message *m = &c->answer;
	int rc = 0;

	if (m->receipt != 0)
		rc = notice_answer(
		        c->node, m->receipt, m->code > 0 ? (unsigned)m->code : 0, str_from(m->text), e);
	if (rc == 0)
		c->answer.receipt = 0;
	return rc;
}

/* A server's words may name the recipient, or what stands in the letter. */
static void say_refused(const struct core *c, const struct channel_message *m)
{
	if (m->code > 0)
		log_about(&c->log, LOG_WARN, 'N', m->receipt,
		        "was not taken: the mail server answered %d; 'weir why N%llu' has its words", m->code,
		        (unsigned long long)m->receipt);
	else
		log_about(&c->log, LOG_WARN, 'N', m->receipt,
		        "was not taken: the mail server was not reached, or lets nobody in; 'weir why N%llu' "
		        "says more",
		        (unsigned long long)m->receipt);
}

static int hear(struct core *c, const struct channel_message *m, struct err *e)
{
	int rc = 0;

	if (m->verb == CHANNEL_HELLO) {
		ask_sync(c);
	} else if (m->verb == CHANNEL_SYNC && m->id == c->post_sync) {
		c->post_synced = true;
		c->node->sending = 0;
	} else if (m->verb == CHANNEL_SENT) {
		c->answer = *m;
		rc = settle(c, e);
		if (m->receipt == c->node->sending)
			c->node->sending = 0;
		if (m->code < 200 || m->code >= 300)
			say_refused(c, m);
	}
	return rc;
}

static int send_next(struct core *c, struct err *e)
{
	auto_arena struct arena a;
	struct notice_ready r;
	char path[NODE_PATH];

	arena_init(&a, 0);
	int rc = notice_next(c->node, 0, &a, &r, e);
	if (rc != 1)
		return rc;
	struct channel_message m = {.verb = CHANNEL_SEND, .receipt = r.id};
	memcpy(m.sha256, r.sha256, sizeof(m.sha256));
	channel_put(m.name, sizeof(m.name), r.to);
	notice_path(c->node, r.ticket, path);
	auto_fd int fd = os_open(path, e);
	if (fd < 0) {
		log_about(&c->log, LOG_ERR, 'N', r.id, "cannot be sent: %s", e->text);
		return notice_answer(c->node, r.id, 0, str_from(e->text), e);
	}
	c->node->sending = r.id;
	if (channel_send_fd(c->post, &m, fd, false, e) != 0)
		c->node->sending = 0;
	return 0;
}

int core_post(struct core *c, struct err *e)
{
	struct channel_message m;
	int rc;

	if (c->post < 0)
		return 0;
	if ((rc = settle(c, e)) != 0)
		return rc;
	while ((rc = channel_receive(c->post, &m, false, e)) != 0) {
		if (rc < 0) {
			log_say(&c->log, LOG_ERR, "the post: %s", e->text);
			continue;
		}
		if ((rc = hear(c, &m, e)) != 0)
			return rc;
	}
	if (c->post_synced && c->node->sending == 0)
		return send_next(c, e);
	return 0;
}
