/* SPDX-License-Identifier: Apache-2.0
 *
 * The owners file as an input. Rows are not counted as used or set aside one by one: a row can be good but
 * for one cell. So a row counts as set aside if it made a note.
 */
#include "know/input.h"

static void owners_count(struct know_input *in, size_t owners_before, size_t notes_before)
{
	in->rows = in->used = in->build->owners.owner.n - owners_before;
	in->aside = in->build->notes.total - notes_before;
	in->rows += in->aside;
}

static enum know_sniff csv_sniff(const struct know_input *in)
{
	return owners_csv_sniff(in->text) ? KNOW_SNIFF_SURE : KNOW_SNIFF_NO;
}

static int csv_read(struct know_input *in, struct err *e)
{
	size_t owners = in->build->owners.owner.n, notes = in->build->notes.total;
	int rc = owners_csv(&in->build->owners, in->name, in->text, e);

	owners_count(in, owners, notes);
	return rc;
}

const struct know_input_kind know_input_owners_csv = {
        .name = "owners",
        .about = "the owners file as a spreadsheet writes it (CSV)",
        .sniff = csv_sniff,
        .read = csv_read,
};
