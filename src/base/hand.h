/* SPDX-License-Identifier: Apache-2.0
 *
 * Another hand: a thread that does one thing at a time while its owner does something else. What the job touches nobody else does until
 * hand_wait has returned. Where no thread can be made, or none is wanted, the job is done when it is waited for.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>

struct hand;

/* Starts a thread that gets no signals: its process reads them from a descriptor. */
bool hand_thread(pthread_t *thread, void *(*run)(void *arg), void *arg);

/* Never NULL. */
struct hand *hand_new(bool threaded);
/* What was started is ended first. NULL is allowed. */
void hand_free(struct hand *h);
/* One job at a time: the one before is waited for. */
void hand_start(struct hand *h, void (*job)(void *arg), void *arg);
/* Until what was started is done; at once if nothing was. */
void hand_wait(struct hand *h);
