/* SPDX-License-Identifier: Apache-2.0
 *
 * weir key voice: what stands in a key list or in the file of a root key, and the number that people read to each other.
 */
#include "base/log.h"
#include "base/os.h"
#include "cli/cli.h"
#include "cli/root_key.h"
#include "trust/voice.h"

static void put_list(struct cli *c, const struct keylist *l, int64_t now)
{
	char made[STAMP_TEXT], until[STAMP_TEXT], id[2 * KEY_ID + 1];

	stamp_print(made, l->made);
	stamp_print(until, l->until);
	buf_printf(&c->out, "name         %.*s\nlist         number %llu, made %s, until %s%s\n",
	        STR_ARG(l->name), (unsigned long long)l->number, made, until,
	        l->until < now ? ": it has run out" : "");
	buf_printf(&c->out, "address      %.*s\n",
	        STR_ARG(l->url.len > 0 ? l->url : STR("none: it dials out only")));
	for (unsigned i = 0; i < l->keys; i++) {
		const struct keylist_key *k = &l->key[i];
		stamp_print(made, k->from);
		stamp_print(until, k->until);
		str_hex_print(id, k->id, KEY_ID);
		buf_printf(&c->out, "%-12s %s, from %s until %s%s\n", key_use_name(k->use), id, made, until,
		        keylist_revoked(l, k->id, NULL) ? ": revoked"
		                : k->until < now        ? ": it has run out"
		                                        : "");
	}
	for (unsigned i = 0; i < l->revocations; i++) {
		stamp_print(made, l->revoked[i].time);
		str_hex_print(id, l->revoked[i].id, KEY_ID);
		buf_printf(
		        &c->out, "revoked      %s, since %s: %.*s\n", id, made, STR_ARG(l->revoked[i].word));
	}
	if (l->unknown > 0)
		buf_printf(&c->out, "             %u lines that this version does not know\n", l->unknown);
}

static void put_voice(struct cli *c, struct str party, const uint8_t root[32])
{
	struct keylist_root key;
	char number[VOICE_TEXT];

	keylist_root(&key, party, root);
	voice_number(party, root, number);
	buf_printf(&c->out, "party        %.*s\nvoice number %s\nroot key     ", STR_ARG(party), number);
	note_key_print(&c->out, &key.key);
	buf_char(&c->out, '\n');
}

static int of_list(struct cli *c, struct str bytes, struct err *e)
{
	struct keylist list;
	int rc = keylist_read(bytes, &list, NULL, e);

	if (rc < 0)
		return rc;
	struct keylist_link link = {.party = list.party};
	if (keylist_judge(&link, bytes, &list, NULL, e) != KEYLIST_TAKE)
		return ERR_DENIED;
	put_voice(c, list.party, list.root);
	put_list(c, &list, os_now() / 1000000);
	return 0;
}

static int key_voice_run(struct cli *c)
{
	const char *path = c->operands.v[0];
	auto_buf struct buf text = {0};
	struct root_key key;
	struct err e;
	int rc = os_read_file(path, NOTE_MAX, &text, &e);

	if (rc >= 0 && str_starts(buf_str(&text), STR("weir-root-1"))) {
		memset(text.p, 0, text.len);
		if ((rc = root_key_read(path, &key, &e)) == 0) {
			put_voice(c, str_from(key.party), key.public);
			root_key_wipe(&key);
		}
	} else if (rc >= 0 && (rc = of_list(c, buf_str(&text), &e)) < 0) {
		err_add(&e, "%s", path);
	}
	if (rc < 0)
		log_error("%s", e.text);
	return rc < 0 ? CLI_FAIL : CLI_OK;
}

const struct command command_key_voice = {
        .name = "key voice",
        .params = "FILE",
        .about = "show a key list or root key: its voice number and what stands in it",
        .text = "FILE is a key list (la.weirkeys) or the file of a root key. Printed are the party, the six "
                "groups of five digits "
                "that two people read to each other when they link, the public root key and, of a list, all "
                "its keys. A list that "
                "its own root did not sign is refused.\n\n"
                "The number proves nothing by itself: it is read by a person whom you called by a number "
                "from elsewhere, and "
                "typed by you.",
        .examples =
                (const struct cli_example[]){
                        {"weir key voice kh.weirkeys", "what a neighbour sent"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .offline = true,
        .run = key_voice_run,
};
