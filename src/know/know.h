/* SPDX-License-Identifier: Apache-2.0
 *
 * Whose is it: address, name or AS to network, AS, country, owner, asset and contacts. A generation is one
 * file, built aside and renamed, mapped read-only, with a checksum per section; it never changes, so answers
 * are plain pointers into it.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "event/addr.h"
#include "event/field.h"

struct know; /* a mapped generation */

/* How an owner was found, from the closest to the widest; the order is the documented order of contacts. */
enum know_how { KNOW_NOBODY, KNOW_ASSET, KNOW_PREFIX, KNOW_NAME, KNOW_AS, KNOW_COUNTRY };

#define KNOW_ORIGINS 4

/* What one address belongs to. Fixed size, in the file; one per distinct combination. Indexes are 1-based, 0
 * is none. */
struct know_leaf {
	struct addr network;        /* the longest prefix that is routed or delegated */
	uint8_t network_len;        /* 0 to 128, IPv4 + 96 */
	uint8_t origins;            /* how many of asn are set */
	char cc[2];                 /* zero: unknown */
	uint32_t asn[KNOW_ORIGINS]; /* ascending */
	uint32_t owner, asset;      /* by prefix or AS */
	uint8_t how;                /* enum know_how */
	uint8_t criticality;        /* 1 to 5; 0: unknown */
	uint8_t zero[6];
};

struct know_contact {
	struct str email, language; /* BCP 47 */
	struct str
	        classes; /* names of types or classes this contact wants, separated by blanks; empty: all */
};
struct know_owner {
	struct str id, name, sector, cc;
	const struct know_contact *contacts;
	uint32_t ncontacts;
};
struct know_asset {
	struct str name, kind;
	uint8_t criticality;
	uint32_t owner;
};

int know_open(const char *path, struct know **ret, struct err *e);
void know_close(struct know *k);
/* Sequence number that the file carries, for verdicts. */
uint32_t know_generation(const struct know *k);

/* One address; never NULL (an empty leaf stands for unknown). */
const struct know_leaf *know_addr(const struct know *k, const struct addr *a);
/* n addresses at a time, several memory loads in flight: the fast path. */
void know_addrs(const struct know *k, const struct addr *const *a, size_t n, const struct know_leaf **ret);
/* A name in canonical form by its longest known parent. Returns the owner's index or 0; *ret_asset likewise,
 * *ret_at the part of the name that matched. */
uint32_t know_name(const struct know *k, struct str fqdn, uint32_t *ret_asset, struct str *ret_at);
uint32_t know_as_owner(const struct know *k, uint32_t asn);
struct str know_as_name(const struct know *k, uint32_t asn);
/* NULL if index is 0 or out of range. */
const struct know_owner *know_owner(const struct know *k, uint32_t index);
const struct know_asset *know_asset(const struct know *k, uint32_t index);
uint32_t know_owner_count(const struct know *k);
/* The owner that stands for a country as a whole ("country: LA" in the owners file), 0 if none. */
uint32_t know_country_owner(const struct know *k, const char cc[2]);
