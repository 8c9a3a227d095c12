/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/serve.h"
#include "base/log.h"
#include "base/os.h"
#include "proc/bodies.h"
#include "proc/census.h"
#include "proc/core.h"
#include "proc/desk.h"
#include "proc/dial.h"
#include "proc/door.h"
#include "proc/fetch.h"
#include "proc/keeper.h"
#include "proc/pgp.h"
#include "proc/post.h"
#include "proc/reach.h"
#include "proc/readers.h"
#include "proc/tls.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define RESTART_US 1000000                     /* a child that lives shorter is started again after so long */
#define PLAN_US ((int64_t)12 * 3600 * 1000000) /* how often the certificate of the pages is looked at */
#define PLAN_WARN_US ((int64_t)14 * 24 * 3600 * 1000000)
#define COUNT_US 10000000     /* between two looks at what the processes cost */
#define COUNT_SOON_US 1000000 /* once more so long after one has started */
#define NOTIFY_S 1            /* so long systemd may take to have room for a word */
#define EXTEND_MS 10000       /* how often systemd hears of tables being changed; it waits a minute more */
#define STOP_MS 10000         /* a child that does not end by then is killed */

enum { CORE, DESK, POST, FETCH, READERS, PGP, KEEPER, BODIES, DIAL, DOOR, CHILDREN };

struct child {
	pid_t pid;              /* 0: not running */
	int64_t started, again; /* os_ticks */
	unsigned quick;         /* how often one after the other it has ended as soon as it had started */
};

struct serve {
	struct log log;
	const struct serve_options *o;
	int lock, listener, signals;
	int staff;              /* listening socket of the pages; -1: none */
	struct pages_plan plan; /* where they are */
	int outside;            /* listening socket of the door; -1: none */
	struct pages_plan door; /* what it listens with */
	int64_t plan_again;     /* os_ticks: its certificate is looked at */
	int pair[CHILDREN][2];  /* of the core, of the other; of CORE: none */
	struct child children[CHILDREN];
	struct census *census;
	int64_t count_again; /* os_ticks: the processes are counted again */
	bool was_ready, stopping;
	char notify[sizeof(((struct sockaddr_un *)0)->sun_path)];
	size_t notify_len;
};

/* As the kernel has them. */
static const char *const titles[CHILDREN] = {"weir-core", "weir-desk", "weir-post", "weir-fetch",
        "weir-readers", "weir-pgp", "weir-keeper", "weir-bodies", "weir-dial", "weir-door"};
static const char *const names[CHILDREN] = {"core", "desk", "post", "fetching", "process that starts readers",
        "pgp process", "keeper", "reader of bodies", "dialler", "door"};

/* ---- what is opened first ------------------------------------------------------------------------ */

static int take_lock(struct serve *s, struct err *e)
{
	char path[4096];

	if (os_folder(s->o->state, e) != 0)
		return ERR_SYS;
	if (snprintf(path, sizeof(path), "%s/lock", s->o->state) >= (int)sizeof(path))
		return err_set(e, ERR_LIMIT, "the path '%.60s...' is too long", s->o->state);
	s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (s->lock < 0)
		return err_sys(e, "cannot open '%s'", path);
	/* the children of one that was killed take a moment to follow it */
	int rc = -1;
	for (int i = 0; rc != 0 && i < 30; i++)
		if ((rc = flock(s->lock, LOCK_EX | LOCK_NB)) != 0)
			poll(NULL, 0, 100);
	if (rc != 0)
		return err_set(e, ERR_DENIED, "a node is running on '%s' already", s->o->state);
	return 0;
}

/* The path of a socket is short, that of a folder may be long: so it is named from the open folder. */
int serve_address(const char *state, struct sockaddr_un *ret, int *ret_folder, struct err *e)
{
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	*ret_folder = open(state, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*ret_folder < 0)
		return err_sys(e, "cannot open '%s'", state);
	snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/%s", *ret_folder, SERVE_SOCKET);
	return 0;
}

static int listen_control(struct serve *s, struct err *e)
{
	struct sockaddr_un at;
	int folder;

	if (serve_address(s->o->state, &at, &folder, e) != 0)
		return ERR_SYS;
	unlinkat(folder, SERVE_SOCKET, 0);
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	mode_t mask = umask(0117);
	int rc = s->listener < 0 || bind(s->listener, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	        listen(s->listener, 128) != 0;
	umask(mask);
	close(folder);
	return rc == 0 ? 0 : err_sys(e, "cannot listen at '%s/%s'", s->o->state, SERVE_SOCKET);
}

static int listen_port(unsigned port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	        .sin_port = htons((uint16_t)port),
	        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, 128) == 0)
		return fd;
	close(fd);
	return -1;
}

/* ---- where the pages are ------------------------------------------------------------------------- */

struct planning {
	const struct serve_options *o;
	struct pages_plan *plan; /* of the pages, then of the door */
};

static int make_plan(void *arg)
{
	struct planning *p = arg;

	tls_plan(&p->o->paths, p->o->state, &p->plan[0]);
	tls_plan_door(&p->o->paths, p->o->state, &p->plan[1]);
	return 0;
}

/* In memory that both processes have, only as long as that: nobody who is started later can write it. */
static bool plan_pages(struct serve *s)
{
	size_t size = 2 * sizeof(s->plan);
	struct pages_plan *both = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (both == MAP_FAILED)
		return false;
	bool good = serve_aside(make_plan, &(struct planning){s->o, both}) == 0;
	if (good) {
		s->plan = both[0];
		s->door = both[1];
	}
	munmap(both, size);
	return good;
}

static int listen_at(const struct pages_plan *p, const char *who, struct err *e)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)p->port)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)p->port)};
	bool is_six = strchr(p->address, ':') != NULL;
	int one = 1;

	if (inet_pton(is_six ? AF_INET6 : AF_INET, p->address,
	            is_six ? (void *)&six.sin6_addr : (void *)&four.sin_addr) != 1)
		return err_set(e, ERR_VALUE, "%s: '%s' is no address", who, p->address);
	int fd = socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(e, "cannot listen at '%s'", p->address);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (is_six)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	const struct sockaddr *at = is_six ? (const struct sockaddr *)&six : (const struct sockaddr *)&four;
	if (bind(fd, at, is_six ? sizeof(six) : sizeof(four)) == 0 && listen(fd, 128) == 0)
		return fd;
	err_sys(e, "cannot listen at '%s' port %u for the %s; is it an address of this machine?", p->address,
	        p->port, who);
	close(fd);
	return ERR_SYS;
}

/* At its port, or the next free one where none is said. */
static int listen_door(struct serve *s, struct err *e)
{
	bool any = s->door.port == 0;

	if (s->door.wrong[0] != 0)
		return err_set(e, ERR_VALUE, "door: %s", s->door.wrong);
	for (unsigned i = 0; s->door.on && s->outside < 0 && i < (any ? PAGES_PORTS : 1); i++) {
		if (any)
			s->door.port = DOOR_PORT + i;
		s->outside = listen_at(&s->door, "door", e);
	}
	if (!s->door.on)
		return 0;
	if (s->outside >= 0)
		log_say(&s->log, LOG_INFO, "the door is at https://%s:%u; SHA-256 of the certificate is %s",
		        s->door.nnames > 0 ? s->door.names[0] : s->door.address, s->door.port,
		        s->door.fingerprint);
	return s->outside >= 0 ? 0 : ERR_SYS;
}

static void say_plan(const struct serve *s)
{
	const struct pages_plan *p = &s->plan;

	if (p->on && p->tls)
		log_say(&s->log, LOG_INFO, "the pages are at https://%s:%u; SHA-256 of the certificate is %s",
		        p->nnames > 0 ? p->names[0] : p->address, p->port, p->fingerprint);
	if (p->on && p->tls && !p->own && p->until < os_now() + PLAN_WARN_US)
		log_say(&s->log, LOG_WARN, "the certificate of the pages, '%s', ends within two weeks",
		        p->certificate);
}

/* What the configuration says; the option of the command line stands before it. */
static int listen_plan(struct serve *s, struct err *e)
{
	s->plan_again = os_ticks() + PLAN_US;
	if (!plan_pages(s))
		return 0;
	if (listen_door(s, e) != 0)
		return ERR_SYS;
	if (s->o->pages != 0)
		s->plan = (struct pages_plan){0};
	if (!s->plan.on)
		return 0;
	if (s->plan.wrong[0] != 0)
		return err_set(e, ERR_VALUE, "%s", s->plan.wrong);
	s->staff = listen_at(&s->plan, "pages", e);
	say_plan(s);
	return s->staff >= 0 ? 0 : ERR_SYS;
}

/* True if the plan is another one now; one that is wrong, or of what does not listen, is as it was. */
static bool take_plan(
        struct serve *s, struct pages_plan *now, const struct pages_plan *before, const char *who)
{
	if (!before->on || !before->tls || !now->tls || now->wrong[0] != 0) {
		if (before->on && before->tls)
			log_say(&s->log, LOG_ERR, "%s; the %s goes on with what it has",
			        now->wrong[0] != 0 ? now->wrong : "the certificate cannot be read", who);
		*now = *before;
		return false;
	}
	/* where it listens stays until the node starts again */
	snprintf(now->address, sizeof(now->address), "%s", before->address);
	now->port = before->port;
	return strcmp(before->fingerprint, now->fingerprint) != 0;
}

/* A certificate that is new, made by the node or laid down by somebody, is what a new process starts with. */
static void look_at_plan(struct serve *s)
{
	struct pages_plan before = s->plan, door = s->door;

	s->plan_again = os_ticks() + PLAN_US;
	if ((!before.on || !before.tls) && !door.on)
		return;
	if (!plan_pages(s))
		return;
	if (take_plan(s, &s->plan, &before, "desk")) {
		say_plan(s);
		if (s->children[DESK].pid != 0)
			kill(s->children[DESK].pid, SIGKILL);
	}
	if (take_plan(s, &s->door, &door, "door") && s->children[DOOR].pid != 0)
		kill(s->children[DOOR].pid, SIGKILL);
}

/* This machine alone reaches it. */
static int listen_staff(struct serve *s, struct err *e)
{
	unsigned port = s->o->pages;

	while ((s->staff = listen_port(port)) < 0 && port < 65535 && port + 1 - s->o->pages < PAGES_PORTS)
		port++;
	if (s->staff >= 0)
		log_say(&s->log, LOG_INFO, "the pages are at http://127.0.0.1:%u", port);
	return s->staff >= 0 ? 0 : err_sys(e, "no port from %u on is free for the pages", s->o->pages);
}

static void block_signals(struct serve *s)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	signal(SIGPIPE, SIG_IGN);
}

/* ---- systemd ------------------------------------------------------------------------------------- */

/* sd_notify(3): one datagram to the socket that the environment names. A manager that has stopped reading holds up nothing. */
static void notify(const struct serve *s, struct str text)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	if (s->notify_len == 0)
		return;
	memcpy(to.sun_path, s->notify, s->notify_len);
	if (to.sun_path[0] == '@')
		to.sun_path[0] = 0;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)setsockopt(
	        fd, SOL_SOCKET, SO_SNDTIMEO, &(struct timeval){.tv_sec = NOTIFY_S}, sizeof(struct timeval));
	(void)!sendto(fd, text.p, text.len, MSG_NOSIGNAL, (struct sockaddr *)&to,
	        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + s->notify_len));
	close(fd);
}

/* ---- children ------------------------------------------------------------------------------------ */

static void __attribute__((noreturn)) run_child(struct serve *s, int which, pid_t parent, int ready)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	prctl(PR_SET_NAME, titles[which]);
	/* SIGTERM stays blocked: the core reads it from a descriptor of its own */
	sigemptyset(&none);
	sigaddset(&none, SIGTERM);
	sigprocmask(SIG_SETMASK, &none, NULL);
	close(s->signals);
	for (int i = DESK; i < CHILDREN; i++) {
		close(s->pair[i][which == CORE ? 1 : 0]);
		if (which != CORE && which != i)
			close(s->pair[i][1]);
	}
	if (which != DESK)
		close(s->listener);
	if (which != DESK && s->staff >= 0)
		close(s->staff);
	if (which != DOOR && s->outside >= 0)
		close(s->outside);
	if (which == DOOR)
		close(s->lock);
	census_keep(s->census, which == DESK);
	if (which == CORE)
		_exit(core_main(s->o,
		        &(struct core_pairs){s->pair[DESK][0], s->pair[POST][0], s->pair[FETCH][0],
		                s->pair[READERS][0], s->pair[PGP][0], s->pair[KEEPER][0], s->pair[BODIES][0],
		                s->pair[DIAL][0], s->outside >= 0 ? s->pair[DOOR][0] : -1, &s->door},
		        ready));
	if (which == DESK)
		_exit(desk_main(s->o, s->listener, s->staff, &s->plan, s->census, s->pair[DESK][1]));
	if (which == POST)
		_exit(post_main(s->o, s->pair[POST][1]));
	if (which == READERS)
		_exit(readers_main(s->pair[READERS][1]));
	if (which == KEEPER)
		_exit(keeper_main(s->o, s->pair[KEEPER][1]));
	if (which == BODIES)
		_exit(bodies_main(s->o, s->pair[BODIES][1]));
	if (which == DIAL)
		_exit(dial_main(s->o, s->pair[DIAL][1]));
	if (which == PGP)
		_exit(pgp_main(s->o, s->pair[PGP][1]));
	if (which == DOOR)
		_exit(door_main(s->o, s->outside, &s->door, s->pair[DOOR][1]));
	_exit(fetch_main(s->o, s->pair[FETCH][1]));
}

static int start_child(struct serve *s, int which, int ready)
{
	pid_t parent = getpid();

	fflush(NULL);
	s->children[which].started = os_ticks();
	s->children[which].again = 0;
	pid_t pid = fork();
	if (pid == 0)
		run_child(s, which, parent, ready);
	if (pid < 0)
		log_say(&s->log, LOG_ERR, "cannot start the %s; it is tried again", names[which]);
	s->children[which].pid = pid > 0 ? pid : 0;
	s->count_again = 0;
	return pid > 0 ? 0 : ERR_SYS;
}

/* While the core starts. To read the configuration again is for later; who ended is seen then too. */
static bool asked_to_stop(struct serve *s, bool *later)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		s->stopping |= info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
		*later |= info.ssi_signo == SIGHUP;
	}
	return s->stopping;
}

/* Until the core answers (true), ends, or the node is to stop: a core that is cut off begins again the next time. What it changes may take
 * longer than systemd would wait. */
static bool await_core(struct serve *s, int ready, bool *later)
{
	struct pollfd p[2] = {{.fd = ready, .events = POLLIN}, {.fd = s->signals, .events = POLLIN}};
	char said = 0;

	while (said != CORE_READY) {
		if (said == CORE_CHANGES)
			notify(s,
			        STR("EXTEND_TIMEOUT_USEC=60000000\nWATCHDOG=1\n"
			            "STATUS=changing the tables of state.db to those of this version"));
		int n = poll(p, 2, said == CORE_CHANGES ? EXTEND_MS : -1);
		if (n > 0 && p[1].revents != 0 && asked_to_stop(s, later)) {
			kill(s->children[CORE].pid, SIGKILL);
			return false;
		}
		if (n > 0 && p[0].revents != 0 && read(ready, &said, 1) != 1)
			return false;
	}
	return true;
}

/* The core says when it has opened everything. False: it ended first. */
static bool start_core(struct serve *s)
{
	bool later = false;
	int ready[2];

	if (pipe2(ready, O_CLOEXEC) != 0)
		return false;
	int rc = start_child(s, CORE, ready[1]);
	close(ready[1]);
	bool good = rc == 0 && await_core(s, ready[0], &later);
	close(ready[0]);
	if (later)
		kill(getpid(), SIGHUP);
	return good;
}

static void plan_restart(struct serve *s, int which)
{
	struct child *c = &s->children[which];
	int64_t now = os_ticks();

	c->pid = 0;
	c->quick = now - c->started < 5 * RESTART_US ? c->quick + 1 : 0;
	c->again = now - c->started < RESTART_US ? now + RESTART_US : now;
}

static void collect(struct serve *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < CHILDREN; i++) {
			if (s->children[i].pid != pid)
				continue;
			plan_restart(s, i);
			if (s->stopping)
				continue;
			if (WIFSIGNALED(status))
				log_say(&s->log, LOG_WARN, "the %s was ended by signal %d; it starts again",
				        names[i], WTERMSIG(status));
			else
				log_say(&s->log, LOG_WARN, "the %s ended with status %d; it starts again",
				        names[i], WEXITSTATUS(status));
		}
}

static void restart(struct serve *s)
{
	for (int i = 0; i < CHILDREN; i++) {
		struct child *c = &s->children[i];
		if (c->pid != 0 || c->again > os_ticks() || (i == DOOR && s->outside < 0))
			continue;
		if (i == CORE)
			(void)start_core(s);
		else
			(void)start_child(s, i, -1);
	}
}

static int until_restart(const struct serve *s)
{
	int64_t wait = 10 * (int64_t)RESTART_US, now = os_ticks();

	for (int i = 0; i < CHILDREN; i++)
		if (s->children[i].pid == 0 && (i != DOOR || s->outside >= 0) &&
		        s->children[i].again - now < wait)
			wait = s->children[i].again - now;
	if (s->count_again - now < wait)
		wait = s->count_again - now;
	return wait > 0 ? (int)(wait / 1000) + 1 : 0;
}

/* What the processes cost, every while; and soon again after one has started, since it is small at first. */
static void count(struct serve *s)
{
	struct census_child children[CHILDREN];
	int64_t now = os_ticks();
	bool young = false;

	if (now < s->count_again)
		return;
	for (int i = 0; i < CHILDREN; i++) {
		const struct child *c = &s->children[i];
		bool fails = c->quick > 2 && now - c->started < 5 * RESTART_US; /* it is gone again soon */
		children[i] = (struct census_child){c->pid, fails ? "failing" : titles[i] + 5};
		young |= c->pid != 0 && now - c->started < COUNT_SOON_US;
	}
	census_take(s->census, children, CHILDREN);
	s->count_again = now + (young ? COUNT_SOON_US : COUNT_US);
}

int serve_aside(int (*run)(void *arg), void *arg)
{
	int status = 0;

	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		_exit(run(arg));
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int try_country(void *arg)
{
	const struct serve *s = arg;
	struct country c;
	struct err e = {0};
	bool good = country_load(&s->o->paths, &c, &e) == 0;

	log_each(&s->log, LOG_WARN, buf_str(&c.notes));
	if (!good)
		log_say(&s->log, LOG_ERR, "%s; the node goes on with what it has", e.text);
	return !good;
}

/* The configuration is read when the processes start. One that is wrong is refused here, and the old one stays. */
static void reload(struct serve *s)
{
	if (serve_aside(try_country, s) != 0)
		return;
	log_say(&s->log, LOG_INFO, "the configuration is read again");
	look_at_plan(s);
	/* the others hear of it from the core that comes */
	if (s->children[CORE].pid != 0)
		kill(s->children[CORE].pid, SIGTERM);
}

static void read_signals(struct serve *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
			s->stopping = true;
		else if (info.ssi_signo == SIGHUP)
			reload(s);
	collect(s);
}

static bool any_child(const struct serve *s)
{
	for (int i = 0; i < CHILDREN; i++)
		if (s->children[i].pid != 0)
			return true;
	return false;
}

static void stop(struct serve *s)
{
	int64_t until = os_ticks() + STOP_MS * (int64_t)1000;

	notify(s, STR("STOPPING=1"));
	/* the readers stay until the core has put down what it reads */
	for (int i = 0; i < CHILDREN; i++)
		if (s->children[i].pid != 0 && i != READERS)
			kill(s->children[i].pid, i == CORE || i == PGP ? SIGTERM : SIGKILL);
	while (any_child(s)) {
		struct pollfd p = {.fd = s->signals, .events = POLLIN};
		poll(&p, 1, 100);
		read_signals(s);
		for (int i = 0; i < CHILDREN && os_ticks() > until; i++)
			if (s->children[i].pid != 0)
				kill(s->children[i].pid, SIGKILL);
		if (s->children[CORE].pid == 0 && s->children[READERS].pid != 0)
			kill(s->children[READERS].pid, SIGKILL);
	}
}

static void watch(struct serve *s)
{
	while (!s->stopping) {
		struct pollfd p = {.fd = s->signals, .events = POLLIN};
		poll(&p, 1, until_restart(s));
		read_signals(s);
		if (!s->stopping && os_ticks() >= s->plan_again)
			look_at_plan(s);
		if (!s->stopping)
			restart(s);
		if (!s->stopping)
			count(s);
		/* the unit asks for a sign of life every half minute; a core that does not come up gives none */
		if (s->children[CORE].pid != 0 && s->children[DESK].pid != 0)
			notify(s, STR("WATCHDOG=1"));
	}
}

static int open_all(struct serve *s, struct err *e)
{
	int rc = take_lock(s, e);

	s->listener = s->o->listener;
	if (rc == 0 && s->listener < 0)
		rc = listen_control(s, e);
	if (rc == 0)
		rc = listen_plan(s, e);
	if (rc == 0 && s->o->pages != 0)
		rc = listen_staff(s, e);
	for (int i = DESK; rc == 0 && i < CHILDREN; i++)
		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s->pair[i]) != 0)
			rc = err_sys(e, "cannot make a socket pair");
	return rc;
}

int serve_run(const struct serve_options *o)
{
	struct serve s = {.log = {o->log, "supervisor"},
	        .o = o,
	        .lock = -1,
	        .listener = -1,
	        .staff = -1,
	        .outside = -1,
	        .census = census_make()};
	struct err e = {0};
	const char *to = o->notify;

	if (to != NULL && strlen(to) < sizeof(s.notify)) {
		s.notify_len = strlen(to);
		memcpy(s.notify, to, s.notify_len);
	}
	if (open_all(&s, &e) != 0) {
		log_say(&s.log, LOG_ERR, "%s", e.text);
		return 1;
	}
	block_signals(&s);
	/* first, while there is nothing that a reader may not see */
	(void)start_child(&s, READERS, -1);
	if (!start_core(&s)) {
		/* it has said why, or somebody has ended the node */
		bool asked = s.stopping;
		s.stopping = true;
		stop(&s);
		return asked ? 0 : 1;
	}
	(void)start_child(&s, DESK, -1);
	(void)start_child(&s, POST, -1);
	(void)start_child(&s, FETCH, -1);
	(void)start_child(&s, PGP, -1);
	for (int i = KEEPER; i < DOOR; i++)
		(void)start_child(&s, i, -1);
	if (s.outside >= 0)
		(void)start_child(&s, DOOR, -1);
	count(&s);
	notify(&s, STR("READY=1\nSTATUS="));
	if (!reach_can_close())
		log_say(&s.log, LOG_WARN,
		        "this kernel has no Landlock: which files a process may open is up to their modes "
		        "alone");
	log_say(&s.log, LOG_INFO, "the node runs; its state lies in '%s'", o->state);
	watch(&s);
	stop(&s);
	log_say(&s.log, LOG_INFO, "the node has stopped");
	return 0;
}
