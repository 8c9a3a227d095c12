/* SPDX-License-Identifier: Apache-2.0 */
#include "web/http.h"
#include "base/utf8.h"

static const struct http_refusal refusals[HTTP_FAULTS] = {
        [HTTP_GOOD] = {200, "nothing is wrong"},
        [HTTP_TARGET_FORM] = {400, "the target of a request is a path that begins with one slash"},
        [HTTP_TARGET_LONG] = {414, "the address is longer than 8192 bytes"},
        [HTTP_TARGET_BYTES] = {400,
                "the address has a byte that must be escaped, a broken escape, or no UTF-8"},
        [HTTP_PATH_CONTROL] = {400, "the address has a control character"},
        [HTTP_PATH_DOTS] = {400, "the path has a segment that is \".\" or \"..\""},
        [HTTP_PATH_SLASH] = {400, "the path has an empty segment or an escaped slash"},
        [HTTP_METHOD] = {405, "GET, HEAD and POST are the methods here"},
        [HTTP_VERSION] = {505, "HTTP/1.1 and HTTP/1.0 are spoken here"},
        [HTTP_LAID_OUT] = {400, "a line of the header is folded, has a NUL byte, or does not end in CR LF"},
        [HTTP_NAME] = {400, "the name of a header field is no token, or has blanks before its colon"},
        [HTTP_VALUE] = {400, "the value of a header field has a control character"},
        [HTTP_MANY] = {431, "the request has more than 64 header fields"},
        [HTTP_TWICE] = {400, "a header field that may be there once is there twice"},
        [HTTP_LENGTH_AND_CODING] = {400, "Content-Length and Transfer-Encoding exclude each other"},
        [HTTP_LENGTH] = {400, "Content-Length is not a number"},
        [HTTP_CODING] = {501, "chunked is the one Transfer-Encoding here"},
        [HTTP_CODING_OLD] = {400, "HTTP/1.0 has no Transfer-Encoding"},
        [HTTP_BODY] = {400, "a request that is no POST has no body"},
        [HTTP_NO_HOST] = {400, "the request does not say in Host whom it is for"},
        [HTTP_HOST] = {421, "Host is not a name of this node; names are listed in its configuration"},
        [HTTP_ORIGIN] = {403, "the request comes from a page of another origin"},
        [HTTP_COOKIE_TWICE] = {400,
                "the cookie of this node is there twice; remove the cookies of this address"},
        [HTTP_COOKIE] = {400, "the cookie of this node is damaged; remove the cookies of this address"},
        [HTTP_LARGE] = {413, "the body is larger than this path takes"},
        [HTTP_SLOW] = {408, "the request came too slowly"},
        [HTTP_MEDIA] = {415, "the body is not of the media type that this path takes"},
        [HTTP_FORM_LARGE] = {413, "the form is larger than 64 KiB"},
        [HTTP_FORM_MANY] = {400, "the form has more than 64 fields"},
        [HTTP_FORM_BYTES] = {400, "the form has a broken escape, a NUL or text that is no UTF-8"},
        [HTTP_UPLOAD_FIELDS] = {400,
                "the fields beside the file are too long or broken, or one comes behind it"},
        [HTTP_UPLOAD_FILES] = {400, "one file can be sent at a time, in the field file"},
        [HTTP_UPLOAD_NONE] = {400, "no file was chosen"},
        [HTTP_UPLOAD_NAME] = {400,
                "the file's name is empty, longer than 255 bytes, has control characters, or is no UTF-8"},
        [HTTP_UPLOAD_CODING] = {400, "a part of the form has a Content-Transfer-Encoding"},
        [HTTP_UPLOAD_CUT] = {400, "the form ends before its last boundary, or is none"},
};

const struct http_refusal *http_refusal(enum http_fault fault)
{
	return &refusals[fault];
}

/* ---- the target ---------------------------------------------------------------------------------- */

/* Decodes into dst, which has room for s.len bytes. SIZE_MAX: an escape is broken. */
static size_t unescape(char *dst, struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != '%') {
			dst[n++] = s.p[i];
			continue;
		}
		int high = i + 2 < s.len ? char_hex(s.p[i + 1]) : -1;
		int low = i + 2 < s.len ? char_hex(s.p[i + 2]) : -1;
		if (high < 0 || low < 0)
			return SIZE_MAX;
		dst[n++] = (char)(high << 4 | low);
		i += 2;
	}
	return n;
}

static bool is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

/* raw: as it came; path: decoded. */
static enum http_fault path_fault(struct str raw, struct str path)
{
	struct str rest = str_skip(path, 1);

	if (!utf8_valid(path))
		return HTTP_TARGET_BYTES;
	for (size_t i = 0; i < path.len; i++)
		if (is_control(path.p[i]))
			return HTTP_PATH_CONTROL;
	for (size_t i = 0; i + 2 < raw.len; i++)
		if (str_ieq(str_sub(raw, i, 3), STR("%2f")))
			return HTTP_PATH_SLASH;
	while (rest.len > 0) {
		struct str_cut cut = str_cut(rest, '/');
		if (str_eq(cut.head, STR(".")) || str_eq(cut.head, STR("..")))
			return HTTP_PATH_DOTS;
		if (cut.head.len == 0 || str_has(cut.head, '\\'))
			return HTTP_PATH_SLASH;
		rest = cut.tail;
	}
	return HTTP_GOOD;
}

static enum http_fault target_fault(struct str s)
{
	char text[HTTP_TARGET];
	struct str_cut cut = str_cut(s, '?');
	size_t n;

	if (s.len == 0 || s.p[0] != '/')
		return HTTP_TARGET_FORM;
	if (s.len > HTTP_TARGET)
		return HTTP_TARGET_LONG;
	for (size_t i = 0; i < s.len; i++) {
		if (is_control(s.p[i]))
			return HTTP_PATH_CONTROL;
		if ((unsigned char)s.p[i] > 0x7e || strchr(" \"#<>", s.p[i]) != NULL)
			return HTTP_TARGET_BYTES;
	}
	n = unescape(text, cut.tail);
	if (n == SIZE_MAX || !utf8_valid(str_make(text, n)))
		return HTTP_TARGET_BYTES;
	if (str_has(str_make(text, n), 0))
		return HTTP_PATH_CONTROL;
	n = unescape(text, cut.head);
	return n == SIZE_MAX ? HTTP_TARGET_BYTES : path_fault(cut.head, str_make(text, n));
}

void http_target(struct http_target *ret, const char *uri)
{
	struct str s = str_from(uri);

	*ret = (struct http_target){.len = s.len, .fault = target_fault(s)};
}

/* ---- the head ------------------------------------------------------------------------------------ */

/* token (RFC 9110 5.6.2) */
static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!char_alnum(s.p[i]) && (s.p[i] == 0 || strchr("!#$%&'*+-.^_`|~", s.p[i]) == NULL))
			return false;
	return s.len > 0;
}

/* field-value (RFC 9110 5.5); obs-text is nobody's control character. */
static bool is_value(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (is_control(s.p[i]) && s.p[i] != '\t')
			return false;
	return true;
}

/* Those that decide something here, or for a proxy before it. */
static const struct str once[] = {STR_INIT("Host"), STR_INIT("Content-Length"), STR_INIT("Transfer-Encoding"),
        STR_INIT("Content-Type"), STR_INIT("Origin"), STR_INIT("Sec-Fetch-Site"), STR_INIT("Cookie"),
        STR_INIT("Authorization"), STR_INIT("Last-Event-ID"), STR_INIT("Idempotency-Key"),
        STR_INIT("Expect")};

static struct str field(const struct http_head *h, struct str name)
{
	for (unsigned i = 0; i < h->n; i++)
		if (str_ieq(h->fields[i].name, name))
			return str_trim(h->fields[i].value);
	return (struct str){0};
}

static enum http_fault fields_fault(const struct http_head *h)
{
	for (unsigned i = 0; i < h->n; i++) {
		if (!is_token(h->fields[i].name))
			return HTTP_NAME;
		if (!is_value(h->fields[i].value))
			return HTTP_VALUE;
	}
	if (h->more)
		return HTTP_MANY;
	for (size_t k = 0; k < sizeof(once) / sizeof(once[0]); k++) {
		unsigned n = 0;
		for (unsigned i = 0; i < h->n; i++)
			n += str_ieq(h->fields[i].name, once[k]);
		if (n > 1)
			return HTTP_TWICE;
	}
	return HTTP_GOOD;
}

static enum http_fault body_fault(const struct http_head *h)
{
	struct str length = field(h, STR("Content-Length")), coding = field(h, STR("Transfer-Encoding"));
	uint64_t n = 0;

	if (length.p != NULL && coding.p != NULL)
		return HTTP_LENGTH_AND_CODING;
	if (length.p != NULL && !str_u64(length, &n))
		return HTTP_LENGTH;
	if (coding.p != NULL && str_eq(h->version, STR("HTTP/1.0")))
		return HTTP_CODING_OLD;
	if (coding.p != NULL && !str_ieq(coding, STR("chunked")))
		return HTTP_CODING;
	if ((n > 0 || coding.p != NULL) && !str_eq(h->method, STR("POST")) && !str_eq(h->method, STR("PUT")))
		return HTTP_BODY;
	return HTTP_GOOD;
}

static enum http_fault host_fault(const struct http_head *h, const struct http_rules *rules)
{
	struct str host = field(h, STR("Host"));

	if (host.len == 0)
		return HTTP_NO_HOST;
	for (size_t i = 0; i < rules->n_hosts; i++)
		if (str_ieq(host, rules->hosts[i]))
			return HTTP_GOOD;
	return HTTP_HOST;
}

static bool is_method(struct str s)
{
	return str_eq(s, STR("GET")) || str_eq(s, STR("HEAD")) || str_eq(s, STR("POST"));
}

enum http_fault http_check_head(const struct http_head *h, const struct http_rules *rules)
{
	enum http_fault fault;

	if (!str_eq(h->version, STR("HTTP/1.1")) && !str_eq(h->version, STR("HTTP/1.0")))
		return HTTP_VERSION;
	if (!is_method(h->method) && !(rules->put && str_eq(h->method, STR("PUT"))))
		return HTTP_METHOD;
	if (h->target.fault != HTTP_GOOD)
		return h->target.fault;
	if ((fault = fields_fault(h)) != HTTP_GOOD || (fault = body_fault(h)) != HTTP_GOOD)
		return fault;
	return host_fault(h, rules);
}

bool http_laid_out(const struct http_head *h, size_t size)
{
	size_t sum = h->method.len + 1 + h->target.len + 1 + h->version.len + 2 + 2;
	uintptr_t at = (uintptr_t)h->version.p + h->version.len;

	for (unsigned i = 0; i < h->n; i++) {
		const struct http_field *f = &h->fields[i];
		uintptr_t name = (uintptr_t)f->name.p, value = (uintptr_t)f->value.p;
		/* between name and value a colon and blanks, which the library has passed over */
		if (name != at + 2 || value < name + f->name.len + 1 || value > name + size)
			return false;
		at = value + f->value.len;
		sum += at - name + 2;
	}
	return sum == size;
}

static enum MHD_Result add_field(void *arg, enum MHD_ValueKind kind, const char *name, size_t name_len,
        const char *value, size_t value_len)
{
	struct http_head *h = arg;

	(void)kind;
	if (h->n == HTTP_FIELDS) {
		h->more = true;
		return MHD_NO;
	}
	h->fields[h->n++] = (struct http_field){str_make(name, name_len), str_make(value, value_len)};
	return MHD_YES;
}

enum http_fault http_check(struct MHD_Connection *c, const struct http_target *target, const char *method,
        const char *version, const struct http_rules *rules)
{
	struct http_head h = {.method = str_from(method), .version = str_from(version), .target = *target};
	const union MHD_ConnectionInfo *info =
	        MHD_get_connection_info(c, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	enum http_fault fault;

	MHD_get_connection_values_n(c, MHD_HEADER_KIND, add_field, &h);
	fault = http_check_head(&h, rules);
	if (fault == HTTP_GOOD && (info == NULL || !http_laid_out(&h, info->header_size)))
		return HTTP_LAID_OUT;
	return fault;
}

struct str http_value(struct MHD_Connection *c, const char *name)
{
	const char *value = NULL;
	size_t len = 0;

	if (MHD_lookup_connection_value_n(c, MHD_HEADER_KIND, name, strlen(name), &value, &len) != MHD_YES)
		return (struct str){0};
	return value != NULL ? str_trim(str_make(value, len)) : STR("");
}

enum http_fault http_origin(struct str site, struct str origin, struct str host, bool tls)
{
	struct str scheme = tls ? STR("https://") : STR("http://");

	if (site.p != NULL && !str_eq(site, STR("same-origin")) && !str_eq(site, STR("none")))
		return HTTP_ORIGIN;
	if (origin.p == NULL)
		return HTTP_GOOD;
	if (!str_istarts(origin, scheme) || !str_ieq(str_skip(origin, scheme.len), host))
		return HTTP_ORIGIN;
	return HTTP_GOOD;
}

enum http_fault http_check_origin(struct MHD_Connection *c, const struct http_rules *rules)
{
	return http_origin(
	        http_value(c, "Sec-Fetch-Site"), http_value(c, "Origin"), http_value(c, "Host"), rules->tls);
}

/* ---- answers ------------------------------------------------------------------------------------- */

/* Referrer-Policy is not no-referrer: under that a browser says "Origin: null" when a form of ours is sent (Fetch 3.2), and
 * nobody could tell it from a stranger's. same-origin tells others as little. */
static const struct {
	const char *name, *value;
} everywhere[] = {
        {"Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "
                "'self'; "
                "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
                "require-trusted-types-for 'script'; trusted-types 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cross-Origin-Embedder-Policy", "require-corp"},
        {"Permissions-Policy",
                "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), "
                "fullscreen=(), "
                "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), "
                "screen-wake-lock=(), usb=(), xr-spatial-tracking=()"},
};

void http_headers(struct MHD_Response *m, const char *cache)
{
	for (size_t i = 0; i < sizeof(everywhere) / sizeof(everywhere[0]); i++)
		MHD_add_response_header(m, everywhere[i].name, everywhere[i].value);
	MHD_add_response_header(m, "Cache-Control", cache);
}

void http_headers_refused(struct MHD_Response *m, const struct http_refusal *refusal)
{
	MHD_add_response_header(m, "Connection", "close");
	if (refusal->status == 405)
		MHD_add_response_header(m, "Allow", "GET, HEAD, POST");
}

/* ---- cookies ------------------------------------------------------------------------------------- */

static bool is_cookie_value(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] <= 0x20 || (unsigned char)s.p[i] >= 0x7f ||
		        strchr("\",;\\", s.p[i]) != NULL)
			return false;
	return true;
}

enum http_fault http_cookie_find(struct str header, struct str name, struct str *ret)
{
	struct str found = {0};

	while (header.len > 0) {
		struct str_cut pair = str_cut(header, ';');
		struct str_cut cut = str_cut(str_trim(pair.head), '=');
		header = pair.tail;
		if (!cut.ok || !str_eq(cut.head, name))
			continue;
		if (found.p != NULL)
			return HTTP_COOKIE_TWICE;
		found = cut.tail.p != NULL ? cut.tail : STR("");
	}
	if (found.len >= 2 && found.p[0] == '"' && found.p[found.len - 1] == '"')
		found = str_sub(found, 1, found.len - 2);
	if (!is_cookie_value(found))
		return HTTP_COOKIE;
	*ret = found;
	return HTTP_GOOD;
}

enum http_fault http_cookie(struct MHD_Connection *c, const char *name, struct str *ret)
{
	return http_cookie_find(http_value(c, "Cookie"), str_from(name), ret);
}

void http_cookie_set(struct buf *out, struct str value, bool tls)
{
	buf_printf(out, "%s=%.*s; HttpOnly; SameSite=Strict; Path=/",
	        tls ? HTTP_COOKIE_NAME_TLS : HTTP_COOKIE_NAME, STR_ARG(value));
	if (tls)
		buf_add(out, STR("; Secure"));
	if (value.len == 0)
		buf_add(out, STR("; Max-Age=0"));
}

void http_cookie_keep(struct buf *out, struct str value, bool tls)
{
	buf_printf(out, "%s=%.*s; HttpOnly; SameSite=Strict; Path=/; Max-Age=34560000",
	        tls ? HTTP_COOKIE_DEVICE_TLS : HTTP_COOKIE_DEVICE, STR_ARG(value));
	if (tls)
		buf_add(out, STR("; Secure"));
}
