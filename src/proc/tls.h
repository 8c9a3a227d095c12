/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the staff's pages are served, and with which certificate. weir.yaml, pages: listen, names, certificate, key. Beyond this
 * machine's own address nothing is served without TLS: where no certificate is named, the node makes one for itself, in its state:
 *
 *   STATE/pages/certificate.pem, STATE/pages/key.pem    self-signed, EC P-256, a year, made anew a month before its end
 *
 * The door's are in STATE/door/, where weir.yaml, door: says nothing else.
 *
 * The plan is made in a process aside, before the node's processes start: it reads the configuration and the key, the process
 * that starts all others has neither in its memory. The desk reads both files when it starts, and cannot open them afterwards
 * where they lie outside of the state.
 */
#pragma once

#include "base/err.h"
#include "base/log.h"
#include "see/country.h"

#define PLAN_NAMES 8

struct pages_plan {
	bool on;  /* the pages are served at an address that the configuration names */
	bool tls; /* always, but on loopback without a certificate */
	char address[64];
	unsigned port;
	unsigned nnames;
	char names[PLAN_NAMES][256]; /* that Host may have, beside the address */
	char certificate[4096], key[4096];
	char fingerprint[96]; /* SHA-256 of the certificate, "AB:CD:..." */
	int64_t until;        /* when it ends */
	bool own;             /* the node has made it */
	char wrong[1024];     /* a sentence, where it cannot be; else empty */
};

/* Reads the configuration and looks at the certificate, makes one where that is the node's to do. In a process aside. */
void tls_plan(const struct country_paths *paths, const char *state, struct pages_plan *ret);
/* Certificate and key by which peers know this node, STATE/door/: made once, and kept, since peers have their pin. */
int tls_peer(const char *state, struct pages_plan *ret, struct err *e);
/* SHA-256 of its SubjectPublicKeyInfo. */
int tls_pin(const struct pages_plan *p, uint8_t ret[32], struct err *e);
/* The same of the door, which always has TLS. ret->port 0: the first free one from DOOR_PORT on. */
#define DOOR_PORT 8443
void tls_plan_door(const struct country_paths *paths, const char *state, struct pages_plan *ret);
/* The bytes of both files, each ending in NUL. */
int tls_read(const struct pages_plan *p, struct buf *certificate, struct buf *key, struct err *e);
/* "192.0.2.10:8470", "[2001:db8::1]:8470". */
bool tls_address(struct str text, char ret[64], unsigned *port);
