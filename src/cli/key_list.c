/* SPDX-License-Identifier: Apache-2.0
 *
 * weir key list: makes and signs the list of a party's keys, on the machine that holds the root key. It begins with the last
 * list, if there is one: its keys stay until they run out, its revocations stay for ever.
 */
#include "base/base64.h"
#include "base/log.h"
#include "base/os.h"
#include "base/plural.h"
#include "cli/cli.h"
#include "cli/root_key.h"
#include "trust/voice.h"

#define DAY 86400
#define OVERLAP_DAYS 30

struct making {
	struct cli *c;
	struct keylist list;
	struct keylist last;
	bool has_last;
	struct root_key root, old_root;
	bool has_old_root;
	struct buf last_text, key_text;
	struct arena a;
	int64_t now, overlap;
};

/* ---- what it begins with ------------------------------------------------------------------------- */

static int read_last(struct making *m, struct err *e)
{
	const char *path = cli_value(m->c, "last");
	struct keylist_link link = {.party = str_from(m->root.party),
	        .root = m->has_old_root ? m->old_root.public : m->root.public};
	int rc;

	if (path == NULL)
		return 0;
	if ((rc = os_read_file(path, KEYLIST_MAX, &m->last_text, e)) < 0)
		return rc;
	if (keylist_judge(&link, buf_str(&m->last_text), &m->last, NULL, e) != KEYLIST_TAKE) {
		err_add(e, "%s", path);
		return ERR_DENIED;
	}
	m->has_last = true;
	m->list = m->last;
	/* what has run out more than an overlap ago says nothing any more */
	m->list.keys = 0;
	for (unsigned i = 0; i < m->last.keys; i++)
		if (m->last.key[i].until > m->now - m->overlap)
			m->list.key[m->list.keys++] = m->last.key[i];
	return 0;
}

static int date_of(struct making *m, const char *option, int64_t *ret, struct err *e)
{
	const char *text = cli_value(m->c, option);

	if (text == NULL)
		return 0;
	struct str s = str_from(text);
	struct str whole = s.len == 10 ? arena_printf(&m->a, "%sT00:00:00Z", text) : s;
	if (!stamp_read(whole, ret))
		return err_set(e, ERR_USAGE, "--%s: '%s' is neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ssZ",
		        option, text);
	return 0;
}

/* ---- keys ---------------------------------------------------------------------------------------- */

static struct keylist_key *held(struct making *m, const uint8_t id[KEY_ID])
{
	for (unsigned i = 0; i < m->list.keys; i++)
		if (memcmp(m->list.key[i].id, id, KEY_ID) == 0)
			return &m->list.key[i];
	return NULL;
}

/* A new key beside older ones of its use: they end after the overlap. */
static int add_key(struct making *m, enum key_use use, const uint8_t key[32], struct err *e)
{
	struct keylist_key k = {.use = use, .from = m->now, .until = m->list.until};

	memcpy(k.key, key, 32);
	key_id(k.key, k.id);
	struct keylist_key *same = held(m, k.id);
	if (same != NULL) {
		same->until = m->list.until;
		return 0;
	}
	if (m->list.keys == KEYLIST_LINES - 16)
		return err_set(e, ERR_LIMIT, "the list has too many keys");
	for (unsigned i = 0; i < m->list.keys; i++)
		if (m->list.key[i].use == use && m->list.key[i].until > m->now + m->overlap)
			m->list.key[i].until = m->now + m->overlap;
	m->list.key[m->list.keys++] = k;
	return 0;
}

/* The next word of a line, between blanks or commas. */
static struct str next_word(struct str *line)
{
	size_t from = 0, to;

	while (from < line->len && (char_space(line->p[from]) || line->p[from] == ','))
		from++;
	for (to = from; to < line->len && !char_space(line->p[to]) && line->p[to] != ',';)
		to++;
	struct str word = str_sub(*line, from, to - from);
	*line = str_skip(*line, to);
	return word;
}

/* The key of a line behind its duty; its id may stand between and has to be the key's. */
static bool line_key(struct str rest, uint8_t ret[32])
{
	struct str word = next_word(&rest);
	uint8_t id[KEY_ID], of[KEY_ID];
	bool has_id = str_hex(word, id, KEY_ID);

	if (!base64_read(has_id ? next_word(&rest) : word, ret, 32))
		return false;
	key_id(ret, of);
	return !has_id || memcmp(id, of, KEY_ID) == 0;
}

/* Lines "sign BASE64", "tls ID BASE64", as "weir key show" prints them, as a table or CSV with its head. */
static int read_keys(struct making *m, struct err *e)
{
	const char *path = cli_value(m->c, "keys");
	int rc = path == NULL ? 0 : os_read_file(path, KEYLIST_MAX, &m->key_text, e);
	struct str_cut line = {.tail = buf_str(&m->key_text)};

	for (unsigned n = 1; rc >= 0 && line.tail.len > 0; n++) {
		line = str_cut(line.tail, '\n');
		struct str rest = line.head, word = next_word(&rest);
		uint8_t key[32];
		unsigned use = 0;
		if (word.len == 0 || word.p[0] == '#' || (n == 1 && str_ieq(word, STR("duty"))))
			continue;
		while (use < KEY_USES && !str_eq(word, str_from(key_use_name((enum key_use)use))))
			use++;
		if (use == KEY_USES || !line_key(rest, key))
			return err_set(e, ERR_SYNTAX,
			        "%s:%u: not 'sign', 'log', 'seal' or 'tls' and the base64 of 32 bytes", path,
			        n);
		rc = add_key(m, (enum key_use)use, key, e);
	}
	return rc < 0 ? rc : 0;
}

static int retire(struct making *m, struct err *e)
{
	const char *text;

	for (size_t n = 0; (text = cli_value_at(m->c, "retire", n)) != NULL; n++) {
		uint8_t id[KEY_ID];
		struct keylist_key *k = str_hex(str_from(text), id, KEY_ID) ? held(m, id) : NULL;
		if (k == NULL)
			return err_set(e, ERR_USAGE,
			        "--retire: no key with the id '%s' is in the list; 'weir key voice' shows "
			        "them",
			        text);
		if (k->until > m->now + m->overlap)
			k->until = m->now + m->overlap;
	}
	return 0;
}

static int revoke(struct making *m, struct err *e)
{
	const char *text;
	int64_t since = m->now;
	int rc = date_of(m, "since", &since, e);

	if (rc < 0)
		return rc;
	if (since > m->now)
		return err_set(e, ERR_USAGE,
		        "--since: that time is to come; a key is revoked now, or as of earlier");
	for (size_t n = 0; (text = cli_value_at(m->c, "revoke", n)) != NULL; n++) {
		struct str_cut cut = str_cut(str_from(text), '=');
		struct keylist_revoked r = {.time = since, .word = cut.ok ? cut.tail : STR("revoked")};
		if (!str_hex(cut.head, r.id, KEY_ID) || r.word.len == 0 || str_has(r.word, ' '))
			return err_set(e, ERR_USAGE,
			        "--revoke: '%s' is not a key id, or a key id, '=' and why in one word", text);
		if (held(m, r.id) == NULL)
			return err_set(e, ERR_USAGE,
			        "--revoke: no key with that id is in the list; 'weir key voice' shows them");
		if (keylist_revoked(&m->list, r.id, NULL))
			continue;
		if (m->list.revocations == KEYLIST_LINES - 16)
			return err_set(e, ERR_LIMIT, "the list has too many revocations");
		m->list.revoked[m->list.revocations++] = r;
	}
	return 0;
}

/* ---- the list ------------------------------------------------------------------------------------ */

static int fill(struct making *m, struct err *e)
{
	uint64_t number = m->has_last ? m->last.number + 1 : 1;
	const char *name = cli_value(m->c, "name"), *url = cli_value(m->c, "url");
	int rc;

	if (cli_u64(m->c, "number", number, ((uint64_t)1 << 53) - 1, &number, e) < 0)
		return ERR_USAGE;
	m->list.number = number;
	m->list.party = str_from(m->root.party);
	m->list.made = m->now;
	m->list.until = m->now + 365 * DAY;
	memcpy(m->list.root, m->root.public, 32);
	if (name != NULL)
		m->list.name = str_from(name);
	if (url != NULL)
		m->list.url = strcmp(url, "none") == 0 ? (struct str){0} : str_from(url);
	if ((rc = date_of(m, "until", &m->list.until, e)) < 0)
		return rc;
	if (m->list.until <= m->now || m->list.until > m->now + (int64_t)KEYLIST_DAYS * DAY)
		return err_set(e, ERR_USAGE, "--until: a list runs to a day of the next %d", KEYLIST_DAYS);
	if (m->list.name.len == 0)
		return err_set(e, ERR_USAGE, "name the party for people with --name, as in \"Example CERT\"");
	if ((rc = read_keys(m, e)) < 0 || (rc = retire(m, e)) < 0 || (rc = revoke(m, e)) < 0)
		return rc;
	return 0;
}

static void sign_with(struct buf *note, struct str text, const struct root_key *key)
{
	struct keylist_root root;

	keylist_root(&root, str_from(key->party), key->public);
	note_sign(note, text, &root.key, 0, key->seed);
}

/* Signs what was filled, and takes it as a neighbour would, before anything leaves. */
static int finish(struct making *m, struct buf *note, struct err *e)
{
	auto_buf struct buf text = {0};
	struct keylist back;
	struct keylist_link link = {.party = str_from(m->root.party),
	        .root = m->has_old_root ? m->old_root.public : m->root.public,
	        .held = m->has_last ? &m->last : NULL};

	keylist_write(&m->list, &text);
	buf_add(note, buf_str(&text));
	buf_char(note, '\n');
	sign_with(note, buf_str(&text), &m->root);
	if (m->has_old_root)
		sign_with(note, buf_str(&text), &m->old_root);
	if (keylist_judge(&link, buf_str(note), &back, NULL, e) != KEYLIST_TAKE)
		return err_add(e, "the list would not be taken");
	return 0;
}

static int make(struct making *m, struct err *e)
{
	const char *path = cli_value(m->c, "output"), *old = cli_value(m->c, "old-root");
	uint64_t overlap = OVERLAP_DAYS;
	auto_buf struct buf note = {0};
	char number[VOICE_TEXT];
	int rc;

	if (cli_u64(m->c, "overlap", 0, 365, &overlap, e) < 0)
		return ERR_USAGE;
	m->overlap = (int64_t)overlap * DAY;
	if ((rc = root_key_read(m->c->operands.v[0], &m->root, e)) < 0)
		return rc;
	if (old != NULL && (rc = root_key_read(old, &m->old_root, e)) < 0)
		return rc;
	m->has_old_root = old != NULL;
	if ((rc = read_last(m, e)) < 0 || (rc = fill(m, e)) < 0 || (rc = finish(m, &note, e)) < 0)
		return rc;
	if (path == NULL) {
		buf_add(&m->c->out, buf_str(&note));
		return 0;
	}
	if ((rc = key_file_make(path, buf_str(&note), false, e)) < 0)
		return rc;
	voice_number(str_from(m->root.party), m->root.public, number);
	plural_printf(&m->c->out, "made %s, number %llu, with %u keys\nvoice number of %s: %s\n", path,
	        (unsigned long long)m->list.number, m->list.keys, m->root.party, number);
	return 0;
}

static int key_list_run(struct cli *c)
{
	struct making *m = mem_zero(1, sizeof(*m));
	struct err e = {0};

	m->c = c;
	m->now = os_now() / 1000000;
	arena_init(&m->a, 0);
	int rc = make(m, &e);
	root_key_wipe(&m->root);
	root_key_wipe(&m->old_root);
	buf_done(&m->last_text);
	buf_done(&m->key_text);
	arena_done(&m->a);
	free(m);
	if (rc < 0)
		log_error("%s", e.text);
	return rc == ERR_USAGE ? CLI_USAGE : rc < 0 ? CLI_FAIL : CLI_OK;
}

const struct command command_key_list = {
        .name = "key list",
        .params = "ROOTKEY",
        .about = "make and sign the list of a party's keys, offline",
        .text = "Signs with the root key in the file ROOTKEY what keys the party has and until when. Do this "
                "on the machine without "
                "a network, about once a year and whenever a key is added or lost; carry the node's public "
                "keys there and the "
                "list back on a stick.\n\n"
                "With --last the new list begins as the last one: its number is one higher, keys stay until "
                "they run out and "
                "revocations stay for ever. Each key of --keys that is not there yet begins now; older keys "
                "of the same use end "
                "after the overlap. Keys that are given again go on until the end of the new list. A list is "
                "tried as a "
                "neighbour would try it before it is written.",
        .options =
                (const struct cli_option[]){
                        {"last", 'l', "FILE", "the list before this one"},
                        {"keys", 'k', "FILE",
                                "public keys of the node, as 'weir key show' prints them: lines "
                                "'sign|log|seal|tls BASE64'"},
                        {"name", 0, "TEXT", "name of the party, for people"},
                        {"url", 0, "URL",
                                "address of the node, https://HOST[:PORT]/, or 'none': it dials out only"},
                        {"until", 0, "DATE", "last day, YYYY-MM-DD; a year from now unless given"},
                        {"overlap", 0, "DAYS",
                                "how long an older key goes on beside a newer one; 30 unless given"},
                        {"retire", 0, "KEYID", "end this key after the overlap; may be repeated"},
                        {"revoke", 0, "KEYID=WORD",
                                "this key counts no more, and why in one word; may be repeated"},
                        {"since", 0, "TIME",
                                "what is revoked was not ours since then: YYYY-MM-DD, or with Thh:mm:ssZ; "
                                "now unless given"},
                        {"number", 0, "N", "number of the list, if it is not one higher than the last one's"},
                        {"old-root", 0, "OLDKEY", "ROOTKEY is a new root; the one before it signs too"},
                        {"output", 'o', "FILE", "write the list to this file, which must not be there yet"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir key list root.key --keys node.keys --name \"Example CERT\" --url "
                         "https://weir.example:8443/ -o la.weirkeys",
                                "the first list"},
                        {"weir key list root.key --last la.weirkeys --revoke 938060aecf75af81=stolen --keys "
                         "new.keys -o la-2.weirkeys",
                                "after a node was broken into"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .offline = true,
        .run = key_list_run,
};
