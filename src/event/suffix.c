/* SPDX-License-Identifier: Apache-2.0 */
#include "event/suffix.h"
#include "event/value.h"
#include <libpsl.h>

int suffix_open(struct suffix **ret, struct err *e)
{
	psl_ctx_t *list = psl_latest(NULL);

	if (list == NULL)
		return err_set(
		        e, ERR_MISSING, "no list of public suffixes: install the package 'publicsuffix'");
	*ret = (struct suffix *)list;
	return 0;
}

void suffix_close(struct suffix **s)
{
	if (*s != NULL)
		psl_free((psl_ctx_t *)*s);
	*s = NULL;
}

/* libpsl wants a NUL and answers with a pointer into its argument. */
static struct str ask(
        const struct suffix *s, struct str name, const char *(*question)(const psl_ctx_t *, const char *))
{
	char text[NAME_MAX_BYTES + 1];

	if (name.len == 0 || name.len > NAME_MAX_BYTES)
		return str_skip(name, name.len);
	memcpy(text, name.p, name.len);
	text[name.len] = '\0';
	const char *found = question((const psl_ctx_t *)s, text);
	return found == NULL ? str_skip(name, name.len) : str_skip(name, (size_t)(found - text));
}

struct str suffix_find(const struct suffix *s, struct str name)
{
	return ask(s, name, psl_unregistrable_domain);
}

struct str suffix_registrable(const struct suffix *s, struct str name)
{
	return ask(s, name, psl_registrable_domain);
}
