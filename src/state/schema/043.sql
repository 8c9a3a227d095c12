-- SPDX-License-Identifier: Apache-2.0
--
-- Which statement an entry was heard in, by its number: it is asked for with each that comes, whether it stands there. Its id is random,
-- and an index of those is written anew nearly whole for each batch that a neighbour sends. By name, only letters are looked for.
alter table case_entry add column heard integer references statement; -- null: it was not heard
create temp table heard_id(link text primary key, n integer not null) without rowid;
insert into heard_id select lower(hex(id)), n from statement;
update case_entry set heard = (select n from heard_id h where h.link = case_entry.link)
	where kind = 'statement' and length(link) = 64;
drop table heard_id;
create index case_entry_heard on case_entry(heard) where heard is not null;
drop index case_entry_link;
create index case_entry_letter on case_entry(link) where kind = 'notice';
