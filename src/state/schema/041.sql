-- SPDX-License-Identifier: Apache-2.0
--
-- Of what is said in a round, that which a party without a node is told by mail: answers to its comments, the result, a withdrawal. Which
-- it is follows from the round (agree/told.h); that it is a mail now, which happens once, says the last column.

create table agree_told(
	id integer primary key,
	statement integer not null references statement,
	party text not null,
	shown text not null default '',       -- of a result: what was shown of the round then; '' it is none
	certificate blob,                     -- and its certificate
	mailed integer not null default 0,    -- its mail is in the line of time of its case, or there can be none
	unique (statement, party)
) strict;
create index agree_told_mailed on agree_told(id) where mailed = 0;
