/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/country.h"
#include <sys/stat.h>

static const char *value_if(const struct cli *c, const char *name)
{
	for (const struct cli_option *o = c->command->options; o != NULL && o->name != NULL; o++)
		if (str_eq(str_from(o->name), str_from(name)))
			return cli_value(c, name);
	return NULL;
}

struct country_paths country_paths(const struct cli *c)
{
	return (struct country_paths){.conf = value_if(c, "conf"),
	        .sample = value_if(c, "sample"),
	        .owners = value_if(c, "owners"),
	        .know = value_if(c, "know")};
}

struct country_paths country_node_paths(const struct cli *c)
{
	struct country_paths p = country_paths(c);
	struct stat st;

	if (p.conf == NULL && p.sample == NULL && stat("/etc/weir/weir.yaml", &st) == 0)
		p.conf = "/etc/weir";
	return p;
}
