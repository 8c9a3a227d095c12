/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/change.h"

#include "base/conf.h"
#include "base/os.h"
#include "event/value.h"

struct str change_param(const struct change *c, const char *name)
{
	for (struct str rest = c->params; rest.len != 0;) {
		struct str_cut line = str_cut(rest, '\n'), pair = str_cut(line.head, '=');
		if (str_eq(pair.head, str_from(name)))
			return pair.tail;
		rest = line.tail;
	}
	return (struct str){0};
}

int change_number(struct str s, char letter, uint64_t *ret, struct err *e)
{
	char shown[64];

	if (s.len > 1 && (s.p[0] & ~0x20) == letter && str_u64(str_skip(s, 1), ret) && *ret > 0 &&
	        *ret < CHANGE_IDS)
		return 0;
	return err_set(
	        e, ERR_USAGE, "'%s' is no id such as %c12", err_quote(shown, sizeof(shown), s).p, letter);
}

int change_id(const struct change *c, char letter, uint64_t *ret, struct err *e)
{
	return change_number(change_param(c, "id"), letter, ret, e);
}

void change_about(struct change *c, char letter, uint64_t id, struct str detail)
{
	snprintf(c->object, sizeof(c->object), "%c%llu", letter, (unsigned long long)id);
	snprintf(c->detail, sizeof(c->detail), "%.*s", STR_ARG(detail));
}

int change_lines(const struct change *c, const char *name, size_t most, struct buf *ret, struct err *e)
{
	struct str text = change_param(c, name);

	if (text.len > most)
		return err_set(e, ERR_VALUE, "'%s' is longer than %zu bytes", name, most);
	for (size_t i = 0; i < text.len; i++)
		buf_char(ret, text.p[i] == '\v' ? '\n' : text.p[i]);
	return 0;
}

int change_time(const struct change *c, const char *name, int64_t *ret, struct err *e)
{
	struct str s = str_trim(change_param(c, name));
	uint64_t seconds;
	char shown[64];

	*ret = 0;
	if (s.len == 0)
		return 0;
	if (conf_duration(s, &seconds)) {
		*ret = os_now() + (int64_t)seconds * 1000000;
		return 0;
	}
	if (value_time(s, NULL, ret))
		return 0;
	return err_set(e, ERR_USAGE,
	        "'%s' is no time: 2026-01-05, '2026-01-05 08:00' (UTC), or 2h or 3d from now",
	        err_quote(shown, sizeof(shown), s).p);
}
