/* SPDX-License-Identifier: Apache-2.0
 *
 * Needs, offers and practices as lists, which offers fit which need, drafts, and the self-assessment.
 */
#include "web/learn.h"
#include "base/os.h"

static const struct list_column columns[] = {
        {"id", "id", LIST_STRING, "its id here"},
        {"kind", NULL, LIST_STRING, "need, offer or practice"},
        {"state", "state", LIST_STRING, "open, ended (its time has passed), met or withdrawn"},
        {"party", "party", LIST_STRING, "whose it is"},
        {"title", "title", LIST_STRING, "what it is called"},
        {"area", "area", LIST_STRING, "what it is filed under"},
        {"sim3", "sim3", LIST_STRING, "parameters of SIM3, with blanks between them"},
        {"contact", NULL, LIST_STRING, "the office that answers questions"},
        {"learnt_from", NULL, LIST_STRING, "of a practice: from whom or from what"},
        {"lang", NULL, LIST_STRING, "of a practice: its language"},
        {"label", NULL, LIST_STRING, "TLP"},
        {"group", NULL, LIST_STRING, "the community of what is TLP:GREEN"},
        {"reason", NULL, LIST_STRING, "why it was taken back"},
        {"exercise", NULL, LIST_STRING, "the exercise that it is of; empty: it is real"},
        {"text", NULL, LIST_STRING, "in words"},
        {"answers", "answers", LIST_STRING, "of an offer: the need that it answers"},
        {"ours", NULL, LIST_NUMBER, "1: it is ours"},
        {"files", NULL, LIST_NUMBER, "how many files are with it"},
        {"said", "said", LIST_TIME, "when it was signed"},
        {"until", "until", LIST_TIME, "when it ends"},
        {"acknowledge_by", NULL, LIST_TIME, "of an offer of others: by when somebody here should take it on"},
        {"acknowledged", NULL, LIST_TIME, "when somebody had"},
};

#define SELECT                                                                                               \
	"select l.id, l.kind, " LEARN_STATE("l", "?2") ", l.party, l.title, l.area, " LEARN_SIM3(            \
	        "l") ", l.contact, l.learnt_from, l.lang, "                                                  \
	             "l.label, l.community, l.reason, l.exercise, " LEARN_WORDS("l",                         \
	                     "coalesce(?5, 'en')") ", coalesce((select n.id from learn n where n.said = "    \
	                                           "l.reply), 0), l.ours, (select count(*) from "            \
	                                           "attachment f where f.statement = l.statement), "         \
	                                           "l.created, coalesce(l.until, 0), case when l.kind = "    \
	                                           "'offer' and l.ours = 0 then l.heard / 1000000 + "        \
	                                           "432000 else 0 end, coalesce(l.acked, 0) from learn l"

static void put_row(struct list *l, const struct query *q)
{
	list_id(l, 'G', query_get_u64(q, 0));
	for (int i = 1; i < 15; i++)
		list_text(l, query_get_text(q, i));
	list_id_or_null(l, 'G', query_get_u64(q, 15));
	list_u64(l, query_get_u64(q, 16));
	list_u64(l, query_get_u64(q, 17));
	for (int i = 18; i < 22; i++)
		list_time(l, query_get_i64(q, i) * 1000000);
}

#define TABLE(name)                                                                                          \
	{                                                                                                    \
		name, columns, sizeof(columns) / sizeof(columns[0]), 'G', put_row                            \
	}
static const struct list_table tables[LEARN_KINDS] = {[LEARN_NEED] = TABLE("needs"),
        [LEARN_OFFER] = TABLE("offers"),
        [LEARN_PRACTICE] = TABLE("practices")};

static struct str given(const struct ask *a, const char *name)
{
	struct str s = str_trim(ask_param(a, name));

	return s.len > 0 ? s : (struct str){0};
}

struct learn_filter learn_filter(const struct ask *a, enum learn_kind kind)
{
	return (struct learn_filter){.kind = kind,
	        .area = given(a, "area"),
	        .sim3 = given(a, "sim3"),
	        .lang = given(a, "lang"),
	        .party = given(a, "party"),
	        .q = given(a, "q"),
	        .state = given(a, "state")};
}

void learn_bind(struct query *q, const struct learn_filter *f, int64_t now)
{
	query_text(q, str_from(learn_kinds[f->kind]));
	query_i64(q, now / 1000000);
	query_text(q, f->area);
	query_text(q, f->sim3);
	query_text(q, f->lang);
	query_text(q, f->party);
	query_text(q, f->q);
	query_text(q, f->state);
}

static int load(const struct ask *a, enum learn_kind kind, struct reply *r, struct err *e)
{
	struct learn_filter f = learn_filter(a, kind);
	struct ask_page page;

	if (ask_page(a, 'G', &page, e) != 0)
		return ERR_USAGE;
	bool count = ask_has(a, "count");
	struct query q = count
	        ? db_query(a->state, "select count(*) from learn l" LEARN_WHERE)
	        : db_query(a->state,
	                  SELECT LEARN_WHERE " and (?9 = 0 or l.id < ?9) order by l.id desc limit ?10");
	learn_bind(&q, &f, os_now());
	if (count)
		return list_count(&r->body, &q, e);
	query_u64(&q, page.after);
	query_u64(&q, page.limit + 1);
	return list_rows(&r->body, a->form, &tables[kind], &q, page.limit, e);
}

static int load_needs(const struct ask *a, struct reply *r, struct err *e)
{
	return load(a, LEARN_NEED, r, e);
}

static int load_offers(const struct ask *a, struct reply *r, struct err *e)
{
	return load(a, LEARN_OFFER, r, e);
}

static int load_practices(const struct ask *a, struct reply *r, struct err *e)
{
	return load(a, LEARN_PRACTICE, r, e);
}

static const struct route_param params[] = {
        {"area", PARAM_TEXT, "filed under this"},
        {"sim3", PARAM_TEXT, "that names this parameter, such as T-4"},
        {"lang", PARAM_TEXT, "in this language; its text is shown in it"},
        {"party", PARAM_TEXT, "of this party"},
        {"q", PARAM_TEXT, "text in title, words, or whom it is from"},
        {"state", PARAM_TEXT, "open, ended, met or withdrawn"},
        ROUTE_AFTER("G12"),
        ROUTE_LIMIT,
        ROUTE_COUNT,
        {NULL, 0, NULL},
};

const struct route route_needs = {.path = "/needs",
        .about = "what parties need, newest first",
        .load = load_needs,
        .right = RIGHT_READ,
        .params = params,
        .list = &tables[LEARN_NEED]};
const struct route route_offers = {.path = "/offers",
        .about = "what parties offer, newest first",
        .load = load_offers,
        .right = RIGHT_READ,
        .params = params,
        .list = &tables[LEARN_OFFER]};
const struct route route_practices = {.path = "/practices",
        .about = "what parties have learnt, newest first",
        .load = load_practices,
        .right = RIGHT_READ,
        .params = params,
        .list = &tables[LEARN_PRACTICE]};

/* ---- which fits which ---------------------------------------------------------------------------- */

#define NEEDS 200

static const struct list_column match_columns[] = {
        {"need", "need", LIST_STRING, "its id here"},
        {"need_party", "of", LIST_STRING, "whose need it is"},
        {"need_title", "needs", LIST_STRING, "what is needed"},
        {"offer", "offer", LIST_STRING, "its id here"},
        {"offer_party", "from", LIST_STRING, "who offers"},
        {"offer_title", "offers", LIST_STRING, "what is offered"},
        {"why", "why", LIST_STRING, "answers (it was made for that need), sim3 or area"},
        {"sim3", "sim3", LIST_STRING, "the parameters that both name"},
};
static const struct list_table matches = {
        "matches", match_columns, sizeof(match_columns) / sizeof(match_columns[0]), 0, NULL};

static int put_fits(const struct ask *a, struct list *l, const struct query *need, struct err *e)
{
	static const char *const why[] = {"answers", "sim3", "area"};
	struct query q = db_query(
	        a->state, "select f.*, o.party, o.title from (" LEARN_FITS ") f join learn o on o.id = f.id");

	query_u64(&q, query_get_u64(need, 0));
	query_i64(&q, os_now() / 1000000);
	while (query_next(&q) == 1) {
		list_id(l, 'G', query_get_u64(need, 0));
		list_text(l, query_get_text(need, 1));
		list_text(l, query_get_text(need, 2));
		list_id(l, 'G', query_get_u64(&q, 0));
		list_text(l, query_get_text(&q, 3));
		list_text(l, query_get_text(&q, 4));
		list_text(l, str_from(why[query_get_u64(&q, 1) % 3]));
		list_text(l, query_get_text(&q, 2));
	}
	return query_done(&q, e);
}

static int load_matches(const struct ask *a, struct reply *r, struct err *e)
{
	struct query q = db_query(a->state,
	        "select l.id, l.party, l.title from learn l where l.kind = 'need' and " LEARN_OPEN(
	                "l", "?1") " order by l.ours desc, l.id desc limit ?2");
	struct list l;
	int rc = 0;

	list_begin(&l, &r->body, a->form, match_columns, matches.ncolumns, matches.name);
	query_i64(&q, os_now() / 1000000);
	query_u64(&q, NEEDS);
	while (rc == 0 && query_next(&q) == 1)
		rc = put_fits(a, &l, &q, e);
	list_end(&l);
	int end = query_done(&q, e);
	return rc != 0 ? rc : end;
}

const struct route route_matches = {.path = "/matches",
        .about = "which open offers fit which open needs, ours first",
        .load = load_matches,
        .right = RIGHT_READ,
        .list = &matches};

/* ---- drafts -------------------------------------------------------------------------------------- */

static const struct list_column draft_columns[] = {
        {"draft", "draft", LIST_STRING, "its id"},
        {"kind", "kind", LIST_STRING, "need, offer or practice"},
        {"title", "title", LIST_STRING, "what it is called"},
        {"area", "area", LIST_STRING, "what it is filed under"},
        {"sim3", "sim3", LIST_STRING, "parameters of SIM3"},
        {"contact", NULL, LIST_STRING, "the office that answers questions"},
        {"learnt_from", NULL, LIST_STRING, "of a practice: from whom or from what"},
        {"lang", NULL, LIST_STRING, "of a practice: its language"},
        {"group", "group", LIST_STRING, "that it goes to"},
        {"to", "to", LIST_STRING, "parties that it goes to"},
        {"label", NULL, LIST_STRING, "TLP; empty: GREEN for a group, else AMBER"},
        {"langs", NULL, LIST_STRING, "languages that it has words in"},
        {"person", "by", LIST_STRING, "who has changed it last"},
        {"at", "at", LIST_TIME, "when"},
        {"until", NULL, LIST_TIME, "when it ends"},
};

static void put_draft(struct list *l, const struct query *q)
{
	list_id(l, 'D', query_get_u64(q, 0));
	for (int i = 1; i < 13; i++)
		list_text(l, query_get_text(q, i));
	list_time(l, query_get_i64(q, 13));
	list_time(l, query_get_i64(q, 14) * 1000000);
}

static const struct list_table drafts = {
        "drafts", draft_columns, sizeof(draft_columns) / sizeof(draft_columns[0]), 'D', put_draft};

static int load_drafts(const struct ask *a, struct reply *r, struct err *e)
{
	struct query q = db_query(a->state,
	        "select d.id, d.kind, d.title, d.area, d.sim3, d.contact, d.learnt_from, d.lang, "
	        "d.community, "
	        "d.recipients, d.label, coalesce((select group_concat(t.lang, ' ') from learn_draft_text t "
	        "where t.draft = d.id), ''), d.person, d.at, d.until from learn_draft d where ?1 is null or "
	        "d.kind = ?1 order by d.id desc limit 500");

	query_text(&q, given(a, "kind"));
	return list_rows(&r->body, a->form, &drafts, &q, 500, e);
}

static const struct route_param draft_params[] = {
        {"kind", PARAM_TEXT, "need, offer or practice"},
        {NULL, 0, NULL},
};

const struct route route_learn_drafts = {.path = "/capability-drafts",
        .about = "needs, offers and practices that are being written here",
        .load = load_drafts,
        .right = RIGHT_READ,
        .params = draft_params,
        .list = &drafts};

/* ---- the self-assessment ------------------------------------------------------------------------- */

static const struct list_column sim3_columns[] = {
        {"id", "id", LIST_STRING, "the parameter"},
        {"name", "name", LIST_STRING, "in short, in our words"},
        {"level", "level", LIST_STRING, "0 to 4; empty: not assessed"},
        {"target", "target", LIST_STRING, "where it is to come"},
        {"gap", "gap", LIST_NUMBER, "1: the level is below the target"},
        {"note", "note", LIST_STRING, "in words"},
        {"evidence", NULL, LIST_STRING, "what shows it"},
        {"person", NULL, LIST_STRING, "who has assessed it"},
        {"at", NULL, LIST_TIME, "when"},
};
static const struct list_table sim3_table = {
        "sim3", sim3_columns, sizeof(sim3_columns) / sizeof(sim3_columns[0]), 0, NULL};

static int load_sim3(const struct ask *a, struct reply *r, struct err *e)
{
	struct query q = db_query(a->state,
	        "select p.id, coalesce((select n.name from sim3_name n where n.id = p.id order by n.lang = "
	        "?1 desc, n.lang = 'en' desc limit 1), ''), coalesce(cast(s.level as text), ''), "
	        "coalesce(cast(s.target as text), ''), coalesce(s.target > coalesce(s.level, -1), 0), "
	        "coalesce(s.note, ''), coalesce(s.evidence, ''), coalesce(s.person, ''), coalesce(s.at, 0) "
	        "from sim3_parameter p left join sim3_level s on s.id = p.id order by p.n");
	struct list l;

	list_begin(&l, &r->body, a->form, sim3_columns, sim3_table.ncolumns, sim3_table.name);
	query_text(&q, given(a, "lang").p != NULL ? given(a, "lang") : STR("en"));
	while (query_next(&q) == 1) {
		for (int i = 0; i < 4; i++)
			list_text(&l, query_get_text(&q, i));
		list_u64(&l, query_get_u64(&q, 4));
		for (int i = 5; i < 8; i++)
			list_text(&l, query_get_text(&q, i));
		list_time(&l, query_get_i64(&q, 8));
	}
	list_end(&l);
	return query_done(&q, e);
}

static const struct route_param sim3_params[] = {
        {"lang", PARAM_TEXT, "of the names: en if nothing is said"},
        {NULL, 0, NULL},
};

const struct route route_sim3 = {.path = "/sim3",
        .about = "how this team assesses itself; nobody else is told",
        .load = load_sim3,
        .right = RIGHT_READ,
        .params = sim3_params,
        .list = &sim3_table};
