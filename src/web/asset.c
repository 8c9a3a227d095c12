/* SPDX-License-Identifier: Apache-2.0 */
#include "web/asset.h"
#include <stdlib.h>

static const struct asset *named(struct str name)
{
	for (size_t i = 0; i < asset_count; i++)
		if (str_eq(name, str_from(asset_table[i].name)))
			return &asset_table[i];
	return NULL;
}

const struct asset *asset_find(struct str digest, struct str name)
{
	const struct asset *a = named(name);

	if (a == NULL)
		return NULL;
	bool font = str_starts(str_from(a->path), STR("/f/"));
	return str_eq(digest, font ? STR("") : str_from(a->digest)) ? a : NULL;
}

const char *asset_path(const char *name)
{
	const struct asset *a = named(str_from(name));

	if (a == NULL)
		abort();
	return a->path;
}
