/* SPDX-License-Identifier: Apache-2.0 */
#include "see/answer.h"
#include "base/digest.h"
#include "base/os.h"
#include "form/mime.h"
#include "see/right.h"
#include "see/see.h"
#include <sodium.h>

#define SECOND ((int64_t)1000000)
#define HASH 16 /* bytes of the keyed hash: 2^128 tries */
#define SECRET_KEY "answer-secret"

_Static_assert(HASH >= crypto_generichash_BYTES_MIN, "hash");

/* ---- the link ------------------------------------------------------------------------------------ */

/* Made when it is first needed, in the transaction that is open. */
static bool secret(struct node *n, bool make, uint8_t ret[32])
{
	auto_buf struct buf b = {0};

	if (state_meta_find(n->state, SECRET_KEY, &b)) {
		if (b.len != 32)
			return false;
		memcpy(ret, b.p, 32);
		sodium_memzero(b.p, b.len);
		return true;
	}
	if (!make)
		return false;
	os_random(ret, 32);
	state_meta_put(n->state, SECRET_KEY, str_make((const char *)ret, 32));
	return true;
}

static void keyed(const uint8_t key[32], struct str ticket, int64_t until, uint8_t ret[HASH])
{
	char text[ANSWER_TEXT];
	int len = snprintf(text, sizeof(text), "weir-answer-1\n%.*s\n%lld", STR_ARG(str_sub(ticket, 0, 64)),
	        (long long)until);

	crypto_generichash(ret, HASH, (const unsigned char *)text, (unsigned long long)len, key, 32);
}

/* until: seconds. */
static void print(const uint8_t key[32], struct str ticket, int64_t until, char ret[ANSWER_TEXT])
{
	uint8_t sum[HASH];
	char hex[2 * HASH + 1];

	keyed(key, ticket, until, sum);
	sodium_bin2hex(hex, sizeof(hex), sum, sizeof(sum));
	snprintf(ret, ANSWER_TEXT, "%.*s/%lld/%s", STR_ARG(str_sub(ticket, 0, 64)), (long long)until, hex);
}

void answer_mark(struct str text, uint8_t ret[32])
{
	digest_of(text, ret);
}

static bool has_link(const struct node *n)
{
	return n->answers.len != 0 && n->country.door.answers != 0;
}

int answer_open(struct node *n, const uint64_t *notices, size_t count, struct err *e)
{
	uint8_t key[32], mark[32];
	char text[ANSWER_TEXT];
	int64_t until = os_now() / SECOND + (int64_t)n->country.door.answers;

	if (!has_link(n) || count == 0)
		return 0;
	db_begin(n->state);
	bool good = secret(n, true, key);
	for (size_t i = 0; i < count && good; i++) {
		struct query q = db_query(n->state, "select ticket from notice where id = ?");
		query_u64(&q, notices[i]);
		text[0] = 0;
		if (query_next(&q) == 1)
			print(key, query_get_text(&q, 0), until, text);
		query_run(&q);
		if (text[0] == 0)
			continue;
		answer_mark(str_from(text), mark);
		struct query put = db_query(
		        n->state, "insert or ignore into answer_link(notice, until, mark) values (?, ?, ?)");
		query_u64(&put, notices[i]);
		query_i64(&put, until * SECOND);
		query_blob(&put, str_make((const char *)mark, sizeof(mark)));
		query_run(&put);
	}
	sodium_memzero(key, sizeof(key));
	int rc = db_commit(n->state, e);
	return rc != 0 || good ? rc : err_set(e, ERR_FORMAT, "the secret of answer pages is damaged");
}

struct str answer_address(struct node *n, uint64_t notice, struct str ticket, char *ret, int64_t *ret_until)
{
	struct query q = db_query(n->state, "select until from answer_link where notice = ? and revoked = 0");
	uint8_t key[32];
	char text[ANSWER_TEXT];
	int64_t until = 0;

	ret[0] = 0;
	if (!has_link(n)) {
		query_run(&q);
		return STR("");
	}
	query_u64(&q, notice);
	if (query_next(&q) == 1)
		until = query_get_i64(&q, 0);
	query_run(&q);
	if (until == 0 || !secret(n, false, key))
		return STR("");
	print(key, ticket, until / SECOND, text);
	sodium_memzero(key, sizeof(key));
	snprintf(ret, ANSWER_ADDRESS, "%.*s/answer/%s", STR_ARG(n->answers), text);
	*ret_until = until;
	return str_from(ret);
}

void answer_revoke(struct node *n, uint64_t notice)
{
	struct query q = db_query(n->state,
	        "update answer_link set revoked = 1, want = want + 1 where notice = ? and revoked = 0");

	query_u64(&q, notice);
	query_run(&q);
}

void answer_changed(struct node *n, uint64_t notice)
{
	struct query q =
	        db_query(n->state, "update answer_link set want = want + 1 where notice = ? and revoked = 0");

	query_u64(&q, notice);
	query_run(&q);
}

/* ---- an answer ----------------------------------------------------------------------------------- */

static const char *const says_words[] = {"fixed", "not-ours", "question"};
#define SAYS (sizeof(says_words) / sizeof(says_words[0]))

struct said {
	uint64_t finding;
	unsigned says;
	struct str place;
};
struct taking {
	struct node *n;
	struct arena arena;
	uint64_t notice;
	struct str ticket, message_id, email, words;
	unsigned all; /* SAYS: nothing is said of all */
	bool asks;    /* the letter asks whether its contact is right */
	bool yes;     /* it is */
	VEC(struct said) rows;
};

static int no_link(struct err *e)
{
	return err_set(e, ERR_MISSING, "the link is not valid, or is no longer");
}

/* TICKET/UNTIL/HASH. The letter of that ticket may still be answered. */
static int check_link(struct taking *t, struct str text, struct err *e)
{
	struct str_cut hash = str_rcut(text, '/'), until = str_rcut(hash.head, '/');
	uint8_t key[32], mine[HASH], given[HASH];
	uint64_t seconds;

	if (text.len >= ANSWER_TEXT || !hash.ok || !until.ok || !str_u64(until.tail, &seconds) ||
	        seconds > INT64_MAX / SECOND || !str_hex(hash.tail, given, sizeof(given)) ||
	        !secret(t->n, false, key))
		return no_link(e);
	keyed(key, until.head, (int64_t)seconds, mine);
	sodium_memzero(key, sizeof(key));
	if (sodium_memcmp(mine, given, sizeof(mine)) != 0 || (int64_t)seconds <= os_now() / SECOND)
		return no_link(e);
	struct query q = db_query(t->n->state,
	        "select n.id, n.message_id, c.email, n.kind = 'right' from notice n join answer_link l on "
	        "l.notice = n.id join "
	        "contact c "
	        "on c.id = n.contact where n.ticket = ? and l.until = ? and l.revoked = 0 and n.state in "
	        "('ready', "
	        "'sent')");
	query_text(&q, until.head);
	query_i64(&q, (int64_t)seconds * SECOND);
	if (query_next(&q) == 1) {
		t->notice = query_get_u64(&q, 0);
		t->message_id = arena_str(&t->arena, query_get_text(&q, 1));
		t->email = arena_str(&t->arena, query_get_text(&q, 2));
		t->asks = query_get_u64(&q, 3) != 0;
		t->ticket = until.head;
	}
	int rc = query_done(&q, e);
	return rc != 0 ? rc : t->notice == 0 ? no_link(e) : 0;
}

static int check_often(const struct taking *t, struct err *e)
{
	struct query q = db_query(t->n->state, "select count(*) from answer where notice = ? and at > ?");
	uint64_t count = 0;

	query_u64(&q, t->notice);
	query_i64(&q, os_now() - 3600 * SECOND);
	if (query_next(&q) == 1)
		count = query_get_u64(&q, 0);
	int rc = query_done(&q, e);
	if (rc == 0 && count >= ANSWER_HOUR)
		rc = err_set(e, ERR_DENIED, "%u answers to one letter in an hour are enough", ANSWER_HOUR);
	return rc;
}

static unsigned says_find(struct str s)
{
	unsigned i = 0;

	while (i < SAYS && !str_eq(s, str_from(says_words[i])))
		i++;
	return i;
}

/* All findings of the letter; what is said of one stands before what is said of all. */
static int load_rows(struct taking *t, struct err *e)
{
	struct query q = db_query(t->n->state,
	        "select f.id, f.place from notice_item i join finding f on f.id = i.finding where i.notice = "
	        "? order by "
	        "f.id");

	query_u64(&q, t->notice);
	while (query_next(&q) == 1)
		*vec_add(&t->rows) = (struct said){
		        query_get_u64(&q, 0), SAYS, arena_str(&t->arena, query_get_text(&q, 1))};
	return query_done(&q, e);
}

static struct said *row_of(struct taking *t, uint64_t finding)
{
	size_t lo = 0, hi = t->rows.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (t->rows.v[mid].finding == finding)
			return &t->rows.v[mid];
		if (t->rows.v[mid].finding < finding)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static void take_words(struct taking *t, struct str value)
{
	t->words = str_sub(value, 0, ANSWER_WORDS);
	/* not within a character */
	while (t->words.len > 0 && t->words.len < value.len && (value.p[t->words.len] & 0xc0) == 0x80)
		t->words.len--;
}

static int take_line(struct taking *t, struct str name, struct str value, struct err *e)
{
	uint64_t finding;
	unsigned says = says_find(value);
	struct said *row;

	if (str_eq(name, STR("words"))) {
		take_words(t, value);
		return 0;
	}
	/* a choice that was left open */
	if (value.len == 0)
		return 0;
	if (says == SAYS)
		return err_set(e, ERR_USAGE, "an answer is fixed, not-ours or question");
	if (str_eq(name, STR("all"))) {
		t->all = says;
		return 0;
	}
	if (!str_u64(name, &finding) || (row = row_of(t, finding)) == NULL)
		return err_set(e, ERR_USAGE, "the letter does not tell of that entry");
	row->says = says;
	return 0;
}

static int read_params(struct taking *t, struct str params, struct err *e)
{
	unsigned n = 0;
	int rc = 0;

	t->all = SAYS;
	for (struct str_cut line = str_cut(params, '\n'); rc == 0 && params.len > 0;
	        line = str_cut(params, '\n')) {
		struct str_cut pair = str_cut(line.head, '=');
		rc = take_line(t, pair.head, pair.tail, e);
		params = line.tail;
	}
	for (size_t i = 0; i < t->rows.n; i++) {
		if (t->rows.v[i].says == SAYS)
			t->rows.v[i].says = t->all;
		n += t->rows.v[i].says < SAYS;
	}
	if (rc == 0 && n == 0 && str_trim(t->words).len == 0)
		rc = err_set(e, ERR_USAGE, "nothing was answered");
	return rc;
}

/* Of a letter that asks: a press on one of two buttons, and words. */
static int read_right(struct taking *t, struct str params, struct err *e)
{
	bool no = false;

	for (struct str_cut line = str_cut(params, '\n'); params.len > 0; line = str_cut(params, '\n')) {
		struct str_cut pair = str_cut(line.head, '=');
		if (str_eq(pair.head, STR("words")))
			take_words(t, pair.tail);
		t->yes |= str_eq(pair.head, STR("right")) && str_eq(pair.tail, STR("yes"));
		no |= str_eq(pair.head, STR("right")) && str_eq(pair.tail, STR("no"));
		params = line.tail;
	}
	t->words = str_trim(t->words);
	return t->yes != no ? 0 : err_set(e, ERR_USAGE, "an answer is yes or no");
}

/* ---- as a mail ----------------------------------------------------------------------------------- */

static void put_words(struct buf *out, struct str words)
{
	for (size_t i = 0; i < words.len; i++)
		buf_char(out, words.p[i] == '\v' ? '\n' : words.p[i]);
	if (words.len > 0)
		buf_char(out, '\n');
}

static void put_rows(struct buf *out, const struct taking *t)
{
	if (t->all < SAYS)
		buf_printf(out, "%zu: %s\n\n", t->rows.n, says_words[t->all]);
	for (size_t i = 0; i < t->rows.n; i++)
		if (t->rows.v[i].says < SAYS && t->rows.v[i].says != t->all)
			buf_printf(out, "F%llu %.*s: %s\n", (unsigned long long)t->rows.v[i].finding,
			        STR_ARG(t->rows.v[i].place), says_words[t->rows.v[i].says]);
}

static int write_mail(const struct taking *t, const uint8_t token[16], struct buf *ret, struct err *e)
{
	const struct country_mail *mail = &t->n->country.mail;
	auto_buf struct buf text = {0}, subject = {0};
	char id[160], hex[33];

	put_rows(&text, t);
	if (t->asks)
		buf_printf(&text, "the contact %.*s is %s\n", STR_ARG(t->email),
		        t->yes ? "still right" : "no longer right");
	if (text.len > 0 && t->words.len > 0)
		buf_char(&text, '\n');
	put_words(&text, t->words);
	buf_printf(&subject, "[%.*s] answer on its page", STR_ARG(t->ticket));
	sodium_bin2hex(hex, sizeof(hex), token, 16);
	snprintf(id, sizeof(id), "answer.%s@%.*s", hex,
	        STR_ARG(str_sub(str_rcut(mime_address(mail->from), '@').tail, 0, 80)));
	struct mime_letter m = {.from = t->email,
	        .to = mail->from,
	        .subject = buf_str(&subject),
	        .text = buf_str(&text),
	        .message_id = str_from(id),
	        .references = t->message_id,
	        .person = true,
	        .date = os_now()};
	return mime_write(&m, ret, e);
}

/* Where a delivery lies until it was read. */
static int put_spool(const struct node *n, const uint8_t token[16], struct str bytes, struct err *e)
{
	char path[NODE_PATH], part[NODE_PATH + 8];

	node_spool(n, token, path);
	snprintf(part, sizeof(part), "%s.part", path);
	(void)os_delete(part, NULL);
	auto_fd int fd = os_create(part, e);
	if (fd < 0 || os_write_all(fd, bytes, e) != 0 || os_sync(fd, part, e) != 0)
		return ERR_LIMIT;
	return os_rename(part, path, e);
}

static void put_answer(void *arg, uint64_t receipt)
{
	struct taking *t = arg;
	struct query q = db_query(t->n->state, "insert into answer(receipt, notice, at) values (?, ?, ?)");

	query_u64(&q, receipt);
	query_u64(&q, t->notice);
	query_i64(&q, os_now());
	query_run(&q);
	for (size_t i = 0; i < t->rows.n; i++) {
		if (t->rows.v[i].says == SAYS)
			continue;
		struct query row = db_query(
		        t->n->state, "insert into answer_row(receipt, finding, says) values (?, ?, ?)");
		query_u64(&row, receipt);
		query_u64(&row, t->rows.v[i].finding);
		query_text(&row, str_from(says_words[t->rows.v[i].says]));
		query_run(&row);
	}
	if (t->asks && !t->yes)
		right_waits(t->n, t->notice);
	else
		right_confirm(t->n, t->notice);
	answer_changed(t->n, t->notice);
}

/* A bare yes is no mail that a person would have to read. Pressed again, it writes nothing. */
static int confirm(struct taking *t, struct err *e)
{
	if (right_is_confirmed(t->n, t->notice))
		return 0;
	db_begin(t->n->state);
	right_confirm(t->n, t->notice);
	answer_changed(t->n, t->notice);
	return db_commit(t->n->state, e);
}

static int accept(struct taking *t, const uint8_t token[16], struct err *e)
{
	auto_buf struct buf mail = {0};
	struct receipt got, r = {.name = STR("answer.eml"), .via = STR("door"), .person = STR("")};
	int rc = write_mail(t, token, &mail, e);

	if (rc == 0)
		rc = put_spool(t->n, token, buf_str(&mail), e);
	if (rc != 0)
		return rc;
	memcpy(r.token, token, sizeof(r.token));
	digest_of(buf_str(&mail), r.sha256);
	r.size = mail.len;
	rc = see_accept_with(t->n, &r, put_answer, t, &t->arena, &got, e);
	return rc < 0 ? rc : 0;
}

/* The same answer has come before: its door died before it heard so. */
static bool is_known(struct node *n, const uint8_t token[16], uint64_t *ret_notice)
{
	struct query q = db_query(n->state,
	        "select a.notice from receipt r join answer a on a.receipt = r.id where r.token = ?");

	query_blob(&q, str_make((const char *)token, 16));
	bool known = query_next(&q) == 1;
	if (known)
		*ret_notice = query_get_u64(&q, 0);
	query_run(&q);
	return known;
}

int answer_take(struct node *n, const struct answer_in *in, uint64_t *ret_notice, struct err *e)
{
	struct taking t = {.n = n};

	if (is_known(n, in->token, ret_notice))
		return 0;
	arena_init(&t.arena, 0);
	int rc = check_link(&t, in->text, e);
	if (rc == 0)
		rc = check_often(&t, e);
	if (rc == 0 && t.asks)
		rc = read_right(&t, in->params, e);
	else if (rc == 0 && (rc = load_rows(&t, e)) == 0)
		rc = read_params(&t, in->params, e);
	if (rc == 0)
		rc = t.yes && t.words.len == 0 ? confirm(&t, e) : accept(&t, in->token, e);
	if (rc == 0)
		*ret_notice = t.notice;
	vec_done(&t.rows);
	arena_done(&t.arena);
	return rc;
}

bool answer_proposal(struct node *n, uint64_t receipt, char ret[16])
{
	struct query q = db_query(n->state,
	        "select (select case when min(says) = max(says) and min(says) <> 'question' then min(says) "
	        "else '' end "
	        "from answer_row where receipt = a.receipt) from answer a where a.receipt = ?");

	query_u64(&q, receipt);
	bool there = query_next(&q) == 1;
	if (there)
		snprintf(ret, 16, "%.*s", STR_ARG(query_get_text(&q, 0)));
	query_run(&q);
	return there;
}
