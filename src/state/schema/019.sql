-- SPDX-License-Identifier: Apache-2.0
--
-- What pages ask that no table had: how often each rule decides, what it says, and whether a report has anything that is RED.

-- Events that a rule decided, by the day on which their reports were received; number 0: events of which no rule said anything.
-- Written with the chunks that it counts, a row for each rule of a transaction. Reading again does not count.
create table rule_hit(
	ruleset integer not null,
	rule integer not null,
	day integer not null,      -- 20260105
	hits integer not null,
	primary key (day, ruleset, rule)
) strict, without rowid;

-- The first and the last finding that it brought: what is new in it lies between. 0: there is none, or nobody knows (before there
-- were these columns).
alter table receipt add column fresh_from integer not null default 0;
alter table receipt add column fresh_to integer not null default 0;

-- Of a feed it is asked how often it was wrong.
create index finding_false on finding(id) where why = 'false-positive';

-- As it stands in its file.
alter table rule add column text text not null default '';

-- 1: an event of it is TLP:RED, or one of a part of it. Of what came before there was this column the findings tell; events
-- of nobody among them are not found.
alter table receipt add column red integer not null default 0;
update receipt set red = 1 where id in (select receipt from finding where label = 'RED' union select last_receipt from finding where label = 'RED');
update receipt set red = 1 where id in (select root from receipt where red = 1);
