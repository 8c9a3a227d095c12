-- SPDX-License-Identifier: Apache-2.0
--
-- What was agreed, as other rooms obey it. Rounds write policy; the exit asks it about what cites a text, cases about times.

create table policy(
	instrument text not null, number integer not null,
	party text not null,                  -- a member, or one that has acceded
	state text not null,                  -- of the round's outcome: adopted, adopted-except, or what else
	bound text not null default '',       -- not-bound, bound, "except:k7qm,...", "reserved:..."
	in_force integer not null default 0,  -- seconds; 0: never
	ended integer,                        -- when it left; seconds
	primary key (instrument, number, party)
) strict, without rowid;

-- How fast requests are acknowledged between parties that are bound, by a clause of what was agreed; entered by people.
create table policy_time(
	id integer primary key,
	instrument text not null, number integer not null,
	clause text not null,
	severity text not null check (severity in ('c1', 'c2', 'c3', 'c4', 'c5', 'c6')),
	ack integer not null,                 -- seconds
	at integer not null, person text not null,
	unique (instrument, number, clause, severity)
) strict;
