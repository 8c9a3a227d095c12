-- SPDX-License-Identifier: Apache-2.0
--
-- Who names an attachment that another party has given to this node shows that it has the bytes: its node hands them in, and they
-- are held against those that are here. What it has shown is kept as are the bytes of one that is on its way.

-- In place of blob_range. party '': bytes of DIGEST.SIZE.part that are on the disk; else bytes of one that is here, shown by that party.
create table blob_bytes(
	sha256 blob not null,
	size integer not null,
	party text not null,
	first integer not null,
	until integer not null,               -- first byte that is not in it
	primary key (sha256, size, party, first)
) strict, without rowid;
insert into blob_bytes(sha256, size, party, first, until)
	select p.sha256, p.size, '', r.first, r.until from blob_range r join blob_part p on p.id = r.part;
drop table blob_range;
