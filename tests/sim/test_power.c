/* SPDX-License-Identifier: Apache-2.0
 *
 * The plug is pulled while a node takes reports in and reads them: of what was written since the last sync of a
 * file, each piece is on the disk or not, as the dice say. Started on what is left, the node ends with the same state
 * as one that was never disturbed, and what a deliverer was promised is there.
 *
 * Names of files last at once here; contents last when they were synced. Shared memory of the WAL is gone.
 *
 * test_power [EVERY [SEED]]: the plug at each EVERY-th step (default 7).
 */
#include "story.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SECTOR 512

static unsigned every = 7;
static uint64_t seed = 1;
static struct buf wanted;
static char folder[64];

/* ---- the disk ------------------------------------------------------------------------------------ */

struct piece {
	uint64_t at; /* UINT64_MAX: a truncation to len */
	struct buf bytes;
	uint64_t len;
};
struct disk_file {
	char path[PATH_MAX];
	struct buf durable;
	VEC(struct piece) pending;
};
struct disk {
	VEC(struct disk_file) files;
};

static struct disk_file *disk_file(struct disk *d, const char *path)
{
	for (size_t i = 0; i < d->files.n; i++)
		if (str_eq(str_from(d->files.v[i].path), str_from(path)))
			return &d->files.v[i];
	struct disk_file *f = vec_add(&d->files);
	snprintf(f->path, sizeof(f->path), "%s", path);
	return f;
}

static void put(struct buf *b, uint64_t at, struct str bytes)
{
	uint64_t end = at + bytes.len;

	if (end > b->len) {
		memset(buf_room(b, end - b->len), 0, end - b->len);
		b->len = end;
	}
	if (bytes.len > 0)
		memcpy(b->p + at, bytes.p, bytes.len);
}

static void cut(struct buf *b, uint64_t size)
{
	if (size > b->len)
		put(b, size, (struct str){0});
	b->len = size;
}

static void apply(struct buf *b, const struct piece *p)
{
	if (p->at == UINT64_MAX)
		cut(b, p->len);
	else
		put(b, p->at, buf_str(&p->bytes));
}

static void forget(struct disk_file *f)
{
	for (size_t i = 0; i < f->pending.n; i++)
		buf_done(&f->pending.v[i].bytes);
	vec_done(&f->pending);
}

static void path_of(const struct os_step *step, char *ret)
{
	char link[64];
	ssize_t n;

	if (step->path != NULL) {
		snprintf(ret, PATH_MAX, "%s", step->path);
		return;
	}
	snprintf(link, sizeof(link), "/proc/self/fd/%d", step->fd);
	n = readlink(link, ret, PATH_MAX - 1);
	ret[n > 0 ? n : 0] = 0;
}

static void remember_write(struct disk *d, const struct os_step *step)
{
	char path[PATH_MAX];

	path_of(step, path);
	struct piece *p = vec_add(&disk_file(d, path)->pending);
	p->at = step->path != NULL ? step->offset : (uint64_t)lseek(step->fd, 0, SEEK_CUR);
	buf_add(&p->bytes, str_make(step->bytes, step->len));
}

static void sync_file(struct disk_file *f)
{
	for (size_t i = 0; i < f->pending.n; i++)
		apply(&f->durable, &f->pending.v[i]);
	forget(f);
}

static void remember_sync(struct disk *d, const struct os_step *step)
{
	struct stat st;

	if (stat(step->path, &st) == 0 && S_ISDIR(st.st_mode))
		return;
	sync_file(disk_file(d, step->path));
}

static void seen(void *arg, const struct os_step *step)
{
	struct disk *d = arg;
	struct disk_file *f;

	switch (step->call) {
	case OS_WRITE:
		remember_write(d, step);
		break;
	case OS_SYNC:
		remember_sync(d, step);
		break;
	case OS_SYNC_ALL:
		for (size_t i = 0; i < d->files.n; i++)
			sync_file(&d->files.v[i]);
		break;
	case OS_TRUNCATE:
		f = disk_file(d, step->path);
		*vec_add(&f->pending) = (struct piece){.at = UINT64_MAX, .len = step->len};
		break;
	case OS_RENAME:
		f = disk_file(d, step->path);
		/* the one that was there before is gone with its name */
		disk_file(d, step->to)->path[0] = 0;
		f = disk_file(d, step->path);
		snprintf(f->path, sizeof(f->path), "%s", step->to);
		break;
	case OS_DELETE:
		disk_file(d, step->path)->path[0] = 0;
		break;
	default:
		break;
	}
}

/* ---- the plug ------------------------------------------------------------------------------------ */

static uint32_t dice(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33);
}

/* Each piece of a write by sectors, or not at all, in their order. */
static void tear(struct disk_file *f)
{
	for (size_t i = 0; i < f->pending.n; i++) {
		struct piece *p = &f->pending.v[i];
		if (dice() % 2)
			continue;
		if (p->at != UINT64_MAX && dice() % 4 == 0)
			p->bytes.len =
			        p->bytes.len / SECTOR > 0 ? dice() % (p->bytes.len / SECTOR + 1) * SECTOR : 0;
		apply(&f->durable, p);
	}
	forget(f);
}

static void pull(struct disk *d)
{
	struct err e;

	for (size_t i = 0; i < d->files.n; i++) {
		struct disk_file *f = &d->files.v[i];
		tear(f);
		if (f->path[0] != 0 && access(f->path, F_OK) == 0) {
			int fd = open(f->path, O_WRONLY | O_TRUNC);
			assert_true(fd >= 0 && os_write_all(fd, buf_str(&f->durable), &e) == 0);
			close(fd);
			/* rebuilt from the WAL */
			char shm[PATH_MAX + 4];
			snprintf(shm, sizeof(shm), "%s-shm", f->path);
			unlink(shm);
		}
	}
}

static void disk_done(struct disk *d)
{
	for (size_t i = 0; i < d->files.n; i++) {
		forget(&d->files.v[i]);
		buf_done(&d->files.v[i].durable);
	}
	vec_done(&d->files);
}

/* What was promised is in state.db. */
static void check_promises(const struct story *s)
{
	struct db *db;
	struct err e;
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	for (unsigned i = 0; i < STORY_REPORTS; i++) {
		uint8_t token[16] = {(uint8_t)(i + 1)};
		struct receipt r;
		if (!s->promised[i])
			continue;
		assert_int_equal(state_open(folder, DB_WRITE, &db, &e), 0);
		assert_int_equal(receipt_get_token(db, token, &a, &r, &e), 1);
		db_close(db);
	}
}

/* False: the story ended before the plug. */
static bool one_cut(uint64_t at)
{
	struct story s;
	struct disk d = {0};
	struct err e = {0};

	os_fake_reset(1);
	os_fake.seen = seen;
	os_fake.arg = &d;
	os_fake.fail_at = at;
	os_fake.sticky = true;
	os_fake.code = EIO;
	story_make(&s, folder);
	int rc = story_play(&s, &e);
	bool was_cut = os_fake.failed;
	story_end(&s);
	os_fake_reset(2);
	pull(&d);
	disk_done(&d);
	check_promises(&s);
	for (int i = 0; rc != 0; i++) {
		rc = story_play(&s, &e);
		if (rc != 0)
			print_error("step %llu: %s\n", (unsigned long long)at, e.text);
		assert_true(rc == 0 || i < 2);
	}
	story_end(&s);
	assert_true(story_repeats(&s) <= 1);
	return was_cut;
}

static void check_told(uint64_t at)
{
	auto_buf struct buf got = {0};

	os_fake_reset(1);
	story_tell(folder, &got);
	if (!str_eq(buf_str(&got), buf_str(&wanted))) {
		char text[512];
		story_differ(buf_str(&got), buf_str(&wanted), text, sizeof(text));
		print_error("%s at step %llu: %s\n", "the plug", (unsigned long long)at, text);
		fail();
	}
	story_remove(folder);
}

static void the_plug(void **state)
{
	struct story s;
	struct err e;
	unsigned cuts = 0;

	(void)state;
	os_fake_reset(1);
	story_make(&s, folder);
	assert_int_equal(story_play(&s, &e), 0);
	story_end(&s);
	assert_int_equal(story_repeats(&s), 0);
	os_fake_reset(1);
	story_tell(folder, &wanted);
	story_remove(folder);
	for (uint64_t at = 1; one_cut(at); at += every, cuts++)
		check_told(at);
	check_told(0);
	print_message("the plug was pulled %u times\n", cuts);
	assert_true(cuts > 20);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_plug)};

	if (argc > 1)
		every = (unsigned)strtoul(argv[1], NULL, 10);
	if (argc > 2)
		seed = strtoul(argv[2], NULL, 10);
	story_folder("power", folder, sizeof(folder));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
