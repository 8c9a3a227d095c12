/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/imap.h"
#include <poll.h>

#define CONNECT_SECONDS 20L

/* ---- logging in ---------------------------------------------------------------------------------- */

static size_t take_words(char *p, size_t size, size_t n, void *arg)
{
	struct imap *m = arg;

	err_quote(m->words, sizeof(m->words), str_trim(str_make(p, size * n)));
	return size * n;
}

static void set_up(const struct feed_file *f, const char *secret, struct imap *m)
{
	const struct feed_mailbox *b = &f->mailbox;
	auto_buf struct buf url = {0};

	buf_printf(&url, "%s://%.*s:%u/", b->tls == FEED_TLS ? "imaps" : "imap", STR_ARG(b->server), b->port);
	buf_char(&url, 0);
	curl_easy_setopt(m->curl, CURLOPT_URL, url.p);
	curl_easy_setopt(m->curl, CURLOPT_PROTOCOLS_STR, "imap,imaps");
	curl_easy_setopt(m->curl, CURLOPT_USE_SSL,
	        b->tls == FEED_PLAIN ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	/* a mail server is as near as the one that letters go to: no proxy */
	curl_easy_setopt(m->curl, CURLOPT_PROXY, "");
	if (b->ca_file.len != 0)
		curl_easy_setopt(m->curl, CURLOPT_CAINFO, b->ca_file.p);
	curl_easy_setopt(m->curl, CURLOPT_USERNAME, f->user.p);
	curl_easy_setopt(m->curl, b->token_file.len != 0 ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD, secret);
	curl_easy_setopt(m->curl, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(m->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	curl_easy_setopt(m->curl, CURLOPT_TIMEOUT, (long)IMAP_SECONDS);
	curl_easy_setopt(m->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(m->curl, CURLOPT_HEADERFUNCTION, take_words);
	curl_easy_setopt(m->curl, CURLOPT_HEADERDATA, m);
}

static int why_not(const struct feed_file *f, const struct imap *m, CURLcode rc, struct err *e)
{
	const struct feed_mailbox *b = &f->mailbox;

	if (rc == CURLE_LOGIN_DENIED)
		return err_set(e, ERR_DENIED,
		        "the mail server refuses the login of '%.*s' with the %s in '%.*s': %s",
		        STR_ARG(f->user), b->token_file.len != 0 ? "token" : "password",
		        STR_ARG(b->token_file.len != 0 ? b->token_file : f->password_file), m->words);
	if (rc == CURLE_USE_SSL_FAILED || (rc == CURLE_SSL_CONNECT_ERROR && b->tls == FEED_TLS))
		return err_set(e, ERR_DENIED,
		        "%s:%u: no TLS can be agreed on; 'port' and 'tls' in the feed's file say where and "
		        "how",
		        b->server.p, b->port);
	if (rc == CURLE_PEER_FAILED_VERIFICATION)
		return err_set(e, ERR_DENIED,
		        "%s:%u: the certificate is of another name, or signed by nobody that is known here; "
		        "'ca-file' "
		        "in the feed's file names who else may sign",
		        b->server.p, b->port);
	return err_set(e, ERR_SYS, "%s:%u: %s", b->server.p, b->port, curl_easy_strerror(rc));
}

int imap_open(
        const struct feed_file *f, const char *secret, struct imap *ret, CURLcode *ret_why, struct err *e)
{
	*ret = (struct imap){.curl = curl_easy_init(), .socket = CURL_SOCKET_BAD, .broken = true};
	if (ret->curl == NULL)
		abort();
	set_up(f, secret, ret);
	CURLcode rc = curl_easy_perform(ret->curl);
	if (rc == CURLE_OK)
		rc = curl_easy_getinfo(ret->curl, CURLINFO_ACTIVESOCKET, &ret->socket);
	*ret_why = rc;
	if (rc != CURLE_OK)
		return why_not(f, ret, rc, e);
	ret->broken = false;
	return 0;
}

/* ---- bytes --------------------------------------------------------------------------------------- */

static int wait_for(struct imap *m, short what, struct err *e)
{
	struct pollfd p = {.fd = m->socket, .events = what};

	if (poll(&p, 1, IMAP_SECONDS * 1000) == 1)
		return 0;
	m->broken = true;
	return err_set(e, ERR_SYS, "the mail server says nothing for %d seconds", IMAP_SECONDS);
}

static int broken(struct imap *m, CURLcode rc, struct err *e)
{
	m->broken = true;
	return err_set(e, ERR_SYS, "the mail server ends the connection%s%s", rc != CURLE_OK ? ": " : "",
	        rc != CURLE_OK ? curl_easy_strerror(rc) : "");
}

static int fill(struct imap *m, struct err *e)
{
	for (;;) {
		size_t got = 0;
		CURLcode rc = curl_easy_recv(m->curl, m->in, sizeof(m->in), &got);
		if (rc == CURLE_OK && got > 0) {
			m->at = 0;
			m->n = got;
			return 0;
		}
		if (rc != CURLE_AGAIN)
			return broken(m, rc, e);
		if (wait_for(m, POLLIN, e) != 0)
			return ERR_SYS;
	}
}

static int send_all(struct imap *m, struct str s, struct err *e)
{
	while (s.len > 0) {
		size_t sent = 0;
		CURLcode rc = curl_easy_send(m->curl, s.p, s.len, &sent);
		if (rc == CURLE_AGAIN && wait_for(m, POLLOUT, e) != 0)
			return ERR_SYS;
		if (rc != CURLE_OK && rc != CURLE_AGAIN)
			return broken(m, rc, e);
		s = str_skip(s, sent);
	}
	return 0;
}

static int too_long(struct imap *m, struct err *e)
{
	m->broken = true;
	return err_set(e, ERR_LIMIT, "the mail server's answer is longer than %zu bytes", IMAP_ANSWER);
}

/* Through the next line feed, behind what is in the answer. */
static int take_line(struct imap *m, struct err *e)
{
	for (;;) {
		struct str here = str_make(m->in + m->at, m->n - m->at);
		size_t end = str_find(here, 0, '\n');
		struct str piece = end == SIZE_MAX ? here : str_sub(here, 0, end + 1);
		if (m->answer.len + piece.len > IMAP_ANSWER)
			return too_long(m, e);
		buf_add(&m->answer, piece);
		m->at += piece.len;
		if (end != SIZE_MAX)
			return 0;
		if (fill(m, e) != 0)
			return ERR_SYS;
	}
}

/* A body goes to the sink, and an empty text takes its place in the answer. */
static int take_literal(struct imap *m, uint64_t len, bool sink, struct err *e)
{
	if (!sink && len > IMAP_ANSWER - m->answer.len)
		return too_long(m, e);
	while (len > 0) {
		if (m->at == m->n && fill(m, e) != 0)
			return ERR_SYS;
		struct str piece = str_make(m->in + m->at, m->n - m->at);
		piece = str_sub(piece, 0, len < piece.len ? (size_t)len : piece.len);
		if (!sink) {
			buf_add(&m->answer, piece);
		} else if (!m->sink(m->arg, piece)) {
			m->broken = true;
			return err_set(e, ERR_LIMIT, "the mail is not taken");
		}
		m->at += piece.len;
		len -= piece.len;
	}
	return 0;
}

/* One answer with its literals. */
static int take_answer(struct imap *m, struct err *e)
{
	size_t from = 0;
	uint64_t len;

	buf_clear(&m->answer);
	for (;;) {
		if (take_line(m, e) != 0)
			return e->code;
		struct str line = str_skip(buf_str(&m->answer), from);
		if (!imap_is_fetch(buf_str(&m->answer)) || !imap_literal(line, &len))
			return 0;
		size_t head = str_rcut(line, '{').head.len;
		bool sink = m->sink != NULL && str_iends(str_sub(line, 0, head), STR("BODY[] "));
		if (sink) {
			m->answer.len = from + head;
			buf_add(&m->answer, STR("\"\""));
			m->sunk++;
		}
		if (take_literal(m, len, sink, e) != 0)
			return e->code;
		from = m->answer.len;
	}
}

/* ---- commands ------------------------------------------------------------------------------------ */

/* What a tagged answer says: 0, ERR_VALUE with the server's words. */
static int outcome(struct str words, struct err *e)
{
	char shown[300];

	if (str_istarts(words, STR("OK")))
		return 0;
	return err_set(
	        e, ERR_VALUE, "the mail server says: %s", err_quote(shown, sizeof(shown), str_trim(words)).p);
}

int imap_command(struct imap *m, struct str text, int (*each)(void *arg, struct str answer, struct err *e),
        void *arg, struct err *e)
{
	auto_buf struct buf line = {0};
	char tag[16];
	int rc;

	if (m->broken)
		return err_set(e, ERR_SYS, "the mail server ends the connection");
	snprintf(tag, sizeof(tag), "W%u ", ++m->tag);
	buf_printf(&line, "%s%.*s\r\n", tag, STR_ARG(text));
	rc = send_all(m, buf_str(&line), e);
	while (rc == 0 && (rc = take_answer(m, e)) == 0) {
		struct str answer = buf_str(&m->answer);
		if (str_starts(answer, str_from(tag)))
			return outcome(str_skip(answer, strlen(tag)), e);
		if (str_istarts(answer, STR("* BYE"))) {
			m->broken = true;
			return outcome(str_skip(answer, 2), e);
		}
		if (!str_starts(answer, STR("* "))) {
			m->broken = true;
			return err_set(
			        e, ERR_SYNTAX, "the mail server's answer is not of the form it should have");
		}
		if (each != NULL)
			rc = each(arg, answer, e);
	}
	/* what is left of the answer would be taken for the next one's */
	m->broken = true;
	return rc;
}

void imap_close(struct imap *m)
{
	if (!m->broken)
		(void)send_all(m, STR("W0 LOGOUT\r\n"), NULL);
	curl_easy_cleanup(m->curl);
	buf_done(&m->answer);
	m->curl = NULL;
}
