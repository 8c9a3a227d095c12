-- SPDX-License-Identifier: Apache-2.0
--
-- The keeping of days: what of a day's file is gone, and what must stay.

-- A row once something was done to the file. A mark is written first, then the file is brought to agree with it, as
-- often as that takes.
create table day(
	date integer primary key,            -- as in receipt.day: 20260105
	sealed integer,                      -- when its index was written
	events_gone integer,                 -- since when its events are gone; null: they are there
	raw_gone integer,                    -- likewise the bytes of its reports
	raw_why text check (raw_why in ('retention', 'masked')),
	masked integer,                      -- since when personal data in its events is masked
	work integer not null default 0      -- 1: the file may hold what the marks say is gone
) strict;

-- Days that stay as they are. Rows are never deleted.
create table hold(
	id integer primary key,
	first integer not null,              -- days, as above
	last integer not null,
	why text not null default '',
	person text not null,
	at integer not null,
	released integer,
	released_by text not null default '',
	check (first <= last)
) strict;

create index receipt_day on receipt(day);
