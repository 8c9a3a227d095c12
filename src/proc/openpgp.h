/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenPGP by GnuPG: what this program asks of it, over GPGME. The home is GnuPG's own folder, which a person keeps with
 * gpg; nothing here writes a key. Keys are named by whole fingerprints out of the configuration and the register, so
 * their owners' names and the web of trust decide nothing. gpg looks for no key elsewhere.
 *
 * A signature on what comes in is checked against the keys of the home alone, and says whose key it was by its whole fingerprint;
 * whether that key is the one of who is said to have written is for who knows him.
 *
 * What cannot be done: a passphrase is one for all keys of the home.
 */
#pragma once

#include "base/err.h"
#include "see/country.h"

struct openpgp;

/* passphrase: of the secret keys, may be empty; must live as long. */
int openpgp_open(const struct country_pgp *c, struct str passphrase, struct openpgp **ret, struct err *e);
void openpgp_close(struct openpgp *o);
/* Looks the own key up, so that those who are forked from here on need not; one that is not good is found by them. */
void openpgp_prepare(struct openpgp *o);

enum openpgp_use { OPENPGP_SIGN, OPENPGP_ENCRYPT };
/* 0, or ERR_DENIED and why the key of that fingerprint cannot be used so; ERR_SYS: gpg does not answer. *ret_expires:
 * microseconds, INT64_MAX if it never does; also of a key that has expired. */
int openpgp_key(
        struct openpgp *o, struct str fingerprint, enum openpgp_use use, int64_t *ret_expires, struct err *e);

#define OPENPGP_DIGEST 32
/* The bytes of in, armoured, into out: with to they are encrypted to that key (and to the own one, so that the team can
 * read what it wrote) and signed if there is an own key; without, it is a signature beside them. digest: the name that a
 * multipart/signed gives it.
 * ERR_DENIED: a key is missing or no longer good; ERR_SYS: it may work another time. */
int openpgp_protect(
        struct openpgp *o, int in, int out, struct str to, char digest[OPENPGP_DIGEST], struct err *e);
/* The text in in, signed by the own key in the clear (RFC 9580 7), into out: a signature over text (type 0x01), which no letter has
 * (type 0x00). The codes are the same. */
int openpgp_clear(struct openpgp *o, int in, int out, struct err *e);
/* "", or as message.proven has it: "openpgp FINGERPRINT" (of the primary key), "openpgp-bad", "openpgp-unknown". */
#define OPENPGP_PROVEN 96
/* What is encrypted in in, into out; proven: of a signature within. ERR_DENIED: there is no key for it; ERR_VALUE: it is damaged; ERR_LIMIT: it
 * grows beyond what archives may (read/limits.tbl); ERR_SYS as above. */
int openpgp_decrypt(struct openpgp *o, int in, int out, char proven[OPENPGP_PROVEN], struct err *e);
/* The first len bytes of in are a signature over the rest of it. 0 whatever was proven; ERR_VALUE: it is no signature. */
int openpgp_verify(struct openpgp *o, int in, size_t len, char proven[OPENPGP_PROVEN], struct err *e);
