/* SPDX-License-Identifier: Apache-2.0
 *
 * The readers, in the order in which they are asked: those that know their format by a sure mark first, those
 * that take nearly anything last.
 */
#include "read/table.h"

const struct reader *const reader_table[] = {
        &reader_archive,
        &reader_mail,
        &reader_openpgp,
        &reader_xarf,
        &reader_shadowserver,
        &reader_intelmq,
        &reader_misp,
        &reader_stix,
        &reader_eve,
        &reader_n6,
        &reader_idea,
        &reader_zeek,
        &reader_abusech,
        &reader_csv,
        &reader_ndjson,
        &reader_pairs,
        &reader_list,
};
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
	const struct reader *maybe = NULL;

	for (unsigned i = 0; i < reader_count; i++) {
		enum sniff s = reader_table[i]->sniff(v);
		if (s == SNIFF_SURE) {
			if (ret_sure != NULL)
				*ret_sure = true;
			return reader_table[i];
		}
		if (s == SNIFF_MAYBE && maybe == NULL)
			maybe = reader_table[i];
	}
	return maybe;
}
