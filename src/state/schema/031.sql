-- SPDX-License-Identifier: Apache-2.0
--
-- Consultations: the rounds that statements have opened, what is being written here, and what waits for a second person. What a
-- round has come to is a function of the statements (agree/round.h); the columns behind "stale" keep what it gave last, for lists.

create table agree_round(
	id integer primary key,
	statement integer not null unique references statement, -- its agree.open
	open blob not null unique,            -- id of that
	instrument text not null, number integer not null,
	digest blob not null,                 -- round_sha256 as the opening says it
	chair text not null,
	opened integer not null,              -- seconds: when the opening came here
	bad text not null default '',         -- why its files are none of a round; '' they are, or are not all here
	title text not null default '',       -- of the manifest, as what follows
	rule text not null default '',        -- '' the manifest is not here
	closes integer not null, grace integer not null default 0, -- seconds, after extensions
	stale integer not null default 1,     -- something was heard since
	next integer,                         -- seconds: when time alone changes something; null: never
	shown text not null default 'open',
	state text not null default '', because text not null default '',
	adopted integer, in_force integer,
	block blob,                           -- SHA-256 of the outcome block
	said blob                             -- and of the one that we have signed last
) strict;
create index agree_round_instrument on agree_round(instrument, number);
create index agree_round_stale on agree_round(id) where stale = 1;
create index agree_round_next on agree_round(next) where next is not null;

-- Receipts by what they are about, for statements of rounds and for those that are not here yet.
create table agree_receipt(
	of blob not null,
	statement integer not null references statement,
	primary key (of, statement)
) strict, without rowid;

-- The first checkpoint of a member's log that we signed as a witness more than five minutes after a round had closed.
create table agree_witness(
	round integer not null references agree_round,
	party text not null,
	size integer not null,
	time integer not null,
	primary key (round, party)
) strict, without rowid;

-- Texts that are being written here, one a language.
create table agree_draft(
	id integer primary key,
	instrument text not null,
	lang text not null,
	authentic integer not null,
	text blob not null,
	at integer not null, person text not null,
	unique (instrument, lang)
) strict;

-- What one person has decided and another one has yet to: a statement without its "by".
create table agree_pending(
	id integer primary key,
	kind text not null,
	round integer references agree_round, -- null: it opens one
	instrument text not null,
	members text not null,                -- of its body, behind "by": ,"round":1,...
	reply blob,
	manifest text not null default '',    -- of an opening
	label text not null default 'AMBER',
	role text not null,                   -- of who decided, as statements have it
	at integer not null, person text not null
) strict;
