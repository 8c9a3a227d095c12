/* SPDX-License-Identifier: Apache-2.0
 *
 * weir meeting ...: each of these is a change of the command's name, or a list.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/node.h"
#include <unistd.h>

#define TEXT_MOST ((size_t)64 << 10)

/* ---- changes ------------------------------------------------------------------------------------- */

/* Options are parameters, and the bytes of a file are what its option says. */
static int options_of(struct cli *c, struct client *client, struct err *e)
{
	for (size_t i = 0; i < c->given.n; i++) {
		const struct cli_given *g = &c->given.v[i];
		auto_buf struct buf text = {0};
		bool file = g->option->arg != NULL && strcmp(g->option->arg, "FILE") == 0;
		if (strcmp(g->option->name, "state") == 0)
			continue;
		if (file && os_read_file(g->value, TEXT_MOST, &text, e) != 0)
			return e->code;
		client_param(client, g->option->name,
		        file ? buf_str(&text) : str_from(g->value != NULL ? g->value : ""));
	}
	return 0;
}

static int answer(struct cli *c, int status, const struct buf *body, const struct err *e)
{
	if (status == 200) {
		buf_add(&c->out, buf_str(body));
		return CLI_OK;
	}
	log_error("%.*s", STR_ARG(status < 0 ? str_from(e->text) : str_trim(buf_str(body))));
	return status == 400 ? CLI_USAGE : CLI_FAIL;
}

/* The change of that name; param: what its second operand is, NULL: it has none. */
static int change(struct cli *c, const char *path, const char *first, const char *param)
{
	struct client *client = node_client_plain(c);
	auto_buf struct buf body = {0};
	struct err e = {0};
	int status = -1;

	if (client == NULL)
		return CLI_FAIL;
	if (options_of(c, client, &e) == 0) {
		client_param(client, first, str_from(c->operands.v[0]));
		if (param != NULL && c->operands.n > 1)
			client_param(client, param, str_from(c->operands.v[1]));
		status = client_change(client, path, &body, &e);
	}
	client_close(client);
	return answer(c, status, &body, &e);
}

/* The same with a file's bytes. */
static int post(struct cli *c, const char *path, const char *file)
{
	struct client *client = NULL;
	auto_buf struct buf body = {0};
	const char *slash = strrchr(file, '/');
	char made[64];
	struct err e = {0};
	int status = -1;
	auto_fd int fd = os_open(file, &e);

	if (fd < 0)
		return answer(c, -1, &body, &e);
	client = node_client_plain(c);
	if (client == NULL)
		return CLI_FAIL;
	if (options_of(c, client, &e) == 0) {
		client_param(client, "id", str_from(c->operands.v[0]));
		client_param(client, "name", str_from(slash != NULL ? slash + 1 : file));
		status = client_post(client, path, fd, &body, made, &e);
	}
	client_close(client);
	return answer(c, status, &body, &e);
}

static const struct {
	const char *command, *path, *param;
} seconds[] = {
        {"meeting change", "/changes/meeting-change", NULL},
        {"meeting open", "/changes/meeting-open", NULL},
        {"meeting close", "/changes/meeting-close", NULL},
        {"meeting cancel", "/changes/meeting-cancel", NULL},
        {"meeting come", "/changes/meeting-come", NULL},
        {"meeting assent", "/changes/meeting-assent", NULL},
        {"meeting note", "/changes/meeting-note", "text"},
        {"meeting outcome", "/changes/meeting-outcome", "round"},
        {"meeting attend", "/changes/meeting-attend", "party"},
        {"meeting followup", "/changes/meeting-followup", "what"},
        {"meeting delegate", "/changes/meeting-delegate", "person"},
        {"meeting delegate-drop", "/changes/meeting-delegate-drop", "delegate"},
        {"meeting paper-drop", "/changes/meeting-paper-drop", "paper"},
        {"meeting done", "/changes/meeting-done", NULL},
};

static int run_change(struct cli *c)
{
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		if (strcmp(seconds[i].command, c->command->name) == 0)
			return change(c, seconds[i].path, "id", seconds[i].param);
	return CLI_USAGE;
}

static int run_plan(struct cli *c)
{
	return change(c, "/changes/meeting-plan", "title", NULL);
}

static bool is_digest(const char *s)
{
	size_t n = 0;

	while (char_hex(s[n]) >= 0)
		n++;
	return n == 64 && s[n] == 0;
}

/* Bytes that lie in the node already are named by their digest. */
static int run_paper(struct cli *c)
{
	return is_digest(c->operands.v[1]) ? change(c, "/changes/meeting-paper", "id", "sha256")
	                                   : post(c, "/files/meeting-paper-file", c->operands.v[1]);
}

static int run_minutes(struct cli *c)
{
	if ((c->operands.n > 1) == cli_has(c, "text")) {
		log_error("minutes are a FILE as it is, or --text FILE with what was said");
		return CLI_USAGE;
	}
	return c->operands.n > 1 ? post(c, "/files/meeting-minutes-file", c->operands.v[1])
	                         : change(c, "/changes/meeting-minutes", "id", NULL);
}

static int run_credential(struct cli *c)
{
	return post(c, "/files/meeting-credential", c->operands.v[1]);
}

/* ---- what there is ------------------------------------------------------------------------------- */

static int run_list(struct cli *c)
{
	return node_ask(c, "/meetings");
}

static int run_followups(struct cli *c)
{
	return node_ask(c, "/followups");
}

static int run_calendar(struct cli *c)
{
	return node_ask(c, "/meeting-calendar");
}

static int ask_about(struct cli *c, const char *path)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	return node_ask(c, arena_printf(&a, "%s/%s", path, c->operands.v[0]).p);
}

static int run_show(struct cli *c)
{
	return ask_about(c, "/meeting");
}

static int run_file(struct cli *c)
{
	if (isatty(c->out_fd)) {
		log_error("bytes of others are not for a terminal: weir meeting file %s > FILE",
		        c->operands.v[0]);
		return CLI_USAGE;
	}
	return ask_about(c, "/meeting-file");
}

static int run_text(struct cli *c)
{
	return ask_about(c, "/meeting-text");
}

/* A list of one meeting, or of all. */
static int run_part(struct cli *c)
{
	static const struct {
		const char *command, *path;
	} parts[] = {{"meeting agenda", "/meeting-agenda"}, {"meeting parties", "/meeting-parties"},
	        {"meeting papers", "/meeting-papers"}};
	struct client *client = node_client(c);
	auto_buf struct buf body = {0};
	struct err e = {0};
	int status = -1;

	if (client == NULL)
		return CLI_FAIL;
	if (c->operands.n > 0)
		client_param(client, "meeting", str_from(c->operands.v[0]));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcmp(parts[i].command, c->command->name) == 0)
			status = client_get(client, parts[i].path, &body, &e);
	client_close(client);
	return answer(c, status, &body, &e);
}

/* ---- the commands -------------------------------------------------------------------------------- */

#define OPTIONS(...)                                                                                         \
	.options = (const struct cli_option[])                                                               \
	{                                                                                                    \
		NODE_OPTIONS, __VA_ARGS__,                                                                   \
		{                                                                                            \
			0                                                                                    \
		}                                                                                            \
	}
#define FORMS                                                                                                \
	{"json", 0, NULL, "JSON for scripts (weir docs openapi describes it)"},                              \
	{                                                                                                    \
		"csv", 0, NULL, "CSV"                                                                        \
	}
#define WORDS                                                                                                \
	{"text", 0, "TEXT", "in words, for people there"},                                                   \
	{                                                                                                    \
		"lang", 0, "TAG", "the language of these words (default: en); others stay as they were"      \
	}
#define FACTS                                                                                                \
	{"start", 0, "TIME", "when it begins: '2027-03-10 09:00' (default: the agenda's first item)"},       \
	        {"end", 0, "TIME", "when it ends"},                                                          \
	        {"zone", 0, "ZONE",                                                                          \
	                "of these times and the agenda's, such as Asia/Vientiane (default: UTC)"},           \
	        {"place", 0, "TEXT", "where it is"}, {"link", 0, "URL", "of a call"},                        \
	        {"chairs", 0, "NAMES", "parties or offices, with ';' between them"},                         \
	        {"facilitator", 0, "TEXT", "who leads through it"},                                          \
	        {"participants", 0, "PARTIES",                                                               \
	                "who takes part, with blanks between them; name yourselves too"},                    \
	        {"observers", 0, "PARTIES", "who listens"},                                                  \
	{                                                                                                    \
		"agenda", 0, "FILE",                                                                         \
		        "lines '2027-03-10 09:00-10:30 TITLE [WP.1]'; a line without its day has "           \
		        "that of the line before"                                                            \
	}

const struct command command_meeting_plan = {
        .name = "meeting plan",
        .params = "TITLE",
        .about = "call a meeting",
        .text = "Its card goes to all who take part or listen; they answer that they come. Whom it was not "
                "told to cannot be added later, since the others would count no word of theirs: call another "
                "one, --like this one. With --group its members take part and the label is GREEN, else it "
                "is AMBER. A day of the meeting that is a holiday of somebody is said. docs/meetings.md has "
                "the whole way.",
        OPTIONS(FACTS, {"group", 0, "GROUP", "the community of GREEN; its members take part"},
                {"label", 0, "TLP", "CLEAR, GREEN, AMBER or AMBER+STRICT"},
                {"like", 0, "ID", "as that meeting, without its days and papers"}, WORDS),
        .examples =
                (const struct cli_example[]){
                        {"weir meeting plan 'Workshop on norms' --group clmv --place 'Vientiane' --chairs "
                         "'la; A foundation' --zone Asia/Vientiane --agenda agenda.txt",
                                "two days, by an agenda"},
                        {"weir meeting plan 'Weekly call' --link https://call.example/1 --chairs la "
                         "--participants 'la kh vn' --start '2027-03-01 02:00' --end '2027-03-01 03:00'",
                                "one hour"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .run = run_plan,
};

const struct command command_meeting_change = {
        .name = "meeting change",
        .params = "ID",
        .about = "change a meeting that we have called",
        .text = "What is not said stays. A whole card goes to all under the next serial; answers that were "
                "given to an earlier card stay, and are shown with its number.",
        OPTIONS({"title", 0, "TEXT", "what it is called"}, FACTS, WORDS),
        .examples =
                (const struct cli_example[]){
                        {"weir meeting change G1 --place 'Phnom Penh'", "all are told"}, {NULL, NULL}},
        .min = 1,
        .max = 1,
        .run = run_change,
};

#define STEP(symbol, word, what, why)                                                                        \
	const struct command command_meeting_##symbol = {.name = "meeting " word,                            \
	        .params = "ID",                                                                              \
	        .about = what,                                                                               \
	        .text = why,                                                                                 \
	        OPTIONS(WORDS),                                                                              \
	        .min = 1,                                                                                    \
	        .max = 1,                                                                                    \
	        .run = run_change}

STEP(open, "open", "say that a meeting has begun", "All are told by a card with that state.");
STEP(close, "close", "say that a meeting has ended",
        "Its minutes come before or after; nothing opens it again.");
STEP(cancel, "cancel", "cancel a meeting, with the reason", "Nothing brings it back: call another one.");

const struct command command_meeting_list = {
        .name = "meeting list",
        .about = "list meetings, the latest first",
        OPTIONS(FORMS, {"open", 0, NULL, "those that have not ended"},
                {"owed", 0, NULL, "those of which we owe an answer or an assent"}),
        .run = run_list,
};

const struct command command_meeting_show = {
        .name = "meeting show",
        .params = "ID",
        .about = "show a meeting",
        .text = "Who comes, the agenda by the clocks of all parties, papers, minutes, what is to be done.",
        OPTIONS({0}),
        .min = 1,
        .max = 1,
        .run = run_show,
};

#define PART(symbol, what, why)                                                                              \
	const struct command command_meeting_##symbol = {.name = "meeting " #symbol,                         \
	        .params = "[ID]",                                                                            \
	        .about = what,                                                                               \
	        .text = why,                                                                                 \
	        OPTIONS(FORMS),                                                                              \
	        .max = 1,                                                                                    \
	        .run = run_part}

PART(agenda, "list the agenda of a meeting", "In UTC, and by the clock of each party's contact card.");
PART(parties, "list who is asked, who comes, who was there",
        "Answers go to who calls a meeting: at other nodes only one's own is known.");
PART(papers, "list the papers and minutes of a meeting", "With their digests, for 'weir meeting file'.");

const struct command command_meeting_file = {
        .name = "meeting file",
        .params = "DIGEST",
        .about = "take out a paper of a meeting",
        .text = "Byte for byte, by 8 digits of its SHA-256 or more. It comes from others: look at it as you "
                "would at any file from outside.",
        OPTIONS({0}),
        .examples = (const struct cli_example[]){{"weir meeting file 205b5881 > slides.pdf", "a paper"},
                {NULL, NULL}},
        .min = 1,
        .max = 1,
        .run = run_file,
};

const struct command command_meeting_text = {
        .name = "meeting text",
        .params = "DIGEST",
        .about = "show a paper of a meeting that is text",
        .text = "By 8 digits of its SHA-256 or more.",
        OPTIONS({0}),
        .min = 1,
        .max = 1,
        .run = run_text,
};

const struct command command_meeting_calendar = {
        .name = "meeting calendar",
        .about = "print sessions and what we are to do as a calendar",
        .text = "RFC 5545, for any calendar program; without titles where the label is stricter than "
                "TLP:AMBER.",
        OPTIONS({0}),
        .run = run_calendar,
};

const struct command command_meeting_come = {
        .name = "meeting come",
        .params = "ID",
        .about = "answer that we come",
        .text = "Who calls the meeting is told. With --no we do not come, and an answer is taken back: "
                "--text says why.",
        OPTIONS({"no", 0, NULL, "we do not come"}, WORDS),
        .min = 1,
        .max = 1,
        .run = run_change,
};

const struct command command_meeting_note = {
        .name = "meeting note",
        .params = "ID TEXT",
        .about = "say something to all of a meeting",
        .text = "Such as what is wrong with its minutes. Those whom we have no link with do not hear it.",
        OPTIONS({"lang", 0, "TAG", "the language of these words (default: en)"}),
        .min = 2,
        .max = 2,
        .run = run_change,
};

const struct command command_meeting_paper = {
        .name = "meeting paper",
        .params = "ID FILE",
        .about = "give a meeting a working paper",
        .text = "It gets the next number (WP.1), which no other paper ever gets, and goes to all with a new "
                "card. FILE may be the SHA-256 of bytes that were handed in (weir blob add).",
        OPTIONS({"item", 0, "N", "of the agenda, that it is for"},
                {"name", 0, "TEXT", "of bytes that are named by their digest"},
                {"outcome", 0, NULL, "it is what came out of the meeting (OUT.1)"}),
        .min = 2,
        .max = 2,
        .run = run_paper,
};

const struct command command_meeting_paper_drop = {
        .name = "meeting paper-drop",
        .params = "ID PAPER",
        .about = "take a paper off a meeting",
        .text = "PAPER is its number, such as WP.2. Who has it, has it.",
        OPTIONS({0}),
        .min = 2,
        .max = 2,
        .run = run_change,
};

const struct command command_meeting_outcome = {
        .name = "meeting outcome",
        .params = "ID ROUND",
        .about = "name the round of a consultation that came out of a meeting",
        .text = "ROUND is an instrument (its newest round), INSTRUMENT/NUMBER, or the id of its opening.",
        OPTIONS({0}),
        .min = 2,
        .max = 2,
        .run = run_change,
};

const struct command command_meeting_delegate = {
        .name = "meeting delegate",
        .params = "ID [PERSON]",
        .about = "note who goes for us, or for another party",
        .text = "It stays in this node. Without PERSON it is about all whom the party sends. 'weir meeting "
                "credential' adds the paper that says so.",
        OPTIONS({"party", 0, "PARTY", "whose (default: ours)"},
                {"role", 0, "WORD", "head, delegate (default), adviser or interpreter"}, NODE_NOTE),
        .min = 1,
        .max = 2,
        .run = run_change,
};

const struct command command_meeting_delegate_drop = {
        .name = "meeting delegate-drop",
        .params = "ID NUMBER",
        .about = "note that somebody does not go",
        .text = "'weir meeting show' has their numbers.",
        OPTIONS({0}),
        .min = 2,
        .max = 2,
        .run = run_change,
};

const struct command command_meeting_credential = {
        .name = "meeting credential",
        .params = "ID FILE",
        .about = "keep the paper that sends a delegate",
        .text = "It stays in this node.",
        OPTIONS({"delegate", 0, "NUMBER", "whose it is, as 'weir meeting show' has it"}),
        .min = 2,
        .max = 2,
        .run = run_credential,
};

const struct command command_meeting_attend = {
        .name = "meeting attend",
        .params = "ID PARTY",
        .about = "note that a party is in the room",
        .text = "Once for each office. It goes into the minutes that are sent next.",
        OPTIONS({"office", 0, "TEXT", "who of it, as it stands in the minutes"},
                {"off", 0, NULL, "it is not there"}),
        .min = 2,
        .max = 2,
        .run = run_change,
};

const struct command command_meeting_followup = {
        .name = "meeting followup",
        .params = "ID WHAT",
        .about = "note what is to be done, for the minutes",
        .text = "The same words again move its date.",
        OPTIONS({"owner", 0, "PARTY", "who does it (default: we)"},
                {"due", 0, "TIME", "by when: 2027-04-01, or 30d from now"},
                {"off", 0, NULL, "it goes out of the draft"}),
        .min = 2,
        .max = 2,
        .run = run_change,
};

const struct command command_meeting_minutes = {
        .name = "meeting minutes",
        .params = "ID [FILE]",
        .about = "send the minutes of a meeting",
        .text = "With --text a document is made of the card, who was there, these words and what is to be "
                "done, so that all of it is in the bytes that others agree with; a FILE goes as it is. Newer "
                "minutes take the place of older ones, and others agree again.",
        OPTIONS({"text", 0, "FILE", "what was said and agreed"}),
        .examples =
                (const struct cli_example[]){{"weir meeting minutes G1 --text said.md", "minutes of a text"},
                        {"weir meeting minutes G1 minutes.pdf", "a file as it is"}, {NULL, NULL}},
        .min = 1,
        .max = 2,
        .run = run_minutes,
};

const struct command command_meeting_assent = {
        .name = "meeting assent",
        .params = "ID",
        .about = "agree with the minutes of a meeting",
        .text = "With the bytes that stand now. Who does not agree says why (weir meeting note).",
        OPTIONS({"minutes", 0, "DIGITS", "the beginning of their SHA-256, as it was read"}, WORDS),
        .min = 1,
        .max = 1,
        .run = run_change,
};

const struct command command_meeting_followups = {
        .name = "meeting followups",
        .about = "list what is to be done by the minutes of meetings",
        OPTIONS(FORMS, {"meeting", 0, "ID", "of this meeting"}, {"owner", 0, "PARTY", "of this party"},
                {"ours", 0, NULL, "of ours"}, {"open", 0, NULL, "not done"},
                {"late", 0, NULL, "not done in time"}),
        .run = run_followups,
};

const struct command command_meeting_done = {
        .name = "meeting done",
        .params = "ID",
        .about = "note that something is done",
        .text = "ID is as 'weir meeting followups' has it, such as U3. The note stays in this node.",
        OPTIONS({"off", 0, NULL, "it is not done"}, NODE_NOTE),
        .min = 1,
        .max = 1,
        .run = run_change,
};
