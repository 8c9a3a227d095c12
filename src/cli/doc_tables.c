/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables as Markdown for docs/reference/.
 */
#include "cli/doc.h"
#include "decide/decide.h"
#include "event/field.h"
#include "read/read.h"
#include "web/figure.h"

static void head(struct buf *out, const char *title, const char *words)
{
	buf_printf(out,
	        "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
	        "<!-- Printed by weir docs from the tables of the program; do not edit. -->\n"
	        "# %s\n\n%s\n\n",
	        title, words);
}

/* A cell of a table: '|' would end it. */
static void cell(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '|' || s.p[i] == '<')
			buf_char(out, '\\');
		buf_char(out, s.p[i] == '\n' ? ' ' : s.p[i]);
	}
}

void doc_fields(struct buf *out, const struct command *const *commands)
{
	(void)commands;
	head(out, "Fields of an event",
	        "IntelMQ's data format, and behind it what Weir adds. Numbers are written into batches and "
	        "never "
	        "given\nagain. What no field takes is kept as text under `extra.` and the sender's own name. "
	        "Longest: "
	        "bytes of\na value; empty where only the limit of a record holds.");
	buf_add(out,
	        STR("| number | field | type | longest | meaning |\n| ---: | --- | --- | ---: | --- |\n"));
	for (unsigned id = 1; id < FIELD_END; id++) {
		const struct field_row *f = &field_table[id];
		if (f->name.len == 0)
			continue;
		buf_printf(out, "| %u | `%.*s` | %s | ", id, STR_ARG(f->name), field_type_name(f->type));
		if (f->limit != 0)
			buf_u64(out, f->limit);
		buf_add(out, STR(" | "));
		cell(out, str_from(f->about));
		buf_add(out, STR(" |\n"));
	}
}

void doc_taxonomy(struct buf *out, const struct command *const *commands)
{
	(void)commands;
	head(out, "The vocabulary",
	        "`classification.type` takes one of the types; its class follows from it. RSIT is the "
	        "Reference\n"
	        "Security Incident Taxonomy, version " RSIT_VERSION
	        ". Numbers are written into batches and are "
	        "never given again.");
	buf_add(out, STR("| number | type | class | RSIT | meaning |\n| ---: | --- | --- | --- | --- |\n"));
#define TYPE(number, symbol, name, class, rsit, sentence)                                                    \
	buf_printf(out, "| %d | `%s` | `%s` | %s | ", number, name, class, (rsit) ? "yes" : "");             \
	cell(out, STR(sentence));                                                                            \
	buf_add(out, STR(" |\n"));
#include "event/taxonomy.tbl"
	buf_add(out, STR("\n## Older and foreign names\n\n| name | taken as |\n| --- | --- |\n"));
#define ALSO(word, symbol) buf_printf(out, "| %s | `%s` |\n", word, type_table[TYPE_##symbol].name.p);
#include "event/taxonomy.tbl"
	buf_add(out,
	        STR("\n## Labels, Traffic Light Protocol 2.0\n\nFrom open to strict. A label may be raised, "
	            "never lowered.\n\n| label | name in TLP 1.0 |\n| --- | --- |\n"));
#define TLP(number, symbol, name, old) buf_add(out, STR("| " name " | " old " |\n"));
#include "event/taxonomy.tbl"
	buf_add(out,
	        STR("\n## Permissible Actions Protocol\n\nFrom open to strict.\n\n| label |\n| --- |\n"));
#define PAP(number, symbol, name) buf_add(out, STR("| " name " |\n"));
#include "event/taxonomy.tbl"
	buf_add(out,
	        STR("\n## Severity by the sender\n\nThe rank is that of the c1 (worst) to c6 scale.\n\n"
	            "| word | rank |\n| --- | --- |\n"));
#define SEVERITY(number, symbol, name, rank) buf_printf(out, "| %s | c%d |\n", name, rank);
#include "event/taxonomy.tbl"
}

void doc_readers(struct buf *out, const struct command *const *commands)
{
	(void)commands;
	head(out, "Formats of reports",
	        "The readers, in the order in which they are asked when the format of a report is not named: "
	        "one that\n"
	        "is sure takes it, else the first that says maybe. `weir formats NAME` prints the same.");
	for (unsigned i = 0; i < reader_count; i++) {
		const struct reader *r = reader_table[i];
		buf_printf(out, "%s## %s\n\n", i == 0 ? "" : "\n", r->name);
		help_wrap(out, 0, 0, 100, str_from(r->about));
		if (r->fields != NULL) {
			buf_char(out, '\n');
			help_wrap(out, 0, 0, 100, str_from(r->fields));
		}
		if (r->options_about != NULL) {
			buf_add(out, STR("\nOptions: "));
			help_wrap(out, 9, 0, 100, str_from(r->options_about));
		}
	}
}

void doc_limits(struct buf *out, const struct command *const *commands)
{
	(void)commands;
	head(out, "Limits of reading",
	        "Input is hostile until read. A record that breaks a limit is set aside with a sentence, "
	        "kept and\n"
	        "counted; a report that breaks one is refused as a whole where the row says so.");
	buf_add(out, STR("| limit | value | what |\n| --- | ---: | --- |\n"));
#define LIMIT(symbol, value, name, about)                                                                    \
	buf_printf(out, "| %s | %ju | ", name, (uintmax_t)(value));                                          \
	cell(out, STR(about));                                                                               \
	buf_add(out, STR(" |\n"));
#include "read/limits.tbl"
#undef LIMIT
	buf_add(out, STR("\n## Why a record is set aside\n\n| reason | meaning |\n| --- | --- |\n"));
#define ASIDE(number, symbol, name, about)                                                                   \
	buf_add(out, STR("| " name " | "));                                                                  \
	cell(out, STR(about));                                                                               \
	buf_add(out, STR(" |\n"));
#include "event/asides.tbl"
#undef ASIDE
}

void doc_rules(struct buf *out, const struct command *const *commands)
{
	(void)commands;
	head(out, "Rules", "Who is told of what, how soon.");
	rules_doc_print(out);
}

void doc_metrics(struct buf *out, const struct command *const *commands)
{
	(void)commands;
	head(out, "Metrics",
	        "What `weir metrics` and `GET /metrics` at the control socket print, in the text format of\n"
	        "Prometheus. Tables (`receipt`, `meta`) are those of state.db. No label holds anything out "
	        "of a report.");
	buf_add(out,
	        STR("| metric | type | unit | labels | meaning | from |\n| --- | --- | --- | --- | --- | --- "
	            "|\n"));
	for (unsigned i = 0; i < figure_count; i++) {
		const struct figure *f = &figure_table[i];
		buf_printf(out, "| `%s` | %s | %s | ", f->name,
		        f->type == FIGURE_COUNTER ? "counter" : "gauge", f->unit != NULL ? f->unit : "");
		for (unsigned k = 0; k < FIGURE_LABELS && f->labels[k] != NULL; k++)
			buf_printf(out, "%s`%s`", k > 0 ? ", " : "", f->labels[k]);
		buf_add(out, STR(" | "));
		cell(out, str_from(f->about));
		buf_printf(out, " | %s |\n", f->from);
	}
	buf_add(out,
	        STR("\n## Lines of `weir status`\n\nSums of samples. *look*: while it is above the limit "
	            "somebody must "
	            "look, and `weir status` exits\nwith 1. *to do*: left out while it is 0.\n\n"
	            "| line | metric | samples | needs | what to do |\n| --- | --- | --- | --- | --- |\n"));
	for (unsigned i = 0; i < figure_count; i++)
		for (const struct figure_line *l = figure_table[i].line; l != NULL && l->name != NULL; l++) {
			buf_printf(out, "| %s | `%s` | %s | ", l->name, figure_table[i].name,
			        l->where != NULL ? l->where : "");
			if (l->look == FIGURE_LOOK)
				buf_printf(out, "look above %lld | ", (long long)l->limit);
			else
				buf_add(out, l->look == FIGURE_TODO ? STR("to do | ") : STR("| "));
			buf_printf(out, "%s |\n", l->hint != NULL ? l->hint : "");
		}
}

void doc_commands(struct buf *out, const struct command *const *commands)
{
	head(out, "Commands",
	        "What `weir help COMMAND` prints. Exit code 0: done; 1: could not be done, or something that "
	        "was\n"
	        "checked is wrong; 2: wrong usage.");
	for (; *commands != NULL; commands++) {
		buf_printf(out, "## weir %s\n\n```\n", (*commands)->name);
		help_command(out, *commands);
		buf_add(out, STR("```\n\n"));
	}
	out->len--;
}
