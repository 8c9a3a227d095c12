/* SPDX-License-Identifier: Apache-2.0
 *
 * state.db as one person sees it. The connection has views of the names of tables, which stand before the tables: a statement
 * of a page, a list or an export that says "finding" means the findings that this person may see, and none has to remember
 * it. Two things are kept away:
 *
 *   TLP:RED        findings and reports, from everybody but the persons that the report's feed names, or where it names
 *                  none those of weir.yaml (table red_reader); of a report that has something RED among others, its name
 *   other owners   from an account that is narrowed to sectors and owners (table scope): their findings, letters, contacts
 *                  and mails, and all that names no owner: alerts, quiets, clearances, the audit,
 *                  notes from shift to shift, lists that others keep
 *
 * What lies in the files of days is not state.db: who shows something out of them asks scope_shows_red where the receipt or the
 * event is RED, and shows nothing of them to who is narrowed, but for the record that a finding of his own leads to.
 */
#pragma once

#include "state/state.h"

/* Name and path of a report with something RED, for who may not see that; its sentence is empty then. */
#define SCOPE_RED_NAME "TLP:RED"
/* A connection that sees nothing until scope_set. narrow: for accounts that have rows in the table scope. */
int scope_open(const char *folder, bool narrow, struct db **ret, struct err *e);
/* From now on it sees what that person may see now. */
int scope_set(struct db *db, struct str person, struct err *e);
/* Who it is set to; p NULL: nobody, or the connection sees everything. In the arena. */
struct str scope_person(struct db *db, struct arena *a);
/* True if the person is narrowed. db: any connection. */
bool scope_is_narrow(struct db *db, struct str person);
/* True if what is RED of a report of that feed may be shown to whom the connection is set to; on one without views, such as that
 * of the control socket, always. */
bool scope_shows_red(struct db *db, struct str feed);
/* True if the connection has views at all. */
bool scope_viewed(struct db *db);
/* True if the connection has the views of somebody who sees some owners only. */
bool scope_narrowed(struct db *db);
/* True if a report of that feed, or with records that are RED, may be shown to whom the connection is set to. */
bool scope_reads_red(struct db *db, struct str feed);
