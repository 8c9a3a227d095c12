/* SPDX-License-Identifier: Apache-2.0
 *
 * The changes of peer_changes.c, by file. Inside link/.
 */
#pragma once

#include "link/peer_in.h"

/* The deed of a change, and what the audit says of it: about what, and why. */
struct deed change_begin(struct change *c, const struct link_self *self, struct str about, struct str reason);

int change_blob_add(struct change *c, struct err *e);
int change_courier_pack(struct change *c, struct err *e);
int change_courier_open(struct change *c, struct err *e);
int change_peer_import(struct change *c, struct err *e);
int change_key_import(struct change *c, struct err *e);
int change_peer_type(struct change *c, struct err *e);
int change_peer_confirm(struct change *c, struct err *e);
int change_peer_role(struct change *c, struct err *e);
int change_peer_quota(struct change *c, struct err *e);
int change_peer_pause(struct change *c, struct err *e);
int change_peer_resume(struct change *c, struct err *e);
int change_peer_end(struct change *c, struct err *e);
int change_peer_extend(struct change *c, struct err *e);
int change_peer_spoken(struct change *c, struct err *e);
int change_peer_retry(struct change *c, struct err *e);
int change_party_add(struct change *c, struct err *e);
int change_party_edit(struct change *c, struct err *e);
int change_statement_release(struct change *c, struct err *e);
int change_log_settle(struct change *c, struct err *e);
int change_recover_end(struct change *c, struct err *e);
int change_fork_end(struct change *c, struct err *e);
int change_check_ask(struct change *c, struct err *e);
int change_check_answer(struct change *c, struct err *e);
int change_check_note(struct change *c, struct err *e);
int change_check_plan(struct change *c, struct err *e);
int change_group_propose(struct change *c, struct err *e);
int change_group_send(struct change *c, struct err *e);
int change_group_drop(struct change *c, struct err *e);
int change_group_confirm(struct change *c, struct err *e);
int change_contact_add(struct change *c, struct err *e);
int change_contact_drop(struct change *c, struct err *e);
int change_contact_send(struct change *c, struct err *e);
int change_contact_confirm(struct change *c, struct err *e);
int change_contact_asked(struct change *c, struct err *e);
int change_contact_import(struct change *c, struct err *e);
