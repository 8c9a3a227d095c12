-- SPDX-License-Identifier: Apache-2.0
--
-- What else is known of a place, and all of a prefix: without it each such page reads all findings.
create index finding_place on finding(place);
