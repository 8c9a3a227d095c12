/* SPDX-License-Identifier: Apache-2.0
 *
 * The core's side of the door. What it asks is checked as if nobody had looked at it before. Pages of letters are drawn here, go
 * through the exit, and onto the shelf; each is drawn anew when something about it is to be shown, and goes with its letter.
 */
#include "base/digest.h"
#include "base/os.h"
#include "exit/shelf.h"
#include "proc/core_in.h"
#include "see/answer.h"
#include "see/notice.h"
#include "web/answer_page.h"

#define MESSAGES 16 /* of one round; others wait their turn */
#define PAGES 16
#define HOUR ((int64_t)3600 * 1000000)
#define MINUTE ((int64_t)60 * 1000000)
#define FIGURES "country.json"
#define FIGURES_OBJECT "figures of the country"

/* ---- starting ------------------------------------------------------------------------------------ */

/* As it stands in letters. */
static struct str url_of(struct core *c, const struct pages_plan *p)
{
	const struct country_door *d = &c->node->country.door;
	struct str host = str_from(p->nnames > 0 ? p->names[0] : p->address);

	if (d->url.len != 0)
		return d->url;
	return arena_printf(&c->node->country.arena,
	        str_has(host, ':') ? "https://[%.*s]:%u" : "https://%.*s:%u", STR_ARG(host), p->port);
}

/* A shelf that is new is filled with what is to lie there. */
static int fill(struct core *c, struct err *e)
{
	struct db *db = c->node->state;

	db_begin(db);
	struct query q = db_query(db,
	        "update answer_link set want = want + 1, shelved = 0 where shelved = 1 and revoked = 0 and "
	        "until > ?");
	query_i64(&q, os_now());
	query_run(&q);
	shelf_anew(db);
	return db_commit(db, e);
}

int core_door_start(struct core *c, const struct pages_plan *outside, struct err *e)
{
	bool fresh = false;
	auto_arena struct arena a = {0};

	if (c->door < 0)
		return 0;
	arena_init(&a, 0);
	if (shelf_open(arena_printf(&a, "%.*s", STR_ARG(c->node->folder)).p, DB_WRITE, &c->shelf, &fresh,
	            e) != 0)
		return ERR_SYS;
	c->node->answers = url_of(c, outside);
	return fresh ? fill(c, e) : 0;
}

void core_door_end(struct core *c)
{
	if (c->shelf != NULL)
		(void)db_checkpoint(c->shelf, true, NULL);
	db_close(c->shelf);
	c->shelf = NULL;
}

/* ---- pages of letters ---------------------------------------------------------------------------- */

struct page {
	uint64_t notice, want;
	bool revoked, shelved;
	int64_t until;
	uint8_t mark[32];
	struct str ticket, email, language;
	enum tlp label;
};

static void take(struct page *p, const struct query *q, struct arena *a)
{
	struct str mark = query_get_blob(q, 5);

	*p = (struct page){.notice = query_get_u64(q, 0),
	        .want = query_get_u64(q, 1),
	        .revoked = query_get_u64(q, 2) != 0,
	        .shelved = query_get_u64(q, 3) != 0,
	        .until = query_get_i64(q, 4),
	        .ticket = arena_str(a, query_get_text(q, 6)),
	        .email = arena_str(a, query_get_text(q, 7)),
	        .language = arena_str(a, query_get_text(q, 8)),
	        .label = tlp_find(query_get_text(q, 9))};
	if (mark.len == sizeof(p->mark))
		memcpy(p->mark, mark.p, mark.len);
}

/* Those that are to be drawn, or to go; of letters that are sealed and may go. only 0: any. */
static int load(struct core *c, uint64_t only, struct page pages[PAGES], unsigned *ret, struct arena *a,
        struct err *e)
{
	struct query q = db_query(c->node->state,
	        "select l.notice, l.want, l.revoked, l.shelved, l.until, l.mark, n.ticket, c.email, "
	        "c.language, n.label "
	        "from answer_link l join notice n on n.id = l.notice join contact c on c.id = n.contact "
	        "where l.want > "
	        "l.done and (l.revoked = 1 or n.state in ('ready', 'sent')) and (?1 = 0 or l.notice = ?1) "
	        "order by l.notice "
	        "limit ?2");

	*ret = 0;
	query_u64(&q, only);
	query_u64(&q, PAGES);
	while (query_next(&q) == 1)
		take(&pages[(*ret)++], &q, a);
	return query_done(&q, e);
}

static void done(struct core *c, const struct page *p, bool shelved)
{
	struct query q =
	        db_query(c->node->state, "update answer_link set done = ?, shelved = ? where notice = ?");

	query_u64(&q, p->want);
	query_u64(&q, shelved);
	query_u64(&q, p->notice);
	query_run(&q);
}

/* Who has the link is the owner's contact: nobody else was sent it. */
static int put_page(struct core *c, const struct page *p, struct str bytes, struct err *e)
{
	auto_arena struct arena a = {0};
	struct cleared cleared;

	arena_init(&a, 0);
	struct exit_object o = {.name = arena_printf(&a, "answer page of notice %.*s", STR_ARG(p->ticket)),
	        .label = p->label};
	struct exit_recipient r = {.kind = EXIT_OWNER, .way = EXIT_SEALED, .name = p->email};
	struct shelf_place place = {ANSWER_SHELF, str_make((const char *)p->mark, sizeof(p->mark)),
	        "text/html; charset=utf-8", p->until};
	bool may = exit_clear_for(c->node->state, &o, &r, EXIT_TELL, bytes, &cleared, NULL);
	return may ? shelf_put(c->node->state, &cleared, &place, e) : 0;
}

static int draw_one(struct core *c, const struct page *p, struct err *e)
{
	const struct country *country = &c->node->country;
	struct str team = country->name.len != 0 ? country->name : country->mail.from;
	struct db *db = c->node->state;
	auto_buf struct buf bytes = {0};
	bool gone = p->revoked || p->until <= os_now();
	int rc = 0;

	if (!gone)
		rc = answer_page_draw(db, node_lang(c->node, p->language), team, p->notice, &bytes, e);
	if (rc != 0)
		return rc;
	db_begin(db);
	if (!gone)
		rc = put_page(c, p, buf_str(&bytes), e);
	else if (p->shelved)
		shelf_take(db, ANSWER_SHELF, str_make((const char *)p->mark, sizeof(p->mark)));
	done(c, p, !gone);
	if (rc != 0) {
		db_rollback(db);
		return rc;
	}
	return db_commit(db, e);
}

static int draw(struct core *c, uint64_t only, struct err *e)
{
	auto_arena struct arena a = {0};
	struct page pages[PAGES];
	unsigned n = 0;

	arena_init(&a, 0);
	int rc = load(c, only, pages, &n, &a, e);
	for (unsigned i = 0; rc == 0 && i < n; i++)
		rc = draw_one(c, &pages[i], e);
	return rc;
}

static int carry(struct core *c, struct err *e)
{
	int rc;

	while ((rc = shelf_work(c->node->state, c->shelf, e)) == 1) {
	}
	return rc;
}

/* What is over goes, and what the log of the file holds goes into the file. */
static int sweep(struct core *c, struct err *e)
{
	int rc;

	if (c->sweep_at > os_now())
		return 0;
	while ((rc = shelf_sweep(c->shelf, os_now(), e)) == 1) {
	}
	c->sweep_at = os_now() + HOUR;
	return rc != 0 ? rc : db_checkpoint(c->shelf, true, e);
}

/* ---- questions ----------------------------------------------------------------------------------- */

/* The page that he comes back to says that we have his answer. */
static int answered(struct core *c, const struct channel_message *m, struct err *e)
{
	struct channel_message a = {.verb = CHANNEL_ANSWER, .id = m->id};
	struct answer_in in = {.text = str_from(m->name), .params = str_from(m->text)};
	uint64_t notice = 0;

	memcpy(in.token, m->token, sizeof(in.token));
	a.code = answer_take(c->node, &in, &notice, e);
	if (node_dead(c->node))
		return a.code;
	if (a.code == 0) {
		log_about(&c->log, LOG_INFO, 'N', notice, "was answered on its page");
		if (draw(c, notice, e) != 0 || carry(c, e) != 0)
			log_about(&c->log, LOG_WARN, 'N', notice, "its page is drawn later: %s", e->text);
	} else if (a.code != ERR_MISSING && a.code != ERR_USAGE && a.code != ERR_DENIED) {
		log_say(&c->log, LOG_ERR, "an answer on a page was not taken: %s", e->text);
	}
	(void)channel_send(c->door, &a, false, NULL);
	return node_dead(c->node) ? ERR_SYS : 0;
}

static int listen(struct core *c, struct err *e)
{
	struct channel_message m;
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < MESSAGES; i++) {
		auto_fd int fd = -1;
		int got = channel_receive_fd(c->door, &m, &fd, false, e);
		if (got < 0)
			log_say(&c->log, LOG_ERR, "the door: %s", e->text);
		if (got == 0)
			break;
		if (got == 1 && m.verb == CHANNEL_ANSWERED)
			rc = answered(c, &m, e);
		else if (got == 1 && m.verb == CHANNEL_PEER)
			rc = core_peer(c, &m, fd, e);
	}
	return rc;
}

int core_door(struct core *c, struct err *e)
{
	if (c->shelf == NULL)
		return 0;
	int rc = listen(c, e);
	if (rc == 0)
		rc = draw(c, 0, e);
	if (rc == 0)
		rc = carry(c, e);
	return rc == 0 ? sweep(c, e) : rc;
}

/* ---- the country's figures ----------------------------------------------------------------------- */

/* The same ones lie there, and not only for some days more. */
static bool is_there(struct core *c, struct str bytes)
{
	uint8_t sum[32];
	bool same = false;
	struct query q = db_query(c->node->state,
	        "select sha256, until from clearance where object = '" FIGURES_OBJECT
	        "' order by id desc limit 1");

	digest_of(bytes, sum);
	if (query_next(&q) == 1)
		same = str_eq(query_get_blob(&q, 0), str_make((const char *)sum, sizeof(sum))) &&
		        query_get_i64(&q, 1) > os_now() + 7 * 24 * HOUR;
	query_run(&q);
	if (!same)
		return false;
	struct query shelf = db_query(c->shelf, "select 1 from item where kind = 'public' and mark = ?");
	query_blob(&shelf, STR(FIGURES));
	same = query_next(&shelf) == 1;
	query_run(&shelf);
	return same;
}

int core_figures(struct core *c, struct str bytes, struct err *e)
{
	struct exit_object o = {.name = STR(FIGURES_OBJECT), .label = TLP_CLEAR, .pap = PAP_CLEAR};
	struct exit_recipient r = {.kind = EXIT_PUBLIC, .way = EXIT_OPEN, .name = STR("everyone")};
	struct shelf_place place = {"public", STR(FIGURES), "application/json", 0};
	struct db *db = c->node->state;
	struct cleared cleared;

	if (c->shelf == NULL || !c->node->country.door.figures || is_there(c, bytes))
		return 0;
	db_begin(db);
	int rc = exit_clear_for(db, &o, &r, EXIT_TELL, bytes, &cleared, NULL)
	        ? shelf_put(db, &cleared, &place, e)
	        : 0;
	if (rc != 0) {
		db_rollback(db);
		return rc;
	}
	rc = db_commit(db, e);
	return rc == 0 ? carry(c, e) : rc;
}
