/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/fetch.h"
#include "base/log.h"
#include "base/os.h"
#include "base/utf8.h"
#include "proc/fetch_in.h"
#include "proc/reach.h"
#include "proc/sandbox.h"
#include <poll.h>
#include <signal.h>
#include <unistd.h>

/* The core answers within this, however much it is doing. */
#define ANSWER_SECONDS 600
#define COMPLAINTS 3 /* that are said in full */

int fetch_secret(struct fetching *f, struct str path, const char **ret, struct err *e)
{
	auto_buf struct buf b = {0};

	*ret = NULL;
	if (path.len == 0)
		return 0;
	if (os_read_file(path.p, 65536, &b, e) != 0)
		return ERR_SYS;
	*ret = arena_str(&f->arena, str_trim(str_cut(buf_str(&b), '\n').head)).p;
	return 0;
}

/* ---- the spool ----------------------------------------------------------------------------------- */

int fetch_spool_open(struct fetching *f, const uint8_t token[16], struct err *e)
{
	struct fetch_spool *s = &f->spool;

	memcpy(s->token, token, sizeof(s->token));
	node_spool(&f->where, s->token, s->path);
	snprintf(s->part, sizeof(s->part), "%s.part", s->path);
	(void)os_delete(s->part, NULL); /* of a try that was cut off */
	s->fd = os_create(s->part, e);
	s->digest = digest_new();
	s->size = 0;
	s->limit = f->feed.limit;
	s->too_long = false;
	s->disk[0] = 0;
	return s->fd >= 0 ? 0 : ERR_SYS;
}

bool fetch_spool_add(struct fetching *f, struct str bytes)
{
	struct fetch_spool *s = &f->spool;
	struct err e;

	s->size += bytes.len;
	/* also what was packed on the way, and what no length was told of */
	s->too_long = s->size > s->limit;
	if (s->too_long)
		return false;
	digest_add(s->digest, bytes);
	if (os_write_all(s->fd, bytes, &e) == 0)
		return true;
	snprintf(s->disk, sizeof(s->disk), "%.500s", e.text);
	return false;
}

int fetch_spool_close(struct fetching *f, bool keep, struct err *e)
{
	struct fetch_spool *s = &f->spool;
	int rc = 0;

	digest_done(s->digest, s->sha256);
	s->digest = NULL;
	if (keep && (os_sync(s->fd, s->part, e) != 0 || os_rename(s->part, s->path, e) != 0))
		rc = ERR_SYS;
	if (!keep || rc != 0)
		(void)os_delete(s->part, NULL);
	os_close_fd(&s->fd);
	return rc;
}

/* ---- the core ------------------------------------------------------------------------------------ */

/* Its answer to what was asked last. A core that has started meanwhile knows nothing of the question. */
static int hear(struct fetching *f, struct channel_message *ret, struct err *e)
{
	int64_t until = os_ticks() + ANSWER_SECONDS * (int64_t)1000000;

	while (os_ticks() < until) {
		struct pollfd p = {.fd = f->core, .events = POLLIN};
		if (poll(&p, 1, 1000) != 1)
			continue;
		if (channel_receive(f->core, ret, true, e) != 1)
			return err_set(e, ERR_SYS, "the core is gone");
		if (ret->verb == CHANNEL_SYNC) {
			f->gone = true;
			f->sync = *ret;
			return err_set(e, ERR_SYS, "the core has started again");
		}
		if (ret->verb == CHANNEL_ANSWER && ret->id == f->asked)
			return 0;
	}
	return err_set(e, ERR_SYS, "the core does not answer");
}

static int ask_core(struct fetching *f, struct channel_message *m, struct err *e)
{
	memcpy(m->feed, f->answer.feed, sizeof(m->feed));
	m->id = ++f->asked;
	if (channel_send(f->core, m, true, e) != 0 || hear(f, m, e) != 0)
		return ERR_SYS;
	return m->code < 0 ? err_set(e, m->code, "%s", m->text) : m->code;
}

void fetch_token(const struct fetching *f, struct str item, uint8_t ret[16])
{
	uint8_t sum[DIGEST_LEN];
	struct digest *d = digest_new();

	digest_add(d, str_from(f->answer.feed));
	digest_add(d, STR("\n"));
	digest_add(d, item);
	digest_done(d, sum);
	memcpy(ret, sum, 16);
}

int fetch_offer(struct fetching *f, const uint8_t token[16], struct str item, struct err *e)
{
	struct channel_message m = {.verb = CHANNEL_OFFER};

	memcpy(m.token, token, sizeof(m.token));
	channel_put(m.text, sizeof(m.text), item);
	int rc = ask_core(f, &m, e);
	return rc < 0 ? rc : rc == 0;
}

int fetch_give(struct fetching *f, struct str item, struct str name, const char *via, struct err *e)
{
	struct channel_message m = {.verb = CHANNEL_ITEM, .size = f->spool.size};

	memcpy(m.token, f->spool.token, sizeof(m.token));
	memcpy(m.sha256, f->spool.sha256, sizeof(m.sha256));
	channel_put(m.text, sizeof(m.text), item);
	channel_put(m.name, sizeof(m.name), name);
	channel_put(m.via, sizeof(m.via), str_from(via));
	return ask_core(f, &m, e);
}

void fetch_complain(struct fetching *f, const char *fmt, ...)
{
	struct err e;
	va_list ap;

	if (f->ncomplaints++ >= COMPLAINTS)
		return;
	va_start(ap, fmt);
	(void)err_setv(&e, ERR_VALUE, fmt, ap);
	va_end(ap);
	buf_printf(&f->complaints, "%s%.240s", f->complaints.len != 0 ? "; " : "", e.text);
}

void fetch_name(char *ret, struct str name, const char *ending)
{
	auto_buf struct buf b = {0};
	size_t n = utf8_clean(buf_room(&b, 3 * name.len + 1), name), end = strlen(ending);

	b.len = n;
	for (size_t i = 0; i < b.len; i++)
		if ((unsigned char)b.p[i] < ' ' || b.p[i] == '/' || b.p[i] == 0x7f)
			b.p[i] = '_';
	/* cut between characters */
	while (n + end > 255 || (n > 0 && n < b.len && ((unsigned char)b.p[n] & 0xc0) == 0x80))
		n--;
	snprintf(ret, 256, "%.*s%s", (int)n, n > 0 ? b.p : "", ending);
}

/* Of a core that has just started, perhaps with another configuration. */
static void configure(struct fetching *f, const struct channel_message *m)
{
	struct country now;
	struct err e;
	bool good = country_open(&f->o->paths, &now, &e) == 0;

	if (good && !fetch_may_open(f, &now)) {
		country_done(&now);
		f->other_files = true;
		return;
	}
	if (!good)
		log_say(&f->log, LOG_ERR, "fetching: %s", e.text);
	country_done(good ? &f->country : &now);
	if (good)
		f->country = now;
	(void)channel_send(f->core, m, true, NULL);
}

/* ---- one feed ------------------------------------------------------------------------------------ */

/* The last part of the path of the URL. */
static struct str file_name(struct str url)
{
	struct str path = str_cut(str_cut(url, '#').head, '?').head;
	struct str_cut cut = str_rcut(path, '/');

	return cut.ok && cut.tail.len != 0 ? cut.tail : STR("report");
}

static int read_feed(
        struct fetching *f, const struct channel_message *m, enum channel_verb answer, struct err *e)
{
	f->answer = (struct channel_message){.verb = answer, .id = m->id};
	memcpy(f->answer.feed, m->feed, sizeof(f->answer.feed));
	arena_reset(&f->arena);
	buf_clear(&f->complaints);
	f->ncomplaints = 0;
	f->gone = false;
	f->good = (int64_t)m->size;
	f->body = NULL;
	int rc = feed_read(&f->arena,
	        arena_printf(&f->arena, "%.*s/feeds/%s.yaml", STR_ARG(f->country.folder), m->feed).p,
	        &f->feed, e);
	if (rc == 0 && !fetch_feed_may_open(f, &f->feed))
		return err_set(e, ERR_DENIED,
		        "%s.yaml names a file that it did not name when the configuration was read last; "
		        "type 'weir "
		        "reload'",
		        m->feed);
	return rc;
}

static void answer_file(struct fetching *f, int rc, const struct err *e)
{
	f->answer.code = rc > 0 ? rc : 0;
	f->answer.size = f->spool.size;
	memcpy(f->answer.token, f->spool.token, sizeof(f->answer.token));
	memcpy(f->answer.sha256, f->spool.sha256, sizeof(f->answer.sha256));
	channel_put(f->answer.name, sizeof(f->answer.name), file_name(f->feed.url));
	if (rc > 0)
		snprintf(f->answer.text, sizeof(f->answer.text), "%s\n%s", f->etag, f->modified);
	else
		channel_put(f->answer.text, sizeof(f->answer.text), str_from(e->text));
}

static void answer_round(struct fetching *f, int rc, const struct err *e)
{
	if (f->ncomplaints > COMPLAINTS)
		buf_printf(&f->complaints, "; and %u more", f->ncomplaints - COMPLAINTS);
	f->answer.code = rc == 0 ? 207 : 0;
	channel_put(f->answer.text, sizeof(f->answer.text),
	        rc == 0 ? buf_str(&f->complaints) : str_from(e->text));
}

static void take_feed(struct fetching *f, const struct channel_message *m)
{
	struct err e = {0};
	int rc = read_feed(f, m, CHANNEL_FETCHED, &e);

	if (rc == 0 && f->feed.source == FEED_HTTP) {
		answer_file(f, fetch_http_feed(f, str_from(m->text), &e), &e);
	} else {
		if (rc == 0)
			rc = f->feed.source == FEED_IMAP ? fetch_imap(f, &e) : fetch_shadowserver(f, &e);
		answer_round(f, rc, &e);
	}
	/* a core that has started meanwhile waits for no answer: it asks for the feed again */
	if (f->gone)
		configure(f, &f->sync);
	else
		(void)channel_send(f->core, &f->answer, true, NULL);
}

static void try_feed(struct fetching *f, const struct channel_message *m)
{
	auto_buf struct buf said = {0};
	struct err e = {0};
	int rc = read_feed(f, m, CHANNEL_TRIED, &e);

	if (rc == 0)
		rc = f->feed.source == FEED_IMAP      ? fetch_imap_try(f, &said, &e)
		        : f->feed.source == FEED_HTTP ? fetch_http_try(f, &said, &e)
		                                      : fetch_shadowserver_try(f, &said, &e);
	if (rc == 0 && f->complaints.len != 0)
		buf_printf(&said, "%.*s\n", STR_ARG(buf_str(&f->complaints)));
	if (rc != 0)
		buf_printf(&said, "%s\n", e.text);
	f->answer.code = rc;
	channel_put(f->answer.text, sizeof(f->answer.text), buf_str(&said));
	(void)channel_send(f->core, &f->answer, true, NULL);
}

/* ---- the process --------------------------------------------------------------------------------- */

int fetch_main(const struct serve_options *o, int core)
{
	struct fetching f = {.log = {o->log, "fetch"}, .o = o, .core = core, .spool.fd = -1};
	struct channel_message m;
	struct err e = {0};

	signal(SIGINT, SIG_IGN);
	arena_init(&f.arena, 0);
	f.where.folder = str_from(o->state);
	if (country_open(&o->paths, &f.country, &e) != 0) {
		log_say(&f.log, LOG_ERR, "fetching: %s", e.text);
		return 1;
	}
	f.curl = curl_easy_init();
	if (f.curl == NULL)
		return 1;
	f.files = fetch_files(o, &f.country);
	if (reach_close(f.files, &e) < 0 || sandbox_process(SANDBOX_POST, &e) != 0) {
		log_say(&f.log, LOG_ERR, "%s", e.text);
		return 1;
	}
	(void)channel_send(core, &(struct channel_message){.verb = CHANNEL_HELLO}, true, NULL);
	while (!f.other_files && channel_receive(core, &m, true, &e) == 1) {
		if (m.verb == CHANNEL_SYNC)
			configure(&f, &m);
		else if (m.verb == CHANNEL_FETCH)
			take_feed(&f, &m);
		else if (m.verb == CHANNEL_TRY)
			try_feed(&f, &m);
	}
	if (f.other_files) {
		log_say(&f.log, LOG_INFO, "fetching starts again, since the configuration names other files");
		return 0;
	}
	log_say(&f.log, LOG_ERR, "fetching: %s", e.text);
	return 1;
}
