/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hand.h"
#include "base/arena.h"
#include <signal.h>

struct hand {
	bool threaded;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* under the lock */
	bool stop;
	void (*job)(void *arg); /* NULL: none */
	void *arg;
};

bool hand_thread(pthread_t *thread, void *(*run)(void *arg), void *arg)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	bool good = pthread_create(thread, NULL, run, arg) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return good;
}

static void *run(void *arg)
{
	struct hand *h = arg;

	pthread_mutex_lock(&h->lock);
	while (!h->stop) {
		if (h->job == NULL) {
			pthread_cond_wait(&h->changed, &h->lock);
			continue;
		}
		pthread_mutex_unlock(&h->lock);
		h->job(h->arg);
		pthread_mutex_lock(&h->lock);
		h->job = NULL;
		pthread_cond_signal(&h->changed);
	}
	pthread_mutex_unlock(&h->lock);
	return NULL;
}

struct hand *hand_new(bool threaded)
{
	struct hand *h = mem_zero(1, sizeof(*h));

	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->changed, NULL);
	h->threaded = threaded && hand_thread(&h->thread, run, h);
	return h;
}

void hand_free(struct hand *h)
{
	if (h == NULL)
		return;
	hand_wait(h);
	pthread_mutex_lock(&h->lock);
	h->stop = true;
	pthread_cond_signal(&h->changed);
	pthread_mutex_unlock(&h->lock);
	if (h->threaded)
		pthread_join(h->thread, NULL);
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->lock);
	free(h);
}

void hand_start(struct hand *h, void (*job)(void *arg), void *arg)
{
	hand_wait(h);
	pthread_mutex_lock(&h->lock);
	h->job = job;
	h->arg = arg;
	pthread_cond_signal(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

void hand_wait(struct hand *h)
{
	if (!h->threaded) {
		void (*job)(void *arg) = h->job;
		h->job = NULL;
		if (job != NULL)
			job(h->arg);
		return;
	}
	pthread_mutex_lock(&h->lock);
	while (h->job != NULL)
		pthread_cond_wait(&h->changed, &h->lock);
	pthread_mutex_unlock(&h->lock);
}
