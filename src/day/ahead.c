/* SPDX-License-Identifier: Apache-2.0 */
#include "day/ahead.h"
#include "base/hand.h"
#include "base/os.h"
#include "day/day.h"

#define PIECES 4 /* that are ready at most: as many MiB */

/* ---- ahead --------------------------------------------------------------------------------------- */

struct piece {
	struct buf z;
	size_t len;
	int code; /* of reading it */
	struct err err;
};

struct ahead {
	int fd;
	uint64_t at; /* where the next piece begins */
	char *bytes;
	struct pack *pack;
	bool threaded, held; /* held: the first piece is in its caller's hands */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* under the lock */
	struct piece ring[PIECES];
	unsigned first, n;
	bool stop, end;
};

/* One piece of the file; false if it was the last. */
static bool make_piece(struct ahead *a, struct piece *p)
{
	ssize_t n = os_read_at(a->fd, a->bytes, DAY_PIECE, a->at);

	buf_clear(&p->z);
	p->len = n > 0 ? (size_t)n : 0;
	p->code = n < 0 ? err_sys(&p->err, "cannot read the bytes of a report") : 0;
	a->at += p->len;
	if (p->len > 0)
		buf_add(&p->z, pack_text(a->pack, str_make(a->bytes, p->len), PACK_RAW));
	return p->len == DAY_PIECE;
}

static void *ahead_run(void *arg)
{
	struct ahead *a = arg;

	pthread_mutex_lock(&a->lock);
	while (!a->stop && !a->end) {
		if (a->n == PIECES) {
			pthread_cond_wait(&a->changed, &a->lock);
			continue;
		}
		/* nobody else looks at a place that is not counted yet */
		struct piece *p = &a->ring[(a->first + a->n) % PIECES];
		pthread_mutex_unlock(&a->lock);
		bool more = make_piece(a, p);
		pthread_mutex_lock(&a->lock);
		a->n++;
		a->end = !more;
		pthread_cond_signal(&a->changed);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

struct ahead *ahead_new(int fd, bool threaded)
{
	struct ahead *a = mem_zero(1, sizeof(*a));

	a->fd = fd;
	a->bytes = mem_get(DAY_PIECE);
	a->pack = pack_new();
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	a->threaded = threaded && hand_thread(&a->thread, ahead_run, a);
	return a;
}

void ahead_free(struct ahead *a)
{
	if (a == NULL)
		return;
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
	if (a->threaded)
		pthread_join(a->thread, NULL);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	for (unsigned i = 0; i < PIECES; i++)
		buf_done(&a->ring[i].z);
	pack_free(a->pack);
	free(a->bytes);
	free(a);
}

/* The first piece, once there is one; NULL at the end. */
static struct piece *take_piece(struct ahead *a)
{
	struct piece *p = NULL;

	pthread_mutex_lock(&a->lock);
	if (a->held) {
		a->first = (a->first + 1) % PIECES;
		a->n--;
		a->held = false;
		pthread_cond_signal(&a->changed);
	}
	if (!a->threaded && a->n == 0 && !a->end) {
		a->end = !make_piece(a, &a->ring[a->first]);
		a->n = 1;
	}
	while (a->n == 0 && !a->end)
		pthread_cond_wait(&a->changed, &a->lock);
	if (a->n > 0) {
		p = &a->ring[a->first];
		a->held = true;
	}
	pthread_mutex_unlock(&a->lock);
	return p;
}

int ahead_next(struct ahead *a, struct str *ret, size_t *ret_len, struct err *e)
{
	struct piece *p = take_piece(a);

	if (p == NULL || (p->code == 0 && p->len == 0))
		return 0;
	if (p->code != 0) {
		*e = p->err;
		return p->code;
	}
	*ret = buf_str(&p->z);
	*ret_len = p->len;
	return 1;
}

/* ---- one thing at a time ------------------------------------------------------------------------- */

struct pack_worker {
	struct pack *pack;
	struct hand *hand;
	struct str bytes, z;
	size_t width;
	int level;
	void (*also)(void *arg);
	void *arg;
};

static void do_job(void *arg)
{
	struct pack_worker *w = arg;

	if (w->also != NULL)
		w->also(w->arg);
	w->z = pack_blob(w->pack, w->bytes, w->width, w->level);
}

struct pack_worker *pack_worker_new(void)
{
	struct pack_worker *w = mem_zero(1, sizeof(*w));

	w->pack = pack_new();
	w->hand = hand_new(true);
	return w;
}

void pack_worker_free(struct pack_worker *w)
{
	if (w == NULL)
		return;
	hand_free(w->hand);
	pack_free(w->pack);
	free(w);
}

void pack_worker_start(
        struct pack_worker *w, struct str bytes, size_t width, int level, void (*also)(void *arg), void *arg)
{
	hand_wait(w->hand);
	w->bytes = bytes;
	w->width = width;
	w->level = level;
	w->also = also;
	w->arg = arg;
	hand_start(w->hand, do_job, w);
}

struct str pack_worker_wait(struct pack_worker *w)
{
	hand_wait(w->hand);
	return w->z;
}
