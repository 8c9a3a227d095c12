/* SPDX-License-Identifier: Apache-2.0 */
#include "web/case_record.h"
#include "base/os.h"
#include "web/cases.h"

static bool is_there(struct db *db, uint64_t id)
{
	struct query q = db_query(db, "select 1 from case_ where id = ?");

	query_u64(&q, id);
	bool there = query_next(&q) == 1;
	query_done(&q, NULL);
	return there;
}

static void put_head(const struct case_paper *p, struct buf *out)
{
	buf_add(out,
	        STR("This is the record of a case as it stood when it was printed. It is no letter and no "
	            "statement.\n"));
	if (p->key.len != 0)
		buf_printf(out, "It is signed with the OpenPGP key %.*s; 'gpg --verify' checks it.\n\n",
		        STR_ARG(p->key));
	else
		buf_printf(out, "It is NOT SIGNED: %.*s.\n\n", STR_ARG(p->why));
}

static void put_end(const struct case_paper *p, struct buf *out)
{
	char when[64], shown[400];

	buf_printf(out, "\nprinted     %.*s UTC\n", STR_ARG(list_when(when, p->at)));
	if (p->person.len != 0)
		buf_printf(out, "by          %s\n", err_quote(shown, sizeof(shown), p->person).p);
	if (p->team.len != 0)
		buf_printf(out, "of          %s%s%.*s%s\n", err_quote(shown, sizeof(shown), p->team).p,
		        p->party.len != 0 ? " (" : "", STR_ARG(p->party), p->party.len != 0 ? ")" : "");
}

/* All lines without the blanks at their end. */
static void add_trimmed(struct str text, struct buf *out)
{
	for (struct str_cut cut = {.tail = text, .ok = text.len != 0}; cut.ok;) {
		cut = str_cut(cut.tail, '\n');
		struct str line = cut.head;
		while (line.len > 0 && (line.p[line.len - 1] == ' ' || line.p[line.len - 1] == '\t'))
			line.len--;
		buf_add(out, line);
		if (cut.ok)
			buf_char(out, '\n');
	}
}

bool case_record_write(
        struct db *db, uint64_t id, const struct case_paper *p, struct buf *out, uint8_t ret[DIGEST_LEN])
{
	auto_buf struct buf text = {0};
	char hex[2 * DIGEST_LEN + 1];

	if (!is_there(db, id))
		return false;
	put_head(p, &text);
	case_text(db, id, &text);
	put_end(p, &text);
	add_trimmed(buf_str(&text), out);
	digest_of(buf_str(out), ret);
	str_hex_print(hex, ret, DIGEST_LEN);
	buf_printf(out, "SHA-256     %s\n", hex);
	return true;
}

/* ---- routes -------------------------------------------------------------------------------------- */

static int load_shown(const struct ask *a, struct reply *r, struct err *e)
{
	uint8_t digest[DIGEST_LEN];
	char shown[64];
	const struct case_paper p = {
	        .why = STR("it is shown, and was not printed ('weir case print', or the button on its page)"),
	        .at = os_now()};
	uint64_t id = case_find(a->state, a->id);

	r->type = "text/plain; charset=utf-8";
	return id != 0 && case_record_write(a->state, id, &p, &r->body, digest)
	        ? 0
	        : err_set(e, ERR_MISSING, "there is no case '%s'", err_quote(shown, sizeof(shown), a->id).p);
}

const struct route route_case_record = {.path = "/case-record",
        .about = "one case as a record, with a digest over it as its last line, not signed",
        .id = true,
        .load = load_shown,
        .right = RIGHT_READ,
        .narrow = true};

static int load_printed(const struct ask *a, struct reply *r, struct err *e)
{
	struct query q = db_query(a->state, "select state, text, why from case_record where id = ?");
	uint64_t id = 0;
	bool there, wanted = false, text = false;

	r->type = "text/plain; charset=utf-8";
	if (ask_id(a->id, 'P', &id, e) != 0) {
		query_done(&q, NULL);
		return ERR_USAGE;
	}
	query_u64(&q, id);
	there = query_next(&q) == 1;
	if (there) {
		wanted = str_eq(query_get_text(&q, 0), STR("wanted"));
		text = !query_is_null(&q, 1);
		buf_add(&r->body, query_get_text(&q, 1));
	}
	query_done(&q, NULL);
	r->state = wanted ? "wanted" : "ready";
	if (there && (wanted || text))
		return 0;
	return there ? err_set(e, ERR_MISSING, "the text of P%llu is not here any more: print the case again",
	                       (unsigned long long)id)
	             : err_set(e, ERR_MISSING, "there is no record P%llu", (unsigned long long)id);
}

const struct route route_case_printed = {.path = "/case-printed",
        .about =
                "a record that was printed (change case-record), for an hour, and for who has had it printed",
        .id = true,
        .load = load_printed,
        .right = RIGHT_READ,
        .narrow = true,
        .media = "text/plain; charset=utf-8",
        .suffix = ".asc"};
