/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/post.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/os.h"
#include "form/mime.h"
#include "proc/channel.h"
#include "proc/reach.h"
#include "proc/sandbox.h"
#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#define CONNECT_SECONDS 20L
#define SEND_SECONDS 120L
#define WEBHOOK_SECONDS 30L

struct post {
	struct log log;
	const struct serve_options *o;
	int core;
	struct country country;
	CURL *smtp;
	int64_t not_before; /* os_ticks: of the next letter */
	struct str password;
	struct reach *files; /* that it may open; NULL: not closed yet */
	/* of the letter at hand */
	int fd;
	char words[512]; /* the server's last */
};

/* ---- SMTP ---------------------------------------------------------------------------------------- */

static size_t give_bytes(char *p, size_t size, size_t n, void *arg)
{
	const struct post *d = arg;
	ssize_t got = os_read_full(d->fd, p, size * n);

	return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

static size_t take_words(char *p, size_t size, size_t n, void *arg)
{
	struct post *d = arg;

	/* the good-bye after a refusal tells nothing */
	if (str_starts(str_make(p, size * n), STR("221")))
		return size * n;
	snprintf(d->words, sizeof(d->words), "%.*s", STR_ARG(str_trim(str_make(p, size * n))));
	return size * n;
}

static const char *address_of(struct arena *a, struct str s)
{
	return arena_printf(a, "<%.*s>", STR_ARG(mime_address(s))).p;
}

static void set_server(struct post *d, struct arena *a)
{
	const struct country_mail *m = &d->country.mail;

	curl_easy_setopt(d->smtp, CURLOPT_URL,
	        arena_printf(
	                a, "%s://%.*s:%u", m->tls == MAIL_TLS ? "smtps" : "smtp", STR_ARG(m->host), m->port)
	                .p);
	curl_easy_setopt(d->smtp, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(d->smtp, CURLOPT_USE_SSL,
	        m->tls == MAIL_PLAIN ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	if (m->ca_file.len != 0)
		curl_easy_setopt(d->smtp, CURLOPT_CAINFO, m->ca_file.p);
	if (m->user.len != 0) {
		curl_easy_setopt(d->smtp, CURLOPT_USERNAME, m->user.p);
		curl_easy_setopt(d->smtp, CURLOPT_PASSWORD, d->password.p != NULL ? d->password.p : "");
	}
	curl_easy_setopt(d->smtp, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(d->smtp, CURLOPT_TIMEOUT, SEND_SECONDS);
	curl_easy_setopt(d->smtp, CURLOPT_NOSIGNAL, 1L);
}

/* The code that settles the letter: the server's own, but 0 where not the letter is at fault but the way to it. */
static int code_of(struct post *d, CURLcode rc)
{
	long code = 0;

	if (rc == CURLE_OK)
		return 250;
	curl_easy_getinfo(d->smtp, CURLINFO_RESPONSE_CODE, &code);
	if (code < 400 || rc == CURLE_LOGIN_DENIED || rc == CURLE_USE_SSL_FAILED ||
	        rc == CURLE_PEER_FAILED_VERIFICATION) {
		auto_arena struct arena a = {0};
		arena_init(&a, 0);
		struct str words = code >= 400 ? arena_str(&a, str_from(d->words)) : (struct str){0};
		snprintf(d->words, sizeof(d->words), "%.200s%s%.*s", curl_easy_strerror(rc),
		        words.len != 0 ? ": " : "", STR_ARG(words));
		return 0;
	}
	return (int)code;
}

static int send_letter(struct post *d, const char *to, off_t size)
{
	auto_arena struct arena a = {0};
	struct curl_slist *rcpt = NULL;

	arena_init(&a, 0);
	set_server(d, &a);
	rcpt = curl_slist_append(rcpt, address_of(&a, str_from(to)));
	curl_easy_setopt(d->smtp, CURLOPT_MAIL_FROM, address_of(&a, d->country.mail.from));
	curl_easy_setopt(d->smtp, CURLOPT_MAIL_RCPT, rcpt);
	curl_easy_setopt(d->smtp, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(d->smtp, CURLOPT_INFILESIZE_LARGE, (curl_off_t)size);
	curl_easy_setopt(d->smtp, CURLOPT_READFUNCTION, give_bytes);
	curl_easy_setopt(d->smtp, CURLOPT_READDATA, d);
	curl_easy_setopt(d->smtp, CURLOPT_HEADERFUNCTION, take_words);
	curl_easy_setopt(d->smtp, CURLOPT_HEADERDATA, d);
	d->words[0] = 0;
	CURLcode rc = curl_easy_perform(d->smtp);
	int code = code_of(d, rc);
	curl_slist_free_all(rcpt);
	curl_easy_reset(d->smtp); /* connections stay */
	return code;
}

/* True if the bytes are those that were cleared. */
static bool is_cleared(int fd, const uint8_t sha256[DIGEST_LEN], off_t *ret_size)
{
	struct digest *sum = digest_new();
	uint8_t got[DIGEST_LEN];
	char buf[65536];
	off_t size = 0;
	ssize_t n = lseek(fd, 0, SEEK_SET) == 0 ? 1 : -1;

	while (n > 0 && (n = os_read_full(fd, buf, sizeof(buf))) > 0) {
		digest_add(sum, str_make(buf, (size_t)n));
		size += n;
	}
	digest_done(sum, got);
	*ret_size = size;
	return n == 0 && memcmp(got, sha256, sizeof(got)) == 0 && lseek(fd, 0, SEEK_SET) == 0;
}

/* ---- webhooks ------------------------------------------------------------------------------------ */

static size_t drop_bytes(char *p, size_t size, size_t n, void *arg)
{
	(void)p;
	(void)arg;
	return size * n;
}

/* The first line of a file: the URL of a webhook is a secret. */
static int first_line(struct arena *a, const char *path, const char **ret, struct err *e)
{
	auto_buf struct buf b = {0};

	if (os_read_file(path, 4096, &b, e) != 0)
		return ERR_SYS;
	*ret = arena_printf(a, "%.*s", STR_ARG(str_trim(str_cut(buf_str(&b), '\n').head))).p;
	return 0;
}

/* As a mail server would say it: 250 taken, 550 refused for good, 450 later, 0 not reached. */
static int webhook_code(CURL *curl, CURLcode rc, char *words, size_t size)
{
	long code = 0;

	if (rc != CURLE_OK) {
		snprintf(words, size, "%.200s", curl_easy_strerror(rc));
		return 0;
	}
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	snprintf(words, size, "HTTP %ld", code);
	if (code >= 200 && code < 300)
		return 250;
	return code >= 400 && code < 500 && code != 408 && code != 429 ? 550 : 450;
}

static int call_webhook(struct post *d, const char *path, off_t size)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	const char *url = NULL;
	struct err e;
	CURL *curl = curl_easy_init();

	arena_init(&a, 0);
	if (curl == NULL || first_line(&a, path, &url, &e) != 0) {
		snprintf(d->words, sizeof(d->words), "%.500s", curl == NULL ? "no memory" : e.text);
		curl_easy_cleanup(curl);
		return 0;
	}
	char *to = buf_room(&body, (size_t)size);
	if (os_read_full(d->fd, to, (size_t)size) == (ssize_t)size)
		body.len = (size_t)size;
	struct curl_slist *head = curl_slist_append(NULL, "Content-Type: application/json");
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	if (d->country.proxy.len != 0)
		curl_easy_setopt(curl, CURLOPT_PROXY, d->country.proxy.p);
	else
		curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, head);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.p);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_bytes);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, WEBHOOK_SECONDS);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	int code = webhook_code(curl, curl_easy_perform(curl), d->words, sizeof(d->words));
	curl_slist_free_all(head);
	curl_easy_cleanup(curl);
	return code;
}

/* ---- trying -------------------------------------------------------------------------------------- */

/* Name, connection, TLS and login without a letter: EHLO and QUIT. */
static int greet(struct post *d)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	set_server(d, &a);
	curl_easy_setopt(d->smtp, CURLOPT_CUSTOMREQUEST, "NOOP");
	curl_easy_setopt(d->smtp, CURLOPT_NOBODY, 1L);
	curl_easy_setopt(d->smtp, CURLOPT_HEADERFUNCTION, take_words);
	curl_easy_setopt(d->smtp, CURLOPT_HEADERDATA, d);
	curl_easy_setopt(d->smtp, CURLOPT_FRESH_CONNECT, 1L);
	d->words[0] = 0;
	int code = code_of(d, curl_easy_perform(d->smtp));
	curl_easy_reset(d->smtp);
	return code;
}

static void try_server(struct post *d, const struct channel_message *m)
{
	struct channel_message answer = {.verb = CHANNEL_TRIED, .id = m->id};
	const struct country_mail *mail = &d->country.mail;
	const char *tls = mail->tls == MAIL_PLAIN ? "without TLS" : "with TLS and a certificate that is good";
	auto_buf struct buf said = {0};
	off_t size = 0;
	int code = greet(d);

	if (code == 250)
		buf_printf(&said, "%.*s port %u answers, %s%s\n", STR_ARG(mail->host), mail->port, tls,
		        mail->user.len != 0 ? ", and lets the user in" : "");
	else
		buf_printf(&said, "%.*s port %u: %s\n", STR_ARG(mail->host), mail->port, d->words);
	if (code == 250 && d->fd >= 0 && is_cleared(d->fd, m->sha256, &size)) {
		code = send_letter(d, m->name, size);
		buf_printf(&said,
		        code == 250 ? "a test letter to %s was taken; look at what arrives\n"
		                    : "a test letter to %s was not taken: ",
		        m->name);
		if (code != 250)
			buf_printf(&said, "%s\n", d->words);
	}
	answer.code = code == 250 ? 0 : ERR_SYS;
	channel_put(answer.text, sizeof(answer.text), buf_str(&said));
	(void)channel_send(d->core, &answer, true, NULL);
}

/* ---- the core ------------------------------------------------------------------------------------ */

/* So many a minute and no more. */
static void keep_pace(struct post *d)
{
	int64_t now = os_ticks(), step = 60 * (int64_t)1000000 / (int64_t)d->country.mail.a_minute;

	if (d->not_before > now)
		poll(NULL, 0, (int)((d->not_before - now) / 1000));
	d->not_before = (d->not_before > now ? d->not_before : now) + step;
}

static void take_letter(struct post *d, const struct channel_message *m)
{
	struct channel_message answer = {.verb = CHANNEL_SENT, .id = m->id, .receipt = m->receipt};
	off_t size;

	if (d->fd < 0 || !is_cleared(d->fd, m->sha256, &size)) {
		channel_put(answer.text, sizeof(answer.text),
		        STR("the bytes of the letter are not those that were cleared"));
	} else {
		bool webhook = str_eq(str_from(m->via), STR("webhook"));
		keep_pace(d);
		answer.code = webhook ? call_webhook(d, m->name, size) : send_letter(d, m->name, size);
		channel_put(answer.text, sizeof(answer.text), str_from(d->words));
	}
	(void)channel_send(d->core, &answer, true, NULL);
}

static int read_password(struct post *d, struct err *e)
{
	auto_buf struct buf b = {0};
	struct str path = d->country.mail.password_file;

	if (path.len == 0)
		return 0;
	if (os_read_file(path.p, 4096, &b, e) != 0)
		return ERR_SYS;
	d->password = arena_str(&d->country.arena, str_trim(str_cut(buf_str(&b), '\n').head));
	return 0;
}

/* True if it may open what this configuration names. */
static bool may_open(const struct post *d, const struct country *c)
{
	bool good = reach_cover(d->files, c->mail.password_file) && reach_cover(d->files, c->mail.ca_file);

	for (unsigned i = 0; i < c->roster.n; i++)
		good = good && reach_cover(d->files, c->roster.people[i].webhook_file);
	return good;
}

struct reach *post_files(const struct serve_options *o, const struct country *c)
{
	struct reach *f = reach_new();

	reach_add_system(f);
	reach_add_country(f, &o->paths);
	reach_add_named(f, c->mail.password_file, o->state);
	reach_add_named(f, c->mail.ca_file, o->state);
	for (unsigned i = 0; i < c->roster.n; i++)
		reach_add_named(f, c->roster.people[i].webhook_file, o->state);
	return f;
}

/* What weir.yaml says now; what is wrong with it leaves all as it was. 1: it names files that this process may not open. */
static int configure(struct post *d, struct err *e)
{
	struct post now = {0};
	int rc = country_open(&d->o->paths, &now.country, e);

	if (rc == 0 && !may_open(d, &now.country)) {
		country_done(&now.country);
		return 1;
	}
	if (rc == 0)
		rc = read_password(&now, e);
	if (rc != 0) {
		country_done(&now.country);
		return rc;
	}
	country_done(&d->country);
	d->country = now.country;
	d->password = now.password;
	return 0;
}

int post_main(const struct serve_options *o, int core)
{
	struct post d = {.log = {o->log, "post"}, .o = o, .core = core, .fd = -1};
	struct channel_message m;
	struct err e;

	signal(SIGINT, SIG_IGN);
	mime_init();
	if (configure(&d, &e) != 0) {
		log_say(&d.log, LOG_ERR, "the post: %s", e.text);
		return 1;
	}
	d.smtp = curl_easy_init();
	if (d.smtp == NULL)
		return 1;
	d.files = post_files(o, &d.country);
	if (reach_close(d.files, &e) < 0 || sandbox_process(SANDBOX_POST, &e) != 0) {
		log_say(&d.log, LOG_ERR, "%s", e.text);
		return 1;
	}
	(void)channel_send(core, &(struct channel_message){.verb = CHANNEL_HELLO}, true, NULL);
	while (channel_receive_fd(core, &m, &d.fd, true, &e) == 1) {
		if (m.verb == CHANNEL_SYNC) {
			/* of a core that has just started, perhaps with another configuration */
			int rc = configure(&d, &e);
			if (rc == 1) {
				log_say(&d.log, LOG_INFO,
				        "the post starts again, since the configuration names other files");
				return 0;
			}
			if (rc != 0)
				log_say(&d.log, LOG_ERR, "the post: %s", e.text);
			(void)channel_send(core, &m, true, NULL);
		}
		if (m.verb == CHANNEL_SEND)
			take_letter(&d, &m);
		else if (m.verb == CHANNEL_TRY)
			try_server(&d, &m);
		os_close_fd(&d.fd);
	}
	log_say(&d.log, LOG_ERR, "the post: %s", e.text);
	return 1;
}
