/* SPDX-License-Identifier: Apache-2.0
 *
 * Parties and links as lists, one of them with all that is known, and the keys of this machine.
 */
#include "base/base64.h"
#include "base/plural.h"
#include "link/look.h"
#include "trust/keylist.h"
#include "trust/voice.h"
#include "web/cells.h"

static const struct list_column columns[] = {
        {"party", "party", LIST_STRING, "its id: a country for its national CERT, else a DNS name"},
        {"title", "title", LIST_STRING, "for people"},
        {"kind", NULL, LIST_STRING, "national-cert, ministry, provider, ..."},
        {"country", NULL, LIST_STRING, "two capitals"},
        {"role", "role", LIST_STRING, "of the link: cert, organiser, gate or mail"},
        {"link", "link", LIST_STRING, "none, unverified, typed, linked, paused or ended"},
        {"why", NULL, LIST_STRING, "of a pause or an end"},
        {"list", "list", LIST_NUMBER, "number of its key list"},
        {"until", "until", LIST_TIME, "when that list ends, with what was added to it"},
        {"alarm", NULL, LIST_STRING, "two lists under one number"},
        {"reached", "we reach", LIST_TIME, "when we reached it last"},
        {"reaches", "it reaches us", LIST_TIME, "when it reached us last"},
        {"clock", NULL, LIST_NUMBER, "seconds that its clock differs from ours, at the last hello"},
        {"failed", NULL, LIST_STRING, "what the last call failed with; empty: it did not"},
        {"waits", "waits", LIST_NUMBER, "statements to it without its receipt"},
        {"held", "held", LIST_NUMBER, "statements of it that have no effect"},
        {"gaps", "gaps", LIST_NUMBER, "holes in its streams"},
        {"aside", "aside", LIST_NUMBER, "what it brought and was refused"},
        {"forks", "forks", LIST_NUMBER, "streams in which it said two things under one number"},
        {"url", NULL, LIST_STRING, "where it is reached; empty: it dials out only"},
        {"email", NULL, LIST_STRING, "of a party that takes part by mail"},
        {"pgp", NULL, LIST_STRING, "fingerprint of its OpenPGP key"},
        {"language", NULL, LIST_STRING, "of mails to it"},
        {"typed_by", NULL, LIST_STRING, "who typed its number"},
        {"confirmed_by", NULL, LIST_STRING, "who confirmed the link"},
        {"confirmed", NULL, LIST_TIME, "when"},
};
#define NCOLUMNS ((int)(sizeof(columns) / sizeof(columns[0])))

#define SELECT                                                                                               \
	"select p.name, p.title, p.kind, p.country, p.role, p.link, p.why, p.list_number, (p.list_until + "  \
	"p.extended) * 1000000, p.alarm, coalesce(p.reached, 0), coalesce(p.reaches, 0), "                   \
	"abs(coalesce(p.clock, "                                                                             \
	"0)), p.failed, (select count(*) from delivery d where d.party = p.name and d.waits = 1), (select "  \
	"count(*) from statement s where s.effect = 0 and s.sender = p.name), (select count(*) from gap g "  \
	"join "                                                                                              \
	"stream t on t.id = g.stream where t.sender = p.name), (select count(*) from refused r where "       \
	"r.carrier "                                                                                         \
	"= p.name), (select count(*) from stream t where t.forked = 1 and t.sender = p.name), p.url, "       \
	"p.email, "                                                                                          \
	"p.pgp, p.language, coalesce(p.typed_by, ''), coalesce(p.confirmed_by, ''), coalesce(p.confirmed, "  \
	"0) "                                                                                                \
	"from party p "

static const struct list_table peers_table = {"peers", columns, (unsigned)NCOLUMNS, 0, NULL};
static const struct list_table parties_table = {"parties", columns, (unsigned)NCOLUMNS, 0, NULL};

static int load_peers(const struct ask *a, struct reply *r, struct err *e)
{
	struct query q = db_query(a->state,
	        SELECT
	        "where p.link <> 'none' and (?1 or p.link <> 'ended') and p.role <> 'mail' order by p.name");

	query_u64(&q, ask_has(a, "all"));
	return cells_list(a, r, &peers_table, &q, NULL, e);
}

static int load_parties(const struct ask *a, struct reply *r, struct err *e)
{
	struct query q = db_query(a->state, SELECT "order by p.name");

	return cells_list(a, r, &parties_table, &q, NULL, e);
}

/* ---- one ----------------------------------------------------------------------------------------- */

static void put_line(struct buf *out, const char *head, struct str text)
{
	char shown[1024];

	if (text.len > 0)
		buf_printf(out, "%-16s%s\n", head, err_quote(shown, sizeof(shown), text).p);
}

static void put_facts(struct buf *out, const struct query *q)
{
	char when[32];

	for (int i = 0; i < NCOLUMNS; i++)
		if (columns[i].kind == LIST_STRING)
			put_line(out, columns[i].name, query_get_text(q, i));
		else if (columns[i].kind == LIST_TIME && query_get_i64(q, i) != 0)
			put_line(out, columns[i].name, list_when(when, query_get_i64(q, i)));
		else if (columns[i].kind == LIST_NUMBER && query_get_u64(q, i) != 0)
			buf_printf(
			        out, "%-16s%llu\n", columns[i].name, (unsigned long long)query_get_u64(q, i));
}

/* Two parties read to each other, in the order of their ids on both screens. Theirs is typed, never shown. */
static void put_voices(const struct ask *a, struct buf *out)
{
	struct str own = party_own(a->state, a->arena);
	char number[VOICE_TEXT];

	if (own.len == 0 || str_eq(own, a->id) || !party_voice(a->state, own, number))
		return;
	bool first = str_cmp(own, a->id) < 0;
	for (unsigned i = 0; i < 2; i++)
		if ((i == 0) == first)
			buf_printf(out, "%-16s%.*s %s\n", "we read", STR_ARG(own), number);
		else
			buf_printf(out, "%-16s%.*s, and we type\n", "they read", STR_ARG(a->id));
}

static void put_limits(const struct ask *a, struct buf *out)
{
	struct query q = db_query(a->state,
	        "select per_minute, burst, day_bytes, blob_bytes, aside_bytes, check_days from party where "
	        "name = ?");

	query_text(&q, a->id);
	if (query_next(&q) == 1)
		plural_printf(out,
		        "%-16s%llu statements a minute after a burst of %llu, %llu bytes of them a day, %llu "
		        "of blobs, "
		        "%llu set aside\n%-16severy %llu days\n",
		        "limits", (unsigned long long)query_get_u64(&q, 0),
		        (unsigned long long)query_get_u64(&q, 1), (unsigned long long)query_get_u64(&q, 2),
		        (unsigned long long)query_get_u64(&q, 3), (unsigned long long)query_get_u64(&q, 4),
		        "check", (unsigned long long)query_get_u64(&q, 5));
	query_done(&q, NULL);
}

static void put_keys(const struct ask *a, struct buf *out)
{
	struct query q = db_query(a->state,
	        "select duty, key, since * 1000000, until * 1000000, revoked * 1000000, word from party_key "
	        "where party = "
	        "? order by duty, since");
	char id[2 * KEY_ID + 1], from[32], until[32];

	query_text(&q, a->id);
	while (query_next(&q) == 1) {
		if (query_get_blob(&q, 1).len != KEY_ID)
			continue;
		str_hex_print(id, (const uint8_t *)query_get_blob(&q, 1).p, KEY_ID);
		list_when(from, query_get_i64(&q, 2));
		list_when(until, query_get_i64(&q, 3));
		buf_printf(out, "%-16s%-5.*s %s %s to %s", "key", STR_ARG(query_get_text(&q, 0)), id, from,
		        until);
		if (!query_is_null(&q, 4))
			buf_printf(out, ", revoked since %.*s: %.*s",
			        STR_ARG(list_when(from, query_get_i64(&q, 4))),
			        STR_ARG(query_get_text(&q, 5)));
		buf_char(out, '\n');
	}
	query_done(&q, NULL);
}

static int load_one(const struct ask *a, struct reply *r, struct err *e)
{
	struct query q = db_query(a->state, SELECT "where p.name = ?");
	char shown[80];
	uint64_t rows = 0;
	int rc;

	query_text(&q, a->id);
	if (a->form != LIST_TEXT) {
		rc = cells_list(a, r, &peers_table, &q, &rows, e);
	} else {
		rows = query_next(&q) == 1;
		if (rows > 0)
			put_facts(&r->body, &q);
		rc = query_done(&q, e);
		buf_printf(&r->body, "%-16s%s\n", "green",
		        check_green(a->state, a->id) ? "yes: people on both sides have answered a check"
		                                     : "not yet: people on both sides answer a check first");
		put_voices(a, &r->body);
		put_limits(a, &r->body);
		put_keys(a, &r->body);
	}
	if (rc == 0 && rows == 0)
		return err_set(e, ERR_MISSING, "there is no party '%s'; weir party list names them",
		        err_quote(shown, sizeof(shown), a->id).p);
	return rc;
}

/* ---- keys of this machine ------------------------------------------------------------------------ */

static const struct list_column key_columns[] = {
        {"duty", "duty", LIST_STRING, "sign, log, seal or tls"},
        {"key", "key", LIST_STRING, "its id: 16 hexadecimal digits"},
        {"public", "public", LIST_STRING, "base64, as a key list has it"},
        {"since", "since", LIST_TIME, "when it was told first"},
        {"list", "list", LIST_STRING, "yes: our key list names it; no: the root has to sign a list with it"},
};

static int load_keys(const struct ask *a, struct reply *r, struct err *e)
{
	struct query q = db_query(a->state,
	        "select o.duty, o.public, o.told, exists (select 1 from party_key k join party p on p.name = "
	        "k.party where p.own = 1 and k.public = o.public and k.duty = o.duty) "
	        "from own_key o order by o.duty, o.id");
	bool lines = ask_has(a, "lines"); /* as "weir key list" reads them */
	struct list l;

	list_begin(&l, &r->body, a->form, key_columns, sizeof(key_columns) / sizeof(key_columns[0]), "keys");
	while (query_next(&q) == 1) {
		auto_buf struct buf text = {0};
		char hex[2 * KEY_ID + 1];
		uint8_t id[KEY_ID];
		struct str key = query_get_blob(&q, 1);
		if (key.len != 32)
			continue;
		key_id((const uint8_t *)key.p, id);
		str_hex_print(hex, id, KEY_ID);
		list_text(&l, query_get_text(&q, 0));
		list_text(&l, str_from(hex));
		base64_print(&text, (const uint8_t *)key.p, key.len);
		if (lines) {
			buf_printf(&r->body, "%.*s %.*s\n", STR_ARG(query_get_text(&q, 0)),
			        STR_ARG(buf_str(&text)));
			continue;
		}
		list_text(&l, buf_str(&text));
		list_time(&l, query_get_i64(&q, 2));
		list_text(&l, query_get_u64(&q, 3) != 0 ? STR("yes") : STR("no"));
	}
	int rc = query_done(&q, e);
	if (lines)
		list_done(&l);
	else
		list_end(&l);
	return rc;
}

static const struct list_table keys_table = {
        "keys", key_columns, sizeof(key_columns) / sizeof(key_columns[0]), 0, NULL};
static const struct route_param all_params[] = {
        {"all", PARAM_FLAG, "also links that have ended"},
        {NULL, 0, NULL},
};

static const struct route_param key_params[] = {
        {"lines", PARAM_FLAG, "lines of duty and key alone"},
        {NULL, 0, NULL},
};

const struct route route_peers = {.path = "/peers",
        .about = "links with other parties, by name",
        .load = load_peers,
        .right = RIGHT_READ,
        .params = all_params,
        .list = &peers_table};
const struct route route_peer = {.path = "/peers",
        .about = "one party with all that is known of its link",
        .id = true,
        .load = load_one,
        .right = RIGHT_READ};
const struct route route_parties = {.path = "/parties",
        .about = "the directory of parties, by name",
        .load = load_parties,
        .right = RIGHT_READ,
        .list = &parties_table};
const struct route route_keys = {.path = "/keys",
        .about = "keys that this machine holds",
        .load = load_keys,
        .right = RIGHT_READ,
        .params = key_params,
        .list = &keys_table};
