/* SPDX-License-Identifier: Apache-2.0
 *
 * Markings: labels by the ids that the specifications fix, which bundles need not carry, and by definitions in the
 * bundle (TLP 1 in its own type, TLP 2.0 as an extension, statements). A marking that nobody explains stays
 * under extra.stix.marking.
 */
#include "read/stix.h"

static const struct {
	struct str id;
	enum tlp tlp;
} fixed[] = {
        /* TLP 2.0 */
        {STR_INIT("marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"), TLP_CLEAR},
        {STR_INIT("marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"), TLP_GREEN},
        {STR_INIT("marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"), TLP_AMBER},
        {STR_INIT("marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"), TLP_AMBER_STRICT},
        {STR_INIT("marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"), TLP_RED},
        /* TLP 1, built into STIX 2.0 and 2.1 */
        {STR_INIT("marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"), TLP_CLEAR},
        {STR_INIT("marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"), TLP_GREEN},
        {STR_INIT("marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"), TLP_AMBER},
        {STR_INIT("marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"), TLP_RED},
};

static struct str member(struct str object, const char *name)
{
	struct str raw = {0};

	stix_members(object, &(struct stix_member){str_from(name), &raw}, 1);
	return raw;
}

/* The label that a definition of the bundle stands for; TLP_NONE if it is no label. */
static enum tlp defined(struct stix *s, struct str object)
{
	struct str definition = member(object, "definition"), extensions = member(object, "extensions");
	enum tlp tlp = TLP_NONE;
	char key[128];
	struct str name, raw;
	struct json j;

	if (definition.len > 0)
		tlp = tlp_find(stix_scalar(s, member(definition, "tlp")));
	json_init(&j, extensions);
	while (tlp == TLP_NONE && extensions.len > 0 && json_pair(&j, key, sizeof(key), &name, &raw) == 1)
		tlp = tlp_find(stix_scalar(s, member(raw, "tlp_2_0")));
	if (tlp == TLP_NONE)
		tlp = tlp_find(stix_scalar(s, member(object, "name")));
	return tlp;
}

static void mark_one(struct reading *r, struct stix *s, struct str raw)
{
	char buf[128];
	struct str id = json_scalar(buf, sizeof(buf), raw);
	enum tlp tlp = TLP_NONE;

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (str_ieq(fixed[i].id, id))
			tlp = fixed[i].tlp;
	struct str object = tlp == TLP_NONE ? stix_find(s, id) : (struct str){0};
	if (object.len > 0)
		tlp = defined(s, object);
	event_label(r->w, tlp);
	if (tlp != TLP_NONE)
		return;
	struct str statement = stix_scalar(s, member(member(object, "definition"), "statement"));
	if (statement.len > 0)
		event_extra_name(r->w, STR("stix.statement"), statement);
	else
		event_extra_name(r->w, STR("stix.marking"), id);
}

void stix_mark(struct reading *r, struct stix *s, struct str refs, struct str granular)
{
	struct stix_elements e = stix_elements(refs);
	struct str raw;

	while (stix_next(&e, &raw))
		mark_one(r, s, raw);
	e = stix_elements(granular);
	while (stix_next(&e, &raw)) {
		struct str ref = member(raw, "marking_ref");
		if (ref.len > 0)
			mark_one(r, s, ref);
	}
}
