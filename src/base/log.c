/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include <unistd.h>

void log_line(enum log_level level, const char *fmt, ...)
{
	static const char *const heads[] = {"weir: ", "weir: warning: ", "weir: "};
	char line[2048];
	va_list ap;
	int n = snprintf(line, sizeof(line), "%s", heads[level]);

	va_start(ap, fmt);
	int m = vsnprintf(line + n, sizeof(line) - (size_t)n - 1, fmt, ap);
	va_end(ap);
	if (m < 0)
		return;
	size_t len = strlen(line);
	line[len++] = '\n';
	/* one write, so that lines of several processes do not mix; nothing can be done if it fails */
	if (write(STDERR_FILENO, line, len) < 0)
		return;
}
