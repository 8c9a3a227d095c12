/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/root_key.h"
#include "base/os.h"
#include <errno.h>
#include <fcntl.h>
#include <qrencode.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX_BYTES 4096
#define QUIET 4 /* modules of margin, as the standard wants */

void root_key_make(struct root_key *ret, struct str party)
{
	uint8_t secret[64];

	snprintf(ret->party, sizeof(ret->party), "%.*s", STR_ARG(party));
	os_random(ret->seed, sizeof(ret->seed));
	crypto_sign_seed_keypair(ret->public, secret, ret->seed);
	sodium_memzero(secret, sizeof(secret));
}

static int line_of(struct str *rest, const char *word, struct str *ret, struct err *e)
{
	struct str_cut line = str_cut(*rest, '\n'), value = str_cut(line.head, ' ');

	if (!line.ok || !str_eq(value.head, str_from(word)))
		return err_set(
		        e, ERR_SYNTAX, "it is not the file of a root key: the line '%s' is missing", word);
	*ret = str_trim(value.tail);
	*rest = line.tail;
	return 0;
}

int root_key_parse(struct str text, struct root_key *ret, struct err *e)
{
	struct str rest = text, magic, party, vkey, seed;
	struct root_key key = {0};
	struct keylist_root root;
	auto_buf struct buf again = {0};
	uint8_t secret[64];
	int rc;

	if ((rc = line_of(&rest, "weir-root-1", &magic, e)) < 0 ||
	        (rc = line_of(&rest, "party", &party, e)) < 0 || (rc = line_of(&rest, "key", &vkey, e)) < 0 ||
	        (rc = line_of(&rest, "seed", &seed, e)) < 0)
		return rc;
	if (!party_id_good(party))
		return err_set(e, ERR_VALUE,
		        "its party is neither two lower-case letters nor a DNS name with a dot");
	if (!str_hex(seed, key.seed, sizeof(key.seed)))
		return err_set(e, ERR_SYNTAX, "its seed is not 64 hexadecimal digits");
	snprintf(key.party, sizeof(key.party), "%.*s", STR_ARG(party));
	crypto_sign_seed_keypair(key.public, secret, key.seed);
	sodium_memzero(secret, sizeof(secret));
	keylist_root(&root, str_from(key.party), key.public);
	note_key_print(&again, &root.key);
	if (!str_eq(buf_str(&again), vkey)) {
		root_key_wipe(&key);
		return err_set(e, ERR_VALUE, "its seed is not the one of its key: was a digit typed wrong?");
	}
	*ret = key;
	root_key_wipe(&key);
	return 0;
}

int root_key_read(const char *path, struct root_key *ret, struct err *e)
{
	auto_buf struct buf text = {0};
	auto_fd int fd = os_open(path, e);
	struct stat st;

	if (fd < 0)
		return e->code;
	if (fstat(fd, &st) == 0 && (st.st_mode & 077) != 0)
		return err_set(e, ERR_DENIED,
		        "%s: others than its owner may read it: 'chmod 600' it, and think about who did",
		        path);
	char *at = buf_room(&text, FILE_MAX_BYTES);
	ssize_t n = os_read_full(fd, at, FILE_MAX_BYTES);
	if (n < 0)
		return err_sys(e, "cannot read '%s'", path);
	text.len = (size_t)n;
	int rc = root_key_parse(buf_str(&text), ret, e);
	sodium_memzero(text.p, text.len);
	return rc < 0 ? err_add(e, "%s", path) : 0;
}

void root_key_print(const struct root_key *key, struct buf *out)
{
	char hex[65];
	struct keylist_root root;

	keylist_root(&root, str_from(key->party), key->public);
	str_hex_print(hex, key->seed, sizeof(key->seed));
	buf_printf(out, "weir-root-1\nparty %s\nkey ", key->party);
	note_key_print(out, &root.key);
	buf_printf(out, "\nseed %s\n", hex);
	sodium_memzero(hex, sizeof(hex));
}

void root_key_wipe(struct root_key *key)
{
	sodium_memzero(key->seed, sizeof(key->seed));
}

int key_file_make(const char *path, struct str bytes, bool secret, struct err *e)
{
	auto_fd int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, secret ? 0600 : 0644);
	int rc;

	if (fd < 0 && errno == EEXIST)
		return err_set(
		        e, ERR_DENIED, "'%s' is there already; keys and lists are never written over", path);
	if (fd < 0)
		return err_sys(e, "cannot make '%s'", path);
	if ((rc = os_write_all(fd, bytes, e)) < 0)
		return rc;
	return os_sync(fd, path, e);
}

bool qr_text(struct buf *out, struct str text)
{
	static const char *const half[4] = {" ", "\xe2\x96\x80", "\xe2\x96\x84", "\xe2\x96\x88"};
	QRcode *code = QRcode_encodeData((int)text.len, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);

	if (code == NULL)
		return false;
	for (int y = -QUIET; y < code->width + QUIET; y += 2) {
		for (int x = -QUIET; x < code->width + QUIET; x++) {
			unsigned dark = 0;
			for (int k = 0; k < 2; k++)
				if (x >= 0 && x < code->width && y + k >= 0 && y + k < code->width &&
				        (code->data[(y + k) * code->width + x] & 1))
					dark |= 1u << k;
			buf_add(out, str_from(half[dark]));
		}
		buf_char(out, '\n');
	}
	QRcode_free(code);
	return true;
}
