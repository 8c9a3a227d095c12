/* SPDX-License-Identifier: Apache-2.0
 *
 * The owners file as an input. A row can be good but for one cell, so rows are not set aside as a whole:
 * every note is counted as aside instead, and all rows as used.
 */
#include "know/input.h"

static void owners_count(struct know_input *in, uint64_t rows_before, size_t notes_before)
{
	in->rows = in->used = in->build->owners.rows - rows_before;
	in->aside = in->build->notes.total - notes_before;
}

static enum know_sniff csv_sniff(const struct know_input *in)
{
	return owners_csv_sniff(in->text) ? KNOW_SNIFF_SURE : KNOW_SNIFF_NO;
}

static int csv_read(struct know_input *in, struct err *e)
{
	uint64_t rows = in->build->owners.rows;
	size_t notes = in->build->notes.total;
	int rc = owners_csv(&in->build->owners, in->name, in->text, e);

	owners_count(in, rows, notes);
	return rc;
}

const struct know_input_kind know_input_owners_csv = {
        .name = "owners",
        .about = "the owners file as a spreadsheet writes it (CSV)",
        .sniff = csv_sniff,
        .read = csv_read,
};

/* A line that begins with "owners:", comments and the mark of a document before it allowed. */
static enum know_sniff yaml_sniff(const struct know_input *in)
{
	struct know_input scratch = {0};
	struct str rest = str_sub(in->text, 0, 65536), line;

	while (know_line_next(&rest, &scratch, &line)) {
		if (know_line_comment(line) || str_eq(line, STR("---")))
			continue;
		return str_starts(line, STR("owners:")) ? KNOW_SNIFF_SURE : KNOW_SNIFF_NO;
	}
	return KNOW_SNIFF_NO;
}

static int yaml_read(struct know_input *in, struct err *e)
{
	uint64_t rows = in->build->owners.rows;
	size_t notes = in->build->notes.total;
	int rc = owners_yaml(&in->build->owners, in->name, in->text, e);

	owners_count(in, rows, notes);
	return rc;
}

const struct know_input_kind know_input_owners_yaml = {
        .name = "owners",
        .about = "the owners file as YAML",
        .sniff = yaml_sniff,
        .read = yaml_read,
};
