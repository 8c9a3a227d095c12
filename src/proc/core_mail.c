/* SPDX-License-Identifier: Apache-2.0
 *
 * Mails of people, as the core looks after them beyond their words: what is encrypted in one is opened by the process that has keys, and
 * read in a jail as it was; its signature is checked there; and the bytes of those that answer a statement are kept whole.
 *
 * Where signed or encrypted bytes stand in a mail is said by the reader that took it apart. What it says is bounded here and believed in
 * nothing else: a wrong place makes a signature that is not good.
 */
#include "base/digest.h"
#include "base/os.h"
#include "link/partner.h"
#include "proc/core_in.h"
#include "proc/memory.h"
#include "see/change.h"
#include "see/message.h"
#include <sys/mman.h>
#include <unistd.h>

#define PIECE ((size_t)65536)
#define MOST ((uint64_t)16 << 20) /* as much as a reader of mails takes */
#define STEPS 4

/* ---- opened and proven --------------------------------------------------------------------------- */

/* Appends those bytes of fd. crlf: lines end as they were signed, however the mail came. */
static bool slice(int fd, uint64_t at, uint64_t len, bool crlf, struct buf *out)
{
	auto_buf struct buf raw = {0};

	if (len == 0 || len > MOST || at > MOST)
		return false;
	if (os_read_at(fd, buf_room(&raw, len), len, at) != (ssize_t)len)
		return false;
	raw.len = len;
	struct str s = buf_str(&raw);
	for (size_t end; crlf && (end = str_find(s, 0, '\n')) != SIZE_MAX; s = str_skip(s, end + 1)) {
		size_t line = end > 0 && s.p[end - 1] == '\r' ? end - 1 : end;
		buf_add(out, str_sub(s, 0, line));
		buf_add(out, STR("\r\n"));
	}
	buf_add(out, s);
	return true;
}

static void say_proven(struct message *m, const char *word)
{
	snprintf(m->proven, sizeof(m->proven), "%s", word);
}

/* found: where signature and bytes stand in fd. */
static void verify(struct core *c, uint64_t receipt, int fd, const struct message *found, struct message *m)
{
	auto_buf struct buf bytes = {0};
	char proven[CORE_PROVEN] = "";
	struct err e = {0};

	say_proven(m, "openpgp-not-tried");
	buf_add(&bytes, found->signature);
	if (c->pgp < 0 || !slice(fd, found->signed_at, found->signed_len, true, &bytes))
		return;
	auto_fd int in = memory_of(buf_str(&bytes), &e);
	if (in < 0)
		return;
	int rc = core_pgp_verify(c, receipt, in, found->signature.len, proven, &e);
	if (rc == 0 && proven[0] != 0)
		say_proven(m, proven);
	else if (rc == 0 || rc == ERR_VALUE)
		say_proven(m, "openpgp-bad");
}

static void open_it(struct core *c, uint64_t receipt, int fd, struct message *m,
        void (*read)(void *arg, int fd, struct message *ret), void *arg)
{
	auto_buf struct buf bytes = {0};
	char proven[CORE_PROVEN] = "";
	struct message inner = {0};
	struct err e = {0};

	m->sentence = STR("it is encrypted, and could not be opened here");
	if (c->pgp < 0 || !slice(fd, m->sealed_at, m->sealed_len, false, &bytes))
		return;
	auto_fd int in = memory_of(buf_str(&bytes), &e), out = memfd_create("weir-mail", MFD_CLOEXEC);
	if (in < 0 || out < 0 || core_pgp_open(c, receipt, in, out, proven, &e) != 0)
		return;
	read(arg, out, &inner);
	m->sentence = inner.sentence;
	m->words = inner.words;
	m->attached = inner.attached;
	m->opened = true;
	say_proven(m, proven);
	if (proven[0] == 0 && inner.signed_len > 0)
		verify(c, receipt, out, &inner, m);
}

void core_mail_prove(struct core *c, uint64_t receipt, int fd, struct message *m,
        void (*read)(void *arg, int fd, struct message *ret), void *arg)
{
	if (m->sealed_len > 0)
		open_it(c, receipt, fd, m, read, arg);
	else if (m->signed_len > 0 && m->signature.len > 0)
		verify(c, receipt, fd, m, m);
}

/* ---- kept whole ---------------------------------------------------------------------------------- */

static void wake(void *arg)
{
	core_wake(arg);
}

/* A copy beside the files, with its digest; on the disk. */
static int copy(int fd, const char *path, struct partner_bytes *ret, struct err *e)
{
	char piece[PIECE];
	ssize_t n = 0;
	int rc = 0;

	(void)os_delete(path, NULL);
	auto_fd int to = os_create(path, e);
	if (to < 0)
		return ERR_LIMIT;
	struct digest *d = digest_new();
	ret->path = path;
	ret->size = 0;
	while (rc == 0 && (n = os_read_at(fd, piece, sizeof(piece), ret->size)) > 0) {
		digest_add(d, str_make(piece, (size_t)n));
		rc = os_write_all(to, str_make(piece, (size_t)n), e);
		ret->size += (uint64_t)n;
	}
	digest_done(d, ret->sha256);
	if (rc == 0 && n < 0)
		rc = err_sys(e, "a mail cannot be copied");
	return rc == 0 ? os_sync(to, path, e) : rc;
}

static int put_kept(struct core *c, uint64_t message, const struct partner_bytes *p, struct err *e)
{
	const struct change_here here = change_here(c->node);
	struct link_self self = {.db = c->node->state,
	        .me = here.party,
	        .now = os_now(),
	        .folder = c->node->folder.p,
	        .here = &here};

	db_begin(c->node->state);
	int rc = partner_kept(&self, message, p, e);
	if (rc != 0) {
		db_rollback(c->node->state);
		return rc;
	}
	return db_commit(c->node->state, e);
}

/* Its bytes come back out of the day that keeps them, as for a report that is read again. */
static int keep_one(struct core *c, uint64_t message, uint64_t receipt, struct err *e)
{
	auto_arena struct arena a = {0};
	struct receipt r;
	struct partner_bytes bytes = {0};
	char path[NODE_PATH];

	arena_init(&a, 0);
	int rc = receipt_get(c->node->state, receipt, &a, &r, e);
	if (rc < 0)
		return rc;
	auto_fd int fd = rc == 1 ? core_restore(c, &r, wake, c, e) : -1;
	if (rc == 0 || fd == ERR_MISSING || fd == ERR_FORMAT) {
		log_about(&c->log, LOG_WARN, 'M', message,
		        "cannot be kept whole: its bytes are not here any more");
		return put_kept(c, message, NULL, e);
	}
	if (fd < 0)
		return fd;
	snprintf(path, sizeof(path), "%.*s/blob", STR_ARG(c->node->folder));
	if (os_folder(path, e) != 0)
		return e->code;
	snprintf(path, sizeof(path), "%.*s/blob/mail.part", STR_ARG(c->node->folder));
	rc = copy(fd, path, &bytes, e);
	return rc == 0 ? put_kept(c, message, &bytes, e) : rc;
}

int core_mail_keep(struct core *c, struct err *e)
{
	uint64_t message = 0, receipt;

	for (unsigned i = 0; i < STEPS && partner_unkept(c->node->state, message, &message, &receipt); i++) {
		int rc = keep_one(c, message, receipt, e);
		if (node_dead(c->node))
			return rc;
		/* no room: it waits */
		if (rc != 0) {
			log_about(&c->log, LOG_WARN, 'M', message, "is not kept yet: %s", e->text);
			return 0;
		}
	}
	return 0;
}
