/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/client.h"
#include "base/log.h"
#include "base/os.h"
#include "proc/serve.h"
#include "state/state.h"
#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A node that starts again answers within this. */
#define TRIES 100
#define TRY_MS 100
#define STUCK_US 15000000 /* after so long a change without an answer is spoken of */
#define SILENT_US 2000000 /* after so long without a word it is said what is waited for */

struct client {
	const char *state;
	CURL *curl;
	int folder; /* held open: the socket is named through it */
	char socket[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct buf params;
	enum client_form form;
	struct buf *body;
	int in, out;   /* descriptors; -1: none */
	bool change;   /* the request is one */
	bool told;     /* it was said what is waited for */
	int64_t began; /* os_ticks */
	long status;
	char location[64], receipt_state[32];
};

static int try_connect(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc = fd < 0 ? -1 : connect(fd, (const struct sockaddr *)at, sizeof(*at));

	if (fd >= 0)
		close(fd);
	return rc;
}

static size_t take_body(char *p, size_t size, size_t n, void *arg)
{
	struct client *c = arg;
	struct str s = str_make(p, size * n);

	if (c->out >= 0 && c->status == 200)
		return os_write_all(c->out, s, NULL) == 0 ? s.len : 0;
	buf_add(c->body, s);
	return s.len;
}

static void keep(struct str header, struct str name, char *to, size_t size)
{
	struct str v = str_trim(str_skip(header, name.len));

	if (!str_istarts(header, name) || v.len >= size)
		return;
	memcpy(to, v.p, v.len);
	to[v.len] = 0;
}

static size_t take_header(char *p, size_t size, size_t n, void *arg)
{
	struct client *c = arg;
	struct str s = str_make(p, size * n);

	if (str_starts(s, STR("HTTP/")))
		(void)curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &c->status);
	keep(s, STR("Location:"), c->location, sizeof(c->location));
	keep(s, STR("Weir-State:"), c->receipt_state, sizeof(c->receipt_state));
	return s.len;
}

static size_t give_body(char *p, size_t size, size_t n, void *arg)
{
	const struct client *c = arg;
	ssize_t got;

	do
		got = read(c->in, p, size * n);
	while (got < 0 && errno == EINTR);
	return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

int client_open(const char *state, struct client **ret, struct err *e)
{
	struct sockaddr_un at;
	int folder = -1, rc = serve_address(state, &at, &folder, NULL);
	bool was_here = rc == 0 && faccessat(folder, SERVE_SOCKET, F_OK, 0) == 0;

	/* a node that has been here may be just starting again */
	for (int i = 0; rc == 0 && (rc = try_connect(&at)) != 0 && was_here && i < 20; i++) {
		poll(NULL, 0, TRY_MS);
		rc = 0;
	}
	if (rc != 0) {
		int denied = errno == EACCES;
		os_close_fd(&folder);
		if (denied)
			return err_set(e, ERR_DENIED,
			        "you may not ask the node at '%s': its user and the members of its group may",
			        state);
		return err_set(e, ERR_MISSING,
		        "no node is running on '%s' (--state DIR names another one); start it with: weir "
		        "serve --state %s",
		        state, state);
	}
	struct client *c = mem_zero(1, sizeof(*c));
	c->state = state;
	c->folder = folder;
	memcpy(c->socket, at.sun_path, sizeof(c->socket));
	c->in = c->out = -1;
	c->curl = curl_easy_init();
	if (c->curl == NULL)
		abort();
	*ret = c;
	return 0;
}

void client_close(struct client *c)
{
	if (c == NULL)
		return;
	curl_easy_cleanup(c->curl);
	os_close_fd(&c->folder);
	buf_done(&c->params);
	free(c);
}

const char *client_state(const struct client *c)
{
	return c->receipt_state;
}

void client_quote(struct buf *b, struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.p[i];
		if (char_alnum(c) || c == '.' || c == '-' || c == '_')
			buf_char(b, c);
		else
			buf_printf(b, "%%%02X", (unsigned char)c);
	}
}

void client_param(struct client *c, const char *name, struct str value)
{
	buf_char(&c->params, c->params.len == 0 ? '?' : '&');
	buf_add(&c->params, str_from(name));
	buf_char(&c->params, '=');
	client_quote(&c->params, value);
}

void client_form(struct client *c, enum client_form form)
{
	c->form = form;
}

/* Each second or so. A node answers nobody while its tables are changed, which its file says to who may read it. */
static int watch(void *arg, curl_off_t all, curl_off_t got, curl_off_t to_send, curl_off_t sent)
{
	struct client *c = arg;

	(void)all, (void)got, (void)to_send, (void)sent;
	/* a core that cannot start leaves what was asked lying; nothing else of a change takes that long */
	if (c->change && !c->told && c->status == 0 && os_ticks() - c->began > STUCK_US) {
		log_say(&(struct log){.form = LOG_LINES}, LOG_INFO,
		        "the node does not answer yet: its log (journalctl -u weir) and weir status say why; "
		        "it is done "
		        "once the node goes on");
		c->told = true;
	}
	if (c->told || c->status != 0 || os_ticks() - c->began < SILENT_US || !state_is_older(c->state))
		return 0;
	log_say(&(struct log){.form = LOG_LINES}, LOG_INFO,
	        "the node is changing its state to a newer form; this can take minutes");
	c->told = true;
	return 0;
}

static void set_up(struct client *c, const char *path, struct buf *url)
{
	buf_printf(url, "http://node%s%.*s", path, STR_ARG(buf_str(&c->params)));
	buf_char(url, 0);
	curl_easy_reset(c->curl);
	curl_easy_setopt(c->curl, CURLOPT_URL, url->p);
	curl_easy_setopt(c->curl, CURLOPT_PROTOCOLS_STR, "http");
	curl_easy_setopt(c->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(c->curl, CURLOPT_UNIX_SOCKET_PATH, c->socket);
	curl_easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(c->curl, CURLOPT_WRITEDATA, c);
	curl_easy_setopt(c->curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(c->curl, CURLOPT_HEADERDATA, c);
	curl_easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c->curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(c->curl, CURLOPT_XFERINFOFUNCTION, watch);
	curl_easy_setopt(c->curl, CURLOPT_XFERINFODATA, c);
	c->location[0] = c->receipt_state[0] = 0;
}

static struct curl_slist *headers_of(const struct client *c, const char *token)
{
	static const char *const accept[] = {[CLIENT_TEXT] = "Accept: text/plain",
	        [CLIENT_JSON] = "Accept: application/json",
	        [CLIENT_CSV] = "Accept: text/csv"};
	struct curl_slist *l = curl_slist_append(NULL, accept[c->form]);

	l = curl_slist_append(l, "Expect:");
	l = curl_slist_append(l, "Content-Type: application/octet-stream");
	return token != NULL ? curl_slist_append(l, token) : l;
}

/* Again and again while the node starts: only connections that were not answered at all. */
static int perform(struct client *c, const char *path, const char *token, off_t from, struct err *e)
{
	struct curl_slist *headers = headers_of(c, token);
	CURLcode rc = CURLE_OK;

	c->began = os_ticks();
	for (int i = 0; i < TRIES; i++) {
		auto_buf struct buf url = {0};
		set_up(c, path, &url);
		curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers);
		if (token != NULL) {
			curl_easy_setopt(c->curl, CURLOPT_POST, 1L);
			curl_easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)-1);
			curl_easy_setopt(c->curl, CURLOPT_READFUNCTION, give_body);
			curl_easy_setopt(c->curl, CURLOPT_READDATA, c);
		}
		if (c->change) {
			curl_easy_setopt(c->curl, CURLOPT_POST, 1L);
			curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, "");
		}
		c->status = 0;
		buf_clear(c->body);
		rc = curl_easy_perform(c->curl);
		/* what may have been done already is not done again */
		bool again = c->change ? rc == CURLE_COULDNT_CONNECT
		                       : rc == CURLE_COULDNT_CONNECT || rc == CURLE_GOT_NOTHING ||
		                rc == CURLE_RECV_ERROR || rc == CURLE_SEND_ERROR || rc == CURLE_PARTIAL_FILE;
		if (!again || (token != NULL && lseek(c->in, from, SEEK_SET) != from))
			break;
		poll(NULL, 0, TRY_MS);
	}
	curl_slist_free_all(headers);
	buf_clear(&c->params);
	if (rc == CURLE_WRITE_ERROR)
		return err_set(e, ERR_SYS, "what the node gives cannot be written: is there room for it?");
	if (rc != CURLE_OK)
		return err_set(
		        e, ERR_SYS, "the node at '%s' does not answer: %s", c->state, curl_easy_strerror(rc));
	return (int)c->status;
}

int client_get(struct client *c, const char *path, struct buf *ret, struct err *e)
{
	c->body = ret;
	c->out = -1;
	return perform(c, path, NULL, 0, e);
}

int client_get_to(struct client *c, const char *path, int fd, struct buf *ret, struct err *e)
{
	c->body = ret;
	c->out = fd;
	int rc = perform(c, path, NULL, 0, e);
	c->out = -1;
	return rc;
}

int client_post(struct client *c, const char *path, int fd, struct buf *ret, char *ret_path, struct err *e)
{
	uint8_t token[16];
	char header[64];
	int n = snprintf(header, sizeof(header), "Idempotency-Key: ");

	os_random(token, sizeof(token));
	for (unsigned i = 0; i < sizeof(token); i++)
		n += snprintf(header + n, sizeof(header) - (size_t)n, "%02x", token[i]);
	c->body = ret;
	c->in = fd;
	int rc = perform(c, path, header, lseek(fd, 0, SEEK_CUR), e);
	memcpy(ret_path, c->location, sizeof(c->location));
	return rc;
}

int client_change(struct client *c, const char *path, struct buf *ret, struct err *e)
{
	c->body = ret;
	c->out = -1;
	c->change = true;
	int rc = perform(c, path, NULL, 0, e);
	c->change = false;
	return rc;
}
