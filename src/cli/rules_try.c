/* SPDX-License-Identifier: Apache-2.0
 *
 * weir rules try: which rule of a folder decides each event of some reports. Events are numbered through all
 * files; --record shows one of them in full: its fields, whose it is, and every rule up to the one that
 * decides.
 */
#include "cli/rules_try.h"
#include "base/log.h"
#include "base/os.h"
#include "base/plural.h"
#include "cli/cli.h"
#include "cli/country.h"
#include "cli/feed.h"
#include "cli/node.h"
#include "proc/intake.h"
#include "proc/readers.h"
#include <unistd.h>

struct
try {
	struct readers readers;
	struct cli *cli;
	struct country country;
	struct decide_args args;
	uint64_t wanted, n; /* number of the event to show, 0: all; events so far */
	bool shown;
	uint64_t *by_rule; /* [rules + 1] */
	struct verdict verdicts[BATCH_ROWS];
};

/* ---- the table ------------------------------------------------------------------------------------ */

static const enum field what_fields[] = {FIELD_SOURCE_IP, FIELD_SOURCE_FQDN, FIELD_SOURCE_URL,
        FIELD_SOURCE_NETWORK, FIELD_SOURCE_ACCOUNT, FIELD_SOURCE_EMAIL, FIELD_DESTINATION_IP,
        FIELD_DESTINATION_FQDN};

/* The first thing that says where it is. */
static struct str what(const struct batch *b, const struct batch_row *row, char *buf)
{
	struct str s = {0};

	for (size_t i = 0; i < sizeof(what_fields) / sizeof(what_fields[0]) && s.len == 0; i++)
		s = batch_text(b, row, what_fields[i], buf);
	return s;
}

static void put_cell(struct buf *out, struct str s, int width)
{
	char shown[96];

	buf_printf(out, "%-*s ", width, err_quote(shown, sizeof(shown), s.len ? s : STR("-")).p);
}

static void put_head(struct try *t)
{
	buf_printf(&t->cli->out, "%8s %-24s %-28s %-8s %-8s %-20s %-28s %s\n", "EVENT", "RULE", "AT",
	        "DECISION", "SEVERITY", "OWNER", "TYPE", "WHAT");
}

static void put_row(
        struct try *t, const struct batch *b, const struct batch_row *row, const struct verdict *v)
{
	struct buf *out = &t->cli->out;
	const struct know_owner *owner = know_owner(t->country.know, v->owner);
	struct rule_view rule = {.name = STR("(none)")};
	char at[128], buf[64];
	struct str place = {0};

	if (rules_view(t->args.rules, v->rule, &rule))
		place = str_make(at, (size_t)snprintf(at, 96, "%.60s:%u", rule.file.p, rule.line));
	buf_printf(out, "%8llu ", (unsigned long long)t->n);
	put_cell(out, rule.name, 24);
	put_cell(out, place, 28);
	put_cell(out, str_from(decision_name(v->decision)), 8);
	put_cell(out, severity_name((enum severity)v->severity), 8);
	put_cell(out, owner ? owner->id : (struct str){0}, 20);
	put_cell(out, batch_text(b, row, FIELD_CLASSIFICATION_TYPE, buf), 28);
	put_cell(out, what(b, row, buf), 0);
	out->p[out->len - 1] = '\n';
}

static void put_sums(struct try *t)
{
	struct buf *out = &t->cli->out;
	struct rule_view rule;

	plural_printf(out, "\n%llu events\n", (unsigned long long)t->n);
	for (uint32_t i = 1; i <= rules_count(t->args.rules); i++) {
		if (rules_view(t->args.rules, i, &rule))
			buf_printf(out, "%8llu %.*s:%u %.*s\n", (unsigned long long)t->by_rule[i],
			        STR_ARG(rule.file), rule.line, STR_ARG(rule.name));
	}
	buf_printf(out, "%8llu no rule\n", (unsigned long long)t->by_rule[0]);
}

/* ---- one in full ---------------------------------------------------------------------------------- */

static void put_line(struct buf *out, struct str name, struct str value)
{
	char shown[512];

	if (value.len > 0)
		buf_printf(out, "  %.*s: %s\n", STR_ARG(name), err_quote(shown, sizeof(shown), value).p);
}

static void put_fields(struct buf *out, const struct batch *b, const struct batch_row *row)
{
	struct batch_iter it = batch_vars(b, row);
	struct batch_value v;
	char buf[64], name[BATCH_KEY_MAX + 8];

	for (unsigned i = 1; i < FIELD_END; i++)
		put_line(out, field_table[i].name, batch_text(b, row, (enum field)i, buf));
	while (batch_var_next(&it, &v)) {
		if (v.id < FIELD_EXTRA)
			continue;
		int len = snprintf(name, sizeof(name), "extra.%.*s", STR_ARG(v.name));
		put_line(out, str_make(name, (size_t)len), v.value);
	}
}

static void put_owner(struct try *t, const struct verdict *v)
{
	struct buf *out = &t->cli->out;
	const struct know_owner *owner = know_owner(t->country.know, v->owner);
	const struct know_asset *asset = know_asset(t->country.know, v->asset);

	buf_printf(out, "whose\n  how: %s\n", know_how_name(v->how));
	if (owner != NULL) {
		put_line(out, STR("owner"), owner->id);
		put_line(out, STR("owner.name"), owner->name);
		put_line(out, STR("owner.sector"), owner->sector);
	}
	if (asset != NULL) {
		put_line(out, STR("asset"), asset->name);
		put_line(out, STR("asset.kind"), asset->kind);
	}
	if (v->criticality != 0)
		buf_printf(out, "  criticality: %u\n", v->criticality);
}

static void put_contacts(struct try *t, const struct verdict *v)
{
	const struct know_owner *owner = know_owner(t->country.know, v->owner);

	for (uint32_t i = 0; owner != NULL && i < owner->ncontacts && i < 32; i++) {
		if (v->contacts >> i & 1)
			buf_printf(&t->cli->out, "  contact: %.*s (%.*s)\n",
			        STR_ARG(owner->contacts[i].email), STR_ARG(owner->contacts[i].language));
	}
}

static void put_verdict(struct try *t, const struct verdict *v)
{
	struct buf *out = &t->cli->out;
	const char *reason = decide_reason_text(v->reason);

	buf_printf(out, "verdict\n  decision: %s\n", decision_name(v->decision));
	if (reason != NULL)
		buf_printf(out, "  because: %s\n", reason);
	put_line(out, STR("label"), tlp_name((enum tlp)v->tlp));
	buf_printf(
	        out, "  severity: %.*s (c%u)\n", STR_ARG(severity_name((enum severity)v->severity)), v->rank);
	if (v->due != 0)
		buf_printf(out, "  within: %u s of the receipt\n", v->due);
	put_contacts(t, v);
	if (v->owner == 0)
		return;
	buf_add(out, STR("  key: "));
	for (unsigned i = 0; i < sizeof(v->key); i++)
		buf_printf(out, "%02x", v->key[i]);
	buf_char(out, '\n');
}

static void put_full(struct try *t, const struct intake_part *part, const struct batch *b, uint32_t i)
{
	struct buf *out = &t->cli->out;

	buf_printf(out, "event %llu, %.*s:%u\n", (unsigned long long)t->n, STR_ARG(part->label),
	        b->rows[i].line);
	put_fields(out, b, &b->rows[i]);
	put_owner(t, &t->verdicts[i]);
	buf_add(out, STR("rules\n"));
	decide_explain(&t->args, b, &b->rows[i], out);
	put_verdict(t, &t->verdicts[i]);
	t->shown = true;
}

/* ---- running -------------------------------------------------------------------------------------- */

static int take_batch(void *arg, const struct intake_part *part, const struct batch *b, struct err *e)
{
	struct try *t = arg;

	decide_batch(&t->args, b, t->verdicts);
	for (uint32_t i = 0; i < b->head->rows; i++) {
		t->n++;
		t->by_rule[t->verdicts[i].rule]++;
		if (t->wanted == 0)
			put_row(t, b, &b->rows[i], &t->verdicts[i]);
		else if (t->n == t->wanted)
			put_full(t, part, b, i);
	}
	return cli_flush(t->cli) ? 0 : err_set(e, ERR_SYS, "nobody takes the output any more");
}

static void take_failed(
        void *arg, const struct intake_part *part, const char *sentence, enum intake_failure why)
{
	(void)arg;
	(void)why;
	log_error("%.*s: %s", STR_ARG(part->label), sentence);
}

static int try_files(struct try *t, const struct feeds *feeds)
{
	struct intake_sink sink = {take_batch, take_failed, t, .readers = t->readers.sock};
	int exit_code = CLI_OK;

	if (t->wanted == 0)
		put_head(t);
	for (size_t i = 1; i < t->cli->operands.n; i++) {
		struct feed feed = feeds_for(feeds, t->cli->operands.v[i]);
		struct decide_feed facts = feed_facts(&feed);
		struct err e = {0};
		t->args.feed = &facts;
		if (intake_path(t->cli->operands.v[i], &feed.job, &sink, NULL, &e) != 0)
			exit_code = CLI_FAIL;
	}
	if (t->wanted == 0) {
		put_sums(t);
	} else if (!t->shown) {
		log_error("there is no event %llu, there are %llu", (unsigned long long)t->wanted,
		        (unsigned long long)t->n);
		exit_code = CLI_FAIL;
	}
	return exit_code;
}

static int fail(struct try *t, const struct err *e)
{
	(void)os_write_all(STDERR_FILENO, buf_str(&t->country.notes), NULL);
	log_error("%s", e->text);
	return e->code == ERR_USAGE ? CLI_USAGE : CLI_FAIL;
}

static int try_with(struct try *t)
{
	struct country_paths paths = country_paths(t->cli);
	struct feeds feeds;
	struct err e = {0};

	/* before anything of the country is in this process */
	if (readers_open(&t->readers, &e) != 0 || country_open(&paths, &t->country, &e) != 0 ||
	        country_know(&paths, &t->country, &e) != 0)
		return fail(t, &e);
	if (rules_load(t->cli->operands.v[0], &t->country.rules, &t->country.notes, &e) != 0)
		return fail(t, &e);
	if (feeds_load(t->cli, &t->country.arena, &feeds, &e) != 0) {
		log_error("%s", e.text);
		return CLI_USAGE;
	}
	t->args = (struct decide_args){.rules = t->country.rules, .know = t->country.know};
	t->by_rule = arena_array(&t->country.arena, rules_count(t->country.rules) + 1, sizeof(*t->by_rule));
	return try_files(t, &feeds);
}

static int try_run(struct cli *c)
{
	struct try *t = mem_zero(1, sizeof(*t));
	struct err e = {0};
	uint64_t days = 0;
	int rc;

	t->cli = c;
	if (cli_u64(c, "days", 1, 3660, &days, &e) != 0 ||
	        cli_u64(c, "record", 1, UINT64_MAX, &t->wanted, &e) != 0) {
		log_error("%s", e.text);
		rc = CLI_USAGE;
	} else if (days != 0 ? c->operands.n != 1 || t->wanted != 0 : c->operands.n < 2) {
		log_error(days != 0
		                ? "--days looks at what the node keeps: no FILE and no --record goes with it"
		                : "a FILE is needed behind the folder of rules, or --days");
		rc = CLI_USAGE;
	} else if (days == 0 && cli_has(c, "json")) {
		log_error("--json goes with --days");
		rc = CLI_USAGE;
	} else if (days != 0) {
		rc = rules_days(c, days);
	} else {
		rc = try_with(t);
		country_done(&t->country);
		readers_close(&t->readers);
	}
	free(t);
	return rc;
}

static const struct cli_option try_options[] = {
        {"record", 0, "N",
                "show event number N of the table in full, with every rule up to the one that decides"},
        {"days", 0, "N", "no FILE: the events of the last N days that the node of --state keeps"},
        {"json", 0, NULL, "with --days: JSON for scripts (docs/reference/rules-try.md)"},
        NODE_OPTIONS,
        COUNTRY_OPTIONS,
        FEED_OPTIONS,
        {0},
};

static const struct cli_example try_examples[] = {
        {"weir rules try rules.new --days 7", "what other rules would have changed in a week"},
        {"weir rules try rules.new --days 7 --json", "the same for a script"},
        {"weir rules try conf/rules report.csv", "which rule decides each event"},
        {"weir rules try --conf /etc/weir --record 7 /etc/weir/rules report.csv",
                "why event 7 is decided so"},
        {NULL, NULL},
};

const struct command command_rules_try = {
        .name = "rules try",
        .params = "DIR [FILE...]",
        .about = "show which rule decides each event of some reports",
        .text = "Reads each FILE as 'weir read' does, finds whose each event is, and decides it by the rules "
                "in "
                "DIR. Prints a table, one line an event, and how often each rule decided. Nothing is stored "
                "or "
                "sent.\n\nWith --days the events that the node keeps are decided again, with the networks "
                "and owners of then, "
                "and compared with what was decided: counts by decision and by rule, then and with these "
                "rules, the changes "
                "with examples, and how many letters would have gone. It reads the node's files only, "
                "running or not.\n\n"
                "Exit status 1 if a file could not be read or the rules are wrong.",
        .options = try_options,
        .examples = try_examples,
        .min = 1,
        .max = CLI_MANY,
        .offline = true,
        .run = try_run,
};
