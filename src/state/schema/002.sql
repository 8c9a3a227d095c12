-- SPDX-License-Identifier: Apache-2.0
--
-- How often an owner is told of a finding, and what keeps it still.

alter table finding add column letters integer not null default 0; -- rounds of letters that went out
alter table finding add column next integer;      -- when it is looked at again: told again, or quiet no longer
alter table finding add column back integer;      -- seen again after somebody had said that it was fixed
alter table finding add column quiet integer;     -- of the table quiet; 0: it was there on the first day (baseline)
alter table finding add column escalated integer; -- its letters had no effect: a person is needed
alter table finding add column last_receipt integer not null default 0; -- the event that showed it last
alter table finding add column last_event integer not null default 0;
-- the state as people read it: said to be fixed, and there again
alter table finding add column stage text generated always as
	(case when state = 'open' and back is not null then 'seen-again' else state end) virtual;
create index finding_next on finding(next) where next is not null;

-- What nobody is told of until a date. An empty column means any.
create table quiet(
	id integer primary key,
	class text not null default '',
	place text not null default '',   -- an address, a prefix or a name
	contact text not null default '', -- an e-mail address
	until integer not null,
	why text not null,
	person text not null,
	made integer not null,
	lifted integer                    -- ended by hand before its time
) strict;

-- new: told for the first time; again: it lasts; back: it was said to be fixed, and is there again; correction: an
-- earlier letter was wrong.
alter table notice add column kind text not null default 'new' check (kind = 'new' or kind = 'again' or kind = 'back' or kind = 'correction');
alter table notice add column follows integer references notice; -- what a correction is about, or whose address was broken
alter table notice add column note text not null default '';     -- the person's words in a correction
