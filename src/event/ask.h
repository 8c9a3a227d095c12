/* SPDX-License-Identifier: Apache-2.0
 *
 * What one CERT may ask of another: the words of "ask" in a request.
 */
#pragma once

#include "base/str.h"

/* Ends with NULL. */
extern const char *const ask_words[];
bool ask_word_is(struct str word);
