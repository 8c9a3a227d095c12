/* SPDX-License-Identifier: Apache-2.0
 *
 * The core's side of sending: one letter at a time goes to the post. What is on its way when either of the two dies
 * is settled by a question that the post answers after all before it (SYNC): an answer that came by then counts, a
 * letter without one goes again, with the same Message-ID. So a letter is repeated only if the post itself died
 * between the server's 250 and its own word about it.
 */
#include "base/log.h"
#include "base/os.h"
#include "exit/clear.h"
#include "form/mime.h"
#include "link/reply.h"
#include "proc/channel.h"
#include "proc/core_in.h"
#include "see/alert.h"
#include "see/change.h"
#include "see/notice.h"
#include <sys/mman.h>
#include <unistd.h>

/* Number of a question about a message of an alert; a letter has 0. */
#define ABOUT_ALERT 1
#define ABOUT_REPLY 2

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

	unsigned code = m->code > 0 ? (unsigned)m->code : 0;
	if (m->receipt != 0 && m->id == ABOUT_ALERT)
		rc = alert_answer(c->node, m->receipt, code, str_from(m->text), e);
	else if (m->receipt != 0 && m->id == ABOUT_REPLY)
		rc = reply_answer(c->node->state, m->receipt, code, str_from(m->text), e);
	else if (m->receipt != 0)
		rc = notice_answer(c->node, m->receipt, code, str_from(m->text), e);
	if (rc == 0)
		c->answer.receipt = 0;
	return rc;
}

/* Whom nobody can reach is said aloud: somebody wanted to be woken. */
static void say_unheard(const struct core *c, const struct channel_message *m)
{
	log_say(&c->log, LOG_WARN, "an alert could not be delivered (%d); 'weir alert list' says to whom",
	        m->code);
}

static void say_reply_refused(const struct core *c, const struct channel_message *m)
{
	log_say(&c->log, LOG_WARN,
	        "a mail of a case was not taken (%d); 'weir case entries' has the mail server's words",
	        m->code);
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

/* ---- trying -------------------------------------------------------------------------------------- */

static void mail_tried(struct core *c, int code, const char *sentence)
{
	struct channel_message a = {.verb = CHANNEL_ANSWER, .id = c->mail_trying, .code = code};

	channel_put(a.text, sizeof(a.text), str_from(sentence));
	c->mail_trying = 0;
	(void)channel_send(c->desk, &a, true, NULL);
}

/* Bytes as a descriptor that can be read from its beginning; -1 if there is no memory. */
static int as_file(struct str bytes)
{
	int fd = memfd_create("message", MFD_CLOEXEC);

	if (fd >= 0 && (os_write_all(fd, bytes, NULL) != 0 || lseek(fd, 0, SEEK_SET) != 0))
		os_close_fd(&fd);
	return fd;
}

/* A letter to oneself, cleared as every other. *ret_fd -1: none is wanted. */
static int test_letter(struct core *c, struct str to, struct channel_message *m, int *ret_fd, struct err *e)
{
	const struct country_mail *mail = &c->node->country.mail;
	auto_buf struct buf bytes = {0};
	char id[128];
	uint8_t dice[8];
	struct cleared cleared;

	*ret_fd = -1;
	if (to.len == 0)
		return 0;
	os_random(dice, sizeof(dice));
	int at = snprintf(id, sizeof(id), "test.");
	for (unsigned i = 0; i < sizeof(dice); i++)
		at += snprintf(id + at, sizeof(id) - (size_t)at, "%02x", dice[i]);
	snprintf(id + at, sizeof(id) - (size_t)at, "@%.*s",
	        STR_ARG(str_sub(str_rcut(mime_address(mail->from), '@').tail, 0, 80)));
	struct mime_letter l = {.from = mail->from,
	        .to = to,
	        .reply_to = mail->reply_to,
	        .subject = STR("Test of the node"),
	        .text = STR("This letter was sent by hand to see whether letters arrive. Look at its header: "
	                    "SPF, DKIM and DMARC\n"
	                    "should say pass. It tells of nothing.\n"),
	        .message_id = str_from(id),
	        .date = os_now()};
	if (mime_write(&l, &bytes, e) != 0)
		return ERR_VALUE;
	db_begin(c->node->state);
	bool may = exit_clear(
	        c->node->state, STR("test letter"), to, EXIT_STAFF, TLP_CLEAR, buf_str(&bytes), &cleared);
	if (db_commit(c->node->state, e) != 0 || !may)
		return ERR_SYS;
	memcpy(m->sha256, cleared.sha256, sizeof(m->sha256));
	channel_put(m->name, sizeof(m->name), to);
	*ret_fd = as_file(buf_str(&bytes));
	return *ret_fd < 0 ? err_set(e, ERR_LIMIT, "there is no memory for the letter") : 0;
}

void core_mail_try(struct core *c, const struct channel_message *m)
{
	const struct country_mail *mail = &c->node->country.mail;
	struct change asked = {.params = str_from(m->text)};
	struct channel_message q = {.verb = CHANNEL_TRY, .id = m->id},
	                       a = {.verb = CHANNEL_ANSWER, .id = m->id};
	struct err e = {0};
	auto_fd int fd = -1;

	/* asked again, since the core has started: it was in the pair */
	if (c->mail_trying != 0 && c->mail_trying == m->id)
		return;
	if (c->post < 0)
		a.code =
		        err_set(&e, ERR_VALUE, "the node was started with --dry-run and opens no connection");
	else if (mail->host.len == 0 || mail->from.len == 0)
		a.code = err_set(&e, ERR_VALUE, "'mail: %s' is missing in weir.yaml",
		        mail->host.len == 0 ? "host" : "from");
	else if (c->mail_trying != 0)
		a.code = err_set(&e, ERR_VALUE,
		        "the mail server is being tried just now; ask again when that is done");
	else if ((a.code = test_letter(c, change_param(&asked, "to"), &q, &fd, &e)) == 0)
		a.code = channel_send_fd(c->post, &q, fd, false, &e);
	if (a.code == 0) {
		c->mail_trying = m->id;
		return;
	}
	channel_put(a.text, sizeof(a.text), str_from(e.text));
	(void)channel_send(c->desk, &a, true, NULL);
}

/* ---- what the post says -------------------------------------------------------------------------- */

static int hear(struct core *c, const struct channel_message *m, struct err *e)
{
	int rc = 0;

	if (m->verb == CHANNEL_HELLO) {
		if (c->mail_trying != 0)
			mail_tried(c, ERR_SYS, "the process that was trying ended; ask again");
		ask_sync(c);
	} else if (m->verb == CHANNEL_SYNC && m->id == c->post_sync) {
		c->post_synced = true;
		c->node->sending = c->alerting = c->replying = 0;
	} else if (m->verb == CHANNEL_SENT) {
		c->answer = *m;
		rc = settle(c, e);
		if (m->id == ABOUT_ALERT)
			c->alerting = 0;
		else if (m->id == ABOUT_REPLY)
			c->replying = 0;
		else if (m->receipt == c->node->sending)
			c->node->sending = 0;
		if (m->code < 200 || m->code >= 300)
			(m->id == ABOUT_ALERT                  ? say_unheard
			                : m->id == ABOUT_REPLY ? say_reply_refused
			                                       : say_refused)(c, m);
	} else if (m->verb == CHANNEL_TRIED && m->id == c->mail_trying) {
		mail_tried(c, m->code < 0 ? ERR_SYS : 0, m->text);
	}
	return rc;
}

static int send_next(struct core *c, struct err *e)
{
	auto_arena struct arena a = {0};
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

/* Alerts go before letters, and also where letters stay files. */
static int send_alert(struct core *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct alert_ready r;

	arena_init(&a, 0);
	int rc = alert_next(c->node, &a, &r, e);
	if (rc != 1)
		return rc;
	struct channel_message m = {.verb = CHANNEL_SEND, .id = ABOUT_ALERT, .receipt = r.id};
	memcpy(m.sha256, r.sha256, sizeof(m.sha256));
	channel_put(m.name, sizeof(m.name), r.to);
	channel_put(m.via, sizeof(m.via), r.webhook ? STR("webhook") : STR("mail"));
	auto_fd int fd = as_file(r.bytes);
	if (fd >= 0 && channel_send_fd(c->post, &m, fd, false, e) == 0)
		c->alerting = r.id;
	return 0;
}

/* Mails of people go before letters: somebody waits for them. */
static int send_reply(struct core *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct reply_ready r;

	arena_init(&a, 0);
	int rc = reply_ready_next(c->node->state, &a, &r, e);
	if (rc != 1)
		return rc;
	struct channel_message m = {.verb = CHANNEL_SEND, .id = ABOUT_REPLY, .receipt = r.entry};
	memcpy(m.sha256, r.sha256, sizeof(m.sha256));
	channel_put(m.name, sizeof(m.name), r.to);
	auto_fd int fd = as_file(r.bytes);
	if (fd >= 0 && channel_send_fd(c->post, &m, fd, false, e) == 0)
		c->replying = r.entry;
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
	/* what the server said is written down before it leaves the pair */
	while ((rc = channel_peek(c->post, &m, e)) != 0) {
		if (rc < 0)
			log_say(&c->log, LOG_ERR, "the post: %s", e->text);
		rc = rc < 0 ? 0 : hear(c, &m, e);
		channel_drop(c->post);
		if (rc != 0)
			return rc;
	}
	if (!c->post_synced || c->node->sending != 0 || c->alerting != 0 || c->replying != 0)
		return 0;
	rc = send_alert(c, e);
	if (rc == 0 && c->alerting == 0 && !c->post_files)
		rc = send_reply(c, e);
	return rc == 0 && c->alerting == 0 && c->replying == 0 && !c->post_files ? send_next(c, e) : rc;
}
