/* SPDX-License-Identifier: Apache-2.0
 *
 * Which format an input has, and the small things that formats share.
 */
#include "know/input.h"
#include "base/os.h"

#define INPUT_MAX ((size_t)1 << 30)

/* Asked in this order; the first that is sure, else the first that says maybe. */
const struct know_input_kind *const know_input_table[] = {
        &know_input_mmdb,
        &know_input_rir_json,
        &know_input_as_json,
        &know_input_delegated,
        &know_input_owners_csv,
        &know_input_owners_yaml,
        &know_input_routes,
        &know_input_cidr,
        &know_input_as_text,
};
const unsigned know_input_count = sizeof(know_input_table) / sizeof(know_input_table[0]);

static const struct know_input_kind *kind_find(const struct know_input *in)
{
	const struct know_input_kind *maybe = NULL;

	for (unsigned i = 0; i < know_input_count; i++) {
		enum know_sniff s = know_input_table[i]->sniff(in);
		if (s == KNOW_SNIFF_SURE)
			return know_input_table[i];
		if (s == KNOW_SNIFF_MAYBE && maybe == NULL)
			maybe = know_input_table[i];
	}
	return maybe;
}

/* What unpacks the text, if it is packed. */
static const char *packed_by(struct str text)
{
	static const struct {
		struct str magic;
		const char *tool;
	} table[] = {
	        {STR_INIT("\x1f\x8b"), "gunzip"},
	        {STR_INIT("\xfd"
	                  "7zXZ"),
	                "unxz"},
	        {STR_INIT("\x28\xb5\x2f\xfd"), "unzstd"},
	        {STR_INIT("BZh"), "bunzip2"},
	        {STR_INIT("PK\x03\x04"), "unzip"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (str_starts(text, table[i].magic))
			return table[i].tool;
	return NULL;
}

static int input_read(struct know_input *in, struct know_input_report *ret, struct err *e)
{
	const char *tool = packed_by(in->text);
	const struct know_input_kind *kind = tool == NULL ? kind_find(in) : NULL;

	if (tool != NULL)
		return err_set(e, ERR_FORMAT, "%.*s: the file is packed; unpack it first (%s)",
		        STR_ARG(in->name), tool);
	if (kind == NULL)
		return err_set(e, ERR_FORMAT,
		        "%.*s: no known format (delegated file, country list, prefixes with AS numbers, AS "
		        "names, "
		        "MMDB, owners file)",
		        STR_ARG(in->name));
	int rc = kind->read(in, e);
	if (rc != 0)
		return rc;
	*ret = (struct know_input_report){kind->name, in->rows, in->used, in->none, in->aside};
	return 0;
}

static struct str base_name(struct str path)
{
	struct str_cut cut = str_rcut(path, '/');

	return cut.ok ? cut.tail : path;
}

int know_build_text(
        struct know_build *b, struct str name, struct str text, struct know_input_report *ret, struct err *e)
{
	struct know_input in = {
	        .build = b, .name = arena_str(&b->arena, name), .base = base_name(name), .text = text};

	return input_read(&in, ret, e);
}

int know_build_file(struct know_build *b, const char *path, struct know_input_report *ret, struct err *e)
{
	auto_buf struct buf bytes = {0};
	int rc = os_read_file(path, INPUT_MAX, &bytes, e);

	if (rc != 0)
		return rc;
	struct know_input in = {.build = b,
	        .name = arena_str(&b->arena, str_from(path)),
	        .base = base_name(str_from(path)),
	        .text = buf_str(&bytes),
	        .path = path};
	if (str_starts(in.text, STR("\xef\xbb\xbf")))
		in.text = str_skip(in.text, 3);
	return input_read(&in, ret, e);
}

/* ---- for the formats ---------------------------------------------------------------------------- */

bool know_line_next(struct str *rest, struct know_input *in, struct str *ret)
{
	if (rest->len == 0)
		return false;
	const char *end = memchr(rest->p, '\n', rest->len);
	size_t len = end != NULL ? (size_t)(end - rest->p) : rest->len;
	*ret = str_trim(str_make(rest->p, len));
	*rest = str_skip(*rest, len + (end != NULL));
	in->line++;
	return true;
}

bool know_line_comment(struct str line)
{
	return line.len == 0 || line.p[0] == '#' || line.p[0] == ';';
}

struct str know_line_first(struct str text)
{
	struct know_input in = {0};
	struct str rest = str_sub(text, 0, 65536), line;

	while (know_line_next(&rest, &in, &line))
		if (!know_line_comment(line))
			return line;
	return (struct str){0};
}

void know_aside(struct know_input *in, const char *what, struct str value)
{
	struct owners_place at = {in->name, in->line, 0};
	char text[80];

	in->aside++;
	err_quote(text, sizeof(text), value);
	know_note(&in->build->notes, &at, "%s '%s'", what, text);
}

static bool letter(char c)
{
	return char_lower(c) >= 'a' && char_lower(c) <= 'z';
}

bool know_country(struct str s, char ret[2])
{
	if (s.len != 2 || !letter(s.p[0]) || !letter(s.p[1]))
		return false;
	ret[0] = (char)(char_lower(s.p[0]) - 32);
	ret[1] = (char)(char_lower(s.p[1]) - 32);
	return true;
}
