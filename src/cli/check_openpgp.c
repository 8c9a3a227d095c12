/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/check_openpgp.h"
#include "base/os.h"
#include "event/value.h"
#include "proc/openpgp.h"

struct keys {
	struct openpgp *o;
	struct know_notes *errors, *remarks;
};

/* at NULL: the own key. */
static void check_key(
        struct keys *k, struct str key, enum openpgp_use use, struct str whose, const struct owners_place *at)
{
	int64_t expires = INT64_MAX, soon = os_now() + CHECK_OPENPGP_DAYS * (int64_t)86400 * 1000000;
	char day[64];
	struct err e;

	if (openpgp_key(k->o, key, use, &expires, &e) != 0) {
		know_note(k->errors, at, "%.*s: %s; letters are held", STR_ARG(whose), e.text);
	} else if (expires < soon) {
		value_time_print(day, expires);
		know_note(k->remarks, at,
		        "%.*s: the OpenPGP key %.*s expires on %.10s; letters are held from then on",
		        STR_ARG(whose), STR_ARG(key), day);
	}
}

static void check_contacts(struct keys *k, const struct owners *o)
{
	for (size_t i = 0; i < o->contact.n; i++) {
		const struct owners_contact *c = &o->contact.v[i];
		if (c->pgp.len != 0 && !str_eq(c->pgp, STR(OWNERS_NO_KEY)))
			check_key(k, c->pgp, OPENPGP_ENCRYPT, c->email, &c->at);
	}
}

static size_t with_key(const struct owners *o)
{
	size_t n = 0;

	for (size_t i = 0; i < o->contact.n; i++)
		n += o->contact.v[i].pgp.len != 0;
	return n;
}

void check_openpgp(const struct country *c, const struct owners *o, struct know_notes *errors,
        struct know_notes *remarks)
{
	struct keys k = {.errors = errors, .remarks = remarks};
	struct str file = c->pgp.passphrase_file;
	auto_buf struct buf secret = {0};
	size_t contacts = with_key(o);
	struct err e;

	if (c->pgp.home.len == 0) {
		if (contacts > 0)
			know_note(errors, NULL,
			        "%zu contacts have an OpenPGP key, and weir.yaml names no OpenPGP home (pgp: "
			        "home); "
			        "their letters are held",
			        contacts);
		return;
	}
	if (file.len != 0 && os_read_file(file.p, 4096, &secret, &e) != 0)
		know_note(errors, NULL, "pgp: passphrase-file: %s", e.text);
	if (openpgp_open(&c->pgp, (struct str){0}, &k.o, &e) != 0) {
		know_note(errors, NULL, "%s", e.text);
		return;
	}
	if (c->pgp.key.len != 0)
		check_key(&k, c->pgp.key, OPENPGP_SIGN, STR("weir.yaml, pgp: key"), NULL);
	check_contacts(&k, o);
	openpgp_close(k.o);
}
