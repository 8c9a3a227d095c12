-- SPDX-License-Identifier: Apache-2.0
--
-- Reviews of what was adopted: when the next one is due, and what came of those that were.

alter table agree_round add column review integer; -- seconds: when it is to be looked at again; null: never, or it has ended

create table agree_review(
	id integer primary key,
	round integer not null references agree_round,
	word text not null,                   -- confirm: it stays as it is; revise: a new round; end: no more reviews
	text text not null default '',
	at integer not null, person text not null
) strict;
create index agree_review_round on agree_review(round);
