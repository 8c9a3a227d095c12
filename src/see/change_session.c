/* SPDX-License-Identifier: Apache-2.0
 *
 * Links that let a person in once, and the sessions that they open. Whoever makes a link or a session keeps its random part
 * and gives its SHA-256 here; nothing that is stored lets anybody in.
 *
 * These are links of the sample country, from which nothing leaves the machine and which asks for no account. Those of
 * accounts are in change_account.c, their visits in change_enter.c.
 */
#include "base/os.h"
#include "see/change_in.h"

#define SECOND ((int64_t)1000000)
#define LINK_US (15 * 60 * SECOND)
#define SESSION_US (12 * 3600 * SECOND)
#define DIGEST 32

static int digest_param(struct change *c, const char *name, uint8_t ret[DIGEST], struct err *e)
{
	if (str_hex(change_param(c, name), ret, DIGEST))
		return 0;
	return err_set(e, ERR_USAGE, "%s is 64 hexadecimal digits", name);
}

static struct str blob(const uint8_t id[DIGEST])
{
	return str_make((const char *)id, DIGEST);
}

int change_link(struct change *c, struct err *e)
{
	uint8_t id[DIGEST];
	int64_t now = os_now();
	int rc = digest_param(c, "link", id, e);

	if (rc != 0)
		return rc;
	if (!c->node->country.sample)
		return err_set(e, ERR_DENIED,
		        "the pages of a country of your own are for accounts: 'weir people add NAME --roles "
		        "admin' makes the first one and prints its link");
	struct query old = db_query(c->node->state, "delete from link where until < ?");
	query_i64(&old, now - LINK_US);
	query_run(&old);
	struct query q = db_query(c->node->state,
	        "insert into link(id, person, role, made, until) values (?, 'sample', 'analyst coordinator "
	        "auditor', ?, ?)");
	query_blob(&q, blob(id));
	query_i64(&q, now);
	query_i64(&q, now + LINK_US);
	query_run(&q);
	snprintf(c->object, sizeof(c->object), "sample");
	snprintf(c->detail, sizeof(c->detail), "lets in once, for 15 minutes");
	buf_printf(c->said, "a link for 'sample' that lets in once, for 15 minutes\n");
	return 0;
}

int change_session_open(struct change *c, struct err *e)
{
	uint8_t link[DIGEST], id[DIGEST];
	int64_t now = os_now();
	int rc = digest_param(c, "link", link, e);

	if (rc == 0)
		rc = digest_param(c, "session", id, e);
	if (rc != 0)
		return rc;
	struct query use = db_query(c->node->state,
	        "update link set used = ?1 where id = ?2 and used is null and until > ?1 and account is "
	        "null");
	query_i64(&use, now);
	query_blob(&use, blob(link));
	query_run(&use);
	if (db_changes(c->node->state) == 0)
		return err_set(e, ERR_DENIED,
		        "this link was used, or its 15 minutes are over; 'weir people link' makes another");
	struct query old = db_query(c->node->state, "delete from session where until < ?");
	query_i64(&old, now);
	query_run(&old);
	struct query q = db_query(c->node->state,
	        "insert into session(id, person, role, opened, until) select ?1, person, role, ?2, ?3 from "
	        "link where id = ?4");
	query_blob(&q, blob(id));
	query_i64(&q, now);
	query_i64(&q, now + SESSION_US);
	query_blob(&q, blob(link));
	query_run(&q);
	snprintf(c->object, sizeof(c->object), "sample");
	buf_printf(c->said, "welcome\n");
	return 0;
}

int change_session_end(struct change *c, struct err *e)
{
	uint8_t id[DIGEST];
	int rc = digest_param(c, "session", id, e);

	if (rc != 0)
		return rc;
	struct query q = db_query(c->node->state, "delete from session where id = ?");
	query_blob(&q, blob(id));
	query_run(&q);
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(c->person));
	buf_printf(c->said, "left\n");
	return 0;
}

int change_session_language(struct change *c, struct err *e)
{
	uint8_t id[DIGEST];
	struct str code = change_param(c, "language");
	int rc = digest_param(c, "session", id, e);

	if (rc != 0)
		return rc;
	if (code.len < 2 || code.len > 35)
		return err_set(e, ERR_USAGE, "language is a code such as lo");
	struct query q = db_query(c->node->state, "update session set language = ? where id = ?");
	query_text(&q, code);
	query_blob(&q, blob(id));
	query_run(&q);
	/* and from the next visit on */
	struct query own = db_query(c->node->state,
	        "update account set language = ? where id = (select account from session where id = ?)");
	query_text(&own, code);
	query_blob(&own, blob(id));
	query_run(&own);
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(c->person));
	snprintf(c->detail, sizeof(c->detail), "pages in %.*s", STR_ARG(code));
	buf_printf(c->said, "pages in %.*s\n", STR_ARG(code));
	return 0;
}

int change_looked(struct change *c, struct err *e)
{
	uint64_t id;

	if (change_id(c, 'F', &id, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(c->node->state,
	        "insert into looked(person, finding, at) values (?1, ?2, ?3) on conflict(person) do update "
	        "set"
	        " finding = max(finding, ?2), at = ?3");
	query_text(&q, c->person);
	query_u64(&q, id);
	query_i64(&q, os_now());
	query_run(&q);
	change_about(c, 'F', id, STR("all until it were looked at"));
	buf_printf(c->said, "looked at until F%llu\n", (unsigned long long)id);
	return 0;
}
