/* SPDX-License-Identifier: Apache-2.0
 *
 * Options that say which country a command is about.
 */
#pragma once

#include "cli/cli.h"
#include "see/country.h"

/* Every command that has one of them has both. */
#define FOLDER_OPTIONS                                                                                       \
	{"conf", 0, "DIR", "folder of the country (default: the sample's)"},                                 \
	{                                                                                                    \
		"sample", 0, "DIR",                                                                          \
		        "folder 'examples' with the sample country, if it is not the installed one"          \
	}
#define COUNTRY_OPTIONS                                                                                      \
	FOLDER_OPTIONS, {"owners", 0, "FILE", "owners file instead of the one in the folder"},               \
	{                                                                                                    \
		"know", 'k', "GEN", "generation that 'weir know build' made, instead of owners and know/"    \
	}

/* What the command line says of it; the command must have the options. owners and know are looked at if the
 * command has COUNTRY_OPTIONS. */
struct country_paths country_paths(const struct cli *c);
/* The same for a node, whose folder is /etc/weir if it is there and nothing else was said. */
struct country_paths country_node_paths(const struct cli *c);
