/* SPDX-License-Identifier: Apache-2.0 */
#include "form/ics.h"
#include <time.h>

#define LINE 75
#define MICROS 1000000

/* One line of content, folded: what goes on begins with a blank, which counts. */
static void line(struct buf *out, const char *name, struct str value)
{
	size_t used = strlen(name) + 1;

	buf_printf(out, "%s:", name);
	for (size_t i = 0; i < value.len;) {
		size_t n = 1;
		/* a character of several bytes stays whole */
		while (i + n < value.len && ((unsigned char)value.p[i + n] & 0xc0) == 0x80)
			n++;
		if (used + n > LINE) {
			buf_add(out, STR("\r\n "));
			used = 1;
		}
		buf_add(out, str_make(value.p + i, n));
		used += n;
		i += n;
	}
	buf_add(out, STR("\r\n"));
}

/* 3.3.11; other control characters are left out. */
static void text(struct buf *out, const char *name, struct str value)
{
	auto_buf struct buf escaped = {0};

	for (size_t i = 0; i < value.len; i++) {
		char c = value.p[i];
		if (c == '\n') {
			buf_add(&escaped, STR("\\n"));
			continue;
		}
		if ((unsigned char)c < ' ' || c == 0x7f)
			continue;
		if (c == '\\' || c == ';' || c == ',')
			buf_char(&escaped, '\\');
		buf_char(&escaped, c);
	}
	line(out, name, buf_str(&escaped));
}

static void when(struct buf *out, const char *name, int64_t t)
{
	time_t seconds = (time_t)(t / MICROS);
	struct tm tm;
	char shown[40];

	gmtime_r(&seconds, &tm);
	size_t n = strftime(shown, sizeof(shown), "%Y%m%dT%H%M%SZ", &tm);
	line(out, name, str_make(shown, n));
}

void ics_begin(struct buf *out, struct str name)
{
	line(out, "BEGIN", STR("VCALENDAR"));
	line(out, "VERSION", STR("2.0"));
	line(out, "PRODID", STR("-//Weir//Cases//EN"));
	text(out, "X-WR-CALNAME", name);
}

static void number(struct buf *out, const char *name, const char *format, uint64_t minutes)
{
	char shown[40];
	int n = snprintf(shown, sizeof(shown), format, (unsigned long long)minutes);

	line(out, name, str_make(shown, (size_t)n));
}

void ics_event(struct buf *out, const struct ics_event *v)
{
	line(out, "BEGIN", STR("VEVENT"));
	text(out, "UID", v->uid);
	when(out, "DTSTAMP", v->made);
	when(out, "DTSTART", v->at);
	number(out, "DURATION", "PT%lluM", v->minutes);
	text(out, "SUMMARY", v->summary);
	if (v->description.len != 0)
		text(out, "DESCRIPTION", v->description);
	if (v->url.len != 0)
		line(out, "URL", v->url);
	if (v->alarm_minutes != 0) {
		line(out, "BEGIN", STR("VALARM"));
		line(out, "ACTION", STR("DISPLAY"));
		text(out, "DESCRIPTION", v->summary);
		number(out, "TRIGGER", "-PT%lluM", v->alarm_minutes);
		line(out, "END", STR("VALARM"));
	}
	line(out, "END", STR("VEVENT"));
}

void ics_end(struct buf *out)
{
	line(out, "END", STR("VCALENDAR"));
}
