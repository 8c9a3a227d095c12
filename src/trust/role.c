/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/role.h"

const struct role_row role_table[ROLE_END] = {
#define ROLE(symbol, name, word, rights, about) [ROLE_##symbol] = {name, word, about, rights},
#include "trust/roles.tbl"
#undef ROLE
};
const struct right_row right_table[RIGHT_END] = {
#define RIGHT(symbol, name, about) [RIGHT_BIT_##symbol] = {name, about},
#include "trust/roles.tbl"
#undef RIGHT
};

enum role role_find(struct str name)
{
	unsigned i = 0;

	while (i < ROLE_END && !str_eq(name, str_from(role_table[i].name)))
		i++;
	return i;
}

uint32_t role_rights(struct str names)
{
	uint32_t rights = 0;

	while (names.len > 0) {
		struct str_cut cut = str_cut(names, ' ');
		enum role role = role_find(cut.head);
		rights |= role != ROLE_END ? role_table[role].rights : 0;
		names = cut.tail;
	}
	return rights;
}

enum role role_with(uint32_t rights)
{
	unsigned i = 0;

	while (i < ROLE_END && (role_table[i].rights & rights) != rights)
		i++;
	return i;
}
