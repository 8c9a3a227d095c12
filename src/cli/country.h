/* SPDX-License-Identifier: Apache-2.0
 *
 * What the node of a country knows and decides by, loaded from its folder:
 *
 *   weir.yaml               options (country, name)
 *   owners.csv, owners.yaml who has what
 *   know/                   routes, countries, AS names: everything in it goes into the generation
 *   rules/                  NUMBER-NAME.yaml
 *   feeds/                  NAME.yaml
 */
#pragma once

#include "base/conf.h"
#include "cli/cli.h"
#include "decide/decide.h"
#include "know/know.h"

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

/* Where the sample and the defaults were installed. */
#ifndef WEIR_DATA
#define WEIR_DATA "/usr/local/share/weir"
#endif

struct country {
	struct arena arena;
	struct str folder;
	struct str cc, name; /* may be empty */
	bool sample;         /* the sample's owners are in use */
	struct know *know;
	struct buf generation; /* the bytes, if it was built here */
	struct rules *rules;
	struct buf notes; /* lines: what was passed over while loading */
};

/* Loads by the options of the command line. On failure every complaint stands in ret->notes, one a line, and
 * e says what could not be loaded. country_done in any case. */
int country_load(const struct cli *c, struct country *ret, struct err *e);
void country_done(struct country *c);

/* A path below the folder 'examples' of the sample; "../conf" leads to the defaults. */
const char *country_sample(const struct cli *c, struct arena *a, const char *path);

/* ---- the steps of country_load, for the check ---- */

struct know_build;
/* The folder and its options. */
int country_open(const struct cli *c, struct country *ret, struct err *e);
/* c->know: the generation of --know, or built from the inputs. */
int country_know(const struct cli *cli, struct country *c, struct err *e);
/* Owners and know/ into a build. */
int country_inputs(const struct cli *cli, struct country *c, struct know_build *b, struct err *e);
int country_rules(const struct cli *cli, struct country *c, struct err *e);
