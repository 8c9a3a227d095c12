-- SPDX-License-Identifier: Apache-2.0
--
-- What sources with many reports (the mails of a folder, the list of an API) call the reports that were taken, written in
-- the transaction of the receipt. Bytes that came before under another name have their row too, and the receipt that they
-- got then. feed.fetched is 2 for such sources: that they answer does not mean that a report came.
create table feed_item(
	feed text not null,
	item text not null,                  -- "reports@mail.example/INBOX;UIDVALIDITY=7;UID=12", "shadowserver:ID"
	receipt integer not null references receipt,
	at integer not null,
	primary key (feed, item)
) strict, without rowid;
