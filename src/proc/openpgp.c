/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/openpgp.h"
#include "base/os.h"
#include "event/value.h"
#include "read/read.h"
#include <errno.h>
#include <gpgme.h>
#include <sys/stat.h>
#include <unistd.h>

#define GPGME_WANTED "1.18.0"
#define FREE_BYTES ((uint64_t)16 << 20) /* small texts may shrink more than LIMIT_RATIO */

struct openpgp {
	gpgme_ctx_t ctx;
	struct str home, key, passphrase;
	gpgme_key_t own; /* looked up; NULL: not yet */
};

/* ---- opening ------------------------------------------------------------------------------------- */

static gpgme_error_t give_passphrase(void *arg, const char *hint, const char *info, int was_bad, int fd)
{
	const struct openpgp *o = arg;
	auto_buf struct buf line = {0};
	struct err e;

	(void)hint;
	(void)info;
	if (was_bad || o->passphrase.len == 0)
		return gpgme_error(GPG_ERR_NO_PASSPHRASE);
	buf_add(&line, o->passphrase);
	buf_char(&line, '\n');
	return os_write_all(fd, buf_str(&line), &e) == 0 ? 0 : gpgme_error(GPG_ERR_EIO);
}

int openpgp_open(const struct country_pgp *c, struct str passphrase, struct openpgp **ret, struct err *e)
{
	struct stat st;
	struct openpgp *o;

	if (stat(c->home.p, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_MISSING, "there is no OpenPGP home '%.*s' (weir.yaml, pgp: home)",
		        STR_ARG(c->home));
	/* a version that the library has not leaves it without a start, and the next call would crash */
	if (gpgme_check_version(GPGME_WANTED) == NULL)
		return err_set(e, ERR_SYS, "GPGME is older than " GPGME_WANTED);
	o = mem_zero(1, sizeof(*o));
	*o = (struct openpgp){.home = c->home, .key = c->key, .passphrase = passphrase};
	gpgme_error_t rc = gpgme_new(&o->ctx);
	if (rc == 0)
		rc = gpgme_ctx_set_engine_info(o->ctx, GPGME_PROTOCOL_OpenPGP, NULL, c->home.p);
	if (rc != 0) {
		err_set(e, ERR_SYS, "gpg cannot be used: %s", gpgme_strerror(rc));
		openpgp_close(o);
		return ERR_SYS;
	}
	gpgme_set_armor(o->ctx, 1);
	gpgme_set_offline(o->ctx, 1);
	/* nobody sits there to be asked */
	gpgme_set_pinentry_mode(o->ctx, GPGME_PINENTRY_MODE_LOOPBACK);
	gpgme_set_passphrase_cb(o->ctx, give_passphrase, o);
	*ret = o;
	return 0;
}

void openpgp_close(struct openpgp *o)
{
	if (o == NULL)
		return;
	gpgme_key_unref(o->own);
	if (o->ctx != NULL)
		gpgme_release(o->ctx);
	free(o);
}

/* ---- keys ---------------------------------------------------------------------------------------- */

static bool can(const gpgme_subkey_t s, enum openpgp_use use)
{
	return use == OPENPGP_SIGN ? s->can_sign : s->can_encrypt;
}

static int64_t end_of(const gpgme_subkey_t s)
{
	return s->expires == 0 ? INT64_MAX : (int64_t)s->expires * 1000000;
}

/* Until when: as long as the primary key and one of the subkeys for that use are. INT64_MIN: it has none. */
static int64_t usable_until(const gpgme_key_t k, enum openpgp_use use)
{
	int64_t best = INT64_MIN;

	for (gpgme_subkey_t s = k->subkeys; s != NULL; s = s->next)
		if (can(s, use) && !s->revoked && !s->disabled && !s->invalid && end_of(s) > best)
			best = end_of(s);
	return k->subkeys != NULL && end_of(k->subkeys) < best ? end_of(k->subkeys) : best;
}

static int judge(struct openpgp *o, const gpgme_key_t k, struct str fpr, enum openpgp_use use,
        int64_t *ret_expires, struct err *e)
{
	int64_t until = usable_until(k, use);
	char day[64];

	if (k->revoked)
		return err_set(e, ERR_DENIED, "the OpenPGP key %.*s is revoked", STR_ARG(fpr));
	if (k->disabled || k->invalid || until == INT64_MIN)
		return err_set(e, ERR_DENIED, "the OpenPGP key %.*s is not made to %s", STR_ARG(fpr),
		        use == OPENPGP_SIGN ? "sign" : "encrypt");
	*ret_expires = until;
	if (until > os_now())
		return 0;
	value_time_print(day, until);
	return err_set(e, ERR_DENIED,
	        "the OpenPGP key %.*s expired on %.10s; get the renewed one into '%.*s' with gpg --import",
	        STR_ARG(fpr), day, STR_ARG(o->home));
}

static int get_key(struct openpgp *o, struct str fpr, bool secret, gpgme_key_t *ret, struct err *e)
{
	auto_arena struct arena a = {0};

	arena_init(&a, 0);
	*ret = NULL;
	gpgme_error_t rc = gpgme_get_key(o->ctx, arena_str(&a, fpr).p, ret, secret);
	if (rc == 0)
		return 0;
	if (gpgme_err_code(rc) == GPG_ERR_EOF || gpgme_err_code(rc) == GPG_ERR_INV_VALUE)
		return err_set(e, ERR_DENIED, "the OpenPGP home '%.*s' has no %skey %.*s", STR_ARG(o->home),
		        secret ? "secret " : "", STR_ARG(fpr));
	return err_set(e, ERR_SYS, "gpg cannot look for the key %.*s: %s", STR_ARG(fpr), gpgme_strerror(rc));
}

int openpgp_key(
        struct openpgp *o, struct str fingerprint, enum openpgp_use use, int64_t *ret_expires, struct err *e)
{
	gpgme_key_t key;
	int rc = get_key(o, fingerprint, false, &key, e);

	if (rc == 0)
		rc = judge(o, key, fingerprint, use, ret_expires, e);
	gpgme_key_unref(key);
	return rc;
}

/* ---- sentences ----------------------------------------------------------------------------------- */

/* What gpg says, for a person. The code says whether it is worth another try. */
static int said(struct err *e, gpgme_error_t rc, const char *doing)
{
	switch (gpgme_err_code(rc)) {
	case GPG_ERR_NO_PASSPHRASE:
	case GPG_ERR_BAD_PASSPHRASE:
	case GPG_ERR_NO_PIN_ENTRY:
		return err_set(e, ERR_DENIED,
		        "gpg cannot %s: the secret key has a passphrase, and it is not the first line of the "
		        "file that weir.yaml names (pgp: passphrase-file)",
		        doing);
	case GPG_ERR_NO_SECKEY:
	case GPG_ERR_NO_PUBKEY:
	case GPG_ERR_UNUSABLE_PUBKEY:
	case GPG_ERR_UNUSABLE_SECKEY:
	case GPG_ERR_KEY_EXPIRED:
	case GPG_ERR_CERT_REVOKED:
		return err_set(e, ERR_DENIED, "gpg cannot %s: %s", doing, gpgme_strerror(rc));
	case GPG_ERR_BAD_DATA:
	case GPG_ERR_INV_PACKET:
	case GPG_ERR_DECRYPT_FAILED:
	case GPG_ERR_CHECKSUM:
	case GPG_ERR_UNEXPECTED:
	case GPG_ERR_INV_DATA:
		return err_set(e, ERR_VALUE, "gpg cannot %s: %s", doing, gpgme_strerror(rc));
	default: /* GPG_ERR_NO_DATA too: of what is no message, and of a gpg that was killed */
		return err_set(e, ERR_SYS, "gpg cannot %s: %s", doing, gpgme_strerror(rc));
	}
}

/* ---- letters ------------------------------------------------------------------------------------- */

static void name_digest(struct openpgp *o, char ret[OPENPGP_DIGEST])
{
	gpgme_sign_result_t r = gpgme_op_sign_result(o->ctx);
	const char *name =
	        r != NULL && r->signatures != NULL ? gpgme_hash_algo_name(r->signatures->hash_algo) : NULL;
	struct str s = str_from(name != NULL ? name : "sha256");
	size_t at = 4;

	memcpy(ret, "pgp-", 4);
	for (size_t i = 0; i < s.len && at + 1 < OPENPGP_DIGEST; i++)
		ret[at++] = char_lower(s.p[i]);
	ret[at] = 0;
}

void openpgp_prepare(struct openpgp *o)
{
	if (o->own == NULL && o->key.len != 0)
		(void)get_key(o, o->key, true, &o->own, NULL);
}

static int add_signer(struct openpgp *o, gpgme_key_t *ret, struct err *e)
{
	int64_t expires;
	int rc = o->own != NULL ? 0 : get_key(o, o->key, true, &o->own, e);

	*ret = o->own;
	if (rc == 0)
		rc = judge(o, *ret, o->key, OPENPGP_SIGN, &expires, e);
	if (rc == 0 && gpgme_signers_add(o->ctx, *ret) != 0)
		rc = err_set(e, ERR_SYS, "gpg cannot sign");
	return rc;
}

static int encrypt(
        struct openpgp *o, gpgme_data_t in, gpgme_data_t out, struct str to, gpgme_key_t own, struct err *e)
{
	gpgme_key_t keys[3] = {NULL};
	int64_t expires;
	int rc = get_key(o, to, false, &keys[0], e);

	if (rc == 0)
		rc = judge(o, keys[0], to, OPENPGP_ENCRYPT, &expires, e);
	if (rc == 0 && own != NULL && usable_until(own, OPENPGP_ENCRYPT) > os_now())
		keys[1] = own;
	if (rc == 0) {
		gpgme_error_t code = own != NULL
		        ? gpgme_op_encrypt_sign(o->ctx, keys, GPGME_ENCRYPT_ALWAYS_TRUST, in, out)
		        : gpgme_op_encrypt(o->ctx, keys, GPGME_ENCRYPT_ALWAYS_TRUST, in, out);
		rc = code == 0 ? 0 : said(e, code, "encrypt the letter");
	}
	gpgme_key_unref(keys[0]);
	return rc;
}

int openpgp_protect(
        struct openpgp *o, int in, int out, struct str to, char digest[OPENPGP_DIGEST], struct err *e)
{
	gpgme_data_t from = NULL, result = NULL;
	gpgme_key_t own = NULL;
	int rc = 0;

	gpgme_signers_clear(o->ctx);
	if (gpgme_data_new_from_fd(&from, in) != 0 || gpgme_data_new_from_fd(&result, out) != 0)
		rc = err_set(e, ERR_SYS, "gpg cannot take the letter");
	if (rc == 0 && o->key.len != 0)
		rc = add_signer(o, &own, e);
	if (rc == 0 && to.len != 0) {
		rc = encrypt(o, from, result, to, own, e);
	} else if (rc == 0) {
		gpgme_error_t code = gpgme_op_sign(o->ctx, from, result, GPGME_SIG_MODE_DETACH);
		rc = code == 0 ? 0 : said(e, code, "sign the letter");
	}
	if (rc == 0)
		name_digest(o, digest);
	gpgme_data_release(from);
	gpgme_data_release(result);
	return rc;
}

int openpgp_clear(struct openpgp *o, int in, int out, struct err *e)
{
	gpgme_data_t from = NULL, result = NULL;
	gpgme_key_t own = NULL;
	int rc = 0;

	gpgme_signers_clear(o->ctx);
	if (o->key.len == 0)
		rc = err_set(e, ERR_DENIED, "weir.yaml names no OpenPGP key to sign with (pgp: key)");
	else if (gpgme_data_new_from_fd(&from, in) != 0 || gpgme_data_new_from_fd(&result, out) != 0)
		rc = err_set(e, ERR_SYS, "gpg cannot take the record");
	if (rc == 0)
		rc = add_signer(o, &own, e);
	if (rc == 0) {
		gpgme_error_t code = gpgme_op_sign(o->ctx, from, result, GPGME_SIG_MODE_CLEAR);
		rc = code == 0 ? 0 : said(e, code, "sign the record");
	}
	gpgme_data_release(from);
	gpgme_data_release(result);
	return rc;
}

/* ---- what comes in ------------------------------------------------------------------------------- */

struct flow {
	int fd;
	uint64_t in, out;
	bool too_much;
};

static ssize_t put_bytes(void *arg, const void *bytes, size_t len)
{
	struct flow *f = arg;
	struct err e;

	f->out += len;
	f->too_much |= (f->out > FREE_BYTES && f->out / LIMIT_RATIO > f->in) || f->out >> 20 >= LIMIT_OUT;
	if (f->too_much) {
		errno = EFBIG;
		return -1;
	}
	return os_write_all(f->fd, str_make(bytes, len), &e) == 0 ? (ssize_t)len : -1;
}

/* Which key is missing stands in the message itself. */
static int no_key(struct openpgp *o, struct err *e)
{
	gpgme_decrypt_result_t r = gpgme_op_decrypt_result(o->ctx);
	const char *id = r != NULL && r->recipients != NULL ? r->recipients->keyid : "unknown";

	return err_set(e, ERR_DENIED,
	        "it is encrypted to the key %.40s%s, and the OpenPGP home '%.*s' has no secret key for it",
	        id, r != NULL && r->recipients != NULL && r->recipients->next != NULL ? " and others" : "",
	        STR_ARG(o->home));
}

/* The primary key of what signed: who is known is known by that. */
static void name_signer(struct openpgp *o, const char *fpr, char proven[OPENPGP_PROVEN])
{
	gpgme_key_t k = NULL;

	if (gpgme_get_key(o->ctx, fpr, &k, 0) == 0 && k != NULL && k->fpr != NULL)
		snprintf(proven, OPENPGP_PROVEN, "openpgp %.64s", k->fpr);
	else
		snprintf(proven, OPENPGP_PROVEN, "openpgp %.64s", fpr);
	gpgme_key_unref(k);
}

/* One signature that is good, by a key that is still good, proves it; two prove no more than the worse of them. */
static void name_proven(struct openpgp *o, char proven[OPENPGP_PROVEN])
{
	gpgme_verify_result_t r = gpgme_op_verify_result(o->ctx);
	char fpr[80] = "";
	bool bad = false, unknown = false;

	proven[0] = 0;
	for (gpgme_signature_t s = r != NULL ? r->signatures : NULL; s != NULL; s = s->next) {
		unsigned code = gpgme_err_code(s->status);
		bool good = code == GPG_ERR_NO_ERROR && s->fpr != NULL &&
		        (s->summary &
		                (GPGME_SIGSUM_RED | GPGME_SIGSUM_KEY_REVOKED | GPGME_SIGSUM_KEY_EXPIRED |
		                        GPGME_SIGSUM_SIG_EXPIRED | GPGME_SIGSUM_SYS_ERROR)) == 0;
		unknown |= code == GPG_ERR_NO_PUBKEY;
		bad |= !good && code != GPG_ERR_NO_PUBKEY;
		if (good)
			snprintf(fpr, sizeof(fpr), "%.79s", s->fpr);
	}
	if (bad || unknown)
		snprintf(proven, OPENPGP_PROVEN, "%s", bad ? "openpgp-bad" : "openpgp-unknown");
	else if (fpr[0] != 0)
		name_signer(o, fpr, proven);
}

int openpgp_verify(struct openpgp *o, int in, size_t len, char proven[OPENPGP_PROVEN], struct err *e)
{
	auto_buf struct buf signature = {0};
	gpgme_data_t sig = NULL, text = NULL;
	int rc = 0;

	ssize_t n = os_read_at(in, buf_room(&signature, len), len, 0);
	if (n != (ssize_t)len || lseek(in, (off_t)len, SEEK_SET) != (off_t)len)
		return err_set(e, ERR_VALUE, "the signature is cut");
	if (gpgme_data_new_from_mem(&sig, signature.p, len, 1) != 0 || gpgme_data_new_from_fd(&text, in) != 0)
		rc = err_set(e, ERR_SYS, "gpg cannot take the message");
	gpgme_error_t code = rc == 0 ? gpgme_op_verify(o->ctx, sig, text, NULL) : 0;
	if (code != 0)
		rc = said(e, code, "check its signature");
	else if (rc == 0)
		name_proven(o, proven);
	gpgme_data_release(sig);
	gpgme_data_release(text);
	return rc;
}

int openpgp_decrypt(struct openpgp *o, int in, int out, char proven[OPENPGP_PROVEN], struct err *e)
{
	struct gpgme_data_cbs cbs = {.write = put_bytes};
	struct flow f = {.fd = out};
	gpgme_data_t from = NULL, result = NULL;
	struct stat st;
	int rc = 0;

	if (fstat(in, &st) == 0)
		f.in = (uint64_t)st.st_size;
	if (gpgme_data_new_from_fd(&from, in) != 0 || gpgme_data_new_from_cbs(&result, &cbs, &f) != 0)
		rc = err_set(e, ERR_SYS, "gpg cannot take the message");
	gpgme_error_t code = rc == 0 ? gpgme_op_decrypt_verify(o->ctx, from, result) : 0;
	if (f.too_much)
		rc = err_set(e, ERR_LIMIT,
		        "it unpacks to more than %d times its size, or %d MiB, which no report does",
		        LIMIT_RATIO, LIMIT_OUT);
	else if (gpgme_err_code(code) == GPG_ERR_NO_SECKEY)
		rc = no_key(o, e);
	else if (code != 0)
		rc = said(e, code, "open it");
	else if (rc == 0)
		name_proven(o, proven);
	gpgme_data_release(from);
	gpgme_data_release(result);
	return rc;
}
