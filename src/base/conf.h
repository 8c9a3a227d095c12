/* SPDX-License-Identifier: Apache-2.0
 *
 * Configuration text: YAML files that the administrator writes and the program never rewrites. A file
 * becomes a tree of nodes that know their line and column, so that every later complaint can name the
 * place. Parsed by libfyaml under limits: 1 MiB, 64 levels, no aliases, no anchors, no tags, no duplicate
 * keys, UTF-8 only. Scalars stay text; the reader of a key decides what type it has.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"

enum conf_kind { CONF_SCALAR, CONF_LIST, CONF_MAP };

struct conf {
	enum conf_kind kind;
	struct str text; /* scalar: the value without quotes, NUL-terminated; "" and null are both empty */
	bool quoted;     /* scalar: it stood in quotes, so "~" or "null" is text */
	struct str key;  /* in a map: the entry's key */
	unsigned line, column; /* of the value, from 1 */
	unsigned key_line, key_column;
	struct conf *first, *next; /* children in the order of the file; next sibling */
	struct str file;           /* name for sentences */
};

/* Parses text. name stands in sentences. The tree lives in arena. */
int conf_parse(struct arena *a, struct str name, struct str text, struct conf **ret, struct err *e);
int conf_read(struct arena *a, const char *path, struct conf **ret, struct err *e);
/* The entry of a map; NULL if it is not there or c is NULL or no map. */
struct conf *conf_find(const struct conf *c, const char *key);
/* "FILE:LINE:COLUMN: sentence", at the value or at the key; returns ERR_VALUE. */
int conf_err(const struct conf *c, struct err *e, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int conf_err_key(const struct conf *c, struct err *e, const char *fmt, ...)
        __attribute__((format(printf, 3, 4)));
/* Refuses keys of map c that are not in the NULL-terminated list, with "did you mean". */
int conf_only(const struct conf *c, const char *const *keys, struct err *e);

/* Typed access; a missing key leaves *ret as it is and returns 0, so the caller sets the default first.
 * The wrong kind or a bad value is a sentence. */
int conf_str(const struct conf *map, const char *key, struct str *ret, struct err *e);
int conf_bool(const struct conf *map, const char *key, bool *ret, struct err *e);
int conf_u64(
        const struct conf *map, const char *key, uint64_t min, uint64_t max, uint64_t *ret, struct err *e);
/* "90s", "15m", "2h", "3d", "1w" or a plain number of seconds. */
int conf_seconds(const struct conf *map, const char *key, uint64_t *ret, struct err *e);
bool conf_duration(struct str text, uint64_t *ret_seconds);
