/* SPDX-License-Identifier: Apache-2.0
 *
 * The core's side of linking: what is to be signed goes to the keeper, bodies of strangers to the process that reads them,
 * calls to the dialler, and what comes back becomes rows (src/link/). One call at a time for each peer; a peer that fails is
 * called again after 2 seconds, then twice as long each time up to 15 minutes, a quarter more or less; anything that comes
 * from it ends the waiting.
 */
#include "base/os.h"
#include "link/peer.h"
#include "link/wire.h"
#include "proc/core_link_in.h"
#include "proc/memory.h"
#include "see/change.h"
#include "trust/keeper.h"
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define SECOND ((int64_t)1000000)
#define PULL_US (60 * SECOND)
#define WAIT_S 25u
#define LACKS_US (15 * SECOND)
#define LACKS_ONCE 64
#define BACKOFF_MAX (900 * SECOND)
#define ANSWER_MAX (17u << 20)

/* ---- transactions -------------------------------------------------------------------------------- */

void core_link_now(struct core *c)
{
	struct link_self *self = &c->link->self;

	self->now = os_now();
	self->no_clock = clock_doubtful(c->node);
	self->doubts = self->no_clock || c->link->keyless;
}

void core_link_begin(struct core *c)
{
	core_link_now(c);
	db_begin(c->node->state);
}

static void begin(struct core *c)
{
	core_link_begin(c);
}

/* False: nothing of it happened; *e says why, and the process may have to end. */
static bool commit(struct core *c, struct err *e)
{
	return db_commit(c->node->state, e) == 0;
}

/* ---- calls --------------------------------------------------------------------------------------- */

static void wait_longer(struct peer *p)
{
	int64_t us = 2 * SECOND << (p->fails < 10 ? p->fails : 10);
	uint16_t dice;

	us = us > BACKOFF_MAX ? BACKOFF_MAX : us;
	os_random(&dice, sizeof(dice));
	p->fails++;
	p->next = os_ticks() + us * 3 / 4 + us / 2 * dice / 65536;
	p->hello_at = 0;
}

static void note_failure(struct core *c, struct peer *p, const char *sentence)
{
	struct err e;

	begin(c);
	struct query q = db_query(
	        c->node->state, "update party set failed = ?1, fails = ?2, next = ?3 where name = ?4");
	query_text(&q, str_from(sentence));
	query_u64(&q, p->fails);
	query_i64(&q, os_now() + (p->next - os_ticks()));
	query_text(&q, str_from(p->name));
	query_run(&q);
	(void)commit(c, &e);
	if (p->fails == 1)
		log_say(&c->log, LOG_WARN, "%s is not reached: %s; what is for it waits", p->name, sentence);
}

static void note_success(struct core *c, struct peer *p)
{
	struct err e;

	if (p->fails > 0)
		log_say(&c->log, LOG_INFO, "%s is reached again", p->name);
	begin(c);
	struct query q = db_query(c->node->state,
	        "update party set failed = '', fails = 0, next = 0, reached = ?1 where name = ?2 and (fails "
	        "> 0 or "
	        "coalesce(reached, 0) < ?1 - 10000000)");
	query_i64(&q, os_now());
	query_text(&q, str_from(p->name));
	query_run(&q);
	if (p->fails > 0)
		link_again(&c->link->self, str_from(p->name));
	(void)commit(c, &e);
	p->fails = 0;
	p->next = 0;
}

static void push(struct core *c, struct peer *p)
{
	c->link->self.now = os_now();
	p->batch.count = 0;
	p->batch.more = false;
	buf_clear(&p->batch.bytes);
	link_batch(&c->link->self, str_from(p->name), &p->batch);
	if (p->batch.count == 0)
		p->news = false;
	else
		core_call(c, p, CALL_PUSH, "POST", "statements", buf_str(&p->batch.bytes));
}

/* Seconds until it may be asked for more of what waits for us there. */
static unsigned enough(struct core *c, struct peer *p)
{
	c->link->self.now = os_now();
	return wire_pull(&c->link->self, str_from(p->name), core_link_quota(c->link, str_from(p->name)));
}

static void pull(struct core *c, struct peer *p)
{
	char path[128];
	unsigned wait = enough(c, p);

	if (wait > 0) {
		p->pull_at = os_ticks() + wait * SECOND;
		return;
	}
	snprintf(path, sizeof(path), "statements?u=%llu&n=%llu", (unsigned long long)p->u,
	        (unsigned long long)p->n);
	core_call(c, p, CALL_PULL, "GET", path, str_make(NULL, 0));
}

/* Whom nobody can call holds a call open at each peer, so that what is for him comes at once. */
static void wait_there(struct core *c, struct peer *p)
{
	char path[128];

	if (!c->link->dials_only || p->wait_id != 0 || os_ticks() < p->wait_at || p->fails > 0)
		return;
	unsigned wait = enough(c, p);
	if (wait > 0) {
		p->wait_at = os_ticks() + wait * SECOND;
		return;
	}
	snprintf(path, sizeof(path), "statements?u=%llu&n=%llu&wait=%u", (unsigned long long)p->u,
	        (unsigned long long)p->n, WAIT_S);
	if (!core_dial(c, p, "GET", path, NULL, str_make(NULL, 0), WAIT_S, &p->wait_id))
		p->wait_id = 0;
}

/* A hole of his stream: true if it was asked for. */
static bool ask_hole(struct core *c, struct peer *p)
{
	auto_arena struct arena a = {0};
	struct link_hole h;
	char path[4600];
	struct err e;

	arena_init(&a, 0);
	c->link->self.now = os_now();
	bool own = recover_ask(&c->link->self, str_from(p->name), &a, &h);
	if (!own && !link_hole_find(&c->link->self, str_from(p->name), &a, &h))
		return false;
	int n = snprintf(path, sizeof(path), "stream?sender=%.*s&from=%llu&until=%llu&to=%.*s",
	        STR_ARG(h.sender), (unsigned long long)h.first, (unsigned long long)h.last,
	        STR_ARG(h.recipients));
	for (int i = 0; i < n; i++)
		if (path[i] == ' ')
			path[i] = ',';
	if (!core_call(c, p, CALL_STREAM, "GET", path, str_make(NULL, 0)))
		return false;
	begin(c);
	if (own)
		recover_asked(&c->link->self, &h);
	else
		link_hole_asked(&c->link->self, h.id);
	return commit(c, &e);
}

/* What it says that we have said: the statement itself is the proof. */
static bool ask_own(struct core *c, struct peer *p)
{
	char path[16 + 2 * DIGEST_LEN + 1] = "statements/";

	str_hex_print(path + strlen(path), p->own.id, DIGEST_LEN);
	p->own.ahead = false;
	return core_call(c, p, CALL_OWN, "GET", path, str_make(NULL, 0));
}

/* What it has told us of a third party, who has not told us; each once, and after a while again. */
static bool ask_lacked(struct core *c, struct peer *p)
{
	char path[16 + 2 * DIGEST_LEN + 1] = "statements/";

	if (os_ticks() < p->lacks_at)
		return false;
	bool more = link_lacks(&c->link->self, str_from(p->name), p->lacked, p->lacked);
	if (!more)
		memset(p->lacked, 0, DIGEST_LEN);
	if (!more || ++p->lacks == LACKS_ONCE) {
		p->lacks = 0;
		p->lacks_at = os_ticks() + LACKS_US;
	}
	str_hex_print(path + strlen(path), p->lacked, DIGEST_LEN);
	return more && core_call(c, p, CALL_LACKED, "GET", path, str_make(NULL, 0));
}

/* The next thing to be said to a peer. */
static void step(struct core *c, struct peer *p)
{
	int64_t now = os_ticks();

	if (!p->here || p->url[0] == 0 || p->pins[0] == 0)
		return;
	wait_there(c, p);
	if (p->call != CALL_NONE || now < p->next)
		return;
	if (now >= p->hello_at && core_call(c, p, CALL_HELLO, "GET", "hello", str_make(NULL, 0)))
		return;
	if (p->news)
		push(c, p);
	if (p->call != CALL_NONE)
		return;
	if (p->keys_due && core_call(c, p, CALL_KEYS, "GET", "keys", str_make(NULL, 0)))
		return;
	if (p->own.ahead && ask_own(c, p))
		return;
	if (now >= p->pull_at)
		pull(c, p);
	else if (now >= p->heads_at)
		core_call(c, p, CALL_HEADS, "GET", "heads", str_make(NULL, 0));
	else if (!ask_hole(c, p) && !ask_lacked(c, p))
		(void)(core_blob_step(c, p) || core_log_step(c, p));
}

/* ---- what comes back ----------------------------------------------------------------------------- */

static void pulled(struct core *c, struct peer *p, const struct channel_message *m, struct str body)
{
	struct err e;

	begin(c);
	wire_take(
	        &c->link->self, str_from(p->name), core_link_quota(c->link, str_from(p->name)), false, body);
	if (!commit(c, &e))
		return;
	bool more = core_link_header(m, "Weir-More", 0) == 1;
	p->u = core_link_header(m, "Weir-U", p->u);
	p->n = core_link_header(m, "Weir-N", p->n);
	if (body.len > 0)
		core_log_shown(c, str_from(p->name));
	if (body.len == 0)
		p->u = p->n = 0; /* from the oldest without receipt, the next time */
	p->pull_at = more ? 0 : os_ticks() + PULL_US;
}

static void heads(struct core *c, struct peer *p, struct str body)
{
	struct err e;

	begin(c);
	link_heads_take(&c->link->self, str_from(p->name), body, &p->own);
	p->log.own_due |= log_heads_ahead(&c->link->self, body);
	(void)commit(c, &e);
	p->told |= !p->own.ahead;
	p->heads_at = os_ticks() + HELLO_US;
}

/* A statement of ours that is not here, by our own signature: nothing is signed until two persons have looked. */
static void take_own(struct core *c, struct peer *p, struct str body)
{
	struct err e;

	begin(c);
	bool new = wire_take(&c->link->self, str_from(p->name), NULL, true, body) > 0;
	p->told |= !new;
	if (!commit(c, &e) || !new)
		return;
	p->heads_at = 0; /* there may be more */
	log_say(&c->log, LOG_ERR,
	        "%s holds more of what we said than we do: this state is an old backup, or another machine "
	        "has our keys; nothing is signed until two persons have looked (weir recover)",
	        p->name);
}

/* His key list as he gives it: it proves itself. */
static void take_keys(struct core *c, struct peer *p, struct str note)
{
	struct err e = {0};

	begin(c);
	enum keylist_verdict v = key_list_take(&c->link->self, str_from(p->name), note, &e);
	if (v != KEYLIST_TAKE && v != KEYLIST_HAVE)
		log_say(&c->log, LOG_WARN, "%s: its key list: %s", p->name, e.text);
	(void)commit(c, &e);
	c->link->peers_at = 0;
}

static void good_answer(
        struct core *c, struct peer *p, enum call what, const struct channel_message *m, struct str body)
{
	struct err e;

	if (what == CALL_PUSH) {
		begin(c);
		bool understood = wire_pushed(&c->link->self, str_from(p->name), &p->batch, body);
		if (!commit(c, &e) || !understood)
			p->next = os_ticks() + 10 * SECOND;
	} else if (what == CALL_HELLO) {
		core_hello(c, p, body);
	} else if (what == CALL_HEADS) {
		heads(c, p, body);
	} else if (what == CALL_PULL) {
		pulled(c, p, m, body);
	} else if (what == CALL_OWN) {
		take_own(c, p, body);
	} else if (what == CALL_STREAM || what == CALL_LACKED) {
		begin(c);
		wire_take(&c->link->self, str_from(p->name), NULL, true, body);
		(void)commit(c, &e);
	} else if (what == CALL_KEYS) {
		p->keys_due = false;
		p->keys_at = os_ticks() + 24 * HELLO_US;
		take_keys(c, p, body);
	}
}

static void bad_answer(
        struct core *c, struct peer *p, enum call what, const struct channel_message *m, struct str body)
{
	char sentence[300], word[100];
	uint64_t retry = core_link_header(m, "Retry-After", 0);

	err_quote(word, sizeof(word), str_trim(str_sub(body, 0, 60)));
	if (m->code == 0)
		snprintf(sentence, sizeof(sentence), "%.250s", m->name);
	else
		snprintf(sentence, sizeof(sentence), "it answers %d %s", m->code, word);
	/* what it does not have is no reason not to call it */
	if (m->code == 404 && (what == CALL_OWN || what == CALL_LACKED)) {
		p->told |= what == CALL_OWN;
		return;
	}
	if (m->code == 404 && what == CALL_KEYS) {
		p->keys_due = false;
		p->keys_at = os_ticks() + 24 * HELLO_US;
		return;
	}
	/* its limit is reached, which is no fault of the line: nothing goes again that has gone */
	if (m->code == 429 && retry > 0 && retry <= 60) {
		p->next = os_ticks() + (int64_t)retry * SECOND;
		return;
	}
	wait_longer(p);
	if (retry > 0)
		p->next = os_ticks() + (int64_t)(retry < 3600 ? retry : 3600) * SECOND;
	note_failure(c, p, sentence);
}

/* The call that was held open has ended; it is made again at once, or after a while where it failed. */
static void waited(struct core *c, struct peer *p, const struct channel_message *m, struct str body)
{
	p->wait_id = 0;
	p->wait_at = m->code == 200 ? 0 : os_ticks() + PULL_US;
	if (m->code == 200)
		pulled(c, p, m, body);
}

static void hear_dialler(struct core *c)
{
	struct channel_message m;
	struct err e;
	int fd, rc;

	while ((rc = channel_receive_fd(c->link->dial, &m, &fd, false, &e)) != 0) {
		auto_buf struct buf body = {0};
		struct peer *p = NULL;
		if (rc > 0 && m.verb == CHANNEL_HELLO) {
			begin(c);
			struct key_held held = {.use = KEY_TLS};
			memcpy(held.public_key, m.sha256, 32);
			key_told_all(&c->link->self, &held, 1);
			(void)commit(c, &e);
		}
		for (size_t i = 0; rc > 0 && i < c->link->peers.n; i++) {
			struct peer *q = &c->link->peers.v[i];
			if (m.verb == CHANNEL_HELLO) {
				q->call = CALL_NONE; /* the one before has ended, and its calls with it */
				q->wait_id = 0;
			} else if (m.verb == CHANNEL_DIALLED && q->wait_id != 0 && q->wait_id == m.id) {
				(void)memory_read(fd, ANSWER_MAX, &body, &e);
				waited(c, q, &m, buf_str(&body));
			} else if (m.verb == CHANNEL_DIALLED && q->call != CALL_NONE && q->id == m.id) {
				p = q;
			}
		}
		if (p != NULL) {
			enum call what = p->call;
			p->call = CALL_NONE;
			(void)memory_read(fd, ANSWER_MAX, &body, &e);
			if (what >= CALL_BLOB_GET && what <= CALL_BLOB_PUT && m.code != 0) {
				note_success(c, p);
				core_blob_answer(c, p, what, &m, buf_str(&body));
			} else if (m.code != 0 && what >= CALL_WITNESS) {
				note_success(c, p);
				core_log_heard(c, p, what, &m, buf_str(&body));
			} else if (m.code == 200) {
				note_success(c, p);
				good_answer(c, p, what, &m, buf_str(&body));
			} else {
				bad_answer(c, p, what, &m, buf_str(&body));
			}
		}
		os_close_fd(&fd);
	}
}

/* ---- signing ------------------------------------------------------------------------------------- */

static void ask_keeper(struct core *c)
{
	auto_arena struct arena a = {0};
	struct link_unsigned u;
	struct err e;

	if (c->link->signing != 0 || c->link->keyless || core_link_starting(c))
		return;
	arena_init(&a, 0);
	c->link->self.doubts = clock_doubtful(c->node);
	if (!link_unsigned_find(&c->link->self, &a, &u))
		return;
	struct channel_message m = {.verb = CHANNEL_KEEP, .id = ++c->link->ids, .receipt = u.n};
	int fd = memory_of(u.head, &e);
	if (channel_send_fd(c->link->keeper, &m, fd, false, &e) == 0) {
		c->link->signing = u.n;
		c->link->keep_id = m.id;
	}
	os_close_fd(&fd);
}

static void everyone_has_news(struct core *c)
{
	for (size_t i = 0; i < c->link->peers.n; i++)
		c->link->peers.v[i].news = true;
}

static int hear_kept(struct core *c, const struct channel_message *m, struct err *e)
{
	uint8_t signature[STATEMENT_SIGNATURE];

	c->link->signing = 0;
	if (m->code == KEEPER_USED) {
		log_say(&c->log, LOG_ERR,
		        "the keeper has signed another statement under this number: this state is an old "
		        "backup; nothing is signed "
		        "(weir recover)");
		begin(c);
		recover_used(&c->link->self, m->receipt, m->size, m->sha256);
		return commit(c, e) ? 0 : e->code;
	}
	if (m->code != KEEPER_SIGNED || !str_hex(str_from(m->text), signature, STATEMENT_SIGNATURE)) {
		log_say(&c->log, LOG_ERR,
		        "the keeper has no key of the key list that is in force; import a list with its keys "
		        "(weir key)");
		c->link->keyless = true;
		return 0;
	}
	begin(c);
	link_signed(&c->link->self, m->receipt, signature);
	everyone_has_news(c);
	if (!commit(c, e))
		return e->code;
	core_peer_news(c);
	return 0;
}

static void ask_keys(struct core *c)
{
	struct channel_message m = {.verb = CHANNEL_KEEP_KEYS, .id = ++c->link->ids};

	c->link->signing = 0;
	c->link->keys_id = m.id;
	c->link->share_id = 0;
	(void)channel_send(c->link->keeper, &m, false, NULL);
}

/* Lines "sign HEX": the public halves, which people take to the root. */
static void hear_keys(struct core *c, const struct channel_message *m)
{
	struct key_held held[64];
	unsigned n = 0;
	struct err e;

	for (struct str_cut line = str_cut(str_from(m->text), '\n'); line.head.len > 0;
	        line = str_cut(line.tail, '\n')) {
		struct str_cut pair = str_cut(line.head, ' ');
		for (unsigned use = 0; use < KEY_USES; use++)
			if (str_eq(pair.head, str_from(key_use_name(use))) && pair.tail.len == 64 && n < 64 &&
			        str_hex(pair.tail, held[n].public_key, 32))
				held[n++].use = use;
	}
	begin(c);
	key_told_all(&c->link->self, held, n);
	(void)commit(c, &e);
}

static int hear_keeper(struct core *c, struct err *e)
{
	struct channel_message m;
	int rc, done = 0;

	while (done == 0 && (rc = channel_receive(c->link->keeper, &m, false, e)) != 0) {
		if (rc < 0)
			continue;
		if (m.verb == CHANNEL_HELLO) {
			core_log_keeper(c);
			ask_keys(c); /* and it is asked again for what it was asked, which it signs alike */
		} else if (m.verb == CHANNEL_KEPT && m.id == c->link->keep_id)
			done = hear_kept(c, &m, e);
		else if (m.verb == CHANNEL_KEPT && m.id == c->link->keys_id)
			hear_keys(c, &m);
		else if (m.verb == CHANNEL_KEPT && m.id == c->link->share_id)
			core_courier_told(c, &m);
		else if (m.verb == CHANNEL_KEPT)
			(void)core_log_kept(c, &m);
		if (done == 0)
			ask_keeper(c);
	}
	return done;
}

/* ---- all of it ----------------------------------------------------------------------------------- */

static bool any(struct core *c, const char *sql)
{
	struct query q = db_query_text(c->node->state, str_from(sql));
	bool there = query_next(&q) == 1;

	query_done(&q, NULL);
	return there;
}

static int receipts(struct core *c, struct err *e)
{
	if (clock_doubtful(c->node) || c->link->keyless || core_link_starting(c) ||
	        !any(c, "select 1 from receipt_due limit 1"))
		return 0;
	begin(c);
	/* what cannot be said stays due, and what could be said goes */
	(void)link_receipts(&c->link->self, e);
	return commit(c, e) ? 0 : e->code;
}

static int release(struct core *c, struct err *e)
{
	if (os_ticks() < c->link->release_at)
		return 0;
	c->link->release_at = os_ticks() + 10 * SECOND;
	begin(c);
	(void)peer_work(&c->link->self);
	return commit(c, e) ? 0 : e->code;
}

/* Rounds end by time alone; what was heard is worked on at once. */
static int verbs(struct core *c, struct err *e)
{
	if (core_link_starting(c) || !core_heard_due(c))
		return 0;
	begin(c);
	core_heard_work(c);
	return commit(c, e) ? 0 : e->code;
}

int core_link(struct core *c, struct err *e)
{
	struct core_link *l = c->link;

	if (l == NULL)
		return 0;
	if (os_ticks() >= l->peers_at)
		core_link_peers(c);
	int rc = hear_keeper(c, e);
	hear_dialler(c);
	if (rc == 0)
		rc = receipts(c, e);
	if (rc == 0)
		rc = release(c, e);
	if (rc == 0)
		rc = verbs(c, e);
	if (rc == 0)
		rc = core_blob_work(c, e);
	if (rc == 0)
		rc = core_courier(c, e);
	ask_keeper(c);
	core_log(c);
	for (size_t i = 0; i < l->peers.n; i++)
		step(c, &l->peers.v[i]);
	return rc == ERR_LIMIT && !node_dead(c->node) ? 0 : rc;
}

int core_link_ms(const struct core *c, int limit)
{
	int64_t now = os_ticks(), at = now + limit * (int64_t)1000;

	if (c->link == NULL)
		return limit;
	if (c->link->checking || c->link->courier_busy)
		return 0;
	for (size_t i = 0; i < c->link->peers.n; i++) {
		const struct peer *p = &c->link->peers.v[i];
		int64_t due = p->pull_at < p->hello_at ? p->pull_at : p->hello_at;
		if (!p->here || p->call != CALL_NONE || p->url[0] == 0)
			continue;
		due = due < p->next ? p->next : due;
		at = due < at ? due : at;
	}
	return at <= now ? 0 : (int)((at - now) / 1000) + 1;
}

void core_link_changed(struct core *c)
{
	if (c->link == NULL)
		return;
	c->link->peers_at = 0;
	everyone_has_news(c);
	/* a keeper whose keys were in no list may be of use now */
	c->link->keyless = false;
}

void core_link_fds(const struct core *c, int fd[2])
{
	/* bodies are waited for where they are asked */
	fd[0] = c->link != NULL ? c->link->keeper : -1;
	fd[1] = c->link != NULL ? c->link->dial : -1;
}

void core_link_start(struct core *c, const struct core_pairs *pairs)
{
	struct str party = c->node->country.party;

	if (party.len == 0)
		return;
	c->link = mem_zero(1, sizeof(*c->link));
	*c->link = (struct core_link){.keeper = pairs->keeper,
	        .bodies = pairs->bodies,
	        .dial = pairs->dial,
	        .start_at = os_ticks()};
	c->link->here = change_here(c->node);
	c->link->ids = (uint32_t)(os_now() & 0x3fffffff);
	c->link->self = (struct link_self){.db = c->node->state,
	        .me = party,
	        .folder = c->node->folder.p,
	        .read_body = core_bodies_read,
	        .heard = &core_heard,
	        .arg = c};
	c->link->self.here = &c->link->here;
	c->node->link = &c->link->self;
	c->node->ways = &link_ways;
	ask_keys(c);
	(void)channel_send(pairs->dial, &(struct channel_message){.verb = CHANNEL_HELLO}, false, NULL);
}

void core_link_end(struct core *c)
{
	if (c->link == NULL)
		return;
	core_log_end(c);
	for (size_t i = 0; i < c->link->peers.n; i++)
		buf_done(&c->link->peers.v[i].batch.bytes);
	blob_check_done(&c->link->check);
	core_courier_drop(c);
	vec_done(&c->link->peers);
	vec_done(&c->link->quotas);
	c->node->link = NULL;
	c->node->ways = NULL;
	free(c->link);
	c->link = NULL;
}
