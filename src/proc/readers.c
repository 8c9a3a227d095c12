/* SPDX-License-Identifier: Apache-2.0
 *
 * One loop over three kinds of descriptors: the channel on which jobs come, the signal that a child has ended, and a
 * control channel for each reader. Nothing here looks at a report, or at a job beyond its length.
 */
#include "proc/readers.h"
#include "base/os.h"
#include "event/batch.h"
#include "proc/job.h"
#include "proc/message.h"
#include "proc/reach.h"
#include "proc/sandbox.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define READERS_NICE 5
#define EXIT_JOB 112 /* a reader that cannot make sense of its job */

struct running {
	pid_t pid; /* 0: the place is free */
	int control;
};

struct server {
	int sock, signals;
	sigset_t mask; /* of the readers: as it was when this process began */
	uint64_t memory;
	struct running list[READERS_MOST];
};

/* ---- the reader ---------------------------------------------------------------------------------- */

/* Bytes of private writable memory that each reader has from here; what it may take comes on top of them. */
static uint64_t own_memory(void)
{
	auto_buf struct buf b = {0};
	struct str rest, word = {0};
	uint64_t pages = 0;

	if (os_read_file("/proc/self/statm", 4096, &b, NULL) != 0)
		return 0;
	rest = str_trim(buf_str(&b));
	for (unsigned i = 0; i < 6; i++) {
		struct str_cut cut = str_cut(rest, ' ');
		word = cut.head;
		rest = cut.tail;
	}
	return str_u64(word, &pages) ? pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

static void __attribute__((noreturn))
become_reader(const struct server *s, const struct readers_job *m, const int *fds)
{
	const size_t slots_len = MESSAGE_SLOTS * BATCH_SLOT;
	struct reader_job job;
	struct rlimit cpu = {m->cpu_seconds, RLIM_INFINITY};
	void *slots[MESSAGE_SLOTS];
	struct arena a;
	struct err e;

	setrlimit(RLIMIT_CPU, &cpu);
	sigprocmask(SIG_SETMASK, &s->mask, NULL);
	char *p =
	        mmap(NULL, slots_len + m->job_len, PROT_READ | PROT_WRITE, MAP_SHARED, fds[READERS_SLOTS], 0);
	if (p == MAP_FAILED)
		_exit(EXIT_JOB);
	for (unsigned i = 0; i < MESSAGE_SLOTS; i++)
		slots[i] = p + i * BATCH_SLOT;
	arena_init(&a, 0);
	if (job_unpack(str_make(p + slots_len, m->job_len), &a, &job, &e) != 0)
		_exit(EXIT_JOB);
	reader_main(&job, fds[READERS_INPUT], fds[READERS_CHANNEL], slots, s->memory);
}

/* ---- jobs ---------------------------------------------------------------------------------------- */

static void say(int control, enum readers_verb verb, int status, uint64_t value)
{
	struct readers_word w = {verb, status, value};

	(void)!send(control, &w, sizeof(w), MSG_NOSIGNAL | MSG_DONTWAIT);
}

static bool is_gone(int control)
{
	struct pollfd p = {.fd = control};

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR)) != 0;
}

static struct running *find_free(struct server *s)
{
	for (unsigned i = 0; i < READERS_MOST; i++)
		if (s->list[i].pid == 0)
			return &s->list[i];
	return NULL;
}

/* True if the control channel is kept. */
static bool start(struct server *s, const struct readers_job *m, const int *fds)
{
	struct running *r = find_free(s);
	pid_t me = getpid();

	/* asked by one that has died since */
	if (is_gone(fds[READERS_CONTROL]))
		return false;
	pid_t pid = r != NULL ? fork() : -1;
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != me)
			_exit(1);
		become_reader(s, m, fds);
	}
	if (pid < 0) {
		say(fds[READERS_CONTROL], READERS_REFUSED, r != NULL ? errno : EAGAIN, 0);
		return false;
	}
	*r = (struct running){pid, fds[READERS_CONTROL]};
	return true;
}

static unsigned take_fds(struct msghdr *msg, int *ret)
{
	unsigned n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (unsigned)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(ret, CMSG_DATA(c), n * sizeof(int));
	}
	return n;
}

/* One job. False if nobody is left to send any. */
static bool take_job(struct server *s)
{
	union {
		char buf[CMSG_SPACE(READERS_FDS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct readers_job m;
	struct iovec iov = {&m, sizeof(m)};
	struct msghdr msg = {.msg_iov = &iov,
	        .msg_iovlen = 1,
	        .msg_control = control.buf,
	        .msg_controllen = sizeof(control.buf)};
	int fds[READERS_FDS];

	ssize_t n = recvmsg(s->sock, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	unsigned nfds = take_fds(&msg, fds);
	bool kept = n == (ssize_t)sizeof(m) && nfds == READERS_FDS && start(s, &m, fds);
	for (unsigned i = 0; i < nfds; i++)
		if (!kept || i != READERS_CONTROL)
			close(fds[i]);
	return true;
}

/* ---- readers that run ---------------------------------------------------------------------------- */

static void take_word(const struct running *r)
{
	struct readers_word w;
	ssize_t n = recv(r->control, &w, sizeof(w), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == (ssize_t)sizeof(w) && w.verb == READERS_LIMIT) {
		struct rlimit limit = {w.value, RLIM_INFINITY};
		prlimit(r->pid, RLIMIT_CPU, &limit, NULL);
		return;
	}
	/* the word to end it, or the other side is gone */
	kill(r->pid, SIGKILL);
}

static void forget(struct running *r, int status, const struct rusage *used)
{
	uint64_t micro = (uint64_t)(used->ru_utime.tv_sec + used->ru_stime.tv_sec) * 1000000 +
	        (uint64_t)(used->ru_utime.tv_usec + used->ru_stime.tv_usec);

	say(r->control, READERS_ENDED, status, micro);
	close(r->control);
	*r = (struct running){0};
}

static void collect(struct server *s, int options)
{
	struct signalfd_siginfo info;
	struct rusage used;
	int status;
	pid_t pid;

	while (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
	}
	while ((pid = wait4(-1, &status, options, &used)) > 0)
		for (unsigned i = 0; i < READERS_MOST; i++)
			if (s->list[i].pid == pid)
				forget(&s->list[i], status, &used);
}

static void end_all(struct server *s)
{
	for (unsigned i = 0; i < READERS_MOST; i++)
		if (s->list[i].pid != 0)
			kill(s->list[i].pid, SIGKILL);
	collect(s, 0);
}

static void loop(struct server *s)
{
	struct pollfd p[2 + READERS_MOST];
	struct running *whose[READERS_MOST];

	for (;;) {
		nfds_t n = 2;
		p[0] = (struct pollfd){.fd = s->sock, .events = POLLIN};
		p[1] = (struct pollfd){.fd = s->signals, .events = POLLIN};
		for (unsigned i = 0; i < READERS_MOST; i++)
			if (s->list[i].pid != 0) {
				whose[n - 2] = &s->list[i];
				p[n++] = (struct pollfd){.fd = s->list[i].control, .events = POLLIN};
			}
		if (poll(p, n, -1) < 0)
			continue;
		for (nfds_t i = 2; i < n; i++)
			if (p[i].revents != 0)
				take_word(whose[i - 2]);
		if (p[1].revents != 0)
			collect(s, WNOHANG);
		if (p[0].revents != 0 && !take_job(s))
			break;
	}
	end_all(s);
}

/* ---- the process --------------------------------------------------------------------------------- */

/* Nothing of who forked it stays open. Descriptors 0 to 2 are taken, so that none of a report's is one of them. */
static void close_all(int *sock)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (*sock <= STDERR_FILENO)
		*sock = fcntl(*sock, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	for (int fd = 0; null >= 0 && fd <= STDERR_FILENO; fd++)
		if (fd != STDERR_FILENO || fcntl(fd, F_GETFD) < 0)
			dup2(null, fd);
	int keep[4] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, *sock};
	sandbox_close_others(keep, 4);
}

/* What libraries need; a report and all else comes as a descriptor. */
struct reach *readers_files(void)
{
	struct reach *f = reach_new();

	reach_add_system(f);
	/* how much memory is its own; its readers' processor time */
	reach_add(f, "/proc", REACH_READ);
	return f;
}

static int close_files(struct err *e)
{
	struct reach *f = readers_files();
	int rc = reach_close(f, e);

	reach_free(f);
	return rc;
}

int readers_main(int sock)
{
	struct server s = {.sock = sock};
	struct err e;
	sigset_t child;

	prctl(PR_SET_NAME, "weir-readers");
	/* reports are read beside what people wait for: a reader has what the core and the pages leave */
	(void)setpriority(PRIO_PROCESS, 0, READERS_NICE);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN); /* of the terminal: whoever asked ends what it asked for */
	close_all(&s.sock);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &s.mask);
	s.signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s.signals < 0 || close_files(&e) < 0 || sandbox_process(SANDBOX_READERS, &e) != 0)
		return 1;
	for (unsigned i = 0; i < reader_count; i++)
		if (reader_table[i]->prepare != NULL)
			reader_table[i]->prepare();
	s.memory = own_memory();
	loop(&s);
	return 0;
}

int readers_open(struct readers *ret, struct err *e)
{
	pid_t parent = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return err_sys(e, "cannot make a socket pair");
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		_exit(readers_main(pair[1]));
	}
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return err_sys(e, "cannot start a process");
	}
	*ret = (struct readers){pair[0], pid};
	return 0;
}

void readers_close(struct readers *r)
{
	if (r->pid == 0)
		return;
	close(r->sock);
	while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR) {
	}
	*r = (struct readers){0};
}
