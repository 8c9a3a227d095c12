/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of a generation, shared by who writes it (build.c, file.c) and who reads it (file.c, find.c).
 * Little-endian, no pointers:
 *
 *   head      struct know_head
 *   table     struct know_section[KNOW_SECTIONS], in the order of enum know_kind
 *   sections  each at an offset that is a multiple of 64, zeros between them
 *
 * The tree. A root of one value per 18 bits for IPv4 and per 12 bits for IPv6, then nodes of 6 bits each, as
 * deep as needed (the last covers 2 bits and counts four slots of 16). A value is the number of a leaf, or
 * KNOW_NODE or KNOW_LIST and the place of a node or list in the section of nodes. A node is a word of 64
 * bits, one for each slot where the value differs from that of the slot before (the first is always set), and
 * behind it one value per bit; the value of a slot is found by counting bits. So bits and value share a cache
 * line, but for crowded nodes; a node that fits a line does not straddle two. A node stands behind those that
 * it leads to.
 *
 * A list is the short form of a part of the IPv6 tree between 32 and 64 bits: up to eight ranges, by the bits
 * 32 to 63 at which they begin, and their leaves. It fills one cache line where nodes would take one for each
 * step.
 *
 * Most IPv6 prefixes are a /32 or lie inside one. A hash table from the first 32 bits to the value that the
 * tree has there spares the three nodes before it; what is not in the table is looked up in the tree.
 */
#pragma once

#include "base/vec.h"
#include "know/know.h"

#define KNOW_MAGIC "WEIRKNOW"
#define KNOW_VERSION 1
#define KNOW_ALIGN 64
#define KNOW_ROOT_BITS4 18
#define KNOW_ROOT_BITS6 14
#define KNOW_ROOT4 (1u << KNOW_ROOT_BITS4)
#define KNOW_ROOT6 (1u << KNOW_ROOT_BITS6)
#define KNOW_LEVELS4 3 /* nodes on the longest way */
#define KNOW_LEVELS6 19
#define KNOW_LEVELS6_HASHED 16
#define KNOW_NODE 0x80000000u
#define KNOW_LIST 0x40000000u
#define KNOW_PLACE 0x3fffffffu

enum know_kind {
	KNOW_TEXT,      /* bytes */
	KNOW_LEAVES,    /* struct know_leaf, the first is empty */
	KNOW_ROOTS,     /* u32[KNOW_ROOT6 + KNOW_ROOT4] */
	KNOW_NODES,     /* u32: nodes, lists, and zeros between them */
	KNOW_HASHED,    /* struct know_bucket[power of two] */
	KNOW_OWNERS,    /* struct know_owner_rec */
	KNOW_CONTACTS,  /* struct know_contact_rec, those of an owner together */
	KNOW_ASSETS,    /* struct know_asset_rec */
	KNOW_NAMES,     /* struct know_name_rec */
	KNOW_SLOTS,     /* u32[power of two], more than there are names: number of a name + 1, or 0 */
	KNOW_AS_TABLE,  /* struct know_as_rec, ascending */
	KNOW_COUNTRIES, /* struct know_country_rec, ascending */
	KNOW_SECTIONS,
};

struct know_head {
	char magic[8];
	uint32_t version, sections;
	uint64_t size; /* of the file */
	uint32_t generation;
	uint32_t crc; /* crc32c of head and table with this field zero */
};
struct know_section {
	uint32_t kind, crc; /* crc32c of the section */
	uint64_t offset, len;
};
_Static_assert(sizeof(struct know_head) == 32 && sizeof(struct know_section) == 24, "head");

/* Twice the number of ranges, n; where the second to the n-th begin, ascending (the first begins at 0); n
 * leaves. At least KNOW_LIST_RANGES words of the section follow the first, whatever n is: a look-up compares
 * with as many. */
#define KNOW_LIST_RANGES 16

/* A bucket fills a cache line and is compared as a whole. What found no room in its bucket is not in the
 * table. */
#define KNOW_BUCKET 8
struct know_bucket {
	uint32_t bits[KNOW_BUCKET], value[KNOW_BUCKET]; /* bits 0: empty, then value is 0 too */
};
_Static_assert(sizeof(struct know_bucket) == KNOW_ALIGN, "bucket");
static inline uint32_t know_bucket_at(uint32_t bits, uint32_t buckets)
{
	return (uint32_t)((bits * 0x9e3779b97f4a7c15u) >> 32) & (buckets - 1);
}

struct know_text {
	uint32_t off, len;
};
struct know_owner_rec {
	struct know_text id, name, sector;
	uint32_t contact, ncontacts;
	char cc[2], zero[2];
};
struct know_contact_rec {
	struct know_text email, language, classes;
};
struct know_asset_rec {
	struct know_text name, kind;
	uint32_t owner;
	uint8_t criticality, zero[3];
};
struct know_name_rec {
	struct know_text name;
	uint32_t hash, owner, asset;
};
struct know_as_rec {
	uint32_t asn, owner;
	struct know_text name;
};
struct know_country_rec {
	char cc[2], zero[2];
	uint32_t owner;
};

/* FNV-1a from the last byte to the first, so that one pass over a name meets the hash of each parent. Names
 * in the table come from the owners file, so no sender can aim at it. */
#define KNOW_HASH_START 0x811c9dc5u
static inline uint32_t know_hash_step(uint32_t hash, char c)
{
	return (hash ^ (uint8_t)c) * 0x01000193u;
}

/* A section's elements as they are handed to the writer. */
struct know_part {
	const void *p;
	size_t len; /* bytes */
};
/* Puts a whole generation together. */
void know_file_make(const struct know_part parts[KNOW_SECTIONS], uint32_t generation, struct buf *ret);

struct know {
	const struct know_leaf *leaves;
	const uint32_t *roots, *nodes, *slots;
	const struct know_bucket *buckets;
	const struct know_name_rec *names;
	const struct know_as_rec *as;
	const struct know_country_rec *countries;
	const char *text;
	uint64_t ntext;
	uint32_t nleaves, nnodes, nbuckets, nslots, nnames, nas, ncountries;
	bool popcnt; /* the processor counts bits itself */
	uint32_t generation;
	const struct know_owner *owners; /* views, made by open */
	const struct know_asset *assets;
	uint32_t nowners, nassets;
	struct arena arena;
	void *map; /* NULL: the caller keeps the bytes */
	size_t map_len;
};

/* The value that the tree has at the first 32 bits of an IPv6 address (find.c). */
uint32_t know_value_32(const struct know *k, uint32_t bits);
