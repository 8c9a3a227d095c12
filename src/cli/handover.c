/* SPDX-License-Identifier: Apache-2.0
 *
 * weir handover: from root to the node's user. Nothing of Weir runs as root, but root may hold the reports
 * that are to be read. So each FILE on the command line is opened here and handed over as a descriptor
 * ("fd:N:NAME" in its place), then the process becomes the user, for good, and executes the command.
 *
 * A folder is not opened file by file: if the user cannot enter it by its path, it is handed over as
 * "/proc/self/fd/N", and what is inside must be readable for the user. What cannot be opened stays as it was
 * written, so that the command itself says what is wrong with it.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/cli.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct handover {
	struct arena arena;
	VEC(const char *) argv;
	uid_t uid;
	gid_t gid;
	char name[64];
};

static const char *base_name(const char *path)
{
	struct str_cut cut = str_rcut(str_from(path), '/');

	return cut.ok ? cut.tail.p : path;
}

/* The path, or what stands for it on the other side. Folders are decided on there (reachable). */
static const char *opened(struct handover *h, const char *path)
{
	struct stat st;

	if (str_eq(str_from(path), STR("-")) || str_starts(str_from(path), STR("fd:")) ||
	        stat(path, &st) != 0 || S_ISDIR(st.st_mode))
		return path;
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return path;
	return arena_printf(&h->arena, "fd:%d:%s", fd, base_name(path)).p;
}

/* Opened as root, given up again if the user reaches the folder himself. */
static void folders(struct handover *h, int *fds)
{
	struct stat st;

	for (size_t i = 0; i < h->argv.n; i++) {
		fds[i] = -1;
		if (h->argv.v[i] != NULL && stat(h->argv.v[i], &st) == 0 && S_ISDIR(st.st_mode))
			fds[i] = open(h->argv.v[i], O_RDONLY | O_DIRECTORY);
	}
}

static void reachable(struct handover *h, const int *fds)
{
	for (size_t i = 0; i < h->argv.n; i++) {
		if (fds[i] < 0)
			continue;
		if (access(h->argv.v[i], R_OK | X_OK) == 0)
			close(fds[i]);
		else
			h->argv.v[i] = arena_printf(&h->arena, "/proc/self/fd/%d", fds[i]).p;
	}
}

static void push(struct handover *h, const char *word)
{
	*vec_add(&h->argv) = word;
}

/* The command line again, in one spelling. The argument of an option is a word of its own, so that a folder
 * there can be seen to. */
static void rebuild(struct handover *h, const struct cli *asked)
{
	push(h, "weir");
	for (struct str rest = str_from(asked->command->name); rest.len > 0;) {
		struct str_cut cut = str_cut(rest, ' ');
		push(h, arena_str(&h->arena, cut.head).p);
		rest = cut.tail;
	}
	for (size_t i = 0; i < asked->given.n; i++) {
		const struct cli_given *g = &asked->given.v[i];
		bool file = g->value != NULL && str_eq(str_from(g->option->arg), STR("FILE"));
		push(h, arena_printf(&h->arena, "--%s", g->option->name).p);
		if (g->value != NULL)
			push(h, file ? opened(h, g->value) : g->value);
	}
	if (asked->help)
		push(h, "--help");
	push(h, "--");
	for (size_t i = 0; i < asked->operands.n; i++)
		push(h, opened(h, asked->operands.v[i]));
}

static int user_find(struct handover *h, const char *name, struct err *e)
{
	struct passwd pw, *found = NULL;
	char text[4096];

	if (getpwnam_r(name, &pw, text, sizeof(text), &found) != 0 || found == NULL)
		return err_set(e, ERR_MISSING, "there is no user '%.40s'", name);
	if (pw.pw_uid == 0)
		return err_set(e, ERR_USAGE, "'%.40s' is root; name a user without rights", name);
	snprintf(h->name, sizeof(h->name), "%s", pw.pw_name);
	h->uid = pw.pw_uid;
	h->gid = pw.pw_gid;
	return 0;
}

/* There is no way back: all three ids change, and no later program can gain any. */
static int become(const struct handover *h, struct err *e)
{
	if (initgroups(h->name, h->gid) != 0 || setresgid(h->gid, h->gid, h->gid) != 0 ||
	        setresuid(h->uid, h->uid, h->uid) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_sys(e, "cannot become user '%s'", h->name);
	if (setuid(0) == 0)
		return err_set(e, ERR_DENIED, "user '%s' can become root again", h->name);
	return 0;
}

static int go(struct handover *h, struct err *e)
{
	int *fds = arena_array(&h->arena, h->argv.n, sizeof(int));

	folders(h, fds);
	int rc = become(h, e);
	if (rc != 0)
		return rc;
	reachable(h, fds);
	push(h, NULL);
	execv("/proc/self/exe", (char *const *)(uintptr_t)h->argv.v);
	return err_sys(e, "cannot execute the program");
}

static int handover_run(struct cli *c)
{
	struct handover h = {0};
	struct cli asked = {.table = c->table};
	struct err e = {0};

	if (geteuid() != 0) {
		log_error("'weir handover' is for root; run the command itself");
		return CLI_USAGE;
	}
	/* what the user's own command line would say about a mistake, it says itself */
	int rc = user_find(&h, c->operands.v[0], &e);
	if (rc == 0 && (rc = cli_parse(&asked, (int)c->operands.n, c->operands.v, &e)) == 0) {
		arena_init(&h.arena, 0);
		rebuild(&h, &asked);
		rc = go(&h, &e);
	}
	log_error("%s", e.text);
	cli_done(&asked);
	arena_done(&h.arena);
	vec_done(&h.argv);
	return rc == ERR_USAGE ? CLI_USAGE : CLI_FAIL;
}

const struct command command_handover = {
        .name = "handover",
        .params = "USER COMMAND...",
        .about = "as root, open the files of a command and run it as another user",
        .text = "Each operand of COMMAND that is a file, and each file that an option names, is opened by "
                "root "
                "and handed over as a descriptor; then the program becomes USER and runs COMMAND. So reports "
                "that only root can read are read without root's rights. Put '--' in front of USER, so that "
                "COMMAND's options stay its own.",
        .examples =
                (const struct cli_example[]){
                        {"weir handover -- weir preview /root/report.csv",
                                "preview, as user 'weir', a report that only root can read"},
                        {NULL, NULL},
                },
        .min = 2,
        .max = CLI_MANY,
        .offline = true,
        .run = handover_run,
};
