-- SPDX-License-Identifier: Apache-2.0
--
-- What somebody must be woken for, and who was told of it.

create table alert(
	id integer primary key,
	topic text not null,                   -- findings, escalated, feed, disk, letters, test
	object text not null default '',       -- of a feed its name
	severity text not null,
	sentence text not null,
	opened integer not null,
	step integer not null default 0,       -- told so far of those on duty, in the order of the roster
	next integer,                          -- when the next of them is told
	acked integer,
	person text not null default '',       -- who has acknowledged it
	ended integer                          -- since when its cause is gone
) strict;
create unique index alert_open on alert(topic, object) where acked is null and ended is null;
create index alert_next on alert(next) where next is not null;

-- A message to one of those on duty. Its bytes are kept, so that it is the same each time it is tried.
create table alert_message(
	id integer primary key,
	alert integer not null references alert,
	person text not null,
	way text not null check (way in ('mail', 'webhook')),
	recipient text not null,               -- an address, or the file that has the URL
	bytes blob not null,
	clearance integer not null references clearance,
	made integer not null,
	state text not null default 'ready' check (state = 'ready' or state = 'sent' or state = 'refused'),
	tries integer not null default 0,
	next_try integer,
	sent integer,
	answer text not null default ''
) strict;
create index alert_message_ready on alert_message(id) where state = 'ready';
