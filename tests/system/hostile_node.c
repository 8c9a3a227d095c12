/* SPDX-License-Identifier: Apache-2.0
 *
 * The program as it is, with a table of readers of its own: one honest, all others attack. What takes them in is a node.
 */
#include "../unit/liars.h"
#include "read/table.h"

const struct reader *const reader_table[] = {LIARS(LIAR_POINTER) & reader_csv};
const unsigned reader_count = sizeof(reader_table) / sizeof(reader_table[0]);

const struct reader *reader_find(struct str name)
{
	for (unsigned i = 0; i < reader_count; i++)
		if (str_eq(name, str_from(reader_table[i]->name)))
			return reader_table[i];
	return NULL;
}

const struct reader *reader_sniff(const struct sniff_view *v, bool *ret_sure)
{
	if (ret_sure != NULL)
		*ret_sure = reader_csv.sniff(v) == SNIFF_SURE;
	return &reader_csv;
}
