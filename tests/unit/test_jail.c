/* SPDX-License-Identifier: Apache-2.0
 *
 * The owned reader: readers that do in their jail what somebody would who had taken them over. This program
 * has a table of readers of its own, so the parent under test is the real one. See docs/threat-model.md.
 */
#include "event/event.h"
#include "event/writer.h"
#include "proc/intake.h"
#include "proc/message.h"
#include "proc/readers.h"
#include "read/input.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

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
static pid_t parent;

static int next_shoot(struct reading *r)
{
	return says(r, syscall(SYS_tgkill, parent, parent, 0) == 0 ? "may shoot" : "missed");
}

/* What the parent learns after the process that starts readers was made is not in a reader, under the same address. */
static char secret[32];

static int next_secret(struct reading *r)
{
	return says(r, secret[0] != 0 ? secret : "knows nothing");
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
	static const struct reader liar_##what = {                                                           \
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
static const struct reader liar_many = {
        .name = "many", .about = "", .sniff = sniff_nothing, .unpack = unpack_many};
static const struct reader liar_stall = {
        .name = "stall", .about = "", .sniff = sniff_nothing, .unpack = unpack_stall};
static const struct reader liar_label = {
        .name = "label", .about = "", .sniff = sniff_nothing, .settings = settings_label, .next = next_label};

const struct reader *const reader_table[] = {&liar_socket, &liar_pair, &liar_file, &liar_exec, &liar_kill,
        &liar_code, &liar_memory, &liar_die, &liar_verb, &liar_short, &liar_slot, &liar_batch, &liar_counts,
        &liar_label, &liar_scribble, &liar_deaf, &liar_silent, &liar_stopped, &liar_gone, &liar_closed,
        &liar_greedy, &liar_beyond, &liar_shoot, &liar_secret, &liar_many, &liar_stall};
const unsigned reader_count = sizeof(reader_table) / sizeof(reader_table[0]);

const struct reader *reader_find(struct str name)
{
	(void)name;
	return NULL;
}

const struct reader *reader_sniff(const struct sniff_view *v, bool *ret_sure)
{
	(void)v;
	(void)ret_sure;
	return NULL;
}

/* ---- the parent --------------------------------------------------------------------------------- */

static struct readers readers;

struct seen {
	char sentence[1024];
	unsigned rows;
	uint8_t tlp[4];
	enum intake_failure why;
	bool slow; /* looks at batches only after a while */
	bool same; /* they were what they should have been all the same */
};

static int take_batch(void *arg, const struct intake_part *part, const struct batch *b, struct err *e)
{
	struct seen *seen = arg;
	char ip[64];
	(void)part;
	(void)e;

	if (seen->slow) {
		poll(NULL, 0, 600);
		seen->same = b->head->rows == 1 &&
		        str_eq(batch_text(b, &b->rows[0], FIELD_SOURCE_IP, ip), STR("192.0.2.1"));
	}
	for (uint32_t i = 0; i < b->head->rows && seen->rows < 4; i++)
		seen->tlp[seen->rows++] = b->rows[i].tlp;
	return 0;
}

static void take_failed(
        void *arg, const struct intake_part *part, const char *sentence, enum intake_failure why)
{
	struct seen *seen = arg;
	(void)part;

	seen->why = why;
	snprintf(seen->sentence, sizeof(seen->sentence), "%s", sentence);
}

static struct seen attack(const struct reader *liar, enum tlp floor, bool slow)
{
	bool idle = liar == &liar_silent || liar == &liar_stopped || liar == &liar_stall;
	struct seen seen = {.slow = slow};
	struct reader_job job = {
	        .reader = liar, .settings = {.floor = floor}, .silence_ms = idle ? 200 : 1500};
	struct intake_sink sink = {take_batch, take_failed, &seen, .readers = readers.sock};
	struct err e = {0};
	int fd = memfd_create("report", 0);

	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	intake_read(fd, STR("report"), &job, &sink, NULL, &e);
	close(fd);
	return seen;
}

static void fails_with(const struct reader *liar, const char *words)
{
	struct seen seen = attack(liar, TLP_NONE, false);

	if (strstr(seen.sentence, words) == NULL)
		fail_msg("'%s': no '%s' in '%s'", liar->name, words, seen.sentence);
	assert_int_equal(seen.rows, 0);
}

static void no_network_no_files_no_programs(void **state)
{
	(void)state;
	fails_with(&liar_socket, "a system call that it may not make");
	fails_with(&liar_pair, "a system call that it may not make");
	fails_with(&liar_exec, "a system call that it may not make");
	fails_with(&liar_kill, "a system call that it may not make");
	fails_with(&liar_code, "a system call that it may not make");
	fails_with(&liar_file, "was refused a file");
}

static void memory_has_an_end(void **state)
{
	(void)state;
	if (SANITIZED)
		skip();
	fails_with(&liar_memory, "got less than 64 MiB");
}

static void death_is_a_sentence(void **state)
{
	(void)state;
	fails_with(&liar_die, "ended by signal 15");
}

static void the_channel_has_rules(void **state)
{
	(void)state;
	fails_with(&liar_verb, "a verb it may not say");
	fails_with(&liar_short, "a message of another form");
	fails_with(&liar_slot, "no such slot");
	fails_with(&liar_batch, "batch");
	fails_with(&liar_counts, "its counts are not those of its batches");
}

static void labels_only_rise(void **state)
{
	struct seen seen = attack(&liar_label, TLP_AMBER, false);
	(void)state;

	assert_string_equal(seen.sentence, "");
	assert_int_equal(seen.rows, 2);
	assert_int_equal(seen.tlp[0], TLP_AMBER);
	assert_int_equal(seen.tlp[1], TLP_RED);
}

static void the_parent_keeps_its_copy(void **state)
{
	struct seen seen = attack(&liar_scribble, TLP_NONE, true);
	(void)state;

	assert_string_equal(seen.sentence, "");
	assert_int_equal(seen.rows, 1);
	assert_true(seen.same);
}

static void nobody_waits_for_ever(void **state)
{
	(void)state;
	fails_with(&liar_silent, "said nothing for too long");
	fails_with(&liar_stopped, "said nothing for too long");
	fails_with(&liar_stall, "said nothing for too long");
	fails_with(&liar_closed, "closed its channel and went on");
	fails_with(&liar_gone, "ended with status 7");
	struct seen seen = attack(&liar_deaf, TLP_NONE, false);
	/* a parent that is slower than that sees the same number twice */
	if (strstr(seen.sentence, "does not listen") == NULL &&
	        strstr(seen.sentence, "than the next") == NULL)
		fail_msg("deaf: '%s'", seen.sentence);
}

static void nobody_else_is_hurt(void **state)
{
	(void)state;
	fails_with(&liar_shoot, "a system call that it may not make");
	fails_with(&liar_many, "more parts than it may hand over");
	if (!SANITIZED) /* the sanitizer would tell of them at length */
		fails_with(
		        &liar_beyond, "ended"); /* by its signal, or in the handler that cmocka has for it */
	if (!SANITIZED)
		fails_with(&liar_greedy, "ran out of the memory");
	labels_only_rise(state); /* an honest one, after all of them */
}

static void nothing_of_the_parent_is_in_it(void **state)
{
	(void)state;
	assert_int_not_equal(secret[0], 0);
	fails_with(&liar_secret, "knows nothing");
}

/* Its readers die with it, and who waits for one hears so. */
static void the_server_may_die(void **state)
{
	struct seen seen = {0};
	struct reader_job job = {.reader = &liar_silent};
	struct intake_sink sink = {take_batch, take_failed, &seen};
	struct readers mortal;
	struct err e = {0};
	(void)state;

	assert_int_equal(readers_open(&mortal, &e), 0);
	sink.readers = mortal.sock;
	int fd = memfd_create("report", 0);
	assert_int_equal(write(fd, "x", 1), 1);
	pid_t killer = fork();
	if (killer == 0) {
		poll(NULL, 0, 200);
		kill(mortal.pid, SIGKILL);
		_exit(0);
	}
	assert_true(intake_read(fd, STR("report"), &job, &sink, NULL, &e) != 0);
	assert_non_null(strstr(seen.sentence, "the process that starts readers was ended"));
	assert_int_equal(seen.why, INTAKE_KILLED);
	waitpid(killer, NULL, 0);
	readers_close(&mortal);
	close(fd);
}

int main(void)
{
	struct err e;

	parent = getpid();
	if (readers_open(&readers, &e) != 0)
		return 1;
	snprintf(secret, sizeof(secret), "knows the secret");
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(no_network_no_files_no_programs),
	        cmocka_unit_test(memory_has_an_end),
	        cmocka_unit_test(death_is_a_sentence),
	        cmocka_unit_test(the_channel_has_rules),
	        cmocka_unit_test(labels_only_rise),
	        cmocka_unit_test(the_parent_keeps_its_copy),
	        cmocka_unit_test(nobody_waits_for_ever),
	        cmocka_unit_test(nobody_else_is_hurt),
	        cmocka_unit_test(nothing_of_the_parent_is_in_it),
	        cmocka_unit_test(the_server_may_die),
	};
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	readers_close(&readers);
	return rc;
}
