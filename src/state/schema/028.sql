-- SPDX-License-Identifier: Apache-2.0
--
-- The log of this node and those of its peers. Tiles are files beside this database, made anew from the rows of entries
-- when they are gone. Times are microseconds since 1970-01-01 UTC but for those of cosignatures, which are seconds.

-- Our checkpoints. A row is here before it is signed; line is null until then.
create table log_checkpoint(
	size integer primary key,
	root blob not null,
	made integer not null,                -- the last time: one of the same size is made again each day
	line text                             -- of the signature, with its line feed
) strict;
-- Who has seen them: the first time that a witness signed each.
create table log_cosignature(
	id integer primary key,
	size integer not null references log_checkpoint,
	party text not null,
	time integer not null,
	line text not null,
	unique (size, party)
) strict;
-- How far each witness is with our log.
create table log_witness(
	party text primary key,
	size integer not null default 0,      -- it signed last, by its own words
	at integer,                           -- when we had its last line
	said text not null default ''         -- what it answered instead
) strict;
create index log_entry_digest on log_entry(digest);

-- The logs of others. One of our own name is what a peer gives back to us after a loss.
create table log_peer(
	party text primary key,
	size integer not null default 0, root blob, -- what we signed last as its witness
	note text not null default '', at integer,  -- the whole checkpoint, and when
	posted integer not null default 0,    -- up to where it has our line
	mirrored integer not null default 0, mirror_root blob, -- entries that are here and fit a checkpoint of it
	mirror_note text not null default '', mirror_at integer,
	target integer not null default 0, target_root blob, -- what is fetched now
	target_note text not null default '', target_at integer,
	refused integer,                      -- since when its log cannot be read, although the peer is reached
	said text not null default '',
	checked integer not null default 0    -- its statements up to this n were looked for
) strict;
create table log_mirror(
	party text not null,
	n integer not null,                   -- from 0
	type integer not null,
	digest blob not null,
	primary key (party, n)
) strict, without rowid;
create index log_mirror_digest on log_mirror(digest);

-- What the log of a peer should not be; it stays until a person has ended it, or the statement was found.
create table log_alarm(
	id integer primary key,
	party text not null,
	kind text not null check (kind in ('unlogged', 'unreadable', 'forgets', 'forks')),
	at integer not null,
	statement blob,                       -- unlogged: its id
	sentence text not null,
	older text not null default '', newer text not null default '', -- the two checkpoints, which prove it
	ended integer, person text not null default ''
) strict;
create unique index log_alarm_once on log_alarm(party, kind, coalesce(statement, x'')) where ended is null;
