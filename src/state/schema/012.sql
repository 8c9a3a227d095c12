-- SPDX-License-Identifier: Apache-2.0
--
-- What a letter carries.

alter table contact add column formats text not null default ''; -- beside the table: xarf
alter table contact add column phone text not null default '';
