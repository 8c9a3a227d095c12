/* SPDX-License-Identifier: Apache-2.0
 *
 * intelmq: events as IntelMQ writes them, one flat object a line or an array. Old names of types are taken as
 * today's by the type of the field; product.* under extra, as IntelMQ before 3.5 has it, becomes product.*.
 */
#include "read/flat.h"
#include "read/input.h"
#include "read/lines_json.h"
#include "read/table.h"

static enum sniff intelmq_sniff(const struct sniff_view *v)
{
	static const struct str marks[] = {STR_INIT("\"classification.type\""), STR_INIT("\"feed.name\""),
	        STR_INIT("\"time.observation\""), STR_INIT("\"source.ip\""), STR_INIT("\"time.source\"")};
	struct str s = str_trim(v->head);
	unsigned hits = 0;

	if (s.len == 0 || (s.p[0] != '{' && s.p[0] != '['))
		return SNIFF_NO;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		hits += str_find_str(s, 0, marks[i]) != SIZE_MAX;
	return hits >= 2 ? SNIFF_SURE : hits == 1 ? SNIFF_MAYBE : SNIFF_NO;
}

static void intelmq_plan(struct reading *r, void *arg, struct flat_name *name)
{
	(void)arg;
	/* these say nothing of the event: __type is Python's class */
	if (str_eq(name->path, STR("__type")))
		return;
	if (str_starts(name->path, STR("extra.product.")))
		name->to = field_find(str_skip(name->path, 6));
	else
		name->to = field_find(name->path);
	if (name->to == FIELD_NONE)
		name->key = event_key(r->arena, name->path);
}

static int intelmq_start(struct reading *r)
{
	return lines_json_start(r, flat_new(r, intelmq_plan, NULL));
}

const struct reader reader_intelmq = {
        .name = "intelmq",
        .about = "events of IntelMQ, one flat JSON object a line or an array of them",
        .sniff = intelmq_sniff,
        .start = intelmq_start,
        .next = lines_json_next,
        .fields = "Names are those of IntelMQ's data format; extra, whether nested or flat, stays under "
                  "extra; extra.product.* of "
                  "older nodes becomes product.*, older names of classification.type become today's.",
        .options_about = "--timezone TZ",
};
