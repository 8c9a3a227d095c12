/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors of statements: statement_vectors.c has the command and the verdicts, statement_vectors_parts.c the parts of a statement, keys,
 * key lists, voice numbers and names, statement_vectors_log.c the log and what travels.
 */
#pragma once

#include "cli/vectors.h"

/* NULL if the parts of a statement that the case names (fields, head, id, signature, salt, body) are those of its bytes, and where these
 * are no statement; else what differs. */
const char *statement_parts(struct vectors *v, const json_t *item, struct str bytes);
/* Families parties, key_list*, voice, stix, mail_tag and kinds. */
void vectors_keys(struct vectors *v);
/* Families log, checkpoint and courier. */
void vectors_logs(struct vectors *v);
