-- SPDX-License-Identifier: Apache-2.0
--
-- Reports that are read again from the bytes that are kept. The row is there until the new edition is in force (done), and
-- then says what came of it; a receipt has one, the last.

create table reread(
	receipt integer primary key references receipt,
	batch integer not null,              -- what was asked for at once: a delivery with its parts, all of a feed
	asked integer not null,
	person text not null,
	tell integer not null,               -- whom nobody has written to is written to
	attempts integer not null default 0, -- readings that were cut off
	done integer,
	kept integer not null default 0,     -- it could not be read better: all is as it was
	sentence text not null default '',   -- why
	-- what the receipt was before
	edition integer not null default 0,
	state text not null default '',
	records integer not null default 0,
	with_events integer not null default 0,
	asides integer not null default 0,
	none integer not null default 0,
	events integer not null default 0,
	-- findings
	found integer not null default 0,    -- new ones
	lost integer not null default 0,     -- that nothing shows any more: closed as misread
	changed integer not null default 0,  -- counts, times, severity or what is to be done
	untold integer not null default 0,   -- somebody should be told of them, nobody was
	dropped integer                      -- when the events of the old edition left the day's file
) strict;
create index reread_open on reread(batch, receipt) where done is null;
create index reread_drop on reread(done) where done is not null and dropped is null;

-- Closed since a report was read better, because no report shows it: there was no such problem. It is no false positive,
-- which is the source's mistake, and neither gone nor fixed; why stays empty. Its number, its letters and their lines stay.
alter table finding add column misread integer;

-- A part that was found when its container was read again, without anybody to be told.
alter table receipt add column quiet integer not null default 0;
