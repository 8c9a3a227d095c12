/* SPDX-License-Identifier: Apache-2.0
 *
 * weir agree check, mark, translate: texts before they are frozen, on a machine that needs no node.
 */
#include "agree/entry.h"
#include "agree/translate.h"
#include "base/log.h"
#include "base/os.h"
#include "base/plural.h"
#include "cli/agree_file.h"
#include "cli/cli.h"
#include <unistd.h>

/* ---- notes --------------------------------------------------------------------------------------- */

static void put_notes(const char *path, const struct entry *entry)
{
	static const enum log_level level[] = {
	        [ENTRY_DONE] = LOG_INFO, [ENTRY_LOOK] = LOG_WARN, [ENTRY_MEND] = LOG_ERR};

	for (unsigned i = 0; i < entry->n; i++) {
		const struct entry_note *n = &entry->note[i];
		auto_buf struct buf b = {0};
		if (n->line > 0)
			buf_printf(&b, "%s:%u: ", path, n->line);
		else
			buf_printf(&b, "%s: ", path);
		entry_say(&b, n);
		if (n->count > 1)
			buf_printf(&b, " (%u times)", n->count);
		log_line(level[entry_grade(n->what)], "%.*s", STR_ARG(buf_str(&b)));
	}
	if (entry->more > 0)
		log_warn("%s: and %u sentences more", path, entry->more);
}

static int fail(const struct err *e)
{
	log_error("%s", e->text);
	return CLI_FAIL;
}

/* ---- check --------------------------------------------------------------------------------------- */

struct checked {
	struct agree_text text, of;
	bool translation;
	enum translation_state state[AGREE_CLAUSES];
	unsigned count[3];
};

/* One line of each clause; a translation has the state of each of the authentic text. */
static void put_row(struct buf *out, const struct clause *c, struct str number, const char *state)
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, c->sha256, DIGEST_LEN);
	buf_printf(out, "%-12.*s %.*s  %-9.*s %.*s%s%s\n", STR_ARG(number.len > 0 ? number : STR("title")),
	        STR_ARG(c->id), STR_ARG(clause_kind_name(c->kind)), STR_ARG(str_make(hex, CLAUSE_BASE)),
	        state[0] != 0 ? "  " : "", state);
}

static void put_table(struct cli *c, struct arena *a, const struct checked *k)
{
	const struct agree_text *t = k->translation ? &k->of : &k->text;
	struct str *number = agree_numbers(a, t);
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, k->text.sha256, DIGEST_LEN);
	plural_printf(&c->out, "text_sha256 %s\n%u clauses, %zu bytes\n", hex, k->text.n, k->text.bytes.len);
	if (k->translation)
		buf_printf(&c->out,
		        "%u ok, %u stale, %u missing; numbers and digests are the authentic text's\n",
		        k->count[TRANSLATION_OK], k->count[TRANSLATION_STALE], k->count[TRANSLATION_MISSING]);
	buf_char(&c->out, '\n');
	for (unsigned i = 0; i < t->n; i++)
		put_row(&c->out, &t->clause[i], number[i],
		        k->translation ? translation_state_name(k->state[i]).p : "");
}

/* A text that is none: every fault that entry would find, and what would be done about it. */
static int put_faults(struct arena *a, const char *path, struct str bytes, const struct checked *k,
        const struct agree_fault *fault)
{
	struct entry_args args = {.random = os_random, .of = k->translation ? &k->of : NULL};
	struct entry entry;

	log_error("%s:%u: %s", path, fault->line, fault->why);
	entry_make(a, bytes, &args, &entry);
	put_notes(path, &entry);
	if (entry.good)
		log_info("'weir agree mark%s %s -o OUT' does what these sentences say",
		        k->translation ? " --translation-of AUTHENTIC" : "", path);
	return CLI_FAIL;
}

static int check_states(const char *path, struct checked *k)
{
	unsigned bad;

	if (!translation_states(&k->of, &k->text, k->state, &bad)) {
		const struct clause *c = &k->text.clause[bad];
		log_error("%s:%u: the clause '%.*s' is not parallel to the authentic text: there it has "
		          "another order, kind "
		          "or level, or is not there",
		        path, c->line, STR_ARG(c->id));
		return CLI_FAIL;
	}
	for (unsigned i = 0; i < k->of.n; i++)
		k->count[k->state[i]]++;
	return CLI_OK;
}

static int check(struct cli *c, struct arena *a, struct checked *k)
{
	const char *path = c->operands.v[0], *of = cli_value(c, "translation-of");
	struct agree_fault fault;
	struct entry look;
	struct str bytes;
	struct err e;

	k->translation = of != NULL;
	if ((of != NULL && agree_file_text(a, of, false, &k->of, &e) != 0) ||
	        agree_file_read(a, path, ENTRY_MAX, &bytes, &e) != 0)
		return fail(&e);
	if (!agree_text_parse(a, bytes, k->translation, &k->text, &fault))
		return put_faults(a, path, bytes, k, &fault);
	if (k->translation && check_states(path, k) != CLI_OK)
		return CLI_FAIL;
	entry_look(a, &k->text, &look);
	put_notes(path, &look);
	put_table(c, a, k);
	return CLI_OK;
}

static int check_run(struct cli *c)
{
	struct checked *k = mem_zero(1, sizeof(*k));
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	int rc = check(c, &a, k);
	free(k);
	return rc;
}

/* ---- mark ---------------------------------------------------------------------------------------- */

static int read_used(struct arena *a, const char *path, struct entry_args *args, struct err *e)
{
	struct str all, *id = arena_array(a, CLAUSE_IDS, sizeof(*id));
	int rc = agree_file_read(a, path, (size_t)CLAUSE_IDS * 16, &all, e);
	unsigned line = 1;

	for (struct str_cut cut = {.tail = all}; rc == 0 && cut.tail.len > 0; line++) {
		cut = str_cut(cut.tail, '\n');
		struct str word = str_trim(cut.head);
		if (word.len == 0)
			continue;
		if (!clause_id_ok(word) || args->nused == CLAUSE_IDS)
			return err_set(e, ERR_SYNTAX,
			        "%s:%u: a line has one id of four characters, and this is none", path, line);
		id[args->nused++] = word;
	}
	args->used = id;
	return rc;
}

/* The text that this one replaces: the one that was named, else what stands in OUT, so that the same draft gives the same marks. */
static int read_base(
        struct cli *c, struct arena *a, struct agree_text *base, struct entry_args *args, struct err *e)
{
	const char *path = cli_value(c, "base"), *out = cli_value(c, "out");
	struct agree_fault fault;
	struct str bytes;
	int rc = 0;

	if (path != NULL)
		rc = agree_file_text(a, path, false, base, e);
	else if (out == NULL || access(out, F_OK) != 0 ||
	        agree_file_read(a, out, AGREE_TEXT_MAX, &bytes, e) != 0 ||
	        !agree_text_parse(a, bytes, false, base, &fault))
		return 0;
	args->base = base;
	return rc;
}

static int read_args(
        struct cli *c, struct arena *a, struct agree_text texts[2], struct entry_args *args, struct err *e)
{
	const char *of = cli_value(c, "translation-of"), *used = cli_value(c, "used");
	int rc = used != NULL ? read_used(a, used, args, e) : 0;

	if (rc == 0 && of != NULL) {
		rc = agree_file_text(a, of, false, &texts[0], e);
		args->of = &texts[0];
		return rc;
	}
	return rc == 0 ? read_base(c, a, &texts[1], args, e) : rc;
}

static int put_out(struct cli *c, struct str bytes)
{
	const char *out = cli_value(c, "out");
	struct err e;

	if (out == NULL)
		buf_add(&c->out, bytes);
	else if (os_write_file(out, bytes, &e) != 0)
		return fail(&e);
	return CLI_OK;
}

static int mark_run(struct cli *c)
{
	auto_arena struct arena a = {0};
	struct entry_args args = {.random = os_random, .nfc = cli_has(c, "nfc")};
	struct agree_text texts[2];
	struct entry entry;
	struct str draft;
	struct err e;

	if (cli_has(c, "translation-of") && (cli_has(c, "base") || cli_has(c, "used"))) {
		log_error("a translation takes its ids from the authentic text: --translation-of goes "
		          "without --base and --used");
		return CLI_USAGE;
	}
	arena_init(&a, 0);
	if (read_args(c, &a, texts, &args, &e) != 0 ||
	        agree_file_read(&a, c->operands.v[0], ENTRY_MAX, &draft, &e) != 0)
		return fail(&e);
	entry_make(&a, draft, &args, &entry);
	put_notes(c->operands.v[0], &entry);
	if (!entry.good)
		return CLI_FAIL;
	return put_out(c, entry.bytes);
}

/* ---- translate ----------------------------------------------------------------------------------- */

static int translate_run(struct cli *c)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf sheet = {0};
	struct translate_counts n;
	struct agree_text of, old;
	bool has_old = c->operands.n > 1;
	struct err e;

	arena_init(&a, 0);
	if (agree_file_text(&a, c->operands.v[0], false, &of, &e) != 0 ||
	        (has_old && agree_file_text(&a, c->operands.v[1], true, &old, &e) != 0))
		return fail(&e);
	translate_sheet(&sheet, &of, has_old ? &old : NULL, &n);
	log_info("%u clauses are as they were, %u are stale, %u are missing, %u of the old translation are "
	         "left out",
	        n.ok, n.stale, n.missing, n.gone);
	return put_out(c, buf_str(&sheet));
}

/* ---- the commands -------------------------------------------------------------------------------- */

static const struct cli_option check_options[] = {
        {"translation-of", 0, "FILE", "the authentic text; FILE is a translation of it"},
        {0},
};

static const struct cli_example check_examples[] = {
        {"weir agree check procedure.en.md", "its clauses, or what is wrong with it"},
        {"weir agree check --translation-of procedure.en.md procedure.lo.md",
                "which clauses are stale or missing"},
        {NULL, NULL},
};

const struct command command_agree_check = {
        .name = "agree check",
        .params = "FILE",
        .about = "say whether a text can be frozen, and list its clauses",
        .text = "Lists the clauses with the numbers that readers see, their ids and the beginnings of their "
                "digests; of a "
                "translation also whether each is made from the words that stand there now. What a person "
                "should look at is "
                "said with its line: invisible characters, letters that are not composed, Burmese that looks "
                "like Zawgyi. A "
                "text that is none is refused with all that is wrong and what to do about it. Changes "
                "nothing.",
        .options = check_options,
        .examples = check_examples,
        .min = 1,
        .max = 1,
        .offline = true,
        .run = check_run,
};

static const struct cli_option mark_options[] = {
        {"out", 'o', "OUT", "where the text is written; else to standard output"},
        {"base", 0, "FILE", "the text before this one: same words keep their ids"},
        {"used", 0, "FILE",
                "ids that were ever given in the instrument, one a line; none of them is given again"},
        {"translation-of", 0, "FILE", "the authentic text; the draft is a translation of it"},
        {"nfc", 0, NULL, "compose letters (NFC)"},
        {0},
};

static const struct cli_example mark_examples[] = {
        {"weir agree mark draft.txt -o procedure.en.md", "a paste becomes a text with marks"},
        {"weir agree mark --base round-1.md round-2.txt -o round-2.md", "clauses keep their ids"},
        {"weir agree mark --translation-of procedure.en.md sheet.md -o procedure.lo.md",
                "a translator's sheet becomes a translation"},
        {NULL, NULL},
};

const struct command command_agree_mark = {
        .name = "agree mark",
        .params = "FILE",
        .about = "make a text of a draft: one line a clause, each with its mark",
        .text = "Takes what an editor, a word processor or a paste gives and reduces it to the texts that "
                "can be agreed on; what "
                "was done and what a person should look at is said with its line. Each clause without a mark "
                "gets one with an id "
                "that nobody had. Without --base the text that stands in OUT is the one before, so the same "
                "draft gives the same "
                "bytes. A text that is one already comes out as it is.\n\n"
                "Where something has to be mended by a person, nothing is written and the exit status is 1.",
        .options = mark_options,
        .examples = mark_examples,
        .min = 1,
        .max = 1,
        .offline = true,
        .run = mark_run,
};

static const struct cli_option translate_options[] = {
        {"out", 'o', "OUT", "where the sheet is written; else to standard output"},
        {0},
};

static const struct cli_example translate_examples[] = {
        {"weir agree translate procedure.en.md -o sheet.lo.md", "a sheet for a first translation"},
        {"weir agree translate round-2.en.md round-1.lo.md -o sheet.lo.md",
                "what is to be done after a round"},
        {NULL, NULL},
};

const struct command command_agree_translate = {
        .name = "agree translate",
        .params = "AUTHENTIC [OLD]",
        .about = "make a translator's sheet: what is stale, what is missing",
        .text = "Prints all clauses of the authentic text with the words of the old translation. A clause "
                "that was made from other "
                "words has ':stale-...' in its mark and the new words above it on lines that begin with "
                "'%%'; one that is missing "
                "has the authentic words and ':missing'. The translator takes all from the colon on out of "
                "the mark of what is "
                "done, and 'weir agree mark --translation-of AUTHENTIC' makes a translation of the "
                "sheet, done or half done.",
        .options = translate_options,
        .examples = translate_examples,
        .min = 1,
        .max = 2,
        .offline = true,
        .run = translate_run,
};
