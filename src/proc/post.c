/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/post.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/os.h"
#include "form/mime.h"
#include "proc/channel.h"
#include "proc/sandbox.h"
#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#define CONNECT_SECONDS 20L
#define SEND_SECONDS 120L

struct post {
	struct log log;
	const struct serve_options *o;
	int core;
	struct country country;
	CURL *smtp;
	int64_t not_before; /* os_ticks: of the next letter */
	struct str password;
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
		auto_arena struct arena a;
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
	auto_arena struct arena a;
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

/* ---- the core ------------------------------------------------------------------------------------ */

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
		keep_pace(d);
		answer.code = send_letter(d, m->name, size);
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

/* What weir.yaml says now; what is wrong with it leaves all as it was. */
static int configure(struct post *d, struct err *e)
{
	struct post now = {0};
	int rc = country_open(&d->o->paths, &now.country, e);

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
	if (sandbox_process(SANDBOX_POST, &e) != 0) {
		log_say(&d.log, LOG_ERR, "%s", e.text);
		return 1;
	}
	(void)channel_send(core, &(struct channel_message){.verb = CHANNEL_HELLO}, true, NULL);
	while (channel_receive_fd(core, &m, &d.fd, true, &e) == 1) {
		if (m.verb == CHANNEL_SYNC) {
			/* of a core that has just started, perhaps with another configuration */
			if (configure(&d, &e) != 0)
				log_say(&d.log, LOG_ERR, "the post: %s", e.text);
			(void)channel_send(core, &m, true, NULL);
		}
		if (m.verb == CHANNEL_SEND)
			take_letter(&d, &m);
		os_close_fd(&d.fd);
	}
	log_say(&d.log, LOG_ERR, "the post: %s", e.text);
	return 1;
}
