-- SPDX-License-Identifier: Apache-2.0
--
-- The exit: what was cleared and refused, for whom, by which rule and who may change that; what lies on the shelf and in the
-- outbox; the page on which a constituent answers a letter.

alter table clearance add column kind text not null default '';       -- of the recipient: owner, staff, peer, ...
alter table clearance add column purpose text not null default 'tell'; -- tell, look-up, contact, block
alter table clearance add column name text not null default '';       -- of the rule, as in docs/reference/exit.md
alter table clearance add column pap text not null default '';
alter table clearance add column community text not null default '';  -- the group that GREEN names
alter table clearance add column permission text not null default ''; -- the originator's statement that allowed it
alter table refusal add column kind text not null default '';
alter table refusal add column purpose text not null default 'tell';
alter table refusal add column name text not null default '';
alter table refusal add column pap text not null default '';
alter table refusal add column community text not null default '';
alter table refusal add column who text not null default '';          -- may change it
create index clearance_object on clearance(object);
create index refusal_object on refusal(object);

-- A label that its originator has lowered by a signed statement; the newest row of an object holds.
create table label_lowered(
	id integer primary key,
	at integer not null,
	object text not null,
	was text not null,
	label text not null,
	originator text not null,            -- party
	statement text not null check (length(statement) = 64)
) strict;
create index label_lowered_object on label_lowered(object);

-- What the shelf has yet to be told, in this order; a row goes once shelf.db has it.
create table shelf_work(
	id integer primary key autoincrement,
	clearance integer references clearance, -- null: it is taken away
	kind text not null,
	mark blob not null,                  -- by which it is found; digest of a link, a name
	recipient text not null,
	recipient_kind text not null,
	label text not null,
	until integer not null,
	media text not null,
	bytes blob not null
) strict;

-- Cleared bytes that wait for a process to carry them.
create table outbox(
	id integer primary key,
	clearance integer not null references clearance,
	way text not null,                   -- mail, node, courier
	recipient text not null,
	bytes blob not null,
	made integer not null,
	state text not null default 'ready' check (state in ('ready', 'sent', 'refused', 'withdrawn')),
	ended integer,
	answer text not null default ''
) strict;
create index outbox_ready on outbox(way, id) where state = 'ready';

-- The page behind the link in a letter. It is drawn anew while want is above done.
create table answer_link(
	notice integer primary key references notice,
	until integer not null,
	mark blob not null,                  -- SHA-256 of what stands in the link
	want integer not null default 1,
	done integer not null default 0,
	shelved integer not null default 0,  -- it lies on the shelf, or is on its way there
	revoked integer not null default 0   -- the letter was taken back, came back, or was wrong
) strict;
create index answer_link_work on answer_link(notice) where want > done;
create unique index answer_link_mark on answer_link(mark);
-- However a letter is taken back, its page goes with it.
create trigger answer_link_off after update of state on notice when new.state in ('withdrawn', 'refused') begin
	update answer_link set revoked = 1, want = want + 1 where notice = new.id and revoked = 0;
end;

-- An answer that was given there. It is a delivery like a mail; what it says of each finding stands here.
create table answer(
	receipt integer primary key references receipt,
	notice integer not null references notice,
	at integer not null
) strict;
create index answer_notice on answer(notice, at);
create table answer_row(
	receipt integer not null references answer,
	finding integer not null references finding,
	says text not null check (says in ('fixed', 'not-ours', 'question')),
	primary key (receipt, finding)
) strict, without rowid;
create index answer_row_finding on answer_row(finding);
