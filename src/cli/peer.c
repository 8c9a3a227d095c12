/* SPDX-License-Identifier: Apache-2.0
 *
 * weir peer ..., party ..., key import, key show: links with other parties, from their file to their end.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/node.h"
#include "trust/keylist.h"

#define FORMS                                                                                                \
	{"json", 0, NULL, "JSON for scripts"},                                                               \
	{                                                                                                    \
		"csv", 0, NULL, "CSV"                                                                        \
	}
#define NODE_WHY                                                                                             \
	{                                                                                                    \
		"why", 0, "TEXT", "the reason, kept with person and time"                                    \
	}

/* ---- files --------------------------------------------------------------------------------------- */

/* Hands a key list to the node; what is wrong with it is said here already, with the file's name. */
static int send_list(struct cli *c, const char *change)
{
	const char *path = c->operands.v[0];
	auto_buf struct buf note = {0};
	struct keylist list;
	struct err e = {0};

	if (os_read_file(path, KEYLIST_MAX, &note, &e) != 0 ||
	        keylist_read(buf_str(&note), &list, NULL, &e) != 0) {
		log_error("%s: %s", path, e.text);
		return CLI_FAIL;
	}
	buf_char(&note, 0);
	return node_change_with(c, change, "", "list", note.p);
}

static int import_run(struct cli *c)
{
	return send_list(c, "peer-import");
}

const struct command command_peer_import = {
        .name = "peer import",
        .params = "FILE",
        .about = "take the key list of another party",
        .text = "FILE is what the other side calls NAME.weirkeys; it may come by any way. The link is then "
                "unverified: nothing is sent to them and nothing of theirs is accepted, until one person has "
                "typed "
                "the number that they read on the telephone (weir peer type) and another one has confirmed "
                "(weir "
                "peer confirm). A newer list of a linked party is taken at once if its root has signed it.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .examples = (const struct cli_example[]){{"weir peer import kh.weirkeys", "the list of another CERT"},
                {NULL, NULL}},
        .min = 1,
        .max = 1,
        .run = import_run,
};

static int key_run(struct cli *c)
{
	return send_list(c, "key-import");
}

const struct command command_key_import = {
        .name = "key import",
        .params = "FILE",
        .about = "let our own key list count",
        .text = "FILE is the list that our root key has signed, on the machine that knows it. It must be of "
                "our party "
                "and name the keys that this machine holds (weir key show).",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 1,
        .max = 1,
        .run = key_run,
};

static int show_keys_run(struct cli *c)
{
	return node_ask(c, "/keys");
}

const struct command command_key_show = {
        .name = "key show",
        .about = "list the public keys that this machine holds",
        .text = "What the root has to sign in our key list: duty, and the key in base64. The secret halves "
                "stay with the "
                "keeper.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"lines", 0, NULL, "lines for weir key list --keys"}, FORMS, {0}},
        .run = show_keys_run,
};

/* ---- the telephone ------------------------------------------------------------------------------- */

static int type_run(struct cli *c)
{
	auto_buf struct buf digits = {0};

	for (size_t i = 1; i < c->operands.n; i++)
		buf_printf(&digits, "%s%s", i > 1 ? " " : "", c->operands.v[i]);
	buf_char(&digits, 0);
	return node_change_more(c, "peer-type", c->operands.v[0], "numbers", digits.p);
}

const struct command command_peer_type = {
        .name = "peer type",
        .params = "NAME NUMBERS...",
        .about = "type the number that the other side reads",
        .text = "Call them by a number that you found elsewhere, never one from their file. They read six "
                "groups of five "
                "digits, you type them; a group that is wrong is named. After three wrong numbers the link "
                "is dropped. "
                "Then you read yours, which the answer shows.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"called", 0, "NUMBER", "the telephone number that you called"},
                {"found", 0, "WHERE", "where you found it: directory, card or own-book"},
                {"voice", 0, "YES", "yes, if you know the voice"}, {0}},
        .examples = (const struct cli_example[]){{"weir peer type kh 12345 23456 34567 45678 56789 67890 "
                                                  "--called '+855 0' --found directory",
                                                         "their number, as you hear it"},
                {NULL, NULL}},
        .min = 2,
        .max = CLI_MANY,
        .run = type_run,
};

#define LIMITS                                                                                               \
	{"per-minute", 0, "N", "statements a minute"}, {"burst", 0, "N", "statements at once"},              \
	        {"day-bytes", 0, "N", "bytes of statements a day"},                                          \
	        {"blob-bytes", 0, "N", "bytes of attachments"},                                              \
	{                                                                                                    \
		"aside-bytes", 0, "N", "bytes that are kept of what is refused"                              \
	}
#define COMMANDS                                                                                             \
	{                                                                                                    \
		"commands", 0, NULL, "between a CERT and its gate: the CERT's orders count there"            \
	}

const struct command command_peer_confirm = {
        .name = "peer confirm",
        .params = "NAME",
        .about = "confirm a link, as the second person",
        .text = "Within 24 hours after another person has typed the number. You say what the link is and "
                "what it may "
                "send; then both sides send a check of communication, and the link is green when people have "
                "answered "
                "both.",
        .options = (const struct cli_option[]){NODE_OPTIONS,
                {"role", 0, "ROLE", "cert, organiser (a secretariat, a drill's control) or gate"}, COMMANDS,
                LIMITS, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_peer_role = {
        .name = "peer role",
        .params = "NAME",
        .about = "say what a link is",
        .text = "The role of a link is what we say, never what the peer says of itself.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"role", 0, "ROLE", "cert, organiser or gate"},
                COMMANDS, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_peer_quota = {
        .name = "peer quota",
        .params = "NAME",
        .about = "say how much a peer may send",
        .text = "What is not said stays as it is; weir peer show has the limits.",
        .options = (const struct cli_option[]){NODE_OPTIONS, LIMITS, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_peer_pause = {
        .name = "peer pause",
        .params = "NAME",
        .about = "exchange nothing with a peer for a while",
        .text = "It is answered 'paused'; both queues wait.",
        .options = (const struct cli_option[]){NODE_OPTIONS, NODE_WHY, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_peer_resume = {
        .name = "peer resume",
        .params = "NAME",
        .about = "go on with a paused link",
        .text = "What has waited goes at once.",
        .options = (const struct cli_option[]){NODE_OPTIONS, NODE_NOTE, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_peer_end = {
        .name = "peer end",
        .params = "NAME",
        .about = "end a link",
        .text = "For a root key that was lost or stolen, or a party that is a partner no longer. What was "
                "said stays. "
                "After it a list with another root may begin a new link.",
        .options = (const struct cli_option[]){NODE_OPTIONS, NODE_WHY, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_peer_extend = {
        .name = "peer extend",
        .params = "NAME",
        .about = "let a key list count some days longer",
        .text = "For a yearly list that came late: after a call, at most 30 days in all. Your name stands in "
                "the record.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"days", 0, "N", "days"}, NODE_WHY, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_peer_spoken = {
        .name = "peer spoken",
        .params = "NAME",
        .about = "say that people have spoken about two lists under one number",
        .text = "Whoever has the root key has signed two lists under one number. No list of that party is "
                "taken until you "
                "have called them and say so here.",
        .options = (const struct cli_option[]){NODE_OPTIONS, NODE_NOTE, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_peer_retry = {
        .name = "peer retry",
        .params = "NAME",
        .about = "judge again what was set aside of a party",
        .text = "Statements that were refused for a bad key, say, after their new list has come.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

/* ---- lists --------------------------------------------------------------------------------------- */

static int list_run(struct cli *c)
{
	return node_ask(c, "/peers");
}

const struct command command_peer_list = {
        .name = "peer list",
        .about = "list links with other parties",
        .text = "With both directions apart: when we reached them, and when they reached us.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"all", 0, NULL, "also links that have ended"},
                FORMS, {0}},
        .run = list_run,
};

static int show_run(struct cli *c)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf path = {0};

	arena_init(&a, 0);
	client_quote(&path, str_from(c->operands.v[0]));
	return node_ask(c, arena_printf(&a, "/peers/%.*s", STR_ARG(buf_str(&path))).p);
}

const struct command command_peer_show = {
        .name = "peer show",
        .params = "NAME",
        .about = "show a party and its link",
        .text = "Its state, its keys and their dates, its limits, and the number that we read to it on the "
                "telephone.",
        .options = (const struct cli_option[]){NODE_OPTIONS, FORMS, {0}},
        .min = 1,
        .max = 1,
        .run = show_run,
};

/* ---- parties ------------------------------------------------------------------------------------- */

static int parties_run(struct cli *c)
{
	return node_ask(c, "/parties");
}

const struct command command_party_list = {
        .name = "party list",
        .about = "list parties: those with a node and those without",
        .text = "National CERTs, ministries, providers and organisations, linked or not.",
        .options = (const struct cli_option[]){NODE_OPTIONS, FORMS, {0}},
        .run = parties_run,
};

const struct command command_party_show = {
        .name = "party show",
        .params = "NAME",
        .about = "show a party",
        .text = "The same as weir peer show.",
        .options = (const struct cli_option[]){NODE_OPTIONS, FORMS, {0}},
        .min = 1,
        .max = 1,
        .run = show_run,
};

#define PARTY_OPTIONS                                                                                        \
	NODE_OPTIONS, {"title", 0, "TEXT", "its name for people"},                                           \
	        {"kind", 0, "KIND",                                                                          \
	                "national-cert, cert, ministry, regulator, provider, organisation, secretariat or "  \
	                "gate"},                                                                             \
	        {"country", 0, "CC", "two capitals"}, {"language", 0, "TAG", "of mails to it (BCP 47)"},     \
	        {"email", 0, "ADDRESS", "of a party without a node"},                                        \
	        {"pgp", 0, "FINGERPRINT", "its OpenPGP key: AMBER and stricter go to it only so"},           \
	        {"website", 0, "URL", "where it publishes"}, NODE_NOTE,                                      \
	{                                                                                                    \
		"mail", 0, NULL, "it takes part by mail, without a node"                                     \
	}

const struct command command_party_add = {
        .name = "party add",
        .params = "NAME",
        .about = "add a party to the directory",
        .text = "NAME is a country for its national CERT (vn), else a DNS name that the party holds "
                "(ministry.example). A "
                "party with a node is added by its key list (weir peer import); this is for the others.",
        .options = (const struct cli_option[]){PARTY_OPTIONS, {0}},
        .examples =
                (const struct cli_example[]){
                        {"weir party add cert.example --title 'Example CERT' --kind cert --email "
                         "cert@cert.example --mail",
                                "a partner who takes part by mail"},
                        {NULL, NULL}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};

const struct command command_party_edit = {
        .name = "party edit",
        .params = "NAME",
        .about = "change what the directory says of a party",
        .text = "What is not said stays as it is.",
        .options = (const struct cli_option[]){PARTY_OPTIONS, {0}},
        .min = 1,
        .max = 1,
        .run = node_change_one,
};
