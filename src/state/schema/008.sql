-- SPDX-License-Identifier: Apache-2.0
--
-- Where the clock of a contact stands: digests go at its hour.

alter table contact add column timezone text not null default ''; -- as in zoneinfo; empty: the node's
