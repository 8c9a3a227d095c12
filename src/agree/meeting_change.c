/* SPDX-License-Identifier: Apache-2.0
 *
 * Changes of the card, by who calls the meeting: each makes a whole card under the next serial and sends it to all who are asked
 * or listen, and to those who were until now.
 */
#include "agree/meeting_change.h"
#include "base/plural.h"

#include "base/utf8.h"

#define NAME_MOST 200

/* ---- sent ---------------------------------------------------------------------------------------- */

/* Cards with a higher serial may be here that do not stand. */
static int64_t next_serial(struct db *db, uint64_t meeting)
{
	struct query q =
	        db_query(db, "select coalesce(max(serial), 0) + 1 from meeting_card where meeting = ?");
	int64_t serial = 1;

	query_u64(&q, meeting);
	if (query_next(&q) == 1)
		serial = query_get_i64(&q, 0);
	query_done(&q, NULL);
	return serial;
}

/* Members of its case are those who were told of it at first: of others nobody else would take a word. */
static int check_told(struct change *c, const struct meeting *m, struct arena *a, struct err *e)
{
	const struct meeting_parties *lists[] = {&m->card->participants, &m->card->observers};
	struct stored first;

	if (!store_find_head(c->db, m->case_, a, &first))
		return err_set(
		        e, ERR_MISSING, "the card that called G%llu is not here", (unsigned long long)m->id);
	for (unsigned k = 0; k < 2; k++)
		for (unsigned i = 0; i < lists[k]->n; i++)
			if (!head_member(&first.h, lists[k]->v[i]))
				return err_set(e, ERR_VALUE,
				        "'%.*s' was not told when G%llu was called, and others would not "
				        "count what it says of it: call another one (weir meeting plan "
				        "--like "
				        "G%llu)",
				        STR_ARG(lists[k]->v[i]), (unsigned long long)m->id,
				        (unsigned long long)m->id);
	return 0;
}

static void add_told(struct meeting_parties *to, const struct change *c, const struct meeting_card *card)
{
	const struct meeting_parties *lists[] = {&card->participants, &card->observers};

	for (unsigned k = 0; k < 2; k++)
		for (unsigned i = 0; i < lists[k]->n; i++)
			if (!str_eq(lists[k]->v[i], c->here->party))
				(void)meeting_add(to, lists[k]->v[i]);
}

static int check_card(const struct change *c, const struct meeting_card *card, struct err *e)
{
	if (card->title.len == 0)
		return err_set(e, ERR_USAGE, "what is the meeting called? title");
	if (card->start == 0 || card->until == 0)
		return err_set(e, ERR_USAGE, "when is it? start and end, or an agenda with times");
	if (card->place.len == 0 && card->link.len == 0)
		return err_set(e, ERR_USAGE, "where is it? place, or link of a call");
	if (card->chairs == 0)
		return err_set(
		        e, ERR_USAGE, "who has the chair? chairs: parties or offices, with ';' between");
	for (unsigned i = 0; i < card->observers.n; i++)
		if (meeting_has(&card->participants, card->observers.v[i]))
			return err_set(e, ERR_USAGE, "'%.*s' takes part or listens, not both",
			        STR_ARG(card->observers.v[i]));
	return card->participants.n > meeting_has(&card->participants, c->here->party)
	        ? 0
	        : err_set(e, ERR_USAGE, "who is asked? participants, or a group whose members they are");
}

/* m->card goes out; before: the card until now, NULL: there is none. */
static int send_card(struct change *c, const struct meeting *m, const struct meeting_card *before,
        uint8_t ret_id[DIGEST_LEN], struct err *e)
{
	auto_buf struct buf body = {0};
	struct meeting_parties to = {0};
	struct say say = {.kind = KIND_MEETING, .pap = STATEMENT_AMBER, .tlp = m->card->tlp};

	if (check_card(c, m->card, e) != 0)
		return e->code;
	add_told(&to, c, m->card);
	if (before != NULL) {
		add_told(&to, c, before);
		say.case_ = m->case_;
		say.exercise = m->at.h.exercise;
	}
	say.to = to.v;
	say.to_count = to.n;
	if (c->here->ways == NULL)
		return err_set(
		        e, ERR_MISSING, "this node has no party to speak for: set the country in weir.yaml");
	meeting_by(c, &body);
	meeting_card_write(&body, m->card);
	say.body = buf_str(&body);
	int rc = c->here->ways->say(c->here, c->db, &say, ret_id, e);
	if (rc == 0 && before != NULL)
		plural_printf(c->said, "G%llu: %.*s, card %lld goes to %u parties\n",
		        (unsigned long long)m->id, STR_ARG(m->card->state), (long long)m->card->serial, to.n);
	return rc;
}

/* A copy of the card that stands, to be changed, under the next serial. */
static struct meeting next_card(struct change *c, const struct meeting *m, struct arena *a)
{
	struct meeting next = *m;

	next.card = arena_new(a, struct meeting_card);
	*next.card = *m->card;
	next.card->serial = next_serial(c->db, m->id);
	return next;
}

/* ---- called -------------------------------------------------------------------------------------- */

/* Another one like it: who, where and what, without its papers and its days. */
static int card_like(struct change *c, struct arena *a, struct meeting_card *ret, struct err *e)
{
	struct str like = meeting_param(c, "like");
	struct change of = *c;
	struct meeting m;

	if (like.len == 0)
		return 0;
	of.params = arena_printf(a, "id=%.*s\n", STR_ARG(like));
	if (meeting_of(&of, a, &m, e) != 0)
		return e->code;
	*ret = *m.card;
	ret->serial = ret->start = ret->until = 0;
	ret->items = ret->files = 0;
	ret->sees = 1;
	memcpy(ret->see[0], m.case_, DIGEST_LEN);
	return 0;
}

/* A form that is sent twice, or once more from the page before, calls one meeting. */
static int check_new(const struct change *c, const struct meeting_card *card, struct err *e)
{
	struct query q = db_query(c->db,
	        "select id from meeting where ours = 1 and state = 'planned' and start = ?1 and until = ?2 "
	        "and "
	        "title = ?3");
	uint64_t id = 0;

	query_i64(&q, card->start);
	query_i64(&q, card->until);
	query_text(&q, card->title);
	if (query_next(&q) == 1)
		id = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return id == 0 ? 0
	               : err_set(e, ERR_VALUE,
	                         "G%llu is called so, for the same time: change that one, or give this one "
	                         "another title",
	                         (unsigned long long)id);
}

int change_meeting_plan(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct meeting m = {0};
	uint8_t id[DIGEST_LEN];

	arena_init(&a, 0);
	m.card = arena_new(&a, struct meeting_card);
	m.card->tlp = STATEMENT_AMBER;
	if (card_like(c, &a, m.card, e) != 0 || meeting_wish(c, &a, m.card, e) != 0 ||
	        check_new(c, m.card, e) != 0)
		return e->code;
	m.card->serial = 1;
	m.card->state = STR("planned");
	if (send_card(c, &m, NULL, id, e) != 0)
		return e->code;
	struct query q = db_query(c->db, "select id from meeting where case_ = ?");
	query_blob(&q, meeting_id_str(id));
	if (query_next(&q) == 1)
		m.id = query_get_u64(&q, 0);
	query_done(&q, NULL);
	change_about(c, 'G', m.id, m.card->title);
	plural_printf(c->said, "G%llu: %.*s, told to %u parties\n", (unsigned long long)m.id,
	        STR_ARG(m.card->title),
	        m.card->participants.n + m.card->observers.n -
	                (meeting_has(&m.card->participants, c->here->party) ||
	                        meeting_has(&m.card->observers, c->here->party)));
	meeting_holidays(c, m.card, c->said);
	return 0;
}

/* A form says all of a card: sent over a newer one it would take back what another person has changed. */
static int check_serial(struct change *c, const struct meeting *m, struct err *e)
{
	struct str seen = meeting_param(c, "serial");
	uint64_t serial;

	return seen.len == 0 || (str_u64(seen, &serial) && serial == (uint64_t)m->card->serial)
	        ? 0
	        : err_set(e, ERR_VALUE,
	                  "G%llu has card %lld meanwhile, and what you changed is of another: look at it "
	                  "again",
	                  (unsigned long long)m->id, (long long)m->card->serial);
}

int change_meeting_change(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	uint8_t id[DIGEST_LEN];
	struct meeting m;

	arena_init(&a, 0);
	if (meeting_of_ours(c, &a, &m, e) != 0)
		return e->code;
	struct meeting next = next_card(c, &m, &a);
	if (str_eq(m.card->state, STR("closed")))
		return err_set(e, ERR_VALUE, "G%llu is closed", (unsigned long long)m.id);
	if (check_serial(c, &m, e) != 0 || meeting_wish(c, &a, next.card, e) != 0 ||
	        check_told(c, &next, &a, e) != 0 || send_card(c, &next, m.card, id, e) != 0)
		return e->code;
	meeting_holidays(c, next.card, c->said);
	return 0;
}

/* ---- its states ---------------------------------------------------------------------------------- */

static int step(struct change *c, const char *from, const char *or_from, const char *to, struct err *e)
{
	auto_arena struct arena a = {0};
	uint8_t id[DIGEST_LEN];
	struct meeting m;

	arena_init(&a, 0);
	if (meeting_of_ours(c, &a, &m, e) != 0)
		return e->code;
	struct meeting next = next_card(c, &m, &a);
	if (!str_eq(m.card->state, str_from(from)) && !str_eq(m.card->state, str_from(or_from)))
		return err_set(e, ERR_VALUE, "G%llu is %.*s: only one that is %s can be %s",
		        (unsigned long long)m.id, STR_ARG(m.card->state), from, to);
	next.card->state = str_from(to);
	/* words alone: its place and its people are changed by a change */
	struct change words = *c;
	words.params = STR("");
	struct str text = change_param(c, "text"), lang = meeting_param(c, "lang");
	if (text.p != NULL)
		words.params = arena_printf(&a, "text=%.*s\nlang=%.*s\n", STR_ARG(text), STR_ARG(lang));
	return meeting_wish(&words, &a, next.card, e) != 0 ? e->code : send_card(c, &next, m.card, id, e);
}

int change_meeting_open(struct change *c, struct err *e)
{
	return step(c, "planned", "planned", "open", e);
}

int change_meeting_close(struct change *c, struct err *e)
{
	return step(c, "open", "open", "closed", e);
}

int change_meeting_cancel(struct change *c, struct err *e)
{
	if (meeting_param(c, "text").len == 0)
		return err_set(e, ERR_USAGE, "why? They read it: text");
	return step(c, "planned", "open", "cancelled", e);
}

/* ---- papers -------------------------------------------------------------------------------------- */

/* No number is given twice in a meeting, also not that of a paper that is gone. */
static unsigned next_number(struct db *db, uint64_t meeting, const char *series)
{
	struct query q = db_query(db,
	        "select distinct f.name from attachment f join meeting_card c on c.statement = f.statement "
	        "where c.meeting = ?");
	uint32_t most = 0, number;

	query_u64(&q, meeting);
	while (query_next(&q) == 1) {
		struct str symbol, rest;
		if (!meeting_symbol(query_get_text(&q, 0), &symbol, &rest))
			continue;
		struct str_cut cut = str_cut(symbol, '.');
		if (str_eq(cut.head, str_from(series)) && str_u32(cut.tail, &number) && number > most)
			most = number;
	}
	query_done(&q, NULL);
	return most + 1;
}

static const char *media_of(struct str name)
{
	static const struct {
		const char *end, *media;
	} known[] = {{".md", "text/markdown"}, {".txt", "text/plain"}, {".csv", "text/csv"},
	        {".pdf", "application/pdf"}, {".odt", "application/vnd.oasis.opendocument.text"},
	        {".odp", "application/vnd.oasis.opendocument.presentation"},
	        {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	        {".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_iends(name, str_from(known[i].end)))
			return known[i].media;
	return "application/octet-stream";
}

bool meeting_file_of(struct change *c, struct arena *a, struct meeting_file *ret)
{
	struct str name = meeting_param(c, "name");
	struct str_cut folders = str_rcut(name, '/');

	name = utf8_cut(folders.ok ? folders.tail : name, NAME_MOST);
	ret->name = arena_str(a, name.len > 0 ? name : STR("paper"));
	ret->media = str_from(media_of(ret->name));
	ret->size = c->size;
	memcpy(ret->sha256, c->sha256, DIGEST_LEN);
	return c->file.len > 0 && c->size > 0;
}

int meeting_keep(struct change *c, const struct meeting_file *f, struct err *e)
{
	if (c->here->ways == NULL)
		return err_set(
		        e, ERR_MISSING, "this node has no party to speak for: set the country in weir.yaml");
	return c->here->ways->keep_file(c->here, c->db, c->file.p, f->sha256, f->size, e);
}

/* By its digest: of bytes that were handed in before. */
static int file_here(struct change *c, struct arena *a, struct meeting_file *ret, struct err *e)
{
	struct str hex = meeting_param(c, "sha256");

	(void)meeting_file_of(c, a, ret);
	if (hex.len != 2 * DIGEST_LEN || !str_hex(hex, ret->sha256, DIGEST_LEN))
		return err_set(e, ERR_USAGE, "sha256: 64 hexadecimal digits, as weir blob add prints them");
	struct query q = db_query(c->db, "select size from blob where sha256 = ?");
	query_blob(&q, meeting_id_str(ret->sha256));
	bool there = query_next(&q) == 1;
	if (there)
		ret->size = query_get_u64(&q, 0);
	query_done(&q, NULL);
	return there ? 0
	             : err_set(e, ERR_MISSING, "no such bytes are here: hand them in first (weir blob add)");
}

static int add_file(
        struct change *c, struct arena *a, struct meeting *next, const struct meeting_file *f, struct err *e)
{
	struct meeting_card *card = next->card;
	bool outcome = change_param(c, "outcome").p != NULL;
	struct str item = meeting_param(c, "item");
	uint64_t place = 0;

	for (unsigned i = 0; i < card->files; i++)
		if (memcmp(card->file[i].sha256, f->sha256, DIGEST_LEN) == 0)
			return err_set(e, ERR_VALUE, "these bytes are there already: '%.*s'",
			        STR_ARG(card->file[i].name));
	if (card->files == MEETING_FILES)
		return err_set(e, ERR_VALUE, "a meeting has at most %d papers at a time", MEETING_FILES);
	if (item.len > 0 && (!str_u64(item, &place) || place == 0 || place > card->items))
		return err_set(e, ERR_USAGE, "item: the agenda has items 1 to %u", card->items);
	const char *series = outcome ? "OUT" : "WP";
	struct meeting_file *to = &card->file[card->files];
	*to = *f;
	to->name =
	        arena_printf(a, "%s.%u %.*s", series, next_number(c->db, next->id, series), STR_ARG(f->name));
	if (place > 0)
		card->item[place - 1].papers |= 1u << card->files;
	card->files++;
	buf_printf(c->said, "%.*s\n", STR_ARG(to->name));
	return 0;
}

static int with_file(struct change *c, struct arena *a, const struct meeting_file *f, struct err *e)
{
	uint8_t id[DIGEST_LEN];
	struct meeting m;

	if (meeting_of_ours(c, a, &m, e) != 0)
		return e->code;
	struct meeting next = next_card(c, &m, a);
	if (add_file(c, a, &next, f, e) != 0 || (c->file.len > 0 && meeting_keep(c, f, e) != 0))
		return e->code;
	return send_card(c, &next, m.card, id, e);
}

int change_meeting_paper_file(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct meeting_file f;

	arena_init(&a, 0);
	if (!meeting_file_of(c, &a, &f))
		return err_set(e, ERR_USAGE, "no bytes came with it");
	return with_file(c, &a, &f, e);
}

int change_meeting_paper(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct meeting_file f;

	arena_init(&a, 0);
	return file_here(c, &a, &f, e) != 0 ? e->code : with_file(c, &a, &f, e);
}

/* Its bit goes, and those behind it move down. */
static uint32_t without_bit(uint32_t bits, unsigned at)
{
	uint32_t low = (1u << at) - 1;

	return (bits & low) | ((bits >> 1) & ~low);
}

int change_meeting_paper_drop(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct str wanted = meeting_param(c, "paper"), symbol, rest;
	uint8_t id[DIGEST_LEN];
	struct meeting m;
	unsigned at = 0;
	char shown[64];

	arena_init(&a, 0);
	if (meeting_of_ours(c, &a, &m, e) != 0)
		return e->code;
	struct meeting next = next_card(c, &m, &a);
	struct meeting_card *card = next.card;
	while (at < card->files &&
	        !(meeting_symbol(card->file[at].name, &symbol, &rest) && str_ieq(symbol, wanted)))
		at++;
	if (at == card->files)
		return err_set(e, ERR_MISSING, "the meeting has no paper '%s'",
		        err_quote(shown, sizeof(shown), wanted).p);
	card->files--;
	for (unsigned i = at; i < card->files; i++)
		card->file[i] = card->file[i + 1];
	for (unsigned i = 0; i < card->items; i++)
		card->item[i].papers = without_bit(card->item[i].papers, at);
	return send_card(c, &next, m.card, id, e);
}

/* ---- what came of it ----------------------------------------------------------------------------- */

/* The opening of a round: its id, or "instrument/number". */
static int round_of(struct change *c, uint8_t ret[DIGEST_LEN], struct err *e)
{
	struct str words = meeting_param(c, "round");
	struct str_cut cut = str_rcut(words, '/');
	char shown[80];
	uint64_t number = 0;

	if (words.len == 2 * DIGEST_LEN && str_hex(words, ret, DIGEST_LEN))
		return 0;
	struct query q = db_query(c->db,
	        "select open from agree_round where instrument = ?1 and (?2 = 0 or number = ?2) order by "
	        "number desc, id desc limit 1");
	bool good = !cut.ok || str_u64(cut.tail, &number);
	query_text(&q, cut.ok ? cut.head : words);
	query_u64(&q, number);
	bool there = good && query_next(&q) == 1 && query_get_blob(&q, 0).len == DIGEST_LEN;
	if (there)
		memcpy(ret, query_get_blob(&q, 0).p, DIGEST_LEN);
	query_done(&q, NULL);
	return there ? 0
	             : err_set(e, ERR_MISSING,
	                       "there is no round '%s': INSTRUMENT, INSTRUMENT/NUMBER, or the id of its "
	                       "opening",
	                       err_quote(shown, sizeof(shown), words).p);
}

int change_meeting_outcome(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	uint8_t id[DIGEST_LEN], round[DIGEST_LEN];
	struct meeting m;

	arena_init(&a, 0);
	if (meeting_of_ours(c, &a, &m, e) != 0 || round_of(c, round, e) != 0)
		return e->code;
	struct meeting next = next_card(c, &m, &a);
	for (unsigned i = 0; i < next.card->sees; i++)
		if (memcmp(next.card->see[i], round, DIGEST_LEN) == 0)
			return err_set(e, ERR_VALUE, "the card names that round already");
	if (next.card->sees == MEETING_SEES)
		return err_set(e, ERR_VALUE, "a card names at most %d others", MEETING_SEES);
	memcpy(next.card->see[next.card->sees++], round, DIGEST_LEN);
	return send_card(c, &next, m.card, id, e);
}
