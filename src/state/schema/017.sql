-- SPDX-License-Identifier: Apache-2.0
--
-- The log of what has changed (state/changes.h): a row per transaction and kind of object, written in that transaction.
create table changes(
	seq integer primary key,
	at integer not null,
	kind integer not null,             -- enum changes_kind
	total integer not null,            -- bytes of ids until here, of all rows that there ever were
	ids blob not null
) strict;
create index changes_kind on changes(kind, seq);

-- Feeds have names; a number of their own is what the log calls them. Rows stay when their feed is gone. The log hears of a
-- feed through them, since SQLite tells nobody of rows in tables without rowid.
create table feed_number(
	id integer primary key,
	name text not null unique
) strict;
insert into feed_number(name) select name from feed order by name;
create trigger feed_made after insert on feed begin
	insert into feed_number(name) values (new.name) on conflict(name) do update set name = excluded.name;
end;
create trigger feed_changed after update on feed begin
	insert into feed_number(name) values (new.name) on conflict(name) do update set name = excluded.name;
end;
create trigger feed_gone after delete on feed begin
	insert into feed_number(name) values (old.name) on conflict(name) do update set name = excluded.name;
end;
