/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms that are longer than a message between processes: what they ask for goes to the core by the spool.
 */
#include "proc/pages_in.h"
#include "web/owner_change.h"
#include "web/targets.h"

struct str tell_param(const void *arg, const char *name)
{
	return http_form_find(((const struct request *)arg)->visit->fields, name, 0);
}

/* A page of ours with its query, and nothing that a browser could take for another place. */
static bool is_back(struct str back, size_t room)
{
	if (back.len < 1 || back.len >= room || back.p[0] != '/' || (back.len > 1 && back.p[1] == '/'))
		return false;
	for (size_t i = 0; i < back.len; i++)
		if (!char_alnum(back.p[i]) && !str_has(STR("/?=&%._~:+,-"), back.p[i]))
			return false;
	return true;
}

void pages_lead(struct request *r, const char *back)
{
	struct visit *v = r->visit;
	struct str wanted = http_form_find(v->fields, "back", 0);

	if (is_back(wanted, sizeof(v->back)))
		snprintf(v->back, sizeof(v->back), "%.*s", STR_ARG(wanted));
	else
		snprintf(v->back, sizeof(v->back), "%s", back);
}

static const struct tell_form forms[] = {
        {"/campaign/propose", RIGHT_LETTERS, TARGETS_BYTES, (size_t)192 << 10,
                "the list is larger than 1 MiB; divide it"},
        {"/agree/text-preview", RIGHT_CONSULT, (size_t)1 << 20, (size_t)384 << 10,
                "the file is larger than 1 MiB, which no text may be"},
        {"/agree/text", RIGHT_CONSULT, (size_t)1 << 20, (size_t)384 << 10,
                "the file is larger than 1 MiB, which no text may be"},
        {"/agree/progress", RIGHT_CONSULT, (size_t)2 << 20, (size_t)64 << 10,
                "the file is larger than 2 MiB: bring it by the command (weir agree progress)"},
        {"/agree/minutes", RIGHT_BIND, (size_t)2 << 20, (size_t)64 << 10,
                "the file is larger than 2 MiB: bring it by the command (weir agree minutes)"},
};

const struct tell_form *tell_form(struct str path)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (str_eq(path, str_from(forms[i].path)))
			return &forms[i];
	return NULL;
}

int tell_piece(void *request, const struct http_upload *u, struct str piece)
{
	struct request *r = request;
	struct visit *v = r->visit;

	if (!v->in && r->status == 0 && pages_file_of(r, u, v->tell->right) != 0)
		return r->status;
	if (r->status == 0 && v->body.len + piece.len > v->tell->most)
		desk_settle(r, 413, v->tell->large);
	if (r->status == 0)
		buf_add(&v->body, piece);
	return r->status;
}

/* What was typed, and what the file has. 0, or -1 and it is settled. */
static int put_places(struct request *r, struct buf *params)
{
	const struct visit *v = r->visit;
	struct str typed = http_form_find(v->fields, "places", 0);
	auto_buf struct buf all = {0};
	struct err e = {0};

	buf_add(&all, typed);
	if (v->tell != NULL && v->body.len > 0) {
		buf_char(&all, ' ');
		int rc = targets_read(buf_str(&v->body), &all, &e);
		if (rc != 0)
			return desk_settle(r, rc == ERR_LIMIT ? 413 : 400, e.text);
	}
	pages_field(params, "places", buf_str(&all));
	return 0;
}

/* Texts and lists are longer than a message between processes. */
int tell_campaign(struct request *r)
{
	const struct http_form *f = r->visit->fields;
	static const char *const fields[] = {"name", "label", "class", "sought"};
	auto_buf struct buf params = {0};

	if (pages_may(r, "campaign-propose", (struct str){0}) != 0)
		return -1;
	for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		pages_field(&params, fields[i], http_form_find(f, fields[i], 0));
	if (put_places(r, &params) != 0)
		return -1;
	for (unsigned i = 0; i < r->desk->staff->tongues.n; i++) {
		char name[64];
		struct str code = r->desk->staff->tongues.v[i].code;
		snprintf(name, sizeof(name), "subject-%.*s", STR_ARG(code));
		pages_field(&params, name, http_form_find(f, name, 0));
		snprintf(name, sizeof(name), "text-%.*s", STR_ARG(code));
		pages_field(&params, name, http_form_find(f, name, 0));
	}
	if (desk_report_begin(r, STR("campaign-propose"), STR("")) != 0)
		return -1;
	desk_report_add(r, buf_str(&params));
	r->params = true;
	pages_lead(r, "/campaign");
	return r->status != 0 ? -1 : desk_report_end(r);
}

/* An owner is changed: the register as it is with that change, which the core compares with what it has, and takes if the
 * person has seen the difference. */
int tell_owner(struct request *r)
{
	const struct http_form *f = r->visit->fields;
	auto_buf struct buf csv = {0}, params = {0};
	struct err e = {0};
	int rc = right_check(&r->visit->who, RIGHT_REGISTER, false, &e);

	if (rc == 0 && desk_state(r->desk, &e) != 0)
		rc = ERR_SYS;
	if (rc == 0)
		rc = owner_change(r->desk->state, tell_param, r, &csv, &e);
	if (rc != 0)
		return desk_settle(r, rc == ERR_SYS ? 503 : desk_status(rc), e.text);
	bool yes = http_form_find(f, "yes", 0).len != 0;
	if (desk_report_begin(r, STR("the pages"), STR("")) != 0)
		return -1;
	desk_report_add(r, buf_str(&csv));
	if (yes)
		buf_add(&params, STR("yes=1\n"));
	pages_field(&params, "version", http_form_find(f, "version", 0));
	buf_char(&params, 0);
	snprintf(r->take.text, sizeof(r->take.text), "%s", params.p);
	pages_lead(r, "/owners");
	r->owners = true;
	r->visit->show = yes ? NULL : &page_owner_difference;
	return r->status != 0 ? -1 : desk_report_end(r);
}
