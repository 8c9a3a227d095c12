/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages to the person who runs the program, on standard error. Only commands and processes log; library code
 * returns errors. Never a secret, never a value of a report above TLP:GREEN: what a reader or another machine said
 * stands in the state, and the log says which command shows it.
 *
 * Commands write lines, "weir: sentence" (log_error, ...). A process of the node has a struct log, which says whether
 * it writes such lines or JSON, one object a line:
 *
 *   {"time": "2026-01-05T08:00:00.000001Z", "level": "warning", "process": "core", "pid": 7, "receipt": "R12",
 *    "message": "R12 is set aside; 'weir why R12' says why"}
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

enum log_level { LOG_ERR, LOG_WARN, LOG_INFO };
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define log_error(...) log_line(LOG_ERR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)

enum log_form { LOG_LINES, LOG_JSON };
struct log {
	enum log_form form;
	const char *process; /* "core" */
};
/* "lines" or "json". */
bool log_form_find(struct str word, enum log_form *ret);
void log_say(const struct log *l, enum log_level level, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));
/* About one receipt (letter 'R') or one notice ('N'): its id stands before the sentence, and in JSON under a key of
 * its own too. */
void log_about(const struct log *l, enum log_level level, char letter, uint64_t id, const char *fmt, ...)
        __attribute__((format(printf, 5, 6)));
/* An entry for each line of text. */
void log_each(const struct log *l, enum log_level level, struct str text);
