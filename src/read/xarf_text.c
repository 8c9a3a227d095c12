/* SPDX-License-Identifier: Apache-2.0
 *
 * The two forms that are lines of "Name: value": X-ARF 0.2, which says it is YAML and uses nothing of it but
 * that, and the feedback reports of mail providers (ARF, RFC 5965). One report is one record.
 *
 * An ARF names the machine that delivered a mail, and with it perhaps what the mail advertised; those are two
 * things. The machine is the source; what was advertised is kept under extra, unless nothing else is named.
 */
#include "read/input.h"
#include "read/xarf.h"
#include "read/xarf_type.h"

#define TEXT_FIELDS 256

struct line {
	struct str name, value;
};

struct fields {
	struct line v[TEXT_FIELDS];
	uint32_t n;
};

/* ---- lines --------------------------------------------------------------------------------------- */

static struct str unquoted(struct str s)
{
	if (s.len >= 2 && (s.p[0] == '\'' || s.p[0] == '"') && s.p[s.len - 1] == s.p[0])
		return str_sub(s, 1, s.len - 2);
	return s;
}

/* A line that begins with a blank goes on with the one before. */
static void fold(struct arena *a, struct line *last, struct str text)
{
	struct str more = str_trim(text);

	if (more.len > 0 && last->value.len + more.len < LIMIT_RECORD)
		last->value = arena_printf(
		        a, "%.*s%s%.*s", STR_ARG(last->value), last->value.len > 0 ? " " : "", STR_ARG(more));
}

static void take_line(struct arena *a, struct fields *f, struct str text)
{
	struct str_cut cut = str_cut(text, ':');

	if (text.len == 0 || text.p[0] == '#' || str_starts(text, STR("---")))
		return;
	if ((text.p[0] == ' ' || text.p[0] == '\t') && f->n > 0)
		fold(a, &f->v[f->n - 1], text);
	else if (cut.ok && f->n < TEXT_FIELDS)
		f->v[f->n++] = (struct line){
		        arena_str(a, str_trim(cut.head)), arena_str(a, unquoted(str_trim(cut.tail)))};
}

static struct str value_of(const struct fields *f, struct str name)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (str_ieq(f->v[i].name, name))
			return f->v[i].value;
	return (struct str){0};
}

/* ---- fields -------------------------------------------------------------------------------------- */

static const struct {
	struct str name;
	enum field to;
} names[] = {
        /* X-ARF 0.2 */
        {STR_INIT("Date"), FIELD_TIME_SOURCE},
        {STR_INIT("Source-Port"), FIELD_SOURCE_PORT},
        {STR_INIT("Destination"), FIELD_DESTINATION_IP},
        {STR_INIT("Port"), FIELD_DESTINATION_PORT},
        {STR_INIT("Service"), FIELD_PROTOCOL_APPLICATION},
        {STR_INIT("Protocol"), FIELD_PROTOCOL_TRANSPORT},
        {STR_INIT("Occurrences"), FIELD_COUNT},
        {STR_INIT("Occurences"), FIELD_COUNT},
        {STR_INIT("Domain"), FIELD_SOURCE_FQDN},
        {STR_INIT("Description"), FIELD_EVENT_DESCRIPTION_TEXT},
        /* ARF */
        {STR_INIT("Source-IP"), FIELD_SOURCE_IP},
        {STR_INIT("Arrival-Date"), FIELD_TIME_SOURCE},
        {STR_INIT("Received-Date"), FIELD_TIME_SOURCE},
        {STR_INIT("Original-Mail-From"), FIELD_SOURCE_EMAIL},
        {STR_INIT("Original-Rcpt-To"), FIELD_DESTINATION_EMAIL},
        {STR_INIT("Incidents"), FIELD_COUNT},
};

static struct str without_brackets(struct str s)
{
	return s.len > 2 && s.p[0] == '<' && s.p[s.len - 1] == '>' ? str_sub(s, 1, s.len - 2) : s;
}

static void put_line(struct reading *r, const struct line *l, bool has_source)
{
	if (str_ieq(l->name, STR("Source"))) {
		xarf_source(r, l->value);
		return;
	}
	if (str_ieq(l->name, STR("TLP")) && tlp_find(l->value) != TLP_NONE) {
		event_label(r->w, tlp_find(l->value));
		return;
	}
	if (!has_source && str_ieq(l->name, STR("Reported-URI"))) {
		event_put(r->w, FIELD_SOURCE_URL, l->value);
		return;
	}
	if (!has_source && str_ieq(l->name, STR("Reported-Domain"))) {
		event_put(r->w, FIELD_SOURCE_FQDN, l->value);
		return;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_ieq(l->name, names[i].name)) {
			event_put(r->w, names[i].to, without_brackets(l->value));
			return;
		}
	event_extra_name(r->w, l->name, l->value);
}

static void put_report(struct reading *r, const struct fields *f)
{
	struct str type = value_of(f, STR("Report-Type")), feedback = value_of(f, STR("Feedback-Type"));

	if (str_ieq(feedback, STR("not-spam")))
		return; /* takes an earlier report back: no event, by rule */
	event_begin(r->w);
	enum event_type is = TYPE_UNDETERMINED;
	if (feedback.len > 0)
		is = str_ieq(feedback, STR("abuse"))             ? TYPE_SPAM
		        : str_ieq(feedback, STR("fraud"))        ? TYPE_PHISHING
		        : str_ieq(feedback, STR("auth-failure")) ? TYPE_MASQUERADE
		                                                 : xarf_type((struct str){0}, feedback);
	else
		is = xarf_type(value_of(f, STR("Category")), type);
	event_put(r->w, FIELD_CLASSIFICATION_TYPE, type_table[is].name);
	bool has_source = value_of(f, STR("Source-IP")).len > 0 || value_of(f, STR("Source")).len > 0;
	for (uint32_t i = 0; i < f->n; i++)
		put_line(r, &f->v[i], has_source);
	event_end(r->w);
}

int xarf_text(struct reading *r)
{
	struct fields *f = arena_new(r->arena, struct fields);
	uint64_t from = input_offset(r->in), len = 0;
	struct input_line line;
	int rc;

	while ((rc = input_next_line(r->in, &line, &r->err)) == 1) {
		if (f->n == TEXT_FIELDS || len + line.length > LIMIT_RECORD)
			return err_set(&r->err, ERR_LIMIT, "more than %d fields or %d bytes in one report",
			        TEXT_FIELDS, LIMIT_RECORD);
		len += line.length;
		take_line(r->arena, f, line.text);
	}
	if (rc < 0)
		return rc;
	record_begin(r->w, from, input_offset(r->in) - from, 1);
	put_report(r, f);
	record_end(r->w);
	return 0;
}
