/* SPDX-License-Identifier: Apache-2.0
 *
 * Two tables: one is read while the other is written. Whoever reads has long answered when his is written again. The desk can make its
 * side writable again, so that nothing is counted in that memory, and nothing there is believed: it is only copied to.
 */
#include "proc/census.h"
#include "base/os.h"
#include <dirent.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

struct census {
	_Atomic unsigned last;
	struct processes two[2];
};

struct census *census_make(void)
{
	void *p =
	        mmap(NULL, sizeof(struct census), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED ? p : NULL;
}

void census_keep(struct census *c, bool reads)
{
	if (c == NULL)
		return;
	if (reads)
		(void)mprotect(c, sizeof(*c), PROT_READ);
	else
		munmap(c, sizeof(*c));
}

const struct processes *census_last(const struct census *c)
{
	return c != NULL ? &c->two[atomic_load(&c->last) & 1] : NULL;
}

/* ---- /proc --------------------------------------------------------------------------------------- */

static struct str read_proc(int pid, const char *name, struct buf *b)
{
	char path[64];

	buf_done(b); /* what is read is new memory */
	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return os_read_file(path, 65536, b, NULL) == 0 ? buf_str(b) : STR("");
}

/* "7 (weir-core) S 1 ..." */
static bool read_stat(int pid, struct process *ret, struct buf *b)
{
	struct str_cut name = str_rcut(read_proc(pid, "stat", b), ')');
	struct str title = str_cut(name.head, '(').tail, rest = str_skip(name.tail, 3);
	uint32_t parent;

	if (!name.ok || !str_u32(str_cut(rest, ' ').head, &parent))
		return false;
	*ret = (struct process){.pid = pid, .parent = (int)parent};
	if (str_starts(title, STR("weir-")))
		title = str_skip(title, 5);
	snprintf(ret->name, sizeof(ret->name), "%.*s", STR_ARG(title));
	return true;
}

/* "Pss:       1234 kB" */
static int64_t bytes_of(struct str text, struct str key)
{
	size_t at = str_find_str(text, 0, key);
	uint64_t kib;

	if (at == SIZE_MAX)
		return -1;
	struct str number = str_cut(str_trim(str_skip(text, at + key.len)), ' ').head;
	return str_u64(number, &kib) ? (int64_t)kib * 1024 : 0;
}

static void read_memory(struct process *p, struct buf *b)
{
	struct str text = read_proc(p->pid, "smaps_rollup", b);

	p->pss = bytes_of(text, STR("\nPss:"));
	p->rss = bytes_of(text, STR("\nRss:"));
}

static bool belongs(const struct processes *all, int parent)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].pid == parent)
			return true;
	return false;
}

/* Of a process in a jail /proc may show nothing; that it is there is known. */
static void add(struct processes *all, int pid, int parent, const char *name)
{
	if (all->n == PROCESSES)
		return;
	struct process *p = &all->list[all->n++];
	*p = (struct process){.pid = pid, .parent = parent};
	snprintf(p->name, sizeof(p->name), "%s", name);
}

/* All processes of the machine, once for each generation of children: a node has three. */
static void add_below(struct processes *all, struct buf *b)
{
	for (size_t before = 0; before != all->n && all->n < PROCESSES;) {
		DIR *dir = opendir("/proc");
		struct dirent *d;
		struct process p;
		uint32_t pid;
		before = all->n;
		while (dir != NULL && (d = readdir(dir)) != NULL && all->n < PROCESSES)
			if (str_u32(str_from(d->d_name), &pid) && !belongs(all, (int)pid) &&
			        read_stat((int)pid, &p, b) && belongs(all, p.parent))
				all->list[all->n++] = p;
		if (dir != NULL)
			closedir(dir);
	}
}

void census_take(struct census *c, const struct census_child *children, size_t n)
{
	auto_buf struct buf b = {0};

	if (c == NULL)
		return;
	unsigned next = (atomic_load(&c->last) & 1) ^ 1;
	struct processes *all = mem_zero(1, sizeof(*all));
	add(all, (int)getpid(), (int)getppid(), "supervisor");
	for (size_t i = 0; i < n; i++)
		if (children[i].pid != 0)
			add(all, (int)children[i].pid, (int)getpid(), children[i].name);
	add_below(all, &b);
	for (size_t i = 0; i < all->n; i++)
		read_memory(&all->list[i], &b);
	c->two[next] = *all;
	free(all);
	atomic_store(&c->last, next);
}
