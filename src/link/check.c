/* SPDX-License-Identifier: Apache-2.0 */
#include "link/check.h"
#include "base/os.h"
#include "base/plural.h"
#include "link/peer_in.h"

static const char *const channels[] = {"node", "mail", "phone", "chat", "fax", "person"};

static bool channel_ok(struct str channel)
{
	for (unsigned i = 0; i < sizeof(channels) / sizeof(channels[0]); i++)
		if (str_eq(channel, str_from(channels[i])))
			return true;
	return false;
}

static struct str id_str(const uint8_t id[DIGEST_LEN])
{
	return str_make((const char *)id, DIGEST_LEN);
}

/* ---- asked --------------------------------------------------------------------------------------- */

static void make_token(char ret[CHECK_TOKEN + 1])
{
	uint64_t random;

	os_random(&random, sizeof(random));
	snprintf(ret, CHECK_TOKEN + 1, "%08u", (unsigned)(random % 100000000));
}

struct asked {
	struct str party, channel, token;
	const uint8_t *statement; /* NULL: there is no node */
	int64_t asked, due;
	struct str person;
	bool ours;
};

static uint64_t id_of(const struct link_self *self, const struct asked *k)
{
	uint64_t id = db_last_id(self->db);
	struct query q = db_query(self->db, "select id from comm_check where statement = ?");

	query_blob(&q, k->statement != NULL ? id_str(k->statement) : str_make(NULL, 0));
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return id;
}

static uint64_t put_check(const struct link_self *self, const struct asked *k)
{
	struct query q = db_query(self->db,
	        "insert into comm_check(party, ours, statement, channel, token, asked, due, person) values "
	        "(?, ?, ?, "
	        "?, ?, ?, ?, ?) on conflict(statement) do update set token = excluded.token, person = "
	        "excluded.person");

	query_text(&q, k->party);
	query_u64(&q, k->ours);
	query_blob(&q, k->statement != NULL ? id_str(k->statement) : str_make(NULL, 0));
	query_text(&q, k->channel);
	query_text(&q, k->token.len > 0 ? k->token : STR(""));
	query_i64(&q, k->asked);
	query_i64(&q, k->due);
	query_text(&q, k->person.len > 0 ? k->person : STR(""));
	query_run(&q);
	return id_of(self, k);
}

/* The statement; one to a party without a node is none, and only the row is kept. */
static int say_check(
        const struct link_self *self, const struct asked *k, uint8_t ret_id[DIGEST_LEN], struct err *e)
{
	auto_buf struct buf body = {0};
	bool node = str_eq(k->channel, STR("node"));
	struct say say = {.kind = KIND_CHECK,
	        .to = &k->party,
	        .to_count = 1,
	        .tlp = STATEMENT_AMBER,
	        .pap = STATEMENT_AMBER};

	buf_add(&body, STR("{\"token\":"));
	if (node)
		buf_json(&body, k->token);
	else
		buf_add(&body, STR("null"));
	buf_printf(&body, ",\"channel\":\"%.*s\"", STR_ARG(k->channel));
	time_put(&body, "due", k->due);
	buf_char(&body, '}');
	say.body = buf_str(&body);
	return link_say(self, &say, ret_id, e);
}

static void tell_asked(struct deed *d, const struct asked *k, uint64_t id, bool node)
{
	buf_printf(d->said, "C%llu: %.*s is asked to answer by ", (unsigned long long)id, STR_ARG(k->party));
	char due[24];
	stamp_print(due, k->due);
	if (node)
		buf_printf(d->said, "%s\n", due);
	else
		buf_printf(d->said,
		        "%s; give them the token %.*s by %.*s yourself, and note what came of it (weir check "
		        "note "
		        "C%llu)\n",
		        due, STR_ARG(k->token), STR_ARG(k->channel), (unsigned long long)id);
}

int check_ask(struct deed *d, struct str party, struct str channel, int64_t due, struct err *e)
{
	const struct link_self *self = d->self;
	struct link l = store_link(self->db, party);
	char token[CHECK_TOKEN + 1];
	uint8_t statement[DIGEST_LEN];
	int64_t now = self->now / 1000000;

	if (party_there(self, party, e) != 0)
		return e->code;
	if (!channel_ok(channel))
		return err_set(e, ERR_USAGE, "a channel is node, mail, phone, chat, fax or person");
	if (due != 0 && due <= now)
		return err_set(e, ERR_USAGE, "the time by which to answer is past");
	make_token(token);
	struct asked k = {.party = party,
	        .channel = channel,
	        .token = str_from(token),
	        .asked = now,
	        .due = due != 0 ? due : now + CHECK_DUE_S,
	        .person = d->person,
	        .ours = true};
	bool speaks = link_speaks(&l) && l.role != LINK_MAIL, node = str_eq(channel, STR("node"));
	if (node && !speaks)
		return err_set(e, ERR_VALUE, "there is no link with the node of '%.*s': ask by mail or phone",
		        STR_ARG(party));
	if (speaks) {
		if (say_check(self, &k, statement, e) != 0)
			return e->code;
		k.statement = statement;
	}
	uint64_t id = put_check(self, &k);
	tell_asked(d, &k, id, node);
	return db_failed(self->db);
}

void check_came(const struct link_self *self, const struct stored *s, const struct item *body, bool ours)
{
	int64_t due;

	if (!stamp_read(item_text(body, "due"), &due))
		return;
	/* ours: who asks makes the row complete; it stays as it is here where our own statement came back from a peer */
	struct asked k = {.party = ours ? s->h.to[0] : s->h.sender,
	        .ours = ours,
	        .channel = item_text(body, "channel"),
	        .token = item_text(body, "token"),
	        .statement = s->id,
	        .asked = s->h.created,
	        .due = due};
	put_check(self, &k);
}

/* ---- answered ------------------------------------------------------------------------------------ */

struct check_row {
	uint64_t id;
	bool ours, answered;
	struct str party, channel, token; /* in the arena */
	uint8_t statement[DIGEST_LEN];
	bool node; /* there is a statement */
	int64_t due;
};

static bool read_row(struct query *q, struct arena *a, struct check_row *ret)
{
	bool there = query_next(q) == 1;

	if (there) {
		*ret = (struct check_row){.id = query_get_u64(q, 0),
		        .ours = query_get_u64(q, 1) != 0,
		        .answered = query_get_u64(q, 2) != 0,
		        .party = arena_str(a, query_get_text(q, 3)),
		        .channel = arena_str(a, query_get_text(q, 4)),
		        .token = arena_str(a, query_get_text(q, 5)),
		        .node = query_get_blob(q, 6).len == DIGEST_LEN,
		        .due = query_get_i64(q, 7)};
		if (ret->node)
			memcpy(ret->statement, query_get_blob(q, 6).p, DIGEST_LEN);
	}
	query_done(q, NULL);
	return there;
}

#define ROW                                                                                                  \
	"select id, ours, answered is not null or result in ('bounced', 'wrong-key'), party, channel, "      \
	"token, "                                                                                            \
	"statement, due from comm_check where "

static bool find_id(const struct link_self *self, uint64_t id, struct arena *a, struct check_row *ret)
{
	struct query q = db_query(self->db, ROW "id = ?");

	query_u64(&q, id);
	return read_row(&q, a, ret);
}

static bool find_statement(
        const struct link_self *self, const uint8_t id[DIGEST_LEN], struct arena *a, struct check_row *ret)
{
	struct query q = db_query(self->db, ROW "statement = ?");

	query_blob(&q, id_str(id));
	return read_row(&q, a, ret);
}
#undef ROW

static const char *result_of(const struct check_row *k, struct str token, int64_t at)
{
	if (k->token.len > 0 && !str_eq(token, k->token))
		return "wrong-token";
	return at <= k->due ? "ok" : "late";
}

static void settle(const struct link_self *self, uint64_t id, const char *result, int64_t at, struct str by,
        struct str note, const uint8_t *answer)
{
	struct query q = db_query(self->db,
	        "update comm_check set result = ?2, answered = ?3, by = ?4, note = ?5, answer = ?6 where id "
	        "= ?1");

	query_u64(&q, id);
	query_text(&q, str_from(result));
	if (at != 0)
		query_i64(&q, at);
	else
		query_null(&q);
	query_text(&q, by.len > 0 ? by : STR(""));
	query_text(&q, note.len > 0 ? note : STR(""));
	query_blob(&q, answer != NULL ? id_str(answer) : str_make(NULL, 0));
	query_run(&q);
}

/* The first answer counts; one that is late is late, not missing. */
void check_answered(const struct link_self *self, const struct stored *s, const struct item *body, bool ours)
{
	auto_arena struct arena a = {0};
	struct item by = item_get(body, STR("by"));
	struct item_each first = item_each(&by);
	struct check_row k;

	arena_init(&a, 0);
	if (!find_statement(self, s->h.reply, &a, &k) || k.ours == ours || k.answered)
		return;
	if (!ours && !str_eq(k.party, s->h.sender))
		return;
	struct str person = item_next(&first) ? item_text(&first.item, "id") : STR("");
	settle(self, k.id, result_of(&k, item_text(body, "token"), s->h.created), s->h.created, person,
	        item_text(body, "note"), s->id);
}

static int find_open(
        struct deed *d, uint64_t id, bool ours, struct arena *a, struct check_row *ret, struct err *e)
{
	if (!find_id(d->self, id, a, ret) || ret->ours != ours)
		return err_set(e, ERR_MISSING, "there is no check C%llu that %s", (unsigned long long)id,
		        ours ? "we asked" : "they asked of us");
	if (ret->answered)
		return err_set(e, ERR_VALUE, "C%llu is answered already", (unsigned long long)id);
	return 0;
}

static bool token_ok(struct str token)
{
	for (size_t i = 0; i < token.len; i++)
		if (!char_digit(token.p[i]))
			return false;
	return token.len == CHECK_TOKEN;
}

int check_answer(struct deed *d, uint64_t id, struct str token, struct str note, struct err *e)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	struct by by = {d->person, "duty", d->self->now};
	struct check_row k;
	uint8_t said[DIGEST_LEN];

	arena_init(&a, 0);
	if (find_open(d, id, false, &a, &k, e) != 0)
		return e->code;
	token = token.len > 0 ? token : k.token;
	if (!token_ok(token))
		return err_set(e, ERR_USAGE, "the token of C%llu came by %.*s: type its eight digits (token)",
		        (unsigned long long)id, STR_ARG(k.channel));
	by_put(&body, &by, 1);
	buf_printf(&body, ",\"token\":\"%.*s\"", STR_ARG(token));
	if (note.len > 0) {
		buf_add(&body, STR(",\"note\":"));
		buf_json(&body, note);
	}
	buf_char(&body, '}');
	struct say say = {.kind = KIND_CHECK_ANSWER,
	        .to = &k.party,
	        .to_count = 1,
	        .reply = k.statement,
	        .tlp = STATEMENT_AMBER,
	        .pap = STATEMENT_AMBER,
	        .body = buf_str(&body)};
	if (link_say(d->self, &say, said, e) != 0)
		return e->code;
	buf_printf(d->said, "C%llu of %.*s is answered\n", (unsigned long long)id, STR_ARG(k.party));
	return 0;
}

int check_note(
        struct deed *d, uint64_t id, struct str result, struct str token, struct str note, struct err *e)
{
	auto_arena struct arena a = {0};
	struct check_row k;
	int64_t now = d->self->now / 1000000;

	arena_init(&a, 0);
	if (find_open(d, id, true, &a, &k, e) != 0)
		return e->code;
	if (result.len == 0 && !token_ok(token))
		return err_set(e, ERR_USAGE,
		        "say the token that you heard (token, eight digits), or result: bounced or "
		        "wrong-key");
	if (result.len > 0 && !str_eq(result, STR("bounced")) && !str_eq(result, STR("wrong-key")))
		return err_set(e, ERR_USAGE, "a result by hand is bounced or wrong-key");
	bool bounced = str_eq(result, STR("bounced"));
	const char *word = result.len == 0 ? result_of(&k, token, now) : bounced ? "bounced" : "wrong-key";
	settle(d->self, id, word, result.len == 0 ? now : 0, d->person, note, NULL);
	buf_printf(d->said, "C%llu: %s\n", (unsigned long long)id, word);
	return 0;
}

/* ---- schedule ------------------------------------------------------------------------------------ */

int check_plan(struct deed *d, struct str party, uint64_t days, struct err *e)
{
	if (party_there(d->self, party, e) != 0)
		return e->code;
	if (days > 3660)
		return err_set(e, ERR_USAGE, "a schedule is every 1 to 3660 days; 0: by hand alone");
	struct query q = db_query(d->self->db, "update party set check_days = ? where name = ?");
	query_u64(&q, days);
	query_text(&q, party);
	query_run(&q);
	if (days > 0)
		plural_printf(
		        d->said, "%.*s is asked every %llu days\n", STR_ARG(party), (unsigned long long)days);
	else
		buf_printf(d->said, "%.*s is asked by hand alone\n", STR_ARG(party));
	return 0;
}

static struct str next_of_schedule(const struct link_self *self, struct arena *a)
{
	struct query q = db_query(self->db,
	        "select name from party p where link = 'linked' and role in ('cert', 'organiser') and "
	        "check_days > 0 and "
	        "not exists (select 1 from comm_check c where c.party = p.name and c.ours = 1 and c.channel "
	        "= 'node' and "
	        "c.asked > ?1 - p.check_days * 86400) order by name limit 1");
	struct str name = {0};

	query_i64(&q, self->now / 1000000);
	if (query_next(&q) == 1)
		name = arena_str(a, query_get_text(&q, 0));
	query_done(&q, NULL);
	return name;
}

bool check_due(const struct link_self *self)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf said = {0};
	struct deed d = {.self = self, .person = STR(""), .said = &said};
	/* nothing follows from silence by a clock that is in doubt */
	struct query q = db_query(self->db,
	        "update comm_check set result = 'no-answer' where result = 'open' and due < ? and not ?");

	arena_init(&a, 0);
	query_i64(&q, self->now / 1000000);
	query_u64(&q, self->no_clock);
	query_run(&q);
	bool done = db_changes(self->db) > 0;
	struct str party = self->doubts ? (struct str){0} : next_of_schedule(self, &a);
	return (party.len > 0 && check_ask(&d, party, STR("node"), 0, NULL) == 0) || done;
}

bool check_green(struct db *db, struct str party)
{
	struct query q = db_query(db,
	        "select count(distinct c.ours) from comm_check c join party p on p.name = c.party where "
	        "p.name = ? and "
	        "p.link = 'linked' and c.result = 'ok' and c.asked >= p.confirmed / 1000000 - 86400");

	query_text(&q, party);
	bool green = query_next(&q) == 1 && query_get_u64(&q, 0) == 2;
	query_done(&q, NULL);
	return green;
}
