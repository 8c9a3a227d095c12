/* SPDX-License-Identifier: Apache-2.0
 *
 * weir agree verify: what a round came to, on a machine that knows nothing but the keys that were typed.
 */
#include "agree/code.h"
#include "base/log.h"
#include "base/os.h"
#include "base/plural.h"
#include "cli/agree_bundle.h"
#include "cli/cli.h"
#include <jansson.h>
#include <stdlib.h>

#define SHOWN 240 /* bytes of what others wrote */

static struct str stamp_of(struct agree_check *c, int64_t t, bool there)
{
	char text[STAMP_TEXT] = "-";

	if (there && t >= 0 && t <= STAMP_MAX)
		stamp_print(text, t);
	return arena_str(c->a, str_from(text));
}

static struct str hex_of(struct agree_check *c, const uint8_t digest[DIGEST_LEN])
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, digest, DIGEST_LEN);
	return arena_str(c->a, str_from(hex));
}

static bool is_adopted(const struct outcome *o)
{
	return o->state == OUTCOME_ADOPTED || o->state == OUTCOME_ADOPTED_EXCEPT;
}

/* "bound", "except k7qm a3bd" */
static struct str bound_of(struct agree_check *c, const struct standing_member *m)
{
	static const char *const word[] = {"not bound", "bound", "bound except", "bound with reservation"};
	auto_buf struct buf b = {0};

	if (!is_adopted(&c->o))
		return STR("-");
	buf_add(&b, str_from(word[m->bound]));
	for (unsigned i = 0; i < m->scopes && m->bound != BOUND_NOT; i++)
		buf_printf(&b, " %.*s", STR_ARG(m->scope[i]));
	return arena_str(c->a, buf_str(&b));
}

static bool has_confirmed(const struct agree_check *c, struct str party)
{
	const struct said *s = outcome_said(&c->o, party);

	return s != NULL && str_eq(item_text(&s->body, "block"), c->o.block);
}

/* The first words of a body's text, in a form that a terminal shows harmlessly. */
static struct str words_of(struct agree_check *c, const struct said *s)
{
	char shown[SHOWN];
	struct item text = item_get(&s->body, STR("text"));
	struct item_each e = item_each(&text);
	struct str words = item_text(&s->body, "reason");

	if (text.type == BODY_OBJECT && item_next(&e) && e.item.type == BODY_TEXT)
		words = e.item.text;
	else if (words.len == 0)
		words = item_text(&s->body, "what");
	return arena_str(c->a, err_quote(shown, sizeof(shown), words));
}

/* Statement, accede, leave, commitment, progress. */
static bool is_later(enum kind k)
{
	return k >= KIND_AGREE_STATEMENT && k <= KIND_AGREE_PROGRESS;
}

/* Whether words on the adopted text came while the manifest takes them. */
static const char *later_wrong(const struct agree_check *c, const struct sifted *s)
{
	int64_t t = s->s->created;

	if (!s->mine)
		return agree_not_counted(c, s) != NULL ? agree_not_counted(c, s)
		                                       : "it does not concern the round";
	if (!is_adopted(&c->o) || t < c->o.adopted)
		return "the text is not adopted at that time";
	return s->s->kind == KIND_AGREE_STATEMENT && t > manifest_statements_end(&c->m, c->o.adopted)
	        ? "it came after the time for statements"
	        : NULL;
}

/* ---- for people ---------------------------------------------------------------------------------- */

static void put_fact(struct buf *out, const char *name, struct str value)
{
	buf_printf(out, "%-12s %.*s\n", name, STR_ARG(value));
}

static void put_verdict(struct buf *out, struct agree_check *c)
{
	const struct agree_fault_at *f = agree_first(c);

	if (f == NULL) {
		buf_printf(out, "VERIFIED: %.*s\n", STR_ARG(outcome_state_name(c->o.shown)));
		return;
	}
	buf_add(out, STR("NOT VERIFIED: "));
	if (f->entry > 0)
		buf_printf(out, "entry %llu, ", (unsigned long long)f->entry);
	buf_printf(out, "%.*s\n%-12s %.*s\n", STR_ARG(f->what), "  do this:", STR_ARG(f->todo));
	if (c->faults.n > 1)
		buf_printf(out, "  %zu more fail; --json has them all\n", c->faults.n - 1);
}

static void put_files(struct buf *out, struct agree_check *c)
{
	for (unsigned i = 0; i < c->m.texts; i++) {
		const struct manifest_text *t = &c->m.text[i];
		buf_printf(out, "%-12s %.*s %.*s%s, ", "text", STR_ARG(t->lang),
		        STR_ARG(hex_of(c, t->sha256)), t->authentic ? ", authentic" : "");
		if (c->text[i].fault.why == NULL)
			plural_printf(out, "%u clauses\n", c->text[i].text.n);
		else
			buf_add(out, STR("not as it should be\n"));
	}
}

static void put_round(struct buf *out, struct agree_check *c)
{
	char code[TEXT_CODE_LEN];
	uint8_t block[DIGEST_LEN];

	text_code(c->m.sha256, code);
	put_fact(out, "instrument", c->m.instrument);
	put_fact(out, "title", c->m.title);
	put_fact(out, "round", arena_printf(c->a, "%u, %.*s", c->m.round, STR_ARG(hex_of(c, c->m.sha256))));
	put_fact(out, "text code", str_from(code));
	put_files(out, c);
	put_fact(out, "rule", manifest_rule_name(c->m.rule));
	put_fact(out, "opened", stamp_of(c, c->m.opens, true));
	put_fact(out, "closes", stamp_of(c, c->o.round.closes, true));
	if (c->o.round.extended > 0)
		put_fact(out, "extended", arena_printf(c->a, "%u times", c->o.round.extended));
	if (c->m.rule != RULE_RECORDED && c->m.rule != RULE_NONE)
		put_fact(out, "grace until", stamp_of(c, c->o.round.grace, true));
	put_fact(out, "as of", stamp_of(c, c->at, true));
	put_fact(out, "state", outcome_state_name(c->o.shown));
	if (c->o.block.len == 0)
		return;
	if (c->at >= c->o.round.closes) {
		digest_of(c->o.block, block);
		put_fact(out, "block", hex_of(c, block));
	}
	if (!str_eq(c->o.because, STR("-")))
		put_fact(out, "because", c->o.because);
	if (is_adopted(&c->o)) {
		put_fact(out, "adopted", stamp_of(c, c->o.adopted, true));
		put_fact(out, "in force", stamp_of(c, c->o.in_force, true));
	}
}

static void put_members(struct buf *out, struct agree_check *c)
{
	unsigned wide = 6;

	for (unsigned i = 0; i < c->m.members; i++)
		wide = c->m.member[i].party.len > wide ? (unsigned)c->m.member[i].party.len : wide;
	buf_printf(out, "\n%-*s  %-9s  %-20s  %-15s  %-9s  %s\n", (int)wide, "member", "service", "served at",
	        "position", "confirmed", "bound");
	for (unsigned i = 0; i < c->m.members; i++) {
		const struct standing_member *m = &c->o.member[i];
		bool timed = m->served != ROUND_NEVER && m->service >= SERVICE_SERVED;
		buf_printf(out, "%-*.*s  %-9.*s  %-20.*s  %-15.*s  %-9s  %.*s\n", (int)wide,
		        STR_ARG(m->party), STR_ARG(service_name(m->service)),
		        STR_ARG(stamp_of(c, m->served, timed)), STR_ARG(position_name(m->position)),
		        has_confirmed(c, m->party) ? "yes" : "no", STR_ARG(bound_of(c, m)));
	}
	buf_printf(out, "confirmed by %u, %u are needed\n", c->o.confirmed, c->m.confirm);
}

static void put_said(struct buf *out, struct agree_check *c, const struct sifted *s, struct str more)
{
	buf_printf(out, "  %.*s  %.*s  %s  %.16s  %.*s\n", STR_ARG(stamp_of(c, s->s->created, true)),
	        STR_ARG(s->s->sender), kind_table[s->s->kind].name, hex_of(c, s->s->id).p, STR_ARG(more));
}

static void put_statements(struct buf *out, struct agree_check *c)
{
	const struct round *r = &c->o.round;
	unsigned n = 0;

	for (size_t i = 0; i < r->n; i++)
		if (is_later(r->s[i].s->kind) && later_wrong(c, &r->s[i]) == NULL) {
			buf_add(out, n++ == 0 ? STR("\nafter adoption\n") : STR(""));
			put_said(out, c, &r->s[i], words_of(c, r->s[i].s));
		}
	n = 0;
	for (size_t i = 0; i < r->n; i++) {
		const struct sifted *s = &r->s[i];
		const char *why = is_later(s->s->kind) ? later_wrong(c, s) : agree_not_counted(c, s);
		if (why == NULL)
			continue;
		buf_add(out, n++ == 0 ? STR("\nnot counted\n") : STR(""));
		put_said(out, c, s, str_from(why));
	}
}

static void put_file(struct buf *out, struct agree_check *c, const char *path)
{
	struct bundle *b = c->b;

	put_fact(out, "file",
	        arena_printf(c->a, "%s, %llu bytes, %llu entries", path, (unsigned long long)b->size,
	                (unsigned long long)b->entries));
	put_fact(out, "sha256", hex_of(c, b->sha256));
	put_fact(out, "holds",
	        arena_printf(c->a,
	                "%zu key lists, %zu statements, %zu proofs out of %zu checkpoints, %zu files",
	                b->lists.n, b->statements.n, b->proofs.n, b->checkpoints.n, b->blobs.n));
}

static void put_text(struct buf *out, struct agree_check *c, const char *path)
{
	put_verdict(out, c);
	put_file(out, c, path);
	if (c->round) {
		if (c->faults.n > 0)
			buf_add(out,
			        STR("\nWhat follows is of the part that is proven; do not rest on it.\n"));
		put_round(out, c);
		if (c->o.block.len > 0)
			put_members(out, c);
		put_statements(out, c);
	}
	for (size_t i = 0; i < c->notes.n; i++)
		buf_printf(out, "%s%.*s\n", i == 0 ? "\nnote: " : "note: ", STR_ARG(c->notes.v[i]));
	if (c->round && c->o.block.len > 0)
		buf_printf(out, "\n%.*s", STR_ARG(c->o.block));
}

/* ---- for programs -------------------------------------------------------------------------------- */

static json_t *text(struct str s)
{
	return json_stringn(s.len > 0 ? s.p : "", s.len);
}

static json_t *member_json(struct agree_check *c, const struct standing_member *m)
{
	const struct said *confirmed = has_confirmed(c, m->party) ? outcome_said(&c->o, m->party) : NULL;
	bool timed = m->served != ROUND_NEVER && m->service >= SERVICE_SERVED;

	return json_pack("{s:o,s:o,s:o?,s:o,s:o?,s:o,s:o?}", "party", text(m->party), "service",
	        text(service_name(m->service)), "served_at",
	        timed ? text(stamp_of(c, m->served, true)) : NULL, "position",
	        text(position_name(m->position)), "statement",
	        m->said != NULL ? text(hex_of(c, m->said->id)) : NULL, "bound", text(bound_of(c, m)),
	        "confirmed", confirmed != NULL ? text(hex_of(c, confirmed->id)) : NULL);
}

static json_t *said_json(struct agree_check *c, const struct sifted *s, struct str more, const char *name)
{
	return json_pack("{s:o,s:o,s:s,s:o,s:o}", "id", text(hex_of(c, s->s->id)), "party",
	        text(s->s->sender), "kind", kind_table[s->s->kind].name, "created",
	        text(stamp_of(c, s->s->created, true)), name, text(more));
}

static void add_statements(json_t *doc, struct agree_check *c)
{
	json_t *later = json_array(), *passed = json_array();
	const struct round *r = &c->o.round;

	for (size_t i = 0; i < r->n; i++) {
		const struct sifted *s = &r->s[i];
		const char *why = is_later(s->s->kind) ? later_wrong(c, s) : agree_not_counted(c, s);
		if (why != NULL)
			json_array_append_new(passed, said_json(c, s, str_from(why), "why"));
		else if (is_later(s->s->kind))
			json_array_append_new(later, said_json(c, s, words_of(c, s->s), "text"));
	}
	json_object_set_new(doc, "after_adoption", later);
	json_object_set_new(doc, "not_counted", passed);
}

static void add_round(json_t *doc, struct agree_check *c)
{
	json_t *members = json_array();
	char code[TEXT_CODE_LEN];
	bool adopted = is_adopted(&c->o);

	text_code(c->m.sha256, code);
	for (unsigned i = 0; i < c->m.members && c->o.block.len > 0; i++)
		json_array_append_new(members, member_json(c, &c->o.member[i]));
	json_t *round = json_pack("{s:o,s:o,s:i,s:o,s:s,s:o,s:o,s:o,s:o?,s:o?,s:i,s:i,s:o}", "instrument",
	        text(c->m.instrument), "title", text(c->m.title), "round", (int)c->m.round, "round_sha256",
	        text(hex_of(c, c->m.sha256)), "text_code", code, "closes",
	        text(stamp_of(c, c->o.round.closes, true)), "state", text(outcome_state_name(c->o.shown)),
	        "because", text(c->o.because), "adopted",
	        adopted ? text(stamp_of(c, c->o.adopted, true)) : NULL, "in_force",
	        adopted ? text(stamp_of(c, c->o.in_force, true)) : NULL, "confirmed", (int)c->o.confirmed,
	        "confirm", (int)c->m.confirm, "block", text(c->o.block));
	json_object_update_new(doc, round);
	json_object_set_new(doc, "members", members);
	add_statements(doc, c);
}

static json_t *fault_json(const struct agree_fault_at *f)
{
	return json_pack(
	        "{s:I,s:o,s:o}", "entry", (json_int_t)f->entry, "what", text(f->what), "do", text(f->todo));
}

static void put_json(struct buf *out, struct agree_check *c)
{
	const struct agree_fault_at *first = agree_first(c);
	json_t *doc = json_pack("{s:b,s:o,s:I,s:I,s:o}", "verified", first == NULL, "sha256",
	        text(hex_of(c, c->b->sha256)), "size", (json_int_t)c->b->size, "entries",
	        (json_int_t)c->b->entries, "at", text(stamp_of(c, c->at, true)));
	json_t *faults = json_array(), *notes = json_array();

	for (size_t i = 0; i < c->faults.n; i++)
		json_array_append_new(faults, fault_json(&c->faults.v[i]));
	for (size_t i = 0; i < c->notes.n; i++)
		json_array_append_new(notes, text(c->notes.v[i]));
	json_object_set_new(doc, "first", first != NULL ? fault_json(first) : json_null());
	json_object_set_new(doc, "failures", faults);
	json_object_set_new(doc, "notes", notes);
	if (c->round)
		add_round(doc, c);
	char *dump = json_dumps(doc, JSON_INDENT(1));
	if (dump != NULL)
		buf_printf(out, "%s\n", dump);
	free(dump);
	json_decref(doc);
}

/* ---- the command --------------------------------------------------------------------------------- */

static int options(struct cli *c, struct bundle *b, int64_t *at, struct err *e)
{
	const char *text = cli_value(c, "at");

	*at = os_now() / 1000000;
	if (text != NULL && !stamp_read(str_from(text), at))
		return err_set(e, ERR_USAGE, "--at '%s' is no time such as 2027-03-09T04:00:00Z", text);
	return bundle_roots(b, c, e);
}

static int verify(struct cli *c, struct bundle *b, int64_t at, struct agree_check *check)
{
	struct err e = {0};
	int rc = bundle_read(b, c->operands.v[0], &e);

	if (rc < 0 && b->size == 0) {
		log_error("%s", e.text);
		return CLI_FAIL;
	}
	bundle_lists(b);
	/* what is cut off may have had the list */
	if (rc >= 0)
		bundle_unused(b);
	agree_check(check, b, rc, &e, at);
	if (cli_has(c, "json"))
		put_json(&c->out, check);
	else
		put_text(&c->out, check, c->operands.v[0]);
	return agree_first(check) == NULL ? CLI_OK : CLI_FAIL;
}

static int agree_verify_run(struct cli *c)
{
	struct bundle b;
	struct err e = {0};
	struct agree_check *check = mem_zero(1, sizeof(*check));
	int64_t at;
	int code = CLI_USAGE;

	bundle_init(&b);
	if (options(c, &b, &at, &e) < 0) {
		log_error("%s", e.text);
	} else {
		code = verify(c, &b, at, check);
	}
	agree_check_done(check);
	bundle_done(&b);
	free(check);
	return code;
}

const struct command command_agree_verify = {
        .name = "agree verify",
        .params = "BUNDLE",
        .about = "verify what a round came to, knowing only keys",
        .text = "BUNDLE is a file of one round: key lists, what its parties said, proofs of their logs, the "
                "manifest and the "
                "texts. Nothing else is needed, no network and no node. Say which parties you know by their "
                "root keys or voice "
                "numbers, which you have on paper or by a call: all of the round, and the witnesses that are "
                "in it.\n\n"
                "Everything in the file is proven, or what fails first is named with the number of its entry "
                "and what to do: "
                "key lists, signatures, digests, texts, places in logs. Then the result is computed from the "
                "statements alone, "
                "and compared with what the members have signed to each other and with the certificate. "
                "Printed are the state, "
                "where each member stands and how it was served, who has confirmed, what was said after "
                "adoption, what did not "
                "count and why, and the outcome block, which is the same bytes everywhere.\n\n"
                "Exit code 0 if nothing fails, whatever the state is: a round that was broken is proven as "
                "well as one that was "
                "adopted. That nothing was left out of a file no program can see; the outcomes of the other "
                "members are the "
                "answer to that. docs/agree.md says more.",
        .options = (const struct cli_option[]){BUNDLE_ROOTS,
                {"at", 0, "TIME", "state at that time; the time of this machine unless given"},
                {"json", 0, NULL, "JSON for scripts, with everything that fails"}, {0}},
        .examples = (const struct cli_example[]){{"weir agree verify procedure.weir --voice 'la=96831 56562 "
                                                  "03252 72328 70839 30116' --voice "
                                                  "'kh=80845 47707 29815 33590 92145 16470'",
                                                         "what la and kh have agreed on"},
                {"weir agree verify procedure.weir --root la=KEY --root kh=KEY --at 2027-03-09T04:00:00Z",
                        "the same as of a time, by root keys"},
                {NULL, NULL}},
        .min = 1,
        .max = 1,
        .offline = true,
        .run = agree_verify_run,
};
