/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/dial.h"

#include "base/log.h"
#include "base/os.h"
#include "proc/channel.h"
#include "proc/memory.h"
#include "proc/reach.h"
#include "proc/sandbox.h"
#include "proc/tls.h"
#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define CALLS 64
#define CONNECT_SECONDS 20L /* connect and handshake */
#define SLOW_SECONDS 30L
#define ANSWER_MAX ((size_t)17 << 20) /* a blob's part and its frame */

struct call {
	CURL *curl; /* NULL: free */
	struct channel_message m;
	struct buf body, answer;
	char positions[256]; /* "Weir-U: 5\n" and so on */
	struct curl_slist *headers;
	bool too_long;
};
struct dial {
	struct log log;
	int core;
	CURLM *multi;
	struct pages_plan plan; /* where certificate and key lie: this library takes no others */
	uint8_t pin[32];        /* of the certificate's key */
	struct call calls[CALLS];
};

/* ---- one call ------------------------------------------------------------------------------------ */

static size_t take_answer(char *p, size_t size, size_t n, void *arg)
{
	struct call *c = arg;

	c->too_long |= c->answer.len + size * n > ANSWER_MAX;
	if (c->too_long)
		return 0;
	buf_add(&c->answer, str_make(p, size * n));
	return size * n;
}

static size_t take_header(char *p, size_t size, size_t n, void *arg)
{
	struct call *c = arg;
	struct str line = str_trim(str_make(p, size * n));
	size_t at = strlen(c->positions);

	if ((str_istarts(line, STR("weir-")) || str_istarts(line, STR("retry-after:")) ||
	            str_istarts(line, STR("content-range:"))) &&
	        at + line.len + 2 < sizeof(c->positions))
		snprintf(c->positions + at, sizeof(c->positions) - at, "%.*s\n", STR_ARG(line));
	return size * n;
}

/* name: address; feed: method; text: pins, "sha256//...;sha256//...", a line feed, and lines of headers. */
static void set_up(struct dial *d, struct call *c)
{
	struct str_cut pins = str_cut(str_from(c->m.text), '\n');
	char pinned[4096];

	snprintf(pinned, sizeof(pinned), "%.*s", STR_ARG(pins.head));
	for (struct str_cut line = str_cut(pins.tail, '\n'); line.head.len > 0;
	        line = str_cut(line.tail, '\n')) {
		char header[256];
		snprintf(header, sizeof(header), "%.*s", STR_ARG(line.head));
		c->headers = curl_slist_append(c->headers, header);
	}
	/* no "Expect: 100-continue": the peer says what he thinks of a length at once */
	c->headers = curl_slist_append(c->headers, "Expect:");
	c->headers = curl_slist_append(c->headers, "Content-Type: application/octet-stream");
	curl_easy_setopt(c->curl, CURLOPT_URL, c->m.name);
	curl_easy_setopt(c->curl, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(c->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
	/* names, dates and authorities say nothing here; the key does */
	curl_easy_setopt(c->curl, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(c->curl, CURLOPT_SSL_VERIFYHOST, 0L);
	/* that key is all that counts: nothing of the hundreds that this machine trusts is read for each call */
	curl_easy_setopt(c->curl, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(c->curl, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(c->curl, CURLOPT_PINNEDPUBLICKEY, pinned);
	curl_easy_setopt(c->curl, CURLOPT_SSLCERT, d->plan.certificate);
	curl_easy_setopt(c->curl, CURLOPT_SSLCERTTYPE, "PEM");
	curl_easy_setopt(c->curl, CURLOPT_SSLKEY, d->plan.key);
	curl_easy_setopt(c->curl, CURLOPT_SSLKEYTYPE, "PEM");
	curl_easy_setopt(c->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c->curl, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS + (long)c->m.code);
	curl_easy_setopt(c->curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, c->headers);
	curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, c);
	curl_easy_setopt(c->curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(c->curl, CURLOPT_HEADERDATA, c);
	curl_easy_setopt(c->curl, CURLOPT_PRIVATE, c);
	curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, c->m.feed);
	if (strcmp(c->m.feed, "HEAD") == 0)
		curl_easy_setopt(c->curl, CURLOPT_NOBODY, 1L);
	if (c->body.len > 0 || strcmp(c->m.feed, "POST") == 0) {
		curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->body.len);
		curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, c->body.p != NULL ? c->body.p : "");
	}
}

static void end_call(struct dial *d, struct call *c)
{
	if (c->curl != NULL)
		curl_multi_remove_handle(d->multi, c->curl);
	curl_easy_cleanup(c->curl);
	curl_slist_free_all(c->headers);
	buf_done(&c->body);
	buf_done(&c->answer);
	*c = (struct call){0};
}

static void answer(struct dial *d, struct call *c, long status, const char *sentence)
{
	struct channel_message a = {
	        .verb = CHANNEL_DIALLED, .id = c->m.id, .code = (int32_t)status, .size = c->answer.len};
	struct err e = {0};
	int fd = memory_of(buf_str(&c->answer), &e);

	memcpy(a.token, c->m.token, sizeof(a.token));
	channel_put(a.name, sizeof(a.name), str_from(sentence));
	channel_put(a.text, sizeof(a.text), str_from(c->positions));
	(void)channel_send_fd(d->core, &a, fd, true, NULL);
	os_close_fd(&fd);
}

static const char *sentence_of(const struct call *c, CURLcode rc)
{
	if (c->too_long)
		return "the answer is longer than one may be";
	if (rc == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
		return "it has another key than its key list says: do not go on by hand, call its people";
	if (rc == CURLE_OPERATION_TIMEDOUT)
		return "it does not answer in time";
	return curl_easy_strerror(rc);
}

static void begin(struct dial *d, const struct channel_message *m, int fd)
{
	struct err e = {0};
	unsigned i = 0;

	while (i < CALLS && d->calls[i].curl != NULL)
		i++;
	struct call spare = {.m = *m}, *c = i < CALLS ? &d->calls[i] : &spare;
	*c = (struct call){.m = *m};
	c->curl = i < CALLS ? curl_easy_init() : NULL;
	if (c->curl == NULL || (fd >= 0 && memory_read(fd, ANSWER_MAX, &c->body, &e) != 0)) {
		answer(d, c, 0, e.code != 0 ? e.text : "too many calls at a time");
		end_call(d, c);
		return;
	}
	set_up(d, c);
	curl_multi_add_handle(d->multi, c->curl);
}

static void collect(struct dial *d)
{
	CURLMsg *done;
	int left;

	while ((done = curl_multi_info_read(d->multi, &left)) != NULL) {
		struct call *c = NULL;
		long status = 0;
		CURLcode rc = done->data.result;
		if (done->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(done->easy_handle, CURLINFO_PRIVATE, &c);
		curl_easy_getinfo(done->easy_handle, CURLINFO_RESPONSE_CODE, &status);
		answer(d, c, rc == CURLE_OK ? status : 0, rc == CURLE_OK ? "" : sentence_of(c, rc));
		end_call(d, c);
	}
}

/* ---- the process --------------------------------------------------------------------------------- */

static void say_hello(const struct dial *d)
{
	struct channel_message hello = {.verb = CHANNEL_HELLO};

	memcpy(hello.sha256, d->pin, sizeof(d->pin));
	(void)channel_send(d->core, &hello, true, NULL);
}

/* Nobody waits for the calls of the one before. */
static void new_core(struct dial *d)
{
	for (unsigned i = 0; i < CALLS; i++)
		end_call(d, &d->calls[i]);
	say_hello(d);
}

static void hear(struct dial *d)
{
	struct channel_message m;
	struct err e = {0};
	int rc, fd;

	while ((rc = channel_receive_fd(d->core, &m, &fd, false, &e)) != 0) {
		if (rc > 0 && m.verb == CHANNEL_DIAL)
			begin(d, &m, fd);
		else if (rc > 0 && m.verb == CHANNEL_HELLO)
			new_core(d);
		os_close_fd(&fd);
	}
}

static int start(struct dial *d, const struct serve_options *o, struct err *e)
{
	char folder[4096];
	struct reach *files = reach_new();
	int rc = tls_peer(o->state, &d->plan, e);

	if (rc == 0)
		rc = tls_pin(&d->plan, d->pin, e);
	snprintf(folder, sizeof(folder), "%s/door", o->state);
	reach_add(files, folder, REACH_READ);
	reach_add_system(files);
	if (rc == 0)
		rc = reach_close(files, e) < 0 ? ERR_SYS : 0;
	reach_free(files);
	if (rc == 0)
		rc = sandbox_process(SANDBOX_POST, e);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	d->multi = curl_multi_init();
	return rc == 0 && d->multi == NULL ? err_set(e, ERR_SYS, "no memory for connections") : rc;
}

int dial_main(const struct serve_options *o, int core)
{
	struct dial *d = mem_zero(1, sizeof(*d));
	struct err e = {0};

	*d = (struct dial){.log = {o->log, "dialler"}, .core = core};
	if (start(d, o, &e) != 0) {
		log_say(&d->log, LOG_ERR, "%s", e.text);
		return 1;
	}
	say_hello(d);
	for (;;) {
		struct curl_waitfd own = {.fd = core, .events = CURL_WAIT_POLLIN};
		int running = 0;
		curl_multi_poll(d->multi, &own, 1, 1000, NULL);
		hear(d);
		curl_multi_perform(d->multi, &running);
		collect(d);
	}
}
