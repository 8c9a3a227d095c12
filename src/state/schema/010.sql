-- SPDX-License-Identifier: Apache-2.0
--
-- What the core asks each half minute, so that the answer costs as much as there is of it, not as much as was ever kept.

create index finding_escalated on finding(id) where escalated is not null;
create index notice_refused on notice(id) where state = 'refused';
create index notice_follows on notice(follows) where follows is not null;
create index receipt_feed on receipt(feed, received);
