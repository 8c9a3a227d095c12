/* SPDX-License-Identifier: Apache-2.0
 *
 * Codes that people read to each other: of a position that was signed where no line was left, and of the text of a round,
 * which is printed on every page of it. Digits, because every language of the region reads them alike.
 */
#pragma once

#include "base/digest.h"

#define VOICE_CODE_LEN (4 * 5) /* with blanks between and a NUL */
#define TEXT_CODE_LEN (2 * 5)

/* Of a position, by its id. */
void voice_code(const uint8_t id[DIGEST_LEN], char ret[VOICE_CODE_LEN]);
/* Of a round, by the digest of its manifest. */
void text_code(const uint8_t round[DIGEST_LEN], char ret[TEXT_CODE_LEN]);
/* True if what was typed has these digits, whatever blanks, points and hyphens stand between them. */
bool agree_code_eq(struct str typed, const char *code);
