/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files that hold changes. Inside see/.
 */
#pragma once

#include "see/change.h"

/* The word that sql finds for the id; empty if there is no row. */
void change_state(struct change *c, const char *sql, uint64_t id, char *ret, size_t size);

/* ---- change_campaign.c ---- */

int change_campaign_propose(struct change *c, struct err *e);
int change_campaign_release(struct change *c, struct err *e);
int change_campaign_drop(struct change *c, struct err *e);
/* ---- change_notice.c ---- */

int change_notice_hold(struct change *c, struct err *e);
int change_notice_release(struct change *c, struct err *e);
int change_notice_withdraw(struct change *c, struct err *e);
/* ---- change_finding.c ---- */

int change_finding_close(struct change *c, struct err *e);
int change_finding_reopen(struct change *c, struct err *e);
int change_finding_assign(struct change *c, struct err *e);
int change_finding_note(struct change *c, struct err *e);
int change_finding_merge(struct change *c, struct err *e);
/* ---- change_work.c ---- */

int change_saved_put(struct change *c, struct err *e);
int change_saved_drop(struct change *c, struct err *e);
int change_saved_looked(struct change *c, struct err *e);
int change_handover(struct change *c, struct err *e);
/* ---- change_quiet.c ---- */

int change_quiet(struct change *c, struct err *e);
int change_quiet_end(struct change *c, struct err *e);
int change_baseline(struct change *c, struct err *e);
/* ---- change_message.c ---- */

int change_mail_confirm(struct change *c, struct err *e);
int change_mail_answer(struct change *c, struct err *e);
int change_mail_done(struct change *c, struct err *e);
/* ---- change_reread.c ---- */

int change_reread(struct change *c, struct err *e);
int change_retry(struct change *c, struct err *e);
/* ---- change_correct.c ---- */

int change_correct(struct change *c, struct err *e);
/* ---- call.c ---- */

int change_called(struct change *c, struct err *e);
/* ---- hold.c ---- */

int change_hold(struct change *c, struct err *e);
int change_hold_release(struct change *c, struct err *e);
/* ---- change_session.c ---- */

int change_link(struct change *c, struct err *e);
int change_session_open(struct change *c, struct err *e);
int change_session_end(struct change *c, struct err *e);
int change_session_language(struct change *c, struct err *e);
int change_looked(struct change *c, struct err *e);
/* ---- change_account.c ---- */

/* Of a change that comes from a page: password and code were given lately. */
int change_sure(struct change *c, struct err *e);
int change_account_add(struct change *c, struct err *e);
int change_account_roles(struct change *c, struct err *e);
int change_account_scope(struct change *c, struct err *e);
int change_account_disable(struct change *c, struct err *e);
int change_account_enable(struct change *c, struct err *e);
int change_account_reset(struct change *c, struct err *e);
int change_account_end(struct change *c, struct err *e);
/* ---- change_enter.c ---- */

int change_session_enter(struct change *c, struct err *e);
int change_session_enrol(struct change *c, struct err *e);
int change_session_sure(struct change *c, struct err *e);
int change_session_used(struct change *c, struct err *e);
int change_session_close(struct change *c, struct err *e);
int change_account_password(struct change *c, struct err *e);
int change_account_totp(struct change *c, struct err *e);
int change_account_recovery(struct change *c, struct err *e);
/* ---- change_token.c ---- */

int change_token_add(struct change *c, struct err *e);
int change_token_end(struct change *c, struct err *e);
int change_token_used(struct change *c, struct err *e);
