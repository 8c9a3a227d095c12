/* SPDX-License-Identifier: Apache-2.0
 *
 * The label of a mail that came into a case. Who writes by mail says one in its subject or before its text, as TLP 2.0 has it for
 * mail, or says none: then it is TLP:AMBER+STRICT until a person here sets one. What leaves with such a mail, or tells of it, has at
 * least its label (case_send.c).
 */
#include "base/utf8.h"
#include "link/case_in.h"

/* ---- what its words say -------------------------------------------------------------------------- */

/* The label that begins behind "TLP:"; *ret_len: how long all of it is. */
static enum tlp read_label(struct str s, size_t *ret_len)
{
	size_t n = 4;

	if (s.len < 5 || !str_istarts(s, STR("TLP:")))
		return TLP_NONE;
	size_t from = n += s.p[n] == ' ';
	while (n < s.len && (char_alnum(s.p[n]) || s.p[n] == '+'))
		n++;
	char upper[16];
	size_t len = n - from;
	if (len == 0 || len >= sizeof(upper))
		return TLP_NONE;
	for (size_t i = 0; i < len; i++)
		upper[i] = s.p[from + i] >= 'a' && s.p[from + i] <= 'z' ? (char)(s.p[from + i] & ~0x20)
		                                                        : s.p[from + i];
	*ret_len = n;
	/* the first version of TLP called it so */
	if (str_eq(str_make(upper, len), STR("WHITE")))
		return TLP_CLEAR;
	return tlp_find(str_make(upper, len));
}

/* The strictest one anywhere in a subject. */
static enum tlp of_subject(struct str subject)
{
	enum tlp found = TLP_NONE;

	for (size_t i = 0; i + 5 <= subject.len; i++) {
		size_t len;
		enum tlp t = i == 0 || !char_alnum(subject.p[i - 1]) ? read_label(str_skip(subject, i), &len)
		                                                     : TLP_NONE;
		found = t > found ? t : found;
	}
	return found;
}

/* The first line that is not empty, if it is a label and nothing else. What is quoted below is of others. */
static enum tlp of_words(struct str words)
{
	struct str_cut line = {.tail = words, .ok = true};
	struct str s;
	size_t len = 0;

	do {
		line = str_cut(line.tail, '\n');
		s = str_trim(line.head);
	} while (s.len == 0 && line.ok);
	bool bracket = s.len > 2 && s.p[0] == '[' && s.p[s.len - 1] == ']';
	if (bracket)
		s = str_sub(s, 1, s.len - 2);
	enum tlp t = read_label(s, &len);
	return t != TLP_NONE && len == s.len ? t : TLP_NONE;
}

enum tlp case_mail_says(struct str subject, struct str words)
{
	enum tlp a = of_subject(subject), b = of_words(words);

	return a > b ? a : b;
}

enum tlp case_mail_label(struct db *db, uint64_t id, uint64_t mail)
{
	char link[32];
	enum tlp label = TLP_NONE;
	struct query q = db_query(db,
	        "select label from case_entry where case_ = ? and kind = 'mail' and link = ? and link <> ''");

	snprintf(link, sizeof(link), "M%llu", (unsigned long long)mail);
	query_u64(&q, id);
	query_text(&q, str_from(link));
	while (query_next(&q) == 1) {
		enum tlp t = tlp_find(query_get_text(&q, 0));
		label = t > label ? t : label;
	}
	query_run(&q);
	return label;
}

/* ---- a person sets it ---------------------------------------------------------------------------- */

struct entry {
	uint64_t id;
	enum tlp was, of_case, says;
	struct str link; /* "M5" */
};

/* The mail "L12" of the case, which came, and which a person has written. */
static int entry_of(struct change *c, uint64_t id, struct arena *a, struct entry *ret, struct err *e)
{
	struct str name = case_param(c, "entry");

	if (name.len < 2 || (name.p[0] & ~0x20) != 'L' || !str_u64(str_skip(name, 1), &ret->id))
		return err_set(e, ERR_USAGE, "which mail: L12, as 'weir case entries' has it");
	struct query q = db_query(c->db,
	        "select n.label, k.label, n.link, n.subject, n.text from case_entry n join case_ k on k.id = "
	        "n.case_ join message m on m.id = cast(substr(n.link, 2) as integer) where n.id = ? and "
	        "n.case_ = "
	        "? and n.kind = 'mail' and n.link glob 'M[0-9]*' and m.kind <> 'bounce'");
	query_u64(&q, ret->id);
	query_u64(&q, id);
	bool there = query_next(&q) == 1;
	if (there) {
		ret->was = tlp_find(query_get_text(&q, 0));
		ret->of_case = tlp_find(query_get_text(&q, 1));
		ret->link = arena_str(a, query_get_text(&q, 2));
		ret->says = case_mail_says(query_get_text(&q, 3), query_get_text(&q, 4));
	}
	int rc = query_done(&q, e);
	return rc != 0 ? rc
	        : there
	        ? 0
	        : err_set(e, ERR_MISSING,
	                  "L%llu is no mail that came into this case: other entries have the label of the "
	                  "case or of what they carry",
	                  (unsigned long long)ret->id);
}

static int may_set(const struct entry *n, enum tlp label, struct str why, struct err *e)
{
	if (label == TLP_NONE)
		return err_set(e, ERR_USAGE, "a label is CLEAR, GREEN, AMBER, AMBER+STRICT or RED");
	if (n->says != TLP_NONE && label != n->says)
		return err_set(e, ERR_DENIED,
		        "the words of %.*s say TLP:%.*s, and only who wrote it may say another",
		        STR_ARG(n->link), STR_ARG(tlp_name(n->says)));
	if (n->of_case == TLP_RED && label != TLP_RED)
		return err_set(e, ERR_DENIED, "the case is TLP:RED, and so is all that is in it");
	if (label == n->was)
		return err_set(
		        e, ERR_VALUE, "%.*s is TLP:%.*s already", STR_ARG(n->link), STR_ARG(tlp_name(label)));
	if (label < n->was && why.len == 0)
		return err_set(e, ERR_USAGE,
		        "TLP:%.*s is below TLP:%.*s: say why it may go further (why), such as 'the desk said "
		        "so on "
		        "the telephone'",
		        STR_ARG(tlp_name(label)), STR_ARG(tlp_name(n->was)));
	return 0;
}

int change_case_label(struct change *c, struct err *e)
{
	auto_arena struct arena a = {0};
	struct str given = case_param(c, "label"), why = utf8_cut(case_param(c, "why"), CASE_LINE);
	enum tlp label = tlp_find(str_istarts(given, STR("TLP:")) ? str_skip(given, 4) : given);
	struct entry n = {0};
	uint64_t id;

	arena_init(&a, 0);
	if (case_of(c, &id, e) != 0 || entry_of(c, id, &a, &n, e) != 0 || may_set(&n, label, why, e) != 0)
		return e->code;
	struct query q = db_query(c->db, "update case_entry set label = ?2 where id = ?1");
	query_u64(&q, n.id);
	query_text(&q, tlp_name(label));
	query_run(&q);
	/* who may read it is named by the case */
	case_label_raise(c->db, id, label == TLP_RED ? TLP_RED : TLP_NONE, c->person);
	struct str said = arena_printf(&a, "%.*s: TLP:%.*s -> TLP:%.*s%s%.*s", STR_ARG(n.link),
	        STR_ARG(tlp_name(n.was)), STR_ARG(tlp_name(label)), why.len > 0 ? ": " : "", STR_ARG(why));
	case_entry_put(c->db, id,
	        &(struct case_entry){.kind = "decision", .person = c->person, .text = said, .link = n.link});
	case_about(c, id, said);
	buf_printf(c->said, "L%llu, the mail %.*s, is TLP:%.*s now\n", (unsigned long long)n.id,
	        STR_ARG(n.link), STR_ARG(tlp_name(label)));
	return 0;
}
