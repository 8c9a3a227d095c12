/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/hash.h"
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct hash {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct hash_job *first, **last; /* that wait */
	struct hash_job *done;
	unsigned waiting; /* with the one in work */
	bool stopping;
	int event;
};

static void work(struct hash_job *job)
{
	struct str password = buf_str(&job->password);

	job->good =
	        job->make ? password_hash(password, job->hash, NULL) == 0 : password_is(job->hash, password);
	if (job->password.p != NULL)
		sodium_memzero(job->password.p, job->password.cap);
	buf_done(&job->password);
}

static struct hash_job *take(struct hash *h)
{
	struct hash_job *job;

	pthread_mutex_lock(&h->lock);
	while (h->first == NULL && !h->stopping)
		pthread_cond_wait(&h->changed, &h->lock);
	job = h->first;
	if (job != NULL && (h->first = job->next) == NULL)
		h->last = &h->first;
	pthread_mutex_unlock(&h->lock);
	return job;
}

static void give(struct hash *h, struct hash_job *job)
{
	uint64_t one = 1;

	pthread_mutex_lock(&h->lock);
	job->next = h->done;
	h->done = job;
	h->waiting--;
	pthread_mutex_unlock(&h->lock);
	(void)!write(h->event, &one, sizeof(one));
}

static void *run(void *arg)
{
	struct hash *h = arg;
	struct hash_job *job;

	while ((job = take(h)) != NULL) {
		work(job);
		give(h, job);
	}
	return NULL;
}

int hash_start(struct hash **ret, struct err *e)
{
	struct hash *h = mem_zero(1, sizeof(*h));
	sigset_t all, old;

	h->last = &h->first;
	h->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->changed, NULL);
	/* signals are the loop's */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	bool good = h->event >= 0 && pthread_create(&h->thread, NULL, run, h) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (good) {
		*ret = h;
		return 0;
	}
	if (h->event >= 0)
		close(h->event);
	free(h);
	return err_set(e, ERR_SYS, "the thread that hashes passwords cannot be started");
}

void hash_stop(struct hash *h)
{
	if (h == NULL)
		return;
	pthread_mutex_lock(&h->lock);
	h->stopping = true;
	pthread_cond_signal(&h->changed);
	pthread_mutex_unlock(&h->lock);
	pthread_join(h->thread, NULL);
	pthread_mutex_destroy(&h->lock);
	pthread_cond_destroy(&h->changed);
	close(h->event);
	free(h);
}

int hash_fd(const struct hash *h)
{
	return h->event;
}

bool hash_ask(struct hash *h, struct hash_job *job)
{
	bool room;

	pthread_mutex_lock(&h->lock);
	room = h->waiting < HASH_WAITING;
	if (room) {
		job->next = NULL;
		*h->last = job;
		h->last = &job->next;
		h->waiting++;
		pthread_cond_signal(&h->changed);
	}
	pthread_mutex_unlock(&h->lock);
	return room;
}

struct hash_job *hash_done(struct hash *h)
{
	struct hash_job *job;
	uint64_t n;

	(void)!read(h->event, &n, sizeof(n));
	pthread_mutex_lock(&h->lock);
	job = h->done;
	if (job != NULL)
		h->done = job->next;
	pthread_mutex_unlock(&h->lock);
	return job;
}
