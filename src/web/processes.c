/* SPDX-License-Identifier: Apache-2.0
 *
 * The node's processes: the supervisor and all below it, as /proc shows them.
 */
#include "base/os.h"
#include "web/figure.h"
#include <dirent.h>

#define PROCESSES 256

struct process {
	int pid, parent;
	char name[32];
};

static struct str read_proc(int pid, const char *name, struct buf *b)
{
	char path[64];

	buf_clear(b);
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

static bool belongs(const struct process *list, size_t n, int parent)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].pid == parent)
			return true;
	return false;
}

/* All processes of the machine, once for each generation of children: a node has three. */
static size_t find_processes(int supervisor, struct process *ret)
{
	auto_buf struct buf b = {0};
	size_t n = 0;

	if (supervisor <= 0 || !read_stat(supervisor, &ret[0], &b))
		return 0;
	snprintf(ret[n++].name, sizeof(ret[0].name), "supervisor");
	for (size_t before = 0; before != n && n < PROCESSES;) {
		DIR *dir = opendir("/proc");
		struct dirent *d;
		struct process p;
		uint32_t pid;
		before = n;
		while (dir != NULL && (d = readdir(dir)) != NULL && n < PROCESSES)
			if (str_u32(str_from(d->d_name), &pid) && !belongs(ret, n, (int)pid) &&
			        read_stat((int)pid, &p, &b) && belongs(ret, n, p.parent))
				ret[n++] = p;
		if (dir != NULL)
			closedir(dir);
	}
	return n;
}

/* "Pss:       1234 kB" in smaps_rollup. A reader in its jail shows it to nobody. */
static bool memory_of(int pid, struct str key, int64_t *ret, struct buf *b)
{
	struct str text = read_proc(pid, "smaps_rollup", b);
	size_t at = str_find_str(text, 0, key);
	uint64_t kib;

	if (at == SIZE_MAX)
		return false;
	struct str number = str_cut(str_trim(str_skip(text, at + key.len)), ' ').head;
	*ret = str_u64(number, &kib) ? (int64_t)kib * 1024 : 0;
	return true;
}

/* Processes of one name are one sample. */
static void add_memory(const struct ask *a, struct figure_samples *out, struct str key)
{
	struct process *list = mem_zero(PROCESSES, sizeof(*list));
	size_t n = find_processes(a->supervisor, list);
	auto_buf struct buf b = {0};

	for (size_t i = 0; i < n; i++) {
		int64_t bytes;
		size_t k = 0;
		if (!memory_of(list[i].pid, key, &bytes, &b))
			continue;
		while (k < out->list.n && !str_eq(out->list.v[k].labels[0], str_from(list[i].name)))
			k++;
		if (k == out->list.n)
			figure_add(out, str_from(list[i].name), STR(""), 0);
		out->list.v[k].value += bytes;
	}
	free(list);
}

void processes_pss(const struct ask *a, struct figure_samples *out)
{
	add_memory(a, out, STR("\nPss:"));
}

void processes_rss(const struct ask *a, struct figure_samples *out)
{
	add_memory(a, out, STR("\nRss:"));
}

void processes_uptime(const struct ask *a, struct figure_samples *out)
{
	struct query q = db_query(a->state, "select value from meta where key = 'now.started'");

	if (a->supervisor > 0 && query_next(&q) == 1)
		figure_add(out, STR(""), STR(""), (os_now() - query_get_i64(&q, 0)) / 1000000);
	query_done(&q, NULL);
}

/* ---- the route ----------------------------------------------------------------------------------- */

static const struct list_column columns[] = {
        {"process", "process", LIST_STRING, "what it is"},
        {"pid", "pid", LIST_NUMBER, "its number"},
        {"parent", "parent", LIST_NUMBER, "that of who started it"},
        {"pss", "pss KiB", LIST_NUMBER, "memory, shared pages in proportion; null: it shows it to nobody"},
        {"rss", "rss KiB", LIST_NUMBER, "memory, shared pages in full"},
};

static void put_memory(struct list *l, int pid, struct str key)
{
	auto_buf struct buf b = {0};
	int64_t bytes;

	if (memory_of(pid, key, &bytes, &b))
		list_u64(l, (uint64_t)bytes / 1024);
	else
		list_text(l, (struct str){0});
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct process *list = mem_zero(PROCESSES, sizeof(*list));
	size_t n = find_processes(a->supervisor, list);
	struct list l;

	(void)e;
	list_begin(&l, &r->body, a->form, columns, sizeof(columns) / sizeof(columns[0]), "processes");
	for (size_t i = 0; i < n; i++) {
		list_text(&l, str_from(list[i].name));
		list_u64(&l, (uint64_t)list[i].pid);
		list_u64(&l, (uint64_t)list[i].parent);
		put_memory(&l, list[i].pid, STR("\nPss:"));
		put_memory(&l, list[i].pid, STR("\nRss:"));
	}
	list_end(&l);
	free(list);
	return 0;
}

const struct route route_processes = {"/processes", "the node's processes", false, load};
