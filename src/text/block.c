/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of the places of the bits of a byte, made by the compiler.
 */
#include "text/block.h"

#if defined(__x86_64__)

#define BIT(b, i)                                                                                            \
	((b) >> (i)&1 ? (uint64_t)(i) << 8 * __builtin_popcount((b) & ((1u << (i)) - 1)) : (uint64_t)0)
#define ONE(b) (BIT(b, 0) | BIT(b, 1) | BIT(b, 2) | BIT(b, 3) | BIT(b, 4) | BIT(b, 5) | BIT(b, 6) | BIT(b, 7))
#define FOUR(b) ONE(b), ONE(b + 1), ONE(b + 2), ONE(b + 3)
#define SIXTEEN(b) FOUR(b), FOUR(b + 4), FOUR(b + 8), FOUR(b + 12)
#define SIXTY_FOUR(b) SIXTEEN(b), SIXTEEN(b + 16), SIXTEEN(b + 32), SIXTEEN(b + 48)

const uint64_t block_places[256] = {SIXTY_FOUR(0u), SIXTY_FOUR(64u), SIXTY_FOUR(128u), SIXTY_FOUR(192u)};

#endif
