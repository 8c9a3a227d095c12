/* SPDX-License-Identifier: Apache-2.0
 *
 * What is encrypted with OpenPGP (RFC 4880), armoured or not. This reader has no keys and opens nothing: it says what it
 * is, and names what is in it as one part, whose bytes come from whoever has a key (proc/core_pgp.c). Without one, as in
 * "weir read", the part cannot be read.
 *
 * What cannot be done: a message that is only signed is not opened.
 */
#include "read/input.h"
#include "read/table.h"
#include "read/unpack.h"

#define ARMOUR "-----BEGIN PGP MESSAGE-----"

static bool has_armour(struct str head)
{
	size_t at = str_find_str(head, 0, STR(ARMOUR));

	return at != SIZE_MAX && (at == 0 || head.p[at - 1] == '\n');
}

/* True if nothing but blank lines stands before it. */
static bool begins_with_armour(struct str head)
{
	return str_starts(str_trim(head), STR(ARMOUR));
}

/* The first packet of a message is a session key for somebody, version 3, or one of a passphrase, version 4. */
static bool begins_with_key(struct str head)
{
	unsigned char tag = head.len > 4 ? (unsigned char)head.p[0] : 0, version;
	bool old = tag == 0x84 || tag == 0x85 || tag == 0x8c || tag == 0x8d, symmetric;

	if (!old && tag != 0xc1 && tag != 0xc3)
		return false;
	symmetric = tag == 0x8c || tag == 0x8d || tag == 0xc3;
	bool two = old ? (tag & 1) != 0 : (unsigned char)head.p[1] >= 192;
	version = (unsigned char)head.p[two ? 3 : 2];
	return version == (symmetric ? 4 : 3);
}

static bool is_named(struct str name)
{
	return str_iends(name, STR(".gpg")) || str_iends(name, STR(".pgp"));
}

static enum sniff openpgp_sniff(const struct sniff_view *v)
{
	if (begins_with_armour(v->head) || begins_with_key(v->head))
		return SNIFF_SURE;
	if (!is_named(v->name) && !str_iends(v->name, STR(".asc")))
		return SNIFF_NO;
	/* with words before it, or a message of a kind that is not looked for above */
	bool binary = v->head.len > 0 && (unsigned char)v->head.p[0] >= 0x80;
	return has_armour(v->head) || (is_named(v->name) && binary) ? SNIFF_SURE : SNIFF_NO;
}

/* "encrypted.asc" is what mailers call the body of a mail (RFC 3156). */
static struct str plain_name(struct str name)
{
	static const char *const ends[] = {".gpg", ".pgp", ".asc"};

	if (str_ieq(name, STR("encrypted.asc")))
		return STR("encrypted.eml");
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct str end = str_from(ends[i]);
		if (name.len > end.len && str_iends(name, end))
			return str_sub(name, 0, name.len - end.len);
	}
	return name.len > 0 ? name : STR("message");
}

static int openpgp_unpack(struct reading *r)
{
	struct unpack u;
	char shown[UNPACK_SHOWN];

	unpack_init(&u, r);
	int rc = unpack_begin(&u, plain_name(r->options->name), STR("application/pgp-encrypted"));
	int end = unpack_end(&u);
	if (rc < 0 || end < 0)
		return rc < 0 ? rc : end;
	if (end == 1)
		unpack_aside(&u, ASIDE_UNREAD, "what is in %s is of no form that a reader is sure of",
		        unpack_shown(shown, r->options->name));
	return 0;
}

const struct reader reader_openpgp = {
        .name = "openpgp",
        .about = "encrypted with OpenPGP: opened by a node that has a key for it, and what is in it goes on",
        .sniff = openpgp_sniff,
        .unpack = openpgp_unpack,
        .sealed = true,
        .fields =
                "Makes no events itself. A node with 'pgp: home' in weir.yaml opens it with the keys of that "
                "home; what comes out is looked at as any other report. 'weir read' does not open it.",
};
