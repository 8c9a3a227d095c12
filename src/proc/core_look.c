/* SPDX-License-Identifier: Apache-2.0
 *
 * The first look at a report that is still on its way in: its first part goes through a jailed reader as all of it will
 * later, and what comes out is counted and forgotten. Nothing of it is stored; whether it becomes a receipt is decided
 * when it is whole.
 *
 * A look is small and has little time, and while its reader is waited for the desk is served. There is one at a time; who
 * asks meanwhile is told to ask again. Small reports are not read inside it, or its reader would be waited for in vain.
 */
#include "base/os.h"
#include "proc/core_in.h"
#include "proc/job.h"
#include "see/look.h"
#include <unistd.h>

#define LOOK_US 1000000 /* after so long it ends with what it has */
#define LOOK_SILENCE_MS 1000
/* A reading is given half a minute of processor time (intake.c); of that a look has two seconds. */
#define LOOK_USED_US ((uint64_t)28 * 1000000)
/* A reader that gave up so far from the end did not do so because the rest is missing. */
#define LOOK_REST ((uint64_t)64 << 10)

struct looking {
	struct core *core;
	const struct channel_message *ask;
	const struct node_feed *feed;
	struct see_look look;
	struct intake_counts counts;
	struct intake_budget budget;
	const struct reader *inside; /* of the parts of a container; NULL: none has said anything */
	int64_t until;
	bool sure, stopped;
	char sentence[512];
};

static int take_batch(void *arg, const struct intake_part *part, const struct batch *b, struct err *e)
{
	struct looking *l = arg;

	if (part->number > 0 && part->reader->unpack == NULL)
		l->inside = part->reader;
	/* what a container sets aside of its own is that it is cut */
	if (part->reader->unpack == NULL)
		see_look(l->core->node, l->feed, b, &l->look);
	l->stopped = os_ticks() > l->until || core_stopping(l->core);
	return l->stopped ? err_set(e, ERR_LIMIT, "that was enough") : 0;
}

static void failed(void *arg, const struct intake_part *part, const char *sentence, enum intake_failure why)
{
	struct looking *l = arg;

	if (part->number == 0 && why != INTAKE_UNKNOWN)
		snprintf(l->sentence, sizeof(l->sentence), "%s", sentence);
}

static void wake(void *arg)
{
	core_wake(((struct looking *)arg)->core);
}

/* By the readers that are sure, or by the first that would have it. READER_UNKNOWN, or what intake_read says. */
static int read_part(struct looking *l, int fd, bool sure_only)
{
	struct reader_job job = {.sure_only = sure_only, .silence_ms = LOOK_SILENCE_MS};
	struct intake_sink sink = {.batch = take_batch,
	        .failed = failed,
	        .arg = l,
	        .wake = wake,
	        .budget = &l->budget,
	        .readers = l->core->readers};
	struct err e = {0};

	core_wake_fds(l->core, sink.wake_fd);
	if (l->feed != NULL)
		job_for_feed(&job, &l->feed->file);
	job.options.name = str_from(l->ask->name);
	job.options.people = true;
	l->sure = sure_only || job.reader != NULL;
	return intake_read(fd, str_from(l->ask->name), &job, &sink, &l->counts, &e);
}

static void read_first(struct looking *l, int fd)
{
	bool named = l->feed != NULL && l->feed->file.reader != NULL;

	l->budget.cpu_micro = LOOK_USED_US;
	l->until = os_ticks() + LOOK_US;
	if (read_part(l, fd, !named) == READER_UNKNOWN && !named && lseek(fd, 0, SEEK_SET) == 0)
		(void)read_part(l, fd, false);
}

static const struct reader *reader_of(const struct looking *l)
{
	return l->counts.reader != NULL ? l->counts.reader : l->counts.gave_up;
}

/* True if the reader gave up for another reason than that the rest is missing. */
static bool is_bad(const struct looking *l, uint64_t part)
{
	const struct reader *r = l->counts.gave_up;

	return r != NULL && r->unpack == NULL && !l->stopped && l->counts.gave_up_at + LOOK_REST < part;
}

static void put_text(struct buf *b, const char *name, struct str value)
{
	buf_printf(b, ", \"%s\": ", name);
	buf_json(b, value);
}

static void put_number(struct buf *b, const char *name, uint64_t value)
{
	buf_printf(b, ", \"%s\": %llu", name, (unsigned long long)value);
}

static void put_asides(struct buf *b, const struct see_look *l)
{
	buf_add(b, STR(", \"first\": ["));
	for (unsigned i = 0; i < LOOK_ASIDES && i < l->asides; i++) {
		buf_printf(b, "%s{\"line\": %u", i > 0 ? ", " : "", l->first[i].line);
		put_text(b, "text", str_from(l->first[i].text));
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void put(const struct looking *l, uint64_t part, struct buf *b)
{
	const struct reader *r = reader_of(l);

	buf_printf(b, "{\"bytes\": %llu", (unsigned long long)part);
	put_text(b, "format", str_from(r != NULL ? r->name : ""));
	buf_printf(b, ", \"sure\": %s", r != NULL && l->sure ? "true" : "false");
	put_text(b, "inside", str_from(l->inside != NULL ? l->inside->name : ""));
	put_text(b, "feed", l->feed != NULL ? l->feed->id : STR(""));
	put_text(b, "type", l->look.type.p != NULL ? l->look.type : STR(""));
	put_text(b, "identifier", str_from(l->look.identifier));
	put_number(b, "records", l->look.records);
	put_number(b, "with_events", l->look.with_events);
	put_number(b, "asides", l->look.asides);
	put_number(b, "none", l->look.none);
	put_number(b, "events", l->look.events);
	if (l->ask->code == 0)
		put_number(b, "owned", l->look.owned);
	put_asides(b, &l->look);
	put_text(b, "sentence", is_bad(l, part) ? str_from(l->sentence) : STR(""));
	buf_char(b, '}');
}

static int look(struct core *c, const struct channel_message *m, int fd, struct channel_message *answer)
{
	struct looking *l = mem_zero(1, sizeof(*l));
	auto_buf struct buf json = {0};
	off_t part = lseek(fd, 0, SEEK_END);
	int rc = ERR_SYS;

	l->core = c;
	l->ask = m;
	l->feed = m->feed[0] != 0 ? node_feed(c->node, str_from(m->feed))
	                          : node_feed_for(c->node, str_from(m->name));
	c->looking = true;
	c->depth++;
	if (part > 0 && lseek(fd, 0, SEEK_SET) == 0) {
		read_first(l, fd);
		see_look_torn(&l->look);
		put(l, (uint64_t)part, &json);
		/* a reader that was ended, or never began, says nothing of the report */
		bool unread = reader_of(l) == NULL && l->sentence[0] != 0;
		rc = unread || json.len >= sizeof(answer->text) ? ERR_VALUE : 0;
	}
	c->depth--;
	c->looking = false;
	channel_put(answer->text, sizeof(answer->text), rc == 0 ? buf_str(&json) : STR(""));
	free(l);
	return rc;
}

void core_look(struct core *c, const struct channel_message *m, int fd)
{
	struct channel_message answer = {.verb = CHANNEL_LOOKED, .id = m->id, .code = ERR_LIMIT};

	if (!c->looking && fd >= 0)
		answer.code = look(c, m, fd, &answer);
	(void)channel_send(c->desk, &answer, false, NULL);
}
