/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/node.h"
#include "base/log.h"
#include "base/os.h"
#include <sys/stat.h>

/* --state names the node's folder, and in lists the state of what is listed; a folder of such a name is
 * "./open". */
static bool is_word(const char *value)
{
	static const char *const words[] = {"accepted", "reading", "done", "aside", "open", "told",
	        "told-again", "seen-again", "escalated", "quiet", "closed", "due", "held", "ready", "sent",
	        "refused", "withdrawn", "call", "new", "active", "late",
	        /* of cases */
	        "overdue", "ended", "draft", "undelivered", "queued", "delivered", "read", "received",
	        "acknowledged", "needs-information", "in-progress", "declined", "redirected", "resolved",
	        "partly-resolved", "not-possible", "to send",
	        /* of needs and offers */
	        "met"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq(str_from(value), str_from(words[i])))
			return true;
	return false;
}

const char *node_state(const struct cli *c)
{
	const char *given;
	struct stat st;

	for (size_t i = 0; (given = cli_value_at(c, "state", i)) != NULL; i++)
		if (!is_word(given))
			return given;
	return stat("./var/state.db", &st) == 0 ? "./var" : "/var/lib/weir";
}

static bool is_param(const char *name)
{
	static const char *const others[] = {"state", "json", "csv", "wait", "raw"};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (str_eq(str_from(name), str_from(others[i])))
			return false;
	return true;
}

struct client *node_client_plain(const struct cli *c)
{
	struct client *client;
	struct err e;

	const char *state = node_state(c);
	struct stat st;

	if (client_open(state, &client, &e) == 0)
		return client;
	/* a state that was mistyped is taken for a folder */
	if (cli_value(c, "state") != NULL && strchr(state, '/') == NULL && stat(state, &st) != 0)
		log_error("there is no folder '%s', and no state of that name; 'weir help %s' has the "
		          "states, where "
		          "there are some",
		        state, c->command->name);
	else
		log_error("%s", e.text);
	return NULL;
}

struct client *node_client(const struct cli *c)
{
	struct client *client = node_client_plain(c);

	if (client == NULL)
		return NULL;
	for (size_t i = 0; i < c->given.n; i++) {
		const struct cli_given *g = &c->given.v[i];
		if (str_eq(str_from(g->option->name), STR("json")))
			client_form(client, CLIENT_JSON);
		if (str_eq(str_from(g->option->name), STR("csv")))
			client_form(client, CLIENT_CSV);
		if (is_param(g->option->name) || (g->value != NULL && is_word(g->value)))
			client_param(client, g->option->name, str_from(g->value != NULL ? g->value : ""));
	}
	return client;
}

int node_ask_state(struct cli *c, const char *path, const char *state, bool *ret)
{
	struct client *client = node_client(c);
	auto_buf struct buf body = {0};
	struct err e;

	if (client == NULL)
		return CLI_FAIL;
	int status = client_get(client, path, &body, &e);
	*ret = str_eq(str_from(client_state(client)), str_from(state));
	client_close(client);
	if (status == 200) {
		buf_add(&c->out, buf_str(&body));
		return CLI_OK;
	}
	log_error("%.*s", STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(&body))));
	return status == 400 ? CLI_USAGE : CLI_FAIL;
}

int node_ask(struct cli *c, const char *path)
{
	bool unused;

	return node_ask_state(c, path, "", &unused);
}

int node_change_by(struct cli *c, struct client *client, const char *name, const char *id)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	struct err e;

	arena_init(&a, 0);
	if (client == NULL)
		return CLI_FAIL;
	client_param(client, "id", str_from(id));
	int status = client_change(client, arena_printf(&a, "/changes/%s", name).p, &body, &e);
	client_close(client);
	if (status == 200) {
		buf_add(&c->out, buf_str(&body));
		return CLI_OK;
	}
	log_error("%.*s", STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(&body))));
	return status == 400 ? CLI_USAGE : CLI_FAIL;
}

int node_change(struct cli *c, const char *name, const char *id)
{
	return node_change_by(c, node_client(c), name, id);
}

int node_change_with(struct cli *c, const char *name, const char *id, const char *param, const char *value)
{
	struct client *client = node_client_plain(c);

	if (client != NULL)
		client_param(client, param, str_from(value));
	return node_change_by(c, client, name, id);
}

int node_change_more(struct cli *c, const char *name, const char *id, const char *param, const char *value)
{
	struct client *client = node_client(c);

	if (client != NULL)
		client_param(client, param, str_from(value));
	return node_change_by(c, client, name, id);
}

/* "case send": the change "case-send". */
static void change_of(const struct cli *c, char ret[64])
{
	snprintf(ret, 64, "%s", c->command->name);
	for (size_t i = 0; ret[i] != 0; i++)
		ret[i] = ret[i] == ' ' ? '-' : ret[i];
}

int node_change_one(struct cli *c)
{
	char change[64];

	change_of(c, change);
	return node_change(c, change, c->operands.n > 0 ? c->operands.v[0] : "");
}

int node_change_each(struct cli *c)
{
	char change[64];
	int rc = CLI_OK;

	change_of(c, change);
	for (size_t i = 0; i < c->operands.n; i++) {
		int one = node_change(c, change, c->operands.v[i]);
		rc = one != CLI_OK ? one : rc;
	}
	return rc;
}

int node_post(struct cli *c, const char *change, const char *path, const char *id)
{
	auto_buf struct buf body = {0};
	auto_arena struct arena a = {0};
	char made[64];
	struct err e = {0};
	const char *slash = strrchr(path, '/');
	auto_fd int fd = os_open(path, &e);

	arena_init(&a, 0);
	if (fd < 0) {
		log_error("%s", e.text);
		return CLI_FAIL;
	}
	struct client *client = node_client(c);
	if (client == NULL)
		return CLI_FAIL;
	client_param(client, "id", str_from(id));
	client_param(client, "name", str_from(slash != NULL ? slash + 1 : path));
	int status = client_post(client, arena_printf(&a, "/files/%s", change).p, fd, &body, made, &e);
	client_close(client);
	if (status == 200) {
		buf_add(&c->out, buf_str(&body));
		return CLI_OK;
	}
	log_error("%.*s", STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(&body))));
	return status == 400 ? CLI_USAGE : CLI_FAIL;
}

int node_ask_more(struct cli *c, const char *path, const char *param, const char *value)
{
	struct client *client = node_client(c);
	auto_buf struct buf body = {0};
	struct err e;

	if (client == NULL)
		return CLI_FAIL;
	client_param(client, param, str_from(value));
	int status = client_get(client, path, &body, &e);
	client_close(client);
	if (status == 200) {
		buf_add(&c->out, buf_str(&body));
		return CLI_OK;
	}
	log_error("%.*s", STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(&body))));
	return status == 400 ? CLI_USAGE : CLI_FAIL;
}
