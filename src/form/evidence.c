/* SPDX-License-Identifier: Apache-2.0 */
#include "form/evidence.h"
#include <archive.h>
#include <archive_entry.h>

static la_ssize_t add(struct archive *a, void *arg, const void *bytes, size_t len)
{
	(void)a;
	buf_add(arg, str_make(bytes, len));
	return (la_ssize_t)len;
}

static int fault(struct archive *a, struct err *e)
{
	return err_set(e, ERR_SYS, "cannot write the archive: %s", archive_error_string(a));
}

/* What a name may hold in an archive that people unpack: no folder, no control characters, no marks that let "exe.png" be read where
 * "gnp.exe" stands, and no character in part. What is too long ends in "...". */
static void plain_name(char *ret, size_t size, struct str name)
{
	size_t n = err_quote(ret, size, name).len;

	for (size_t i = 0; i < n; i++)
		if (str_has(STR("/\\:"), ret[i]))
			ret[i] = '_';
	if (n == 0 || ret[0] == '.')
		ret[0] = '_';
	ret[n > 0 ? n : 1] = 0;
}

static int put(struct archive *a, struct str name, struct str bytes, int64_t at, struct err *e)
{
	char shown[256];
	struct archive_entry *entry = archive_entry_new();

	plain_name(shown, sizeof(shown), name);
	archive_entry_set_pathname_utf8(entry, shown);
	archive_entry_set_size(entry, (la_int64_t)bytes.len);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0400);
	archive_entry_set_mtime(entry, at / 1000000, 0);
	int rc = archive_write_header(a, entry) >= ARCHIVE_WARN ? 0 : fault(a, e);
	archive_entry_free(entry);
	if (rc == 0 && archive_write_data(a, bytes.p, bytes.len) != (la_ssize_t)bytes.len)
		rc = fault(a, e);
	return rc;
}

int evidence_zip(struct str name, struct str bytes, int64_t at, struct buf *out, struct err *e)
{
	struct archive *a = archive_write_new();
	int rc = 0;

	if (archive_write_set_format_zip(a) != ARCHIVE_OK ||
	        archive_write_set_options(a,
	                "zip:compression=store,zip:encryption=zipcrypt,zip:hdrcharset=UTF-8") != ARCHIVE_OK ||
	        archive_write_set_passphrase(a, EVIDENCE_PASSWORD) != ARCHIVE_OK ||
	        archive_write_open(a, out, NULL, add, NULL) != ARCHIVE_OK)
		rc = fault(a, e);
	if (rc == 0)
		rc = put(a, name, bytes, at, e);
	if (archive_write_close(a) != ARCHIVE_OK && rc == 0)
		rc = fault(a, e);
	archive_write_free(a);
	return rc;
}
