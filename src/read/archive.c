/* SPDX-License-Identifier: Apache-2.0
 *
 * archive: zip and tar, and single streams of gzip, xz, zstd and bzip2, by their marks. Every file in it is
 * handed on as a part of its own and goes to the reader that knows it; nothing is ever written to a disk, so
 * names with "..", "/" or devices in them are only names.
 *
 * A zip is read from its front to its end, as it comes out of a pipe, by the headers before each file and not
 * by the directory behind them: that needs no memory for the directory, which a sender may make as long as he
 * likes. What only the directory knows is not seen: a symbolic link in a zip is a small file with the name of
 * its target in it.
 *
 * What cannot be done: passwords, split archives, 7z and rar (they need to seek), compression that wants a
 * window larger than the memory of a reader (xz -9, zstd --ultra).
 */
#include "read/input.h"
#include "read/table.h"
#include "read/unpack.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>

#define PIECE ((size_t)128 << 10)

struct archive_state {
	struct unpack u;
	struct archive *a;
	size_t held; /* bytes of the input's window that the library is looking at */
	char *piece;
};

/* The library gives names in the charset of the thread's locale, and nothing where they do not fit into it.
 */
static void archive_prepare(void)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

	if (utf8 != (locale_t)0)
		uselocale(utf8);
	tzset();
}

/* ---- marks --------------------------------------------------------------------------------------- */

enum kind { KIND_NONE, KIND_GZIP, KIND_OTHER, KIND_REFUSED };
static const struct {
	size_t at;
	struct str mark;
	enum kind kind;
} marks[] = {
        {0, STR_INIT("\x1f\x8b\x08"), KIND_GZIP},
        {0, STR_INIT("PK\x03\x04"), KIND_OTHER},
        {0, STR_INIT("PK\x05\x06"), KIND_OTHER},
        {0,
                STR_INIT("\xfd"
                         "7zXZ\x00"),
                KIND_OTHER},
        {0, STR_INIT("\x28\xb5\x2f\xfd"), KIND_OTHER},
        {257, STR_INIT("ustar"), KIND_OTHER},
        {0, STR_INIT("7z\xbc\xaf\x27\x1c"), KIND_REFUSED},
        {0, STR_INIT("Rar!\x1a\x07"), KIND_REFUSED},
        {0, STR_INIT("MSCF\0\0\0\0"), KIND_REFUSED},
};

static bool is_bzip2(struct str s)
{
	return s.len >= 10 && str_starts(s, STR("BZh")) && s.p[3] >= '1' && s.p[3] <= '9' &&
	        (memcmp(s.p + 4, "1AY&SY", 6) == 0 || memcmp(s.p + 4, "\x17rE8P\x90", 6) == 0);
}

static enum kind kind_of(struct str head)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (str_starts(str_skip(head, marks[i].at), marks[i].mark))
			return marks[i].kind;
	return is_bzip2(head) ? KIND_OTHER : KIND_NONE;
}

static enum sniff archive_sniff(const struct sniff_view *v)
{
	return kind_of(v->head) != KIND_NONE ? SNIFF_SURE : SNIFF_NO;
}

/* ---- the library --------------------------------------------------------------------------------- */

static la_ssize_t give_bytes(struct archive *a, void *arg, const void **ret)
{
	struct archive_state *s = arg;
	struct err e;

	input_skip(s->u.r->in, s->held, 0);
	struct str more = input_peek(s->u.r->in, 1);
	s->held = more.len;
	s->u.in += more.len;
	*ret = more.p;
	if (more.len == 0 && input_error(s->u.r->in, &e) != 0) {
		archive_set_error(a, EIO, "%s", e.text);
		return ARCHIVE_FATAL;
	}
	return (la_ssize_t)more.len;
}

static int open_archive(struct archive_state *s)
{
	s->a = archive_read_new();
	if (s->a == NULL)
		return ARCHIVE_FATAL;
	archive_read_support_filter_gzip(s->a);
	archive_read_support_filter_bzip2(s->a);
	archive_read_support_filter_xz(s->a);
	archive_read_support_filter_zstd(s->a);
	archive_read_support_format_zip_streamable(s->a);
	archive_read_support_format_tar(s->a);
	archive_read_support_format_raw(s->a);
	return archive_read_open(s->a, s, NULL, give_bytes, NULL);
}

/* The library's words in front of ours: what went wrong with "what". */
static int archive_fault(struct archive_state *s, const char *what)
{
	const char *said = s->a != NULL ? archive_error_string(s->a) : NULL;
	int number = s->a != NULL ? archive_errno(s->a) : ENOMEM;
	struct str words = str_from(said != NULL ? said : "no reason given");
	char shown[256];

	if (number == ENOMEM || str_find_str(words, 0, STR("memory")) != SIZE_MAX ||
	        str_find_str(words, 0, STR("allocat")) != SIZE_MAX)
		return err_set(&s->u.r->err, ERR_LIMIT,
		        "unpacking %s needs more memory than a reader may use (%d MiB); pack it with less "
		        "compression",
		        what, LIMIT_MEMORY >> 20);
	err_quote(shown, sizeof(shown), words);
	return err_set(&s->u.r->err, ERR_FORMAT, "%s is damaged or cut (%s); what stands before was read",
	        what, shown);
}

/* ---- entries ------------------------------------------------------------------------------------- */

static bool is_stream(struct archive_state *s)
{
	return archive_format(s->a) == ARCHIVE_FORMAT_RAW;
}

static struct str entry_name(struct archive_state *s, struct archive_entry *entry)
{
	const char *name = NULL;

	if (is_stream(s))
		return unpack_plain_name(s->u.r->options->name);
	name = archive_entry_pathname(entry);
	if (name == NULL)
		name = archive_entry_pathname_utf8(entry);
	return str_from(name);
}

/* True if the entry holds no report: then it was said, if there is something to say. */
static bool pass_over(struct archive_state *s, struct archive_entry *entry, struct str name)
{
	mode_t type = archive_entry_filetype(entry);
	char shown[UNPACK_SHOWN];

	if (type == AE_IFDIR || str_starts(name, STR("__MACOSX/")))
		return true;
	if (archive_entry_symlink(entry) != NULL || archive_entry_hardlink(entry) != NULL || type == AE_IFLNK)
		unpack_aside(
		        &s->u, ASIDE_KIND, "%s is a link, which is not followed", unpack_shown(shown, name));
	else if (type != AE_IFREG && type != 0)
		unpack_aside(
		        &s->u, ASIDE_KIND, "%s is no file but a device or a pipe", unpack_shown(shown, name));
	else
		return false;
	return true;
}

static void part_unread(struct archive_state *s, struct archive_entry *entry, struct str name)
{
	char shown[UNPACK_SHOWN], why[256];

	s->u.unread++;
	if (archive_entry_is_encrypted(entry)) {
		unpack_aside(&s->u, ASIDE_ENCRYPTED,
		        "%s is encrypted; ask its sender for a copy without a password",
		        unpack_shown(shown, name));
		return;
	}
	err_quote(why, sizeof(why), str_from(archive_error_string(s->a)));
	unpack_aside(&s->u, ASIDE_SYNTAX, "%s cannot be unpacked (%s)", unpack_shown(shown, name), why);
}

/* The first piece is unpacked before the part begins, so that a part that cannot be read at all is none. */
static int take_file(struct archive_state *s, struct archive_entry *entry, struct str name)
{
	la_ssize_t n =
	        archive_entry_is_encrypted(entry) ? ARCHIVE_FAILED : archive_read_data(s->a, s->piece, PIECE);
	char shown[UNPACK_SHOWN];
	int rc = 0;

	if (n == ARCHIVE_FATAL)
		return archive_fault(s, unpack_shown(shown, name));
	if (n < 0) {
		part_unread(s, entry, name);
		return 0;
	}
	rc = unpack_begin(&s->u, name, (struct str){0});
	while (rc == 0 && n > 0) {
		rc = unpack_write(&s->u, str_make(s->piece, (size_t)n));
		if (rc == 0)
			n = archive_read_data(s->a, s->piece, PIECE);
	}
	if (rc == 0 && n < 0)
		rc = archive_fault(s, unpack_shown(shown, name));
	int end = unpack_end(&s->u);
	return rc < 0 ? rc : end;
}

/* Office files are zips that begin like this. */
static bool is_office(struct str name)
{
	return str_eq(name, STR("[Content_Types].xml")) || str_eq(name, STR("mimetype")) ||
	        str_starts(name, STR("_rels/"));
}

static int take_entry(struct archive_state *s, struct archive_entry *entry)
{
	if (is_stream(s) && archive_filter_count(s->a) < 2)
		return err_set(&s->u.r->err, ERR_VALUE, "this is no archive that is known");
	struct str name = entry_name(s, entry);
	if (s->u.parts + s->u.unread == 0 && is_office(name))
		return err_set(&s->u.r->err, ERR_VALUE,
		        "this is a document or spreadsheet of an office program, no archive of reports; ask "
		        "its sender for "
		        "CSV");
	if (pass_over(s, entry, name))
		return 0;
	return take_file(s, entry, name);
}

static int take_all(struct archive_state *s)
{
	struct archive_entry *entry;

	for (;;) {
		int code = archive_read_next_header(s->a, &entry);
		if (code == ARCHIVE_EOF)
			break;
		if (code == ARCHIVE_RETRY)
			continue;
		if (code < ARCHIVE_WARN)
			return archive_fault(s, "the archive");
		int rc = take_entry(s, entry);
		if (rc < 0)
			return rc;
	}
	if (s->u.parts == 0 && s->u.unread == 0)
		return err_set(&s->u.r->err, ERR_VALUE, "the archive holds no file");
	return unpack_finish(&s->u);
}

static int archive_unpack(struct reading *r)
{
	struct archive_state s = {.piece = arena_get(r->arena, PIECE)};
	enum kind kind = kind_of(input_peek(r->in, 512));

	if (kind == KIND_GZIP)
		return gzip_unpack(r);
	if (kind == KIND_REFUSED)
		return err_set(&r->err, ERR_VALUE,
		        "archives of this kind (7z, rar, cab) are not read; zip, tar, gzip, xz, zstd and "
		        "bzip2 are");
	unpack_init(&s.u, r);
	int rc = open_archive(&s) == ARCHIVE_OK ? take_all(&s) : archive_fault(&s, "the archive");
	archive_read_free(s.a);
	return rc;
}

const struct reader reader_archive = {
        .name = "archive",
        .about = "zip and tar archives, gzip, xz, zstd and bzip2 streams: each file in them goes to its own "
                 "reader",
        .sniff = archive_sniff,
        .prepare = archive_prepare,
        .unpack = archive_unpack,
        .fields = "Makes no events itself. Folders and what a Mac adds (__MACOSX) are passed over; links, "
                  "devices "
                  "and encrypted files are set aside.",
};
