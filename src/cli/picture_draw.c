/* SPDX-License-Identifier: Apache-2.0
 *
 * The picture as text for a person and as JSON for a script.
 */
#include "base/plural.h"
#include "cli/picture_data.h"

/* ---- words -------------------------------------------------------------------------------------- */

static void put_contacts(struct buf *out, const struct know_owner *o, uint32_t contacts, bool json)
{
	bool first = true;

	for (uint32_t i = 0; o != NULL && i < o->ncontacts && i < 32; i++) {
		if (!(contacts >> i & 1))
			continue;
		if (!first)
			buf_add(out, json ? STR(", ") : STR(", "));
		first = false;
		if (json) {
			buf_add(out, STR("{\"email\": "));
			buf_json(out, o->contacts[i].email);
			buf_add(out, STR(", \"language\": "));
			buf_json(out, o->contacts[i].language);
			buf_char(out, '}');
		} else {
			buf_add(out, o->contacts[i].email);
			if (o->contacts[i].language.len != 0)
				buf_printf(out, " (%.*s)", STR_ARG(o->contacts[i].language));
		}
	}
}

static void put_duration(struct buf *out, uint32_t seconds)
{
	if (seconds % 86400 == 0)
		buf_printf(out, "%ud", seconds / 86400);
	else if (seconds % 3600 == 0)
		buf_printf(out, "%uh", seconds / 3600);
	else if (seconds % 60 == 0)
		buf_printf(out, "%um", seconds / 60);
	else
		buf_printf(out, "%us", seconds);
}

static void put_letter(struct buf *out, const struct picture *p, const struct picture_group *g)
{
	const struct know_owner *o = know_owner(p->country->know, g->owner);
	struct rule_view rule;
	static const char *const days[] = {"", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	        "Saturday", "Sunday", "each day", "each working day"};

	switch ((enum decision)g->decision) {
	case DECISION_NOTIFY:
		buf_add(out, STR("letter "));
		if (g->due != 0) {
			buf_add(out, STR("within "));
			put_duration(out, g->due);
			buf_char(out, ' ');
		}
		buf_add(out, STR("to "));
		put_contacts(out, o, g->contacts, false);
		break;
	case DECISION_DIGEST:
		buf_add(out, STR("digest"));
		if (rules_view(p->country->rules, g->rule, &rule) && rule.digest_day <= 9 &&
		        rule.digest_day != 0)
			buf_printf(out, " %s %02u:%02u", days[rule.digest_day], rule.digest_minute / 60u,
			        rule.digest_minute % 60u);
		buf_add(out, STR(" to "));
		put_contacts(out, o, g->contacts, false);
		break;
	default:
		buf_add(out, str_from(decision_name(g->decision)));
	}
	if (decide_reason_text(g->reason) != NULL)
		buf_printf(out, ": %s", decide_reason_text(g->reason));
}

static struct str type_word(uint16_t type)
{
	return type != TYPE_NONE && type < TYPE_END ? type_table[type].name : STR("(no class)");
}

static struct str severity_word(uint8_t severity)
{
	return severity != SEVERITY_NONE ? severity_name((enum severity)severity) : STR("-");
}

/* ---- text ---------------------------------------------------------------------------------------- */

static void draw_group(struct buf *out, const struct picture *p, const struct picture_group *g)
{
	struct rule_view rule;

	buf_printf(out, "  %-8.*s c%u %7llu  %-30.*s TLP:%-12.*s ", STR_ARG(severity_word(g->severity)),
	        g->rank, (unsigned long long)g->n, STR_ARG(type_word(g->type)),
	        STR_ARG(tlp_name((enum tlp)g->tlp)));
	put_letter(out, p, g);
	if (rules_view(p->country->rules, g->rule, &rule))
		buf_printf(out, "\n%25srule %.*s (%.*s:%u)", "", STR_ARG(rule.name), STR_ARG(rule.file),
		        rule.line);
	buf_char(out, '\n');
}

static void draw_owner(struct buf *out, const struct picture *p, const struct picture_owner *o,
        const struct picture_group **groups)
{
	const struct know_owner *owner = know_owner(p->country->know, o->owner);

	buf_char(out, '\n');
	if (owner == NULL)
		buf_add(out, STR("Nobody (no owner is known)"));
	else {
		buf_add(out, owner->name.len ? owner->name : owner->id);
		buf_printf(out, " (%.*s%s%.*s)", STR_ARG(owner->id), owner->sector.len ? ", " : "",
		        STR_ARG(owner->sector));
	}
	buf_printf(out, ": %llu %s\n", (unsigned long long)o->n, o->n == 1 ? "event" : "events");
	for (size_t i = 0; i < o->groups; i++)
		draw_group(out, p, groups[o->first + i]);
}

static void draw_network(struct buf *out, const struct picture *p, const struct picture_network *e)
{
	char text[PREFIX_TEXT];

	buf_printf(out, "  %7llu  ", (unsigned long long)e->n);
	if (e->kind == PICTURE_NO_ADDRESS) {
		buf_add(out, STR("events without an address, whose names nobody has\n"));
		return;
	}
	if (e->kind == PICTURE_UNKNOWN) {
		buf_add(out, STR("addresses of which no route and no country is known\n"));
		return;
	}
	buf_printf(out, "%-22.*s %.2s", (int)prefix_print(text, &e->network), text, e->cc[0] ? e->cc : "--");
	if (e->asn != 0)
		buf_printf(out, "  AS%u %.*s", e->asn, STR_ARG(know_as_name(p->country->know, e->asn)));
	buf_char(out, '\n');
}

static void draw_nobody(struct buf *out, const struct picture *p)
{
	const struct picture_network **e;
	size_t n = picture_networks(p, &e);

	if (n != 0)
		buf_add(out, STR("\nNetworks of nobody, most events first:\n"));
	for (size_t i = 0; i < n && i < PICTURE_TOP; i++)
		draw_network(out, p, e[i]);
	if (n > PICTURE_TOP || p->more_networks != 0)
		buf_printf(out, "  ... and %zu more networks\n", n > PICTURE_TOP ? n - PICTURE_TOP : 0);
	free(e);
}

static void draw_asides(struct buf *out, const struct picture *p)
{
	if (p->asides_n != 0 || p->asides.n != 0) {
		buf_add(out, STR("\nSet aside:\n"));
		for (unsigned r = 1; r < ASIDE_END; r++)
			if (p->reasons[r] != 0)
				buf_printf(out, "  %7llu  %s: %s\n", (unsigned long long)p->reasons[r],
				        aside_table[r].name.p, aside_table[r].about);
		for (size_t i = 0; i < p->asides.n; i++)
			buf_printf(out, "           %.*s\n", STR_ARG(p->asides.v[i]));
	}
	if (p->failures.n != 0)
		buf_add(out, STR("\nNot read:\n"));
	for (size_t i = 0; i < p->failures.n; i++)
		buf_printf(out, "  %.*s\n", STR_ARG(p->failures.v[i]));
}

static void draw_totals(struct buf *out, const struct picture *p)
{
	plural_printf(out,
	        "%llu %s, %llu records: %llu with events (%llu events), %llu set aside, %llu without by "
	        "rule\n",
	        (unsigned long long)p->reports, p->reports == 1 ? "report" : "reports",
	        (unsigned long long)p->records, (unsigned long long)p->with_events,
	        (unsigned long long)p->events, (unsigned long long)p->asides_n, (unsigned long long)p->none);
}

static void draw_sample_note(struct buf *out, const struct picture *p)
{
	if (!p->country->sample)
		return;
	plural_printf(out,
	        "\nThese are the owners of the sample country; %llu of %llu events (%llu %%) belong to none "
	        "of them.\n"
	        "A country of your own starts with:  weir init DIR\n",
	        (unsigned long long)p->nobody, (unsigned long long)p->events,
	        (unsigned long long)(p->events ? p->nobody * 100 / p->events : 0));
}

void picture_text(const struct picture *p, struct buf *out)
{
	struct picture_owner *owners;
	const struct picture_group **groups;
	size_t n = picture_owners(p, &owners, &groups);

	draw_totals(out, p);
	for (size_t i = 0; i < n; i++)
		draw_owner(out, p, &owners[i], groups);
	if (p->more_groups != 0)
		plural_printf(out, "\n... and %llu events in more groups than can be shown\n",
		        (unsigned long long)p->more_groups);
	draw_nobody(out, p);
	draw_asides(out, p);
	draw_sample_note(out, p);
	free(owners);
	free(groups);
}

/* ---- JSON ---------------------------------------------------------------------------------------- */

static const struct {
	const char *key, *about;
} keys[] = {
        {"version", "1; a later version adds keys and never changes one"},
        {"reports, parts, failed",
                "files given, parts read (archives and mails have several), parts that could not be read"},
        {"records, with_events, asides, none",
                "records of the reports; with_events + asides + none = records"},
        {"events, nobody", "events made, and those whose owner is not known"},
        {"sample", "true if the owners are those of the sample country"},
        {"decisions", "object: how many events have which decision"},
        {"owners[]", "owners with events, worst first; the last one may have id null: nobody"},
        {"owners[].id, name, sector, events", "from the owners file; events counts his"},
        {"owners[].groups[]", "events that are the same in all that follows, worst first"},
        {"owners[].groups[].type, severity, rank, tlp",
                "classification.type or null, severity, c1 (worst) to c6 as number, label"},
        {"owners[].groups[].decision, reason", "what follows, and why if not by the rule alone (else null)"},
        {"owners[].groups[].rule, file, line", "the rule that decided and where it stands; null if none did"},
        {"owners[].groups[].due", "seconds after receipt by which somebody must be told; 0: no deadline"},
        {"owners[].groups[].contacts[].email, language", "to whom a letter would go, in which language"},
        {"owners[].groups[].events", "how many"},
        {"networks[].network, cc, asn, as_name, events",
                "networks of nobody, most events first, at most 10; null: unknown"},
        {"set_aside", "object: how many records for which reason"},
        {"sentences[], not_read[]",
                "the first ten records set aside, and reports that could not be read, with their place"},
};

void picture_doc(struct buf *out, const struct command *const *commands)
{
	(void)commands;
	buf_add(out, STR("# JSON of `weir preview --json`\n\n| key | what |\n| --- | --- |\n"));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		buf_printf(out, "| `%s` | %s |\n", keys[i].key, keys[i].about);
}

static void json_u64(struct buf *out, const char *key, uint64_t v)
{
	buf_printf(out, "\"%s\": %llu", key, (unsigned long long)v);
}

static void json_str(struct buf *out, const char *key, struct str v)
{
	buf_printf(out, "\"%s\": ", key);
	if (v.len == 0)
		buf_add(out, STR("null"));
	else
		buf_json(out, v);
}

static void json_group(struct buf *out, const struct picture *p, const struct picture_group *g)
{
	struct rule_view rule = {0};
	const char *reason = decide_reason_text(g->reason);

	rules_view(p->country->rules, g->rule, &rule);
	buf_add(out, STR("      {"));
	json_str(out, "type", g->type != TYPE_NONE ? type_word(g->type) : (struct str){0});
	buf_add(out, STR(", "));
	json_str(out, "severity", g->severity ? severity_word(g->severity) : (struct str){0});
	buf_add(out, STR(", "));
	json_u64(out, "rank", g->rank);
	buf_add(out, STR(", "));
	json_str(out, "tlp", tlp_name((enum tlp)g->tlp));
	buf_add(out, STR(", "));
	json_str(out, "decision", str_from(decision_name(g->decision)));
	buf_add(out, STR(", "));
	json_str(out, "reason", str_from(reason));
	buf_add(out, STR(", "));
	json_str(out, "rule", rule.name);
	buf_add(out, STR(", "));
	json_str(out, "file", rule.file);
	buf_printf(out, ", \"line\": %u, \"due\": %u, \"contacts\": [", rule.line, g->due);
	put_contacts(out, know_owner(p->country->know, g->owner), g->contacts, true);
	buf_printf(out, "], \"events\": %llu}", (unsigned long long)g->n);
}

static void json_owner(struct buf *out, const struct picture *p, const struct picture_owner *o,
        const struct picture_group **groups)
{
	const struct know_owner *owner = know_owner(p->country->know, o->owner);

	buf_add(out, STR("    {"));
	json_str(out, "id", owner ? owner->id : (struct str){0});
	buf_add(out, STR(", "));
	json_str(out, "name", owner ? owner->name : (struct str){0});
	buf_add(out, STR(", "));
	json_str(out, "sector", owner ? owner->sector : (struct str){0});
	buf_printf(out, ", \"events\": %llu, \"groups\": [\n", (unsigned long long)o->n);
	for (size_t i = 0; i < o->groups; i++) {
		json_group(out, p, groups[o->first + i]);
		buf_add(out, i + 1 < o->groups ? STR(",\n") : STR("\n"));
	}
	buf_add(out, STR("    ]}"));
}

static void json_owners(struct buf *out, const struct picture *p)
{
	struct picture_owner *owners;
	const struct picture_group **groups;
	size_t n = picture_owners(p, &owners, &groups);

	buf_add(out, STR("  \"owners\": [\n"));
	for (size_t i = 0; i < n; i++) {
		json_owner(out, p, &owners[i], groups);
		buf_add(out, i + 1 < n ? STR(",\n") : STR("\n"));
	}
	buf_add(out, STR("  ],\n"));
	free(owners);
	free(groups);
}

static void json_networks(struct buf *out, const struct picture *p)
{
	const struct picture_network **e;
	size_t n = picture_networks(p, &e);

	buf_add(out, STR("  \"networks\": ["));
	for (size_t i = 0; i < n && i < PICTURE_TOP; i++) {
		char text[PREFIX_TEXT];
		size_t len = e[i]->kind == PICTURE_NETWORK ? prefix_print(text, &e[i]->network) : 0;
		buf_add(out, i ? STR(",\n    {") : STR("\n    {"));
		json_str(out, "network", str_make(text, len));
		buf_add(out, STR(", "));
		json_str(out, "cc", str_make(e[i]->cc, e[i]->cc[0] ? 2 : 0));
		buf_printf(out, ", \"asn\": %u, ", e[i]->asn);
		json_str(out, "as_name", know_as_name(p->country->know, e[i]->asn));
		buf_printf(out, ", \"events\": %llu}", (unsigned long long)e[i]->n);
	}
	buf_add(out, STR("],\n"));
	free(e);
}

static void json_lines(struct buf *out, const char *key, const struct picture_lines *lines)
{
	buf_printf(out, "  \"%s\": [", key);
	for (size_t i = 0; i < lines->n; i++) {
		buf_add(out, i ? STR(",\n    ") : STR("\n    "));
		buf_json(out, lines->v[i]);
	}
	buf_char(out, ']');
}

void picture_json(const struct picture *p, struct buf *out)
{
	bool first = true;

	buf_printf(out,
	        "{\n  \"version\": 1,\n  \"reports\": %llu, \"parts\": %llu, \"failed\": %llu,\n"
	        "  \"records\": %llu, \"with_events\": %llu, \"asides\": %llu, \"none\": %llu,\n"
	        "  \"events\": %llu, \"nobody\": %llu, \"sample\": %s,\n  \"decisions\": {",
	        (unsigned long long)p->reports, (unsigned long long)p->parts, (unsigned long long)p->failed,
	        (unsigned long long)p->records, (unsigned long long)p->with_events,
	        (unsigned long long)p->asides_n, (unsigned long long)p->none, (unsigned long long)p->events,
	        (unsigned long long)p->nobody, p->country->sample ? "true" : "false");
	for (unsigned d = 0; d < DECISION_END; d++) {
		buf_add(out, d ? STR(", ") : STR(""));
		json_u64(out, decision_name(d), p->by_decision[d]);
	}
	buf_add(out, STR("},\n"));
	json_owners(out, p);
	json_networks(out, p);
	buf_add(out, STR("  \"set_aside\": {"));
	for (unsigned r = 1; r < ASIDE_END; r++)
		if (p->reasons[r] != 0) {
			buf_add(out, first ? STR("") : STR(", "));
			json_u64(out, aside_table[r].name.p, p->reasons[r]);
			first = false;
		}
	buf_add(out, STR("},\n"));
	json_lines(out, "sentences", &p->asides);
	buf_add(out, STR(",\n"));
	json_lines(out, "not_read", &p->failures);
	buf_add(out, STR("\n}\n"));
}
