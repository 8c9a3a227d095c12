-- SPDX-License-Identifier: Apache-2.0
--
-- Work on findings: who has one, what was noted, which lists are kept, what the next shift is told.

alter table finding add column assigned text not null default '';   -- a person; empty: nobody has it
-- Most filters and orders of the list of findings go through all of them: here through what they need alone, in the order of
-- the ids. What each report changes (last, events) is not in it, so that a report costs nothing more. Places are looked for in it
-- as well: an index of their own, in which new ones lie everywhere, would double what a new finding costs.
create index finding_list on finding(id, owner, class, severity, malware, state, back, due, told, escalated, criticality, assigned, place);
-- What stands first on the morning page (FINDING_FIRST in state/finding.h has the same words).
create index finding_first on finding((case severity when 'critical' then 0 when 'high' then 1 when 'medium' then 2 when
	'low' then 3 else 4 end), (told is not null), (coalesce(due, 9223372036854775807)), criticality desc,
	id desc) where state in ('open', 'told', 'told-again');
-- What somebody must look at (figures.c).
create index finding_person on finding(id) where state = 'open' and decision = 'person';
create index notice_waiting on notice(send_at, id) where state in ('due', 'held', 'ready');
create index notice_held on notice(id) where state = 'held';
create index receipt_aside on receipt(received) where state = 'aside';
create index finding_assigned on finding(assigned) where assigned <> '';

create table note(
	id integer primary key,
	finding integer not null references finding,
	at integer not null,
	person text not null,
	text text not null
) strict;
create index note_finding on note(finding);

-- A list of findings that is looked at again and again: the query of its address. shared: for the whole team.
create table saved(
	id integer primary key,
	person text not null,
	name text not null,
	query text not null,
	shared integer not null,
	made integer not null,
	unique (person, name)
) strict;
-- The newest finding when a person last looked at it.
create table saved_looked(
	saved integer not null references saved on delete cascade,
	person text not null,
	finding integer not null,
	at integer not null,
	primary key (saved, person)
) strict, without rowid;

-- What a shift tells the next one; the newest is in force.
create table handover(
	id integer primary key,
	at integer not null,
	person text not null,
	text text not null
) strict;
