/* SPDX-License-Identifier: Apache-2.0
 *
 * What no node would let its people say.
 */
#include "link/link_in.h"
#include "rounds.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void key_of(struct net *t, unsigned i, uint8_t ret[KEY_ID])
{
	const struct keeper_key *k;

	for (unsigned j = 0; (k = keeper_key(t->node[i].keeper, j)) != NULL; j++)
		if (k->use == KEY_SIGN)
			memcpy(ret, k->id, KEY_ID);
}

static void lie_head(struct net *t, unsigned i, const struct lie *l, struct str content, struct head *h)
{
	key_of(t, i, h->key);
	h->created = l->created != 0 ? l->created : (t->now + t->node[i].offset) / NET_SECOND;
	h->expires = l->expires;
	h->tlp = h->pap = STATEMENT_AMBER;
	h->kind = str_from(kind_table[l->kind].name);
	h->media = STR("application/json");
	h->sender = str_from(t->node[i].name);
	h->seq = 1;
	h->body_len = (uint32_t)(content.len - STATEMENT_SALT);
	if (l->case_ != NULL)
		memcpy(h->case_, l->case_, DIGEST_LEN);
	if (l->reply != NULL)
		memcpy(h->reply, l->reply, DIGEST_LEN);
	statement_commit(content, h->commit);
	for (unsigned k = 0; k < NET_NODES; k++)
		if ((l->to >> k & 1) != 0 && k != i)
			h->to[h->to_count++] = str_from(t->node[k].name);
}

static void lie_place(struct db *db, struct head *h)
{
	struct query q = db_query(db,
	        "select seq, id from statement where stream = ? order by seq desc, carrier <> '', n desc "
	        "limit 1");

	query_u64(&q, store_stream(db, h));
	if (query_next(&q) == 1) {
		h->seq = query_get_u64(&q, 0) + 1;
		memcpy(h->prev, query_get_blob(&q, 1).p, DIGEST_LEN);
	}
	query_done(&q, NULL);
}

void rounds_lie(struct net *t, unsigned i, const struct lie *l, uint8_t ret_id[DIGEST_LEN])
{
	auto_buf struct buf content = {0}, head = {0}, items = {0};
	auto_arena struct arena a = {0};
	struct statement s = {0};
	struct head h = {0};
	const char *why;

	arena_init(&a, 0);
	rounds_at(t, i);
	struct link_self self = net_self(t, i);
	os_random(buf_room(&content, STATEMENT_SALT), STATEMENT_SALT);
	content.len = STATEMENT_SALT;
	buf_add(&content, str_from(l->body));
	lie_head(t, i, l, buf_str(&content), &h);
	/* its recipients in bytes, by which its stream is found */
	head_write(&head, &h);
	assert_int_equal(head_read(arena_str(&a, buf_str(&head)), &h), VERDICT_OK);
	lie_place(self.db, &h);
	buf_clear(&head);
	head_write(&head, &h);
	s.head = buf_str(&head);
	s.content = buf_str(&content);
	digest_of(s.head, s.id);
	assert_true(body_read(str_from(l->body), &items, &why));
	struct item body = item_root(buf_str(&items));
	db_begin(self.db);
	uint64_t n = store_put(self.db, &s, &h, VERDICT_OK, "", str_make("", 0), self.now, NULL);
	link_attachments(&self, n, &body);
	link_effect(&self, n);
	assert_true(net_commit(t, i, false));
	memcpy(ret_id, s.id, DIGEST_LEN);
}

static size_t put_file(struct net *t, unsigned i, struct str bytes, char ret[2 * DIGEST_LEN + 1])
{
	uint8_t digest[DIGEST_LEN];
	struct err e = {0};

	rounds_at(t, i);
	db_begin(t->node[i].db);
	assert_int_equal(link_ways.keep(&t->here[i], t->node[i].db, bytes, digest, &e), 0);
	assert_true(net_commit(t, i, false));
	str_hex_print(ret, digest, DIGEST_LEN);
	return bytes.len;
}

void rounds_lie_open(struct net *t, unsigned i, const struct manifest *m, struct str text, unsigned to,
        uint8_t ret_id[DIGEST_LEN])
{
	auto_buf struct buf manifest = {0}, body = {0};
	char hex[2][2 * DIGEST_LEN + 1], closes[24];

	manifest_write(&manifest, m);
	size_t size = put_file(t, i, buf_str(&manifest), hex[0]), text_size = put_file(t, i, text, hex[1]);
	stamp_print(closes, m->closes);
	buf_printf(&body,
	        "{\"by\":[{\"id\":\"one\",\"role\":\"may-bind\",\"at\":\"%s\"},{\"id\":\"two\",\"role\":"
	        "\"may-bind\",\"at\":\"%s\"}],\"instrument\":\"%.*s\",\"round\":%u,\"round_sha256\":\"%s\","
	        "\"closes\":\"%s\",\"attachments\":[{\"sha256\":\"%s\",\"size\":%zu,\"name\":\"m\",\"media\":"
	        "\"text/plain\"},{\"sha256\":\"%s\",\"size\":%zu,\"name\":\"t\",\"media\":\"text/plain\"}]}",
	        closes, closes, STR_ARG(m->instrument), m->round, hex[0], closes, hex[0], size, hex[1],
	        text_size);
	buf_char(&body, 0);
	rounds_lie(t, i, &(struct lie){KIND_AGREE_OPEN, to, NULL, NULL, body.p, 0, 0}, ret_id);
}
