-- SPDX-License-Identifier: Apache-2.0
--
-- Feeds of which a report is expected by a time of the day.

-- As its file says it; empty: nothing is said.
alter table feed add column expected text not null default '';
-- The time by which a report was expected and had not come: since then it is late. Null: it is not.
alter table feed add column missed integer;
-- A part of what came long before is no report.
create trigger feed_came after insert on receipt when new.parent is null and new.feed <> ''
begin
	update feed set missed = null where name = new.feed and missed is not null;
end;
