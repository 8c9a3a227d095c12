/* SPDX-License-Identifier: Apache-2.0 */
#include "form/mime.h"
#include <gmime/gmime.h>

void mime_init(void)
{
	g_mime_init();
}

struct str mime_address(struct str s)
{
	size_t open = str_find(s, 0, '<'), close = str_find(s, 0, '>');
	struct str address = open != SIZE_MAX && close != SIZE_MAX && close > open
	        ? str_sub(s, open + 1, close - open - 1)
	        : str_trim(s);
	struct str_cut at = str_rcut(address, '@');

	for (size_t i = 0; i < address.len; i++)
		if ((unsigned char)address.p[i] <= ' ' || str_has(STR("<>(),;:\\\"[]"), address.p[i]))
			return (struct str){0};
	return at.ok && at.head.len > 0 && at.tail.len > 0 ? address : (struct str){0};
}

static int add_address(GMimeMessage *m, GMimeAddressType type, struct str s, const char *what, struct err *e)
{
	struct str address = mime_address(s);
	size_t open = str_find(s, 0, '<');
	struct str name = open != SIZE_MAX ? str_trim(str_sub(s, 0, open)) : (struct str){0};
	auto_arena struct arena a = {0};
	char shown[256];

	if (address.len == 0)
		return err_set(e, ERR_VALUE, "%s: '%s' is no mail address", what,
		        err_quote(shown, sizeof(shown), s).p);
	arena_init(&a, 0);
	g_mime_message_add_mailbox(
	        m, type, name.len != 0 ? arena_str(&a, name).p : NULL, arena_str(&a, address).p);
	return 0;
}

static GMimeObject *text_part(struct str text)
{
	GMimeTextPart *part = g_mime_text_part_new_with_subtype("plain");
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	g_mime_text_part_set_charset(part, "utf-8");
	g_mime_text_part_set_text(part, arena_str(&a, text).p);
	g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	return GMIME_OBJECT(part);
}

/* bytes are UTF-8; JSON says so by being JSON (RFC 8259). */
static GMimeObject *file_part(
        const char *type, const char *subtype, struct str bytes, struct str name, struct arena *a)
{
	GMimePart *part = g_mime_part_new_with_type(type, subtype);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.p, bytes.len);
	GMimeDataWrapper *content =
	        g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
	if (strcmp(type, "text") == 0)
		g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	g_mime_part_set_filename(part, arena_str(a, name).p);
	g_object_unref(content);
	g_object_unref(stream);
	return GMIME_OBJECT(part);
}

static GMimeObject *entity_of(const struct mime_letter *l, struct arena *a)
{
	GMimeObject *text = text_part(l->text);

	if (l->csv.p == NULL)
		return text;
	GMimeMultipart *all = g_mime_multipart_new_with_subtype("mixed");
	GMimeObject *csv = file_part("text", "csv", l->csv, l->csv_name, a);
	/* of the message id, so that the same letter is the same bytes */
	g_mime_multipart_set_boundary(
	        all, arena_printf(a, "=_%.*s", STR_ARG(str_sub(str_cut(l->message_id, '@').head, 0, 66))).p);
	g_mime_multipart_add(all, text);
	for (unsigned i = 0; i < l->nfiles; i++) {
		GMimeObject *file = file_part("text", "plain", l->files[i].bytes, l->files[i].name, a);
		g_mime_multipart_add(all, file);
		g_object_unref(file);
	}
	if (l->file.p != NULL) {
		GMimeObject *file = file_part("application", "octet-stream", l->file, l->file_name, a);
		g_mime_multipart_add(all, file);
		g_object_unref(file);
	}
	g_mime_multipart_add(all, csv);
	if (l->xarf.p != NULL) {
		GMimeObject *xarf = file_part("application", "json", l->xarf, l->xarf_name, a);
		g_mime_multipart_add(all, xarf);
		g_object_unref(xarf);
	}
	g_object_unref(text);
	g_object_unref(csv);
	return GMIME_OBJECT(all);
}

/* Fields about the mail, then the entity. */
static void write_out(GMimeMessage *m, GMimeObject *entity, struct buf *ret, size_t *ret_entity)
{
	GMimeFormatOptions *format = g_mime_format_options_new();
	GMimeStream *stream = g_mime_stream_mem_new();
	size_t before = ret->len;

	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_header_list_write_to_stream(g_mime_object_get_header_list(GMIME_OBJECT(m)), format, stream);
	g_mime_stream_write_string(stream, "MIME-Version: 1.0\r\n");
	size_t at = (size_t)g_mime_stream_tell(stream);
	g_mime_object_write_to_stream(entity, format, stream);
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	buf_add(ret, str_make((const char *)bytes->data, bytes->len));
	g_object_unref(stream);
	g_mime_format_options_free(format);
	*ret_entity = before + at;
}

int mime_write_entity(const struct mime_letter *l, struct buf *ret, size_t *ret_entity, struct err *e)
{
	GMimeMessage *m = g_mime_message_new(TRUE);
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	int rc = add_address(m, GMIME_ADDRESS_TYPE_FROM, l->from, "from", e);
	if (rc == 0)
		rc = add_address(m, GMIME_ADDRESS_TYPE_TO, l->to, "to", e);
	if (rc == 0 && l->reply_to.len != 0)
		rc = add_address(m, GMIME_ADDRESS_TYPE_REPLY_TO, l->reply_to, "reply-to", e);
	if (rc == 0) {
		GDateTime *date = g_date_time_new_from_unix_utc(l->date / 1000000);
		g_mime_message_set_subject(m, arena_str(&a, l->subject).p, "utf-8");
		g_mime_message_set_message_id(m, arena_str(&a, l->message_id).p);
		g_mime_message_set_date(m, date);
		g_date_time_unref(date);
		/* RFC 3834: a machine wrote it, no machine need answer */
		if (!l->person)
			g_mime_object_set_header(GMIME_OBJECT(m), "Auto-Submitted", "auto-generated", NULL);
		if (l->references.len != 0) {
			const char *id = arena_printf(&a, "<%.*s>", STR_ARG(l->references)).p;
			g_mime_object_set_header(GMIME_OBJECT(m), "In-Reply-To", id, NULL);
			g_mime_object_set_header(GMIME_OBJECT(m), "References",
			        l->earlier.len != 0 ? arena_printf(&a, "%.*s %s", STR_ARG(l->earlier), id).p
			                            : id,
			        NULL);
		}
		GMimeObject *entity = entity_of(l, &a);
		write_out(m, entity, ret, ret_entity);
		g_object_unref(entity);
	}
	g_object_unref(m);
	return rc;
}

int mime_write(const struct mime_letter *l, struct buf *ret, struct err *e)
{
	size_t entity;

	return mime_write_entity(l, ret, &entity, e);
}

/* ---- OpenPGP ------------------------------------------------------------------------------------- */

/* A boundary that stands nowhere in the bytes between: of the digits of what comes behind the mail's own. */
static struct str boundary_of(struct arena *a, struct str bytes, const char *what)
{
	for (unsigned i = 0;; i++) {
		struct str b = arena_printf(a, "=_weir-%s-%u", what, i);
		if (str_find_str(bytes, 0, b) == SIZE_MAX)
			return b;
	}
}

/* gpg ends lines as its system does; in a mail they end in CRLF. */
static void add_armour(struct buf *out, struct str armour)
{
	while (armour.len > 0) {
		struct str_cut cut = str_cut(armour, '\n');
		struct str line = cut.head;
		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
		buf_add(out, line);
		buf_add(out, STR("\r\n"));
		armour = cut.tail;
	}
}

void mime_signed(struct str mail, size_t entity, struct str signature, struct str digest, struct buf *ret)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	struct str b = boundary_of(&a, mail, "signed");
	buf_add(ret, str_sub(mail, 0, entity));
	buf_printf(ret,
	        "Content-Type: multipart/signed; micalg=%.*s;\r\n protocol=\"application/pgp-signature\"; "
	        "boundary=\"%.*s\"\r\n\r\n--%.*s\r\n",
	        STR_ARG(digest), STR_ARG(b), STR_ARG(b));
	buf_add(ret, str_skip(mail, entity));
	buf_printf(ret,
	        "\r\n--%.*s\r\nContent-Type: application/pgp-signature; name=\"signature.asc\"\r\n"
	        "Content-Description: OpenPGP signature\r\n\r\n",
	        STR_ARG(b));
	add_armour(ret, signature);
	buf_printf(ret, "\r\n--%.*s--\r\n", STR_ARG(b));
}

void mime_encrypted(struct str mail, size_t entity, struct str message, struct buf *ret)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	struct str b = boundary_of(&a, message, "encrypted");
	buf_add(ret, str_sub(mail, 0, entity));
	buf_printf(ret,
	        "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";\r\n"
	        " boundary=\"%.*s\"\r\n\r\n--%.*s\r\nContent-Type: application/pgp-encrypted\r\n\r\n"
	        "Version: 1\r\n\r\n--%.*s\r\nContent-Type: application/octet-stream; "
	        "name=\"encrypted.asc\"\r\n\r\n",
	        STR_ARG(b), STR_ARG(b), STR_ARG(b));
	add_armour(ret, message);
	buf_printf(ret, "\r\n--%.*s--\r\n", STR_ARG(b));
}

/* ---- our own, read again ------------------------------------------------------------------------- */

struct own {
	struct arena *arena;
	struct mime_own *ret;
};

static struct str content_of(GMimePart *part, struct arena *a)
{
	GMimeStream *stream = g_mime_stream_mem_new();
	GMimeDataWrapper *content = g_mime_part_get_content(part);

	if (content != NULL)
		g_mime_data_wrapper_write_to_stream(content, stream);
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	struct str s = arena_str(a, str_make((const char *)bytes->data, bytes->len));
	g_object_unref(stream);
	return s;
}

static void take_part(GMimeObject *parent, GMimeObject *part, gpointer arg)
{
	struct own *own = arg;
	GMimeContentType *type = g_mime_object_get_content_type(part);

	(void)parent;
	if (!GMIME_IS_PART(part))
		return;
	if (own->ret->text.p == NULL && g_mime_content_type_is_type(type, "text", "plain"))
		own->ret->text = content_of(GMIME_PART(part), own->arena);
	else if (own->ret->csv.p == NULL && g_mime_content_type_is_type(type, "text", "csv"))
		own->ret->csv = content_of(GMIME_PART(part), own->arena);
}

void mime_read_own(struct str mail, struct arena *a, struct mime_own *ret)
{
	struct own own = {a, ret};
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(mail.p, mail.len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *m = g_mime_parser_construct_message(parser, NULL);

	*ret = (struct mime_own){0};
	if (m != NULL) {
		const char *subject = g_mime_message_get_subject(m);
		if (subject != NULL)
			ret->subject = arena_str(a, str_from(subject));
		g_mime_message_foreach(m, take_part, &own);
		g_object_unref(m);
	}
	g_object_unref(parser);
	g_object_unref(stream);
}
