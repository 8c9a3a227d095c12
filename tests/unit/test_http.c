/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests as browsers send them, and as somebody sends them who wants two programs to read them differently.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "web/http_clock.h"
#include "web/http_form.h"
#include <cmocka.h>

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))
#define SECOND ((int64_t)1000000)

static const struct str hosts[] = {
        STR_INIT("127.0.0.1:8470"), STR_INIT("localhost:8470"), STR_INIT("[::1]:8470")};
static const struct http_rules rules = {.hosts = hosts, .n_hosts = 3};

static void refusals(void **state)
{
	(void)state;
	for (int i = 0; i < HTTP_FAULTS; i++) {
		const struct http_refusal *row = http_refusal((enum http_fault)i);
		assert_non_null(row->sentence);
		assert_true(i == 0 ? row->status == 200 : row->status >= 400 && row->status < 600);
		assert_true(row->sentence[strlen(row->sentence) - 1] != '.');
	}
}

static void targets(void **state)
{
	static const struct {
		const char *uri;
		enum http_fault fault;
	} rows[] = {
	        {"/", HTTP_GOOD},
	        {"/findings/F12?owner=a%20b&x={|}", HTTP_GOOD},
	        {"/findings/?q=%0a%2F..%5c//", HTTP_GOOD},
	        {"/a%E0%BA%8A/...", HTTP_GOOD},
	        {"", HTTP_TARGET_FORM},
	        {"*", HTTP_TARGET_FORM},
	        {"x.example:80", HTTP_TARGET_FORM},
	        {"http://x.example/", HTTP_TARGET_FORM},
	        {"//x.example/", HTTP_PATH_SLASH},
	        {"/a//b", HTTP_PATH_SLASH},
	        {"/a%2fb", HTTP_PATH_SLASH},
	        {"/a%5Cb", HTTP_PATH_SLASH},
	        {"/a\\b", HTTP_PATH_SLASH},
	        {"/..", HTTP_PATH_DOTS},
	        {"/a/../b", HTTP_PATH_DOTS},
	        {"/a/%2e%2E/b", HTTP_PATH_DOTS},
	        {"/a/.%2e", HTTP_PATH_DOTS},
	        {"/./a", HTTP_PATH_DOTS},
	        {"/a%00", HTTP_PATH_CONTROL},
	        {"/a?b=%00", HTTP_PATH_CONTROL},
	        {"/a%0d%0aSet-Cookie:x", HTTP_PATH_CONTROL},
	        {"/a\tb", HTTP_PATH_CONTROL},
	        {"/a%7f", HTTP_PATH_CONTROL},
	        {"/a%", HTTP_TARGET_BYTES},
	        {"/a%4", HTTP_TARGET_BYTES},
	        {"/a?%zz", HTTP_TARGET_BYTES},
	        {"/a%E9", HTTP_TARGET_BYTES},
	        {"/a?b=%C0%AF", HTTP_TARGET_BYTES},
	        {"/a\xe9", HTTP_TARGET_BYTES},
	        {"/a#b", HTTP_TARGET_BYTES},
	        {"/a b", HTTP_TARGET_BYTES},
	        {"/<script>", HTTP_TARGET_BYTES},
	};
	char *longest = mem_zero(HTTP_TARGET + 2, 1);
	struct http_target t;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		http_target(&t, rows[i].uri);
		if (t.fault != rows[i].fault)
			fail_msg("%s: %s", rows[i].uri, http_refusal(t.fault)->sentence);
		assert_int_equal(t.len, strlen(rows[i].uri));
	}
	memset(longest, 'a', HTTP_TARGET);
	longest[0] = '/';
	http_target(&t, longest);
	assert_int_equal(t.fault, HTTP_GOOD);
	longest[HTTP_TARGET] = 'a';
	http_target(&t, longest);
	assert_int_equal(t.fault, HTTP_TARGET_LONG);
	free(longest);
}

/* As the library parses: in place, folds apart. text: the request line, then "name: value" lines with CR LF. */
static struct http_head head_of(const char *text)
{
	struct str_cut line = str_cut(str_from(text), '\n');
	struct str first = str_trim(line.head);
	struct str_cut method = str_cut(first, ' '), target = str_cut(method.tail, ' ');
	struct http_head h = {.method = method.head, .version = target.tail};
	char uri[256];

	snprintf(uri, sizeof(uri), "%.*s", STR_ARG(target.head));
	http_target(&h.target, uri);
	while (line.tail.len > 0) {
		line = str_cut(line.tail, '\n');
		struct str s = str_sub(line.head, 0, line.head.len - str_ends(line.head, STR("\r")));
		if (s.len == 0)
			break;
		struct str_cut cut = str_cut(s, ':');
		while (cut.tail.len > 0 && (cut.tail.p[0] == ' ' || cut.tail.p[0] == '\t'))
			cut.tail = str_skip(cut.tail, 1);
		if (h.n == HTTP_FIELDS)
			h.more = true;
		else
			h.fields[h.n++] = (struct http_field){cut.head, cut.tail};
	}
	return h;
}

#define HOST "Host: 127.0.0.1:8470\r\n"
#define POST "POST / HTTP/1.1\r\n" HOST
#define GET "GET / HTTP/1.1\r\n" HOST

static void heads(void **state)
{
	static const struct {
		const char *text;
		enum http_fault fault;
	} rows[] = {
	        {GET "\r\n", HTTP_GOOD},
	        {"HEAD /a?b HTTP/1.0\r\nhost:\tLOCALHOST:8470 \r\n\r\n", HTTP_GOOD},
	        {"GET / HTTP/1.1\r\nHost: [::1]:8470\r\nCookie: a=b\r\nX: \xe9\t-\r\n\r\n", HTTP_GOOD},
	        {POST "Content-Length: 12\r\n\r\n", HTTP_GOOD},
	        {POST "Transfer-Encoding: Chunked\r\n\r\n", HTTP_GOOD},
	        {POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", HTTP_LENGTH_AND_CODING},
	        {POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", HTTP_TWICE},
	        {POST "Content-Length: 5\r\ncontent-length: 6\r\n\r\n", HTTP_TWICE},
	        {POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", HTTP_TWICE},
	        {POST "Content-Length: 5, 5\r\n\r\n", HTTP_LENGTH},
	        {POST "Content-Length: +5\r\n\r\n", HTTP_LENGTH},
	        {POST "Content-Length: 0x5\r\n\r\n", HTTP_LENGTH},
	        {POST "Content-Length:\r\n\r\n", HTTP_LENGTH},
	        {POST "Content-Length: 99999999999999999999\r\n\r\n", HTTP_LENGTH},
	        {POST "Transfer-Encoding: gzip, chunked\r\n\r\n", HTTP_CODING},
	        {POST "Transfer-Encoding: identity\r\n\r\n", HTTP_CODING},
	        {POST "Transfer-Encoding: xchunked\r\n\r\n", HTTP_CODING},
	        {"POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", HTTP_CODING_OLD},
	        {GET "Content-Length: 0\r\n\r\n", HTTP_GOOD},
	        {GET "Content-Length: 5\r\n\r\n", HTTP_BODY},
	        {GET "Transfer-Encoding: chunked\r\n\r\n", HTTP_BODY},
	        {GET "X : b\r\n\r\n", HTTP_NAME},
	        {GET "X\t: b\r\n\r\n", HTTP_NAME},
	        {GET " X: b\r\n\r\n", HTTP_NAME},
	        {GET "X(Y: b\r\n\r\n", HTTP_NAME},
	        {GET "X\x80: b\r\n\r\n", HTTP_NAME},
	        {GET ": b\r\n\r\n", HTTP_NAME},
	        {GET "X: a\x01"
	             "b\r\n\r\n",
	                HTTP_VALUE},
	        {GET "X: a\rY: b\r\n\r\n", HTTP_VALUE},
	        {GET "X: a\x7f\r\n\r\n", HTTP_VALUE},
	        {GET HOST "\r\n", HTTP_TWICE},
	        {GET "Cookie: a\r\nCookie: b\r\n\r\n", HTTP_TWICE},
	        {"GET / HTTP/1.0\r\n\r\n", HTTP_NO_HOST},
	        {"GET / HTTP/1.1\r\nHost:\r\n\r\n", HTTP_NO_HOST},
	        {"GET / HTTP/1.1\r\nHost: rebound.example\r\n\r\n", HTTP_HOST},
	        {"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", HTTP_HOST},
	        {"GET / HTTP/1.1\r\nHost: 127.0.0.1:8470.example\r\n\r\n", HTTP_HOST},
	        {"PUT / HTTP/1.1\r\n" HOST "\r\n", HTTP_METHOD},
	        {"get / HTTP/1.1\r\n" HOST "\r\n", HTTP_METHOD},
	        {"TRACE / HTTP/1.1\r\n" HOST "\r\n", HTTP_METHOD},
	        {"GET / HTTP/1.2\r\n" HOST "\r\n", HTTP_VERSION},
	        {"GET / http/1.1\r\n" HOST "\r\n", HTTP_VERSION},
	        {"GET /%2e%2e HTTP/1.1\r\n" HOST "\r\n", HTTP_PATH_DOTS},
	};
	auto_buf struct buf many = {0};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct http_head h = head_of(rows[i].text);
		enum http_fault fault = http_check_head(&h, &rules);
		if (fault != rows[i].fault)
			fail_msg("%s: %s", rows[i].text, http_refusal(fault)->sentence);
	}
	buf_add(&many, STR(GET));
	for (unsigned i = 1; i <= HTTP_FIELDS; i++) {
		auto_buf struct buf text = {0};
		buf_printf(&text, "%.*s\r\n", STR_ARG(buf_str(&many)));
		buf_char(&text, 0);
		struct http_head h = head_of(text.p);
		assert_int_equal(http_check_head(&h, &rules), HTTP_GOOD);
		buf_add(&many, STR("X: y\r\n"));
	}
	buf_char(&many, 0);
	struct http_head h = head_of(many.p);
	assert_int_equal(http_check_head(&h, &rules), HTTP_MANY);
}

static void laid_out(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
	        {GET "\r\n", true},
	        {GET "X:\r\nY:  \t b  \r\n\r\n", true},
	        {"GET /a?b=c HTTP/1.0\r\n\r\n", true},
	        {"GET / HTTP/1.1\n" HOST "\r\n", false},
	        {GET "X: y\n\r\n", false},
	        {GET "X: y\nZ: z\r\n\r\n", false},
	        {GET "\n", false},
	        /* three bytes less and three more */
	        {"GET / HTTP/1.1\nHost: 127.0.0.1:8470\nX: y\n\r\n   ", false},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct http_head h = head_of(rows[i].text);
		if (http_laid_out(&h, strlen(rows[i].text)) != rows[i].good)
			fail_msg("row %zu: %s", i, rows[i].text);
	}
	/* a folded line, whose words the library appends to the name; a value cut off at NUL */
	const char *text = GET "X: y\r\n z\r\nZ: a\r\n\r\n";
	struct http_head h = head_of(GET "\r\n");
	assert_false(http_laid_out(&h, strlen(text)));
	h = head_of(GET "X: y\r\nZ: a\r\n\r\n");
	h.fields[1].value.len = 0;
	assert_false(http_laid_out(&h, strlen(GET "X: y\r\nZ: a\r\n\r\n")));
}

static void origins(void **state)
{
	static const struct {
		const char *site, *origin;
		bool tls, good;
	} rows[] = {
	        {NULL, NULL, false, true},
	        {"same-origin", "http://127.0.0.1:8470", false, true},
	        {"none", NULL, false, true},
	        {NULL, "HTTP://127.0.0.1:8470", false, true},
	        {"same-origin", "https://127.0.0.1:8470", true, true},
	        {"same-origin", "http://127.0.0.1:8470", true, false},
	        {"same-origin", "https://127.0.0.1:8470", false, false},
	        {"same-site", "http://127.0.0.1:8470", false, false},
	        {"cross-site", NULL, false, false},
	        {"", NULL, false, false},
	        {"same-origin", "null", false, false},
	        {"same-origin", "", false, false},
	        {NULL, "http://127.0.0.1", false, false},
	        {NULL, "http://127.0.0.1:8470.example", false, false},
	        {NULL, "http://127.0.0.1:84701", false, false},
	        {NULL, "http://127.0.0.1:8470/", false, false},
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		enum http_fault fault =
		        http_origin(str_from(rows[i].site), str_from(rows[i].origin), hosts[0], rows[i].tls);
		if (fault != (rows[i].good ? HTTP_GOOD : HTTP_ORIGIN))
			fail_msg("row %zu", i);
	}
}

static void cookies(void **state)
{
	static const struct {
		const char *header;
		enum http_fault fault;
		const char *value; /* NULL: none */
	} rows[] = {
	        {"", HTTP_GOOD, NULL},
	        {"weir=abc", HTTP_GOOD, "abc"},
	        {"a=b; weir=abc; c=d", HTTP_GOOD, "abc"},
	        {"a=b;weir=abc", HTTP_GOOD, "abc"},
	        {"weir=\"abc\"", HTTP_GOOD, "abc"},
	        {"weir=", HTTP_GOOD, ""},
	        {"weir=a=b", HTTP_GOOD, "a=b"},
	        {"Weir=a; weird=b; xweir=c; weir", HTTP_GOOD, NULL},
	        {"x={\"a\": 1, \"b\"}; weir=ok", HTTP_GOOD, "ok"},
	        {"weir=a; weir=a", HTTP_COOKIE_TWICE, NULL},
	        {"weir=; weir=", HTTP_COOKIE_TWICE, NULL},
	        {"weir=a b", HTTP_COOKIE, NULL},
	        {"weir=a,b", HTTP_COOKIE, NULL},
	        {"weir=\"", HTTP_COOKIE, NULL},
	        {"weir=a\"b\"", HTTP_COOKIE, NULL},
	        {"weir=\xe9", HTTP_COOKIE, NULL},
	};
	auto_buf struct buf b = {0};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct str value = {0};
		if (http_cookie_find(str_from(rows[i].header), STR("weir"), &value) != rows[i].fault)
			fail_msg("%s", rows[i].header);
		assert_int_equal(value.p == NULL, rows[i].value == NULL);
		assert_true(str_eq(value, str_from(rows[i].value)));
	}
	http_cookie_set(&b, STR("AbC-_9"), false);
	assert_true(str_eq(buf_str(&b), STR("weir=AbC-_9; HttpOnly; SameSite=Strict; Path=/")));
	buf_clear(&b);
	http_cookie_set(&b, STR(""), true);
	assert_true(str_eq(
	        buf_str(&b), STR("__Host-weir=; HttpOnly; SameSite=Strict; Path=/; Secure; Max-Age=0")));
}

static void clocks(void **state)
{
	struct http_clocks all = {.limit = 2};
	struct http_clock c[4];

	(void)state;
	/* no head: ten seconds; the longest of too many goes first, each once */
	for (int i = 0; i < 3; i++)
		http_clock_open(&all, &c[i], i, i);
	assert_ptr_equal(http_clocks_over(&all, 3), &c[0]);
	assert_null(http_clocks_over(&all, 3));
	assert_ptr_equal(http_clocks_over(&all, 1 + 10 * SECOND), &c[1]);
	assert_null(http_clocks_over(&all, 1 + 10 * SECOND));
	http_clock_close(&all, &c[0]);
	http_clock_close(&all, &c[1]);
	assert_int_equal(all.waiting, 1);
	/* who speaks does not wait, and is not pushed out */
	assert_int_equal(http_clock_head(&all, &c[2], false, 100, STR("100"), 5), HTTP_GOOD);
	assert_int_equal(all.waiting, 0);
	for (int i = 0; i < 4; i++)
		if (i != 2)
			http_clock_open(&all, &c[i], i, 6 + i);
	assert_ptr_equal(http_clocks_over(&all, 20), &c[0]);
	/* thirty seconds for the whole of it; bytes are counted */
	assert_int_equal(http_clock_body(&c[2], 100, 29 * SECOND), HTTP_GOOD);
	assert_int_equal(http_clock_body(&c[2], 0, 30 * SECOND + 5), HTTP_SLOW);
	assert_int_equal(http_clock_body(&c[2], 1, 6), HTTP_LARGE);
	assert_false(http_clock_hopeless(&c[2]));
	assert_int_equal(http_clock_body(&c[2], HTTP_SPARE, 6), HTTP_LARGE);
	assert_true(http_clock_hopeless(&c[2]));
	/* kept for the next request */
	http_clock_kept(&all, &c[2], 100);
	assert_false(http_clock_over(&c[2], 100 + 60 * SECOND - 1));
	assert_true(http_clock_over(&c[2], 100 + 60 * SECOND));
	assert_int_equal(http_clock_head(&all, &c[2], false, 100, STR("101"), 5), HTTP_LARGE);
	assert_int_equal(http_clock_head(&all, &c[2], false, 100, (struct str){0}, 5), HTTP_GOOD);
	http_clock_stream(&c[2]);
	assert_false(http_clock_over(&c[2], INT64_MAX));
	for (int i = 0; i < 4; i++)
		http_clock_close(&all, &c[i]);
	assert_int_equal(all.waiting, 0);
	assert_null(all.first);
}

static void uploads_in_time(void **state)
{
	struct http_clocks all = {.limit = 2};
	struct http_clock c;
	int64_t now = 0;

	(void)state;
	http_clock_open(&all, &c, 0, 0);
	assert_int_equal(http_clock_head(&all, &c, true, UINT64_MAX, (struct str){0}, 0), HTTP_GOOD);
	/* slow but enough, for an hour */
	for (; now < 3600 * SECOND; now += 9 * SECOND)
		assert_int_equal(http_clock_body(&c, HTTP_PIECE, now), HTTP_GOOD);
	/* much at once does not buy time */
	assert_int_equal(http_clock_body(&c, (size_t)1 << 30, now), HTTP_GOOD);
	for (int i = 1; i < 10; i++)
		assert_int_equal(http_clock_body(&c, 1, now + i * SECOND), HTTP_GOOD);
	assert_int_equal(http_clock_body(&c, 1, now + 10 * SECOND), HTTP_SLOW);
	http_clock_whole(&c, now);
	assert_false(http_clock_over(&c, now + 29 * SECOND));
	assert_true(http_clock_over(&c, now + 30 * SECOND));
}

static void forms(void **state)
{
	static const struct {
		const char *body;
		enum http_fault fault;
		size_t n;
		const char *a; /* the first value of "a" */
	} rows[] = {
	        {"", HTTP_GOOD, 0, NULL},
	        {"a=1&b=2", HTTP_GOOD, 2, "1"},
	        {"&&a=x+y%2B%26%3d&", HTTP_GOOD, 1, "x y+&="},
	        {"a", HTTP_GOOD, 1, ""},
	        {"a=b=c", HTTP_GOOD, 1, "b=c"},
	        {"%61=%E0%BA%8A", HTTP_GOOD, 1, "\xe0\xba\x8a"},
	        {"a=x%0D%0Ay%0Dz%0A%0D%0A%0D", HTTP_GOOD, 1, "x\ny\nz\n\n\n"},
	        {"a=%", HTTP_FORM_BYTES, 0, NULL},
	        {"a=%1", HTTP_FORM_BYTES, 0, NULL},
	        {"a=%1g", HTTP_FORM_BYTES, 0, NULL},
	        {"a=%00", HTTP_FORM_BYTES, 0, NULL},
	        {"a=%E9", HTTP_FORM_BYTES, 0, NULL},
	        {"\xe9=a", HTTP_FORM_BYTES, 0, NULL},
	};
	auto_buf struct buf many = {0};
	auto_arena struct arena a = {0};
	struct http_form f;

	(void)state;
	arena_init(&a, 0);
	for (size_t i = 0; i < N(rows); i++) {
		f.n = 0;
		if (http_form(str_from(rows[i].body), &a, &f) != rows[i].fault)
			fail_msg("%s", rows[i].body);
		assert_int_equal(f.n, rows[i].n);
		assert_true(str_eq(http_form_find(&f, "a", 0), str_from(rows[i].a)));
	}
	assert_int_equal(http_form(STR("a=1&b=x&a=2"), &a, &f), HTTP_GOOD);
	assert_true(str_eq(http_form_find(&f, "a", 1), STR("2")));
	assert_null(http_form_find(&f, "a", 2).p);
	for (int i = 0; i < HTTP_FORM_FIELDS; i++)
		buf_add(&many, STR("a=1&"));
	assert_int_equal(http_form(buf_str(&many), &a, &f), HTTP_GOOD);
	buf_add(&many, STR("a"));
	assert_int_equal(http_form(buf_str(&many), &a, &f), HTTP_FORM_MANY);
	buf_clear(&many);
	buf_add(&many, STR("a="));
	while (many.len < HTTP_FORM)
		buf_char(&many, 'x');
	assert_int_equal(http_form(buf_str(&many), &a, &f), HTTP_GOOD);
	buf_char(&many, 'x');
	assert_int_equal(http_form(buf_str(&many), &a, &f), HTTP_FORM_LARGE);
	assert_true(http_is_media(STR("Multipart/Form-Data; boundary=x"), STR("multipart/form-data")));
	assert_false(http_is_media(STR("multipart/form-datax"), STR("multipart/form-data")));
}

static int collect(void *arg, const struct http_upload *u, struct str piece)
{
	struct buf *b = arg;

	assert_true(u->begun);
	buf_add(b, piece);
	return str_has(piece, '!') ? -7 : 0;
}

static enum MHD_Result part(
        struct http_upload *u, const char *key, const char *file, const char *data, uint64_t at)
{
	return http_upload_part(u, MHD_POSTDATA_KIND, key, file, NULL, NULL, data, at, strlen(data));
}

static void uploads(void **state)
{
	auto_buf struct buf b = {0};
	struct http_upload *u = mem_zero(1, sizeof(*u));

	(void)state;
	*u = (struct http_upload){.bytes = collect, .arg = &b};
	/* in pieces, the first of which may be empty */
	assert_int_equal(part(u, "csrf", NULL, "ab", 0), MHD_YES);
	assert_int_equal(part(u, "csrf", NULL, "c", 2), MHD_YES);
	assert_int_equal(part(u, "note", NULL, "", 0), MHD_YES);
	assert_int_equal(part(u, "note", NULL, "x", 0), MHD_YES);
	assert_int_equal(part(u, "file", "C:\\in\\a.csv", "", 0), MHD_YES);
	assert_int_equal(part(u, "file", "C:\\in\\a.csv", "1,", 0), MHD_YES);
	assert_int_equal(part(u, "file", "C:\\in\\a.csv", "2", 2), MHD_YES);
	assert_int_equal(u->form.n, 2);
	assert_true(str_eq(http_form_find(&u->form, "csrf", 0), STR("abc")));
	assert_true(str_eq(http_form_find(&u->form, "note", 0), STR("x")));
	assert_string_equal(u->name, "a.csv");
	assert_int_equal(u->size, 3);
	assert_true(str_eq(buf_str(&b), STR("1,2")));
	assert_int_equal(part(u, "file", "b.csv", "1", 0), MHD_NO);
	assert_int_equal(u->fault, HTTP_UPLOAD_FILES);
	/* nothing is taken after a fault */
	assert_int_equal(part(u, "file", "a.csv", "3", 3), MHD_NO);
	assert_int_equal(b.len, 3);
	/* who takes the bytes may stop */
	*u = (struct http_upload){.bytes = collect, .arg = &b};
	assert_int_equal(part(u, "file", "a", "!", 0), MHD_NO);
	assert_int_equal(u->stopped, -7);
	assert_int_equal(u->fault, HTTP_GOOD);
	free(u);
}

static void file_names(void **state)
{
	char longest[HTTP_FILE_NAME + 3];
	struct str name;

	(void)state;
	memset(longest, 'x', sizeof(longest));
	longest[0] = '/';
	assert_true(http_file_name(str_make(longest, HTTP_FILE_NAME + 1), &name));
	assert_int_equal(name.len, HTTP_FILE_NAME);
	assert_false(http_file_name(str_make(longest, HTTP_FILE_NAME + 2), &name));
	assert_false(http_file_name(STR("a\x7f"), &name));
}

static void uploads_refused(void **state)
{
	static const struct {
		const char *key, *file, *data;
		enum http_fault fault;
	} rows[] = {
	        {"file", "", "x", HTTP_UPLOAD_NONE},
	        {"file", "a/", "x", HTTP_UPLOAD_NAME},
	        {"file", "..", "x", HTTP_UPLOAD_NAME},
	        {"file", "\xe9", "x", HTTP_UPLOAD_NAME},
	        {"file", "a\nb", "x", HTTP_UPLOAD_NAME},
	        {"other", "a", "x", HTTP_UPLOAD_FILES},
	        {NULL, "a", "x", HTTP_UPLOAD_FILES},
	};
	auto_buf struct buf b = {0};
	struct http_upload *u = mem_zero(1, sizeof(*u));
	char piece[1025];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		*u = (struct http_upload){.bytes = collect, .arg = &b};
		assert_int_equal(part(u, rows[i].key, rows[i].file, rows[i].data, 0), MHD_NO);
		assert_int_equal(u->fault, rows[i].fault);
	}
	memset(piece, 'x', sizeof(piece) - 1);
	piece[1024] = 0;
	*u = (struct http_upload){.bytes = collect, .arg = &b};
	for (uint64_t i = 0; i < 7; i++)
		assert_int_equal(part(u, "k", NULL, piece, i * 1024), MHD_YES);
	assert_int_equal(part(u, "k", NULL, piece, 7 * 1024), MHD_NO);
	assert_int_equal(u->fault, HTTP_UPLOAD_FIELDS);
	*u = (struct http_upload){.bytes = collect, .arg = &b};
	assert_int_equal(part(u, "k", NULL, "\xe9", 0), MHD_YES);
	assert_int_equal(part(u, "file", "a", "", 0), MHD_NO);
	assert_int_equal(u->fault, HTTP_FORM_BYTES);
	*u = (struct http_upload){.bytes = collect, .arg = &b};
	assert_int_equal(part(u, "file", "a", "", 0), MHD_YES);
	assert_int_equal(part(u, "k", NULL, "late", 0), MHD_NO);
	assert_int_equal(u->fault, HTTP_UPLOAD_FIELDS);
	assert_int_equal(
	        http_upload_part(u, MHD_POSTDATA_KIND, "k", NULL, NULL, "base64", "x", 0, 1), MHD_NO);
	assert_int_equal(b.len, 0);
	free(u);
}

/* A form in which a file may be: longer fields, also behind it, or none. */
static void uploads_roomy(void **state)
{
	auto_buf struct buf b = {0};
	struct http_upload *u = mem_zero(1, sizeof(*u));

	(void)state;
	*u = (struct http_upload){.bytes = collect, .arg = &b};
	http_upload_roomy(u, 100);
	assert_int_equal(part(u, "csrf", NULL, "abc", 0), MHD_YES);
	assert_int_equal(part(u, "file", "", "", 0), MHD_YES);
	assert_int_equal(part(u, "note", NULL, "x\r", 0), MHD_YES);
	assert_int_equal(part(u, "note", NULL, "\ny\r\n", 2), MHD_YES);
	assert_int_equal(part(u, "more", NULL, "z\r\n", 0), MHD_YES);
	assert_int_equal(http_upload_end(u), HTTP_GOOD);
	assert_int_equal(b.len, 0);
	assert_true(str_eq(http_form_find(&u->form, "note", 0), STR("x\ny\n")));
	assert_true(str_eq(http_form_find(&u->form, "more", 0), STR("z\n")));
	assert_int_equal(part(u, "file", "a.csv", "1", 0), MHD_YES);
	assert_int_equal(part(u, "late", NULL, "\xe9", 0), MHD_YES);
	assert_int_equal(http_upload_end(u), HTTP_FORM_BYTES);
	http_upload_done(u);
	*u = (struct http_upload){.bytes = collect, .arg = &b};
	http_upload_roomy(u, 5);
	assert_int_equal(part(u, "k", NULL, "1234", 0), MHD_YES);
	assert_int_equal(part(u, "k", NULL, "5", 4), MHD_NO);
	assert_int_equal(u->fault, HTTP_UPLOAD_FIELDS);
	http_upload_done(u);
	free(u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(refusals),
	        cmocka_unit_test(targets),
	        cmocka_unit_test(heads),
	        cmocka_unit_test(laid_out),
	        cmocka_unit_test(origins),
	        cmocka_unit_test(cookies),
	        cmocka_unit_test(clocks),
	        cmocka_unit_test(uploads_in_time),
	        cmocka_unit_test(forms),
	        cmocka_unit_test(uploads),
	        cmocka_unit_test(uploads_refused),
	        cmocka_unit_test(uploads_roomy),
	        cmocka_unit_test(file_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
