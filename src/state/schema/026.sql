-- SPDX-License-Identifier: Apache-2.0
--
-- Linking by people, groups, contacts and checks of communication. Times are microseconds since 1970-01-01 UTC but for
-- those of statements and key lists, which are seconds as there.

alter table party add column knows_voice integer not null default 0; -- who typed knew the voice
alter table party add column voice_at integer; -- seconds: a new root that both roots signed; its number is still to be read
alter table party add column check_days integer not null default 182; -- a check of communication so often; 0: by hand alone
alter table party add column heads integer; -- when it told last how far our streams and its own go
alter table party add column own integer not null default 0; -- 1: this is us
alter table party add column website text not null default '';

-- Lists of links that people have ended, whose numbers may come again under another root.
create table key_list_past(
	id integer primary key,
	party text not null,
	root blob not null,
	number integer not null,
	note text not null,
	taken integer not null,
	ended integer not null
) strict;

-- Public halves of the keys that this machine holds, as the keeper and the door tell them.
create table own_key(
	id integer primary key,
	duty text not null check (duty in ('sign', 'log', 'seal', 'tls')),
	public blob not null,
	told integer not null,
	unique (duty, public)
) strict;

-- What needs two persons, between the first and the second.
create table proposal(
	id integer primary key,
	kind text not null check (kind in ('group', 'recover')),
	object text not null,                 -- the group's id
	body text not null default '',        -- JSON without "by"
	person text not null,
	at integer not null,
	second text, second_at integer,
	dropped integer
) strict;
create index proposal_open on proposal(kind, object) where second is null and dropped is null;

-- While there is a row nothing is signed: this database is older than what we have said.
create table silent(
	id integer primary key check (id = 1),
	since integer not null,
	why text not null,
	party text not null default ''        -- who showed it
) strict;

-- How far a peer says that a stream of ours goes, where that is further than here: a claim, until it has shown a statement with
-- our signature.
create table own_claim(
	id integer primary key,
	party text not null,                  -- who says so
	recipients text not null,
	seq integer not null,
	since integer not null,
	asked integer,
	unique (party, recipients)
) strict;

-- Every card that counts or has counted. Its entries are rows of party_contact for the newest alone.
create table contact_card(
	id integer primary key,
	party text not null,
	serial integer not null,
	statement integer,                    -- n; null: written down here
	confirmed integer not null,           -- seconds
	created integer not null,             -- seconds
	zone text not null default '', holidays text not null default '', -- "2026-04-14 2026-04-15"
	url text not null default '',
	taken integer not null,
	unique (party, serial)
) strict;
create table party_contact(
	id integer primary key,
	party text not null,
	ref text not null,                    -- its id within the card
	kind text not null check (kind in ('diplomatic', 'technical', 'duty-24x7', 'cvd', 'leo-liaison', 'press', 'other')),
	office text not null,
	person text not null default '',
	languages text not null default '',   -- "lo en"
	hours text not null default '',       -- as people write it: "Mon-Fri 08:00-16:00"
	since integer,                        -- seconds
	confirmed integer not null,           -- seconds
	confirmed_by text not null default '',
	source text not null check (source in ('own', 'card', 'hand', 'import')),
	reminded integer                      -- microseconds: "is this still right?" was asked
) strict;
create index party_contact_party on party_contact(party);
create table contact_channel(
	id integer primary key,
	contact integer not null references party_contact on delete cascade,
	type text not null,                   -- email, phone, node, signal, fax, chat
	address text not null,
	pgp text not null default '',
	hours text not null default ''
) strict;
create index contact_channel_contact on contact_channel(contact);

-- Checks of communication, both ways.
create table comm_check(
	id integer primary key,
	party text not null,
	ours integer not null,                -- 1 we ask, 0 we are asked
	statement blob unique,                -- id of the check; null: no node, it went by hand
	channel text not null,
	token text not null default '',       -- ours: what is wanted; theirs: as it came, '' if it goes by the other channel
	asked integer not null, due integer not null, -- seconds
	person text not null default '',      -- who asked; '': the schedule
	answered integer,                     -- seconds
	by text not null default '',
	answer blob,                          -- id of the answer
	result text not null default 'open' check (result in ('open', 'ok', 'late', 'wrong-token', 'no-answer', 'bounced', 'wrong-key')),
	note text not null default ''
) strict;
create index comm_check_open on comm_check(due) where result = 'open';
create index comm_check_party on comm_check(party, asked);

-- When the owner of a contact of the register was asked "is this still right?", and what he said.
create table contact_asked(
	contact integer primary key,          -- contact.id
	confirmed integer,                    -- microseconds
	asked integer,
	times integer not null default 0
) strict;
