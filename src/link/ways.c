/* SPDX-License-Identifier: Apache-2.0
 *
 * What other verbs may ask of link/ (trust/say.h), and what they are told of statements.
 */
#include "base/os.h"
#include "link/blob.h"
#include "link/link_in.h"
#include "trust/change.h"
#include <stdio.h>

static struct link_self self_of(const struct change_here *here, struct db *db)
{
	struct link_self self = {0};

	if (here->link != NULL)
		self = *here->link;
	self.db = db;
	self.me = here->party;
	self.folder = here->folder.p;
	self.here = here;
	self.now = os_now();
	return self;
}

static int say(const struct change_here *here, struct db *db, const struct say *say,
        uint8_t ret_id[DIGEST_LEN], struct err *e)
{
	struct link_self self = self_of(here, db);

	if (here->link == NULL)
		return err_set(
		        e, ERR_MISSING, "this node has no party to speak for: set the country in weir.yaml");
	if (self.doubts && !self.no_clock)
		return err_set(e, ERR_DENIED,
		        "the keeper has no key of the key list that is in force: nothing is signed until a "
		        "list "
		        "with its keys is imported (weir key)");
	/* what is said has a time that others count with */
	if (self.doubts)
		return err_set(e, ERR_DENIED,
		        "the clock of this machine is in doubt: nothing is signed until it is right, or "
		        "confirmed (weir clock confirm)");
	return link_say(&self, say, ret_id, e);
}

/* Under a name of its own first: a file of that digest is whole or is not there. */
static int keep(const struct change_here *here, struct db *db, struct str bytes,
        uint8_t ret_sha256[DIGEST_LEN], struct err *e)
{
	struct link_self self = self_of(here, db);
	char path[BLOB_PATH];
	uint8_t sha256[DIGEST_LEN];

	digest_of(bytes, sha256);
	memcpy(ret_sha256, sha256, DIGEST_LEN);
	if (blob_here(&self, sha256, NULL))
		return 0;
	snprintf(path, sizeof(path), "%.4096s/blob.new", self.folder);
	int rc = os_write_file(path, bytes, e);
	return rc == 0 ? blob_keep(&self, path, sha256, bytes.len, e) : rc;
}

static int keep_file(const struct change_here *here, struct db *db, const char *path,
        const uint8_t sha256[DIGEST_LEN], uint64_t size, struct err *e)
{
	struct link_self self = self_of(here, db);

	return blob_keep(&self, path, sha256, size, e);
}

const struct link_ways link_ways = {.say = say, .keep = keep, .keep_file = keep_file};

static struct heard heard_of(
        const struct link_self *self, const struct stored *s, const struct item *body, struct arena *a)
{
	return (struct heard){.db = self->db,
	        .me = self->me,
	        .now = self->now,
	        .folder = self->folder,
	        .s = s,
	        .body = body,
	        .a = a,
	        .kind = kind_find(s->h.kind),
	        .ours = str_eq(s->h.sender, self->me)};
}

void link_hear(const struct link_self *self, const struct stored *s, const struct item *body, struct arena *a)
{
	struct heard h = heard_of(self, s, body, a);

	if (self->heard != NULL && self->heard->hear != NULL)
		self->heard->hear(&h);
}

void link_seen(const struct link_self *self, const struct stored *s, const struct item *body, struct arena *a)
{
	struct heard h = heard_of(self, s, body, a);

	if (self->heard != NULL && self->heard->seen != NULL)
		self->heard->seen(&h);
}

void link_renamed(const struct link_self *self, const uint8_t was[DIGEST_LEN], const uint8_t is[DIGEST_LEN])
{
	if (self->heard != NULL && self->heard->renamed != NULL)
		self->heard->renamed(self->db, was, is);
}

static void not_whole(const struct link_self *self, uint64_t n, const char *why)
{
	struct query q = db_query(
	        self->db, "update statement set complete = 0, why = 'attachments: ' || ?2 where n = ?1");

	query_u64(&q, n);
	query_text(&q, str_from(why));
	query_run(&q);
}

/* Most statements have attachments of which nothing is to be said but their digests. */
static bool asks(const struct link_self *self, uint64_t n)
{
	struct query q = db_query(self->db, "select kind from statement where n = ?");
	bool yes;

	query_u64(&q, n);
	yes = query_next(&q) == 1 && kind_find(query_get_text(&q, 0)) == KIND_AGREE_OPEN;
	query_done(&q, NULL);
	return yes;
}

bool link_whole(const struct link_self *self, uint64_t n)
{
	auto_arena struct arena a = {0};
	struct stored s;
	const char *why = "";

	arena_init(&a, 0);
	if (self->heard == NULL || self->heard->whole == NULL || !asks(self, n) ||
	        !store_find_n(self->db, n, &a, &s))
		return true;
	struct item body = stored_body(&s, &a);
	struct heard h = heard_of(self, &s, &body, &a);
	bool whole = self->heard->whole(&h, &why);
	if (!whole)
		not_whole(self, n, why);
	return whole;
}

bool link_lacks(const struct link_self *self, struct str party, const uint8_t after[DIGEST_LEN],
        uint8_t ret_id[DIGEST_LEN])
{
	return self->heard != NULL && self->heard->lacks != NULL &&
	        self->heard->lacks(self->db, party, after, ret_id);
}
