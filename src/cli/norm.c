/* SPDX-License-Identifier: Apache-2.0
 *
 * weir norm ...: where the state says that it stands with norms, what the records show of it, and the papers made of that.
 */
#include "base/log.h"
#include "cli/node.h"
#include "cli/norm_import.h"

#define FORMS                                                                                                \
	{"json", 0, NULL, "JSON for scripts (weir docs openapi describes it)"},                              \
	{                                                                                                    \
		"csv", 0, NULL, "CSV"                                                                        \
	}
#define LANGUAGE                                                                                             \
	{                                                                                                    \
		"language", 0, "TAG", "of the texts: lo, km, ... (en)"                                       \
	}
#define STATUS                                                                                               \
	{                                                                                                    \
		"status", 0, "WORD",                                                                         \
		        "not-assessed, aware, planned, partly-implemented, implemented or "                  \
		        "regularly-reviewed"                                                                 \
	}

/* ---- looking ------------------------------------------------------------------------------------- */

static int list_run(struct cli *c)
{
	return node_ask(c, "/norms");
}

const struct command command_norm_list = {
        .name = "norm list",
        .about = "list norms, and where we say that we stand with each",
        .text = "The 11 norms of 2015 and what a survey asks beside them. Nothing is computed from what "
                "people say "
                "here, and "
                "no state is set beside another.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"part", 0, "WORD", "law, norms, confidence or capacity"},
                {"due", 0, NULL, "those whose review is due"}, LANGUAGE, FORMS, {0}},
        .run = list_run,
};

static int ask_about(struct cli *c, const char *format)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	return node_ask(c, arena_printf(&a, "%s/%s", format, c->operands.v[0]).p);
}

static int show_run(struct cli *c)
{
	return ask_about(c, "/norms");
}

const struct command command_norm_show = {
        .name = "norm show",
        .params = "NORM",
        .about = "show one norm with all that we say of it",
        .text = "The words for the norm are ours; its text is where the source says.",
        .options = (const struct cli_option[]){NODE_OPTIONS, LANGUAGE, FORMS, {0}},
        .examples = (const struct cli_example[]){{"weir norm show gge2015.h", "one norm"}, {NULL, NULL}},
        .min = 1,
        .max = 1,
        .run = show_run,
};

static int ask_of_norm(struct cli *c, const char *path)
{
	struct client *client = node_client(c);
	auto_buf struct buf body = {0};
	struct err e;

	if (client == NULL)
		return CLI_FAIL;
	if (c->operands.n > 0)
		client_param(client, "norm", str_from(c->operands.v[0]));
	int status = client_get(client, path, &body, &e);
	client_close(client);
	if (status == 200) {
		buf_add(&c->out, buf_str(&body));
		return CLI_OK;
	}
	log_error("%.*s", STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(&body))));
	return status == 400 ? CLI_USAGE : CLI_FAIL;
}

static int evidence_run(struct cli *c)
{
	return ask_of_norm(c, "/norm-evidence");
}

const struct command command_norm_evidence = {
        .name = "norm evidence",
        .params = "[NORM]",
        .about = "list what the node's own records show for norms",
        .text = "Each figure is a query, counted over the last 365 days, with what it shows now and what it "
                "showed "
                "when a "
                "person confirmed it. --json has the query itself.",
        .options = (const struct cli_option[]){NODE_OPTIONS, FORMS, {0}},
        .max = 1,
        .run = evidence_run,
};

static int actions_run(struct cli *c)
{
	return ask_of_norm(c, "/norm-actions");
}

const struct command command_norm_actions = {
        .name = "norm actions",
        .params = "[NORM]",
        .about = "list further actions of lists that were loaded",
        .text = "weir norm import loads a list, weir norm act says how an action stands.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"list", 0, "NAME", "of that list"}, FORMS, {0}},
        .max = 1,
        .run = actions_run,
};

/* ---- saying -------------------------------------------------------------------------------------- */

const struct command command_norm_set = {
        .name = "norm set",
        .params = "NORM",
        .about = "say where we stand with a norm",
        .text = "What is not named stays as it is; an empty text takes away what is there. Nothing has to be "
                "said. "
                "An answer "
                "begins as TLP:AMBER+STRICT. With --readers only these accounts see it at the desk, and it "
                "goes into "
                "no paper "
                "for others.",
        .options = (const struct cli_option[]){NODE_OPTIONS, STATUS,
                {"measures", 0, "TEXT", "what is done already"},
                {"challenges", 0, "TEXT", "what stands in the way"}, {"needs", 0, "TEXT", "what is needed"},
                {"lead", 0, "TEXT", "the body that leads at home"},
                {"partners", 0, "TEXT", "who is sought, or interested"},
                {"frame", 0, "TEXT", "within what time"}, {"links", 0, "TEXT", "documents that show it"},
                {"plan", 0, "TEXT", "of an action plan: what is to be reached"},
                {"activities", 0, "TEXT", "what is done for that"},
                {"initiatives", 0, "TEXT", "initiatives of the region that there are already"},
                {"country", 0, "TEXT", "the country that leads"},
                {"review", 0, "DAY", "when it is to be looked at again, such as 2026-03-31"},
                {"label", 0, "TLP", "CLEAR, GREEN, AMBER, AMBER+STRICT or RED"},
                {"group", 0, "GROUP", "that GREEN is for"},
                {"readers", 0, "ACCOUNTS", "who alone may see it, with blanks between them"}, {0}},
        .examples = (const struct cli_example[]){{"weir norm set gge2015.h --status partly-implemented "
                                                  "--lead 'Ministry of an example' --label "
                                                  "AMBER",
                                                         "where we stand, for this CERT and its clients"},
                {NULL, NULL}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

static int figure_run(struct cli *c, const char *change)
{
	return node_change_more(c, change, c->operands.v[0], "figure", c->operands.v[1]);
}

static int confirm_run(struct cli *c)
{
	return figure_run(c, cli_has(c, "withdraw") ? "norm-withdraw" : "norm-confirm");
}

const struct command command_norm_confirm = {
        .name = "norm confirm",
        .params = "NORM FIGURE",
        .about = "confirm what the records show for a norm",
        .text = "It stays as it was, with who confirmed it and when, beside what the records show later. It "
                "has the "
                "label of "
                "the answer.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"seen", 0, "TEXT", "the value that you saw; another one is refused"},
                {"withdraw", 0, NULL, "it is evidence no more"}, NODE_NOTE, {0}},
        .examples = (const struct cli_example[]){{"weir norm confirm gge2015.h requests-answered",
                                                         "requests that were answered in time"},
                {NULL, NULL}},
        .min = 2,
        .max = 2,
        .run = confirm_run,
};

static int act_run(struct cli *c)
{
	return node_change_more(c, "norm-act", c->operands.v[0], "action", c->operands.v[1]);
}

const struct command command_norm_act = {
        .name = "norm act",
        .params = "NORM ACTION",
        .about = "say how a further action of a norm stands",
        .text = "ACTION is its number, as weir norm actions lists it.",
        .options = (const struct cli_option[]){NODE_OPTIONS, STATUS, NODE_NOTE, {0}},
        .min = 2,
        .max = 2,
        .run = act_run,
};

const struct command command_norm_done = {
        .name = "norm done",
        .about = "say that the survey is finished",
        .text = "How each norm stands is kept with the day, so that the next survey shows what has changed. "
                "It comes "
                "back after "
                "12 to 24 months; the morning page says so when it is due.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"months", 0, "N", "until the next one, 12 to 24 (12)"}, NODE_NOTE, {0}},
        .run = node_change_one,
};

/* ---- papers -------------------------------------------------------------------------------------- */

#define PAPER                                                                                                \
	{"label", 0, "TLP", "whom it is for: CLEAR, GREEN, AMBER or AMBER+STRICT; else all that is there"},  \
	{                                                                                                    \
		"group", 0, "GROUP", "for GREEN"                                                             \
	}
#define WHAT_LEAVES                                                                                          \
	"What may not go to whom the label says is left out by the rules of the exit, and looks as if "      \
	"nobody had "                                                                                        \
	"answered it. "                                                                                      \
	"Without a label it is for yourself."

static int print_run(struct cli *c)
{
	return node_ask(c, cli_has(c, "plan") ? "/norm-plan" : "/norm-survey");
}

const struct command command_norm_print = {
        .name = "norm print",
        .about = "print the survey in its four parts",
        .text = "Half-filled is good enough. " WHAT_LEAVES
                " The page Norms prints the same in five languages.",
        .options = (const struct cli_option[]){NODE_OPTIONS, PAPER, LANGUAGE,
                {"plan", 0, NULL, "the table of an action plan instead"}, {0}},
        .run = print_run,
};

static int export_run(struct cli *c)
{
	struct client *client = node_client(c);
	auto_buf struct buf body = {0};
	struct err e;

	if (client == NULL)
		return CLI_FAIL;
	client_form(client, cli_has(c, "json") ? CLIENT_JSON : CLIENT_CSV);
	int status = client_get(client, cli_has(c, "survey") ? "/norm-survey" : "/norm-plan", &body, &e);
	client_close(client);
	if (status == 200) {
		buf_add(&c->out, buf_str(&body));
		return CLI_OK;
	}
	log_error("%.*s", STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(&body))));
	return status == 400 ? CLI_USAGE : CLI_FAIL;
}

const struct command command_norm_export = {
        .name = "norm export",
        .about = "write the norms in the columns of a regional action plan, as CSV",
        .text = "Norm, action plan, activities, existing initiatives, challenges, capacities required, time "
                "frame, lead "
                "country, interested partners. " WHAT_LEAVES,
        .options = (const struct cli_option[]){NODE_OPTIONS, PAPER, LANGUAGE,
                {"survey", 0, NULL, "the survey instead"}, {"json", 0, NULL, "JSON instead of CSV"}, {0}},
        .examples =
                (const struct cli_example[]){
                        {"weir norm export --label CLEAR > plan.csv", "for everybody"}, {NULL, NULL}},
        .run = export_run,
};

/* ---- lists of actions ---------------------------------------------------------------------------- */

#define ROWS_BYTES 3500 /* of one change: what a message between processes holds */

struct part {
	struct buf rows, lines; /* of one list */
	struct str list;
};

static int send_part(struct cli *c, const char *path, struct part *p)
{
	struct client *client = node_client_plain(c);
	auto_buf struct buf body = {0};
	struct err e;

	if (client == NULL)
		return CLI_FAIL;
	client_param(client, "list", p->list);
	client_param(client, "name", str_from(path));
	client_param(client, "lines", buf_str(&p->lines));
	client_param(client, "rows", buf_str(&p->rows));
	int status = client_change(client, "/changes/norm-import", &body, &e);
	client_close(client);
	buf_clear(&p->rows);
	buf_clear(&p->lines);
	if (status == 200) {
		buf_add(&c->out, buf_str(&body));
		return CLI_OK;
	}
	log_error("%.*s", STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(&body))));
	return status == 400 ? CLI_USAGE : CLI_FAIL;
}

static int send_all(struct cli *c, const char *path, const struct norm_import_row *v, unsigned n)
{
	struct part p = {0};
	int rc = CLI_OK;

	for (unsigned i = 0; i < n && rc == CLI_OK; i++) {
		bool other = i > 0 && !str_eq(v[i].list, p.list);
		if (p.rows.len > 0 && (other || p.rows.len + v[i].action.len + v[i].norm.len > ROWS_BYTES))
			rc = send_part(c, path, &p);
		p.list = v[i].list;
		buf_printf(&p.rows, "%.*s\t%.*s\n", STR_ARG(v[i].norm), STR_ARG(v[i].action));
		buf_printf(&p.lines, "%u ", v[i].line);
	}
	if (rc == CLI_OK)
		rc = send_part(c, path, &p);
	buf_done(&p.rows);
	buf_done(&p.lines);
	return rc;
}

static int import_run(struct cli *c)
{
	auto_arena struct arena a = {0};
	const char *path = c->operands.v[0], *list = cli_value(c, "list");
	struct norm_import_row *rows;
	struct err e = {0};
	unsigned n;

	arena_init(&a, 0);
	if (cli_has(c, "drop"))
		return node_change_with(c, "norm-drop", "", "list", path);
	if (norm_import_read(&a, path, list != NULL ? str_from(list) : STR(""), &rows, &n, &e) != 0) {
		log_error("%s", e.text);
		return CLI_FAIL;
	}
	return send_all(c, path, rows, n);
}

const struct command command_norm_import = {
        .name = "norm import",
        .params = "FILE",
        .about = "load a list of further actions for norms",
        .text = "FILE is CSV with the columns list, norm and action, or YAML with 'list' and a map 'actions' "
                "from norms to "
                "texts. The same file a second time changes nothing. With --drop FILE is the name of a list, "
                "which goes "
                "with what was said of it.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"list", 0, "NAME", "of the list, where the file says none"},
                {"drop", 0, NULL, "take away the list of that name"}, {0}},
        .examples = (const struct cli_example[]){{"weir norm import checklist.csv --list checklist-2024",
                                                         "a checklist"},
                {NULL, NULL}},
        .min = 1,
        .max = 1,
        .run = import_run,
};
