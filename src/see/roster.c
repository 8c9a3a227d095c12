/* SPDX-License-Identifier: Apache-2.0 */
#include "see/roster.h"
#include "event/week.h"

#define SECOND ((int64_t)1000000)
#define DAY_S 86400
#define ACK_WITHIN (15 * 60)

/* ---- when ---------------------------------------------------------------------------------------- */

/* "mon-fri 08:00-18:00"; one of the two is enough. */
static bool read_when(struct str s, struct roster_person *p)
{
	struct str_cut cut = str_cut(str_trim(s), ' ');
	struct str hours = cut.ok ? str_trim(cut.tail) : cut.head;

	if (cut.ok || !str_has(cut.head, ':')) {
		if (!week_days(cut.head, &p->days))
			return false;
		if (!cut.ok)
			return true;
	}
	struct str_cut range = str_cut(hours, '-');
	return range.ok && week_minute(range.head, &p->from) && week_minute(range.tail, &p->to);
}

static bool on_duty(const struct roster_person *p, const struct zone *zone, int64_t now)
{
	int64_t utc = now / SECOND, local = utc + (utc - zone_to_utc(zone, utc));
	int minute = (int)(local % DAY_S / 60), day = (int)((local / DAY_S + 3) % 7);

	if (p->from == p->to)
		return p->days >> day & 1;
	if (p->from < p->to)
		return (p->days >> day & 1) && minute >= p->from && minute < p->to;
	/* over midnight: the hours after it belong to the day before */
	if (minute < p->to)
		return p->days >> ((day + 6) % 7) & 1;
	return (p->days >> day & 1) && minute >= p->from;
}

unsigned roster_next(const struct roster *r, unsigned step, const struct zone *zone, int64_t now)
{
	for (unsigned i = step; i < r->n; i++)
		if (on_duty(&r->people[i], zone, now))
			return i;
	return ROSTER_PEOPLE;
}

/* ---- reading ------------------------------------------------------------------------------------- */

static int read_person(const struct conf *c, struct roster_person *p, struct err *e)
{
	static const char *const keys[] = {"person", "mail", "webhook-file", "when", NULL};
	struct str when = {0};

	*p = (struct roster_person){.days = WEEK_ALL};
	if (c->kind != CONF_MAP)
		return conf_err(c, e, "somebody on duty is a map with person and mail or webhook-file");
	if (conf_only(c, keys, e) != 0 || conf_str(c, "person", &p->person, e) != 0 ||
	        conf_str(c, "mail", &p->mail, e) != 0 ||
	        conf_str(c, "webhook-file", &p->webhook_file, e) != 0 || conf_str(c, "when", &when, e) != 0)
		return ERR_VALUE;
	if (p->person.len == 0)
		return conf_err(c, e, "'person' is missing: who is it?");
	if (p->mail.len == 0 && p->webhook_file.len == 0)
		return conf_err(c, e, "how is '%.*s' reached? 'mail' or 'webhook-file' is wanted",
		        STR_ARG(p->person));
	if (p->mail.len != 0 && !str_has(p->mail, '@'))
		return conf_err(conf_find(c, "mail"), e, "'mail' is an address, such as duty@cert.example");
	if (when.len != 0 && !read_when(when, p))
		return conf_err(conf_find(c, "when"), e,
		        "'when' is days, hours, or both, such as \"mon-fri 08:00-18:00\"");
	return 0;
}

static int read_people(const struct conf *list, struct roster *r, struct err *e)
{
	if (list->kind != CONF_LIST)
		return conf_err(
		        list, e, "the roster is a list of people, in the order in which they are told");
	for (const struct conf *c = list->first; c != NULL; c = c->next) {
		if (r->n == ROSTER_PEOPLE)
			return conf_err(c, e, "more than %d people", ROSTER_PEOPLE);
		if (read_person(c, &r->people[r->n++], e) != 0)
			return ERR_VALUE;
	}
	return 0;
}

int roster_options(const struct conf *m, struct roster *ret, struct err *e)
{
	static const char *const keys[] = {"severity", "ack-within", "roster", NULL};
	struct roster r = {.severity = SEVERITY_CRITICAL, .ack_within = ACK_WITHIN};
	struct str severity = {0};

	*ret = r;
	if (m == NULL)
		return 0;
	if (m->kind != CONF_MAP)
		return conf_err(m, e, "alerts is a map with severity, ack-within and roster");
	if (conf_only(m, keys, e) != 0 || conf_str(m, "severity", &severity, e) != 0 ||
	        conf_seconds(m, "ack-within", &r.ack_within, e) != 0)
		return ERR_VALUE;
	if (r.ack_within < 60)
		return conf_err(conf_find(m, "ack-within"), e, "'ack-within' is a minute or more");
	if (severity.len != 0 && !str_eq(severity, STR("none"))) {
		r.severity = severity_find(severity);
		if (r.severity == SEVERITY_NONE)
			return conf_err(conf_find(m, "severity"), e,
			        "critical, high, medium, low, info or none is wanted");
	} else if (severity.len != 0) {
		r.severity = SEVERITY_NONE;
	}
	const struct conf *list = conf_find(m, "roster");
	if (list != NULL && read_people(list, &r, e) != 0)
		return ERR_VALUE;
	*ret = r;
	return 0;
}
