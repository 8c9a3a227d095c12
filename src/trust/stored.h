/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements that are here, for whoever reads them; store.h has what judging and sending ask beside it. Apart from it, so that pages may
 * have both a statement and a link to another page.
 */
#pragma once

#include "state/db.h"
#include "trust/body.h"
#include "trust/statement.h"

/* A statement that is here. Its bytes live in the arena it was read with. */
struct stored {
	uint64_t n;
	uint8_t id[DIGEST_LEN];
	struct str head, signature, content; /* content empty: erased; signature empty: not signed yet */
	struct head h;
	bool effect, complete;
	struct str verdict;
};
bool store_have(struct db *db, const uint8_t id[DIGEST_LEN]);
/* Its row; 0: it is not here. */
uint64_t store_number(struct db *db, const uint8_t id[DIGEST_LEN]);
/* False: not here. */
bool store_find(struct db *db, const uint8_t id[DIGEST_LEN], struct arena *a, struct stored *ret);
bool store_find_n(struct db *db, uint64_t n, struct arena *a, struct stored *ret);
/* The same without its content, for questions about heads: a stranger chooses what they name, and bodies are long. */
bool store_find_head(struct db *db, const uint8_t id[DIGEST_LEN], struct arena *a, struct stored *ret);
/* The items of its body; empty if it was erased or is no good JSON. */
struct str stored_items(const struct stored *s, struct arena *a);
struct item stored_body(const struct stored *s, struct arena *a);
