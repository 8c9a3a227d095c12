/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/os.h"
#include <unistd.h>

#define LONGEST 2048

/* A file name may hold anything: what a terminal would obey is shown as '?'. */
static void tame(char *text)
{
	for (; *text != 0; text++)
		if (((unsigned char)*text < 0x20 && *text != '\n' && *text != '\t') || *text == 0x7f)
			*text = '?';
}

/* One write, so that lines of several processes do not mix; nothing can be done if it fails. */
static void put(struct str line)
{
	if (write(STDERR_FILENO, line.p, line.len) < 0)
		return;
}

static void put_line(enum log_level level, const char *text)
{
	static const char *const heads[] = {"weir: ", "weir: warning: ", "weir: "};
	char line[LONGEST + 32];

	int n = snprintf(line, sizeof(line), "%s%s\n", heads[level], text);
	put(str_make(line, (size_t)n));
}

/* RFC 3339, UTC. */
static void put_time(struct buf *out, int64_t now)
{
	time_t seconds = (time_t)(now / 1000000);
	struct tm tm;
	char text[32];

	(void)gmtime_r(&seconds, &tm);
	buf_add(out, str_make(text, strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm)));
	buf_printf(out, ".%06dZ", (int)(now % 1000000));
}

static void put_json(const struct log *l, enum log_level level, char letter, uint64_t id, const char *text)
{
	static const char *const levels[] = {"error", "warning", "info"};
	auto_buf struct buf line = {0};

	buf_add(&line, STR("{\"time\": \""));
	put_time(&line, os_now());
	buf_printf(&line, "\", \"level\": \"%s\", \"process\": \"%s\", \"pid\": %d, ", levels[level],
	        l->process, (int)getpid());
	if (id != 0)
		buf_printf(&line, "\"%s\": \"%c%llu\", ", letter == 'R' ? "receipt" : "notice", letter,
		        (unsigned long long)id);
	buf_add(&line, STR("\"message\": "));
	buf_json(&line, str_from(text));
	buf_add(&line, STR("}\n"));
	put(buf_str(&line));
}

/* id 0: about nothing in particular. */
static void say(const struct log *l, enum log_level level, char letter, uint64_t id, const char *fmt,
        va_list ap) __attribute__((format(printf, 5, 0)));
static void say(
        const struct log *l, enum log_level level, char letter, uint64_t id, const char *fmt, va_list ap)
{
	char text[LONGEST];
	int n = id == 0 ? 0 : snprintf(text, sizeof(text), "%c%llu ", letter, (unsigned long long)id);

	if (vsnprintf(text + n, sizeof(text) - (size_t)n, fmt, ap) < 0)
		return;
	tame(text);
	if (l->form == LOG_JSON)
		put_json(l, level, letter, id, text);
	else
		put_line(level, text);
}

void log_line(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(&(struct log){.form = LOG_LINES}, level, 0, 0, fmt, ap);
	va_end(ap);
}

void log_say(const struct log *l, enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(l, level, 0, 0, fmt, ap);
	va_end(ap);
}

void log_about(const struct log *l, enum log_level level, char letter, uint64_t id, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(l, level, letter, id, fmt, ap);
	va_end(ap);
}

void log_each(const struct log *l, enum log_level level, struct str text)
{
	while (text.len != 0) {
		struct str_cut line = str_cut(text, '\n');
		if (line.head.len != 0)
			log_say(l, level, "%.*s", STR_ARG(line.head));
		text = line.tail;
	}
}

bool log_form_find(struct str word, enum log_form *ret)
{
	if (str_eq(word, STR("json")))
		*ret = LOG_JSON;
	else if (str_eq(word, STR("lines")))
		*ret = LOG_LINES;
	else
		return false;
	return true;
}
