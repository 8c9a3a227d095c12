/* SPDX-License-Identifier: Apache-2.0 */
#include "see/retention.h"
#include <stddef.h>

#define DAY_SECONDS 86400
#define DAYS_MOST 36500

static const struct row {
	const char *key;
	size_t at;
	uint32_t days; /* where it is not said */
} rows[] = {
        {"events", offsetof(struct retention, events), 90},
        {"raw", offsetof(struct retention, raw), 365},
        {"mask", offsetof(struct retention, mask), 0},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static uint32_t *slot(struct retention *r, const struct row *row)
{
	return (uint32_t *)(void *)((char *)r + row->at);
}

struct retention retention_default(void)
{
	struct retention r;

	for (size_t i = 0; i < ROWS; i++)
		*slot(&r, &rows[i]) = rows[i].days;
	return r;
}

static int take(const struct conf *m, const struct row *row, struct retention *r, struct err *e)
{
	uint64_t seconds = (uint64_t)row->days * DAY_SECONDS;

	if (conf_seconds(m, row->key, &seconds, e) != 0)
		return ERR_VALUE;
	if (seconds % DAY_SECONDS != 0 || seconds / DAY_SECONDS > DAYS_MOST)
		return conf_err(conf_find(m, row->key), e,
		        "'%s' is a number of whole days such as 90d, or 0 for ever", row->key);
	*slot(r, row) = (uint32_t)(seconds / DAY_SECONDS);
	return 0;
}

int retention_options(const struct conf *m, struct retention *ret, struct err *e)
{
	struct retention r = retention_default();
	const char *keys[ROWS + 1] = {NULL};

	if (m == NULL)
		return 0;
	if (m->kind != CONF_MAP)
		return conf_err(m, e, "retention is a map with events, raw and mask, such as 'events: 90d'");
	for (size_t i = 0; i < ROWS; i++)
		keys[i] = rows[i].key;
	if (conf_only(m, keys, e) != 0)
		return ERR_VALUE;
	for (size_t i = 0; i < ROWS; i++)
		if (take(m, &rows[i], &r, e) != 0)
			return ERR_VALUE;
	*ret = r;
	return 0;
}
