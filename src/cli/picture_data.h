/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a picture, shared by picture.c (counting) and picture_draw.c (printing).
 */
#pragma once

#include "base/vec.h"
#include "cli/picture.h"
#include <stddef.h>

#define PICTURE_GROUPS 65536u /* powers of two; three quarters are used at most */
#define PICTURE_NETWORKS 65536u
#define PICTURE_LINES 10 /* sentences that are kept; the rest is counted */
#define PICTURE_TOP 10   /* networks of nobody that are shown */

/* The count stands last, everything before it is the key: no padding may be left undefined. */
struct picture_group {
	uint32_t owner, rule, contacts, due;
	uint16_t type;
	uint8_t severity, rank, decision, reason, tlp, zero;
	uint64_t n;
};
enum picture_kind { PICTURE_NETWORK, PICTURE_NO_ADDRESS, PICTURE_UNKNOWN };
struct picture_network {
	struct prefix network;
	uint8_t kind;
	char cc[2];
	uint32_t asn;
	uint64_t n;
};
_Static_assert(offsetof(struct picture_group, n) == 24 && sizeof(struct picture_group) == 32, "group");
_Static_assert(offsetof(struct picture_network, n) == 24 && sizeof(struct picture_network) == 32, "network");

struct picture_lines {
	struct str *v;
	size_t n, cap;
};

struct picture {
	const struct country *country;
	uint64_t reports, parts, failed, records, with_events, asides_n, none, events, nobody;
	uint64_t by_decision[DECISION_END], reasons[ASIDE_END];
	uint64_t more_groups, more_networks;
	size_t ngroups, nnetworks;
	struct picture_lines asides, failures;
	struct picture_group groups[PICTURE_GROUPS];
	struct picture_network networks[PICTURE_NETWORKS];
};

struct picture_owner {
	uint32_t owner;
	size_t first, groups; /* a run of the ordered groups */
	uint8_t rank, worst;
	uint64_t n;
};
/* Owners, worst first, nobody last, and the groups they stand for, ordered. Both are freed by the caller. */
size_t picture_owners(
        const struct picture *p, struct picture_owner **ret, const struct picture_group ***ret_groups);
/* Networks of nobody, most events first. Freed by the caller. */
size_t picture_networks(const struct picture *p, const struct picture_network ***ret);
