/* SPDX-License-Identifier: Apache-2.0
 *
 * weir key root: the ceremony of a new root key, on a machine without a network.
 */
#include "base/log.h"
#include "cli/cli.h"
#include "cli/root_key.h"
#include "trust/voice.h"

/* What may be given to anybody: the public key and the number that is read on the telephone. */
static void page_public(const struct root_key *key, struct buf *out)
{
	struct keylist_root root;
	char number[VOICE_TEXT];
	auto_buf struct buf vkey = {0};

	keylist_root(&root, str_from(key->party), key->public);
	note_key_print(&vkey, &root.key);
	voice_number(str_from(key->party), key->public, number);
	buf_printf(out,
	        "Root key of %s\n\nVoice number, to be read aloud\n\n    %s\n\nPublic key\n\n    %.*s\n\n",
	        key->party, number, STR_ARG(buf_str(&vkey)));
	qr_text(out, buf_str(&vkey));
	buf_add(out,
	        STR("\nNothing on this page is secret. Who links with us types the voice number while one of "
	            "us reads it to them, "
	            "by a\nnumber that they have from elsewhere, never from this page.\n"));
}

/* What goes into an envelope. */
static void page_secret(const struct root_key *key, struct buf *out)
{
	auto_buf struct buf file = {0};

	root_key_print(key, &file);
	buf_printf(out,
	        "SECRET: root key of %s. Whoever has this page can become %s for everyone. Two envelopes, in "
	        "two places.\n\n",
	        key->party, key->party);
	buf_add(out,
	        STR("To use it again, type these four lines into a file, or read them from the code, 'chmod "
	            "600' it, and try it "
	            "with\n'weir key voice FILE'.\n\n"));
	buf_add(out, buf_str(&file));
	buf_char(out, '\n');
	qr_text(out, buf_str(&file));
	memset(file.p, 0, file.len);
}

static int make_file(struct cli *c, const char *path, struct str bytes, bool secret, struct err *e)
{
	int rc = key_file_make(path, bytes, secret, e);

	if (rc == 0)
		buf_printf(&c->out, "made %s%s\n", path, secret ? ", for its owner's eyes only" : "");
	return rc;
}

static int key_root_run(struct cli *c)
{
	struct str party = str_from(c->operands.v[0]);
	const char *page = cli_value(c, "page"), *paper = cli_value(c, "paper");
	auto_buf struct buf file = {0}, open_page = {0}, secret_page = {0};
	struct root_key key;
	char number[VOICE_TEXT];
	struct err e;

	if (!party_id_good(party)) {
		log_error(
		        "'%s' is no party id: two lower-case letters of a country, or a DNS name with a dot",
		        c->operands.v[0]);
		return CLI_USAGE;
	}
	root_key_make(&key, party);
	root_key_print(&key, &file);
	page_public(&key, &open_page);
	page_secret(&key, &secret_page);
	int rc = make_file(c, c->operands.v[1], buf_str(&file), true, &e);
	if (rc == 0 && paper != NULL)
		rc = make_file(c, paper, buf_str(&secret_page), true, &e);
	if (rc == 0 && page != NULL)
		rc = make_file(c, page, buf_str(&open_page), false, &e);
	voice_number(party, key.public, number);
	root_key_wipe(&key);
	memset(file.p, 0, file.len);
	memset(secret_page.p, 0, secret_page.len);
	if (rc < 0) {
		log_error("%s", e.text);
		return CLI_FAIL;
	}
	if (page == NULL)
		buf_add(&c->out, buf_str(&open_page));
	else
		buf_printf(&c->out, "voice number of %s: %s\n", c->operands.v[0], number);
	return CLI_OK;
}

const struct command command_key_root = {
        .name = "key root",
        .params = "PARTY FILE",
        .about = "make the root key of a party, offline",
        .text = "Draws a new root key and writes it to FILE, which only its owner may read and which must "
                "not be there yet. Do "
                "this on a machine without a network, once, with two people present; then copy FILE to two "
                "USB sticks, print "
                "the page for the envelopes, and delete FILE. PARTY is the two letters of the country, or a "
                "DNS name.\n\n"
                "The page with the public key and the voice number is for anybody, and is printed here if "
                "--page does not name "
                "a file. The root key signs the list of keys about once a year ('weir key list'); the node "
                "never sees it.",
        .options =
                (const struct cli_option[]){
                        {"page", 'p', "PAGE",
                                "write the page for anybody to this file: public key, voice number, QR code"},
                        {"paper", 0, "PAGE",
                                "write the page for the envelope to this file: the secret key, QR code"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir key root la root.key --page la.txt --paper envelope.txt",
                                "the key of Laos' national CERT"},
                        {NULL, NULL},
                },
        .min = 2,
        .max = 2,
        .offline = true,
        .run = key_root_run,
};
