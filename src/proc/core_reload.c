/* SPDX-License-Identifier: Apache-2.0
 *
 * A core reads the configuration once, when it starts; so what it would start with is looked at before it ends. That the files are
 * changed between that look and the start it cannot see.
 */
#include "proc/core_in.h"
#include "see/files.h"
#include "see/import.h"

/* What a core that starts now would stumble over; *ret_now is to be done in either case. */
static int could_start(struct core *c, struct country *ret_now, struct err *e)
{
	int rc = country_open(&c->node->paths, ret_now, e);

	if (rc == 0)
		rc = country_check_networks(ret_now, e);
	if (rc == 0)
		rc = country_rules(&c->node->paths, ret_now, e);
	return rc == 0 ? core_sim3_check(c, ret_now, e) : rc;
}

/* A core that ends for a new register must be able to start again. */
int core_could_start(struct core *c, struct err *e)
{
	struct country now;
	struct err why = {0};
	int rc = could_start(c, &now, &why);

	country_done(&now);
	return rc == 0 ? 0
	               : err_set(e, ERR_VALUE, "nothing is imported while the configuration is wrong: %.500s",
	                         why.text);
}

/* A configuration that is wrong is refused with its sentences; a good one is what the next core starts with, at once. */
static int reload(struct core *c, struct buf *said, struct err *e)
{
	struct country now;
	int rc = could_start(c, &now, e);

	if (rc == 0)
		rc = import_compare(c->node, &now, &now.notes, e);
	buf_add(said, buf_str(&now.notes));
	country_done(&now);
	if (rc != 0) {
		struct err with = *e;
		return err_set(e, ERR_VALUE, "%.*s%.500s; the node goes on with what it has",
		        STR_ARG(buf_str(said)), with.text);
	}
	buf_add(said, STR("the configuration is read again\n"));
	c->stopping = true;
	return 0;
}

/* The audit says who has asked, and what came of it. */
int core_reload(struct core *c, struct str person, struct buf *said, struct err *e)
{
	int code = reload(c, said, e);
	struct err why;

	if (files_reload(c->node, person, str_from(code != 0 ? e->text : ""), &why) != 0)
		log_say(&c->log, LOG_ERR, "the audit has no row of a reload: %s", why.text);
	return code;
}
