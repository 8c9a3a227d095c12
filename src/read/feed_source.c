/* SPDX-License-Identifier: Apache-2.0 */
#include "read/feed_source.h"

static const char *const sources[] = {
        [FEED_HTTP] = "http", [FEED_IMAP] = "imap", [FEED_SHADOWSERVER] = "shadowserver-api"};

static const struct {
	const char *key;
	unsigned sources; /* bits */
} of_source[] = {
#define H (1u << FEED_HTTP)
#define I (1u << FEED_IMAP)
#define S (1u << FEED_SHADOWSERVER)
        {"url", H | S},
        {"user", H | I},
        {"password-file", H | I},
        {"header-file", H},
        {"poll", I | S},
        {"server", I},
        {"port", I},
        {"tls", I},
        {"ca-file", I},
        {"token-file", I},
        {"folder", I},
        {"subject", I},
        {"sender", I},
        {"accepted", I},
        {"download", S},
        {"key-file", S},
        {"secret-file", S},
        {"reports", S},
        {"types", S},
        {"days", S},
};

int feed_source_parse(const struct conf *c, enum feed_source *ret, struct err *e)
{
	struct str word = STR("http");
	unsigned k = 0;

	if (conf_str(c, "source", &word, e) != 0)
		return ERR_VALUE;
	while (k < 3 && !str_eq(word, str_from(sources[k])))
		k++;
	if (k == 3)
		return conf_err(conf_find(c, "source"), e, "a source is http, imap or shadowserver-api");
	for (size_t i = 0; i < sizeof(of_source) / sizeof(of_source[0]); i++)
		if (conf_find(c, of_source[i].key) != NULL && !(of_source[i].sources & 1u << k))
			return conf_err_key(conf_find(c, of_source[i].key), e,
			        "'%s' means nothing with 'source: %s'", of_source[i].key, sources[k]);
	*ret = k;
	return 0;
}

static int parse_patterns(
        struct arena *a, const struct conf *map, const char *key, struct feed_patterns *ret, struct err *e)
{
	const struct conf *c = conf_find(map, key);

	if (c == NULL)
		return 0;
	if (c->kind != CONF_LIST)
		return conf_err(c, e, "%s is a list, such as [\"*report*\"]", key);
	for (const struct conf *k = c->first; k != NULL; k = k->next) {
		if (k->kind != CONF_SCALAR || k->text.len == 0 || ret->n == FEED_FILES)
			return conf_err(k, e, "%s is a list of at most %d texts", key, FEED_FILES);
		ret->v[ret->n++] = arena_str(a, k->text);
	}
	return 0;
}

/* Only * and ?: a subject may well have brackets. */
static bool fits(struct str pattern, struct str text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, from = 0;

	while (t < text.len) {
		if (p < pattern.len && pattern.p[p] == '*') {
			star = p++;
			from = t;
		} else if (p < pattern.len &&
		        (pattern.p[p] == '?' || char_lower(pattern.p[p]) == char_lower(text.p[t]))) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.p[p] == '*')
		p++;
	return p == pattern.len;
}

bool feed_fits(const struct feed_patterns *p, struct str text)
{
	if (p->n == 0)
		return true;
	for (unsigned i = 0; i < p->n; i++)
		if (fits(p->v[i], text))
			return true;
	return false;
}

/* ---- imap ---------------------------------------------------------------------------------------- */

/* What stands in a command to the server: letters of ASCII, as the server itself writes the name. */
static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return s.len > 0 && s.len < 256;
}

static int parse_accepted(struct arena *a, const struct conf *c, struct feed_mailbox *m, struct err *e)
{
	struct str word = STR("seen");
	const struct conf *at = conf_find(c, "accepted");

	if (conf_str(c, "accepted", &word, e) != 0)
		return ERR_VALUE;
	struct str_cut cut = str_cut(word, ' ');
	if (str_eq(word, STR("seen")))
		m->accepted = FEED_SEEN;
	else if (str_eq(word, STR("delete")))
		m->accepted = FEED_DELETE;
	else if (str_eq(cut.head, STR("move")) && is_plain(str_trim(cut.tail)))
		m->accepted = FEED_MOVE;
	else
		return conf_err(
		        at, e, "accepted is seen, delete or 'move FOLDER', with a name of ASCII letters");
	m->move_to = m->accepted == FEED_MOVE ? arena_str(a, str_trim(cut.tail)) : (struct str){0};
	if (m->accepted == FEED_MOVE && str_ieq(m->move_to, m->folder))
		return conf_err(at, e, "a mail cannot be moved to the folder that it is in");
	return 0;
}

static int parse_tls(const struct conf *c, struct feed_mailbox *m, struct err *e)
{
	static const char *const words[] = {
	        [FEED_TLS] = "tls", [FEED_STARTTLS] = "starttls", [FEED_PLAIN] = "none"};
	struct str word = STR("tls");
	uint64_t port = 0;
	unsigned k = 0;

	if (conf_str(c, "tls", &word, e) != 0 || conf_u64(c, "port", 1, 65535, &port, e) != 0)
		return ERR_VALUE;
	while (k < 3 && !str_eq(word, str_from(words[k])))
		k++;
	if (k == 3)
		return conf_err(conf_find(c, "tls"), e, "tls is tls, starttls or none");
	m->tls = k;
	m->port = (uint16_t)(port != 0 ? port : m->tls == FEED_TLS ? 993 : 143);
	return 0;
}

int feed_mailbox_parse(struct arena *a, const struct conf *c, struct feed_mailbox *ret, struct err *e)
{
	struct feed_mailbox m = {.folder = STR("INBOX")};
	struct str user = {0};

	if (conf_str(c, "server", &m.server, e) != 0 || conf_str(c, "ca-file", &m.ca_file, e) != 0 ||
	        conf_str(c, "token-file", &m.token_file, e) != 0 ||
	        conf_str(c, "folder", &m.folder, e) != 0 || conf_str(c, "user", &user, e) != 0 ||
	        parse_tls(c, &m, e) != 0 || parse_accepted(a, c, &m, e) != 0 ||
	        parse_patterns(a, c, "subject", &m.subject, e) != 0 ||
	        parse_patterns(a, c, "sender", &m.sender, e) != 0)
		return ERR_VALUE;
	if (!is_plain(m.server) || str_find_str(m.server, 0, STR("/")) != SIZE_MAX)
		return conf_err(c, e, "a feed by IMAP needs 'server: mail.cert.example'");
	if (!is_plain(m.folder))
		return conf_err(conf_find(c, "folder"), e,
		        "a folder's name is written as the server does, in ASCII letters (modified UTF-7)");
	if (user.len == 0)
		return conf_err(c, e, "a feed by IMAP needs 'user: ...' and a password-file or token-file");
	if ((conf_find(c, "password-file") != NULL) == (m.token_file.len != 0))
		return conf_err(c, e, "a feed by IMAP needs one of password-file and token-file");
	*ret = m;
	return 0;
}

/* ---- the API of Shadowserver --------------------------------------------------------------------- */

static int parse_base(
        struct arena *a, const struct conf *map, const char *key, struct str *url, struct err *e)
{
	if (conf_str(map, key, url, e) != 0)
		return ERR_VALUE;
	if (!str_starts(*url, STR("https://")) && !str_starts(*url, STR("http://")))
		return conf_err(
		        conf_find(map, key), e, "'%s' is an address such as " FEED_SHADOWSERVER_URL, key);
	if (!str_ends(*url, STR("/")))
		*url = arena_printf(a, "%.*s/", STR_ARG(*url));
	return 0;
}

int feed_api_parse(struct arena *a, const struct conf *c, struct feed_api *ret, struct err *e)
{
	struct feed_api f = {
	        .url = STR(FEED_SHADOWSERVER_URL), .download = STR(FEED_SHADOWSERVER_FILES), .days = 7};
	const struct conf *download = conf_find(c, "download");

	if (parse_base(a, c, "url", &f.url, e) != 0 || conf_str(c, "key-file", &f.key_file, e) != 0 ||
	        conf_str(c, "secret-file", &f.secret_file, e) != 0 ||
	        conf_u64(c, "days", 1, FEED_DAYS, &f.days, e) != 0 ||
	        parse_patterns(a, c, "reports", &f.reports, e) != 0 ||
	        parse_patterns(a, c, "types", &f.types, e) != 0)
		return ERR_VALUE;
	if (download != NULL && download->kind == CONF_SCALAR && str_eq(download->text, STR("api")))
		f.download = (struct str){0};
	else if (parse_base(a, c, "download", &f.download, e) != 0)
		return ERR_VALUE;
	if (f.key_file.len == 0)
		return conf_err(c, e,
		        "the API of Shadowserver needs 'key-file: ...' with \"key = ...\" and "
		        "\"secret = ...\"");
	*ret = f;
	return 0;
}
