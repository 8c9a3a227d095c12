/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON Schema (draft 2020-12) of one line of "weir read --json": every field of the table with what its type
 * promises, and the sender's own names under "extra.". The promises are those of the normal forms
 * (event/value.h); a schema cannot say all of them.
 */
#include "cli/doc.h"
#include "event/field.h"

static void member(struct buf *out, bool first, const char *name)
{
	buf_printf(out, "%s\"%s\": ", first ? "" : ", ", name);
}

static void enum_open(struct buf *out)
{
	member(out, false, "enum");
	buf_char(out, '[');
}

static void enum_word(struct buf *out, bool first, struct str word)
{
	if (!first)
		buf_add(out, STR(", "));
	buf_json(out, word);
}

static void taxonomy_words(struct buf *out)
{
	bool first = true;

	for (unsigned i = 1; i < TYPE_END; i++) {
		bool seen = false;
		for (unsigned j = 1; j < i && !seen; j++)
			seen = str_eq(type_table[i].taxonomy, type_table[j].taxonomy);
		if (!seen)
			enum_word(out, first, type_table[i].taxonomy);
		first = false;
	}
}

static bool words_of(struct buf *out, enum field_type type)
{
	enum_open(out);
	switch (type) {
	case FT_TYPE:
		for (unsigned i = 1; i < TYPE_END; i++)
			enum_word(out, i == 1, type_table[i].name);
		break;
	case FT_TAXONOMY:
		taxonomy_words(out);
		break;
	case FT_TLP:
		for (unsigned i = 1; i < TLP_END; i++)
			enum_word(out, i == 1, tlp_name((enum tlp)i));
		break;
	case FT_PAP:
		for (unsigned i = 1; i < PAP_END; i++)
			enum_word(out, i == 1, pap_name((enum pap)i));
		break;
	case FT_SEVERITY:
		for (unsigned i = 1; i < SEVERITY_END; i++)
			enum_word(out, i == 1, severity_name((enum severity)i));
		break;
	default:
		return false;
	}
	buf_char(out, ']');
	return true;
}

struct promise {
	enum field_type type;
	const char *json;    /* JSON type */
	const char *pattern; /* of a string */
	const char *min, *max;
};
static const struct promise promises[] = {
        {FT_ASN, "integer", NULL, "1", "4294967295"},
        {FT_PORT, "integer", NULL, "1", "65535"},
        {FT_COUNT, "integer", NULL, "1", "4294967295"},
        {FT_INT, "integer", NULL, NULL, NULL},
        {FT_FLOAT, "number", NULL, NULL, NULL},
        {FT_ACCURACY, "number", NULL, "0", "100"},
        {FT_BOOL, "boolean", NULL, NULL, NULL},
        {FT_MD5, "string", "^[0-9a-f]{32}$", NULL, NULL},
        {FT_SHA1, "string", "^[0-9a-f]{40}$", NULL, NULL},
        {FT_SHA256, "string", "^[0-9a-f]{64}$", NULL, NULL},
        {FT_CC, "string", "^[A-Z]{2}$", NULL, NULL},
        {FT_TIME, "string",
                "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\\\.[0-9]{6})?\\\\+00:00$", NULL,
                NULL},
        {FT_CVES, "string", "^CVE-[0-9]{4}-[0-9]{4,}(,CVE-[0-9]{4}-[0-9]{4,})*$", NULL, NULL},
};

static const struct promise *promise_find(enum field_type type)
{
	for (size_t i = 0; i < sizeof(promises) / sizeof(promises[0]); i++)
		if (promises[i].type == type)
			return &promises[i];
	return NULL;
}

static void property(struct buf *out, const struct field_row *f)
{
	const struct promise *p = promise_find(f->type);

	member(out, true, "type");
	buf_printf(out, "\"%s\"", p != NULL ? p->json : "string");
	if (p != NULL && p->pattern != NULL)
		buf_printf(out, ", \"pattern\": \"%s\"", p->pattern);
	if (p != NULL && p->min != NULL)
		buf_printf(out, ", \"minimum\": %s, \"maximum\": %s", p->min, p->max);
	size_t before = out->len;
	if (!words_of(out, f->type))
		out->len = before;
	member(out, false, "description");
	buf_json(out, str_from(f->about));
}

void doc_schema(struct buf *out, const struct command *const *commands)
{
	(void)commands;
	buf_add(out,
	        STR("{\n\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
	            "\"title\": \"event of weir, version 1\",\n"
	            "\"$comment\": \"Printed by weir docs from the tables of the program; do not edit. "
	            "SPDX-License-Identifier: Apache-2.0\",\n"
	            "\"type\": \"object\",\n\"properties\": {\n"));
	for (unsigned id = 1; id < FIELD_END; id++) {
		if (field_table[id].name.len == 0)
			continue;
		buf_add(out, STR("  "));
		buf_json(out, field_table[id].name);
		buf_add(out, STR(": {"));
		property(out, &field_table[id]);
		buf_add(out, id + 1 < FIELD_END ? STR("},\n") : STR("}\n"));
	}
	buf_add(out,
	        STR("},\n\"patternProperties\": {\n  \"^extra\\\\.\": {\"type\": \"string\", "
	            "\"description\": "
	            "\"What the sender gives and no field takes, under the sender's own name in lower "
	            "case.\"}\n"
	            "},\n\"additionalProperties\": false\n}\n"));
}
