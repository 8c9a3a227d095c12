/* SPDX-License-Identifier: Apache-2.0
 *
 * A reader turns the bytes of one report into events. One file = one format, ending in its struct reader;
 * read/table.c lists them in the order in which they are asked. Readers run in a process that owns nothing:
 * one input, one slot, no files, no network; they see no register and no rules.
 *
 * A new format: write read/NAME.c with sniff and next (or start/next/stop if it keeps state), add it to
 * read/table.c and read/meson.build, add tests/golden/read/NAME-*.{in,out} and a corpus in
 * tests/fuzz/corpus/NAME/. Nothing else learns of it.
 */
#pragma once

#include "base/arena.h"
#include "event/event.h"

enum sniff { SNIFF_NO, SNIFF_MAYBE, SNIFF_SURE };

/* Limits of a reader, rows of read/limits.tbl. */
enum {
#define LIMIT(symbol, value, name, about) LIMIT_##symbol = value,
#include "read/limits.tbl"
#undef LIMIT
};

/* What a sniffer sees: the first bytes of the report (up to 64 KiB, marks and compression already removed)
 * and the name it came under. */
struct sniff_view {
	struct str head;
	struct str name; /* base name; may be empty */
	bool whole;      /* head is the whole report */
};

/* One column or key of a mapping. */
struct map_row {
	struct str from;   /* column or JSON key of the report; of a file without header "1", "2", ... */
	enum field to;     /* FIELD_NONE: extra_name, or ignored if that is empty too */
	struct str extra;  /* name under extra */
	struct str format; /* for times: strptime pattern; else empty */
	struct str prefix; /* put in front of the value, such as "http://"; else empty */
	struct str split;  /* one event for each piece of the value; else empty */
	struct str after, before;     /* the value is what stands between these marks; empty: up to its end */
	bool alone;                   /* no other row has the column: a value without the mark is kept */
	const struct map_word *words; /* value -> value; an unknown one stays, or becomes other */
	uint32_t nwords;
	struct str other;
	bool has_other;
	bool indicator; /* the value tells itself where it goes: address, prefix, name, URL, ... */
};
struct map_word {
	struct str from, to;
};
struct map_const {
	enum field to;
	struct str extra; /* if to is FIELD_NONE */
	struct str value; /* of tables: with {COLUMN} for the value of a column */
};
/* Only rows that have one of these values in the column make events. */
struct map_where {
	struct str from;
	const struct str *values;
	uint32_t nvalues;
};
struct read_map {
	const struct map_row *rows;
	uint32_t nrows;
	const struct map_const *consts;
	uint32_t nconsts;
	struct str delimiter; /* one byte, or empty: found out; "blanks": runs of blanks and tabs */
	struct str quote;     /* one byte; "none": no quoting; empty: '"' */
	struct str comment;   /* lines that start so are none; empty: '#' for lists, none for csv */
	int header;           /* 1 yes, 0 no, -1 found out */
	bool header_comment;  /* the header stands in the last comment before the first row */
	unsigned skip;        /* lines before the header */
	bool only;            /* columns without a row are dropped, not kept as extra */
	const struct map_where *where;
	uint32_t nwhere;
	struct str surplus;      /* the column that takes delimiters nobody quoted; empty: none does */
	struct str records;      /* JSON: dotted path of the array with the records; empty: top */
	struct str each;         /* JSON: dotted path of an array in a record; one event for each element */
	struct str time_comment; /* in a comment, behind these words, stands the time of the list */
	struct str time_format;  /* as in the settings of the writer */
	struct str options;      /* free, per reader: "key=value key=value" */
};

struct read_options {
	struct str name; /* base name of the file, as it came */
	struct str timezone;
	bool people;                /* a mail without a report goes to people: it counts as none by rule */
	struct str delimiter;       /* --delimiter; wins over the mapping's */
	const struct read_map *map; /* NULL: none */
	struct str publisher_map;   /* Shadowserver's own schema file (intelmq.json), whole; empty: none */
};

struct reading;
struct input; /* read/input.h */

/* Where a container's parts go. begin: 0, or 1 if nobody wants this part (write and end are then not called);
 * write: 0, or 1 if the rest is not wanted; end: 0, or 1 if no reader was sure of the part. Negative: give
 * up. */
struct part_sink {
	int (*begin)(void *arg, struct str name, struct str media_type, struct err *e);
	int (*write)(void *arg, struct str bytes, struct err *e);
	int (*end)(void *arg, struct err *e);
	void *arg;
};

struct reading {
	struct input *in;
	struct writer *w;
	const struct read_options *options;
	const struct part_sink *parts; /* containers only */
	struct arena *arena;           /* lives as long as the reading */
	void *state;                   /* of the reader */
	struct str list_time;          /* from a comment, for records without a time (columns_comment) */
	struct err err;                /* why next or start gave up */
};

struct reader {
	const char *name;
	const char *about;
	enum sniff (*sniff)(const struct sniff_view *v);
	/* Opens what the reader's libraries need from disk; called once, in the process from which readers are forked. May
	 * be NULL. */
	void (*prepare)(void);
	/* Changes settings of the writer that this format needs. May be NULL. */
	void (*settings)(const struct read_options *o, struct event_settings *s);
	/* Sets r->state up; 0 or a negative code with r->err. May be NULL. */
	int (*start)(struct reading *r);
	/* One record or a few: 1, 0 at the end, negative with r->err if the file as a whole cannot be read.
	 */
	int (*next)(struct reading *r);
	/* Containers (archive, mail) have this instead of next: hands each part to r->parts, one after the
	 * other. They make records only of what they set aside. */
	int (*unpack)(struct reading *r);
	bool sure_parts; /* a container whose parts may be anything: only those that a reader is sure of are
	                    read */
	/* a container whose one part it cannot open: it begins and ends it without a byte, and whoever has a key
	 * puts them there out of the container's own */
	bool sealed;
	const char *fields; /* for "weir formats NAME": what goes where, in words; may be NULL */
	const char *options_about;
};

extern const struct reader *const reader_table[];
extern const unsigned reader_count;
/* What people wrote in a mail; asked by name only (read/message.c). */
extern const struct reader reader_message;
const struct reader *reader_find(struct str name);
/* The reader that is sure, else the first that says maybe; NULL if none. *ret_sure may be NULL. */
const struct reader *reader_sniff(const struct sniff_view *v, bool *ret_sure);
