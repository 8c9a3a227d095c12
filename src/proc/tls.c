/* SPDX-License-Identifier: Apache-2.0 */
#include "proc/tls.h"
#include "base/os.h"
#include "event/addr.h"
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY ((time_t)24 * 3600)
#define LIFE (365 * DAY)
#define RENEW (30 * DAY)
#define PEM_MAX ((size_t)1 << 20)

bool tls_address(struct str text, char ret[64], unsigned *port)
{
	struct str_cut cut = str_rcut(text, ':');
	struct str host = cut.head;
	uint32_t number;
	struct addr a;

	if (host.len > 2 && host.p[0] == '[' && host.p[host.len - 1] == ']')
		host = str_sub(host, 1, host.len - 2);
	else if (str_has(host, ':'))
		return false;
	if (!cut.ok || !str_u32(cut.tail, &number) || number == 0 || number > 65535 || !addr_parse(host, &a))
		return false;
	(void)addr_print(ret, &a);
	*port = number;
	return true;
}

/* An address without a port. */
static bool bare_address(struct str text, char ret[64])
{
	struct addr a;

	if (!addr_parse(text, &a))
		return false;
	(void)addr_print(ret, &a);
	return true;
}

static bool is_loopback(const char *address)
{
	struct addr a;

	return addr_parse(str_from(address), &a) &&
	        (addr_is4(&a) ? a.b[12] == 127 : str_eq(str_from(address), STR("::1")));
}

static int wrong(struct err *e, const char *what, int code)
{
	return err_set(e, ERR_VALUE, "%s: %s", what, gnutls_strerror(code));
}

/* ---- a certificate that there is ----------------------------------------------------------------- */

static int load_pair(
        const struct pages_plan *p, gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, struct err *e)
{
	auto_buf struct buf a = {0}, b = {0};
	int rc = tls_read(p, &a, &b, e);

	if (rc != 0)
		return rc;
	gnutls_datum_t pem = {(unsigned char *)a.p, (unsigned)a.len - 1};
	gnutls_datum_t secret = {(unsigned char *)b.p, (unsigned)b.len - 1};
	if ((rc = gnutls_x509_crt_import(crt, &pem, GNUTLS_X509_FMT_PEM)) != 0)
		rc = wrong(e, p->certificate, rc);
	else if ((rc = gnutls_x509_privkey_import2(key, &secret, GNUTLS_X509_FMT_PEM, NULL, 0)) != 0)
		rc = wrong(e, p->key, rc);
	explicit_bzero(b.p, b.len);
	return rc;
}

static int same_key(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, struct err *e)
{
	uint8_t a[32], b[32];
	size_t na = sizeof(a), nb = sizeof(b);
	int rc = gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, a, &na);

	if (rc == 0)
		rc = gnutls_x509_privkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, b, &nb);
	if (rc != 0)
		return wrong(e, "the certificate", rc);
	if (na != nb || memcmp(a, b, na) != 0)
		return err_set(e, ERR_VALUE, "the certificate and the key do not belong together");
	return 0;
}

static int describe(struct pages_plan *p, gnutls_x509_crt_t crt, struct err *e)
{
	uint8_t sum[32];
	size_t n = sizeof(sum), at = 0;
	int rc = gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA256, sum, &n);

	if (rc != 0)
		return wrong(e, p->certificate, rc);
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(
		        p->fingerprint + at, sizeof(p->fingerprint) - at, "%s%02X", i > 0 ? ":" : "", sum[i]);
	p->until = (int64_t)gnutls_x509_crt_get_expiration_time(crt) * 1000000;
	return 0;
}

/* 0 and fingerprint and end are set. */
static int look(struct pages_plan *p, struct err *e)
{
	gnutls_x509_crt_t crt = NULL;
	gnutls_x509_privkey_t key = NULL;
	int rc = gnutls_x509_crt_init(&crt);

	if (rc == 0)
		rc = gnutls_x509_privkey_init(&key);
	if (rc != 0)
		rc = wrong(e, "the certificate", rc);
	if (rc == 0)
		rc = load_pair(p, crt, key, e);
	if (rc == 0)
		rc = same_key(crt, key, e);
	if (rc == 0)
		rc = describe(p, crt, e);
	gnutls_x509_crt_deinit(crt);
	gnutls_x509_privkey_deinit(key);
	return rc;
}

/* ---- one of our own ------------------------------------------------------------------------------ */

/* Names and the address; a browser looks at nothing else. */
static int put_names(gnutls_x509_crt_t crt, const struct pages_plan *p)
{
	struct addr a;
	int rc = 0;

	for (unsigned i = 0; i < p->nnames && rc >= 0; i++)
		rc = gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, p->names[i],
		        (unsigned)strlen(p->names[i]), GNUTLS_FSAN_APPEND);
	if (rc < 0 || !addr_parse(str_from(p->address), &a) || addr_none(&a))
		return rc;
	return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, addr_is4(&a) ? a.b + 12 : a.b,
	        addr_is4(&a) ? 4 : 16, GNUTLS_FSAN_APPEND);
}

static int fill(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const struct pages_plan *p)
{
	const char *name = p->nnames > 0 ? p->names[0] : p->address;
	uint8_t serial[16], id[32];
	size_t n = sizeof(id);
	time_t now = (time_t)(os_now() / 1000000);
	int rc = gnutls_x509_crt_set_version(crt, 3);

	os_random(serial, sizeof(serial));
	serial[0] &= 0x7f;
	if (rc >= 0)
		rc = gnutls_x509_crt_set_serial(crt, serial, sizeof(serial));
	if (rc >= 0)
		rc = gnutls_x509_crt_set_activation_time(crt, now - DAY);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_expiration_time(crt, now + LIFE);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, name,
		        (unsigned)(strlen(name) < 64 ? strlen(name) : 64));
	if (rc >= 0)
		rc = gnutls_x509_crt_set_basic_constraints(crt, 0, -1);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
	if (rc >= 0)
		rc = put_names(crt, p);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_key(crt, key);
	if (rc >= 0 && (rc = gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA1, id, &n)) >= 0)
		rc = gnutls_x509_crt_set_subject_key_id(crt, id, n);
	return rc < 0 ? rc : gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

/* Nobody but the node's own user reads it, not even before all of it is there. */
static int write_key(const char *path, gnutls_datum_t pem, struct err *e)
{
	char part[4200];

	snprintf(part, sizeof(part), "%s.part", path);
	(void)os_delete(part, NULL);
	auto_fd int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, "cannot make '%s'", part);
	int rc = os_write_all(fd, str_make((const char *)pem.data, pem.size), e);
	if (rc == 0)
		rc = os_sync(fd, part, e);
	return rc == 0 ? os_rename(part, path, e) : rc;
}

static int save(const struct pages_plan *p, gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, struct err *e)
{
	gnutls_datum_t pem = {0}, secret = {0};
	int rc = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem);

	if (rc == 0)
		rc = gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &secret);
	if (rc != 0)
		rc = wrong(e, "a certificate cannot be made", rc);
	if (rc == 0)
		rc = write_key(p->key, secret, e);
	if (rc == 0)
		rc = os_write_file(p->certificate, str_make((const char *)pem.data, pem.size), e);
	if (secret.data != NULL)
		explicit_bzero(secret.data, secret.size);
	gnutls_free(secret.data);
	gnutls_free(pem.data);
	return rc;
}

/* A certificate that is made anew keeps its key: peers know the node by it. */
static bool old_key(const struct pages_plan *p, gnutls_x509_privkey_t key)
{
	auto_buf struct buf b = {0};

	if (access(p->key, F_OK) != 0 || os_read_file(p->key, PEM_MAX, &b, NULL) != 0)
		return false;
	gnutls_datum_t secret = {(unsigned char *)b.p, (unsigned)b.len};
	bool good = gnutls_x509_privkey_import2(key, &secret, GNUTLS_X509_FMT_PEM, NULL, 0) == 0;
	explicit_bzero(b.p, b.len);
	return good;
}

static int make(const struct pages_plan *p, struct err *e)
{
	gnutls_x509_crt_t crt = NULL;
	gnutls_x509_privkey_t key = NULL;
	int rc = gnutls_x509_crt_init(&crt);

	if (rc == 0)
		rc = gnutls_x509_privkey_init(&key);
	if (rc == 0 && !old_key(p, key))
		rc = gnutls_x509_privkey_generate(
		        key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
	if (rc == 0)
		rc = fill(crt, key, p);
	rc = rc < 0 ? wrong(e, "a certificate cannot be made", rc) : save(p, crt, key, e);
	gnutls_x509_crt_deinit(crt);
	gnutls_x509_privkey_deinit(key);
	return rc;
}

/* True if it speaks for all names and the address, and not only for a month more. */
static bool still_good(const struct pages_plan *p)
{
	auto_buf struct buf pem = {0};
	gnutls_x509_crt_t crt = NULL;
	bool good = os_read_file(p->certificate, PEM_MAX, &pem, NULL) == 0 && gnutls_x509_crt_init(&crt) == 0;
	gnutls_datum_t datum = {(unsigned char *)pem.p, (unsigned)pem.len};

	good = good && gnutls_x509_crt_import(crt, &datum, GNUTLS_X509_FMT_PEM) == 0;
	good = good && gnutls_x509_crt_get_expiration_time(crt) > (time_t)(os_now() / 1000000) + RENEW;
	for (unsigned i = 0; i < p->nnames && good; i++)
		good = gnutls_x509_crt_check_hostname(crt, p->names[i]) != 0;
	if (good && !str_eq(str_from(p->address), STR("0.0.0.0")) && !str_eq(str_from(p->address), STR("::")))
		good = gnutls_x509_crt_check_hostname(crt, p->address) != 0;
	if (crt != NULL)
		gnutls_x509_crt_deinit(crt);
	return good;
}

static int own_certificate(struct pages_plan *p, const char *state, const char *name, struct err *e)
{
	char folder[4000];

	if (snprintf(folder, sizeof(folder), "%s/%s", state, name) >= (int)sizeof(folder))
		return err_set(e, ERR_LIMIT, "the path '%.60s...' is too long", state);
	snprintf(p->certificate, sizeof(p->certificate), "%s/certificate.pem", folder);
	snprintf(p->key, sizeof(p->key), "%s/key.pem", folder);
	p->own = true;
	if (still_good(p) && look(p, e) == 0)
		return 0;
	if (os_folder(state, e) != 0 || os_folder(folder, e) != 0)
		return ERR_SYS;
	(void)chmod(folder, 0700);
	int rc = make(p, e);
	return rc != 0 ? rc : look(p, e);
}

/* ---- the plan ------------------------------------------------------------------------------------ */

/* name: of what listens, and of its folder. */
static int plan(const struct country_pages *c, const char *state, const char *name, struct pages_plan *p,
        struct err *e)
{
	struct str rest = c->names;
	bool door = strcmp(name, "door") == 0;

	if (c->listen.len == 0)
		return 0;
	p->on = true;
	if (!tls_address(c->listen, p->address, &p->port) && !(door && bare_address(c->listen, p->address)))
		return err_set(e, ERR_VALUE, "%s: listen is an address with a port, such as 192.0.2.10:%s",
		        name, door ? "8443" : "8470");
	while (rest.len > 0 && p->nnames < PLAN_NAMES) {
		struct str_cut cut = str_cut(rest, ' ');
		snprintf(p->names[p->nnames++], sizeof(p->names[0]), "%.*s", STR_ARG(cut.head));
		rest = cut.tail;
	}
	p->tls = !is_loopback(p->address) || c->certificate.len != 0 || c->tls;
	if (!p->tls)
		return 0;
	if (c->certificate.len == 0)
		return own_certificate(p, state, name, e);
	if (snprintf(p->certificate, sizeof(p->certificate), "%.*s", STR_ARG(c->certificate)) >=
	                (int)sizeof(p->certificate) ||
	        snprintf(p->key, sizeof(p->key), "%.*s", STR_ARG(c->key)) >= (int)sizeof(p->key))
		return err_set(e, ERR_LIMIT, "the path of the certificate is too long");
	return look(p, e);
}

void tls_plan(const struct country_paths *paths, const char *state, struct pages_plan *ret)
{
	struct country c;
	struct err e = {0};

	/* a country that cannot be opened is complained of by the core */
	if (country_open(paths, &c, NULL) == 0 && plan(&c.pages, state, "pages", ret, &e) != 0)
		snprintf(ret->wrong, sizeof(ret->wrong), "%s", e.text);
	country_done(&c);
}

void tls_plan_door(const struct country_paths *paths, const char *state, struct pages_plan *ret)
{
	struct country c;
	struct err e = {0};

	if (country_open(paths, &c, NULL) == 0 && plan(&c.door.at, state, "door", ret, &e) != 0)
		snprintf(ret->wrong, sizeof(ret->wrong), "%s", e.text);
	country_done(&c);
}

int tls_read(const struct pages_plan *p, struct buf *certificate, struct buf *key, struct err *e)
{
	int rc = os_read_file(p->certificate, PEM_MAX, certificate, e);

	if (rc == 0)
		rc = os_read_file(p->key, PEM_MAX, key, e);
	if (rc == 0) {
		buf_char(certificate, 0);
		buf_char(key, 0);
	}
	return rc;
}

int tls_peer(const char *state, struct pages_plan *ret, struct err *e)
{
	char folder[4000];

	if (snprintf(folder, sizeof(folder), "%s/door", state) >= (int)sizeof(folder))
		return err_set(e, ERR_LIMIT, "the path '%.60s...' is too long", state);
	snprintf(ret->certificate, sizeof(ret->certificate), "%s/certificate.pem", folder);
	snprintf(ret->key, sizeof(ret->key), "%s/key.pem", folder);
	snprintf(ret->names[0], sizeof(ret->names[0]), "weir");
	ret->nnames = 1;
	if (access(ret->certificate, F_OK) == 0 && access(ret->key, F_OK) == 0)
		return look(ret, e);
	if (os_folder(state, e) != 0 || os_folder(folder, e) != 0)
		return ERR_SYS;
	(void)chmod(folder, 0700);
	int rc = make(ret, e);
	return rc != 0 ? rc : look(ret, e);
}

int tls_pin(const struct pages_plan *p, uint8_t ret[32], struct err *e)
{
	auto_buf struct buf pem = {0};
	gnutls_x509_crt_t crt = NULL;
	size_t n = 32;
	int rc = os_read_file(p->certificate, PEM_MAX, &pem, e);

	if (rc != 0)
		return rc;
	gnutls_datum_t datum = {(unsigned char *)pem.p, (unsigned)pem.len};
	rc = gnutls_x509_crt_init(&crt);
	if (rc == 0)
		rc = gnutls_x509_crt_import(crt, &datum, GNUTLS_X509_FMT_PEM);
	if (rc == 0)
		rc = gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, ret, &n);
	gnutls_x509_crt_deinit(crt);
	return rc != 0 ? wrong(e, p->certificate, rc) : 0;
}
