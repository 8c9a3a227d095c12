/* SPDX-License-Identifier: Apache-2.0
 *
 * What needs a file is opened first: the tables of libraries by the process that this one is forked from, the zone
 * here. Then the jail closes, then the first byte of the report is read. What a reader says is only believed after the parent has checked
 * it; a reader that is taken over can lie about its own report and nothing else.
 */
#include "proc/reader.h"
#include "base/os.h"
#include "base/sanitized.h"
#include "proc/message.h"
#include "proc/sandbox.h"
#include "read/input.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#define EXIT_TOLD 0     /* END or FAIL was sent */
#define EXIT_BROKEN 111 /* the parent is gone */

struct child {
	const struct reader_job *job;
	int sock;
	void *const *slots;
	bool busy[MESSAGE_SLOTS];
	unsigned at; /* slot that the writer builds in */
	int part_fd;
	struct writer *w;
	const struct reader *reader;
	const struct input *in;
};

static void take_free(struct child *c, const struct message *m)
{
	if (m->verb == VERB_FREE && m->slot < MESSAGE_SLOTS)
		c->busy[m->slot] = false;
}

/* Waits for a message that is not FREE. */
static void wait_answer(struct child *c, struct message *ret, int *ret_fd)
{
	struct err e;

	for (;;) {
		if (message_receive(c->sock, ret, ret_fd, true, &e) != 1)
			_exit(EXIT_BROKEN);
		if (ret->verb != VERB_FREE)
			return;
		take_free(c, ret);
	}
}

static unsigned next_slot(struct child *c)
{
	struct message m;
	struct err e;

	for (bool wait = false;; wait = true) {
		for (int rc; (rc = message_receive(c->sock, &m, NULL, wait, &e)) != 0;) {
			if (rc < 0 && !wait)
				break;
			if (rc < 0)
				_exit(EXIT_BROKEN);
			take_free(c, &m);
			if (wait)
				break;
		}
		for (unsigned i = 0; i < MESSAGE_SLOTS; i++)
			if (!c->busy[i])
				return i;
	}
}

static void say(struct child *c, const struct message *m)
{
	struct err e;

	if (message_send(c->sock, m, -1, &e) != 0)
		_exit(EXIT_BROKEN);
}

static int send_batch(void *arg, const void *bytes, size_t len, void **ret_next, struct err *e)
{
	struct child *c = arg;

	(void)bytes;
	(void)e;
	say(c, &(struct message){.verb = VERB_BATCH, .slot = c->at, .len = (uint32_t)len});
	c->busy[c->at] = true;
	c->at = next_slot(c);
	*ret_next = c->slots[c->at];
	return 0;
}

/* Text in a slot that is not in use. */
static void say_text(struct child *c, struct message m, struct str text)
{
	m.slot = next_slot(c);
	m.len = (uint32_t)(text.len < 4096 ? text.len : 4096);
	if (m.len > 0)
		memcpy(c->slots[m.slot], text.p, m.len);
	say(c, &m);
}

static uint32_t reader_number(const struct reader *r)
{
	for (uint32_t i = 0; i < reader_count; i++)
		if (reader_table[i] == r)
			return i;
	return 0; /* one of a test */
}

static void __attribute__((noreturn)) fail(struct child *c, int code, const struct err *e)
{
	struct message m = {.verb = VERB_FAIL, .code = (uint32_t)(code < 0 ? -code : code)};

	/* what was read before counts all the same */
	if (c->w != NULL)
		writer_flush(c->w, NULL);
	if (c->reader != NULL) {
		m.reader = reader_number(c->reader) + 1;
		m.at = input_offset(c->in);
	}
	say_text(c, m, str_from(e->text));
	_exit(EXIT_TOLD);
}

/* ---- parts of a container ------------------------------------------------------------------------ */

static int begin_part(void *arg, struct str name, struct str media_type, struct err *e)
{
	struct child *c = arg;
	struct message m;

	(void)media_type;
	(void)e;
	writer_flush(c->w, NULL);
	say_text(c, (struct message){.verb = VERB_PART, .reader = reader_number(c->reader)}, name);
	wait_answer(c, &m, &c->part_fd);
	return m.verb == VERB_GO && c->part_fd >= 0 ? 0 : 1;
}

static int write_part(void *arg, struct str bytes, struct err *e)
{
	struct child *c = arg;

	if (c->part_fd < 0)
		return 1;
	if (os_write_all(c->part_fd, bytes, e) == 0)
		return 0;
	/* the part's reader has given up on it: the rest is not wanted */
	os_close_fd(&c->part_fd);
	return 1;
}

static int end_part(void *arg, struct err *e)
{
	struct child *c = arg;
	struct message m;

	(void)e;
	os_close_fd(&c->part_fd);
	say(c, &(struct message){.verb = VERB_WHOLE});
	wait_answer(c, &m, NULL);
	return m.verb == VERB_DONE && m.code != 0;
}

/* ---- reading ------------------------------------------------------------------------------------- */

/* A part of a mail that is to be read by a reader that was named: most attachments are not for it, but what
 * is for it may look like nothing in particular without its mapping. */
static bool may_be_meant(const struct reader *named, const struct sniff_view *v)
{
	static const char *const ends[] = {".csv", ".tsv", ".txt", ".log", ".json", ".jsonl", ".ndjson"};

	if (named->sniff(v) != SNIFF_NO)
		return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (str_iends(v->name, str_from(ends[i])))
			return true;
	return false;
}

static const struct reader *choose(struct child *c, struct input *in, struct err *e)
{
	const struct reader *named = c->job->reader;
	bool sure = false;
	struct str head = input_peek(in, 65536);
	struct sniff_view view = {.head = str_sub(head, 0, 65536),
	        .name = c->job->options.name,
	        .whole = input_last(in) && head.len <= 65536};
	const struct reader *r = reader_sniff(&view, &sure);

	if (input_error(in, e) != 0)
		fail(c, ERR_SYS, e);
	if (named != NULL && (!sure || r->unpack == NULL || named->unpack != NULL)) {
		if (!c->job->sure_only || may_be_meant(named, &view))
			return named;
		r = NULL;
	}
	if (r != NULL && (sure || !c->job->sure_only))
		return r;
	if (head.len == 0)
		err_set(e, ERR_VALUE, "the report is empty");
	else
		err_set(e, ERR_VALUE,
		        "no reader knows this format; name it with --format (weir formats lists them)");
	fail(c, READER_UNKNOWN, e);
}

static void read_all(struct child *c, struct reading *r)
{
	int rc = 1;

	if (c->reader->start != NULL && (rc = c->reader->start(r)) < 0)
		fail(c, rc, &r->err);
	if (c->reader->unpack != NULL)
		rc = c->reader->unpack(r);
	else
		while ((rc = c->reader->next(r)) == 1 && !writer_failed(c->w))
			if (writer_records(c->w) > LIMIT_RECORDS) {
				rc = err_set(&r->err, ERR_LIMIT, "the report has more than %d records",
				        LIMIT_RECORDS);
				break;
			}
	if (rc < 0)
		fail(c, rc, &r->err);
	if (input_error(r->in, &r->err) != 0)
		fail(c, ERR_SYS, &r->err);
}

static void say_end(struct child *c)
{
	struct writer_counts n = writer_counts(c->w);

	say(c,
	        &(struct message){.verb = VERB_END,
	                .reader = reader_number(c->reader),
	                .records = n.records,
	                .with_events = n.with_events,
	                .asides = n.asides,
	                .none = n.none,
	                .events = n.events,
	                .partial = (uint32_t)n.partial});
}

static void open_zone(struct child *c, struct arena *a, const struct zone **ret_zone)
{
	struct err e;
	struct zone *zone = NULL;

	if (c->job->options.timezone.len != 0 && zone_open(a, c->job->options.timezone, &zone, &e) != 0)
		fail(c, ERR_VALUE, &e);
	*ret_zone = zone;
}

static void enter_jail(struct child *c, int *input, uint64_t memory)
{
	struct err e;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int lo = c->sock < *input ? c->sock : *input, hi = c->sock < *input ? *input : c->sock;

	/* only a build with sanitizers may still write to the terminal: their reports */
#if !SANITIZED
	if (null >= 0)
		dup2(null, STDERR_FILENO);
#endif
	os_close_fd(&null);
	int keep[3] = {STDERR_FILENO, lo, hi};
	if (sandbox_enter(keep + (lo < STDERR_FILENO), 3 - (lo < STDERR_FILENO),
	            LIMIT_MEMORY - (16 << 20) + memory, &e) != 0)
		fail(c, ERR_SYS, &e);
}

void reader_main(const struct reader_job *job, int input, int sock, void *const *slots, uint64_t memory)
{
	struct child c = {.job = job, .sock = sock, .slots = slots, .part_fd = -1};
	struct arena a;
	struct event_settings settings = job->settings;
	struct part_sink parts = {begin_part, write_part, end_part, &c};

	prctl(PR_SET_NAME, "weir-reader");
	arena_init(&a, 0);
	open_zone(&c, &a, &settings.zone);
	enter_jail(&c, &input, memory);

	struct reading r = {.options = &job->options, .arena = &a, .parts = &parts};
	r.in = input_new(input, (uint64_t)8 << 30);
	c.in = r.in;
	c.reader = choose(&c, r.in, &r.err);
	if (c.reader->settings != NULL)
		c.reader->settings(&job->options, &settings);
	/* what grows has lines, whose places are those of its own bytes */
	if (c.reader->unpack != NULL || input_changed(r.in))
		settings.grows = false;
	r.w = c.w = writer_new(&settings, slots[0], send_batch, &c);
	writer_stamp(c.w, job->receipt, job->part, reader_number(c.reader));
	read_all(&c, &r);
	writer_flush(c.w, NULL);
	say_end(&c);
	_exit(EXIT_TOLD);
}
