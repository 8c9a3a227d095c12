/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of the country's folder that say how the node works (weir.yaml, rules, feeds, words, holidays), each with its
 * digest, so that the audit can say which of them are other ones than those in force. Owners are not among them: they come
 * by imports, which have rows of their own; nor are networks, which may be very large.
 */
#pragma once

#include "see/node.h"

/* A line "DIGEST NAME" for each, in the order of the names. What cannot be read has no line. */
void files_list(struct str folder, struct buf *ret);
/* Names of what differs between two such lists: "weir.yaml changed, rules/20-x.yaml new"; nothing if nothing does. */
void files_differ(struct str before, struct str now, struct buf *ret);

/* Who has asked for the configuration to be read again; refused: the sentence, empty if it was taken. A transaction of its
 * own. */
int files_reload(struct node *n, struct str person, struct str refused, struct err *e);
/* The core works with the files as they are now; what differs since it last started, and nobody has asked for by
 * files_reload (a restart, a signal), gets its row too. In the transaction that is open. */
void files_started(struct node *n);
