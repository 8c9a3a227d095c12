/* SPDX-License-Identifier: Apache-2.0
 *
 * Changes of attachments and couriers: bytes of our own come in, a courier is wanted, a file that was brought is opened.
 */
#include "base/plural.h"
#include "link/blob.h"
#include "link/courier.h"
#include "link/peer_change_in.h"
#include <stdio.h>

static void about(struct change *c, uint64_t id, struct str detail)
{
	snprintf(c->object, sizeof(c->object), "X%llu", (unsigned long long)id);
	snprintf(c->detail, sizeof(c->detail), "%.*s", (int)(detail.len < 500 ? detail.len : 500), detail.p);
}

int change_blob_add(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	char hex[2 * DIGEST_LEN + 1];

	if (c->file.len == 0 || c->size == 0)
		return err_set(e, ERR_USAGE, "no bytes came with it");
	str_hex_print(hex, c->sha256, DIGEST_LEN);
	int rc = blob_keep(&self, c->file.p, c->sha256, c->size, e);
	if (rc != 0)
		return rc;
	snprintf(c->detail, sizeof(c->detail), "%s", hex);
	plural_printf(c->said, "%s\n%llu bytes\n", hex, (unsigned long long)c->size);
	return 0;
}

int change_courier_pack(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	struct str party = change_word(c, "id");
	uint64_t id;

	int rc = courier_want(&self, party, c->person, &id, e);
	if (rc != 0)
		return rc;
	about(c, id, party);
	buf_printf(c->said, "X%llu\n", (unsigned long long)id);
	return 0;
}

int change_courier_open(struct change *c, struct err *e)
{
	struct link_self self = change_self(c);
	struct str name = change_word(c, "name");
	uint64_t id;

	if (c->file.len == 0 || c->size == 0)
		return err_set(e, ERR_USAGE, "no bytes came with it");
	struct courier_brought b = {
	        .path = c->file.p, .name = str_sub(name, 0, 200), .sha256 = c->sha256, .size = c->size};
	int rc = courier_bring(&self, &b, c->person, &id, e);
	if (rc != 0)
		return rc;
	about(c, id, name);
	buf_printf(c->said, "X%llu\n", (unsigned long long)id);
	return 0;
}
