/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

int main(void)
{
	log_error("no command yet");
	return 2;
}
