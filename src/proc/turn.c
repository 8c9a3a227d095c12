/* SPDX-License-Identifier: Apache-2.0
 *
 * The turn of one of the desk's two daemons. The library reads one piece of each connection and returns. Before the other daemon, whose
 * requests may take milliseconds each, has its turn, a report on its way in gets some more of them: else it comes in a piece a turn, which
 * is a megabyte a second beside pages that are much in use.
 */
#include "base/os.h"
#include "proc/desk_in.h"
#include <poll.h>

#define TURN_US 3000

void desk_turn(struct MHD_Daemon *daemon)
{
	struct pollfd p = {
	        .fd = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, .events = POLLIN};
	int64_t until = os_ticks() + TURN_US;
	MHD_UNSIGNED_LONG_LONG ms;

	do {
		ms = 1;
		MHD_run(daemon);
	} while (os_ticks() < until &&
	        ((MHD_get_timeout(daemon, &ms) == MHD_YES && ms == 0) || poll(&p, 1, 0) > 0));
}
