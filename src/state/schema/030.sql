-- SPDX-License-Identifier: Apache-2.0
--
-- Outages, ours and those that neighbours tell of: of each the word with the highest number of its sender.
create table outage(
	id integer primary key,
	party text not null,
	ours integer not null,
	statement blob not null,                  -- the one that opened it
	service text not null, state text not null,
	start integer not null, expected_end integer, exits_left integer,
	text text not null, label text not null,
	seq integer not null, said integer not null, heard integer not null,
	unique (party, statement)
) strict;
