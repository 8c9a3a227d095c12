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

struct know; /* a mapped generation */

/* How an owner was found, from the closest to the widest. This is the documented order of contacts:
 *
 *   asset    the address lies in a prefix of one of his assets, or the name is a name of the asset or below it
 *   prefix   the address lies in a prefix of his
 *   name     the name is one of his domains or below it (the longest known parent decides)
 *   AS       his AS originates the network (of several origins the lowest number that has an owner), or the
 *            record itself names his AS and nothing is known of its address
 *   country  he stands for the country as a whole
 *
 * Of nested prefixes the longest decides, of an asset's and an owner's prefix of the same length the asset's.
 * An asset stays with an address if a longer prefix there belongs to the asset's owner. */
enum know_how { KNOW_NOBODY, KNOW_ASSET, KNOW_PREFIX, KNOW_NAME, KNOW_AS, KNOW_COUNTRY, KNOW_HOW_END };
/* "asset", "prefix", ...; "nobody" */
const char *know_how_name(unsigned how);
/* The same table's sentence about it, for documents. */
const char *know_how_about(unsigned how);

#define KNOW_ORIGINS 4

/* What one address belongs to. Fixed size, in the file; one per distinct combination, so it holds the length
 * of the network and not the network (know_network makes it). Indexes are 1-based, 0 is none. */
struct know_leaf {
	uint8_t network_len;        /* 1 to 128, an IPv4 /n is 96 + n; 0: unknown */
	uint8_t origins;            /* how many of asn are set */
	char cc[2];                 /* upper case; zero: unknown */
	uint32_t asn[KNOW_ORIGINS]; /* ascending; of more origins the lowest */
	uint32_t owner, asset;      /* by asset, prefix, AS or country: see how */
	uint8_t how;                /* enum know_how, never KNOW_NAME */
	uint8_t criticality;        /* of the asset, 1 to 5; 0: unknown */
	uint8_t zero[2];
};
_Static_assert(sizeof(struct know_leaf) == 32, "leaf");

struct know_contact {
	struct str email, language; /* BCP 47 */
	struct str
	        classes; /* names of types or classes this contact wants, separated by blanks; empty: all */
	uint64_t types;  /* the same: bit i is set if he wants enum event_type i */
};
#define KNOW_CONTACTS_MAX 32 /* of an owner that can be written to: a bit of a verdict each */
struct know_owner {
	struct str id, name, sector, cc; /* cc: the country he stands for as a whole, else empty */
	const struct know_contact *contacts;
	uint32_t ncontacts;
};
struct know_asset {
	struct str name, kind;
	uint8_t criticality;
	uint32_t owner;
};

/* Checks sums and bounds; a damaged, truncated or foreign file is refused with a sentence. The file must not
 * be changed in place while it is open (a new one is renamed over it). */
int know_open(const char *path, struct know **ret, struct err *e);
/* The same over bytes that the caller keeps, 8-aligned. */
int know_open_bytes(const void *bytes, size_t len, struct know **ret, struct err *e);
void know_close(struct know *k);
/* Sequence number that the file carries, for verdicts. */
uint32_t know_generation(const struct know *k);

/* One address; never NULL (an empty leaf stands for unknown). */
const struct know_leaf *know_addr(const struct know *k, const struct addr *a);
/* n addresses at a time, several memory loads in flight: the fast path. */
void know_addrs(const struct know *k, const struct addr *const *a, size_t n, const struct know_leaf **ret);
/* The leaf of *first and the last address up to *last to which it applies. For walking a prefix. Both
 * are of one family. */
const struct know_leaf *know_span(
        const struct know *k, const struct addr *first, const struct addr *last, struct addr *ret_last);
/* The longest prefix around the address that is routed or delegated, or else registered to an owner; false if
 * there is none. */
bool know_network(const struct know_leaf *leaf, const struct addr *a, struct prefix *ret);
/* Leaves are numbered, for verdicts; 0 is the empty one. NULL if the number is out of range. */
uint32_t know_leaf_index(const struct know *k, const struct know_leaf *leaf);
const struct know_leaf *know_leaf_at(const struct know *k, uint32_t index);

/* A name in canonical form by its longest known parent. Returns the owner's index or 0; *ret_asset likewise,
 * *ret_at the part of the name that matched. Both may be NULL. */
uint32_t know_name(const struct know *k, struct str fqdn, uint32_t *ret_asset, struct str *ret_at);
uint32_t know_as_owner(const struct know *k, uint32_t asn);
struct str know_as_name(const struct know *k, uint32_t asn);
/* NULL if index is 0 or out of range. */
const struct know_owner *know_owner(const struct know *k, uint32_t index);
const struct know_asset *know_asset(const struct know *k, uint32_t index);
uint32_t know_owner_count(const struct know *k);
uint32_t know_asset_count(const struct know *k);
/* The owner that stands for a country as a whole ("country: LA" in the owners file), 0 if none. */
uint32_t know_country_owner(const struct know *k, const char cc[2]);

/* All that a record says about one end, put together in the order above. */
struct know_answer {
	uint32_t owner, asset;
	uint8_t how, criticality;
	struct str at; /* the part of the name that matched, if the name decided */
};
/* leaf: of the address, NULL if there is none. fqdn may be empty, asn 0. */
void know_whose(const struct know *k, const struct know_leaf *leaf, struct str fqdn, uint32_t asn,
        struct know_answer *ret);
