/* SPDX-License-Identifier: Apache-2.0
 *
 * message: a mail that a person (or a mail server) wrote to the team. Makes one record of it: who, about what, the words
 * that are new in it, what is attached, and what a mail server says of a letter that could not be delivered
 * (RFC 3464). It is asked by name, for mails from which no report was read; the readers' table does not have it.
 *
 * New words are those before the quoted letter: a line of its own that begins with '>' is quoted, and so is all behind
 * the line with which mailers begin a quotation. Where a mail has no plain text, its HTML is taken without its tags.
 *
 * What cannot be done: a mail larger than MAIL_BYTES is cut there, and its attachments with it; nothing in it is opened.
 */
#include "base/digest.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "read/input.h"
#include "read/mail_part.h"
#include "read/mail_words.h"
#include "read/read.h"
#include <gmime/gmime.h>

#define MAIL_BYTES ((size_t)16 << 20)
#define WORDS ((size_t)32 << 10)
#define ATTACHED ((size_t)32 << 10)
#define FIELD_MAX ((size_t)2048)
#define DEPTH 12
#define SIGNATURE ((size_t)16 << 10)

struct message {
	struct writer *w;
	struct arena *arena;
	struct buf words, attached;
	bool plain; /* words come from plain text */
	bool more;  /* an attachment too many to be listed */
	/* of a delivery status */
	struct str action, status, recipient, original;
	/* OpenPGP (RFC 3156), of the outermost part */
	struct extent {
		size_t at, len; /* in the mail; len 0: none */
	} signed_, sealed;
	struct str signature;
};

/* ---- words --------------------------------------------------------------------------------------- */

/* "-----Original Message-----" and its like, or the long line that Outlook draws. */
static bool divides(struct str line)
{
	static const char *const marks[] = {"-----original", "----- original",
	        "________________________________", "-------- original", "begin forwarded message"};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (line.len >= strlen(marks[i]) &&
		        str_ieq(str_sub(line, 0, strlen(marks[i])), str_from(marks[i])))
			return true;
	return false;
}

/* "On Monday, X wrote:" in any language: a line that ends in a colon, and behind it, perhaps after an empty one, a quoted
 * line. */
static bool announces(struct str line, struct str rest)
{
	struct str_cut next = str_cut(rest, '\n');

	if (!str_ends(line, STR(":")))
		return false;
	if (str_trim(next.head).len == 0)
		next = str_cut(next.tail, '\n');
	return str_starts(str_trim(next.head), STR(">"));
}

/* The header of a quoted mail as Outlook writes it: "From: ..." and "Sent:", "To:" or "Subject:" close behind. */
static bool quoted_header(struct str line, struct str rest)
{
	if (!str_starts(line, STR("From:")) && !str_starts(line, STR("*From:*")))
		return false;
	for (unsigned i = 0; i < 4 && rest.len > 0; i++) {
		struct str_cut next = str_cut(rest, '\n');
		if (str_has(next.head, ':') && str_find_str(next.head, 0, STR("Subject:")) != SIZE_MAX)
			return true;
		rest = next.tail;
	}
	return false;
}

/* Without the blanks and the carriage return at its end. */
static struct str without_end(struct str line)
{
	while (line.len > 0 &&
	        (line.p[line.len - 1] == ' ' || line.p[line.len - 1] == '\t' || line.p[line.len - 1] == '\r'))
		line.len--;
	return line;
}

static void add_words(struct message *m, struct str text)
{
	unsigned empty = 1;

	for (struct str_cut cut = {.tail = text, .ok = true}; cut.ok && m->words.len < WORDS;) {
		cut = str_cut(cut.tail, '\n');
		struct str line = without_end(cut.head);
		struct str bare = str_trim(line);
		if (divides(bare) || announces(bare, cut.tail) || quoted_header(bare, cut.tail))
			break;
		if (str_starts(bare, STR(">")))
			continue;
		if (str_eq(line, STR("--")))
			break; /* a signature (RFC 3676) */
		empty = bare.len == 0 ? empty + 1 : 0;
		if (empty > 1)
			continue;
		buf_add(&m->words, str_sub(line, 0, 1000));
		buf_char(&m->words, '\n');
	}
}

/* Without its tags, scripts and styles; blocks begin a line. */
static void add_html(struct message *m, struct str html)
{
	auto_buf struct buf text = {0};

	for (size_t at = 0; at < html.len && text.len < 4 * WORDS;) {
		struct str rest = str_skip(html, at);
		if (rest.p[0] != '<') {
			size_t end = str_find(rest, 0, '<');
			buf_add(&text, str_sub(rest, 0, end));
			at += end == SIZE_MAX ? rest.len : end;
			continue;
		}
		bool hidden = str_ieq(str_sub(rest, 0, 7), STR("<script")) ||
		        str_ieq(str_sub(rest, 0, 6), STR("<style"));
		size_t end = str_find(rest, 1, '>');
		if (hidden && end != SIZE_MAX) {
			size_t close = str_find_str(rest, end, STR("</"));
			end = close != SIZE_MAX ? str_find(rest, close, '>') : SIZE_MAX;
		}
		if (str_ieq(str_sub(rest, 0, 3), STR("<br")) || str_ieq(str_sub(rest, 0, 2), STR("<p")) ||
		        str_ieq(str_sub(rest, 0, 4), STR("<div")) ||
		        str_ieq(str_sub(rest, 0, 4), STR("</tr")))
			buf_char(&text, '\n');
		if (str_ieq(str_sub(rest, 0, 11), STR("<blockquote")))
			break;
		at += end == SIZE_MAX ? rest.len : end + 1;
	}
	add_words(m, buf_str(&text));
}

/* ---- parts --------------------------------------------------------------------------------------- */

static GByteArray *content(GMimePart *part)
{
	GMimeDataWrapper *data = g_mime_part_get_content(part);
	GMimeStream *mem = g_mime_stream_mem_new();
	GByteArray *bytes = g_mime_stream_mem_get_byte_array((GMimeStreamMem *)mem);

	g_mime_stream_mem_set_owner((GMimeStreamMem *)mem, FALSE);
	if (data != NULL)
		g_mime_data_wrapper_write_to_stream(data, mem);
	g_object_unref(mem);
	return bytes;
}

/* As it stands in the mail. */
static struct str raw_field(GMimeObject *o, const char *name)
{
	GMimeHeader *header = g_mime_header_list_get_header(g_mime_object_get_header_list(o), name);

	return header != NULL ? str_trim(str_from(g_mime_header_get_raw_value(header))) : STR("");
}

static void add_attached(struct message *m, struct str name, const char *type, struct str bytes)
{
	uint8_t sum[DIGEST_LEN];

	if (m->attached.len > ATTACHED) {
		m->more = true;
		return;
	}
	char *good = g_utf8_make_valid(name.len > 0 ? name.p : "", (gssize)name.len);
	digest_of(bytes, sum);
	buf_add(&m->attached, m->attached.len > 0 ? STR(", {\"name\": ") : STR("{\"name\": "));
	buf_json(&m->attached, utf8_cut(str_from(good), 255));
	buf_add(&m->attached, STR(", \"type\": "));
	buf_json(&m->attached, str_sub(str_from(type), 0, 127));
	buf_printf(&m->attached, ", \"size\": %zu, \"sha256\": \"", bytes.len);
	for (unsigned i = 0; i < sizeof(sum); i++)
		buf_printf(&m->attached, "%02x", sum[i]);
	buf_add(&m->attached, STR("\"}"));
	g_free(good);
}

/* The value of a field in lines such as "Status: 5.1.1"; the first one counts. */
static void status_field(struct message *m, struct str text, const char *name, struct str *ret)
{
	for (struct str_cut cut = {.tail = text, .ok = true}; cut.ok && ret->p == NULL;) {
		cut = str_cut(cut.tail, '\n');
		struct str_cut field = str_cut(cut.head, ':');
		if (field.ok && str_ieq(str_trim(field.head), str_from(name)))
			*ret = arena_str(m->arena, str_sub(str_trim(field.tail), 0, FIELD_MAX));
	}
}

static void read_status(struct message *m, struct str text)
{
	status_field(m, text, "Action", &m->action);
	status_field(m, text, "Status", &m->status);
	status_field(m, text, "Final-Recipient", &m->recipient);
}

static void read_text(struct message *m, GMimePart *part, bool html)
{
	char *text = g_mime_text_part_get_text((GMimeTextPart *)part);
	char *good = text != NULL ? g_utf8_make_valid(text, -1) : NULL;

	if (good != NULL && html)
		add_html(m, str_from(good));
	else if (good != NULL)
		add_words(m, str_from(good));
	g_free(good);
	g_free(text);
}

static void read_leaf(struct message *m, GMimePart *part)
{
	GMimeContentType *type = g_mime_object_get_content_type((GMimeObject *)part);
	GMimeObject *o = (GMimeObject *)part;
	struct str name =
	        mail_words_file(m->arena, raw_field(o, "Content-Type"), raw_field(o, "Content-Disposition"));
	bool attached = g_mime_part_is_attachment(part) || name.len > 0;
	bool html = g_mime_content_type_is_type(type, "text", "html");

	if (GMIME_IS_TEXT_PART(part) && !attached && (html ? m->words.len == 0 : !m->plain) &&
	        !g_mime_content_type_is_type(type, "text", "rfc822-headers")) {
		if (!html)
			buf_clear(&m->words);
		m->plain |= !html;
		read_text(m, part, html);
		return;
	}
	GByteArray *bytes = content(part);
	struct str s = str_make((const char *)bytes->data, bytes->len);
	char *word = g_mime_content_type_get_mime_type(type);
	if (g_mime_content_type_is_type(type, "message", "delivery-status"))
		read_status(m, s);
	else if (g_mime_content_type_is_type(type, "text", "rfc822-headers"))
		status_field(m, s, "Message-ID", &m->original);
	else if (!html)
		add_attached(m, name, word, s);
	g_free(word);
	g_byte_array_unref(bytes);
}

static void read_object(struct message *m, GMimeObject *o, unsigned depth)
{
	if (o == NULL || depth > DEPTH)
		return;
	if (GMIME_IS_MULTIPART(o)) {
		int n = g_mime_multipart_get_count((GMimeMultipart *)o);
		for (int i = 0; i < n && i < LIMIT_PARTS; i++)
			read_object(m, g_mime_multipart_get_part((GMimeMultipart *)o, i), depth + 1);
	} else if (GMIME_IS_MESSAGE_PART(o)) {
		GMimeMessage *inner = g_mime_message_part_get_message((GMimeMessagePart *)o);
		const char *id = inner != NULL ? g_mime_message_get_message_id(inner) : NULL;
		struct str subject = inner != NULL ? raw_field((GMimeObject *)inner, "Subject") : STR("");
		if (m->action.p != NULL && m->original.p == NULL && id != NULL)
			m->original = arena_str(m->arena, str_sub(str_from(id), 0, FIELD_MAX));
		else
			add_attached(m, mail_words_text(m->arena, subject), "message/rfc822", STR(""));
	} else if (GMIME_IS_PART(o)) {
		read_leaf(m, (GMimePart *)o);
	}
}

/* ---- OpenPGP ------------------------------------------------------------------------------------- */

/* The next line that is this boundary, from at on: where the line begins, and behind it. False: there is none. */
static bool next_border(struct str mail, struct str boundary, size_t at, size_t *ret_line, size_t *ret_behind)
{
	for (size_t line; at < mail.len; at = line + 1) {
		line = str_find_str(mail, at, STR("--"));
		if (line == SIZE_MAX)
			return false;
		struct str rest = str_skip(mail, line + 2);
		if ((line > 0 && mail.p[line - 1] != '\n') || !str_starts(rest, boundary))
			continue;
		size_t end = str_find(rest, boundary.len, '\n');
		struct str tail =
		        str_sub(rest, boundary.len, end == SIZE_MAX ? SIZE_MAX : end - boundary.len);
		/* a longer boundary that begins like this one */
		if (str_trim(str_starts(tail, STR("--")) ? str_skip(tail, 2) : tail).len > 0)
			continue;
		*ret_line = line;
		*ret_behind = end == SIZE_MAX ? mail.len : line + 2 + end + 1;
		return true;
	}
	return false;
}

/* Part number n of the outermost multipart, without the line end that belongs to the boundary behind it. */
static struct extent part_of(struct str mail, struct str boundary, unsigned n)
{
	struct extent none = {0};
	size_t line, behind = 0, end, next;

	for (unsigned i = 0; i <= n; i++)
		if (!next_border(mail, boundary, behind, &line, &behind))
			return none;
	if (!next_border(mail, boundary, behind, &end, &next))
		return none;
	if (end > behind && mail.p[end - 1] == '\n')
		end--;
	if (end > behind && mail.p[end - 1] == '\r')
		end--;
	return (struct extent){behind, end - behind};
}

/* Without its header. */
static struct extent body_of(struct str mail, struct extent part)
{
	struct str s = str_sub(mail, part.at, part.len);
	size_t crlf = str_find_str(s, 0, STR("\r\n\r\n")), lf = str_find_str(s, 0, STR("\n\n"));
	size_t skip = crlf < lf ? crlf + 4 : lf != SIZE_MAX ? lf + 2 : part.len;

	return (struct extent){part.at + skip, part.len - skip};
}

static struct str param_of(GMimeObject *o, const char *name)
{
	return str_from(g_mime_object_get_content_type_parameter(o, name));
}

static bool is_plain(GMimeObject *part)
{
	GMimeContentEncoding c = GMIME_IS_PART(part) ? g_mime_part_get_content_encoding((GMimePart *)part)
	                                             : GMIME_CONTENT_ENCODING_BINARY;

	return c == GMIME_CONTENT_ENCODING_DEFAULT || c == GMIME_CONTENT_ENCODING_7BIT ||
	        c == GMIME_CONTENT_ENCODING_8BIT;
}

/* What is signed or encrypted is looked at only where all of the mail is: else a stranger's words stand beside those that a key has
 * spoken for. */
static void read_openpgp(struct message *m, GMimeObject *o, struct str mail)
{
	if (!GMIME_IS_MULTIPART(o) || g_mime_multipart_get_count((GMimeMultipart *)o) != 2)
		return;
	GMimeContentType *type = g_mime_object_get_content_type(o);
	GMimeObject *second = g_mime_multipart_get_part((GMimeMultipart *)o, 1);
	struct str boundary = param_of(o, "boundary"), protocol = param_of(o, "protocol");

	if (boundary.len == 0 || boundary.len > 200 || !is_plain(second))
		return;
	if (g_mime_content_type_is_type(type, "multipart", "signed") &&
	        str_ieq(protocol, STR("application/pgp-signature"))) {
		GByteArray *bytes = content((GMimePart *)second);
		m->signed_ = part_of(mail, boundary, 0);
		m->signature = arena_str(
		        m->arena, str_sub(str_make((const char *)bytes->data, bytes->len), 0, SIGNATURE));
		g_byte_array_unref(bytes);
	} else if (g_mime_content_type_is_type(type, "multipart", "encrypted") &&
	        str_ieq(protocol, STR("application/pgp-encrypted"))) {
		m->sealed = body_of(mail, part_of(mail, boundary, 1));
	}
}

/* ---- the record ---------------------------------------------------------------------------------- */

static void put(struct message *m, const char *name, struct str value)
{
	if (value.len == 0)
		return;
	char *good = g_utf8_make_valid(value.p, (gssize)value.len);
	event_extra_name(m->w, str_from(name), str_from(good));
	g_free(good);
}

static void put_subject(struct message *m, GMimeMessage *mail)
{
	struct str text = mail_words_text(m->arena, raw_field((GMimeObject *)mail, "Subject"));

	put(m, "subject", utf8_cut(str_trim(text), FIELD_MAX));
}

static void put_header(struct message *m, GMimeMessage *mail, const char *header, const char *name)
{
	put(m, name, str_sub(str_from(g_mime_object_get_header((GMimeObject *)mail, header)), 0, FIELD_MAX));
}

static InternetAddressMailbox *first_mailbox(InternetAddressList *list)
{
	InternetAddress *a = list != NULL && internet_address_list_length(list) > 0
	        ? internet_address_list_get_address(list, 0)
	        : NULL;

	return a != NULL && INTERNET_ADDRESS_IS_MAILBOX(a) ? (InternetAddressMailbox *)a : NULL;
}

static void put_people(struct message *m, GMimeMessage *mail)
{
	struct str field = mail_words_join(m->arena, raw_field((GMimeObject *)mail, "From"));
	InternetAddressList *list = field.len > 0 ? internet_address_list_parse(NULL, field.p) : NULL;
	InternetAddressMailbox *from = first_mailbox(list),
	                       *to = first_mailbox(g_mime_message_get_addresses(mail, GMIME_ADDRESS_TYPE_TO));
	struct str sender =
	        from != NULL ? str_sub(str_from(internet_address_mailbox_get_addr(from)), 0, 320) : STR("");

	/* a record names somebody; "unknown" would be no value, and the record none */
	event_put(m->w, FIELD_SOURCE_ACCOUNT, sender.len != 0 ? sender : STR("somebody"));
	put(m, "from", sender);
	if (from != NULL)
		put(m, "name", utf8_cut(str_from(internet_address_get_name((InternetAddress *)from)), 256));
	if (to != NULL)
		put(m, "to", str_sub(str_from(internet_address_mailbox_get_addr(to)), 0, 320));
	if (list != NULL)
		g_object_unref(list);
}

static void put_extent(struct message *m, const char *at, const char *len, struct extent x)
{
	char text[24];

	if (x.len == 0)
		return;
	put(m, at, str_make(text, (size_t)snprintf(text, sizeof(text), "%zu", x.at)));
	put(m, len, str_make(text, (size_t)snprintf(text, sizeof(text), "%zu", x.len)));
}

static void put_all(struct message *m, GMimeMessage *mail)
{
	GDateTime *date = g_mime_message_get_date(mail);

	record_begin(m->w, 0, 0, 1);
	event_begin(m->w);
	put_people(m, mail);
	/* a date that no mail of ours can have is none: 1990 to 2100 */
	int64_t at = date != NULL ? g_date_time_to_unix(date) : 0;
	if (at > 631152000 && at < 4102444800)
		event_put_time(m->w, FIELD_TIME_SOURCE, at * 1000000);
	put_subject(m, mail);
	put(m, "message_id", str_sub(str_from(g_mime_message_get_message_id(mail)), 0, FIELD_MAX));
	put_header(m, mail, "In-Reply-To", "in_reply_to");
	put_header(m, mail, "References", "references");
	put_header(m, mail, "Auto-Submitted", "auto_submitted");
	put_header(m, mail, "Precedence", "precedence");
	put(m, "words", str_trim(buf_str(&m->words)));
	put(m, "attached", buf_str(&m->attached));
	put(m, "more", m->more ? STR("yes") : STR(""));
	put(m, "dsn_action", m->action);
	put(m, "dsn_status", m->status);
	put(m, "dsn_recipient", m->recipient);
	put(m, "dsn_original", m->original);
	put_extent(m, "signed_at", "signed_len", m->signed_);
	put_extent(m, "sealed_at", "sealed_len", m->sealed);
	put(m, "signature", m->signed_.len > 0 ? m->signature : STR(""));
	event_end(m->w);
	record_end(m->w);
}

static int read_input(struct reading *r, GByteArray *to)
{
	struct str s;

	while (to->len < MAIL_BYTES && (s = input_peek(r->in, 65536)).len > 0) {
		g_byte_array_append(to, (const guint8 *)s.p, (guint)s.len);
		input_skip(r->in, s.len, 0);
	}
	return input_error(r->in, &r->err);
}

static int message_read(struct reading *r)
{
	struct message m = {.w = r->w, .arena = r->arena};
	GByteArray *bytes = g_byte_array_new();
	int rc = read_input(r, bytes);
	struct str raw = str_make((const char *)bytes->data, bytes->len);
	GMimeStream *mem = g_mime_stream_mem_new_with_byte_array(bytes);
	GMimeParser *parser = g_mime_parser_new_with_stream(mem);
	GMimeMessage *mail = rc == 0 ? g_mime_parser_construct_message(parser, NULL) : NULL;

	if (mail != NULL) {
		read_object(&m, g_mime_message_get_mime_part(mail), 0);
		/* one that was cut proves nothing */
		if (raw.len < MAIL_BYTES)
			read_openpgp(&m, g_mime_message_get_mime_part(mail), raw);
		put_all(&m, mail);
		g_object_unref(mail);
	} else if (rc == 0) {
		rc = err_set(&r->err, ERR_FORMAT, "this is no mail");
	}
	g_object_unref(parser);
	g_object_unref(mem);
	buf_done(&m.words);
	buf_done(&m.attached);
	return rc;
}

/* It has unpack, so that no container is preferred to it (proc/reader.c). */
const struct reader reader_message = {
        .name = "message",
        .about = "a mail that a person wrote",
        .prepare = mail_prepare,
        .unpack = message_read,
};
