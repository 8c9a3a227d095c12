/* SPDX-License-Identifier: Apache-2.0
 *
 * Mails of cases, as the core carries them: link/reply.h says which one is next and what the exit makes of it, here its bytes
 * are made, one at a time. Where it is signed or encrypted it goes to the pgp process first, as letters do (core_pgp.c); what is
 * lost on the way there is begun anew from its row, under the same Message-ID.
 */
#include "proc/core_reply.h"
#include "base/os.h"
#include "form/mime.h"
#include "link/partner.h"
#include "link/reply.h"
#include "see/change.h"
#include "see/partner_letter.h"

#define STEPS 50

struct core_reply {
	struct arena arena; /* of the mail that is at the pgp process */
	struct reply_mail *mail;
	struct sign_job *job; /* NULL: none */
};

struct core_reply *core_reply_new(void)
{
	return mem_zero(1, sizeof(struct core_reply));
}

static void drop_job(struct core_reply *r)
{
	if (r->job == NULL)
		return;
	buf_done(&r->job->mail);
	buf_done(&r->job->sealed);
	os_close_fd(&r->job->out);
	free(r->job);
	r->job = NULL;
	arena_done(&r->arena);
}

void core_reply_free(struct core_reply *r)
{
	if (r != NULL)
		drop_job(r);
	free(r);
}

struct sign_job *core_reply_job(const struct core *c)
{
	return c->reply != NULL ? c->reply->job : NULL;
}

static const struct partner_letter_answer *answers_of(const struct partner_mail *p, struct arena *a)
{
	struct partner_letter_answer *v = arena_array(a, p->answers + 1, sizeof(*v));

	for (unsigned i = 0; i < p->answers; i++)
		v[i] = (struct partner_letter_answer){
		        p->answer[i].comment, p->answer[i].word, p->answer[i].text};
	return v;
}

/* A statement's words, in the words of his language. */
static void write_partner(
        const struct core *c, const struct reply_mail *m, struct buf *subject, struct buf *text)
{
	auto_arena struct arena a = {0};
	const struct partner_mail *p = m->partner;

	arena_init(&a, 0);
	const struct partner_letter l = {.label = m->object.label,
	        .tag = p->tag,
	        .title = p->title,
	        .exercise = p->exercise,
	        .ask = p->ask,
	        .state = p->state,
	        .reason = p->reason,
	        .text = p->text,
	        .list = p->list,
	        .team = c->node->country.name,
	        .by = p->by,
	        .by_hand = p->by_hand,
	        .round = p->round,
	        .answer = answers_of(p, &a),
	        .answers = p->answers,
	        .withdrawn = p->withdrawn,
	        .result = p->result.state,
	        .sha256 = p->result.sha256,
	        .adopted = p->result.adopted,
	        .in_force = p->result.in_force,
	        .certificate = p->result.state.len > 0 && p->nfiles > 0,
	        .sealed = m->key.len != 0};

	partner_letter_write(&l, node_lang(c->node, p->to.language), subject, text);
}

/* The label stands in the text, as TLP 2.0 has it; subjects of encrypted mails are read by others. */
static void write_reply(const struct reply_mail *m, struct buf *subject, struct buf *text)
{
	buf_printf(text, "TLP:%.*s\n\n%.*s\n", STR_ARG(tlp_name(m->object.label)), STR_ARG(m->text));
	if (m->key.len != 0)
		buf_printf(subject, "[%.*s] ...", STR_ARG(m->number));
	else
		buf_add(subject, m->subject);
}

static int write_mail(
        const struct core *c, const struct reply_mail *m, struct buf *ret, size_t *ret_entity, struct err *e)
{
	const struct country_mail *mail = &c->node->country.mail;
	auto_buf struct buf text = {0}, subject = {0};

	if (m->partner != NULL)
		write_partner(c, m, &subject, &text);
	else
		write_reply(m, &subject, &text);
	struct mime_letter l = {.from = mail->from,
	        .to = m->to,
	        .reply_to = mail->reply_to,
	        .subject = buf_str(&subject),
	        .text = buf_str(&text),
	        .message_id = m->message_id,
	        .references = m->last,
	        .earlier = m->earlier,
	        .date = os_now(),
	        .person = true};
	if (m->partner != NULL) {
		l.csv = m->partner->csv;
		l.csv_name = STR("details.csv");
		l.file = m->partner->file;
		l.file_name = STR("statement.weir");
		l.files = m->partner->files;
		l.nfiles = m->partner->nfiles;
	}
	return mime_write_entity(&l, ret, ret_entity, e);
}

/* Why it cannot be protected as it must; NULL: it can. */
static const char *no_way(const struct country *c, const struct reply_mail *m)
{
	if (m->key.len != 0 && c->pgp.home.len == 0)
		return "who is written to has an OpenPGP key, and weir.yaml names no OpenPGP home (pgp: "
		       "home); it is "
		       "not sent in the clear";
	return NULL;
}

static void start_job(struct core *c, struct reply_mail *m, struct buf *bytes, size_t entity)
{
	struct sign_job *j = c->reply->job = mem_zero(1, sizeof(*j));

	j->out = -1;
	j->notice = m->entry;
	/* letters have numbers above 0 */
	j->number = -os_now();
	j->label = m->object.label;
	j->entity = entity;
	snprintf(j->key, sizeof(j->key), "%.*s", STR_ARG(m->key));
	j->mail = *bytes;
	*bytes = (struct buf){0};
	c->reply->mail = m;
}

static bool is_hold(const struct core *c)
{
	return c->node->country.mail.mode == MAIL_HOLD;
}

/* 1: it is at the pgp process now; 0: it is decided; or a code. */
static int take(struct core *c, struct reply_mail *m, struct err *e)
{
	const struct country *country = &c->node->country;
	auto_buf struct buf bytes = {0};
	size_t entity = 0;
	struct exit_object o = m->object;

	if (m->lost)
		return reply_fail(c->node->state, m,
		        STR("the statement is not here any more, or who it is for does not take part by mail "
		            "any more"),
		        e);
	o.label = exit_label(c->node->state, o.name, o.label, o.originator);
	bool may = exit_judge(&o, &m->recipient, EXIT_TELL).allowed;
	const char *trouble = may ? no_way(country, m) : NULL;
	if (trouble != NULL)
		return reply_fail(c->node->state, m, str_from(trouble), e);
	if (write_mail(c, m, &bytes, &entity, e) != 0)
		return reply_fail(c->node->state, m, str_from(e->text), e);
	/* what may not go is not shown to another process either */
	if (!may || (m->key.len == 0 && (country->pgp.key.len == 0 || country->pgp.home.len == 0)))
		return reply_clear(c->node->state, m, buf_str(&bytes), is_hold(c), e);
	start_job(c, m, &bytes, entity);
	return 1;
}

static int take_back(struct core *c, struct err *e)
{
	struct core_reply *r = c->reply;
	struct sign_job *j = r->job;
	int rc = j->held ? reply_fail(c->node->state, r->mail, str_from(j->sentence), e)
	                 : reply_clear(c->node->state, r->mail, buf_str(&j->sealed), is_hold(c), e);

	drop_job(r);
	return rc;
}

int core_replies(struct core *c, struct err *e)
{
	const struct change_here here = change_here(c->node);
	struct core_reply *r = c->reply;
	int rc = 0;

	if (r->job != NULL)
		return r->job->done ? take_back(c, e) : 0;
	/* without a sender none can be written: they wait, and the status says so */
	if (c->node->country.mail.from.len == 0)
		return 0;
	for (unsigned i = 0; rc == 0 && i < STEPS && r->job == NULL; i++) {
		struct reply_mail *m;
		arena_init(&r->arena, 0);
		rc = reply_next(c->node->state, &here, 0, &r->arena, &m, e);
		bool more = rc == 1;
		if (more)
			rc = take(c, m, e);
		if (r->job != NULL)
			return 0;
		arena_done(&r->arena);
		if (!more)
			break;
	}
	return rc;
}
