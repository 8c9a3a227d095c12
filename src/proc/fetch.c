/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/fetch.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/os.h"
#include "proc/channel.h"
#include "proc/sandbox.h"
#include "read/feed.h"
#include "see/node.h"
#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#define CONNECT_SECONDS 20L
#define SLOW_BYTES 100L /* a second, for so long: it is given up */
#define SLOW_SECONDS 60L
#define ALL_SECONDS 3600L
#define REDIRECTS 5L

struct fetching {
	struct log log;
	const struct serve_options *o;
	int core;
	struct country country;
	struct node where; /* only its folder, for the names in the spool */
	CURL *curl;
	/* of the feed at hand */
	struct feed_file feed;
	struct arena arena;
	struct digest *digest;
	int fd;
	uint64_t size;
	bool too_long;
	char part[NODE_PATH + 8], path[NODE_PATH], etag[400], modified[128], disk[512];
	struct channel_message answer;
};

/* ---- what comes ---------------------------------------------------------------------------------- */

static size_t take_bytes(char *p, size_t size, size_t n, void *arg)
{
	struct fetching *f = arg;
	struct str s = str_make(p, size * n);
	struct err e;

	f->size += s.len;
	/* also what was packed on the way, and what no length was told of */
	f->too_long = f->size > f->feed.limit;
	if (f->too_long)
		return 0;
	digest_add(f->digest, s);
	if (os_write_all(f->fd, s, &e) != 0) {
		snprintf(f->disk, sizeof(f->disk), "%.500s", e.text);
		return 0;
	}
	return s.len;
}

static void keep(struct str line, struct str name, char *to, size_t size)
{
	struct str v = str_trim(str_skip(line, name.len));

	if (str_istarts(line, name) && v.len < size)
		channel_put(to, size, v);
}

static size_t take_header(char *p, size_t size, size_t n, void *arg)
{
	struct fetching *f = arg;
	struct str line = str_make(p, size * n);

	/* of the last answer, after redirects */
	if (str_starts(line, STR("HTTP/")))
		f->etag[0] = f->modified[0] = 0;
	keep(line, STR("ETag:"), f->etag, sizeof(f->etag));
	keep(line, STR("Last-Modified:"), f->modified, sizeof(f->modified));
	return line.len;
}

/* ---- asking -------------------------------------------------------------------------------------- */

/* The first line of a file of secrets. */
static int secret(struct fetching *f, struct str path, const char **ret, struct err *e)
{
	auto_buf struct buf b = {0};

	*ret = NULL;
	if (path.len == 0)
		return 0;
	if (os_read_file(path.p, 4096, &b, e) != 0)
		return ERR_SYS;
	*ret = arena_str(&f->arena, str_trim(str_cut(buf_str(&b), '\n').head)).p;
	return 0;
}

static struct curl_slist *condition(struct fetching *f, struct str known, const char *header)
{
	struct str_cut cut = str_cut(known, '\n');
	struct curl_slist *l = NULL;

	if (cut.head.len != 0)
		l = curl_slist_append(l, arena_printf(&f->arena, "If-None-Match: %.*s", STR_ARG(cut.head)).p);
	if (cut.tail.len != 0)
		l = curl_slist_append(
		        l, arena_printf(&f->arena, "If-Modified-Since: %.*s", STR_ARG(cut.tail)).p);
	return header != NULL ? curl_slist_append(l, header) : l;
}

static void set_up(struct fetching *f, struct curl_slist *headers, const char *password)
{
	bool secure = str_starts(f->feed.url, STR("https://"));

	curl_easy_reset(f->curl);
	curl_easy_setopt(f->curl, CURLOPT_URL, f->feed.url.p);
	curl_easy_setopt(f->curl, CURLOPT_PROTOCOLS_STR, secure ? "https" : "http,https");
	curl_easy_setopt(f->curl, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
	curl_easy_setopt(f->curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(f->curl, CURLOPT_MAXREDIRS, REDIRECTS);
	curl_easy_setopt(f->curl, CURLOPT_PROXY, f->country.proxy.len != 0 ? f->country.proxy.p : "");
	curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(f->curl, CURLOPT_USERAGENT, "Weir/" WEIR_VERSION);
	curl_easy_setopt(f->curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)f->feed.limit);
	curl_easy_setopt(f->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(f->curl, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
	curl_easy_setopt(f->curl, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS);
	curl_easy_setopt(f->curl, CURLOPT_TIMEOUT, ALL_SECONDS);
	curl_easy_setopt(f->curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(f->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(f->curl, CURLOPT_WRITEFUNCTION, take_bytes);
	curl_easy_setopt(f->curl, CURLOPT_WRITEDATA, f);
	curl_easy_setopt(f->curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(f->curl, CURLOPT_HEADERDATA, f);
	if (f->feed.user.len != 0) {
		curl_easy_setopt(f->curl, CURLOPT_USERNAME, f->feed.user.p);
		curl_easy_setopt(f->curl, CURLOPT_PASSWORD, password != NULL ? password : "");
	}
}

static int why_not(struct fetching *f, CURLcode rc, long status, struct err *e)
{
	if (f->too_long || rc == CURLE_FILESIZE_EXCEEDED)
		return err_set(e, ERR_LIMIT,
		        "it is longer than %llu bytes; 'limit' in the feed's file says how long it may be",
		        (unsigned long long)f->feed.limit);
	if (f->disk[0] != 0)
		return err_set(e, ERR_SYS, "%s", f->disk);
	if (status >= 400)
		return err_set(e, ERR_VALUE, "the server answers %ld", status);
	return err_set(e, ERR_SYS, "%s", curl_easy_strerror(rc));
}

/* 200, 304, or a negative code. */
static int ask(struct fetching *f, struct str known, struct err *e)
{
	const char *password, *header;
	long status = 0, met = 0;

	if (secret(f, f->feed.password_file, &password, e) != 0 ||
	        secret(f, f->feed.header_file, &header, e) != 0)
		return ERR_SYS;
	struct curl_slist *headers = condition(f, known, header);
	set_up(f, headers, password);
	CURLcode rc = curl_easy_perform(f->curl);
	curl_slist_free_all(headers);
	curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(f->curl, CURLINFO_CONDITION_UNMET, &met);
	if (rc == CURLE_OK && status == 304)
		return 304;
	return rc == CURLE_OK && status >= 200 && status < 300 ? 200 : why_not(f, rc, status, e);
}

static int open_spool(struct fetching *f, struct err *e)
{
	os_random(f->answer.token, sizeof(f->answer.token));
	node_spool(&f->where, f->answer.token, f->path);
	snprintf(f->part, sizeof(f->part), "%s.part", f->path);
	f->fd = os_create(f->part, e);
	f->digest = digest_new();
	f->size = 0;
	f->too_long = false;
	f->disk[0] = f->etag[0] = f->modified[0] = 0;
	return f->fd >= 0 ? 0 : ERR_SYS;
}

/* The last part of the path of the URL. */
static struct str file_name(struct str url)
{
	struct str path = str_cut(str_cut(url, '#').head, '?').head;
	struct str_cut cut = str_rcut(path, '/');

	return cut.ok && cut.tail.len != 0 ? cut.tail : STR("report");
}

static int fetch_feed(struct fetching *f, struct str known, struct err *e)
{
	int rc = open_spool(f, e);

	if (rc == 0)
		rc = ask(f, known, e);
	digest_done(f->digest, f->answer.sha256);
	f->digest = NULL;
	if (rc == 200 && (os_sync(f->fd, f->part, e) != 0 || os_rename(f->part, f->path, e) != 0))
		rc = ERR_SYS;
	if (rc != 200)
		(void)os_delete(f->part, NULL);
	os_close_fd(&f->fd);
	return rc;
}

static const char *feed_path(struct fetching *f, const char *feed)
{
	return arena_printf(&f->arena, "%.*s/feeds/%s.yaml", STR_ARG(f->country.folder), feed).p;
}

static void take_feed(struct fetching *f, const struct channel_message *m)
{
	struct err e = {0};

	f->answer = (struct channel_message){.verb = CHANNEL_FETCHED, .id = m->id};
	memcpy(f->answer.feed, m->feed, sizeof(f->answer.feed));
	arena_reset(&f->arena);
	int rc = feed_read(&f->arena, feed_path(f, m->feed), &f->feed, &e);
	if (rc == 0)
		rc = fetch_feed(f, str_from(m->text), &e);
	f->answer.code = rc > 0 ? rc : 0;
	f->answer.size = f->size;
	channel_put(f->answer.name, sizeof(f->answer.name), file_name(f->feed.url));
	if (rc > 0)
		snprintf(f->answer.text, sizeof(f->answer.text), "%s\n%s", f->etag, f->modified);
	else
		channel_put(f->answer.text, sizeof(f->answer.text), str_from(e.text));
	(void)channel_send(f->core, &f->answer, true, NULL);
}

int fetch_main(const struct serve_options *o, int core)
{
	struct fetching f = {.log = {o->log, "fetch"}, .o = o, .core = core, .fd = -1};
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
	if (sandbox_process(SANDBOX_POST, &e) != 0) {
		log_say(&f.log, LOG_ERR, "%s", e.text);
		return 1;
	}
	(void)channel_send(core, &(struct channel_message){.verb = CHANNEL_HELLO}, true, NULL);
	while (channel_receive(core, &m, true, &e) == 1) {
		if (m.verb == CHANNEL_SYNC) {
			struct country now;
			/* of a core that has just started, perhaps with another configuration */
			bool good = country_open(&o->paths, &now, &e) == 0;
			if (!good)
				log_say(&f.log, LOG_ERR, "fetching: %s", e.text);
			country_done(good ? &f.country : &now);
			if (good)
				f.country = now;
			(void)channel_send(core, &m, true, NULL);
		}
		if (m.verb == CHANNEL_FETCH)
			take_feed(&f, &m);
	}
	log_say(&f.log, LOG_ERR, "fetching: %s", e.text);
	return 1;
}
