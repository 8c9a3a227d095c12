-- SPDX-License-Identifier: Apache-2.0
--
-- Files that are appended to where they come from (grows: yes).

-- The receipt whose bytes this one begins with, all but its last line if that had no end. With known_to 0: the one that came
-- before under that name, of which this is no continuation, or whose report could not be read.
alter table receipt add column grown integer references receipt;
alter table receipt add column known_to integer not null default 0; -- bytes that hold nothing new
alter table receipt add column whole integer;                       -- bytes up to the end of the last line; null: it does not grow
alter table receipt add column known integer not null default 0;    -- of none: records within known_to

-- What is old is looked for by its age (see/prune.h). feed_item.at: when its source last named it, give or take a month.
create index feed_item_at on feed_item(at);
create index alert_over on alert(coalesce(ended, acked)) where coalesce(ended, acked) is not null;
create index alert_message_of on alert_message(alert);

-- When it was switched on last: what was not asked for is not late. 0: before there was this column.
alter table feed add column since integer not null default 0;

-- Parts of a delivery: of most there are none.
create index receipt_part_of on receipt(root) where root <> id;
