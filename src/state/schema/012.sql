-- SPDX-License-Identifier: Apache-2.0
--
-- What a letter carries, who is telephoned when nobody reads it, and findings that become worse or go on as others.

alter table contact add column formats text not null default ''; -- beside the table: xarf
alter table contact add column phone text not null default '';

-- A letter that asks for a call (call-if-unread): call_after is the shortest time that the rules of its findings give,
-- call_at when that is over, from when it was sent; null again once there is an answer, nothing of it is open any more, or
-- somebody has called. call_due: since when somebody is to call; it is set once and stays.
alter table notice add column call_after integer;                -- seconds
alter table notice add column call_at integer;
alter table notice add column call_due integer;
alter table notice add column called integer;
alter table notice add column called_by text not null default '';
alter table notice add column call_note text not null default '';
create index notice_call on notice(call_at) where call_at is not null;

-- weir why says of a finding which others go on as it.
create index finding_merged on finding(merged) where merged is not null;

-- Findings that a later record showed to be more severe: the worst that was ever told of counts, so that each step wakes
-- once. fresh: nobody has looked at the row yet.
create table finding_worse(
	finding integer primary key references finding,
	rank integer not null,           -- 1 info to 5 critical
	fresh integer not null default 1
) strict;
create index finding_worse_fresh on finding_worse(finding) where fresh = 1;
create trigger finding_worse after update of severity on finding
when case new.severity when 'critical' then 5 when 'high' then 4 when 'medium' then 3 when 'low' then 2 when 'info' then 1 else 0 end
	> case old.severity when 'critical' then 5 when 'high' then 4 when 'medium' then 3 when 'low' then 2 when 'info' then 1 else 0 end
begin
	insert into finding_worse(finding, rank) values (new.id,
		case new.severity when 'critical' then 5 when 'high' then 4 when 'medium' then 3 when 'low' then 2 else 1 end)
	on conflict(finding) do update set rank = excluded.rank, fresh = 1 where excluded.rank > rank;
end;
