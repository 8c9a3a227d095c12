-- SPDX-License-Identifier: Apache-2.0
--
-- Hashes of programs that events of a finding name: which findings are about the same file. Those of events that are
-- TLP:RED are not in it.

create table finding_hash(
	hash text not null,   -- lower case; MD5, SHA-1 or SHA-256 by its length
	finding integer not null references finding,
	primary key (hash, finding)
) strict, without rowid;
create index finding_hash_finding on finding_hash(finding);
