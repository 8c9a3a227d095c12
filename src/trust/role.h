/* SPDX-License-Identifier: Apache-2.0
 *
 * Roles and what they may do: roles.tbl, as bits.
 */
#pragma once

#include "base/str.h"

enum right_bit {
#define RIGHT(symbol, name, about) RIGHT_BIT_##symbol,
#include "trust/roles.tbl"
#undef RIGHT
	RIGHT_END
};
enum right {
	RIGHT_NONE = 0,
#define RIGHT(symbol, name, about) RIGHT_##symbol = 1 << RIGHT_BIT_##symbol,
#include "trust/roles.tbl"
#undef RIGHT
};
enum role {
#define ROLE(symbol, name, word, rights, about) ROLE_##symbol,
#include "trust/roles.tbl"
#undef ROLE
	ROLE_END
};
struct role_row {
	const char *name, *word, *about; /* word: in statements; empty: none */
	uint32_t rights;
};
extern const struct role_row role_table[ROLE_END];
struct right_row {
	const char *name, *about;
};
extern const struct right_row right_table[RIGHT_END];

/* ROLE_END: there is no such role. */
enum role role_find(struct str name);
/* Of names with blanks between them; what is no role gives nothing. */
uint32_t role_rights(struct str names);
/* The first role that has all of these rights; ROLE_END: none. For sentences that say who may. */
enum role role_with(uint32_t rights);
