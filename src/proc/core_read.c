/* SPDX-License-Identifier: Apache-2.0
 *
 * One receipt: its bytes go into the day's file, then through a reader, whose batches see/ takes chunk by chunk.
 * A part of a container is spooled, accepted as a receipt of its own and read at once, while the container
 * waits; so a container that is read again finds its parts by their numbers.
 */
#include "base/digest.h"
#include "base/log.h"
#include "base/os.h"
#include "day/ahead.h"
#include "proc/core_in.h"
#include "proc/job.h"
#include "see/message.h"
#include "see/reread.h"
#include "see/room.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

/* Readings of one receipt that may be cut off without progress before it is set aside. */
#define ATTEMPTS 10
#define PART_SILENCE_MS 60000
/* Of a large report; some 8 MiB of WAL are moved, without waiting for anybody, while there is room for as much again. */
#define CHECKPOINT_CHUNKS 32
/* Of one transaction, while the reader is ahead and nobody waits. */
#define FLUSH_CHUNKS 8

struct part {
	uint64_t receipt; /* of a part that was accepted before; 0: new */
	bool ended, unsure, sealed;
	bool other; /* its bytes are others than when its container was read first */
	uint8_t token[16], sha256[DIGEST_LEN];
	uint64_t size;
	uint32_t number;
	char path[NODE_PATH], name[1024], label[2048];
};

struct core_reading {
	struct core *core;
	struct see_reading *see;
	struct intake_budget own, *budget;
	unsigned depth;
	struct part *part;
	struct arena arena;
	const char *reader;
	char sentence[1024];
	bool failed, cut_off;
	int fd;              /* of its bytes, which its reader reads at a pace of its own */
	struct ahead *ahead; /* its pieces, compressed on another core */
	uint64_t raw_at;     /* bytes that were stored */
	bool raw_done;
	unsigned since_checkpoint;
};

/* ---- parts --------------------------------------------------------------------------------------- */

static int wait_bytes(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int n;

	do
		n = poll(&p, 1, PART_SILENCE_MS);
	while (n < 0 && errno == EINTR);
	return n;
}

/* The bytes of a pipe into to (-1: nowhere), to its end. 0, 1 if they stopped coming, or a negative code. */
static int drain(int from, int to, struct digest *d, uint64_t *ret_size, struct err *e)
{
	char buf[65536];
	uint64_t size = 0;

	for (;;) {
		if (wait_bytes(from) <= 0)
			return 1;
		ssize_t n = read(from, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "cannot read a part");
		if (n == 0)
			break;
		size += (uint64_t)n;
		if (d != NULL)
			digest_add(d, str_make(buf, (size_t)n));
		if (to >= 0 && os_write_all(to, str_make(buf, (size_t)n), e) != 0)
			return errno == ENOSPC || errno == EDQUOT ? ERR_LIMIT : ERR_SYS;
	}
	*ret_size = size;
	return 0;
}

/* The same each time its container is read: what a reading that was cut off has left is written over. */
static void part_token(const struct core_reading *r, struct part *p)
{
	struct digest *d = digest_new();
	uint8_t sum[DIGEST_LEN];

	digest_add(d, str_make((const char *)see_receipt(r->see)->token, RECEIPT_TOKEN));
	digest_add(d, str_make((const char *)&p->number, sizeof(p->number)));
	digest_done(d, sum);
	memcpy(p->token, sum, sizeof(p->token));
}

static int spool_part(struct core_reading *r, struct part *p, int fd, struct err *e)
{
	char tmp[NODE_PATH + 8];

	part_token(r, p);
	node_spool(r->core->node, p->token, p->path);
	snprintf(tmp, sizeof(tmp), "%s.part", p->path);
	(void)os_delete(tmp, NULL);
	auto_fd int to = os_create(tmp, e);
	if (to < 0)
		return ERR_SYS;
	struct digest *d = digest_new();
	int rc = drain(fd, to, d, &p->size, e);
	digest_done(d, p->sha256);
	if (rc == 1)
		p->ended = true; /* not whole: part_end hears of it */
	else if (rc == 0)
		rc = os_sync(to, tmp, e);
	if (rc == 0)
		rc = os_rename(tmp, p->path, e);
	if (rc != 0)
		(void)os_delete(tmp, NULL);
	return rc == 1 ? 0 : rc;
}

static int begin_part(
        void *arg, const struct reader_job *job, struct str label, uint32_t number, int fd, struct err *e)
{
	struct core_reading *r = arg;
	const struct receipt *me = see_receipt(r->see);
	struct receipt old;
	struct part *p = mem_zero(1, sizeof(*p));

	r->part = p;
	p->number = number;
	snprintf(p->name, sizeof(p->name), "%.*s", STR_ARG(job->options.name));
	snprintf(p->label, sizeof(p->label), "%.*s", STR_ARG(label));
	int rc = receipt_get_part(r->core->node->state, me->id, number, &r->arena, &old, e);
	p->sealed = job->sealed && rc == 0;
	if (rc == 0 && !p->sealed)
		return spool_part(r, p, fd, e);
	if (rc < 0)
		return rc;
	if (rc == 1) {
		p->receipt = old.id;
		p->ended = old.state == RECEIPT_DONE || old.state == RECEIPT_ASIDE;
		p->unsure = old.sure && old.state == RECEIPT_DONE && old.reader.len == 0;
	}
	struct digest *d = digest_new();
	rc = drain(fd, -1, d, &p->size, e);
	digest_done(d, p->sha256);
	/* of what is encrypted no bytes come here */
	p->other = rc == 0 && p->receipt != 0 && !job->sealed &&
	        memcmp(p->sha256, old.sha256, sizeof(p->sha256)) != 0;
	return rc < 0 ? rc : 0;
}

static int accept_part(struct core_reading *r, const struct part *p, bool sure, uint64_t *ret, struct err *e)
{
	const struct receipt *me = see_receipt(r->see);
	struct receipt got,
	        d = {.parent = me->id,
	                .root = me->root,
	                .part = p->number,
	                .size = p->size,
	                .feed = me->feed,
	                .name = str_from(p->name),
	                .path = str_from(p->label),
	                .person = me->person,
	                .via = STR("part"),
	                .sure = sure,
	                .quiet = me->quiet || reread_quiet(r->see)};

	memcpy(d.token, p->token, sizeof(d.token));
	memcpy(d.sha256, p->sha256, sizeof(d.sha256));
	int rc = see_accept(r->core->node, &d, &r->arena, &got, e);
	if (rc >= 0)
		*ret = got.id;
	return rc < 0 ? rc : 0;
}

/* ---- what is encrypted --------------------------------------------------------------------------- */

static int digest_part(struct part *p, int fd, struct err *e)
{
	struct digest *d = digest_new();
	char *buf = mem_get(1 << 20);
	ssize_t n;

	p->size = 0;
	while ((n = os_read_at(fd, buf, 1 << 20, p->size)) > 0) {
		digest_add(d, str_make(buf, (size_t)n));
		p->size += (uint64_t)n;
	}
	digest_done(d, p->sha256);
	free(buf);
	return n < 0 ? err_sys(e, "cannot read '%s'", p->path) : 0;
}

/* Why the receipt is set aside, or that it is tried again. */
static void not_opened(struct core_reading *r, int code, const char *sentence)
{
	if (core_stopping(r->core) || (code == ERR_SYS && see_receipt(r->see)->attempts < ATTEMPTS)) {
		r->cut_off = true;
		return;
	}
	snprintf(r->sentence, sizeof(r->sentence), "%s", sentence);
	r->failed = true;
}

/* The container's bytes, opened by the pgp process, become those of the part: hostile again. 0, 1 if it could not be
 * opened, or a negative code. */
static int open_sealed(struct core_reading *r, struct part *p, struct err *e)
{
	char tmp[NODE_PATH + 8];
	struct err why = {0};

	part_token(r, p);
	node_spool(r->core->node, p->token, p->path);
	snprintf(tmp, sizeof(tmp), "%s.part", p->path);
	(void)os_delete(tmp, NULL);
	auto_fd int to = os_create(tmp, e);
	if (to < 0)
		return ERR_SYS;
	int code = core_pgp_open(r->core, see_receipt(r->see)->id, r->fd, to, NULL, &why);
	int rc = code != 0 ? 1 : digest_part(p, to, e);
	if (rc == 0)
		rc = os_sync(to, tmp, e);
	if (rc == 0)
		rc = os_rename(tmp, p->path, e);
	if (rc != 0)
		(void)os_delete(tmp, NULL);
	if (rc == 1)
		not_opened(r, code, why.text);
	return rc;
}

/* The part ends with the container's reading: 0, 1 if no reader was sure, or a code that stops the reading. */
static int end_part(void *arg, const struct reader_job *job, bool whole, struct err *e)
{
	struct core_reading *r = arg;
	struct part *p = r->part;
	int rc = 0;

	r->part = NULL;
	if (p->other && reread_is(r->see))
		reread_note(r->see,
		        STR("a part of it has other bytes now; that part was read again as it came first"));
	if (p->receipt == 0 && (!whole || p->ended)) {
		rc = p->path[0] != 0 ? os_delete(p->path, e) : 0;
	} else if (p->ended) {
		rc = p->unsure;
	} else if (p->sealed && (rc = open_sealed(r, p, e)) != 0) {
		rc = rc < 0 ? rc : 0;
	} else {
		if (p->receipt == 0)
			rc = accept_part(r, p, job->sure_only, &p->receipt, e);
		if (rc == 0)
			rc = core_read(r->core, p->receipt, r->budget, r->depth + 1, e);
	}
	free(p);
	if (rc == CORE_LATER || r->cut_off) {
		r->cut_off = true;
		return err_set(e, ERR_LIMIT, "a part of it must wait");
	}
	return rc;
}

/* ---- bytes --------------------------------------------------------------------------------------- */

/* Pieces of the report until at lies before the place that was reached, or its end. */
static int store_until(struct core_reading *r, uint64_t at, struct err *e)
{
	int rc = 0;

	while (rc == 0 && !r->raw_done && r->raw_at <= at) {
		struct str z;
		size_t n = 0;
		rc = ahead_next(r->ahead, &z, &n, e);
		if (rc < 0)
			return err_add(e, "R%llu", (unsigned long long)see_receipt(r->see)->id);
		r->raw_done = n < DAY_PIECE;
		r->raw_at += n;
		rc = rc == 1 ? see_raw_packed(r->see, z, n, e) : 0;
	}
	return rc;
}

/* Where the batch's last record begins. */
static uint64_t last_place(const struct batch *b)
{
	uint64_t at = b->head->rows > 0 ? b->rows[b->head->rows - 1].raw_off : 0;
	uint64_t aside = b->head->asides > 0 ? b->asides[b->head->asides - 1].raw_off : 0;

	return at > aside ? at : aside;
}

/* ---- batches ------------------------------------------------------------------------------------- */

/* Between two transactions: what else the core has to do. */
static int flush(void *arg, struct err *e)
{
	struct core_reading *r = arg;
	bool open = see_open(r->see) > 0;
	int rc = see_flush(r->see, e);

	if (rc == 0 && r->since_checkpoint >= CHECKPOINT_CHUNKS) {
		r->since_checkpoint = 0;
		if (os_disk_used(r->core->node->folder.p, NULL) < ROOM_PULLS)
			rc = node_checkpoint(r->core->node, false, e);
	}
	if (rc == 0 && open)
		core_work(r->core);
	return rc;
}

static int take_batch(void *arg, const struct intake_part *part, const struct batch *b, struct err *e)
{
	struct core_reading *r = arg;

	if (part->reader != NULL)
		r->reader = part->reader->name;
	if (core_stopping(r->core)) {
		r->cut_off = true;
		return err_set(e, ERR_LIMIT, "the node is stopping");
	}
	if (see_receipt(r->see)->bulk && os_disk_used(r->core->node->folder.p, NULL) >= ROOM_BULK)
		return err_set(e, ERR_LIMIT, "the disk is nearly full");
	int rc = reread_is(r->see) ? 0 : store_until(r, last_place(b), e);
	if (rc == 0)
		rc = see_chunk(r->see, b, e);
	r->since_checkpoint++;
	if (rc == 0 && see_open(r->see) == FLUSH_CHUNKS)
		rc = flush(r, e);
	return rc;
}

static void take_failed(
        void *arg, const struct intake_part *part, const char *sentence, enum intake_failure why)
{
	struct core_reading *r = arg;

	if (part->reader != NULL)
		r->reader = part->reader->name;
	if (why == INTAKE_KILLED && see_receipt(r->see)->attempts < ATTEMPTS)
		r->cut_off = true;
	snprintf(r->sentence, sizeof(r->sentence), "%s", sentence);
	r->failed = true;
}

static void wake(void *arg)
{
	struct core_reading *r = arg;

	core_wake(r->core);
}

static struct reader_job job_of(const struct core_reading *r)
{
	const struct receipt *me = see_receipt(r->see);
	const struct node_feed *feed = see_feed(r->see);
	struct reader_job job = {.receipt = me->id, .sure_only = me->sure};

	if (feed != NULL)
		job_for_feed(&job, &feed->file);
	if (me->parent != 0 && job.reader != NULL && job.reader->unpack != NULL)
		job.reader = NULL;
	job.settings.grows = me->grows;
	job.settings.known = me->known_to;
	job.settings.whole = me->whole;
	job.options.name = me->name;
	job.options.people = me->parent == 0;
	return job;
}

static int read_events(struct core_reading *r, int fd, struct err *e)
{
	struct reader_job job = job_of(r);
	struct intake_counts counts = {0};
	struct intake_sink sink = {.batch = take_batch,
	        .flush = flush,
	        .failed = take_failed,
	        .arg = r,
	        .part = begin_part,
	        .part_end = end_part,
	        .depth = r->depth,
	        .wake = wake,
	        .budget = r->budget,
	        .readers = r->core->readers};
	core_wake_fds(r->core, sink.wake_fd);
	int rc = intake_read(fd, see_receipt(r->see)->path, &job, &sink, &counts, e);

	free(r->part);
	r->part = NULL;
	if (counts.reader != NULL)
		r->reader = counts.reader->name;
	if (r->failed || rc == READER_UNKNOWN)
		return r->failed ? 0 : rc;
	return rc;
}

/* ---- the receipt --------------------------------------------------------------------------------- */

/* The rest of its bytes: all, of what made no batches. */
static int store_rest(struct core_reading *r, struct err *e)
{
	int rc = 0;

	while (rc == 0 && !r->raw_done && !core_stopping(r->core)) {
		rc = store_until(r, r->raw_at + 4 * DAY_PIECE, e);
		if (rc == 0)
			rc = see_raw_end(r->see, e);
		if (see_receipt(r->see)->bulk)
			core_wake(r->core);
	}
	return rc;
}

/* ---- what people wrote --------------------------------------------------------------------------- */

struct taking {
	struct core_reading *reading;
	struct message *message;
};

static void wake_of_message(void *arg)
{
	struct taking *t = arg;

	core_wake(t->reading->core);
}

static int take_message(void *arg, const struct intake_part *part, const struct batch *b, struct err *e)
{
	struct taking *t = arg;

	(void)part;
	(void)e;
	message_take(b, &t->reading->arena, t->message);
	return 0;
}

static void message_failed(
        void *arg, const struct intake_part *part, const char *sentence, enum intake_failure why)
{
	struct taking *t = arg;

	(void)part;
	(void)why;
	t->message->sentence = arena_str(&t->reading->arena, str_from(sentence));
}

/* A mail, and not one of many in a file. */
static bool is_mail(const struct core_reading *r)
{
	char head[5];

	return r->reader != NULL && see_receipt(r->see)->parent == 0 &&
	        str_eq(str_from(r->reader), STR("mail")) &&
	        !(os_read_at(r->fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
	                memcmp(head, "From ", 5) == 0);
}

/* The same bytes once more through a jailed reader: what a person wrote. What cannot be taken apart is a message all
 * the same, with a sentence. */
static void read_message(struct core_reading *r, int fd, struct message *ret)
{
	struct taking t = {r, ret};
	struct reader_job job = {.receipt = see_receipt(r->see)->id, .reader = &reader_message};
	struct intake_sink sink = {.batch = take_message,
	        .failed = message_failed,
	        .arg = &t,
	        .wake = wake_of_message,
	        .readers = r->core->readers};
	struct err e = {0};

	core_wake_fds(r->core, sink.wake_fd);
	job.options.name = see_receipt(r->see)->name;
	if (lseek(fd, 0, SEEK_SET) == 0)
		(void)intake_read(fd, see_receipt(r->see)->path, &job, &sink, NULL, &e);
}

static void read_opened(void *arg, int fd, struct message *ret)
{
	read_message(arg, fd, ret);
}

static int finish(struct core_reading *r, bool unsure, struct err *e)
{
	struct see_outcome o = {.reader = str_from(r->reader),
	        .sentence = r->failed ? str_from(r->sentence)
	                : unsure      ? STR("no reader was sure of this attachment")
	                              : STR(""),
	        .aside = r->failed};
	struct message message = {0};
	int rc;

	if (!r->failed && !unsure && !reread_is(r->see) && is_mail(r)) {
		read_message(r, r->fd, &message);
		core_mail_prove(r->core, see_receipt(r->see)->id, r->fd, &message, read_opened, r);
		/* asked again when the node is there again: a signature that nobody looked at is none that is bad */
		if (core_stopping(r->core))
			return CORE_LATER;
		o.message = &message;
		/* it may be of a case */
		r->core->case_at = 0;
	}
	while ((rc = see_settle(r->see, e)) == 1)
		if (see_receipt(r->see)->bulk)
			core_wake(r->core);
	return rc < 0 ? rc : see_finish(r->see, &o, e);
}

/* A descriptor, or a code and r->sentence. */
static int open_bytes(struct core_reading *r, struct err *e)
{
	char path[NODE_PATH];

	if (reread_is(r->see)) {
		int fd = core_restore(r->core, see_receipt(r->see), wake, r, e);
		if (fd < 0)
			snprintf(r->sentence, sizeof(r->sentence), "%.900s", e->text);
		return fd;
	}
	node_spool(r->core->node, see_receipt(r->see)->token, path);
	int fd = os_open(path, e);
	/* only a hand from outside can have done this */
	if (fd < 0)
		snprintf(r->sentence, sizeof(r->sentence), "its bytes are gone from the spool (%.600s)",
		        e->text);
	return fd;
}

static int run(struct core_reading *r, struct err *e)
{
	auto_fd int fd = open_bytes(r, e);
	if (fd == ERR_LIMIT || (fd < 0 && core_stopping(r->core)))
		return fd == ERR_LIMIT ? ERR_LIMIT : CORE_LATER;
	if (fd < 0) {
		r->failed = true;
		return finish(r, false, e);
	}
	r->fd = fd;
	if (!reread_is(r->see))
		r->ahead = ahead_new(fd, see_receipt(r->see)->size > DAY_PIECE);
	int rc = read_events(r, fd, e);
	if (rc >= 0 && !r->cut_off && !reread_is(r->see)) {
		int rest = store_rest(r, e);
		rc = rest != 0 ? rest : rc;
	}
	ahead_free(r->ahead);
	if (core_stopping(r->core))
		return CORE_LATER;
	if (rc < 0 && !r->cut_off)
		return rc;
	if (r->cut_off) {
		rc = see_cut_off(r->see, e);
		return rc != 0 ? rc : CORE_LATER;
	}
	int end = finish(r, rc == READER_UNKNOWN, e);
	return end != 0 ? end : rc == READER_UNKNOWN;
}

static int read_receipt(struct core *c, uint64_t receipt, struct intake_budget *budget, unsigned depth,
        bool again, struct err *e)
{
	struct core_reading *r = mem_zero(1, sizeof(*r));

	*r = (struct core_reading){.core = c, .depth = depth};
	r->budget = budget != NULL ? budget : &r->own;
	arena_init(&r->arena, 0);
	c->depth++;
	int rc = again ? reread_new(c->node, receipt, &r->see, e)
	               : see_reading_new(c->node, receipt, &r->see, e);
	if (rc == 0)
		rc = run(r, e);
	if (rc == 0 && r->failed) {
		/* the sentence may be the reader's, with values of the report in it */
		log_about(&c->log, LOG_WARN, 'R', receipt, "is set aside; 'weir why R%llu' says why",
		        (unsigned long long)receipt);
	}
	c->grown |= r->see != NULL && see_receipt(r->see)->bulk;
	see_reading_free(r->see);
	arena_done(&r->arena);
	free(r);
	c->depth--;
	/* the disk is full: it may be tried again; what the disk refused for good ends the process */
	if (rc < 0 && rc == ERR_LIMIT && !node_dead(c->node)) {
		char text[1200];
		snprintf(text, sizeof(text), "waits: %s", e->text);
		core_full(c, receipt, text);
		room_release(c->node);
		return CORE_LATER;
	}
	if (rc == 0)
		c->full_said = false;
	return rc;
}

int core_read(struct core *c, uint64_t receipt, struct intake_budget *budget, unsigned depth, struct err *e)
{
	return read_receipt(c, receipt, budget, depth, false, e);
}

void core_rest(struct core *c)
{
	if (c->grown)
		node_rest(c->node);
	c->grown = false;
}

int core_read_again(struct core *c, uint64_t receipt, struct err *e)
{
	return read_receipt(c, receipt, NULL, 0, true, e);
}
