/* SPDX-License-Identifier: Apache-2.0
 *
 * weir group ..., contact ..., check ..., recover, held: what people do about parties once they are linked.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/node.h"
#include "cli/peer_import.h"

#define FORMS                                                                                                \
	{"json", 0, NULL, "JSON for scripts"},                                                               \
	{                                                                                                    \
		"csv", 0, NULL, "CSV"                                                                        \
	}
#define NODE_WHY                                                                                             \
	{                                                                                                    \
		"why", 0, "TEXT", "the reason, kept with person and time"                                    \
	}

/* ---- groups -------------------------------------------------------------------------------------- */

static int groups_run(struct cli *c)
{
	return node_ask(c, "/groups");
}

const struct command command_group_list = {
        .name = "group list",
        .about = "list groups: the cards that count, those that wait",
        .text = "A card that came counts once somebody here has confirmed it (weir group confirm); until "
                "then the one "
                "before holds. One that was written here waits for a second person (weir group send).",
        .options = (const struct cli_option[]){NODE_OPTIONS, FORMS, {0}},
        .run = groups_run,
};

const struct command command_group_propose = {
        .name = "group propose",
        .params = "ID",
        .about = "write the card of a group",
        .text = "For the party that is its secretariat. What is not said stays as in the card before. A "
                "second person "
                "sends it to all members.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"name", 0, "TEXT", "for people"},
                {"purpose", 0, "TEXT", "what it is for"}, {"label", 0, "TLP", "its usual label (GREEN)"},
                {"members", 0, "PARTIES", "party ids with commas between, ours among them"},
                {"secretariat", 0, "PARTY", "who sends the next card: so an office is handed over"}, {0}},
        .examples =
                (const struct cli_example[]){
                        {"weir group propose clmv --name CLMV --purpose 'CERTs of four countries' "
                         "--members kh,la,mm,vn",
                                "a new group"},
                        {NULL, NULL}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_group_send = {
        .name = "group send",
        .params = "ID",
        .about = "send the card of a group, as the second person",
        .text = "To all members, and to those that were members until now.",
        .options = (const struct cli_option[]){NODE_OPTIONS, NODE_NOTE, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_group_drop = {
        .name = "group drop",
        .params = "ID",
        .about = "drop a card that was written and not sent",
        .text = "The card that counts stays as it is.",
        .options = (const struct cli_option[]){NODE_OPTIONS, NODE_NOTE, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_group_confirm = {
        .name = "group confirm",
        .params = "ID",
        .about = "let the newest card of a group count here",
        .text = "From then on what is GREEN for the group goes to the members of that card, and to nobody "
                "else. Its sender is told. With the number of its statement behind the id (clmv/S12) no "
                "other "
                "card counts that has come meanwhile.",
        .options = (const struct cli_option[]){NODE_OPTIONS, NODE_NOTE, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

/* ---- contacts ------------------------------------------------------------------------------------ */

static int contacts_run(struct cli *c)
{
	return node_ask(c, "/contacts");
}

const struct command command_contact_list = {
        .name = "contact list",
        .about = "list contacts of parties, and how long ago they were confirmed",
        .text = "Our own card, the cards of peers, and what people here have written down of parties without "
                "a node.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"party", 0, "NAME", "of that party"},
                {"stale", 0, NULL, "not confirmed for 180 days"}, FORMS, {0}},
        .run = contacts_run,
};

const struct command command_contact_add = {
        .name = "contact add",
        .params = "[PARTY]",
        .about = "write down a contact, of ourselves or of a party without a node",
        .text = "Without PARTY it is an entry of our own card, which goes to others with weir contact send. "
                "An office rather "
                "than a person: people change. An entry of the same kind (or ref) is replaced.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"kind", 0, "KIND", "diplomatic, technical, duty-24x7, cvd, leo-liaison, press or other"},
                {"office", 0, "TEXT", "such as 'Duty desk'"}, {"person", 0, "TEXT", "only where it must be"},
                {"languages", 0, "TAGS", "with blanks between"},
                {"hours", 0, "TEXT", "such as 'Mon-Fri 08:00-16:00'"}, {"email", 0, "ADDRESS", "mail"},
                {"phone", 0, "NUMBER", "telephone"}, {"fax", 0, "NUMBER", "fax"},
                {"chat", 0, "TEXT", "such as a Signal number"},
                {"pgp", 0, "FINGERPRINT", "key for mail to it"},
                {"ref", 0, "TEXT", "its id within the card; else its kind"}, {0}},
        .examples =
                (const struct cli_example[]){
                        {"weir contact add --kind duty-24x7 --office 'Duty desk' --phone '+856 0' "
                         "--languages 'lo en'",
                                "an entry of our own card"},
                        {NULL, NULL}},
        .max = 1,
        .run = node_change_one,
};

const struct command command_contact_drop = {
        .name = "contact drop",
        .params = "ID",
        .about = "take a contact out",
        .text = "Of our own card, or one that people here have written down.",
        .options = (const struct cli_option[]){NODE_OPTIONS, NODE_NOTE, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_contact_send = {
        .name = "contact send",
        .about = "confirm our own card and send it to all links",
        .text = "Whole, under a higher serial. What is not said of zone and holidays stays as it was.",
        .options =
                (const struct cli_option[]){NODE_OPTIONS, {"zone", 0, "ZONE", "IANA name of our time zone"},
                        {"holidays", 0, "DATES", "with blanks between"},
                        {"url", 0, "URL", "where our node is reached"}, {0}},
        .run = node_change_one,
};

const struct command command_contact_confirm = {
        .name = "contact confirm",
        .params = "PARTY",
        .about = "say that the contacts of a party are still right",
        .text = "Of a party without a node, after you have asked it. Our own card is confirmed by sending "
                "it.",
        .options = (const struct cli_option[]){NODE_OPTIONS, NODE_NOTE, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

#define ROWS_BYTES 3500 /* of one change: what a message between processes holds */

static int send_rows(struct cli *c, const struct buf *rows)
{
	auto_buf struct buf text = {0};

	buf_add(&text, buf_str(rows));
	buf_char(&text, 0);
	return node_change_with(c, "contact-import", "", "rows", text.p);
}

static int import_contacts_run(struct cli *c)
{
	const char *path = c->operands.v[0];
	auto_buf struct buf bytes = {0}, rows = {0}, part = {0};
	struct err e = {0};

	if (os_read_file(path, (size_t)8 << 20, &bytes, &e) != 0 ||
	        peer_import_rows(buf_str(&bytes), cli_has(c, "skip"), &rows, &e) != 0) {
		log_error("%s: %s", path, e.text);
		return CLI_FAIL;
	}
	for (struct str rest = buf_str(&rows); rest.len > 0;) {
		struct str_cut line = str_cut(rest, '\n');
		rest = line.tail;
		buf_printf(&part, "%.*s\n", STR_ARG(line.head));
		if (rest.len > 0 && part.len + str_cut(rest, '\n').head.len < ROWS_BYTES)
			continue;
		int rc = send_rows(c, &part);
		if (rc != CLI_OK)
			return rc;
		buf_clear(&part);
	}
	return CLI_OK;
}

const struct command command_contact_import = {
        .name = "contact import",
        .params = "FILE",
        .about = "take a list of members as FIRST and TI give it",
        .text = "FILE is CSV with a header. Columns are found by their names: team or name, country, mail "
                "(email), "
                "telephone (phone), website and OpenPGP key. A party's name is the domain of its mail "
                "address. What a node "
                "says of itself is left alone.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"skip", 0, NULL, "leave rows out that have no mail address"}, {0}},
        .min = 1,
        .max = 1,
        .run = import_contacts_run,
};

/* ---- checks -------------------------------------------------------------------------------------- */

static int checks_run(struct cli *c)
{
	return node_ask(c, "/checks");
}

const struct command command_check_list = {
        .name = "check list",
        .about = "list checks of communication, both ways",
        .text = "Those that wait for an answer of ours stand first. weir check year counts them.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"party", 0, "NAME", "of that party"},
                {"waiting", 0, NULL, "those without an answer"}, FORMS, {0}},
        .run = checks_run,
};

static int year_run(struct cli *c)
{
	return node_ask(c, "/checkyears");
}

const struct command command_check_year = {
        .name = "check year",
        .about = "count checks by year, party and channel",
        .text = "How many were asked, and what came of them: the figure of a yearly report.",
        .options = (const struct cli_option[]){NODE_OPTIONS, FORMS, {0}},
        .run = year_run,
};

const struct command command_check_ask = {
        .name = "check ask",
        .params = "PARTY",
        .about = "ask a party whether somebody answers",
        .text = "By its node, within 48 hours. By another channel you give them the token yourself, and they "
                "answer by their "
                "node, or you note what they say (weir check note).",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"channel", 0, "CHANNEL", "node, mail, phone, chat, fax or person (node)"},
                {"hours", 0, "N", "within which to answer (48)"}, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_check_answer = {
        .name = "check answer",
        .params = "ID",
        .about = "answer a check",
        .text = "A person answers, not the machine. A token that came by telephone or mail is typed.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"token", 0, "DIGITS", "eight digits, if it came by another channel"}, NODE_NOTE, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_check_note = {
        .name = "check note",
        .params = "ID",
        .about = "note what came of a check by another channel",
        .text = "The token that you heard, or that the mail bounced, or that it could not be read with the "
                "key.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"token", 0, "DIGITS", "that you heard"},
                {"result", 0, "WORD", "bounced or wrong-key"}, NODE_NOTE, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_check_plan = {
        .name = "check plan",
        .params = "PARTY",
        .about = "say how often a party is asked by itself",
        .text = "By its node; 182 days if nothing is said, 0: by hand alone.",
        .options =
                (const struct cli_option[]){NODE_OPTIONS, {"days", 0, "N", "days between two checks"}, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

/* ---- held, and silence --------------------------------------------------------------------------- */

static int held_run(struct cli *c)
{
	return node_ask(c, "/held");
}

const struct command command_held = {
        .name = "held",
        .about = "list statements that are here and have no effect, and why",
        .text = "weir statement release gives one its effect, where that can be. With --refused: what was "
                "not taken at all.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"party", 0, "NAME", "of that sender"},
                {"refused", 0, NULL, "what peers brought and was refused"}, FORMS, {0}},
        .run = held_run,
};

const struct command command_statement_release = {
        .name = "statement release",
        .params = "ID",
        .about = "give a held statement its effect",
        .text = "One that came too late, say. What cannot be read, or was not allowed, can have none.",
        .options = (const struct cli_option[]){NODE_OPTIONS, NODE_NOTE, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

static int recover_run(struct cli *c)
{
	return cli_has(c, "end") ? node_change(c, "recover-end", "") : node_ask(c, "/recover");
}

const struct command command_recover = {
        .name = "recover",
        .about = "show whether this node is silent, and end that with two persons",
        .text = "A node whose database is older than what it has said signs nothing: it would say two things "
                "under one "
                "number. Its own statements come back from those who have them. When all are here, one "
                "person says so with "
                "--end and a reason, and another one ends it.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"end", 0, NULL, "end the silence, as the first or the second person"}, NODE_WHY, FORMS, {0}},
        .run = recover_run,
};

const struct command command_fork_end = {
        .name = "fork end",
        .params = "PARTIES",
        .about = "end a fork of one of our streams, with two persons",
        .text = "Two statements of ours stand under one number: a key was stolen, or an old backup spoke. "
                "PARTIES are "
                "the recipients of the stream, as weir peer show names them, in one word with blanks "
                "between. "
                "One person says so with a reason, a second one too; then the others are told which branch "
                "holds, and people there give that its effect after a call.",
        .options = (const struct cli_option[]){NODE_OPTIONS, NODE_WHY, {0}},
        .examples = (const struct cli_example[]){{"weir fork end 'kh mm' --why 'the clone is off'",
                                                         "of what went to both"},
                {NULL, NULL}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};
