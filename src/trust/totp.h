/* SPDX-License-Identifier: Apache-2.0
 *
 * The second factor: codes of six digits by the clock (RFC 6238: HMAC-SHA-1, steps of 30 seconds), as every app for it makes
 * them, and codes on paper for the day on which the telephone is gone.
 */
#pragma once

#include "base/vec.h"

#define TOTP_SECRET 20 /* bytes */
#define TOTP_BASE32 32 /* characters of a secret, without a NUL */
#define TOTP_WINDOW 1  /* steps that a clock may be early or late */
#define TOTP_US ((int64_t)30000000)

/* The code of a step. */
void totp_code(const uint8_t secret[TOTP_SECRET], uint64_t step, char ret[7]);
/* The step whose code this is, at that time (microseconds) give or take the window, later than the one used last; 0: none.
 * Blanks in the text are passed over. */
uint64_t totp_step(const uint8_t secret[TOTP_SECRET], struct str text, int64_t now, uint64_t last);
/* What an app reads from a QR code: otpauth://totp/... */
void totp_address(struct buf *out, const uint8_t secret[TOTP_SECRET], struct str issuer, struct str name);

/* Base32 (RFC 4648) without padding, n a multiple of 5. Reading takes lower case and passes over blanks and hyphens. */
void base32_print(struct buf *out, const uint8_t *bytes, size_t n);
bool base32_read(struct str text, uint8_t *ret, size_t n);

/* ---- recovery codes ------------------------------------------------------------------------------ */

#define RECOVERY_CODES 10
#define RECOVERY_BYTES 10
#define RECOVERY_TEXT 20 /* "ABCD-EFGH-IJKL-MNOP" and a NUL */

void recovery_new(char ret[RECOVERY_TEXT]);
/* What is stored of it: SHA-256, however it was typed. False: it is none. */
bool recovery_digest(struct str text, uint8_t ret[32]);
