-- SPDX-License-Identifier: Apache-2.0
--
-- What a person sees: an account may be narrowed to sectors and owners, and TLP:RED is for named persons.

-- no row: all of the country
create table scope(
	person text not null,
	kind text not null check (kind = 'sector' or kind = 'owner'),
	value text not null,       -- a sector, or the owner's id in the register
	primary key (person, kind, value)
) strict, without rowid;

-- who reads what is RED: of a feed the persons that its file names, else those of weir.yaml (feed '')
create table red_reader(
	feed text not null,
	person text not null,
	primary key (feed, person)
) strict, without rowid;
alter table feed add column label text not null default '';  -- of its file; empty: none
create index finding_red on finding(id) where label = 'RED';

alter table session add column language text not null default ''; -- of the pages; empty: what the browser asks for
