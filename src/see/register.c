/* SPDX-License-Identifier: Apache-2.0 */
#include "see/register.h"

int register_version(struct db *db, uint64_t *ret, struct err *e)
{
	struct query q = db_query(db, "select coalesce(max(version), 0) from register");

	if (query_next(&q) == 1)
		*ret = query_get_u64(&q, 0);
	return query_done(&q, e);
}

/* ---- out ----------------------------------------------------------------------------------------- */

/* Assets come before what belongs to them, so their owner and name find them. */
static void load_assets(struct db *db, struct owners *o, const struct owners_place *at)
{
	struct query q = db_query(db,
	        "select o.ref, a.name, a.kind, a.criticality from asset a join owner o on o.id = a.owner"
	        " where o.gone is null order by o.position, a.position");

	while (query_next(&q) == 1) {
		uint32_t owner = owners_owner(o, query_get_text(&q, 0), at);
		uint32_t asset = owner != 0 ? owners_asset(o, owner, query_get_text(&q, 1), at) : 0;
		if (asset == 0)
			continue;
		owners_set(o, owner, &o->asset.v[asset - 1].kind, "kind", query_get_text(&q, 2), at);
		o->asset.v[asset - 1].criticality = (uint8_t)query_get_u64(&q, 3);
	}
	query_run(&q);
}

/* Assets were added in the same order in which their claims come: the search goes on where it was. */
static uint32_t next_asset(const struct owners *o, size_t *at, uint32_t owner, struct str name)
{
	for (size_t i = *at; i < o->asset.n; i++)
		if (o->asset.v[i].owner == owner && str_eq(o->asset.v[i].name, name)) {
			*at = i;
			return (uint32_t)i + 1;
		}
	return 0;
}

static void load_claims(struct db *db, struct owners *o, const struct owners_place *at)
{
	struct query q = db_query(db,
	        "select o.ref, c.asset, c.kind, c.value from claim c join owner o on o.id = c.owner"
	        " left join asset a on a.owner = c.owner and a.name = c.asset where o.gone is null"
	        " order by o.position, coalesce(a.position, 0), c.asset, c.kind, c.value");
	size_t cursor = 0;

	while (query_next(&q) == 1) {
		struct str kind = query_get_text(&q, 2), value = query_get_text(&q, 3),
		           name = query_get_text(&q, 1);
		uint32_t owner = owners_owner(o, query_get_text(&q, 0), at);
		uint32_t asset = name.len != 0 ? next_asset(o, &cursor, owner, name) : 0;
		if (str_eq(kind, STR("prefix")))
			owners_add_prefix(o, owner, asset, value, at);
		else if (str_eq(kind, STR("asn")))
			owners_add_as(o, owner, value, at);
		else
			owners_add_name(o, owner, asset, value, at);
	}
	query_run(&q);
}

static void load_contacts(struct db *db, struct owners *o, const struct owners_place *at)
{
	struct query q = db_query(db,
	        "select o.ref, c.email, c.language, c.classes, c.timezone, c.pgp, c.formats, c.phone from "
	        "contact c join owner o on o.id = c.owner"
	        " where o.gone is null and c.gone is null order by o.position, c.position, c.id");

	while (query_next(&q) == 1) {
		size_t first = o->contact.n;
		owners_add_contact(o, owners_owner(o, query_get_text(&q, 0), at), query_get_text(&q, 1),
		        query_get_text(&q, 2), query_get_text(&q, 3), at);
		owners_zone(o, first, query_get_text(&q, 4), at);
		owners_contact_key(o, first, query_get_text(&q, 5), at);
		owners_contact_formats(o, first, query_get_text(&q, 6), at);
		owners_contact_phone(o, first, query_get_text(&q, 7), at);
	}
	query_run(&q);
}

int register_load(struct db *db, struct owners *o, struct err *e)
{
	struct owners_place at = {STR("register"), 0, 0};
	struct query q = db_query(
	        db, "select ref, name, sector, cc from owner where gone is null order by position, id");

	while (query_next(&q) == 1) {
		uint32_t owner = owners_owner(o, query_get_text(&q, 0), &at);
		if (owner == 0)
			continue;
		owners_set(o, owner, &o->owner.v[owner - 1].name, "name", query_get_text(&q, 1), &at);
		owners_set(o, owner, &o->owner.v[owner - 1].sector, "sector", query_get_text(&q, 2), &at);
		owners_country(o, owner, query_get_text(&q, 3), &at);
	}
	if (query_done(&q, e) != 0)
		return e->code;
	load_assets(db, o, &at);
	load_claims(db, o, &at);
	load_contacts(db, o, &at);
	struct query end = db_query(db, "select 1");
	(void)query_next(&end);
	return query_done(&end, e);
}

/* ---- in ------------------------------------------------------------------------------------------ */

static const char tables[] =
        "create temp table if not exists n_owner(ref text primary key, name text not null, sector text not "
        "null,"
        " cc text not null, position integer not null) without rowid;"
        "create temp table if not exists n_contact(ref text not null, email text not null, language text not "
        "null,"
        " timezone text not null, classes text not null, pgp text not null, formats text not null,"
        " phone text not null, position integer not null, "
        "primary key (ref, "
        "email)) without rowid;"
        "create temp table if not exists n_asset(ref text not null, name text not null, kind text not null,"
        " criticality integer not null, position integer not null, primary key (ref, name)) without rowid;"
        "create temp table if not exists n_claim(ref text not null, asset text not null, kind text not null,"
        " value text not null, primary key (ref, asset, kind, value)) without rowid;"
        "delete from n_owner; delete from n_contact; delete from n_asset; delete from n_claim;";

static struct str filled(struct str s)
{
	return s.p != NULL ? s : STR("");
}

static struct str id_of(const struct owners *o, uint32_t owner)
{
	return o->owner.v[owner - 1].id;
}

static void stage_claim(struct db *db, const struct owners *o, uint32_t owner, uint32_t asset,
        const char *kind, struct str value)
{
	struct query q =
	        db_query(db, "insert or ignore into n_claim(ref, asset, kind, value) values (?, ?, ?, ?)");

	query_text(&q, id_of(o, owner));
	query_text(&q, asset != 0 ? o->asset.v[asset - 1].name : STR(""));
	query_text(&q, str_from(kind));
	query_text(&q, value);
	query_run(&q);
}

static void stage_claims(struct db *db, const struct owners *o)
{
	char text[PREFIX_TEXT + 32];

	for (size_t i = 0; i < o->prefix.n; i++) {
		const struct owners_prefix *p = &o->prefix.v[i];
		stage_claim(
		        db, o, p->owner, p->asset, "prefix", str_make(text, prefix_print(text, &p->prefix)));
	}
	for (size_t i = 0; i < o->as.n; i++)
		stage_claim(db, o, o->as.v[i].owner, 0, "asn",
		        str_make(text, (size_t)snprintf(text, sizeof(text), "%u", o->as.v[i].asn)));
	for (size_t i = 0; i < o->name.n; i++)
		stage_claim(db, o, o->name.v[i].owner, o->name.v[i].asset, "domain", o->name.v[i].name);
}

static void stage_owners(struct db *db, const struct owners *o)
{
	for (size_t i = 0; i < o->owner.n; i++) {
		const struct owners_owner *who = &o->owner.v[i];
		struct query q = db_query(
		        db, "insert into n_owner(ref, name, sector, cc, position) values (?, ?, ?, ?, ?)");
		query_text(&q, who->id);
		query_text(&q, who->name.len != 0 ? who->name : who->id);
		query_text(&q, filled(who->sector));
		query_text(&q, str_make(who->cc, who->cc[0] != 0 ? 2 : 0));
		query_u64(&q, i);
		query_run(&q);
	}
	for (size_t i = 0; i < o->asset.n; i++) {
		const struct owners_asset *a = &o->asset.v[i];
		struct query q = db_query(db,
		        "insert or ignore into n_asset(ref, name, kind, criticality, position) values (?, ?, "
		        "?, ?, ?)");
		query_text(&q, id_of(o, a->owner));
		query_text(&q, a->name);
		query_text(&q, filled(a->kind));
		query_u64(&q, a->criticality);
		query_u64(&q, i + 1);
		query_run(&q);
	}
}

static void stage_contacts(struct db *db, const struct owners *o)
{
	for (size_t i = 0; i < o->contact.n; i++) {
		const struct owners_contact *c = &o->contact.v[i];
		struct query q = db_query(db,
		        "insert into n_contact(ref, email, language, classes, pgp, formats, phone, position, "
		        "timezone) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
		        " on conflict(ref, email) do update set classes = case when classes = '' or "
		        "excluded.classes = ''"
		        " then '' when classes = excluded.classes then classes"
		        " else classes || ' ' || excluded.classes end,"
		        " pgp = case when excluded.pgp = '' then pgp else excluded.pgp end,"
		        " formats = case when excluded.formats = '' then formats else excluded.formats end,"
		        " phone = case when phone = '' then excluded.phone else phone end,"
		        " language = case when language = '' then excluded.language else language end,"
		        " timezone = case when timezone = '' then excluded.timezone else timezone end");
		query_text(&q, id_of(o, c->owner));
		query_text(&q, c->email);
		query_text(&q, filled(c->language));
		query_text(&q, filled(c->classes));
		query_text(&q, filled(c->pgp));
		query_text(&q, filled(c->formats));
		query_text(&q, filled(c->phone));
		query_u64(&q, i);
		query_text(&q, filled(c->timezone));
		query_run(&q);
	}
}

void register_stage(struct db *db, const struct owners *o)
{
	if (db_failed(db) == 0)
		(void)db_exec(db, tables, NULL);
	stage_owners(db, o);
	stage_contacts(db, o);
	stage_claims(db, o);
}

/* ---- differences --------------------------------------------------------------------------------- */

#define OWNER_OF " left join owner o on o.ref = n.ref and o.gone is null"
#define ASSET_OF(t) "case when " t ".asset <> '' then ' (' || " t ".asset || ')' else '' end"
#define CLAIM_NEW(word)                                                                                      \
	"select n.ref || ' ' || n.value || " ASSET_OF(                                                       \
	        "n") " from n_claim n" OWNER_OF " left join claim c on c.owner = o.id and c.asset = "        \
	             "n.asset and c.kind = n.kind and c.value = "                                            \
	             "n.value"                                                                               \
	             " where n.kind = '" word "' and c.value is null order by n.ref, n.value"
#define CLAIM_OLD(word)                                                                                      \
	"select o.ref || ' ' || c.value || " ASSET_OF(                                                       \
	        "c") " from claim c join owner o on o.id = c.owner"                                          \
	             " left join n_claim n on n.ref = o.ref and n.asset = c.asset and n.kind = c.kind and "  \
	             "n.value = "                                                                            \
	             "c.value"                                                                               \
	             " where o.gone is null and c.kind = '" word                                             \
	             "' and n.value is null order by o.ref, c.value"
#define CHANGED(field)                                                                                       \
	" || case when o." field " <> n." field " then '  " field " ' || o." field " || ' -> ' || n." field  \
	" else '' end"

/* Each gives the lines of one kind of difference. */
static const struct {
	const char *one, *many;
	char sign;
	const char *sql;
} kinds[] = {
        {"owner", "owners", '+',
                "select n.ref || '  ' || n.name from n_owner n" OWNER_OF
                " where o.id is null order by n.position"},
        {"owner", "owners", '-',
                "select o.ref || '  ' || o.name from owner o left join n_owner n on n.ref = o.ref"
                " where o.gone is null and n.ref is null order by o.position, o.id"},
        {"owner", "owners", '~',
                "select n.ref" CHANGED("name") CHANGED("sector")
                        CHANGED("cc") " from n_owner n join owner o "
                                      "on o.ref = n.ref"
                                      " where o.gone is null and (o.name <> n.name or o.sector <> n.sector "
                                      "or o.cc <> n.cc)"
                                      " order by n.position"},
        {"contact", "contacts", '+',
                "select n.ref || ' ' || n.email from n_contact n" OWNER_OF
                " left join contact c on c.owner = o.id and c.email = n.email and c.gone is null"
                " where c.id is null order by n.position"},
        {"contact", "contacts", '-',
                "select o.ref || ' ' || c.email from contact c join owner o on o.id = c.owner"
                " left join n_contact n on n.ref = o.ref and n.email = c.email"
                " where o.gone is null and c.gone is null and n.ref is null order by o.position, c.position"},
        {"contact", "contacts", '~',
                "select n.ref || ' ' || n.email" CHANGED("language") CHANGED("timezone") CHANGED("classes")
                        CHANGED("pgp") CHANGED("formats") CHANGED(
                                "phone") " from n_contact n"
                                         " join owner w on w.ref = n.ref join contact o on o.owner = w.id "
                                         "and o.email = n.email"
                                         " where w.gone is null and o.gone is null and (o.language <> "
                                         "n.language or o.timezone <> n.timezone or o.classes <> "
                                         "n.classes or o.pgp <> n.pgp or o.formats <> n.formats or o.phone "
                                         "<> n.phone)"
                                         " order by n.position"},
        {"prefix", "prefixes", '+', CLAIM_NEW("prefix")},
        {"prefix", "prefixes", '-', CLAIM_OLD("prefix")},
        {"AS", "AS", '+', CLAIM_NEW("asn")},
        {"AS", "AS", '-', CLAIM_OLD("asn")},
        {"domain", "domains", '+', CLAIM_NEW("domain")},
        {"domain", "domains", '-', CLAIM_OLD("domain")},
        {"asset", "assets", '+',
                "select n.ref || ' ' || n.name from n_asset n" OWNER_OF
                " left join asset a on a.owner = o.id and a.name = n.name where a.name is null order by "
                "n.position"},
        {"asset", "assets", '-',
                "select o.ref || ' ' || a.name from asset a join owner o on o.id = a.owner"
                " left join n_asset n on n.ref = o.ref and n.name = a.name"
                " where o.gone is null and n.ref is null order by o.position, a.position"},
        {"asset", "assets", '~',
                "select n.ref || ' ' || n.name" CHANGED("kind")
                        CHANGED("criticality") " from n_asset n"
                                               " join owner w on w.ref = n.ref join asset o on o.owner = "
                                               "w.id and o.name = n.name"
                                               " where w.gone is null and (o.kind <> n.kind or o.criticality "
                                               "<> n.criticality) order by "
                                               "n.position"},
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static uint64_t put_kind(struct db *db, size_t i, struct buf *said)
{
	struct query q = db_query(db, kinds[i].sql);
	uint64_t n = 0;

	while (query_next(&q) == 1)
		if (n++ < REGISTER_LINES && said != NULL)
			buf_printf(said, "%c %-8s %.*s\n", kinds[i].sign, kinds[i].one,
			        STR_ARG(query_get_text(&q, 0)));
	query_run(&q);
	if (n > REGISTER_LINES && said != NULL)
		buf_printf(said, "%c %-8s and %llu more\n", kinds[i].sign, kinds[i].one,
		        (unsigned long long)n - REGISTER_LINES);
	return n;
}

uint64_t register_differences(struct db *db, struct buf *said)
{
	static const char *const words[] = {['+'] = "added", ['-'] = "removed", ['~'] = "changed"};
	auto_buf struct buf sums = {0};
	uint64_t total = 0;

	for (size_t i = 0; i < KINDS; i++) {
		uint64_t n = put_kind(db, i, said);
		total += n;
		if (n > 0)
			buf_printf(&sums, "%s%llu %s %s", sums.len > 0 ? ", " : "", (unsigned long long)n,
			        n == 1 ? kinds[i].one : kinds[i].many, words[(unsigned char)kinds[i].sign]);
	}
	if (said != NULL && total > 0)
		buf_printf(said, "%.*s\n", STR_ARG(buf_str(&sums)));
	return total;
}

/* ---- putting it in its place --------------------------------------------------------------------- */

static void run(struct db *db, const char *sql, int64_t now)
{
	struct query q = db_query(db, sql);

	if (now != 0)
		query_i64(&q, now);
	query_run(&q);
}

static void put_owners(struct db *db, int64_t now)
{
	run(db,
	        "insert into owner(ref, name, sector, cc, position) select ref, name, sector, cc, position "
	        "from "
	        "n_owner"
	        " where true on conflict(ref) do update set name = excluded.name, sector = excluded.sector,"
	        " cc = excluded.cc, position = excluded.position, gone = null",
	        0);
	run(db, "update owner set gone = ? where gone is null and ref not in (select ref from n_owner)", now);
	run(db,
	        "insert into contact(owner, email, language, timezone, classes, pgp, formats, phone, "
	        "position)"
	        " select o.id, n.email, n.language, n.timezone, n.classes, n.pgp, n.formats, n.phone, "
	        "n.position"
	        " from n_contact n join owner o on o.ref = n.ref"
	        " where true on conflict(owner, email) do update set language = excluded.language, timezone "
	        "= excluded.timezone,"
	        " classes = excluded.classes, pgp = excluded.pgp, formats = excluded.formats, phone = "
	        "excluded.phone, position = excluded.position, gone = null",
	        0);
	run(db,
	        "update contact set gone = ? where gone is null and not exists"
	        " (select 1 from owner o join n_contact n on n.ref = o.ref"
	        " where o.id = contact.owner and n.email = contact.email)",
	        now);
}

#define ASSETS                                                                                               \
	"select o.id, n.name, n.kind, n.criticality, n.position from n_asset n join owner o on o.ref = "     \
	"n.ref"
#define CLAIMS "select o.id, n.asset, n.kind, n.value from n_claim n join owner o on o.ref = n.ref"

/* An owner of whom only what he has is another has changed too (state/changes.h). */
static void touch_owners(struct db *db)
{
	run(db,
	        "update owner set position = position where id in (select id from ("
	        "select * from (select owner as id, name, kind, criticality, position from asset "
	        "except " ASSETS ") union all select * from (" ASSETS
	        " except select owner, name, kind, criticality, position from asset))"
	        " union all select id from ("
	        "select * from (select owner as id, asset, kind, value from claim except " CLAIMS
	        ") union all select * from (" CLAIMS " except select owner, asset, kind, value from claim)))",
	        0);
}

void register_put(struct db *db, int64_t now)
{
	put_owners(db, now);
	touch_owners(db);
	run(db, "delete from asset", 0);
	run(db,
	        "insert into asset(owner, name, kind, criticality, position)"
	        " select o.id, n.name, n.kind, n.criticality, n.position from n_asset n join owner o on "
	        "o.ref = "
	        "n.ref",
	        0);
	/* of a large register only what differs is written */
	run(db,
	        "delete from claim where not exists (select 1 from owner o join n_claim n on n.ref = o.ref"
	        " where o.id = claim.owner and n.asset = claim.asset and n.kind = claim.kind and n.value = "
	        "claim.value)",
	        0);
	run(db,
	        "insert or ignore into claim(owner, asset, kind, value)"
	        " select o.id, n.asset, n.kind, n.value from n_claim n join owner o on o.ref = n.ref",
	        0);
}
