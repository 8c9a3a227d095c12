/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of what lies in one thing, for the API: events of a finding or of a report, records of a report that were set aside. Each
 * is a list that the commands have, asked for one thing alone, so that no answer needs more than what that thing needs.
 */
#include "state/receipt.h"
#include "state/scope.h"
#include "web/asides.h"
#include "web/events.h"

/* The parameters as they were asked, and the id under the name that the list has for it. */
struct within {
	const struct ask *ask;
	const char *name;
};

static struct str param_of(const void *arg, const char *name)
{
	const struct within *w = arg;

	return strcmp(name, w->name) == 0 ? w->ask->id : ask_param(w->ask, name);
}

static int load_within(
        const struct ask *a, const char *name, const struct route *list, struct reply *r, struct err *e)
{
	struct within w = {a, name};
	struct ask inner = *a;

	inner.param = param_of;
	inner.arg = &w;
	return list->load(&inner, r, e);
}

static int load_finding_events(const struct ask *a, struct reply *r, struct err *e)
{
	return load_within(a, "finding", &route_events, r, e);
}

/* The report is in sight; what of it is RED the lists leave out themselves. */
static int find_receipt(const struct ask *a, struct receipt *ret, struct err *e)
{
	uint64_t id;

	if (ask_id(a->id, 'R', &id, e) != 0)
		return ERR_USAGE;
	int rc = receipt_get(a->state, id, a->arena, ret, e);
	if (rc == 0)
		rc = err_set(e, ERR_MISSING, "there is no receipt R%llu", (unsigned long long)id);
	return rc < 0 ? rc : 0;
}

static int load_receipt_events(const struct ask *a, struct reply *r, struct err *e)
{
	struct receipt one;
	int rc = find_receipt(a, &one, e);

	return rc != 0 ? rc : load_within(a, "receipt", &route_events, r, e);
}

static int load_receipt_asides(const struct ask *a, struct reply *r, struct err *e)
{
	struct receipt one;
	int rc = find_receipt(a, &one, e);

	/* an empty list would say that there are none */
	if (rc == 0 && one.red && !scope_shows_red(a->state, one.feed))
		rc = err_set(e, ERR_DENIED,
		        "R%llu has records that are TLP:RED: what could not be read is for those who are "
		        "named for it",
		        (unsigned long long)one.id);
	return rc != 0 ? rc : load_within(a, "receipt", &route_asides, r, e);
}

#define GOES_ON ROUTE_AFTER("E12.5.0"), ROUTE_LIMIT, ROUTE_COUNT
static const struct route_param finding_params[] = {
        ROUTE_SINCE("seen"), ROUTE_UNTIL("seen"), GOES_ON, {NULL, 0, NULL}};
static const struct route_param event_params[] = {
        {"ip", PARAM_TEXT, "an address or a prefix"},
        {"name", PARAM_TEXT, "a name, or what lies below it"},
        {"class", PARAM_TEXT, "classification.type"},
        {"severity", PARAM_TEXT, "critical, high, medium, low or info"},
        ROUTE_SINCE("seen"),
        ROUTE_UNTIL("seen"),
        GOES_ON,
        {NULL, 0, NULL},
};
static const struct route_param aside_params[] = {GOES_ON, {NULL, 0, NULL}};

const struct route route_finding_events = {.path = "/findings",
        .tail = "/events",
        .about = "events of a finding, and of what was merged into it, newest receipts first",
        .id = true,
        .load = load_finding_events,
        .right = RIGHT_READ,
        .narrow = true,
        .params = finding_params,
        .list = &events_table};
const struct route route_receipt_events = {.path = "/receipts",
        .tail = "/events",
        .about = "events of a report, the last of them first",
        .id = true,
        .load = load_receipt_events,
        .right = RIGHT_READ,
        .params = event_params,
        .list = &events_table};
const struct route route_receipt_asides = {.path = "/receipts",
        .tail = "/asides",
        .about = "records of a report that were set aside, the last of them first",
        .id = true,
        .load = load_receipt_asides,
        .right = RIGHT_READ,
        .params = aside_params,
        .list = &asides_table};
