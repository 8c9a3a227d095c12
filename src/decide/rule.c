/* SPDX-License-Identifier: Apache-2.0
 *
 * Rule files to compiled rules. Everything that is wrong in any file is said, not only what comes first, and
 * a set with one fault is no set: a rule left out would let the next one decide.
 *
 * A rule must say who is told, since the first that matches decides and nothing behind it is looked at; a
 * rule behind one that matches everything is a fault for the same reason. Other rules that can never be
 * reached are not found out.
 */
#include "decide/cond.h"
#include "event/ask.h"
#include "event/week.h"

enum key_place { PLACE_RULE, PLACE_THEN, PLACE_REPEAT };
enum key {
	KEY_NONE,
#define KEY(place, symbol, name, acts, values, about) KEY_##place##_##symbol,
#include "decide/keys.tbl"
#undef KEY
	KEYS
};
struct key_row {
	const char *name;
	enum key_place place;
	bool acts;
};
static const struct key_row key_table[KEYS] = {
#define KEY(place, symbol, name, acts, values, about) [KEY_##place##_##symbol] = {name, PLACE_##place, acts},
#include "decide/keys.tbl"
#undef KEY
};

/* A rule in the making. */
struct making {
	struct compile *c;
	struct rule rule;
	const struct conf *at;
	VEC(struct cond) conds;
	VEC(struct group) nots;
};

#define RULE_FAULT(m, at, ...)                                                                               \
	do {                                                                                                 \
		struct err fault_;                                                                           \
		conf_err((at), &fault_, __VA_ARGS__);                                                        \
		compile_fault((m)->c, &fault_);                                                              \
	} while (0)

/* ---- keys ----------------------------------------------------------------------------------------- */

static void fault_key(struct compile *c, const struct conf *at, enum key_place place)
{
	const char *names[KEYS + 1];
	unsigned n = 0;
	struct conf alone = *at, map = {.kind = CONF_MAP, .first = &alone};
	struct err e = {0};

	for (unsigned i = 1; i < KEYS; i++) {
		if (key_table[i].place == place && key_table[i].acts)
			names[n++] = key_table[i].name;
	}
	names[n] = NULL;
	alone.next = NULL;
	conf_only(&map, names, &e);
	compile_fault(c, &e);
}

/* KEY_NONE with a fault noted if the key is not known or does not act yet. */
static enum key key_of(struct compile *c, const struct conf *at, enum key_place place)
{
	struct err e;

	for (unsigned i = 1; i < KEYS; i++) {
		if (key_table[i].place != place || !str_eq(at->key, str_from(key_table[i].name)))
			continue;
		if (key_table[i].acts)
			return (enum key)i;
		conf_err_key(at, &e, "'%s' does nothing in this version; take it out until it does",
		        key_table[i].name);
		compile_fault(c, &e);
		return KEY_NONE;
	}
	fault_key(c, at, place);
	return KEY_NONE;
}

static bool is_map(struct making *m, const struct conf *at, const char *what)
{
	if (at->kind == CONF_MAP)
		return true;
	RULE_FAULT(m, at, "'%s' is a map, such as { key: value }", what);
	return false;
}

static bool is_value(struct making *m, const struct conf *at)
{
	if (at->kind == CONF_SCALAR && at->text.len > 0)
		return true;
	RULE_FAULT(m, at, "'%s' takes one value", quote(at->key).text);
	return false;
}

/* ---- if ------------------------------------------------------------------------------------------- */

/* Cheapest first; the file's order among equals. */
static void conds_sort(struct cond *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct cond c = v[i];
		size_t k = i;
		for (; k > 0 &&
		        (v[k - 1].sieved > c.sieved ||
		                (v[k - 1].sieved == c.sieved && v[k - 1].kind > c.kind));
		        k--)
			v[k] = v[k - 1];
		v[k] = c;
	}
}

static struct cond *conds_keep(struct making *m, struct cond *v, size_t n)
{
	struct cond *list = arena_array(&m->c->rules->arena, n ? n : 1, sizeof(*list));

	conds_sort(v, n);
	if (n > 0)
		memcpy(list, v, n * sizeof(*list));
	return list;
}

static void make_group(struct making *m, const struct conf *map)
{
	VEC(struct cond) list = {0};
	struct cond cond;

	if (!is_map(m, map, "not"))
		return;
	if (map->first == NULL)
		RULE_FAULT(m, map, "an empty 'not' excludes everything");
	for (const struct conf *at = map->first; at != NULL; at = at->next) {
		if (str_eq(at->key, STR("not")))
			RULE_FAULT(m, at, "a 'not' inside 'not'; write it without");
		else if (cond_compile(m->c, at, &cond))
			*vec_add(&list) = cond;
	}
	struct group *g = vec_add(&m->nots);
	g->conds = conds_keep(m, list.v, list.n);
	g->n = (uint32_t)list.n;
	vec_done(&list);
}

static void make_not(struct making *m, const struct conf *at)
{
	if (at->kind != CONF_LIST) {
		make_group(m, at);
		return;
	}
	for (const struct conf *map = at->first; map != NULL; map = map->next)
		make_group(m, map);
}

/* The values 1 to 5 that lie in the ranges. */
static uint64_t criticality_mask(const struct cond *c)
{
	uint64_t mask = 0;

	for (unsigned v = 1; v <= 5; v++) {
		for (uint32_t i = 0; i < c->n; i++) {
			if (v >= c->ranges[i].low && v <= c->ranges[i].high)
				mask |= (uint64_t)1 << v;
		}
	}
	return mask;
}

/* What the condition says about the five things that choose rules. */
static void sieve(struct rule *r, struct cond *c)
{
	c->sieved = 1;
	switch (c->what) {
	case FIELD_CLASSIFICATION_TYPE:
		r->can[SIEVE_TYPE] &= c->mask;
		break;
	case FIELD_SEVERITY:
		r->can[SIEVE_SEVERITY] &= c->mask;
		break;
	case FIELD_TLP:
		r->can[SIEVE_TLP] &= c->mask;
		break;
	case WHAT_HOW:
		r->can[SIEVE_HOW] &= c->mask;
		break;
	case FIELD_CRITICALITY:
		r->can[SIEVE_CRITICALITY] &= criticality_mask(c);
		break;
	case FIELD_CLASSIFICATION_TAXONOMY:
		r->can[SIEVE_TYPE] &= c->mask | 1; /* a record may have a class and no type */
		c->sieved = 0;
		break;
	default:
		c->sieved = 0;
	}
}

static void make_if(struct making *m, const struct conf *map)
{
	struct cond cond;

	if (!is_map(m, map, "if"))
		return;
	m->rule.everything = map->first == NULL;
	for (const struct conf *at = map->first; at != NULL; at = at->next) {
		if (str_eq(at->key, STR("not"))) {
			make_not(m, at);
			continue;
		}
		if (!cond_compile(m->c, at, &cond))
			continue;
		sieve(&m->rule, &cond);
		*vec_add(&m->conds) = cond;
	}
	if (m->rule.can[SIEVE_TYPE] == 0)
		RULE_FAULT(m, map, "this is never true: no type belongs to the class");
}

/* ---- then, repeat --------------------------------------------------------------------------------- */

static void set_notify(struct making *m, const struct conf *at)
{
	if (str_eq(at->text, STR("owner")))
		m->rule.notify = NOTIFY_OWNER;
	else if (str_eq(at->text, STR("nobody")))
		m->rule.notify = NOTIFY_NOBODY;
	else
		RULE_FAULT(m, at, "bad notify '%s': 'owner' or 'nobody' is wanted", quote(at->text).text);
}

static void set_severity(struct making *m, const struct conf *at)
{
	struct str s = at->text;
	enum severity word = severity_find(s);
	unsigned rank = decide_rank(word);

	if (s.len == 2 && (s.p[0] == 'c' || s.p[0] == 'C') && s.p[1] >= '1' && s.p[1] <= '6') {
		rank = (unsigned)(s.p[1] - '0');
		for (word = SEVERITY_CRITICAL; word > SEVERITY_INFO && decide_rank(word) < rank;)
			word--;
	}
	if (word == SEVERITY_NONE)
		RULE_FAULT(m, at, "no severity '%s': critical, high, medium, low, info or c1 to c6 is wanted",
		        quote(s).text);
	m->rule.severity = (uint8_t)word;
	m->rule.rank = (uint8_t)rank;
}

#define WITHIN_MAX (366u * 86400)

static void set_within(struct making *m, const struct conf *at)
{
	uint64_t seconds;

	if (!conf_duration(at->text, &seconds) || seconds == 0 || seconds > WITHIN_MAX)
		RULE_FAULT(m, at,
		        "bad within '%s': a duration such as 15m, 2h or 3d, at most a year, is wanted",
		        quote(at->text).text);
	else
		m->rule.within = (uint32_t)seconds;
}

#define CALL_MIN 60u

static void set_call(struct making *m, const struct conf *at)
{
	uint64_t seconds;

	if (!conf_duration(at->text, &seconds) || seconds < CALL_MIN || seconds > WITHIN_MAX)
		RULE_FAULT(m, at,
		        "bad call-if-unread '%s': a duration such as 30m or 4h, from a minute to a year, is "
		        "wanted",
		        quote(at->text).text);
	else
		m->rule.call = (uint32_t)seconds;
}

static void set_label(struct making *m, const struct conf *at)
{
	enum tlp tlp = tlp_find(at->text);

	if (tlp == TLP_NONE)
		RULE_FAULT(m, at, "no label '%s': GREEN, AMBER, AMBER+STRICT or RED is wanted",
		        quote(at->text).text);
	else if (tlp == TLP_CLEAR)
		RULE_FAULT(m, at, "a rule raises a label, never lowers it; '%s' raises nothing",
		        quote(at->text).text);
	m->rule.label = (uint8_t)tlp;
}

/* One day of the week, every day, or each day that is worked. */
static bool digest_parse(struct str s, uint8_t *ret_day, uint16_t *ret_minute)
{
	struct week_time t;
	unsigned day = 1;

	if (!str_has(str_trim(s), ' ') || !week_parse(s, &t))
		return false;
	while (day < 8 && t.days != 1u << (day - 1))
		day++;
	if (t.days & WEEK_NO_HOLIDAY)
		day = 9;
	else if (day == 8 && t.days != WEEK_ALL)
		return false;
	*ret_day = (uint8_t)day;
	*ret_minute = t.minute;
	return true;
}

static void set_digest(struct making *m, const struct conf *at)
{
	if (!digest_parse(at->text, &m->rule.digest_day, &m->rule.digest_minute))
		RULE_FAULT(m, at,
		        "bad digest '%s': a day and a time such as 'monday 08:00', 'daily 07:30' or"
		        " 'workday 08:00' is wanted",
		        quote(at->text).text);
}

static void set_needs(struct making *m, const struct conf *at)
{
	if (!str_eq(at->text, STR("person")))
		RULE_FAULT(m, at, "bad needs '%s': 'person' is wanted", quote(at->text).text);
	m->rule.person = 1;
}

static void set_request(struct making *m, const struct conf *at)
{
	if (!ask_word_is(at->text)) {
		RULE_FAULT(m, at,
		        "bad request '%s': takedown-request, mitigation-request, information-request, "
		        "assistance-request, preservation-request, notification, payment-recall-alert, "
		        "vulnerability-coordination or consultation-request is wanted",
		        quote(at->text).text);
		return;
	}
	m->rule.request = arena_str(&m->c->rules->arena, at->text);
	m->c->rules->requests = true;
}

static void set_ack_by(struct making *m, const struct conf *at)
{
	uint64_t seconds;

	if (!conf_duration(at->text, &seconds) || seconds < CALL_MIN || seconds > WITHIN_MAX)
		RULE_FAULT(m, at,
		        "bad ack-by '%s': a duration such as 30m or 2h, from a minute to a year, is wanted",
		        quote(at->text).text);
	else
		m->rule.ack_by = (uint32_t)seconds;
}

/* What goes to another country does so by a person. */
static void check_request(struct making *m, const struct conf *then)
{
	const struct conf *request = conf_find(then, "request"), *to = conf_find(then, "to"),
	                  *ack_by = conf_find(then, "ack-by");

	if (request == NULL && (to != NULL || ack_by != NULL))
		RULE_FAULT(m, to != NULL ? to : ack_by,
		        "nothing is asked of anybody; add 'request: takedown-request', or take it out");
	if (request != NULL && to == NULL)
		RULE_FAULT(
		        m, request, "whom is it asked of? 'to: cc-team' is the team of the source's country");
	if (request != NULL && !m->rule.person)
		RULE_FAULT(m, request, "a request is drafted and a person sends it; add 'needs: person'");
}

static void set_to(struct making *m, const struct conf *at)
{
	if (!str_eq(at->text, STR("cc-team")))
		RULE_FAULT(m, at, "bad to '%s': 'cc-team' is wanted", quote(at->text).text);
}

static void make_then(struct making *m, const struct conf *map)
{
	if (!is_map(m, map, "then"))
		return;
	for (const struct conf *at = map->first; at != NULL; at = at->next) {
		enum key key = key_of(m->c, at, PLACE_THEN);
		if (key == KEY_NONE || !is_value(m, at))
			continue;
		if (key == KEY_THEN_NOTIFY)
			set_notify(m, at);
		else if (key == KEY_THEN_SEVERITY)
			set_severity(m, at);
		else if (key == KEY_THEN_WITHIN)
			set_within(m, at);
		else if (key == KEY_THEN_DIGEST)
			set_digest(m, at);
		else if (key == KEY_THEN_LABEL)
			set_label(m, at);
		else if (key == KEY_THEN_CALL_IF_UNREAD)
			set_call(m, at);
		else if (key == KEY_THEN_REQUEST)
			set_request(m, at);
		else if (key == KEY_THEN_TO)
			set_to(m, at);
		else if (key == KEY_THEN_ACK_BY)
			set_ack_by(m, at);
		else
			set_needs(m, at);
	}
}

static void check_repeat(struct making *m, const struct conf *repeat)
{
	if (repeat != NULL && m->rule.after != 0 && m->rule.notify != NOTIFY_OWNER)
		RULE_FAULT(m, conf_find(repeat, "after"),
		        "nobody is told of it, so not again either; take 'after' out or write 'notify: "
		        "owner'");
}

static void check_then(struct making *m, const struct conf *then)
{
	const struct rule *r = &m->rule;
	const struct conf *notify = conf_find(then, "notify"), *digest = conf_find(then, "digest"),
	                  *within = conf_find(then, "within"), *needs = conf_find(then, "needs");

	if (then->kind != CONF_MAP)
		return;
	if (notify == NULL && needs == NULL)
		RULE_FAULT(m, then,
		        "the rule does not say who is told: 'notify: owner', 'notify: nobody' or 'needs: "
		        "person'");
	if (digest != NULL && within != NULL)
		RULE_FAULT(m, within, "a digest has its own time; take 'within' or 'digest' out");
	if (digest != NULL && r->notify != NOTIFY_OWNER && notify == NULL)
		RULE_FAULT(m, digest, "a digest is a letter; add 'notify: owner'");
	if (conf_find(then, "call-if-unread") != NULL && r->notify != NOTIFY_OWNER)
		RULE_FAULT(m, conf_find(then, "call-if-unread"),
		        "nobody is written to, so no letter can be unread; take 'call-if-unread' out or "
		        "write "
		        "'notify: owner'");
	check_request(m, then);
	if (r->notify != NOTIFY_NOBODY)
		return;
	if (digest != NULL)
		RULE_FAULT(m, digest, "a digest for nobody; take it out or write 'notify: owner'");
	if (within != NULL)
		RULE_FAULT(m, within, "a time by which nobody is told; take it out or write 'notify: owner'");
	if (needs != NULL)
		RULE_FAULT(m, needs, "'notify: nobody' leaves nothing for a person to decide");
}

static void add_per(struct making *m, const struct conf *at)
{
	enum field f = at->kind == CONF_SCALAR ? field_find(at->text) : FIELD_NONE;
	struct rule *r = &m->rule;

	if (f == FIELD_NONE) {
		enum field near = at->kind == CONF_SCALAR ? field_nearest(at->text) : FIELD_NONE;
		if (near != FIELD_NONE)
			RULE_FAULT(m, at, "no field '%s'; did you mean '%.*s'?", quote(at->text).text,
			        STR_ARG(field_table[near].name));
		else
			RULE_FAULT(m, at, "no field '%s'", quote(at->text).text);
	} else if (field_table[f].type == FT_TIME) {
		RULE_FAULT(m, at, "by '%s' every record would be a finding of its own", quote(at->text).text);
	} else if (f == FIELD_OWNER || f == FIELD_ASSET || f == FIELD_CRITICALITY) {
		RULE_FAULT(m, at,
		        "'%s' is the register's word, not the record's; a finding has one owner in any case",
		        quote(at->text).text);
	} else if (r->nrepeat == RULE_REPEAT) {
		RULE_FAULT(m, at, "more than %d fields", RULE_REPEAT);
	} else {
		r->repeat[r->nrepeat++] = f;
	}
}

static void set_per(struct making *m, const struct conf *at)
{
	if (at->kind == CONF_SCALAR)
		add_per(m, at);
	for (const struct conf *v = at->kind == CONF_LIST ? at->first : NULL; v != NULL; v = v->next)
		add_per(m, v);
	if (at->kind == CONF_MAP || (at->kind == CONF_LIST && at->first == NULL))
		RULE_FAULT(m, at, "'per' takes a list of fields");
}

#define AFTER_MIN 60u
#define ESCALATE_MAX 100

static void set_after(struct making *m, const struct conf *at)
{
	uint64_t seconds;

	if (!conf_duration(at->text, &seconds) || seconds < AFTER_MIN || seconds > WITHIN_MAX)
		RULE_FAULT(m, at,
		        "bad after '%s': a duration such as 12h or 7d, from a minute to a year, is wanted",
		        quote(at->text).text);
	else
		m->rule.after = (uint32_t)seconds;
}

static void set_escalate(struct making *m, const struct conf *at)
{
	uint64_t n;

	if (!str_u64(at->text, &n) || n == 0 || n > ESCALATE_MAX)
		RULE_FAULT(m, at, "bad escalate '%s': a number of letters from 1 to %d is wanted",
		        quote(at->text).text, ESCALATE_MAX);
	else
		m->rule.escalate = (uint8_t)n;
}

static void make_repeat(struct making *m, const struct conf *map)
{
	if (!is_map(m, map, "repeat"))
		return;
	for (const struct conf *at = map->first; at != NULL; at = at->next) {
		enum key key = key_of(m->c, at, PLACE_REPEAT);
		if (key == KEY_REPEAT_PER)
			set_per(m, at);
		else if (key != KEY_NONE && is_value(m, at))
			(key == KEY_REPEAT_AFTER ? set_after : set_escalate)(m, at);
	}
	if (m->rule.escalate != 0 && m->rule.after == 0)
		RULE_FAULT(m, conf_find(map, "escalate"),
		        "letters are counted only where 'after' says when the next one goes");
}

/* ---- a rule --------------------------------------------------------------------------------------- */

static void make_name(struct making *m, const struct conf *at)
{
	struct str s = at->kind == CONF_SCALAR ? at->text : (struct str){0};
	bool good = s.len > 0 && s.len <= 64;

	for (size_t i = 0; good && i < s.len; i++)
		good = (char_alnum(s.p[i]) && s.p[i] == char_lower(s.p[i])) || s.p[i] == '-' || s.p[i] == '_';
	if (!good)
		RULE_FAULT(m, at,
		        "bad name of a rule '%s': up to 64 small letters, digits, '-' and '_' are wanted",
		        quote(s).text);
	m->rule.name = arena_str(&m->c->rules->arena, s);
}

static void rule_keys(struct making *m, const struct conf *map)
{
	const struct conf *name = NULL, *cond = NULL, *then = NULL;

	for (const struct conf *at = map->first; at != NULL; at = at->next) {
		enum key key = key_of(m->c, at, PLACE_RULE);
		if (key == KEY_RULE_NAME)
			make_name(m, name = at);
		else if (key == KEY_RULE_IF)
			make_if(m, cond = at);
		else if (key == KEY_RULE_THEN)
			make_then(m, then = at);
		else if (key == KEY_RULE_REPEAT)
			make_repeat(m, at);
	}
	if (name == NULL)
		RULE_FAULT(m, map, "a rule without 'rule: NAME'");
	if (cond == NULL)
		RULE_FAULT(m, map, "a rule without 'if'; for everything write 'if: {}'");
	if (then == NULL)
		RULE_FAULT(m, map, "a rule without 'then'");
	else
		check_then(m, then);
	check_repeat(m, conf_find(map, "repeat"));
}

static void rule_finish(struct making *m)
{
	struct rule *r = &m->rule;

	r->conds = conds_keep(m, m->conds.v, m->conds.n);
	r->nconds = (uint32_t)m->conds.n;
	for (r->ntried = 0; r->ntried < r->nconds && !r->conds[r->ntried].sieved;)
		r->ntried++;
	r->nots = arena_copy(&m->c->rules->arena, m->nots.v, m->nots.n, sizeof(*m->nots.v));
	r->nnots = (uint32_t)m->nots.n;
}

void rule_make(struct compile *c, const struct conf *at, struct str file, struct rule_list *list)
{
	struct making m = {.c = c, .at = at};

	if (at->kind != CONF_MAP) {
		RULE_FAULT(&m, at, "a rule is a map with the keys 'rule', 'if' and 'then'");
		return;
	}
	if (list->n == RULES_MAX) {
		RULE_FAULT(&m, at, "more than %d rules", RULES_MAX);
		return;
	}
	m.rule = (struct rule){.file = file, .line = at->line, .column = at->column};
	memset(m.rule.can, 0xff, sizeof(m.rule.can));
	m.rule.can[SIEVE_TYPE] = ((uint64_t)1 << TYPE_END) - 1;
	rule_keys(&m, at);
	rule_finish(&m);
	*vec_add(list) = m.rule;
	vec_done(&m.conds);
	vec_done(&m.nots);
}
