/* SPDX-License-Identifier: Apache-2.0
 *
 * weir people link: an address that lets a person in to the pages, once.
 */
#include "base/digest.h"
#include "base/log.h"
#include "base/os.h"
#include "cli/node.h"

#define TOKEN 32

/* Where the pages are: "http://127.0.0.1:8470". */
static int find_pages(struct cli *c, struct buf *ret)
{
	struct client *client = node_client_plain(c);
	struct err e;

	if (client == NULL)
		return CLI_FAIL;
	int status = client_get(client, "/pages", ret, &e);
	client_close(client);
	if (status == 200)
		return CLI_OK;
	log_error("%.*s", STR_ARG(status < 0 ? str_from(e.text) : str_trim(buf_str(ret))));
	return CLI_FAIL;
}

static int link_run(struct cli *c)
{
	uint8_t token[TOKEN], sum[DIGEST_LEN];
	char hex[2 * TOKEN + 1], digest[2 * TOKEN + 1];
	auto_buf struct buf base = {0};
	int rc = find_pages(c, &base);

	if (rc != CLI_OK)
		return rc;
	os_random(token, sizeof(token));
	digest_of(str_make((const char *)token, sizeof(token)), sum);
	str_hex_print(hex, token, sizeof(token));
	str_hex_print(digest, sum, sizeof(sum));
	rc = node_change_with(c, "link-new", "", "link", digest);
	if (rc == CLI_OK) {
		/* the address alone, for scripts */
		buf_clear(&c->out);
		buf_printf(&c->out, "%.*s/enter/%s\n", STR_ARG(str_trim(buf_str(&base))), hex);
	}
	return rc;
}

const struct command command_people_link = {
        .name = "people link",
        .about = "make an address that lets in to the pages, once",
        .text = "For the sample country of a node that serves pages (weir serve --pages): the address lets "
                "in once and is good "
                "for 15 minutes; the visit lasts twelve hours. The node keeps a digest of it and not the "
                "address. A country "
                "of your own waits for accounts, which this version does not have.",
        .options =
                (const struct cli_option[]){
                        NODE_OPTIONS,
                        {0},
                },
        .run = link_run,
};
