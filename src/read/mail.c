/* SPDX-License-Identifier: Apache-2.0
 *
 * mail: a mail as it was received (RFC 5322, MIME by RFC 2045 to 2049), one or several in a mailbox file.
 * Each attachment that may be a report is handed on, decoded, under its own name; only a reader that is sure
 * takes it. What people wrote to people is not read.
 *
 * The structure is walked here, in one pass over the bytes and with a stack of boundaries, because GMime
 * either holds the parts in memory or wants to go back in its input, and a mail may come out of a pipe with
 * an attachment of gigabytes in it. GMime reads the values of header fields and decodes (mail_part.c).
 *
 * What is encrypted with OpenPGP is handed on as it is, under a name that says so (openpgp.c).
 *
 * What cannot be done: mail encrypted with S/MIME is set aside as it is; a signature is not checked;
 * winmail.dat is not opened; a part that comes in pieces over several mails (message/partial) is not put
 * together. A mail that lacks its last boundary is read, and said to be cut.
 */
#include "base/vec.h"
#include "read/input.h"
#include "read/mail_part.h"
#include "read/table.h"
#include "read/unpack.h"

#define HEADER_BYTES ((size_t)256 << 10)
#define CANDIDATE ((size_t)1024) /* longest line that is looked at as a boundary */
#define PEEK ((size_t)65536)
#define ARMOUR "-----BEGIN PGP MESSAGE-----"
#define TAIL ((size_t)6) /* of a window, where the beginning of a boundary may stand */

struct level {
	char boundary[MAIL_BOUNDARY];
	size_t len;
	bool report, locked, openpgp;
};

/* Why a body, or a header, came to its end. */
enum border { BORDER_NONE, BORDER_PART, BORDER_CLOSE, BORDER_MAIL, BORDER_END };

struct mail {
	struct unpack u;
	struct input *in;
	struct arena scratch; /* of one part */
	struct level levels[LIMIT_DEPTH];
	unsigned nlevels;
	bool mailbox; /* begins with "From " */
	bool xarf;    /* one of the headers says so */

	/* the part that is open */
	struct mail_part part;
	struct mail_decoder *decoder;
	char held[2]; /* line end that belongs to the boundary, if one follows */
	size_t nheld;
	bool armoured; /* text of OpenPGP was seen in it */

	/* this mail */
	uint64_t at;
	uint32_t line;
	uint32_t leaves, read, aside; /* parts; of them read by somebody; set aside */
	bool fields;                  /* it has a header */
	struct buf types;
};

/* ---- is it a mail -------------------------------------------------------------------------------- */

static bool field_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.p[i] < 33 || name.p[i] > 126)
			return false;
	return name.len > 0 && name.len < 78;
}

static bool mailbox_line(struct str line)
{
	/* "From SENDER Thu Jan  1 00:00:00 2026", in some files with a zone behind it */
	return str_starts(line, STR("From ")) && line.len > 20 && str_has(line, ':') &&
	        char_digit(line.p[line.len - 1]);
}

/* Every line of the header is a field, and at least three are those that only mail has. */
static enum sniff mail_sniff(const struct sniff_view *v)
{
	static const char *const known[] = {"From", "To", "Subject", "Date", "Message-ID", "Received",
	        "Return-Path", "MIME-Version", "Content-Type", "Delivered-To", "Reply-To", "Sender",
	        "DKIM-Signature", "Cc"};
	unsigned seen = 0;
	struct str_cut cut = {.tail = v->head, .ok = true};

	for (unsigned n = 0; cut.ok; n++) {
		cut = str_cut(cut.tail, '\n');
		struct str line = cut.head;
		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
		if (line.len == 0)
			break;
		if ((n == 0 && mailbox_line(line)) || (n > 0 && (line.p[0] == ' ' || line.p[0] == '\t')))
			continue;
		struct str_cut field = str_cut(line, ':');
		if (!cut.ok && !v->whole)
			break; /* cut by the view, not by the sender */
		if (!field.ok || !field_name(field.head))
			return SNIFF_NO;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			seen += str_ieq(field.head, str_from(known[i]));
	}
	/* what was encrypted of a mail is its entity, without the fields about the mail */
	return seen >= 3 || (seen > 0 && str_iends(v->name, STR(".eml"))) ? SNIFF_SURE : SNIFF_NO;
}

/* ---- boundaries ---------------------------------------------------------------------------------- */

static uint32_t count_lines(struct str s)
{
	uint32_t n = 0;

	for (size_t at = 0; (at = str_find(s, at, '\n')) != SIZE_MAX; at++)
		n++;
	return n;
}

static void skip(struct mail *m, struct str s)
{
	input_skip(m->in, s.len, count_lines(s));
	m->u.in = input_offset(m->in);
}

/* The boundary that a line is; levels inside it are left, and it too if it is the last one of its level. */
static enum border match(struct mail *m, struct str line)
{
	if (m->mailbox && mailbox_line(line))
		return BORDER_MAIL;
	if (!str_starts(line, STR("--")))
		return BORDER_NONE;
	for (unsigned i = m->nlevels; i-- > 0;) {
		const struct level *l = &m->levels[i];
		struct str rest = str_skip(line, 2);
		if (!str_starts(rest, str_make(l->boundary, l->len)))
			continue;
		rest = str_skip(rest, l->len);
		bool last = str_starts(rest, STR("--"));
		if (str_trim(str_skip(rest, last ? 2 : 0)).len > 0)
			continue; /* a longer boundary that begins like this one */
		m->nlevels = i + !last;
		return last ? BORDER_CLOSE : BORDER_PART;
	}
	if (str_starts(line, STR(ARMOUR)))
		m->armoured = true;
	return BORDER_NONE;
}

/* The same for what stands at the beginning of a line in the window; goes past it if it is one. */
static enum border match_window(struct mail *m, struct str s)
{
	size_t end = str_find(str_sub(s, 0, CANDIDATE), 0, '\n');
	struct str line = end != SIZE_MAX ? str_sub(s, 0, end) : s;

	if (end == SIZE_MAX && s.len >= CANDIDATE)
		return BORDER_NONE;
	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	enum border b = match(m, line);
	if (b != BORDER_NONE)
		skip(m, str_sub(s, 0, end != SIZE_MAX ? end + 1 : s.len));
	return b;
}

/* ---- bodies -------------------------------------------------------------------------------------- */

static int give(struct mail *m, struct str piece, bool last)
{
	if (m->decoder == NULL)
		return 0;
	return unpack_write(&m->u, mail_decode(m->decoder, piece, last));
}

static int give_body(struct mail *m, struct str text, struct str line_end)
{
	int rc = give(m, str_make(m->held, m->nheld), false);

	m->nheld = line_end.len;
	if (line_end.len > 0)
		memcpy(m->held, line_end.p, line_end.len);
	return rc < 0 || text.len == 0 ? rc : give(m, text, false);
}

/* Where the next line begins that may be a border, behind the line feed at the returned place; SIZE_MAX if
 * there is none in the window. */
static size_t next_candidate(const struct mail *m, struct str s)
{
	size_t at = str_find_str(s, 0, STR("\n--"));

	if (m->mailbox) {
		size_t from = str_find_str(str_sub(s, 0, at), 0, STR("\nFrom "));
		at = from != SIZE_MAX ? from : at;
	}
	return at;
}

/* The bytes up to the next border, to the decoder if there is one. Negative: give up. */
static int read_body(struct mail *m, enum border *ret)
{
	bool line_start = true;
	int rc = 0;

	m->nheld = 0;
	*ret = BORDER_END;
	while (rc >= 0) {
		struct str s = input_peek(m->in, CANDIDATE);
		if (s.len == 0)
			break;
		if (line_start && (*ret = match_window(m, s)) != BORDER_NONE)
			return 0;
		*ret = BORDER_END;
		size_t at = next_candidate(m, s);
		size_t n = at != SIZE_MAX ? at : input_last(m->in) ? s.len : s.len - TAIL;
		size_t cr = at != SIZE_MAX && n > 0 && s.p[n - 1] == '\r';
		struct str line_end = at != SIZE_MAX ? str_sub(s, n - cr, 1 + cr) : (struct str){0};
		rc = give_body(m, str_sub(s, 0, n - cr), line_end);
		line_start = at != SIZE_MAX;
		skip(m, str_sub(s, 0, n + line_start));
	}
	return rc < 0 ? rc : give_body(m, (struct str){0}, (struct str){0});
}

/* ---- headers ------------------------------------------------------------------------------------- */

/* A header up to its empty line, or to a border that comes before. */
static int read_header(struct mail *m, struct mail_fields *f, enum border *ret)
{
	auto_buf struct buf field = {0};
	struct input_line line;
	size_t total = 0;
	int rc;

	*f = (struct mail_fields){0};
	*ret = BORDER_NONE;
	while ((rc = input_next_line(m->in, &line, &m->u.r->err)) == 1 && line.text.len > 0) {
		bool folded = line.text.p[0] == ' ' || line.text.p[0] == '\t';
		if ((total += line.text.len) > HEADER_BYTES || line.too_long)
			return err_set(&m->u.r->err, ERR_LIMIT, "line %u: a header of more than %zu KiB",
			        line.line, HEADER_BYTES >> 10);
		if (!folded && field.len > 0) {
			mail_field_line(&m->scratch, buf_str(&field), f);
			buf_clear(&field);
		}
		if ((*ret = match(m, line.text)) != BORDER_NONE)
			return 0;
		buf_add(&field, line.text);
	}
	if (field.len > 0)
		mail_field_line(&m->scratch, buf_str(&field), f);
	if (rc == 0)
		*ret = BORDER_END;
	m->xarf |= f->xarf;
	m->fields |= f->n > 0;
	m->u.in = input_offset(m->in);
	return rc < 0 ? rc : 0;
}

/* ---- parts --------------------------------------------------------------------------------------- */

static int push(struct mail *m)
{
	struct level *l = &m->levels[m->nlevels];

	if (m->nlevels == LIMIT_DEPTH)
		return err_set(&m->u.r->err, ERR_LIMIT,
		        "line %u: parts inside parts, more than %d deep; what stands before was read",
		        input_line_number(m->in), LIMIT_DEPTH);
	memcpy(l->boundary, m->part.boundary, m->part.boundary_len);
	l->len = m->part.boundary_len;
	l->report = m->part.report;
	l->locked = m->part.kind == MAIL_ENCRYPTED;
	l->openpgp = m->part.openpgp;
	m->nlevels++;
	return 0;
}

static void note_leaf(struct mail *m)
{
	if (m->leaves++ < 8) {
		buf_printf(&m->types, "%s", m->types.len > 0 ? ", " : "");
		buf_add(&m->types, str_sub(m->part.type, 0, 64));
	} else if (m->leaves == 9) {
		buf_add(&m->types, STR(", ..."));
	}
}

static void set_aside(struct mail *m, enum aside_reason reason, const char *what)
{
	char shown[UNPACK_SHOWN];

	m->aside++;
	unpack_aside(&m->u, reason, "%s %s", unpack_shown(shown, m->part.name), what);
}

/* What is not read for a reason that the sender can do something about. */
static void say_why(struct mail *m)
{
	if (m->part.kind == MAIL_TNEF)
		set_aside(m, ASIDE_KIND,
		        "is in Outlook's own form, which is not opened; ask for a plain attachment");
	else if (m->part.kind == MAIL_TABLE)
		set_aside(m, ASIDE_KIND, "is a spreadsheet, which is not read; ask its sender for CSV");
	else if (str_iends(m->part.type, STR("pkcs7-mime")))
		set_aside(m, ASIDE_ENCRYPTED,
		        "is encrypted, or signed as a whole (S/MIME), and not opened; ask its sender for a "
		        "plain copy");
	else
		set_aside(m, ASIDE_ENCRYPTED,
		        "is encrypted; ask its sender for a copy that this node can read");
}

/* The part's bytes, decoded, to whoever is sure of it. */
static int hand_on(struct mail *m, enum border *ret)
{
	int rc = unpack_begin(&m->u, m->part.name, m->part.type);

	if (rc < 0)
		return rc;
	m->decoder = mail_decoder_new(&m->part);
	m->armoured = false;
	rc = read_body(m, ret);
	if (rc >= 0)
		rc = give(m, (struct str){0}, true);
	mail_decoder_free(m->decoder);
	m->decoder = NULL;
	int end = unpack_end(&m->u);
	if (rc < 0 || end < 0)
		return rc < 0 ? rc : end;
	m->read += end == 0;
	if (end == 1 && m->armoured)
		say_why(m);
	else if (end == 1 && m->part.data)
		set_aside(m, ASIDE_UNREAD, "is of no form that a reader is sure of");
	return 0;
}

static int skip_body(struct mail *m, enum border *ret)
{
	m->armoured = false;
	int rc = read_body(m, ret);
	if (rc == 0 && m->armoured && m->part.kind == MAIL_TEXT)
		say_why(m);
	return rc;
}

static bool inside_report(const struct mail *m)
{
	for (unsigned i = 0; i < m->nlevels; i++)
		if (m->levels[i].report)
			return true;
	return false;
}

static bool inside_locked(const struct mail *m)
{
	for (unsigned i = 0; i < m->nlevels; i++)
		if (m->levels[i].locked)
			return true;
	return false;
}

/* True if an armoured message stands in the text that follows, before its end. */
static bool text_is_armoured(const struct mail *m)
{
	struct str s = input_peek(m->in, PEEK);
	size_t at = str_starts(s, STR(ARMOUR)) ? 0 : str_find_str(s, 0, STR("\n" ARMOUR));

	for (unsigned i = 0; at != SIZE_MAX && i < m->nlevels; i++) {
		struct str boundary = arena_printf((struct arena *)(uintptr_t)&m->scratch, "\n--%.*s",
		        (int)m->levels[i].len, m->levels[i].boundary);
		if (str_find_str(str_sub(s, 0, at), 0, boundary) != SIZE_MAX)
			at = SIZE_MAX;
	}
	return at != SIZE_MAX;
}

/* Messages of OpenPGP: the second part of a multipart/encrypted, and what stands armoured in a text. */
static void look_for_openpgp(struct mail *m)
{
	struct mail_part *p = &m->part;
	bool inside = m->nlevels > 0 && m->levels[m->nlevels - 1].openpgp;

	if (inside && p->kind != MAIL_MULTIPART && !str_eq(p->type, STR("application/pgp-encrypted")))
		p->name = STR("encrypted.eml.pgp");
	else if (p->kind == MAIL_TEXT && str_eq(p->type, STR("text/plain")) && !inside_report(m) &&
	        text_is_armoured(m))
		p->name = STR("text.txt.pgp");
	else
		return;
	p->kind = MAIL_HANDED;
	p->data = true;
}

/* What is done with the part whose header was read; *ret says where its body came to an end. */
static int take_part(struct mail *m, enum border *ret)
{
	int rc = 0;

	look_for_openpgp(m);
	if (inside_locked(m)) /* said once, for all of it */
		m->part.kind = MAIL_MULTIPART;
	else if (m->part.kind != MAIL_MULTIPART)
		note_leaf(m);
	if (m->part.kind == MAIL_HANDED)
		return hand_on(m, ret);
	if (m->part.kind == MAIL_ENCRYPTED || m->part.kind == MAIL_TNEF || m->part.kind == MAIL_TABLE)
		say_why(m);
	if (m->part.boundary_len > 0)
		rc = push(m);
	return rc < 0 ? rc : skip_body(m, ret);
}

/* The header of one part and of the mails in it, and its body. */
static int read_part(struct mail *m, enum border *ret)
{
	struct mail_fields f;

	do {
		arena_reset(&m->scratch);
		m->u.at = input_offset(m->in);
		m->u.line = input_line_number(m->in);
		int rc = read_header(m, &f, ret);
		if (rc < 0)
			return rc;
		mail_part_parse(&m->scratch, &f, m->xarf, inside_report(m), &m->part);
	} while (m->part.kind == MAIL_MESSAGE && *ret == BORDER_NONE);
	if (*ret == BORDER_NONE)
		return take_part(m, ret);
	note_leaf(m);
	return 0;
}

/* ---- a mail -------------------------------------------------------------------------------------- */

static void mail_begin(struct mail *m)
{
	m->at = input_offset(m->in);
	m->line = input_line_number(m->in);
	m->leaves = m->read = m->aside = 0;
	m->xarf = m->fields = false;
	m->nlevels = 0;
	buf_clear(&m->types);
}

/* For people: a record without events, which nothing is wrong with. */
static void count_mail(struct mail *m)
{
	record_begin(m->u.r->w, m->at, 0, m->line);
	record_end(m->u.r->w);
}

static void mail_end(struct mail *m)
{
	m->u.at = m->at;
	m->u.line = m->line;
	if (m->nlevels > 0)
		unpack_aside(
		        &m->u, ASIDE_CUT, "the mail ends before its last boundary; its last part may be cut");
	else if (m->read == 0 && m->aside == 0 && m->u.r->options->people && !m->mailbox)
		count_mail(m);
	else if (m->read == 0 && m->aside == 0)
		unpack_aside(&m->u, ASIDE_UNREAD,
		        "no attachment that a reader is sure of; the mail has %u part%s: %.*s", m->leaves,
		        m->leaves == 1 ? "" : "s", STR_ARG(buf_str(&m->types)));
}

static int read_mail(struct mail *m, enum border *ret)
{
	mail_begin(m);
	int rc = read_part(m, ret);
	while (rc >= 0 && (*ret == BORDER_PART || *ret == BORDER_CLOSE)) {
		if (*ret == BORDER_PART) {
			rc = read_part(m, ret);
		} else {
			m->part.kind = MAIL_MULTIPART; /* words behind the last boundary */
			rc = skip_body(m, ret);
		}
	}
	if (rc >= 0 && !m->fields)
		return err_set(
		        &m->u.r->err, ERR_VALUE, "line %u: this is no mail, it has no header", m->line);
	if (rc >= 0)
		mail_end(m);
	return rc;
}

static int mail_unpack(struct reading *r)
{
	struct mail *m = arena_new(r->arena, struct mail);
	enum border end = BORDER_MAIL;
	int rc = 0;

	unpack_init(&m->u, r);
	m->in = r->in;
	struct str first = str_cut(str_sub(input_peek(r->in, CANDIDATE), 0, CANDIDATE), '\n').head;
	m->mailbox = mailbox_line(str_trim(first));
	if (m->mailbox)
		skip(m, str_sub(input_peek(r->in, CANDIDATE), 0, first.len + 1));
	while (rc >= 0 && end == BORDER_MAIL)
		rc = read_mail(m, &end);
	buf_done(&m->types);
	arena_done(&m->scratch);
	return rc < 0 ? rc : 0;
}

const struct reader reader_mail = {
        .name = "mail",
        .about = "a mail as it was received, or a mailbox file: attachments go on to the reader that is sure "
                 "of them",
        .sniff = mail_sniff,
        .prepare = mail_prepare,
        .unpack = mail_unpack,
        .sure_parts = true,
        .fields = "Makes no events itself. What may be a report is handed on: files of any name but "
                  "pictures, pages "
                  "and signatures, data by its type, feedback reports (ARF, X-ARF). A mail from which "
                  "nothing could "
                  "be read, and what is encrypted in one, is set aside.",
};
