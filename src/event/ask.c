/* SPDX-License-Identifier: Apache-2.0 */
#include "event/ask.h"

const char *const ask_words[] = {"notification", "information-request", "assistance-request",
        "mitigation-request", "takedown-request", "preservation-request", "payment-recall-alert",
        "vulnerability-coordination", "consultation-request", NULL};

bool ask_word_is(struct str word)
{
	for (unsigned i = 0; ask_words[i] != NULL; i++)
		if (str_eq(word, str_from(ask_words[i])))
			return true;
	return false;
}
