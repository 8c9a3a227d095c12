/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the pages of couriers: all of them, and one.
 */
#pragma once

#include "web/couriers.h"
#include "web/page_peer.h"

/* "12 KiB", "3.4 MiB": how much is to be carried. */
struct str courier_bytes(const struct page_ask *p, uint64_t bytes);
/* A button that packs what waits for that party. */
void courier_form(const struct page_ask *p, struct html *h, struct str party);
