/* SPDX-License-Identifier: Apache-2.0
 *
 * Parties as the directory has them: those with a node, and ministries, providers and CERTs that take part by mail.
 */
#include "event/value.h"
#include "link/check.h"
#include "link/contact.h"
#include "link/peer_in.h"

static const char *const party_kinds[] = {
        "national-cert", "cert", "ministry", "regulator", "provider", "organisation", "secretariat", "gate"};

void party_make(const struct link_self *self, struct str name)
{
	struct query q = db_query(self->db,
	        "insert into party(name, title, country) values (?1, ?1, case when length(?1) = 2 then "
	        "upper(?1) "
	        "else '' end) on conflict(name) do nothing");

	query_text(&q, name);
	query_run(&q);
	if (!str_eq(name, self->me))
		return;
	struct query own = db_query(self->db, "update party set own = (name = ?1) where own <> (name = ?1)");
	query_text(&own, name);
	query_run(&own);
}

int party_there(const struct link_self *self, struct str name, struct err *e)
{
	struct query q = db_query(self->db, "select 1 from party where name = ?");
	char shown[80];

	query_text(&q, name);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there ? 0
	             : err_set(e, ERR_MISSING, "there is no party '%s'; weir party list names them",
	                       err_quote(shown, sizeof(shown), name).p);
}

static bool kind_known(struct str kind)
{
	for (unsigned i = 0; i < sizeof(party_kinds) / sizeof(party_kinds[0]); i++)
		if (str_eq(kind, str_from(party_kinds[i])))
			return true;
	return false;
}

static bool country_ok(struct str cc)
{
	return cc.len == 0 ||
	        (cc.len == 2 && char_alnum(cc.p[0]) && char_alnum(cc.p[1]) && !char_digit(cc.p[0]) &&
	                !char_digit(cc.p[1]) && cc.p[0] != char_lower(cc.p[0]) &&
	                cc.p[1] != char_lower(cc.p[1]));
}

static bool pgp_ok(struct str fingerprint)
{
	for (size_t i = 0; i < fingerprint.len; i++)
		if (char_hex(fingerprint.p[i]) < 0)
			return false;
	return fingerprint.len == 0 || fingerprint.len == 40 || fingerprint.len == 64;
}

static int check_party(const struct party *p, struct err *e)
{
	char shown[80];

	if (!party_id_good(p->name))
		return err_set(e, ERR_USAGE,
		        "'%s' is no party: a country such as vn for its national CERT, or a DNS name such as "
		        "cert.example, in small letters",
		        err_quote(shown, sizeof(shown), p->name).p);
	if (p->kind.len > 0 && !kind_known(p->kind))
		return err_set(e, ERR_USAGE,
		        "'%s' is no kind of party: national-cert, cert, ministry, regulator, provider, "
		        "organisation, secretariat or gate",
		        err_quote(shown, sizeof(shown), p->kind).p);
	if (!country_ok(p->country))
		return err_set(e, ERR_USAGE, "a country is two capitals such as VN");
	if (!pgp_ok(p->pgp))
		return err_set(e, ERR_USAGE,
		        "an OpenPGP key is named by its fingerprint: 40 or 64 hexadecimal digits without "
		        "blanks");
	char mail[254];
	size_t len;
	if (p->email.len > 0 && !value_email(p->email, mail, &len))
		return err_set(
		        e, ERR_USAGE, "'%s' is no mail address", err_quote(shown, sizeof(shown), p->email).p);
	return 0;
}

/* The columns that are said; the others stay. */
static void update(const struct link_self *self, const struct party *p)
{
	struct query q = db_query(self->db,
	        "update party set title = coalesce(?2, title), kind = coalesce(?3, kind), country = "
	        "coalesce(?4, "
	        "country), language = coalesce(?5, language), email = coalesce(?6, email), pgp = "
	        "coalesce(?7, "
	        "pgp), website = coalesce(?8, website), note = coalesce(?9, note), failed = case when role = "
	        "'mail' and lower(coalesce(?6, email)) <> lower(email) then '' else failed end where name = "
	        "?1");
	const struct str values[] = {
	        p->title, p->kind, p->country, p->language, p->email, p->pgp, p->website, p->note};

	query_text(&q, p->name);
	for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		query_text(&q, values[i]);
	query_run(&q);
}

/* He has no node, so nobody types a number: a statement to him stays here and its words go by mail. */
static int take_part_by_mail(const struct link_self *self, const struct party *p, struct err *e)
{
	struct query q = db_query(self->db,
	        "update party set role = 'mail', link = 'linked', confirmed = ?2 where name = ?1 and email "
	        "<> '' and "
	        "root is null");

	query_text(&q, p->name);
	query_i64(&q, self->now);
	query_run(&q);
	return db_changes(self->db) > 0 ? 0
	                                : err_set(e, ERR_VALUE,
	                                          "a party that takes part by mail has a mail address "
	                                          "(--email) and no link of its own");
}

int party_put(struct deed *d, const struct party *p, bool there, struct err *e)
{
	const struct link_self *self = d->self;
	int rc = check_party(p, e);
	bool is = party_there(self, p->name, NULL) == 0;

	if (rc != 0)
		return rc;
	if (there != is)
		return is ? err_set(e, ERR_VALUE, "'%.*s' is there already: weir party edit changes it",
		                    STR_ARG(p->name))
		          : party_there(self, p->name, e);
	if (!is)
		party_make(self, p->name);
	update(self, p);
	if (p->mail && (rc = take_part_by_mail(self, p, e)) != 0)
		return rc;
	buf_printf(d->said, "%.*s %s\n", STR_ARG(p->name), is ? "is changed" : "is in the directory");
	return 0;
}

bool peer_work(const struct link_self *self)
{
	struct query q = db_query(self->db, "select 1 from party where own = 1 and name = ?");

	if (self->me.len == 0) {
		query_done(&q, NULL);
		return false;
	}
	query_text(&q, self->me);
	bool known = query_next(&q) == 1;
	query_done(&q, NULL);
	if (!known)
		party_make(self, self->me);
	bool due = check_due(self);
	return link_release_due(self) > 0 || due || !known;
}
