/* SPDX-License-Identifier: Apache-2.0 */
#include "see/node.h"
#include "base/os.h"
#include "see/import.h"
#include "see/quiet.h"
#include "see/sign.h"
#include <dirent.h>
#include <limits.h>
#include <malloc.h>
#include <unistd.h>

static const char *below(struct node *n, const char *name)
{
	return arena_printf(&n->arena, "%.*s/%s", STR_ARG(n->folder), name).p;
}

static int make_folders(struct node *n, struct err *e)
{
	static const char *const names[] = {"spool", "in", "gen", "day", "letters"};

	int rc = os_folder(n->folder.p, e);
	for (unsigned i = 0; rc == 0 && i < sizeof(names) / sizeof(names[0]); i++)
		rc = os_folder(below(n, names[i]), e);
	return rc;
}

/* Made once; without it all findings would be new ones. */
static int open_secret(struct node *n, struct err *e)
{
	auto_buf struct buf b = {0};

	if (state_meta_find(n->state, "secret", &b)) {
		if (b.len != sizeof(n->secret))
			return err_set(
			        e, ERR_FORMAT, "'%s': the node's secret is damaged", db_path(n->state));
		memcpy(n->secret, b.p, sizeof(n->secret));
		return 0;
	}
	os_random(n->secret, sizeof(n->secret));
	db_begin(n->state);
	state_meta_number(n->state, "born", os_now());
	state_meta_put(n->state, "secret", str_make((const char *)n->secret, sizeof(n->secret)));
	return db_commit(n->state, e);
}

/* ---- feeds --------------------------------------------------------------------------------------- */

static int is_feed(const struct dirent *d)
{
	return d->d_name[0] != '.' && str_ends(str_from(d->d_name), STR(".yaml"));
}

static struct decide_feed facts_of(const struct feed_file *f)
{
	return (struct decide_feed){.name = f->name,
	        .provider = f->provider,
	        .code = f->code,
	        .url = f->url,
	        .documentation = f->documentation,
	        .accuracy = f->accuracy,
	        .label = f->label,
	        .floor = f->floor};
}

static int open_feed(struct node *n, const char *folder, const char *name, struct err *e)
{
	struct node_feed *f = &n->feeds[n->nfeeds];

	if (feed_read(&n->arena, arena_printf(&n->arena, "%s/%s", folder, name).p, &f->file, e) != 0)
		return ERR_VALUE;
	f->id = arena_str(&n->arena, str_sub(str_from(name), 0, strlen(name) - 5));
	f->facts = facts_of(&f->file);
	n->nfeeds++;
	return 0;
}

static int open_feeds(struct node *n, struct err *e)
{
	struct dirent **names = NULL;
	const char *folder = arena_printf(&n->arena, "%.*s/feeds", STR_ARG(n->country.folder)).p;
	int count = scandir(folder, &names, is_feed, alphasort), rc = 0;

	n->feeds = arena_array(&n->arena, count > 0 ? (size_t)count : 1, sizeof(*n->feeds));
	for (int i = 0; i < count; i++) {
		if (rc == 0)
			rc = open_feed(n, folder, names[i]->d_name, e);
		free(names[i]);
	}
	free(names);
	return rc;
}

bool node_fetched(const struct feed_file *f)
{
	return f->source != FEED_HTTP || str_starts(f->url, STR("https://")) ||
	        str_starts(f->url, STR("http://"));
}

static void put_feed(struct node *n, const struct node_feed *f)
{
	static const char *const kinds[] = {
	        [FEED_LOG] = "log", [FEED_SNAPSHOT] = "snapshot", [FEED_DELTA] = "delta"};
	struct query q = db_query(n->state,
	        "insert into feed(name, title, kind, enabled, fetched, cadence, since, expected, label) "
	        "values (?1, "
	        "?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) on conflict(name) do update set title = ?2, kind = ?3, "
	        "enabled = ?4, "
	        "fetched = "
	        "?5, cadence = ?6, since = case when ?4 and enabled >= 0 then ?7 else since end,"
	        " missed = case when enabled < 0 and expected = ?8 then missed end, expected = ?8,"
	        " label = ?9");

	query_text(&q, f->id);
	query_text(&q, f->file.name);
	query_text(&q, str_from(kinds[f->file.kind]));
	query_u64(&q, f->file.enabled);
	/* 2: that the source answers does not mean that a report came */
	query_u64(&q, f->file.source != FEED_HTTP ? 2 : node_fetched(&f->file));
	query_u64(&q, f->file.cadence);
	query_i64(&q, os_now());
	query_text(&q, f->file.expected_text.p != NULL ? f->file.expected_text : STR(""));
	query_text(&q, f->file.label != TLP_NONE ? tlp_name(f->file.label) : STR(""));
	query_run(&q);
}

/* Who reads what is RED, as the files say it now. */
static void put_readers(struct node *n, struct str feed, struct str persons)
{
	while (persons.len > 0) {
		struct str_cut cut = str_cut(persons, ' ');
		struct query q =
		        db_query(n->state, "insert or ignore into red_reader(feed, person) values (?, ?)");
		query_text(&q, feed);
		query_text(&q, cut.head);
		query_run(&q);
		persons = cut.tail;
	}
}

static int put_feeds(struct node *n, struct err *e)
{
	db_begin(n->state);
	/* below 0: it was switched on before */
	struct query q = db_query(n->state, "update feed set enabled = -enabled");
	query_run(&q);
	struct query readers = db_query(n->state, "delete from red_reader");
	query_run(&readers);
	put_readers(n, STR(""), n->country.red);
	for (size_t i = 0; i < n->nfeeds; i++) {
		put_feed(n, &n->feeds[i]);
		put_readers(n, n->feeds[i].id, n->feeds[i].file.red);
	}
	struct query gone = db_query(n->state, "update feed set enabled = 0 where enabled < 0");
	query_run(&gone);
	return db_commit(n->state, e);
}

const struct node_feed *node_feed(const struct node *n, struct str id)
{
	for (size_t i = 0; i < n->nfeeds; i++)
		if (str_eq(n->feeds[i].id, id))
			return &n->feeds[i];
	return NULL;
}

const struct node_feed *node_feed_for(const struct node *n, struct str base_name)
{
	for (size_t i = 0; i < n->nfeeds; i++)
		if (feed_has_file(&n->feeds[i].file, base_name))
			return &n->feeds[i];
	return NULL;
}

/* ---- findings and owners ------------------------------------------------------------------------- */

static int load_known(struct node *n, struct err *e)
{
	struct query q = db_query(n->state,
	        "select key, id, state, severity, label, why in ('false-positive', 'accepted-risk') from "
	        "finding");

	n->next_finding = 1;
	n->fresh_worst = SEVERITY_CRITICAL; /* nobody knows */
	n->drop_refused = UINT_MAX;
	while (query_next(&q) == 1) {
		struct known k = {.id = (uint32_t)query_get_u64(&q, 1),
		        .state = (uint8_t)finding_state_find(query_get_text(&q, 2)),
		        .severity = (uint8_t)severity_find(query_get_text(&q, 3)),
		        .tlp = (uint8_t)tlp_find(query_get_text(&q, 4))};
		struct str key = query_get_blob(&q, 0);
		k.stays = query_get_u64(&q, 5) != 0;
		if (key.len == sizeof(k.key))
			memcpy(k.key, key.p, sizeof(k.key));
		known_put(&n->known, &k);
		if (k.id >= n->next_finding)
			n->next_finding = k.id + 1;
	}
	return query_done(&q, e);
}

static uint32_t owner_id(struct node *n, struct str ref)
{
	struct query q = db_query(n->state, "select id from owner where ref = ?");
	uint32_t id = 0;

	query_text(&q, ref);
	if (query_next(&q) == 1)
		id = (uint32_t)query_get_u64(&q, 0);
	query_run(&q);
	return id;
}

static uint32_t contact_id(struct node *n, uint32_t owner, struct str email)
{
	struct query q = db_query(n->state, "select id from contact where owner = ? and email = ?");
	uint32_t id = 0;

	query_u64(&q, owner);
	query_text(&q, email);
	if (query_next(&q) == 1)
		id = (uint32_t)query_get_u64(&q, 0);
	query_run(&q);
	return id;
}

/* The generation is made of the register, so that whoever is in the one is in the other. */
static int load_owners(struct node *n, struct err *e)
{
	uint32_t count = know_owner_count(n->country.know);

	uint32_t contacts = 0;
	bool missing = false;

	for (uint32_t i = 1; i <= count; i++)
		contacts += know_owner(n->country.know, i)->ncontacts;
	n->owners = arena_array(&n->arena, (size_t)count + 1, sizeof(*n->owners));
	n->first_contact = arena_array(&n->arena, (size_t)count + 1, sizeof(*n->first_contact));
	/* a bit of a verdict never leads beyond the end */
	n->contacts = arena_array(&n->arena, (size_t)contacts + KNOW_CONTACTS_MAX, sizeof(*n->contacts));
	contacts = 0;
	db_begin(n->state);
	for (uint32_t i = 1; i <= count; i++) {
		const struct know_owner *o = know_owner(n->country.know, i);
		n->owners[i] = owner_id(n, o->id);
		missing |= n->owners[i] == 0;
		n->first_contact[i] = contacts;
		for (uint32_t k = 0; k < o->ncontacts; k++)
			n->contacts[contacts++] = contact_id(n, n->owners[i], o->contacts[k].email);
		for (uint32_t k = n->first_contact[i]; k < contacts; k++)
			missing |= n->contacts[k] == 0;
	}
	int rc = db_commit(n->state, e);
	if (rc == 0 && missing)
		rc = err_set(e, ERR_FORMAT, "'%s': an owner of the generation is not in the register",
		        db_path(n->state));
	return rc;
}

uint32_t node_owner(const struct node *n, uint64_t id)
{
	for (uint32_t i = know_owner_count(n->country.know); i > 0; i--)
		if (n->owners[i] == id)
			return i;
	return 0;
}

int node_broken(struct node *n, struct err *e)
{
	struct query q = db_query(n->state, "select id from contact where broken is not null");

	n->broken.n = 0;
	while (query_next(&q) == 1)
		*vec_add(&n->broken) = (uint32_t)query_get_u64(&q, 0);
	return query_done(&q, e);
}

/* ---- languages ------------------------------------------------------------------------------------ */

#define LANGS 64

static int open_english(struct node *n, struct err *e)
{
	n->langs = arena_array(&n->arena, LANGS, sizeof(*n->langs));
	n->nlangs = 1;
	return lang_read(&n->paths, &n->country, &n->arena, STR("en"), NULL, &n->langs[0], e);
}

const struct lang *node_lang(struct node *n, struct str code)
{
	struct err e;

	for (unsigned i = 0; i < n->nlangs; i++)
		if (str_ieq(n->langs[i].code, code))
			return &n->langs[i];
	if (n->nlangs < LANGS &&
	        lang_read(&n->paths, &n->country, &n->arena, code, &n->langs[0], &n->langs[n->nlangs], &e) ==
	                0)
		return &n->langs[n->nlangs++];
	/* "en-GB" is "en" */
	struct str_cut cut = str_cut(code, '-');
	return cut.ok ? node_lang(n, cut.head) : &n->langs[0];
}

/* ---- time zones ----------------------------------------------------------------------------------- */

static const struct zone *zone_of(struct node *n, struct str name)
{
	struct node_zone *z;
	struct err e;

	for (size_t i = 0; i < n->zones.n; i++)
		if (str_eq(n->zones.v[i].name, name))
			return n->zones.v[i].zone;
	z = vec_add(&n->zones);
	*z = (struct node_zone){.name = arena_str(&n->arena, name), .zone = n->country.zone};
	(void)zone_open(&n->arena, name, &z->zone, &e);
	return z->zone;
}

const struct zone *node_zone(struct node *n, uint32_t contact)
{
	struct query q = db_query(n->state, "select timezone from contact where id = ? and timezone <> ''");
	const struct zone *zone = n->country.zone;

	query_u64(&q, contact);
	if (query_next(&q) == 1)
		zone = zone_of(n, query_get_text(&q, 0));
	query_run(&q);
	return zone;
}

/* ---- all of it ----------------------------------------------------------------------------------- */

static int open_country(struct node *n, struct err *e)
{
	int rc = country_open(&n->paths, &n->country, e);

	if (rc == 0)
		rc = import_start(n, e);
	if (rc == 0)
		rc = node_generation(n, e);
	if (rc == 0)
		rc = country_rules(&n->paths, &n->country, e);
	if (rc == 0)
		rc = node_ruleset(n, e);
	if (rc == 0)
		rc = open_feeds(n, e);
	if (rc == 0)
		rc = put_feeds(n, e);
	if (rc == 0)
		rc = open_english(n, e);
	if (rc == 0)
		rc = load_owners(n, e);
	if (rc == 0)
		rc = sign_start(n, e);
	if (rc == 0)
		rc = node_broken(n, e);
	return rc == 0 ? quiet_load(n, e) : rc;
}

int node_open(struct node *n, const char *folder, const struct country_paths *paths, struct buf *notes,
        struct err *e)
{
	*n = (struct node){.paths = *paths};
	arena_init(&n->arena, 0);
	arena_init(&n->quiet_arena, 0);
	n->folder = arena_str(&n->arena, str_from(folder));
	int rc = make_folders(n, e);
	if (rc == 0)
		rc = state_open(folder, DB_WRITE, &n->state, e);
	if (rc == 0)
		rc = open_secret(n, e);
	if (rc == 0)
		rc = open_country(n, e);
	if (rc == 0)
		rc = load_known(n, e);
	if (rc == 0)
		rc = merges_load(n->state, &n->merges, e);
	if (notes != NULL)
		buf_add(notes, buf_str(&n->country.notes));
	if (rc != 0)
		node_close(n);
	return rc;
}

void node_close(struct node *n)
{
	for (unsigned i = 0; i < NODE_DAYS; i++)
		day_close(n->days[i]);
	db_close(n->state);
	known_done(&n->known);
	vec_done(&n->merges);
	vec_done(&n->zones);
	vec_done(&n->broken);
	vec_done(&n->quiets);
	sign_stop(n);
	arena_done(&n->quiet_arena);
	country_done(&n->country);
	arena_done(&n->arena);
	*n = (struct node){0};
}

bool node_dead(const struct node *n)
{
	for (unsigned i = 0; i < NODE_DAYS; i++)
		if (n->days[i] != NULL && db_dead(day_db(n->days[i])))
			return true;
	return n->state != NULL && db_dead(n->state);
}

bool node_full(const struct node *n)
{
	bool full = n->state != NULL && db_full(n->state);

	for (unsigned i = 0; i < NODE_DAYS; i++)
		full |= n->days[i] != NULL && db_full(day_db(n->days[i]));
	return full && !node_dead(n);
}

int node_day(struct node *n, uint32_t date, struct day **ret, struct err *e)
{
	struct day *d = NULL;
	unsigned i = 0;

	while (i < NODE_DAYS - 1 && (n->days[i] == NULL || day_date(n->days[i]) != date))
		i++;
	if (n->days[i] != NULL && day_date(n->days[i]) == date)
		d = n->days[i];
	else if (day_open(n->folder.p, date, DB_WRITE, &d, e) != 0)
		return ERR_SYS;
	else
		day_close(n->days[i]);
	memmove(n->days + 1, n->days, i * sizeof(n->days[0]));
	n->days[0] = d;
	*ret = d;
	return 0;
}

int node_day_kept(struct node *n, uint32_t date, struct day **ret, struct err *e)
{
	struct day *d;
	int rc = 0;
	bool open = false;

	for (unsigned i = 0; i < NODE_DAYS; i++)
		open |= n->days[i] != NULL && day_date(n->days[i]) == date;
	if (!open && (rc = day_open(n->folder.p, date, DB_READ, &d, e)) == 0)
		day_close(d);
	return rc == 0 ? node_day(n, date, ret, e) : rc;
}

int node_day_done(struct node *n, uint32_t date, struct err *e)
{
	int rc = 0;

	for (unsigned i = 0; i < NODE_DAYS; i++) {
		if (n->days[i] == NULL || day_date(n->days[i]) != date)
			continue;
		rc = db_settle(day_db(n->days[i]), e);
		/* what the disk said stays to be seen (node_dead) */
		if (rc != 0)
			return rc;
		day_close(n->days[i]);
		n->days[i] = NULL;
	}
	return rc;
}

void node_spool(const struct node *n, const uint8_t token[16], char *ret)
{
	int at = snprintf(ret, NODE_PATH - 40, "%.*s/spool/", STR_ARG(n->folder));

	for (unsigned i = 0; i < 16; i++)
		at += snprintf(ret + at, 3, "%02x", token[i]);
}

void node_rest(struct node *n)
{
	db_rest(n->state);
	for (unsigned i = 0; i < NODE_DAYS; i++)
		if (n->days[i] != NULL)
			db_rest(day_db(n->days[i]));
	/* freed pieces lie between others, where the allocator keeps them for itself */
	malloc_trim(0);
}

int node_checkpoint(struct node *n, bool truncate, struct err *e)
{
	int rc = db_checkpoint(n->state, truncate, e);

	for (unsigned i = 0; rc == 0 && i < NODE_DAYS; i++)
		if (n->days[i] != NULL)
			rc = db_checkpoint(day_db(n->days[i]), truncate, e);
	return rc;
}
