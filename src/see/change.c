/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"
#include "base/os.h"
#include "base/plural.h"
#include "see/alert.h"
#include "see/change_in.h"
#include "see/fetch.h"
#include "see/quiet.h"
#include "state/audit.h"
#include "state/inside.h"

/* The word in state of a row; empty if there is no row. */
void change_state(struct change *c, const char *sql, uint64_t id, char *ret, size_t size)
{
	struct query q = db_query(c->node->state, sql);

	query_u64(&q, id);
	ret[0] = 0;
	if (query_next(&q) == 1)
		snprintf(ret, size, "%.*s", STR_ARG(query_get_text(&q, 0)));
	query_run(&q);
}

/* ---- contacts ------------------------------------------------------------------------------------ */

static int contact_mend(struct change *c, struct err *e)
{
	struct str email = change_param(c, "id");
	char shown[300];
	uint64_t n;

	struct query q = db_query(c->node->state,
	        "update contact set broken = null where email = ? collate nocase and broken is not null");
	query_text(&q, email);
	query_run(&q);
	n = db_changes(c->node->state);
	err_quote(shown, sizeof(shown), email);
	if (n == 0)
		return err_set(e, ERR_MISSING,
		        "no contact '%s' is marked as broken; weir owner show ID has an owner's contacts",
		        shown);
	c->contacts = true;
	snprintf(c->object, sizeof(c->object), "%.60s", shown);
	snprintf(c->detail, sizeof(c->detail), "%.*s", STR_ARG(change_param(c, "note")));
	plural_printf(c->said, "%s is written to again (%llu contacts)\n", shown, (unsigned long long)n);
	return 0;
}

/* ---- feeds --------------------------------------------------------------------------------------- */

static int feed_fetch(struct change *c, struct err *e)
{
	struct str id = change_param(c, "id");
	const struct node_feed *f = node_feed(c->node, id);

	if (f == NULL)
		return err_set(
		        e, ERR_MISSING, "there is no feed '%.*s'; weir feed list names them", STR_ARG(id));
	if (!f->file.enabled)
		return err_set(e, ERR_VALUE,
		        "the feed '%.*s' is switched off; set 'enabled: yes' in its file", STR_ARG(id));
	if (!node_fetched(&f->file))
		return err_set(e, ERR_VALUE, "the feed '%.*s' has no url to be fetched from", STR_ARG(id));
	fetch_soon(c->node, id);
	snprintf(c->object, sizeof(c->object), "%.*s", STR_ARG(id));
	buf_printf(c->said, "%.*s is fetched as soon as may be; weir feed list says what comes of it\n",
	        STR_ARG(id));
	return 0;
}

/* ---- the clock ----------------------------------------------------------------------------------- */

static int change_clock(struct change *c, struct err *e)
{
	if (!clock_doubtful(c->node))
		return err_set(e, ERR_VALUE, "the clock is not doubtful: there is nothing to confirm");
	clock_confirm(c->node);
	c->clock = true;
	snprintf(c->object, sizeof(c->object), "clock");
	snprintf(c->detail, sizeof(c->detail), "%.*s", STR_ARG(change_param(c, "note")));
	buf_printf(c->said, "the clock is believed again\n");
	return 0;
}

/* ---- all ----------------------------------------------------------------------------------------- */

/* ---- alerts -------------------------------------------------------------------------------------- */

static int change_ack(struct change *c, struct err *e)
{
	struct query q;
	uint64_t id;

	if (change_id(c, 'A', &id, e) != 0)
		return ERR_USAGE;
	q = db_query(c->node->state,
	        "update alert set acked = ?, person = ?, next = null where id = ? and acked is null");
	query_i64(&q, os_now());
	query_text(&q, c->person);
	query_u64(&q, id);
	query_run(&q);
	if (db_changes(c->node->state) == 0)
		return err_set(e, ERR_MISSING, "there is no alert A%llu that nobody has acknowledged",
		        (unsigned long long)id);
	/* what has not gone yet need not wake anybody */
	q = db_query(c->node->state,
	        "update alert_message set state = 'refused', answer = 'acknowledged before it went' where "
	        "alert = ? and state = 'ready'");
	query_u64(&q, id);
	query_run(&q);
	change_about(c, 'A', id, change_param(c, "note"));
	buf_printf(c->said, "A%llu is yours; nobody else is told\n", (unsigned long long)id);
	return 0;
}

static int change_alert_test(struct change *c, struct err *e)
{
	const struct roster *r = &c->node->country.roster;
	unsigned who = roster_next(r, 0, c->node->country.zone, os_now());

	if (r->n == 0)
		return err_set(e, ERR_VALUE, "nobody stands on the roster: 'alerts: roster' in weir.yaml");
	if (who == ROSTER_PEOPLE)
		return err_set(e, ERR_VALUE,
		        "nobody on the roster is on duty now: an alert would wake nobody; look at 'when'");
	alert_open(c->node, STR("test"), STR(""), SEVERITY_INFO,
	        STR("a test: does this reach whoever is on duty?"));
	snprintf(c->object, sizeof(c->object), "test");
	buf_printf(c->said, "%.*s is told first; weir alert list says what came of it\n",
	        STR_ARG(r->people[who].person));
	return 0;
}

const struct change_row change_table[] = {
        {"finding-close", "closes findings; id, why, note", change_finding_close, RIGHT_WORK, 'F'},
        {"finding-reopen", "opens closed findings again; id, note", change_finding_reopen, RIGHT_WORK, 'F'},
        {"finding-assign", "says who works on findings; id, to: a person, me or nobody",
                change_finding_assign, RIGHT_WORK, 'F'},
        {"finding-note", "adds a note to findings; id, note", change_finding_note, RIGHT_WORK, 'F'},
        {"finding-merge", "findings go on as another one of the same owner; id, into", change_finding_merge,
                RIGHT_WORK, 'F'},
        {"saved-put", "keeps a list of findings; name, query, shared: team", change_saved_put, RIGHT_READ, 0,
                .own = true},
        {"saved-drop", "drops such a list; id", change_saved_drop, RIGHT_READ, 'S'},
        {"saved-looked", "a kept list was looked at; id, until", change_saved_looked, RIGHT_READ, 'S'},
        {"handover-note", "what the next shift is told; text", change_handover, RIGHT_WORK, 0},
        {"contact-mend", "a contact whose letters came back is written to again; id, note", contact_mend,
                RIGHT_REGISTER, 0},
        {"feed-fetch", "fetches a feed now; id", feed_fetch, RIGHT_STOP, 0},
        {"link-new", "makes a link that lets in once; link", change_link, RIGHT_PEOPLE, 0},
        {"session-open", "lets in with a link; link, session", change_session_open, RIGHT_NONE, 0},
        {"session-end", "leaves; session", change_session_end, RIGHT_NONE, 0},
        {"session-language", "the language of the pages; session, language", change_session_language,
                RIGHT_NONE, 0},
        {"account-add", "makes an account; id, name, roles, sectors, owners, link", change_account_add,
                RIGHT_PEOPLE, 0, true},
        {"account-roles", "gives an account other roles; id, roles", change_account_roles, RIGHT_PEOPLE, 0,
                true},
        {"account-scope", "which owners an account sees; id, sectors, owners", change_account_scope,
                RIGHT_PEOPLE, 0, true},
        {"account-disable", "nobody gets in by an account; id, note", change_account_disable, RIGHT_PEOPLE, 0,
                true},
        {"account-enable", "an account may be used again; id", change_account_enable, RIGHT_PEOPLE, 0, true},
        {"account-reset", "the person chooses a password anew; id, link", change_account_reset, RIGHT_PEOPLE,
                0, true},
        {"account-end", "ends the visits of an account; id", change_account_end, RIGHT_PEOPLE, 0, true},
        {"account-password", "another password of one's own; session, hash", change_account_password,
                RIGHT_NONE, 0, true},
        {"account-totp", "another second factor of one's own; session, secret, code", change_account_totp,
                RIGHT_NONE, 0, true},
        {"account-recovery", "new recovery codes of one's own; session, codes", change_account_recovery,
                RIGHT_NONE, 0, true},
        {"session-enter", "logs in; id, hash, code, visit, device, fresh, address, agent",
                change_session_enter, RIGHT_NONE, 0},
        {"session-enrol",
                "the link of an account is used; link, hash, secret, code, codes, visit, fresh, address, "
                "agent",
                change_session_enrol, RIGHT_NONE, 0},
        {"session-sure", "password and code once more; session, hash, code, device, address",
                change_session_sure, RIGHT_NONE, 0},
        {"session-used", "a visit is in use; session", change_session_used, RIGHT_NONE, 0},
        {"session-close", "ends visits of one's own; session, id, or id=others", change_session_close,
                RIGHT_NONE, 0},
        {"token-add", "makes a token of the API; id, name, scope, days, token", change_token_add, RIGHT_NONE,
                0, true},
        {"token-end", "ends a token of the API; id", change_token_end, RIGHT_NONE, 0},
        {"token-used", "a token of the API is in use; id", change_token_used, RIGHT_NONE, 0},
        {"looked", "all findings until that one were looked at; id", change_looked, RIGHT_READ, 'F'},
        {"hold", "keeps days as they are; id, until, why", change_hold, RIGHT_STOP, 0},
        {"hold-release", "ends a hold; id, note", change_hold_release, RIGHT_STOP, 0},
        {"notice-hold", "keeps a letter back; id, note", change_notice_hold, RIGHT_LETTERS, 'N'},
        {"notice-release", "lets a held letter go; id, note", change_notice_release, RIGHT_RELEASE, 'N',
                true},
        {"notice-withdraw", "takes a letter back before it goes; id, note", change_notice_withdraw,
                RIGHT_LETTERS, 'N'},
        {"notice-called", "somebody has telephoned about a letter; id, note", change_called, RIGHT_WORK, 'N'},
        {"notice-correct", "tells those who got a letter that it was wrong; id, or receipt; text",
                change_correct, RIGHT_LETTERS, 'N'},
        {"campaign-propose",
                "proposes a letter to many; name, label, class, sought, places, subject-LANGUAGE, "
                "text-LANGUAGE",
                change_campaign_propose, RIGHT_LETTERS, 0},
        {"campaign-release", "lets a campaign go that another person has proposed; id, note",
                change_campaign_release, RIGHT_RELEASE, 0, true},
        {"campaign-drop", "drops a proposed campaign; id, note", change_campaign_drop, RIGHT_LETTERS, 0},
        {"quiet",
                "nobody is told of a class, a place or to an address until a date; class, ip or name, "
                "contact, "
                "until, why",
                change_quiet, RIGHT_LETTERS, 0},
        {"quiet-end", "ends such a quiet before its time; id", change_quiet_end, RIGHT_LETTERS, 0},
        {"mail-confirm", "an answer means what it says; id, why: fixed, not-ours or false-positive",
                change_mail_confirm, RIGHT_WORK, 'M'},
        {"mail-answer", "a mail answers a letter; id, notice", change_mail_answer, RIGHT_WORK, 0},
        {"mail-done", "a mail is done with; id, as: read, junk, finding or not-ours", change_mail_done,
                RIGHT_WORK, 'M'},
        {"ack", "somebody has an alert; id, note", change_ack, RIGHT_WORK, 0},
        {"alert-test", "wakes who is on duty, to see whether that works", change_alert_test, RIGHT_WORK, 0},
        {"clock-confirm", "the clock is right as it is now; note", change_clock, RIGHT_STOP, 0},
        {"reread", "reads a report and its parts again from the bytes that are kept; id, tell", change_reread,
                RIGHT_STOP, 0},
        {"aside-retry", "reads again what has something set aside; id, or receipt, or feed; tell",
                change_retry, RIGHT_WORK, 0},
        {"baseline", "what is open and told to nobody is known from the first day; note", change_baseline,
                RIGHT_STOP, 0},
};
const unsigned change_count = sizeof(change_table) / sizeof(change_table[0]);

/* The digest of the row before goes into each row, so that none can be taken out unseen. */
void change_audit(struct node *n, struct str person, const char *verb, const char *object, const char *detail)
{
	struct db *db = n->state;
	struct query last = db_query(db, "select " AUDIT_COLUMNS " from audit order by seq desc limit 1");
	uint8_t prev[DIGEST_LEN] = {0};

	if (query_next(&last) == 1)
		audit_digest(&last, prev);
	query_run(&last);
	struct query q = db_query(
	        db, "insert into audit(at, person, verb, object, detail, prev) values (?, ?, ?, ?, ?, ?)");
	query_i64(&q, os_now());
	query_text(&q, person);
	query_text(&q, str_from(verb));
	query_text(&q, str_from(object));
	query_text(&q, str_from(detail));
	query_blob(&q, str_make((const char *)prev, sizeof(prev)));
	query_run(&q);
}

const struct change_row *change_find(struct str name)
{
	for (unsigned i = 0; i < change_count; i++)
		if (str_eq(name, str_from(change_table[i].name)))
			return &change_table[i];
	return NULL;
}

static void put_known(struct node *n, const struct change_known *of, uint8_t state)
{
	struct known *k = known_find(&n->known, of->key);

	if (k == NULL)
		return;
	k->state = state;
	k->stays = of->stays;
}

/* The finding that goes on may be worse than it was. */
static int put_merges(struct node *n, uint64_t into, struct err *e)
{
	struct query q = db_query(n->state, "select key, severity from finding where id = ?");

	query_u64(&q, into);
	if (query_next(&q) == 1) {
		struct str key = query_get_blob(&q, 0);
		struct known *k = key.len == 16 ? known_find(&n->known, (const uint8_t *)key.p) : NULL;
		if (k != NULL)
			k->severity = (uint8_t)severity_find(query_get_text(&q, 1));
	}
	int rc = query_done(&q, e);
	return rc == 0 ? merges_load(n->state, &n->merges, e) : rc;
}

/* As the networks of the country say; a name without an address by its last label, if that is a country's. */
static bool country_of(const struct change_here *here, struct str place, char ret[3])
{
	const struct node *n = here->arg;
	struct str host = inside_host(place), cc = {0};
	struct addr addr;

	if (addr_parse(host, &addr)) {
		const struct know_leaf *leaf =
		        n->country.know != NULL ? know_addr(n->country.know, &addr) : NULL;
		cc = leaf != NULL ? str_make(leaf->cc, leaf->cc[0] != 0 ? 2 : 0) : cc;
	} else {
		cc = str_rcut(host, '.').tail;
	}
	if (cc.len != 2 || char_digit(cc.p[0]) || char_digit(cc.p[1]) || !char_alnum(cc.p[0]) ||
	        !char_alnum(cc.p[1]))
		return false;
	for (int i = 0; i < 2; i++)
		ret[i] = (char)(char_lower(cc.p[i]) & ~0x20);
	ret[2] = 0;
	return true;
}

struct change_here change_here(const struct node *n)
{
	const struct country *c = &n->country;

	return (struct change_here){.party = c->party,
	        .team = c->name.len != 0 ? c->name : c->mail.from,
	        .folder = n->folder,
	        .calendars = &c->calendars,
	        .country_of = country_of,
	        .link = n->link,
	        .ways = n->ways,
	        .arg = n};
}

int change_run(struct node *n, struct str name, struct str params, struct str person, struct buf *said,
        struct err *e)
{
	const struct change_row *row = change_find(name);

	return row != NULL ? change_run_row(n, row, params, person, NULL, said, e)
	                   : err_set(e, ERR_MISSING, "there is no such change");
}

/* ---- asked again --------------------------------------------------------------------------------- */

#define DONE_KEY "change.done"
#define DONE_LAST                                                                                            \
	32 /* so many tokens are kept: more than one desk asks of a core that dies again and again */
#define DONE_HEX 32

static bool token_hex(const uint8_t *token, char ret[DONE_HEX + 1])
{
	static const uint8_t none[16];

	if (token == NULL || memcmp(token, none, sizeof(none)) == 0)
		return false;
	str_hex_print(ret, token, sizeof(none));
	return true;
}

bool change_was_done(struct node *n, const uint8_t token[16])
{
	auto_buf struct buf all = {0};
	char hex[DONE_HEX + 1];

	return token_hex(token, hex) && state_meta_find(n->state, DONE_KEY, &all) &&
	        str_find_str(buf_str(&all), 0, str_from(hex)) != SIZE_MAX;
}

/* In the transaction of what is done. */
static void keep_token(struct node *n, const uint8_t *token)
{
	auto_buf struct buf all = {0};
	char hex[DONE_HEX + 1];

	if (!token_hex(token, hex))
		return;
	(void)state_meta_find(n->state, DONE_KEY, &all);
	struct str last = buf_str(&all);
	if (last.len >= DONE_LAST * DONE_HEX)
		last = str_skip(last, last.len - (DONE_LAST - 1) * DONE_HEX);
	auto_buf struct buf now = {0};
	buf_add(&now, last);
	buf_add(&now, str_from(hex));
	state_meta_put(n->state, DONE_KEY, buf_str(&now));
}

int change_run_row(struct node *n, const struct change_row *row, struct str params, struct str person,
        const struct change_file *file, struct buf *said, struct err *e)
{
	const struct change_here here = change_here(n);
	struct change c = {
	        .node = n, .db = n->state, .here = &here, .params = params, .person = person, .said = said};

	if (file != NULL && file->path.len != 0) {
		c.file = file->path;
		memcpy(c.sha256, file->sha256, sizeof(c.sha256));
		c.size = file->size;
	}
	db_begin(n->state);
	int rc = row->again ? change_sure(&c, e) : 0;
	if (rc == 0)
		rc = row->run(&c, e);
	if (rc != 0) {
		db_rollback(n->state);
		vec_done(&c.closed);
		vec_done(&c.opened);
		return rc;
	}
	if (!c.unseen)
		change_audit(n, person, row->name, c.object, c.detail);
	keep_token(n, file != NULL ? file->token : NULL);
	rc = db_commit(n->state, e);
	if (rc != 0)
		buf_clear(said);
	for (size_t i = 0; rc == 0 && i < c.closed.n; i++)
		put_known(n, &c.closed.v[i], FINDING_CLOSED);
	for (size_t i = 0; rc == 0 && i < c.opened.n; i++)
		put_known(n, &c.opened.v[i], FINDING_OPEN);
	vec_done(&c.closed);
	vec_done(&c.opened);
	if (rc == 0 && c.merges != 0)
		rc = put_merges(n, c.merges, e);
	if (rc == 0 && c.clock)
		clock_believe(n);
	if (rc == 0 && c.quiets)
		rc = quiet_load(n, e);
	if (rc == 0 && c.contacts)
		rc = node_broken(n, e);
	return rc == 0 && c.refused != NULL ? err_set(e, ERR_DENIED, "%s", c.refused) : rc;
}
