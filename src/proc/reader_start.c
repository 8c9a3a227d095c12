/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/reader_start.h"
#include "base/os.h"
#include "event/batch.h"
#include "proc/job.h"
#include "proc/readers.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define END_MS 2000
/* The process that starts readers has much less to do than that. */
#define KILL_MS 10000
#define SLOTS_LEN (MESSAGE_SLOTS * BATCH_SLOT)

/* Slots whose size is sealed, with the job behind them. */
static int make_slots(struct reader_handle *h, const struct reader_job *job, struct err *e)
{
	auto_buf struct buf b = {0};
	auto_fd int fd = memfd_create("weir-slots", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	job_pack(job, &b);
	h->mapped = SLOTS_LEN + b.len;
	if (fd < 0 || ftruncate(fd, (off_t)h->mapped) != 0 ||
	        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
		return err_sys(e, "cannot make the slots");
	char *p = mmap(NULL, h->mapped, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return err_sys(e, "cannot map the slots");
	for (unsigned i = 0; i < MESSAGE_SLOTS; i++)
		h->slots[i] = p + i * BATCH_SLOT;
	memcpy(p + SLOTS_LEN, b.p, b.len);
	int mine = fd;
	fd = -1;
	return mine;
}

static int send_job(int readers, const struct readers_job *m, const int *fds, struct err *e)
{
	union {
		char buf[CMSG_SPACE(READERS_FDS * sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec iov = {(void *)(uintptr_t)m, sizeof(*m)};
	struct msghdr msg = {.msg_iov = &iov,
	        .msg_iovlen = 1,
	        .msg_control = control.buf,
	        .msg_controllen = sizeof(control.buf)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	ssize_t n;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(READERS_FDS * sizeof(int));
	memcpy(CMSG_DATA(c), fds, READERS_FDS * sizeof(int));
	do
		n = sendmsg(readers, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return n >= 0 ? 0 : err_sys(e, "cannot ask for a reader");
}

/* The two channels of a reader: of each one end is ours, the other goes with the job. */
static int make_channels(int *channel, int *control, struct err *e)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) != 0)
		return err_sys(e, "cannot make a socket pair");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) == 0)
		return 0;
	int rc = err_sys(e, "cannot make a socket pair");
	close(channel[0]);
	close(channel[1]);
	return rc;
}

static void give_back(struct reader_handle *h)
{
	close(h->sock);
	close(h->control);
	munmap(h->slots[0], h->mapped);
}

int reader_start(int readers, const struct reader_job *job, int input, uint64_t cpu_seconds,
        struct reader_handle *ret, struct err *e)
{
	struct reader_handle h = {0};
	int channel[2], control[2];

	auto_fd int slots = make_slots(&h, job, e);
	if (slots < 0)
		return ERR_SYS;
	if (make_channels(channel, control, e) != 0) {
		munmap(h.slots[0], h.mapped);
		return ERR_SYS;
	}
	h.sock = channel[0];
	h.control = control[0];
	int fds[READERS_FDS] = {input, channel[1], control[1], slots};
	int rc = send_job(readers, &(struct readers_job){h.mapped - SLOTS_LEN, cpu_seconds}, fds, e);
	close(channel[1]);
	close(control[1]);
	/* a reader that does not listen must not make its parent wait */
	fcntl(h.sock, F_SETFL, O_NONBLOCK);
	if (rc != 0)
		give_back(&h);
	else
		*ret = h;
	return rc;
}

static void say(const struct reader_handle *h, enum readers_verb verb, uint64_t value)
{
	struct readers_word w = {.verb = verb, .value = value};

	(void)!send(h->control, &w, sizeof(w), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void reader_allow(struct reader_handle *h, uint64_t cpu_seconds)
{
	say(h, READERS_LIMIT, cpu_seconds);
}

/* The last word about it: 1, 0 if none has come in time, negative if none will. */
static int wait_word(const struct reader_handle *h, int ms, struct readers_word *ret)
{
	struct pollfd p = {.fd = h->control, .events = POLLIN};
	int n;

	do
		n = poll(&p, 1, ms);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n;
	return recv(h->control, ret, sizeof(*ret), MSG_DONTWAIT) == (ssize_t)sizeof(*ret) ? 1 : -1;
}

void reader_end(struct reader_handle *h, bool now, struct reader_end *ret)
{
	struct readers_word w = {0};
	bool late = false;
	int rc = 0;

	if (!now) {
		rc = wait_word(h, END_MS, &w);
		late = rc == 0;
	}
	if (rc == 0) {
		say(h, READERS_KILL, 0);
		rc = wait_word(h, KILL_MS, &w);
	}
	give_back(h);
	*ret = (struct reader_end){.fate = rc != 1  ? READER_GONE
	                : w.verb == READERS_REFUSED ? READER_REFUSED
	                : late                      ? READER_LATE
	                                            : READER_ENDED,
	        .status = w.status,
	        .cpu_micro = w.value};
}
