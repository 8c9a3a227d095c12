-- SPDX-License-Identifier: Apache-2.0
--
-- Attachments of statements on their way here, courier files, and mails to parties without a node. Times are microseconds
-- since 1970-01-01 UTC. Whole attachments lie in blob/DIGEST of the state and have a row in blob.

-- One that is not whole yet: its bytes lie in blob/DIGEST.SIZE.part. A row of blob_range says what of them is on the disk.
create table blob_part(
	id integer primary key,
	sha256 blob not null,
	size integer not null,
	at integer not null,                  -- last part
	whole integer not null default 0,     -- 1: all bytes are here and their digest is to be looked at
	unique (sha256, size)
) strict;
create index blob_part_whole on blob_part(id) where whole = 1;
create table blob_range(
	part integer not null references blob_part,
	first integer not null,
	until integer not null,               -- first byte that is not in it
	primary key (part, first)
) strict, without rowid;
-- Who has brought it: counts against what that link may bring.
create table blob_from(
	sha256 blob not null,
	party text not null,
	size integer not null,
	primary key (sha256, party)
) strict, without rowid;
create index blob_from_party on blob_from(party);
-- Whom we have asked for one in vain, or offered one: not again before.
create table blob_ask(
	sha256 blob not null,
	party text not null,
	until integer not null,
	word text not null,
	primary key (sha256, party)
) strict, without rowid;
create index delivery_incomplete on delivery(party, statement) where waits = 1 and complete = 0;
create index attachment_missing on attachment(sha256) where here = 0;

-- Courier files that people have asked for, and those that they have brought.
create table courier(
	id integer primary key,
	direction text not null check (direction in ('out', 'in')),
	party text not null default '',       -- whom it is for; in: who has packed it, by its key list
	state text not null check (state in ('wanted', 'ready', 'failed')),
	why text not null default '',
	name text not null default '',        -- in: of the file
	person text not null,
	at integer not null,
	done integer,
	statements integer not null default 0, parts integer not null default 0,
	new integer not null default 0, had integer not null default 0, refused integer not null default 0,
	unknown integer not null default 0,   -- entries of types that are not known
	cut text not null default ''          -- in: where it ends, if it is not whole
) strict;
create index courier_wanted on courier(id) where state = 'wanted';
create index courier_name on courier(name) where direction = 'in' and name <> '';
-- The files of one that is packed, in courier/NAME of the state until they are a week old.
create table courier_file(
	id integer primary key,
	courier integer not null references courier,
	name text not null unique,            -- kh-20261124-01.weir.age
	size integer not null,
	sha256 blob not null,
	at integer not null
) strict;
create index courier_file_courier on courier_file(courier);
