/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening: the age file chunk by chunk, and each entry of the container inside as soon as it is whole. Its bytes are a stranger's:
 * statements are judged as those of the wire, attachments are taken where a statement names them.
 */
#include "base/os.h"
#include "form/container.h"
#include "link/blob.h"
#include "link/courier_in.h"
#include "link/link_in.h"
#include "link/peer.h"
#include <stdio.h>
#include <unistd.h>

#define STEP ((size_t)1 << 20)
#define KEYS 32
#define SHARES 320 /* of keys and stanzas; a file for one party has as many as that has seal keys in force */

struct share {
	unsigned key;
	bool good;
	uint8_t share[AGE_KEY], shared[AGE_KEY];
};
struct courier_open {
	struct courier_job job;
	uint64_t at;
	uint8_t keys[KEYS][AGE_KEY];
	unsigned nkeys;
	struct age_open *age;
	struct container_reader reader;
	VEC(struct share) shares; /* what the keeper has said */
	bool asks;
	struct share asked;
	char carrier[PARTY_ID + 1];   /* who has packed it, by its key list */
	const struct link_self *self; /* of the step */
	char cut[256];
	uint64_t parts, new, had, refused;
	uint64_t verdicts[VERDICT_END]; /* of statements that were refused or held */
};

struct courier_open *courier_open_new(const struct courier_job *job)
{
	struct courier_open *o = mem_zero(1, sizeof(*o));

	o->job = *job;
	return o;
}

static void close_readers(struct courier_open *o)
{
	age_open_free(o->age);
	o->age = NULL;
	container_reader_done(&o->reader);
	o->reader = (struct container_reader){0};
	o->at = 0;
}

void courier_open_free(struct courier_open *o)
{
	if (o == NULL)
		return;
	close_readers(o);
	vec_done(&o->shares);
	free(o);
}

/* ---- the keeper ---------------------------------------------------------------------------------- */

/* Secrets are with the keeper. What he has not said yet is asked for, and the file is begun again when he has. */
static bool find_share(void *arg, unsigned key, const uint8_t share[AGE_KEY], uint8_t ret[AGE_KEY])
{
	struct courier_open *o = arg;

	for (size_t i = 0; i < o->shares.n; i++) {
		const struct share *s = &o->shares.v[i];
		if (s->key != key || memcmp(s->share, share, AGE_KEY) != 0)
			continue;
		memcpy(ret, s->shared, AGE_KEY);
		return s->good;
	}
	if (!o->asks && o->shares.n < SHARES) {
		o->asks = true;
		o->asked = (struct share){.key = key};
		memcpy(o->asked.share, share, AGE_KEY);
	}
	return false;
}

void courier_open_asks(const struct courier_open *o, uint8_t ret[KEY_ID + 32])
{
	uint8_t digest[DIGEST_LEN];

	digest_of(str_make((const char *)o->keys[o->asked.key], AGE_KEY), digest);
	memcpy(ret, digest, KEY_ID);
	memcpy(ret + KEY_ID, o->asked.share, 32);
}

void courier_open_told(struct courier_open *o, const uint8_t *shared)
{
	struct share s = o->asked;

	if (!o->asks)
		return;
	s.good = shared != NULL;
	if (s.good)
		memcpy(s.shared, shared, AGE_KEY);
	*vec_add(&o->shares) = s;
	o->asks = false;
}

/* Those that the keeper holds; a file for an older key is opened as long as he has it. */
static void read_keys(const struct link_self *self, struct courier_open *o)
{
	struct query q = db_query(
	        self->db, "select public from own_key where duty = 'seal' order by id desc limit 32");

	while (o->nkeys < KEYS && query_next(&q) == 1)
		if (query_get_blob(&q, 0).len == AGE_KEY)
			memcpy(o->keys[o->nkeys++], query_get_blob(&q, 0).p, AGE_KEY);
	query_done(&q, NULL);
}

/* ---- entries ------------------------------------------------------------------------------------- */

static void take_statement(struct courier_open *o, struct str payload)
{
	auto_arena struct arena a = {0};
	struct link_taken taken;

	arena_init(&a, 0);
	link_take(o->self, str_from(o->carrier), false, payload, &a, &taken);
	if (taken.verdict != VERDICT_HAVE && verdict_table[taken.verdict].kept != KEPT_FILLED)
		o->verdicts[taken.verdict]++;
	if (taken.verdict == VERDICT_HAVE)
		o->had++;
	else if (verdict_table[taken.verdict].kept == KEPT_REFUSED)
		o->refused++;
	else
		o->new ++;
}

static int take_part(struct courier_open *o, struct str payload, struct err *e)
{
	struct container_blob part;

	if (!container_blob_read(payload, &part))
		return 0;
	struct blob_brought b = {.carrier = str_from(o->carrier),
	        .sha256 = part.sha256,
	        .total = part.total,
	        .offset = part.offset,
	        .bytes = part.bytes};
	enum blob_word word = blob_take(o->self, &b, e);
	o->parts += word == BLOB_TAKEN || word == BLOB_WHOLE;
	if (word == BLOB_FAILED)
		return ERR_SYS;
	return word == BLOB_FULL
	        ? err_set(e, ERR_SYS,
	                  "the disk is nine tenths full: attachments are not taken in before "
	                  "there is room")
	        : 0;
}

/* Who has packed it: what is refused is kept for inspection under his name, and attachments count against his link. */
static void take_list(struct courier_open *o, struct str note)
{
	struct keylist list;
	struct err e = {0};

	if (keylist_read(note, &list, NULL, &e) != 0)
		return;
	struct link l = store_link(o->self->db, list.party);
	if (!link_speaks(&l) || str_eq(list.party, o->self->me))
		return;
	(void)key_list_take(o->self, list.party, note, &e);
	snprintf(o->carrier, sizeof(o->carrier), "%.*s", STR_ARG(list.party));
}

static int take_entry(void *arg, enum container_type type, struct str payload, struct err *e)
{
	struct courier_open *o = arg;

	if (type == CONTAINER_STATEMENT)
		take_statement(o, payload);
	else if (type == CONTAINER_BLOB)
		return take_part(o, payload, e);
	else if (type == CONTAINER_KEYS)
		take_list(o, payload);
	return 0;
}

static int take_plain(void *arg, struct str plain, struct err *e)
{
	struct courier_open *o = arg;

	return container_feed(&o->reader, plain, take_entry, o, e);
}

/* ---- steps --------------------------------------------------------------------------------------- */

static void put_verdicts(const struct link_self *self, const struct courier_open *o)
{
	for (unsigned v = 0; v < VERDICT_END; v++) {
		if (o->verdicts[v] == 0)
			continue;
		struct query q = db_query(
		        self->db, "insert into courier_verdict(courier, verdict, n) values (?, ?, ?)");
		query_u64(&q, o->job.id);
		query_text(&q, str_from(verdict_table[v].word));
		query_u64(&q, o->verdicts[v]);
		query_run(&q);
	}
}

static void ready(const struct link_self *self, const struct courier_open *o)
{
	struct query q = db_query(self->db,
	        "update courier set state = 'ready', done = ?2, party = ?3, statements = ?4, parts = ?5, new "
	        "= "
	        "?6, had = ?7, refused = ?8, unknown = ?9, cut = ?10 where id = ?1");

	query_u64(&q, o->job.id);
	query_i64(&q, self->now);
	query_text(&q, str_from(o->carrier));
	query_u64(&q, o->new + o->had + o->refused);
	query_u64(&q, o->parts);
	query_u64(&q, o->new);
	query_u64(&q, o->had);
	query_u64(&q, o->refused);
	query_u64(&q, o->reader.unknown);
	query_text(&q, str_from(o->cut));
	query_run(&q);
	put_verdicts(self, o);
}

/* What stands before a damage counts; what is no courier at all, or not for us, is a failure. */
static int end(const struct link_self *self, struct courier_open *o, int rc, struct err *e)
{
	char path[COURIER_PATH];

	/* the disk: another time */
	if (rc == ERR_SYS)
		return rc;
	if (rc == 0 && container_finish(&o->reader, e) != 0)
		rc = e->code;
	if (rc != 0 && o->reader.entries == 0)
		return rc;
	if (rc != 0)
		snprintf(o->cut, sizeof(o->cut), "%.250s", e->text);
	ready(self, o);
	courier_in_path(self, o->job.id, path);
	return os_delete(path, e);
}

int courier_open_step(const struct link_self *self, struct courier_open *o, struct err *e)
{
	auto_buf struct buf piece = {0};
	char path[COURIER_PATH];

	o->self = self;
	if (o->nkeys == 0)
		read_keys(self, o);
	if (o->age == NULL)
		o->age = age_open_new_with(o->keys, o->nkeys, find_share, o);
	courier_in_path(self, o->job.id, path);
	if (access(path, F_OK) != 0)
		return err_set(e, ERR_MISSING, "the file is not there any more: hand it in again");
	auto_fd int fd = os_open(path, e);
	ssize_t n = fd < 0 ? -1 : os_read_at(fd, buf_room(&piece, STEP), STEP, o->at);
	if (n < 0)
		return err_sys(e, "the courier file cannot be read");
	piece.len = (size_t)n;
	o->at += piece.len;
	int rc = age_open_add(o->age, buf_str(&piece), take_plain, o, e);
	if (o->asks) {
		close_readers(o);
		return COURIER_ASKS;
	}
	if (rc == 0 && piece.len == STEP)
		return 1;
	if (rc == 0)
		rc = age_open_end(o->age, take_plain, o, e);
	return end(self, o, rc, e);
}
