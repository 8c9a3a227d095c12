/* SPDX-License-Identifier: Apache-2.0
 *
 * Who answers for which path: one line each.
 */
#include "proc/door_in.h"

extern const struct door_handler door_answers, door_figures, door_style, door_robots, door_peers, door_blobs;

const struct door_handler *const door_handlers[] = {
        &door_answers,
        &door_figures,
        &door_style,
        &door_robots,
        &door_blobs, /* before what it stands below */
        &door_peers,
};
const size_t door_handler_count = sizeof(door_handlers) / sizeof(door_handlers[0]);
