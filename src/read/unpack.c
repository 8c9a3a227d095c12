/* SPDX-License-Identifier: Apache-2.0
 *
 * A report is text with many numbers in it: it shrinks to a twentieth or a fiftieth, not to a thousandth. So
 * growth itself tells a bomb, long before its bytes do harm; the first 16 MiB are free, since small texts may
 * shrink more.
 */
#include "read/unpack.h"
#include "read/input.h"

#define FREE_BYTES ((uint64_t)16 << 20)

void unpack_init(struct unpack *u, struct reading *r)
{
	*u = (struct unpack){.r = r, .line = 1};
}

int unpack_begin(struct unpack *u, struct str name, struct str media_type)
{
	const struct part_sink *sink = u->r->parts;

	if (u->parts == LIMIT_PARTS)
		return err_set(&u->r->err, ERR_LIMIT, "more than %d parts; only the first %d were read",
		        LIMIT_PARTS, LIMIT_PARTS);
	u->parts++;
	int rc = sink->begin(sink->arg, name, media_type, &u->r->err);
	u->open = u->wanted = rc == 0;
	return rc < 0 ? rc : 0;
}

static int too_much(struct unpack *u, struct str bytes)
{
	u->out += bytes.len;
	if (u->out > FREE_BYTES && u->out / LIMIT_RATIO > u->in)
		return err_set(&u->r->err, ERR_LIMIT,
		        "it unpacks to more than %d times its size, which no report does; reading stopped "
		        "after %llu "
		        "MiB out of %llu bytes",
		        LIMIT_RATIO, (unsigned long long)u->out >> 20, (unsigned long long)u->in);
	if (u->out >> 20 >= LIMIT_OUT)
		return err_set(&u->r->err, ERR_LIMIT, "it unpacks to more than %d MiB; reading stopped there",
		        LIMIT_OUT);
	return 0;
}

int unpack_write(struct unpack *u, struct str bytes)
{
	const struct part_sink *sink = u->r->parts;
	int rc = too_much(u, bytes);

	if (rc < 0 || !u->wanted)
		return rc;
	rc = sink->write(sink->arg, bytes, &u->r->err);
	u->wanted = rc == 0;
	return rc < 0 ? rc : 0;
}

int unpack_end(struct unpack *u)
{
	const struct part_sink *sink = u->r->parts;

	if (!u->open)
		return 0;
	u->open = u->wanted = false;
	return sink->end(sink->arg, &u->r->err);
}

void unpack_aside(struct unpack *u, enum aside_reason reason, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	record_begin(u->r->w, u->at, 0, u->line);
	record_aside(u->r->w, reason, FIELD_NONE, "%s", text);
	record_end(u->r->w);
}

int unpack_finish(struct unpack *u)
{
	if (u->unread > 0)
		return err_set(&u->r->err, ERR_VALUE, "%u of %u parts could not be read", u->unread,
		        u->unread + u->parts);
	return 0;
}

const char *unpack_shown(char buf[UNPACK_SHOWN], struct str name)
{
	if (name.len == 0)
		return "a part without a name";
	size_t len = err_quote(buf + 1, UNPACK_SHOWN - 2, name).len;
	buf[0] = '\'';
	memcpy(buf + 1 + len, "'", 2);
	return buf;
}

struct str unpack_plain_name(struct str name)
{
	static const char *const ends[] = {".gz", ".xz", ".zst", ".bz2", ".zstd", ".gzip"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct str end = str_from(ends[i]);
		if (name.len > end.len && str_iends(name, end))
			return str_sub(name, 0, name.len - end.len);
	}
	if (name.len > 4 && str_iends(name, STR(".tgz")))
		return str_sub(name, 0, name.len - 4);
	return name;
}
