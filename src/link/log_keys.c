/* SPDX-License-Identifier: Apache-2.0 */
#include "link/log_in.h"
#include "trust/keylist.h"
#include <stdio.h>

#define SECOND ((int64_t)1000000)

struct str log_name(struct str party, char ret[LOG_NAME])
{
	int n = snprintf(ret, LOG_NAME, "%.*s/weir", STR_ARG(party));

	return str_make(ret, n < (int)LOG_NAME ? (size_t)n : LOG_NAME - 1);
}

void log_keys(
        const struct link_self *self, struct str party, enum note_type type, bool past, struct log_keys *ret)
{
	struct query q = db_query(self->db,
	        "select public from party_key where party = ?1 and duty = 'log' and (?2 or (revoked is null "
	        "and "
	        "since <= ?3 + 300 and until >= ?3 - 300)) order by since desc limit 8");

	*ret = (struct log_keys){0};
	struct str name = log_name(party, ret->name);
	query_text(&q, party);
	query_u64(&q, past);
	query_i64(&q, self->now / SECOND);
	while (query_next(&q) == 1 && ret->n < LOG_KEYS) {
		struct str key = query_get_blob(&q, 0);
		if (key.len == 32)
			note_key_make(&ret->key[ret->n++], name, type, (const uint8_t *)key.p);
	}
	query_done(&q, NULL);
}

bool log_own_key(const struct link_self *self, uint8_t ret[32])
{
	struct query q = db_query(self->db,
	        "select public from party_key where party = ?1 and duty = 'log' and revoked is null and "
	        "since <= ?2 "
	        "and until >= ?2 order by since desc, id desc limit 1");

	query_text(&q, self->me);
	query_i64(&q, self->now / SECOND);
	bool there = query_next(&q) == 1 && query_get_blob(&q, 0).len == 32;
	if (there)
		memcpy(ret, query_get_blob(&q, 0).p, 32);
	query_done(&q, NULL);
	return there;
}

bool log_signed_by(const struct note *note, const struct log_keys *keys)
{
	for (unsigned i = 0; i < keys->n; i++)
		if (note_verify(note, &keys->key[i], NULL, NULL) == 1)
			return true;
	return false;
}
