/* SPDX-License-Identifier: Apache-2.0
 *
 * weir log verify: what a bundle proves, on a machine that knows nothing but the keys that were typed.
 */
#include "base/log.h"
#include "base/plural.h"
#include "cli/bundle.h"
#include "cli/cli.h"

static void put_time(struct buf *out, int64_t t)
{
	char text[STAMP_TEXT];

	if (t < 0 || t > STAMP_MAX) {
		buf_add(out, STR("a time that is none"));
		return;
	}
	stamp_print(text, t);
	buf_add(out, str_from(text));
}

static void put_who(struct buf *out, const struct head *h)
{
	buf_printf(out, "%.*s to", STR_ARG(h->sender));
	for (unsigned i = 0; i < h->to_count; i++)
		buf_printf(out, "%s %.*s", i > 0 ? "," : "", STR_ARG(h->to[i]));
}

/* Of what was not proven nothing is claimed, not even that it was erased. */
static const char *content_of(const struct bundle_statement *s, const struct bundle_verdict *v)
{
	if (s->s.content.len == 0)
		return v->said
		        ? "erased or left out of this file; what was said cannot be shown, that it was said "
		          "stands"
		        : "erased or left out of this file";
	if (!v->said)
		return "here, and not looked at: who said it is not proven";
	return v->content == BUNDLE_MATCHES ? "here, and the one that the signed head commits to"
	                                    : "another than the signed head commits to";
}

static void put_details(struct buf *out, const struct bundle_statement *s, const struct bundle_verdict *v)
{
	const struct head *h = &s->head;

	buf_printf(out, "  kind %.*s, number %llu, TLP:%.*s%s%.*s\n  made ", STR_ARG(h->kind),
	        (unsigned long long)h->seq, STR_ARG(statement_tlp_name(h->tlp)),
	        h->exercise.len > 0 ? ", exercise " : "", STR_ARG(h->exercise));
	put_time(out, h->created);
	buf_add(out, STR(" by its own words"));
	if (v->said)
		buf_printf(out, ", signed with a key of list %llu of %.*s", (unsigned long long)v->list,
		        STR_ARG(h->sender));
	buf_printf(out, "\n  content: %s\n", content_of(s, v));
	if (v->logged && v->entries > 0)
		buf_printf(out, "  entry %llu of %llu in the log %.*s/weir, seen by %u witnesses\n",
		        (unsigned long long)v->index, (unsigned long long)v->entries, STR_ARG(h->sender),
		        v->signers);
	if (v->revoked != 0) {
		buf_add(out, STR("  the key that signed it was revoked later, at "));
		put_time(out, v->revoked);
		buf_char(out, '\n');
	}
}

static bool put_statement(struct cli *c, struct bundle *b, const struct bundle_statement *s)
{
	struct bundle_verdict v;
	struct err e = {0};
	bool good = bundle_judge(b, s, &v, &e);
	char id[2 * DIGEST_LEN + 1];

	str_hex_print(id, s->s.id, DIGEST_LEN);
	buf_printf(&c->out, "statement %s\n", id);
	if (good) {
		buf_add(&c->out, STR("  PROVEN: said by "));
		put_who(&c->out, &s->head);
		if (v.logged && b->quorum > 0) {
			buf_add(&c->out, STR(", no later than "));
			put_time(&c->out, (int64_t)v.time);
		} else {
			buf_add(&c->out, STR("; nobody but its sender says when"));
		}
		buf_char(&c->out, '\n');
	} else {
		buf_add(&c->out, STR("  NOT PROVEN, from "));
		put_who(&c->out, &s->head);
		buf_printf(&c->out, ": %s\n", e.text);
	}
	put_details(&c->out, s, &v);
	return good;
}

static void put_rest(struct cli *c, const struct bundle *b)
{
	char digest[2 * DIGEST_LEN + 1];

	for (size_t i = 0; i < b->lists.n; i++) {
		const struct bundle_list *l = &b->lists.v[i];
		buf_printf(&c->out, "key list %llu of %.*s: ", (unsigned long long)l->list.number,
		        STR_ARG(l->list.party));
		if (l->good)
			buf_add(&c->out, STR("signed by its root key\n"));
		else
			buf_printf(&c->out, "not used: %.*s\n", STR_ARG(l->why));
	}
	for (size_t i = 0; i < b->blobs.n; i++) {
		const struct bundle_blob *blob = &b->blobs.v[i];
		str_hex_print(digest, blob->sha256, DIGEST_LEN);
		plural_printf(&c->out, "blob %s: %llu bytes, %s\n", digest, (unsigned long long)blob->total,
		        blob->good                         ? "whole"
		                : blob->here < blob->total ? "not whole here"
		                                           : "not the one of that digest");
	}
	if (b->unknown > 0)
		plural_printf(&c->out, "%llu entries of kinds that this version does not know\n",
		        (unsigned long long)b->unknown);
	if (b->broken > 0)
		plural_printf(&c->out, "%u entries could not be read; the first is entry %llu, %.*s\n",
		        b->broken, (unsigned long long)b->broken_entry, STR_ARG(b->first_broken));
}

static int options(struct cli *c, struct bundle *b, struct err *e)
{
	uint64_t quorum = BUNDLE_QUORUM;
	int rc = cli_u64(c, "quorum", 0, 64, &quorum, e);

	b->quorum = (unsigned)quorum;
	return rc < 0 ? ERR_USAGE : bundle_roots(b, c, e);
}

static int log_verify_run(struct cli *c)
{
	struct bundle b;
	struct err e = {0};
	size_t proven = 0;
	bool whole = true;

	bundle_init(&b);
	if (options(c, &b, &e) < 0) {
		log_error("%s", e.text);
		bundle_done(&b);
		return CLI_USAGE;
	}
	if (bundle_read(&b, c->operands.v[0], &e) < 0) {
		log_error("%s", e.text);
		whole = false;
	}
	bundle_lists(&b);
	if (whole)
		bundle_unused(&b);
	for (size_t i = 0; i < b.statements.n; i++)
		proven += put_statement(c, &b, &b.statements.v[i]);
	put_rest(c, &b);
	bool good = whole && b.broken == 0 && proven == b.statements.n && proven > 0;
	if (whole && b.statements.n == 0)
		log_error("%s: no statement is in it", c->operands.v[0]);
	for (size_t i = 0; i < b.blobs.n; i++)
		good = good && b.blobs.v[i].good;
	bundle_done(&b);
	return good ? CLI_OK : CLI_FAIL;
}

const struct command command_log_verify = {
        .name = "log verify",
        .params = "BUNDLE",
        .about = "verify what a bundle proves, knowing only keys",
        .text = "BUNDLE is a file that a party gives to somebody who was not there, such as a court: "
                "statements, key lists, proofs "
                "from the sender's log with cosignatures of witnesses, and attachments. Nothing else is "
                "needed, and no network. "
                "Say which parties you know, the sender and the witnesses, by their root keys or voice "
                "numbers, which you have on "
                "paper from elsewhere.\n\n"
                "For each statement is printed what is proven: who said it to whom, and no later than when, "
                "which is the time of "
                "the second-earliest cosignature. Otherwise the first thing that fails is named. Exit code 0 "
                "if all statements "
                "are proven and all attachments are whole, else 1.",
        .options =
                (const struct cli_option[]){
                        BUNDLE_ROOTS,
                        {"quorum", 0, "N",
                                "how many witnesses must have signed; 2 unless given. With 0 nothing says "
                                "when"},
                        {0},
                },
        .examples =
                (const struct cli_example[]){
                        {"weir log verify case.weir --voice 'la=96831 56562 03252 72328 70839 30116' --voice "
                         "'kh=80845 47707 29815 "
                         "33590 92145 16470' --voice 'vn=94575 04275 53778 75267 59761 05246'",
                                "what la said, as kh and vn saw it"},
                        {NULL, NULL},
                },
        .min = 1,
        .max = 1,
        .offline = true,
        .run = log_verify_run,
};
