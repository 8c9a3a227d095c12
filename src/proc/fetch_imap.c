/* SPDX-License-Identifier: Apache-2.0
 *
 * Mails of a folder, each of which is a report. What makes a mail the same mail is its number in the folder (UIDVALIDITY and
 * UID), which is the server's word and never given twice. A Message-ID is the sender's: it may be missing, and whoever
 * writes one that is known already would have his mail, or somebody else's, passed over.
 *
 * Nothing is asked for but with BODY.PEEK, which changes no flag. A mail is marked, deleted or moved only once the core has
 * said that its receipt is in the state; if that was cut off, the next round finds the mail, hears that it was accepted, and
 * does the rest.
 */
#include "base/os.h"
#include "proc/fetch_in.h"
#include "proc/imap.h"

#define MAILS 100000  /* that a folder may show */
#define A_COMMAND 200 /* mails whose headers are asked for at once */
#define NAME 256

struct found {
	uint32_t uid;
	uint64_t size;
	char name[NAME]; /* of the receipt: its subject */
};

struct round {
	struct fetching *f;
	struct imap imap;
	bool can_move, can_expunge;
	uint32_t validity;
	imap_uids uids;
	VEC(struct found) found; /* of the headers at hand */
	size_t matched, too_long;
	uint32_t uid; /* whose body comes */
	bool good;
	int64_t until;
};

static int __attribute__((format(printf, 3, 5))) command(struct round *r,
        int (*each)(void *arg, struct str answer, struct err *e), const char *fmt, struct err *e, ...)
{
	auto_buf struct buf line = {0};
	va_list ap;

	va_start(ap, e);
	buf_vprintf(&line, fmt, ap);
	va_end(ap);
	return imap_command(&r->imap, buf_str(&line), each, r, e);
}

/* ---- the folder ---------------------------------------------------------------------------------- */

static int take_capability(void *arg, struct str answer, struct err *e)
{
	struct round *r = arg;

	(void)e;
	r->can_move |= imap_has(answer, "MOVE");
	r->can_expunge |= imap_has(answer, "UIDPLUS");
	return 0;
}

static int take_validity(void *arg, struct str answer, struct err *e)
{
	struct round *r = arg;

	(void)e;
	(void)imap_code(answer, "UIDVALIDITY", &r->validity);
	return 0;
}

static int take_uids(void *arg, struct str answer, struct err *e)
{
	struct round *r = arg;
	int rc = imap_search(answer, MAILS, &r->uids, e);

	return rc < 0 ? err_add(e, "folder '%s'", r->f->feed.mailbox.folder.p) : 0;
}

static int open_folder(struct round *r, const char *how, struct err *e)
{
	const struct feed_mailbox *b = &r->f->feed.mailbox;
	auto_buf struct buf name = {0};

	imap_quote(&name, b->folder);
	if (command(r, take_capability, "CAPABILITY", e) != 0)
		return e->code;
	if (command(r, take_validity, "%s %.*s", e, how, STR_ARG(buf_str(&name))) != 0)
		return err_add(e, "folder '%s'", b->folder.p);
	if (r->validity == 0)
		return err_set(e, ERR_VALUE, "folder '%s': the mail server numbers its mails anew each time",
		        b->folder.p);
	/* where mails stay, the flag says which of them are done */
	return command(r, take_uids, "UID SEARCH UNDELETED%s", e, b->accepted == FEED_SEEN ? " UNSEEN" : "");
}

static int take_header(void *arg, struct str answer, struct err *e)
{
	struct round *r = arg;
	const struct feed_mailbox *b = &r->f->feed.mailbox;
	auto_buf struct buf subject = {0}, from = {0};
	struct imap_mail m;
	int rc = imap_fetch(answer, &m, e);

	/* what another client did to the folder comes as well */
	if (rc != 1 || m.uid == 0 || !m.has_body)
		return rc < 0 ? rc : 0;
	imap_field(m.body, "Subject", &subject);
	imap_field(m.body, "From", &from);
	if (!feed_fits(&b->subject, buf_str(&subject)) ||
	        !feed_fits(&b->sender, imap_address(buf_str(&from))) || r->found.n == A_COMMAND)
		return 0;
	struct found *found = vec_add(&r->found);
	found->uid = m.uid;
	found->size = m.has_size ? m.size : UINT64_MAX;
	fetch_name(found->name, subject.len != 0 ? buf_str(&subject) : STR("mail"), ".eml");
	return 0;
}

/* The headers of the mails from n on; those that fit are in r->found. */
static int look(struct round *r, size_t n, struct err *e)
{
	auto_buf struct buf set = {0};

	for (size_t i = n; i < r->uids.n && i < n + A_COMMAND; i++)
		buf_printf(&set, "%s%u", i > n ? "," : "", r->uids.v[i]);
	r->found.n = 0;
	int rc = command(r, take_header,
	        "UID FETCH %.*s (UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (SUBJECT FROM)])", e,
	        STR_ARG(buf_str(&set)));
	r->matched += r->found.n;
	for (size_t i = 0; i < r->found.n; i++)
		r->too_long += r->found.v[i].size > r->f->feed.limit;
	return rc;
}

/* ---- one mail ------------------------------------------------------------------------------------ */

static bool take_body(void *arg, struct str bytes)
{
	struct round *r = arg;
	struct fetch_spool *s = &r->f->spool;

	if (fetch_spool_add(r->f, bytes))
		return true;
	/* longer than it was said to be: passed over as far as that is no harm */
	return s->too_long && s->size < 2 * s->limit + ((uint64_t)16 << 20);
}

static int take_number(void *arg, struct str answer, struct err *e)
{
	struct round *r = arg;
	struct imap_mail m;
	int rc = imap_fetch(answer, &m, e);

	if (rc == 1 && m.has_body)
		r->good = m.uid == r->uid;
	return rc < 0 ? rc : 0;
}

/* 1 if its bytes are in the spool, 0 if it is not to be had, negative: the round is over. */
static int download(struct round *r, const struct found *m, const uint8_t token[16], struct err *e)
{
	struct fetching *f = r->f;
	int rc = fetch_spool_open(f, token, e);

	r->uid = m->uid;
	r->good = false;
	r->imap.sink = take_body;
	r->imap.arg = r;
	r->imap.sunk = 0;
	if (rc == 0)
		rc = command(r, take_number, "UID FETCH %u (UID BODY.PEEK[])", e, m->uid);
	r->imap.sink = NULL;
	if (f->spool.disk[0] != 0)
		rc = err_set(e, ERR_SYS, "%s", f->spool.disk);
	if (rc == ERR_VALUE || (rc == 0 && f->spool.too_long))
		fetch_complain(f, "mail '%s': %s", m->name,
		        rc != 0 ? e->text : "it is longer than the mail server says, and than 'limit'");
	bool here = rc == 0 && !f->spool.too_long && r->good && r->imap.sunk == 1;
	if (fetch_spool_close(f, here, here ? e : NULL) != 0)
		return ERR_SYS;
	return here ? 1 : rc == ERR_VALUE && !r->imap.broken ? 0 : rc;
}

static int expunge(struct round *r, uint32_t uid, struct err *e)
{
	int rc = command(r, NULL, "UID STORE %u +FLAGS.SILENT (\\Deleted)", e, uid);

	/* without UIDPLUS what others have marked would go as well: it stays marked */
	return rc == 0 && r->can_expunge ? command(r, NULL, "UID EXPUNGE %u", e, uid) : rc;
}

static int move(struct round *r, uint32_t uid, struct err *e)
{
	auto_buf struct buf to = {0};

	imap_quote(&to, r->f->feed.mailbox.move_to);
	int rc = command(
	        r, NULL, "UID %s %u %.*s", e, r->can_move ? "MOVE" : "COPY", uid, STR_ARG(buf_str(&to)));
	return rc != 0 || r->can_move ? rc : expunge(r, uid, e);
}

/* What the feed's file says about a mail that was accepted. */
static int settle(struct round *r, const struct found *m, struct err *e)
{
	int rc = 0;

	switch (r->f->feed.mailbox.accepted) {
	case FEED_SEEN:
		rc = command(r, NULL, "UID STORE %u +FLAGS.SILENT (\\Seen)", e, m->uid);
		break;
	case FEED_DELETE:
		rc = expunge(r, m->uid, e);
		break;
	case FEED_MOVE:
		rc = move(r, m->uid, e);
		break;
	}
	if (rc != ERR_VALUE || r->imap.broken)
		return rc;
	fetch_complain(r->f, "mail '%s' was accepted, but stays as it is: %s", m->name, e->text);
	return 0;
}

static int take_mail(struct round *r, const struct found *m, struct err *e)
{
	struct fetching *f = r->f;
	const struct feed_mailbox *b = &f->feed.mailbox;
	char item[1024];
	uint8_t token[16];

	if (m->size > f->feed.limit) {
		fetch_complain(f, "mail '%s' is longer than %llu bytes, which 'limit' allows", m->name,
		        (unsigned long long)f->feed.limit);
		return 0;
	}
	snprintf(item, sizeof(item), "%.200s@%.300s/%.300s;UIDVALIDITY=%u;UID=%u", f->feed.user.p,
	        b->server.p, b->folder.p, r->validity, m->uid);
	fetch_token(f, str_from(item), token);
	int rc = fetch_offer(f, token, str_from(item), e);
	if (rc == 1) {
		rc = download(r, m, token, e);
		if (rc != 1)
			return rc;
		rc = fetch_give(f, str_from(item), str_from(m->name), "mail", e);
	}
	return rc == 0 ? settle(r, m, e) : rc;
}

/* ---- rounds -------------------------------------------------------------------------------------- */

static int take_all(struct round *r, struct err *e)
{
	int rc = open_folder(r, "SELECT", e);

	for (size_t n = 0; rc == 0 && n < r->uids.n; n += A_COMMAND) {
		rc = look(r, n, e);
		for (size_t i = 0; rc == 0 && i < r->found.n && os_ticks() < r->until; i++)
			rc = take_mail(r, &r->found.v[i], e);
	}
	return rc;
}

static int count_all(struct round *r, struct err *e)
{
	int rc = open_folder(r, "EXAMINE", e);

	for (size_t n = 0; rc == 0 && n < r->uids.n; n += A_COMMAND)
		rc = look(r, n, e);
	return rc;
}

static int begin(struct fetching *f, struct round *r, CURLcode *ret_why, struct err *e)
{
	const struct feed_mailbox *b = &f->feed.mailbox;
	const char *secret;

	*r = (struct round){.f = f, .until = os_ticks() + ALL_SECONDS * (int64_t)1000000};
	*ret_why = CURLE_OK;
	if (fetch_secret(f, b->token_file.len != 0 ? b->token_file : f->feed.password_file, &secret, e) != 0)
		return ERR_SYS;
	return imap_open(&f->feed, secret, &r->imap, ret_why, e);
}

static void end(struct round *r)
{
	if (r->imap.curl != NULL)
		imap_close(&r->imap);
	vec_done(&r->uids);
	vec_done(&r->found);
}

int fetch_imap(struct fetching *f, struct err *e)
{
	struct round r;
	CURLcode why;
	int rc = begin(f, &r, &why, e);

	if (rc == 0)
		rc = take_all(&r, e);
	end(&r);
	return rc;
}

int fetch_imap_try(struct fetching *f, struct buf *said, struct err *e)
{
	const struct feed_mailbox *b = &f->feed.mailbox;
	struct round r;
	CURLcode why;
	int rc = begin(f, &r, &why, e);

	if (r.imap.curl != NULL)
		fetch_say_connection(r.imap.curl, b->server, why, said);
	if (rc == 0) {
		buf_add(said, STR("the login is good\n"));
		rc = count_all(&r, e);
	}
	if (rc == 0)
		buf_printf(said, "%zu of %zu %smails in '%s' fit; nothing was taken\n", r.matched, r.uids.n,
		        b->accepted == FEED_SEEN ? "unopened " : "", b->folder.p);
	if (rc == 0 && r.too_long > 0)
		fetch_complain(f,
		        "%zu of them are longer than %llu bytes and stay; 'limit' in the feed's file",
		        r.too_long, (unsigned long long)f->feed.limit);
	end(&r);
	return rc;
}
