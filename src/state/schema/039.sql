-- SPDX-License-Identifier: Apache-2.0
--
-- What a courier file that was brought is, to be compared by people on the telephone, and why some of it has no effect.

-- A file that was brought: its size and digest, to be compared by people on the telephone.
alter table courier add column size integer not null default 0;
alter table courier add column sha256 blob;
-- What its statements were found to be that were refused, or have no effect.
create table courier_verdict(
	courier integer not null references courier,
	verdict text not null,
	n integer not null,
	primary key (courier, verdict)
) strict, without rowid;
