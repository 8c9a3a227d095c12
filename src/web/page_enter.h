/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of who is not in yet, and those that ask for a password once more. They stand without the frame.
 */
#pragma once

#include "trust/totp.h"
#include "web/http.h"
#include "web/page.h"

struct page_plain {
	const struct words *words;
	struct arena *arena;
	struct str sentence; /* what was wrong; empty: nothing. "wrong": the one sentence of logins */
	unsigned retry;      /* seconds to wait; 0: none */
};

/* Name, password, code; to: the path behind it. sample: a link lets in too. The status is in the reply. */
void page_login(const struct page_plain *p, struct reply *r, struct str name, struct str to, bool sample);
/* Password and second factor of who has opened the link of his account. */
void page_enrol(const struct page_plain *p, struct reply *r, struct str name, struct str link,
        const uint8_t secret[TOTP_SECRET]);
/* Recovery codes, with blanks between them. */
void page_codes(const struct page_plain *p, struct reply *r, struct str codes);
/* Password and code once more before the form of that path; its fields are kept. */
void page_again(const struct page_plain *p, struct reply *r, const struct session *who, const char *path,
        const struct http_field *fields, size_t n);
/* After the last click. */
void page_left(struct reply *r, const struct words *words);

/* ---- also for the page of one's account ---- */

/* The QR code of a new secret, its text, and the fields secret and code. */
void page_secret(
        const struct page_ask *p, struct html *h, struct str name, const uint8_t secret[TOTP_SECRET]);
/* For password managers: whose password a form is about. */
void page_whose(struct html *h, struct str name);
void page_code_list(struct html *h, struct str codes);
