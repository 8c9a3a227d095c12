/* SPDX-License-Identifier: Apache-2.0
 *
 * GMime reads the values of header fields (parameters in the many forms that mailers write them) and decodes;
 * where a part begins and ends is found in mail.c.
 *
 * What a part is for goes by its type first and its name second, since many mailers send reports as
 * application/octet-stream or as a spreadsheet's type. What has a name or is not text is looked at by the
 * readers; only a reader that is sure takes it.
 */
#include "read/mail_part.h"
#include "read/mail_words.h"
#include <gmime/gmime.h>

struct mail_decoder {
	GMimeFilter *code, *charset;
};

/* Charsets in which tables are written where Weir runs, and the common ones elsewhere. Each costs a third of
 * a millisecond per reader; text in others keeps its bytes. */
static const char *const charsets[] = {"iso-8859-1", "iso-8859-2", "iso-8859-15", "windows-1250",
        "windows-1251", "windows-1252", "windows-1258", "windows-874", "tis-620", "koi8-r", "utf-16",
        "utf-32", "utf-7", "gbk", "gb18030", "big5", "shift_jis", "iso-2022-jp", "euc-kr", "tcvn"};

void mail_prepare(void)
{
	g_mime_init();
	/* the descriptors stay open, so that the tables stay loaded */
	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++)
		(void)g_mime_iconv_open("utf-8", charsets[i]);
}

/* ---- fields -------------------------------------------------------------------------------------- */

static struct str *wanted_field(struct mail_fields *f, struct str name)
{
	if (str_ieq(name, STR("Content-Type")))
		return &f->type;
	if (str_ieq(name, STR("Content-Disposition")))
		return &f->disposition;
	if (str_ieq(name, STR("Content-Transfer-Encoding")))
		return &f->encoding;
	if (str_ieq(name, STR("Content-Description")))
		return &f->description;
	return NULL;
}

void mail_field_line(struct arena *scratch, struct str line, struct mail_fields *f)
{
	struct str_cut cut = str_cut(line, ':');
	struct str name = str_trim(cut.head);

	if (!cut.ok || name.len == 0 || str_has(name, ' '))
		return;
	f->n++;
	if (str_ieq(name, STR("X-ARF")) || str_ieq(name, STR("X-XARF")))
		f->xarf = true;
	struct str *to = wanted_field(f, name);
	if (to != NULL && to->p == NULL)
		*to = arena_str(scratch, str_trim(cut.tail));
}

static struct str lower(struct arena *a, const char *s)
{
	struct str copy = arena_str(a, str_from(s));
	char *p = (char *)(uintptr_t)copy.p;

	for (size_t i = 0; i < copy.len; i++)
		p[i] = char_lower(p[i]);
	return copy;
}

/* ---- kinds --------------------------------------------------------------------------------------- */

static bool is_one_of(struct str s, const char *const *list, size_t n, bool (*test)(struct str, struct str))
{
	for (size_t i = 0; i < n; i++)
		if (test(s, str_from(list[i])))
			return true;
	return false;
}
#define ONE_OF(s, list, test) is_one_of((s), (list), sizeof(list) / sizeof((list)[0]), (test))

/* Types that are data whatever their name. */
static const char *const data_types[] = {"text/csv", "text/comma-separated-values",
        "text/tab-separated-values", "application/csv", "application/json", "application/ndjson",
        "application/x-ndjson", "application/jsonl", "application/json-seq", "application/zip",
        "application/x-zip-compressed", "application/gzip", "application/x-gzip",
        "application/x-gzip-compressed", "application/zstd", "application/x-xz", "application/x-bzip2",
        "application/x-tar", "application/xarf", "application/vnd.oasis.stix+json", "application/stix+json",
        "message/feedback-report"};
static const char *const data_ends[] = {".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".stix", ".zip", ".gz",
        ".tgz", ".xz", ".zst", ".bz2", ".tar", ".7z", ".rar"};
/* Types that are never data; looking would cost a process each. */
static const char *const other_types[] = {"image/", "audio/", "video/", "font/", "text/html", "text/calendar",
        "text/rtf", "text/x-vcard", "text/vcard", "application/pdf", "application/pgp-", "application/pkcs7-",
        "application/x-pkcs7-", "application/msword", "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml",
        "application/vnd.openxmlformats-officedocument.presentationml",
        "application/vnd.oasis.opendocument.text", "message/"};
static const char *const other_ends[] = {".docx", ".doc", ".pptx", ".ppt", ".odt", ".odp", ".rtf", ".pdf"};
/* Spreadsheets go by their name: their type is often given to CSV. */
static const char *const table_ends[] = {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"};
static const char *const locked_ends[] = {".p7m", ".age"};
/* What is encrypted with OpenPGP goes on: a node may have the key (openpgp.c). */
static const char *const openpgp_ends[] = {".gpg", ".pgp"};

static bool is_encrypted(struct str type, struct str name, struct str smime)
{
	if (str_eq(type, STR("multipart/encrypted")))
		return true;
	if (str_eq(type, STR("application/pkcs7-mime")) || str_eq(type, STR("application/x-pkcs7-mime")))
		return !str_ieq(smime, STR("certs-only"));
	return ONE_OF(name, locked_ends, str_iends);
}

/* Readers look at names too. */
static struct str usual_name(struct str type)
{
	static const struct {
		struct str type, name;
	} usual[] = {
	        {STR_INIT("text/csv"), STR_INIT("part.csv")},
	        {STR_INIT("text/comma-separated-values"), STR_INIT("part.csv")},
	        {STR_INIT("application/csv"), STR_INIT("part.csv")},
	        {STR_INIT("text/tab-separated-values"), STR_INIT("part.tsv")},
	        {STR_INIT("application/json"), STR_INIT("part.json")},
	        {STR_INIT("application/ndjson"), STR_INIT("part.ndjson")},
	        {STR_INIT("application/x-ndjson"), STR_INIT("part.ndjson")},
	        {STR_INIT("message/rfc822"), STR_INIT("part.eml")},
	};

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (str_eq(type, usual[i].type))
			return usual[i].name;
	return (struct str){0};
}

/* A mail in a mail is walked through where it stands, unless it is encoded, which no standard allows. */
static enum mail_kind message_kind(const struct mail_part *p, bool inside_report)
{
	if (inside_report)
		return MAIL_TEXT;
	return p->encoding == GMIME_CONTENT_ENCODING_BASE64 ||
	                p->encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
	        ? MAIL_HANDED
	        : MAIL_MESSAGE;
}

static enum mail_kind leaf_kind(const struct mail_part *p, bool xarf, bool inside_report)
{
	if (str_eq(p->type, STR("application/ms-tnef")) || str_ieq(p->name, STR("winmail.dat")))
		return MAIL_TNEF;
	if (p->data)
		return MAIL_HANDED;
	if (ONE_OF(p->name, table_ends, str_iends))
		return MAIL_TABLE;
	if (inside_report || ONE_OF(p->type, other_types, str_starts) ||
	        ONE_OF(p->name, other_ends, str_iends))
		return MAIL_TEXT;
	/* a feedback report of X-ARF 0.2 is plain text, with a name or without */
	if (p->name.len == 0 && !(xarf && str_eq(p->type, STR("text/plain"))) &&
	        (str_starts(p->type, STR("text/")) || p->type.len == 0))
		return MAIL_TEXT;
	return MAIL_HANDED;
}

/* ---- parsing ------------------------------------------------------------------------------------- */

static const char *parameter(GMimeContentType *type, const char *name)
{
	return type != NULL ? g_mime_content_type_get_parameter(type, name) : NULL;
}

static void take_type(struct arena *scratch, GMimeContentType *type, struct mail_part *p)
{
	char *whole = type != NULL ? g_mime_content_type_get_mime_type(type) : NULL;
	struct str boundary = str_from(parameter(type, "boundary"));
	const char *kind = parameter(type, "report-type");

	p->type = whole != NULL ? lower(scratch, whole) : STR("text/plain");
	g_free(whole);
	p->charset = lower(scratch, parameter(type, "charset"));
	if (boundary.len > 0 && boundary.len < sizeof(p->boundary)) {
		memcpy(p->boundary, boundary.p, boundary.len);
		p->boundary_len = boundary.len;
	}
	p->report = str_eq(p->type, STR("multipart/report")) || kind != NULL;
}

void mail_part_parse(struct arena *scratch, const struct mail_fields *f, bool xarf, bool inside_report,
        struct mail_part *ret)
{
	GMimeContentType *type = f->type.len > 0 ? g_mime_content_type_parse(NULL, f->type.p) : NULL;
	struct mail_part p = {0};

	take_type(scratch, type, &p);
	p.name = mail_words_file(scratch, f->type, f->disposition);
	p.encoding = f->encoding.len > 0 ? (int)g_mime_content_encoding_from_string(f->encoding.p)
	                                 : GMIME_CONTENT_ENCODING_DEFAULT;
	p.openpgp = str_eq(p.type, STR("multipart/encrypted")) && p.boundary_len > 0 &&
	        str_ieq(str_from(parameter(type, "protocol")), STR("application/pgp-encrypted"));
	p.data = ONE_OF(p.name, openpgp_ends, str_iends) || ONE_OF(p.type, data_types, str_eq) ||
	        str_ends(p.type, STR("+json")) || str_starts(p.type, STR("application/xarf")) ||
	        ONE_OF(p.name, data_ends, str_iends);
	if (p.openpgp)
		p.kind = MAIL_MULTIPART;
	else if (is_encrypted(p.type, p.name, str_from(parameter(type, "smime-type"))))
		p.kind = MAIL_ENCRYPTED;
	else if (str_starts(p.type, STR("multipart/")) && p.boundary_len > 0)
		p.kind = MAIL_MULTIPART;
	else if (str_eq(p.type, STR("message/rfc822")) || str_eq(p.type, STR("message/global")))
		p.kind = message_kind(&p, inside_report);
	else
		p.kind = leaf_kind(&p, xarf, inside_report);
	if (type != NULL)
		g_object_unref(type);
	if (p.name.len == 0)
		p.name = usual_name(p.type);
	*ret = p;
}

/* ---- decoding ------------------------------------------------------------------------------------ */

static bool needs_charset(const struct mail_part *p)
{
	static const char *const same[] = {
	        "utf-8", "utf8", "us-ascii", "ascii", "unknown-8bit", "binary", "8bit"};
	bool text = str_starts(p->type, STR("text/")) || str_eq(p->type, STR("application/csv")) ||
	        str_ends(p->type, STR("json"));

	return text && p->charset.len > 0 && !ONE_OF(p->charset, same, str_eq);
}

struct mail_decoder *mail_decoder_new(const struct mail_part *p)
{
	struct mail_decoder *d = mem_zero(1, sizeof(*d));

	switch (p->encoding) {
	case GMIME_CONTENT_ENCODING_BASE64:
	case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
	case GMIME_CONTENT_ENCODING_UUENCODE:
		d->code = g_mime_filter_basic_new((GMimeContentEncoding)p->encoding, FALSE);
		break;
	default:
		break;
	}
	if (needs_charset(p))
		d->charset = g_mime_filter_charset_new(p->charset.p, "utf-8"); /* NULL if it is not known */
	return d;
}

static struct str run_filter(GMimeFilter *f, struct str s, bool last)
{
	char *out = NULL;
	size_t len = 0, room = 0;

	if (f == NULL)
		return s;
	if (last)
		g_mime_filter_complete(f, (char *)(uintptr_t)s.p, s.len, 0, &out, &len, &room);
	else
		g_mime_filter_filter(f, (char *)(uintptr_t)s.p, s.len, 0, &out, &len, &room);
	return str_make(out, len);
}

struct str mail_decode(struct mail_decoder *d, struct str piece, bool last)
{
	if (piece.p == NULL)
		piece = STR("");
	return run_filter(d->charset, run_filter(d->code, piece, last), last);
}

void mail_decoder_free(struct mail_decoder *d)
{
	if (d == NULL)
		return;
	if (d->code != NULL)
		g_object_unref(d->code);
	if (d->charset != NULL)
		g_object_unref(d->charset);
	free(d);
}
