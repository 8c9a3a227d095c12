-- SPDX-License-Identifier: Apache-2.0
--
-- Talks with who objects, as people here have noted them. They stand here alone: no statement says them, no result depends on them.
create table agree_talk(
	id integer primary key,
	about blob not null,                  -- id of the position or amendment that was talked about
	at integer not null,                  -- when, seconds
	words text not null,
	person text not null,                 -- who noted it
	noted integer not null                -- microseconds
) strict;
create index agree_talk_about on agree_talk(about, at);
