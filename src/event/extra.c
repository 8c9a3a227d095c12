/* SPDX-License-Identifier: Apache-2.0
 *
 * What the table of fields has no name for is kept under the sender's own, as extra.NAME. A second value
 * under one name gets the name with a number, up to NUMBERS of them; a record that has more says so in a
 * sentence, since looking for the next number takes as long as there are some.
 */
#include "base/utf8.h"
#include "event/writer.h"

#define NUMBERS 99

static size_t clean_name(char *dst, struct str name)
{
	size_t n = 0;

	if (str_istarts(name, STR("extra.")))
		name = str_skip(name, 6);
	for (size_t i = 0; i < name.len && n < BATCH_KEY_MAX; i++) {
		char c = char_lower(name.p[i]);
		if (c == '.' && n > 0 && dst[n - 1] != '.')
			dst[n++] = '.';
		else if (c != '.')
			dst[n++] = char_alnum(c) ? c : '_';
	}
	while (n > 0 && dst[n - 1] == '.')
		n--;
	if (n == 0)
		dst[n++] = '_';
	return n;
}

struct event_key event_key(struct arena *a, struct str name)
{
	char text[BATCH_KEY_MAX];

	return (struct event_key){.name = arena_str(a, str_make(text, clean_name(text, name)))};
}

bool writer_text(struct writer *w, uint16_t id, struct str s)
{
	bool plain = w->plain || utf8_plain(s);
	char *p = writer_room(w, plain ? s.len : 3 * s.len);

	if (p == NULL)
		return false;
	size_t n = s.len;
	if (plain)
		memcpy(p, s.p, s.len);
	else
		n = utf8_clean(p, s);
	writer_commit(w, id, n);
	return true;
}

struct str writer_value(const struct writer *w, uint16_t id)
{
	const char *p = w->slot + sizeof(struct batch_head) + w->var_used;

	for (uint32_t i = 0; i < w->nrefs; i++) {
		if (w->refs[i].id == id)
			return str_make(p, w->refs[i].len);
		p += w->refs[i].len;
	}
	return (struct str){0};
}

/* A second value under the same name: the same again is nothing new, another one gets the name with a number.
 */
static void extra_again(struct writer *w, uint16_t index, struct str value)
{
	char name[BATCH_KEY_MAX + 4];
	struct str base = str_make(w->keys[index], w->key_len[index]);

	if (str_eq(writer_value(w, (uint16_t)(FIELD_EXTRA + index)), value))
		return;
	for (int n = 2; n <= NUMBERS; n++) {
		char tail[8];
		int tail_len = snprintf(tail, sizeof(tail), "_%d", n);
		size_t keep = base.len + (size_t)tail_len > BATCH_KEY_MAX ? BATCH_KEY_MAX - (size_t)tail_len
		                                                          : base.len;
		memcpy(name, base.p, keep);
		memcpy(name + keep, tail, (size_t)tail_len);
		int k = writer_key(w, str_make(name, keep + (size_t)tail_len));
		if (k < 0)
			return;
		if (w->key_seen[k] != w->stamp) {
			w->key_seen[k] = w->stamp;
			writer_text(w, (uint16_t)(FIELD_EXTRA + k), value);
			return;
		}
		if (str_eq(writer_value(w, (uint16_t)(FIELD_EXTRA + k)), value))
			return;
	}
	w->spilled = true;
}

static void settle(struct writer *w)
{
	for (uint32_t i = 0; i < w->nrefs; i++)
		if (w->refs[i].id >= FIELD_EXTRA)
			w->key_seen[w->refs[i].id - FIELD_EXTRA] = w->stamp;
	w->unsettled = false;
}

static void extra_at(struct writer *w, int index, struct str value)
{
	if (index < 0)
		return;
	if (w->unsettled)
		settle(w);
	if (w->key_seen[index] == w->stamp) {
		extra_again(w, (uint16_t)index, value);
		return;
	}
	w->key_seen[index] = w->stamp;
	writer_text(w, (uint16_t)(FIELD_EXTRA + (unsigned)index), value);
}

void event_extra(struct writer *w, struct event_key *key, struct str value)
{
	if (value.len == 0 || key->name.len == 0 || !w->in_event)
		return;
	if (key->epoch != w->epoch) {
		int k = writer_key(w, key->name);
		if (k < 0)
			return;
		key->index = (uint16_t)k;
		key->epoch = w->epoch;
	}
	extra_at(w, key->index, value);
}

void event_extra_name(struct writer *w, struct str name, struct str value)
{
	char text[BATCH_KEY_MAX];

	if (value.len == 0 || !w->in_event)
		return;
	extra_at(w, writer_key(w, str_make(text, clean_name(text, name))), value);
}
