-- SPDX-License-Identifier: Apache-2.0
--
-- The register of owners: who has what, and whom to write to. It comes in by imports, each of them whole or not at
-- all; who or what is no longer in it keeps its row (gone), since findings and letters lead there.

alter table owner add column cc text not null default '';             -- stands for that country as a whole
alter table owner add column position integer not null default 0;     -- in the register: of two with the same the first
alter table owner add column gone integer;
alter table contact add column classes text not null default '';      -- that it wants, by blanks; empty: all
alter table contact add column position integer not null default 0;
alter table contact add column gone integer;

create table asset(
	owner integer not null references owner,
	name text not null,
	kind text not null default '',
	criticality integer not null default 0,  -- 1 to 5; 0: not said
	position integer not null default 0,
	primary key (owner, name)
) strict, without rowid;

-- What belongs to an owner, in canonical text; asset '': to himself.
create table claim(
	owner integer not null references owner,
	asset text not null default '',
	kind text not null check (kind = 'prefix' or kind = 'asn' or kind = 'domain'),
	value text not null,
	primary key (owner, asset, kind, value)
) strict, without rowid;

-- One row per import. The generation in use is that of the newest.
create table register(
	version integer primary key,
	at integer not null,
	person text not null,
	source text not null,      -- file name
	sha256 blob not null,      -- of the register as it came to the core
	token blob not null unique, -- of the delivery: asked twice, done once
	moved integer not null default 0,  -- findings that went to another owner
	said text not null         -- what the person was told
) strict;

-- A finding whose place went to an owner who had the same problem there already goes on as that one, and is closed
-- without a reason of its own.
alter table finding add column merged integer references finding;
