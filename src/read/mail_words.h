/* SPDX-License-Identifier: Apache-2.0
 *
 * What header fields of mails say in words: subjects, names of people, names of files.
 *
 * Encoded words (RFC 2047) that follow each other are one text. GMime 3.2.13 stops at the padding of the first one, which most
 * mailers write, and reads a character that was cut between two words as none. So words that follow each other in one charset are made
 * one word here, wherever they stand, and GMime reads that. Nothing else is touched: quotes, parameters in pieces and with a charset
 * (RFC 2231) and bytes without a charset stay GMime's.
 *
 * What comes out is UTF-8. Which letters a text is in, such as Burmese in the way of Zawgyi, is not guessed.
 */
#pragma once

#include "base/arena.h"

/* The field with its encoded words joined; raw itself if there is nothing to join. Ends in a NUL. */
struct str mail_words_join(struct arena *a, struct str raw);
/* The text of an unstructured field, such as a subject. */
struct str mail_words_text(struct arena *a, struct str raw);
/* The name of a file: what Content-Disposition says, else Content-Type. Empty if neither does. */
struct str mail_words_file(struct arena *a, struct str type, struct str disposition);
