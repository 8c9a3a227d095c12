/* SPDX-License-Identifier: Apache-2.0
 *
 * libmicrohttpd finds the parts; which may come, in what order and how large, is decided here. A value of a field comes in
 * pieces too, since the library hands over what it has.
 */
#include "base/utf8.h"
#include "web/http_form.h"

#define BUFFER ((size_t)64 << 10)

bool http_file_name(struct str path, struct str *ret)
{
	struct str name = path;

	for (size_t i = 0; i < path.len; i++)
		if (path.p[i] == '/' || path.p[i] == '\\')
			name = str_skip(path, i + 1);
	if (name.len == 0 || name.len > HTTP_FILE_NAME || !utf8_valid(name) || str_eq(name, STR(".")) ||
	        str_eq(name, STR("..")))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7f)
			return false;
	*ret = name;
	return true;
}

static struct str keep(struct http_upload *u, struct str s)
{
	char *dst = (u->more != NULL ? u->more : u->text) + u->used;

	if (s.len > 0)
		memcpy(dst, s.p, s.len);
	u->used += s.len;
	return str_make(dst, s.len);
}

/* The library may say offset 0 twice, when the first piece was empty. */
static bool goes_on(const struct http_form *f, struct str key, uint64_t offset)
{
	if (f->n == 0)
		return false;
	const struct http_field *last = &f->fields[f->n - 1];
	return offset > 0 || (last->value.len == 0 && str_eq(last->name, key));
}

static enum http_fault add_value(struct http_upload *u, struct str key, struct str data, uint64_t offset)
{
	struct http_form *f = &u->form;

	size_t room = u->more != NULL ? u->room : sizeof(u->text);

	if ((u->begun && u->more == NULL) || key.len + data.len > room - u->used)
		return HTTP_UPLOAD_FIELDS;
	if (!goes_on(f, key, offset)) {
		if (f->n == HTTP_FORM_FIELDS)
			return HTTP_FORM_MANY;
		f->fields[f->n].name = keep(u, key);
		f->fields[f->n++].value = keep(u, STR(""));
	}
	/* pieces of one value come one after the other */
	f->fields[f->n - 1].value.len += keep(u, data).len;
	return HTTP_GOOD;
}

static enum http_fault check_fields(struct http_upload *u)
{
	char *text = u->more != NULL ? u->more : u->text;

	for (size_t i = 0; i < u->form.n; i++)
		if (!utf8_valid(u->form.fields[i].name) || !utf8_valid(u->form.fields[i].value))
			return HTTP_FORM_BYTES;
	for (size_t i = 0; i < u->form.n; i++) {
		struct str *value = &u->form.fields[i].value;
		value->len = http_lines(text + (value->p - text), value->len);
	}
	return HTTP_GOOD;
}

static enum http_fault begin_file(struct http_upload *u, struct str filename)
{
	struct str name;

	if (u->begun) {
		bool same =
		        u->size == 0 && http_file_name(filename, &name) && str_eq(name, str_from(u->name));
		return same ? HTTP_GOOD : HTTP_UPLOAD_FILES;
	}
	if (check_fields(u) != HTTP_GOOD)
		return HTTP_FORM_BYTES;
	if (filename.len == 0)
		return HTTP_UPLOAD_NONE;
	if (!http_file_name(filename, &name))
		return HTTP_UPLOAD_NAME;
	memcpy(u->name, name.p, name.len);
	u->name[name.len] = 0;
	u->begun = true;
	return HTTP_GOOD;
}

/* "file" is the one field that may have a file. */
static enum http_fault add_file(
        struct http_upload *u, struct str key, struct str filename, struct str data, uint64_t offset)
{
	enum http_fault fault = HTTP_GOOD;

	if (!str_eq(key, STR("file")))
		return HTTP_UPLOAD_FILES;
	/* what a browser sends where none was chosen */
	if (u->optional && !u->begun && filename.len == 0 && data.len == 0)
		return HTTP_GOOD;
	if (offset == 0)
		fault = begin_file(u, filename);
	if (fault != HTTP_GOOD)
		return fault;
	u->size += data.len;
	u->stopped = u->bytes(u->arg, u, data);
	return HTTP_GOOD;
}

enum MHD_Result http_upload_part(void *upload, enum MHD_ValueKind kind, const char *key, const char *filename,
        const char *type, const char *coding, const char *data, uint64_t offset, size_t size)
{
	struct http_upload *u = upload;
	struct str piece = str_make(data, size), name = str_from(key);

	(void)kind;
	(void)type;
	if (u->fault != HTTP_GOOD || u->stopped != 0)
		return MHD_NO;
	if (coding != NULL)
		u->fault = HTTP_UPLOAD_CODING;
	else if (filename != NULL)
		u->fault = add_file(u, name, str_from(filename), piece, offset);
	else if (str_has(piece, 0))
		u->fault = HTTP_FORM_BYTES;
	else
		u->fault = add_value(u, name, piece, offset);
	return u->fault == HTTP_GOOD && u->stopped == 0 ? MHD_YES : MHD_NO;
}

enum http_fault http_upload_begin(struct http_upload *u, struct MHD_Connection *c,
        int (*bytes)(void *arg, const struct http_upload *u, struct str piece), void *arg)
{
	*u = (struct http_upload){.bytes = bytes, .arg = arg};
	if (http_is_media(http_value(c, "Content-Type"), STR("multipart/form-data")))
		u->pp = MHD_create_post_processor(c, BUFFER, http_upload_part, u);
	if (u->pp == NULL)
		u->fault = HTTP_MEDIA;
	return u->fault;
}

void http_upload_roomy(struct http_upload *u, size_t room)
{
	u->more = mem_zero(1, room);
	u->room = room;
	u->optional = true;
}

enum http_fault http_upload_body(struct http_upload *u, struct str piece)
{
	if (u->fault != HTTP_GOOD || u->stopped != 0 || u->pp == NULL)
		return u->fault;
	if (MHD_post_process(u->pp, piece.p, piece.len) != MHD_YES && u->fault == HTTP_GOOD &&
	        u->stopped == 0)
		u->fault = HTTP_UPLOAD_CUT;
	return u->fault;
}

enum http_fault http_upload_end(struct http_upload *u)
{
	struct MHD_PostProcessor *pp = u->pp;

	u->pp = NULL;
	if (pp != NULL && MHD_destroy_post_processor(pp) != MHD_YES && u->fault == HTTP_GOOD &&
	        u->stopped == 0)
		u->fault = HTTP_UPLOAD_CUT;
	if (u->fault == HTTP_GOOD && !u->begun && !u->optional)
		u->fault = HTTP_UPLOAD_NONE;
	if (u->fault == HTTP_GOOD)
		u->fault = check_fields(u);
	return u->fault;
}

void http_upload_done(struct http_upload *u)
{
	if (u->pp != NULL)
		MHD_destroy_post_processor(u->pp);
	u->pp = NULL;
	free(u->more);
	u->more = NULL;
}
