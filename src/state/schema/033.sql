-- SPDX-License-Identifier: Apache-2.0
--
-- What parties need, what they offer and what they have learnt: ours and others', one row a statement, made again from these at any
-- time; what is being written here; and this team's assessment of itself, which never leaves the node.

create table learn(
	id integer primary key,
	statement integer not null unique references statement, -- n
	said blob not null unique,            -- id of that
	kind text not null check (kind in ('need', 'offer', 'practice')),
	party text not null, ours integer not null,
	title text not null, area text not null,
	contact text not null default '',     -- an office
	learnt_from text not null default '', lang text not null default '', -- of a practice
	until integer,                        -- seconds
	created integer not null, heard integer not null, -- seconds, when it was signed; microseconds
	label text not null, community text not null default '', -- the group of what is GREEN
	exercise text not null default '',
	reply blob,                           -- the need that an offer answers
	acked integer,                        -- seconds: a person here took an offer of theirs on
	withdrawn integer, reason text not null default '' -- seconds
) strict;
create index learn_kind on learn(kind, area, id);
create index learn_reply on learn(reply) where reply is not null;
create table learn_sim3(
	learn integer not null references learn,
	sim3 text not null,                   -- T-4
	primary key (learn, sim3)
) strict, without rowid;
create index learn_sim3_of on learn_sim3(sim3, learn);
create table learn_text(
	learn integer not null references learn,
	lang text not null, text text not null,
	primary key (learn, lang)
) strict, without rowid;
-- Persons here that one with TLP:RED names.
create table learn_person(
	learn integer not null references learn,
	person text not null,
	primary key (learn, person)
) strict, without rowid;

create table learn_draft(
	id integer primary key autoincrement, -- what was D1 is never another one
	kind text not null check (kind in ('need', 'offer', 'practice')),
	title text not null default '', area text not null default '', contact text not null default '',
	learnt_from text not null default '', lang text not null default 'en',
	sim3 text not null default '',        -- "T-4 P-1"
	until integer not null default 0,     -- seconds; 0: not said
	community text not null default '', recipients text not null default '', -- "kh vn"
	label text not null default '',       -- '': GREEN for a group, else AMBER
	reply blob,
	at integer not null, person text not null
) strict;
create table learn_draft_text(
	draft integer not null references learn_draft,
	lang text not null, text text not null,
	primary key (draft, lang)
) strict, without rowid;
create table learn_draft_file(
	draft integer not null references learn_draft,
	blob integer not null references blob,
	name text not null, media text not null,
	primary key (draft, blob)
) strict, without rowid;

-- A statement of ours that was not signed yet may get another number, and so another id (link/recover.c).
create trigger learn_moved after update of id on statement when old.id <> new.id begin
	update learn set said = new.id where statement = new.n;
	update learn set reply = new.id where reply = old.id;
	update learn_draft set reply = new.id where reply = old.id;
end;

-- As sim3.yaml has it, written when the node starts.
create table sim3_category(
	id text primary key,                  -- O
	n integer not null, area text not null
) strict, without rowid;
create table sim3_parameter(
	id text primary key,                  -- O-1
	n integer not null                    -- its place
) strict, without rowid;
create table sim3_name(
	id text not null,                     -- of either
	lang text not null, name text not null,
	primary key (id, lang)
) strict, without rowid;
-- What this team says of itself. A parameter that is no longer in the file keeps its row.
create table sim3_level(
	id text primary key,
	level integer check (level between 0 and 4), target integer check (target between 0 and 4),
	note text not null default '', evidence text not null default '',
	at integer not null, person text not null
) strict, without rowid;
