/* SPDX-License-Identifier: Apache-2.0
 *
 * weir need ..., offer ..., practice ..., sim3 ...: what parties need, offer and have learnt. The three kinds share their changes, which
 * are told the kind, so that an id of another kind is refused.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/node.h"
#include <unistd.h>

/* "need new": need */
static const char *kind_of(const struct cli *c, char ret[16])
{
	struct str_cut cut = str_cut(str_from(c->command->name), ' ');

	snprintf(ret, 16, "%.*s", STR_ARG(cut.head));
	return ret;
}

/* "need send": learn-send */
static void change_of(const struct cli *c, char ret[64])
{
	struct str_cut cut = str_cut(str_from(c->command->name), ' ');

	snprintf(ret, 64, "learn-%.*s", STR_ARG(cut.tail));
}

static int run_new(struct cli *c)
{
	struct client *client = node_client(c);
	char kind[16];

	if (client == NULL)
		return CLI_FAIL;
	client_param(client, "kind", str_from(kind_of(c, kind)));
	if (c->operands.n > 0)
		client_param(client, "title", str_from(c->operands.v[0]));
	return node_change_by(c, client, "learn-new", "");
}

static int run_each(struct cli *c)
{
	char change[64], kind[16];
	int rc = CLI_OK;

	change_of(c, change);
	for (size_t i = 0; i < c->operands.n; i++) {
		int one = node_change_more(c, change, c->operands.v[i], "kind", kind_of(c, kind));
		rc = one != CLI_OK ? one : rc;
	}
	return rc;
}

static int run_attach(struct cli *c)
{
	return node_post(c, "learn-attach", c->operands.v[1], c->operands.v[0]);
}

static int run_detach(struct cli *c)
{
	return node_change_more(c, "learn-detach", c->operands.v[0], "file", c->operands.v[1]);
}

static int run_list(struct cli *c)
{
	static const char *const paths[][2] = {
	        {"need", "/needs"}, {"offer", "/offers"}, {"practice", "/practices"}};
	char kind[16];
	unsigned i = 0;

	kind_of(c, kind);
	while (i < 2 && !str_eq(str_from(kind), str_from(paths[i][0])))
		i++;
	return node_ask(c, paths[i][1]);
}

static int run_drafts(struct cli *c)
{
	char kind[16];

	return node_ask_more(c, "/capability-drafts", "kind", kind_of(c, kind));
}

static int run_show(struct cli *c)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	return node_ask(c, arena_printf(&a, "/capability/%s", c->operands.v[0]).p);
}

static int run_matches(struct cli *c)
{
	return node_ask(c, "/matches");
}

static int run_file(struct cli *c)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	if (isatty(c->out_fd)) {
		log_error("an archive is not for a terminal: weir practice file %s > FILE.zip",
		        c->operands.v[0]);
		return CLI_USAGE;
	}
	return node_ask(c, arena_printf(&a, "/capability-file/%s", c->operands.v[0]).p);
}

static int run_sim3(struct cli *c)
{
	return node_ask(c, "/sim3");
}

/* ---- the commands -------------------------------------------------------------------------------- */

#define FORMS                                                                                                \
	{"json", 0, NULL, "JSON for scripts (weir docs openapi describes it)"},                              \
	{                                                                                                    \
		"csv", 0, NULL, "CSV"                                                                        \
	}
#define TO                                                                                                   \
	{"area", 0, "WORD",                                                                                  \
	        "team, training, tools, detection, incidents, vulnerabilities, situation, outreach, "        \
	        "infrastructure, policy or other"},                                                          \
	        {"group", 0, "GROUP", "whose members are told, with TLP:GREEN"},                             \
	        {"to", 0, "PARTIES", "who is told, with blanks between them; with --group: of that group"},  \
	        {"label", 0, "TLP", "CLEAR, GREEN, AMBER or AMBER+STRICT"},                                  \
	        {"lang", 0, "LANGUAGE", "of the text (en)"},                                                 \
	{                                                                                                    \
		"text", 0, "TEXT",                                                                           \
		        "in words, for people there; an empty one takes that of the language away"           \
	}
#define HELP                                                                                                 \
	TO, {"contact", 0, "OFFICE", "who answers questions: an office rather than a person"},               \
	        {"sim3", 0, "IDS", "parameters of SIM3, such as 'T-4 P-1'"},                                 \
	{                                                                                                    \
		"until", 0, "TIME", "when it ends: 2026-12-31, or 30d from now"                              \
	}
#define PRACTICE                                                                                             \
	TO,                                                                                                  \
	{                                                                                                    \
		"learnt-from", 0, "TEXT", "whom or what it was learnt from"                                  \
	}
#define FIND                                                                                                 \
	LIST_OPTIONS, {"area", 0, "WORD", "filed under this"}, {"party", 0, "PARTY", "of this party"},       \
	        {"lang", 0, "LANGUAGE", "in this language"},                                                 \
	{                                                                                                    \
		"q", 0, "TEXT", "text in title, words, or whom it is from"                                   \
	}
#define FIND_HELP                                                                                            \
	FIND,                                                                                                \
	{                                                                                                    \
		"sim3", 0, "ID", "that names this parameter"                                                 \
	}
#define ROW(symbol, n, p, a, t, lo, hi, r, ...)                                                              \
	const struct command command_##symbol = {.name = n,                                                  \
	        .params = p,                                                                                 \
	        .about = a,                                                                                  \
	        .text = t,                                                                                   \
	        .options = (const struct cli_option[]){__VA_ARGS__, {0}},                                    \
	        .min = lo,                                                                                   \
	        .max = hi,                                                                                   \
	        .run = r}

#define DRAFT_TEXT                                                                                           \
	"What is given takes the place of what was there. A text with --lang is the one of that language; "  \
	"a "                                                                                                 \
	"statement may have several."
#define SEND_TEXT                                                                                            \
	"To all members of its group, or to the parties that it names; each must be linked, and the exit "   \
	"says "                                                                                              \
	"by which rule where it may not go. The draft is gone then."
#define DROP_TEXT "Nobody outside has seen it."
#define ATTACH_TEXT                                                                                          \
	"It goes with the statement, by its digest. Nothing ever opens it here, and it is taken out as an "  \
	"archive only."
#define LIST_TEXT "Ours and those of others, newest first; --json has all that is known of each."
#define WITHDRAW_TEXT                                                                                        \
	"Those are told who had it, as far as they are still linked. A need that was met: --reason met."

ROW(need_new, "need new", "TITLE", "draft a need",
        "What this team looks for: a course, a tool, people, advice. Nobody outside sees the draft; weir "
        "need send sends it.",
        1, 1, run_new, NODE_OPTIONS, HELP);

ROW(need_set, "need set", "ID", "change the draft of a need", DRAFT_TEXT, 1, 1, run_each, NODE_OPTIONS,
        {"title", 0, "TEXT", "what it is called"}, HELP);

ROW(need_attach, "need attach", "ID FILE", "let a file go with the draft of a need", ATTACH_TEXT, 2, 2,
        run_attach, NODE_OPTIONS, {"media", 0, "TYPE", "what it is said to be"});

ROW(need_detach, "need detach", "ID FILE", "take a file from the draft of a need",
        "FILE is its id, such as B7.", 2, 2, run_detach, NODE_OPTIONS);

ROW(need_drop, "need drop", "ID...", "drop the draft of a need", DROP_TEXT, 1, CLI_MANY, run_each,
        NODE_OPTIONS);

ROW(need_send, "need send", "ID...", "send the draft of a need", SEND_TEXT, 1, CLI_MANY, run_each,
        NODE_OPTIONS);

ROW(need_withdraw, "need withdraw", "ID...", "take a need of ours back", WITHDRAW_TEXT, 1, CLI_MANY, run_each,
        NODE_OPTIONS, {"reason", 0, "TEXT", "met, or other words"});

ROW(need_list, "need list", NULL, "list needs of all parties", LIST_TEXT, 0, 0, run_list, FIND_HELP);

ROW(need_drafts, "need drafts", NULL, "list needs that are being written here", DROP_TEXT, 0, 0, run_drafts,
        NODE_OPTIONS, FORMS);

ROW(need_show, "need show", "ID", "show a need with its words",
        "With who was told, what answers it, and its files.", 1, 1, run_show, NODE_OPTIONS);

ROW(offer_new, "offer new", "[TITLE]", "draft an offer",
        "What this team can give. Nobody outside sees the draft; weir offer send sends it. One that answers "
        "a need (--reply) needs no TITLE.",
        0, 1, run_new, NODE_OPTIONS, HELP,
        {"reply", 0, "ID",
                "the need of another party that it answers: it goes to that party, with its words"});

ROW(offer_set, "offer set", "ID", "change the draft of an offer", DRAFT_TEXT, 1, 1, run_each, NODE_OPTIONS,
        {"title", 0, "TEXT", "what it is called"}, HELP);

ROW(offer_attach, "offer attach", "ID FILE", "let a file go with the draft of an offer", ATTACH_TEXT, 2, 2,
        run_attach, NODE_OPTIONS, {"media", 0, "TYPE", "what it is said to be"});

ROW(offer_detach, "offer detach", "ID FILE", "take a file from the draft of an offer",
        "FILE is its id, such as B7.", 2, 2, run_detach, NODE_OPTIONS);

ROW(offer_drop, "offer drop", "ID...", "drop the draft of an offer", DROP_TEXT, 1, CLI_MANY, run_each,
        NODE_OPTIONS);

ROW(offer_send, "offer send", "ID...", "send the draft of an offer", SEND_TEXT, 1, CLI_MANY, run_each,
        NODE_OPTIONS);

ROW(offer_withdraw, "offer withdraw", "ID...", "take an offer of ours back", WITHDRAW_TEXT, 1, CLI_MANY,
        run_each, NODE_OPTIONS, {"reason", 0, "TEXT", "met, or other words"});

ROW(offer_list, "offer list", NULL, "list offers of all parties", LIST_TEXT, 0, 0, run_list, FIND_HELP);

ROW(offer_drafts, "offer drafts", NULL, "list offers that are being written here", DROP_TEXT, 0, 0,
        run_drafts, NODE_OPTIONS, FORMS);

ROW(offer_show, "offer show", "ID", "show an offer with its words",
        "With who was told, what answers it, and its files.", 1, 1, run_show, NODE_OPTIONS);

ROW(practice_new, "practice new", "TITLE", "draft a practice",
        "What this team has learnt, and from whom. A text, a file (weir practice attach), or both; --lang is "
        "its language.",
        1, 1, run_new, NODE_OPTIONS, PRACTICE);

ROW(practice_set, "practice set", "ID", "change the draft of a practice", DRAFT_TEXT, 1, 1, run_each,
        NODE_OPTIONS, {"title", 0, "TEXT", "what it is called"}, PRACTICE);

ROW(practice_attach, "practice attach", "ID FILE", "let a file go with the draft of a practice", ATTACH_TEXT,
        2, 2, run_attach, NODE_OPTIONS, {"media", 0, "TYPE", "what it is said to be"});

ROW(practice_detach, "practice detach", "ID FILE", "take a file from the draft of a practice",
        "FILE is its id, such as B7.", 2, 2, run_detach, NODE_OPTIONS);

ROW(practice_drop, "practice drop", "ID...", "drop the draft of a practice", DROP_TEXT, 1, CLI_MANY, run_each,
        NODE_OPTIONS);

ROW(practice_send, "practice send", "ID...", "send the draft of a practice", SEND_TEXT, 1, CLI_MANY, run_each,
        NODE_OPTIONS);

ROW(practice_withdraw, "practice withdraw", "ID...", "take a practice of ours back", WITHDRAW_TEXT, 1,
        CLI_MANY, run_each, NODE_OPTIONS, {"reason", 0, "TEXT", "met, or other words"});

ROW(practice_list, "practice list", NULL, "list practices of all parties", LIST_TEXT, 0, 0, run_list, FIND);

ROW(practice_drafts, "practice drafts", NULL, "list practices that are being written here", DROP_TEXT, 0, 0,
        run_drafts, NODE_OPTIONS, FORMS);

ROW(practice_show, "practice show", "ID", "show a practice with its words",
        "With who was told, what answers it, and its files.", 1, 1, run_show, NODE_OPTIONS);

ROW(need_matches, "need matches", NULL, "which open offers fit which open needs",
        "An offer that was made for a need, then those that name a same parameter, then those of its area; "
        "never one of the same party. Our needs first.",
        0, 0, run_matches, NODE_OPTIONS, FORMS);

ROW(offer_ack, "offer ack", "ID...", "take an offer of another party on",
        "Its party is told that a person here has it. Within 5 days; what is late is on the first page.", 1,
        CLI_MANY, run_each, NODE_OPTIONS, {"text", 0, "TEXT", "in words, for people there"});

ROW(practice_file, "practice file", "ID", "take a file of a need, an offer or a practice out, as an archive",
        "A ZIP archive with the password 'infected'. Its bytes are compared with their digest first.", 1, 1,
        run_file, NODE_OPTIONS);

ROW(sim3_list, "sim3 list", NULL, "how this team assesses itself",
        "By the parameters of conf/sim3.yaml. Nothing of it is ever sent.", 0, 0, run_sim3, NODE_OPTIONS,
        FORMS, {"lang", 0, "LANGUAGE", "of the names (en)"});

ROW(sim3_set, "sim3 set", "ID...", "assess a parameter",
        "What is not given stays. Levels: 0 not there, 1 known and not written, 2 written, 3 approved by the "
        "head of the team, 4 checked from above; an empty one is taken away.",
        1, CLI_MANY, node_change_each, NODE_OPTIONS, {"level", 0, "0-4", "how it is now"},
        {"target", 0, "0-4", "where it is to come"}, {"note", 0, "TEXT", "in words"},
        {"evidence", 0, "TEXT", "what shows it"});

ROW(sim3_need, "sim3 need", "ID...", "draft a need from a gap",
        "Its title is that of the parameter; neither level nor target, note or evidence goes into it.", 1,
        CLI_MANY, node_change_each, NODE_OPTIONS);
