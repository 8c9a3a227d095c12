/* SPDX-License-Identifier: Apache-2.0
 *
 * Consultations as lists: rounds, who stands where, what was said, what waits for a second person, texts that are being written.
 */
#include "web/rounds.h"
#include "agree/delegation.h"
#include "agree/load.h"
#include "agree/look.h"
#include "agree/summary.h"
#include "base/os.h"
#include "web/cells.h"

#define MICRO ((int64_t)1000000)

/* ---- one round ----------------------------------------------------------------------------------- */

int rounds_load(const struct ask *a, struct round_loaded *r, struct outcome *o, struct err *e)
{
	struct str words = ask_param(a, "round");
	uint64_t id;

	if (words.len == 0)
		return err_set(e, ERR_USAGE, "round: which one, such as gate-times or gate-times/2");
	id = round_meant(a->state, words, e);
	if (id == 0)
		return e->code;
	int rc = round_load(a->arena, a->state, a->folder, id, r, e);
	if (rc == 0 && r->why != NULL)
		return err_set(e, ERR_VALUE, "the round cannot be shown: %s", r->why);
	if (rc == 0)
		outcome_make(a->arena, &r->in, os_now() / MICRO, o);
	return rc;
}

struct str rounds_hex(struct arena *a, const uint8_t id[DIGEST_LEN])
{
	char hex[2 * DIGEST_LEN + 1];

	str_hex_print(hex, id, DIGEST_LEN);
	return arena_str(a, str_make(hex, 2 * DIGEST_LEN));
}

/* The words of {"en": "..."}: English, or the first. */
struct str rounds_words(const struct item *object)
{
	struct str en = item_text(object, "en");
	struct item_each first = item_each(object);

	if (en.len > 0 || object->type != BODY_OBJECT || !item_next(&first))
		return en.p != NULL ? en : STR("");
	return first.item.type == BODY_TEXT ? first.item.text : STR("");
}

static const struct route_param round_params[] = {ROUND_PARAM, {NULL, 0, NULL}};

/* ---- rounds -------------------------------------------------------------------------------------- */

static const struct list_column columns[] = {
        {"round", "round", LIST_STRING, "instrument and number"},
        {"state", "state", LIST_STRING,
                "what it has come to: open, consolidating, held, broken, adopted ..."},
        {"because", "because", LIST_STRING, "who or what that is due to"},
        {"closes", "closes", LIST_TIME, "after extensions"},
        {"grace", NULL, LIST_TIME, "until when what was signed before may come"},
        {"rule", "rule", LIST_STRING,
                "silence, assent, meeting, recorded, none; empty: the manifest is not here yet"},
        {"chair", "chair", LIST_STRING, "party"},
        {"title", "title", LIST_STRING, "for people"},
        {"owed", "we owe", LIST_STRING,
                "what it waits for from us: acknowledge, position, answers, review ..."},
        {"until", "until", LIST_TIME, "when that is due"},
        {"carried", NULL, LIST_NUMBER,
                "comments and amendments of ours that the round before has carried and that we have not "
                "repeated"},
        {"adopted", NULL, LIST_TIME, "since when"},
        {"in_force", "in force", LIST_TIME, "from when on it holds"},
        {"review", NULL, LIST_TIME, "when what was adopted is to be looked at again"},
        {"wrong", NULL, LIST_STRING, "why its files are none of a round"},
        {"id", NULL, LIST_STRING, "of the statement that opened it"},
        {"unexplained", "unexplained", LIST_STRING,
                "clauses that differ from the round before, and which no answer explains; of rounds that may "
                "still change"},
};

static void put_round(const struct ask *a, struct list *l, const struct agree_look *r)
{
	list_text(l, arena_printf(a->arena, "%.*s/%u", STR_ARG(r->instrument), r->number));
	list_text(l, r->shown);
	list_text(l, r->because);
	list_time(l, r->closes * MICRO);
	list_time(l, r->grace * MICRO);
	list_text(l, r->rule);
	list_text(l, r->chair);
	list_text(l, r->title);
	list_text(l, agree_owed_name(r->owed));
	list_time(l, r->until * MICRO);
	list_u64(l, r->carried);
	/* before closing it is what would be, which is no date of anything */
	bool closed = !str_eq(r->shown, STR("open"));
	list_time(l, closed ? r->adopted * MICRO : 0);
	list_time(l, closed ? r->in_force * MICRO : 0);
	list_time(l, r->review * MICRO);
	list_text(l, r->why);
	list_text(l, r->statement);
	list_text(l, r->unexplained);
}

static int load_rounds(const struct ask *a, struct reply *reply, struct err *e)
{
	struct agree_look *all;
	unsigned n = agree_looks(a->state, a->folder, a->arena, os_now() / MICRO, &all);
	struct list l;

	(void)e;
	list_begin(&l, &reply->body, a->form, columns, sizeof(columns) / sizeof(columns[0]), "rounds");
	for (unsigned i = 0; i < n; i++)
		put_round(a, &l, &all[i]);
	list_end(&l);
	return 0;
}

static const struct list_table rounds_table = {
        "rounds", columns, sizeof(columns) / sizeof(columns[0]), 0, NULL};

const struct route route_rounds = {.path = "/rounds",
        .about = "rounds of consultations: what is held, broken or disputed first, then what we owe "
                 "something in, then the newest",
        .load = load_rounds,
        .right = RIGHT_READ,
        .list = &rounds_table};

/* ---- members ------------------------------------------------------------------------------------- */

static const struct list_column member_columns[] = {
        {"party", "party", LIST_STRING, "member"},
        {"position", "position", LIST_STRING, "as it stands; -: it is silent"},
        {"service", "service", LIST_STRING,
                "whether it had the texts in time: opened, spoken, served, unserved, contested"},
        {"served", "since", LIST_TIME, "when it was served"},
        {"bound", "bound", LIST_STRING, "as it would be: bound, not-bound, except:, reserved:"},
        {"words", "words", LIST_STRING, "of its position"},
        {"cure", NULL, LIST_STRING, "what would remove its objection"},
        {"outcome", "outcome", LIST_STRING, "what it has signed as the result"},
        {"list", NULL, LIST_NUMBER, "number of its key list in the manifest"},
        {"id", NULL, LIST_STRING, "of the statement of its position"},
};

static struct str bound_words(struct arena *a, const struct standing_member *m)
{
	auto_buf struct buf out = {0};

	outcome_bound_put(&out, m);
	return arena_str(a, buf_str(&out));
}

static void put_member(const struct ask *a, struct list *l, const struct round_loaded *r,
        const struct outcome *o, unsigned i)
{
	const struct standing_member *m = &o->member[i];
	struct item text = m->said != NULL ? item_get(&m->said->body, STR("text")) : (struct item){0};
	struct item cure = m->said != NULL ? item_get(&m->said->body, STR("cure")) : (struct item){0};
	const struct said *outcome = outcome_said(o, m->party);

	list_text(l, m->party);
	list_text(l, position_name(m->position));
	list_text(l, service_name(m->service));
	list_time(l, m->served == ROUND_NEVER ? 0 : m->served * MICRO);
	list_text(l, bound_words(a->arena, m));
	list_text(l, rounds_words(&text));
	list_text(l, rounds_words(&cure));
	list_text(l, outcome != NULL ? item_text(&outcome->body, "state") : STR(""));
	list_u64(l, r->manifest.member[i].number);
	list_text(l, m->said != NULL ? rounds_hex(a->arena, m->said->id) : STR(""));
}

static int load_members(const struct ask *a, struct reply *reply, struct err *e)
{
	struct round_loaded r;
	struct outcome o;
	struct list l;
	int rc = rounds_load(a, &r, &o, e);

	if (rc != 0)
		return rc;
	list_begin(&l, &reply->body, a->form, member_columns,
	        sizeof(member_columns) / sizeof(member_columns[0]), "members");
	for (unsigned i = 0; i < r.manifest.members; i++)
		put_member(a, &l, &r, &o, i);
	list_end(&l);
	return 0;
}

static const struct list_table members_table = {
        "members", member_columns, sizeof(member_columns) / sizeof(member_columns[0]), 0, NULL};

const struct route route_round_members = {.path = "/round-members",
        .about = "the members of a round: where each stands, how it was served, whether it would be bound",
        .load = load_members,
        .right = RIGHT_READ,
        .params = round_params,
        .list = &members_table};

/* ---- what was said ------------------------------------------------------------------------------- */

static const struct list_column said_columns[] = {
        {"id", "id", LIST_STRING, "of the statement"},
        {"party", "party", LIST_STRING, "who says it"},
        {"kind", "what", LIST_STRING, "kind of statement, without agree."},
        {"at", "signed", LIST_TIME, "by its own words"},
        {"seen", "seen", LIST_TIME, "when another party first had it"},
        {"counts", "counts", LIST_STRING,
                "yes; not seen yet: by another party, which it needs before grace ends; late, backdated, "
                "dropped by a rejoin or not of this round: why not; empty: closing has no bearing on it"},
        {"clauses", "clauses", LIST_STRING, "that it is about"},
        {"words", "words", LIST_STRING, "in English, or in the first language that it has"},
        {"answer", "answer", LIST_STRING, "of the chair or the secretariat: taken, not-taken ..."},
        {"from", "for", LIST_STRING, "the observer without a node for whom the party has entered it"},
        {"auth", "proven", LIST_STRING, "of its mail: openpgp FINGERPRINT, or nothing"},
        {"raw", NULL, LIST_STRING, "SHA-256 of its mail, an attachment of the statement"},
        {"in_place_of", "in place of", LIST_STRING, "of an amendment: the id of the one that it stands for"},
        {"supported_by", "supported by", LIST_STRING,
                "of an amendment: parties of the round, as its author says"},
};

/* The clauses of a scope, or of operations. */
static struct str clauses_of(struct arena *a, const struct said *s)
{
	auto_buf struct buf out = {0};
	struct item ops = item_get(&s->body, STR("ops"));

	buf_add(&out, item_text(&s->body, "scope"));
	for (struct item_each e = item_each(&ops); item_next(&e);) {
		struct str id = item_text(&e.item, "id");
		buf_printf(&out, "%s%.*s %.*s", out.len > 0 ? ", " : "", STR_ARG(item_text(&e.item, "op")),
		        STR_ARG(id.len > 0 ? id : item_text(&e.item, "after")));
	}
	return arena_str(a, buf_str(&out));
}

/* The word that stands, as where a text is frozen: of the chair or the secretariat, newest good item. */
static struct str answer_of(const struct agree_note *n)
{
	return n != NULL && n->word < DISPOSITION_END ? disposition_table[n->word].word : STR("");
}

static const struct agree_note *note_of(const struct agree_notes *notes, const struct said *s)
{
	for (unsigned i = 0; i < notes->n; i++)
		if (memcmp(notes->note[i].said->id, s->id, DIGEST_LEN) == 0)
			return &notes->note[i];
	return NULL;
}

static struct str said_words(struct arena *a, const struct said *s)
{
	struct item text = item_get(&s->body, STR("text"));
	struct str plain = item_text(&s->body, "reason"), position = item_text(&s->body, "position");
	auto_buf struct buf out = {0};

	if (position.len > 0)
		buf_printf(&out, "%.*s%s", STR_ARG(position), text.type == BODY_OBJECT ? ": " : "");
	buf_add(&out,
	        text.type == BODY_OBJECT ? rounds_words(&text)
	                : plain.len > 0  ? plain
	                                 : item_text(&s->body, "what"));
	if (s->kind == KIND_AGREE_OUTCOME)
		buf_add(&out, item_text(&s->body, "state"));
	return arena_str(a, buf_str(&out));
}

/* It is said after closing, or changes nothing of what the round comes to. */
static bool whenever(enum kind k)
{
	return k == KIND_AGREE_DISPOSITION || (k >= KIND_AGREE_OUTCOME && k <= KIND_AGREE_PROGRESS);
}

/* It names no manifest, since it is about a statement: it serves its sender, ends a fork, or says how far a commitment is. */
static bool beside(const struct said *s)
{
	return s->kind == KIND_ACK || s->kind == KIND_REJOIN || s->kind == KIND_AGREE_PROGRESS;
}

struct str rounds_counts(const struct round_loaded *r, const struct outcome *o, const struct said *said)
{
	const struct sifted *s = round_find(&o->round, said->id);

	if (memcmp(said->id, r->open.id, DIGEST_LEN) == 0)
		return STR("yes");
	if (s != NULL && beside(s->s))
		return STR("");
	if (s != NULL && s->about && s->dropped)
		return STR("dropped by a rejoin");
	if (s == NULL || !s->mine)
		return STR("not of this round");
	if (whenever(s->s->kind))
		return STR("");
	if (s->timely)
		return STR("yes");
	if (s->seen == ROUND_NEVER && s->s->created <= o->round.closes && os_now() / MICRO <= o->round.grace)
		return STR("not seen yet");
	return s->s->created > o->round.closes || s->seen > o->round.grace ? STR("late") : STR("backdated");
}

static void put_said(const struct ask *a, struct list *l, const struct round_loaded *r,
        const struct outcome *o, const struct agree_notes *notes, const struct said *s)
{
	struct agree_via via = agree_via_of(r, s);
	const struct sifted *f = round_find(&o->round, s->id);
	const struct agree_note *n = note_of(notes, s);
	struct str kind = str_from(kind_table[s->kind].name);

	list_text(l, rounds_hex(a->arena, s->id));
	list_text(l, s->sender);
	list_text(l, str_starts(kind, STR("agree.")) ? str_skip(kind, 6) : kind);
	list_time(l, s->created * MICRO);
	list_time(l, f == NULL || f->seen == ROUND_NEVER ? 0 : f->seen * MICRO);
	list_text(l, rounds_counts(r, o, s));
	list_text(l, clauses_of(a->arena, s));
	list_text(l, said_words(a->arena, s));
	list_text(l, answer_of(n));
	list_text(l, via.from);
	list_text(l, via.auth);
	list_text(l, via.from.len > 0 ? rounds_hex(a->arena, via.raw) : STR(""));
	list_text(l,
	        str_sub(item_text(&s->body, "in_place_of"), 0, a->form == LIST_TEXT ? 12 : 2 * DIGEST_LEN));
	list_text(l, n != NULL ? n->supporters : STR(""));
}

static int load_said(const struct ask *a, struct reply *reply, struct err *e)
{
	struct round_loaded r;
	struct outcome o;
	struct list l;
	struct agree_notes notes;
	int rc = rounds_load(a, &r, &o, e);

	if (rc != 0)
		return rc;
	agree_notes_load(a->arena, a->state, &r, NULL, &notes);
	list_begin(&l, &reply->body, a->form, said_columns, sizeof(said_columns) / sizeof(said_columns[0]),
	        "said");
	for (size_t i = 0; i < r.in.n; i++)
		if (r.in.said[i].kind < KIND_END && r.in.said[i].kind != KIND_RECEIPT)
			put_said(a, &l, &r, &o, &notes, &r.in.said[i]);
	list_end(&l);
	return 0;
}

static const struct list_table said_table = {
        "said", said_columns, sizeof(said_columns) / sizeof(said_columns[0]), 0, NULL};

const struct route route_round_said = {.path = "/round-said",
        .about = "what was said in a round, in the order in which it came, and whether it counts",
        .load = load_said,
        .right = RIGHT_READ,
        .params = round_params,
        .list = &said_table};

/* ---- what is being written ----------------------------------------------------------------------- */

static const struct list_column waiting_columns[] = {
        {"id", "id", LIST_STRING, "number, for weir agree sign"},
        {"kind", "what", LIST_STRING, "kind of statement"},
        {"instrument", "instrument", LIST_STRING, "which text"},
        {"person", "by", LIST_STRING, "who has written it"},
        {"at", "at", LIST_TIME, "when"},
        {"until", "counts until", LIST_TIME, "signed later it would not count, or is refused"},
        {"label", NULL, LIST_STRING, "TLP"},
        {"members", NULL, LIST_STRING, "of its body, a text that is a JSON object"},
        {"manifest", NULL, LIST_STRING, "of an opening: what is signed, whole"},
};
static const struct list_table waiting_table = {
        "waiting", waiting_columns, sizeof(waiting_columns) / sizeof(waiting_columns[0]), 0, NULL};

static int load_waiting(const struct ask *a, struct reply *r, struct err *e)
{
	struct agree_waiting *w;
	unsigned n = agree_waitings(a->state, a->arena, 0, &w);
	struct list l;

	(void)e;
	list_begin(&l, &r->body, a->form, waiting_columns,
	        sizeof(waiting_columns) / sizeof(waiting_columns[0]), "waiting");
	for (unsigned i = 0; i < n; i++) {
		list_text(&l, arena_printf(a->arena, "%llu", (unsigned long long)w[i].id));
		list_text(&l, w[i].kind);
		list_text(&l, w[i].instrument);
		list_text(&l, w[i].person);
		list_time(&l, w[i].at);
		list_time(&l, w[i].until * MICRO);
		list_text(&l, w[i].label);
		list_text(&l,
		        w[i].members.len > 0
		                ? arena_printf(a->arena, "{%.*s}", STR_ARG(str_skip(w[i].members, 1)))
		                : STR("{}"));
		list_text(&l, w[i].manifest);
	}
	list_end(&l);
	return 0;
}

const struct route route_round_waiting = {.path = "/round-waiting",
        .about = "what one person has decided for a consultation and another one has yet to sign",
        .load = load_waiting,
        .right = RIGHT_READ,
        .list = &waiting_table};

static int load_plan(const struct ask *a, struct reply *r, struct err *e)
{
	struct agree_waiting *w;
	unsigned n = agree_waitings(a->state, a->arena, 0, &w);
	struct str words = ask_param(a, "of");

	for (unsigned i = 0; i < n; i++) {
		char number[24];
		snprintf(number, sizeof(number), "%llu", (unsigned long long)w[i].id);
		if (w[i].round != 0 || (!str_eq(w[i].instrument, words) && !str_eq(str_from(number), words)))
			continue;
		buf_add(&r->body, w[i].manifest);
		r->type = "text/plain; charset=utf-8";
		return 0;
	}
	return err_set(e, ERR_MISSING, "no opening of '%.*s' waits for a second person",
	        (int)(words.len < 64 ? words.len : 64), words.p != NULL ? words.p : "");
}

static const struct route_param plan_params[] = {
        {"of", PARAM_TEXT, "the number that waits, or the instrument", true}, {NULL, 0, NULL}};

const struct route route_round_plan = {.path = "/round-plan",
        .about = "the manifest of an opening that waits for a second person, as it will be signed",
        .load = load_plan,
        .right = RIGHT_READ,
        .params = plan_params};

static const struct list_column text_columns[] = {
        {"instrument", "instrument", LIST_STRING, "which"},
        {"lang", "language", LIST_STRING, "BCP 47"},
        {"authentic", "authentic", LIST_STRING,
                "yes; no: a translation; summary: in plain words, and no text"},
        {"bytes", "bytes", LIST_NUMBER, "its length"},
        {"person", "by", LIST_STRING, "who brought it"},
        {"at", "at", LIST_TIME, "when"},
        {"round", "round", LIST_STRING,
                "the newest round, where it goes on or was adopted and this is its text; empty: it is a text "
                "of the next one"},
        {"state", "state", LIST_STRING, "of that round"},
};
static const struct list_table texts_table = {
        "texts", text_columns, sizeof(text_columns) / sizeof(text_columns[0]), 0, NULL};

static void put_summaries(const struct ask *a, struct list *l)
{
	struct summary_draft *d;
	unsigned n = summary_drafts(a->state, a->arena, (struct str){0}, &d);

	for (unsigned i = 0; i < n; i++) {
		list_text(l, d[i].instrument);
		list_text(l, d[i].lang);
		list_text(l, STR("summary"));
		list_u64(l, d[i].text.len);
		list_text(l, d[i].person);
		list_time(l, d[i].at);
		list_text(l, STR(""));
		list_text(l, STR(""));
	}
}

static int load_texts(const struct ask *a, struct reply *r, struct err *e)
{
	struct agree_draft_look *d;
	unsigned n = agree_drafts(a->state, a->folder, a->arena, (struct str){0}, &d);
	struct list l;

	(void)e;
	list_begin(
	        &l, &r->body, a->form, text_columns, sizeof(text_columns) / sizeof(text_columns[0]), "texts");
	for (unsigned i = 0; i < n; i++) {
		bool of = d[i].number > 0;
		list_text(&l, d[i].instrument);
		list_text(&l, d[i].lang);
		list_text(&l, d[i].authentic ? STR("yes") : STR("no"));
		list_u64(&l, d[i].text.len);
		list_text(&l, d[i].person);
		list_time(&l, d[i].at);
		list_text(&l,
		        of ? arena_printf(a->arena, "%.*s/%u", STR_ARG(d[i].instrument), d[i].number)
		           : STR(""));
		list_text(&l, of ? d[i].shown : STR(""));
	}
	put_summaries(a, &l);
	list_end(&l);
	return 0;
}

const struct route route_round_texts = {.path = "/round-texts",
        .about = "texts that are kept here for the next round of an instrument",
        .load = load_texts,
        .right = RIGHT_READ,
        .list = &texts_table};

/* ---- delegations --------------------------------------------------------------------------------- */

static const struct list_column delegation_columns[] = {
        {"id", "number", LIST_NUMBER, "for weir agree delegate-end"},
        {"person", "person", LIST_STRING, "account that may bind the party by it"},
        {"instruments", "instruments", LIST_STRING, "for which, with blanks between them"},
        {"until", "until", LIST_TIME, "its date"},
        {"state", "state", LIST_STRING,
                "holds; over: its date has passed; ended: by hand, or since its giver or the person may not "
                "any more"},
        {"giver", "by", LIST_STRING, "who has given it"},
        {"at", "at", LIST_TIME, "when"},
        {"why", "why", LIST_STRING, "in words"},
        {"ended", NULL, LIST_TIME, "before its date"},
        {"ended_by", NULL, LIST_STRING, "by whom"},
};
static const struct list_table delegations_table = {"delegations", delegation_columns,
        sizeof(delegation_columns) / sizeof(delegation_columns[0]), 0, NULL};

static int load_delegations(const struct ask *a, struct reply *r, struct err *e)
{
	struct delegation *d;
	unsigned n = delegations(a->state, a->arena, os_now(), &d);
	struct list l;

	(void)e;
	list_begin(&l, &r->body, a->form, delegation_columns,
	        sizeof(delegation_columns) / sizeof(delegation_columns[0]), "delegations");
	for (unsigned i = 0; i < n; i++) {
		list_u64(&l, d[i].id);
		list_text(&l, d[i].person);
		list_text(&l, d[i].instruments);
		list_time(&l, d[i].until);
		list_text(&l, d[i].state);
		list_text(&l, d[i].giver);
		list_time(&l, d[i].at);
		list_text(&l, d[i].why);
		list_time(&l, d[i].ended);
		list_text(&l, d[i].ended_by);
	}
	list_end(&l);
	return 0;
}

const struct route route_delegations = {.path = "/delegations",
        .about = "who may bind the party because somebody delegated it to him: for which instruments, until "
                 "when",
        .load = load_delegations,
        .right = RIGHT_READ,
        .list = &delegations_table};
