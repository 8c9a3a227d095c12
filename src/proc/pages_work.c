/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms about findings: of several at once, and of one by hand; forms with a file.
 */
#include "base/os.h"
#include "form/byhand.h"
#include "proc/pages_in.h"

struct str pages_ids(struct request *r)
{
	const struct http_form *f = r->visit->fields;
	struct str one = http_form_find(f, "id", 0);
	auto_buf struct buf all = {0};

	if (http_form_find(f, "id", 1).p == NULL)
		return one;
	for (size_t i = 0; (one = http_form_find(f, "id", i)).p != NULL; i++) {
		buf_add(&all, i > 0 ? STR(" ") : STR(""));
		buf_add(&all, one);
	}
	return arena_str(&r->visit->arena, buf_str(&all));
}

int pages_whole(struct request *r, struct buf *params)
{
	const struct form *form = r->visit->form;

	for (unsigned i = 0; i < FIELDS && form->fields[i] != NULL; i++) {
		struct str value = http_form_find(r->visit->fields, form->fields[i], 0);
		if (value.p != NULL && value.len == 0)
			pages_field(params, form->fields[i], STR(""));
	}
	return 0;
}

void pages_lead_back(struct request *r, const struct form *form, struct str id)
{
	bool plain = id.len > 1 && id.len < 20;

	for (size_t i = 0; i < id.len; i++)
		plain = plain && char_alnum(id.p[i]);
	const char *back = form->back != NULL ? form->back : "/findings/";
	size_t len = strlen(back);
	bool about = len > 1 && back[len - 1] == '/';
	char path[64];
	snprintf(path, sizeof(path), "%.*s%.*s", (int)(about && !plain ? len - 1 : len), back,
	        about && plain ? (int)id.len : 0, id.p);
	pages_lead(r, path);
}

bool pages_lead_to_made(struct request *r, struct str said)
{
	struct visit *v = r->visit;
	struct str back = str_from(v->back), id = str_trim(said);
	bool plain = r->status == 0 && id.len > 1 && id.len < 20;

	if (!str_ends(back, STR("/=")))
		return false;
	for (size_t i = 0; i < id.len; i++)
		plain = plain && char_alnum(id.p[i]);
	size_t len = back.len - (plain ? 1 : 2);
	snprintf(v->back + len, sizeof(v->back) - len, "%.*s", plain ? (int)id.len : 0, id.p);
	return plain;
}

static struct str form_field(const void *arg, const char *name)
{
	return str_trim(http_form_find(arg, name, 0));
}

int pages_by_hand(struct request *r)
{
	const struct http_form *f = r->visit->fields;
	auto_buf struct buf record = {0};
	struct err e = {0};
	int rc = right_check(&r->visit->who, RIGHT_WORK, false, &e);

	if (rc == 0)
		rc = byhand_record(form_field, f, "", os_now(), &record, &e);
	if (rc != 0)
		return desk_settle(r, desk_status(rc), e.text);
	if (desk_report_begin(r, STR(BYHAND_NAME), STR("")) != 0)
		return -1;
	desk_report_add(r, buf_str(&record));
	r->visit->report = true;
	return r->status != 0 ? -1 : desk_report_end(r);
}

const struct file_form *pages_file_form(struct str path)
{
	static const struct file_form forms[] = {
	        {"/cases/attach", "case-attach", {NULL}, "/cases/"},
	        {"/capability-draft/attach", "learn-attach", {NULL}, "/capability-draft/"},
	        {"/meetings/paper", "meeting-paper-file", {"item", "outcome"}, "/meetings/"},
	        {"/meetings/minutes-file", "meeting-minutes-file", {NULL}, "/meetings/"},
	        {"/couriers/open", "courier-open", {NULL}, "/couriers/="},
	        {"/meetings/credential", "meeting-credential", {"delegate"}, "/meetings/"},
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (str_eq(path, str_from(forms[i].path)))
			return &forms[i];
	return NULL;
}

bool pages_takes_file(struct str path)
{
	return str_eq(path, STR("/reports")) || pages_file_form(path) != NULL;
}

int pages_attach(struct request *r, const struct http_upload *u)
{
	auto_buf struct buf params = {0};
	struct visit *v = r->visit;
	const struct file_form *form = v->attach;
	struct str id = http_form_find(&u->form, "id", 0), value;

	if (pages_may(r, form->change, id) != 0)
		return -1;
	pages_field(&params, "id", id);
	pages_field(&params, "name", str_from(u->name));
	for (unsigned i = 0; i < 4 && form->fields[i] != NULL; i++)
		if ((value = http_form_find(&u->form, form->fields[i], 0)).len != 0)
			pages_field(&params, form->fields[i], value);
	if (v->who.account)
		pages_field(&params, "session", str_from(v->who.id));
	bool plain = id.len > 1 && id.len < 20;
	for (size_t i = 0; i < id.len; i++)
		plain = plain && char_alnum(id.p[i]);
	size_t len = strlen(form->back);
	bool about = form->back[len - 1] == '/';
	snprintf(v->back, sizeof(v->back), "%.*s%.*s", (int)(len - (about && !plain)), form->back,
	        about && plain ? (int)id.len : 0, id.p);
	return desk_file_begin(r, form->change, buf_str(&params));
}

bool pages_plainly(struct request *r, int status, struct str sentence, struct reply *reply)
{
	if (!str_eq(http_value(r->connection, "Accept"), STR("text/plain")))
		return false;
	reply->status = status;
	reply->type = "text/plain; charset=utf-8";
	if (words_said(pages_words(r), sentence, &reply->body) != 0) {
		buf_clear(&reply->body);
		buf_add(&reply->body, sentence);
	}
	return true;
}
