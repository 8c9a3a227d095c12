/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of couriers: what is wanted, and what lies in the folder.
 */
#include "link/courier.h"

#include "base/os.h"
#include "link/courier_in.h"
#include "link/look.h"
#include <stdio.h>
#include <unistd.h>

#define SECOND ((int64_t)1000000)

void courier_path(const struct link_self *self, const char *name, char ret[COURIER_PATH])
{
	snprintf(ret, COURIER_PATH, "%.4096s/courier/%.200s", self->folder, name);
}

static int make_folder(const struct link_self *self, struct err *e)
{
	char path[COURIER_PATH];

	snprintf(path, sizeof(path), "%.4096s/courier", self->folder);
	return os_folder(path, e);
}

unsigned courier_seal_keys(
        const struct link_self *self, struct str party, uint8_t (*ret)[AGE_KEY], unsigned most)
{
	struct query q = db_query(self->db,
	        "select public from party_key where party = ?1 and duty = 'seal' and revoked is null and "
	        "since "
	        "<= ?2 + 300 and until >= ?2 - 300 order by since desc, id desc");
	unsigned n = 0;

	query_text(&q, party);
	query_i64(&q, self->now / SECOND);
	while (n < most && query_next(&q) == 1)
		if (query_get_blob(&q, 0).len == AGE_KEY)
			memcpy(ret[n++], query_get_blob(&q, 0).p, AGE_KEY);
	query_done(&q, NULL);
	return n;
}

/* ---- wanted -------------------------------------------------------------------------------------- */

static uint64_t put_wanted(const struct link_self *self, const char *direction, struct str party,
        struct str name, struct str person)
{
	struct query q = db_query(self->db,
	        "insert into courier(direction, party, state, name, person, at) values (?1, ?2, 'wanted', "
	        "?3, "
	        "?4, ?5) returning id");
	uint64_t id = 0;

	query_text(&q, str_from(direction));
	query_text(&q, party);
	query_text(&q, name);
	query_text(&q, person);
	query_i64(&q, self->now);
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return id;
}

int courier_want(
        const struct link_self *self, struct str party, struct str person, uint64_t *ret, struct err *e)
{
	struct link l = store_link(self->db, party);
	uint8_t keys[1][AGE_KEY];
	char shown[80];

	if (!link_speaks(&l) || str_eq(party, self->me))
		return err_set(e, ERR_MISSING, "there is no link with '%s': link first (weir peer)",
		        err_quote(shown, sizeof(shown), party).p);
	if (l.role == LINK_MAIL)
		return err_set(e, ERR_VALUE,
		        "%.*s takes part by mail: it has no key that a courier could be "
		        "sealed for",
		        STR_ARG(party));
	if (courier_seal_keys(self, party, keys, 1) == 0)
		return err_set(e, ERR_MISSING,
		        "the key list of %.*s has no seal key in force: ask for its new list (weir peer "
		        "import)",
		        STR_ARG(party));
	int rc = make_folder(self, e);
	if (rc == 0)
		*ret = put_wanted(self, "out", party, STR(""), person);
	return rc;
}

void courier_in_path(const struct link_self *self, uint64_t id, char ret[COURIER_PATH])
{
	char name[64];

	snprintf(name, sizeof(name), "in-%llu", (unsigned long long)id);
	courier_path(self, name, ret);
}

static void put_bytes(const struct link_self *self, uint64_t id, const struct courier_brought *b)
{
	struct query q = db_query(self->db, "update courier set size = ?2, sha256 = ?3 where id = ?1");

	query_u64(&q, id);
	query_u64(&q, b->size);
	query_blob(&q, str_make((const char *)b->sha256, DIGEST_LEN));
	query_run(&q);
}

int courier_bring(const struct link_self *self, const struct courier_brought *b, struct str person,
        uint64_t *ret, struct err *e)
{
	char to[COURIER_PATH];
	int rc = make_folder(self, e);

	if (rc != 0)
		return rc;
	*ret = put_wanted(self, "in", STR(""), b->name, person);
	put_bytes(self, *ret, b);
	courier_in_path(self, *ret, to);
	return os_rename(b->path, to, e);
}

bool courier_next(const struct link_self *self, struct courier_job *ret)
{
	struct query q = db_query(self->db,
	        "select id, direction, party from courier where state = 'wanted' order by id limit 1");
	bool there = query_next(&q) == 1;

	*ret = (struct courier_job){0};
	if (there) {
		ret->id = query_get_u64(&q, 0);
		ret->out = str_eq(query_get_text(&q, 1), STR("out"));
		snprintf(ret->party, sizeof(ret->party), "%.*s", STR_ARG(query_get_text(&q, 2)));
	}
	query_done(&q, NULL);
	return there;
}

void courier_failed(const struct link_self *self, uint64_t id, const char *why)
{
	struct query q =
	        db_query(self->db, "update courier set state = 'failed', why = ?2, done = ?3 where id = ?1");
	char path[COURIER_PATH];

	query_u64(&q, id);
	query_text(&q, str_from(why));
	query_i64(&q, self->now);
	query_run(&q);
	/* of one that was brought: nobody reads it any more */
	courier_in_path(self, id, path);
	(void)os_delete(path, NULL);
}

/* ---- looking ------------------------------------------------------------------------------------- */

static void count_statements(struct db *db, struct str party, struct courier_waits *ret)
{
	struct query q = db_query(db,
	        "select count(*), coalesce(sum(s.kind in ('receipt', 'read')), 0), coalesce(sum(s.signature "
	        "is null), 0), coalesce(sum(length(s.head) + coalesce(length(s.content), 0) + 75), 0), "
	        "coalesce(min(s.created), 0) from delivery d join statement s on s.n = d.statement where "
	        "d.party = ? and d.waits = 1 and d.receipt is null and d.cleared is not null");

	query_text(&q, party);
	if (query_next(&q) == 1) {
		ret->statements = query_get_u64(&q, 0) - query_get_u64(&q, 1);
		ret->receipts = query_get_u64(&q, 1);
		ret->signing = query_get_u64(&q, 2);
		ret->bytes = query_get_u64(&q, 3);
		ret->oldest = query_get_i64(&q, 4);
	}
	query_done(&q, NULL);
}

void courier_waits(struct db *db, struct str party, struct courier_waits *ret)
{
	struct query q = db_query(db,
	        "select count(*), coalesce(sum(size), 0) from (select distinct a.sha256, a.size from "
	        "delivery "
	        "d join attachment a on a.statement = d.statement join statement s on s.n = d.statement "
	        "where "
	        "d.party = ? and d.waits = 1 and d.cleared is not null and s.content is not null and a.here "
	        "= "
	        "1)");

	*ret = (struct courier_waits){0};
	count_statements(db, party, ret);
	query_text(&q, party);
	if (query_next(&q) == 1) {
		ret->attachments = query_get_u64(&q, 0);
		ret->bytes += query_get_u64(&q, 1);
	}
	query_done(&q, NULL);
}

bool courier_may(struct db *db, struct str party)
{
	struct link l = store_link(db, party);

	return link_speaks(&l) && l.role != LINK_MAIL;
}

void courier_drop_files(const struct link_self *self, uint64_t courier, int64_t before)
{
	struct query q = db_query(self->db,
	        "select id, name from courier_file where (?1 = 0 or courier = ?1) and at < ?2 order by id "
	        "limit "
	        "64");
	uint64_t id[64];
	char path[COURIER_PATH];
	unsigned n = 0;

	query_u64(&q, courier);
	query_i64(&q, before);
	for (struct err e; n < 64 && query_next(&q) == 1;) {
		char name[COURIER_NAME];
		snprintf(name, sizeof(name), "%.*s", STR_ARG(query_get_text(&q, 1)));
		courier_path(self, name, path);
		if (os_delete(path, &e) == 0)
			id[n++] = query_get_u64(&q, 0);
		else
			break;
	}
	query_done(&q, NULL);
	for (unsigned i = 0; i < n; i++) {
		struct query d = db_query(self->db, "delete from courier_file where id = ?");
		query_u64(&d, id[i]);
		query_run(&d);
	}
}

void courier_sweep(const struct link_self *self)
{
	courier_drop_files(self, 0, self->now - COURIER_KEEP_S * SECOND);
}
