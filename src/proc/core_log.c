/* SPDX-License-Identifier: Apache-2.0
 *
 * The core's side of the log: when a checkpoint is made, what the keeper signs for it, and what is said between logs and their
 * witnesses. Whatever is signed was saved before (link/log.h).
 */
#include "base/os.h"
#include "proc/core_link_in.h"
#include "proc/memory.h"
#include "trust/keeper.h"
#include <stdio.h>

#define SECOND ((int64_t)1000000)
#define LOOK_US (300 * SECOND) /* between two looks at a peer's log that has no reason to say more */
#define LOOK_OUT_US                                                                                          \
	(60 * SECOND)         /* where nobody can ask us to be a witness, or its newest checkpoint has few */
#define SOON_US (12 * SECOND) /* after a peer has shown that its log grew: a checkpoint is made by then */
#define AGAIN_US (60 * SECOND)
#define TRY_US (8 * SECOND) /* between two calls of a witness: its quota is 8 a minute */
#define REFUSED_US (900 * SECOND)
#define DUE_US SECOND

static void begin(struct core *c)
{
	core_link_begin(c);
}

static bool commit(struct core *c)
{
	struct err e = {0};

	if (db_commit(c->node->state, &e) == 0)
		return true;
	log_say(&c->log, LOG_ERR, "the log: %s", e.text);
	return false;
}

/* ---- the keeper ---------------------------------------------------------------------------------- */

static bool ask_keeper(struct core *c, struct log_task *t)
{
	/* a witness from an old backup knows less of a log than it has signed: it waits as well, and is asked again then */
	if (core_link_starting(c))
		return true;
	struct channel_message m = {.verb = CHANNEL_KEEP_LOG, .id = ++c->link->ids};
	struct err e;
	auto_fd int fd = memory_of(buf_str(&t->sign.text), &e);

	key_id(t->sign.key, m.token);
	t->id = m.id;
	return channel_send_fd(c->link->keeper, &m, fd, false, &e) == 0;
}

static void drop_task(struct core_link *l, size_t i)
{
	buf_done(&l->tasks.v[i].sign.text);
	l->tasks.v[i] = l->tasks.v[--l->tasks.n];
}

/* Takes what is to be signed with it. */
static bool add_task(struct core *c, const struct log_task *task)
{
	struct log_task *t = vec_add(&c->link->tasks);

	*t = *task;
	if (ask_keeper(c, t))
		return true;
	drop_task(c->link, c->link->tasks.n - 1);
	return false;
}

/* Our newest checkpoint, unless it is at the keeper. */
static void sign_checkpoint(struct core *c)
{
	struct log_task t = {.kind = LOG_TASK_CHECKPOINT};

	for (size_t i = 0; i < c->link->tasks.n; i++)
		if (c->link->tasks.v[i].kind == LOG_TASK_CHECKPOINT)
			return;
	if (c->link->keyless || clock_doubtful(c->node) || !log_unsigned_find(&c->link->self, &t.sign)) {
		buf_done(&t.sign.text);
		return;
	}
	(void)add_task(c, &t);
}

static void all_witnesses(struct core *c)
{
	for (size_t i = 0; i < c->link->peers.n; i++)
		c->link->peers.v[i].log.ask_at = 0;
}

bool core_log_answer(struct core *c, uint32_t door_id, struct wire_answer *w)
{
	struct log_task t = {.kind = LOG_TASK_DOOR, .door_id = door_id, .sign = w->cosign};

	w->cosign = (struct log_sign){0};
	return add_task(c, &t);
}

static void answer_door(struct core *c, const struct log_task *t, bool good, struct str line)
{
	struct channel_message a = {
	        .verb = CHANNEL_ANSWER, .id = t->door_id, .code = good ? 200 : 503, .name = "text/plain"};
	struct err e;
	auto_fd int fd = memory_of(good ? line : STR("not-now\n"), &e);

	if (!good)
		channel_put(a.text, sizeof(a.text), STR("Retry-After: 60\n"));
	(void)channel_send_fd(c->door, &a, fd, false, NULL);
}

static void post(struct core *c, const struct log_task *t, struct str line)
{
	for (size_t i = 0; i < c->link->peers.n; i++) {
		struct peer *p = &c->link->peers.v[i];
		if (strcmp(p->name, t->party) != 0)
			continue;
		buf_clear(&p->log.line);
		buf_add(&p->log.line, line);
		p->log.line_size = t->sign.size;
	}
}

static void kept(struct core *c, const struct log_task *t, const uint8_t *signature)
{
	auto_buf struct buf line = {0};
	bool good = signature != NULL;

	if (t->kind == LOG_TASK_CHECKPOINT) {
		begin(c);
		good = good && log_signed(&c->link->self, &t->sign, signature);
		if (commit(c) && good)
			all_witnesses(c);
	} else {
		good = good && log_cosigned(&c->link->self, &t->sign, signature, &line);
		if (t->kind == LOG_TASK_DOOR)
			answer_door(c, t, good, buf_str(&line));
		else if (good)
			post(c, t, buf_str(&line));
	}
	if (!good)
		log_say(&c->log, LOG_ERR,
		        "the keeper does not have the log key of our key list: nothing of the log is signed "
		        "(weir "
		        "key)");
}

bool core_log_kept(struct core *c, const struct channel_message *m)
{
	uint8_t signature[STATEMENT_SIGNATURE];
	struct core_link *l = c->link;

	for (size_t i = 0; i < l->tasks.n; i++) {
		if (l->tasks.v[i].id != m->id)
			continue;
		struct log_task t = l->tasks.v[i];
		l->tasks.v[i].sign.text = (struct buf){0};
		drop_task(l, i);
		bool good = m->code == KEEPER_SIGNED &&
		        str_hex(str_from(m->text), signature, STATEMENT_SIGNATURE);
		kept(c, &t, good ? signature : NULL);
		buf_done(&t.sign.text);
		return true;
	}
	return false;
}

/* What it was asked before it started again is asked again. */
void core_log_keeper(struct core *c)
{
	for (size_t i = 0; i < c->link->tasks.n; i++)
		(void)ask_keeper(c, &c->link->tasks.v[i]);
}

/* ---- our checkpoints ----------------------------------------------------------------------------- */

static void make(struct core *c)
{
	struct err e = {0};

	begin(c);
	int rc = log_make(&c->link->self, &e);
	if (rc < 0)
		db_rollback(c->node->state);
	if (rc < 0 || !commit(c)) {
		if (rc < 0)
			log_say(&c->log, LOG_ERR, "no checkpoint of the log is made: %s", e.text);
		c->link->log_at = os_ticks() + 60 * SECOND;
	}
}

/* Once: files that are gone are made again. */
static void start(struct core *c)
{
	begin(c);
	if (!log_mend(&c->link->self))
		log_say(&c->log, LOG_ERR,
		        "the entries of our log are not those of its last checkpoint: this state was changed "
		        "by hand, "
		        "or is damaged");
	(void)commit(c);
}

void core_log(struct core *c)
{
	struct core_link *l = c->link;

	if (os_ticks() < l->log_at || core_link_starting(c))
		return;
	if (l->log_at == 0) {
		start(c);
		core_log_keeper(c);
	}
	l->log_at = os_ticks() + DUE_US;
	core_link_now(c);
	if (log_due(&l->self) == 0)
		make(c);
	sign_checkpoint(c);
}

void core_log_end(struct core *c)
{
	while (c->link->tasks.n > 0)
		drop_task(c->link, 0);
	vec_done(&c->link->tasks);
	for (size_t i = 0; i < c->link->peers.n; i++)
		buf_done(&c->link->peers.v[i].log.line);
}

/* ---- calls --------------------------------------------------------------------------------------- */

static bool ask_witness(struct core *c, struct peer *p)
{
	auto_buf struct buf body = {0};
	struct err e = {0};
	uint64_t size;

	p->log.ask_at = os_ticks() + AGAIN_US;
	c->link->self.now = os_now();
	int rc = log_ask(&c->link->self, str_from(p->name), &body, &size, &e);
	if (rc < 0)
		log_say(&c->log, LOG_ERR, "the log cannot be shown to %s: %s", p->name, e.text);
	if (rc <= 0 || !core_call(c, p, CALL_WITNESS, "POST", "add-checkpoint", buf_str(&body)))
		return false;
	p->log.asked = size;
	return true;
}

/* True: our key list says that we only dial out. */
static bool dials_out(struct core *c)
{
	struct query q = db_query(c->node->state, "select 1 from party where name = ? and url <> ''");

	query_text(&q, c->link->self.me);
	bool reached = query_next(&q) == 1;
	query_done(&q, NULL);
	return !reached;
}

static bool look(struct core *c, struct peer *p)
{
	bool soon = dials_out(c) || log_mirror_thin(&c->link->self, str_from(p->name));
	p->log.look_at = os_ticks() + (soon ? LOOK_OUT_US : LOOK_US);
	p->log.asked_us = os_now();
	p->log.floor = log_floor(&c->link->self, str_from(p->name));
	return core_call(c, p, CALL_LOG, "GET", "log/checkpoint", str_make(NULL, 0));
}

static bool look_own(struct core *c, struct peer *p)
{
	char path[PARTY_ID + 32];

	p->log.own_due = false;
	p->log.asked_us = os_now();
	snprintf(path, sizeof(path), "mirror/%.*s/checkpoint", STR_ARG(c->link->self.me));
	return core_call(c, p, CALL_LOG_OWN, "GET", path, str_make(NULL, 0));
}

/* Entries of his log, or of ours as he has kept it. */
static bool fetch(struct core *c, struct peer *p, struct str whose)
{
	struct log_task t = {.kind = LOG_TASK_POST};
	char tile[TILE_PATH], path[PARTY_ID + TILE_PATH + 32];
	bool own = str_eq(whose, c->link->self.me), called = false;

	begin(c);
	enum log_want want = log_want(&c->link->self, whose, tile, &t.sign);
	bool good = commit(c);
	if (good && want == LOG_ENTRIES) {
		if (own)
			snprintf(path, sizeof(path), "mirror/%.*s/%s", STR_ARG(whose), tile);
		else
			snprintf(path, sizeof(path), "log/%s", tile);
		called = core_call(
		        c, p, own ? CALL_ENTRIES_OWN : CALL_ENTRIES, "GET", path, str_make(NULL, 0));
	} else if (good && want == LOG_COSIGN) {
		snprintf(t.party, sizeof(t.party), "%s", p->name);
		if (add_task(c, &t))
			return false;
	}
	buf_done(&t.sign.text);
	return called;
}

/* Whether the limits of its link let more of its log in; that many bytes have come now. */
static bool may_take(struct core *c, struct peer *p, size_t bytes)
{
	struct str name = str_from(p->name);

	return wire_entries(&c->link->self, name, core_link_quota(c->link, name), bytes);
}

bool core_log_step(struct core *c, struct peer *p)
{
	struct peer_log *l = &p->log;
	int64_t now = os_ticks();

	c->link->self.now = os_now();
	if (l->line.len > 0 && now >= l->post_at) {
		l->post_at = now + TRY_US;
		return core_call(c, p, CALL_COSIGN, "POST", "cosignatures", buf_str(&l->line));
	}
	if (now >= l->ask_at && now >= l->asked_at + TRY_US) {
		l->asked_at = now;
		if (ask_witness(c, p))
			return true;
	}
	if (l->own_due)
		return look_own(c, p);
	if (l->own_more) {
		l->own_more = false;
		return fetch(c, p, c->link->self.me);
	}
	if (l->more) {
		l->more = false;
		if (may_take(c, p, 0))
			return fetch(c, p, str_from(p->name));
	}
	if (now < l->look_at)
		return false;
	return look(c, p);
}

/* ---- what comes back ----------------------------------------------------------------------------- */

/* It is reached, but this is not its log: after an hour people are told. */
static void not_its_log(struct core *c, struct peer *p, const struct channel_message *m, bool form)
{
	char sentence[120];

	snprintf(sentence, sizeof(sentence),
	        form ? "its log is not of the form of one, or not signed with its log key" : "it answers %d",
	        m->code);
	begin(c);
	log_refused(&c->link->self, str_from(p->name), sentence);
	(void)commit(c);
}

static void witnessed(struct core *c, struct peer *p, const struct channel_message *m, struct str body)
{
	bool ahead = false;

	begin(c);
	log_asked(&c->link->self, str_from(p->name), p->log.asked, m->code, body, &ahead);
	(void)commit(c);
	if (m->code == 409 && !ahead)
		p->log.ask_at = 0;
	/* does it hold one with our signature that we do not have? */
	p->log.own_due |= ahead || m->code == 422;
	if (m->code != 200 && m->code != 409 && m->code != 429 && m->code != 503)
		p->log.ask_at = os_ticks() + REFUSED_US; /* it will hardly think better of it soon */
}

static void watch(struct core *c, struct peer *p)
{
	begin(c);
	unsigned raised = log_watch(&c->link->self, str_from(p->name));
	(void)commit(c);
	if (raised > 0)
		log_say(&c->log, LOG_ERR, "%u statements of %s are not in its log (weir log show)", raised,
		        p->name);
}

static void checkpoint(
        struct core *c, struct peer *p, struct str whose, const struct channel_message *m, struct str body)
{
	bool own = str_eq(whose, c->link->self.me), good = false;
	unsigned before = log_alarms(c->node->state, whose);

	if (m->code == 200) {
		begin(c);
		good = log_checkpoint_take(
		        &c->link->self, whose, body, p->log.asked_us, own ? 0 : p->log.floor);
		good &= commit(c);
	}
	*(own ? &p->log.own_more : &p->log.more) = good;
	if (own)
		return;
	if (!good)
		not_its_log(c, p, m, m->code == 200);
	else if (log_alarms(c->node->state, whose) > before)
		log_say(&c->log, LOG_ERR, "the log of %s contradicts what it has shown (weir log show)",
		        p->name);
	watch(c, p);
}

static void entries(
        struct core *c, struct peer *p, struct str whose, const struct channel_message *m, struct str body)
{
	bool own = str_eq(whose, c->link->self.me), good = false;

	if (m->code == 200) {
		begin(c);
		good = log_entries_take(&c->link->self, whose, body);
		good &= commit(c);
	}
	*(own ? &p->log.own_more : &p->log.more) = good;
	if (!own)
		(void)may_take(c, p, body.len);
	if (!good && !own)
		not_its_log(c, p, m, m->code == 200);
	if (!own)
		watch(c, p);
}

void core_log_heard(
        struct core *c, struct peer *p, enum call what, const struct channel_message *m, struct str body)
{
	struct str whose =
	        what == CALL_LOG_OWN || what == CALL_ENTRIES_OWN ? c->link->self.me : str_from(p->name);

	if (what == CALL_WITNESS) {
		witnessed(c, p, m, body);
	} else if (what == CALL_COSIGN) {
		buf_clear(&p->log.line);
		begin(c);
		log_posted(&c->link->self, whose, p->log.line_size,
		        m->code == 200 ? "" : "it did not take our line");
		(void)commit(c);
	} else if (what == CALL_LOG || what == CALL_LOG_OWN) {
		checkpoint(c, p, whose, m, body);
	} else {
		entries(c, p, whose, m, body);
	}
}

/* A peer has shown us a checkpoint, or said something: there is more of its log than we have. */
void core_log_shown(struct core *c, struct str party)
{
	for (size_t i = 0; i < c->link->peers.n; i++) {
		struct peer *p = &c->link->peers.v[i];
		if (str_eq(str_from(p->name), party) && p->log.look_at > os_ticks() + SOON_US)
			p->log.look_at = os_ticks() + SOON_US;
	}
}
