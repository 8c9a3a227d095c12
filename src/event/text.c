/* SPDX-License-Identifier: Apache-2.0
 *
 * Text forms are written from the table of fields, so a new field needs no line here.
 */
#include "event/text.h"

static bool is_bare(enum field_type type)
{
	return type == FT_PORT || type == FT_ASN || type == FT_INT || type == FT_COUNT || type == FT_FLOAT ||
	        type == FT_BOOL || type == FT_ACCURACY;
}

static struct str old_value(const struct batch_row *row, enum field id, struct str value)
{
	if (id == FIELD_TLP)
		return tlp_old_name((enum tlp)row->tlp);
	if (id == FIELD_CLASSIFICATION_TYPE && row->type == TYPE_UNAUTHORISED_USE_OF_RESOURCES)
		return STR("unauthorized-use-of-resources");
	return value;
}

static struct str feed_default(const struct event_text_options *o, enum field id, char *buf)
{
	switch (id) {
	case FIELD_FEED_NAME:
		return o->feed_name;
	case FIELD_FEED_PROVIDER:
		return o->feed_provider;
	case FIELD_FEED_CODE:
		return o->feed_code;
	case FIELD_FEED_URL:
		return o->feed_url;
	case FIELD_FEED_DOCUMENTATION:
		return o->feed_documentation;
	case FIELD_FEED_ACCURACY:
		if (o->accuracy < 0)
			return (struct str){0};
		return str_make(buf, (size_t)snprintf(buf, 8, "%d", o->accuracy));
	default:
		return (struct str){0};
	}
}

/* The value of a field of the table: from the row, from the values (whose iterator stands at or before it),
 * or the feed's. */
static struct str field_value(struct batch_iter *it, const struct batch_row *row, enum field id,
        const struct event_text_options *o, char *buf)
{
	struct batch_value v;
	struct str s = {0};

	if (field_table[id].place == PLACE_ROW || (id == FIELD_CLASSIFICATION_TAXONOMY && row->type != 0))
		s = batch_text(it->b, row, id, buf);
	if (it->at != it->end && it->at->id == id) {
		batch_var_next(it, &v);
		s = v.value;
	}
	if (s.len == 0)
		s = feed_default(o, id, buf);
	return o->old_names && s.len != 0 ? old_value(row, id, s) : s;
}

static void json_member(
        struct buf *out, bool first, struct str head, struct str name, struct str value, bool bare)
{
	if (!first)
		buf_add(out, STR(", "));
	buf_char(out, '"');
	buf_add(out, head);
	buf_add(out, name);
	buf_add(out, STR("\": "));
	if (bare)
		buf_add(out, value);
	else
		buf_json(out, value);
}

void event_json(struct buf *out, const struct batch *b, const struct batch_row *row,
        const struct event_text_options *o)
{
	char buf[64];
	struct batch_iter it = batch_vars(b, row);
	struct batch_value v;
	bool first = true;

	buf_char(out, '{');
	for (unsigned id = 1; id < FIELD_END; id++) {
		struct str s = field_value(&it, row, (enum field)id, o, buf);
		struct str name = field_table[id].name;
		bool old_product = o->old_names && str_starts(name, STR("product."));
		if (s.len == 0)
			continue;
		json_member(out, first, old_product ? STR("extra.") : STR(""), name, s,
		        is_bare(field_table[id].type));
		first = false;
	}
	while (batch_var_next(&it, &v)) {
		json_member(out, first, STR("extra."), v.name, v.value, false);
		first = false;
	}
	buf_add(out, STR("}\n"));
}

void event_csv_header(struct buf *out)
{
	for (unsigned id = 1; id < FIELD_END; id++) {
		buf_add(out, field_table[id].name);
		buf_char(out, ',');
	}
	buf_add(out, STR("extra\n"));
}

static void csv_cell(struct buf *out, struct str s, bool number)
{
	if (number)
		buf_csv(out, s);
	else
		buf_csv_inert(out, s);
}

void event_csv(struct buf *out, const struct batch *b, const struct batch_row *row,
        const struct event_text_options *o)
{
	char buf[64];
	struct batch_iter it = batch_vars(b, row);
	struct batch_value v;
	auto_buf struct buf extra = {0};

	for (unsigned id = 1; id < FIELD_END; id++) {
		csv_cell(out, field_value(&it, row, (enum field)id, o, buf), is_bare(field_table[id].type));
		buf_char(out, ',');
	}
	for (bool first = true; batch_var_next(&it, &v); first = false)
		json_member(&extra, first, STR(""), v.name, v.value, false);
	if (extra.len > 0) {
		auto_buf struct buf object = {0};
		buf_char(&object, '{');
		buf_add(&object, buf_str(&extra));
		buf_char(&object, '}');
		buf_csv(out, buf_str(&object));
	}
	buf_char(out, '\n');
}
