/* SPDX-License-Identifier: Apache-2.0
 *
 * Courier files: what waits for a party, as a container inside an age file for its seal keys, carried by whoever goes there. Each
 * file stands for itself; it may be lost, come twice, cut off, or in any order. Nothing is marked as sent: the queue empties by
 * signed receipts only, and these ride in each courier of the next 30 days.
 *
 * Both ways go step by step, so that nothing else waits for them. A step is called within a transaction; where that does not end
 * well the job is given up and begun anew later, which does nothing twice.
 *
 *   STATE/courier/kh-20261124-01.weir.age   packed, until a week later
 *   STATE/courier/in-12                     handed in, until it is read
 */
#pragma once

#include "link/link.h"

#define COURIER_FILE ((uint64_t)64 << 20) /* bytes of a file at most */
#define COURIER_KEEP_S (7 * 86400)
#define COURIER_RECEIPTS_S (30 * 86400)

/* ---- what people ask for ------------------------------------------------------------------------- */

/* A courier for that party is to be packed. *ret: its id. ERR_MISSING: there is no such link, or it has no seal key in force. */
int courier_want(
        const struct link_self *self, struct str party, struct str person, uint64_t *ret, struct err *e);
/* A file on the disk, which is moved, is to be opened. */
struct courier_brought {
	const char *path;
	struct str name; /* as it was called where it came from */
	const uint8_t *sha256;
	uint64_t size;
};
int courier_bring(const struct link_self *self, const struct courier_brought *b, struct str person,
        uint64_t *ret, struct err *e);
/* The oldest that is wanted; false: none. */
struct courier_job {
	uint64_t id;
	bool out;
	char party[PARTY_ID + 1];
};
bool courier_next(const struct link_self *self, struct courier_job *ret);
/* It cannot be done, and why; bytes that were brought go. */
void courier_failed(const struct link_self *self, uint64_t id, const char *why);
/* Files that are a week old go. */
void courier_sweep(const struct link_self *self);

/* ---- packing ------------------------------------------------------------------------------------- */

struct courier_pack;
/* file_bytes: of a file at most; COURIER_FILE, but in tests. */
struct courier_pack *courier_pack_new(const struct courier_job *job, uint64_t file_bytes);
/* 1: there is more, 0: its row says that it is ready, or a code. */
int courier_pack_step(const struct link_self *self, struct courier_pack *p, struct err *e);
void courier_pack_free(struct courier_pack *p);

/* ---- opening ------------------------------------------------------------------------------------- */

#define COURIER_ASKS 2
struct courier_open;
struct courier_open *courier_open_new(const struct courier_job *job);
/* 1: there is more; 0: its row says what came of it; COURIER_ASKS: the keeper's word is needed; or a code. A file that is cut off
 * or damaged is no failure: what stands before that was taken. */
int courier_open_step(const struct link_self *self, struct courier_open *o, struct err *e);
/* What the keeper is asked: key id and share, as CHANNEL_KEEP_SHARE has it. */
void courier_open_asks(const struct courier_open *o, uint8_t ret[KEY_ID + 32]);
/* His word; NULL: he has no such key, or the share is no good. */
void courier_open_told(struct courier_open *o, const uint8_t *shared);
void courier_open_free(struct courier_open *o);
