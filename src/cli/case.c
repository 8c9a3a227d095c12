/* SPDX-License-Identifier: Apache-2.0
 *
 * weir case ...: most of these are a change of the command's name, whose parameters are the options; one table says what their
 * second operand is.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/node.h"
#include <time.h>
#include <unistd.h>

#define WAIT_MS 100
#define WAITS 600 /* so often */
#define ID_EXAMPLE "K12, or its number such as LA-2026-00012"

/* ---- changes ------------------------------------------------------------------------------------- */

/* What the second operand of a command is. */
static const struct {
	const char *command, *change, *param;
} seconds[] = {
        {"case note", "case-note", "text"},
        {"case task", "case-task", "what"},
        {"case done", "case-task-done", "task"},
        {"case state", "case-state", "state"},
        {"case told", "case-told", "stage"},
        {"case link", "case-link", "to"},
        {"case merge", "case-merge", "into"},
        {"case assign", "case-assign", "to"},
        {"case touch", "case-touch", "cc"},
        {"case person", "case-person", "for"},
        {"case label", "case-label", "entry"},
        {"case mail-release", "case-mail-release", "entry"},
        {"case mail-drop", "case-mail-drop", "entry"},
};

static int run_second(struct cli *c)
{
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		if (str_eq(str_from(seconds[i].command), str_from(c->command->name)))
			return node_change_more(
			        c, seconds[i].change, c->operands.v[0], seconds[i].param, c->operands.v[1]);
	return CLI_USAGE;
}

static int run_new(struct cli *c)
{
	return node_change_more(c, "case-new", "", "title", c->operands.v[0]);
}

/* ---- files --------------------------------------------------------------------------------------- */

static int run_attach(struct cli *c)
{
	return node_post(c, "case-attach", c->operands.v[1], c->operands.v[0]);
}

static int run_import(struct cli *c)
{
	return node_post(c, "case-import", c->operands.v[0], "");
}

static int run_abroad(struct cli *c)
{
	return node_post(c, "abroad-import", c->operands.v[0], "");
}

/* ---- what there is ------------------------------------------------------------------------------- */

static int ask_about(struct cli *c, const char *path)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	return node_ask(c, arena_printf(&a, "%s/%s", path, c->operands.v[0]).p);
}

static int run_list(struct cli *c)
{
	return node_ask(c, "/cases");
}

static int run_entries(struct cli *c)
{
	return node_ask(c, "/case-entries");
}

static int run_tasks(struct cli *c)
{
	return node_ask(c, "/case-tasks");
}

static int run_show(struct cli *c)
{
	return ask_about(c, "/case");
}

/* "P12" of "K1 LA-2026-00001: P12 is being made". */
static struct str record_of(struct str said)
{
	return str_cut(str_trim(str_rcut(str_cut(said, '\n').head, ':').tail), ' ').head;
}

static int say_error(int status, const struct err *e, const struct buf *body)
{
	log_error("%.*s", STR_ARG(status < 0 ? str_from(e->text) : str_trim(buf_str(body))));
	return status == 400 ? CLI_USAGE : CLI_FAIL;
}

/* Until the node has signed it, or knows why not. */
static int print_record(struct cli *c, const char *path)
{
	struct err e = {0};

	for (unsigned i = 0; i < WAITS; i++) {
		struct client *client = node_client_plain(c);
		if (client == NULL)
			return CLI_FAIL;
		buf_clear(&c->out);
		int status = client_get(client, path, &c->out, &e);
		bool wanted = str_eq(str_from(client_state(client)), STR("wanted"));
		client_close(client);
		if (status != 200) {
			auto_buf struct buf body = c->out;
			c->out = (struct buf){0};
			return say_error(status, &e, &body);
		}
		if (!wanted)
			return CLI_OK;
		nanosleep(&(struct timespec){0, WAIT_MS * 1000000}, NULL);
	}
	buf_clear(&c->out);
	log_error("it was not signed within a minute: 'weir status' and the log of the node say what its "
	          "OpenPGP "
	          "process does; then try it again");
	return CLI_FAIL;
}

static int run_print(struct cli *c)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf said = {0};
	struct err e = {0};
	struct client *client = node_client_plain(c);

	if (client == NULL)
		return CLI_FAIL;
	client_param(client, "id", str_from(c->operands.v[0]));
	int status = client_change(client, "/changes/case-record", &said, &e);
	client_close(client);
	if (status != 200)
		return say_error(status, &e, &said);
	arena_init(&a, 0);
	return print_record(c, arena_printf(&a, "/case-printed/%.*s", STR_ARG(record_of(buf_str(&said)))).p);
}

static int run_calendar(struct cli *c)
{
	return node_ask(c, "/case-calendar");
}

static int run_file(struct cli *c)
{
	if (isatty(c->out_fd)) {
		log_error("an archive of hostile bytes is not for a terminal: weir case file %s > FILE.zip",
		        c->operands.v[0]);
		return CLI_USAGE;
	}
	return ask_about(c, "/case-file");
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
	{                                                                                                    \
		"text", 0, "TEXT", "in words, kept in the case"                                              \
	}

const struct command command_case_new = {
        .name = "case new",
        .params = "TITLE",
        .about = "open a case",
        .text = "A case with --peer and --ask is a request to another CERT: it stays a draft until a person "
                "sends it; with "
                "--theirs it is one that came from there. Otherwise it is work of this CERT, and --stages "
                "has its owner tell of it within 24 and 72 "
                "hours. Due times follow from the severity: c1 to c3 in minutes and hours, c4 to c6 in "
                "working days of "
                "the country that is to answer. docs/cases.md has the words.",
        OPTIONS({"severity", 0, "WORD", "c1 (national emergency) to c6 (default: c4)"},
                {"label", 0, "TLP", "default: AMBER; it rises with what is put to the case"},
                {"pap", 0, "WORD", "what may be done with it: CLEAR, GREEN, AMBER (default) or RED"},
                {"rsit", 0, "TYPE", "classification.type"}, {"owner", 0, "ID", "of the register"},
                {"findings", 0, "IDS", "that it is about, such as 'F1 F2'"},
                {"peer", 0, "PARTY", "another CERT: vn, or a name such as cert.example"},
                {"ask", 0, "WORD", "what is asked: takedown-request, information-request and so on"},
                {"theirs", 0, NULL, "the peer asks us"}, {"their-ref", 0, "TEXT", "what the peer calls it"},
                {"reply-by", 0, "TIME", "by when an answer is asked for: a date, or 2h, 3d"},
                {"for", 0, "PERSONS", "who sees it at TLP:RED"},
                {"stages", 0, NULL, "its owner tells of it in stages"},
                {"exercise", 0, "ID", "it is of that exercise, and not real"}, WORDS),
        .examples =
                (const struct cli_example[]){
                        {"weir case new 'a bank cannot pay' --severity c3 --owner example-bank --stages",
                                "an incident of an owner"},
                        {"weir case new 'a phish in your country' --peer vn --ask takedown-request "
                         "--findings F12",
                                "a request, drafted"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .run = run_new,
};

const struct command command_case_list = {
        .name = "case list",
        .about = "list cases, newest first",
        .text = "--state is the node's folder, or a state, open (not ended), overdue, held or ended, and "
                "then a filter.",
        .options =
                (const struct cli_option[]){
                        LIST_OPTIONS,
                        {"kind", 0, "WORD", "incident, request or old"},
                        {"assigned", 0, "PERSON", "that this person works on; nobody: that nobody does"},
                        {"peer", 0, "PARTY", "with this party"},
                        {"touches", 0, "CC", "that touch this country"},
                        {"owner", 0, "ID", "of this owner"},
                        {"ask", 0, "WORD", "in which this is asked"},
                        {"severity", 0, "WORD", "of this severity"},
                        {"finding", 0, "ID", "that this finding belongs to"},
                        {"q", 0, "TEXT", "with this text in title, text, numbers, or what was said"},
                        {"since", 0, "TIME", "opened from this time on (UTC)"},
                        {"until", 0, "TIME", "opened before this time"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir case list --state overdue", "what somebody waits for"},
                        {"weir case list --touches VN --state open", "what touches a country"},
                        {NULL, NULL},
                },
        .run = run_list,
};

const struct command command_case_show = {.name = "case show",
        .params = "ID",
        .about = "show a case",
        .text = "Its facts, what the parties say, what it is about, tasks, files, and all that was said, in "
                "order. ID is " ID_EXAMPLE ".",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 1,
        .max = 1,
        .run = run_show};

const struct command command_case_print = {.name = "case print",
        .params = "ID",
        .about = "print a case as a signed record",
        .text = "The same as 'case show', with who has printed it and when, signed in the clear with the "
                "OpenPGP key "
                "that letters are signed with, so that 'gpg --verify' checks it wherever that key is known. "
                "Its last "
                "line is the SHA-256 of all lines before it. A node without such a key prints it unsigned "
                "and says so.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .examples =
                (const struct cli_example[]){
                        {"weir case print K1 > K1.asc; gpg --verify K1.asc", "a record, and its signature"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .run = run_print};

const struct command command_case_entries = {.name = "case entries",
        .about = "list what was said and done in cases, newest first",
        .options =
                (const struct cli_option[]){
                        LIST_OPTIONS,
                        {"case", 0, "ID", "of this case"},
                        {"since", 0, "TIME", "from this time on (UTC)"},
                        {"until", 0, "TIME", "before this time"},
                        {0},
                },
        .run = run_entries};

const struct command command_case_tasks = {.name = "case tasks",
        .about = "list what is to be done in cases, what is due soonest first",
        OPTIONS(FORMS, {"case", 0, "ID", "of this case"}, {"who", 0, "PERSON", "of this person"},
                {"all", 0, NULL, "also those that are done"},
                {"limit", 0, "N", "at most so many (default: 100)"}),
        .run = run_tasks};

const struct command command_case_calendar = {.name = "case calendar",
        .about = "print what is due in cases as a calendar file",
        .text = "RFC 5545, for any calendar program. Titles of cases that are stricter than TLP:AMBER do not "
                "stand in it.",
        OPTIONS({"case", 0, "ID", "of this case alone"}),
        .examples =
                (const struct cli_example[]){{"weir case calendar > due.ics", "all of them"}, {NULL, NULL}},
        .run = run_calendar};

const struct command command_case_set = {.name = "case set",
        .params = "ID...",
        .about = "say what a case is",
        .text = "A label only rises.",
        OPTIONS({"title", 0, "TEXT", "what it is about"},
                {"severity", 0, "WORD", "c1 to c6; due times follow"}, {"label", 0, "TLP", "raised to this"},
                {"pap", 0, "WORD", "CLEAR, GREEN, AMBER or RED"}, {"rsit", 0, "TYPE", "classification.type"},
                {"owner", 0, "ID", "of the register"},
                {"their-ref", 0, "TEXT", "what the other side calls it"}),
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each};

const struct command command_case_note = {.name = "case note",
        .params = "ID TEXT",
        .about = "note what was said or found",
        OPTIONS({"channel", 0, "WORD", "how: phone, mail, chat, fax, person or node"},
                {"direction", 0, "WORD", "in: they said it, out: we did"},
                {"party", 0, "TEXT", "who on the other side"},
                {"at", 0, "TIME", "when it was (UTC), if not now"},
                {"mail", 0, "ID",
                        "the mail that it is about: the note is a statement with its digest and what was "
                        "proven of it"},
                {"tell", 0, NULL,
                        "say it to the other CERT as well, over the link, or by mail where it has no node"},
                {"lang", 0, "LANG", "the language of what is told (default: en)"}),
        .examples =
                (const struct cli_example[]){
                        {"weir case note K3 'they look at it tonight' --channel phone --direction in --party "
                         "'duty officer, vn'",
                                "a call"},
                        {"weir case note K3 'which of the two pages?' --tell",
                                "a question to the other CERT"},
                        {NULL, NULL},
                },
        .min = 2,
        .max = 2,
        .run = run_second};

const struct command command_case_task = {.name = "case task",
        .params = "ID WHAT",
        .about = "write down what is to be done",
        OPTIONS({"who", 0, "PERSON", "by whom; me"},
                {"due", 0, "TIME", "by when: a date and time, or 2h, 3d"}),
        .min = 2,
        .max = 2,
        .run = run_second};

const struct command command_case_done = {.name = "case done",
        .params = "ID TASK",
        .about = "a task of a case is done",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 2,
        .max = 2,
        .run = run_second};

const struct command command_case_assign = {.name = "case assign",
        .params = "ID PERSON",
        .about = "say who works on a case",
        .text = "PERSON is the name of an account, or nobody.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 2,
        .max = 2,
        .run = run_second};

const struct command command_case_hand_over = {.name = "case hand-over",
        .params = "ID...",
        .about = "give a case to another person",
        OPTIONS({"to", 0, "PERSON", "who has it from now on"},
                {"text", 0, "TEXT", "what that person must know"}),
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each};

const struct command command_case_state = {.name = "case state",
        .params = "ID STATE",
        .about = "say how a case stands",
        .text = "Who was asked says acknowledged, accepted, needs-information, in-progress, declined (with "
                "--reason), redirected "
                "(with --redirect-to), resolved, partly-resolved or not-possible; who asked says closed or "
                "withdrawn. In work of "
                "this CERT it says all of them.",
        OPTIONS({"reason", 0, "WORD",
                        "not-constituency, no-legal-basis, insufficient-evidence, handling-conflict, "
                        "resources, sovereignty, "
                        "duplicate or other"},
                {"redirect-to", 0, "PARTY", "whom to ask instead"},
                {"eta", 0, "TIME", "when it is expected to be done"}, WORDS),
        .min = 2,
        .max = 2,
        .run = run_second};

const struct command command_case_hold = {.name = "case hold",
        .params = "ID...",
        .about = "let a case wait until a date",
        .text = "Nothing of it is overdue until then.",
        OPTIONS({"until", 0, "TIME", "a date, or 3d"}, {"why", 0, "TEXT", "kept with person and time"},
                {"off", 0, NULL, "it goes on now"}),
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each};

const struct command command_case_merge = {.name = "case merge",
        .params = "ID INTO",
        .about = "a case goes on as another",
        .text = "Findings, mails, files, countries and open tasks go there; both name each other. What a "
                "peer knows by its own "
                "number is declined as duplicate, or withdrawn, instead.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 2,
        .max = 2,
        .run = run_second};

const struct command command_case_link = {.name = "case link",
        .params = "ID WHAT",
        .about = "say what a case is about",
        .text = "WHAT is F12 (a finding), N3 (a letter), M5 (a mail), R1 (a report) or K9 (another case), or "
                "several.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 2,
        .max = 2,
        .run = run_second};

const struct command command_case_unlink = {.name = "case unlink",
        .params = "ID...",
        .about = "a finding is not of a case",
        OPTIONS({"from", 0, "ID", "the finding"}),
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each};

const struct command command_case_touch = {.name = "case touch",
        .params = "ID CC",
        .about = "say which country a case touches",
        OPTIONS({"off", 0, NULL, "it does not"}),
        .min = 2,
        .max = 2,
        .run = run_second};

const struct command command_case_person = {.name = "case person",
        .params = "ID PERSONS",
        .about = "say who sees a case that is TLP:RED",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 2,
        .max = 2,
        .run = run_second};

const struct command command_case_send = {.name = "case send",
        .params = "ID...",
        .about = "send a drafted request to its peer",
        .text = "Files of the case go with it where they are named: they are fetched after the statement, in "
                "parts, and the receipt that says complete comes when all of them are there.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"attach", 0, "FILES", "files of the case that go with it, such as 'B7 B9', or all"},
                {"basis", 0, "TEXT",
                        "what it rests on; an agreed text as gate-times/3#k7qm must be in force for both"},
                {"group", 0, "GROUP", "the community of a TLP:GREEN"},
                {"for", 0, "PERSONS",
                        "persons or offices of theirs that a TLP:RED names, with commas between them"},
                {"lang", 0, "LANG", "of --words, such as km"},
                {"words", 0, "TEXT", "the words in that language, beside the English ones"}, {0}},
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each};

const struct command command_case_answer = {.name = "case answer",
        .params = "ID...",
        .about = "write a mail from a case",
        .text = "It waits as 'to send' until it goes; its subject carries the number of the case, by which "
                "the answer finds back.",
        OPTIONS({"to", 0, "MAILBOX", "whom to"}, {"subject", 0, "TEXT", "default: the title of the case"},
                {"text", 0, "TEXT", "what it says"}),
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each};

const struct command command_case_tell_touched = {.name = "case tell-touched",
        .params = "ID",
        .about = "draft a notification to each other state that a case touches",
        .text = "Each draft has the title and the words of the case and the places within that state; a "
                "person reads and sends "
                "it. A state that has one already gets none.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_each};

const struct command command_case_payment = {.name = "case payment",
        .params = "ID",
        .about = "put the payment to a drafted payment-recall-alert",
        .text = "The request is made first: weir case new TITLE --peer PARTY --ask payment-recall-alert. Of "
                "the account the "
                "last four characters leave, unless --whole says that the other side needs all of it. It is "
                "to be taken on "
                "within 15 minutes; else the contacts of the other party's card are named one after the "
                "other.",
        OPTIONS({"uetr", 0, "UUID", "of the payment"}, {"ref", 0, "TEXT", "reference of the message"},
                {"amount", 0, "NUMBER", "such as 20000000.00"}, {"currency", 0, "CODE", "three capitals"},
                {"value-date", 0, "DATE", "2026-01-05"},
                {"ordering-bic", 0, "BIC", "of the bank that sent it"},
                {"beneficiary-bic", 0, "BIC", "of the bank that gets it"},
                {"account", 0, "TEXT", "that it goes to"}, {"whole", 0, NULL, "all of the account leaves"}),
        .min = 1,
        .max = 1,
        .run = node_change_each};

const struct command command_case_reply = {.name = "case reply",
        .params = "MAIL",
        .about = "answer a mail",
        .text = "To who wrote it, in its thread. A mail that is of no case becomes one first; the label of "
                "the case decides "
                "whether the answer may go, and how.",
        OPTIONS({"text", 0, "TEXT", "what it says"}, {"subject", 0, "TEXT", "default: that of the mail"},
                {"label", 0, "TLP", "of the new case; default: AMBER+STRICT, since the mail has none"}),
        .min = 1,
        .max = 1,
        .run = node_change_each};

const struct command command_case_label = {.name = "case label",
        .params = "ID ENTRY",
        .about = "set the label of a mail that came into a case",
        .text = "ENTRY is L12, as 'weir case entries' has it. A mail that says no label itself is "
                "TLP:AMBER+STRICT until "
                "a person sets one; what its words say holds. Lowering it needs --why.",
        OPTIONS({"label", 0, "TLP", "CLEAR, GREEN, AMBER, AMBER+STRICT or RED"},
                {"why", 0, "TEXT", "why it may go further than it might"}),
        .examples =
                (const struct cli_example[]){
                        {"weir case label K3 L12 --label GREEN --why 'the desk said so on the telephone'",
                                "a partner's answer that others may read"},
                        {NULL, NULL},
                },
        .min = 2,
        .max = 2,
        .run = run_second};

const struct command command_case_mail_release = {.name = "case mail-release",
        .params = "ID ENTRY",
        .about = "let a mail of a case go that is held, or try one again that was refused or came back",
        .text = "ENTRY is L12, as 'weir case entries' has it. The exit is asked anew.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 2,
        .max = 2,
        .run = run_second};

const struct command command_case_mail_drop = {.name = "case mail-drop",
        .params = "ID ENTRY",
        .about = "take a mail of a case back that waits",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 2,
        .max = 2,
        .run = run_second};

const struct command command_case_take = {.name = "case take",
        .params = "MAIL...",
        .about = "make a case of a mail",
        OPTIONS({"label", 0, "TLP", "default: AMBER+STRICT, since the mail has none"}),
        .min = 1,
        .max = CLI_MANY,
        .run = node_change_each};

const struct command command_case_attach = {.name = "case attach",
        .params = "ID FILE",
        .about = "keep a file with a case",
        .text = "By name, size and digest; nothing ever opens it here, and it is taken out as an archive "
                "only.",
        OPTIONS({"media", 0, "TYPE", "what it is said to be"},
                {"harmless", 0, NULL, "it is no evidence that may do harm"}),
        .min = 2,
        .max = 2,
        .run = run_attach};

const struct command command_case_file = {.name = "case file",
        .params = "ID",
        .about = "take a file of a case out, as an archive",
        .text = "A ZIP archive with the password 'infected'. Its bytes are compared with their digest first.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .examples = (const struct cli_example[]){{"weir case file B7 > evidence.zip", "for who looks at it"},
                {NULL, NULL}},
        .min = 1,
        .max = 1,
        .run = run_file};

const struct command command_case_told = {.name = "case told",
        .params = "ID STAGE",
        .about = "a stage of an owner's report is here",
        .text = "The stages are first (within 24 h), second (72 h) and final (30 days), from when the case "
                "was opened.",
        OPTIONS(WORDS),
        .min = 2,
        .max = 2,
        .run = run_second};

const struct command command_case_import = {.name = "case import",
        .params = "FILE",
        .about = "take old tickets of another system in",
        .text = "A CSV export, in UTF-8. Each ticket becomes a case of the kind 'old': found and read, and "
                "nothing follows of it. "
                "The same file again adds what is new.",
        OPTIONS({"from", 0, "WORD", "rtir, or a word for another system"},
                {"map", 0, "PARTS",
                        "which column is what: id=Ticket,title=Subject,opened=Created; id, title, status, "
                        "opened, "
                        "ended, who, assigned"},
                {"prefix", 0, "WORD", "stands before the ids (default: the word of --from)"}),
        .examples =
                (const struct cli_example[]){
                        {"weir case import tickets.csv --from rtir", "an export of RTIR"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .run = run_import};

const struct command command_case_abroad = {.name = "case abroad",
        .params = "FILE",
        .about = "load whom to write to abroad",
        .text = "A CSV file with a first line of names: kind (national or abuse), name, email, and of cc, "
                "prefix, domain, "
                "phone and language what there is. It replaces what came from the same source before.",
        OPTIONS({"source", 0, "WORD", "whose list it is"}),
        .min = 1,
        .max = 1,
        .run = run_abroad};
