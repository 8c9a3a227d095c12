/* SPDX-License-Identifier: Apache-2.0
 *
 * ndjson: one JSON object a line, or one array of objects, or (with "records" in a mapping) an array
 * somewhere inside a document. Nesting becomes dots; names go by a mapping, else by the names of fields and
 * common aliases, else to extra.
 */
#include "read/flat.h"
#include "read/input.h"
#include "read/lines_json.h"
#include "read/table.h"

static enum sniff ndjson_sniff(const struct sniff_view *v)
{
	struct str s = str_trim(v->head);

	/* its last line may be cut, so only the first is looked at; a document over several lines is none of
	 * ours */
	struct str line = str_trim(str_cut(s, '\n').head);
	if (line.len < 2 || line.p[0] != '{')
		return SNIFF_NO;
	return line.p[line.len - 1] == '}' ? SNIFF_MAYBE : SNIFF_NO;
}

static int ndjson_start(struct reading *r)
{
	return lines_json_start(r, flat_new(r, NULL, NULL));
}

const struct reader reader_ndjson = {
        .name = "ndjson",
        .about = "one JSON object a line or an array of objects: names by --map, by the names of fields, or "
                 "by common aliases",
        .sniff = ndjson_sniff,
        .start = ndjson_start,
        .next = lines_json_next,
        .fields = "Nested names become dotted names. Names of fields (weir docs fields) and common aliases "
                  "go there; all others are "
                  "kept under extra; lists are kept as JSON text.",
        .options_about = "--map FILE (records: where the array stands), --timezone TZ",
};
