-- SPDX-License-Identifier: Apache-2.0
--
-- Cases as records that a person has had printed, and mails to partners that came back.
--
-- The text of a record is for who has had it printed, and is forgotten after an hour: cases go on, and some of what stands in them is to
-- be forgotten. What stays is who it was and when, and the digest, by which the paper is known again.

create table case_record(
	id integer primary key,
	case_ integer not null references case_,
	person text not null,
	at integer not null,              -- microseconds: when it was asked for
	state text not null default 'wanted' check (state in ('wanted', 'ready')),
	key text not null default '',     -- fingerprint of the OpenPGP key that has signed it; empty: it is not signed
	why text not null default '',     -- why it is not
	sha256 blob,                      -- of the lines before its last one, as that says
	text text                         -- null: it is not there yet, or is not any more
) strict;
create index case_record_case on case_record(case_);
create index case_record_wanted on case_record(id) where state = 'wanted';
create index case_record_text on case_record(at) where text is not null;

-- A mail of a case to a partner's contact came back: when, until somebody writes from there.
alter table contact_channel add column bounced integer;
