-- SPDX-License-Identifier: Apache-2.0
--
-- Who may bind the party lets a named person do so too: for some instruments, until a date, and not onward (agree/delegation.h).
create table agree_delegation(
	id integer primary key,
	giver text not null,                              -- a person
	giver_account integer references account(id),     -- null: at the machine itself
	account integer not null references account(id),  -- of the delegate
	why text not null,
	at integer not null,
	until integer not null,
	ended integer,                                    -- before its date; null: it was not
	ended_by text
) strict;
create index agree_delegation_account on agree_delegation(account);
create table agree_delegated(
	delegation integer not null references agree_delegation(id),
	instrument text not null,
	primary key (delegation, instrument)
) strict, without rowid;

-- What the next round of an instrument says in plain words, one a language: it goes with the opening and is not the text (agree/summary.h).
create table agree_summary(
	instrument text not null,
	lang text not null,
	text blob not null,
	at integer not null, person text not null,
	primary key (instrument, lang)
) strict, without rowid;
