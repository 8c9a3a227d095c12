/* SPDX-License-Identifier: Apache-2.0 */
#include "exit/clear.h"
#include "base/digest.h"
#include "base/os.h"

/* A clearance holds for a month: what could not be sent by then is decided again. */
#define UNTIL (30 * (int64_t)86400 * 1000000)

static struct str label_text(enum tlp label)
{
	return label != TLP_NONE ? tlp_name(label) : STR("");
}

static struct str pap_text(enum pap pap)
{
	return pap != PAP_NONE ? pap_name(pap) : STR("");
}

static struct str or_empty(struct str s)
{
	return s.p != NULL ? s : STR("");
}

void exit_refuse(struct db *db, const struct exit_object *o, const struct exit_recipient *r,
        enum exit_purpose purpose, const struct exit_verdict *v)
{
	struct query q = db_query(db,
	        "insert into refusal(at, object, recipient, label, rule, kind, purpose, name, pap, "
	        "community, who) "
	        "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	query_i64(&q, os_now());
	query_text(&q, o->name);
	query_text(&q, or_empty(r->name));
	query_text(&q, label_text(o->label));
	query_text(&q, str_from(v->rule));
	query_text(&q, exit_kind_name(r->kind));
	query_text(&q, exit_purpose_name(purpose));
	query_text(&q, str_from(v->name));
	query_text(&q, pap_text(o->pap));
	query_text(&q, or_empty(o->group));
	query_text(&q, exit_who_text(v->who));
	query_run(&q);
}

static void put_clearance(struct db *db, const struct exit_object *o, const struct exit_recipient *r,
        enum exit_purpose purpose, const struct exit_verdict *v, struct cleared *c)
{
	struct query q = db_query(db,
	        "insert into clearance(at, object, recipient, label, rule, sha256, until, kind, purpose, "
	        "name, pap, "
	        "community, permission) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	query_i64(&q, os_now());
	query_text(&q, o->name);
	query_text(&q, c->recipient);
	query_text(&q, label_text(o->label));
	query_text(&q, str_from(v->rule));
	query_blob(&q, str_make((const char *)c->sha256, sizeof(c->sha256)));
	query_i64(&q, c->until);
	query_text(&q, exit_kind_name(r->kind));
	query_text(&q, exit_purpose_name(purpose));
	query_text(&q, str_from(v->name));
	query_text(&q, pap_text(o->pap));
	query_text(&q, or_empty(o->group));
	/* onward release logs what allowed it */
	query_text(&q, v->permitted ? o->permission->statement : STR(""));
	query_run(&q);
	c->id = db_last_id(db);
}

bool exit_clear_for(struct db *db, const struct exit_object *given, const struct exit_recipient *r,
        enum exit_purpose purpose, struct str bytes, struct cleared *ret, struct exit_verdict *ret_verdict)
{
	struct exit_object o = *given;

	o.label = exit_label(db, o.name, o.label, or_empty(o.originator));
	struct exit_verdict v = exit_judge(&o, r, purpose);
	struct cleared c = {.bytes = bytes,
	        .recipient = or_empty(r->name),
	        .kind = r->kind,
	        .label = o.label,
	        .rule = v.rule,
	        .until = os_now() + UNTIL};
	if (ret_verdict != NULL)
		*ret_verdict = v;
	if (!v.allowed) {
		exit_refuse(db, &o, r, purpose, &v);
		return false;
	}
	digest_of(bytes, c.sha256);
	put_clearance(db, &o, r, purpose, &v, &c);
	*ret = c;
	return true;
}

bool exit_clear(struct db *db, struct str object, struct str recipient, enum exit_kind kind, enum tlp label,
        struct str bytes, struct cleared *ret)
{
	struct exit_object o = {.name = object, .label = label};
	struct exit_recipient r = {.kind = kind, .way = EXIT_OPEN, .name = recipient};

	return exit_clear_for(db, &o, &r, EXIT_TELL, bytes, ret, NULL);
}

bool exit_clear_statement(struct db *db, struct str id, struct exit_object *o, const struct exit_recipient *r,
        struct str bytes, char text[EXIT_STATEMENT], struct cleared *ret, struct exit_verdict *ret_verdict)
{
	snprintf(text, EXIT_STATEMENT, "statement %.*s", STR_ARG(str_sub(id, 0, 64)));
	o->name = str_from(text);
	return exit_clear_for(db, o, r, EXIT_TELL, bytes, ret, ret_verdict);
}

bool exit_holds(struct db *db, const struct cleared *c, int64_t now)
{
	struct query q = db_query(
	        db, "select 1 from clearance where id = ? and sha256 = ? and recipient = ? and until > ?");

	query_u64(&q, c->id);
	query_blob(&q, str_make((const char *)c->sha256, sizeof(c->sha256)));
	query_text(&q, c->recipient);
	query_i64(&q, now);
	bool holds = query_next(&q) == 1;
	query_run(&q);
	return holds;
}

/* ---- labels that were lowered -------------------------------------------------------------------- */

static bool is_id(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (char_hex(s.p[i]) < 0 || (s.p[i] >= 'A' && s.p[i] <= 'F'))
			return false;
	return s.len == 64;
}

int exit_lower(struct db *db, struct str object, enum tlp was, enum tlp label, struct str originator,
        struct str by, struct str statement, struct err *e)
{
	if (originator.len == 0 || !str_eq(originator, by))
		return err_set(
		        e, ERR_DENIED, "only the originator of '%.*s' may lower its label", STR_ARG(object));
	if (!is_id(statement))
		return err_set(e, ERR_DENIED,
		        "a label is lowered by a signed statement, and '%.*s' is no id of one",
		        STR_ARG(str_sub(statement, 0, 80)));
	if (label == TLP_NONE || label >= was || was >= TLP_END)
		return err_set(e, ERR_DENIED, "TLP:%.*s is not below TLP:%.*s: labels rise by themselves",
		        STR_ARG(tlp_name(label != TLP_NONE ? label : TLP_CLEAR)),
		        STR_ARG(tlp_name(was < TLP_END ? was : TLP_RED)));
	struct query q = db_query(db,
	        "insert into label_lowered(at, object, was, label, originator, statement) values (?, ?, ?, "
	        "?, ?, ?)");
	query_i64(&q, os_now());
	query_text(&q, object);
	query_text(&q, tlp_name(was));
	query_text(&q, tlp_name(label));
	query_text(&q, originator);
	query_text(&q, statement);
	query_run(&q);
	return 0;
}

enum tlp exit_label(struct db *db, struct str object, enum tlp label, struct str originator)
{
	enum tlp now = label;

	if (originator.len == 0 || label <= TLP_CLEAR)
		return label;
	struct query q = db_query(db,
	        "select label from label_lowered where object = ? and originator = ? and was = ? order by id "
	        "desc limit 1");
	query_text(&q, object);
	query_text(&q, originator);
	query_text(&q, tlp_name(label));
	if (query_next(&q) == 1)
		now = tlp_find(query_get_text(&q, 0));
	query_run(&q);
	return now != TLP_NONE && now < label ? now : label;
}
