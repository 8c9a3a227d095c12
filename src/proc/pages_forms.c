/* SPDX-License-Identifier: Apache-2.0
 *
 * What is posted by the pages: one row for each form.
 */
#include "proc/pages_in.h"

static const struct form forms[] = {
        {"/looked", "looked", {"id"}, "/", NULL},
        {"/close", "finding-close", {"id", "why", "note"}, NULL, NULL},
        {"/reopen", "finding-reopen", {"id", "note"}, NULL, NULL},
        {"/assign", "finding-assign", {"id", "to"}, NULL, NULL},
        {"/note", "finding-note", {"id", "note"}, NULL, NULL},
        {"/merge", "finding-merge", {"id", "into"}, NULL, NULL},
        {"/saved", "saved-put", {"name", "query", "shared"}, "/findings", NULL},
        {"/saved/drop", "saved-drop", {"id"}, "/findings", NULL},
        {"/saved/looked", "saved-looked", {"id", "until"}, "/", NULL},
        {"/handover", "handover-note", {"text"}, "/", NULL},
        {"/letters/hold", "notice-hold", {"id", "note"}, "/letters", NULL},
        {"/letters/release", "notice-release", {"id", "note"}, "/letters", NULL},
        {"/letters/withdraw", "notice-withdraw", {"id", "note"}, "/letters", NULL},
        {"/letters/called", "notice-called", {"id", "note"}, "/letters", NULL},
        {"/letters/correct", "notice-correct", {"id", "text"}, "/letters", NULL},
        {"/incoming/confirm", "mail-confirm", {"id", "why"}, "/incoming", NULL},
        {"/incoming/answer", "mail-answer", {"id", "notice"}, "/incoming", NULL},
        {"/incoming/reply", "case-reply", {"id", "text", "label"}, "/incoming", NULL},
        {"/incoming/done", "mail-done", {"id", "as"}, "/incoming", NULL},
        {"/campaign/release", "campaign-release", {"id", "note"}, "/campaign", NULL},
        {"/campaign/drop", "campaign-drop", {"id", "note"}, "/campaign", NULL},
        {"/cases/new", "case-new", {"title", "severity", "label", "owner", "peer", "ask", "for", "text"},
                "/cases", NULL},
        {"/cases/open", "case-open", {"id"}, "/cases", NULL},
        {"/cases/take", "case-take", {"id"}, "/cases", NULL},
        {"/cases/state", "case-state", {"id", "state", "reason", "redirect-to", "text"}, "/cases/", NULL},
        {"/cases/send", "case-send", {"id"}, "/cases/", NULL},
        {"/cases/note", "case-note", {"id", "text", "channel", "party"}, "/cases/", NULL},
        {"/cases/task", "case-task", {"id", "what", "who", "due"}, "/cases/", NULL},
        {"/cases/task-done", "case-task-done", {"id", "task"}, "/cases/", NULL},
        {"/cases/assign", "case-assign", {"id", "to"}, "/cases/", NULL},
        {"/cases/hand-over", "case-hand-over", {"id", "to", "text"}, "/cases/", NULL},
        {"/cases/hold", "case-hold", {"id", "until", "why", "off"}, "/cases/", NULL},
        {"/cases/merge", "case-merge", {"id", "into"}, "/cases/", NULL},
        {"/cases/link", "case-link", {"id", "to"}, "/cases/", NULL},
        {"/cases/touch", "case-touch", {"id", "cc"}, "/cases/", NULL},
        {"/cases/answer", "case-answer", {"id", "to", "subject", "text"}, "/cases/", NULL},
        {"/cases/mail-release", "case-mail-release", {"id", "entry"}, "/cases/", NULL},
        {"/cases/mail-drop", "case-mail-drop", {"id", "entry"}, "/cases/", NULL},
        {"/cases/told", "case-told", {"id", "stage", "text"}, "/cases/", NULL},
        {"/contacts/mend", "contact-mend", {"id", "note"}, "/owners", NULL},
        {"/people/add", "account-add", {"id", "name", "roles", "sectors", "owners"}, "/people", people_link},
        {"/people/roles", "account-roles", {"id", "roles"}, "/people", NULL},
        {"/people/scope", "account-scope", {"id", "sectors", "owners"}, "/people", NULL},
        {"/people/disable", "account-disable", {"id", "note"}, "/people", NULL},
        {"/people/enable", "account-enable", {"id"}, "/people", NULL},
        {"/people/reset", "account-reset", {"id"}, "/people", people_link},
        {"/people/end", "account-end", {"id"}, "/people", NULL},
        {"/account/password", "account-password", {NULL}, "/account", people_password},
        {"/account/totp", "account-totp", {"code"}, "/account", people_secret},
        {"/account/recovery", "account-recovery", {NULL}, "/account", people_codes},
        {"/account/close", "session-close", {"id"}, "/account", NULL},
        {"/account/token", "token-add", {"name", "scope", "days"}, "/account", people_token},
        {"/account/token-end", "token-end", {"id"}, "/account", NULL},
        {"/reports/retry", "aside-retry", {"id", "tell"}, "/reports/", NULL},
        {"/reports/reread", "reread", {"id", "tell"}, "/reports/", NULL},
        {"/asides/retry", "aside-retry", {"feed", "tell"}, "/asides", NULL},
        {"/feeds/fetch", "feed-fetch", {"id"}, "/feeds", NULL},
        {"/roster/ack", "ack", {"id", "note"}, "/roster", NULL},
        {"/roster/test", "alert-test", {NULL}, "/roster", NULL},
};

const struct form *pages_form(struct str path)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (str_eq(path, str_from(forms[i].path)))
			return &forms[i];
	return NULL;
}
