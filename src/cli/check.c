/* SPDX-License-Identifier: Apache-2.0
 *
 * weir check: everything that an administrator writes, looked at as a whole, in plain sentences.
 */
#include "know/check.h"
#include "base/log.h"
#include "base/os.h"
#include "base/plural.h"
#include "cli/check_openpgp.h"
#include "cli/cli.h"
#include "cli/country.h"
#include "cli/node.h"
#include "event/suffix.h"
#include "event/value.h"
#include "know/build.h"
#include "learn/sim3.h"
#include "read/feed.h"
#include "see/deep.h"
#include "see/lang.h"
#include "see/norms.h"
#include <dirent.h>

struct check {
	struct cli *cli;
	struct country_paths paths;
	struct country country;
	unsigned errors, remarks;
	bool workdays; /* a feed is expected on them */
};

static void put(struct check *k, const char *kind, struct str sentence)
{
	buf_printf(&k->cli->out, "%s%.*s\n", kind, STR_ARG(sentence));
}

static void put_error(struct check *k, struct str sentence)
{
	k->errors++;
	put(k, "", sentence);
}

static void put_remark(struct check *k, struct str sentence)
{
	k->remarks++;
	put(k, "remark: ", sentence);
}

static void put_lines(struct check *k, struct str text, void (*how)(struct check *, struct str))
{
	while (text.len != 0) {
		struct str_cut cut = str_cut(text, '\n');
		if (cut.head.len != 0)
			how(k, cut.head);
		text = cut.tail;
	}
}

static void put_notes(struct check *k, const struct know_notes *n, void (*how)(struct check *, struct str))
{
	for (size_t i = 0; i < n->list.n; i++)
		how(k, n->list.v[i]);
	if (n->total > n->list.n)
		buf_printf(&k->cli->out, "... and %zu more\n", n->total - n->list.n);
}

static void check_owners(struct check *k, struct know_build *b)
{
	struct arena a;
	struct know_notes errors = {.arena = &a}, remarks = {.arena = &a};
	struct know_check_with with = {.know = k->country.know};
	struct suffix *suffixes = NULL;

	arena_init(&a, 0);
	if (k->country.cc.len == 2)
		memcpy(with.country, k->country.cc.p, 2);
	suffix_open(&suffixes, NULL);
	with.suffixes = suffixes;
	know_check(&b->owners, &with, &errors, &remarks);
	check_openpgp(&k->country, &b->owners, &errors, &remarks);
	put_notes(k, &errors, put_error);
	put_notes(k, &remarks, put_remark);
	if (b->owners.owner.n == 0)
		put_remark(k, STR("the owners file names no owner yet: everything belongs to nobody"));
	suffix_close(&suffixes);
	vec_done(&errors.list);
	vec_done(&remarks.list);
	arena_done(&a);
}

static void check_know(struct check *k)
{
	struct know_build b;
	struct err e;
	const char *gen = cli_value(k->cli, "know");

	know_build_init(&b);
	if (gen != NULL) {
		struct know *know;
		if (know_open(gen, &know, &e) != 0)
			put_error(k, str_from(e.text));
		else
			know_close(know);
	}
	int rc = country_inputs(&k->paths, &k->country, &b, &e);
	put_notes(k, &b.notes, put_error);
	if (rc != 0) {
		put_error(k, str_from(e.text));
	} else {
		know_build_finish(&b, 1, &k->country.generation);
		if (know_open_bytes(
		            k->country.generation.p, k->country.generation.len, &k->country.know, &e) != 0)
			put_error(k, str_from(e.text));
		else
			check_owners(k, &b);
	}
	know_build_done(&b);
}

static void check_rules(struct check *k)
{
	struct err e;

	if (country_rules(&k->paths, &k->country, &e) != 0) {
		put_lines(k, buf_str(&k->country.notes), put_error);
		if (k->country.notes.len == 0)
			put_error(k, str_from(e.text));
	} else if (k->country.know != NULL) {
		auto_buf struct buf unmet = {0};
		rules_unmet(k->country.rules, k->country.know, &unmet);
		put_lines(k, buf_str(&unmet), put_remark);
	}
}

static void check_sim3(struct check *k)
{
	auto_arena struct arena a = {0};
	struct err e;

	arena_init(&a, 0);
	if (sim3_check(country_file(&k->paths, &k->country, &a, "sim3.yaml"), &e) != 0)
		put_error(k, str_from(e.text));
}

static int not_hidden(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int is_feed(const struct dirent *d)
{
	return str_ends(str_from(d->d_name), STR(".yaml"));
}

static void check_feeds(struct check *k)
{
	struct dirent **names = NULL;
	const char *folder = arena_printf(&k->country.arena, "%.*s/feeds", STR_ARG(k->country.folder)).p;
	int n = scandir(folder, &names, is_feed, alphasort);

	for (int i = 0; i < n; i++) {
		struct feed_file f;
		struct err e;
		if (feed_read(&k->country.arena,
		            arena_printf(&k->country.arena, "%s/%s", folder, names[i]->d_name).p, &f,
		            &e) != 0)
			put_error(k, str_from(e.text));
		else
			k->workdays |= f.enabled && (f.expected.days & WEEK_NO_HOLIDAY);
		free(names[i]);
	}
	free(names);
}

/* Each language of the folder, and English, which the others lean on. */
static void check_langs(struct check *k)
{
	struct dirent **names = NULL;
	const char *folder = arena_printf(&k->country.arena, "%.*s/lang", STR_ARG(k->country.folder)).p;
	int n = scandir(folder, &names, not_hidden, alphasort);
	struct lang english, other;
	struct err e;

	if (lang_read(&k->paths, &k->country, &k->country.arena, STR("en"), NULL, &english, &e) != 0)
		put_error(k, str_from(e.text));
	for (int i = 0; i < n; i++) {
		if (lang_read(&k->paths, &k->country, &k->country.arena, str_from(names[i]->d_name), &english,
		            &other, &e) != 0)
			put_error(k, str_from(e.text));
		free(names[i]);
	}
	free(names);
}

static void check_year(struct check *k, int year)
{
	const struct holidays *h = &k->country.holidays;
	const struct holidays_year *y = holidays_year(h, year);
	char text[512];

	if (y != NULL && y->missing.len == 0)
		return;
	if (y != NULL)
		snprintf(text, sizeof(text), "%.*s: of %d these holidays are missing: %.*s", STR_ARG(h->file),
		        year, STR_ARG(y->missing));
	else if (h->file.len != 0)
		snprintf(text, sizeof(text),
		        "%.*s: the holidays of %d are missing: nothing of 'workday' waits for them",
		        STR_ARG(h->file), year);
	else
		snprintf(text, sizeof(text),
		        "there is no file of holidays for the country '%.*s' (holidays/%c%c.yaml): what is "
		        "of 'workday' waits for Saturday and Sunday only",
		        STR_ARG(k->country.cc), char_lower(k->country.cc.p[0]),
		        char_lower(k->country.cc.p[1]));
	put_remark(k, str_from(text));
}

/* Only for whom a rule or feed waits for them; the next year's are looked for in its last month. */
static void check_holidays(struct check *k)
{
	struct rule_view rule;
	bool waits = k->workdays;
	char now[64];

	for (uint32_t i = 1; k->country.rules != NULL && rules_view(k->country.rules, i, &rule); i++)
		waits |= rule.digest_day == 9;
	if (!waits || k->country.cc.len != 2)
		return;
	(void)value_time_print(now, os_now());
	int year = (now[0] - '0') * 1000 + (now[1] - '0') * 100 + (now[2] - '0') * 10 + now[3] - '0';
	check_year(k, year);
	if (now[5] == '1' && now[6] == '2' && k->country.holidays.file.len != 0)
		check_year(k, year + 1);
}

static void check_norms(struct check *k)
{
	auto_buf struct buf notes = {0};

	(void)norms_load(&k->paths, &k->country, NULL, &notes, NULL);
	put_lines(k, buf_str(&notes), put_error);
}

/* --deep: not the configuration, but what a node keeps. */
static int deep_run(struct cli *c)
{
	struct deep_counts n;
	struct err e;

	if (deep_check(node_state(c), &c->out, &n, &e) != 0) {
		log_error("%s", e.text);
		return CLI_FAIL;
	}
	plural_printf(&c->out,
	        "%llu receipts (%llu being read), %llu chunks, %llu events, %llu findings, %llu letters, "
	        "%llu rows of the"
	        " audit: %llu problems\n",
	        (unsigned long long)n.receipts, (unsigned long long)n.skipped, (unsigned long long)n.chunks,
	        (unsigned long long)n.events, (unsigned long long)n.findings, (unsigned long long)n.notices,
	        (unsigned long long)n.audit, (unsigned long long)n.problems);
	return n.problems == 0 ? CLI_OK : CLI_FAIL;
}

static int check_run(struct cli *c)
{
	if (cli_has(c, "deep"))
		return deep_run(c);
	struct check k = {.cli = c, .paths = country_paths(c)};
	struct err e;

	if (country_open(&k.paths, &k.country, &e) != 0) {
		put_error(&k, str_from(e.text));
	} else {
		check_know(&k);
		check_rules(&k);
		check_sim3(&k);
		check_feeds(&k);
		check_holidays(&k);
		check_langs(&k);
		check_norms(&k);
		plural_printf(&c->out, "%.*s: %u owners, %u rules: %u errors, %u remarks\n",
		        STR_ARG(k.country.folder), k.country.know ? know_owner_count(k.country.know) : 0,
		        k.country.rules ? rules_count(k.country.rules) : 0, k.errors, k.remarks);
	}
	country_done(&k.country);
	return k.errors == 0 ? CLI_OK : CLI_FAIL;
}

static const struct cli_option check_options[] = {
        COUNTRY_OPTIONS,
        NODE_OPTIONS,
        {"deep", 0, NULL, "look at what a node keeps instead: every byte, count and letter (reads only)"},
        {0},
};

const struct command command_check = {
        .name = "check",
        .about = "look at options, owners, networks, rules and feeds, and say in sentences what is wrong",
        .text = "Each sentence names the file, line and column. Errors would tell the wrong person or "
                "nobody, or stop a part from "
                "working; remarks may be meant so. Exit status 1 if there is an error.\n\n"
                "With --deep it reads all that the node of --state keeps and says where receipts, reports, "
                "events, "
                "findings and letters do not agree; a node may be running meanwhile.",
        .options = check_options,
        .offline = true,
        .run = check_run,
};
