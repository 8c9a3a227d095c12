/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of the search: what was typed (page_search.c), and the events, which come a little at a time
 * (page_search_events.c).
 */
#pragma once

#include "event/value.h"
#include "web/page.h"

enum search_kind {
	SEARCH_NONE,
	SEARCH_THING,  /* the id of something: to[] is its page */
	SEARCH_PREFIX, /* an address, or several */
	SEARCH_NAME,   /* of a host or a domain */
	SEARCH_VALUE,  /* a URL, an account, a digest of malware: as it is */
	SEARCH_WORDS,  /* of an owner's name, malware */
};
#define SEARCH_LONGEST 1000
#define SEARCH_TEXT (3 * SEARCH_LONGEST + 400)
struct search {
	enum search_kind kind;
	struct str text; /* as it is looked for: a name in ASCII, a URL as it is stored */
	struct prefix prefix;
	char to[64];
};
/* What a person means by q. Memory is the request's. */
void search_read(const struct page_ask *p, struct str q, struct search *ret);
/* The same for the page that is asked for. */
void search_asked(const struct page_ask *p, struct search *ret);

/* The findings that a search is about, the newest first, at most so many: their ids as a JSON array. 1; 0: the database is asked; or a
 * code. */
int search_memory(
        const struct page_ask *p, const struct search *s, unsigned most, struct str *ret, struct err *e);

/* As in struct page. */
int page_search_begin(const struct page_ask *p, void **ret, struct err *e);
/* True if events are looked for. */
bool search_events(const struct page_ask *p, const struct search *s);
int page_search_step(const struct page_ask *p, struct html *h, void *work, struct err *e);
void page_search_end(void *work);
