/* SPDX-License-Identifier: Apache-2.0
 *
 * The core's side of OpenPGP. Letters: jobs of see/sign.h go out some at a time and are sealed together once they come
 * back. What is encrypted in a report is opened while its reading waits, as for a reader. Each job has a number that no
 * other has, of this core or one before it: an answer to another is passed over. When either of the two starts anew, a
 * question (SYNC) comes back once nothing that was asked before runs any more; then all that is open is asked again, so
 * that no two write into one result.
 */
#include "base/os.h"
#include "proc/core_in.h"
#include "proc/core_record.h"
#include "proc/core_reply.h"
#include "see/sign.h"
#include <errno.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#define JOBS_AHEAD 8
#define RESULT_BYTES ((size_t)256 << 20)
/* Longer than the pgp process lets gpg run, and its start after it was killed. */
#define OPEN_US (600 * (int64_t)1000000)

/* What is being opened; several if a small report comes while a large one waits. */
struct core_opening {
	struct channel_message job, answer;
	int fd[2];
	unsigned tries;
	bool sent, done;
	struct core_opening *next;
};

static void ask_sync(struct core *c)
{
	struct err e;
	struct channel_message m = {.verb = CHANNEL_SYNC, .id = ++c->pgp_sync, .size = (uint64_t)c->started};

	c->pgp_synced = false;
	if (channel_send(c->pgp, &m, false, &e) != 0)
		log_say(&c->log, LOG_ERR, "the pgp process: %s", e.text);
}

void core_pgp_start(struct core *c)
{
	c->started = os_now();
	ask_sync(c);
	if (c->node->country.pgp.home.len == 0)
		c->pgp = -1;
}

/* ---- letters ------------------------------------------------------------------------------------- */

static int memory_of(struct str bytes, struct err *e)
{
	int fd = memfd_create("weir-pgp", MFD_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "a letter's job has no room");
	if (os_write_all(fd, bytes, e) != 0) {
		close(fd);
		return ERR_SYS;
	}
	return fd;
}

/* 0, or ERR_LIMIT if the channel is full: later. */
static int send_job(struct core *c, struct sign_job *j, struct err *e)
{
	auto_fd int in = memory_of(str_skip(buf_str(&j->mail), j->entity), e);
	struct channel_message m = {.verb = j->record ? CHANNEL_PGP_RECORD : CHANNEL_PGP_PROTECT,
	        .receipt = j->notice,
	        .size = (uint64_t)j->number};

	if (j->out < 0)
		j->out = memfd_create("weir-pgp", MFD_CLOEXEC);
	if (in < 0 || j->out < 0)
		return ERR_LIMIT;
	channel_put(m.name, sizeof(m.name), str_from(j->key));
	int rc = channel_send_two(c->pgp, &m, (const int[2]){in, j->out}, false, e);
	j->sent = rc == 0;
	return rc;
}

/* Beside letters: one mail of a case, one record. NULL: none. */
#define OTHERS 2
static void find_others(const struct core *c, struct sign_job *ret[OTHERS])
{
	ret[0] = core_reply_job(c);
	ret[1] = c->record;
}

static void send_jobs(struct core *c)
{
	unsigned ahead = 0;
	struct err e;

	struct sign_job *other[OTHERS];

	find_others(c, other);
	for (unsigned i = 0; i < OTHERS; i++)
		if (other[i] != NULL && !other[i]->sent && !other[i]->done && send_job(c, other[i], &e) != 0)
			return;
	for (size_t i = 0; i < c->node->signing.n; i++)
		ahead += c->node->signing.v[i]->sent;
	for (size_t i = 0; i < c->node->signing.n && ahead < JOBS_AHEAD; i++) {
		struct sign_job *j = c->node->signing.v[i];
		if (j->sent || j->done)
			continue;
		if (send_job(c, j, &e) != 0)
			return;
		ahead++;
	}
}

/* The result is copied before it is looked at: the other process has the descriptor too. */
static int take_result(struct sign_job *j, const char *digest, struct err *e)
{
	auto_buf struct buf b = {0};
	ssize_t n = 0;

	while (b.len <= RESULT_BYTES && (n = os_read_at(j->out, buf_room(&b, 65536), 65536, b.len)) > 0)
		b.len += (size_t)n;
	if (n < 0 || b.len > RESULT_BYTES || !str_starts(buf_str(&b), STR("-----BEGIN PGP ")))
		return err_set(e, ERR_FORMAT, "what gpg made of the letter is no OpenPGP message");
	sign_done(j, buf_str(&b), str_from(digest));
	return 0;
}

static void hear_letter(struct core *c, struct sign_job *j, const struct channel_message *m)
{
	struct err e;

	j->sent = false;
	if (m->code == 0 && take_result(j, m->name, &e) == 0)
		return;
	/* a gpg that is killed while it looks for a key has none: whatever it says is asked again */
	if (++j->tries < SIGN_TRIES)
		return;
	sign_held(j, str_from(m->code == 0 ? e.text : m->text));
	if (j->number < 0)
		return;
	log_about(&c->log, LOG_WARN, 'N', j->notice,
	        "is held: it cannot be signed or encrypted; 'weir why N%llu' says why",
	        (unsigned long long)j->notice);
}

/* ---- what comes in ------------------------------------------------------------------------------- */

static struct core_opening *opening_find(struct core *c, const struct channel_message *m)
{
	struct core_opening *o = c->openings;

	while (o != NULL && (o->job.receipt != m->receipt || o->job.size != m->size))
		o = o->next;
	return o;
}

static void send_openings(struct core *c)
{
	struct err e;

	for (struct core_opening *o = c->openings; o != NULL; o = o->next)
		if (!o->sent && !o->done)
			o->sent = channel_send_two(c->pgp, &o->job, o->fd, false, &e) == 0;
}

static void hear_opening(struct core_opening *o, const struct channel_message *m)
{
	o->sent = false;
	if (m->code != 0 && m->code != ERR_LIMIT && ++o->tries < SIGN_TRIES)
		return;
	o->answer = *m;
	/* what does not pass is the message's fault */
	if (m->code == ERR_SYS)
		o->answer.code = ERR_VALUE;
	o->done = true;
}

/* ---- both ---------------------------------------------------------------------------------------- */

static void hear(struct core *c, const struct channel_message *m)
{
	struct sign_job *j = m->verb == CHANNEL_PGP_DONE ? sign_find(c->node, m->receipt, (int64_t)m->size)
	                                                 : NULL,
	                *other[OTHERS];
	struct core_opening *o = m->verb == CHANNEL_PGP_DONE ? opening_find(c, m) : NULL;

	find_others(c, other);
	for (unsigned i = 0; i < OTHERS; i++)
		if (j == NULL && other[i] != NULL && m->verb == CHANNEL_PGP_DONE &&
		        other[i]->notice == m->receipt && other[i]->number == (int64_t)m->size)
			j = other[i];
	if (m->verb == CHANNEL_HELLO) {
		ask_sync(c);
	} else if (m->verb == CHANNEL_SYNC && m->id == c->pgp_sync) {
		c->pgp_synced = true;
		for (size_t i = 0; i < c->node->signing.n; i++)
			c->node->signing.v[i]->sent = false;
		for (unsigned i = 0; i < OTHERS; i++)
			if (other[i] != NULL)
				other[i]->sent = false;
		for (o = c->openings; o != NULL; o = o->next)
			o->sent = false;
	} else if (j != NULL && !j->done) {
		hear_letter(c, j, m);
	} else if (o != NULL && !o->done) {
		hear_opening(o, m);
	}
}

static void listen_pgp(struct core *c)
{
	struct channel_message m;
	struct err e;
	int rc;

	while ((rc = channel_receive(c->pgp, &m, false, &e)) != 0) {
		if (rc < 0)
			log_say(&c->log, LOG_ERR, "the pgp process: %s", e.text);
		else
			hear(c, &m);
	}
	if (c->pgp_synced) {
		send_openings(c);
		send_jobs(c);
	}
}

int core_pgp(struct core *c, struct err *e)
{
	unsigned n = 0;

	if (c->pgp < 0)
		return 0;
	listen_pgp(c);
	int rc = sign_seal(c->node, &n, e);
	if (n > 0) {
		c->work_at = 0; /* there is room for more */
		log_say(&c->log, LOG_INFO, "%u letters came back from OpenPGP", n);
	}
	return rc;
}

struct core_pgp_ask {
	uint64_t receipt;
	size_t signature; /* bytes of it; 0: it is to be opened */
};

static int ask(struct core *c, const struct core_pgp_ask *a, int in, int out, char proven[CORE_PROVEN],
        struct err *e)
{
	struct core_opening o = {.job = {.verb = a->signature > 0 ? CHANNEL_PGP_VERIFY : CHANNEL_PGP_OPEN,
	                                 .code = (int32_t)a->signature,
	                                 .receipt = a->receipt,
	                                 .size = (uint64_t)os_now()},
	        .fd = {in, out},
	        .next = c->openings};
	int64_t until = os_ticks() + OPEN_US;
	int wake[INTAKE_WAKES];

	core_wake_fds(c, wake);
	if (c->pgp < 0)
		return err_set(e, ERR_DENIED,
		        "it is encrypted with OpenPGP, and weir.yaml names no OpenPGP home (pgp: home)");
	c->openings = &o;
	listen_pgp(c);
	while (!o.done && !core_stopping(c) && os_ticks() < until) {
		struct pollfd p[2 + INTAKE_WAKES] = {
		        {.fd = c->pgp, .events = POLLIN}, {.fd = c->signals, .events = POLLIN}};
		for (unsigned i = 0; i < INTAKE_WAKES; i++)
			p[2 + i] = (struct pollfd){.fd = wake[i], .events = POLLIN};
		poll(p, 2 + INTAKE_WAKES, 1000);
		listen_pgp(c);
		if (!o.done)
			core_wake(c);
	}
	/* those that came later have ended before */
	c->openings = o.next;
	if (!o.done)
		return err_set(e, ERR_SYS, "the process that runs gpg did not answer");
	if (o.answer.code == 0 && proven != NULL)
		snprintf(proven, CORE_PROVEN, "%.*s", CORE_PROVEN - 1, o.answer.name);
	return o.answer.code == 0 ? 0 : err_set(e, o.answer.code, "%s", o.answer.text);
}

int core_pgp_open(struct core *c, uint64_t receipt, int in, int out, char proven[CORE_PROVEN], struct err *e)
{
	return ask(c, &(struct core_pgp_ask){.receipt = receipt}, in, out, proven, e);
}

int core_pgp_verify(
        struct core *c, uint64_t receipt, int in, size_t signature, char proven[CORE_PROVEN], struct err *e)
{
	/* nothing is written, but a job has two descriptors */
	auto_fd int out = memfd_create("weir-pgp", MFD_CLOEXEC);

	if (out < 0)
		return err_sys(e, "there is no room for a signature to be checked");
	return ask(c, &(struct core_pgp_ask){.receipt = receipt, .signature = signature}, in, out, proven, e);
}
