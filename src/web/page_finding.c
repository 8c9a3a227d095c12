/* SPDX-License-Identifier: Apache-2.0
 *
 * One finding and why: from the line of the file to what was decided and told. The facts are those of
 * "weir why"; nothing is told here that the command does not tell.
 */
#include "web/page_finding_in.h"
#include "web/why.h"

struct facts {
	const struct page_ask *p;
	struct html *h;
};

static void put_fact(void *arg, enum why_part part, struct str name, struct str text)
{
	struct html *h = ((struct facts *)arg)->h;

	if (part == WHY_FIELDS) {
		html_close(h);
		page_line(((struct facts *)arg)->p, h, "h3", NULL, W_FINDING_RECORD);
		html_open(h, "dl");
		html_attr(h, "class", STR("facts"));
		return;
	}
	html_line(h, "dt", NULL, name);
	html_line(h, "dd", NULL, text);
}

static void put_line(struct html *h, struct str name, struct str text)
{
	html_line(h, "dt", NULL, name);
	html_open(h, "dd");
	html_line(h, "pre", "raw", text);
	html_close(h);
}

static void put_any(void *arg, enum why_part part, struct str name, struct str text)
{
	if (part == WHY_LINE)
		put_line(((struct facts *)arg)->h, name, text);
	else
		put_fact(arg, part, name, text);
}

int page_why(const struct page_ask *p, struct html *h, struct err *e)
{
	auto_buf struct buf b = {0};
	struct html inner = {.out = &b};
	struct facts f = {p, &inner};

	html_open(&inner, "dl");
	html_attr(&inner, "class", STR("facts"));
	int rc = why_tell(p->ask, &(struct why_sink){put_any, &f, p->words}, e);
	html_close(&inner);
	if (rc == 0)
		html_take(h, &inner);
	return rc;
}

/* ---- a finding ----------------------------------------------------------------------------------- */

static int find_finding(const struct page_ask *p, struct finding_row *f, struct err *e)
{
	if (ask_id(p->ask->id, 'F', &f->id, e) != 0)
		return ERR_USAGE;
	struct query q = db_query(p->ask->state,
	        "select f.class, o.name, f.place, f.severity, f.stage, f.label, case when f.misread is null "
	        "then "
	        "coalesce(f.why, '') else 'misread' end, f.ident, f.malware, o.ref, o.sector, f.assigned, "
	        "f.person, "
	        "f.decision, f.first, f.last, coalesce(f.due, 0), coalesce(f.told, 0), coalesce(f.next, 0), "
	        "coalesce(f.closed, 0), f.events, f.receipts, f.port, f.criticality, f.letters, "
	        "coalesce(f.merged, 0), "
	        "f.owner, f.escalated is not null, f.state = 'closed', f.receipt, f.last_receipt"
	        " from finding f join owner o on o.id = f.owner where f.id = ?");
	struct str *const texts[] = {&f->class, &f->owner, &f->place, &f->severity, &f->stage, &f->label,
	        &f->why, &f->ident, &f->malware, &f->ref, &f->sector, &f->assigned, &f->person, &f->decision};
	int64_t *const times[] = {&f->first, &f->last, &f->due, &f->told, &f->next, &f->closed_at};
	uint64_t *const numbers[] = {&f->events, &f->receipts, &f->port, &f->criticality, &f->letters,
	        &f->merged, &f->owner_id, &f->escalated, &f->closed, &f->receipt, &f->last_receipt};
	int at = 0;
	query_u64(&q, f->id);
	bool there = query_next(&q) == 1;
	for (size_t i = 0; there && i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = arena_str(p->ask->arena, query_get_text(&q, at++));
	for (size_t i = 0; there && i < sizeof(times) / sizeof(times[0]); i++)
		*times[i] = query_get_i64(&q, at++);
	for (size_t i = 0; there && i < sizeof(numbers) / sizeof(numbers[0]); i++)
		*numbers[i] = query_get_u64(&q, at++);
	int rc = query_done(&q, e);
	if (rc == 0 && !there)
		rc = err_set(e, ERR_MISSING, "there is no finding F%llu", (unsigned long long)f->id);
	return rc;
}

static void fact(const struct page_ask *p, struct html *h, enum word name)
{
	page_line(p, h, "dt", NULL, name);
	html_open(h, "dd");
}

static void draw_what(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	enum event_type type = type_find(f->class);

	fact(p, h, W_FINDING_WHAT);
	html_line(h, "strong", NULL,
	        type != TYPE_NONE ? lang_class(&p->words->classes, type, LANG_TITLE) : f->class);
	if (f->malware.len != 0)
		html_printf(h, ", %.*s", STR_ARG(f->malware));
	if (f->ident.len != 0)
		html_printf(h, ", %.*s", STR_ARG(f->ident));
	html_close(h);
}

static void draw_where(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	struct link l;

	fact(p, h, W_FINDING_WHERE);
	link_begin(&l, "/findings");
	link_param(&l, "place", f->place);
	html_open(h, "a");
	html_link(h, "href", &l);
	html_text(h, f->place);
	html_close(h);
	if (f->port != 0) {
		html_text(h, STR(" "));
		page_sayf(p, h, W_PORT, page_number(p, f->port));
	}
	html_close(h);
	fact(p, h, W_FINDING_WHOSE);
	page_owner(h, f->ref, f->owner);
	if (f->sector.len != 0)
		html_printf(h, ", %.*s", STR_ARG(f->sector));
	if (f->criticality != 0) {
		html_text(h, STR(", "));
		page_sayf(p, h, W_FIRST_CRITICALITY, page_number(p, f->criticality));
	}
	html_close(h);
}

static void draw_times(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	char when[32];

	fact(p, h, W_FINDING_SINCE);
	page_sayf(p, h, W_FINDING_SEEN, page_number(p, f->events), page_number(p, f->receipts));
	html_text(h, STR(" "));
	page_time(h, f->first);
	html_text(h, STR(", "));
	page_time(h, f->last);
	html_close(h);
	fact(p, h, W_FINDING_TOLD);
	if (f->told != 0)
		page_sayf(p, h, W_FINDING_TOLD_AT, list_when(when, f->told), page_number(p, f->letters));
	else
		page_say(p, h, W_FIRST_NOBODY);
	if (f->told == 0 && f->due != 0 && !f->closed) {
		html_text(h, STR(", "));
		page_sayf(p, h, f->due < p->now ? W_FIRST_LATE : W_FIRST_BY, list_when(when, f->due));
	}
	if (f->told != 0 && f->next != 0) {
		html_text(h, STR(", "));
		page_sayf(p, h, W_FINDING_NEXT, list_when(when, f->next));
	}
	if (f->escalated) {
		html_text(h, STR(", "));
		page_say(p, h, W_FIRST_ESCALATED);
	}
	html_close(h);
}

static void draw_state(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	fact(p, h, W_FINDING_STATE);
	page_tag(p, h, "state", f->stage);
	if (f->closed_at != 0 && f->why.len != 0) {
		html_text(h, STR(" "));
		page_sayf(p, h, W_FINDING_CLOSED_AS, page_key(p, "why", f->why));
		html_text(h, STR(" "));
		page_time(h, f->closed_at);
	}
	if (f->merged != 0) {
		html_text(h, STR(" "));
		page_say(p, h, W_FINDING_GOES_ON);
		html_text(h, STR(" "));
		page_thing(h, 'F', f->merged);
	}
	html_text(h, STR(" "));
	if (f->assigned.len != 0)
		page_sayf(p, h, W_FIRST_ASSIGNED, f->assigned);
	else if (!f->closed)
		page_say(p, h, W_FINDING_UNASSIGNED);
	html_close(h);
}

/* What a person must see first: what, where, whose, how bad, since when, whether anybody knows, what to do. */
static void draw_facts(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	enum event_type type = type_find(f->class);

	html_open(h, "dl");
	html_attr(h, "class", STR("facts"));
	draw_what(p, h, f);
	draw_where(p, h, f);
	draw_times(p, h, f);
	draw_state(p, h, f);
	if (type != TYPE_NONE) {
		fact(p, h, W_FINDING_DO);
		html_text(h, lang_class(&p->words->classes, type, LANG_DO));
		html_close(h);
	}
	html_close(h);
}

static void draw_head(const struct page_ask *p, struct html *h, const struct finding_row *f)
{
	html_open(h, "h1");
	page_sayf(p, h, W_FINDING_HEAD, page_id(p, 'F', f->id), f->class, f->owner);
	html_close(h);
	html_open(h, "p");
	page_tag(p, h, "severity", f->severity);
	html_text(h, STR(" "));
	page_tag(p, h, "state", f->stage);
	html_text(h, STR(" "));
	page_tag(p, h, "tlp", f->label);
	html_close(h);
}

static int draw_why(const struct page_ask *p, struct html *h, struct err *e)
{
	page_section(p, h, "h-why", W_FINDING_WHY);
	int rc = page_why(p, h, e);
	/* what retention took is said on the page, which goes on without it */
	if (rc == ERR_MISSING) {
		html_open(h, "p");
		page_english(p, h, str_from(e->text));
		html_close(h);
		rc = 0;
	}
	html_close(h);
	return rc;
}

static int draw_finding(const struct page_ask *p, struct html *h, struct err *e)
{
	struct finding_row f = {0};

	if (str_ends(p->ask->id, STR("/events")))
		return finding_events(p, h, e);
	int rc = find_finding(p, &f, e);
	if (rc != 0)
		return rc;
	draw_head(p, h, &f);
	rc = finding_beside(p, h, &f, e);
	if (rc != 0)
		return rc;
	draw_facts(p, h, &f);
	if (page_may(p, RIGHT_WORK))
		finding_forms(p, h, &f);
	finding_cases(p, h, &f);
	finding_history(p, h, &f);
	rc = finding_days(p, h, &f, e);
	if (rc == 0)
		rc = draw_why(p, h, e);
	if (rc != 0)
		return rc;
	finding_class(p, h, &f);
	finding_related(p, h, &f);
	return 0;
}

const struct page page_finding = {.path = "/findings",
        .title = W_FINDING,
        .id = true,
        .right = RIGHT_READ,
        .narrow = true,
        .draw = draw_finding};
