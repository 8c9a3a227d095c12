-- SPDX-License-Identifier: Apache-2.0
--
-- What proves that a position was dated back is noted in the transaction in which a checkpoint is signed, for each round that had closed
-- 301 seconds before: log_peer has the newest alone, and who shows a later one before the statement would leave nothing to compare it with.
-- Rows of parties that have no part in a round are never read. An extension that comes afterwards moves the time from which one counts.
create index agree_round_closes on agree_round(closes) where rule <> 'none';
create trigger agree_checkpoint after update of at on log_peer when new.root is not null
begin
	insert into agree_witness(round, party, size, time)
	select id, new.party, new.size, new.at / 1000000 from agree_round
	where closes between new.at / 1000000 - 2592000 and new.at / 1000000 - 301 and rule <> 'none'
	on conflict(round, party) do update set size = excluded.size, time = excluded.time
	where time < (select r.closes + 301 from agree_round r where r.id = excluded.round);
end;
