/* SPDX-License-Identifier: Apache-2.0
 *
 * weir people: accounts, links that let in once, tokens of the API.
 */
#include "base/digest.h"
#include "base/log.h"
#include "base/os.h"
#include "cli/node.h"
#include "web/right.h"
#include "web/session.h"

#define TOKEN 32

/* Where the pages are: "http://127.0.0.1:8470". */
static int find_pages(struct cli *c, struct buf *ret)
{
	struct client *client = node_client_plain(c);
	struct err e;

	if (client == NULL)
		return CLI_FAIL;
	int status = client_get(client, "/pages", ret, &e);
	client_close(client);
	if (status == 200)
		return CLI_OK;
	log_error("%.*s", STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(ret))));
	return CLI_FAIL;
}

/* A token that nobody else has seen: in hexadecimal digits, and its digest for the node. */
static void make_token(char hex[2 * TOKEN + 1], char digest[2 * TOKEN + 1])
{
	uint8_t token[TOKEN], sum[DIGEST_LEN];

	os_random(token, sizeof(token));
	digest_of(str_make((const char *)token, sizeof(token)), sum);
	str_hex_print(hex, token, sizeof(token));
	str_hex_print(digest, sum, sizeof(sum));
}

/* The change, with the digest of a link; then the link's address. The sentence of the change is said on standard error. */
static int run_with_link(struct cli *c, const char *change, const char *id)
{
	char hex[2 * TOKEN + 1], digest[2 * TOKEN + 1];
	auto_buf struct buf base = {0};
	int rc = find_pages(c, &base);

	if (rc != CLI_OK)
		return rc;
	make_token(hex, digest);
	rc = node_change_more(c, change, id, "link", digest);
	if (rc != CLI_OK)
		return rc;
	/* the address alone, for scripts */
	if (id[0] != 0)
		log_info("%.*s", STR_ARG(str_trim(buf_str(&c->out))));
	buf_clear(&c->out);
	buf_printf(&c->out, "%.*s/enter/%s\n", STR_ARG(str_trim(buf_str(&base))), hex);
	return CLI_OK;
}

static int link_run(struct cli *c)
{
	return run_with_link(c, "link-new", "");
}

const struct command command_people_link = {
        .name = "people link",
        .about = "make an address that lets in to the sample country, once",
        .text = "For the sample country of a node that serves pages (weir serve --pages): the address lets "
                "in once and is good "
                "for 15 minutes; the visit lasts twelve hours. The node keeps a digest of it and not the "
                "address. A country of your own "
                "has accounts: 'weir people add'.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .run = link_run,
};

static int tls_run(struct cli *c)
{
	return node_ask(c, "/pages?certificate=1");
}

const struct command command_people_tls = {
        .name = "people tls",
        .about = "print where the pages are, and their certificate's fingerprint",
        .text = "A browser that does not know a certificate shows its SHA-256 fingerprint: compare it with "
                "this one, once, before you "
                "trust it. 'pages:' of weir.yaml names a certificate, else the node makes one.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .run = tls_run,
};

/* ---- accounts ------------------------------------------------------------------------------------ */

static int list_run(struct cli *c)
{
	return node_ask(c, "/people");
}

const struct command command_people = {
        .name = "people",
        .about = "list accounts, by name",
        .text = "Accounts of the pages: roles, whether the second factor is set, what they see, when they "
                "logged in last. 'weir docs "
                "roles' says what each role may.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"json", 0, NULL, "JSON for scripts"},
                        {"csv", 0, NULL, "CSV"},
                        {0},
                },
        .run = list_run,
};

#define SCOPE_OPTIONS                                                                                        \
	{"sectors", 0, "WORDS", "sees what belongs to these sectors, with commas between them"},             \
	{                                                                                                    \
		"owners", 0, "IDS", "sees what belongs to these owners, by their ids in the register"        \
	}

static int add_run(struct cli *c)
{
	if (cli_value(c, "roles") == NULL) {
		log_error("an account has a role at least: --roles analyst; 'weir docs roles' lists them");
		return CLI_USAGE;
	}
	return run_with_link(c, "account-add", c->operands.v[0]);
}

const struct command command_people_add = {
        .name = "people add",
        .params = "NAME",
        .about = "make an account and a link with which its person chooses a password",
        .text = "The link is good once, for 15 minutes: it leads to a page on which the person chooses a "
                "password, sets up the second "
                "factor and gets recovery codes. There is no account before the first one is made here, and "
                "none has a password that "
                "somebody else has chosen.\n\n"
                "Without --sectors and --owners the account sees all of the country. On standard output "
                "stands the address alone.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"roles", 0, "WORDS",
                                "what the account may: roles with commas between them, such as "
                                "analyst,approver"},
                        {"name", 0, "TEXT", "the person's full name"},
                        SCOPE_OPTIONS,
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir people add dara --name 'Dara Example' --roles admin", "the first account"},
                        {"weir people add bank-desk --roles viewer --sectors finance",
                                "a ministry that sees its banks only"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .run = add_run,
};

static int roles_run(struct cli *c)
{
	return node_change_more(c, "account-roles", c->operands.v[0], "roles", c->operands.v[1]);
}

const struct command command_people_roles = {
        .name = "people roles",
        .params = "NAME ROLES",
        .about = "give an account other roles",
        .text = "All roles that the account has from now on, with commas between them; it counts from the "
                "next request on. The last "
                "account with the role admin keeps it.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .min = 2,
        .max = 2,
        .run = roles_run,
};

static int scope_run(struct cli *c)
{
	return node_change(c, "account-scope", c->operands.v[0]);
}

const struct command command_people_scope = {
        .name = "people scope",
        .params = "NAME",
        .about = "say which sectors and owners an account sees",
        .text = "Without an option the account sees all of the country.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        SCOPE_OPTIONS,
                        {0},
                },
        .min = 1,
        .max = 1,
        .run = scope_run,
};

static int reset_run(struct cli *c)
{
	return run_with_link(c, "account-reset", c->operands.v[0]);
}

const struct command command_people_reset = {
        .name = "people reset",
        .params = "NAME",
        .about = "make a new link for an account whose password or second factor is lost",
        .text = "Password, second factor, recovery codes and visits are gone at once, and the link lets the "
                "person choose anew, once, "
                "within 15 minutes. Everybody is shown for 7 days that the account was reset, and by whom. "
                "An approver counts as one again "
                "after a day.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .min = 1,
        .max = 1,
        .run = reset_run,
};

static int disable_run(struct cli *c)
{
	return node_change(c, "account-disable", c->operands.v[0]);
}

const struct command command_people_disable = {
        .name = "people disable",
        .params = "NAME",
        .about = "let nobody in by an account any more",
        .text = "Its visits and tokens end at once. The account stays in the record of what was done.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        NODE_NOTE,
                        {0},
                },
        .min = 1,
        .max = 1,
        .run = disable_run,
};

static int enable_run(struct cli *c)
{
	return node_change(c, "account-enable", c->operands.v[0]);
}

const struct command command_people_enable = {
        .name = "people enable",
        .params = "NAME",
        .about = "let an account that was disabled in again",
        .text = "With the password and second factor that it had; 'weir people reset' makes a link for new "
                "ones. Its tokens stay "
                "ended.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .min = 1,
        .max = 1,
        .run = enable_run,
};

static int end_run(struct cli *c)
{
	return node_change(c, "account-end", c->operands.v[0]);
}

const struct command command_people_end = {
        .name = "people end",
        .params = "NAME",
        .about = "end the visits of an account",
        .text = "Wherever the person is in, the next click asks for password and code.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .min = 1,
        .max = 1,
        .run = end_run,
};

/* ---- tokens of the API --------------------------------------------------------------------------- */

static int token_list_run(struct cli *c)
{
	return node_ask(c, "/tokens");
}

const struct command command_token_list = {
        .name = "token list",
        .about = "list tokens of the API",
        .text = "Those that are still good; with --all also those that have ended.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"json", 0, NULL, "JSON for scripts"},
                        {"csv", 0, NULL, "CSV"},
                        {"all", 0, NULL, "also those that have ended"},
                        {0},
                },
        .run = token_list_run,
};

static int token_add_run(struct cli *c)
{
	char token[TOKEN_TEXT + 1], hex[2 * TOKEN + 1];
	uint8_t digest[DIGEST_LEN];
	const char *scope = cli_value(c, "scope");

	/* the node takes any word: what another version asks for may be one */
	for (struct str rest = str_from(scope != NULL ? scope : ""); rest.len > 0;) {
		struct str_cut cut = str_cut(rest, ' ');
		rest = cut.tail;
		if (cut.head.len > 0 && !right_scope_word(cut.head)) {
			log_error("--scope: nothing is called '%.*s': all, reports, changes, or a path of "
			          "'weir docs "
			          "openapi' such as findings",
			        STR_ARG(cut.head));
			return CLI_USAGE;
		}
	}
	token_new(token);
	(void)token_digest(str_from(token), digest);
	str_hex_print(hex, digest, sizeof(digest));
	int rc = node_change_more(c, "token-add", c->operands.v[0], "token", hex);
	if (rc != CLI_OK)
		return rc;
	log_info("%.*s", STR_ARG(str_trim(buf_str(&c->out))));
	buf_clear(&c->out);
	buf_printf(&c->out, "%s\n", token);
	return CLI_OK;
}

const struct command command_token_add = {
        .name = "token add",
        .params = "ACCOUNT",
        .about = "make a token of the API for a script",
        .text = "The token asks as that account, for what its scope names, until its day. It can approve "
                "nothing, release no letter and "
                "change no people, whatever the account may. It is printed once, on standard output; the "
                "node keeps its digest.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {"name", 0, "TEXT", "what it is for"},
                        {"scope", 0, "WORDS",
                                "the lists that it may ask for, with blanks between them, or all"},
                        {"days", 0, "N", "good for so many days, 365 at most (default: 90)"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir token add dara --name tickets --scope 'findings events'",
                                "for the script that makes tickets"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .run = token_add_run,
};

static int token_end_run(struct cli *c)
{
	return node_change(c, "token-end", c->operands.v[0]);
}

const struct command command_token_end = {
        .name = "token end",
        .params = "ID",
        .about = "end a token of the API",
        .text = "At once; whoever asks with it is refused.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .min = 1,
        .max = 1,
        .run = token_end_run,
};
