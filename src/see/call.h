/* SPDX-License-Identifier: Apache-2.0
 *
 * Telephoning a contact who does not answer (rules: call-if-unread). A letter takes the shortest time of its findings'
 * rules; that time begins when the mail server has it, so what waits in a digest or for a person is not unread yet. Whether
 * somebody has read a letter cannot be known: what counts is an answer of a person to it, or to another letter about the
 * same findings, or that nothing of it is open any more. When neither came in time, staff is told to telephone, once for
 * each letter, and the status shows it until an answer comes, the findings are closed or quiet, or somebody says that he
 * has called (weir notice called). That an alert is acknowledged (weir ack) means that somebody will call: nobody else is
 * woken, and the status goes on showing it. Where many come due at once, one alert names their number.
 *
 * While the clock is doubtful no time is over.
 */
#pragma once

#include "see/node.h"

/* A finding whose rule asks for a call came into that letter; seconds 0: it asks for none. In the transaction that is open. */
void call_asked(struct node *n, uint64_t notice, uint32_t seconds);
/* Looks for letters whose time is over, and for those that need no call any more; in the transaction that is open. */
void call_look(struct node *n);
