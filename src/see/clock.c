/* SPDX-License-Identifier: Apache-2.0 */
#include "see/clock.h"
#include "base/os.h"
#include "see/node.h"
#include <stdlib.h>

#define SECOND ((int64_t)1000000)
#define MINUTE (60 * SECOND)
/* How far a clock that is steered may have moved while it was doubtful. */
#define SLACK MINUTE

bool clock_doubtful(const struct node *n)
{
	return n->clock.doubtful || n->clock.apart != 0;
}

/* ---- writing it down ----------------------------------------------------------------------------- */

/* What is written is the clock as it is believed: after a restart a wrong one is still wrong. */
static void put(struct node *n, int64_t now, int64_t ticks)
{
	const struct clock *c = &n->clock;

	state_meta_number(n->state, "clock.last", c->doubtful ? c->right + ticks : now);
	state_meta_number(n->state, "clock.doubtful", c->doubtful);
	state_meta_number(n->state, "clock.apart", c->apart);
	state_meta_number(n->state, "clock.off", c->doubtful ? (now - ticks - c->right) / SECOND : -c->apart);
	/* both of the time that the node runs, so that no clock that is set makes them longer */
	state_meta_number(n->state, "clock.voices", c->voices);
	state_meta_number(n->state, "clock.silent", c->apart != 0 ? ticks - c->heard : 0);
	state_meta_number(n->state, "clock.alone", c->alone > ticks ? c->alone - ticks : 0);
}

/* what, one of the two words, and how much. */
static void say(struct clock_said *said, const char *what, int64_t off, const char *back, const char *forward)
{
	int64_t s = (off < 0 ? -off : off) / SECOND;

	said->log = true;
	snprintf(said->text, sizeof(said->text), "%s %s (%lld d %02d:%02d:%02d)", what,
	        off < 0 ? back : forward, (long long)(s / 86400), (int)(s / 3600 % 24), (int)(s / 60 % 60),
	        (int)(s % 60));
}

/* ---- judging ------------------------------------------------------------------------------------- */

static int64_t forward(const struct clock *c, int64_t ticks)
{
	return !c->strict && ticks - c->began < CLOCK_QUIET ? CLOCK_START : CLOCK_FORWARD;
}

static bool plausible(const struct clock *c, int64_t off, int64_t ticks, int64_t slack)
{
	return off >= c->right - CLOCK_STEP - slack && off <= c->right + forward(c, ticks);
}

/* It stands where it was believed; a step forward that turned out to be wrong is undone this way. */
static bool is_right(const struct clock *c, int64_t off, int64_t ticks)
{
	bool before = c->before != 0 && off >= c->before - SLACK && off <= c->before + SLACK;

	return before || plausible(c, off, ticks, SLACK);
}

static void begin(struct clock *c, int64_t off, struct clock_said *ret)
{
	c->doubtful = true;
	c->right_since = 0;
	say(ret, "the clock is doubtful: it was set", off - c->right, "back", "forward");
}

static void believe(struct clock *c, int64_t off)
{
	if (off > c->right + CLOCK_STEP)
		c->before = c->right;
	c->right = off;
	c->right_since = 0;
	c->strict = c->strict && c->doubtful;
	c->doubtful = false;
}

/* True if what it was doubted for has gone. */
static bool recovers(struct clock *c, int64_t off, int64_t ticks)
{
	if (!is_right(c, off, ticks))
		c->right_since = 0;
	else if (c->right_since == 0)
		c->right_since = ticks;
	return c->right_since != 0 && ticks - c->right_since >= CLOCK_QUIET;
}

/* A step of a clock that was believed, or was not. */
static void mend_step(struct node *n, int64_t step, int64_t now)
{
	const struct clock *c = &n->clock;

	if (step < 0)
		clock_mend_waiting(n, now);
	else if (c->doubtful && c->right_since == 0)
		clock_mend_old(n, c->stretch, c->now + CLOCK_STEP, step);
}

/* ---- what neighbours and a person have said before ------------------------------------------------------ */

/* gap: how long the node was off, by its clock. */
static void take_over(struct node *n, int64_t gap)
{
	struct clock *c = &n->clock;
	int64_t voices = 2, silent = 0, alone = 0;

	(void)state_meta_number_find(n->state, "clock.apart", &c->apart);
	(void)state_meta_number_find(n->state, "clock.voices", &voices);
	(void)state_meta_number_find(n->state, "clock.silent", &silent);
	(void)state_meta_number_find(n->state, "clock.alone", &alone);
	c->kept = c->apart != 0;
	c->voices = (unsigned)voices;
	c->heard = c->ticks - silent;
	if (!c->doubtful && gap >= -CLOCK_STEP && gap <= CLOCK_QUIET && alone > gap)
		c->alone = c->ticks + alone - gap;
}

static bool is_far(int64_t seconds)
{
	return seconds > CLOCK_APART || seconds < -CLOCK_APART;
}

static void end_apart(struct clock *c, const char *why, struct clock_said *ret)
{
	c->apart = 0;
	c->kept = false;
	if (ret->log)
		return;
	ret->log = true;
	snprintf(ret->text, sizeof(ret->text), "%s", why);
}

/* What they have said was of the clock before it, and so was what a person has confirmed. */
static void move(struct clock *c, int64_t step, struct clock_said *ret)
{
	if (is_far(step / SECOND))
		c->alone = 0;
	if (c->apart == 0)
		return;
	c->apart -= step / SECOND;
	c->kept = true;
	if (!is_far(c->apart))
		end_apart(c, "the clock was set to that of neighbours", ret);
}

/* True if it is no longer doubtful for what they have said: nobody has said it for so long. */
static bool passes(struct clock *c, int64_t ticks, struct clock_said *ret)
{
	if (c->apart == 0 || ticks - c->heard < CLOCK_HEARD)
		return false;
	end_apart(c,
	        "neighbours that have said that the clock is wrong were not heard for two hours: this no "
	        "longer "
	        "counts",
	        ret);
	return true;
}

static int commit(struct node *n, int64_t now, int64_t ticks, struct err *e)
{
	put(n, now, ticks);
	n->clock.written = ticks;
	return db_commit(n->state, e);
}

int clock_open(struct node *n, struct clock_said *ret, struct err *e)
{
	struct clock *c = &n->clock;
	int64_t now = os_now(), ticks = os_ticks(), last = now, doubtful = 0;

	*ret = (struct clock_said){0};
	(void)state_meta_number_find(n->state, "clock.last", &last);
	(void)state_meta_number_find(n->state, "clock.doubtful", &doubtful);
	*c = (struct clock){.now = now,
	        .ticks = ticks,
	        .right = last - ticks,
	        .began = ticks,
	        .stretch = now,
	        .doubtful = doubtful != 0,
	        .strict = doubtful != 0};
	if (c->doubtful)
		say(ret, "the clock is still doubtful: it is", now - last, "behind", "ahead");
	else if (plausible(c, now - ticks, ticks, 0))
		c->right = now - ticks;
	else
		begin(c, now - ticks, ret);
	take_over(n, now - last);
	if (c->apart != 0 && !ret->log)
		say(ret, "the clock is still doubtful: neighbours have said that it is", -c->apart * SECOND,
		        "behind", "ahead");
	db_begin(n->state);
	if (now < last)
		clock_mend_waiting(n, now);
	return commit(n, now, ticks, e);
}

int clock_look(struct node *n, struct clock_said *ret, struct err *e)
{
	struct clock *c = &n->clock;
	int64_t now = os_now(), ticks = os_ticks(), off = now - ticks, step = off - (c->now - c->ticks);

	*ret = (struct clock_said){.stepped = step < -CLOCK_STEP || step > CLOCK_STEP};
	if (ret->stepped)
		move(c, step, ret);
	bool change = passes(c, ticks, ret);
	if (!ret->stepped && !c->doubtful && !change && ticks - c->written < MINUTE) {
		c->right = off;
		c->now = now;
		c->ticks = ticks;
		return 0;
	}
	db_begin(n->state);
	if (ret->stepped)
		mend_step(n, step, now);
	if (!c->doubtful && !plausible(c, off, ticks, 0)) {
		begin(c, off, ret);
		change = true;
	} else if (!c->doubtful) {
		believe(c, off);
	} else if (recovers(c, off, ticks)) {
		clock_mend_future(n, now);
		believe(c, off);
		*ret = (struct clock_said){.stepped = true, .log = true, .text = "the clock is right again"};
		change = true;
	}
	if (ret->stepped)
		c->stretch = now;
	c->now = now;
	c->ticks = ticks;
	if (ret->stepped || change || ticks - c->written >= MINUTE)
		return commit(n, now, ticks, e);
	db_rollback(n->state);
	return 0;
}

void clock_confirm(struct node *n)
{
	int64_t now = os_now();

	clock_mend_future(n, now);
	state_meta_number(n->state, "clock.last", now);
	state_meta_number(n->state, "clock.doubtful", 0);
	state_meta_number(n->state, "clock.apart", 0);
	state_meta_number(n->state, "clock.off", 0);
	state_meta_number(n->state, "clock.alone", CLOCK_ALONE);
}

void clock_believe(struct node *n)
{
	struct clock *c = &n->clock;

	c->now = os_now();
	c->ticks = os_ticks();
	believe(c, c->now - c->ticks);
	c->strict = false;
	c->before = 0;
	c->apart = 0;
	c->kept = false;
	c->alone = c->ticks + CLOCK_ALONE;
}

/* ---- what neighbours say ------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int64_t clock_others(int64_t *differs, unsigned n)
{
	unsigned first = 0, count = 0;

	if (n == 0)
		return 0;
	qsort(differs, n, sizeof(*differs), ascending);
	for (unsigned i = 0, j = 0; i < n; i++) {
		while (j < n && differs[j] - differs[i] <= CLOCK_APART)
			j++;
		if (j - i > count) {
			first = i;
			count = j - i;
		}
	}
	/* in order, so that the first and the last of them tell where all are */
	bool far = differs[first] > CLOCK_APART || differs[first + count - 1] < -CLOCK_APART;
	return far && count >= 2 && count * 2 > n ? differs[first + count / 2] : 0;
}

/* What was said before a start or a step of the clock stands until it can be judged anew: the first that answers is not all. */
static bool stands(const struct clock *c, const int64_t *differs, unsigned count)
{
	unsigned with = 0;

	for (unsigned i = 0; i < count; i++)
		with += !is_far(differs[i]);
	return c->kept && count < c->voices && !(with >= 2 && with * 2 > count);
}

void clock_heard(struct node *n, int64_t *differs, unsigned count, int64_t at, struct clock_said *ret)
{
	struct clock *c = &n->clock;
	int64_t apart = clock_others(differs, count), before = c->apart;

	*ret = (struct clock_said){0};
	if (os_ticks() < c->alone)
		apart = 0;
	if (apart != 0) {
		c->apart = apart;
		c->voices = count;
		c->heard = at;
		c->kept = false;
		if (before == 0) {
			ret->log = true;
			say(ret, "the clock is doubtful: neighbours agree with each other that it is",
			        -apart * SECOND, "behind", "ahead");
		}
	} else if (before != 0 && !stands(c, differs, count)) {
		end_apart(c,
		        count > 0 ? "the neighbours that are heard no longer agree that the clock is wrong"
		                  : "no neighbour that is still linked says that the clock is wrong",
		        ret);
	}
	if (c->apart != before)
		put(n, os_now(), os_ticks());
}
