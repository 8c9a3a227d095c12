/* SPDX-License-Identifier: Apache-2.0 */
#include "event/civil.h"
#include "link/case.h"

/* Within how long who is asked acknowledges, and says how it stands. days: working days of his country, and then there is no
 * second time. These are the defaults of the protocol; what the parties agree among themselves may set others. */
static const struct {
	const char *severity;
	int64_t ack, status; /* seconds */
	unsigned days;
} clocks[] = {
        {"c1", 15 * 60, 3600, 0},
        {"c2", 30 * 60, 2 * 3600, 0},
        {"c3", 2 * 3600, 8 * 3600, 0},
        {"c4", 0, 0, 1},
        {"c5", 0, 0, 3},
        {"c6", 0, 0, 3},
};

struct case_due case_due(struct str severity, int64_t arrived, const struct calendar *responder)
{
	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		if (!str_eq(severity, str_from(clocks[i].severity)))
			continue;
		if (clocks[i].days > 0)
			return (struct case_due){calendar_due(responder, arrived, clocks[i].days), 0};
		return (struct case_due){arrived + clocks[i].ack * MICRO, arrived + clocks[i].status * MICRO};
	}
	return (struct case_due){0, 0};
}

int64_t case_stage_due(struct str stage, int64_t first)
{
	int64_t hours = str_eq(stage, STR("first")) ? 24 : str_eq(stage, STR("second")) ? 72 : 30 * 24;

	return first + hours * 3600 * MICRO;
}
