/* SPDX-License-Identifier: Apache-2.0
 *
 * weir whose: an address, prefix, name, URL or AS number in; network, AS, country, owner, asset and how they
 * were found out. What is printed is one table of columns: a block per question, a line of a stream, a JSON
 * object and the reference all come from it.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/country.h"
#include "cli/doc.h"
#include "event/value.h"
#include "know/know.h"
#include <unistd.h>

#define PARTS_MAX 256 /* of a prefix that several share */
#define LINE_MAX_BYTES 4096

/* A question and all that is known about it. */
struct answer {
	const struct know *know;
	struct str query;
	char part[2 * ADDR_TEXT + 2]; /* of a prefix: what this answer is about */
	size_t part_len;
	const struct know_leaf *leaf; /* NULL: no address */
	struct addr addr;
	uint32_t asn; /* of a question about an AS */
	struct know_answer whose;
};

/* ---- columns -------------------------------------------------------------------------------------
 * put writes the value as plain text, several with blanks between; nothing if it is not known. */
struct column {
	const char *key, *about;
	void (*put)(struct buf *out, const struct answer *a);
	enum { TEXT, TEXTS, NUMBER, NUMBERS } kind;
};

static void put_query(struct buf *out, const struct answer *a)
{
	buf_add(out, a->query);
}

static void put_part(struct buf *out, const struct answer *a)
{
	buf_add(out, str_make(a->part, a->part_len));
}

static void put_network(struct buf *out, const struct answer *a)
{
	struct prefix p;
	char text[PREFIX_TEXT];

	if (a->leaf != NULL && know_network(a->leaf, &a->addr, &p))
		buf_add(out, str_make(text, prefix_print(text, &p)));
}

static void put_asn(struct buf *out, const struct answer *a)
{
	if (a->asn != 0)
		buf_u64(out, a->asn);
	for (unsigned i = 0; a->leaf != NULL && i < a->leaf->origins; i++) {
		if (i > 0)
			buf_char(out, ' ');
		buf_u64(out, a->leaf->asn[i]);
	}
}

static void put_as_name(struct buf *out, const struct answer *a)
{
	uint32_t asn = a->asn != 0 ? a->asn : a->leaf != NULL && a->leaf->origins > 0 ? a->leaf->asn[0] : 0;

	buf_add(out, know_as_name(a->know, asn));
}

static void put_country(struct buf *out, const struct answer *a)
{
	if (a->leaf != NULL && a->leaf->cc[0] != 0)
		buf_add(out, str_make(a->leaf->cc, 2));
}

static void put_owner(struct buf *out, const struct answer *a)
{
	if (a->whose.owner != 0)
		buf_add(out, know_owner(a->know, a->whose.owner)->id);
}

static void put_owner_name(struct buf *out, const struct answer *a)
{
	if (a->whose.owner != 0)
		buf_add(out, know_owner(a->know, a->whose.owner)->name);
}

static void put_sector(struct buf *out, const struct answer *a)
{
	if (a->whose.owner != 0)
		buf_add(out, know_owner(a->know, a->whose.owner)->sector);
}

static void put_asset(struct buf *out, const struct answer *a)
{
	if (a->whose.asset != 0)
		buf_add(out, know_asset(a->know, a->whose.asset)->name);
}

static void put_kind(struct buf *out, const struct answer *a)
{
	if (a->whose.asset != 0)
		buf_add(out, know_asset(a->know, a->whose.asset)->kind);
}

static void put_criticality(struct buf *out, const struct answer *a)
{
	if (a->whose.criticality != 0)
		buf_u64(out, a->whose.criticality);
}

static void put_how(struct buf *out, const struct answer *a)
{
	buf_add(out, str_from(know_how_name(a->whose.how)));
}

static void put_matched(struct buf *out, const struct answer *a)
{
	buf_add(out, a->whose.at);
}

static void put_contacts(struct buf *out, const struct answer *a)
{
	const struct know_owner *o = know_owner(a->know, a->whose.owner);

	for (uint32_t i = 0; o != NULL && i < o->ncontacts; i++) {
		if (i > 0)
			buf_char(out, ' ');
		buf_add(out, o->contacts[i].email);
	}
}

static const struct column column_table[] = {
        {"query", "what was asked", put_query, TEXT},
        {"part", "of a prefix that several share: the addresses that this answer is about", put_part, TEXT},
        {"network", "the longest prefix around the address that is routed or delegated, else registered",
                put_network, TEXT},
        {"asn", "the AS numbers that originate it, ascending", put_asn, NUMBERS},
        {"as_name", "name of the first of them", put_as_name, TEXT},
        {"country", "to which the address is delegated, two letters", put_country, TEXT},
        {"owner", "id of the owner", put_owner, TEXT},
        {"owner_name", "his name", put_owner_name, TEXT},
        {"sector", "his sector", put_sector, TEXT},
        {"asset", "name of the asset", put_asset, TEXT},
        {"kind", "its kind", put_kind, TEXT},
        {"criticality", "1 to 5", put_criticality, NUMBER},
        {"how", "how the owner was found: see the order of contacts", put_how, TEXT},
        {"matched", "the part of the name that decided", put_matched, TEXT},
        {"contacts", "mail addresses of the owner", put_contacts, TEXTS},
};
#define COLUMNS (sizeof(column_table) / sizeof(column_table[0]))

/* ---- forms -------------------------------------------------------------------------------------- */

enum form { FORM_BLOCK, FORM_LINE, FORM_JSON };

static void value_json(struct buf *out, const struct column *c, struct str value)
{
	struct str_cut cut = {.tail = value, .ok = true};
	bool list = c->kind == TEXTS || c->kind == NUMBERS;

	if (!list) {
		if (c->kind == TEXT)
			buf_json(out, value);
		else
			buf_add(out, value);
		return;
	}
	for (char open = '['; cut.ok; open = ',') {
		cut = str_cut(cut.tail, ' ');
		buf_char(out, open);
		if (c->kind == TEXTS)
			buf_json(out, cut.head);
		else
			buf_add(out, cut.head);
	}
	buf_char(out, ']');
}

static void answer_print(struct buf *out, const struct answer *a, enum form form)
{
	auto_buf struct buf value = {0};

	if (form == FORM_JSON)
		buf_add(out, STR("{\"version\":1"));
	for (size_t i = 0; i < COLUMNS; i++) {
		const struct column *c = &column_table[i];
		buf_clear(&value);
		c->put(&value, a);
		if (form == FORM_LINE) {
			if (i > 0)
				buf_char(out, '\t');
			buf_add(out, buf_str(&value));
		} else if (value.len == 0) {
			continue;
		} else if (form == FORM_JSON) {
			buf_printf(out, ",\"%s\":", c->key);
			value_json(out, c, buf_str(&value));
		} else if (i == 0) {
			buf_add(out, buf_str(&value));
			buf_char(out, '\n');
		} else {
			buf_printf(out, "  %-12s", c->key);
			buf_add(out, buf_str(&value));
			buf_char(out, '\n');
		}
	}
	if (form == FORM_JSON)
		buf_char(out, '}');
	if (form != FORM_BLOCK)
		buf_char(out, '\n');
}

/* ---- questions ---------------------------------------------------------------------------------- */

struct asking {
	struct cli *cli;
	const struct know *know;
	enum form form;
	int exit_code;
};

static void ask_addr(struct asking *w, struct answer *a, const struct addr *addr)
{
	a->addr = *addr;
	a->leaf = know_addr(w->know, addr);
	know_whose(w->know, a->leaf, (struct str){0}, 0, &a->whose);
	answer_print(&w->cli->out, a, w->form);
}

static void part_name(struct answer *a, const struct addr *first, const struct addr *last)
{
	a->part_len = addr_print(a->part, first);
	if (addr_cmp(first, last) == 0)
		return;
	a->part[a->part_len++] = '-';
	a->part_len += addr_print(a->part + a->part_len, last);
}

/* Leaves that differ only in the network are one part: asked for a prefix, people want to know whose. */
static bool same_answer(const struct know_leaf *a, const struct know_leaf *b)
{
	return a->owner == b->owner && a->asset == b->asset && a->how == b->how &&
	        a->network_len == b->network_len && memcmp(a->cc, b->cc, 2) == 0 &&
	        memcmp(a->asn, b->asn, sizeof(a->asn)) == 0;
}

static void ask_prefix(struct asking *w, struct answer *a, const struct prefix *p)
{
	struct addr at, last, end;
	unsigned parts = 0;
	bool more = true;

	prefix_range(p, &at, &last);
	while (more && parts++ < PARTS_MAX) {
		a->leaf = know_span(w->know, &at, &last, &end);
		a->addr = at;
		while (addr_cmp(&end, &last) < 0) {
			struct addr next = end, next_end;
			for (unsigned i = 16; i-- > 0 && ++next.b[i] == 0;)
				;
			if (!same_answer(a->leaf, know_span(w->know, &next, &last, &next_end)))
				break;
			end = next_end;
		}
		more = addr_cmp(&end, &last) < 0;
		if (parts > 1 || more)
			part_name(a, &at, &end);
		know_whose(w->know, a->leaf, (struct str){0}, 0, &a->whose);
		answer_print(&w->cli->out, a, w->form);
		at = end;
		for (unsigned i = 16; i-- > 0 && ++at.b[i] == 0;)
			;
	}
	if (more)
		log_warn("%.*s: more than %d parts; the rest is left out", STR_ARG(a->query), PARTS_MAX);
}

static void ask_name(struct asking *w, struct answer *a, struct str name)
{
	know_whose(w->know, NULL, name, 0, &a->whose);
	answer_print(&w->cli->out, a, w->form);
}

static bool ask_url(struct asking *w, struct answer *a)
{
	auto_buf struct buf url = {0};
	struct str host;
	struct addr addr;
	size_t len;

	if (!value_url(a->query, buf_room(&url, 3 * a->query.len + 300), &len, &host))
		return false;
	if (addr_parse(host, &addr))
		ask_addr(w, a, &addr);
	else
		ask_name(w, a, host);
	return true;
}

static bool ask_other(struct asking *w, struct answer *a)
{
	char name[NAME_MAX_BYTES + 1];
	size_t len;

	if (str_istarts(a->query, STR("AS")) && a->query.len > 2 && char_digit(a->query.p[2]) &&
	        value_asn(a->query, &a->asn)) {
		know_whose(w->know, NULL, (struct str){0}, a->asn, &a->whose);
		answer_print(&w->cli->out, a, w->form);
		return true;
	}
	if (!value_fqdn(a->query, name, &len))
		return false;
	ask_name(w, a, str_make(name, len));
	return true;
}

static void ask(struct asking *w, struct str query)
{
	struct answer a = {.know = w->know, .query = query};
	struct prefix p;
	struct addr addr;
	char text[120];

	if (addr_parse(query, &addr)) {
		ask_addr(w, &a, &addr);
	} else if (prefix_parse(query, &p, NULL)) {
		ask_prefix(w, &a, &p);
	} else if (str_find_str(query, 0, STR("://")) != SIZE_MAX ? !ask_url(w, &a) : !ask_other(w, &a)) {
		err_quote(text, sizeof(text), query);
		log_error("'%s' is no address, prefix, name, URL or AS number", text);
		w->exit_code = CLI_FAIL;
	}
}

/* ---- a stream ----------------------------------------------------------------------------------- */

static void header_print(struct buf *out)
{
	for (size_t i = 0; i < COLUMNS; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : "\t", column_table[i].key);
	buf_char(out, '\n');
}

/* Whole lines of the buffer; what is left is the beginning of one. */
static void lines_take(struct asking *w, struct buf *b, bool end)
{
	struct str rest = buf_str(b);

	for (;;) {
		struct str_cut cut = str_cut(rest, '\n');
		if (!cut.ok && !end)
			break;
		struct str line = str_trim(cut.head);
		if (line.len > LINE_MAX_BYTES) {
			log_error("a line of %zu bytes is no question", line.len);
			w->exit_code = CLI_FAIL;
		} else if (line.len != 0) {
			ask(w, line);
		}
		rest = cut.tail;
		if (!cut.ok)
			break;
	}
	memmove(b->p, rest.p, rest.len);
	b->len = rest.len;
}

static void ask_stream(struct asking *w)
{
	auto_buf struct buf b = {0};
	ssize_t n;

	if (w->form == FORM_LINE)
		header_print(&w->cli->out);
	while ((n = read(STDIN_FILENO, buf_room(&b, 65536), 65536)) > 0) {
		b.len += (size_t)n;
		lines_take(w, &b, false);
		if (b.len > (1u << 20)) {
			log_error("the input has no line breaks");
			w->exit_code = CLI_FAIL;
			return;
		}
		if (!cli_flush(w->cli))
			return;
	}
	if (b.len != 0)
		lines_take(w, &b, true);
}

/* With --know no folder is needed. */
static int know_load(const struct cli *c, struct country *country, struct err *e)
{
	struct country_paths paths = country_paths(c);
	int rc = 0;

	*country = (struct country){0};
	if (!cli_has(c, "know"))
		rc = country_open(&paths, country, e);
	return rc != 0 ? rc : country_know(&paths, country, e);
}

static int whose_run(struct cli *c)
{
	struct asking w = {.cli = c, .form = cli_has(c, "json") ? FORM_JSON : FORM_BLOCK};
	struct country country;
	struct err e;
	int rc = know_load(c, &country, &e);

	(void)os_write_all(STDERR_FILENO, buf_str(&country.notes), NULL);
	if (rc != 0) {
		log_error("%s", e.text);
		country_done(&country);
		return rc == ERR_USAGE ? CLI_USAGE : CLI_FAIL;
	}
	w.know = country.know;
	for (size_t i = 0; i < c->operands.n; i++)
		ask(&w, str_trim(str_from(c->operands.v[i])));
	if (c->operands.n == 0) {
		w.form = w.form == FORM_JSON ? FORM_JSON : FORM_LINE;
		ask_stream(&w);
	}
	country_done(&country);
	return w.exit_code;
}

/* ---- the reference ------------------------------------------------------------------------------ */

void doc_whose(struct buf *out, const struct command *const *table)
{
	static const char *const kinds[] = {"string", "array of strings", "number", "array of numbers"};

	(void)table;
	buf_add(out,
	        STR("# Whose is it\n\nPrinted by the program from its tables (`weir docs`).\n\n## The order "
	            "of "
	            "contacts\n\nWhat stands higher wins. It holds for one end of a record: its address, its "
	            "name, "
	            "its AS.\n\n| found by | when |\n| --- | --- |\n"));
	for (unsigned how = 1; how < KNOW_HOW_END; how++)
		buf_printf(out, "| %s | %s |\n", know_how_name(how), know_how_about(how));
	buf_add(out,
	        STR("\nOf nested prefixes the longest decides; of an asset's and an owner's prefix of the "
	            "same "
	            "length the asset's. An asset stays with an address if a longer prefix there belongs to "
	            "the "
	            "asset's owner.\n\n## Columns of `weir whose`\n\nA block per question leaves out what is "
	            "not "
	            "known; so does a JSON object, which also has `version` (1). A stream on standard input "
	            "gives "
	            "one line per answer, columns separated by tabs, after a header.\n\n| column | JSON | "
	            "about |\n"
	            "| --- | --- | --- |\n"));
	for (size_t i = 0; i < COLUMNS; i++)
		buf_printf(out, "| `%s` | %s | %s |\n", column_table[i].key, kinds[column_table[i].kind],
		        column_table[i].about);
}

const struct command command_whose = {
        .name = "whose",
        .params = "[QUESTION...]",
        .about = "say whose an address, prefix, name, URL or AS is",
        .text = "Prints network, AS and its name, country, owner, asset, criticality and contacts, and how "
                "they were "
                "found. A prefix that several share gives an answer per part. Without QUESTION, questions "
                "are "
                "read from standard input, one a line, and answered by one line of columns separated by "
                "tabs. "
                "Exit status 1: a question was none.",
        .options =
                (const struct cli_option[]){
                        COUNTRY_OPTIONS,
                        {"json", 'j', NULL, "a JSON object per answer"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir whose 192.0.2.10 www.bank.example", "of the sample's owners"},
                        {"weir whose -k la.weir --json <addresses.txt", "many, against a generation"},
                        {NULL, NULL},
                },
        .min = 0,
        .max = CLI_MANY,
        .offline = true,
        .run = whose_run,
};
