/* SPDX-License-Identifier: Apache-2.0 */
#include "link/range.h"

enum range_word range_read(struct str header, uint64_t size, uint64_t *ret_first, uint64_t *ret_until)
{
	struct str_cut unit = str_cut(str_trim(header), '='), ends = str_cut(unit.tail, '-');
	uint64_t first = 0, last = 0;

	*ret_first = 0;
	*ret_until = size;
	if (!unit.ok || !str_ieq(str_trim(unit.head), STR("bytes")) || !ends.ok)
		return RANGE_NONE;
	struct str from = str_trim(ends.head), to = str_trim(ends.tail);
	if ((from.len > 0 && !str_u64(from, &first)) || (to.len > 0 && !str_u64(to, &last)) ||
	        (from.len == 0 && to.len == 0))
		return RANGE_NONE;
	if (from.len == 0) {
		/* the last so many */
		*ret_first = last < size ? size - last : 0;
		return last > 0 && size > 0 ? RANGE_GOOD : RANGE_BEYOND;
	}
	if (to.len > 0 && last < first)
		return RANGE_NONE;
	if (first >= size)
		return RANGE_BEYOND;
	*ret_first = first;
	*ret_until = to.len > 0 && last < size ? last + 1 : size;
	return RANGE_GOOD;
}

bool range_content(struct str header, uint64_t *ret_first, uint64_t *ret_until, uint64_t *ret_total)
{
	struct str_cut unit = str_cut(str_trim(header), ' '), whole = str_cut(unit.tail, '/'),
	               ends = str_cut(whole.head, '-');
	uint64_t last;

	if (!unit.ok || !str_ieq(unit.head, STR("bytes")) || !whole.ok || !ends.ok ||
	        !str_u64(str_trim(ends.head), ret_first) || !str_u64(str_trim(ends.tail), &last) ||
	        !str_u64(str_trim(whole.tail), ret_total))
		return false;
	if (last < *ret_first || last >= *ret_total)
		return false;
	*ret_until = last + 1;
	return true;
}
