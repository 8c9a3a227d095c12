/* SPDX-License-Identifier: Apache-2.0 */
#include "web/said.h"

static struct said_line *find(struct said *s, struct str session)
{
	for (unsigned i = 0; i < SAID_VISITS; i++)
		if (s->line[i].session[0] != 0 && str_eq(str_from(s->line[i].session), session))
			return &s->line[i];
	return NULL;
}

void said_put(struct said *s, struct str session, struct str text, int64_t now)
{
	struct said_line *l = find(s, session);

	if (session.len == 0 || session.len >= sizeof(l->session))
		return;
	if (l == NULL)
		l = &s->line[s->next++ % SAID_VISITS];
	size_t n = text.len < sizeof(l->text) ? text.len : sizeof(l->text) - 1;
	while (n > 0 && n < text.len && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	memcpy(l->session, session.p, session.len);
	l->session[session.len] = 0;
	memcpy(l->text, text.p, n);
	l->text[n] = 0;
	l->until = now + SAID_SECONDS * (int64_t)1000000;
}

bool said_take(struct said *s, struct str session, int64_t now, struct buf *ret)
{
	struct said_line *l = find(s, session);

	if (l == NULL)
		return false;
	l->session[0] = 0;
	if (now > l->until)
		return false;
	buf_add(ret, str_from(l->text));
	return true;
}
