-- SPDX-License-Identifier: Apache-2.0
--
-- Norms of state behaviour, and where this state says that it stands with each. What is asked comes from files (norms/ of the
-- configuration) and is written here at each start; all answers are this node's own and go nowhere by themselves. Times are
-- microseconds since 1970-01-01 UTC.

create table norm_item(
	key text primary key,                 -- gge2015.a
	instrument text not null,             -- gge2015
	part text not null check (part in ('law', 'norms', 'confidence', 'capacity')),
	place integer not null,               -- order within all
	source text not null default '',      -- where the text of it is published
	figures text not null default ''      -- what of the node's records is offered (agree/norm_evidence.c), with blanks
) strict, without rowid;
-- Our own words for it, and the title of an instrument.
create table norm_text(
	key text not null,
	lang text not null,                   -- BCP 47
	title text not null,
	text text not null default '',
	machine integer not null default 0,   -- 1: a machine has translated it, and nobody has read it yet
	primary key (key, lang)
) strict, without rowid;

-- The answer. Nothing of it has to be there.
create table norm_row(
	id integer primary key,
	norm text not null unique,            -- norm_item.key
	status text not null default 'not-assessed' check (status in ('not-assessed', 'aware', 'planned', 'partly-implemented', 'implemented', 'regularly-reviewed')),
	measures text not null default '', challenges text not null default '', needs text not null default '',
	lead text not null default '', partners text not null default '', frame text not null default '',
	links text not null default '',
	plan text not null default '', activities text not null default '', initiatives text not null default '',
	country text not null default '',
	review integer,                       -- the day on which it is to be looked at again
	label text not null default 'AMBER+STRICT',
	grp text not null default '',         -- that GREEN is for
	changed integer not null,
	person text not null
) strict;
-- Who alone may see it; nobody is named: all of the staff.
create table norm_reader(
	norm text not null,
	person text not null,
	primary key (norm, person)
) strict, without rowid;

-- What the node's own records showed when a person confirmed it. A row never changes but for its end.
create table norm_evidence(
	id integer primary key,
	norm text not null,
	figure text not null,
	good integer not null,
	total integer,                        -- null: it is a count alone
	since integer not null, until integer not null, -- of what was counted; until: as of
	query text not null,                  -- that was asked
	at integer not null, person text not null,
	note text not null default '',
	ended integer, ended_by text not null default ''
) strict;
create index norm_evidence_norm on norm_evidence(norm, figure);

-- Further actions for a norm, of lists that people have loaded.
create table norm_action(
	id integer primary key,
	list text not null,
	norm text not null,
	action text not null,
	status text not null default 'not-assessed' check (status in ('not-assessed', 'aware', 'planned', 'partly-implemented', 'implemented', 'regularly-reviewed')),
	note text not null default '',
	at integer not null, person text not null, -- when it was loaded, or said last how it stands
	unique (list, norm, action)
) strict;
create index norm_action_norm on norm_action(norm);

-- Each time that the survey was finished, and how each norm stood then.
create table norm_survey(
	id integer primary key,
	at integer not null, person text not null,
	due integer not null,                 -- of the next one
	note text not null default ''
) strict;
create table norm_survey_row(
	survey integer not null references norm_survey,
	norm text not null,
	status text not null,
	primary key (survey, norm)
) strict, without rowid;
