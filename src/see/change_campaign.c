/* SPDX-License-Identifier: Apache-2.0
 *
 * A special letter to many: proposed by one person, with whom it would go to and who gets nothing and why, as it is then;
 * released by another, in one transaction that opens all its letters, so that no contact has two. From there on they are
 * letters like all others: sealed, cleared at the exit, sent once.
 */
#include "base/os.h"
#include "base/plural.h"
#include "event/value.h"
#include "exit/clear.h"
#include "know/owners.h"
#include "see/change_in.h"
#include "see/notice.h"
#include "see/quiet.h"

#define PLACES_MAX 60000 /* a list of a file, and what is typed beside it */
#define SPANS_MAX 4096

struct proposal {
	struct change *c;
	uint64_t id;
	struct str class;
	enum tlp label;
	uint64_t places;
};

/* ---- what it says -------------------------------------------------------------------------------- */

/* A line feed within a parameter is a vertical tab (change.h). */
static struct str lines_of(struct arena *a, struct str text)
{
	struct str s = arena_printf(a, "%.*s", STR_ARG(text));

	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '\v')
			((char *)(uintptr_t)s.p)[i] = '\n';
	return s;
}

static int put_text(struct proposal *p, struct str language, struct str text, struct err *e)
{
	auto_arena struct arena a = {0};
	struct str unknown = lang_unknown(text);

	arena_init(&a, 0);
	struct str subject =
	        str_trim(change_param(p->c, arena_printf(&a, "subject-%.*s", STR_ARG(language)).p));
	if (subject.len == 0)
		return err_set(e, ERR_USAGE, "the text in '%.*s' has no subject", STR_ARG(language));
	if (unknown.len == 0)
		unknown = lang_unknown(subject);
	if (unknown.len != 0)
		return err_set(e, ERR_USAGE,
		        "there is no variable '{%.*s}'; a letter knows {owner}, {ticket}, {team}, {count}, "
		        "{list} and "
		        "{label.means}",
		        STR_ARG(unknown));
	struct query q = db_query(p->c->node->state,
	        "insert into campaign_text(campaign, language, subject, text) values (?, ?, ?, ?)");
	query_u64(&q, p->id);
	query_text(&q, language);
	query_text(&q, subject);
	query_text(&q, str_trim(lines_of(&a, text)));
	query_run(&q);
	return 0;
}

static int put_texts(struct proposal *p, struct err *e)
{
	unsigned n = 0;

	for (struct str rest = p->c->params; rest.len != 0;) {
		struct str_cut line = str_cut(rest, '\n'), pair = str_cut(line.head, '=');
		rest = line.tail;
		if (!str_starts(pair.head, STR("text-")) || str_trim(pair.tail).len == 0)
			continue;
		if (put_text(p, str_skip(pair.head, 5), pair.tail, e) != 0)
			return e->code;
		n++;
	}
	return n > 0 ? 0 : err_set(e, ERR_USAGE, "there is no text: it needs one in at least one language");
}

/* ---- whom it is about ---------------------------------------------------------------------------- */

static void put_place(struct proposal *p, struct str place, uint64_t owner, const char *why)
{
	if (owner != 0 && why[0] == 0 && quiet_find(p->c->node, p->class, place, os_now()) != NULL)
		why = "quiet";
	struct query q = db_query(p->c->node->state,
	        "insert or ignore into campaign_place(campaign, place, owner, why) values (?, ?, ?, ?)");

	query_u64(&q, p->id);
	query_text(&q, place);
	query_u64(&q, owner);
	query_text(&q, str_from(owner == 0 && why[0] == 0 ? "no-owner" : why));
	query_run(&q);
	p->places++;
}

static uint64_t owner_id(const struct node *n, uint32_t owner)
{
	return owner != 0 ? n->owners[owner] : 0;
}

/* All owners who have a part of it; nobody's if none has. */
static void put_prefix(struct proposal *p, struct str place, const struct prefix *prefix)
{
	const struct know *k = p->c->node->country.know;
	struct addr at = prefix->addr, last = prefix->addr, end;
	uint64_t any = 0;

	for (unsigned bit = prefix->len; bit < 128; bit++)
		last.b[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
	for (unsigned i = 0; i < SPANS_MAX; i++) {
		struct know_answer answer = {0};
		know_whose(k, know_span(k, &at, &last, &end), (struct str){0}, 0, &answer);
		uint64_t owner = owner_id(p->c->node, answer.owner);
		if (owner != 0 && owner != any)
			put_place(p, place, owner, "");
		any = owner != 0 ? owner : any;
		if (memcmp(&end, &last, sizeof(end)) >= 0)
			break;
		at = end;
		for (int b = 15; b >= 0 && ++at.b[b] == 0; b--)
			continue;
	}
	if (any == 0)
		put_place(p, place, 0, "");
}

static void put_value(struct proposal *p, struct str one)
{
	const struct know *k = p->c->node->country.know;
	struct know_answer answer = {0};
	char name[NAME_MAX_BYTES + 1], text[PREFIX_TEXT];
	struct prefix prefix;
	struct addr addr;
	bool host = false;
	size_t len;

	if (addr_parse(one, &addr)) {
		know_whose(k, know_addr(k, &addr), (struct str){0}, 0, &answer);
		put_place(p, str_make(text, addr_print(text, &addr)), owner_id(p->c->node, answer.owner), "");
	} else if (prefix_parse(one, &prefix, &host) && prefix.len > 0) {
		put_prefix(p, str_make(text, prefix_print(text, &prefix)), &prefix);
	} else if (value_fqdn(one, name, &len)) {
		know_whose(k, NULL, str_make(name, len), 0, &answer);
		put_place(p, str_make(name, len), owner_id(p->c->node, answer.owner), "");
	} else {
		put_place(p, str_sub(one, 0, one.len < 200 ? one.len : 200), 0, "no-value");
	}
}

static int put_values(struct proposal *p, struct str list, struct err *e)
{
	auto_arena struct arena a = {0};
	struct str one;

	arena_init(&a, 0);
	list = lines_of(&a, list);
	while (owners_value_next(&list, &one)) {
		if (p->places >= PLACES_MAX)
			return err_set(e, ERR_USAGE, "a campaign is about %d addresses and names at most",
			        PLACES_MAX);
		put_value(p, one);
	}
	return 0;
}

/* Open findings of the class with that identifier or malware. A letter never says what its label does not allow. */
static int put_findings(struct proposal *p, struct str sought, struct err *e)
{
	struct found {
		struct str place;
		uint64_t owner;
		enum tlp label;
	};
	VEC(struct found) found = {0};
	auto_arena struct arena a = {0};
	struct query q = db_query(p->c->node->state,
	        "select place, owner, label from finding where state <> 'closed' and place <> '' and (?1 = "
	        "'' or class = ?1) and (?2 = '' or "
	        "ident = ?2 collate nocase or malware = ?2 collate nocase) limit ?3");

	arena_init(&a, 0);
	query_text(&q, p->class);
	query_text(&q, sought.p != NULL ? sought : STR(""));
	query_u64(&q, PLACES_MAX + 1);
	while (query_next(&q) == 1)
		*vec_add(&found) = (struct found){arena_str(&a, query_get_text(&q, 0)), query_get_u64(&q, 1),
		        tlp_find(query_get_text(&q, 2))};
	query_run(&q);
	size_t n = found.n;
	for (size_t i = 0; i < n && n <= PLACES_MAX; i++)
		put_place(p, found.v[i].place, found.v[i].owner, found.v[i].label > p->label ? "label" : "");
	vec_done(&found);
	return n <= PLACES_MAX ? 0
	                       : err_set(e, ERR_USAGE, "a campaign is about %d findings at most", PLACES_MAX);
}

/* ---- who gets it --------------------------------------------------------------------------------- */

static const char *why_not(
        const struct node *n, uint32_t contact, const struct know_contact *k, struct str class)
{
	enum event_type type = type_find(class);

	if (class.len != 0 && type != TYPE_NONE && k->classes.len != 0 && !(k->types >> type & 1))
		return "class";
	if (notice_broken(n, contact))
		return "broken";
	return quiet_contact(n, k->email, class, os_now()) != NULL ? "quiet" : "";
}

static void put_contacts(struct proposal *p, uint64_t owner)
{
	struct node *n = p->c->node;
	uint32_t number = node_owner(n, owner);

	if (number == 0)
		return;
	const struct know_owner *o = know_owner(n->country.know, number);
	for (uint32_t i = 0; i < o->ncontacts; i++) {
		uint32_t contact = n->contacts[n->first_contact[number] + i];
		struct query q = db_query(n->state,
		        "insert or ignore into campaign_to(campaign, contact, why) values (?, ?, ?)");
		query_u64(&q, p->id);
		query_u64(&q, contact);
		query_text(&q, str_from(why_not(n, contact, &o->contacts[i], p->class)));
		query_run(&q);
	}
}

static void put_all_contacts(struct proposal *p)
{
	VEC(uint64_t) owners = {0};
	struct query q = db_query(p->c->node->state,
	        "select distinct owner from campaign_place where campaign = ? and owner <> 0 and why = ''");

	query_u64(&q, p->id);
	while (query_next(&q) == 1)
		*vec_add(&owners) = query_get_u64(&q, 0);
	query_run(&q);
	for (size_t i = 0; i < owners.n; i++)
		put_contacts(p, owners.v[i]);
	vec_done(&owners);
}

static uint64_t count(struct change *c, const char *sql, uint64_t campaign)
{
	struct query q = db_query(c->node->state, sql);
	uint64_t n = 0;

	query_u64(&q, campaign);
	if (query_next(&q) == 1)
		n = query_get_u64(&q, 0);
	query_run(&q);
	return n;
}

static int insert(struct proposal *p, struct str name, struct str sought)
{
	struct query q = db_query(p->c->node->state,
	        "insert into campaign(name, label, class, sought, proposer, proposed) values (?, ?, ?, ?, ?, "
	        "?)");

	query_text(&q, name);
	query_text(&q, tlp_name(p->label));
	query_text(&q, p->class);
	query_text(&q, sought.p != NULL ? sought : STR(""));
	query_text(&q, p->c->person);
	query_i64(&q, os_now());
	query_run(&q);
	p->id = db_last_id(p->c->node->state);
	return 0;
}

int change_campaign_propose(struct change *c, struct err *e)
{
	struct str name = str_trim(change_param(c, "name")), class = str_trim(change_param(c, "class")),
	           sought = str_trim(change_param(c, "sought")), places = str_trim(change_param(c, "places"));
	struct proposal p = {.c = c,
	        .class = class.p != NULL ? class : STR(""),
	        .label = tlp_find(change_param(c, "label"))};
	const char *rule = "";

	if (name.len == 0 || name.len > 200)
		return err_set(e, ERR_USAGE, "a campaign needs a name, of at most 200 bytes");
	if (p.class.len != 0 && type_find(p.class) == TYPE_NONE)
		return err_set(e, ERR_USAGE, "there is no class '%.*s'; 'weir docs taxonomy' lists them",
		        STR_ARG(p.class));
	if (!exit_decide(p.label, EXIT_OWNER, &rule))
		return err_set(e, ERR_DENIED, "%s", rule);
	if (places.len == 0 && sought.len == 0 && p.class.len == 0)
		return err_set(e, ERR_USAGE,
		        "whom is it about? Addresses, prefixes or names; or a class or an identifier of open "
		        "findings");
	insert(&p, name, sought);
	int rc = put_texts(&p, e);
	if (rc == 0 && places.len != 0)
		rc = put_values(&p, places, e);
	if (rc == 0 && (sought.len != 0 || places.len == 0))
		rc = put_findings(&p, sought, e);
	if (rc != 0)
		return rc;
	put_all_contacts(&p);
	change_about(c, 'C', p.id, name);
	plural_printf(c->said, "C%llu would go to %llu contacts; another person releases it\n",
	        (unsigned long long)p.id,
	        (unsigned long long)count(
	                c, "select count(*) from campaign_to where campaign = ? and why = ''", p.id));
	return 0;
}

/* ---- decided ------------------------------------------------------------------------------------- */

static int decide(struct change *c, uint64_t *ret, struct proposal *p, const char *to, struct err *e)
{
	bool there = false, proposed = false, own = false;

	if (change_id(c, 'C', ret, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(c->node->state,
	        "select state = 'proposed', proposer = ?2, label, class from campaign where id = ?1");
	query_u64(&q, *ret);
	query_text(&q, c->person);
	if (query_next(&q) == 1) {
		there = true;
		proposed = query_get_u64(&q, 0) != 0;
		own = query_get_u64(&q, 1) != 0;
		p->label = tlp_find(query_get_text(&q, 2));
		p->class = arena_str(&c->node->arena, query_get_text(&q, 3));
	}
	query_run(&q);
	if (!there)
		return err_set(e, ERR_MISSING, "there is no campaign C%llu", (unsigned long long)*ret);
	if (!proposed)
		return err_set(e, ERR_VALUE, "C%llu is decided already", (unsigned long long)*ret);
	if (own && str_eq(str_from(to), STR("released")))
		return err_set(e, ERR_DENIED, "you have proposed C%llu: another person releases it",
		        (unsigned long long)*ret);
	q = db_query(c->node->state, "update campaign set state = ?, decider = ?, decided = ? where id = ?");
	query_text(&q, str_from(to));
	query_text(&q, c->person);
	query_i64(&q, os_now());
	query_u64(&q, *ret);
	query_run(&q);
	change_about(c, 'C', *ret, change_param(c, "note"));
	return 0;
}

struct target {
	uint32_t contact;
	struct str email;
	bool gone;
};

static void open_letter(struct proposal *p, const struct target *t)
{
	struct node *n = p->c->node;
	const char *why = t->gone                                        ? "gone"
	        : notice_broken(n, t->contact)                           ? "broken"
	        : quiet_contact(n, t->email, p->class, os_now()) != NULL ? "quiet"
	                                                                 : "";
	uint64_t id = 0;

	if (why[0] == 0) {
		id = notice_open(n,
		        &(struct notice_new){.contact = t->contact,
		                .class = p->class,
		                .send_at = os_now(),
		                .kind = NOTICE_CAMPAIGN});
		struct query label = db_query(n->state, "update notice set label = ? where id = ?");
		query_text(&label, tlp_name(p->label));
		query_u64(&label, id);
		query_run(&label);
	}
	struct query q = db_query(
	        n->state, "update campaign_to set notice = ?, why = ? where campaign = ? and contact = ?");
	if (id != 0)
		query_u64(&q, id);
	else
		query_null(&q);
	query_text(&q, str_from(why));
	query_u64(&q, p->id);
	query_u64(&q, t->contact);
	query_run(&q);
}

int change_campaign_release(struct change *c, struct err *e)
{
	struct proposal p = {.c = c};
	VEC(struct target) targets = {0};
	auto_arena struct arena a = {0};
	int rc = decide(c, &p.id, &p, "released", e);

	if (rc != 0)
		return rc;
	arena_init(&a, 0);
	struct query q = db_query(c->node->state,
	        "select t.contact, c.email, c.gone is not null or o.gone is not null from campaign_to t join "
	        "contact c on c.id = t.contact join "
	        "owner o on o.id = c.owner where t.campaign = ? and t.why = '' and t.notice is null");
	query_u64(&q, p.id);
	while (query_next(&q) == 1)
		*vec_add(&targets) = (struct target){(uint32_t)query_get_u64(&q, 0),
		        arena_str(&a, query_get_text(&q, 1)), query_get_u64(&q, 2) != 0};
	query_run(&q);
	for (size_t i = 0; i < targets.n; i++)
		open_letter(&p, &targets.v[i]);
	vec_done(&targets);
	plural_printf(c->said, "C%llu: %llu letters are due\n", (unsigned long long)p.id,
	        (unsigned long long)count(c,
	                "select count(*) from campaign_to where campaign = ? and notice is not null", p.id));
	return 0;
}

int change_campaign_drop(struct change *c, struct err *e)
{
	struct proposal p = {.c = c};
	int rc = decide(c, &p.id, &p, "dropped", e);

	if (rc == 0)
		buf_printf(c->said, "C%llu is dropped: nobody gets it\n", (unsigned long long)p.id);
	return rc;
}
