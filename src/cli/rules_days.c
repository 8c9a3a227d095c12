/* SPDX-License-Identifier: Apache-2.0
 *
 * weir rules try DIR --days N: what other rules would have decided over the events that a node keeps. Each event is
 * decided again with the networks and owners of then, so that only the rules differ, and compared with the verdict that it
 * has. A walk over the day's files, oldest first, that reads only; a node may be running meanwhile.
 *
 * Letters are counted the same way on both sides: one for each contact, class and delivery with a finding that is new in
 * these days and is to be told. What keeps a letter back besides the rules (quiet, a broken address) is not looked at.
 */
#include "base/log.h"
#include "base/os.h"
#include "base/plural.h"
#include "cli/country.h"
#include "cli/node.h"
#include "cli/rules_try.h"
#include "day/day.h"
#include "event/value.h"
#include "read/feed.h"
#include "see/known.h"
#include "state/kept.h"
#include "state/receipt.h"
#include "state/state.h"
#include "web/list.h"
#include <unistd.h>

#define DAY_US (24 * (int64_t)3600 * 1000000)
#define EXAMPLES 3
#define NONE "(none)"

struct side {
	uint64_t decisions[DECISION_END];
	uint64_t findings, letters;
	struct set {
		uint64_t *v;
		size_t size, n;
	} told, sent;
};
struct named {
	struct str name;
	uint64_t then, now;
};
struct move {
	uint32_t then, now; /* positions in names */
	uint8_t from, to;   /* enum decision */
	uint64_t n;
	char examples[EXAMPLES][48];
};
struct days {
	struct cli *cli;
	const char *folder;
	struct db *state;
	struct country country;
	struct arena arena;
	struct decide_args args;
	int64_t since;
	uint64_t first; /* receipt of these days */
	struct known_table known;
	uint64_t *first_of; /* receipt, by the finding's id */
	uint64_t nfirst;
	VEC(struct named) names;
	uint32_t *of_then, nthen; /* names by the rule's number, of the ruleset at hand */
	uint32_t ruleset;
	bool has_ruleset;
	uint32_t *of_now;
	struct know *know;
	uint32_t generation;
	struct receipt r;
	struct arena receipts;
	struct decide_feed facts;
	VEC(struct move) moves;
	struct side then, now;
	uint64_t events, changed, nreceipts, passed;
	struct verdict verdicts[BATCH_ROWS];
};

/* ---- sets ---------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

static bool set_put(struct set *s, uint64_t h);

static void set_grow(struct set *s)
{
	struct set old = *s;

	*s = (struct set){.size = old.size == 0 ? 1024 : old.size * 2};
	s->v = mem_zero(s->size, sizeof(*s->v));
	for (size_t i = 0; i < old.size; i++)
		if (old.v[i] != 0)
			set_put(s, old.v[i]);
	free(old.v);
}

/* True if it was not there. */
static bool set_put(struct set *s, uint64_t h)
{
	if (s->n * 2 >= s->size)
		set_grow(s);
	h = h != 0 ? h : 1;
	size_t at = h & (s->size - 1);
	while (s->v[at] != 0 && s->v[at] != h)
		at = (at + 1) & (s->size - 1);
	if (s->v[at] == h)
		return false;
	s->v[at] = h;
	s->n++;
	return true;
}

/* ---- rules by their names ------------------------------------------------------------------------- */

static uint32_t name_of(struct days *d, struct str name)
{
	for (uint32_t i = 0; i < d->names.n; i++)
		if (str_eq(d->names.v[i].name, name))
			return i;
	vec_add(&d->names)->name = arena_str(&d->arena, name);
	return (uint32_t)d->names.n - 1;
}

static void load_now(struct days *d)
{
	uint32_t n = rules_count(d->args.rules);
	struct rule_view rule;

	d->of_now = arena_array(&d->arena, n + 1, sizeof(*d->of_now));
	d->of_now[0] = name_of(d, STR(NONE));
	for (uint32_t i = 1; i <= n; i++)
		if (rules_view(d->args.rules, i, &rule))
			d->of_now[i] = name_of(d, rule.name);
}

static int load_then(struct days *d, uint32_t ruleset, struct err *e)
{
	if (d->has_ruleset && d->ruleset == ruleset)
		return 0;
	struct query max = db_query(d->state, "select coalesce(max(number), 0) from rule where ruleset = ?");
	query_u64(&max, ruleset);
	d->nthen = query_next(&max) == 1 ? (uint32_t)query_get_u64(&max, 0) + 1 : 1;
	query_done(&max, NULL);
	d->of_then = arena_array(&d->arena, d->nthen, sizeof(*d->of_then));
	struct query q = db_query(d->state, "select number, name from rule where ruleset = ?");
	query_u64(&q, ruleset);
	while (query_next(&q) == 1)
		d->of_then[query_get_u64(&q, 0)] = name_of(d, query_get_text(&q, 1));
	d->ruleset = ruleset;
	d->has_ruleset = true;
	return query_done(&q, e);
}

/* ---- what was known ------------------------------------------------------------------------------- */

static int load_findings(struct days *d, struct err *e)
{
	struct query first =
	        db_query(d->state, "select coalesce(min(id), 0) from receipt where received >= ?");
	query_i64(&first, d->since);
	if (query_next(&first) == 1)
		d->first = query_get_u64(&first, 0);
	query_done(&first, NULL);
	struct query max = db_query(d->state, "select coalesce(max(id), 0) from finding");
	if (query_next(&max) == 1)
		d->nfirst = query_get_u64(&max, 0) + 1;
	query_done(&max, NULL);
	d->first_of = mem_zero(d->nfirst + 1, sizeof(*d->first_of));
	struct query q = db_query(d->state, "select id, receipt, key from finding where id < ?");
	query_u64(&q, d->nfirst);
	while (query_next(&q) == 1) {
		struct str key = query_get_blob(&q, 2);
		struct known k = {.id = (uint32_t)query_get_u64(&q, 0)};
		d->first_of[k.id] = query_get_u64(&q, 1);
		if (key.len != sizeof(k.key))
			continue;
		memcpy(k.key, key.p, sizeof(k.key));
		known_put(&d->known, &k);
	}
	return query_done(&q, e);
}

/* The generation of the chunk. False if it is not kept any more. */
static bool generation(struct days *d, uint32_t number)
{
	char path[4096];

	if (d->know != NULL && d->generation == number)
		return true;
	if (d->know != NULL)
		know_close(d->know);
	d->know = NULL;
	snprintf(path, sizeof(path), "%s/gen/%u.weir", d->folder, number);
	d->generation = number;
	d->args.know = know_open(path, &d->know, NULL) == 0 ? d->know : NULL;
	return d->args.know != NULL;
}

static void feed_of(struct days *d)
{
	struct feed_file f;
	struct err e;

	d->args.feed = NULL;
	if (d->r.feed.len == 0)
		return;
	const char *path = arena_printf(
	        &d->receipts, "%.*s/feeds/%.*s.yaml", STR_ARG(d->country.folder), STR_ARG(d->r.feed))
	                           .p;
	if (feed_read(&d->receipts, path, &f, &e) != 0)
		return;
	d->facts = (struct decide_feed){.name = f.name,
	        .provider = f.provider,
	        .code = f.code,
	        .url = f.url,
	        .documentation = f.documentation,
	        .accuracy = f.accuracy,
	        .label = f.label,
	        .floor = f.floor};
	d->args.feed = &d->facts;
}

/* True if the chunk counts and its report came in these days. */
static bool counts(struct days *d, const struct day_info *c)
{
	struct err e;

	if (d->r.id != c->receipt) {
		arena_reset(&d->receipts);
		if (receipt_get(d->state, c->receipt, &d->receipts, &d->r, &e) != 1)
			d->r = (struct receipt){.id = c->receipt};
		feed_of(d);
		d->nreceipts += d->r.received >= d->since;
	}
	return c->edition == d->r.edition && c->chunk < d->r.chunks && d->r.received >= d->since;
}

/* ---- events --------------------------------------------------------------------------------------- */

static bool is_told(const struct verdict *v)
{
	return v->decision == DECISION_NOTIFY || v->decision == DECISION_DIGEST;
}

/* A finding that is new in these days: its letters. id: of the finding, 0: it has only its key. */
static void tell(struct days *d, struct side *s, const struct verdict *v, uint64_t id, unsigned type)
{
	uint64_t h = id;

	if (!is_told(v) || v->owner == 0 || (id != 0 && id < d->nfirst && d->first_of[id] < d->first))
		return;
	if (id == 0)
		memcpy(&h, v->key, sizeof(h));
	if (!set_put(&s->told, mix(id != 0, h)))
		return;
	s->findings++;
	for (uint32_t i = 0; i < KNOW_CONTACTS_MAX; i++) {
		if (!(v->contacts >> i & 1))
			continue;
		h = mix(mix(mix(d->r.root, v->owner), i),
		        (uint64_t)type << 1 | (v->decision == DECISION_DIGEST));
		s->letters += set_put(&s->sent, h);
	}
}

static void put_move(
        struct days *d, const struct batch_row *row, uint32_t then, uint32_t now, unsigned from, unsigned to)
{
	struct move *m = NULL;

	for (size_t i = 0; i < d->moves.n && m == NULL; i++) {
		struct move *one = &d->moves.v[i];
		if (one->then == then && one->now == now && one->from == from && one->to == to)
			m = one;
	}
	if (m == NULL) {
		m = vec_add(&d->moves);
		*m = (struct move){.then = then, .now = now, .from = (uint8_t)from, .to = (uint8_t)to};
	}
	if (m->n < EXAMPLES)
		snprintf(m->examples[m->n], sizeof(m->examples[0]), "E%llu.%u.%u",
		        (unsigned long long)d->r.id, row->ordinal, row->sub);
	m->n++;
	d->changed++;
}

static void take_event(
        struct days *d, const struct batch_row *row, const struct verdict *then, const struct verdict *now)
{
	uint32_t a = then->rule < d->nthen ? d->of_then[then->rule] : 0, b = d->of_now[now->rule];
	const struct known *k = known_find(&d->known, now->key);

	d->events++;
	d->names.v[a].then++;
	d->names.v[b].now++;
	d->then.decisions[then->decision < DECISION_END ? then->decision : 0]++;
	d->now.decisions[now->decision]++;
	if (a != b || then->decision != now->decision)
		put_move(d, row, a, b, then->decision, now->decision);
	if (then->finding != 0)
		tell(d, &d->then, then, then->finding, row->type);
	tell(d, &d->now, now, k != NULL ? k->id : 0, row->type);
}

static int take_chunk(struct days *d, struct day *day, const struct day_info *c, struct err *e)
{
	struct day_view v;
	int rc = day_get(day, c->receipt, c->edition, c->chunk, &v, e);

	if (rc == ERR_MISSING)
		return 0; /* read again meanwhile */
	if (rc != 0)
		return rc;
	rc = load_then(d, v.chunk.ruleset, e);
	if (rc == 0 && generation(d, v.chunk.generation)) {
		decide_batch(&d->args, &v.batch, d->verdicts);
		for (uint32_t i = 0; i < v.batch.head->rows; i++)
			take_event(d, &v.batch.rows[i], &v.verdicts[i], &d->verdicts[i]);
	} else {
		d->passed += v.batch.head->rows;
	}
	day_view_done(&v);
	return rc;
}

static int take_day(struct days *d, uint32_t date, struct err *e)
{
	VEC(struct day_info) chunks = {0};
	uint64_t cursor = UINT64_MAX;
	struct day_info c;
	struct kept kept;
	struct day *day;
	int rc = kept_get(d->state, date, &kept, e);

	if (rc != 0 || kept.events_gone != 0)
		return rc;
	rc = day_open(d->folder, date, DB_READ, &day, e);

	if (rc != 0)
		return rc == ERR_MISSING ? 0 : rc;
	while ((rc = day_chunk_before(day, &cursor, &c, e)) == 1)
		if (c.rows > 0)
			*vec_add(&chunks) = c;
	for (size_t i = chunks.n; rc == 0 && i > 0; i--)
		if (counts(d, &chunks.v[i - 1]))
			rc = take_chunk(d, day, &chunks.v[i - 1], e);
	vec_done(&chunks);
	day_close(day);
	return rc;
}

static int take_days(struct days *d, struct err *e)
{
	struct day_dates dates;
	int rc = day_dates(d->folder, &dates, e);

	for (size_t i = dates.n; rc == 0 && i > 0; i--)
		if (dates.v[i - 1] >= day_of(d->since))
			rc = take_day(d, dates.v[i - 1], e);
	vec_done(&dates);
	return rc;
}

/* ---- telling -------------------------------------------------------------------------------------- */

static const struct list_column count_columns[] = {
        {"name", "name", LIST_STRING, "rule or decision"},
        {"then", "then", LIST_NUMBER, "events"},
        {"now", "with these rules", LIST_NUMBER, "events"},
};
static const struct list_column move_columns[] = {
        {"events", "events", LIST_NUMBER, "that would be decided otherwise"},
        {"rule_then", "rule then", LIST_STRING, ""},
        {"decision_then", "decision", LIST_STRING, ""},
        {"rule_now", "rule of these", LIST_STRING, ""},
        {"decision_now", "decision", LIST_STRING, ""},
        {"examples", "such as", LIST_STRING, "events"},
};

static void put_count(struct list *l, struct str name, uint64_t then, uint64_t now)
{
	if (then == 0 && now == 0)
		return;
	list_text(l, name);
	list_u64(l, then);
	list_u64(l, now);
}

static void put_counts(struct days *d)
{
	struct list_column columns[3];
	struct list l;

	memcpy(columns, count_columns, sizeof(columns));
	columns[0].head = "decision";
	list_begin(&l, &d->cli->out, LIST_TEXT, columns, 3, "decisions");
	for (unsigned i = 0; i < DECISION_END; i++)
		put_count(&l, str_from(decision_name(i)), d->then.decisions[i], d->now.decisions[i]);
	list_end(&l);
	buf_char(&d->cli->out, '\n');
	columns[0].head = "rule";
	list_begin(&l, &d->cli->out, LIST_TEXT, columns, 3, "rules");
	for (size_t i = 0; i < d->names.n; i++)
		put_count(&l, d->names.v[i].name, d->names.v[i].then, d->names.v[i].now);
	list_end(&l);
	buf_char(&d->cli->out, '\n');
}

static int most_first(const void *a, const void *b)
{
	uint64_t x = ((const struct move *)a)->n, y = ((const struct move *)b)->n;

	return x > y ? -1 : x < y;
}

static void put_moves(struct days *d)
{
	struct list l;

	qsort(d->moves.v, d->moves.n, sizeof(d->moves.v[0]), most_first);
	list_begin(&l, &d->cli->out, LIST_TEXT, move_columns, sizeof(move_columns) / sizeof(move_columns[0]),
	        "changes");
	for (size_t i = 0; i < d->moves.n; i++) {
		const struct move *m = &d->moves.v[i];
		list_u64(&l, m->n);
		list_text(&l, d->names.v[m->then].name);
		list_text(&l, str_from(decision_name(m->from)));
		list_text(&l, d->names.v[m->now].name);
		list_text(&l, str_from(decision_name(m->to)));
		list_text(&l,
		        arena_printf(&d->arena, "%s %s %s", m->examples[0], m->examples[1], m->examples[2]));
	}
	list_end(&l);
	buf_char(&d->cli->out, '\n');
}

static void put_difference(struct buf *out, const char *what, uint64_t then, uint64_t now)
{
	buf_printf(out, "%s: %llu then, %llu with these rules", what, (unsigned long long)then,
	        (unsigned long long)now);
	if (now != then)
		buf_printf(out, " (%llu %s)", (unsigned long long)(now > then ? now - then : then - now),
		        now > then ? "more" : "fewer");
	buf_char(out, '\n');
}

static void put_all(struct days *d, uint64_t n)
{
	struct buf *out = &d->cli->out;

	plural_printf(out, "%llu events of %llu receipts in %llu days: %llu would be decided otherwise\n\n",
	        (unsigned long long)d->events, (unsigned long long)d->nreceipts, (unsigned long long)n,
	        (unsigned long long)d->changed);
	if (d->events != 0)
		put_counts(d);
	if (d->moves.n > 0)
		put_moves(d);
	put_difference(out, "new findings that are told", d->then.findings, d->now.findings);
	put_difference(out, "letters", d->then.letters, d->now.letters);
	if (d->passed != 0)
		plural_printf(out,
		        "%llu events were passed over: whose networks were whose then is not kept any more\n",
		        (unsigned long long)d->passed);
}

/* ---- JSON ---------------------------------------------------------------------------------------- */

static const struct {
	const char *key, *about;
} keys[] = {
        {"version", "1; a later version adds keys and never changes one"},
        {"days, since", "how many were asked for, and the time from which on receipts count"},
        {"events, receipts", "that were decided again"},
        {"changed", "events that would be decided otherwise"},
        {"passed_over", "events whose networks of then are not kept any more"},
        {"findings.then, findings.now", "new findings that are told: as it was, and with these rules"},
        {"letters.then, letters.now", "one for each contact, class and delivery with such a finding"},
        {"decisions[].name, then, now", "events by decision"},
        {"rules[].name, then, now", "events by rule; (none): no rule decided"},
        {"changes[].events", "how many events moved in this way, most first"},
        {"changes[].rule_then, decision_then, rule_now, decision_now", "from where to where"},
        {"changes[].examples[]", "up to three of them, for weir why"},
};

void rules_days_doc(struct buf *out, const struct command *const *commands)
{
	(void)commands;
	buf_add(out,
	        STR("# JSON of `weir rules try DIR --days N --json`\n\n| key | what |\n| --- | --- |\n"));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		buf_printf(out, "| `%s` | %s |\n", keys[i].key, keys[i].about);
}

static void json_pair_of(struct buf *out, const char *key, uint64_t then, uint64_t now)
{
	buf_printf(out, ",\n  \"%s\": {\"then\": %llu, \"now\": %llu}", key, (unsigned long long)then,
	        (unsigned long long)now);
}

/* Nothing of what neither side has. */
static void json_count(struct buf *out, bool *first, struct str name, uint64_t then, uint64_t now)
{
	if (then == 0 && now == 0)
		return;
	buf_add(out, *first ? STR("\n    {\"name\": ") : STR(",\n    {\"name\": "));
	*first = false;
	buf_json(out, name);
	buf_printf(
	        out, ", \"then\": %llu, \"now\": %llu}", (unsigned long long)then, (unsigned long long)now);
}

static void json_moves(struct days *d)
{
	struct buf *out = &d->cli->out;

	qsort(d->moves.v, d->moves.n, sizeof(d->moves.v[0]), most_first);
	buf_add(out, STR(",\n  \"changes\": ["));
	for (size_t i = 0; i < d->moves.n; i++) {
		const struct move *m = &d->moves.v[i];
		buf_printf(out, "%s\n    {\"events\": %llu, \"rule_then\": ", i > 0 ? "," : "",
		        (unsigned long long)m->n);
		buf_json(out, d->names.v[m->then].name);
		buf_printf(out, ", \"decision_then\": \"%s\", \"rule_now\": ", decision_name(m->from));
		buf_json(out, d->names.v[m->now].name);
		buf_printf(out, ", \"decision_now\": \"%s\", \"examples\": [", decision_name(m->to));
		for (unsigned k = 0; k < EXAMPLES && m->examples[k][0] != 0; k++)
			buf_printf(out, "%s\"%s\"", k > 0 ? ", " : "", m->examples[k]);
		buf_add(out, STR("]}"));
	}
	buf_add(out, STR("]\n}\n"));
}

static void put_json(struct days *d, uint64_t n)
{
	struct buf *out = &d->cli->out;
	char since[TIME_TEXT];
	bool first = true;

	value_time_print(since, d->since);
	buf_printf(out,
	        "{\n  \"version\": 1, \"days\": %llu, \"since\": \"%s\", \"events\": %llu, \"receipts\": "
	        "%llu, "
	        "\"changed\": %llu, \"passed_over\": %llu",
	        (unsigned long long)n, since, (unsigned long long)d->events, (unsigned long long)d->nreceipts,
	        (unsigned long long)d->changed, (unsigned long long)d->passed);
	json_pair_of(out, "findings", d->then.findings, d->now.findings);
	json_pair_of(out, "letters", d->then.letters, d->now.letters);
	buf_add(out, STR(",\n  \"decisions\": ["));
	for (unsigned i = 0; i < DECISION_END; i++)
		json_count(
		        out, &first, str_from(decision_name(i)), d->then.decisions[i], d->now.decisions[i]);
	buf_add(out, STR("],\n  \"rules\": ["));
	first = true;
	for (size_t i = 0; i < d->names.n; i++)
		json_count(out, &first, d->names.v[i].name, d->names.v[i].then, d->names.v[i].now);
	buf_char(out, ']');
	json_moves(d);
}

/* ---- running -------------------------------------------------------------------------------------- */

static int open_state(struct days *d, struct err *e)
{
	auto_buf struct buf secret = {0};
	int rc = state_open(d->folder, DB_READ, &d->state, e);

	if (rc != 0)
		return rc;
	if (!state_meta_find(d->state, "secret", &secret) || secret.len != sizeof(d->args.secret))
		return err_set(e, ERR_FORMAT, "'%s' is no node's folder", d->folder);
	memcpy(d->args.secret, secret.p, sizeof(d->args.secret));
	return load_findings(d, e);
}

static int run(struct days *d, uint64_t n, struct err *e)
{
	struct country_paths paths = country_node_paths(d->cli);
	int rc = country_open(&paths, &d->country, e);

	if (rc == 0)
		rc = rules_load(d->cli->operands.v[0], &d->country.rules, &d->country.notes, e);
	if (rc == 0)
		rc = open_state(d, e);
	if (rc != 0)
		return rc;
	d->args.rules = d->country.rules;
	load_now(d);
	rc = take_days(d, e);
	if (rc == 0 && cli_has(d->cli, "json"))
		put_json(d, n);
	else if (rc == 0)
		put_all(d, n);
	return rc;
}

static void done(struct days *d)
{
	if (d->know != NULL)
		know_close(d->know);
	db_close(d->state);
	known_done(&d->known);
	free(d->first_of);
	free(d->then.told.v);
	free(d->then.sent.v);
	free(d->now.told.v);
	free(d->now.sent.v);
	vec_done(&d->names);
	vec_done(&d->moves);
	country_done(&d->country);
	arena_done(&d->receipts);
	arena_done(&d->arena);
	free(d);
}

int rules_days(struct cli *c, uint64_t n)
{
	struct days *d = mem_zero(1, sizeof(*d));
	struct err e = {0};

	d->cli = c;
	d->folder = node_state(c);
	d->since = os_now() - (int64_t)n * DAY_US;
	arena_init(&d->arena, 0);
	arena_init(&d->receipts, 0);
	int rc = run(d, n, &e);
	if (rc != 0) {
		(void)os_write_all(STDERR_FILENO, buf_str(&d->country.notes), NULL);
		log_error("%s", e.text);
	}
	done(d);
	return rc == 0 ? CLI_OK : rc == ERR_USAGE ? CLI_USAGE : CLI_FAIL;
}
