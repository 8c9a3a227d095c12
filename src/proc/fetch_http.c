/* SPDX-License-Identifier: Apache-2.0
 *
 * Fetching from a web server: the one file of a feed, and questions to an API.
 */
#include "base/os.h"
#include "base/plural.h"
#include "proc/fetch_in.h"

#define REDIRECTS 5L
#define BODY ((size_t)16 << 20) /* of an answer that is kept in memory */

/* ---- what comes ---------------------------------------------------------------------------------- */

static size_t take_bytes(char *p, size_t size, size_t n, void *arg)
{
	struct fetching *f = arg;
	struct str s = str_make(p, size * n);

	if (f->only_look)
		return 0;
	if (f->body == NULL)
		return fetch_spool_add(f, s) ? s.len : 0;
	f->spool.too_long = f->body->len + s.len > BODY;
	if (f->spool.too_long)
		return 0;
	buf_add(f->body, s);
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

static void set_up(struct fetching *f, struct str url, struct curl_slist *headers, struct str post)
{
	bool secure = str_starts(url, STR("https://"));

	curl_easy_reset(f->curl);
	curl_easy_setopt(f->curl, CURLOPT_URL, arena_str(&f->arena, url).p);
	curl_easy_setopt(f->curl, CURLOPT_PROTOCOLS_STR, secure ? "https" : "http,https");
	curl_easy_setopt(f->curl, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
	/* what is signed goes to the place that it is for and to no other */
	curl_easy_setopt(f->curl, CURLOPT_FOLLOWLOCATION, post.p == NULL ? 1L : 0L);
	curl_easy_setopt(f->curl, CURLOPT_MAXREDIRS, REDIRECTS);
	curl_easy_setopt(f->curl, CURLOPT_PROXY, f->country.proxy.len != 0 ? f->country.proxy.p : "");
	curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(f->curl, CURLOPT_USERAGENT, "Weir/" WEIR_VERSION);
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
	if (f->body == NULL && !f->only_look)
		curl_easy_setopt(f->curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)f->feed.limit);
	if (post.p != NULL) {
		curl_easy_setopt(f->curl, CURLOPT_POST, 1L);
		curl_easy_setopt(f->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post.len);
		curl_easy_setopt(f->curl, CURLOPT_POSTFIELDS, post.p);
	}
}

static int why_not(struct fetching *f, CURLcode rc, long status, struct err *e)
{
	if (f->body != NULL && f->spool.too_long)
		return err_set(e, ERR_LIMIT, "the answer is longer than %zu bytes", BODY);
	if (f->spool.too_long || rc == CURLE_FILESIZE_EXCEEDED)
		return err_set(e, ERR_LIMIT,
		        "it is longer than %llu bytes; 'limit' in the feed's file says how long it may be",
		        (unsigned long long)f->feed.limit);
	if (f->spool.disk[0] != 0)
		return err_set(e, ERR_SYS, "%s", f->spool.disk);
	if (status >= 300)
		return err_set(e, status == 401 || status == 403 ? ERR_DENIED : ERR_VALUE,
		        "the server answers %ld", status);
	return err_set(e, ERR_SYS, "%s", curl_easy_strerror(rc));
}

static int perform(struct fetching *f, CURLcode *ret_rc, struct err *e)
{
	curl_off_t told = 0;
	long status = 0;
	CURLcode rc = curl_easy_perform(f->curl);

	curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(f->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &told);
	f->told = told > 0 ? (uint64_t)told : 0;
	/* the first byte of what is only looked at ends it */
	if (f->only_look && rc == CURLE_WRITE_ERROR)
		rc = CURLE_OK;
	*ret_rc = rc;
	if (rc == CURLE_OK && ((status >= 200 && status < 300) || status == 304))
		return (int)status;
	return why_not(f, rc, status, e);
}

int fetch_http(struct fetching *f, struct str url, struct curl_slist *headers, struct str post, struct err *e)
{
	CURLcode rc;

	f->spool.too_long = false;
	set_up(f, url, headers, post);
	return perform(f, &rc, e);
}

/* The question for a feed's file, with what proves who asks. */
static int ask(struct fetching *f, struct str known, CURLcode *ret_rc, struct err *e)
{
	const char *password, *header;

	*ret_rc = CURLE_OK;
	if (fetch_secret(f, f->feed.password_file, &password, e) != 0 ||
	        fetch_secret(f, f->feed.header_file, &header, e) != 0)
		return ERR_SYS;
	struct curl_slist *headers = condition(f, known, header);
	set_up(f, f->feed.url, headers, (struct str){0});
	if (f->feed.user.len != 0) {
		curl_easy_setopt(f->curl, CURLOPT_USERNAME, f->feed.user.p);
		curl_easy_setopt(f->curl, CURLOPT_PASSWORD, password != NULL ? password : "");
	}
	int status = perform(f, ret_rc, e);
	curl_slist_free_all(headers);
	return status < 0 || status == 304 ? status : 200;
}

int fetch_http_feed(struct fetching *f, struct str known, struct err *e)
{
	uint8_t token[16];
	CURLcode why;

	os_random(token, sizeof(token));
	f->etag[0] = f->modified[0] = 0;
	int rc = fetch_spool_open(f, token, e);
	if (rc == 0)
		rc = ask(f, known, &why, e);
	int closed = fetch_spool_close(f, rc == 200, rc == 200 ? e : NULL);
	return closed != 0 ? closed : rc;
}

/* ---- trying -------------------------------------------------------------------------------------- */

void fetch_say_connection(CURL *curl, struct str server, CURLcode rc, struct buf *said)
{
	char *ip = NULL;
	curl_off_t tls = 0;
	long port = 0;

	curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &ip);
	curl_easy_getinfo(curl, CURLINFO_PRIMARY_PORT, &port);
	curl_easy_getinfo(curl, CURLINFO_APPCONNECT_TIME_T, &tls);
	if (rc == CURLE_COULDNT_RESOLVE_HOST || rc == CURLE_COULDNT_RESOLVE_PROXY)
		return;
	if (ip == NULL || ip[0] == 0) {
		if (rc == CURLE_COULDNT_CONNECT)
			buf_printf(said, "the name '%.*s' is known\n", STR_ARG(server));
		return;
	}
	buf_printf(said, "'%.*s' is %s\n", STR_ARG(server), ip);
	if (rc == CURLE_COULDNT_CONNECT)
		return;
	buf_printf(said, "port %ld answers\n", port);
	if (tls > 0 && rc != CURLE_PEER_FAILED_VERIFICATION && rc != CURLE_SSL_CONNECT_ERROR)
		buf_add(said, STR("TLS is good\n"));
}

static struct str host_of(struct str url)
{
	struct str s = str_skip(url, str_find_str(url, 0, STR("://")) + 3);

	return str_cut(s, '/').head;
}

int fetch_http_try(struct fetching *f, struct buf *said, struct err *e)
{
	CURLcode why;

	f->only_look = true;
	int status = ask(f, (struct str){0}, &why, e);
	f->only_look = false;
	fetch_say_connection(
	        f->curl, f->country.proxy.len != 0 ? f->country.proxy : host_of(f->feed.url), why, said);
	if (status < 0)
		return status;
	buf_add(said, STR("the server gives the file"));
	if (f->told != 0)
		plural_printf(said, " of %llu bytes", (unsigned long long)f->told);
	buf_add(said, STR("; nothing was taken\n"));
	if (f->told > f->feed.limit)
		return err_set(e, ERR_LIMIT,
		        "it is longer than %llu bytes; 'limit' in the feed's file says how long it may be",
		        (unsigned long long)f->feed.limit);
	return 0;
}
