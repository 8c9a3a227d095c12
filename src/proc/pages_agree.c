/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms of consultations: what a person is about to sign is read back before anything goes to the core; texts and minutes come as files.
 */
#include "proc/pages_in.h"

static struct str field(struct request *r, const char *name)
{
	struct str s = http_form_find(r->visit->fields, name, 0);

	return s.p != NULL ? s : STR("");
}

/* ---- read back ----------------------------------------------------------------------------------- */

static const struct {
	const char *path, *change; /* change: that stands behind it, whose right is asked for */
	const struct page *page;
} previews[] = {
        {"/agree/amend-preview", "agree-amend", &page_amendment},
        {"/agree/position-preview", "agree-position", &page_position},
        {"/agree/withdraw-preview", "agree-retract", &page_service},
        {"/agree/extend-preview", "agree-extend", &page_service},
        {"/agree/accede-preview", "agree-accede", &page_certificate},
        {"/agree/leave-preview", "agree-leave", &page_certificate},
        {"/agree/commit-preview", "agree-commit", &page_certificate},
        {"/agree/plan-preview", "agree-propose", &page_agree_plan},
        {"/agree/text-preview", "agree-text", &page_draft},
};

/* A file stands for what was typed. */
static void take_file(struct request *r)
{
	struct http_form *f = r->visit->fields;

	if (r->visit->tell == NULL || r->visit->body.len == 0)
		return;
	/* it is drawn again, so its lines end as those of a field do */
	r->visit->body.len = http_lines(r->visit->body.p, r->visit->body.len);
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->fields[i].name, STR("text")))
			f->fields[i].value = arena_str(&r->visit->arena, buf_str(&r->visit->body));
}

/* ---- files --------------------------------------------------------------------------------------- */

static int send_file(struct request *r, const char *change, struct buf *params, struct str bytes)
{
	if (r->visit->who.account)
		pages_field(params, "session", str_from(r->visit->who.id));
	if (desk_file_begin(r, change, buf_str(params)) != 0)
		return -1;
	desk_report_add(r, bytes);
	return r->status != 0 ? -1 : desk_report_end(r);
}

static int keep_text(struct request *r)
{
	static const char *const names[] = {"instrument", "lang", "authentic"};
	auto_buf struct buf params = {0}, bytes = {0};

	if (pages_may(r, "agree-text", (struct str){0}) != 0)
		return -1;
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		pages_field(&params, names[i], field(r, names[i]));
	buf_add(&bytes, field(r, "text"));
	pages_lead(r, "/agree");
	if (bytes.len == 0)
		return desk_settle(r, 400, "there is no text in this form");
	return send_file(r, "agree-text", &params, buf_str(&bytes));
}

static int keep_minutes(struct request *r)
{
	static const char *const names[] = {"round", "present", "number", "date", "minutes"};
	auto_buf struct buf params = {0};
	struct visit *v = r->visit;

	if (pages_may(r, "agree-minutes", (struct str){0}) != 0)
		return -1;
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (field(r, names[i]).len > 0)
			pages_field(&params, names[i], field(r, names[i]));
	pages_lead(r, "/agree");
	if (v->tell != NULL && v->body.len > 0)
		return send_file(r, "agree-minutes", &params, buf_str(&v->body));
	if (v->who.account)
		pages_field(&params, "session", str_from(v->who.id));
	return desk_change(r, "agree-minutes", buf_str(&params));
}

/* How far a commitment is, with or without a file that shows it. */
static int keep_progress(struct request *r)
{
	static const char *const names[] = {
	        "round", "id", "status", "text", "lang", "evidence-link", "evidence-figure"};
	auto_buf struct buf params = {0};
	struct visit *v = r->visit;
	bool file = v->tell != NULL && v->body.len > 0;

	if (pages_may(r, "agree-progress", (struct str){0}) != 0)
		return -1;
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (field(r, names[i]).len > 0)
			pages_field(&params, names[i], field(r, names[i]));
	if (file && v->file != NULL)
		pages_field(&params, "evidence-file", str_from(v->file->name));
	pages_lead(r, "/agree-commitments");
	if (file)
		return send_file(r, "agree-progress-file", &params, buf_str(&v->body));
	if (v->who.account)
		pages_field(&params, "session", str_from(v->who.id));
	return desk_change(r, "agree-progress", buf_str(&params));
}

int agree_form(struct request *r, struct str path)
{
	if (str_eq(path, STR("/agree/text")))
		return keep_text(r);
	if (str_eq(path, STR("/agree/minutes")))
		return keep_minutes(r);
	if (str_eq(path, STR("/agree/progress")))
		return keep_progress(r);
	for (size_t i = 0; i < sizeof(previews) / sizeof(previews[0]); i++) {
		if (!str_eq(path, str_from(previews[i].path)))
			continue;
		if (pages_may(r, previews[i].change, (struct str){0}) != 0)
			return -1;
		take_file(r);
		r->visit->show = previews[i].page;
		return -1;
	}
	return 1;
}
