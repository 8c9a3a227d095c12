/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages are built, never pasted: elements and attributes are words of the program, text is whatever anybody wrote. The
 * builder is the one place that escapes (HTML Living Standard 13.1), and there is no call that takes markup.
 *
 *   html_open(h, "p");
 *   html_attr(h, "class", STR("note"));
 *   html_text(h, words_of_a_stranger);
 *   html_close(h);
 *
 * Names that are no words of [a-z0-9:-], an attribute without its element, and a close too many end the process: these are
 * faults of the program, found by the first test that draws the page. What is closed last must have been opened last; the
 * builder keeps the names, so a page is well-formed whatever its text.
 *
 * What text may not do: control characters, marks that reorder text and bytes that are no UTF-8 are shown, as err_quote
 * shows them. Attributes that a browser acts on are written by html_link alone.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

#define HTML_DEPTH 64

struct html {
	struct buf *out;
	const char *open[HTML_DEPTH];
	unsigned depth;
	bool in_tag; /* attributes may follow */
};

/* Begins a document: the doctype, html with that language (BCP 47), nothing else. */
void html_begin(struct html *h, struct buf *out, struct str lang);
/* Closes what is open. */
void html_end(struct html *h);

void html_open(struct html *h, const char *name);
/* A name that has no content: br, img, input, link, meta, hr; in SVG whatever is empty. */
void html_empty(struct html *h, const char *name);
void html_close(struct html *h);
void html_attr(struct html *h, const char *name, struct str value);
void html_attr_u64(struct html *h, const char *name, uint64_t value);
/* The value of a field, which comes back as it was: what joins or parts letters without a width (U+200B to 200D) stays what it is
 * behind ASCII too. All else as html_attr, html_text. */
void html_attr_field(struct html *h, const char *name, struct str value);
void html_text_field(struct html *h, struct str text);
/* One that is there or not: checked, disabled, hidden. */
void html_flag(struct html *h, const char *name);
void html_text(struct html *h, struct str text);
void html_u64(struct html *h, uint64_t value);
void html_printf(struct html *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A place in the same page: "#main". */
void html_fragment(struct html *h, const char *name, const char *place);
/* What another builder has drawn, whose elements are all closed. */
void html_take(struct html *h, const struct html *drawn);

/* An element with nothing but text in it; class NULL: none. */
void html_line(struct html *h, const char *name, const char *class, struct str text);

/* ---- addresses ----------------------------------------------------------------------------------- */

/* A path of this node and its query, written into the attribute (href, action, src, formaction). Parts are escaped (RFC 3986)
 * between the words of the program, so nothing that a report says can lead elsewhere. */
struct link {
	struct buf text;
	bool query;
};
void link_begin(struct link *l, const char *path); /* a word of the program, from "/" on */
void link_part(struct link *l, struct str part);   /* one segment more */
void link_param(struct link *l, const char *name, struct str value);
void link_done(struct link *l);
/* Writes it, and gives its memory back. */
void html_link(struct html *h, const char *name, struct link *l);
