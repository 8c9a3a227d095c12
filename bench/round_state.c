/* SPDX-License-Identifier: Apache-2.0 */
#include "round_state.h"
#include "agree/hear.h"
#include "agree/text.h"
#include "base/os.h"
#include "trust/store.h"
#include <stdlib.h>
#include <sys/stat.h>

const char *const round_langs[LANGUAGES] = {"en", "km", "lo", "my", "vi"};
static const char *const words[LANGUAGES] = {
        "The parties answer each request of another party within the time that this clause names, at night "
        "and on holidays too",
        "ភាគីឆ្លើយសំណើនីមួយៗរបស់ភាគីផ្សេងក្នុងរយៈពេលដែលប្រការនេះកំណត់ ទាំងពេលយប់ និងថ្ងៃឈប់សម្រាក",
        "ບັນດາຝ່າຍຕອບຄຳຮ້ອງຂໍຂອງຝ່າຍອື່ນພາຍໃນເວລາທີ່ຂໍ້ນີ້ກຳນົດ, ທັງໃນຕອນກາງຄືນ ແລະ ວັນພັກ",
        "အဖွဲ့များသည် အခြားအဖွဲ့၏ တောင်းဆိုချက်တိုင်းကို ဤအပိုဒ်က သတ်မှတ်သော အချိန်အတွင်း ညနှင့် ရုံးပိတ်ရက်များတွင်ပါ ဖြေကြားသည်",
        "Các bên trả lời từng yêu cầu của bên khác trong thời hạn mà điều khoản này nêu, kể cả ban đêm và "
        "ngày lễ",
};

struct bench {
	char folder[256];
	struct db *db;
	struct str party[MEMBERS];
	char name[MEMBERS][24], ids[CLAUSES][CLAUSE_ID + 1], round[2 * DIGEST_LEN + 1],
	        text[LANGUAGES][2 * DIGEST_LEN + 1];
	uint8_t open[DIGEST_LEN], digest[CLAUSES][DIGEST_LEN];
	uint64_t seq[MEMBERS];
	uint8_t prev[MEMBERS][DIGEST_LEN];
	struct arena arena;
};

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "round_page: %s\n", what);
	exit(1);
}

/* ---- files --------------------------------------------------------------------------------------- */

static void keep(struct bench *b, struct str bytes, char ret[2 * DIGEST_LEN + 1])
{
	char path[BLOB_PATH];
	uint8_t digest[DIGEST_LEN];
	struct err e;

	digest_of(bytes, digest);
	str_hex_print(ret, digest, DIGEST_LEN);
	blob_file(b->folder, digest, path);
	(void)os_delete(path, NULL);
	if (os_write_file(path, bytes, &e) != 0)
		die(e.text);
}

/* A title, and sections of nine paragraphs each; the others are made from the first language. */
static void text_of(struct bench *b, unsigned lang, struct buf *out)
{
	for (unsigned i = 0; i < CLAUSES; i++) {
		auto_buf struct buf line = {0};
		clause_id_make(i * 41 + 7, b->ids[i]);
		buf_printf(&line, "%s%s %u", i == 0 ? "# " : i % 10 == 1 ? "## " : "", words[lang], i);
		if (i > 0)
			buf_char(out, '\n');
		buf_printf(&line, " {#%s", b->ids[i]);
		if (lang == 0) {
			buf_char(&line, '}');
			digest_of(buf_str(&line), b->digest[i]);
		} else {
			char hex[2 * DIGEST_LEN + 1];
			str_hex_print(hex, b->digest[i], DIGEST_LEN);
			buf_printf(&line, ":%.16s}", hex);
		}
		buf_add(out, buf_str(&line));
		buf_char(out, '\n');
	}
}

static void manifest_of(struct bench *b, struct buf *out)
{
	char hex[2 * DIGEST_LEN + 1];

	buf_add(out, STR("weir-round-1\ninstrument large\ntitle A large text\nround 1\nprevious -\n"));
	memset(hex, 'a', 64);
	hex[64] = 0;
	for (unsigned i = 0; i < MEMBERS; i++)
		buf_printf(out, "member %s 1 %s\n", b->name[i], hex);
	buf_printf(out, "chair %s\ndeputy -\nsecretariat %s\n", b->name[0], b->name[0]);
	for (unsigned i = 0; i < LANGUAGES; i++) {
		auto_buf struct buf text = {0};
		text_of(b, i, &text);
		keep(b, buf_str(&text), b->text[i]);
		buf_printf(out, "text %s %s%s\n", round_langs[i], b->text[i], i == 0 ? " authentic" : "");
	}
	buf_add(out,
	        STR("opens 2026-01-05T08:00:00Z\ncloses 2026-12-20T08:00:00Z\nzone +07:00\nrule none\n"));
}

/* ---- statements ---------------------------------------------------------------------------------- */

/* To all others, as they stand in a round; nobody signs here, for what is drawn was judged before. */
static void put(struct bench *b, unsigned from, const char *kind, struct str body, bool opens)
{
	auto_buf struct buf head = {0}, content = {0};
	struct statement s = {0};
	struct head h = {.seq = ++b->seq[from],
	        .created = START + (int64_t)b->seq[from] * 60,
	        .tlp = STATEMENT_AMBER,
	        .pap = STATEMENT_AMBER,
	        .kind = str_from(kind),
	        .media = STR("application/json"),
	        .sender = b->party[from]};

	buf_room(&content, STATEMENT_SALT);
	memset(content.p, (int)from, STATEMENT_SALT);
	content.len = STATEMENT_SALT;
	buf_add(&content, body);
	for (unsigned i = 0; i < MEMBERS; i++)
		if (i != from)
			h.to[h.to_count++] = b->party[i];
	memcpy(h.prev, b->prev[from], DIGEST_LEN);
	if (!opens)
		memcpy(h.case_, b->open, DIGEST_LEN);
	statement_commit(buf_str(&content), h.commit);
	h.body_len = (uint32_t)body.len;
	head_write(&head, &h);
	digest_of(buf_str(&head), s.id);
	memcpy(b->prev[from], s.id, DIGEST_LEN);
	s.head = buf_str(&head);
	s.signature =
	        str_make(content.p, STATEMENT_SIGNATURE < content.len ? STATEMENT_SIGNATURE : content.len);
	s.content = buf_str(&content);
	uint64_t n = store_put(b->db, &s, &h, VERDICT_OK, "", STR(""), START * 1000000, NULL);
	if (!opens)
		return;
	memcpy(b->open, s.id, DIGEST_LEN);
	struct stored stored;
	if (!store_find_n(b->db, n, &b->arena, &stored))
		die("no opening");
	struct item items = stored_body(&stored, &b->arena);
	struct heard heard = {.db = b->db,
	        .now = START * 1000000,
	        .folder = b->folder,
	        .s = &stored,
	        .body = &items,
	        .a = &b->arena,
	        .kind = KIND_AGREE_OPEN};
	agree_hear(&heard);
}

#define BY "{\"by\":[{\"id\":\"dara\",\"role\":\"may-bind\",\"at\":\"2026-01-05T08:00:00Z\"}]"

static void comment(struct bench *b, unsigned from, unsigned clause)
{
	auto_buf struct buf body = {0};

	buf_printf(&body, BY ",\"round_sha256\":\"%s\",\"text\":{\"en\":\"%s\"},\"scope\":\"%s\"}", b->round,
	        "We ask whether this holds for requests that came before the text was adopted.",
	        b->ids[clause]);
	put(b, from, "agree.comment", buf_str(&body), false);
}

static void amend(struct bench *b, unsigned from, unsigned clause)
{
	auto_buf struct buf body = {0};
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, b->digest[clause], DIGEST_LEN);
	buf_printf(&body,
	        BY ",\"round_sha256\":\"%s\",\"lang\":\"en\",\"ops\":[{\"op\":\"replace\",\"id\":\"%s\","
	           "\"base\":\"%s\","
	           "\"text\":\"%s, as %s wants it {#%s}\"}],\"kind\":\"substantive\",\"reason\":\"it is "
	           "shorter\"}",
	        b->round, b->ids[clause], hex, words[0], b->name[from], b->ids[clause]);
	put(b, from, "agree.amendment", buf_str(&body), false);
}

/* Half of each; every fifth amendment is about a clause that another one is about too. */
static void say_all(struct bench *b)
{
	unsigned at = 2;

	for (unsigned i = 0; i < MEMBERS; i++)
		for (unsigned k = 0; k < SAID; k++) {
			at = at % 10 == 0 ? at + 2 : at + 1;
			at = at >= CLAUSES - 1 ? 2 : at;
			if (k % 2 == 0)
				comment(b, i, at);
			else
				amend(b, i, k == 9 ? 12 : at);
		}
}

/* Each member's word that all of it came. */
static void receipts(struct bench *b)
{
	struct query q = db_query(b->db, "select lower(hex(id)) from statement where kind like 'agree.%'");
	auto_buf struct buf body = {0};
	bool first = true;

	buf_add(&body, STR("{\"by\":[],\"receipts\":["));
	while (query_next(&q) == 1) {
		buf_printf(&body,
		        "%s{\"of\":\"%.*s\",\"at\":\"2026-01-05T09:00:00Z\",\"complete\":true,\"verdict\":"
		        "\"ok\"}",
		        first ? "" : ",", STR_ARG(query_get_text(&q, 0)));
		first = false;
	}
	query_done(&q, NULL);
	buf_add(&body, STR("]}"));
	for (unsigned i = 0; i < MEMBERS; i++)
		put(b, i, "receipt", buf_str(&body), false);
}

static void make(struct bench *b)
{
	auto_buf struct buf manifest = {0}, body = {0};
	struct err e;

	if (state_open(b->folder, DB_WRITE, &b->db, &e) != 0)
		die(e.text);
	db_begin(b->db);
	for (unsigned i = 0; i < MEMBERS; i++) {
		snprintf(b->name[i], sizeof(b->name[i]), "m%02u.example", i);
		b->party[i] = str_from(b->name[i]);
	}
	struct query q = db_query(b->db, "insert into party(name, title, own) values (?1, ?1, 1)");
	query_text(&q, b->party[0]);
	query_run(&q);
	manifest_of(b, &manifest);
	keep(b, buf_str(&manifest), b->round);
	buf_printf(&body,
	        BY ",\"instrument\":\"large\",\"round\":1,\"round_sha256\":\"%s\",\"closes\":\"2026-12-20T08:"
	           "00:00Z\","
	           "\"attachments\":[{\"sha256\":\"%s\",\"size\":%zu,\"name\":\"manifest.txt\",\"media\":"
	           "\"text/plain\"}",
	        b->round, b->round, manifest.len);
	for (unsigned i = 0; i < LANGUAGES; i++)
		buf_printf(&body,
		        ",{\"sha256\":\"%s\",\"size\":1,\"name\":\"text.md\",\"media\":\"text/plain\"}",
		        b->text[i]);
	buf_add(&body, STR("]}"));
	put(b, 0, "agree.open", buf_str(&body), true);
	say_all(b);
	receipts(b);
	if (db_commit(b->db, &e) != 0)
		die(e.text);
}

struct db *round_state(const char *folder)
{
	static struct bench b;
	char blobs[300];

	snprintf(b.folder, sizeof(b.folder), "%s", folder);
	snprintf(blobs, sizeof(blobs), "%s/blob", folder);
	(void)mkdir(folder, 0700);
	(void)mkdir(blobs, 0700);
	make(&b);
	arena_done(&b.arena);
	return b.db;
}
