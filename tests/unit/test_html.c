/* SPDX-License-Identifier: Apache-2.0
 *
 * What somebody else wrote is text on a page, wherever it stands.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "web/html.h"
#include <cmocka.h>

static void drawn(void (*draw)(struct html *h, struct str text), struct str text, const char *wanted)
{
	auto_buf struct buf b = {0};
	struct html h = {.out = &b};

	draw(&h, text);
	if (!str_eq(buf_str(&b), str_from(wanted)))
		fail_msg("'%.*s', wanted '%s'", STR_ARG(buf_str(&b)), wanted);
}

static void as_text(struct html *h, struct str text)
{
	html_line(h, "td", NULL, text);
}

static void as_value(struct html *h, struct str text)
{
	html_empty(h, "input");
	html_attr(h, "value", text);
	html_flag(h, "hidden");
	html_text(h, STR(""));
}

static void as_link(struct html *h, struct str text)
{
	struct link l;

	link_begin(&l, "/findings");
	link_part(&l, text);
	link_param(&l, "name", text);
	link_param(&l, "more", STR("1"));
	html_open(h, "a");
	html_link(h, "href", &l);
	html_close(h);
}

static void markup(void **state)
{
	(void)state;
	drawn(as_text, STR("<script>alert('1')</script>&amp;\""),
	        "<td>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;&quot;</td>");
	drawn(as_value, STR("\" onfocus=\"x"), "<input value=\"&quot; onfocus=&quot;x\" hidden>");
	drawn(as_link, STR("../a?b=c&d=\"e\"\n"),
	        "<a "
	        "href=\"/findings/..%2Fa%3Fb%3Dc%26d%3D%22e%22%0A?name=..%2Fa%3Fb%3Dc%26d%3D%22e%22%0A&amp;"
	        "more=1\"></a>");
}

static void as_field(struct html *h, struct str text)
{
	html_open(h, "textarea");
	html_attr_field(h, "name", text);
	html_text_field(h, text);
	html_close(h);
}

/* What a form brings back is what was there: a joiner stays behind ASCII too, what turns letters round does not. */
static void fields(void **state)
{
	(void)state;
	drawn(as_field, STR("a\xe2\x80\x8b\xe1\x9e\x80 \xe2\x80\x8d<\xe2\x80\xae"),
	        "<textarea name=\"a\xe2\x80\x8b\xe1\x9e\x80 "
	        "\xe2\x80\x8d&lt;\\xe2\\x80\\xae\">a\xe2\x80\x8b\xe1\x9e\x80 "
	        "\xe2\x80\x8d&lt;\\xe2\\x80\\xae</textarea>");
	drawn(as_text, STR("a\xe2\x80\x8b"), "<td>a\\xe2\\x80\\x8b</td>");
}

static void hidden(void **state)
{
	(void)state;
	drawn(as_text, STR("a\x01z \xff \xe2\x80\xaegpj.exe\nnext"),
	        "<td>a\\x01z \\xff \\xe2\\x80\\xaegpj.exe\nnext</td>");
	drawn(as_text, STR("\xe0\xba\x9e\xe0\xba\xb2\xe0\xba\xaa\xe0\xba\xb2"),
	        "<td>\xe0\xba\x9e\xe0\xba\xb2\xe0\xba\xaa\xe0\xba\xb2</td>");
}

/* Long text is shown whole, and no letter is cut where the builder goes on with its next piece. */
static void length(void **state)
{
	auto_buf struct buf text = {0}, b = {0};
	struct html h = {.out = &b};

	(void)state;
	for (unsigned i = 0; i < 5000; i++)
		buf_add(&text, i % 3 == 0 ? STR("\xe1\x80\x80") : STR("x"));
	html_text(&h, buf_str(&text));
	assert_true(str_eq(buf_str(&b), buf_str(&text)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(markup), cmocka_unit_test(fields),
	        cmocka_unit_test(hidden), cmocka_unit_test(length)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
