/* SPDX-License-Identifier: Apache-2.0
 *
 * weir courier ..., weir blob add: what goes by hand where no cable goes.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/node.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FORMS                                                                                                \
	{"json", 0, NULL, "JSON for scripts"},                                                               \
	{                                                                                                    \
		"csv", 0, NULL, "CSV"                                                                        \
	}
#define WAIT_MS 100

static int say_error(int status, const struct err *e, const struct buf *body)
{
	log_error("%.*s", STR_ARG(status < 0 ? str_from(e->text) : str_trim(buf_str(body))));
	return status == 400 ? CLI_USAGE : CLI_FAIL;
}

/* Until the node has done it. *ret: "ready" or "failed"; its row is in body. */
static int wait_for(struct cli *c, const char *id, bool json, bool *ret_ready, struct buf *body)
{
	auto_arena struct arena a = {0};
	struct err e = {0};

	arena_init(&a, 0);
	const char *path = arena_printf(&a, "/couriers/%s", id).p;
	for (;;) {
		struct client *client = node_client_plain(c);
		if (client == NULL)
			return CLI_FAIL;
		client_form(client, json ? CLIENT_JSON : CLIENT_TEXT);
		buf_clear(body);
		int status = client_get(client, path, body, &e);
		bool wanted = str_eq(str_from(client_state(client)), STR("wanted"));
		*ret_ready = str_eq(str_from(client_state(client)), STR("ready"));
		client_close(client);
		if (status != 200)
			return say_error(status, &e, body);
		if (!wanted)
			return CLI_OK;
		struct timespec pause = {0, WAIT_MS * 1000000};
		nanosleep(&pause, NULL);
	}
}

/* ---- pack ---------------------------------------------------------------------------------------- */

/* A stick that is named by its device is where that is mounted. */
static bool folder_of(const char *given, char *ret, size_t size)
{
	char line[4096];
	struct stat st;
	bool found = false;

	if (stat(given, &st) != 0) {
		log_error("'%s': %s", given, strerror(errno));
		return false;
	}
	snprintf(ret, size, "%s", given);
	if (S_ISDIR(st.st_mode))
		return true;
	if (!S_ISBLK(st.st_mode)) {
		log_error("'%s' is no folder and no device", given);
		return false;
	}
	FILE *mounts = fopen("/proc/self/mounts", "re");
	while (mounts != NULL && !found && fgets(line, sizeof(line), mounts) != NULL) {
		struct str_cut device = str_cut(str_from(line), ' '), folder = str_cut(device.tail, ' ');
		found = str_eq(device.head, str_from(given)) && folder.ok;
		if (found)
			snprintf(ret, size, "%.*s", STR_ARG(folder.head));
	}
	if (mounts != NULL)
		fclose(mounts);
	if (!found)
		log_error("'%s' is not mounted: mount it first", given);
	return found;
}

/* It is on the stick when this returns. */
static int fetch_file(struct cli *c, struct str name, const char *folder)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0}, path = {0};
	struct err e = {0};

	arena_init(&a, 0);
	const char *to = arena_printf(&a, "%s/%.*s", folder, STR_ARG(name)).p,
	           *part = arena_printf(&a, "%s.part", to).p;
	if (access(to, F_OK) == 0) {
		log_error("'%s' is there already: it stays as it is", to);
		return CLI_FAIL;
	}
	(void)os_delete(part, &e);
	auto_fd int fd = os_create(part, &e);
	struct client *client = fd >= 0 ? node_client_plain(c) : NULL;
	if (client == NULL) {
		if (fd < 0)
			log_error("%s", e.text);
		return CLI_FAIL;
	}
	client_quote(&path, name);
	int status = client_get_to(
	        client, arena_printf(&a, "/courier-file/%.*s", STR_ARG(buf_str(&path))).p, fd, &body, &e);
	client_close(client);
	if (status != 200)
		return say_error(status, &e, &body);
	if (os_sync(fd, part, &e) != 0 || os_rename(part, to, &e) != 0) {
		log_error("%s", e.text);
		return CLI_FAIL;
	}
	buf_printf(&c->out, "%s\n", to);
	return CLI_OK;
}

/* The names of its files, which are lines of CSV behind the first. */
static int fetch_all(struct cli *c, const char *id, const char *folder)
{
	auto_arena struct arena a = {0};
	auto_buf struct buf body = {0};
	struct err e = {0};
	struct client *client = node_client_plain(c);
	int rc = CLI_OK;
	unsigned n = 0;

	arena_init(&a, 0);
	if (client == NULL)
		return CLI_FAIL;
	client_form(client, CLIENT_CSV);
	int status = client_get(client, arena_printf(&a, "/couriers/%s/files", id).p, &body, &e);
	client_close(client);
	if (status != 200)
		return say_error(status, &e, &body);
	for (struct str_cut line = str_cut(str_cut(buf_str(&body), '\n').tail, '\n');
	        line.head.len > 0 && rc == CLI_OK; line = str_cut(line.tail, '\n'), n++)
		rc = fetch_file(c, str_cut(line.head, ',').head, folder);
	if (n == 0)
		buf_printf(&c->out, "nothing waits for %s\n", cli_value(c, "to"));
	return rc;
}

static int pack_run(struct cli *c)
{
	auto_buf struct buf body = {0};
	char folder[1024], id[32];
	struct err e = {0};
	bool ready;

	if (cli_value(c, "to") == NULL) {
		log_error("say whom it is for: --to kh");
		return CLI_USAGE;
	}
	if (!folder_of(c->operands.v[0], folder, sizeof(folder)))
		return CLI_FAIL;
	struct client *client = node_client_plain(c);
	if (client == NULL)
		return CLI_FAIL;
	client_param(client, "id", str_from(cli_value(c, "to")));
	int status = client_change(client, "/changes/courier-pack", &body, &e);
	client_close(client);
	if (status != 200)
		return say_error(status, &e, &body);
	snprintf(id, sizeof(id), "%.*s", STR_ARG(str_trim(buf_str(&body))));
	int rc = wait_for(c, id, false, &ready, &body);
	if (rc != CLI_OK)
		return rc;
	if (!ready) {
		log_error("the courier could not be packed; weir courier list says why");
		return CLI_FAIL;
	}
	return fetch_all(c, id, folder);
}

const struct command command_courier_pack = {
        .name = "courier pack",
        .params = "FOLDER",
        .about = "write what waits for a party to a stick",
        .text = "Everything without its receipt, what is urgent first, then attachments, in files of at most "
                "64 "
                "MiB that only the party's own node can open. FOLDER is where the stick is mounted, or its "
                "device. Nothing is marked as sent: a stick may be lost, and what the wire or another stick "
                "has "
                "brought meanwhile does no harm.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"to", 0, "PARTY", "whom it is for"}, {0}},
        .examples =
                (const struct cli_example[]){{"weir courier pack --to kh /media/stick",
                                                     "what waits for another CERT, while the cable is cut"},
                        {NULL, NULL}},
        .min = 1,
        .max = 1,
        .run = pack_run,
};

/* ---- open ---------------------------------------------------------------------------------------- */

/* Bytes of a file come with a change; its answer. */
static int post(struct cli *c, const char *change, const char *path, struct buf *body)
{
	auto_arena struct arena a = {0};
	const char *slash = strrchr(path, '/');
	char made[64];
	struct err e = {0};
	auto_fd int fd = os_open(path, &e);

	arena_init(&a, 0);
	if (fd < 0) {
		log_error("%s", e.text);
		return CLI_FAIL;
	}
	struct client *client = node_client_plain(c);
	if (client == NULL)
		return CLI_FAIL;
	client_param(client, "name", str_from(slash != NULL ? slash + 1 : path));
	int status = client_post(client, arena_printf(&a, "/files/%s", change).p, fd, body, made, &e);
	client_close(client);
	return status == 200 ? CLI_OK : say_error(status, &e, body);
}

static int open_run(struct cli *c)
{
	int rc = CLI_OK;

	for (size_t i = 0; i < c->operands.n; i++) {
		auto_buf struct buf body = {0};
		char id[32];
		bool ready = false;
		int one = post(c, "courier-open", c->operands.v[i], &body);
		snprintf(id, sizeof(id), "%.*s", STR_ARG(str_trim(buf_str(&body))));
		if (one == CLI_OK)
			one = wait_for(c, id, cli_has(c, "json"), &ready, &body);
		if (one == CLI_OK)
			buf_add(&c->out, buf_str(&body));
		if (one == CLI_OK && !ready) {
			log_error("%s could not be opened", c->operands.v[i]);
			one = CLI_FAIL;
		}
		rc = one != CLI_OK ? one : rc;
	}
	return rc;
}

const struct command command_courier_open = {
        .name = "courier open",
        .params = "FILE...",
        .about = "take in courier files",
        .text = "In any order, and the same file twice does no harm. A file that was cut off or damaged "
                "gives what "
                "stands before that; the rest comes with the next one. Receipts for what was new wait in the "
                "queue "
                "and go by wire, or with the next courier back.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {"json", 0, NULL, "JSON for scripts"}, {0}},
        .examples = (const struct cli_example[]){{"weir courier open /media/stick/la-*.weir.age",
                                                         "all that a stick has brought"},
                {NULL, NULL}},
        .min = 1,
        .max = CLI_MANY,
        .run = open_run,
};

static int list_run(struct cli *c)
{
	return node_ask(c, "/couriers");
}

const struct command command_courier_list = {
        .name = "courier list",
        .about = "list courier files that were packed or brought",
        .text = "The newest first, with what came of each.",
        .options =
                (const struct cli_option[]){NODE_OPTIONS, FORMS, {"limit", 0, "N", "at most so many"}, {0}},
        .run = list_run,
};

/* ---- attachments --------------------------------------------------------------------------------- */

static int add_run(struct cli *c)
{
	int rc = CLI_OK;

	for (size_t i = 0; i < c->operands.n && rc == CLI_OK; i++) {
		auto_buf struct buf body = {0};
		rc = post(c, "blob-add", c->operands.v[i], &body);
		if (rc == CLI_OK)
			buf_add(&c->out, buf_str(&body));
	}
	return rc;
}

const struct command command_blob_add = {
        .name = "blob add",
        .params = "FILE...",
        .about = "hand in an attachment for what will be said",
        .text = "At most 1 GiB each. The answer is its SHA-256, by which a statement names it; whoever that "
                "statement goes to then fetches the bytes, in parts and as often as it takes.",
        .options = (const struct cli_option[]){NODE_OPTIONS, {0}},
        .min = 1,
        .max = CLI_MANY,
        .run = add_run,
};
