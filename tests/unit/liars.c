/* SPDX-License-Identifier: Apache-2.0
 *
 * Readers that do in their jail what somebody would who had taken them over. See docs/threat-model.md.
 */
#include "liars.h"
#include "event/event.h"
#include "event/writer.h"
#include "proc/message.h"
#include "read/input.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- the readers -------------------------------------------------------------------------------- */

static int says(struct reading *r, const char *words)
{
	return err_set(&r->err, ERR_VALUE, "%s", words);
}

static int next_socket(struct reading *r)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return says(r, fd >= 0 ? "got a socket" : "was refused a socket");
}

static int next_pair(struct reading *r)
{
	int pair[2];

	return says(r, socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 ? "got a pair" : "was refused a pair");
}

static int next_file(struct reading *r)
{
	errno = 0;
	int fd = open("/etc/passwd", O_RDONLY);

	return says(r, fd >= 0 ? "got a file" : errno == EACCES ? "was refused a file" : "got another error");
}

static int next_exec(struct reading *r)
{
	char name[] = "true", *argv[] = {name, NULL};

	execv("/bin/true", argv);
	return says(r, "lives on");
}

static int next_kill(struct reading *r)
{
	return says(r, syscall(SYS_kill, getpid(), 0) == 0 ? "may send signals" : "was refused signals");
}

static int next_code(struct reading *r)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return says(r, p != MAP_FAILED ? "got memory for code" : "was refused memory for code");
}

static int next_memory(struct reading *r)
{
	for (size_t n = 0; n < 4096; n++) {
		char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			return says(r, n < 64 ? "got less than 64 MiB" : "got more than 64 MiB");
		memset(p, 1, 1 << 20);
	}
	return says(r, "got 4 GiB");
}

static int next_die(struct reading *r)
{
	(void)r;
	syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGTERM);
	return 1;
}

/* The reader's own end of the channel is the one descriptor that takes a message. */
static void send_raw(const struct message *m, size_t len)
{
	struct iovec part = {(void *)(uintptr_t)m, len};
	struct msghdr head = {.msg_iov = &part, .msg_iovlen = 1};

	for (int fd = 3; fd < 64; fd++)
		if (sendmsg(fd, &head, MSG_NOSIGNAL) >= 0)
			return;
}

static int next_verb(struct reading *r)
{
	(void)r;
	send_raw(&(struct message){.verb = VERB_GO}, sizeof(struct message));
	return 0;
}

static int next_short(struct reading *r)
{
	(void)r;
	send_raw(&(struct message){.verb = VERB_END}, 8);
	return 0;
}

static int next_slot(struct reading *r)
{
	(void)r;
	send_raw(&(struct message){.verb = VERB_BATCH, .slot = 9, .len = 96}, sizeof(struct message));
	return 0;
}

static int next_batch(struct reading *r)
{
	(void)r;
	send_raw(&(struct message){.verb = VERB_BATCH, .slot = 1, .len = 4096}, sizeof(struct message));
	return 0;
}

static int next_counts(struct reading *r)
{
	(void)r;
	send_raw(&(struct message){.verb = VERB_END, .records = 7, .with_events = 7, .events = 7},
	        sizeof(struct message));
	return 0;
}

/* ---- readers that lie about batches and time ----------------------------------------------------- */

static void put_one(struct reading *r)
{
	record_begin(r->w, 0, 1, 1);
	event_begin(r->w);
	event_put(r->w, FIELD_SOURCE_IP, STR("192.0.2.1"));
	event_end(r->w);
	record_end(r->w);
}

static int channel(void)
{
	struct stat st;

	for (int fd = 0; fd < 64; fd++)
		if (fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode))
			return fd;
	return -1;
}

/* Waits until the parent gives the slot back, which it does when it has its copy, and writes all over it. */
static int next_scribble(struct reading *r)
{
	char *slot = r->w->slot;
	struct pollfd answer = {.fd = channel(), .events = POLLIN};

	put_one(r);
	writer_flush(r->w, NULL);
	poll(&answer, 1, 300); /* or it has been taken already */
	memset(slot, 0xff, BATCH_SLOT);
	return 0;
}

/* Good batches without end, and never listens. */
static int next_deaf(struct reading *r)
{
	struct batch_head *head = (struct batch_head *)r->w->slot;

	put_one(r);
	writer_flush(r->w, NULL);
	struct message m = {.verb = VERB_BATCH, .len = (uint32_t)(sizeof(*head) + head->var_len)};
	m.len += head->rows * (uint32_t)sizeof(struct batch_row) +
	        head->asides * (uint32_t)sizeof(struct batch_aside) + head->keys_len;
	for (int i = 0; i < 100000; i++) {
		head->chunk++;
		head->head_crc = crc32c(0, head, sizeof(*head) - 4);
		send_raw(&m, sizeof(m));
		poll(NULL, 0, 1); /* so that the parent has its copy before the next is written there */
	}
	return says(r, "was listened to for ever");
}

static int next_silent(struct reading *r)
{
	(void)r;
	poll(NULL, 0, -1);
	return 0;
}

static int next_stopped(struct reading *r)
{
	(void)r;
	syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGSTOP);
	return 0;
}

static int next_gone(struct reading *r)
{
	(void)r;
	_exit(7);
}

static int next_closed(struct reading *r)
{
	(void)r;
	close(channel());
	for (int i = 0; i < 60; i++)
		poll(NULL, 0, 1000);
	return 0;
}

static int next_greedy(struct reading *r)
{
	for (int i = 0; i < 4096; i++)
		memset(mem_get(1 << 20), 1, 1 << 20);
	return says(r, "got 4 GiB");
}

/* Across the slots and over their end. */
static int next_beyond(struct reading *r)
{
	volatile char *p = r->w->slot;

	for (size_t i = 0; i < (size_t)1 << 36; i += 4096)
		p[i] = 1;
	return says(r, "wrote 64 GiB");
}

/* The number of the parent's process is known to everybody who was forked from it. */
pid_t liar_parent;

static int next_shoot(struct reading *r)
{
	return says(r, syscall(SYS_tgkill, liar_parent, liar_parent, 0) == 0 ? "may shoot" : "missed");
}

/* What the parent learns after the process that starts readers was made is not in a reader, under the same address. */
char liar_secret_of[32];

static int next_secret(struct reading *r)
{
	return says(r, liar_secret_of[0] != 0 ? liar_secret_of : "knows nothing");
}

static int next_fork(struct reading *r)
{
	return says(r, fork() >= 0 ? "got a process" : "was refused a process");
}

static int next_connect(struct reading *r)
{
	struct sockaddr to = {.sa_family = AF_UNIX};

	return says(
	        r, connect(channel(), &to, sizeof(to)) == 0 ? "is connected" : "was refused a connection");
}

/* The slots' own descriptor would be among these. */
static int next_truncate(struct reading *r)
{
	for (int fd = 0; fd < 64; fd++)
		if (ftruncate(fd, 0) == 0)
			return says(r, "cut something off");
	return says(r, "found nothing to cut off");
}

static int next_spin(struct reading *r)
{
	volatile bool on = true;

	while (on) {
	}
	return says(r, "came to an end");
}

static int unpack_many(struct reading *r)
{
	for (unsigned i = 0; i < LIMIT_PARTS + 1; i++) {
		if (r->parts->begin(r->parts->arg, STR("x"), STR(""), &r->err) == 0)
			r->parts->end(r->parts->arg, &r->err);
	}
	return 0;
}

/* A part that begins and never comes. */
static int unpack_stall(struct reading *r)
{
	r->parts->begin(r->parts->arg, STR("x"), STR(""), &r->err);
	poll(NULL, 0, -1);
	return 0;
}

/* Forgets the floor that the feed has, and says that all may be told to everybody. */
static void settings_label(const struct read_options *o, struct event_settings *s)
{
	(void)o;
	s->floor = TLP_NONE;
	s->tlp = TLP_CLEAR;
}

static int next_label(struct reading *r)
{
	if (input_offset(r->in) > 0)
		return 0;
	input_skip(r->in, input_peek(r->in, 1).len, 0);
	record_begin(r->w, 0, 1, 1);
	event_begin(r->w);
	event_put(r->w, FIELD_SOURCE_IP, STR("192.0.2.1"));
	event_end(r->w);
	event_begin(r->w);
	event_put(r->w, FIELD_SOURCE_IP, STR("192.0.2.2"));
	event_put(r->w, FIELD_TLP, STR("RED"));
	event_end(r->w);
	record_end(r->w);
	return 1;
}

static enum sniff sniff_nothing(const struct sniff_view *v)
{
	(void)v;
	return SNIFF_NO;
}

#define LIAR(what)                                                                                           \
	const struct reader liar_##what = {                                                                  \
	        .name = #what, .about = "", .sniff = sniff_nothing, .next = next_##what}
LIAR(socket);
LIAR(pair);
LIAR(file);
LIAR(exec);
LIAR(kill);
LIAR(code);
LIAR(memory);
LIAR(die);
LIAR(verb);
LIAR(short);
LIAR(slot);
LIAR(batch);
LIAR(counts);
LIAR(scribble);
LIAR(deaf);
LIAR(silent);
LIAR(stopped);
LIAR(gone);
LIAR(closed);
LIAR(greedy);
LIAR(beyond);
LIAR(shoot);
LIAR(secret);
LIAR(fork);
LIAR(connect);
LIAR(truncate);
LIAR(spin);
const struct reader liar_many = {.name = "many", .about = "", .sniff = sniff_nothing, .unpack = unpack_many};
const struct reader liar_stall = {
        .name = "stall", .about = "", .sniff = sniff_nothing, .unpack = unpack_stall};
const struct reader liar_label = {
        .name = "label", .about = "", .sniff = sniff_nothing, .settings = settings_label, .next = next_label};
