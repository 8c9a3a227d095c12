-- SPDX-License-Identifier: Apache-2.0
--
-- What lists of many years go by. Cases are found by any part of their text, in languages without blanks between words too: an index of
-- all that stand three letters in a row. It says which rows may have a text, and whoever asks looks at these rows themselves.
--
-- link/case_index.c writes both: a trigger may not use a virtual table here (db.c trusts no schema).
create virtual table case_find using fts5(title, text, number, their_ref,
	content = 'case_', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0);
create virtual table case_entry_find using fts5(text, party, subject,
	content = 'case_entry', content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0);
insert into case_find(case_find) values ('rebuild');
insert into case_entry_find(case_entry_find) values ('rebuild');

-- In the order of their list, with what it is mostly asked by.
create index case_ended on case_(severity, id desc, label, ended, state, kind, assigned, peer) where ended is not null;
create index case_red on case_(id) where label = 'RED';
create index case_entry_state on case_entry(state, id) where state <> '';
create index case_entry_at on case_entry(at);
-- Each quiet tells how many findings it holds.
create index finding_quieted on finding(quiet) where state = 'quiet';
-- What the status adds up.
create index receipt_sums on receipt(state, with_events, asides, none, events);
