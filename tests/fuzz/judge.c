/* SPDX-License-Identifier: Apache-2.0
 *
 * The verdict of any kind on any body, in a state that holds a case, cards and minutes: it ends, says why where it must, and is the
 * same again. First byte: the kind; second: what case and reply name, and whether the label is RED or GREEN; the rest is the body.
 * The signature is skipped, since nobody can make one by chance: judge_body is asked, with a head that judge_head would pass.
 */
#include "trust/judge.h"
#include "state/state.h"
#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#define HELD 5

struct fuzz_state {
	struct db *db;
	struct arena a;
	uint8_t ids[HELD][DIGEST_LEN];
};

static const char *const held[HELD][2] = {
        {"case.open", "{}"},
        {"group", "{\"id\":\"clmv\",\"serial\":1,\"secretariat\":\"la\"}"},
        {"meeting", "{\"serial\":1,\"participants\":[\"kh\",\"la\"]}"},
        {"meeting.minutes",
                "{\"minutes\":\"abababababababababababababababababababababababababababababababab\"}"},
        {"agree.open",
                "{\"round_sha256\":\"abababababababababababababababababababababababababababababababab\"}"},
};

static struct head some_head(const char *kind)
{
	return (struct head){.seq = 1,
	        .created = 1795489200,
	        .tlp = STATEMENT_AMBER,
	        .pap = 1,
	        .kind = str_from(kind),
	        .media = STR("application/json"),
	        .exercise = STR(""),
	        .sender = STR("la"),
	        .to_count = 2,
	        .to = {STR("kh"), STR("mm")}};
}

static void put(struct fuzz_state *f, unsigned n)
{
	auto_buf struct buf head = {0}, content = {0}, bytes = {0};
	static const uint8_t signature[STATEMENT_SIGNATURE], before[DIGEST_LEN] = {1};
	struct head h = some_head(held[n][0]);
	struct statement s;

	h.seq = n + 1;
	if (n > 0)
		memcpy(h.prev, before, DIGEST_LEN);
	buf_add(&content, str_make("0123456789abcdef0123456789abcdef", STATEMENT_SALT));
	buf_add(&content, str_from(held[n][1]));
	h.body_len = (uint32_t)content.len - STATEMENT_SALT;
	head_write(&head, &h);
	statement_write(&bytes, buf_str(&head), signature, buf_str(&content));
	statement_frame(buf_str(&bytes), &s);
	store_put(f->db, &s, &h, VERDICT_OK, "", STR(""), 0, NULL);
	memcpy(f->ids[n], s.id, DIGEST_LEN);
}

/* Made once a process; the file is gone from its folder as soon as it is open. */
static struct fuzz_state *once(void)
{
	static struct fuzz_state *f;
	char folder[] = "/tmp/weir-fuzz-XXXXXX", path[sizeof(folder) + 16];

	if (f != NULL)
		return f;
	f = mem_zero(1, sizeof(*f));
	if (mkdtemp(folder) == NULL || state_open(folder, DB_WRITE, &f->db, NULL) != 0)
		abort();
	static const char *const files[] = {"state.db", "state.db-wal", "state.db-shm"};
	for (unsigned i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		unlink(path);
	}
	rmdir(folder);
	arena_init(&f->a, 0);
	db_begin(f->db);
	struct query q = db_query(
	        f->db, "insert into party(name, title, role, link) values ('la', '', 'cert', 'linked')");
	query_run(&q);
	for (unsigned n = 0; n < HELD; n++)
		put(f, n);
	return f;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_state *f = once();
	auto_buf struct buf items = {0};
	const char *why = NULL;
	enum statement_verdict before = VERDICT_END;

	if (size < 2)
		return 0;
	body_read(str_make((const char *)data + 2, size - 2), &items, &why);
	for (unsigned i = 0; i < 2; i++) {
		struct judge j = {.db = f->db,
		        .a = &f->a,
		        .me = STR("kh"),
		        .now = 1795489200,
		        .h = some_head(kind_table[data[0] % KIND_END].name)};
		unsigned refers = data[1] % 36;
		if (refers % 6 < HELD)
			memcpy(j.h.case_, f->ids[refers % 6], DIGEST_LEN);
		if (refers / 6 < HELD)
			memcpy(j.h.reply, f->ids[refers / 6], DIGEST_LEN);
		j.h.tlp = data[1] >= 216 ? STATEMENT_RED : data[1] >= 180 ? STATEMENT_GREEN : STATEMENT_AMBER;
		enum statement_verdict v = judge_body(&j, buf_str(&items), why);
		assert(v >= VERDICT_BAD_BODY && v <= VERDICT_OK && (i == 0 || v == before));
		assert((v == VERDICT_BAD_BODY || v == VERDICT_NOT_ALLOWED || v == VERDICT_BAD_FIELDS) ==
		        (j.why[0] != 0));
		before = v;
	}
	assert(db_failed(f->db) == 0);
	arena_reset(&f->a);
	return 0;
}
