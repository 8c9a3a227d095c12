/* SPDX-License-Identifier: Apache-2.0
 *
 * weir agree diff: what differs between two texts. Two files that are no texts of clauses are compared as they are, by their words.
 */
#include "agree/diff.h"
#include "base/log.h"
#include "base/os.h"
#include "cli/agree_file.h"
#include "cli/cli.h"
#include "web/diff.h"

#define DIFFER CLI_FAIL   /* as diff(1) has it */
#define TROUBLE CLI_USAGE /* a file that cannot be read as well */

struct side {
	const char *path;
	struct str bytes;
	struct agree_text text;
	bool clauses;
};
struct both {
	struct side old, new;
	struct differ *d;
	struct arena *a;
	struct diff_list list; /* if both have clauses */
};

/* ---- as lines ------------------------------------------------------------------------------------ */

static void put_counts(struct buf *out, const struct diff_list *l)
{
	buf_printf(out, "%u changed, %u new, %u gone, %u moved, %u unchanged\n", l->count[CLAUSE_CHANGED],
	        l->count[CLAUSE_NEW], l->count[CLAUSE_GONE], l->moved, l->count[CLAUSE_SAME]);
}

static void put_head(struct buf *out, const struct diff_row *row)
{
	const struct clause *c = row->new != NULL ? row->new : row->old;
	struct str number = row->new != NULL ? row->new_number : row->old_number;

	buf_printf(out, "%.*s%s%.*s", STR_ARG(number), number.len > 0 ? " " : "", STR_ARG(c->id));
	if (row->change != CLAUSE_SAME)
		buf_printf(out, " %.*s", STR_ARG(clause_change_name(row->change)));
	if (row->moved)
		buf_printf(out, "%s moved, it was %.*s", row->change != CLAUSE_SAME ? " and" : "",
		        STR_ARG(row->old_number.len > 0 ? row->old_number : STR("the title")));
	if (row->mark)
		buf_add(out, STR(", in its mark alone"));
	buf_char(out, '\n');
}

static void put_words(struct both *b, struct buf *out, const struct clause *old, const struct clause *new)
{
	struct diff_words words;

	if (old != NULL && new != NULL)
		diff_clauses(b->d, b->a, old, new, &words);
	else
		diff_words(b->d, b->a, old != NULL ? old->source : STR(""),
		        new != NULL ? new->source : STR(""), &words);
	diff_print(out, old != NULL ? old->source : STR(""), new != NULL ? new->source : STR(""), &words);
	buf_char(out, '\n');
}

static void put_lines(struct both *b, struct buf *out)
{
	put_counts(out, &b->list);
	for (unsigned i = 0; i < b->list.n; i++)
		if (b->list.row[i].change != CLAUSE_SAME || b->list.row[i].moved) {
			buf_add(out, STR("  "));
			put_head(out, &b->list.row[i]);
		}
	for (unsigned i = 0; i < b->list.n; i++) {
		const struct diff_row *row = &b->list.row[i];
		if (row->change == CLAUSE_SAME || row->mark)
			continue;
		buf_char(out, '\n');
		put_head(out, row);
		put_words(b, out, row->old, row->new);
	}
}

/* ---- as JSON ------------------------------------------------------------------------------------- */

static void put_digest(struct buf *out, const char *name, const struct clause *c)
{
	char hex[2 * DIGEST_LEN + 1];

	if (c == NULL)
		return;
	str_hex_print(hex, c->sha256, DIGEST_LEN);
	buf_printf(out, ",\"%s\":\"%s\"", name, hex);
}

static void json_runs(struct buf *out, struct str old, struct str new, const struct diff_words *d)
{
	static const char *const name[] = {"same", "old", "new"};

	buf_printf(out, "\"heavy\":%s,\"runs\":[", d->heavy ? "true" : "false");
	for (unsigned i = 0; i < d->n; i++) {
		const struct diff_run *r = &d->run[i];
		bool from_new = r->kind == DIFF_NEW;
		buf_printf(out, "%s{\"%s\":", i > 0 ? "," : "", name[r->kind]);
		buf_json(out, str_sub(from_new ? new : old, from_new ? r->new_at : r->old_at, r->len));
		buf_printf(out, ",\"old_at\":%u,\"new_at\":%u,\"len\":%u}", r->old_at, r->new_at, r->len);
	}
	buf_char(out, ']');
}

static void json_row(struct both *b, struct buf *out, const struct diff_row *row)
{
	const struct clause *c = row->new != NULL ? row->new : row->old;
	struct diff_words words;

	buf_printf(out, "{\"id\":\"%.*s\",\"change\":\"%.*s\",\"moved\":%s", STR_ARG(c->id),
	        STR_ARG(clause_change_name(row->change)), row->moved ? "true" : "false");
	if (row->old != NULL)
		buf_printf(out, ",\"old_number\":\"%.*s\"", STR_ARG(row->old_number));
	if (row->new != NULL)
		buf_printf(out, ",\"new_number\":\"%.*s\"", STR_ARG(row->new_number));
	put_digest(out, "old_sha256", row->old);
	put_digest(out, "new_sha256", row->new);
	if (row->change == CLAUSE_CHANGED) {
		diff_clauses(b->d, b->a, row->old, row->new, &words);
		buf_printf(out, ",\"mark_alone\":%s,", row->mark ? "true" : "false");
		json_runs(out, row->old->source, row->new->source, &words);
	}
	buf_char(out, '}');
}

static void put_json(struct both *b, struct buf *out, bool clauses)
{
	struct diff_words words;

	buf_printf(out, "{\"equal\":%s,", str_eq(b->old.bytes, b->new.bytes) ? "true" : "false");
	if (clauses) {
		buf_add(out, STR("\"clauses\":["));
		for (unsigned i = 0; i < b->list.n; i++) {
			buf_add(out, i > 0 ? STR(",\n") : STR("\n"));
			json_row(b, out, &b->list.row[i]);
		}
		buf_char(out, ']');
	} else {
		diff_words(b->d, b->a, b->old.bytes, b->new.bytes, &words);
		json_runs(out, b->old.bytes, b->new.bytes, &words);
	}
	buf_add(out, STR("}\n"));
}

/* ---- all of it ----------------------------------------------------------------------------------- */

static void put_text(struct both *b, struct buf *out)
{
	struct diff_words words;

	diff_words(b->d, b->a, b->old.bytes, b->new.bytes, &words);
	diff_print(out, b->old.bytes, b->new.bytes, &words);
	if (out->len > 0 && out->p[out->len - 1] != '\n')
		buf_char(out, '\n');
}

static void put_all(struct cli *c, struct both *b)
{
	bool clauses = b->old.clauses && b->new.clauses;

	if (clauses)
		diff_texts(b->a, &b->old.text, &b->new.text, &b->list);
	if (cli_has(c, "json"))
		put_json(b, &c->out, clauses);
	else if (cli_has(c, "html"))
		diff_document(&c->out, b->d, b->a, clauses ? &b->list : NULL, b->old.bytes, b->new.bytes);
	else if (str_eq(b->old.bytes, b->new.bytes))
		return;
	else if (clauses)
		put_lines(b, &c->out);
	else
		put_text(b, &c->out);
}

static int load(struct arena *a, struct side *s, struct err *e)
{
	struct agree_fault fault;
	int rc = agree_file_read(a, s->path, DIFF_MAX, &s->bytes, e);

	if (rc == 0)
		s->clauses = agree_file_parse(a, s->bytes, &s->text, &fault);
	return rc;
}

static int agree_diff_run(struct cli *c)
{
	auto_arena struct arena a = {0};
	struct both b = {.old.path = c->operands.v[0], .new.path = c->operands.v[1], .a = &a};
	struct err e;

	if (cli_has(c, "json") && cli_has(c, "html")) {
		log_error("--json and --html exclude each other");
		return TROUBLE;
	}
	arena_init(&a, 0);
	if (load(&a, &b.old, &e) != 0 || load(&a, &b.new, &e) != 0 || (b.d = differ_new(&e)) == NULL) {
		log_error("%s", e.text);
		return TROUBLE;
	}
	put_all(c, &b);
	differ_free(b.d);
	return str_eq(b.old.bytes, b.new.bytes) ? CLI_OK : DIFFER;
}

static const struct cli_option agree_diff_options[] = {
        {"json", 0, NULL, "one JSON object for scripts, with the runs of each clause that changed"},
        {"html", 0, NULL, "a page that needs nothing else"},
        {0},
};

static const struct cli_example agree_diff_examples[] = {
        {"weir agree diff round-1.md round-2.md", "what changed, clause by clause, then in words"},
        {"weir agree diff --html round-1.md round-2.md > changes.html",
                "the same as a page, to look at or to print"},
        {NULL, NULL},
};

const struct command command_agree_diff = {
        .name = "agree diff",
        .params = "OLD NEW",
        .about = "show what differs between two texts",
        .text = "Lists the clauses that changed, are new, gone or moved, known by their ids, and shows the "
                "words that "
                "changed inside each: [-old-]{+new+}. Words are found in scripts without blanks as well, and "
                "no letter is cut. "
                "Where most of a clause is other words, all of the old and all of the new are shown. Two "
                "files that are no "
                "texts of clauses are compared word by word.\n\n"
                "Exits with 0 if both are the same bytes, 1 if they differ, 2 if a file cannot be read or "
                "the command line is "
                "wrong. Needs no node and changes nothing.",
        .options = agree_diff_options,
        .examples = agree_diff_examples,
        .min = 2,
        .max = 2,
        .offline = true,
        .run = agree_diff_run,
};
