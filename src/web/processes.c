/* SPDX-License-Identifier: Apache-2.0
 *
 * The node's processes: the supervisor and all below it, as they were counted some seconds ago.
 */
#include "web/processes.h"
#include "base/os.h"
#include "web/figure.h"

/* Processes of one name are one sample. */
static void add_memory(struct figure_samples *out, const char *name, int64_t bytes)
{
	size_t k = 0;

	if (bytes < 0)
		return;
	while (k < out->list.n && !str_eq(out->list.v[k].labels[0], str_from(name)))
		k++;
	if (k == out->list.n)
		figure_add(out, str_from(name), STR(""), 0);
	out->list.v[k].value += bytes;
}

void processes_pss(const struct ask *a, struct figure_samples *out)
{
	for (size_t i = 0; a->processes != NULL && i < a->processes->n; i++)
		add_memory(out, a->processes->list[i].name, a->processes->list[i].pss);
}

void processes_rss(const struct ask *a, struct figure_samples *out)
{
	for (size_t i = 0; a->processes != NULL && i < a->processes->n; i++)
		add_memory(out, a->processes->list[i].name, a->processes->list[i].rss);
}

void processes_uptime(const struct ask *a, struct figure_samples *out)
{
	struct query q = db_query(a->state, "select value from meta where key = 'now.started'");

	if (a->processes != NULL && query_next(&q) == 1)
		figure_add(out, STR(""), STR(""), (os_now() - query_get_i64(&q, 0)) / 1000000);
	query_done(&q, NULL);
}

void processes_core_gone(const struct ask *a, struct figure_samples *out)
{
	unsigned n = a->processes != NULL ? a->processes->n : 0, i = 0;

	while (i < n && strcmp(a->processes->list[i].name, "core") != 0)
		i++;
	if (n > 0)
		figure_add(out, STR(""), STR(""), i == n);
}

/* ---- the route ----------------------------------------------------------------------------------- */

static const struct list_column columns[] = {
        {"process", "process", LIST_STRING, "what it is"},
        {"pid", "pid", LIST_NUMBER, "its number"},
        {"parent", "parent", LIST_NUMBER, "that of who started it"},
        {"pss", "pss KiB", LIST_NUMBER, "memory, shared pages in proportion; null: it shows it to nobody"},
        {"rss", "rss KiB", LIST_NUMBER, "memory, shared pages in full"},
};

static void put_memory(struct list *l, int64_t bytes)
{
	if (bytes >= 0)
		list_u64(l, (uint64_t)bytes / 1024);
	else
		list_text(l, (struct str){0});
}

static int load(const struct ask *a, struct reply *r, struct err *e)
{
	struct list l;

	(void)e;
	list_begin(&l, &r->body, a->form, columns, sizeof(columns) / sizeof(columns[0]), "processes");
	for (size_t i = 0; a->processes != NULL && i < a->processes->n; i++) {
		const struct process *p = &a->processes->list[i];
		list_text(&l, str_from(p->name));
		list_u64(&l, (uint64_t)p->pid);
		list_u64(&l, (uint64_t)p->parent);
		put_memory(&l, p->pss);
		put_memory(&l, p->rss);
	}
	list_end(&l);
	return 0;
}

const struct route route_processes = {"/processes", "the node's processes", false, load};
