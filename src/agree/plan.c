/* SPDX-License-Identifier: Apache-2.0 */
#include "agree/plan.h"

#include "agree/clause.h"
#include "agree/manifest_line.h"
#include "base/conf.h"
#include "event/value.h"
#include "trust/stamp.h"
#include "trust/store.h"

#define DAY 86400

/* ---- lines --------------------------------------------------------------------------------------- */

static const struct {
	enum manifest_line line;
	const char *value;
} usual[] = {
        {LINE_DEPUTY, "-"},
        {LINE_ZONE, "+07:00"},
        {LINE_RULE, "silence"},
        {LINE_NEEDS, "all"},
        {LINE_LEVEL, "human"},
        {LINE_MIN_NOTICE, "72h"},
        {LINE_WORKING_DAYS, "3"},
        {LINE_BREAKS, "amendment objection"},
        {LINE_EXTEND, "1 7d"},
        {LINE_GRACE, "24h"},
        {LINE_UNSERVED, "hold"},
        {LINE_CONFIRM, "2"},
        {LINE_RESERVATION, "forbidden"},
        {LINE_DISASSOCIATION, "allowed"},
        {LINE_PERSONS, "1 1"},
        {LINE_STATEMENTS, "30d"},
        {LINE_IN_FORCE, "adopted+30d"},
        {LINE_REVIEW, "12mo"},
};

const char *plan_usual(struct str line)
{
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (str_eq(manifest_rows[usual[i].line].word, line))
			return usual[i].value;
	return NULL;
}

struct writer {
	struct arena *a;
	const struct change *c;
	int64_t now; /* seconds */
	struct plan *plan;
	struct str instrument, title;
	enum manifest_rule rule;
	uint64_t number;
	uint8_t previous[DIGEST_LEN];
	struct err *e;
};

static struct str param(const struct change *c, struct str name)
{
	char room[32];

	snprintf(room, sizeof(room), "%.*s", STR_ARG(name));
	struct str s = str_trim(change_param(c, room));
	return s.p != NULL ? s : STR("");
}

static void put(struct writer *w, enum manifest_line line, struct str value)
{
	buf_printf(&w->plan->manifest, "%.*s %.*s\n", STR_ARG(manifest_rows[line].word), STR_ARG(value));
}

static void put_hex(struct writer *w, enum manifest_line line, const char *before,
        const uint8_t digest[DIGEST_LEN], const char *after)
{
	char hex[2 * DIGEST_LEN + 1], all[256];

	str_hex_print(hex, digest, DIGEST_LEN);
	snprintf(all, sizeof(all), "%s%s%s", before, hex, after);
	put(w, line, str_from(all));
}

/* Words of a list, ascending: parties, dates. */
static unsigned words(struct str list, struct str *ret, unsigned room)
{
	unsigned n = 0;

	while (list.len > 0 && n < room) {
		size_t k = 0;
		while (k < list.len && !str_has(STR(" ,\n\v\t"), list.p[k]))
			k++;
		if (k > 0)
			ret[n++] = str_sub(list, 0, k);
		list = str_skip(list, k < list.len ? k + 1 : k);
	}
	for (unsigned i = 1; i < n; i++)
		for (unsigned j = i; j > 0 && str_cmp(ret[j - 1], ret[j]) > 0; j--) {
			struct str s = ret[j];
			ret[j] = ret[j - 1];
			ret[j - 1] = s;
		}
	return n;
}

/* ---- who ----------------------------------------------------------------------------------------- */

static int put_member(struct writer *w, struct str party)
{
	struct query q = db_query(
	        w->c->db, "select number, digest from key_list where party = ? order by number desc limit 1");
	char before[128];
	uint8_t digest[DIGEST_LEN];
	uint64_t number = 0;

	query_text(&q, party);
	bool there = query_next(&q) == 1 && query_get_blob(&q, 1).len == DIGEST_LEN;
	if (there) {
		number = query_get_u64(&q, 0);
		memcpy(digest, query_get_blob(&q, 1).p, DIGEST_LEN);
	}
	query_done(&q, NULL);
	if (!there)
		return err_set(w->e, ERR_MISSING,
		        "there is no key list of '%.*s' here: link with it first (weir peer)",
		        STR_ARG(party));
	snprintf(before, sizeof(before), "%.*s %llu ", STR_ARG(party), (unsigned long long)number);
	put_hex(w, LINE_MEMBER, before, digest, "");
	return 0;
}

/* Who cannot be told is refused here, and not when a second person signs. */
static int put_observer(struct writer *w, struct str party)
{
	struct link l = store_link(w->c->db, party);

	if (!link_speaks(&l) && !str_eq(party, w->c->here->party))
		return err_set(w->e, ERR_MISSING,
		        "observers: there is no link with '%.*s': link first (weir peer), or enter it as a "
		        "party without a node (weir party add ... --mail)",
		        STR_ARG(party));
	put(w, LINE_OBSERVER, party);
	return 0;
}

static int put_parties(struct writer *w)
{
	struct str party[MANIFEST_MEMBERS + 1], me = w->c->here->party, all = param(w->c, STR("members"));
	unsigned n = words(all, party, MANIFEST_MEMBERS + 1);
	int rc = n > 0
	        ? 0
	        : err_set(w->e, ERR_USAGE, "members: name the parties that take part, ours among them");

	for (unsigned i = 0; rc == 0 && i < n; i++)
		rc = put_member(w, party[i]);
	n = words(param(w->c, STR("observers")), party, MANIFEST_MEMBERS);
	for (unsigned i = 0; rc == 0 && i < n; i++)
		rc = put_observer(w, party[i]);
	if (rc != 0)
		return rc;
	struct str deputy = param(w->c, STR("deputy")), office = param(w->c, STR("secretariat"));
	put(w, LINE_CHAIR, me);
	put(w, LINE_DEPUTY, deputy.len > 0 ? deputy : STR("-"));
	put(w, LINE_SECRETARIAT, office.len > 0 ? office : me);
	return 0;
}

/* ---- texts --------------------------------------------------------------------------------------- */

static int text_wrong(struct writer *w, struct str lang, const struct agree_fault *fault)
{
	return err_set(w->e, ERR_VALUE,
	        "text %.*s: line %u: %s; weir agree text brings another, weir agree drop-text --lang %.*s "
	        "goes on "
	        "without it",
	        STR_ARG(lang), fault->line, fault->why, STR_ARG(lang));
}

static int read_draft(struct writer *w, struct query *q, unsigned i)
{
	struct str lang = arena_str(w->a, query_get_text(q, 0)),
	           bytes = arena_str(w->a, query_get_blob(q, 2));
	bool authentic = query_get_u64(q, 1) != 0;
	char before[64];
	struct agree_fault fault;

	if (!agree_text_parse(w->a, bytes, !authentic, &w->plan->text[i], &fault))
		return text_wrong(w, lang, &fault);
	snprintf(before, sizeof(before), "%.*s ", (int)(lang.len < 40 ? lang.len : 40), lang.p);
	put_hex(w, LINE_TEXT, before, w->plan->text[i].sha256, authentic ? " authentic" : "");
	return 0;
}

static int put_texts(struct writer *w)
{
	struct query q = db_query(w->c->db,
	        "select lang, authentic, text from agree_draft where instrument = ? order by lang collate "
	        "binary limit 20");
	unsigned n = 0;
	int rc = 0;

	query_text(&q, w->instrument);
	while (rc == 0 && query_next(&q) == 1)
		rc = read_draft(w, &q, n++);
	query_done(&q, NULL);
	if (rc == 0 && n == 0)
		rc = err_set(w->e, ERR_MISSING,
		        "there is no text of '%.*s' here: bring it in first (weir agree text)",
		        STR_ARG(w->instrument));
	return rc;
}

/* ---- when and how -------------------------------------------------------------------------------- */

/* "14d" from then, or a time; *ret in seconds. */
static int time_of(struct writer *w, struct str value, int64_t from, const char *what, int64_t *ret)
{
	uint64_t seconds;
	int64_t us;

	if (conf_duration(value, &seconds) && seconds < 4000u * DAY)
		*ret = from + (int64_t)seconds;
	else if (value_time(value, NULL, &us))
		*ret = us / 1000000;
	else
		return err_set(w->e, ERR_USAGE,
		        "%s: a time is '2027-03-10 09:00' (UTC), or 14d from the opening", what);
	return 0;
}

static int put_times(struct writer *w)
{
	struct str opens = param(w->c, STR("opens")), closes = param(w->c, STR("closes")), off[MANIFEST_OFF];
	int64_t from = w->now, until = 0;
	char text[24];
	int rc = opens.len > 0 ? time_of(w, opens, w->now, "opens", &from) : 0;

	if (rc == 0)
		rc = time_of(w, closes.len > 0 ? closes : STR("14d"), from, "closes", &until);
	if (rc != 0)
		return rc;
	stamp_print(text, from);
	put(w, LINE_OPENS, str_from(text));
	stamp_print(text, until);
	put(w, LINE_CLOSES, str_from(text));
	struct str zone = param(w->c, STR("zone"));
	put(w, LINE_ZONE, zone.len > 0 ? zone : str_from(plan_usual(STR("zone"))));
	unsigned n = words(param(w->c, STR("off")), off, MANIFEST_OFF);
	for (unsigned i = 0; i < n; i++)
		put(w, LINE_OFF, off[i]);
	return 0;
}

static void put_rule(struct writer *w)
{
	put(w, LINE_RULE, manifest_rule_name(w->rule));
	for (unsigned i = LINE_RULE + 1; i < LINE_END; i++) {
		struct str value = param(w->c, manifest_rows[i].word);
		if ((manifest_rows[i].rules >> w->rule & 1) != 0)
			put(w, (enum manifest_line)i,
			        value.len > 0 ? value : str_from(plan_usual(manifest_rows[i].word)));
	}
}

static int find_rule(struct writer *w)
{
	struct str word = param(w->c, STR("rule"));

	w->rule = RULE_SILENCE;
	if (word.len == 0)
		return 0;
	for (unsigned r = 0; r < RULE_END; r++)
		if (str_eq(manifest_rule_name((enum manifest_rule)r), word)) {
			w->rule = (enum manifest_rule)r;
			return 0;
		}
	return err_set(w->e, ERR_USAGE, "%s", manifest_rows[LINE_RULE].fault);
}

/* ---- what came before ---------------------------------------------------------------------------- */

static void find_before(struct writer *w)
{
	struct query q = db_query(w->c->db,
	        "select id, number, digest, title from agree_round where instrument = ? and rule <> '' order "
	        "by number desc, id "
	        "desc limit 1");

	query_text(&q, w->instrument);
	if (query_next(&q) == 1) {
		w->plan->before = query_get_u64(&q, 0);
		w->number = query_get_u64(&q, 1);
		if (query_get_blob(&q, 2).len == DIGEST_LEN)
			memcpy(w->previous, query_get_blob(&q, 2).p, DIGEST_LEN);
		if (w->title.len == 0)
			w->title = arena_str(w->a, query_get_text(&q, 3));
	}
	query_done(&q, NULL);
}

/* Of the first round without one: the heading of the authentic text. */
static void find_title(struct writer *w)
{
	struct query q =
	        db_query(w->c->db, "select text from agree_draft where instrument = ? and authentic = 1");
	struct clause c;

	query_text(&q, w->instrument);
	if (query_next(&q) == 1 &&
	        clause_read_line(str_cut(query_get_text(&q, 0), '\n').head, false, &c) == NULL)
		w->title = arena_str(w->a, c.words);
	query_done(&q, NULL);
}

static void put_what(struct writer *w)
{
	char number[24];

	snprintf(number, sizeof(number), "%llu", (unsigned long long)w->number + 1);
	buf_add(&w->plan->manifest, STR("weir-round-1\n"));
	put(w, LINE_INSTRUMENT, w->instrument);
	put(w, LINE_TITLE, w->title);
	put(w, LINE_ROUND, str_from(number));
	if (w->number == 0)
		put(w, LINE_PREVIOUS, STR("-"));
	else
		put_hex(w, LINE_PREVIOUS, "", w->previous, "");
}

/* ---- all of it ----------------------------------------------------------------------------------- */

static int follows(struct writer *w)
{
	const struct manifest *m = &w->plan->m;
	const char *folder = w->c->here->folder.p;
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < m->texts; i++)
		if (m->text[i].authentic)
			rc = plan_freeze(w->a, w->c->db, folder, w->plan->before, &w->plan->text[i], w->e);
	return rc == 0 ? plan_follows(w->a, w->c->db, folder, w->plan->before, w->now, w->e) : rc;
}

static int check(struct writer *w)
{
	struct agree_fault fault;
	struct str bytes = arena_str(w->a, buf_str(&w->plan->manifest));
	struct opening_file file[MANIFEST_TEXTS];
	struct opening_text text[MANIFEST_TEXTS];
	struct manifest *m = &w->plan->m;

	if (!manifest_read(bytes, m, &fault))
		return plan_fault(bytes, &fault, w->e);
	for (unsigned i = 0; i < m->texts; i++) {
		memcpy(file[i].sha256, m->text[i].sha256, DIGEST_LEN);
		file[i].bytes = w->plan->text[i].bytes;
	}
	if (!opening_texts(w->a, m, file, m->texts, text))
		for (unsigned i = 0; i < m->texts; i++)
			if (text[i].fault.why != NULL)
				return text_wrong(w, m->text[i].lang, &text[i].fault);
	return w->plan->before != 0 ? follows(w) : 0;
}

int plan_make(struct arena *a, const struct change *c, int64_t now, struct plan *ret, struct err *e)
{
	struct writer w = {.a = a, .c = c, .now = now / 1000000, .plan = ret, .e = e};
	int rc;

	ret->before = 0;
	w.instrument = param(c, STR("instrument"));
	w.title = param(c, STR("title"));
	find_before(&w);
	if (w.title.len == 0)
		find_title(&w);
	rc = find_rule(&w);
	if (rc != 0)
		return rc;
	put_what(&w);
	rc = put_parties(&w);
	if (rc == 0)
		rc = put_texts(&w);
	if (rc == 0)
		rc = put_times(&w);
	if (rc != 0)
		return rc;
	put_rule(&w);
	return check(&w);
}
