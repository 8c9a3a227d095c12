/* SPDX-License-Identifier: Apache-2.0
 *
 * Hostile bytes on their way to who looks at them: a ZIP archive with the password "infected", as is the custom, so that no
 * mail server, virus scanner or double click takes it for what it is. The password protects nobody's secret.
 *
 * Bytes are only stored: nothing here looks into them.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#define EVIDENCE_PASSWORD "infected"

/* Appends the archive with that one file; name: a plain one, without folders. */
int evidence_zip(struct str name, struct str bytes, int64_t at, struct buf *out, struct err *e);
