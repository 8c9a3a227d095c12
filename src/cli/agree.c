/* SPDX-License-Identifier: Apache-2.0
 *
 * weir agree ...: rounds of consultations as their officers work on them.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/node.h"
#include <stdio.h>
#include <string.h>

#define FORMS                                                                                                \
	{"json", 0, NULL, "JSON for scripts"},                                                               \
	{                                                                                                    \
		"csv", 0, NULL, "CSV"                                                                        \
	}
#define ROUND "A round is INSTRUMENT (its newest), INSTRUMENT/NUMBER, or the beginning of an id. "
#define LANG                                                                                                 \
	{                                                                                                    \
		"lang", 0, "LANG", "language of the words (en)"                                              \
	}
#define CLAUSES                                                                                              \
	{                                                                                                    \
		"clauses", 0, "IDS",                                                                         \
		        "the clauses that it is about, with blanks between; none: the whole text"            \
	}

/* ---- asking -------------------------------------------------------------------------------------- */

static int about_round(struct cli *c, const char *path)
{
	auto_buf struct buf body = {0};
	struct err e = {0};
	struct client *client = node_client(c);

	if (client == NULL)
		return CLI_FAIL;
	client_param(client, "round", str_from(c->operands.v[0]));
	int status = client_get(client, path, &body, &e);
	client_close(client);
	if (status == 200)
		buf_add(&c->out, buf_str(&body));
	else
		log_error("%.*s", STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(&body))));
	return status == 200 ? CLI_OK : status == 400 ? CLI_USAGE : CLI_FAIL;
}

static int list_run(struct cli *c)
{
	return node_ask(c, "/rounds");
}

static int waiting_run(struct cli *c)
{
	return node_ask(c, "/round-waiting");
}

static int commitments_run(struct cli *c)
{
	return node_ask(c, "/commitments");
}

static int texts_run(struct cli *c)
{
	return node_ask(c, "/round-texts");
}

static int show_run(struct cli *c)
{
	return about_round(c, "/round");
}

static int members_run(struct cli *c)
{
	return about_round(c, "/round-members");
}

static int said_run(struct cli *c)
{
	return about_round(c, "/round-said");
}

static int talks_run(struct cli *c)
{
	return about_round(c, "/round-talks");
}

static int get_run(struct cli *c)
{
	static const char *const own[][2] = {
	        {"minutes", "/round-minutes"}, {"mail", "/round-mail"}, {"evidence", "/round-evidence"}};
	const char *file = cli_value(c, "file");

	for (unsigned i = 0; file != NULL && i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(file, own[i][0]) == 0)
			return about_round(c, own[i][1]);
	return about_round(c, "/round-file");
}

const struct command command_agree_list = {
        .name = "agree list",
        .about = "list rounds: what is held, broken or disputed first",
        .options = (const struct cli_option[]){NODE_OPTIONS, FORMS, {0}},
        .run = list_run,
};

const struct command command_agree_show = {
        .name = "agree show",
        .params = "ROUND",
        .about = "show how a round stands, as this node computes it",
        .text = ROUND "What other members have computed stands behind 'outcomes'.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 1,
        .max = 1,
        .run = show_run,
};

const struct command command_agree_members = {
        .name = "agree members",
        .params = "ROUND",
        .about = "list where each member stands and how it was served",
        .options = (const struct cli_option[]){NODE_OPTIONS, FORMS, {0}},
        .min = 1,
        .max = 1,
        .run = members_run,
};

const struct command command_agree_said = {
        .name = "agree said",
        .params = "ROUND",
        .about = "list what was said in a round, and whether it counts",
        .options = (const struct cli_option[]){NODE_OPTIONS, FORMS, {0}},
        .min = 1,
        .max = 1,
        .run = said_run,
};

const struct command command_agree_talks = {
        .name = "agree talks",
        .params = "ROUND",
        .about = "list talks about objections that people here have noted",
        .options = (const struct cli_option[]){NODE_OPTIONS, FORMS, {0}},
        .min = 1,
        .max = 1,
        .run = talks_run,
};

const struct command command_agree_get = {
        .name = "agree get",
        .params = "ROUND",
        .about = "print a file of a round, byte for byte",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"file", 0, "WHAT",
                        "manifest, text, summary (in plain words: not the text), block, certificate, code "
                        "(of a party's position, to be read out), minutes (or the record of an act), mail "
                        "(by which a comment was entered), or evidence (of a commitment)"},
                {"lang", 0, "LANG", "of a text (the authentic one), or of a summary (English)"},
                {"party", 0, "PARTY", "of a code; of minutes (the chair's)"},
                {"of", 0, "ID", "of a mail: the comment that was entered by it; of evidence: its SHA-256"},
                {0}},
        .min = 1,
        .max = 1,
        .run = get_run,
};

const struct command command_agree_waiting = {
        .name = "agree waiting",
        .about = "list what one person has decided and another has yet to sign",
        .text = "With --json all of it: the manifest of an opening, the words of a position. Read it before "
                "you sign it.",
        .options = (const struct cli_option[]){NODE_OPTIONS, FORMS, {0}},
        .run = waiting_run,
};

const struct command command_agree_texts = {
        .name = "agree texts",
        .about = "list the texts that are kept for next rounds",
        .options = (const struct cli_option[]){NODE_OPTIONS, FORMS, {0}},
        .run = texts_run,
};

/* ---- saying -------------------------------------------------------------------------------------- */

/* "agree comment" ROUND: the change agree-comment with the options; a second operand is the id. */
static int say_run(struct cli *c)
{
	char change[64];

	snprintf(change, sizeof(change), "agree-%s", strchr(c->command->name, ' ') + 1);
	return node_change_more(
	        c, change, c->operands.n > 1 ? c->operands.v[1] : "", "round", c->operands.v[0]);
}

static int by_id(struct cli *c)
{
	return node_change_one(c);
}

/* What the second person signs is read by the first one too, line by line. */
static int propose_run(struct cli *c)
{
	int rc = node_change_more(c, "agree-propose", "", "instrument", c->operands.v[0]);

	return rc == CLI_OK ? node_ask_more(c, "/round-plan", "of", c->operands.v[0]) : rc;
}

static int drop_text_run(struct cli *c)
{
	return node_change_more(c, cli_has(c, "summary") ? "agree-summary" : "agree-drop-text", "",
	        "instrument", c->operands.v[0]);
}

/* Bytes of a file with the change, the options, and one operand under that name; a second one that is not the file is the id. */
static int with_file(struct cli *c, const char *change, const char *operand, const char *path)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	struct err e = {0};
	char made[64];
	auto_fd int fd = os_open(path, &e);
	struct client *client = fd >= 0 ? node_client(c) : NULL;

	arena_init(&a, 0);
	if (client == NULL) {
		if (fd < 0)
			log_error("%s", e.text);
		return CLI_FAIL;
	}
	client_param(client, operand, str_from(c->operands.v[0]));
	if (path != c->operands.v[1] && c->operands.n > 1)
		client_param(client, "id", str_from(c->operands.v[1]));
	int status = client_post(client, arena_printf(&a, "/files/%s", change).p, fd, &body, made, &e);
	client_close(client);
	if (status == 200)
		buf_add(&c->out, buf_str(&body));
	else
		log_error("%.*s", STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(&body))));
	return status == 200 ? CLI_OK : status == 400 ? CLI_USAGE : CLI_FAIL;
}

static int text_run(struct cli *c)
{
	return with_file(c, cli_has(c, "summary") ? "agree-summary-file" : "agree-text", "instrument",
	        c->operands.v[1]);
}

static int progress_run(struct cli *c)
{
	const char *file = cli_value(c, "evidence-file");

	return file != NULL ? with_file(c, "agree-progress-file", "round", file) : say_run(c);
}

static int amend_run(struct cli *c)
{
	return c->operands.n > 1 ? with_file(c, "agree-rewrite", "round", c->operands.v[1]) : say_run(c);
}

static int minutes_run(struct cli *c)
{
	return c->operands.n > 1 ? with_file(c, "agree-minutes", "round", c->operands.v[1])
	                         : node_change_more(c, "agree-minutes-sign", "", "round", c->operands.v[0]);
}

const struct command command_agree_text = {
        .name = "agree text",
        .params = "INSTRUMENT FILE",
        .about = "keep a text for the next round of an instrument",
        .text = "One a language. Its clauses have their marks (weir agree mark makes them). The same bytes "
                "again change nothing. With --summary the file says in plain words what the next round is "
                "about, for readers: it goes with the opening, and is not the text.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"lang", 0, "LANG", "its language, such as en or lo"},
                {"authentic", 0, NULL, "it is the one that counts; the others are translations"},
                {"summary", 0, NULL, "it is no text: a summary in plain words, one a language"}, {0}},
        .examples =
                (const struct cli_example[]){{"weir agree text gate-times procedure.md --lang en --authentic",
                                                     "the text that counts"},
                        {NULL, NULL}},
        .min = 2,
        .max = 2,
        .run = text_run,
};

const struct command command_agree_drop_text = {
        .name = "agree drop-text",
        .params = "INSTRUMENT",
        .about = "keep a text no longer",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"lang", 0, "LANG", "which"},
                {"summary", 0, NULL, "the summary in that language"}, {0}},
        .min = 1,
        .max = 1,
        .run = drop_text_run,
};

const struct command command_agree_propose = {
        .name = "agree propose",
        .params = "INSTRUMENT",
        .about = "write the manifest of the next round, which a second person signs",
        .text = "Of the texts that are kept for it. What is not said has the usual value; the manifest is "
                "printed whole, and "
                "what stands there is the rule. Before the second round and each later one every comment and "
                "amendment must have an "
                "answer, and every clause that changed must be explained by one.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"title", 0, "TEXT", "for people"},
                {"members", 0, "PARTIES", "who decides, with commas between, ours among them"},
                {"observers", 0, "PARTIES", "who reads and comments"}, {"deputy", 0, "PARTY", "of the chair"},
                {"secretariat", 0, "PARTY", "who answers comments (ours)"},
                {"opens", 0, "TIME", "now if nothing is said"},
                {"closes", 0, "TIME", "or so long after the opening (14d)"},
                {"zone", 0, "ZONE", "of working days (+07:00)"},
                {"off", 0, "DATES", "on which some member does not work"},
                {"rule", 0, "RULE", "silence, assent, meeting, recorded, or none: it only consults"},
                {"needs", 0, "N", "assents or signatures: all, or a number"},
                {"level", 0, "LEVEL", "of service: human or node"},
                {"min-notice", 0, "LENGTH", "between service and closing (72h)"},
                {"working-days", 0, "N", "and so many of them (3)"},
                {"breaks", 0, "WORDS", "which positions stop it ('amendment objection')"},
                {"extend", 0, "N LENGTH", "how often, and how long at most ('1 7d')"},
                {"grace", 0, "LENGTH", "for what was signed in time (24h)"},
                {"unserved", 0, "WORD", "hold, or except: it is not bound"},
                {"confirm", 0, "N", "equal outcomes (2)"}, {"reservation", 0, "WORD", "forbidden or allowed"},
                {"disassociation", 0, "WORD", "forbidden or allowed"},
                {"persons", 0, "N N", "for a position, for an objection ('1 1')"},
                {"statements", 0, "LENGTH", "after adoption (30d)"},
                {"in-force", 0, "WHEN", "'adopted+30d', or a time"}, {"review", 0, "MONTHS", "12mo, or none"},
                {"label", 0, "TLP", "AMBER, or CLEAR"}, {0}},
        .examples = (const struct cli_example[]){{"weir agree propose gate-times --title 'Times at the "
                                                  "gates' --members kh,la,mm,vn --rule none",
                                                         "a round that only consults"},
                {"weir agree propose gate-times --members kh,la,mm,vn --closes 10d --level node",
                        "one under silence"},
                {NULL, NULL}},
        .min = 1,
        .max = 1,
        .run = propose_run,
};

const struct command command_agree_sign = {
        .name = "agree sign",
        .params = "NUMBER",
        .about = "sign, as the second person, what another one has written",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 1,
        .max = 1,
        .run = by_id,
};

const struct command command_agree_drop = {
        .name = "agree drop",
        .params = "NUMBER",
        .about = "drop what waits for a second person",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 1,
        .max = 1,
        .run = by_id,
};

const struct command command_agree_ack = {
        .name = "agree ack",
        .params = "ROUND",
        .about = "say that a person here has the texts: service at level human",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 1,
        .max = 1,
        .run = say_run,
};

const struct command command_agree_comment = {
        .name = "agree comment",
        .params = "ROUND",
        .about = "comment on a text, or on some of its clauses",
        .text = "With --mail it is what an observer without a node has written: the chair enters it, and the "
                "mail as it "
                "came goes to all parties of the round.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"text", 0, "TEXT", "in words"}, LANG, CLAUSES,
                {"mail", 0, "MAIL", "of an observer without a node, such as M12 (weir mail list)"}, {0}},
        .min = 1,
        .max = 1,
        .run = say_run,
};

const struct command command_agree_amend = {
        .name = "agree amend",
        .params = "ROUND [FILE]",
        .about = "propose other words: one operation, or a file with the whole text as it should be",
        .text = "Operations are on whole clauses; a new clause gets its mark here. Two amendments of one "
                "clause are shown side by side, "
                "and people decide.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"op", 0, "WORD", "replace, delete, move or insert"},
                {"clause", 0, "ID", "that is replaced, deleted or moved"},
                {"after", 0, "ID", "behind which it is moved or put"},
                {"words", 0, "TEXT", "the clause as it should be"},
                {"lang", 0, "LANG", "of the text (the authentic one)"},
                {"kind", 0, "WORD", "editorial, substantive or translation"}, {"reason", 0, "TEXT", "why"},
                {"in-place-of", 0, "ID",
                        "an amendment that this one is instead of, by 8 digits of its id or more; one level "
                        "deep"},
                {"supported-by", 0, "PARTIES", "others of the round that have told us that they support it"},
                {0}},
        .examples =
                (const struct cli_example[]){
                        {"weir agree amend gate-times --op replace --clause k7qm --words 'Within 4 hours.'",
                                "one clause"},
                        {NULL, NULL}},
        .min = 1,
        .max = 2,
        .run = amend_run,
};

const struct command command_agree_repeat = {
        .name = "agree repeat",
        .params = "ROUND ID",
        .about = "say a comment or an amendment again that was carried in the round before",
        .text = "Word for word, in the round that is open now. Refused where a clause that it is about has "
                "changed since: then it is written anew.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 2,
        .max = 2,
        .run = say_run,
};

const struct command command_agree_position = {
        .name = "agree position",
        .params = "ROUND",
        .about = "say where this party stands",
        .text = "An objection says why and what would remove it; one that does not counts all the same. What "
                "stops adoption is said before it "
                "goes.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"position", 0, "WORD",
                        "acknowledged, no-objection, support, comment, objection, reservation, "
                        "disassociation or abstain"},
                {"text", 0, "TEXT", "in words"}, LANG, CLAUSES,
                {"cure", 0, "TEXT", "what would remove an objection"},
                {"mail", 0, "MAIL", "refused: no party takes a position for another"}, {0}},
        .min = 1,
        .max = 1,
        .run = say_run,
};

const struct command command_agree_retract = {
        .name = "agree retract",
        .params = "ROUND ID",
        .about = "take back what this party said; the chair takes back its round",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"reason", 0, "TEXT", "why"}, {0}},
        .min = 2,
        .max = 2,
        .run = say_run,
};

const struct command command_agree_answer = {
        .name = "agree answer",
        .params = "ROUND",
        .about = "say what became of a comment or an amendment",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"of", 0, "ID", "the comment or amendment"},
                {"word", 0, "WORD",
                        "taken, taken-changed, joined, not-taken, carried, out-of-scope, withdrawn or "
                        "secretariat-proposal"},
                {"clauses", 0, "IDS", "whose change it explains"},
                {"with", 0, "IDS", "amendments that it is joined with"}, {"text", 0, "TEXT", "why"}, LANG,
                {0}},
        .min = 1,
        .max = 1,
        .run = say_run,
};

const struct command command_agree_talk = {
        .name = "agree talk",
        .params = "ROUND ID",
        .about = "note a talk with who objects; ID: of the position or amendment",
        .text = "It stays on this node: no statement says it, and no result depends on it.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"text", 0, "TEXT", "what was said"},
                {"at", 0, "TIME", "when (now)"}, {0}},
        .min = 2,
        .max = 2,
        .run = say_run,
};

const struct command command_agree_talk_drop = {
        .name = "agree talk-drop",
        .params = "ID",
        .about = "erase the note of a talk",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 1,
        .max = 1,
        .run = by_id,
};

const struct command command_agree_extend = {
        .name = "agree extend",
        .params = "ROUND",
        .about = "give a round more time, as its rule allows",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"closes", 0, "TIME", "or so much longer, such as 2d"}, {"reason", 0, "TEXT", "why"}, {0}},
        .min = 1,
        .max = 1,
        .run = say_run,
};

const struct command command_agree_served = {
        .name = "agree served",
        .params = "ROUND",
        .about = "say how a member was served by another channel; two persons",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"party", 0, "PARTY", "the member"},
                {"level", 0, "WORD", "voice, mail, paper or in-person; none: we were not, whatever was said"},
                {"at", 0, "TIME", "when (now)"}, {0}},
        .min = 1,
        .max = 1,
        .run = say_run,
};

const struct command command_agree_voice = {
        .name = "agree voice",
        .params = "ROUND",
        .about = "note the code of a position that a member has read out; two persons",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"party", 0, "PARTY", "the member"},
                {"code", 0, "DIGITS", "its 16 digits"}, {0}},
        .min = 1,
        .max = 1,
        .run = say_run,
};

const struct command command_agree_minutes = {
        .name = "agree minutes",
        .params = "ROUND [FILE]",
        .about = "sign the minutes of a round, or the record of an act",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"minutes", 0, "SHA256", "of those that the chair has sent, instead of a file"},
                {"present", 0, "PARTIES", "who was there, with blanks between"},
                {"number", 0, "TEXT", "of an act"}, {"date", 0, "DATE", "of an act"}, {0}},
        .min = 1,
        .max = 2,
        .run = minutes_run,
};

const struct command command_agree_statement = {
        .name = "agree statement",
        .params = "ROUND",
        .about = "attach words to an adopted text: an interpretation",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"text", 0, "TEXT", "in words"}, LANG, {0}},
        .min = 1,
        .max = 1,
        .run = say_run,
};

const struct command command_agree_accede = {
        .name = "agree accede",
        .params = "ROUND",
        .about = "join what others have adopted",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 1,
        .max = 1,
        .run = say_run,
};

const struct command command_agree_leave = {
        .name = "agree leave",
        .params = "ROUND",
        .about = "leave what was adopted",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"reason", 0, "TEXT", "why"}, {0}},
        .min = 1,
        .max = 1,
        .run = say_run,
};

const struct command command_agree_commit = {
        .name = "agree commit",
        .params = "ROUND",
        .about = "say what this party will do about an adopted text",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"what", 0, "TEXT", "in words"},
                {"due", 0, "TIME", "until when"}, {"owner", 0, "OFFICE", "who does it"},
                {"clause", 0, "ID", "of the text"},
                {"indicator", 0, "TEXT", "a figure that this node measures, such as 'case-ack-hours <= 4 h'"},
                {0}},
        .min = 1,
        .max = 1,
        .run = say_run,
};

const struct command command_agree_progress = {
        .name = "agree progress",
        .params = "ROUND ID",
        .about = "say how far a commitment is",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"status", 0, "WORD", "planned, under-way, done or dropped"}, {"text", 0, "TEXT", "in words"},
                LANG, {"evidence-file", 0, "FILE", "a document or the record of a drill, which goes along"},
                {"evidence-link", 0, "URL", "where it is shown"},
                {"evidence-figure", 0, NULL, "the figure of its indicator, as this node measures it now"},
                {0}},
        .min = 2,
        .max = 2,
        .run = progress_run,
};

const struct command command_agree_commitments = {
        .name = "agree commitments",
        .about = "list what parties have said that they will do, by party and date",
        .text = "Behind an indicator stands, of our own, what this node measures now over the last 365 days. "
                "Late follows from "
                "the date alone.",
        .options = (const struct cli_option[]){NODE_OPTIONS, FORMS, {0}},
        .run = commitments_run,
};

const struct command command_agree_review = {
        .name = "agree review",
        .params = "ROUND",
        .about = "say what came of the review of what was adopted: the chair does",
        .text = "It is owed from 60 days before its date on. 'revise' makes drafts of the adopted texts for "
                "the next round "
                "(weir agree texts, weir agree text, weir agree propose).",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"word", 0, "WORD",
                        "confirm: it stays as it is; revise: it is changed; end: no more reviews"},
                {"text", 0, "TEXT", "why"}, {0}},
        .min = 1,
        .max = 1,
        .run = say_run,
};

const struct command command_agree_apply = {
        .name = "agree apply",
        .params = "ROUND",
        .about = "let a clause of what was adopted set how fast requests are acknowledged",
        .text = "From the day on which it is in force, between parties that it binds. What is not said by a "
                "text that was agreed has the usual "
                "times.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"clause", 0, "ID", "that says so"},
                {"severity", 0, "WORD", "c1 to c6"}, {"ack", 0, "LENGTH", "such as 4h"},
                {"off", 0, NULL, "no longer"}, {0}},
        .min = 1,
        .max = 1,
        .run = say_run,
};
