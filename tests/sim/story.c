/* SPDX-License-Identifier: Apache-2.0 */
#include "story.h"
#include "base/digest.h"
#include "event/event.h"
#include "form/mime.h"
#include "see/change.h"
#include "see/reread.h"
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINES 120
#define LINES_OF_A_CHUNK 40

static const uint8_t tokens[STORY_REPORTS][16] = {{1}, {2}, {3}};

/* One line is one record: "192.0.2.7 80 3" address, port, minute; or a word that is set aside. */
static void report(unsigned number, struct buf *ret)
{
	for (unsigned i = 0; i < LINES; i++) {
		if (i % 50 == 49)
			buf_add(ret, STR("what is this\n"));
		else
			buf_printf(ret, "192.0.2.%u %u %u\n", (i * 7 + number) % 200 + 1, i % 3 + 80,
			        i + number);
	}
}

/* ---- delivering ---------------------------------------------------------------------------------- */

static int spool(struct story *s, const uint8_t token[16], struct str bytes, struct err *e)
{
	char path[NODE_PATH], tmp[NODE_PATH + 8];

	node_spool(&s->node, token, path);
	snprintf(tmp, sizeof(tmp), "%s.part", path);
	(void)os_delete(tmp, NULL);
	auto_fd int fd = os_create(tmp, e);
	if (fd < 0 || os_write_all(fd, bytes, e) != 0 || os_sync(fd, tmp, e) != 0)
		return ERR_SYS;
	return os_rename(tmp, path, e);
}

static int hand_in(struct story *s, const uint8_t token[16], struct str bytes, struct err *e)
{
	auto_arena struct arena a = {0};
	struct receipt got, d = {.name = STR("report.txt"), .via = STR("take"), .size = bytes.len};

	arena_init(&a, 0);
	memcpy(d.token, token, sizeof(d.token));
	digest_of(bytes, d.sha256);
	if (spool(s, d.token, bytes, e) != 0)
		return ERR_SYS;
	return see_accept(&s->node, &d, &a, &got, e);
}

static int deliver(struct story *s, unsigned i, struct err *e)
{
	auto_buf struct buf bytes = {0};

	report(i, &bytes);
	int rc = hand_in(s, tokens[i], buf_str(&bytes), e);
	s->promised[i] |= rc >= 0;
	return rc < 0 ? rc : 0;
}

/* ---- reading ------------------------------------------------------------------------------------- */

struct pages {
	struct see_reading *r;
	struct err *e;
	int rc;
	void *slot;
};

static int take_batch(void *arg, const void *bytes, size_t len, void **ret_next, struct err *e)
{
	struct pages *p = arg;
	struct batch *b = mem_get(sizeof(*b));

	(void)e;
	*ret_next = p->slot;
	if (batch_open(bytes, len, UINT64_MAX, b, p->e) != 0)
		abort();
	if (p->rc == 0)
		p->rc = see_chunk(p->r, b, p->e);
	/* some share a transaction, as when a reader is ahead */
	if (p->rc == 0 && see_open(p->r) == 2)
		p->rc = see_flush(p->r, p->e);
	free(b);
	return p->rc;
}

/* A better reader knows what the words mean, and that each third machine is something else. */
static void read_better(struct writer *w, struct str line, size_t at, unsigned number)
{
	struct str_cut ip = str_cut(line, ' '), port = str_cut(ip.tail, ' ');
	uint32_t minute = 0;
	bool words = !str_u32(port.tail, &minute);

	record_begin(w, at, line.len, number);
	/* what it sets aside, the first one had read */
	if (number % 40 == 7) {
		record_aside(w, ASIDE_SYNTAX, FIELD_NONE, "not what it seems");
		record_end(w);
		return;
	}
	event_begin(w);
	event_put(w, FIELD_SOURCE_IP, words ? STR("192.0.2.33") : ip.head);
	event_put(w, FIELD_SOURCE_PORT, words ? STR("8080") : port.head);
	event_put(w, FIELD_CLASSIFICATION_TYPE, number % 3 == 0 ? STR("infected-system") : STR("c2-server"));
	event_put(w, FIELD_TLP, STR("GREEN"));
	event_put_time(w, FIELD_TIME_SOURCE, 1767571200000000 + minute * (int64_t)60000000);
	event_end(w);
	record_end(w);
}

static void read_line(struct writer *w, struct str line, size_t at, unsigned number)
{
	struct str_cut ip = str_cut(line, ' '), port = str_cut(ip.tail, ' ');
	uint32_t minute;

	record_begin(w, at, line.len, number);
	if (!str_u32(port.tail, &minute)) {
		record_aside(w, ASIDE_SYNTAX, FIELD_NONE, "not three words");
	} else {
		event_begin(w);
		event_put(w, FIELD_SOURCE_IP, ip.head);
		event_put(w, FIELD_SOURCE_PORT, port.head);
		event_put(w, FIELD_CLASSIFICATION_TYPE, STR("c2-server"));
		event_put(w, FIELD_TLP, STR("GREEN"));
		event_put_time(w, FIELD_TIME_SOURCE, 1767571200000000 + minute * (int64_t)60000000);
		event_end(w);
	}
	record_end(w);
}

static int read_events(struct see_reading *r, struct str bytes, struct err *e)
{
	struct event_settings settings = {0};
	struct pages p = {.r = r, .e = e};
	unsigned number = 0;
	size_t at = 0;

	p.slot = mem_zero(1, BATCH_SLOT);
	struct writer *w = writer_new(&settings, p.slot, take_batch, &p);
	writer_stamp(w, see_receipt(r)->id, 0, 0);
	while (at < bytes.len && p.rc == 0) {
		struct str line = str_cut(str_skip(bytes, at), '\n').head;
		if (reread_is(r))
			read_better(w, line, at, ++number);
		else
			read_line(w, line, at, ++number);
		at += line.len + 1;
		if (number % LINES_OF_A_CHUNK == 0)
			writer_flush(w, NULL);
	}
	writer_flush(w, NULL);
	writer_free(w);
	free(p.slot);
	return p.rc;
}

static int read_receipt(struct story *s, uint64_t id, struct err *e)
{
	struct see_reading *r;
	char path[NODE_PATH];
	auto_buf struct buf bytes = {0};
	int rc = see_reading_new(&s->node, id, &r, e);

	if (rc != 0)
		return rc;
	node_spool(&s->node, see_receipt(r)->token, path);
	rc = os_read_file(path, 1 << 20, &bytes, e);
	struct see_outcome outcome = {.reader = STR("story")};
	if (str_starts(buf_str(&bytes), STR("BROKEN")))
		outcome = (struct see_outcome){.sentence = STR("it is broken"), .aside = true};
	if (rc == 0)
		rc = see_raw(r, buf_str(&bytes), e);
	if (rc == 0 && !outcome.aside)
		rc = read_events(r, buf_str(&bytes), e);
	if (rc == 0)
		rc = see_finish(r, &outcome, e);
	see_reading_free(r);
	return rc;
}

static int read_all(struct story *s, struct err *e)
{
	auto_arena struct arena a = {0};
	struct receipt r;
	int rc;

	arena_init(&a, 0);
	while ((rc = receipt_get_open(s->node.state, false, &a, &r, e)) == 1)
		if ((rc = read_receipt(s, r.id, e)) != 0)
			return rc;
	return rc;
}

/* ---- reading again --------------------------------------------------------------------------------- */

static int reread_receipt(struct story *s, uint64_t id, struct err *e)
{
	struct see_reading *r;
	struct day *d;
	auto_buf struct buf bytes = {0};
	int rc = reread_new(&s->node, id, &r, e);

	if (rc != 0)
		return rc;
	rc = node_day(&s->node, see_receipt(r)->day, &d, e);
	if (rc == 0)
		rc = day_raw_get(d, id, 0, see_receipt(r)->size, &bytes, e);
	if (rc == 0)
		rc = read_events(r, buf_str(&bytes), e);
	if (rc == 0)
		rc = see_finish(r, &(struct see_outcome){.reader = STR("better")}, e);
	see_reading_free(r);
	return rc;
}

static bool asked(struct story *s)
{
	struct query q = db_query(s->node.state, "select 1 from reread");
	bool there = query_next(&q) == 1;

	query_done(&q, NULL);
	return there;
}

/* All of them, since each has records that were set aside; later what is left of their first editions goes. */
int story_reread(struct story *s, struct err *e)
{
	auto_buf struct buf said = {0};
	uint64_t id;
	int rc = 0;

	if (!asked(s))
		rc = change_run(&s->node, STR("aside-retry"), STR("tell=1\n"), STR("story"), &said, e);
	while (rc == 0 && (rc = reread_next(&s->node, &id, e)) == 1)
		rc = reread_receipt(s, id, e);
	if (rc != 0)
		return rc;
	os_fake.now += 60000000;
	for (unsigned i = 0; rc == 0 && i < STORY_REPORTS; i++)
		rc = reread_drop(&s->node, e);
	return rc;
}

/* ---- letters ------------------------------------------------------------------------------------- */

static void remember(struct story *s, const struct notice_ready *r)
{
	buf_printf(&s->sent, "%.*s ", STR_ARG(r->ticket));
	for (unsigned i = 0; i < sizeof(r->sha256); i++)
		buf_printf(&s->sent, "%02x", r->sha256[i]);
	buf_char(&s->sent, '\n');
}

/* What the server takes is the file whose digest was cleared. */
static int send_letter(struct story *s, const struct notice_ready *r, struct err *e)
{
	auto_buf struct buf bytes = {0};
	uint8_t sum[DIGEST_LEN];
	char path[NODE_PATH];

	notice_path(&s->node, r->ticket, path);
	if (os_read_file(path, 1 << 20, &bytes, e) != 0)
		return ERR_SYS;
	digest_of(buf_str(&bytes), sum);
	if (memcmp(sum, r->sha256, sizeof(sum)) != 0)
		abort();
	s->refused = s->no != NULL && str_find_str(str_from(s->no), 0, r->to) != SIZE_MAX;
	if (!s->refused && !s->away)
		remember(s, r);
	s->answered = r->id;
	return 0;
}

/* As the core does it: before anything else is sent. */
static int settle(struct story *s, struct err *e)
{
	unsigned code = s->away ? 0 : s->refused ? 550 : 250;
	struct str words = s->away ? STR("no connection")
	        : s->refused       ? STR("550 no such user")
	                           : STR("250 taken");
	int rc = s->answered != 0 ? notice_answer(&s->node, s->answered, code, words, e) : 0;

	if (rc == 0)
		s->answered = 0;
	return rc;
}

static int send_all(struct story *s, struct err *e)
{
	auto_arena struct arena a = {0};
	struct notice_ready r;
	unsigned n = 1;
	int64_t next;
	int rc = 0;

	arena_init(&a, 0);
	while (rc == 0 && n > 0)
		rc = notice_seal(&s->node, &n, &next, e);
	while (rc == 0 && (rc = settle(s, e)) == 0 && (rc = notice_next(&s->node, 0, &a, &r, e)) == 1)
		rc = send_letter(s, &r, e);
	return rc;
}

/* ---- the whole ----------------------------------------------------------------------------------- */

void story_folder(const char *name, char *ret, size_t size)
{
	snprintf(ret, size, "%s/weir-%s-%d", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", name,
	        (int)getpid());
}

void story_make(struct story *s, const char *folder)
{
	mime_init();
	*s = (struct story){.folder = folder};
}

int story_open(struct story *s, struct err *e)
{
	struct country_paths paths = {.sample = SOURCE_ROOT "/examples", .conf = s->conf};
	unsigned swept;

	if (s->open)
		return 0;
	if (node_open(&s->node, s->folder, &paths, NULL, e) != 0)
		return ERR_SYS;
	s->open = true;
	if (clock_open(&s->node, &s->clock, e) != 0)
		return ERR_SYS;
	return see_sweep(&s->node, &swept, e);
}

int story_take(struct story *s, uint8_t number, struct str lines, struct err *e)
{
	uint8_t token[16] = {number};
	int rc = story_open(s, e);

	if (rc == 0)
		rc = hand_in(s, token, lines, e);
	return rc < 0 ? rc : read_all(s, e);
}

int story_spool(struct story *s, const uint8_t token[RECEIPT_TOKEN], struct str bytes, struct err *e)
{
	return spool(s, token, bytes, e);
}

int story_read(struct story *s, struct err *e)
{
	return read_all(s, e);
}

int story_work(struct story *s, struct err *e)
{
	unsigned n = 1;
	int64_t next;
	int rc = story_open(s, e);

	if (rc == 0)
		rc = clock_look(&s->node, &s->clock, e);
	while (rc == 0 && n > 0)
		rc = notice_again(&s->node, &n, &next, e);
	return rc == 0 ? send_all(s, e) : rc;
}

int story_play(struct story *s, struct err *e)
{
	if (story_open(s, e) != 0)
		return ERR_SYS;
	for (unsigned i = 0; i < STORY_REPORTS; i++) {
		if (!s->promised[i] && deliver(s, i, e) != 0)
			return ERR_SYS;
		/* the second comes while the first is not read yet */
		if (i > 0 && read_all(s, e) != 0)
			return e->code;
		if (send_all(s, e) != 0)
			return e->code;
		os_fake.now += 60000000;
	}
	if (story_reread(s, e) != 0 || send_all(s, e) != 0)
		return e->code;
	return db_checkpoint(s->node.state, false, e);
}

unsigned story_repeats(struct story *s)
{
	unsigned n = 0;

	for (struct str_cut cut = str_cut(buf_str(&s->sent), '\n'); cut.ok; cut = str_cut(cut.tail, '\n')) {
		struct str ticket = str_cut(cut.head, ' ').head;
		size_t at = str_find_str(cut.tail, 0, ticket);
		if (at == SIZE_MAX)
			continue;
		n++;
		if (!str_starts(str_skip(cut.tail, at), cut.head))
			abort();
	}
	buf_done(&s->sent);
	return n;
}

void story_end(struct story *s)
{
	if (s->open)
		node_close(&s->node);
	s->answered = 0;
	s->open = false;
}

/* ---- telling ------------------------------------------------------------------------------------- */

static void tell_rows(struct db *db, const char *sql, int columns, struct buf *ret)
{
	struct query q = db_query(db, sql);

	while (query_next(&q) == 1) {
		for (int i = 0; i < columns; i++) {
			buf_add(ret, query_get_text(&q, i));
			buf_char(ret, i + 1 < columns ? ' ' : '\n');
		}
	}
	if (query_done(&q, NULL) != 0)
		buf_add(ret, STR("an error\n"));
}

static void tell_chunk(struct node *n, struct day *d, const struct day_info *c, struct buf *ret)
{
	struct day_view v;
	struct err e;
	auto_arena struct arena a = {0};
	struct receipt r;
	char text[64];

	arena_init(&a, 0);
	if (receipt_get(n->state, c->receipt, &a, &r, &e) != 1)
		return;
	if (c->edition != r.edition || c->chunk >= r.chunks) {
		if (c->edition < r.edition)
			buf_add(ret, STR("an old edition is left\n"));
		return;
	}
	if (day_get(d, c->receipt, c->edition, c->chunk, &v, &e) != 0) {
		buf_printf(ret, "%s\n", e.text);
		return;
	}
	for (uint32_t i = 0; i < v.batch.head->rows; i++) {
		const struct batch_row *row = &v.batch.rows[i];
		buf_printf(ret, "E%u.%u %.*s F%llu:", (unsigned)r.token[0], row->ordinal,
		        STR_ARG(batch_text(&v.batch, row, FIELD_SOURCE_IP, text)),
		        (unsigned long long)v.verdicts[i].finding);
		(void)day_raw_get(d, r.id, row->raw_off, row->raw_len, ret, &e);
		buf_char(ret, '\n');
	}
	for (uint32_t i = 0; i < v.batch.head->asides; i++)
		buf_printf(ret, "aside %u.%u\n", (unsigned)r.token[0], v.batch.asides[i].ordinal);
	day_view_done(&v);
}

void story_tell(const char *folder, struct buf *ret)
{
	struct country_paths paths = {.sample = SOURCE_ROOT "/examples"};
	struct day_dates dates;
	struct node n;
	struct err e = {0};

	if (node_open(&n, folder, &paths, NULL, &e) != 0 || day_dates(folder, &dates, &e) != 0) {
		buf_printf(ret, "cannot be opened: %s\n", e.text);
		return;
	}
	tell_rows(n.state,
	        "select hex(token), state, records, with_events, asides, none, events, size, new_findings, "
	        "reader, edition from"
	        " receipt order by token",
	        11, ret);
	tell_rows(n.state,
	        "select receipt, edition, kept, state, records, events, found, lost, changed, untold, "
	        "dropped is not null from "
	        "reread order by receipt",
	        11, ret);
	tell_rows(n.state,
	        "select id, owner, class, place, port, first, last, events, receipts, state,"
	        " misread is not null, event from finding order by place, port, class",
	        12, ret);
	/* not which findings share a letter: that is a matter of when each was decided */
	tell_rows(n.state,
	        "select n.contact, n.class, n.state, n.answer, i.finding, i.receipt, i.event from "
	        "notice_item i"
	        " join notice n on n.id = i.notice order by i.finding, n.contact",
	        7, ret);
	tell_rows(n.state, "select 'letters without findings', count(*) from notice where findings = 0", 2,
	        ret);
	for (size_t i = 0; i < dates.n; i++) {
		struct day *d;
		struct day_info c;
		uint64_t cursor = UINT64_MAX;
		if (node_day(&n, dates.v[i], &d, &e) != 0)
			break;
		while (day_chunk_before(d, &cursor, &c, &e) == 1)
			tell_chunk(&n, d, &c, ret);
	}
	vec_done(&dates);
	node_close(&n);
}

void story_differ(struct str got, struct str wanted, char *ret, size_t size)
{
	for (unsigned line = 1; got.len != 0 || wanted.len != 0; line++) {
		struct str_cut g = str_cut(got, '\n'), w = str_cut(wanted, '\n');
		if (!str_eq(g.head, w.head)) {
			snprintf(ret, size, "line %u is '%.*s', not '%.*s'", line, STR_ARG(g.head),
			        STR_ARG(w.head));
			return;
		}
		got = g.tail;
		wanted = w.tail;
	}
	snprintf(ret, size, "nothing");
}

void story_remove(const char *folder)
{
	struct dirent *d;
	DIR *dir = opendir(folder);

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		char path[4096];
		struct stat st;
		snprintf(path, sizeof(path), "%s/%s", folder, d->d_name);
		if (str_eq(str_from(d->d_name), STR(".")) || str_eq(str_from(d->d_name), STR("..")))
			continue;
		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			story_remove(path);
		else
			unlink(path);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(folder);
}
