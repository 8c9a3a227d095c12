-- SPDX-License-Identifier: Apache-2.0
--
-- Openings of rounds by others that this node has handed on to a party which asked for what it lacks. It proves nothing and is shown.
create table relayed(
	statement integer not null references statement,
	party text not null,
	at integer not null,                  -- seconds, the first time
	primary key (statement, party)
) strict, without rowid;
