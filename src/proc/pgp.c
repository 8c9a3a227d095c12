/* SPDX-License-Identifier: Apache-2.0
 *
 * gpg reads what strangers send, next to the secret keys: so it gets no network, no file but its home, and a time after
 * which it is ended. What it made goes into a descriptor that the core holds too; nothing is decided here.
 *
 * gpg leaves an agent behind. The one of an earlier run is ended when this process starts and the own one when it is
 * asked to end; one that outlives a SIGKILL is found by the next start.
 */
#include "proc/pgp.h"
#include "base/log.h"
#include "base/os.h"
#include "proc/channel.h"
#include "proc/openpgp.h"
#include "proc/sandbox.h"
#include <errno.h>
#include <gpgme.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 2
#define PREPARED_US (5 * (int64_t)1000000)
#define JOB_US (120 * (int64_t)1000000)

struct worker {
	pid_t pid; /* 0: free */
	int64_t until;
	bool late;
	struct channel_message job;
};
struct pgp {
	struct log log;
	const struct serve_options *o;
	int core, signals;
	struct country country;
	struct str passphrase;
	int64_t core_started; /* which core it is; 0: it has not said so yet */
	struct worker workers[WORKERS];
	struct openpgp *openpgp; /* for the jobs, which get it by fork; NULL: not open */
	int64_t prepared;        /* os_ticks */
	bool stopping;
};

/* ---- a job, in its own process ------------------------------------------------------------------- */

static int do_job(const struct pgp *p, const struct channel_message *m, const int fd[2],
        struct channel_message *ret, struct err *e)
{
	char digest[OPENPGP_DIGEST] = "", proven[OPENPGP_PROVEN] = "";
	struct openpgp *o = p->openpgp;

	if (fd[0] < 0 || fd[1] < 0)
		return err_set(e, ERR_VALUE, "the job came without its descriptors");
	/* one that is done again begins anew */
	if (lseek(fd[0], 0, SEEK_SET) != 0 || ftruncate(fd[1], 0) != 0 || lseek(fd[1], 0, SEEK_SET) != 0)
		return err_sys(e, "the job's bytes cannot be read");
	int rc = o != NULL ? 0 : openpgp_open(&p->country.pgp, p->passphrase, &o, e);
	if (rc == 0 && m->verb == CHANNEL_PGP_OPEN)
		rc = openpgp_decrypt(o, fd[0], fd[1], proven, e);
	else if (rc == 0 && m->verb == CHANNEL_PGP_VERIFY)
		rc = openpgp_verify(o, fd[0], m->code > 0 ? (size_t)m->code : 0, proven, e);
	else if (rc == 0 && m->verb == CHANNEL_PGP_RECORD)
		rc = openpgp_clear(o, fd[0], fd[1], e);
	else if (rc == 0)
		rc = openpgp_protect(o, fd[0], fd[1], str_from(m->name), digest, e);
	channel_put(ret->name, sizeof(ret->name), str_from(digest[0] != 0 ? digest : proven));
	return rc;
}

static struct channel_message answer_to(const struct channel_message *m, int code, const char *sentence)
{
	struct channel_message a = {
	        .verb = CHANNEL_PGP_DONE, .receipt = m->receipt, .size = m->size, .code = code};

	channel_put(a.text, sizeof(a.text), str_from(sentence));
	return a;
}

static void __attribute__((noreturn))
work(struct pgp *p, const struct channel_message *m, const int fd[2], pid_t parent)
{
	sigset_t none;
	struct err e = {0};
	struct channel_message a = answer_to(m, 0, "");

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	prctl(PR_SET_NAME, "weir-pgp-job");
	/* gpg is ended with it, by its group */
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	close(p->signals);
	a.code = do_job(p, m, fd, &a, &e);
	if (a.code != 0)
		channel_put(a.text, sizeof(a.text), str_from(e.text));
	_exit(channel_send(p->core, &a, true, NULL) == 0 ? 0 : 1);
}

/* What all jobs need is looked up once, and again after a while: a person may have changed the keys. */
static void prepare(struct pgp *p)
{
	if (p->openpgp != NULL && p->prepared + PREPARED_US > os_ticks())
		return;
	openpgp_close(p->openpgp);
	p->openpgp = NULL;
	p->prepared = os_ticks();
	if (openpgp_open(&p->country.pgp, p->passphrase, &p->openpgp, NULL) == 0)
		openpgp_prepare(p->openpgp);
}

static void start(struct pgp *p, struct worker *w, const struct channel_message *m, const int fd[2])
{
	struct channel_message a = answer_to(m, ERR_SYS, "no process could be started for gpg");

	prepare(p);
	fflush(NULL);
	pid_t parent = getpid(), pid = fork();
	if (pid == 0)
		work(p, m, fd, parent);
	if (pid < 0) {
		(void)channel_send(p->core, &a, true, NULL);
		return;
	}
	*w = (struct worker){.pid = pid, .until = os_ticks() + JOB_US, .job = *m};
}

/* A worker that has ended well has answered. */
static void collect(struct pgp *p)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (unsigned i = 0; i < WORKERS; i++) {
			struct worker *w = &p->workers[i];
			if (w->pid != pid)
				continue;
			struct channel_message a = answer_to(&w->job, ERR_SYS,
			        w->late ? "gpg took longer than it may, and was ended"
			                : "the process that ran gpg was ended");
			kill(-pid, SIGKILL); /* a gpg that it may have left */
			w->pid = 0;
			if (status != 0)
				(void)channel_send(p->core, &a, true, NULL);
		}
}

static void end_late(struct pgp *p)
{
	for (unsigned i = 0; i < WORKERS; i++) {
		struct worker *w = &p->workers[i];
		if (w->pid == 0 || w->until > os_ticks())
			continue;
		w->late = true;
		kill(-w->pid, SIGKILL);
		kill(w->pid, SIGKILL);
	}
}

/* ---- the agent ----------------------------------------------------------------------------------- */

/* gpgconf asks the agent of that home to end. */
static void end_agent(struct pgp *p)
{
	const char *program = gpgme_get_dirinfo("gpgconf-name");

	if (program == NULL)
		return;
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		const char *const words[] = {
		        program, "--homedir", p->country.pgp.home.p, "--kill", "gpg-agent", NULL};
		sigset_t none;
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execv(program, (char *const *)(uintptr_t)words);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
	}
}

/* ---- the core ------------------------------------------------------------------------------------ */

static struct worker *free_worker(struct pgp *p)
{
	for (unsigned i = 0; i < WORKERS; i++)
		if (p->workers[i].pid == 0)
			return &p->workers[i];
	return NULL;
}

/* They are asked for again, or nobody wants them any more. */
static void end_workers(struct pgp *p)
{
	for (unsigned i = 0; i < WORKERS; i++) {
		struct worker *w = &p->workers[i];
		if (w->pid == 0)
			continue;
		kill(-w->pid, SIGKILL);
		kill(w->pid, SIGKILL);
		while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR) {
		}
		w->pid = 0;
	}
}

/* A core that came later may have another configuration, which this process cannot read any more: it ends, and the
 * next one reads it. */
static void hear_sync(struct pgp *p, const struct channel_message *m)
{
	if (p->core_started != 0 && p->core_started != (int64_t)m->size) {
		p->stopping = true;
		return;
	}
	p->core_started = (int64_t)m->size;
	end_workers(p);
	(void)channel_send(p->core, m, true, NULL);
}

static void listen_core(struct pgp *p)
{
	struct worker *w;
	struct err e;
	int rc = 1;

	while (rc != 0 && !p->stopping && (w = free_worker(p)) != NULL) {
		struct channel_message m;
		int fd[2];
		rc = channel_receive_two(p->core, &m, fd, false, &e);
		if (rc < 0)
			log_say(&p->log, LOG_ERR, "the core: %s", e.text);
		if (rc == 1 && m.verb == CHANNEL_SYNC)
			hear_sync(p, &m);
		else if (rc == 1 &&
		        (m.verb == CHANNEL_PGP_PROTECT || m.verb == CHANNEL_PGP_OPEN ||
		                m.verb == CHANNEL_PGP_VERIFY || m.verb == CHANNEL_PGP_RECORD))
			start(p, w, &m, fd);
		os_close_fd(&fd[0]);
		os_close_fd(&fd[1]);
	}
}

static void read_signals(struct pgp *p)
{
	struct signalfd_siginfo info;

	while (read(p->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		p->stopping |= info.ssi_signo == SIGTERM;
	collect(p);
}

static void loop(struct pgp *p)
{
	while (!p->stopping) {
		/* what comes while all are busy waits in the channel */
		struct pollfd f[2] = {{.fd = p->signals, .events = POLLIN},
		        {.fd = free_worker(p) != NULL ? p->core : -1, .events = POLLIN}};
		poll(f, 2, 1000);
		read_signals(p);
		end_late(p);
		listen_core(p);
	}
}

/* ---- starting ------------------------------------------------------------------------------------ */

static void block_signals(struct pgp *p)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	p->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
}

/* All that it will ever read is read here. */
static int configure(struct pgp *p, struct err *e)
{
	auto_buf struct buf b = {0};
	int rc = country_open(&p->o->paths, &p->country, e);
	struct str path = p->country.pgp.passphrase_file;

	if (rc != 0 || path.len == 0)
		return rc;
	if (os_read_file(path.p, 4096, &b, e) != 0)
		return ERR_SYS;
	p->passphrase = arena_str(&p->country.arena, str_trim(str_cut(buf_str(&b), '\n').head));
	return 0;
}

int pgp_main(const struct serve_options *o, int core)
{
	struct pgp p = {.log = {o->log, "pgp"}, .o = o, .core = core};
	struct err e = {0};

	block_signals(&p);
	int rc = configure(&p, &e);
	if (rc == 0 && gpgme_check_version(NULL) == NULL)
		rc = err_set(&e, ERR_SYS, "GPGME cannot be used");
	if (rc == 0)
		rc = sandbox_pgp(p.country.pgp.home.p, &e);
	if (rc != 0) {
		log_say(&p.log, LOG_ERR, "%s; what needs OpenPGP waits", e.text);
		return 1;
	}
	if (p.country.pgp.home.len != 0)
		end_agent(&p);
	(void)channel_send(core, &(struct channel_message){.verb = CHANNEL_HELLO}, true, NULL);
	loop(&p);
	end_workers(&p);
	if (p.country.pgp.home.len != 0)
		end_agent(&p);
	return 0;
}
