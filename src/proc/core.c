/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/core.h"
#include "base/log.h"
#include "base/os.h"
#include "form/mime.h"
#include "proc/channel.h"
#include "proc/core_in.h"
#include "proc/core_record.h"
#include "proc/core_reply.h"
#include "proc/sandbox.h"
#include "see/alert.h"
#include "see/change_in.h"
#include "see/facts.h"
#include "see/files.h"
#include "see/import.h"
#include "see/norms.h"
#include "see/notice.h"
#include "see/reread.h"
#include "see/right.h"
#include "see/room.h"
#include "state/changes.h"
#include "web/verbs.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* Exit code after which the supervisor starts it again at once. */
#define PARAMS_MAX ((size_t)2 << 20)
#define EXIT_AGAIN 75
#define RETRY_US 1000000
#define TELL_US 200000
#define MOVE_US 1000000
#define AGAIN_US (60 * (int64_t)1000000)
#define RIGHTS_US (600 * (int64_t)1000000)
#define FULL_US (5 * (int64_t)1000000) /* between two looks whether there is room again */

bool core_stopping(struct core *c)
{
	struct pollfd p = {.fd = c->signals, .events = POLLIN};

	c->stopping |= poll(&p, 1, 0) == 1;
	return c->stopping;
}

static void said(const struct core *c, const struct receipt *r)
{
	char path[300];

	log_about(&c->log, LOG_INFO, 'R', r->id,
	        "%.*s: %s, %llu records: %llu with events, %llu set aside, %llu none by rule; %llu events, "
	        "%llu new "
	        "findings",
	        STR_ARG(receipt_state_name(r->state)), err_quote(path, sizeof(path), r->path).p,
	        (unsigned long long)r->records, (unsigned long long)r->with_events,
	        (unsigned long long)r->asides, (unsigned long long)r->none, (unsigned long long)r->events,
	        (unsigned long long)r->new_findings);
}

static void __attribute__((noreturn)) die(const struct core *c, const struct err *e)
{
	log_say(&c->log, LOG_ERR, "%s; the core ends and starts again from what is on the disk", e->text);
	_exit(EXIT_AGAIN);
}

/* ---- the desk ------------------------------------------------------------------------------------ */

static void take(struct core *c, const struct channel_message *m)
{
	struct channel_message answer = {.verb = CHANNEL_ANSWER, .id = m->id};
	struct receipt got,
	        d = {.size = m->size,
	                .feed = str_from(m->feed),
	                .name = str_from(m->name),
	                .person = str_from(m->person),
	                .via = str_from(m->via)};
	struct err e = {0};
	auto_arena struct arena a = {0};
	char path[NODE_PATH];

	arena_init(&a, 0);
	memcpy(d.token, m->token, sizeof(d.token));
	memcpy(d.sha256, m->sha256, sizeof(d.sha256));
	answer.code = see_accept(c->node, &d, &a, &got, &e);
	if (answer.code == ERR_LIMIT && room_release(c->node))
		answer.code = see_accept(c->node, &d, &a, &got, &e);
	if (answer.code >= 0)
		answer.receipt = got.id;
	else
		channel_put(answer.text, sizeof(answer.text), str_from(e.text));
	/* what was refused or is there already has no place in the spool */
	bool ended = answer.code == SEE_AGAIN && (got.state == RECEIPT_DONE || got.state == RECEIPT_ASIDE);
	if (answer.code == SEE_SAME || answer.code == ERR_VALUE || ended) {
		node_spool(c->node, m->token, path);
		(void)os_delete(path, NULL);
	}
	(void)channel_send(c->desk, &answer, true, NULL);
}

/* What is longer than a message goes in a file that has no name. */
static int answer_long(struct core *c, const struct channel_message *answer, struct str text, struct err *e)
{
	auto_fd int fd = memfd_create("weir-answer", MFD_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "an answer has no room");
	if (os_write_all(fd, text, e) != 0)
		return ERR_SYS;
	return channel_send_fd(c->desk, answer, fd, true, e);
}

/* The register is another: what the core knows is of the one before, so it starts again, at once. */
static void take_owners(struct core *c, const struct channel_message *m)
{
	struct channel_message answer = {.verb = CHANNEL_ANSWER, .id = m->id};
	struct change params = {.params = str_from(m->text)};
	struct import i = {.token = m->token,
	        .source = str_from(m->name),
	        .person = str_from(m->person),
	        .apply = change_param(&params, "yes").p != NULL};
	auto_buf struct buf said = {0};
	struct str version = change_param(&params, "version");
	struct err e = {0};
	char path[NODE_PATH];
	bool applied = false;

	i.seen = version.len != 0 && str_u64(version, &i.version);
	node_spool(c->node, m->token, path);
	answer.code = i.apply ? core_could_start(c, &e) : 0;
	if (answer.code == 0)
		answer.code = import_file(c->node, path, &i, &said, &applied, &e);
	if (node_dead(c->node))
		die(c, &e);
	(void)os_delete(path, NULL);
	if (applied) {
		c->stopping = true;
		log_say(&c->log, LOG_INFO, "%.*s: a new register of owners from %.*s", STR_ARG(i.person),
		        STR_ARG(i.source));
	}
	if (answer.code == 0)
		answer.code = answer_long(c, &answer, buf_str(&said), &e);
	if (answer.code != 0) {
		channel_put(answer.text, sizeof(answer.text), str_from(e.text));
		(void)channel_send(c->desk, &answer, true, NULL);
	}
}

/* Of any verb. What came with it lies in the spool: parameters that are longer than a message, or a file that the change
 * moves to where it stays. What was done and could not be answered is not done again. */
static int run_change(
        struct core *c, const struct channel_message *m, struct buf *params, struct buf *said, struct err *e)
{
	const struct change_row *row = verb_find(str_from(m->name));
	struct change_file file = {.sha256 = m->sha256, .size = m->size, .token = m->token};
	char path[NODE_PATH];
	int rc = 0;

	if (row == NULL)
		return err_set(e, ERR_MISSING, "there is no such change");
	if (change_was_done(c->node, m->token)) {
		buf_add(said, STR("done, before the node was started again\n"));
		return 0;
	}
	node_spool(c->node, m->token, path);
	if (row->file)
		file.path = str_from(path);
	else if (m->size != 0)
		rc = os_read_file(path, PARAMS_MAX, params, e);
	if (rc == 0)
		rc = change_run_row(c->node, row,
		        row->file || m->size == 0 ? str_from(m->text) : buf_str(params), str_from(m->person),
		        &file, said, e);
	if (row->file || m->size != 0)
		(void)os_delete(path, NULL);
	return rc;
}

static void make_change(struct core *c, const struct channel_message *m)
{
	struct channel_message answer = {.verb = CHANNEL_ANSWER, .id = m->id};
	auto_buf struct buf said = {0}, params = {0};
	struct err e = {0};

	if (str_eq(str_from(m->name), STR("mail-try"))) {
		core_mail_try(c, m);
		return;
	}
	if (str_eq(str_from(m->name), STR("feed-try"))) {
		core_fetch_try(c, m);
		return;
	}
	if (str_eq(str_from(m->name), STR("reload")))
		answer.code = core_reload(c, str_from(m->person), &said, &e);
	else
		answer.code = run_change(c, m, &params, &said, &e);
	c->case_at = 0; /* or a case */
	core_courier_soon(c);
	c->fetch_at = 0; /* it may have been about a feed */
	c->alert_at = 0; /* or an alert */
	c->work_at = 0;  /* or have made a letter due */
	c->again_at = 0; /* or a finding that is quiet no longer */
	core_link_changed(c);
	channel_put(answer.text, sizeof(answer.text), answer.code == 0 ? buf_str(&said) : str_from(e.text));
	(void)channel_send(c->desk, &answer, true, NULL);
	if (node_dead(c->node))
		die(c, &e);
}

static void take_figures(struct core *c, const struct channel_message *m)
{
	struct err e = {0};

	if (core_figures(c, str_from(m->text), &e) == 0)
		return;
	if (node_dead(c->node))
		die(c, &e);
	log_say(&c->log, LOG_ERR, "the figures of the door: %s", e.text);
}

static void listen_desk(struct core *c)
{
	struct channel_message m;
	struct err e;

	for (;;) {
		auto_fd int fd = -1;
		int rc = channel_receive_fd(c->desk, &m, &fd, false, &e);
		if (rc == 0)
			return;
		if (rc < 0) {
			log_say(&c->log, LOG_ERR, "the desk: %s", e.text);
			continue;
		}
		channel_name(&m);
		if (m.verb == CHANNEL_TAKE)
			take(c, &m);
		else if (m.verb == CHANNEL_LOOK)
			core_look(c, &m, fd);
		else if (m.verb == CHANNEL_CHANGE)
			make_change(c, &m);
		else if (m.verb == CHANNEL_OWNERS)
			take_owners(c, &m);
		else if (m.verb == CHANNEL_FIGURES)
			take_figures(c, &m);
	}
}

/* Said once, until something was done again. */
void core_full(struct core *c, uint64_t receipt, const char *sentence)
{
	c->full_until = os_ticks() + FULL_US;
	if (!c->full_said)
		log_about(&c->log, LOG_ERR, 'R', receipt, "%s", sentence);
	c->full_said = true;
}

/* ---- reading ------------------------------------------------------------------------------------- */

/* Reads the first open receipt of a lane. False if there is none, or it must wait. */
static bool read_next(struct core *c, bool bulk)
{
	auto_arena struct arena a = {0};
	struct receipt r;
	struct err e = {0};

	arena_init(&a, 0);
	if (core_stopping(c) || c->full_until > os_ticks())
		return false;
	if (bulk && os_disk_used(c->node->folder.p, NULL) >= ROOM_BULK) {
		core_full(c, 0, "large reports wait: the disk is nearly full");
		return false;
	}
	int rc = receipt_get_open(c->node->state, bulk, &a, &r, &e);
	if (rc == 1) {
		c->bulk += bulk;
		rc = core_read(c, r.id, NULL, 0, &e);
		c->bulk -= bulk;
		c->work_at = 0; /* letters may have come due */
		c->case_at = 0; /* and requests be drafted */
		c->alert_at = 0;
		if (rc == 0 && receipt_get(c->node->state, r.id, &a, &r, &e) == 1) {
			said(c, &r);
			(void)channel_send(c->desk,
			        &(struct channel_message){.verb = CHANNEL_DONE, .receipt = r.id}, false,
			        NULL);
		}
		if (rc >= 0)
			return rc != CORE_LATER || c->full_until <= os_ticks();
	}
	if (rc < 0)
		die(c, &e);
	return false;
}

/* Reads again what was asked for, one receipt at a time, and what is left of earlier editions goes. Small reports are read
 * meanwhile, as within a large one. False if there is nothing, or it must wait. */
static bool reread(struct core *c)
{
	auto_arena struct arena a = {0};
	struct receipt r;
	struct err e = {0};
	uint64_t id;

	arena_init(&a, 0);
	if (core_stopping(c) || c->full_until > os_ticks())
		return false;
	int rc = reread_drop(c->node, &e);
	if (rc == ERR_LIMIT && !node_dead(c->node))
		rc = 0;
	if (rc == 0)
		rc = reread_next(c->node, &id, &e);
	if (rc == 1) {
		c->bulk++;
		rc = reread_gone(c->node, id, &e);
		if (rc == 0)
			rc = core_read_again(c, id, &e);
		else if (rc == 1)
			rc = 0;
		c->bulk--;
		c->work_at = 0;
		if (rc == 0 && receipt_get(c->node->state, id, &a, &r, &e) == 1) {
			said(c, &r);
			(void)channel_send(c->desk,
			        &(struct channel_message){.verb = CHANNEL_DONE, .receipt = id}, false, NULL);
		}
		if (rc >= 0)
			return rc != CORE_LATER || c->full_until <= os_ticks();
	}
	if (rc < 0)
		die(c, &e);
	return false;
}

/* The desk hears that something was committed; what it has no room for is said the next time. True if that is soon. */
static bool tell_desk(struct core *c)
{
	struct changes_cursor head;
	struct err e;

	if (changes_head(c->node->state, &head, &e) != 0 || head.seq == c->told)
		return false;
	if (c->tell_at > os_ticks())
		return true;
	c->tell_at = os_ticks() + TELL_US;
	if (channel_send(c->desk, &(struct channel_message){.verb = CHANNEL_CHANGED, .size = head.seq}, false,
	            &e) == 0)
		c->told = head.seq;
	return c->told != head.seq;
}

static void take_drop(struct core *c);

void core_wake_fds(const struct core *c, int fd[INTAKE_WAKES])
{
	fd[0] = c->desk;
	fd[1] = c->door;
	core_link_fds(c, fd + 2);
}

void core_wake(struct core *c)
{
	struct err e;

	(void)tell_desk(c);
	listen_desk(c);
	if ((core_door(c, &e) != 0 || core_link(c, &e) != 0) && node_dead(c->node))
		die(c, &e);
	take_drop(c);
	/* one large report at a time, and only small ones inside it */
	if (c->bulk > 0 && c->depth == 1)
		while (read_next(c, false))
			listen_desk(c);
}

/* 0 or a code; what cannot be written for want of room is tried again. */
static int seal(struct core *c, struct err *e)
{
	unsigned n = 1;
	int64_t next;

	while (c->work_at <= os_now() && n > 0) {
		size_t waiting = c->node->signing.n;
		int rc = notice_seal(c->node, &n, &next, e);
		if (rc == ERR_LIMIT && !node_dead(c->node)) {
			room_release(c->node);
			c->work_at = os_now() + RETRY_US;
			return 0;
		}
		if (rc != 0)
			return rc;
		/* a letter that waits for its report is looked at again soon */
		c->work_at = n > 0 ? next : next <= os_now() ? os_now() + RETRY_US : next;
		waiting = c->node->signing.n - waiting;
		if (n > waiting)
			log_say(&c->log, LOG_INFO, "%zu letters sealed", n - waiting);
	}
	return 0;
}

/* Findings whose time has come; letters of theirs may be due at once. */
static int again(struct core *c, struct err *e)
{
	unsigned n = 1, all = 0;
	int rc = 0;

	while (rc == 0 && c->again_at <= os_now() && n > 0) {
		rc = notice_again(c->node, &n, &c->again_at, e);
		all += n;
	}
	/* what a clock that was set back hides is found within the minute */
	if (rc == 0 && c->again_at > os_now() + AGAIN_US)
		c->again_at = os_now() + AGAIN_US;
	if (all > 0)
		c->work_at = 0;
	return rc;
}

/* Contacts that are to be asked whether they are still right. */
static int rights(struct core *c, struct err *e)
{
	unsigned n = 0;

	if (c->right_at > os_now())
		return 0;
	int rc = right_open(c->node, c->dry_run, &n, e);
	c->right_at = os_now() + RIGHTS_US;
	if (n > 0) {
		log_say(&c->log, LOG_INFO, "%u contacts are to be asked whether they are still right", n);
		c->work_at = 0;
	}
	return rc;
}

static int alerts(struct core *c, struct err *e)
{
	return c->alert_at <= os_now() ? alert_look(c->node, &c->alert_at, e) : 0;
}

/* A disk that is full is no reason not to know the time. */
static int look_at_clock(struct core *c, struct err *e)
{
	struct clock_said said;
	int rc = clock_look(c->node, &said, e);

	if (said.log)
		log_say(&c->log, LOG_WARN, "%s", said.text);
	if (said.stepped) {
		c->work_at = c->again_at = c->alert_at = c->fetch_at = c->keep_at = 0;
		core_hello_again(c);
	}
	core_hello_look(c);
	return rc == ERR_LIMIT && !node_dead(c->node) ? 0 : rc;
}

void core_work(struct core *c)
{
	struct err e = {0};
	int rc = look_at_clock(c, &e);

	if (rc == 0)
		rc = again(c, &e);
	if (rc == 0)
		rc = rights(c, &e);
	if (rc == 0)
		rc = seal(c, &e);

	if (rc == 0)
		rc = core_cases(c, &e);
	if (rc == 0)
		rc = core_replies(c, &e);
	if (rc == 0)
		rc = alerts(c, &e);
	if (rc == 0)
		rc = core_door(c, &e);
	if (rc == 0)
		rc = core_records(c, &e);
	if (rc == 0)
		rc = core_pgp(c, &e);
	/* what has come back is kept at once */
	if (rc == 0)
		rc = core_records(c, &e);
	if (rc == 0)
		rc = core_post(c, &e);
	if (rc == 0)
		rc = core_fetch(c, &e);
	if (rc == 0)
		rc = core_link(c, &e);
	if (rc == ERR_LIMIT)
		room_release(c->node);
	if (rc != 0 && (rc != ERR_LIMIT || node_dead(c->node)))
		die(c, &e);
}

/* Files that were renamed into in/; looked for each second. What is complained of is said once. */
static void take_drop(struct core *c)
{
	struct buf complaints = {0};
	struct err e = {0};
	unsigned n = 0;

	if (c->drop_at > os_ticks() || c->full_until > os_ticks())
		return;
	int rc = see_drop(c->node, &complaints, &n, &e);
	c->drop_at = n > 0 ? 0 : os_ticks() + RETRY_US;
	if (complaints.len != 0 && !str_eq(buf_str(&complaints), buf_str(&c->drop_said)))
		log_each(&c->log, LOG_ERR, buf_str(&complaints));
	buf_done(&c->drop_said);
	c->drop_said = complaints;
	if (rc == ERR_SYS || (rc != 0 && node_dead(c->node)))
		die(c, &e);
	if (rc != 0)
		log_say(&c->log, LOG_ERR, "%s", e.text);
}

/* One step of the keeping of days. True if there is more of it at once. */
static bool keep_days(struct core *c)
{
	auto_buf struct buf said = {0};
	struct err e = {0};

	if (c->keep_at > os_now() || core_stopping(c))
		return false;
	int rc = keep_step(c->keep, c->node, &c->keep_at, &said, &e);
	for (struct str_cut cut = str_cut(buf_str(&said), '\n'); cut.ok; cut = str_cut(cut.tail, '\n'))
		log_say(&c->log, LOG_INFO, "%.*s", STR_ARG(cut.head));
	if (rc < 0 && node_dead(c->node))
		die(c, &e);
	if (rc < 0)
		log_say(&c->log, LOG_ERR, "%s; it is tried again within the hour", e.text);
	return rc != 0;
}

static int work_ms(const struct core *c)
{
	int64_t ms = (c->work_at - os_now()) / 1000 + 1;
	int longest = 1000; /* in/ */

	return ms < 0 ? 0 : ms > longest ? longest : (int)ms;
}

/* Each second, so that a page which many commits write is moved once; that needs as much room again. */
static void move_wal(struct core *c)
{
	struct err e;

	if (c->move_at > os_ticks() || os_disk_used(c->node->folder.p, NULL) >= ROOM_UPLOADS)
		return;
	c->move_at = os_ticks() + MOVE_US;
	if (node_checkpoint(c->node, false, &e) != 0 && !node_full(c->node))
		die(c, &e);
}

static void loop(struct core *c)
{
	while (!core_stopping(c)) {
		listen_desk(c);
		if (read_next(c, false))
			continue;
		bool busy = read_next(c, true) || reread(c), more = keep_days(c);
		if (busy)
			continue;
		core_work(c);
		take_drop(c);
		struct pollfd p[8] = {{.fd = c->desk, .events = POLLIN}, {.fd = c->signals, .events = POLLIN},
		        {.fd = c->post, .events = POLLIN}, {.fd = c->fetch, .events = POLLIN},
		        {.fd = c->pgp, .events = POLLIN}, {.fd = c->door, .events = POLLIN}};
		int links[2];
		core_link_fds(c, links);
		for (unsigned i = 0; i < 2; i++)
			p[6 + i] = (struct pollfd){.fd = links[i], .events = POLLIN};
		core_rest(c);
		move_wal(c);
		room_ballast(c->node);
		int wait = c->full_until > os_ticks() ? 1000 : work_ms(c);
		if (tell_desk(c) && wait > TELL_US / 1000)
			wait = TELL_US / 1000;
		poll(p, 8, more ? 0 : core_link_ms(c, wait));
	}
}

static int start(struct core *c, const struct serve_options *o, int ready, struct err *e)
{
	auto_buf struct buf notes = {0};
	struct clock_said clock = {0};
	unsigned swept = 0;

	mime_init();
	if (core_open(c, o, ready, e) != 0)
		return ERR_SYS;
	int rc = clock_open(c->node, &clock, e);
	if (clock.log)
		log_say(&c->log, LOG_WARN, "%s", clock.text);
	if (rc == 0)
		rc = facts_put(c->node, o->dry_run, e);
	if (rc == 0)
		rc = core_sim3(c, e);
	if (rc == 0)
		rc = norms_load(&o->paths, &c->node->country, c->node->state, &notes, e);
	log_each(&c->log, LOG_WARN, buf_str(&notes));
	/* a full disk is no reason not to run */
	if (rc == ERR_LIMIT && !node_dead(c->node))
		rc = 0;
	if (rc == 0)
		rc = notice_mode(c->node, e);
	if (rc == 0)
		rc = see_sweep(c->node, &swept, e);
	if (rc == 0)
		room_ballast(c->node);
	if (rc == 0)
		rc = sandbox_process(SANDBOX_CORE, e);
	return rc;
}

int core_main(const struct serve_options *o, const struct core_pairs *pairs, int ready)
{
	struct core c = {.log = {o->log, "core"},
	        .desk = pairs->desk,
	        .post = pairs->post,
	        .pgp = pairs->pgp,
	        .door = pairs->door,
	        .fetch = o->dry_run ? -1 : pairs->fetch,
	        .dry_run = o->dry_run,
	        .readers = pairs->readers};
	struct err e = {0};

	sigset_t term;

	/* the supervisor has blocked it already, so none is lost */
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	c.signals = signalfd(-1, &term, SFD_CLOEXEC | SFD_NONBLOCK);
	signal(SIGINT, SIG_IGN);
	c.node = mem_zero(1, sizeof(*c.node));
	c.keep = keep_new();
	c.reply = core_reply_new();
	if (start(&c, o, ready, &e) != 0 || core_door_start(&c, pairs->outside, &e) != 0) {
		log_say(&c.log, LOG_ERR, "%s", e.text);
		return 1;
	}
	(void)channel_send(c.desk, &(struct channel_message){.verb = CHANNEL_HELLO}, false, NULL);
	/* without a server, or in the shadow of another system, letters stay files */
	c.post_files = c.node->country.mail.host.len == 0 || c.node->country.mail.mode == MAIL_SHADOW;
	if (o->dry_run)
		c.post = -1;
	core_pgp_start(&c);
	core_post_start(&c);
	core_fetch_start(&c);
	core_link_start(&c, pairs);
	(void)os_write_all(ready, str_make(&(char){CORE_READY}, 1), NULL);
	close(ready);
	loop(&c);
	keep_free(c.keep);
	core_reply_free(c.reply);
	core_record_drop(&c);
	core_link_end(&c);
	core_door_end(&c);
	if (node_checkpoint(c.node, true, &e) != 0)
		log_say(&c.log, LOG_WARN, "%s", e.text);
	node_close(c.node);
	free(c.node);
	return 0;
}
