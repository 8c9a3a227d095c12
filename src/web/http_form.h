/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies of forms. Short ones are read whole (application/x-www-form-urlencoded, URL Standard 5.1, strictly); one with a file
 * (multipart/form-data, RFC 7578) goes by in pieces: fields first, then the file, of which nothing is kept here. Where it is asked for, fields may be longer, stand behind the file, and the
 * file may be missing.
 */
#pragma once

#include "web/http.h"

#define HTTP_FORM ((size_t)64 << 10)
#define HTTP_FORM_FIELDS 64
#define HTTP_UPLOAD_BYTES ((size_t)8 << 10) /* names and values of the fields before the file */
#define HTTP_FILE_NAME 255

struct http_form {
	struct http_field fields[HTTP_FORM_FIELDS];
	size_t n;
};

/* True if a Content-Type is that media type, whatever its parameters. */
bool http_is_media(struct str content_type, struct str media);

/* A browser sends a line's end as CR LF. In place it becomes a line feed, and so does a CR alone; the new length. What is drawn
 * again, carried on or signed has no CR, whichever page it came from. */
size_t http_lines(char *p, size_t n);
/* Reads a body; names and values are decoded into the arena, UTF-8 without NUL and CR. ret is untouched on a fault. */
enum http_fault http_form(struct str body, struct arena *a, struct http_form *ret);
/* The n-th value of that name, from 0; p NULL if there is none. */
struct str http_form_find(const struct http_form *f, const char *name, size_t n);

/* ---- with a file --------------------------------------------------------------------------------- */

struct http_upload {
	struct MHD_PostProcessor *pp;
	struct http_form form; /* the fields; texts lie in text or more */
	char text[HTTP_UPLOAD_BYTES];
	char *more; /* instead of text, with room bytes; NULL: the fields are short and stand before the file */
	size_t room, used;
	bool optional;                 /* there need be no file */
	uint64_t size;                 /* bytes of the file so far */
	char name[HTTP_FILE_NAME + 1]; /* of the file, the last segment of its path; empty until it begins */
	bool begun;
	enum http_fault fault;
	/* Takes the bytes of the file as they come; the first call may have none. Not 0: the rest is not wanted, and the caller
	 * knows why. */
	int (*bytes)(void *arg, const struct http_upload *u, struct str piece);
	void *arg;
	int stopped; /* what bytes has returned */
};

/* Begins with a request's first call, whose Content-Type must be multipart/form-data (HTTP_MEDIA). u is done with
 * http_upload_done in any case. */
enum http_fault http_upload_begin(struct http_upload *u, struct MHD_Connection *c,
        int (*bytes)(void *arg, const struct http_upload *u, struct str piece), void *arg);
/* From the beginning on: room bytes for fields, which may stand behind the file too; a file need not be there. */
void http_upload_roomy(struct http_upload *u, size_t room);
/* A piece of the body. Fields and the file's name are there when bytes is called first. After a fault nothing more is read. */
enum http_fault http_upload_body(struct http_upload *u, struct str piece);
/* The body is whole: a fault if it was cut off or held no file. */
enum http_fault http_upload_end(struct http_upload *u);
/* Gives the library's memory back; may be called at any time, more than once. */
void http_upload_done(struct http_upload *u);

/* What the library's parser found: data of the part key at its offset. For http_upload_body and its test. */
enum MHD_Result http_upload_part(void *upload, enum MHD_ValueKind kind, const char *key, const char *filename,
        const char *type, const char *coding, const char *data, uint64_t offset, size_t size);
/* The last segment of a file's path, of whatever system. False: it has none that can be kept. */
bool http_file_name(struct str path, struct str *ret);
