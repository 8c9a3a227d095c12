/* SPDX-License-Identifier: Apache-2.0
 *
 * The voice number of a party: six groups of five digits that two people read to each other and type when they link their
 * nodes. It is made of the party's id and its root key, so who typed it has this key and no other.
 */
#pragma once

#include "base/str.h"

#define VOICE_GROUPS 6
#define VOICE_TEXT (VOICE_GROUPS * 6) /* with blanks between and a NUL */

void voice_number(struct str party, const uint8_t root[32], char ret[VOICE_TEXT]);
/* What was typed, with or without blanks and hyphens between digits. 0: it is that number; 1 to 6: the first group that
 * is wrong; -1: it is no 30 digits. */
int voice_check(struct str typed, const char number[VOICE_TEXT]);
