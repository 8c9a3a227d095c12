/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealing letters: their rows are fetched together, in the order in which the days keep them, so that each chunk is
 * opened once for all letters that show something of it. The files are written and synced, then one transaction
 * says that they count; a file without its row is written over.
 */
#include "base/os.h"
#include "event/value.h"
#include "exit/clear.h"
#include "form/mime.h"
#include "know/owners.h"
#include "see/letter.h"
#include "see/notice.h"
#include "see/sign.h"
#include "state/receipt.h"

/* Letters of one transaction, and rows of them. */
#define LETTERS SIGN_JOBS
#define LINES_SHOWN 20
#define XARF_LIST "[\r\n"

struct letter {
	uint64_t id;
	struct str ticket, message_id, email, language, owner, class;
	enum notice_kind kind;
	struct str note, corrects, references; /* of a correction */
	int64_t corrects_sent;
	int64_t act_by;
	struct buf csv, list, xarf, mail;
	unsigned rows, shown, reports;
	bool wants_xarf;
	enum tlp label;
	struct str key; /* of the contact; empty: none */
	size_t entity;
	struct sign_job *job; /* it is signed or encrypted before it is sealed */
	bool failed;          /* it cannot be written; the sentence stands in the answer */
	bool trouble;         /* it cannot be protected as it must, and is held before it is sealed */
	char sentence[512];
};
struct item {
	uint32_t letter;
	uint64_t finding, receipt, event;
};
struct sealing {
	struct node *n;
	struct arena arena;
	struct letter *letters;
	uint32_t nletters;
	VEC(struct item) items;
	struct day_view view; /* the chunk at hand */
	struct receipt receipt;
};

/* ---- what is due --------------------------------------------------------------------------------- */

#define DUE                                                                                                  \
	" from notice n where n.state = 'due' and n.signing is null and n.send_at <= ?1 and not exists"      \
	" (select 1 from receipt r where r.id = n.last_receipt and r.state in ('accepted', 'reading'))"

static int load_letters(struct sealing *s, struct err *e)
{
	struct query q = db_query(s->n->state,
	        "select n.id, n.ticket, n.message_id, n.act_by, n.class, (select email from contact where id "
	        "= n.contact),"
	        " (select case language when '' then 'en' else language end from contact where id = "
	        "n.contact),"
	        " (select o.name from contact c join owner o on o.id = c.owner where c.id = n.contact),"
	        " n.kind, n.note, n.label, (select ticket from notice where id = n.follows),"
	        " (select message_id from notice where id = n.follows), (select sent from notice where id = "
	        "n.follows), (select pgp from contact where id = n.contact),"
	        " (select formats = 'xarf' from contact where id = n.contact)" DUE " order by n.id limit ?2");

	query_i64(&q, os_now());
	/* those that wait for their signature count */
	query_u64(&q, LETTERS - s->n->signing.n);
	s->letters = arena_array(&s->arena, LETTERS, sizeof(*s->letters));
	while (query_next(&q) == 1) {
		struct letter *l = &s->letters[s->nletters++];
		l->id = query_get_u64(&q, 0);
		l->ticket = arena_str(&s->arena, query_get_text(&q, 1));
		l->message_id = arena_str(&s->arena, query_get_text(&q, 2));
		l->act_by = query_get_i64(&q, 3);
		l->class = arena_str(&s->arena, query_get_text(&q, 4));
		l->email = arena_str(&s->arena, query_get_text(&q, 5));
		l->language = arena_str(&s->arena, query_get_text(&q, 6));
		l->owner = arena_str(&s->arena, query_get_text(&q, 7));
		l->kind = (enum notice_kind)notice_kind_find(query_get_text(&q, 8));
		l->note = arena_str(&s->arena, query_get_text(&q, 9));
		l->label = tlp_find(query_get_text(&q, 10));
		l->corrects = arena_str(&s->arena, query_get_text(&q, 11));
		l->references = arena_str(&s->arena, query_get_text(&q, 12));
		l->corrects_sent = query_get_i64(&q, 13);
		l->key = arena_str(&s->arena, query_get_text(&q, 14));
		/* what was wrong is not reported once more to a machine */
		l->wants_xarf = query_get_u64(&q, 15) != 0 && l->kind != NOTICE_CORRECTION;
	}
	return query_done(&q, e);
}

static int load_items(struct sealing *s, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < s->nletters; i++) {
		struct query q = db_query(
		        s->n->state, "select finding, receipt, event from notice_item where notice = ?");
		query_u64(&q, s->letters[i].id);
		while (query_next(&q) == 1)
			*vec_add(&s->items) = (struct item){
			        i, query_get_u64(&q, 0), query_get_u64(&q, 1), query_get_u64(&q, 2)};
		rc = query_done(&q, e);
	}
	return rc;
}

static int by_event(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->receipt != y->receipt)
		return x->receipt < y->receipt ? -1 : 1;
	return x->event != y->event ? (x->event < y->event ? -1 : 1)
	                            : (x->letter > y->letter) - (x->letter < y->letter);
}

/* ---- rows ---------------------------------------------------------------------------------------- */

/* The row of an event in the chunk at hand; NULL if it is not there. */
static const struct batch_row *row_of(const struct sealing *s, const struct item *it)
{
	const struct batch *b = &s->view.batch;
	uint32_t lo = 0,
	         hi = s->view.bytes != NULL && s->view.chunk.receipt == it->receipt ? b->head->rows : 0;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		uint64_t event = (uint64_t)b->rows[mid].ordinal << 8 | b->rows[mid].sub;
		if (event == it->event)
			return &b->rows[mid];
		if (event < it->event)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static const struct batch_row *fetch(struct sealing *s, const struct item *it)
{
	const struct batch_row *row = row_of(s, it);
	struct err e;
	struct day *d;

	if (row != NULL)
		return row;
	day_view_done(&s->view);
	if (s->receipt.id != it->receipt &&
	        receipt_get(s->n->state, it->receipt, &s->arena, &s->receipt, &e) != 1)
		return NULL;
	if (node_day(s->n, s->receipt.day, &d, &e) != 0 ||
	        day_get_record(d, it->receipt, s->receipt.edition, s->receipt.chunks,
	                (uint32_t)(it->event >> 8), &s->view, &e) != 0)
		return NULL;
	return row_of(s, it);
}

/* What reports say of this letter as a whole. */
static struct xarf_report report_of(const struct sealing *s, const struct letter *l)
{
	const struct country *c = &s->n->country;

	return (struct xarf_report){.org = c->name.len != 0 ? c->name : c->mail.from,
	        .contact = mime_address(c->mail.from),
	        .letter = l->message_id};
}

/* Each on a line of its own, as a list; xarf_of takes the list away where there is one report only. */
static void put_xarf(struct sealing *s, struct letter *l, const struct item *it, const struct batch_row *row,
        const struct letter_rest *rest)
{
	struct xarf_report r = report_of(s, l);
	size_t before = l->xarf.len;
	bool there;

	if (!l->wants_xarf)
		return;
	buf_add(&l->xarf, before > 0 ? STR(",\r\n") : STR(XARF_LIST));
	if (row == NULL) {
		there = letter_xarf_rest(&l->xarf, &r, rest);
	} else {
		const struct verdict *v = &s->view.verdicts[row - s->view.batch.rows];
		there = letter_xarf(&l->xarf, &r, &s->view.batch, row,
		        severity_name((enum severity)v->severity), (enum tlp)v->tlp, it->finding,
		        s->view.chunk.received);
	}
	l->reports += there;
	if (!there)
		l->xarf.len = before;
}

static void put_rest(struct sealing *s, struct letter *l, const struct item *it)
{
	struct query q = db_query(s->n->state,
	        "select place, class, ident, malware, severity, port, last, label from finding where id = ?");

	query_u64(&q, it->finding);
	if (query_next(&q) == 1) {
		struct letter_rest f = {query_get_text(&q, 0), query_get_text(&q, 1), query_get_text(&q, 2),
		        query_get_text(&q, 3), query_get_text(&q, 4), (uint16_t)query_get_u64(&q, 5),
		        query_get_i64(&q, 6), it->finding, tlp_find(query_get_text(&q, 7))};
		letter_csv_rest(&l->csv, &f);
		if (l->shown < LINES_SHOWN)
			letter_line_rest(&l->list, &f);
		put_xarf(s, l, it, NULL, &f);
		l->label = f.tlp > l->label ? f.tlp : l->label;
	}
	query_done(&q, NULL);
}

static void put_row(struct sealing *s, const struct item *it)
{
	struct letter *l = &s->letters[it->letter];
	const struct batch_row *row = fetch(s, it);

	if (l->rows++ == 0)
		letter_csv_header(&l->csv);
	if (row == NULL) {
		put_rest(s, l, it);
	} else {
		const struct verdict *v = &s->view.verdicts[row - s->view.batch.rows];
		letter_csv(&l->csv, &s->view.batch, row, severity_name((enum severity)v->severity),
		        it->finding, s->view.chunk.received);
		if (l->shown < LINES_SHOWN)
			letter_line(&l->list, &s->view.batch, row, s->view.chunk.received);
		put_xarf(s, l, it, row, NULL);
		l->label = v->tlp > l->label ? v->tlp : l->label;
	}
	l->shown++;
}

/* ---- the letter ---------------------------------------------------------------------------------- */

static struct str list_of(struct sealing *s, struct letter *l, const char *csv_name)
{
	if (l->rows > LINES_SHOWN)
		buf_printf(&l->list, "  ... (%u: %s)\n", l->rows, csv_name);
	(void)s;
	return buf_str(&l->list);
}

/* A report alone as tools expect one, several as a list of such reports. */
static struct str xarf_of(struct letter *l)
{
	if (l->reports == 0)
		return (struct str){0};
	buf_add(&l->xarf, l->reports > 1 ? STR("\r\n]\r\n") : STR("\r\n"));
	return str_skip(buf_str(&l->xarf), l->reports > 1 ? 0 : strlen(XARF_LIST));
}

/* What stands in the letter besides its values. */
static void fill(const struct letter *l, const struct lang *lang, const struct lang_values *v,
        struct buf *subject, struct buf *text)
{
	const struct lang *words = l->kind == NOTICE_CORRECTION ? lang_correction(lang) : lang;
	struct str before = lang_before(lang, l->kind == NOTICE_AGAIN, l->kind == NOTICE_BACK);

	buf_printf(subject, "[%.*s] ", STR_ARG(l->ticket));
	/* what the letter is about stands inside where it is encrypted */
	if (l->key.len != 0)
		buf_add(subject, STR("..."));
	else
		lang_fill(subject, words,
		        l->kind == NOTICE_CORRECTION ? words->correction_subject : words->subject, v);
	if (before.len != 0) {
		lang_fill(text, words, str_trim(before), v);
		buf_add(text, STR("\n\n"));
	}
	lang_fill(text, words, l->kind == NOTICE_CORRECTION ? words->correction : words->text, v);
}

static void compose(struct sealing *s, struct letter *l)
{
	const struct lang *lang = node_lang(s->n, l->language);
	const struct country_mail *mail = &s->n->country.mail;
	const char *csv = arena_printf(&s->arena, "%.*s.csv", STR_ARG(l->ticket)).p;
	char count[16], by[64], sent[64];
	auto_buf struct buf subject = {0}, text = {0}, means = {0};
	struct err e;
	struct lang_values v = {.team = s->n->country.name.len != 0 ? s->n->country.name : mail->from,
	        .owner = l->owner,
	        .ticket = l->ticket,
	        .count = str_make(count, (size_t)snprintf(count, sizeof(count), "%u", l->rows)),
	        .list = list_of(s, l, csv),
	        .attachment = str_from(csv),
	        .label = arena_printf(&s->arena, "TLP:%.*s", STR_ARG(tlp_name(l->label))),
	        .corrects = l->corrects,
	        .note = l->note,
	        .type = type_find(l->class)};

	value_time_print(by, l->act_by != 0 ? l->act_by : os_now() + 7 * (int64_t)86400 * 1000000);
	by[10] = ' ';
	memcpy(by + 16, " UTC", 5);
	v.by = str_from(by);
	value_time_print(sent, l->corrects_sent);
	v.sent = str_make(sent, 10);
	lang_fill(&means, lang, lang_means(lang, l->label), &v);
	v.means = buf_str(&means);
	fill(l, lang, &v, &subject, &text);
	struct mime_letter m = {.from = mail->from,
	        .to = l->email,
	        .reply_to = mail->reply_to,
	        .subject = buf_str(&subject),
	        .text = buf_str(&text),
	        .message_id = l->message_id,
	        .date = os_now(),
	        .references = l->references,
	        .csv = l->rows > 0 ? buf_str(&l->csv) : (struct str){0},
	        .csv_name = str_from(csv),
	        .xarf = xarf_of(l),
	        .xarf_name = arena_printf(&s->arena, "%.*s.xarf.json", STR_ARG(l->ticket))};
	if (mime_write_entity(&m, &l->mail, &l->entity, &e) != 0) {
		l->failed = true;
		snprintf(l->sentence, sizeof(l->sentence), "%.500s", e.text);
	}
}

void notice_path(const struct node *n, struct str ticket, char *ret)
{
	snprintf(ret, NODE_PATH, "%.*s/letters/%.*s.eml", STR_ARG(n->folder), STR_ARG(ticket));
}

/* Synced by the caller, all together. */
int seal_write(struct node *n, struct str ticket, struct str bytes, struct err *e)
{
	char path[NODE_PATH];

	notice_path(n, ticket, path);
	if (os_delete(path, e) != 0)
		return ERR_SYS;
	auto_fd int fd = os_create(path, e);
	if (fd < 0)
		return ERR_SYS;
	return os_write_all(fd, bytes, e);
}

int seal_sync(struct node *n, struct err *e)
{
	char folder[NODE_PATH];

	snprintf(folder, sizeof(folder), "%.*s/letters", STR_ARG(n->folder));
	return os_sync_all(folder, e);
}

void seal_put(struct node *n, const struct seal *s)
{
	auto_arena struct arena a = {0};
	struct cleared c = {0};

	arena_init(&a, 0);
	struct str object = arena_printf(&a, "notice %.*s", STR_ARG(s->ticket));
	bool failed = s->sentence.len != 0;
	bool may = !failed && exit_clear(n->state, object, s->email, EXIT_OWNER, s->label, s->bytes, &c);
	const char *why = "";
	struct query q = db_query(n->state,
	        "update notice set state = ?, sealed = ?, label = ?, sha256 = ?, clearance = ?, answer = ?, "
	        "pgp = ?, signing = null where id = ?");

	if (!may && !failed)
		(void)exit_decide(s->label, EXIT_OWNER, &why);
	query_text(&q, !may || n->country.mail.mode == MAIL_HOLD ? STR("held") : STR("ready"));
	query_i64(&q, os_now());
	query_text(&q, tlp_name(s->label));
	query_blob(&q, may ? str_make((const char *)c.sha256, sizeof(c.sha256)) : (struct str){0});
	if (may)
		query_u64(&q, c.id);
	else
		query_null(&q);
	query_text(&q, failed ? s->sentence : str_from(why));
	query_text(&q, str_from(s->pgp));
	query_u64(&q, s->id);
	query_run(&q);
}

/* ---- by OpenPGP ---------------------------------------------------------------------------------- */

static const char *no_way(const struct country *c, const struct letter *l)
{
	if (l->key.len != 0 && c->pgp.home.len == 0)
		return "its contact has an OpenPGP key, and weir.yaml names no OpenPGP home (pgp: home); it "
		       "is not "
		       "sent in the clear";
	if (str_eq(l->key, STR(OWNERS_NO_KEY)))
		return "what the owners file has as the OpenPGP key of its contact is no fingerprint; it is "
		       "not sent "
		       "in the clear";
	return NULL;
}

/* What must be protected becomes a job, unless it cannot go anyway. */
static void protect(struct sealing *s, struct letter *l)
{
	const struct country *c = &s->n->country;
	const char *rule, *trouble = no_way(c, l);

	if (l->failed || (l->key.len == 0 && c->pgp.key.len == 0) ||
	        !exit_decide(l->label, EXIT_OWNER, &rule))
		return;
	if (trouble != NULL) {
		l->trouble = true;
		snprintf(l->sentence, sizeof(l->sentence), "%s", trouble);
		return;
	}
	struct sign_job *j = l->job = mem_zero(1, sizeof(*j));
	j->out = -1;
	j->notice = l->id;
	j->number = os_now();
	j->label = l->label;
	j->entity = l->entity;
	snprintf(j->ticket, sizeof(j->ticket), "%.*s", STR_ARG(l->ticket));
	snprintf(j->email, sizeof(j->email), "%.*s", STR_ARG(l->email));
	snprintf(j->key, sizeof(j->key), "%.*s", STR_ARG(l->key));
}

static void put_waiting(struct node *n, const struct letter *l)
{
	struct query q = db_query(
	        n->state, "update notice set state = ?, signing = ?, pgp = ?, answer = ? where id = ?");

	query_text(&q, l->trouble ? STR("held") : STR("due"));
	if (l->job != NULL)
		query_i64(&q, l->job->number);
	else
		query_null(&q);
	query_text(&q, l->trouble ? STR("trouble") : STR(""));
	query_text(&q, str_from(l->sentence));
	query_u64(&q, l->id);
	query_run(&q);
}

static void put_letter(struct sealing *s, const struct letter *l)
{
	if (l->job != NULL || l->trouble)
		put_waiting(s->n, l);
	else
		seal_put(s->n,
		        &(struct seal){.id = l->id,
		                .ticket = l->ticket,
		                .email = l->email,
		                .bytes = buf_str(&l->mail),
		                .label = l->label,
		                .sentence = str_from(l->failed ? l->sentence : ""),
		                .pgp = ""});
}

/* What is committed as a job becomes one. */
static void start_jobs(struct sealing *s)
{
	for (uint32_t i = 0; i < s->nletters; i++) {
		struct letter *l = &s->letters[i];
		if (l->job == NULL)
			continue;
		l->job->mail = l->mail;
		l->mail = (struct buf){0};
		sign_add(s->n, l->job);
		l->job = NULL;
	}
}

static int write_all(struct sealing *s, struct err *e)
{
	bool written = false;
	int rc = 0;

	for (uint32_t i = 0; i < s->nletters; i++) {
		compose(s, &s->letters[i]);
		protect(s, &s->letters[i]);
	}
	for (uint32_t i = 0; rc == 0 && i < s->nletters; i++) {
		const struct letter *l = &s->letters[i];
		if (l->failed || l->trouble || l->job != NULL)
			continue;
		rc = seal_write(s->n, l->ticket, buf_str(&l->mail), e);
		written = true;
	}
	if (rc == 0 && written)
		rc = seal_sync(s->n, e);
	if (rc != 0)
		return rc;
	db_begin(s->n->state);
	for (uint32_t i = 0; i < s->nletters; i++)
		put_letter(s, &s->letters[i]);
	rc = db_commit(s->n->state, e);
	if (rc == 0)
		start_jobs(s);
	return rc;
}

static void done(struct sealing *s)
{
	for (uint32_t i = 0; i < s->nletters; i++) {
		buf_done(&s->letters[i].csv);
		buf_done(&s->letters[i].list);
		buf_done(&s->letters[i].xarf);
		buf_done(&s->letters[i].mail);
		free(s->letters[i].job);
	}
	day_view_done(&s->view);
	vec_done(&s->items);
	arena_done(&s->arena);
}

static int when_next(struct node *n, int64_t *ret, struct err *e)
{
	struct query q =
	        db_query(n->state, "select min(send_at) from notice where state = 'due' and signing is null");

	*ret = INT64_MAX;
	if (query_next(&q) == 1 && !query_is_null(&q, 0))
		*ret = query_get_i64(&q, 0);
	return query_done(&q, e);
}

/* Letters that are due to a contact whose letters came back go to the owner's next one; where there is none, a person
 * is needed. */
static int reroute(struct node *n, struct err *e)
{
	uint64_t ids[64];
	size_t count = 0;

	if (n->broken.n == 0)
		return 0;
	db_begin(n->state);
	struct query q = db_query(n->state,
	        "select n.id from notice n join contact c on c.id = n.contact where n.state = 'due' and "
	        "n.signing is null and n.send_at <= ?"
	        " and c.broken is not null limit 64");
	query_i64(&q, os_now());
	while (query_next(&q) == 1)
		ids[count++] = query_get_u64(&q, 0);
	query_run(&q);
	for (size_t i = 0; i < count; i++) {
		bool moved = notice_next_contact(n, ids[i]);
		struct query up = db_query(n->state, "update notice set state = ?, answer = ? where id = ?");
		query_text(&up, moved ? STR("withdrawn") : STR("held"));
		query_text(&up,
		        moved ? STR("its contact's letters come back; the owner's next contact is written to")
		              : STR("its contact's letters come back, and the owner has no other contact"));
		query_u64(&up, ids[i]);
		query_run(&up);
	}
	return db_commit(n->state, e);
}

int notice_seal(struct node *n, unsigned *ret, int64_t *ret_next, struct err *e)
{
	struct sealing s = {.n = n};
	int rc = when_next(n, ret_next, e);

	*ret = 0;
	/* without a sender no letter can be written: they wait, and the status says so */
	if (rc != 0 || *ret_next > os_now() || n->country.mail.from.len == 0 || n->signing.n >= LETTERS)
		return rc;
	if ((rc = reroute(n, e)) != 0)
		return rc;
	arena_init(&s.arena, 0);
	rc = load_letters(&s, e);
	if (rc == 0)
		rc = load_items(&s, e);
	if (rc == 0 && s.nletters > 0) {
		if (s.items.n > 0)
			qsort(s.items.v, s.items.n, sizeof(s.items.v[0]), by_event);
		for (size_t i = 0; i < s.items.n; i++)
			put_row(&s, &s.items.v[i]);
		rc = write_all(&s, e);
		*ret = rc == 0 ? s.nletters : 0;
	}
	done(&s);
	return rc == 0 ? when_next(n, ret_next, e) : rc;
}
