/* SPDX-License-Identifier: Apache-2.0
 *
 * The owned reader: readers that attack (liars.c), each in its jail. This program
 * has a table of readers of its own, so the parent under test is the real one. See docs/threat-model.md.
 */
#include "base/sanitized.h"
#include "event/event.h"
#include "event/writer.h"
#include "liars.h"
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

const struct reader *const reader_table[] = {LIARS(LIAR_POINTER)};
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
	if (!SANITIZED) /* the sanitizer starts processes of its own */
		fails_with(&liar_fork, "a system call that it may not make");
	fails_with(&liar_connect, "a system call that it may not make");
	fails_with(&liar_truncate, "a system call that it may not make");
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
	assert_int_not_equal(liar_secret_of[0], 0);
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

	liar_parent = getpid();
	if (readers_open(&readers, &e) != 0)
		return 1;
	snprintf(liar_secret_of, sizeof(liar_secret_of), "knows the secret");
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
