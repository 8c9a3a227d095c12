/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages to the person who runs the program, on standard error: "weir: sentence". Only commands and
 * processes log; library code returns errors. Never a secret, never a value of a report above TLP:GREEN.
 */
#pragma once

#include "base/err.h"

enum log_level { LOG_ERR, LOG_WARN, LOG_INFO };
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define log_error(...) log_line(LOG_ERR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
