/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors of texts and rounds: agree_vectors.c has the command, texts, manifests and amendments, agree_vectors_round.c statements and
 * verdicts.
 */
#pragma once

#include "cli/vectors.h"

/* Sections manifests, statements, verdicts, voice_codes and round. */
void vectors_rounds(struct vectors *v);
