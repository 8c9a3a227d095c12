/* SPDX-License-Identifier: Apache-2.0
 *
 * A container's reader stops while one of its parts is read: the parent answers its PART with the writing end
 * of a pipe, reads the part through a process of its own to the end, and only then listens to the container
 * again. So parts come in order, memory is bounded by the pipe, and at most LIMIT_NEST + 1 readers live at a
 * time.
 */
#include "proc/intake.h"
#include "base/os.h"
#include "proc/message.h"
#include "proc/reader_start.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A reader that says nothing for so long is ended, unless it waits for the sender of a report. */
#define SILENCE_MS (60 * 1000)
#define SILENT "the reader said nothing for too long, and was ended"
/* Processor time of all readers of one report together. */
#define CPU_SECONDS 30
#define CPU_ROWS 100000 /* rows that one more second buys */

struct intake {
	const struct intake_sink *sink;
	struct intake_counts counts;
	struct err err; /* of the sink: ends everything */
	bool stop;
	int root;       /* descriptor of the report itself */
	uint32_t parts; /* given numbers */
	struct intake_budget *budget, own;
	char *copy; /* BATCH_SLOT bytes, of this process alone */
	struct batch batch;
};

struct session {
	struct intake *in;
	struct reader_job job;
	struct intake_part part;
	unsigned depth;
	uint64_t raw_size;
	struct reader_handle reader;
	uint64_t records, with_events, asides, none, events; /* as counted here */
	uint64_t cpu_rows;
	uint32_t chunk;
	uint32_t children; /* parts begun */
	bool ended;
	bool gone; /* while its parent waited for the end of a part: how it died says why */
};

/* 0, READER_UNKNOWN if no reader was sure of it and none had to be, or a negative code. */
static int read_report(
        struct intake *in, int fd, struct str label, const struct reader_job *job, unsigned depth);

/* ---- how it may end -------------------------------------------------------------------------------- */

/* Seconds that are left of what the report may cost: a base, and some for each row. */
static uint64_t cpu_left(const struct intake *in)
{
	uint64_t all = CPU_SECONDS + in->budget->rows / CPU_ROWS, used = in->budget->cpu_micro / 1000000;

	return all > used ? all - used : 0;
}

/* More time, once there are many more rows. */
static void allow_cpu(struct session *s)
{
	if (s->in->budget->rows < s->cpu_rows)
		return;
	s->cpu_rows = s->in->budget->rows + CPU_ROWS;
	reader_allow(&s->reader, cpu_left(s->in) + 1);
}

static const char *death(int status, char *buf, size_t size)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (sig == SIGSYS)
		return "the reader tried a system call that it may not make, and was ended";
	if (sig == SIGXCPU)
		return "the reader used more processor time than its report may cost, and was ended";
	if (sig == SIGKILL)
		return "the reader was ended from outside; perhaps this machine is short of memory";
	if (sig == SIGABRT)
		return "the reader ran out of the memory it may use, or found a fault of its own, and ended";
	if (sig != 0)
		snprintf(buf, size, "the reader was ended by signal %d", sig);
	else
		snprintf(buf, size, "the reader ended with status %d before its report did",
		        WEXITSTATUS(status));
	return buf;
}

static const char *fate(const struct reader_end *end, char *buf, size_t size)
{
	struct err e;

	switch (end->fate) {
	case READER_LATE:
		return "the reader closed its channel and went on, and was ended";
	case READER_GONE:
		return "the process that starts readers was ended, and this reader with it";
	case READER_REFUSED:
		errno = end->status;
		err_sys(&e, "no reader could be started");
		snprintf(buf, size, "%s", e.text);
		return buf;
	default:
		return death(end->status, buf, size);
	}
}

/* ---- what the reader says ------------------------------------------------------------------------ */

static void report_failed(struct session *s, const char *sentence, enum intake_failure why)
{
	s->ended = true;
	if (why == INTAKE_UNKNOWN && s->job.sure_only)
		return;
	s->in->counts.failed++;
	if (s->in->sink->failed != NULL)
		s->in->sink->failed(s->in->sink->arg, &s->part, sentence, why);
}

static int broken(struct session *s, struct err *e, const char *what)
{
	(void)s;
	return err_set(e, ERR_FORMAT, "the reader broke the rules of its channel (%s), and was ended", what);
}

/* A reader that has ended meanwhile is no fault: what it said before still counts. */
static int tell(struct session *s, const struct message *m, int fd, struct err *e)
{
	struct err sent;

	if (message_send(s->reader.sock, m, fd, &sent) != 0 && errno == EAGAIN)
		return broken(s, e, "it does not listen");
	return 0;
}

static int check_chunk(struct session *s, const struct batch_head *h, struct err *e)
{
	if (h->chunk != s->chunk++ || h->part != s->job.part || h->receipt != s->job.receipt ||
	        h->reader >= reader_count)
		return broken(s, e, "another batch than the next");
	if (s->part.reader == NULL)
		s->part.reader = reader_table[h->reader];
	return 0;
}

static void count_batch(struct session *s, const struct batch *b)
{
	for (uint32_t i = 0; i < b->head->asides; i++)
		s->asides += !(b->asides[i].reason & ASIDE_PARTIAL);
	s->records += b->head->records;
	s->none += b->head->none;
	s->events += b->head->rows;
	s->with_events = s->records - s->none - s->asides;
	s->in->budget->rows += b->head->rows + b->head->asides;
}

/* The feed's floor holds whatever the reader says. The rows are those of our own copy. */
static void raise_labels(const struct batch *b, enum tlp floor)
{
	struct batch_row *rows = (struct batch_row *)(uintptr_t)b->rows;

	for (uint32_t i = 0; i < b->head->rows; i++)
		if (rows[i].tlp != TLP_NONE && rows[i].tlp < floor)
			rows[i].tlp = (uint8_t)floor;
}

static int take_batch(struct session *s, const struct message *m, struct err *e)
{
	struct intake *in = s->in;

	if (m->slot >= MESSAGE_SLOTS || m->len > BATCH_SLOT)
		return broken(s, e, "no such slot");
	/* first the copy, which nobody else can change, then the check */
	memcpy(in->copy, s->reader.slots[m->slot], m->len);
	if (tell(s, &(struct message){.verb = VERB_FREE, .slot = m->slot}, -1, e) != 0)
		return ERR_FORMAT;
	if (batch_open(in->copy, m->len, s->raw_size, &in->batch, e) != 0)
		return err_add(e, "the reader handed over a damaged batch, and was ended");
	if (check_chunk(s, in->batch.head, e) != 0)
		return ERR_FORMAT;
	raise_labels(&in->batch, s->job.settings.floor);
	count_batch(s, &in->batch);
	if (s->records > LIMIT_RECORDS)
		return broken(s, e, "more records than a report may have");
	allow_cpu(s);
	in->stop = in->sink->batch(in->sink->arg, &s->part, &in->batch, &in->err) < 0;
	return in->stop ? in->err.code : 0;
}

static int flush(struct session *s)
{
	struct intake *in = s->in;

	if (in->sink->flush == NULL || in->stop)
		return 0;
	in->stop = in->sink->flush(in->sink->arg, &in->err) < 0;
	return in->stop ? in->err.code : 0;
}

static struct str slot_text(struct session *s, const struct message *m, char *buf, size_t size)
{
	char raw[1024];
	size_t len = m->len < sizeof(raw) ? m->len : sizeof(raw);

	if (m->slot >= MESSAGE_SLOTS)
		len = 0;
	if (len > 0)
		memcpy(raw, s->reader.slots[m->slot], len);
	return err_quote(buf, size, str_make(raw, len));
}

static struct str base_name(struct str path)
{
	struct str_cut cut = str_rcut(path, '/');

	return cut.ok ? cut.tail : path;
}

static bool is_sealed(const struct session *s)
{
	return s->part.reader != NULL && s->part.reader->sealed;
}

/* Why a part is not read, or NULL. */
static const char *refuse_part(const struct session *s)
{
	if (s->depth + 1 > LIMIT_NEST)
		return "archives and mails inside each other, deeper than a reader goes";
	if (s->in->budget->parts > LIMIT_PARTS_ALL)
		return "the report has more parts, in all its archives and mails, than are read";
	if (is_sealed(s) && s->in->sink->part == NULL)
		return "is encrypted, and not opened here; a node with the key (weir.yaml, pgp: home) opens "
		       "it";
	if (cpu_left(s->in) == 0)
		return "the report has used the processor time that it may cost";
	return NULL;
}

static void part_failed(struct session *s, struct str label, const char *sentence)
{
	struct intake_part part = {.number = s->part.number, .label = label, .reader = s->part.reader};

	s->in->counts.failed++;
	if (s->in->sink->failed != NULL)
		s->in->sink->failed(s->in->sink->arg, &part, sentence, INTAKE_UNREAD);
}

static int wait_reader(const struct session *s);

/* 0 if the container says that the part is whole, else a code: it is gone, or says something else. */
static int wait_whole(struct session *s, struct err *e)
{
	struct message m = {0};

	if (!wait_reader(s))
		return err_set(e, ERR_LIMIT, SILENT);
	int rc = message_receive(s->reader.sock, &m, NULL, true, e);
	s->gone = rc == 0;
	return rc == 1 && m.verb == VERB_WHOLE ? 0 : broken(s, e, "a part that has no end");
}

/* Reads fd, closes it: a container may still be writing what nobody wants. *ret_unsure: no reader was sure. */
static int read_part(struct session *s, int fd, struct str label, const struct reader_job *job,
        bool *ret_unsure, struct err *e)
{
	struct intake *in = s->in;
	const struct intake_sink *sink = in->sink;
	int rc = 0;

	if (sink->part == NULL)
		rc = read_report(in, fd, label, job, s->depth + 1) == READER_UNKNOWN;
	else
		rc = sink->part(sink->arg, job, label, s->children, fd, &in->err);
	close(fd);
	int end = in->stop || rc < 0 ? 0 : wait_whole(s, e);
	if (sink->part != NULL && rc == 0)
		rc = sink->part_end(sink->arg, job, end == 0, &in->err);
	in->stop |= rc < 0;
	*ret_unsure = rc == 1;
	return end;
}

/* The bytes of a part go from the container's process to the part's; nothing of them comes here. */
static int pipe_part(struct session *s, struct str label, struct str name, struct err *e)
{
	struct reader_job job = s->job;
	struct message done = {.verb = VERB_DONE};
	bool unsure = false;
	int pipe_fd[2];

	if (pipe2(pipe_fd, O_CLOEXEC) != 0)
		return err_sys(e, "cannot make a pipe");
	int rc = tell(s, &(struct message){.verb = VERB_GO}, pipe_fd[1], e);
	close(pipe_fd[1]);
	job.reader = job.reader != NULL && job.reader->unpack != NULL ? NULL : job.reader;
	job.sealed = is_sealed(s);
	/* what was in a mail before it was opened still is */
	job.sure_only =
	        s->part.reader != NULL && (s->part.reader->sure_parts || (job.sealed && s->job.sure_only));
	job.options.name = name;
	if (rc == 0)
		rc = read_part(s, pipe_fd[0], label, &job, &unsure, e);
	else
		close(pipe_fd[0]);
	if (s->in->stop)
		return s->in->err.code;
	done.code = unsure;
	return rc == 0 ? tell(s, &done, -1, e) : rc;
}

static int take_part(struct session *s, const struct message *m, struct err *e)
{
	char name[1024], label[2048];
	struct str whole = slot_text(s, m, name, sizeof(name));

	if (++s->children > LIMIT_PARTS)
		return broken(s, e, "more parts than it may hand over");
	while (str_starts(whole, STR("/")))
		whole = str_skip(whole, 1);
	if (whole.len == 0)
		snprintf(label, sizeof(label), "%.*s/part %u", STR_ARG(s->part.label), s->children);
	else
		snprintf(label, sizeof(label), "%.*s/%.*s", STR_ARG(s->part.label), STR_ARG(whole));
	const char *why = refuse_part(s);
	if (why == NULL)
		return pipe_part(s, str_from(label), base_name(whole), e);
	part_failed(s, str_from(label), why);
	return tell(s, &(struct message){.verb = VERB_NO}, -1, e);
}

static int take_end(struct session *s, const struct message *m, struct err *e)
{
	if (m->reader >= reader_count)
		return broken(s, e, "a reader that does not exist");
	s->part.reader = reader_table[m->reader];
	if (m->records != s->records || m->with_events != s->with_events || m->asides != s->asides ||
	        m->none != s->none || m->events != s->events)
		return broken(s, e, "its counts are not those of its batches");
	s->in->counts.partial += m->partial;
	s->ended = true;
	return 0;
}

/* 1: go on, 0: the reader has ended well or said why not (*ret_unknown), negative: it broke the rules or the
 * sink stopped. */
static int take_message(struct session *s, const struct message *m, bool *ret_unknown, struct err *e)
{
	char text[2048];
	int rc;

	if (!message_from_reader(m->verb))
		return broken(s, e, "a verb it may not say");
	if (m->verb != VERB_BATCH && flush(s) != 0)
		return s->in->err.code;
	switch ((enum verb)m->verb) {
	case VERB_BATCH:
		rc = take_batch(s, m, e);
		return rc < 0 ? rc : 1;
	case VERB_PART:
		if (m->reader < reader_count && s->part.reader == NULL)
			s->part.reader = reader_table[m->reader];
		rc = take_part(s, m, e);
		return rc < 0 ? rc : 1;
	case VERB_END:
		return take_end(s, m, e);
	default:
		if (m->reader > 0 && m->reader <= reader_count && s->part.number == 0) {
			s->in->counts.gave_up = reader_table[m->reader - 1];
			s->in->counts.gave_up_at = m->at;
		}
		*ret_unknown = m->code == READER_UNKNOWN;
		report_failed(s, slot_text(s, m, text, sizeof(text)).p,
		        *ret_unknown ? INTAKE_UNKNOWN : INTAKE_UNREAD);
		return 0;
	}
}

/* True if the report comes from a sender who has nothing to read yet. */
static bool sender_is_slow(const struct intake *in)
{
	struct pollfd p = {.fd = in->root, .events = POLLIN};
	struct stat st;

	return fstat(in->root, &st) == 0 && !S_ISREG(st.st_mode) && poll(&p, 1, 0) == 0;
}

/* What poll says: whether the reader has said something, and whether somebody else wants the core. */
static int look(const struct session *s, int ms, bool *ret_ready, bool *ret_others)
{
	const struct intake_sink *sink = s->in->sink;
	struct pollfd p[1 + INTAKE_WAKES] = {{.fd = s->reader.sock, .events = POLLIN}};
	int n;

	for (unsigned i = 0; i < INTAKE_WAKES; i++)
		p[1 + i] =
		        (struct pollfd){.fd = sink->wake != NULL ? sink->wake_fd[i] : -1, .events = POLLIN};
	n = poll(p, 1 + INTAKE_WAKES, ms);
	*ret_ready = n > 0 && p[0].revents != 0;
	*ret_others = n > 0 && n > *ret_ready;
	return n;
}

/* Waits until the reader says something: 1, 0 if it has said nothing for too long. */
static int wait_reader(const struct session *s)
{
	const struct intake_sink *sink = s->in->sink;
	int ms = s->job.silence_ms != 0 ? (int)s->job.silence_ms : SILENCE_MS;
	bool ready, others;

	for (;;) {
		int n = look(s, ms, &ready, &others);
		if (others)
			sink->wake(sink->arg);
		if (ready || (n < 0 && errno != EINTR))
			return n > 0;
		if (n == 0 && !sender_is_slow(s->in))
			return 0;
	}
}

/* True if its next message is there already, and nobody else is waiting. */
static bool is_ahead(const struct session *s)
{
	bool ready, others;

	(void)look(s, 0, &ready, &others);
	return ready && !others;
}

static void talk(struct session *s, bool *ret_unknown, struct err *e)
{
	struct message m;
	int rc = 1;

	while (rc == 1) {
		/* who is served while we wait must not find what is not committed yet: without a wait nobody is */
		bool ahead = is_ahead(s);
		if (!ahead && flush(s) != 0)
			return;
		if (!ahead && !wait_reader(s)) {
			report_failed(s, SILENT, INTAKE_UNREAD);
			return;
		}
		rc = message_receive(s->reader.sock, &m, NULL, true, e);
		if (rc == 1)
			rc = take_message(s, &m, ret_unknown, e);
		else if (rc < 0)
			rc = broken(s, e, "a message of another form");
	}
	(void)flush(s);
	if (rc < 0 && !s->in->stop && !s->gone)
		report_failed(s, e->text, INTAKE_UNREAD);
}

/* One that has told all is ended at once. */
static void end_reader(struct session *s)
{
	char buf[1024];
	struct reader_end end;

	reader_end(&s->reader, s->in->stop || s->ended, &end);
	s->in->budget->cpu_micro += end.cpu_micro;
	if (s->ended || s->in->stop)
		return;
	bool outside = end.fate == READER_GONE || end.fate == READER_REFUSED ||
	        (end.fate == READER_ENDED && WIFSIGNALED(end.status) && WTERMSIG(end.status) == SIGKILL);
	report_failed(s, fate(&end, buf, sizeof(buf)), outside ? INTAKE_KILLED : INTAKE_UNREAD);
}

static void add_counts(struct session *s)
{
	struct intake_counts *n = &s->in->counts;

	n->records += s->records;
	n->with_events += s->with_events;
	n->asides += s->asides;
	n->none += s->none;
	n->events += s->events;
	n->parts++;
}

static int read_report(
        struct intake *in, int fd, struct str label, const struct reader_job *job, unsigned depth)
{
	struct session s = {.in = in, .job = *job, .depth = depth, .raw_size = UINT64_MAX};
	struct err e = {0};
	struct stat st;
	bool unknown = false;
	uint32_t failed = in->counts.failed;

	s.job.part = s.part.number = in->parts++;
	in->budget->parts++;
	s.part.label = label;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) /* UTF-16 grows to one and a half */
		s.raw_size = (uint64_t)st.st_size + (uint64_t)st.st_size / 2 + 4;
	s.cpu_rows = in->budget->rows + CPU_ROWS;
	if (reader_start(in->sink->readers, &s.job, fd, cpu_left(in) + 1, &s.reader, &e) != 0) {
		report_failed(&s, e.text, INTAKE_KILLED);
		return ERR_SYS;
	}
	talk(&s, &unknown, &e);
	end_reader(&s);
	add_counts(&s);
	if (s.part.number == 0)
		in->counts.reader = s.part.reader;
	if (in->stop)
		return in->err.code;
	if (unknown && s.job.sure_only)
		return READER_UNKNOWN;
	return in->counts.failed > failed ? ERR_VALUE : 0;
}

int intake_read(int fd, struct str label, const struct reader_job *job, const struct intake_sink *sink,
        struct intake_counts *ret, struct err *e)
{
	struct intake *in = mem_zero(1, sizeof(*in));
	char shown[1024];

	in->sink = sink;
	in->root = fd;
	in->budget = sink->budget != NULL ? sink->budget : &in->own;
	in->copy = mem_get(BATCH_SLOT);
	int rc = read_report(in, fd, err_quote(shown, sizeof(shown), label), job, sink->depth);
	if (in->stop && e != NULL)
		*e = in->err;
	if (ret != NULL)
		*ret = in->counts;
	free(in->copy);
	free(in);
	return rc;
}

/* ---- paths --------------------------------------------------------------------------------------- */

static void add_all(struct intake_counts *sum, const struct intake_counts *n)
{
	sum->records += n->records;
	sum->with_events += n->with_events;
	sum->asides += n->asides;
	sum->none += n->none;
	sum->events += n->events;
	sum->partial += n->partial;
	sum->parts += n->parts;
	sum->failed += n->failed;
}

static int is_feed_event(const struct dirent *d)
{
	struct str name = str_from(d->d_name);

	return str_ends(name, STR(".json")) && name.len == 41;
}

/* A MISP feed: manifest.json and one UUID.json per event; what the manifest says is in the events too. */
static int read_folder(const char *path, const struct reader_job *job, const struct intake_sink *sink,
        struct intake_counts *ret, struct err *e)
{
	struct dirent **names = NULL;
	int n = scandir(path, &names, is_feed_event, alphasort), worst = 0;

	if (n < 0)
		return err_sys(e, "cannot list '%s'", path);
	if (n == 0)
		worst = err_set(e, ERR_VALUE, "the folder '%s' holds no UUID.json and is no MISP feed", path);
	for (int i = 0; i < n; i++) {
		char file[4096];
		struct intake_counts counts;
		if (snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name) < (int)sizeof(file)) {
			int rc = intake_path(file, job, sink, &counts, e);
			worst = rc != 0 && worst == 0 ? rc : worst;
			add_all(ret, &counts);
		}
		free(names[i]);
	}
	free(names);
	return worst;
}

/* "fd:N:NAME" */
static bool parse_fd(struct str s, int *ret_fd, struct str *ret_name)
{
	struct str_cut cut;
	uint32_t n;

	if (!str_starts(s, STR("fd:")))
		return false;
	cut = str_cut(str_skip(s, 3), ':');
	if (!cut.ok || !str_u32(cut.head, &n) || n > 1 << 20)
		return false;
	*ret_fd = (int)n;
	*ret_name = cut.tail;
	return true;
}

int intake_path(const char *path, const struct reader_job *job, const struct intake_sink *sink,
        struct intake_counts *ret, struct err *e)
{
	struct reader_job mine = *job;
	struct str name = str_from(path);
	struct intake_counts none = {0};
	struct stat st;
	int fd = -1;

	if (ret == NULL)
		ret = &none;
	*ret = none;
	if (str_eq(name, STR("-"))) {
		name = STR("-");
		fd = dup(STDIN_FILENO);
	} else if (parse_fd(name, &fd, &name)) {
		fd = dup(fd);
	} else {
		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			return read_folder(path, job, sink, ret, e);
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	}
	struct intake_part part = {.label = name};
	if (fd < 0) {
		int rc = err_sys(e, "cannot open it");
		ret->failed++;
		if (sink->failed != NULL)
			sink->failed(sink->arg, &part, e->text, INTAKE_UNREAD);
		return rc;
	}
	mine.options.name = base_name(name);
	int rc = intake_read(fd, name, &mine, sink, ret, e);
	close(fd);
	return rc;
}
