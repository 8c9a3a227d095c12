/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands, in the order in which help lists them.
 */
#include "cli/cli.h"

extern const struct command command_docs, command_formats, command_handover, command_help, command_know_build,
        command_read, command_version;

const struct command *const command_table[] = {
        &command_read,
        &command_formats,
        &command_know_build,
        &command_docs,
        &command_handover,
        &command_help,
        &command_version,
        NULL,
};
