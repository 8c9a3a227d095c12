/* SPDX-License-Identifier: Apache-2.0
 *
 * list: one thing a line, in the forms that lists have grown: with comments, numbers and descriptions behind
 * the value, disarmed, as a range, as a hosts file, as rules of an advertisement blocker or a name server.
 *
 * A line is one record; a line of several things of one kind between commas is one record for each, whose
 * bytes are its own. What stands behind the thing is kept as comment (a lone number as extra.number: a count,
 * a score and a port look alike). Comments, empty lines and what steers a list's own reader ("$TTL",
 * "[Adblock Plus]") are no records. The first lines of a hosts file and exceptions of a blocker are, and
 * report nobody.
 *
 * A JSON document of one array of texts, alone or as "list" (the warning lists of MISP), is a list too: each
 * text is a record.
 *
 * It cannot know what a list means: classification.type comes from the feed. Two addresses side by side may
 * be a range, a redirection or two machines, and are set aside unless a mask beside them says which.
 */
#include "read/columns.h"
#include "read/lines_json.h"
#include "read/list_line.h"
#include "read/table.h"

static bool is_comment(struct str s)
{
	static const struct str marks[] = {STR_INIT("#"), STR_INIT(";"), STR_INIT("!"), STR_INIT("//"),
	        STR_INIT("[Adblock"), STR_INIT("$TTL"), STR_INIT("$ORIGIN")};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (str_istarts(s, marks[i]))
			return true;
	return false;
}

/* ---- reading ------------------------------------------------------------------------------------- */

struct list {
	struct list_line *lines;
	bool document;
	void *elements; /* state of lines_json */
};

/* One element of an array. */
static void put_element(struct reading *r, void *arg, struct str raw)
{
	struct list *l = arg;
	char text[4096];
	struct str s = raw.p[0] == '"' ? json_scalar(text, sizeof(text), raw) : (struct str){0};

	s = str_trim(s);
	if (s.len == 0)
		record_aside(r->w, ASIDE_SYNTAX, FIELD_NONE,
		        "an element is empty, no text, or longer than %zu bytes", sizeof(text));
	else
		list_line_put(r, l->lines, s);
}

/* Where the array of texts is: *ret_path empty or "list". False if the head is that of no such document. */
static bool is_document(struct str head, struct str *ret_path)
{
	struct json j;
	struct json_token t;

	*ret_path = (struct str){0};
	json_init(&j, head);
	if (json_next(&j, &t) <= 0)
		return false;
	while (t.kind == JSON_OBJECT || t.kind == JSON_KEY) {
		if (json_next(&j, &t) <= 0 || t.kind != JSON_KEY)
			return false;
		bool list = str_eq(t.text, STR("list"));
		if (!list && json_skip(&j, NULL) < 0)
			return false;
		if (!list)
			continue;
		*ret_path = STR("list");
		if (json_next(&j, &t) <= 0)
			return false;
	}
	return t.kind == JSON_ARRAY && json_next(&j, &t) > 0 && t.kind == JSON_STRING;
}

static int list_start(struct reading *r)
{
	struct list *l = arena_new(r->arena, struct list);
	struct str path, head = input_peek(r->in, 65536);
	int rc = columns_no_table(r);

	if (rc != 0)
		return rc;
	l->lines = list_line_new(r);
	l->document = is_document(str_trim(head), &path);
	if (l->document) {
		rc = lines_json_start_elements(r, path, put_element, l);
		l->elements = r->state;
	}
	r->state = l;
	return rc;
}

static int next_element(struct reading *r, struct list *l)
{
	r->state = l->elements;
	int rc = lines_json_next(r);
	r->state = l;
	return rc;
}

static int list_next(struct reading *r)
{
	struct list *l = r->state;
	struct input_line line;

	if (l->document)
		return next_element(r, l);
	int rc = input_next_line(r->in, &line, &r->err);
	if (rc <= 0)
		return rc;
	struct str s = str_trim(line.text);
	if (line.too_long) {
		record_begin(r->w, line.offset, line.length, line.line);
		record_aside(r->w, ASIDE_LIMIT, FIELD_NONE, "a line of %llu bytes; a record may have %d",
		        (unsigned long long)line.length, LIMIT_RECORD);
		record_end(r->w);
	} else if (s.len > 0 && is_comment(s)) {
		columns_comment(r, s);
	} else if (s.len > 0) {
		list_line_take(r, l->lines, &line, s);
	}
	return 1;
}

/* ---- finding out --------------------------------------------------------------------------------- */

#define SNIFF_LINES 200

/* Lines in the order of trust: one thing and nothing else, something in front of a description, neither. */
static enum sniff list_sniff(const struct sniff_view *v)
{
	unsigned pure = 0, good = 0, all = 0, comments = 0;

	struct str path;

	if (str_has(str_sub(v->head, 0, 4096), '\0'))
		return SNIFF_NO;
	if (is_document(str_trim(v->head), &path))
		return SNIFF_MAYBE;
	for (struct str_cut cut = {.tail = v->head, .ok = true}; cut.ok && all < SNIFF_LINES;) {
		cut = str_cut(cut.tail, '\n');
		struct str s = str_trim(cut.head);
		if (s.len == 0 || (!cut.ok && !v->whole))
			continue;
		if (is_comment(s)) {
			comments++;
			continue;
		}
		enum sniff line = list_line_sniff(s);
		all++;
		pure += line == SNIFF_SURE;
		good += line != SNIFF_NO;
	}
	if (all == 0)
		return comments > 0 && v->whole ? SNIFF_MAYBE : SNIFF_NO;
	if (pure == all && (pure >= 3 || str_trim(v->head).p[0] == '{'))
		return SNIFF_SURE;
	return good * 4 >= all * 3 ? SNIFF_MAYBE : SNIFF_NO;
}

const struct reader reader_list = {
        .name = "list",
        .about = "one address, prefix, range, name, URL, mail address or digest a line, in any of the usual "
                 "forms",
        .sniff = list_sniff,
        .start = list_start,
        .next = list_next,
        .fields =
                "Addresses go to source.ip (with source.port), prefixes and ranges to source.network, names "
                "to "
                "source.fqdn, URLs to source.url, mail addresses to source.email, digests to malware.hash.*. "
                "What "
                "stands behind the value is comment, a lone number extra.number. Read as well: hosts files, "
                "DROP as "
                "text and as JSON lines, JSON arrays of texts, alone or under \"list\", rules of Adblock, "
                "dnsmasq, unbound and RPZ, disarmed forms such as "
                "hxxp://bad[.]example. The type of what is listed comes from the feed.",
        .options_about = "--map FILE (constants, and the time of the list from a comment)",
};
