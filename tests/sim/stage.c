/* SPDX-License-Identifier: Apache-2.0 */
#include "stage.h"
#include "see/change.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

void stage_set(struct stage *g, const char *name)
{
	char path[128];

	*g = (struct stage){0};
	os_fake_reset(1);
	os_fake.now = STAGE_BASE * SECOND;
	story_folder(name, g->folder, sizeof(g->folder));
	snprintf(g->conf, sizeof(g->conf), "%s.conf", g->folder);
	story_remove(g->folder);
	story_remove(g->conf);
	mkdir(g->conf, 0700);
	snprintf(path, sizeof(path), "%s/rules", g->conf);
	mkdir(path, 0700);
}

void stage_write(const struct stage *g, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", g->conf, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

void stage_make(struct stage *g)
{
	story_make(&g->s, g->folder);
	g->s.conf = g->conf;
}

void stage_end(struct stage *g)
{
	story_end(&g->s);
	buf_done(&g->s.sent);
	story_remove(g->folder);
	story_remove(g->conf);
}

static void good(const struct stage *g, int rc)
{
	if (rc != 0)
		print_error("%s\n", g->e.text);
	assert_int_equal(rc, 0);
}

void stage_seen(struct stage *g, const char *ip, int64_t when)
{
	char line[80];

	snprintf(line, sizeof(line), "%s 80 %lld\n", ip, (long long)((when / SECOND - STAGE_BASE) / 60));
	good(g, story_take(&g->s, ++g->number, str_from(line), &g->e));
}

void stage_work(struct stage *g)
{
	good(g, story_work(&g->s, &g->e));
}

int64_t stage_number(struct stage *g, const char *sql)
{
	struct query q = db_query_text(g->s.node.state, str_from(sql));
	int64_t v = query_next(&q) == 1 ? query_get_i64(&q, 0) : -1;

	good(g, query_done(&q, &g->e));
	return v;
}

void stage_text(struct stage *g, const char *sql, char *text, size_t size)
{
	struct query q = db_query_text(g->s.node.state, str_from(sql));
	size_t at = 0;

	text[0] = 0;
	while (query_next(&q) == 1 && at < size) {
		snprintf(text + at, size - at, "%s%.*s", at > 0 ? " " : "", STR_ARG(query_get_text(&q, 0)));
		at = strlen(text);
	}
	good(g, query_done(&q, &g->e));
}

int stage_ask(struct stage *g, const char *name, const char *params)
{
	auto_buf struct buf said = {0};

	return change_run(&g->s.node, str_from(name), str_from(params), STR("somebody"), &said, &g->e);
}
