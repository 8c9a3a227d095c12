-- SPDX-License-Identifier: Apache-2.0
--
-- Who is at the pages. What lets in is random and never stands here: its SHA-256 does.

-- A link that lets in once.
create table link(
	id blob primary key,
	person text not null,
	role text not null,
	made integer not null,
	until integer not null,
	used integer
) strict, without rowid;

create table session(
	id blob primary key,
	person text not null,
	role text not null,
	opened integer not null,
	until integer not null
) strict, without rowid;
create index session_until on session(until);

-- What a person had looked at on the morning page, when he last said so.
create table looked(
	person text primary key,
	finding integer not null,  -- newest then
	at integer not null
) strict, without rowid;
