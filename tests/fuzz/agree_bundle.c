/* SPDX-License-Identifier: Apache-2.0
 *
 * Bundles of rounds, by somebody who believes every root that is in them: nothing is read beyond its end, what fails has a sentence,
 * and what does not fail comes to the same again.
 */
#include "cli/agree_bundle.h"
#include <assert.h>
#include <stdlib.h>

static void believe(struct bundle *b)
{
	for (size_t i = 0; i < b->lists.n; i++) {
		struct bundle_root *root = vec_add(&b->roots);
		root->party = b->lists.v[i].list.party;
		root->has_key = true;
		memcpy(root->key, b->lists.v[i].list.root, sizeof(root->key));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct agree_check *c = calloc(1, sizeof(*c));
	struct outcome again;
	struct bundle b;
	struct err e = {0};

	bundle_init(&b);
	int rc = bundle_read_bytes(&b, str_make((const char *)data, size), &e);
	believe(&b);
	bundle_lists(&b);
	agree_check(c, &b, rc, &e, 1805000000);
	const struct agree_fault_at *f = agree_first(c);
	assert(f != NULL ? f->what.len > 0 && f->todo.len > 0 : c->round && rc == 0);
	if (c->round) {
		outcome_make(&b.a, &c->in, c->at, &again);
		assert(str_eq(again.block, c->o.block) && again.shown == c->o.shown);
		for (size_t i = 0; i < c->o.round.n; i++)
			(void)agree_not_counted(c, &c->o.round.s[i]);
	}
	agree_check_done(c);
	bundle_done(&b);
	free(c);
	return 0;
}
