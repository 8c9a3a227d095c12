/* SPDX-License-Identifier: Apache-2.0
 *
 * A QR code (ISO/IEC 18004) as SVG in a page, for the telephone that is held before the screen.
 */
#pragma once

#include "web/html.h"

/* Draws text of 1 KiB at most, with label for who does not see it. False: nothing was drawn. */
bool qr_draw(struct html *h, const char *text, struct str label);
