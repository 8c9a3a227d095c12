/* SPDX-License-Identifier: Apache-2.0
 *
 * weir backup, weir restore.
 */
#include "see/backup.h"
#include "base/log.h"
#include "cli/node.h"

static int finish(struct cli *c, struct buf *said, int rc, const struct err *e)
{
	buf_add(&c->out, buf_str(said));
	buf_done(said);
	if (rc != 0)
		log_error("%s", e->text);
	return rc == 0 ? CLI_OK : CLI_FAIL;
}

static int backup_run(struct cli *c)
{
	struct buf said = {0};
	struct err e = {0};
	int rc = backup_make(node_state(c), c->operands.v[0], &said, &e);

	return finish(c, &said, rc, &e);
}

const struct command command_backup = {
        .name = "backup",
        .params = "DIR",
        .about = "copy all that a node keeps",
        .text = "Works while the node runs and takes a state that fits together; then the copy is read from "
                "end to end, and "
                "the exit status is 0 only if all of it agrees. DIR must not be there, or be empty. The "
                "configuration is not "
                "in it.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir backup --state /var/lib/weir /mnt/backup/2026-01-05", "a copy with a date"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .offline = true,
        .run = backup_run,
};

static int restore_run(struct cli *c)
{
	struct buf said = {0};
	struct err e = {0};
	const char *state = cli_value(c, "state");

	if (state == NULL) {
		log_error("--state names the folder that the copy becomes");
		return CLI_USAGE;
	}
	int rc = backup_restore(c->operands.v[0], state, &said, &e);
	return finish(c, &said, rc, &e);
}

const struct command command_restore = {
        .name = "restore",
        .params = "DIR",
        .about = "make a node's state from a copy",
        .text = "DIR is what 'weir backup' made. It is read from end to end first; only a copy that agrees "
                "with itself is used. "
                "The folder of --state must not be there, or be empty: move a damaged one aside, it may "
                "still be of use.",
        .options =
                (const struct cli_option[]){
                        {"state", 0, "DIR", "the folder that the copy becomes"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir restore --state /var/lib/weir /mnt/backup/2026-01-05",
                                "before the node is started again"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .offline = true,
        .run = restore_run,
};
