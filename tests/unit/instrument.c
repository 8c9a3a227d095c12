/* SPDX-License-Identifier: Apache-2.0 */
#include "instrument.h"
#include <sodium.h>
#include <stdlib.h>

#define DAY 86400
#define WITNESSES 2
#define LIST_SINCE ((int64_t)1798000000)

static const struct str text_en =
        STR_INIT("# Times of answers {#a3bd}\n\nWho is asked answers within a day. {#k7qm}\n\n"
                 "- by a person, when it is urgent {#d5e3}\n");

static void fail(const char *what)
{
	fprintf(stderr, "instrument: %s\n", what);
	abort();
}

static void key_of(unsigned who, unsigned use, uint8_t public_key[32], uint8_t secret[64])
{
	uint8_t seed[32] = {(uint8_t)who, (uint8_t)use, 42};

	crypto_sign_seed_keypair(public_key, secret, seed);
}

/* ---- keys ---------------------------------------------------------------------------------------- */

static void add_list(struct instrument *t, unsigned who, uint8_t digest[DIGEST_LEN])
{
	struct keylist l = {.party = t->party[who],
	        .name = STR_INIT("Team"),
	        .number = 1,
	        .made = LIST_SINCE,
	        .until = LIST_SINCE + 400 * (int64_t)DAY};
	uint8_t secret[64];
	struct keylist_root root;
	auto_buf struct buf text = {0}, note = {0}, vkey = {0};

	key_of(who, KEY_USES, l.root, secret);
	for (unsigned use = 0; use < KEY_USES; use++) {
		struct keylist_key *k = &l.key[l.keys++];
		uint8_t other[64];
		*k = (struct keylist_key){.use = (enum key_use)use, .from = l.made, .until = l.until};
		key_of(who, use, k->key, other);
		key_id(k->key, k->id);
	}
	keylist_write(&l, &text);
	digest_of(buf_str(&text), digest);
	keylist_root(&root, l.party, l.root);
	buf_add(&note, buf_str(&text));
	buf_char(&note, '\n');
	note_sign(&note, buf_str(&text), &root.key, 0, secret);
	*vec_add(&t->lists) = arena_str(&t->a, buf_str(&note));
	note_key_print(&vkey, &root.key);
	t->root[who] = arena_printf(&t->a, "%.*s=%.*s", STR_ARG(l.party), STR_ARG(buf_str(&vkey)));
}

/* ---- files --------------------------------------------------------------------------------------- */

static const uint8_t *add_file(struct instrument *t, struct str bytes)
{
	struct opening_file *f = vec_add(&t->files);

	f->bytes = arena_str(&t->a, bytes);
	digest_of(f->bytes, f->sha256);
	return f->sha256;
}

static void add_texts(struct instrument *t, struct buf *manifest)
{
	char hex[65], lao[2][65];
	struct agree_text text;
	struct agree_fault fault;
	uint8_t sha[DIGEST_LEN];

	if (!agree_text_parse(&t->a, text_en, false, &text, &fault))
		fail(fault.why);
	memcpy(sha, add_file(t, text_en), DIGEST_LEN);
	str_hex_print(hex, sha, DIGEST_LEN);
	buf_printf(manifest, "text en %s authentic\n", hex);
	for (unsigned i = 0; i < 2; i++)
		str_hex_print(lao[i], text.clause[i].sha256, DIGEST_LEN);
	memcpy(sha,
	        add_file(t,
	                arena_printf(&t->a, "# ເວລາຕອບ {#a3bd:%.16s}\n\nຕອບພາຍໃນໜຶ່ງວັນ. {#k7qm:%.16s}\n",
	                        lao[0], lao[1])),
	        DIGEST_LEN);
	str_hex_print(hex, sha, DIGEST_LEN);
	buf_printf(manifest, "text lo %s\n", hex);
}

static void add_manifest(struct instrument *t)
{
	auto_buf struct buf b = {0};
	struct agree_fault fault;

	buf_printf(&b, "weir-round-1\ninstrument gate-times\ntitle %s\nround 1\nprevious -\n",
	        t->plan.title != NULL ? t->plan.title : "Times of answers");
	for (unsigned i = 0; i < t->plan.members; i++) {
		uint8_t digest[DIGEST_LEN];
		char hex[65];
		t->party[i] = arena_printf(&t->a, "p%02u.example", i);
		add_list(t, i, digest);
		str_hex_print(hex, digest, DIGEST_LEN);
		buf_printf(&b, "member %.*s 1 %s\n", STR_ARG(t->party[i]), hex);
	}
	buf_add(&b, STR("chair p00.example\ndeputy p01.example\nsecretariat p00.example\n"));
	add_texts(t, &b);
	buf_add(&b,
	        STR("opens 2027-03-01T02:00:00Z\ncloses 2027-03-08T02:00:00Z\nzone +07:00\nrule "
	            "silence\nlevel node\n"
	            "min-notice 72h\nworking-days 3\nbreaks amendment objection\nextend 1 7d\ngrace "
	            "24h\nunserved hold\n"
	            "confirm 2\nreservation forbidden\ndisassociation allowed\npersons 1 1\nstatements "
	            "30d\nin-force "
	            "adopted+30d\nreview 12mo\n"));
	t->manifest = arena_str(&t->a, buf_str(&b));
	if (!manifest_read(t->manifest, &t->m, &fault))
		fail(fault.why);
	add_file(t, t->manifest);
}

/* ---- statements ---------------------------------------------------------------------------------- */

static void take(struct instrument *t, unsigned who, struct str bytes)
{
	const char *why = said_read(&t->a, bytes, vec_add(&t->said), NULL, NULL);

	if (why != NULL)
		fail(why);
	memcpy(t->prev[who], t->said.v[t->said.n - 1].id, DIGEST_LEN);
	*vec_add(&t->statements) = bytes;
}

size_t instrument_say(struct instrument *t, unsigned who, enum kind kind, int64_t created,
        const uint8_t *reply, struct str json)
{
	auto_buf struct buf content = {0}, head = {0}, out = {0};
	uint8_t public_key[32], secret[64], signature[64];
	char at[STAMP_TEXT];
	struct head h = {.seq = ++t->seq[who],
	        .created = created,
	        .tlp = STATEMENT_AMBER,
	        .pap = STATEMENT_AMBER,
	        .kind = str_from(kind_table[kind].name),
	        .media = STR_INIT("application/json"),
	        .sender = t->party[who]};

	for (unsigned i = 0; i < t->plan.members; i++)
		if (i != who)
			h.to[h.to_count++] = t->party[i];
	memset(buf_room(&content, STATEMENT_SALT), (int)(h.seq & 0xff), STATEMENT_SALT);
	content.len = STATEMENT_SALT;
	stamp_print(at, created);
	buf_char(&content, '{');
	for (unsigned i = 0; i < kind_table[kind].people; i++)
		buf_printf(&content, "%s{\"id\":\"office-%u\",\"role\":\"may-bind\",\"at\":\"%s\"}%s",
		        i == 0 ? "\"by\":[" : ",", i + 1, at, i + 1 == kind_table[kind].people ? "]," : "");
	buf_add(&content, json);
	buf_char(&content, '}');
	h.body_len = (uint32_t)(content.len - STATEMENT_SALT);
	key_of(who, KEY_SIGN, public_key, secret);
	key_id(public_key, h.key);
	memcpy(h.prev, t->prev[who], DIGEST_LEN);
	if (kind != KIND_AGREE_OPEN && kind != KIND_RECEIPT)
		memcpy(h.case_, t->said.v[0].id, DIGEST_LEN);
	if (reply != NULL)
		memcpy(h.reply, reply, DIGEST_LEN);
	statement_commit(buf_str(&content), h.commit);
	head_write(&head, &h);
	crypto_sign_detached(signature, NULL, (uint8_t *)head.p, head.len, secret);
	statement_write(&out, buf_str(&head), signature, buf_str(&content));
	take(t, who, arena_str(&t->a, buf_str(&out)));
	return t->statements.n - 1;
}

static struct str with_round(struct instrument *t, struct str more)
{
	char hex[65];

	str_hex_print(hex, t->m.sha256, DIGEST_LEN);
	return arena_printf(
	        &t->a, "\"round_sha256\":\"%s\"%s%.*s", hex, more.len > 0 ? "," : "", STR_ARG(more));
}

static void open_round(struct instrument *t)
{
	auto_buf struct buf b = {0};

	buf_add(&b,
	        STR("\"instrument\":\"gate-times\",\"round\":1,\"closes\":\"2027-03-08T02:00:00Z\","
	            "\"attachments\":["));
	for (size_t i = 0; i < t->files.n; i++) {
		char hex[65];
		str_hex_print(hex, t->files.v[i].sha256, DIGEST_LEN);
		buf_printf(&b,
		        "%s{\"sha256\":\"%s\",\"size\":%zu,\"name\":\"f%zu\",\"media\":\"text/plain\"}",
		        i > 0 ? "," : "", hex, t->files.v[i].bytes.len, i);
	}
	buf_char(&b, ']');
	instrument_say(t, 0, KIND_AGREE_OPEN, t->m.opens, NULL, with_round(t, buf_str(&b)));
}

/* Receipts of all that others have said from that place on. */
static void receive(struct instrument *t, size_t from)
{
	size_t until = t->statements.n;
	unsigned batch = t->plan.batch > 0 ? t->plan.batch : 16;

	for (unsigned who = 0; who < t->plan.members; who++) {
		auto_buf struct buf b = {0};
		unsigned n = 0;
		int64_t at = 0;
		for (size_t i = from; i < until; i++) {
			const struct said *s = &t->said.v[i];
			char hex[65], time[STAMP_TEXT];
			bool skip = str_eq(s->sender, t->party[who]) ||
			        (t->plan.unserved && who + 1 == t->plan.members);
			if (!skip) {
				str_hex_print(hex, s->id, DIGEST_LEN);
				at = s->created + 5 + who;
				stamp_print(time, at);
				buf_printf(&b,
				        "%s{\"of\":\"%s\",\"verdict\":\"ok\",\"complete\":true,\"at\":\"%"
				        "s\"}",
				        n++ > 0 ? "," : "\"receipts\":[", hex, time);
			}
			if (n == 0 || (n < batch && i + 1 < until))
				continue;
			buf_char(&b, ']');
			instrument_say(t, who, KIND_RECEIPT, at + 1, NULL, buf_str(&b));
			buf_clear(&b);
			n = 0;
		}
	}
}

static void speak(struct instrument *t)
{
	size_t from = t->statements.n;
	unsigned last = t->plan.members - 1;

	for (unsigned i = 0; i < t->plan.comments; i++)
		for (unsigned who = 0; who < t->plan.members - t->plan.unserved; who++)
			instrument_say(t, who, KIND_AGREE_COMMENT, t->m.opens + 3600 * (1 + (int64_t)i), NULL,
			        with_round(t,
			                arena_printf(&t->a, "\"text\":{\"en\":\"Comment %u of ours.\"}", i)));
	if (t->plan.members > 2)
		instrument_say(t, 1, KIND_AGREE_POSITION, t->m.opens + 5 * DAY, NULL,
		        with_round(t, STR("\"position\":\"support\"")));
	if (!t->plan.unserved)
		instrument_say(t, last, KIND_AGREE_POSITION, t->m.opens + 5 * DAY + 60, NULL,
		        with_round(t,
		                t->plan.object
		                        ? STR("\"position\":\"objection\",\"text\":{\"en\":\"Too short.\"}")
		                        : STR("\"position\":\"disassociation\",\"scope\":\"k7qm\",\"text\":{"
		                              "\"en\":\"Not <us>.\"}")));
	receive(t, from);
}

static void confirm(struct instrument *t, struct str block, enum outcome_state state)
{
	for (unsigned who = 0; who < t->plan.members; who++) {
		auto_buf struct buf b = {0};
		bool other = t->plan.differ && who + 1 == t->plan.members;
		buf_printf(&b, "\"state\":\"%.*s\",\"block\":", STR_ARG(outcome_state_name(state)));
		buf_json(&b, other ? STR("weir-outcome-1\nstate broken\n") : block);
		instrument_say(
		        t, who, KIND_AGREE_OUTCOME, t->m.closes + DAY + 60, NULL, with_round(t, buf_str(&b)));
	}
}

/* ---- logs ---------------------------------------------------------------------------------------- */

/* The hash over that many leaves, a power of two. */
static void whole(uint8_t (*leaf)[TREE_HASH], uint64_t n, uint8_t ret[TREE_HASH])
{
	uint8_t left[TREE_HASH], right[TREE_HASH];

	if (n == 1) {
		memcpy(ret, leaf[0], TREE_HASH);
		return;
	}
	whole(leaf, n / 2, left);
	whole(leaf + n / 2, n / 2, right);
	tree_node(left, right, ret);
}

static int leaves_read(void *arg, unsigned level, uint64_t index, unsigned width, uint8_t *ret, struct err *e)
{
	uint8_t(*leaf)[TREE_HASH] = arg;

	(void)e;
	for (unsigned i = 0; i < width; i++)
		whole(leaf + ((index * TILE_WIDTH + i) << (8 * level)), (uint64_t)1 << (8 * level),
		        ret + (size_t)i * TREE_HASH);
	return 0;
}

static struct str checkpoint_of(
        struct instrument *t, unsigned who, uint64_t size, const uint8_t root[TREE_HASH])
{
	struct str origin = arena_printf(&t->a, "%.*s/weir", STR_ARG(t->party[who]));
	auto_buf struct buf text = {0}, note = {0};
	uint8_t public_key[32], secret[64];
	struct note_key key;

	checkpoint_write(&text, origin, size, root);
	buf_add(&note, buf_str(&text));
	buf_char(&note, '\n');
	key_of(who, KEY_LOG, public_key, secret);
	note_key_make(&key, origin, NOTE_ED25519, public_key);
	note_sign(&note, buf_str(&text), &key, 0, secret);
	for (unsigned i = 1; i <= WITNESSES && i < t->plan.members; i++) {
		unsigned other = (who + i) % t->plan.members;
		key_of(other, KEY_LOG, public_key, secret);
		note_key_make(&key, arena_printf(&t->a, "%.*s/weir", STR_ARG(t->party[other])),
		        NOTE_COSIGNATURE, public_key);
		note_sign(&note, buf_str(&text), &key, (uint64_t)(t->end + 10 * i), secret);
	}
	return arena_str(&t->a, buf_str(&note));
}

static void prove(struct instrument *t, unsigned who)
{
	uint8_t(*leaf)[TREE_HASH] = arena_array(&t->a, t->statements.n, TREE_HASH);
	uint64_t n = 0;
	size_t *of = arena_array(&t->a, t->statements.n, sizeof(*of));
	uint8_t root[TREE_HASH];
	struct tile_store store = {leaves_read, leaf};

	for (size_t i = 0; i < t->said.n; i++) {
		uint8_t entry[1 + DIGEST_LEN] = {1};
		if (!str_eq(t->said.v[i].sender, t->party[who]))
			continue;
		memcpy(entry + 1, t->said.v[i].id, DIGEST_LEN);
		tree_leaf(str_make((char *)entry, sizeof(entry)), leaf[n]);
		of[n++] = i;
	}
	struct tree_reader *r = tree_reader_new(&store, n);
	if (tree_root(r, root, NULL) < 0)
		fail("a tree without root");
	struct str note = checkpoint_of(t, who, n, root);
	for (uint64_t i = 0; i < n; i++) {
		struct tree_proof path;
		auto_buf struct buf out = {0};
		if (tree_inclusion(r, i, &path, NULL) < 0)
			fail("a proof that there is none of");
		proof_write(&out, str_make((const char *)t->said.v[of[i]].id, DIGEST_LEN), i, &path, note);
		*vec_add(&t->proofs) = arena_str(&t->a, buf_str(&out));
	}
	tree_reader_free(r);
}

/* ---- the whole ----------------------------------------------------------------------------------- */

void instrument_outcome(struct instrument *t, int64_t now, struct round_input *in, struct outcome *ret)
{
	*in = (struct round_input){.m = &t->m, .open = &t->said.v[0], .said = t->said.v, .n = t->said.n};
	outcome_make(&t->a, in, now, ret);
}

static void finish(struct instrument *t)
{
	struct round_input in;
	struct outcome o;
	auto_buf struct buf certificate = {0};

	instrument_outcome(t, t->m.opens, &in, &o);
	if (!t->plan.no_outcome)
		confirm(t, o.block, o.state);
	if (t->plan.later)
		instrument_say(t, 1, KIND_AGREE_STATEMENT, t->m.closes + 2 * DAY, NULL,
		        with_round(t, STR("\"text\":{\"en\":\"We read a day as 24 hours.\"}")));
	t->end = t->m.closes + 3 * DAY;
	instrument_outcome(t, t->end, &in, &o);
	outcome_certificate(&o, &certificate);
	t->certificate = arena_str(&t->a, buf_str(&certificate));
	if (certificate.len > 0)
		add_file(t, t->certificate);
}

void instrument_make(struct instrument *t, const struct instrument_plan *plan)
{
	t->plan = *plan;
	arena_init(&t->a, 0);
	add_manifest(t);
	open_round(t);
	receive(t, 0);
	speak(t);
	finish(t);
	for (unsigned i = 0; plan->proofs && i < plan->members; i++)
		prove(t, i);
}

void instrument_done(struct instrument *t)
{
	vec_done(&t->lists);
	vec_done(&t->statements);
	vec_done(&t->proofs);
	vec_done(&t->files);
	vec_done(&t->said);
	arena_done(&t->a);
}

void instrument_bundle(const struct instrument *t, struct buf *out)
{
	struct agree_bundle b = {t->lists.v, t->lists.n, t->statements.v, t->statements.n, t->proofs.v,
	        t->proofs.n, t->files.v, t->files.n};
	struct err e;

	if (agree_bundle_write(&b, out, &e) != 0)
		fail(e.text);
}
