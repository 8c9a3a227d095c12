/* SPDX-License-Identifier: Apache-2.0
 *
 * Judging a file of vectors for texts and rounds: what is shared between agree_vectors.c (the command, texts, manifests, amendments)
 * and agree_vectors_round.c (statements and verdicts). Each case is computed as a JSON object and compared, member by member,
 * with what the file wants of it.
 */
#pragma once

#include "cli/cli.h"
#include <jansson.h>

struct agree_vectors {
	struct cli *c;
	json_t *doc;
	struct arena a; /* of one case */
	unsigned good, bad;
};

/* Compares those members of got that want has, prints a line, and drops got. section and name say which case it is; head is the
 * member whose value is printed. why: NULL, or a sentence because of which the case is wrong whatever was computed. */
void vectors_compare(struct agree_vectors *v, const char *section, const char *name, const char *head,
        const json_t *want, json_t *got, const char *why);
/* The text of a member, empty if it is none; may hold NUL. */
struct str vectors_text(const json_t *object, const char *name);
/* Its base64; *ret_good false: it is none. In the arena of the case. */
struct str vectors_base64(struct agree_vectors *v, const json_t *object, const char *name, bool *ret_good);
json_t *vectors_string(struct str s);
json_t *vectors_hex(const uint8_t *bytes, size_t n);

/* Sections manifests, statements, verdicts, voice_codes and round. */
void vectors_rounds(struct agree_vectors *v);
