/* SPDX-License-Identifier: Apache-2.0 */
#include "see/look.h"

static void count_owned(
        struct node *n, const struct node_feed *feed, const struct batch *b, struct see_look *l)
{
	struct decide_args args = {.rules = n->country.rules,
	        .know = n->country.know,
	        .feed = feed != NULL ? &feed->facts : NULL};
	struct verdict *v = mem_zero(b->head->rows + 1, sizeof(*v));

	memcpy(args.secret, n->secret, sizeof(args.secret));
	decide_batch(&args, b, v);
	for (uint32_t i = 0; i < b->head->rows; i++)
		l->owned += v[i].owner != 0;
	free(v);
}

static void count_asides(const struct batch *b, struct see_look *l)
{
	for (uint32_t i = 0; i < b->head->asides; i++) {
		const struct batch_aside *a = &b->asides[i];
		if (a->reason & ASIDE_PARTIAL)
			continue;
		if (l->asides < LOOK_ASIDES) {
			struct look_aside *to = &l->first[l->asides];
			to->line = a->line;
			err_quote(to->text, sizeof(to->text), batch_aside_text(b, a));
		}
		l->asides++;
	}
}

/* True if the last record of the batch is one that was set aside. */
static bool ends_aside(const struct batch *b)
{
	const struct batch_head *h = b->head;

	if (h->asides == 0 || (b->asides[h->asides - 1].reason & ASIDE_PARTIAL))
		return false;
	return h->rows == 0 || b->rows[h->rows - 1].ordinal < b->asides[h->asides - 1].ordinal;
}

void see_look(struct node *n, const struct node_feed *feed, const struct batch *b, struct see_look *l)
{
	uint64_t aside = l->asides;

	count_asides(b, l);
	l->records += b->head->records;
	l->none += b->head->none;
	l->events += b->head->rows;
	l->with_events += b->head->records - b->head->none - (l->asides - aside);
	if (l->type.p == NULL && b->head->rows > 0) {
		struct str ident = batch_find(b, &b->rows[0], FIELD_CLASSIFICATION_IDENTIFIER);
		l->type = b->rows[0].type != 0 ? type_table[b->rows[0].type].name : STR("");
		err_quote(l->identifier, sizeof(l->identifier), ident.p != NULL ? ident : STR(""));
	}
	count_owned(n, feed, b, l);
	if (b->head->records > 0)
		l->torn = ends_aside(b);
}

void see_look_torn(struct see_look *l)
{
	if (!l->torn)
		return;
	l->torn = false;
	l->records--;
	l->asides--;
}
